/* PCs that were put out of reach on purpose (apply --accept-loss). The first change of that kind leaves a
 * mark; from then on silence is what was asked for, so no job waits for the PC. It is over when the PC
 * answers: after a hello, after it was seen, or when a look by the clock finds it. */
#include "engine/run_priv.h"

#include "base/clk.h"
#include "base/iso.h"

static bool is_of_job(const struct engine_run *r, const char *mark)
{
	size_t n = strlen(r->job);
	return strncmp(mark, r->job, n) == 0 && (mark[n] == '\0' || mark[n] == ' ');
}

/* The mark says which job, and who accepted it. */
static bool accepted(struct engine_run *r, char *out_mark, size_t cap)
{
	struct arena a;
	struct store_mark rows[8];
	bool is = false;
	arena_init(&a, 65536);
	unsigned n = store_mark_list(r->en->conf.store, &a, r->uuid, ENGINE_MARK_ACCEPT, 8, rows);
	for (unsigned i = 0; i < n && !is; i++) {
		is = is_of_job(r, rows[i].mark);
		if (is)
			str_copy(out_mark, cap, span_str(rows[i].mark));
	}
	arena_deinit(&a);
	return is;
}

bool engine_run_dark_accepted(struct engine_run *r)
{
	char mark[sizeof r->dark.mark];
	return accepted(r, mark, sizeof mark);
}

void engine_run_dark_load(struct engine_run *r, struct arena *a)
{
	struct store_mark m;
	if (!store_mark_list(r->en->conf.store, a, r->uuid, ENGINE_MARK_DARK, 1, &m))
		return;
	str_copy(r->dark.mark, sizeof r->dark.mark, span_str(m.mark));
	r->dark.since_unix_ms = m.first_unix_ms;
}

void engine_run_dark_sent(struct engine_run *r, struct store_tx *tx)
{
	char mark[sizeof r->dark.mark];
	if (!accepted(r, mark, sizeof mark))
		return;
	if (r->dark.mark[0] && !str_eq(r->dark.mark, mark))
		store_tx_mark_drop(tx, r->uuid, ENGINE_MARK_DARK, r->dark.mark);
	str_copy(r->dark.mark, sizeof r->dark.mark, span_str(mark));
	r->dark.since_unix_ms = clk_unix_ms();
	r->dark.over = false;
	store_tx_mark_set(tx, r->uuid, ENGINE_MARK_DARK, mark, r->dark.since_unix_ms);
}

/* A port that is closed, or is closed in the face of whoever comes. */
static bool is_silence(const struct err *e)
{
	return engine_run_is_network(e->code) ||
		(e->code == ERR_TLS && (strstr(e->seen, "reset") || strstr(e->seen, "closed")));
}

bool engine_run_dark_explains(const struct engine_run *r, struct err *e)
{
	char since[ISO_TIME_SIZE];
	if (!r->dark.mark[0] || r->dark.over || !is_silence(e))
		return false;
	const char *who = strchr(r->dark.mark, ' ');
	iso_time_print(r->dark.since_unix_ms / 1000, since);
	err_set(e, e->code, "device %s is dark since %s, accepted by %s", r->uuid, since,
		who ? who + 1 : "an operator");
	err_want(e, "nothing: it was put out of reach on purpose");
	err_hint(e, "it comes back by itself: when it says hello, or 'outband discover' sees it");
	err_rule(e, "D125");
	return true;
}

void engine_run_dark_answers(struct engine_run *r)
{
	r->dark.over = r->dark.mark[0] != '\0';
}

void engine_run_dark_tx(struct engine_run *r, struct store_tx *tx)
{
	if (!r->dark.over)
		return;
	store_tx_mark_drop(tx, r->uuid, ENGINE_MARK_DARK, r->dark.mark);
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_HEALTH, "");
	store_tx_device_text(tx, r->uuid, STORE_DEVICE_HEALTH_RULE, "");
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_LIGHT, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job));
	r->dark.over = false;
	r->dark.mark[0] = '\0';
}
