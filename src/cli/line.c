/* See line.h. A line says the ticket, then hears "ok" or what went wrong as JSON; what follows are the
 * bytes of the session. Beside it a second connection, the watch, tells the service that this process is
 * alive, and hears why the line ended. Holds no password. */
#include "cli/line.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/rpc.h"
#include "net/loop.h"
#include "net/stream.h"

#define HEAD_MAX   16384 /* an error of the service */
#define TICKET_MAX 64
#define AGAIN_MS   1000 /* a watch that was lost alone is made anew */
#define WORD_MS    2000 /* the reason of an end comes over the watch, soon or never */

struct cli_line {
	struct amt_redir *direct; /* without the service: all else is unused */
	struct net_loop *loop;
	char path[256];
	char ticket[TICKET_MAX];
	struct net_stream *s; /* NULL: could not be made */
	struct amt_redir_events ev;
	void *arg;
	struct buf head;                   /* the answer to the ticket */
	struct net_stream *watch;          /* NULL: down */
	struct buf word;                   /* a line of it */
	bool open, ended, told, over;      /* told: why is the service's word; over: on_down came */
	struct sched_timer *timer, *again; /* again: of the watch */
	struct err why;
	bool *gone; /* set when it is freed meanwhile */
};

/* ---- its end ---- */

static void tell_down(void *arg)
{
	struct cli_line *k = arg;

	k->timer = NULL;
	k->over = true;
	k->ev.on_down(k->arg, &k->why);
}

/* Soon, since nothing is told inside of a call. */
static void tell_soon(struct cli_line *k, struct net_loop *loop, int64_t ms)
{
	if (k->over)
		return;
	sched_cancel(k->timer);
	k->timer = sched_after(net_loop_sched(loop), ms, tell_down, k);
}

/* ---- the watch ---- */

static void watch_up(void *arg, const struct net_tls_facts *facts)
{
	struct cli_line *k = arg;

	(void)facts;
	if (k->ended && !k->told) { /* the service lives, and its word is lost */
		k->told = true;
		err_set(&k->why, ERR_CLOSED, "the line to the PC ended, and nobody said why");
	}
	if (k->ended) {
		tell_soon(k, k->loop, 0);
		return;
	}
	(void)net_stream_send(k->watch, span_str(k->ticket));
	(void)net_stream_send(k->watch, span_str(" watch\n"));
}

static void take_word(struct cli_line *k)
{
	json_t *o;

	if (span_eq_str(buf_span(&k->word), "?")) {
		(void)net_stream_send(k->watch, span_str("!\n"));
		return;
	}
	o = json_loadb((const char *)k->word.p, k->word.n, 0, NULL);
	if (o && k->open && !k->told) {
		cli_rpc_error(json_object_get(o, "error"), &k->why);
		k->told = true;
	}
	json_decref(o);
	if (k->ended && k->told)
		tell_soon(k, k->loop, 0);
}

static void watch_data(void *arg, struct span bytes)
{
	struct cli_line *k = arg;

	while (bytes.n > 0) {
		size_t n = span_find(bytes, '\n');
		bool whole = n < bytes.n;
		(void)buf_add(&k->word, span_make(bytes.p, n));
		if (whole) {
			take_word(k);
			buf_clear(&k->word);
		}
		n += whole;
		bytes = span_make(bytes.p + n, bytes.n - n);
	}
}

/* Both are gone without a word: so is the service. */
static void blame_service(struct cli_line *k)
{
	err_set(&k->why, ERR_SERVICE_DOWN, "the service has ended, and the line to the PC with it");
	err_hint(&k->why, "see 'outband status' and its log");
	k->told = true;
}

static void dial_watch(struct cli_line *k);

static void watch_again(void *arg)
{
	struct cli_line *k = arg;

	k->again = NULL;
	dial_watch(k);
}

