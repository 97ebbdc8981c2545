/* Digest authentication, the computing half: HA1, responses, their check, and the rule for a 401.
 * net/http answers challenges with it, the simulator judges answers. The text forms are in
 * digest_text.c. Never sees a clock or a connection; keeps no nonce. */
#include "wire/digest.h"
#include "base/hash.h"
#include "wire/digest_priv.h"

#define MD5_SIZE 16
#define MD5_HEX  33 /* with NUL */

static void to_hex(const uint8_t digest[MD5_SIZE], char out_hex[MD5_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < MD5_SIZE; i++) {
		out_hex[2 * i] = digits[digest[i] >> 4];
		out_hex[2 * i + 1] = digits[digest[i] & 15];
	}
	out_hex[MD5_HEX - 1] = '\0';
}

static void md5_joined(const struct span *parts, size_t count, char out_hex[MD5_HEX])
{
	uint8_t digest[MD5_SIZE];

	hash_of_parts(HASH_MD5, parts, count, digest);
	to_hex(digest, out_hex);
}

void wire_digest_ha1(const char *user, const char *realm, struct span password, uint8_t out_ha1[16])
{
	const struct span parts[] = { span_str(user), span_str(":"), span_str(realm), span_str(":"),
				      password };

	hash_of_parts(HASH_MD5, parts, sizeof parts / sizeof *parts, out_ha1);
}

static void make_ha2(const char *method, const char *target, enum wire_digest_qop qop,
		     struct span body, char out_hex[MD5_HEX])
{
	char body_hex[MD5_HEX];
	const struct span parts[] = { span_str(method), span_str(":"), span_str(target),
				      span_str(":"), span_make(body_hex, MD5_HEX - 1) };

	if (qop == WIRE_DIGEST_AUTH_INT)
		md5_joined(&body, 1, body_hex);
	md5_joined(parts, qop == WIRE_DIGEST_AUTH_INT ? 5 : 3, out_hex);
}

void wire_digest_compute(const uint8_t ha1[16], const struct wire_digest_input *in,
			 char out_hex[33])
{
	char ha1_hex[MD5_HEX], ha2_hex[MD5_HEX];
	struct span colon = span_str(":");

	to_hex(ha1, ha1_hex);
	make_ha2(in->method, in->target, in->qop, in->body, ha2_hex);
	const struct span with_qop[] = { span_str(ha1_hex),
					 colon,
					 span_str(in->nonce),
					 colon,
					 span_str(in->nc),
					 colon,
					 span_str(in->cnonce),
					 colon,
					 span_str(wire_digest_qop_name(in->qop)),
					 colon,
					 span_str(ha2_hex) };
	const struct span plain[] = { span_str(ha1_hex), colon, span_str(in->nonce), colon,
				      span_str(ha2_hex) };

	if (in->qop == WIRE_DIGEST_NONE)
		md5_joined(plain, sizeof plain / sizeof *plain, out_hex);
	else
		md5_joined(with_qop, sizeof with_qop / sizeof *with_qop, out_hex);
}

const char *wire_digest_qop_name(enum wire_digest_qop qop)
{
	return qop == WIRE_DIGEST_AUTH_INT ? "auth-int" : qop == WIRE_DIGEST_AUTH ? "auth" : "";
}

bool wire_digest_check(const struct wire_digest_response *r, const uint8_t ha1[16],
		       const char *method, struct span body)
{
	char want[MD5_HEX];
	const struct wire_digest_input in = {
		.qop = r->qop,
		.method = method,
		.target = r->target,
		.nonce = r->nonce,
		.nc = r->nc_text,
		.cnonce = r->cnonce,
		.body = body,
	};
	unsigned diff = 0;

	wire_digest_compute(ha1, &in, want);
	for (size_t i = 0; i < sizeof want; i++)
		diff |= (unsigned)(uint8_t)want[i] ^ (uint8_t)r->response[i];
	return diff == 0;
}

enum wire_digest_do wire_digest_on_401(enum wire_digest_sent sent, const char *old_realm,
				       const struct wire_digest_challenge *c)
{
	switch (sent) {
	case WIRE_DIGEST_SENT_NOTHING:
		return WIRE_DIGEST_ANSWER;
	case WIRE_DIGEST_SENT_OLD_NONCE:
		/* `stale` is "false" even for an expired nonce, so only the realm decides */
		if (old_realm && strcmp(old_realm, c->realm) == 0)
			return WIRE_DIGEST_ANSWER;
		return WIRE_DIGEST_STOP_REALM;
	case WIRE_DIGEST_SENT_FRESH:
		break;
	}
	return WIRE_DIGEST_STOP_AUTH;
}
