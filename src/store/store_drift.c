/* Rows of drift: statements and reads. Called by engine and api. Never judges. */
#include "store/store_drift.h"

#include "store/tx.h"

static const struct store_field fields[] = {
	STORE_F_TEXT(store_drift, uuid),    STORE_F_INT(store_drift, at_unix_ms),
	STORE_F_TEXT(store_drift, profile), STORE_F_INT(store_drift, profile_version),
	STORE_F_INT(store_drift, count),    STORE_F_TEXT(store_drift, lines),
	STORE_F_TEXT(store_drift, notes),   STORE_F_INT(store_drift, next_unix_ms),
};
#define DRIFT STORE_SHAPE(store_drift, fields)

void store_tx_drift_put(struct store_tx *tx, const struct store_drift *d)
{
	store_tx_add(tx, STORE_SQL_DRIFT_PUT,
		     STORE_VALS(STORE_T(d->uuid), STORE_I(d->at_unix_ms), STORE_T(d->profile),
				STORE_I(d->profile_version), STORE_I(d->count), STORE_T(d->lines),
				STORE_T(d->notes), STORE_I(d->next_unix_ms)));
}

void store_tx_drift_next(struct store_tx *tx, const char *uuid, int64_t next_unix_ms)
{
	store_tx_add(tx, STORE_SQL_DRIFT_NEXT, STORE_VALS(STORE_T(uuid), STORE_I(next_unix_ms)));
}

unsigned store_drift_due(struct store *s, struct arena *a, int64_t now_unix_ms, unsigned limit,
			 struct store_drift *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_DRIFT_DUE,
			       STORE_VALS(STORE_I(now_unix_ms), STORE_I(limit)), DRIFT, out_rows,
			       limit);
}

void store_tx_drift_drop(struct store_tx *tx, const char *uuid)
{
	store_tx_add(tx, STORE_SQL_DRIFT_DROP, STORE_VALS(STORE_T(uuid)));
}

bool store_drift_get(struct store *s, struct arena *a, const char *uuid, struct store_drift *out_d)
{
	return store_read_row(s, a, STORE_SQL_DRIFT_GET, STORE_VALS(STORE_T(uuid)), DRIFT, out_d);
}

unsigned store_drift_list(struct store *s, struct arena *a, int64_t least, const char *after_uuid,
			  unsigned limit, struct store_drift *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_DRIFT_LIST,
			       STORE_VALS(STORE_I(least), STORE_T(after_uuid), STORE_I(limit)),
			       DRIFT, out_rows, limit);
}
