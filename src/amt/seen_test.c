/* Tests of what evidence from outside says: each state with and without a pong, versions and products,
 * whose certificate it is. */
#include "amt/seen.h"
#include "base/rng.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define AMT_TEXT "Intel(R) Active Management Technology "
enum {
	PONG = 1,
	HTTP = 2,
	CERT = 4,
	SETUP_CERT = 8,
	PSK = 16,
	STRANGE = 32,
	NO_AMT = 64,
	REALM = 128
};

static void judges(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned has;
		enum wire_rmcp_state pong;
		const char *ports; /* o open, r refused, s silent, - not asked */
		const char *want;
	} cases[] = {
		{ "nothing", 0, 0, "ssss", "nothing" },
		{ "a host without AMT", 0, 0, "rrrr", "nothing" },
		{ "not asked", 0, 0, "----", "nothing" },
		{ "pong of another maker", PONG | STRANGE, WIRE_RMCP_POST, "rrrr", "nothing" },
		{ "fresh", PONG, WIRE_RMCP_PRE, "rrrr", "not-set-up" },
		{ "fresh, ping only", PONG, WIRE_RMCP_PRE, "----", "not-set-up" },
		{ "in setup, ping only", PONG, WIRE_RMCP_IN, "----", "setup" },
		{ "by certificate", PONG | CERT | SETUP_CERT, WIRE_RMCP_IN, "rorr", "setup-pki" },
		{ "by certificate of another kind", PONG | CERT, WIRE_RMCP_IN, "rorr",
		  "setup-pki" },
		{ "by key", PONG | PSK, WIRE_RMCP_IN, "rorr", "setup-psk" },
		{ "neither shows", PONG, WIRE_RMCP_IN, "rorr", "setup" },
		{ "time over", PONG, WIRE_RMCP_IN, "rrrr", "stopped" },
		{ "behind a firewall", PONG, WIRE_RMCP_IN, "ssss", "setup" },
		{ "configured", PONG | HTTP, WIRE_RMCP_POST, "orrr", "configured" },
		{ "configured, dark ports", PONG, WIRE_RMCP_POST, "ssss", "configured" },
		{ "no pong, pages", HTTP, 0, "orrr", "configured" },
		{ "no pong, TLS", CERT, 0, "roro", "configured" },
		{ "no pong, setup certificate", CERT | SETUP_CERT, 0, "rorr", "setup-pki" },
		{ "no pong, key", PSK, 0, "rorr", "setup-psk" },
		{ "no pong, port only", 0, 0, "rorr", "unclear" },
		{ "no pong, redirection only", 0, 0, "rror", "unclear" },
		{ "another web server", HTTP | NO_AMT, 0, "orrr", "unclear" },
		{ "another web server with TLS", HTTP | NO_AMT | CERT, 0, "rorr", "unclear" },
		{ "no name, but a realm of AMT", HTTP | NO_AMT | REALM, 0, "orrr", "configured" },
		{ "no name, but a realm of AMT, TLS", HTTP | NO_AMT | REALM | CERT, 0, "rorr",
		  "configured" },
		{ "a pong, and TLS that fails", PONG, WIRE_RMCP_PRE, "rorr", "present" },
		{ "an unknown state", PONG, WIRE_RMCP_STATE_3, "rrrr", "present" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned has = cases[i].has;
		struct amt_seen s = { .ponged = has & PONG,
				      .http = has & HTTP,
				      .with_cert = has & CERT,
				      .setup_cert = has & SETUP_CERT,
				      .wants_psk = has & PSK };
		s.pong.state = cases[i].pong;
		s.pong.maker = has & STRANGE ? 4542 : WIRE_RMCP_INTEL;
		if (has & HTTP)
			(void)str_copy(s.server, sizeof s.server,
				       span_str(has & NO_AMT ? "nginx/1.22.1" : AMT_TEXT "9.0.1"));
		if (has & REALM)
			(void)str_copy(s.realm, sizeof s.realm,
				       span_str("Digest:0123456789ABCDEF"));
		for (unsigned p = 0; p < AMT_SEEN_USUAL; p++) {
			char c = cases[i].ports[p];
			s.ports[p] = c == 'o' ? AMT_SEEN_OPEN
				: c == 'r'    ? AMT_SEEN_REFUSED
				: c == 's'    ? AMT_SEEN_SILENT
					      : AMT_SEEN_NOT_ASKED;
		}
		if (!str_eq(amt_seen_state_name(amt_seen_state(&s)), cases[i].want))
			fail_msg("%s: %s", cases[i].name, amt_seen_state_name(amt_seen_state(&s)));
	}
}

