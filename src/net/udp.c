/* See udp.h. libuv watches the descriptor; reading and writing are recvmmsg and sendmmsg, because
 * discovery of a large network is mostly the cost of system calls. */
#include "net/udp.h"
#include "base/mem.h"
#include "net/loop_priv.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#define BATCH    64
#define IN_BYTES 2048 /* of one datagram; the rest is cut off */
#define ROUNDS   16   /* of reading, before everything else has its turn */

struct room {
	struct sockaddr_in peer;
	struct iovec iov;
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(struct in_pktinfo))];
};
struct net_udp {
	uv_poll_t poll;
	struct net_loop *loop;
	struct net_link stop, flush;
	net_udp_fn *fn;
	void *arg;
	int fd;        /* -1: closed */
	unsigned busy; /* calls of ours that still use the memory */
	bool gone;     /* closed by libuv too */
	bool owned;    /* net_udp_close was not called yet */
	unsigned queued;
	uint16_t port;
	struct mmsghdr in_msgs[BATCH], out_msgs[BATCH];
	struct room in_rooms[BATCH], out_rooms[BATCH];
	uint8_t in_bytes[BATCH][IN_BYTES], out_bytes[BATCH][NET_UDP_SEND_MAX];
};

static void free_when_unused(struct net_udp *u)
{
	if (u->gone && !u->owned && u->busy == 0)
		mem_free(u);
}

static void on_closed(uv_handle_t *h)
{
	struct net_udp *u = h->data;

	net_loop_note_closed(u->loop);
	u->gone = true;
	free_when_unused(u);
}

static void shut(struct net_udp *u)
{
	if (u->fd < 0)
		return;
	(void)uv_poll_stop(&u->poll);
	close(u->fd);
	u->fd = -1;
	net_link_remove(&u->stop);
	net_link_remove(&u->flush);
	uv_close((uv_handle_t *)&u->poll, on_closed);
}

/* ---- out ---- */

static void on_ready(uv_poll_t *h, int status, int events);

static void watch(struct net_udp *u)
{
	int events = (u->fn ? UV_READABLE : 0) | (u->queued ? UV_WRITABLE : 0);

	if (events)
		(void)uv_poll_start(&u->poll, events, on_ready);
	else
		(void)uv_poll_stop(&u->poll);
}

/* What the kernel takes now. One that it refuses is dropped. */
static void flush(struct net_udp *u)
{
	unsigned done = 0;

	while (done < u->queued) {
		int n = sendmmsg(u->fd, u->out_msgs + done, u->queued - done, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == ENOBUFS))
			break;
		done += n > 0 ? (unsigned)n : 1;
	}
	if (done == u->queued) {
		u->queued = 0;
		return;
	}
	/* The rest is few, and moves to the front piece by piece. */
	for (unsigned i = done; i < u->queued; i++) {
		struct room *to = &u->out_rooms[i - done];
		*to = u->out_rooms[i];
		to->iov.iov_base = u->out_bytes[i - done];
		memcpy(u->out_bytes[i - done], u->out_bytes[i], to->iov.iov_len);
		struct msghdr *m = &u->out_msgs[i - done].msg_hdr;
		size_t controllen = u->out_msgs[i].msg_hdr.msg_controllen;
		*m = (struct msghdr){ .msg_name = &to->peer,
				      .msg_namelen = sizeof to->peer,
				      .msg_iov = &to->iov,
				      .msg_iovlen = 1,
				      .msg_control = controllen ? to->control : NULL,
				      .msg_controllen = controllen };
	}
	u->queued -= done;
}

static void on_flush(struct net_link *l)
{
	struct net_udp *u = NET_OWNER(l, struct net_udp, flush);

	flush(u);
	if (u->queued)
		watch(u);
}

static void put_source(struct msghdr *m, struct room *r, uint32_t from_ip)
{
	struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl(from_ip) };

	memset(r->control, 0, sizeof r->control);
	m->msg_control = r->control;
	m->msg_controllen = sizeof r->control;
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof info);
	memcpy(CMSG_DATA(c), &info, sizeof info);
}

bool net_udp_send(struct net_udp *u, uint32_t to_ip, uint16_t port, uint32_t from_ip,
		  struct span bytes)
{
	if (u->fd < 0 || bytes.n > NET_UDP_SEND_MAX)
		return true; /* as if the network had lost it */
	if (u->queued == BATCH)
		flush(u);
	if (u->queued == BATCH) {
		watch(u);
		return false;
	}
	struct room *r = &u->out_rooms[u->queued];
	struct msghdr *m = &u->out_msgs[u->queued].msg_hdr;
	r->peer = (struct sockaddr_in){ .sin_family = AF_INET,
					.sin_port = htons(port),
					.sin_addr.s_addr = htonl(to_ip) };
	r->iov = (struct iovec){ u->out_bytes[u->queued], bytes.n };
	if (bytes.n)
		memcpy(u->out_bytes[u->queued], bytes.p, bytes.n);
	*m = (struct msghdr){ .msg_name = &r->peer,
			      .msg_namelen = sizeof r->peer,
			      .msg_iov = &r->iov,
			      .msg_iovlen = 1 };
	if (from_ip)
		put_source(m, r, from_ip);
	u->queued++;
	net_loop_defer(u->loop, &u->flush);
	return true;
}

