/* When a PC in setup says hello next, and when it stops: predicted from the hellos heard so far and
 * the published schedule, for the operator. Pure. Never a reason to do or to refuse anything. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct engine_hello_heard {
	int64_t at_unix_ms, retry_count;
	const char *address;
};
struct engine_hello_known {
	const struct engine_hello_heard *rows; /* newest first */
	unsigned count;
	int64_t first_seen_unix_ms, configured_unix_ms; /* 0: never */
	bool in_setup;                                  /* not configured, or said hello since */
};
struct engine_hello_life {
	int64_t began_unix_ms;  /* this series of hellos, as late as it can be */
	int64_t next_unix_ms;   /* 0: none is to come */
	int64_t end_unix_ms;    /* of its window */
	unsigned missed;        /* hellos that should have come since the last one */
	bool is_first;          /* its first window: 24 h, later ones 6 h */
	bool in_limbo;          /* in setup, and it can be heard no more, or should have been heard */
	bool moved;             /* the last two hellos came from different addresses */
	const char *rule;       /* D026, D045; NULL: not in limbo */
};
/* What the source letter of the schedule is: D. Hellos may be late by 90 s. */
void engine_hello_life(const struct engine_hello_known *k, int64_t now_unix_ms, struct engine_hello_life *out_l);
