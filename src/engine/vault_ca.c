/* The built-in CAs: made at the first start, loaded, and asked to sign leaves. Each is a root and an
 * issuing CA below it, sealed in the database. Firmware that takes neither RSA-2048 nor SHA-256
 * (AMT 22) gets its leaves from a second pair, made when the first such device turns up. A CA of
 * one tier, as first releases made it, is used as it is. */
#include "engine/vault_priv.h"

#include "base/clk.h"

#include <stdio.h>

#define CA_BITS    2048
#define ROOT_YEARS 25
#define CA_YEARS   15
#define LEAF_YEARS 10
#define YEAR_MS    (365LL * 24 * 3600 * 1000)
#define DAY_MS     (24LL * 3600 * 1000)

static const struct engine_ca_kind kinds[] = {
	[ENGINE_CA_USUAL] = { "ca", "ca-root", "outband device CA", "outband root CA", CA_BITS,
			      PKI_SIG_SHA256 },
	[ENGINE_CA_384] = { "ca-384", "ca-384-root", "outband device CA (SHA-384)",
			    "outband root CA (SHA-384)", 3072, PKI_SIG_SHA384 },
};

const struct engine_ca_kind *engine_vault_kind(enum engine_ca which)
{
	return &kinds[which];
}

enum engine_ca engine_vault_which(unsigned key_bits)
{
	return key_bits > CA_BITS ? ENGINE_CA_384 : ENGINE_CA_USUAL;
}

void engine_vault_list_file(const struct pki_cert *ca, const char *suffix, char out_name[24])
{
	struct out o;
	out_init(&o, out_name, 24);
	out_hex(&o, span_make(ca->ski.p, ca->ski.n < 8 ? ca->ski.n : 8));
	out_str(&o, suffix);
}

/* Where list and certificate of that CA are, when they are served at all. */
static void set_urls(struct engine *en, struct pki_issue *what, const struct pki_cert *issuer,
		     struct arena *a)
{
	char name[24];
	if (!en->set.ca_url[0] || !issuer->ski.n)
		return;
	engine_vault_list_file(issuer, ".crl", name);
	what->crl_url = arena_fmt(a, "%s/%s", en->set.ca_url, name);
	engine_vault_list_file(issuer, ".crt", name);
	what->issuer_url = arena_fmt(a, "%s/%s", en->set.ca_url, name);
}

/* ---- making ---- */

static bool make_cert(struct engine *en, const struct engine_ca_kind *kind,
		      const struct pki_key *key, const struct pki_chain *root, struct arena *a,
		      struct span *out_der, struct err *e)
{
	struct span spki = { NULL, 0 };
	int64_t now = clk_unix_ms();
	struct pki_issue what = {
		.cn = root ? kind->cn : kind->root_cn,
		.o = "outband",
		.is_ca = true,
		.ca_of_leaves = root != NULL,
		.sig_hash = kind->hash,
		.not_before_unix_ms = now - DAY_MS,
		.not_after_unix_ms = now + (root ? CA_YEARS : ROOT_YEARS) * YEAR_MS,
	};
	if (!root)
		return pki_key_public_spki(key, a, &spki) &&
			pki_cert_issue(&what, spki, (struct span){ NULL, 0 }, key, en->conf.rng, a,
				       out_der, e);
	if (what.not_after_unix_ms > root->certs[0].not_after_unix_ms)
		what.not_after_unix_ms = root->certs[0].not_after_unix_ms;
	set_urls(en, &what, &root->certs[0], a);
	return pki_key_public_spki(key, a, &spki) &&
		pki_cert_issue(&what, spki, root->certs[0].der, root->key, en->conf.rng, a, out_der,
			       e);
}

bool engine_vault_put_row(struct engine *en, struct store_tx *tx, const char *id, const char *kind,
			  const struct pki_chain *c, struct arena *a)
{
	struct secret der = SECRET_NONE;
	struct buf pem;
	struct out o;
	char label[64];
	buf_init(&pem, 65536);
	out_init_buf(&o, &pem);
	snprintf(label, sizeof label, "cert:%s", id);
	bool ok = pki_chain_to_pem(c, &o) && pki_key_private_pkcs1(c->key, &der);
	if (ok)
		store_tx_cert_put(
			tx,
			&(struct store_cert){
				.id = id,
				.kind = kind,
				.uuid = "",
				.state = "active",
				.subject = c->certs[0].subject,
				.serial = c->certs[0].serial,
				.pem = buf_span(&pem),
				.sealed_key = engine_seal(en, label, secret_reveal(&der), a),
				.not_after_unix_ms = c->certs[0].not_after_unix_ms,
				.at_unix_ms = clk_unix_ms(),
			});
	secret_deinit(&der);
	buf_deinit(&pem);
	return ok;
}

static struct pki_chain *make_root(struct engine *en, const struct engine_ca_kind *kind,
				   struct pki_key *key, struct arena *a, struct err *e)
{
	struct span der;
	struct pki_chain *c = NULL;
	if (make_cert(en, kind, key, NULL, a, &der, e))
		c = pki_chain_from_der(&der, 1, e);
	if (c)
		c->key = pki_key_ref(key);
	return c;
}

