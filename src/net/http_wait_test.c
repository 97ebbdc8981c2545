/* The HTTP conversation in time: a deadline per phase, cancellation at every step, the queue, calls
 * inside the callback. */
#include "net/http_test.h"

static void deadlines(void **state)
{
	(void)state;
	static const struct step silent[] = { { SILENT, NULL, 0 } };
	static const struct step part[] = { { STOP_AFTER, "HTTP/1.1 200 OK\r\n", 0 } };
	/* clang-format off */
	static const struct {
		const char *name;
		const struct step *steps;
		bool no_connect;
		int64_t after_ms;
		const char *says;
	} cases[] = {
		{ "connect", silent, true, 1000, "no connection with 127.1.0.1:16992 within 1000 ms" },
		{ "first byte", silent, false, 2005, "127.1.0.1:16992 did not answer POST /wsman within 2000 ms" },
		{ "whole", part, false, 3015, "the reply of 127.1.0.1:16992 to POST /wsman did not end within 3000 ms" },
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new(cases[i].steps);
		w->dial_fails_after_ms = cases[i].no_connect ? 1000000 : -1;
		int64_t begin = clk_mono_ms();
		start(w, true);
		while (!w->calls && sched_fake_step(w->sched, begin + 60000))
			;
		if (w->e.code != ERR_TIMEOUT || strcmp(w->e.msg, cases[i].says) != 0 ||
		    clk_mono_ms() - begin != cases[i].after_ms)
			fail_msg("%s: %s after %d ms", cases[i].name, w->e.msg,
				 (int)(clk_mono_ms() - begin));
		assert_int_equal(w->sent, !cases[i].no_connect);
		world_free(w);
	}
}

static void dial_errors_pass(void **state)
{
	(void)state;
	static const enum err_code codes[] = { ERR_REFUSED, ERR_UNREACHABLE, ERR_TLS, ERR_TLS_PEER,
					       ERR_TIMEOUT };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		struct world *w = world_new(NULL);
		w->dial_fails_after_ms = 3;
		err_set(&w->dial_err, codes[i], "no");
		exchange(w, true);
		assert_int_equal(w->e.code, codes[i]);
		assert_false(w->sent);
		assert_string_equal(w->seen, "|");
		world_free(w);
	}
}

/* Cancelled after each number of timer steps: no callback comes, the next exchange works. */
static void cancel_anywhere(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ SAY, NEED(REALM, "n1", CLOSE), 0 },
		{ SAY_BYTEWISE, OK_CHUNKED, 9 },
	};
	static const struct step ok[] = { { SAY, OK, 0 }, { SAY, OK, 0 }, { SAY, OK, 0 } };
	unsigned stopped = 0;

	for (int n = 0; n < 200; n++) {
		struct world *w = world_new(steps);
		struct net_http_op *op = start(w, true);
		for (int i = 0; i < n && !w->calls; i++)
			sched_fake_step(w->sched, clk_mono_ms() + 20000);
		if (w->calls) {
			world_free(w);
			break;
		}
		net_http_cancel(op);
		stopped++;
		w->steps = ok;
		w->at = 0;
		exchange(w, false); /* counts calls: exactly one more */
		assert_true(w->ok);
		world_free(w);
	}
	assert_in_range(stopped, 10, 150);
}

static void cancel_failed_and_queued(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, "garbage here\r\n", 0 },
					     { SAY, OK, 0 },
					     { SAY, OK, 0 } };
	struct world *w = world_new(steps);
	struct net_http_op *a = start(w, false), *b, *c;

	b = start(w, false);
	c = start(w, false);
	(void)c;
	net_http_cancel(b); /* of the queue: the running one goes on */
	net_http_cancel(a);
	net_http_cancel(NULL);
	w->at = 1;
	run_for(w, 10000);
	assert_int_equal(w->calls, 1);
	assert_true(w->ok);
	world_free(w);
}

static void one_at_a_time(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, OK, 0 }, { SAY, OK, 0 }, { SAY, OK, 0 } };
	struct world *w = world_new(steps);

	start(w, false);
	start(w, false);
	start(w, false);
	run_for(w, 16); /* connection, request, reply: the second was not sent with the first */
	assert_string_equal(w->seen, "|-");
	run_for(w, 1000);
	assert_string_equal(w->seen, "|---");
	assert_int_equal(w->calls, 3);
	world_free(w);
}

