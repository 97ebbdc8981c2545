/* Tests of keys, certificates, credentials and secrets. */
#include "store/test_rows.h"

static void add_psk(struct world *w, const char *pid, const char *state, enum err_code want)
{
	struct store_tx *tx = world_tx(w);
	store_tx_psk_add(tx,
			 &(struct store_psk){ .pid = pid,
					      .sealed_pps = span_str("pps"),
					      .sealed_password = span_str(""),
					      .state = state,
					      .source = "csv",
					      .at_unix_ms = T0 });
	assert_int_equal(world_commit(w, tx), want);
}

static void key_serves_one_device(void **state)
{
	struct world *w = *state;
	struct store_psk k;
	static const struct {
		const char *name, *uuid;
		bool release;
		enum err_code want;
		const char *used_by;
	} cases[] = {
		{ "first", "u1", false, ERR_NONE, "u1" },
		{ "the same again", "u1", false, ERR_NONE, "u1" },
		{ "another", "u2", false, ERR_CONFLICT, "u1" },
		{ "another after release", "u2", true, ERR_NONE, "u2" },
	};
	add_psk(w, "4444-0001", NULL, ERR_NONE);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct store_tx *tx = world_tx(w);
		if (cases[i].release)
			store_tx_psk_release(tx, "4444-0001");
		store_tx_psk_use(tx, "4444-0001", cases[i].uuid, T0 + 1);
		store_tx_setting_set(tx, "last", cases[i].name);
		enum err_code got = world_commit(w, tx);
		assert_true(store_psk_get(w->s, &w->a, "4444-0001", &k));
		if (got != cases[i].want || !str_eq(k.used_by, cases[i].used_by))
			fail_msg("%s: %s, used by %s", cases[i].name, err_name(got), k.used_by);
		assert_string_equal(k.state, "used");
	}
	assert_true(span_eq_str(k.sealed_pps, "pps"));
	assert_int_equal(k.sealed_password.n, 0);
	struct store_tx *tx = world_tx(w);
	store_tx_psk_use(tx, "unknown", "u1", T0);
	struct err e = world_commit_err(w, tx);
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_string_equal(e.msg, "the key is unknown or another PC used it: unknown");
}

static void key_is_taken_by_one_begun_job(void **state)
{
	struct world *w = *state;
	const char *holder = NULL;
	add_psk(w, "44440002", NULL, ERR_NONE);
	static const struct {
		const char *name, *end, *stage; /* of the job of u1 before */
		int64_t after_ms;
		enum err_code want;
	} cases[] = {
		{ "queued", NULL, NULL, 0, ERR_NONE },
		{ "leased, not begun", NULL, "", 0, ERR_NONE },
		{ "begun", NULL, "first: authenticate", 0, ERR_CONFLICT },
		{ "lease over", NULL, "first: authenticate", 1000, ERR_NONE },
		{ "ended", "end", "first: authenticate", 0, ERR_NONE },
	};
	struct store_tx *tx = world_tx(w);
	for (int i = 1; i <= 2; i++)
		store_tx_hello(tx,
			       &(struct store_hello){ .uuid = i == 1 ? "u1" : "u2",
						      .address = "127.0.0.1",
						      .kind = "psk",
						      .pid = "44440002",
						      .at_unix_ms = T0 });
	store_tx_job_add(tx, &(struct store_job){ .id = "j1", .uuid = "u1", .kind = "configure" });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		tx = world_tx(w);
		if (cases[i].stage && i == 1)
			store_tx_job_lease(tx, "j1", "me", T0, T0 + 1000);
		if (cases[i].stage)
			store_tx_job_stage(tx, "j1", cases[i].stage, T0);
		if (cases[i].end)
			store_tx_job_end(tx, "j1", STORE_JOB_DELAYED, T0, NULL, "", T0);
		assert_int_equal(world_commit(w, tx), ERR_NONE);
		tx = world_tx(w);
		store_tx_psk_take(tx, "44440002", "u2", T0 + cases[i].after_ms);
		enum err_code got = world_commit(w, tx);
		bool held = store_psk_holder(w->s, &w->a, "44440002", "u2", T0 + cases[i].after_ms,
					     &holder);
		if (got != cases[i].want || held != (got == ERR_CONFLICT) ||
		    (held && !str_eq(holder, "u1")))
			fail_msg("%s: %s, held %d", cases[i].name, err_name(got), held);
	}
	tx = world_tx(w); /* a new lease forgets how far the last one came */
	store_tx_job_stage(tx, "j1", "first: authenticate", T0);
	store_tx_job_lease(tx, "j1", "me", T0, T0 + 1000);
	store_tx_psk_take(tx, "44440002", "u2", T0);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static void group_serves_all(void **state)
{
	struct world *w = *state;
	struct store_psk k;
	add_psk(w, "44440003", "group", ERR_NONE);
	struct store_tx *tx = world_tx(w);
	for (int i = 1; i <= 2; i++)
		store_tx_hello(tx,
			       &(struct store_hello){ .uuid = i == 1 ? "u1" : "u2",
						      .address = "127.0.0.1",
						      .kind = "psk",
						      .pid = "44440003",
						      .at_unix_ms = T0 });
	store_tx_job_add(tx, &(struct store_job){ .id = "j1", .uuid = "u1", .kind = "configure" });
	store_tx_job_lease(tx, "j1", "me", T0, T0 + 1000);
	store_tx_job_stage(tx, "j1", "first: authenticate", T0);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	for (int i = 1; i <= 2; i++) {
		const char *uuid = i == 1 ? "u1" : "u2";
		tx = world_tx(w);
		store_tx_psk_take(tx, "44440003", uuid, T0);
		store_tx_psk_use(tx, "44440003", uuid, T0);
		assert_int_equal(world_commit(w, tx), ERR_NONE);
		assert_true(store_psk_get(w->s, &w->a, "44440003", &k));
		assert_string_equal(k.state, "group");
		assert_string_equal(k.used_by, uuid);
	}
	/* released, it is one like any other */
	tx = world_tx(w);
	store_tx_psk_release(tx, "44440003");
	store_tx_psk_use(tx, "44440003", "u1", T0);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	tx = world_tx(w);
	store_tx_psk_use(tx, "44440003", "u2", T0);
	assert_int_equal(world_commit(w, tx), ERR_CONFLICT);
}

