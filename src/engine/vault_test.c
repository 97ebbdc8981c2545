/* Chains that a reload replaced live as long as a job uses them, and no longer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/clk.h"
#include "engine/run_priv.h"

static struct pki_key *small_key(unsigned bits, struct err *e)
{
	(void)bits;
	return pki_key_generate_rsa(1024, e);
}

/* Any certificate will do: that of the CA. */
static void store_chain(struct engine *en)
{
	struct arena a;
	struct store_cert ca;
	struct buf pem;
	struct out o;
	struct err e = { 0 };
	arena_init(&a, 1 << 20);
	assert_true(store_cert_get(en->conf.store, &a, "ca", &ca));
	struct pki_chain *c = pki_chain_from_pem(ca.pem, &e);
	assert_non_null(c);
	buf_init(&pem, 65536);
	out_init_buf(&o, &pem);
	assert_true(pki_cert_to_pem(c->certs[0].der, &o));
	pki_chain_free(c);
	struct store_tx *tx = store_tx_new(en->conf.store);
	store_tx_cert_put(tx,
			  &(struct store_cert){ .id = "main",
						.kind = "provisioning",
						.state = "active",
						.pem = buf_span(&pem) });
	store_tx_commit(tx, NULL, NULL);
	buf_deinit(&pem);
	arena_deinit(&a);
}

static void keeps_what_jobs_use(void **state)
{
	(void)state;
	static const uint8_t key[32] = { 1 };
	struct engine en = { 0 };
	struct err e = { 0 };
	struct rng rng;
	clk_fake_start(1795000000000);
	rng_seed(&rng, 1);
	en.conf.rng = &rng;
	en.conf.make_key = small_key;
	en.conf.sched = sched_new(NULL, NULL);
	en.conf.seal = pki_seal_from_key(span_make(key, sizeof key));
	en.conf.store = store_open(
		&(struct store_conf){
			.path = ":memory:", .is_inline = true, .sched = en.conf.sched },
		&e);
	if (!en.conf.store || !engine_vault_load(&en, &e))
		fail_msg("%s", e.msg);
	store_chain(&en);
	assert_true(engine_vault_load(&en, &e));
	assert_int_equal(en.chain_count, 1);
	struct engine_run *a = engine_run_new(&en, &(struct store_job){ .uuid = "a", .id = "ja" });
	struct engine_run *b = engine_run_new(&en, &(struct store_job){ .uuid = "b", .id = "jb" });
	a->next = b;
	en.runs = a;
	a->chain = en.chains[0];
	for (unsigned i = 0; i < 3 * ENGINE_MAX_CHAINS; i++) { /* jobs all the while */
		assert_true(engine_vault_load(&en, &e));
		assert_int_equal(en.chains_old_count, 1);
		assert_string_equal(a->chain->certs[0].cn, "outband device CA");
	}
	b->chain = en.chains[0];
	assert_true(engine_vault_load(&en, &e));
	assert_int_equal(en.chains_old_count, 2);
	en.runs = b; /* a ends; b goes on with its own */
	engine_run_free(a);
	engine_vault_drop_old(&en);
	assert_int_equal(en.chains_old_count, 1);
	assert_string_equal(b->chain->certs[0].cn, "outband device CA");
	en.runs = NULL;
	engine_run_free(b);
	engine_vault_drop_old(&en);
	assert_int_equal(en.chains_old_count, 0);
	engine_vault_free(&en);
	store_close(en.conf.store);
	pki_seal_free((struct pki_seal *)en.conf.seal);
	sched_free(en.conf.sched);
	clk_fake_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_jobs_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
