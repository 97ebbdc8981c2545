/* See parts.h. Used by the scenarios about parts only. */
#include "parts.h"

#include "amt/client.h"
#include "base/clk.h"
#include "engine/trace.h"
#include "net/stream_mem.h"
#include "../support/chains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)

static struct {
	struct net_dialer dialer;
	struct world *w;
	struct arena arena;
	bool open, done, fault;
	struct pki_chain *chain;     /* shown; NULL: none */
	const char *user, *password; /* NULL: the admin's */
	char why[128];
	const struct wsman_obj *obj;
} other;

void parts_profile(struct world *w, const char *tail)
{
	char yaml[8192];
	int n = snprintf(yaml, sizeof yaml,
			 "version: 1\nadmin_password: random\nmebx_password: random\n"
			 "names: fqdn\nclock: sync\ntls: server\n%s",
			 tail);
	assert_true(n > 0 && (size_t)n < sizeof yaml);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_profile_put(tx, "baseline", yaml, clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 1);
}

static struct net_stream *dial(struct net_dialer *d, const struct net_target *t)
{
	struct pki_tls_server server;
	struct net_stream *mine, *theirs;
	struct world *w = other.w;
	unsigned i = 0;
	(void)d;
	while (strcmp(w->devs[i].address, t->address) != 0)
		i++;
	enum sim_accept how = sim_dev_accept(w->devs[i].dev, t->port, &server);
	assert_true(how == SIM_ACCEPT_TLS || how == SIM_ACCEPT_CLEAR);
	net_stream_mem_tls_pair(w->sched, 1, t->tls, how == SIM_ACCEPT_TLS ? &server : NULL, &mine,
				&theirs);
	sim_dev_serve(w->devs[i].dev, t->port, theirs);
	return mine;
}

static void forget_reply(void)
{
	if (other.open)
		arena_deinit(&other.arena);
	other.open = false;
	other.obj = NULL;
}

void parts_trust(struct world *w, const char *name)
{
	struct arena a;
	struct buf pem;
	struct out o;
	struct span spki, der;
	struct err e = { 0 };
	char id[64];
	const struct pki_key *key = test_chain_key(TEST_KEY_3072_A);
	struct pki_issue what = { .cn = name,
				  .is_ca = true,
				  .sig_hash = PKI_SIG_SHA384,
				  .not_before_unix_ms = clk_unix_ms() - 24 * HOUR_MS,
				  .not_after_unix_ms = clk_unix_ms() + 24 * 365 * HOUR_MS };
	arena_init(&a, 1 << 20);
	buf_init(&pem, 1 << 16);
	out_init_buf(&o, &pem);
	if (!pki_key_public_spki(key, &a, &spki) ||
	    !pki_cert_issue(&what, spki, span_make(NULL, 0), key, &w->rng, &a, &der, &e) ||
	    !pki_cert_to_pem(der, &o))
		fail_msg("%s", e.msg);
	snprintf(id, sizeof id, "trusted:%s", name);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_cert_put(tx,
			  &(struct store_cert){ .id = id,
						.kind = "trusted",
						.uuid = "",
						.state = "active",
						.subject = name,
						.serial = "1",
						.pem = out_span(&o),
						.not_after_unix_ms = what.not_after_unix_ms,
						.at_unix_ms = clk_unix_ms() });
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 1);
	buf_deinit(&pem);
	arena_deinit(&a);
}

void parts_use(struct world *w)
{
	other.w = w;
	other.dialer.dial = dial;
}

unsigned parts_start(struct world *w, const char *generation, const char *tail)
{
	return parts_start_with(w, generation, tail, NULL, NULL);
}

unsigned parts_start_with(struct world *w, const char *generation, const char *tail,
			  const char *switches, void (*fill)(struct world *w))
{
	world_init(w, 77);
	parts_use(w);
	const char *chain = world_chain_for(sim_generation_find(generation));
	world_set_chain(w, chain);
	world_trust_chain(w, chain);
	if (fill)
		fill(w);
	parts_profile(w, tail);
	world_start_service(w);
	world_set(w, "drift.check_h", "0");
	unsigned i = world_add(w, generation,
			       strtol(generation, NULL, 10) < 8 ? SIM_SETUP_PSK : SIM_SETUP_PKI,
			       NULL, switches);
	assert_true(engine_trace_on(w->engine, w->devs[i].uuid, "", false, NULL));
	if (!world_run_until_done(w, HOUR_MS)) {
		world_print(w);
		fail_msg("%s: not configured", generation);
	}
	world_run_ms(w, 1000); /* the service hangs up before anybody else asks */
	return i;
}

