/* See media_share.h. Bytes come from the image's cache as fast as who downloads takes them; nobody may hold
 * more than a connection and a bounded queue, nor for ever. Answers GET and HEAD of two paths, and takes
 * nothing. */
#include "cli/media_share.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/image.h"
#include "net/loop.h"
#include "net/stream.h"
#include "wire/http1.h"

#define STALL      6 /* ticks without a byte to or from somebody */
#define PIECE      ((size_t)65536)
#define PAGE_BYTES ((size_t)16384)
#define HEADERS                                                          \
	"X-Content-Type-Options: nosniff\r\nCache-Control: no-cache\r\n" \
	"Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"

struct conn {
	struct cli_share *h;
	struct conn *next, **back;
	struct net_stream *s;
	struct wire_http1 *http;
	struct sched_timer *tick;
	struct net_image_wait wait;
	uint64_t at, end, from; /* of the image; at end: nothing to send */
	unsigned idle;          /* ticks */
	uint64_t ticked_at;
	bool sending, waits, ending;
	bool last, cut; /* last: to the end of the image */
	char peer[64];
};
struct cli_share {
	struct cli_share_conf conf;
	struct net_listen *listen;
	struct conn *conns;
	unsigned conn_count;
	char sha256[65];
};

static void send_on(struct conn *c);

/* Of a part in the middle that somebody has whole, nothing is told: there are many of them. */
static void tell(struct conn *c)
{
	struct cli_share_conf *k = &c->h->conf;
	bool all = c->at == c->end && !c->cut;

	if (c->sending && k->on_fetched && (c->last || !all))
		k->on_fetched(k->arg, c->peer, c->at - c->from, all);
}

static void conn_free(struct conn *c)
{
	tell(c);
	if (c->waits)
		net_image_forget(c->h->conf.image, &c->wait);
	sched_cancel(c->tick);
	net_stream_close(c->s);
	wire_http1_free(c->http);
	*c->back = c->next;
	if (c->next)
		c->next->back = c->back;
	c->h->conn_count--;
	mem_free(c);
}

static void finish(struct conn *c)
{
	c->ending = true;
	net_stream_end(c->s);
}

/* ---- the image ---- */

static void on_bytes(void *arg, const struct err *e)
{
	struct conn *c = arg;

	c->waits = false;
	if (e->code == ERR_NONE) {
		send_on(c);
		return;
	}
	/* Cut, so that it is not taken for the whole. */
	c->cut = true;
	net_stream_reset(c->s);
	conn_free(c);
}

static void send_on(struct conn *c)
{
	struct net_image *im = c->h->conf.image;

	while (c->sending && c->at < c->end && !c->waits && !c->ending) {
		uint64_t left = c->end - c->at;
		if (net_stream_queued(c->s) > NET_STREAM_ROOM)
			return; /* on_room follows */
		struct span s = net_image_peek(im, c->at, left < PIECE ? (size_t)left : PIECE);
		if (!s.n) {
			c->waits = true;
			c->wait.fn = on_bytes;
			c->wait.arg = c;
			net_image_wait(im, &c->wait, c->at);
		} else if (net_stream_send(c->s, s)) {
			c->at += s.n;
		} else {
			finish(c);
		}
	}
	if (c->sending && c->at == c->end && !c->ending)
		finish(c);
}

static void on_room(void *arg)
{
	send_on(arg);
}

/* "bytes=FIRST-LAST", "bytes=FIRST-" or "bytes=-LENGTH"; false: none of one part that can be read. */
static bool read_range(struct span text, uint64_t size, uint64_t *out_at, uint64_t *out_end)
{
	size_t dash;
	uint64_t a = 0, b = size - 1;

	if (!span_starts(text, "bytes="))
		return false;
	text = span_make(text.p + 6, text.n - 6);
	dash = span_find(text, '-');
	if (dash >= text.n)
		return false;
	struct span first = span_make(text.p, dash),
		    last = span_make(text.p + dash + 1, text.n - dash - 1);
	if ((!first.n && !last.n) || (first.n && !str_to_u64(first, 0, INT64_MAX, &a, NULL)) ||
	    (last.n && !str_to_u64(last, 0, INT64_MAX, &b, NULL)))
		return false;
	if (!first.n) {
		a = b < size ? size - b : 0;
		b = b ? size - 1 : 0;
	}
	if (b < a && a < size)
		return false;
	*out_at = a;
	*out_end = b < size ? b + 1 : size;
	return true;
}

static void send_head(struct conn *c, const char *status, const char *extra, uint64_t length)
{
	uint8_t mem[1024];
	struct out o;

	out_init(&o, mem, sizeof mem);
	out_fmt(&o, "HTTP/1.1 %s\r\n" HEADERS "%sContent-Length: %llu\r\nConnection: close\r\n\r\n",
		status, extra, (unsigned long long)length);
	(void)net_stream_send(c->s, out_span(&o));
}

