/* Which address gets its presence ping when: rates, tries, windows, and who has answered. Pure: times
 * come from the caller, so that hours pass in a test's milliseconds. Memory is that of the pings under
 * way, however long the list is. discover.c sends and receives. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define AMT_PINGS_RATE     1000 /* a second, in all: the default */
#define AMT_PINGS_NET_RATE 100  /* of one /24 */
#define AMT_PINGS_TRIES    2

struct amt_pings_conf {
	uint32_t rate;     /* a second, in all; 0: as fast as answers come */
	uint32_t net_rate; /* of one /24; 0: no limit */
	unsigned tries;
	uint32_t again_ms, end_ms; /* between tries; after the last one */
	uint32_t max;      /* under way at once */
};
/* Defaults for a rate; 0 also lifts the limit for one /24 and tries once more. */
void amt_pings_conf_init(struct amt_pings_conf *c, uint32_t rate);

struct amt_pings;
struct amt_pings *amt_pings_new(const struct amt_pings_conf *c, int64_t now_ms);
void amt_pings_free(struct amt_pings *p);

enum amt_pings_do { AMT_PINGS_LATER, AMT_PINGS_SEND, AMT_PINGS_TWICE /* it is under way: nothing to do */ };
/* Whether a ping to a new address may leave now; then it counts as sent. position: of the address in the
 * list, given back later. */
enum amt_pings_do amt_pings_add(struct amt_pings *p, uint32_t ip, uint64_t position, int64_t now_ms,
				uint8_t *out_tag);
/* One to send again now; false: none. */
bool amt_pings_again(struct amt_pings *p, int64_t now_ms, uint32_t *out_ip, uint8_t *out_tag);
/* One that did not answer, given up; false: none. */
bool amt_pings_silent(struct amt_pings *p, int64_t now_ms, uint32_t *out_ip, uint64_t *out_position);
/* False: nobody waits for that. An answer that came only to a repeated ping shows loss, and the pace
 * falls by half; it rises again while none does. */
bool amt_pings_answer(struct amt_pings *p, uint32_t ip, uint8_t tag, int64_t now_ms, uint64_t *out_position);
uint32_t amt_pings_count(const struct amt_pings *p); /* under way */
/* The lowest position under way, or otherwise. */
uint64_t amt_pings_lowest(const struct amt_pings *p, uint64_t otherwise);
uint32_t amt_pings_rate(const struct amt_pings *p); /* now; 0: no limit */
uint32_t amt_pings_window(const struct amt_pings *p);

/* Position i of a walk through count members that visits each once and lies far from its
 * neighbours, so that no network gets a burst. count at most 2^32. */
uint64_t amt_pings_walk(uint64_t i, uint64_t count);
