/* What differed from the profile when a device was last looked at. Part of store/store.h. */
#pragma once
#include "base/arena.h"

struct store;
struct store_tx;

struct store_drift {
	const char *uuid;
	int64_t at_unix_ms;
	const char *profile;
	int64_t profile_version;
	int64_t count;               /* fields that differ */
	const char *lines;           /* "field: from -> to" each; "" none */
	int64_t next_unix_ms;        /* look again then; INT64_MAX: never */
	const char *notes;           /* what is no change: not available, entries of others; "" none */
};
void store_tx_drift_put(struct store_tx *tx, const struct store_drift *d); /* nothing for an unknown device */
void store_tx_drift_next(struct store_tx *tx, const char *uuid, int64_t next_unix_ms);
/* Whose time has come, the oldest first. */
unsigned store_drift_due(struct store *s, struct arena *a, int64_t now_unix_ms, unsigned limit,
			 struct store_drift *out_rows);
void store_tx_drift_drop(struct store_tx *tx, const char *uuid);
bool store_drift_get(struct store *s, struct arena *a, const char *uuid, struct store_drift *out_d);
/* Those with at least that many fields, by uuid, after that one ("" from the start). */
unsigned store_drift_list(struct store *s, struct arena *a, int64_t least, const char *after_uuid, unsigned limit,
			  struct store_drift *out_rows);
