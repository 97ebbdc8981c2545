/* Event and audit logs of PCs, read by the clock (logs.read_h): each record stands in the timeline once,
 * whatever happens to the log in between, and also when the service dies; a PC that is silent is left
 * alone until the hours are over. */
#include "parts.h"
#include "sim/events.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HOUR INT64_C(3600000)

static unsigned count(struct world *w, unsigned i, const char *name, const char *part)
{
	static struct store_event rows[1000];
	struct store_event_query q = { .uuid = w->devs[i].uuid, .name = name, .limit = 1000 };
	struct arena a;
	unsigned found = 0;

	arena_init(&a, 4 << 20);
	unsigned n = store_event_list(w->store, &a, &q, rows);
	for (unsigned k = 0; k < n; k++)
		found += strstr(rows[k].line, part) != NULL;
	arena_deinit(&a);
	return found;
}

static void happens(struct world *w, unsigned i, const char *text)
{
	struct err e = { 0 };

	if (!sim_event_named(w->devs[i].dev, span_str(text), &e))
		fail_msg("%s: %s", text, e.msg);
}

static void begin(struct world *w, unsigned *out_i)
{
	*out_i = parts_start(w, "11.8", "");
	happens(w, *out_i, "intrusion");
	world_run_ms(w, HOUR);
	assert_int_equal(count(w, *out_i, NULL, "the case was opened"), 0); /* only when asked */
	world_set(w, "logs.read_h", "1");
}

static void each_record_once(void **state)
{
	struct world w;
	unsigned i;

	(void)state;
	begin(&w, &i);
	world_run_ms(&w, 5 * 60000);
	assert_int_equal(count(&w, i, "pc.event_bad", "the case was opened"), 1);
	world_run_ms(&w, 3 * HOUR);
	assert_int_equal(count(&w, i, "pc.event_bad", "the case was opened"), 1);
	happens(&w, i, "no-boot-media");
	world_run_ms(&w, HOUR + 5 * 60000);
	assert_int_equal(count(&w, i, "pc.event_bad", "no bootable media"), 1);
	sim_event_clear(w.devs[i].dev); /* somebody emptied it */
	happens(&w, i, "os-hang");
	world_run_ms(&w, HOUR + 5 * 60000);
	assert_int_equal(count(&w, i, "pc.event_bad", "the OS hangs"), 1);
	assert_int_equal(count(&w, i, "pc.event_bad", "no bootable media"), 1);
	/* provisioning is in the audit log, which is on from 8.0 */
	assert_int_equal(count(&w, i, "pc.audit", "provisioning completed"), 1);
	world_deinit(&w);
}

static void a_death_doubles_nothing(void **state)
{
	struct world w;
	unsigned i;

	(void)state;
	begin(&w, &i);
	world_run_ms(&w, 5 * 60000);
	world_kill_service(&w);
	happens(&w, i, "boot-failure");
	world_start_service(&w);
	world_run_ms(&w, 2 * HOUR);
	assert_int_equal(count(&w, i, "pc.event_bad", "the case was opened"), 1);
	assert_int_equal(count(&w, i, "pc.event_bad", "system boot failure"), 1);
	world_deinit(&w);
}

static void a_silent_pc_is_left_alone(void **state)
{
	struct world w;
	unsigned i;
	struct err e = { 0 };

	(void)state;
	begin(&w, &i);
	assert_true(sim_dev_fault(w.devs[i].dev, span_str("refuse=1000"), &e));
	world_run_ms(&w, 50 * 60000);
	unsigned tries = count(&w, i, "device.operate_failed", "eventlog.read");
	if (tries < 1 || tries > 2)
		fail_msg("%u tries within the hour", tries);
	assert_true(sim_dev_fault(w.devs[i].dev, span_str("none"), &e));
	world_run_ms(&w, HOUR);
	assert_int_equal(count(&w, i, "pc.event_bad", "the case was opened"), 1);
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_record_once),
		cmocka_unit_test(a_death_doubles_nothing),
		cmocka_unit_test(a_silent_pc_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
