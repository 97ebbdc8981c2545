/* Devices, hellos and names: statements and reads. Called by intake, engine and api. Never decides
 * what a state means. */
#include "store/tx.h"
#include "base/mem.h"
#include "base/str.h"
#include <assert.h>
#include <stdio.h>

#define T(m) STORE_F_TEXT(store_device, m)
#define I(m) STORE_F_INT(store_device, m)
static const struct store_field device_fields[] = {
	T(uuid),
	T(fqdn),
	T(state),
	T(kind),
	T(pid),
	T(address),
	T(version),
	T(profile),
	T(profile_version),
	T(facts),
	T(serial),
	T(health),
	T(health_rule),
	I(first_seen_unix_ms),
	I(last_hello_unix_ms),
	I(configured_unix_ms),
	I(login_fail_count),
	I(login_fail_since_unix_ms),
	I(hello_count),
	STORE_F_BOOL(store_device, approved),
	STORE_F_BYTES(store_device, hello_raw),
	T(name_source),
	I(hello_retry_count),
};
#undef T
#undef I
#define DEVICE STORE_SHAPE(store_device, device_fields)

static const struct store_field name_fields[] = {
	STORE_F_TEXT(store_name, uuid),      STORE_F_TEXT(store_name, fqdn),
	STORE_F_TEXT(store_name, grp),       STORE_F_TEXT(store_name, source),
	STORE_F_INT(store_name, at_unix_ms),
};
#define NAME STORE_SHAPE(store_name, name_fields)

static const struct store_field hello_fields[] = {
	STORE_F_TEXT(store_hello_past, address),
	STORE_F_TEXT(store_hello_past, pid),
	STORE_F_INT(store_hello_past, retry_count),
	STORE_F_INT(store_hello_past, at_unix_ms),
};
#define HELLO STORE_SHAPE(store_hello_past, hello_fields)

enum { NEAR_FEW = 32, NEAR_MANY = 2000 }; /* rows that a search looks at in order */

static const struct {
	enum store_sql id;
	bool is_int;
} columns[] = {
	[STORE_DEVICE_FQDN] = { STORE_SQL_DEVICE_SET_FQDN, false },
	[STORE_DEVICE_STATE] = { STORE_SQL_DEVICE_SET_STATE, false },
	[STORE_DEVICE_VERSION] = { STORE_SQL_DEVICE_SET_VERSION, false },
	[STORE_DEVICE_PROFILE] = { STORE_SQL_DEVICE_SET_PROFILE, false },
	[STORE_DEVICE_PROFILE_VERSION] = { STORE_SQL_DEVICE_SET_PROFILE_VERSION, false },
	[STORE_DEVICE_FACTS] = { STORE_SQL_DEVICE_SET_FACTS, false },
	[STORE_DEVICE_SERIAL] = { STORE_SQL_DEVICE_SET_SERIAL, false },
	[STORE_DEVICE_HEALTH] = { STORE_SQL_DEVICE_SET_HEALTH, false },
	[STORE_DEVICE_HEALTH_RULE] = { STORE_SQL_DEVICE_SET_HEALTH_RULE, false },
	[STORE_DEVICE_ADDRESS] = { STORE_SQL_DEVICE_SET_ADDRESS, false },
	[STORE_DEVICE_NAME_SOURCE] = { STORE_SQL_DEVICE_SET_NAME_SOURCE, false },
	[STORE_DEVICE_CONFIGURED_AT] = { STORE_SQL_DEVICE_SET_CONFIGURED, true },
	[STORE_DEVICE_LOGIN_FAIL_COUNT] = { STORE_SQL_DEVICE_SET_FAIL_COUNT, true },
	[STORE_DEVICE_LOGIN_FAIL_SINCE] = { STORE_SQL_DEVICE_SET_FAIL_SINCE, true },
	[STORE_DEVICE_APPROVED] = { STORE_SQL_DEVICE_SET_APPROVED, true },
};
_Static_assert(sizeof columns / sizeof *columns == STORE_DEVICE_COL_COUNT,
	       "a statement per column");

static const char *const state_names[] = {
#define X(name, text) text,
	STORE_DEVICE_STATES(X)
#undef X
};

const char *store_device_state_name(enum store_device_state s)
{
	assert((unsigned)s < STORE_DEVICE_STATE_COUNT);
	return state_names[s];
}

void store_tx_hello(struct store_tx *tx, const struct store_hello *h)
{
	store_tx_add(tx, STORE_SQL_HELLO_KEEP, STORE_VALS(STORE_T(h->uuid)));
	store_tx_add(tx, STORE_SQL_HELLO,
		     STORE_VALS(STORE_T(h->uuid), STORE_T(h->address), STORE_T(h->kind),
				STORE_T(h->pid), STORE_B(h->raw), STORE_I(h->at_unix_ms),
				STORE_I(h->retry_count), STORE_I(h->approved),
				STORE_T(store_device_state_name(STORE_DEV_NEW))));
}

