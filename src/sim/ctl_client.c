/* Client side of `sim ctl`, see ctl.h. Used by the command line only: it blocks. */
#include "base/buf.h"
#include "base/str.h"
#include "sim/ctl.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES 65536
#define READ_BYTES     65536

static int dial(const char *path, struct err *e)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd;

	if (!str_copy(un.sun_path, sizeof un.sun_path, span_str(path))) {
		err_set(e, ERR_INVALID, "socket path %s is longer than %zu bytes", path,
			sizeof un.sun_path - 1);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		err_errno(e, ERR_IO, errno, "making a socket");
		return -1;
	}
	if (connect(fd, (struct sockaddr *)&un, sizeof un) != 0) {
		err_errno(e, ERR_SERVICE_DOWN, errno, path);
		err_hint(e, "is a fleet running with --ctl %s?", path);
		(void)close(fd);
		return -1;
	}
	return fd;
}

static bool send_all(int fd, struct span b, struct err *e)
{
	while (b.n > 0) {
		ssize_t n = send(fd, b.p, b.n, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			bool closed = errno == EPIPE || errno == ECONNRESET;
			err_errno(e, ERR_IO, errno, "sending to the fleet");
			return closed
				? err_hint(e,
					   "it ends, or too many speak with it at once: try again")
				: false;
		}
		b = span_make(b.p + n, b.n - (size_t)n);
	}
	return true;
}

/* The lines that are whole. *out_end: the last one came. */
static bool take_lines(struct buf *b, void (*on_line)(void *arg, struct span line), void *arg,
		       bool *out_end, struct err *e)
{
	size_t at = 0;
	bool ok = true;

	while (ok && !*out_end) {
		struct span rest = span_make(b->p + at, b->n - at);
		size_t n = span_find(rest, '\n');
		if (n == rest.n)
			break;
		struct span line = span_make(rest.p, n);
		at += n + 1;
		if (span_eq_str(line, "ok"))
			*out_end = true;
		else if (span_starts(line, "error "))
			ok = err_set(e, ERR_INVALID, "%.*s", (int)(line.n - 6),
				     (const char *)line.p + 6);
		else
			on_line(arg, line);
	}
	buf_consume(b, at);
	return ok;
}

static bool receive(int fd, void (*on_line)(void *arg, struct span line), void *arg, struct err *e)
{
	struct buf b;
	bool ok = true, end = false;

	buf_init(&b, LINE_MAX_BYTES + READ_BYTES);
	while (ok && !end) {
		if (!buf_reserve(&b, READ_BYTES)) {
			ok = err_set(e, ERR_MALFORMED,
				     "the fleet's answer has a line that is too long");
			break;
		}
		ssize_t n = read(fd, b.p + b.n, READ_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			ok = err_errno(e, ERR_IO, errno, "reading the fleet's answer");
		else if (n == 0)
			ok = err_set(e, ERR_CLOSED, "the fleet ended before its answer was whole");
		if (!ok)
			break;
		b.n += (size_t)n;
		ok = take_lines(&b, on_line, arg, &end, e);
	}
	buf_deinit(&b);
	return ok;
}

bool sim_ctl_ask(const char *path, struct span request,
		 void (*on_line)(void *arg, struct span line), void *arg, struct err *e)
{
	int fd = dial(path, e);
	bool ok;

	if (fd < 0)
		return false;
	ok = send_all(fd, request, e) && send_all(fd, span_str("\n"), e) &&
		receive(fd, on_line, arg, e);
	(void)close(fd);
	return ok;
}
