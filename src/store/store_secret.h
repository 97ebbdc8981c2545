/* Keys, certificates and credentials: everything that opens a device, sealed. Part of
 * store/store.h. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct store;
struct store_tx;

/* ---- PSK keys ---- */
struct store_psk {
	const char *pid;
	struct span sealed_pps, sealed_password; /* password: MEBx password that goes with the pair */
	const char *state;                       /* unused | used | released | group: for many PCs */
	const char *used_by;                     /* uuid; ""; of a group: the last one */
	const char *source;
	int64_t at_unix_ms;
};
void store_tx_psk_add(struct store_tx *tx, const struct store_psk *k);     /* existing pid: ERR_CONFLICT */
/* unused/released, or used by the same uuid -> used by uuid; else the tx ends with ERR_CONFLICT. A
 * group stays one. */
void store_tx_psk_use(struct store_tx *tx, const char *pid, const char *uuid, int64_t now_unix_ms);
/* For the tx in which a job begins: ERR_CONFLICT where another PC used the key, or the begun job of
 * another one runs with it. Never for a group. */
void store_tx_psk_take(struct store_tx *tx, const char *pid, const char *uuid, int64_t now_unix_ms);
/* The PC beside uuid whose begun job runs with the key; false: none. */
bool store_psk_holder(struct store *s, struct arena *a, const char *pid, const char *uuid,
		      int64_t now_unix_ms, const char **out_uuid);
void store_tx_psk_release(struct store_tx *tx, const char *pid);
/* Another MEBx password for a key that is there; of a used one only when even_used: its PC refused
 * the former one. Else the tx ends with ERR_CONFLICT. */
void store_tx_psk_put(struct store_tx *tx, const char *pid, struct span sealed_password, bool even_used,
		      int64_t now_unix_ms);
bool store_psk_get(struct store *s, struct arena *a, const char *pid, struct store_psk *out_k);
unsigned store_psk_list(struct store *s, struct arena *a, const char *state, const char *after_pid,
			unsigned limit, struct store_psk *out_rows);
int64_t store_psk_count(struct store *s, const char *state);

/* ---- certificates: provisioning chains, the built-in CA, device leaves ---- */
struct store_cert {
	const char *id;             /* name of a provisioning chain or request; "ca"; serial of a device leaf */
	const char *kind;           /* provisioning | request | ca | device | key */
	const char *uuid;           /* device leaf: whose */
	const char *state;          /* active | candidate | current | previous | disabled | revoked */
	const char *subject, *serial;
	struct span pem;            /* certificates, leaf first */
	struct span sealed_key;     /* empty: none */
	int64_t not_after_unix_ms, at_unix_ms;
};
void store_tx_cert_put(struct store_tx *tx, const struct store_cert *c);
/* Configured devices whose current certificate ends, or whose admin password was set, before that time,
 * and that have no job of that kind yet; the oldest first. A certificate in the first half of its life is none
 * of them: a short one would be renewed again and again. */
enum store_old { STORE_OLD_CERT, STORE_OLD_PASSWORD };
unsigned store_old_list(struct store *s, struct arena *a, enum store_old what, int64_t before_unix_ms,
			const char *job_kind, unsigned limit, const char **out_uuids);
/* The current leaf of that device becomes a previous one. */
void store_tx_cert_former(struct store_tx *tx, const char *uuid);
void store_tx_cert_state(struct store_tx *tx, const char *id, const char *state);
bool store_cert_get(struct store *s, struct arena *a, const char *id, struct store_cert *out_c);
unsigned store_cert_list(struct store *s, struct arena *a, const char *kind, const char *uuid,
			 unsigned limit, struct store_cert *out_rows); /* newest first; NULL: any */
/* Those in use that end in that span of time, the first to end first: active chains and CAs, leaves
 * that a PC shows. */
struct store_cert_ends {
	const char *kind;
	int64_t from_unix_ms, before_unix_ms;
};
unsigned store_cert_list_end(struct store *s, struct arena *a, const struct store_cert_ends *q, unsigned limit,
			     struct store_cert *out_rows);
int64_t store_cert_count_end(struct store *s, const struct store_cert_ends *q);
/* Only those of which nobody was warned for so many days or less. */
unsigned store_cert_list_warn(struct store *s, struct arena *a, const struct store_cert_ends *q, int64_t days,
			      unsigned limit, struct store_cert *out_rows);
void store_tx_cert_warn(struct store_tx *tx, const char *id, int64_t not_after_unix_ms, int64_t days);

/* ---- what the built-in CA took back ---- */
struct store_revocation {
	const char *issuer;         /* key identifier of the CA, hex */
	const char *serial, *reason, *uuid;
	int64_t at_unix_ms, not_after_unix_ms;
};
void store_tx_revoke(struct store_tx *tx, const struct store_revocation *r); /* again: nothing changes */
int64_t store_revocation_count(struct store *s, const char *issuer);
unsigned store_revocation_list(struct store *s, struct arena *a, const char *issuer, const char *after_serial,
			       unsigned limit, struct store_revocation *out_rows); /* by serial */

/* ---- credentials: every secret that ever went or will go to a device ---- */
struct store_credential {
	const char *id;             /* unique text, made by the engine */
	const char *uuid, *kind;    /* admin | mebx | psk | mps; adopt: maybe the admin's ... */
	const char *state;          /* candidate | current | previous | unverifiable | archived | refused */
	struct span sealed;
	const char *user, *realm;
	const char *leaf_sha256;    /* hex; TLS leaf expected together with it; "" */
	const char *tls_mode;       /* clear | psk | server | mutual */
	int64_t port;
	int64_t at_unix_ms, changed_unix_ms;
};
void store_tx_credential_add(struct store_tx *tx, const struct store_credential *c);
void store_tx_credential_state(struct store_tx *tx, const char *id, const char *state, int64_t now_unix_ms);
/* The former current one of that device and kind becomes previous, this one current. */
void store_tx_credential_current(struct store_tx *tx, const char *id, int64_t now_unix_ms);
unsigned store_credential_list(struct store *s, struct arena *a, const char *uuid, const char *kind,
			       unsigned limit, struct store_credential *out_rows); /* newest first */
