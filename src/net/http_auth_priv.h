/* The login of one HTTP conversation: credential, last challenge, counters, and what to do about
 * a 401. Pure but for the randomness it is given. */
#pragma once
#include "net/http.h"

struct net_http_auth {
	char *user;       /* NULL: never log in */
	char *want_realm; /* NULL: any */
	struct secret password;
	struct wire_digest_challenge challenge;
	bool known, fresh; /* fresh: the challenge came in the running exchange */
	uint32_t nc;
	uint8_t ha1[16];
	char last_realm[WIRE_DIGEST_REALM_SIZE];
};
struct net_http_line { /* what is signed */
	const char *method, *target;
	struct span body;
};
void net_http_auth_set_priv(struct net_http_auth *a, const struct net_http_cred *c);
bool net_http_auth_same_priv(const struct net_http_auth *a, const struct net_http_cred *c);
void net_http_auth_forget_priv(struct net_http_auth *a); /* the nonce */
void net_http_auth_deinit_priv(struct net_http_auth *a);
/* Writes the Authorization line when there is a challenge to answer. */
enum wire_digest_sent net_http_auth_emit_priv(struct net_http_auth *a, struct rng *rng, bool prefer_int,
					      const struct net_http_line *line, struct out *o);
/* True: send again. False: e says why not. where: for the text. */
bool net_http_auth_on_401_priv(struct net_http_auth *a, enum wire_digest_sent sent,
			       const struct wire_http1_msg *m, const char *where, struct err *e);
