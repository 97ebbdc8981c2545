/* One event to the log and, as the same line, to the device's timeline in the store. */
#include "engine/engine_priv.h"

#include "base/clk.h"

#define KV_MAX        24
#define LINE_MAX_SIZE 2048
#define NEWEST        64 /* about eight tries of a job */

/* The fields of an error behind the given ones. */
static void with_error(struct log_kv *out, const struct log_kv *kv, const struct err *e)
{
	unsigned n = 0;
	for (; kv[n].kind != LOG_KIND_END && n < KV_MAX - 8; n++)
		out[n] = kv[n];
	if (e && e->code != ERR_NONE) {
		out[n++] = LOG_S("err", err_name(e->code));
		out[n++] = LOG_S("msg", e->msg);
		if (e->rule)
			out[n++] = LOG_S("rule", e->rule);
		if (e->seen[0])
			out[n++] = LOG_S("seen", e->seen);
		if (e->want[0])
			out[n++] = LOG_S("want", e->want);
		if (e->hint[0])
			out[n++] = LOG_S("hint", e->hint);
	}
	out[n] = (struct log_kv){ LOG_KIND_END, NULL, NULL, 0 };
}

static void print_value(struct out *o, const char *v)
{
	bool plain = *v != '\0';
	for (const char *p = v; *p; p++)
		plain &= *p > ' ' && *p != '"' && *p != '=' && *p < 0x7f;
	if (plain) {
		out_str(o, v);
		return;
	}
	out_str(o, "\"");
	for (const char *p = v; *p; p++)
		if (*p == '"')
			out_str(o, "\\\"");
		else
			out_safe(o, span_make(p, 1));
	out_str(o, "\"");
}

static void print_line(char line[LINE_MAX_SIZE], const struct log_kv *all)
{
	struct out o;
	out_init(&o, line, LINE_MAX_SIZE);
	for (unsigned i = 0; all[i].kind != LOG_KIND_END; i++) {
		if (all[i].kind == LOG_KIND_STR && (!all[i].s || str_eq(all[i].key, "uuid")))
			continue;
		out_fmt(&o, "%s%s=", out_len(&o) ? " " : "", all[i].key);
		if (all[i].kind == LOG_KIND_INT)
			out_fmt(&o, "%lld", (long long)all[i].i);
		else
			print_value(&o, all[i].s);
	}
}

bool engine_event_is_news(struct engine *en, const char *uuid, enum log_event ev,
			  const struct err *e, const struct log_kv *kv)
{
	struct arena a;
	struct store_event rows[NEWEST];
	struct log_kv all[KV_MAX];
	char line[LINE_MAX_SIZE];
	const char *name = log_event_row(ev)->name;
	with_error(all, kv, e);
	print_line(line, all);
	arena_init(&a, 1 << 18);
	struct store_event_query q = { .uuid = uuid, .newest = true, .limit = NEWEST };
	unsigned n = store_event_list(en->conf.store, &a, &q, rows);
	bool same = false;
	for (unsigned i = 0; i < n && !same; i++)
		same = str_eq(rows[i].name, name) && str_eq(rows[i].line, line);
	arena_deinit(&a);
	return !same;
}

void engine_event_row(struct store_tx *tx, const char *uuid, enum log_event ev, const struct err *e,
		      const struct log_kv *kv)
{
	struct log_kv all[KV_MAX];
	char line[LINE_MAX_SIZE];
	with_error(all, kv, e);
	print_line(line, all);
	const struct log_event_row *row = log_event_row(ev);
	store_tx_event(tx,
		       &(struct store_event){
			       .uuid = uuid,
			       .level = log_level_name(row->level),
			       .name = row->name,
			       .line = line,
			       .at_unix_ms = clk_unix_ms(),
		       });
}

void engine_event(struct engine *en, struct store_tx *tx, const char *uuid, enum log_event ev,
		  const struct err *e, const struct log_kv *kv)
{
	(void)en;
	struct log_kv all[KV_MAX];
	with_error(all, kv, e);
	log_write(ev, all);
	if (tx)
		engine_event_row(tx, uuid, ev, e, kv);
}
