/* See alerts.h. An alert proves nothing about who sent it: the token of an event's subscription is looked
 * up first, then the address; what fits no device stands in the timeline of the service. What is handed on
 * to programs and web servers is alert_send.c. */
#include "engine/alerts.h"
#include "engine/engine_priv.h"
#include "engine/outside.h"

#include "base/clk.h"
#include "base/mem.h"

#include <stdio.h>

#define MINUTE_MS 60000
#define JSON_MAX  8192

/* ---- whose it is ---- */

static bool find_device(struct engine *en, struct arena *a, const struct amt_alert *alert,
			struct store_device *out_d)
{
	struct uuid uuid;
	char text[UUID_TEXT_SIZE];

	if (uuid_parse(span_str(alert->token), &uuid)) {
		uuid_print(&uuid, text);
		if (store_device_get(en->conf.store, a, text, out_d))
			return true;
	}
	/* a name would be found too: an address only */
	if (alert->agent[0] && store_device_find(en->conf.store, a, alert->agent, out_d))
		return true;
	return store_device_find(en->conf.store, a, alert->from, out_d);
}

/* ---- on to others ---- */

static void forward(struct engine *en, const struct amt_alert *a, const struct store_device *d)
{
	char text[JSON_MAX];
	struct out o;

	if (!en->conf.outside || (!en->set.alert_hook[0] && !en->set.alert_webhook[0]))
		return;
	out_init(&o, text, sizeof text);
	amt_alert_json(a, clk_unix_ms(), &o);
	if (!o.bad && d && o.n) { /* who it is, before the closing brace */
		o.n--;
		out_str(&o, ",\"uuid\":");
		out_json_str(&o, span_str(d->uuid));
		out_str(&o, ",\"fqdn\":");
		out_json_str(&o, span_str(d->fqdn));
		out_str(&o, "}");
	}
	if (o.bad)
		return;
	if (en->set.alert_hook[0])
		engine_alert_send_add(en, false, a, d ? d->uuid : "", out_span(&o));
	if (en->set.alert_webhook[0] && en->conf.outside->post)
		engine_alert_send_add(en, true, a, d ? d->uuid : "", out_span(&o));
}

/* ---- in ---- */

struct keeping {
	struct engine *en;
	void (*fn)(void *arg, bool kept);
	void *arg;
};

static void on_kept(void *arg, const struct err *e)
{
	struct keeping *k = arg;

	struct engine *en = k->en;

	en->logins--;
	k->fn(k->arg, !e || e->code == ERR_NONE);
	mem_free(k);
	engine_stop_look(en);
}

/* Whoever makes up senders gets no more rows of the timeline than this. */
static bool too_many_unknown(struct engine *en, const struct amt_alert *alert)
{
	int64_t minute = clk_mono_ms() / MINUTE_MS;

	if (en->alert_unknown_minute != minute)
		en->alert_unknown_count = 0;
	en->alert_unknown_minute = minute;
	if (en->alert_unknown_count++ < LIMIT_ALERTS_UNKNOWN)
		return false;
	if (en->alert_unknown_count == LIMIT_ALERTS_UNKNOWN + 1)
		log_ev(LOG_EV_ALERT_REFUSED, LOG_S("address", alert->from),
		       LOG_S("what",
			     "an alert from no PC of this service; too many of them in this minute, the "
			     "rest is left out"));
	return true;
}

static void put_event(struct engine *en, struct store_tx *tx, const char *uuid,
		      const struct amt_alert *alert)
{
	enum log_event ev = amt_alert_rank(alert) < 2 ? LOG_EV_ALERT_BAD : LOG_EV_ALERT;
	char at[CLK_TEXT_SIZE] = "";

	if (alert->at_unix_s > 0)
		clk_print_unix_ms(alert->at_unix_s * 1000, at);
	ENGINE_EVENT(en, tx, uuid, ev, NULL, LOG_S("uuid", uuid),
		     LOG_S("kind", amt_alert_kind_name(alert->kind)), LOG_S("address", alert->from),
		     LOG_S("severity", alert->severity), LOG_S("id", alert->id),
		     LOG_S("what", alert->text), LOG_S("at", at[0] ? at : NULL));
}

bool engine_alerts_take(struct engine *en, const struct amt_alert *alert,
			void (*fn)(void *arg, bool kept), void *arg)
{
	struct store_device d;
	struct arena a;

	if (store_is_full(en->conf.store))
		return false;
	arena_init(&a, 1 << 18);
	bool known = find_device(en, &a, alert, &d);
	/* a trap names its PC itself: from another place that proves less than nothing */
	bool own = known && (alert->kind != AMT_ALERT_TRAP || str_eq(alert->from, d.address));
	if (!own && too_many_unknown(en, alert)) {
		arena_deinit(&a);
		return false;
	}
	struct store_tx *tx = store_tx_new(en->conf.store);
	put_event(en, tx, known ? d.uuid : "", alert);
	if (known)
		store_tx_pc_log_count(tx, d.uuid,
				      alert->kind == AMT_ALERT_TRAP ? STORE_PC_LOG_TRAP
								    : STORE_PC_LOG_ALERT,
				      alert->text, clk_unix_ms());
	struct keeping *k = MEM_NEW(struct keeping);
	*k = (struct keeping){ en, fn, arg };
	en->logins++; /* whoever stops waits for it */
	store_tx_commit(tx, on_kept, k);
	forward(en, alert, known ? &d : NULL);
	arena_deinit(&a);
	return true;
}

/* ---- where to listen ---- */

static const char *setting(struct engine *en, struct arena *a, enum engine_setting id)
{
	const struct engine_setting_row *row = engine_setting_row(id);
	const char *v = row->def;

	(void)store_setting_get(en->conf.store, a, row->key, &v);
	return v;
}

bool engine_alerts_conf(struct engine *en, struct arena *a, struct engine_alerts_conf *inout_c,
			struct err *e)
{
	struct engine_alerts_conf *c = inout_c;
	const char *name = setting(en, a, SETTING_ALERTS_PASSWORD);
	struct span sealed;
	uint32_t rate = 60;
	char label[96];

	c->traps = setting(en, a, SETTING_ALERTS_TRAPS);
	c->events = setting(en, a, SETTING_ALERTS_EVENTS);
	c->https = setting(en, a, SETTING_ALERTS_HTTPS);
	c->name = setting(en, a, SETTING_ALERTS_NAME);
	c->user = setting(en, a, SETTING_ALERTS_USER);
	(void)str_to_u32(span_str(setting(en, a, SETTING_ALERTS_RATE)), 1, 1000000, &rate, NULL);
	c->per_minute = rate;
	if (!*name)
		return true;
	if (!store_secret_get(en->conf.store, a, name, &sealed)) {
		err_set(e, ERR_NOT_FOUND, "the secret '%s' of alerts.password does not exist",
			name);
		return err_hint(e, "store it with 'outband secret set %s --file FILE'", name);
	}
	(void)snprintf(label, sizeof label, "secret:%s", name);
	c->has_password = engine_unseal(en, label, sealed, c->password, e);
	return c->has_password;
}
