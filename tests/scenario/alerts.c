/* Alerts in masses: counted one by one, told to be kept when they are durable, also while the service stops; many
 * of senders that nobody knows; a program that hangs beside a web server that does not. */
#include "engine/alerts.h"
#include "base/clk.h"
#include "base/limits.h"
#include "base/str.h"
#include "parts.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct amt_alert alert_from(const char *from, unsigned n)
{
	struct amt_alert a = { .kind = AMT_ALERT_EVENT, .id = "iAMT0050", .severity = "2" };

	(void)snprintf(a.from, sizeof a.from, "%s", from);
	(void)snprintf(a.text, sizeof a.text, "alert %u", n);
	return a;
}

static unsigned rows_of(struct world *w, const char *uuid)
{
	static struct store_event rows[1000];
	struct store_event_query q = { .uuid = uuid, .name = "alert.received", .limit = 1000 };
	struct arena a;

	arena_init(&a, 4 << 20);
	unsigned n = store_event_list(w->store, &a, &q, rows);
	arena_deinit(&a);
	return n;
}

struct told {
	struct world *w;
	const char *uuid;
	unsigned kept, lost, early; /* early: said to be kept, and not in the timeline */
};

static void on_kept(void *arg, bool kept)
{
	struct told *t = arg;

	t->kept += kept;
	t->lost += !kept;
	t->early += kept && t->w->store && rows_of(t->w, t->uuid) < t->kept;
}

/* They come faster than they are stored: each of them counts. */
static void each_counts(void **state)
{
	struct world w;
	struct arena a;
	struct store_pc_log l;

	(void)state;
	arena_init(&a, 65536);
	unsigned i = parts_start(&w, "11.8", "");
	struct told told = { .w = &w, .uuid = w.devs[i].uuid };
	for (unsigned n = 0; n < 20; n++) {
		struct amt_alert alert = alert_from(w.devs[i].address, n);
		assert_true(engine_alerts_take(w.engine, &alert, on_kept, &told));
		assert_int_equal(told.kept, 0); /* never before it returned */
	}
	world_run_ms(&w, 1000);
	assert_int_equal(told.kept, 20);
	assert_int_equal(told.lost + told.early, 0);
	assert_true(store_pc_log_get(w.store, &a, w.devs[i].uuid, STORE_PC_LOG_ALERT, &l));
	assert_int_equal(l.amount, 20);
	assert_string_equal(l.content, "alert 19");
	arena_deinit(&a);
	parts_stop(&w);
}

/* Made-up senders get a few rows of the timeline in a minute, and take nothing from PCs that are known. */
static void nobodys_are_few(void **state)
{
	struct world w;

	(void)state;
	unsigned i = parts_start(&w, "11.8", "");
	struct told told = { .w = &w, .uuid = "" }, known = { .w = &w, .uuid = w.devs[i].uuid };
	unsigned taken = 0;
	world_run_ms(&w, 60000 - clk_mono_ms() % 60000);
	for (unsigned n = 0; n < 100000; n++) {
		char from[32];
		(void)snprintf(from, sizeof from, "198.18.%u.%u", n / 256 % 256, n % 256);
		struct amt_alert alert = alert_from(from, n);
		taken += engine_alerts_take(w.engine, &alert, on_kept, &told);
	}
	assert_int_equal(taken, LIMIT_ALERTS_UNKNOWN);
	/* traps that say to be of that PC are no better */
	struct amt_alert spoofed = alert_from("198.18.0.1", 1);
	spoofed.kind = AMT_ALERT_TRAP;
	(void)snprintf(spoofed.agent, sizeof spoofed.agent, "%s", w.devs[i].address);
	assert_false(engine_alerts_take(w.engine, &spoofed, on_kept, &told));
	struct amt_alert own = alert_from(w.devs[i].address, 1),
			 other = alert_from("198.18.0.1", 1);
	assert_true(engine_alerts_take(w.engine, &own, on_kept, &known));
	world_run_ms(&w, 30000);
	assert_int_equal(told.kept, taken);
	assert_int_equal(known.kept, 1);
	assert_false(engine_alerts_take(w.engine, &other, on_kept, &told));
	world_run_ms(&w, 30000);
	assert_true(engine_alerts_take(w.engine, &other, on_kept, &told));
	world_run_ms(&w, 1000);
	assert_int_equal(rows_of(&w, w.devs[i].uuid), 1);
	parts_stop(&w);
}

