/* Key pairs, certificates and the TLS credential context: firmware's own time, refusals, slots, what
 * is in use, and the new leaf after the commit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/dev_priv.h"
#include "sim/test_peer.c"

#define STORE   AMT "AMT_PublicKeyManagementService"
#define CERT    AMT "AMT_PublicKeyCertificate"
#define KEYPAIR AMT "AMT_PublicPrivateKeyPair"
#define CONTEXT AMT "AMT_TLSCredentialContext"
#define RSA     "<h:KeyAlgorithm>0</h:KeyAlgorithm><h:KeyLength>2048</h:KeyLength>"

static unsigned generate(struct peer *p)
{
	return invoke(p, STORE, "GenerateKeyPair", RSA);
}

static const char *b64_of(struct span der)
{
	static char text[8192];
	struct out o;
	out_init(&o, text, sizeof text);
	out_b64(&o, der);
	return text;
}

static int add(struct peer *p, const char *method, const char *param, const char *b64)
{
	static char params[9000];
	(void)snprintf(params, sizeof params, "<h:%s>%s</h:%s>", param, b64, param);
	if (invoke(p, STORE, method, params) != 200)
		return -2;
	return returned(p);
}

/* Public key of a handle, as the device shows it. */
static struct span public_of(struct peer *p, unsigned handle, struct arena *a)
{
	char selector[64];
	struct span spki;
	struct err e = { 0 };
	(void)snprintf(selector, sizeof selector, "InstanceID=Intel(r) AMT Key: Handle: %u",
		       handle);
	assert_int_equal(get(p, KEYPAIR, selector), 200);
	const char *at = strstr((char *)p->got.p, "DERKey>");
	assert_non_null(at);
	at += 7;
	uint8_t *der = arena_alloc(a, 1024);
	size_t n;
	assert_true(b64_decode(span_make(at, strcspn(at, "<")), der, 1024, &n));
	if (!pki_key_public_normalise(span_make(der, n), a, &spki, &e))
		fail_msg("%s", e.msg);
	return spki;
}

/* A leaf over that key, signed by the test root. */
static struct span leaf_over(struct span spki, const char *cn, struct arena *a)
{
	struct pki_issue what = { .cn = cn,
				  .not_before_unix_ms = TEST_START - 86400000,
				  .not_after_unix_ms = TEST_START + 864000000000,
				  .eku_server_auth = true,
				  .sig_hash = PKI_SIG_SHA256 };
	struct pki_key *ca = rsa_key(10);
	struct span der;
	struct rng rng;
	struct err e = { 0 };
	rng_seed(&rng, 3);
	if (!pki_cert_issue(&what, spki, prov->certs[1].der, ca, &rng, a, &der, &e))
		fail_msg("%s", e.msg);
	pki_key_free(ca);
	return der;
}

static const char *context_members(unsigned handle, const char *collection)
{
	static char text[2048];
	(void)snprintf(
		text, sizeof text,
		"<h:ElementInContext><a:Address>/wsman</a:Address><a:ReferenceParameters>"
		"<w:ResourceURI>" CERT "</w:ResourceURI><w:SelectorSet><w:Selector "
		"Name=\"InstanceID\">Intel(r) AMT Certificate: Handle: %u</w:Selector>"
		"</w:SelectorSet></a:ReferenceParameters></h:ElementInContext>"
		"<h:ElementProvidingContext><a:Address>/wsman</a:Address><a:ReferenceParameters>"
		"<w:ResourceURI>" AMT "AMT_TLSProtocolEndpointCollection</w:ResourceURI>"
		"<w:SelectorSet><w:Selector Name=\"ElementName\">%s</w:Selector></w:SelectorSet>"
		"</a:ReferenceParameters></h:ElementProvidingContext>",
		handle, collection);
	return text;
}

#define COLLECTION "TLSProtocolEndpoint Instances Collection"

