/* Subscriptions that were lost on the PC: found by the clock (alerts.confirm_h) long before the next check,
 * told once, put back by the job of `drift` where the settings allow it; a PC that does not answer loses
 * its confirmation, and gets it back. PCs that others configured, or whose profile was not applied yet, too. */
#include "engine/alert_watch.h"
#include "engine/alert_wanted.h"
#include "base/clk.h"
#include "parts.h"
#include "store/store.h"
#include "store/store_operate.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HOUR INT64_C(3600000)
#define ALL  "Intel(r) AMT:All"
#define PROFILE \
	"alerts: {subscriptions: [{name: noc, url: 'http://192.0.2.30:16998/', events: all}]}\n"

static unsigned count(struct world *w, unsigned i, const char *name)
{
	static struct store_event rows[1000];
	struct store_event_query q = { .uuid = w->devs[i].uuid, .name = name, .limit = 1000 };
	struct arena a;

	arena_init(&a, 4 << 20);
	unsigned n = store_event_list(w->store, &a, &q, rows);
	arena_deinit(&a);
	return n;
}

static struct engine_alert_watch watch(struct world *w, unsigned i, struct arena *a)
{
	struct engine_alert_watch out;
	struct store_pc_log row;

	arena_reset(a);
	if (!store_pc_log_get(w->store, a, w->devs[i].uuid, STORE_PC_LOG_WATCH, &row))
		fail_msg("no row");
	engine_alert_watch_read(a, &row, &out);
	return out;
}

static void set_state(struct world *w, unsigned i, const char *state)
{
	struct store_tx *tx = store_tx_new(w->store);

	store_tx_device_text(tx, w->devs[i].uuid, STORE_DEVICE_STATE, state);
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(w, 1000);
}

static unsigned begin(struct world *w, const char *repair)
{
	unsigned i = parts_start(w, "11.8", PROFILE);

	world_set(w, "drift.repair", repair);
	world_set(w, "drift.check_h", "1000");
	world_set(w, "alerts.confirm_h", "6");
	return i;
}

static void a_loss_is_found_and_put_back(void **state)
{
	struct engine_alert_watch at;
	struct world w;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 18);
	unsigned i = begin(&w, "auto");
	assert_int_equal(watch(&w, i, &a).state, ENGINE_WATCH_CONFIRMED);
	int64_t first = watch(&w, i, &a).confirmed_unix_ms;
	world_run_ms(&w, 7 * HOUR);
	at = watch(&w, i, &a);
	assert_int_equal(at.state, ENGINE_WATCH_CONFIRMED);
	assert_true(at.confirmed_unix_ms >= first + 6 * HOUR);
	assert_true(at.confirmed_unix_ms <= first + 6 * HOUR + 5 * 60000);
	assert_true(parts_unsubscribe(&w, i, ALL, "name0"));
	world_run_ms(&w, 7 * HOUR);
	assert_int_equal(count(&w, i, "alerts.lost"), 1);
	assert_int_equal(count(&w, i, "alerts.back"), 1);
	assert_int_equal(watch(&w, i, &a).state, ENGINE_WATCH_CONFIRMED);
	assert_non_null(parts_get(&w, i, "CIM_ListenerDestinationWSManagement", NULL));
	arena_deinit(&a);
	parts_stop(&w);
}

static void asked_first_it_is_told_once(void **state)
{
	char text[512];
	struct world w;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 18);
	unsigned i = begin(&w, "ask");
	world_run_ms(&w, HOUR);
	assert_true(parts_unsubscribe(&w, i, ALL, "name0"));
	world_run_ms(&w, 30 * HOUR);
	assert_int_equal(count(&w, i, "alerts.lost"), 1);
	assert_int_equal(watch(&w, i, &a).state, ENGINE_WATCH_MISSING);
	assert_non_null(strstr(watch(&w, i, &a).detail, "alerts.subscriptions.noc: absent"));
	struct store_drift drift; /* where `device drift` reads */
	assert_true(store_drift_get(w.store, &a, w.devs[i].uuid, &drift));
	assert_string_equal(drift.lines, "alerts.subscriptions.noc: absent -> all\n");
	assert_true(parts_apply(&w, i, text, sizeof text));
	assert_int_equal(watch(&w, i, &a).state, ENGINE_WATCH_CONFIRMED);
	assert_int_equal(count(&w, i, "alerts.back"), 1);
	/* what is configured no more has not to tell */
	struct store_pc_log list[2];
	assert_int_equal(store_pc_log_list(w.store, &a, STORE_PC_LOG_WATCH, "", 2, list), 1);
	set_state(&w, i, "unconfigured");
	assert_int_equal(store_pc_log_list(w.store, &a, STORE_PC_LOG_WATCH, "", 2, list), 0);
	set_state(&w, i, "configured");
	/* no more wanted: no more watched */
	parts_profile(&w, "");
	assert_true(parts_apply(&w, i, text, sizeof text));
	struct store_pc_log row;
	assert_false(store_pc_log_get(w.store, &a, w.devs[i].uuid, STORE_PC_LOG_WATCH, &row));
	arena_deinit(&a);
	parts_stop(&w);
}

