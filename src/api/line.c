/* See line.h. The service dials and logs in (engine/line.h), since it has the passwords; then bytes go
 * both ways, no faster than the slower side takes them. Tickets are kept in memory: a service that
 * starts again knows none of the former. */
#include "api/line.h"
#include "api/api_priv.h"
#include "engine/line.h"
#include "engine/targets.h"
#include "net/stream.h"
#include <unistd.h>

#define TICKETS_MAX   20000
#define TICKET_MS     (3600ll * 1000) /* since it was last used */
#define TOKEN_BYTES   16
#define TOKEN_TEXT    ((size_t)2 * TOKEN_BYTES)
#define WATCH         " watch"
#define ASK_MS        10000
#define LINE_FULL     ((size_t)256 * 1024)
#define LINGER_MS     60000 /* a client has so long to read what it is told at the end */
#define CONNS_MAX     8192
#define LOOKS_AT_ONCE 500

struct ticket {
	struct ticket *next;
	char token[TOKEN_TEXT + 1], uuid[UUID_TEXT_SIZE], actor[24];
	enum wire_redir_session kind;
	int64_t used_mono_ms;
	unsigned conns;
	struct line_conn *watch; /* NULL: nobody watches */
};
struct line_conn {
	struct api_lines *ls;
	struct line_conn *next, **back;
	struct net_stream *s;
	struct engine_line *line;
	struct ticket *ticket;
	struct sched_timer *timer;
	struct buf in;         /* the ticket */
	int64_t heard_mono_ms; /* a watch: its last answer */
	bool open, ending, is_watch;
};
struct api_lines {
	struct api *api;
	struct net_listen *listen;
	struct ticket *tickets;
	unsigned ticket_count, conn_count;
	struct line_conn *conns;
};

/* ---- tickets ---- */

static void drop_old(struct api_lines *ls)
{
	struct ticket **at = &ls->tickets;
	int64_t now = clk_mono_ms();

	while (*at) {
		struct ticket *t = *at;
		if (t->conns || now - t->used_mono_ms < TICKET_MS) {
			at = &t->next;
			continue;
		}
		*at = t->next;
		mem_free(t);
		ls->ticket_count--;
	}
}

static const char *add_ticket(struct api_req *r, const char *uuid, enum wire_redir_session kind)
{
	struct api_lines *ls = r->api->lines;
	struct ticket *t = MEM_NEW(struct ticket);
	uint8_t bytes[TOKEN_BYTES];
	struct out o;

	rng_fill(&r->api->rng, bytes, sizeof bytes);
	out_init(&o, t->token, sizeof t->token);
	out_hex(&o, span_make(bytes, sizeof bytes));
	(void)str_copy(t->uuid, sizeof t->uuid, span_str(uuid));
	(void)str_copy(t->actor, sizeof t->actor, span_str(r->actor));
	t->kind = kind;
	t->used_mono_ms = clk_mono_ms();
	t->next = ls->tickets;
	ls->tickets = t;
	ls->ticket_count++;
	return t->token;
}

struct post {
	struct engine_targets *t;
	enum wire_redir_session kind;
	const char *const *uuids;
	unsigned count;
};

static void post_free(void *state)
{
	struct post *p = state;

	engine_targets_free(p->t);
}

