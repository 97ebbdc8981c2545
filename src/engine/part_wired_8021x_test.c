/* Part "wired_8021x": both classes, with and without certificates. */
#include "engine/test_part.h"

enum { OLD_CLASS, NEW_CLASS, CERTS, CONTEXTS };
#define OLD "AMT_8021XProfile"
#define NEW "IPS_IEEE8021xSettings"
#define TLS \
	"wired_8021x: {enabled: on, login: {protocol: fast-tls, username: u, client_certificate: own}}"
#define PEAP                                                                                           \
	"wired_8021x: {enabled: on, login: {protocol: peap-mschapv2, username: u, password: {secret: " \
	"s}}}"
#define OWN                                                         \
	"ElementInContext=AMT_PublicKeyCertificate{InstanceID=C7} " \
	"ElementProvidingContext=AMT_TLSProtocolEndpointCollection{ElementName=e}"

static void start(struct test_part *t, const char *yaml, const char *cls, const char *have)
{
	char text[512];
	test_part_start(t, &engine_part_wired_8021x, yaml);
	for (unsigned i = 0; i < t->in.secret_count; i++)
		t->secrets[i].was_set = true;
	t->in.secrets = t->secrets;
	t->have[OLD_CLASS].absent = t->have[NEW_CLASS].absent = true;
	snprintf(text, sizeof text, "InstanceID=i %s", have);
	if (cls)
		test_part_have(t, str_eq(cls, NEW) ? NEW_CLASS : OLD_CLASS, cls, text);
}

static void both_classes(void **state)
{
	static const struct {
		const char *name, *yaml, *cls, *have, *lines, *ids;
	} cases[] = {
		{ "numbers differ: old", TLS, OLD,
		  "Enabled=true AuthenticationProtocol=6 Username=u "
		  "ClientCertificate=AMT_PublicKeyCertificate{InstanceID=C7}",
		  "", "" },
		{ "numbers differ: new", TLS, NEW, "Enabled=2 AuthenticationProtocol=10 Username=u",
		  "wired_8021x.login.client_certificate: absent -> C7\n", "certificates(16) " },
		{ "another certificate", TLS, OLD,
		  "Enabled=true AuthenticationProtocol=6 Username=u "
		  "ClientCertificate=AMT_PublicKeyCertificate{InstanceID=C1}",
		  "wired_8021x.login.client_certificate: C1 -> C7\n", "set(16) " },
		{ "put first, certificates after", TLS, NEW, "Enabled=3",
		  "wired_8021x.enabled: off -> on\n"
		  "wired_8021x.login.protocol: absent -> fast-tls\n"
		  "wired_8021x.login.username: absent -> u\n"
		  "wired_8021x.login.client_certificate: absent -> C7\n",
		  "set(16) certificates(16) " },
		{ "no certificate is another state", PEAP, NEW,
		  "Enabled=2 AuthenticationProtocol=2 Username=u",
		  "wired_8021x.login: with certificates -> without certificates\n", "set(16) " },
		{ "off is off", "wired_8021x: {enabled: off}", NEW,
		  "Enabled=3 AuthenticationProtocol=2", "", "" },
		{ "off leaves the rest", "wired_8021x: {enabled: off, pxe_timeout_s: 5}", OLD,
		  "Enabled=true PxeTimeout=9", "wired_8021x.enabled: on -> off\n", "set(16) " },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct test_part t;
		start(&t, cases[n].yaml, cases[n].cls, cases[n].have);
		test_part_have(&t, CONTEXTS, "AMT_TLSCredentialContext", OWN);
		if (!test_part_diff(&t))
			fail_msg("%s: %s", cases[n].name, t.e.msg);
		if (!str_eq(t.lines, cases[n].lines) || !str_eq(t.ids, cases[n].ids))
			fail_msg("%s:\n%s%s", cases[n].name, t.lines, t.ids);
		test_part_stop(&t);
	}
}

static void names_of_the_pc(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "'host/{fqdn}'", "host/pc1.example.com" },
		{ "'{host}{host}@{domain}'", "pc1pc1@example.com" },
		{ "'{uuid}'", "U" },
		{ "'{fqd}{'", "{fqd}{" },
		{ "plain", "plain" },
	};
	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct test_part t;
		char yaml[512], line[128];
		snprintf(
			yaml, sizeof yaml,
			"wired_8021x: {enabled: on, login: {protocol: peap-mschapv2, username: %s, "
			"password: {secret: s}}}",
			cases[n].text);
		start(&t, yaml, NEW, "Enabled=6 AuthenticationProtocol=2");
		t.in.host = "pc1";
		t.in.domain = "example.com";
		t.in.fqdn = "pc1.example.com";
		t.in.uuid = "U";
		assert_true(test_part_diff(&t));
		snprintf(line, sizeof line, "wired_8021x.login.username: absent -> %s\n",
			 cases[n].want);
		assert_string_equal(t.lines, line);
		assert_string_equal(wsman_obj_str(t.c.first->req.obj, "Username"), cases[n].want);
		test_part_stop(&t);
	}
}

static void tells_what_is_missing(void **state)
{
	struct test_part t;
	(void)state;
	start(&t, PEAP, NULL, "");
	assert_true(test_part_diff(&t));
	assert_string_equal(t.c.unavailable, "neither " OLD " nor " NEW);
	test_part_stop(&t);
	start(&t, TLS, OLD, "Enabled=false");
	assert_false(test_part_diff(&t));
	assert_string_equal(
		t.e.msg,
		"wired_8021x.login.client_certificate: this PC has no certificate of its own");
	test_part_stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_classes),
		cmocka_unit_test(names_of_the_pc),
		cmocka_unit_test(tells_what_is_missing),
	};
	return cmocka_run_group_tests_name("engine/part_wired_8021x", tests, NULL, NULL);
}
