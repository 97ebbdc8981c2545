/* Clear-text stream over one TCP or Unix socket, dialled or accepted. Under TLS it carries the
 * records. Writes go to the socket at once and are queued (bounded) only when it does not take
 * them. Never calls back inside a call: what fails there is told at the end of the loop's round. */
#include "base/mem.h"
#include "net/sock_priv.h"
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define QUEUE_MAX_BYTES ((size_t)8 * 1024 * 1024)
#define LINGER_MS       5000 /* wait for the peer's FIN after ours */
#define CONNECT_MS      10000

/* A peer that vanished (cable, power) is noticed after a minute, also when nobody has anything to say. */
#define ALIVE_IDLE_S  30
#define ALIVE_EACH_S  10
#define ALIVE_COUNT   3
#define ALIVE_LOST_MS 60000

enum state { ST_NEW, ST_CONNECTING, ST_UP, ST_DOWN };
struct net_tcp {
	struct net_stream base;
	struct net_loop *loop;
	struct net_sock *sock;     /* NULL: not open */
	struct net_target *target; /* dialled */
	uint32_t connect_ms;
	enum state state;
	bool paused, ending;
	int write_err; /* the reading side tells the owner: an alert may still be unread */
	struct net_link kick, stop;
	struct sched_timer *timer;
	struct err *why; /* down, to be told by kick */
	char where[NET_WHERE_SIZE];
};

static unsigned live_count;

unsigned net_stream_live_count(void)
{
	return live_count;
}

/* --- the end of a stream --- */

static void shut(struct net_tcp *t, bool reset)
{
	t->state = ST_DOWN;
	sched_cancel(t->timer);
	t->timer = NULL;
	net_link_remove(&t->stop);
	net_link_remove(&t->kick);
	if (t->sock) {
		t->sock->owner = NULL;
		net_sock_close_priv(t->sock, reset);
		t->sock = NULL;
	}
}

/* From a callback of the loop. */
static void down_now(struct net_tcp *t, const struct err *why)
{
	shut(t, false);
	(void)net_stream_emit_down_priv(&t->base, why);
}

/* From inside a call. */
static void down_soon(struct net_tcp *t, const struct err *why)
{
	shut(t, false);
	t->why = MEM_NEW(struct err);
	*t->why = *why;
	net_loop_defer(t->loop, &t->kick);
}

static void connect_err(struct net_tcp *t, int r, struct err *e)
{
	switch (r) {
	case UV_ECONNREFUSED:
		err_set(e, ERR_REFUSED, "connect to %s refused", t->where);
		err_hint(
			e,
			"check that the port is open there: AMT may be unconfigured, asleep, or behind a firewall");
		break;
	case UV_ENETUNREACH:
	case UV_EHOSTUNREACH:
	case UV_ENETDOWN:
	case UV_EADDRNOTAVAIL:
		err_set(e, ERR_UNREACHABLE, "no way to %s", t->where);
		err_seen(e, "%s", uv_strerror(r));
		break;
	case UV_ETIMEDOUT:
		err_set(e, ERR_TIMEOUT, "connect to %s: no answer", t->where);
		break;
	case UV_ECONNRESET:
		err_set(e, ERR_CLOSED, "connect to %s was reset", t->where);
		break;
	default:
		err_set(e, ERR_IO, "connect to %s failed", t->where);
		err_seen(e, "%s", uv_strerror(r));
	}
}

static void io_err(const struct net_tcp *t, int r, struct err *e)
{
	if (r == UV_ETIMEDOUT)
		err_set(e, ERR_TIMEOUT, "%s stopped answering", t->where);
	else if (r == UV_EHOSTUNREACH || r == UV_ENETUNREACH)
		err_set(e, ERR_UNREACHABLE, "the way to %s is gone", t->where);
	else
		err_set(e, ERR_CLOSED, "connection with %s was lost", t->where);
	err_seen(e, "%s", uv_strerror(r));
}

/* --- reading --- */

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *out_buf)
{
	struct net_sock *k = h->data;

	(void)suggested;
	*out_buf = uv_buf_init(net_loop_read_buf(k->loop), NET_READ_BUF_SIZE);
}

