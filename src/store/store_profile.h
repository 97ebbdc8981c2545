/* Rules that choose the profile of a PC, pins by hand, and the DNS suffixes that PCs were seen in. Part
 * of store/store.h. */
#pragma once
#include "base/arena.h"

struct store;
struct store_tx;

/* ---- rules: criteria are "" for any; engine/choose.h says what they mean ---- */
struct store_rule {
	const char *name;
	int64_t place;               /* lower ones are looked at first */
	const char *profile;
	const char *generation, *suffix, *subnet, *pattern, *grp, *imported;
	int64_t at_unix_ms;
};
void store_tx_rule_set(struct store_tx *tx, const struct store_rule *r);
void store_tx_rule_delete(struct store_tx *tx, const char *name);
bool store_rule_get(struct store *s, struct arena *a, const char *name, struct store_rule *out_r);
unsigned store_rule_list(struct store *s, struct arena *a, unsigned limit, struct store_rule *out_rows); /* in order */

/* ---- pins: of a PC that may be still to come ---- */
struct store_pin { const char *uuid, *profile; int64_t at_unix_ms; };
void store_tx_pin_set(struct store_tx *tx, const struct store_pin *p);
void store_tx_pin_delete(struct store_tx *tx, const char *uuid);
bool store_pin_get(struct store *s, struct arena *a, const char *uuid, struct store_pin *out_p);

/* ---- suffixes ---- */
struct store_suffix { const char *uuid, *suffix, *source; int64_t first_unix_ms, last_unix_ms; };
void store_tx_suffix_set(struct store_tx *tx, const char *uuid, const char *suffix, const char *source,
			 int64_t now_unix_ms);
unsigned store_suffix_list(struct store *s, struct arena *a, const char *uuid, unsigned limit,
			   struct store_suffix *out_rows); /* seen last first */
