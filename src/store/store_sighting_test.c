/* Tests of sightings: what is kept when the same address is seen again, lists by time, which PC it is;
 * and of the rows of discoveries. */
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
	assert_int_equal(
		store_sighting_list(w->s, &w->a, STORE_SIGHTING_BY_ADDRESS, 0, "", 4, rows), 1);
	assert_int_equal(rows[0].first_unix_ms, T0);
	assert_int_equal(rows[0].at_unix_ms, T0 + 10);
	assert_int_equal(rows[0].changed_unix_ms, T0);
	see(w, "10.0.0.1", "b", T0 + 20);
	see(w, "10.0.0.1", "c", T0 + 15); /* comes late */
	assert_int_equal(
		store_sighting_list(w->s, &w->a, STORE_SIGHTING_BY_ADDRESS, 0, "", 4, rows), 1);
	assert_string_equal(rows[0].mark, "b");
	assert_int_equal(rows[0].at_unix_ms, T0 + 20);
	assert_int_equal(rows[0].changed_unix_ms, T0 + 20);
	assert_string_equal(rows[0].uuid, "");
}

/* A page of at most two: addresses with bars between. */
static void is_page(struct world *w, enum store_sighting_order order, int64_t from,
		    const char *after, const char *want)
{
	struct store_sighting rows[2];
	char got[64];
	unsigned n = store_sighting_list(w->s, &w->a, order, from, after, 2, rows);

	(void)snprintf(got, sizeof got, "%s%s%s", n > 0 ? rows[0].address : "", n > 1 ? "|" : "",
		       n > 1 ? rows[1].address : "");
	if (!str_eq(got, want))
		fail_msg("%d from %lld after %s: '%s', wanted '%s'", order, (long long)(from - T0),
			 after, got, want);
}

static void lists_by_time(void **state)
{
	struct world *w = *state;

	see(w, "10.0.0.4", "a", T0);
	see(w, "10.0.0.2", "a", T0 + 5);
	see(w, "10.0.0.3", "a", T0 + 5);
	see(w, "10.0.0.1", "a", T0 + 5);
	see(w, "10.0.0.4", "a", T0 + 6);
	see(w, "10.0.0.2", "b", T0 + 7);
	is_page(w, STORE_SIGHTING_BY_ADDRESS, T0 + 99, "", "10.0.0.1|10.0.0.2");
	is_page(w, STORE_SIGHTING_BY_ADDRESS, 0, "10.0.0.2", "10.0.0.3|10.0.0.4");
	is_page(w, STORE_SIGHTING_BY_SEEN, T0, "", "10.0.0.1|10.0.0.3");
	is_page(w, STORE_SIGHTING_BY_SEEN, T0 + 5, "10.0.0.3", "10.0.0.4|10.0.0.2");
	is_page(w, STORE_SIGHTING_BY_SEEN, T0 + 6, "", "10.0.0.4|10.0.0.2");
	is_page(w, STORE_SIGHTING_BY_SEEN, T0 + 8, "", "");
	is_page(w, STORE_SIGHTING_BY_CHANGE, T0, "", "10.0.0.4|10.0.0.1");
	is_page(w, STORE_SIGHTING_BY_CHANGE, T0 + 5, "10.0.0.1", "10.0.0.3|10.0.0.2");
	is_page(w, STORE_SIGHTING_BY_CHANGE, T0 + 6, "", "10.0.0.2");
}

#define U1 "11111111-2222-3333-4444-555555555501"
#define U2 "11111111-2222-3333-4444-555555555502"

