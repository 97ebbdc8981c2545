/* Where PCs tell what happened: traps by UDP, WS-Events by HTTP or HTTPS with a digest login. Decodes (amt/alert.h),
 * leaves out what was told before, and limits what one source may say. For `outband alert listen` and
 * for the service. Stores nothing. */
#pragma once
#include "amt/alert.h"
#include "base/secret.h"

struct net_loop;
struct cli_alerts;
/* An event is acknowledged when whoever takes it has it for good. */
enum cli_alert_taken { CLI_ALERT_NOW, CLI_ALERT_LATER, CLI_ALERT_NOT };
struct cli_alert_ticket;
struct cli_alerts_conf {
	struct net_loop *loop;
	const char *traps, *events, *https; /* "[HOST:]PORT"; NULL: not listened for. https: events over TLS */
	struct pki_chain *chain;    /* what https shows, with its key. Takes: chain, also when it fails */
	/* Asked before each connection over TLS: the chain to show from now on, which is taken; NULL: as it is. */
	struct pki_chain *(*fresh)(void *arg, const struct pki_chain *is);
	const char *user;           /* digest login that events need; NULL: none is asked for */
	const struct secret *password; /* copied */
	unsigned per_minute;        /* of one source; 0: default */
	uint64_t seed;              /* any number that outsiders do not know */
	/* CLI_ALERT_LATER: cli_alerts_settle is called once with t, after this returned. */
	enum cli_alert_taken (*on_alert)(void *arg, const struct amt_alert *a, struct cli_alert_ticket *t);
	/* Something came from there that is not taken, and why: not more often than five times a second. NULL:
	 * nobody is told. */
	void (*on_refused)(void *arg, const char *from, const char *why);
	void *arg;
};
struct cli_alerts_counts {
	uint64_t taken, repeated, limited, malformed, refused; /* refused: wrong or no login */
};
struct cli_alerts *cli_alerts_new(const struct cli_alerts_conf *c, struct err *e);
void cli_alerts_free(struct cli_alerts *a); /* NULL is fine; tickets may be settled after it */
/* kept: the sender gets its answer; else it may try again. Takes: t */
void cli_alerts_settle(struct cli_alert_ticket *t, bool kept);
void cli_alerts_places(const struct cli_alerts *a, struct out *o); /* "traps=0.0.0.0:162 events=..." */
const struct cli_alerts_counts *cli_alerts_get_counts(const struct cli_alerts *a);
