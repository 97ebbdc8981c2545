/* Rows of sighting and discovery: statements and reads. Called by api and engine. Never judges what was
 * seen. */
#include "store/tx.h"
#include "base/str.h"

#define CANDIDATES 16 /* of one PC: more addresses than that are told apart by their times */

#define T(m) STORE_F_TEXT(store_sighting, m)
#define I(m) STORE_F_INT(store_sighting, m)
static const struct store_field fields[] = {
	T(address), T(state),         T(version),    T(mark),
	T(content), I(first_unix_ms), I(at_unix_ms), I(changed_unix_ms),
	T(realm),   T(leaf),          T(mac),        T(tls),
	T(owner),   T(uuid),          T(fqdn),       T(known_by),
};
#undef T
#undef I
#define SIGHTING STORE_SHAPE(store_sighting, fields)

#define T(m) STORE_F_TEXT(store_discovery, m)
#define I(m) STORE_F_INT(store_discovery, m)
static const struct store_field discovery_fields[] = {
	T(id),         T(ranges),          I(rate),    STORE_F_BOOL(store_discovery, only_ping),
	I(port_base),  I(rmcp_port),       T(state),   T(note),
	T(actor),      I(total),           I(done_to), I(found),
	I(at_unix_ms), I(changed_unix_ms),
};
#undef T
#undef I
#define DISCOVERY STORE_SHAPE(store_discovery, discovery_fields)

void store_tx_sighting_put(struct store_tx *tx, const struct store_sighting *s)
{
	store_tx_add(tx, STORE_SQL_SIGHTING_PUT,
		     STORE_VALS(STORE_T(s->address), STORE_T(s->state), STORE_T(s->version),
				STORE_T(s->mark), STORE_T(s->content), STORE_I(s->at_unix_ms),
				STORE_T(s->realm), STORE_T(s->leaf), STORE_T(s->mac),
				STORE_T(s->tls), STORE_T(s->owner)));
}

void store_tx_sighting_prune(struct store_tx *tx, int64_t keep)
{
	store_tx_add(tx, STORE_SQL_SIGHTING_PRUNE, STORE_VALS(STORE_I(keep)));
}

unsigned store_sighting_list(struct store *s, struct arena *a, enum store_sighting_order order,
			     int64_t from_unix_ms, const char *after, unsigned limit,
			     struct store_sighting *out_rows)
{
	static const enum store_sql sql[] = { STORE_SQL_SIGHTING_LIST, STORE_SQL_SIGHTING_SEEN,
					      STORE_SQL_SIGHTING_CHANGED };
	int64_t from = order == STORE_SIGHTING_BY_ADDRESS ? 0 : from_unix_ms;

	return store_read_rows(s, a, sql[order],
			       STORE_VALS(STORE_I(from), STORE_T(after), STORE_I(limit)), SIGHTING,
			       out_rows, limit);
}

/* How sure it is that this is the PC. */
static unsigned rank(const struct store_sighting *s)
{
	static const char *const ways[] = { "certificate", "realm", "mac", "address" };
	unsigned i = 0;

	while (i < sizeof ways / sizeof *ways && !str_eq(s->known_by, ways[i]))
		i++;
	return i;
}

bool store_sighting_of(struct store *s, struct arena *a, const char *uuid,
		       struct store_sighting *out_s)
{
	struct store_sighting rows[CANDIDATES];
	const struct store_sighting *best = NULL;
	unsigned n = store_read_rows(s, a, STORE_SQL_SIGHTING_DEVICE,
				     STORE_VALS(STORE_T(uuid), STORE_I(CANDIDATES)), SIGHTING, rows,
				     CANDIDATES);

	for (unsigned i = 0; i < n; i++) {
		if (!str_eq(rows[i].uuid, uuid)) /* another PC has this address now */
			continue;
		if (!best || rank(&rows[i]) < rank(best))
			best = &rows[i];
	}
	if (best)
		*out_s = *best;
	return best != NULL;
}

/* ---- discoveries ---- */

void store_tx_discovery_add(struct store_tx *tx, const struct store_discovery *d)
{
	struct store_val vals[STORE_VALS_MAX];

	store_tx_add(tx, STORE_SQL_DISCOVERY_ADD, store_shape_vals(DISCOVERY, d, vals));
}

void store_tx_discovery_at(struct store_tx *tx, const char *id, int64_t done_to, int64_t found,
			   int64_t now_unix_ms)
{
	store_tx_add(
		tx, STORE_SQL_DISCOVERY_AT,
		STORE_VALS(STORE_T(id), STORE_I(done_to), STORE_I(found), STORE_I(now_unix_ms)));
}

void store_tx_discovery_state(struct store_tx *tx, const char *id, const char *state,
			      const char *note, int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_DISCOVERY_STATE,
		     STORE_VALS(STORE_T(id), STORE_T(state), STORE_T(note), STORE_I(now_unix_ms)));
}

void store_tx_discovery_prune(struct store_tx *tx, int64_t keep)
{
	store_tx_add(tx, STORE_SQL_DISCOVERY_PRUNE, STORE_VALS(STORE_I(keep)));
}

bool store_discovery_get(struct store *s, struct arena *a, const char *id,
			 struct store_discovery *out_d)
{
	return store_read_row(s, a, STORE_SQL_DISCOVERY_GET, STORE_VALS(STORE_T(id)), DISCOVERY,
			      out_d);
}

unsigned store_discovery_list(struct store *s, struct arena *a, unsigned limit,
			      struct store_discovery *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_DISCOVERY_LIST, STORE_VALS(STORE_I(limit)),
			       DISCOVERY, out_rows, limit);
}

bool store_discovery_next(struct store *s, struct arena *a, struct store_discovery *out_d)
{
	return store_read_row(s, a, STORE_SQL_DISCOVERY_NEXT, STORE_NO_VALS, DISCOVERY, out_d);
}

int64_t store_discovery_open(struct store *s, const char *actor)
{
	return store_read_int(s, STORE_SQL_DISCOVERY_OPEN, STORE_VALS(STORE_T(actor)));
}
