/* Holds, groups of PCs, schedules: statements and reads. Called by engine and api. Never decides who
 * may work, nor what is due next. */
#include "store/tx.h"

static const struct store_field hold_fields[] = {
	STORE_F_TEXT(store_hold, uuid),
	STORE_F_TEXT(store_hold, owner),
	STORE_F_TEXT(store_hold, what),
	STORE_F_INT(store_hold, until_unix_ms),
};
#define HOLD STORE_SHAPE(store_hold, hold_fields)

static const struct store_field pc_session_fields[] = {
	STORE_F_TEXT(store_pc_session, uuid),         STORE_F_TEXT(store_pc_session, owner),
	STORE_F_TEXT(store_pc_session, kind),         STORE_F_TEXT(store_pc_session, actor),
	STORE_F_INT(store_pc_session, since_unix_ms), STORE_F_INT(store_pc_session, until_unix_ms),
};
#define PC_SESSION STORE_SHAPE(store_pc_session, pc_session_fields)

static const struct store_field boot_half_fields[] = {
	STORE_F_TEXT(store_boot_half, uuid),  STORE_F_TEXT(store_boot_half, what),
	STORE_F_TEXT(store_boot_half, actor), STORE_F_INT(store_boot_half, since_unix_ms),
	STORE_F_INT(store_boot_half, tries),  STORE_F_INT(store_boot_half, next_unix_ms),
	STORE_F_TEXT(store_boot_half, note),
};
#define BOOT_HALF STORE_SHAPE(store_boot_half, boot_half_fields)

static const struct store_field grp_fields[] = {
	STORE_F_TEXT(store_grp, name),        STORE_F_TEXT(store_grp, expr),
	STORE_F_TEXT(store_grp, note),        STORE_F_INT(store_grp, at_unix_ms),
	STORE_F_INT(store_grp, member_count),
};
#define GRP STORE_SHAPE(store_grp, grp_fields)

static const struct store_field text_field = { STORE_FIELD_TEXT, 0 };
#define TEXT ((struct store_shape){ &text_field, 1, sizeof(char *) })

#define T(m) STORE_F_TEXT(store_schedule, m)
#define I(m) STORE_F_INT(store_schedule, m)
static const struct store_field schedule_fields[] = {
	T(name),
	T(spec),
	T(tz),
	T(missed),
	I(missed_ms),
	T(op),
	T(args),
	T(targets),
	I(parallel),
	I(stagger_ms),
	STORE_F_BOOL(store_schedule, enabled),
	I(next_unix_ms),
	I(last_unix_ms),
	T(last_note),
	T(actor),
	I(at_unix_ms),
};
#undef T
#undef I
#define SCHEDULE STORE_SHAPE(store_schedule, schedule_fields)

/* ---- holds ---- */

void store_tx_hold_take(struct store_tx *tx, const struct store_hold *h, int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_HOLD_TAKE,
		     STORE_VALS(STORE_T(h->uuid), STORE_T(h->owner), STORE_T(h->what),
				STORE_I(h->until_unix_ms), STORE_I(now_unix_ms)));
}

void store_tx_hold_drop(struct store_tx *tx, const char *uuid, const char *owner)
{
	store_tx_add(tx, STORE_SQL_HOLD_DROP, STORE_VALS(STORE_T(uuid), STORE_T(owner)));
}

void store_tx_hold_recover(struct store_tx *tx, int64_t now_unix_ms)
{
	if (!store_has_company(tx->s)) /* else their ends come by themselves */
		store_tx_add(tx, STORE_SQL_HOLD_RECOVER, STORE_VALS(STORE_I(now_unix_ms)));
}

bool store_hold_get(struct store *s, struct arena *a, const char *uuid, int64_t now_unix_ms,
		    struct store_hold *out_h)
{
	return store_read_row(s, a, STORE_SQL_HOLD_GET,
			      STORE_VALS(STORE_T(uuid), STORE_I(now_unix_ms)), HOLD, out_h);
}

