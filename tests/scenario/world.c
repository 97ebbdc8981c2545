/* See world.h. Used by the scenario programs only. */
#include "world.h"

#include "base/clk.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/stream_mem.h"
#include "wire/psk.h"

#include "../support/chains.h"

#define WORLD_MEBX      "Mebx!pass1"
#define CREDENTIALS_MAX 128

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct net_stream *dead(struct world_service *s, enum err_code code, const char *what)
{
	struct err e = { 0 };
	err_set(&e, code, "%s", what);
	return net_stream_mem_dead(s->sched, 1, &e);
}

/* Deaths in the wire: what goes on of these bytes. Once dying nothing does. */
static size_t dies_at(struct world_service *s, size_t n, const char *before, const char *half,
		      const char *after)
{
	if (s->dying || store_is_dead(s->store))
		return 0;
	if (fault_hit(before)) {
		s->dying = true;
		return 0;
	}
	if (fault_hit(half)) {
		s->dying = true;
		return n / 2;
	}
	s->dying = after && fault_hit(after);
	return n;
}

static size_t on_wire(void *arg, bool out, struct span bytes)
{
	struct watch_conn *c = arg;
	struct world_service *s = c->service;
	size_t n = bytes.n;
	if (s->w->is_cut && s->w->is_cut(s->w, s, c->dev))
		c->cut = true; /* for good: nobody repeats what was lost here */
	if (c->cut)
		return 0;
	n = out ? dies_at(s, n, "death.send", "death.half_sent", "death.sent")
		: dies_at(s, n, "death.reply", "death.half_reply", NULL);
	watch_bytes(&s->w->watch, c, out, span_make(bytes.p, n));
	return n;
}

static struct net_stream *dial(struct net_dialer *d, const struct net_target *t)
{
	struct world_service *s = (struct world_service *)d;
	struct world *w = s->w;
	struct pki_tls_server server;
	struct net_stream *mine, *theirs;
	unsigned i = 0;
	while (i < w->dev_count && strcmp(w->devs[i].address, t->address) != 0)
		i++;
	if (i == w->dev_count)
		return dead(s, ERR_UNREACHABLE, "no such device");
	if ((w->is_cut && w->is_cut(w, s, i)) || !sim_dev_is_at(w->devs[i].dev, w->devs[i].address))
		return dead(s, ERR_TIMEOUT, "silent");
	switch (sim_dev_accept(w->devs[i].dev, t->port, &server)) {
	case SIM_ACCEPT_REFUSE:
		return dead(s, ERR_REFUSED, "refused");
	case SIM_ACCEPT_SILENT:
		return dead(s, ERR_TIMEOUT, "silent");
	case SIM_ACCEPT_CLEAR:
		net_stream_mem_tls_pair(w->sched, 1, t->tls, NULL, &mine, &theirs);
		break;
	case SIM_ACCEPT_TLS:
		net_stream_mem_tls_pair(w->sched, 1, t->tls, &server, &mine, &theirs);
		break;
	}
	net_stream_mem_set_sched(mine, s->sched);
	net_stream_mem_set_tap(mine, on_wire, watch_dial(&w->watch, s, i));
	sim_dev_serve(w->devs[i].dev, t->port, theirs);
	return mine;
}

static void work_now(void *ctx, void (*work)(void *), void (*done)(void *), void *arg)
{
	struct world_service *s = ctx;
	work(arg);
	s->w->work_count++;
	sched_after(s->sched, s->w->work_ms, done, arg);
}

static struct pki_key *fixed_key(unsigned bits, struct err *e)
{
	(void)e;
	return pki_key_ref(test_chain_key(bits > 2048 ? TEST_KEY_3072_C : TEST_KEY_2048_E));
}

