/* Text and comparison of TLS settings. The settings themselves are applied in net; this file
 * touches no connection. */
#include "pki/tlsconf.h"
#include "base/str.h"

const char *pki_tls_version_name(unsigned v)
{
	switch (v) {
	case PKI_TLS_ANY:
		return "any TLS version";
	case 0x0300:
		return "SSL 3.0";
	case PKI_TLS_1_0:
		return "TLS 1.0";
	case PKI_TLS_1_1:
		return "TLS 1.1";
	case PKI_TLS_1_2:
		return "TLS 1.2";
	case PKI_TLS_1_3:
		return "TLS 1.3";
	default:
		return "unknown TLS version";
	}
}

static bool policy_same(const struct pki_tls_policy *a, const struct pki_tls_policy *b)
{
	return a->min == b->min && a->max == b->max && a->level == b->level &&
		a->legacy_reneg == b->legacy_reneg && str_eq(a->suites, b->suites);
}

/* By content, so that a chain loaded anew from the store keeps its streams. */
static bool chain_same(const struct pki_chain *a, const struct pki_chain *b)
{
	if (a == b)
		return true;
	if (!a || !b || a->count != b->count || !a->key != !b->key)
		return false;
	for (unsigned i = 0; i < a->count; i++) {
		if (!span_eq(a->certs[i].der, b->certs[i].der))
			return false;
	}
	return true;
}

static bool secret_same(const struct secret *a, const struct secret *b)
{
	return secret_is_set(a) == secret_is_set(b) && (!secret_is_set(a) || secret_eq(a, b));
}

bool pki_tls_client_same(const struct pki_tls_client *a, const struct pki_tls_client *b)
{
	if (!policy_same(&a->policy, &b->policy) || !chain_same(a->chain, b->chain) ||
	    !str_eq(a->psk_identity, b->psk_identity) || !secret_same(&a->psk, &b->psk))
		return false;
	if (a->has_pin != b->has_pin || a->on_shown != b->on_shown || a->shown_arg != b->shown_arg)
		return false;
	return !a->has_pin || memcmp(a->pin_sha256, b->pin_sha256, sizeof a->pin_sha256) == 0;
}