static void knows_versions(void **state)
{
	(void)state;
	static const struct {
		const char *server, *identify;
		unsigned major, minor;
		const char *version, *product;
	} cases[] = {
		{ AMT_TEXT "7.1.91", "", 0, 0, "7.1.91", "AMT" },
		{ AMT_TEXT "16.1.25.1917", "AMT 16.1", 16, 1, "16.1.25.1917", "AMT" },
		{ "Intel(R) Standard Manageability 11.8.50.3425", "", 0, 0, "11.8.50.3425",
		  "Standard Manageability" },
		{ "Intel(R) Con. Management Engine 8.1.0", "", 0, 0, "8.1.0",
		  "consumer Management Engine" },
		{ "AMT", "AMT 11.8", 0, 0, "11.8", "AMT" },
		{ "", "AMT 9.5", 9, 0, "9.5", "AMT" },
		{ "", "", 16, 1, "16.1", "AMT" },
		{ "", "", 0, 0, "", "" },
		{ "nginx/1.22.1", "", 0, 0, "", "" },
		{ "Apache 2.4", "", 0, 0, "", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct amt_seen s = { .ponged = cases[i].major > 0 };
		char version[32];
		s.pong = (struct wire_rmcp){ .maker = WIRE_RMCP_INTEL,
					     .major = cases[i].major,
					     .minor = cases[i].minor };
		(void)str_copy(s.server, sizeof s.server, span_str(cases[i].server));
		(void)str_copy(s.identify, sizeof s.identify, span_str(cases[i].identify));
		amt_seen_version(&s, version);
		if (!str_eq(version, cases[i].version) ||
		    !str_eq(amt_seen_product(&s), cases[i].product))
			fail_msg("%s: %s %s", cases[i].server, version, amt_seen_product(&s));
	}
}

static struct pki_key *keys[2];

static struct span issue(const char *cn, const char *issuer_cn, struct arena *a,
			 struct span *out_ca)
{
	struct pki_issue ca = { .cn = issuer_cn,
				.is_ca = true,
				.not_before_unix_ms = 0,
				.not_after_unix_ms = INT64_C(4000000000000) };
	struct pki_issue leaf = { .cn = cn,
				  .not_before_unix_ms = 0,
				  .not_after_unix_ms = INT64_C(4000000000000) };
	struct span spki = { NULL, 0 }, der = { NULL, 0 }, none = { NULL, 0 };
	struct rng rng;
	struct err e = { 0 };

	rng_seed(&rng, 1);
	if (issuer_cn) {
		assert_true(pki_key_public_spki(keys[0], a, &spki));
		assert_true(pki_cert_issue(&ca, spki, none, keys[0], &rng, a, out_ca, &e));
		assert_true(pki_key_public_spki(keys[1], a, &spki));
		assert_true(pki_cert_issue(&leaf, spki, *out_ca, keys[0], &rng, a, &der, &e));
		return der;
	}
	assert_true(pki_key_public_spki(keys[1], a, &spki));
	assert_true(pki_cert_issue(&leaf, spki, none, keys[1], &rng, a, &der, &e));
	return der;
}

static void knows_whose_certificate_it_is(void **state)
{
	(void)state;
	static const struct {
		const char *cn, *issuer;
		bool ours;
		const char *owner, *maker;
		bool setup;
	} cases[] = {
		{ "pc7.example.com", "Our CA", true, "ours", "ours", false },
		{ "pc7.example.com", "Our CA", false, "others", "Our CA", false },
		{ "pc7.example.com", "MeshCentralRoot-1a2b3c", false, "others", "MeshCentral",
		  false },
		{ "pc7.example.com", NULL, false, "self-signed", "self-signed", false },
		{ "4c4c4544-0031-3610-8052-b4c04f564231", NULL, false, "firmware", "firmware",
		  true },
		{ "iAMT CSME IDevID RCFG", "On Die CA", false, "firmware", "firmware", true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct amt_seen s = { 0 };
		struct arena a;
		struct span ca = { NULL, 0 };
		arena_init(&a, 1u << 20);
		struct span leaf = issue(cases[i].cn, cases[i].issuer, &a, &ca);
		assert_true(amt_seen_take_cert(&s, leaf, &ca, cases[i].ours));
		if (!str_eq(amt_seen_owner_name(s.owner), cases[i].owner) ||
		    !str_eq(amt_seen_maker(&s), cases[i].maker) || s.setup_cert != cases[i].setup ||
		    !str_eq(s.cn, cases[i].cn))
			fail_msg("%s by %s: %s %s", cases[i].cn, cases[i].issuer,
				 amt_seen_owner_name(s.owner), amt_seen_maker(&s));
		arena_deinit(&a);
	}
}

static void refuses_what_is_no_certificate(void **state)
{
	(void)state;
	struct amt_seen s = { 0 };

	assert_false(amt_seen_take_cert(&s, span_str("no DER"), NULL, 0));
	assert_false(s.with_cert);
	assert_string_equal(amt_seen_maker(&s), "none");
}

static int make_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		keys[i] = pki_key_generate_rsa(1024, NULL);
	return keys[0] && keys[1] ? 0 : -1;
}

static int free_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		pki_key_free(keys[i]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges),
		cmocka_unit_test(knows_versions),
		cmocka_unit_test(knows_whose_certificate_it_is),
		cmocka_unit_test(refuses_what_is_no_certificate),
	};
	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
