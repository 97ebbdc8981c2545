/* Timers in a binary heap ordered by (time, order of making). net/loop drives one from libuv; the
 * in-process world steps one by moving the fake clock. Lives on one thread. Never calls a timer
 * before sched_after returned, and never twice. */
#include "base/sched.h"
#include "base/clk.h"
#include "base/mem.h"
#include <assert.h>
#include <stddef.h>

#define NOT_IN_HEAP      SIZE_MAX
#define LONGEST_DELAY_MS (INT64_MAX / 4)

struct sched_timer {
	struct sched *s;
	int64_t at_mono_ms;
	uint64_t serial;
	size_t pos; /* index in the heap, NOT_IN_HEAP while its fn runs */
	sched_fn *fn;
	void *arg;
};

struct sched {
	struct sched_timer **heap;
	size_t count, cap;
	uint64_t next_serial;
	bool running; /* the owner is told once, at the end of the run */
	sched_wake_fn *wake;
	void *wake_arg;
};

struct sched *sched_new(sched_wake_fn *wake, void *arg)
{
	struct sched *s = MEM_NEW(struct sched);
	s->wake = wake;
	s->wake_arg = arg;
	return s;
}

void sched_free(struct sched *s)
{
	if (!s)
		return;
	assert(!s->running);
	for (size_t i = 0; i < s->count; i++)
		mem_free(s->heap[i]);
	mem_free(s->heap);
	mem_free(s);
}

int64_t sched_next_mono_ms(const struct sched *s)
{
	return s->count ? s->heap[0]->at_mono_ms : -1;
}

static void tell_owner(struct sched *s)
{
	if (s->wake && !s->running)
		s->wake(s->wake_arg, sched_next_mono_ms(s));
}

static bool is_before(const struct sched_timer *a, const struct sched_timer *b)
{
	if (a->at_mono_ms != b->at_mono_ms)
		return a->at_mono_ms < b->at_mono_ms;
	return a->serial < b->serial;
}

static void put(struct sched *s, size_t pos, struct sched_timer *t)
{
	s->heap[pos] = t;
	t->pos = pos;
}

static void sift_up(struct sched *s, size_t pos)
{
	struct sched_timer *t = s->heap[pos];
	while (pos && is_before(t, s->heap[(pos - 1) / 2])) {
		put(s, pos, s->heap[(pos - 1) / 2]);
		pos = (pos - 1) / 2;
	}
	put(s, pos, t);
}

static void sift_down(struct sched *s, size_t pos)
{
	struct sched_timer *t = s->heap[pos];
	for (;;) {
		size_t child = pos * 2 + 1;
		if (child + 1 < s->count && is_before(s->heap[child + 1], s->heap[child]))
			child++;
		if (child >= s->count || !is_before(s->heap[child], t))
			break;
		put(s, pos, s->heap[child]);
		pos = child;
	}
	put(s, pos, t);
}

static void take_out(struct sched *s, struct sched_timer *t)
{
	size_t pos = t->pos;
	struct sched_timer *last = s->heap[--s->count];
	t->pos = NOT_IN_HEAP;
	if (last == t)
		return;
	put(s, pos, last);
	sift_down(s, pos);
	sift_up(s, last->pos);
}

struct sched_timer *sched_after(struct sched *s, int64_t delay_ms, sched_fn *fn, void *arg)
{
	assert(fn);
	if (delay_ms < 0)
		delay_ms = 0;
	if (delay_ms > LONGEST_DELAY_MS)
		delay_ms = LONGEST_DELAY_MS;
	if (s->count == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 16;
		s->heap = mem_grow(s->heap, s->cap * sizeof(struct sched_timer *));
	}
	struct sched_timer *t = MEM_NEW(struct sched_timer);
	t->s = s;
	t->at_mono_ms = clk_mono_ms() + delay_ms;
	t->serial = s->next_serial++;
	t->fn = fn;
	t->arg = arg;
	put(s, s->count++, t);
	sift_up(s, t->pos);
	if (t->pos == 0)
		tell_owner(s);
	return t;
}

void sched_cancel(struct sched_timer *t)
{
	if (!t || t->pos == NOT_IN_HEAP)
		return;
	struct sched *s = t->s;
	bool was_first = t->pos == 0;
	take_out(s, t);
	mem_free(t);
	if (was_first)
		tell_owner(s);
}

static void run_first(struct sched *s)
{
	struct sched_timer *t = s->heap[0];
	take_out(s, t);
	t->fn(t->arg);
	mem_free(t); /* only now: fn may cancel itself by habit */
}

void sched_run_due(struct sched *s, int64_t now_mono_ms)
{
	/* Timers made from here on wait: a callback that starts itself again with no delay would
	 * otherwise keep the loop from its sockets. They sort behind all that are due now. */
	uint64_t first_new = s->next_serial;
	assert(!s->running);
	s->running = true;
	while (s->count && s->heap[0]->at_mono_ms <= now_mono_ms && s->heap[0]->serial < first_new)
		run_first(s);
	s->running = false;
	tell_owner(s);
}

bool sched_fake_step(struct sched *s, int64_t until_mono_ms)
{
	assert(clk_is_fake());
	int64_t next = sched_next_mono_ms(s);
	bool due = next >= 0 && next <= until_mono_ms;
	int64_t target = due ? next : until_mono_ms;
	clk_fake_advance_ms(target - clk_mono_ms()); /* does nothing when the time has passed */
	if (due)
		run_first(s);
	return due;
}
