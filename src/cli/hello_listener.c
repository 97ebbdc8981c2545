/* Hello ports (cli/hello_listener.h). Made by cmd_serve.c. One connection is one message: it ends
 * when the message is complete or wrong, with FIN, at the byte limit, or after LIMIT_HELLO_MS. New
 * connections wait in the kernel while the database is behind. Of too many open ones, in all or of
 * one source, the oldest that has said nothing gives its place up: so a PC always gets in. Somebody
 * who comes with a browser gets a line that says what this port is. */
#include "cli/hello_listener.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/engine.h"
#include "net/loop.h"
#include "net/stream.h"
#include "wire/hello.h"
#include "wire/proxy.h"
#include <stdio.h>

#define PLACES_MAX   16
#define BUCKETS      1024 /* of sources; a power of two */
#define BACKLOG      4096 /* what the kernel holds while the service cannot take more */
#define LOOK_MS      100  /* between looks at a full database */
#define DEFAULT_HOST "0.0.0.0"

struct place {
	struct net_listen *listen;
	char host[64];
};
enum which { LIST_ALL, LIST_SOURCE, LIST_COUNT }; /* a reader stands in both */
struct reader {
	struct {
		struct reader *prev, *next;
	} in[LIST_COUNT];
	struct cli_hello *h;
	struct source *source;
	struct net_stream *s;
	struct sched_timer *deadline;
	struct buf bytes;
	char from[64]; /* by the PROXY line of a forwarder; "": it is the source itself */
	bool answered; /* a browser: only the end is awaited */
};
struct list { /* oldest first */
	struct reader *first, *last;
	unsigned count;
};
struct source { /* who has connections open */
	struct source *next;
	struct list silent, speaking;
	char address[64];
};
struct cli_hello {
	struct net_loop *loop;
	struct store *store;
	struct engine *engine;
	struct place places[PLACES_MAX];
	unsigned place_count;
	struct list silent, speaking; /* without a byte yet, and the others */
	struct source *buckets[BUCKETS];
	uint64_t seed;            /* sources cannot be chosen to fall into one bucket */
	struct sched_timer *look; /* not NULL: paused */
	struct cli_hello_counts counts;
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

static void look_again(void *arg)
{
	struct cli_hello *h = arg;

	h->look = NULL;
	h->counts.held_ms += LOOK_MS;
	if (store_is_full(h->store))
		h->look = sched_after(net_loop_sched(h->loop), LOOK_MS, look_again, h);
	else
		pause_all(h, false);
}

static void check_full(struct cli_hello *h)
{
	if (h->look || h->stopped || !store_is_full(h->store))
		return;
	h->counts.held++;
	pause_all(h, true);
	h->look = sched_after(net_loop_sched(h->loop), LOOK_MS, look_again, h);
}

/* --- who is connected --- */

static void list_add(struct list *l, struct reader *r, enum which w)
{
	r->in[w].next = NULL;
	r->in[w].prev = l->last;
	if (l->last)
		l->last->in[w].next = r;
	else
		l->first = r;
	l->last = r;
	l->count++;
}

static void list_remove(struct list *l, struct reader *r, enum which w)
{
	if (r->in[w].prev)
		r->in[w].prev->in[w].next = r->in[w].next;
	else
		l->first = r->in[w].next;
	if (r->in[w].next)
		r->in[w].next->in[w].prev = r->in[w].prev;
	else
		l->last = r->in[w].prev;
	l->count--;
}

static struct source **bucket_of(struct cli_hello *h, const char *address)
{
	return &h->buckets[hash_mix64(span_str(address), h->seed) % BUCKETS];
}

static struct source *source_get(struct cli_hello *h, const char *address)
{
	struct source **at = bucket_of(h, address), *s;

