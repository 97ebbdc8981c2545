/* Counts rows that a group of transactions has added, by table and state, and writes the amounts once
 * before the commit: a trigger for each row costs a quarter of what a hello costs. What is changed or
 * deleted is counted by triggers (schema/0005). Called by writer.c. Never commits. */
#include "store/tx.h"
#include "base/str.h"

static const struct counted {
	enum store_sql id;
	const char *name; /* of the table */
	unsigned state;   /* which value is it */
} rows[] = {
	{ STORE_SQL_HELLO, "device", 8 },
	{ STORE_SQL_DEVICE_ADOPT, "device", 5 },
	{ STORE_SQL_JOB_ADD, "job", 3 },
};

static const struct counted *row_of(enum store_sql id)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}

bool store_tally_counts(enum store_sql id)
{
	return row_of(id) != NULL;
}

bool store_tally_run(struct store_tally *t, struct store_db *db, enum store_sql id,
		     struct store_vals vals, struct err *e)
{
	const struct counted *c = row_of(id);
	bool is_new;
	if (!c)
		return store_db_run(db, id, vals, e);
	if (!store_db_insert(db, id, vals, &is_new, e))
		return false;
	if (!is_new)
		return true;
	struct span state = vals.v[c->state].s;
	for (unsigned i = 0; i < t->count; i++) {
		struct store_tally_row *r = &t->rows[i];
		if (r->name == c->name && span_eq_str(state, r->state)) {
			r->amount++;
			return true;
		}
	}
	if (t->count == STORE_TALLY_MAX && !store_tally_write(t, db, e))
		return false;
	struct store_tally_row *r = &t->rows[t->count++];
	*r = (struct store_tally_row){ .name = c->name, .amount = 1 };
	if (str_copy(r->state, sizeof r->state, state))
		return true;
	return err_set(e, ERR_INVALID, "a state of %zu letters for a %s", state.n, c->name);
}

bool store_tally_write(struct store_tally *t, struct store_db *db, struct err *e)
{
	for (unsigned i = 0; i < t->count; i++) {
		const struct store_tally_row *r = &t->rows[i];
		if (!store_db_run(
			    db, STORE_SQL_AMOUNT_ADD,
			    STORE_VALS(STORE_T(r->name), STORE_T(r->state), STORE_I(r->amount)), e))
			return false;
	}
	t->count = 0;
	return true;
}
