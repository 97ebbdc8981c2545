/* What is kept sealed: provisioning chains, and the two functions that seal and open everything
 * else. Called at start and at reload. The built-in CAs are in vault_ca.c. */
#include "engine/run_priv.h"

#include "base/clk.h"
#include "base/mem.h"

#include <stdio.h>

struct span engine_seal(struct engine *en, const char *label, struct span plain, struct arena *a)
{
	return pki_seal_close(en->conf.seal, label, plain, a);
}

bool engine_unseal(struct engine *en, const char *label, struct span sealed, struct secret *out_s,
		   struct err *e)
{
	return pki_seal_reveal(en->conf.seal, label, sealed, out_s, e);
}

struct pki_chain *engine_vault_row(struct engine *en, const struct store_cert *row, struct err *e)
{
	bool is_ca =
		str_eq(row->kind, "ca") || str_eq(row->kind, "root") || str_eq(row->kind, "client");
	struct pki_chain *c =
		is_ca ? pki_chain_from_pem(row->pem, e) : pki_chain_load(row->pem, NULL, e);
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
	bool ok = engine_vault_load_cas(en, &a, e);
	retire_chains(en);
	unsigned n = ok
		? store_cert_list(en->conf.store, &a, "provisioning", NULL, ENGINE_MAX_CHAINS, rows)
		: 0;
	for (unsigned i = 0; i < n; i++) {
		struct err skip = { 0 };
		if (str_eq(rows[i].state, "disabled"))
			continue;
		struct pki_chain *c = engine_vault_row(en, &rows[i], &skip);
		if (!c) { /* one bad row must not stop the service */
			log_err(LOG_EV_SERVE_FAILED, &skip,
				(const struct log_kv[]){ LOG_S("step", "certificate"),
							 { LOG_KIND_END, NULL, NULL, 0 } });
			continue;
		}
		en->chains_owned[i] = c;
		for (; c && en->chain_count < ENGINE_MAX_CHAINS; c = c->alt) {
			str_copy(en->chain_names[en->chain_count], sizeof *en->chain_names,
				 span_str(rows[i].id));
			en->chains[en->chain_count++] = c;
		}
	}
	arena_deinit(&a);
	return ok;
}

void engine_vault_free(struct engine *en)
{
	retire_chains(en);
	mem_free(en->chains_old);
	engine_vault_free_cas(en);
	for (int i = 0; i < ENGINE_CA_COUNT; i++) {
		pki_chain_free(en->client[i]);
		en->client[i] = NULL;
	}
}