void parts_show_certificate(struct world *w, const char *row_id)
{
	struct arena a;
	struct store_cert row;
	char label[64];
	struct secret der = SECRET_NONE;
	struct err e = { 0 };
	arena_init(&a, 1 << 20);
	snprintf(label, sizeof label, "cert:%s", row_id);
	assert_true(store_cert_get(w->store, &a, row_id, &row));
	assert_true(pki_seal_reveal(w->seal, label, row.sealed_key, &der, &e));
	pki_chain_free(other.chain);
	other.chain = pki_chain_from_pem(row.pem, &e);
	assert_non_null(other.chain);
	other.chain->key = pki_key_from_der(secret_reveal(&der), &e);
	assert_non_null(other.chain->key);
	secret_deinit(&der);
	arena_deinit(&a);
}

const char *parts_certificate_serial(void)
{
	return other.chain->certs[0].serial;
}

void parts_forget(void)
{
	forget_reply();
	pki_chain_free(other.chain);
	other.chain = NULL;
}

/* ---- the trace of all that was said has no secret ---- */

static struct {
	char value[8][64];
	unsigned count;
} named; /* of parts_secret */

static void expect_absent(struct span text, struct span secret, const char *what)
{
	if (secret.n >= 6 && memmem(text.p, text.n, secret.p, secret.n))
		fail_msg("the trace has a secret: %s", what);
}

static void expect_no_secret_of(struct world *w, unsigned i, struct span text)
{
	static const char *const kinds[] = { "admin", "mebx" };
	struct arena a;
	arena_init(&a, 1 << 20);
	for (unsigned k = 0; k < 2; k++) {
		struct store_credential rows[32];
		char label[96];
		unsigned n =
			store_credential_list(w->store, &a, w->devs[i].uuid, kinds[k], 32, rows);
		snprintf(label, sizeof label, "credential:%s:%s", w->devs[i].uuid, kinds[k]);
		for (unsigned c = 0; c < n; c++) {
			struct secret s = SECRET_NONE;
			assert_true(pki_seal_reveal(w->seal, label, rows[c].sealed, &s, NULL));
			expect_absent(text, secret_reveal(&s), label);
			secret_deinit(&s);
		}
	}
	for (unsigned k = 0; k < named.count; k++)
		expect_absent(text, span_str(named.value[k]), "named");
	expect_absent(text, span_str(w->devs[i].pps), "PPS");
	arena_deinit(&a);
}

static void expect_clean_traces(struct world *w)
{
	for (unsigned i = 0; i < w->dev_count && w->engine; i++) {
		struct engine_trace_state s;
		struct buf b;
		struct out o;
		if (!engine_trace_get(w->engine, w->devs[i].uuid, &s))
			continue;
		buf_init(&b, 1 << 26);
		out_init_buf(&o, &b);
		engine_trace_text(w->engine, w->devs[i].uuid, &o);
		assert_false(o.bad);
		assert_true(s.messages > 10);
		expect_no_secret_of(w, i, buf_span(&b));
		buf_deinit(&b);
	}
	named.count = 0;
}

void parts_stop(struct world *w)
{
	parts_forget();
	expect_clean_traces(w);
	world_check(w);
	world_deinit(w);
}

static bool accepting; /* the next job may put its PC out of reach */

static char last_job[32];

void parts_add_job(struct world *w, unsigned i, const char *kind)
{
	snprintf(last_job, sizeof last_job, "parts-job-%u", ++w->job_count);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_job_add(tx,
			 &(struct store_job){
				 .id = last_job,
				 .uuid = w->devs[i].uuid,
				 .kind = kind,
				 .state = "queued",
				 .priority = 5,
				 .not_before_unix_ms = clk_unix_ms(),
				 .created_unix_ms = clk_unix_ms(),
				 .changed_unix_ms = clk_unix_ms(),
			 });
	if (accepting)
		store_tx_mark_set(tx, w->devs[i].uuid, ENGINE_MARK_ACCEPT, last_job, clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 1);
	if (w->engine)
		engine_kick(w->engine);
}

