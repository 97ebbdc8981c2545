/* Real TLS on loopback, both sides ours: a stream belongs to one credential, chains arrive as they
 * are, nothing goes to a wrong peer, and the judgement of the fake world agrees with OpenSSL. */
#include "net_rig.h"
#include "net/stream_mem.h"

#define PSK_SUITE "PSK-AES128-CBC-SHA"
static const struct pki_tls_policy tls10 = { PKI_TLS_1_0, PKI_TLS_1_0, 0, NULL, false };
static const struct pki_tls_policy psk10 = { PKI_TLS_1_0, PKI_TLS_1_0, 0, PSK_SUITE, false };
static const struct pki_tls_policy tls12 = { PKI_TLS_1_2, PKI_TLS_1_2, 1, NULL, false };
static const struct pki_tls_policy tls13 = { PKI_TLS_1_3, PKI_TLS_1_3, 1, NULL, false };

/* --- TLS: keys --- */

struct keys {
	const char *identity, *psk;
	unsigned asked;
};

static bool find_psk(void *arg, const char *identity, struct secret *out_psk)
{
	struct keys *k = arg;

	k->asked++;
	if (strcmp(identity, k->identity) != 0)
		return false;
	*out_psk = secret_make(span_str(k->psk));
	return true;
}

static struct pki_tls_client psk_client(const char *identity, const char *psk)
{
	struct pki_tls_client c = { .policy = psk10, .psk = secret_make(span_str(psk)) };

	(void)str_copy(c.psk_identity, sizeof c.psk_identity, span_str(identity));
	return c;
}

static void psk_at_tls10(void **state)
{
	(void)state;
	struct keys keys = { "0000037M", "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ", 0 };
	struct pki_tls_server sc = { .policy = psk10, .psk = find_psk, .arg = &keys };
	struct pki_tls_client cc = psk_client(keys.identity, keys.psk);
	struct net_loop *l = rig_loop();
	struct rig_srv srv;
	struct rig_end c;

	rig_srv_open(&srv, l, &sc, RIG_ECHO);
	rig_dial(&c, l, "127.0.0.1", srv.port, &cc);
	if (c.downs)
		fail_msg("%s: %s", c.why.msg, c.why.seen);
	assert_int_equal(c.facts.version, PKI_TLS_1_0);
	assert_string_equal(c.facts.suite, PSK_SUITE);
	assert_string_equal(c.facts.psk_identity, keys.identity);
	assert_int_equal(c.facts.peer_count, 0);
	assert_true(net_stream_send(c.s, span_str("hello")));
	assert_true(rig_wait_bytes(l, &c, 5));
	assert_string_equal(srv.ends->facts.psk_identity, keys.identity);
	net_stream_end(c.s);
	assert_true(rig_wait_down(l, &c));
	assert_int_equal(c.why.code, ERR_NONE);
	rig_close(&c);
	rig_srv_close(&srv);
	rig_end_loop(l);
	secret_deinit(&cc.psk);
}

/* A device that has a certificate and no key must not pass for one that has the key. */
static void psk_is_required(void **state)
{
	(void)state;
	struct pki_tls_server sc = { .policy = tls12 };
	struct pki_tls_client cc = psk_client("0000037M", "x");
	struct net_loop *l = rig_loop();
	struct rig_srv srv;
	struct rig_end c;

	rig_server_cert(&sc, 0);
	cc.policy = tls12;
	cc.policy.suites = "DEFAULT"; /* as careless as can be */
	rig_srv_open(&srv, l, &sc, RIG_NOTE);
	rig_dial(&c, l, "127.0.0.1", srv.port, &cc);
	assert_int_equal(c.ups, 0);
	assert_int_equal(c.why.code, ERR_TLS_PEER);
	rig_close(&c);
	rig_srv_close(&srv);
	rig_end_loop(l);
	secret_deinit(&cc.psk);
}

static struct net_http *conversation(struct net_loop *l, struct net_dialer *d, struct rng *rng)
{
	struct net_http_conf hc = { .dialer = d, .sched = net_loop_sched(l), .rng = rng };

	return net_http_new(&hc);
}