static void key_is_added_once(void **state)
{
	struct world *w = *state;
	struct store_psk rows[4];
	add_psk(w, "b", "unused", ERR_NONE);
	add_psk(w, "a", "released", ERR_NONE);
	add_psk(w, "c", "unused", ERR_NONE);
	add_psk(w, "b", "released", ERR_CONFLICT);
	assert_int_equal(store_psk_list(w->s, &w->a, NULL, NULL, 4, rows), 3);
	assert_string_equal(rows[0].pid, "a");
	assert_int_equal(store_psk_list(w->s, &w->a, "unused", "b", 4, rows), 1);
	assert_string_equal(rows[0].pid, "c");
	assert_int_equal(store_psk_count(w->s, "unused"), 2);
	assert_int_equal(store_psk_count(w->s, NULL), 3);
}

static void certificates_newest_first(void **state)
{
	struct world *w = *state;
	struct store_cert rows[4];
	static const struct store_cert certs[] = {
		{ .id = "vendor", .kind = "provisioning", .state = "active", .at_unix_ms = T0 },
		{ .id = "01",
		  .kind = "device",
		  .uuid = "u1",
		  .state = "previous",
		  .at_unix_ms = T0 + 1 },
		{ .id = "02",
		  .kind = "device",
		  .uuid = "u1",
		  .state = "current",
		  .at_unix_ms = T0 + 2 },
		{ .id = "03",
		  .kind = "device",
		  .uuid = "u2",
		  .state = "current",
		  .at_unix_ms = T0 + 3 },
	};
	struct store_tx *tx = world_tx(w);
	for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
		store_tx_cert_put(tx, &certs[i]);
	struct store_cert renewed = certs[0];
	renewed.pem = span_str("PEM");
	renewed.sealed_key = span_str("KEY");
	renewed.subject = "CN=x";
	renewed.serial = "7";
	renewed.not_after_unix_ms = T0 + 1000;
	store_tx_cert_put(tx, &renewed);
	store_tx_cert_state(tx, "03", "candidate");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	static const struct {
		const char *name, *kind, *uuid;
		unsigned want;
		const char *first;
	} cases[] = {
		{ "all", NULL, NULL, 4, "03" },
		{ "kind", "device", NULL, 3, "03" },
		{ "device", NULL, "u1", 2, "02" },
		{ "device and kind", "device", "u1", 2, "02" },
		{ "other kind", "provisioning", NULL, 1, "vendor" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned n = store_cert_list(w->s, &w->a, cases[i].kind, cases[i].uuid, 4, rows);
		if (n != cases[i].want || !str_eq(rows[0].id, cases[i].first))
			fail_msg("%s: %u rows, first %s", cases[i].name, n, rows[0].id);
	}
	assert_true(store_cert_get(w->s, &w->a, "vendor", &rows[0]));
	assert_true(span_eq_str(rows[0].pem, "PEM") && span_eq_str(rows[0].sealed_key, "KEY"));
	assert_string_equal(rows[0].subject, "CN=x");
	assert_int_equal(rows[0].not_after_unix_ms, T0 + 1000);
	assert_true(store_cert_get(w->s, &w->a, "03", &rows[0]));
	assert_string_equal(rows[0].state, "candidate");
}

static void certificates_by_their_end(void **state)
{
	struct world *w = *state;
	struct store_cert rows[4];
	static const struct {
		const char *id, *kind, *state;
		int64_t end;
	} certs[] = {
		{ "late", "ca", "active", T0 + 50 },       { "first", "ca", "active", T0 + 5 },
		{ "gone", "ca", "previous", T0 + 5 },      { "unknown", "ca", "active", 0 },
		{ "after", "ca", "active", T0 + 99 },      { "shown", "device", "current", T0 + 5 },
		{ "hidden", "device", "current", T0 + 5 },
	};
	struct store_cert_ends q = { "ca", T0, T0 + 99 };
	struct store_tx *tx = world_tx(w);
	for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
		store_tx_cert_put(tx,
				  &(struct store_cert){ .id = certs[i].id,
							.serial = certs[i].id,
							.kind = certs[i].kind,
							.uuid = "u1",
							.state = certs[i].state,
							.not_after_unix_ms = certs[i].end });
	world_add_hello(tx, "u1", "10.0.0.1", T0);
	store_tx_device_text(tx, "u1", STORE_DEVICE_SERIAL, "shown");
	store_tx_cert_warn(tx, "first", T0 + 5, 90);
	store_tx_cert_warn(tx, "first", T0 + 5, 60);
	store_tx_cert_warn(tx, "late", T0 + 49, 7); /* another one that had this name */
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_cert_list_end(w->s, &w->a, &q, 4, rows), 2);
	assert_string_equal(rows[0].id, "first");
	assert_string_equal(rows[1].id, "late");
	assert_int_equal(store_cert_count_end(w->s, &q), 2);
	assert_int_equal(store_cert_list_warn(w->s, &w->a, &q, 60, 4, rows), 1);
	assert_string_equal(rows[0].id, "late");
	assert_int_equal(store_cert_list_warn(w->s, &w->a, &q, 30, 4, rows), 2);
	q.kind = "device";
	assert_int_equal(store_cert_list_end(w->s, &w->a, &q, 4, rows), 1);
	assert_string_equal(rows[0].id, "shown");
}

