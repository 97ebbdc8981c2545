/* Firmware releases that the simulator plays, as data. Every cell carries its source letter. What
 * a row means is decided in dev_tls.c (TLS), fw_chain.c (provisioning chain) and fw_*.c (the rest).
 * Never holds behaviour: a new release is a new row. */
#include "sim/generation.h"
#include "base/str.h"
#include "pki/tlsconf.h"
#include "wire/hello.h"

#define SHA1   (1u << WIRE_HELLO_SHA1)
#define SHA256 (1u << WIRE_HELLO_SHA256)
#define SHA384 (1u << WIRE_HELLO_SHA384)

/* Before TLS 1.2 only CBC suites with RSA key transport are certain; PSK is the one suite seen. */
#define SUITES_OLD "AES128-SHA:AES256-SHA"
#define SUITES_PSK "PSK-AES128-CBC-SHA:" SUITES_OLD
#define SUITES_NEW                                                                         \
	"ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:" \
	"AES256-GCM-SHA384:AES128-GCM-SHA256:AES128-SHA256"

/* clang-format off */
static const struct sim_generation rows[] = {
	{
		.name = "5.0", .version = "5.0.3", .major = 5, .minor = 0,
		.tls = { PKI_TLS_1_0, PKI_TLS_1_0, SRC_D },
		.suites = { SUITES_PSK, 0, SRC_P },
		.psk = { true, SRC_D }, .pki = { true, SRC_D },
		.keys = { false, SRC_D },
		.rsa = { 1024, 2048, SRC_P }, .sha1 = { true, SRC_G },
		.clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.hash_algs = { SHA1, SRC_G },
		.setup_cert = { 1, SRC_D }, .setup_sig = { false, SRC_G },
		.auth_int = { false, SRC_D },
		.content_type = { "application/octet-stream", SRC_G },
		.realm = { false, SRC_C }, .kvm = { false, SRC_D },
		.suffix = { true, SRC_D }, .non_secure = { false, SRC_D },
	},
	{
		.name = "9.5", .version = "9.5.61", .major = 9, .minor = 5,
		.tls = { PKI_TLS_1_0, PKI_TLS_1_1, SRC_D },
		.suites = { SUITES_PSK, 0, SRC_P },
		.psk = { true, SRC_D }, .pki = { true, SRC_D },
		.keys = { true, SRC_D },
		.rsa = { 1024, 2048, SRC_G }, .sha1 = { true, SRC_G },
		.clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.hash_algs = { SHA1 | SHA256, SRC_G },
		.setup_cert = { 1, SRC_D }, .setup_sig = { true, SRC_G },
		.auth_int = { false, SRC_D },
		.content_type = { "application/octet-stream", SRC_G },
		.realm = { false, SRC_C }, .kvm = { true, SRC_P },
		.suffix = { true, SRC_P }, .non_secure = { false, SRC_D },
	},
	{
		.name = "11.8", .version = "11.8.50.3425", .major = 11, .minor = 8,
		.tls = { PKI_TLS_1_0, PKI_TLS_1_1, SRC_D },
		.suites = { SUITES_OLD, 0, SRC_P },
		.psk = { false, SRC_D }, .pki = { true, SRC_D },
		.keys = { true, SRC_D },
		.rsa = { 1024, 4096, SRC_G }, .sha1 = { true, SRC_D },
		.clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.hash_algs = { SHA256, SRC_D },
		.setup_cert = { 1, SRC_D }, .setup_sig = { true, SRC_G },
		.auth_int = { false, SRC_C },
		.content_type = { "application/octet-stream", SRC_C },
		.realm = { false, SRC_C }, .kvm = { true, SRC_P },
		.suffix = { true, SRC_P }, .non_secure = { false, SRC_D },
	},
	{
		.name = "16.1", .version = "16.1.25.1917", .major = 16, .minor = 1,
		.tls = { PKI_TLS_1_2, PKI_TLS_1_3, SRC_P },
		.suites = { SUITES_NEW, 1, SRC_G },
		.psk = { false, SRC_D }, .pki = { true, SRC_D },
		.keys = { true, SRC_D },
		.rsa = { 2048, 4096, SRC_D }, .sha1 = { false, SRC_D },
		.clear = { false, SRC_D }, .default_cert = { true, SRC_D },
		.hash_algs = { SHA256 | SHA384, SRC_D },
		.setup_cert = { 3, SRC_D }, .setup_sig = { true, SRC_D },
		.auth_int = { true, SRC_C },
		.content_type = { "application/soap+xml;charset=UTF-8", SRC_C },
		.realm = { true, SRC_C }, .kvm = { true, SRC_P },
		.suffix = { true, SRC_P }, .non_secure = { true, SRC_D },
	},
};
/* clang-format on */

const struct sim_generation *sim_generation_at(unsigned i)
{
	return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}

const struct sim_generation *sim_generation_find(const char *name)
{
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (str_eq(rows[i].name, name))
			return &rows[i];
	}
	return NULL;
}
