/* Where AMT was seen from outside. Part of store/store.h. */
#pragma once
#include "base/arena.h"

struct store;
struct store_tx;

struct store_sighting {
	const char *address, *state, *version;
	const char *mark;    /* another one: it has changed */
	const char *content; /* JSON */
	int64_t first_unix_ms, at_unix_ms, changed_unix_ms;
	const char *uuid, *fqdn; /* of the device that has this address; "" none. Read only */
};
/* first and changed are kept and set by themselves. An older sighting than the stored one is left out. */
void store_tx_sighting_put(struct store_tx *tx, const struct store_sighting *s);
/* Seen at that time or later, or changed then when only_changed; by address, after that one. */
unsigned store_sighting_list(struct store *s, struct arena *a, int64_t since_unix_ms, bool only_changed,
			     const char *after, unsigned limit, struct store_sighting *out_rows);
