/* The built-in CA: two tiers, a former one of one tier, what it takes back, its lists, its renewal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/clk.h"
#include "base/mem.h"
#include "engine/run_priv.h"
#include "engine/vault.h"

#define NOW     1795000000000
#define HOUR_MS 3600000LL
#define U1      "11111111-2222-4333-8444-555555555555"

struct world {
	struct engine en;
	struct rng rng;
	struct arena a;
	unsigned published;
	char files[16][24];
};

static struct pki_key *small_key(unsigned bits, struct err *e)
{
	(void)bits;
	return pki_key_generate_rsa(1024, e);
}

static void publish(void *ctx, const char *name, struct span bytes)
{
	struct world *w = ctx;
	assert_true(bytes.n > 100);
	(void)str_copy(w->files[w->published++ % 16], 24, span_str(name));
}

static void work_now(void *ctx, void (*work)(void *), void (*done)(void *), void *arg)
{
	struct world *w = ctx;
	work(arg);
	(void)sched_after(w->en.conf.sched, 1, done, arg);
}

static int begin(void **state)
{
	static const uint8_t key[32] = { 1 };
	struct world *w = MEM_NEW(struct world);
	struct engine *en = &w->en;
	struct err e = { 0 };
	clk_fake_start(NOW);
	log_set_fd(-1);
	rng_seed(&w->rng, 1);
	arena_init(&w->a, 1 << 24);
	en->conf.rng = &w->rng;
	en->conf.make_key = small_key;
	en->conf.sched = sched_new(NULL, NULL);
	en->conf.seal = pki_seal_from_key(span_make(key, sizeof key));
	en->conf.work = work_now;
	en->conf.work_ctx = w;
	en->conf.publish = publish;
	en->conf.publish_ctx = w;
	en->conf.store = store_open(
		&(struct store_conf){
			.path = ":memory:", .is_inline = true, .sched = en->conf.sched },
		&e);
	assert_non_null(en->conf.store);
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;
	engine_vault_publish_end(&w->en);
	while (w->en.publishing && sched_fake_step(w->en.conf.sched, clk_mono_ms() + 10))
		;
	engine_vault_free(&w->en);
	store_close(w->en.conf.store);
	pki_seal_free((struct pki_seal *)w->en.conf.seal);
	sched_free(w->en.conf.sched);
	arena_deinit(&w->a);
	clk_fake_stop();
	mem_free(w);
	return 0;
}

static void load(struct world *w)
{
	struct err e = { 0 };
	if (!engine_vault_load(&w->en, &e))
		fail_msg("%s", e.msg);
}

static void run_ms(struct world *w, int64_t ms)
{
	int64_t until = clk_mono_ms() + ms;
	while (sched_fake_step(w->en.conf.sched, until))
		;
}

/* A leaf of that PC, stored as a job stores it. */
static struct engine_leaf give_leaf(struct world *w, const char *uuid, const char *cert_state)
{
	struct engine_leaf leaf = { 0 };
	struct err e = { 0 };
	struct span spki;
	struct buf pem;
	struct out o;
	struct pki_key *k = small_key(0, &e);
	assert_true(pki_key_public_spki(k, &w->a, &spki));
	if (!engine_vault_issue(&w->en, 2048, spki, "pc.example.com", &w->a, &leaf, &e))
		fail_msg("%s", e.msg);
	pki_key_free(k);
	buf_init(&pem, 65536);
	out_init_buf(&o, &pem);
	assert_true(pki_cert_to_pem(leaf.der, &o));
	struct store_tx *tx = store_tx_new(w->en.conf.store);
	store_tx_cert_put(tx,
			  &(struct store_cert){ .id = leaf.serial,
						.kind = "device",
						.uuid = uuid,
						.state = cert_state,
						.serial = leaf.serial,
						.pem = buf_span(&pem),
						.not_after_unix_ms = leaf.not_after_unix_ms });
	store_tx_commit(tx, NULL, NULL);
	buf_deinit(&pem);
	return leaf;
}

static bool is_from(struct world *w, struct span leaf_der, const struct pki_chain *ca)
{
	struct pki_cert leaf;
	struct err e = { 0 };
	return pki_cert_parse(leaf_der, &w->a, &leaf, &e) &&
		pki_cert_signed_by(&leaf, &ca->certs[0]);
}

