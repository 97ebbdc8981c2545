/* A whole image into a file, with its SHA-256: for `media save`, and to compare what a PC has read.
 * Runs on one worker beside the sessions. A file that exists is never overwritten. The copy has no name
 * until it is whole, so that a process that is killed leaves none; where the file system knows no such
 * files (FAT, NFS), a copy that failed is removed at least. */
#include "base/mem.h"
#include "base/fd.h"
#include "net/image_priv.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct net_image_copy {
	struct net_image *im;
	char *to;
	int fd;
	bool named; /* the file is there already, not whole */
	atomic_bool stop;
	atomic_uint_fast64_t done;
	uint64_t bytes;
	uint8_t sha256[32];
	struct err err;
	net_image_copy_fn *fn;
	void *arg;
};

static bool copy_bytes(struct net_image_copy *k, EVP_MD_CTX *md, struct err *e)
{
	uint8_t *mem = mem_new(NET_IMAGE_CHUNK);
	uint64_t at = 0, end = net_image_real_bytes(k->im);
	bool ok = true;

	while (ok && at < end) {
		size_t n = end - at < NET_IMAGE_CHUNK ? (size_t)(end - at) : NET_IMAGE_CHUNK;
		if (atomic_load(&k->stop))
			ok = err_set(e, ERR_CANCELLED, "the copy was stopped");
		ok = ok && net_image_read_plain(k->im, at, mem, n, e) &&
			(EVP_DigestUpdate(md, mem, n) || err_set(e, ERR_INTERNAL, "SHA-256")) &&
			(k->fd < 0 || fd_write_all(k->fd, span_make(mem, n)) ||
			 err_errno(e, ERR_IO, errno, "writing the copy"));
		at += n;
		atomic_store(&k->done, at);
	}
	k->bytes = at;
	mem_free(mem);
	return ok;
}

static bool refuse(const struct net_image_copy *k, int errnum, struct err *e)
{
	enum err_code code = errnum == EEXIST         ? ERR_CONFLICT
		: errnum == ENOENT                    ? ERR_NOT_FOUND
		: errnum == EACCES || errnum == EROFS ? ERR_DENIED
						      : ERR_IO;

	err_errno(e, code, errnum, "making the copy");
	err_wrap(e, "%s", k->to);
	return errnum == EEXIST && err_hint(e, "nothing is overwritten: give another name");
}

/* A file without a name, in the folder of the copy. */
static int open_unnamed(const char *to)
{
	const char *slash = strrchr(to, '/');
	char *folder = mem_str(slash ? to : ".");
	int fd;

	if (slash)
		folder[slash == to ? 1 : slash - to] = '\0';
	fd = open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0644);
	mem_free(folder);
	return fd;
}

static bool open_copy(struct net_image_copy *k, struct err *e)
{
	/* Told before gigabytes are copied, and again when it gets its name. */
	if (faccessat(AT_FDCWD, k->to, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return refuse(k, EEXIST, e);
	k->fd = open_unnamed(k->to);
	if (k->fd >= 0)
		return true;
	k->fd = open(k->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	k->named = k->fd >= 0;
	return k->named || refuse(k, errno, e);
}

static bool close_copy(struct net_image_copy *k, bool ok, struct err *e)
{
	char path[64];

	if (ok && fsync(k->fd) != 0)
		ok = err_errno(e, ERR_IO, errno, "writing the copy");
	if (ok && !k->named) {
		(void)snprintf(path, sizeof path, "/proc/self/fd/%d", k->fd);
		if (linkat(AT_FDCWD, path, AT_FDCWD, k->to, AT_SYMLINK_FOLLOW) != 0)
			ok = refuse(k, errno, e);
	}
	(void)close(k->fd);
	if (!ok && k->named)
		(void)unlink(k->to);
	return ok;
}

static void work_copy(void *arg)
{
	struct net_image_copy *k = arg;
	struct err *e = &k->err;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;

	if (!ok)
		err_set(e, ERR_INTERNAL, "SHA-256 could not be started");
	ok = ok && (!k->to || open_copy(k, e));
	ok = ok && copy_bytes(k, md, e);
	if (ok)
		(void)EVP_DigestFinal_ex(md, k->sha256, NULL);
	if (k->fd >= 0)
		(void)close_copy(k, ok, e);
	EVP_MD_CTX_free(md);
}

static void on_copied(void *arg)
{
	struct net_image_copy *k = arg;
	struct net_image *im = k->im;

	k->fn(k->arg, k->sha256, k->bytes, &k->err);
	mem_free(k->to);
	mem_free(k);
	net_image_hold(im, false);
}

struct net_image_copy *net_image_copy(struct net_image *im, const char *to, net_image_copy_fn *fn,
				      void *arg)
{
	struct net_image_copy *k = MEM_NEW(struct net_image_copy);

	*k = (struct net_image_copy){ .im = im, .to = mem_str(to), .fd = -1, .fn = fn, .arg = arg };
	net_image_hold(im, true);
	net_loop_work(net_image_loop(im), work_copy, on_copied, k);
	return k;
}

uint64_t net_image_copied(const struct net_image_copy *k)
{
	return atomic_load(&k->done);
}

void net_image_copy_stop(struct net_image_copy *k)
{
	atomic_store(&k->stop, true);
	net_image_stop(k->im);
}