static void two_keys_one_address(void **state)
{
	(void)state;
	struct keys keys = { "00000001", "key one", 0 };
	struct pki_tls_server sc = { .policy = psk10, .psk = find_psk, .arg = &keys };
	struct pki_tls_client one = psk_client("00000001", "key one");
	struct pki_tls_client two = psk_client("00000002", "key two");
	struct pki_tls_client wrong = psk_client("00000001", "key two");
	struct net_loop *l = rig_loop();
	struct net_dialer *d = net_stream_dialer_new(l, 0, 0);
	struct rng rng;
	struct rig_srv srv;
	struct rig_reply r;

	rng_os(&rng);
	rig_srv_open(&srv, l, &sc, RIG_HTTP);
	struct net_http *h = conversation(l, d, &rng);
	struct net_target t = { .address = "127.0.0.1", .port = srv.port, .tls = &one };
	struct {
		const struct pki_tls_client *tls;
		const char *body; /* NULL: refused with seen */
		const char *seen;
		unsigned accepts; /* connections so far */
	} steps[] = {
		{ &one, "00000001", NULL, 1 },
		{ &one, "00000001", NULL, 1 }, /* the same credential keeps the stream */
		{ &two, NULL, "unknown PSK identity", 2 },
		{ &wrong, NULL, "bad record mac", 3 },
		{ &one, "00000001", NULL, 4 },
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		t.tls = steps[i].tls;
		net_http_set(h, &t, NULL);
		rig_exchange(l, h, "POST", "/wsman", "x", &r);
		if (r.ok != !!steps[i].body || srv.accepts != steps[i].accepts ||
		    (r.ok && strcmp(r.body, steps[i].body) != 0) ||
		    (!r.ok &&
		     (r.e.code != ERR_TLS || strcmp(r.e.seen, steps[i].seen) != 0 || r.sent)))
			fail_msg("step %zu: ok %d, body %s, %s, seen %s, %u connections", i, r.ok,
				 r.body, r.e.msg, r.e.seen, srv.accepts);
	}
	assert_int_equal(keys.asked, 4); /* each connection shook hands in full */
	assert_int_equal(srv.requests, 3);

	/* The device at this address becomes another one, behind the kept stream's back. */
	keys.identity = "00000002";
	keys.psk = "key two";
	t.tls = &two;
	net_http_set(h, &t, NULL);
	rig_exchange(l, h, "POST", "/wsman", "x", &r);
	assert_string_equal(r.body, "00000002");
	t.tls = &one;
	net_http_set(h, &t, NULL);
	rig_exchange(l, h, "POST", "/wsman", "x", &r);
	assert_int_equal(r.e.code, ERR_TLS);
	net_http_free(h);
	net_stream_dialer_free(d);
	rig_srv_close(&srv);
	rig_end_loop(l);
	secret_deinit(&one.psk);
	secret_deinit(&two.psk);
	secret_deinit(&wrong.psk);
}

/* --- TLS: certificates --- */

static void pin(struct pki_tls_client *c, unsigned device)
{
	c->has_pin = true;
	memcpy(c->pin_sha256, rig_pki()->device[device]->certs[0].sha256, 32);
}

static void two_certificates_one_address(void **state)
{
	(void)state;
	static const struct pki_tls_policy *const policies[] = { &tls10, &tls12, &tls13 };

	for (int v = 0; v < 3; v++) {
		struct pki_tls_server sc = { .policy = *policies[v] };
		struct pki_tls_client one = { .policy = *policies[v] }, two = one;
		struct net_loop *l = rig_loop();
		struct net_dialer *d = net_stream_dialer_new(l, 0, 0);
		struct rng rng;
		struct rig_srv srv;
		struct rig_reply r;

		rng_os(&rng);
		pin(&one, 0);
		pin(&two, 1);
		rig_server_cert(&sc, 0);
		rig_srv_open(&srv, l, &sc, RIG_HTTP);
		struct net_http *h = conversation(l, d, &rng);
		struct net_target t = { .address = "127.0.0.1", .port = srv.port, .tls = &one };
		net_http_set(h, &t, NULL);
		rig_exchange(l, h, "POST", "/wsman", "x", &r);
		assert_true(r.ok);
		t.tls = &two; /* another device is expected here now */
		net_http_set(h, &t, NULL);
		rig_exchange(l, h, "POST", "/wsman", "secret", &r);
		assert_int_equal(r.e.code, ERR_TLS_PEER);
		assert_false(r.sent);
		rig_spin(l, 50);
		assert_int_equal(srv.ends->bytes, 0); /* not one byte went to the wrong device */
		rig_server_cert(&sc, 1);
		rig_exchange(l, h, "POST", "/wsman", "x", &r);
		assert_true(r.ok);
		t.tls = &one;
		net_http_set(h, &t, NULL);
		rig_exchange(l, h, "POST", "/wsman", "x", &r);
		assert_int_equal(r.e.code, ERR_TLS_PEER);
		assert_int_equal(srv.requests, 2);
		net_http_free(h);
		net_stream_dialer_free(d);
		rig_srv_close(&srv);
		rig_end_loop(l);
	}
}

