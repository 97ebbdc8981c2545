/* Tests of provisioning chains: check, import, alternatives, delete. The judgements themselves are
 * tested in pki. */
#include "api/world_test.h"
#include <../tests/support/chains.c>

/* The body for that chain of the shared table, as base64 of PEM. */
static const char *body_of(struct world *w, const char *chain, const char *more)
{
	struct test_chain_built *b = test_chain_build(test_chain_find(chain), T0);
	struct buf text;
	struct out o;
	buf_init(&text, LIMIT_API_BODY_BYTES);
	out_init_buf(&o, &text);
	out_str(&o, "{\"data\":\"");
	out_b64(&o, buf_span(&b->pem));
	out_fmt(&o, "\"%s%s}", more[0] ? "," : "", more);
	char *body = arena_str(&w->a, buf_span(&text));
	buf_deinit(&text);
	test_chain_free(b);
	return body;
}

static const char *verdict_of(struct world *w, const char *rule)
{
	static char path[64];
	for (unsigned i = 0; i < count_at(w, "rows"); i++) {
		(void)snprintf(path, sizeof path, "rows.%u.rule", i);
		if (!str_eq(at(w, path), rule))
			continue;
		(void)snprintf(path, sizeof path, "rows.%u.verdict", i);
		return at(w, path);
	}
	return "no such row";
}

static void judges_without_storing(void **state)
{
	struct world *w = *state;
	ASK(w, 200, "POST", "/v1/certs-check", "", body_of(w, "good", ""));
	EQ(w, "usable", "true");
	EQ(w, "stored", "false");
	assert_int_equal(count_at(w, "rows"), PKI_CONDITION_COUNT);
	assert_string_equal(verdict_of(w, "D059"), "ok");
	assert_string_equal(verdict_of(w, "D056"), "unknown");
	json_t *g = json_object_get(w->json, "generations");
	assert_string_equal(json_string_value(json_object_get(g, "11.8")), "ok");
	assert_string_equal(json_string_value(json_object_get(g, "16.1")), "ok");
	assert_string_equal(json_string_value(json_object_get(g, "22")), "fail");
	g = json_object_get(w->json, "generation_notes");
	assert_null(json_object_get(g, "11.8"));
	HAS(json_string_value(json_object_get(g, "22")), "expected");
	ASK(w, 200, "POST", "/v1/certs-check", "", body_of(w, "no serverAuth", ""));
	EQ(w, "usable", "false");
	assert_string_equal(verdict_of(w, "D053"), "fail");
	ASK(w, 200, "POST", "/v1/certs-check", "", body_of(w, "good", "\"version\":\"22.0.1\""));
	EQ(w, "usable", "false");
	assert_string_equal(verdict_of(w, "D060"), "fail");
	assert_int_equal(audit_count(w), 0);
	ASK(w, 200, "GET", "/v1/certs", "", "");
	assert_int_equal(count_at(w, "items"), 0);
}

static void knows_the_device(void **state)
{
	struct world *w = *state;
	struct test_chain_built *b = test_chain_build(test_chain_find("good"), T0);
	uint8_t raw[LIMIT_HELLO_BYTES];
	struct out o;
	b->hello.kind = WIRE_HELLO_PKI;
	assert_true(uuid_parse(span_str(U1), &b->hello.uuid));
	out_init(&o, raw, sizeof raw);
	assert_true(wire_hello_emit(&o, &b->hello));
	struct store_tx *tx = world_tx(w);
	store_tx_hello(tx,
		       &(struct store_hello){ .uuid = U1,
					      .address = "10.0.0.1",
					      .kind = "pki",
					      .pid = "",
					      .raw = out_span(&o),
					      .at_unix_ms = T0 });
	store_tx_device_text(tx, U1, STORE_DEVICE_FQDN, "pc1.elsewhere.net");
	store_tx_device_text(tx, U1, STORE_DEVICE_VERSION, "11.8.50");
	world_commit(w, tx);
	test_chain_free(b);
	ASK(w, 200, "POST", "/v1/certs-check", "",
	    body_of(w, "good", "\"fqdn\":\"pc1.elsewhere.net\""));
	assert_string_equal(verdict_of(w, "D056"), "ok");
}