/* ---- sessions ---- */

void store_tx_pc_session_put(struct store_tx *tx, const struct store_pc_session *s)
{
	store_tx_add(tx, STORE_SQL_PC_SESSION_PUT,
		     STORE_VALS(STORE_T(s->uuid), STORE_T(s->owner), STORE_T(s->kind),
				STORE_T(s->actor), STORE_I(s->since_unix_ms),
				STORE_I(s->until_unix_ms)));
}

void store_tx_pc_session_drop(struct store_tx *tx, const char *uuid, const char *owner)
{
	store_tx_add(tx, STORE_SQL_PC_SESSION_DROP, STORE_VALS(STORE_T(uuid), STORE_T(owner)));
}

void store_tx_pc_session_recover(struct store_tx *tx, int64_t now_unix_ms)
{
	if (!store_has_company(tx->s))
		store_tx_add(tx, STORE_SQL_PC_SESSION_RECOVER, STORE_VALS(STORE_I(now_unix_ms)));
}

unsigned store_pc_session_list(struct store *s, struct arena *a, const char *uuid,
			       int64_t now_unix_ms, unsigned limit,
			       struct store_pc_session *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_PC_SESSION_LIST,
			       STORE_VALS(STORE_T(uuid), STORE_I(now_unix_ms), STORE_I(limit)),
			       PC_SESSION, out_rows, limit);
}

/* ---- boot options that may be set half ---- */

void store_tx_boot_half_put(struct store_tx *tx, const struct store_boot_half *h)
{
	struct store_val vals[STORE_VALS_MAX];

	store_tx_add(tx, STORE_SQL_BOOT_HALF_PUT, store_shape_vals(BOOT_HALF, h, vals));
}

void store_tx_boot_half_later(struct store_tx *tx, const char *uuid, bool tried,
			      int64_t next_unix_ms, const char *note)
{
	store_tx_add(
		tx, STORE_SQL_BOOT_HALF_LATER,
		STORE_VALS(STORE_T(uuid), STORE_I(tried), STORE_I(next_unix_ms), STORE_T(note)));
}

void store_tx_boot_half_drop(struct store_tx *tx, const char *uuid)
{
	store_tx_add(tx, STORE_SQL_BOOT_HALF_DROP, STORE_VALS(STORE_T(uuid)));
}

void store_tx_boot_half_recover(struct store_tx *tx, int64_t now_unix_ms)
{
	if (!store_has_company(tx->s)) /* else others may have their PCs still */
		store_tx_add(tx, STORE_SQL_BOOT_HALF_RECOVER, STORE_VALS(STORE_I(now_unix_ms)));
}

bool store_boot_half_get(struct store *s, struct arena *a, const char *uuid,
			 struct store_boot_half *out_h)
{
	return store_read_row(s, a, STORE_SQL_BOOT_HALF_GET, STORE_VALS(STORE_T(uuid)), BOOT_HALF,
			      out_h);
}

unsigned store_boot_half_left(struct store *s, struct arena *a, const char *after, const char *uuid,
			      unsigned limit, struct store_boot_half *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_BOOT_HALF_LEFT,
			       STORE_VALS(STORE_T(after), STORE_T(uuid), STORE_I(limit)), BOOT_HALF,
			       out_rows, limit);
}

unsigned store_boot_half_due(struct store *s, struct arena *a, int64_t now_unix_ms, unsigned limit,
			     struct store_boot_half *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_BOOT_HALF_DUE,
			       STORE_VALS(STORE_I(now_unix_ms), STORE_I(limit)), BOOT_HALF,
			       out_rows, limit);
}

/* ---- groups ---- */

void store_tx_grp_put(struct store_tx *tx, const struct store_grp *g)
{
	store_tx_add(tx, STORE_SQL_GRP_PUT,
		     STORE_VALS(STORE_T(g->name), STORE_T(g->expr), STORE_T(g->note),
				STORE_I(g->at_unix_ms)));
}

