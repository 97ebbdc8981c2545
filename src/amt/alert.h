/* Alerts of PCs as they come in, whatever carried them: an SNMP trap (PET, wire/pet.h) or a WS-Event
 * (wsman/notice.h). Pure: bytes in, texts out. Nothing in an alert proves who sent it. */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include "base/span.h"
#include <stdint.h>

enum amt_alert_kind { AMT_ALERT_TRAP, AMT_ALERT_EVENT };
struct amt_alert {
	enum amt_alert_kind kind;
	char from[64];      /* address that it came from */
	char agent[64];     /* address that a trap gives as the PC's; "" */
	char community[40]; /* of a trap */
	char token[128];    /* reference parameter of an event's subscription; "" */
	char id[24];        /* "iAMT0005" of an event; sensor/type/offset of a trap: "5/111/0" */
	char severity[24], text[200];
	int64_t at_unix_s;  /* by the clock of the PC; 0: not told */
	char mark[200];     /* the same for what is sent twice */
	char message_id[80]; /* of an event's envelope, for the acknowledgement */
};
/* False: it is no such alert; e says why. */
bool amt_alert_trap(struct span datagram, const char *from, struct amt_alert *out_a, struct err *e);
bool amt_alert_event(struct span body, const char *from, struct amt_alert *out_a, struct err *e);
void amt_alert_ack(const struct amt_alert *a, uint64_t counter, struct out *o);
const char *amt_alert_kind_name(enum amt_alert_kind k);
/* "critical", "warning" and the like as a number: 0 for what people must see, 1 warning, 2 the rest. */
unsigned amt_alert_rank(const struct amt_alert *a);
/* One JSON object, of text that peers cannot break. received_unix_ms: when it came; 0: left out. */
void amt_alert_json(const struct amt_alert *a, int64_t received_unix_ms, struct out *o);