static void connect_only(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, OK, 0 } };
	struct world *w = world_new(steps);

	net_http_connect(w->h, on_done, w);
	run_for(w, 100);
	assert_int_equal(w->calls, 1);
	assert_true(w->ok);
	net_http_connect(w->h, on_done, w); /* kept */
	run_for(w, 100);
	assert_int_equal(w->calls, 2);
	exchange(w, false);
	assert_string_equal(w->seen, "|-");
	world_free(w);
}

static void free_in_callback(void *arg, const struct net_http_reply *r, bool sent,
			     const struct err *e)
{
	struct world *w = arg;

	on_done(arg, r, sent, e);
	net_http_free(w->h);
	w->h = NULL;
	if (r && r->msg)
		assert_true(span_eq_str(r->body, "ok")); /* spans hold until fn is back */
}

static void start_in_callback(void *arg, const struct net_http_reply *r, bool sent,
			      const struct err *e)
{
	struct world *w = arg;

	on_done(arg, r, sent, e);
	if (w->calls < 3) {
		struct net_http_req req = { .method = "POST", .target = "/wsman" };
		net_http_start(w->h, &req, start_in_callback, w);
	}
}

static void calls_inside_fn(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, OK_CLOSE, 0 }, { SAY, OK, 0 }, { SAY, OK, 0 } };
	static const struct step fails[] = { { HANG_UP, NULL, 0 } };
	struct net_http_req req = { .method = "POST", .target = "/wsman" };

	for (int i = 0; i < 2; i++) {
		struct world *w = world_new(i ? fails : steps);
		net_http_start(w->h, &req, free_in_callback, w);
		net_http_start(w->h, &req, free_in_callback, w); /* freed with it, never told */
		run_for(w, 10000);
		assert_int_equal(w->calls, 1);
		world_free(w);
	}
	struct world *w = world_new(steps);
	net_http_start(w->h, &req, start_in_callback, w);
	run_for(w, 10000);
	assert_int_equal(w->calls, 3);
	assert_true(w->ok);
	world_free(w);
}

static void set_interrupts(void **state)
{
	(void)state;
	static const struct step steps[] = { { SILENT, NULL, 0 }, { SAY, OK, 0 } };
	struct world *w = world_new(steps);

	start(w, true);
	run_for(w, 100);
	set_login(w, "other", "x", NULL);
	assert_int_equal(w->calls, 0);
	run_for(w, 0);
	assert_int_equal(w->calls, 1);
	assert_int_equal(w->e.code, ERR_CANCELLED);
	assert_true(w->sent);
	exchange(w, false);
	assert_true(w->ok);
	assert_string_equal(w->seen, "|-|-");
	world_free(w);
}

static bool twice(void *arg)
{
	unsigned *asked = arg;
	return ++*asked <= 2;
}

/* Asked before every send, also before the one that answers a challenge. */
static void sends_only_while_it_may(void **state)
{
	(void)state;
	static const struct step steps[] = { { SAY, OK, 0 },
					     { SAY, NEED(REALM, "n1", ""), 0 },
					     { SAY, OK, 0 } };
	struct world *w = world_new(steps);
	struct net_http_conf c = { .dialer = &w->dialer, .sched = w->sched, .rng = &w->rng };
	unsigned asked = 0;

	c.may_send = twice;
	c.may_send_arg = &asked;
	net_http_free(w->h);
	w->h = net_http_new(&c);
	set_login(w, "admin", "P@ssw0rd", NULL);
	exchange(w, false);
	assert_true(w->ok);
	exchange(w, false);
	assert_int_equal(w->e.code, ERR_CONFLICT);
	assert_false(w->sent); /* its last word was 401 */
	assert_int_equal(asked, 3);
	assert_int_equal(net_http_get_stats(w->h)->exchanges, 2);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deadlines),
		cmocka_unit_test(dial_errors_pass),
		cmocka_unit_test(cancel_anywhere),
		cmocka_unit_test(cancel_failed_and_queued),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(connect_only),
		cmocka_unit_test(calls_inside_fn),
		cmocka_unit_test(set_interrupts),
		cmocka_unit_test(sends_only_while_it_may),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
