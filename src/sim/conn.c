/* HTTP on one connection of a virtual device: bytes to requests, replies after the device's own
 * time, faults of the line. Takes its stream from sim_dev_serve and frees itself. What a request
 * means is decided in fw_http.c. */
#include "base/clk.h"
#include "base/log.h"
#include "sim/boot.h"
#include "sim/fw_http_priv.h"
#include "sim/kvm_priv.h"
#include "sim/spoil_priv.h"

#define BODY_MAX   65536
#define BEHIND_MAX 65536 /* bytes that came while a request was being answered */
#define IDLE_MS    60000
#define REPLY_MAX  2097152
#define AGAIN_MS   5  /* after a line that took no more */
#define HOLD_MS    50 /* between two looks whether a reply is still kept back */

struct sim_conn {
	struct sim_dev *d;
	struct sim_conn *next, **back;
	struct net_stream *s;
	struct wire_http1 *http;
	struct buf behind;
	struct buf reply;
	struct sched_timer *timer; /* the reply is due, or the connection was idle too long */
	enum sim_session session;
	unsigned port, acl_epoch;
	uint32_t user; /* who unlocked it */
	bool unlocked, busy, sending, ending, close_after;
	bool drop_reply;
	struct sim_spoil spoil;
	size_t sent; /* of reply */
};

static void conn_free(struct sim_conn *c)
{
	struct sim_dev *d = c->d;

	sched_cancel(c->timer);
	net_stream_close(c->s);
	wire_http1_free(c->http);
	buf_deinit(&c->behind);
	buf_wipe(&c->reply);
	*c->back = c->next;
	if (c->next)
		c->next->back = c->back;
	d->conn_count--;
	if (c->busy)
		d->busy_count--;
	mem_free(c);
	sim_dev_dig(d);
}

/* The line is cut; the stream's on_down may or may not come, so it is not waited for. */
static void conn_cut(struct sim_conn *c)
{
	net_stream_reset(c->s);
	conn_free(c);
}

void sim_conn_reset_all(struct sim_dev *d, struct sim_conn *keep)
{
	struct sim_conn *next;

	for (struct sim_conn *c = d->conns; c; c = next) {
		next = c->next;
		if (c != keep)
			conn_cut(c);
	}
	sim_redir_reset_all(d);
	sim_kvm_port_reset(d);
}

void sim_dev_unplug(struct sim_dev *d)
{
	sim_conn_reset_all(d, NULL);
}

void sim_conn_free_all(struct sim_dev *d)
{
	while (d->conns)
		conn_free(d->conns);
	sim_redir_free_all(d);
	sim_kvm_port_reset(d);
	sim_kvm_free(d);
}

static void on_idle(void *arg)
{
	struct sim_conn *c = arg;

	c->timer = NULL;
	conn_cut(c);
}

static void wait_idle(struct sim_conn *c)
{
	sched_cancel(c->timer);
	c->timer = sched_after(c->d->env->sched, IDLE_MS, on_idle, c);
}

/* ---- replies ---- */

static void take_bytes(struct sim_conn *c, struct span in);

static void wait_send(struct sim_conn *c, int64_t ms);

/* Behind the last byte. */
static void reply_sent(struct sim_conn *c)
{
	c->sending = false;
	buf_clear(&c->reply);
	c->sent = 0;
	wait_idle(c);
	if (c->spoil.stall)
		return; /* until the peer has enough, or the line was idle too long */
	if (c->close_after || c->spoil.close) {
		c->ending = true;
		net_stream_end(c->s);
		return;
	}
	wire_http1_reset(c->http);
	if (c->behind.n > 0) {
		struct buf b = c->behind;
		buf_init(&c->behind, BEHIND_MAX);
		take_bytes(c, buf_span(&b)); /* c may be gone afterwards */
		buf_deinit(&b);
	}
}

