/* One running job: its state, and what the run_*.c files and the queue offer each other. */
#pragma once
#include "engine/engine_priv.h" /* and what of it concerns parts, unconfiguring, adopting: run_parts.h */
#include "engine/part.h"
#include "engine/reads.h"
#include "engine/run_login.h"
#include "engine/run_parts.h"
#include "engine/run_state.h"

#define ENGINE_MAX_WAYS 16

struct run_ask;
struct engine_run {
	struct engine *en;
	enum run_kind kind;
	struct engine_run *next;
	enum run_state state;
	char uuid[UUID_TEXT_SIZE], job[64], fqdn[LIMIT_FQDN + 1], address[64];
	char host[LIMIT_FQDN + 1], domain[LIMIT_FQDN + 1], version[32], pid[9];
	struct run_ask *ask;            /* RUN_NAME: run_name.c */
	unsigned name_asked;            /* bits of the sources that were asked in this run */
	struct run_choice choice;       /* of the profile: run_parts.h */
	bool has_mac, port_read;        /* run_identity.c: a MAC address is stored; it was read in this run */
	int64_t attempt;
	bool renewed, no_leaf;          /* the new certificate is proven; it has none of ours, others configured it */
	int64_t period_h;               /* of this job; -1: as the setting says */
	bool psk, was_configured, holds_worker, cancelled, period_told;
	bool group_key;                 /* its key pair is for many PCs */
	bool uses_key;                  /* the transaction under way takes the key pair, or marks it as used */
	bool said_hello;                /* it waits in setup: the ways of PSK and certificate are open */
	struct arena keep;              /* lives as long as the run: leaf, read instances */
	struct engine_profile profile;
	struct run_unconfigure unconf; struct run_adopt adopt; struct run_rekey rekey; struct run_dark dark;
	struct run_parts *parts;        /* run_part.c; NULL: the profile names none, or not loaded yet */
	struct engine_facts facts;
	struct engine_plan_in in;
	struct amt_client *client;
	const struct pki_chain *chain;  /* chosen for this device */
	char chain_name[64];            /* its name, until it stands in the timeline */
	struct run_way *ways;           /* way_count of them; NULL: none yet */
	unsigned way_count, way;
	bool way_proven;                /* a request was answered well over it */
	bool odd_cert_told;             /* the odd certificate of AMT 3.2.1 is in the timeline */
	struct run_login login;
	/* candidates: the same ones after a crash */
	struct secret admin_pw, mebx_pw;
	char admin_id[64], mebx_id[64];
	bool admin_stored, mebx_stored, authenticated;
	char admin_leaf[65], admin_realm[128]; /* pin and realm in the stored admin candidate */
	char leaf_serial[65], leaf_hex[65];
	struct pki_key *own_key;
	struct run_key_job *work;       /* a worker is making own_key */
	struct secret own_key_der, otp; /* otp: that the device shall show in setup */
	/* the action under way */
	enum engine_act act;
	/* what a change depends on, and the connection that told it */
	struct { unsigned realm, uuid; char uuid_leaf[65]; } told; /* "" : it showed no leaf */
	unsigned act_count, doubt_count, reopen_count, reopen_total, busy_count, polls; /* polls: exchanges that firmware's waits cost */
	const struct engine_read *reading;
	bool replied[ACT_COUNT];        /* to be journalled with the next transaction */
	bool intent[ACT_COUNT];         /* journalled as intent by a former run, end unknown */
	unsigned created;               /* ACT_BIT of each that was done and must not be done twice */
	bool committed, commit_ok;      /* CommitChanges went out in this run; and was answered 0 */
	int64_t commit_unix_ms, wait_since_ms;
	struct sched_timer *timer;
	void (*resume)(struct engine_run *r);
	void (*stored)(struct engine_run *r);
	int64_t started_mono_ms, asked_mono_ms, elapsed_ms, imposed_wait_ms, claimed_unix_ms;
	int64_t lease_until_unix_ms;    /* as last seen in the store; it may have been renewed since */
	char stage[64];
	struct err why;                 /* of the end */
	char note[256];
};

/* engine.c: queue */
void engine_pump(struct engine *en);
void engine_run_gone(struct engine_run *r);        /* after the end: unlink, free, pump */
/* A worker for a run that waited: now, or when one is free. */
void engine_run_want_worker(struct engine_run *r);
void engine_run_drop_worker(struct engine_run *r);
bool engine_run_is_one_too_many(const struct engine_run *r); /* the workers were made fewer */