static void silence_is_no_confirmation(void **state)
{
	struct engine_alert_watch at;
	struct world w;
	struct arena a;
	struct err e = { 0 };

	(void)state;
	arena_init(&a, 1 << 18);
	unsigned i = begin(&w, "auto");
	int64_t first = watch(&w, i, &a).confirmed_unix_ms;
	assert_true(sim_dev_fault(w.devs[i].dev, span_str("refuse=1000"), &e));
	world_run_ms(&w, 7 * HOUR);
	at = watch(&w, i, &a);
	assert_int_equal(at.state, ENGINE_WATCH_UNREACHED);
	assert_int_equal(at.confirmed_unix_ms, first);
	assert_true(*at.detail);
	assert_int_equal(count(&w, i, "alerts.lost"), 0);
	unsigned tries = count(&w, i, "device.operate_failed");
	if (tries < 1 || tries > 2)
		fail_msg("%u tries within seven hours", tries);
	assert_true(sim_dev_fault(w.devs[i].dev, span_str("none"), &e));
	world_run_ms(&w, 7 * HOUR);
	assert_int_equal(watch(&w, i, &a).state, ENGINE_WATCH_CONFIRMED);
	arena_deinit(&a);
	parts_stop(&w);
}

/* A job or an operation has the PC: nobody looked, and what was known is as good as before. */
static void busy_is_no_loss(void **state)
{
	struct engine_alert_watch at;
	struct world w;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 18);
	unsigned i = begin(&w, "auto");
	at = watch(&w, i, &a);
	int64_t first = at.confirmed_unix_ms, now = clk_unix_ms();
	const struct store_hold h = { .uuid = w.devs[i].uuid,
				      .owner = "x",
				      .what = "power action=off",
				      .until_unix_ms = now + 8 * HOUR };
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_hold_take(tx, &h, now);
	store_tx_commit(tx, NULL, NULL);
	world_run_ms(&w, 7 * HOUR);
	at = watch(&w, i, &a);
	assert_int_equal(at.state, ENGINE_WATCH_CONFIRMED);
	assert_int_equal(at.confirmed_unix_ms, first);
	assert_true(at.looked_unix_ms > first); /* not again each minute */
	assert_int_equal(count(&w, i, "device.operate_failed"), 1);
	world_run_ms(&w, 7 * HOUR);
	assert_true(watch(&w, i, &a).confirmed_unix_ms > first);
	arena_deinit(&a);
	parts_stop(&w);
}

/* All that is there is as wanted, and that is nothing: never confirmed, by no way of looking. */
static void one_that_cannot_tell(void **state)
{
	char why[512];
	struct world w;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 18);
	unsigned i =
		parts_start(&w, "18.0", "alerts: {traps: [{address: 192.0.2.20, policy: 1}]}\n");
	assert_int_equal(watch(&w, i, &a).state, ENGINE_WATCH_UNSUPPORTED);
	assert_true(parts_job(&w, i, "check", why, sizeof why));
	assert_int_equal(watch(&w, i, &a).state, ENGINE_WATCH_UNSUPPORTED);
	int64_t looked = watch(&w, i, &a).looked_unix_ms;
	world_set(&w, "alerts.confirm_h", "6");
	world_run_ms(&w, 7 * HOUR);
	assert_true(watch(&w, i, &a).looked_unix_ms > looked);
	assert_int_equal(watch(&w, i, &a).state, ENGINE_WATCH_UNSUPPORTED);
	assert_int_equal(watch(&w, i, &a).confirmed_unix_ms, 0);
	arena_deinit(&a);
	parts_stop(&w);
}

