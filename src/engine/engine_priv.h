/* What the files of the engine share: the engine itself, its settings, sealed things, events. One
 * running job is in run_priv.h. */
#pragma once
#include "engine/engine.h"
#include "engine/plan.h"
#include "engine/retry.h"
#include "engine/settings.h"
#include "pki/chain.h"
#include "pki/preflight.h"
#include "base/log.h"
#include "wire/hello.h"

#define ENGINE_MAX_CHAINS LIMIT_STORED_CHAINS

enum engine_repair { ENGINE_REPAIR_ASK, ENGINE_REPAIR_AUTO, ENGINE_REPAIR_OFF };
enum engine_ca { ENGINE_CA_USUAL, ENGINE_CA_384, ENGINE_CA_COUNT };
struct engine_run;
struct engine {
	struct engine_conf conf;
	char owner[128];
	struct {
		int64_t workers, port_base, lease_s, hello_rate;
		int64_t check_h, renew_days, rotate_days, logs_h, confirm_h;
		char alert_hook[256], alert_webhook[256];
		enum engine_repair repair;
		bool pki, manual_approval, auth_int;
		enum { ENGINE_OTP_OFF, ENGINE_OTP_OPTIONAL, ENGINE_OTP_REQUIRED } otp;
		char profile[64], ca_url[201];
		char name_sources[64], name_not_yet[256], hook_program[256], dns_servers[256];
		bool name_replace, forward_all, forward_proxy, trace_keys, rekey, otp_close;
		char forward[80], proxies[256];
		int64_t hook_timeout_s, hook_parallel, period_h;
		struct engine_retry_conf retry;
	} set;
	const struct pki_chain *chains[ENGINE_MAX_CHAINS]; /* provisioning; replaced as a whole by reload */
	char chain_names[ENGINE_MAX_CHAINS][64];
	unsigned chain_count;
	struct pki_chain *chains_owned[ENGINE_MAX_CHAINS];
	struct pki_chain **chains_old;  /* replaced, and each still used by a running job: not more than these */
	unsigned chains_old_count, chains_old_cap;
	struct pki_chain *ca[ENGINE_CA_COUNT]; /* issuing CA with key, its root behind it; ENGINE_CA_384: NULL until needed */
	struct pki_chain *client[ENGINE_CA_COUNT]; /* NULL: none, or not looked for */
	bool client_looked[ENGINE_CA_COUNT];
	struct engine_run *runs;        /* list of all, also those that wait */
	unsigned running, waiting, claiming;
	struct engine_console *consoles;     /* console.c */
	struct engine_operation *operations; /* operate.c: newest first */
	unsigned operation_count, operating; /* operating: PCs */
	unsigned telling;                    /* who waits for a console or operation and is told at the next turn */
	unsigned logins;                     /* being stored: holds, ends of sessions (login.c, session.c), alerts */
	struct engine_agenda_run *agenda;    /* schedules that run now */
	struct sched_timer *agenda_timer;
	struct engine_discovery *discovery;  /* discovery.c: the one that runs now */
	struct sched_timer *queue_timer, *lease_timer, *publish_timer, *check_timer;
	struct sched_timer *expiry_timer;
	struct publishing *publishing;  /* a worker makes the lists */
	bool publish_again;             /* what changed may not have been durable when they were made */
	int64_t hook_count;             /* that run now */
	char watch_after[UUID_TEXT_SIZE];      /* alert_watch.c: how far the list was gone through */
	char logs_after[2][UUID_TEXT_SIZE];    /* pc_log.c: how far, of each log */
	struct engine_alert_way {              /* alert_send.c */
		struct engine_alert_send *first, **end;
		unsigned count, running, in_row; /* in_row: tries that failed, one behind the other */
		size_t bytes;
		int64_t dropped;               /* since it last kept up */
		int64_t sent, failed, lost;
		struct sched_timer *again;     /* nothing is tried before */
	} alert_ways[2];                       /* hook, webhook */
	int64_t alert_unknown_minute;
	unsigned alert_unknown_count, logs_turn;
	struct engine_forwarding *forwards;
	unsigned forward_count;
	struct engine_trace *traces;    /* trace.c */
	int64_t clock_offset_ms;        /* wall clock less monotonic one: changes when somebody sets it */
	bool stopping, pumping;
	void (*stopped)(void *arg);
	void *stopped_arg;
	struct sched_timer *stop_timer;
	struct engine_status st;
	struct { int64_t window_ms; unsigned count; char address[64]; } rate[256];
};

