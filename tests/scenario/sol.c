/* Serial over LAN against the virtual PC in fake time: three hours in random pieces with a slow reader
 * and a restart in the middle, no byte lost in either direction; lines that die and come back; what
 * becomes of power commands; firmware that ends, drops and stops reading. */
#include "amt/sol.h"
#include "base/clk.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "redir_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HOUR_MS  3600000LL
#define SAID_MAX ((size_t)64 * 1024 * 1024)

struct console {
	struct rig g;
	struct amt_sol *s;
	struct buf said;
	struct buf typing; /* not yet taken */
	unsigned opens, losts, downs, rooms;
	struct err why;
	uint8_t status;
	bool slow;
	struct sched_timer *nap;
};

static void go_on_typing(struct console *c)
{
	if (c->s && c->typing.n)
		buf_consume(&c->typing, amt_sol_send(c->s, buf_span(&c->typing)));
}

static void on_open(void *arg)
{
	struct console *c = arg;

	c->opens++;
	go_on_typing(c);
}

static void on_awake(void *arg)
{
	struct console *c = arg;

	c->nap = NULL;
	if (c->s)
		amt_sol_pause(c->s, false);
}

static void on_data(void *arg, struct span bytes)
{
	struct console *c = arg;

	assert_true(buf_add(&c->said, bytes));
	if (c->slow && !c->nap && rng_below(&c->g.rng, 8) == 0) {
		amt_sol_pause(c->s, true);
		c->nap = sched_after(c->g.sched, rng_range(&c->g.rng, 1, 3000), on_awake, c);
	}
}

static void on_controls(void *arg, uint8_t control, uint8_t status)
{
	struct console *c = arg;

	(void)control;
	c->status = status;
}

static void on_room(void *arg)
{
	struct console *c = arg;

	c->rooms++;
	go_on_typing(c);
}

static void on_lost(void *arg, const struct err *why)
{
	struct console *c = arg;

	c->losts++;
	c->why = *why;
}

static void on_down(void *arg, const struct err *why)
{
	struct console *c = arg;

	c->downs++;
	c->why = *why;
}

static void begin(struct console *c, const char *switches, const char *fault, unsigned pieces,
		  int64_t come_back_ms, uint64_t seed)
{
	static const struct amt_sol_events events = { on_open, on_data, on_controls,
						      on_room, on_lost, on_down };

	*c = (struct console){ 0 };
	rig_init(&c->g, "9.5", "on", switches, fault, seed);
	c->g.pieces = pieces;
	buf_init(&c->said, SAID_MAX);
	buf_init(&c->typing, SAID_MAX);
	const struct amt_sol_conf conf = {
		.session = { .dialer = &c->g.dialer,
			     .sched = c->g.sched,
			     .rng = &c->g.rng,
			     .way = &c->g.way },
		.come_back_ms = come_back_ms,
	};
	c->s = amt_sol_start(&conf, &events, c);
	rig_run_ms(&c->g, 3000);
}

static void end(struct console *c)
{
	sched_cancel(c->nap);
	amt_sol_free(c->s);
	buf_deinit(&c->said);
	buf_deinit(&c->typing);
	rig_deinit(&c->g);
}

static void type(struct console *c, struct span text)
{
	assert_true(buf_add(&c->typing, text));
	go_on_typing(c);
}

/* Runs until it was said, from `from` on; gives what stands behind it. */
static size_t expect(struct console *c, size_t from, const char *what, int64_t ms)
{
	for (int64_t until = clk_mono_ms() + ms; clk_mono_ms() < until; rig_run_ms(&c->g, 50)) {
		go_on_typing(c);
		const char *at = c->said.n > from ? strstr((char *)c->said.p + from, what) : NULL;
		if (at)
			return (size_t)(at - (char *)c->said.p) + strlen(what);
	}
	fail_msg("'%s' was not said in %lld ms; the last words: %s", what, (long long)ms,
		 c->said.n > from ? (char *)c->said.p + c->said.n -
				 (c->said.n - from < 200 ? c->said.n - from : 200)
				  : "none");
	return 0;
}

static void hex_of(struct span s, char out_text[65])
{
	uint8_t digest[HASH_MAX_SIZE];
	struct out o;

	hash_of(HASH_SHA256, s, digest);
	out_init(&o, out_text, 65);
	out_hex(&o, span_make(digest, 32));
}

