/* What all kinds of images share, and the image in memory that tests of sessions use: it can be slow
 * and it can be broken from some byte on. Called through net/image.h. */
#include "base/mem.h"
#include "base/sched.h"
#include "net/image_priv.h"

#define STEP 65536 /* a slow one gives so much at once */

struct mem_image {
	struct net_image base;
	struct net_image_mem_conf conf;
	struct net_image_wait *waits;
	struct sched_timer *timer;
	uint64_t ready; /* the step that somebody has waited for, plus 1 */
};

void net_image_wait_add(struct net_image_wait **head, struct net_image_wait *w)
{
	while (*head)
		head = &(*head)->next;
	w->next = NULL;
	w->back = head;
	*head = w;
}

void net_image_wait_remove(struct net_image_wait *w)
{
	if (!w->back)
		return;
	*w->back = w->next;
	if (w->next)
		w->next->back = w->back;
	w->next = NULL;
	w->back = NULL;
}

uint64_t net_image_real_bytes(const struct net_image *im)
{
	return im->real_bytes;
}

bool net_image_starts_sticks(const struct net_image *im)
{
	return im->sticks;
}

struct span net_image_peek(struct net_image *im, uint64_t at, size_t n)
{
	return im->ops->peek(im, at, n);
}

void net_image_wait(struct net_image *im, struct net_image_wait *w, uint64_t at)
{
	im->ops->wait(im, w, at);
}

void net_image_write(struct net_image *im, struct net_image_wait *w, uint64_t at, struct span bytes)
{
	im->ops->write(im, w, at, bytes);
}

void net_image_forget(struct net_image *im, struct net_image_wait *w)
{
	im->ops->forget(im, w);
}

void net_image_stop(struct net_image *im)
{
	if (im && im->ops->stop)
		im->ops->stop(im);
}

void net_image_free(struct net_image *im)
{
	if (im)
		im->ops->free(im);
}

uint64_t net_image_bytes(const struct net_image *im)
{
	return im->bytes;
}

const char *net_image_name(const struct net_image *im)
{
	return im->name;
}

bool net_image_is_writable(const struct net_image *im)
{
	return im->writable;
}

const struct net_image_stats *net_image_get_stats(const struct net_image *im)
{
	return &im->stats;
}

/* ---- in memory ---- */

static bool is_broken(const struct mem_image *m, uint64_t at)
{
	return m->conf.broken_from && at >= m->conf.broken_from;
}

static struct span mem_peek(struct net_image *base, uint64_t at, size_t n)
{
	struct mem_image *m = (struct mem_image *)(void *)base;
	uint64_t end = base->bytes;

	if (is_broken(m, at) || (m->conf.delay_ms && m->ready != at / STEP + 1))
		return (struct span){ NULL, 0 };
	if (m->conf.delay_ms)
		end = at / STEP * STEP + STEP < end ? at / STEP * STEP + STEP : end;
	if (m->conf.broken_from && m->conf.broken_from < end)
		end = m->conf.broken_from;
	return span_make(m->conf.bytes + at, end - at < n ? (size_t)(end - at) : n);
}

static void on_due(void *arg)
{
	struct mem_image *m = arg;
	struct net_image_wait *w = m->waits;
	struct err e = { 0 };

	m->timer = NULL;
	if (!w)
		return;
	net_image_wait_remove(w);
	m->ready = w->at / STEP + 1;
	if (m->waits)
		m->timer = sched_after(m->conf.sched, m->conf.delay_ms, on_due, m);
	if (is_broken(m, w->at))
		err_set(&e, ERR_IO, "the image in memory is broken");
	w->fn(w->arg, &e);
}

static void mem_wait(struct net_image *base, struct net_image_wait *w, uint64_t at)
{
	struct mem_image *m = (struct mem_image *)(void *)base;

	w->at = at;
	net_image_wait_add(&m->waits, w);
	if (!m->timer)
		m->timer = sched_after(m->conf.sched, m->conf.delay_ms, on_due, m);
}

static void mem_write(struct net_image *base, struct net_image_wait *w, uint64_t at,
		      struct span bytes)
{
	struct mem_image *m = (struct mem_image *)(void *)base;

	if (!is_broken(m, at + bytes.n - 1))
		memcpy(m->conf.bytes + at, bytes.p, bytes.n);
	mem_wait(base, w, at + bytes.n - 1);
}

static void mem_forget(struct net_image *base, struct net_image_wait *w)
{
	(void)base;
	net_image_wait_remove(w);
}

static void mem_image_free(struct net_image *base)
{
	struct mem_image *m = (struct mem_image *)(void *)base;

	sched_cancel(m->timer);
	mem_free(m);
}

struct net_image *net_image_mem(const struct net_image_mem_conf *c)
{
	static const struct net_image_ops ops = { mem_peek,   mem_wait, mem_write,
						  mem_forget, NULL,     mem_image_free };
	static char name[] = "memory";
	struct mem_image *m = MEM_NEW(struct mem_image);

	m->base = (struct net_image){ .ops = &ops,
				      .bytes = c->n,
				      .real_bytes = c->n,
				      .name = name,
				      .writable = c->writable };
	m->conf = *c;
	return &m->base;
}
