/* Codec of the hello message. The service parses what devices send, the simulator emits it,
 * `decode hello` prints it. Judges fields as soon as they are complete, so that a port scanner or
 * a browser is refused at its second byte. Never trusts it: the message is unauthenticated. */
#include "wire/hello.h"
#include "base/limits.h"

static const struct {
	uint8_t alg;
	enum hash_kind kind;
} algs[] = {
	{ WIRE_HELLO_SHA1, HASH_SHA1 },
	{ WIRE_HELLO_SHA256, HASH_SHA256 },
	{ WIRE_HELLO_SHA384, HASH_SHA384 },
};

const char *wire_hello_alg_name(uint8_t alg)
{
	for (size_t i = 0; i < sizeof algs / sizeof *algs; i++)
		if (algs[i].alg == alg)
			return hash_name(algs[i].kind);
	return NULL;
}

size_t wire_hello_alg_size(uint8_t alg)
{
	for (size_t i = 0; i < sizeof algs / sizeof *algs; i++)
		if (algs[i].alg == alg)
			return hash_size(algs[i].kind);
	return 0;
}

/* Header fields up to the UUID. */
static enum wire_got parse_common(struct cur *c, struct wire_hello *m, struct err *e)
{
	uint16_t admin = cur_le16(c);
	if (c->bad)
		return WIRE_MORE;
	if (admin > 1) {
		c->at -= 2;
		err_set(e, ERR_MALFORMED, "hello has a wrong AdminCredentialsSet");
		err_seen(e, "%u at offset %zu", admin, c->at);
		err_want(e, "0 or 1");
		return WIRE_BAD;
	}
	uint16_t version = cur_le16(c);
	if (c->bad)
		return WIRE_MORE;
	if (version != WIRE_HELLO_PSK && version != WIRE_HELLO_PKI) {
		c->at -= 2;
		err_set(e, ERR_MALFORMED, "hello has an unknown InterfaceVersion");
		err_seen(e, "%u at offset %zu", version, c->at);
		err_want(e, "2 (PSK) or 3 (PKI)");
		return WIRE_BAD;
	}
	m->admin_set = admin;
	m->kind = (enum wire_hello_kind)version;
	m->retry_count = cur_le32(c);
	struct span uuid = cur_take(c, 16);
	if (c->bad)
		return WIRE_MORE;
	uuid_from_smbios(uuid.p, &m->uuid);
	return WIRE_DONE;
}

static enum wire_got parse_pid(struct cur *c, struct wire_hello *m, struct err *e)
{
	size_t from = c->at;
	struct span pid = cur_take(c, 8);

