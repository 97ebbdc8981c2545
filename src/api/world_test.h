/* The world of the api tests: the interface without a socket, a database in memory, the fake clock,
 * and the engine of world_engine_test.h; rows that many tests need. */
#pragma once
#include "api/world_ask_test.h"

static inline int world_begin(void **state)
{
	struct world *w = MEM_NEW(struct world);
	struct err e = { 0 };
	static const uint8_t key[32] = { 7 };
	the_world = w;
	clk_fake_start(T0);
	log_set_fd(-1);
	log_set_level(LOG_DEBUG);
	log_set_sink(world_log, w);
	arena_init(&w->a, 64u * 1024 * 1024);
	w->sched = sched_new(NULL, NULL);
	struct store_conf sc = { .path = ":memory:", .is_inline = true, .sched = w->sched };
	w->store = store_open(&sc, &e);
	assert_non_null(w->store);
	w->seal = pki_seal_from_key(span_make(key, sizeof key));
	struct api_conf c = { .store = w->store, .sched = w->sched, .work = world_work, .work_ctx = w,
			      .version = "1.2.3", .hello_ports = "9971, 9972", .db_path = "/db",
			      .start_mono_ms = clk_mono_ms() };
	w->api = api_new(&c, &e);
	assert_non_null(w->api);
	*state = w;
	return 0;
}

static inline int world_end(void **state)
{
	struct world *w = *state;
	api_free(w->api);
	store_close(w->store);
	pki_seal_free(w->seal);
	assert_int_equal(sched_next_mono_ms(w->sched), -1); /* nothing keeps a timer */
	sched_free(w->sched);
	clk_fake_stop();
	log_set_sink(NULL, NULL);
	json_decref(w->json);
	mem_free(w->body);
	mem_free(w->log);
	arena_deinit(&w->a);
	mem_free(w);
	return 0;
}
#define WORLD(f) { #f, f, world_begin, world_end, NULL }

static inline struct store_tx *world_tx(struct world *w)
{
	return store_tx_new(w->store);
}

static inline void world_done(void *arg, const struct err *e)
{
	bool *done = arg;
	if (e)
		fail_msg("commit: %s", e->msg);
	*done = true;
}

static inline void world_commit(struct world *w, struct store_tx *tx)
{
	bool done = false;
	store_tx_commit(tx, world_done, &done);
	while (!done)
		assert_true(sched_fake_step(w->sched, clk_mono_ms()));
}

static inline void world_hello(struct world *w, const char *uuid, const char *address, const char *pid)
{
	uint8_t raw[64];
	struct wire_hello h = { .kind = pid[0] ? WIRE_HELLO_PSK : WIRE_HELLO_PKI };
	struct out o;
	assert_true(uuid_parse(span_str(uuid), &h.uuid));
	(void)str_copy(h.pid, sizeof h.pid, span_str(pid));
	out_init(&o, raw, sizeof raw);
	assert_true(wire_hello_emit(&o, &h));
	struct store_tx *tx = world_tx(w);
	store_tx_hello(tx, &(struct store_hello){ .uuid = uuid, .address = address,
						  .kind = pid[0] ? "psk" : "pki", .pid = pid,
						  .raw = out_span(&o), .at_unix_ms = clk_unix_ms(),
						  .approved = true });
	world_commit(w, tx);
}

/* A job that failed with that rule and waits for tomorrow. */
static inline void world_delayed(struct world *w, const char *id, const char *uuid, const char *rule)
{
	struct store_tx *tx = world_tx(w);
	struct err e = { 0 };
	store_tx_job_add(tx, &(struct store_job){ .id = id, .uuid = uuid, .kind = "configure",
						  .created_unix_ms = T0, .changed_unix_ms = T0 });
	store_tx_job_lease(tx, id, "me", T0, T0 + 1000);
	err_set(&e, ERR_PREFLIGHT, "it was refused");
	err_rule(&e, rule);
	store_tx_job_end(tx, id, STORE_JOB_DELAYED, clk_unix_ms() + 86400000, &e, "", clk_unix_ms());
	world_commit(w, tx);
}

static inline const char *job_state(struct world *w, const char *id)
{
	struct store_job j;
	return store_job_get(w->store, &w->a, id, &j) ? j.state : "none";
}

/* Action and object of the audit row before the last `back` ones; "" when there is none. */
static inline const char *audit(struct world *w, unsigned back)
{
	static struct store_audit rows[1000];
	unsigned n = store_audit_list(w->store, &w->a, 0, 1000, rows);
	if (n <= back)
		return "";
	const struct store_audit *row = &rows[n - 1 - back];
	assert_string_equal(row->actor, "uid:1000");
	return arena_fmt(&w->a, "%s %s", row->action, row->object);
}

static inline unsigned audit_count(struct world *w)
{
	static struct store_audit rows[1000];
	return store_audit_list(w->store, &w->a, 0, 1000, rows);
}
