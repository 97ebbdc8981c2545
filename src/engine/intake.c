/* Hellos: from bytes to rows and a job. A hello is unauthenticated input: bounded, rate-limited per
 * source, and it only ever triggers a connection in which both sides prove themselves. */
#include "engine/engine_priv.h"
#include "engine/trace.h"
#include "engine/twins.h"

#include "base/clk.h"
#include "base/mem.h"

#include <stdio.h>

#define PAST_MAX 9 /* hellos that the store keeps per device */

static bool rate_ok(struct engine *en, const char *address)
{
	uint64_t h = hash_mix64(span_str(address), 1);
	int64_t now = clk_mono_ms();
	unsigned i = (unsigned)(h % (sizeof en->rate / sizeof *en->rate));
	if (!str_eq(en->rate[i].address, address) || now - en->rate[i].window_ms >= 1000) {
		str_copy(en->rate[i].address, sizeof en->rate[i].address, span_str(address));
		en->rate[i].window_ms = now;
		en->rate[i].count = 0;
	}
	if (en->rate[i].count < en->set.hello_rate) {
		en->rate[i].count++;
		return true;
	}
	static struct log_rate limit;
	if (log_rate_ok(&limit, 1))
		log_ev(LOG_EV_HELLO_LIMITED, LOG_S("address", address),
		       LOG_I("dropped_count", limit.dropped + 1));
	return false;
}

static void malformed(struct engine *en, struct span bytes, size_t offset, const char *address,
		      const struct err *e)
{
	static struct log_rate limit;
	en->st.hellos_bad++;
	if (!log_rate_ok(&limit, 10))
		return;
	struct store_tx *tx = store_tx_new(en->conf.store);
	ENGINE_EVENT(en, tx, "", LOG_EV_HELLO_BAD, e, LOG_S("address", address),
		     LOG_I("size", bytes.n), LOG_I("offset", offset));
	store_tx_commit(tx, NULL, NULL);
}

static void on_taken(void *arg, const struct err *e)
{
	static struct log_rate limit;
	if (e && log_rate_ok(&limit, 10)) /* anybody can send hellos while a disk is full */
		log_err(LOG_EV_STORE, e,
			(const struct log_kv[]){ LOG_S("statement", "hello"),
						 { LOG_KIND_END, NULL, NULL, 0 } });
	else if (!e)
		engine_kick(arg);
}

void engine_add_job(struct engine *en, struct store_tx *tx, const char *uuid, const char *kind)
{
	int64_t now = clk_unix_ms();
	char id[40];
	uint8_t b[12];
	struct out o;
	rng_fill(en->conf.rng, b, sizeof b);
	/* The time in front: a mass of new jobs then goes to the end of two indexes, and not to a
	 * page of its own each. */
	for (unsigned i = 0; i < 6; i++)
		b[i] = (uint8_t)((uint64_t)now >> (40 - 8 * i));
	out_init(&o, id, sizeof id);
	out_str(&o, "j-");
	out_hex(&o, span_make(b, sizeof b));
	store_tx_job_add(tx,
			 &(struct store_job){
				 .id = id,
				 .uuid = uuid,
				 .kind = kind,
				 .state = "queued",
				 .priority = 10,
				 .not_before_unix_ms = now,
				 .plan_version = ENGINE_PLAN_VERSION,
				 .created_unix_ms = now,
				 .changed_unix_ms = now,
			 });
	ENGINE_EVENT(en, tx, uuid, LOG_EV_JOB_QUEUED, NULL, LOG_S("uuid", uuid), LOG_S("job", id),
		     LOG_S("kind", kind));
}

/* A job for the device, or the delayed one sooner: a hello says that the device is there and waits.
 * What a wrong login delayed stays delayed (M19). */
static void queue_job(struct engine *en, struct store_tx *tx, struct arena *a, const char *uuid,
		      bool known, int64_t now)
{
	struct store_job j;
	enum err_code code;
	/* a device that is not known has no job: hellos in masses are mostly of such */
	if (!known || !store_job_active(en->conf.store, a, uuid, "configure", &j)) {
		engine_add_job(en, tx, uuid, "configure");
		return;
	}
	bool login = err_from_name(j.err_code, &code) && (code == ERR_AUTH || code == ERR_LOCKOUT);
	if (str_eq(j.state, "delayed") && !login)
		store_tx_job_set(tx, j.id, STORE_JOB_QUEUED, now);
}

