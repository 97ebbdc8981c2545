/* For generation_test.c: what a virtual device of a generation does, observed from outside and told as
 * a short text, one probe per column of the table. The device may be of an altered row. A probe looks
 * at what its column changes and at nothing else, and never reads the cell that it is for. */
/* A unit test is built from one file, and these keys are shared with other tests. */
#include <../tests/support/chains.c>

#include "sim/test_peer.c"

#include "sim/fw_chain_priv.h"
#include "sim/test_gen_keys.h"

#define SETUP   AMT "AMT_SetupAndConfigurationService"
#define GENERAL AMT "AMT_GeneralSettings"
#define STORE   AMT "AMT_PublicKeyManagementService"
#define TLS     AMT "AMT_TLSSettingData"
#define REMOTE  "InstanceID=Intel(r) AMT 802.3 TLS Settings"
#define LOCAL   "InstanceID=Intel(r) AMT LMS TLS Settings"
#define PAIR    "<h:PID>0000037M</h:PID><h:PPS>NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ</h:PPS>"

/* ---- devices ---- */

static struct sim_root all_roots[120];

/* The root of the chain in all three hashes, then others. */
static void trust(const struct pki_cert *c, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct sim_root *r = &all_roots[i];
		*r = (struct sim_root){ .alg = (uint8_t)(WIRE_HELLO_SHA1 + i % 3), .active = true };
		memset(r->digest, (int)i, sizeof r->digest);
		if (i < 3)
			memcpy(r->digest,
			       r->alg == WIRE_HELLO_SHA1             ? c->sha1
				       : r->alg == WIRE_HELLO_SHA256 ? c->sha256
								     : c->sha384,
			       wire_hello_alg_size(r->alg));
	}
	env.roots = all_roots;
	env.root_count = count;
}

/* False: such a device cannot be made. */
static bool make(const struct sim_generation *g, enum sim_state state, enum sim_tls_mode tls,
		 const char *switches)
{
	bool psk = state == SIM_SETUP_PSK;
	struct sim_dev_conf c = { .generation = g,
				  .state = state,
				  .tls = tls,
				  .pid = psk ? "0000-037M" : NULL,
				  .pps = psk ? "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ" : NULL,
				  .mebx_password = state == SIM_SETUP_PKI ? NULL : MEBX_PW,
				  .admin_password = ADMIN_PW,
				  .host_name = "pc1",
				  .domain = "example.com",
				  .switches = switches };

	sim_dev_free(dev);
	dev = sim_dev_new(&env, &c, NULL);
	return dev != NULL;
}

/* A configured device, and a client that is logged in. */
static void enter(struct peer *p, const struct sim_generation *g)
{
	made = g;
	log_in(p, "", NULL);
}

/* ---- chains ---- */

struct chain_key {
	const struct pki_key *leaf, *ca;
	enum pki_sig_hash sig;
	unsigned inner, pad; /* intermediates; characters in the leaf's alternative name */
};
static struct chain_made {
	struct chain_key k;
	struct span ders[LIMIT_CERT_CHAIN];
	unsigned count;
	size_t bytes;
} chains[64];
static unsigned chains_made;
static struct arena chain_arena;

static struct span one_cert(const struct chain_key *k, unsigned i, struct span issuer)
{
	const char *dns[2] = { NULL, NULL };
	struct pki_issue what = { .not_before_unix_ms = TEST_START - 86400000,
				  .not_after_unix_ms = TEST_START + 864000000000,
				  .is_ca = i > 0,
				  .eku_server_auth = i == 0,
				  .eku_amt = i == 0,
				  .sig_hash = k->sig };
	struct span der = { NULL, 0 };

	what.cn = i ? arena_fmt(&chain_arena, "CA %u", i) : "setup.example.com";
	if (!i && k->pad)
		dns[0] = arena_fmt(&chain_arena, "%0*d", (int)k->pad, 0);
	what.dns = dns;
	issue_one(&what, i ? k->ca : k->leaf, issuer, k->ca, &chain_arena, &der);
	return der;
}

