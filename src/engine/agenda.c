/* Schedules (engine/agenda.h): once a minute those that are due are looked at, late ones by their policy;
 * then the PCs are looked up, the operation begins, and its end is noted. Called by engine.c and
 * api/schedule.c. Sends nothing itself. */
#include "engine/agenda.h"

#include "base/clk.h"
#include "base/mem.h"
#include "engine/cron.h"
#include "engine/discovery.h"
#include "engine/engine_priv.h"
#include "engine/operate.h"
#include "engine/targets.h"

#define MINUTE_MS  60000
#define DUE_MAX    64
#define LOOKS      500
#define ACTOR_SIZE 80

struct engine_agenda_run {
	struct engine_agenda_run *next;
	struct engine *en;
	char name[64], actor[ACTOR_SIZE], id[ENGINE_OPERATE_ID];
	char *op, *args; /* args: changed while it is read */
	struct engine_targets *targets;
	struct engine_operate_want want;
	struct amt_op_arg arg_rows[AMT_OP_ARGS];
	struct sched_timer *timer;
	struct engine_operate_wait *wait;
	bool storing;
};

/* ---- what is stored ---- */

/* One line each; the text is cut into pieces. */
static char *next_line(char **at)
{
	char *line = *at, *end = line ? strchr(line, '\n') : NULL;

	if (!line || !*line)
		return NULL;
	if (end)
		*end = '\0';
	*at = end ? end + 1 : NULL;
	return line;
}

static bool read_args(char *text, struct amt_op_arg *rows, unsigned *out_count, struct err *e)
{
	char *line;

	*out_count = 0;
	while ((line = next_line(&text))) {
		char *eq = strchr(line, '=');
		if (!eq || eq == line || *out_count == AMT_OP_ARGS) {
			err_set(e, ERR_INVALID, "'%.60s' is no argument", line);
			return err_want(e, "KEY=VALUE");
		}
		*eq = '\0';
		rows[(*out_count)++] = (struct amt_op_arg){ line, eq + 1 };
	}
	return true;
}

/* The targets of a schedule as one list of ranges, and its arguments. Caller frees *out_ranges. */
static bool read_discovery(const struct store_schedule *s, struct engine_discovery_want *w,
			   char **out_ranges, struct err *e)
{
	struct amt_op_arg rows[AMT_OP_ARGS];
	unsigned count;

	*out_ranges = mem_str(s->targets);
	for (char *c = *out_ranges; *c; c++)
		*c = *c == '\n' ? ',' : *c;
	*w = (struct engine_discovery_want){ .ranges = *out_ranges, .rate = ENGINE_DISCOVERY_RATE };
	char *args = mem_str(s->args);
	bool ok = read_args(args, rows, &count, e);
	for (unsigned i = 0; ok && i < count; i++)
		ok = engine_discovery_arg(w, rows[i].key, rows[i].value, e);
	mem_free(args);
	return ok;
}

static bool check_discovery(const struct store_schedule *s, struct err *e)
{
	struct engine_discovery_want w;
	uint64_t total;
	char *ranges;
	bool ok = read_discovery(s, &w, &ranges, e) && engine_discovery_check(&w, &total, e);

	mem_free(ranges);
	return ok;
}

static bool check_op(const struct store_schedule *s, struct err *e)
{
	struct amt_op_arg rows[AMT_OP_ARGS];
	const struct amt_op_kind *k = amt_op_find(s->op);
	unsigned count;
	bool ok;

	if (str_eq(s->op, ENGINE_DISCOVERY))
		return check_discovery(s, e);
	if (!k && !str_eq(s->op, ENGINE_AGENDA_CHECK)) {
		err_set(e, ERR_NOT_FOUND, "there is no operation '%.40s'", s->op);
		return err_hint(e, "such as power with action=on, check or discover");
	}
	char *args = mem_str(s->args);
	ok = read_args(args, rows, &count, e);
	if (ok && k)
		ok = amt_op_check(k, rows, count, e);
	else if (ok && count)
		ok = err_set(e, ERR_USAGE, "'check' takes no arguments");
	for (unsigned i = 0; k && ok && i < count; i++)
		if (amt_op_arg_is_secret(k, rows[i].key))
			ok = err_set(e, ERR_INVALID, "%s is a secret: a schedule cannot keep it",
				     rows[i].key);
	mem_free(args);
	return ok;
}

