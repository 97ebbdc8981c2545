/* What the rows of the operation inventory.read change in the store: parts that came, changed or went,
 * and the line of the PC in lists. A kind that the PC refused to tell stays as it was. The first
 * reading makes no history. */
#pragma once
#include "base/span.h"
#include "base/err.h"

struct store;
struct store_tx;

/* rows: JSON objects with commas between. Nothing is added to tx when they cannot be read. */
bool engine_asset_take(struct store *s, struct store_tx *tx, const char *uuid, struct span rows,
		       int64_t now_unix_ms, struct err *e);
/* Fields that move by themselves (link, charge): stored, but no change of the PC. */
bool engine_asset_is_volatile(const char *kind, const char *field);
