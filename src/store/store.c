/* Opens and closes the database and carries transactions to the writer and their results back.
 * Called by whoever owns the loop; everything here runs on that one thread. Never holds a lock:
 * the queues of the writer do. */
#include "store/tx.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

/* More than any transaction of ours; a hello has 8 KB, a chain of certificates 128 KB. */
enum { TX_MAX_BYTES = 32 * 1024 * 1024 };

struct store {
	struct store_db *db, *reader; /* the same one in memory */
	struct store_writer *writer;  /* NULL: inline */
	struct sched *sched;
	void (*wake)(void *arg);
	void *wake_arg;
	int lock_fd;
	int64_t failed;                          /* transactions, by the database itself */
	unsigned under_way;                      /* given to the writer, fn not run yet */
	struct store_tx *refused, **refused_end; /* threaded: found the queue full */
	struct store_tx *newest;                 /* inline: waiting for their timers */
	bool beside, has_company, dead;          /* inline: not the owner of db; ended at a fault */
};

static bool is_memory(const char *path)
{
	return str_eq(path, ":memory:");
}

/* Made by us and not by SQLite: for nobody else to read, and for clear errors. */
static bool make_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		err_errno(e, ERR_STORE, errno, "opening the database");
		err_wrap(e, "%s", path);
		return err_hint(e, "give the service a folder that exists and that it may write");
	}
	close(fd);
	return true;
}

/* Who holds the lock, as it wrote it itself; nothing when it could not. */
static void name_holder(int fd, struct err *e)
{
	char text[160] = "";
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	if (n > 0)
		err_seen(e, "%.*s", (int)span_find(span_make(text, (size_t)n), '\n'), text);
}

static void write_holder(int fd)
{
	char host[96] = "", text[160];
	(void)gethostname(host, sizeof host - 1);
	int len = snprintf(text, sizeof text, "process %ld on %s\n", (long)getpid(), host);
	/* Only for the message of somebody else: a full disk must not prevent the start. */
	if (ftruncate(fd, 0) == 0 && len > 0)
		(void)!pwrite(fd, text, (size_t)len, 0);
}

bool store_lock_take(const char *path, int *out_fd, struct err *e)
{
	char name[4096];
	int len = snprintf(name, sizeof name, "%s.lock", path);
	if (len < 0 || (size_t)len >= sizeof name)
		return err_set(e, ERR_INVALID, "the path of the database is too long");
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		err_errno(e, ERR_STORE, errno, "opening the lock file of the database");
		err_wrap(e, "%s", name);
		return err_hint(e, "give the service a folder that exists and that it may write");
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK) {
			err_set(e, ERR_STORE_BUSY, "another service uses database %s", path);
			name_holder(fd, e);
			err_hint(e, "stop the other one, or give this one a file of its own");
		} else {
			err_errno(e, ERR_STORE, errno, "locking the database");
			err_wrap(e, "%s", name);
		}
		close(fd);
		return false;
	}
	write_holder(fd);
	*out_fd = fd;
	return true;
}

/* Tests open hundreds of databases in one process: the schema is made once, and copied from then on. */
static bool fill_memory(struct store_db *db, struct store_schema schema, struct err *e)
{
	static struct store_db *made;
	if (made)
		return store_db_copy(made, db, e);
	made = store_db_open(":memory:", true, e);
	if (made && store_migrate(made, schema, e))
		return store_db_copy(made, db, e);
	store_db_close(made);
	made = NULL;
	return false;
}

static bool open_all(struct store *s, const struct store_conf *c, struct err *e)
{
	bool in_memory = is_memory(c->path);
	if (in_memory && !c->is_inline)
		return err_set(e, ERR_USAGE, "a database in memory can only be used inline");
	if (!in_memory && (!store_lock_take(c->path, &s->lock_fd, e) || !make_file(c->path, e)))
		return false;
	s->db = store_db_open(c->path, true, e);
	struct store_schema schema = { store_schema_files, store_schema_file_count };
	if (!s->db || (in_memory && !fill_memory(s->db, schema, e)) ||
	    !store_migrate(s->db, schema, e))
		return false;
	s->reader = in_memory ? s->db : store_db_open(c->path, false, e);
	if (!s->reader)
		return false;
	if (c->is_inline)
		return true;
	s->writer = store_writer_start(s->db, c->wake, c->wake_arg, e);
	return s->writer != NULL;
}

struct store *store_open(const struct store_conf *c, struct err *e)
{
	struct store *s = MEM_NEW(struct store);
	assert(!c->is_inline || c->sched);
	s->sched = c->sched;
	s->wake = c->wake;
	s->wake_arg = c->wake_arg;
	s->lock_fd = -1;
	s->refused_end = &s->refused;
	if (open_all(s, c, e))
		return s;
	store_close(s);
	return NULL;
}

static void drop_list(struct store_tx *tx)
{
	while (tx) {
		struct store_tx *next = tx->next;
		store_tx_drop(tx);
		tx = next;
	}
}

static void drop_waiting(struct store *s)
{
	while (s->newest) {
		struct store_tx *tx = s->newest;
		s->newest = tx->older;
		sched_cancel(tx->timer);
		store_tx_drop(tx);
	}
	s->under_way = 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->writer)
		store_writer_stop(s->writer);
	drop_list(s->refused);
	drop_waiting(s);
	if (s->beside) {
		mem_free(s);
		return;
	}
	if (s->reader != s->db)
		store_db_close(s->reader);
	store_db_close(s->db);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	mem_free(s);
}