/* A job of that kind, now; nothing when one is there already. */
void engine_add_job(struct engine *en, struct store_tx *tx, const char *uuid, const char *kind);

void engine_stop_look(struct engine *en); /* the last one has ended, maybe */

/* alert_send.c: on to the program or the web server; json is copied. At the end what waits is told and left. */
struct amt_alert;
void engine_alert_send_add(struct engine *en, bool webhook, const struct amt_alert *a, const char *uuid, struct span json);
void engine_alerts_end(struct engine *en);

/* schedule.c: from now on what comes due becomes jobs, until check_timer is cancelled */
void engine_schedule_start(struct engine *en);

/* run_check.c: when a device is to be looked at again; INT64_MAX: never */
int64_t engine_check_next(const struct engine *en, const char *uuid);

/* forward.c: true: the hello is another server's and not taken here */
bool engine_forward(struct engine *en, const char *uuid, struct span hello, const char *address);
void engine_forward_orphan(struct engine *en);

/* vault.c: sealed things */
bool engine_vault_load(struct engine *en, struct err *e); /* CA (made when there is none) and chains */
void engine_vault_free(struct engine *en);
void engine_vault_drop_old(struct engine *en); /* those that no running job uses any more */
struct pki_chain *engine_vault_row(struct engine *en, const struct store_cert *row, struct err *e); /* with its key */

/* vault_ca.c: the built-in CAs */
struct engine_ca_keys {
	struct pki_key *root, *issuing; /* not owned */
};
bool engine_vault_load_cas(struct engine *en, struct arena *a, struct err *e); /* the usual one is made when there is none */
void engine_vault_free_cas(struct engine *en);
/* CA for leafs over keys of that size. Only the usual one is there from the start. */
bool engine_vault_has_ca(const struct engine *en, unsigned key_bits);
bool engine_vault_keep_ca(struct engine *en, unsigned key_bits, const struct engine_ca_keys *keys, struct err *e);
struct engine_leaf {
	struct span der; /* in the arena */
	char serial[65];
	int64_t not_after_unix_ms;
};
bool engine_vault_issue(struct engine *en, unsigned key_bits, struct span spki, const char *fqdn, struct arena *a,
			struct engine_leaf *out_leaf, struct err *e);
void engine_vault_list_file(const struct pki_cert *ca, const char *suffix, char out_name[24]);

/* expiry.c: warns before certificates end */
void engine_expiry_soon(struct engine *en); /* look in a moment, then now and then */

/* vault_client.c: the service's own client certificate, for mutual TLS */
#define ENGINE_CLIENT_CN "outband-console"
const struct pki_chain *engine_vault_client(struct engine *en, unsigned key_bits); /* with its key; NULL: never needed so far */
bool engine_vault_need_client(struct engine *en, unsigned key_bits, struct err *e); /* made when there is none */
enum engine_ca engine_vault_which(unsigned key_bits);

/* vault_crl.c: lists are written by conf.publish, at the start, now and then, and after a change */
void engine_vault_publish_soon(struct engine *en, int64_t delay_ms);
void engine_vault_publish_end(struct engine *en); /* the engine goes away */

/* events.c: the timeline */
/* Only the row: for what may be logged only when it is durable. */
void engine_event_row(struct store_tx *tx, const char *uuid, enum log_event ev, const struct err *e,
		      const struct log_kv *kv);
/* False when the same line is among the newest of the device: repeats must not push out the rest. */
bool engine_event_is_news(struct engine *en, const char *uuid, enum log_event ev, const struct err *e,
			  const struct log_kv *kv);
#define ENGINE_EVENT(en, tx, uuid, ev, e, ...)                                                        \
	engine_event((en), (tx), (uuid), (ev), (e),                                                    \
		     (const struct log_kv[]){ __VA_ARGS__ __VA_OPT__(, ){ LOG_KIND_END, NULL, NULL, 0 } })
