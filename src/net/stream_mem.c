/* Streams in memory for the fake-clock world: a pair of ends joined by two queues, every event a
 * timer of the scheduler. Used by unit tests, scenarios and the soak. Keeps the contract of
 * net/stream.h to the letter, and knows no clock of its own. */
#include "net/stream_mem.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/stream_priv.h"
#include <assert.h>

#define QUEUE_MAX_BYTES ((size_t)8 * 1024 * 1024)
#define LINGER_MS       5000

enum kind { MEM_DATA, MEM_FIN, MEM_RST };

/* Something on the way to one end; the order of the list is the order of delivery. */
struct event {
	struct event *next;
	struct mem_end *to;
	struct sched_timer *timer; /* NULL: has arrived */
	enum kind kind;
	size_t n;
	uint8_t bytes[];
};

struct mem_end {
	struct net_stream base;
	struct sched *sched;
	int64_t latency_ms, fail_after_ms;
	struct mem_end *peer; /* NULL: gone */
	struct event *first, **last;
	size_t queued_bytes;
	struct sched_timer *timer; /* coming up, a late failure, or the wait after our end */
	struct sched_timer *kick;  /* deliver after a pause */
	struct sched_timer *room;  /* tell the owner that the peer took what was queued */
	struct net_tls_facts facts;
	uint8_t *ders;
	struct err *fail;
	bool fail_late, paused, ended;
	net_stream_mem_tap_fn *tap;
	void *tap_arg;
};

static struct mem_end *end_of(struct net_stream *s)
{
	return NET_OWNER(s, struct mem_end, base);
}

static void drop_events(struct mem_end *m)
{
	while (m->first) {
		struct event *ev = m->first;
		m->first = ev->next;
		sched_cancel(ev->timer);
		mem_free(ev);
	}
	m->last = &m->first;
	m->queued_bytes = 0;
}

/* Nothing happens at this end any more. */
static void silence(struct mem_end *m)
{
	drop_events(m);
	sched_cancel(m->timer);
	sched_cancel(m->kick);
	sched_cancel(m->room);
	m->timer = m->kick = m->room = NULL;
}

static size_t tap(const struct mem_end *m, bool out, struct span bytes)
{
	size_t n = m->tap ? m->tap(m->tap_arg, out, bytes) : bytes.n;

	assert(n <= bytes.n);
	return n;
}

static void down(struct mem_end *m, const struct err *why)
{
	silence(m);
	(void)net_stream_emit_down_priv(&m->base, why);
}

/* --- delivery --- */

static void on_room(void *arg)
{
	struct mem_end *m = arg;

	m->room = NULL;
	(void)net_stream_emit_room_priv(&m->base);
}

static void tell_room(struct mem_end *m)
{
	if (m && m->base.full && !m->room)
		m->room = sched_after(m->sched, 0, on_room, m);
}

static void deliver_one(struct mem_end *m)
{
	struct event *ev = m->first;
	struct err e = { 0 };

	m->first = ev->next;
	if (!m->first)
		m->last = &m->first;
	m->queued_bytes -= ev->n;
	if (m->queued_bytes <= NET_STREAM_ROOM)
		tell_room(m->peer);
	if (ev->kind == MEM_RST) {
		err_set(&e, ERR_CLOSED, "connection with %s was lost", m->base.peer);
		err_seen(&e, "connection reset by peer");
	}
	if (ev->kind != MEM_DATA)
		down(m, &e);
	else if (!m->ended) {
		size_t n = tap(m, false, span_make(ev->bytes, ev->n));
		if (n)
			(void)net_stream_emit_data_priv(&m->base, span_make(ev->bytes, n));
	}
	mem_free(ev);
}

static bool can_deliver(const struct mem_end *m)
{
	return m->base.up && !m->base.down && !m->base.closed && !m->base.silent &&
		(!m->paused || m->ended) && !m->fail_late && m->first && !m->first->timer;
}

static void deliver(struct mem_end *m)
{
	net_stream_enter_priv(&m->base);
	while (can_deliver(m))
		deliver_one(m);
	(void)net_stream_leave_priv(&m->base);
}

static void on_arrival(void *arg)
{
	struct event *ev = arg;

	ev->timer = NULL;
	deliver(ev->to);
}

static void post(struct mem_end *to, enum kind kind, struct span bytes)
{
	struct event *ev;

	if (!to)
		return;
	ev = mem_new(sizeof *ev + bytes.n);
	ev->to = to;
	ev->kind = kind;
	ev->n = bytes.n;
	if (bytes.n)
		memcpy(ev->bytes, bytes.p, bytes.n);
	*to->last = ev;
	to->last = &ev->next;
	to->queued_bytes += bytes.n;
	ev->timer = sched_after(to->sched, to->latency_ms, on_arrival, ev);
}

/* --- coming up --- */

static void on_fail(void *arg)
{
	struct mem_end *m = arg;
	struct err e = *m->fail;

	m->timer = NULL;
	down(m, &e);
}

static void on_up_time(void *arg)
{
	struct mem_end *m = arg;

	m->timer = NULL;
	if (m->fail_late)
		m->timer = sched_after(m->sched, m->latency_ms, on_fail, m);
	net_stream_enter_priv(&m->base);
	if (net_stream_emit_up_priv(&m->base, &m->facts))
		deliver(m);
	(void)net_stream_leave_priv(&m->base);
}

static void mem_start(struct net_stream *s)
{
	struct mem_end *m = end_of(s);

	if (m->fail && !m->fail_late)
		m->timer = sched_after(m->sched, m->fail_after_ms, on_fail, m);
	else
		m->timer = sched_after(m->sched, m->latency_ms, on_up_time, m);
}