static void refuse(struct engine *en, const char *uuid, const char *address, const char *pid,
		   const struct err *e)
{
	static struct log_rate limit;
	en->st.hellos_refused++;
	if (!log_rate_ok(&limit, 10))
		return;
	struct store_tx *tx = store_tx_new(en->conf.store);
	ENGINE_EVENT(en, tx, uuid, LOG_EV_HELLO_REFUSED, e, LOG_S("uuid", uuid),
		     LOG_S("address", address), LOG_S("pid", pid[0] ? pid : NULL));
	store_tx_commit(tx, NULL, NULL);
}

static void refuse_placeholder(struct engine *en, const char *uuid, const char *address,
			       const char *pid)
{
	struct err e = { 0 };
	err_set(&e, ERR_PREFLIGHT, "the hello from %s carries a UUID that several PCs share",
		address);
	err_seen(&e, "%s", uuid);
	err_want(&e, "a UUID of its own");
	err_rule(&e, "M09");
	refuse(en, uuid, address, pid, &e);
}

/* Two PCs with one UUID would overwrite each other: the one that said hello last goes on, the one
 * that comes back is refused. */
static bool is_twin(struct engine *en, struct arena *a, const char *uuid,
		    const struct wire_hello *h, const char *address, int64_t now)
{
	struct store_hello_past past[PAST_MAX];
	struct engine_twins_hello rows[PAST_MAX],
		current = { address, h->pid, h->retry_count, now };
	struct err e = { 0 };
	unsigned other, n = store_hello_list(en->conf.store, a, uuid, PAST_MAX, past);
	for (unsigned i = 0; i < n; i++)
		rows[i] = (struct engine_twins_hello){ past[i].address, past[i].pid,
						       past[i].retry_count, past[i].at_unix_ms };
	if (!engine_twins_seen(&current, rows, n, &other))
		return false;
	err_set(&e, ERR_PREFLIGHT, "two PCs say hello with the UUID %s", uuid);
	err_seen(&e, "%s%s%s with RetryCount %u, between its hellos %s%s%s with %lld", address,
		 h->pid[0] ? " PID " : "", h->pid, (unsigned)h->retry_count, rows[other].address,
		 rows[other].pid[0] ? " PID " : "", rows[other].pid,
		 (long long)rows[other].retry_count);
	err_want(&e, "one PC per UUID");
	err_rule(&e, "M09");
	refuse(en, uuid, address, h->pid, &e);
	return true;
}

/* Entered by an operator: a UUID that several PCs share, whatever the vendor. */
static bool is_denied(struct engine *en, const struct wire_hello *h, const char *address)
{
	struct arena a;
	struct store_deny d;
	struct err e = { 0 };
	char uuid[UUID_TEXT_SIZE];
	uuid_print(&h->uuid, uuid);
	arena_init(&a, 65536);
	bool denied = store_deny_get(en->conf.store, &a, uuid, &d);
	if (denied) {
		err_set(&e, ERR_PREFLIGHT, "the hello from %s carries a UUID that is refused here",
			address);
		err_seen(&e, "%s%s%s", uuid, d.note[0] ? ": " : "", d.note);
		err_want(&e, "a UUID of its own");
		err_rule(&e, "M09");
		err_hint(&e,
			 "write a real UUID with the vendor's tool; 'outband device denied' lists "
			 "those that are refused");
		refuse(en, uuid, address, h->pid, &e);
	}
	arena_deinit(&a);
	return denied;
}

/* What changed about a PC since it was last heard. */
static void note_changes(struct engine *en, struct store_tx *tx, const struct store_device *d,
			 const char *address)
{
	if (!str_eq(d->address, address))
		ENGINE_EVENT(en, tx, d->uuid, LOG_EV_MOVED, NULL, LOG_S("uuid", d->uuid),
			     LOG_S("from", d->address), LOG_S("to", address));
	if (str_eq(d->state, store_device_state_name(STORE_DEV_CONFIGURED)) &&
	    d->last_hello_unix_ms <= d->configured_unix_ms)
		ENGINE_EVENT(en, tx, d->uuid, LOG_EV_RESET, NULL, LOG_S("uuid", d->uuid),
			     LOG_S("address", address));
}

