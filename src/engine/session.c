/* See session.h. Decides nothing about who may open a session, and ends none. */
#include "engine/session.h"
#include "base/clk.h"
#include "base/mem.h"
#include "engine/engine_priv.h"
#include "store/store_operate.h"
#include <stdio.h>

#define HOLD_MS  90000
#define RENEW_MS 30000
#define SHOWN    4

void engine_session_init(struct engine_session *s, struct engine *en, const char *uuid,
			 const char *kind, const char *actor)
{
	*s = (struct engine_session){ .en = en, .kind = kind, .actor = mem_str(actor) };
	str_copy(s->uuid, sizeof s->uuid, span_str(uuid));
	(void)snprintf(s->owner, sizeof s->owner, "%s/session-%016llx", en->owner,
		       (unsigned long long)rng_u64(en->conf.rng));
}

void engine_session_deinit(struct engine_session *s)
{
	sched_cancel(s->timer);
	mem_free(s->actor);
}

/* ---- open ---- */

static void put(const struct engine_session *s, struct store_tx *tx)
{
	const struct store_pc_session row = { .uuid = s->uuid,
					      .owner = s->owner,
					      .kind = s->kind,
					      .actor = s->actor,
					      .since_unix_ms = s->since_unix_ms,
					      .until_unix_ms = clk_unix_ms() + HOLD_MS };

	store_tx_pc_session_put(tx, &row);
}

static void on_renewed(void *arg, const struct err *e)
{
	(void)arg;
	(void)e; /* tried again long before the row runs out */
}

static void renew(void *arg)
{
	struct engine_session *s = arg;
	struct store_tx *tx = store_tx_new(s->en->conf.store);

	put(s, tx);
	store_tx_commit(tx, on_renewed, NULL);
	s->timer = sched_after(s->en->conf.sched, RENEW_MS, renew, s);
}

void engine_session_open(struct engine_session *s, struct store_tx *tx)
{
	if (s->open)
		return;
	s->open = true;
	s->since_unix_ms = clk_unix_ms();
	put(s, tx);
	s->timer = sched_after(s->en->conf.sched, RENEW_MS, renew, s);
}

/* ---- over ---- */

static void on_closed(void *arg, const struct err *e)
{
	struct engine *en = arg;

	(void)e; /* the row runs out by itself */
	en->logins--;
	engine_kick(en);
	engine_stop_look(en);
}

void engine_session_close(struct engine_session *s, struct store_tx *tx)
{
	struct engine *en = s->en;

	sched_cancel(s->timer);
	s->timer = NULL;
	if (!tx && !s->open)
		return;
	if (!tx)
		tx = store_tx_new(en->conf.store);
	if (s->open)
		store_tx_pc_session_drop(tx, s->uuid, s->owner);
	s->open = false;
	en->logins++;
	store_tx_commit(tx, on_closed, en);
}

/* ---- who ---- */

/* As the statements about due jobs have it. */
static bool cuts(const char *kind)
{
	return !kind ||
		(!str_eq(kind, "check") && !str_eq(kind, "adopt") &&
		 !str_eq(kind, "unconfigure_look"));
}

const char *engine_session_who(struct engine *en, const char *uuid, const char *kind,
			       struct arena *a)
{
	struct store_pc_session rows[SHOWN];
	unsigned n = cuts(kind)
		? store_pc_session_list(en->conf.store, a, uuid, clk_unix_ms(), SHOWN, rows)
		: 0;
	const char *text = "";

	for (unsigned i = 0; i < n && text; i++) {
		char since[CLK_TEXT_SIZE];
		clk_print_unix_ms(rows[i].since_unix_ms, since);
		text = arena_fmt(a, "%s%s%s session of %s since %s", text, i ? ", " : "",
				 rows[i].kind, rows[i].actor, since);
	}
	return text ? text : "";
}

void engine_session_blame(const struct engine_session *s, struct err *e)
{
	struct store_pc_session rows[SHOWN];
	struct arena a;
	char since[CLK_TEXT_SIZE];

	if (e->code != ERR_BUSY)
		return;
	arena_init(&a, 65536);
	unsigned n =
		store_pc_session_list(s->en->conf.store, &a, s->uuid, clk_unix_ms(), SHOWN, rows);
	for (unsigned i = 0; i < n; i++) {
		if (!str_eq(rows[i].kind, s->kind) || str_eq(rows[i].owner, s->owner))
			continue;
		clk_print_unix_ms(rows[i].since_unix_ms, since);
		err_seen(e, "%s session of %s since %s", rows[i].kind, rows[i].actor, since);
		err_hint(e,
			 "it goes through this service: it is free when %s ends it, or half a "
			 "minute after that client died",
			 rows[i].actor);
		break;
	}
	arena_deinit(&a);
}