/* Made once, also for those who fork later. */
static const struct chain_made *chain(const struct chain_key *k)
{
	struct span issuer = { NULL, 0 };

	for (unsigned i = 0; i < chains_made; i++) {
		const struct chain_key *have = &chains[i].k;
		if (have->leaf == k->leaf && have->ca == k->ca && have->sig == k->sig &&
		    have->inner == k->inner && have->pad == k->pad)
			return &chains[i];
	}
	assert_true(chains_made < sizeof chains / sizeof *chains);
	if (!chains_made)
		arena_init(&chain_arena, 4 << 20);
	struct chain_made *m = &chains[chains_made++];
	*m = (struct chain_made){ .k = *k, .count = k->inner + 2 };
	for (unsigned i = m->count; i-- > 0; m->bytes += issuer.n)
		m->ders[i] = issuer = one_cert(k, i, issuer);
	return m;
}

static bool takes(const struct sim_generation *g, const struct chain_made *m)
{
	struct sim_root r = { .alg = WIRE_HELLO_SHA384, .active = true };
	struct fw_chain_want want = { .gen = g,
				      .roots = &r,
				      .root_count = 1,
				      .algs = UINT32_MAX,
				      .suffix = "example.com",
				      .now_unix_ms = TEST_START };

	hash_of(HASH_SHA384, m->ders[m->count - 1], r.digest);
	return sim_fw_chain_check(&want, m->ders, m->count, NULL);
}

static const struct pki_key *key_2048(void)
{
	return test_chain_key(TEST_KEY_2048_A);
}

static const struct pki_key *key_3072(void)
{
	return test_chain_key(TEST_KEY_3072_A);
}

/* With keys that firmware of then or of now takes. */
static bool takes_either(const struct sim_generation *g, enum pki_sig_hash sig, unsigned inner)
{
	struct chain_key old = { key_2048(), key_2048(), sig, inner, 0 };
	struct chain_key now = { key_3072(), key_3072(), sig, inner, 0 };

	return takes(g, chain(&old)) || takes(g, chain(&now));
}

static const enum test_key rsa_keys[] = { TEST_KEY_1024, TEST_KEY_1536, TEST_KEY_2048_A,
					  TEST_KEY_3072_A, TEST_KEY_4096 };
#define RSA_KEYS (sizeof rsa_keys / sizeof *rsa_keys)

static void see_rsa(const struct sim_generation *g, struct out *o)
{
	for (size_t i = 0; i < RSA_KEYS; i++) {
		const struct pki_key *key = test_chain_key(rsa_keys[i]);
		struct chain_key k = { key, key, PKI_SIG_SHA384, 0, 0 };
		if (takes(g, chain(&k)))
			out_fmt(o, "%u ", pki_key_bits(key));
	}
}

static struct pki_key *keys_ec[2];

static const struct pki_key *ec_key(unsigned i)
{
	if (i == 0)
		return test_chain_key(TEST_KEY_EC256);
	if (!keys_ec[i - 1])
		keys_ec[i - 1] =
			pki_key_from_pem(span_str(i == 1 ? test_gen_ec384 : test_gen_ec521), NULL);
	return keys_ec[i - 1];
}

static void see_ec(const struct sim_generation *g, struct out *o)
{
	for (unsigned i = 0; i < 3; i++) {
		struct chain_key old = { key_2048(), ec_key(i), PKI_SIG_SHA384, 0, 0 };
		struct chain_key now = { key_3072(), ec_key(i), PKI_SIG_SHA384, 0, 0 };
		if (takes(g, chain(&old)) || takes(g, chain(&now)))
			out_fmt(o, "%u ", pki_key_bits(ec_key(i)));
	}
}

static void see_chain_sig(const struct sim_generation *g, struct out *o)
{
	static const enum pki_sig_hash all[] = { PKI_SIG_SHA1, PKI_SIG_SHA256, PKI_SIG_SHA384,
						 PKI_SIG_SHA512 };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (takes_either(g, all[i], 0))
			out_fmt(o, "%s ", pki_cert_sig_hash_name(all[i]));
	}
}

