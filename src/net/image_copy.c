/* A whole image into a file, with its SHA-256: for `media --save`, and to compare what a PC has read.
 * Runs on one worker beside the sessions. A file that exists is never overwritten, and a copy that
 * failed leaves none behind. */
#include "base/mem.h"
#include "net/image_priv.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

struct copy {
	struct net_image *im;
	char *to;
	uint64_t bytes;
	uint8_t sha256[32];
	struct err err;
	net_image_copy_fn *fn;
	void *arg;
};

static bool write_all(int fd, const uint8_t *p, size_t n, struct err *e)
{
	while (n) {
		ssize_t r = write(fd, p, n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return err_errno(e, ERR_IO, r < 0 ? errno : ENOSPC, "writing the copy");
		p += r;
		n -= (size_t)r;
	}
	return true;
}

static bool copy_bytes(struct copy *k, int fd, EVP_MD_CTX *md, struct err *e)
{
	uint8_t *mem = mem_new(NET_IMAGE_CHUNK);
	uint64_t at = 0, end = net_image_real_bytes(k->im);
	bool ok = true;

	while (ok && at < end) {
		size_t n = end - at < NET_IMAGE_CHUNK ? (size_t)(end - at) : NET_IMAGE_CHUNK;
		ok = net_image_read_plain(k->im, at, mem, n, e) &&
			(EVP_DigestUpdate(md, mem, n) || err_set(e, ERR_INTERNAL, "SHA-256")) &&
			(fd < 0 || write_all(fd, mem, n, e));
		at += n;
	}
	k->bytes = at;
	mem_free(mem);
	return ok;
}

static void work_copy(void *arg)
{
	struct copy *k = arg;
	struct err *e = &k->err;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int fd = -1;
	bool ok = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;

	if (!ok)
		err_set(e, ERR_INTERNAL, "SHA-256 could not be started");
	if (ok && k->to) {
		fd = open(k->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		ok = fd >= 0;
		if (!ok) {
			err_errno(e, errno == EEXIST ? ERR_CONFLICT : ERR_IO, errno,
				  "making the copy");
			err_wrap(e, "%s", k->to);
		}
	}
	ok = ok && copy_bytes(k, fd, md, e);
	if (ok && fd >= 0 && fsync(fd) != 0)
		ok = err_errno(e, ERR_IO, errno, "writing the copy");
	if (ok)
		(void)EVP_DigestFinal_ex(md, k->sha256, NULL);
	if (fd >= 0) {
		(void)close(fd);
		if (!ok)
			(void)unlink(k->to);
	}
	EVP_MD_CTX_free(md);
}

static void on_copied(void *arg)
{
	struct copy *k = arg;
	struct net_image *im = k->im;

	k->fn(k->arg, k->sha256, k->bytes, &k->err);
	mem_free(k->to);
	mem_free(k);
	net_image_hold(im, false);
}

void net_image_copy(struct net_image *im, const char *to, net_image_copy_fn *fn, void *arg)
{
	struct copy *k = MEM_NEW(struct copy);

	*k = (struct copy){ .im = im, .to = mem_str(to), .fn = fn, .arg = arg };
	net_image_hold(im, true);
	net_loop_work(net_image_loop(im), work_copy, on_copied, k);
}
