/* Alerts on their way to the operator's program and web server. Called by alerts.c. The web server gets them one
 * after the other, in the order in which they came, and each until it takes it: what it does not take now waits,
 * up to a number and a size. Programs run beside each other, each once. Who does not keep up loses alerts (the
 * timeline has them all), never the service its time. */
#include "engine/engine_priv.h"
#include "engine/outside.h"

#include "amt/alert.h"
#include "base/limits.h"
#include "base/mem.h"

#define HOOK_MS    30000
#define JSON_MAX   8192
#define AGAIN_MS   1000 /* doubled with each try that fails */
#define LONGEST_MS 60000
#define TRIES_MAX  10 /* of an alert that the web server refuses for itself: those behind it go on */

/* At once: programs, and posts. A post has one of the four workers, which keys and certificates need as well, and two
 * would overtake each other. */
static const unsigned at_once[] = { 4, 1 };
static const unsigned waiting_max[] = { LIMIT_ALERT_HOOKS, LIMIT_ALERT_POSTS };

struct engine_alert_send {
	struct engine_alert_send *next;
	struct engine *en; /* NULL: it is gone */
	void *hook;
	bool webhook, running;
	unsigned tries; /* that the web server refused */
	char uuid[UUID_TEXT_SIZE], kind[16], severity[24];
	struct buf json;
};

static struct engine_alert_way *way_of(struct engine_alert_send *s)
{
	return &s->en->alert_ways[s->webhook];
}

static void say_dropped(bool webhook, int64_t count)
{
	log_ev(LOG_EV_ALERT_DROPPED, LOG_S("to", webhook ? "webhook" : "hook"),
	       LOG_I("count", count));
}

static void pump(struct engine *en, bool webhook);

static void send_free(struct engine_alert_send *s)
{
	struct engine_alert_way *w = s->en ? way_of(s) : NULL;

	for (struct engine_alert_send **at = w ? &w->first : NULL; at && *at; at = &(*at)->next) {
		if (*at != s)
			continue;
		*at = s->next;
		if (w->end == &s->next)
			w->end = at;
		break;
	}
	if (w) {
		w->bytes -= s->json.n;
		if (--w->count == 0 && w->dropped > 1) /* the first one was told */
			say_dropped(s->webhook, w->dropped);
		if (w->count == 0)
			w->dropped = 0;
	}
	buf_deinit(&s->json);
	mem_free(s);
}

/* ---- one of them has ended ---- */

static void say_unsent(struct engine *en, const struct engine_alert_send *s, const struct err *e)
{
	struct store_tx *tx = store_tx_new(en->conf.store);

	ENGINE_EVENT(en, tx, s->uuid, LOG_EV_ALERT_UNSENT, e, LOG_S("uuid", s->uuid),
		     LOG_S("to", s->webhook ? "webhook" : "hook"));
	store_tx_commit(tx, NULL, NULL);
}

static void on_hook(void *arg, const struct engine_hook_end *end)
{
	static struct log_rate limit;
	struct engine_alert_send *s = arg;
	struct engine *en = s->en;
	struct err e = end->why;

	s->hook = NULL;
	if (e.code == ERR_NONE && (end->exit_code || end->signal)) {
		err_set(&e, ERR_HOOK, "the program for alerts failed");
		err_seen(&e, end->signal ? "signal %d" : "exit status %d",
			 end->signal ? end->signal : end->exit_code);
	}
	way_of(s)->sent += e.code == ERR_NONE;
	way_of(s)->failed += e.code != ERR_NONE;
	if (e.code != ERR_NONE && log_rate_ok(&limit, 10))
		say_unsent(en, s, &e);
	way_of(s)->running--;
	send_free(s);
	pump(en, false);
}

static void on_again(void *arg)
{
	struct engine *en = arg;

	en->alert_ways[true].again = NULL;
	pump(en, true);
}

/* The first failure is told, and the end of them: not each, since all wait for the same server. */
static void not_taken(struct engine_alert_send *s, const struct err *e)
{
	struct engine *en = s->en;
	struct engine_alert_way *w = way_of(s);
	bool given_up = e->code == ERR_INVALID && ++s->tries >= TRIES_MAX;

	w->failed++;
	if (w->in_row++ == 0 || given_up)
		say_unsent(en, s, e);
	int64_t ms = w->in_row < 7 ? (int64_t)AGAIN_MS << (w->in_row - 1) : LONGEST_MS;
	if (given_up) {
		w->lost++;
		send_free(s);
	}
	if (!en->stopping)
		w->again = sched_after(en->conf.sched, ms, on_again, en);
}

static void on_posted(void *arg, const struct err *e)
{
	struct engine_alert_send *s = arg;
	struct engine *en = s->en;

	if (!en) {
		send_free(s);
		return;
	}
	struct engine_alert_way *w = way_of(s);
	s->running = false;
	w->running--;
	if (e && e->code != ERR_NONE) {
		not_taken(s, e);
		return;
	}
	if (w->in_row)
		log_ev(LOG_EV_ALERT_TAKEN, LOG_S("to", "webhook"), LOG_I("count", w->count));
	w->in_row = 0;
	w->sent++;
	send_free(s);
	pump(en, true);
}

/* ---- begin ---- */

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

/* What waits for a program or server that is no longer set has nowhere to go. */
static void pump(struct engine *en, bool webhook)
{
	struct engine_alert_way *w = &en->alert_ways[webhook];
	const char *to = webhook ? en->set.alert_webhook : en->set.alert_hook;

	if (en->stopping || w->again)
		return;
	for (struct engine_alert_send *s = w->first, *next; s; s = next) {
		next = s->next;
		if (!s->running && !to[0])
			send_free(s);
		else if (!s->running && w->running < at_once[webhook])
			begin(s);
		else if (w->running >= at_once[webhook])
			return;
	}
}

void engine_alert_send_add(struct engine *en, bool webhook, const struct amt_alert *a,
			   const char *uuid, struct span json)
{
	struct engine_alert_way *w = &en->alert_ways[webhook];

	if (w->count >= waiting_max[webhook] || w->bytes + json.n > LIMIT_ALERT_BYTES) {
		w->lost++;
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
	if (!w->first)
		w->end = &w->first;
	*w->end = s;
	w->end = &s->next;
	w->count++;
	w->bytes += s->json.n;
	pump(en, webhook);
}

/* A post that runs comes back on its own and frees itself; the PC was told that we have it, and the timeline does. */
static void way_end(struct engine *en, bool webhook)
{
	struct engine_alert_way *w = &en->alert_ways[webhook];
	struct engine_alert_send *next;

	if (w->count)
		say_dropped(webhook, w->dropped + (int64_t)w->count);
	sched_cancel(w->again);
	for (struct engine_alert_send *s = w->first; s; s = next) {
		next = s->next;
		if (s->hook)
			en->conf.outside->hook_cancel(s->hook);
		s->en = NULL;
		if (!s->webhook || !s->running)
			send_free(s);
	}
	*w = (struct engine_alert_way){ 0 };
}

void engine_alerts_end(struct engine *en)
{
	way_end(en, false);
	way_end(en, true);
}