bool parts_job_is_done(struct world *w)
{
	struct arena a;
	struct store_job j;
	arena_init(&a, 65536);
	assert_true(store_job_get(w->store, &a, last_job, &j));
	bool done = strcmp(j.state, "done") == 0;
	arena_deinit(&a);
	return done;
}

bool parts_state_is(struct world *w, unsigned i, const char *want)
{
	char state[32];
	assert_true(world_device_state(w, i, state));
	return strcmp(state, want) == 0;
}

bool parts_run_until(struct world *w, unsigned i, const char *want, int64_t ms)
{
	for (int64_t t = 0; t < ms && !parts_state_is(w, i, want); t += 1000)
		world_run_ms(w, 1000);
	return parts_state_is(w, i, want);
}

void parts_current(struct world *w, unsigned i, struct arena *a, struct store_credential *out_c)
{
	struct store_credential rows[32];
	unsigned count = 0;
	unsigned n = store_credential_list(w->store, a, w->devs[i].uuid, "admin", 32, rows);
	for (unsigned k = 0; k < n; k++) {
		if (strcmp(rows[k].state, "current") != 0)
			continue;
		count++;
		*out_c = rows[k];
	}
	assert_int_equal(count, 1);
}

bool parts_job(struct world *w, unsigned i, const char *kind, char *out_why, size_t cap)
{
	struct arena a;
	struct store_job j;
	char id[32];
	bool done = false;
	parts_add_job(w, i, kind);
	snprintf(id, sizeof id, "%s", last_job);
	arena_init(&a, 1 << 20);
	for (int k = 0; k < 4000; k++) {
		world_run_ms(w, 250);
		arena_reset(&a);
		assert_true(store_job_get(w->store, &a, id, &j));
		done = strcmp(j.state, "done") == 0;
		if (done || strcmp(j.state, "delayed") == 0 || strcmp(j.state, "cancelled") == 0)
			break;
	}
	if (out_why)
		snprintf(out_why, cap, "%s", done ? "" : j.err_msg);
	if (!done) { /* nothing of it shall run later */
		struct store_tx *tx = store_tx_new(w->store);
		store_tx_job_set(tx, id, STORE_JOB_CANCELLED, clk_unix_ms());
		store_tx_commit(tx, NULL, NULL);
		world_run_ms(w, 1);
	}
	arena_deinit(&a);
	return done;
}

bool parts_apply(struct world *w, unsigned i, char *out_why, size_t cap)
{
	return parts_job(w, i, "configure", out_why, cap);
}

bool parts_apply_accepting(struct world *w, unsigned i, char *out_why, size_t cap)
{
	accepting = true;
	bool ok = parts_job(w, i, "configure", out_why, cap);
	accepting = false;
	return ok;
}

static void last_check(struct world *w, unsigned i, bool notes, char *out, size_t cap)
{
	struct arena a;
	struct store_drift d;
	arena_init(&a, 1 << 20);
	assert_true(store_drift_get(w->store, &a, w->devs[i].uuid, &d));
	snprintf(out, cap, "%s", notes ? d.notes : d.lines);
	arena_deinit(&a);
}

void parts_drift(struct world *w, unsigned i, char *out, size_t cap)
{
	char why[512];
	if (!parts_job(w, i, "check", why, sizeof why)) {
		world_print(w);
		fail_msg("the check failed: %s", why);
	}
	last_check(w, i, false, out, cap);
}

void parts_notes(struct world *w, unsigned i, char *out, size_t cap)
{
	last_check(w, i, true, out, cap);
}

void parts_expect_drift(struct world *w, unsigned i, const char *lines)
{
	char text[4096], why[512];
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text, lines);
	if (!parts_apply(w, i, why, sizeof why)) {
		world_print(w);
		fail_msg("not repaired: %s", why);
	}
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text, "");
}

unsigned parts_changes(struct world *w, unsigned i)
{
	return w->watch.devs[i].changes;
}

/* ---- the other client ---- */

static void on_reply(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct wsman_obj *o;
	(void)arg;
	other.done = true;
	other.fault = e->code != ERR_NONE;
	other.why[0] = '\0';
	if (e->code == ERR_FAULT)
		snprintf(other.why, sizeof other.why, "%s", e->seen);
	else if (e->code != ERR_NONE)
		snprintf(other.why, sizeof other.why, "login");
	other.obj = NULL;
	if (r->msg && e->code == ERR_NONE && r->msg->payload &&
	    wsman_envelope_obj(r->msg, r->arena, &o, NULL))
		other.obj = wsman_obj_clone(&other.arena, o);
}