static void on_hello(void *arg, struct sim_dev *d)
{
	struct world *w = arg;
	struct buf b;
	struct out o;
	struct sim_hello_plan plan;
	buf_init(&b, 16384);
	out_init_buf(&o, &b);
	sim_dev_hello_plan(d, &plan);
	unsigned i = sim_dev_index(d);
	if (sim_dev_hello(d, &o)) {
		/* to one of those that live, by turns */
		for (unsigned k = 0; k < WORLD_SERVICES; k++) {
			struct world_service *s =
				&w->services[(k + w->hello_count) % WORLD_SERVICES];
			if (!s->engine || s->stalled_until_mono_ms > clk_mono_ms() ||
			    (w->is_cut && w->is_cut(w, s, i)))
				continue;
			engine_hello(s->engine, buf_span(&b),
				     plan.other_address ? "127.9.9.9" : w->devs[i].address);
			w->hello_count++;
			break;
		}
	}
	buf_deinit(&b);
}

#define ROOTS 3 /* one root as SHA-1, SHA-256 and SHA-384 */

/* Chains are built once a process: their keys and dates are always the same. */
static struct built {
	const char *name;
	struct sim_root roots[ROOTS];
	struct buf certs;
	struct secret key;
} built[32];

static void build(struct built *b, const char *name)
{
	struct err e = { 0 };
	struct out o;
	struct test_chain_built *t = test_chain_build(test_chain_find(name), clk_unix_ms());
	struct pki_chain *c = pki_chain_load(buf_span(&t->pem), NULL, &e);
	assert_non_null(c);
	const struct pki_cert *root = &c->certs[c->count - 1];
	b->name = name;
	b->roots[0] = (struct sim_root){ .alg = WIRE_HELLO_SHA1, .active = true };
	memcpy(b->roots[0].digest, root->sha1, 20);
	b->roots[1] = (struct sim_root){ .alg = WIRE_HELLO_SHA256, .active = true };
	memcpy(b->roots[1].digest, root->sha256, 32);
	b->roots[2] = (struct sim_root){ .alg = WIRE_HELLO_SHA384, .active = true };
	memcpy(b->roots[2].digest, root->sha384, 48);
	buf_init(&b->certs, 65536);
	out_init_buf(&o, &b->certs);
	assert_true(pki_chain_to_pem(c, &o) && pki_key_private_pkcs1(c->key, &b->key));
	pki_chain_free(c);
	test_chain_free(t);
}

static struct built *chain_of(const char *name)
{
	unsigned i = 0;
	for (; i < sizeof built / sizeof *built && built[i].name; i++)
		if (strcmp(built[i].name, name) == 0)
			return &built[i];
	assert_true(i < sizeof built / sizeof *built);
	build(&built[i], name);
	return &built[i];
}

static void forget_chains(void)
{
	for (unsigned i = 0; i < sizeof built / sizeof *built && built[i].name; i++) {
		buf_deinit(&built[i].certs);
		secret_deinit(&built[i].key);
	}
	test_chains_deinit();
}

const char *world_chain_for(const struct sim_generation *g)
{
	return g->rsa_min.n > 2048 ? "good, 3072 and SHA-384" : "good";
}

static void put_chain(struct world *w, const char *id, const struct built *b)
{
	struct arena a;
	char label[32];
	arena_init(&a, 1 << 20);
	snprintf(label, sizeof label, "cert:%s", id);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_cert_put(
		tx,
		&(struct store_cert){
			.id = id,
			.kind = "provisioning",
			.state = "active",
			.subject = id,
			.pem = buf_span(&b->certs),
			.sealed_key = pki_seal_close(w->seal, label, secret_reveal(&b->key), &a),
		});
	store_tx_commit(tx, NULL, NULL);
	if (w->engine)
		engine_reload(w->engine);
	arena_deinit(&a);
}

void world_set_chain(struct world *w, const char *name)
{
	put_chain(w, "test", chain_of(name));
}

void world_add_chain(struct world *w, const char *name)
{
	const struct built *b = chain_of(name);
	assert_true(w->root_count + ROOTS <= sizeof w->roots / sizeof *w->roots);
	memcpy(w->roots + w->root_count, b->roots, sizeof b->roots);
	w->root_count += ROOTS;
	w->env.root_count = w->root_count;
	put_chain(w, "second", b);
}