struct chain_check {
	unsigned calls, count;
	bool accept;
	uint8_t leaf[4096];
	size_t leaf_n;
};

static bool check_client(void *arg, const struct span *ders, unsigned count)
{
	struct chain_check *k = arg;

	k->calls++;
	k->count = count;
	k->leaf_n = ders[0].n;
	memcpy(k->leaf, ders[0].p, ders[0].n);
	return k->accept;
}

static void chain_with_root_arrives(void **state)
{
	(void)state;
	static const struct pki_tls_policy *const policies[] = { &tls10, &tls12, &tls13 };

	for (int v = 0; v < 3; v++) {
		struct chain_check check = { .accept = true };
		struct pki_tls_server sc = { .policy = *policies[v],
					     .need_client_cert = true,
					     .check_client = check_client,
					     .arg = &check };
		struct pki_tls_client cc = { .policy = *policies[v] };
		struct net_loop *l = rig_loop();
		struct rig_srv srv;
		struct rig_end c;

		rig_server_cert(&sc, 0);
		rig_srv_open(&srv, l, &sc, RIG_ECHO);
		for (int who = 0; who < 2; who++) {
			const struct pki_chain *chain = rig_pki()->ours[who];
			cc.chain = chain;
			rig_dial(&c, l, "127.0.0.1", srv.port, &cc);
			if (c.downs)
				fail_msg("%s: %s", c.why.msg, c.why.seen);
			assert_true(net_stream_send(c.s, span_str("x")));
			assert_true(rig_wait_bytes(l, &c, 1));
			const struct net_tls_facts *f = &srv.ends->facts;
			assert_int_equal(check.count, 3);
			assert_int_equal(f->peer_count, 3);
			for (unsigned i = 0; i < 3; i++)
				assert_true(span_eq(f->peer_der[i], chain->certs[i].der));
			assert_memory_equal(f->peer_sha256, chain->certs[0].sha256, 32);
			assert_int_equal(c.facts.peer_count, 1);
			assert_int_equal(c.facts.version, policies[v]->min);
			rig_close(&c);
		}
		assert_int_equal(check.calls, 2); /* the second was asked for its own */
		rig_srv_close(&srv);
		rig_end_loop(l);
	}
}

static void chain_is_refused(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct {
		const char *name;
		const struct pki_tls_policy *policy;
		bool has_chain, late;
		const char *seen;
	} cases[] = {
		{ "1.0", &tls10, true, false, "bad certificate" },
		{ "1.2", &tls12, true, false, "bad certificate" },
		{ "1.3", &tls13, true, true, "bad certificate" },
		{ "1.2, none shown", &tls12, false, false, "handshake failure" },
		{ "1.3, none shown", &tls13, false, true, "certificate required" },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct chain_check check = { .accept = false };
		struct pki_tls_server sc = { .policy = *cases[i].policy,
					     .need_client_cert = true,
					     .check_client = check_client,
					     .arg = &check };
		struct pki_tls_client cc = { .policy = *cases[i].policy,
					     .chain = cases[i].has_chain ? rig_pki()->ours[0]
									 : NULL };
		struct net_loop *l = rig_loop();
		struct rig_srv srv;
		struct rig_end c;

		rig_server_cert(&sc, 0);
		rig_srv_open(&srv, l, &sc, RIG_ECHO);
		rig_dial(&c, l, "127.0.0.1", srv.port, &cc);
		assert_int_equal(c.ups, cases[i].late);
		if (c.ups) /* a request leaves before the alert comes */
			(void)net_stream_send(c.s, span_str("request"));
		assert_true(rig_wait_down(l, &c));
		if (c.why.code != ERR_TLS || strcmp(c.why.seen, cases[i].seen) != 0)
			fail_msg("%s: %s, seen %s", cases[i].name, c.why.msg, c.why.seen);
		rig_spin(l, 20);
		assert_int_equal(srv.ends->ups, 0);
		assert_int_equal(srv.ends->why.code, ERR_TLS);
		rig_close(&c);
		rig_srv_close(&srv);
		rig_end_loop(l);
	}
}

