/* Files that a virtual fleet is made of: key pairs in CSV, trusted roots in PEM, passwords. Used
 * by fleet.c at start only. Errors name file and line, and never hold a secret. */
#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "pki/cert.h"
#include "sim/fleet_priv.h"
#include "wire/hello.h"
#include "wire/psk.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEM_MAX_BYTES  ((size_t)4 * 1024 * 1024)
#define ROOTS_MAX      85 /* certificates; a hello has at most 255 hashes of three kinds */
#define PASSWORD_BYTES 4096

static bool read_fd(int fd, const char *path, size_t max, struct buf *b, struct err *e)
{
	for (;;) {
		if (!buf_reserve(b, 65536) && !buf_reserve(b, b->max - b->n))
			return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
		size_t room = b->cap - b->n - 1;
		ssize_t n = read(fd, b->p + b->n, room < 65536 ? room : 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, ERR_IO, errno, path);
		if (n == 0)
			return true;
		b->n += (size_t)n;
		b->p[b->n] = 0;
		if (b->n > max)
			return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
	}
}

bool sim_fleet_file_read(const char *path, size_t max, struct buf *b, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return err_errno(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, path);
	buf_init(b, max + 65536);
	ok = read_fd(fd, path, max, b, e);
	(void)close(fd);
	if (!ok)
		buf_wipe(b);
	return ok;
}

static struct span take_line(struct span *rest)
{
	size_t n = span_find(*rest, '\n');
	struct span line = span_make(rest->p, n);

	n += n < rest->n;
	*rest = span_make(rest->p + n, rest->n - n);
	if (line.p && line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

bool sim_fleet_file_password(const char *path, struct secret *out_password, struct err *e)
{
	struct buf b = { 0 };

	if (!sim_fleet_file_read(path, PASSWORD_BYTES, &b, e))
		return false;
	struct span rest = buf_span(&b), line = take_line(&rest);
	bool ok = line.p && line.n > 0 && !memchr(line.p, '\0', line.n);
	if (ok)
		*out_password = secret_make(line);
	else
		err_set(e, ERR_INVALID, "the first line of %s is no password", path);
	buf_wipe(&b);
	return ok;
}

/* ---- roots ---- */

/* The base64 text of the next certificate; false when there is none. */
static bool next_pem(struct span *rest, struct span *out_b64)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----",
			  end[] = "-----END CERTIFICATE-----";
	const uint8_t *p = rest->n ? memmem(rest->p, rest->n, begin, sizeof begin - 1) : NULL;

	if (!p)
		return false;
	p += sizeof begin - 1;
	size_t left = rest->n - (size_t)(p - rest->p);
	const uint8_t *q = memmem(p, left, end, sizeof end - 1);
	if (!q)
		return false;
	*out_b64 = span_make(p, (size_t)(q - p));
	q += sizeof end - 1;
	*rest = span_make(q, rest->n - (size_t)(q - rest->p));
	return true;
}

static bool add_root(struct sim_root *roots, unsigned *count, struct span b64, struct err *e)
{
	static const struct {
		enum wire_hello_alg alg;
		enum hash_kind kind;
	} kinds[] = { { WIRE_HELLO_SHA1, HASH_SHA1 },
		      { WIRE_HELLO_SHA256, HASH_SHA256 },
		      { WIRE_HELLO_SHA384, HASH_SHA384 } };
	uint8_t der[LIMIT_CERT_DER_BYTES];
	struct pki_cert cert;
	struct arena a;
	size_t n;

	if (!b64_decode(b64, der, sizeof der, &n))
		return err_set(e, ERR_INVALID, "not base64, or too long");
	arena_init(&a, (size_t)8 * LIMIT_CERT_DER_BYTES);
	bool ok = pki_cert_parse(span_make(der, n), &a, &cert, e);
	for (unsigned i = 0; ok && i < sizeof kinds / sizeof *kinds; i++) {
		struct sim_root *r = &roots[(*count)++];
		*r = (struct sim_root){ .alg = (uint8_t)kinds[i].alg, .active = true };
		hash_of(kinds[i].kind, span_make(der, n), r->digest);
		(void)str_copy(r->name, sizeof r->name,
			       span_str(cert.cn[0] ? cert.cn : cert.subject));
	}
	arena_deinit(&a);
	return ok;
}

bool sim_fleet_file_roots(const char *path, struct sim_root **out_roots, unsigned *out_count,
			  struct err *e)
{
	struct buf b = { 0 };
	struct span rest, b64;
	unsigned count = 0, certs = 0;
	bool ok = true;