/* Alone it says nothing of the line. */
static void watch_down(void *arg, const struct err *why)
{
	struct cli_line *k = arg;

	(void)why;
	net_stream_close(k->watch);
	k->watch = NULL;
	buf_clear(&k->word);
	if (!k->ended) {
		k->again = sched_after(net_loop_sched(k->loop), AGAIN_MS, watch_again, k);
		return;
	}
	if (k->open && !k->told)
		blame_service(k);
	tell_soon(k, k->loop, 0);
}

static void dial_watch(struct cli_line *k)
{
	static const struct net_stream_events events = { watch_up, watch_data, watch_down };
	struct err e = { 0 };

	k->watch = net_stream_unix(k->loop, k->path, &e);
	if (k->watch)
		net_stream_start(k->watch, &events, k);
}

/* ---- a line ---- */

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	struct cli_line *k = arg;

	(void)facts;
	(void)net_stream_send(k->s, span_str(k->ticket));
	(void)net_stream_send(k->s, span_str("\n"));
}

/* The service's line: "ok", or what went wrong, which on_down tells then. */
static void take_head(struct cli_line *k)
{
	json_t *o;

	if (span_eq_str(buf_span(&k->head), "ok")) {
		k->open = true;
		k->ev.on_open(k->arg);
		return;
	}
	o = json_loadb((const char *)k->head.p, k->head.n, 0, NULL);
	if (o)
		cli_rpc_error(json_object_get(o, "error"), &k->why);
	else
		err_set(&k->why, ERR_MALFORMED, "the service gives no line");
	json_decref(o);
}

static void on_data(void *arg, struct span bytes)
{
	struct cli_line *k = arg;
	bool gone = false;

	if (!k->open) {
		size_t n = span_find(bytes, '\n');
		if (k->why.code != ERR_NONE || !buf_add(&k->head, span_make(bytes.p, n)) ||
		    n == bytes.n)
			return;
		k->gone = &gone;
		take_head(k);
		if (gone)
			return;
		k->gone = NULL;
		bytes = span_make(bytes.p + n + 1, bytes.n - n - 1);
	}
	if (k->open && bytes.n)
		k->ev.on_data(k->arg, bytes);
}

static void on_down(void *arg, const struct err *why)
{
	struct cli_line *k = arg;

	k->ended = true;
	sched_cancel(k->again);
	k->again = NULL;
	if (k->open && !k->told && !k->watch) {
		dial_watch(k);
		if (!k->watch)
			blame_service(k);
	}
	if (k->why.code == ERR_NONE)
		k->why = *why;
	if (k->why.code == ERR_NONE)
		err_set(&k->why, ERR_CLOSED, "the line to the PC ended");
	tell_soon(k, k->loop, k->open && !k->told && k->watch ? WORD_MS : 0);
}

static void on_room(void *arg)
{
	struct cli_line *k = arg;

	if (k->open)
		k->ev.on_room(k->arg);
}

struct cli_line *cli_line_open(struct net_loop *loop, const char *path, const char *ticket,
			       const struct amt_redir_events *ev, void *arg)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct cli_line *k = MEM_NEW(struct cli_line);
	struct out o;

	*k = (struct cli_line){ .loop = loop, .ev = *ev, .arg = arg };
	out_init(&o, k->path, sizeof k->path);
	out_fmt(&o, "%s.line", path);
	(void)str_copy(k->ticket, sizeof k->ticket, span_str(ticket));
	buf_init(&k->head, HEAD_MAX);
	buf_init(&k->word, HEAD_MAX);
	k->s = net_stream_unix(loop, k->path, &k->why);
	if (!k->s) {
		tell_soon(k, loop, 0);
		return k;
	}
	net_stream_start(k->s, &events, k);
	net_stream_on_room(k->s, on_room);
	dial_watch(k);
	return k;
}

struct cli_line *cli_line_direct(const struct amt_redir_conf *conf,
				 const struct amt_redir_events *ev, void *arg)
{
	struct cli_line *k = MEM_NEW(struct cli_line);

	*k = (struct cli_line){ .direct = amt_redir_start(conf, ev, arg) };
	return k;
}

