/* What is kept sealed: the built-in CAs, provisioning chains, and the two functions that seal and
 * open everything else. Called at start, at reload, and when a leaf is issued. Firmware that takes
 * neither RSA-2048 nor SHA-256 (AMT 22) gets its leafs from a second CA, made when the first such
 * device turns up. */
#include "engine/run_priv.h"

#include "base/clk.h"
#include "base/mem.h"

#include <stdio.h>

#define CA_BITS  2048
#define CA_YEARS 25
#define YEAR_MS  (365LL * 24 * 3600 * 1000)
#define DAY_MS   (24LL * 3600 * 1000)

struct span engine_seal(struct engine *en, const char *label, struct span plain, struct arena *a)
{
	return pki_seal_close(en->conf.seal, label, plain, a);
}

bool engine_unseal(struct engine *en, const char *label, struct span sealed, struct secret *out_s,
		   struct err *e)
{
	return pki_seal_reveal(en->conf.seal, label, sealed, out_s, e);
}

/* A stored row as chain with key. */
static struct pki_chain *load_row(struct engine *en, const struct store_cert *row, struct err *e)
{
	struct pki_chain *c = pki_chain_load(row->pem, NULL, e);
	if (!c || row->sealed_key.n == 0)
		return c;
	char label[128];
	struct secret der = SECRET_NONE;
	snprintf(label, sizeof label, "cert:%s", row->id);
	if (engine_unseal(en, label, row->sealed_key, &der, e)) {
		c->key = pki_key_from_der(secret_reveal(&der), e);
		secret_deinit(&der);
	}
	if (!c->key) {
		err_wrap(e, "private key of certificate '%s'", row->id);
		pki_chain_free(c);
		return NULL;
	}
	for (struct pki_chain *alt = c->alt; alt; alt = alt->alt)
		if (!alt->key)
			alt->key = pki_key_ref(c->key);
	return c;
}

static const struct ca_kind {
	const char *id, *cn;
	enum pki_sig_hash hash;
} ca_kinds[] = {
	[ENGINE_CA_USUAL] = { "ca", "outband device CA", PKI_SIG_SHA256 },
	[ENGINE_CA_384] = { "ca-384", "outband device CA (SHA-384)", PKI_SIG_SHA384 },
};

static enum engine_ca ca_for(unsigned key_bits)
{
	return key_bits > CA_BITS ? ENGINE_CA_384 : ENGINE_CA_USUAL;
}

static bool keep_ca(struct engine *en, enum engine_ca which, struct pki_key *key, struct arena *a,
		    struct err *e)
{
	const struct ca_kind *kind = &ca_kinds[which];
	char label[32];
	struct secret der = SECRET_NONE;
	struct span spki, cert;
	int64_t now = clk_unix_ms();
	struct pki_issue what = {
		.cn = kind->cn,
		.o = "outband",
		.is_ca = true,
		.sig_hash = kind->hash,
		.not_before_unix_ms = now - DAY_MS,
		.not_after_unix_ms = now + CA_YEARS * YEAR_MS,
	};
	snprintf(label, sizeof label, "cert:%s", kind->id);
	bool ok = key && pki_key_public_spki(key, a, &spki) && pki_key_private_pkcs1(key, &der) &&
		pki_cert_issue(&what, spki, (struct span){ NULL, 0 }, key, en->conf.rng, a, &cert,
			       e);
	if (ok) {
		struct buf pem;
		struct out o;
		struct pki_cert facts;
		buf_init(&pem, 65536);
		out_init_buf(&o, &pem);
		ok = pki_cert_to_pem(cert, &o) && pki_cert_parse(cert, a, &facts, e);
		if (ok) {
			struct store_tx *tx = store_tx_new(en->conf.store);
			store_tx_cert_put(tx,
					  &(struct store_cert){
						  .id = kind->id,
						  .kind = "ca",
						  .uuid = "",
						  .state = "active",
						  .subject = facts.subject,
						  .serial = facts.serial,
						  .pem = buf_span(&pem),
						  .sealed_key = engine_seal(en, label,
									    secret_reveal(&der), a),
						  .not_after_unix_ms = facts.not_after_unix_ms,
						  .at_unix_ms = now,
					  });
			store_tx_commit(tx, NULL, NULL);
			en->ca[which] = pki_chain_load(buf_span(&pem), NULL, e);
			ok = en->ca[which] != NULL;
			if (ok)
				en->ca[which]->key = pki_key_ref(key);
		}
		buf_deinit(&pem);
	}
	secret_deinit(&der);
	return ok;
}

/* True also when there is none yet. */
static bool load_ca(struct engine *en, enum engine_ca which, struct arena *a, struct err *e)
{
	struct store_cert row;
	if (en->ca[which] || !store_cert_get(en->conf.store, a, ca_kinds[which].id, &row))
		return true;
	en->ca[which] = load_row(en, &row, e);
	return en->ca[which] != NULL;
}

