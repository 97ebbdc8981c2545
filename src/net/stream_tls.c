/* TLS on top of another stream, either side. Used by the dialer and by accepted connections.
 * Records pass through buffers that all connections share, so that an idle one holds none.
 * Nothing is sent over a connection before the peer was compared with what is expected. */
#include "base/clk.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/tls_priv.h"
#include <openssl/err.h>

#define HANDSHAKE_MS    15000
#define PLAIN_SIZE      16384 /* of one record */
#define OUT_MAX_BYTES   ((size_t)9 * 1024 * 1024)
#define OUT_KEEP_BYTES  ((size_t)256 * 1024)
#define STASH_MAX_BYTES ((size_t)4 * 1024 * 1024)

/* Working memory of one call. Calls nest only when TLS runs inside TLS. */
struct scratch {
	bool used;
	struct buf out;
	uint8_t *plain;
};
static struct scratch shared;

static struct scratch *scratch_take(void)
{
	struct scratch *k = shared.used ? MEM_NEW(struct scratch) : &shared;

	k->used = true;
	if (!k->plain) {
		k->plain = mem_new(PLAIN_SIZE);
		buf_init(&k->out, OUT_MAX_BYTES);
	}
	return k;
}

static void scratch_give(struct scratch *k)
{
	k->used = false;
	if (k->out.cap > OUT_KEEP_BYTES || k != &shared)
		buf_deinit(&k->out);
	else
		buf_clear(&k->out);
	if (k != &shared) {
		mem_free(k->plain);
		mem_free(k);
	} else if (!k->out.p) {
		buf_init(&k->out, OUT_MAX_BYTES);
	}
}

static bool flush(struct net_tls *t, struct buf *out)
{
	bool ok = !out->bad;

	if (ok && out->n && t->inner)
		ok = net_stream_send(t->inner, buf_span(out));
	buf_clear(out);
	return ok;
}

/* --- the end --- */

static void close_inner(struct net_tls *t)
{
	struct net_stream *inner = t->inner;

	t->inner = NULL;
	net_stream_close(inner);
}

static void give_turn(struct net_tls *t)
{
	net_link_remove(&t->turn);
	sched_cancel(t->turn_end);
	t->turn_end = NULL;
	if (t->has_turn) {
		t->has_turn = false;
		net_loop_give_turn(t->loop);
	}
}

static void go_down(struct net_tls *t)
{
	t->state = NET_TLS_DOWN;
	give_turn(t);
	sched_cancel(t->deadline);
	t->deadline = NULL;
	net_link_remove(&t->kick);
	secret_deinit(&t->psk);
	buf_deinit(&t->stash);
	if (t->out)
		(void)flush(t, t->out); /* an alert perhaps */
	close_inner(t);
}

/* From a callback. */
static void down_now(struct net_tls *t, const struct err *why)
{
	go_down(t);
	(void)net_stream_emit_down_priv(&t->base, why);
}

/* From inside a call. */
static void down_soon(struct net_tls *t, const struct err *why)
{
	go_down(t);
	mem_free(t->why);
	t->why = MEM_NEW(struct err);
	*t->why = *why;
	net_loop_defer(t->loop, &t->kick);
}

/* What helps, for the few reasons that have a known cause. */
static void add_hint(const struct net_tls *t, const char *reason, bool alert, struct err *e)
{
	if (t->server)
		return;
	if (strstr(reason, "unsafe legacy renegotiation"))
		err_hint(
			e,
			"the device does not know RFC 5746: allow legacy renegotiation for its generation");
	else if (alert && t->psk_identity[0])
		err_hint(e, "check that PID and PPS are the ones entered into this device");
	else if (alert && SSL_get_certificate(t->ssl))
		err_hint(
			e,
			"the device may have refused the client certificate: check chain, root hash and domain suffix");
}

static void fail(struct net_tls *t, const char *when)
{
	char reason[96];
	bool alert = net_tls_reason_priv(reason, sizeof reason);
	struct err e = { 0 };

	if (t->refused)
		err_set(&e, ERR_TLS, "certificate of %s was refused", t->where);
	else if (alert)
		err_set(&e, ERR_TLS, "%s refused TLS %s with an alert", t->where, when);
	else
		err_set(&e, ERR_TLS, "TLS with %s failed %s", t->where, when);
	err_seen(&e, "%s", t->refused ? "bad certificate" : reason);
	add_hint(t, reason, alert, &e);
	down_now(t, &e);
}

