/* Backup and restore: see store_backup.h. A backup is one state of the database in one file, made
 * under another name and given its own only when it is whole, checked and on disk. A restore
 * replaces the database in one rename and keeps the former one. Never opens a sealed value. */
#include "store/store_backup.h"
#include "base/clk.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/store.h"
#include "store/tx.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE   4096
#define SETTING_AT  "backup.at_unix_ms"
#define SETTING_KEY "backup.key"

/* ---- files ---- */

static bool print_path(char out[PATH_SIZE], const char *path, const char *suffix, struct err *e)
{
	int len = snprintf(out, PATH_SIZE, "%s%s", path, suffix);
	return (len > 0 && len < PATH_SIZE) ||
		err_set(e, ERR_INVALID, "the name of the file is too long");
}

static bool fail_file(struct err *e, const char *path, const char *doing)
{
	int errnum = errno;
	enum err_code code = errnum == EACCES || errnum == EROFS || errnum == EPERM ? ERR_DENIED
		: errnum == ENOENT                                                  ? ERR_NOT_FOUND
		: errnum == EEXIST                                                  ? ERR_CONFLICT
										    : ERR_IO;
	err_errno(e, code, errnum, path);
	return err_wrap(e, "%s", doing);
}

static bool sync_path(const char *path, int flags, struct err *e)
{
	int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (!ok)
		fail_file(e, path, "bringing it to the disk");
	if (fd >= 0)
		(void)close(fd);
	return ok;
}

/* A new name is on disk only with its folder. */
static bool sync_folder_of(const char *path, struct err *e)
{
	char folder[PATH_SIZE];
	const char *slash = strrchr(path, '/');
	if (!slash)
		return sync_path(".", O_DIRECTORY, e);
	size_t n = slash == path ? 1 : (size_t)(slash - path);
	(void)str_copy(folder, sizeof folder, span_make(path, n));
	return sync_path(folder, O_DIRECTORY, e);
}

/* Root works in the folder of another user's service: the file is for the service. */
static void give_to_owner_of(int fd, const char *like)
{
	struct stat st;
	if (geteuid() == 0 && stat(like, &st) == 0)
		(void)!fchown(fd, st.st_uid, st.st_gid);
}

static bool make_empty(const char *path, const char *like, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_file(e, path, "making a file");
	if (like)
		give_to_owner_of(fd, like);
	(void)close(fd);
	return true;
}

static void remove_database(const char *path)
{
	static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };
	char name[PATH_SIZE];
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (print_path(name, path, suffixes[i], NULL))
			(void)unlink(name);
}

/* ---- what is in a database ---- */

static bool check_integrity(struct store_db *db, struct err *e)
{
	struct store_rows r;
	bool ok = false, is_first = true;
	if (!store_rows_begin(&r, db, STORE_SQL_INTEGRITY, STORE_NO_VALS, e))
		return false;
	while (is_first && store_rows_next(&r, e)) {
		struct span said = store_rows_bytes(&r, 0);
		is_first = false;
		ok = span_eq_str(said, "ok");
		if (!ok) {
			err_set(e, ERR_STORE, "database %s is damaged", store_db_path(db));
			err_seen(e, "%.*s", said.n < 80 ? (int)said.n : 80, (const char *)said.p);
			err_hint(e, "take another backup");
		}
	}
	store_rows_end(&r);
	return ok;
}

static bool read_setting(struct store_db *db, const char *name, char *out, size_t cap,
			 struct err *e)
{
	struct store_rows r;
	*out = 0;
	if (store_rows_begin(&r, db, STORE_SQL_SETTING_GET, STORE_VALS(STORE_T(name)), e) &&
	    store_rows_next(&r, e))
		(void)str_copy(out, cap, store_rows_bytes(&r, 0));
	store_rows_end(&r);
	return !r.failed;
}

static bool read_counts(struct store_db *db, struct store_backup *b, struct err *e)
{
	int64_t *const counts[] = {
#define X(name) &b->name,
		STORE_BACKUP_COUNTS(X)
#undef X
	};
	struct store_rows r;
	if (!store_rows_begin(&r, db, STORE_SQL_BACKUP_COUNTS, STORE_NO_VALS, e))
		return false;
	if (store_rows_next(&r, e))
		for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++)
			*counts[i] = store_rows_int(&r, i);
	store_rows_end(&r);
	return !r.failed;
}

static bool describe(struct store_db *db, struct store_backup *b, struct err *e)
{
	char at[24];
	struct stat st;
	if (!read_counts(db, b, e) || !store_schema_version(db, &b->schema, e) ||
	    !read_setting(db, SETTING_AT, at, sizeof at, e) ||
	    !read_setting(db, SETTING_KEY, b->key, sizeof b->key, e))
		return false;
	if (!str_to_i64(span_str(at), 0, INT64_MAX, &b->at_unix_ms, NULL))
		b->at_unix_ms = 0;
	if (stat(store_db_path(db), &st) != 0)
		return fail_file(e, store_db_path(db), "looking at a file");
	b->bytes = st.st_size;
	return true;
}

