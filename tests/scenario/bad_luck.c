/* Many devices, few workers, and what goes wrong around the service in the in-process world: new
 * addresses, a stop in the middle, cancelled and paused jobs, a lease that went elsewhere. */
#include "world.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND_MS 1000LL
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)

static const struct {
	const char *generation;
	enum sim_state state;
} mix[] = {
	{ "5.0", SIM_SETUP_PSK },  { "9.5", SIM_SETUP_PSK },  { "5.0", SIM_SETUP_PKI },
	{ "9.5", SIM_SETUP_PKI },  { "11.8", SIM_SETUP_PKI }, { "16.1", SIM_SETUP_PKI },
	{ "16.1", SIM_SETUP_PKI }, { "11.8", SIM_SETUP_PKI },
};
#define MIX (sizeof mix / sizeof *mix)

static void job_of(struct world *w, unsigned i, struct arena *a, struct store_job *j)
{
	if (!world_job(w, i, a, j)) {
		world_print(w);
		fail_msg("device %u has no job that is not ended", i);
	}
}

static void until_done(struct world *w, int64_t limit_ms)
{
	if (!world_run_until_done(w, limit_ms)) {
		world_print(w);
		fail_msg("not configured in %lld s", (long long)(limit_ms / 1000));
	}
	world_check(w);
}

/* ---- many ---- */

static void configures_forty_with_ten_workers(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, 900);
	w.env.latency_ms = 30; /* so that workers are scarce */
	world_set(&w, "workers", "10");
	world_start_service(&w);
	int64_t start = clk_mono_ms();
	for (unsigned i = 0; i < 40; i++)
		world_add(&w, mix[i % MIX].generation, mix[i % MIX].state, NULL, NULL);
	unsigned most = 0, most_waiting = 0;
	char dev[32] = "";
	for (unsigned i = 0; i < 40; i++) {
		while (!world_device_state(&w, i, dev) || strcmp(dev, "configured") != 0) {
			struct engine_status st = engine_get_status(w.engine);
			most = st.running > most ? st.running : most;
			most_waiting = st.waiting > most_waiting ? st.waiting : most_waiting;
			if (clk_mono_ms() - start > 10 * MINUTE_MS) {
				world_print(&w);
				fail_msg("device %u is %s after ten minutes", i, dev);
			}
			world_run_ms(&w, 20);
		}
	}
	print_message("40 devices: %lld s, at most %u at work and %u waiting for firmware\n",
		      (long long)((clk_mono_ms() - start) / 1000), most, most_waiting);
	assert_in_range(most, 1, 10);
	assert_true(most_waiting > 10); /* waiting ones hold no worker */
	assert_int_equal(engine_get_status(w.engine).jobs_failed, 0);
	world_check(&w);
	world_deinit(&w);
}

static void waits_overlap_with_one_worker(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, 910);
	world_set(&w, "workers", "1");
	world_start_service(&w);
	int64_t start = clk_mono_ms();
	for (int i = 0; i < 2; i++)
		world_add(&w, "9.5", SIM_SETUP_PSK, "slow_key=120000", NULL);
	bool both_waited = false;
	for (int i = 0; i < 1200; i++) {
		world_run_ms(&w, 100);
		struct engine_status st = engine_get_status(w.engine);
		both_waited |= st.waiting == 2 && st.running == 0;
		assert_true(st.running <= 1);
	}
	assert_true(both_waited);
	until_done(&w, HOUR_MS);
	int64_t took = clk_mono_ms() - start;
	if (took > 180 * SECOND_MS)
		fail_msg("two keys of 120 s each took %lld s", (long long)(took / 1000));
	world_deinit(&w);
}

/* What is under way is finished, what only looks is left at once, and nothing is lost by it. */
static void follows_the_number_of_workers(void **state)
{
	(void)state;
	static const unsigned limits[] = { 10, 40, 1, 25, 2, 40 };
	struct world w;
	world_init(&w, 915);
	w.env.latency_ms = 700; /* a job does not end, nor wait for firmware, within two seconds */
	world_set(&w, "workers", "10");
	world_start_service(&w);
	for (unsigned i = 0; i < 40; i++)
		world_add(&w, mix[i % MIX].generation, mix[i % MIX].state, NULL, NULL);
	while (engine_get_status(w.engine).running < 10)
		world_run_ms(&w, 1);
	for (unsigned i = 0; i < sizeof limits / sizeof *limits; i++) {
		char text[16];
		snprintf(text, sizeof text, "%u", limits[i]);
		world_set(&w, "workers", text);
		world_run_ms(&w, 2000);
		for (unsigned n = 0; n < 10; n++) {
			unsigned running = engine_get_status(w.engine).running;
			if (running > limits[i])
				fail_msg("%u jobs hold a worker two seconds after there are %u",
					 running, limits[i]);
			world_run_ms(&w, 100);
		}
	}
	until_done(&w, HOUR_MS);
	char line[1024];
	if (engine_get_status(w.engine).jobs_failed) /* each in its first try */
		fail_msg("%s",
			 world_event(&w, NULL, "job.delayed", "", line, sizeof line) ? line : "");
	world_deinit(&w);
}