static void on_read(uv_stream_t *h, ssize_t n, const uv_buf_t *buf)
{
	struct net_sock *k = h->data;
	struct net_tcp *t = k->owner;
	struct err e = { 0 };

	if (!t || n == 0)
		return;
	if (n > 0) {
		if (!t->ending)
			(void)net_stream_emit_data_priv(&t->base, span_make(buf->base, (size_t)n));
		return;
	}
	if (n != UV_EOF && !t->ending)
		io_err(t, (int)n, &e);
	else if (t->write_err && !t->ending)
		io_err(t, t->write_err, &e);
	down_now(t, &e);
}

static void set_reading(struct net_tcp *t)
{
	bool want = !t->paused || t->ending;

	if (t->state != ST_UP)
		return;
	if (want)
		(void)uv_read_start(&t->sock->u.stream, on_alloc, on_read);
	else
		(void)uv_read_stop(&t->sock->u.stream);
}

/* --- coming up --- */

static void go_up(struct net_tcp *t)
{
	static const struct net_tls_facts clear;

	sched_cancel(t->timer);
	t->timer = NULL;
	t->state = ST_UP;
	if (!t->sock->is_unix)
		(void)uv_tcp_nodelay(&t->sock->u.tcp, 1);
	net_stream_enter_priv(&t->base);
	if (net_stream_emit_up_priv(&t->base, &clear))
		set_reading(t);
	(void)net_stream_leave_priv(&t->base);
}

static void on_kick(struct net_link *l)
{
	struct net_tcp *t = NET_OWNER(l, struct net_tcp, kick);

	if (t->why)
		(void)net_stream_emit_down_priv(&t->base, t->why);
	else if (t->state == ST_NEW)
		go_up(t);
}

static void on_stop(struct net_link *l)
{
	struct net_tcp *t = NET_OWNER(l, struct net_tcp, stop);
	struct err e = { 0 };

	if (t->state == ST_DOWN)
		return;
	if (!t->base.started) {
		shut(t, false);
		return;
	}
	err_set(&e, ERR_CANCELLED, "connection with %s ended: the program stops", t->where);
	down_soon(t, &e);
}

static void on_connect_late(void *arg)
{
	struct net_tcp *t = arg;
	struct err e = { 0 };

	t->timer = NULL;
	err_set(&e, ERR_TIMEOUT, "connect to %s did not end within %u ms", t->where, t->connect_ms);
	err_hint(&e,
		 "check address, power and cable of the device, and firewalls that drop packets");
	down_now(t, &e);
}

static void on_connected(uv_connect_t *req, int status)
{
	struct net_sock *k = req->handle->data;
	struct net_tcp *t = k->owner;
	struct err e = { 0 };

	mem_free(req);
	if (!t)
		return;
	if (status == 0) {
		go_up(t);
		return;
	}
	connect_err(t, status, &e);
	down_now(t, &e);
}

static int to_sockaddr(const char *text, unsigned port, struct sockaddr_storage *out_sa)
{
	memset(out_sa, 0, sizeof *out_sa);
	if (strchr(text, ':'))
		return uv_ip6_addr(text, (int)port, (struct sockaddr_in6 *)out_sa);
	return uv_ip4_addr(text, (int)port, (struct sockaddr_in *)out_sa);
}

/* Without the option the kernel would pick a port at bind time, for all destinations at once, and
 * a fleet of devices runs out of ports. */
static int bind_own(struct net_tcp *t)
{
	static const int on = 1;
	struct sockaddr_storage own;
	int r = to_sockaddr(t->target->bind_address, 0, &own);

	if (r != 0)
		return r;
	(void)setsockopt(net_sock_fd_priv(t->sock), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
			 sizeof on);
	return uv_tcp_bind(&t->sock->u.tcp, (struct sockaddr *)&own, 0);
}

