/* Pairs and passwords that are made are taken. PID, PPS and passwords as people and files spell them: one in each line. What is taken comes out
 * in its plain form, is taken again printed, and never appears in an error. */
#include "wire/psk.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make(size_t seed)
{
	char pid[9], pps[33], password[WIRE_PSK_PASSWORD_LEN + 1], again[33];
	struct rng r;
	rng_seed(&r, seed);
	wire_psk_make_pid(&r, pid);
	wire_psk_make_pps(&r, pps);
	wire_psk_make_password(&r, password);
	if (!wire_psk_parse_pid(span_str(pid), again, NULL) ||
	    !wire_psk_parse_pps(span_str(pps), again, NULL) ||
	    !wire_psk_check_password(span_str(password), NULL))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	make(size);
	struct span rest = { data, size };
	while (rest.n) {
		struct span line = { rest.p, span_find(rest, '\n') };
		char pid[9], pps[33], again[33], text[40], shown[10];
		struct err e = { 0 };
		if (wire_psk_parse_pid(line, pid, &e)) {
			wire_psk_print_pid(pid, shown);
			if (!wire_psk_parse_pid(span_str(shown), again, NULL) ||
			    strcmp(pid, again) != 0)
				abort();
		}
		if (wire_psk_parse_pps(line, pps, &e)) {
			wire_psk_print_pps(pps, text);
			if (!wire_psk_parse_pps(span_str(text), again, NULL) ||
			    strcmp(pps, again) != 0)
				abort();
		}
		if (!wire_psk_check_password(line, &e) && e.code == ERR_NONE)
			abort();
		rest = span_make(rest.p + line.n, rest.n - line.n);
		rest = span_make(rest.p + (rest.n > 0), rest.n - (rest.n > 0));
	}
	return 0;
}
