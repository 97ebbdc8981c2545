/* See pings.h. Brakes: tokens in all and tokens of the /24; without a rate, a window of pings that are
 * younger than a quarter of a second, which keeps a fast sender from running over buffers. */
#include "amt/pings.h"
#include "base/mem.h"

#define NONE         UINT32_MAX
#define NETS         4096 /* of the /24s that were seen last */
#define NET_BURST    10
#define YOUNG_MS     256
#define WINDOW_FIRST 320u /* what the usual receive buffer holds of small datagrams, twice over */
#define WINDOW_GROWS \
	64u /* by one for so many answers: a window of answers is enough for the line */
#define WINDOW_LEAST 64u
#define WINDOW_MOST  16384u
#define SLOW_MS      1000 /* between two falls, and two rises */
#define RISE_MS      3000 /* after the last fall */
#define AGAIN_RATE \
	10000u /* repeated pings a second where there is no rate: they got lost in a crowd */

struct ping {
	uint64_t position;
	int64_t sent_ms;
	uint32_t ip;
	uint32_t chain;      /* of one hash value; of free ones */
	uint32_t prev, next; /* in the queue of its try, oldest first */
	uint8_t tag, tries;
};
struct queue {
	uint32_t first, last;
};
struct bucket {
	uint32_t net;
	int64_t at_ms;
	int64_t tokens; /* thousandths */
};
struct amt_pings {
	struct amt_pings_conf conf;
	struct ping *pool;
	uint32_t *heads, mask; /* by address */
	uint32_t free, count;
	struct queue more, last; /* there is another try, or none */
	uint8_t next_tag;
	struct bucket all, again, nets[NETS];
	uint32_t rate, window;
	int64_t fell_ms, rose_ms, young_at_ms;
	uint32_t young, answers, slots[YOUNG_MS];
};

void amt_pings_conf_init(struct amt_pings_conf *c, uint32_t rate)
{
	*c = (struct amt_pings_conf){
		.rate = rate,
		.net_rate = rate ? AMT_PINGS_NET_RATE : 0,
		.tries = rate ? AMT_PINGS_TRIES : AMT_PINGS_TRIES + 1,
		.again_ms = 1000,
		.end_ms = 2000,
		.max = 65536,
	};
	if (rate && rate < c->max / 4)
		c->max = rate * 4 < 1024 ? 1024 : rate * 4;
}

struct amt_pings *amt_pings_new(const struct amt_pings_conf *c, int64_t now_ms)
{
	struct amt_pings *p = MEM_NEW(struct amt_pings);
	uint32_t size = 1;

	p->conf = *c;
	while (size < c->max)
		size *= 2;
	p->mask = size - 1;
	p->heads = mem_new(size * sizeof *p->heads);
	p->pool = mem_new(c->max * sizeof *p->pool);
	for (uint32_t i = 0; i < size; i++)
		p->heads[i] = NONE;
	for (uint32_t i = 0; i < c->max; i++)
		p->pool[i].chain = i + 1 < c->max ? i + 1 : NONE;
	p->more = p->last = (struct queue){ NONE, NONE };
	p->rate = c->rate;
	p->window = WINDOW_FIRST;
	p->fell_ms = p->rose_ms = p->all.at_ms = p->again.at_ms = p->young_at_ms = now_ms;
	return p;
}

void amt_pings_free(struct amt_pings *p)
{
	if (!p)
		return;
	mem_free(p->heads);
	mem_free(p->pool);
	mem_free(p);
}

/* ---- pace ---- */

static void fill(struct bucket *b, uint32_t rate, int64_t burst, int64_t now_ms)
{
	int64_t passed = now_ms - b->at_ms;

	b->at_ms = now_ms;
	b->tokens += passed > 60000 ? burst * 1000 : passed * rate;
	if (b->tokens > burst * 1000)
		b->tokens = burst * 1000;
}

static struct bucket *net_of(struct amt_pings *p, uint32_t ip, int64_t now_ms)
{
	uint32_t net = ip >> 8;
	struct bucket *b = &p->nets[(net * 2654435761u) >> 20 & (NETS - 1)];

