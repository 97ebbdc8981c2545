/* See vnc.h. DES by way of triple DES with one key three times, which libraries still have. The bits of
 * each byte of the key stand in reverse order: all VNC programs do that. */
#include "pki/vnc.h"
#include "base/mem.h"
#include <openssl/evp.h>
#include <string.h>

static uint8_t reversed(uint8_t b)
{
	uint8_t r = 0;

	for (int i = 0; i < 8; i++)
		r = (uint8_t)(r << 1 | (b >> i & 1));
	return r;
}

bool pki_vnc_response(const char password[8], const uint8_t challenge[16], uint8_t out_response[16])
{
	uint8_t key[24];
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;

	for (size_t i = 0; i < sizeof key; i++)
		key[i] = reversed((uint8_t)password[i % 8]);
	bool ok = c && EVP_EncryptInit_ex(c, EVP_des_ede3_ecb(), NULL, key, NULL) == 1 &&
		EVP_CIPHER_CTX_set_padding(c, 0) == 1 &&
		EVP_EncryptUpdate(c, out_response, &n, challenge, 16) == 1 && n == 16;
	EVP_CIPHER_CTX_free(c);
	mem_wipe(key, sizeof key);
	return ok;
}
