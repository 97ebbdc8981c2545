/* Part "proxy" of the profile, on the first release that has it and the newest. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SERVICE "IPS_HTTPProxyService"
#define POINT   "IPS_HTTPProxyAccessPoint"
#define NAME(n) "Name=Intel(r) ME:HTTP Proxy Access Point " n
#define TWO                                                                                    \
	"proxy:\n  servers:\n  - {host: proxy.example.com, port: 8080, suffix: example.com}\n" \
	"  - {host: 192.0.2.8, port: 3128, suffix: branch.example.com}\n"

static uint32_t add(struct world *w, unsigned i, const char *host, const char *port)
{
	char h[64], p[32];
	snprintf(h, sizeof h, "AccessInfo=%s", host);
	snprintf(p, sizeof p, "Port=%s", port);
	return parts_invoke(w, i, SERVICE, NULL, "AddProxyAccessPoint", h, p, "InfoFormat=201",
			    "NetworkDnsSuffix=example.com", NULL);
}

static void sets_drifts_repairs(void **state)
{
	static const char *const generations[] = { "16.1", "22.0" };
	char text[1024], host[32];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start(&w, generations[g], TWO);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		assert_string_equal(wsman_obj_str(parts_get(&w, i, POINT, NAME("1")), "InfoFormat"),
				    "3");

		assert_true(parts_delete(&w, i, POINT, NAME("0")));
		parts_expect_drift(
			&w, i,
			"proxy.servers.proxy.example.com: absent -> port 8080, example.com\n");
		assert_true(parts_delete(&w, i, POINT, NAME("0")));
		assert_int_equal(add(&w, i, "proxy.example.com", "81"), 0);
		const struct wsman_epr *epr = wsman_obj_epr(parts_reply(&w), "ProxyAccessPoint");
		assert_string_equal(wsman_obj_epr_selector(epr, "Name"),
				    "Intel(r) ME:HTTP Proxy Access Point 0");
		assert_string_equal(wsman_obj_epr_selector(epr, "SystemName"), "Intel(r) AMT");
		parts_expect_drift(&w, i, "proxy.servers.proxy.example.com.port: 81 -> 8080\n");

		assert_int_equal(add(&w, i, "proxy.example.com", "8080"), 2058);
		assert_int_equal(add(&w, i, "other.example.com", "0"), 36);
		assert_int_equal(add(&w, i, "other.example.com", "80"), 0);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_notes(&w, i, text, sizeof text);
		assert_string_equal(text, "proxy.servers.other.example.com: not in the profile\n");
		for (int n = 3; n < 15; n++) {
			snprintf(host, sizeof host, "p%d.example.com", n);
			assert_int_equal(add(&w, i, host, "80"), 0);
		}
		assert_int_equal(add(&w, i, "full.example.com", "80"), 23);
		parts_profile(&w, "proxy: {own: on, servers: []}\n");
		assert_true(parts_apply(&w, i, text, sizeof text));
		assert_null(parts_get(&w, i, POINT, NULL));
		parts_stop(&w);
	}
}

static void tells_what_is_missing(void **state)
{
	char text[1024];
	struct world w;
	(void)state;
	unsigned i = parts_start(&w, "15.0", TWO);
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_non_null(strstr(text, "HTTP proxies: not available in AMT 15.0"));
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs),
		cmocka_unit_test(tells_what_is_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
