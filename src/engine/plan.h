/* The plan: profile x facts -> what to read and what to do next. Pure; the runner (run.c) does the
 * I/O and asks again after every reply, so first configuration, repair and drift are one code.
 * Adding an action = a row in ENGINE_ACTIONS, its wanted/build/apply in an actions file. */
#pragma once
#include "base/arena.h"
#include "base/out.h"
#include "base/secret.h"
#include "engine/facts.h"
#include "engine/profile.h"
#include "wsman/envelope.h"

#define ENGINE_PLAN_VERSION 1

enum engine_action_flags {
	ACTION_STAGED = 1,      /* acts at CommitChanges; verified after it */
	ACTION_CREATES = 2,     /* makes something: search for the product before asking again */
	ACTION_UNREADABLE = 4,  /* only the same stored candidate may be sent again */
	ACTION_DROPS_LINK = 8,  /* the network goes away; the reply may never come */
	ACTION_LOCAL = 16,      /* no request: work of our own (a key, a certificate) */
};
/* constant, name (stored: never renamed, never reused), flags, stage for people */
#define ENGINE_ACTIONS(X)                                                              \
	X(ACT_CLOCK, "clock", 0, "second: clock")                                      \
	X(ACT_MAKE_KEY, "make_key", ACTION_LOCAL, "second: key")                       \
	X(ACT_ADD_KEY, "add_key", ACTION_CREATES, "second: key")                       \
	X(ACT_GENERATE_KEY, "generate_key", ACTION_CREATES, "second: key in firmware") \
	X(ACT_ISSUE, "issue_leaf", ACTION_LOCAL, "second: certificate")                \
	X(ACT_ADD_CERT, "add_certificate", ACTION_CREATES, "second: certificate")      \
	X(ACT_CONTEXT, "tls_context", ACTION_STAGED, "second: certificate")            \
	X(ACT_TLS, "tls_server", ACTION_STAGED, "second: TLS")                         \
	X(ACT_REDIR, "redirection", 0, "second: redirection")                          \
	X(ACT_LISTENER, "redirection_listener", 0, "second: redirection")              \
	X(ACT_KVM, "kvm", 0, "second: KVM")                                            \
	X(ACT_WEBUI, "webui", 0, "second: WebUI")                                      \
	X(ACT_GENERAL, "general", ACTION_STAGED, "second: names") /* its echo has the realm */ \
	X(ACT_ADMIN, "admin_password", ACTION_UNREADABLE, "second: admin password")    \
	X(ACT_MEBX, "mebx_password", ACTION_UNREADABLE, "second: MEBx password")       \
	X(ACT_COMMIT, "commit", ACTION_DROPS_LINK, "second: commit")
enum engine_act {
#define X(constant, name, flags, stage) constant,
	ENGINE_ACTIONS(X)
#undef X
	ACT_COUNT
};
#define ACT_BIT(a) (1u << (a))

/* What a job is about. All that the profile says; or one subject alone, which leaves the rest to the jobs
 * that check and repair it. */
enum engine_plan_scope { PLAN_ALL, PLAN_PASSWORD, PLAN_CERTIFICATE };
struct engine_plan_in {
	enum engine_plan_scope scope;
	const struct engine_profile *want;
	const struct engine_facts *have;
	bool renew, rotate;       /* a new TLS certificate, a new admin password, although what is there is right */
	bool shows_leaf;          /* with renew: the handshake showed the new one */
	bool setup;               /* opened with PSK or the provisioning certificate */
	const char *host, *domain; /* of the FQDN */
	bool context_alone; /* the PC takes no selectors for its only TLS context */
	bool firmware_keys, default_context;
	bool mutual;              /* the profile asks for mutual TLS: a part sees to it */
	bool mebx_sent;           /* SetMEBxPassword left before, its answer is not known */
	bool no_kvm;              /* firmware before 6.0 has none: not asked */
	const struct secret *otp; /* one-time password that the device shall show in setup; NULL or not set: any */
	bool want_port;           /* the MAC address is to be read: of whom it is not known, or to compare */
	bool keys_by_list;        /* a Get of our key pair was refused: enumerate */
	unsigned key_bits;
	unsigned done;            /* ACT_BITs answered well in this setup; what cannot be read back */
	unsigned search;          /* ACT_BITs journalled without a known end: look for the product */
	bool staged_dirty;        /* something staged was sent since the last commit */
	bool verified_identity;   /* GetUuid is not needed again */
	bool has_key;             /* our own key (firmware without GenerateKeyPair) is stored */
	struct span leaf_der;     /* issued and stored for this device; empty: none */
	struct span own_key_pkcs1; /* private key to add (secret: only for build) */
	/* instances as last read, for get-modify-put: NULL when not read in this run */
	const struct wsman_obj *general, *tls, *redir, *context;
	const struct secret *admin_password, *mebx_password; /* stored candidates; only for build */
	int64_t now_unix_ms;
};
/* Groups of facts that have to be read before the plan can be made. */
unsigned engine_plan_needs(const struct engine_plan_in *in);
/* The next action, or ACT_COUNT: nothing left to do. All needs must be known. */
enum engine_act engine_plan_next(const struct engine_plan_in *in);
/* All of it, for people: "field: from -> to" lines, the calls, the number of round trips. */
void engine_plan_print(const struct engine_plan_in *in, struct out *o);
/* Only the "field: from -> to" lines; gives the number of requests that change the device. */
unsigned engine_plan_lines(const struct engine_plan_in *in, struct out *o);

struct engine_action {
	const char *name, *stage;
	unsigned flags;
	bool (*wanted)(const struct engine_plan_in *in);
	/* Fills req; objects live in a. NULL for local actions. */
	bool (*build)(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req, struct err *e);
	/* Reply -> facts. m is the reply without fault; NULL when the return value is all. */
	bool (*apply)(struct engine_facts *have, const struct wsman_msg *m, struct arena *a, struct err *e);
	/* "field: from -> to" lines. */
	void (*print)(const struct engine_plan_in *in, struct out *o);
};
const struct engine_action *engine_plan_action(enum engine_act a);
/* ACT_COUNT when no action has that stored name. */
enum engine_act engine_plan_find(const char *name);
#define ENGINE_CLOCK_SKEW_MS 10000
