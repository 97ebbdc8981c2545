/* Tests of the sheets: what a person reads, and that a password cannot break the page. */
#include "cli/key_pairs.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct cli_key_pair pairs[] = {
	{ .pid = "0000037M", .pps = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ", .password = "a<b>&'c\"1B" },
	{ .pid = "0000000C",
	  .pps = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ",
	  .password = "Plain!77",
	  .group = true },
};
static const struct cli_key_pairs keys = { 2, pairs };

static void check(void (*print)(struct out *o, const struct cli_key_pairs *k),
		  const char *const *want, size_t count)
{
	static char text[16384];
	struct out o;

	out_init(&o, text, sizeof text);
	print(&o, &keys);
	assert_false(o.bad);
	for (size_t i = 0; i < count; i++)
		if (!strstr(text, want[i]))
			fail_msg("no '%s' in:\n%s", want[i], text);
}

static void text_is_whole(void **state)
{
	static const char *const want[] = {
		"1 of 2   for one PC",
		"  MEBx password  a<b>&'c\"1B\n  PID            0000-037M\n"
		"  PPS            NKLD-G5DC-RRNQ-E9YZ-\n                 ZIJL-7LFL-VJED-69XJ\n",
		"2 of 2   for many PCs",
		"  PID            0000-000C\n",
		"Ctrl+P",
	};
	(void)state;
	check(cli_key_sheet_text, want, sizeof want / sizeof *want);
}

static void html_is_escaped(void **state)
{
	static const char *const want[] = {
		"<td>a&lt;b&gt;&amp;&#39;c&quot;1B</td>",
		"<td>0000-037M</td>",
		"<td>NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ</td>",
		"2 of 2, for many PCs",
		"break-inside: avoid",
		"</body></html>\n",
	};
	(void)state;
	check(cli_key_sheet_html, want, sizeof want / sizeof *want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_whole),
		cmocka_unit_test(html_is_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