/* --- the calls --- */

static bool mem_send(struct net_stream *s, struct span bytes)
{
	struct mem_end *m = end_of(s);

	if (m->ended)
		return false;
	if (m->peer && bytes.n > QUEUE_MAX_BYTES - m->peer->queued_bytes)
		return false;
	bytes.n = tap(m, true, bytes);
	if (bytes.n)
		post(m->peer, MEM_DATA, bytes);
	return true;
}

static void on_linger(void *arg)
{
	struct mem_end *m = arg;
	struct err none = { 0 };

	m->timer = NULL;
	down(m, &none);
}

static void mem_finish(struct net_stream *s)
{
	struct mem_end *m = end_of(s);

	if (m->ended)
		return;
	m->ended = true;
	post(m->peer, MEM_FIN, (struct span){ NULL, 0 });
	sched_cancel(m->timer);
	m->timer = sched_after(m->sched, m->base.up && m->peer ? LINGER_MS : 0, on_linger, m);
	deliver(m);
}

static void mem_reset(struct net_stream *s)
{
	struct mem_end *m = end_of(s);

	if (!m->ended)
		post(m->peer, MEM_RST, (struct span){ NULL, 0 });
	m->ended = true;
	silence(m);
}

static void on_kick(void *arg)
{
	struct mem_end *m = arg;

	m->kick = NULL;
	deliver(m);
}

static void mem_pause(struct net_stream *s, bool paused)
{
	struct mem_end *m = end_of(s);

	m->paused = paused;
	if (!paused && m->first && !m->kick)
		m->kick = sched_after(m->sched, 0, on_kick, m);
}

static size_t mem_queued(const struct net_stream *s)
{
	const struct mem_end *m = NET_OWNER(s, struct mem_end, base);

	return m->peer ? m->peer->queued_bytes : 0;
}

static void mem_close(struct net_stream *s)
{
	struct mem_end *m = end_of(s);

	if (!m->ended)
		post(m->peer, MEM_FIN, (struct span){ NULL, 0 });
	m->ended = true;
	silence(m);
	if (m->peer)
		m->peer->peer = NULL;
	m->peer = NULL;
}

static void mem_destroy(struct net_stream *s)
{
	struct mem_end *m = end_of(s);

	mem_free(m->ders);
	mem_free(m->fail);
	mem_free(m);
}

static const struct net_stream_ops mem_ops = {
	.start = mem_start,
	.send = mem_send,
	.end = mem_finish,
	.reset = mem_reset,
	.pause = mem_pause,
	.queued = mem_queued,
	.close = mem_close,
	.destroy = mem_destroy,
};

static struct mem_end *end_new(struct sched *s, int64_t latency_ms)
{
	struct mem_end *m = MEM_NEW(struct mem_end);

	m->base.ops = &mem_ops;
	m->sched = s;
	m->latency_ms = m->fail_after_ms = latency_ms;
	m->last = &m->first;
	net_stream_mem_set_peer(&m->base, "memory");
	return m;
}

void net_stream_mem_pair(struct sched *s, int64_t latency_ms, struct net_stream **out_a,
			 struct net_stream **out_b)
{
	struct mem_end *a = end_new(s, latency_ms), *b = end_new(s, latency_ms);

	a->peer = b;
	b->peer = a;
	*out_a = &a->base;
	*out_b = &b->base;
}

void net_stream_mem_set_peer(struct net_stream *s, const char *address)
{
	(void)str_copy(s->peer, sizeof s->peer, span_str(address));
}

void net_stream_mem_set_tap(struct net_stream *s, net_stream_mem_tap_fn *fn, void *arg)
{
	struct mem_end *m = end_of(s);

	assert(s->ops == &mem_ops && !s->started);
	m->tap = fn;
	m->tap_arg = arg;
}

void net_stream_mem_set_sched(struct net_stream *s, struct sched *sched)
{
	struct mem_end *m = end_of(s);

	assert(s->ops == &mem_ops && !s->started && !m->first);
	m->sched = sched;
}

void net_stream_mem_set_facts(struct net_stream *s, const struct net_tls_facts *f)
{
	struct mem_end *m = end_of(s);
	size_t total = 0;
	uint8_t *p;

	assert(s->ops == &mem_ops && !s->started && f->peer_count <= LIMIT_CERT_CHAIN);
	mem_free(m->ders);
	m->facts = *f;
	for (unsigned i = 0; i < f->peer_count; i++)
		total += f->peer_der[i].n;
	p = m->ders = mem_new(total + 1);
	for (unsigned i = 0; i < f->peer_count; i++) {
		m->facts.peer_der[i] = span_make(p, f->peer_der[i].n);
		memcpy(p, f->peer_der[i].p, f->peer_der[i].n);
		p += f->peer_der[i].n;
	}
}

static void set_fail(struct net_stream *s, const struct err *why, bool late)
{
	struct mem_end *m = end_of(s);

	assert(s->ops == &mem_ops && !s->started);
	mem_free(m->fail);
	m->fail = MEM_NEW(struct err);
	*m->fail = *why;
	m->fail_late = late;
}

void net_stream_mem_set_fail(struct net_stream *s, const struct err *why)
{
	set_fail(s, why, false);
}

void net_stream_mem_set_late_fail(struct net_stream *s, const struct err *why)
{
	set_fail(s, why, true);
}

struct net_stream *net_stream_mem_dead(struct sched *s, int64_t after_ms, const struct err *why)
{
	struct mem_end *m = end_new(s, 0);

	m->fail_after_ms = after_ms;
	set_fail(&m->base, why, false);
	return &m->base;
}
