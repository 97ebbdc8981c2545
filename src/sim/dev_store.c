/* Certificates and key pairs that a device keeps, by handle: the lowest free number is taken, as
 * firmware does. Bytes that an open connection may still use are freed later (sim_dev_bury). */
#include "pki/cert.h"
#include "sim/dev_priv.h"

struct sim_cert *sim_store_cert(const struct sim_dev *d, uint32_t handle)
{
	for (unsigned i = 0; i < d->cert_count; i++) {
		if (d->certs[i].handle == handle)
			return &d->certs[i];
	}
	return NULL;
}

struct sim_key *sim_store_key(const struct sim_dev *d, uint32_t handle)
{
	for (unsigned i = 0; i < d->key_count; i++) {
		if (d->keys[i].handle == handle)
			return &d->keys[i];
	}
	return NULL;
}

struct sim_cert *sim_store_add_cert(struct sim_dev *d, struct span der, bool trusted_root)
{
	uint32_t handle = 0;

	if (d->cert_count >= SIM_CERT_SLOTS + SIM_ROOT_SLOTS + 1)
		return NULL;
	while (sim_store_cert(d, handle))
		handle++;
	d->certs = mem_grow(d->certs, (d->cert_count + 1) * sizeof *d->certs);
	struct sim_cert *c = &d->certs[d->cert_count++];
	*c = (struct sim_cert){ .handle = handle,
				.trusted_root = trusted_root,
				.der = mem_new(der.n),
				.der_n = der.n,
				.pool = -1 };
	memcpy(c->der, der.p, der.n);
	return c;
}

struct sim_key *sim_store_add_key(struct sim_dev *d, int pool, struct span pkcs1)
{
	uint32_t handle = 0;

	if (d->key_count >= SIM_KEY_SLOTS)
		return NULL;
	while (sim_store_key(d, handle))
		handle++;
	d->keys = mem_grow(d->keys, (d->key_count + 1) * sizeof *d->keys);
	struct sim_key *k = &d->keys[d->key_count++];
	*k = (struct sim_key){ .handle = handle, .pool = pool };
	if (pool < 0) {
		k->pkcs1 = secret_make(pkcs1);
		k->loaded = pki_key_from_der(pkcs1, NULL);
	}
	return k;
}

void sim_store_drop_cert(struct sim_dev *d, uint32_t handle)
{
	struct sim_cert *c = sim_store_cert(d, handle);

	if (!c)
		return;
	sim_dev_bury(d, c->der, NULL);
	size_t at = (size_t)(c - d->certs);
	memmove(c, c + 1, (d->cert_count - at - 1) * sizeof *c);
	d->cert_count--;
}

void sim_store_drop_key(struct sim_dev *d, uint32_t handle)
{
	struct sim_key *k = sim_store_key(d, handle);

	if (!k)
		return;
	sim_dev_bury(d, NULL, k->loaded);
	secret_deinit(&k->pkcs1);
	size_t at = (size_t)(k - d->keys);
	memmove(k, k + 1, (d->key_count - at - 1) * sizeof *k);
	d->key_count--;
}

void sim_store_clear(struct sim_dev *d)
{
	for (unsigned i = d->cert_count; i-- > 0;) {
		if (!d->certs[i].read_only)
			sim_store_drop_cert(d, d->certs[i].handle);
	}
	while (d->key_count > 0)
		sim_store_drop_key(d, d->keys[0].handle);
}

struct pki_key *sim_store_load_key(const struct sim_key *k)
{
	if (k->pool >= 0)
		return sim_tls_pool_key((unsigned)k->pool);
	return k->loaded ? pki_key_ref(k->loaded) : NULL;
}
