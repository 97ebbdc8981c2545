/* See serve_alerts.h. Reads the settings, opens the listeners, hands alerts on. Decides nothing. */
#include "cli/serve_alerts.h"
#include "base/clk.h"
#include "base/log.h"
#include "engine/alerts.h"
#include "engine/vault.h"

#define DEFAULT_NAME "localhost"
#define RETRY_MS     60000

static void on_kept(void *arg, bool kept)
{
	cli_alerts_settle(arg, kept);
}

static enum cli_alert_taken on_alert(void *arg, const struct amt_alert *a,
				     struct cli_alert_ticket *t)
{
	return engine_alerts_take(arg, a, on_kept, t) ? CLI_ALERT_LATER : CLI_ALERT_NOT;
}

static void on_refused(void *arg, const char *from, const char *why)
{
	(void)arg;
	log_ev(LOG_EV_ALERT_REFUSED, LOG_S("address", from), LOG_S("what", why));
}

/* Without one that is better the old one stays: it may do for another while. */
static struct pki_chain *fresh(void *arg, const struct pki_chain *is)
{
	static int64_t retry_mono_ms; /* what cannot be made is not tried for each connection */
	struct engine *en = arg;
	struct err e = { 0 };

	if (clk_mono_ms() < retry_mono_ms || !engine_vault_alerts_is_old(en, is))
		return NULL;
	struct pki_chain *c = engine_vault_alerts(en, is->certs[0].cn, is->key, &e);
	if (c) {
		log_ev(LOG_EV_ALERTS_CERT, LOG_S("subject", c->certs[0].subject),
		       LOG_S("serial", c->certs[0].serial));
	} else {
		retry_mono_ms = clk_mono_ms() + RETRY_MS;
		log_err(LOG_EV_SERVE_FAILED, &e,
			(const struct log_kv[]){ LOG_S("step", "certificate of alerts.https"),
						 { 0 } });
	}
	return c;
}

static bool open_all(struct net_loop *l, struct engine *en, uint64_t seed,
		     const struct engine_alerts_conf *set, struct cli_alerts **out_a, struct err *e)
{
	struct cli_alerts_conf conf = {
		.loop = l,
		.traps = *set->traps ? set->traps : NULL,
		.events = *set->events ? set->events : NULL,
		.https = *set->https ? set->https : NULL,
		.user = *set->user ? set->user : NULL,
		.password = set->password,
		.per_minute = set->per_minute,
		.seed = seed,
		.fresh = fresh,
		.on_alert = on_alert,
		.on_refused = on_refused,
		.arg = en,
	};
	char places[240] = "";
	struct out o;

	if (!conf.traps && !conf.events && !conf.https)
		return true;
	if (conf.user && !set->has_password) {
		err_set(e, ERR_INVALID, "alerts.user is set, and alerts.password is not");
		return err_hint(e,
				"name a stored secret: 'outband setting set alerts.password NAME'");
	}
	if (conf.https)
		conf.chain =
			engine_vault_alerts(en, *set->name ? set->name : DEFAULT_NAME, NULL, e);
	if (conf.https && !conf.chain)
		return false;
	*out_a = cli_alerts_new(&conf, e);
	if (!*out_a)
		return false;
	out_init(&o, places, sizeof places - 1);
	cli_alerts_places(*out_a, &o);
	log_ev(LOG_EV_ALERTS_LISTEN, LOG_S("places", places));
	return true;
}

bool cli_serve_alerts(struct net_loop *l, struct engine *en, uint64_t seed,
		      struct cli_alerts **out_a, struct err *e)
{
	struct secret password = { 0 };
	struct engine_alerts_conf set = { .password = &password };
	struct arena a;

	*out_a = NULL;
	arena_init(&a, 1 << 16);
	bool ok = engine_alerts_conf(en, &a, &set, e) && open_all(l, en, seed, &set, out_a, e);
	secret_deinit(&password);
	arena_deinit(&a);
	return ok || err_wrap(e, "alerts (alerts.traps, alerts.events, alerts.https)");
}
