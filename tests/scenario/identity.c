/* Whose PC is it? Moved, cleared, with another board, with another UUID, and two PCs that share one:
 * what each looks like, and that two PCs never take turns in one record (M09). */
#include "world.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MINUTE_MS (60 * 1000LL)
#define HOUR_MS   (60 * MINUTE_MS)

static void begin(struct world *w)
{
	world_init(w, 9);
	world_start_service(w);
}

static unsigned add(struct world *w, unsigned uuid_of, unsigned board)
{
	return world_add_with(w,
			      &(struct world_want){ .generation = "11.8",
						    .state = SIM_SETUP_PKI,
						    .fqdn = "pc.example.com",
						    .uuid_of = uuid_of,
						    .board = board });
}

static void run_until_done(struct world *w)
{
	if (!world_run_until_done(w, 7 * HOUR_MS)) {
		world_print(w);
		fail_msg("not all are configured");
	}
}

static bool has_event(struct world *w, unsigned i, const char *name, const char *part)
{
	return world_event(w, w->devs[i].uuid, name, part, NULL, 0);
}

static void expect_event(struct world *w, unsigned i, const char *name, const char *part)
{
	if (has_event(w, i, name, part))
		return;
	world_print(w);
	fail_msg("no event %s with '%s'", name, part);
}

static unsigned mac_count(struct world *w, unsigned i, char out_newest[64])
{
	struct arena a;
	struct store_mark rows[8];
	arena_init(&a, 65536);
	unsigned n = store_mark_list(w->store, &a, w->devs[i].uuid, "mac", 8, rows);
	str_copy(out_newest, 64, span_str(n ? rows[0].mark : ""));
	arena_deinit(&a);
	return n;
}

/* A look at a configured PC: its MAC address is known then. */
static void look(struct world *w, unsigned i)
{
	char mac[64];
	world_add_job(w, i);
	world_run_ms(w, 10 * MINUTE_MS);
	assert_true(mac_count(w, i, mac) > 0);
}

static void hears_from_setup(struct world *w, unsigned i)
{
	struct err e = { 0 };
	if (!sim_dev_to_state(w->devs[i].dev, SIM_FACTORY, &e) ||
	    !sim_dev_to_state(w->devs[i].dev, SIM_SETUP_PKI, &e))
		fail_msg("%s", e.msg);
	watch_forget(&w->watch, i);
}

static void moved_and_cleared(void **state)
{
	(void)state;
	struct world w;
	begin(&w);
	add(&w, 0, 0);
	run_until_done(&w);
	look(&w, 0);
	assert_false(has_event(&w, 0, "device.moved", ""));
	assert_false(has_event(&w, 0, "device.reset", ""));
	str_copy(w.devs[0].address, sizeof w.devs[0].address, span_str("127.1.9.9"));
	hears_from_setup(&w, 0);
	world_run_ms(&w, HOUR_MS);
	expect_event(&w, 0, "device.moved", "from=127.1.0.1 to=127.1.9.9");
	expect_event(&w, 0, "device.reset", "address=127.1.9.9");
	assert_false(has_event(&w, 0, "device.reboarded", ""));
	assert_int_equal(sim_dev_state(w.devs[0].dev), SIM_CONFIGURED);
	world_deinit(&w);
}

/* The technician wrote the old UUID to the new board. */
static void reboarded(void **state)
{
	(void)state;
	struct world w;
	char first[64], second[64];
	begin(&w);
	add(&w, 0, 1);
	run_until_done(&w);
	look(&w, 0);
	assert_int_equal(mac_count(&w, 0, first), 1);
	sim_dev_unplug(w.devs[0].dev);
	unsigned i = add(&w, 1, 2);
	world_run_ms(&w, HOUR_MS);
	expect_event(&w, i, "device.reboarded", first);
	expect_event(&w, i, "device.reboarded", "rule=M09");
	assert_int_equal(mac_count(&w, i, second), 2);
	assert_string_not_equal(first, second);
	assert_int_equal(sim_dev_state(w.devs[i].dev), SIM_CONFIGURED);
	/* the first board is not gone after all: two PCs */
	unsigned k = add(&w, 1, 1);
	world_run_ms(&w, HOUR_MS);
	expect_event(&w, k, "job.delayed", "rule=M09");
	expect_event(&w, k, "job.delayed", first);
	assert_int_not_equal(sim_dev_state(w.devs[k].dev), SIM_CONFIGURED);
	assert_int_equal(mac_count(&w, k, second), 2);
	assert_string_not_equal(first, second);
	world_deinit(&w);
}

