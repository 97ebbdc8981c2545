/* Builds the chains of chains.h. Data first: a row says what differs from the good chain, one
 * builder makes them all. Keys are fixed (chain_keys.inc) and CA certificates made once, so that the
 * whole table costs tens of milliseconds. */
#include "chains.h"
#include "chain_keys.inc"
#include "base/mem.h"
#include "base/str.h"
#include <stdio.h>
#include <stdlib.h>

#define DAY_MS               ((int64_t)24 * 3600 * 1000)
#define BREAKS(cond)         .breaks = 1u << (cond)
#define BREAKS2(cond, other) .breaks = 1u << (cond) | 1u << (other)
#define ALL_SHA1             .leaf.sig = TEST_SIG_SHA1, .ca.sig = TEST_SIG_SHA1, .root.sig = TEST_SIG_SHA1
#define ALL_SHA384 \
	.leaf.sig = TEST_SIG_SHA384, .ca.sig = TEST_SIG_SHA384, .root.sig = TEST_SIG_SHA384

/* Old firmware: whether it takes SHA-256 signatures is not known, hence the ~ in the first column.
 * The last column refuses RSA-2048 and SHA-256, hence its -. */
/* clang-format off */
const struct test_chain test_chains[] = {
	{ "good", "~+++-", .flags = 0 },
	{ "good, SHA-1", "+~~--", BREAKS(PKI_COND_SIG_HASH), ALL_SHA1 },
	{ "good, SHA-384", "~~~+-", BREAKS(PKI_COND_SIG_HASH), ALL_SHA384 },
	{ "good, 3072 and SHA-384", "-~~++", BREAKS2(PKI_COND_SIG_HASH, PKI_COND_KEY_SIZE), ALL_SHA384,
	  .leaf.key = TEST_KEY_3072_A, .ca.key = TEST_KEY_3072_B, .root.key = TEST_KEY_3072_C },
	{ "root signs leaf", "~+++-", .flags = TEST_DIRECT },
	{ "leaf valid for a shorter time", "~+++-", .leaf.when = TEST_SHORTER },

	{ "OU only", "~+++-", .ou = PKI_OU_SETUP, .eku = TEST_EKU_SERVER },
	{ "OU and OID", "~+++-", .ou = PKI_OU_SETUP },
	{ "clientAuth as well", "~+++-", .eku = TEST_EKU_SERVER | TEST_EKU_CLIENT | TEST_EKU_AMT },
	{ "no OU, no OID", "-----", BREAKS(PKI_COND_OU_OID), .eku = TEST_EKU_SERVER },
	{ "other OU", "-----", BREAKS(PKI_COND_OU_OID), .ou = "IT", .eku = TEST_EKU_SERVER },
	{ "OU in lower case", "-----", BREAKS(PKI_COND_OU_OID), .ou = "intel(r) client setup certificate",
	  .eku = TEST_EKU_SERVER },
	{ "OU with a blank more", "-----", BREAKS(PKI_COND_OU_OID), .ou = PKI_OU_SETUP " ", .eku = TEST_EKU_SERVER },
	{ "no serverAuth", "-----", BREAKS(PKI_COND_SERVER_AUTH), .eku = TEST_EKU_AMT },
	{ "clientAuth, no serverAuth", "-----", BREAKS(PKI_COND_SERVER_AUTH), .eku = TEST_EKU_CLIENT | TEST_EKU_AMT },
	{ "no EKU", "-----", BREAKS(PKI_COND_SERVER_AUTH), .ou = PKI_OU_SETUP, .eku = TEST_EKU_NONE },

	{ "leaf expired", "-----", BREAKS(PKI_COND_DATES), .leaf.when = TEST_EXPIRED },
	{ "leaf not yet valid", "-----", BREAKS(PKI_COND_DATES), .leaf.when = TEST_FUTURE },
	{ "leaf ends soon", "~~~~-", BREAKS(PKI_COND_DATES), .leaf.when = TEST_ENDS_SOON },
	{ "leaf with odd dates", "-----", BREAKS(PKI_COND_DATES), .leaf.when = TEST_ODD },
	{ "intermediate expired", "-----", BREAKS(PKI_COND_DATES), .ca.when = TEST_EXPIRED },
	{ "intermediate not yet valid", "-----", BREAKS(PKI_COND_DATES), .ca.when = TEST_FUTURE },
	{ "root expired", "-----", BREAKS(PKI_COND_DATES), .root.when = TEST_EXPIRED },

	{ "leaf of 1024 bits", "~~~--", BREAKS(PKI_COND_KEY_SIZE), .leaf.key = TEST_KEY_1024 },
	{ "leaf of 1024 bits, SHA-1", "+~~--", BREAKS2(PKI_COND_KEY_SIZE, PKI_COND_SIG_HASH), ALL_SHA1,
	  .leaf.key = TEST_KEY_1024 },
	{ "leaf of 1536 bits", "~~~--", BREAKS(PKI_COND_KEY_SIZE), .leaf.key = TEST_KEY_1536 },
	{ "leaf of 3072 bits", "-~~+-", BREAKS(PKI_COND_KEY_SIZE), .leaf.key = TEST_KEY_3072_A },
	{ "leaf of 4096 bits", "-~~+-", BREAKS(PKI_COND_KEY_SIZE), .leaf.key = TEST_KEY_4096 },
	{ "intermediate of 4096 bits", "-~++-", .ca.key = TEST_KEY_4096 },
	{ "root of 4096 bits", "-~++-", .root.key = TEST_KEY_4096 },
	{ "root of 1024 bits", "~~~--", BREAKS(PKI_COND_KEY_SIZE), .root.key = TEST_KEY_1024 },
	{ "EC leaf", "-----", BREAKS(PKI_COND_RSA), .leaf.key = TEST_KEY_EC256 },
	{ "EC root", "-~++-", .root.key = TEST_KEY_EC256 },

	{ "SHA-1 leaf", "~~~--", BREAKS(PKI_COND_SIG_HASH), .leaf.sig = TEST_SIG_SHA1 },
	{ "SHA-1 intermediate", "~~~--", BREAKS(PKI_COND_SIG_HASH), .ca.sig = TEST_SIG_SHA1 },
	{ "SHA-1 root", "~~~--", BREAKS(PKI_COND_SIG_HASH), .root.sig = TEST_SIG_SHA1 },
	{ "SHA-512 leaf", "~~~+-", BREAKS(PKI_COND_SIG_HASH), .leaf.sig = TEST_SIG_SHA512 },
	{ "MD5 root", "~~~--", BREAKS(PKI_COND_SIG_HASH), .root.sig = TEST_SIG_MD5 },
	{ "signature damaged", "-----", BREAKS(PKI_COND_SIGNATURES), .flags = TEST_BAD_SIG },

	{ "root left out", "-----", BREAKS(PKI_COND_COMPLETE), .flags = TEST_NO_ROOT },
	{ "intermediate left out", "-----", BREAKS(PKI_COND_COMPLETE), .flags = TEST_NO_CA },
	{ "leaf alone", "-----", BREAKS(PKI_COND_COMPLETE), .flags = TEST_NO_CA | TEST_NO_ROOT },
	{ "leaf last in the file", "~+++-", .flags = TEST_LEAF_LAST },
	{ "a certificate too many", "~+++-", .flags = TEST_EXTRA },
	{ "cross-signed root", "~+++-", .flags = TEST_CROSS },
	{ "cross-signed root, older one known", "~+++-", .flags = TEST_CROSS | TEST_OLD_ROOT },
	{ "wrong key", "-----", BREAKS(PKI_COND_KEY), .flags = TEST_WRONG_KEY },
	{ "no key", "-----", BREAKS(PKI_COND_KEY), .flags = TEST_NO_KEY },
	{ "chain of five", "~~~--", BREAKS(PKI_COND_SIG_HASH), ALL_SHA1, .flags = TEST_FIVE },
	{ "chain of more than 4100 bytes", "~~~--", BREAKS(PKI_COND_SIG_HASH), ALL_SHA1, .flags = TEST_BIG },

	{ "no common name", "-----", BREAKS2(PKI_COND_CN, PKI_COND_SUFFIX), .cn = "" },
	{ "CN with one label", "-----", BREAKS2(PKI_COND_CN, PKI_COND_SUFFIX), .cn = "setup" },
	{ "CN with a blank", "-----", BREAKS(PKI_COND_CN), .cn = "set up.example.com" },
	{ "wildcard CN", "~~~~-", BREAKS(PKI_COND_CN), .cn = "*.example.com" },
	{ "wildcard of a top-level domain", "-----", BREAKS2(PKI_COND_CN, PKI_COND_SUFFIX), .cn = "*.com" },
	{ "CN of another domain", "-----", BREAKS(PKI_COND_SUFFIX), .cn = "setup.example.net" },
	{ "CN that only ends alike", "-----", BREAKS(PKI_COND_SUFFIX), .cn = "setup.badexample.com" },
	{ "SAN fits, CN does not", "-----", BREAKS(PKI_COND_SUFFIX), .cn = "setup.example.net",
	  .san = "setup.example.com" },
	{ "CN in upper case", "~+++-", .cn = "SETUP.EXAMPLE.COM" },
	{ "suffix in upper case", "~+++-", .suffix = "Example.COM" },
	{ "suffix with a final period", "~+++-", .suffix = "example.com." },
	{ "CN is the suffix", "~+++-", .cn = "example.com" },
	{ "child domain, com", "~+++-", .suffix = "berlin.example.com" },
	{ "parent domain, com", "~+++-", .cn = "setup.berlin.example.com" },
	{ "same domain, co.uk", "~+++-", .cn = "setup.example.co.uk", .suffix = "example.co.uk" },
	{ "child domain, co.uk", "-+++-", .cn = "setup.example.co.uk", .suffix = "leeds.example.co.uk" },
	{ "other company, co.uk", "-----", BREAKS(PKI_COND_SUFFIX), .cn = "setup.example.co.uk",
	  .suffix = "other.co.uk" },
	{ "child domain, de", "-+++-", .cn = "setup.example.de", .suffix = "berlin.example.de" },
	{ "same domain, local", "~+++-", .cn = "setup.corp.local", .suffix = "corp.local" },
	{ "child domain, local", "-----", BREAKS(PKI_COND_SUFFIX), .cn = "setup.corp.local",
	  .suffix = "berlin.corp.local" },
	{ "CN is the parent domain, local", "-+++-", .cn = "corp.local", .suffix = "berlin.corp.local" },

	{ "root not in the list", "-----", BREAKS(PKI_COND_ROOT_ACTIVE), .flags = TEST_UNLISTED },
	{ "empty list", "-----", BREAKS(PKI_COND_ROOT_ACTIVE), .flags = TEST_LIST_EMPTY },
	{ "list of SHA-1 hashes", "~+++-", .flags = TEST_LIST_SHA1 },
	{ "list of SHA-384 hashes", "~+++-", .flags = TEST_LIST_SHA384 },
};
/* clang-format on */
const unsigned test_chain_count = sizeof test_chains / sizeof *test_chains;

