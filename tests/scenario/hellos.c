/* What a hello begins: bytes that are none, floods of them, PCs that wait for approval; one job per key, which is
 * used up by the proof and not before. */
#include "world.h"

#include "base/clk.h"
#include "wire/hello.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS   (60 * MINUTE_MS)
#define PSK       .generation = "9.5", .state = SIM_SETUP_PSK

/* ---- hellos ---- */

static void takes_only_hellos_that_are_hellos(void **state)
{
	(void)state;
	struct world w;
	struct wire_hello h = { .kind = WIRE_HELLO_PSK, .pid = "ABCDEFGH" };
	char line[2048];
	uint8_t raw[64], big[20000] = { 2 };
	struct out o;
	world_init(&w, 620);
	world_start_service(&w);
	memset(&h.uuid, 0x5a, sizeof h.uuid);
	out_init(&o, (char *)raw, sizeof raw);
	assert_true(wire_hello_emit(&o, &h));
	size_t n = out_len(&o);
	for (size_t i = 0; i < n; i++) { /* every cut */
		engine_hello(w.engine, span_make(raw, i), "127.3.0.1");
		world_run_ms(&w, 1100);
	}
	assert_int_equal(engine_get_status(w.engine).hellos_bad, (int64_t)n);
	assert_true(
		world_event(&w, "", "hello.malformed", "err=wire.malformed", line, sizeof line));
	assert_true(strstr(line, "seen=") && strstr(line, "want="));
	engine_hello(w.engine, span_make(big, sizeof big), "127.3.0.2");
	memset(big, 0xff, sizeof big);
	engine_hello(w.engine, span_make(big, sizeof big), "127.3.0.2");
	assert_int_equal(engine_get_status(w.engine).hellos_bad, (int64_t)n + 2);
	memset(&h.uuid, 0xff, sizeof h.uuid);
	out_init(&o, (char *)raw, sizeof raw);
	assert_true(wire_hello_emit(&o, &h));
	engine_hello(w.engine, span_make(raw, n), "127.3.0.3");
	world_run_ms(&w, 1000);
	assert_true(world_event(&w, NULL, "hello.refused", "rule=M09", line, sizeof line));
	assert_true(strstr(line, "seen=") && strstr(line, "want=") && strstr(line, "hint="));
	assert_int_equal(store_device_count(w.store, NULL), 0);
	assert_int_equal(store_job_count(w.store, "queued") + store_job_count(w.store, "delayed"),
			 0);
	world_deinit(&w);
}

static void limits_a_flood_by_address(void **state)
{
	(void)state;
	struct world w;
	struct wire_hello h = { .kind = WIRE_HELLO_PSK, .pid = "ABCDEFGH" };
	uint8_t raw[64];
	struct out o;
	world_init(&w, 630);
	world_start_service(&w);
	world_add(&w, "9.5", SIM_SETUP_PSK, NULL, NULL);
	for (unsigned i = 0; i < 5000; i++) {
		memset(&h.uuid, 0x21, sizeof h.uuid);
		memcpy(&h.uuid, &i, sizeof i);
		out_init(&o, (char *)raw, sizeof raw);
		assert_true(wire_hello_emit(&o, &h));
		engine_hello(w.engine, span_make(raw, out_len(&o)), "127.4.0.1");
	}
	struct engine_status st = engine_get_status(w.engine);
	assert_int_equal(st.hellos, 5000);
	assert_int_equal(st.hellos_refused, 4900);
	world_run_ms(&w, 2000);
	assert_int_equal(store_device_count(w.store, NULL), 101); /* one is real */
	char dev[32] = "";
	world_run_ms(&w, HOUR_MS);
	assert_true(world_device_state(&w, 0, dev)); /* another address is served */
	assert_string_equal(dev, "configured");
	world_deinit(&w);
}

