/* Request targets: whatever stands in a name, it stays one part of the path or one value. The
 * exchange itself is tested with the built program. */
#include "base/str.h"
#include "cli/rpc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void builds_targets(void **state)
{
	(void)state;
	static const struct {
		const char *name, *pattern, *a, *b, *want;
	} cases[] = {
		{ "plain", "/v1/status", NULL, NULL, "/v1/status" },
		{ "name", "/v1/devices/%", "pc1.example.com", NULL, "/v1/devices/pc1.example.com" },
		{ "name inside", "/v1/devices/%/plan", "a", NULL, "/v1/devices/a/plan" },
		{ "two names", "/v1/jobs/%/%", "j-1", "retry", "/v1/jobs/j-1/retry" },
		{ "slash and query", "/v1/devices/%", "../a?b=c&d#e", NULL,
		  "/v1/devices/..%2Fa%3Fb%3Dc%26d%23e" },
		{ "line break", "/v1/devices/%", "a\r\nb", NULL, "/v1/devices/a%0D%0Ab" },
		{ "not ASCII", "/v1/devices/%", "\xc3\xa4", NULL, "/v1/devices/%C3%A4" },
		{ "both values", "/v1/jobs?state=%&uuid=%", "done", "u",
		  "/v1/jobs?state=done&uuid=u" },
		{ "second value", "/v1/jobs?state=%&uuid=%", NULL, "u", "/v1/jobs?uuid=u" },
		{ "no value", "/v1/jobs?state=%&uuid=%", NULL, NULL, "/v1/jobs" },
		{ "value escaped", "/v1/devices?search=%", "a&b", NULL,
		  "/v1/devices?search=a%26b" },
		{ "name and value", "/v1/certs/%?force=%", "main", "true",
		  "/v1/certs/main?force=true" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a;
		arena_init(&a, 65536);
		const char *got = cli_rpc_target(&a, cases[i].pattern, cases[i].a, cases[i].b);
		if (!str_eq(got, cases[i].want))
			fail_msg("%s: %s", cases[i].name, got);
		arena_deinit(&a);
	}
}

static void long_names_do_not_grow(void **state)
{
	(void)state;
	static char name[8000];
	struct arena a;

	memset(name, 'x', sizeof name - 1);
	arena_init(&a, 65536);
	assert_string_equal(cli_rpc_target(&a, "/v1/devices/%", name), "/v1/too-long");
	arena_deinit(&a);
}

static void finds_the_socket(void **state)
{
	(void)state;
	struct cli c = { 0 };
	struct arena a;

	arena_init(&a, 65536);
	assert_int_equal(setenv("OUTBAND_SOCKET", "/x/env", 1), 0);
	assert_string_equal(cli_rpc_socket_path(&c, &a), "/x/env");
	c.args.opts[0] = (struct cli_opt){ "socket", "/x/option" };
	c.args.opt_count = 1;
	assert_string_equal(cli_rpc_socket_path(&c, &a), "/x/option");
	arena_deinit(&a);
}

static void says_that_nothing_runs(void **state)
{
	(void)state;
	struct cli c = { 0 };
	struct err e = { 0 };
	json_t *doc;

	c.args.opts[0] = (struct cli_opt){ "socket", "/nowhere/at/all.sock" };
	c.args.opt_count = 1;
	assert_false(cli_rpc_get(&c, "/v1/status", &doc, &e));
	assert_int_equal(e.code, ERR_SERVICE_DOWN);
	assert_non_null(strstr(e.hint, "outband serve"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builds_targets),
		cmocka_unit_test(long_names_do_not_grow),
		cmocka_unit_test(finds_the_socket),
		cmocka_unit_test(says_that_nothing_runs),
	};
	return cmocka_run_group_tests_name("cli/rpc", tests, NULL, NULL);
}
