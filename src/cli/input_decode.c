/* Recognises how bytes were written down: hex, hex dump, base64 or as they are. Called by decode
 * and pure; only the format that was asked for or recognised is tried. */
#include "base/str.h"
#include "cli/cli.h"

static const char *const names[] = { "auto", "hex", "base64", "binary" };

const char *cli_input_format_name(enum cli_input_format f)
{
	return names[f];
}

bool cli_input_format_parse(const char *name, enum cli_input_format *out_f, struct err *e)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq(name, names[i])) {
			*out_f = (enum cli_input_format)i;
			return true;
		}
	}
	err_set(e, ERR_USAGE, "there is no format '%s'", name);
	return err_want(e, "hex, base64 or binary");
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct span next_line(struct span *text)
{
	struct span line = { text->p, span_find(*text, '\n') };
	size_t used = line.n + (line.n < text->n);
	text->p += used;
	text->n -= used;
	return line;
}

/* "00000010: 0a0b ..." or "0010  0a 0b ...": skips the offset. */
static bool skip_offset(struct span *line)
{
	size_t n = 0;
	while (n < line->n && is_hex(line->p[n]))
		n++;
	bool colon =
		n < line->n && line->p[n] == ':' && n + 1 < line->n && is_blank(line->p[n + 1]);
	bool wide = n + 1 < line->n && is_blank(line->p[n]) && is_blank(line->p[n + 1]);
	if (n < 4 || n > 16 || !(colon || wide))
		return false;
	line->p += n + colon;
	line->n -= n + colon;
	return true;
}

/* Hex digits of one line; false when there is anything else. In a dump the text column is left out:
 * it begins with a bar, or where there is none with two blanks behind the digits. */
static bool line_digits(struct span line, bool dump, uint8_t *out, size_t *n)
{
	bool any = false, bar = span_find(line, '|') < line.n;
	if (line.n >= 2 && line.p[0] == '0' && (line.p[1] | 0x20) == 'x')
		line = span_make(line.p + 2, line.n - 2);
	for (size_t i = 0; i < line.n; i++) {
		uint8_t c = line.p[i];
		bool gap = any && i + 1 < line.n && is_blank(c) && is_blank(line.p[i + 1]);
		if (dump && (bar ? c == '|' : gap))
			return true;
		if (is_blank(c) || c == ':' || c == '-' || c == ',')
			continue;
		if (!is_hex(c))
			return false;
		any = true;
		out[(*n)++] = c;
	}
	return true;
}

/* hexdump ends with the offset of the end alone. */
static bool is_last_offset(struct span line)
{
	size_t n = 0;
	while (n < line.n && is_hex(line.p[n]))
		n++;
	return n == line.n && n >= 6 && n <= 8;
}

/* The hex digits of a text without everything between them; NULL when it is no hex. */
static uint8_t *hex_digits(struct span text, struct arena *a, size_t *out_n)
{
	uint8_t *digits = arena_alloc(a, text.n + 1);
	bool dump = false;
	*out_n = 0;
	while (digits && text.n) {
		struct span line = span_trim(next_line(&text));
		if (dump && is_last_offset(line))
			continue;
		dump = skip_offset(&line);
		if (!line_digits(line, dump, digits, out_n))
			return NULL;
	}
	return digits;
}

static bool is_base64(struct span text)
{
	bool any = false;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		bool ok = is_blank(c) || (c >= '0' && c <= '9') ||
			((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '+' || c == '/' ||
			c == '=';
		if (!ok)
			return false;
		any |= !is_blank(c);
	}
	return any;
}

static bool from_hex(struct span in, struct arena *a, struct span *out, struct err *e)
{
	size_t digits_n = 0, n = 0;
	uint8_t *digits = hex_digits(in, a, &digits_n);
	if (!digits)
		return err_set(e, ERR_INVALID, "the input has characters that are no hex digits");
	if (digits_n % 2) {
		err_set(e, ERR_INVALID, "the input has an odd number of hex digits");
		return err_seen(e, "%zu digits", digits_n);
	}
	if (!hex_decode(span_make(digits, digits_n), digits, in.n + 1, &n))
		return err_set(e, ERR_INVALID, "the input is no hex");
	*out = span_make(digits, n);
	return true;
}

/* Records are written down as one text of base64 a line, each with its own padding. */
static bool base64_lines(struct span in, uint8_t *bytes, size_t cap, size_t *out_n)
{
	size_t n = 0;

	for (*out_n = 0; in.n; *out_n += n)
		if (!b64_decode(next_line(&in), bytes + *out_n, cap - *out_n, &n))
			return false;
	return true;
}

static bool from_base64(struct span in, struct arena *a, struct span *out, struct err *e)
{
	size_t n = 0, cap = b64_max_decoded(in.n);
	uint8_t *bytes = arena_alloc(a, cap);
	if (!bytes || !(b64_decode(in, bytes, cap, &n) || base64_lines(in, bytes, cap, &n)))
		return err_set(e, ERR_INVALID, "the input is not well-formed base64");
	*out = span_make(bytes, n);
	return true;
}

bool cli_input_decode(struct span in, enum cli_input_format *f, struct arena *a,
		      struct span *out_bytes, struct err *e)
{
	if (*f == CLI_INPUT_AUTO) {
		size_t n = 0;
		struct span t = span_trim(in);
		bool hex = t.n && hex_digits(t, a, &n) && n;
		*f = hex ? CLI_INPUT_HEX : is_base64(t) ? CLI_INPUT_BASE64 : CLI_INPUT_BINARY;
	}
	if (*f == CLI_INPUT_HEX)
		return from_hex(in, a, out_bytes, e);
	if (*f == CLI_INPUT_BASE64)
		return from_base64(in, a, out_bytes, e);
	*out_bytes = in;
	return true;
}
