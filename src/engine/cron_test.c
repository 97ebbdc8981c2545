/* Tests of times of schedules: what is read, what is refused, the next time, and both changes of the
 * clocks in zones that have them at different hours, and none. */
#include "engine/cron.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static int number(const char *text, size_t n)
{
	uint32_t v = 0;

	assert_true(str_to_u32(span_make(text, n), 0, 9999, &v, NULL));
	return (int)v;
}

/* UTC as "2031-03-30 01:00" */
static int64_t utc(const char *text)
{
	int y = number(text, 4), mo = number(text + 5, 2), d = number(text + 8, 2);
	int h = number(text + 11, 2), mi = number(text + 14, 2);

	return engine_civil_s(y, mo, d) + h * 3600 + mi * 60;
}

static void show(int64_t t, char out[32])
{
	struct engine_civil c;

	engine_civil_of(t, &c);
	(void)snprintf(out, 32, "%04d-%02d-%02d %02d:%02d", c.year % 10000, c.month % 100,
		       c.day % 100, c.hour % 100, c.minute % 100);
}

static const struct engine_zone no_zone;
static const struct engine_zone berlin = { .has_rule = true,
					   .has_dst = true,
					   .std_s = 3600,
					   .dst_s = 7200,
					   .begin = { 3, 5, 0, 7200 },
					   .end = { 10, 5, 0, 10800 } };
static const struct engine_zone new_york = { .has_rule = true,
					     .has_dst = true,
					     .std_s = -18000,
					     .dst_s = -14400,
					     .begin = { 3, 2, 0, 7200 },
					     .end = { 11, 1, 0, 7200 } };
static const struct engine_zone sydney = { .has_rule = true,
					   .has_dst = true,
					   .std_s = 36000,
					   .dst_s = 39600,
					   .begin = { 10, 1, 0, 7200 },
					   .end = { 4, 1, 0, 10800 } };
static const struct engine_zone kolkata = { .has_rule = true, .std_s = 19800 };

static void next_times(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
		const struct engine_zone *zone;
		const char *after, *want; /* UTC; "" never */
	} cases[] = {
		{ "each minute", "* * * * *", &no_zone, "2031-05-02 07:00", "2031-05-02 07:01" },
		{ "each quarter", "*/15 * * * *", &no_zone, "2031-05-02 07:01",
		  "2031-05-02 07:15" },
		{ "over midnight", "5 0 * * *", &no_zone, "2031-12-31 23:59", "2032-01-01 00:05" },
		{ "on weekdays", "0 7 * * mon-fri", &no_zone, "2031-05-02 07:00",
		  "2031-05-05 07:00" },
		{ "Sunday as 7", "0 7 * * 7", &no_zone, "2031-05-02 07:00", "2031-05-04 07:00" },
		{ "month by name", "0 0 1 feb *", &no_zone, "2031-05-02 07:00",
		  "2032-02-01 00:00" },
		{ "leap day", "0 0 29 2 *", &no_zone, "2032-03-01 00:00", "2036-02-29 00:00" },
		{ "no such day", "0 0 31 2 *", &no_zone, "2031-01-01 00:00", "" },
		{ "day or weekday", "0 0 13 * fri", &no_zone, "2031-05-02 00:00",
		  "2031-05-09 00:00" },
		{ "list with steps", "0 8-18/5,23 * * *", &no_zone, "2031-05-02 13:30",
		  "2031-05-02 18:00" },
		{ "@weekly", "@weekly", &no_zone, "2031-05-02 13:30", "2031-05-04 00:00" },
		{ "half an hour off", "0 7 * * *", &kolkata, "2031-05-02 00:00",
		  "2031-05-02 01:30" },
		{ "winter", "0 7 * * *", &berlin, "2031-01-10 00:00", "2031-01-10 06:00" },
		{ "summer", "0 7 * * *", &berlin, "2031-07-10 00:00", "2031-07-10 05:00" },
		{ "day before on", "30 2 * * *", &berlin, "2031-03-28 12:00", "2031-03-29 01:30" },
		{ "left out: when it is over", "30 2 * * *", &berlin, "2031-03-29 12:00",
		  "2031-03-30 01:00" },
		{ "and then as usual", "30 2 * * *", &berlin, "2031-03-30 01:00",
		  "2031-03-31 00:30" },
		{ "asked at the change", "30 2 * * *", &berlin, "2031-03-30 00:59",
		  "2031-03-30 01:00" },
		{ "the first of both", "30 2 * * *", &berlin, "2031-10-25 12:00",
		  "2031-10-26 00:30" },
		{ "not the second", "30 2 * * *", &berlin, "2031-10-26 00:30", "2031-10-27 01:30" },
		{ "each hour goes on", "30 * * * *", &berlin, "2031-10-26 00:30",
		  "2031-10-26 01:30" },
		{ "each hour, set on", "30 * * * *", &berlin, "2031-03-30 00:30",
		  "2031-03-30 01:30" },
		{ "day change of summer", "0 0 * * *", &berlin, "2031-03-30 12:00",
		  "2031-03-30 22:00" },
		{ "west, set on", "15 2 * * *", &new_york, "2031-03-08 12:00", "2031-03-09 07:00" },
		{ "west, set back", "15 1 * * *", &new_york, "2031-11-01 12:00",
		  "2031-11-02 05:15" },
		{ "west, not twice", "15 1 * * *", &new_york, "2031-11-02 05:15",
		  "2031-11-03 06:15" },
		{ "south, set on", "30 2 * * *", &sydney, "2031-10-04 12:00", "2031-10-04 16:00" },
		{ "south, summer", "0 7 * * *", &sydney, "2031-12-31 12:00", "2031-12-31 20:00" },
		{ "once", "once 2031-05-02 07:00", &berlin, "2031-01-01 00:00",
		  "2031-05-02 05:00" },
		{ "once, over", "once 2031-05-02 07:00", &berlin, "2031-05-02 05:00", "" },
		{ "once, left out", "once 2031-03-30 02:30", &berlin, "2031-01-01 00:00",
		  "2031-03-30 01:00" },
		{ "once, twice there", "once 2031-10-26 02:30", &berlin, "2031-01-01 00:00",
		  "2031-10-26 00:30" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_cron c;
		struct err e = { 0 };
		char text[32] = "";
		if (!engine_cron_parse(span_str(cases[i].text), &c, &e))
			fail_msg("%s: %s %s", cases[i].name, e.msg, e.seen);
		int64_t t = engine_cron_next(&c, cases[i].zone, utc(cases[i].after));
		if (t)
			show(t, text);
		if (!str_eq(text, cases[i].want))
			fail_msg("%s: %s, wanted %s", cases[i].name, text, cases[i].want);
	}
}

