/* See alert_watch.h. A row is one of pc_log: "state detail", when it was last confirmed, when last tried.
 * Only PCs whose profile wants alerts have one, so that the clock has no others to ask. Jobs make it; for those
 * that no job of ours has read, adopted ones say, the clock goes through the list, some in each tick. */
#include "engine/alert_watch.h"
#include "engine/alert_wanted.h"
#include "engine/engine_priv.h"
#include "engine/key.h"
#include "engine/operate.h"
#include "engine/profile.h"

#include "base/clk.h"

#include <jansson.h>
#include <stdio.h>

#define OP          "alerts.show"
#define HOUR_MS     INT64_C(3600000)
#define BATCH       100 /* PCs that are looked at in one tick */
#define WALK        200 /* and of which it is seen whether anybody looks: 12,000 an hour */
#define TRAPS_UNTIL 17  /* major release: PET and its receivers went with 18 */
#define NO_TRAPS    "alerts.traps: not available in this release"
#define DETAIL_MAX  200

static const char *const names[] = {
#define X(id, name) name,
	ENGINE_ALERT_WATCHES(X)
#undef X
};

const char *engine_alert_watch_name(enum engine_watch_state s)
{
	return names[s];
}

/* ---- rows ---- */

void engine_alert_watch_read(struct arena *a, const struct store_pc_log *row,
			     struct engine_alert_watch *out_w)
{
	struct span all = span_str(row->content);
	size_t n = span_find(all, ' ');
	const char *detail = n < all.n ? arena_str(a, span_make(all.p + n + 1, all.n - n - 1)) : "";

	*out_w = (struct engine_alert_watch){ .state = ENGINE_WATCH_UNREACHED,
					      .detail = detail ? detail : "",
					      .confirmed_unix_ms = row->amount,
					      .looked_unix_ms = row->at_unix_ms };
	for (unsigned i = 0; i < ENGINE_WATCH_COUNT; i++)
		if (span_eq_str(span_make(all.p, n), names[i]))
			out_w->state = (enum engine_watch_state)i;
}

static bool get(struct engine *en, struct arena *a, const char *uuid,
		struct engine_alert_watch *out_w)
{
	struct store_pc_log row;

	if (!store_pc_log_get(en->conf.store, a, uuid, STORE_PC_LOG_WATCH, &row))
		return false;
	engine_alert_watch_read(a, &row, out_w);
	return true;
}

static void set(struct engine *en, struct store_tx *tx, struct arena *a, const char *uuid,
		enum engine_watch_state state, const char *detail)
{
	struct engine_alert_watch was = { .state = ENGINE_WATCH_CONFIRMED };
	int64_t now = clk_unix_ms();
	char content[DETAIL_MAX + 32];

	(void)get(en, a, uuid, &was);
	(void)snprintf(content, sizeof content, "%s %.*s", names[state], DETAIL_MAX, detail);
	store_tx_pc_log_set(
		tx,
		&(struct store_pc_log){
			.uuid = uuid,
			.log = STORE_PC_LOG_WATCH,
			.content = content,
			.amount = state == ENGINE_WATCH_CONFIRMED ? now : was.confirmed_unix_ms,
			.at_unix_ms = now,
		});
	/* once for each loss, and once when it is back */
	if (state == ENGINE_WATCH_MISSING && was.state != state)
		ENGINE_EVENT(en, tx, uuid, LOG_EV_ALERTS_LOST, NULL, LOG_S("uuid", uuid),
			     LOG_S("what", detail));
	if (state == ENGINE_WATCH_CONFIRMED && was.state == ENGINE_WATCH_MISSING)
		ENGINE_EVENT(en, tx, uuid, LOG_EV_ALERTS_BACK, NULL, LOG_S("uuid", uuid));
}

/* ---- what is told ---- */