/* A database of ours that has rows at all. */
static bool check_ours(struct store_db *db, struct err *e)
{
	int64_t version;
	if (!store_schema_version(db, &version, e))
		return false;
	if (version > 0)
		return true;
	err_set(e, ERR_STORE, "%s is no database of outband: it is empty", store_db_path(db));
	return err_hint(e, "name another file");
}

static struct store_db *open_source(const char *path, struct err *e)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		fail_file(e, path, "opening the database");
		return NULL;
	}
	struct store_db *db = store_db_open_copy(path, false, e);
	if (db && check_ours(db, e))
		return db;
	store_db_close(db);
	return NULL;
}

static bool copy_all(const char *from_path, const char *to_path, struct store_db **out_to,
		     struct err *e)
{
	struct store_db *from = open_source(from_path, e);
	*out_to = NULL;
	if (!from)
		return false;
	*out_to = store_db_open_copy(to_path, true, e);
	bool ok = *out_to && store_db_copy(from, *out_to, e);
	store_db_close(from);
	return ok;
}

/* ---- backup ---- */

static bool set(struct store_db *db, const char *name, const char *v, struct err *e)
{
	return store_db_run(db, STORE_SQL_SETTING_SET, STORE_VALS(STORE_T(name), STORE_T(v)), e);
}

static bool fill(const char *db_path, const char *tmp, const char *key, struct store_backup *b,
		 struct err *e)
{
	struct store_db *to;
	char at[24];
	(void)snprintf(at, sizeof at, "%lld", (long long)clk_unix_ms());
	bool ok = copy_all(db_path, tmp, &to, e) && set(to, SETTING_AT, at, e) &&
		set(to, SETTING_KEY, key, e) && check_integrity(to, e) && describe(to, b, e);
	store_db_close(to);
	return ok && sync_path(tmp, 0, e);
}

