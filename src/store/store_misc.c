/* Profiles, settings and the timeline of events: statements and reads. Called by engine and api.
 * Never interprets what it stores. */
#include "store/tx.h"
#include "base/log.h"

static const struct store_field profile_fields[] = {
	STORE_F_TEXT(store_profile, name),
	STORE_F_INT(store_profile, version),
	STORE_F_TEXT(store_profile, yaml),
	STORE_F_INT(store_profile, at_unix_ms),
};
#define PROFILE STORE_SHAPE(store_profile, profile_fields)

struct event_row {
	struct store_event ev;
	int64_t severity;
};
static const struct store_field event_fields[] = {
	STORE_F_INT(event_row, ev.id),    STORE_F_TEXT(event_row, ev.uuid),
	STORE_F_INT(event_row, severity), STORE_F_TEXT(event_row, ev.name),
	STORE_F_TEXT(event_row, ev.line), STORE_F_INT(event_row, ev.at_unix_ms),
};
#define EVENT STORE_SHAPE(event_row, event_fields)

void store_tx_profile_put(struct store_tx *tx, const char *name, const char *yaml,
			  int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_PROFILE_PUT,
		     STORE_VALS(STORE_T(name), STORE_T(yaml), STORE_I(now_unix_ms)));
}

bool store_profile_get(struct store *s, struct arena *a, const char *name,
		       struct store_profile *out_p)
{
	return store_read_row(s, a, STORE_SQL_PROFILE_GET, STORE_VALS(STORE_T(name)), PROFILE,
			      out_p);
}

unsigned store_profile_list(struct store *s, struct arena *a, unsigned limit,
			    struct store_profile *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_PROFILE_LIST, STORE_VALS(STORE_I(limit)), PROFILE,
			       out_rows, limit);
}

void store_tx_setting_set(struct store_tx *tx, const char *key, const char *value)
{
	store_tx_add(tx, STORE_SQL_SETTING_SET, STORE_VALS(STORE_T(key), STORE_T(value)));
}

bool store_setting_get(struct store *s, struct arena *a, const char *key, const char **out_value)
{
	static const struct store_field field = { STORE_FIELD_TEXT, 0 };
	return store_read_row(s, a, STORE_SQL_SETTING_GET, STORE_VALS(STORE_T(key)),
			      (struct store_shape){ &field, 1, sizeof *out_value }, out_value);
}

static int64_t severity_of(const char *level, enum log_level fallback)
{
	enum log_level l;
	return level && log_level_parse(level, &l) ? l : fallback;
}

void store_tx_event(struct store_tx *tx, const struct store_event *ev)
{
	store_tx_add(tx, STORE_SQL_EVENT,
		     STORE_VALS(STORE_T(ev->uuid), STORE_I(severity_of(ev->level, LOG_INFO)),
				STORE_T(ev->name), STORE_T(ev->line), STORE_I(ev->at_unix_ms)));
}

static void turn_round(struct store_event *rows, unsigned n)
{
	for (unsigned i = 0; i < n / 2; i++) {
		struct store_event ev = rows[i];
		rows[i] = rows[n - 1 - i];
		rows[n - 1 - i] = ev;
	}
}

unsigned store_event_list(struct store *s, struct arena *a, const struct store_event_query *q,
			  struct store_event *out_rows)
{
	struct store_val vals[] = { STORE_I(q->after_id), STORE_I(severity_of(q->level, LOG_DEBUG)),
				    STORE_T(q->name), STORE_I(q->limit), STORE_T(q->uuid) };
	struct store_vals args = { vals, q->uuid ? 5 : 4 };
	enum store_sql id = q->uuid
		? q->newest ? STORE_SQL_EVENT_NEWEST_UUID : STORE_SQL_EVENT_LIST_UUID
		: q->newest ? STORE_SQL_EVENT_NEWEST
			    : STORE_SQL_EVENT_LIST;
	struct event_row *rows = ARENA_ARRAY(a, struct event_row, q->limit);
	if (!rows)
		return 0;
	unsigned n = store_read_rows(s, a, id, args, EVENT, rows, q->limit);
	for (unsigned i = 0; i < n; i++) {
		out_rows[i] = rows[i].ev;
		out_rows[i].level = log_level_name((enum log_level)rows[i].severity);
	}
	if (q->newest)
		turn_round(out_rows, n);
	return n;
}
