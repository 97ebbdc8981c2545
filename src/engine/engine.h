/* The engine: from a hello to a configured device. Owns the queue, the running jobs, and the
 * running state of each; knows no sockets (amt's dialer is given), no clock but base/clk and
 * sched. One instance per process; all calls on the loop thread. */
#pragma once
#include "amt/client.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/sched.h"
#include "pki/seal.h"
#include "store/store.h"

struct engine;
struct engine_outside; /* engine/outside.h */
struct engine_conf {
	struct store *store;
	struct sched *sched;
	struct net_dialer *dialer;
	struct rng *rng;
	const struct pki_seal *seal;
	const char *owner;           /* of leases: host and process, unique per start */
	/* Runs work off the loop, then done on the loop; the fake world runs both at once. */
	void (*work)(void *ctx, void (*work)(void *), void (*done)(void *), void *arg);
	void *work_ctx;
	const struct engine_outside *outside; /* hook, DNS, forwarding; NULL: there is none */
	/* RSA keys for firmware that makes none; NULL: pki_key_generate_rsa. Tests give fixed ones. */
	struct pki_key *(*make_key)(unsigned bits, struct err *e);
	/* Writes a revocation list or a CA certificate where others can fetch it, replacing the former
	 * file of that name. On a worker thread. NULL: nothing is published. */
	void (*publish)(void *ctx, const char *name, struct span bytes);
	void *publish_ctx;
	/* Somebody wants keys of TLS (engine/trace.h), or nobody any more. NULL: there are none. */
	void (*want_keys)(void *ctx, bool wanted);
	void *want_keys_ctx;
};
/* Loads settings, profiles, provisioning chains and the CA (made at first start, over work). */
struct engine *engine_new(const struct engine_conf *c, struct err *e);
/* No new jobs start; running ones end at the next safe point and give their lease back. fn once. */
void engine_stop(struct engine *en, void (*fn)(void *arg), void *arg);
void engine_free(struct engine *en); /* as if the process died: nothing is written */

/* Bytes of one hello (engine/intake). The answer to the peer is nothing, so this has no result but
 * log events and rows. address without port. */
void engine_hello(struct engine *en, struct span bytes, const char *address);

/* May this address say whose bytes it hands over (wire/proxy.h)? */
bool engine_trusts_proxy(const struct engine *en, const char *address);
/* Kind of a mark of a device (store_name.h): the job of that id may put it out of reach. */
#define ENGINE_MARK_ACCEPT "accept" /* "JOB", or "JOB ACTOR" with who accepted that */
#define ENGINE_MARK_DARK   "dark"   /* the same: it was put out of reach, and has not answered since */
#define ENGINE_MARK_RESOLVE "resolve" /* the host name whose address each try of its adoption asks for */
/* Begins a line of a check's notes: the profile would put the device out of reach. */
#define ENGINE_NOTE_DARK "would go dark: "

void engine_reload(struct engine *en);          /* settings, profiles, chains were changed in the store */
void engine_kick(struct engine *en);            /* jobs were added or changed: look at the queue now */
bool engine_job_cancel(struct engine *en, const char *job_id); /* running here: ends it; false: not running here */
struct engine_status {
	unsigned workers, running, waiting;     /* waiting: for firmware, without a worker */
	int64_t hellos, hellos_bad, hellos_refused, jobs_done, jobs_failed;
	int64_t round_trips, challenges, handshakes, polls, imposed_wait_ms; /* of runs that ended; polls: see run_store.c */
	/* Certificates in use that ended, and that end within 7, 30, 60, 90 days (not counting those before). */
	int64_t ends[5];
	/* Alerts on their way to the operator's program and web server; tries that failed; left out for want of room. */
	int64_t alerts_waiting, alerts_sent, alerts_failed, alerts_lost;
};
struct engine_status engine_get_status(const struct engine *en);

/* One event to the log and, with tx, to the timeline of a device (uuid) or of the service ("");
 * the fields of e, which may be NULL, behind the others. */
void engine_event(struct engine *en, struct store_tx *tx, const char *uuid, enum log_event ev,
		  const struct err *e, const struct log_kv *kv);

/* One line per field that would change: for `device plan`. Pure apart from reading the store. */
bool engine_plan_text(struct engine *en, const char *uuid, struct out *o, struct err *e);
/* Seals and opens what the store keeps: labels are "credential:<uuid>:<kind>", "psk:<pid>",
 * "mebx:<pid>", "secret:<name>", "cert:<id>". */
struct span engine_seal(struct engine *en, const char *label, struct span plain, struct arena *a);
bool engine_unseal(struct engine *en, const char *label, struct span sealed, struct secret *out_s, struct err *e);
