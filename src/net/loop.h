/* The event loop: owns libuv. Timers (as base/sched), workers for what takes longer than 2 ms,
 * signals, listeners. Everything here runs on one thread but the `work` part of net_loop_work. */
#pragma once
#include "base/err.h"
#include "base/sched.h"
#include "base/span.h"

struct net_loop;
struct net_loop *net_loop_new(struct err *e);
void net_loop_free(struct net_loop *l); /* after net_loop_run came back */
void net_loop_run(struct net_loop *l);  /* until net_loop_stop and every handle is closed */
void net_loop_stop(struct net_loop *l); /* closes listeners, timers, signal handlers; open streams
					 * go down with ERR_CANCELLED; work in progress is waited for */
struct sched *net_loop_sched(struct net_loop *l);
void *net_loop_uv(struct net_loop *l);  /* uv_loop_t *, for net/ files only */

/* Runs work(arg) on a worker thread, then done(arg) on the loop. Exactly once each. */
void net_loop_work(struct net_loop *l, void (*work)(void *arg), void (*done)(void *arg), void *arg);
/* fn on the loop for each arrival of signum until stop. */
void net_loop_on_signal(struct net_loop *l, int signum, void (*fn)(void *arg, int signum), void *arg);
/* A wake-up from any thread: fn(arg) runs on the loop soon after net_loop_wake (calls may merge). */
struct net_wake;
struct net_wake *net_loop_wake_new(struct net_loop *l, void (*fn)(void *arg), void *arg);
void net_loop_wake(struct net_wake *w);
void net_loop_wake_free(struct net_wake *w);
/* Raises the soft descriptor limit; returns it. */
unsigned net_loop_raise_fds(void);
