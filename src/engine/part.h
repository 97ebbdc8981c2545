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
	X(power) X(consent) X(users) X(defense) X(wifi)

#define PART_READS_MAX 8
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
	const struct engine_part_reply *have; /* by index of part->reads */
	const struct engine_part_more *more;
	const struct engine_facts *facts; /* realm, version, ... */
	unsigned major, minor;            /* of the firmware; 0 unknown. Only a prior: ask the device */
	const char *uuid, *host, *domain, *fqdn;
	struct engine_part_secret *secrets;
	unsigned secret_count;
	const struct engine_part_cert *certs; /* every KEY_CERT of the profile, resolved */
	unsigned cert_count;
	int64_t now_unix_ms;
};
struct engine_part_secret *engine_part_secret(const struct engine_part_in *in, const struct engine_node *group,
					      const char *key); /* NULL: not named */
struct span engine_part_cert(const struct engine_part_in *in, const char *name); /* DER; empty: none */
const struct wsman_obj *engine_part_more(const struct engine_part_in *in, const char *tag, bool *out_asked);
/* First item of read i whose prop has that text; NULL. prop NULL: the first item. */
struct wsman_obj *engine_part_item(const struct engine_part_in *in, unsigned i, const char *prop, const char *text);

enum engine_change_flags {
	CHANGE_STAGED = 1,  /* acts at CommitChanges: verified after it */
	CHANGE_CREATES = 2,
	CHANGE_REREAD = 4,  /* what follows needs what this one makes: the part is read again right after */
	CHANGE_REPORT = 8,  /* nothing is sent: it is only told (an entry that is not in the profile) */
	CHANGE_CUTS_OFF = 16, /* may cut the device off: see design of the blast radius */
};
struct engine_change {
	const char *id;          /* "add:alice": unique within the part, stored, shown; no secrets */
	struct out text;         /* "users.alice.realms: a b -> a c" lines; no secrets */
	unsigned flags;
	struct wsman_req req;    /* op WSMAN_OP_UNKNOWN only with CHANGE_REPORT */
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
/* A new change at the end, in c->a. NULL when the arena is full (c->a->full tells it too). */
struct engine_change *engine_part_change(struct engine_changes *c, unsigned flags, const char *id_fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* One line of a change: field path, value now, value wanted. NULL as a value: "absent". */
void engine_part_line(struct engine_change *ch, const char *field, const char *from, const char *to);
/* The request of a change: Put of a clone of that instance (to be changed by the caller), Create,
 * method call with empty input (selectors: NULL none), or Delete. All objects are in c->a. */
struct wsman_obj *engine_part_put(struct engine_changes *c, struct engine_change *ch, const struct wsman_obj *instance,
				  const struct wsman_selector *sel);
struct wsman_obj *engine_part_create(struct engine_changes *c, struct engine_change *ch, const char *class_name);
struct wsman_obj *engine_part_call(struct engine_changes *c, struct engine_change *ch, const char *class_name,
				   const char *method, const struct wsman_selector *sel);
void engine_part_delete(struct engine_changes *c, struct engine_change *ch, const char *class_name,
			const struct wsman_selector *sel);

/* Plain properties of an instance that is read and put: for many parts this table is all. */
struct engine_part_prop {
	const char *key;         /* "timeouts.display": path within the part */
	const char *prop;
	const char *words;       /* "none=0 kvm=1 all=4294967295": word of the profile = value; NULL: as it is */
};
/* At most one change, a Put of that instance with every property that differs; id "set:CLASS".
 * rows ends with key NULL. Switches become true/false unless words says otherwise. A property that the
 * instance does not have is "not available": reported as a line of its own (CHANGE_REPORT). */
void engine_part_props(const struct engine_part_in *in, const struct wsman_obj *instance, const struct wsman_selector *sel,
		       const struct engine_part_prop *rows, unsigned flags, struct engine_changes *c);

/* The same for one group of the profile and one instance (NULL: there is none), without a change of its
 * own: a line per difference goes to ch, every value named goes to `to`; both may be NULL. path: of the
 * group, for people. How many differ. */
unsigned engine_part_fields(struct arena *a, const struct engine_node *group, const char *path,
			    const struct engine_part_prop *rows, const struct wsman_obj *have,
			    struct wsman_obj *to, struct engine_change *ch);
/* Word of the profile for a value of the device, or the other way round; text itself when no pair fits. */
const char *engine_part_word(struct arena *a, const char *words, const char *text, bool to_device);
/* Nothing is sent: "users.bob: not in the profile". */
void engine_part_report(struct engine_changes *c, const char *field, const char *what);

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
	/* The next request that depends on what was read, with a tag; NULL: no more. in->more has the
	 * replies so far. Not set: none. */
	const char *(*more)(const struct engine_part_in *in, struct arena *a, struct wsman_req *req);
	/* False with e: the profile asks for what cannot be (slots full, a secret missing). */
	bool (*diff)(const struct engine_part_in *in, struct engine_changes *c, struct err *e);
};
const struct engine_part *engine_parts_at(unsigned i);            /* NULL past the end */
const struct engine_part *engine_parts_find(struct span name);    /* NULL */
#define X(name) extern const struct engine_part engine_part_##name;
ENGINE_PARTS(X)
#undef X