static bool next_of(const struct store_schedule *s, int64_t after_ms, int64_t *out_ms,
		    struct err *e)
{
	static struct engine_zone z;
	struct engine_cron c;

	if (!engine_cron_parse(span_str(s->spec), &c, e) || !engine_zone_load(s->tz, &z, e))
		return false;
	*out_ms = engine_cron_next(&c, &z, after_ms / 1000) * 1000;
	return true;
}

/* Whether they can be read: who they are shows when it runs. */
static bool check_targets(struct engine *en, const struct store_schedule *s, struct err *e)
{
	if (str_eq(s->op, ENGINE_DISCOVERY))
		return true; /* its ranges */
	char *targets = mem_str(s->targets), *at = targets, *line;
	struct engine_targets *t = engine_targets_new(en);
	bool ok = true;

	while (ok && (line = next_line(&at)))
		ok = engine_targets_add(t, line, e);
	engine_targets_free(t);
	mem_free(targets);
	return ok;
}

bool engine_agenda_check(struct engine *en, struct store_schedule *s, struct err *e)
{
	bool known = str_eq(s->missed, "skip") || str_eq(s->missed, "run") ||
		str_eq(s->missed, "within");

	if (!known) {
		err_set(e, ERR_INVALID, "'%.20s' is no policy for missed runs", s->missed);
		return err_want(e, "skip, run or within");
	}
	if (!check_op(s, e) || !check_targets(en, s, e) ||
	    !next_of(s, clk_unix_ms(), &s->next_unix_ms, e))
		return false;
	if (s->next_unix_ms || !s->enabled)
		return true;
	err_set(e, ERR_INVALID, "that time never comes: %.60s", s->spec);
	return err_hint(e, "it is over, or no such day exists");
}

/* ---- one run ---- */

static void run_free(struct engine_agenda_run *r)
{
	for (struct engine_agenda_run **at = &r->en->agenda; *at; at = &(*at)->next) {
		if (*at == r) {
			*at = r->next;
			break;
		}
	}
	sched_cancel(r->timer);
	engine_operate_unwait(r->wait);
	engine_targets_free(r->targets);
	mem_free(r->op);
	mem_free(r->args);
	mem_free(r);
}

static void on_noted(void *arg, const struct err *e)
{
	struct engine_agenda_run *r = arg;

	(void)e; /* the run itself is in the timelines of its PCs */
	run_free(r);
}

/* The end, in words, beside the schedule and in the log of the service. */
static void finish(struct engine_agenda_run *r, const char *note, const struct err *e)
{
	struct engine *en = r->en;
	struct store_tx *tx = store_tx_new(en->conf.store);
	struct store_schedule s;
	struct arena a;

	arena_init(&a, 1 << 18);
	if (store_schedule_get(en->conf.store, &a, r->name, &s))
		store_tx_schedule_ran(tx, r->name, s.next_unix_ms, s.last_unix_ms, note);
	arena_deinit(&a);
	ENGINE_EVENT(en, tx, "", e ? LOG_EV_SCHEDULE_FAILED : LOG_EV_SCHEDULE_RAN, e,
		     LOG_S("name", r->name), LOG_S("op", r->op), LOG_S("note", note));
	store_tx_commit(tx, on_noted, r);
}

static void fail(struct engine_agenda_run *r, const struct err *e)
{
	finish(r, e->msg, e);
}

static void on_ended(void *arg)
{
	struct engine_agenda_run *r = arg;
	struct engine_operate_view v;
	char note[96];
	struct out o;

	r->wait = NULL;
	memset(note, 0, sizeof note);
	out_init(&o, note, sizeof note - 1);
	if (engine_operate_get(r->en, r->id, &v))
		out_fmt(&o, "%u PCs, %u failed", v.total, v.failed);
	else
		out_str(&o, "ended, its results are gone");
	finish(r, note, NULL);
}

static void add_checks(struct engine_agenda_run *r, const char *const *uuids, unsigned count)
{
	struct engine *en = r->en;
	char note[64];
	struct out o;

	for (unsigned i = 0; i < count; i += 500) {
		struct store_tx *tx = store_tx_new(en->conf.store);
		for (unsigned k = i; k < count && k < i + 500; k++)
			engine_add_job(en, tx, uuids[k], "check");
		store_tx_commit(tx, NULL, NULL);
	}
	engine_kick(en);
	memset(note, 0, sizeof note);
	out_init(&o, note, sizeof note - 1);
	out_fmt(&o, "%u PCs are looked at", count);
	finish(r, note, NULL);
}