/* A PC with that version and the hash list that goes with a chain of the table. */
static void add_pc(struct world *w, const char *uuid, const char *version, const char *chain)
{
	struct test_chain_built *b = test_chain_build(test_chain_find(chain), T0);
	uint8_t raw[LIMIT_HELLO_BYTES];
	struct out o;
	b->hello.kind = WIRE_HELLO_PKI;
	assert_true(uuid_parse(span_str(uuid), &b->hello.uuid));
	out_init(&o, raw, sizeof raw);
	assert_true(wire_hello_emit(&o, &b->hello));
	struct store_tx *tx = world_tx(w);
	store_tx_hello(tx,
		       &(struct store_hello){ .uuid = uuid,
					      .address = "10.0.0.1",
					      .kind = "pki",
					      .pid = "",
					      .raw = out_span(&o),
					      .at_unix_ms = T0 });
	store_tx_device_text(tx, uuid, STORE_DEVICE_FQDN, "pc.example.com");
	store_tx_device_text(tx, uuid, STORE_DEVICE_VERSION, version);
	world_commit(w, tx);
	test_chain_free(b);
}

/* "verdict rule chosen" of that PC and certificate. */
static const char *cell(struct world *w, const char *uuid, const char *cert)
{
	for (unsigned i = 0; i < count_at(w, "items"); i++) {
		const char *p = arena_fmt(&w->a, "items.%u", i);
		if (str_eq(at(w, arena_fmt(&w->a, "%s.uuid", p)), uuid) &&
		    str_eq(at(w, arena_fmt(&w->a, "%s.cert", p)), cert))
			return arena_fmt(&w->a, "%s %s %s",
					 at(w, arena_fmt(&w->a, "%s.verdict", p)),
					 at(w, arena_fmt(&w->a, "%s.rule", p)),
					 at(w, arena_fmt(&w->a, "%s.chosen", p)));
	}
	return "no such cell";
}

static void matches_each_with_each(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *uuid, *cert, *want;
	} cells[] = {
		{ U1, "good", "accepted  true" },     { U1, "sha1", "refused M01 false" },
		{ U2, "good", "refused M02 false" },  { U2, "sha1", "refused M02 false" },
		{ U3, "good", "refused D056 false" }, { U3, "sha1", "refused M01 false" },
	};
	ASK(w, 200, "GET", "/v1/certs-match", "", "");
	assert_int_equal(count_at(w, "items"), 0);
	ASK(w, 200, "POST", "/v1/certs/good", "", body_of(w, "good", ""));
	ASK(w, 200, "POST", "/v1/certs/sha1", "", body_of(w, "good, SHA-1", ""));
	add_pc(w, U1, "16.1.25", "good");
	add_pc(w, U2, "22.0.1", "good");
	add_pc(w, U3, "16.1.25", "empty list");
	world_hello(w, "11111111-2222-3333-4444-555555555599", "10.0.0.9", "AAAA0001");
	ASK(w, 200, "GET", "/v1/certs-match", "", "");
	assert_int_equal(count_at(w, "items"), 6); /* the PC with a key looks at none */
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		if (!str_eq(cell(w, cells[i].uuid, cells[i].cert), cells[i].want))
			fail_msg("%s %s: %s, not %s", cells[i].uuid, cells[i].cert,
				 cell(w, cells[i].uuid, cells[i].cert), cells[i].want);
	ASK(w, 200, "GET", "/v1/certs-match", "device=" U2, "");
	assert_int_equal(count_at(w, "items"), 2);
	ASK(w, 200, "GET", "/v1/certs-match", "limit=2", "");
	assert_int_equal(count_at(w, "items"), 4);
	EQ(w, "next", U2);
	ASK(w, 404, "GET", "/v1/certs-match", "device=nobody", "");
}

static void lists_what_ends(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *id, *kind;
		int64_t days;
	} rows[] = { { "late", "provisioning", 80 },
		     { "soon", "ca", 3 },
		     { "gone", "provisioning", -3 } };
	struct store_tx *tx = world_tx(w);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		store_tx_cert_put(
			tx,
			&(struct store_cert){ .id = rows[i].id,
					      .kind = rows[i].kind,
					      .state = "active",
					      .not_after_unix_ms = T0 + rows[i].days * 86400000 });
	world_commit(w, tx);
	ASK(w, 200, "GET", "/v1/certs-expiry", "", "");
	assert_int_equal(count_at(w, "items"), 3);
	EQ(w, "items.0.name", "gone");
	EQ(w, "items.0.ended", "true");
	EQ(w, "items.0.days", "0");
	EQ(w, "items.1.name", "soon");
	EQ(w, "items.1.days", "3");
	EQ(w, "items.2.days", "80");
	ASK(w, 200, "GET", "/v1/certs-expiry", "days=7", "");
	assert_int_equal(count_at(w, "items"), 2);
	ASK(w, 200, "GET", "/v1/certs-expiry", "limit=1", "");
	EQ(w, "more", "true");
	ASK(w, 400, "GET", "/v1/certs-expiry", "days=0", "");
}

