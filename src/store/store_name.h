/* What sources said of names, what tells PCs apart, refused UUIDs. Part of store/store.h. The mapping
 * of operators and imports is in store_device.h. */
#pragma once
#include "base/arena.h"
#include "base/err.h"

struct store;
struct store_tx;

/* ---- what a source said last (hook, dns, report) ---- */
struct store_said {
	const char *uuid, *source;
	const char *verdict;           /* of engine/name.h */
	const char *fqdn, *profile, *ou;
	const char *detail, *rule;     /* for people; "" */
	int64_t at_unix_ms;
};
void store_tx_said_set(struct store_tx *tx, const struct store_said *s);
bool store_said_get(struct store *s, struct arena *a, const char *uuid, const char *source, struct store_said *out_s);
/* Other devices of that name (any case), those that were heard last first. */
unsigned store_name_holders(struct store *s, struct arena *a, const char *fqdn, const char *but_uuid, unsigned limit,
			    const char **out_uuids);

/* ---- marks: kind mac, serial, cert ---- */
struct store_mark { const char *uuid, *kind, *mark; int64_t first_unix_ms, last_unix_ms; };
void store_tx_mark_set(struct store_tx *tx, const char *uuid, const char *kind, const char *mark, int64_t now_unix_ms);
void store_tx_mark_drop(struct store_tx *tx, const char *uuid, const char *kind, const char *mark);
unsigned store_mark_list(struct store *s, struct arena *a, const char *uuid, const char *kind, unsigned limit,
			 struct store_mark *out_rows); /* seen last first */
unsigned store_mark_holders(struct store *s, struct arena *a, const char *kind, const char *mark, unsigned limit,
			    struct store_mark *out_rows);
/* Marks that more than one PC has, ordered by kind, mark, uuid; rows behind after (NULL: all). */
unsigned store_mark_twice(struct store *s, struct arena *a, const struct store_mark *after, unsigned limit,
			  struct store_mark *out_rows);

/* ---- the view for readers outside ---- */
struct store_inventory {
	const char *uuid, *fqdn, *name_source, *state, *firmware, *address, *profile, *grp, *mac, *serial, *ou,
		*health_rule;
	int64_t first_seen_unix_ms, last_hello_unix_ms, configured_unix_ms;
};
unsigned store_inventory_list(struct store *s, struct arena *a, const char *after_uuid, unsigned limit,
			      struct store_inventory *out_rows);

/* ---- UUIDs of which no hello is taken ---- */
struct store_deny { const char *uuid, *note; int64_t at_unix_ms; };
void store_tx_deny_set(struct store_tx *tx, const struct store_deny *d);
void store_tx_deny_delete(struct store_tx *tx, const char *uuid);
bool store_deny_get(struct store *s, struct arena *a, const char *uuid, struct store_deny *out_d);
unsigned store_deny_list(struct store *s, struct arena *a, const char *after_uuid, unsigned limit, struct store_deny *out_rows);
