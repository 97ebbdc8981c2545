/* Bounded queue of pointers between the loop thread and a worker: the only lock in the project.
 * A ring of fixed size, made once; a full queue refuses, which is how a slow worker is felt.
 * Never frees items and never calls back while it holds the lock. */
#include "base/mq.h"
#include "base/clk.h"
#include "base/mem.h"
#include <assert.h>
#include <pthread.h>

struct mq {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	void **items;
	size_t max_items, first, count;
	bool closed;
};

struct mq *mq_new(size_t max_items)
{
	assert(max_items > 0);
	struct mq *q = MEM_NEW(struct mq);
	pthread_condattr_t attr;
	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q->changed, &attr);
	pthread_condattr_destroy(&attr);
	q->items = mem_new(max_items * sizeof *q->items);
	q->max_items = max_items;
	return q;
}

void mq_free(struct mq *q)
{
	if (!q)
		return;
	pthread_cond_destroy(&q->changed);
	pthread_mutex_destroy(&q->lock);
	mem_free(q->items);
	mem_free(q);
}

bool mq_push(struct mq *q, void *item)
{
	assert(item); /* NULL is what an empty queue gives */
	pthread_mutex_lock(&q->lock);
	bool ok = !q->closed && q->count < q->max_items;
	if (ok) {
		q->items[(q->first + q->count) % q->max_items] = item;
		q->count++;
		pthread_cond_signal(&q->changed);
	}
	pthread_mutex_unlock(&q->lock);
	return ok;
}

static void *take_first(struct mq *q)
{
	if (!q->count)
		return NULL;
	void *item = q->items[q->first];
	q->first = (q->first + 1) % q->max_items;
	q->count--;
	return item;
}

void *mq_pop(struct mq *q)
{
	pthread_mutex_lock(&q->lock);
	void *item = take_first(q);
	pthread_mutex_unlock(&q->lock);
	return item;
}

void *mq_pop_wait(struct mq *q, int timeout_ms)
{
	/* The kernel waits by the real clock, whatever the program's clock is. */
	int64_t until_ms = clk_real_mono_ms() + timeout_ms;
	struct timespec until = { .tv_sec = (time_t)(until_ms / 1000),
				  .tv_nsec = (long)(until_ms % 1000) * 1000000 };
	bool late = false;
	pthread_mutex_lock(&q->lock);
	while (!q->count && !q->closed && !late) {
		if (timeout_ms < 0)
			pthread_cond_wait(&q->changed, &q->lock);
		else
			late = pthread_cond_timedwait(&q->changed, &q->lock, &until) != 0;
	}
	void *item = take_first(q);
	pthread_mutex_unlock(&q->lock);
	return item;
}

void mq_close(struct mq *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
}

size_t mq_count(struct mq *q)
{
	pthread_mutex_lock(&q->lock);
	size_t count = q->count;
	pthread_mutex_unlock(&q->lock);
	return count;
}