/* The judgement of the fake world against the real handshake, for the same settings. */
struct setting {
	const char *name;
	unsigned min, max, s_min, s_max;
	const char *identity, *psk;
	bool chain, s_cert, s_psk, need, refuse;
};

static void agree(const struct setting *c, struct net_loop *l)
{
	struct keys keys = { "00000001", "key", 0 };
	struct chain_check check = { .accept = !c->refuse };
	struct pki_tls_server sc = { .policy = { c->s_min, c->s_max, 0, NULL, false } };
	struct pki_tls_client cc = { .policy = { c->min, c->max, 0, NULL, false } };
	struct net_tls_facts fc, fs;
	struct rig_srv srv;
	struct rig_end x;
	struct err e = { 0 };
	bool late, up;

	if (c->identity) {
		cc.psk = secret_make(span_str(c->psk));
		(void)str_copy(cc.psk_identity, sizeof cc.psk_identity, span_str(c->identity));
	}
	cc.chain = c->chain ? rig_pki()->ours[0] : NULL;
	if (c->s_cert)
		rig_server_cert(&sc, 0);
	sc.psk = c->s_psk ? find_psk : NULL;
	sc.arg = c->s_psk ? (void *)&keys : (void *)&check;
	sc.need_client_cert = c->need;
	sc.check_client = c->need ? check_client : NULL;
	up = net_stream_mem_handshake(&cc, &sc, &fc, &fs, &late, &e);
	rig_srv_open(&srv, l, &sc, RIG_ECHO);
	rig_dial(&x, l, "127.0.0.1", srv.port, &cc);
	if (x.ups)
		(void)net_stream_send(x.s, span_str("x"));
	if (late)
		(void)rig_wait_down(l, &x);
	if (x.ups != up || x.downs != (!up || late) || x.why.code != e.code ||
	    strcmp(x.why.seen, e.seen) != 0 || (up && x.facts.version != fc.version))
		fail_msg(
			"%s: real: up %u, %s, seen \"%s\", %s; judged: up %d, late %d, seen \"%s\", %s",
			c->name, x.ups, x.why.msg, x.why.seen,
			pki_tls_version_name(x.facts.version), up, late, e.seen,
			pki_tls_version_name(fc.version));
	rig_close(&x);
	rig_srv_close(&srv);
	secret_deinit(&cc.psk);
}

static void judgement_agrees(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct setting cases[] = {
		{ .name = "any", .s_cert = true },
		{ .name = "old device", .s_max = PKI_TLS_1_0, .s_cert = true },
		{ .name = "1.1", .max = PKI_TLS_1_1, .s_cert = true },
		{ .name = "no common version", .min = PKI_TLS_1_2, .s_max = PKI_TLS_1_0, .s_cert = true },
		{ .name = "psk", .s_max = PKI_TLS_1_0, .identity = "00000001", .psk = "key", .s_psk = true },
		{ .name = "psk, newer", .identity = "00000001", .psk = "key", .s_psk = true },
		{ .name = "psk, wrong key", .s_max = PKI_TLS_1_0, .identity = "00000001", .psk = "yek", .s_psk = true },
		{ .name = "psk, unknown", .s_max = PKI_TLS_1_0, .identity = "00000009", .psk = "key", .s_psk = true },
		{ .name = "psk, device has none", .identity = "00000001", .psk = "key", .s_cert = true },
		{ .name = "device has psk only", .max = PKI_TLS_1_2, .s_psk = true },
		{ .name = "chain", .chain = true, .s_cert = true, .need = true },
		{ .name = "chain not asked", .chain = true, .s_cert = true },
		{ .name = "chain refused late", .chain = true, .s_cert = true, .need = true, .refuse = true },
		{ .name = "chain refused", .max = PKI_TLS_1_2, .chain = true, .s_cert = true, .need = true, .refuse = true },
		{ .name = "chain missing", .max = PKI_TLS_1_2, .s_cert = true, .need = true },
		{ .name = "chain missing late", .s_cert = true, .need = true },
	};
	/* clang-format on */
	struct net_loop *l = rig_loop();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		agree(&cases[i], l);
	rig_end_loop(l);
}