/* What the list shows of that PC. */
static struct engine_alert_watch listed(struct world *w, unsigned i, struct arena *a)
{
	struct engine_alert_wanted *wanted = engine_alert_wanted_new(w->engine);
	struct engine_alert_watch out;
	struct store_pc_log row;
	struct store_device d;

	assert_int_equal(store_pc_log_list(w->store, a, STORE_PC_LOG_WATCH, "", 1, &row), 1);
	assert_string_equal(row.uuid, w->devs[i].uuid);
	assert_true(store_device_get(w->store, a, row.uuid, &d));
	if (*row.content)
		engine_alert_watch_read(a, &row, &out);
	else
		engine_alert_watch_unlooked(wanted, &d, a, &out);
	engine_alert_wanted_free(wanted);
	return out;
}

/* Its profile was given receivers after the last job: no job of ours has put one there. */
static void one_whose_alerts_were_never_applied(void **state)
{
	char text[512];
	struct world w;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	unsigned i = parts_start(&w, "11.8", "");
	world_set(&w, "drift.repair", "ask");
	world_set(&w, "drift.check_h", "1000");
	assert_int_equal(listed(&w, i, &a).state, ENGINE_WATCH_UNWANTED);
	assert_non_null(strstr(listed(&w, i, &a).detail, "profile baseline"));
	world_set(&w, "alerts.confirm_h", "0");
	parts_profile(&w, PROFILE);
	world_run_ms(&w, HOUR / 2); /* the clock may not look: it is said all the same */
	assert_int_equal(listed(&w, i, &a).state, ENGINE_WATCH_WAITING);
	world_set(&w, "alerts.confirm_h", "6");
	world_run_ms(&w, HOUR / 2);
	assert_int_equal(watch(&w, i, &a).state, ENGINE_WATCH_MISSING);
	assert_int_equal(watch(&w, i, &a).confirmed_unix_ms, 0);
	assert_int_equal(count(&w, i, "alerts.lost"), 1);
	assert_true(parts_apply(&w, i, text, sizeof text));
	assert_int_equal(watch(&w, i, &a).state, ENGINE_WATCH_CONFIRMED);
	arena_deinit(&a);
	parts_stop(&w);
}

/* Others configured it: what it would get says whether it should tell, and nothing is changed in it. */
static void one_that_others_configured(void **state)
{
	struct world w;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	unsigned i = begin(&w, "auto");
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_drift_drop(tx, w.devs[i].uuid);
	store_tx_pc_log_drop(tx, w.devs[i].uuid, STORE_PC_LOG_WATCH);
	store_tx_device_text(tx, w.devs[i].uuid, STORE_DEVICE_STATE, "adopted");
	store_tx_device_text(tx, w.devs[i].uuid, STORE_DEVICE_PROFILE, "");
	store_tx_commit(tx, NULL, NULL);
	world_set(&w, "profile.default", "baseline");
	assert_true(parts_unsubscribe(&w, i, ALL, "name0"));
	unsigned changes = parts_changes(&w, i);
	assert_int_equal(listed(&w, i, &a).state, ENGINE_WATCH_WAITING);
	world_run_ms(&w, HOUR);
	assert_int_equal(listed(&w, i, &a).state, ENGINE_WATCH_MISSING);
	assert_string_equal(listed(&w, i, &a).detail, "alerts.subscriptions.noc: absent");
	assert_int_equal(parts_changes(&w, i), changes);
	/* whoever has it subscribes it: that counts */
	assert_true(parts_subscribe(&w, i, ALL, "http://192.0.2.30:16998/"));
	world_run_ms(&w, 7 * HOUR);
	assert_int_equal(listed(&w, i, &a).state, ENGINE_WATCH_CONFIRMED);
	assert_int_equal(count(&w, i, "alerts.back"), 1);
	arena_deinit(&a);
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loss_is_found_and_put_back),
		cmocka_unit_test(asked_first_it_is_told_once),
		cmocka_unit_test(silence_is_no_confirmation),
		cmocka_unit_test(busy_is_no_loss),
		cmocka_unit_test(one_that_cannot_tell),
		cmocka_unit_test(one_whose_alerts_were_never_applied),
		cmocka_unit_test(one_that_others_configured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
