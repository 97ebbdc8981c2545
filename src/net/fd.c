/* See fd.h. Polls by libuv; what cannot be polled (files) is ready at each turn of the loop. Puts back
 * the flags of a descriptor that others share. */
#include "net/fd.h"
#include "base/mem.h"
#include "net/loop_priv.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <uv.h>

struct net_fd {
	uv_poll_t poll;
	struct net_loop *loop;
	struct net_fd_events ev;
	void *arg;
	int fd, flags; /* flags: to be put back; -1: it is ours */
	bool polled, ended, gone, released, want_read, want_write;
	struct sched_timer *ready;
	struct net_link stop;
};

/* The memory goes when both the owner and libuv are done with it. */
static void on_closed(uv_handle_t *h)
{
	struct net_fd *f = h->data;

	f->gone = true;
	if (f->released)
		mem_free(f);
}

static void stop(struct net_link *l)
{
	struct net_fd *f = NET_OWNER(l, struct net_fd, stop);

	if (f->ended)
		return;
	f->ended = true;
	sched_cancel(f->ready);
	f->ready = NULL;
	if (f->polled)
		uv_close((uv_handle_t *)&f->poll, on_closed);
	else
		f->gone = true;
	if (f->flags < 0)
		(void)close(f->fd);
	else
		(void)fcntl(f->fd, F_SETFL, f->flags);
}

static void on_poll(uv_poll_t *p, int status, int events)
{
	struct net_fd *f = p->data;

	if (status < 0)
		events = UV_READABLE | UV_WRITABLE; /* the next call tells */
	if (events & UV_WRITABLE && f->want_write)
		f->ev.on_writable(f->arg);
	else if (events & (UV_READABLE | UV_DISCONNECT) && f->want_read)
		f->ev.on_readable(f->arg);
}

static void on_ready(void *arg)
{
	struct net_fd *f = arg;

	f->ready = NULL;
	if (f->want_write)
		f->ev.on_writable(f->arg);
	else if (f->want_read)
		f->ev.on_readable(f->arg);
}

void net_fd_want(struct net_fd *f, bool read, bool write)
{
	f->want_read = read;
	f->want_write = write;
	if (f->ended)
		return;
	if (!f->polled) {
		if ((read || write) && !f->ready)
			f->ready = sched_after(net_loop_sched(f->loop), 0, on_ready, f);
		return;
	}
	int events = (read ? UV_READABLE : 0) | (write ? UV_WRITABLE : 0);
	if (events)
		(void)uv_poll_start(&f->poll, events, on_poll);
	else
		(void)uv_poll_stop(&f->poll);
}

/* A terminal as a descriptor of our own, or -1. */
static int own_terminal(int fd)
{
	char path[128];

	if (!isatty(fd) || ttyname_r(fd, path, sizeof path) != 0)
		return -1;
	return open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

struct net_fd *net_fd_open(struct net_loop *l, int fd, const struct net_fd_events *ev, void *arg,
			   struct err *e)
{
	struct net_fd *f = MEM_NEW(struct net_fd);
	int own = own_terminal(fd);

	f->loop = l;
	f->ev = *ev;
	f->arg = arg;
	f->fd = own >= 0 ? own : fd;
	f->flags = own >= 0 ? -1 : fcntl(fd, F_GETFL);
	f->stop.fn = stop;
	if (own < 0 && f->flags < 0) {
		(void)err_errno(e, ERR_IO, errno, "a standard descriptor");
		mem_free(f);
		return NULL;
	}
	f->polled = uv_poll_init(net_loop_uv(l), &f->poll, f->fd) == 0;
	f->poll.data = f;
	net_loop_track(l, &f->stop);
	return f;
}

long net_fd_read(struct net_fd *f, void *p, size_t n)
{
	ssize_t r;

	do {
		r = read(f->fd, p, n);
	} while (r < 0 && errno == EINTR);
	if (!f->polled && f->want_read && r > 0)
		net_fd_want(f, true, f->want_write);
	return r;
}

long net_fd_write(struct net_fd *f, const void *p, size_t n)
{
	ssize_t r;

	do {
		r = write(f->fd, p, n);
	} while (r < 0 && errno == EINTR);
	if (!f->polled && f->want_write && r > 0)
		net_fd_want(f, f->want_read, true);
	return r;
}

void net_fd_close(struct net_fd *f)
{
	if (!f)
		return;
	net_link_remove(&f->stop);
	stop(&f->stop);
	f->released = true;
	if (f->gone)
		mem_free(f);
}