static struct pki_key *keys[TEST_KEY_COUNT];
static struct arena cache_arena;
static struct cached {
	struct pki_issue what;
	enum test_key key, signer;
	struct span issuer, der;
} cache[64];
static unsigned cached_count;

static void must(bool done, const char *what, const struct err *e)
{
	if (done)
		return;
	fprintf(stderr, "tests/support/chains.c: %s: %s\n", what, e ? e->msg : "");
	abort();
}

unsigned test_gen_major(enum test_gen g)
{
	static const unsigned majors[] = { 5, 9, 11, 16, 22 };
	return majors[g];
}

const struct test_chain *test_chain_find(const char *name)
{
	for (unsigned i = 0; i < test_chain_count; i++) {
		if (str_eq(test_chains[i].name, name))
			return &test_chains[i];
	}
	must(false, name, NULL);
	return NULL;
}

struct pki_key *test_chain_key(enum test_key k)
{
	uint8_t der[4096];
	size_t n = 0;
	struct err e = { 0 };
	if (!keys[k]) {
		must(b64_decode(span_str(test_keys[k]), der, sizeof der, &n), "key text", NULL);
		keys[k] = pki_key_from_der(span_make(der, n), &e);
		must(keys[k] != NULL, "key", &e);
	}
	return keys[k];
}

