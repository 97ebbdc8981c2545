/* Profiles, settings, secrets of the service, timeline and audit. Part of store/store.h. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct store;
struct store_tx;

/* ---- profiles, settings, secrets ---- */
struct store_profile { const char *name; int64_t version; const char *yaml; int64_t at_unix_ms; };
void store_tx_profile_put(struct store_tx *tx, const char *name, const char *yaml, int64_t now_unix_ms); /* version + 1 */
bool store_profile_get(struct store *s, struct arena *a, const char *name, struct store_profile *out_p); /* newest */
unsigned store_profile_list(struct store *s, struct arena *a, unsigned limit, struct store_profile *out_rows);
void store_tx_setting_set(struct store_tx *tx, const char *key, const char *value);
bool store_setting_get(struct store *s, struct arena *a, const char *key, const char **out_value);
void store_tx_secret_set(struct store_tx *tx, const char *name, struct span sealed);
bool store_secret_get(struct store *s, struct arena *a, const char *name, struct span *out_sealed);

/* ---- events and audit ---- */
struct store_event { int64_t id; const char *uuid, *level, *name, *line; int64_t at_unix_ms; };
void store_tx_event(struct store_tx *tx, const struct store_event *ev); /* line: key=value text of the log */
struct store_event_query {
	const char *uuid, *level, *name; /* NULL: any; level: this one and worse */
	int64_t after_id;                /* rows after it; 0 */
	bool newest;                     /* the last `limit` ones, still in ascending order */
	unsigned limit;
};
unsigned store_event_list(struct store *s, struct arena *a, const struct store_event_query *q, struct store_event *out_rows);
struct store_audit { int64_t id; const char *actor, *action, *object, *hash; int64_t at_unix_ms; };
void store_tx_audit(struct store_tx *tx, const char *actor, const char *action, const char *object, int64_t now_unix_ms);
unsigned store_audit_list(struct store *s, struct arena *a, int64_t after_id, unsigned limit, struct store_audit *out_rows);
bool store_audit_verify(struct store *s, int64_t *out_bad_id, struct err *e); /* the hash chain holds */
