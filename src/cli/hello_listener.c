/* Hello ports (cli/hello_listener.h). Made by cmd_serve.c. One connection is one message: it ends
 * when the message is complete or wrong, with FIN, at the byte limit, or after LIMIT_HELLO_MS. New
 * connections wait in the kernel while the database is behind or too many are open. Somebody who
 * comes with a browser gets a line that says what this port is. */
#include "cli/hello_listener.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/engine.h"
#include "net/loop.h"
#include "net/stream.h"
#include "wire/hello.h"
#include <stdio.h>

#define PLACES_MAX   16
#define LOOK_MS      100 /* between looks at a full database */
#define DEFAULT_HOST "0.0.0.0"

struct place {
	struct net_listen *listen;
	char host[64];
};
struct reader {
	struct reader *prev, *next;
	struct cli_hello *h;
	struct net_stream *s;
	struct sched_timer *deadline;
	struct buf in;
	char address[64];
	bool answered; /* a browser: only the end is awaited */
};
struct cli_hello {
	struct net_loop *loop;
	struct store *store;
	struct engine *engine;
	struct place places[PLACES_MAX];
	unsigned place_count, reader_count;
	struct reader *readers;
	struct sched_timer *look; /* not NULL: paused */
	bool stopped;
};

static const char page[] =
	"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
	"outband: Intel AMT PCs say hello here. Ask the service with 'outband status'.\n";

/* --- pausing --- */

static void pause_all(struct cli_hello *h, bool paused)
{
	for (unsigned i = 0; i < h->place_count; i++)
		net_listen_pause(h->places[i].listen, paused);
}

static bool is_full(const struct cli_hello *h)
{
	return h->reader_count >= LIMIT_HELLO_CONNS || store_is_full(h->store);
}

static void look_again(void *arg)
{
	struct cli_hello *h = arg;

	h->look = NULL;
	if (is_full(h))
		h->look = sched_after(net_loop_sched(h->loop), LOOK_MS, look_again, h);
	else
		pause_all(h, false);
}

static void check_full(struct cli_hello *h)
{
	if (h->look || h->stopped || !is_full(h))
		return;
	pause_all(h, true);
	h->look = sched_after(net_loop_sched(h->loop), LOOK_MS, look_again, h);
}

/* --- one connection --- */

static void reader_free(struct reader *r)
{
	struct cli_hello *h = r->h;

	if (r->prev)
		r->prev->next = r->next;
	else
		h->readers = r->next;
	if (r->next)
		r->next->prev = r->prev;
	h->reader_count--;
	sched_cancel(r->deadline);
	net_stream_close(r->s);
	buf_deinit(&r->in);
	mem_free(r);
}

/* What came is all there will be. A connection without a byte is a port scan, not a hello. */
static void hand_over(struct reader *r, size_t n)
{
	if (n)
		engine_hello(r->h->engine, span_make(r->in.p, n), r->address);
	struct cli_hello *h = r->h;
	reader_free(r);
	check_full(h);
}

/* True while it could still become "GET ". */
static bool is_browser(const struct reader *r)
{
	size_t n = r->in.n < 4 ? r->in.n : 4;
	return n && memcmp(r->in.p, "GET ", n) == 0;
}

static void on_data(void *arg, struct span bytes)
{
	struct reader *r = arg;
	struct wire_hello msg;
	size_t used = 0;

	if (r->answered)
		return;
	if (!buf_add(&r->in, bytes)) {
		/* Too long for a hello: what fits shows the engine what it was. */
		(void)buf_clear(&r->in);
		(void)buf_add(&r->in,
			      span_make(bytes.p,
					bytes.n < LIMIT_HELLO_BYTES ? bytes.n : LIMIT_HELLO_BYTES));
		hand_over(r, r->in.n);
		return;
	}
	if (is_browser(r)) {
		if (r->in.n < 4)
			return;
		r->answered = true;
		(void)net_stream_send(r->s, span_str(page));
		net_stream_end(r->s);
		return;
	}
	switch (wire_hello_parse(buf_span(&r->in), &msg, &used, NULL)) {
	case WIRE_DONE:
		hand_over(r, used);
		break;
	case WIRE_BAD:
		hand_over(r, r->in.n);
		break;
	case WIRE_MORE:
		break;
	}
}

static void on_down(void *arg, const struct err *why)
{
	struct reader *r = arg;

	(void)why;
	hand_over(r, r->answered ? 0 : r->in.n);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	(void)arg;
	(void)facts;
}

