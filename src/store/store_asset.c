/* Parts of PCs, their changes, and a line for each PC: statements and reads. Called by engine and api.
 * Never compares. */
#include "store/tx.h"

#define T(m) STORE_F_TEXT(store_asset, m)
static const struct store_field fields[] = {
	T(uuid), T(kind), T(item), T(content), STORE_F_INT(store_asset, since_unix_ms),
};
#undef T
#define ASSET STORE_SHAPE(store_asset, fields)

#define T(m) STORE_F_TEXT(store_asset_change, m)
#define I(m) STORE_F_INT(store_asset_change, m)
static const struct store_field change_fields[] = {
	I(id), T(uuid), I(at_unix_ms), T(kind), T(item), T(was), T(content),
};
#undef T
#undef I
#define CHANGE STORE_SHAPE(store_asset_change, change_fields)

/* All but the uuid: also as a part of store_asset_pc. */
#define T(type, m) STORE_F_TEXT(type, m)
#define I(type, m) STORE_F_INT(type, m)
#define HEAD(type, at)                                                                           \
	I(type, at read_unix_ms), I(type, at changed_unix_ms), T(type, at unread),               \
		T(type, at maker), T(type, at model), T(type, at serial), T(type, at chassis),   \
		T(type, at bios), T(type, at bios_date), T(type, at cpu), I(type, at cpu_count), \
		I(type, at memory_mb), I(type, at memory_count), I(type, at media_mb),           \
		T(type, at build), T(type, at mode), T(type, at dhcp_suffix), T(type, at me_ip), \
		T(type, at os_ip)
static const struct store_field head_fields[] = { T(store_asset_head, uuid),
						  HEAD(store_asset_head, ) };
#define HEAD_SHAPE STORE_SHAPE(store_asset_head, head_fields)
static const struct store_field pc_fields[] = {
	T(store_asset_pc, uuid),        T(store_asset_pc, fqdn),
	T(store_asset_pc, state),       T(store_asset_pc, address),
	T(store_asset_pc, version),     T(store_asset_pc, profile),
	T(store_asset_pc, health_rule), I(store_asset_pc, configured_unix_ms),
	HEAD(store_asset_pc, head.),
};
#undef T
#undef I
#define PC STORE_SHAPE(store_asset_pc, pc_fields)

void store_tx_asset_put(struct store_tx *tx, const struct store_asset *a)
{
	store_tx_add(tx, STORE_SQL_ASSET_PUT,
		     STORE_VALS(STORE_T(a->uuid), STORE_T(a->kind), STORE_T(a->item),
				STORE_T(a->content), STORE_I(a->since_unix_ms)));
}

void store_tx_asset_drop(struct store_tx *tx, const char *uuid, const char *kind, const char *item)
{
	store_tx_add(tx, STORE_SQL_ASSET_DROP,
		     STORE_VALS(STORE_T(uuid), STORE_T(kind), STORE_T(item)));
}

unsigned store_asset_list(struct store *s, struct arena *a, const char *uuid, unsigned limit,
			  struct store_asset *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_ASSET_LIST,
			       STORE_VALS(STORE_T(uuid), STORE_I(limit)), ASSET, out_rows, limit);
}

unsigned store_asset_of_kind(struct store *s, struct arena *a, const char *kind,
			     const char *after_uuid, const char *after_item, unsigned limit,
			     struct store_asset *out_rows)
{
	return store_read_rows(
		s, a, STORE_SQL_ASSET_KIND,
		STORE_VALS(STORE_T(kind), STORE_T(after_uuid), STORE_T(after_item), STORE_I(limit)),
		ASSET, out_rows, limit);
}

void store_tx_asset_change(struct store_tx *tx, const struct store_asset_change *c)
{
	store_tx_add(tx, STORE_SQL_ASSET_CHANGE,
		     STORE_VALS(STORE_T(c->uuid), STORE_I(c->at_unix_ms), STORE_T(c->kind),
				STORE_T(c->item), STORE_T(c->was), STORE_T(c->content)));
}

unsigned store_asset_changes(struct store *s, struct arena *a, const char *uuid,
			     int64_t since_unix_ms, int64_t after, unsigned limit,
			     struct store_asset_change *out_rows)
{
	return store_read_rows(
		s, a, STORE_SQL_ASSET_CHANGES,
		STORE_VALS(STORE_T(uuid), STORE_I(since_unix_ms), STORE_I(after), STORE_I(limit)),
		CHANGE, out_rows, limit);
}

void store_tx_asset_head(struct store_tx *tx, const struct store_asset_head *h)
{
	struct store_val vals[STORE_VALS_MAX];

	store_tx_add(tx, STORE_SQL_ASSET_HEAD, store_shape_vals(HEAD_SHAPE, h, vals));
}

bool store_asset_head_get(struct store *s, struct arena *a, const char *uuid,
			  struct store_asset_head *out_h)
{
	return store_read_row(s, a, STORE_SQL_ASSET_HEAD_GET, STORE_VALS(STORE_T(uuid)), HEAD_SHAPE,
			      out_h);
}

unsigned store_asset_pcs(struct store *s, struct arena *a, const char *after_uuid, unsigned limit,
			 struct store_asset_pc *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_ASSET_PCS,
			       STORE_VALS(STORE_T(after_uuid ? after_uuid : ""), STORE_I(limit)),
			       PC, out_rows, limit);
}
