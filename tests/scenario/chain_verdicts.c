/* The service's pre-flight and the simulator's own check of a provisioning chain, held side by side
 * to one table: each must say what the table expects, so that neither can follow the other's
 * mistake. Prints the verdicts by generation. Where the pre-flight only warns, firmware is not
 * certain, and the simulator may go either way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/str.h"
#include "sim/fw_chain_priv.h"
#include "../support/chains.h"

#define NOW      INT64_C(1935478447120) /* 2031-05-02 */
#define WAYS_MAX 4

static const struct {
	const char *name;
	enum test_gen column;
} generations[] = {
	{ "5.0", TEST_GEN_OLD },   { "9.5", TEST_GEN_9_5 }, { "11.8", TEST_GEN_11_8 },
	{ "16.1", TEST_GEN_16_1 }, { "22.0", TEST_GEN_22 },
};
#define GENERATIONS (sizeof generations / sizeof *generations)

struct subject {
	const struct test_chain *row;
	struct test_chain_built *built;
	struct pki_chain *chain;
	const struct pki_chain *ways[WAYS_MAX]; /* to different roots */
	unsigned way_count;
	struct sim_root roots[WIRE_HELLO_MAX_HASHES];
	unsigned root_count;
};

static void open_subject(struct subject *s, const struct test_chain *row)
{
	struct err e = { 0 };

	memset(s, 0, sizeof *s);
	s->row = row;
	s->built = test_chain_build(row, NOW);
	s->chain = pki_chain_load(buf_span(&s->built->pem), NULL, &e);
	if (!s->chain)
		fail_msg("%s: does not load: %s", row->name, e.msg);
	for (const struct pki_chain *c = s->chain; c && s->way_count < WAYS_MAX; c = c->alt)
		s->ways[s->way_count++] = c;
	const struct wire_hello *h = &s->built->hello;
	for (; s->root_count < h->hash_count; s->root_count++) {
		struct sim_root *r = &s->roots[s->root_count];
		r->alg = h->hashes[s->root_count].alg;
		r->active = true;
		memcpy(r->digest, h->hashes[s->root_count].digest.p,
		       h->hashes[s->root_count].digest.n);
	}
}

static void close_subject(struct subject *s)
{
	pki_chain_free(s->chain);
	test_chain_free(s->built);
}

/* What the service thinks, and which way it would send; -1: none. */
static char service_verdict(const struct subject *s, unsigned amt_major, int *out_way)
{
	struct pki_preflight_want want = { .hello = &s->built->hello,
					   .suffix = s->built->suffix,
					   .amt_major = amt_major };
	struct pki_preflight p;

	*out_way = pki_preflight_choose(s->ways, s->way_count, &want, NOW, &p, NULL);
	if (*out_way < 0)
		return '-';
	for (int i = 0; i < PKI_CONDITION_COUNT; i++) {
		if (p.rows[i].verdict != PKI_OK)
			return '~';
	}
	return '+';
}

static bool firmware_takes(const struct subject *s, const char *generation, unsigned way,
			   struct err *e)
{
	struct span ders[LIMIT_CERT_CHAIN];
	struct fw_chain_want want = { .gen = sim_generation_find(generation),
				      .roots = s->roots,
				      .root_count = s->root_count,
				      .algs = UINT32_MAX,
				      .suffix = s->built->suffix,
				      .check_dates = true,
				      .now_unix_ms = NOW };

	for (unsigned i = 0; i < s->ways[way]->count; i++)
		ders[i] = s->ways[way]->certs[i].der;
	return sim_fw_chain_check(&want, ders, s->ways[way]->count, e);
}

/* The way that the service sends; where it sends none, firmware must refuse them all. */
static char firmware_verdict(const struct subject *s, const char *generation, int way,
			     struct err *e)
{
	if (s->row->flags & (TEST_NO_KEY | TEST_WRONG_KEY))
		return ' '; /* never gets that far */
	for (unsigned i = 0; i < s->way_count; i++) {
		if ((way < 0 || i == (unsigned)way) && firmware_takes(s, generation, i, e))
			return '+';
	}
	return '-';
}

