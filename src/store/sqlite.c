/* The connection to SQLite: opens it with our settings, keeps prepared statements, binds values
 * by parameter name and turns SQLite's codes into errors of ours. Called by the writer and by the
 * reading functions; no other file includes sqlite3.h. Never decides what to write. */
#include "store/db.h"
#include "base/mem.h"
#include "base/str.h"
#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <sqlite3.h>

static const struct {
	const char *name, *text;
} rows[] = {
#define X(name, must, said, text, pg) { #name, text },
	STORE_SQL(X)
#undef X
};
_Static_assert(sizeof rows / sizeof *rows == STORE_SQL_COUNT, "a text per statement");

struct stmt {
	sqlite3_stmt *st;
	/* SQLite numbers $n by first appearance. */
	uint8_t index_of[STORE_VALS_MAX];
};
struct store_db {
	sqlite3 *h;
	char *path;
	struct stmt stmts[STORE_SQL_COUNT];
};

const char *store_sql_name(enum store_sql id)
{
	return rows[id].name + strlen("STORE_SQL_");
}

const char *store_sql_text(enum store_sql id)
{
	return rows[id].text;
}

const char *store_db_path(const struct store_db *db)
{
	return db->path;
}

static bool no_space(const char *path, const char *what, struct err *e)
{
	err_set(e, ERR_STORE, "no space is left for database %s (%s)", path, what);
	return err_hint(e, "free space on its disk; writing then goes on by itself");
}

static bool fail_io(const struct store_db *db, const char *what, struct err *e)
{
	int errnum = sqlite3_system_errno(db->h);
	/* SQLite says "full" for some of these and not for others, such as its shared index. */
	if (errnum == ENOSPC || errnum == EDQUOT || errnum == EFBIG)
		return no_space(db->path, what, e);
	err_errno(e, ERR_STORE, errnum, what);
	err_wrap(e, "reading or writing database %s, code %d", db->path,
		 sqlite3_extended_errcode(db->h));
	return err_hint(e, "look at the disk and its file system, then start the service again");
}

static bool fail_rc(const struct store_db *db, int rc, const char *what, struct err *e)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		err_set(e, ERR_STORE_BUSY, "database %s is locked by another program (%s)",
			db->path, what);
		return err_hint(e, "end the program that has it open, such as a sqlite3 shell");
	case SQLITE_CONSTRAINT:
		return err_set(e, ERR_CONFLICT, "%s", sqlite3_errmsg(db->h));
	case SQLITE_FULL:
		return no_space(db->path, what, e);
	case SQLITE_IOERR:
		return fail_io(db, what, e);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		err_set(e, ERR_STORE, "database %s cannot be written (%s): %s", db->path, what,
			sqlite3_errmsg(db->h));
		return err_hint(e, "give the service write access to the file and its folder");
	case SQLITE_NOTADB:
		err_set(e, ERR_STORE, "%s is not a database", db->path);
		return err_hint(e, "name another file, or move this one away");
	case SQLITE_CORRUPT:
		err_set(e, ERR_STORE, "database %s is damaged (%s)", db->path, what);
		return err_hint(e,
				"stop the service and run 'outband restore' with the last backup");
	default:
		return err_set(e, ERR_STORE, "database %s: %s (%s, code %d)", db->path,
			       sqlite3_errmsg(db->h), what, sqlite3_extended_errcode(db->h));
	}
}

static bool fail(const struct store_db *db, const char *what, struct err *e)
{
	return fail_rc(db, sqlite3_errcode(db->h), what, e);
}

