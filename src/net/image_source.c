/* Where the bytes of an image come from: a file, or a web server by ranges. Everything here runs on
 * workers (close excepted) and may wait. A file that becomes shorter while it is served is an error
 * that says so, since what a PC reads of it would be another disc. */
#include "base/mem.h"
#include "net/fetch.h"
#include "net/image_priv.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ---- */

struct file {
	int fd;
	char *path;
	uint64_t bytes;
};

static bool refuse(const char *path, int errnum, struct err *e)
{
	enum err_code code = errnum == ENOENT || errnum == ENOTDIR       ? ERR_NOT_FOUND
		: errnum == EACCES || errnum == EPERM || errnum == EROFS ? ERR_DENIED
									 : ERR_IO;

	err_errno(e, code, errnum, "opening the image");
	err_wrap(e, "%s", path);
	if (strncmp(path, "\\\\", 2) == 0 || strncmp(path, "//", 2) == 0)
		return err_hint(e,
				"a network share is mounted first (mount -t cifs); then give "
				"the path of the file in it");
	if (strstr(path, "://"))
		return err_hint(e,
				"only http:// and https:// are read; mount a share, or download "
				"the file, and give its path");
	return false;
}

bool net_image_file_open(const char *path, bool writable, void **out_src, uint64_t *out_bytes,
			 struct err *e)
{
	/* Without O_NONBLOCK a named pipe would wait for its other end. */
	int fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		int errnum = errno;
		if (fd >= 0)
			(void)close(fd);
		return refuse(path, errnum, e);
	}
	off_t size = S_ISBLK(st.st_mode) ? lseek(fd, 0, SEEK_END) : st.st_size;
	if ((!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) || size < 0) {
		(void)close(fd);
		return err_set(e, ERR_INVALID, "%s is no file", path);
	}
	/* What somebody writes to is nobody else's; where there are no locks, it goes without. */
	if (flock(fd, (writable ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		(void)close(fd);
		err_set(e, ERR_CONFLICT, "%s is in use by another 'outband media'", path);
		return err_hint(e,
				writable ? "who writes to an image must be the only one"
					 : "it is written to: end that first");
	}
	struct file *f = MEM_NEW(struct file);
	*f = (struct file){ .fd = fd, .path = mem_str(path), .bytes = (uint64_t)size };
	*out_src = f;
	*out_bytes = f->bytes;
	return true;
}

static bool file_read(void *src, unsigned lane, uint64_t at, uint8_t *to, size_t n, struct err *e)
{
	struct file *f = src;
	size_t got = 0;

	(void)lane;
	while (got < n) {
		ssize_t r = pread(f->fd, to + got, n - got, (off_t)(at + got));
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			err_errno(e, ERR_IO, errno, "reading the image");
			return err_wrap(e, "%s", f->path);
		}
		if (r == 0)
			break;
		got += (size_t)r;
	}
	if (got == n)
		return true;
	err_set(e, ERR_CONFLICT, "%s became shorter while it was served", f->path);
	err_seen(e, "it ends at byte %llu", (unsigned long long)at + got);
	return err_want(e, "%llu bytes", (unsigned long long)f->bytes);
}

static bool file_write(void *src, uint64_t at, struct span bytes, struct err *e)
{
	struct file *f = src;
	size_t put = 0;

	while (put < bytes.n) {
		ssize_t r = pwrite(f->fd, bytes.p + put, bytes.n - put, (off_t)(at + put));
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			err_errno(e, ERR_IO, r < 0 ? errno : ENOSPC, "writing to the image");
			return err_wrap(e, "%s", f->path);
		}
		put += (size_t)r;
	}
	return true;
}

static void file_close(void *src)
{
	struct file *f = src;

	(void)close(f->fd);
	mem_free(f->path);
	mem_free(f);
}

const struct net_image_source net_image_file_source = { "file",    NET_IMAGE_LANES, 2,
							file_read, file_write,      NULL,
							file_close };

/* ---- URLs ---- */

struct url {
	struct net_fetch *lanes[NET_IMAGE_LANES + 1];
	struct net_fetch_id id;
	atomic_bool stop;
};

static void url_close(void *src)
{
	struct url *u = src;

	for (unsigned i = 0; i <= NET_IMAGE_LANES; i++)
		net_fetch_free(u->lanes[i]);
	mem_free(u);
}

void *net_image_url_new(const char *url, const char *ca_file)
{
	struct url *u = MEM_NEW(struct url);

	for (unsigned i = 0; i <= NET_IMAGE_LANES; i++)
		u->lanes[i] = net_fetch_new(url, ca_file);
	return u;
}

bool net_image_url_size(void *src, uint64_t *out_bytes, struct err *e)
{
	struct url *u = src;

	if (!net_fetch_look(u->lanes[0], &u->id, e))
		return false;
	*out_bytes = u->id.bytes;
	return true;
}

static void url_stop(void *src)
{
	struct url *u = src;

	atomic_store(&u->stop, true);
	for (unsigned i = 0; i <= NET_IMAGE_LANES; i++)
		net_fetch_stop(u->lanes[i]);
}

/* May become better by itself: a web server that starts again, a line that broke. */
static bool passes(const struct err *e)
{
	return e->code == ERR_UNREACHABLE || e->code == ERR_CLOSED || e->code == ERR_IO;
}

static void wait_ms(const struct url *u, int ms)
{
	for (; ms > 0 && !atomic_load(&u->stop); ms -= 50)
		(void)poll(NULL, 0, 50);
}

/* The system of a PC takes one read error for a broken disc, so another try is worth a moment. */
static bool url_read(void *src, unsigned lane, uint64_t at, uint8_t *to, size_t n, struct err *e)
{
	static const int waits_ms[] = { 300, 1500 };
	struct url *u = src;
	struct err why = { 0 };

	for (unsigned i = 0; !net_fetch_range(u->lanes[lane], at, to, n, &u->id, &why); i++) {
		if (i == sizeof waits_ms / sizeof *waits_ms || !passes(&why)) {
			*e = why;
			return false;
		}
		wait_ms(u, waits_ms[i]);
		why = (struct err){ 0 };
	}
	return true;
}

const struct net_image_source net_image_url_source = { "url", NET_IMAGE_LANES, 3,        url_read,
						       NULL,  url_stop,        url_close };
