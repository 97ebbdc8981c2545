/* Tests of sightings: what is kept when the same address is seen again, and lists by time. */
#include "store/test_rows.h"

static void see(struct world *w, const char *address, const char *mark, int64_t at)
{
	struct store_tx *tx = world_tx(w);
	store_tx_sighting_put(tx,
			      &(struct store_sighting){ .address = address,
							.state = "configured",
							.version = "12.0",
							.mark = mark,
							.content = "{}",
							.at_unix_ms = at });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static void keeps_first_and_changed(void **state)
{
	struct world *w = *state;
	struct store_sighting rows[4];

	see(w, "10.0.0.1", "a", T0);
	see(w, "10.0.0.1", "a", T0 + 10);
	assert_int_equal(store_sighting_list(w->s, &w->a, 0, false, "", 4, rows), 1);
	assert_int_equal(rows[0].first_unix_ms, T0);
	assert_int_equal(rows[0].at_unix_ms, T0 + 10);
	assert_int_equal(rows[0].changed_unix_ms, T0);
	see(w, "10.0.0.1", "b", T0 + 20);
	see(w, "10.0.0.1", "c", T0 + 15); /* comes late */
	assert_int_equal(store_sighting_list(w->s, &w->a, 0, false, "", 4, rows), 1);
	assert_string_equal(rows[0].mark, "b");
	assert_int_equal(rows[0].at_unix_ms, T0 + 20);
	assert_int_equal(rows[0].changed_unix_ms, T0 + 20);
	assert_string_equal(rows[0].uuid, "");
}

static void lists_by_time(void **state)
{
	struct world *w = *state;
	struct store_sighting rows[4];

	see(w, "10.0.0.2", "a", T0);
	see(w, "10.0.0.3", "a", T0 + 5);
	see(w, "10.0.0.2", "a", T0 + 6);
	assert_int_equal(store_sighting_list(w->s, &w->a, T0 + 6, false, "", 4, rows), 1);
	assert_string_equal(rows[0].address, "10.0.0.2");
	assert_int_equal(store_sighting_list(w->s, &w->a, T0 + 5, true, "", 4, rows), 1);
	assert_string_equal(rows[0].address, "10.0.0.3");
	assert_int_equal(store_sighting_list(w->s, &w->a, 0, false, "10.0.0.2", 4, rows), 1);
	assert_int_equal(store_sighting_list(w->s, &w->a, 0, false, "", 1, rows), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_BOTH(keeps_first_and_changed),
		WORLD_BOTH(lists_by_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
