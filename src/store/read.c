/* Rows to structs by a table of fields, and structs to values. Called by the typed functions of
 * this folder on the caller's thread. A failing read is logged here, since reads have no error
 * argument: their callers see no rows. */
#include "store/tx.h"
#include "base/log.h"

static bool put_field(struct arena *a, const struct store_rows *r, unsigned col,
		      const struct store_field *f, uint8_t *row)
{
	void *dst = row + f->offset;
	switch (f->kind) {
	case STORE_FIELD_TEXT:
		*(const char **)dst = arena_str(a, store_rows_bytes(r, col));
		return *(const char **)dst != NULL;
	case STORE_FIELD_INT:
		*(int64_t *)dst = store_rows_int(r, col);
		return true;
	case STORE_FIELD_BOOL:
		*(bool *)dst = store_rows_int(r, col) != 0;
		return true;
	case STORE_FIELD_BYTES: {
		struct span s = store_rows_bytes(r, col);
		*(struct span *)dst = span_make(arena_copy(a, s), s.n);
		return ((struct span *)dst)->p != NULL;
	}
	}
	return false;
}

static bool put_row(struct arena *a, const struct store_rows *r, struct store_shape shape,
		    uint8_t *row, struct err *e)
{
	for (unsigned i = 0; i < shape.count; i++) {
		if (!put_field(a, r, i, &shape.fields[i], row))
			return err_set(e, ERR_LIMIT, "rows of %s do not fit into the memory given",
				       store_sql_name(r->id));
	}
	return true;
}

static void report(enum store_sql id, const struct err *e)
{
	log_err(LOG_EV_STORE, e,
		(const struct log_kv[]){ LOG_S("statement", store_sql_name(id)),
					 { LOG_KIND_END, NULL, NULL, 0 } });
}

unsigned store_read_rows(struct store *s, struct arena *a, enum store_sql id,
			 struct store_vals vals, struct store_shape shape, void *out_rows,
			 unsigned limit)
{
	struct store_rows r;
	struct err e = { 0 };
	unsigned n = 0;
	bool ok = store_rows_begin(&r, store_reader(s), id, vals, &e);
	while (ok && n < limit && store_rows_next(&r, &e)) {
		ok = put_row(a, &r, shape, (uint8_t *)out_rows + n * shape.size, &e);
		n += ok;
	}
	if (!ok || r.failed)
		report(id, &e);
	store_rows_end(&r);
	return n;
}

bool store_read_row(struct store *s, struct arena *a, enum store_sql id, struct store_vals vals,
		    struct store_shape shape, void *out_row)
{
	return store_read_rows(s, a, id, vals, shape, out_row, 1) == 1;
}

int64_t store_read_int(struct store *s, enum store_sql id, struct store_vals vals)
{
	struct store_rows r;
	struct err e = { 0 };
	int64_t v = 0;
	if (store_rows_begin(&r, store_reader(s), id, vals, &e) && store_rows_next(&r, &e))
		v = store_rows_int(&r, 0);
	store_rows_end(&r);
	if (r.failed)
		report(id, &e);
	return v;
}

struct store_vals store_shape_vals(struct store_shape shape, const void *row,
				   struct store_val out_vals[STORE_VALS_MAX])
{
	for (unsigned i = 0; i < shape.count; i++) {
		const void *src = (const uint8_t *)row + shape.fields[i].offset;
		switch (shape.fields[i].kind) {
		case STORE_FIELD_TEXT:
			out_vals[i] = store_val_text(*(const char *const *)src);
			break;
		case STORE_FIELD_INT:
			out_vals[i] = store_val_int(*(const int64_t *)src);
			break;
		case STORE_FIELD_BOOL:
			out_vals[i] = store_val_int(*(const bool *)src);
			break;
		case STORE_FIELD_BYTES:
			out_vals[i] = store_val_bytes(*(const struct span *)src);
			break;
		}
	}
	return (struct store_vals){ out_vals, shape.count };
}