void store_tx_device_adopt(struct store_tx *tx, const char *uuid, const char *address,
			   const char *kind, int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_DEVICE_ADOPT,
		     STORE_VALS(STORE_T(uuid), STORE_T(address), STORE_T(kind),
				STORE_B(span_make("", 0)), STORE_I(now_unix_ms),
				STORE_T(store_device_state_name(STORE_DEV_NEW))));
}

void store_tx_device_text(struct store_tx *tx, const char *uuid, enum store_device_col col,
			  const char *v)
{
	assert((unsigned)col < STORE_DEVICE_COL_COUNT && !columns[col].is_int);
	store_tx_add(tx, columns[col].id, STORE_VALS(STORE_T(uuid), STORE_T(v)));
}

void store_tx_device_int(struct store_tx *tx, const char *uuid, enum store_device_col col,
			 int64_t v)
{
	assert((unsigned)col < STORE_DEVICE_COL_COUNT && columns[col].is_int);
	store_tx_add(tx, columns[col].id, STORE_VALS(STORE_T(uuid), STORE_I(v)));
}

void store_tx_device_shift_fails(struct store_tx *tx, int64_t ms)
{
	if (!store_has_company(tx->s))
		store_tx_add(tx, STORE_SQL_DEVICE_SHIFT_FAILS, STORE_VALS(STORE_I(ms)));
}

