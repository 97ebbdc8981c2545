/* The world of the api tests: the interface without a socket, a database in memory, the fake clock,
 * and an engine that only notes what it was told. A request runs until its answer. */
#pragma once
#include "api/api_priv.h"
#include "wire/hello.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define T0 1935998047000 /* 2031-05-08 */
#define U1 "11111111-2222-3333-4444-555555555501"
#define U2 "11111111-2222-3333-4444-555555555502"
#define U3 "11111111-2222-3333-4444-555555555503"

struct world {
	struct sched *sched;
	struct store *store;
	struct pki_seal *seal;
	struct api *api;
	struct arena a;
	char *log; /* every line of the log, for the hunt after secrets */
	size_t log_n, log_cap;
	/* the last answer */
	unsigned calls;
	bool starting;
	int status;
	char type[64];
	char *body;
	json_t *json;
	/* what the engine was told */
	unsigned kicks, reloads;
	char cancelled[64];
	bool runs_here;
};
static struct world *the_world;

/* ---- the engine ---- */
void engine_kick(struct engine *en)
{
	(void)en;
	the_world->kicks++;
}

void engine_reload(struct engine *en)
{
	(void)en;
	the_world->reloads++;
}

bool engine_job_cancel(struct engine *en, const char *job_id)
{
	(void)en;
	(void)str_copy(the_world->cancelled, sizeof the_world->cancelled, span_str(job_id));
	return the_world->runs_here;
}

struct engine_status engine_get_status(const struct engine *en)
{
	(void)en;
	return (struct engine_status){ .workers = 10, .running = 2, .waiting = 3, .hellos = 40,
				       .hellos_bad = 4, .hellos_refused = 5, .jobs_done = 6,
				       .jobs_failed = 7, .round_trips = 8, .challenges = 9,
				       .handshakes = 11, .imposed_wait_ms = 12 };
}

bool engine_plan_text(struct engine *en, const char *uuid, struct out *o, struct err *e)
{
	(void)en;
	(void)e;
	out_fmt(o, "tls: off -> on (%s)\n", uuid);
	return true;
}

struct span engine_seal(struct engine *en, const char *label, struct span plain, struct arena *a)
{
	(void)en;
	return pki_seal_close(the_world->seal, label, plain, a);
}

bool engine_unseal(struct engine *en, const char *label, struct span sealed, struct secret *out_s, struct err *e)
{
	(void)en;
	return pki_seal_reveal(the_world->seal, label, sealed, out_s, e);
}

/* ---- the world ---- */
static inline void world_work(void *ctx, void (*work)(void *), void (*done)(void *), void *arg)
{
	struct world *w = ctx;
	work(arg);
	(void)sched_after(w->sched, 5, done, arg);
}

static inline void world_log(void *arg, enum log_event ev, struct span line)
{
	struct world *w = arg;
	(void)ev;
	if (w->log_n + line.n + 2 > w->log_cap) {
		w->log_cap = 2 * (w->log_cap + line.n + 2);
		w->log = mem_grow(w->log, w->log_cap);
	}
	memcpy(w->log + w->log_n, line.p, line.n);
	w->log_n += line.n;
	w->log[w->log_n++] = '\n';
	w->log[w->log_n] = '\0';
}

static inline void world_answer(void *arg, int status, const char *content_type, struct span body)
{
	struct world *w = arg;
	assert_false(w->starting);
	w->calls++;
	w->status = status;
	(void)str_copy(w->type, sizeof w->type, span_str(content_type));
	mem_free(w->body);
	w->body = mem_new(body.n + 1);
	if (body.n)
		memcpy(w->body, body.p, body.n);
	json_decref(w->json);
	w->json = NULL;
	if (str_eq(w->type, "application/json")) {
		json_error_t at;
		w->json = json_loadb(w->body, body.n, 0, &at);
		if (!w->json)
			fail_msg("the answer is not JSON: %s: %.200s", at.text, w->body);
	}
}

static inline void world_start(struct world *w, const char *method, const char *path, const char *query,
			       struct span body)
{
	struct api_call c = { method, path, query, body, 1000 };
	w->starting = true;
	api_handle(w->api, &c, world_answer, w);
	w->starting = false;
}

/* Runs one request to its end; the status. */
static inline int ask_bytes(struct world *w, const char *method, const char *path, const char *query,
			    struct span body)
{
	unsigned before = w->calls;
	int64_t until = clk_mono_ms() + 1000;
	world_start(w, method, path, query, body);
	while (w->calls == before)
		if (!sched_fake_step(w->sched, until))
			fail_msg("%s %s is never answered", method, path);
	assert_int_equal(w->calls, before + 1);
	return w->status;
}

static inline int ask(struct world *w, const char *method, const char *path, const char *query,
		      const char *body)
{
	return ask_bytes(w, method, path, query, span_str(body));
}

/* Fails the test with the answer when the status is another. */
#define ASK(w, status_, ...)                                                              \
	do {                                                                              \
		int got_ = ask((w), __VA_ARGS__);                                         \
		if (got_ != (status_))                                                    \
			fail_msg("line %d: status %d: %.400s", __LINE__, got_, (w)->body); \
	} while (0)

/* Text at "a.b.0.c" of the last answer; "" when it is absent or null; numbers as text. */
static inline const char *at(struct world *w, const char *path)
{
	json_t *v = w->json;
	struct span rest = span_str(path);
	while (v && rest.n) {
		size_t n = span_find(rest, '.');
		char key[64];
		uint32_t i;
		(void)str_copy(key, sizeof key, span_make(rest.p, n));
		v = json_is_array(v) && str_to_u32(span_str(key), 0, 100000, &i, NULL) ? json_array_get(v, i)
										       : json_object_get(v, key);
		n += n < rest.n;
		rest = span_make(rest.p + n, rest.n - n);
	}
	if (json_is_string(v))
		return json_string_value(v);
	if (json_is_integer(v))
		return arena_fmt(&w->a, "%lld", (long long)json_integer_value(v));
	if (json_is_boolean(v))
		return json_is_true(v) ? "true" : "false";
	return "";
}

static inline unsigned count_at(struct world *w, const char *key)
{
	return (unsigned)json_array_size(json_object_get(w->json, key));
}

#define HAS(text, part)                                                                        \
	do {                                                                                   \
		const char *t_ = (text);                                                       \
		if (!strstr(t_, (part)))                                                       \
			fail_msg("line %d: '%s' is not in: %.600s", __LINE__, (part), t_);     \
	} while (0)
#define EQ(w, path, want)                                                                      \
	do {                                                                                   \
		if (!str_eq(at((w), (path)), (want)))                                          \
			fail_msg("line %d: %s is '%s', not '%s': %.600s", __LINE__, (path),    \
				 at((w), (path)), (want), (w)->body);                          \
	} while (0)

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
