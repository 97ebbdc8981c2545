/* What the HTTP conversation makes of answers: the 401 rule, framing, kept connections, changed
 * credentials. Waiting and cancelling are in http_wait_test.c. */
#include "net/http_test.h"

/* --- one exchange, a script --- */

static void scripts(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct {
		const char *name;
		struct step steps[4];
		const char *seen;
		enum err_code code;
		unsigned status;
		bool sent;
		const char *body;
	} cases[] = {
		{ "no login asked", { { SAY, OK, 0 } }, "|-", ERR_NONE, 200, true, "ok" },
		{ "401 then 200", { { SAY, NEED(REALM, "n1", ""), 0 }, { SAY, OK, 0 } },
		  "|-+", ERR_NONE, 200, true, "ok" },
		{ "401 that closes", { { SAY_CLOSE, NEED(REALM, "n1", CLOSE), 0 }, { SAY, OK, 0 } },
		  "|-|+", ERR_NONE, 200, true, "ok" },
		{ "401 says close, server waits", { { SAY, NEED(REALM, "n1", CLOSE), 0 }, { SAY, OK, 0 } },
		  "|-|+", ERR_NONE, 200, true, "ok" },
		{ "401 without length", { { SAY_CLOSE, "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"" REALM
		  "\",nonce=\"q\",qop=\"auth\"\r\n\r\n<html>", 0 }, { SAY, OK, 0 } },
		  "|-|+", ERR_NONE, 200, true, "ok" },
		{ "negotiate stands first", { { SAY, "HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\n"
		  "WWW-Authenticate: Digest realm=\"" REALM "\",nonce=\"q\",qop=\"auth\"\r\nContent-Length: 0\r\n\r\n", 0 },
		  { SAY, OK, 0 } }, "|-+", ERR_NONE, 200, true, "ok" },
		{ "wrong password: one digest", { { SAY, NEED(REALM, "n1", ""), 0 }, { SAY, NEED(REALM, "n2", ""), 0 } },
		  "|-+", ERR_AUTH, 0, false, NULL },
		{ "wrong password, bare 401", { { SAY, NEED(REALM, "n1", ""), 0 },
		  { SAY, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", 0 } }, "|-+", ERR_AUTH, 0, false, NULL },
		{ "stale is not believed", { { SAY, NEED(REALM, "n1", ""), 0 },
		  { SAY, "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"" REALM
		  "\",nonce=\"n2\",stale=true,qop=\"auth\"\r\nContent-Length: 0\r\n\r\n", 0 } },
		  "|-+", ERR_AUTH, 0, false, NULL },
		{ "only negotiate", { { SAY, "HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n", 0 } },
		  "|-", ERR_UNSUPPORTED, 0, false, NULL },
		{ "auth-int only", { { SAY, "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"" REALM
		  "\",nonce=\"q\",qop=\"auth-int\"\r\nContent-Length: 0\r\n\r\n", 0 }, { SAY, OK, 0 } },
		  "|-i", ERR_NONE, 200, true, "ok" },
		{ "no qop", { { SAY, "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"" REALM
		  "\",nonce=\"q\"\r\nContent-Length: 0\r\n\r\n", 0 }, { SAY, OK, 0 } },
		  "|-+", ERR_NONE, 200, true, "ok" },
		{ "chunks cut inside a tag", { { SAY, OK_CHUNKED, 0 } }, "|-", ERR_NONE, 200, true, "<a:b>1</a:b>" },
		{ "the same byte by byte", { { SAY_BYTEWISE, OK_CHUNKED, 1 } }, "|-", ERR_NONE, 200, true, "<a:b>1</a:b>" },
		{ "the same by three", { { SAY_BYTEWISE, OK_CHUNKED, 3 } }, "|-", ERR_NONE, 200, true, "<a:b>1</a:b>" },
		{ "401 byte by byte", { { SAY_BYTEWISE, NEED(REALM, "n1", ""), 1 }, { SAY, OK, 0 } },
		  "|-+", ERR_NONE, 200, true, "ok" },
		{ "fault with close", { { SAY_CLOSE, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n0001\r\nf\r\n0\r\n\r\n", 0 } }, "|-", ERR_NONE, 400, true, "f" },
		{ "read to close", { { SAY_CLOSE, "HTTP/1.1 200 OK\r\n\r\nall", 0 } }, "|-", ERR_NONE, 200, true, "all" },
		{ "100 first", { { SAY, "HTTP/1.1 100 Continue\r\n\r\n" OK, 0 } }, "|-", ERR_NONE, 200, true, "ok" },
		{ "cut in the head", { { SAY_CLOSE, "HTTP/1.1 200 OK\r\nCont", 0 } }, "|-", ERR_CLOSED, 0, true, NULL },
		{ "cut in the body", { { SAY_CLOSE, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 0 } },
		  "|-", ERR_CLOSED, 0, true, NULL },
		{ "garbage", { { SAY, "\x15\x03\x01\x02(", 0 } }, "|-", ERR_MALFORMED, 0, true, NULL },
		{ "hangs up", { { HANG_UP, NULL, 0 } }, "|-", ERR_CLOSED, 0, true, NULL },
		{ "resets", { { RESET, NULL, 0 } }, "|-", ERR_CLOSED, 0, true, NULL },
		{ "hangs up on the answer", { { SAY, NEED(REALM, "n1", ""), 0 }, { HANG_UP, NULL, 0 } },
		  "|-+", ERR_CLOSED, 0, true, NULL },
		{ "silent", { { SILENT, NULL, 0 } }, "|-", ERR_TIMEOUT, 0, true, NULL },
		{ "stops in the body", { { STOP_AFTER, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 0 } },
		  "|-", ERR_TIMEOUT, 0, true, NULL },
		{ "body too large", { { STOP_AFTER, "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", 0 } },
		  "|-", ERR_LIMIT, 0, true, NULL },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new(cases[i].steps);
		exchange(w, false);
		if (w->e.code != cases[i].code || w->ok != (cases[i].code == ERR_NONE) ||
		    strcmp(w->seen, cases[i].seen) != 0 || w->sent != cases[i].sent ||
		    (w->ok &&
		     (w->status != cases[i].status || strcmp(w->body, cases[i].body) != 0)))
			fail_msg("%s: %s (%s), status %u, sent %d, server saw %s, body \"%s\"",
				 cases[i].name, err_name(w->e.code), w->e.msg, w->status, w->sent,
				 w->seen, w->body);
		if (w->ok && w->authenticated != (strpbrk(w->seen, "+i") != NULL))
			fail_msg("%s: authenticated is wrong", cases[i].name);
		world_free(w);
	}
}

/* --- several exchanges --- */

static void keeps_connection_and_nonce(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ SAY, NEED(REALM, "n1", ""), 0 },
		{ SAY, OK, 0 },
		{ SAY, OK_CLOSE, 0 },
		{ SAY, OK, 0 },
	};
	struct world *w = world_new(steps);
	const struct net_http_stats *s = net_http_get_stats(w->h);

	for (int i = 0; i < 3; i++) {
		exchange(w, false);
		assert_true(w->ok);
	}
	assert_string_equal(w->seen, "|-++|+"); /* the third on a new connection */
	assert_int_equal(s->exchanges, 4);
	assert_int_equal(s->challenges, 1);
	assert_int_equal(s->connects, 2);
	assert_int_equal(s->handshakes, 0);
	assert_string_equal(net_http_realm(w->h), REALM);
	world_free(w);
}

static void old_nonce(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct {
		const char *name;
		struct step last[3];
		const char *seen;
		enum err_code code;
	} cases[] = {
		{ "answered once", { { SAY, NEED(REALM, "n2", ""), 0 }, { SAY, OK, 0 } }, "|-+++", ERR_NONE },
		{ "answered once, over a new connection",
		  { { SAY, NEED(REALM, "n2", CLOSE), 0 }, { SAY, OK, 0 } }, "|-++|+", ERR_NONE },
		{ "refused again", { { SAY, NEED(REALM, "n2", ""), 0 }, { SAY, NEED(REALM, "n3", ""), 0 } },
		  "|-+++", ERR_AUTH },
		{ "realm changed", { { SAY, NEED(REALM2, "n2", ""), 0 } }, "|-++", ERR_REALM },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct step steps[5] = { { SAY, NEED(REALM, "n1", ""), 0 }, { SAY, OK, 0 } };
		memcpy(steps + 2, cases[i].last, sizeof cases[i].last);
		struct world *w = world_new(steps);
		exchange(w, false);
		assert_true(w->ok);
		exchange(w, false);
		if (w->e.code != cases[i].code || strcmp(w->seen, cases[i].seen) != 0)
			fail_msg("%s: %s, server saw %s", cases[i].name, err_name(w->e.code),
				 w->seen);
		world_free(w);
	}
}

static void login_settings(void **state)
{
	(void)state;
	static const struct step need[] = { { SAY, NEED(REALM, "n1", ""), 0 },
					    { SAY, OK, 0 },
					    { SAY, OK, 0 } };
	struct world *w = world_new(need);

	set_login(w, NULL, "", NULL); /* never log in */
	exchange(w, false);
	assert_int_equal(w->e.code, ERR_DENIED);
	assert_string_equal(net_http_realm(w->h), REALM);
	assert_string_equal(w->seen, "|-");
	world_free(w);

	w = world_new(need);
	set_login(w, "admin", "P@ssw0rd", REALM2);
	exchange(w, false);
	assert_int_equal(w->e.code, ERR_REALM);
	assert_string_equal(w->e.seen, REALM);
	assert_string_equal(w->seen, "|-"); /* no digest to a stranger */
	world_free(w);

	w = world_new(need);
	set_login(w, "admin", "other", NULL);
	exchange(w, false);
	assert_string_equal(w->seen, "|-x");
	assert_null(strstr(w->e.msg, "other"));
	world_free(w);
}

static void no_digest_after_refusal(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ SAY, NEED(REALM, "n1", ""), 0 },
		{ SAY, NEED(REALM, "n2", ""), 0 },
		{ SAY, NEED(REALM, "n3", ""), 0 },
		{ SAY, OK, 0 },
	};
	struct world *w = world_new(steps);

	exchange(w, false);
	assert_int_equal(w->e.code, ERR_AUTH);
	exchange(w, false); /* whoever tries again pays with one digest, not two */
	assert_true(w->ok);
	assert_string_equal(w->seen, "|-+|-+");
	world_free(w);
}

static void credential_change_closes(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ SAY, NEED(REALM, "n1", ""), 0 },
		{ SAY, OK, 0 },
		{ SAY, OK, 0 },
		{ SAY, OK, 0 },
		{ SAY, OK, 0 },
	};
	/* clang-format off */
	static const struct { const char *name, *user, *password, *realm, *seen; } cases[] = {
		{ "same", "admin", "P@ssw0rd", NULL, "|-++" },
		{ "user", "other", "P@ssw0rd", NULL, "|-+|-" },
		{ "password", "admin", "P@ssw0rd2", NULL, "|-+|-" },
		{ "realm", "admin", "P@ssw0rd", REALM, "|-+|-" },
		{ "none", NULL, "", NULL, "|-+|-" },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new(steps);
		exchange(w, false);
		set_login(w, cases[i].user, cases[i].password, cases[i].realm);
		exchange(w, false);
		if (strcmp(w->seen, cases[i].seen) != 0)
			fail_msg("%s: server saw %s", cases[i].name, w->seen);
		world_free(w);
	}
}

