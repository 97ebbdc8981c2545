/* Tests of what sources said of names, of marks that tell PCs apart, and of refused UUIDs. */
#include "store/test_rows.h"

static void each_source_has_its_last_word(void **state)
{
	struct world *w = *state;
	struct store_said s;
	struct store_tx *tx = world_tx(w);
	store_tx_said_set(
		tx,
		&(struct store_said){ "u1", "hook", "failed", "", "", "", "exit 1", "D075", T0 });
	store_tx_said_set(
		tx,
		&(struct store_said){ "u1", "dns", "said", "b.example.com", "", "", "", "", T0 });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	tx = world_tx(w);
	store_tx_said_set(tx,
			  &(struct store_said){ "u1", "hook", "said", "a.example.com", "lab",
						"OU=x", "exit 0", "", T0 + 1 });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_said_get(w->s, &w->a, "u1", "hook", &s));
	assert_string_equal(s.verdict, "said");
	assert_string_equal(s.fqdn, "a.example.com");
	assert_string_equal(s.profile, "lab");
	assert_string_equal(s.ou, "OU=x");
	assert_int_equal(s.at_unix_ms, T0 + 1);
	assert_true(store_said_get(w->s, &w->a, "u1", "dns", &s));
	assert_string_equal(s.fqdn, "b.example.com");
	assert_false(store_said_get(w->s, &w->a, "u2", "dns", &s));
	assert_false(store_said_get(w->s, &w->a, "u1", "report", &s));
}

static void holders_of_a_name(void **state)
{
	struct world *w = *state;
	const char *rows[4];
	struct store_tx *tx = world_tx(w);
	world_add_hello(tx, "u1", "10.0.0.1", T0);
	world_add_hello(tx, "u2", "10.0.0.2", T0 + 1);
	world_add_hello(tx, "u3", "10.0.0.3", T0 + 2);
	store_tx_device_text(tx, "u1", STORE_DEVICE_FQDN, "PC.example.com");
	store_tx_device_text(tx, "u2", STORE_DEVICE_FQDN, "pc.Example.com");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_name_holders(w->s, &w->a, "pc.example.COM", "u3", 4, rows), 2);
	assert_string_equal(rows[0], "u2");
	assert_string_equal(rows[1], "u1");
	assert_int_equal(store_name_holders(w->s, &w->a, "pc.example.com", "u2", 4, rows), 1);
	assert_string_equal(rows[0], "u1");
	assert_int_equal(store_name_holders(w->s, &w->a, "", "u2", 4, rows), 0);
}

static void marks_of_two_pcs(void **state)
{
	struct world *w = *state;
	struct store_mark rows[8];
	struct store_tx *tx = world_tx(w);
	world_add_hello(tx, "u1", "10.0.0.1", T0);
	store_tx_mark_set(tx, "u1", "mac", "m1", T0);
	store_tx_mark_set(tx, "u1", "mac", "m2", T0 + 1);
	store_tx_mark_set(tx, "u1", "mac", "m1", T0 + 2);
	store_tx_mark_set(tx, "u2", "mac", "m2", T0);
	store_tx_mark_set(tx, "u2", "serial", "m1", T0);
	store_tx_mark_set(tx, "u3", "mac", "m3", T0);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_mark_list(w->s, &w->a, "u1", "mac", 8, rows), 2);
	assert_string_equal(rows[0].mark, "m1");
	assert_int_equal(rows[0].first_unix_ms, T0);
	assert_int_equal(rows[0].last_unix_ms, T0 + 2);
	assert_int_equal(store_mark_holders(w->s, &w->a, "mac", "m2", 8, rows), 2);
	assert_int_equal(store_mark_holders(w->s, &w->a, "mac", "m9", 8, rows), 0);
	assert_int_equal(store_mark_twice(w->s, &w->a, NULL, 8, rows), 2);
	assert_string_equal(rows[0].uuid, "u1");
	assert_string_equal(rows[1].uuid, "u2");
	assert_int_equal(store_mark_twice(w->s, &w->a, &rows[0], 8, rows), 1);
	assert_string_equal(rows[0].uuid, "u2");
	tx = world_tx(w);
	store_tx_device_forget(tx, "u1");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_mark_twice(w->s, &w->a, NULL, 8, rows), 0);
}

static void refused_uuids(void **state)
{
	struct world *w = *state;
	struct store_deny d;
	struct store_tx *tx = world_tx(w);
	store_tx_deny_set(tx, &(struct store_deny){ "u1", "vendor", T0 });
	store_tx_deny_set(tx, &(struct store_deny){ "u1", "vendor X", T0 });
	store_tx_deny_set(tx, &(struct store_deny){ "u2", "", T0 });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_deny_get(w->s, &w->a, "u1", &d));
	assert_string_equal(d.note, "vendor X");
	assert_int_equal(store_deny_list(w->s, &w->a, NULL, 1, &d), 1);
	assert_int_equal(store_deny_list(w->s, &w->a, "u1", 1, &d), 1);
	assert_string_equal(d.uuid, "u2");
	tx = world_tx(w);
	store_tx_deny_delete(tx, "u1");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_false(store_deny_get(w->s, &w->a, "u1", &d));
}

/* What a program outside of ours sees. */
static void the_view_shows_a_pc(void **state)
{
	struct world *w = *state;
	struct store_tx *tx = world_tx(w);
	world_add_hello(tx, "u1", "10.0.0.1", T0);
	store_tx_device_text(tx, "u1", STORE_DEVICE_FQDN, "pc.example.com");
	store_tx_device_text(tx, "u1", STORE_DEVICE_NAME_SOURCE, "dns");
	store_tx_mark_set(tx, "u1", "mac", "m9", T0);
	store_tx_mark_set(tx, "u1", "mac", "m1", T0 + 1);
	store_tx_name_set(tx, &(struct store_name){ "u1", "pc.example.com", "lab", "import", T0 });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	world_script(w,
		     "create temp table seen (x text check (x = 'u1 pc.example.com dns m1 lab'));"
		     "insert into seen select uuid || ' ' || fqdn || ' ' || name_source || ' '"
		     " || mac || ' ' || grp || serial || ou from inventory;");
	/* one that has not got its name yet */
	tx = world_tx(w);
	world_add_hello(tx, "u2", "10.0.0.2", T0);
	store_tx_name_set(tx, &(struct store_name){ "u2", "two.example.com", "", "import", T0 });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	struct store_inventory row;
	assert_int_equal(store_inventory_list(w->s, &w->a, "u1", 1, &row), 1);
	assert_string_equal(row.fqdn, "two.example.com");
	assert_string_equal(row.name_source, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_BOTH(each_source_has_its_last_word),
		WORLD_BOTH(holders_of_a_name),
		WORLD_BOTH(marks_of_two_pcs),
		WORLD_BOTH(refused_uuids),
		WORLD_INLINE(the_view_shows_a_pc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
