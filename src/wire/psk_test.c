/* Tests of PID, PPS and passwords: the published vectors, each way to be wrong, and generation. */
#include "wire/psk.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char pps_text[] = "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ";

static void parses_pid(void **state)
{
	static const struct {
		const char *name, *in, *plain, *seen;
	} cases[] = {
		{ "vector", "0000-037M", "0000037M", "" },
		{ "no dash", "0000037M", "0000037M", "" },
		{ "lower case, blanks", " 0000-037m\n", "0000037M", "" },
		{ "wrong check", "0000-037N", NULL, "N" },
		{ "too short", "0000-037", NULL, "7 characters" },
		{ "too long", "0000-037M0", NULL, "more than 8 characters" },
		{ "dash elsewhere", "000-0037M", NULL, "" },
		{ "two dashes", "0000--037M", NULL, "" },
		{ "dash at the end", "0000-037M-", NULL, "" },
		{ "wrong character", "0000-03_M", NULL, "" },
		{ "empty", "", NULL, "0 characters" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char pid[WIRE_PSK_PID_LEN + 1];
		struct err e = { 0 };
		bool ok = wire_psk_parse_pid(span_str(cases[i].in), pid, &e);
		if (ok != (cases[i].plain != NULL) || strcmp(e.seen, cases[i].seen) != 0 ||
		    strcmp(pid, ok ? cases[i].plain : "") != 0)
			fail_msg("%s: ok=%d pid=%s seen=%s", cases[i].name, ok, pid, e.seen);
	}
}

static void parses_pps(void **state)
{
	char pps[WIRE_PSK_PPS_LEN + 1], text[40], changed[40];
	struct err e = { 0 };
	(void)state;

	assert_true(wire_psk_parse_pps(span_str(pps_text), pps, &e));
	assert_string_equal(pps, "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ");
	wire_psk_print_pps(pps, text);
	assert_string_equal(text, pps_text);
	assert_false(wire_psk_parse_pps(span_make(pps_text, 38), pps, &e));
	assert_string_equal(pps, "");

	for (size_t group = 0; group < 8; group++) { /* each group is checked, none is told */
		char number[32];
		memcpy(changed, pps_text, sizeof pps_text);
		changed[group * 5] = changed[group * 5] == 'A' ? 'B' : 'A';
		assert_false(wire_psk_parse_pps(span_str(changed), pps, &e));
		snprintf(number, sizeof number, "group %zu of 8", group + 1);
		assert_non_null(strstr(e.msg, number));
		assert_string_equal(e.seen, "");
		for (size_t i = 0; i < 8; i++) {
			char part[5] = { 0 };
			memcpy(part, changed + i * 5, 4);
			assert_null(strstr(e.msg, part));
			assert_null(strstr(e.hint, part));
		}
	}
}

static void makes_keys(void **state)
{
	struct rng r;
	unsigned seen[36] = { 0 };
	char pid[WIRE_PSK_PID_LEN + 1], pps[WIRE_PSK_PPS_LEN + 1], text[40], back[40];
	(void)state;

	rng_seed(&r, 7);
	for (int n = 0; n < 500; n++) {
		wire_psk_make_pid(&r, pid);
		wire_psk_print_pid(pid, text);
		assert_int_equal(strlen(text), 9);
		assert_true(wire_psk_parse_pid(span_str(text), back, NULL));
		assert_string_equal(back, pid);
		wire_psk_make_pps(&r, pps);
		assert_true(wire_psk_parse_pps(span_str(pps), back, NULL));
		assert_string_equal(back, pps);
		for (size_t i = 0; i < WIRE_PSK_PPS_LEN; i++)
			if (i % 4 != 3)
				seen[pps[i] <= '9' ? pps[i] - '0' : pps[i] - 'A' + 10]++;
	}
	/* 12000 draws: 333 each on average, sigma 18; bias by modulo would add 12 % to four */
	for (size_t i = 0; i < 36; i++)
		if (seen[i] < 240 || seen[i] > 430)
			fail_msg("character %zu was drawn %u times", i, seen[i]);
}

static void checks_passwords(void **state)
{
	static const struct {
		const char *name, *in, *part; /* part of the message; NULL: good */
	} cases[] = {
		{ "good", "P@ssw0rd", NULL },
		{ "32 characters", "Aa1!Aa1!Aa1!Aa1!Aa1!Aa1!Aa1!Aa1!", NULL },
		{ "blank and underscore beside !", "Aa1! _Aa", NULL },
		{ "7 characters", "Aa1!Aa1", "shorter" },
		{ "33 characters", "Aa1!Aa1!Aa1!Aa1!Aa1!Aa1!Aa1!Aa1!x", "longer" },
		{ "no lower", "P@SSW0RD", "lower-case" },
		{ "no upper", "p@ssw0rd", "upper-case" },
		{ "no digit", "P@ssword", "no digit" },
		{ "no special", "Passw0rd", "no special" },
		{ "underscore is no special", "Passw0rd_", "no special" },
		{ "blank is no special", "Passw0rd ", "no special" },
		{ "colon", "P@ssw0rd:", "colon" },
		{ "comma", "P@ss,w0rd", "colon" },
		{ "quote", "P@ss\"w0rd", "colon" },
		{ "umlaut", "P@ssw\xc3\xb6rd1", "ASCII" },
		{ "tab", "P@ss\tw0rd", "ASCII" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		bool ok = wire_psk_check_password(span_str(cases[i].in), &e);
		if (ok != (cases[i].part == NULL) || (!ok && !strstr(e.msg, cases[i].part)))
			fail_msg("%s: ok=%d %s", cases[i].name, ok, e.msg);
		if (!ok && (strstr(e.msg, cases[i].in) || *e.seen))
			fail_msg("%s: the password is in the error", cases[i].name);
	}
}

static void makes_passwords(void **state)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789!@#$%^*";
	char password[WIRE_PSK_PASSWORD_LEN + 1], last[sizeof password] = "";
	struct rng r;
	(void)state;

	rng_seed(&r, 1);
	for (int n = 0; n < 2000; n++) {
		wire_psk_make_password(&r, password);
		assert_true(wire_psk_check_password(span_str(password), NULL));
		assert_int_equal(strlen(password), WIRE_PSK_PASSWORD_LEN);
		assert_int_equal(strspn(password, allowed), WIRE_PSK_PASSWORD_LEN);
		assert_string_not_equal(password, last);
		memcpy(last, password, sizeof last);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_pid),      cmocka_unit_test(parses_pps),
		cmocka_unit_test(makes_keys),      cmocka_unit_test(checks_passwords),
		cmocka_unit_test(makes_passwords),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
