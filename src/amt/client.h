/* Talking WS-MAN to one device: one request at a time over net/http, with a way in (address, TLS
 * identity, login) that can be changed between requests. Used by the engine and by `wsman
 * --direct`. Knows envelopes, faults and enumerations; decides nothing. */
#pragma once
#include "base/rng.h"
#include "base/sched.h"
#include "base/secret.h"
#include "pki/tlsconf.h"
#include "wsman/envelope.h"
#include "wsman/eoi.h"

struct net_dialer;
struct amt_client;

struct wire_http1_msg;
/* What passes, with all secrets, for traces: net/http.h says when. */
enum amt_event_what { AMT_EVENT_UP, AMT_EVENT_REQUEST, AMT_EVENT_REPLY, AMT_EVENT_DOWN };
struct amt_event {
	enum amt_event_what what;
	const void *client;                      /* to tell connections of several apart */
	const char *address;
	uint16_t port;
	unsigned connection;
	const char *tls, *suite;                 /* "TLS 1.2" and its suite; "" in the clear, or not up */
	struct span request;
	const struct wire_http1_msg *reply;      /* with its body */
	struct span body;
	const struct err *why;
};
struct amt_client_conf {
	struct net_dialer *dialer;
	struct sched *sched;
	struct rng *rng;
	uint32_t up_ms, first_byte_ms, whole_ms; /* 0: defaults */
	bool prefer_auth_int;
	bool (*may_send)(void *arg);             /* net/http.h; NULL: always */
	void *may_send_arg;
	void (*watch)(void *arg, const struct amt_event *ev); /* NULL: nobody looks; calls nothing here */
	void *watch_arg;
};
/* A way into a device. Everything is copied; chain is referenced while the way is open. */
struct amt_way {
	char address[64];
	uint16_t port;
	bool clear;                     /* no TLS */
	struct pki_tls_client tls;      /* PSK, client chain, pin, policy */
	char user[64];                  /* "" : send no login, even when asked (then 401 is an error) */
	struct secret password;         /* owned by the way */
	char realm[128];                /* expected; "" any */
};
void amt_way_deinit(struct amt_way *w);

struct amt_client *amt_client_new(const struct amt_client_conf *c);
void amt_client_free(struct amt_client *c); /* cancels; NULL is fine */
void amt_client_set_way(struct amt_client *c, const struct amt_way *w); /* closes when it differs */
void amt_client_close(struct amt_client *c);
/* Number of the open connection, from 1; 0: none is, the next call makes one. */
unsigned amt_client_connection(const struct amt_client *c);
/* SHA-256 of the leaf that the open connection showed, also inside may_send; false: there is none. */
bool amt_client_leaf(const struct amt_client *c, uint8_t out_sha256[32]);

struct amt_peer { /* what the connection showed */
	bool tls;
	unsigned tls_version;
	char suite[64];
	bool has_leaf;
	uint8_t leaf_sha256[32];
	struct span leaf_der;           /* valid inside the callback */
	char server[96];                /* Server header; "" */
};
struct amt_reply {
	const struct wsman_msg *msg;    /* NULL on error, and for connect and GET */
	const struct wsman_eoi_msg *eoi; /* of amt_client_eoi; NULL otherwise */
	unsigned http_status;           /* 0: none came */
	struct span body;               /* of a GET: valid inside the callback only */
	bool sent;                      /* the request may have reached the device */
	bool authenticated;
	struct arena *arena;            /* of the reply: valid inside the callback only */
	const struct amt_peer *peer;
	const struct wsman_xml *const *items; /* enumerate: instances in order */
	unsigned item_count;
};
/* e is ERR_NONE on success. A fault or an unexpected reply is an error with r->msg still set. */
typedef void amt_client_fn(void *arg, const struct amt_reply *r, const struct err *e);
/* Exactly one callback, never before the call returns; amt_client_cancel prevents it. One call at
 * a time per client (assert). req is emitted before the call returns. */
void amt_client_connect(struct amt_client *c, amt_client_fn *fn, void *arg);
void amt_client_call(struct amt_client *c, const struct wsman_req *req, bool repeatable, uint32_t first_byte_ms,
		     amt_client_fn *fn, void *arg);
void amt_client_enumerate(struct amt_client *c, const char *resource_uri, amt_client_fn *fn, void *arg);
/* One operation of the legacy SOAP interface; r->eoi is the reply. */
void amt_client_eoi(struct amt_client *c, enum wsman_eoi_service s, const char *op,
		    const struct wsman_eoi_param *params, unsigned count, bool repeatable, amt_client_fn *fn, void *arg);
void amt_client_get_path(struct amt_client *c, const char *path, amt_client_fn *fn, void *arg); /* HTTP GET; status only */
void amt_client_cancel(struct amt_client *c);

struct amt_client_stats {
	unsigned round_trips, challenges, handshakes, connects;
	unsigned ups, logins; /* connections that came up; requests with a login, which the PC may count */
};
/* Firmware's fault for a login without the realm of what is asked says neither who nor what: e gets a hint that
 * does, unless it has one. False: that is not what e says. */
bool amt_client_explain_denied(const char *user, struct err *e);
struct amt_client_stats amt_client_get_stats(const struct amt_client *c);
const char *amt_client_realm(const struct amt_client *c);
uint16_t amt_client_port(const struct amt_client *c); /* of its way */
/* "Intel(R) Active Management Technology 16.1.25.1917" -> "16.1.25.1917"; false when it is no AMT. */
bool amt_client_version_of(const char *server_header, char *out_version, size_t cap);