static void both_sides_judge_alike(void **state)
{
	(void)state;
	unsigned certain = 0, warned = 0, wrong = 0;

	assert_true(test_chain_count >= 40);
	print_message("service and firmware by generation; + taken, - refused, ~ warned\n");
	print_message("%-36s%8s%8s%8s%8s%8s\n", "chain", "5.0", "9.5", "11.8", "16.1", "22.0");
	for (unsigned t = 0; t < test_chain_count; t++) {
		struct subject s;
		char line[GENERATIONS][3], reasons[GENERATIONS][160];
		open_subject(&s, &test_chains[t]);
		for (size_t g = 0; g < GENERATIONS; g++) {
			struct err e = { 0 };
			int way = -1;
			char want = s.row->expect[generations[g].column];
			char service =
				service_verdict(&s, test_gen_major(generations[g].column), &way);
			char firmware = firmware_verdict(&s, generations[g].name, way, &e);
			bool agrees = service == want &&
				(want == '~' || firmware == ' ' || firmware == want);
			line[g][0] = service;
			line[g][1] = firmware;
			line[g][2] = agrees ? ' ' : '!';
			reasons[g][0] = '\0';
			if (!agrees) {
				wrong++;
				str_copy(reasons[g], sizeof reasons[g], span_str(e.msg));
			}
			certain += want != '~';
			warned += want == '~';
		}
		print_message("%-36s", s.row->name);
		for (size_t g = 0; g < GENERATIONS; g++)
			print_message("     %.3s", line[g]);
		print_message("\n");
		for (size_t g = 0; g < GENERATIONS; g++) {
			if (line[g][2] == '!')
				print_message("  AMT %s: expected %c; firmware says: %s\n",
					      generations[g].name,
					      s.row->expect[generations[g].column], reasons[g]);
		}
		close_subject(&s);
	}
	print_message("%u chains: %u verdicts certain, %u with a warning, %u wrong\n",
		      test_chain_count, certain, warned, wrong);
	assert_int_equal(wrong, 0);
	assert_true(certain > warned); /* a table of warnings would agree with anything */
}

/* Every release that we play, also those that have no column of the table: what the service is certain
 * of, the device does. */
static void certainty_holds_on_every_release(void **state)
{
	(void)state;
	const struct sim_generation *g;
	unsigned certain = 0, wrong = 0;

	for (unsigned t = 0; t < test_chain_count; t++) {
		struct subject s;
		open_subject(&s, &test_chains[t]);
		for (unsigned i = 0; (g = sim_generation_at(i)); i++) {
			struct err e = { 0 };
			int way = -1;
			char service = service_verdict(&s, g->major, &way);
			char firmware = firmware_verdict(&s, g->name, way, &e);
			if (service == '~' || firmware == ' ')
				continue;
			certain++;
			if (service == firmware)
				continue;
			wrong++;
			print_message("%s, AMT %s: service %c, firmware %c (%s; seen %s)\n",
				      s.row->name, g->name, service, firmware, e.msg, e.seen);
		}
		close_subject(&s);
	}
	print_message("%u certain verdicts over all releases, %u wrong\n", certain, wrong);
	assert_int_equal(wrong, 0);
	assert_true(certain > 500);
}

/* A row refused for the right reason: both name the same rule. */
static void both_sides_name_the_same_rule(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"no OU, no OID",        "no serverAuth",        "leaf expired",
		"root not in the list", "CN of another domain", "root expired",
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct subject s;
		struct err service = { 0 }, firmware = { 0 };
		struct pki_preflight p;
		open_subject(&s, test_chain_find(rows[i]));
		struct pki_preflight_want want = { .hello = &s.built->hello,
						   .suffix = s.built->suffix,
						   .amt_major = 16 };
		pki_preflight(s.chain, &want, NOW, &p);
		assert_false(pki_preflight_err(&p, &service));
		assert_false(firmware_takes(&s, "16.1", 0, &firmware));
		if (!service.rule || !str_eq(service.rule, firmware.rule))
			fail_msg("%s: service %s, firmware %s", rows[i],
				 service.rule ? service.rule : "none",
				 firmware.rule ? firmware.rule : "none");
		close_subject(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_judge_alike),
		cmocka_unit_test(certainty_holds_on_every_release),
		cmocka_unit_test(both_sides_name_the_same_rule),
	};
	int failed = cmocka_run_group_tests_name("scenario/chain_verdicts", tests, NULL, NULL);
	test_chains_deinit();
	return failed;
}