	if (c->bad)
		return WIRE_MORE;
	for (size_t i = 0; i < pid.n; i++) {
		uint8_t b = pid.p[i];
		if ((b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z'))
			continue;
		c->at = from + i;
		err_set(e, ERR_MALFORMED, "hello has a PID with a character outside its alphabet");
		err_seen(e, "byte 0x%02x at offset %zu", b, c->at);
		err_want(e, "8 characters of A-Z and 0-9, no dash");
		return WIRE_BAD;
	}
	memcpy(m->pid, pid.p, 8);
	return WIRE_DONE;
}

static enum wire_got parse_hash(struct cur *c, struct wire_hello *m, struct err *e)
{
	size_t from = c->at;
	uint8_t alg = cur_u8(c);
	uint8_t size = cur_u8(c);

	if (c->bad)
		return WIRE_MORE;
	size_t known = wire_hello_alg_size(alg);
	if (known && known != size) {
		c->at = from + 1;
		err_set(e, ERR_MALFORMED, "hello has a %s hash of a wrong length, entry %u",
			wire_hello_alg_name(alg), m->hash_count + 1);
		err_seen(e, "%u at offset %zu", size, c->at);
		err_want(e, "%zu", known);
		return WIRE_BAD;
	}
	struct span digest = cur_take(c, size);
	if (c->bad)
		return WIRE_MORE;
	m->hashes[m->hash_count++] = (struct wire_hello_hash){ alg, digest };
	return WIRE_DONE;
}

static enum wire_got parse_hashes(struct cur *c, struct wire_hello *m, struct err *e)
{
	unsigned count = cur_u8(c);
	enum wire_got got = c->bad ? WIRE_MORE : WIRE_DONE;

	while (got == WIRE_DONE && m->hash_count < count)
		got = parse_hash(c, m, e);
	return got;
}

enum wire_got wire_hello_parse(struct span in, struct wire_hello *out_msg, size_t *out_used,
			       struct err *e)
{
	bool cut = in.n >= LIMIT_HELLO_BYTES;
	struct cur c = cur_make(span_make(in.p, cut ? LIMIT_HELLO_BYTES : in.n));
	struct wire_hello *m = out_msg;

	memset(m, 0, sizeof *m);
	*out_used = 0;
	enum wire_got got = parse_common(&c, m, e);
	if (got == WIRE_DONE)
		got = m->kind == WIRE_HELLO_PSK ? parse_pid(&c, m, e) : parse_hashes(&c, m, e);
	if (got == WIRE_MORE && cut) {
		err_set(e, ERR_LIMIT, "hello is longer than %d bytes", LIMIT_HELLO_BYTES);
		err_seen(e, "entry %u goes on at offset %zu", m->hash_count + 1, c.at);
		err_want(e, "a whole message before that");
		got = WIRE_BAD;
	}
	if (got != WIRE_MORE)
		*out_used = c.at;
	return got;
}

bool wire_hello_emit(struct out *o, const struct wire_hello *msg)
{
	uint8_t uuid[16];

	if ((msg->kind != WIRE_HELLO_PSK && msg->kind != WIRE_HELLO_PKI) ||
	    (msg->kind == WIRE_HELLO_PSK && strnlen(msg->pid, sizeof msg->pid) != 8) ||
	    msg->hash_count > WIRE_HELLO_MAX_HASHES)
		return false;
	for (unsigned i = 0; i < msg->hash_count; i++)
		if (msg->hashes[i].digest.n > UINT8_MAX)
			return false;
	uuid_to_smbios(&msg->uuid, uuid);
	out_le16(o, msg->admin_set);
	out_le16(o, (uint16_t)msg->kind);
	out_le32(o, msg->retry_count);
	out_bytes(o, span_make(uuid, sizeof uuid));
	if (msg->kind == WIRE_HELLO_PSK) {
		out_bytes(o, span_make(msg->pid, 8));
		return !o->bad;
	}
	out_u8(o, (uint8_t)msg->hash_count);
	for (unsigned i = 0; i < msg->hash_count; i++) {
		out_u8(o, msg->hashes[i].alg);
		out_u8(o, (uint8_t)msg->hashes[i].digest.n);
		out_bytes(o, msg->hashes[i].digest);
	}
	return !o->bad;
}

static const char *kind_name(enum wire_hello_kind k)
{
	return k == WIRE_HELLO_PSK ? "psk" : k == WIRE_HELLO_PKI ? "pki" : "unknown";
}

static unsigned shown_hashes(const struct wire_hello *m)
{
	if (m->kind != WIRE_HELLO_PKI)
		return 0;
	return m->hash_count < WIRE_HELLO_MAX_HASHES ? m->hash_count : WIRE_HELLO_MAX_HASHES;
}

void wire_hello_print(struct out *text, const struct wire_hello *msg)
{
	char uuid[UUID_TEXT_SIZE];

	uuid_print(&msg->uuid, uuid);
	out_fmt(text, "hello %s (InterfaceVersion %u)\n", kind_name(msg->kind),
		(unsigned)msg->kind);
	out_fmt(text, "  AdminCredentialsSet %u\n  RetryCount %u\n  UUID %s\n", msg->admin_set,
		(unsigned)msg->retry_count, uuid);
	if (msg->kind == WIRE_HELLO_PSK) {
		out_str(text, "  PID ");
		out_safe(text, span_make(msg->pid, strnlen(msg->pid, sizeof msg->pid)));
		out_str(text, "\n");
		return;
	}
	out_fmt(text, "  HashCount %u\n", msg->hash_count);
	for (unsigned i = 0; i < shown_hashes(msg); i++) {
		const struct wire_hello_hash *h = &msg->hashes[i];
		const char *name = wire_hello_alg_name(h->alg);
		out_fmt(text, "  %3u ", i + 1);
		if (name)
			out_str(text, name);
		else
			out_fmt(text, "unknown algorithm %u", h->alg);
		out_str(text, " ");
		out_hex(text, h->digest);
		out_str(text, "\n");
	}
}

void wire_hello_print_json(struct out *text, const struct wire_hello *msg)
{
	char uuid[UUID_TEXT_SIZE];

	uuid_print(&msg->uuid, uuid);
	out_fmt(text,
		"{\"kind\":\"%s\",\"admin_credentials_set\":%u,\"interface_version\":%u,"
		"\"retry_count\":%u,\"uuid\":\"%s\"",
		kind_name(msg->kind), msg->admin_set, (unsigned)msg->kind,
		(unsigned)msg->retry_count, uuid);
	if (msg->kind == WIRE_HELLO_PSK) {
		out_str(text, ",\"pid\":");
		out_json_str(text, span_make(msg->pid, strnlen(msg->pid, sizeof msg->pid)));
		out_str(text, "}");
		return;
	}
	out_str(text, ",\"hashes\":[");
	for (unsigned i = 0; i < shown_hashes(msg); i++) {
		const struct wire_hello_hash *h = &msg->hashes[i];
		const char *name = wire_hello_alg_name(h->alg);
		out_fmt(text, "%s{\"algorithm_id\":%u,\"algorithm\":", i ? "," : "", h->alg);
		if (name)
			out_json_str(text, span_str(name));
		else
			out_str(text, "null");
		out_str(text, ",\"digest\":\"");
		out_hex(text, h->digest);
		out_str(text, "\"}");
	}
	out_str(text, "]}");
}
