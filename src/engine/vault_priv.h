/* What the vault_*.c files share about the built-in CAs; nobody else includes it. */
#pragma once
#include "engine/run_priv.h"
#include "engine/vault.h"

struct engine_ca_kind {
	const char *id, *root_id; /* rows of kind "ca" and "root" */
	const char *cn, *root_cn;
	unsigned key_bits;
	enum pki_sig_hash hash;
};
/* Chain and sealed key as a row in tx. */
bool engine_vault_put_row(struct engine *en, struct store_tx *tx, const char *id, const char *kind,
			  const struct pki_chain *c, struct arena *a);
const struct engine_ca_kind *engine_vault_kind(enum engine_ca which);
/* Root and issuing CA over those keys as rows in tx, active under their ids; root NULL: one is made
 * over keys->root. The new chain, issuing CA first and with its key; NULL: e. */
struct pki_chain *engine_vault_put_pair(struct engine *en, enum engine_ca which, const struct engine_ca_keys *keys,
					const struct pki_chain *root, struct store_tx *tx, struct err *e);
