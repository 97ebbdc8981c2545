/* See pc_log.h. The end of a reading is kept as its last few records: they are found again in the next
 * one, wherever they stand then. */
#include "engine/pc_log.h"
#include "engine/engine_priv.h"
#include "engine/operate.h"

#include "base/clk.h"

#define END_RECORDS 4
#define RECORDS_MAX 4000
#define FIRST_TIME  100  /* of a log that was never read: only so many, the newest */
#define WALK        5000 /* PCs that are looked at in one tick, whether they were ever read */
#define BATCH       100  /* PCs whose logs are read in one tick */
#define HOUR_MS     INT64_C(3600000)

static const struct pc_log_kind {
	const char *op, *log;
	enum log_event usual, bad;
} kinds[] = {
	{ "eventlog.read", STORE_PC_LOG_EVENT, LOG_EV_PC_EVENT, LOG_EV_PC_EVENT_BAD },
	{ "auditlog.read", STORE_PC_LOG_AUDIT, LOG_EV_PC_AUDIT, LOG_EV_PC_AUDIT },
};

/* ---- what is new ---- */

static bool stands_at(const char *const *records, unsigned at, const char *const *end, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!str_eq(records[at + i], end[i]))
			return false;
	return true;
}

unsigned engine_pc_log_first_new(const char *const *records, unsigned count, const char *const *end,
				 unsigned end_count, unsigned was_count)
{
	if (!end_count || end_count > count)
		return 0;
	/* a log that had no more than these has them at its beginning, or was emptied */
	unsigned from = was_count <= end_count ? 0 : count - end_count;
	for (unsigned at = from + 1; at-- > 0;)
		if (stands_at(records, at, end, end_count))
			return at + end_count;
	return 0;
}

/* ---- rows of JSON ---- */

struct rows {
	struct arena a;
	const char **raw;  /* as hex, oldest first */
	struct span *text; /* each object */
	unsigned count;
};

/* The value of a text member of one of our own rows; it has no escapes but in details of peers. */
static const char *member(struct arena *a, struct span row, const char *key)
{
	char want[48];
	struct out o;
	struct span left = row;

	out_init(&o, want, sizeof want);
	out_fmt(&o, "\"%s\":\"", key);
	struct span mark = out_span(&o);
	while (left.n >= mark.n && memcmp(left.p, mark.p, mark.n) != 0)
		left = span_make(left.p + 1, left.n - 1);
	if (left.n < mark.n)
		return "";
	left = span_make(left.p + mark.n, left.n - mark.n);
	size_t n = 0;
	while (n < left.n && left.p[n] != '"')
		n += left.p[n] == '\\' ? 2 : 1;
	const char *text = arena_str(a, span_make(left.p, n < left.n ? n : left.n));
	return text ? text : "";
}

