/* See console_service.h. Asks the service for what was said in short intervals, shorter while something
 * is said; each question is one request over the local socket. Holds no password. */
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "cli/console_service.h"
#include "cli/rpc.h"
#include "cli/term.h"
#include "net/loop.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define ASK_MIN_MS    5
#define ASK_MAX_MS    150
#define TYPE_BYTES    16384
#define POWER_WAIT_MS "20000"
#define END_BY_SIGNAL 128

struct service {
	struct console *k;
	struct net_loop *loop;
	struct sched_timer *timer;
	const char *base; /* path of the console */
	char writer[40];
	uint64_t from;
	int64_t wait_ms;
	bool force, was_open, lost, ending, off;
	struct err *e;
};

static void ask_soon(struct service *v, int64_t ms);

/* ---- the line ---- */

/* NULL: it was not taken, and the person knows why. The caller gives the reply back. */
static json_t *type(struct service *v, json_t *body, bool *out_denied)
{
	struct err e = { 0 };
	json_t *reply = NULL;
	char target[512];

	(void)json_object_set_new(body, "writer", json_string(v->writer));
	(void)json_object_set_new(body, "force", json_string(v->force ? "true" : "false"));
	(void)snprintf(target, sizeof target, "%s/input", v->base);
	bool ok = cli_rpc_send(v->k->c, "POST", target, body, &reply, &e);
	*out_denied = !ok && e.code == ERR_DENIED;
	if (*out_denied)
		cli_console_note(v->k, "%s (%s); --force takes it over", e.msg, e.seen);
	else if (!ok)
		cli_console_stop(v->k, &e);
	v->force = v->force && !ok;
	return ok ? reply : NULL;
}

static size_t line_send(void *arg, struct span bytes)
{
	struct service *v = arg;
	struct buf text;
	struct out o;
	bool denied;

	if (bytes.n > TYPE_BYTES)
		bytes.n = TYPE_BYTES;
	buf_init(&text, (size_t)TYPE_BYTES * 2);
	out_init_buf(&o, &text);
	out_b64(&o, bytes);
	json_t *body = json_pack("{s:s}", "data", text.n ? (const char *)text.p : "");
	buf_wipe(&text);
	json_t *reply = type(v, body, &denied);
	size_t took = reply ? (size_t)json_integer_value(json_object_get(reply, "took")) : 0;
	json_decref(reply);
	if (denied)
		return bytes.n; /* not typed, and not kept for later */
	ask_soon(v, ASK_MIN_MS);
	return took;
}

static bool line_break(void *arg)
{
	struct service *v = arg;
	bool denied;
	json_t *reply = type(v, json_pack("{s:s}", "break", "true"), &denied);
	bool sent = json_is_true(json_object_get(reply, "break"));

	json_decref(reply);
	return sent;
}

static void line_pause(void *arg, bool paused)
{
	struct service *v = arg;

	if (paused) {
		sched_cancel(v->timer);
		v->timer = NULL;
	} else {
		ask_soon(v, 0);
	}
}

static void line_end(void *arg)
{
	struct service *v = arg;

	v->ending = true;
	ask_soon(v, 0);
}

static void line_power(void *arg, const char *action)
{
	struct service *v = arg;
	struct cli *c = v->k->c;
	struct err e = { 0 };
	json_t *begun = NULL, *end = NULL;
	json_t *body = str_eq(action, "status")
		? json_pack("{s:s, s:[s]}", "op", "power-status", "targets", v->k->pc)
		: json_pack("{s:s, s:{s:s}, s:[s]}", "op", "power", "args", "action", action,
			    "targets", v->k->pc);

	bool ok = cli_rpc_send(c, "POST", "/v1/operations", body, &begun, &e) &&
		cli_rpc_get(c,
			    cli_rpc_target(&c->arena,
					   "/v1/operations/%?after=0&wait_ms=" POWER_WAIT_MS,
					   json_string_value(json_object_get(begun, "id")), NULL),
			    &end, &e);
	const json_t *item = json_array_get(json_object_get(end, "items"), 0);
	const char *msg = json_string_value(json_object_get(json_object_get(item, "error"), "msg"));
	if (!ok || msg)
		cli_console_note(v->k, "power %s: %s", action, msg ? msg : e.msg);
	else
		cli_console_note(v->k, "power %s: done", action);
	json_decref(begun);
	json_decref(end);
}

static const struct console_line service_line = { line_send, line_break, line_pause, line_power,
						  line_end };

/* ---- looking ---- */