static void keys_take_their_time(void **state)
{
	(void)state;
	static const struct {
		const char *switches;
		unsigned status;
		const char *says;
	} rows[] = {
		{ NULL, 400, "AMT-STATUS 2061<" },
		{ "busy=return", 200, "ReturnValue>2061<" },
		{ "busy=503", 503, "Connection: close" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		log_in(&p, "11.8", rows[i].switches);
		set_fault("slow_key=20000");
		int64_t start = clk_mono_ms();
		unsigned status = generate(&p);
		if (status != rows[i].status || !says(&p, rows[i].says))
			fail_msg("%u %s", status, (char *)p.got.p);
		for (;;) {
			if (p.down) {
				hang_up(&p);
				assert_true(dial(&p, 16992, NULL));
			}
			if (generate(&p) == 200 && returned(&p) == 0)
				break;
			run_ms(1000);
		}
		assert_true(says(&p, "Intel(r) AMT Key: Handle: 0<"));
		assert_in_range(clk_mono_ms() - start, 20000, 22000);
		assert_int_equal(sim_dev_get_stats(dev)->imposed_wait_ms, 20000);
		assert_int_equal(sim_dev_get_stats(dev)->keys_made, 1);
		set_fault("none");
		assert_int_equal(generate(&p), 200);
		assert_true(says(&p, "Intel(r) AMT Key: Handle: 1<")); /* and not the first again */
		hang_up(&p);
	}
}

static void late_reply_instead_of_busy(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", "busy=late");
	set_fault("slow_key=20000");
	again_port = 0;
	assert_int_equal(generate(&p), 0);
	run_ms(19000);
	assert_int_equal(p.got.n, 0);
	run_ms(2000);
	dechunk(&p);
	assert_true(says(&p, "Intel(r) AMT Key: Handle: 0<"));
	hang_up(&p);
}

static void waits_are_in_their_range(void **state)
{
	(void)state;
	unsigned busy = 0, asked = 0;
	env.waits = true;
	for (env.seed = 1; env.seed <= 12; env.seed++) {
		struct peer p;
		log_in(&p, "11.8", NULL);
		int64_t start = clk_mono_ms(), begun = 0;
		for (unsigned tries = 0; tries < 500; tries++) {
			if (p.down) {
				hang_up(&p);
				assert_true(dial(&p, 16992, NULL));
			}
			unsigned status = generate(&p);
			asked++;
			if (status == 200)
				break;
			busy += sim_dev_get_stats(dev)->imposed_wait_ms == 0;
			if (!begun && sim_dev_get_stats(dev)->imposed_wait_ms)
				begun = clk_mono_ms();
			run_ms(100);
		}
		int64_t took = sim_dev_get_stats(dev)->imposed_wait_ms;
		assert_in_range(took, 3000, 30000);
		assert_true(clk_mono_ms() - start >= took);
		assert_true(begun > 0);
		hang_up(&p);
	}
	assert_true(asked > 0);
	/* One first call in five is refused, so few of the twelve were. */
	assert_in_range(busy, 1, 8);
}

static void a_key_that_nobody_fetched_is_found(void **state)
{
	(void)state;
	struct peer p;
	struct arena a;
	log_in(&p, "11.8", NULL);
	arena_init(&a, 1 << 20);
	set_fault("slow_key=5000");
	assert_int_equal(generate(&p), 400);
	hang_up(&p);
	run_ms(6000);
	assert_true(dial(&p, 16992, NULL));
	struct span spki = public_of(&p, 0, &a); /* it is there without asking again */
	assert_int_equal(add(&p, "AddCertificate", "CertificateBlob",
			     b64_of(leaf_over(spki, "pc1.example.com", &a))),
			 0);
	set_fault("none");
	assert_int_equal(generate(&p), 200);
	assert_true(says(&p, "Intel(r) AMT Key: Handle: 1<")); /* another one */
	hang_up(&p);
	arena_deinit(&a);
}

static void key_requests_are_judged(void **state)
{
	(void)state;
	static const struct {
		const char *name, *gen, *params;
		unsigned status;
		const char *says;
	} rows[] = {
		{ "good", "11.8", RSA, 200, "ReturnValue>0<" },
		{ "1024 bits", "11.8",
		  "<h:KeyAlgorithm>0</h:KeyAlgorithm><h:KeyLength>1024</h:KeyLength>", 200,
		  "ReturnValue>36<" },
		{ "other algorithm", "11.8",
		  "<h:KeyAlgorithm>1</h:KeyAlgorithm><h:KeyLength>2048</h:KeyLength>", 200,
		  "ReturnValue>36<" },
		{ "no length", "11.8", "<h:KeyAlgorithm>0</h:KeyAlgorithm>", 400,
		  ">e:InvalidParameter<" },
		{ "firmware that makes no keys", "5.0", RSA, 400, ">b:ActionNotSupported<" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		log_in(&p, rows[i].gen, NULL);
		unsigned status = invoke(&p, STORE, "GenerateKeyPair", rows[i].params);
		if (status != rows[i].status || !says(&p, rows[i].says))
			fail_msg("%s: %u %s", rows[i].name, status, (char *)p.got.p);
		hang_up(&p);
	}
}

static void slots_are_limited(void **state)
{
	(void)state;
	struct peer p;
	struct arena a;
	struct span keys[4];
	arena_init(&a, 1 << 20);
	log_in(&p, "11.8", NULL);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(generate(&p), 200);
		assert_int_equal(returned(&p), 0);
		keys[i] = public_of(&p, i, &a);
		for (unsigned n = 0; n < i; n++)
			assert_false(span_eq(keys[i], keys[n]));
	}
	arena_deinit(&a);
	assert_int_equal(generate(&p), 200);
	assert_int_equal(returned(&p), 23);
	assert_int_equal(
		transfer(&p, "Delete", KEYPAIR, "InstanceID=Intel(r) AMT Key: Handle: 2", NULL),
		200);
	assert_int_equal(generate(&p), 200);
	assert_true(says(&p, "Intel(r) AMT Key: Handle: 2<"));
	hang_up(&p);
}

static void certificates_are_judged(void **state)
{
	(void)state;
	struct peer p;
	struct arena a;
	struct span spki;
	arena_init(&a, 1 << 20);
	log_in(&p, "11.8", NULL);
	assert_int_equal(generate(&p), 200);
	struct span good = leaf_over(public_of(&p, 0, &a), "pc1.example.com", &a);
	struct pki_key *other = rsa_key(12);
	assert_true(pki_key_public_spki(other, &a, &spki));
	struct span foreign = leaf_over(spki, "pc1.example.com", &a);
	pki_key_free(other);
	assert_int_equal(add(&p, "AddCertificate", "CertificateBlob", b64_of(foreign)), 2064);
	assert_int_equal(add(&p, "AddCertificate", "CertificateBlob", "AAAA"), 2063);
	assert_int_equal(add(&p, "AddCertificate", "CertificateBlob", "%%%%"), 36);
	assert_int_equal(add(&p, "AddCertificate", "CertificateBlob", b64_of(good)), 0);
	assert_true(says(&p, "Intel(r) AMT Certificate: Handle: 0<"));
	assert_int_equal(add(&p, "AddCertificate", "CertificateBlob", b64_of(good)), 2058);
	assert_int_equal(add(&p, "AddTrustedRootCertificate", "CertificateBlob", b64_of(good)),
			 2063);
	struct span ca = prov->certs[1].der;
	assert_int_equal(add(&p, "AddTrustedRootCertificate", "CertificateBlob", b64_of(ca)), 0);
	assert_int_equal(add(&p, "AddTrustedRootCertificate", "CertificateBlob", b64_of(ca)), 2058);
	assert_int_equal(get(&p, CERT, "InstanceID=Intel(r) AMT Certificate: Handle: 1"), 200);
	assert_true(says(&p, "TrustedRootCertficate>true<")); /* firmware spells it so */
	assert_int_equal(sim_dev_get_stats(dev)->certs_added, 2);
	hang_up(&p);
	arena_deinit(&a);
}

static void keys_can_be_given(void **state)
{
	(void)state;
	struct peer p;
	struct arena a;
	struct secret der = SECRET_NONE;
	struct span spki;
	struct pki_key *k = rsa_key(20);
	arena_init(&a, 1 << 20);
	assert_true(pki_key_private_pkcs1(k, &der));
	assert_true(pki_key_public_spki(k, &a, &spki));
	log_in(&p, "5.0", NULL);
	char *b64 = mem_str(b64_of(secret_reveal(&der)));
	assert_int_equal(add(&p, "AddKey", "KeyBlob", "AAAA"), 2062);
	assert_int_equal(add(&p, "AddKey", "KeyBlob", b64), 0);
	assert_true(says(&p, "Intel(r) AMT Key: Handle: 0<"));
	assert_int_equal(add(&p, "AddKey", "KeyBlob", b64), 2058);
	assert_true(span_eq(public_of(&p, 0, &a), spki));
	assert_int_equal(add(&p, "AddCertificate", "CertificateBlob",
			     b64_of(leaf_over(spki, "pc1.example.com", &a))),
			 0);
	/* It survives the state file. */
	struct buf b;
	struct out o;
	struct err e = { 0 };
	buf_init(&b, 1 << 20);
	out_init_buf(&o, &b);
	hang_up(&p);
	sim_dev_save(dev, &o);
	if (!sim_dev_load(dev, buf_span(&b), &e))
		fail_msg("%s", e.msg);
	assert_true(dial(&p, 16992, NULL));
	assert_true(span_eq(public_of(&p, 0, &a), spki));
	hang_up(&p);
	buf_deinit(&b);
	mem_free(b64);
	secret_deinit(&der);
	pki_key_free(k);
	arena_deinit(&a);
}

static void the_new_leaf_shows_after_the_commit(void **state)
{
	(void)state;
	struct peer p;
	struct arena a;
	struct span shown;
	struct pki_tls_client tls = plain_client();
	arena_init(&a, 1 << 20);
	log_in(&p, "11.8", NULL);
	assert_int_equal(generate(&p), 200);
	struct span leaf = leaf_over(public_of(&p, 0, &a), "pc1.example.com", &a);
	assert_int_equal(add(&p, "AddCertificate", "CertificateBlob", b64_of(leaf)), 0);
	assert_int_equal(transfer(&p, "Create", CONTEXT, NULL, context_members(0, COLLECTION)),
			 200);
	assert_true(says(&p, "ResourceCreated"));
	assert_int_equal(put(&p, AMT "AMT_TLSSettingData",
			     "InstanceID=Intel(r) AMT 802.3 TLS Settings",
			     "<h:Enabled>true</h:Enabled>"),
			 200);
	assert_false(sim_dev_leaf(dev, &shown)); /* nothing before the commit */
	assert_int_equal(invoke(&p, AMT "AMT_SetupAndConfigurationService", "CommitChanges", ""),
			 200);
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
	assert_false(dial(&p, 16992, NULL)); /* clear connections are not accepted any more */
	assert_true(sim_dev_leaf(dev, &shown));
	assert_true(span_eq(shown, leaf));
	again_tls = tls;
	again_port = 16993;
	assert_true(dial(&p, 16993, &tls));
	assert_int_equal(get(&p, CONTEXT, NULL), 200);
	/* In use: neither the certificate nor its key nor the context can go. */
	assert_int_equal(transfer(&p, "Delete", CERT,
				  "InstanceID=Intel(r) AMT Certificate: Handle: 0", NULL),
			 500);
	assert_true(says(&p, "AMT-STATUS 16<"));
	hang_up(&p);
	assert_true(dial(&p, 16993, &tls));
	assert_int_equal(
		transfer(&p, "Delete", KEYPAIR, "InstanceID=Intel(r) AMT Key: Handle: 0", NULL),
		500);
	hang_up(&p);
	assert_true(dial(&p, 16993, &tls));
	assert_int_equal(transfer(&p, "Delete", CONTEXT, NULL, NULL), 500);
	hang_up(&p);
	arena_deinit(&a);
}

static void a_certificate_is_changed_by_put_and_commit(void **state)
{
	(void)state;
	struct peer p;
	struct arena a;
	struct span old, now;
	arena_init(&a, 1 << 20);
	log_in(&p, "16.1", NULL); /* has a certificate of its own from the start */
	assert_true(sim_dev_leaf(dev, &old));
	assert_int_equal(get(&p, CERT, NULL), 200);
	assert_true(says(&p, "ReadOnlyCertificate>true<"));
	assert_int_equal(generate(&p), 200);
	struct span leaf = leaf_over(public_of(&p, 0, &a), "pc1.example.com", &a);
	assert_int_equal(add(&p, "AddCertificate", "CertificateBlob", b64_of(leaf)), 0);
	assert_true(says(&p, "Handle: 1<"));
	assert_int_equal(transfer(&p, "Create", CONTEXT, NULL, context_members(1, COLLECTION)),
			 400);
	assert_true(says(&p, ">e:AlreadyExists<"));
	hang_up(&p);
	assert_true(dial(&p, 16993, &again_tls));
	assert_int_equal(put(&p, CONTEXT, NULL,
			     context_members(1, "TLSProtocolEndpointInstances Collection")),
			 200);
	assert_true(says(&p, "Handle: 1<"));
	assert_true(sim_dev_leaf(dev, &now));
	assert_true(span_eq(old, now));
	assert_int_equal(invoke(&p, AMT "AMT_SetupAndConfigurationService", "CommitChanges", ""),
			 200);
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
	assert_true(sim_dev_leaf(dev, &now));
	assert_true(span_eq(now, leaf));
	assert_true(dial(&p, 16993, &again_tls));
	assert_int_equal(transfer(&p, "Delete", CERT,
				  "InstanceID=Intel(r) AMT Certificate: Handle: 0", NULL),
			 400);
	assert_true(says(&p, ">e:AccessDenied<"));
	hang_up(&p);
	arena_deinit(&a);
}

static void contexts_are_judged(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned handle;
		const char *collection;
		unsigned status;
		const char *says;
	} rows[] = {
		{ "certificate that is not there", 7, COLLECTION, 400,
		  ">d:InvalidRepresentation<" },
		{ "other collection", 0, "Something", 400, ">d:InvalidRepresentation<" },
		{ "trusted root", 0, COLLECTION, 500, "AMT-STATUS 2060<" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		log_in(&p, "11.8", NULL);
		assert_int_equal(add(&p, "AddTrustedRootCertificate", "CertificateBlob",
				     b64_of(prov->certs[1].der)),
				 0);
		unsigned status = transfer(&p, "Create", CONTEXT, NULL,
					   context_members(rows[i].handle, rows[i].collection));
		if (status != rows[i].status || !says(&p, rows[i].says))
			fail_msg("%s: %u %s", rows[i].name, status, (char *)p.got.p);
		hang_up(&p);
	}
}

static void context_put_obeys_its_switch(void **state)
{
	(void)state;
	static const struct {
		const char *switches;
		unsigned status;
	} rows[] = { { NULL, 200 }, { "context_put=selectors", 400 }, { "context_put=none", 200 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		log_in(&p, "16.1", rows[i].switches);
		assert_int_equal(put(&p, CONTEXT, NULL, context_members(0, COLLECTION)),
				 rows[i].status);
		hang_up(&p);
	}
}

static void flash_wears_out(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", NULL);
	set_fault("flash_limit=2");
	assert_int_equal(generate(&p), 200);
	assert_int_equal(returned(&p), 38);
	assert_int_equal(put(&p, AMT "AMT_RedirectionService", NULL,
			     "<h:ListenerEnabled>true</h:ListenerEnabled>"),
			 500);
	assert_true(says(&p, "AMT-STATUS 38<"));
	hang_up(&p);
	assert_true(dial(&p, 16992, NULL));
	assert_int_equal(generate(&p), 200);
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
}

static void mutual_tls_wants_a_trusted_chain(void **state)
{
	(void)state;
	struct peer p;
	struct pki_tls_client none = plain_client(), chain = pki_client();
	log_in(&p, "16.1", NULL);
	assert_int_equal(
		add(&p, "AddTrustedRootCertificate", "CertificateBlob", b64_of(prov->certs[1].der)),
		0);
	assert_int_equal(put(&p, AMT "AMT_TLSSettingData",
			     "InstanceID=Intel(r) AMT 802.3 TLS Settings",
			     "<h:Enabled>true</h:Enabled>"
			     "<h:MutualAuthentication>true</h:MutualAuthentication>"
			     "<h:TrustedCN>example.com</h:TrustedCN>"),
			 200);
	assert_int_equal(invoke(&p, AMT "AMT_SetupAndConfigurationService", "CommitChanges", ""),
			 200);
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
	assert_false(dial(&p, 16993, &none));
	hang_up(&p);
	assert_true(dial(&p, 16993, &chain));
	again_tls = chain;
	assert_int_equal(get(&p, AMT "AMT_GeneralSettings", NULL), 200);
	/* TrustedCN needs no commit. */
	assert_int_equal(put(&p, AMT "AMT_TLSSettingData",
			     "InstanceID=Intel(r) AMT 802.3 TLS Settings",
			     "<h:Enabled>true</h:Enabled><h:TrustedCN>example.net</h:TrustedCN>"),
			 200);
	hang_up(&p);
	assert_false(dial(&p, 16993, &chain));
	hang_up(&p);
}

/* The keys of virtual devices come out of a pool; that of their own certificate, too. */
static void no_key_is_made_twice(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 16; first++) {
		struct peer p;
		log_in(&p, "22.0", NULL);
		dev->pool_next = (uint8_t)first;
		for (unsigned n = 0; n < 3; n++)
			assert_int_equal(generate(&p), 200);
		assert_int_equal(dev->cert_count, 1);
		for (unsigned i = 0; i < dev->key_count; i++) {
			assert_int_not_equal(dev->keys[i].pool, dev->certs[0].pool);
			for (unsigned k = 0; k < i; k++)
				assert_int_not_equal(dev->keys[i].pool, dev->keys[k].pool);
		}
		hang_up(&p);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)
	const struct CMUnitTest tests[] = {
		T(keys_take_their_time),
		T(late_reply_instead_of_busy),
		T(waits_are_in_their_range),
		T(a_key_that_nobody_fetched_is_found),
		T(key_requests_are_judged),
		T(no_key_is_made_twice),
		T(slots_are_limited),
		T(certificates_are_judged),
		T(keys_can_be_given),
		T(the_new_leaf_shows_after_the_commit),
		T(a_certificate_is_changed_by_put_and_commit),
		T(contexts_are_judged),
		T(context_put_obeys_its_switch),
		T(flash_wears_out),
		T(mutual_tls_wants_a_trusted_chain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
