/* Listeners and accepted connections. Used by the hello intake, by the simulator (one wildcard
 * listener, the device is told by the local address) and for local sockets. A paused listener
 * accepts nothing, so that new connections wait in the kernel. Never reads or writes. */
#include "base/mem.h"
#include "net/stream_priv.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#define BACKLOG      1024
#define HANDSHAKE_MS 15000

struct net_listen {
	struct net_loop *loop;
	struct net_sock *sock; /* NULL after net_loop_stop */
	net_accept_fn *fn;
	void *arg;
	bool paused, waiting; /* waiting: one was announced and left where it is */
	bool is_unix, closed;
	unsigned busy;
	uint16_t port;
	unsigned per_round, this_round;
	struct net_link stop, resume;
};

static void addr_text(const struct sockaddr_storage *sa, char out_text[64], uint16_t *out_port)
{
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *v6 = (const void *)sa;

	out_text[0] = '\0';
	if (sa->ss_family == AF_INET) {
		(void)inet_ntop(AF_INET, &v4->sin_addr, out_text, 64);
		*out_port = ntohs(v4->sin_port);
	} else if (sa->ss_family == AF_INET6) {
		if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
			(void)inet_ntop(AF_INET, v6->sin6_addr.s6_addr + 12, out_text, 64);
		else
			(void)inet_ntop(AF_INET6, &v6->sin6_addr, out_text, 64);
		*out_port = ntohs(v6->sin6_port);
	}
}

static void fill_addresses(struct net_conn *c, struct net_sock *k)
{
	struct sockaddr_storage sa;
	int n = sizeof sa;
	uint16_t peer_port = 0;

	if (uv_tcp_getsockname(net_sock_uv_priv(k), (struct sockaddr *)&sa, &n) == 0)
		addr_text(&sa, c->local, &c->local_port);
	n = sizeof sa;
	if (uv_tcp_getpeername(net_sock_uv_priv(k), (struct sockaddr *)&sa, &n) == 0)
		addr_text(&sa, c->peer, &peer_port);
}

static void accept_one(struct net_listen *ls)
{
	struct net_sock *k = net_sock_new_priv(ls->loop, ls->is_unix, AF_UNSPEC, NULL);
	struct net_conn *c;

	if (!k)
		return;
	if (uv_accept(net_sock_uv_priv(ls->sock), net_sock_uv_priv(k)) != 0) {
		net_sock_close_priv(k, false);
		return;
	}
	c = MEM_NEW(struct net_conn);
	c->handle_priv = k;
	net_sock_hold_priv(k, NULL);
	if (!ls->is_unix)
		fill_addresses(c, k);
	ls->busy++;
	ls->fn(ls->arg, c);
	if (--ls->busy == 0 && ls->closed)
		mem_free(ls);
}

static void on_connection(uv_stream_t *h, int status)
{
	struct net_listen *ls = net_sock_user_priv(h->data);

	if (!ls || status != 0)
		return;
	if (ls->paused) {
		ls->waiting = true;
	} else if (ls->per_round && ++ls->this_round > ls->per_round) {
		ls->waiting = true;
		net_loop_defer(ls->loop, &ls->resume);
	} else {
		accept_one(ls);
	}
}

static void on_resume(struct net_link *l)
{
	struct net_listen *ls = NET_OWNER(l, struct net_listen, resume);

	ls->this_round = 0;
	if (ls->paused || !ls->waiting || !ls->sock)
		return;
	ls->waiting = false;
	accept_one(ls);
}

void net_listen_pause(struct net_listen *ls, bool paused)
{
	ls->paused = paused;
	if (!paused && ls->waiting)
		net_loop_defer(ls->loop, &ls->resume);
}

static void shut(struct net_listen *ls)
{
	net_link_remove(&ls->stop);
	net_link_remove(&ls->resume);
	net_sock_close_priv(ls->sock, false);
	ls->sock = NULL;
}

static void on_stop(struct net_link *l)
{
	shut(NET_OWNER(l, struct net_listen, stop));
}

void net_listen_close(struct net_listen *ls)
{
	if (!ls)
		return;
	shut(ls);
	ls->closed = true;
	if (ls->busy == 0)
		mem_free(ls);
}

uint16_t net_listen_port(const struct net_listen *ls)
{
	return ls->port;
}

/* The file of a service that died stays behind: when nobody answers there it is taken over. */
bool net_unix_prepare_priv(const char *path, struct err *e)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct stat st;
	int fd, r;

	if (strlen(path) >= sizeof un.sun_path) {
		err_set(e, ERR_INVALID, "socket path %s is longer than %zu bytes", path,
			sizeof un.sun_path - 1);
		return err_hint(e, "name a shorter one");
	}
	if (lstat(path, &st) != 0)
		return true;
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_CONFLICT, "%s exists and is no socket", path);
	memcpy(un.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(e, ERR_IO, errno, "making a socket");
	r = connect(fd, (struct sockaddr *)&un, sizeof un) == 0 ? 0 : errno;
	(void)close(fd);
	if (r != ECONNREFUSED)
		return err_set(e, ERR_CONFLICT, "another process answers at %s", path);
	if (unlink(path) != 0)
		return err_errno(e, ERR_IO, errno, "removing the former socket");
	return true;
}