/* The vendor's tool wrote another UUID to the board: two records of one PC, and both say so. */
static void another_uuid(void **state)
{
	(void)state;
	struct world w;
	begin(&w);
	add(&w, 0, 5);
	world_add_with(&w,
		       &(struct world_want){ .generation = "16.1",
					     .state = SIM_SETUP_PKI,
					     .fqdn = "other.example.com",
					     .board = 5 });
	run_until_done(&w);
	look(&w, 0);
	look(&w, 1);
	expect_event(&w, 1, "device.shared_mark", w.devs[0].uuid);
	expect_event(&w, 1, "device.shared_mark", "kind=mac");
	assert_false(has_event(&w, 0, "device.reboarded", ""));
	struct arena a;
	struct store_mark rows[4];
	arena_init(&a, 65536);
	assert_int_equal(store_mark_twice(w.store, &a, NULL, 4, rows), 2);
	assert_string_equal(rows[0].kind, "mac");
	arena_deinit(&a);
	world_deinit(&w);
}

/* A new PC is looked at by itself soon, so that the next one with its UUID is noticed. */
static void second_comes_later(void **state)
{
	(void)state;
	struct world w;
	char first[64], second[64];
	begin(&w);
	add(&w, 0, 1);
	run_until_done(&w);
	assert_int_equal(mac_count(&w, 0, first), 0);
	world_run_ms(&w, 70 * MINUTE_MS);
	assert_int_equal(mac_count(&w, 0, first), 1);
	unsigned i = add(&w, 1, 2);
	world_run_ms(&w, HOUR_MS);
	expect_event(&w, i, "device.reboarded", first);
	assert_int_equal(mac_count(&w, i, second), 2);
	world_deinit(&w);
}

/* Both say hello: the second is taken for the first, moved; when the first is heard again it is
 * plain. */
static void two_at_once(void **state)
{
	(void)state;
	struct world w;
	begin(&w);
	world_set(&w, "approval", "manual");
	add(&w, 0, 1);
	add(&w, 1, 2);
	world_run_ms(&w, 10 * MINUTE_MS);
	expect_event(&w, 0, "hello.refused", "rule=M09");
	expect_event(&w, 0, "hello.refused", w.devs[0].address);
	for (unsigned i = 0; i < 2; i++)
		assert_int_not_equal(sim_dev_state(w.devs[i].dev), SIM_CONFIGURED);
	world_deinit(&w);
}

/* An operator refuses a UUID, whatever the vendor says of it. */
static void denied(void **state)
{
	(void)state;
	struct world w;
	struct arena a;
	struct store_device d;
	begin(&w);
	world_add(&w, "16.1", SIM_SETUP_PKI, NULL, NULL);
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_deny_set(tx, &(struct store_deny){ w.devs[0].uuid, "board shop", 0 });
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(&w, 10 * MINUTE_MS);
	expect_event(&w, 0, "hello.refused", "board shop");
	arena_init(&a, 65536);
	assert_false(store_device_get(w.store, &a, w.devs[0].uuid, &d));
	arena_deinit(&a);
	tx = store_tx_new(w.store);
	store_tx_deny_delete(tx, w.devs[0].uuid);
	store_tx_commit(tx, NULL, NULL);
	run_until_done(&w);
	world_deinit(&w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(moved_and_cleared),  cmocka_unit_test(reboarded),
		cmocka_unit_test(another_uuid),       cmocka_unit_test(two_at_once),
		cmocka_unit_test(second_comes_later), cmocka_unit_test(denied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
