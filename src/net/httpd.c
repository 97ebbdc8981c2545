/* HTTP server for our own API: libwebsockets on our libuv loop, one Unix socket. Used by api. Only
 * root and the user of the process get past the first line. Never on the way to a device, never
 * on a TCP port without the console's own TLS. */
#include "net/httpd.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/stream_priv.h"
#include <libwebsockets.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_CONNECTIONS 512 /* lws sizes its tables by this, not by our descriptor limit */
#define MAX_HEAD_BYTES  16384
#define MAX_PATH_BYTES  2048
#define MAX_QUERY_BYTES 4096
#define WRITE_BYTES     16384
#define WAIT_S          30

struct net_httpd {
	struct net_loop *loop;
	struct lws_context *ctx; /* NULL: destroyed for good */
	net_httpd_fn *fn;
	void *arg;
	char *path;
	int64_t body_ms;
	bool ending, freed;
	struct net_link stop, at_end;
};

enum call_state { CALL_BODY, CALL_OPEN, CALL_REPLIED };
struct net_httpd_call {
	struct lws *wsi; /* NULL: the client went away */
	struct net_httpd *h;
	enum call_state state;
	const char *method;
	char path[MAX_PATH_BYTES], query[MAX_QUERY_BYTES];
	unsigned peer_uid;
	struct buf body;
	struct sched_timer *deadline; /* of the body */
	bool close_after;
	int status;
	char content_type[64];
	struct buf reply;
	size_t reply_at;
	bool head_sent;
};
struct session {
	struct net_httpd_call *call;
};

static void call_free(struct net_httpd_call *c)
{
	sched_cancel(c->deadline);
	buf_wipe(&c->body);
	buf_wipe(&c->reply);
	mem_free(c);
}

/* --- replies --- */

static void set_reply(struct net_httpd_call *c, int status, const char *content_type,
		      struct span body)
{
	sched_cancel(c->deadline);
	c->deadline = NULL;
	c->state = CALL_REPLIED;
	c->status = status;
	(void)str_copy(c->content_type, sizeof c->content_type, span_str(content_type));
	buf_init(&c->reply, body.n + 1);
	if (!c->method || strcmp(c->method, "HEAD") != 0)
		(void)buf_add(&c->reply, body);
	buf_wipe(&c->body);
	lws_set_timeout(c->wsi, PENDING_TIMEOUT_HTTP_CONTENT, WAIT_S);
	lws_callback_on_writable(c->wsi);
}

void net_httpd_reply(struct net_httpd_call *call, int status, const char *content_type,
		     struct span body)
{
	if (call->wsi)
		set_reply(call, status, content_type, body);
	else
		call_free(call);
}

static void refuse(struct net_httpd_call *c, int status, const char *text)
{
	c->close_after = true;
	set_reply(c, status, "text/plain", span_str(text));
}

static int send_head(struct net_httpd_call *c)
{
	uint8_t mem[LWS_PRE + 1024], *p = mem + LWS_PRE, *start = p, *end = mem + sizeof mem;

	if (lws_add_http_common_headers(c->wsi, (unsigned)c->status, c->content_type, c->reply.n,
					&p, end) != 0 ||
	    lws_finalize_write_http_header(c->wsi, start, &p, end) != 0)
		return -1;
	c->head_sent = true;
	return 0;
}

static int send_part(struct net_httpd_call *c)
{
	uint8_t mem[LWS_PRE + WRITE_BYTES];
	size_t left = c->reply.n - c->reply_at, n = left < WRITE_BYTES ? left : WRITE_BYTES;
	bool last = n == left;

	memcpy(mem + LWS_PRE, c->reply.p + c->reply_at, n);
	c->reply_at += n;
	return lws_write(c->wsi, mem + LWS_PRE, n, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) <
		0;
}

/* Nonzero ends the connection. */
static int on_writable(struct lws *wsi, struct session *ss)
{
	struct net_httpd_call *c = ss->call;
	bool close_after;

	if (!c || c->state != CALL_REPLIED)
		return 0;
	if (!c->head_sent ? send_head(c) != 0 : c->reply.n && send_part(c) != 0)
		return -1;
	if (c->reply_at < c->reply.n) {
		lws_callback_on_writable(wsi);
		return 0;
	}
	close_after = c->close_after;
	ss->call = NULL;
	call_free(c);
	return close_after || lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

/* --- requests --- */

static const struct {
	enum lws_token_indexes token;
	const char *method;
} methods[] = {
	{ WSI_TOKEN_GET_URI, "GET" },         { WSI_TOKEN_POST_URI, "POST" },
	{ WSI_TOKEN_PUT_URI, "PUT" },         { WSI_TOKEN_DELETE_URI, "DELETE" },
	{ WSI_TOKEN_PATCH_URI, "PATCH" },     { WSI_TOKEN_HEAD_URI, "HEAD" },
	{ WSI_TOKEN_OPTIONS_URI, "OPTIONS" },
};

static bool read_line(struct lws *wsi, struct net_httpd_call *c)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		if (lws_hdr_total_length(wsi, methods[i].token) <= 0)
			continue;
		c->method = methods[i].method;
		return lws_hdr_copy(wsi, c->path, sizeof c->path, methods[i].token) > 0;
	}
	return false;
}

