/* Which receivers of a profile a PC does not have: from the rows of "alerts.show". */
#include "engine/alert_watch.h"
#include "engine/key.h"
#include "engine/profile.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PROFILE                                                                  \
	"version: 1\nadmin_password: random\nalerts:\n"                          \
	"  traps: [{address: 192.0.2.20, policy: 1}]\n"                          \
	"  subscriptions: [{name: noc, url: 'http://192.0.2.1/x', events: all}," \
	" {name: b, url: 'http://192.0.2.2/', events: all}]\n"
#define EVENT(to, more) "{\"table\":\"receiver\",\"kind\":\"event\",\"to\":\"" to "\"" more "}"
#define NOC             EVENT("http://192.0.2.1/x", "")
#define B               EVENT("http://192.0.2.2/", ",\"enabled\":true,\"left_s\":60")
#define TRAP            "{\"table\":\"receiver\",\"kind\":\"trap\",\"to\":\"192.0.2.20\"}"

static void tells_what_is_missing(void **state)
{
	static const struct {
		const char *name, *rows;
		bool traps;
		const char *what;
	} cases[] = {
		{ "all", NOC "," B "," TRAP, true, "" },
		{ "nothing", "", true, "alerts.subscriptions.noc: absent" },
		{ "one", NOC "," TRAP, true, "alerts.subscriptions.b: absent" },
		{ "another path", EVENT("http://192.0.2.1/y", "") "," B "," TRAP, true,
		  "alerts.subscriptions.noc: absent" },
		{ "a trap at the place of an event",
		  "{\"kind\":\"trap\",\"to\":\"http://192.0.2.1/x\"}," B "," TRAP, true,
		  "alerts.subscriptions.noc: absent" },
		{ "switched off", EVENT("http://192.0.2.1/x", ",\"enabled\":false") "," B "," TRAP,
		  true, "alerts.subscriptions.noc: there, and ended or switched off" },
		{ "over", EVENT("http://192.0.2.1/x", ",\"left_s\":0") "," B "," TRAP, true,
		  "alerts.subscriptions.noc: there, and ended or switched off" },
		{ "over, and again", EVENT("http://192.0.2.1/x", ",\"left_s\":0") "," NOC "," B,
		  false, "" },
		{ "no trap", NOC "," B, true, "alerts.traps.192.0.2.20: absent" },
		{ "no trap, and none can be", NOC "," B, false, "" },
		{ "no rows at all", "}{", true, "alerts.subscriptions.noc: absent" },
	};
	struct engine_profile p;
	struct arena a;
	struct err e = { 0 };

	(void)state;
	arena_init(&a, 1 << 18);
	if (!engine_profile_parse_in("p", 1, span_str(PROFILE), &a, &p, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char what[200] = "";
		bool lacks = engine_alert_watch_lacks(p.parts, span_str(cases[i].rows),
						      cases[i].traps, what, sizeof what);
		if (lacks != (*cases[i].what != '\0') || strcmp(what, cases[i].what) != 0)
			fail_msg("%s: '%s'", cases[i].name, what);
	}
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
