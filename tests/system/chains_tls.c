/* Provisioning chains through real TLS on loopback: a virtual device in setup is the server with
 * the settings that sim_dev_accept gives, the service's dialer is the client. What arrives and is
 * judged there must be what the table of chains says, from TLS 1.0 to 1.3; a refusal must be seen
 * as one (with TLS 1.3 it comes after the client is up). */
#include "net_rig.h"
#include "base/clk.h"
#include "sim/dev.h"
#include "../support/chains.h"

static const struct combination {
	const char *generation;
	enum test_gen column;
	unsigned version;
	bool is_late; /* the client is up before the device has judged */
} combinations[] = {
	{ "5.0", TEST_GEN_OLD, PKI_TLS_1_0, false },
	{ "9.5", TEST_GEN_9_5, PKI_TLS_1_1, false },
	{ "11.8", TEST_GEN_11_8, PKI_TLS_1_1, false },
	{ "16.1", TEST_GEN_16_1, PKI_TLS_1_2, false },
	{ "16.1", TEST_GEN_16_1, PKI_TLS_1_3, true },
	{ "22.0", TEST_GEN_22, PKI_TLS_1_2, false },
	{ "22.0", TEST_GEN_22, PKI_TLS_1_3, true },
};

/* Read once: all chains are made for the same moment, and CA certificates are made once. */
static int64_t start_unix_ms;

struct bench {
	struct net_loop *l;
	struct test_chain_built *built;
	struct pki_chain *chain;
	const struct pki_chain *sent; /* the way that the pre-flight chose; else the first */
	struct sim_root roots[WIRE_HELLO_MAX_HASHES];
	struct sim_env env;
	struct sim_dev *d;
	struct pki_tls_server conf;
	struct rig_srv srv;
};

static void choose_way(struct bench *b, const struct combination *k)
{
	struct pki_preflight_want want = { .hello = &b->built->hello,
					   .suffix = b->built->suffix,
					   .amt_major = test_gen_major(k->column) };
	const struct pki_chain *ways[4];
	struct pki_preflight p;
	unsigned n = 0;

	for (const struct pki_chain *c = b->chain; c && n < 4; c = c->alt)
		ways[n++] = c;
	int chosen = pki_preflight_choose(ways, n, &want, start_unix_ms, &p, NULL);
	b->sent = ways[chosen < 0 ? 0 : chosen];
}

static void open_bench(struct bench *b, const struct test_chain *row, const struct combination *k)
{
	struct sim_dev_conf c = { .generation = sim_generation_find(k->generation),
				  .state = SIM_SETUP_PKI };
	struct err e = { 0 };

	memset(b, 0, sizeof *b);
	b->l = rig_loop();
	b->built = test_chain_build(row, start_unix_ms);
	b->chain = pki_chain_load(buf_span(&b->built->pem), NULL, &e);
	if (!b->chain)
		fail_msg("%s: does not load: %s", row->name, e.msg);
	choose_way(b, k);
	const struct wire_hello *h = &b->built->hello;
	for (unsigned i = 0; i < h->hash_count; i++) {
		b->roots[i] = (struct sim_root){ .alg = h->hashes[i].alg, .active = true };
		memcpy(b->roots[i].digest, h->hashes[i].digest.p, h->hashes[i].digest.n);
	}
	b->env = (struct sim_env){ .sched = net_loop_sched(b->l),
				   .seed = 1,
				   .speed = 1,
				   .roots = b->roots,
				   .root_count = h->hash_count,
				   .suffix = b->built->suffix };
	b->d = sim_dev_new(&b->env, &c, &e);
	if (!b->d)
		fail_msg("AMT %s: %s", k->generation, e.msg);
	assert_int_equal(sim_dev_accept(b->d, 16993, &b->conf), SIM_ACCEPT_TLS);
	rig_srv_open(&b->srv, b->l, &b->conf, RIG_ECHO);
}

static void close_bench(struct bench *b)
{
	rig_srv_close(&b->srv);
	sim_dev_free(b->d);
	rig_end_loop(b->l);
	pki_chain_free(b->chain);
	test_chain_free(b->built);
}

/* '+' when the device echoes what it was sent. */
static char knock(struct bench *b, const struct combination *k, struct rig_end *c)
{
	struct pki_tls_client cc = { .policy = { k->version, k->version, 0, NULL, true },
				     .chain = b->sent };

	rig_dial(c, b->l, "127.0.0.1", b->srv.port, &cc);
	if (!c->ups)
		return '-';
	assert_true(net_stream_send(c->s, span_str("x")));
	return rig_wait_bytes(b->l, c, 1) ? '+' : '-';
}