static struct span issue(const struct pki_issue *what, enum test_key key, struct span issuer,
			 enum test_key signer, struct arena *a)
{
	struct span spki, der;
	struct rng rng;
	struct err e = { 0 };
	rng_seed(&rng, 1);
	must(pki_key_public_spki(test_chain_key(key), a, &spki), "public key", NULL);
	must(pki_cert_issue(what, spki, issuer, test_chain_key(signer), &rng, a, &der, &e), "issue",
	     &e);
	return der;
}

/* CA certificates repeat from row to row. */
static struct span issue_ca(const struct pki_issue *what, enum test_key key, struct span issuer,
			    enum test_key signer)
{
	struct cached want = { 0 };
	if (!cached_count)
		arena_init(&cache_arena, 4 * 1024 * 1024);
	want.what = *what;
	want.key = key;
	want.signer = signer;
	want.issuer = issuer;
	for (unsigned i = 0; i < cached_count; i++) {
		want.der = cache[i].der;
		if (memcmp(&cache[i], &want, sizeof want) == 0)
			return want.der;
	}
	must(cached_count < sizeof cache / sizeof *cache, "cache is full", NULL);
	want.der = issue(what, key, issuer, signer, &cache_arena);
	cache[cached_count++] = want;
	return want.der;
}

static void set_facts(struct pki_issue *what, const struct test_cert_want *want, int64_t now)
{
	static const enum pki_sig_hash hashes[] = { PKI_SIG_SHA256, PKI_SIG_SHA1, PKI_SIG_SHA384,
						    PKI_SIG_SHA512, PKI_SIG_MD5 };
	static const struct {
		int from, until;
	} days[] = {
		[TEST_VALID] = { -100, 400 },   [TEST_EXPIRED] = { -400, -1 },
		[TEST_FUTURE] = { 1, 400 },     [TEST_ENDS_SOON] = { -100, 10 },
		[TEST_SHORTER] = { -100, 200 }, [TEST_ODD] = { -100, 400 },
	};
	what->sig_hash = hashes[want->sig];
	what->not_before_unix_ms = now + days[want->when].from * DAY_MS;
	what->not_after_unix_ms = now + days[want->when].until * DAY_MS;
	what->odd_321 = want->when == TEST_ODD;
}

