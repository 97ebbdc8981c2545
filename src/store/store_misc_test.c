/* Tests of profiles, settings and the timeline. */
#include "store/test_rows.h"

static void profiles_have_versions(void **state)
{
	struct world *w = *state;
	struct store_profile rows[4];
	struct store_tx *tx = world_tx(w);
	store_tx_profile_put(tx, "lab", "one", T0);
	store_tx_profile_put(tx, "base", "a", T0);
	store_tx_profile_put(tx, "lab", "two", T0 + 1);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_profile_get(w->s, &w->a, "lab", &rows[0]));
	assert_int_equal(rows[0].version, 2);
	assert_string_equal(rows[0].yaml, "two");
	assert_int_equal(rows[0].at_unix_ms, T0 + 1);
	assert_false(store_profile_get(w->s, &w->a, "none", &rows[0]));
	assert_int_equal(store_profile_list(w->s, &w->a, 4, rows), 2);
	assert_string_equal(rows[0].name, "base");
	assert_int_equal(rows[0].version, 1);
	assert_string_equal(rows[1].name, "lab");
	assert_int_equal(rows[1].version, 2);
	assert_int_equal(store_profile_list(w->s, &w->a, 1, rows), 1);
}

static void settings_are_replaced(void **state)
{
	struct world *w = *state;
	const char *v = NULL;
	struct store_tx *tx = world_tx(w);
	store_tx_setting_set(tx, "pki.enabled", "false");
	store_tx_setting_set(tx, "pki.enabled", "true");
	store_tx_setting_set(tx, "none", NULL);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_setting_get(w->s, &w->a, "pki.enabled", &v));
	assert_string_equal(v, "true");
	assert_true(store_setting_get(w->s, &w->a, "none", &v));
	assert_string_equal(v, "");
	assert_false(store_setting_get(w->s, &w->a, "unknown", &v));
}

static void events_in_order(void **state)
{
	struct world *w = *state;
	struct store_event rows[16];
	static const char *const levels[] = { "info", "debug", "warn", "error" };
	struct store_tx *tx = world_tx(w);
	for (int i = 0; i < 12; i++)
		store_tx_event(tx,
			       &(struct store_event){ .uuid = i % 2 ? "u1" : "u2",
						      .level = levels[i % 4],
						      .name = i < 6 ? "job.done" : "job.queued",
						      .line = "k=v",
						      .at_unix_ms = T0 + i });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	static const struct {
		const char *name;
		struct store_event_query q;
		unsigned want;
		int64_t first, last;
	} cases[] = {
		{ "all", { .limit = 16 }, 12, 1, 12 },
		{ "page", { .limit = 5, .after_id = 3 }, 5, 4, 8 },
		{ "newest", { .limit = 5, .newest = true }, 5, 8, 12 },
		{ "newest after", { .limit = 5, .newest = true, .after_id = 10 }, 2, 11, 12 },
		{ "device", { .limit = 16, .uuid = "u1" }, 6, 2, 12 },
		{ "device newest", { .limit = 2, .uuid = "u2", .newest = true }, 2, 9, 11 },
		{ "error", { .limit = 16, .level = "error" }, 3, 4, 12 },
		{ "warn and worse", { .limit = 16, .level = "warn" }, 6, 3, 12 },
		{ "info and worse", { .limit = 16, .level = "info" }, 9, 1, 12 },
		{ "name", { .limit = 16, .name = "job.done" }, 6, 1, 6 },
		{ "name, level, device",
		  { .limit = 16, .name = "job.queued", .level = "error", .uuid = "u1" },
		  2,
		  8,
		  12 },
		{ "none", { .limit = 16, .uuid = "u3" }, 0, 0, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned n = store_event_list(w->s, &w->a, &cases[i].q, rows);
		if (n != cases[i].want ||
		    (n && (rows[0].id != cases[i].first || rows[n - 1].id != cases[i].last)))
			fail_msg("%s: %u rows, %lld to %lld", cases[i].name, n,
				 n ? (long long)rows[0].id : 0, n ? (long long)rows[n - 1].id : 0);
		for (unsigned k = 1; k < n; k++)
			assert_true(rows[k].id > rows[k - 1].id);
	}
	assert_int_equal(store_event_list(w->s, &w->a, &cases[0].q, rows), 12);
	assert_string_equal(rows[3].level, "error");
	assert_string_equal(rows[3].uuid, "u1");
	assert_string_equal(rows[3].name, "job.done");
	assert_string_equal(rows[3].line, "k=v");
	assert_int_equal(rows[3].at_unix_ms, T0 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_BOTH(profiles_have_versions),
		WORLD_BOTH(settings_are_replaced),
		WORLD_BOTH(events_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
