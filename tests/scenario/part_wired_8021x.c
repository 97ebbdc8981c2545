/* Part "wired_8021x" of the profile: with AMT_8021XProfile on the oldest release and the last that has it,
 * with IPS_IEEE8021xSettings on the first and the newest. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define OLD "AMT_8021XProfile"
#define NEW "IPS_IEEE8021xSettings"
#define PEAP                                                                                        \
	"wired_8021x:\n  enabled: on\n  active_in_s0: on\n  pxe_timeout_s: 60\n"                    \
	"  login: {protocol: peap-mschapv2, username: pc, password: {secret: radius}, ca: radius, " \
	"domain: EXAMPLE, server_name: radius.example.com, server_name_match: full}\n"

static void fill(struct world *w)
{
	parts_secret(w, "radius", "Planted-Login-1");
	parts_trust(w, "radius");
}

static void must_apply(struct world *w, unsigned i)
{
	char why[512], text[1024];
	if (!parts_apply(w, i, why, sizeof why))
		fail_msg("%s", why);
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text, "");
}

static void drifts(struct world *w, unsigned i, const char *cls, bool is_new)
{
	char text[1024];
	assert_true(parts_put(w, i, cls, NULL, "Username=other", NULL));
	parts_expect_drift(w, i, "wired_8021x.login.username: other -> pc\n");
	assert_true(parts_put(w, i, cls, NULL, "PxeTimeout=120", NULL));
	parts_expect_drift(w, i, "wired_8021x.pxe_timeout_s: 120 -> 60\n");
	assert_true(parts_put(w, i, cls, NULL, is_new ? "AvailableInS0=false" : "ActiveInS0=false",
			      "ServerCertificateNameComparison=1", NULL));
	parts_expect_drift(w, i,
			   "wired_8021x.active_in_s0: off -> on\n"
			   "wired_8021x.login.server_name_match: suffix -> full\n");
	assert_true(parts_put(w, i, cls, NULL, "AuthenticationProtocol=1", NULL));
	parts_expect_drift(w, i, "wired_8021x.login.protocol: ttls-mschapv2 -> peap-mschapv2\n");
	assert_true(parts_put(w, i, cls, NULL, is_new ? "Enabled=3" : "Enabled=false", NULL));
	parts_expect_drift(w, i, "wired_8021x.enabled: off -> on\n");
	if (is_new) {
		assert_int_equal(parts_invoke(w, i, cls, NULL, "SetCertificates", NULL), 0);
		parts_drift(w, i, text, sizeof text);
		assert_non_null(strstr(text,
				       "wired_8021x.login.ca: absent -> Intel(r) AMT "
				       "Certificate: Handle: "));
		must_apply(w, i);
	}
	/* firmware refuses: no such protocol, a time that is none */
	assert_false(parts_put(w, i, cls, NULL, "AuthenticationProtocol=11", NULL));
	assert_false(parts_put(w, i, cls, NULL, "PxeTimeout=86401", NULL));
	parts_secret(w, "radius", "Planted-Login-2");
	parts_expect_drift(w, i, "wired_8021x.login.password: unknown -> as in the profile\n");
}

static void sets_drifts_repairs(void **state)
{
	static const struct {
		const char *generation, *cls;
		bool is_new;
	} cases[] = { { "3.2.1", OLD, false },
		      { "12.0", OLD, false },
		      { "14.0", NEW, true },
		      { "22.0", NEW, true } };
	char text[1024];
	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct world w;
		unsigned i = parts_start_with(&w, cases[k].generation, PEAP, NULL, fill);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		assert_null(wsman_obj_str(parts_get(&w, i, cases[k].cls, NULL), "Password"));
		assert_null(parts_get(&w, i, cases[k].is_new ? OLD : NEW, NULL));
		drifts(&w, i, cases[k].cls, cases[k].is_new);

		/* with its own certificate; then off */
		parts_profile(
			&w,
			"wired_8021x: {enabled: on, login: {protocol: tls, username: 'host/{fqdn}', "
			"client_certificate: own, ca: radius}}\n");
		parts_drift(&w, i, text, sizeof text);
		assert_non_null(strstr(text,
				       "wired_8021x.login.protocol: peap-mschapv2 -> tls\n"
				       "wired_8021x.login.username: pc -> host/host0.example.com\n"
				       "wired_8021x.login.client_certificate: absent -> "
				       "Intel(r) AMT Certificate: Handle: "));
		must_apply(&w, i);
		parts_profile(&w, "wired_8021x: {enabled: off}\n");
		parts_expect_drift(&w, i, "wired_8021x.enabled: on -> off\n");
		parts_stop(&w);
	}
}

/* The certificate that a login uses cannot be deleted. */
static void a_certificate_in_use_stays(void **state)
{
	char sel[128];
	struct world w;
	(void)state;
	unsigned i = parts_start_with(&w, "16.1", PEAP, NULL, fill);
	const struct wsman_obj *o = parts_get(&w, i, "IPS_8021xCredentialContext", NULL);
	assert_non_null(o);
	snprintf(sel, sizeof sel, "InstanceID=%s",
		 wsman_obj_epr_selector(wsman_obj_epr(o, "ElementInContext"), "InstanceID"));
	assert_false(parts_delete(&w, i, "AMT_PublicKeyCertificate", sel));
	assert_int_equal(parts_invoke(&w, i, NEW, NULL, "SetCertificates", NULL), 0);
	assert_true(parts_delete(&w, i, "AMT_PublicKeyCertificate", sel));
	parts_expect_drift(&w, i, "wired_8021x.login.ca: not in the PC -> radius\n");
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs),
		cmocka_unit_test(a_certificate_in_use_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
