/* The database: one thin interface over SQLite (WAL, one writer thread that groups commits) made
 * so that PostgreSQL fits behind it. SQL lives in sql.h as a named table; nothing else of the
 * program knows any.
 *
 * Writes are transactions: make one, add statements through the typed functions, commit. A
 * transaction is all or nothing; neighbours in the same group are not touched by its failure.
 * fn runs on the caller's thread (store_poll, or the scheduler when inline), exactly once, never
 * before store_tx_commit returns. A reported success is durable.
 * Reads are direct, see every write whose fn has run, and put their text into the given arena.
 * Text arguments are copied; NULL text is stored as "". Time is integer ms since 1970. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/sched.h"
#include "base/span.h"

struct store;
struct store_conf {
	const char *path;              /* file; ":memory:" for tests (inline only) */
	bool is_inline;                /* no thread: commit at once, deliver fn through sched */
	struct sched *sched;           /* inline only */
	/* threaded: store_poll has work. Called on any thread, until store_close has returned. */
	void (*wake)(void *arg);
	void *wake_arg;
};
/* Creates the file and migrates forward when needed. Refuses: a newer schema, a file that another
 * service has open (exclusive lock file beside it), an unwritable or full disk; each said clearly. */
struct store *store_open(const struct store_conf *c, struct err *e);
void store_close(struct store *s); /* waits for queued writes; their fn are not called any more */
void store_poll(struct store *s);  /* runs the fn of finished transactions */
/* Stop accepting hellos: what is left of the queue is for work that has begun. Past that, a commit
 * ends with ERR_STORE_BUSY. */
bool store_is_full(const struct store *s);
unsigned store_queue_len(const struct store *s); /* transactions whose fn has not run */

int64_t store_failed_count(const struct store *s); /* that the database did not take, since the start */

struct store_tx;
/* e NULL on success. ERR_CONFLICT: a statement found nothing to change (lease lost, key used) or
 * its row exists already: all of the tx was undone. */
typedef void store_done_fn(void *arg, const struct err *e);
struct store_tx *store_tx_new(struct store *s);
void store_tx_drop(struct store_tx *tx);
void store_tx_commit(struct store_tx *tx, store_done_fn *fn, void *arg); /* takes tx; fn may be NULL */

/* ---- tests ---- */
/* Process death: nothing that is not committed survives; queued writes and their fn are dropped
 * without running, the handle stays open for the next "process". Inline only. */
void store_crash(struct store *s);
/* Another process on the database of s, which must be inline and outlive it: queue, time and death
 * of its own. With company it recovers no running job at its start, since others may be at work. */
struct store *store_open_beside(struct store *s, struct sched *sched, bool has_company);
/* One of its points death.lost, death.torn, death.unreported fired (base/fault.h): the process ended
 * before, within or after a commit. Until store_crash nothing more is written or reported. */
bool store_is_dead(const struct store *s);

/* Statements and reads, by subject. */
#include "store/store_device.h"
#include "store/store_drift.h"
#include "store/store_job.h"
#include "store/store_misc.h"
#include "store/store_name.h"
#include "store/store_profile.h"
#include "store/store_asset.h"
#include "store/store_operate.h"
#include "store/store_pc_log.h"
#include "store/store_secret.h"
#include "store/store_sighting.h"