static unsigned posts, hooks;

static void hangs(struct world *w, const struct engine_hook_ask *q, struct engine_hook_end *end,
		  int64_t *ms)
{
	(void)w;
	(void)q;
	(void)end;
	hooks++;
	*ms = 3600000;
}

static void takes_posts(struct world *w, const char *to, struct span bytes, struct err *e)
{
	(void)w;
	(void)to;
	(void)bytes;
	(void)e;
	posts++;
}

/* 1,000 alerts, 10 in a second: the web server gets each, the program those that it is there for. */
static void a_program_that_hangs(void **state)
{
	struct world w;

	(void)state;
	unsigned i = parts_start(&w, "11.8", "");
	struct told told = { .w = &w, .uuid = w.devs[i].uuid };
	posts = hooks = 0;
	w.hook = hangs;
	w.forward = takes_posts;
	world_set(&w, "alerts.hook", "/bin/false");
	world_set(&w, "alerts.webhook", "http://192.0.2.1/in");
	for (unsigned n = 0; n < 1000; n++) {
		struct amt_alert alert = alert_from(w.devs[i].address, n);
		assert_true(engine_alerts_take(w.engine, &alert, on_kept, &told));
		if (n == 19) /* in one go: posts have workers, of which there are four for all */
			assert_int_equal(posts, 1);
		if (n >= 19)
			world_run_ms(&w, 100);
	}
	world_run_ms(&w, 1000);
	assert_int_equal(posts, 1000);
	assert_in_range(hooks, 4, 4 * 5); /* four at once, for 30 s each */
	assert_int_equal(told.kept, 1000);
	w.hook = NULL;
	parts_stop(&w);
}

/* ---- a web server that takes nothing for a while, or not one of them ---- */

#define NOBODY 0xffffffff

static struct {
	bool fails;
	unsigned refused;     /* this one, always */
	unsigned tries, next; /* next: the one whose turn it is */
	unsigned strange;     /* another one than that */
} server;

static void is_moody(struct world *w, const char *to, struct span bytes, struct err *e)
{
	char text[1024];
	unsigned n = NOBODY;

	(void)w;
	(void)to;
	assert_true(str_copy(text, sizeof text, bytes));
	const char *at = strstr(text, "alert ");
	if (at)
		n = (unsigned)strtoul(at + 6, NULL, 10);
	server.tries++;
	server.strange += n != server.next;
	if (server.fails)
		err_set(e, server.tries % 2 ? ERR_TIMEOUT : ERR_HTTP, "not now");
	else if (n == server.refused)
		err_set(e, ERR_INVALID, "not that one");
	if (server.fails)
		return;
	if (n != server.refused)
		server.next++;
	else if (server.tries % 10 == 0)
		server.next++; /* the last time that it came */
}

static unsigned told_of(struct world *w, const char *name)
{
	static struct store_event rows[100];
	struct store_event_query q = { .name = name, .limit = 100 };
	struct arena a;

	arena_init(&a, 4 << 20);
	unsigned n = store_event_list(w->store, &a, &q, rows);
	arena_deinit(&a);
	return n;
}

static void on_counted(void *arg, bool kept)
{
	*(unsigned *)arg += kept;
}

static void come(struct world *w, unsigned i, unsigned from, unsigned to)
{
	unsigned kept = 0;

	for (unsigned n = from; n < to; n++) {
		struct amt_alert alert = alert_from(w->devs[i].address, n);
		assert_true(engine_alerts_take(w->engine, &alert, on_counted, &kept));
		if (n % 500 == 499)
			world_run_ms(w, 10); /* stored meanwhile */
	}
	world_run_ms(w, 1000);
	assert_int_equal(kept, to - from);
}

