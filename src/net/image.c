/* Images: the cache of chunks that all sessions of an image share. Chunks are read by workers into
 * memory of bounded size, the least recently used one makes room, and the next ones are read ahead
 * while somebody reads in order. Called by sessions through net/image.h. Never reads on the loop, and
 * keeps no error: who asks again after one makes another try. */
#include "net/image.h"
#include "base/mem.h"
#include "net/image_priv.h"
#include "net/loop_priv.h"

enum chunk_state { CHUNK_EMPTY, CHUNK_LOADING, CHUNK_READY };
struct cached;
struct chunk {
	struct cached *im;
	enum chunk_state state;
	bool stale; /* was written to while it was loading */
	unsigned lane;
	uint64_t no, used;
	size_t n; /* bytes that it should have */
	uint8_t *mem;
	bool ok;
	struct err err;
};
struct writing {
	struct cached *im;
	struct writing *next, **back;
	struct net_image_wait *wait; /* NULL: nobody wants to know */
	uint64_t at;
	uint8_t *mem;
	size_t n;
	bool ok;
	struct err err;
};
struct cached {
	struct net_image base;
	struct net_loop *loop;
	const struct net_image_source *source;
	void *src;
	uint64_t tick, last_no;
	struct chunk *chunks;
	unsigned chunk_count, working; /* working: on workers, or inside of callbacks */
	bool lane_busy[NET_IMAGE_LANES], dead;
	struct net_image_wait *waits;
	struct writing *writings;
	struct net_link soon;
};

static void pump(struct cached *im);

static void free_if_done(struct cached *im)
{
	if (!im->dead || im->working)
		return;
	net_link_remove(&im->soon);
	for (unsigned i = 0; i < im->chunk_count; i++)
		mem_free(im->chunks[i].mem);
	mem_free(im->chunks);
	im->source->close(im->src);
	mem_free(im->base.name);
	mem_free(im);
}

/* ---- reading ---- */

static struct chunk *find(struct cached *im, uint64_t no)
{
	for (unsigned i = 0; i < im->chunk_count; i++)
		if (im->chunks[i].state != CHUNK_EMPTY && im->chunks[i].no == no)
			return &im->chunks[i];
	return NULL;
}

/* Where another chunk may go: an empty place, else the one that was not used for longest. */
static struct chunk *place(struct cached *im)
{
	struct chunk *oldest = NULL;

	for (unsigned i = 0; i < im->chunk_count; i++) {
		struct chunk *k = &im->chunks[i];
		if (k->state == CHUNK_EMPTY)
			return k;
		if (k->state == CHUNK_READY && (!oldest || k->used < oldest->used))
			oldest = k;
	}
	return oldest;
}

static void work_read(void *arg)
{
	struct chunk *k = arg;
	struct cached *im = k->im;
	uint64_t at = k->no * NET_IMAGE_CHUNK;
	size_t real = at >= im->base.real_bytes ? 0 : k->n;

	if (real && im->base.real_bytes - at < real)
		real = (size_t)(im->base.real_bytes - at);
	k->ok = !real || im->source->read(im->src, k->lane, at, k->mem, real, &k->err);
	memset(k->mem + real, 0, k->n - real); /* the last block is filled up */
}

/* Tells everybody who waited for this chunk; they may wait again, or free the image. */
static void tell(struct cached *im, uint64_t no, const struct err *e)
{
	struct net_image_wait *mine = NULL, *next, *w;

	for (w = im->waits; w; w = next) {
		next = w->next;
		if (w->at / NET_IMAGE_CHUNK != no)
			continue;
		net_image_wait_remove(w);
		net_image_wait_add(&mine, w);
	}
	while ((w = mine)) {
		net_image_wait_remove(w);
		w->fn(w->arg, e);
	}
}