static void take_error(const json_t *reply, struct err *e)
{
	const json_t *o = json_object_get(reply, "error");
	const char *msg = json_string_value(json_object_get(o, "msg")),
		   *code = json_string_value(json_object_get(o, "code")),
		   *hint = json_string_value(json_object_get(o, "hint")),
		   *rule = json_string_value(json_object_get(o, "rule"));
	enum err_code known = ERR_CLOSED;

	if (code)
		(void)err_from_name(code, &known);
	err_set(e, known == ERR_NONE ? ERR_CLOSED : known, "%s",
		msg ? msg : "the console has ended");
	if (hint)
		err_hint(e, "%s", hint);
	if (rule && cli_rpc_rule(rule))
		err_rule(e, cli_rpc_rule(rule));
}

static void tell_state(struct service *v, const json_t *reply)
{
	const char *state = json_string_value(json_object_get(reply, "state"));
	bool off = json_is_false(json_object_get(reply, "power"));
	struct err e = { 0 };

	if (str_eq(state, "open")) {
		if (!v->was_open || v->lost)
			cli_console_opened(v->k, v->was_open);
		v->was_open = true;
		v->lost = false;
	} else if (str_eq(state, "lost") && !v->lost) {
		take_error(reply, &e);
		v->lost = true;
		v->k->open = false;
		cli_console_note(v->k, "%s; the service tries to come back", e.msg);
	} else if (str_eq(state, "ended")) {
		take_error(reply, &e);
		cli_console_ended(v->k, &e);
	}
	if (off && !v->off)
		cli_console_note(v->k, "the PC is off");
	v->off = off;
}

/* Gives how many bytes came. */
static size_t take_said(struct service *v, const json_t *reply)
{
	const char *data = json_string_value(json_object_get(reply, "data"));
	uint64_t from = (uint64_t)json_integer_value(json_object_get(reply, "from"));
	size_t max = data ? b64_max_decoded(strlen(data)) : 0, n = 0;
	uint8_t *mem = max ? mem_new(max) : NULL;

	if (from > v->from && v->from > 0)
		cli_console_note(v->k, "%llu bytes were said that this console was too slow for",
				 (unsigned long long)(from - v->from));
	if (mem && b64_decode(span_str(data), mem, max, &n) && n > 0)
		cli_console_heard(v->k, span_make(mem, n));
	mem_free(mem);
	v->from = (uint64_t)json_integer_value(json_object_get(reply, "next"));
	return n;
}

static void on_ask(void *arg)
{
	struct service *v = arg;
	struct cli *c = v->k->c;
	const struct err none = { 0 };
	struct err e = { 0 };
	json_t *reply = NULL;

	v->timer = NULL;
	if (v->ending) {
		cli_console_ended(v->k, &none);
		return;
	}
	char target[512];
	(void)snprintf(target, sizeof target, "%s?from=%llu", v->base, (unsigned long long)v->from);
	if (!cli_rpc_get(c, target, &reply, &e)) {
		cli_console_ended(v->k, &e);
		return;
	}
	size_t n = take_said(v, reply);
	tell_state(v, reply);
	json_decref(reply);
	v->wait_ms = n > 0 ? 0 : v->wait_ms * 2 + ASK_MIN_MS;
	if (v->wait_ms > ASK_MAX_MS)
		v->wait_ms = ASK_MAX_MS;
	if (v->k->ended)
		return;
	cli_console_room(v->k);
	if (!v->timer && !v->k->paused)
		ask_soon(v, v->wait_ms);
}

static void ask_soon(struct service *v, int64_t ms)
{
	sched_cancel(v->timer);
	v->timer = sched_after(net_loop_sched(v->loop), ms, on_ask, v);
}

/* ---- the whole ---- */

static void on_done(void *arg)
{
	struct service *v = arg;

	sched_cancel(v->timer);
	v->timer = NULL;
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

bool cli_console_service(struct console *k, struct err *e)
{
	struct service v = { .k = k, .e = e, .force = cli_args_has(&k->c->args, "force") };
	struct rng rng;

	rng_os(&rng);
	(void)snprintf(v.writer, sizeof v.writer, "%s-%04x",
		       getenv("USER") ? getenv("USER") : "user",
		       (unsigned)(rng_u64(&rng) & 0xffff));
	if (!open_console(&v, e))
		return false;
	v.loop = k->loop = net_loop_new(e);
	if (!v.loop)
		return false;
	k->line = &service_line;
	k->line_arg = &v;
	k->on_done = on_done;
	k->arg = &v;
	net_loop_on_signal(v.loop, SIGINT, on_signal, &v);
	net_loop_on_signal(v.loop, SIGTERM, on_signal, &v);
	net_loop_on_signal(v.loop, SIGHUP, on_signal, &v);
	if (cli_console_begin(k, e)) {
		ask_soon(&v, 0);
	} else {
		cli_console_deinit(k);
		net_loop_stop(v.loop);
	}
	net_loop_run(v.loop);
	net_loop_free(v.loop);
	return e->code == ERR_NONE;
}