/* More of a reply that has no end, as fast as the line takes it. */
static bool refill(struct sim_conn *c)
{
	struct out o;

	if (!c->spoil.endless || c->spoil.endless_bytes <= 0)
		return false;
	buf_clear(&c->reply);
	c->sent = 0;
	out_init_buf(&o, &c->reply);
	while (c->reply.n < 65536 && !o.bad)
		out_str(&o, c->spoil.endless);
	c->spoil.endless_bytes -= (int64_t)c->reply.n;
	return true;
}

static void send_more(void *arg)
{
	struct sim_conn *c = arg;

	c->timer = NULL;
	do {
		size_t each = c->spoil.each_bytes, n = c->reply.n - c->sent;
		if (each && each < n)
			n = each;
		if (n && !net_stream_send(c->s, span_make(c->reply.p + c->sent, n))) {
			if (c->spoil.endless)
				wait_send(c, AGAIN_MS); /* full, or down, which is told soon */
			else
				reply_sent(c);
			return;
		}
		c->sent += n;
	} while (c->sent < c->reply.n && !c->spoil.gap_ms);
	if (c->sent < c->reply.n)
		wait_send(c, c->spoil.gap_ms);
	else if (refill(c))
		wait_send(c, 1);
	else
		reply_sent(c);
}

static void wait_send(struct sim_conn *c, int64_t ms)
{
	c->timer = sched_after(c->d->env->sched, ms, send_more, c);
}

static void on_reply_due(void *arg)
{
	struct sim_conn *c = arg;

	c->timer = NULL;
	if (sim_fault_has(c->d, SIM_FAULT_HOLD_BOOT) && sim_dev_boot_half(c->d)) {
		c->timer = sched_after(c->d->env->sched, HOLD_MS, on_reply_due, c);
		return;
	}
	c->busy = false; /* the firmware has answered: what follows is the line's */
	c->d->busy_count--;
	c->sending = true;
	if (c->drop_reply) {
		conn_cut(c);
		return;
	}
	sim_spoil(c->d, &c->reply, &c->spoil);
	net_stream_pause(c->s, false); /* also to learn that the peer has gone */
	send_more(c);
}

/* ---- requests ---- */

static void note(const struct sim_conn *c, const struct fw_http_out *h)
{
	static struct log_rate rate;
	char device[UUID_TEXT_SIZE];

	if (!log_rate_ok(&rate, 1000))
		return;
	uuid_print(&c->d->uuid, device);
	log_ev(LOG_EV_SIM_REQUEST, LOG_S("device", device), LOG_S("class", h->cls),
	       LOG_S("method", h->method), LOG_I("status", h->status));
}

/* Faults that hit before anything is done; true when the connection is gone. */
static bool hit_before(struct sim_conn *c)
{
	struct sim_dev *d = c->d;
	const struct sim_fault *f;

	if (sim_fault_hit(d, SIM_FAULT_DROP_BEFORE, NULL)) {
		conn_cut(c);
		return true;
	}
	if (sim_fault_hit(d, SIM_FAULT_REBOOT, &f)) {
		int64_t away = f->m;
		sim_conn_reset_all(d, NULL);
		sim_dev_outage(d, sim_dev_wait_ms(d, away, away));
		return true;
	}
	if (sim_fault_hit(d, SIM_FAULT_POWER_LOSS, &f)) {
		int64_t away = f->m;
		sim_dev_power_loss(d);
		sim_dev_outage(d, sim_dev_wait_ms(d, away, away));
		return true;
	}
	return false;
}

