/* Where AMT was seen from outside, and the discoveries that look for it. Part of store/store.h. */
#pragma once
#include "base/arena.h"

struct store;
struct store_tx;

struct store_sighting {
	const char *address, *state, *version;
	const char *mark;    /* another one: it has changed */
	const char *content; /* JSON */
	int64_t first_unix_ms, at_unix_ms, changed_unix_ms;
	const char *realm, *leaf, *mac, *tls, *owner; /* "" unknown; leaf: SHA-256 in hex */
	/* Read only: the device that it is, "" none, and by what: certificate, realm, mac, address. */
	const char *uuid, *fqdn, *known_by;
};
/* first and changed are kept and set by themselves. An older sighting than the stored one is left out. */
void store_tx_sighting_put(struct store_tx *tx, const struct store_sighting *s);
void store_tx_sighting_prune(struct store_tx *tx, int64_t keep); /* the newest stay */
enum store_sighting_order { STORE_SIGHTING_BY_ADDRESS, STORE_SIGHTING_BY_SEEN, STORE_SIGHTING_BY_CHANGE };
/* By address: all after that one. By the time they were seen last, or changed: those of that time after that
 * address ("": all of them), and the later ones. */
unsigned store_sighting_list(struct store *s, struct arena *a, enum store_sighting_order order,
			     int64_t from_unix_ms, const char *after, unsigned limit,
			     struct store_sighting *out_rows);
/* The newest of that device, those by which it is known better first. False: never seen. */
bool store_sighting_of(struct store *s, struct arena *a, const char *uuid, struct store_sighting *out_s);

struct store_discovery {
	const char *id, *ranges;
	int64_t rate;        /* pings a second; 0: as fast as answers come */
	bool only_ping;
	int64_t port_base, rmcp_port;
	const char *state;   /* queued | running | done | stopped | failed */
	const char *note, *actor;
	int64_t total, done_to, found;
	int64_t at_unix_ms, changed_unix_ms;
};
void store_tx_discovery_add(struct store_tx *tx, const struct store_discovery *d);
void store_tx_discovery_at(struct store_tx *tx, const char *id, int64_t done_to, int64_t found, int64_t now_unix_ms);
void store_tx_discovery_state(struct store_tx *tx, const char *id, const char *state, const char *note,
			      int64_t now_unix_ms);
void store_tx_discovery_prune(struct store_tx *tx, int64_t keep); /* of those that ended */
bool store_discovery_get(struct store *s, struct arena *a, const char *id, struct store_discovery *out_d);
unsigned store_discovery_list(struct store *s, struct arena *a, unsigned limit, struct store_discovery *out_rows);
/* Running or the oldest of the queued ones. */
bool store_discovery_next(struct store *s, struct arena *a, struct store_discovery *out_d);
/* How many are running or queued; actor "": of anybody. */
int64_t store_discovery_open(struct store *s, const char *actor);