static void stores_with_sealed_key(void **state)
{
	struct world *w = *state;
	struct store_cert c;
	struct secret key;
	struct err e = { 0 };
	world_hello(w, U1, "10.0.0.1", "");
	world_hello(w, U2, "10.0.0.2", "");
	world_delayed(w, "j-1", U1, "D056");
	world_delayed(w, "j-2", U2, "D076");
	ASK(w, 200, "POST", "/v1/certs/corp", "", body_of(w, "good", ""));
	EQ(w, "stored", "true");
	EQ(w, "names.0", "corp");
	assert_int_equal(count_at(w, "names"), 1);
	assert_int_equal(w->reloads, 1);
	assert_string_equal(job_state(w, "j-1"), "queued");
	assert_string_equal(job_state(w, "j-2"), "delayed");
	HAS(audit(w, 0), "cert.put corp ");
	assert_true(store_cert_get(w->store, &w->a, "corp", &c));
	assert_string_equal(c.kind, "provisioning");
	assert_string_equal(c.state, "active");
	assert_null(memmem(c.pem.p, c.pem.n, "PRIVATE", 7));
	assert_true(engine_unseal(NULL, "cert:corp", c.sealed_key, &key, &e));
	struct pki_key *k = pki_key_from_der(secret_reveal(&key), &e);
	struct pki_chain *chain = pki_chain_load(c.pem, NULL, &e);
	assert_non_null(k);
	assert_non_null(chain);
	assert_true(pki_key_matches(k, &chain->certs[0]));
	pki_chain_free(chain);
	pki_key_free(k);
	secret_deinit(&key);
	ASK(w, 200, "GET", "/v1/certs", "", "");
	EQ(w, "items.0.name", "corp");
	EQ(w, "items.0.state", "active");
	assert_true(at(w, "items.0.not_after")[0]);
	assert_null(strstr(w->body, "PRIVATE"));
	ASK(w, 200, "DELETE", "/v1/certs/corp", "", "");
	assert_true(store_cert_get(w->store, &w->a, "corp", &c));
	assert_string_equal(c.state, "disabled");
	assert_int_equal(c.sealed_key.n, 0); /* the key is gone */
	ASK(w, 200, "GET", "/v1/certs", "", "");
	assert_int_equal(count_at(w, "items"), 0);
	ASK(w, 200, "GET", "/v1/certs", "state=disabled", "");
	assert_int_equal(count_at(w, "items"), 1);
	ASK(w, 404, "DELETE", "/v1/certs/corp", "", "");
}

static void alternatives_go_together(void **state)
{
	struct world *w = *state;
	struct store_cert c;
	ASK(w, 200, "POST", "/v1/certs/corp", "", body_of(w, "cross-signed root", ""));
	assert_int_equal(count_at(w, "names"), 2);
	EQ(w, "names.1", "corp-2");
	assert_true(store_cert_get(w->store, &w->a, "corp-2", &c));
	/* a renewed file with one chain retires the other */
	ASK(w, 200, "POST", "/v1/certs/corp", "", body_of(w, "good", ""));
	assert_true(store_cert_get(w->store, &w->a, "corp-2", &c));
	assert_string_equal(c.state, "disabled");
	/* a name of its own is not an alternative */
	ASK(w, 200, "POST", "/v1/certs/corp-2", "", body_of(w, "CN in upper case", ""));
	ASK(w, 409, "POST", "/v1/certs/corp", "", body_of(w, "cross-signed root", ""));
	EQ(w, "error.msg", "the alternative chain 'corp-2' would replace another one");
	ASK(w, 200, "DELETE", "/v1/certs/corp", "", "");
	assert_true(store_cert_get(w->store, &w->a, "corp-2", &c));
	assert_string_equal(c.state, "active");
}