/* run.c */
struct engine_run *engine_run_new(struct engine *en, const struct store_job *j);
void engine_run_free(struct engine_run *r);
void engine_run_start(struct engine_run *r);       /* the lease is ours */
void engine_run_plan(struct engine_run *r);        /* what next: read, act, or the end */
bool engine_run_renews(const struct engine_run *r); /* the job puts another certificate into a configured PC */
bool engine_run_looks_again(struct engine_run *r, enum engine_act a); /* true: who is there is read before that change */
void engine_run_fail(struct engine_run *r, const struct err *e);
void engine_run_refuse(struct engine_run *r, const struct err *e); /* with an event of its own */
void engine_run_wait(struct engine_run *r, int64_t ms, const char *reason, void (*resume)(struct engine_run *r));
void engine_run_stop(struct engine_run *r);        /* at the next safe point */
bool engine_run_is_network(enum err_code c);       /* nobody answered: nothing was judged */
bool engine_run_holds_lease(struct engine_run *r);
bool engine_run_may_go_on(struct engine_run *r);   /* false: it was stopped and has ended */

/* run_name.c: the name, with what must be asked for it; ends in engine_run_named or a refusal */
struct engine_name;
void engine_run_name(struct engine_run *r);
void engine_run_name_stop(struct engine_run *r); /* nobody waits for an answer any more */
void engine_run_name_rows(struct engine_run *r, struct store_tx *tx, const struct engine_name *n,
			  const struct store_device *d);
void engine_run_named(struct engine_run *r, const struct engine_name *n, const struct store_device *d); /* run.c; NULL: adopt */
void engine_run_set_name(struct engine_run *r, const struct engine_name *n);

bool engine_run_identity(struct engine_run *r, struct err *e); /* run_identity.c: whose board is it? false: stop */
/* run_prepare.c: facts, names, keys, chains before anything is sent */
bool engine_run_prepare(struct engine_run *r, struct err *e);
bool engine_run_check_psk(struct engine_run *r, struct arena *a, struct err *e); /* D043, D044 */
bool engine_run_key_in_use(struct engine_run *r, const char *holder, struct err *e); /* always false */
void engine_run_candidates(struct engine_run *r, struct arena *a);

/* run_open.c */
bool engine_run_ways(struct engine_run *r, struct err *e);
void engine_run_open(struct engine_run *r);        /* the current way, or the next ones */
void engine_run_reopen(struct engine_run *r, const struct err *why); /* after an unanswered send */
/* Gives the worker back until there is one again, if nothing is under way that must be waited for.
 * The connection ends; the attempt is the same one. */
bool engine_run_yield(struct engine_run *r);
void engine_run_open_again(struct engine_run *r); /* over the ways as they are stored now */
/* The way did not open, or (TLS 1.3 tells late) failed at its first read: explain, try the next. */
void engine_run_way_failed(struct engine_run *r, const struct err *e);
void engine_run_next_way(struct engine_run *r, const struct err *e);
void engine_run_add_pki_logins(struct engine_run *r, struct pki_tls_policy policy);
void engine_run_switch_password(struct engine_run *r); /* PSK: the session goes on with the new one */
const char *engine_run_way_name(const struct engine_run *r);

/* run_read.c */
void engine_run_read(struct engine_run *r, unsigned groups);
void engine_run_busy(struct engine_run *r, const struct err *e); /* the same again later, without a worker */
/* Which connection told what changes depend on: see run.c. */
void engine_run_note_peer(struct engine_run *r, const struct amt_reply *reply, bool uuid, bool realm);
/* In the middle of a setup the realm changes only when somebody clears the PC: then nothing that was read or set
 * in this run is true any more. True: it was, and the ways are tried again. */
bool engine_run_was_cleared(struct engine_run *r, const char *former_realm);

/* run_act.c */
void engine_run_act(struct engine_run *r, enum engine_act a);
void engine_run_orphan(struct run_key_job *j); /* the run goes away before its worker is done */
/* A candidate with that password, behind that leaf (hex). */
void engine_run_add_credential(struct engine_run *r, struct store_tx *tx, const char *kind, const char *id,
			       const struct secret *s, const char *leaf_hex);

/* run_store.c */
void engine_run_print_stats(const struct engine_run *r, char *text, size_t cap);
struct store_tx *engine_run_tx(struct engine_run *r); /* begins with the lease check, adds what is due */
void engine_run_commit(struct engine_run *r, struct store_tx *tx, void (*stored)(struct engine_run *r));
void engine_run_event(struct engine_run *r, struct store_tx *tx, enum log_event ev, const char *step,
		      const char *note, const struct err *e);
/* A way that failed, to the log each time, to the timeline unless it stands there a few events ago. */
void engine_run_way_event(struct engine_run *r, enum log_event ev, const struct err *e);
void engine_run_intent(struct engine_run *r, struct store_tx *tx, enum engine_act a);
void engine_run_stage(struct engine_run *r, struct store_tx *tx, const char *stage);
void engine_run_end(struct engine_run *r, enum store_job_state state, int64_t not_before_unix_ms,
		    const struct err *e);
void engine_run_ended(struct engine_run *r); /* as stored: counted, and gone */
void engine_run_success(struct engine_run *r);
/* The device is configured and the credential that opened it is current. */
void engine_run_proof(struct engine_run *r, struct store_tx *tx);
