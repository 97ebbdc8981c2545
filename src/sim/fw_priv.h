/* Inside of the firmware's services: one request in, one reply and its side effects out. Pure: the
 * time comes in, what the outside must do goes out in struct fw_ctx. fw_http.c is the entry. */
#pragma once
#include "sim/dev_priv.h"
#include "wsman/envelope.h"
#include "wsman/status.h"

/* X(constant, subcode, of WS-Addressing, HTTP status, reason) */
#define FW_FAULTS(X)                                                                                \
	X(FW_FAULT_NONE, "", false, 200, "")                                                        \
	X(FW_FAULT_UNREACHABLE, "DestinationUnreachable", true, 400,                                \
	  "No route can be determined to reach the destination role defined by the WSAddressing To.") \
	X(FW_FAULT_ACTION, "ActionNotSupported", true, 400,                                         \
	  "The action is not supported by the service.")                                            \
	X(FW_FAULT_HEADER, "InvalidMessageInformationHeader", true, 400,                            \
	  "A message information header is not valid and cannot be processed.")                     \
	X(FW_FAULT_SELECTORS, "InvalidSelectors", false, 400,                                       \
	  "The Selectors for the resource were not valid.")                                         \
	X(FW_FAULT_REPRESENTATION, "InvalidRepresentation", false, 400,                             \
	  "The XML content was not valid.")                                                         \
	X(FW_FAULT_SCHEMA, "SchemaValidationError", false, 400,                                     \
	  "The supplied SOAP violates the corresponding XML schema definition.")                    \
	X(FW_FAULT_PARAMETER, "InvalidParameter", false, 400, "An operation parameter was not valid.") \
	X(FW_FAULT_CONTEXT, "InvalidEnumerationContext", false, 400,                                \
	  "The supplied enumeration context is invalid.")                                           \
	X(FW_FAULT_EXISTS, "AlreadyExists", false, 400,                                             \
	  "The sender attempted to create a resource which already exists.")                        \
	X(FW_FAULT_QUOTA, "QuotaLimit", false, 400,                                                 \
	  "The service is busy servicing other requests.")                                          \
	X(FW_FAULT_DENIED, "AccessDenied", false, 400,                                              \
	  "The sender was not authorized to access the resource.")                                  \
	X(FW_FAULT_ENCODING, "EncodingLimit", false, 400, "An internal encoding limit was exceeded.") \
	X(FW_FAULT_MUST_UNDERSTAND, "MustUnderstand", false, 400,                                   \
	  "A header that must be understood is not known.")                                         \
	X(FW_FAULT_INTERNAL, "InternalError", false, 500,                                           \
	  "The service cannot comply with the request due to internal processing errors.")          \
	X(FW_FAULT_BUSY, "InternalError", false, 400,                                               \
	  "The service cannot comply with the request now.")
enum fw_fault {
#define X(name, subcode, addressing, http, reason) name,
	FW_FAULTS(X)
#undef X
};

struct fw_class;
struct fw_ctx {
	struct sim_dev *d;
	struct arena *a;
	const struct wsman_msg *m;
	const struct fw_class *cls;
	enum sim_session session;
	uint32_t user;    /* who asks: handle of fw_users.c, 0 the admin */
	const char *peer; /* from which address; NULL: not told */
	int64_t now_mono_ms, now_unix_ms; /* real time; the device's own clock is off by clock_offset_ms */
	bool keys_only; /* only the key members of an instance are wanted */
	bool active;    /* what acts now, also where a Get would show what is staged */
	/* result */
	enum fw_fault fault;
	uint32_t pt_status; /* detail of FW_FAULT_INTERNAL and FW_FAULT_BUSY */
	bool unavailable;   /* HTTP 503 */
	int64_t delay_ms;
	unsigned effects;   /* SIM_EFFECT_ */
	enum sim_state to_state;
	bool committed;     /* CommitChanges was done */
};
/* Sets the fault; always false. */
bool sim_fw_refuse(struct fw_ctx *x, enum fw_fault f);
bool sim_fw_refuse_status(struct fw_ctx *x, enum fw_fault f, uint32_t pt_status);
/* True when a write may go on; else FLASH_WRITE_LIMIT_EXCEEDED (fault flash_limit). */
bool sim_fw_flash_ok(struct fw_ctx *x);

struct fw_member {
	const char *prop;
	const char *fixed; /* always this text; NULL: var, or filled in by the class */
	int var;           /* enum sim_var; -1: none */
};
#define FW_FIX(p, t)          { p, t, -1 }
#define FW_VAR(p, v)          { p, NULL, v }
#define FW_OWN(p)             { p, NULL, -1 } /* filled in by the class; ignored in a Put */
#define FW_END                { NULL, NULL, -1 }
#define FW_SYSTEM                                                                                   \
	FW_FIX("SystemCreationClassName", "CIM_ComputerSystem"), FW_FIX("SystemName", "Intel(r) AMT")
