/* For the tests of this folder: a store, inline in memory with the fake clock, inline on a file, or
 * with its thread on a file, so that every test of behaviour runs on the first and the last. Waiting for the
 * thread goes through a queue that its wake function fills; nothing sleeps. */
#pragma once
#include "base/arena.h"
#include "base/clk.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/mq.h"
#include "base/str.h"
#include "store/tx.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

enum { T0 = 1000000, WAIT_MS = 20000 };

struct world {
	struct store *s;
	struct sched *sched;
	struct mq *woken;
	bool threaded, on_file;
	char dir[64], path[96];
	struct arena a;
};

static inline void world_wake(void *arg)
{
	struct world *w = arg;
	(void)mq_push(w->woken, w); /* full: somebody will look anyway */
}

static inline struct store_conf world_conf(struct world *w)
{
	return (struct store_conf){ .path = w->on_file ? w->path : ":memory:",
				    .is_inline = !w->threaded,
				    .sched = w->sched,
				    .wake = world_wake,
				    .wake_arg = w };
}

static inline void world_make_dir(struct world *w)
{
	const char *top = getenv("TMPDIR");
	(void)snprintf(w->dir, sizeof w->dir, "%s/outband-store-XXXXXX", top ? top : "/tmp");
	assert_non_null(mkdtemp(w->dir));
	(void)snprintf(w->path, sizeof w->path, "%s/db", w->dir);
}

static inline void world_clean_dir(struct world *w)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", ".lock" };
	char name[112];
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		(void)snprintf(name, sizeof name, "%s%s", w->path, suffixes[i]);
		(void)unlink(name);
	}
	assert_int_equal(rmdir(w->dir), 0);
}

static inline int world_begin(void **state, bool threaded, bool on_file)
{
	struct world *w = MEM_NEW(struct world);
	struct err e = { 0 };
	w->threaded = threaded;
	w->on_file = on_file;
	log_set_fd(-1);
	arena_init(&w->a, 64u * 1024 * 1024);
	w->woken = mq_new(64);
	if (on_file)
		world_make_dir(w);
	if (!threaded) {
		clk_fake_start(T0);
		w->sched = sched_new(NULL, NULL);
	}
	struct store_conf c = world_conf(w);
	w->s = store_open(&c, &e);
	if (!w->s)
		fail_msg("store_open: %s", e.msg);
	*state = w;
	return 0;
}

static inline int world_inline(void **state)
{
	return world_begin(state, false, false);
}

static inline int world_file(void **state)
{
	return world_begin(state, false, true);
}

static inline int world_threaded(void **state)
{
	return world_begin(state, true, true);
}

static inline int world_end(void **state)
{
	struct world *w = *state;
	store_close(w->s);
	while (mq_pop(w->woken))
		continue;
	mq_free(w->woken);
	arena_deinit(&w->a);
	if (w->on_file)
		world_clean_dir(w);
	if (!w->threaded) {
		sched_free(w->sched);
		clk_fake_stop();
	}
	mem_free(w);
	return 0;
}

#define WORLD_INLINE(f) { #f, f, world_inline, world_end, NULL }
#define WORLD_FILE(f)   { #f " on file", f, world_file, world_end, NULL }
#define WORLD_THREAD(f) { #f " with thread", f, world_threaded, world_end, NULL }
#define WORLD_BOTH(f)   WORLD_INLINE(f), WORLD_THREAD(f)