enum engine_watch_state engine_alert_watch_judge(const struct engine *en,
						 const struct engine_alert_watch *w, int64_t hours)
{
	int64_t every = en->set.confirm_h ? en->set.confirm_h : en->set.check_h;

	if (!hours)
		hours = 2 * (every ? every : 24);
	if (w->state == ENGINE_WATCH_CONFIRMED &&
	    clk_unix_ms() - w->confirmed_unix_ms > hours * HOUR_MS)
		return ENGINE_WATCH_OVERDUE;
	return w->state;
}

const char *engine_alert_watch_advice(const struct engine *en, enum engine_watch_state s,
				      bool adopted)
{
	switch (s) {
	case ENGINE_WATCH_MISSING:
		if (adopted)
			return "'outband device apply PC' makes it a PC of ours, with all of its profile";
		return en->set.repair == ENGINE_REPAIR_AUTO
			? "it is subscribed again by itself (drift.repair auto); 'outband log PC' tells why not yet"
			: "'outband device apply PC' subscribes it again; 'outband setting set drift.repair auto' lets the service do so";
	case ENGINE_WATCH_UNREACHED:
		return "'outband probe PC' tells why it does not answer; 'outband alert show PC' looks again";
	case ENGINE_WATCH_OVERDUE:
		return "'outband alert show PC' looks now; the setting alerts.confirm_h says how often the service does";
	case ENGINE_WATCH_UNSUPPORTED:
		return "its firmware cannot tell: read its log by the clock, with the setting logs.read_h";
	case ENGINE_WATCH_WAITING:
		return en->set.confirm_h
			? "it is looked at by itself; 'outband alert show PC' looks now"
			: "'outband alert show PC' looks now; alerts.confirm_h 0 keeps the service from it";
	case ENGINE_WATCH_UNWANTED:
		return "to be told of events, put the group alerts into its profile";
	default:
		return "";
	}
}

void engine_alert_watch_unlooked(struct engine_alert_wanted *w, const struct store_device *d,
				 struct arena *a, struct engine_alert_watch *out_w)
{
	const char *profile, *text;
	bool wants = engine_alert_wanted_of(w, d, &profile);

	text = wants       ? ""
		: *profile ? arena_fmt(a, "profile %s names no receiver of alerts", profile)
			   : "no profile is for it";
	*out_w = (struct engine_alert_watch){
		.state = wants ? ENGINE_WATCH_WAITING : ENGINE_WATCH_UNWANTED,
		.detail = text ? text : "",
	};
}

/* ---- by a job ---- */

static bool has_traps(const char *version)
{
	struct span v = span_str(version);
	uint32_t major;

	return !str_to_u32(span_make(v.p, span_find(v, '.')), 0, 1000, &major, NULL) ||
		major <= TRAPS_UNTIL;
}

/* All that is wanted may be there, and still be nothing. */
static bool can_tell(const struct engine_node *alerts, bool traps)
{
	return traps || engine_node_count(engine_node_get(alerts, "subscriptions"));
}

/* A receiver that is not there, or not as it should be. One too many keeps nobody from telling. */
static bool is_lost(struct span line)
{
	static const char gone[] = "-> absent";
	size_t n = sizeof gone - 1;

	if (!span_starts(line, "alerts.subscriptions.") && !span_starts(line, "alerts.traps."))
		return false;
	return line.n < n || memcmp(line.p + line.n - n, gone, n) != 0;
}

