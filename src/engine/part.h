/* A part of a profile: one subject (users, power package, Wi-Fi, ...) with its keys, what to read for
 * it, and how to bring a device there. Pure. Parts are looked at in operation only, after the basics
 * (plan.h) are right, in the order of ENGINE_PARTS; `plan`, `apply`, `drift` and repair are one code:
 *
 *   read all of part->reads, then part->more until it gives NULL  ->  part->diff  ->  changes, in order
 *   -> each is journalled, sent once, its return value looked at -> all is read again -> diff is empty
 *
 * A change that is still wanted after it was answered well is an error that names it. A class that the
 * device does not have makes the part "not available", which is reported, and an error only when the
 * profile lists the part under `required`. After a break in between everything is read again: diff must
 * find by name what a former, unanswered change has made (so no change is lost or made twice).
 * Adding a part = part_NAME.c with its `const struct engine_part engine_part_NAME`, a row in
 * ENGINE_PARTS, a line in meson.build, classes in the simulator, a test beside it. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/out.h"
#include "base/secret.h"
#include "engine/facts.h"
#include "engine/key.h"
#include "wsman/envelope.h"

#define ENGINE_PARTS(X) /* order is the order on the device; what can cut it off comes last */ \
	X(power) X(general) X(consent) X(kvm_settings) X(audit) X(users) \
	X(kerberos) \
	X(defense) X(presence) \
	X(alerts) \
	X(alarms) X(wifi) X(wired_8021x) X(ethernet) X(proxy) X(remote_access) X(home_domains) \
	X(tls_auth) \
	X(old_certs) /* after those that may use one of them */

#define PART_READS_MAX 10
enum engine_part_read_kind { PART_GET, PART_ENUMERATE, PART_INVOKE };
struct engine_part_read {
	enum engine_part_read_kind kind;
	const char *class_name;
	const char *method;      /* PART_INVOKE, without input */
	const char *instance_id; /* selector InstanceID; NULL none */
	bool optional;           /* a fault is no reason to call the part not available */
};
struct engine_part_reply {
	bool absent;                  /* a fault came */
	struct wsman_obj **items;     /* GET, INVOKE: one; ENUMERATE: what was listed, typed */
	unsigned count;
};
struct engine_part_more {        /* what part->more asked for */
	const char *tag;
	struct wsman_obj *obj;        /* NULL: a fault came */
	const struct engine_part_more *next;
};
struct engine_part_secret {
	const struct engine_node *node;
	struct secret value;
	bool was_set;                 /* this very value was answered well by this device before */
	/* of the runner */
	char kind[64];                /* of the credential row: "users:alice:password" */
	char id[64];                  /* credential row of the value; "" none yet */
};
struct engine_part_cert { const char *name; struct span der; };
struct engine_part_in {
	const struct engine_node *want;   /* the part's own group */
	const struct engine_node *all;    /* the groups of all parts in the profile, by next; NULL: nobody asks */
	const struct engine_part_reply *have; /* by index of part->reads */
	const struct engine_part_more *more;
	const struct engine_facts *facts; /* realm, version, ... */
	unsigned major, minor;            /* of the firmware; 0 unknown. Only a prior: ask the device */
	const char *uuid, *host, *domain, *fqdn, *address; /* address: where it is reached; "" not known */
	struct span client_root;          /* of the service's own client certificate; empty: it has none */
	const char *client_cn, *client_serial; /* hex; "" */
	const struct span *leaves;        /* DER of every TLS certificate that we issued for it */
	unsigned leaf_count;
	struct engine_part_secret *secrets;
	unsigned secret_count;
	const struct engine_part_cert *certs; /* every KEY_CERT of the profile, resolved */
	const char *const *suffixes;      /* DNS suffixes that it was seen in, NULL at the end; NULL: none */
	const char *const *links;         /* "cable", "radio", "both": what joined it to its network, the same */
	unsigned cert_count;
	int64_t now_unix_ms;
};
struct engine_part_secret *engine_part_secret(const struct engine_part_in *in, const struct engine_node *group,
					      const char *key); /* NULL: not named */
