/* See watch.h. Called by world.c with the bytes at the services' ends. */
#include "world.h"

#include "base/clk.h"
#include "engine/adopt.h"
#include "base/mem.h"
#include "wire/digest.h"
#include "wire/http1.h"
#include "wsman/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CREDENTIALS_MAX 128

void watch_init(struct watch *t, struct world *w)
{
	*t = (struct watch){ .w = w, .hash = 1, .print = getenv("WORLD_TRACE") != NULL };
	t->conns = mem_new(sizeof *t->conns * WORLD_SERVICES * WORLD_MAX_DEVS);
	t->devs = mem_new(sizeof *t->devs * WORLD_MAX_DEVS);
	t->tail = mem_new(sizeof *t->tail * WATCH_TAIL);
}

void watch_deinit(struct watch *t)
{
	for (unsigned i = 0; i < WORLD_SERVICES * WORLD_MAX_DEVS; i++) {
		wire_http1_free(t->conns[i].request);
		wire_http1_free(t->conns[i].reply);
	}
	mem_free(t->conns);
	mem_free(t->devs);
	mem_free(t->tail);
}

/* ---- trace ---- */

void watch_note(struct watch *t, const char *fmt, ...)
{
	char *line = t->tail[t->lines++ % WATCH_TAIL];
	int n = snprintf(line, sizeof *t->tail, "%10.3f ", (double)clk_mono_ms() / 1000 - 1000);
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof *t->tail - (size_t)n, fmt, ap);
	va_end(ap);
	t->hash = hash_mix64(span_str(line), t->hash);
	if (t->print)
		printf("%s\n", line);
}

