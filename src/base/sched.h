/* Timer interface. The real one is made by net/loop (libuv); the fake one jumps the fake clock to
 * the next timer. sched_after calls fn exactly once, never before it returns, unless cancelled. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct sched;
struct sched_timer;
typedef void sched_fn(void *arg);

struct sched_timer *sched_after(struct sched *s, int64_t delay_ms, sched_fn *fn, void *arg);
/* NULL is fine; must not be called after fn returned (inside its own fn it does nothing). */
void sched_cancel(struct sched_timer *t);

/* For implementers (net/loop): a heap of timers is kept here, the owner is told when the first
 * deadline changes and calls sched_run_due. At the end of sched_run_due wake is always called, so
 * that a one-shot timer of the owner is set again; timers that callbacks added wait for the next
 * call even when due. wake must not call back into the scheduler. Times equal: first made, first
 * run. */
typedef void sched_wake_fn(void *arg, int64_t next_mono_ms); /* next_mono_ms < 0: no timer */
struct sched *sched_new(sched_wake_fn *wake, void *arg); /* wake may be NULL (fake world) */
void sched_free(struct sched *s);                        /* drops timers without calling them */
void sched_run_due(struct sched *s, int64_t now_mono_ms);
int64_t sched_next_mono_ms(const struct sched *s); /* -1: none */
/* Fake world: advance the fake clock to the next timer and run it; false when there is none or it
 * lies after until_mono_ms (the clock then stands at until_mono_ms). */
bool sched_fake_step(struct sched *s, int64_t until_mono_ms);