/* Whole or not at all, and never over another file by accident. */
static bool give_name(const char *tmp, const char *to, bool replace, struct err *e)
{
	bool ok;
	if (replace)
		ok = rename(tmp, to) == 0;
	else
		ok = renameat2(AT_FDCWD, tmp, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ||
			((errno == EINVAL || errno == ENOSYS) && link(tmp, to) == 0 &&
			 unlink(tmp) == 0);
	if (ok)
		return sync_folder_of(to, e);
	if (errno != EEXIST)
		return fail_file(e, to, "writing the backup");
	err_set(e, ERR_CONFLICT, "there is a file %s already", to);
	return err_hint(e, "name another file, or replace it with --overwrite");
}

bool store_backup_write(const char *db_path, const char *to, bool replace, const char *key,
			struct store_backup *out_b, struct err *e)
{
	char tmp[PATH_SIZE], suffix[40];
	struct stat st;
	*out_b = (struct store_backup){ 0 };
	if (!replace && lstat(to, &st) == 0) {
		errno = EEXIST;
		err_set(e, ERR_CONFLICT, "there is a file %s already", to);
		return err_hint(e, "name another file, or replace it with --overwrite");
	}
	(void)snprintf(suffix, sizeof suffix, ".part-%ld", (long)getpid());
	if (!print_path(tmp, to, suffix, e) || !make_empty(tmp, NULL, e))
		return false;
	bool ok = fill(db_path, tmp, key, out_b, e) && give_name(tmp, to, replace, e);
	if (!ok)
		remove_database(tmp);
	return ok;
}

bool store_backup_each_sealed(const char *path, store_sealed_fn *fn, void *arg, struct err *e)
{
	struct store_rows r;
	struct store_db *db = open_source(path, e);
	bool more = true;
	if (!db)
		return false;
	bool ok = store_rows_begin(&r, db, STORE_SQL_SEALED, STORE_VALS(STORE_B(span_str(""))), e);
	while (ok && more && store_rows_next(&r, e)) {
		char label[160];
		(void)str_copy(label, sizeof label, store_rows_bytes(&r, 0));
		more = fn(arg, label, store_rows_bytes(&r, 1));
	}
	ok = ok && !r.failed;
	store_rows_end(&r);
	store_db_close(db);
	return ok;
}

/* ---- restore ---- */

struct store_restore {
	char db[PATH_SIZE], tmp[PATH_SIZE];
	int lock_fd;
	int64_t at_unix_ms;
};

/* What was running when the backup was made is not running here: the next service takes it up
 * from its journal, by looking at the device first. */
static bool prepare(struct store_db *db, struct err *e)
{
	struct store_schema schema = { store_schema_files, store_schema_file_count };
	return store_migrate(db, schema, e) &&
		store_db_run(db, STORE_SQL_JOB_RECOVER,
			     STORE_VALS(STORE_T(""), STORE_I(clk_unix_ms())), e);
}

/* SQLite reads a last page that was cut as if it went on with zeros, which an empty table stands. */
static bool check_whole(const char *backup, struct err *e)
{
	uint8_t head[18] = { 0 };
	struct stat st;
	int fd = open(backup, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true; /* the copy says why */
	bool known = fstat(fd, &st) == 0 && pread(fd, head, sizeof head, 0) == sizeof head &&
		memcmp(head, "SQLite format 3", 16) == 0;
	close(fd);
	unsigned page = (unsigned)head[16] << 8 | head[17];
	if (page == 1)
		page = 65536;
	if (!known || page < 512 || st.st_size % page == 0)
		return true;
	err_set(e, ERR_STORE, "database %s is damaged: it was cut", backup);
	err_seen(e, "%lld bytes", (long long)st.st_size);
	err_want(e, "a multiple of %u", page);
	return err_hint(e, "take another backup");
}

static bool take(struct store_restore *r, const char *backup, struct store_backup *b, struct err *e)
{
	struct store_db *to = NULL;
	bool ok = check_whole(backup, e) && copy_all(backup, r->tmp, &to, e) &&
		check_integrity(to, e) && describe(to, b, e) && prepare(to, e);
	store_db_close(to);
	r->at_unix_ms = b->at_unix_ms;
	return ok;
}

struct store_restore *store_restore_begin(const char *backup, const char *db_path,
					  struct store_backup *out_b, struct err *e)
{
	struct store_restore *r = MEM_NEW(struct store_restore);
	*out_b = (struct store_backup){ 0 };
	r->lock_fd = -1;
	bool ok = print_path(r->db, db_path, "", e) &&
		print_path(r->tmp, db_path, ".restoring", e) &&
		store_lock_take(db_path, &r->lock_fd, e);
	if (ok) {
		char folder[PATH_SIZE];
		const char *slash = strrchr(db_path, '/');
		(void)str_copy(folder, sizeof folder,
			       slash ? span_make(db_path, (size_t)(slash - db_path) + 1)
				     : span_str("."));
		remove_database(r->tmp); /* of a restore that was killed; we have the lock */
		ok = make_empty(r->tmp, folder, e) && take(r, backup, out_b, e);
	}
	if (ok)
		return r;
	store_restore_free(r);
	return NULL;
}

const char *store_restore_path(const struct store_restore *r)
{
	return r->tmp;
}

/* The log of the former database goes into it. When it cannot (that may be why there is a restore),
 * the log is kept beside it. */
static void merge_log(const char *db)
{
	struct store_db *old = store_db_open(db, true, NULL);
	if (old)
		store_db_tidy(old);
	store_db_close(old);
}

static bool move_log(const char *db, const char *aside, struct err *e)
{
	static const char *const suffixes[] = { "-wal", "-journal", "-shm" };
	char from[PATH_SIZE], to[PATH_SIZE];
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		if (!print_path(from, db, suffixes[i], e) || !print_path(to, aside, suffixes[i], e))
			return false;
		if (rename(from, to) != 0 && errno != ENOENT)
			return fail_file(e, from, "moving the former database away");
	}
	return true;
}

static bool keep_former(const char *db, char *out_aside, size_t cap, struct err *e)
{
	char at[CLK_TEXT_SIZE];
	clk_print_unix_ms(clk_unix_ms(), at);
	int len = snprintf(out_aside, cap, "%s.before-restore-%s", db, at);
	if (len < 0 || (size_t)len >= cap)
		return err_set(e, ERR_INVALID, "the name of the database is too long");
	bool is_there = access(db, F_OK) == 0;
	if (is_there)
		merge_log(db);
	if (!move_log(db, out_aside, e))
		return false;
	if (!is_there) {
		*out_aside = 0;
		return true;
	}
	/* The second name lets the rename that follows replace it in one moment. */
	if (link(db, out_aside) == 0)
		return true;
	if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS)
		return rename(db, out_aside) == 0 ||
			fail_file(e, db, "keeping the former database");
	return fail_file(e, db, "keeping the former database");
}

static bool note(struct store_restore *r, const char *actor, struct err *e)
{
	char object[96], at[CLK_TEXT_SIZE] = "unknown time";
	struct store_db *db = store_db_open_copy(r->tmp, true, e);
	if (!db)
		return false;
	if (r->at_unix_ms)
		clk_print_unix_ms(r->at_unix_ms, at);
	int len = snprintf(object, sizeof object, "backup of %s", at);
	/* audit values end in a NUL that counts */
	bool ok = store_audit_write(db,
				    STORE_VALS(STORE_I(clk_unix_ms()),
					       STORE_B(span_make(actor, strlen(actor) + 1)),
					       STORE_B(span_make("restore", 8)),
					       STORE_B(span_make(object, (size_t)len + 1))),
				    e);
	store_db_close(db);
	return ok;
}

bool store_restore_finish(struct store_restore *r, const char *actor, char *out_aside, size_t cap,
			  struct err *e)
{
	*out_aside = 0;
	if (!note(r, actor, e) || !sync_path(r->tmp, 0, e) ||
	    !keep_former(r->db, out_aside, cap, e))
		return false;
	if (rename(r->tmp, r->db) != 0)
		return fail_file(e, r->db, "putting the restored database in place");
	r->tmp[0] = 0;
	return sync_folder_of(r->db, e);
}

void store_restore_free(struct store_restore *r)
{
	if (!r)
		return;
	if (r->tmp[0] && r->lock_fd >= 0)
		remove_database(r->tmp);
	if (r->lock_fd >= 0)
		(void)close(r->lock_fd);
	mem_free(r);
}
