/* Writes transactions: a group of them in one commit. A savepoint for each would cost a quarter of
 * the speed, so a group is first tried without; when a member fails, again with savepoints, which
 * leave its neighbours alone; when the group as a whole fails (the database rolled back by itself,
 * the commit failed), one by one. Holds the thread that does so from a bounded queue. Never calls
 * a caller's function: results go back through a queue. */
#include "store/tx.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/mq.h"
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

/* The cache is kept while work keeps coming, be it in bursts: who gives it back in each gap fills it
 * again for hours, and memory seems to grow. */
enum { IDLE_MS = 500, REST_MS = 5000 };

static const struct {
	bool must;
	const char *said;
} rules[] = {
#define X(name, must, said, text, pg) { must, said },
	STORE_SQL(X)
#undef X
};

static bool conflict(const struct store_op *op, struct err *e)
{
	const char *said = rules[op->id].said;
	if (!said)
		return err_wrap(e, "%s", store_sql_name(op->id));
	struct span id = op->vals.n ? op->vals.v[0].s : span_str("");
	return err_set(e, ERR_CONFLICT, "%s: %.*s", said, (int)id.n, (const char *)id.p);
}

static bool run_op(struct store_db *db, struct store_tally *t, const struct store_op *op,
		   struct err *e)
{
	if (fault_hit("store.write"))
		return err_set(e, ERR_STORE, "fault store.write in %s", store_sql_name(op->id));
	if (op->id == STORE_SQL_AUDIT)
		return store_audit_write(db, op->vals, e);
	if (!store_tally_run(t, db, op->id, op->vals, e))
		return e->code == ERR_CONFLICT ? conflict(op, e) : false;
	if (rules[op->id].must && store_db_changed(db) == 0)
		return conflict(op, e);
	return true;
}

static bool run_ops(struct store_db *db, struct store_tally *t, const struct store_tx *tx,
		    struct err *e)
{
	if (tx->arena.full)
		return err_set(e, ERR_LIMIT, "a transaction has more than %zu bytes",
			       tx->arena.max_bytes);
	if (fault_hit("store.begin"))
		return err_set(e, ERR_STORE, "fault store.begin");
	for (const struct store_op *op = tx->first; op; op = op->next) {
		if (!run_op(db, t, op, e))
			return false;
	}
	return true;
}

static void set_result(struct store_tx *tx, const struct err *e)
{
	if (!e) {
		mem_free(tx->err);
		tx->err = NULL;
		return;
	}
	if (!tx->err)
		tx->err = MEM_NEW(struct err);
	*tx->err = *e;
}

static bool run_plain(struct store_db *db, enum store_sql id, struct err *e)
{
	return store_db_run(db, id, STORE_NO_VALS, e);
}

static bool commit(struct store_db *db, struct store_tally *t, struct err *e)
{
	if (fault_hit("store.commit"))
		return err_set(e, ERR_STORE, "fault store.commit");
	return store_tally_write(t, db, e) && run_plain(db, STORE_SQL_COMMIT, e);
}

static void rollback(struct store_db *db)
{
	if (store_db_in_tx(db))
		(void)run_plain(db, STORE_SQL_ROLLBACK, NULL);
}

static bool write_bare(struct store_db *db, struct store_tally *t, struct store_tx *tx,
		       struct err *e)
{
	if (!run_ops(db, t, tx, e))
		return false;
	set_result(tx, NULL);
	return true;
}

/* False: the whole group is lost, *e says why. */
static bool write_saved(struct store_db *db, struct store_tally *t, struct store_tx *tx,
			struct err *e)
{
	struct store_tally before = *t;
	if (!run_plain(db, STORE_SQL_SAVE, e))
		return false;
	struct err own = { 0 };
	bool ok = run_ops(db, t, tx, &own);
	/* Some failures, such as a full disk, may end the transaction around it as well. */
	if (!store_db_in_tx(db)) {
		*e = own;
		return false;
	}
	if (!ok && !run_plain(db, STORE_SQL_UNDO, e))
		return false;
	if (!ok)
		*t = before;
	set_result(tx, ok ? NULL : &own);
	return run_plain(db, STORE_SQL_KEEP, e);
}

static void write_alone(struct store_db *db, struct store_tx *tx)
{
	struct err e = { 0 };
	struct store_tally t = { .count = 0 };
	bool ok =
		run_plain(db, STORE_SQL_BEGIN, &e) && run_ops(db, &t, tx, &e) && commit(db, &t, &e);
	if (!ok)
		rollback(db);
	set_result(tx, ok ? NULL : &e);
}

