/* Two PCs with one UUID take turns; one PC that moves or gets another key does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/str.h"
#include "engine/twins.h"

#define HOUR 3600000

static void tells_twins_from_one_pc(void **state)
{
	(void)state;
	/* oldest first: address, pid, RetryCount, hour */
	static const struct {
		const char *name;
		struct engine_twins_hello h[6];
		bool want; /* of the last one */
	} cases[] = {
		{ "the first", { { "a", "", 0, 0 } }, false },
		{ "retries", { { "a", "", 0, 0 }, { "a", "", 1, 1 }, { "a", "", 2, 2 } }, false },
		{ "moved", { { "a", "", 0, 0 }, { "b", "", 1, 1 } }, false },
		{ "moved and back",
		  { { "a", "", 0, 0 }, { "b", "", 1, 1 }, { "a", "", 2, 2 } },
		  false },
		{ "moved, power drained, back",
		  { { "a", "", 5, 0 }, { "b", "", 0, 1 }, { "a", "", 1, 2 } },
		  false },
		{ "another key", { { "a", "P1", 3, 0 }, { "a", "P2", 0, 1 } }, false },
		{ "another key elsewhere", { { "a", "P1", 3, 0 }, { "b", "P2", 4, 1 } }, false },
		{ "two PKI PCs",
		  { { "a", "", 0, 0 }, { "b", "", 0, 0 }, { "a", "", 1, 1 } },
		  true },
		{ "two PKI PCs, the other one far ahead",
		  { { "a", "", 0, 0 }, { "b", "", 9, 0 }, { "a", "", 1, 1 } },
		  true },
		{ "two PKI PCs, several hellos each",
		  { { "a", "", 0, 0 },
		    { "a", "", 1, 1 },
		    { "b", "", 0, 1 },
		    { "b", "", 1, 2 },
		    { "a", "", 2, 2 } },
		  true },
		{ "two PSK PCs",
		  { { "a", "P1", 0, 0 }, { "b", "P2", 0, 0 }, { "a", "P1", 0, 1 } },
		  true },
		{ "two PSK PCs behind one address",
		  { { "a", "P1", 0, 0 }, { "a", "P2", 1, 0 }, { "a", "P1", 2, 1 } },
		  true },
		{ "a day between",
		  { { "a", "P1", 0, 0 }, { "b", "P2", 0, 25 }, { "a", "P1", 0, 26 } },
		  false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_twins_hello rows[6] = { 0 };
		unsigned n = 0, other = 99;
		while (n < 6 && cases[i].h[n].address)
			n++;
		for (unsigned k = 0; k < n; k++) {
			rows[k] = cases[i].h[n - 1 - k];
			rows[k].at_unix_ms *= HOUR;
		}
		bool got = engine_twins_seen(&rows[0], &rows[1], n - 1, &other);
		if (got != cases[i].want || (got && str_eq(rows[1 + other].address, "")))
			fail_msg("%s: %d", cases[i].name, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tells_twins_from_one_pc) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
