/* See alerts.h. An alert proves nothing about who sent it: the token of an event's subscription is looked
 * up first, then the address; what fits no device stands in the timeline of the service. Programs and web
 * servers that do not keep up lose alerts, never the service its time. */
#include "engine/alerts.h"
#include "engine/engine_priv.h"
#include "engine/outside.h"

#include "base/clk.h"
#include "base/mem.h"

#include <stdio.h>

#define WAITING_MAX 64 /* for the program and the web server, each */
#define MINUTE_MS   60000
#define HOOK_MS     30000
#define JSON_MAX    8192

/* At once: programs, and posts. Each post has one of the four workers, which keys and certificates need as well. */
static const unsigned at_once[] = { 4, 2 };

struct engine_alert_send {
	struct engine_alert_send *next;
	struct engine *en; /* NULL: it is gone */
	void *hook;
	bool webhook, running;
	char uuid[UUID_TEXT_SIZE], kind[16], severity[24];
	struct buf json;
};

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

static struct engine_alert_way *way_of(struct engine_alert_send *s)
{
	return &s->en->alert_ways[s->webhook];
}

static void say_dropped(bool webhook, int64_t count)
{
	log_ev(LOG_EV_ALERT_DROPPED, LOG_S("to", webhook ? "webhook" : "hook"),
	       LOG_I("count", count));
}

static void pump(struct engine *en);

static void send_free(struct engine_alert_send *s)
{
	struct engine *en = s->en;

	if (en) {
		for (struct engine_alert_send **at = &en->alert_sends; *at; at = &(*at)->next) {
			if (*at == s) {
				*at = s->next;
				break;
			}
		}
		struct engine_alert_way *w = way_of(s);
		if (--w->count == 0 && w->dropped > 1) /* the first one was told */
			say_dropped(s->webhook, w->dropped);
		if (w->count == 0)
			w->dropped = 0;
	}
	buf_deinit(&s->json);
	mem_free(s);
}

static void ended(struct engine_alert_send *s, const struct err *e)
{
	static struct log_rate limit;
	struct engine *en = s->en;
	bool webhook = s->webhook;

	if (en && e && e->code != ERR_NONE && log_rate_ok(&limit, 10)) {
		struct store_tx *tx = store_tx_new(en->conf.store);
		ENGINE_EVENT(en, tx, s->uuid, LOG_EV_ALERT_UNSENT, e, LOG_S("uuid", s->uuid),
			     LOG_S("to", webhook ? "webhook" : "hook"));
		store_tx_commit(tx, NULL, NULL);
	}
	if (en)
		way_of(s)->running--;
	send_free(s);
	if (en)
		pump(en);
}

static void on_hook(void *arg, const struct engine_hook_end *end)
{
	struct engine_alert_send *s = arg;
	struct err e = end->why;

	s->hook = NULL;
	if (e.code == ERR_NONE && (end->exit_code || end->signal)) {
		err_set(&e, ERR_HOOK, "the program for alerts failed");
		err_seen(&e, end->signal ? "signal %d" : "exit status %d",
			 end->signal ? end->signal : end->exit_code);
	}
	ended(s, &e);
}

static void on_posted(void *arg, const struct err *e)
{
	ended(arg, e);
}

static void begin(struct engine_alert_send *s)
{
	struct engine *en = s->en;
	const struct engine_outside *way = en->conf.outside;

	way_of(s)->running++;
	s->running = true;
	if (s->webhook) {
		way->post(way->ctx, en->set.alert_webhook, buf_span(&s->json), on_posted, s);
		return;
	}
	const struct engine_hook_ask ask = { .program = en->set.alert_hook,
					     .args = { s->kind, s->uuid, s->severity, NULL },
					     .in = buf_span(&s->json),
					     .timeout_ms = HOOK_MS };
	s->hook = way->hook(way->ctx, &ask, on_hook, s);
}

static void pump(struct engine *en)
{
	for (struct engine_alert_send *s = en->alert_sends; s && !en->stopping; s = s->next)
		if (!s->running && way_of(s)->running < at_once[s->webhook])
			begin(s);
}

static void send_on(struct engine *en, bool webhook, const struct amt_alert *a, const char *uuid,
		    struct span json)
{
	struct engine_alert_way *w = &en->alert_ways[webhook];
	if (w->count >= WAITING_MAX) {
		if (w->dropped++ == 0)
			say_dropped(webhook, 1);
		return;
	}
	struct engine_alert_send *s = MEM_NEW(struct engine_alert_send);
	s->en = en;
	s->webhook = webhook;
	str_copy(s->uuid, sizeof s->uuid, span_str(uuid));
	str_copy(s->kind, sizeof s->kind, span_str(amt_alert_kind_name(a->kind)));
	str_copy(s->severity, sizeof s->severity, span_str(a->severity));
	buf_init(&s->json, JSON_MAX);
	buf_add(&s->json, json);
	struct engine_alert_send **end = &en->alert_sends;
	while (*end)
		end = &(*end)->next;
	*end = s;
	w->count++;
	pump(en);
}

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
		send_on(en, false, a, d ? d->uuid : "", out_span(&o));
	if (en->set.alert_webhook[0] && en->conf.outside->post)
		send_on(en, true, a, d ? d->uuid : "", out_span(&o));
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

void engine_alerts_end(struct engine *en)
{
	struct engine_alert_send *next;

	for (struct engine_alert_send *s = en->alert_sends; s; s = next) {
		next = s->next;
		if (s->hook)
			en->conf.outside->hook_cancel(s->hook);
		/* a post that runs comes back on its own and frees itself */
		if (s->webhook && s->running)
			s->en = NULL;
		else
			send_free(s);
	}
	en->alert_sends = NULL;
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
