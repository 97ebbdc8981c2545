/* Replies that no sane device sends: faults that change the bytes between firmware and line. Called
 * by conn.c, which sends what comes out at the pace that is asked for. Knows HTTP framing, nothing
 * of AMT; never touches a socket. */
#include "sim/spoil_priv.h"
#include "base/limits.h"
#include "sim/fault.h"
#include "wire/http1.h"

#define ENDLESS_BYTES 104857600 /* 100 MB: as good as no end */
#define REPLY_MAX     2097152

static const char xml_head[] = "Content-Type: application/soap+xml; charset=UTF-8\r\n";

/* Ten levels of ten: 10^10 times four bytes, were it ever expanded. */
static void bomb(struct out *o)
{
	out_str(o, "<?xml version=\"1.0\"?>\n<!DOCTYPE a:Envelope [\n<!ENTITY l0 \"lol \">\n");
	for (int i = 1; i <= 10; i++) {
		out_fmt(o, "<!ENTITY l%d \"", i);
		for (int k = 0; k < 10; k++)
			out_fmt(o, "&l%d;", i - 1);
		out_str(o, "\">\n");
	}
	out_str(o,
		"]>\n<a:Envelope xmlns:a=\"http://www.w3.org/2003/05/soap-envelope\">"
		"<a:Header/><a:Body>&l10;</a:Body></a:Envelope>");
}

static void whole(struct buf *reply, const char *type, struct span body)
{
	struct out o;

	buf_clear(reply);
	out_init_buf(&o, reply);
	out_fmt(&o, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", type, body.n);
	out_bytes(&o, body);
}

static void put_bomb(struct buf *reply)
{
	struct buf body;
	struct out o;

	buf_init(&body, LIMIT_XML_BYTES);
	out_init_buf(&o, &body);
	bomb(&o);
	whole(reply, xml_head, buf_span(&body));
	buf_deinit(&body);
}

static void put_text(struct buf *reply, const char *text)
{
	struct out o;

	buf_clear(reply);
	out_init_buf(&o, reply);
	out_str(&o, text);
}

/* The same message as HTTP/1.0: no chunks, the end of the body is the end of the connection. */
static void put_http10(struct buf *reply)
{
	struct wire_http1 *p = wire_http1_new(false, REPLY_MAX);
	struct buf old = *reply;
	struct out o;
	size_t used;

	if (wire_http1_feed(p, buf_span(&old), &used, NULL) == WIRE_DONE) {
		const struct wire_http1_msg *m = wire_http1_msg(p);
		buf_init(reply, REPLY_MAX);
		out_init_buf(&o, reply);
		out_fmt(&o, "HTTP/1.0 %u ", m->status);
		out_bytes(&o, m->reason);
		out_str(&o, "\r\n");
		for (unsigned i = 0; i < m->header_count; i++) {
			if (span_eq_nocase(m->headers[i].name, span_str("Transfer-Encoding")) ||
			    span_eq_nocase(m->headers[i].name, span_str("Content-Length")) ||
			    span_eq_nocase(m->headers[i].name, span_str("Connection")))
				continue;
			out_bytes(&o, m->headers[i].name);
			out_str(&o, ": ");
			out_bytes(&o, m->headers[i].value);
			out_str(&o, "\r\n");
		}
		out_str(&o, "\r\n");
		out_bytes(&o, wire_http1_body(p));
		buf_deinit(&old);
	}
	wire_http1_free(p);
}

static void put_interim(struct buf *reply, int64_t n)
{
	struct buf old = *reply;
	struct out o;

	buf_init(reply, REPLY_MAX);
	out_init_buf(&o, reply);
	for (; n > 0; n--)
		out_str(&o, "HTTP/1.1 100 Continue\r\n\r\n");
	out_bytes(&o, buf_span(&old));
	buf_deinit(&old);
}

static void change_bytes(struct sim_dev *d, struct buf *reply, struct sim_spoil *s)
{
	const struct sim_fault *f;

	if (sim_fault_hit(d, SIM_FAULT_XML_BOMB, NULL))
		put_bomb(reply);
	if (sim_fault_hit(d, SIM_FAULT_HTML, NULL))
		whole(reply, "Content-Type: text/html\r\n",
		      span_str("<html><body>Please log on to the network.</body></html>"));
	if (sim_fault_hit(d, SIM_FAULT_NO_HTTP, NULL))
		put_text(reply, "220 mail.example.com ESMTP ready\r\n");
	if (sim_fault_hit(d, SIM_FAULT_HUGE_BODY, NULL)) {
		put_text(reply, "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n");
		s->endless = "lots of nothing ";
	}
	if (sim_fault_hit(d, SIM_FAULT_ENDLESS_BODY, NULL)) {
		put_text(reply, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		s->endless = "10\r\nlots of nothing \r\n";
	}
	if (sim_fault_hit(d, SIM_FAULT_ENDLESS_HEAD, NULL)) {
		put_text(reply, "HTTP/1.1 200 OK\r\n");
		s->endless = "X-More: to come\r\n";
	}
	if (sim_fault_hit(d, SIM_FAULT_CHUNK_EXTENSION, NULL)) {
		put_text(reply, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10;");
		s->endless = "ext=value;";
	}
	if (sim_fault_has(d, SIM_FAULT_HTTP10)) {
		put_http10(reply);
		s->close = true;
	}
	if (sim_fault_hit(d, SIM_FAULT_INTERIM, &f))
		put_interim(reply, f->n);
}

static void cut(struct buf *reply, int64_t n)
{
	if ((uint64_t)n < reply->n)
		reply->n = (size_t)n;
}

void sim_spoil(struct sim_dev *d, struct buf *reply, struct sim_spoil *out_s)
{
	const struct sim_fault *f;
	struct sim_spoil *s = out_s;

	*s = (struct sim_spoil){ .each_bytes = (size_t)sim_fault_n(d, SIM_FAULT_SPLIT, 0) };
	change_bytes(d, reply, s);
	if (sim_fault_hit(d, SIM_FAULT_DROP, NULL)) {
		cut(reply, (int64_t)reply->n / 2);
		s->close = true;
	}
	if (sim_fault_hit(d, SIM_FAULT_DROP_AT, &f)) {
		cut(reply, f->m);
		s->close = true;
		s->endless = NULL;
	}
	if (sim_fault_hit(d, SIM_FAULT_STALL, &f)) {
		cut(reply, f->m);
		s->stall = true;
		s->endless = NULL;
	}
	if (s->endless) {
		s->endless_bytes = ENDLESS_BYTES;
		s->each_bytes = 0;
	} else if (sim_fault_hit(d, SIM_FAULT_TRICKLE, &f)) {
		s->each_bytes = 1;
		s->gap_ms = f->n;
	}
}
