/* The certificate of the place where PCs post events over TLS (setting alerts.https): signed by the
 * built-in CA at each start, and again before it ends or when the CA is another one, over a key that is
 * never stored; PCs know the root only. Called by cli/serve_alerts.c. */
#include "engine/vault_priv.h"

#include "base/clk.h"

#define YEARS    2
#define YEAR_MS  (365LL * 24 * 3600 * 1000)
#define KEY_BITS 2048
#define LEFT_MS  (90LL * 24 * 3600 * 1000) /* with less than that left there is a new one */

static struct pki_chain *issue(struct engine *en, const char *name, struct pki_key *key,
			       struct arena *a, struct err *e)
{
	const struct pki_chain *ca = en->ca[ENGINE_CA_USUAL];
	const char *dns[] = { name, NULL };
	struct span spki, ders[LIMIT_CERT_CHAIN];
	struct pki_chain *c;
	struct pki_issue what = {
		.cn = name,
		.o = "outband",
		.dns = pki_cert_is_address(name) ? NULL : dns,
		.ip = pki_cert_is_address(name) ? name : NULL,
		.eku_server_auth = true,
		.sig_hash = engine_vault_kind(ENGINE_CA_USUAL)->hash,
		.not_before_unix_ms = clk_unix_ms() - YEAR_MS, /* the clock of a PC may be slow */
		.not_after_unix_ms = clk_unix_ms() + YEARS * YEAR_MS,
	};

	if (what.not_after_unix_ms > ca->certs[0].not_after_unix_ms)
		what.not_after_unix_ms = ca->certs[0].not_after_unix_ms;
	if (ca->count + 1 > LIMIT_CERT_CHAIN) {
		err_set(e, ERR_LIMIT, "the chain of the built-in CA is too long");
		return NULL;
	}
	if (!pki_key_public_spki(key, a, &spki) ||
	    !pki_cert_issue(&what, spki, ca->certs[0].der, ca->key, en->conf.rng, a, &ders[0], e))
		return NULL;
	for (unsigned i = 0; i < ca->count; i++)
		ders[i + 1] = ca->certs[i].der;
	c = pki_chain_from_der(ders, ca->count + 1, e);
	if (c)
		c->key = pki_key_ref(key);
	return c;
}

bool engine_vault_alerts_is_old(const struct engine *en, const struct pki_chain *c)
{
	const struct pki_chain *ca = en->ca[ENGINE_CA_USUAL];

	if (!ca)
		return false;
	if (c->count < 2 || !span_eq(c->certs[1].der, ca->certs[0].der))
		return true;
	int64_t end = c->certs[0].not_after_unix_ms;
	/* one that ends with its CA would not be longer the next time */
	return end - clk_unix_ms() < LEFT_MS && end < ca->certs[0].not_after_unix_ms;
}

struct pki_chain *engine_vault_alerts(struct engine *en, const char *name, struct pki_key *is,
				      struct err *e)
{
	struct pki_chain *c = NULL;
	struct pki_key *key;
	struct arena a;

	if (!en->ca[ENGINE_CA_USUAL]) {
		err_set(e, ERR_NOT_FOUND, "the built-in CA is not there");
		return NULL;
	}
	arena_init(&a, 1 << 18);
	/* making one takes the loop's time: at the start only */
	key = is ? pki_key_ref(is) : en->conf.make_key(KEY_BITS, e);
	if (key)
		c = issue(en, name, key, &a, e);
	pki_key_free(key);
	arena_deinit(&a);
	if (!c)
		err_wrap(e, "certificate of '%s' for events over TLS", name);
	return c;
}