static struct store_db *open_with(const char *path, int flags, const char *settings, struct err *e)
{
	struct store_db *db = MEM_NEW(struct store_db);
	/* Counting its memory takes a lock for every allocation. Refused, and rightly, once SQLite
	 * runs in this process. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	/* No 20 pages in advance for each cache: what is due is asked for with temporary tables of
	 * one page, made anew each time. */
	(void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	db->path = mem_str(path);
	/* SQLite makes a handle even when it fails, unless memory is gone. */
	bool ok = sqlite3_open_v2(path, &db->h, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
	if (!ok)
		fail(db, "open", e);
	else
		ok = store_db_script(db, settings, "settings", e);
	if (ok)
		return db;
	store_db_close(db);
	return NULL;
}

struct store_db *store_db_open(const char *path, bool is_writer, struct err *e)
{
	return open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
			 is_writer ? STORE_PRAGMAS_WRITER : STORE_PRAGMAS_READER, e);
}

struct store_db *store_db_open_copy(const char *path, bool is_target, struct err *e)
{
	return open_with(path, SQLITE_OPEN_READWRITE,
			 is_target ? STORE_PRAGMAS_TARGET : STORE_PRAGMAS_SOURCE, e);
}

bool store_db_copy(struct store_db *from, struct store_db *to, struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to->h, "main", from->h, "main");
	if (!b)
		return fail(to, "copy", e);
	/* All of it in one step: one state of the database, whatever is written meanwhile. */
	int rc = sqlite3_backup_step(b, -1);
	(void)sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		/* one file, without a log beside it */
		return store_db_script(to, "pragma journal_mode = delete", "copy", e);
	bool is_source = (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB ||
		(rc & 0xff) == SQLITE_BUSY || rc == SQLITE_IOERR_READ ||
		rc == SQLITE_IOERR_SHORT_READ;
	return fail_rc(is_source ? from : to, rc, "copy", e);
}

void store_db_close(struct store_db *db)
{
	if (!db)
		return;
	for (unsigned i = 0; i < STORE_SQL_COUNT; i++)
		sqlite3_finalize(db->stmts[i].st);
	int rc = sqlite3_close(db->h);
	assert(rc == SQLITE_OK);
	(void)rc;
	mem_free(db->path);
	mem_free(db);
}

bool store_db_script(struct store_db *db, const char *text, const char *what, struct err *e)
{
	return sqlite3_exec(db->h, text, NULL, NULL, NULL) == SQLITE_OK || fail(db, what, e);
}

bool store_db_in_tx(struct store_db *db)
{
	return !sqlite3_get_autocommit(db->h);
}

int64_t store_db_changed(struct store_db *db)
{
	return sqlite3_changes64(db->h);
}

void store_db_tidy(struct store_db *db)
{
	/* A reader in the way only means that the log is emptied later. */
	(void)sqlite3_wal_checkpoint_v2(db->h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

void store_db_shrink(struct store_db *db)
{
	(void)sqlite3_db_release_memory(db->h);
	(void)malloc_trim(0); /* its pages are small pieces all over the heap */
}

static struct stmt *prepare(struct store_db *db, enum store_sql id, struct err *e)
{
	struct stmt *s = &db->stmts[id];
	if (s->st)
		return s;
	if (sqlite3_prepare_v3(db->h, rows[id].text, -1, SQLITE_PREPARE_PERSISTENT, &s->st, NULL) !=
	    SQLITE_OK) {
		fail(db, store_sql_name(id), e);
		return NULL;
	}
	int count = sqlite3_bind_parameter_count(s->st);
	assert(count <= STORE_VALS_MAX);
	for (int i = 1; i <= count; i++) {
		uint64_t n = 0;
		bool ok = str_to_u64(span_str(sqlite3_bind_parameter_name(s->st, i) + 1), 1,
				     (uint64_t)count, &n, NULL);
		assert(ok);
		(void)ok;
		s->index_of[n - 1] = (uint8_t)i;
	}
	return s;
}

static int bind(sqlite3_stmt *st, int index, const struct store_val *v)
{
	/* Values live until the statement has run, so none is copied. An empty span has no address,
	 * which would bind null. */
	switch (v->kind) {
	case STORE_VAL_INT:
		return sqlite3_bind_int64(st, index, v->i);
	case STORE_VAL_TEXT:
		return sqlite3_bind_text64(st, index, (const char *)v->s.p, v->s.n, SQLITE_STATIC,
					   SQLITE_UTF8);
	case STORE_VAL_BYTES:
		return sqlite3_bind_blob64(st, index, v->s.n ? (const void *)v->s.p : "", v->s.n,
					   SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static sqlite3_stmt *ready(struct store_db *db, enum store_sql id, struct store_vals vals,
			   struct err *e)
{
	struct stmt *s = prepare(db, id, e);
	if (!s)
		return NULL;
	assert((unsigned)sqlite3_bind_parameter_count(s->st) == vals.n);
	for (unsigned i = 0; i < vals.n; i++) {
		if (bind(s->st, s->index_of[i], &vals.v[i]) != SQLITE_OK) {
			fail(db, store_sql_name(id), e);
			return NULL;
		}
	}
	return s->st;
}

bool store_db_run(struct store_db *db, enum store_sql id, struct store_vals vals, struct err *e)
{
	sqlite3_stmt *st = ready(db, id, vals, e);
	if (!st)
		return false;
	int rc = sqlite3_step(st);
	bool ok = rc == SQLITE_DONE || rc == SQLITE_ROW || fail(db, store_sql_name(id), e);
	(void)sqlite3_reset(st);
	return ok;
}

bool store_db_insert(struct store_db *db, enum store_sql id, struct store_vals vals,
		     bool *out_is_new, struct err *e)
{
	/* The update of an upsert leaves it alone, and no row has the number 0. */
	sqlite3_set_last_insert_rowid(db->h, 0);
	if (!store_db_run(db, id, vals, e))
		return false;
	*out_is_new = sqlite3_last_insert_rowid(db->h) != 0;
	return true;
}

bool store_rows_begin(struct store_rows *r, struct store_db *db, enum store_sql id,
		      struct store_vals vals, struct err *e)
{
	*r = (struct store_rows){ .db = db, .id = id };
	r->failed = !ready(db, id, vals, e);
	return !r->failed;
}

bool store_rows_next(struct store_rows *r, struct err *e)
{
	int rc = sqlite3_step(r->db->stmts[r->id].st);
	if (rc == SQLITE_ROW)
		return true;
	r->failed = rc != SQLITE_DONE;
	if (r->failed)
		fail(r->db, store_sql_name(r->id), e);
	return false;
}

int64_t store_rows_int(const struct store_rows *r, unsigned col)
{
	return sqlite3_column_int64(r->db->stmts[r->id].st, (int)col);
}

struct span store_rows_bytes(const struct store_rows *r, unsigned col)
{
	sqlite3_stmt *st = r->db->stmts[r->id].st;
	const void *p = sqlite3_column_blob(st, (int)col);
	return span_make(p, (size_t)sqlite3_column_bytes(st, (int)col));
}

void store_rows_end(struct store_rows *r)
{
	(void)sqlite3_reset(r->db->stmts[r->id].st);
}