static bool load_cas(struct engine *en, struct arena *a, struct err *e)
{
	for (int i = 0; i < ENGINE_CA_COUNT; i++) {
		if (!load_ca(en, (enum engine_ca)i, a, e))
			return false;
	}
	if (en->ca[ENGINE_CA_USUAL])
		return true;
	struct pki_key *key = en->conf.make_key(CA_BITS, e);
	bool ok = key && keep_ca(en, ENGINE_CA_USUAL, key, a, e);
	pki_key_free(key);
	return ok;
}

static bool in_use(const struct engine *en, const struct pki_chain *owned)
{
	for (const struct engine_run *r = en->runs; r; r = r->next)
		for (const struct pki_chain *c = owned; c && r->chain; c = c->alt)
			if (c == r->chain)
				return true;
	return false;
}

static void retire_chains(struct engine *en)
{
	for (unsigned i = 0; i < ENGINE_MAX_CHAINS; i++) {
		if (!en->chains_owned[i])
			continue;
		if (en->chains_old_count == en->chains_old_cap) {
			en->chains_old_cap += ENGINE_MAX_CHAINS;
			en->chains_old = mem_grow(en->chains_old,
						  en->chains_old_cap * sizeof(struct pki_chain *));
		}
		en->chains_old[en->chains_old_count++] = en->chains_owned[i];
		en->chains_owned[i] = NULL;
	}
	en->chain_count = 0;
	engine_vault_drop_old(en);
}

void engine_vault_drop_old(struct engine *en)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < en->chains_old_count; i++) {
		if (in_use(en, en->chains_old[i]))
			en->chains_old[kept++] = en->chains_old[i];
		else
			pki_chain_free(en->chains_old[i]);
	}
	en->chains_old_count = kept;
}

bool engine_vault_load(struct engine *en, struct err *e)
{
	struct arena a;
	struct store_cert rows[ENGINE_MAX_CHAINS];
	arena_init(&a, 1 << 23);
	bool ok = load_cas(en, &a, e);
	retire_chains(en);
	unsigned n = ok
		? store_cert_list(en->conf.store, &a, "provisioning", NULL, ENGINE_MAX_CHAINS, rows)
		: 0;
	for (unsigned i = 0; i < n; i++) {
		struct err skip = { 0 };
		if (str_eq(rows[i].state, "disabled"))
			continue;
		struct pki_chain *c = load_row(en, &rows[i], &skip);
		if (!c) { /* one bad row must not stop the service */
			log_err(LOG_EV_SERVE_FAILED, &skip,
				(const struct log_kv[]){ LOG_S("step", "certificate"),
							 { LOG_KIND_END, NULL, NULL, 0 } });
			continue;
		}
		en->chains_owned[i] = c;
		for (; c && en->chain_count < ENGINE_MAX_CHAINS; c = c->alt)
			en->chains[en->chain_count++] = c;
	}
	arena_deinit(&a);
	return ok;
}

void engine_vault_free(struct engine *en)
{
	retire_chains(en);
	mem_free(en->chains_old);
	for (int i = 0; i < ENGINE_CA_COUNT; i++) {
		pki_chain_free(en->ca[i]);
		en->ca[i] = NULL;
	}
}

bool engine_vault_has_ca(const struct engine *en, unsigned key_bits)
{
	return en->ca[ca_for(key_bits)] != NULL;
}

bool engine_vault_keep_ca(struct engine *en, unsigned key_bits, struct pki_key *key, struct err *e)
{
	struct arena a;
	enum engine_ca which = ca_for(key_bits);
	arena_init(&a, 1 << 18);
	/* Another job was faster, or another service on this database. */
	bool ok = load_ca(en, which, &a, e) && (en->ca[which] || keep_ca(en, which, key, &a, e));
	arena_deinit(&a);
	return ok;
}

bool engine_vault_issue(struct engine *en, unsigned key_bits, struct span spki, const char *fqdn,
			struct arena *a, struct span *out_der, char out_serial[65], struct err *e)
{
	const char *dns[] = { fqdn, NULL };
	uint8_t serial[16];
	int64_t now = clk_unix_ms();
	const struct pki_chain *ca = en->ca[ca_for(key_bits)];
	/* wide validity: the device's clock may be off, and renewal is a job of its own */
	struct pki_issue what = {
		.cn = fqdn,
		.o = "outband",
		.dns = dns,
		.eku_server_auth = true,
		.eku_client_auth = true,
		.sig_hash = ca_kinds[ca_for(key_bits)].hash,
		.not_before_unix_ms = now - 365 * DAY_MS,
		.not_after_unix_ms = now + 10 * YEAR_MS,
		.serial = serial,
	};
	/* chosen here, positive and without leading zeros, so that the certificate need not be parsed
	 * again to learn it: decoding its key costs as much as signing it */
	rng_fill(en->conf.rng, serial, sizeof serial);
	serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
	if (!pki_cert_issue(&what, spki, ca->certs[0].der, ca->key, en->conf.rng, a, out_der, e))
		return err_wrap(e, "issuing the TLS certificate of %s", fqdn);
	struct out o;
	out_init(&o, out_serial, 65);
	out_hex(&o, span_make(serial, sizeof serial));
	return true;
}