static void on_read(void *arg)
{
	struct chunk *k = arg;
	struct cached *im = k->im;
	struct err e = { 0 };

	im->lane_busy[k->lane] = false;
	k->state = k->ok && !k->stale ? CHUNK_READY : CHUNK_EMPTY;
	k->used = ++im->tick;
	if (k->ok) {
		im->base.stats.fetched += k->n;
		im->base.stats.fetches++;
	} else {
		e = k->err;
	}
	/* What was written to meanwhile is read again, by pump, for those who wait. */
	if (!im->dead && (!k->ok || !k->stale))
		tell(im, k->no, &e);
	im->working--;
	if (!im->dead)
		pump(im);
	free_if_done(im);
}

/* False: it has to wait for a worker or for a place. */
static bool load(struct cached *im, uint64_t no)
{
	unsigned lane = 0;
	struct chunk *k;

	while (lane < im->source->lanes && im->lane_busy[lane])
		lane++;
	if (lane == im->source->lanes || !(k = place(im)))
		return false;
	uint64_t left = im->base.bytes - no * NET_IMAGE_CHUNK;
	uint8_t *mem = k->mem ? k->mem : mem_new(NET_IMAGE_CHUNK);
	*k = (struct chunk){ .im = im, .state = CHUNK_LOADING, .lane = lane, .no = no, .mem = mem };
	k->n = left < NET_IMAGE_CHUNK ? (size_t)left : NET_IMAGE_CHUNK;
	im->lane_busy[lane] = true;
	im->working++;
	net_loop_work(im->loop, work_read, on_read, k);
	return true;
}

static void ahead(struct cached *im, uint64_t no)
{
	uint64_t end = (im->base.bytes + NET_IMAGE_CHUNK - 1) / NET_IMAGE_CHUNK;

	for (unsigned i = 1; i <= im->source->ahead && no + i < end; i++)
		if (!find(im, no + i) && !load(im, no + i))
			return;
}

static void on_soon(struct net_link *link)
{
	struct cached *im = NET_OWNER(link, struct cached, soon);

	pump(im);
}

/* Gives chunks to those who wait: loaded ones at once, others when there is a worker for them. */
static void pump(struct cached *im)
{
	static const struct err none = { 0 };
	struct net_image_wait *next;

	im->working++;
	for (struct net_image_wait *w = im->waits; w; w = next) {
		uint64_t no = w->at / NET_IMAGE_CHUNK;
		struct chunk *k = find(im, no);
		next = w->next;
		if (!k)
			(void)load(im, no);
		if (k && k->state == CHUNK_READY) {
			k->used = ++im->tick;
			tell(im, no, &none);
			if (im->dead)
				break;
			next = im->waits; /* the list may be another one */
		}
	}
	im->working--;
}

static struct span cached_peek(struct net_image *base, uint64_t at, size_t n)
{
	struct cached *im = (struct cached *)(void *)base;
	uint64_t no = at / NET_IMAGE_CHUNK;
	size_t off = (size_t)(at % NET_IMAGE_CHUNK);
	struct chunk *k = find(im, no);

	if (!k || k->state != CHUNK_READY) {
		im->base.stats.misses++;
		return (struct span){ NULL, 0 };
	}
	im->base.stats.hits++;
	k->used = ++im->tick;
	if (no != im->last_no) {
		bool in_order = no == im->last_no + 1;
		im->last_no = no;
		if (in_order)
			ahead(im, no);
	}
	return span_make(k->mem + off, k->n - off < n ? k->n - off : n);
}

static void cached_wait(struct net_image *base, struct net_image_wait *w, uint64_t at)
{
	struct cached *im = (struct cached *)(void *)base;
	uint64_t no = at / NET_IMAGE_CHUNK;
	struct chunk *k = find(im, no);

	w->at = at;
	net_image_wait_add(&im->waits, w);
	if (!k)
		(void)load(im, no);
	else if (k->state == CHUNK_READY)
		net_loop_defer(im->loop, &im->soon);
}

/* ---- writing ---- */