static void current_password(struct world *w, unsigned i, struct secret *out_s)
{
	struct arena a;
	struct store_credential c;
	char label[96];
	arena_init(&a, 1 << 20);
	parts_current(w, i, &a, &c);
	snprintf(label, sizeof label, "credential:%s:admin", w->devs[i].uuid);
	assert_true(pki_seal_reveal(w->seal, label, c.sealed, out_s, NULL));
	arena_deinit(&a);
}

static void ask(struct world *w, unsigned i, const struct wsman_req *req)
{
	struct amt_client_conf conf = { .dialer = &other.dialer,
					.sched = w->sched,
					.rng = &w->rng };
	struct amt_client *c = amt_client_new(&conf);
	struct amt_way way = { .port = 16993 };
	snprintf(way.user, sizeof way.user, "%s", other.user ? other.user : "admin");
	snprintf(way.address, sizeof way.address, "%s", w->devs[i].address);
	way.tls.policy = (struct pki_tls_policy){ .min = PKI_TLS_1_0, .max = PKI_TLS_1_2 };
	if (sim_dev_generation(w->devs[i].dev)->tls_min.n > PKI_TLS_1_2)
		way.tls.policy.max = PKI_TLS_1_3;
	way.tls.chain = other.chain;
	if (other.user)
		way.password = secret_make(span_str(other.password));
	else
		current_password(w, i, &way.password);
	amt_client_set_way(c, &way);
	amt_way_deinit(&way);
	other.done = false;
	amt_client_call(c, req, true, 0, on_reply, NULL);
	for (int k = 0; k < 1000 && !other.done; k++)
		world_run_ms(w, 50);
	assert_true(other.done);
	amt_client_free(c);
}

static void begin(void)
{
	forget_reply();
	arena_init(&other.arena, 1 << 20);
	other.open = true;
}

/* "CLASS{KEY=VALUE}" */
static const struct wsman_selector *epr_selector(struct span name, const char *text)
{
	const char *open = strchr(text, '{'), *eq = strchr(open, '=');
	struct arena *a = &other.arena;
	struct wsman_selector *s = wsman_obj_selector(a, arena_str(a, name), NULL, NULL);
	s->epr = wsman_obj_epr_of(a, arena_str(a, span_make(text, (size_t)(open - text))),
				  arena_str(a, span_make(open + 1, (size_t)(eq - open - 1))),
				  arena_str(a, span_make(eq + 1, strlen(eq) - 2)));
	return s;
}

static const struct wsman_selector *selector(const char *sel)
{
	const char *eq = sel ? strchr(sel, '=') : NULL;
	if (!eq)
		return NULL;
	if (strchr(eq, '{'))
		return epr_selector(span_make(sel, (size_t)(eq - sel)), eq + 1);
	return wsman_obj_selector(&other.arena,
				  arena_str(&other.arena, span_make(sel, (size_t)(eq - sel))),
				  arena_str(&other.arena, span_str(eq + 1)), NULL);
}

static void set_all(struct wsman_obj *o, va_list ap)
{
	const char *text;
	bool seen[64] = { false };
	while ((text = va_arg(ap, const char *))) {
		const char *eq = strchr(text, '=');
		struct err e = { 0 };
		struct span name = span_make(text, (size_t)(eq - text));
		int at = wsman_classes_prop(o->shape, arena_str(o->arena, name));
		if (at >= 0 && at < 64 && !seen[at]) { /* the first one replaces */
			wsman_obj_unset(o, o->shape->props[at].name);
			seen[at] = true;
		}
		if (!wsman_obj_set_text(o, name, span_str(eq + 1), &e))
			fail_msg("%s", e.msg);
	}
}

const struct wsman_obj *parts_get(struct world *w, unsigned i, const char *cls, const char *sel)
{
	begin();
	ask(w, i,
	    &(struct wsman_req){ .op = WSMAN_OP_GET,
				 .resource_uri = wsman_classes_find(cls)->uri,
				 .selectors = selector(sel) });
	return other.obj;
}

