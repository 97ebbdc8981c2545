/* Event loop over libuv. Used by everything that waits: streams, listeners, the HTTP server, the
 * engine through base/sched. One thread; only net_loop_wake and the work part of net_loop_work
 * run elsewhere. Never runs a callback after its owner was freed: what is put off or tracked is a
 * link in a list that the owner takes out. */
#include "net/loop.h"
#include "base/clk.h"
#include "base/limits.h"
#include "base/mem.h"
#include "net/loop_priv.h"
#include <assert.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <uv.h>

#define TRIM_AFTER_MS   1000
#define TRIM_STREAMS    64 /* fewer do not leave enough behind to be worth a trim */
#define TRIM_HANDSHAKES 256
#define MAX_FDS         (1u << 20)

struct net_loop {
	uv_loop_t uv;
	uv_timer_t timer;
	uv_idle_t idle;   /* active while something is put off: the loop must not sleep */
	uv_check_t check; /* runs what was put off, right after the sockets */
	uv_async_t hold;  /* keeps net_loop_run going until net_loop_stop */
	struct sched *sched;
	struct net_link deferred, tracked, at_end, wakes, turns;
	bool stopping;
	unsigned turn_count;
	unsigned open, peak, handshakes;
	struct sched_timer *trim;
	char read_buf[NET_READ_BUF_SIZE];
};

static void list_init(struct net_link *head)
{
	head->prev = head->next = head;
}

static void list_add(struct net_link *head, struct net_link *l)
{
	l->prev = head->prev;
	l->next = head;
	head->prev->next = l;
	head->prev = l;
}

void net_link_remove(struct net_link *l)
{
	if (!l->next)
		return;
	l->prev->next = l->next;
	l->next->prev = l->prev;
	l->prev = l->next = NULL;
}

bool net_link_is_in(const struct net_link *l)
{
	return l->next != NULL;
}

/* Calls what stands in the list now; what callbacks add waits for the next time. */
static void list_run(struct net_link *head)
{
	struct net_link now;

	if (head->next == head)
		return;
	now = *head;
	now.prev->next = now.next->prev = &now;
	list_init(head);
	while (now.next != &now) {
		struct net_link *l = now.next;
		net_link_remove(l);
		l->fn(l);
	}
}

static void on_idle(uv_idle_t *h)
{
	(void)h;
}

static void on_check(uv_check_t *h)
{
	struct net_loop *l = h->data;

	list_run(&l->deferred);
	if (l->deferred.next == &l->deferred)
		uv_idle_stop(&l->idle);
}

void net_loop_defer(struct net_loop *l, struct net_link *link)
{
	if (net_link_is_in(link))
		return;
	list_add(&l->deferred, link);
	uv_idle_start(&l->idle, on_idle);
}

void net_loop_track(struct net_loop *l, struct net_link *link)
{
	if (l->stopping)
		net_loop_defer(l, link);
	else
		list_add(&l->tracked, link);
}

void net_loop_at_end(struct net_loop *l, struct net_link *link)
{
	list_add(&l->at_end, link);
}

bool net_loop_take_turn(struct net_loop *l, struct net_link *link)
{
	if (l->turn_count >= LIMIT_HANDSHAKES && !l->stopping) {
		list_add(&l->turns, link);
		return false;
	}
	l->turn_count++;
	return true;
}

void net_loop_give_turn(struct net_loop *l)
{
	struct net_link *next = l->turns.next;

	assert(l->turn_count > 0);
	if (next == &l->turns || l->turn_count > LIMIT_HANDSHAKES) {
		l->turn_count--;
		return;
	}
	net_link_remove(next);
	next->fn(next);
}

static void everybodys_turn(struct net_loop *l)
{
	while (l->turns.next != &l->turns) {
		struct net_link *next = l->turns.next;
		net_link_remove(next);
		l->turn_count++;
		next->fn(next);
	}
}

bool net_loop_is_stopping(const struct net_loop *l)
{
	return l->stopping;
}

char *net_loop_read_buf(struct net_loop *l)
{
	return l->read_buf;
}