static void on_deadline(void *arg)
{
	struct reader *r = arg;

	r->deadline = NULL;
	hand_over(r, r->answered ? 0 : r->in.n);
}

static void on_accept(void *arg, struct net_conn *c)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct cli_hello *h = arg;

	if (h->stopped || h->reader_count >= LIMIT_HELLO_CONNS) {
		net_conn_close(c, true);
		return;
	}
	struct reader *r = MEM_NEW(struct reader);
	r->h = h;
	(void)str_copy(r->address, sizeof r->address, span_str(c->peer));
	buf_init(&r->in, LIMIT_HELLO_BYTES);
	r->next = h->readers;
	if (r->next)
		r->next->prev = r;
	h->readers = r;
	h->reader_count++;
	r->deadline = sched_after(net_loop_sched(h->loop), LIMIT_HELLO_MS, on_deadline, r);
	r->s = net_conn_clear(c);
	net_stream_start(r->s, &events, r);
	check_full(h);
}

/* --- places --- */

static bool parse_place(const char *text, char host[64], uint16_t *out_port, struct err *e)
{
	struct span s = span_str(text), h = span_str(DEFAULT_HOST), port = s;
	const char *colon = strrchr(text, ':');

	if (colon) {
		h = span_make(text, (size_t)(colon - text));
		port = span_str(colon + 1);
	}
	if (h.n > 1 && h.p[0] == '[' && h.p[h.n - 1] == ']')
		h = span_make(h.p + 1, h.n - 2);
	if (span_eq_str(h, "localhost"))
		h = span_str("127.0.0.1");
	if (h.n && str_copy(host, 64, h) && str_to_u16(port, 0, UINT16_MAX, out_port, NULL))
		return true;
	err_set(e, ERR_USAGE, "--hello %s is no place to listen", text);
	err_want(e, "[HOST:]PORT with a port from 0 to 65535");
	return err_hint(
		e, "for example --hello 9971 or --hello 192.0.2.1:9971 or --hello '[::]:9971'");
}

bool cli_hello_check(const char *place, struct err *e)
{
	char host[64];
	uint16_t port;

	return parse_place(place, host, &port, e);
}

struct cli_hello *cli_hello_new(struct net_loop *l, struct store *s, struct engine *en)
{
	struct cli_hello *h = MEM_NEW(struct cli_hello);

	h->loop = l;
	h->store = s;
	h->engine = en;
	return h;
}

bool cli_hello_listen(struct cli_hello *h, const char *place, struct err *e)
{
	struct place *p = &h->places[h->place_count];
	struct net_listen_conf conf = { .address = p->host };

	if (h->place_count == PLACES_MAX)
		return err_set(e, ERR_USAGE, "--hello is given more than %d times", PLACES_MAX);
	if (!parse_place(place, p->host, &conf.port, e))
		return false;
	p->listen = net_listen_open(h->loop, &conf, on_accept, h, e);
	if (p->listen) {
		h->place_count++;
		return true;
	}
	err_wrap(e, "--hello %s", place);
	if (!e->hint[0])
		err_hint(
			e,
			"name another place with --hello [HOST:]PORT; PCs call TCP 9971 unless told otherwise");
	return false;
}

void cli_hello_places(const struct cli_hello *h, struct out *o)
{
	for (unsigned i = 0; i < h->place_count; i++) {
		bool ipv6 = strchr(h->places[i].host, ':');
		out_fmt(o, "%s%s%s%s:%u", i ? "," : "", ipv6 ? "[" : "", h->places[i].host,
			ipv6 ? "]" : "", (unsigned)net_listen_port(h->places[i].listen));
	}
}

void cli_hello_ports(const struct cli_hello *h, struct out *o)
{
	for (unsigned i = 0; i < h->place_count; i++)
		out_fmt(o, "%s%u", i ? "," : "", (unsigned)net_listen_port(h->places[i].listen));
}

void cli_hello_stop(struct cli_hello *h)
{
	if (h->stopped)
		return;
	h->stopped = true;
	sched_cancel(h->look);
	h->look = NULL;
	for (unsigned i = 0; i < h->place_count; i++)
		net_listen_close(h->places[i].listen);
	while (h->readers)
		reader_free(h->readers);
}

void cli_hello_free(struct cli_hello *h)
{
	if (!h)
		return;
	cli_hello_stop(h);
	mem_free(h);
}