typedef bool unit_fn(struct store_db *db, struct store_tally *t, struct store_tx *tx,
		     struct err *e);

/* False: nothing is written, *e says why. */
static bool write_together(struct store_db *db, struct store_tx **txs, unsigned count,
			   unit_fn *write, struct err *e)
{
	struct store_tally t = { .count = 0 };
	bool ok = run_plain(db, STORE_SQL_BEGIN, e);
	for (unsigned i = 0; ok && i < count; i++)
		ok = write(db, &t, txs[i], e);
	ok = ok && commit(db, &t, e);
	if (!ok)
		rollback(db);
	return ok;
}

void store_group_write(struct store_db *db, struct store_tx **txs, unsigned count)
{
	struct err e = { 0 };
	bool ok = count > 1 &&
		(write_together(db, txs, count, write_bare, &e) ||
		 (e.code != ERR_STORE_BUSY && write_together(db, txs, count, write_saved, &e)));
	if (ok)
		return;
	for (unsigned i = 0; i < count; i++) {
		/* Locked by somebody else: waiting once more for each would take minutes. */
		if (e.code == ERR_STORE_BUSY)
			set_result(txs[i], &e);
		else
			write_alone(db, txs[i]);
	}
}

void store_group_tear(struct store_db *db, const struct store_tx *tx)
{
	struct err e = { 0 };
	struct store_tally t = { .count = 0 };
	if (run_plain(db, STORE_SQL_BEGIN, &e))
		(void)run_ops(db, &t, tx, &e);
	rollback(db);
}

struct store_writer {
	struct store_db *db;
	struct mq *todo, *done;
	pthread_t thread;
	atomic_bool stopping;
	void (*wake)(void *arg);
	void *wake_arg;
	struct store_tx *group[LIMIT_STORE_BATCH];
};

static void write_group(struct store_writer *w, struct store_tx *first)
{
	unsigned n = 0;
	for (struct store_tx *tx = first; tx; tx = n < LIMIT_STORE_BATCH ? mq_pop(w->todo) : NULL)
		w->group[n++] = tx;
	store_group_write(w->db, w->group, n);
	for (unsigned i = 0; i + 1 < n; i++)
		w->group[i]->next = w->group[i + 1];
	/* As large as everything that can be under way, so it takes every group. */
	bool ok = mq_push(w->done, first);
	assert(ok);
	(void)ok;
	if (w->wake)
		w->wake(w->wake_arg);
}

static void *writer_main(void *arg)
{
	struct store_writer *w = arg;
	enum { BUSY, TIDY, RESTING } mood = RESTING;
	static const int wait_ms[] = { [BUSY] = IDLE_MS, [TIDY] = REST_MS, [RESTING] = -1 };
	for (;;) {
		struct store_tx *tx = mq_pop_wait(w->todo, wait_ms[mood]);
		if (tx) {
			write_group(w, tx);
			mood = BUSY;
		} else if (atomic_load(&w->stopping)) {
			return NULL;
		} else if (mood == BUSY) {
			store_db_tidy(w->db);
			mood = TIDY;
		} else {
			store_db_shrink(w->db);
			mood = RESTING;
		}
	}
}

struct store_writer *store_writer_start(struct store_db *db, void (*wake)(void *arg),
					void *wake_arg, struct err *e)
{
	struct store_writer *w = MEM_NEW(struct store_writer);
	w->db = db;
	w->wake = wake;
	w->wake_arg = wake_arg;
	w->todo = mq_new(LIMIT_STORE_QUEUE);
	w->done = mq_new(LIMIT_STORE_QUEUE);
	int rc = pthread_create(&w->thread, NULL, writer_main, w);
	if (rc == 0)
		return w;
	err_errno(e, ERR_STORE, rc, "starting the thread that writes the database");
	mq_free(w->todo);
	mq_free(w->done);
	mem_free(w);
	return NULL;
}

void store_writer_stop(struct store_writer *w)
{
	atomic_store(&w->stopping, true);
	mq_close(w->todo);
	(void)pthread_join(w->thread, NULL);
	for (struct store_tx *tx = mq_pop(w->done), *next; tx; tx = next ? next : mq_pop(w->done)) {
		next = tx->next;
		store_tx_drop(tx);
	}
	mq_free(w->todo);
	mq_free(w->done);
	mem_free(w);
}

bool store_writer_push(struct store_writer *w, struct store_tx *tx)
{
	return mq_push(w->todo, tx);
}

struct store_tx *store_writer_pop(struct store_writer *w)
{
	return mq_pop(w->done);
}