	if (b->net != net || b->at_ms == 0) {
		/* Another one was here: begin with few, whoever it is may come in turns. */
		bool fresh = b->at_ms == 0;
		*b = (struct bucket){ net, now_ms, fresh ? NET_BURST * 1000 : 1000 };
	}
	fill(b, p->conf.net_rate, NET_BURST, now_ms);
	return b;
}

static void age(struct amt_pings *p, int64_t now_ms)
{
	uint32_t old = 0;

	if (now_ms - p->young_at_ms > YOUNG_MS)
		p->young_at_ms = now_ms - YOUNG_MS;
	while (p->young_at_ms < now_ms) {
		uint32_t *slot = &p->slots[++p->young_at_ms & (YOUNG_MS - 1)];
		old += *slot;
		*slot = 0;
	}
	p->young -= old < p->young ? old : p->young;
	/* Silence says nothing of loss: the window opens. */
	p->window += old / 2;
	if (p->window > WINDOW_MOST)
		p->window = WINDOW_MOST;
	if (p->conf.rate && p->rate < p->conf.rate && now_ms - p->fell_ms >= RISE_MS &&
	    now_ms - p->rose_ms >= SLOW_MS) {
		p->rate += p->conf.rate / 8 + 1;
		p->rose_ms = now_ms;
		if (p->rate > p->conf.rate)
			p->rate = p->conf.rate;
	}
}

static bool take(struct amt_pings *p, uint32_t ip, int64_t now_ms)
{
	struct bucket *net = p->conf.net_rate ? net_of(p, ip, now_ms) : NULL;

	age(p, now_ms);
	if ((!p->conf.rate && p->young >= p->window) || (net && net->tokens < 1000))
		return false;
	if (p->conf.rate) {
		fill(&p->all, p->rate, 1 + p->rate / 50, now_ms);
		if (p->all.tokens < 1000)
			return false;
		p->all.tokens -= 1000;
	}
	if (net)
		net->tokens -= 1000;
	p->slots[now_ms & (YOUNG_MS - 1)]++;
	p->young++;
	return true;
}

static void loss(struct amt_pings *p, int64_t now_ms)
{
	int64_t least = p->conf.rate ? SLOW_MS : YOUNG_MS;

	if (now_ms - p->fell_ms < least)
		return;
	p->fell_ms = now_ms;
	p->window = p->window / 2 < WINDOW_LEAST ? WINDOW_LEAST : p->window / 2;
	if (p->conf.rate && p->rate / 2 > p->conf.rate / 16)
		p->rate /= 2;
}

/* ---- those under way ---- */

static uint32_t *head_of(struct amt_pings *p, uint32_t ip)
{
	return &p->heads[(ip * 2654435761u ^ ip >> 16) & p->mask];
}

static uint32_t find(struct amt_pings *p, uint32_t ip)
{
	uint32_t i = *head_of(p, ip);

	while (i != NONE && p->pool[i].ip != ip)
		i = p->pool[i].chain;
	return i;
}

static void push(struct amt_pings *p, struct queue *q, uint32_t i)
{
	struct ping *g = &p->pool[i];

	g->prev = q->last;
	g->next = NONE;
	if (q->last == NONE)
		q->first = i;
	else
		p->pool[q->last].next = i;
	q->last = i;
}

static struct queue *queue_of(struct amt_pings *p, const struct ping *g)
{
	return g->tries < p->conf.tries ? &p->more : &p->last;
}

static void unqueue(struct amt_pings *p, uint32_t i)
{
	struct ping *g = &p->pool[i];
	struct queue *q = queue_of(p, g);

	if (g->prev == NONE)
		q->first = g->next;
	else
		p->pool[g->prev].next = g->next;
	if (g->next == NONE)
		q->last = g->prev;
	else
		p->pool[g->next].prev = g->prev;
}

static void drop(struct amt_pings *p, uint32_t i)
{
	uint32_t *at = head_of(p, p->pool[i].ip);

	unqueue(p, i);
	while (*at != i)
		at = &p->pool[*at].chain;
	*at = p->pool[i].chain;
	p->pool[i].chain = p->free;
	p->free = i;
	p->count--;
}

