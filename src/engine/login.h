/* One login into a PC of the store with its current credential: which one it is, whether it may be sent
 * at all (M19), the hold on the PC and the charge to the lock-out budget before the first byte, and both
 * taken back afterwards. For operations (operate_pc.c), lines (line.c) and consoles (console.c), which
 * do the talking. Sends nothing itself. */
#pragma once
#include "amt/client.h"
#include "engine/engine_priv.h"

#define ENGINE_LOGIN_REFUSED_MARK "login.refused" /* the id of a credential that the PC did not take */

struct engine_login_want {
	const char *owner, *what;  /* of the hold; what: as people read it */
	int64_t hold_ms;           /* it ends by itself then */
	int64_t busy_ms;           /* so long a PC is waited for that somebody else works with */
	/* Once, never inside of engine_login_hold. NULL: the PC is held and the login charged. */
	void (*fn)(void *arg, const struct err *e);
	void *arg;
};
struct engine_login {
	struct engine *en;
	char uuid[UUID_TEXT_SIZE], address[64], version[32];
	char *name;                     /* of the PC, or its address, or its UUID; never NULL behind the init */
	struct store_credential *cred;  /* in the arena; NULL: none is known */
	struct secret password;
	struct arena arena;
	struct pki_tls_policy ladder[2];
	unsigned ladder_count;
	bool clear, has_client, was_refused, given_up;
	bool held, charged, storing;    /* storing: fn comes, also after engine_login_unhold */
	int64_t fail_count, fail_since_unix_ms; /* of the device, as it was before */
	int64_t hold_until_unix_ms, busy_until_mono_ms;
	struct engine_login_want want;
	char owner[192];
	char *what;
	struct sched_timer *timer;
};
void engine_login_init(struct engine_login *l, struct engine *en, const char *uuid);
void engine_login_deinit(struct engine_login *l); /* never while it is storing */

/* False: the device is unknown, no credential of it is current, or no login may be sent now. */
bool engine_login_load(struct engine_login *l, struct err *e);
/* Behind a load that went well. Once; what has changed while the PC was waited for is loaded again. */
void engine_login_hold(struct engine_login *l, const struct engine_login_want *w);
void engine_login_unhold(struct engine_login *l); /* nobody waits any more; a hold that is being stored is told */
bool engine_login_may_send(const void *login);    /* the hold has not run out */

unsigned engine_login_ways(const struct engine_login *l); /* TLS versions, without and with a client certificate */
void engine_login_way(const struct engine_login *l, unsigned n, struct amt_way *out_w); /* the caller ends it */

enum engine_login_end {
	ENGINE_LOGIN_UNSENT,   /* nothing left that a PC may count as a wrong login */
	ENGINE_LOGIN_UNPROVEN, /* sent, and nobody knows: it stays charged */
	ENGINE_LOGIN_REFUSED,  /* not sent again until a job has opened the PC */
	ENGINE_LOGIN_PROVEN
};
/* The hold, the charge and the mark, into that transaction. Nothing when nothing is held or charged, but
 * for a refusal. */
void engine_login_settle(struct engine_login *l, struct store_tx *tx, enum engine_login_end end);
void engine_login_explain(const struct engine_login *l, struct err *e); /* a hint, when there is none */