static void see_chain_sha2(const struct sim_generation *g, struct out *o)
{
	out_str(o, takes_either(g, PKI_SIG_SHA384, 0) ? "yes" : "no");
}

static const struct chain_made *chain_of(size_t bytes)
{
	struct chain_key k = { key_2048(), key_2048(), PKI_SIG_SHA256, 2, 100 };

	for (int tries = 0; tries < 4; tries++) {
		const struct chain_made *m = chain(&k);
		if (m->bytes == bytes)
			return m;
		k.pad += (unsigned)(bytes - m->bytes);
	}
	fail_msg("no chain of %zu bytes", bytes);
	return NULL;
}

static void see_chain_bytes(const struct sim_generation *g, struct out *o)
{
	if (takes_either(g, PKI_SIG_SHA384, 5))
		out_str(o, "any");
	else if (takes(g, chain_of(4100)) && !takes(g, chain_of(4101)))
		out_str(o, "4100");
	else
		out_str(o, "other");
}

static void see_suffix_rule(const struct sim_generation *g, struct out *o)
{
	static const char *const tlds[] = { "com", "net", "de", "co.uk" };
	char cn[64], suffix[64];

	for (size_t i = 0; i < sizeof tlds / sizeof *tlds; i++) {
		(void)snprintf(cn, sizeof cn, "setup.example.%s", tlds[i]);
		(void)snprintf(suffix, sizeof suffix, "berlin.example.%s", tlds[i]);
		if (sim_fw_chain_suffix(g, cn, suffix))
			out_fmt(o, "%s ", tlds[i]);
	}
}

/* ---- keys and certificates in the device ---- */

static int add_blob(struct peer *p, const char *method, const char *param, struct span der)
{
	static char b64[12000], params[12200];
	struct out o;

	out_init(&o, b64, sizeof b64);
	out_b64(&o, der);
	(void)snprintf(params, sizeof params, "<h:%s>%s</h:%s>", param, b64, param);
	return invoke(p, STORE, method, params) == 200 ? returned(p) : -1;
}

static void see_key_max(const struct sim_generation *g, struct out *o)
{
	for (size_t i = 0; i < RSA_KEYS; i++) {
		struct pki_key *key = test_chain_key(rsa_keys[i]);
		struct secret der = SECRET_NONE;
		struct peer p;
		enter(&p, g);
		assert_true(pki_key_private_pkcs1(key, &der));
		if (add_blob(&p, "AddKey", "KeyBlob", secret_reveal(&der)) == 0)
			out_fmt(o, "%u ", pki_key_bits(key));
		secret_deinit(&der);
		hang_up(&p);
	}
}

/* A self-signed CA of that many bytes. */
static struct span root_of(size_t bytes)
{
	static struct span kept[4];
	static unsigned count;
	const char *dns[40] = { NULL };
	struct pki_issue what = { .cn = "Root",
				  .dns = dns,
				  .not_before_unix_ms = TEST_START - 86400000,
				  .not_after_unix_ms = TEST_START + 864000000000,
				  .is_ca = true,
				  .sig_hash = PKI_SIG_SHA384 };
	struct span der = { NULL, 0 };
	size_t names, last = 20;

	for (unsigned i = 0; i < count; i++) {
		if (kept[i].n == bytes)
			return kept[i];
	}
	for (;;) {
		issue_one(&what, key_3072(), der, key_3072(), &chain_arena, &der);
		if (der.n + 120 > bytes)
			break;
		for (names = 0; dns[names]; names++)
			;
		dns[names] = arena_fmt(&chain_arena, "%0100d", 0);
		der.n = 0;
	}
	for (names = 0; dns[names]; names++)
		;
	for (last = 1; der.n != bytes && last < 125; last++) {
		dns[names] = arena_fmt(&chain_arena, "%0*d", (int)last, 0);
		der = (struct span){ NULL, 0 };
		issue_one(&what, key_3072(), der, key_3072(), &chain_arena, &der);
	}
	assert_int_equal(der.n, bytes);
	return kept[count++] = der;
}