static void give(struct api_req *r)
{
	struct post *p = r->state;
	unsigned unknown;
	const char *const *names = engine_targets_unknown(p->t, &unknown);

	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "lines", '[');
	for (unsigned i = 0; i < p->count; i++) {
		struct store_device d;
		bool known = store_device_get(r->api->conf.store, &r->scratch, p->uuids[i], &d);
		api_json_begin(&r->json, NULL, '{');
		api_json_str(&r->json, "uuid", p->uuids[i]);
		api_json_str(&r->json, "name",
			     known && d.fqdn[0]              ? d.fqdn
				     : known && d.address[0] ? d.address
							     : p->uuids[i]);
		api_json_str(&r->json, "ticket", add_ticket(r, p->uuids[i], p->kind));
		api_json_end(&r->json, '}');
		arena_reset(&r->scratch);
	}
	api_json_end(&r->json, ']');
	api_json_begin(&r->json, "unknown", '[');
	for (unsigned i = 0; i < unknown; i++)
		api_json_str(&r->json, NULL, names[i]);
	api_json_end(&r->json, ']');
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void resolve(struct api_req *r)
{
	struct post *p = r->state;
	struct api_lines *ls = r->api->lines;
	struct err e = { 0 };
	bool done;

	if (!engine_targets_step(p->t, LOOKS_AT_ONCE, &done, &e)) {
		api_fail(r, &e);
		return;
	}
	if (!done) {
		api_later(r, resolve);
		return;
	}
	p->uuids = engine_targets_uuids(p->t, &p->count);
	drop_old(ls);
	if (p->count > TICKETS_MAX - ls->ticket_count) {
		err_set(&e, ERR_LIMIT, "%u sessions are more than the service keeps", p->count);
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx =
		api_tx(r, "line",
		       arena_fmt(&r->arena, "%s: %u PCs: %s", wire_redir_session_name(p->kind),
				 p->count, p->count ? p->uuids[0] : "none"));
	api_commit(r, tx, give);
}

static bool read_post(struct api_req *r, struct post *p, const json_t *o, struct err *e)
{
	const char *kind = json_string_value(json_object_get(o, "kind"));
	const json_t *list = json_object_get(o, "targets"), *v;
	const char *where = json_string_value(json_object_get(o, "where"));
	size_t i;

	p->kind = str_eq(kind, "ider") ? WIRE_REDIR_IDER
		: str_eq(kind, "kvm")  ? WIRE_REDIR_KVM
				       : WIRE_REDIR_NONE;
	if (p->kind == WIRE_REDIR_NONE) {
		err_set(e, ERR_INVALID, "the line has a wrong 'kind'");
		return err_want(e, "ider or kvm");
	}
	if (!r->api->lines)
		return err_set(e, ERR_UNSUPPORTED, "this service has no socket for lines");
	json_array_foreach((json_t *)(uintptr_t)list, i, v)
	{
		if (!json_is_string(v))
			return err_set(e, ERR_INVALID, "the line has wrong 'targets'");
		if (!engine_targets_add(p->t, json_string_value(v), e))
			return false;
	}
	if (!json_array_size(list) && !where) {
		err_set(e, ERR_INVALID, "no PC is named");
		return err_want(e, "targets or where");
	}
	return !where || engine_targets_where(p->t, where, e);
}

void api_line_post(struct api_req *r)
{
	struct err e = { 0 };
	json_t *o = api_json_read(buf_span(&r->body), "kind targets where", &e);
	struct post *p = ARENA_NEW(&r->arena, struct post);

	if (!o || !p) {
		api_json_drop(o);
		api_fail(r, &e);
		return;
	}
	p->t = engine_targets_new(r->api->conf.engine);
	r->state = p;
	r->state_free = post_free;
	bool ok = read_post(r, p, o, &e);
	api_json_drop(o);
	if (ok)
		resolve(r);
	else
		api_fail(r, &e);
}

/* ---- one connection ---- */

static void conn_free(struct line_conn *c)
{
	sched_cancel(c->timer);
	engine_line_free(c->line);
	net_stream_close(c->s);
	buf_wipe(&c->in);
	if (c->ticket && c->ticket->watch == c)
		c->ticket->watch = NULL;
	if (c->ticket) {
		c->ticket->conns--;
		c->ticket->used_mono_ms = clk_mono_ms();
	}
	*c->back = c->next;
	if (c->next)
		c->next->back = c->back;
	c->ls->conn_count--;
	mem_free(c);
}

static void on_linger(void *arg)
{
	struct line_conn *c = arg;

	c->timer = NULL;
	conn_free(c);
}

/* What is queued still goes, to a client that reads. */
static void end_conn(struct line_conn *c)
{
	c->ending = true;
	sched_cancel(c->timer);
	c->timer = sched_after(api_sched(c->ls->api), LINGER_MS, on_linger, c);
	net_stream_pause(c->s, false);
	net_stream_end(c->s);
}

/* The error as a line. */
static void say(struct line_conn *c, const struct err *e)
{
	struct api_json j;
	struct buf b;

	buf_init(&b, 16384);
	api_json_init(&j, &b);
	api_json_begin(&j, NULL, '{');
	api_json_err(&j, "error", e);
	api_json_end(&j, '}');
	out_u8(&j.o, '\n');
	(void)net_stream_send(c->s, buf_span(&b));
	buf_deinit(&b);
}

static void refuse(struct line_conn *c, const struct err *e)
{
	say(c, e);
	end_conn(c);
}

/* Over, for another reason than the client's: told where it watches. */
static void end_for(struct line_conn *c, const struct err *why)
{
	if (!c->open && !c->ending) {
		refuse(c, why);
		return;
	}
	if (!c->ending && c->ticket->watch && !c->ticket->watch->ending)
		say(c->ticket->watch, why);
	end_conn(c);
}

static void line_open(void *arg)
{
	struct line_conn *c = arg;

	c->open = true;
	(void)net_stream_send(c->s, span_str("ok\n"));
}

static void line_data(void *arg, struct span bytes)
{
	struct line_conn *c = arg;

	if (c->ending)
		return;
	if (!net_stream_send(c->s, bytes)) {
		end_conn(c);
	} else if (net_stream_queued(c->s) > LINE_FULL) {
		engine_line_pause(c->line, true);
	}
}

static void line_room(void *arg)
{
	struct line_conn *c = arg;

	if (!c->ending)
		net_stream_pause(c->s, false);
}

static void line_down(void *arg, const struct err *why)
{
	struct line_conn *c = arg;
	struct err e = *why;

	engine_line_free(c->line);
	c->line = NULL;
	if (!c->ending)
		end_for(c, &e);
}

/* ---- does it live? ---- */

/* The lines of a client that stands still: the PC is anybody's again, and it is told when it goes on. */
static void let_go(struct line_conn *watch)
{
	struct err e = { 0 };

	err_set(&e, ERR_TIMEOUT, "the service let the PC go: this command stood still for %d s",
		LIMIT_LINE_SILENT_MS / 1000);
	err_hint(&e, "it was stopped (Ctrl-Z, SIGSTOP), or its machine was; begin again");
	for (struct line_conn *c = watch->ls->conns; c; c = c->next) {
		if (c->ticket != watch->ticket || c->is_watch || c->ending)
			continue;
		engine_line_end(c->line, &e);
		c->line = NULL;
		end_for(c, &e);
	}
	end_conn(watch);
}

static void on_beat(void *arg)
{
	struct line_conn *c = arg;

	c->timer = NULL;
	if (clk_mono_ms() - c->heard_mono_ms >= LIMIT_LINE_SILENT_MS) {
		let_go(c);
		return;
	}
	(void)net_stream_send(c->s, span_str("?\n"));
	c->timer = sched_after(api_sched(c->ls->api), LIMIT_LINE_BEAT_MS, on_beat, c);
}

static void begin_watch(struct line_conn *c)
{
	c->is_watch = c->open = true;
	c->heard_mono_ms = clk_mono_ms();
	if (c->ticket->watch)
		end_conn(c->ticket->watch);
	c->ticket->watch = c;
	(void)net_stream_send(c->s, span_str("ok\n"));
	c->timer = sched_after(api_sched(c->ls->api), LIMIT_LINE_BEAT_MS, on_beat, c);
}

/* ---- a connection begins ---- */

static void begin_line(struct line_conn *c, struct span token)
{
	static const struct amt_redir_events events = { line_open, line_data, line_room,
							line_down };
	struct api *a = c->ls->api;
	struct err e = { 0 };
	size_t n = strlen(WATCH);
	bool watch = token.n == TOKEN_TEXT + n && memcmp(token.p + TOKEN_TEXT, WATCH, n) == 0;

	if (watch)
		token.n = TOKEN_TEXT;
	sched_cancel(c->timer);
	c->timer = NULL;
	for (struct ticket *t = c->ls->tickets; t && !c->ticket; t = t->next)
		if (span_eq_str(token, t->token))
			c->ticket = t;
	if (!c->ticket) {
		err_set(&e, ERR_NOT_FOUND, "the service knows no such ticket");
		err_hint(&e, "it may have been started again: begin again");
		refuse(c, &e);
		return;
	}
	c->ticket->conns++;
	if (watch) {
		begin_watch(c);
		return;
	}
	c->line = engine_line_open(a->conf.engine, c->ticket->uuid, c->ticket->kind,
				   c->ticket->actor, &events, c);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	(void)arg;
	(void)facts;
}

static void on_data(void *arg, struct span bytes)
{
	struct line_conn *c = arg;

	if (c->ending)
		return;
	if (c->is_watch) {
		c->heard_mono_ms = clk_mono_ms();
		return;
	}
	if (c->open && c->line) {
		if (!engine_line_send(c->line, bytes)) {
			end_conn(c);
		} else if (engine_line_queued(c->line) > LINE_FULL) {
			net_stream_pause(c->s, true);
		}
		return;
	}
	size_t end = span_find(bytes, '\n');
	bool fits = !c->line && buf_add(&c->in, span_make(bytes.p, end));
	if (!fits || (end < bytes.n && end + 1 < bytes.n)) { /* nobody may talk before the answer */
		end_conn(c);
	} else if (end < bytes.n) {
		begin_line(c, buf_span(&c->in));
	}
}

static void on_room(void *arg)
{
	struct line_conn *c = arg;

	if (c->line)
		engine_line_pause(c->line, false);
}

static void on_down(void *arg, const struct err *why)
{
	(void)why;
	conn_free(arg);
}

static void on_late(void *arg)
{
	struct line_conn *c = arg;

	c->timer = NULL;
	end_conn(c);
}

static void on_accept(void *arg, struct net_conn *nc)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct api_lines *ls = arg;
	unsigned uid;

	if (!net_conn_peer_uid(nc, &uid) || (uid != 0 && uid != getuid()) ||
	    ls->conn_count >= CONNS_MAX) {
		net_conn_close(nc, true);
		return;
	}
	struct line_conn *c = MEM_NEW(struct line_conn);
	*c = (struct line_conn){ .ls = ls, .next = ls->conns, .back = &ls->conns };
	buf_init(&c->in, TOKEN_TEXT + sizeof WATCH);
	if (c->next)
		c->next->back = &c->next;
	ls->conns = c;
	ls->conn_count++;
	c->s = net_conn_clear(nc);
	c->timer = sched_after(api_sched(ls->api), ASK_MS, on_late, c);
	net_stream_start(c->s, &events, c);
	net_stream_on_room(c->s, on_room);
}