/* lws cuts the query at '&' and undoes the percent signs; put back what would change the meaning. */
static bool read_query(struct lws *wsi, struct net_httpd_call *c)
{
	char part[MAX_QUERY_BYTES];
	struct out o;
	int n;

	out_init(&o, c->query, sizeof c->query - 1);
	for (int i = 0; !o.bad; i++) {
		n = lws_hdr_copy_fragment(wsi, part, sizeof part, WSI_TOKEN_HTTP_URI_ARGS, i);
		if (n < 0)
			break;
		out_str(&o, i ? "&" : "");
		for (int k = 0; k < n; k++) {
			uint8_t b = (uint8_t)part[k];
			if (b <= ' ' || b >= 0x7f || b == '&' || b == '%' || b == '#' || b == '+')
				out_fmt(&o, "%%%02X", b);
			else
				out_u8(&o, b);
		}
	}
	c->query[o.bad ? 0 : o.n] = '\0';
	return !o.bad;
}

static bool may_use(struct net_httpd_call *c)
{
	static struct log_rate rate;

	if (net_unix_peer_uid_priv(lws_get_socket_fd(c->wsi), &c->peer_uid) &&
	    (c->peer_uid == 0 || c->peer_uid == getuid()))
		return true;
	if (log_rate_ok(&rate, 1))
		log_ev(LOG_EV_API_DENIED, LOG_I("peer_uid", c->peer_uid));
	return false;
}

static void dispatch(struct net_httpd_call *c)
{
	struct net_httpd_req req = {
		.method = c->method,
		.path = c->path,
		.query = c->query,
		.body = buf_span(&c->body),
		.peer_uid = c->peer_uid,
		.call = c,
	};

	sched_cancel(c->deadline);
	c->deadline = NULL;
	c->state = CALL_OPEN;
	lws_set_timeout(c->wsi, NO_PENDING_TIMEOUT, 0); /* an answer may take its time */
	c->h->fn(c->h->arg, &req);
}

/* libwebsockets waits again for each byte of a body. */
static void on_deadline(void *arg)
{
	struct net_httpd_call *c = arg;

	c->deadline = NULL;
	refuse(c, 408, "the body did not come in time\n");
}

/* The head is there. Nonzero ends the connection. */
static int on_head(struct net_httpd *h, struct lws *wsi, struct session *ss)
{
	struct net_httpd_call *c = MEM_NEW(struct net_httpd_call);
	char length[24];
	uint64_t n = 0;

	c->h = h;
	c->wsi = wsi;
	ss->call = c;
	buf_init(&c->body, (size_t)LIMIT_API_BODY_BYTES);
	buf_init(&c->reply, 0);
	if (!may_use(c)) {
		refuse(c, 403, "this socket belongs to another user\n");
	} else if (!read_line(wsi, c) || !read_query(wsi, c)) {
		refuse(c, 400, "the request line cannot be read\n");
	} else if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
		refuse(c, 411, "send a Content-Length\n");
	} else if (lws_hdr_copy(wsi, length, sizeof length, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0 &&
		   !str_to_u64(span_str(length), 0, (uint64_t)LIMIT_API_BODY_BYTES, &n, NULL)) {
		refuse(c, 413, "the body is too large\n");
	} else if (n == 0) {
		dispatch(c);
	} else {
		c->deadline = sched_after(net_loop_sched(h->loop), h->body_ms, on_deadline, c);
	}
	return 0;
}

static int on_body(struct session *ss, struct span part)
{
	struct net_httpd_call *c = ss->call;

	if (!c || c->state != CALL_BODY)
		return 0; /* refused: read over */
	if (!buf_add(&c->body, part))
		refuse(c, 413, "the body is too large\n");
	return 0;
}