	if (!sim_fleet_file_read(path, PEM_MAX_BYTES, &b, e))
		return false;
	struct sim_root *roots = mem_new((size_t)3 * ROOTS_MAX * sizeof *roots);
	rest = buf_span(&b);
	while (ok && next_pem(&rest, &b64)) {
		if (++certs > ROOTS_MAX)
			ok = err_set(e, ERR_LIMIT, "%s has more than %d certificates", path,
				     ROOTS_MAX);
		else if (!add_root(roots, &count, b64, e))
			ok = err_wrap(e, "certificate %u of %s", certs, path);
	}
	if (ok && !certs)
		ok = err_set(e, ERR_INVALID, "%s holds no certificate in PEM", path);
	buf_deinit(&b);
	if (!ok) {
		mem_free(roots);
		return false;
	}
	*out_roots = mem_grow(roots, count * sizeof *roots);
	*out_count = count;
	return true;
}

/* ---- key pairs ---- */

#define COLUMNS 16
struct sim_fleet_keys {
	char *path;
	struct buf text;
	struct span rest;
	unsigned line, pairs;
	int pid, pps, mebx; /* their columns; -1: none */
};

/* The text of a cell, without the quotes that a spreadsheet may have put around it: no value that
 * is wanted here can have a quote inside. *line goes on at the comma. */
static struct span take_cell(struct span *line)
{
	struct span rest = span_trim(*line), cell;
	bool quoted = rest.n > 0 && rest.p[0] == '"';

	if (quoted)
		rest = span_make(rest.p + 1, rest.n - 1);
	size_t n = span_find(rest, quoted ? '"' : ',');
	cell = span_make(rest.p, n);
	rest = span_make(rest.p + n, rest.n - n);
	n = span_find(rest, ',');
	*line = span_make(rest.p + n, rest.n - n);
	return quoted ? cell : span_trim(cell);
}

static unsigned split(struct span line, struct span out_cells[COLUMNS])
{
	unsigned n = 0;

	for (;;) {
		out_cells[n++] = take_cell(&line);
		if (line.n == 0 || n == COLUMNS)
			return n;
		line = span_make(line.p + 1, line.n - 1);
	}
}

static bool is_noise(struct span line)
{
	struct span s = span_trim(line);

	return s.n == 0 || s.p[0] == '#';
}

/* A first line that names the columns is taken away. */
static void read_head(struct sim_fleet_keys *k)
{
	struct span cells[COLUMNS], rest = k->rest, line = take_line(&rest);
	int pid = -1, pps = -1, mebx = -1;

	if (span_starts(line, "\xef\xbb\xbf"))
		line = span_make(line.p + 3, line.n - 3);
	unsigned n = split(line, cells);
	for (unsigned i = 0; i < n; i++) {
		if (span_eq_nocase(cells[i], span_str("pid")))
			pid = (int)i;
		else if (span_eq_nocase(cells[i], span_str("pps")))
			pps = (int)i;
		else if (span_eq_nocase(cells[i], span_str("mebx_password")))
			mebx = (int)i;
	}
	k->pid = 0;
	k->pps = 1;
	k->mebx = 2;
	if (pid < 0 || pps < 0)
		return;
	k->pid = pid;
	k->pps = pps;
	k->mebx = mebx;
	k->rest = rest;
	k->line = 1;
}

struct sim_fleet_keys *sim_fleet_keys_open(const char *path, struct err *e)
{
	struct sim_fleet_keys *k = MEM_NEW(struct sim_fleet_keys);

	if (!sim_fleet_file_read(path, (size_t)LIMIT_CSV_BYTES, &k->text, e)) {
		mem_free(k);
		return NULL;
	}
	k->path = mem_str(path);
	k->rest = buf_span(&k->text);
	read_head(k);
	return k;
}

const char *sim_fleet_keys_path(const struct sim_fleet_keys *k)
{
	return k->path;
}

void sim_fleet_keys_free(struct sim_fleet_keys *k)
{
	if (!k)
		return;
	buf_wipe(&k->text);
	mem_free(k->path);
	mem_free(k);
}

static struct span cell(const struct span *cells, unsigned n, int column)
{
	return column >= 0 && (unsigned)column < n ? cells[column] : span_make(NULL, 0);
}

bool sim_fleet_keys_next(struct sim_fleet_keys *k, struct sim_fleet_pair *out_pair, struct err *e)
{
	struct span line, cells[COLUMNS];
	struct sim_fleet_pair p;

	do {
		if (k->rest.n == 0) {
			err_set(e, ERR_INVALID,
				"%s has %u key pairs, one for each setup-psk device is needed",
				k->path, k->pairs);
			return err_hint(
				e, "make more with 'outband key generate', or take fewer devices");
		}
		line = take_line(&k->rest);
		k->line++;
	} while (is_noise(line));
	unsigned n = split(line, cells);
	if (!wire_psk_parse_pid(cell(cells, n, k->pid), p.pid, e) ||
	    !wire_psk_parse_pps(cell(cells, n, k->pps), p.pps, e))
		return err_wrap(e, "%s, line %u", k->path, k->line);
	if (!str_copy(p.mebx, sizeof p.mebx, cell(cells, n, k->mebx)))
		return err_set(e, ERR_INVALID, "%s, line %u: the MEBx password is too long",
			       k->path, k->line);
	k->pairs++;
	*out_pair = p;
	mem_wipe(&p, sizeof p);
	return true;
}