void world_trust_chain(struct world *w, const char *name)
{
	memcpy(w->roots, chain_of(name)->roots, sizeof chain_of(name)->roots);
}

void world_init(struct world *w, uint64_t seed)
{
	world_init_bare(w, seed);
	world_set_chain(w, "good");
}

void world_init_bare(struct world *w, uint64_t seed)
{
	struct err e = { 0 };
	fault_arm("none", 1); /* what fired in a former world is over */
	fault_disarm();
	*w = (struct world){ 0 };
	clk_fake_start(1795000000000);
	w->sched = sched_new(NULL, NULL);
	rng_seed(&w->rng, seed);
	uint8_t key[32];
	rng_fill(&w->rng, key, sizeof key);
	w->seal = pki_seal_from_key(span_make(key, sizeof key));
	struct store_conf sc = { .path = ":memory:", .is_inline = true, .sched = w->sched };
	w->store = store_open(&sc, &e);
	if (!w->store)
		fail_msg("%s", e.msg);
	static bool at_exit;
	if (!at_exit)
		at_exit = atexit(forget_chains) == 0;
	world_trust_chain(w, "good");
	w->root_count = ROOTS;
	w->env = (struct sim_env){
		.sched = w->sched,
		.seed = seed,
		.waits = true,
		.speed = 1,
		.roots = w->roots,
		.root_count = w->root_count,
		.suffix = "example.com",
		.on_hello = on_hello,
		.arg = w,
	};
	for (unsigned i = 0; i < WORLD_SERVICES; i++)
		w->services[i] = (struct world_service){
			.dialer = { dial }, .w = w, .index = i, .sched = sched_new(NULL, NULL)
		};
	watch_init(&w->watch, w);
	log_set_fd(getenv("WORLD_LOG") ? 2 : -1);
}

void world_deinit(struct world *w)
{
	for (unsigned i = 0; i < WORLD_SERVICES; i++)
		world_kill_one(w, i);
	for (unsigned i = 0; i < w->dev_count; i++)
		sim_dev_free(w->devs[i].dev);
	for (unsigned i = 0; i < WORLD_SERVICES; i++) {
		struct world_service *s = &w->services[i];
		while (sched_next_mono_ms(s->sched) >= 0) /* work whose job has gone frees itself */
			sched_run_due(s->sched, INT64_MAX);
		store_close(s->store);
		sched_free(s->sched);
	}
	watch_deinit(&w->watch);
	store_close(w->store);
	pki_seal_free(w->seal);
	sched_free(w->sched);
	clk_fake_stop();
}

void world_add_key(struct world *w, const char *pid, const char *pps, const char *password)
{
	struct arena a;
	char label[32];
	arena_init(&a, 65536);
	struct store_psk k = { .pid = pid, .state = "unused", .source = "test" };
	snprintf(label, sizeof label, "psk:%s", pid);
	k.sealed_pps = pki_seal_close(w->seal, label, span_str(pps), &a);
	snprintf(label, sizeof label, "mebx:%s", pid);
	k.sealed_password = pki_seal_close(w->seal, label, span_str(password), &a);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_psk_add(tx, &k);
	store_tx_commit(tx, NULL, NULL);
	arena_deinit(&a);
}

