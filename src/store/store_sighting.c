/* Rows of sighting: statements and reads. Called by api. Never judges what was seen. */
#include "store/tx.h"

static const struct store_field fields[] = {
	STORE_F_TEXT(store_sighting, address),   STORE_F_TEXT(store_sighting, state),
	STORE_F_TEXT(store_sighting, version),   STORE_F_TEXT(store_sighting, mark),
	STORE_F_TEXT(store_sighting, content),   STORE_F_INT(store_sighting, first_unix_ms),
	STORE_F_INT(store_sighting, at_unix_ms), STORE_F_INT(store_sighting, changed_unix_ms),
	STORE_F_TEXT(store_sighting, uuid),      STORE_F_TEXT(store_sighting, fqdn),
};
#define SIGHTING STORE_SHAPE(store_sighting, fields)

void store_tx_sighting_put(struct store_tx *tx, const struct store_sighting *s)
{
	store_tx_add(tx, STORE_SQL_SIGHTING_PUT,
		     STORE_VALS(STORE_T(s->address), STORE_T(s->state), STORE_T(s->version),
				STORE_T(s->mark), STORE_T(s->content), STORE_I(s->at_unix_ms)));
}

unsigned store_sighting_list(struct store *s, struct arena *a, int64_t since_unix_ms,
			     bool only_changed, const char *after, unsigned limit,
			     struct store_sighting *out_rows)
{
	return store_read_rows(s, a,
			       only_changed ? STORE_SQL_SIGHTING_CHANGED : STORE_SQL_SIGHTING_LIST,
			       STORE_VALS(STORE_I(since_unix_ms), STORE_T(after), STORE_I(limit)),
			       SIGHTING, out_rows, limit);
}
