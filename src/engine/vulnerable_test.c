/* Advisories at the edges of their ranges: the last version that is vulnerable and the first that is not. */
#include "engine/vulnerable.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct engine_advisory *named(const char *id)
{
	for (unsigned i = 0; engine_vulnerable_at(i); i++)
		if (str_eq(engine_vulnerable_at(i)->id, id))
			return engine_vulnerable_at(i);
	fail_msg("no row %s", id);
	return NULL;
}

static void edges_of_versions(void **state)
{
	static const struct {
		const char *id, *version, *build;
		enum engine_vulnerable want;
	} cases[] = {
		{ "INTEL-SA-00075", "5.2.70.1032", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00075", "6.0.0.1000", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00075", "6.2.61.3535", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00075", "6.2.61.2999", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00075", "9.5.61.3000", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00075", "11.6.10", "1196", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00075", "11.6.27", "3264", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00075", "11.6.27", "", ENGINE_VULNERABLE_UNSURE },
		{ "INTEL-SA-00075", "11.7.0.1000", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00075", "11.10.0.1000", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00086", "10.0.60", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00086", "11.0.0", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00086", "11.8.50.3424", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00086", "11.8.50", "3425", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00086", "11.8.50", "", ENGINE_VULNERABLE_UNSURE },
		{ "INTEL-SA-00086", "11.8.51", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00086", "11.9.0", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00086", "11.11.50.1421", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00086", "11.11.50.1422", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00086", "11.21.50.1423", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00141", "12.0.4", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00141", "12.0.5", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00213", "11.8.64", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00213", "11.8.65", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00213", "12.0.34.1423", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00213", "12.0.35", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00241", "11.22.69", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00241", "11.22.70", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00241", "12.0.45", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00295", "11.12.76", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00295", "11.12.77", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00295", "12.0.63", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00295", "14.0.30", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00404", "14.0.38", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00404", "14.0.39", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00404", "12.0.67", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00391", "14.0.44", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00391", "14.0.45", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00391", "14.1.0", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00470", "15.0.34", "", ENGINE_VULNERABLE_YES },
		{ "INTEL-SA-00470", "15.0.35", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00470", "15.0", "", ENGINE_VULNERABLE_UNSURE },
		{ "INTEL-SA-00470", "16.1.25.1917", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00470", "no version", "", ENGINE_VULNERABLE_NO },
		{ "INTEL-SA-00470", "", "", ENGINE_VULNERABLE_NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum engine_vulnerable got =
			engine_vulnerable_is(named(cases[i].id), cases[i].version, cases[i].build);
		if (got != cases[i].want)
			fail_msg("%s %s build '%s': %d", cases[i].id, cases[i].version,
				 cases[i].build, got);
	}
}

/* A row that is mistyped would say "not concerned" for ever. */
static void every_row_concerns_some_version(void **state)
{
	static const char *const versions[] = { "6.0.0.0", "11.0.0.0", "12.0.0.0", "15.0.0.0" };

	(void)state;
	for (unsigned i = 0; engine_vulnerable_at(i); i++) {
		const struct engine_advisory *a = engine_vulnerable_at(i);
		unsigned hits = 0;
		for (size_t v = 0; v < sizeof versions / sizeof *versions; v++)
			hits += engine_vulnerable_is(a, versions[v], "") == ENGINE_VULNERABLE_YES;
		if (!hits || strncmp(a->id, "INTEL-SA-", 9) != 0 ||
		    strncmp(a->cves, "CVE-", 4) != 0 || !a->text[0])
			fail_msg("row %u, %s", i, a->id);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(engine_vulnerable_at(k)->id, a->id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_of_versions),
		cmocka_unit_test(every_row_concerns_some_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
