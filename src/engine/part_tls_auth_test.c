/* TLS clients of a profile: what diff refuses so that the service can still get in. */
#include "engine/test_part_shape.h"

#define OURS  "AQID" /* stands for the root of the service's own certificate */
#define OTHER "BAUG"
#define CERT(der, root) \
	"InstanceID=c TrustedRootCertficate=" root " X509Certificate=" der " Subject=CN=x"
#define TLS "Enabled=true InstanceID=t MutualAuthentication=false"

static void gives_the_lines(void **state)
{
	static const uint8_t ours[] = { 1, 2, 3 }, corp[] = { 7, 8, 9 };
	static const struct {
		const char *name, *yaml, *cert, *tls;
		int64_t skew_ms; /* -1: not known */
		const char *ids, *lines, *why;
	} cases[] = {
		{ "root and mutual", "{roots: [{cert: ca}], mutual: on}", NULL, TLS, 0,
		  "root:ca(6) set:AMT_TLSSettingData:Intel(r) AMT 802.3 TLS Settings(17) ",
		  "tls_auth.roots.ca: not in the PC -> ca\ntls_auth.mutual: off -> on\n", NULL },
		{ "the root is there", "{mutual: on}", CERT(OURS, "true"), TLS, 1000,
		  "set:AMT_TLSSettingData:Intel(r) AMT 802.3 TLS Settings(17) ",
		  "tls_auth.mutual: off -> on\n", NULL },
		{ "no root", "{mutual: on}", NULL, TLS, 0, NULL, NULL,
		  "tls_auth.mutual: the PC would not trust the service's own certificate" },
		{ "a leaf is no root", "{mutual: on}", CERT(OURS, "false"), TLS, 0, NULL, NULL,
		  "tls_auth.mutual: the PC would not trust the service's own certificate" },
		{ "another root", "{roots: [{cert: corp}], mutual: on}", NULL, TLS, 0, NULL, NULL,
		  "tls_auth.mutual: the PC would not trust the service's own certificate" },
		{ "names without ours", "{roots: [{cert: ca}], common_names: [a.b], mutual: on}",
		  NULL, TLS, 0, NULL, NULL,
		  "tls_auth.mutual: no common name lets the service itself in" },
		{ "names that the PC has", "{roots: [{cert: ca}], mutual: on}", NULL,
		  TLS " TrustedCN=a.b", 0, NULL, NULL,
		  "tls_auth.mutual: no common name lets the service itself in" },
		{ "names with ours", "{roots: [{cert: ca}], common_names: [a.b, outband-console]}",
		  CERT(OURS, "true"), TLS " TrustedCN=a.b", 0,
		  "set:AMT_TLSSettingData:Intel(r) AMT 802.3 TLS Settings(0) ",
		  "tls_auth.common_names: a.b -> a.b outband-console\n", NULL },
		{ "wrong clock", "{roots: [{cert: ca}], mutual: on}", NULL, TLS, -600000, NULL,
		  NULL, "tls_auth.mutual: the PC's clock is wrong" },
		{ "unknown clock", "{roots: [{cert: ca}], mutual: on}", NULL, TLS, -1, NULL, NULL,
		  "tls_auth.mutual: the PC's clock is not looked at" },
		{ "others are told", "{roots: [{cert: ca}]}", CERT(OTHER, "true"), TLS, 0,
		  "root:ca(6) report:tls_auth.roots (CN=x)(8) ",
		  "tls_auth.roots.ca: not in the PC -> ca\n"
		  "tls_auth.roots (CN=x): not in the profile\n",
		  NULL },
		{ "others go", "{own: on}", CERT(OTHER, "true"), TLS, 0, "remove:c(0) ",
		  "tls_auth.roots (CN=x): trusted -> absent\n", NULL },
		{ "certificates of PCs stay", "{own: on}", CERT(OTHER, "false"), TLS, 0, "", "",
		  NULL },
		{ "mutual off", "{mutual: off}", NULL,
		  "Enabled=true InstanceID=t MutualAuthentication=true", -1,
		  "set:AMT_TLSSettingData:Intel(r) AMT 802.3 TLS Settings(17) ",
		  "tls_auth.mutual: on -> off\n", NULL },
	};
	const struct engine_part_cert certs[] = { { "ca", { ours, 3 } }, { "corp", { corp, 3 } } };
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_part t;
		char yaml[256];
		snprintf(yaml, sizeof yaml, "tls_auth: %s\n", cases[i].yaml);
		test_part_start(&t, &engine_part_tls_auth, yaml);
		t.in.certs = certs;
		t.in.cert_count = 2;
		t.in.client_root = span_make(ours, 3);
		t.in.client_cn = "outband-console";
		t.facts.known = cases[i].skew_ms == -1 ? 0 : FACTS_CLOCK;
		t.facts.clock_skew_ms = cases[i].skew_ms;
		if (cases[i].cert)
			test_part_have(&t, 0, "AMT_PublicKeyCertificate", cases[i].cert);
		test_part_have(&t, 1, "AMT_TLSSettingData", cases[i].tls);
		t.in.client_serial = "77aa";
		bool ok = test_part_diff(&t);
		if (ok != !cases[i].why || (!ok && strcmp(t.e.msg, cases[i].why) != 0) ||
		    (ok &&
		     (strcmp(t.ids, cases[i].ids) != 0 || strcmp(t.lines, cases[i].lines) != 0)))
			fail_msg("%s: %s\n%s\n%s", cases[i].name, t.e.msg, t.ids, t.lines);
		test_part_stop(&t);
	}
}