const char *parts_get_as(struct world *w, unsigned i, const char *user, const char *password,
			 const char *cls)
{
	other.user = user;
	other.password = password;
	parts_get(w, i, cls, NULL);
	other.user = NULL;
	return other.why;
}

void parts_secret(struct world *w, const char *name, const char *value)
{
	struct arena a;
	char label[80];
	if (named.count < 8)
		snprintf(named.value[named.count++], sizeof named.value[0], "%s", value);
	arena_init(&a, 65536);
	snprintf(label, sizeof label, "secret:%s", name);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_secret_set(tx, name, pki_seal_close(w->seal, label, span_str(value), &a));
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 1);
	arena_deinit(&a);
}

bool parts_put(struct world *w, unsigned i, const char *cls, const char *sel, ...)
{
	va_list ap;
	if (!parts_get(w, i, cls, sel))
		return false;
	struct wsman_obj *o = wsman_obj_clone(&other.arena, other.obj);
	va_start(ap, sel);
	set_all(o, ap);
	va_end(ap);
	ask(w, i,
	    &(struct wsman_req){ .op = WSMAN_OP_PUT,
				 .resource_uri = wsman_classes_find(cls)->uri,
				 .selectors = selector(sel),
				 .obj = o });
	return !other.fault;
}

bool parts_create(struct world *w, unsigned i, const char *cls, ...)
{
	const struct wsman_class *c = wsman_classes_find(cls);
	va_list ap;
	begin();
	struct wsman_obj *o = wsman_obj_new(&other.arena, &c->shape, c->uri);
	va_start(ap, cls);
	set_all(o, ap);
	va_end(ap);
	ask(w, i, &(struct wsman_req){ .op = WSMAN_OP_CREATE, .resource_uri = c->uri, .obj = o });
	return !other.fault;
}

bool parts_delete(struct world *w, unsigned i, const char *cls, const char *sel)
{
	begin();
	ask(w, i,
	    &(struct wsman_req){ .op = WSMAN_OP_DELETE,
				 .resource_uri = wsman_classes_find(cls)->uri,
				 .selectors = selector(sel) });
	return !other.fault;
}

bool parts_subscribe(struct world *w, unsigned i, const char *collection, const char *url)
{
	const struct wsman_subscription s = { .delivery = WSMAN_DELIVERY_PUSH, .notify_to = url };
	begin();
	ask(w, i,
	    &(struct wsman_req){
		    .op = WSMAN_OP_SUBSCRIBE,
		    .resource_uri = wsman_classes_find("CIM_FilterCollection")->uri,
		    .selectors = wsman_obj_selector(&other.arena, "InstanceID", collection, NULL),
		    .subscription = &s });
	return !other.fault;
}

bool parts_unsubscribe(struct world *w, unsigned i, const char *collection, const char *name)
{
	begin();
	struct wsman_selector *to = wsman_obj_selector(&other.arena, "Handler", NULL, NULL),
			      *of = wsman_obj_selector(&other.arena, "Filter", NULL, to);
	to->epr =
		wsman_obj_epr_of(&other.arena, "CIM_ListenerDestinationWSManagement", "Name", name);
	of->epr = wsman_obj_epr_of(&other.arena, "CIM_FilterCollection", "InstanceID", collection);
	ask(w, i,
	    &(struct wsman_req){
		    .op = WSMAN_OP_UNSUBSCRIBE,
		    .resource_uri = wsman_classes_find("CIM_FilterCollectionSubscription")->uri,
		    .selectors = of });
	return !other.fault;
}

uint32_t parts_invoke(struct world *w, unsigned i, const char *cls, const char *sel,
		      const char *method, ...)
{
	const struct wsman_class *c = wsman_classes_find(cls);
	const struct wsman_method *m = wsman_classes_method(c, method);
	va_list ap;
	assert_non_null(m);
	begin();
	struct wsman_obj *o = wsman_obj_new(&other.arena, &m->in, c->uri);
	va_start(ap, method);
	set_all(o, ap);
	va_end(ap);
	ask(w, i,
	    &(struct wsman_req){ .op = WSMAN_OP_INVOKE,
				 .resource_uri = c->uri,
				 .method = m->name,
				 .selectors = selector(sel),
				 .obj = o });
	return other.fault || !other.obj ? UINT32_MAX : other.obj->return_value;
}

const struct wsman_obj *parts_reply(struct world *w)
{
	(void)w;
	return other.obj;
}
