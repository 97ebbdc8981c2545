/* Streams in memory: the contract of net/stream.h (order, latency, exactly one end, nothing after
 * close), and TLS as a judgement. What the real handshake does with the same settings is compared
 * in tests/system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clk.h"
#include "base/mem.h"
#include "base/hash.h"
#include "base/str.h"
#include "net/stream_mem.h"

struct side {
	struct net_stream *s;
	unsigned ups, downs, datas;
	char got[64];
	struct err why;
	struct net_tls_facts facts;
	int64_t up_ms, data_ms, down_ms;
	bool close_on_data, close_on_up, reset_on_data;
};
static struct sched *sched;
static int64_t begin_ms;

static void on_up(void *arg, const struct net_tls_facts *f)
{
	struct side *x = arg;
	x->ups++;
	x->facts = *f;
	x->up_ms = clk_mono_ms() - begin_ms;
	if (x->close_on_up) {
		net_stream_close(x->s);
		x->s = NULL;
	}
}

static void on_data(void *arg, struct span bytes)
{
	struct side *x = arg;
	assert_int_equal(x->ups, 1);
	assert_int_equal(x->downs, 0);
	x->datas++;
	x->data_ms = clk_mono_ms() - begin_ms;
	size_t n = strlen(x->got);
	str_copy(x->got + n, sizeof x->got - n, bytes);
	if (x->reset_on_data)
		net_stream_reset(x->s);
	if (x->close_on_data) {
		net_stream_close(x->s);
		x->s = NULL;
	}
}

static void on_down(void *arg, const struct err *why)
{
	struct side *x = arg;
	x->downs++;
	x->why = *why;
	x->down_ms = clk_mono_ms() - begin_ms;
}

static const struct net_stream_events events = { on_up, on_data, on_down };

static int set_up(void **state)
{
	(void)state;
	clk_fake_start(1000000000000);
	begin_ms = clk_mono_ms();
	sched = sched_new(NULL, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	int64_t left = sched_next_mono_ms(sched);
	sched_free(sched);
	clk_fake_stop();
	return left == -1 ? 0 : -1; /* closed streams leave no timer */
}

static void run(int64_t ms)
{
	int64_t until = clk_mono_ms() + ms;
	while (sched_fake_step(sched, until))
		;
}

static void pair(struct side *a, struct side *b)
{
	memset(a, 0, sizeof *a);
	memset(b, 0, sizeof *b);
	net_stream_mem_pair(sched, 10, &a->s, &b->s);
	net_stream_start(a->s, &events, a);
	net_stream_start(b->s, &events, b);
	assert_int_equal(a->ups + b->ups, 0); /* nothing inside a call */
}

static void close_both(struct side *a, struct side *b)
{
	net_stream_close(a->s);
	net_stream_close(b->s);
}

static void carries_in_order(void **state)
{
	(void)state;
	struct side a, b;

	pair(&a, &b);
	assert_false(net_stream_send(a.s, span_str("early")));
	assert_string_equal(net_stream_peer(a.s), "");
	run(10);
	assert_int_equal(a.up_ms, 10);
	assert_string_equal(net_stream_peer(a.s), "memory");
	assert_true(net_stream_send(a.s, span_str("one ")));
	assert_true(net_stream_send(a.s, span_str("two ")));
	assert_true(net_stream_send(b.s, span_str("back")));
	assert_int_equal(b.datas, 0);
	run(9);
	assert_int_equal(b.datas, 0);
	run(1);
	assert_string_equal(b.got, "one two ");
	assert_int_equal(b.data_ms, 20);
	assert_string_equal(a.got, "back");
	close_both(&a, &b);
	run(100);
	assert_int_equal(a.downs + b.downs, 0); /* who closed hears nothing */
}

static void waits_for_the_start(void **state)
{
	(void)state;
	struct side a = { 0 }, b = { 0 };

	net_stream_mem_pair(sched, 10, &a.s, &b.s);
	net_stream_start(a.s, &events, &a);
	run(10);
	net_stream_send(a.s, span_str("x"));
	run(1000);
	net_stream_start(b.s, &events, &b);
	run(1000);
	assert_string_equal(b.got, "x");
	close_both(&a, &b);
}

