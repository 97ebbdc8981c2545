/* Logins of a redirection session (redirection 4): what messages 0x13 and 0x14 carry, by method, and
 * the digest over it. For amt/redir_session.c and the simulator. Pure. */
#pragma once
#include "wire/redir.h"

#define WIRE_REDIR_URI "/RedirectionService"
enum wire_redir_method { WIRE_REDIR_QUERY, WIRE_REDIR_BASIC, WIRE_REDIR_KERBEROS, WIRE_REDIR_DIGEST_OLD, WIRE_REDIR_DIGEST };
enum wire_redir_auth_status { WIRE_REDIR_AUTH_OK, WIRE_REDIR_AUTH_FAIL /* or a challenge */, WIRE_REDIR_AUTH_UNSUPPORTED };
/* What a login message says, by its method: 0 methods; 1 user, password; 2 token; 3 and 4 the rest. */
struct wire_redir_auth {
	uint8_t method;
	struct span methods, token, user, password, realm, nonce, uri, cnonce, nc, response, qop;
	bool challenge; /* 0x14 of method 3 or 4 with realm and nonce */
};
/* Of a message 0x13 or 0x14. False: its payload is not what its method says. */
bool wire_redir_auth_parse(const struct wire_redir_msg *msg, struct wire_redir_auth *out_a, struct err *e);
/* The whole message 0x13, or 0x14 with that status. False: a text is over 255 bytes, or o is full. */
bool wire_redir_auth_emit(struct out *o, const struct wire_redir_auth *a);
bool wire_redir_auth_reply_emit(struct out *o, uint8_t status, const struct wire_redir_auth *a);
/* The response for method 3 or 4 from MD5(user:realm:password) and the fields of a. */
void wire_redir_digest(const uint8_t ha1[16], const struct wire_redir_auth *a, char out_hex33[33]);
