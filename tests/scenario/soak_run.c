/* The life of one seed: a world, a storm of some hours or days, calm, and the proof. */
#include "soak.h"

#include "base/clk.h"
#include "base/fault.h"
#include "base/mem.h"
#include "engine/adopt.h"
#include "sim/switches.h"

#include "../support/chains.h"

#include <assert.h>
#include <stdio.h>

#define SECOND_MS    1000LL
#define MINUTE_MS    (60 * SECOND_MS)
#define HOUR_MS      (60 * MINUTE_MS)
#define LOG_MAX      ((size_t)256 * 1024 * 1024)
#define CALM_MS      (96 * HOUR_MS)
#define KINDS_MAX    128
#define SWITCHES_MAX 96
#define THEIRS       "Their-Pass-77" /* of PCs that others configured */

static struct kind {
	const struct sim_generation *generation;
	enum sim_state state;
} kinds[KINDS_MAX];
static unsigned kind_count;
static char switches[SWITCHES_MAX][64]; /* "name=value", all but the defaults */
static unsigned switch_count;

/* ---- chance ---- */

unsigned soak_pick(struct soak *s, unsigned n)
{
	return rng_below(&s->rng, n);
}

bool soak_chance(struct soak *s, unsigned percent)
{
	return rng_below(&s->rng, 100) < percent;
}

int64_t soak_between(struct soak *s, int64_t lo, int64_t hi)
{
	return rng_range(&s->rng, lo, hi);
}

/* ---- what is there ---- */

/* A mixed fleet needs two chains: AMT 22 takes neither RSA-2048 nor SHA-256. */
static void init_world(struct world *w, uint64_t seed)
{
	world_init(w, seed);
	world_add_chain(w, world_chain_for(sim_generation_find("22.0")));
}

static bool is_configured_alone(const struct soak_opts *opts, const struct kind *k,
				const char *with)
{
	struct world w;
	init_world(&w, 1);
	w.watch.on_fail = opts->on_fail;
	world_start_service(&w);
	world_add(&w, k->generation->name, k->state, NULL, with);
	bool done = world_run_until_done(&w, HOUR_MS);
	world_deinit(&w);
	return done;
}

static void add_switch(const struct sim_switch_row *row)
{
	const char *v = strchr(row->values, '|');
	while (v && switch_count < SWITCHES_MAX) {
		size_t n = strcspn(v + 1, "|");
		snprintf(switches[switch_count++], sizeof switches[0], "%s=%.*s", row->name, (int)n,
			 v + 1);
		v = v[1 + n] ? v + 1 + n : NULL;
	}
}

/* Some firmware no service can configure: it takes no SHA-2 chain, or wants its random generator
 * seeded by a method that nobody knows any more. Found out once for each pair, when it is drawn. */
static bool fits(const struct soak_opts *opts, unsigned kind, unsigned sw)
{
	static enum { UNKNOWN, FITS, FITS_NOT } known[KINDS_MAX][SWITCHES_MAX];
	if (known[kind][sw] == UNKNOWN)
		known[kind][sw] =
			is_configured_alone(opts, &kinds[kind], switches[sw]) ? FITS : FITS_NOT;
	return known[kind][sw] == FITS;
}

void soak_probe(const struct soak_opts *opts)
{
	for (unsigned i = 0; sim_generation_at(i) && kind_count + 2 <= KINDS_MAX; i++) {
		const struct sim_generation *g = sim_generation_at(i);
		struct kind k = { g, SIM_SETUP_PSK };
		if (!g->wsman.is)
			continue;
		if (g->psk.is && is_configured_alone(opts, &k, NULL))
			kinds[kind_count++] = k;
		k.state = SIM_SETUP_PKI;
		if (g->pki.is && is_configured_alone(opts, &k, NULL))
			kinds[kind_count++] = k;
	}
	for (unsigned i = 0; sim_switches_at(i); i++)
		add_switch(sim_switches_at(i));
	printf("soak: %u kinds of PC, %u switches\n", kind_count, switch_count);
}

