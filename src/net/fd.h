/* Watches a descriptor that was given to the program: a terminal, a pipe, a file. Says when it can be read
 * or written without waiting; the owner reads and writes. For `outband console`. */
#pragma once
#include "base/err.h"
#include "net/loop.h"

struct net_fd;
struct net_fd_events {
	void (*on_readable)(void *arg); /* also at its end */
	void (*on_writable)(void *arg);
};
/* A terminal is opened anew, so that others who have it do not notice; elsewhere the descriptor becomes
 * non-blocking until the end. Files are always ready. */
struct net_fd *net_fd_open(struct net_loop *l, int fd, const struct net_fd_events *ev, void *arg, struct err *e);
void net_fd_want(struct net_fd *f, bool read, bool write);
/* -1 with errno EAGAIN: not now. read gives 0 at the end. */
long net_fd_read(struct net_fd *f, void *p, size_t n);
long net_fd_write(struct net_fd *f, const void *p, size_t n);
void net_fd_close(struct net_fd *f); /* NULL is fine */