static void on_timer(uv_timer_t *h)
{
	struct net_loop *l = h->data;

	sched_run_due(l->sched, clk_mono_ms());
}

static void wake_timer(void *arg, int64_t next_mono_ms)
{
	struct net_loop *l = arg;
	int64_t delay_ms;

	if (l->stopping)
		return;
	if (next_mono_ms < 0) {
		uv_timer_stop(&l->timer);
		return;
	}
	delay_ms = next_mono_ms - clk_mono_ms();
	uv_timer_start(&l->timer, on_timer, delay_ms > 0 ? (uint64_t)delay_ms : 0, 0);
}

static void trim(void *arg)
{
	struct net_loop *l = arg;

	l->trim = NULL;
	l->peak = l->open;
	l->handshakes = 0;
	(void)malloc_trim(0);
}

static void trim_soon(struct net_loop *l)
{
	if (!l->trim && !l->stopping)
		l->trim = sched_after(l->sched, TRIM_AFTER_MS, trim, l);
}

void net_loop_note_open(struct net_loop *l)
{
	if (++l->open > l->peak)
		l->peak = l->open;
}

void net_loop_note_closed(struct net_loop *l)
{
	assert(l->open > 0);
	if (--l->open <= l->peak / 2 && l->peak >= TRIM_STREAMS)
		trim_soon(l);
}

void net_loop_note_handshake(struct net_loop *l)
{
	if (++l->handshakes >= TRIM_HANDSHAKES)
		trim_soon(l);
}

static void on_hold(uv_async_t *h)
{
	(void)h;
}

struct net_loop *net_loop_new(struct err *e)
{
	struct net_loop *l = MEM_NEW(struct net_loop);
	int r = uv_loop_init(&l->uv);

	if (r == 0) {
		r = uv_async_init(&l->uv, &l->hold, on_hold);
		if (r != 0)
			(void)uv_loop_close(&l->uv);
	}
	if (r != 0) {
		err_errno(e, ERR_IO, -r, "making the event loop");
		mem_free(l);
		return NULL;
	}
	(void)signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error of the write */
	list_init(&l->deferred);
	list_init(&l->tracked);
	list_init(&l->at_end);
	list_init(&l->wakes);
	list_init(&l->turns);
	uv_timer_init(&l->uv, &l->timer);
	uv_idle_init(&l->uv, &l->idle);
	uv_check_init(&l->uv, &l->check);
	l->timer.data = l->idle.data = l->check.data = l;
	uv_check_start(&l->check, on_check);
	uv_unref((uv_handle_t *)&l->check);
	l->sched = sched_new(wake_timer, l);
	return l;
}

struct sched *net_loop_sched(struct net_loop *l)
{
	return l->sched;
}

void *net_loop_uv(struct net_loop *l)
{
	return &l->uv;
}

void net_loop_run(struct net_loop *l)
{
	(void)uv_run(&l->uv, UV_RUN_DEFAULT);
}

struct net_wake {
	uv_async_t *handle; /* NULL: the loop is gone */
	struct net_link link;
	void (*fn)(void *arg);
	void *arg;
};

void net_loop_stop(struct net_loop *l)
{
	if (l->stopping)
		return;
	l->stopping = true;
	uv_close((uv_handle_t *)&l->timer, NULL);
	uv_close((uv_handle_t *)&l->hold, NULL);
	/* Other threads may still call net_loop_wake, so these stay until their owner frees them. */
	for (struct net_link *k = l->wakes.next; k != &l->wakes; k = k->next)
		uv_unref((uv_handle_t *)NET_OWNER(k, struct net_wake, link)->handle);
	everybodys_turn(l);
	list_run(&l->tracked);
}

static void on_handle_closed(uv_handle_t *h)
{
	mem_free(h);
}

static void detach_wake(struct net_wake *w)
{
	uv_async_t *h = w->handle;

	net_link_remove(&w->link);
	w->handle = NULL;
	if (!h)
		return;
	h->data = NULL;
	uv_close((uv_handle_t *)h, on_handle_closed);
}

