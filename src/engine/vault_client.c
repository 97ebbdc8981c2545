/* The service's own client certificate, shown to PCs with mutual TLS. Signed by the built-in CA, made when
 * a profile asks for mutual TLS the first time, sealed in the database. Called by run_prepare.c. */
#include "engine/vault_priv.h"

#include "base/clk.h"

#define YEARS   10
#define YEAR_MS (365LL * 24 * 3600 * 1000)

static const char *const rows[] = { [ENGINE_CA_USUAL] = "client", [ENGINE_CA_384] = "client-384" };

/* Leaf, issuing CA, root: some firmware wants all of them. */
static struct pki_chain *make_chain(struct engine *en, enum engine_ca which, struct pki_key *key,
				    struct arena *a, struct err *e)
{
	const struct pki_chain *ca = en->ca[which];
	struct span spki, ders[LIMIT_CERT_CHAIN];
	int64_t now = clk_unix_ms();
	struct pki_issue what = {
		.cn = ENGINE_CLIENT_CN,
		.o = "outband",
		.eku_client_auth = true,
		.eku_console = true,
		.sig_hash = engine_vault_kind(which)->hash,
		.not_before_unix_ms = now - YEAR_MS,
		.not_after_unix_ms = now + YEARS * YEAR_MS,
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
	struct pki_chain *c = pki_chain_from_der(ders, ca->count + 1, e);
	if (c)
		c->key = pki_key_ref(key);
	return c;
}

static bool load(struct engine *en, enum engine_ca which, struct arena *a, struct err *e)
{
	struct store_cert row;
	if (!en->client[which] && store_cert_get(en->conf.store, a, rows[which], &row)) {
		en->client[which] = engine_vault_row(en, &row, e);
		if (!en->client[which])
			return false;
	}
	en->client_looked[which] = true;
	return true;
}

const struct pki_chain *engine_vault_client(struct engine *en, unsigned key_bits)
{
	enum engine_ca which = engine_vault_which(key_bits);
	struct arena a;
	struct err e = { 0 };
	if (!en->client_looked[which]) {
		arena_init(&a, 1 << 18);
		load(en, which, &a, &e);
		arena_deinit(&a);
	}
	return en->client[which];
}

bool engine_vault_need_client(struct engine *en, unsigned key_bits, struct err *e)
{
	enum engine_ca which = engine_vault_which(key_bits);
	struct pki_chain **c = &en->client[which];
	struct arena a;
	if (!en->ca[which]) /* no PC of that kind has a certificate of ours yet */
		return true;
	arena_init(&a, 1 << 18);
	bool ok = load(en, which, &a, e);
	if (ok && !*c) { /* once in the life of a database */
		struct pki_key *key = en->conf.make_key(engine_vault_kind(which)->key_bits, e);
		struct store_tx *tx = store_tx_new(en->conf.store);
		*c = key ? make_chain(en, which, key, &a, e) : NULL;
		ok = *c && engine_vault_put_row(en, tx, rows[which], "client", *c, &a);
		if (ok)
			store_tx_commit(tx, NULL, NULL);
		else
			store_tx_drop(tx);
		pki_key_free(key);
	}
	arena_deinit(&a);
	return ok || err_wrap(e, "client certificate for mutual TLS");
}
