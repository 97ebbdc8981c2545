/* For the tests of this folder: rows that many of them need, and waiting for a transaction. */
#pragma once
#include "store/test_world.h"

struct result {
	unsigned calls;
	struct err err;
};

static inline void world_count(void *arg, const struct err *e)
{
	struct result *r = arg;
	r->calls++;
	if (e)
		r->err = *e;
}

/* Until the function of r has run, or of everything when r is NULL. */
static inline void world_wait(struct world *w, const struct result *r)
{
	while (r ? r->calls == 0 : store_queue_len(w->s) > 0) {
		if (!w->threaded) {
			if (!sched_fake_step(w->sched, clk_mono_ms()))
				fail_msg("nothing is left to run");
			continue;
		}
		if (!mq_pop_wait(w->woken, WAIT_MS))
			fail_msg("the writer is silent");
		store_poll(w->s);
	}
}

/* Commits and waits; what the function was told. */
static inline struct err world_commit_err(struct world *w, struct store_tx *tx)
{
	struct result r = { 0 };
	store_tx_commit(tx, world_count, &r);
	assert_int_equal(r.calls, 0);
	world_wait(w, &r);
	assert_int_equal(r.calls, 1);
	return r.err;
}

static inline enum err_code world_commit(struct world *w, struct store_tx *tx)
{
	return world_commit_err(w, tx).code;
}

static inline struct store_tx *world_tx(struct world *w)
{
	return store_tx_new(w->s);
}

static inline void world_add_hello(struct store_tx *tx, const char *uuid, const char *address, int64_t at)
{
	store_tx_hello(tx, &(struct store_hello){ .uuid = uuid,
						  .address = address,
						  .kind = "psk",
						  .pid = "4444-0001",
						  .raw = span_str("raw hello"),
						  .at_unix_ms = at,
						  .retry_count = 1,
						  .approved = true });
}

static inline void world_add_job(struct store_tx *tx, const char *id, const char *uuid)
{
	store_tx_job_add(tx, &(struct store_job){ .id = id,
						  .uuid = uuid,
						  .kind = "configure",
						  .created_unix_ms = T0,
						  .changed_unix_ms = T0 });
}

/* Runs any text on the writer's connection, which its thread would mind. */
static inline void world_script(struct world *w, const char *sql)
{
	struct err e = { 0 };
	assert_false(w->threaded);
	if (!store_db_script(store_writer_db(w->s), sql, "test", &e))
		fail_msg("%s: %s", sql, e.msg);
}