static void on_gone(struct session *ss)
{
	struct net_httpd_call *c = ss->call;

	ss->call = NULL;
	if (!c)
		return;
	c->wsi = NULL;
	if (c->state != CALL_OPEN)
		call_free(c); /* else net_httpd_reply does */
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t len)
{
	struct net_httpd *h = lws_context_user(lws_get_context(wsi));
	struct session *ss = user;

	if (reason == LWS_CALLBACK_HTTP)
		return on_head(h, wsi, ss);
	if (reason == LWS_CALLBACK_HTTP_BODY)
		return on_body(ss, span_make(in, len));
	if (reason == LWS_CALLBACK_HTTP_BODY_COMPLETION) {
		if (ss->call && ss->call->state == CALL_BODY)
			dispatch(ss->call);
		return 0;
	}
	if (reason == LWS_CALLBACK_HTTP_WRITEABLE)
		return on_writable(wsi, ss);
	if (reason == LWS_CALLBACK_CLOSED_HTTP || reason == LWS_CALLBACK_HTTP_DROP_PROTOCOL) {
		if (ss)
			on_gone(ss);
		return 0;
	}
	return 0; /* the many others are for uses that we do not have */
}

/* --- life --- */

static const struct lws_protocols protocols[] = {
	{ .name = "http", .callback = on_event, .per_session_data_size = sizeof(struct session) },
	{ .name = NULL },
};

static bool make_context(struct net_httpd *h, struct err *e)
{
	void *loops[1] = { net_loop_uv(h->loop) };
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN,
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
		.foreign_loops = loops,
		.fd_limit_per_thread = MAX_CONNECTIONS,
		.max_http_header_data = MAX_HEAD_BYTES,
		.user = h,
		.gid = -1,
		.uid = -1,
	};

	lws_set_log_level(0, NULL); /* its lines name no object; what matters comes as errors */
	h->ctx = lws_create_context(&info);
	if (h->ctx)
		return true;
	err_set(e, ERR_IO, "libwebsockets does not start on libuv");
	return err_hint(e, "install libwebsockets-evlib-uv");
}

static bool make_vhost(struct net_httpd *h, struct err *e)
{
	struct lws_context_creation_info info = {
		.port = 0,
		.iface = h->path,
		.options = LWS_SERVER_OPTION_UNIX_SOCK,
		.protocols = protocols,
		.vhost_name = "api",
		.keepalive_timeout = 60,
		.timeout_secs = WAIT_S,
	};
	mode_t before;
	bool ok;

	if (!net_unix_prepare_priv(h->path, e))
		return false;
	before = umask(0177); /* not even for a moment open to others */
	ok = lws_create_vhost(h->ctx, &info) != NULL;
	(void)umask(before);
	if (ok && chmod(h->path, 0600) == 0)
		return true;
	err_set(e, ERR_IO, "cannot listen at %s", h->path);
	return err_hint(e, "check that the folder exists and may be written");
}

/* lws wants to be destroyed twice: to begin, while the loop runs, and when its handles are gone. */
static void begin_end(struct net_httpd *h)
{
	if (h->ending)
		return;
	h->ending = true;
	net_link_remove(&h->stop);
	if (h->ctx) {
		(void)unlink(h->path);
		lws_context_destroy(h->ctx);
		net_loop_at_end(h->loop, &h->at_end);
	}
}

static void finish_end(struct net_link *l)
{
	struct net_httpd *h = NET_OWNER(l, struct net_httpd, at_end);

	lws_context_destroy(h->ctx);
	h->ctx = NULL;
	if (h->freed) {
		mem_free(h->path);
		mem_free(h);
	}
}

static void on_stop(struct net_link *l)
{
	begin_end(NET_OWNER(l, struct net_httpd, stop));
}

struct net_httpd *net_httpd_new(struct net_loop *l, const char *unix_path, net_httpd_fn *fn,
				void *arg, struct err *e)
{
	struct net_httpd *h = MEM_NEW(struct net_httpd);

	h->loop = l;
	h->fn = fn;
	h->arg = arg;
	h->body_ms = LIMIT_API_BODY_MS;
	h->path = mem_str(unix_path);
	h->stop.fn = on_stop;
	h->at_end.fn = finish_end;
	if (!make_context(h, e) || !make_vhost(h, e)) {
		mem_free(h->path);
		h->path = mem_str("");
		net_httpd_free(h);
		return NULL;
	}
	net_loop_track(l, &h->stop);
	return h;
}

void net_httpd_limit_body(struct net_httpd *h, int64_t ms)
{
	h->body_ms = ms;
}

void net_httpd_free(struct net_httpd *h)
{
	if (!h)
		return;
	begin_end(h);
	h->freed = true;
	if (!h->ctx) {
		mem_free(h->path);
		mem_free(h);
	}
}
