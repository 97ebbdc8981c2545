/* Inside of a virtual device, for the files of this folder only. Persistent state survives a loss
 * of power and stands in the state file; volatile state does not. Services (fw_*.c) change it and
 * tell in struct fw_ctx what the outside has to do about it; dev*.c and conn.c do that. */
#pragma once
#include "base/mem.h"
#include "sim/dev_consent_priv.h"
#include "sim/dev_gen_priv.h"
#include "sim/dev_power_priv.h"
#include "sim/dev_record_priv.h"
#include "sim/dev_store_priv.h"
#include "sim/dev_tls_priv.h"
#include "sim/fault.h"
#include "sim/switches.h"
#include "sim/vars_priv.h"

#define SIM_CONTEXTS     4 /* open enumerations (G) */
#define SIM_FAILS_KEPT   16
#define SIM_ADMIN_USER   17
#define SIM_REALM_SIZE   64
#define SIM_FAULTS_MAX   8
#define SIM_CONN_MAX     8 /* connections at once (G) */

struct sim_context {
	uint32_t id; /* 0: free */
	uint16_t cls, at;
};
struct sim_dead { /* bytes that an open connection may still point to */
	struct sim_dead *next;
	void *mem;
	struct pki_key *key;
};
enum sim_session {
	SIM_SESSION_CLEAR,
	SIM_SESSION_PSK, /* setup over a pre-shared key */
	SIM_SESSION_PKI, /* setup over a provisioning certificate */
	SIM_SESSION_TLS, /* configured */
};

struct sim_conn; struct sim_redir; struct sim_kvm; struct sim_machine; struct sim_hw_model; struct sim_media;
struct sim_dev {
	const struct sim_env *env;
	const struct sim_generation *gen;
	struct uuid uuid;
	unsigned index, board;
	const struct sim_hw_model *hw;
	char *host_ip;            /* of the PC's system, as it told the firmware; NULL */
	struct rng rng;
	struct sim_switches sw;

	/* persistent */
	enum sim_state state;
	char pid[9], pps[33];     /* empty: none */
	char *suffix;             /* NULL: env's */
	uint8_t links, gateway;   /* dev_reach.c: enum sim_link; it is there */
	char *otp;                /* ProvisioningServerOTP; NULL: none */
	char *hw_changes;         /* what was taken out or exchanged (hw.c); NULL: nothing */
	char *usb_roots;          /* root hashes that a stick brought, as text; NULL: none */
	char *mebx;
	bool mebx_default;
	char admin_user[SIM_ADMIN_USER];
	uint8_t ha1[16];
	bool admin_set;           /* not coupled to the MEBx password any more */
	char realm[SIM_REALM_SIZE];
	char *active[SIM_VAR_COUNT], *staged[SIM_VAR_COUNT]; /* NULL: default; nothing staged */
	struct sim_cert *certs;
	unsigned cert_count;
	struct sim_key *keys;
	unsigned key_count;
	struct sim_record *records;       /* in the order of their making */
	uint32_t context, context_staged; /* certificate handle of the TLS context; SIM_NO_HANDLE */
	bool context_changed;             /* context_staged differs by will, also to none */
	uint8_t pool_next;                /* GenerateKeyPair takes this key of the pool */
	int64_t clock_offset_ms;
	bool clock_set;
	bool window_used;                 /* the 24 h of the first start are over */
	bool power_off;                   /* the PC, not its firmware */
	uint32_t asleep;                  /* with power_off: 3 or 4, as ACPI numbers sleep and hibernate; else 0 */
	char *event_log, *audit_log;      /* as text (dev_events.c, dev_audit.c); NULL: empty */
	bool client_control;              /* configured in client control mode */
	bool lazy_default, lazy_installed; /* these certificates are made at first contact */
	uint32_t provision_hours;         /* ExtendProvisioningPeriod; 0: the default */

