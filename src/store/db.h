/* One connection to the database and what runs on it: statements of sql.h with typed values, and
 * rows back. Internal to store; this is the seam where a second database goes. A connection
 * belongs to one thread at a time. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "store/schema_embed.h"
#include "store/sql.h"

enum store_val_kind { STORE_VAL_INT, STORE_VAL_TEXT, STORE_VAL_BYTES };
struct store_val {
	enum store_val_kind kind;
	int64_t i;
	struct span s;
};
static inline struct store_val store_val_int(int64_t i)
{
	return (struct store_val){ .kind = STORE_VAL_INT, .i = i };
}
static inline struct store_val store_val_text(const char *text) /* NULL: "" */
{
	return (struct store_val){ .kind = STORE_VAL_TEXT, .s = span_str(text ? text : "") };
}
static inline struct store_val store_val_bytes(struct span s)
{
	return (struct store_val){ .kind = STORE_VAL_BYTES, .s = s };
}
struct store_vals {
	const struct store_val *v;
	unsigned n;
};
#define STORE_VALS_OF(array) ((struct store_vals){ (array), sizeof(array) / sizeof(struct store_val) })
/* STORE_VALS(STORE_T(uuid), STORE_I(now_unix_ms)): $1 and $2 */
#define STORE_VALS(...) STORE_VALS_OF(((const struct store_val[]){ __VA_ARGS__ }))
#define STORE_NO_VALS   ((struct store_vals){ NULL, 0 })
#define STORE_T(text)   store_val_text(text)
#define STORE_I(i)      store_val_int(i)
#define STORE_B(span)   store_val_bytes(span)
#define STORE_VALS_MAX  21

struct store_db;
/* journal mode and so on are set for the one that writes; the other refuses to write. */
struct store_db *store_db_open(const char *path, bool is_writer, struct err *e);
/* One that exists already, to copy from or into; see backup.c. */
struct store_db *store_db_open_copy(const char *path, bool is_target, struct err *e);
/* One consistent state of all of it, while others write. to has no log file afterwards. */
bool store_db_copy(struct store_db *from, struct store_db *to, struct err *e);
void store_db_close(struct store_db *db);
const char *store_db_path(const struct store_db *db);
/* Runs one statement that gives no rows. */
bool store_db_run(struct store_db *db, enum store_sql id, struct store_vals vals, struct err *e);
/* The same for an insert: whether it added a row (it may have found one, and changed it or not). */
bool store_db_insert(struct store_db *db, enum store_sql id, struct store_vals vals, bool *out_is_new,
		     struct err *e);
int64_t store_db_changed(struct store_db *db); /* rows changed by the last statement */
bool store_db_in_tx(struct store_db *db);      /* false too after the database itself rolled back */
/* Text of several statements: schema files and settings of the connection. */
bool store_db_script(struct store_db *db, const char *text, const char *what, struct err *e);
void store_db_tidy(struct store_db *db);   /* moves the log into the database file */
void store_db_shrink(struct store_db *db); /* gives the cache back to the system */
const char *store_sql_name(enum store_sql id); /* lower case, without prefix: for messages */
const char *store_sql_text(enum store_sql id);

/* Rows: begin, next until false, end. The first value of a row can be had without an arena. */
struct store_rows {
	struct store_db *db;
	enum store_sql id;
	bool failed;
};
bool store_rows_begin(struct store_rows *r, struct store_db *db, enum store_sql id,
		      struct store_vals vals, struct err *e);
bool store_rows_next(struct store_rows *r, struct err *e); /* false at the end and on failure */
int64_t store_rows_int(const struct store_rows *r, unsigned col);
struct span store_rows_bytes(const struct store_rows *r, unsigned col); /* valid until next */
void store_rows_end(struct store_rows *r);

/* ---- migrate.c: brings the database to the newest schema; refuses a newer one ---- */
struct store_schema {
	const struct store_schema_file *files;
	unsigned count;
};
bool store_migrate(struct store_db *db, struct store_schema schema, struct err *e);
/* 0 for a new database; an error for another program's. */
bool store_schema_version(struct store_db *db, int64_t *out_version, struct err *e);
