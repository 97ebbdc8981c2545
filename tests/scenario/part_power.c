/* Part "power" of the profile, on the oldest and the newest release: set, changed behind our back,
 * repaired; asked for what a PC does not have. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ALWAYS "power: {package: always, idle_wake_minutes: 10}\n"

static void sets_drifts_repairs(void **state)
{
	static const struct {
		const char *name, *always;
	} generations[] = { { "3.2.1", "Desktop: ON in S0, S3, S4-5" },
			    { "22.0", "Desktop: ON in S0, ME Wake in S3, S4-5" } };
	char line[256];
	char why[512], text[1024];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start(&w, generations[g].name, ALWAYS);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		assert_string_equal(wsman_obj_str(parts_get(&w, i, "AMT_GeneralSettings", NULL),
						  "IdleWakeTimeout"),
				    "10");

		assert_true(
			parts_put(&w, i, "AMT_GeneralSettings", NULL, "IdleWakeTimeout=99", NULL));
		parts_expect_drift(&w, i, "power.idle_wake_minutes: 99 -> 10\n");

		assert_int_equal(parts_invoke(&w, i, "AMT_SystemPowerScheme", "InstanceID=SCHEME 0",
					      "SetPowerScheme", NULL),
				 0);
		snprintf(line, sizeof line, "power.package: Desktop: ON in S0 -> %s\n",
			 generations[g].always);
		parts_expect_drift(&w, i, line);

		/* another profile: only what it names is touched */
		parts_profile(&w, "power: {package: host-on-only}\n");
		unsigned before = parts_changes(&w, i);
		assert_true(parts_apply(&w, i, why, sizeof why));
		assert_int_equal(parts_changes(&w, i), before + 1);
		assert_string_equal(wsman_obj_str(parts_get(&w, i, "AMT_GeneralSettings", NULL),
						  "IdleWakeTimeout"),
				    "10");
		parts_profile(&w, "power: leave\n");
		before = parts_changes(&w, i);
		assert_true(parts_apply(&w, i, why, sizeof why));
		assert_int_equal(parts_changes(&w, i), before);
		parts_stop(&w);
	}
}

/* A subject that firmware lacks is told, and is an error only when the profile requires it. */
static void tells_what_is_missing(void **state)
{
	char why[512], text[1024];
	struct world w;
	(void)state;
	unsigned i = parts_start(&w, "5.0", "consent: {required: kvm}\n");
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_string_equal(text,
			    "user consent: not available in AMT 5.0.3: IPS_OptInService: "
			    "DestinationUnreachable\n");
	parts_profile(&w,
		      "consent: {required: kvm}\nrequired: [consent]\n"
		      "power: {idle_wake_minutes: 7}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "lacks what the profile requires: user consent"));
	/* the rest was done, and the PC is configured */
	assert_string_equal(
		wsman_obj_str(parts_get(&w, i, "AMT_GeneralSettings", NULL), "IdleWakeTimeout"),
		"7");
	assert_true(world_device_state(&w, i, text));
	assert_string_equal(text, "configured");
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs),
		cmocka_unit_test(tells_what_is_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