static void refuses(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"* * * *",
		"* * * * * *",
		"60 * * * *",
		"* 24 * * *",
		"* * 0 * *",
		"* * * 13 *",
		"* * * * 8",
		"5-1 * * * *",
		"*/0 * * * *",
		"*/61 * * * *",
		"1, * * * *",
		",1 * * * *",
		"x * * * *",
		"* * * * monday",
		"1-2-3 * * * *",
		"-1 * * * *",
		"@never",
		"once",
		"once 2031-02-30 07:00",
		"once 2031-05-02",
		"once 2031-05-02 24:00",
		"once 2031-5-2 7:00",
		"0 7 * * mon-",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct engine_cron c;
		struct err e = { 0 };
		if (engine_cron_parse(span_str(texts[i]), &c, &e) || e.code != ERR_INVALID ||
		    !e.want[0])
			fail_msg("'%s' is taken, or refused without a word", texts[i]);
	}
}

/* Over ten years: each time is later than the one before, local time is what was asked for but on the
 * days of the changes, and none is left out. */
static void every_day_once(void **state)
{
	(void)state;
	static const struct engine_zone *const zones[] = { &no_zone, &berlin, &new_york, &sydney,
							   &kolkata };
	for (size_t k = 0; k < sizeof zones / sizeof *zones; k++) {
		struct engine_cron c;
		int64_t t = utc("2030-01-01 12:00");
		assert_true(engine_cron_parse(span_str("30 2 * * *"), &c, NULL));
		unsigned odd = 0;
		for (unsigned day = 0; day < 3650; day++) {
			int64_t next = engine_cron_next(&c, zones[k], t);
			struct engine_civil l;
			if (next - t < 22 * 3600 || next - t > 26 * 3600)
				if (day)
					fail_msg("zone %zu, day %u: after %lld s", k, day,
						 (long long)(next - t));
			engine_civil_of(next + engine_zone_offset_s(zones[k], next), &l);
			odd += l.hour != 2 || l.minute != 30;
			t = next;
		}
		assert_int_equal(odd, zones[k]->has_dst ? 10 : 0);
	}
}

static void missed_ones(void **state)
{
	(void)state;
	assert_int_equal(engine_cron_missed("skip", 0, 60000), ENGINE_MISSED_RUN);
	assert_int_equal(engine_cron_missed("skip", 0, 120000), ENGINE_MISSED_SKIP);
	assert_int_equal(engine_cron_missed("run", 0, 86400000), ENGINE_MISSED_RUN);
	assert_int_equal(engine_cron_missed("within", 600000, 600000), ENGINE_MISSED_RUN);
	assert_int_equal(engine_cron_missed("within", 600000, 600001), ENGINE_MISSED_SKIP);
}

/* The files of the system, where there are some, against rules written by hand. */
static void reads_the_system_s_zones(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const struct engine_zone *want;
	} zones[] = {
		{ "Europe/Berlin", &berlin },
		{ "America/New_York", &new_york },
		{ "Australia/Sydney", &sydney },
		{ "Asia/Kolkata", &kolkata },
		{ "UTC", &no_zone },
	};
	for (size_t k = 0; k < sizeof zones / sizeof *zones; k++) {
		static struct engine_zone z;
		struct err e = { 0 };
		if (!engine_zone_load(zones[k].name, &z, &e)) {
			if (e.code == ERR_NOT_FOUND)
				skip();
			fail_msg("%s: %s", zones[k].name, e.msg);
		}
		for (int64_t t = utc("2024-01-01 00:00"); t < utc("2045-01-01 00:00"); t += 1800)
			if (engine_zone_offset_s(&z, t) != engine_zone_offset_s(zones[k].want, t))
				fail_msg("%s at %lld: %d", zones[k].name, (long long)t,
					 (int)engine_zone_offset_s(&z, t));
	}
}

static void refuses_zones(void **state)
{
	(void)state;
	static const char *const names[] = { "../etc/passwd", "/etc/passwd", "Mars/Base", "Europe",
					     "a b" };
	static uint8_t bytes[256] = "TZif2";
	static struct engine_zone z;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct err e = { 0 };
		if (engine_zone_load(names[i], &z, &e) || e.code == ERR_NONE)
			fail_msg("%s is taken", names[i]);
	}
	for (size_t n = 0; n <= sizeof bytes; n++)
		assert_false(engine_zone_parse(span_make(bytes, n), &z, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_times),
		cmocka_unit_test(refuses),
		cmocka_unit_test(every_day_once),
		cmocka_unit_test(missed_ones),
		cmocka_unit_test(reads_the_system_s_zones),
		cmocka_unit_test(refuses_zones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
