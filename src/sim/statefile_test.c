/* Reading the records of a state file; what is in a record is dev_test.c's. The file on disk is
 * proven by tests/system/0106-sim-state.t. */
#include "sim/statefile.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void finds_whole_documents(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *want; /* "index:line:yaml|..." */
	} cases[] = {
		{ "nothing", "", "" },
		{ "only the head", "# outband sim state 1\n", "" },
		{ "one", "# head\n--- # device 7\na: 1\nb: 2\n...\n", "7:3:a: 1\nb: 2\n|" },
		{ "two", "--- # device 0\na\n...\n--- # device 1\nb\n...\n", "0:2:a\n|1:5:b\n|" },
		{ "same device again", "--- # device 1\na\n...\n--- # device 1\nb\n...\n",
		  "1:2:a\n|1:5:b\n|" },
		{ "empty document", "--- # device 3\n...\n", "3:2:|" },
		{ "cut before its end", "--- # device 0\na\n...\n--- # device 1\nb\n", "0:2:a\n|" },
		{ "cut in its end", "--- # device 1\nb\n..", "" },
		{ "cut without a line end", "--- # device 1\nb\n...", "" },
		{ "cut, then another", "--- # device 1\nb: \"x--- # device 2\nc\n...\n",
		  "1:2:b: \"x--- # device 2\nc\n|" },
		{ "cut, then another on its own line",
		  "--- # device 1\nb\n--- # device 2\nc\n...\n", "2:4:c\n|" },
		{ "no number", "--- # device x\na\n...\n", "" },
		{ "end without begin", "...\n--- # device 4\na\n...\n", "4:3:a\n|" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char got[512] = "";
		struct out o;
		struct sim_statefile_doc doc;
		size_t at = 0;
		unsigned line = 0;

		out_init(&o, got, sizeof got);
		while (sim_statefile_next(span_str(cases[i].text), &at, &line, &doc))
			out_fmt(&o, "%u:%u:%.*s|", doc.index, doc.line, (int)doc.yaml.n,
				(const char *)doc.yaml.p);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", cases[i].name, got, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_whole_documents),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
