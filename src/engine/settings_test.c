/* Settings: every row is sound in itself, and a value is held to its row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/str.h"
#include "engine/settings.h"

static void every_row_is_sound(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ENGINE_SETTING_COUNT; i++) {
		const struct engine_setting_row *r = engine_setting_row((enum engine_setting)i);
		enum engine_setting found = ENGINE_SETTING_COUNT;
		struct err e = { 0 };
		if (!engine_setting_check((enum engine_setting)i, r->def, &e))
			fail_msg("%s: its default is refused: %s", r->key, e.msg);
		assert_true(engine_setting_find(r->key, &found, &e));
		assert_int_equal(found, i); /* also: no key stands there twice */
		assert_true(r->text[0]);
		assert_true(r->min <= r->max);
	}
}

static void holds_a_value_to_its_row(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum engine_setting setting;
		const char *value, *want; /* NULL: taken */
	} cases[] = {
		{ "a port", SETTING_ALERTS_TRAPS, "162", NULL },
		{ "address and port", SETTING_ALERTS_HTTPS, "10.0.0.5:16999", NULL },
		{ "no place", SETTING_ALERTS_EVENTS, "", NULL },
		{ "port too large", SETTING_ALERTS_TRAPS, "127.0.0.1:99999",
		  "PORT or ADDRESS:PORT, or nothing" },
		{ "no port", SETTING_ALERTS_TRAPS, "127.0.0.1",
		  "PORT or ADDRESS:PORT, or nothing" },
		{ "no address", SETTING_ALERTS_EVENTS, ":162", "PORT or ADDRESS:PORT, or nothing" },
		{ "a host", SETTING_ALERTS_NAME, "noc.example.com", NULL },
		{ "an address", SETTING_ALERTS_NAME, "2001:db8::1", NULL },
		{ "no host", SETTING_ALERTS_NAME, "the noc",
		  "a host name or an address, as it stands in the urls of the PCs" },
		{ "a web server", SETTING_ALERTS_WEBHOOK, "https://noc.example.com/in", NULL },
		{ "no web server", SETTING_ALERTS_WEBHOOK, "noc.example.com",
		  "http:// or https:// and the rest of the address, or nothing" },
		{ "smallest", SETTING_WORKERS, "1", NULL },
		{ "largest", SETTING_WORKERS, "10000", NULL },
		{ "too small", SETTING_WORKERS, "0", "a whole number from 1 to 10000" },
		{ "too large", SETTING_WORKERS, "10001", "a whole number from 1 to 10000" },
		{ "no number", SETTING_WORKERS, "ten", "a whole number from 1 to 10000" },
		{ "empty number", SETTING_WORKERS, "", "a whole number from 1 to 10000" },
		{ "absent number", SETTING_WORKERS, NULL, "a whole number from 1 to 10000" },
		{ "trailing blank", SETTING_WORKERS, "10 ", "a whole number from 1 to 10000" },
		{ "unit is told", SETTING_LEASE_S, "4", "a whole number from 5 to 3600, in s" },
		{ "true", SETTING_PKI, "true", NULL },
		{ "false", SETTING_PKI, "false", NULL },
		{ "yes", SETTING_PKI, "yes", "true or false" },
		{ "empty truth", SETTING_PKI, "", "true or false" },
		{ "both words", SETTING_PKI, "true false", "true or false" },
		{ "choice", SETTING_APPROVAL, "manual", NULL },
		{ "other choice", SETTING_APPROVAL, "maybe", "one of: auto manual" },
		{ "part of a choice", SETTING_APPROVAL, "man", "one of: auto manual" },
		{ "empty choice", SETTING_APPROVAL, "", "one of: auto manual" },
		{ "text", SETTING_PROFILE, "office", NULL },
		{ "empty text", SETTING_PROFILE, "", NULL },
		{ "longest text", SETTING_PROFILE,
		  "123456789012345678901234567890123456789012345678901234567890123", NULL },
		{ "longer text", SETTING_PROFILE,
		  "1234567890123456789012345678901234567890123456789012345678901234",
		  "0 to 63 printable ASCII characters" },
		{ "no URL", SETTING_CA_URL, "", NULL },
		{ "URL", SETTING_CA_URL, "http://pki.example.com/outband", NULL },
		{ "URL over TLS", SETTING_CA_URL, "https://pki.example.com",
		  "empty, or a URL with http:// and without a slash at its end" },
		{ "URL with a slash", SETTING_CA_URL, "http://pki.example.com/",
		  "empty, or a URL with http:// and without a slash at its end" },
		{ "URL of two", SETTING_CA_URL, "http://a http://b",
		  "empty, or a URL with http:// and without a slash at its end" },
		{ "text with newline", SETTING_PROFILE, "a\nb",
		  "0 to 63 printable ASCII characters" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		bool ok = engine_setting_check(cases[i].setting, cases[i].value, &e);
		if (ok != !cases[i].want)
			fail_msg("%s: %s", cases[i].name, ok ? "taken" : e.msg);
		if (!ok && !str_eq(e.want, cases[i].want))
			fail_msg("%s: want '%s'", cases[i].name, e.want);
	}
}

static void an_error_names_setting_and_value(void **state)
{
	(void)state;
	enum engine_setting s = SETTING_WORKERS;
	struct err e = { 0 };
	assert_false(engine_setting_check(SETTING_WORKERS, "many\x1b", &e));
	assert_string_equal(e.msg, "setting workers cannot be 'many\\x1b'");
	assert_false(engine_setting_find("worker", &s, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_string_equal(e.msg, "there is no setting 'worker'");
	assert_int_equal(s, SETTING_WORKERS);
	assert_false(engine_setting_find(NULL, &s, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_sound),
		cmocka_unit_test(holds_a_value_to_its_row),
		cmocka_unit_test(an_error_names_setting_and_value),
	};
	return cmocka_run_group_tests_name("engine/settings", tests, NULL, NULL);
}
