/* What all decode commands share, and decode hello: what bytes from a capture mean, and where they
 * are wrong. Works on files only. */
#include "base/str.h"
#include "cli/cmd_decode.h"
#include "wire/hello.h"

#define INPUT_BYTES ((size_t)8 * 1024 * 1024)
#define TEXT_BYTES  ((size_t)256 * 1024 * 1024)

bool cli_decode_open(struct cli *c, struct cli_decode *in, struct err *e)
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

bool cli_decode_explain(const struct cli_decode *in, struct err *e)
{
	if (!e->hint[0])
		err_hint(e, "read as %s, %zu bytes; --format says otherwise",
			 cli_input_format_name(in->format), in->bytes.n);
	return err_wrap(e, "%s", in->path);
}

void cli_decode_close(struct cli_decode *d)
{
	buf_wipe(&d->file);
}

bool cli_decode_show(struct cli *c, void (*print)(struct wire_show *s, const void *msg),
		     const void *msg, struct err *e)
{
	bool text = cli_writer_kind(c->writer) == CLI_WRITER_TEXT;
	struct buf b;
	struct out o;

	buf_init(&b, TEXT_BYTES);
	out_init_buf(&o, &b);
	struct wire_show s = wire_show_make(&o, !text);
	print(&s, msg);
	bool ok = !o.bad ||
		err_set(e, ERR_LIMIT, "what the file says is longer than %zu bytes", TEXT_BYTES);
	if (ok && text)
		cli_writer_text(c->writer, buf_span(&b));
	else if (ok)
		cli_writer_json_text(c->writer, buf_span(&b));
	buf_wipe(&b);
	return ok;
}

static void print_hello(struct wire_show *s, const void *msg)
{
	if (s->json)
		wire_hello_print_json(s->o, msg);
	else
		wire_hello_print(s->o, msg);
}

/* The smallest size that a hello with these first bytes can have. */
static bool cut_hello(const struct cli_decode *in, struct err *e)
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
	return cli_decode_explain(in, e);
}

bool cli_cmd_decode_hello(struct cli *c, struct err *e)
{
	struct cli_decode in = { 0 };
	size_t used = 0;
	bool ok = cli_decode_open(c, &in, e);

	if (ok) {
		struct wire_hello *h = arena_alloc(&c->arena, sizeof *h);
		switch (wire_hello_parse(in.bytes, h, &used, e)) {
		case WIRE_DONE:
			ok = cli_decode_show(c, print_hello, h, e);
			break;
		case WIRE_MORE:
			ok = cut_hello(&in, e);
			break;
		case WIRE_BAD:
			ok = cli_decode_explain(&in, e);
			break;
		}
	}
	if (ok && used < in.bytes.n) {
		err_set(e, ERR_MALFORMED, "%zu bytes follow the hello, from offset %zu on",
			in.bytes.n - used, used);
		err_want(e, "one hello of %zu bytes", used);
		ok = cli_decode_explain(&in, e);
	}
	cli_decode_close(&in);
	return ok;
}
