/* Certificates and keys of a virtual device, and the TLS settings of a new connection (dev_tls.c). */
#pragma once
#include "sim/dev.h"

struct sim_dev;
struct sim_cert;
struct sim_key;
struct pki_key *sim_tls_pool_key(unsigned index); /* modulo the pool's size. Caller frees; NULL */
struct pki_key *sim_tls_key_of(const struct sim_dev *d, const struct sim_cert *c); /* Caller frees; NULL */
/* A key pair that the device does not have yet, not even behind a certificate of its own, as firmware would
 * make it. NULL: all slots are taken. */
struct sim_key *sim_tls_new_key(struct sim_dev *d);
void sim_tls_first_contact(struct sim_dev *d);            /* makes what was left for later */
bool sim_tls_conf(struct sim_dev *d, struct pki_tls_server *out_conf);
void sim_tls_forget_setup(struct sim_dev *d); /* the next handshake shows a new setup certificate */
