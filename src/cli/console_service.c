/* See console_service.h. One request waits at the service for what is said next, another one carries what
 * is typed; none of them holds up the terminal, so that the menu works when the service stands still.
 * What else is asked of it is in console_ask.c. Holds no password. */
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "cli/console_ask.h"
#include "cli/console_service.h"
#include "cli/term.h"
#include "net/loop.h"
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define LOOK_WAIT_MS  8000  /* the service answers then, also when nothing was said */
#define LATE_MS       15000 /* and when not even that comes, it is said */
#define GIVE_UP_MS    120000
#define AWAKE_MS      5000 /* a screen that takes nothing: the service is told that somebody is there */
#define TYPE_BYTES    ((size_t)16384)
#define TYPE_AGAIN_MS 50
#define LAST_WORDS_MS 2000
#define END_BY_SIGNAL 128

struct service {
	struct console *k;
	struct cli_console_ask *ask;
	struct net_loop *loop;
	struct sched_timer *look_timer, *late_timer, *type_timer, *end_timer;
	struct cli_rpc_op *look, *type;
	const char *base, *path; /* of the console; the socket */
	char writer[64];
	uint64_t from, version, drops;
	struct buf typed; /* not taken yet */
	bool want_break, leaves, is_writer, force, was_open, lost, ending, off, late, awake;
	struct err *e;
};

static void look(struct service *v);
static void look_soon(struct service *v, int64_t ms);
static void type(struct service *v);

/* ---- typing ---- */

static bool busy(void *arg)
{
	const struct service *v = arg;

	return v->type || v->typed.n;
}

static void on_over(void *arg)
{
	struct service *v = arg;
	const struct err none = { 0 };

	v->end_timer = NULL;
	cli_console_ended(v->k, &none);
}

/* What was typed before the end still goes; then others may type. */
static void end_soon(struct service *v)
{
	sched_cancel(v->end_timer);
	if (v->is_writer && !busy(v)) {
		v->is_writer = false;
		v->leaves = true;
		type(v);
	}
	v->end_timer =
		sched_after(net_loop_sched(v->loop), busy(v) ? LAST_WORDS_MS : 0, on_over, v);
}

static void on_type_again(void *arg)
{
	struct service *v = arg;

	v->type_timer = NULL;
	type(v);
}

static void on_typed(void *arg, const json_t *reply, const struct err *e)
{
	struct service *v = arg;
	bool broke = v->want_break, left = v->leaves;

	v->type = NULL;
	v->leaves = false;
	v->want_break = false;
	if (e->code == ERR_DENIED && (v->k->has_script || !v->k->in_is_term)) {
		cli_console_stop(v->k, e); /* nobody is there to wait for the keyboard */
		buf_clear(&v->typed);
		v->is_writer = false;
	} else if (e->code == ERR_DENIED) {
		cli_console_note(v->k, "%s (%s); --force takes it over", e->msg, e->seen);
		buf_clear(&v->typed); /* not kept for later */
		v->is_writer = false;
	} else if (e->code != ERR_NONE) {
		buf_clear(&v->typed);
		cli_console_note(v->k, "what was typed is lost: %s", e->msg);
	} else {
		v->force = false;
		v->is_writer = !left;
		buf_consume(&v->typed, (size_t)json_integer_value(json_object_get(reply, "took")));
		if (broke)
			cli_console_note(v->k, "%s",
					 json_is_true(json_object_get(reply, "break"))
						 ? CONSOLE_BREAK_SENT
						 : "no break: the line is not open");
	}
	if (v->typed.n)
		v->type_timer =
			sched_after(net_loop_sched(v->loop), TYPE_AGAIN_MS, on_type_again, v);
	else if (v->ending)
		end_soon(v);
	else
		cli_console_room(v->k);
}

static void type(struct service *v)
{
	struct span bytes = buf_span(&v->typed);
	struct buf text;
	struct out o;
	char target[512];

	if (bytes.n > TYPE_BYTES)
		bytes.n = TYPE_BYTES;
	buf_init(&text, TYPE_BYTES * 2);
	out_init_buf(&o, &text);
	out_b64(&o, bytes);
	out_u8(&o, 0);
	json_t *body = json_pack("{s:s, s:s, s:s}", "data", (const char *)text.p, "writer",
				 v->writer, "force", v->force ? "true" : "false");
	buf_wipe(&text);
	if (v->want_break)
		(void)json_object_set_new(body, "break", json_string("true"));
	if (v->leaves)
		(void)json_object_set_new(body, "leave", json_string("true"));
	(void)snprintf(target, sizeof target, "%s/input", v->base);
	v->type = cli_rpc_start_json(v->loop, v->path, target, body, on_typed, v);
}