static void revoked_once(void **state)
{
	struct world *w = *state;
	struct store_revocation rows[4],
		r = { .issuer = "aa",
		      .serial = "02",
		      .reason = "superseded",
		      .uuid = "u1",
		      .at_unix_ms = T0 };
	struct store_tx *tx = world_tx(w);
	store_tx_revoke(tx, &r);
	r.reason = "key-compromise";
	r.at_unix_ms = T0 + 9;
	store_tx_revoke(tx, &r);
	r.issuer = "bb";
	store_tx_revoke(tx, &r);
	r.issuer = "aa";
	r.serial = "01";
	store_tx_revoke(tx, &r);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_int_equal(store_revocation_list(w->s, &w->a, "aa", "", 4, rows), 2);
	assert_string_equal(rows[0].serial, "01");
	assert_string_equal(rows[1].reason, "superseded");
	assert_int_equal(rows[1].at_unix_ms, T0);
	assert_int_equal(store_revocation_list(w->s, &w->a, "aa", "01", 4, rows), 1);
	assert_int_equal(store_revocation_list(w->s, &w->a, "cc", "", 4, rows), 0);
	assert_int_equal(store_revocation_count(w->s, "aa"), 2);
	assert_int_equal(store_revocation_count(w->s, "cc"), 0);
}

static void add_credential(struct world *w, const char *id, const char *uuid, const char *kind,
			   const char *cred_state)
{
	struct store_tx *tx = world_tx(w);
	store_tx_credential_add(tx,
				&(struct store_credential){ .id = id,
							    .uuid = uuid,
							    .kind = kind,
							    .state = cred_state,
							    .sealed = span_str(id),
							    .user = "admin",
							    .realm = "Digest:1",
							    .leaf_sha256 = "ab",
							    .tls_mode = "server",
							    .port = 16993,
							    .at_unix_ms = T0,
							    .changed_unix_ms = T0 });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
}