/* ---- addresses ---- */

static void follows_a_new_address(void **state)
{
	(void)state;
	for (int64_t at = 0; at < 6000; at += 600) { /* before the connection, and in the middle */
		struct world w;
		world_init(&w, 920);
		world_start_service(&w);
		world_add(&w, at % 1200 ? "9.5" : "11.8", at % 1200 ? SIM_SETUP_PSK : SIM_SETUP_PKI,
			  NULL, NULL);
		while (w.hello_count == 0)
			world_run_ms(&w, 1);
		if (at == 0) /* the job has not connected yet */
			assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->handshakes, 0);
		world_run_ms(&w, at);
		str_copy(w.devs[0].address, sizeof w.devs[0].address, span_str("127.1.7.7"));
		until_done(&w, 24 * HOUR_MS);
		world_deinit(&w);
	}
}

/* ---- stop, cancel, pause ---- */

static void on_stopped(void *arg)
{
	*(bool *)arg = true;
}

static void stops_and_goes_on(void **state)
{
	(void)state;
	for (int64_t at = 0; at < 30 * SECOND_MS; at += 1700) {
		struct world w;
		bool stopped = false;
		world_init(&w, 930);
		world_start_service(&w);
		for (unsigned i = 0; i < 4; i++)
			world_add(&w, mix[i + 1].generation, mix[i + 1].state, NULL, NULL);
		world_run_ms(&w, at);
		engine_stop(w.engine, on_stopped, &stopped);
		for (int i = 0; i < 200 && !stopped; i++)
			world_run_ms(&w, 100);
		assert_true(stopped);
		/* nothing is held: another service could begin at once */
		assert_int_equal(store_job_count(w.store, "running"), 0);
		world_kill_service(&w);
		world_start_service(&w);
		until_done(&w, 24 * HOUR_MS);
		assert_int_equal(engine_get_status(w.engine).running, 0);
		world_deinit(&w);
	}
}

static void cancels_what_runs(void **state)
{
	(void)state;
	for (int64_t at = 100; at < 20 * SECOND_MS; at += 1900) {
		struct world w;
		struct arena a;
		struct store_job j;
		char id[64] = "";
		world_init(&w, 940);
		world_start_service(&w);
		world_add(&w, "9.5", SIM_SETUP_PSK, NULL, NULL);
		while (!store_job_count(w.store, "running"))
			world_run_ms(&w, 1);
		world_run_ms(&w, at);
		arena_init(&a, 65536);
		if (world_job(&w, 0, &a, &j))
			str_copy(id, sizeof id, span_str(j.id));
		arena_deinit(&a);
		if (id[0] && engine_job_cancel(w.engine, id)) {
			unsigned before = w.hello_count;
			for (int i = 0; i < 300 && w.hello_count == before; i++) {
				arena_init(&a, 65536);
				bool got = store_job_get(w.store, &a, id, &j);
				bool gone = got && strcmp(j.state, "cancelled") == 0;
				arena_deinit(&a);
				if (gone)
					break;
				world_run_ms(&w, 100);
			}
			arena_init(&a, 65536);
			assert_true(store_job_get(w.store, &a, id, &j));
			assert_string_equal(j.state, "cancelled");
			arena_deinit(&a);
			world_run_ms(&w, 1);
			assert_false(engine_job_cancel(w.engine, id));
			assert_true(world_event(&w, w.devs[0].uuid, "job.cancelled", id, NULL, 0));
			world_add_job(&w, 0);
		}
		until_done(&w, 24 * HOUR_MS);
		world_deinit(&w);
	}
}

static const char *state_of(struct world *w, const char *id, struct arena *a)
{
	struct store_job j;
	arena_reset(a);
	return store_job_get(w->store, a, id, &j) ? j.state : "";
}

/* Between the lease that was asked for and its answer. */
static void cancels_what_is_being_taken(void **state)
{
	(void)state;
	struct world w;
	struct arena a;
	struct store_job j;
	char id[64];
	world_init(&w, 945);
	world_start_service(&w);
	world_add_with(&w,
		       &(struct world_want){
			       .generation = "9.5", .state = SIM_SETUP_PSK, .no_name = true });
	while (!store_job_count(w.store, "running"))
		assert_true(world_step(&w, INT64_MAX));
	arena_init(&a, 65536);
	job_of(&w, 0, &a, &j);
	str_copy(id, sizeof id, span_str(j.id));
	assert_int_equal(engine_get_status(w.engine).running, 0); /* nobody works at it yet */
	assert_true(engine_job_cancel(w.engine, id));
	world_run_ms(&w, 10);
	assert_string_equal(state_of(&w, id, &a), "cancelled");
	/* it did not begin: what would have refused it was not looked at */
	assert_false(world_event(&w, w.devs[0].uuid, "engine.refused", id, NULL, 0));
	arena_deinit(&a);
	world_deinit(&w);
}

