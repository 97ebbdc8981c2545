/* Certificates and key pairs that a device keeps. */
#pragma once
#include "base/secret.h"
#include "sim/dev.h"

#define SIM_CERT_SLOTS   8 /* G */
#define SIM_NO_HANDLE    UINT32_MAX
#define SIM_KEY_SLOTS    4 /* G */
#define SIM_ROOT_SLOTS   4 /* P: capability reply of old firmware */
struct sim_cert {
	uint32_t handle;
	bool trusted_root, read_only;
	uint8_t *der;
	size_t der_n;
	int pool; /* its key in the pool when no stored key pair is the key's (default certificate); -1 */
};
struct sim_key {
	uint32_t handle;
	int pool;              /* -1: came by AddKey */
	struct secret pkcs1;   /* AddKey only */
	struct pki_key *loaded; /* AddKey only */
};

struct sim_cert *sim_store_cert(const struct sim_dev *d, uint32_t handle); /* NULL */
struct sim_key *sim_store_key(const struct sim_dev *d, uint32_t handle);   /* NULL */
/* NULL when all slots are taken. */
struct sim_cert *sim_store_add_cert(struct sim_dev *d, struct span der, bool trusted_root);
struct sim_key *sim_store_add_key(struct sim_dev *d, int pool, struct span pkcs1);
void sim_store_drop_cert(struct sim_dev *d, uint32_t handle);
void sim_store_drop_key(struct sim_dev *d, uint32_t handle);
void sim_store_clear(struct sim_dev *d); /* all but read-only ones */
struct pki_key *sim_store_load_key(const struct sim_key *k); /* Caller frees; NULL */