static size_t line_send(void *arg, struct span bytes)
{
	struct service *v = arg;

	if (busy(v) || v->ending)
		return 0;
	if (bytes.n > TYPE_BYTES)
		bytes.n = TYPE_BYTES;
	(void)buf_add(&v->typed, bytes);
	type(v);
	return bytes.n;
}

static void line_break(void *arg)
{
	struct service *v = arg;

	if (busy(v)) {
		cli_console_note(v->k, "not now: what was typed is still on its way");
		return;
	}
	v->want_break = true;
	type(v);
}

static void line_power(void *arg, const char *action)
{
	const struct service *v = arg;

	cli_console_ask_power(v->ask, action);
}

static void line_pause(void *arg, bool paused)
{
	struct service *v = arg;

	if (!v->look || (v->awake && !paused))
		look_soon(v, paused ? AWAKE_MS : 0);
}

static void line_end(void *arg)
{
	struct service *v = arg;

	v->ending = true;
	end_soon(v);
}

static const struct console_line service_line = { line_send,  line_break, line_pause,
						  line_power, line_end,   busy };

/* ---- looking ---- */

static void tell_state(struct service *v, const json_t *reply)
{
	const char *state = json_string_value(json_object_get(reply, "state"));
	bool off = json_is_false(json_object_get(reply, "power"));
	uint64_t drops = (uint64_t)json_integer_value(json_object_get(reply, "drops"));
	struct err e = { 0 };

	if (str_eq(state, "open")) {
		if (!v->was_open || v->lost)
			cli_console_opened(v->k, v->was_open);
		v->was_open = true;
		v->lost = false;
	} else if (str_eq(state, "lost") && !v->lost) {
		cli_rpc_error(json_object_get(reply, "error"), &e);
		v->lost = true;
		v->k->open = false;
		cli_console_note(v->k, "%s; the service tries to come back", e.msg);
	} else if (str_eq(state, "ended")) {
		if (json_object_get(reply, "error"))
			cli_rpc_error(json_object_get(reply, "error"), &e);
		else
			err_set(&e, ERR_CLOSED, "the console of %s has ended", v->k->pc);
		cli_console_ended(v->k, &e);
	}
	if (off && !v->off)
		cli_console_note(v->k, "the PC is off");
	v->off = off;
	if (drops > v->drops)
		cli_console_note(v->k, CONSOLE_LOST_BYTES);
	v->drops = drops;
}

static void take_said(struct service *v, const json_t *reply)
{
	const char *data = json_string_value(json_object_get(reply, "data"));
	uint64_t from = (uint64_t)json_integer_value(json_object_get(reply, "from"));
	size_t max = data ? b64_max_decoded(strlen(data)) : 0, n = 0;
	uint8_t *mem = max ? mem_new(max) : NULL;

	if (from > v->from && v->from > 0)
		cli_console_note(v->k, "%llu bytes were said that this console was too slow for",
				 (unsigned long long)(from - v->from));
	v->from = (uint64_t)json_integer_value(json_object_get(reply, "next"));
	if (mem && b64_decode(span_str(data), mem, max, &n) && n > 0)
		cli_console_heard(v->k, span_make(mem, n));
	mem_free(mem);
}

/* The service is gone, or does not know the console any more. */
static void gone(struct service *v, const struct err *why)
{
	struct err e = *why;

	if (why->code == ERR_SERVICE_DOWN) {
		err_set(&e, ERR_SERVICE_DOWN,
			"the service has ended, and the serial session of %s with it", v->k->pc);
		err_seen(&e, "%s", why->msg);
		err_hint(&e, "see 'outband status' and its log; --direct HOST needs no service");
	}
	cli_console_ended(v->k, &e);
}

static void on_look(void *arg, const json_t *reply, const struct err *e)
{
	struct service *v = arg;

	v->look = NULL;
	sched_cancel(v->late_timer);
	v->late_timer = NULL;
	if (e->code != ERR_NONE) {
		gone(v, e);
		return;
	}
	if (v->late)
		cli_console_note(v->k, "the service answers again");
	v->late = false;
	if (!v->awake) {
		v->version = (uint64_t)json_integer_value(json_object_get(reply, "version"));
		take_said(v, reply);
		tell_state(v, reply);
	}
	if (!v->k->ended)
		look_soon(v, v->k->paused ? AWAKE_MS : 0);
}

static void on_late(void *arg)
{
	struct service *v = arg;
	struct err e = { 0 };

	v->late_timer = NULL;
	if (v->late) {
		err_set(&e, ERR_TIMEOUT, "the service has not answered for %d s",
			GIVE_UP_MS / 1000);
		err_hint(&e, "is its process stopped, or its machine overloaded? see its log");
		cli_console_ended(v->k, &e);
		return;
	}
	v->late = true;
	cli_console_note(v->k, "the service does not answer; waiting, %s ends this",
			 v->k->in_is_term ? "Ctrl-] ." : "Ctrl-C");
	v->late_timer = sched_after(net_loop_sched(v->loop), GIVE_UP_MS - LATE_MS, on_late, v);
}

