/* Every firmware generation, by PSK where it has it and by provisioning certificate, with the usual
 * behaviour and with the other one of each switch that the release makes a difference to: each ends
 * configured and proven, within the budgets of round trips for a new device and one that is right. */
#include "world.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS      (3600 * 1000LL)
#define BUDGET_NEW   25
#define BUDGET_RIGHT 8
#define NEWEST       99

static const struct {
	const char *switches;
	unsigned from, to; /* releases that it makes a difference to */
	bool only_pki;
	const char *chain; /* NULL: the usual one */
} ways[] = {
	{ NULL, 0, NEWEST, false, NULL },
	{ "pki_digest=strict", 0, NEWEST, true, NULL },
	{ "setup_clear=401", 0, 16, false, NULL },
	{ "busy=return", 0, NEWEST, false, NULL },
	{ "busy=late", 0, NEWEST, false, NULL },
	{ "busy=503", 0, NEWEST, false, NULL },
	{ "readback=active", 0, NEWEST, false, NULL },
	{ "lockout=off", 0, NEWEST, false, NULL },
	{ "tls13=off", 16, NEWEST, false, NULL },
	{ "qop=auth-int", 14, NEWEST, false, NULL }, /* with the setting for it */
	{ "qop_offer=auth", 14, NEWEST, false, NULL },
	{ "qop_offer=both", 0, 15, false, NULL },
	{ "mebx=setup", 0, NEWEST, false, NULL },
	{ "mebx=anytime", 0, NEWEST, false, NULL },
	{ "admin_hex=taken", 0, NEWEST, false, NULL },
	{ "context_put=selectors", 0, NEWEST, false, NULL },
	{ "host_name=optional", 0, NEWEST, false, NULL },
	{ "tls_cache=off", 6, NEWEST, false, NULL },
	{ "selector=unreachable", 0, NEWEST, false, NULL },
	{ "default_cert=none", 19, NEWEST, true, NULL },
	{ "hashes=all", 0, NEWEST, true, NULL },
	{ "suites=rsa", 12, NEWEST, true, NULL },
	{ "suites=ecdhe", 12, NEWEST, true, NULL },
	{ "tls_strength=any", 22, NEWEST, true, NULL },
	{ "tls_strength=384", 0, 19, true, NULL },
	{ "setup_cert=sha1", 0, NEWEST, true, NULL },
	{ "setup_cert=sha256", 0, NEWEST, true, NULL },
	{ "setup_cert=chain", 0, NEWEST, true, NULL },
	{ "key_form=pkcs1", 0, NEWEST, false, NULL },
	{ "key_form=spki", 0, NEWEST, false, NULL },
	{ "key_limits=any", 0, NEWEST, true, NULL },
	{ "chain_hash=sha1", 0, 6, true, "good, SHA-1" },
	{ "realm_form=id", 0, NEWEST, false, NULL },
	{ "realm_form=short", 0, NEWEST, false, NULL },
	{ "realm_form=long", 0, NEWEST, false, NULL },
	{ "framing=length", 0, NEWEST, false, NULL },
	{ "content_type=octets", 0, NEWEST, false, NULL },
	{ "content_type=soap", 0, NEWEST, false, NULL },
	{ "frame_options=sent", 0, NEWEST, false, NULL },
	{ "frame_options=left-out", 0, NEWEST, false, NULL },
	{ "consent=on", 6, 6, false, NULL },
};

static void configure(const struct sim_generation *g, bool psk, size_t way, bool print)
{
	struct world w;
	char name[96];
	const char *chain = ways[way].chain ? ways[way].chain : world_chain_for(g);

	snprintf(name, sizeof name, "%s %s%s%s", psk ? "psk" : "pki", g->name,
		 ways[way].switches ? ", " : "", ways[way].switches ? ways[way].switches : "");
	world_init_bare(&w, 900 + way);
	world_set_chain(&w, chain);
	world_trust_chain(&w, chain);
	if (ways[way].switches && strcmp(ways[way].switches, "qop=auth-int") == 0)
		world_set(&w, "login.auth_int", "true");
	world_start_service(&w);
	world_add(&w, g->name, psk ? SIM_SETUP_PSK : SIM_SETUP_PKI, NULL, ways[way].switches);
	if (!world_run_until_done(&w, HOUR_MS)) {
		world_print(&w);
		fail_msg("%s: not configured", name);
	}
	world_run_ms(&w, 1000);
	struct engine_status fresh = engine_get_status(w.engine);
	world_add_job(&w, 0);
	world_run_ms(&w, HOUR_MS);
	struct engine_status all = engine_get_status(w.engine);
	long long right = (long long)(all.round_trips - fresh.round_trips);
	if (print)
		print_message("%-10s new %3lld, right %2lld round trips\n", name,
			      (long long)fresh.round_trips, right);
	if (fresh.round_trips > BUDGET_NEW || fresh.round_trips < 10 || right > BUDGET_RIGHT ||
	    right < 3)
		fail_msg("%s: %lld round trips for a new device, %lld for one that is right", name,
			 (long long)fresh.round_trips, right);
	assert_int_equal(all.jobs_done, 2);
	world_check(&w);
	world_deinit(&w);
}

static void every_generation(bool psk)
{
	const struct sim_generation *g;
	unsigned runs = 0;

	for (unsigned i = 0; (g = sim_generation_at(i)); i++) {
		if ((psk && g->major > 10) || !g->wsman.is)
			continue;
		for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
			if (g->major < ways[k].from || g->major > ways[k].to ||
			    (psk && ways[k].only_pki))
				continue;
			/* every release as it is; each switch with every fourth one, if not all */
			if (k > 0 && (i + k) % 4 != 0 && !getenv("OUTBAND_CRASH_ALL"))
				continue;
			configure(g, psk, k, k == 0);
			runs++;
		}
	}
	print_message("%u devices configured by %s\n", runs, psk ? "PSK" : "certificate");
}

static void by_psk(void **state)
{
	(void)state;
	every_generation(true);
}

static void by_certificate(void **state)
{
	(void)state;
	every_generation(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_psk),
		cmocka_unit_test(by_certificate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
