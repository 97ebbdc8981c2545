/* Tests of devices, jobs and the timeline. */
#include "api/world_test.h"

static void lists_in_pages(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "");
	world_hello(w, U2, "10.0.0.2", "4444000A");
	world_hello(w, U3, "10.0.1.3", "");
	ASK(w, 200, "GET", "/v1/devices", "limit=2", "");
	assert_int_equal(count_at(w, "items"), 2);
	EQ(w, "items.1.uuid", U2);
	EQ(w, "items.1.kind", "psk");
	EQ(w, "items.1.pid", "4444-000A");
	EQ(w, "items.0.first_seen", "2031-05-08T09:14:07.000Z");
	assert_true(json_is_null(json_object_get(
		json_array_get(json_object_get(w->json, "items"), 0), "configured")));
	EQ(w, "next", U2);
	ASK(w, 200, "GET", "/v1/devices", "limit=2&after=" U2, "");
	assert_int_equal(count_at(w, "items"), 1);
	EQ(w, "items.0.uuid", U3);
	assert_true(json_is_null(json_object_get(w->json, "next")));
	/* a page that just fits has no next */
	ASK(w, 200, "GET", "/v1/devices", "limit=3", "");
	assert_true(json_is_null(json_object_get(w->json, "next")));
	ASK(w, 200, "GET", "/v1/devices", "search=10.0.0", "");
	assert_int_equal(count_at(w, "items"), 2);
	ASK(w, 200, "GET", "/v1/devices", "state=configured", "");
	assert_int_equal(count_at(w, "items"), 0);
}

static void shows_one(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "4444000A");
	struct store_tx *tx = world_tx(w);
	store_tx_device_text(tx, U1, STORE_DEVICE_FQDN, "pc1.example.com");
	store_tx_device_text(tx, U1, STORE_DEVICE_FACTS, "version=16.1.25\nping=1\nrealm=a=b\n");
	store_tx_step(tx,
		      &(struct store_step){ .uuid = U1,
					    .job = "j-1",
					    .action = "admin_password",
					    .phase = "intent",
					    .at_unix_ms = T0 });
	store_tx_credential_add(tx,
				&(struct store_credential){ .id = "c1",
							    .uuid = U1,
							    .kind = "admin",
							    .state = "current",
							    .sealed = span_str("sealed bytes"),
							    .user = "admin" });
	world_commit(w, tx);
	world_delayed(w, "j-1", U1, "D043");
	static const char *const names[] = { U1, "pc1.example.com", "PC1.Example.COM", "10.0.0.1",
					     "11111111-2222-3333-4444-555555555501" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[128];
		(void)snprintf(path, sizeof path, "/v1/devices/%s", names[i]);
		ASK(w, 200, "GET", path, "", "");
		EQ(w, "uuid", U1);
	}
	EQ(w, "fqdn", "pc1.example.com");
	EQ(w, "client_state", "setup_psk");
	EQ(w, "facts.version", "16.1.25");
	EQ(w, "facts.realm", "a=b");
	EQ(w, "job.id", "j-1");
	EQ(w, "job.error.rule", "D043");
	EQ(w, "job.fqdn", "pc1.example.com");
	HAS(at(w, "job.error.hint"), "outband key import");
	EQ(w, "steps.0.action", "admin_password");
	EQ(w, "credentials.0.user", "admin");
	assert_null(strstr(w->body, "sealed"));
	HAS(at(w, "next_step"), "'outband job retry j-1' tries now");
	assert_true(json_is_object(json_object_get(w->json, "hello")));
	ASK(w, 200, "GET", "/v1/devices/10.0.0.1/plan", "", "");
	EQ(w, "text", "tls: off -> on (" U1 ")\n");
}

static void tells_issues_of_its_firmware(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "4444000A");
	ASK(w, 200, "GET", "/v1/devices/10.0.0.1/issues", "", "");
	assert_int_equal(count_at(w, "issues"), 0); /* its firmware is not known yet */
	struct store_tx *tx = world_tx(w);
	store_tx_device_text(tx, U1, STORE_DEVICE_VERSION, "2.1.3");
	world_commit(w, tx);
	ASK(w, 200, "GET", "/v1/devices/10.0.0.1/issues", "", "");
	EQ(w, "version", "2.1.3");
	EQ(w, "issues.0.id", "D015");
	EQ(w, "issues.0.concerns", "this PC");
	EQ(w, "issues.0.source", "D");
	HAS(at(w, "issues.0.todo"), "outband pc");
	HAS(w->body, "KB959040");
	assert_null(strstr(w->body, "KB942841")); /* about no firmware of its own */
	ASK(w, 404, "GET", "/v1/devices/10.9.9.9/issues", "", "");
}

