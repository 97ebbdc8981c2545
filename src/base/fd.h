/* Bytes into a file descriptor, whole. For whoever writes a file, a sheet or standard output; never for
 * sockets of the loop, which do not wait. */
#pragma once
#include "base/span.h"
#include <stdbool.h>

/* Goes on after signals and short writes. False with errno set. */
bool fd_write_all(int fd, struct span s);
