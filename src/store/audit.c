/* The audit trail as a chain: each row holds SHA-256 over the hash before it and its own fields,
 * so that a row changed, removed or put between others shows. Every field is hashed with the NUL
 * behind it, numbers as decimal text, so that no two rows give the same bytes. Rows cut off at
 * the end do not show: keep the newest hash elsewhere for that. */
#include "store/tx.h"
#include "base/hash.h"
#include "base/out.h"
#include "base/str.h"
#include <stdio.h>

static const struct store_field audit_fields[] = {
	STORE_F_INT(store_audit, id),      STORE_F_INT(store_audit, at_unix_ms),
	STORE_F_TEXT(store_audit, actor),  STORE_F_TEXT(store_audit, action),
	STORE_F_TEXT(store_audit, object), STORE_F_TEXT(store_audit, hash),
};
#define AUDIT STORE_SHAPE(store_audit, audit_fields)

enum { HASH_TEXT_SIZE = 65, PAGE = 256, LARGEST_PAGE_BYTES = 64 * 1024 * 1024 };

static struct span with_nul(const char *text)
{
	return span_make(text, strlen(text) + 1);
}

/* prev and out_hash may be the same. */
static void chain(const char *prev, const struct store_audit *row, char out_hash[HASH_TEXT_SIZE])
{
	char id[24], at[24];
	uint8_t digest[32];
	struct out o;
	(void)snprintf(id, sizeof id, "%lld", (long long)row->id);
	(void)snprintf(at, sizeof at, "%lld", (long long)row->at_unix_ms);
	struct span parts[] = {
		with_nul(prev),       with_nul(id),          with_nul(at),
		with_nul(row->actor), with_nul(row->action), with_nul(row->object)
	};
	hash_of_parts(HASH_SHA256, parts, sizeof parts / sizeof *parts, digest);
	out_init(&o, out_hash, HASH_TEXT_SIZE);
	out_hex(&o, span_make(digest, sizeof digest));
}

static bool read_last(struct store_db *db, int64_t *out_id, char out_hash[HASH_TEXT_SIZE],
		      struct err *e)
{
	struct store_rows r;
	*out_id = 0;
	out_hash[0] = 0;
	if (store_rows_begin(&r, db, STORE_SQL_AUDIT_LAST, STORE_NO_VALS, e) &&
	    store_rows_next(&r, e)) {
		*out_id = store_rows_int(&r, 0);
		(void)str_copy(out_hash, HASH_TEXT_SIZE, store_rows_bytes(&r, 1));
	}
	store_rows_end(&r);
	return !r.failed;
}

/* Values of texts end in a NUL: store_tx_audit puts one there. */
static const char *text_of(const struct store_val *v)
{
	return (const char *)v->s.p;
}

bool store_audit_write(struct store_db *db, struct store_vals vals, struct err *e)
{
	struct store_audit row = { .at_unix_ms = vals.v[0].i,
				   .actor = text_of(&vals.v[1]),
				   .action = text_of(&vals.v[2]),
				   .object = text_of(&vals.v[3]) };
	char hash[HASH_TEXT_SIZE];
	if (!read_last(db, &row.id, hash, e))
		return false;
	row.id++;
	chain(hash, &row, hash);
	row.hash = hash;
	struct store_val all[STORE_VALS_MAX];
	return store_db_run(db, STORE_SQL_AUDIT, store_shape_vals(AUDIT, &row, all), e);
}

static struct store_val text_with_nul(const char *text)
{
	return store_val_bytes(with_nul(text ? text : ""));
}

void store_tx_audit(struct store_tx *tx, const char *actor, const char *action, const char *object,
		    int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_AUDIT,
		     STORE_VALS(STORE_I(now_unix_ms), text_with_nul(actor), text_with_nul(action),
				text_with_nul(object)));
}

unsigned store_audit_list(struct store *s, struct arena *a, int64_t after_id, unsigned limit,
			  struct store_audit *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_AUDIT_LIST,
			       STORE_VALS(STORE_I(after_id), STORE_I(limit)), AUDIT, out_rows,
			       limit);
}

static bool check(const struct store_audit *row, int64_t *io_id, char io_hash[HASH_TEXT_SIZE],
		  struct err *e)
{
	++*io_id;
	if (row->id != *io_id)
		return err_set(e, ERR_VERIFY, "audit row %lld is missing", (long long)*io_id);
	chain(io_hash, row, io_hash);
	if (str_eq(io_hash, row->hash))
		return true;
	err_set(e, ERR_VERIFY, "audit row %lld was changed, or one before it", (long long)row->id);
	err_seen(e, "%s", row->hash);
	return err_want(e, "%s", io_hash);
}

bool store_audit_verify(struct store *s, int64_t *out_bad_id, struct err *e)
{
	struct store_audit *rows;
	struct arena a;
	char hash[HASH_TEXT_SIZE] = "";
	int64_t id = 0;
	unsigned n;
	bool ok = true;
	arena_init(&a, LARGEST_PAGE_BYTES);
	do {
		arena_reset(&a);
		rows = ARENA_ARRAY(&a, struct store_audit, PAGE);
		n = store_audit_list(s, &a, id, PAGE, rows);
		for (unsigned i = 0; ok && i < n; i++)
			ok = check(&rows[i], &id, hash, e);
	} while (ok && n == PAGE);
	arena_deinit(&a);
	*out_bad_id = ok ? 0 : id;
	return ok;
}