struct store *store_open_beside(struct store *s, struct sched *sched, bool has_company)
{
	struct store *b = MEM_NEW(struct store);
	assert(!s->writer && sched);
	b->db = s->db;
	b->reader = s->reader;
	b->sched = sched;
	b->lock_fd = -1;
	b->refused_end = &b->refused;
	b->beside = true;
	b->has_company = has_company;
	return b;
}

struct store_tx *store_tx_new(struct store *s)
{
	struct store_tx *tx = MEM_NEW(struct store_tx);
	tx->s = s;
	arena_init(&tx->arena, TX_MAX_BYTES);
	return tx;
}

void store_tx_drop(struct store_tx *tx)
{
	if (!tx)
		return;
	arena_deinit(&tx->arena);
	mem_free(tx->err);
	mem_free(tx);
}

void store_tx_add(struct store_tx *tx, enum store_sql id, struct store_vals vals)
{
	struct store_op *op = ARENA_NEW(&tx->arena, struct store_op);
	struct store_val *v = ARENA_ARRAY(&tx->arena, struct store_val, vals.n);
	assert(vals.n <= STORE_VALS_MAX);
	if (!op || !v)
		return; /* the arena remembers, the commit fails */
	for (unsigned i = 0; i < vals.n; i++) {
		v[i] = vals.v[i];
		if (v[i].kind != STORE_VAL_INT)
			v[i].s.p = arena_copy(&tx->arena, v[i].s);
	}
	op->id = id;
	op->vals = (struct store_vals){ v, vals.n };
	*(tx->last ? &tx->last->next : &tx->first) = op;
	tx->last = op;
}

static void finish(struct store_tx *tx)
{
	if (tx->err && tx->err->code != ERR_CONFLICT)
		tx->s->failed++;
	if (tx->fn)
		tx->fn(tx->arg, tx->err);
	else if (tx->err && tx->err->code != ERR_CONFLICT)
		log_err(LOG_EV_STORE, tx->err,
			(const struct log_kv[]){ { LOG_KIND_END, NULL, NULL, 0 } });
	store_tx_drop(tx);
}

static void on_inline_done(void *arg)
{
	struct store_tx *tx = arg;
	struct store *s = tx->s;
	*(tx->newer ? &tx->newer->older : &s->newest) = tx->older;
	if (tx->older)
		tx->older->newer = tx->newer;
	s->under_way--;
	finish(tx);
}

/* What a process that ends here leaves on the disk: nothing, or all of it and no report. */
static bool dies(struct store *s, struct store_tx *tx)
{
	if (!s->beside) {
		store_group_write(s->db, &tx, 1);
	} else if (!s->dead && fault_hit("death.lost")) {
		s->dead = true;
	} else if (!s->dead && fault_hit("death.torn")) {
		s->dead = true;
		store_group_tear(s->db, tx);
	} else if (!s->dead) {
		store_group_write(s->db, &tx, 1);
		s->dead = fault_hit("death.unreported");
	}
	if (s->dead)
		store_tx_drop(tx);
	return s->dead;
}

static void commit_inline(struct store *s, struct store_tx *tx)
{
	if (dies(s, tx))
		return;
	tx->older = s->newest;
	if (tx->older)
		tx->older->newer = tx;
	s->newest = tx;
	s->under_way++;
	tx->timer = sched_after(s->sched, 0, on_inline_done, tx);
}

void store_tx_commit(struct store_tx *tx, store_done_fn *fn, void *arg)
{
	struct store *s = tx->s;
	tx->fn = fn;
	tx->arg = arg;
	if (!s->writer) {
		commit_inline(s, tx);
		return;
	}
	if (s->under_way < LIMIT_STORE_QUEUE && store_writer_push(s->writer, tx)) {
		s->under_way++;
		return;
	}
	tx->err = MEM_NEW(struct err);
	err_set(tx->err, ERR_STORE_BUSY, "%u transactions wait for the database already",
		s->under_way);
	*s->refused_end = tx;
	s->refused_end = &tx->next;
	if (s->wake)
		s->wake(s->wake_arg);
}

static void poll_refused(struct store *s)
{
	struct store_tx *tx = s->refused;
	s->refused = NULL;
	s->refused_end = &s->refused;
	while (tx) {
		struct store_tx *next = tx->next;
		finish(tx);
		tx = next;
	}
}

void store_poll(struct store *s)
{
	if (!s->writer)
		return;
	/* What finishes while the functions run waits for the next wake: the loop has other work. */
	for (unsigned left = s->under_way; left;) {
		struct store_tx *tx = store_writer_pop(s->writer);
		if (!tx)
			break;
		while (tx) {
			struct store_tx *next = tx->next;
			left -= left > 0;
			s->under_way--;
			finish(tx);
			tx = next;
		}
	}
	poll_refused(s);
}

bool store_is_full(const struct store *s)
{
	/* One group is kept free for work that has begun; only new work has to wait. */
	return s->under_way >= LIMIT_STORE_QUEUE - LIMIT_STORE_BATCH;
}

unsigned store_queue_len(const struct store *s)
{
	return s->under_way;
}

int64_t store_failed_count(const struct store *s)
{
	return s->failed;
}

void store_crash(struct store *s)
{
	assert(!s->writer);
	drop_waiting(s);
	s->dead = false;
}

bool store_is_dead(const struct store *s)
{
	return s->dead;
}

bool store_has_company(const struct store *s)
{
	return s->has_company;
}

struct store_db *store_reader(struct store *s)
{
	return s->reader;
}

struct store_db *store_writer_db(struct store *s)
{
	return s->db;
}
