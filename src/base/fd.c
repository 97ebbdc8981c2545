/* The loop around write(2), for all who write files. Waits: never called with what the event loop serves. */
#include "base/fd.h"
#include <errno.h>
#include <unistd.h>

bool fd_write_all(int fd, struct span s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0) {
			errno = ENOSPC;
			return false;
		}
		s = span_make(s.p + n, s.n - (size_t)n);
	}
	return true;
}
