/* One libuv socket, TCP or Unix, with the memory that libuv asks for: freed in its close callback
 * and, while an accepted connection or a listener holds it, not before these let go. Used by
 * conn.c and stream_tcp.c. Never reads or writes. */
#include "base/mem.h"
#include "net/sock_priv.h"
#include <sys/socket.h>

static void on_sock_closed(uv_handle_t *h)
{
	struct net_sock *k = h->data;

	net_loop_note_closed(k->loop);
	k->closed = true;
	if (!k->held)
		mem_free(k);
}

static void sock_shut(struct net_sock *k)
{
	if (!k->closing)
		uv_close(&k->u.any, on_sock_closed);
	k->closing = true;
}

static void on_sock_stop(struct net_link *l)
{
	sock_shut(NET_OWNER(l, struct net_sock, stop));
}

void net_sock_hold_priv(struct net_sock *k, void *user)
{
	k->held = true;
	k->user = user;
	net_loop_track(k->loop, &k->stop);
}

void *net_sock_user_priv(const struct net_sock *k)
{
	return k->user;
}

bool net_sock_release_priv(struct net_sock *k)
{
	bool open = !k->closing;

	net_link_remove(&k->stop);
	k->held = false;
	k->user = NULL;
	if (k->closed)
		mem_free(k);
	return open;
}

struct net_sock *net_sock_new_priv(struct net_loop *l, bool is_unix, int family, struct err *e)
{
	struct net_sock *k = MEM_NEW(struct net_sock);
	uv_loop_t *uv = net_loop_uv(l);
	int r = is_unix ? uv_pipe_init(uv, &k->u.pipe, 0)
			: uv_tcp_init_ex(uv, &k->u.tcp, (unsigned)family);

	if (r != 0) {
		err_errno(e, ERR_IO, -r, "making a socket");
		mem_free(k);
		return NULL;
	}
	k->u.any.data = k;
	k->loop = l;
	k->is_unix = is_unix;
	k->stop.fn = on_sock_stop;
	net_loop_note_open(l);
	return k;
}

void *net_sock_uv_priv(struct net_sock *k)
{
	return &k->u;
}

struct net_loop *net_sock_loop_priv(const struct net_sock *k)
{
	return k->loop;
}

int net_sock_fd_priv(const struct net_sock *k)
{
	uv_os_fd_t fd;

	return k->closing || uv_fileno(&k->u.any, &fd) != 0 ? -1 : fd;
}

void net_sock_close_priv(struct net_sock *k, bool reset)
{
	static const struct linger none = { 1, 0 };
	int fd;

	if (!k)
		return;
	fd = net_sock_fd_priv(k);
	if (reset && !k->is_unix && fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	if (net_sock_release_priv(k))
		sock_shut(k);
}
