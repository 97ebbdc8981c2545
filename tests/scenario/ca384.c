/* The second built-in CA, for firmware that takes neither RSA-2048 nor SHA-256 (AMT 22): made when the
 * first such PC turns up, once whoever asks for it at the same time, not lost and not made again by a
 * death or a start of the service, and used for those PCs only. */
#include "world.h"

#include "base/clk.h"
#include "../support/chains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SECOND_MS 1000LL
#define HOUR_MS   (3600 * SECOND_MS)

static unsigned asked; /* keys of 3072 bits */

/* Another key each time, so that two CAs can be told apart. */
static struct pki_key *next_key(unsigned bits, struct err *e)
{
	static const enum test_key strong[] = { TEST_KEY_3072_A, TEST_KEY_3072_B, TEST_KEY_3072_C };

	(void)e;
	return pki_key_ref(test_chain_key(bits > 2048 ? strong[asked++ % 3] : TEST_KEY_2048_E));
}

static void begin(struct world *w, uint64_t seed)
{
	const char *chain = world_chain_for(sim_generation_find("22"));

	world_init_bare(w, seed);
	world_set_chain(w, chain);
	world_trust_chain(w, chain);
	w->make_key = next_key;
	asked = 0;
}

static void until_done(struct world *w)
{
	if (!world_run_until_done(w, 24 * HOUR_MS)) {
		world_print(w);
		fail_msg("not configured");
	}
}

static bool stored(struct world *w, struct arena *a, const char *id, struct pki_cert *out_c)
{
	struct store_cert row;
	struct err e = { 0 };

	if (!store_cert_get(w->store, a, id, &row))
		return false;
	struct pki_chain *c = pki_chain_from_pem(row.pem, &e);
	assert_non_null(c);
	bool ok = pki_cert_parse(span_make(arena_copy(a, c->certs[0].der), c->certs[0].der.n), a,
				 out_c, &e);
	pki_chain_free(c);
	assert_true(ok);
	return true;
}

/* What device i shows is signed by the CA of that row, with these sizes. */
static void check_leaf(struct world *w, unsigned i, const char *id, unsigned bits,
		       enum pki_sig_hash hash)
{
	struct arena a;
	struct pki_cert ca, leaf;
	struct span der;
	struct err e = { 0 };

	arena_init(&a, 1 << 18);
	assert_true(stored(w, &a, id, &ca));
	assert_true(sim_dev_leaf(w->devs[i].dev, &der) && pki_cert_parse(der, &a, &leaf, &e));
	if (!pki_cert_signed_by(&leaf, &ca))
		fail_msg("device %u: its certificate is not from %s", i, id);
	assert_int_equal(leaf.key_kind, PKI_KEY_RSA);
	assert_int_equal(leaf.key_bits, bits);
	assert_int_equal(leaf.sig_hash, hash);
	assert_int_equal(ca.key_bits, bits);
	assert_int_equal(ca.sig_hash, hash);
	arena_deinit(&a);
}

static void is_made_for_those_that_want_it(void **state)
{
	(void)state;
	struct world w;
	struct arena a;
	struct pki_cert ca;

	begin(&w, 3840);
	world_start_service(&w);
	world_add(&w, "16.1", SIM_SETUP_PKI, NULL, NULL);
	until_done(&w);
	arena_init(&a, 1 << 18);
	assert_false(stored(&w, &a, "ca-384", &ca));
	arena_deinit(&a);
	world_add(&w, "22.0", SIM_SETUP_PKI, NULL, NULL);
	world_add(&w, "19.0", SIM_SETUP_PKI, NULL, NULL);
	until_done(&w);
	check_leaf(&w, 0, "ca", 2048, PKI_SIG_SHA256);
	check_leaf(&w, 1, "ca-384", 3072, PKI_SIG_SHA384);
	check_leaf(&w, 2, "ca", 2048, PKI_SIG_SHA256);
	assert_int_equal(asked, 2); /* of the root and of the CA below it */
	world_check(&w);
	world_deinit(&w);
}

static void two_at_once_make_one(void **state)
{
	(void)state;
	struct world w;

	begin(&w, 3841);
	w.work_ms = 100 * SECOND_MS; /* longer than the devices are apart */
	world_start_service(&w);
	for (int i = 0; i < 3; i++)
		world_add(&w, "22.0", SIM_SETUP_PKI, NULL, NULL);
	until_done(&w);
	assert_in_range(asked, 4, 6); /* or nobody was there at once */
	for (unsigned i = 0; i < 3; i++)
		check_leaf(&w, i, "ca-384", 3072, PKI_SIG_SHA384);
	world_check(&w);
	world_deinit(&w);
}

static void death_while_it_is_made(void **state)
{
	(void)state;
	struct world w;
	struct arena a;
	struct pki_cert ca;

	begin(&w, 3842);
	w.work_ms = 30 * SECOND_MS;
	world_start_service(&w);
	world_add(&w, "22.0", SIM_SETUP_PKI, NULL, NULL);
	int64_t end = clk_mono_ms() + HOUR_MS;
	while (!asked && world_step(&w, end))
		;
	assert_int_equal(asked, 2);
	world_kill_service(&w);
	world_run_ms(&w, 60 * SECOND_MS);
	arena_init(&a, 1 << 18);
	assert_false(stored(&w, &a, "ca-384", &ca)); /* what a dead process made is nowhere */
	arena_deinit(&a);
	world_start_service(&w);
	until_done(&w);
	assert_int_equal(asked, 4);
	check_leaf(&w, 0, "ca-384", 3072, PKI_SIG_SHA384);
	world_check(&w);
	world_deinit(&w);
}

static void next_start_uses_it(void **state)
{
	(void)state;
	struct world w;

	begin(&w, 3843);
	world_start_service(&w);
	world_add(&w, "22.0", SIM_SETUP_PKI, NULL, NULL);
	until_done(&w);
	world_run_ms(&w, SECOND_MS);
	world_kill_service(&w);
	world_start_service(&w);
	world_add(&w, "22.0", SIM_SETUP_PKI, NULL, NULL);
	until_done(&w);
	assert_int_equal(asked, 2);
	check_leaf(&w, 0, "ca-384", 3072, PKI_SIG_SHA384);
	check_leaf(&w, 1, "ca-384", 3072, PKI_SIG_SHA384);
	world_check(&w);
	world_deinit(&w);
}

/* Both were started before there was such a CA. */
static void two_services_share_it(void **state)
{
	(void)state;
	for (int at_once = 0; at_once < 2; at_once++) {
		struct world w;
		begin(&w, 3844);
		w.work_ms = at_once ? 100 * SECOND_MS : 0;
		world_start_one(&w, 0, true);
		world_start_one(&w, 1, true);
		for (int i = 0; i < 4; i++) {
			world_add(&w, "22.0", SIM_SETUP_PKI, NULL, NULL);
			if (!at_once)
				until_done(&w);
		}
		until_done(&w);
		for (unsigned i = 0; i < 4; i++)
			check_leaf(&w, i, "ca-384", 3072, PKI_SIG_SHA384);
		world_check(&w);
		world_deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_made_for_those_that_want_it),
		cmocka_unit_test(two_at_once_make_one),
		cmocka_unit_test(death_while_it_is_made),
		cmocka_unit_test(next_start_uses_it),
		cmocka_unit_test(two_services_share_it),
	};
	return cmocka_run_group_tests_name("scenario/ca384", tests, NULL, NULL);
}