	for (s = *at; s; s = s->next)
		if (str_eq(s->address, address))
			return s;
	s = MEM_NEW(struct source);
	(void)str_copy(s->address, sizeof s->address, span_str(address));
	s->next = *at;
	*at = s;
	return s;
}

static void source_drop_unused(struct cli_hello *h, struct source *s)
{
	struct source **at = bucket_of(h, s->address);

	if (s->silent.count + s->speaking.count)
		return;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	mem_free(s);
}

static void add(struct reader *r, bool silent)
{
	list_add(silent ? &r->h->silent : &r->h->speaking, r, LIST_ALL);
	list_add(silent ? &r->source->silent : &r->source->speaking, r, LIST_SOURCE);
}

static void take_out(struct reader *r)
{
	bool silent = r->bytes.n == 0;

	list_remove(silent ? &r->h->silent : &r->h->speaking, r, LIST_ALL);
	list_remove(silent ? &r->source->silent : &r->source->speaking, r, LIST_SOURCE);
}

static void reader_free(struct reader *r)
{
	take_out(r);
	source_drop_unused(r->h, r->source);
	sched_cancel(r->deadline);
	net_stream_close(r->s);
	buf_deinit(&r->bytes);
	mem_free(r);
}

/* The oldest of those without a byte; when all have begun, the oldest of them. */
static void drop_oldest(struct cli_hello *h, const struct list *silent, const struct list *speaking,
			const char *why)
{
	static struct log_rate limit;
	struct reader *r = silent->first ? silent->first : speaking->first;

	h->counts.dropped++;
	if (log_rate_ok(&limit, 1))
		log_ev(LOG_EV_HELLO_DROPPED, LOG_S("address", r->source->address),
		       LOG_S("reason", why), LOG_I("size", r->bytes.n),
		       LOG_I("dropped_count", limit.dropped + 1));
	net_stream_reset(r->s);
	reader_free(r);
}

static void make_room(struct cli_hello *h, const char *address)
{
	struct source *s = source_get(h, address);

	if (s->silent.count + s->speaking.count >= LIMIT_HELLO_CONNS_SOURCE)
		drop_oldest(h, &s->silent, &s->speaking, "too many of one source");
	else if (h->silent.count + h->speaking.count >= LIMIT_HELLO_CONNS)
		drop_oldest(h, &h->silent, &h->speaking, "too many in all");
	else if (!(s->silent.count + s->speaking.count))
		source_drop_unused(h, s);
}

/* --- one connection --- */

/* What came is all there will be. A connection without a byte is a port scan, not a hello. */
static void hand_over(struct reader *r, size_t n)
{
	if (n)
		engine_hello(r->h->engine, span_make(r->bytes.p, n),
			     r->from[0] ? r->from : r->source->address);
	struct cli_hello *h = r->h;
	reader_free(r);
	check_full(h);
}

/* True while it could still become "GET ". */
static bool is_browser(const struct reader *r)
{
	size_t n = r->bytes.n < 4 ? r->bytes.n : 4;
	return n && memcmp(r->bytes.p, "GET ", n) == 0;
}

/* The line of a forwarder that is believed is taken off; true while more of it is to come. */
static bool waits_for_proxy(struct reader *r)
{
	size_t used;

	if (!engine_trusts_proxy(r->h->engine, r->source->address))
		return false;
	enum wire_got got = wire_proxy_parse(buf_span(&r->bytes), r->from, &used);
	if (got == WIRE_DONE)
		buf_consume(&r->bytes, used);
	return got == WIRE_MORE || (got == WIRE_DONE && r->bytes.n == 0);
}

static void on_data(void *arg, struct span bytes)
{
	struct reader *r = arg;
	struct wire_hello msg;
	size_t used = 0;

	if (r->answered)
		return;
	if (r->bytes.n == 0) { /* no longer one of the silent ones */
		take_out(r);
		add(r, false);
	}
	/* What does not fit any more is no hello: the first part shows the engine what it was. */
	size_t room = LIMIT_HELLO_BYTES - r->bytes.n;
	(void)buf_add(&r->bytes, span_make(bytes.p, bytes.n < room ? bytes.n : room));
	if (!r->from[0] && waits_for_proxy(r))
		return;
	if (is_browser(r)) {
		if (r->bytes.n < 4)
			return;
		r->answered = true;
		(void)net_stream_send(r->s, span_str(page));
		net_stream_end(r->s);
		return;
	}
	switch (wire_hello_parse(buf_span(&r->bytes), &msg, &used, NULL)) {
	case WIRE_DONE:
		hand_over(r, used);
		break;
	case WIRE_BAD:
		hand_over(r, r->bytes.n);
		break;
	case WIRE_MORE:
		break;
	}
}

static void on_down(void *arg, const struct err *why)
{
	struct reader *r = arg;

	(void)why;
	hand_over(r, r->answered ? 0 : r->bytes.n);
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
	hand_over(r, r->answered ? 0 : r->bytes.n);
}

static void on_accept(void *arg, struct net_conn *c)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct cli_hello *h = arg;

	if (h->stopped) {
		net_conn_close(c, true);
		return;
	}
	make_room(h, c->peer);
	struct reader *r = MEM_NEW(struct reader);
	r->h = h;
	r->source = source_get(h, c->peer);
	buf_init(&r->bytes, LIMIT_HELLO_BYTES);
	add(r, true);
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

struct cli_hello *cli_hello_new(struct net_loop *l, struct store *s, struct engine *en,
				uint64_t seed)
{
	struct cli_hello *h = MEM_NEW(struct cli_hello);

	h->loop = l;
	h->store = s;
	h->engine = en;
	h->seed = seed;
	return h;
}

bool cli_hello_listen(struct cli_hello *h, const char *place, struct err *e)
{
	struct place *p = &h->places[h->place_count];
	struct net_listen_conf conf = { .address = p->host,
					.backlog = BACKLOG,
					.per_round = LIMIT_HELLO_ROUND };

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

struct cli_hello_counts cli_hello_get_counts(const struct cli_hello *h)
{
	struct cli_hello_counts n = h->counts;

	n.open = h->silent.count + h->speaking.count;
	return n;
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
	while (h->silent.first)
		reader_free(h->silent.first);
	while (h->speaking.first)
		reader_free(h->speaking.first);
}

void cli_hello_free(struct cli_hello *h)
{
	if (!h)
		return;
	cli_hello_stop(h);
	mem_free(h);
}