	/* volatile */
	struct sim_root *roots; /* with those of a stick; NULL: not made */
	unsigned root_count;
	uint8_t *setup_der[3]; /* certificate shown during setup, its issuers */
	size_t setup_der_n[3];
	unsigned setup_der_count;
	int64_t outage_until_mono_ms, locked_until_mono_ms;
	unsigned fails;                             /* wrong digests in a row */
	int64_t fail_mono_ms[SIM_FAILS_KEPT];       /* when, newest first; 0: none */
	uint8_t nonce_key[16];
	uint32_t nonce_uses, nonce_epoch;
	uint64_t nonce_count;
	unsigned acl_epoch;
	int64_t key_ready_mono_ms;                  /* -1: no key is being made */
	int64_t key_wait_ms;
	uint32_t key_made;                          /* handle of a key that was not asked for yet */
	uint64_t message_count;
	uint32_t context_id;
	struct sim_context contexts[SIM_CONTEXTS];
	struct sim_conn *conns;
	unsigned conn_count, busy_count; /* redirs are connections too */
	struct sim_redir *redirs; struct sim_kvm *kvm; /* kvm NULL: never looked at */
	struct sim_media *media;     /* ider_priv.h; NULL: nothing of virtual drives yet */
	struct sim_machine *machine; /* the PC; NULL: as its power says, and nobody looked yet */
	struct sim_dead *dead;
	struct sim_boot *boot;                      /* dev_boot_priv.h; NULL: not touched yet */
	struct sim_consent consent;
	uint16_t alert_count; /* number of the last trap */
	uint32_t audit_lock; /* handle of who holds the audit log; 0: nobody */
	int64_t audit_lock_until_mono_ms;
	struct sched_timer *hello_timer;
	int64_t hello_start_mono_ms, hello_window_ms;
	uint32_t hello_count;
	bool started;
	struct sim_fault faults[SIM_FAULTS_MAX];
	unsigned fault_count;
	struct sim_dev_stats stats;
};

/* ---- dev.c ---- */
#define SIM_EFFECT_OUTAGE  1u /* the network restarts */
#define SIM_EFFECT_STATE   2u /* to ctx.to_state */
#define SIM_EFFECT_HELLO   4u /* a new hello window begins */
#define SIM_EFFECT_CLOSED  8u /* the window was closed */
#define SIM_EFFECT_EXTEND 16u /* the window ends in provision_hours */
#define SIM_EFFECT_DARK   32u /* outside of its home domains: it answers nobody any more */
/* Does what a request caused outside of the device's own data. */
void sim_dev_effects(struct sim_dev *d, unsigned effects, enum sim_state to, struct sim_conn *keep);
int64_t sim_dev_wait_ms(struct sim_dev *d, int64_t lo_ms, int64_t hi_ms); /* scaled by speed; counted */
void sim_dev_mac(const struct sim_dev *d, char out_text[18]); /* of the wired port: 02-00-.. */
int64_t sim_dev_scale_ms(const struct sim_dev *d, int64_t ms);
const char *sim_dev_suffix(const struct sim_dev *d); /* "" when it has none; faults included */
bool sim_dev_in_setup(const struct sim_dev *d);
void sim_dev_erase_settings(struct sim_dev *d); /* settings, certificates, keys to their defaults */
void sim_dev_erase(struct sim_dev *d);          /* and the admin and the realm */
void sim_dev_couple_admin(struct sim_dev *d); /* admin password = MEBx password */
void sim_dev_new_realm(struct sim_dev *d);
void sim_dev_restart_web(struct sim_dev *d);  /* nonces, contexts: what a restart forgets */
/* Frees when no connection can point there any more. Takes: both. */
void sim_dev_bury(struct sim_dev *d, void *mem, struct pki_key *key);
void sim_dev_dig(struct sim_dev *d); /* frees what was buried, if it may */
void sim_dev_set_state(struct sim_dev *d, enum sim_state to);
void sim_dev_forget_ram(struct sim_dev *d);          /* what a loss of power loses */
void sim_dev_outage(struct sim_dev *d, int64_t ms); /* no network from now on, for so long */

/* ---- dev_usb.c ---- */
const struct sim_root *sim_dev_roots(struct sim_dev *d, unsigned *out_count); /* trusted: factory's and own */
void sim_dev_drop_roots(struct sim_dev *d);                                     /* own ones */

/* ---- dev_hello.c ---- */
void sim_hello_start(struct sim_dev *d, bool first_window);
void sim_hello_stop(struct sim_dev *d);
void sim_hello_extend(struct sim_dev *d, uint32_t hours); /* the window ends so long from now */

/* ---- conn.c ---- */
/* Connections die, but for keep (NULL: all). */
void sim_conn_reset_all(struct sim_dev *d, struct sim_conn *keep);
void sim_conn_free_all(struct sim_dev *d);