static const char *find_line(struct arena *a, const char *text, bool (*is)(struct span line))
{
	struct span left = span_str(text);

	while (left.n) {
		size_t n = span_find(left, '\n');
		if (is(span_make(left.p, n)))
			return arena_str(a, span_make(left.p, n));
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return NULL;
}

static bool is_unavailable(struct span line)
{
	return span_starts(line, "alerts: not available");
}

void engine_alert_watch_checked(struct engine *en, struct store_tx *tx, const char *uuid,
				const struct engine_profile *p, const char *version,
				const char *lines, const char *notes)
{
	const struct engine_node *alerts = engine_alert_wanted_part(p);
	struct engine_alert_watch was;
	struct arena a;

	arena_init(&a, 1 << 18);
	if (engine_alert_wanted_any(alerts)) {
		const char *lost = find_line(&a, lines, is_lost),
			   *lacks = can_tell(alerts, has_traps(version))
			? find_line(&a, notes, is_unavailable)
			: NO_TRAPS;
		set(en, tx, &a, uuid,
		    lacks          ? ENGINE_WATCH_UNSUPPORTED
			    : lost ? ENGINE_WATCH_MISSING
				   : ENGINE_WATCH_CONFIRMED,
		    lacks          ? lacks
			    : lost ? lost
				   : "");
	} else if (get(en, &a, uuid, &was)) {
		store_tx_pc_log_drop(tx, uuid, STORE_PC_LOG_WATCH);
	}
	arena_deinit(&a);
}

/* ---- by an operation ---- */

static bool acts(const json_t *row)
{
	const json_t *enabled = json_object_get(row, "enabled"),
		     *left = json_object_get(row, "left_s");

	return !json_is_false(enabled) && !(left && json_integer_value(left) <= 0);
}

static const json_t *find(const json_t *rows, const char *kind, const char *to)
{
	const json_t *row, *found = NULL;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *k = json_string_value(json_object_get(row, "kind")),
			   *t = json_string_value(json_object_get(row, "to"));
		if (k && t && str_eq(k, kind) && str_eq(t, to) && (!found || acts(row)))
			found = row;
	}
	return found;
}

static bool lacks(const json_t *rows, const struct engine_node *list, const char *kind,
		  const char *key, char *out_what, size_t cap)
{
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		const char *to = engine_node_text(n, key);
		const json_t *row = to ? find(rows, kind, to) : NULL;
		if (!to || (row && acts(row)))
			continue;
		(void)snprintf(out_what, cap, "alerts.%s.%s: %s", list->key, engine_node_id(n),
			       row ? "there, and ended or switched off" : "absent");
		return true;
	}
	return false;
}

bool engine_alert_watch_lacks(const struct engine_node *alerts, struct span rows, bool traps,
			      char *out_what, size_t cap)
{
	struct buf b;
	struct out o;

	buf_init(&b, rows.n + 2);
	out_init_buf(&o, &b);
	out_str(&o, "[");
	out_bytes(&o, rows);
	out_str(&o, "]");
	json_t *all = json_loadb((const char *)b.p, b.n, 0, NULL);
	bool is = lacks(all, engine_node_get(alerts, "subscriptions"), "event", "url", out_what,
			cap) ||
		(traps &&
		 lacks(all, engine_node_get(alerts, "traps"), "trap", "address", out_what, cap));
	json_decref(all);
	buf_deinit(&b);
	return is;
}

/* The job that repairs also tells what was wrong; where nothing is repaired unasked, a check puts it where
 * `drift` is read. */
static void to_drift(struct engine *en, struct store_tx *tx, struct arena *a, const char *uuid)
{
	struct store_device d;

	if (en->set.repair == ENGINE_REPAIR_OFF || !store_device_get(en->conf.store, a, uuid, &d) ||
	    !str_eq(d.state, "configured"))
		return;
	engine_add_job(en, tx, uuid, en->set.repair == ENGINE_REPAIR_AUTO ? "configure" : "check");
}