static struct span make_ca(const char *cn, const struct test_cert_want *want, enum test_key key,
			   struct span issuer, enum test_key signer, int64_t now)
{
	struct pki_issue what;
	memset(&what, 0, sizeof what); /* padding too: compared as bytes */
	what.cn = cn;
	what.o = "Test CA";
	what.is_ca = true;
	set_facts(&what, want, now);
	return issue_ca(&what, key, issuer, signer);
}

static struct span make_leaf(const struct test_chain *t, enum test_key key, struct span issuer,
			     enum test_key signer, int64_t now, struct arena *a)
{
	unsigned eku = t->eku ? t->eku : TEST_EKU_SERVER | TEST_EKU_AMT;
	const char *dns[17] = { t->san, NULL };
	struct pki_issue what = { 0 };
	what.cn = !t->cn ? "setup.example.com" : t->cn[0] ? t->cn : NULL;
	what.o = "Example";
	what.ou = t->ou;
	what.dns = dns;
	what.eku_server_auth = eku & TEST_EKU_SERVER;
	what.eku_client_auth = eku & TEST_EKU_CLIENT;
	what.eku_amt = eku & TEST_EKU_AMT;
	set_facts(&what, &t->leaf, now);
	for (int i = 0; i < 16 && t->flags & TEST_BIG; i++)
		dns[i] = arena_fmt(a, "%0200d.example.com", i);
	struct span der = issue(&what, key, issuer, signer, a);
	if (t->flags & TEST_BAD_SIG) {
		uint8_t *p = arena_copy(a, der);
		p[der.n - 1] ^= 1;
		der.p = p;
	}
	return der;
}