static void explains_the_unknown(void **state)
{
	struct world *w = *state;
	ASK(w, 404, "GET", "/v1/devices/pc9", "", "");
	EQ(w, "error.msg", "no device 'pc9' is known");
	struct store_tx *tx = world_tx(w);
	store_tx_name_set(tx, &(struct store_name){ U2, "pc2.example.com", "", "import", T0 });
	world_commit(w, tx);
	ASK(w, 404, "GET", "/v1/devices/" U2, "", "");
	EQ(w, "error.msg", "device " U2 " (pc2.example.com) is mapped but has never said hello");
	HAS(at(w, "error.hint"),
	    "AMT may be disabled (enable it in BIOS), at factory default, or "
	    "only its password changed");
}

static void apply_queues(void **state)
{
	struct world *w = *state;
	char id[64];
	world_hello(w, U1, "10.0.0.1", "");
	ASK(w, 200, "POST", "/v1/devices/10.0.0.1/apply", "", "");
	(void)str_copy(id, sizeof id, span_str(at(w, "job")));
	assert_string_equal(job_state(w, id), "queued");
	assert_int_equal(w->kicks, 1);
	assert_string_equal(audit(w, 0), "device.apply " U1);
	/* again: the same job, not a second one */
	ASK(w, 200, "POST", "/v1/devices/10.0.0.1/apply", "", "{}");
	EQ(w, "job", id);
	/* one that waits is queued now */
	struct store_tx *tx = world_tx(w);
	store_tx_job_lease(tx, id, "me", T0, T0 + 60000);
	store_tx_job_end(tx, id, STORE_JOB_DELAYED, T0 + 86400000, NULL, "", T0);
	world_commit(w, tx);
	ASK(w, 200, "POST", "/v1/devices/10.0.0.1/apply", "", "");
	assert_string_equal(job_state(w, id), "queued");
	/* one that runs is left alone */
	tx = world_tx(w);
	store_tx_job_lease(tx, id, "me", T0, T0 + 60000);
	world_commit(w, tx);
	unsigned before = audit_count(w);
	ASK(w, 409, "POST", "/v1/devices/10.0.0.1/apply", "", "");
	HAS(at(w, "error.msg"), "is being configured now by job ");
	assert_int_equal(audit_count(w), before);
	/* the timeline has it */
	ASK(w, 200, "GET", "/v1/events", "uuid=10.0.0.1", "");
	EQ(w, "items.0.name", "job.queued");
	EQ(w, "items.0.level", "info");
	HAS(at(w, "items.0.line"), id);
}

static void approve_names_and_queues(void **state)
{
	struct world *w = *state;
	struct store_name n;
	struct store_device d;
	world_hello(w, U1, "10.0.0.1", "");
	struct store_tx *tx = world_tx(w);
	store_tx_device_text(tx, U1, STORE_DEVICE_STATE, "approval");
	store_tx_device_int(tx, U1, STORE_DEVICE_APPROVED, 0);
	world_commit(w, tx);
	ASK(w, 409, "POST", "/v1/devices/" U1 "/apply", "", "");
	HAS(at(w, "error.hint"), "outband device approve");
	ASK(w, 400, "POST", "/v1/devices/" U1 "/approve", "", "{\"fqdn\":\"pc_1.example.com\"}");
	EQ(w, "error.rule", "D050");
	ASK(w, 200, "POST", "/v1/devices/" U1 "/approve", "", "{\"fqdn\":\"pc1.example.com\"}");
	assert_string_equal(job_state(w, at(w, "job")), "queued");
	assert_true(store_device_get(w->store, &w->a, U1, &d));
	assert_true(d.approved);
	assert_string_equal(d.state, "new");
	assert_true(store_name_get(w->store, &w->a, U1, &n));
	assert_string_equal(n.fqdn, "pc1.example.com");
	assert_string_equal(n.source, "operator");
	assert_string_equal(audit(w, 0), "device.approve " U1 " pc1.example.com");
	HAS(w->log, "ev=device.state uuid=" U1 " from=approval to=new");
}

