/* Tests of rules that choose profiles, of pins, and of the DNS suffixes of PCs. */
#include "store/test_rows.h"

static void set(struct world *w, const char *name, int64_t place, const char *profile)
{
	struct store_tx *tx = world_tx(w);
	store_tx_rule_set(tx,
			  &(struct store_rule){ name, place, profile, ">=11", "example.com",
						"10.0.0.0/8", "lab*", "g", "ou=x", T0 });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static void rules_are_in_order(void **state)
{
	struct world *w = *state;
	struct store_rule rows[8], r;
	set(w, "b", 20, "office");
	set(w, "a", 20, "lab");
	set(w, "z", 10, "lab");
	assert_int_equal(store_rule_list(w->s, &w->a, 8, rows), 3);
	assert_string_equal(rows[0].name, "z");
	assert_string_equal(rows[1].name, "a");
	assert_string_equal(rows[2].name, "b");
	set(w, "b", 5, "kiosk");
	assert_int_equal(store_rule_list(w->s, &w->a, 8, rows), 3);
	assert_string_equal(rows[0].name, "b");
	assert_true(store_rule_get(w->s, &w->a, "b", &r));
	assert_string_equal(r.profile, "kiosk");
	assert_string_equal(r.generation, ">=11");
	assert_string_equal(r.suffix, "example.com");
	assert_string_equal(r.subnet, "10.0.0.0/8");
	assert_string_equal(r.pattern, "lab*");
	assert_string_equal(r.grp, "g");
	assert_string_equal(r.imported, "ou=x");
	struct store_tx *tx = world_tx(w);
	store_tx_rule_delete(tx, "b");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_false(store_rule_get(w->s, &w->a, "b", &r));
}

/* A pin outlives the row of its PC: it may have been set before there was one. */
static void pins(void **state)
{
	struct world *w = *state;
	struct store_pin p;
	struct store_tx *tx = world_tx(w);
	store_tx_pin_set(tx, &(struct store_pin){ "u1", "lab", T0 });
	store_tx_pin_set(tx, &(struct store_pin){ "u1", "office", T0 + 1 });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_pin_get(w->s, &w->a, "u1", &p));
	assert_string_equal(p.profile, "office");
	assert_false(store_pin_get(w->s, &w->a, "u2", &p));
	tx = world_tx(w);
	store_tx_device_forget(tx, "u1");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_pin_get(w->s, &w->a, "u1", &p));
	tx = world_tx(w);
	store_tx_pin_delete(tx, "u1");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_false(store_pin_get(w->s, &w->a, "u1", &p));
}

static void suffixes(void **state)
{
	struct world *w = *state;
	struct store_suffix rows[4];
	struct store_tx *tx = world_tx(w);
	store_tx_suffix_set(tx, "u1", "a.example.com", "name", T0);
	store_tx_suffix_set(tx, "u1", "b.example.com", "import", T0 + 1);
	store_tx_suffix_set(tx, "u1", "a.example.com", "pc", T0 + 2);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_suffix_list(w->s, &w->a, "u1", 4, rows), 2);
	assert_string_equal(rows[0].suffix, "a.example.com");
	assert_string_equal(rows[0].source, "pc");
	assert_int_equal(rows[0].first_unix_ms, T0);
	assert_int_equal(rows[0].last_unix_ms, T0 + 2);
	assert_int_equal(store_suffix_list(w->s, &w->a, "u2", 4, rows), 0);
	tx = world_tx(w);
	store_tx_device_forget(tx, "u1");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_suffix_list(w->s, &w->a, "u1", 4, rows), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_BOTH(rules_are_in_order),
		WORLD_BOTH(pins),
		WORLD_BOTH(suffixes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