static void ends(void **state)
{
	(void)state;
	struct side a, b;

	pair(&a, &b);
	run(10);
	net_stream_send(a.s, span_str("last"));
	net_stream_end(a.s);
	assert_false(net_stream_send(a.s, span_str("more")));
	run(10);
	assert_string_equal(b.got, "last"); /* before the end */
	assert_int_equal(b.downs, 1);
	assert_int_equal(b.why.code, ERR_NONE);
	assert_int_equal(a.downs, 0);
	net_stream_close(b.s);
	run(10);
	assert_int_equal(a.downs, 1);
	assert_int_equal(a.why.code, ERR_NONE);
	net_stream_close(a.s);

	pair(&a, &b); /* the peer does not close */
	run(10);
	net_stream_end(a.s);
	run(20000);
	assert_int_equal(a.downs, 1);
	close_both(&a, &b);
}

static size_t half_out(void *arg, bool out, struct span bytes)
{
	unsigned *calls = arg;
	++*calls;
	return out ? bytes.n / 2 : bytes.n - 1;
}

/* What a tap keeps back is lost, and an end with a scheduler of its own waits for that one. */
static void taps(void **state)
{
	(void)state;
	struct side a, b;
	unsigned calls = 0;
	struct sched *own = sched_new(NULL, NULL);

	memset(&a, 0, sizeof a);
	memset(&b, 0, sizeof b);
	net_stream_mem_pair(sched, 10, &a.s, &b.s);
	net_stream_mem_set_tap(a.s, half_out, &calls);
	net_stream_mem_set_sched(a.s, own);
	net_stream_start(a.s, &events, &a);
	net_stream_start(b.s, &events, &b);
	run(100);
	assert_int_equal(a.ups, 0);
	assert_int_equal(b.ups, 1);
	while (sched_fake_step(own, clk_mono_ms()))
		;
	assert_int_equal(a.ups, 1);
	assert_true(net_stream_send(a.s, span_str("123456")));
	assert_true(net_stream_send(b.s, span_str("abc")));
	run(1000);
	assert_string_equal(b.got, "123");
	assert_string_equal(a.got, "");
	while (sched_fake_step(own, clk_mono_ms()))
		;
	assert_string_equal(a.got, "ab");
	assert_int_equal(calls, 2);
	close_both(&a, &b);
	sched_free(own);
}

static void resets(void **state)
{
	(void)state;
	struct side a, b;

	pair(&a, &b);
	run(10);
	net_stream_reset(a.s);
	run(1000);
	assert_int_equal(b.why.code, ERR_CLOSED);
	assert_string_equal(b.why.seen, "connection reset by peer");
	assert_int_equal(a.downs, 0);
	close_both(&a, &b);

	pair(&a, &b);
	b.reset_on_data = true;
	run(10);
	net_stream_send(a.s, span_str("1"));
	net_stream_send(a.s, span_str("2"));
	run(1000);
	assert_string_equal(b.got, "1");
	assert_int_equal(a.why.code, ERR_CLOSED);
	close_both(&a, &b);
}

static void closes_anywhere(void **state)
{
	(void)state;
	struct side a, b;

	pair(&a, &b);
	b.close_on_data = true;
	run(10);
	net_stream_send(a.s, span_str("1"));
	net_stream_send(a.s, span_str("2"));
	run(1000);
	assert_int_equal(b.datas, 1);
	assert_int_equal(b.downs, 0);
	assert_int_equal(a.downs, 1);
	assert_false(net_stream_send(a.s, span_str("3")));
	net_stream_close(a.s);

	pair(&a, &b);
	a.close_on_up = true;
	run(1000);
	assert_int_equal(b.downs, 1);
	net_stream_close(b.s);

	pair(&a, &b); /* before anything happened */
	close_both(&a, &b);
	run(1000);
	assert_int_equal(a.ups + b.ups + a.downs + b.downs, 0);
	net_stream_mem_pair(sched, 1, &a.s, &b.s); /* never started */
	close_both(&a, &b);
}

