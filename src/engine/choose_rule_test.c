/* Tests of rules that choose a profile: each criterion, their forms, what is told. */
#include "engine/choose.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct engine_choose_pc pc = {
	.version = "11.8.50",
	.fqdn = "lab07.site.example.com",
	.address = "10.1.2.3",
	.grp = "Lab3",
	.ou = "OU=Kiosks,OU=PCs,DC=example",
	.mac = "00:11:22:33:44:55",
	.serial = "S7",
	.profile = "",
};

static struct store_rule rule(const char *column, const char *value)
{
	struct store_rule r = { .name = "r",
				.profile = "p",
				.generation = "",
				.suffix = "",
				.subnet = "",
				.pattern = "",
				.grp = "",
				.imported = "" };
	const char **at = str_eq(column, "generation") ? &r.generation
		: str_eq(column, "suffix")             ? &r.suffix
		: str_eq(column, "subnet")             ? &r.subnet
		: str_eq(column, "name")               ? &r.pattern
		: str_eq(column, "group")              ? &r.grp
						       : &r.imported;
	*at = value;
	return r;
}

static void one_criterion(void **state)
{
	(void)state;
	static const struct {
		const char *column, *value;
		enum engine_choose_fit want;
	} cases[] = {
		{ "generation", "11", CHOOSE_YES },
		{ "generation", "11.8", CHOOSE_YES },
		{ "generation", "11.6", CHOOSE_NO },
		{ "generation", "12", CHOOSE_NO },
		{ "generation", ">=11", CHOOSE_YES },
		{ "generation", ">= 11.9", CHOOSE_NO },
		{ "generation", ">11", CHOOSE_NO },
		{ "generation", ">11.7", CHOOSE_YES },
		{ "generation", "<12", CHOOSE_YES },
		{ "generation", "<11", CHOOSE_NO },
		{ "generation", "<=11", CHOOSE_YES },
		{ "generation", "<=11.7", CHOOSE_NO },
		{ "generation", "7-9.5", CHOOSE_NO },
		{ "generation", "7 - 11", CHOOSE_YES },
		{ "generation", "2-5, 11.8", CHOOSE_YES },
		{ "suffix", "example.com", CHOOSE_YES },
		{ "suffix", ".Site.EXAMPLE.com", CHOOSE_YES },
		{ "suffix", "xample.com", CHOOSE_NO },
		{ "suffix", "lab07.site.example.com", CHOOSE_NO },
		{ "suffix", "a.b,example.com", CHOOSE_YES },
		{ "subnet", "10.1.0.0/16", CHOOSE_YES },
		{ "subnet", "10.1.2.2/31", CHOOSE_YES },
		{ "subnet", "10.1.2.4/31", CHOOSE_NO },
		{ "subnet", "10.1.2.3", CHOOSE_YES },
		{ "subnet", "0.0.0.0/0", CHOOSE_YES },
		{ "subnet", "2001:db8::/32", CHOOSE_NO },
		{ "subnet", "2001:db8::/32,10.0.0.0/8", CHOOSE_YES },
		{ "name", "lab*", CHOOSE_YES },
		{ "name", "LAB07", CHOOSE_YES },
		{ "name", "*.site.example.com", CHOOSE_YES },
		{ "name", "lab", CHOOSE_NO },
		{ "name", "pc*,lab0*", CHOOSE_YES },
		{ "group", "lab3", CHOOSE_YES },
		{ "group", "lab", CHOOSE_NO },
		{ "import", "ou=OU=Kiosks,*", CHOOSE_YES },
		{ "import", "ou=*Servers*", CHOOSE_NO },
		{ "import", "mac=00:11:22:*", CHOOSE_YES },
		{ "import", "serial=s7", CHOOSE_YES },
		{ "import", "profile=*", CHOOSE_NO },
		{ "none", "", CHOOSE_YES },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct store_rule r = rule(cases[i].column, cases[i].value);
		struct err e = { 0 };
		char why[240];
		if (!engine_choose_check(&r, &e))
			fail_msg("%s %s: %s", cases[i].column, cases[i].value, e.msg);
		enum engine_choose_fit got = engine_choose_fits(&r, &pc, why, sizeof why);
		if (got != cases[i].want || !why[0])
			fail_msg("%s %s: %d, %s", cases[i].column, cases[i].value, got, why);
	}
}

static void all_must_fit(void **state)
{
	(void)state;
	char why[240];
	struct store_rule r = rule("name", "lab*");
	r.subnet = "10.1.0.0/16";
	r.generation = "11";
	assert_int_equal(engine_choose_fits(&r, &pc, why, sizeof why), CHOOSE_YES);
	assert_string_equal(why, "AMT 11: 11.8.50, 10.1.2.3 in 10.1.0.0/16, name lab*");
	r.subnet = "10.2.0.0/16";
	assert_int_equal(engine_choose_fits(&r, &pc, why, sizeof why), CHOOSE_NO);
	assert_string_equal(why, "address 10.1.2.3, not 10.2.0.0/16");
}

/* The version of a PC in setup is known only after it was asked. */
static void what_is_not_known(void **state)
{
	(void)state;
	static const struct engine_choose_pc none = { "", "", "fe80::1%eth0", "", "", "", "", "" };
	char why[240];
	struct store_rule r = rule("generation", "11");
	assert_int_equal(engine_choose_fits(&r, &none, why, sizeof why), CHOOSE_NOT_YET);
	r.pattern = "lab*"; /* whatever the version is */
	assert_int_equal(engine_choose_fits(&r, &none, why, sizeof why), CHOOSE_NO);
	r = rule("suffix", "example.com");
	assert_int_equal(engine_choose_fits(&r, &none, why, sizeof why), CHOOSE_NO);
	assert_string_equal(why, "name is not known, not example.com");
	r = rule("subnet", "fe80::/10");
	assert_int_equal(engine_choose_fits(&r, &none, why, sizeof why), CHOOSE_YES);
	r = rule("group", "*");
	assert_int_equal(engine_choose_fits(&r, &none, why, sizeof why), CHOOSE_YES);
}

static void refuses_bad_forms(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "generation", "eleven" },
		{ "generation", "11.x" },
		{ "generation", "11-7" },
		{ "generation", "=>11" },
		{ "generation", "0" },
		{ "generation", "11," },
		{ "generation", "11,,12" },
		{ "generation", "11.8.50" },
		{ "subnet", "10.1.0.0/33" },
		{ "subnet", "10.1.0/16" },
		{ "subnet", "2001:db8::/129" },
		{ "subnet", "site-7" },
		{ "subnet", "10.1.0.0/" },
		{ "import", "ou" },
		{ "import", "ou=" },
		{ "import", "room=7" },
		{ "import", "=7" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct store_rule r = rule(cases[i][0], cases[i][1]);
		struct err e = { 0 };
		bool ok = engine_choose_check(&r, &e);
		/* a comma at the end is nothing more than that */
		if (str_eq(cases[i][1], "11,") != ok || (!ok && (!e.want[0] || !e.seen[0])))
			fail_msg("%s %s: %s", cases[i][0], cases[i][1], ok ? "taken" : e.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_criterion),
		cmocka_unit_test(all_must_fit),
		cmocka_unit_test(what_is_not_known),
		cmocka_unit_test(refuses_bad_forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