static bool bind_unix(struct net_listen *ls, const char *path, struct err *e)
{
	int r;

	ls->sock = net_sock_new_priv(ls->loop, true, 0, e);
	if (!ls->sock || !net_unix_prepare_priv(path, e))
		return false;
	r = uv_pipe_bind(net_sock_uv_priv(ls->sock), path);
	if (r != 0)
		return err_errno(e, ERR_IO, -r, path);
	/* nobody can connect before it listens */
	if (chmod(path, 0600) != 0)
		return err_errno(e, ERR_IO, errno, path);
	return true;
}

static bool cannot_listen(int r, const char *address, unsigned port, struct err *e)
{
	char where[NET_WHERE_SIZE];

	net_where_priv(where, address, port);
	err_set(e, r == UV_EADDRINUSE ? ERR_CONFLICT : ERR_IO, "cannot listen on %s", where);
	err_seen(e, "%s", uv_strerror(r));
	if (r == UV_EADDRINUSE)
		err_hint(e, "another program uses this port (ss -ltnp shows it)");
	else if (r == UV_EACCES)
		err_hint(e, "ports below 1024 need CAP_NET_BIND_SERVICE");
	return false;
}

static bool bind_tcp(struct net_listen *ls, const struct net_listen_conf *c, struct err *e)
{
	struct sockaddr_storage sa = { 0 };
	int n = sizeof sa, r;
	char text[64];

	r = strchr(c->address, ':') ? uv_ip6_addr(c->address, c->port, (void *)&sa)
				    : uv_ip4_addr(c->address, c->port, (void *)&sa);
	if (r != 0)
		return err_set(e, ERR_INVALID, "\"%s\" is not an IP address to listen on",
			       c->address);
	ls->sock = net_sock_new_priv(ls->loop, false, sa.ss_family, e);
	if (!ls->sock)
		return false;
	if (c->loopback_only &&
	    setsockopt(net_sock_fd_priv(ls->sock), SOL_SOCKET, SO_BINDTODEVICE, "lo",
		       sizeof "lo") != 0)
		return err_errno(e, ERR_IO, errno, "keeping the listener on the loopback device");
	r = uv_tcp_bind(net_sock_uv_priv(ls->sock), (struct sockaddr *)&sa, 0);
	if (r != 0)
		return cannot_listen(r, c->address, c->port, e);
	/* an address in use shows only here or at listen */
	r = uv_tcp_getsockname(net_sock_uv_priv(ls->sock), (struct sockaddr *)&sa, &n);
	if (r != 0)
		return cannot_listen(r, c->address, c->port, e);
	addr_text(&sa, text, &ls->port);
	return true;
}

struct net_listen *net_listen_open(struct net_loop *l, const struct net_listen_conf *c,
				   net_accept_fn *fn, void *arg, struct err *e)
{
	struct net_listen *ls = MEM_NEW(struct net_listen);
	bool ok;
	int r;

	ls->loop = l;
	ls->per_round = c->per_round;
	ls->fn = fn;
	ls->arg = arg;
	ls->is_unix = c->unix_path != NULL;
	ls->stop.fn = on_stop;
	ls->resume.fn = on_resume;
	ok = ls->is_unix ? bind_unix(ls, c->unix_path, e) : bind_tcp(ls, c, e);
	if (ok) {
		net_sock_hold_priv(ls->sock, ls);
		r = uv_listen(net_sock_uv_priv(ls->sock), c->backlog > 0 ? c->backlog : BACKLOG,
			      on_connection);
		ok = r == 0 ||
			cannot_listen(r, ls->is_unix ? c->unix_path : c->address, c->port, e);
	}
	if (!ok) {
		net_listen_close(ls);
		return NULL;
	}
	net_loop_track(l, &ls->stop);
	return ls;
}

struct net_stream *net_conn_clear(struct net_conn *c)
{
	struct net_stream *s = net_tcp_adopt_priv(c->handle_priv, c->peer);

	mem_free(c);
	return s;
}

struct net_stream *net_conn_tls(struct net_conn *c, const struct pki_tls_server *conf)
{
	struct net_sock *k = c->handle_priv;
	struct net_loop *l = net_sock_loop_priv(k);
	struct net_stream *tcp = net_tcp_adopt_priv(k, c->peer);
	struct net_stream *s = net_tls_server_priv(l, tcp, conf, c->peer, HANDSHAKE_MS);

	mem_free(c);
	return s;
}

void net_conn_close(struct net_conn *c, bool reset)
{
	if (!c)
		return;
	net_sock_close_priv(c->handle_priv, reset);
	mem_free(c);
}

bool net_conn_peer_uid(const struct net_conn *c, unsigned *out_uid)
{
	int fd = net_sock_fd_priv(c->handle_priv);

	return fd >= 0 && net_unix_peer_uid_priv(fd, out_uid);
}

bool net_unix_peer_uid_priv(int fd, unsigned *out_uid)
{
	struct ucred cred;
	socklen_t n = sizeof cred;
	int domain = 0;
	socklen_t domain_n = sizeof domain;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_n) != 0 || domain != AF_UNIX)
		return false;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0 || n != sizeof cred)
		return false;
	*out_uid = cred.uid;
	return true;
}
