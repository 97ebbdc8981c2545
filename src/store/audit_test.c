/* Tests of the audit chain. */
#include "store/test_rows.h"

static void add_rows(struct world *w, int count)
{
	for (int i = 0; i < count; i++) {
		struct store_tx *tx = world_tx(w);
		store_tx_audit(tx, "root", i % 2 ? "reveal" : "power", "pc-1", T0 + i);
		store_tx_commit(tx, NULL, NULL);
	}
	world_wait(w, NULL);
}

static void chain_starts_with_a_known_hash(void **state)
{
	struct world *w = *state;
	struct store_audit rows[3];
	struct store_tx *tx = world_tx(w);
	store_tx_audit(tx, "root", "power", "pc-1", 1);
	store_tx_audit(tx, NULL, "", "x", 2);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_audit_list(w->s, &w->a, 0, 3, rows), 2);
	assert_int_equal(rows[0].id, 1);
	assert_string_equal(rows[0].actor, "root");
	assert_string_equal(rows[0].action, "power");
	assert_string_equal(rows[0].object, "pc-1");
	assert_int_equal(rows[0].at_unix_ms, 1);
	/* printf '\0001\0001\0root\0power\0pc-1\0' | sha256sum, and the same with this hash before
	 * '\0002\0002\0\0\0x\0' */
	assert_string_equal(rows[0].hash,
			    "6379b6475315fe5da7ca1cdb8c9bc3124565cb28716b08c162b09d15d11fe5a5");
	assert_string_equal(rows[1].hash,
			    "380a5d1c7647b540b41a63071631b7dcff5da9f62c8adcebbcb69b48af5d3b5b");
	assert_int_equal(store_audit_list(w->s, &w->a, 1, 3, rows), 1);
	assert_int_equal(rows[0].id, 2);
}

static void failed_ones_leave_no_gap(void **state)
{
	struct world *w = *state;
	int64_t bad = -1;
	add_rows(w, 2);
	struct store_tx *tx = world_tx(w);
	store_tx_audit(tx, "root", "power", "pc-1", T0);
	store_tx_psk_use(tx, "unknown", "u1", T0);
	assert_int_equal(world_commit(w, tx), ERR_CONFLICT);
	add_rows(w, 300); /* more than a page of the check */
	assert_true(store_audit_verify(w->s, &bad, NULL));
	assert_int_equal(bad, 0);
}

static void every_change_shows(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *sql;
		int64_t bad;
	} cases[] = {
		{ "untouched", "select 1", 0 },
		{ "text", "update audit set object = 'pc-2' where id = 3", 3 },
		{ "time", "update audit set at_ms = at_ms + 1 where id = 1", 1 },
		{ "moved bytes", "update audit set actor = 'roo', act = 't' || act where id = 2",
		  2 },
		{ "hash",
		  "update audit set hash = (select hash from audit where id = 2) where id = 4", 4 },
		{ "row in the middle", "delete from audit where id = 2", 2 },
		{ "first row", "delete from audit where id = 1", 1 },
		{ "numbers closed up",
		  "delete from audit where id = 2; update audit set id = id - 1 where id = 3;"
		  "update audit set id = id - 1 where id = 4",
		  2 },
	};
	add_rows(w, 4);
	world_script(w, "create table kept as select * from audit");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		int64_t bad = -1;
		world_script(w, "delete from audit; insert into audit select * from kept");
		world_script(w, cases[i].sql);
		bool ok = store_audit_verify(w->s, &bad, &e);
		if (ok != (cases[i].bad == 0) || bad != cases[i].bad ||
		    (!ok && e.code != ERR_VERIFY))
			fail_msg("%s: ok=%d bad=%lld %s", cases[i].name, ok, (long long)bad, e.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_BOTH(chain_starts_with_a_known_hash),
		WORLD_BOTH(failed_ones_leave_no_gap),
		WORLD_INLINE(every_change_shows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