unsigned world_add_with(struct world *w, const struct world_want *want)
{
	struct err e = { 0 };
	unsigned i = w->dev_count++;
	char fqdn[64];
	struct world_dev *d = &w->devs[i];
	struct sim_dev_conf c = {
		.index = i,
		.generation = want->made ? want->made : sim_generation_find(want->generation),
		.state = want->state,
		.fault = want->fault,
		.switches = want->switches,
		.suffix = want->suffix,
		.board = want->board,
		.mebx_password = want->mebx_password,
		.admin_password = want->admin_password,
		.tls = want->tls,
		.host_name = want->admin_password ? "desk" : NULL,
		.domain = want->admin_password ? "example.com" : NULL,
	};
	if (want->uuid_of)
		c.uuid = *sim_dev_uuid(w->devs[want->uuid_of - 1].dev);
	if (want->state == SIM_SETUP_PSK) {
		wire_psk_make_pid(&w->rng, d->pid);
		wire_psk_make_pps(&w->rng, d->pps);
		if (want->key_of) {
			str_copy(d->pid, sizeof d->pid, span_str(w->devs[want->key_of - 1].pid));
			str_copy(d->pps, sizeof d->pps, span_str(w->devs[want->key_of - 1].pps));
		}
		c.pid = d->pid;
		c.pps = d->pps;
		c.mebx_password = want->mebx_password ? want->mebx_password : WORLD_MEBX;
		if (!want->no_key && !want->key_of)
			world_add_key(w, d->pid, d->pps, WORLD_MEBX);
	}
	d->dev = sim_dev_new(&w->env, &c, &e);
	if (!d->dev)
		fail_msg("%s", e.msg);
	snprintf(d->address, sizeof d->address, "127.1.0.%u", i + 1);
	uuid_print(sim_dev_uuid(d->dev), d->uuid);
	snprintf(fqdn, sizeof fqdn, "host%u.example.com", i);
	if (!want->no_name)
		world_set_name(w, i, want->fqdn ? want->fqdn : fqdn);
	sim_dev_start(d->dev);
	return i;
}

unsigned world_add(struct world *w, const char *generation, enum sim_state state, const char *fault,
		   const char *switches)
{
	struct world_want want = {
		.generation = generation, .state = state, .fault = fault, .switches = switches
	};
	return world_add_with(w, &want);
}

void world_set_name(struct world *w, unsigned i, const char *fqdn)
{
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_name_set(tx, &(struct store_name){ w->devs[i].uuid, fqdn, "", "test", 0 });
	store_tx_commit(tx, NULL, NULL);
}

void world_set(struct world *w, const char *key, const char *value)
{
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_setting_set(tx, key, value);
	store_tx_commit(tx, NULL, NULL);
	if (w->engine)
		engine_reload(w->engine);
}

bool world_job(struct world *w, unsigned i, struct arena *a, struct store_job *out_j)
{
	return store_job_active(w->store, a, w->devs[i].uuid, "configure", out_j);
}

bool world_job_any(struct world *w, const char *uuid, const char *owner, struct arena *a,
		   struct store_job *out_j)
{
	static const char *const kinds[] = { "configure",         "check",
					     "renew_certificate", "rotate_password",
					     "unconfigure",       "unconfigure_partial",
					     "unconfigure_look",  "adopt",
					     "rekey_psk" };
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		if (store_job_active(w->store, a, uuid, kinds[k], out_j) &&
		    (!owner ||
		     (strcmp(out_j->state, "running") == 0 &&
		      strcmp(out_j->lease_owner, owner) == 0)))
			return true;
	return false;
}

void world_retry(struct world *w, unsigned i)
{
	struct arena a;
	struct store_job j;
	arena_init(&a, 65536);
	if (world_job(w, i, &a, &j) && strcmp(j.state, "delayed") == 0) {
		struct store_tx *tx = store_tx_new(w->store);
		store_tx_job_set(tx, j.id, STORE_JOB_QUEUED, clk_unix_ms());
		store_tx_commit(tx, NULL, NULL);
		engine_kick(w->engine);
	}
	arena_deinit(&a);
}

bool world_event(struct world *w, const char *uuid, const char *name, const char *part,
		 char *out_line, size_t cap)
{
	struct arena a;
	struct store_event ev[200];
	bool found = false;
	arena_init(&a, 4 << 20);
	struct store_event_query q = { .uuid = uuid, .name = name, .newest = true, .limit = 200 };
	unsigned n = store_event_list(w->store, &a, &q, ev);
	for (unsigned i = n; i-- > 0 && !found;) {
		found = strstr(ev[i].line, part) != NULL;
		if (found && out_line)
			str_copy(out_line, cap, span_str(ev[i].line));
	}
	arena_deinit(&a);
	return found;
}

