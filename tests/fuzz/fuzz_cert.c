/* Certificate files of any kind (PEM, PKCS#12, DER) and public keys; what is written of a
 * chain as PEM gives no longer one. */
#include "base/mem.h"
#include "pki/preflight.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret password = secret_make(span_str("fuzz"));
	struct err e = { 0 };
	struct pki_chain *c = pki_chain_load(span_make(data, size), &password, &e);
	if (!c)
		c = pki_chain_load(span_make(data, size), NULL, &e);
	struct span der = { data, size };
	pki_chain_free(pki_chain_from_der(&der, 1, &e));
	struct pki_preflight_want want = { .suffix = "example.com" };
	struct pki_preflight p;
	struct arena a;
	struct span spki;
	static char text[1 << 18];
	struct out o;
	for (struct pki_chain *i = c; i; i = i->alt) {
		pki_preflight(i, &want, 0, &p);
		out_init(&o, text, sizeof text);
		if (!pki_chain_to_pem(i, &o))
			abort();
		struct pki_chain *again = pki_chain_load(out_span(&o), NULL, NULL);
		if (again && again->count > i->count)
			abort();
		pki_chain_free(again);
		again = pki_chain_from_pem(out_span(&o), NULL);
		if (!again || again->count != i->count)
			abort();
		pki_chain_free(pki_chain_load_for(out_span(&o), i->key, NULL));
		pki_chain_free(again);
	}
	out_init(&o, text, sizeof text);
	(void)pki_chain_file_to_pem(span_make(data, size), &o, NULL);
	arena_init(&a, 65536);
	pki_key_public_normalise(span_make(data, size), &a, &spki, NULL);
	arena_deinit(&a);
	pki_chain_free(c);
	secret_deinit(&password);
	return 0;
}
