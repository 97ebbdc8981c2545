/* Streams to a Unix socket of this machine: what the command line uses for tunnels of the service.
 * Connecting there never waits for long, so it is done at once. */
#include "net/sock_priv.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_to(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof sa.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sa.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&sa, sizeof sa) != 0) {
		int errnum = errno;
		(void)close(fd);
		errno = errnum;
		fd = -1;
	}
	return fd;
}

struct net_stream *net_stream_unix(struct net_loop *l, const char *path, struct err *e)
{
	int fd = connect_to(path), r;
	struct net_sock *k;

	if (fd < 0) {
		err_errno(e, ERR_SERVICE_DOWN, errno, "connecting to the service");
		err_wrap(e, "%s", path);
		return NULL;
	}
	k = net_sock_new_priv(l, true, AF_UNSPEC, e);
	r = k ? uv_pipe_open(&k->u.pipe, fd) : -1;
	if (r == 0)
		return net_tcp_adopt_priv(k, "");
	(void)close(fd);
	if (k) {
		err_errno(e, ERR_IO, -r, "using a socket");
		net_sock_close_priv(k, false);
	}
	return NULL;
}