void world_print(struct world *w)
{
	struct arena a;
	struct store_event ev[40];
	struct store_device d;
	arena_init(&a, 1 << 20);
	for (unsigned i = 0; i < w->dev_count; i++)
		if (store_device_get(w->store, &a, w->devs[i].uuid, &d))
			print_message("device %u: %s %s %s\n", i, d.state, d.health_rule, d.health);
	struct store_event_query q = { .newest = true, .limit = 40 };
	unsigned n = store_event_list(w->store, &a, &q, ev);
	for (unsigned i = 0; i < n; i++)
		print_message("%s %s\n", ev[i].name, ev[i].line);
	arena_deinit(&a);
}

void world_start_one(struct world *w, unsigned service, bool beside)
{
	struct err e = { 0 };
	struct world_service *s = &w->services[service];
	char owner[32];
	snprintf(owner, sizeof owner, "world-%u-%u", service, ++s->starts);
	assert_null(s->engine);
	store_close(s->store);
	s->store = store_open_beside(w->store, s->sched, beside);
	s->dying = s->is_stopping = false;
	world_init_outside(s);
	struct engine_conf c = {
		.store = s->store,
		.sched = s->sched,
		.dialer = &s->dialer,
		.rng = &w->rng,
		.seal = w->seal,
		.owner = owner,
		.work = work_now,
		.work_ctx = s,
		.outside = &s->outside,
		.make_key = w->make_key ? w->make_key : fixed_key,
	};
	s->engine = engine_new(&c, &e);
	if (!s->engine)
		watch_fail(&w->watch, "the service does not start: %s", e.msg);
	if (service == 0)
		w->engine = s->engine;
}

void world_kill_one(struct world *w, unsigned service)
{
	struct world_service *s = &w->services[service];
	if (!s->engine)
		return;
	watch_death(&w->watch, s);
	engine_free(s->engine);
	s->engine = NULL;
	s->stalled_until_mono_ms = 0;
	if (service == 0)
		w->engine = NULL;
	store_crash(s->store);
}

void world_start_service(struct world *w)
{
	world_start_one(w, 0, false);
}

void world_kill_service(struct world *w)
{
	world_kill_one(w, 0);
}

bool world_device_state(struct world *w, unsigned i, char out_state[32])
{
	struct arena a;
	struct store_device d;
	arena_init(&a, 65536);
	bool ok = store_device_get(w->store, &a, w->devs[i].uuid, &d);
	str_copy(out_state, 32, span_str(ok ? d.state : ""));
	arena_deinit(&a);
	return ok;
}

static bool all_done(struct world *w)
{
	char state[32];
	for (unsigned i = 0; i < w->dev_count; i++)
		if (!world_device_state(w, i, state) || strcmp(state, "configured") != 0)
			return false;
	return true;
}

/* ---- time ---- */

static void bury(struct world *w)
{
	bool engine_point = fault_fired() && !w->dead && strncmp(fault_fired(), "engine.", 7) == 0;
	for (unsigned i = 0; i < WORLD_SERVICES; i++) {
		struct world_service *s = &w->services[i];
		if (!s->engine)
			continue;
		if (!s->dying && !store_is_dead(s->store) && !(engine_point && i == 0))
			continue;
		w->dead = true;
		fault_disarm();
		world_kill_one(w, i);
		if (w->on_death)
			w->on_death(w, s);
		else
			world_start_one(w, i, false);
	}
}

/* When it runs next; a service that stands still does later what it should have done meanwhile. */
static int64_t due(const struct sched *s, int64_t not_before)
{
	int64_t next = sched_next_mono_ms(s);
	return next < 0 ? INT64_MAX : next < not_before ? not_before : next;
}

bool world_step(struct world *w, int64_t until_mono_ms)
{
	struct sched *first = w->sched;
	int64_t at = due(w->sched, 0);
	for (unsigned i = 0; i < WORLD_SERVICES; i++) {
		struct world_service *s = &w->services[i];
		int64_t next = due(s->sched, s->stalled_until_mono_ms);
		if (next < at) {
			at = next;
			first = s->sched;
		}
	}
	if (at > until_mono_ms) {
		clk_fake_advance_ms(until_mono_ms - clk_mono_ms());
		return false;
	}
	clk_fake_advance_ms(at - clk_mono_ms());
	sched_fake_step(first, clk_mono_ms());
	bury(w);
	return true;
}