enum amt_pings_do amt_pings_add(struct amt_pings *p, uint32_t ip, uint64_t position, int64_t now_ms,
				uint8_t *out_tag)
{
	uint32_t i = p->free, *head = head_of(p, ip);

	if (find(p, ip) != NONE)
		return AMT_PINGS_TWICE;
	if (i == NONE || !take(p, ip, now_ms))
		return AMT_PINGS_LATER;
	struct ping *g = &p->pool[i];
	p->free = g->chain;
	*g = (struct ping){ .position = position,
			    .sent_ms = now_ms,
			    .ip = ip,
			    .chain = *head,
			    .tag = p->next_tag,
			    .tries = 1 };
	*head = i;
	p->next_tag = p->next_tag < 0xfe ? p->next_tag + 1 : 0; /* FF is no tag */
	push(p, queue_of(p, g), i);
	p->count++;
	*out_tag = g->tag;
	return AMT_PINGS_SEND;
}

bool amt_pings_again(struct amt_pings *p, int64_t now_ms, uint32_t *out_ip, uint8_t *out_tag)
{
	uint32_t i = p->more.first;

	if (i == NONE || now_ms - p->pool[i].sent_ms < p->conf.again_ms)
		return false;
	fill(&p->again, AGAIN_RATE, AGAIN_RATE / 500, now_ms);
	if ((!p->conf.rate && p->again.tokens < 1000) || !take(p, p->pool[i].ip, now_ms))
		return false;
	p->again.tokens -= 1000;
	struct ping *g = &p->pool[i];
	unqueue(p, i);
	g->tries++;
	g->sent_ms = now_ms;
	push(p, queue_of(p, g), i);
	*out_ip = g->ip;
	*out_tag = g->tag;
	return true;
}

bool amt_pings_silent(struct amt_pings *p, int64_t now_ms, uint32_t *out_ip, uint64_t *out_position)
{
	uint32_t i = p->last.first;

	if (i == NONE || now_ms - p->pool[i].sent_ms < p->conf.end_ms)
		return false;
	*out_ip = p->pool[i].ip;
	*out_position = p->pool[i].position;
	drop(p, i);
	return true;
}

bool amt_pings_answer(struct amt_pings *p, uint32_t ip, uint8_t tag, int64_t now_ms,
		      uint64_t *out_position)
{
	uint32_t i = find(p, ip);

	if (i == NONE || p->pool[i].tag != tag)
		return false;
	struct ping *g = &p->pool[i];
	uint32_t *slot = &p->slots[g->sent_ms & (YOUNG_MS - 1)];
	age(p, now_ms);
	if (now_ms - g->sent_ms<YOUNG_MS && * slot> 0 && p->young > 0) {
		(*slot)--;
		p->young--;
	}
	if (g->tries > 1)
		loss(p, now_ms);
	else if (p->window < WINDOW_MOST && ++p->answers % WINDOW_GROWS == 0)
		p->window++;
	*out_position = g->position;
	drop(p, i);
	return true;
}

uint32_t amt_pings_count(const struct amt_pings *p)
{
	return p->count;
}

static uint64_t lowest_in(const struct amt_pings *p, uint32_t i, uint64_t low)
{
	for (; i != NONE; i = p->pool[i].next) {
		if (p->pool[i].position < low)
			low = p->pool[i].position;
	}
	return low;
}

uint64_t amt_pings_lowest(const struct amt_pings *p, uint64_t otherwise)
{
	return lowest_in(p, p->last.first, lowest_in(p, p->more.first, otherwise));
}

uint32_t amt_pings_rate(const struct amt_pings *p)
{
	return p->rate;
}

uint32_t amt_pings_window(const struct amt_pings *p)
{
	return p->window;
}

static uint64_t common(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t t = a % b;
		a = b;
		b = t;
	}
	return a;
}

uint64_t amt_pings_walk(uint64_t i, uint64_t count)
{
	if (count < 3)
		return i;
	uint64_t stride = (uint64_t)((double)count * 0.6180339887);
	while (stride < 1 || common(stride, count) != 1)
		stride++;
	return i % count * stride % count;
}
