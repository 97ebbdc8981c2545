/* decode hello and decode wsman: what bytes from a capture mean, and where they are wrong. Works on
 * files only. */
#include "base/limits.h"
#include "base/str.h"
#include "cli/cli.h"
#include "wire/hello.h"
#include "wire/http1.h"
#include "wsman/envelope.h"

#define INPUT_BYTES ((size_t)4 * 1024 * 1024)
#define TEXT_BYTES  ((size_t)32 * 1024 * 1024)

struct input {
	struct buf file;
	enum cli_input_format format;
	struct span bytes;
	const char *path;
};

static bool open_input(struct cli *c, struct input *in, struct err *e)
{
	const char *format = cli_args_value(&c->args, "format");

	in->path = cli_operand(c, 0);
	in->format = CLI_INPUT_AUTO;
	if (format && !cli_input_format_parse(format, &in->format, e))
		return false;
	if (!cli_input_read(in->path, INPUT_BYTES, &in->file, e))
		return false;
	if (in->file.n == 0) {
		err_set(e, ERR_INVALID, "%s is empty", in->path);
		return err_hint(e, "give a message as bytes, hex or base64");
	}
	/* XML and HTTP are text, and no form of anything. */
	struct span t = span_trim(buf_span(&in->file));
	if (in->format == CLI_INPUT_AUTO &&
	    (span_starts(t, "<") || span_starts(t, "HTTP/1.") || span_starts(t, "POST ")))
		in->format = CLI_INPUT_BINARY;
	if (!cli_input_decode(buf_span(&in->file), &in->format, &c->arena, &in->bytes, e))
		return err_wrap(e, "%s", in->path);
	if (c->verbose)
		cli_note("%s: %zu bytes, read as %s", in->path, in->bytes.n,
			 cli_input_format_name(in->format));
	return true;
}

/* How it was read belongs to every complaint about the bytes. */
static bool explain(const struct input *in, struct err *e)
{
	if (!e->hint[0])
		err_hint(e, "read as %s, %zu bytes; --format says otherwise",
			 cli_input_format_name(in->format), in->bytes.n);
	return err_wrap(e, "%s", in->path);
}

static void show(struct cli *c, void (*print)(struct out *o, const void *msg), const void *msg)
{
	struct buf b;
	struct out o;

	buf_init(&b, TEXT_BYTES);
	out_init_buf(&o, &b);
	print(&o, msg);
	if (c->json)
		cli_writer_json_text(c->writer, buf_span(&b));
	else
		cli_writer_text(c->writer, buf_span(&b));
	buf_wipe(&b);
}

static void print_hello(struct out *o, const void *msg)
{
	wire_hello_print(o, msg);
}

static void print_hello_json(struct out *o, const void *msg)
{
	wire_hello_print_json(o, msg);
}

/* The smallest size that a hello with these first bytes can have. */
static bool cut_hello(const struct input *in, struct err *e)
{
	bool psk = in->bytes.n >= 4 && in->bytes.p[2] == WIRE_HELLO_PSK;

	err_set(e, ERR_MALFORMED, "the hello is cut: it ends at offset %zu, inside of %s",
		in->bytes.n,
		in->bytes.n < 24            ? "the fields that every hello has"
			: psk               ? "the PID"
			: in->bytes.n == 24 ? "the number of hashes"
					    : "the hash list");
	err_seen(e, "%zu bytes", in->bytes.n);
	err_want(e, "%s", psk ? "32 bytes" : "25 bytes and the hashes");
	return explain(in, e);
}

bool cli_cmd_decode_hello(struct cli *c, struct err *e)
{
	struct input in = { 0 };
	size_t used = 0;
	bool ok = open_input(c, &in, e);

	if (ok) {
		struct wire_hello *h = arena_alloc(&c->arena, sizeof *h);
		switch (wire_hello_parse(in.bytes, h, &used, e)) {
		case WIRE_DONE:
			show(c, c->json ? print_hello_json : print_hello, h);
			break;
		case WIRE_MORE:
			ok = cut_hello(&in, e);
			break;
		case WIRE_BAD:
			ok = explain(&in, e);
			break;
		}
	}
	if (ok && used < in.bytes.n) {
		err_set(e, ERR_MALFORMED, "%zu bytes follow the hello, from offset %zu on",
			in.bytes.n - used, used);
		err_want(e, "one hello of %zu bytes", used);
		ok = explain(&in, e);
	}
	buf_wipe(&in.file);
	return ok;
}

static void print_wsman(struct out *o, const void *msg)
{
	wsman_envelope_print(o, msg);
}

static void print_wsman_json(struct out *o, const void *msg)
{
	wsman_envelope_print_json(o, msg);
}

/* A captured HTTP message: what matters is its body. */
static bool strip_http(struct cli *c, struct span *bytes, struct err *e)
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
	struct input in = { 0 };
	struct wsman_msg msg = { 0 };
	bool ok = open_input(c, &in, e);

	if (ok) {
		ok = strip_http(c, &in.bytes, e) &&
			wsman_envelope_parse(in.bytes, &c->arena, &msg, e);
		if (!ok)
			(void)explain(&in, e);
	}
	if (ok)
		show(c, c->json ? print_wsman_json : print_wsman, &msg);
	buf_wipe(&in.file);
	return ok;
}
