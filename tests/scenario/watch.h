/* Watches every byte between services and devices of the in-process world, and fails at once when
 * - a request goes out whose sender does not hold the lease of that device's job,
 * - a secret goes out that is not in the store yet, sealed, with what is needed to use it,
 * - a change whose answer never came is repeated without a look at the device before,
 * - a secret that cannot be read back is replaced by another one while it may be in.
 * Two requests at one time are counted by the device itself (sim_dev_stats).
 * Keeps a trace with a hash, so that two runs can be compared. Changes nothing. */
#pragma once
#include "base/hash.h"
#include "base/span.h"
#include "base/str.h"

struct wire_http1;
struct world;
struct world_service;

struct watch_conn { /* of one service with one device: it has at most one at a time */
	char job[40];                   /* that holds the lease, when it sent last */
	struct world_service *service;
	unsigned dev;
	bool cut;                       /* a partition swallowed bytes */
	unsigned clears;                /* of the PC, when it was dialled */
	struct wire_http1 *request, *reply;
	bool is_read;                   /* the last whole request that went out */
	char cls[64];                   /* its class */
	uint64_t act;
};
#define WATCH_ACTS    64
#define WATCH_SECRETS 96
struct watch_act { /* a change that was asked for: class and method */
	uint64_t key, value;
	char name[96];
	const char *product;            /* class to look at before it is repeated; NULL: anything */
	const struct world_service *by;
	bool open, seen;                /* not known to be done; the device was looked at since */
	bool may_be_in;                 /* value: no answer, or a good one */
	char job[40];                   /* that sent it */
	unsigned done_count;            /* of the device's jobs, when a secret was sent */
};
struct watch_secret {
	char kind[8];                   /* admin (HA1 that was sent), mebx, psk, key (hash) */
	uint8_t bytes[64];
	size_t n;
	unsigned done_count;            /* of the device's jobs, when it was sent */
};
struct watch_dev {
	struct watch_act acts[WATCH_ACTS];
	struct watch_secret secrets[WATCH_SECRETS];
	unsigned act_count, secret_count;
	unsigned clears;                /* times that somebody cleared it */
	unsigned changes;               /* requests that change something, since the world began */
};
#define WATCH_TAIL 60
struct watch {
	struct world *w;
	struct watch_conn *conns;
	struct watch_dev *devs;
	char (*tail)[200];
	uint64_t lines, hash;
	uint64_t requests, steps;       /* HTTP requests, events */
	bool strict;                    /* reads need the lease as well */
	bool print;
	void (*on_fail)(struct watch *t, const char *what); /* does not return; NULL: the test fails */
};
void watch_init(struct watch *t, struct world *w);
void watch_deinit(struct watch *t);
struct watch_conn *watch_dial(struct watch *t, struct world_service *s, unsigned dev);
void watch_bytes(struct watch *t, struct watch_conn *c, bool out, struct span bytes);
void watch_death(struct watch *t, const struct world_service *s);
/* Somebody cleared the PC, which ended its connections: what was set is gone, and what leaves over
 * such a connection before its end is noticed does not arrive. */
void watch_forget(struct watch *t, unsigned dev);
/* Every secret that ever went to that device is in the store and opens. */
void watch_check_secrets(struct watch *t, unsigned dev);
void watch_note(struct watch *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void watch_fail(struct watch *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
