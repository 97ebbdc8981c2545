/* hello send: one hello as a PC in setup would send it, to this or any other server: for trying a
 * server, a firewall or a forwarder without a PC. Sends and changes nothing else. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "cli/cli.h"
#include "pki/chain.h"
#include "wire/hello.h"
#include "wire/psk.h"
#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define WAIT_S     10
#define HELLO_PORT "9971"

/* ---- the message ---- */

struct made {
	struct wire_hello h;
	uint8_t digests[WIRE_HELLO_MAX_HASHES][64];
	uint8_t bytes[LIMIT_HELLO_BYTES];
	size_t n;
};

static bool add_hash(struct made *m, struct span hex, struct err *e)
{
	struct wire_hello_hash *to = &m->h.hashes[m->h.hash_count];
	size_t n = 0;

	if (m->h.hash_count == WIRE_HELLO_MAX_HASHES)
		return err_set(e, ERR_USAGE, "a hello has at most %d hashes",
			       WIRE_HELLO_MAX_HASHES);
	uint8_t *digest = m->digests[m->h.hash_count];
	if (!hex_decode(hex, digest, sizeof m->digests[0], &n) || (n != 20 && n != 32 && n != 48)) {
		err_set(e, ERR_USAGE, "--hash %.*s is no hash", hex.n < 80 ? (int)hex.n : 80,
			(const char *)hex.p);
		return err_want(e, "40, 64 or 96 hex digits: SHA-1, SHA-256, SHA-384");
	}
	to->alg = n == 20 ? WIRE_HELLO_SHA1 : n == 32 ? WIRE_HELLO_SHA256 : WIRE_HELLO_SHA384;
	to->digest = span_make(digest, n);
	m->h.hash_count++;
	return true;
}

/* The last certificate of each chain in the file. */
static bool add_root(struct made *m, const char *path, struct err *e)
{
	struct buf file;
	char hex[65];
	struct out o;

	if (!cli_input_read(path, LIMIT_PFX_BYTES, &file, e))
		return false;
	struct pki_chain *c = pki_chain_load(buf_span(&file), NULL, e);
	buf_deinit(&file);
	if (!c)
		return err_wrap(e, "%s", path);
	out_init(&o, hex, sizeof hex);
	out_hex(&o, span_make(c->certs[c->count - 1].sha256, 32));
	pki_chain_free(c);
	return add_hash(m, span_str(hex), e);
}

static void random_uuid(struct uuid *u)
{
	struct rng rng;

	rng_os(&rng);
	rng_fill(&rng, u->b, sizeof u->b);
	u->b[6] = (uint8_t)((u->b[6] & 0x0f) | 0x40);
	u->b[8] = (uint8_t)((u->b[8] & 0x3f) | 0x80);
}

static bool take_head(struct cli *c, struct made *m, struct err *e)
{
	const char *uuid = cli_args_value(&c->args, "uuid");
	const char *retry = cli_args_value(&c->args, "retry");

	m->h.admin_set = 1;
	if (!uuid) {
		random_uuid(&m->h.uuid);
	} else if (!uuid_parse(span_str(uuid), &m->h.uuid)) {
		err_set(e, ERR_USAGE, "--uuid %.80s is no UUID", uuid);
		return err_want(e, "a UUID such as 4c4c4544-0031-3610-8052-b4c04f564231");
	}
	return !retry || str_to_u32(span_str(retry), 0, UINT32_MAX, &m->h.retry_count, e) ||
		err_wrap(e, "--retry");
}

static bool make(struct cli *c, struct made *m, struct err *e)
{
	const char *pid = cli_args_value(&c->args, "pid"), *v;
	struct out o;

	if (!take_head(c, m, e))
		return false;
	m->h.kind = pid ? WIRE_HELLO_PSK : WIRE_HELLO_PKI;
	if (pid && (cli_args_has(&c->args, "hash") || cli_args_has(&c->args, "root")))
		return err_set(
			e, ERR_USAGE,
			"a hello has a PID or hashes: --pid goes with neither --hash nor --root");
	if (pid && !wire_psk_parse_pid(span_str(pid), m->h.pid, e))
		return err_wrap(e, "--pid");
	for (unsigned i = 0; (v = cli_args_nth(&c->args, "hash", i)); i++)
		if (!add_hash(m, span_str(v), e))
			return false;
	for (unsigned i = 0; (v = cli_args_nth(&c->args, "root", i)); i++)
		if (!add_root(m, v, e))
			return false;
	if (!pid && !m->h.hash_count) {
		err_set(e, ERR_USAGE, "a hello needs a PID or the hash of a root certificate");
		return err_want(e, "--pid PID, --root FILE, --hash HEX or --file FILE");
	}
	out_init(&o, m->bytes, sizeof m->bytes);
	if (!wire_hello_emit(&o, &m->h))
		return err_set(e, ERR_LIMIT, "so many hashes are no hello any more");
	m->n = out_len(&o);
	return true;
}

