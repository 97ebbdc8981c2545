/* Firmware releases that the simulator plays, as data. Every cell carries its source letter. What
 * a cell does is decided in dev_gen.c (where a switch can change it), dev_tls.c (TLS), fw_chain.c
 * (provisioning chain) and fw_*.c (the rest). Never holds behaviour: a new release is a new row. */
#include "sim/generation.h"
#include "base/str.h"
#include "pki/cert.h"
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
#define SUITES_13 "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"
/* What is left when AES-128 and SHA-256 are refused everywhere. */
#define SUITES_256 "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-SHA384:AES256-GCM-SHA384"
#define SIGS_384   "RSA-PSS+SHA384:RSA+SHA384:ECDSA+SHA384"
#define OCTETS     "application/octet-stream"

/* clang-format off */
/* What the releases without WS-MAN have in common. What only shows over WS-MAN stands as in 3.2.1. */
#define SOAP_ERA                                                                           \
	.psk = { true, SRC_D }, .hash_algs = { SHA1, SRC_G }, .hello_max = { 23, SRC_D },  \
	.tls_min = { PKI_TLS_1_0, SRC_D }, .tls_max = { PKI_TLS_1_0, SRC_D },              \
	.suites = { SUITES_PSK, SRC_P }, .suites13 = { "", SRC_D },                        \
	.groups = { "", SRC_G }, .sigs = { "", SRC_G },                                    \
	.wsman = { false, SRC_D }, .eoi = { true, SRC_D },                                 \
	.clear = { true, SRC_D }, .non_secure = { false, SRC_D },                          \
	.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },                  \
	.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA1, SRC_G },                 \
	.makes_keys = { false, SRC_D }, .key_bits = { 2048, SRC_P },                       \
	.key_max = { 2048, SRC_P }, .key_spki = { false, SRC_G },                          \
	.rsa_min = { 1024, SRC_P }, .rsa_max = { 2048, SRC_G }, .ec_min = { 0, SRC_G },    \
	.chain_sig = { PKI_SIG_SHA1, SRC_G }, .chain_sha2 = { true, SRC_G },               \
	.chain_bytes = { 4100, SRC_P }, .root_bytes = { 1500, SRC_P },                     \
	.suffix_rule = { SIM_SUFFIX_COM_NET, SRC_D },                                      \
	.realm = { SIM_REALM_ID, SRC_P }, .auth_int = { false, SRC_D },                    \
	.tls_cache = { false, SRC_D }, .admin_taken = { false, SRC_D },                    \
	.chunked = { true, SRC_P }, .content_type = { OCTETS, SRC_G },                     \
	.frame_deny = { false, SRC_G }, .logo = { "top", SRC_G },                          \
	.staged = { true, SRC_G }, .seed = { true, SRC_G }, .kvm = { false, SRC_P },       \
	.consent = { false, SRC_D }, .host_based = { false, SRC_D }

