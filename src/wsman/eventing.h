/* Subscriptions to events (WS-Eventing; wsman 2.3): the arguments of Subscribe as values. Part of
 * the envelope: other folders read wsman_msg.subscription and fill wsman_req.subscription. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/out.h"
#include "wsman/xml.h"

enum wsman_delivery {
	WSMAN_DELIVERY_OTHER,         /* read only: a mode that nobody offers */
	WSMAN_DELIVERY_PUSH,
	WSMAN_DELIVERY_PUSH_WITH_ACK, /* the receiver answers each event */
};
struct wsman_subscription {
	enum wsman_delivery delivery;
	const char *notify_to; /* address that events are posted to */
	/* Reference parameter that comes back in the header of each event; name "": none. */
	const char *arg_ns, *arg_name, *arg;
	const char *expires;   /* time or duration; "" */
	/* Digest login of the device at the receiver; user "": none. The password is never printed. */
	const char *user, *password;
};

/* Reads a Subscribe element with the tokens of its header (NULL: none). */
bool wsman_eventing_read(const struct wsman_xml *subscribe, const struct wsman_xml *header,
			 struct arena *a, const struct wsman_subscription **out_sub, struct err *e);
void wsman_eventing_emit_token(struct out *o, const struct wsman_subscription *s);
void wsman_eventing_emit_subscribe(struct out *o, const struct wsman_subscription *s);
void wsman_eventing_print(struct out *o, const struct wsman_subscription *s);
void wsman_eventing_print_json(struct out *o, const struct wsman_subscription *s);