/* The PC sends so many bytes; they are what it says that they are. */
static void fetch(struct console *c, size_t n, int64_t ms)
{
	char text[64], want[65];
	struct out o;
	size_t from = c->said.n, at, after;

	out_init(&o, text, sizeof text);
	out_fmt(&o, "send %zu\r", n);
	type(c, out_span(&o));
	at = expect(c, from, "begin\r\n", ms);
	while (c->said.n < at + n && ms > 0) {
		rig_run_ms(&c->g, 100);
		ms -= 100;
	}
	after = expect(c, at, "bytes, sha256 ", ms + 10000);
	(void)expect(c, after, ":~# ", 10000);
	hex_of(span_make(c->said.p + at, n), want);
	if (strncmp((char *)c->said.p + after, want, 64) != 0)
		fail_msg("%zu bytes came otherwise than they were sent", n);
}

/* The PC gets so many bytes, of all values. */
static void give(struct console *c, size_t n, int64_t ms)
{
	char text[64], want[65];
	uint8_t *bytes = mem_new(n);
	struct out o;
	size_t from = c->said.n, at;

	rng_fill(&c->g.rng, bytes, n);
	out_init(&o, text, sizeof text);
	out_fmt(&o, "recv %zu\r", n);
	type(c, out_span(&o));
	at = expect(c, from, "ready\r\n", ms);
	type(c, span_make(bytes, n));
	at = expect(c, at, "bytes, sha256 ", ms);
	(void)expect(c, at, ":~# ", 10000);
	hex_of(span_make(bytes, n), want);
	if (strncmp((char *)c->said.p + at, want, 64) != 0)
		fail_msg("%zu bytes arrived otherwise than they were typed", n);
	mem_free(bytes);
}

static void three_hours(void **state)
{
	struct console c;
	unsigned rounds = 0;
	size_t bytes = 0;
	(void)state;

	begin(&c, NULL, NULL, 700, 0, 42);
	c.slow = true;
	assert_int_equal(c.opens, 1);
	int64_t start = clk_mono_ms();
	while (clk_mono_ms() - start < 3 * HOUR_MS) {
		size_t n = 1 + rng_below(&c.g.rng, 60000);
		fetch(&c, n, 600000);
		give(&c, n, 600000);
		bytes += n;
		if (++rounds == 12) {
			size_t from = c.said.n;
			type(&c, span_str("reboot\r"));
			(void)expect(&c, from, "system is up", 60000);
			(void)expect(&c, from, ":~# ", 60000);
		}
		rig_run_ms(&c.g, rng_range(&c.g.rng, 0, 300000));
		buf_clear(&c.said);
	}
	print_message("%u rounds, %zu bytes each way, %u times full\n", rounds, bytes, c.rooms);
	assert_true(rounds > 24);
	assert_int_equal(c.opens, 1);
	assert_int_equal(c.losts + c.downs, 0);
	assert_int_equal(amt_sol_get_stats(c.s)->drops, 0);
	assert_int_equal(c.typing.n, 0);
	end(&c);
}

static void comes_back(void **state)
{
	struct console c;
	(void)state;

	begin(&c, NULL, NULL, 5000, 300000, 7);
	for (unsigned i = 1; i <= 5; i++) {
		fetch(&c, 1000, 60000);
		rig_cut(&c.g);
		rig_run_ms(&c.g, 60000);
		assert_int_equal(c.losts, i);
		assert_int_equal(c.opens, i + 1);
		assert_int_equal(c.downs, 0);
	}
	assert_int_equal(sim_dev_get_stats(c.g.dev)->failed_logins, 0);
	struct err e = { 0 };
	assert_true(sim_dev_to_state(c.g.dev, SIM_DISABLED, &e));
	rig_run_ms(&c.g, 1000);
	unsigned dials = c.g.dials;
	rig_run_ms(&c.g, HOUR_MS);
	assert_int_equal(c.downs, 1); /* it gives up in the end */
	assert_int_equal(c.why.code, ERR_REFUSED);
	assert_in_range(c.g.dials - dials, 10, 40);
	end(&c);
}