static void give_image(struct conn *c, const struct wire_http1_msg *m, bool body)
{
	uint64_t size = net_image_real_bytes(c->h->conf.image), at = 0, end = size;
	struct span range = wire_http1_header(m, "Range"),
		    if_range = wire_http1_header(m, "If-Range");
	char tag[80] = "", extra[320];
	struct out o;

	out_init(&o, tag, sizeof tag);
	out_fmt(&o, "\"%.32s\"", c->h->sha256);
	bool known = c->h->sha256[0] != '\0';
	bool part = range.n && (!if_range.n || (known && span_eq_str(if_range, tag))) &&
		read_range(range, size, &at, &end);
	out_init(&o, extra, sizeof extra);
	if (part && at >= size) {
		out_fmt(&o, "Content-Range: bytes */%llu\r\n", (unsigned long long)size);
		send_head(c, "416 Range Not Satisfiable", extra, 0);
		finish(c);
		return;
	}
	out_str(&o, "Content-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\n");
	if (known)
		out_fmt(&o, "ETag: %s\r\n", tag);
	if (part)
		out_fmt(&o, "Content-Range: bytes %llu-%llu/%llu\r\n", (unsigned long long)at,
			(unsigned long long)end - 1, (unsigned long long)size);
	send_head(c, part ? "206 Partial Content" : "200 OK", extra, end - at);
	if (!body) {
		finish(c);
		return;
	}
	c->at = c->from = at;
	c->end = end;
	c->last = end == size;
	c->sending = true;
	send_on(c);
}

static void give_page(struct conn *c, bool body)
{
	const struct cli_share_page p = { .name = c->h->conf.name,
					  .sha256 = c->h->sha256,
					  .bytes = net_image_real_bytes(c->h->conf.image),
					  .sticks = net_image_starts_sticks(c->h->conf.image) };
	struct buf b;
	struct out o;

	buf_init(&b, PAGE_BYTES);
	out_init_buf(&o, &b);
	cli_share_print_page(&o, &p);
	send_head(c, "200 OK", "Content-Type: text/html; charset=utf-8\r\n", b.n);
	if (body)
		(void)net_stream_send(c->s, buf_span(&b));
	buf_deinit(&b);
	finish(c);
}

/* ---- connections ---- */

static void refuse(struct conn *c, const char *status, const char *extra)
{
	send_head(c, status, extra, 0);
	finish(c);
}

static void answer(struct conn *c)
{
	const struct wire_http1_msg *m = wire_http1_msg(c->http);
	struct span path = span_make(m->target.p, span_find(m->target, '?'));
	bool body = span_eq_str(m->method, "GET");

	if (!body && !span_eq_str(m->method, "HEAD"))
		refuse(c, "405 Method Not Allowed", "Allow: GET, HEAD\r\n");
	else if (span_eq_str(path, "/"))
		give_page(c, body);
	else if (path.n > 1 && span_eq_str(span_make(path.p + 1, path.n - 1), c->h->conf.name))
		give_image(c, m, body);
	else
		refuse(c, "404 Not Found", "");
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	(void)arg;
	(void)facts;
}

static void on_data(void *arg, struct span bytes)
{
	struct conn *c = arg;
	size_t used;

	if (c->sending || c->ending)
		return;
	enum wire_got got = wire_http1_feed(c->http, bytes, &used, NULL);
	if (got == WIRE_BAD)
		refuse(c, "400 Bad Request", "");
	else if (got == WIRE_DONE)
		answer(c);
}

static void on_down(void *arg, const struct err *why)
{
	struct conn *c = arg;

	c->cut = c->cut || why->code != ERR_NONE;
	conn_free(c);
}

/* What was sent and is still queued counts as nothing, since nobody has taken it. */
static void on_tick(void *arg)
{
	struct conn *c = arg;
	uint64_t taken =
		c->at - (c->at < net_stream_queued(c->s) ? c->at : net_stream_queued(c->s));

	c->tick = NULL;
	c->idle = taken != c->ticked_at ? 0 : c->idle + 1;
	c->ticked_at = taken;
	if (c->idle >= STALL) {
		c->cut = true;
		conn_free(c);
	} else {
		c->tick = sched_after(net_loop_sched(c->h->conf.loop), c->h->conf.tick_ms, on_tick,
				      c);
	}
}

static void on_accept(void *arg, struct net_conn *nc)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct cli_share *h = arg;

	if (h->conn_count >= LIMIT_SHARE_CONNS) {
		net_conn_close(nc, true);
		return;
	}
	struct conn *c = MEM_NEW(struct conn);
	c->h = h;
	(void)str_copy(c->peer, sizeof c->peer, span_str(nc->peer));
	c->http = wire_http1_new(true, 0);
	c->next = h->conns;
	c->back = &h->conns;
	if (c->next)
		c->next->back = &c->next;
	h->conns = c;
	h->conn_count++;
	c->tick = sched_after(net_loop_sched(h->conf.loop), h->conf.tick_ms, on_tick, c);
	c->s = net_conn_clear(nc);
	net_stream_start(c->s, &events, c);
	net_stream_on_room(c->s, on_room);
}

/* ---- life ---- */

struct cli_share *cli_share_open(const struct cli_share_conf *conf, struct err *e)
{
	struct cli_share *h = MEM_NEW(struct cli_share);
	const struct net_listen_conf c = { .address = conf->address,
					   .port = conf->port,
					   .backlog = 64 };

	h->conf = *conf;
	if (!h->conf.tick_ms)
		h->conf.tick_ms = LIMIT_SHARE_TICK_MS;
	h->listen = net_listen_open(conf->loop, &c, on_accept, h, e);
	if (h->listen)
		return h;
	mem_free(h);
	return NULL;
}

uint16_t cli_share_port(const struct cli_share *h)
{
	return net_listen_port(h->listen);
}

void cli_share_set_sha256(struct cli_share *h, const uint8_t sha256[32])
{
	struct out o;

	out_init(&o, h->sha256, sizeof h->sha256);
	out_hex(&o, span_make(sha256, 32));
}

void cli_share_close(struct cli_share *h)
{
	if (!h)
		return;
	while (h->conns) {
		h->conns->cut = true;
		conn_free(h->conns);
	}
	net_listen_close(h->listen);
	mem_free(h);
}
