/* KVM settings of a profile: one Put for all, and passwords that fit VNC. */
#include "engine/test_part.h"

#define CLS "IPS_KVMRedirectionSettingData"
#define HAVE                                                                                            \
	"BackToBackFbMode=false DefaultScreen=0 InstanceID=x Is5900PortEnabled=false OptInPolicy=true " \
	"OptInPolicyTimeout=300 SessionTimeout=3"

static void gives_the_lines(void **state)
{
	static const struct {
		const char *name, *yaml, *password;
		bool was_set;
		const char *ids, *lines;
	} cases[] = {
		{ "as it is", "{port_5900: off, consent: on, session_timeout: 3}", NULL, false, "",
		  "" },
		{ "all in one Put",
		  "{port_5900: on, session_timeout: 9, rfb_password: {secret: vnc}}", "Pa-1word",
		  false, "set:" CLS "(0) ",
		  "kvm_settings.port_5900: off -> on\nkvm_settings.session_timeout: 3 -> 9\n"
		  "kvm_settings.rfb_password: another or unknown -> the stored secret 'vnc'\n" },
		{ "a password that is set", "{rfb_password: random}", "Pa-1word", true, "", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_part t;
		char yaml[256];
		snprintf(yaml, sizeof yaml, "kvm_settings: %s\n", cases[i].yaml);
		test_part_start(&t, &engine_part_kvm_settings, yaml);
		if (cases[i].password)
			secret_set(&t.secrets[0].value, span_str(cases[i].password));
		t.secrets[0].was_set = cases[i].was_set;
		test_part_have(&t, 0, CLS, HAVE);
		if (!test_part_diff(&t) || strcmp(t.ids, cases[i].ids) != 0 ||
		    strcmp(t.lines, cases[i].lines) != 0)
			fail_msg("%s: %s %s %s", cases[i].name, t.e.msg, t.ids, t.lines);
		test_part_stop(&t);
	}
}

static void refuses_other_passwords(void **state)
{
	static const char *const bad[] = { "Pa-1wor", "Pa-1words", "passwort", "PASSWOR1",
					   "Pass:wo1" };
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct test_part t;
		test_part_start(&t, &engine_part_kvm_settings,
				"kvm_settings: {rfb_password: {secret: vnc}}\n");
		secret_set(&t.secrets[0].value, span_str(bad[i]));
		test_part_have(&t, 0, CLS, HAVE);
		if (test_part_diff(&t))
			fail_msg("%s was taken", bad[i]);
		assert_null(strstr(t.e.msg, bad[i]));
		test_part_stop(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_lines),
		cmocka_unit_test(refuses_other_passwords),
	};
	return cmocka_run_group_tests_name("engine/part_kvm_settings", tests, NULL, NULL);
}
