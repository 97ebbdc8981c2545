/* What a running job does (states), is for (kinds), and goes in by (ways). Part of run_priv.h. */
#pragma once
#include "base/secret.h"
#include "pki/tlsconf.h"

#define RUN_STATES(X)                                                                       \
	X(RUN_CLAIM, "claim")       /* the lease is being written */                        \
	X(RUN_OPEN, "open")         /* trying ways in */                                    \
	X(RUN_PLAN, "plan")         /* between two steps: nothing is under way */           \
	X(RUN_READ, "read") X(RUN_ACT, "act")                                               \
	X(RUN_PART_READ, "read part") X(RUN_PART_ACT, "act on part")                        \
	X(RUN_STORE, "store")       /* a transaction is on its way to the disk */           \
	X(RUN_WAIT, "wait")         /* firmware's own time; no worker */                    \
	X(RUN_READY, "ready")       /* the wait is over; no worker free yet */              \
	X(RUN_NAME, "name")         /* the hook or DNS is asked for the name */                 \
	X(RUN_WORK, "work")         /* a worker thread makes a key */                       \
	X(RUN_END, "end")
enum run_state {
#define X(name, text) name,
	RUN_STATES(X)
#undef X
	RUN_STATE_COUNT
};
#define ENGINE_STEP_RENEWED "renewed" /* in the journal; never renamed */
#define RUN_KINDS(X) /* as stored with the job; never renamed */                            \
	X(RUN_CONFIGURE, "configure") X(RUN_CHECK, "check")                                 \
	/* as configure, and a new certificate or password */                            \
	X(RUN_RENEW, "renew_certificate") X(RUN_ROTATE, "rotate_password")               \
	X(RUN_UNCONFIGURE, "unconfigure") X(RUN_UNCONFIGURE_PARTIAL, "unconfigure_partial") \
	X(RUN_UNCONFIGURE_LOOK, "unconfigure_look")                                         \
	X(RUN_REKEY, "rekey_psk") /* a new PID/PPS pair for the next setup */             \
	X(RUN_ADOPT, "adopt") /* a PC that others configured: looks, and keeps the way in */
enum run_kind {
#define X(name, text) name,
	RUN_KINDS(X)
#undef X
	RUN_KIND_COUNT
};
const char *engine_run_kind_name(enum run_kind k);

/* One login over one connection. Tried in order; the kind stands in the log. */
enum run_way_kind { WAY_OPERATIONAL, WAY_PKI, WAY_PKI_LOGIN, WAY_PSK };
struct run_way {
	enum run_way_kind kind;
	struct pki_tls_policy policy;
	char credential[64], user[33];  /* id of the admin credential row; "" none; of the login; "": admin */
	struct secret password;
	char login[64];                 /* PSK: id of this login, for the journal (run_login.c) */
	char pin_hex[65];               /* operational: leaf that must show up; "" none */
	bool candidate;                 /* that row is not proven yet */
	bool mixed;                     /* the password of that row behind the leaf of another: both changed */
	bool clear, client;             /* operational without TLS; shows the service's client certificate */
	unsigned mode;                  /* adopt: TLS from the newest (0) on; RUN_MODE_CLEAR */
};