#define FW_SERVICE(cls, name)                                                                       \
	FW_FIX("CreationClassName", cls), FW_FIX("ElementName", name), FW_FIX("Name", name), FW_SYSTEM

struct fw_method {
	const char *name;
	/* Gives the ReturnValue; or sets x->fault. */
	uint32_t (*call)(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out);
};
struct fw_class {
	const char *name;
	unsigned since, until;                        /* releases that have it, 62 is 6.2; 0: no bound */
	const struct fw_member *members[2];           /* per instance, or one for all */
	unsigned (*count)(const struct sim_dev *d);   /* instances; NULL: one per list of members */
	/* Sets what is no plain member. NULL: nothing more. */
	void (*fill)(struct fw_ctx *x, unsigned i, struct wsman_obj *o);
	bool can_put;
	/* Judges an instance before it is stored; stores what is no plain member. NULL: nothing more. */
	bool (*put)(struct fw_ctx *x, unsigned i, const struct wsman_obj *in);
	bool (*create)(struct fw_ctx *x, const struct wsman_obj *in, const struct wsman_epr **out_epr);
	bool (*del)(struct fw_ctx *x, unsigned i);
	/* Subscribe to instance i; NULL: ActionNotSupported. And the end of subscription i. */
	bool (*subscribe)(struct fw_ctx *x, unsigned i, const struct wsman_epr **out_epr);
	bool (*unsubscribe)(struct fw_ctx *x, unsigned i);
	const struct fw_method *methods;              /* ends with name NULL; NULL: none */
	const struct fw_method *more_methods;         /* the same, from another file */
	/* A base class: its i-th instance is one of a derived class, under that name; changes *i to the
	 * index there. Goes with count. */
	const struct fw_class *(*derived)(const struct sim_dev *d, unsigned *i);
	/* A Pull that begins with instance at gives those before this one at most. NULL: all. */
	unsigned (*pull_end)(const struct sim_dev *d, unsigned at);
};
#include "sim/fw_tables_priv.h"

/* ---- fw_class.c ---- */
const struct fw_class *sim_fw_class_find(const char *name); /* NULL */
unsigned sim_fw_class_index(const struct fw_class *c);
const struct fw_class *sim_fw_class_at(unsigned i);         /* NULL past the end */
bool sim_fw_has(const struct sim_dev *d, const struct fw_class *c); /* this release does */
unsigned sim_fw_count(const struct sim_dev *d, const struct fw_class *c);
struct wsman_obj *sim_fw_instance(struct fw_ctx *x, const struct fw_class *c, unsigned i);
/* Instance that the selectors name; -1 with x->fault set. */
int sim_fw_select(struct fw_ctx *x, const struct fw_class *c);
bool sim_fw_put(struct fw_ctx *x, const struct fw_class *c, unsigned i, const struct wsman_obj *in);
/* Sets a member if the class table knows it (a set that it does not know would be our bug). */
void sim_fw_set(struct wsman_obj *o, const char *prop, const char *text);
/* Text that instance will have after this Put: of the Put, or as it is staged now. */
const char *sim_fw_will_be(const struct fw_ctx *x, const struct wsman_obj *in, const char *prop,
			   enum sim_var v);
struct wsman_epr *sim_fw_epr(struct fw_ctx *x, const char *class_name, const char *key, const char *value);

/* ---- fw_pki.c ---- */
void sim_fw_pki_tick(struct fw_ctx *x); /* a key that was being made is ready */
/* Number behind "Intel(r) AMT Certificate: Handle: " or "... Key: Handle: "; false for other text. */
bool sim_fw_pki_handle(const char *text, const char *kind, uint32_t *out_handle);

/* ---- fw_8021x.c ---- */
/* The members of a login that are the same in every class; false: such settings are refused. */
bool sim_fw_8021x_ok(const struct fw_ctx *x, const struct wsman_obj *o, uint32_t protocol_max,
		     bool has_client, const char *password);
/* Handle of a certificate that a reference names and that is there: a trusted root, or one with its key. */
bool sim_fw_8021x_cert(struct fw_ctx *x, const struct wsman_epr *epr, bool root, uint32_t *out_handle);
bool sim_fw_8021x_uses(const struct sim_dev *d, uint32_t cert_handle);
bool sim_fw_remote_uses(const struct sim_dev *d, uint32_t cert_handle); /* fw_remote.c */

/* ---- fw_enum.c ---- */
/* The reply's obj-independent part of Enumerate, Pull, Release; false with x->fault set. */
bool sim_fw_enumerate(struct fw_ctx *x, struct wsman_rep *rep);
bool sim_fw_pull(struct fw_ctx *x, struct wsman_rep *rep);
bool sim_fw_release(struct fw_ctx *x);

/* ---- fw_dispatch.c ---- */
/* Answers x->m: gives the HTTP status and writes the SOAP body. */
unsigned sim_fw_dispatch(struct fw_ctx *x, struct out *body);
