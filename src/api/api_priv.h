/* One request under way and what all handlers share. A handler answers with one of api_ok,
 * api_send and api_fail, at once or later; in between it goes on from api_commit, api_later or
 * api_work, which call back with the request. Nobody outside api/ includes this. */
#pragma once
#include "api/api.h"
#include "api/json.h"
#include "api/routes.h"
#include "base/clk.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "net/httpd.h"

#define API_PAGE_DEFAULT 100
#define API_PAGE_MAX     1000
#define API_CHUNK        500 /* rows of one transaction, and between two looks at the loop */

struct api {
	struct api_conf conf;
	struct net_httpd *httpd;
	struct rng rng;
	struct api_req *open;
	struct api_lines *lines;      /* line.c; NULL: no socket */
};

typedef void api_then_fn(struct api_req *r);
struct api_req {
	struct api *api;
	struct api_req *prev, *next;
	const struct api_route *route;
	const char *method, *path, *query;
	const char *name;             /* what stands for {} in the path */
	struct buf body;              /* wiped at the end */
	unsigned uid;
	char actor[24];               /* "uid:0" */
	struct arena arena;
	struct arena scratch;         /* of one chunk */
	struct buf reply;             /* wiped at the end */
	struct api_json json;         /* writes into reply */
	int64_t now_unix_ms, began_mono_us;
	api_reply_fn *fn;
	void *arg;
	api_then_fn *then;
	struct sched_timer *timer;
	struct api_requeue *requeue;
	void *import_ctx;             /* of whoever reads rows of an import */
	void *state;                  /* of a handler that goes on later */
	void (*state_free)(void *state);
	int status;
	const char *content_type;
};

/* ---- answers; each ends the request ---- */
void api_ok(struct api_req *r); /* r->json as it was written */
void api_send(struct api_req *r, const char *content_type); /* r->reply as it is */
void api_fail(struct api_req *r, const struct err *e);

/* ---- going on ---- */
/* A transaction that begins with its audit row. object is never secret. */
struct store_tx *api_tx(struct api_req *r, const char *action, const char *object);
void api_commit(struct api_req *r, struct store_tx *tx, api_then_fn *then); /* failure: api_fail */
void api_later(struct api_req *r, api_then_fn *then);
void api_work(struct api_req *r, void (*work)(void *r), api_then_fn *then);

/* One event to the log and, with tx, to the timeline of a device (uuid) or of the service (""). */
#define API_EVENT(r, tx, uuid, ev, ...)                                                            \
	engine_event((r)->api->conf.engine, (tx), (uuid), (ev), NULL,                              \
		     (const struct log_kv[]){ __VA_ARGS__ __VA_OPT__(, ){ LOG_KIND_END, NULL, NULL, 0 } })

struct sched *api_sched(const struct api *a);

/* ---- what was asked ---- */
const char *api_query(struct api_req *r, const char *key); /* decoded; NULL: absent */
bool api_query_bool(struct api_req *r, const char *key, bool *out_v, struct err *e);
/* One of the blank separated words; NULL when absent. */
bool api_query_word(struct api_req *r, const char *key, const char *words, const char **out_v, struct err *e);
struct api_page {
	const char *after; /* NULL: from the start */
	unsigned limit;    /* of rows in the answer */
};
bool api_query_page(struct api_req *r, struct api_page *out_p, struct err *e);
bool api_query_check(struct api_req *r, struct err *e); /* only keys of the route */
/* Name for profiles, secrets and certificates: letters, digits, - _ . with at most 63 bytes. */
bool api_name_check(const char *what, const char *name, struct err *e);
/* The device that the path names; e has what to do when there is none. */
bool api_device_find(struct api_req *r, struct store_device *out_d, struct err *e);
/* A device, or the UUID of one that never said hello. */
bool api_uuid_find(struct api_req *r, const char *name, const char **out_uuid, struct err *e);
const struct api_route *api_route_find(const char *method, const char *path, struct arena *a,
				       const char **out_name, struct err *e);
/* Ends a list: "next" is the last key when more was there. key NULL: null. */
void api_list_end(struct api_req *r, const char *key);

/* ---- shared between subjects ---- */
void api_hello_life_json(struct api_req *r, const struct store_device *d); /* members; none when it is configured */
/* job_half.c: rows "b-UUID" among the jobs, before them. The list gives how many it wrote, and the last one's id. */
bool api_job_half_is(const char *id); /* NULL is none */
unsigned api_job_half_list(struct api_req *r, const char *state, const char *uuid, const char *after, unsigned limit,
			   const char **out_last);
bool api_job_half_get(struct api_req *r); /* false: there is none */
void api_job_json(struct api_req *r, const char *key, const struct store_job *j, const char *fqdn);
/* The job of that kind of a device queued now, in tx: a new one, or the one that waits.
 * False: it runs already. */
bool api_job_queue(struct api_req *r, struct store_tx *tx, const char *uuid, const char *kind,
		   const char **out_id);
/* Queues it, audited, and answers with its id. False: it runs already; nothing is answered. */
bool api_job_start(struct api_req *r, const struct store_device *d, const char *kind, const char *action, struct err *e);
bool api_word_in(const char *words, const char *word); /* blank separated */
