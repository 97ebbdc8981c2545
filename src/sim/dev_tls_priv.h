/* Certificates and keys of a virtual device, and the TLS settings of a new connection (dev_tls.c). */
#pragma once
#include "sim/dev.h"

struct sim_dev;
struct sim_cert;
/* The n-th key of the pool among those of the size that this release makes. */
int sim_tls_pool_index(const struct sim_dev *d, unsigned n);
struct pki_key *sim_tls_pool_key(unsigned index); /* modulo the pool's size. Caller frees; NULL */
struct pki_key *sim_tls_key_of(const struct sim_dev *d, const struct sim_cert *c); /* Caller frees; NULL */
void sim_tls_first_contact(struct sim_dev *d);            /* makes what was left for later */
bool sim_tls_conf(struct sim_dev *d, struct pki_tls_server *out_conf);
void sim_tls_forget_setup(struct sim_dev *d); /* the next handshake shows a new setup certificate */