static void begin(struct engine_agenda_run *r)
{
	struct err e = { 0 };
	unsigned unknown;

	r->want.uuids = engine_targets_uuids(r->targets, &r->want.uuid_count);
	(void)engine_targets_unknown(r->targets, &unknown);
	if (!r->want.uuid_count) {
		err_set(&e, ERR_NOT_FOUND, "no PC fits%s", unknown ? ": none is known" : "");
		fail(r, &e);
		return;
	}
	if (str_eq(r->op, ENGINE_AGENDA_CHECK)) {
		add_checks(r, r->want.uuids, r->want.uuid_count);
		return;
	}
	if (!engine_operate_start(r->en, &r->want, r->id, &e)) {
		fail(r, &e);
		return;
	}
	r->wait = engine_operate_wait(r->en, r->id, UINT32_MAX, on_ended, r);
	if (!r->wait)
		on_ended(r);
}

static void on_discovery(void *arg, const struct err *e)
{
	struct engine_agenda_run *r = arg;
	char note[64];
	struct out o;

	if (e) {
		fail(r, e);
		return;
	}
	engine_discovery_kick(r->en);
	memset(note, 0, sizeof note);
	out_init(&o, note, sizeof note - 1);
	out_fmt(&o, "discovery %s has its turn or waits for it", r->id);
	finish(r, note, NULL);
}

/* The former one of the same schedule first: ranges that take longer than the time between two runs. */
static void begin_discovery(struct engine_agenda_run *r)
{
	struct engine *en = r->en;
	struct engine_discovery_want w;
	struct store_schedule s;
	struct err e = { 0 };
	struct arena a;
	char *ranges = NULL;

	arena_init(&a, 1 << 18);
	struct store_tx *tx = store_tx_new(en->conf.store);
	bool ok = store_schedule_get(en->conf.store, &a, r->name, &s)
		? read_discovery(&s, &w, &ranges, &e)
		: err_set(&e, ERR_NOT_FOUND, "the schedule is gone");
	w.actor = r->actor;
	if (ok && store_discovery_open(en->conf.store, r->actor) > 0)
		ok = err_set(&e, ERR_BUSY, "its former discovery has not ended");
	ok = ok && engine_discovery_add(en, tx, &w, r->id, &e);
	mem_free(ranges);
	arena_deinit(&a);
	if (ok) {
		store_tx_commit(tx, on_discovery, r);
	} else {
		store_tx_drop(tx);
		fail(r, &e);
	}
}

static void resolve(void *arg)
{
	struct engine_agenda_run *r = arg;
	struct err e = { 0 };
	bool done;

	r->timer = NULL;
	if (str_eq(r->op, ENGINE_DISCOVERY))
		begin_discovery(r);
	else if (!engine_targets_step(r->targets, LOOKS, &done, &e))
		fail(r, &e);
	else if (!done)
		r->timer = sched_after(r->en->conf.sched, 0, resolve, r);
	else
		begin(r);
}

static void on_stored(void *arg, const struct err *e)
{
	struct engine_agenda_run *r = arg;

	r->storing = false;
	if (e) /* not noted: not begun */
		run_free(r);
	else
		r->timer = sched_after(r->en->conf.sched, 0, resolve, r);
}

static bool load_run(struct engine_agenda_run *r, const struct store_schedule *s, struct err *e)
{
	char *targets = mem_str(s->targets), *at = targets, *line;
	bool ok = true;
	struct out o;

	(void)str_copy(r->name, sizeof r->name, span_str(s->name));
	out_init(&o, r->actor, sizeof r->actor - 1);
	out_fmt(&o, "schedule:%s", r->name);
	r->op = mem_str(s->op);
	r->args = mem_str(s->args);
	r->targets = engine_targets_new(r->en);
	while (ok && !str_eq(r->op, ENGINE_DISCOVERY) && (line = next_line(&at)))
		ok = engine_targets_add(r->targets, line, e);
	mem_free(targets);
	ok = ok && read_args(r->args, r->arg_rows, &r->want.arg_count, e);
	r->want.kind = amt_op_find(s->op);
	r->want.args = r->arg_rows;
	r->want.actor = r->actor;
	r->want.limit = (unsigned)s->parallel;
	r->want.stagger_ms = s->stagger_ms;
	r->want.busy_ms = -1;
	return ok;
}