static void waits_for_approval(void **state)
{
	(void)state;
	struct world w;
	char dev[32];
	world_init(&w, 640);
	world_set(&w, "approval", "manual");
	world_start_service(&w);
	world_add(&w, "9.5", SIM_SETUP_PSK, NULL, NULL);
	world_run_ms(&w, HOUR_MS);
	assert_true(world_device_state(&w, 0, dev));
	assert_string_equal(dev, "approval");
	assert_true(world_event(&w, w.devs[0].uuid, "device.approval", "", NULL, 0));
	assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->handshakes, 0);
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_device_int(tx, w.devs[0].uuid, STORE_DEVICE_APPROVED, 1);
	store_tx_commit(tx, NULL, NULL);
	world_add_job(&w, 0);
	assert_true(world_run_until_done(&w, HOUR_MS));
	world_check(&w);
	world_deinit(&w);
}

/* ---- a key is consumed by the proof, not before ---- */

static void uses_a_key_at_the_proof(void **state)
{
	(void)state;
	struct world w;
	char dev[32] = "";
	unsigned looks = 0;
	world_init(&w, 600);
	world_start_service(&w);
	world_add(&w, "9.5", SIM_SETUP_PSK, NULL, NULL);
	for (; strcmp(dev, "configured") != 0 && looks < 36000; looks++) {
		struct arena a;
		struct store_psk k;
		arena_init(&a, 65536);
		world_run_ms(&w, 100);
		world_device_state(&w, 0, dev);
		assert_true(store_psk_get(w.store, &a, w.devs[0].pid, &k));
		bool done = strcmp(dev, "configured") == 0;
		assert_string_equal(k.state, done ? "used" : "unused");
		assert_string_equal(k.used_by, done ? w.devs[0].uuid : "");
		arena_deinit(&a);
	}
	assert_in_range(looks, 10, 35999);
	world_deinit(&w);
}

/* The second of two PCs with one pair is refused when its job begins, whoever of them was first. */
static void begins_one_job_per_key(void **state)
{
	(void)state;
	for (uint64_t seed = 605; seed < 608; seed++) {
		struct world w;
		char line[2048], dev[32];
		world_init(&w, seed);
		w.env.latency_ms = 40;
		world_start_service(&w);
		world_add(&w, "9.5", SIM_SETUP_PSK, NULL, NULL);
		world_add_with(&w, &(struct world_want){ PSK, .key_of = 1 });
		while (w.hello_count < 2)
			world_run_ms(&w, 1);
		assert_true(world_run_ms(&w, 2000));
		unsigned second =
			world_event(&w, w.devs[0].uuid, "engine.refused", "rule=D044", NULL, 0) ? 0
												: 1;
		assert_true(world_event(&w, w.devs[second].uuid, "engine.refused", "rule=D044",
					line, sizeof line));
		if (!strstr(line, w.devs[0].uuid) || !strstr(line, w.devs[1].uuid) ||
		    !strstr(line, "being configured"))
			fail_msg("both PCs and the PID are to be named: %s", line);
		assert_true(world_device_state(&w, 1 - second, dev));
		assert_string_equal(dev, "configuring");
		world_run_ms(&w, 15 * MINUTE_MS);
		assert_true(world_device_state(&w, 1 - second, dev));
		assert_string_equal(dev, "configured");
		world_run_ms(&w, 24 * HOUR_MS); /* and stays refused: the key is used now */
		assert_true(world_event(&w, w.devs[second].uuid, "engine.refused", "already used",
					line, sizeof line));
		const struct sim_dev_stats *st = sim_dev_get_stats(w.devs[second].dev);
		assert_int_equal(st->handshakes + st->requests, 0);
		world_deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_only_hellos_that_are_hellos),
		cmocka_unit_test(limits_a_flood_by_address),
		cmocka_unit_test(waits_for_approval),
		cmocka_unit_test(uses_a_key_at_the_proof),
		cmocka_unit_test(begins_one_job_per_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
