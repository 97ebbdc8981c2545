/* The login of RFB against values of another program: `openssl enc -des-ecb -nopad` of the legacy provider,
 * with the key's bits reversed by hand. */
#include "pki/vnc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void answers_as_others_do(void **state)
{
	static const uint8_t challenge[16] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
					       0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	static const struct {
		const char *password;
		uint8_t want[16];
	} cases[] = {
		{ "P@ssw0rd",
		  { 0x7c, 0xe8, 0xf6, 0xad, 0x79, 0x01, 0x31, 0xe4, 0xb8, 0x8f, 0x37, 0x65, 0x3b,
		    0x41, 0x9a, 0x36 } },
		{ "12345678",
		  { 0x8b, 0x96, 0x03, 0xea, 0x1b, 0x64, 0x94, 0x30, 0xd5, 0x95, 0xc4, 0x24, 0x7b,
		    0xd2, 0xbb, 0x95 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t got[16];
		assert_true(pki_vnc_response(cases[i].password, challenge, got));
		assert_memory_equal(got, cases[i].want, sizeof got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers_as_others_do) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
