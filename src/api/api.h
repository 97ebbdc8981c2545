/* The service's own HTTP+JSON interface: what the CLI (and later the console) speaks over the Unix
 * socket. The table of routes is routes.h. Runs on the loop thread; talks to devices only through
 * the engine; every change is in the audit before it is answered. */
#pragma once
#include "base/err.h"
#include "base/sched.h"
#include "base/span.h"
#include "engine/engine.h"
#include "net/loop.h"
#include "pki/seal.h"
#include "store/store.h"

struct api;
struct api_hello_counts { /* connections on the hello ports */
	int64_t open, dropped, held, held_ms;
};
struct api_conf {                    /* texts are copied */
	struct net_loop *loop;       /* NULL: a world without sockets; then sched and work are set */
	struct store *store;
	struct engine *engine;
	const struct pki_seal *seal; /* kept for routes that seal without the engine; may be NULL */
	const char *socket_path;     /* NULL: no socket, only api_handle */
	const char *version;         /* of the program */
	const char *hello_ports;     /* "9971" or several, separated by blanks or commas */
	const char *db_path;         /* as shown in the status */
	int64_t start_mono_ms;       /* when the service began */
	void (*count_hellos)(void *arg, struct api_hello_counts *out_n); /* NULL: no hello ports */
	void *count_arg;
	struct sched *sched;         /* NULL: that of the loop */
	/* Work off the loop, as in engine_conf; NULL: net_loop_work. */
	void (*work)(void *ctx, void (*work)(void *), void (*done)(void *), void *arg);
	void *work_ctx;
};
/* Listens when there is a socket path. */
struct api *api_new(const struct api_conf *c, struct err *e);
/* After net_loop_run came back and before net_loop_free and store_close (or, without a loop, when the
 * store has nothing under way). Open requests end with 503; over the socket, which is gone by then,
 * a client only sees it close. */
void api_free(struct api *a);
void api_stop(struct api *a); /* the service is about to end: lines to PCs end, and are told why */

/* One request, as the socket gives it; for tests and other fronts. Everything is copied. fn is
 * called exactly once, never before this returns, api_free at the latest. */
struct api_call {
	const char *method, *path; /* path decoded, without query */
	const char *query;         /* raw; NULL: none */
	struct span body;
	unsigned peer_uid;
};
typedef void api_reply_fn(void *arg, int status, const char *content_type, struct span body);
void api_handle(struct api *a, const struct api_call *c, api_reply_fn *fn, void *arg);
