/* What a transaction is inside the store, and how groups of them are written. Internal to store:
 * the typed functions add statements, writer.c runs them. */
#pragma once
#include "base/sched.h"
#include "store/db.h"
#include "store/store.h"

struct store_op {
	struct store_op *next;
	enum store_sql id;
	struct store_vals vals;
};
struct store_tx {
	struct store *s;
	struct store_tx *next;      /* the rest of a finished group */
	struct store_op *first, *last;
	struct arena arena;         /* operations with their values */
	store_done_fn *fn;
	void *arg;
	struct err *err;            /* NULL: success */
	struct sched_timer *timer;  /* inline: runs fn */
	struct store_tx *older, *newer; /* inline: waiting for its fn */
};

/* Texts and bytes are copied. */
void store_tx_add(struct store_tx *tx, enum store_sql id, struct store_vals vals);

/* ---- counting what was added (tally.c) ---- */
#define STORE_TALLY_MAX 16 /* pairs of table and state; more are written early */
struct store_tally_row {
	const char *name;
	char state[32];
	int64_t amount;
};
struct store_tally { /* of one SQL transaction; a copy stands for a savepoint */
	struct store_tally_row rows[STORE_TALLY_MAX];
	unsigned count;
};
bool store_tally_counts(enum store_sql id);
/* One statement that gives no rows; when it adds a counted row, that is noted. */
bool store_tally_run(struct store_tally *t, struct store_db *db, enum store_sql id,
		     struct store_vals vals, struct err *e);
/* What was noted goes to the database; before the commit. */
bool store_tally_write(struct store_tally *t, struct store_db *db, struct err *e);

/* Writes the transactions as one commit when possible; where that fails, one by one. Each gets
 * its own result in err. */
void store_group_write(struct store_db *db, struct store_tx **txs, unsigned count);
/* Writes all but the commit, then undoes it: what the next process finds after a death in between. */
void store_group_tear(struct store_db *db, const struct store_tx *tx);
bool store_has_company(const struct store *s); /* others may be at work on the database */

/* The audit row gets its number and hash only while it is written: see audit.c. vals of its
 * operation: time, actor, action, object. */
bool store_audit_write(struct store_db *db, struct store_vals vals, struct err *e);

/* The lock file beside the database: one process works with it. ERR_STORE_BUSY says who has it;
 * closing the descriptor gives it back. */
bool store_lock_take(const char *path, int *out_fd, struct err *e);

/* ---- the writer thread ---- */
struct store_writer;
struct store_writer *store_writer_start(struct store_db *db, void (*wake)(void *arg), void *wake_arg,
					struct err *e);
void store_writer_stop(struct store_writer *w); /* after the queued ones are written */
bool store_writer_push(struct store_writer *w, struct store_tx *tx); /* false: full */
struct store_tx *store_writer_pop(struct store_writer *w); /* a finished group; NULL: none */

/* ---- reads (read.c) ---- */
enum store_field_kind { STORE_FIELD_TEXT, STORE_FIELD_INT, STORE_FIELD_BOOL, STORE_FIELD_BYTES };
struct store_field {
	enum store_field_kind kind;
	size_t offset;
};
#define STORE_F_TEXT(type, member)  { STORE_FIELD_TEXT, offsetof(struct type, member) }
#define STORE_F_INT(type, member)   { STORE_FIELD_INT, offsetof(struct type, member) }
#define STORE_F_BOOL(type, member)  { STORE_FIELD_BOOL, offsetof(struct type, member) }
#define STORE_F_BYTES(type, member) { STORE_FIELD_BYTES, offsetof(struct type, member) }
struct store_shape { /* of a row, in the order of the columns */
	const struct store_field *fields;
	unsigned count;
	size_t size;
};
#define STORE_SHAPE(type, array) ((struct store_shape){ (array), sizeof(array) / sizeof *(array), sizeof(struct type) })
/* Rows into an array of limit; how many there were. A failure is logged and ends the rows. */
unsigned store_read_rows(struct store *s, struct arena *a, enum store_sql id, struct store_vals vals,
			 struct store_shape shape, void *out_rows, unsigned limit);
bool store_read_row(struct store *s, struct arena *a, enum store_sql id, struct store_vals vals,
		    struct store_shape shape, void *out_row);
int64_t store_read_int(struct store *s, enum store_sql id, struct store_vals vals);
/* Values of a struct in the order of the shape, for an insert; count of them in out_vals. */
struct store_vals store_shape_vals(struct store_shape shape, const void *row,
				   struct store_val out_vals[STORE_VALS_MAX]);
struct store_db *store_reader(struct store *s);
struct store_db *store_writer_db(struct store *s); /* tests; only while nothing is queued */
