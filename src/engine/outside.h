/* What the engine asks outside of the device and the store: the operator's hook program, DNS,
 * another server. The service answers with processes and sockets (cli/serve_outside.c), a fake world
 * by a script. Each call: fn exactly once, never before the call returns, unless its handle was
 * cancelled. What is asked with is copied; what comes back is valid in fn. */
#pragma once
#include "base/err.h"
#include "base/span.h"

#define ENGINE_HOOK_OUT_MAX 65536
struct engine_hook_ask {
	const char *program;
	const char *args[4];          /* uuid, address, pid; NULL ends */
	struct span in;               /* JSON */
	int64_t timeout_ms;
};
struct engine_hook_end {
	struct err why;               /* ERR_NONE: it ended by itself. ERR_TIMEOUT, ERR_LIMIT, ERR_CANCELLED: it
				       * was killed; others: it could not be started */
	int exit_code, signal;
	struct span out, err_text;
	int64_t elapsed_ms;
};
typedef void engine_hook_fn(void *arg, const struct engine_hook_end *end);

#define ENGINE_DNS_NAMES 8
struct engine_dns_ask {
	const char *address;          /* its names; NULL: the address of name */
	const char *name;
	const char *servers;          /* "10.0.0.53,10.0.1.53:5353"; "": those of the system */
	int64_t timeout_ms;
};
struct engine_dns_end {
	struct err why;               /* ERR_NOT_FOUND: the address has no name, or the name no address;
				       * others: no answer */
	const char *address;          /* of the name that was asked for */
	unsigned count;
	struct {
		const char *name;     /* of the address (PTR), without a period at the end */
		bool agrees;          /* the address is among those of the name (A, AAAA) */
	} names[ENGINE_DNS_NAMES];
};
typedef void engine_dns_fn(void *arg, const struct engine_dns_end *end);
typedef void engine_forward_fn(void *arg, const struct err *e); /* e NULL: it was taken */

struct store_sighting; /* store/store.h */
struct engine_discover_ask {
	const char *ranges;           /* base/names.h */
	uint64_t position;            /* where to begin, as discover_look told; 0 */
	uint32_t rate;                /* pings a second; 0: as fast as answers come */
	bool only_ping;
	uint16_t port_base, rmcp_port;
	const struct span *ours;      /* certificates of our own CAs */
	unsigned our_count;
	/* For each address where AMT was seen; valid inside only. */
	void (*on_found)(void *arg, const struct store_sighting *s);
	/* Once and last: all done, or stopped. The handle is gone afterwards. */
	void (*on_end)(void *arg);
	void *arg;
};
struct engine_discover_counts {
	uint64_t position;            /* all before it are done, and on_found was called */
	uint64_t done, found, unresolved;
	char unresolved_name[64];     /* the first of them, or as much of it as fits */
};

struct engine_outside {
	void *ctx;
	void *(*hook)(void *ctx, const struct engine_hook_ask *q, engine_hook_fn *fn, void *arg);
	void (*hook_cancel)(void *handle);
	void *(*dns)(void *ctx, const struct engine_dns_ask *q, engine_dns_fn *fn, void *arg);
	void (*dns_cancel)(void *handle);
	/* One POST of JSON to a web server; NULL: it cannot. */
	void (*post)(void *ctx, const char *url, struct span json, engine_forward_fn *fn, void *arg);
	/* One try to hand bytes over to "HOST:PORT". */
	void (*forward)(void *ctx, const char *to, struct span bytes, engine_forward_fn *fn, void *arg);
	/* Looks for AMT at many addresses. NULL: e says why not. The pointer may be NULL: it cannot. */
	void *(*discover)(void *ctx, const struct engine_discover_ask *q, struct err *e);
	void (*discover_look)(const void *handle, struct engine_discover_counts *out_n);
	void (*discover_stop)(void *handle); /* nothing new begins; on_end follows soon */
	void (*discover_drop)(void *handle); /* the same, but nobody is called any more */
};
