/* What a virtual PC tells those who have subscribed: SNMP traps (PET) as its filters choose them, and
 * WS-Events. The device says what goes where (env.on_alert); who sends it, how often and until when is
 * sim/alert_client.h. */
#pragma once
#include "sim/dev.h"
#include "wire/pet.h"
#include "wsman/notice.h"

struct sim_alert { /* one of both; valid inside the callback only */
	const char *to;             /* IPv4 address, or URL */
	uint16_t port;              /* of a trap */
	struct wire_pet *pet;       /* its agent is filled in by who knows the address */
	const struct wsman_notice *notice;
	const char *user, *password; /* digest login at the receiver; NULL: none */
	bool wants_ack;
};
void sim_alerts_event(struct sim_dev *d, const struct wire_event_record *ev); /* by the PET filters */
/* Message iAMT followed by that number, with a number as its first argument (-1: none). */
/* What is done, by its audit event: the alerts that tell of it. */
void sim_alerts_audited(struct sim_dev *d, uint16_t app, uint16_t event);
/* The receiver at that host showed that chain over TLS, leaf first: false, the PC does not trust it, and
 * tells others so when tell. */
bool sim_alerts_trusts(struct sim_dev *d, const char *host, const struct span *ders, unsigned count, bool tell);
void sim_alerts_message(struct sim_dev *d, unsigned message, int argument, unsigned severity);
