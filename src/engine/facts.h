/* Facts: what was read from a device. A group is known or unknown as a whole; acting makes groups
 * unknown again. Stored as text with the device, one "name=value" a line, by the same table. */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include "base/span.h"

enum engine_fact_group { /* bits */
	FACTS_IDENTITY = 1, FACTS_GENERAL = 2, FACTS_TLS = 4, FACTS_CONTEXT = 8, FACTS_CLOCK = 16,
	FACTS_REDIR = 32, FACTS_KVM = 64, FACTS_WEBUI = 128, FACTS_KEYS = 256, FACTS_CERTS = 512,
	FACTS_LISTENER = 1024, FACTS_PORT = 2048, FACTS_MEBX = 4096,
	FACTS_OTP = 8192,
};
enum engine_otp { ENGINE_OTP_NONE, ENGINE_OTP_FITS, ENGINE_OTP_OTHER };
/* kind: S text (char array), U uint32_t, B bool, L int64_t; group; stored name = field name */
#define ENGINE_FACTS(X)                                                            \
	X(S, version, 32, FACTS_IDENTITY)        /* "16.1.25.1917" from the Server header */ \
	X(S, uuid, 37, FACTS_IDENTITY)           /* GetUuid */                     \
	X(S, mac, 24, FACTS_PORT)                /* of the wired port: "00:11:22:33:44:55" */ \
	X(S, realm, 128, FACTS_GENERAL)                                            \
	X(S, host_name, 256, FACTS_GENERAL)                                        \
	X(S, domain, 256, FACTS_GENERAL)                                           \
	X(B, ping, 0, FACTS_GENERAL)                                               \
	X(B, tls_enabled, 0, FACTS_TLS)                                            \
	X(B, tls_mutual, 0, FACTS_TLS)                                             \
	X(B, tls_accept_clear, 0, FACTS_TLS)                                       \
	X(B, tls_clear_known, 0, FACTS_TLS)      /* NonSecureConnectionsSupported exists */ \
	X(B, tls_clear_supported, 0, FACTS_TLS)                                    \
	X(B, context_exists, 0, FACTS_CONTEXT)                                     \
	X(S, context_cert, 128, FACTS_CONTEXT)   /* InstanceID of ElementInContext */ \
	X(L, clock_skew_ms, 0, FACTS_CLOCK)      /* device minus ours */           \
	X(U, clock_ta0, 0, FACTS_CLOCK)                                            \
	X(L, clock_read_unix_ms, 0, FACTS_CLOCK)                                   \
	X(U, redir_state, 0, FACTS_REDIR)        /* 32768 none, 69 IDER, 70 SOL, 71 both */ \
	X(B, redir_listener, 0, FACTS_REDIR)                                       \
	X(B, kvm_exists, 0, FACTS_KVM)                                             \
	X(U, kvm_state, 0, FACTS_KVM)            /* EnabledState */                \
	X(B, webui_on, 0, FACTS_WEBUI)                                             \
	X(S, key_handle, 128, FACTS_KEYS)        /* our fresh key pair, not yet in a certificate; "" */ \
	X(S, key_public, 900, FACTS_KEYS)        /* its public key, base64 SubjectPublicKeyInfo */ \
	X(S, cert_handle, 128, FACTS_CERTS)      /* our leaf in the device; "" */   \
	X(S, cert_keys, 257, FACTS_CERTS)        /* keys of the other certificates: 16 hex digits each */ \
	X(B, mebx_default, 0, FACTS_MEBX)        /* the factory's MEBx password is still in */ \
	X(U, otp, 0, FACTS_OTP)                  /* enum engine_otp: what it shows, compared */ \
	X(S, leaf_seen, 65, 0)                   /* hex SHA-256 of the leaf in the last handshake */
struct engine_facts {
	unsigned known;   /* groups */
#define X(kind, name, size, group) ENGINE_FACT_##kind(name, size)
#define ENGINE_FACT_S(name, size) char name[size];
#define ENGINE_FACT_B(name, size) bool name;
#define ENGINE_FACT_U(name, size) uint32_t name;
#define ENGINE_FACT_L(name, size) int64_t name;
	ENGINE_FACTS(X)
#undef X
};
void engine_facts_emit(const struct engine_facts *f, struct out *o); /* known groups only */
/* Unknown names are skipped (a newer service may have written them); a bad value is an error. */
bool engine_facts_parse(struct span text, struct engine_facts *out_f, struct err *e);