static void two_tiers(void **state)
{
	struct world *w = *state;
	struct engine_vault_ca cas[8];
	load(w);
	const struct pki_chain *ca = w->en.ca[ENGINE_CA_USUAL];
	assert_int_equal(ca->count, 2);
	assert_true(ca->has_root && ca->signed_by_next[0]);
	assert_true(pki_key_matches(ca->key, &ca->certs[0]));
	assert_false(pki_key_matches(ca->key, &ca->certs[1]));
	assert_string_equal(ca->certs[0].cn, "outband device CA");
	struct engine_leaf leaf = give_leaf(w, U1, "current");
	assert_true(is_from(w, leaf.der, ca));
	assert_true(leaf.not_after_unix_ms < ca->certs[0].not_after_unix_ms);
	assert_int_equal(engine_vault_cas(&w->en, &w->a, 8, cas), 2);
	assert_string_equal(cas[0].id, "ca");
	assert_string_equal(cas[0].tier, "issuing");
	assert_string_equal(cas[1].id, "ca-root");
	assert_string_equal(cas[1].tier, "root");
	assert_string_not_equal(cas[0].key_id, cas[1].key_id);
	/* the next start finds it */
	engine_vault_free_cas(&w->en);
	load(w);
	assert_true(is_from(w, leaf.der, w->en.ca[ENGINE_CA_USUAL]));
}

/* As first releases made it: one certificate, its own issuer. */
static struct span put_single_tier(struct world *w)
{
	struct err e = { 0 };
	struct span spki, der;
	struct secret priv;
	struct buf pem;
	struct out o;
	struct pki_key *k = small_key(0, &e);
	struct pki_issue what = { .cn = "outband device CA",
				  .is_ca = true,
				  .not_before_unix_ms = NOW,
				  .not_after_unix_ms = NOW + 900000000000 };
	assert_true(pki_key_public_spki(k, &w->a, &spki) && pki_key_private_pkcs1(k, &priv));
	assert_true(
		pki_cert_issue(&what, spki, (struct span){ NULL, 0 }, k, &w->rng, &w->a, &der, &e));
	buf_init(&pem, 65536);
	out_init_buf(&o, &pem);
	assert_true(pki_cert_to_pem(der, &o));
	struct store_tx *tx = store_tx_new(w->en.conf.store);
	store_tx_cert_put(
		tx,
		&(struct store_cert){ .id = "ca",
				      .kind = "ca",
				      .state = "active",
				      .pem = buf_span(&pem),
				      .sealed_key = engine_seal(&w->en, "cert:ca",
								secret_reveal(&priv), &w->a) });
	store_tx_commit(tx, NULL, NULL);
	buf_deinit(&pem);
	secret_deinit(&priv);
	pki_key_free(k);
	return der;
}

static void renew(struct world *w, bool root)
{
	struct err e = { 0 };
	struct engine_vault_renewal *n = engine_vault_renewal_new(&w->en, root);
	struct store_tx *tx = store_tx_new(w->en.conf.store);
	if (!engine_vault_renewal_make(n, &e) || !engine_vault_renewal_add(&w->en, n, tx, &e))
		fail_msg("%s", e.msg);
	store_tx_commit(tx, NULL, NULL);
	engine_vault_renewal_free(n);
	clk_fake_advance_ms(1000); /* newest first */
	if (!engine_vault_renewal_done(&w->en, &e))
		fail_msg("%s", e.msg);
}

