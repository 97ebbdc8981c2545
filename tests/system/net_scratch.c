/* Scratch files of images that are made of directories (net/image.h): what a killed process left goes with the
 * next one, and nothing else does. */
#include "net_rig.h"
#include "net/image.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/outband-scratch-XXXXXX";

struct opened {
	bool done;
	struct net_image *im;
	struct err e;
};

static void on_opened(void *arg, struct net_image *im, const struct err *e)
{
	*(struct opened *)arg = (struct opened){ true, im, *e };
}

static bool is_opened(void *arg)
{
	return ((struct opened *)arg)->done;
}

static void path_of(char out[256], const char *name)
{
	(void)snprintf(out, 256, "%s/%s", dir, name);
}

/* A file of so many seconds ago. The descriptor holds its lock, when there is one. */
static int leave(const char *name, int age_s, bool locked)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0, 0 } };
	struct stat st;
	char path[256];

	path_of(path, name);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	times[1].tv_sec = st.st_mtime - age_s;
	assert_int_equal(futimens(fd, times), 0);
	assert_true(!locked || flock(fd, LOCK_SH) == 0);
	return fd;
}

static bool is_there(const char *name)
{
	char path[256];

	path_of(path, name);
	return access(path, F_OK) == 0;
}

static void sweeps_what_is_nobodys(void **state)
{
	static const struct {
		const char *name;
		int age_s;
		bool locked, stays;
	} cases[] = {
		{ "outband-media-killed", 3600, false, false },
		{ "outband-media-fresh", 0, false, true },
		{ "outband-media-served", 3600, true, true },
		{ "somebody-else", 3600, false, true },
	};
	struct net_loop *l = rig_loop();
	struct opened o = { 0 };
	int fds[sizeof cases / sizeof *cases];
	char tree[256];

	(void)state;
	assert_non_null(mkdtemp(dir));
	path_of(tree, "tree");
	assert_int_equal(mkdir(tree, 0700), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		fds[i] = leave(cases[i].name, cases[i].age_s, cases[i].locked);
	(void)net_image_open(l, &(struct net_image_conf){ .from = tree, .scratch = dir }, on_opened,
			     &o);
	assert_true(rig_until(l, is_opened, &o, RIG_WAIT_MS));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char path[256];
		if (is_there(cases[i].name) != cases[i].stays)
			fail_msg("%s", cases[i].name);
		path_of(path, cases[i].name);
		(void)unlink(path);
		(void)close(fds[i]);
	}
	net_image_free(o.im);
	rig_end_loop(l);
	(void)rmdir(tree);
	assert_int_equal(rmdir(dir), 0); /* its own is gone, too */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sweeps_what_is_nobodys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