static void look(struct service *v)
{
	char target[640];

	v->awake = v->k->paused;
	if (v->awake) /* from the end on: nothing is given, but somebody is there */
		(void)snprintf(target, sizeof target, "%s?from=%lld", v->base,
			       (long long)INT64_MAX);
	else
		(void)snprintf(target, sizeof target, "%s?from=%llu&wait_ms=%d&version=%llu",
			       v->base, (unsigned long long)v->from, v->version ? LOOK_WAIT_MS : 0,
			       (unsigned long long)v->version);
	const struct cli_rpc_req req = { .method = "GET", .target = target };
	v->look = cli_rpc_start(v->loop, v->path, &req, on_look, v);
	v->late_timer = sched_after(net_loop_sched(v->loop), LATE_MS, on_late, v);
}

static void on_look_due(void *arg)
{
	struct service *v = arg;

	v->look_timer = NULL;
	look(v);
}

static void look_soon(struct service *v, int64_t ms)
{
	sched_cancel(v->look_timer);
	sched_cancel(v->late_timer);
	cli_rpc_cancel(v->look);
	v->look = NULL;
	v->late_timer = NULL;
	v->look_timer = sched_after(net_loop_sched(v->loop), ms, on_look_due, v);
}

/* ---- the whole ---- */

static void on_done(void *arg)
{
	struct service *v = arg;
	struct sched_timer *timers[] = { v->look_timer, v->late_timer, v->type_timer,
					 v->end_timer };

	for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
		sched_cancel(timers[i]);
	cli_rpc_cancel(v->look);
	cli_rpc_cancel(v->type);
	cli_console_ask_free(v->ask);
	*v->e = v->k->why;
	cli_console_deinit(v->k);
	net_loop_stop(v->loop);
}

static void on_signal(void *arg, int signum)
{
	struct service *v = arg;
	struct err e = { 0 };

	cli_term_restore();
	v->k->c->exit_status = END_BY_SIGNAL + signum;
	err_set(&e, ERR_CANCELLED, "ended by signal %d", signum);
	cli_console_stop(v->k, &e);
}

static void on_resize(void *arg, int signum)
{
	const struct service *v = arg;

	(void)signum;
	cli_console_resized(v->k);
}

static void on_resume(void *arg, int signum)
{
	(void)arg;
	(void)signum;
	cli_term_resume();
}

static bool open_console(struct service *v, struct err *e)
{
	struct cli *c = v->k->c;
	json_t *reply = NULL;

	v->base = cli_rpc_target(&c->arena, "/v1/devices/%/console", v->k->pc, NULL);
	if (!cli_rpc_send(c, "POST", v->base, json_object(), &reply, e))
		return false;
	json_decref(reply);
	return true;
}

/* As others read it who may not type meanwhile. */
static void name_writer(struct service *v)
{
	const struct passwd *who = getpwuid(getuid());
	struct rng rng;

	rng_os(&rng);
	(void)snprintf(v->writer, sizeof v->writer, "%.40s-%04x", who ? who->pw_name : "user",
		       (unsigned)(rng_u64(&rng) & 0xffff));
}

bool cli_console_service(struct console *k, struct err *e)
{
	struct service v = { .k = k, .e = e, .force = cli_args_has(&k->c->args, "force") };
	static const int deadly[] = { SIGINT, SIGTERM, SIGHUP };

	name_writer(&v);
	v.path = cli_rpc_socket_path(k->c, &k->c->arena);
	if (!open_console(&v, e))
		return false;
	v.loop = k->loop = net_loop_new(e);
	if (!v.loop)
		return false;
	buf_init(&v.typed, TYPE_BYTES);
	v.ask = cli_console_ask_new(k, v.path);
	k->line = &service_line;
	k->line_arg = &v;
	k->on_done = on_done;
	k->arg = &v;
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
		net_loop_on_signal(v.loop, deadly[i], on_signal, &v);
	net_loop_on_signal(v.loop, SIGWINCH, on_resize, &v);
	net_loop_on_signal(v.loop, SIGCONT, on_resume, &v);
	if (cli_console_begin(k, e)) {
		look(&v);
	} else {
		cli_console_ask_free(v.ask);
		cli_console_deinit(k);
		net_loop_stop(v.loop);
	}
	net_loop_run(v.loop);
	net_loop_free(v.loop);
	buf_wipe(&v.typed);
	return e->code == ERR_NONE;
}