static const struct sim_generation rows[] = {
	{
		.name = "2.0", .major = 2, .minor = 0, SOAP_ERA,
		.version = { "2.0.5", SRC_G }, .pki = { false, SRC_D },
	},
	{
		.name = "2.1", .major = 2, .minor = 1, SOAP_ERA,
		.version = { "2.1.3", SRC_G }, .pki = { false, SRC_D },
	},
	{
		.name = "2.2", .major = 2, .minor = 2, SOAP_ERA,
		.version = { "2.2.10", SRC_G }, .pki = { true, SRC_D },
	},
	{
		.name = "2.5", .major = 2, .minor = 5, SOAP_ERA,
		.version = { "2.5.15", SRC_G }, .pki = { false, SRC_D },
	},
	{
		.name = "2.6", .major = 2, .minor = 6, SOAP_ERA,
		.version = { "2.6.20", SRC_G }, .pki = { true, SRC_D },
	},
	{
		.name = "3.0", .major = 3, .minor = 0, SOAP_ERA,
		.version = { "3.0.5", SRC_P }, .pki = { true, SRC_D },
	},
	{
		.name = "3.2.1", .major = 3, .minor = 2,
		.version = { "3.2.1", SRC_D }, .psk = { true, SRC_D }, .pki = { true, SRC_D },
		.hash_algs = { SHA1, SRC_G }, .hello_max = { 23, SRC_D },
		.tls_min = { PKI_TLS_1_0, SRC_D }, .tls_max = { PKI_TLS_1_0, SRC_D },
		.suites = { SUITES_PSK, SRC_P }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { true, SRC_D },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA1, SRC_G },
		.makes_keys = { false, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 2048, SRC_P }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_P }, .rsa_max = { 2048, SRC_G }, .ec_min = { 0, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_G }, .chain_sha2 = { true, SRC_G },
		.chain_bytes = { 4100, SRC_P }, .root_bytes = { 1500, SRC_P },
		.suffix_rule = { SIM_SUFFIX_COM_NET, SRC_D },
		.realm = { SIM_REALM_ID, SRC_P }, .auth_int = { false, SRC_D },
		.tls_cache = { false, SRC_D }, .admin_taken = { false, SRC_D },
		.chunked = { true, SRC_P }, .content_type = { OCTETS, SRC_G },
		.frame_deny = { false, SRC_G }, .logo = { "top", SRC_G },
		.staged = { true, SRC_G }, .seed = { true, SRC_G }, .kvm = { false, SRC_P },
		.consent = { false, SRC_D }, .host_based = { false, SRC_D },
	},
	{
		.name = "4.0", .major = 4, .minor = 0,
		.version = { "4.0.7", SRC_G }, .psk = { true, SRC_D }, .pki = { true, SRC_D },
		.hash_algs = { SHA1, SRC_G }, .hello_max = { 23, SRC_D },
		.tls_min = { PKI_TLS_1_0, SRC_D }, .tls_max = { PKI_TLS_1_0, SRC_D },
		.suites = { SUITES_PSK, SRC_P }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { true, SRC_D },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA1, SRC_G },
		.makes_keys = { false, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 2048, SRC_P }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_P }, .rsa_max = { 2048, SRC_G }, .ec_min = { 0, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_G }, .chain_sha2 = { true, SRC_G },
		.chain_bytes = { 4100, SRC_P }, .root_bytes = { 1500, SRC_P },
		.suffix_rule = { SIM_SUFFIX_COM_NET, SRC_D },
		.realm = { SIM_REALM_ID, SRC_P }, .auth_int = { false, SRC_D },
		.tls_cache = { false, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_P }, .content_type = { OCTETS, SRC_G },
		.frame_deny = { false, SRC_G }, .logo = { "top", SRC_G },
		.staged = { true, SRC_G }, .seed = { true, SRC_G }, .kvm = { false, SRC_P },
		.consent = { false, SRC_D }, .host_based = { false, SRC_D },
	},
	{
		.name = "5.0", .major = 5, .minor = 0,
		.version = { "5.0.3", SRC_G }, .psk = { true, SRC_D }, .pki = { true, SRC_D },
		.hash_algs = { SHA1, SRC_G }, .hello_max = { 23, SRC_D },
		.tls_min = { PKI_TLS_1_0, SRC_D }, .tls_max = { PKI_TLS_1_0, SRC_D },
		.suites = { SUITES_PSK, SRC_P }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { true, SRC_D },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA1, SRC_G },
		.makes_keys = { false, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 2048, SRC_P }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_P }, .rsa_max = { 2048, SRC_G }, .ec_min = { 0, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_G }, .chain_sha2 = { true, SRC_G },
		.chain_bytes = { 4100, SRC_P }, .root_bytes = { 1500, SRC_P },
		.suffix_rule = { SIM_SUFFIX_COM_NET, SRC_D },
		.realm = { SIM_REALM_ID, SRC_P }, .auth_int = { false, SRC_D },
		.tls_cache = { false, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_P }, .content_type = { OCTETS, SRC_G },
		.frame_deny = { false, SRC_G }, .logo = { "top", SRC_G },
		.staged = { true, SRC_G }, .seed = { true, SRC_G }, .kvm = { false, SRC_P },
		.consent = { false, SRC_D }, .host_based = { false, SRC_D },
	},
	{
		.name = "6.2", .major = 6, .minor = 2,
		.version = { "6.2.30", SRC_G }, .psk = { true, SRC_D }, .pki = { true, SRC_D },
		.hash_algs = { SHA1 | SHA256, SRC_G }, .hello_max = { 23, SRC_D },
		.tls_min = { PKI_TLS_1_0, SRC_D }, .tls_max = { PKI_TLS_1_1, SRC_D },
		.suites = { SUITES_PSK, SRC_P }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { true, SRC_P },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 2048, SRC_P }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_P }, .rsa_max = { 2048, SRC_G }, .ec_min = { 0, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_G }, .chain_sha2 = { true, SRC_G },
		.chain_bytes = { 4100, SRC_P }, .root_bytes = { 1500, SRC_P },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_SHORT, SRC_G }, .auth_int = { false, SRC_D },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_G }, .content_type = { OCTETS, SRC_G },
		.frame_deny = { false, SRC_G }, .logo = { "top", SRC_G },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { false, SRC_G }, .host_based = { true, SRC_D },
	},
	{
		.name = "7.1", .major = 7, .minor = 1,
		.version = { "7.1.91", SRC_P }, .psk = { true, SRC_D }, .pki = { true, SRC_D },
		.hash_algs = { SHA1 | SHA256, SRC_G }, .hello_max = { 23, SRC_D },
		.tls_min = { PKI_TLS_1_0, SRC_D }, .tls_max = { PKI_TLS_1_1, SRC_D },
		.suites = { SUITES_PSK, SRC_P }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { true, SRC_P },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 2048, SRC_G }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_G }, .rsa_max = { 2048, SRC_G }, .ec_min = { 0, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_G }, .chain_sha2 = { true, SRC_G },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_SHORT, SRC_G }, .auth_int = { false, SRC_D },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_G }, .content_type = { OCTETS, SRC_G },
		.frame_deny = { false, SRC_G }, .logo = { "top", SRC_G },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "9.0", .major = 9, .minor = 0,
		.version = { "9.0.31", SRC_G }, .psk = { true, SRC_D }, .pki = { true, SRC_D },
		.hash_algs = { SHA1 | SHA256, SRC_G }, .hello_max = { 23, SRC_D },
		.tls_min = { PKI_TLS_1_0, SRC_D }, .tls_max = { PKI_TLS_1_1, SRC_D },
		.suites = { SUITES_PSK, SRC_P }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 2048, SRC_G }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_G }, .rsa_max = { 2048, SRC_G }, .ec_min = { 0, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_G }, .chain_sha2 = { true, SRC_G },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_SHORT, SRC_C }, .auth_int = { false, SRC_D },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_G }, .content_type = { OCTETS, SRC_G },
		.frame_deny = { false, SRC_G }, .logo = { "top", SRC_G },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "9.5", .major = 9, .minor = 5,
		.version = { "9.5.61", SRC_G }, .psk = { true, SRC_D }, .pki = { true, SRC_D },
		.hash_algs = { SHA1 | SHA256, SRC_G }, .hello_max = { 23, SRC_D },
		.tls_min = { PKI_TLS_1_0, SRC_D }, .tls_max = { PKI_TLS_1_1, SRC_D },
		.suites = { SUITES_PSK, SRC_P }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 2048, SRC_G }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_G }, .rsa_max = { 2048, SRC_G }, .ec_min = { 0, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_G }, .chain_sha2 = { true, SRC_G },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_SHORT, SRC_C }, .auth_int = { false, SRC_D },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_G }, .content_type = { OCTETS, SRC_G },
		.frame_deny = { false, SRC_G }, .logo = { "top", SRC_G },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "10.0", .major = 10, .minor = 0,
		.version = { "10.0.55", SRC_G }, .psk = { true, SRC_D }, .pki = { true, SRC_D },
		.hash_algs = { SHA1 | SHA256, SRC_G }, .hello_max = { 23, SRC_D },
		.tls_min = { PKI_TLS_1_0, SRC_D }, .tls_max = { PKI_TLS_1_1, SRC_D },
		.suites = { SUITES_PSK, SRC_P }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 2048, SRC_G }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_G }, .rsa_max = { 2048, SRC_G }, .ec_min = { 0, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_G }, .chain_sha2 = { true, SRC_G },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_SHORT, SRC_C }, .auth_int = { false, SRC_D },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_G }, .content_type = { OCTETS, SRC_G },
		.frame_deny = { false, SRC_G }, .logo = { "top", SRC_G },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "11.8", .major = 11, .minor = 8,
		.version = { "11.8.50.3425", SRC_C }, .psk = { false, SRC_D },
		.pki = { true, SRC_D }, .hash_algs = { SHA256, SRC_D }, .hello_max = { 33, SRC_P },
		.tls_min = { PKI_TLS_1_0, SRC_D }, .tls_max = { PKI_TLS_1_1, SRC_D },
		.suites = { SUITES_OLD, SRC_P }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 4096, SRC_G }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_G }, .rsa_max = { 4096, SRC_G }, .ec_min = { 256, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_D }, .chain_sha2 = { true, SRC_D },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_SHORT, SRC_C }, .auth_int = { false, SRC_C },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_C }, .content_type = { OCTETS, SRC_C },
		.frame_deny = { true, SRC_C }, .logo = { "top", SRC_C },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "12.0", .major = 12, .minor = 0,
		.version = { "12.0.67.1579", SRC_G }, .psk = { false, SRC_D },
		.pki = { true, SRC_D }, .hash_algs = { SHA256, SRC_D }, .hello_max = { 33, SRC_P },
		.tls_min = { PKI_TLS_1_1, SRC_D }, .tls_max = { PKI_TLS_1_2, SRC_D },
		.suites = { SUITES_NEW ":" SUITES_OLD, SRC_G }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 4096, SRC_G }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_G }, .rsa_max = { 4096, SRC_G }, .ec_min = { 256, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_D }, .chain_sha2 = { true, SRC_D },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_LONG, SRC_G }, .auth_int = { false, SRC_D },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_G }, .content_type = { OCTETS, SRC_G },
		.frame_deny = { true, SRC_G }, .logo = { "top", SRC_G },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "14.0", .major = 14, .minor = 0,
		.version = { "14.0.33.1125", SRC_G }, .psk = { false, SRC_D },
		.pki = { true, SRC_D }, .hash_algs = { SHA256, SRC_D }, .hello_max = { 33, SRC_P },
		.tls_min = { PKI_TLS_1_1, SRC_D }, .tls_max = { PKI_TLS_1_2, SRC_D },
		.suites = { SUITES_NEW ":" SUITES_OLD, SRC_G }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 1, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 4096, SRC_G }, .key_spki = { false, SRC_G },
		.rsa_min = { 1024, SRC_G }, .rsa_max = { 4096, SRC_G }, .ec_min = { 256, SRC_G },
		.chain_sig = { PKI_SIG_SHA1, SRC_D }, .chain_sha2 = { true, SRC_D },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_LONG, SRC_G }, .auth_int = { true, SRC_D },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_G }, .content_type = { OCTETS, SRC_G },
		.frame_deny = { true, SRC_G }, .logo = { "top", SRC_G },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "15.0", .major = 15, .minor = 0,
		.version = { "15.0.23.1706", SRC_C }, .psk = { false, SRC_D },
		.pki = { true, SRC_D }, .hash_algs = { SHA256 | SHA384, SRC_D },
		.hello_max = { 33, SRC_P },
		.tls_min = { PKI_TLS_1_2, SRC_D }, .tls_max = { PKI_TLS_1_2, SRC_D },
		.suites = { SUITES_NEW, SRC_G }, .suites13 = { "", SRC_D },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { true, SRC_D }, .non_secure = { false, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { false, SRC_D },
		.setup_chain = { 3, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 4096, SRC_G }, .key_spki = { false, SRC_G },
		.rsa_min = { 2048, SRC_D }, .rsa_max = { 4096, SRC_G }, .ec_min = { 256, SRC_G },
		.chain_sig = { PKI_SIG_SHA256, SRC_D }, .chain_sha2 = { true, SRC_D },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_LONG, SRC_C }, .auth_int = { false, SRC_C },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_C },
		.content_type = { "application/soap+xml; charset=UTF-8", SRC_C },
		.frame_deny = { true, SRC_C }, .logo = { "middle", SRC_C },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "16.1", .major = 16, .minor = 1,
		.version = { "16.1.25.1917", SRC_C }, .psk = { false, SRC_D },
		.pki = { true, SRC_D }, .hash_algs = { SHA256 | SHA384, SRC_D },
		.hello_max = { 33, SRC_P },
		.tls_min = { PKI_TLS_1_2, SRC_D }, .tls_max = { PKI_TLS_1_3, SRC_G },
		.suites = { SUITES_NEW, SRC_G }, .suites13 = { SUITES_13, SRC_G },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { false, SRC_D }, .non_secure = { true, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { true, SRC_D },
		.setup_chain = { 3, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 4096, SRC_G }, .key_spki = { true, SRC_G },
		.rsa_min = { 2048, SRC_D }, .rsa_max = { 4096, SRC_G }, .ec_min = { 256, SRC_G },
		.chain_sig = { PKI_SIG_SHA256, SRC_D }, .chain_sha2 = { true, SRC_D },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_LONG, SRC_C }, .auth_int = { true, SRC_C },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_C },
		.content_type = { "application/soap+xml;charset=UTF-8", SRC_C },
		.frame_deny = { true, SRC_G }, .logo = { "middle", SRC_C },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "18.0", .major = 18, .minor = 0,
		.version = { "18.0.5.2098", SRC_G }, .psk = { false, SRC_D },
		.pki = { true, SRC_D }, .hash_algs = { SHA256 | SHA384, SRC_D },
		.hello_max = { 33, SRC_P },
		.tls_min = { PKI_TLS_1_2, SRC_D }, .tls_max = { PKI_TLS_1_3, SRC_G },
		.suites = { SUITES_NEW, SRC_G }, .suites13 = { SUITES_13, SRC_G },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { false, SRC_D }, .non_secure = { true, SRC_D },
		.local_clear = { true, SRC_D }, .default_cert = { true, SRC_D },
		.setup_chain = { 3, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 4096, SRC_G }, .key_spki = { true, SRC_G },
		.rsa_min = { 2048, SRC_D }, .rsa_max = { 4096, SRC_G }, .ec_min = { 256, SRC_G },
		.chain_sig = { PKI_SIG_SHA256, SRC_D }, .chain_sha2 = { true, SRC_D },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_LONG, SRC_G }, .auth_int = { true, SRC_D },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_G },
		.content_type = { "application/soap+xml;charset=UTF-8", SRC_G },
		.frame_deny = { true, SRC_G }, .logo = { "middle", SRC_G },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "19.0", .major = 19, .minor = 0,
		.version = { "19.0.0.1753", SRC_G }, .psk = { false, SRC_D },
		.pki = { true, SRC_G }, .hash_algs = { SHA256 | SHA384, SRC_D },
		.hello_max = { 33, SRC_P },
		.tls_min = { PKI_TLS_1_2, SRC_D }, .tls_max = { PKI_TLS_1_3, SRC_G },
		.suites = { SUITES_NEW, SRC_G }, .suites13 = { SUITES_13, SRC_G },
		.groups = { "", SRC_G }, .sigs = { "", SRC_G },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { false, SRC_D }, .non_secure = { true, SRC_D },
		.local_clear = { false, SRC_D }, .default_cert = { true, SRC_G },
		.setup_chain = { 3, SRC_D }, .setup_sig = { PKI_SIG_SHA256, SRC_G },
		.makes_keys = { true, SRC_D }, .key_bits = { 2048, SRC_P },
		.key_max = { 4096, SRC_G }, .key_spki = { true, SRC_G },
		.rsa_min = { 2048, SRC_D }, .rsa_max = { 4096, SRC_G }, .ec_min = { 256, SRC_G },
		.chain_sig = { PKI_SIG_SHA256, SRC_D }, .chain_sha2 = { true, SRC_D },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_LONG, SRC_G }, .auth_int = { true, SRC_D },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_G },
		.content_type = { "application/soap+xml;charset=UTF-8", SRC_G },
		.frame_deny = { true, SRC_G }, .logo = { "middle", SRC_G },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
	{
		.name = "22.0", .major = 22, .minor = 0,
		.version = { "22.0.0.1000", SRC_G }, .psk = { false, SRC_D },
		.pki = { true, SRC_G }, .hash_algs = { SHA384, SRC_G }, .hello_max = { 33, SRC_P },
		.tls_min = { PKI_TLS_1_2, SRC_D }, .tls_max = { PKI_TLS_1_3, SRC_G },
		.suites = { SUITES_256, SRC_D }, .suites13 = { "TLS_AES_256_GCM_SHA384", SRC_D },
		.groups = { "P-384", SRC_G }, .sigs = { SIGS_384, SRC_D },
		.wsman = { true, SRC_D }, .eoi = { false, SRC_G },
		.clear = { false, SRC_D }, .non_secure = { true, SRC_D },
		.local_clear = { false, SRC_D }, .default_cert = { true, SRC_G },
		.setup_chain = { 3, SRC_D }, .setup_sig = { PKI_SIG_SHA384, SRC_D },
		.makes_keys = { true, SRC_D }, .key_bits = { 3072, SRC_D },
		.key_max = { 4096, SRC_G }, .key_spki = { true, SRC_G },
		.rsa_min = { 3072, SRC_D }, .rsa_max = { 4096, SRC_G }, .ec_min = { 384, SRC_D },
		.chain_sig = { PKI_SIG_SHA384, SRC_D }, .chain_sha2 = { true, SRC_D },
		.chain_bytes = { 0, SRC_G }, .root_bytes = { 4100, SRC_D },
		.suffix_rule = { SIM_SUFFIX_BY_TLD, SRC_P },
		.realm = { SIM_REALM_LONG, SRC_G }, .auth_int = { true, SRC_D },
		.tls_cache = { true, SRC_D }, .admin_taken = { true, SRC_D },
		.chunked = { true, SRC_G },
		.content_type = { "application/soap+xml;charset=UTF-8", SRC_G },
		.frame_deny = { true, SRC_G }, .logo = { "middle", SRC_G },
		.staged = { true, SRC_G }, .seed = { false, SRC_G }, .kvm = { true, SRC_P },
		.consent = { true, SRC_D }, .host_based = { true, SRC_D },
	},
};

