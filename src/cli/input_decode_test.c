/* Bytes however they were written down: recognised, decoded, refused. */
#include "base/str.h"
#include "cli/cli.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define S(text)                                           \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}

static void recognises(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		enum cli_input_format want;
		struct span bytes;
	} cases[] = {
		{ "hex", S("00ff10"), CLI_INPUT_HEX, S("\x00\xff\x10") },
		{ "hex with case and blanks", S(" 00 Ff\n10\r\n"), CLI_INPUT_HEX,
		  S("\x00\xff\x10") },
		{ "hex with colons", S("00:ff:10"), CLI_INPUT_HEX, S("\x00\xff\x10") },
		{ "hex with 0x", S("0x00ff10"), CLI_INPUT_HEX, S("\x00\xff\x10") },
		{ "groups of four", S("00ff 1011\n1213"), CLI_INPUT_HEX,
		  S("\x00\xff\x10\x11\x12\x13") },
		{ "xxd", S("00000000: 0001 4142 43                             ..ABC\n"),
		  CLI_INPUT_HEX,
		  S("\x00\x01"
		    "ABC") },
		{ "hexdump -C",
		  S("00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|\n"
		    "00000010  41                                                |A|\n00000011\n"),
		  CLI_INPUT_HEX, S("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17A") },
		{ "a network dump", S("0000  00 01 41 42   ..AB\n0004  43   C\n"), CLI_INPUT_HEX,
		  S("\x00\x01"
		    "ABC") },
		{ "base64", S("AP8Q/w=="), CLI_INPUT_BASE64, S("\x00\xff\x10\xff") },
		{ "base64 in lines", S("AP8Q\n/w==\n"), CLI_INPUT_BASE64, S("\x00\xff\x10\xff") },
		{ "binary", S("\x00\xff\x10"), CLI_INPUT_BINARY, S("\x00\xff\x10") },
		{ "text", S("<a>b</a>"), CLI_INPUT_BINARY, S("<a>b</a>") },
		{ "nothing", S(""), CLI_INPUT_BINARY, S("") },
		{ "blanks", S(" \n"), CLI_INPUT_BINARY, S(" \n") },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum cli_input_format f = CLI_INPUT_AUTO;
		struct arena a;
		struct span got = { NULL, 0 };
		struct err e = { 0 };
		arena_init(&a, 65536);
		bool ok = cli_input_decode(cases[i].in, &f, &a, &got, &e);
		if (!ok || f != cases[i].want || !span_eq(got, cases[i].bytes))
			fail_msg("%s: ok=%d as %s, %zu bytes %s", cases[i].name, ok,
				 cli_input_format_name(f), got.n, e.msg);
		arena_deinit(&a);
	}
}

static void refuses(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		enum cli_input_format f;
		const char *msg;
	} cases[] = {
		{ "odd digits", S("00f"), CLI_INPUT_AUTO, "odd number" },
		{ "no hex", S("00zz"), CLI_INPUT_HEX, "no hex digits" },
		{ "no base64", S("A*"), CLI_INPUT_BASE64, "base64" },
		{ "cut base64", S("AAAAA"), CLI_INPUT_BASE64, "base64" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum cli_input_format f = cases[i].f;
		struct arena a;
		struct span got;
		struct err e = { 0 };
		arena_init(&a, 65536);
		if (cli_input_decode(cases[i].in, &f, &a, &got, &e) || !strstr(e.msg, cases[i].msg))
			fail_msg("%s: '%s'", cases[i].name, e.msg);
		arena_deinit(&a);
	}
}

static void knows_formats(void **state)
{
	(void)state;
	enum cli_input_format f;
	struct err e = { 0 };

	assert_true(cli_input_format_parse("base64", &f, &e));
	assert_int_equal(f, CLI_INPUT_BASE64);
	assert_false(cli_input_format_parse("octal", &f, &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_string_equal(e.want, "hex, base64 or binary");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recognises),
		cmocka_unit_test(refuses),
		cmocka_unit_test(knows_formats),
	};
	return cmocka_run_group_tests_name("cli/input_decode", tests, NULL, NULL);
}
