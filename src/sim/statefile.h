/* State file of a fleet: what was set on the devices, kept over a restart of the simulator. A
 * header line, then one YAML document per device that was touched ("--- # device 7" to "..."); of
 * several for one device the last counts. Changes are appended; the whole is written anew beside
 * the file and renamed over it, so that a crash at any time leaves a readable file. Holds passwords
 * and keys: mode 0600. */
#pragma once
#include "sim/fleet.h"

struct sim_statefile;
/* Loads what is there into the devices, then writes the file anew. */
struct sim_statefile *sim_statefile_open(const char *path, struct sim_fleet *f, struct err *e);
void sim_statefile_touch(struct sim_statefile *s, unsigned index); /* it changed without a request */
bool sim_statefile_save(struct sim_statefile *s, struct err *e);    /* appends what changed */
bool sim_statefile_rewrite(struct sim_statefile *s, struct err *e); /* at the end, and when it grew */
void sim_statefile_free(struct sim_statefile *s);                   /* writes nothing; NULL is fine */

/* One document after the other: *at goes on from 0. False at the end; a last one without its "..."
 * was cut by a crash and is left out. */
struct sim_statefile_doc {
	unsigned index, line; /* line: of the document's first */
	struct span yaml;
};
bool sim_statefile_next(struct span text, size_t *at, unsigned *line, struct sim_statefile_doc *out_doc);