void engine_alert_watch_keep(struct engine *en, struct store_tx *tx, const char *uuid,
			     const char *text, struct span rows)
{
	struct engine_profile p = { .parts = NULL };
	struct engine_alert_watch was;
	char what[DETAIL_MAX] = "";
	struct arena a;

	if (!str_eq(text, OP))
		return;
	arena_init(&a, 1 << 22);
	bool known = get(en, &a, uuid, &was);
	const struct engine_node *alerts =
		engine_alert_wanted_profile(en, &a, uuid, &p) ? engine_alert_wanted_part(&p) : NULL;
	struct store_device d;
	bool traps = !store_device_get(en->conf.store, &a, uuid, &d) || has_traps(d.version);
	if (!engine_alert_wanted_any(alerts)) {
		if (known)
			store_tx_pc_log_drop(tx, uuid, STORE_PC_LOG_WATCH);
	} else if (!can_tell(alerts, traps)) {
		set(en, tx, &a, uuid, ENGINE_WATCH_UNSUPPORTED, NO_TRAPS);
	} else if (!engine_alert_watch_lacks(alerts, rows, traps, what, sizeof what)) {
		set(en, tx, &a, uuid, ENGINE_WATCH_CONFIRMED, "");
	} else {
		set(en, tx, &a, uuid, ENGINE_WATCH_MISSING, what);
		to_drift(en, tx, &a, uuid);
	}
	arena_deinit(&a);
}

void engine_alert_watch_failed(struct engine *en, struct store_tx *tx, const char *uuid,
			       const char *text, const struct err *why)
{
	struct engine_alert_watch was;
	struct store_pc_log row;
	struct arena a;

	if (!str_eq(text, OP))
		return;
	arena_init(&a, 1 << 18);
	bool known = store_pc_log_get(en->conf.store, &a, uuid, STORE_PC_LOG_WATCH, &row);
	if (known && (why->code == ERR_BUSY || why->code == ERR_CANCELLED)) {
		/* nobody looked: a job has the PC, or whoever asked broke it off */
		row.at_unix_ms = clk_unix_ms();
		store_tx_pc_log_set(tx, &row);
	} else if (known) {
		engine_alert_watch_read(&a, &row, &was);
		/* what was missing is so still, and the repair is under way or asked for */
		set(en, tx, &a, uuid,
		    was.state == ENGINE_WATCH_MISSING ? was.state : ENGINE_WATCH_UNREACHED,
		    was.state == ENGINE_WATCH_MISSING ? was.detail : why->msg);
	}
	arena_deinit(&a);
}

/* ---- by the clock ---- */

/* Where the walk goes on in the next tick. Those that should tell, and of which nobody knows, are asked next. */
static void find_unwatched(struct engine *en, struct arena *a)
{
	struct store_pc_log *rows = ARENA_ARRAY(a, struct store_pc_log, WALK);
	struct store *s = en->conf.store;
	unsigned added = 0,
		 n = rows ? store_pc_log_list(s, a, STORE_PC_LOG_WATCH, en->watch_after, WALK, rows)
			  : 0;
	struct engine_alert_wanted *w = engine_alert_wanted_new(en);
	struct store_tx *tx = store_tx_new(s);

	for (unsigned i = 0; i < n; i++) {
		struct store_device d;
		const char *profile;
		if (*rows[i].content || !store_device_get(s, a, rows[i].uuid, &d) ||
		    !engine_alert_wanted_of(w, &d, &profile))
			continue;
		added++;
		store_tx_pc_log_set(
			tx,
			&(struct store_pc_log){ .uuid = d.uuid,
						.log = STORE_PC_LOG_WATCH,
						.content = names[ENGINE_WATCH_WAITING] });
	}
	(void)str_copy(en->watch_after, sizeof en->watch_after,
		       span_str(n == WALK ? rows[n - 1].uuid : ""));
	if (added)
		store_tx_commit(tx, NULL, NULL);
	else
		store_tx_drop(tx);
	engine_alert_wanted_free(w);
}

void engine_alert_watch_tick(struct engine *en)
{
	const char *uuids[BATCH];
	struct arena a;

	if (!en->set.confirm_h || en->stopping)
		return;
	arena_init(&a, 1 << 22);
	find_unwatched(en, &a);
	unsigned n = store_pc_log_old(en->conf.store, &a, STORE_PC_LOG_WATCH,
				      clk_unix_ms() - en->set.confirm_h * HOUR_MS, BATCH, uuids);
	engine_operate_by_clock(en, OP, uuids, n);
	arena_deinit(&a);
}