void store_tx_device_forget(struct store_tx *tx, const char *uuid)
{
	static const enum store_sql all[] = {
		STORE_SQL_FORGET_DEVICE,     STORE_SQL_FORGET_HELLO,
		STORE_SQL_FORGET_JOB,        STORE_SQL_FORGET_STEP,
		STORE_SQL_FORGET_CREDENTIAL, STORE_SQL_FORGET_SAID,
		STORE_SQL_FORGET_MARK,       STORE_SQL_FORGET_DRIFT,
		STORE_SQL_FORGET_SUFFIX,     STORE_SQL_FORGET_HOLD,
		STORE_SQL_FORGET_ASSET,      STORE_SQL_FORGET_ASSET_CHANGE,
		STORE_SQL_FORGET_ASSET_HEAD, STORE_SQL_FORGET_PC_LOG,
		STORE_SQL_FORGET_PC_SESSION, STORE_SQL_BOOT_HALF_DROP,
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		store_tx_add(tx, all[i], STORE_VALS(STORE_T(uuid)));
}

bool store_device_get(struct store *s, struct arena *a, const char *uuid,
		      struct store_device *out_d)
{
	return store_read_row(s, a, STORE_SQL_DEVICE_GET, STORE_VALS(STORE_T(uuid)), DEVICE, out_d);
}

bool store_device_find(struct store *s, struct arena *a, const char *name,
		       struct store_device *out_d)
{
	char *lower = mem_str(name);
	str_lower(lower); /* as UUIDs, and addresses with letters, are stored */
	struct store_vals vals = STORE_VALS(STORE_T(lower));
	bool ok = lower[0] &&
		(store_read_row(s, a, STORE_SQL_DEVICE_GET, vals, DEVICE, out_d) ||
		 store_read_row(s, a, STORE_SQL_DEVICE_BY_FQDN, vals, DEVICE, out_d) ||
		 store_read_row(s, a, STORE_SQL_DEVICE_BY_ADDRESS, vals, DEVICE, out_d));
	mem_free(lower);
	return ok;
}

unsigned store_device_find_short(struct store *s, struct arena *a, const char *label,
				 struct store_device out_rows[2])
{
	char from[128], to[128];
	size_t n = strlen(label);

	if (!n || n > sizeof from - 2 || strpbrk(label, ".:"))
		return 0;
	(void)snprintf(from, sizeof from, "%s.", label);
	(void)snprintf(to, sizeof to, "%s/", label); /* what follows a period in ASCII */
	str_lower(from);
	str_lower(to);
	return store_read_rows(s, a, STORE_SQL_DEVICE_BY_SHORT,
			       STORE_VALS(STORE_T(from), STORE_T(to)), DEVICE, out_rows, 2);
}

static bool fits_few(struct store *s, struct store_vals vals)
{
	return store_read_int(s, STORE_SQL_DEVICE_SEARCH_FEW, STORE_VALS(vals.v[1], vals.v[2]));
}

/* Among the next rows: first few more than fit on the page, which is enough for a name that nearly
 * all have. Each row that is looked at costs the read of a page. */
static unsigned search_near(struct store *s, struct arena *a, enum store_sql id,
			    const struct store_val vals[4], const char *state, unsigned limit,
			    struct store_device *out_rows)
{
	int64_t looked_at[] = { limit + NEAR_FEW, NEAR_MANY };
	unsigned got = 0;
	for (unsigned i = 0; i < sizeof looked_at / sizeof *looked_at && got < limit; i++) {
		struct store_val all[] = {
			vals[0], vals[1], vals[2], vals[3], STORE_I(looked_at[i]), STORE_T(state)
		};
		got = store_read_rows(s, a, id, (struct store_vals){ all, state ? 6 : 5 }, DEVICE,
				      out_rows, limit);
	}
	return got;
}

static unsigned search_all(struct store *s, struct arena *a, struct store_vals vals, unsigned limit,
			   struct store_device *out_rows)
{
	if (!fits_few(s, vals)) {
		unsigned got = search_near(s, a, STORE_SQL_DEVICE_SEARCH_NEAR, vals.v, NULL, limit,
					   out_rows);
		if (got == limit ||
		    store_read_int(s, STORE_SQL_DEVICE_SEARCH_NEAR_END, STORE_VALS(vals.v[0])))
			return got;
	}
	return store_read_rows(s, a, STORE_SQL_DEVICE_SEARCH, vals, DEVICE, out_rows, limit);
}

static unsigned search_state(struct store *s, struct arena *a, const struct store_device_query *q,
			     struct store_vals vals, struct store_device *out_rows)
{
	if (!fits_few(s, vals)) {
		unsigned got = search_near(s, a, STORE_SQL_DEVICE_SEARCH_NEAR_STATE, vals.v,
					   q->state, q->limit, out_rows);
		if (got == q->limit ||
		    store_read_int(s, STORE_SQL_DEVICE_SEARCH_NEAR_ALL,
				   STORE_VALS(STORE_T(q->after_uuid), STORE_T(q->state))))
			return got;
	}
	return store_read_rows(s, a, STORE_SQL_DEVICE_SEARCH_STATE, vals, DEVICE, out_rows,
			       q->limit);
}

static unsigned search(struct store *s, struct arena *a, const struct store_device_query *q,
		       struct store_device *out_rows)
{
	/* The last character of Unicode ends every range of a prefix. */
	static const char last[] = "\xf4\x8f\xbf\xbf";
	size_t n = strlen(q->search);
	char *from = mem_str(q->search), *to = mem_new(n + sizeof last);
	str_lower(from);
	memcpy(to, from, n);
	memcpy(to + n, last, sizeof last);
	struct store_val vals[] = { STORE_T(q->after_uuid), STORE_T(from), STORE_T(to),
				    STORE_I(q->limit), STORE_T(q->state) };
	bool any_state = !q->state || !q->state[0];
	unsigned got = any_state
		? search_all(s, a, (struct store_vals){ vals, 4 }, q->limit, out_rows)
		: search_state(s, a, q, STORE_VALS_OF(vals), out_rows);
	mem_free(from);
	mem_free(to);
	return got;
}

unsigned store_device_list(struct store *s, struct arena *a, const struct store_device_query *q,
			   struct store_device *out_rows)
{
	if (q->search && q->search[0])
		return search(s, a, q, out_rows);
	if (q->state && q->state[0])
		return store_read_rows(
			s, a, STORE_SQL_DEVICE_LIST_STATE,
			STORE_VALS(STORE_T(q->after_uuid), STORE_T(q->state), STORE_I(q->limit)),
			DEVICE, out_rows, q->limit);
	return store_read_rows(s, a, STORE_SQL_DEVICE_LIST,
			       STORE_VALS(STORE_T(q->after_uuid), STORE_I(q->limit)), DEVICE,
			       out_rows, q->limit);
}

int64_t store_device_count(struct store *s, const char *state)
{
	return store_read_int(s, STORE_SQL_AMOUNT, STORE_VALS(STORE_T("device"), STORE_T(state)));
}

unsigned store_hello_list(struct store *s, struct arena *a, const char *uuid, unsigned limit,
			  struct store_hello_past *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_HELLO_LIST,
			       STORE_VALS(STORE_T(uuid), STORE_I(limit)), HELLO, out_rows, limit);
}

void store_tx_name_set(struct store_tx *tx, const struct store_name *n)
{
	struct store_val vals[STORE_VALS_MAX];
	store_tx_add(tx, STORE_SQL_NAME_SET, store_shape_vals(NAME, n, vals));
}

void store_tx_name_delete(struct store_tx *tx, const char *uuid)
{
	store_tx_add(tx, STORE_SQL_NAME_DELETE, STORE_VALS(STORE_T(uuid)));
}

bool store_name_get(struct store *s, struct arena *a, const char *uuid, struct store_name *out_n)
{
	return store_read_row(s, a, STORE_SQL_NAME_GET, STORE_VALS(STORE_T(uuid)), NAME, out_n);
}

unsigned store_name_list(struct store *s, struct arena *a, const char *after_uuid, unsigned limit,
			 struct store_name *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_NAME_LIST,
			       STORE_VALS(STORE_T(after_uuid), STORE_I(limit)), NAME, out_rows,
			       limit);
}
