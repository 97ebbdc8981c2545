/* The table of what is known of releases: its form, how releases compare, and what it says of a fleet
 * with one PC of each release. */
#include "engine/issues.h"
#include "base/out.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void rows_are_sound(void **state)
{
	(void)state;
	const struct engine_issue *a, *b;
	unsigned fixes = 0;

	for (unsigned i = 0; (a = engine_issues_at(i)); i++) {
		for (unsigned k = 0; (b = engine_issues_at(k)) && k < i; k++)
			assert_string_not_equal(a->id, b->id);
		assert_true(a->text[0] && a->scope <= ENGINE_ISSUE_AGENT);
		fixes += strncmp(a->id, "KB", 2) == 0;
		/* a row about firmware says which */
		assert_true(a->releases[0] || a->scope > ENGINE_ISSUE_MANAGER);
		assert_true(!a->rule[0] ||
			    ((a->rule[0] == 'D' || a->rule[0] == 'M') && strlen(a->rule) < 5));
		/* a bound that cannot be read would fit everything or nothing */
		for (const char *c = a->releases; *c; c++)
			assert_non_null(strchr("0123456789.,-", *c));
	}
	assert_int_equal(fixes, 15);
	assert_null(engine_issues_at(UINT32_MAX));
}

static void releases_compare(void **state)
{
	(void)state;
	static const struct {
		const char *releases, *version;
		bool fits;
	} rows[] = {
		{ "2.5", "2.5.15", true },
		{ "2.5", "2.50", false },
		{ "2.5", "2.6", false },
		{ "2.0-2.1", "2.1.99", true },
		{ "2.0-2.1", "2.2", false },
		{ "2.0-2.1", "1.9", false },
		{ "-3.2.0", "3.2.0", true },
		{ "-3.2.0", "3.2.1", false },
		{ "-3.2.0", "3.2", true },
		{ "3.2.1", "3.2.1.4", true },
		{ "3.2.1", "3.2.10", false },
		{ "16.1-", "16.1.25.1917", true },
		{ "16.1-", "16.0.9", false },
		{ "16.1-", "22.0", true },
		{ "-5", "5.9", true },
		{ "2.2,2.6", "2.6.20", true },
		{ "2.2,2.6", "2.5", false },
		{ "2.0-", "", false },
		{ "2.0-", "x", false },
		{ "2.0-", "2.", false },
		{ "", "", true },
		{ "", "9.0", true },
		{ "2.0-", "3.0.0.0.0", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct engine_issue row = { .releases = rows[i].releases };
		if (engine_issues_fits(&row, rows[i].version) != rows[i].fits)
			fail_msg("'%s' of '%s'", rows[i].version, rows[i].releases);
	}
	assert_true(engine_issues_is_version("11.8.50.3425"));
	assert_false(engine_issues_is_version("11.8-"));
	assert_false(engine_issues_is_version(""));
}

/* Rows that name releases, for each release that the simulator plays. */
static void one_pc_of_each_release(void **state)
{
	(void)state;
	static const struct {
		const char *version, *ids;
	} rows[] = {
		{ "2.0.5",
		  "D015 no-pki-setup tls10 no-own-key small-chain SCS-1.2 SCS-3.0 SCS-3.2.1 "
		  "KB954718 KB956337 " },
		{ "2.1.3",
		  "D015 no-pki-setup tls10 no-own-key small-chain SCS-1.2 SCS-3.0 SCS-3.2.1 "
		  "KB954718 KB956337 KB959040 " },
		{ "2.2.10",
		  "D015 updated-pki tls10 no-own-key small-chain SCS-3.2.1 SCS-5 KB954718 "
		  "KB956337 KB959040 " },
		{ "2.5.15",
		  "D015 no-pki-setup tls10 no-own-key small-chain SCS-3.0 SCS-3.2.1 KB954718 "
		  "KB956337 KB959040 " },
		{ "2.6.20",
		  "D015 updated-pki tls10 no-own-key small-chain SCS-3.2.1 SCS-5 KB954718 "
		  "KB956337 KB959040 " },
		{ "3.0.5",
		  "D015 home-domains tls10 no-own-key small-chain SCS-3.0 SCS-3.2.1 SCS-5 "
		  "KB954718 " },
		{ "3.2.1", "home-domains D062 tls10 no-own-key small-chain SCS-5 " },
		{ "3.2.2", "home-domains tls10 no-own-key small-chain SCS-5 " },
		{ "4.0.7", "home-domains addresses tls10 no-own-key small-chain SCS-5 " },
		{ "5.0.3", "home-domains addresses tls10 no-own-key small-chain SCS-5 " },
		{ "6.2.30", "home-domains addresses small-chain " },
		{ "9.0.31", "home-domains addresses " },
		{ "11.8.50.3425", "home-domains addresses no-psk " },
		{ "15.0.23.1706", "home-domains addresses no-psk M01 " },
		{ "16.1.25.1917", "home-domains addresses no-psk M01 tls-only " },
		{ "19.0.0.1753", "home-domains addresses no-psk M01 tls-only late-hello " },
		{ "22.0.0.1000", "home-domains addresses no-psk M01 tls-only late-hello M02 " },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct engine_issue *x;
		char ids[1024] = "";
		struct out o;
		out_init(&o, ids, sizeof ids);
		for (unsigned k = 0; (x = engine_issues_at(k)); k++) {
			if (x->releases[0] && engine_issues_fits(x, rows[i].version))
				out_fmt(&o, "%s ", x->id);
		}
		if (!str_eq(ids, rows[i].ids))
			fail_msg("AMT %s: %s", rows[i].version, ids);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sound),
		cmocka_unit_test(releases_compare),
		cmocka_unit_test(one_pc_of_each_release),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
