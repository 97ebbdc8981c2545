/* The in-process world: engine, store and virtual devices over memory streams under the fake
 * clock. TLS is judged, not run. A "crash" ends the service at any point and keeps what was
 * committed; the devices go on. What goes over the wire is watched (watch.h) in every scenario. */
#pragma once
#include "engine/engine.h"
#include "engine/outside.h"
#include "net/stream.h"
#include "sim/dev.h"
#include "watch.h"

/* ./dev test runs scenarios in a plain and in a sanitized build. Where they sample the places at which something goes
 * wrong, each takes the half that the other one leaves; OUTBAND_CRASH_ALL=1: all. */
#ifdef __SANITIZE_ADDRESS__
#define WORLD_HALF 1
#else
#define WORLD_HALF 0
#endif
#define WORLD_MAX_DEVS 64
#define WORLD_SERVICES 2 /* processes on one database; most scenarios start the first alone */
struct world_service {
	struct net_dialer dialer;      /* first: the engine gives it back to us */
	struct world *w;
	unsigned index, starts;
	struct sched *sched;           /* its own: a process that stands still runs no timer */
	struct store *store;
	struct engine *engine;         /* NULL while it is dead */
	struct engine_outside outside; /* world_outside.c */
	int64_t stalled_until_mono_ms;
	bool dying;                    /* a point in the wire fired: dead after this event */
	bool is_stopping;              /* engine_stop was called */
};
struct world_dev {
	struct sim_dev *dev;
	char address[64];
	char uuid[UUID_TEXT_SIZE];
	char pid[9], pps[33];          /* PSK */
};
struct world_want {
	const char *generation;
	const struct sim_generation *made; /* one that is not in the table; must outlive the world */
	enum sim_state state;
	const char *fault, *switches, *suffix;
	const char *admin_password;    /* configured by others, with it */
	enum sim_tls_mode tls;         /* the same */
	const char *mebx_password;     /* of the PC; the store's key row always has the usual one */
	const char *fqdn;              /* NULL: host<index>.example.com */
	bool no_key, no_name;          /* the service has no such row */
	unsigned uuid_of;              /* index + 1 of the device whose UUID it has too */
	unsigned board;                /* see sim_dev_conf */
	unsigned key_of;               /* PSK: index + 1 of the device whose pair it got too */
};
struct world {
	struct sched *sched;
	struct store *store;           /* of the operator and of the world's own looks */
	struct engine *engine;         /* of the first service; NULL while it is dead */
	struct world_service services[WORLD_SERVICES];
	struct watch watch;
	struct pki_seal *seal;
	struct rng rng;
	struct sim_env env;
	struct sim_root roots[6];
	unsigned root_count;
	struct world_dev devs[WORLD_MAX_DEVS];
	unsigned dev_count;
	unsigned hello_count;
	unsigned job_count;
	bool dead;                     /* the armed crash has happened */
	/* After a death; NULL: the service starts again at once. */
	void (*on_death)(struct world *w, struct world_service *s);
	/* True: no packet goes between the two now. NULL: always does. */
	bool (*is_cut)(struct world *w, const struct world_service *s, unsigned dev);
	int64_t work_ms;               /* what workers make takes so long; work_count: so often */
	unsigned work_count;
	/* What the hook program, DNS and the server behind hello.forward do; *ms: after how long. A hook that
	 * takes longer than its limit is ended as the real one is. NULL: there is none. */
	void (*hook)(struct world *w, const struct engine_hook_ask *q, struct engine_hook_end *end, int64_t *ms);
	void (*dns)(struct world *w, const struct engine_dns_ask *q, struct engine_dns_end *end, int64_t *ms);
	void (*forward)(struct world *w, const char *to, struct span bytes, struct err *e);
	/* What a discovery sees at an address; false: nothing. It does discover_step addresses in 100 ms. NULL:
	 * it cannot. */
	bool (*discover)(struct world *w, const char *address, struct store_sighting *out_s);
	unsigned discover_step, discover_running;
	unsigned hook_count, hook_running, hook_peak; /* begun; now; most at once */
	void *arg;
	struct pki_key *(*make_key)(unsigned bits, struct err *e); /* NULL: always the same key */
};
void world_init(struct world *w, uint64_t seed);
void world_trust_chain(struct world *w, const char *name); /* devices trust its root instead */
void world_init_bare(struct world *w, uint64_t seed); /* no provisioning certificate */
/* The service's provisioning chain becomes that row of test_chains; the devices trust "good". */
void world_set_chain(struct world *w, const char *name);
/* Beside the first one, once; the devices trust its root too. */
void world_add_chain(struct world *w, const char *name);
/* The chain that an operator would use for that firmware. */
const char *world_chain_for(const struct sim_generation *g);
void world_deinit(struct world *w);
/* A device in setup; name is mapped as host<index>.example.com. PSK ones get a key in the store. */
unsigned world_add(struct world *w, const char *generation, enum sim_state state, const char *fault, const char *switches);
unsigned world_add_with(struct world *w, const struct world_want *want);
void world_add_key(struct world *w, const char *pid, const char *pps, const char *password);
void world_set_name(struct world *w, unsigned i, const char *fqdn);
void world_set(struct world *w, const char *key, const char *value); /* a setting, then reload */
void world_start_service(struct world *w);
void world_kill_service(struct world *w);
/* The same for one of several; with beside it recovers no job of the others. */
void world_start_one(struct world *w, unsigned service, bool beside);
void world_kill_one(struct world *w, unsigned service);
/* One event of anybody; false when the next one lies after until (the clock then stands there). */
bool world_step(struct world *w, int64_t until_mono_ms);
/* Runs until every device is configured and proven in the store, or fake ms have passed. */
bool world_run_until_done(struct world *w, int64_t limit_ms);
bool world_run_ms(struct world *w, int64_t ms);
/* What the operator's `device configure` does: a job for a device that is known already. */
void world_add_job(struct world *w, unsigned i);
void world_add_job_of(struct world *w, unsigned i, const char *kind);
bool world_job(struct world *w, unsigned i, struct arena *a, struct store_job *out_j); /* not ended */
/* One of any kind that is not ended; with owner: that runs under the lease of that service. */
bool world_job_any(struct world *w, const char *uuid, const char *owner, struct arena *a, struct store_job *out_j);
void world_retry(struct world *w, unsigned i); /* the operator's "try again now" */
/* Newest event of that name (NULL: any) and device ("": of none) whose line contains part. */
bool world_event(struct world *w, const char *uuid, const char *name, const char *part, char *out_line, size_t cap);
void world_init_outside(struct world_service *s); /* for world_start_one */
void world_print(struct world *w);             /* devices and last events, when a test fails */
bool world_device_state(struct world *w, unsigned i, char out_state[32]);
/* Every device: configured once, current password opens it, stored leaf is shown, budget kept. */
void world_check(struct world *w);
void world_check_ways(struct world *w, unsigned i); /* of these only password and leaf, of one */