static void list_hash(struct test_chain_built *b, enum wire_hello_alg alg, enum hash_kind kind,
		      struct span der)
{
	struct wire_hello_hash *h = &b->hello.hashes[b->hello.hash_count++];
	uint8_t *digest = arena_alloc(&b->arena, HASH_MAX_SIZE);
	hash_of(kind, der, digest);
	h->alg = (uint8_t)alg;
	h->digest = span_make(digest, hash_size(kind));
}

/* Others before and after: a list of one would hide a wrong comparison. */
static void list_roots(struct test_chain_built *b, const struct test_chain *t, struct span root)
{
	bool only_some = t->flags & (TEST_LIST_SHA1 | TEST_LIST_SHA384);
	b->hello.kind = WIRE_HELLO_PKI;
	if (t->flags & TEST_LIST_EMPTY)
		return;
	list_hash(b, WIRE_HELLO_SHA256, HASH_SHA256, span_str("some other root"));
	if (!(t->flags & TEST_UNLISTED) && (!only_some || t->flags & TEST_LIST_SHA1))
		list_hash(b, WIRE_HELLO_SHA1, HASH_SHA1, root);
	if (!(t->flags & TEST_UNLISTED) && !only_some)
		list_hash(b, WIRE_HELLO_SHA256, HASH_SHA256, root);
	if (!(t->flags & TEST_UNLISTED) && (!only_some || t->flags & TEST_LIST_SHA384))
		list_hash(b, WIRE_HELLO_SHA384, HASH_SHA384, root);
	list_hash(b, WIRE_HELLO_SHA1, HASH_SHA1, span_str("one more root"));
}

static void add_key(struct out *o, struct pki_key *k)
{
	struct secret der = SECRET_NONE;
	must(pki_key_private_pkcs1(k, &der), "private key", NULL);
	bool rsa = pki_key_bits(k) >= 1024;
	out_fmt(o, "-----BEGIN %s PRIVATE KEY-----\n", rsa ? "RSA" : "EC");
	struct span s = secret_reveal(&der);
	for (size_t at = 0; at < s.n; at += 48) {
		out_b64(o, span_make(s.p + at, s.n - at < 48 ? s.n - at : 48));
		out_str(o, "\n");
	}
	out_fmt(o, "-----END %s PRIVATE KEY-----\n", rsa ? "RSA" : "EC");
	secret_deinit(&der);
}

static enum test_key or_default(enum test_key k, enum test_key standard)
{
	return k ? k : standard;
}

