/* Rules that choose profiles, pins, DNS suffixes of PCs: statements and reads. Called by engine and
 * api. Never chooses. */
#include "store/store_profile.h"

#include "store/tx.h"

static const struct store_field rule_fields[] = {
	STORE_F_TEXT(store_rule, name),     STORE_F_INT(store_rule, place),
	STORE_F_TEXT(store_rule, profile),  STORE_F_TEXT(store_rule, generation),
	STORE_F_TEXT(store_rule, suffix),   STORE_F_TEXT(store_rule, subnet),
	STORE_F_TEXT(store_rule, pattern),  STORE_F_TEXT(store_rule, grp),
	STORE_F_TEXT(store_rule, imported), STORE_F_INT(store_rule, at_unix_ms),
};
#define RULE STORE_SHAPE(store_rule, rule_fields)

static const struct store_field pin_fields[] = {
	STORE_F_TEXT(store_pin, uuid),
	STORE_F_TEXT(store_pin, profile),
	STORE_F_INT(store_pin, at_unix_ms),
};
#define PIN STORE_SHAPE(store_pin, pin_fields)

static const struct store_field suffix_fields[] = {
	STORE_F_TEXT(store_suffix, uuid),        STORE_F_TEXT(store_suffix, suffix),
	STORE_F_TEXT(store_suffix, source),      STORE_F_INT(store_suffix, first_unix_ms),
	STORE_F_INT(store_suffix, last_unix_ms),
};
#define SUFFIX STORE_SHAPE(store_suffix, suffix_fields)

void store_tx_rule_set(struct store_tx *tx, const struct store_rule *r)
{
	struct store_val vals[STORE_VALS_MAX];
	store_tx_add(tx, STORE_SQL_RULE_SET, store_shape_vals(RULE, r, vals));
}

void store_tx_rule_delete(struct store_tx *tx, const char *name)
{
	store_tx_add(tx, STORE_SQL_RULE_DELETE, STORE_VALS(STORE_T(name)));
}

bool store_rule_get(struct store *s, struct arena *a, const char *name, struct store_rule *out_r)
{
	return store_read_row(s, a, STORE_SQL_RULE_GET, STORE_VALS(STORE_T(name)), RULE, out_r);
}

unsigned store_rule_list(struct store *s, struct arena *a, unsigned limit,
			 struct store_rule *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_RULE_LIST, STORE_VALS(STORE_I(limit)), RULE,
			       out_rows, limit);
}

void store_tx_pin_set(struct store_tx *tx, const struct store_pin *p)
{
	struct store_val vals[STORE_VALS_MAX];
	store_tx_add(tx, STORE_SQL_PIN_SET, store_shape_vals(PIN, p, vals));
}

void store_tx_pin_delete(struct store_tx *tx, const char *uuid)
{
	store_tx_add(tx, STORE_SQL_PIN_DELETE, STORE_VALS(STORE_T(uuid)));
}

bool store_pin_get(struct store *s, struct arena *a, const char *uuid, struct store_pin *out_p)
{
	return store_read_row(s, a, STORE_SQL_PIN_GET, STORE_VALS(STORE_T(uuid)), PIN, out_p);
}

void store_tx_suffix_set(struct store_tx *tx, const char *uuid, const char *suffix,
			 const char *source, int64_t now_unix_ms)
{
	store_tx_add(
		tx, STORE_SQL_SUFFIX_SET,
		STORE_VALS(STORE_T(uuid), STORE_T(suffix), STORE_T(source), STORE_I(now_unix_ms)));
}

unsigned store_suffix_list(struct store *s, struct arena *a, const char *uuid, unsigned limit,
			   struct store_suffix *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_SUFFIX_LIST,
			       STORE_VALS(STORE_T(uuid), STORE_I(limit)), SUFFIX, out_rows, limit);
}
