/* What the service expects of a firmware release before it was asked (amt/quirks.c), beside what the
 * simulator's row of that release does: a prior may leave things open, but must not contradict. The
 * two tables are written apart on purpose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>
#include "amt/quirks.h"
#include "base/str.h"
#include "pki/tlsconf.h"
#include "sim/generation.h"

static unsigned wrong, looked;

static void compare(const struct sim_generation *g, const char *what, unsigned prior, unsigned row)
{
	looked++;
	if (prior == row)
		return;
	wrong++;
	print_message("AMT %s, %s: the service expects %u, the device does %u\n", g->name, what,
		      prior, row);
}

/* One of the suites that both name; NULL as a list is the library's, which has all of TLS 1.2. */
static bool share_suite(const char *ours, const char *theirs)
{
	char one[64];

	if (!ours)
		return true;
	for (struct span left = span_str(ours); left.n;) {
		size_t n = span_find(left, ':');
		if (str_copy(one, sizeof one, span_make(left.p, n)) && strstr(theirs, one))
			return true;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return false;
}

static unsigned highest(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static unsigned lowest(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static void compare_tls(const struct sim_generation *g, const struct pki_tls_policy *p)
{
	unsigned low = highest(p->min, g->tls_min.n), high = lowest(p->max, g->tls_max.n);

	compare(g, "a TLS version in common", true, low <= high);
	compare(g, "the newest TLS of the device", lowest(p->max, g->tls_max.n), g->tls_max.n);
	if (low <= PKI_TLS_1_2)
		compare(g, "a cipher suite in common", true,
			share_suite(p->suites, g->suites.text));
	/* OpenSSL has nothing below TLS 1.2 above level 0 */
	compare(g, "the security level allows its oldest TLS", true,
		p->level == 0 || g->tls_min.n >= PKI_TLS_1_2);
}

static void priors_fit_every_release(void **state)
{
	(void)state;
	const struct sim_generation *g;

	wrong = looked = 0;
	for (unsigned i = 0; (g = sim_generation_at(i)); i++) {
		const struct amt_quirks *q = amt_quirks_find(g->version.text);
		struct pki_tls_policy ladder[2];
		unsigned major = 0, minor = 0;
		if (!q)
			fail_msg("AMT %s: no prior for %s", g->name, g->version.text);
		assert_true(amt_quirks_parse_version(g->version.text, &major, &minor));
		compare(g, "major release of its version", g->major, major);
		compare(g, "minor release of its version", g->minor, minor);
		compare_tls(g, &q->tls.p);
		compare(g, "keys made by firmware", q->keys.firmware_keys, g->makes_keys.is);
		compare(g, "bits of the TLS key", q->key_bits.key_bits, g->key_bits.n);
		compare(g, "its key limits take such a key", true,
			q->key_bits.key_bits >= g->rsa_min.n &&
				q->key_bits.key_bits <= g->key_max.n);
		compare(g, "TLS context from the start", q->context.default_context,
			g->default_cert.is);
		compare(g, "clear ports", q->clear.clear_ports, g->clear.is);
		compare(g, "setup by PSK", q->psk.psk, g->psk.is);
		if (g->psk.is) {
			assert_int_equal(amt_quirks_ladder(NULL, true, ladder), 1);
			compare_tls(g, &ladder[0]);
		}
	}
	print_message("%u comparisons over %u releases\n", looked, 22);
	assert_int_equal(wrong, 0);
	assert_true(looked > 150);
}

/* A device whose version is not known yet is met by one of the steps. */
static void ladder_meets_every_release(void **state)
{
	(void)state;
	const struct sim_generation *g;

	for (unsigned i = 0; (g = sim_generation_at(i)); i++) {
		struct pki_tls_policy ladder[2];
		unsigned n = amt_quirks_ladder("", false, ladder), met = 0;
		for (unsigned k = 0; k < n; k++)
			met += highest(ladder[k].min, g->tls_min.n) <=
					lowest(ladder[k].max, g->tls_max.n) &&
				(ladder[k].level == 0 || ladder[k].min >= PKI_TLS_1_2) &&
				share_suite(ladder[k].suites, g->suites.text);
		if (!met)
			fail_msg("AMT %s: no step of the ladder fits", g->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(priors_fit_every_release),
		cmocka_unit_test(ladder_meets_every_release),
	};
	return cmocka_run_group_tests_name("scenario/priors", tests, NULL, NULL);
}
