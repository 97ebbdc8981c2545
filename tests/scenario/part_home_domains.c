/* Part "home_domains" of the profile: set, changed behind our back, repaired; a PC that is carried out of
 * its home answers nobody, and does again at home. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define CLASS   "AMT_EnvironmentDetectionSettingData"
#define AT_HOME "home_domains: {suffixes: [example.com, branch.example.com]}\n"

static void sets_drifts_repairs(void **state)
{
	static const char *const generations[] = { "3.2.1", "22.0" };
	char text[1024], why[512];
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = parts_start(&w, generations[g], AT_HOME);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");

		assert_true(parts_put(&w, i, CLASS, NULL, "DetectionStrings=example.com",
				      "DetectionStrings=other.com", NULL));
		parts_expect_drift(&w, i,
				   "home_domains.suffixes: example.com other.com -> example.com "
				   "branch.example.com\n");
		/* the order and the case say nothing */
		assert_true(parts_put(&w, i, CLASS, NULL, "DetectionStrings=Branch.Example.com",
				      "DetectionStrings=EXAMPLE.com", NULL));
		parts_expect_drift(&w, i, "");
		/* firmware refuses: no name, too many */
		assert_false(parts_put(&w, i, CLASS, NULL, "DetectionStrings=a b", NULL));
		assert_false(parts_put(&w, i, CLASS, NULL, "DetectionStrings=example.com",
				       "DetectionStrings=b", "DetectionStrings=c",
				       "DetectionStrings=d", "DetectionStrings=e",
				       "DetectionStrings=f", NULL));

		parts_profile(&w, "home_domains: {suffixes: []}\n");
		parts_expect_drift(
			&w, i, "home_domains.suffixes: Branch.Example.com EXAMPLE.com -> none\n");
		assert_null(wsman_obj_vals(parts_get(&w, i, CLASS, NULL), "DetectionStrings"));
		parts_profile(&w, "home_domains: leave\n");
		unsigned before = parts_changes(&w, i);
		assert_true(parts_apply(&w, i, why, sizeof why));
		assert_int_equal(parts_changes(&w, i), before);
		parts_stop(&w);
	}
}

static void ipv6_came_with_6_0(void **state)
{
	static const struct {
		const char *generation, *prefix, *notes;
	} cases[] = {
		{ "5.0", NULL, "home_domains.ipv6_prefixes: not available in this release\n" },
		{ "6.2", "2001:db8::/64", "" },
	};
	char text[1024];
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct world w;
		unsigned i = parts_start(&w, cases[k].generation,
					 "home_domains: {suffixes: [example.com], ipv6_prefixes: "
					 "['2001:db8::/64']}\n");
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_notes(&w, i, text, sizeof text);
		assert_string_equal(text, cases[k].notes);
		const char *is =
			wsman_obj_str(parts_get(&w, i, CLASS, NULL), "DetectionIPv6LocalPrefixes");
		if (cases[k].prefix)
			assert_string_equal(is, cases[k].prefix);
		else
			assert_null(is);
		parts_stop(&w);
	}
}

/* Whoever is in the PC's own network is there; a suffix that is not on the list cuts the PC off, at once
 * and for all, and it comes back when it is at home again. */
static void outside_it_is_dark(void **state)
{
	static const char *const switches[] = { NULL, "outside=silent" };
	char why[512];
	struct err e = { 0 };
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct world w;
		unsigned i = parts_start_with(&w, "16.1", AT_HOME, switches[k], NULL);
		struct sim_dev *d = w.devs[i].dev;
		struct pki_tls_server conf;
		assert_int_equal(sim_dev_accept(d, 16993, &conf), SIM_ACCEPT_TLS);
		assert_true(sim_dev_fault(d, span_str("suffix_untrusted"), &e));
		assert_int_equal(sim_dev_accept(d, 16993, &conf),
				 k ? SIM_ACCEPT_SILENT : SIM_ACCEPT_REFUSE);
		assert_false(parts_apply(&w, i, why, sizeof why));
		assert_true(sim_dev_fault(d, span_str("none"), &e));
		assert_true(parts_apply(&w, i, why, sizeof why));
		/* the change that does it is answered, and nothing after it */
		assert_true(
			parts_put(&w, i, CLASS, NULL, "DetectionStrings=elsewhere.example", NULL));
		assert_int_equal(sim_dev_accept(d, 16993, &conf),
				 k ? SIM_ACCEPT_SILENT : SIM_ACCEPT_REFUSE);
		assert_true(sim_dev_fault(d, span_str("suffix_untrusted"), &e));
		assert_int_equal(sim_dev_accept(d, 16993, &conf), SIM_ACCEPT_TLS);
		/* there the profile is what cuts it off, when somebody says that it may; at home it is as
		 * it should be */
		assert_false(parts_apply(&w, i, why, sizeof why));
		assert_non_null(strstr(why, "would be out of reach"));
		assert_int_equal(sim_dev_accept(d, 16993, &conf), SIM_ACCEPT_TLS);
		assert_false(parts_apply_accepting(&w, i, why, sizeof why));
		assert_true(sim_dev_fault(d, span_str("none"), &e));
		parts_expect_drift(&w, i, "");
		parts_stop(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs),
		cmocka_unit_test(ipv6_came_with_6_0),
		cmocka_unit_test(outside_it_is_dark),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
