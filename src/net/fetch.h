/* Bytes from web servers of the outside (never from devices), by libcurl. Every function but new and
 * free waits: on workers only. One fetch is used by one thread at a time. */
#pragma once
#include "base/err.h"
#include "base/span.h"

struct net_fetch;
/* One POST of JSON; anything but a 2xx answer within the time is an error; ERR_INVALID: it
 * will not be taken another time either (4xx). */
bool net_fetch_post(const char *url, struct span json, int64_t timeout_ms, struct err *e);
/* http:// and https:// only; ca_file NULL: the system's certificates. Both are copied. */
struct net_fetch *net_fetch_new(const char *url, const char *ca_file);
void net_fetch_free(struct net_fetch *f); /* NULL is fine */
/* Ends what runs within a second, as ERR_CANCELLED, and all that would come. From any thread. */
void net_fetch_stop(struct net_fetch *f);
/* A URL as messages may show it: without a login, and without what stands behind '?'. Caller frees. */
char *net_fetch_show_url(const char *url);
/* By which a thing is known again: its size, and what the server says to tell its states apart ("": nothing). */
struct net_fetch_id { uint64_t bytes; char etag[128], modified[64]; };
/* What the thing is now, from a server that gives parts of it. */
bool net_fetch_look(struct net_fetch *f, struct net_fetch_id *out_id, struct err *e);
/* Exactly n bytes from at. id: what net_fetch_look said, since it must not become another thing on the way. */
bool net_fetch_range(struct net_fetch *f, uint64_t at, uint8_t *to, size_t n, const struct net_fetch_id *id,
		     struct err *e);