static void refuses_what_is_no_use(void **state)
{
	struct world *w = *state;
	ASK(w, 200, "POST", "/v1/certs/corp", "", body_of(w, "no serverAuth", ""));
	EQ(w, "usable", "false");
	EQ(w, "stored", "false");
	assert_int_equal(audit_count(w), 0);
	ASK(w, 200, "POST", "/v1/certs/corp", "force=true", body_of(w, "no serverAuth", ""));
	EQ(w, "stored", "true");
	HAS(audit(w, 0), "cert.put.forced corp ");
	ASK(w, 400, "POST", "/v1/certs/corp", "force=true", body_of(w, "no key", ""));
	EQ(w, "error.rule", "D066");
	EQ(w, "error.code", "cert.unusable");
	ASK(w, 400, "POST", "/v1/certs/corp", "", body_of(w, "wrong key", ""));
	EQ(w, "error.seen", "a key that belongs to another certificate");
	static const struct {
		const char *name, *path, *body, *msg;
	} bad[] = {
		{ "no data", "/v1/certs/x", "{}", "'data' in the body is missing" },
		{ "no base64", "/v1/certs/x", "{\"data\":\"!\"}",
		  "'data' in the body is not base64" },
		{ "no file", "/v1/certs/x", "{\"data\":\"AAAA\"}", "" },
		{ "version", "/v1/certs-check", "{\"data\":\"AAAA\",\"version\":\"x\"}",
		  "'version' in the body is 'x'" },
		{ "name", "/v1/certs/a b", "{\"data\":\"AAAA\"}",
		  "'a b' cannot be the name of a certificate" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int status = ask(w, "POST", bad[i].path, "", bad[i].body);
		if (status != 400 || !strstr(at(w, "error.msg"), bad[i].msg))
			fail_msg("%s: %d %s", bad[i].name, status, w->body);
	}
	struct store_tx *tx = world_tx(w);
	store_tx_cert_put(tx, &(struct store_cert){ .id = "ca", .kind = "ca", .state = "active" });
	world_commit(w, tx);
	ASK(w, 409, "POST", "/v1/certs/ca", "", body_of(w, "good", ""));
	EQ(w, "error.msg", "the name 'ca' belongs to a certificate of the service");
	ASK(w, 409, "DELETE", "/v1/certs/ca", "", "");
}

static void exports_without_keys(void **state)
{
	struct world *w = *state;
	ASK(w, 404, "GET", "/v1/certs/vendor", "", "");
	ASK(w, 200, "POST", "/v1/certs/vendor", "", body_of(w, "good", ""));
	ASK(w, 200, "GET", "/v1/certs/vendor", "", "");
	HAS(at(w, "pem"), "BEGIN CERTIFICATE");
	assert_null(strstr(w->body, "PRIVATE KEY"));
	struct store_tx *tx = world_tx(w);
	for (int i = 0; i < 2; i++)
		store_tx_cert_put(tx,
				  &(struct store_cert){ .id = i ? "ca-2" : "ca",
							.kind = "ca",
							.state = i ? "active" : "previous",
							.pem = span_str(i ? "second\n" : "first\n"),
							.at_unix_ms = T0 + 1 + i });
	world_commit(w, tx);
	ASK(w, 200, "GET", "/v1/certs/ca", "", "");
	/* a PC that the former one signed is to be trusted too; what else there is comes after these */
	if (strncmp(at(w, "pem"), "second\nfirst\n", 13) != 0)
		fail_msg("%s", at(w, "pem"));
	ASK(w, 404, "GET", "/v1/certs/ca-2", "", ""); /* only as a whole */
	ASK(w, 200, "DELETE", "/v1/certs/vendor", "", "");
	ASK(w, 404, "GET", "/v1/certs/vendor", "", "");
	HAS(at(w, "error.hint"), "cert list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(judges_without_storing), WORLD(knows_the_device),
		WORLD(matches_each_with_each), WORLD(lists_what_ends),
		WORLD(stores_with_sealed_key), WORLD(alternatives_go_together),
		WORLD(refuses_what_is_no_use), WORLD(exports_without_keys),
	};
	int failed = cmocka_run_group_tests_name("cert", tests, NULL, NULL);
	test_chains_deinit();
	return failed;
}