/* A key that takes ten minutes to make does not hold the cancelled job. */
static void cancels_while_a_worker_is_at_it(void **state)
{
	(void)state;
	struct world w;
	struct arena a;
	struct store_job j;
	char id[64];
	world_init(&w, 946);
	w.work_ms = 10 * MINUTE_MS;
	world_start_service(&w);
	world_add(&w, "5.0", SIM_SETUP_PSK, NULL, NULL);
	for (int i = 0; i < 20000 && !w.work_count; i++)
		world_run_ms(&w, 10);
	assert_int_equal(w.work_count, 1);
	arena_init(&a, 65536);
	job_of(&w, 0, &a, &j);
	str_copy(id, sizeof id, span_str(j.id));
	world_run_ms(&w, MINUTE_MS);
	assert_string_equal(state_of(&w, id, &a), "running");
	assert_true(engine_job_cancel(w.engine, id));
	world_run_ms(&w, 100);
	assert_string_equal(state_of(&w, id, &a), "cancelled");
	assert_int_equal(engine_get_status(w.engine).running, 0);
	assert_true(world_event(&w, w.devs[0].uuid, "job.cancelled", id, NULL, 0));
	arena_deinit(&a);
	w.work_ms = 50;
	world_run_ms(&w, 20 * MINUTE_MS); /* the key comes, and nobody wants it */
	world_add_job(&w, 0);
	until_done(&w, 24 * HOUR_MS);
	world_deinit(&w);
}

static void leaves_paused_jobs_alone(void **state)
{
	(void)state;
	struct world w;
	struct arena a;
	struct store_job j;
	world_init(&w, 950);
	world_start_service(&w);
	world_add_with(&w,
		       &(struct world_want){
			       .generation = "9.5", .state = SIM_SETUP_PSK, .no_name = true });
	world_run_ms(&w, MINUTE_MS);
	arena_init(&a, 65536);
	job_of(&w, 0, &a, &j);
	assert_string_equal(j.state, "delayed");
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_job_set(tx, j.id, STORE_JOB_PAUSED, clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	world_set_name(&w, 0, "host0.example.com");
	world_run_ms(&w, 6 * HOUR_MS); /* hellos come in and do not wake it */
	assert_int_equal(sim_dev_get_stats(w.devs[0].dev)->handshakes, 0);
	job_of(&w, 0, &a, &j);
	assert_string_equal(j.state, "paused");
	tx = store_tx_new(w.store);
	store_tx_job_set(tx, j.id, STORE_JOB_QUEUED, clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	engine_kick(w.engine);
	until_done(&w, HOUR_MS);
	arena_deinit(&a);
	world_deinit(&w);
}

/* ---- a lease that went elsewhere ---- */

static void steal(struct world *w, unsigned i, struct arena *a, struct store_job *j)
{
	job_of(w, i, a, j);
	int64_t now = clk_unix_ms();
	struct store_tx *tx = store_tx_new(w->store);
	/* for the other service the lease was over; its clock is ahead */
	store_tx_job_lease(tx, j->id, "another", now + 10 * MINUTE_MS, now + 20 * MINUTE_MS);
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 0);
}

static void stops_writing_without_its_lease(void **state)
{
	(void)state;
	for (int64_t at = 200; at < 20 * SECOND_MS; at += 2300) {
		struct world w;
		struct arena a;
		struct store_job j;
		world_init(&w, 960);
		world_start_service(&w);
		world_add(&w, "9.5", SIM_SETUP_PSK, NULL, NULL);
		while (!store_job_count(w.store, "running"))
			world_run_ms(&w, 1);
		world_run_ms(&w, at);
		arena_init(&a, 1 << 20);
		if (store_job_count(w.store, "running")) {
			steal(&w, 0, &a, &j);
			world_run_ms(&w, 15 * MINUTE_MS);
			job_of(&w, 0, &a, &j);
			assert_string_equal(j.lease_owner, "another");
			assert_string_equal(j.state, "running");
			if (engine_get_status(w.engine).running +
			    engine_get_status(w.engine).waiting) {
				world_print(&w);
				fail_msg("stolen after %lld ms: it is still held", (long long)at);
			}
			assert_int_equal(engine_get_status(w.engine).jobs_done, 0);
			assert_int_equal(engine_get_status(w.engine).running +
						 engine_get_status(w.engine).waiting,
					 0);
			char dev[32];
			assert_true(world_device_state(&w, 0, dev));
			assert_string_not_equal(dev, "configured");
		}
		until_done(&w, 24 * HOUR_MS); /* the other one never came back: its lease ends */
		arena_deinit(&a);
		world_deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(configures_forty_with_ten_workers),
		cmocka_unit_test(follows_the_number_of_workers),
		cmocka_unit_test(waits_overlap_with_one_worker),
		cmocka_unit_test(follows_a_new_address),
		cmocka_unit_test(stops_and_goes_on),
		cmocka_unit_test(cancels_what_runs),
		cmocka_unit_test(cancels_what_is_being_taken),
		cmocka_unit_test(cancels_while_a_worker_is_at_it),
		cmocka_unit_test(leaves_paused_jobs_alone),
		cmocka_unit_test(stops_writing_without_its_lease),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
