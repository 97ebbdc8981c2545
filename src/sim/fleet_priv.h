/* Files that a fleet is made of: key pairs (CSV), trusted roots (PEM), passwords. For fleet*.c. */
#pragma once
#include "base/buf.h"
#include "base/secret.h"
#include "sim/fleet.h"

bool sim_fleet_file_read(const char *path, size_t max, struct buf *b, struct err *e); /* b is initialised here */
/* First line of the file, without its end. */
bool sim_fleet_file_password(const char *path, struct secret *out_password, struct err *e);
/* SHA-1, SHA-256 and SHA-384 of each certificate. Caller frees *out_roots with mem_free. */
bool sim_fleet_file_roots(const char *path, struct sim_root **out_roots, unsigned *out_count, struct err *e);

/* Key pairs in the order of the file: "pid,pps,mebx_password", the last may be missing or empty.
 * A first line with these names may give another order and more columns. */
struct sim_fleet_keys;
struct sim_fleet_pair {
	char pid[9], pps[33];
	char mebx[64]; /* "" : default */
};
struct sim_fleet_keys *sim_fleet_keys_open(const char *path, struct err *e);
const char *sim_fleet_keys_path(const struct sim_fleet_keys *k);
bool sim_fleet_keys_next(struct sim_fleet_keys *k, struct sim_fleet_pair *out_pair, struct err *e);
void sim_fleet_keys_free(struct sim_fleet_keys *k);