static const struct sim_generation_column columns[] = {
#define X(member, type, kind, sentence)                                                             \
	{ #member, SIM_CELL_##kind, offsetof(struct sim_generation, member),                        \
	  sizeof(struct sim_cell_##type),                                                           \
	  offsetof(struct sim_generation, member) + offsetof(struct sim_cell_##type, src), sentence },
	SIM_GENERATION_CELLS(X)
#undef X
};
/* clang-format on */

const struct sim_generation *sim_generation_at(unsigned i)
{
	return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}

static const struct sim_generation *find_release(struct span major_text, struct span minor_text)
{
	const struct sim_generation *found = NULL;
	uint32_t major, minor = 0;

	if (!str_to_u32(major_text, 1, 99, &major, NULL) ||
	    (minor_text.n && !str_to_u32(minor_text, 0, 99, &minor, NULL)))
		return NULL;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].major == major && (!minor_text.n || rows[i].minor == minor))
			found = &rows[i];
	}
	return found;
}

const struct sim_generation *sim_generation_find(const char *name)
{
	struct span text = span_str(name);
	size_t dot = span_find(text, '.');

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (str_eq(rows[i].name, name))
			return &rows[i];
	}
	if (dot + 1 == text.n)
		return NULL;
	return find_release(span_make(text.p, dot),
			    dot == text.n ? span_make(NULL, 0)
					  : span_make(text.p + dot + 1, text.n - dot - 1));
}