bool cli_line_send(struct cli_line *k, struct span bytes)
{
	if (k->direct)
		return amt_redir_send(k->direct, bytes);
	return k->s && net_stream_send(k->s, bytes);
}

size_t cli_line_queued(const struct cli_line *k)
{
	if (k->direct)
		return amt_redir_queued(k->direct);
	return k->s ? net_stream_queued(k->s) : 0;
}

void cli_line_pause(struct cli_line *k, bool paused)
{
	if (k->direct)
		amt_redir_pause(k->direct, paused);
	else if (k->s)
		net_stream_pause(k->s, paused);
}

void cli_line_free(struct cli_line *k)
{
	if (!k)
		return;
	if (k->gone)
		*k->gone = true;
	amt_redir_free(k->direct);
	sched_cancel(k->timer);
	sched_cancel(k->again);
	net_stream_close(k->s);
	net_stream_close(k->watch);
	buf_deinit(&k->head);
	buf_deinit(&k->word);
	mem_free(k);
}

/* ---- tickets ---- */

bool cli_line_check(const struct cli *c, struct err *e)
{
	static const char *const names[] = { "user", "password-file", "tls",
					     "pin",  "timeout",       "clear-password" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!cli_args_has(&c->args, names[i]))
			continue;
		err_set(e, ERR_USAGE, "--%s goes with --direct only", names[i]);
		return err_hint(e, "the service knows how to reach its PCs");
	}
	if (c->args.count > 0 || cli_args_has(&c->args, "where"))
		return true;
	err_set(e, ERR_USAGE, "no PC is named");
	return err_hint(e, "name PCs that the service knows, or one with --direct");
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *v = json_string_value(json_object_get(o, key));

	return v ? v : "";
}

static bool take(struct cli *c, const json_t *reply, struct cli_line_pc **out_pcs,
		 unsigned *out_count, struct err *e)
{
	const json_t *lines = json_object_get(reply, "lines"),
		     *unknown = json_object_get(reply, "unknown"), *v;
	unsigned n = (unsigned)json_array_size(lines);
	size_t i;

	if (json_array_size(unknown) > 0) {
		err_set(e, ERR_NOT_FOUND, "no PC is known as %s",
			json_string_value(json_array_get(unknown, 0)));
		return err_hint(
			e,
			"see 'outband device list'; a PC is named by UUID, host name or address");
	}
	if (!n)
		return err_set(e, ERR_NOT_FOUND, "no PC fits");
	*out_pcs = ARENA_ARRAY(&c->arena, struct cli_line_pc, n);
	if (!*out_pcs)
		return err_set(e, ERR_LIMIT, "%u PCs are more than one command takes", n);
	json_array_foreach((json_t *)(uintptr_t)lines, i, v)
	{
		(*out_pcs)[i] = (struct cli_line_pc){
			.uuid = arena_str(&c->arena, span_str(text_of(v, "uuid"))),
			.name = arena_str(&c->arena, span_str(text_of(v, "name"))),
			.ticket = arena_str(&c->arena, span_str(text_of(v, "ticket"))),
		};
	}
	*out_count = n;
	return true;
}

bool cli_line_tickets(struct cli *c, const char *kind, struct cli_line_pc **out_pcs,
		      unsigned *out_count, struct err *e)
{
	const char *where = cli_args_value(&c->args, "where");
	json_t *targets = json_array(), *reply;

	*out_count = 0;
	for (unsigned i = 0; i < c->args.count; i++)
		(void)json_array_append_new(targets, json_string(c->args.operands[i]));
	json_t *doc = json_pack("{s:s, s:o}", "kind", kind, "targets", targets);
	if (where)
		(void)json_object_set_new(doc, "where", json_string(where));
	if (!cli_rpc_send(c, "POST", "/v1/lines", doc, &reply, e))
		return false;
	bool ok = take(c, reply, out_pcs, out_count, e);
	json_decref(reply);
	return ok;
}