static void on_handshake_late(void *arg)
{
	struct net_tls *t = arg;
	struct err e = { 0 };

	t->deadline = NULL;
	err_set(&e, ERR_TIMEOUT, "TLS handshake with %s did not end within %u ms", t->where,
		t->handshake_ms);
	down_now(t, &e);
}

/* --- coming up --- */

static bool used_psk(const struct net_tls *t)
{
	const SSL_CIPHER *c = SSL_get_current_cipher(t->ssl);

	return c && SSL_CIPHER_get_auth_nid(c) == NID_auth_psk;
}

static void take_facts(struct net_tls *t)
{
	struct net_tls_facts *f = &t->facts;
	const char *identity = t->server ? SSL_get_psk_identity(t->ssl) : t->psk_identity;

	f->tls = true;
	f->version = (unsigned)SSL_version(t->ssl);
	(void)str_copy(f->suite, sizeof f->suite, span_str(SSL_get_cipher_name(t->ssl)));
	if (used_psk(t) && identity)
		(void)str_copy(f->psk_identity, sizeof f->psk_identity, span_str(identity));
	if (!t->server)
		net_tls_keep_chain_priv(t, SSL_get_peer_cert_chain(t->ssl));
}

static bool is_expected(const struct net_tls *t, struct err *e)
{
	const struct net_tls_facts *f = &t->facts;

	if (t->psk_identity[0] && !used_psk(t)) {
		err_set(e, ERR_TLS_PEER, "%s did not use the pre-shared key", t->where);
		err_seen(e, "%s", f->suite);
		return err_want(e, "a PSK suite");
	}
	if (t->has_pin &&
	    (f->peer_count == 0 ||
	     memcmp(f->peer_sha256, t->pin_sha256, sizeof f->peer_sha256) != 0))
		return net_tls_wrong_peer_priv(t->where, f, t->pin_sha256, e);
	return true;
}

/* True: go on reading. */
static bool shake_hands(struct net_tls *t)
{
	struct err e = { 0 };
	int r;

	ERR_clear_error();
	r = SSL_do_handshake(t->ssl);
	if (r != 1) {
		if (SSL_get_error(t->ssl, r) != SSL_ERROR_WANT_READ)
			fail(t, "in the handshake");
		return false;
	}
	sched_cancel(t->deadline);
	t->deadline = NULL;
	give_turn(t);
	net_loop_note_handshake(t->loop);
	take_facts(t);
	secret_deinit(&t->psk);
	if (!is_expected(t, &e)) {
		down_now(t, &e);
		return false;
	}
	t->state = NET_TLS_UP;
	return net_stream_emit_up_priv(&t->base, &t->facts);
}

/* --- reading --- */

/* A device that renegotiates must show the certificate that it showed first. */
static bool is_still_same(struct net_tls *t, struct err *e)
{
	uint8_t first[32];

	t->changed = false;
	if (t->facts.peer_count == 0)
		return true;
	memcpy(first, t->facts.peer_sha256, sizeof first);
	net_tls_keep_chain_priv(t, SSL_get_peer_cert_chain(t->ssl));
	if (t->facts.peer_count && memcmp(first, t->facts.peer_sha256, sizeof first) == 0)
		return true;
	return net_tls_wrong_peer_priv(t->where, &t->facts, first, e);
}

