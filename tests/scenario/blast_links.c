/* Blast radius of ports that are turned off and of tunnels that are closed: of random fleets and random profiles,
 * the PCs that a check says would go dark are those that the simulator loses, where they are or as they
 * were seen before, no more and no fewer; and none is lost that nobody accepted.
 * OUTBAND_BLAST_SEEDS=300 takes so many fleets of each kind. */
#include "parts.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)
#define FLEET   4
#define WIFI \
	"  networks: [{name: office, ssid: Example, security: wpa2-psk, passphrase: {secret: blast}}]\n"
#define MPS(host)                                                          \
	"  servers: [{host: " host                                         \
	", port: 4433, auth: password, username: amt, password: {secret: " \
	"blast}}]\n"

static const char *const sites[] = { "example.com", "branch.example.com", "hotel.example",
				     "elsewhere.example" };

struct fleet {
	struct world w;
	struct rng rng;
	unsigned past[FLEET], now[FLEET];
};
struct kind {
	const char *generations[2], *before;        /* PSK, PKI */
	void (*place)(struct fleet *f, unsigned i); /* where it was, and where it is now */
	void (*profile)(struct fleet *f, char *out, size_t cap);
	void (*put)(struct fleet *f, unsigned i, unsigned bit);
};

static bool is_up(struct fleet *f, unsigned i)
{
	struct pki_tls_server conf;
	return sim_dev_accept(f->w.devs[i].dev, 16993, &conf) == SIM_ACCEPT_TLS;
}

static const char *any(struct rng *rng, const char *const *words, unsigned n)
{
	return words[rng_below(rng, n)];
}

static void fill(struct world *w)
{
	parts_secret(w, "blast", "Planted-Phrase-1");
}

static void start(struct fleet *f, const struct kind *k)
{
	parts_start_with(&f->w, k->generations[0], k->before, NULL, fill);
	for (unsigned i = 1; i < FLEET; i++) {
		unsigned n = (unsigned)rng_below(&f->rng, 2);
		world_add_with(&f->w,
			       &(struct world_want){ .generation = k->generations[n],
						     .state = n ? SIM_SETUP_PKI : SIM_SETUP_PSK,
						     .suffix = sites[0] });
	}
	if (!world_run_until_done(&f->w, HOUR_MS))
		fail_msg("the fleet is not configured");
}

/* Here, and wherever it was before. */
static bool is_up_everywhere(struct fleet *f, const struct kind *k, unsigned i)
{
	bool up = is_up(f, i);
	for (unsigned bit = 0; bit < 4 && up; bit++)
		if (f->past[i] >> bit & 1) {
			k->put(f, i, bit);
			up = is_up(f, i);
		}
	return up;
}

static void one_fleet(const struct kind *k, long seed, unsigned *lost, unsigned *kept)
{
	struct fleet f = { 0 };
	char tail[1024], text[2048], why[512];
	bool dark[FLEET];
	rng_seed(&f.rng, (uint64_t)seed);
	start(&f, k);
	for (unsigned i = 0; i < FLEET; i++)
		k->place(&f, i);
	k->profile(&f, tail, sizeof tail);
	parts_profile(&f.w, tail);
	for (unsigned i = 0; i < FLEET; i++) {
		parts_drift(&f.w, i, text, sizeof text);
		parts_notes(&f.w, i, text, sizeof text);
		dark[i] = strstr(text, "would go dark") != NULL;
		/* nobody accepted it: nothing is lost */
		bool ok = parts_apply(&f.w, i, why, sizeof why);
		if (ok == dark[i] || !is_up(&f, i))
			fail_msg("seed %ld, PC %u: said %s, apply %s, is %s\n%s%s", seed, i,
				 dark[i] ? "dark" : "fine", ok ? "went" : why,
				 is_up(&f, i) ? "up" : "dark", tail, text);
	}
	for (unsigned i = 0; i < FLEET; i++) {
		parts_apply_accepting(&f.w, i, why, sizeof why);
		bool up = is_up_everywhere(&f, k, i);
		if (up == dark[i])
			fail_msg("seed %ld, PC %u (%u, before %x): said %s, is %s\n%s", seed, i,
				 f.now[i], f.past[i], dark[i] ? "dark" : "fine", up ? "up" : "dark",
				 tail);
		*lost += dark[i];
		*kept += !dark[i];
	}
	parts_forget();
	world_deinit(&f.w);
}

static void run(const struct kind *k, const char *name)
{
	const char *wish = getenv("OUTBAND_BLAST_SEEDS");
	long seeds = wish ? strtol(wish, NULL, 10) : 6;
	unsigned lost = 0, kept = 0;
	for (long seed = 1; seed <= seeds; seed++)
		one_fleet(k, seed, &lost, &kept);
	print_message("%s: %ld fleets: %u PCs said to be lost and lost, %u kept\n", name, seeds,
		      lost, kept);
	assert_true(lost > 5 && kept > 5);
}