static void take(struct engine *en, const struct wire_hello *h, struct span raw,
		 const char *address)
{
	struct arena a;
	struct store_device d;
	int64_t now = clk_unix_ms();
	char uuid[UUID_TEXT_SIZE];
	uuid_print(&h->uuid, uuid);
	engine_trace_hello(en, uuid, address, raw);
	arena_init(&a, 1 << 18);
	bool known = store_device_get(en->conf.store, &a, uuid, &d);
	if (known && (!str_eq(d.address, address) || !str_eq(d.pid, h->pid)) &&
	    is_twin(en, &a, uuid, h, address, now)) {
		arena_deinit(&a);
		return;
	}
	bool approved = known ? d.approved : !en->set.manual_approval;
	struct store_tx *tx = store_tx_new(en->conf.store);
	store_tx_hello(tx,
		       &(struct store_hello){
			       .uuid = uuid,
			       .address = address,
			       .kind = h->kind == WIRE_HELLO_PSK ? "psk" : "pki",
			       .pid = h->pid,
			       .raw = raw,
			       .at_unix_ms = now,
			       .retry_count = h->retry_count,
			       .approved = approved,
		       });
	ENGINE_EVENT(en, tx, uuid, LOG_EV_HELLO, NULL, LOG_S("uuid", uuid),
		     LOG_S("address", address),
		     LOG_S("kind", h->kind == WIRE_HELLO_PSK ? "psk" : "pki"),
		     LOG_S("pid", h->kind == WIRE_HELLO_PSK ? h->pid : NULL),
		     LOG_I("hash_count", h->hash_count), LOG_I("retry_count", h->retry_count));
	if (known)
		note_changes(en, tx, &d, address);
	if (approved) {
		queue_job(en, tx, &a, uuid, known, now);
	} else if (!known || !str_eq(d.state, store_device_state_name(STORE_DEV_WAITING))) {
		store_tx_device_text(tx, uuid, STORE_DEVICE_STATE,
				     store_device_state_name(STORE_DEV_WAITING));
		ENGINE_EVENT(en, tx, uuid, LOG_EV_DEVICE_WAITS, NULL, LOG_S("uuid", uuid));
	}
	store_tx_commit(tx, on_taken, en);
	arena_deinit(&a);
}

static bool hand_over(struct engine *en, const struct wire_hello *h, struct span raw,
		      const char *address)
{
	char uuid[UUID_TEXT_SIZE];
	uuid_print(&h->uuid, uuid);
	return engine_forward(en, uuid, raw, address);
}

void engine_hello(struct engine *en, struct span bytes, const char *address)
{
	struct wire_hello *h = MEM_NEW(struct wire_hello);
	struct err e = { 0 };
	size_t used = 0;
	en->st.hellos++;
	if (!rate_ok(en, address)) {
		en->st.hellos_refused++;
	} else {
		enum wire_got got = wire_hello_parse(bytes, h, &used, &e);
		if (got == WIRE_MORE) {
			err_set(&e, ERR_MALFORMED, "the hello from %s ended early", address);
			err_seen(&e, "%zu bytes", bytes.n);
			err_want(&e,
				 "a whole hello: 32 bytes with PSK, 25 and the hashes with PKI");
			used = bytes.n;
		}
		if (got != WIRE_DONE) {
			malformed(en, bytes, used, address, &e);
		} else if (uuid_is_placeholder(&h->uuid)) {
			char text[UUID_TEXT_SIZE];
			uuid_print(&h->uuid, text);
			refuse_placeholder(en, text, address, h->pid);
		} else if (!is_denied(en, h, address) &&
			   !hand_over(en, h, span_make(bytes.p, used), address)) {
			take(en, h, span_make(bytes.p, used), address);
		}
	}
	mem_free(h);
}