void watch_fail(struct watch *t, const char *fmt, ...)
{
	char what[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	if (t->on_fail)
		t->on_fail(t, what);
	fail_msg("%s", what);
}

/* ---- secrets ---- */

static bool row_fits(struct watch *t, const char *uuid, const struct store_credential *row,
		     const struct watch_secret *s)
{
	char label[96];
	uint8_t ha1[16];
	struct secret pw = SECRET_NONE;
	bool fits = false;
	snprintf(label, sizeof label, "credential:%s:%s", uuid, row->kind);
	if (strcmp(row->kind, s->kind) != 0 ||
	    !pki_seal_reveal(t->w->seal, label, row->sealed, &pw, NULL))
		return false;
	if (strcmp(s->kind, "admin") == 0) {
		wire_digest_ha1("admin", row->realm, secret_reveal(&pw), ha1);
		fits = span_eq(span_make(ha1, sizeof ha1), span_make(s->bytes, s->n));
	} else {
		fits = span_eq(secret_reveal(&pw), span_make(s->bytes, s->n));
	}
	secret_deinit(&pw);
	return fits;
}

static bool key_stored(struct watch *t, const char *uuid, const struct watch_secret *s)
{
	struct arena a;
	struct store_cert row;
	struct secret der = SECRET_NONE;
	char id[64], label[80];
	uint8_t sha[32];
	bool fits = false;
	arena_init(&a, 1 << 20);
	snprintf(id, sizeof id, "key:%s", uuid);
	snprintf(label, sizeof label, "cert:%s", id);
	if (store_cert_get(t->w->store, &a, id, &row) &&
	    pki_seal_reveal(t->w->seal, label, row.sealed_key, &der, NULL)) {
		hash_of(HASH_SHA256, secret_reveal(&der), sha);
		fits = span_eq(span_make(sha, sizeof sha), span_make(s->bytes, s->n));
	}
	secret_deinit(&der);
	arena_deinit(&a);
	return fits;
}

static bool is_stored(struct watch *t, unsigned dev, const struct watch_secret *s)
{
	static struct store_credential rows[CREDENTIALS_MAX];
	struct arena a;
	const char *uuid = t->w->devs[dev].uuid;
	bool found = false;
	if (strcmp(s->kind, "key") == 0)
		return key_stored(t, uuid, s);
	arena_init(&a, 4 << 20);
	unsigned n = store_credential_list(t->w->store, &a, uuid, s->kind, CREDENTIALS_MAX, rows);
	for (unsigned i = 0; i < n && !found; i++)
		found = row_fits(t, uuid, &rows[i], s);
	arena_deinit(&a);
	return found;
}

/* Each has proven what opens the device; a job after it may replace that. */
static unsigned done_count(const struct watch *t, unsigned dev)
{
	static struct store_job rows[256];
	struct arena a;
	arena_init(&a, 1 << 20);
	unsigned n = store_job_list(t->w->store, &a, "done", t->w->devs[dev].uuid, "", 256, rows);
	arena_deinit(&a);
	return n;
}

/* The key of a certificate that is in place opens nothing: a renewal makes and keeps another one. */
static bool is_settled_key(const struct watch *t, unsigned dev, const struct watch_secret *s)
{
	return strcmp(s->kind, "key") == 0 && done_count(t, dev) > s->done_count;
}

void watch_check_secrets(struct watch *t, unsigned dev)
{
	const struct watch_dev *d = &t->devs[dev];
	for (unsigned i = 0; i < d->secret_count; i++)
		if (!is_settled_key(t, dev, &d->secrets[i]) && !is_stored(t, dev, &d->secrets[i]))
			watch_fail(t,
				   "credential lost: device %u was sent a %s secret that the store "
				   "does not hold any more",
				   dev, d->secrets[i].kind);
}

/* Before it leaves: durable, sealed, and it opens. */
static void secret_leaves(struct watch *t, unsigned dev, const char *kind, struct span bytes)
{
	struct watch_dev *d = &t->devs[dev];
	struct watch_secret s = { .n = bytes.n, .done_count = done_count(t, dev) };
	str_copy(s.kind, sizeof s.kind, span_str(kind));
	if (bytes.n > sizeof s.bytes)
		watch_fail(t, "device %u: a %s secret of %zu bytes", dev, kind, bytes.n);
	memcpy(s.bytes, bytes.p, bytes.n);
	if (!is_stored(t, dev, &s))
		watch_fail(t,
			   "credential lost: device %u is being sent a %s secret that is not "
			   "durable in the store",
			   dev, kind);
	for (unsigned i = 0; i < d->secret_count; i++) {
		if (strcmp(d->secrets[i].kind, kind) == 0 &&
		    span_eq(span_make(d->secrets[i].bytes, d->secrets[i].n), bytes))
			return;
		/* a renewed certificate has a key of its own; the former one opens nothing */
		if (strcmp(kind, "key") == 0 && strcmp(d->secrets[i].kind, kind) == 0) {
			d->secrets[i] = s;
			return;
		}
	}
	if (d->secret_count < WATCH_SECRETS)
		d->secrets[d->secret_count++] = s;
}

static uint64_t note_secret(struct watch *t, unsigned dev, const struct wsman_msg *m,
			    struct arena *a)
{
	struct wsman_obj *o;
	struct span v = { NULL, 0 };
	uint8_t sha[32];
	bool admin = strcmp(m->method, "SetAdminAclEntryEx") == 0;
	bool key = strcmp(m->method, "AddKey") == 0;
	bool mebx = strcmp(m->method, "SetMEBxPassword") == 0;
	bool psk = strcmp(m->method, "SetTLSPSK") == 0;
	if (!(admin || key || mebx || psk) || !wsman_envelope_obj(m, a, &o, NULL))
		return 0;
	if (mebx)
		v = span_str(wsman_obj_str(o, "Password"));
	else if (psk)
		v = span_str(
			arena_fmt(a, "%s %s", wsman_obj_str(o, "PID"), wsman_obj_str(o, "PPS")));
	else if (!wsman_obj_b64(o, admin ? "DigestPassword" : "KeyBlob", &v))
		watch_fail(t, "device %u: %s without its value", dev, m->method);
	if (key) {
		hash_of(HASH_SHA256, v, sha);
		v = span_make(sha, sizeof sha);
	}
	secret_leaves(t, dev, admin ? "admin" : key ? "key" : psk ? "psk" : "mebx", v);
	return hash_mix64(v, 7);
}

/* ---- changes ---- */

static const char *product_of(const char *method)
{
	if (strcmp(method, "AddKey") == 0 || strcmp(method, "GenerateKeyPair") == 0)
		return "AMT_PublicPrivateKeyPair";
	return strcmp(method, "AddCertificate") == 0 ? "AMT_PublicKeyCertificate" : NULL;
}

static struct watch_act *act_of(struct watch_dev *d, uint64_t key)
{
	for (unsigned i = 0; i < d->act_count; i++)
		if (d->acts[i].key == key)
			return &d->acts[i];
	return NULL;
}

/* What a job that is done has sent is settled: its end is on record. */
static bool is_done(const struct watch *t, const char *job)
{
	struct arena a;
	struct store_job j;
	arena_init(&a, 1 << 16);
	bool done = store_job_get(t->w->store, &a, job, &j) && strcmp(j.state, "done") == 0;
	arena_deinit(&a);
	return done;
}

static void change_leaves(struct watch *t, struct watch_conn *c, const char *name,
			  const struct wsman_msg *m, uint64_t value)
{
	struct watch_dev *d = &t->devs[c->dev];
	c->act = hash_mix64(span_str(name), 3);
	struct watch_act *a = act_of(d, c->act);
	d->changes++;
	if (c->clears != d->clears) {
		c->act = 0; /* the PC ended this connection before: it gets nothing of it */
		return;
	}
	if (!a) {
		if (d->act_count == WATCH_ACTS)
			watch_fail(t, "device %u: more than %d kinds of changes", c->dev,
				   WATCH_ACTS);
		a = &d->acts[d->act_count++];
		*a = (struct watch_act){ .key = c->act, .product = product_of(m->method) };
		str_copy(a->name, sizeof a->name, span_str(name));
	} else if (a->open && !a->seen && a->done_count == done_count(t, c->dev)) {
		watch_fail(t, "repeated blindly: %s to device %u has no known end, and %s", name,
			   c->dev,
			   a->product ? "its product was not searched for"
				      : "nothing was read since");
	} else if (a->may_be_in && value && a->value != value &&
		   a->done_count == done_count(t, c->dev)) {
		watch_fail(t, "secret replaced: %s to device %u while the former one may be in",
			   name, c->dev);
	}
	a->open = a->may_be_in = true;
	a->seen = false;
	a->value = value;
	a->by = c->service;
	a->done_count = done_count(t, c->dev);
	str_copy(a->job, sizeof a->job, span_str(c->job));
}

void watch_death(struct watch *t, const struct world_service *s)
{
	/* what it knew of answers is gone with it */
	for (unsigned i = 0; i < t->w->dev_count; i++)
		for (unsigned k = 0; k < t->devs[i].act_count; k++) {
			struct watch_act *a = &t->devs[i].acts[k];
			if (a->by != s || is_done(t, a->job))
				continue;
			a->open = true;
			a->seen = false;
		}
	watch_note(t, "service %u is dead", s->index);
}

void watch_forget(struct watch *t, unsigned dev)
{
	struct watch_dev *d = &t->devs[dev];
	unsigned kept = 0;
	d->act_count = 0;
	d->clears++;
	for (unsigned i = 0; i < d->secret_count;
	     i++) /* keys of certificates open nothing any more */
		if (strcmp(d->secrets[i].kind, "key") != 0)
			d->secrets[kept++] = d->secrets[i];
	d->secret_count = kept;
}

/* ---- who may send ---- */

/* An operation of that service holds the device (engine/operate.h), as a job's lease would. */
static bool is_held(struct watch *t, const struct watch_conn *c, const char *owner)
{
	struct arena a;
	struct store_hold h;
	arena_init(&a, 1 << 16);
	bool held = store_hold_get(t->w->store, &a, t->w->devs[c->dev].uuid, clk_unix_ms(), &h) &&
		span_starts(span_str(h.owner), owner) && h.owner[strlen(owner)] == '/';
	arena_deinit(&a);
	return held;
}

static void check_lease(struct watch *t, struct watch_conn *c, const char *name)
{
	struct arena a;
	struct store_job j = { 0 };
	char owner[32];
	int64_t now = clk_unix_ms();
	snprintf(owner, sizeof owner, "world-%u-%u", c->service->index, c->service->starts);
	if (is_held(t, c, owner)) {
		c->job[0] = '\0';
		return;
	}
	arena_init(&a, 1 << 16);
	/* one job at a time with a device: whichever kind runs holds the lease */
	bool held = world_job_any(t->w, t->w->devs[c->dev].uuid, owner, &a, &j);
	char made_up[UUID_TEXT_SIZE]; /* one whose UUID is not known yet */
	engine_adopt_made_up(t->w->devs[c->dev].address, made_up);
	held = held || world_job_any(t->w, made_up, owner, &a, &j);
	struct store_hold h; /* an operation on it, in the place of a job */
	bool holds = store_hold_get(t->w->store, &a, t->w->devs[c->dev].uuid, now, &h) &&
		strncmp(h.owner, owner, strlen(owner)) == 0 && h.owner[strlen(owner)] == '/';
	if (!holds && (!held || j.lease_until_unix_ms <= now))
		watch_fail(
			t,
			"lease ignored: service %u sends %s to device %u; its job is %s, lease of "
			"%s, %lld ms left",
			c->service->index, name, c->dev, j.id ? j.state : "gone",
			j.id && j.lease_owner[0] ? j.lease_owner : "nobody",
			(long long)(j.id ? j.lease_until_unix_ms - now : 0));
	str_copy(c->job, sizeof c->job, span_str(j.id));
	arena_deinit(&a);
}

/* ---- messages ---- */

static bool is_change(const struct wsman_msg *m)
{
	static const char *const reads[] = { "Get", "Enumerate", "PositionToFirst", "ReadRecords" };
	for (size_t i = 0; m->op == WSMAN_OP_INVOKE && i < sizeof reads / sizeof *reads; i++)
		if (strncmp(m->method, reads[i], strlen(reads[i])) == 0)
			return false;
	if (m->op == WSMAN_OP_INVOKE)
		return true;
	return m->op == WSMAN_OP_PUT || m->op == WSMAN_OP_CREATE || m->op == WSMAN_OP_DELETE;
}

static void on_request(struct watch *t, struct watch_conn *c)
{
	struct arena a;
	struct wsman_msg m = { 0 };
	char name[96] = "GET";
	struct span body = wire_http1_body(c->request);
	uint64_t value = 0;
	arena_init(&a, 4 << 20);
	t->requests++;
	c->act = 0;
	c->cls[0] = '\0';
	bool change = false;
	if (body.n && wsman_envelope_parse(body, &a, &m, NULL)) {
		change = is_change(&m);
		str_copy(c->cls, sizeof c->cls, span_str(m.class_name));
		snprintf(name, sizeof name, "%s.%s", m.class_name,
			 m.method[0] ? m.method : wsman_envelope_op_name(m.op));
	}
	watch_note(t, "service %u -> device %u %s", c->service->index, c->dev, name);
	if (change || t->strict)
		check_lease(t, c, name);
	if (change) {
		value = note_secret(t, c->dev, &m, &a);
		change_leaves(t, c, name, &m, value);
		if (strcmp(m.method, "Unprovision") == 0 ||
		    strcmp(m.method, "PartialUnprovision") == 0)
			watch_forget(t, c->dev); /* what was set before is gone, or may be */
	}
	c->is_read = !change;
	arena_deinit(&a);
}

static bool has_text(struct span in, const char *text)
{
	return memmem(in.p, in.n, text, strlen(text)) != NULL;
}

static void on_reply(struct watch *t, struct watch_conn *c)
{
	struct watch_dev *d = &t->devs[c->dev];
	unsigned status = wire_http1_msg(c->reply)->status;
	struct watch_act *a = c->act ? act_of(d, c->act) : NULL;
	watch_note(t, "service %u <- device %u %u", c->service->index, c->dev, status);
	if (a) {
		a->open = false;
		a->may_be_in =
			status == 200 && has_text(wire_http1_body(c->reply), "ReturnValue>0<");
	}
	if (!c->is_read || status == 401)
		return;
	for (unsigned i = 0; i < d->act_count; i++)
		if (!d->acts[i].product || strcmp(d->acts[i].product, c->cls) == 0)
			d->acts[i].seen = true;
}

struct watch_conn *watch_dial(struct watch *t, struct world_service *s, unsigned dev)
{
	struct watch_conn *c = &t->conns[s->index * WORLD_MAX_DEVS + dev];
	struct err e = { 0 };
	if (!c->request) {
		c->request = wire_http1_new(true, 1 << 20);
		c->reply = wire_http1_new(false, 4 << 20);
	}
	/* the former reply may have been one that ends with its connection */
	if (wire_http1_eof(c->reply, &e) == WIRE_DONE)
		on_reply(t, c);
	wire_http1_reset(c->request);
	wire_http1_reset(c->reply);
	c->service = s;
	c->dev = dev;
	c->cut = false;
	c->clears = t->devs[dev].clears;
	return c;
}

void watch_bytes(struct watch *t, struct watch_conn *c, bool out, struct span bytes)
{
	struct wire_http1 *p = out ? c->request : c->reply;
	struct err e = { 0 };
	while (bytes.n) {
		size_t used = 0;
		enum wire_got got = wire_http1_feed(p, bytes, &used, &e);
		if (got == WIRE_BAD && out)
			watch_fail(t, "service %u sends no HTTP to device %u: %s",
				   c->service->index, c->dev, e.msg);
		if (got != WIRE_DONE)
			return; /* the rest comes, or the device is wrong on purpose */
		if (out)
			on_request(t, c);
		else
			on_reply(t, c);
		wire_http1_reset(p);
		bytes = span_make(bytes.p + used, bytes.n - used);
	}
}