static void clear_text_on_a_tls_port(void **state)
{
	(void)state;
	struct pki_tls_server sc = { .policy = tls12 };
	struct pki_tls_client cc = { .policy = tls12 };
	struct net_loop *l = rig_loop();
	struct rig_srv srv;
	struct rig_end c;

	rig_server_cert(&sc, 0);
	rig_srv_open(&srv, l, &sc, RIG_NOTE);
	rig_dial(&c, l, "127.0.0.1", srv.port, NULL);
	(void)net_stream_send(c.s, span_str("GET / HTTP/1.1\r\n\r\n"));
	assert_true(rig_wait_down(l, &c));
	assert_int_equal(srv.ends->why.code, ERR_TLS);
	assert_string_equal(srv.ends->why.seen, "http request");
	rig_close(&c);
	rig_srv_close(&srv);
	rig_srv_open(&srv, l, NULL, RIG_ECHO);
	rig_dial(&c, l, "127.0.0.1", srv.port, &cc);
	assert_true(rig_wait_down(l, &c));
	assert_int_equal(c.why.code, ERR_TLS);
	rig_close(&c);
	rig_srv_close(&srv);

	struct pki_tls_client bad = { .policy = tls12, .chain = rig_pki()->ours[0] };
	bad.policy.suites = "NO-SUCH-SUITE";
	rig_dial(&c, l, "127.0.0.1", 1, &bad);
	assert_int_equal(c.why.code, ERR_TLS);
	assert_non_null(strstr(c.why.msg, "cipher suites"));
	rig_close(&c);
	rig_end_loop(l);
}

static int clean_up(void **state)
{
	(void)state;
	rig_pki_free();
	return 0;
}

/* Peers that never shake hands hold all places, for a while; another one gets its turn, and the
 * time until then is not counted as its own. */
static void silent_peers_give_way(void **state)
{
	(void)state;
	enum { SILENT = LIMIT_HANDSHAKES + 5 };
	static struct rig_end silent[SILENT];
	struct net_loop *l = rig_loop();
	struct net_dialer *d = net_stream_dialer_new(l, 0, 60000);
	struct pki_tls_server sc = { .policy = tls12 };
	struct pki_tls_client cc = { .policy = tls12 };
	struct rig_srv mute, srv;
	struct net_target t = { .address = "127.0.0.1", .tls = &cc };
	struct rig_end c = { 0 };

	rig_server_cert(&sc, 0);
	rig_srv_open(&mute, l, NULL, RIG_NOTE);
	rig_srv_open(&srv, l, &sc, RIG_NOTE);
	t.port = mute.port;
	for (unsigned i = 0; i < SILENT; i++)
		rig_start(&silent[i], d->dial(d, &t));
	while (mute.accepts < LIMIT_HANDSHAKES)
		rig_spin(l, 10);
	assert_int_equal(net_stream_queued_ms(silent[0].s), 0);
	assert_true(net_stream_queued_ms(silent[SILENT - 1].s) > 0);
	t.port = srv.port;
	c.keep_open = true;
	rig_start(&c, d->dial(d, &t));
	while (!c.ups && !c.downs)
		rig_spin(l, 10);
	assert_int_equal(c.ups, 1);
	assert_in_range(net_stream_queued_ms(c.s), LIMIT_HANDSHAKE_TURN_MS / 2, 60000);
	assert_int_equal(mute.accepts, SILENT);
	for (unsigned i = 0; i < SILENT; i++) {
		assert_int_equal(silent[i].downs, 0); /* their own time goes on */
		rig_close(&silent[i]);
	}
	t.port = mute.port; /* and some that wait at the end of the loop */
	for (unsigned i = 0; i < SILENT; i++)
		rig_start(&silent[i], d->dial(d, &t));
	net_loop_stop(l);
	net_loop_run(l);
	for (unsigned i = 0; i < SILENT; i++) /* each was told: stopped, or its listener was */
		assert_int_equal(silent[i].downs, 1);
	for (unsigned i = 0; i < SILENT; i++)
		rig_close(&silent[i]);
	rig_close(&c);
	rig_srv_close(&mute);
	rig_srv_close(&srv);
	rig_end_loop(l);
	net_stream_dialer_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(psk_at_tls10),
		cmocka_unit_test(psk_is_required),
		cmocka_unit_test(two_keys_one_address),
		cmocka_unit_test(two_certificates_one_address),
		cmocka_unit_test(chain_with_root_arrives),
		cmocka_unit_test(chain_is_refused),
		cmocka_unit_test(judgement_agrees),
		cmocka_unit_test(clear_text_on_a_tls_port),
		cmocka_unit_test(silent_peers_give_way),
	};
	return cmocka_run_group_tests(tests, NULL, clean_up);
}
