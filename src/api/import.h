/* Import of a CSV body, and what is tried again after a cause was removed. For the handlers of names,
 * keys, certificates and settings; nobody outside api/ includes this. */
#pragma once
#include "api/api_priv.h"
#include "engine/import.h"

/* Set of names that a file brought, by hash, each with a note: the line where it stands. */
struct api_set {
	struct api_set_slot { uint64_t hash; unsigned note; } *slot;
	size_t cap, count;
	uint64_t seed;
};
void api_set_init(struct api_set *s, struct rng *rng);
void api_set_deinit(struct api_set *s);
bool api_set_add(struct api_set *s, const char *name); /* false: was there already */
unsigned api_set_note(struct api_set *s, const char *name, unsigned note); /* the note it has; 0: it got this one */
bool api_set_has(const struct api_set *s, const char *name);

/* Queues the delayed jobs whose last error has one of the (blank separated) rules, of all devices
 * or of those in the set; then calls then. Afterwards the engine looks at its queue. */
enum api_requeue_by { API_REQUEUE_ALL, API_REQUEUE_UUID, API_REQUEUE_PID };
struct api_requeue {
	const char *rules;
	enum api_requeue_by by;
	const struct api_set *set;
	api_then_fn *then;
	char after[128];
	unsigned count; /* queued */
};
void api_requeue_start(struct api_req *r, struct api_requeue *rq);

/* ---- import of a CSV body, row by row and chunk by chunk (import.c) ---- */
enum api_import_result { API_IMPORT_ADDED, API_IMPORT_CHANGED, API_IMPORT_UNCHANGED, API_IMPORT_HEAD, API_IMPORT_BAD };
struct api_import_kind {
	const char *name;          /* "key": of the audit and the log */
	/* Reads one row, adds what it says to tx (NULL: only looks); id gets what the row is about,
	 * which seen tells for the rows before. */
	enum api_import_result (*row)(struct api_req *r, const struct engine_csv_row *row, struct store_tx *tx,
				      struct api_set *seen, char id[64], struct err *e);
	const char *rules;         /* delayed jobs with these are tried again, of the ids that came */
	enum api_requeue_by by;
	const struct secret *password; /* see struct engine_csv; copied */
};
/* Answers with counts and the first errors. preview: nothing is written. */
void api_import_start(struct api_req *r, const struct api_import_kind *kind, bool preview);