static bool run(struct world *w, int64_t limit_ms, bool stop_when_done)
{
	int64_t end = clk_mono_ms() + limit_ms, next_look = 0;
	for (;;) {
		if (stop_when_done && clk_mono_ms() >= next_look) {
			if (all_done(w))
				return true;
			next_look = clk_mono_ms() + 200;
		}
		if (!world_step(w, end))
			return !stop_when_done;
	}
}

bool world_run_until_done(struct world *w, int64_t limit_ms)
{
	return run(w, limit_ms, true);
}

bool world_run_ms(struct world *w, int64_t ms)
{
	return run(w, ms, false);
}

void world_add_job(struct world *w, unsigned i)
{
	world_add_job_of(w, i, "configure");
}

void world_add_job_of(struct world *w, unsigned i, const char *kind)
{
	char id[32];
	snprintf(id, sizeof id, "world-job-%u", ++w->job_count);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_job_add(tx,
			 &(struct store_job){
				 .id = id,
				 .uuid = w->devs[i].uuid,
				 .kind = kind,
				 .state = "queued",
				 .priority = 5,
				 .not_before_unix_ms = clk_unix_ms(),
				 .created_unix_ms = clk_unix_ms(),
				 .changed_unix_ms = clk_unix_ms(),
			 });
	store_tx_commit(tx, NULL, NULL);
	if (w->engine)
		engine_kick(w->engine);
}

void world_check_ways(struct world *w, unsigned i)
{
	struct arena a;
	static struct store_credential cred[CREDENTIALS_MAX];
	struct store_cert cert[32];
	struct err e = { 0 };
	struct world_dev *d = &w->devs[i];
	char label[96];
	bool opened = false, leaf_ok = false;
	struct span leaf;
	arena_init(&a, 1 << 20);
	unsigned n = store_credential_list(w->store, &a, d->uuid, NULL, CREDENTIALS_MAX, cred);
	for (unsigned k = 0; k < n; k++) {
		struct secret s = SECRET_NONE;
		snprintf(label, sizeof label, "credential:%s:%s", d->uuid, cred[k].kind);
		assert_true(pki_seal_reveal(w->seal, label, cred[k].sealed, &s, &e));
		if (strcmp(cred[k].kind, "admin") == 0 && strcmp(cred[k].state, "current") == 0)
			opened |= sim_dev_admin_is(d->dev, secret_reveal(&s));
		secret_deinit(&s);
	}
	if (!opened)
		watch_fail(
			&w->watch,
			"credential lost: the current admin password does not open device %u (%u "
			"credentials)",
			i, n);
	n = store_cert_list(w->store, &a, "device", d->uuid, 32, cert);
	assert_true(sim_dev_leaf(d->dev, &leaf));
	for (unsigned k = 0; k < n; k++) {
		if (strcmp(cert[k].state, "current") != 0)
			continue;
		struct pki_chain *c = pki_chain_load(cert[k].pem, NULL, &e);
		assert_non_null(c);
		leaf_ok |= span_eq(c->certs[0].der, leaf);
		pki_chain_free(c);
	}
	if (!leaf_ok)
		watch_fail(&w->watch,
			   "device %u does not show the leaf that is stored as current (%u stored)",
			   i, n);
	arena_deinit(&a);
}

static void check_device(struct world *w, unsigned i)
{
	const struct sim_dev_stats *st = sim_dev_get_stats(w->devs[i].dev);
	assert_int_equal(sim_dev_state(w->devs[i].dev), SIM_CONFIGURED);
	assert_int_equal(st->configured_count, 1);
	assert_true(st->max_failed_in_window < 5);
	assert_int_equal(st->parallel_requests, 0);
	world_check_ways(w, i);
}

void world_check(struct world *w)
{
	for (unsigned i = 0; i < w->dev_count; i++)
		check_device(w, i);
}
