/* Part "kerberos" of the profile: settings only, on the oldest and the newest release. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define CLS "AMT_KerberosSettingData"
#define KRB                                                                                   \
	"kerberos: {enabled: on, realm: CORP.EXAMPLE.COM, principals: fqdn, key_version: 1, " \
	"clock_tolerance: 5, encryption: [aes256, aes128], passphrase: {secret: krb}, "       \
	"account: '{host}-amt', master_key: {secret: krb-key}, cache: on}\n"

static void start(struct world *w, unsigned *out_i, const char *release)
{
	char why[512];
	*out_i = parts_start(w, release, "");
	parts_secret(w, "krb", "Pass-Phrase-1");
	parts_secret(w, "krb-key", "000102030405060708090a0b0c0d0e0f");
	parts_profile(w, KRB);
	if (!parts_apply(w, *out_i, why, sizeof why))
		fail_msg("%s: not applied: %s", release, why);
}

static void sets_drifts_repairs(void **state)
{
	static const struct {
		const char *release, *notes;
		bool aes;
	} rows[] = { { "3.2.1", "kerberos.encryption: not available -> a list\n", false },
		     { "22.0", "", true } };
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i;
		char text[1024], why[512];
		start(&w, &i, rows[g].release);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_notes(&w, i, text, sizeof text);
		assert_string_equal(text, rows[g].notes);
		const struct wsman_obj *o = parts_get(&w, i, CLS, NULL);
		assert_string_equal(wsman_obj_str(o, "RealmName"), "CORP.EXAMPLE.COM");
		assert_null(wsman_obj_str(o, "MasterKey"));
		assert_null(wsman_obj_str(o, "Passphrase"));
		assert_int_equal(wsman_obj_has(o, "IterationCount"), rows[g].aes);

		assert_true(parts_put(&w, i, CLS, NULL, "RealmName=OTHER.EXAMPLE.COM",
				      "KrbEnabled=false", NULL));
		parts_expect_drift(&w, i,
				   "kerberos.realm: OTHER.EXAMPLE.COM -> CORP.EXAMPLE.COM\n"
				   "kerberos.enabled: off -> on\n");
		assert_int_equal(parts_invoke(&w, i, CLS, NULL, "SetCredentialCacheState",
					      "Enable=false", NULL),
				 0);
		parts_expect_drift(&w, i, "kerberos.cache: off -> on\n");
		parts_secret(&w, rows[g].aes ? "krb" : "krb-key",
			     "0f0e0d0c0b0a09080706050403020100");
		parts_expect_drift(&w, i,
				   rows[g].aes ? "kerberos.passphrase: another or unknown -> the "
						 "stored secret 'krb'\n"
					       : "kerberos.master_key: another or unknown -> the "
						 "stored secret 'krb-key'\n");
		/* off again; the rest is not named and stays */
		parts_profile(&w, "kerberos: {enabled: off}\n");
		assert_true(parts_apply(&w, i, why, sizeof why));
		o = parts_get(&w, i, CLS, NULL);
		assert_string_equal(wsman_obj_str(o, "KrbEnabled"), "false");
		assert_string_equal(wsman_obj_str(o, "RealmName"), "CORP.EXAMPLE.COM");
		parts_stop(&w);
	}
}

static void the_device_is_strict(void **state)
{
	static const struct {
		const char *name, *release, *prop, *more;
	} rows[] = {
		{ "tolerance", "22.0", "MaximumClockTolerance=6", NULL },
		{ "realm", "22.0", "RealmName=0123456789012345678901234567890123456789012345678",
		  NULL },
		{ "key", "22.0", "MasterKey=AAAA", NULL },
		{ "both", "22.0", "MasterKey=AAECAwQFBgcICQoLDA0ODw==", "Passphrase=x" },
		{ "cipher", "22.0", "ConfiguredEncryptionAlgorithms=3", NULL },
		{ "before 8.0", "3.2.1", "Passphrase=x", NULL },
	};
	(void)state;
	for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
		struct world w;
		unsigned i = parts_start(&w, rows[n].release, "");
		if (parts_put(&w, i, CLS, NULL, rows[n].prop, rows[n].more, NULL))
			fail_msg("%s: taken", rows[n].name);
		parts_stop(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs),
		cmocka_unit_test(the_device_is_strict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
