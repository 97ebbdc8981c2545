/* Tests of names by hand and by report, and of the list of PCs in limbo. */
#include "api/world_test.h"

#define HOUR_MS (3600 * 1000LL)

static void names_by_hand(void **state)
{
	struct world *w = *state;
	struct store_name n;
	world_hello(w, U1, "10.0.0.1", "");
	world_delayed(w, "j-1", U1, "D076");
	world_hello(w, U2, "10.0.0.2", "");
	world_delayed(w, "j-2", U2, "D043");
	ASK(w, 200, "PUT", "/v1/devices/10.0.0.1/name", "", "{\"fqdn\":\"pc1.example.com\"}");
	EQ(w, "uuid", U1);
	assert_int_equal(json_integer_value(json_object_get(w->json, "requeued")), 1);
	assert_true(store_name_get(w->store, &w->a, U1, &n));
	assert_string_equal(n.fqdn, "pc1.example.com");
	assert_string_equal(n.source, "operator");
	assert_string_equal(job_state(w, "j-1"), "queued");
	assert_string_equal(audit(w, 0), "device.name " U1 " pc1.example.com");
	/* a UUID that is to come; a job that waits for something else is left alone */
	ASK(w, 200, "PUT", "/v1/devices/" U3 "/name", "", "{\"fqdn\":\"pc3.example.com\"}");
	assert_true(store_name_get(w->store, &w->a, U3, &n));
	ASK(w, 200, "PUT", "/v1/devices/" U2 "/name", "", "{\"fqdn\":\"pc2.example.com\"}");
	assert_string_equal(job_state(w, "j-2"), "delayed");
	/* and away again */
	ASK(w, 200, "PUT", "/v1/devices/" U1 "/name", "", "{\"fqdn\":\"\"}");
	assert_false(store_name_get(w->store, &w->a, U1, &n));
}

static void refuses_bad_names(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "");
	ASK(w, 400, "PUT", "/v1/devices/" U1 "/name", "", "{\"fqdn\":\"a_b.example.com\"}");
	EQ(w, "error.rule", "D050");
	ASK(w, 400, "PUT", "/v1/devices/" U1 "/name", "", "{}");
	ASK(w, 404, "PUT", "/v1/devices/nobody/name", "", "{\"fqdn\":\"a.b\"}");
	ASK(w, 400, "PUT", "/v1/devices/00000000-0000-0000-0000-000000000000/name", "",
	    "{\"fqdn\":\"a.b\"}");
	EQ(w, "error.rule", "M09");
	assert_int_equal(audit_count(w), 0);
}

static void reports_of_the_pc(void **state)
{
	struct world *w = *state;
	struct store_said s;
	struct store_device d;
	world_hello(w, U1, "10.0.0.1", "");
	ASK(w, 200, "POST", "/v1/reports", "",
	    "{\"uuid\":\"" U1 "\",\"fqdn\":\"pc1.example.com\"}");
	assert_true(store_said_get(w->store, &w->a, U1, "report", &s));
	assert_string_equal(s.fqdn, "pc1.example.com");
	assert_true(store_device_get(w->store, &w->a, U1, &d));
	assert_string_equal(d.health_rule, "");
	/* once configured, another name of its system is told */
	struct store_tx *tx = world_tx(w);
	store_tx_device_text(tx, U1, STORE_DEVICE_STATE, "configured");
	store_tx_device_text(tx, U1, STORE_DEVICE_FQDN, "pc1.example.com");
	world_commit(w, tx);
	ASK(w, 200, "POST", "/v1/reports", "",
	    "{\"uuid\":\"" U1 "\",\"fqdn\":\"PC1.example.com\"}");
	assert_true(store_device_get(w->store, &w->a, U1, &d));
	assert_string_equal(d.health_rule, "");
	ASK(w, 200, "POST", "/v1/reports", "",
	    "{\"uuid\":\"" U1 "\",\"fqdn\":\"new.example.com\"}");
	assert_true(store_device_get(w->store, &w->a, U1, &d));
	assert_string_equal(d.health_rule, "D049");
	struct store_mark m;
	ASK(w, 200, "POST", "/v1/reports", "",
	    "{\"uuid\":\"" U1
	    "\",\"fqdn\":\"a.b\",\"mac\":\"00-1A-2b-33-44-55\",\"serial\":\"S7\"}");
	assert_int_equal(store_mark_list(w->store, &w->a, U1, "mac", 1, &m), 1);
	assert_string_equal(m.mark, "00:1a:2b:33:44:55");
	assert_int_equal(store_mark_list(w->store, &w->a, U1, "serial", 1, &m), 1);
	ASK(w, 400, "POST", "/v1/reports", "",
	    "{\"uuid\":\"" U1 "\",\"fqdn\":\"a.b\",\"mac\":\"00-1A-2b\"}");
	ASK(w, 400, "POST", "/v1/reports", "", "{\"uuid\":\"" U1 "\",\"fqdn\":\"a_b\"}");
	ASK(w, 404, "POST", "/v1/reports", "", "{\"fqdn\":\"a.b\"}");
	ASK(w, 400, "POST", "/v1/reports", "", "{\"uuid\":7,\"fqdn\":\"a.b\"}");
}

static void who_is_in_limbo(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "");
	world_hello(w, U2, "10.0.0.2", "");
	world_hello(w, U3, "10.0.0.3", "");
	struct store_tx *tx = world_tx(w);
	store_tx_device_text(tx, U2, STORE_DEVICE_STATE, "configured");
	store_tx_device_int(tx, U2, STORE_DEVICE_CONFIGURED_AT, clk_unix_ms() + 1);
	world_commit(w, tx);
	ASK(w, 200, "GET", "/v1/limbo", "", "");
	assert_int_equal(count_at(w, "items"), 0);
	ASK(w, 200, "GET", "/v1/devices/" U1, "", "");
	EQ(w, "next_hello", "2031-05-08T09:15:07.000Z");
	EQ(w, "hello_end", "2031-05-09T09:14:07.000Z");
	clk_fake_advance_ms(3 * HOUR_MS);
	world_hello(w, U3, "10.0.0.33", "");
	clk_fake_advance_ms(4 * HOUR_MS);
	ASK(w, 200, "GET", "/v1/limbo", "", "");
	assert_int_equal(count_at(w, "items"), 2);
	EQ(w, "items.0.uuid", U1);
	EQ(w, "items.0.limbo_rule", "D026");
	EQ(w, "items.0.limbo_reason", "hellos that were due did not come");
	EQ(w, "items.1.uuid", U3);
	EQ(w, "items.1.limbo_rule", "D045");
	clk_fake_advance_ms(24 * HOUR_MS);
	ASK(w, 200, "GET", "/v1/limbo", "limit=1", "");
	EQ(w, "items.0.limbo_reason", "its day of hellos is over");
	EQ(w, "next", U1);
	ASK(w, 200, "GET", "/v1/limbo", "limit=1&after=" U1, "");
	assert_int_equal(count_at(w, "items"), 1);
	EQ(w, "items.0.uuid", U3);
	ASK(w, 200, "GET", "/v1/devices/" U2, "", "");
	assert_null(strstr(w->body, "limbo"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(names_by_hand),
		WORLD(refuses_bad_names),
		WORLD(reports_of_the_pc),
		WORLD(who_is_in_limbo),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