static void pauses(void **state)
{
	(void)state;
	struct side a, b;

	pair(&a, &b);
	run(10);
	net_stream_pause(b.s, true);
	net_stream_send(a.s, span_str("x"));
	net_stream_end(a.s);
	run(1000);
	assert_int_equal(b.datas + b.downs, 0);
	net_stream_pause(b.s, false);
	assert_int_equal(b.datas, 0); /* not inside the call */
	run(0);
	assert_string_equal(b.got, "x");
	assert_int_equal(b.downs, 1);
	close_both(&a, &b);
}

static void bounds_the_queue(void **state)
{
	(void)state;
	struct side a, b;
	static uint8_t big[1024 * 1024];
	unsigned taken = 0;

	pair(&a, &b);
	run(10);
	net_stream_pause(b.s, true);
	while (taken < 100 && net_stream_send(a.s, span_make(big, sizeof big)))
		taken++;
	assert_in_range(taken, 4, 16);
	close_both(&a, &b);
}

static unsigned rooms;

static void on_room(void *arg)
{
	struct side *x = arg;

	rooms++;
	assert_true(net_stream_queued(x->s) <= NET_STREAM_ROOM);
}

/* A peer that does not read: what waits is counted, and told once when there is room. */
static void tells_room(void **state)
{
	static uint8_t bytes[NET_STREAM_ROOM];
	struct side a, b;
	(void)state;

	rooms = 0;
	pair(&a, &b);
	run(20);
	net_stream_on_room(a.s, on_room);
	net_stream_pause(b.s, true);
	assert_int_equal(net_stream_queued(a.s), 0);
	for (int i = 0; i < 3; i++)
		assert_true(net_stream_send(a.s, span_make(bytes, sizeof bytes)));
	run(1000);
	assert_int_equal(net_stream_queued(a.s), 3 * sizeof bytes);
	assert_int_equal(rooms, 0);
	net_stream_pause(b.s, false);
	run(1000);
	assert_int_equal(rooms, 1);
	assert_int_equal(net_stream_queued(a.s), 0);
	assert_true(net_stream_send(a.s, span_make(bytes, 10)));
	run(1000);
	assert_int_equal(rooms, 1);
	net_stream_pause(b.s, true);
	assert_true(net_stream_send(a.s, span_make(bytes, sizeof bytes)));
	assert_true(net_stream_send(a.s, span_make(bytes, sizeof bytes)));
	run(1000);
	net_stream_pause(b.s, false);
	close_both(&a, &b); /* nothing is told after that */
	assert_int_equal(rooms, 1);
}

static void dead_stream(void **state)
{
	(void)state;
	struct side a = { 0 };
	struct err why = { 0 };

	err_set(&why, ERR_REFUSED, "no");
	a.s = net_stream_mem_dead(sched, 7, &why);
	net_stream_start(a.s, &events, &a);
	run(1000);
	assert_int_equal(a.ups, 0);
	assert_int_equal(a.downs, 1);
	assert_int_equal(a.down_ms, 7);
	assert_int_equal(a.why.code, ERR_REFUSED);
	net_stream_close(a.s);
}

static void late_failure(void **state)
{
	(void)state;
	struct side a = { 0 }, b = { 0 };
	struct err why = { 0 };

	err_set(&why, ERR_TLS, "no");
	net_stream_mem_pair(sched, 10, &a.s, &b.s);
	net_stream_mem_set_late_fail(a.s, &why);
	net_stream_start(a.s, &events, &a);
	net_stream_start(b.s, &events, &b);
	run(10);
	assert_int_equal(a.ups, 1);
	assert_true(net_stream_send(a.s, span_str("request")));
	net_stream_send(b.s, span_str("reply"));
	run(1000);
	assert_int_equal(a.datas, 0);
	assert_int_equal(a.why.code, ERR_TLS);
	close_both(&a, &b);
}

/* --- TLS --- */

