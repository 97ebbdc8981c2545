/* Sealing of secrets at rest. Called by store and cli. The key file is the only file this folder
 * touches. Sealed form: version byte 1, 24 byte nonce, ciphertext with tag; the label is
 * authenticated with it, so that a sealed value does not open in another place. */
#include "pki/seal.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/out.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEAL_VERSION   1
#define SEAL_NONCE     crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define SEAL_TAG       crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SEAL_HEAD      (1 + SEAL_NONCE)
#define SEAL_KEY_BYTES 32
_Static_assert(SEAL_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "one key, one file");

struct pki_seal {
	uint8_t key[SEAL_KEY_BYTES];
};

struct pki_seal *pki_seal_from_key(struct span key32)
{
	if (sodium_init() < 0 || key32.n != SEAL_KEY_BYTES)
		return NULL;
	struct pki_seal *s = MEM_NEW(struct pki_seal);
	memcpy(s->key, key32.p, sizeof s->key);
	return s;
}

void pki_seal_free(struct pki_seal *s)
{
	if (!s)
		return;
	mem_wipe(s, sizeof *s);
	mem_free(s);
}

void pki_seal_fingerprint(const struct pki_seal *s, char out_text[PKI_SEAL_PRINT_SIZE])
{
	uint8_t digest[32];
	struct out o;
	/* The text in front keeps it apart from every other use of a hash of the key. */
	struct span parts[] = { span_str("outband seal key"), span_make(s->key, sizeof s->key) };
	hash_of_parts(HASH_SHA256, parts, 2, digest);
	out_init(&o, out_text, PKI_SEAL_PRINT_SIZE);
	for (unsigned i = 0; i < 8; i += 2) {
		out_str(&o, i ? "-" : "");
		out_hex(&o, span_make(digest + i, 2));
	}
}

/* The name must survive a power cut as well as the bytes do. */
static bool sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = mem_str(slash ? path : ".");
	if (slash)
		folder[slash == path ? 1 : slash - path] = 0;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	mem_free(folder);
	return done;
}

static bool make_file(const char *path, struct err *e)
{
	uint8_t key[SEAL_KEY_BYTES];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return true; /* another process was faster: its key counts */
	if (fd < 0) {
		err_errno(e, ERR_IO, errno, path);
		return err_wrap(e, "the key file cannot be made");
	}
	randombytes_buf(key, sizeof key);
	bool done = fd_write_all(fd, span_make(key, sizeof key)) && fsync(fd) == 0;
	int errnum = errno;
	mem_wipe(key, sizeof key);
	if (close(fd) != 0 && done) {
		errnum = errno;
		done = false;
	}
	if (done && !sync_folder(path)) {
		errnum = errno;
		done = false;
	}
	if (!done) {
		unlink(path); /* an incomplete key must not be taken for one later */
		err_errno(e, ERR_IO, errnum, path);
		return err_wrap(e, "the key file cannot be written");
	}
	return true;
}

static bool check_file(int fd, const char *path, struct err *e)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return err_errno(e, ERR_IO, errno, path);
	if (!S_ISREG(st.st_mode) || st.st_size != SEAL_KEY_BYTES) {
		err_set(e, ERR_INVALID, "%s is no key file", path);
		err_seen(e, "%lld bytes", (long long)st.st_size);
		err_want(e, "a file of %d bytes", SEAL_KEY_BYTES);
		return err_hint(
			e, "restore it from the backup; what is sealed opens with no other key");
	}
	if (st.st_mode & 077) {
		err_set(e, ERR_DENIED, "others than the owner can use the key file %s", path);
		err_seen(e, "mode %04o", (unsigned)st.st_mode & 07777u);
		err_want(e, "mode 0600");
		return err_hint(e, "run: chmod 600 %s", path);
	}
	return true;
}

struct pki_seal *pki_seal_open(const char *path, bool create, struct err *e)
{
	uint8_t key[SEAL_KEY_BYTES + 1];
	struct pki_seal *s = NULL;
	if (sodium_init() < 0) {
		err_set(e, ERR_INTERNAL, "libsodium cannot be used");
		return NULL;
	}
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && create) {
		if (!make_file(path, e))
			return NULL;
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0) {
		err_errno(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, path);
		err_wrap(e, "the key file cannot be opened");
		return NULL;
	}
	if (check_file(fd, path, e)) {
		ssize_t n = read(fd, key, sizeof key);
		if (n == SEAL_KEY_BYTES)
			s = pki_seal_from_key(span_make(key, SEAL_KEY_BYTES));
		else
			err_set(e, ERR_IO, "the key file %s cannot be read", path);
		mem_wipe(key, sizeof key);
	}
	close(fd);
	return s;
}

struct span pki_seal_close(const struct pki_seal *s, const char *label, struct span plain,
			   struct arena *a)
{
	unsigned long long n = 0;
	uint8_t *p = arena_alloc(a, SEAL_HEAD + plain.n + SEAL_TAG);
	if (!p)
		return (struct span){ NULL, 0 };
	p[0] = SEAL_VERSION;
	randombytes_buf(p + 1, SEAL_NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(p + SEAL_HEAD, &n, plain.p, plain.n,
						   (const uint8_t *)label, strlen(label), NULL,
						   p + 1, s->key);
	return span_make(p, SEAL_HEAD + (size_t)n);
}

bool pki_seal_reveal(const struct pki_seal *s, const char *label, struct span sealed,
		     struct secret *out_plain, struct err *e)
{
	unsigned long long n = 0;
	*out_plain = SECRET_NONE;
	if (sealed.n < SEAL_HEAD + SEAL_TAG || sealed.p[0] != SEAL_VERSION)
		return err_set(e, ERR_STORE, "the sealed value '%s' (%zu bytes) has no known form",
			       label, sealed.n);
	size_t room = sealed.n - SEAL_HEAD; /* the tag leaves room to spare */
	uint8_t *plain = mem_new(room);
	bool done = crypto_aead_xchacha20poly1305_ietf_decrypt(
			    plain, &n, NULL, sealed.p + SEAL_HEAD, room, (const uint8_t *)label,
			    strlen(label), sealed.p + 1, s->key) == 0;
	if (done)
		*out_plain = secret_make(span_make(plain, (size_t)n));
	mem_wipe(plain, room);
	mem_free(plain);
	if (!done) {
		err_set(e, ERR_STORE, "the sealed value '%s' does not open", label);
		return err_hint(e, "it was sealed with another key file, or was changed or moved");
	}
	return true;
}
