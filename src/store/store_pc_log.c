/* Statements and reads about the logs of PCs (store_pc_log.h). Called by the engine. Judges nothing. */
#include "store/store_pc_log.h"

#include "store/tx.h"

static const struct store_field fields[] = {
	STORE_F_TEXT(store_pc_log, uuid),      STORE_F_TEXT(store_pc_log, log),
	STORE_F_TEXT(store_pc_log, content),   STORE_F_INT(store_pc_log, amount),
	STORE_F_INT(store_pc_log, at_unix_ms),
};
#define PC_LOG STORE_SHAPE(store_pc_log, fields)

void store_tx_pc_log_set(struct store_tx *tx, const struct store_pc_log *l)
{
	struct store_val vals[STORE_VALS_MAX];

	store_tx_add(tx, STORE_SQL_PC_LOG_SET, store_shape_vals(PC_LOG, l, vals));
}

void store_tx_pc_log_count(struct store_tx *tx, const char *uuid, const char *log,
			   const char *content, int64_t at_unix_ms)
{
	store_tx_add(
		tx, STORE_SQL_PC_LOG_COUNT,
		STORE_VALS(STORE_T(uuid), STORE_T(log), STORE_T(content), STORE_I(at_unix_ms)));
}

void store_tx_pc_log_drop(struct store_tx *tx, const char *uuid, const char *log)
{
	store_tx_add(tx, STORE_SQL_PC_LOG_DROP, STORE_VALS(STORE_T(uuid), STORE_T(log)));
}

bool store_pc_log_get(struct store *s, struct arena *a, const char *uuid, const char *log,
		      struct store_pc_log *out_l)
{
	return store_read_row(s, a, STORE_SQL_PC_LOG_GET, STORE_VALS(STORE_T(uuid), STORE_T(log)),
			      PC_LOG, out_l);
}

unsigned store_pc_log_alerts(struct store *s, struct arena *a, const char *after_uuid,
			     const char *after_log, unsigned limit, struct store_pc_log *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_PC_LOG_ALERTS,
			       STORE_VALS(STORE_T(after_uuid), STORE_T(after_log), STORE_I(limit)),
			       PC_LOG, out_rows, limit);
}

unsigned store_pc_log_list(struct store *s, struct arena *a, const char *log,
			   const char *after_uuid, unsigned limit, struct store_pc_log *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_PC_LOG_OF,
			       STORE_VALS(STORE_T(log), STORE_T(after_uuid), STORE_I(limit)),
			       PC_LOG, out_rows, limit);
}

static const struct store_field uuid_field = { STORE_FIELD_TEXT, 0 };
static const struct store_shape uuid_shape = { &uuid_field, 1, sizeof(const char *) };

unsigned store_pc_log_old(struct store *s, struct arena *a, const char *log, int64_t before_unix_ms,
			  unsigned limit, const char **out_uuids)
{
	return store_read_rows(s, a, STORE_SQL_PC_LOG_OLD,
			       STORE_VALS(STORE_T(log), STORE_I(before_unix_ms), STORE_I(limit)),
			       uuid_shape, out_uuids, limit);
}

unsigned store_pc_log_never(struct store *s, struct arena *a, const char *log,
			    const char *after_uuid, unsigned limit,
			    struct store_pc_log_has *out_rows)
{
	static const struct store_field has_fields[] = {
		{ STORE_FIELD_TEXT, offsetof(struct store_pc_log_has, uuid) },
		{ STORE_FIELD_INT, offsetof(struct store_pc_log_has, has) },
	};
	static const struct store_shape shape = { has_fields, 2, sizeof(struct store_pc_log_has) };

	return store_read_rows(s, a, STORE_SQL_PC_LOG_NEVER,
			       STORE_VALS(STORE_T(log), STORE_T(after_uuid), STORE_I(limit)), shape,
			       out_rows, limit);
}