static void a_web_server_that_fails(void **state)
{
	struct world w;

	(void)state;
	unsigned i = parts_start(&w, "11.8", "");
	memset(&server, 0, sizeof server);
	server.fails = true;
	server.refused = NOBODY;
	w.forward = is_moody;
	world_set(&w, "alerts.webhook", "http://192.0.2.1/in");
	come(&w, i, 0, 300);
	world_run_ms(&w, 3600000);
	assert_in_range(server.tries, 55, 75); /* one in a minute, not one for each alert */
	assert_int_equal(server.next, 0);
	assert_int_equal(told_of(&w, "alert.unsent"), 1);
	assert_int_equal(engine_get_status(w.engine).alerts_waiting, 300);
	server.fails = false;
	world_run_ms(&w, 120000);
	assert_int_equal(server.next, 300);
	assert_int_equal(server.strange, 0);
	assert_int_equal(engine_get_status(w.engine).alerts_waiting, 0);
	assert_int_equal(engine_get_status(w.engine).alerts_lost, 0);
	/* One that it never takes does not hold those behind it for ever. */
	server.refused = 302;
	server.tries = 0;
	come(&w, i, 300, 302);
	server.tries = 0;
	come(&w, i, 302, 310);
	world_run_ms(&w, 1200000);
	assert_int_equal(server.next, 310);
	assert_int_equal(server.strange, 0);
	assert_int_equal(engine_get_status(w.engine).alerts_lost, 1);
	assert_int_equal(engine_get_status(w.engine).alerts_sent, 309);
	parts_stop(&w);
}

/* More than may wait: the first ones stay, the rest is counted, and told in two events at most. */
static void a_web_server_that_is_away_for_long(void **state)
{
	struct world w;
	unsigned more = 200;

	(void)state;
	unsigned i = parts_start(&w, "11.8", "");
	memset(&server, 0, sizeof server);
	server.fails = true;
	server.refused = NOBODY;
	w.forward = is_moody;
	world_set(&w, "alerts.webhook", "http://192.0.2.1/in");
	come(&w, i, 0, LIMIT_ALERT_POSTS + more);
	assert_int_equal(engine_get_status(w.engine).alerts_waiting, LIMIT_ALERT_POSTS);
	assert_int_equal(engine_get_status(w.engine).alerts_lost, more);
	world_set(&w, "alerts.webhook", ""); /* nobody wants them any more */
	world_run_ms(&w, 120000);
	assert_int_equal(engine_get_status(w.engine).alerts_waiting, 0);
	assert_int_equal(server.next, 0);
	parts_stop(&w);
}

static void on_stopped(void *arg)
{
	*(bool *)arg = true;
}

/* Whoever was told that it is kept finds it there after the service has ended. */
static void stopped_in_the_middle(void **state)
{
	struct world w;
	bool over = false;

	(void)state;
	unsigned i = parts_start(&w, "11.8", "");
	struct told told = { .w = &w, .uuid = w.devs[i].uuid };
	for (unsigned n = 0; n < 50; n++) {
		struct amt_alert alert = alert_from(w.devs[i].address, n);
		assert_true(engine_alerts_take(w.engine, &alert, on_kept, &told));
	}
	engine_stop(w.engine, on_stopped, &over);
	assert_false(over);
	for (unsigned n = 0; n < 1000 && !over; n++)
		world_run_ms(&w, 10);
	assert_true(over);
	assert_int_equal(told.kept, 50);
	assert_int_equal(told.lost + told.early, 0);
	assert_int_equal(rows_of(&w, w.devs[i].uuid), 50);
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_counts),
		cmocka_unit_test(nobodys_are_few),
		cmocka_unit_test(a_program_that_hangs),
		cmocka_unit_test(a_web_server_that_fails),
		cmocka_unit_test(a_web_server_that_is_away_for_long),
		cmocka_unit_test(stopped_in_the_middle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
