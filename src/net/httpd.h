/* HTTP server for our own API on libwebsockets, driven by the same loop: Unix socket (0600, peer
 * uid) now, TCP with TLS for the console later. Bodies are bounded by LIMIT_API_BODY_BYTES. */
#pragma once
#include "base/err.h"
#include "base/span.h"
#include "net/loop.h"

struct net_httpd;
struct net_httpd_req {
	const char *method;      /* "GET" */
	const char *path;        /* decoded, without the query */
	const char *query;       /* raw; "" */
	struct span body;
	unsigned peer_uid;
	struct net_httpd_call *call; /* answer with net_httpd_reply, now or later, exactly once */
};
typedef void net_httpd_fn(void *arg, const struct net_httpd_req *req);
struct net_httpd *net_httpd_new(struct net_loop *l, const char *unix_path, net_httpd_fn *fn, void *arg,
				struct err *e);
void net_httpd_free(struct net_httpd *h);
/* Of a whole body, instead of LIMIT_API_BODY_MS: for tests. */
void net_httpd_limit_body(struct net_httpd *h, int64_t ms);
void net_httpd_reply(struct net_httpd_call *call, int status, const char *content_type, struct span body);
