/* Tests of times in the past. */
#include "cli/since.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW INT64_C(1935478447120)

static void reads(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t want; /* -1: refused */
	} cases[] = {
		{ "30s", NOW - 30000 },
		{ "30m", NOW - 1800000 },
		{ "2h", NOW - 7200000 },
		{ "3d", NOW - 259200000 },
		{ "1w", NOW - 604800000 },
		{ "0d", NOW },
		{ "1000000w", 0 },
		{ "2031-05-02", INT64_C(1935446400000) },
		{ "2031-05-02T09:14:00Z", INT64_C(1935479640000) },
		{ "2031-13-02", -1 },
		{ "yesterday", -1 },
		{ "h", -1 },
		{ "-2h", -1 },
		{ "2 h", -1 },
		{ "", -1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t got = -1;
		struct err e = { 0 };
		bool ok = cli_since_parse(cases[i].text, NOW, &got, &e);
		if (ok != (cases[i].want >= 0) || (ok && got != cases[i].want))
			fail_msg("%s: ok=%d %lld", cases[i].text, ok, (long long)got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(reads) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
