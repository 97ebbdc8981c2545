/* HTTP conversation with one device on any stream: keep-alive, digest with the 401 rule, the 401
 * that closes, a deadline per phase, one request at a time, cancellation. Knows nothing of
 * WS-MAN. A stream belongs to one credential: net_http_set closes the open one whenever target,
 * TLS identity, user, realm or password differ. */
#pragma once
#include "base/rng.h"
#include "base/sched.h"
#include "base/secret.h"
#include "net/stream.h"
#include "wire/digest.h"
#include "wire/http1.h"

/* What passes, in the clear and with all secrets, for traces. Spans are valid only inside watch, which
 * calls nothing here. */
enum net_http_seen { NET_HTTP_UP, NET_HTTP_REQUEST, NET_HTTP_REPLY, NET_HTTP_DOWN };
struct net_http_event {
	enum net_http_seen what;
	const struct net_target *to;
	unsigned connection;          /* from 1 */
	const struct net_tls_facts *facts; /* NULL: not up */
	struct span request;          /* head and body */
	const struct wire_http1_msg *reply; /* with its body */
	struct span body;
	const struct err *why;        /* NET_HTTP_DOWN */
};
struct net_http_conf {
	struct net_dialer *dialer;
	struct sched *sched;
	struct rng *rng;              /* cnonces */
	uint32_t up_ms, first_byte_ms, whole_ms; /* deadlines of connect+handshake, wait, body; 0: defaults */
	bool prefer_auth_int;         /* when both are offered; default auth */
	/* Asked whenever a request is about to leave, which may be long after its start; false ends it
	 * unsent with ERR_CONFLICT. NULL: always. */
	bool (*may_send)(void *arg);
	void *may_send_arg;
	void (*watch)(void *arg, const struct net_http_event *ev); /* NULL: nobody looks */
	void *watch_arg;
};
struct net_http_cred { /* user NULL: never send Authorization */
	const char *user;
	const struct secret *password;
	const char *realm;            /* stop with ERR_REALM when the device asks for another; NULL: any */
};
struct net_http;
struct net_http *net_http_new(const struct net_http_conf *c);
void net_http_free(struct net_http *h); /* cancels, closes */
/* Copies target, TLS settings and credential (password is copied and wiped at the end). The TLS
 * chain is not copied: it stays until a net_http_set with another one came back. A running
 * exchange ends with ERR_CANCELLED when something differs. */
void net_http_set(struct net_http *h, const struct net_target *t, const struct net_http_cred *cred);
void net_http_close(struct net_http *h);            /* closes the stream and forgets the nonce */

struct net_http_req {
	const char *method, *target;  /* "POST" "/wsman" */
	const char *content_type;
	struct span body;             /* copied */
	bool repeatable;              /* may be sent again when a kept connection died unanswered */
	uint32_t first_byte_ms;       /* 0: that of the conversation */
	const char *soap_action;      /* value of that header; NULL: none */
};
struct net_http_reply {
	const struct wire_http1_msg *msg;
	struct span body;
	const struct net_tls_facts *facts;
	bool authenticated;           /* an Authorization header was sent and accepted */
};
struct net_http_stats {               /* of the conversation since net_http_new */
	unsigned exchanges;           /* HTTP requests on the wire, 401s included */
	unsigned challenges;          /* of these, answered 401 */
	unsigned connects, handshakes; /* connects: tries */
	unsigned ups, logins;          /* connections that came up; requests that carried a digest */
};
struct net_http_op;
/* r NULL: e says why. e->code ERR_AUTH: the credential is wrong (count it); ERR_DENIED: a login is
 * asked for and none is set; ERR_REALM, ERR_UNSUPPORTED: no digest was sent. request_sent: bytes of
 * the request left, so the device may have acted (false when its last word was 401). Spans are
 * valid only inside fn, in which every call here is allowed, net_http_free too. */
typedef void net_http_fn(void *arg, const struct net_http_reply *r, bool request_sent, const struct err *e);
/* Starts one exchange, or queues it behind the one that runs. Calls fn exactly once, never before
 * this returns, unless cancelled.
 * Any HTTP status but 401 is a reply, not an error. */
struct net_http_op *net_http_start(struct net_http *h, const struct net_http_req *req, net_http_fn *fn,
				   void *arg);
void net_http_cancel(struct net_http_op *op); /* closes the stream; fn is never called; NULL is fine */
/* Only connect and handshake: fn with r->msg NULL and the facts. */
struct net_http_op *net_http_connect(struct net_http *h, net_http_fn *fn, void *arg);
bool net_http_is_open(const struct net_http *h); /* false: the next request makes a new connection */
/* Of the open connection, also inside may_send; NULL while none is up. Valid until it ends. */
const struct net_tls_facts *net_http_facts(const struct net_http *h);
const struct net_http_stats *net_http_get_stats(const struct net_http *h);
const char *net_http_realm(const struct net_http *h); /* of the last challenge; "" */
