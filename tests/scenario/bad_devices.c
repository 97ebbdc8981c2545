/* Peers that take the connection and then misbehave, in the in-process world: what the error says,
 * and that silence costs the worker one deadline, whatever phase it comes in. The connection dies
 * after any byte of a reply; OUTBAND_CRASH_ALL=1: after each of them. */
#include "world.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)

/* Runs until the first try has failed; how long that took. */
static int64_t first_try(struct world *w, struct arena *a, struct store_job *j, const char *fault)
{
	int64_t start = clk_mono_ms();
	bool begun = false;

	for (int i = 0; i < 2000; i++) {
		world_run_ms(w, 100);
		if (!begun && engine_get_status(w->engine).running) {
			begun = true;
			start = clk_mono_ms();
		}
		arena_reset(a);
		if (world_job(w, 0, a, j) && strcmp(j->state, "delayed") == 0)
			return clk_mono_ms() - start;
	}
	world_print(w);
	fail_msg("%s: no try has ended in 200 s", fault);
	return 0;
}

static void tells_what_the_peer_did(void **state)
{
	(void)state;
	static const struct {
		const char *fault, *code, *seen, *want;
		int64_t least_ms, most_ms; /* of the first try */
	} cases[] = {
		{ "refuse", "net.refused", "", "AMT port", 0, 3000 },
		/* nothing ever comes: no TLS */
		{ "hang", "net.timeout", "silence", "AMT port", 0, 31000 },
		/* TLS is up; then no byte, part of a head, part of a body */
		{ "stall", "net.timeout", "silence", "AMT port", 29000, 31000 },
		{ "stall=0:20", "net.timeout", "silence", "AMT port", 59000, 61000 },
		{ "stall=0:300", "net.timeout", "silence", "AMT port", 59000, 61000 },
		{ "trickle", "net.timeout", "silence", "AMT port", 59000, 61000 },
		{ "drop_at=1:0,drop_at=1:7,drop_at=1:30,drop_at=1:200,drop_at=1:300,drop_at=1:9",
		  "net.closed", "", "", 0, 9000 },
		{ "no_http", "wire.malformed", "220 mail", "HTTP/1.1", 0, 9000 },
		{ "html", "wire.malformed", "text/html", "application/soap+xml", 0, 9000 },
		{ "xml_bomb", "wire.malformed", "application/soap+xml", "envelope", 0, 9000 },
		{ "huge_body", "input.too_large", "104857600", "1048576", 0, 9000 },
		{ "endless_body", "input.too_large", "more after", "1048576", 0, 9000 },
		{ "endless_head", "input.too_large", "more after", "empty line", 0, 9000 },
		{ "chunk_extension", "wire.malformed", "10;ext=value", "hex digits", 0, 9000 },
		{ "interim=20", "wire.malformed", "100", "final status", 0, 9000 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		struct arena a;
		struct store_job j;
		arena_init(&a, 1 << 20);
		world_init(&w, 1200 + i);
		world_start_service(&w);
		world_add(&w, "11.8", SIM_SETUP_PKI, cases[i].fault, NULL);
		int64_t took = first_try(&w, &a, &j, cases[i].fault);
		if (strcmp(j.err_code, cases[i].code) != 0 || !j.err_seen[0] || !j.err_want[0] ||
		    !strstr(j.err_seen, cases[i].seen) || !strstr(j.err_want, cases[i].want) ||
		    !(strstr(j.err_msg, w.devs[0].uuid) || strstr(j.err_want, w.devs[0].address)))
			fail_msg("%s: %s \"%s\", seen \"%s\", want \"%s\"", cases[i].fault,
				 j.err_code, j.err_msg, j.err_seen, j.err_want);
		if (took < cases[i].least_ms || took > cases[i].most_ms)
			fail_msg("%s: the try took %lld ms", cases[i].fault, (long long)took);
		assert_int_equal(engine_get_status(w.engine).running, 0);
		arena_deinit(&a);
		world_deinit(&w);
	}
}

/* The n-th reply ends after m bytes: once is never too much. */
static void survives_a_cut_after_any_byte(void **state)
{
	(void)state;
	bool all = getenv("OUTBAND_CRASH_ALL") != NULL;
	unsigned runs = 0;

	for (int n = 1; n <= 33; n += all ? 1 : 4) {
		for (int m = all ? 0 : n % 7; m < 1500; m += all ? 1 : m < 20 ? 6 : 230) {
			struct world w;
			char fault[64];
			(void)snprintf(fault, sizeof fault, "drop_at=%d:%d", n, m);
			world_init(&w, 1300);
			world_start_service(&w);
			world_add(&w, "11.8", SIM_SETUP_PKI, fault, NULL);
			if (!world_run_until_done(&w, HOUR_MS)) {
				world_print(&w);
				fail_msg("%s: not configured", fault);
			}
			world_check(&w);
			world_deinit(&w);
			runs++;
		}
	}
	print_message("%u runs\n", runs);
	assert_in_range(runs, 50, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_the_peer_did),
		cmocka_unit_test(survives_a_cut_after_any_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
