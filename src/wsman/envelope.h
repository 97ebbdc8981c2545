/* WS-Management envelopes (wsman 2): what we send as client, what the simulator answers, and
 * reading both in every dialect of the corpus. Sending is exact: the minimal dialect that real
 * clients use (2.2). Reading matches by namespace. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/out.h"
#include "wsman/classes.h"
#include "wsman/eventing.h"
#include "wsman/obj.h"
#include "wsman/xml.h"

#define WSMAN_OPS(X)                                                                       \
	X(WSMAN_OP_UNKNOWN, "unknown") X(WSMAN_OP_GET, "Get") X(WSMAN_OP_PUT, "Put")       \
	X(WSMAN_OP_CREATE, "Create") X(WSMAN_OP_DELETE, "Delete")                          \
	X(WSMAN_OP_ENUMERATE, "Enumerate") X(WSMAN_OP_PULL, "Pull")                        \
	X(WSMAN_OP_RELEASE, "Release") X(WSMAN_OP_SUBSCRIBE, "Subscribe")                  \
	X(WSMAN_OP_RENEW, "Renew") X(WSMAN_OP_UNSUBSCRIBE, "Unsubscribe")                  \
	X(WSMAN_OP_EVENT, "Event") X(WSMAN_OP_IDENTIFY, "Identify")                        \
	X(WSMAN_OP_INVOKE, "Invoke") X(WSMAN_OP_FAULT, "Fault")
enum wsman_op {
#define X(name, text) name,
	WSMAN_OPS(X)
#undef X
	WSMAN_OP_COUNT
};
const char *wsman_envelope_op_name(enum wsman_op op);

struct wsman_fault {
	const char *code;      /* "Sender", "Receiver", "MustUnderstand" */
	const char *subcode;   /* local name: "DestinationUnreachable", "AlreadyExists", ... */
	const char *reason;    /* text */
	bool has_pt_status;    /* Detail said AMT-STATUS n */
	uint32_t pt_status;
};
struct wsman_msg {
	enum wsman_op op;
	bool is_reply;            /* action ends in Response, or a fault */
	const char *action, *to, *resource_uri, *message_id, *relates_to; /* "" when absent */
	const char *class_name;   /* last part of the resource URI; "" */
	const char *method;       /* Invoke: method name, else "" */
	const struct wsman_class *cls; /* NULL when the table does not know it */
	struct wsman_selector *selectors;
	const struct wsman_xml *header, *body; /* elements */
	const struct wsman_xml *payload;       /* first element in the body, or NULL */
	const char *enum_context; /* EnumerationContext of request or reply; "" */
	bool end_of_sequence;     /* Pull reply: EndOfSequence was there (decides over a context) */
	uint32_t max_elements;    /* Pull request; 0 when absent */
	const struct wsman_xml *items; /* Pull reply: the Items element; its children are instances */
	const struct wsman_epr *created; /* reply to Create or Subscribe: what was made */
	const struct wsman_subscription *subscription; /* Subscribe request; else NULL */
	const char *expires;             /* Renew, and the replies to it and to Subscribe; "" */
	struct wsman_fault fault;
};
bool wsman_envelope_parse(struct span in, struct arena *a, struct wsman_msg *out_msg, struct err *e);
/* Typed reading of the payload: instance of a Get/Put/Create, method input (request) or output
 * (reply). Error when the class is not in the table or the payload is another element. */
bool wsman_envelope_obj(const struct wsman_msg *m, struct arena *a, struct wsman_obj **out_obj,
			struct err *e);
/* Typed instance of one child of m->items (its own class, which may be a derived one). */
bool wsman_envelope_item(const struct wsman_xml *item, struct arena *a, struct wsman_obj **out_obj,
			 struct err *e);

struct wsman_req {
	enum wsman_op op;
	const char *resource_uri;            /* class URI; unused for Identify */
	const char *method;                  /* Invoke */
	const struct wsman_selector *selectors;
	const struct wsman_obj *obj;         /* Put, Create: instance; Invoke: input (may be NULL) */
	const char *enum_context;            /* Pull, Release */
	const struct wsman_subscription *subscription; /* Subscribe */
	const char *expires;                 /* Renew: time or duration */
	const char *message_id;              /* NULL: "0" */
};
void wsman_envelope_emit_request(struct out *o, const struct wsman_req *r);

/* Replies in the form of real firmware (2.4): positional prefixes, sorted members, MessageID
 * uuid:00000000-8086-8086-8086-XXXXXXXXXXXX from counter. */
struct wsman_rep {
	const struct wsman_msg *to;          /* the request: action, RelatesTo, resource */
	uint64_t message_counter;
	const struct wsman_obj *obj;         /* Get/Put reply: instance; Invoke: output */
	const char *ns;                      /* namespace of obj; NULL: the request's resource URI */
	uint32_t return_value;               /* Invoke */
	const struct wsman_epr *created;     /* Create, Subscribe */
	const char *expires;                 /* Subscribe, Renew; NULL: none */
	const char *enum_context;            /* Enumerate and unfinished Pull; NULL: none */
	bool end_of_sequence;                /* Pull */
	const struct wsman_obj *const *items; /* Pull */
	const struct wsman_class *const *item_classes;
	unsigned item_count;
	const char *product_version;         /* Identify */
};
void wsman_envelope_emit_reply(struct out *o, const struct wsman_rep *r);
struct wsman_fault_rep {
	const char *relates_to;
	uint64_t message_counter;
	bool receiver;        /* code Receiver (HTTP 500), else Sender (HTTP 400) */
	bool addressing;      /* fault action of WS-Addressing, else of WS-Management */
	const char *subcode;  /* local name; its namespace is chosen by name */
	const char *reason;
	bool has_pt_status;
	uint32_t pt_status;   /* Detail "AMT-STATUS n" */
};
void wsman_envelope_emit_fault(struct out *o, const struct wsman_fault_rep *f);

/* Whole message for people (`decode wsman`): header lines, then typed members with meanings when
 * the table knows the class, else the tree. Secret members are masked. */
void wsman_envelope_print(struct out *o, const struct wsman_msg *m);
void wsman_envelope_print_json(struct out *o, const struct wsman_msg *m);
