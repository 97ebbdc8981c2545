/* Lists of PCs that others configured: rows of CSV under a heading. Pure: the API turns exports of other
 * products into such CSV, finds the devices and stores what is secret, sealed. Errors never hold a
 * password. */
#pragma once
#include "base/str.h"
#include "engine/import.h"

#define ENGINE_ADOPT_KIND "adopt" /* kind of a credential: maybe the admin's password; never renamed */
#define ENGINE_ADOPT_COLS(X)                                                                        \
	X(address, 64) X(fqdn, 254) X(uuid, 37) X(user, 33) X(password, 65) X(mebx_password, 65)     \
	X(tls, 8) X(source, 65)
enum engine_adopt_col {
#define X(name, size) ENGINE_ADOPT_##name,
	ENGINE_ADOPT_COLS(X)
#undef X
	ENGINE_ADOPT_COL_COUNT
};
struct engine_adopt_head {
	bool known;                     /* there was a heading */
	int at[ENGINE_ADOPT_COL_COUNT]; /* field number; -1: not in the file */
};
struct engine_adopt { /* tls: "" | "server" | "clear"; wipe it */
#define X(name, size) char name[size];
	ENGINE_ADOPT_COLS(X)
#undef X
};
bool engine_adopt_row(const struct engine_csv_row *row, struct engine_adopt_head *h, bool *out_is_head,
		      struct engine_adopt *out_r, struct err *e);
/* The UUID of a row whose PC has not told its own: always the same for an address or a name, in any case. */
void engine_adopt_made_up(const char *address, char out_uuid[UUID_TEXT_SIZE]);