/* ---- ports that are turned off ---- */

static void put_link(struct fleet *f, unsigned i, unsigned bit)
{
	sim_dev_set_links(f->w.devs[i].dev, bit); /* enum sim_link */
}

/* Seen there by a check: what it was is remembered. */
static void place_link(struct fleet *f, unsigned i)
{
	char text[2048];
	for (unsigned n = (unsigned)rng_below(&f->rng, 3); n > 0; n--) {
		unsigned links = 1 + (unsigned)rng_below(&f->rng, 3);
		put_link(f, i, links);
		parts_drift(&f->w, i, text, sizeof text);
		f->past[i] |= 1u << links;
	}
	/* all of them were configured by cable */
	f->past[i] |= 1u << SIM_LINK_CABLE;
	f->now[i] = 1 + (unsigned)rng_below(&f->rng, 3);
	put_link(f, i, f->now[i]);
}

static void link_profile(struct fleet *f, char *out, size_t cap)
{
	static const char *const wifi[] = { "wifi: {port: off}\n", "wifi: {port: s0}\n",
					    "wifi: {own: on, networks: []}\n",
					    "wifi:\n  port: off\n" WIFI, "wifi: {networks: []}\n" },
				 *const cable[] = { "", "", "ethernet: {link_policy: [s0-ac]}\n",
						    "ethernet: {link_policy: [sx-ac, sx-dc]}\n" };
	snprintf(out, cap, "%s%s", any(&f->rng, wifi, 5), any(&f->rng, cable, 4));
}

static void ports_are_turned_off(void **state)
{
	static const struct kind k = { .generations = { "9.5", "16.1" },
				       .before = "wifi:\n  port: s0-sx-ac\n" WIFI
						 "ethernet: {link_policy: [s0-ac, sx-ac]}\n",
				       .place = place_link,
				       .profile = link_profile,
				       .put = put_link };
	(void)state;
	run(&k, "ports");
}

/* ---- tunnels ---- */

static void put_site(struct fleet *f, unsigned i, unsigned bit)
{
	sim_dev_move(f->w.devs[i].dev, sites[bit]);
}

/* The service was told by an import where it was. */
static void place_site(struct fleet *f, unsigned i)
{
	struct store_tx *tx = store_tx_new(f->w.store);
	f->past[i] = rng_below(&f->rng, 3) ? 0 : (unsigned)rng_below(&f->rng, 16);
	for (unsigned k = 0; k < 4; k++)
		if (f->past[i] >> k & 1)
			store_tx_suffix_set(tx, f->w.devs[i].uuid, sites[k], "import",
					    clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(&f->w, 1);
	sim_dev_set_gateway(f->w.devs[i].dev, true);
	f->now[i] = rng_below(&f->rng, 2) ? 0 : (unsigned)rng_below(&f->rng, 4);
	put_site(f, i, f->now[i]);
}

static void tunnel_profile(struct fleet *f, char *out, size_t cap)
{
	static const char *const servers[] = { MPS("mps.example.com"), MPS("mps.example.com"),
					       MPS("other.example.com"), "  servers: []\n" },
				 *const rules[] = {
					 "{trigger: user}, {trigger: periodic, every_s: 3600}",
					 "{trigger: user}, {trigger: periodic, every_s: 60}",
					 "{trigger: user}",
					 "{trigger: periodic, every_s: 60}",
					 "{trigger: user, mps_type: internal}",
					 "{trigger: user, mps_type: internal}, "
					 "{trigger: periodic, every_s: 60, mps_type: both}",
				 };
	const char *server = any(&f->rng, servers, 4), *own = rng_below(&f->rng, 4) ? "on" : "off";
	bool none = server == servers[3] || !rng_below(&f->rng, 6);
	bool same = server == servers[0];
	snprintf(out, cap, "remote_access:\n  own: %s\n%s  policies: [%s]\n", same ? own : "on",
		 server, none ? "" : any(&f->rng, rules, 6));
}

static void tunnels_are_closed(void **state)
{
	static const struct kind k = {
		.generations = { "9.5", "16.1" },
		.before = "home_domains: {suffixes: [example.com]}\nremote_access:\n" MPS(
			"mps.example.com") "  policies: [{trigger: user}, {trigger: periodic, "
					   "every_s: 3600}]\n",
		.place = place_site,
		.profile = tunnel_profile,
		.put = put_site
	};
	(void)state;
	run(&k, "tunnels");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_turned_off),
		cmocka_unit_test(tunnels_are_closed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
