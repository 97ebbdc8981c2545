/* The built-in CA, for the API and for jobs: what it took back, its lists, its renewal. Two tiers
 * (root and issuing CA), one such pair for each strength of key; a CA of one tier, as the first
 * releases made, stays valid until it is renewed. Leaves of PCs are issued by jobs only. */
#pragma once
#include "engine/engine.h"

/* Takes back every certificate of a PC that was issued here and was not taken back yet: rows of the
 * list, states of the certificates and an event go into tx, which the caller commits with whatever
 * it belongs to (as unconfigure does). Nothing else is to be done: a list with it is published soon
 * after. reason: a word of PKI_CRL_REASONS. False: a stored certificate cannot be read. */
bool engine_vault_revoke(struct engine *en, struct store_tx *tx, const char *uuid, const char *reason,
			 unsigned *out_count, struct err *e);
/* The same for one certificate, by its serial number; false also when none of ours has it. */
bool engine_vault_revoke_serial(struct engine *en, struct store_tx *tx, const char *serial, const char *reason,
				const char **out_uuid, struct arena *a, struct err *e);

/* Certificate for the place where PCs post events over TLS, new each time, over that key or, NULL, a new one;
 * NULL: e. name: host name or address. Caller frees. */
struct pki_chain *engine_vault_alerts(struct engine *en, const char *name, struct pki_key *is, struct err *e);
/* It ends soon, or the CA that signed it is not the one that signs now. Cheap. */
bool engine_vault_alerts_is_old(const struct engine *en, const struct pki_chain *c);

struct engine_vault_ca {
	const char *id;          /* "ca", "ca-root", "ca-384"..; a former one has its key's name behind it */
	const char *tier;        /* root | issuing | single */
	const char *state;       /* active | previous */
	const char *subject, *serial, *key_id; /* key_id: hex; names the files that are published */
	const char *list_file;   /* "0123456789abcdef.crl"; its certificate: .crt */
	unsigned key_bits;
	bool sha384;
	int64_t not_before_unix_ms, not_after_unix_ms;
	struct span pem;         /* with the CAs above it */
	int64_t revoked;         /* certificates in its list */
};
#define ENGINE_VAULT_MAX_CAS 64
/* Newest first. */
unsigned engine_vault_cas(struct engine *en, struct arena *a, unsigned limit, struct engine_vault_ca *out_rows);

/* A list to be made: new and free on the loop, make on a worker. */
struct engine_vault_list;
struct engine_vault_list *engine_vault_list_new(struct engine *en, const char *ca_id, struct err *e);
bool engine_vault_list_make(struct engine_vault_list *l, struct err *e);
struct span engine_vault_list_der(const struct engine_vault_list *l); /* while l is */
void engine_vault_list_free(struct engine_vault_list *l);

/* Renewal: new keys for the issuing CAs, and for the roots too when root or when there is none.
 * new, add, done and free on the loop, make on a worker. What the former ones signed stays valid. */
struct engine_vault_renewal;
struct engine_vault_renewal *engine_vault_renewal_new(struct engine *en, bool root);
bool engine_vault_renewal_make(struct engine_vault_renewal *n, struct err *e);
bool engine_vault_renewal_add(struct engine *en, struct engine_vault_renewal *n, struct store_tx *tx,
			      struct err *e);
bool engine_vault_renewal_done(struct engine *en, struct err *e); /* tx is durable: use the new ones */
void engine_vault_renewal_free(struct engine_vault_renewal *n);