/* Chunks that hold some of these bytes are no longer true. */
static void spoil(struct cached *im, uint64_t at, size_t n)
{
	for (unsigned i = 0; i < im->chunk_count; i++) {
		struct chunk *k = &im->chunks[i];
		uint64_t from = k->no * NET_IMAGE_CHUNK;
		if (at >= from + NET_IMAGE_CHUNK || at + n <= from)
			continue;
		if (k->state == CHUNK_LOADING)
			k->stale = true;
		else
			k->state = CHUNK_EMPTY;
	}
}

static void work_write(void *arg)
{
	struct writing *g = arg;

	g->ok = g->im->source->write(g->im->src, g->at, span_make(g->mem, g->n), &g->err);
}

static void on_written(void *arg)
{
	struct writing *g = arg;
	struct cached *im = g->im;
	struct net_image_wait *w = g->wait;

	*g->back = g->next;
	if (g->next)
		g->next->back = g->back;
	if (!im->dead) {
		spoil(im, g->at, g->n);
		if (w)
			w->fn(w->arg, &g->err);
	}
	mem_free(g->mem);
	mem_free(g);
	im->working--;
	free_if_done(im);
}

static void cached_write(struct net_image *base, struct net_image_wait *w, uint64_t at,
			 struct span bytes)
{
	struct cached *im = (struct cached *)(void *)base;
	struct writing *g = MEM_NEW(struct writing);

	*g = (struct writing){ .im = im, .wait = w, .at = at, .n = bytes.n };
	g->mem = mem_new(bytes.n + 1);
	memcpy(g->mem, bytes.p, bytes.n);
	g->next = im->writings;
	g->back = &im->writings;
	if (g->next)
		g->next->back = &g->next;
	im->writings = g;
	spoil(im, at, bytes.n);
	im->working++;
	net_loop_work(im->loop, work_write, on_written, g);
}

static void cached_forget(struct net_image *base, struct net_image_wait *w)
{
	struct cached *im = (struct cached *)(void *)base;

	net_image_wait_remove(w);
	for (struct writing *g = im->writings; g; g = g->next)
		if (g->wait == w)
			g->wait = NULL;
}

static void cached_stop(struct net_image *base)
{
	struct cached *im = (struct cached *)(void *)base;

	if (im->source->stop)
		im->source->stop(im->src);
}

static void cached_free(struct net_image *base)
{
	struct cached *im = (struct cached *)(void *)base;

	cached_stop(base);
	im->dead = true;
	free_if_done(im);
}

struct net_image *net_image_cached(struct net_loop *l, const struct net_image_source *source,
				   void *src, uint64_t real_bytes, const struct net_image_conf *c)
{
	static const struct net_image_ops ops = { cached_peek,   cached_wait, cached_write,
						  cached_forget, cached_stop, cached_free };
	size_t cache = c->cache_bytes ? c->cache_bytes : NET_IMAGE_CACHE;
	uint64_t block = c->floppy ? 512 : 2048;
	struct cached *im = MEM_NEW(struct cached);

	im->base.ops = &ops;
	im->base.bytes = (real_bytes + block - 1) / block * block;
	im->base.name = mem_str(c->from);
	im->base.writable = c->writable && source->write;
	im->loop = l;
	im->source = source;
	im->src = src;
	im->base.real_bytes = real_bytes;
	im->last_no = UINT64_MAX;
	im->soon.fn = on_soon;
	im->chunk_count = cache / NET_IMAGE_CHUNK < 4 ? 4 : (unsigned)(cache / NET_IMAGE_CHUNK);
	im->chunks = mem_new(im->chunk_count * sizeof(struct chunk));
	return &im->base;
}

/* ---- for copies ---- */

bool net_image_read_plain(struct net_image *base, uint64_t at, uint8_t *to, size_t n, struct err *e)
{
	struct cached *im = (struct cached *)(void *)base;

	return im->source->read(im->src, NET_IMAGE_LANES, at, to, n, e);
}

struct net_loop *net_image_loop(struct net_image *base)
{
	return ((struct cached *)(void *)base)->loop;
}

void net_image_hold(struct net_image *base, bool held)
{
	struct cached *im = (struct cached *)(void *)base;

	if (held) {
		im->working++;
		return;
	}
	im->working--;
	free_if_done(im);
}
