/* Programs of the operator run on the loop (net/child.h). Used for the hook. Ends a child for good:
 * its group is killed also when only grandchildren are left that hold the pipes. Never waits. */
#include "net/child.h"
#include "base/buf.h"
#include "base/clk.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/loop_priv.h"
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#define ERR_TEXT_MAX 2048
#define LINGER_MS    200 /* after its end, for what stands in the pipes still */
#define MAX_ARGS     16

enum { PIPE_IN, PIPE_OUT, PIPE_ERR, PIPE_COUNT };
struct net_child {
	struct net_loop *loop;
	struct net_link tracked, soon;
	uv_process_t process;
	uv_pipe_t pipes[PIPE_COUNT];
	bool pipe_open[PIPE_COUNT], spawned, exited, told;
	unsigned handles; /* not yet closed */
	uv_write_t write;
	struct buf in, out, err_text;
	char chunk[16384];
	struct sched_timer *timer;
	int64_t began_mono_ms;
	struct net_child_end end;
	net_child_fn *fn; /* NULL: cancelled */
	void *arg;
};

static void finish(struct net_child *c);

static void free_if_closed(struct net_child *c)
{
	if (c->handles || !c->told)
		return;
	buf_deinit(&c->in);
	buf_deinit(&c->out);
	buf_deinit(&c->err_text);
	mem_free(c);
}

static void on_closed(uv_handle_t *h)
{
	struct net_child *c = h->data;

	c->handles--;
	free_if_closed(c);
}

static void close_pipe(struct net_child *c, unsigned i)
{
	if (!c->pipe_open[i])
		return;
	c->pipe_open[i] = false;
	uv_close((uv_handle_t *)&c->pipes[i], on_closed);
}

static void kill_group(struct net_child *c)
{
	/* the group may outlive its leader; its id is not given to others while a member lives */
	if (c->spawned && c->process.pid > 0)
		(void)kill(-c->process.pid, SIGKILL);
}

static void tell(struct net_child *c)
{
	net_child_fn *fn = c->fn;

	if (c->told)
		return;
	c->told = true;
	c->fn = NULL;
	c->end.elapsed_ms = clk_mono_ms() - c->began_mono_ms;
	c->end.out = buf_span(&c->out);
	c->end.err_text = buf_span(&c->err_text);
	if (fn)
		fn(c->arg, &c->end);
}

/* The program and its pipes are done: everything is closed, then it is told. */
static void finish(struct net_child *c)
{
	if (c->told)
		return;
	sched_cancel(c->timer);
	c->timer = NULL;
	net_link_remove(&c->tracked);
	net_link_remove(&c->soon);
	kill_group(c);
	for (unsigned i = 0; i < PIPE_COUNT; i++)
		close_pipe(c, i);
	if (c->exited && c->handles && !uv_is_closing((uv_handle_t *)&c->process))
		uv_close((uv_handle_t *)&c->process, on_closed);
	tell(c);
	free_if_closed(c);
}

static void finish_if_done(struct net_child *c)
{
	if (c->exited && !c->pipe_open[PIPE_OUT] && !c->pipe_open[PIPE_ERR])
		finish(c);
}

static void give_up(struct net_child *c, enum err_code code, const char *msg)
{
	if (c->end.why.code == ERR_NONE)
		err_set(&c->end.why, code, "%s", msg);
	kill_group(c);
	if (!c->spawned || c->exited)
		finish(c);
	/* else its exit comes at once */
}

static void on_time(void *arg)
{
	struct net_child *c = arg;

	c->timer = NULL;
	if (c->exited) /* only a grandchild holds the pipes */
		finish(c);
	else
		give_up(c, ERR_TIMEOUT, "the program did not end in time");
}

static void on_exit_of(uv_process_t *p, int64_t status, int signum)
{
	struct net_child *c = p->data;

	c->exited = true;
	c->end.exit_code = (int)status;
	c->end.signal = signum;
	if (c->told) {
		uv_close((uv_handle_t *)&c->process, on_closed);
		return;
	}
	if (c->end.why.code != ERR_NONE) {
		finish(c);
		return;
	}
	sched_cancel(c->timer);
	c->timer = sched_after(net_loop_sched(c->loop), LINGER_MS, on_time, c);
	finish_if_done(c);
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *b)
{
	struct net_child *c = h->data;

	(void)hint;
	*b = uv_buf_init(c->chunk, sizeof c->chunk);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct net_child *c = s->data;
	bool is_out = s == (uv_stream_t *)&c->pipes[PIPE_OUT];

	if (n < 0) {
		close_pipe(c, is_out ? PIPE_OUT : PIPE_ERR);
		finish_if_done(c);
	} else if (is_out && !buf_add(&c->out, span_make(b->base, (size_t)n))) {
		give_up(c, ERR_LIMIT, "the program answers too much");
	} else if (!is_out && c->err_text.n < ERR_TEXT_MAX) {
		size_t room = ERR_TEXT_MAX - c->err_text.n;
		buf_add(&c->err_text, span_make(b->base, (size_t)n < room ? (size_t)n : room));
	}
}

