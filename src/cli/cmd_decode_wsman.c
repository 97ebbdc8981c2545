/* decode wsman and decode http: messages with a PC, bare or as they were captured. Text that looks
 * like a secret is not shown. Works on files only. */
#include "base/limits.h"
#include "base/str.h"
#include "cli/cmd_decode.h"
#include "wire/http1.h"
#include "wsman/envelope.h"
#include "wsman/eoi.h"

static void print_wsman(struct wire_show *s, const void *msg)
{
	if (s->json)
		wsman_envelope_print_json(s->o, msg);
	else
		wsman_envelope_print(s->o, msg);
}

static void print_eoi(struct wire_show *s, const void *msg)
{
	if (s->json)
		wsman_eoi_print_json(s->o, msg);
	else
		wsman_eoi_print(s->o, msg);
}

bool cli_decode_strip_http(struct cli *c, struct span *bytes, struct err *e)
{
	struct span t = *bytes;
	bool reply = span_starts(t, "HTTP/1."), request = span_starts(t, "POST ");

	if (!reply && !request)
		return true;
	struct wire_http1 *p = wire_http1_new(request, (size_t)LIMIT_HTTP_BODY_BYTES);
	size_t used;
	enum wire_got got = wire_http1_feed(p, t, &used, e);
	if (got == WIRE_MORE)
		got = wire_http1_eof(p, e);
	bool ok = got == WIRE_DONE;
	if (ok) {
		const struct wire_http1_msg *m = wire_http1_msg(p);
		if (c->verbose && reply)
			cli_note("HTTP %u, body of %zu bytes", m->status, wire_http1_body(p).n);
		struct span body = wire_http1_body(p);
		*bytes = body.n ? span_make(arena_copy(&c->arena, body), body.n) : body;
		if (!bytes->n) {
			ok = err_set(e, ERR_MALFORMED,
				     "the HTTP message has no body, so no WS-MAN in it");
			if (reply)
				err_seen(e, "HTTP %u", m->status);
		}
	}
	wire_http1_free(p);
	return ok;
}

bool cli_cmd_decode_wsman(struct cli *c, struct err *e)
{
	struct cli_decode in = { 0 };
	struct wsman_msg msg = { 0 };
	struct wsman_eoi_msg old = { 0 };
	bool is_open = cli_decode_open(c, &in, e);
	bool ok = is_open && cli_decode_strip_http(c, &in.bytes, e);

	if (ok && wsman_envelope_parse(in.bytes, &c->arena, &msg, e)) {
		ok = cli_decode_show(c, print_wsman, &msg, e);
	} else if (ok && wsman_eoi_parse(in.bytes, &c->arena, &old, NULL)) {
		/* firmware before 3.2.1, and what its clients sent it */
		err_clear(e);
		ok = cli_decode_show(c, print_eoi, &old, e);
	} else {
		ok = is_open ? cli_decode_explain(&in, e) : false;
	}
	cli_decode_close(&in);
	return ok;
}

/* --- http --- */

struct http {
	struct span bytes; /* all that was captured */
	size_t at;         /* where the message under way begins */
	const char *cut;   /* NULL: whole */
	struct wire_http1 *p;
};

static void show_body(struct wire_show *s, const struct http *h)
{
	struct span body = wire_http1_body(h->p);
	struct wsman_xml *root = NULL;
	struct arena a;

	wire_show_num(s, "body_bytes", body.n);
	if (!body.n)
		return;
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	/* As a tree, for its passwords are hidden there. */
	if (!wsman_xml_parse(body, &a, &root, NULL)) {
		wire_show_text(s, "body", body);
	} else if (s->json) {
		wire_show_key(s, "body");
		wsman_xml_print_json(s->o, root);
	} else {
		out_str(s->o, "\n");
		wsman_xml_print(s->o, root);
	}
	arena_wipe(&a);
}

static void print_one(struct wire_show *s, const struct http *h)
{
	wire_show_open(s, NULL, "HTTP message");
	wire_show_num(s, "offset", h->at);
	wire_http1_show_head(s, wire_http1_msg(h->p));
	wire_show_bool(s, "complete", !h->cut);
	if (h->cut)
		wire_show_text(s, "cut", span_str(h->cut));
	show_body(s, h);
	wire_show_close(s);
}

/* What ends inside of its head still tells most of it. */
static enum wire_got close_head(struct http *h, struct err *e)
{
	struct span all = { h->bytes.p + h->at, h->bytes.n - h->at };
	bool line_ended = all.n && all.p[all.n - 1] == '\n';
	size_t used;

	h->cut = "inside of the head";
	return wire_http1_feed(h->p, span_str(line_ended ? "\r\n" : "\r\n\r\n"), &used, e);
}

/* One message from h->at on; *out_used: its size. */
static bool read_http(struct http *h, size_t *out_used, struct err *e)
{
	struct span rest = { h->bytes.p + h->at, h->bytes.n - h->at };
	enum wire_got got = wire_http1_feed(h->p, rest, out_used, e);

	h->cut = NULL;
	if (got == WIRE_MORE && !wire_http1_head_done(h->p))
		got = close_head(h, e);
	else if (got == WIRE_MORE && wire_http1_eof(h->p, e) != WIRE_DONE)
		h->cut = "inside of the body";
	if (got != WIRE_BAD && wire_http1_head_done(h->p))
		return true;
	if (got != WIRE_BAD)
		err_set(e, ERR_MALFORMED, "there is no whole first line of an HTTP message");
	if (e && !e->seen[0])
		err_seen(e, "message at offset %zu, wrong at offset %zu", h->at, h->at + *out_used);
	return false;
}

/* A connection as it was captured: one message after the other in one direction. s NULL: only
 * checks. */
static bool each_http(struct span bytes, struct wire_show *s, struct err *e)
{
	bool ok = true;

	for (struct http h = { .bytes = bytes }; ok && h.at < bytes.n;) {
		struct span rest = { bytes.p + h.at, bytes.n - h.at };
		size_t used = 0;
		h.p = wire_http1_new(!span_starts(rest, "HTTP/"), (size_t)LIMIT_HTTP_BODY_BYTES);
		ok = read_http(&h, &used, e);
		if (ok && s)
			print_one(s, &h);
		wire_http1_free(h.p);
		h.at += used ? used : rest.n;
	}
	return ok;
}

static void print_http(struct wire_show *s, const void *msg)
{
	wire_show_list_open(s, NULL);
	(void)each_http(*(const struct span *)msg, s, NULL);
	wire_show_list_close(s);
}

bool cli_cmd_decode_http(struct cli *c, struct err *e)
{
	struct cli_decode in = { 0 };
	bool ok = cli_decode_open(c, &in, e);

	if (ok && !each_http(in.bytes, NULL, e))
		ok = cli_decode_explain(&in, e);
	if (ok)
		ok = cli_decode_show(c, print_http, &in.bytes, e);
	cli_decode_close(&in);
	return ok;
}
