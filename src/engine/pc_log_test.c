/* What is new in a log that was read before: it grew, it turned over, it was emptied, it stayed. */
#include "engine/pc_log.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Records are letters; the end of the former reading is its last four. */
static unsigned new_from(const char *before, const char *now)
{
	static char text[64][2];
	const char *records[32], *end[4];
	unsigned was = (unsigned)strlen(before), n = was > 4 ? 4 : was,
		 count = (unsigned)strlen(now), t = 0;

	for (unsigned i = 0; i < n; i++) {
		text[t][0] = before[was - n + i];
		end[i] = text[t++];
	}
	for (unsigned i = 0; i < count; i++) {
		text[t][0] = now[i];
		records[i] = text[t++];
	}
	return engine_pc_log_first_new(records, count, end, n, was);
}

static void finds_what_is_new(void **state)
{
	static const struct {
		const char *name, *before, *now;
		unsigned first;
	} rows[] = {
		{ "never read", "", "abc", 0 },
		{ "nothing new", "abc", "abc", 3 },
		{ "grew", "abc", "abcde", 3 },
		{ "grew long", "abcdefgh", "abcdefghij", 8 },
		{ "turned over", "abcdefgh", "cdefghij", 6 },
		{ "turned over wholly", "abcdefgh", "ijklmnop", 0 },
		{ "emptied", "abcdefgh", "", 0 },
		{ "emptied, and new", "abcdefgh", "x", 0 },
		{ "emptied, with the same records again", "abab", "abababab", 4 },
		{ "repeated", "xaaaa", "xaaaaaa", 7 },
		{ "short log emptied, the same at the end", "ab", "cab", 0 },
		{ "short log grew", "ab", "abab", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned first = new_from(rows[i].before, rows[i].now);
		if (first != rows[i].first)
			fail_msg("%s: %u, not %u", rows[i].name, first, rows[i].first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