/* As it was captured, once it is seen to be one. */
static bool take_file(struct cli *c, const char *path, struct made *m, struct err *e)
{
	enum cli_input_format format = CLI_INPUT_AUTO;
	struct buf file;
	struct span bytes;
	size_t used = 0;

	if (!cli_input_read(path, (size_t)LIMIT_HELLO_BYTES * 4, &file, e))
		return false;
	bool ok = cli_input_decode(buf_span(&file), &format, &c->arena, &bytes, e);
	if (ok && bytes.n > sizeof m->bytes)
		ok = err_set(e, ERR_LIMIT, "%zu bytes are no hello", bytes.n);
	if (ok) {
		memcpy(m->bytes, bytes.p, bytes.n);
		enum wire_got got = wire_hello_parse(span_make(m->bytes, bytes.n), &m->h, &used, e);
		ok = got == WIRE_DONE ||
			(got == WIRE_MORE && err_set(e, ERR_MALFORMED, "the hello ends early"));
	}
	m->n = used;
	buf_deinit(&file);
	return ok || err_wrap(e, "%s", path);
}

/* ---- the connection ---- */

static bool fail(struct err *e, const char *to, const char *what)
{
	int errnum = errno;
	enum err_code code = errnum == ECONNREFUSED ? ERR_REFUSED
		: errnum == EAGAIN || errnum == ETIMEDOUT || errnum == EINPROGRESS
		? ERR_TIMEOUT
		: ERR_UNREACHABLE;
	err_errno(e, code, errnum, what);
	return err_wrap(e, "hello to %s", to);
}

/* [HOST:]PORT as getaddrinfo takes it. */
static bool split(const char *to, char host[256], char port[16], struct err *e)
{
	struct span h = span_str(to), p = span_str(HELLO_PORT);
	const char *colon = strrchr(to, ':');

	if (colon && !strchr(colon, ']')) {
		h = span_make(to, (size_t)(colon - to));
		p = span_str(colon + 1);
	}
	if (h.n > 2 && h.p[0] == '[' && h.p[h.n - 1] == ']')
		h = span_make(h.p + 1, h.n - 2);
	if (h.n && str_copy(host, 256, h) && p.n && str_copy(port, 16, p))
		return true;
	err_set(e, ERR_USAGE, "--to %.80s is no place", to);
	return err_want(e, "HOST[:PORT]");
}

static int connect_to(const struct addrinfo *a, const char *from, const char *to, struct err *e)
{
	struct timeval wait = { .tv_sec = WAIT_S };
	struct addrinfo hints = { .ai_family = a->ai_family, .ai_flags = AI_NUMERICHOST }, *own;
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		fail(e, to, "making a socket");
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	bool ok = true;
	if (from && getaddrinfo(from, NULL, &hints, &own) != 0) {
		ok = err_set(e, ERR_USAGE, "--from %.80s is no address of that kind", from);
	} else if (from) {
		ok = bind(fd, own->ai_addr, own->ai_addrlen) == 0 || fail(e, to, "using --from");
		freeaddrinfo(own);
	}
	if (ok && (connect(fd, a->ai_addr, a->ai_addrlen) == 0 || fail(e, to, "connecting")))
		return fd;
	close(fd);
	return -1;
}

/* The server says nothing to a hello; that it ends the connection shows that it has it. */
static bool deliver(int fd, const struct made *m, const char *to, struct err *e)
{
	uint8_t dump[256];
	ssize_t n;

	if (send(fd, m->bytes, m->n, MSG_NOSIGNAL) != (ssize_t)m->n)
		return fail(e, to, "sending");
	(void)shutdown(fd, SHUT_WR);
	do {
		n = recv(fd, dump, sizeof dump, 0);
	} while (n > 0);
	return n == 0 || errno == ECONNRESET || fail(e, to, "waiting for the end");
}

static bool send_hello(struct cli *c, const struct made *m, const char *to, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	char host[256], port[16];

	if (!split(to, host, port, e))
		return false;
	int r = getaddrinfo(host, port, &hints, &list);
	if (r != 0) {
		err_set(e, ERR_UNREACHABLE, "hello to %s", to);
		return err_seen(e, "%s", gai_strerror(r));
	}
	int fd = connect_to(list, cli_args_value(&c->args, "from"), to, e);
	freeaddrinfo(list);
	bool ok = fd >= 0 && deliver(fd, m, to, e);
	if (fd >= 0)
		close(fd);
	return ok;
}

bool cli_cmd_hello_send(struct cli *c, struct err *e)
{
	const char *to = cli_args_value(&c->args, "to"), *file = cli_args_value(&c->args, "file");
	struct made *m = MEM_NEW(struct made);
	char uuid[UUID_TEXT_SIZE];

	bool ok = (file ? take_file(c, file, m, e) : make(c, m, e)) && send_hello(c, m, to, e);
	if (ok) {
		const char *kind = m->h.kind == WIRE_HELLO_PSK ? "psk" : "pki";
		uuid_print(&m->h.uuid, uuid);
		json_t *doc =
			json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i}", "to", to, "uuid", uuid,
				  "kind", kind, "pid", m->h.pid, "hash_count", (int)m->h.hash_count,
				  "retry_count", (int)m->h.retry_count, "bytes", (int)m->n);
		cli_writer_say(c->writer, "A %s hello of %s went to %s (%zu bytes).",
			       m->h.kind == WIRE_HELLO_PSK ? "PSK" : "PKI", uuid, to, m->n);
		cli_writer_json(c->writer, doc);
		json_decref(doc);
	}
	mem_free(m);
	return ok;
}