static void on_written(uv_write_t *w, int status)
{
	struct net_child *c = w->data;

	(void)status; /* it need not read what it gets */
	close_pipe(c, PIPE_IN);
}

static void on_loop_stop(struct net_link *l)
{
	give_up(NET_OWNER(l, struct net_child, tracked), ERR_CANCELLED, "the service ends");
}

static void on_soon(struct net_link *l)
{
	finish(NET_OWNER(l, struct net_child, soon));
}

static int spawn(struct net_child *c, const struct net_child_conf *conf)
{
	static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		    lang[] = "LANG=C.UTF-8", home[] = "HOME=/";
	char *env[] = { path, lang, home, NULL }, *argv[MAX_ARGS + 2] = { 0 };
	uv_stdio_container_t io[PIPE_COUNT];
	unsigned n = 0;

	argv[n++] = mem_str(conf->program);
	for (unsigned i = 0; conf->args && conf->args[i] && i < MAX_ARGS; i++)
		argv[n++] = mem_str(conf->args[i]);
	for (unsigned i = 0; i < PIPE_COUNT; i++) {
		io[i].flags = UV_CREATE_PIPE | (i == PIPE_IN ? UV_READABLE_PIPE : UV_WRITABLE_PIPE);
		io[i].data.stream = (uv_stream_t *)&c->pipes[i];
	}
	uv_process_options_t o = {
		.exit_cb = on_exit_of,
		.file = argv[0],
		.args = argv,
		.env = env,
		.cwd = "/",
		.flags = UV_PROCESS_DETACHED,
		.stdio_count = PIPE_COUNT,
		.stdio = io,
	};
	/* whatever a library opened without asking for it: nothing of it is for others */
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	int r = uv_spawn(net_loop_uv(c->loop), &c->process, &o);
	for (unsigned i = 0; i < n; i++)
		mem_free(argv[i]);
	return r;
}

static void cannot_start(struct net_child *c, const char *program, int r)
{
	enum err_code code = r == UV_ENOENT ? ERR_NOT_FOUND : r == UV_EACCES ? ERR_DENIED : ERR_IO;

	err_set(&c->end.why, code, "%s cannot be started", program);
	err_seen(&c->end.why, "%s", uv_strerror(r));
	c->exited = true;
	c->soon.fn = on_soon;
	net_loop_defer(c->loop, &c->soon);
}

struct net_child *net_child_start(struct net_loop *l, const struct net_child_conf *conf,
				  net_child_fn *fn, void *arg)
{
	struct net_child *c = MEM_NEW(struct net_child);

	*c = (struct net_child){ .loop = l, .fn = fn, .arg = arg, .began_mono_ms = clk_mono_ms() };
	buf_init(&c->in, conf->in.n + 1);
	buf_init(&c->out, conf->out_max);
	buf_init(&c->err_text, ERR_TEXT_MAX);
	buf_add(&c->in, conf->in);
	for (unsigned i = 0; i < PIPE_COUNT; i++) {
		uv_pipe_init(net_loop_uv(l), &c->pipes[i], 0);
		c->pipes[i].data = c;
		c->pipe_open[i] = true;
	}
	c->process.data = c;
	c->handles = PIPE_COUNT + 1; /* uv_spawn makes the process handle also when it fails */
	int r = spawn(c, conf);
	c->process.data = c;
	if (r != 0) {
		cannot_start(c, conf->program, r);
		return c;
	}
	c->spawned = true;
	c->timer = sched_after(net_loop_sched(l), conf->timeout_ms, on_time, c);
	c->tracked.fn = on_loop_stop;
	net_loop_track(l, &c->tracked);
	uv_read_start((uv_stream_t *)&c->pipes[PIPE_OUT], on_alloc, on_read);
	uv_read_start((uv_stream_t *)&c->pipes[PIPE_ERR], on_alloc, on_read);
	uv_buf_t b = uv_buf_init((char *)c->in.p, (unsigned)c->in.n);
	c->write.data = c;
	if (uv_write(&c->write, (uv_stream_t *)&c->pipes[PIPE_IN], &b, 1, on_written) != 0)
		close_pipe(c, PIPE_IN);
	return c;
}

void net_child_cancel(struct net_child *c)
{
	if (!c)
		return;
	c->fn = NULL;
	give_up(c, ERR_CANCELLED, "cancelled");
}
