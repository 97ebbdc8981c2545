/* Logins of a redirection session: payloads of each method and the digest over them (redirection 4).
 * Used by amt/redir_session and the simulator. Sends nothing and remembers nothing. */
#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "wire/redir_auth.h"

/* u8 length and text. */
static struct span take(struct cur *c)
{
	uint8_t n = cur_u8(c);

	return cur_take(c, n);
}

static bool put(struct out *o, struct span s)
{
	if (s.n > UINT8_MAX)
		return false;
	out_u8(o, (uint8_t)s.n);
	out_bytes(o, s);
	return true;
}

static bool is_digest(uint8_t method)
{
	return method == WIRE_REDIR_DIGEST || method == WIRE_REDIR_DIGEST_OLD;
}

static void take_reply(struct cur *c, uint8_t status, struct wire_redir_auth *a)
{
	if (a->method == WIRE_REDIR_QUERY) {
		a->methods = cur_take(c, cur_left(c));
	} else if (a->method == WIRE_REDIR_KERBEROS) {
		a->token = cur_take(c, cur_left(c));
	} else if (is_digest(a->method) && status == WIRE_REDIR_AUTH_FAIL && cur_left(c) > 0) {
		a->challenge = true;
		a->realm = take(c);
		a->nonce = take(c);
		if (a->method == WIRE_REDIR_DIGEST)
			a->qop = take(c);
	} else { /* nothing that a verdict needs */
		(void)cur_take(c, cur_left(c));
	}
}

static void take_request(struct cur *c, struct wire_redir_auth *a)
{
	if (a->method == WIRE_REDIR_KERBEROS)
		a->token = cur_take(c, cur_left(c));
	else if (a->method == WIRE_REDIR_BASIC) {
		a->user = take(c);
		a->password = take(c);
	} else if (is_digest(a->method)) {
		a->user = take(c);
		a->realm = take(c);
		a->nonce = take(c);
		a->uri = take(c);
		a->cnonce = take(c);
		a->nc = take(c);
		a->response = take(c);
		if (a->method == WIRE_REDIR_DIGEST)
			a->qop = take(c);
	}
}

bool wire_redir_auth_parse(const struct wire_redir_msg *msg, struct wire_redir_auth *out_a,
			   struct err *e)
{
	struct cur c = cur_make(msg->data);

	*out_a = (struct wire_redir_auth){ .method = msg->method };
	if (msg->type == WIRE_REDIR_AUTH)
		take_request(&c, out_a);
	else
		take_reply(&c, msg->head[0], out_a);
	if (!c.bad && (cur_left(&c) == 0 || out_a->method > WIRE_REDIR_DIGEST))
		return true;
	err_set(e, ERR_MALFORMED, "a redirection login whose %zu bytes do not fit method %u",
		msg->data.n, msg->method);
	return err_seen(e, c.bad ? "a text ends behind the message" : "bytes are left");
}

static bool put_request(struct out *o, const struct wire_redir_auth *a)
{
	if (a->method == WIRE_REDIR_BASIC)
		return put(o, a->user) && put(o, a->password);
	if (a->method == WIRE_REDIR_KERBEROS)
		out_bytes(o, a->token);
	if (!is_digest(a->method))
		return true;
	return put(o, a->user) && put(o, a->realm) && put(o, a->nonce) && put(o, a->uri) &&
		put(o, a->cnonce) && put(o, a->nc) && put(o, a->response) &&
		(a->method != WIRE_REDIR_DIGEST || put(o, a->qop));
}

static bool put_reply(struct out *o, const struct wire_redir_auth *a)
{
	if (a->method == WIRE_REDIR_QUERY)
		out_bytes(o, a->methods);
	if (a->method == WIRE_REDIR_KERBEROS)
		out_bytes(o, a->token);
	if (!is_digest(a->method) || !a->challenge)
		return true;
	return put(o, a->realm) && put(o, a->nonce) &&
		(a->method != WIRE_REDIR_DIGEST || put(o, a->qop));
}

static bool emit(struct out *o, const struct wire_redir_msg *m, const struct wire_redir_auth *a)
{
	uint8_t mem[LIMIT_REDIR_AUTH_BYTES];
	struct wire_redir_msg whole = *m;
	struct out payload;

	out_init(&payload, mem, sizeof mem);
	whole.method = a->method;
	bool ok = m->type == WIRE_REDIR_AUTH ? put_request(&payload, a) : put_reply(&payload, a);
	whole.data = out_span(&payload);
	ok = ok && !payload.bad && wire_redir_emit(o, &whole);
	mem_wipe(mem, sizeof mem); /* method 1 has the password */
	return ok;
}

bool wire_redir_auth_emit(struct out *o, const struct wire_redir_auth *a)
{
	const struct wire_redir_msg m = { .type = WIRE_REDIR_AUTH };

	return emit(o, &m, a);
}

bool wire_redir_auth_reply_emit(struct out *o, uint8_t status, const struct wire_redir_auth *a)
{
	const struct wire_redir_msg m = { .type = WIRE_REDIR_AUTH_REPLY, .head = { status } };

	return emit(o, &m, a);
}

static void md5_hex(const struct span *parts, size_t count, char out_text[33])
{
	uint8_t digest[HASH_MAX_SIZE];
	struct out o;

	hash_of_parts(HASH_MD5, parts, count, digest);
	out_init(&o, out_text, 33);
	out_hex(&o, span_make(digest, 16));
}

void wire_redir_digest(const uint8_t ha1[16], const struct wire_redir_auth *a, char out_hex33[33])
{
	char ha1_hex[33], ha2_hex[33];
	struct span colon = span_str(":"), first, last;
	const struct span ha2[] = { span_str("POST:"), a->uri };
	struct out o;

	out_init(&o, ha1_hex, sizeof ha1_hex);
	out_hex(&o, span_make(ha1, 16));
	md5_hex(ha2, 2, ha2_hex);
	first = span_make(ha1_hex, 32);
	last = span_make(ha2_hex, 32);
	const struct span old[] = { first, colon, a->nonce, colon, last };
	const struct span all[] = { first,     colon, a->nonce, colon, a->nc, colon,
				    a->cnonce, colon, a->qop,   colon, last };
	if (a->method == WIRE_REDIR_DIGEST)
		md5_hex(all, sizeof all / sizeof *all, out_hex33);
	else
		md5_hex(old, sizeof old / sizeof *old, out_hex33);
}
