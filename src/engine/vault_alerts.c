/* The certificate of the place where PCs post events over TLS (setting alerts.https): signed by the
 * built-in CA at each start, over a key that is never stored; PCs know the root only. Called by
 * cli/serve_alerts.c. */
#include "engine/vault_priv.h"

#include "base/clk.h"

#define YEARS    2
#define YEAR_MS  (365LL * 24 * 3600 * 1000)
#define KEY_BITS 2048

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
		.dns = dns,
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

struct pki_chain *engine_vault_alerts(struct engine *en, const char *name, struct err *e)
{
	struct pki_chain *c = NULL;
	struct pki_key *key;
	struct arena a;

	if (!en->ca[ENGINE_CA_USUAL]) {
		err_set(e, ERR_NOT_FOUND, "the built-in CA is not there");
		return NULL;
	}
	arena_init(&a, 1 << 18);
	key = en->conf.make_key(KEY_BITS, e);
	if (key)
		c = issue(en, name, key, &a, e);
	pki_key_free(key);
	arena_deinit(&a);
	if (!c)
		err_wrap(e, "certificate of '%s' for events over TLS", name);
	return c;
}
