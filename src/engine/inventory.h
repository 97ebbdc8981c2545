/* Rows of an inventory of PCs, as other systems export them, and to which PC of ours a row belongs:
 * by UUID, then by MAC address, then by name. Pure: the caller finds the candidates and stores. */
#pragma once
#include "engine/import.h"

#define ENGINE_INVENTORY_COLS(X) X(uuid, 37) X(mac, 18) X(serial, 65) X(fqdn, 254) X(grp, 64) X(profile, 64) X(ou, 256) X(suffix, 254)
enum engine_inventory_col {
#define X(name, size) ENGINE_INVENTORY_##name,
	ENGINE_INVENTORY_COLS(X)
#undef X
	ENGINE_INVENTORY_COL_COUNT
};
struct engine_inventory_head {
	bool known;                                /* there was a heading */
	int at[ENGINE_INVENTORY_COL_COUNT];        /* field number; -1: not in the file */
};
struct engine_inventory {
#define X(name, size) char name[size];
	ENGINE_INVENTORY_COLS(X)
#undef X
};
/* The first row is a heading with the columns in any order, under the names that other systems give
 * them; other columns are passed over. */
bool engine_inventory_row(const struct engine_csv_row *row, struct engine_inventory_head *h, bool *out_is_head,
			  struct engine_inventory *out_i, struct err *e);

struct engine_inventory_match {
	const char *const *by_mac, *const *by_name; /* UUIDs of the PCs that have this MAC address, this name */
	unsigned mac_count, name_count;
	const char *own_mac;                        /* newest that the PC of the row's UUID told; NULL: none */
	const char *hand_name;                      /* name that an operator gave it; NULL: none */
};
/* The PC: ERR_CONFLICT when UUID, MAC address and name belong to different PCs, or an operator said
 * otherwise: that is never guessed. ERR_NOT_FOUND: no PC is meant. */
bool engine_inventory_merge(const struct engine_inventory *i, const struct engine_inventory_match *m,
			    const char **out_uuid, struct err *e);