/* Gives on what one record holds; true: there may be more. */
static bool read_record(struct net_tls *t, uint8_t *plain)
{
	struct err e = { 0 };
	int n;

	ERR_clear_error();
	n = SSL_read(t->ssl, plain, PLAIN_SIZE);
	if (t->changed && !is_still_same(t, &e)) {
		down_now(t, &e);
		return false;
	}
	if (n > 0) {
		(void)net_stream_emit_data_priv(&t->base, span_make(plain, (size_t)n));
		return t->in.n > 0 || SSL_has_pending(t->ssl);
	}
	switch (SSL_get_error(t->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		return false;
	case SSL_ERROR_ZERO_RETURN:
		(void)SSL_shutdown(t->ssl);
		down_now(t, &e);
		return false;
	default:
		fail(t, "after the handshake");
		return false;
	}
}

/* Works off records: what came now, behind what was left while paused. */
static void pump(struct net_tls *t, struct span records)
{
	struct scratch *k = scratch_take();
	bool stashed = t->stash.n > 0;
	bool more = true;

	net_stream_enter_priv(&t->base);
	if (stashed && !buf_add(&t->stash, records))
		more = false;
	t->in = stashed ? buf_span(&t->stash) : records;
	t->out = &k->out;
	if (t->state == NET_TLS_HANDSHAKE)
		more = shake_hands(t);
	while (more && t->state == NET_TLS_UP && !t->paused && !t->base.closed)
		more = read_record(t, k->plain);
	if (t->state == NET_TLS_DOWN || t->base.closed) {
		t->in.n = 0;
	} else if (stashed) {
		buf_consume(&t->stash, t->stash.n - t->in.n);
		if (t->stash.n == 0)
			buf_deinit(&t->stash);
	} else if (t->in.n) {
		(void)buf_add(&t->stash, t->in);
	}
	(void)flush(t, &k->out);
	t->out = NULL;
	t->in = (struct span){ NULL, 0 };
	scratch_give(k);
	(void)net_stream_emit_room_priv(&t->base);
	(void)net_stream_leave_priv(&t->base);
}

/* --- the stream below --- */

static void on_inner_up(void *arg, const struct net_tls_facts *f)
{
	struct net_tls *t = arg;

	(void)f;
	(void)str_copy(t->base.peer, sizeof t->base.peer, span_str(net_stream_peer(t->inner)));
	t->state = NET_TLS_HANDSHAKE;
	t->deadline = sched_after(net_loop_sched(t->loop), t->handshake_ms, on_handshake_late, t);
	pump(t, (struct span){ NULL, 0 });
}

static void on_inner_data(void *arg, struct span bytes)
{
	pump(arg, bytes);
}

static void on_inner_down(void *arg, const struct err *why)
{
	struct net_tls *t = arg;
	struct err e = *why;

	if (t->state == NET_TLS_HANDSHAKE && (e.code == ERR_NONE || e.code == ERR_CLOSED)) {
		err_set(&e, ERR_TLS, "%s closed the connection in the TLS handshake", t->where);
		err_seen(&e, "%s", why->code == ERR_NONE ? "closed without an alert" : "reset");
	}
	if (t->state == NET_TLS_ENDING)
		err_clear(&e);
	down_now(t, &e);
}

static void on_inner_room(void *arg)
{
	struct net_tls *t = arg;

	(void)net_stream_emit_room_priv(&t->base);
}

/* --- the calls --- */

static void on_kick(struct net_link *l)
{
	struct net_tls *t = NET_OWNER(l, struct net_tls, kick);

	if (t->why)
		(void)net_stream_emit_down_priv(&t->base, t->why);
	else if (t->state == NET_TLS_UP && !t->paused)
		pump(t, (struct span){ NULL, 0 });
}

static void begin(struct net_tls *t)
{
	static const struct net_stream_events ev = { on_inner_up, on_inner_data, on_inner_down };

	t->state = NET_TLS_CONNECTING;
	net_stream_start(t->inner, &ev, t);
	net_stream_on_room(t->inner, on_inner_room);
}

static void on_turn_late(void *arg)
{
	struct net_tls *t = arg;

	t->turn_end = NULL;
	give_turn(t); /* it goes on without */
}

static void begin_in_turn(struct net_tls *t)
{
	t->has_turn = true;
	t->turn_end =
		sched_after(net_loop_sched(t->loop), LIMIT_HANDSHAKE_TURN_MS, on_turn_late, t);
	begin(t);
}

static void on_turn(struct net_link *l)
{
	struct net_tls *t = NET_OWNER(l, struct net_tls, turn);

	t->base.queued_ms = clk_mono_ms() - t->base.queued_since_ms;
	t->base.queued_since_ms = 0;
	begin_in_turn(t);
}

static void tls_start(struct net_stream *s)
{
	struct net_tls *t = NET_OWNER(s, struct net_tls, base);

	if (t->why) {
		net_loop_defer(t->loop, &t->kick);
		return;
	}
	if (t->server)
		begin(t);
	else if (net_loop_take_turn(t->loop, &t->turn))
		begin_in_turn(t);
	else
		t->base.queued_since_ms = clk_mono_ms();
}

static bool tls_send(struct net_stream *s, struct span bytes)
{
	struct net_tls *t = NET_OWNER(s, struct net_tls, base);
	struct scratch *k = t->out ? NULL : scratch_take();
	struct err e = { 0 };
	char reason[96];
	size_t done;
	bool ok;

	if (k)
		t->out = &k->out;
	ERR_clear_error();
	ok = t->state == NET_TLS_UP && bytes.n < OUT_MAX_BYTES / 2;
	if (ok && SSL_write_ex(t->ssl, bytes.p, bytes.n, &done) != 1) {
		(void)net_tls_reason_priv(reason, sizeof reason);
		err_set(&e, ERR_TLS, "TLS with %s cannot send", t->where);
		err_seen(&e, "%s", reason);
		down_soon(t, &e);
		ok = false;
	}
	if (k) {
		ok = flush(t, &k->out) && ok;
		t->out = NULL;
		scratch_give(k);
	}
	return ok;
}

/* Close-notify, when the connection is in a state for it. */
static void say_goodbye(struct net_tls *t)
{
	struct scratch *k = t->out ? NULL : scratch_take();

	if (k)
		t->out = &k->out;
	ERR_clear_error();
	(void)SSL_shutdown(t->ssl);
	(void)flush(t, t->out);
	if (k) {
		t->out = NULL;
		scratch_give(k);
	}
}

static void tls_end(struct net_stream *s)
{
	struct net_tls *t = NET_OWNER(s, struct net_tls, base);
	struct err none = { 0 };

	if (t->state == NET_TLS_UP) {
		say_goodbye(t);
		t->state = NET_TLS_ENDING;
		net_stream_end(t->inner);
	} else if (t->state < NET_TLS_UP) {
		down_soon(t, &none);
	}
}

static void tls_reset(struct net_stream *s)
{
	struct net_tls *t = NET_OWNER(s, struct net_tls, base);

	if (t->inner)
		net_stream_reset(t->inner);
	t->out = NULL;
	go_down(t);
}

static void tls_pause(struct net_stream *s, bool paused)
{
	struct net_tls *t = NET_OWNER(s, struct net_tls, base);

	t->paused = paused;
	if (t->inner)
		net_stream_pause(t->inner, paused);
	if (!paused && t->state == NET_TLS_UP && (t->stash.n || SSL_has_pending(t->ssl)))
		net_loop_defer(t->loop, &t->kick);
}

static size_t tls_queued(const struct net_stream *s)
{
	const struct net_tls *t = NET_OWNER(s, struct net_tls, base);

	return (t->inner ? net_stream_queued(t->inner) : 0) + (t->out ? t->out->n : 0);
}

static void tls_close(struct net_stream *s)
{
	struct net_tls *t = NET_OWNER(s, struct net_tls, base);

	if (t->state == NET_TLS_UP)
		say_goodbye(t);
	go_down(t);
}

static void tls_destroy(struct net_stream *s)
{
	struct net_tls *t = NET_OWNER(s, struct net_tls, base);

	SSL_free(t->ssl);
	mem_free(t->ders);
	mem_free(t->why);
	mem_free(t);
}

static const struct net_stream_ops tls_ops = {
	.start = tls_start,
	.send = tls_send,
	.end = tls_end,
	.reset = tls_reset,
	.pause = tls_pause,
	.queued = tls_queued,
	.close = tls_close,
	.destroy = tls_destroy,
};

static struct net_tls *tls_new(struct net_loop *l, struct net_stream *inner, const char *where,
			       uint32_t handshake_ms)
{
	struct net_tls *t = MEM_NEW(struct net_tls);

	t->base.ops = &tls_ops;
	t->loop = l;
	t->inner = inner;
	t->kick.fn = on_kick;
	t->turn.fn = on_turn;
	t->handshake_ms = handshake_ms ? handshake_ms : HANDSHAKE_MS;
	(void)str_copy(t->where, sizeof t->where, span_str(where));
	buf_init(&t->stash, STASH_MAX_BYTES);
	return t;
}

struct net_stream *net_tls_client_priv(struct net_loop *l, struct net_stream *inner,
				       const struct pki_tls_client *conf, const char *where,
				       uint32_t handshake_ms)
{
	struct net_tls *t = tls_new(l, inner, where, handshake_ms);
	struct err e = { 0 };

	if (!net_tls_setup_client_priv(t, conf, &e)) {
		t->why = MEM_NEW(struct err);
		*t->why = e;
	}
	return &t->base;
}

struct net_stream *net_tls_server_priv(struct net_loop *l, struct net_stream *inner,
				       const struct pki_tls_server *conf, const char *where,
				       uint32_t handshake_ms)
{
	struct net_tls *t = tls_new(l, inner, *where ? where : "the client", handshake_ms);
	struct err e = { 0 };

	if (!net_tls_setup_server_priv(t, conf, &e)) {
		t->why = MEM_NEW(struct err);
		*t->why = e;
	}
	return &t->base;
}