static void add_device(struct world *w, const char *uuid, const char *address, const char *realm,
		       const char *leaf, const char *mac)
{
	struct store_tx *tx = world_tx(w);
	world_add_hello(tx, uuid, address, T0);
	store_tx_credential_add(tx,
				&(struct store_credential){ .id = uuid,
							    .uuid = uuid,
							    .kind = "admin",
							    .state = "candidate",
							    .sealed = span_str("x"),
							    .user = "admin",
							    .realm = realm,
							    .leaf_sha256 = leaf,
							    .at_unix_ms = T0 });
	store_tx_credential_current(tx, uuid, T0);
	store_tx_mark_set(tx, uuid, "mac", mac, T0);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static void see_as(struct world *w, const struct store_sighting *s)
{
	struct store_sighting row = *s;
	struct store_tx *tx = world_tx(w);

	row.state = "configured";
	row.version = row.mark = "";
	row.content = "{}";
	store_tx_sighting_put(tx, &row);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static void knows_pcs_again(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *realm, *leaf, *mac, *address, *want_uuid, *want_by;
	} cases[] = {
		{ "by its certificate", "other", "aa", "", "10.0.0.90", U1, "certificate" },
		{ "by its realm", "R1", "", "", "10.0.0.91", U1, "realm" },
		{ "by its MAC address", "", "", "00:00:00:00:00:01", "10.0.0.92", U1, "mac" },
		{ "by its address", "", "", "", "10.0.0.1", U1, "address" },
		{ "another one's certificate at its address", "", "bb", "", "10.0.0.1", U2,
		  "certificate" },
		{ "nobody", "R9", "99", "00:00:00:00:00:09", "10.0.0.93", "", "" },
	};

	add_device(w, U1, "10.0.0.1", "R1", "aa", "00:00:00:00:00:01");
	add_device(w, U2, "10.0.0.2", "R2", "bb", "00:00:00:00:00:02");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct store_sighting rows[8], one;
		see_as(w,
		       &(struct store_sighting){ .address = cases[i].address,
						 .realm = cases[i].realm,
						 .leaf = cases[i].leaf,
						 .mac = cases[i].mac,
						 .at_unix_ms = T0 + (int64_t)i });
		assert_int_equal(store_sighting_list(w->s, &w->a, STORE_SIGHTING_BY_SEEN,
						     T0 + (int64_t)i, "", 8, rows),
				 1);
		if (!str_eq(rows[0].uuid, cases[i].want_uuid) ||
		    !str_eq(rows[0].known_by, cases[i].want_by))
			fail_msg("%s: %s by %s", cases[i].name, rows[0].uuid, rows[0].known_by);
		assert_true(store_sighting_of(w->s, &w->a, U1, &one));
		assert_string_equal(one.address, "10.0.0.90"); /* the surest one, however old */
	}
	struct store_sighting one;
	assert_true(store_sighting_of(w->s, &w->a, U2, &one));
	assert_string_equal(one.address, "10.0.0.1");
	assert_false(store_sighting_of(w->s, &w->a, "none", &one));
}

static void keeps_the_newest(void **state)
{
	struct world *w = *state;
	struct store_sighting rows[4];
	struct store_tx *tx;

	see(w, "10.0.0.2", "a", T0 + 2);
	see(w, "10.0.0.3", "a", T0 + 1);
	see(w, "10.0.0.4", "a", T0 + 3);
	tx = world_tx(w);
	store_tx_sighting_prune(tx, 2);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(
		store_sighting_list(w->s, &w->a, STORE_SIGHTING_BY_ADDRESS, 0, "", 4, rows), 2);
	assert_string_equal(rows[0].address, "10.0.0.2");
	assert_string_equal(rows[1].address, "10.0.0.4");
}

static void add_discovery(struct world *w, const char *id, const char *state, int64_t at)
{
	struct store_tx *tx = world_tx(w);
	store_tx_discovery_add(tx,
			       &(struct store_discovery){ .id = id,
							  .ranges = "10.0.0.0/24",
							  .rate = 100,
							  .only_ping = true,
							  .state = state,
							  .actor = "uid:0",
							  .total = 254,
							  .at_unix_ms = at,
							  .changed_unix_ms = at });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static void discoveries_take_turns(void **state)
{
	struct world *w = *state;
	struct store_discovery d, rows[4];
	struct store_tx *tx;

	assert_false(store_discovery_next(w->s, &w->a, &d));
	add_discovery(w, "b", "queued", T0 + 1);
	add_discovery(w, "a", "queued", T0 + 2);
	assert_true(store_discovery_next(w->s, &w->a, &d));
	assert_string_equal(d.id, "b");
	tx = world_tx(w);
	store_tx_discovery_state(tx, "a", "running", "", T0 + 3);
	store_tx_discovery_at(tx, "a", 77, 5, T0 + 4);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_discovery_next(w->s, &w->a, &d)); /* what has begun goes first */
	assert_string_equal(d.id, "a");
	assert_int_equal(d.done_to, 77);
	assert_int_equal(d.found, 5);
	assert_true(d.only_ping);
	assert_int_equal(store_discovery_open(w->s, ""), 2);
	assert_int_equal(store_discovery_open(w->s, "uid:1"), 0);
	tx = world_tx(w);
	store_tx_discovery_state(tx, "a", "done", "so", T0 + 5);
	store_tx_discovery_state(tx, "b", "failed", "so", T0 + 5);
	store_tx_discovery_prune(tx, 1);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_discovery_list(w->s, &w->a, 4, rows), 1);
	assert_string_equal(rows[0].id, "a");
	tx = world_tx(w);
	store_tx_discovery_at(tx, "b", 1, 1, T0);
	assert_int_equal(world_commit(w, tx), ERR_CONFLICT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_BOTH(knows_pcs_again),        WORLD_BOTH(keeps_the_newest),
		WORLD_BOTH(discoveries_take_turns), WORLD_BOTH(keeps_first_and_changed),
		WORLD_BOTH(lists_by_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
