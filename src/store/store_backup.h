/* Backup and restore of the whole database as one file, with and without a running service. Used
 * by cli/cmd_backup.c; needs no struct store. The key file is not in it: its secrets stay sealed. */
#pragma once
#include "base/err.h"
#include "base/span.h"

/* Tables by their rows, in the order of STORE_SQL_BACKUP_COUNTS. */
#define STORE_BACKUP_COUNTS(X)                                                                       \
	X(devices) X(jobs) X(jobs_running) X(credentials) X(keys) X(certs) X(names) X(profiles)      \
	X(events) X(audit) X(rows)
#define STORE_BACKUP_KEY_SIZE 40
struct store_backup {
#define X(name) int64_t name;
	STORE_BACKUP_COUNTS(X)
#undef X
	int64_t schema, bytes;
	int64_t at_unix_ms;                /* 0: not known, no file of store_backup_write */
	char key[STORE_BACKUP_KEY_SIZE];   /* fingerprint of the key file that goes with it; "" */
};
/* A checked copy of the database in a new file (0600, on disk when this returns). key: kept in it.
 * An existing file is an error unless replace. */
bool store_backup_write(const char *db_path, const char *to, bool replace, const char *key,
			struct store_backup *out_b, struct err *e);

/* Each sealed value of a database file and the label that it was sealed for; ends when fn gives
 * false. Used to see whether a key file fits. */
typedef bool store_sealed_fn(void *arg, const char *label, struct span sealed);
bool store_backup_each_sealed(const char *path, store_sealed_fn *fn, void *arg, struct err *e);

/* Restore in two steps: begin takes the lock of the database (ERR_STORE_BUSY: a service uses it) and
 * makes a checked copy of the backup beside it, brought to our schema and without leases; finish
 * puts it in place, and what was there gets a name of its own. Free without finish: nothing
 * happened. */
struct store_restore;
struct store_restore *store_restore_begin(const char *backup, const char *db_path, struct store_backup *out_b,
					  struct err *e);
const char *store_restore_path(const struct store_restore *r); /* of the copy, until finish */
/* out_aside: the new name of the former database; "" when there was none. */
bool store_restore_finish(struct store_restore *r, const char *actor, char *out_aside, size_t cap, struct err *e);
void store_restore_free(struct store_restore *r);