/* Lists by their place; there is one way to remove one: all go. */
static void lists_of_serial_numbers(void **state)
{
	static const struct {
		const char *name, *yaml;
		const char *crls[2];
		const char *ids, *lines, *why;
	} cases[] = {
		{ "new",
		  "{crls: [{url: u, serials: ['01', 'ab']}]}",
		  { NULL },
		  "crl:0(2) ",
		  "tls_auth.crls (u): absent -> 01 ab\n",
		  NULL },
		{ "the same in another order",
		  "{crls: [{url: u, serials: ['01', 'AB']}]}",
		  { "InstanceID=1 Url=u SerialNumbers=ab SerialNumbers=01" },
		  "",
		  "",
		  NULL },
		{ "one less",
		  "{crls: [{url: u, serials: ['01']}]}",
		  { "InstanceID=1 Url=u SerialNumbers=ab SerialNumbers=01" },
		  "crl:0(2) ",
		  "tls_auth.crls (u): ab 01 -> 01\n",
		  NULL },
		{ "others are told",
		  "{crls: [{url: u, serials: ['01']}]}",
		  { "InstanceID=1 Url=u SerialNumbers=01", "InstanceID=2 Url=v SerialNumbers=02" },
		  "report:tls_auth.crls (v)(8) ",
		  "tls_auth.crls (v): not in the profile\n",
		  NULL },
		{ "others go",
		  "{own: on, crls: [{url: u, serials: ['01']}]}",
		  { "InstanceID=1 Url=u SerialNumbers=01", "InstanceID=2 Url=v SerialNumbers=02" },
		  "crls(4) ",
		  "tls_auth.crls (v): 02 -> absent\n",
		  NULL },
		{ "our own certificate",
		  "{crls: [{url: u, serials: ['77AA']}]}",
		  { NULL },
		  NULL,
		  NULL,
		  "tls_auth.crls: 77aa is the service's own client certificate" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_part t;
		char yaml[256];
		snprintf(yaml, sizeof yaml, "tls_auth: %s\n", cases[i].yaml);
		test_part_start(&t, &engine_part_tls_auth, yaml);
		t.in.client_serial = "77aa";
		test_part_have(&t, 1, "AMT_TLSSettingData", TLS);
		for (int k = 0; k < 2 && cases[i].crls[k]; k++)
			test_part_have(&t, 2, "AMT_CRL", cases[i].crls[k]);
		bool ok = test_part_diff(&t);
		if (ok != !cases[i].why || (!ok && strcmp(t.e.msg, cases[i].why) != 0) ||
		    (ok &&
		     (strcmp(t.ids, cases[i].ids) != 0 || strcmp(t.lines, cases[i].lines) != 0)))
			fail_msg("%s: %s\n%s\n%s", cases[i].name, t.e.msg, t.ids, t.lines);
		test_part_stop(&t);
	}
	struct engine_profile p;
	struct err e = { 0 };
	assert_false(engine_profile_parse(
		"test", 1, span_str("version: 1\ntls_auth: {crls: [{url: u, serials: [xy]}]}\n"),
		&p, &e));
	assert_non_null(strstr(e.msg, "'xy' is no serial number in hex digits"));
}

static void asks_as_others_do(void **state)
{
	struct test_part t;
	(void)state;
	test_part_start(&t, &engine_part_tls_auth,
			"tls_auth: {crls: [{url: u, serials: ['01']}]}\n");
	t.in.client_serial = "77aa";
	test_part_have(&t, 1, "AMT_TLSSettingData", TLS);
	assert_true(test_part_diff(&t));
	test_part_shape(&t, "crl:0",
			"requests-meshcentral/AMT_PublicKeyManagementService.AddCRL.xml");
	test_part_stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_lines),
		cmocka_unit_test(lists_of_serial_numbers),
		cmocka_unit_test(asks_as_others_do),
	};
	return cmocka_run_group_tests_name("engine/part_tls_auth", tests, NULL, NULL);
}