static void answer(struct sim_conn *c)
{
	struct sim_dev *d = c->d;
	struct fw_http_out h;
	struct out o;
	const struct wire_http1_msg *msg = wire_http1_msg(c->http);
	struct fw_http_in in = {
		.msg = msg,
		.body = wire_http1_body(c->http),
		.session = c->session,
		.unlocked = c->unlocked && c->acl_epoch == d->acl_epoch,
		.user = c->user,
		.peer = net_stream_peer(c->s),
		.now_mono_ms = clk_mono_ms(),
		.now_unix_ms = clk_unix_ms(),
	};

	d->stats.requests++;
	if (d->busy_count > 0)
		d->stats.parallel_requests++;
	if (hit_before(c))
		return;
	unsigned epoch = d->acl_epoch;
	out_init_buf(&o, &c->reply);
	sim_fw_http(d, &in, &h, &o);
	c->unlocked = h.unlocked;
	c->user = h.user;
	c->acl_epoch = epoch;
	c->close_after =
		h.close || (h.effects & (SIM_EFFECT_OUTAGE | SIM_EFFECT_CLOSED | SIM_EFFECT_DARK));
	c->drop_reply = sim_fault_hit(d, SIM_FAULT_DROP_AFTER, NULL) ||
		(h.committed && sim_fault_hit(d, SIM_FAULT_DROP_COMMIT, NULL));
	note(c, &h);
	int64_t delay = h.delay_ms + d->env->latency_ms +
		sim_dev_scale_ms(d, sim_fault_n(d, SIM_FAULT_SLOW, 0));
	c->busy = true;
	d->busy_count++;
	net_stream_pause(c->s, true);
	sched_cancel(c->timer);
	c->timer = sched_after(d->env->sched, delay, on_reply_due, c);
	sim_dev_effects(d, h.effects, h.to_state, c);
}

/* A request that is no HTTP: the page says so, then the line ends. */
static void answer_bad(struct sim_conn *c)
{
	static const char text[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
				   "Connection: close\r\n\r\n";

	(void)net_stream_send(c->s, span_str(text));
	c->ending = true;
	net_stream_end(c->s);
}

static void take_bytes(struct sim_conn *c, struct span in)
{
	struct err e = { 0 };
	size_t used = 0;

	if (c->ending)
		return;
	if (c->busy || c->sending) {
		if (!buf_add(&c->behind, in))
			conn_cut(c);
		return;
	}
	enum wire_got got = wire_http1_feed(c->http, in, &used, &e);
	if (got == WIRE_BAD) {
		answer_bad(c);
		return;
	}
	if (got == WIRE_MORE)
		return;
	if (used < in.n && !buf_add(&c->behind, span_make(in.p + used, in.n - used))) {
		conn_cut(c);
		return;
	}
	answer(c);
}

/* ---- stream ---- */

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	struct sim_conn *c = arg;
	struct sim_dev *d = c->d;

	if (facts && facts->tls) {
		d->stats.handshakes++;
		if (facts->psk_identity[0])
			c->session = SIM_SESSION_PSK;
		else if (d->state == SIM_SETUP_PKI && facts->peer_count > 0)
			c->session = SIM_SESSION_PKI;
		else if (d->state == SIM_CONFIGURED)
			c->session = SIM_SESSION_TLS;
	}
	wait_idle(c);
}

static void on_data(void *arg, struct span bytes)
{
	struct sim_conn *c = arg;

	if (!c->busy && !c->sending && !c->ending)
		wait_idle(c);
	take_bytes(c, bytes);
}

static void on_down(void *arg, const struct err *why)
{
	(void)why;
	conn_free(arg);
}

void sim_dev_serve(struct sim_dev *d, unsigned port, struct net_stream *s)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct sim_conn *c;

	if (port >= SIM_REDIR_PORT) {
		sim_redir_serve(d, s);
		return;
	}
	c = MEM_NEW(struct sim_conn);
	sim_tls_first_contact(d);
	*c = (struct sim_conn){ .d = d,
				.s = s,
				.port = port,
				.session = SIM_SESSION_CLEAR,
				.http = wire_http1_new(true, BODY_MAX) };
	buf_init(&c->behind, BEHIND_MAX);
	buf_init(&c->reply, REPLY_MAX);
	c->next = d->conns;
	c->back = &d->conns;
	if (c->next)
		c->next->back = &c->next;
	d->conns = c;
	d->conn_count++;
	net_stream_start(s, &events, c);
}