static bool find_psk(void *arg, const char *identity, struct secret *out_psk)
{
	(void)arg;
	if (strcmp(identity, "00000001") != 0)
		return false;
	*out_psk = secret_make(span_str("right"));
	return true;
}

static bool accepts(void *arg, const struct span *ders, unsigned count)
{
	(void)arg;
	return count == 2 && span_eq_str(ders[0], "leaf") && span_eq_str(ders[1], "root");
}

struct tls_case {
	const char *name;
	unsigned min, max, s_min, s_max;
	const char *identity, *psk;
	unsigned chain; /* certificates that the client has */
	int level;
	bool server_cert, server_psk, want, need, pin, wrong_pin;
	enum err_code code;
	const char *seen;
	bool late;
	unsigned version;
};
#define V10 PKI_TLS_1_0
#define V12 PKI_TLS_1_2
#define V13 PKI_TLS_1_3
/* clang-format off */
static const struct tls_case tls_cases[] = {
	{ .name = "plain 1.3", .server_cert = true, .version = V13 },
	{ .name = "no common version", .min = V12, .s_max = V10, .server_cert = true, .code = ERR_TLS, .seen = "protocol version" },
	{ .name = "old device", .min = V10, .s_max = V10, .server_cert = true, .version = V10 },
	{ .name = "psk", .identity = "00000001", .psk = "right", .server_psk = true, .s_max = V10, .version = V10 },
	{ .name = "psk never 1.3", .identity = "00000001", .psk = "right", .server_psk = true, .version = V12 },
	{ .name = "psk wrong", .identity = "00000001", .psk = "wrong", .server_psk = true, .code = ERR_TLS, .seen = "bad record mac" },
	{ .name = "psk unknown", .identity = "00000002", .psk = "right", .server_psk = true, .code = ERR_TLS, .seen = "unknown PSK identity" },
	{ .name = "psk, device has certificate", .identity = "00000001", .psk = "right", .server_cert = true, .code = ERR_TLS, .seen = "handshake failure" },
	{ .name = "device has psk only", .server_psk = true, .code = ERR_TLS, .seen = "handshake failure" },
	{ .name = "chain accepted", .chain = 2, .server_cert = true, .need = true, .version = V13 },
	{ .name = "chain not asked", .chain = 1, .server_cert = true, .version = V13 },
	{ .name = "chain without root, late", .chain = 1, .server_cert = true, .need = true, .code = ERR_TLS, .seen = "bad certificate", .late = true, .version = V13 },
	{ .name = "chain without root, 1.2", .chain = 1, .max = V12, .server_cert = true, .need = true, .code = ERR_TLS, .seen = "bad certificate" },
	{ .name = "no chain, needed", .max = V12, .server_cert = true, .need = true, .code = ERR_TLS, .seen = "handshake failure" },
	{ .name = "no chain, needed, 1.3", .server_cert = true, .need = true, .code = ERR_TLS, .seen = "certificate required", .late = true, .version = V13 },
	{ .name = "no chain, wanted", .server_cert = true, .want = true, .version = V13 },
	{ .name = "1.0 with chain at level 1", .chain = 2, .max = V10, .level = 1, .server_cert = true, .need = true, .code = ERR_TLS, .seen = "handshake failure" },
	{ .name = "1.0 with chain at level 0", .chain = 2, .max = V10, .server_cert = true, .need = true, .version = V10 },
	{ .name = "pin", .server_cert = true, .pin = true, .version = V13 },
	{ .name = "wrong pin", .server_cert = true, .wrong_pin = true, .code = ERR_TLS_PEER, .seen = "sha256 " },
};
/* clang-format on */