static void see_root_bytes(const struct sim_generation *g, struct out *o)
{
	static const size_t sizes[] = { 1500, 1501, 4100, 4101 };
	unsigned taken = 0;

	for (unsigned i = 0; i < 4; i++) {
		struct peer p;
		enter(&p, g);
		if (add_blob(&p, "AddTrustedRootCertificate", "CertificateBlob",
			     root_of(sizes[i])) == 0)
			taken |= 1u << i;
		hang_up(&p);
	}
	out_str(o, taken == 1 ? "1500" : taken == 7 ? "4100" : "other");
}

static bool makes(struct peer *p, unsigned bits)
{
	char params[96];

	(void)snprintf(params, sizeof params,
		       "<h:KeyAlgorithm>0</h:KeyAlgorithm><h:KeyLength>%u</h:KeyLength>", bits);
	return invoke(p, STORE, "GenerateKeyPair", params) == 200 && returned(p) == 0;
}

static void see_makes_keys(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	enter(&p, g);
	bool one = makes(&p, 2048), other = makes(&p, 3072);
	out_str(o, one || other ? "yes" : "no");
	hang_up(&p);
}

static void see_key_bits(const struct sim_generation *g, struct out *o)
{
	struct peer p;
	struct arena a;
	struct span der;
	struct pki_cert c = { 0 };

	assert_true(make(g, SIM_CONFIGURED, SIM_TLS_SERVER, NULL));
	arena_init(&a, 1 << 16);
	assert_true(sim_dev_leaf(dev, &der) && pki_cert_parse(der, &a, &c, NULL));
	out_fmt(o, "own %u", c.key_bits);
	arena_deinit(&a);
	enter(&p, g);
	for (unsigned bits = 1024; bits <= 4096; bits += 1024) {
		if (makes(&p, bits))
			out_fmt(o, ", makes %u", bits);
	}
	hang_up(&p);
}

/* A SubjectPublicKeyInfo begins with a sequence inside of the sequence. */
static void see_key_spki(const struct sim_generation *g, struct out *o)
{
	struct secret der = SECRET_NONE;
	struct peer p;
	uint8_t bytes[1024];
	size_t n = 0;

	enter(&p, g);
	assert_true(pki_key_private_pkcs1((struct pki_key *)key_3072(), &der));
	if (add_blob(&p, "AddKey", "KeyBlob", secret_reveal(&der)) != 0) {
		secret_deinit(&der);
		assert_true(pki_key_private_pkcs1((struct pki_key *)test_chain_key(TEST_KEY_2048_A),
						  &der));
		assert_int_equal(add_blob(&p, "AddKey", "KeyBlob", secret_reveal(&der)), 0);
	}
	secret_deinit(&der);
	assert_int_equal(
		get(&p, AMT "AMT_PublicPrivateKeyPair", "InstanceID=Intel(r) AMT Key: Handle: 0"),
		200);
	const char *at = strstr((char *)p.got.p, "DERKey>");
	assert_non_null(at);
	assert_true(b64_decode(span_make(at + 7, strcspn(at + 7, "<")), bytes, sizeof bytes, &n));
	assert_true(n > 5 && bytes[0] == 0x30 && bytes[1] == 0x82);
	out_str(o, bytes[4] == 0x30 ? "yes" : bytes[4] == 0x02 ? "no" : "other");
	hang_up(&p);
}

/* ---- setup and hello ---- */

