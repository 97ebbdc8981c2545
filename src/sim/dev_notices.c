/* Which alert of WS-Events tells of which audited action (discovery 7.3 for the numbers; that firmware
 * sends them at these moments is a guess). Called by dev_audit.c for all that is done, whatever the
 * audit policy; alerts with no audit event beside them are told where they happen. */
#include "sim/alerts.h"

#define ANY  (-1)
#define INFO 2
#define WARN 3

/* clang-format off */
static const struct row {
	uint16_t app;
	int event;         /* ANY: each of the application */
	unsigned message;
	int argument;      /* -1: none */
	unsigned severity;
} rows[] = {
	{ 18, 8, 52, 1, INFO },   { 18, 9, 52, 2, INFO },    /* KVM began, ended */
	{ 18, 10, 59, 1, INFO },  { 18, 11, 59, 0, INFO },   /* KVM enabled, disabled */
	{ 19, 0, 61, -1, WARN },                             /* the firmware was restarted */
	{ 22, 0, 57, -1, INFO },  { 22, 3, 57, -1, INFO },   /* the network changed */
	{ 25, ANY, 56, -1, INFO },                           /* System Defense changed */
	{ 27, 3, 54, -1, INFO },                             /* profiles of the host: switched */
	{ 29, 3, 64, 1, INFO },   { 30, 0, 64, 4, INFO },    /* consent given; its policy */
};
/* clang-format on */

void sim_alerts_audited(struct sim_dev *d, uint16_t app, uint16_t event)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].app == app && (rows[i].event == ANY || rows[i].event == event))
			sim_alerts_message(d, rows[i].message, rows[i].argument, rows[i].severity);
}
