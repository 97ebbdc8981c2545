/* Times and durations as text: right dates, leap years, and nothing but the forms that we write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/iso.h"
#include "base/str.h"

static void reads_times(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool ok;
		int64_t want;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", true, 0 },
		{ "2000-02-29T12:34:56Z", true, 951827696 },
		{ "2031-05-02T09:14:00Z", true, 1935479640 },
		{ "2031-05-02T09:14Z", true, 1935479640 },
		{ "2038-01-19T03:14:08Z", true, 2147483648LL },
		{ "9999-12-31T23:59:59Z", true, 253402300799LL },
		{ "2100-02-29T00:00:00Z", false, 0 },
		{ "2031-04-31T00:00:00Z", false, 0 },
		{ "2031-13-01T00:00:00Z", false, 0 },
		{ "2031-05-02T24:00:00Z", false, 0 },
		{ "2031-05-02T09:14:00", false, 0 },
		{ "2031-05-02T09:14:00+", false, 0 },
		{ "2031-05-02 09:14:00Z", false, 0 },
		{ "1969-12-31T23:59:59Z", false, 0 },
		{ "testdatetime", false, 0 },
		{ "", false, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t got = 0;
		char text[ISO_TIME_SIZE];
		bool ok = iso_time_parse(span_str(cases[i].text), &got);
		if (ok != cases[i].ok || got != cases[i].want)
			fail_msg("%s: ok=%d %lld", cases[i].text, ok, (long long)got);
		iso_time_print(got, text);
		if (ok && strlen(cases[i].text) == 20 && !str_eq(text, cases[i].text))
			fail_msg("%s: printed %s", cases[i].text, text);
	}
}

static void every_day_comes_back(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 60000; day++) {
		char text[ISO_TIME_SIZE];
		int64_t got;
		iso_time_print(day * 86400 + 86399, text);
		if (!iso_time_parse(span_str(text), &got) || got != day * 86400 + 86399)
			fail_msg("day %lld: %s", (long long)day, text);
	}
}

static void reads_durations(void **state)
{
	(void)state;
	static const struct {
		const char *text, *print;
		bool ok;
		int64_t want;
	} cases[] = {
		{ "P1DT23H59M", "P1DT23H59M", true, 172740 },
		{ "PT0S", "PT0S", true, 0 },
		{ "PT90M", "PT1H30M", true, 5400 },
		{ "P0DT0H1M", "PT1M", true, 60 },
		{ "P7D", "P7D", true, 604800 },
		{ "PT1S", "PT1S", true, 1 },
		{ "P1M", "", false, 0 },
		{ "P1Y", "", false, 0 },
		{ "PT", "", false, 0 },
		{ "P", "", false, 0 },
		{ "P1DT", "", false, 0 },
		{ "PT1M1H", "", false, 0 },
		{ "PTM", "", false, 0 },
		{ "PT999999999S", "", false, 0 },
		{ "0", "", false, 0 },
		{ "-PT1S", "", false, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t got = 0;
		char text[ISO_DURATION_SIZE];
		bool ok = iso_duration_parse(span_str(cases[i].text), &got);
		if (ok != cases[i].ok || (ok && got != cases[i].want))
			fail_msg("%s: ok=%d %lld", cases[i].text, ok, (long long)got);
		if (!ok)
			continue;
		iso_duration_print(got, text);
		assert_string_equal(text, cases[i].print);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_times),
		cmocka_unit_test(every_day_comes_back),
		cmocka_unit_test(reads_durations),
	};
	return cmocka_run_group_tests_name("base/iso", tests, NULL, NULL);
}