static void make(const struct tls_case *c, struct pki_tls_client *cl, struct pki_tls_server *sv,
		 struct pki_chain *chain)
{
	memset(cl, 0, sizeof *cl);
	memset(sv, 0, sizeof *sv);
	memset(chain, 0, sizeof *chain);
	cl->policy.min = c->min;
	cl->policy.max = c->max;
	cl->policy.level = c->level;
	sv->policy.min = c->s_min;
	sv->policy.max = c->s_max;
	if (c->identity) {
		str_copy(cl->psk_identity, sizeof cl->psk_identity, span_str(c->identity));
		cl->psk = secret_make(span_str(c->psk));
	}
	chain->count = c->chain;
	chain->certs[0].der = span_str("leaf");
	chain->certs[1].der = span_str("root");
	cl->chain = c->chain ? chain : NULL;
	cl->has_pin = c->pin || c->wrong_pin;
	hash_of(HASH_SHA256, span_str(c->pin ? "device" : "other"), cl->pin_sha256);
	sv->cert_count = c->server_cert;
	sv->cert_der[0] = span_str("device");
	sv->psk = c->server_psk ? find_psk : NULL;
	sv->want_client_cert = c->want;
	sv->need_client_cert = c->need;
	sv->check_client = accepts;
}

static void judges_tls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof tls_cases / sizeof *tls_cases; i++) {
		const struct tls_case *c = &tls_cases[i];
		struct pki_tls_client cl;
		struct pki_tls_server sv;
		struct pki_chain chain;
		struct net_tls_facts fc, fs;
		struct err e = { 0 };
		bool late;

		make(c, &cl, &sv, &chain);
		bool up = net_stream_mem_handshake(&cl, &sv, &fc, &fs, &late, &e);
		if (up != (c->code == ERR_NONE || c->late) || late != c->late ||
		    e.code != c->code ||
		    (c->seen && strncmp(e.seen, c->seen, strlen(c->seen)) != 0) ||
		    (up && (fc.version != c->version || fs.version != c->version)))
			fail_msg("%s: up=%d late=%d %s, seen \"%s\", version %x", c->name, up, late,
				 err_name(e.code), e.seen, fc.version);
		if (up && c->need && !late)
			assert_int_equal(fs.peer_count, c->chain);

		/* The same through a pair. */
		struct side a = { 0 }, b = { 0 };
		net_stream_mem_tls_pair(sched, 5, &cl, &sv, &a.s, &b.s);
		net_stream_start(a.s, &events, &a);
		net_stream_start(b.s, &events, &b);
		run(1000);
		if (a.ups != up || a.downs != (c->code != ERR_NONE) ||
		    (a.downs && a.why.code != c->code) || (c->late && b.ups))
			fail_msg("%s, pair: up %u, down %u %s", c->name, a.ups, a.downs,
				 err_name(a.why.code));
		if (up && c->server_cert)
			assert_true(a.facts.peer_count == 1 &&
				    span_eq_str(a.facts.peer_der[0], "device"));
		if (up && c->identity)
			assert_string_equal(b.facts.psk_identity, c->identity);
		close_both(&a, &b);
		secret_deinit(&cl.psk);
	}
}

static void clear_text_peers(void **state)
{
	(void)state;
	struct pki_tls_client cl = { .policy = { 0 } };
	struct pki_tls_server sv = { .cert_count = 1, .cert_der = { span_str("device") } };
	struct side a, b;

	memset(&a, 0, sizeof a);
	memset(&b, 0, sizeof b);
	net_stream_mem_tls_pair(sched, 5, &cl, NULL, &a.s, &b.s);
	net_stream_start(a.s, &events, &a);
	run(1000);
	assert_int_equal(a.why.code, ERR_TLS);
	assert_string_equal(a.why.seen, "wrong version number");
	close_both(&a, &b);
	net_stream_mem_tls_pair(sched, 5, NULL, &sv, &a.s, &b.s);
	net_stream_start(b.s, &events, &b);
	run(1000);
	assert_int_equal(b.why.code, ERR_TLS);
	close_both(&a, &b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(carries_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(waits_for_the_start, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(taps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(resets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(closes_anywhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pauses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bounds_the_queue, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tells_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(dead_stream, set_up, tear_down),
		cmocka_unit_test_setup_teardown(late_failure, set_up, tear_down),
		cmocka_unit_test_setup_teardown(judges_tls, set_up, tear_down),
		cmocka_unit_test_setup_teardown(clear_text_peers, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