static void see_psk(const struct sim_generation *g, struct out *o)
{
	uint8_t bytes[64];
	struct out ho;
	struct peer p;

	bool said = make(g, SIM_SETUP_PSK, SIM_TLS_OFF, NULL);
	if (said) {
		out_init(&ho, bytes, sizeof bytes);
		said = sim_dev_hello(dev, &ho) && ho.n == 32 && bytes[2] == WIRE_HELLO_PSK;
	}
	enter(&p, g);
	bool taken = invoke(&p, SETUP, "SetTLSPSK", PAIR) == 200 && returned(&p) == 0;
	hang_up(&p);
	out_str(o, said != taken ? "half" : said ? "yes" : "no");
}

static struct pki_chain *strong;

static struct pki_chain *strong_chain(void)
{
	struct chain_key k = { key_3072(), key_3072(), PKI_SIG_SHA384, 0, 0 };
	const struct chain_made *m = chain(&k);

	if (!strong) {
		strong = pki_chain_from_der(m->ders, m->count, NULL);
		assert_non_null(strong);
		strong->key = pki_key_ref((struct pki_key *)key_3072());
	}
	return strong;
}

/* A device in setup by certificate, and a client with a chain that it takes. */
static bool enter_setup(struct peer *p, const struct sim_generation *g, const char *switches)
{
	struct pki_tls_client tls = pki_client();
	struct pki_chain *ways[2] = { prov, strong_chain() };

	*p = (struct peer){ 0 };
	again_port = 0;
	if (!make(g, SIM_SETUP_PKI, SIM_TLS_OFF, switches))
		return false;
	for (unsigned i = 0; i < 2; i++) {
		trust(&ways[i]->certs[ways[i]->count - 1], 3);
		tls.chain = ways[i];
		if (dial(p, 16993, &tls))
			return true;
	}
	return false;
}

static void see_pki(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	out_str(o, enter_setup(&p, g, NULL) ? "yes" : "no");
	hang_up(&p);
}

static unsigned hello_of(const struct sim_generation *g, unsigned roots, struct wire_hello *h)
{
	static uint8_t bytes[65536];
	struct out ho;
	size_t used;

	trust(&prov->certs[1], roots);
	assert_true(make(g, SIM_SETUP_PKI, SIM_TLS_OFF, NULL));
	out_init(&ho, bytes, sizeof bytes);
	assert_true(sim_dev_hello(dev, &ho));
	assert_int_equal(wire_hello_parse(span_make(bytes, ho.n), h, &used, NULL), WIRE_DONE);
	return h->hash_count;
}

static void see_hash_algs(const struct sim_generation *g, struct out *o)
{
	struct wire_hello h;

	for (unsigned i = 0, n = hello_of(g, 3, &h); i < n; i++)
		out_fmt(o, "%s ", wire_hello_alg_name(h.hashes[i].alg));
}

static void see_hello_max(const struct sim_generation *g, struct out *o)
{
	struct wire_hello h;

	out_fmt(o, "%u", hello_of(g, 120, &h));
}

/* Everything that a commit wants, but a seeded random generator. */
static void see_seed(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	for (env.seed = 1; env.seed < 20; env.seed++) {
		assert_true(enter_setup(&p, g, "rng=required"));
		assert_int_equal(invoke(&p, SETUP, "SetMEBxPassword",
					"<h:Password>" MEBX_PW "</h:Password>"),
				 200);
		assert_int_equal(put(&p, GENERAL, NULL,
				     "<h:HostName>pc7</h:HostName><h:DomainName>example.com"
				     "</h:DomainName><h:PingResponseEnabled>false"
				     "</h:PingResponseEnabled>"),
				 200);
		bool done = invoke(&p, SETUP, "CommitChanges", "") == 200 && returned(&p) == 0;
		hang_up(&p);
		if (!done)
			continue;
		env.seed = 7;
		out_str(o, "no");
		return;
	}
	env.seed = 7; /* one of so many has a right clock */
	out_str(o, "yes");
}

static void probes_deinit(void)
{
	pki_chain_free(strong);
	pki_key_free(keys_ec[0]);
	pki_key_free(keys_ec[1]);
	if (chains_made)
		arena_deinit(&chain_arena);
	test_chains_deinit();
}