/* Objects without objects inside: they end where a brace stands outside of a text. */
static size_t object_size(struct span s)
{
	bool inside = false;

	for (size_t i = 0; i < s.n; i++) {
		if (inside && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			inside = !inside;
		else if (!inside && s.p[i] == '}')
			return i + 1;
	}
	return s.n;
}

static void split(struct rows *r, struct span all)
{
	arena_init(&r->a, 32 << 20);
	r->raw = ARENA_ARRAY(&r->a, const char *, RECORDS_MAX);
	r->text = ARENA_ARRAY(&r->a, struct span, RECORDS_MAX);
	r->count = 0;
	while (r->raw && r->text && all.n && r->count < RECORDS_MAX) {
		size_t n = object_size(all);
		r->text[r->count] = span_make(all.p, n);
		r->raw[r->count] = member(&r->a, r->text[r->count], "raw");
		r->count++;
		n += n < all.n; /* the comma */
		all = span_make(all.p + n, all.n - n);
	}
}

/* ---- the timeline ---- */

static void write_event(struct store_tx *tx, const char *uuid, const struct pc_log_kind *k,
			struct rows *r, struct span row)
{
	const char *severity = member(&r->a, row, "severity"), *at = member(&r->a, row, "time");
	bool bad = str_eq(severity, "critical") || str_eq(severity, "non-recoverable");
	const struct log_kv event[] = { LOG_S("uuid", uuid),
					LOG_S("at", at),
					LOG_S("severity", severity),
					LOG_S("sensor", member(&r->a, row, "sensor")),
					LOG_S("what", member(&r->a, row, "message")),
					{ LOG_KIND_END, NULL, NULL, 0 } };
	const struct log_kv audit[] = { LOG_S("uuid", uuid),
					LOG_S("at", at),
					LOG_S("who", member(&r->a, row, "user")),
					LOG_S("address", member(&r->a, row, "address")),
					LOG_S("what", member(&r->a, row, "event")),
					LOG_S("details", member(&r->a, row, "details")),
					{ LOG_KIND_END, NULL, NULL, 0 } };

	engine_event_row(tx, uuid, bad ? k->bad : k->usual, NULL,
			 k->usual == LOG_EV_PC_AUDIT ? audit : event);
}

static unsigned words(struct arena *a, const char *text, const char *out_words[END_RECORDS])
{
	struct span left = span_str(text);
	unsigned n = 0;

	while (left.n && n < END_RECORDS) {
		size_t len = span_find(left, ' ');
		out_words[n++] = arena_str(a, span_make(left.p, len));
		len += len < left.n;
		left = span_make(left.p + len, left.n - len);
	}
	return n;
}

static void keep_end(struct engine *en, struct store_tx *tx, const char *uuid, const char *log,
		     struct rows *r)
{
	struct buf b;
	struct out o;

	(void)en;
	buf_init(&b, 64 << 10);
	out_init_buf(&o, &b);
	for (unsigned i = r->count > END_RECORDS ? r->count - END_RECORDS : 0; i < r->count; i++)
		out_fmt(&o, "%s%s", out_len(&o) ? " " : "", r->raw[i]);
	store_tx_pc_log_set(tx,
			    &(struct store_pc_log){
				    .uuid = uuid,
				    .log = log,
				    .content = arena_str(&r->a, buf_span(&b)),
				    .amount = r->count,
				    .at_unix_ms = clk_unix_ms(),
			    });
	buf_deinit(&b);
}

void engine_pc_log_keep(struct engine *en, struct store_tx *tx, const char *uuid, const char *text,
			struct span all)
{
	const struct pc_log_kind *k = NULL;
	struct store_pc_log was = { 0 };
	const char *end[END_RECORDS];
	struct rows r;
	unsigned first = 0;

	/* with arguments it is a part of the log only */
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		k = str_eq(kinds[i].op, text) ? &kinds[i] : k;
	if (!k)
		return;
	split(&r, all);
	if (store_pc_log_get(en->conf.store, &r.a, uuid, k->log, &was))
		first = engine_pc_log_first_new(r.raw, r.count, end, words(&r.a, was.content, end),
						(unsigned)was.amount);
	if (!(was.content && *was.content) && r.count > FIRST_TIME)
		first = r.count - FIRST_TIME;
	for (unsigned i = first; i < r.count; i++)
		write_event(tx, uuid, k, &r, r.text[i]);
	keep_end(en, tx, uuid, k->log, &r);
	arena_deinit(&r.a);
}

/* ---- by the clock ---- */

/* Some of all PCs in each tick: those never read have nothing to find them by. */
static unsigned never_read(struct engine *en, const struct pc_log_kind *k, struct arena *a,
			   const char **uuids)
{
	char *after = en->logs_after[k - kinds];
	struct store_pc_log_has *rows = ARENA_ARRAY(a, struct store_pc_log_has, WALK);
	unsigned n = rows ? store_pc_log_never(en->conf.store, a, k->log, after, WALK, rows) : 0;
	unsigned i, found = 0;

	for (i = 0; i < n && found < BATCH; i++)
		if (!rows[i].has)
			uuids[found++] = rows[i].uuid;
	bool over = i == n && n < WALK;
	(void)str_copy(after, UUID_TEXT_SIZE, span_str(over ? "" : rows[i - 1].uuid));
	return found;
}

static void read_some(struct engine *en, const struct pc_log_kind *k)
{
	const char *uuids[BATCH];
	struct arena a;

	arena_init(&a, 1 << 22);
	unsigned n = never_read(en, k, &a, uuids);
	n += store_pc_log_old(en->conf.store, &a, k->log, clk_unix_ms() - en->set.logs_h * HOUR_MS,
			      BATCH - n, uuids + n);
	engine_operate_by_clock(en, k->op, uuids, n);
	arena_deinit(&a);
}

/* A PC that did not answer is not asked again before the hours are over. */
void engine_pc_log_failed(struct engine *en, struct store_tx *tx, const char *uuid,
			  const char *text)
{
	struct store_pc_log was = { 0 };
	struct arena a;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!str_eq(kinds[i].op, text))
			continue;
		arena_init(&a, 1 << 18);
		if (!store_pc_log_get(en->conf.store, &a, uuid, kinds[i].log, &was))
			was = (struct store_pc_log){ uuid, kinds[i].log, "", 0, 0 };
		was.at_unix_ms = clk_unix_ms();
		store_tx_pc_log_set(tx, &was);
		arena_deinit(&a);
	}
}

/* One log a minute, so that a PC is not asked for both at once. */
void engine_pc_log_tick(struct engine *en)
{
	if (en->set.logs_h && !en->stopping)
		read_some(en, &kinds[en->logs_turn++ % 2]);
}
