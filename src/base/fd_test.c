/* Whole writes: all bytes, and the error of what does not take them. Files of memory only. */
#include "base/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

static void all_bytes_arrive(void **state)
{
	(void)state;
	static uint8_t out[300000], in[sizeof out];
	int fd = memfd_create("fd", 0);

	for (size_t i = 0; i < sizeof out; i++)
		out[i] = (uint8_t)(i * 7);
	assert_true(fd_write_all(fd, span_make(out, sizeof out)));
	assert_true(fd_write_all(fd, span_make(NULL, 0)));
	assert_int_equal(pread(fd, in, sizeof in, 0), sizeof in);
	assert_memory_equal(in, out, sizeof in);
	(void)close(fd);
}

/* The first write takes five bytes, the second none. */
static void goes_on_after_a_short_write(void **state)
{
	(void)state;
	struct rlimit before, five;
	int fd = memfd_create("fd", 0);

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	five = before;
	five.rlim_cur = 5;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &five), 0);
	bool ok = fd_write_all(fd, span_make("0123456789", 10));
	int why = errno;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(ok);
	assert_int_equal(why, EFBIG);
	assert_int_equal(lseek(fd, 0, SEEK_END), 5);
	(void)close(fd);
}

static void errors_are_told(void **state)
{
	(void)state;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	errno = 0;
	assert_false(fd_write_all(-1, span_make("x", 1)));
	assert_int_equal(errno, EBADF);
	if (full >= 0) {
		assert_false(fd_write_all(full, span_make("x", 1)));
		assert_int_equal(errno, ENOSPC);
		(void)close(full);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_bytes_arrive),
		cmocka_unit_test(goes_on_after_a_short_write),
		cmocka_unit_test(errors_are_told),
	};
	return cmocka_run_group_tests_name("base/fd", tests, NULL, NULL);
}