static void check_refusal(const struct bench *b, const struct combination *k,
			  const struct test_chain *row, const struct rig_end *c)
{
	if (c->downs != 1 || c->why.code != ERR_TLS || !c->why.seen[0])
		fail_msg("%s, %s: no TLS error but %s (%s)", row->name,
			 pki_tls_version_name(k->version), c->why.msg, c->why.seen);
	if (c->ups != (unsigned)k->is_late)
		fail_msg("%s, %s: refused %s", row->name, pki_tls_version_name(k->version),
			 c->ups ? "late" : "early");
	if (sim_dev_get_stats(b->d)->refused_chains != 1)
		fail_msg("%s, %s: refused, but not for the chain", row->name,
			 pki_tls_version_name(k->version));
	assert_int_equal(b->srv.ends->ups, 0);
}

static void check_arrival(const struct bench *b, const struct combination *k,
			  const struct rig_end *c)
{
	const struct net_tls_facts *f = &b->srv.ends->facts;

	assert_int_equal(c->facts.version, k->version);
	assert_int_equal(f->peer_count, b->sent->count); /* root included */
	for (unsigned i = 0; i < f->peer_count; i++)
		assert_true(span_eq(f->peer_der[i], b->sent->certs[i].der));
	assert_int_equal(sim_dev_get_stats(b->d)->refused_chains, 0);
}

/* Rows that make no handshake of their own: no key to sign with, or a list that this generation
 * does not speak. */
static bool is_left_out(const struct test_chain *row, const struct combination *k)
{
	/* TLS 1.3 binds the hash to the curve: the client itself has nothing to sign with. */
	if (k->column == TEST_GEN_22 && k->is_late && row->leaf.key == TEST_KEY_EC256)
		return true;
	return row->flags & (TEST_NO_KEY | TEST_WRONG_KEY | TEST_LIST_SHA1 | TEST_LIST_SHA384);
}

static void every_chain_by(const struct combination *k)
{
	unsigned taken = 0, refused = 0;

	for (unsigned i = 0; i < test_chain_count; i++) {
		const struct test_chain *row = &test_chains[i];
		struct bench b;
		struct rig_end c;
		if (is_left_out(row, k))
			continue;
		open_bench(&b, row, k);
		char got = knock(&b, k, &c), want = row->expect[k->column];
		if (want != '~' && got != want)
			fail_msg("%s, AMT %s, %s: %c, expected %c (%s; %s)", row->name,
				 k->generation, pki_tls_version_name(k->version), got, want,
				 c.why.msg, c.why.seen);
		if (got == '+')
			check_arrival(&b, k, &c);
		else
			check_refusal(&b, k, row, &c);
		taken += got == '+';
		refused += got == '-';
		rig_close(&c);
		close_bench(&b);
	}
	print_message("AMT %s, %s: %u chains taken, %u refused\n", k->generation,
		      pki_tls_version_name(k->version), taken, refused);
	assert_true(taken >= (k->column == TEST_GEN_22 ? 1 : 10) && refused >= 10);
}

static void by_amt_5_0(void **state)
{
	(void)state;
	every_chain_by(&combinations[0]);
}

static void by_amt_9_5(void **state)
{
	(void)state;
	every_chain_by(&combinations[1]);
}

static void by_amt_11_8(void **state)
{
	(void)state;
	every_chain_by(&combinations[2]);
}

static void by_amt_16_1_tls_1_2(void **state)
{
	(void)state;
	every_chain_by(&combinations[3]);
}

static void by_amt_16_1_tls_1_3(void **state)
{
	(void)state;
	every_chain_by(&combinations[4]);
}

static void by_amt_22_tls_1_2(void **state)
{
	(void)state;
	every_chain_by(&combinations[5]);
}

static void by_amt_22_tls_1_3(void **state)
{
	(void)state;
	every_chain_by(&combinations[6]);
}

static void a_chain_is_required(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof combinations / sizeof *combinations; i++) {
		struct bench b;
		struct rig_end c;
		open_bench(&b, test_chain_find("good, SHA-1"), &combinations[i]);
		b.sent = NULL;
		if (knock(&b, &combinations[i], &c) != '-')
			fail_msg("AMT %s takes a client without certificate",
				 combinations[i].generation);
		assert_int_equal(c.why.code, ERR_TLS);
		rig_close(&c);
		close_bench(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_amt_5_0),          cmocka_unit_test(by_amt_9_5),
		cmocka_unit_test(by_amt_11_8),         cmocka_unit_test(by_amt_16_1_tls_1_2),
		cmocka_unit_test(by_amt_16_1_tls_1_3), cmocka_unit_test(by_amt_22_tls_1_2),
		cmocka_unit_test(by_amt_22_tls_1_3),   cmocka_unit_test(a_chain_is_required),
	};
	start_unix_ms = clk_unix_ms();
	int failed = cmocka_run_group_tests_name("system/chains_tls", tests, NULL, NULL);
	test_chains_deinit();
	return failed;
}