void store_tx_grp_delete(struct store_tx *tx, const char *name)
{
	store_tx_add(tx, STORE_SQL_GRP_DELETE, STORE_VALS(STORE_T(name)));
	store_tx_add(tx, STORE_SQL_GRP_CLEAR, STORE_VALS(STORE_T(name)));
}

void store_tx_grp_add(struct store_tx *tx, const char *grp, const char *member)
{
	store_tx_add(tx, STORE_SQL_GRP_ADD, STORE_VALS(STORE_T(grp), STORE_T(member)));
}

void store_tx_grp_take_out(struct store_tx *tx, const char *grp, const char *member)
{
	store_tx_add(tx, STORE_SQL_GRP_TAKE_OUT, STORE_VALS(STORE_T(grp), STORE_T(member)));
}

bool store_grp_get(struct store *s, struct arena *a, const char *name, struct store_grp *out_g)
{
	return store_read_row(s, a, STORE_SQL_GRP_GET, STORE_VALS(STORE_T(name)), GRP, out_g);
}

unsigned store_grp_list(struct store *s, struct arena *a, const char *after, unsigned limit,
			struct store_grp *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_GRP_LIST, STORE_VALS(STORE_T(after), STORE_I(limit)),
			       GRP, out_rows, limit);
}

unsigned store_grp_members(struct store *s, struct arena *a, const char *grp, const char *after,
			   unsigned limit, const char **out_members)
{
	return store_read_rows(s, a, STORE_SQL_GRP_MEMBERS,
			       STORE_VALS(STORE_T(grp), STORE_T(after), STORE_I(limit)), TEXT,
			       out_members, limit);
}

unsigned store_grp_parents(struct store *s, struct arena *a, const char *member, unsigned limit,
			   const char **out_grps)
{
	return store_read_rows(s, a, STORE_SQL_GRP_PARENTS,
			       STORE_VALS(STORE_T(member), STORE_I(limit)), TEXT, out_grps, limit);
}

/* ---- schedules ---- */

void store_tx_schedule_put(struct store_tx *tx, const struct store_schedule *s)
{
	struct store_val vals[STORE_VALS_MAX];

	store_tx_add(tx, STORE_SQL_SCHEDULE_PUT, store_shape_vals(SCHEDULE, s, vals));
}

void store_tx_schedule_ran(struct store_tx *tx, const char *name, int64_t next_unix_ms,
			   int64_t last_unix_ms, const char *note)
{
	store_tx_add(tx, STORE_SQL_SCHEDULE_RAN,
		     STORE_VALS(STORE_T(name), STORE_I(next_unix_ms), STORE_I(last_unix_ms),
				STORE_T(note)));
}

void store_tx_schedule_delete(struct store_tx *tx, const char *name)
{
	store_tx_add(tx, STORE_SQL_SCHEDULE_DELETE, STORE_VALS(STORE_T(name)));
}

bool store_schedule_get(struct store *s, struct arena *a, const char *name,
			struct store_schedule *out_s)
{
	return store_read_row(s, a, STORE_SQL_SCHEDULE_GET, STORE_VALS(STORE_T(name)), SCHEDULE,
			      out_s);
}

unsigned store_schedule_list(struct store *s, struct arena *a, const char *after, unsigned limit,
			     struct store_schedule *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_SCHEDULE_LIST,
			       STORE_VALS(STORE_T(after), STORE_I(limit)), SCHEDULE, out_rows,
			       limit);
}

unsigned store_schedule_due(struct store *s, struct arena *a, int64_t now_unix_ms, unsigned limit,
			    struct store_schedule *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_SCHEDULE_DUE,
			       STORE_VALS(STORE_I(now_unix_ms), STORE_I(limit)), SCHEDULE, out_rows,
			       limit);
}
