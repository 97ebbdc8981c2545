/* Part "kvm_settings" of the profile, on the oldest and the newest release that have KVM, and on one before. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define CLS "IPS_KVMRedirectionSettingData"

static void apply(struct world *w, unsigned i, const char *profile)
{
	char why[512];
	parts_profile(w, profile);
	if (!parts_apply(w, i, why, sizeof why))
		fail_msg("not applied: %s", why);
}

static void sets_drifts_repairs(void **state)
{
	static const struct {
		const char *release;
		bool has_5900;
	} rows[] = { { "6.2", true }, { "16.1", true }, { "22.0", false } };
	(void)state;
	for (size_t g = 0; g < sizeof rows / sizeof *rows; g++) {
		struct world w;
		char text[1024], yaml[512];
		unsigned i = parts_start(&w, rows[g].release, "");
		snprintf(yaml, sizeof yaml,
			 "kvm_settings: {port_5900: %s, rfb_password: random, consent: off, "
			 "consent_timeout: 120, session_timeout: 5, default_screen: 1, "
			 "back_to_back: on}\n",
			 rows[g].has_5900 ? "on" : "off");
		apply(&w, i, yaml);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		const struct wsman_obj *o = parts_get(&w, i, CLS, NULL);
		assert_string_equal(wsman_obj_str(o, "SessionTimeout"), "5");
		assert_string_equal(wsman_obj_str(o, "RFBPassword"), "");
		/* a Put of somebody else who reads and writes back does not touch the password */
		assert_true(
			parts_put(&w, i, CLS, NULL, "SessionTimeout=9", "OptInPolicy=true", NULL));
		parts_expect_drift(&w, i,
				   "kvm_settings.consent: on -> off\n"
				   "kvm_settings.session_timeout: 9 -> 5\n");
		assert_true(parts_put(&w, i, CLS, NULL, "DefaultScreen=2", "BackToBackFbMode=false",
				      "OptInPolicyTimeout=77", NULL));
		parts_expect_drift(&w, i,
				   "kvm_settings.consent_timeout: 77 -> 120\n"
				   "kvm_settings.default_screen: 2 -> 1\n"
				   "kvm_settings.back_to_back: off -> on\n");
		/* what the profile does not name stays */
		unsigned before = parts_changes(&w, i);
		apply(&w, i, "kvm_settings: {consent: off}\n");
		assert_int_equal(parts_changes(&w, i), before);
		parts_stop(&w);
	}
}

static void refusals(void **state)
{
	char why[512], text[512];
	struct world w;
	(void)state;
	unsigned i = parts_start(&w, "22.0", "");
	parts_profile(&w, "kvm_settings: {port_5900: on, session_timeout: 5}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "2066 UNSUPPORTED"));
	assert_false(parts_put(&w, i, CLS, NULL, "DefaultScreen=4", NULL));
	assert_false(parts_put(&w, i, CLS, NULL, "RFBPassword=Pa-1words", NULL));
	parts_secret(&w, "vnc", "too long for VNC");
	parts_profile(&w, "kvm_settings: {rfb_password: {secret: vnc}}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "secret 'vnc' does not fit"));
	parts_stop(&w);
	i = parts_start(&w, "5.0", "kvm_settings: {consent: off}\n");
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_string_equal(text,
			    "KVM settings: not available in AMT 5.0.3: "
			    "IPS_KVMRedirectionSettingData: DestinationUnreachable\n");
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs),
		cmocka_unit_test(refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
