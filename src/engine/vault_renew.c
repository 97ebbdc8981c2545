/* Renewal of the built-in CAs: new keys and certificates beside the former ones, which stay for what
 * they signed: their certificates for who trusts PCs, their keys for their lists. Called by the API;
 * keys are made on a worker. PCs keep their leaves: those are pinned, and end when they ended. */
#include "engine/vault_priv.h"

#include "base/clk.h"
#include "base/mem.h"

#include <stdio.h>

struct engine_vault_renewal {
	struct pki_key *(*make)(unsigned bits, struct err *e);
	struct {
		bool wanted, wants_root;
		struct engine_ca_keys keys;
	} of[ENGINE_CA_COUNT];
};

static bool has_row(struct engine *en, const char *id)
{
	struct arena a;
	struct store_cert row;
	arena_init(&a, 1 << 18);
	bool found = store_cert_get(en->conf.store, &a, id, &row);
	arena_deinit(&a);
	return found;
}

struct engine_vault_renewal *engine_vault_renewal_new(struct engine *en, bool root)
{
	struct engine_vault_renewal *n = MEM_NEW(struct engine_vault_renewal);
	n->make = en->conf.make_key;
	for (int i = 0; i < ENGINE_CA_COUNT; i++) {
		n->of[i].wanted = en->ca[i] != NULL;
		n->of[i].wants_root =
			root || !has_row(en, engine_vault_kind((enum engine_ca)i)->root_id);
	}
	return n;
}

bool engine_vault_renewal_make(struct engine_vault_renewal *n, struct err *e)
{
	for (int i = 0; i < ENGINE_CA_COUNT; i++) {
		unsigned bits = engine_vault_kind((enum engine_ca)i)->key_bits;
		if (!n->of[i].wanted)
			continue;
		n->of[i].keys.issuing = n->make(bits, e);
		if (!n->of[i].keys.issuing)
			return false;
		if (n->of[i].wants_root && !(n->of[i].keys.root = n->make(bits, e)))
			return false;
	}
	return true;
}

/* The row goes on under a name of its own, with its key, which is sealed for the name. */
static bool set_aside(struct engine *en, struct store_tx *tx, const char *id, struct err *e)
{
	struct arena a;
	struct store_cert row;
	struct secret der = SECRET_NONE;
	char name[24], label[96];
	bool ok = true;
	arena_init(&a, 1 << 20);
	if (store_cert_get(en->conf.store, &a, id, &row)) {
		struct pki_chain *c = engine_vault_row(en, &row, e);
		ok = c && pki_key_private_pkcs1(c->key, &der);
		if (ok) {
			engine_vault_list_file(&c->certs[0], "", name);
			row.id = arena_fmt(&a, "%s-%s", id, name);
			snprintf(label, sizeof label, "cert:%s", row.id);
			row.sealed_key = engine_seal(en, label, secret_reveal(&der), &a);
			row.state = "previous";
			store_tx_cert_put(tx, &row);
		}
		secret_deinit(&der);
		pki_chain_free(c);
	}
	arena_deinit(&a);
	return ok;
}

static struct pki_chain *load_root(struct engine *en, const char *id, struct err *e)
{
	struct arena a;
	struct store_cert row;
	struct pki_chain *c = NULL;
	arena_init(&a, 1 << 20);
	if (store_cert_get(en->conf.store, &a, id, &row))
		c = engine_vault_row(en, &row, e);
	else
		err_set(e, ERR_NOT_FOUND, "there is no root CA '%s'", id);
	arena_deinit(&a);
	return c;
}

static bool renew_one(struct engine *en, struct engine_vault_renewal *n, enum engine_ca which,
		      struct store_tx *tx, struct err *e)
{
	const struct engine_ca_kind *kind = engine_vault_kind(which);
	struct pki_chain *root = NULL, *c = NULL;
	bool new_root = n->of[which].wants_root;
	if (!new_root && !(root = load_root(en, kind->root_id, e)))
		return false;
	if (set_aside(en, tx, kind->id, e) && (!new_root || set_aside(en, tx, kind->root_id, e)))
		c = engine_vault_put_pair(en, which, &n->of[which].keys, root, tx, e);
	if (c)
		ENGINE_EVENT(en, tx, "", LOG_EV_CA_RENEWED, NULL, LOG_S("name", kind->id),
			     LOG_S("subject", c->certs[0].subject),
			     LOG_S("serial", c->certs[0].serial));
	pki_chain_free(root);
	pki_chain_free(c);
	return c != NULL;
}

bool engine_vault_renewal_add(struct engine *en, struct engine_vault_renewal *n,
			      struct store_tx *tx, struct err *e)
{
	for (int i = 0; i < ENGINE_CA_COUNT; i++)
		if (n->of[i].wanted && !renew_one(en, n, (enum engine_ca)i, tx, e))
			return err_wrap(e, "renewing the CA");
	return true;
}

bool engine_vault_renewal_done(struct engine *en, struct err *e)
{
	struct arena a;
	arena_init(&a, 1 << 20);
	engine_vault_free_cas(en);
	bool ok = engine_vault_load_cas(en, &a, e);
	arena_deinit(&a);
	engine_vault_publish_soon(en, 0);
	return ok;
}

void engine_vault_renewal_free(struct engine_vault_renewal *n)
{
	if (!n)
		return;
	for (int i = 0; i < ENGINE_CA_COUNT; i++) {
		pki_key_free(n->of[i].keys.root);
		pki_key_free(n->of[i].keys.issuing);
	}
	mem_free(n);
}
