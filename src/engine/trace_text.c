/* A trace as text and as a capture file. Pure apart from looking the trace up. */
#include "engine/trace.h"

#include "base/clk.h"
#include "base/str.h"
#include "engine/trace_priv.h"
#include "wire/hello.h"
#include "wire/pcap.h"

#include <arpa/inet.h>
#include <string.h>

/* ---- text ---- */

static const char *const heads[] = {
	[TRACE_UP] = "connected to",  [TRACE_REQUEST] = "to",
	[TRACE_REPLY] = "from",       [TRACE_DOWN] = "no answer from",
	[TRACE_HELLO] = "hello from", [TRACE_SESSION] = "redirection session with",
};

static void indent_lines(struct out *o, struct span s)
{
	while (s.n) {
		size_t n = span_find(s, '\n');
		size_t cr = n > 0 && s.p[n - 1] == '\r';
		out_str(o, "    ");
		out_safe(o, span_make(s.p, n - cr));
		out_str(o, "\n");
		n += n < s.n;
		s = span_make(s.p + n, s.n - n);
	}
}

static void write_hello(struct out *o, struct span bytes)
{
	static char text[16384];
	struct wire_hello h;
	struct out t;
	size_t used;
	if (wire_hello_parse(bytes, &h, &used, NULL) != WIRE_DONE)
		return;
	out_init(&t, text, sizeof text);
	wire_hello_print(&t, &h);
	indent_lines(o, out_span(&t));
}

static void write_row(struct out *o, const struct trace_row *r)
{
	char at[CLK_TEXT_SIZE];
	clk_print_unix_ms(r->at_unix_ms, at);
	out_fmt(o, "%s %s ", at, heads[r->what]);
	out_safe(o, span_str(r->address));
	if (r->what == TRACE_SESSION)
		out_fmt(o, ":%u", r->port);
	else if (r->what != TRACE_HELLO)
		out_fmt(o, ":%u, connection %u", r->port, r->connection);
	if (r->what == TRACE_UP || r->what == TRACE_DOWN) {
		out_str(o, ": ");
		out_bytes(o, span_make(r->text, r->n));
	}
	out_str(o, "\n");
	if (r->what == TRACE_REQUEST || r->what == TRACE_REPLY || r->what == TRACE_SESSION)
		indent_lines(o, span_make(r->text, r->n));
	if (r->what == TRACE_HELLO)
		write_hello(o, span_make(r->text, r->n));
	if (r->is_cut)
		out_fmt(o, "    (only the first %d bytes)\n", LIMIT_TRACE_MESSAGE_BYTES);
}

bool engine_trace_text(struct engine *en, const char *uuid, struct out *o)
{
	const struct engine_trace *t = engine_trace_find(en, uuid);
	if (!t)
		return false;
	if (t->state.dropped)
		out_fmt(o, "(%u older entries are gone)\n", t->state.dropped);
	for (const struct trace_row *r = t->first; r; r = r->next)
		write_row(o, r);
	return true;
}

/* ---- capture ---- */

#define FLOWS_MAX 16 /* at once: clients of one PC */

struct flow {
	struct wire_pcap_flow f;
	bool is_open;
	const void *client;
	unsigned connection;
};
struct capture {
	struct out *o;
	struct flow flows[FLOWS_MAX];
	unsigned next, ports;
};

/* Our own address is not known at this place: one of those kept for documents stands for it. */
static void set_addresses(struct wire_pcap_flow *f, const char *address)
{
	char text[64];
	str_copy(text, sizeof text, span_make(address, strcspn(address, "%")));
	*f = (struct wire_pcap_flow){ 0 };
	f->is_v6 = inet_pton(AF_INET6, text, f->theirs) == 1;
	if (f->is_v6) {
		inet_pton(AF_INET6, "2001:db8::1", f->ours);
		return;
	}
	inet_pton(AF_INET, text, f->theirs);
	inet_pton(AF_INET, "192.0.2.1", f->ours);
}

static void end_flow(struct capture *c, struct flow *f, bool is_reset, int64_t us)
{
	if (f->is_open)
		wire_pcap_close(c->o, &f->f, is_reset, us);
	f->is_open = false;
}

/* That of the client, or a place for it. */
static struct flow *find_flow(struct capture *c, const void *client)
{
	for (unsigned i = 0; i < FLOWS_MAX; i++)
		if (c->flows[i].is_open && c->flows[i].client == client)
			return &c->flows[i];
	return &c->flows[c->next++ % FLOWS_MAX];
}

static void begin_flow(struct capture *c, struct flow *f, const struct trace_row *r, int64_t us)
{
	bool hello = r->what == TRACE_HELLO;
	end_flow(c, f, false, us);
	set_addresses(&f->f, r->address);
	uint16_t any = (uint16_t)(49152 + c->ports++ % 16384);
	f->f.our_port = hello ? r->port : any;
	f->f.their_port = hello ? any : r->port;
	f->client = r->client;
	f->connection = r->connection;
	f->is_open = true;
	wire_pcap_open(c->o, &f->f, !hello, us);
}

static void add_row(struct capture *c, const struct trace_row *r)
{
	int64_t us = r->at_unix_ms * 1000;
	bool hello = r->what == TRACE_HELLO;
	if (r->what == TRACE_SESSION)
		return; /* its bytes are not kept */
	struct flow *f = find_flow(c, r->client);
	if (r->what == TRACE_DOWN) {
		end_flow(c, f, true, us);
		return;
	}
	if (hello || !f->is_open || f->connection != r->connection || r->what == TRACE_UP)
		begin_flow(c, f, r, us);
	if (r->what != TRACE_UP)
		wire_pcap_data(c->o, &f->f, r->what == TRACE_REQUEST, span_make(r->text, r->n), us);
	if (hello)
		end_flow(c, f, false, us);
}

bool engine_trace_pcap(struct engine *en, const char *uuid, struct out *o)
{
	const struct engine_trace *t = engine_trace_find(en, uuid);
	struct capture c = { .o = o };
	if (!t)
		return false;
	wire_pcap_head(o);
	for (const struct trace_row *r = t->first; r; r = r->next)
		add_row(&c, r);
	for (unsigned i = 0; t->last && i < FLOWS_MAX; i++)
		end_flow(&c, &c.flows[i], false, t->last->at_unix_ms * 1000);
	return true;
}