const struct sim_generation_column *sim_generation_column(unsigned i)
{
	return i < sizeof columns / sizeof *columns ? &columns[i] : NULL;
}

static void print_algs(unsigned algs, struct out *o)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = { { SHA1, "SHA-1" }, { SHA256, "SHA-256" }, { SHA384, "SHA-384" } };
	const char *between = "";

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!(algs & names[i].bit))
			continue;
		out_fmt(o, "%s%s", between, names[i].name);
		between = "+";
	}
}

void sim_generation_print(const struct sim_generation *g, const struct sim_generation_column *c,
			  struct out *o)
{
	static const char *const realms[] = { "id", "short", "long" };
	static const char *const rules[] = { "com-net", "by-tld" };
	const char *at = (const char *)g + c->offset;
	unsigned n = 0;

	switch (c->kind) {
	case SIM_CELL_BOOL:
		out_str(o, ((const struct sim_cell_bool *)(const void *)at)->is ? "yes" : "no");
		return;
	case SIM_CELL_TEXT:
		out_str(o, ((const struct sim_cell_text *)(const void *)at)->text);
		return;
	default:
		n = ((const struct sim_cell_num *)(const void *)at)->n;
	}
	if (c->kind == SIM_CELL_TLS)
		out_str(o, pki_tls_version_name(n));
	else if (c->kind == SIM_CELL_SIG)
		out_str(o, pki_cert_sig_hash_name((enum pki_sig_hash)n));
	else if (c->kind == SIM_CELL_ALGS)
		print_algs(n, o);
	else if (c->kind == SIM_CELL_REALM)
		out_str(o, realms[n]);
	else if (c->kind == SIM_CELL_SUFFIX)
		out_str(o, rules[n]);
	else
		out_fmt(o, "%u", n);
}

char sim_generation_source(const struct sim_generation *g, const struct sim_generation_column *c)
{
	const enum source *src = (const void *)((const char *)g + c->src_offset);

	return "CDPG"[*src];
}
