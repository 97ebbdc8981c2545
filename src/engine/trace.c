/* Records of traced PCs (engine/trace.h). Secrets are struck out before anything is kept; only the key
 * log, which somebody allowed, holds any. */
#include "engine/trace.h"

#include "amt/redir_session.h"
#include "base/clk.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/trace_priv.h"
#include "wire/hello.h"
#include "wire/http1.h"
#include "wsman/strike.h"

#include <string.h>

static struct engine_trace *find(struct engine *en, const char *uuid)
{
	struct engine_trace *t = en->traces;
	while (t && !str_eq(t->uuid, uuid))
		t = t->next;
	return t;
}

static struct engine_trace *find_on(struct engine *en, const char *uuid)
{
	struct engine_trace *t = en->traces ? find(en, uuid) : NULL;
	return t && t->state.is_on ? t : NULL;
}

/* ---- keeping ---- */

static void drop_first(struct engine_trace *t)
{
	struct trace_row *r = t->first;
	t->first = r->next;
	if (!t->first)
		t->last = NULL;
	t->state.bytes -= sizeof *r + r->n;
	t->state.messages--;
	mem_free(r);
}

static void forget(struct engine_trace *t)
{
	while (t->first)
		drop_first(t);
	t->state.dropped = 0;
	buf_wipe(&t->keys);
	buf_init(&t->keys, LIMIT_TRACE_KEYS_BYTES);
}

static void keep(struct engine_trace *t, struct trace_row head, struct span text)
{
	struct trace_row *r;
	bool is_cut = text.n > LIMIT_TRACE_MESSAGE_BYTES;
	text.n = is_cut ? (size_t)LIMIT_TRACE_MESSAGE_BYTES : text.n;
	while (t->first && t->state.bytes + sizeof *r + text.n > LIMIT_TRACE_BYTES) {
		drop_first(t);
		t->state.dropped++;
	}
	r = mem_new(sizeof *r + text.n);
	*r = head;
	r->at_unix_ms = clk_unix_ms();
	r->is_cut = is_cut;
	r->n = text.n;
	if (text.n)
		memcpy(r->text, text.p, text.n);
	r->next = NULL;
	*(t->last ? &t->last->next : &t->first) = r;
	t->last = r;
	t->state.bytes += sizeof *r + text.n;
	t->state.messages++;
}

static void keep_message(struct engine_trace *t, const struct trace_row *head,
			 const struct wire_http1_msg *m, struct span body)
{
	struct buf struck, whole;
	struct out o;
	buf_init(&struck, (size_t)4 * LIMIT_HTTP_BODY_BYTES);
	out_init_buf(&o, &struck);
	wsman_strike(body, &o);
	buf_init(&whole, (size_t)5 * LIMIT_HTTP_BODY_BYTES);
	out_init_buf(&o, &whole);
	wire_http1_emit_shown(&o, m, buf_span(&struck));
	keep(t, *head, buf_span(&whole));
	buf_deinit(&struck);
	buf_deinit(&whole);
}

static void keep_request(struct engine_trace *t, const struct trace_row *head, struct span bytes)
{
	struct wire_http1 *p = wire_http1_new(true, (size_t)5 * LIMIT_HTTP_BODY_BYTES);
	size_t used;
	if (wire_http1_feed(p, bytes, &used, NULL) == WIRE_DONE)
		keep_message(t, head, wire_http1_msg(p), wire_http1_body(p));
	wire_http1_free(p);
}

void engine_trace_seen(struct engine *en, const char *uuid, const struct amt_event *ev)
{
	struct engine_trace *t = find_on(en, uuid);
	if (!t)
		return;
	struct trace_row head = { .port = ev->port,
				  .connection = ev->connection,
				  .client = ev->client };
	str_copy(head.address, sizeof head.address, span_str(ev->address));
	char note[400];
	struct out o;
	out_init(&o, note, sizeof note);
	switch (ev->what) {
	case AMT_EVENT_UP:
		head.what = TRACE_UP;
		str_copy(t->address, sizeof t->address, span_str(ev->address));
		out_fmt(&o, "%s%s%s", ev->tls[0] ? ev->tls : "in the clear",
			ev->suite[0] ? ", " : "", ev->suite);
		keep(t, head, out_span(&o));
		break;
	case AMT_EVENT_REQUEST:
		head.what = TRACE_REQUEST;
		keep_request(t, &head, ev->request);
		break;
	case AMT_EVENT_REPLY:
		head.what = TRACE_REPLY;
		keep_message(t, &head, ev->reply, ev->body);
		break;
	case AMT_EVENT_DOWN:
		head.what = TRACE_DOWN;
		out_safe(&o, span_str(ev->why->msg));
		if (ev->why->seen[0]) {
			out_str(&o, "; seen ");
			out_safe(&o, span_str(ev->why->seen));
		}
		keep(t, head, out_span(&o));
		break;
	}
}

void engine_trace_hello(struct engine *en, const char *uuid, const char *address, struct span hello)
{
	struct engine_trace *t = find_on(en, uuid);
	struct trace_row head = { .what = TRACE_HELLO, .port = ENGINE_TRACE_HELLO_PORT };
	if (!t)
		return;
	str_copy(head.address, sizeof head.address, span_str(address));
	keep(t, head, hello);
}

