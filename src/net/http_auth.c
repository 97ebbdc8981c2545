/* Digest login of one conversation: answers challenges, counts the nonce, applies the 401 rule.
 * Used by http.c only. A wrong digest is never sent twice: lock-out counts them. Never looks at
 * `stale`, never sends or waits. */
#include "net/http_auth_priv.h"
#include "base/mem.h"
#include "base/str.h"
#include <stdio.h>

static void drop_credential(struct net_http_auth *a)
{
	mem_free(a->user);
	mem_free(a->want_realm);
	secret_deinit(&a->password);
	a->user = a->want_realm = NULL;
}

void net_http_auth_forget_priv(struct net_http_auth *a)
{
	a->known = a->fresh = false;
	a->nc = 0;
	mem_wipe(a->ha1, sizeof a->ha1);
}

void net_http_auth_deinit_priv(struct net_http_auth *a)
{
	net_http_auth_forget_priv(a);
	drop_credential(a);
}

void net_http_auth_set_priv(struct net_http_auth *a, const struct net_http_cred *c)
{
	net_http_auth_deinit_priv(a);
	if (!c)
		return;
	a->user = mem_str(c->user);
	a->want_realm = mem_str(c->realm);
	if (c->password)
		a->password = secret_copy(c->password);
}

bool net_http_auth_same_priv(const struct net_http_auth *a, const struct net_http_cred *c)
{
	static const struct net_http_cred none;
	static const struct secret no_password = SECRET_NONE;
	const struct secret *password;

	if (!c)
		c = &none;
	password = c->password ? c->password : &no_password;
	if (!str_eq(a->user, c->user) || !str_eq(a->want_realm, c->realm))
		return false;
	if (secret_is_set(&a->password) != secret_is_set(password))
		return false;
	return !secret_is_set(password) || secret_eq(&a->password, password);
}

static enum wire_digest_qop choose_qop(const struct wire_digest_challenge *c, bool prefer_int)
{
	if (c->qop_auth_int && (prefer_int || !c->qop_auth))
		return WIRE_DIGEST_AUTH_INT;
	return c->qop_auth ? WIRE_DIGEST_AUTH : WIRE_DIGEST_NONE;
}

enum wire_digest_sent net_http_auth_emit_priv(struct net_http_auth *a, struct rng *rng,
					      bool prefer_int, const struct net_http_line *line,
					      struct out *o)
{
	struct wire_digest_use use = {
		.qop = choose_qop(&a->challenge, prefer_int),
		.method = line->method,
		.target = line->target,
		.body = line->body,
	};

	if (!a->user || !a->known)
		return WIRE_DIGEST_SENT_NOTHING;
	use.nc = ++a->nc;
	(void)snprintf(use.cnonce, sizeof use.cnonce, "%016llx", (unsigned long long)rng_u64(rng));
	out_str(o, "Authorization: ");
	wire_digest_emit(o, a->user, a->ha1, &a->challenge, &use);
	out_str(o, "\r\n");
	return a->fresh ? WIRE_DIGEST_SENT_FRESH : WIRE_DIGEST_SENT_OLD_NONCE;
}

/* The first usable digest challenge. */
static bool find_challenge(const struct wire_http1_msg *m, struct wire_digest_challenge *out_c,
			   const char *where, struct err *e)
{
	struct span v;
	unsigned n = 0;

	err_set(e, ERR_UNSUPPORTED, "%s asks for a login and offers no digest", where);
	while (wire_http1_header_nth(m, "WWW-Authenticate", n++, &v)) {
		if (wire_digest_parse_challenge(v, out_c, e))
			return true;
	}
	return false;
}

static bool wrong_realm(const char *where, const char *seen, const char *want, struct err *e)
{
	err_set(e, ERR_REALM, "%s asks for a login to another digest realm", where);
	err_seen(e, "%s", seen);
	err_want(e, "%s", want);
	return err_hint(
		e,
		"another machine answers at this address, or AMT was unprovisioned and set up again");
}

/* Nothing of ours may answer: the realm is not the expected one, or there is no credential. */
static bool may_answer(struct net_http_auth *a, const struct wire_digest_challenge *c,
		       const char *where, struct err *e)
{
	if (!a->user) {
		err_set(e, ERR_DENIED, "%s asks for a login and none is set", where);
		return err_seen(e, "%s", c->realm);
	}
	if (a->want_realm && !str_eq(a->want_realm, c->realm))
		return wrong_realm(where, c->realm, a->want_realm, e);
	return true;
}

bool net_http_auth_on_401_priv(struct net_http_auth *a, enum wire_digest_sent sent,
			       const struct wire_http1_msg *m, const char *where, struct err *e)
{
	struct wire_digest_challenge c;
	enum wire_digest_do what;

	if (!find_challenge(m, &c, where, e)) {
		/* Some 401 of a refused digest carry no challenge at all. */
		net_http_auth_forget_priv(a);
		if (sent == WIRE_DIGEST_SENT_FRESH)
			err_set(e, ERR_AUTH, "%s refused user \"%s\"", where, a->user);
		return false;
	}
	(void)str_copy(a->last_realm, sizeof a->last_realm, span_str(c.realm));
	what = wire_digest_on_401(sent, a->challenge.realm, &c);
	if (!may_answer(a, &c, where, e)) {
		net_http_auth_forget_priv(a);
		return false;
	}
	switch (what) {
	case WIRE_DIGEST_ANSWER:
		break;
	case WIRE_DIGEST_STOP_REALM:
		(void)wrong_realm(where, c.realm, a->challenge.realm, e);
		net_http_auth_forget_priv(a);
		return false;
	case WIRE_DIGEST_STOP_AUTH:
		/* The new nonce is not kept: the next exchange would spend a second wrong digest. */
		net_http_auth_forget_priv(a);
		err_set(e, ERR_AUTH, "%s refused user \"%s\"", where, a->user);
		return err_hint(
			e,
			"the password is not the one set in the device; each further try counts for its lock-out");
	}
	a->challenge = c;
	a->known = a->fresh = true;
	a->nc = 0;
	wire_digest_ha1(a->user, c.realm, secret_reveal(&a->password), a->ha1);
	e->code = ERR_NONE;
	return true;
}
