/* Tests of rules that choose profiles, of pins, and of what is told of the choice. */
#include "api/world_test.h"

static void has_profile(struct world *w, const char *name)
{
	struct store_tx *tx = world_tx(w);
	store_tx_profile_put(tx, name, "version: 1\nadmin_password: random\n", 1);
	world_commit(w, tx);
}

static void rules_are_stored_and_listed(void **state)
{
	struct world *w = *state;
	has_profile(w, "lab");
	ASK(w, 200, "PUT", "/v1/profile-rules/b", "",
	    "{\"profile\":\"lab\",\"fqdn\":\"lab*\",\"generation\":\">=11\"}");
	ASK(w, 200, "PUT", "/v1/profile-rules/a", "",
	    "{\"profile\":\"baseline\",\"place\":5,\"subnet\":\"10.0.0.0/24\"}");
	assert_string_equal(audit(w, 0), "profile.rule a baseline");
	assert_string_equal(audit(w, 1), "profile.rule b lab");
	ASK(w, 200, "GET", "/v1/profile-rules", "", "");
	json_t *items = json_object_get(w->json, "items");
	assert_int_equal(json_array_size(items), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(items, 0), "name")),
			    "a");
	assert_string_equal(json_string_value(json_object_get(json_array_get(items, 1), "fqdn")),
			    "lab*");
	ASK(w, 200, "DELETE", "/v1/profile-rules/a", "", "");
	ASK(w, 404, "DELETE", "/v1/profile-rules/a", "", "");
}

static void refuses_bad_rules(void **state)
{
	struct world *w = *state;
	static const struct {
		int status;
		const char *name, *body;
	} cases[] = {
		{ 404, "r", "{\"profile\":\"none\"}" },
		{ 404, "r", "{}" },
		{ 400, "r", "{\"profile\":\"baseline\",\"generation\":\"x\"}" },
		{ 400, "r", "{\"profile\":\"baseline\",\"subnet\":\"10.0.0.0/40\"}" },
		{ 400, "r", "{\"profile\":\"baseline\",\"import\":\"room=7\"}" },
		{ 400, "r", "{\"profile\":\"baseline\",\"place\":-1}" },
		{ 400, "r", "{\"profile\":\"baseline\",\"place\":\"1\"}" },
		{ 400, "r", "{\"profile\":\"baseline\",\"pattern\":\"x\"}" },
		{ 400, "r*", "{\"profile\":\"baseline\"}" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char path[80];
		(void)snprintf(path, sizeof path, "/v1/profile-rules/%s", cases[i].name);
		ASK(w, cases[i].status, "PUT", path, "", cases[i].body);
	}
	assert_int_equal(audit_count(w), 0);
}

static void pins_of_one_pc(void **state)
{
	struct world *w = *state;
	struct store_pin p;
	has_profile(w, "mine");
	world_hello(w, U1, "10.0.0.1", "");
	ASK(w, 404, "PUT", "/v1/devices/" U1 "/profile", "", "{\"profile\":\"none\"}");
	ASK(w, 400, "PUT", "/v1/devices/" U1 "/profile", "", "{}");
	ASK(w, 404, "PUT", "/v1/devices/pc9/profile", "", "{\"profile\":\"mine\"}");
	ASK(w, 200, "PUT", "/v1/devices/10.0.0.1/profile", "", "{\"profile\":\"mine\"}");
	assert_string_equal(audit(w, 0), "device.profile " U1 " mine");
	assert_true(store_pin_get(w->store, &w->a, U1, &p));
	assert_string_equal(p.profile, "mine");
	/* one that is to come */
	ASK(w, 200, "PUT", "/v1/devices/" U3 "/profile", "", "{\"profile\":\"baseline\"}");
	assert_true(store_pin_get(w->store, &w->a, U3, &p));
	ASK(w, 200, "PUT", "/v1/devices/" U1 "/profile", "", "{\"profile\":\"\"}");
	assert_false(store_pin_get(w->store, &w->a, U1, &p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(rules_are_stored_and_listed),
		WORLD(refuses_bad_rules),
		WORLD(pins_of_one_pc),
	};
	return cmocka_run_group_tests_name("profile_rule", tests, NULL, NULL);
}