static void write_redir(struct out *o, const struct amt_redir_event *ev)
{
	struct wire_show show = wire_show_make(o, false);

	out_fmt(o, "%s: ", wire_redir_session_name(ev->kind));
	switch (ev->what) {
	case AMT_REDIR_UP:
		out_fmt(o, "connected, %s%s%s",
			ev->facts->tls ? pki_tls_version_name(ev->facts->version) : "in the clear",
			ev->facts->suite[0] ? ", " : "", ev->facts->suite);
		break;
	case AMT_REDIR_SENT:
	case AMT_REDIR_GOT:
		out_str(o, ev->what == AMT_REDIR_SENT ? "sent\n" : "got\n");
		wire_redir_print(&show, ev->msg, false);
		break;
	case AMT_REDIR_DOWN:
		out_str(o, "ended: ");
		if (ev->why->code == ERR_NONE)
			out_str(o, "in order");
		else
			out_safe(o, span_str(ev->why->msg));
		out_fmt(o, "; %llu bytes came, %llu went", (unsigned long long)ev->in,
			(unsigned long long)ev->out);
		break;
	}
}

void engine_trace_redir(struct engine *en, const char *uuid, const struct amt_redir_event *ev)
{
	struct engine_trace *t = find_on(en, uuid);
	struct trace_row head = { .what = TRACE_SESSION, .port = ev->port };
	struct buf text;
	struct out o;
	if (!t)
		return;
	str_copy(head.address, sizeof head.address, span_str(ev->address));
	buf_init(&text, (size_t)4 * LIMIT_REDIR_AUTH_BYTES + 4096);
	out_init_buf(&o, &text);
	write_redir(&o, ev);
	keep(t, head, buf_span(&text));
	buf_wipe(&text);
}

/* ---- switching ---- */

static void tell_keys(struct engine *en)
{
	bool wanted = false;
	for (struct engine_trace *t = en->traces; t; t = t->next)
		wanted = wanted || (t->state.is_on && t->state.keys);
	if (en->conf.want_keys)
		en->conf.want_keys(en->conf.want_keys_ctx, wanted);
}

/* Room for one more: the oldest that is off goes. */
static bool make_room(struct engine *en, struct err *e)
{
	struct engine_trace **oldest = NULL;
	unsigned count = 0;
	for (struct engine_trace **at = &en->traces; *at; at = &(*at)->next) {
		count++;
		if (!(*at)->state.is_on)
			oldest = at;
	}
	if (count < LIMIT_TRACES)
		return true;
	if (!oldest) {
		err_set(e, ERR_LIMIT, "too many PCs are traced at once");
		err_want(e, "at most %d", LIMIT_TRACES);
		return err_hint(e, "end one with 'outband device trace DEVICE off'");
	}
	struct engine_trace *t = *oldest;
	*oldest = t->next;
	forget(t);
	mem_free(t);
	return true;
}

bool engine_trace_on(struct engine *en, const char *uuid, const char *address, bool keys,
		     struct err *e)
{
	struct engine_trace *t = find(en, uuid);
	if (keys && !en->set.trace_keys) {
		err_set(e, ERR_DENIED, "keys of TLS are not kept");
		err_seen(e, "trace.keys = false");
		return err_hint(e, "'outband setting set trace.keys true' allows it");
	}
	if (!t && !make_room(en, e))
		return false;
	if (!t) {
		t = MEM_NEW(struct engine_trace);
		str_copy(t->uuid, sizeof t->uuid, span_str(uuid));
		t->next = en->traces;
		en->traces = t;
	}
	forget(t);
	str_copy(t->address, sizeof t->address, span_str(address));
	t->state.is_on = true;
	t->state.keys = keys;
	t->state.since_unix_ms = clk_unix_ms();
	tell_keys(en);
	return true;
}

void engine_trace_off(struct engine *en, const char *uuid)
{
	struct engine_trace *t = find(en, uuid);
	if (!t)
		return;
	t->state.is_on = false;
	tell_keys(en);
}

bool engine_trace_get(struct engine *en, const char *uuid, struct engine_trace_state *out_s)
{
	struct engine_trace *t = find(en, uuid);
	*out_s = t ? t->state : (struct engine_trace_state){ 0 };
	return t != NULL;
}

void engine_trace_free(struct engine *en)
{
	while (en->traces) {
		struct engine_trace *t = en->traces;
		en->traces = t->next;
		forget(t);
		mem_free(t);
	}
	tell_keys(en);
}

/* ---- keys ---- */

void engine_trace_key(struct engine *en, const char *where, const char *line)
{
	size_t n = strlen(where) - strlen(strrchr(where, ':') ? strrchr(where, ':') : "");
	struct span host = span_make(where, n);
	if (host.n > 2 && host.p[0] == '[')
		host = span_make(host.p + 1, host.n - 2);
	for (struct engine_trace *t = en->traces; t; t = t->next) {
		if (!t->state.is_on || !t->state.keys || !en->set.trace_keys ||
		    !span_eq_str(host, t->address) ||
		    t->keys.n + strlen(line) + 1 > LIMIT_TRACE_KEYS_BYTES)
			continue;
		buf_add(&t->keys, span_str(line));
		buf_add(&t->keys, span_str("\n"));
	}
}

bool engine_trace_keys(struct engine *en, const char *uuid, struct out *o)
{
	struct engine_trace *t = find(en, uuid);
	if (t)
		out_bytes(o, buf_span(&t->keys));
	return t != NULL;
}

const struct engine_trace *engine_trace_find(struct engine *en, const char *uuid)
{
	return find(en, uuid);
}