/* The CA certificates of a row, root first; returns how many. out_old: root for TEST_CROSS. */
static unsigned make_cas(const struct test_chain *t, int64_t now, struct span ders[8],
			 enum test_key *out_signer, struct span *out_known)
{
	enum test_key root_key = or_default(t->root.key, TEST_KEY_2048_C);
	enum test_key ca_key = or_default(t->ca.key, TEST_KEY_2048_B);
	struct span none = { NULL, 0 };
	unsigned n = 0;
	ders[n++] = make_ca("Test Root", &t->root, root_key, none, root_key, now);
	*out_known = ders[0];
	*out_signer = root_key;
	if (t->flags & TEST_FIVE) {
		ders[n++] = make_ca("Test CA 1", &t->ca, TEST_KEY_2048_D, ders[0], root_key, now);
		ders[n++] = make_ca("Test CA 2", &t->ca, TEST_KEY_2048_E, ders[1], TEST_KEY_2048_D,
				    now);
		*out_signer = TEST_KEY_2048_E;
	}
	if (!(t->flags & TEST_DIRECT)) {
		ders[n] = make_ca("Test Issuing CA", &t->ca, ca_key, ders[n - 1], *out_signer, now);
		*out_signer = ca_key;
		n++;
	}
	return n;
}

/* The older root, and the newer one's certificate from it. */
static void add_cross(const struct test_chain *t, int64_t now, struct out *o,
		      struct span *out_known)
{
	enum test_key root_key = or_default(t->root.key, TEST_KEY_2048_C);
	struct span none = { NULL, 0 };
	struct span old =
		make_ca("Older Root", &t->root, TEST_KEY_2048_D, none, TEST_KEY_2048_D, now);
	struct span cross = make_ca("Test Root", &t->root, root_key, old, TEST_KEY_2048_D, now);
	pki_cert_to_pem(old, o);
	pki_cert_to_pem(cross, o);
	if (t->flags & TEST_OLD_ROOT)
		*out_known = old;
}

struct test_chain_built *test_chain_build(const struct test_chain *t, int64_t now_unix_ms)
{
	struct test_chain_built *b = MEM_NEW(struct test_chain_built);
	struct span cas[8], known;
	enum test_key signer, leaf_key = or_default(t->leaf.key, TEST_KEY_2048_A);
	struct out o;
	arena_init(&b->arena, 1024 * 1024);
	buf_init(&b->pem, 256 * 1024);
	out_init_buf(&o, &b->pem);
	unsigned n = make_cas(t, now_unix_ms, cas, &signer, &known);
	struct span leaf = make_leaf(t, leaf_key, cas[n - 1], signer, now_unix_ms, &b->arena);

	if (!(t->flags & TEST_LEAF_LAST))
		pki_cert_to_pem(leaf, &o);
	for (unsigned i = n; i-- > 0;) {
		if (!(t->flags & (i == 0 ? TEST_NO_ROOT : TEST_NO_CA)))
			pki_cert_to_pem(cas[i], &o);
	}
	if (t->flags & TEST_EXTRA)
		pki_cert_to_pem(make_ca("Stranger", &t->root, TEST_KEY_2048_E,
					(struct span){ NULL, 0 }, TEST_KEY_2048_E, now_unix_ms),
				&o);
	if (t->flags & TEST_CROSS)
		add_cross(t, now_unix_ms, &o, &known);
	if (t->flags & TEST_LEAF_LAST)
		pki_cert_to_pem(leaf, &o);
	if (!(t->flags & TEST_NO_KEY))
		add_key(&o, test_chain_key(t->flags & TEST_WRONG_KEY ? TEST_KEY_2048_E : leaf_key));
	list_roots(b, t, known);
	b->suffix = t->suffix ? t->suffix : "example.com";
	must(!o.bad && !b->arena.full, "no room", NULL);
	return b;
}

void test_chain_free(struct test_chain_built *b)
{
	arena_deinit(&b->arena);
	buf_wipe(&b->pem);
	mem_free(b);
}

void test_chains_deinit(void)
{
	for (int i = 0; i < TEST_KEY_COUNT; i++) {
		pki_key_free(keys[i]);
		keys[i] = NULL;
	}
	if (cached_count)
		arena_deinit(&cache_arena);
	memset(cache, 0, sizeof cache);
	cached_count = 0;
}
