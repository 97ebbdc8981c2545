/* Part "tls_auth" of the profile: trusted roots, names of clients and mutual TLS, after which the service and
 * nobody without a certificate gets in; on the oldest and the newest release. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define TLS    "AMT_TLSSettingData"
#define REMOTE "InstanceID=Intel(r) AMT 802.3 TLS Settings"
#define MUTUAL \
	"tls_auth: {roots: [{cert: ca}], common_names: [outband-console, example.com], mutual: on}\n"
#define SERVER "tls_auth: {common_names: [outband-console, example.com], mutual: off}\n"

static void apply(struct world *w, unsigned i, const char *profile)
{
	char why[512];
	parts_profile(w, profile);
	if (!parts_apply(w, i, why, sizeof why)) {
		world_print(w);
		fail_msg("not applied: %s", why);
	}
}

static void expect_drift(struct world *w, unsigned i, const char *lines)
{
	char text[2048];
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text, lines);
}

static void service_gets_in(void **state)
{
	static const char *const releases[] = { "3.2.1", "7.1", "16.1", "22.0" };
	(void)state;
	for (size_t g = 0; g < sizeof releases / sizeof *releases; g++) {
		struct world w;
		unsigned i = parts_start(&w, releases[g], "");
		print_message("%s\n", releases[g]);
		apply(&w, i, MUTUAL);
		expect_drift(&w, i, "");
		/* without a certificate nobody gets in, with it the login counts as before */
		assert_string_equal(parts_get_as(&w, i, "admin", "wrong", TLS), "login");
		assert_null(parts_get(&w, i, TLS, REMOTE));
		parts_show_certificate(&w, g == 3 ? "client-384" : "client");
		const struct wsman_obj *o = parts_get(&w, i, TLS, REMOTE);
		assert_non_null(o);
		assert_string_equal(wsman_obj_str(o, "MutualAuthentication"), "true");

		assert_true(parts_put(&w, i, TLS, REMOTE, "TrustedCN=outband-console",
				      "TrustedCN=evil.example.net", NULL));
		parts_expect_drift(&w, i,
				   "tls_auth.common_names: outband-console evil.example.net -> "
				   "outband-console example.com\n");
		/* somebody takes it back: found, and on again after the commit */
		assert_true(parts_put(&w, i, TLS, REMOTE, "MutualAuthentication=false", NULL));
		parts_invoke(&w, i, "AMT_SetupAndConfigurationService", NULL, "CommitChanges",
			     NULL);
		world_run_ms(&w, 60000);
		parts_expect_drift(&w, i, "tls_auth.mutual: off -> on\n");
		/* a profile without it: the service finds in, too, and takes it back */
		apply(&w, i, SERVER);
		expect_drift(&w, i, "");
		assert_string_equal(
			wsman_obj_str(parts_get(&w, i, TLS, REMOTE), "MutualAuthentication"),
			"false");
		parts_stop(&w);
	}
}

/* The other client's certificate is on the list: it stays outside, the service with its own gets in. */
static void lists_of_serial_numbers(void **state)
{
	struct world w;
	char yaml[512], why[512];
	(void)state;
	unsigned i = parts_start(&w, "16.1", "");
	apply(&w, i, "tls_auth: {crls: [{url: 'http://ca/1', serials: ['01ab', '02']}]}\n");
	expect_drift(&w, i, "");
	const char *service = "AMT_PublicKeyManagementService";
	assert_int_equal(parts_invoke(&w, i, service, NULL, "AddCRL", "Url=http://ca/1",
				      "SerialNumbers=02", NULL),
			 0);
	parts_expect_drift(&w, i, "tls_auth.crls (http://ca/1): 02 -> 01ab 02\n");
	assert_int_equal(parts_invoke(&w, i, service, NULL, "AddCRL", "Url=http://ca/2",
				      "SerialNumbers=03", NULL),
			 0);
	expect_drift(&w, i, "");
	parts_profile(&w,
		      "tls_auth: {own: on, crls: [{url: 'http://ca/1', serials: ['01ab', "
		      "'02']}]}\n");
	parts_expect_drift(&w, i, "tls_auth.crls (http://ca/2): 03 -> absent\n");
	assert_int_equal(
		parts_invoke(&w, i, service, NULL, "AddCRL", "Url=u", "SerialNumbers=xy", NULL),
		36);
	/* the service does not list itself; who is listed finds no way in */
	apply(&w, i, MUTUAL);
	parts_show_certificate(&w, "client");
	assert_non_null(parts_get(&w, i, TLS, REMOTE));
	snprintf(yaml, sizeof yaml,
		 "tls_auth: {crls: [{url: u, serials: ['%s']}], roots: [{cert: ca}], mutual: on}\n",
		 parts_certificate_serial());
	parts_profile(&w, yaml);
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "is the service's own client certificate"));
	snprintf(yaml, sizeof yaml, "SerialNumbers=%s", parts_certificate_serial());
	assert_int_equal(parts_invoke(&w, i, service, NULL, "AddCRL", "Url=u", yaml, NULL), 0);
	assert_null(parts_get(&w, i, TLS, REMOTE));
	parts_forget(); /* nobody gets in any more: there is nothing to check */
	world_deinit(&w);
}

static void refusals(void **state)
{
	struct world w;
	char why[512], text[512];
	(void)state;
	unsigned i = parts_start(&w, "16.1", "");
	parts_trust(&w, "corp");
	unsigned before = parts_changes(&w, i);
	parts_profile(&w, "tls_auth: {roots: [{cert: corp}], mutual: on}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "would not trust the service's own certificate"));
	parts_profile(&w, "tls_auth: {roots: [{cert: ca}], common_names: [a.b], mutual: on}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "no common name lets the service itself in"));
	assert_int_equal(parts_changes(&w, i), before);
	/* roots of others: told, then removed by a profile that owns the list */
	apply(&w, i, "tls_auth: {roots: [{cert: corp}, {cert: ca}]}\n");
	apply(&w, i, "tls_auth: {roots: [{cert: ca}]}\n");
	parts_notes(&w, i, text, sizeof text);
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_non_null(strstr(text, "not in the profile"));
	parts_profile(&w, "tls_auth: {own: on, roots: [{cert: ca}]}\n");
	parts_drift(&w, i, text, sizeof text);
	assert_non_null(strstr(text, "trusted -> absent"));
	assert_true(parts_apply(&w, i, why, sizeof why));
	parts_notes(&w, i, text, sizeof text);
	expect_drift(&w, i, "");
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(service_gets_in),
		cmocka_unit_test(lists_of_serial_numbers),
		cmocka_unit_test(refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