struct span engine_part_cert(const struct engine_part_in *in, const char *name); /* DER; empty: none */
/* What the profile says of another part; NULL: nothing. */
const struct engine_node *engine_part_other(const struct engine_part_in *in, const char *part);
const struct wsman_obj *engine_part_more(const struct engine_part_in *in, const char *tag, bool *out_asked);
/* First item of read i whose prop has that text; NULL. prop NULL: the first item. */
struct wsman_obj *engine_part_item(const struct engine_part_in *in, unsigned i, const char *prop, const char *text);

enum engine_change_flags {
	CHANGE_STAGED = 1,  /* acts at CommitChanges: verified after it */
	CHANGE_CREATES = 2,
	CHANGE_REREAD = 4,  /* what follows needs what this one makes: the part is read again right after */
	CHANGE_REPORT = 8,  /* nothing is sent: it is only told (an entry that is not in the profile) */
	CHANGE_CUTS_OFF = 16, /* may cut the device off: part->dark judges it */
};
struct engine_change {
	const char *id;          /* "add:alice": unique within the part, stored, shown; no secrets */
	struct out text;         /* "users.alice.realms: a b -> a c" lines; no secrets */
	unsigned flags;
	struct wsman_req req;    /* op WSMAN_OP_UNKNOWN only with CHANGE_REPORT */
	struct wsman_obj *obj;   /* what req carries, while diff still adds to it; NULL none */
	const uint32_t *also_ok; /* further return values that mean "it is so"; ends with 0; NULL none */
	struct engine_part_secret *secret; /* made durable before it is sent; NULL none */
	struct engine_change *next;
};
struct engine_changes {
	struct arena *a;
	struct engine_change *first, *last;
	unsigned count;
	const char *unavailable; /* set: this device lacks it, and why: "no class AMT_..." */
};
struct engine_part_seen {         /* what tells where a PC is; NULL, "": it did not say */
	const char *suffix, *link;
};
struct engine_part {
	const char *name;               /* top-level key of the profile, name in journal and events */
	const char *title;              /* for people: "power package" */
	const struct engine_key *keys;  /* first row: the part itself (path ""), ends with path NULL */
	const char *example;            /* YAML for the document; NULL: made of the rows' examples, all keys */
	const struct engine_part_read *reads;
	unsigned read_count;
	/* What the rows of keys cannot judge, when a profile is read: the node that is wrong, and why. NULL: all
	 * is well. Not set: the rows are enough. */
	const struct engine_node *(*check)(const struct engine_node *part, char *out_what, size_t cap);
	/* This read tells nothing for what the profile names: it is left out. Not set: all are needed. */
	bool (*skip)(const struct engine_node *want, unsigned read);
	/* What the reads before it gave leaves nothing for this one to tell. Not set: that never happens. */
	bool (*needless)(const struct engine_part_in *in, unsigned read);
	/* The next request that depends on what was read, with a tag; NULL: no more. in->more has the
	 * replies so far. Not set: none. */
	const char *(*more)(const struct engine_part_in *in, struct arena *a, struct wsman_req *req);
	/* Why the device would be out of reach after what diff wants; NULL: it would not. Asked for changes with
	 * CHANGE_CUTS_OFF: they are not sent then, unless somebody accepted the loss (D122, D125). */
	const char *(*dark)(const struct engine_part_in *in, struct arena *a);
	/* What the replies tell of where the PC is: kept for all later looks. Not set: nothing. */
	void (*seen)(const struct engine_part_in *in, struct engine_part_seen *out_s);
	/* False with e: the profile asks for what cannot be (slots full, a secret missing). */
	bool (*diff)(const struct engine_part_in *in, struct engine_changes *c, struct err *e);
	bool uses_own_cert;             /* may name the PC's TLS certificate: looked at when that is renewed */
	bool hidden;                    /* in no profile: part of jobs (run_part_load.c) */
};
struct engine_profile;
bool engine_part_wants_mutual(const struct engine_profile *p); /* part_tls_auth.c */
const struct engine_part *engine_parts_at(unsigned i);            /* of the language; NULL past the end */
const struct engine_part *engine_parts_all_at(unsigned i);        /* hidden ones as well */
const struct engine_part *engine_parts_find(struct span name);    /* NULL */
#define X(name) extern const struct engine_part engine_part_##name;
ENGINE_PARTS(X)
#undef X

#include "engine/part_make.h" /* what diffs make their changes with */