/* ---- in ---- */

static uint32_t local_of(struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		struct in_pktinfo info;
		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof info);
		return ntohl(info.ipi_addr.s_addr);
	}
	return 0;
}

static int receive(struct net_udp *u)
{
	for (unsigned i = 0; i < BATCH; i++) {
		struct room *r = &u->in_rooms[i];
		r->iov = (struct iovec){ u->in_bytes[i], IN_BYTES };
		u->in_msgs[i].msg_hdr = (struct msghdr){ .msg_name = &r->peer,
							 .msg_namelen = sizeof r->peer,
							 .msg_iov = &r->iov,
							 .msg_iovlen = 1,
							 .msg_control = r->control,
							 .msg_controllen = sizeof r->control };
	}
	return recvmmsg(u->fd, u->in_msgs, BATCH, MSG_DONTWAIT, NULL);
}

static void deliver(struct net_udp *u, unsigned i)
{
	const struct room *r = &u->in_rooms[i];
	struct net_udp_from from = { ntohl(r->peer.sin_addr.s_addr),
				     local_of(&u->in_msgs[i].msg_hdr), ntohs(r->peer.sin_port) };

	u->fn(u->arg, &from, span_make(u->in_bytes[i], u->in_msgs[i].msg_len));
}

static void on_ready(uv_poll_t *h, int status, int events)
{
	struct net_udp *u = h->data;
	int n = BATCH;

	u->busy++;
	if (u->queued && (events & UV_WRITABLE))
		flush(u);
	if (status < 0 || (events & UV_READABLE)) {
		for (unsigned round = 0; round < ROUNDS && n == BATCH && u->fd >= 0; round++) {
			n = receive(u);
			for (int i = 0; i < n && u->fd >= 0; i++)
				deliver(u, (unsigned)i);
		}
	}
	if (u->fd >= 0)
		watch(u);
	u->busy--;
	free_when_unused(u);
}

/* ---- open and close ---- */

static bool fail(int fd, const struct net_udp_conf *c, int errnum, const char *what, struct err *e)
{
	char where[64];
	enum err_code code = errnum == EADDRINUSE     ? ERR_CONFLICT
		: errnum == EACCES || errnum == EPERM ? ERR_DENIED
						      : ERR_IO;

	(void)snprintf(where, sizeof where, "%s UDP port %u", what, c->port);
	err_errno(e, code, errnum, where);
	if (code == ERR_DENIED)
		err_hint(
			e,
			"ports below 1024 are for root and for programs with CAP_NET_BIND_SERVICE: "
			"setcap cap_net_bind_service=ep, or take another port");
	if (code == ERR_CONFLICT)
		err_hint(e, "another program has this port: 'ss -ulnp' names it");
	if (fd >= 0)
		close(fd);
	return false;
}

static bool set_options(int fd, const struct net_udp_conf *c)
{
	static const int one = 1;

	if (c->buffer_bytes) { /* forced where we may, else as much as the limit lets */
		const int *n = &c->buffer_bytes;
		if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, n, sizeof *n) != 0)
			(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, n, sizeof *n);
		if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, n, sizeof *n) != 0)
			(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, n, sizeof *n);
	}
	return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one) == 0 &&
		(!c->loopback_only || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) == 0);
}

static bool open_fd(const struct net_udp_conf *c, int *out_fd, uint16_t *out_port, struct err *e)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(c->port) };
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fail(fd, c, errno, "making a socket for", e);
	if (c->address && inet_pton(AF_INET, c->address, &a.sin_addr) != 1) {
		close(fd);
		err_set(e, ERR_INVALID, "'%s' is no address to listen on", c->address);
		return err_want(e, "an IPv4 address of this machine");
	}
	if (!set_options(fd, c))
		return fail(fd, c, errno, "preparing", e);
	if (bind(fd, (const struct sockaddr *)&a, sizeof a) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		return fail(fd, c, errno, "opening", e);
	*out_fd = fd;
	*out_port = ntohs(a.sin_port);
	return true;
}

static void on_stop(struct net_link *l)
{
	shut(NET_OWNER(l, struct net_udp, stop));
}

struct net_udp *net_udp_open(struct net_loop *l, const struct net_udp_conf *c, net_udp_fn *fn,
			     void *arg, struct err *e)
{
	struct net_udp *u;
	uint16_t port = 0;
	int fd = -1, r;

	if (!open_fd(c, &fd, &port, e))
		return NULL;
	u = MEM_NEW(struct net_udp);
	u->loop = l;
	u->fd = fd;
	u->fn = fn;
	u->arg = arg;
	u->port = port;
	u->owned = true;
	u->stop.fn = on_stop;
	u->flush.fn = on_flush;
	u->poll.data = u;
	r = uv_poll_init(net_loop_uv(l), &u->poll, fd);
	if (r != 0) {
		fail(fd, c, -r, "watching", e);
		mem_free(u);
		return NULL;
	}
	net_loop_note_open(l);
	net_loop_track(l, &u->stop);
	watch(u);
	return u;
}

uint16_t net_udp_port(const struct net_udp *u)
{
	return u->port;
}

void net_udp_close(struct net_udp *u)
{
	if (!u)
		return;
	u->owned = false;
	shut(u);
	free_when_unused(u);
}
