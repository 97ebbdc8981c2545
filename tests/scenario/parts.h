/* For scenarios about parts of a profile: a configured PC, a profile with that part, a client that is
 * not the engine to change things behind its back, and what the service then says. */
#pragma once
#include "world.h"

/* The usual profile (names, clock, TLS, passwords) with these lines behind, as "baseline". */
void parts_profile(struct world *w, const char *tail);
/* A service and one PC of that release, configured with the usual profile and tail. Index of the PC. */
unsigned parts_start(struct world *w, const char *generation, const char *tail);
void parts_use(struct world *w);  /* the other client is for this world; parts_start does it */
void parts_stop(struct world *w); /* checks the world, frees it */
void parts_trust(struct world *w, const char *name); /* a root of that name, for certificates by reference */
/* As parts_start; before it, stores fills in what the profile refers to. */
unsigned parts_start_with(struct world *w, const char *generation, const char *tail, const char *switches,
			  void (*fill)(struct world *w));
/* Runs a job "configure" ("apply") or "check" to its end. False: it was delayed; *out_why then (may be NULL). */
bool parts_apply(struct world *w, unsigned i, char *out_why, size_t cap);
bool parts_apply_accepting(struct world *w, unsigned i, char *out_why, size_t cap); /* a PC that goes dark */
void parts_add_job(struct world *w, unsigned i, const char *kind); /* queued; nobody waits for it */
bool parts_job_is_done(struct world *w);                           /* the one added last */
bool parts_state_is(struct world *w, unsigned i, const char *want); /* of the device */
bool parts_run_until(struct world *w, unsigned i, const char *want, int64_t ms);
/* The one admin credential that is current. */
void parts_current(struct world *w, unsigned i, struct arena *a, struct store_credential *out_c);
bool parts_job(struct world *w, unsigned i, const char *kind, char *out_why, size_t cap); /* any kind */
/* Lines of the last check, run now: "" nothing differs. */
void parts_drift(struct world *w, unsigned i, char *out, size_t cap);
void parts_notes(struct world *w, unsigned i, char *out, size_t cap); /* of the last check: not run again */
/* The service's values are put back by apply, and then nothing differs. */
void parts_expect_drift(struct world *w, unsigned i, const char *lines);
unsigned parts_changes(struct world *w, unsigned i); /* requests that changed that PC since the world began */

/* ---- the other client: digest login as admin over its own connection, one request each ---- */
/* sel: "Key=Value" or "Key=CLASS{KEY=VALUE}" or NULL. props end with NULL: "Prop=value", arrays by repetition. The reply's object
 * lives until the next call; NULL: a fault. */
const struct wsman_obj *parts_get(struct world *w, unsigned i, const char *cls, const char *sel);
bool parts_put(struct world *w, unsigned i, const char *cls, const char *sel, ...) __attribute__((sentinel));
bool parts_create(struct world *w, unsigned i, const char *cls, ...) __attribute__((sentinel));
bool parts_delete(struct world *w, unsigned i, const char *cls, const char *sel);
/* Subscribe to that CIM_FilterCollection, push; Unsubscribe the one whose handler has that Name. */
bool parts_subscribe(struct world *w, unsigned i, const char *collection, const char *url);
bool parts_unsubscribe(struct world *w, unsigned i, const char *collection, const char *name);
/* ReturnValue; UINT32_MAX for a fault. */
uint32_t parts_invoke(struct world *w, unsigned i, const char *cls, const char *sel, const char *method, ...)
	__attribute__((sentinel));
/* A Get by digest login as that user: "" it was answered; else the subcode of the fault, or "login" when
 * nobody got in. */
const char *parts_get_as(struct world *w, unsigned i, const char *user, const char *password, const char *cls);
void parts_secret(struct world *w, const char *name, const char *value); /* for {secret: NAME} */
/* From now on the other client shows the service's client certificate (of mutual TLS). */
void parts_show_certificate(struct world *w, const char *row); /* "client", "client-384" */
const char *parts_certificate_serial(void);
void parts_forget(void); /* what parts_stop does beside the checks */
const struct wsman_obj *parts_reply(struct world *w); /* output of the last invoke */