struct pki_chain *engine_vault_put_pair(struct engine *en, enum engine_ca which,
					const struct engine_ca_keys *keys,
					const struct pki_chain *root, struct store_tx *tx,
					struct err *e)
{
	const struct engine_ca_kind *kind = &kinds[which];
	struct arena a;
	struct span ders[2];
	struct pki_chain *made = NULL, *c = NULL;
	arena_init(&a, 1 << 18);
	if (!root)
		root = made = make_root(en, kind, keys->root, &a, e);
	if (root && make_cert(en, kind, keys->issuing, root, &a, &ders[0], e)) {
		ders[1] = root->certs[0].der;
		c = pki_chain_from_der(ders, 2, e);
	}
	if (c) {
		c->key = pki_key_ref(keys->issuing);
		if (!(made ? engine_vault_put_row(en, tx, kind->root_id, "root", made, &a)
			   : true) ||
		    !engine_vault_put_row(en, tx, kind->id, "ca", c, &a)) {
			err_set(e, ERR_CERT, "a new CA cannot be written down");
			pki_chain_free(c);
			c = NULL;
		}
	}
	pki_chain_free(made);
	arena_deinit(&a);
	return c;
}

static bool keep(struct engine *en, enum engine_ca which, const struct engine_ca_keys *keys,
		 struct err *e)
{
	struct store_tx *tx = store_tx_new(en->conf.store);
	en->ca[which] = engine_vault_put_pair(en, which, keys, NULL, tx, e);
	if (!en->ca[which]) {
		store_tx_drop(tx);
		return false;
	}
	store_tx_commit(tx, NULL, NULL);
	engine_vault_publish_soon(en, 0);
	return true;
}

/* ---- loading ---- */

/* True also when there is none yet. */
static bool load_ca(struct engine *en, enum engine_ca which, struct arena *a, struct err *e)
{
	struct store_cert row;
	if (en->ca[which] || !store_cert_get(en->conf.store, a, kinds[which].id, &row))
		return true;
	en->ca[which] = engine_vault_row(en, &row, e);
	return en->ca[which] != NULL;
}

bool engine_vault_load_cas(struct engine *en, struct arena *a, struct err *e)
{
	for (int i = 0; i < ENGINE_CA_COUNT; i++) {
		if (!load_ca(en, (enum engine_ca)i, a, e))
			return false;
	}
	if (en->ca[ENGINE_CA_USUAL])
		return true;
	struct pki_key *root = en->conf.make_key(CA_BITS, e);
	struct pki_key *key = root ? en->conf.make_key(CA_BITS, e) : NULL;
	bool ok = key && keep(en, ENGINE_CA_USUAL, &(struct engine_ca_keys){ root, key }, e);
	pki_key_free(root);
	pki_key_free(key);
	return ok;
}

void engine_vault_free_cas(struct engine *en)
{
	for (int i = 0; i < ENGINE_CA_COUNT; i++) {
		pki_chain_free(en->ca[i]);
		en->ca[i] = NULL;
	}
}

bool engine_vault_has_ca(const struct engine *en, unsigned key_bits)
{
	return en->ca[engine_vault_which(key_bits)] != NULL;
}

bool engine_vault_keep_ca(struct engine *en, unsigned key_bits, const struct engine_ca_keys *keys,
			  struct err *e)
{
	struct arena a;
	enum engine_ca which = engine_vault_which(key_bits);
	arena_init(&a, 1 << 18);
	/* Another job was faster, or another service on this database. */
	bool ok = load_ca(en, which, &a, e) && (en->ca[which] || keep(en, which, keys, e));
	arena_deinit(&a);
	return ok;
}

/* ---- leaves ---- */

bool engine_vault_issue(struct engine *en, unsigned key_bits, struct span spki, const char *fqdn,
			struct arena *a, struct engine_leaf *out_leaf, struct err *e)
{
	const char *dns[] = { fqdn, NULL };
	uint8_t serial[16];
	int64_t now = clk_unix_ms();
	const struct pki_chain *ca = en->ca[engine_vault_which(key_bits)];
	/* wide validity: the device's clock may be off, and renewal is a job of its own */
	struct pki_issue what = {
		.cn = fqdn,
		.o = "outband",
		.dns = dns,
		.eku_server_auth = true,
		.eku_client_auth = true,
		.sig_hash = kinds[engine_vault_which(key_bits)].hash,
		.not_before_unix_ms = now - 365 * DAY_MS,
		.not_after_unix_ms = now + LEAF_YEARS * YEAR_MS,
		.serial = serial,
	};
	if (what.not_after_unix_ms > ca->certs[0].not_after_unix_ms)
		what.not_after_unix_ms = ca->certs[0].not_after_unix_ms;
	set_urls(en, &what, &ca->certs[0], a);
	/* chosen here, positive and without leading zeros, so that the certificate need not be parsed
	 * again to learn it: decoding its key costs as much as signing it */
	rng_fill(en->conf.rng, serial, sizeof serial);
	serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
	if (!pki_cert_issue(&what, spki, ca->certs[0].der, ca->key, en->conf.rng, a, &out_leaf->der,
			    e))
		return err_wrap(e, "issuing the TLS certificate of %s", fqdn);
	struct out o;
	out_init(&o, out_leaf->serial, sizeof out_leaf->serial);
	out_hex(&o, span_make(serial, sizeof serial));
	out_leaf->not_after_unix_ms = what.not_after_unix_ms;
	return true;
}
