/* What sources said of names, marks of PCs, refused UUIDs: statements and reads. Called by engine
 * and api. Never decides which source is right. */
#include "store/tx.h"

static const struct store_field said_fields[] = {
	STORE_F_TEXT(store_said, uuid),      STORE_F_TEXT(store_said, source),
	STORE_F_TEXT(store_said, verdict),   STORE_F_TEXT(store_said, fqdn),
	STORE_F_TEXT(store_said, profile),   STORE_F_TEXT(store_said, ou),
	STORE_F_TEXT(store_said, detail),    STORE_F_TEXT(store_said, rule),
	STORE_F_INT(store_said, at_unix_ms),
};
#define SAID STORE_SHAPE(store_said, said_fields)

static const struct store_field mark_fields[] = {
	STORE_F_TEXT(store_mark, uuid),        STORE_F_TEXT(store_mark, kind),
	STORE_F_TEXT(store_mark, mark),        STORE_F_INT(store_mark, first_unix_ms),
	STORE_F_INT(store_mark, last_unix_ms),
};
#define MARK STORE_SHAPE(store_mark, mark_fields)

#define T(m) STORE_F_TEXT(store_inventory, m)
#define I(m) STORE_F_INT(store_inventory, m)
static const struct store_field inventory_fields[] = {
	T(uuid),
	T(fqdn),
	T(name_source),
	T(state),
	T(firmware),
	T(address),
	T(profile),
	T(grp),
	T(mac),
	T(serial),
	T(ou),
	T(health_rule),
	I(first_seen_unix_ms),
	I(last_hello_unix_ms),
	I(configured_unix_ms),
};
#undef T
#undef I
#define INVENTORY STORE_SHAPE(store_inventory, inventory_fields)

static const struct store_field deny_fields[] = {
	STORE_F_TEXT(store_deny, uuid),
	STORE_F_TEXT(store_deny, note),
	STORE_F_INT(store_deny, at_unix_ms),
};
#define DENY STORE_SHAPE(store_deny, deny_fields)

void store_tx_said_set(struct store_tx *tx, const struct store_said *s)
{
	struct store_val vals[STORE_VALS_MAX];
	store_tx_add(tx, STORE_SQL_SAID_SET, store_shape_vals(SAID, s, vals));
}

bool store_said_get(struct store *s, struct arena *a, const char *uuid, const char *source,
		    struct store_said *out_s)
{
	return store_read_row(s, a, STORE_SQL_SAID_GET, STORE_VALS(STORE_T(uuid), STORE_T(source)),
			      SAID, out_s);
}

unsigned store_name_holders(struct store *s, struct arena *a, const char *fqdn,
			    const char *but_uuid, unsigned limit, const char **out_uuids)
{
	static const struct store_field field = { STORE_FIELD_TEXT, 0 };
	return store_read_rows(s, a, STORE_SQL_NAME_HOLDERS,
			       STORE_VALS(STORE_T(fqdn), STORE_T(but_uuid), STORE_I(limit)),
			       (struct store_shape){ &field, 1, sizeof *out_uuids }, out_uuids,
			       limit);
}

void store_tx_mark_set(struct store_tx *tx, const char *uuid, const char *kind, const char *mark,
		       int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_MARK_SET,
		     STORE_VALS(STORE_T(uuid), STORE_T(kind), STORE_T(mark), STORE_I(now_unix_ms)));
}

void store_tx_mark_drop(struct store_tx *tx, const char *uuid, const char *kind, const char *mark)
{
	store_tx_add(tx, STORE_SQL_MARK_DROP,
		     STORE_VALS(STORE_T(uuid), STORE_T(kind), STORE_T(mark)));
}

unsigned store_mark_list(struct store *s, struct arena *a, const char *uuid, const char *kind,
			 unsigned limit, struct store_mark *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_MARK_LIST,
			       STORE_VALS(STORE_T(uuid), STORE_T(kind), STORE_I(limit)), MARK,
			       out_rows, limit);
}

unsigned store_mark_holders(struct store *s, struct arena *a, const char *kind, const char *mark,
			    unsigned limit, struct store_mark *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_MARK_HOLDERS,
			       STORE_VALS(STORE_T(kind), STORE_T(mark), STORE_I(limit)), MARK,
			       out_rows, limit);
}

unsigned store_mark_twice(struct store *s, struct arena *a, const struct store_mark *after,
			  unsigned limit, struct store_mark *out_rows)
{
	static const struct store_mark none = { "", "", "", 0, 0 };
	const struct store_mark *from = after ? after : &none;
	return store_read_rows(s, a, STORE_SQL_MARK_TWICE,
			       STORE_VALS(STORE_T(from->kind), STORE_T(from->mark),
					  STORE_T(from->uuid), STORE_I(limit)),
			       MARK, out_rows, limit);
}

unsigned store_inventory_list(struct store *s, struct arena *a, const char *after_uuid,
			      unsigned limit, struct store_inventory *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_INVENTORY,
			       STORE_VALS(STORE_T(after_uuid), STORE_I(limit)), INVENTORY, out_rows,
			       limit);
}

void store_tx_deny_set(struct store_tx *tx, const struct store_deny *d)
{
	struct store_val vals[STORE_VALS_MAX];
	store_tx_add(tx, STORE_SQL_DENY_SET, store_shape_vals(DENY, d, vals));
}

void store_tx_deny_delete(struct store_tx *tx, const char *uuid)
{
	store_tx_add(tx, STORE_SQL_DENY_DELETE, STORE_VALS(STORE_T(uuid)));
}

bool store_deny_get(struct store *s, struct arena *a, const char *uuid, struct store_deny *out_d)
{
	return store_read_row(s, a, STORE_SQL_DENY_GET, STORE_VALS(STORE_T(uuid)), DENY, out_d);
}

unsigned store_deny_list(struct store *s, struct arena *a, const char *after_uuid, unsigned limit,
			 struct store_deny *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_DENY_LIST,
			       STORE_VALS(STORE_T(after_uuid), STORE_I(limit)), DENY, out_rows,
			       limit);
}
