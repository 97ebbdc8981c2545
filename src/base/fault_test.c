/* Tests of the fault points. */
#include "base/fault.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Work with three points, as a test of real code would meet them. */
static bool work(void)
{
	return !fault_hit("store.begin") && !fault_hit("store.commit") && !fault_hit("net.send");
}

static void fires_once_at_the_nth(void **state)
{
	(void)state;
	static const struct {
		const char *name, *prefix;
		int nth;
		bool ok;
		int hits;
		const char *fired;
	} cases[] = {
		{ "first", "", 1, false, 1, "store.begin" },
		{ "second", "", 2, false, 2, "store.commit" },
		{ "third", "", 3, false, 3, "net.send" },
		{ "past the last", "", 4, true, 3, NULL },
		{ "by folder", "net.", 1, false, 1, "net.send" },
		{ "by name", "store.commit", 1, false, 1, "store.commit" },
		{ "longer than a name", "store.commit.x", 1, true, 0, NULL },
		{ "count only", "store", 0, true, 2, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fault_arm(cases[i].prefix, cases[i].nth);
		bool ok = work();
		const char *fired = fault_fired();
		if (ok != cases[i].ok || fault_hits() != cases[i].hits)
			fail_msg("%s: ok=%d hits=%d", cases[i].name, ok, fault_hits());
		if (!fired != !cases[i].fired || (fired && strcmp(fired, cases[i].fired) != 0))
			fail_msg("%s: fired %s", cases[i].name, fired ? fired : "none");
		if (fired && !work())
			fail_msg("%s: fired twice", cases[i].name);
		fault_disarm();
	}
}

static void loop_ends_when_none_fires(void **state)
{
	(void)state;
	int nth = 1;
	for (;; nth++) {
		fault_arm("", nth);
		bool ok = work();
		assert_int_equal(ok, fault_fired() == NULL);
		if (ok)
			break;
	}
	assert_int_equal(nth, 4);
	fault_disarm();
}

static void disarmed_never_fires(void **state)
{
	(void)state;
	fault_arm("", 1);
	fault_disarm();
	assert_true(work());
	assert_int_equal(fault_hits(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fires_once_at_the_nth),
		cmocka_unit_test(loop_ends_when_none_fires),
		cmocka_unit_test(disarmed_never_fires),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
