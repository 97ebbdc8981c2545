/* A line that nobody likes: bytes between console and PC come in random pieces, by chance late, and
 * either side can be slow; nothing is lost until it is cut. See redir_rig.h. */
#include "base/mem.h"
#include "redir_rig.h"

#define DELAY_MS 40
#define HELD_MAX 65536

struct relay;
struct half { /* what comes from one side and goes to the other */
	struct relay *y;
	struct net_stream *s; /* where it comes from */
	struct half *to;
	struct buf held;
	struct sched_timer *timer;
	bool up, ended;
};
struct relay {
	struct rig *g;
	struct relay *next, **back;
	struct half near, far;
};

static void relay_free(struct relay *y, bool reset)
{
	struct half *halves[] = { &y->near, &y->far };

	for (int i = 0; i < 2; i++) {
		sched_cancel(halves[i]->timer);
		if (reset)
			net_stream_reset(halves[i]->s);
		net_stream_close(halves[i]->s);
		buf_deinit(&halves[i]->held);
	}
	*y->back = y->next;
	if (y->next)
		y->next->back = y->back;
	mem_free(y);
}

static void pass(void *arg);

static void pass_later(struct half *h)
{
	if (!h->timer)
		h->timer =
			sched_after(h->y->g->sched, rng_range(&h->y->g->rng, 0, DELAY_MS), pass, h);
}

static void pass(void *arg)
{
	struct half *h = arg;
	struct rig *g = h->y->g;
	size_t n = 1 + rng_below(&g->rng, g->pieces);

	h->timer = NULL;
	if (n > h->held.n)
		n = h->held.n;
	if (h->to->up && net_stream_queued(h->to->s) < HELD_MAX &&
	    net_stream_send(h->to->s, span_make(h->held.p, n)))
		buf_consume(&h->held, n);
	net_stream_pause(h->s, h->held.n > HELD_MAX);
	if (h->held.n > 0)
		pass_later(h);
	else if (h->ended)
		relay_free(h->y, false);
}

static void on_up(void *arg, const struct net_tls_facts *f)
{
	struct half *h = arg;

	(void)f;
	h->up = true;
}

static void on_data(void *arg, struct span bytes)
{
	struct half *h = arg;

	(void)buf_add(&h->held, bytes);
	net_stream_pause(h->s, h->held.n > HELD_MAX);
	pass_later(h);
}

static void on_down(void *arg, const struct err *why)
{
	struct half *h = arg;

	if (why->code == ERR_NONE && h->held.n > 0)
		h->ended = true; /* the rest first */
	else
		relay_free(h->y, why->code != ERR_NONE);
}

struct net_stream *rig_relay(struct rig *g, struct net_stream *far)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct relay *y = MEM_NEW(struct relay);
	struct net_stream *console, *near;

	net_stream_mem_pair(g->sched, g->latency_ms, &console, &near);
	*y = (struct relay){ .g = g, .next = g->relays, .back = &g->relays };
	if (y->next)
		y->next->back = &y->next;
	g->relays = y;
	y->near = (struct half){ .y = y, .s = near, .to = &y->far };
	y->far = (struct half){ .y = y, .s = far, .to = &y->near };
	buf_init(&y->near.held, (size_t)16 * 1024 * 1024);
	buf_init(&y->far.held, (size_t)16 * 1024 * 1024);
	net_stream_start(near, &events, &y->near);
	net_stream_start(far, &events, &y->far);
	return console;
}

void rig_cut(struct rig *g)
{
	while (g->relays)
		relay_free(g->relays, true);
}