static const char *state_of(struct world *w, const char *uuid, const char *id)
{
	struct store_credential rows[8];
	unsigned n = store_credential_list(w->s, &w->a, uuid, NULL, 8, rows);
	for (unsigned i = 0; i < n; i++) {
		if (str_eq(rows[i].id, id))
			return rows[i].state;
	}
	return "missing";
}

static void one_current_credential_of_a_kind(void **state)
{
	struct world *w = *state;
	struct store_credential rows[8];
	add_credential(w, "c1", "u1", "admin", "current");
	add_credential(w, "c2", "u1", "mebx", "current");
	add_credential(w, "c3", "u2", "admin", "current");
	add_credential(w, "c4", "u1", "admin", "candidate");
	struct store_tx *tx = world_tx(w);
	store_tx_credential_current(tx, "c4", T0 + 5);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_string_equal(state_of(w, "u1", "c1"), "previous");
	assert_string_equal(state_of(w, "u1", "c2"), "current");
	assert_string_equal(state_of(w, "u2", "c3"), "current");
	assert_string_equal(state_of(w, "u1", "c4"), "current");
	/* Proven a second time: no change of the former one. */
	tx = world_tx(w);
	store_tx_credential_current(tx, "c4", T0 + 6);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_string_equal(state_of(w, "u1", "c4"), "current");

	assert_int_equal(store_credential_list(w->s, &w->a, "u1", "admin", 8, rows), 2);
	assert_string_equal(rows[0].id, "c4"); /* newest first, made in the same millisecond */
	assert_string_equal(rows[0].user, "admin");
	assert_string_equal(rows[0].realm, "Digest:1");
	assert_string_equal(rows[0].leaf_sha256, "ab");
	assert_string_equal(rows[0].tls_mode, "server");
	assert_int_equal(rows[0].port, 16993);
	assert_int_equal(rows[0].changed_unix_ms, T0 + 6);
	assert_int_equal(rows[1].changed_unix_ms, T0 + 5);
	assert_true(span_eq_str(rows[0].sealed, "c4"));
	assert_int_equal(store_credential_list(w->s, &w->a, "u1", NULL, 1, rows), 1);
	assert_string_equal(rows[0].id, "c4");
}

static void credential_must_exist(void **state)
{
	struct world *w = *state;
	add_credential(w, "c1", "u1", "admin", "current");
	struct store_tx *tx = world_tx(w);
	store_tx_credential_current(tx, "c9", T0);
	assert_int_equal(world_commit(w, tx), ERR_CONFLICT);
	tx = world_tx(w);
	store_tx_credential_state(tx, "c9", "previous", T0);
	assert_int_equal(world_commit(w, tx), ERR_CONFLICT);
	tx = world_tx(w);
	store_tx_credential_add(tx, &(struct store_credential){ .id = "c1", .uuid = "u2" });
	assert_int_equal(world_commit(w, tx), ERR_CONFLICT);
	assert_string_equal(state_of(w, "u1", "c1"), "current");
}

static void secrets_are_bytes(void **state)
{
	struct world *w = *state;
	static const uint8_t bytes[] = { 0, 0xff, '\'', 0, 1 };
	struct span got;
	struct store_tx *tx = world_tx(w);
	store_tx_secret_set(tx, "ca", span_str("old"));
	store_tx_secret_set(tx, "ca", span_make(bytes, sizeof bytes));
	store_tx_secret_set(tx, "empty", span_str(""));
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_secret_get(w->s, &w->a, "ca", &got));
	assert_true(span_eq(got, span_make(bytes, sizeof bytes)));
	assert_true(store_secret_get(w->s, &w->a, "empty", &got));
	assert_int_equal(got.n, 0);
	assert_false(store_secret_get(w->s, &w->a, "none", &got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_BOTH(key_serves_one_device),     WORLD_BOTH(group_serves_all),
		WORLD_BOTH(key_is_added_once),         WORLD_BOTH(key_is_taken_by_one_begun_job),
		WORLD_BOTH(certificates_newest_first), WORLD_BOTH(one_current_credential_of_a_kind),
		WORLD_BOTH(credential_must_exist),     WORLD_BOTH(secrets_are_bytes),
		WORLD_BOTH(certificates_by_their_end), WORLD_BOTH(revoked_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
