/* HTTP digest authentication (RFC 2617 MD5) as AMT uses it: auth and auth-int, no algorithm, no
 * opaque, `stale` always "false" and never trusted (wsman 1.4). Both sides; and the 401 rule,
 * which decides about repeating because lock-out counts wrong digests. Pure. */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include "base/secret.h"
#include "base/span.h"

#define WIRE_DIGEST_REALM_SIZE 128
#define WIRE_DIGEST_NONCE_SIZE 128

struct wire_digest_challenge {
	char realm[WIRE_DIGEST_REALM_SIZE];
	char nonce[WIRE_DIGEST_NONCE_SIZE];
	bool qop_auth, qop_auth_int; /* none: RFC 2069 form without qop */
};
/* One WWW-Authenticate value. False with an error for anything but a Digest challenge with realm
 * and nonce; quote-aware (a comma inside qop="auth-int, auth"). */
bool wire_digest_parse_challenge(struct span value, struct wire_digest_challenge *out_c,
				 struct err *e);

enum wire_digest_qop { WIRE_DIGEST_NONE, WIRE_DIGEST_AUTH, WIRE_DIGEST_AUTH_INT };
/* MD5(user:realm:password): the stored form (HA1). */
void wire_digest_ha1(const char *user, const char *realm, struct span password,
		     uint8_t out_ha1[16]);

struct wire_digest_use {
	enum wire_digest_qop qop;
	uint32_t nc; /* 1.. */
	char cnonce[33];
	const char *method, *target;
	struct span body; /* for auth-int */
};
/* Value of the Authorization header. Quotes and backslashes in values are escaped; a control
 * character anywhere (header injection) or a target with blanks makes o bad, nothing is sent. */
void wire_digest_emit(struct out *o, const char *user, const uint8_t ha1[16],
		      const struct wire_digest_challenge *c, const struct wire_digest_use *use);

struct wire_digest_response { /* parsed Authorization, a copy */
	char user[64], realm[WIRE_DIGEST_REALM_SIZE], nonce[WIRE_DIGEST_NONCE_SIZE], target[256];
	char response[33], cnonce[80];
	enum wire_digest_qop qop;
	uint32_t nc;
	char nc_text[9]; /* as sent: the hash is over this spelling */
};
/* Accepts every spelling of the corpus: quoted or bare qop and nc, any order, no blanks. */
bool wire_digest_parse_response(struct span value, struct wire_digest_response *out_r,
				struct err *e);
/* True when the response is what this HA1 gives for that method and body; compared in constant
 * time. Whether target, nonce, user and nc are the right ones is for the caller to check. */
bool wire_digest_check(const struct wire_digest_response *r, const uint8_t ha1[16],
		       const char *method, struct span body);

/* The 401 rule (engineering-notes 3). */
enum wire_digest_sent {
	WIRE_DIGEST_SENT_NOTHING,   /* no Authorization */
	WIRE_DIGEST_SENT_OLD_NONCE, /* nonce of an earlier exchange */
	WIRE_DIGEST_SENT_FRESH      /* the nonce of the 401 just before */
};
enum wire_digest_do {
	WIRE_DIGEST_ANSWER,     /* send again with the new nonce */
	WIRE_DIGEST_STOP_AUTH,  /* the credential is wrong: stop, count for lock-out */
	WIRE_DIGEST_STOP_REALM, /* other realm: another machine, or re-keyed */
};
/* Without an old realm an old nonce counts as another realm: never repeated. */
enum wire_digest_do wire_digest_on_401(enum wire_digest_sent sent, const char *old_realm,
				       const struct wire_digest_challenge *c);
