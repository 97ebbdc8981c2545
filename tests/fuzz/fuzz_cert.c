/* Certificate files of any kind (PEM, PKCS#12, DER) and public keys. */
#include "base/mem.h"
#include "pki/preflight.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret password = secret_make(span_str("fuzz"));
	struct pki_chain *c = pki_chain_load(span_make(data, size), &password, NULL);
	struct pki_preflight_want want = { .suffix = "example.com" };
	struct pki_preflight p;
	struct arena a;
	struct span spki;
	for (struct pki_chain *i = c; i; i = i->alt)
		pki_preflight(i, &want, 0, &p);
	arena_init(&a, 65536);
	pki_key_public_normalise(span_make(data, size), &a, &spki, NULL);
	arena_deinit(&a);
	pki_chain_free(c);
	secret_deinit(&password);
	return 0;
}
