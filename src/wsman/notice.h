/* Events as PCs post them to who has subscribed (WS-Eventing; discovery 7.2): a CIM_AlertIndication in an
 * envelope of its own, and the acknowledgement that some want. Pure; the receiver reads, the simulator
 * writes. */
#pragma once
#include "wsman/envelope.h"

struct wsman_notice {
	const char *to, *message_id;          /* address that it goes to; of the envelope */
	const char *arg_ns, *arg_name, *arg;  /* reference parameter of the subscription; name "": none */
	const char *filter;                   /* collection: "Intel(r) AMT:All" */
	const char *identifier, *time;        /* IndicationIdentifier; ISO 8601, "" */
	const char *id;                       /* "iAMT0005" */
	const char *text;                     /* Message; mostly "" */
	const char *first_argument;           /* of the message: often a number */
	unsigned severity;                    /* 2 information, 3 warning, 4 minor, 5 major, 6 critical */
};
/* Texts are in the arena of the message. False: it is no event. */
bool wsman_notice_read(const struct wsman_msg *m, struct arena *a, struct wsman_notice *out_n, struct err *e);
void wsman_notice_emit(struct out *o, const struct wsman_notice *n);
void wsman_notice_emit_ack(struct out *o, const char *relates_to, const char *message_id);
/* The i-th message with a meaning; argument -1: whatever it is. False past the end. */
bool wsman_notice_at(unsigned i, unsigned *out_id, int *out_argument);
/* What that message means, or NULL. argument: its first one. */
const char *wsman_notice_meaning(const char *id, const char *argument);