/* A password that was changed meanwhile is sent once. */
static void stops_at_a_wrong_password(void **state)
{
	struct console c;
	struct err e = { 0 };
	(void)state;

	begin(&c, NULL, NULL, 5000, 300000, 7);
	assert_true(sim_dev_fault(c.g.dev, span_str("bad_admin_pw"), &e));
	rig_cut(&c.g);
	rig_run_ms(&c.g, HOUR_MS);
	assert_int_equal(c.downs, 1);
	assert_int_equal(c.why.code, ERR_AUTH);
	assert_int_equal(sim_dev_get_stats(c.g.dev)->failed_logins, 1);
	end(&c);
}

static void tells_power(void **state)
{
	struct console c;
	(void)state;

	begin(&c, NULL, NULL, 0, 0, 1);
	assert_int_equal(c.status, WIRE_REDIR_POWER_ON);
	type(&c, span_str("poweroff\r"));
	rig_run_ms(&c.g, 2000);
	assert_int_equal(c.status, 0);
	assert_false(sim_dev_is_on(c.g.dev));
	type(&c, span_str("nobody hears that"));
	rig_run_ms(&c.g, HOUR_MS); /* the session lives on heartbeats */
	assert_int_equal(c.downs, 0);
	end(&c);
}

/* What is typed while the PC starts waits for it, and is there afterwards. */
static void waits_for_a_restart(void **state)
{
	struct console c;
	static char text[40000];
	(void)state;

	begin(&c, NULL, NULL, 0, 0, 1);
	memset(text, '.', sizeof text - 1);
	type(&c, span_str("reboot\r"));
	rig_run_ms(&c.g, 2500); /* behind the keys of the BIOS */
	size_t from = c.said.n;
	type(&c, span_str("echo one two\r"));
	(void)expect(&c, from, "\r\none two\r\n", 60000);
	from = c.said.n;
	give(&c, sizeof text, 60000);
	assert_int_equal(amt_sol_get_stats(c.s)->drops, 0);
	end(&c);
}

static void ends_in_order(void **state)
{
	struct console c;
	(void)state;

	begin(&c, NULL, NULL, 3, 300000, 1);
	amt_sol_end(c.s);
	rig_run_ms(&c.g, 10000);
	assert_int_equal(c.downs, 1);
	assert_int_equal(c.why.code, ERR_NONE);
	assert_int_equal(c.losts, 0);
	end(&c);
	begin(&c, NULL, "redir_busy", 0, 300000, 1);
	assert_int_equal(c.downs, 1); /* never was open: no reason to come back */
	assert_int_equal(c.why.code, ERR_BUSY);
	end(&c);
}

/* A console that stands still, as a stopped process: firmware ends its session, and does not wait for it. */
static void a_stopped_console_is_let_go(void **state)
{
	(void)state;
	struct rig g;
	struct rig_session first, second;
	struct wire_redir_msg open = {
		.type = WIRE_REDIR_SOL_OPEN,
		.session = WIRE_REDIR_SOL,
		.sol_open = { .max_tx = 1000, .tx_ms = 100, .rx_ms = 10000, .heartbeat_ms = 5000 }
	};
	uint8_t mem[64];
	struct out o;

	rig_init(&g, "11.8", "on", NULL, NULL, 7);
	rig_open(&g, &first, WIRE_REDIR_SOL);
	rig_run_ms(&g, 1000);
	assert_int_equal(first.opens, 1);
	out_init(&o, mem, sizeof mem);
	assert_true(wire_redir_emit(&o, &open) && amt_redir_send(first.r, out_span(&o)));
	rig_run_ms(&g, 1000);
	amt_redir_pause(first.r, true);
	rig_open(&g, &second, WIRE_REDIR_SOL);
	rig_run_ms(&g, 5000);
	assert_int_equal(second.why.code, ERR_BUSY);
	rig_close(&second);
	rig_run_ms(&g, 12000);
	rig_open(&g, &second, WIRE_REDIR_SOL);
	rig_run_ms(&g, 1000);
	assert_int_equal(second.opens, 1);
	rig_close(&second);
	rig_close(&first);
	rig_deinit(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_hours),
		cmocka_unit_test(comes_back),
		cmocka_unit_test(tells_power),
		cmocka_unit_test(stops_at_a_wrong_password),
		cmocka_unit_test(ends_in_order),
		cmocka_unit_test(waits_for_a_restart),
		cmocka_unit_test(a_stopped_console_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
