/* Sends what virtual PCs tell (sim/alerts.h) over real sockets: each trap three times within a minute, an
 * event until the receiver has answered or 30 s are over. Bounded: what does not fit is dropped and
 * counted. Used by serve.c. */
#pragma once
#include "net/loop.h"
#include "sim/alerts.h"
#include "sim/fleet.h"

struct sim_alert_client;
struct sim_alert_counts {
	unsigned traps, trap_sends, events, answered, given_up, dropped;
};
struct sim_alert_client *sim_alert_client_new(struct net_loop *l, struct sim_fleet *f, double speed);
void sim_alert_client_free(struct sim_alert_client *c); /* NULL is fine */
void sim_alert_client_send(struct sim_alert_client *c, const struct sim_dev *d, const struct sim_alert *a);
const struct sim_alert_counts *sim_alert_client_get_counts(const struct sim_alert_client *c);
