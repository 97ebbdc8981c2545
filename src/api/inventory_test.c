/* Tests of the inventory: out as the view says, in by UUID, MAC address and name, conflicts listed. */
#include "api/world_test.h"

#define HEAD "uuid,mac,serial,fqdn,group,profile,ou\n"

static int number(struct world *w, const char *key)
{
	return (int)json_integer_value(json_object_get(w->json, key));
}

static void begin(struct world *w)
{
	world_hello(w, U1, "10.0.0.1", "");
	world_hello(w, U2, "10.0.0.2", "");
	struct store_tx *tx = world_tx(w);
	store_tx_mark_set(tx, U1, "mac", "00:00:00:00:00:01", T0);
	store_tx_device_text(tx, U2, STORE_DEVICE_FQDN, "two.example.com");
	world_commit(w, tx);
}

static void merges_in_that_order(void **state)
{
	struct world *w = *state;
	struct store_name n;
	struct store_said s;
	begin(w);
	world_delayed(w, "j-1", U1, "D076");
	ASK(w, 200, "POST", "/v1/inventory", "",
	    HEAD ",00-00-00-00-00-01,S1,one.example.com,lab,,\n" /* by MAC */
		 ",,S2,two.example.com,,baseline,OU=x\n"         /* by name */
	    U3 ",,,three.example.com,,,\n");                     /* to come */
	assert_int_equal(number(w, "rejected"), 0);
	assert_int_equal(number(w, "changed"), 2);
	assert_int_equal(number(w, "added"), 1);
	assert_int_equal(number(w, "requeued"), 1);
	assert_string_equal(job_state(w, "j-1"), "queued");
	assert_true(store_name_get(w->store, &w->a, U1, &n));
	assert_string_equal(n.fqdn, "one.example.com");
	assert_string_equal(n.grp, "lab");
	assert_string_equal(n.source, "inventory");
	assert_true(store_name_get(w->store, &w->a, U3, &n));
	assert_true(store_said_get(w->store, &w->a, U2, "inventory", &s));
	assert_string_equal(s.ou, "OU=x");
	/* the same once more changes nothing, and the record and the row are one */
	ASK(w, 200, "POST", "/v1/inventory", "",
	    HEAD U1 ",00-00-00-00-00-01,S1,one.example.com,lab,,\n");
	assert_int_equal(number(w, "unchanged"), 1);
	ASK(w, 200, "GET", "/v1/inventory", "", "");
	assert_int_equal(count_at(w, "items"), 2);
	EQ(w, "items.0.uuid", U1);
	EQ(w, "items.0.mac", "00:00:00:00:00:01");
	EQ(w, "items.0.serial", "S1");
	EQ(w, "items.0.group", "lab");
	EQ(w, "items.1.profile", "baseline");
	EQ(w, "items.1.ou", "OU=x");
	ASK(w, 200, "GET", "/v1/inventory", "limit=1", "");
	EQ(w, "next", U1);
}

static void conflicts_are_listed(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *row, *msg;
	} cases[] = {
		{ "MAC of another", U2 ",00-00-00-00-00-01,,,,,", "the MAC address belongs" },
		{ "name of another", U1 ",,,two.example.com,,,", "the name belongs" },
		{ "another MAC", U1 ",00-00-00-00-00-09,,,,,", "told another MAC" },
		{ "nobody", ",00-00-00-00-00-07,,,,,", "no PC that said hello" },
		{ "profile", U1 ",,,one.example.com,,nowhere,", "no profile 'nowhere'" },
		{ "UUID", "x,,,,,,", "column uuid" },
	};
	begin(w);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char body[300];
		struct store_name n;
		(void)snprintf(body, sizeof body, HEAD "%s\n" U3 ",,,three.example.com,,,\n",
			       cases[i].row);
		ASK(w, 200, "POST", "/v1/inventory", "", body);
		if (number(w, "rejected") != 1 || !strstr(w->body, cases[i].msg))
			fail_msg("%s: %s", cases[i].name, w->body);
		assert_int_equal(
			json_integer_value(json_object_get(
				json_array_get(json_object_get(w->json, "errors"), 0), "line")),
			2);
		assert_false(store_name_get(w->store, &w->a, U1, &n));
	}
	/* what an operator said stands */
	ASK(w, 200, "PUT", "/v1/devices/" U1 "/name", "", "{\"fqdn\":\"hand.example.com\"}");
	ASK(w, 200, "POST", "/v1/inventory", "", HEAD U1 ",,,one.example.com,,,\n");
	assert_int_equal(number(w, "rejected"), 1);
	HAS(w->body, "an operator gave");
	/* twice in one file */
	ASK(w, 200, "POST", "/v1/inventory", "",
	    HEAD U3 ",,,a.b,,,\n11111111-2222-3333-4444-555555555599,,,a.b,,,\n");
	assert_int_equal(number(w, "rejected"), 1);
	HAS(w->body, "earlier line");
	ASK(w, 200, "POST", "/v1/inventory", "", "a,b\n1,2\n");
	HAS(w->body, "no heading of an inventory");
}

static void json_lines(void **state)
{
	struct world *w = *state;
	struct store_name n;
	begin(w);
	ASK(w, 200, "POST", "/v1/inventory", "preview=true",
	    "{\"uuid\":\"" U1 "\",\"fqdn\":\"one.example.com\"}\n");
	assert_false(store_name_get(w->store, &w->a, U1, &n));
	ASK(w, 200, "POST", "/v1/inventory", "",
	    "{\"uuid\":\"" U1
	    "\",\"fqdn\":\"one.example.com\",\"group\":\"a, \\\"b\\\"\",\"x\":1}\n"
	    "\n"
	    "[1]\n"
	    "{\"uuid\":\"" U2 "\",\"serial\":\"a\\nb\"}\n"
	    "{\"uuid\":\"" U3 "\",\"fqdn\":\"three.example.com\"}\n");
	assert_int_equal(number(w, "rejected"), 2);
	HAS(w->body, "\"line\":3");
	HAS(w->body, "\"line\":4");
	assert_true(store_name_get(w->store, &w->a, U1, &n));
	assert_string_equal(n.grp, "a, \"b\"");
	assert_true(store_name_get(w->store, &w->a, U3, &n));
	ASK(w, 400, "POST", "/v1/inventory", "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(merges_in_that_order),
		WORLD(conflicts_are_listed),
		WORLD(json_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