static void keep_alive(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, ALIVE_IDLE_S },
		{ IPPROTO_TCP, TCP_KEEPINTVL, ALIVE_EACH_S },
		{ IPPROTO_TCP, TCP_KEEPCNT, ALIVE_COUNT },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, ALIVE_LOST_MS },
	};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		(void)setsockopt(fd, options[i].level, options[i].name, &options[i].value,
				 sizeof options[i].value);
}

static void take_sock(struct net_tcp *t, struct net_sock *k)
{
	if (net_sock_release_priv(k)) {
		t->sock = k;
		k->owner = t;
		net_loop_track(t->loop, &t->stop);
	}
}

static bool dial(struct net_tcp *t, struct err *e)
{
	struct sockaddr_storage sa;
	uv_connect_t *req;
	struct net_sock *k;
	int r;

	if (to_sockaddr(t->target->address, t->target->port, &sa) != 0)
		return err_set(e, ERR_INVALID, "\"%s\" is not an IP address", t->target->address);
	k = net_sock_new_priv(t->loop, false, sa.ss_family, e);
	if (!k)
		return false;
	take_sock(t, k);
	r = t->target->bind_address ? bind_own(t) : 0;
	if (r != 0) {
		err_set(e, ERR_UNREACHABLE, "cannot use own address %s", t->target->bind_address);
		return err_seen(e, "%s", uv_strerror(r));
	}
	keep_alive(net_sock_fd_priv(k));
	req = MEM_NEW(uv_connect_t);
	r = uv_tcp_connect(req, &k->u.tcp, (struct sockaddr *)&sa, on_connected);
	if (r == 0)
		return true;
	mem_free(req);
	connect_err(t, r, e);
	return false;
}

static void tcp_start(struct net_stream *s)
{
	struct net_tcp *t = NET_OWNER(s, struct net_tcp, base);
	struct err e = { 0 };

	if (t->target && t->state == ST_NEW) {
		t->state = ST_CONNECTING;
		if (dial(t, &e))
			t->timer = sched_after(net_loop_sched(t->loop), t->connect_ms,
					       on_connect_late, t);
		else
			down_soon(t, &e);
	} else if (t->sock) {
		net_loop_defer(t->loop, &t->kick);
	} else {
		err_set(&e, ERR_CANCELLED, "connection with %s ended: the program stops", t->where);
		down_soon(t, &e);
	}
}

/* --- writing --- */

/* libuv reports the end on the reading side, after what is still unread; a paused stream must be
 * woken for that. */
static void write_failed(struct net_tcp *t, int r)
{
	t->write_err = r;
	t->paused = false;
	set_reading(t);
}

struct queued {
	uv_write_t req;
	uint8_t bytes[];
};

static void on_written(uv_write_t *req, int status)
{
	struct net_sock *k = req->handle->data;

	mem_free(req);
	if (status < 0 && k->owner)
		write_failed(k->owner, status);
	else if (k->owner)
		(void)net_stream_emit_room_priv(&k->owner->base);
}

static bool queue(struct net_tcp *t, struct span bytes)
{
	struct queued *q = mem_new(sizeof *q + bytes.n);
	uv_buf_t b = uv_buf_init((char *)q->bytes, (unsigned)bytes.n);
	int r;

	memcpy(q->bytes, bytes.p, bytes.n);
	r = uv_write(&q->req, &t->sock->u.stream, &b, 1, on_written);
	if (r == 0)
		return true;
	mem_free(q);
	write_failed(t, r);
	return false;
}

static bool tcp_send(struct net_stream *s, struct span bytes)
{
	struct net_tcp *t = NET_OWNER(s, struct net_tcp, base);
	uv_buf_t b = uv_buf_init((char *)(uintptr_t)bytes.p, (unsigned)bytes.n);
	size_t waiting;
	int r = 0;

	if (t->state != ST_UP || t->ending || t->write_err)
		return false;
	waiting = uv_stream_get_write_queue_size(&t->sock->u.stream);
	if (bytes.n > QUEUE_MAX_BYTES - waiting)
		return false;
	if (waiting == 0)
		r = uv_try_write(&t->sock->u.stream, &b, 1);
	if (r == UV_EAGAIN)
		r = 0;
	if (r < 0) {
		write_failed(t, r);
		return false;
	}
	return (size_t)r == bytes.n || queue(t, span_make(bytes.p + r, bytes.n - (size_t)r));
}