static void tls_change_closes(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, OK, 0 }, { SAY, OK, 0 }, { SAY, OK, 0 } };
	struct pki_tls_client a = { .psk_identity = "00000001", .psk = secret_make(span_str("k")) };
	struct pki_tls_client b = a;
	struct net_target t = { .address = "127.1.0.1", .port = 16993, .tls = &a };
	struct world *w = world_new(steps);

	net_http_set(w->h, &t, NULL);
	exchange(w, false);
	t.tls = &b;
	net_http_set(w->h, &t, NULL);
	exchange(w, false);
	assert_string_equal(w->seen, "|--"); /* the same settings elsewhere in memory */
	b.psk_identity[7] = '2';
	net_http_set(w->h, &t, NULL);
	exchange(w, false);
	assert_string_equal(w->seen, "|--|-");
	world_free(w);
	secret_deinit(&a.psk);
}

static void kept_connection_dies(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct {
		const char *name;
		struct step steps[4];
		bool repeatable;
		int64_t idle_ms;
		const char *seen;
		enum err_code code;
	} cases[] = {
		{ "idle: nobody notices", { { SAY_CLOSE, OK, 0 }, { SAY, OK, 0 } }, false, 1000, "|-|-", ERR_NONE },
		{ "unanswered, repeatable", { { SAY, OK, 0 }, { HANG_UP, NULL, 0 }, { SAY, OK, 0 } }, true, 0,
		  "|--|-", ERR_NONE },
		{ "reset, repeatable", { { SAY, OK, 0 }, { RESET, NULL, 0 }, { SAY, OK, 0 } }, true, 0,
		  "|--|-", ERR_NONE },
		{ "unanswered, not repeatable", { { SAY, OK, 0 }, { HANG_UP, NULL, 0 } }, false, 0, "|--", ERR_CLOSED },
		{ "once only", { { SAY, OK, 0 }, { HANG_UP, NULL, 0 }, { HANG_UP, NULL, 0 } }, true, 0,
		  "|--|-", ERR_CLOSED },
		{ "once only, also after a login", { { SAY, OK, 0 }, { HANG_UP, NULL, 0 }, { SAY, NEED(REALM, "n1", ""), 0 },
		  { HANG_UP, NULL, 0 } }, true, 0, "|--|-+", ERR_CLOSED },
		{ "answered in part", { { SAY, OK, 0 }, { SAY_CLOSE, "HTTP/1.1 2", 0 } }, true, 0, "|--", ERR_CLOSED },
		{ "bytes that nobody asked for", { { SAY, OK "HTTP/1.1 200 OK\r\n", 0 }, { SAY, OK, 0 } }, false, 0,
		  "|-|-", ERR_NONE },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new(cases[i].steps);
		start(w, false);
		run_for(w, 100); /* short: the linger of the server's end is longer */
		assert_true(w->ok);
		run_for(w, cases[i].idle_ms);
		exchange(w, cases[i].repeatable);
		if (w->e.code != cases[i].code || strcmp(w->seen, cases[i].seen) != 0)
			fail_msg("%s: %s, server saw %s", cases[i].name, err_name(w->e.code),
				 w->seen);
		if (!w->ok)
			assert_true(w->sent);
		world_free(w);
	}
}

static void auth_int_preferred(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, NEED(REALM, "n1", ""), 0 }, { SAY, OK, 0 } };
	struct world *w = world_new(steps);
	struct net_http_conf c = {
		.dialer = &w->dialer,
		.sched = w->sched,
		.rng = &w->rng,
		.prefer_auth_int = true,
	};

	net_http_free(w->h);
	w->h = net_http_new(&c);
	set_login(w, "admin", "P@ssw0rd", REALM);
	exchange(w, false);
	assert_string_equal(w->seen, "|-i");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts),
		cmocka_unit_test(keeps_connection_and_nonce),
		cmocka_unit_test(old_nonce),
		cmocka_unit_test(login_settings),
		cmocka_unit_test(no_digest_after_refusal),
		cmocka_unit_test(credential_change_closes),
		cmocka_unit_test(tls_change_closes),
		cmocka_unit_test(kept_connection_dies),
		cmocka_unit_test(auth_int_preferred),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