/* ---- life ---- */

struct api_lines *api_lines_new(struct api *a, struct err *e)
{
	struct api_lines *ls = MEM_NEW(struct api_lines);
	char path[256];
	struct out o;

	ls->api = a;
	out_init(&o, path, sizeof path);
	out_fmt(&o, "%s%s", a->conf.socket_path, API_LINE_SUFFIX);
	const struct net_listen_conf c = { .unix_path = path, .backlog = 64 };
	ls->listen = net_listen_open(a->conf.loop, &c, on_accept, ls, e);
	if (ls->listen)
		return ls;
	mem_free(ls);
	return NULL;
}

void api_lines_stop(struct api_lines *ls)
{
	struct err e = { 0 };

	if (!ls)
		return;
	err_set(&e, ERR_SERVICE_DOWN, "the service is being stopped, and its lines to PCs with it");
	for (struct line_conn *c = ls->conns; c; c = c->next) {
		if (c->is_watch || c->ending)
			continue;
		engine_line_end(c->line, &e);
		c->line = NULL;
		end_for(c, &e);
	}
}

void api_lines_free(struct api_lines *ls)
{
	struct ticket *next;

	if (!ls)
		return;
	while (ls->conns)
		conn_free(ls->conns);
	net_listen_close(ls->listen);
	for (struct ticket *t = ls->tickets; t; t = next) {
		next = t->next;
		mem_free(t);
	}
	mem_free(ls);
}