static void on_linger(void *arg)
{
	struct net_tcp *t = arg;
	struct err none = { 0 };

	t->timer = NULL;
	down_now(t, &none);
}

static void on_shutdown(uv_shutdown_t *req, int status)
{
	struct net_sock *k = req->handle->data;
	struct net_tcp *t = k->owner;

	(void)status;
	mem_free(req);
	if (t && !t->timer)
		t->timer = sched_after(net_loop_sched(t->loop), LINGER_MS, on_linger, t);
}

static void tcp_end(struct net_stream *s)
{
	struct net_tcp *t = NET_OWNER(s, struct net_tcp, base);
	struct err none = { 0 };
	uv_shutdown_t *req;

	if (t->ending || t->state == ST_DOWN)
		return;
	t->ending = true;
	if (t->state != ST_UP) {
		down_soon(t, &none);
		return;
	}
	req = MEM_NEW(uv_shutdown_t);
	set_reading(t);
	if (uv_shutdown(req, &t->sock->u.stream, on_shutdown) != 0) {
		mem_free(req);
		down_soon(t, &none);
	}
}

static void tcp_reset(struct net_stream *s)
{
	shut(NET_OWNER(s, struct net_tcp, base), true);
}

static void tcp_pause(struct net_stream *s, bool paused)
{
	struct net_tcp *t = NET_OWNER(s, struct net_tcp, base);

	t->paused = paused && !t->write_err;
	set_reading(t);
}

static size_t tcp_queued(const struct net_stream *s)
{
	const struct net_tcp *t = NET_OWNER(s, struct net_tcp, base);

	return t->sock ? uv_stream_get_write_queue_size(&t->sock->u.stream) : 0;
}

static void tcp_close(struct net_stream *s)
{
	struct net_tcp *t = NET_OWNER(s, struct net_tcp, base);

	shut(t, false);
	if (t->target)
		live_count--;
}

static void tcp_destroy(struct net_stream *s)
{
	struct net_tcp *t = NET_OWNER(s, struct net_tcp, base);

	mem_free(t->why);
	mem_free(t->target);
	mem_free(t);
}

static const struct net_stream_ops tcp_ops = {
	.start = tcp_start,
	.send = tcp_send,
	.end = tcp_end,
	.reset = tcp_reset,
	.pause = tcp_pause,
	.queued = tcp_queued,
	.close = tcp_close,
	.destroy = tcp_destroy,
};

static struct net_tcp *tcp_new(struct net_loop *l)
{
	struct net_tcp *t = MEM_NEW(struct net_tcp);

	t->base.ops = &tcp_ops;
	t->loop = l;
	t->kick.fn = on_kick;
	t->stop.fn = on_stop;
	return t;
}

struct net_stream *net_tcp_adopt_priv(struct net_sock *k, const char *peer)
{
	struct net_tcp *t = tcp_new(k->loop);

	net_where_priv(t->where, *peer ? peer : "the local client", 0);
	memcpy(t->base.peer, peer, strlen(peer) + 1);
	take_sock(t, k);
	return &t->base;
}

struct net_stream *net_tcp_dial_priv(struct net_loop *l, const struct net_target *target,
				     uint32_t connect_ms)
{
	struct net_tcp *t = tcp_new(l);
	size_t own = target->bind_address ? strlen(target->bind_address) + 1 : 0;

	/* the own address is kept behind the copy */
	t->target = mem_new(sizeof *t->target + own);
	*t->target = *target;
	t->target->tls = NULL;
	if (own)
		t->target->bind_address = memcpy(t->target + 1, target->bind_address, own);
	t->connect_ms = connect_ms ? connect_ms : CONNECT_MS;
	net_where_priv(t->where, target->address, target->port);
	memcpy(t->base.peer, target->address, sizeof t->base.peer);
	live_count++;
	return &t->base;
}
