/* The suffix rule by top-level domain and generation, and what counts as a host name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "pki/preflight.h"
#include <string.h>

enum { NO, RELAXED, STRICT };

static void suffix_rule(void **state)
{
	(void)state;
	static const struct {
		const char *cn, *suffix;
		int old, current; /* AMT 5 and 11 */
	} cases[] = {
		{ "x.intel.com", "intel.com", STRICT, STRICT },
		{ "x.intel.com", "a.intel.com", RELAXED, RELAXED },
		{ "x.intel.com", "a.b.intel.com", RELAXED, RELAXED },
		{ "x.a.intel.com", "b.intel.com", RELAXED, RELAXED },
		{ "x.a.intel.com", "intel.com", RELAXED, RELAXED },
		{ "x.a.intel.com", "a.intel.com", STRICT, STRICT },
		{ "x.intel.net", "a.intel.net", RELAXED, RELAXED },
		{ "x.intel.com", "x.intel.com", RELAXED, RELAXED },
		{ "intel.com", "intel.com", RELAXED, RELAXED },
		{ "x.intel.com", "intel.net", NO, NO },
		{ "x.intel.com", "notintel.com", NO, NO },
		{ "x.intel.com", "com", NO, NO },
		{ "X.Intel.COM", "INTEL.com", STRICT, STRICT },
		{ "x.intel.com", "intel.com.", STRICT, STRICT },
		{ "x.intel.com.", "intel.com", STRICT, STRICT },
		{ "*.intel.com", "intel.com", STRICT, STRICT },
		{ "*.a.intel.com", "b.intel.com", RELAXED, RELAXED },
		{ "x.firma.de", "firma.de", STRICT, STRICT },
		{ "x.firma.de", "a.firma.de", NO, RELAXED },
		{ "x.firma.org", "a.firma.org", NO, RELAXED },
		{ "x.firm.co.uk", "firm.co.uk", STRICT, STRICT },
		{ "x.firm.co.uk", "a.firm.co.uk", NO, RELAXED },
		{ "x.a.firm.co.uk", "b.firm.co.uk", NO, RELAXED },
		{ "x.firm.co.uk", "other.co.uk", NO, NO },
		{ "x.firm.co.uk", "co.uk", NO, NO },
		{ "x.firm.fr", "firm.fr", STRICT, STRICT },
		{ "x.firm.fr", "a.firm.fr", NO, NO }, /* three labels kept: x.firm.fr */
		{ "x.firm.fr", "a.x.firm.fr", NO, RELAXED },
		{ "firm.fr", "a.firm.fr", NO, RELAXED },
		{ "x.corp.local", "corp.local", STRICT, STRICT },
		{ "x.corp.local", "a.corp.local", NO, NO },
		{ "x.corp.local", "x.corp.local", NO, RELAXED },
		{ "x.corp.local", "a.x.corp.local", NO, RELAXED },
		{ "com", "com", NO, NO },
		{ "*.com", "intel.com", NO, NO },
		{ "", "intel.com", NO, NO },
		{ "x.intel.com", "", NO, NO },
		{ ".", ".", NO, NO },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int major = 5; major <= 11; major += 6) {
			bool strict = true;
			bool fits = pki_preflight_suffix_fits(cases[i].cn, cases[i].suffix,
							      (unsigned)major, &strict);
			int got = strict ? STRICT : fits ? RELAXED : NO;
			if (got != (major == 5 ? cases[i].old : cases[i].current) ||
			    (strict && !fits))
				fail_msg("'%s' for '%s', AMT %d: %d", cases[i].cn, cases[i].suffix,
					 major, got);
		}
		bool known = pki_preflight_suffix_fits(cases[i].cn, cases[i].suffix, 11, NULL);
		if (pki_preflight_suffix_fits(cases[i].cn, cases[i].suffix, 0, NULL) != known)
			fail_msg(
				"'%s' for '%s': an unknown generation is not read as a current one",
				cases[i].cn, cases[i].suffix);
	}
}

static void too_long_fits_nothing(void **state)
{
	(void)state;
	char cn[400];
	memset(cn, 'a', sizeof cn);
	memcpy(cn + sizeof cn - 11, ".intel.com", 11);
	assert_false(pki_preflight_suffix_fits(cn, "intel.com", 11, NULL));
	assert_false(pki_preflight_suffix_fits("x.intel.com", cn, 11, NULL));
}

static void host_names(void **state)
{
	(void)state;
#define L63  "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123"
#define L189 L63 "." L63 "." L63
	static const struct {
		const char *name;
		bool want;
	} cases[] = {
		{ "pc1.example.com", true },
		{ "PC-1", true },
		{ "1.2", true },
		{ L63 ".com", true },
		{ L63 "x.com", false },
		{ L189 ".example.com", true },
		{ L189 "." L63 "x", false },
		{ "", false },
		{ ".", false },
		{ "a..b", false },
		{ ".a", false },
		{ "a.", false },
		{ "pc_1.example.com", false },
		{ "pc 1", false },
		{ "*.example.com", false },
		{ "pc\xc3\xbc.com", false },
		{ "pc1.example.com\n", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		if (pki_preflight_fqdn(span_str(cases[i].name), &e) != cases[i].want)
			fail_msg("'%s'", cases[i].name);
		if (!cases[i].want &&
		    (e.code != ERR_INVALID || !e.rule || strcmp(e.rule, "D050") != 0))
			fail_msg("'%s': %s", cases[i].name, e.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suffix_rule),
		cmocka_unit_test(too_long_fits_nothing),
		cmocka_unit_test(host_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
