/* Kerberos settings of a profile: which key goes to which firmware, and the salt that belongs to it. */
#include "engine/test_part.h"

#define CLS   "AMT_KerberosSettingData"
#define NEW   "InstanceID=x KrbEnabled=false SupportedEncryptionAlgorithms=0"
#define OLD   "InstanceID=x KrbEnabled=false"
#define READY "InstanceID=x KrbEnabled=true RealmName=CORP.EXAMPLE.COM "
#define BOTH  "passphrase: {secret: p}, master_key: {secret: k}"

static const struct test_case {
	const char *name, *yaml, *have;
	bool was_set;
	const char *key;
	const char *lines;
	const char *member, *value; /* of the Put; NULL: it has none */
} cases[] = {
	{ "nothing differs", "{enabled: on, realm: CORP.EXAMPLE.COM}", READY, false, NULL, "", NULL,
	  NULL },
	{ "switch and realm", "{enabled: on, realm: A.B}", NEW, false, NULL,
	  "kerberos.realm: absent -> A.B\nkerberos.enabled: off -> on\n", "RealmName", "A.B" },
	{ "the key of 8.0 and later", "{" BOTH "}", NEW, false, NULL,
	  "kerberos.passphrase: another or unknown -> the stored secret 'p'\n", "MasterKey", NULL },
	{ "the key before", "{" BOTH "}", OLD, false, "000102030405060708090a0b0c0d0e0f",
	  "kerberos.master_key: another or unknown -> the stored secret 'k'\n", "MasterKey",
	  "AAECAwQFBgcICQoLDA0ODw==" },
	{ "only for 8.0 and later", "{passphrase: {secret: p}, encryption: [aes256]}", OLD, false,
	  NULL,
	  "kerberos.passphrase: not available -> the stored secret\n"
	  "kerberos.encryption: not available -> a list\n",
	  NULL, NULL },
	{ "salt of a computer",
	  "{realm: Corp.Example.com, account: '{host}-AMT', passphrase: "
	  "{secret: p}}",
	  NEW, true, NULL, "kerberos.realm: absent -> Corp.Example.com\n", "Salt",
	  "CORP.EXAMPLE.COMhostpc7-amt.corp.example.com" },
	{ "salt of another account", "{realm: A.B, account: Svc, passphrase: {secret: p}}", NEW,
	  true, NULL, "kerberos.realm: absent -> A.B\n", "Salt", "A.Bhostsvc.a.b" },
	{ "ciphers in any order", "{encryption: [aes256, aes128]}",
	  NEW " ConfiguredEncryptionAlgorithms=1 ConfiguredEncryptionAlgorithms=2", false, NULL, "",
	  NULL, NULL },
	{ "another cipher", "{encryption: [aes256]}", NEW " ConfiguredEncryptionAlgorithms=1",
	  false, NULL, "kerberos.encryption: aes128 -> aes256\n", "ConfiguredEncryptionAlgorithms",
	  "2" },
	{ "principals", "{principals: fqdn}",
	  OLD " ServicePrincipalName=HTTP/old.example.com:16992", false, NULL,
	  "kerberos.principals: HTTP/old.example.com:16992 -> HTTP/pc7.example.com:16992\n",
	  "ServicePrincipalProtocol", "0" },
};

static void run(const struct test_case *k)
{
	struct test_part t;
	char yaml[256];
	(void)snprintf(yaml, sizeof yaml, "kerberos: %s\n", k->yaml);
	test_part_start(&t, &engine_part_kerberos, yaml);
	t.in.host = "pc7";
	t.in.fqdn = "pc7.example.com";
	for (unsigned i = 0; i < t.in.secret_count; i++) {
		t.secrets[i].was_set = k->was_set;
		if (k->key)
			secret_set(&t.secrets[i].value, span_str(k->key));
	}
	test_part_have(&t, 0, CLS, k->have);
	if (!test_part_diff(&t))
		fail_msg("%s: %s", k->name, t.e.msg);
	if (strcmp(t.lines, k->lines) != 0)
		fail_msg("%s: %s", k->name, t.lines);
	const struct wsman_obj *o = t.c.first ? t.c.first->obj : NULL;
	const char *v = o && k->member ? wsman_obj_str(o, k->member) : NULL;
	if (k->member && (k->value ? !v || strcmp(v, k->value) != 0 : v != NULL))
		fail_msg("%s: %s is %s", k->name, k->member, v ? v : "absent");
	test_part_stop(&t);
}

static void gives_the_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		run(&cases[i]);
}

static void refuses_what_is_no_key(void **state)
{
	struct test_part t;
	(void)state;
	test_part_start(&t, &engine_part_kerberos, "kerberos: {master_key: {secret: k}}\n");
	test_part_have(&t, 0, CLS, OLD);
	assert_false(test_part_diff(&t));
	assert_string_equal(t.e.msg, "kerberos.master_key: secret 'k' is no key of 16 bytes");
	test_part_stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_lines),
		cmocka_unit_test(refuses_what_is_no_key),
	};
	return cmocka_run_group_tests_name("engine/part_kerberos", tests, NULL, NULL);
}
