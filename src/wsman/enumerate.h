/* Enumerate and Pull as a pure state machine: gives requests, takes replies, ends at
 * EndOfSequence (which decides over a context beside it). Bounded number of pulls and items. */
#pragma once
#include "wsman/envelope.h"

#define WSMAN_ENUMERATE_MAX_ITEMS 1024
#define WSMAN_ENUMERATE_MAX_PULLS 256
enum wsman_enumerate_state { WSMAN_ENUMERATE_SEND, WSMAN_ENUMERATE_DONE, WSMAN_ENUMERATE_FAILED };
struct wsman_enumerate {
	const char *resource_uri;
	struct arena *arena;      /* items and contexts are kept here until the end */
	char context[160];
	unsigned pull_count, item_count;
	const struct wsman_xml **items;
};
void wsman_enumerate_init(struct wsman_enumerate *s, const char *resource_uri, struct arena *a);
/* The next request to send. */
void wsman_enumerate_emit(struct wsman_enumerate *s, const char *message_id, struct out *o);
/* A reply came (parsed into the same arena). */
enum wsman_enumerate_state wsman_enumerate_feed(struct wsman_enumerate *s, const struct wsman_msg *m,
						unsigned http_status, struct err *e);
