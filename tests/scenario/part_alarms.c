/* Part "alarms" of the profile: set, changed behind our back, repaired and deleted on the first and the
 * last release that have it; rings in time without being drift; a table that is full. */
#include "parts.h"

#include "base/clk.h"
#include "base/iso.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define DAY_S   86400
#define ALARM   "IPS_AlarmClockOccurrence"
#define SERVICE "AMT_AlarmClockService"

/* A whole minute, so many days from now. */
static const char *in_days(int days)
{
	static char text[8][ISO_TIME_SIZE];
	static unsigned n;
	char *to = text[n++ % 8];
	iso_time_print(clk_unix_ms() / 1000 / 60 * 60 + (int64_t)days * DAY_S, to);
	return to;
}

static uint32_t add(struct world *w, unsigned i, const char *name, const char *start,
		    const char *interval)
{
	char id[80], at[80], every[80];
	snprintf(id, sizeof id, "AlarmTemplate.InstanceID=%s", name);
	snprintf(at, sizeof at, "AlarmTemplate.StartTime=%s", start);
	snprintf(every, sizeof every, "AlarmTemplate.Interval=%s", interval);
	return parts_invoke(w, i, SERVICE, NULL, "AddAlarm", id, at,
			    "AlarmTemplate.DeleteOnCompletion=true", every, NULL);
}

static void sets_drifts_repairs_removes(void **state)
{
	static const char *const generations[] = { "9.0", "22.0" };
	char text[2048], profile[512], first[ISO_TIME_SIZE], other[ISO_TIME_SIZE], line[256];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start(&w, generations[g], "");
		snprintf(first, sizeof first, "%s", in_days(3));
		snprintf(other, sizeof other, "%s", in_days(4));
		snprintf(profile, sizeof profile,
			 "alarms: {list: [{name: patches, start: '%s', interval: P7D},"
			 " {name: once, start: '%s', delete: on}]}\n",
			 first, other);
		parts_profile(&w, profile);
		assert_true(parts_apply(&w, i, text, sizeof text));
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		assert_string_equal(
			wsman_obj_str(parts_get(&w, i, SERVICE, NULL), "NextAMTAlarmTime"), first);

		assert_true(parts_delete(&w, i, ALARM, "InstanceID=once"));
		snprintf(line, sizeof line, "alarms.list.once: absent -> %s once\n", other);
		parts_expect_drift(&w, i, line);
		assert_true(parts_delete(&w, i, ALARM, "InstanceID=patches"));
		assert_int_equal(add(&w, i, "patches", first, "P1D"), 0);
		parts_expect_drift(&w, i, "alarms.list.patches.interval: P1D -> P7D\n");
		/* somebody else's, of the same name before: told; gone once the profile owns the list */
		assert_int_equal(add(&w, i, "theirs", other, "PT1H"), 0);
		unsigned before = parts_changes(&w, i);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_notes(&w, i, text, sizeof text);
		assert_string_equal(text, "alarms.list.theirs: not in the profile\n");
		assert_true(parts_apply(&w, i, NULL, 0));
		assert_int_equal(parts_changes(&w, i), before);
		parts_profile(&w, "alarms: {own: on, list: []}\n");
		parts_expect_drift(&w, i,
				   "alarms.list.once: there -> absent\n"
				   "alarms.list.patches: there -> absent\n"
				   "alarms.list.theirs: there -> absent\n");
		parts_stop(&w);
	}
}

/* A week later: what came once is over, what comes again has moved; neither is drift. */
static void ring_in_time(const char *switches, int told_day)
{
	char text[2048], profile[512], after[ISO_TIME_SIZE], told[ISO_TIME_SIZE];
	struct world w;
	unsigned i = parts_start_with(&w, "15.0", "", switches, NULL);
	snprintf(profile, sizeof profile,
		 "alarms: {list: [{name: patches, start: '%s', interval: P2D},"
		 " {name: once, start: '%s'}]}\n",
		 in_days(1), in_days(1));
	snprintf(after, sizeof after, "%s", in_days(5));
	snprintf(told, sizeof told, "%s", in_days(told_day));
	parts_profile(&w, profile);
	assert_true(parts_apply(&w, i, text, sizeof text));
	world_run_ms(&w, 4LL * DAY_S * 1000);
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_string_equal(text, "alarms.list.once: its time is over\n");
	assert_string_equal(
		wsman_obj_str(parts_get(&w, i, ALARM, "InstanceID=patches"), "StartTime"), told);
	assert_null(parts_get(&w, i, ALARM, "InstanceID=once"));
	/* taken off: it comes back with its next time */
	assert_true(parts_delete(&w, i, ALARM, "InstanceID=patches"));
	snprintf(text, sizeof text, "alarms.list.patches: absent -> %s P2D\n", after);
	parts_expect_drift(&w, i, text);
	parts_stop(&w);
}

/* Firmware may tell the next time, or the first. */
static void rings_in_time(void **state)
{
	(void)state;
	ring_in_time(NULL, 5);
	ring_in_time("alarm_start=first", 1);
}

static void says_what_it_cannot(void **state)
{
	char text[2048], why[512], profile[512], name[16];
	struct world w;
	(void)state;
	unsigned i = parts_start(&w, "11.8", "");
	for (int n = 0; n < 5; n++) {
		snprintf(name, sizeof name, "other%d", n);
		assert_int_equal(add(&w, i, name, in_days(2), "P1D"), 0);
	}
	assert_int_equal(add(&w, i, "sixth", in_days(2), "P1D"), UINT32_MAX);
	snprintf(profile, sizeof profile, "alarms: {list: [{name: patches, start: '%s'}]}\n",
		 in_days(3));
	parts_profile(&w, profile);
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "alarms/add:patches"));
	assert_non_null(strstr(why, "QuotaLimit"));
	/* firmware takes whole minutes of the future only */
	assert_true(parts_delete(&w, i, ALARM, "InstanceID=other0"));
	assert_int_equal(add(&w, i, "past", in_days(-1), "P1D"), 36);
	assert_int_equal(add(&w, i, "odd", "2099-01-01T00:00:01Z", "P1D"), 36);
	parts_stop(&w);

	i = parts_start(&w, "7.1", profile);
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_string_equal(text,
			    "alarm clock: not available in AMT 7.1.91: "
			    "IPS_AlarmClockOccurrence: DestinationUnreachable\n");
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs_removes),
		cmocka_unit_test(rings_in_time),
		cmocka_unit_test(says_what_it_cannot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