void net_loop_free(struct net_loop *l)
{
	int r;

	if (!l)
		return;
	net_loop_stop(l);
	while (l->wakes.next != &l->wakes)
		detach_wake(NET_OWNER(l->wakes.next, struct net_wake, link));
	(void)uv_run(&l->uv, UV_RUN_DEFAULT);
	list_run(&l->at_end);
	uv_close((uv_handle_t *)&l->idle, NULL);
	uv_close((uv_handle_t *)&l->check, NULL);
	(void)uv_run(&l->uv, UV_RUN_DEFAULT);
	r = uv_loop_close(&l->uv);
	assert(r == 0); /* somebody kept a handle open */
	(void)r;
	sched_free(l->sched);
	mem_free(l);
}

struct work {
	uv_work_t req;
	void (*work)(void *arg);
	void (*done)(void *arg);
	void *arg;
};

static void on_work(uv_work_t *req)
{
	struct work *w = req->data;

	w->work(w->arg);
}

static void on_work_done(uv_work_t *req, int status)
{
	struct work *w = req->data;

	(void)status; /* never cancelled */
	w->done(w->arg);
	mem_free(w);
}

void net_loop_work(struct net_loop *l, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	struct work *w = MEM_NEW(struct work);
	int r;

	w->work = work;
	w->done = done;
	w->arg = arg;
	w->req.data = w;
	r = uv_queue_work(&l->uv, &w->req, on_work, on_work_done);
	assert(r == 0); /* fails only without a work function */
	(void)r;
}

struct on_sig {
	uv_signal_t handle;
	struct net_link link;
	void (*fn)(void *arg, int signum);
	void *arg;
};

static void on_signal(uv_signal_t *h, int signum)
{
	struct on_sig *s = h->data;

	s->fn(s->arg, signum);
}

static void on_sig_closed(uv_handle_t *h)
{
	mem_free(h->data);
}

static void stop_signal(struct net_link *link)
{
	struct on_sig *s = NET_OWNER(link, struct on_sig, link);

	uv_close((uv_handle_t *)&s->handle, on_sig_closed);
}

void net_loop_on_signal(struct net_loop *l, int signum, void (*fn)(void *arg, int signum),
			void *arg)
{
	struct on_sig *s = MEM_NEW(struct on_sig);

	s->fn = fn;
	s->arg = arg;
	s->link.fn = stop_signal;
	uv_signal_init(&l->uv, &s->handle);
	s->handle.data = s;
	uv_signal_start(&s->handle, on_signal, signum);
	net_loop_track(l, &s->link);
}

static void on_wake(uv_async_t *h)
{
	struct net_wake *w = h->data;

	if (w)
		w->fn(w->arg);
}

struct net_wake *net_loop_wake_new(struct net_loop *l, void (*fn)(void *arg), void *arg)
{
	struct net_wake *w = MEM_NEW(struct net_wake);
	int r;

	w->handle = MEM_NEW(uv_async_t);
	w->fn = fn;
	w->arg = arg;
	r = uv_async_init(&l->uv, w->handle, on_wake);
	assert(r == 0); /* the loop has its wake-up descriptor since net_loop_new */
	(void)r;
	w->handle->data = w;
	list_add(&l->wakes, &w->link);
	if (l->stopping)
		uv_unref((uv_handle_t *)w->handle);
	return w;
}

void net_loop_wake(struct net_wake *w)
{
	if (w->handle)
		(void)uv_async_send(w->handle);
}

void net_loop_wake_free(struct net_wake *w)
{
	if (!w)
		return;
	detach_wake(w);
	mem_free(w);
}

unsigned net_loop_raise_fds(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) != 0)
		return 0;
	if (lim.rlim_cur < lim.rlim_max) {
		lim.rlim_cur = lim.rlim_max < MAX_FDS ? lim.rlim_max : MAX_FDS;
		(void)setrlimit(RLIMIT_NOFILE, &lim);
		(void)getrlimit(RLIMIT_NOFILE, &lim);
	}
	return lim.rlim_cur < MAX_FDS ? (unsigned)lim.rlim_cur : MAX_FDS;
}