static void forget_keeps_credentials(void **state)
{
	struct world *w = *state;
	struct store_credential c;
	world_hello(w, U1, "10.0.0.1", "");
	struct store_tx *tx = world_tx(w);
	store_tx_credential_add(
		tx,
		&(struct store_credential){
			.id = "c1", .uuid = U1, .kind = "admin", .state = "current" });
	store_tx_job_add(tx, &(struct store_job){ .id = "j-1", .uuid = U1, .kind = "configure" });
	store_tx_job_lease(tx, "j-1", "me", T0, T0 + 60000);
	world_commit(w, tx);
	ASK(w, 200, "DELETE", "/v1/devices/10.0.0.1", "", "");
	assert_string_equal(w->cancelled, "j-1");
	ASK(w, 404, "GET", "/v1/devices/" U1, "", "");
	assert_int_equal(store_credential_list(w->store, &w->a, U1, NULL, 1, &c), 1);
	assert_string_equal(c.state, "archived");
	assert_string_equal(audit(w, 0), "device.forget " U1);
	ASK(w, 200, "GET", "/v1/events", "uuid=" U1, "");
	EQ(w, "items.0.name", "device.forgotten");
}

static void jobs_are_steered(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "");
	world_delayed(w, "j-1", U1, "D057");
	ASK(w, 200, "POST", "/v1/jobs/j-1/pause", "", "");
	EQ(w, "state", "paused");
	ASK(w, 200, "POST", "/v1/jobs/j-1/retry", "", "");
	EQ(w, "state", "queued");
	assert_string_equal(audit(w, 0), "job.retry j-1 device " U1);
	assert_int_equal(w->kicks, 2);
	struct store_tx *tx = world_tx(w);
	store_tx_job_lease(tx, "j-1", "me", T0, T0 + 60000);
	world_commit(w, tx);
	ASK(w, 409, "POST", "/v1/jobs/j-1/pause", "", "");
	EQ(w, "error.msg", "job j-1 is running and cannot be paused");
	ASK(w, 409, "POST", "/v1/jobs/j-1/cancel", "", ""); /* not running here */
	w->runs_here = true;
	ASK(w, 200, "POST", "/v1/jobs/j-1/cancel", "", "");
	assert_string_equal(w->cancelled, "j-1");
	tx = world_tx(w);
	store_tx_job_end(tx, "j-1", STORE_JOB_QUEUED, 0, NULL, "", T0);
	world_commit(w, tx);
	ASK(w, 200, "POST", "/v1/jobs/j-1/cancel", "", "");
	EQ(w, "state", "cancelled");
	ASK(w, 409, "POST", "/v1/jobs/j-1/retry", "", "");
	HAS(at(w, "error.hint"), "outband device apply " U1);
	ASK(w, 404, "POST", "/v1/jobs/j-9/retry", "", "");
	EQ(w, "error.msg", "there is no job 'j-9'");
	ASK(w, 200, "GET", "/v1/jobs", "state=cancelled&uuid=" U1, "");
	EQ(w, "items.0.id", "j-1");
	ASK(w, 200, "GET", "/v1/jobs/j-1", "", "");
	EQ(w, "kind", "configure");
}

static void timeline_and_audit_in_pages(void **state)
{
	struct world *w = *state;
	struct store_tx *tx = world_tx(w);
	for (int i = 0; i < 5; i++) {
		store_tx_event(tx,
			       &(struct store_event){ .uuid = i & 1 ? U1 : "",
						      .level = i == 3 ? "error" : "info",
						      .name = "x",
						      .line = "l",
						      .at_unix_ms = T0 });
		store_tx_audit(tx, "uid:1000", "a", "o", T0);
	}
	world_commit(w, tx);
	ASK(w, 200, "GET", "/v1/events", "limit=2", "");
	EQ(w, "next", "2");
	ASK(w, 200, "GET", "/v1/events", "limit=2&newest=true", "");
	EQ(w, "items.1.id", "5");
	EQ(w, "next", "");
	ASK(w, 200, "GET", "/v1/events", "level=error", "");
	assert_int_equal(count_at(w, "items"), 1);
	EQ(w, "items.0.uuid", U1);
	ASK(w, 400, "GET", "/v1/events", "after=x", "");
	EQ(w, "error.msg", "the query has after=x");
	ASK(w, 200, "GET", "/v1/audit", "after=1&limit=3", "");
	EQ(w, "items.0.id", "2");
	EQ(w, "next", "4");
	assert_int_equal(strlen(at(w, "items.0.hash")), 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(lists_in_pages),
		WORLD(shows_one),
		WORLD(tells_issues_of_its_firmware),
		WORLD(explains_the_unknown),
		WORLD(apply_queues),
		WORLD(approve_names_and_queues),
		WORLD(forget_keeps_credentials),
		WORLD(jobs_are_steered),
		WORLD(timeline_and_audit_in_pages),
	};
	return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}
