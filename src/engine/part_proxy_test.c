/* Part "proxy": what goes, what comes, and what is asked. */
#include "engine/test_part_shape.h"

enum { SERVICE, POINTS };
#define POINT "IPS_HTTPProxyAccessPoint"
#define AT(n, host, port) \
	"Name=Point_" n " AccessInfo=" host " Port=" port " NetworkDnsSuffix=a.com"
#define ONE "servers: [{host: p.com, port: 80, suffix: a.com}]"

static void lists(void **state)
{
	static const struct {
		const char *name, *yaml, *have[3], *lines, *ids;
	} cases[] = {
		{ "nothing named", "proxy: {own: on}", { AT("0", "x.com", "1") }, "", "" },
		{ "right", "proxy: {" ONE "}", { AT("0", "P.com", "80") }, "", "" },
		{ "none yet",
		  "proxy: {" ONE "}",
		  { NULL },
		  "proxy.servers.p.com: absent -> port 80, a.com\n",
		  "add:p.com(2) " },
		{ "another port: made anew",
		  "proxy: {" ONE "}",
		  { AT("0", "p.com", "81") },
		  "proxy.servers.p.com.port: 81 -> 80\n",
		  "drop:Point 0(0) add:p.com(2) " },
		{ "twice, one is right",
		  "proxy: {" ONE "}",
		  { AT("0", "p.com", "81"), AT("1", "p.com", "80") },
		  "proxy.servers.p.com: not in the profile\n",
		  "report:proxy.servers.p.com(8) " },
		{ "twice, the first is right",
		  "proxy: {" ONE "}",
		  { AT("0", "p.com", "80"), AT("1", "p.com", "81") },
		  "proxy.servers.p.com: not in the profile\n",
		  "report:proxy.servers.p.com(8) " },
		{ "owned",
		  "proxy: {own: on, " ONE "}",
		  { AT("0", "p.com", "80"), AT("1", "x.com", "1") },
		  "proxy.servers.x.com: port 1, a.com -> absent\n",
		  "drop:Point 1(0) " },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct test_part t;
		test_part_start(&t, &engine_part_proxy, cases[n].yaml);
		for (int k = 0; k < 3 && cases[n].have[k]; k++)
			test_part_have(&t, POINTS, POINT, cases[n].have[k]);
		assert_true(test_part_diff(&t));
		if (!str_eq(t.lines, cases[n].lines) || !str_eq(t.ids, cases[n].ids))
			fail_msg("%s:\n%s%s", cases[n].name, t.lines, t.ids);
		test_part_stop(&t);
	}
}

static void asks_like_others(void **state)
{
	struct test_part t;
	(void)state;
	test_part_start(&t, &engine_part_proxy, "proxy: {own: on, servers: []}");
	test_part_have(&t, POINTS, POINT, AT("0", "x.com", "1"));
	assert_true(test_part_diff(&t));
	test_part_shape(&t, "drop:Point 0", "requests/IPS_HTTPProxyAccessPoint.Delete.xml");
	test_part_stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(asks_like_others),
	};
	return cmocka_run_group_tests_name("engine/part_proxy", tests, NULL, NULL);
}
