/* Parts that use the certificate which the service gave to the PC: after it was renewed, all of them use the
 * new one, and the old one is gone from the PC. */
#include "parts.h"

#include "../support/chains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define LOGIN "{protocol: tls, client_certificate: own, ca: radius}"
#define TAIL                                                                                    \
	"wifi:\n  networks:\n  - {name: a, ssid: A, security: wpa2-802.1x, dot1x: " LOGIN "}\n" \
	"wired_8021x: {enabled: on, login: " LOGIN "}\n"                                        \
	"remote_access:\n  servers: [{host: mps.example.com, port: 4433, auth: mutual}]\n"      \
	"  policies: [{trigger: user}]\n"

/* Another key each time, as a real one would be. */
static struct pki_key *next_key(unsigned bits, struct err *e)
{
	static const int keys[] = { TEST_KEY_2048_A, TEST_KEY_2048_B, TEST_KEY_2048_C };
	static unsigned n;
	(void)bits, (void)e;
	return pki_key_ref(test_chain_key(keys[n++ % 3]));
}

static void fill(struct world *w)
{
	w->make_key = next_key;
	parts_trust(w, "radius");
}

static const char *shown(struct world *w, unsigned i, char *buf, size_t cap)
{
	const struct wsman_obj *o = parts_get(w, i, "AMT_TLSCredentialContext", NULL);
	snprintf(buf, cap, "InstanceID=%s",
		 wsman_obj_epr_selector(wsman_obj_epr(o, "ElementInContext"), "InstanceID"));
	return buf;
}

static void renewed_for_all(void **state)
{
	static const char *const generations[] = { "4.0", "11.8", "22.0" };
	char before[128], now[128], text[2048];
	(void)state;
	for (int g = 0; g < 3; g++) {
		struct world w;
		unsigned i = parts_start_with(&w, generations[g], TAIL, NULL, fill);
		for (int n = 0; n < 3; n++) { /* slots do not run out */
			shown(&w, i, before, sizeof before);
			watch_forget(&w.watch, i); /* the former key is done with */
			if (!parts_job(&w, i, "renew_certificate", text, sizeof text))
				fail_msg("%s, time %d: %s", generations[g], n, text);
			assert_string_not_equal(shown(&w, i, now, sizeof now), before);
			assert_null(parts_get(&w, i, "AMT_PublicKeyCertificate", before));
			parts_drift(&w, i, text, sizeof text);
			assert_string_equal(text, "");
			parts_notes(&w, i, text, sizeof text);
			assert_string_equal(text, "");
		}
		world_deinit(&w);
	}
}

/* The service's own CA as a trusted root: of its two, the one that the firmware takes. */
static void trusts_the_service(void **state)
{
	static const char *const generations[] = { "4.0", "16.1", "22.0" };
	char text[1024];
	(void)state;
	for (int g = 0; g < 3; g++) {
		struct world w;
		unsigned i = parts_start(&w, generations[g],
					 "wired_8021x: {enabled: on, login: {protocol: tls, "
					 "client_certificate: own, ca: ca}}\n");
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_stop(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(renewed_for_all),
		cmocka_unit_test(trusts_the_service),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
