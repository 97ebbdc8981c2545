/* The soak: one seed makes a world with devices, services, faults and operators, and days of time in
 * milliseconds; the invariants of the design are checked after every event. soak.c is the program,
 * soak_run.c the life of a seed, soak_storm.c what goes wrong, soak_check.c the invariants. */
#pragma once
#include "world.h"
#include "base/buf.h"
#include "base/log.h"
#include "sim/fault.h"

#define SOAK_DEVS    40
#define SOAK_STORMS(X)                                                                     \
	X(STORM_FAULT, "device fault", 30)        X(STORM_CLEAR, "fault taken off", 8)     \
	X(STORM_DEATH, "service death armed", 20) X(STORM_KILL, "service killed", 5)       \
	X(STORM_DISK, "disk error armed", 20)     X(STORM_POWER, "device power loss", 8)   \
	X(STORM_FACTORY, "device cleared", 3)     X(STORM_ADDRESS, "address change", 5)    \
	X(STORM_CUT, "network cut", 8)            X(STORM_STALL, "service stands still", 6) \
	X(STORM_SECOND, "second service", 5)      X(STORM_STOP, "service stopped softly", 3) \
	X(STORM_CLOCK, "clock set", 2)            X(STORM_SETTING, "setting changed", 4)   \
	X(STORM_CONFIGURE, "configure again", 6)  X(STORM_CANCEL, "job cancelled", 4)      \
	X(STORM_PAUSE, "job paused", 2)           X(STORM_RETRY, "job retried", 4)       \
	X(STORM_HOOK, "hook goes wrong", 5)        X(STORM_PROFILE, "profile changed", 3)   \
	X(STORM_CHECK, "check", 3)                X(STORM_RENEW, "certificate renewed", 4)  \
	X(STORM_ROTATE, "password rotated", 5)    X(STORM_UNCONFIGURE, "unconfigured", 5)  \
	X(STORM_APPROVE, "approved", 4)
enum soak_storm {
#define X(name, text, weight) name,
	SOAK_STORMS(X)
#undef X
	STORM_COUNT
};
struct soak_dev {
	const struct sim_generation *generation;
	enum sim_state state;
	char switches[64];
	int64_t comes_mono_ms;         /* -1: it is there */
	unsigned clears;               /* times somebody cleared it: each allows one more configuration */
	int64_t cut_until_mono_ms[WORLD_SERVICES];
	bool operated;                 /* an operator ended or paused its job: none need be there */
	bool taken_back;               /* somebody asked for its configuration to be taken off */
};
struct soak_totals {
	uint64_t seeds, devices, events, requests, deaths, starts, jobs;
	int64_t fake_ms;
	uint64_t storms[STORM_COUNT], faults[SIM_FAULT_COUNT];
};
struct soak {
	struct world w;
	struct rng rng;                /* of the storm; engine and devices have their own */
	uint64_t seed;
	struct soak_dev devs[SOAK_DEVS];
	unsigned dev_count;
	bool pair;                     /* two services on the database: no start recovers jobs */
	bool calm, stepped, stopped[WORLD_SERVICES];
	unsigned next_look;
	unsigned hook_bad;             /* of a hundred runs of the hook; one in three seeds has one */
	int64_t storm_end_mono_ms;
	struct buf log;                /* every line of the service */
	struct soak_totals *totals;
	char doing[64];                /* last thing that was done to the world */
};
struct soak_opts {
	bool trace, log;
	void (*on_fail)(struct watch *t, const char *what);
};
/* Kinds that are configured when nothing goes wrong: found out once, as seed 0. */
void soak_probe(const struct soak_opts *opts);
/* The whole life of one seed; returns the hash of its trace. */
uint64_t soak_run(uint64_t seed, const struct soak_opts *opts, struct soak_totals *totals);

/* soak_run.c */
unsigned soak_pick(struct soak *s, unsigned n);
bool soak_chance(struct soak *s, unsigned percent);
int64_t soak_between(struct soak *s, int64_t lo, int64_t hi);
void soak_start(struct soak *s, unsigned service);
void soak_start_later(struct soak *s, unsigned service, int64_t ms);

void soak_profile(struct soak *s);     /* a new version of it */

/* soak_storm.c */
void soak_storm(struct soak *s);       /* one thing goes wrong */
void soak_calm(struct soak *s);        /* everything is mended */
void soak_rescue(struct soak *s);      /* what people do in the end: power off and on */

void soak_hook(struct world *w, const struct engine_hook_ask *q, struct engine_hook_end *end, int64_t *ms);

/* soak_check.c */
void soak_check_event(struct soak *s);
bool soak_is_settled(struct soak *s);  /* all configured, on both sides, no job left */
void soak_check_end(struct soak *s);
void soak_log_sink(void *arg, enum log_event ev, struct span line);
