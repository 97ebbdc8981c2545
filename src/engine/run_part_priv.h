/* The parts of the profile in a running job: run_part.c goes through them, run_part_load.c finds what
 * they refer to, run_part_print.c tells what differs. */
#pragma once
#include "engine/run_priv.h"

#define SECRETS_MAX 64
#define CERTS_MAX   32
#define LEAVES_MAX  8
#define STEP_MAX    160
#define CHANGES_MAX 200 /* of one job */

struct tried { /* answered well; is it so? */
	struct tried *next;
	unsigned round;
	bool staged; /* not to be seen before the commit */
	char id[];
};
struct run_part {
	const struct engine_part *part;
	const struct engine_node *want;
	struct arena arena; /* what was read */
	struct engine_part_reply have[PART_READS_MAX];
	struct engine_part_more *more, *more_last;
	unsigned next_read, round;
	bool known, unavailable, failed, sent;
	bool told; /* what part->seen gave is on record */
	char lacks[160];
	struct tried *tried;
};
#define SUFFIXES_MAX 32 /* that a PC was seen in, the last ones */
#define LINKS_MAX    3
#define MARK_LINK    "link" /* store_name.h: what joined it to its network */
struct run_parts {
	struct run_part *rows;
	unsigned count, change_count;
	struct run_part *now;
	const char *tag;   /* of part->more under way, in now->arena */
	struct arena work; /* changes that the diff of now gave */
	const struct engine_change *change;
	bool proved, staged;
	char replied[STEP_MAX]; /* step to be journalled with the next transaction */
	bool secret_set;        /* and its secret is in the device now */
	struct engine_part_secret secrets[SECRETS_MAX];
	unsigned secret_count;
	struct span leaves[LEAVES_MAX];
	unsigned leaf_count;
	struct engine_part_cert certs[CERTS_MAX];
	unsigned cert_count;
	const char *suffixes[SUFFIXES_MAX + 1]; /* in r->keep; NULL at the end */
	const char *links[LINKS_MAX + 1]; /* the same */
	struct err refused; /* the first part that the device refused */
	bool has_refused;
};

/* False: neither the profile nor the job names one. */
bool engine_run_parts_any(const struct engine_run *r);

/* run_part_load.c: r->parts, with all that the profile names. False: a secret or a certificate that is
 * not there. */
bool engine_run_parts_load(struct engine_run *r, struct err *e);
void engine_run_part_label(const struct engine_run *r, const char *kind, char *out, size_t cap);
void engine_run_part_forget_tried(struct run_part *p);

/* run_part.c */
struct engine_part_in engine_run_part_in(struct engine_run *r, const struct run_part *p);
bool engine_run_part_read(struct engine_run *r, struct run_part *p); /* false: all is known */
