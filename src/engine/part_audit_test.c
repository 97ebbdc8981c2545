/* Audit policy of a profile: what diff makes of two arrays side by side. */
#include "engine/test_part.h"

#define LOG "PercentageFree=100 AuditState=16 MaxAllowedAuditors=1 Name=x StoragePolicy=0 "
/* 16/2 logged, 16/4 critical */
#define RULE \
	"AuditApplicationEventID=1048578 PolicyType=0 AuditApplicationEventID=1048580 PolicyType=1"

static void gives_the_lines(void **state)
{
	static const struct {
		const char *name, *yaml, *enabled, *lines;
	} cases[] = {
		{ "as it is", "{enabled: on, critical: [16/4], logged: [16/2]}", "2", "" },
		{ "the other way round", "{critical: [16/2], logged: [16/4]}", "2",
		  "audit.16/2 (ACL entry added): logged -> critical\n"
		  "audit.16/4 (ACL entry removed): critical -> logged\n" },
		{ "others are told", "{critical: [16/4]}", "2", "audit: also recorded: 16/2\n" },
		{ "others go", "{own: on, critical: [16/4]}", "2",
		  "audit.16/2 (ACL entry added): logged -> off\n" },
		{ "switched on at the end",
		  "{enabled: on, storage: rollover, logged: [77/1, 16/2, 16/4]}", "3",
		  "audit.storage: no-rollover -> rollover\naudit.77/1: off -> logged\n"
		  "audit.16/4 (ACL entry removed): critical -> logged\n"
		  "audit.enabled: off -> on\n" },
		{ "no event is named", "{min_days: 7}", "2", "audit.min_days: absent -> 7\n" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_part t;
		char text[256];
		snprintf(text, sizeof text, "audit: %s\n", cases[i].yaml);
		test_part_start(&t, &engine_part_audit, text);
		snprintf(text, sizeof text, LOG "EnabledState=%s", cases[i].enabled);
		test_part_have(&t, 0, "AMT_AuditLog", text);
		if (!(t.part->skip)(t.in.want, 1))
			test_part_have(&t, 1, "AMT_AuditPolicyRule", RULE);
		if (!test_part_diff(&t) || strcmp(t.lines, cases[i].lines) != 0)
			fail_msg("%s: %s", cases[i].name, t.lines);
		test_part_stop(&t);
	}
}

static void refuses_wrong_profiles(void **state)
{
	static const struct {
		const char *yaml, *why;
	} cases[] = {
		{ "version: 1\naudit: {critical: [acl]}\n", "'acl' is no event" },
		{ "version: 1\naudit: {critical: [16/]}\n", "'16/' is no event" },
		{ "version: 1\naudit: {critical: [0/1]}\n", "'0/1' is no event" },
		{ "version: 1\naudit: {critical: [16/2], logged: [16/2]}\n",
		  "line 2, column 36: '16/2' is critical and logged" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_profile p;
		struct err e = { 0 };
		assert_false(engine_profile_parse("test", 1, span_str(cases[i].yaml), &p, &e));
		if (!strstr(e.msg, cases[i].why))
			fail_msg("%s: %s", cases[i].why, e.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_lines),
		cmocka_unit_test(refuses_wrong_profiles),
	};
	return cmocka_run_group_tests_name("engine/part_audit", tests, NULL, NULL);
}
