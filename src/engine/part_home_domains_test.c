/* Part "home_domains": which lists are the same, and what is asked. */
#include "engine/test_part_shape.h"

#define CLASS "AMT_EnvironmentDetectionSettingData"

static void lists(void **state)
{
	static const struct {
		const char *name, *yaml, *have, *lines;
		unsigned major;
	} cases[] = {
		{ "nothing named", "home_domains: {}", "DetectionStrings=a.com", "", 0 },
		{ "another order and case", "home_domains: {suffixes: [a.com, b.com]}",
		  "DetectionStrings=B.com DetectionStrings=a.COM", "", 0 },
		{ "one twice is not two", "home_domains: {suffixes: [a.com, b.com]}",
		  "DetectionStrings=a.com DetectionStrings=a.com",
		  "home_domains.suffixes: a.com a.com -> a.com b.com\n", 0 },
		{ "one more", "home_domains: {suffixes: [a.com]}",
		  "DetectionStrings=a.com DetectionStrings=b.com",
		  "home_domains.suffixes: a.com b.com -> a.com\n", 0 },
		{ "none wanted", "home_domains: {suffixes: []}", "DetectionStrings=a.com",
		  "home_domains.suffixes: a.com -> none\n", 0 },
		{ "IPv6 where it is not known", "home_domains: {ipv6_prefixes: ['1::/16']}", "",
		  "home_domains.ipv6_prefixes: not available in this release\n", 5 },
		{ "IPv6 where it is", "home_domains: {ipv6_prefixes: ['1::/16']}", "",
		  "home_domains.ipv6_prefixes: none -> 1::/16\n", 6 },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct test_part t;
		char have[256];
		test_part_start(&t, &engine_part_home_domains, cases[n].yaml);
		t.in.major = cases[n].major;
		snprintf(have, sizeof have, "InstanceID=i DetectionAlgorithm=0 %s", cases[n].have);
		test_part_have(&t, 0, CLASS, have);
		assert_true(test_part_diff(&t));
		if (!str_eq(t.lines, cases[n].lines))
			fail_msg("%s:\n%s", cases[n].name, t.lines);
		if (strstr(t.ids, "set("))
			assert_string_equal(t.ids, "set(16) "); /* it can cut the PC off */
		test_part_stop(&t);
	}
}

static void asks_like_others(void **state)
{
	struct test_part t;
	(void)state;
	test_part_start(&t, &engine_part_home_domains, "home_domains: {suffixes: [dummy.com]}");
	test_part_have(
		&t, 0, CLASS,
		"InstanceID=Intel(r)_AMT_Environment_Detection_Settings "
		"ElementName=Intel(r)_AMT_Environment_Detection_Settings DetectionAlgorithm=0");
	assert_true(test_part_diff(&t));
	const struct wsman_obj *o = t.c.first->req.obj;
	assert_string_equal(wsman_obj_str(o, "DetectionStrings"), "dummy.com");
	assert_null(wsman_obj_vals(o, "DetectionStrings")->next);
	assert_string_equal(t.c.first->req.selectors->name, "InstanceID");
	test_part_stop(&t);
}

static void too_many_are_refused_with_the_place(void **state)
{
	struct engine_profile p;
	struct err e = { 0 };
	struct arena a;
	(void)state;
	arena_init(&a, 1 << 20);
	assert_false(engine_profile_parse_in(
		"test", 1,
		span_str(
			"version: 1\nhome_domains:\n  suffixes:\n  - a\n  - b\n  - c\n  - d\n  - e\n"
			"  - f\n"),
		&a, &p, &e));
	assert_string_equal(e.msg, "profile test: line 9, column 5: a PC keeps 5 of them at most");
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(asks_like_others),
		cmocka_unit_test(too_many_are_refused_with_the_place),
	};
	return cmocka_run_group_tests_name("engine/part_home_domains", tests, NULL, NULL);
}