static void one_tier_goes_on_and_becomes_two(void **state)
{
	struct world *w = *state;
	struct engine_vault_ca cas[8];
	struct err e = { 0 };
	unsigned n;
	struct span old = put_single_tier(w);
	load(w);
	assert_int_equal(w->en.ca[ENGINE_CA_USUAL]->count, 1);
	assert_true(span_eq(w->en.ca[ENGINE_CA_USUAL]->certs[0].der, old));
	struct engine_leaf leaf = give_leaf(w, U1, "current");
	assert_true(is_from(w, leaf.der, w->en.ca[ENGINE_CA_USUAL]));
	renew(w, false);
	assert_int_equal(w->en.ca[ENGINE_CA_USUAL]->count, 2);
	assert_false(is_from(w, leaf.der, w->en.ca[ENGINE_CA_USUAL]));
	n = engine_vault_cas(&w->en, &w->a, 8, cas);
	assert_int_equal(n, 3);
	const struct engine_vault_ca *former = &cas[0];
	for (unsigned i = 0; i < n; i++)
		if (str_eq(cas[i].state, "previous"))
			former = &cas[i];
	assert_string_equal(former->state, "previous");
	assert_string_equal(former->tier, "single");
	/* what the former one signed is taken back in its own list, with its own key */
	struct store_tx *tx = store_tx_new(w->en.conf.store);
	if (!engine_vault_revoke(&w->en, tx, U1, "superseded", &n, &e))
		fail_msg("%s", e.msg);
	store_tx_commit(tx, NULL, NULL);
	assert_int_equal(n, 1);
	assert_int_equal(engine_vault_cas(&w->en, &w->a, 8, cas), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(cas[i].revoked, str_eq(cas[i].state, "previous"));
	struct engine_vault_list *l = engine_vault_list_new(&w->en, former->id, &e);
	assert_non_null(l);
	assert_true(engine_vault_list_make(l, &e));
	engine_vault_list_free(l);
}

static void renews_the_issuing_ca_or_all(void **state)
{
	struct world *w = *state;
	struct engine_vault_ca cas[8];
	load(w);
	char root[65], issuing[65];
	(void)str_copy(root, 65, span_str(w->en.ca[ENGINE_CA_USUAL]->certs[1].serial));
	(void)str_copy(issuing, 65, span_str(w->en.ca[ENGINE_CA_USUAL]->certs[0].serial));
	renew(w, false);
	const struct pki_chain *ca = w->en.ca[ENGINE_CA_USUAL];
	assert_string_equal(ca->certs[1].serial, root);
	assert_string_not_equal(ca->certs[0].serial, issuing);
	assert_true(ca->signed_by_next[0]);
	renew(w, true);
	ca = w->en.ca[ENGINE_CA_USUAL];
	assert_string_not_equal(ca->certs[1].serial, root);
	assert_true(ca->signed_by_next[0]);
	assert_int_equal(engine_vault_cas(&w->en, &w->a, 8, cas), 5); /* 3 issuing, 2 roots */
	struct engine_leaf leaf = give_leaf(w, U1, "current");
	assert_true(is_from(w, leaf.der, ca));
}

static void takes_back_all_of_a_device_once(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct store_cert row;
	const char *uuid;
	unsigned n;
	load(w);
	struct engine_leaf a = give_leaf(w, U1, "current"), b = give_leaf(w, U1, "previous");
	struct engine_leaf other = give_leaf(w, "22222222-2222-4333-8444-555555555555", "current");
	struct store_tx *tx = store_tx_new(w->en.conf.store);
	assert_true(engine_vault_revoke(&w->en, tx, U1, "cessation", &n, &e));
	assert_int_equal(n, 2);
	store_tx_commit(tx, NULL, NULL);
	assert_true(store_cert_get(w->en.conf.store, &w->a, a.serial, &row));
	assert_string_equal(row.state, "revoked");
	assert_true(store_cert_get(w->en.conf.store, &w->a, b.serial, &row));
	assert_string_equal(row.state, "revoked");
	assert_true(store_cert_get(w->en.conf.store, &w->a, other.serial, &row));
	assert_string_equal(row.state, "current");
	tx = store_tx_new(w->en.conf.store);
	assert_true(engine_vault_revoke(&w->en, tx, U1, "superseded", &n, &e));
	assert_int_equal(n, 0);
	assert_false(
		engine_vault_revoke_serial(&w->en, tx, a.serial, "superseded", &uuid, &w->a, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(engine_vault_revoke_serial(&w->en, tx, "ca", "superseded", &uuid, &w->a, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_true(engine_vault_revoke_serial(&w->en, tx, other.serial, "superseded", &uuid, &w->a,
					       &e));
	assert_string_equal(uuid, "22222222-2222-4333-8444-555555555555");
	store_tx_commit(tx, NULL, NULL);
}

static void publishes_after_a_change_and_now_and_then(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	unsigned n;
	load(w);
	run_ms(w, 100);
	assert_int_equal(w->published, 4); /* list and certificate of two CAs */
	assert_true(str_ends_nocase(w->files[0], ".crl") && str_ends_nocase(w->files[1], ".crt"));
	run_ms(w, 5 * HOUR_MS); /* once more: a transaction may take its time */
	assert_int_equal(w->published, 8);
	run_ms(w, 2 * HOUR_MS);
	assert_int_equal(w->published, 12);
	(void)give_leaf(w, U1, "current");
	struct store_tx *tx = store_tx_new(w->en.conf.store);
	assert_true(engine_vault_revoke(&w->en, tx, U1, "cessation", &n, &e));
	store_tx_commit(tx, NULL, NULL);
	run_ms(w, 5000);
	assert_int_equal(w->published, 16);
	run_ms(w, 15000);
	assert_int_equal(w->published, 20);
	run_ms(w, HOUR_MS);
	assert_int_equal(w->published, 20);
}

static size_t list_size(struct world *w)
{
	struct err e = { 0 };
	struct engine_vault_list *l = engine_vault_list_new(&w->en, "ca", &e);
	assert_non_null(l);
	assert_true(engine_vault_list_make(l, &e));
	size_t n = engine_vault_list_der(l).n;
	engine_vault_list_free(l);
	return n;
}

static void what_has_ended_leaves_the_list(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	unsigned n;
	load(w);
	size_t empty = list_size(w);
	(void)give_leaf(w, U1, "current");
	struct store_tx *tx = store_tx_new(w->en.conf.store);
	assert_true(engine_vault_revoke(&w->en, tx, U1, "cessation", &n, &e));
	store_tx_commit(tx, NULL, NULL);
	size_t full = list_size(w);
	assert_true(full > empty + 20);
	clk_fake_advance_ms(10 * 365 * 24 * HOUR_MS + 24 * HOUR_MS); /* it ended yesterday */
	assert_int_equal(list_size(w), full);
	clk_fake_advance_ms(20 * 24 * HOUR_MS);
	assert_int_equal(list_size(w), empty);
}

static void leaf_names_the_list_when_it_is_served(void **state)
{
	struct world *w = *state;
	load(w);
	size_t before = give_leaf(w, U1, "current").der.n;
	(void)str_copy(w->en.set.ca_url, sizeof w->en.set.ca_url,
		       span_str("http://pki.example.com"));
	struct engine_leaf leaf = give_leaf(w, U1, "current");
	char file[24], url[64];
	engine_vault_list_file(&w->en.ca[ENGINE_CA_USUAL]->certs[0], ".crl", file);
	(void)snprintf(url, sizeof url, "http://pki.example.com/%s", file);
	assert_true(leaf.der.n > before);
	assert_non_null(memmem(leaf.der.p, leaf.der.n, url, strlen(url)));
}

#define TEST(f)                         \
	{                               \
#f, f, begin, end, NULL \
	}

/* The chain of alerts.https: new before it ends and after the CA changed, over the same key. */
static void alerts_get_a_new_one_in_time(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };

	load(w);
	struct pki_chain *c = engine_vault_alerts(&w->en, "192.0.2.7", NULL, &e), *next;
	if (!c)
		fail_msg("%s", e.msg);
	assert_true(pki_cert_is_for(&c->certs[0], "192.0.2.7"));
	assert_false(engine_vault_alerts_is_old(&w->en, c));
	clk_fake_advance_ms(639 * 24 * HOUR_MS);
	assert_false(engine_vault_alerts_is_old(&w->en, c));
	clk_fake_advance_ms(2 * 24 * HOUR_MS);
	assert_true(engine_vault_alerts_is_old(&w->en, c));
	next = engine_vault_alerts(&w->en, "noc.example.com", c->key, &e);
	assert_true(next && span_eq(next->certs[0].spki_der, c->certs[0].spki_der));
	assert_true(pki_cert_is_for(&next->certs[0], "noc.example.com"));
	assert_false(engine_vault_alerts_is_old(&w->en, next));
	renew(w, false);
	assert_true(engine_vault_alerts_is_old(&w->en, next));
	pki_chain_free(c);
	c = engine_vault_alerts(&w->en, "noc.example.com", next->key, &e);
	assert_true(c && is_from(w, c->certs[0].der, w->en.ca[ENGINE_CA_USUAL]));
	assert_false(engine_vault_alerts_is_old(&w->en, c));
	pki_chain_free(c);
	pki_chain_free(next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_tiers),
		TEST(one_tier_goes_on_and_becomes_two),
		TEST(renews_the_issuing_ca_or_all),
		TEST(takes_back_all_of_a_device_once),
		TEST(publishes_after_a_change_and_now_and_then),
		TEST(what_has_ended_leaves_the_list),
		TEST(leaf_names_the_list_when_it_is_served),
		TEST(alerts_get_a_new_one_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
