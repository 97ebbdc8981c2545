/* When the next hello comes, when none does any more: tables of what was heard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/str.h"
#include "engine/hello_life.h"

#define T0  1936016447000
#define MIN 60000LL
#define H   (60 * MIN)

struct row {
	const char *name;
	struct {
		int64_t at, count;
		const char *address;
	} heard[4];                     /* newest first; address NULL: no more */
	int64_t first_seen, configured; /* 0: never */
	bool in_setup;
	int64_t now, began, next, end; /* since T0; next -1: none */
	unsigned missed;
	const char *rule;
};

static const struct row rows[] = {
	{ "the first one just now", { { 0, 0, "a" } }, 0, 0, true, 5000, 0, MIN, 24 * H, 0, NULL },
	{ "third minute",
	  { { 3 * MIN, 3, "a" }, { 2 * MIN, 2, "a" } },
	  2 * MIN,
	  0,
	  true,
	  3 * MIN + 1000,
	  0,
	  4 * MIN,
	  24 * H,
	  0,
	  NULL },
	{ "seen late: the count tells",
	  { { 25 * MIN, 9, "a" } },
	  25 * MIN,
	  0,
	  true,
	  26 * MIN,
	  0,
	  30 * MIN,
	  24 * H,
	  0,
	  NULL },
	{ "every hour",
	  { { 3 * H + 5 * MIN, 14, "a" }, { 2 * H + 5 * MIN, 14, "a" } },
	  0,
	  0,
	  true,
	  3 * H + 6 * MIN,
	  0,
	  4 * H + 5 * MIN,
	  24 * H,
	  0,
	  NULL },
	{ "one missed",
	  { { 3 * H + 5 * MIN, 14, "a" } },
	  0,
	  0,
	  true,
	  4 * H + 30 * MIN,
	  0,
	  5 * H + 5 * MIN,
	  24 * H,
	  1,
	  NULL },
	{ "two missed",
	  { { 3 * H + 5 * MIN, 14, "a" } },
	  0,
	  0,
	  true,
	  5 * H + 30 * MIN,
	  0,
	  6 * H + 5 * MIN,
	  24 * H,
	  2,
	  "D026" },
	{ "missed after a move",
	  { { 3 * H + 5 * MIN, 14, "b" }, { 2 * H + 5 * MIN, 14, "a" } },
	  0,
	  0,
	  true,
	  9 * H + 30 * MIN,
	  0,
	  10 * H + 5 * MIN,
	  24 * H,
	  6,
	  "D045" },
	{ "its day is over",
	  { { 23 * H + 5 * MIN, 14, "a" } },
	  0,
	  0,
	  true,
	  26 * H,
	  0,
	  -1,
	  24 * H,
	  0,
	  "D026" },
	{ "a later start: 6 h",
	  { { 50 * H, 0, "a" }, { 20 * H, 14, "a" } },
	  0,
	  0,
	  true,
	  50 * H + 1,
	  50 * H,
	  50 * H + MIN,
	  56 * H,
	  0,
	  NULL },
	{ "reset after it was configured",
	  { { 50 * H, 1, "a" } },
	  0,
	  2 * H,
	  true,
	  50 * H + 1,
	  50 * H - MIN,
	  50 * H + MIN,
	  56 * H - MIN,
	  0,
	  NULL },
	{ "configured", { { 1 * MIN, 1, "a" } }, 0, 2 * MIN, false, 90 * H, 0, -1, 6 * H, 0, NULL },
	{ "begun anew",
	  { { 65 * MIN, 0, "a" }, { 10 * MIN, 6, "a" } },
	  0,
	  0,
	  true,
	  66 * MIN,
	  0,
	  125 * MIN,
	  24 * H,
	  0,
	  NULL },
	{ "never heard", { { 0, 0, NULL } }, 0, 0, true, 0, -T0, -1, -T0, 0, NULL },
};

static void predicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct engine_hello_heard heard[4];
		struct engine_hello_known k = { .rows = heard,
						.first_seen_unix_ms = T0 + r->first_seen,
						.in_setup = r->in_setup };
		struct engine_hello_life l;
		if (r->configured)
			k.configured_unix_ms = T0 + r->configured;
		for (; k.count < 4 && r->heard[k.count].address; k.count++)
			heard[k.count] = (struct engine_hello_heard){ T0 + r->heard[k.count].at,
								      r->heard[k.count].count,
								      r->heard[k.count].address };
		engine_hello_life(&k, T0 + r->now, &l);
		int64_t next = l.next_unix_ms ? l.next_unix_ms - T0 : -1;
		if (l.began_unix_ms - T0 != r->began || next != r->next ||
		    l.end_unix_ms - T0 != r->end || l.missed != r->missed)
			fail_msg("%s: began %lld next %lld end %lld min, missed %u", r->name,
				 (long long)(l.began_unix_ms - T0) / MIN, (long long)next / MIN,
				 (long long)(l.end_unix_ms - T0) / MIN, l.missed);
		if (l.in_limbo != (r->rule != NULL) || !str_eq(l.rule, r->rule))
			fail_msg("%s: %s", r->name, l.rule ? l.rule : "not in limbo");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(predicts) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