/* ---- services ---- */

void soak_start(struct soak *s, unsigned service)
{
	if (s->w.services[service].engine)
		return;
	world_start_one(&s->w, service, s->pair);
	s->totals->starts++;
	watch_note(&s->w.watch, "service %u starts", service);
}

struct later {
	struct soak *s;
	unsigned service;
};

static void start_now(void *arg)
{
	struct later *l = arg;
	soak_start(l->s, l->service);
	mem_free(l);
}

void soak_start_later(struct soak *s, unsigned service, int64_t ms)
{
	struct later *l = MEM_NEW(struct later);
	*l = (struct later){ s, service };
	sched_after(s->w.sched, ms, start_now, l);
}

static void on_death(struct world *w, struct world_service *v)
{
	struct soak *s = w->arg;
	s->totals->deaths++;
	s->stopped[v->index] = false;
	/* half of the time before anybody has noticed */
	soak_start_later(s, v->index,
			 soak_chance(s, 50) ? soak_between(s, 0, 2 * SECOND_MS)
					    : soak_between(s, 0, 10 * MINUTE_MS));
}

static bool is_cut(struct world *w, const struct world_service *v, unsigned dev)
{
	const struct soak *s = w->arg;
	return s->devs[dev].cut_until_mono_ms[v->index] > clk_mono_ms();
}

/* ---- the world of a seed ---- */

static const char *one_of(struct soak *s, const char *const *texts, unsigned n)
{
	return texts[soak_pick(s, n)];
}

static void put_secret(struct soak *s, const char *name, const char *value)
{
	struct arena a;
	char label[80];
	arena_init(&a, 65536);
	snprintf(label, sizeof label, "secret:%s", name);
	struct store_tx *tx = store_tx_new(s->w.store);
	store_tx_secret_set(tx, name, pki_seal_close(s->w.seal, label, span_str(value), &a));
	store_tx_commit(tx, NULL, NULL);
	arena_deinit(&a);
}

/* What a profile may say beside the basics; nothing that takes a PC out of reach. */
static const char *const parts[] = {
	"power: {idle_wake_minutes: 10, package: always}\n",
	"general: {rmcp_ping: on, ddns: on, ddns_by_dhcp: off, ddns_interval: 60, ddns_ttl: 300}\n",
	"consent: {required: kvm, code_timeout: 120}\n",
	"kvm_settings: {session_timeout: 5, rfb_password: random, default_screen: 1}\n",
	"audit: {storage: restricted-rollover, min_days: 30}\n",
	"users:\n  own: on\n  digest:\n"
	"  - {name: desk, password: random, realms: [remote-control, redirection]}\n"
	"  - {name: eve, password: {secret: usr}, realms: [event-manager], access: any}\n"
	"  directory:\n  - {sid: S-1-5-21-1-2-3-512, realms: [administration]}\n",
	"kerberos: {enabled: on, realm: CORP.EXAMPLE.COM, principals: fqdn, passphrase: {secret: usr},"
	" master_key: {secret: hex}, account: '{host}-amt'}\n",
	"defense:\n  own: on\n  filters:\n"
	"  - {name: arp, direction: receive, action: rate-limit, rate: 50, ethertype: arp}\n"
	"  policies:\n  - {name: office, precedence: 9, filters: [arp], rx_count: on}\n"
	"  active: {wired: office}\n",
	"presence:\n  own: on\n  watchdogs:\n  - {name: av,"
	" agent: 00112233-4455-6677-8899-aabbccddeeff, timeout: 60, startup: 3600, actions: []}\n",
	"alerts:\n  filters:\n  - {name: case, sensor: 5, policy: 1, enabled: on, send: off}\n"
	"  subscriptions:\n  - {name: boot, url: 'http://192.0.2.30:16998/', events: platform}\n",
	"alarms:\n  own: on\n  list:\n  - {name: night, start: 2098-05-02T01:30:00Z, interval: P1D}\n",
	"wifi:\n  port: s0-sx-ac\n  own: on\n  networks:\n"
	"  - {name: office, ssid: Office, security: wpa2-psk, passphrase: {secret: usr}}\n"
	"  - {name: depot, ssid: Depot, security: wpa2-psk, passphrase: {secret: usr}}\n",
	"wired_8021x: {enabled: on, active_in_s0: on, pxe_timeout_s: 60, login: {protocol: peap-mschapv2,"
	" username: pc, password: {secret: usr}}}\n",
	"ethernet: {link_policy: [s0-ac, sx-ac]}\n",
	"remote_access: {user_interface: both}\n",
	"home_domains: {suffixes: [example.com, elsewhere.example]}\n",
};
#define PARTS (sizeof parts / sizeof *parts)