static void start_run(struct engine *en, const struct store_schedule *s, int64_t next_ms)
{
	struct engine_agenda_run *r = MEM_NEW(struct engine_agenda_run);
	int64_t now = clk_unix_ms();
	struct err e = { 0 };

	r->en = en;
	r->next = en->agenda;
	en->agenda = r;
	bool ok = load_run(r, s, &e);
	struct store_tx *tx = store_tx_new(en->conf.store);
	store_tx_schedule_ran(tx, s->name, next_ms, now, ok ? "running" : e.msg);
	if (ok) {
		struct arena a;
		arena_init(&a, 65536);
		const char *text = arena_fmt(&a, "%s %s", s->op, s->args);
		store_tx_audit(tx, r->actor, "operation", text ? text : s->op, now);
		arena_deinit(&a);
	}
	r->storing = true;
	store_tx_commit(tx, ok ? on_stored : on_noted, r);
}

static bool runs(const struct engine *en, const char *name)
{
	for (const struct engine_agenda_run *r = en->agenda; r; r = r->next)
		if (str_eq(r->name, name))
			return true;
	return false;
}

bool engine_agenda_run(struct engine *en, const char *name, struct err *e)
{
	struct arena a;
	struct store_schedule s;

	if (runs(en, name)) {
		err_set(e, ERR_CONFLICT, "schedule %.60s runs already", name);
		return false;
	}
	arena_init(&a, 1 << 20);
	bool known = store_schedule_get(en->conf.store, &a, name, &s);
	if (known)
		start_run(en, &s, s.next_unix_ms);
	arena_deinit(&a);
	return known || err_set(e, ERR_NOT_FOUND, "there is no schedule %.60s", name);
}

/* ---- what is due ---- */

/* Late by more than its policy allows: the next time counts. */
static void skip(struct engine *en, const struct store_schedule *s, int64_t next_ms,
		 int64_t late_ms)
{
	struct store_tx *tx = store_tx_new(en->conf.store);
	char note[96];
	struct out o;

	memset(note, 0, sizeof note);
	out_init(&o, note, sizeof note - 1);
	out_fmt(&o, "missed by %lld s, left out", (long long)(late_ms / 1000));
	store_tx_schedule_ran(tx, s->name, next_ms, s->last_unix_ms, note);
	ENGINE_EVENT(en, tx, "", LOG_EV_SCHEDULE_MISSED, NULL, LOG_S("name", s->name),
		     LOG_S("op", s->op), LOG_S("note", note));
	store_tx_commit(tx, NULL, NULL);
}

static void take_due(struct engine *en, const struct store_schedule *s, int64_t now)
{
	struct err e = { 0 };
	int64_t next_ms = 0, late = now - s->next_unix_ms;

	if (runs(en, s->name))
		return; /* the former run first; it is late by then */
	if (!next_of(s, now, &next_ms, &e))
		next_ms = 0; /* its zone has gone: never again */
	if (engine_cron_missed(s->missed, s->missed_ms, late) == ENGINE_MISSED_RUN)
		start_run(en, s, next_ms);
	else
		skip(en, s, next_ms, late);
}

static void arm(struct engine *en);

static void on_minute(void *arg)
{
	struct engine *en = arg;
	struct store_schedule *rows;
	int64_t now = clk_unix_ms();
	struct arena a;

	en->agenda_timer = NULL;
	arm(en);
	if (en->stopping)
		return;
	arena_init(&a, 16 << 20);
	rows = ARENA_ARRAY(&a, struct store_schedule, DUE_MAX);
	unsigned n = rows ? store_schedule_due(en->conf.store, &a, now, DUE_MAX, rows) : 0;
	for (unsigned i = 0; i < n; i++)
		take_due(en, &rows[i], now);
	arena_deinit(&a);
}

static void arm(struct engine *en)
{
	int64_t left = MINUTE_MS - clk_unix_ms() % MINUTE_MS;

	en->agenda_timer = sched_after(en->conf.sched, left, on_minute, en);
}

void engine_agenda_start(struct engine *en)
{
	arm(en);
}

void engine_agenda_free(struct engine *en)
{
	sched_cancel(en->agenda_timer);
	en->agenda_timer = NULL;
	while (en->agenda)
		run_free(en->agenda);
}