static void add_parts(struct soak *s, struct out *o)
{
	unsigned percent = soak_chance(s, 40) ? 0 : 5 + soak_pick(s, 40);
	for (unsigned i = 0; i < PARTS; i++)
		if (soak_chance(s, percent))
			out_str(o, parts[i]);
}

/* firmware takes no commit of a PKI setup with the MEBx password that it was born with, nor of
 * any setup with a wrong clock: "leave" means leave, and such PCs stay refused (refusals.c) */
static bool may_leave_mebx(const struct soak *s)
{
	for (unsigned i = 0; i < s->dev_count; i++)
		if (s->devs[i].state == SIM_SETUP_PKI || s->devs[i].clears)
			return false;
	return true;
}

void soak_profile(struct soak *s)
{
	static const char *const admin[] = { "random", "random", "{secret: adm}" };
	static const char *const mebx[] = { "random", "random", "{secret: mbx}", "leave" };
	static const char *const part[] = { "on", "off", "leave" };
	static char yaml[8192];
	struct out o;
	out_init(&o, yaml, sizeof yaml - 1);
	out_fmt(&o,
		"version: 1\nadmin_password: %s\nmebx_password: %s\nnames: fqdn\nclock: sync\n"
		"tls: server\nredirection: {sol: %s, ider: %s}\nkvm: %s\nwebui: %s\nping: %s\n",
		one_of(s, admin, 3), one_of(s, mebx, may_leave_mebx(s) ? 4 : 3), one_of(s, part, 3),
		one_of(s, part, 3), one_of(s, part, 3), one_of(s, part, 3), one_of(s, part, 3));
	add_parts(s, &o);
	assert(!o.bad);
	struct store_tx *tx = store_tx_new(s->w.store);
	store_tx_profile_put(tx, "baseline", yaml, clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	for (char *p = yaml; *p; p++)
		if (*p == '\n')
			*p = ' ';
	watch_note(&s->w.watch, "profile %.900s", yaml);
}

static void put_secrets(struct soak *s)
{
	put_secret(s, "adm", "Adm1n-Secret!");
	put_secret(s, "mbx", "Mebx-5ecret!");
	put_secret(s, "usr", "Us3r-Secret!");
	put_secret(s, "hex", "00112233445566778899AABBCCDDEEFF");
}

/* Before there is a world: the trials have worlds of their own. Times count from its start. */
static void plan_devices(struct soak *s, const struct soak_opts *opts)
{
	s->dev_count = soak_chance(s, 50) ? 1 + soak_pick(s, 4) : 1 + soak_pick(s, SOAK_DEVS);
	for (unsigned i = 0; i < s->dev_count; i++) {
		struct soak_dev *d = &s->devs[i];
		unsigned kind = soak_pick(s, kind_count), sw = soak_pick(s, switch_count);
		d->generation = kinds[kind].generation;
		d->state = soak_chance(s, 12) ? SIM_CONFIGURED : kinds[kind].state;
		/* switches are tried on a setup: that they leave a PC of others a way in, nobody says */
		if (soak_chance(s, 30) && d->state != SIM_CONFIGURED && fits(opts, kind, sw))
			str_copy(d->switches, sizeof d->switches, span_str(switches[sw]));
		d->comes_mono_ms = soak_chance(s, 60) ? 0 : soak_between(s, 0, 20 * MINUTE_MS);
	}
}

static void set_number(struct soak *s, const char *key, int64_t lo, int64_t hi)
{
	char v[24];
	snprintf(v, sizeof v, "%lld", (long long)soak_between(s, lo, hi));
	world_set(&s->w, key, v);
}

static unsigned keys_made; /* in this seed */

/* Another key each time, as a real one would be, and none that virtual PCs have (sim/testkeys.h): those
 * would be refused as duplicates. */
static struct pki_key *next_key(unsigned bits, struct err *e)
{
	static const enum test_key strong[] = { TEST_KEY_3072_A, TEST_KEY_3072_B, TEST_KEY_3072_C };
	static struct pki_key *fresh[24];
	unsigned n = keys_made++;
	if (bits > 2048)
		return pki_key_ref(test_chain_key(strong[n % 3]));
	n %= sizeof fresh / sizeof *fresh;
	if (!fresh[n])
		fresh[n] = pki_key_generate_rsa(bits, e);
	return fresh[n] ? pki_key_ref(fresh[n]) : NULL;
}

static void begin(struct soak *s, const struct soak_opts *opts)
{
	keys_made = 0;
	rng_seed(&s->rng, s->seed ^ UINT64_C(0x50a1c0de));
	plan_devices(s, opts);
	init_world(&s->w, s->seed);
	for (unsigned i = 0; i < s->dev_count; i++)
		s->devs[i].comes_mono_ms += clk_mono_ms();
	buf_init(&s->log, LOG_MAX);
	log_set_sink(soak_log_sink, s);
	log_set_fd(opts->log ? 2 : -1);
	s->w.arg = s;
	s->w.make_key = next_key;
	s->w.on_death = on_death;
	s->w.is_cut = is_cut;
	s->w.watch.strict = true;
	s->w.watch.print = opts->trace;
	s->w.watch.on_fail = opts->on_fail;
	s->w.env.latency_ms = soak_chance(s, 50) ? 0 : soak_between(s, 0, 300);
	s->pair = soak_chance(s, 40);
	if (soak_chance(s, 50))
		set_number(s, "workers", 1, 20);
	if (soak_chance(s, 50))
		set_number(s, "job.lease_s", 5, 120);
	if (s->seed % 3 == 2) {
		s->w.hook = soak_hook;
		world_set(&s->w, "name.sources", "hook,import");
		world_set(&s->w, "hook.program", "/usr/local/lib/outband/hook");
	}
	put_secrets(s);
	soak_profile(s);
	s->totals->seeds++;
	s->totals->devices += s->dev_count;
	soak_start(s, 0);
	if (s->pair && soak_chance(s, 70))
		soak_start(s, 1);
}

static void put_candidate(struct soak *s, struct store_tx *tx, unsigned i, unsigned n,
			  const char *password)
{
	struct arena a;
	char id[32], label[96];
	arena_init(&a, 65536);
	snprintf(id, sizeof id, "candidate-%u-%u", i, n);
	snprintf(label, sizeof label, "credential:%s:" ENGINE_ADOPT_KIND, s->w.devs[i].uuid);
	store_tx_credential_add(
		tx,
		&(struct store_credential){
			.id = id,
			.uuid = s->w.devs[i].uuid,
			.kind = ENGINE_ADOPT_KIND,
			.state = "candidate",
			.sealed = pki_seal_close(s->w.seal, label, span_str(password), &a),
			.user = "admin",
			.realm = "",
			.leaf_sha256 = "",
			.tls_mode = "",
			.at_unix_ms = clk_unix_ms(),
			.changed_unix_ms = clk_unix_ms(),
		});
	arena_deinit(&a);
}

/* A PC that others configured, and what is known of its password, in a list with one that is wrong. */
static void import(struct soak *s, unsigned i)
{
	struct store_tx *tx = store_tx_new(s->w.store);
	store_tx_device_adopt(tx, s->w.devs[i].uuid, s->w.devs[i].address, "adopt", clk_unix_ms());
	if (soak_chance(s, 30))
		put_candidate(s, tx, i, 0, "Wr0ng-Pass-1");
	put_candidate(s, tx, i, 1, THEIRS);
	store_tx_commit(tx, NULL, NULL);
	world_add_job_of(&s->w, i, "adopt");
	watch_note(&s->w.watch, "device %u: adopt", i);
}

static void let_come(struct soak *s)
{
	while (s->w.dev_count < s->dev_count &&
	       (s->calm || s->devs[s->w.dev_count].comes_mono_ms <= clk_mono_ms())) {
		struct soak_dev *d = &s->devs[s->w.dev_count];
		fault_disarm(); /* its name and key are the world's writes */
		watch_note(&s->w.watch, "device %u: AMT %s %s %s", s->w.dev_count,
			   d->generation->name, sim_dev_state_name(d->state), d->switches);
		const struct world_want want = {
			.generation = d->generation->name,
			.state = d->state,
			.switches = d->switches[0] ? d->switches : NULL,
			.admin_password = d->state == SIM_CONFIGURED ? THEIRS : NULL,
			.tls = soak_chance(s, 50) ? SIM_TLS_SERVER : SIM_TLS_OFF,
		};
		unsigned i = world_add_with(&s->w, &want);
		if (d->state == SIM_CONFIGURED)
			import(s, i);
	}
}

/* A soft stop has ended: the process goes, and comes again. */
static void reap(struct soak *s)
{
	for (unsigned i = 0; i < WORLD_SERVICES; i++) {
		if (!s->stopped[i])
			continue;
		s->stopped[i] = false;
		world_kill_one(&s->w, i);
		soak_start_later(s, i, soak_between(s, 0, MINUTE_MS));
	}
}

static void live_until(struct soak *s, int64_t until_mono_ms)
{
	do {
		let_come(s);
		reap(s);
		soak_check_event(s);
	} while (world_step(&s->w, until_mono_ms));
	reap(s);
}

/* Most things happen while devices are being configured; some hours later. */
static int64_t next_gap(struct soak *s)
{
	if (soak_chance(s, 70))
		return soak_between(s, 0, 4 * SECOND_MS);
	return soak_chance(s, 80) ? soak_between(s, 0, 5 * MINUTE_MS)
				  : soak_between(s, 0, 6 * HOUR_MS);
}

static void settle(struct soak *s)
{
	int64_t end = clk_mono_ms() + CALM_MS, rescue = clk_mono_ms();
	while (!soak_is_settled(s)) {
		if (clk_mono_ms() >= end) {
			world_print(&s->w);
			watch_fail(&s->w.watch, "not configured after %lld hours of calm",
				   CALM_MS / HOUR_MS);
		}
		if (clk_mono_ms() >= rescue) {
			soak_rescue(s);
			rescue += 2 * HOUR_MS;
		}
		live_until(s, clk_mono_ms() + 10 * SECOND_MS);
	}
}

uint64_t soak_run(uint64_t seed, const struct soak_opts *opts, struct soak_totals *totals)
{
	struct soak *s = MEM_NEW(struct soak);
	s->seed = seed;
	s->totals = totals;
	begin(s, opts);
	int64_t start = clk_mono_ms();
	unsigned storms = soak_pick(s, 60);
	for (unsigned i = 0; i < storms; i++) {
		live_until(s, clk_mono_ms() + next_gap(s));
		soak_storm(s);
	}
	live_until(s, clk_mono_ms() + 30 * SECOND_MS);
	soak_calm(s);
	soak_start_later(s, 0, 0);
	settle(s);
	fault_disarm();
	soak_check_end(s);
	totals->fake_ms += clk_mono_ms() - start;
	totals->requests += s->w.watch.requests;
	uint64_t hash = s->w.watch.hash;
	for (unsigned i = 0; i < s->w.dev_count; i++)
		totals->jobs += sim_dev_get_stats(s->w.devs[i].dev)->configured_count;
	world_deinit(&s->w);
	log_set_sink(NULL, NULL);
	buf_deinit(&s->log);
	mem_free(s);
	return hash;
}
