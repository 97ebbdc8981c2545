/* See console_script.h. One command a line; texts are taken to the end of the line. */
#include "cli/console_script.h"
#include "base/str.h"

#define STEPS_MAX  10000
#define SAID_MAX   ((size_t)256 * 1024)
#define SAID_KEEP  ((size_t)64 * 1024)
#define TIMEOUT_MS 30000
#define TAIL       80

static const struct {
	const char *name, *bytes;
} keys[] = {
	{ "enter", "\r" },     { "esc", "\033" },       { "tab", "\t" },
	{ "up", "\033[A" },    { "down", "\033[B" },    { "right", "\033[C" },
	{ "left", "\033[D" },  { "delete", "\033[3~" }, { "backspace", "\177" },
	{ "f1", "\033[11~" },  { "f2", "\033[12~" },    { "f3", "\033[13~" },
	{ "f4", "\033[14~" },  { "f5", "\033[15~" },    { "f6", "\033[17~" },
	{ "f7", "\033[18~" },  { "f8", "\033[19~" },    { "f9", "\033[20~" },
	{ "f10", "\033[21~" }, { "f11", "\033[23~" },   { "f12", "\033[24~" },
	{ "ctrl-c", "\003" },
};

/* One character behind a backslash; false: none that is known. */
static bool escape(struct cur *c, uint8_t *out_b)
{
	static const char names[] = "rnte\\", values[] = "\r\n\t\033\\";
	uint8_t name = cur_u8(c);
	const char *at = name ? strchr(names, name) : NULL;
	size_t n;

	if (at) {
		*out_b = (uint8_t)values[at - names];
		return true;
	}
	return name == 'x' && hex_decode(cur_take(c, 2), out_b, 1, &n) && n == 1;
}

bool cli_script_unescape(struct span in, struct arena *a, struct span *out_text, struct err *e)
{
	struct cur c = cur_make(in);
	uint8_t *p = arena_alloc(a, in.n + 1);
	size_t n = 0;

	if (!p)
		return err_set(e, ERR_LIMIT, "the text is too long");
	while (cur_left(&c) > 0) {
		p[n] = cur_u8(&c);
		if (p[n] == '\\' && (!escape(&c, &p[n]) || c.bad)) {
			err_set(e, ERR_INVALID, "a backslash with nothing known behind it");
			return err_want(e, "\\r \\n \\t \\e \\\\ or \\xNN");
		}
		n++;
	}
	*out_text = span_make(p, n);
	return true;
}

static bool read_key(struct span arg, struct cli_script_step *s, struct err *e)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (span_eq_str(arg, keys[i].name)) {
			s->what = CLI_SCRIPT_SEND;
			s->text = span_str(keys[i].bytes);
			return true;
		}
	}
	err_set(e, ERR_INVALID, "no key is called '%.*s'", (int)arg.n, (const char *)arg.p);
	return err_want(
		e, "enter, esc, tab, up, down, left, right, delete, backspace, ctrl-c, f1 to f12");
}

static bool read_time(struct span arg, uint32_t unit, struct cli_script_step *s, struct err *e)
{
	uint32_t v;

	if (!str_to_u32(arg, 1, 86400, &v, NULL)) {
		err_set(e, ERR_INVALID, "'%.*s' is no time", (int)arg.n, (const char *)arg.p);
		return err_want(e, "1 to 86400");
	}
	s->ms = (int64_t)v * unit;
	return true;
}

static bool read_line(struct span line, struct arena *a, struct cli_script_step *s, struct err *e)
{
	size_t n = span_find(line, ' ');
	struct span word = span_make(line.p, n), arg = { NULL, 0 };

	if (n < line.n)
		arg = span_make(line.p + n + 1, line.n - n - 1);
	if (span_eq_str(word, "send") || span_eq_str(word, "expect")) {
		s->what = word.p[0] == 's' ? CLI_SCRIPT_SEND : CLI_SCRIPT_EXPECT;
		if (!cli_script_unescape(arg, a, &s->text, e))
			return false;
		return s->text.n > 0 ||
			err_set(e, ERR_INVALID, "nothing to %.*s", (int)word.n,
				(const char *)word.p);
	}
	if (span_eq_str(word, "key"))
		return read_key(span_trim(arg), s, e);
	if (span_eq_str(word, "timeout")) {
		s->what = CLI_SCRIPT_TIMEOUT;
		return read_time(span_trim(arg), 1000, s, e);
	}
	if (span_eq_str(word, "pause")) {
		s->what = CLI_SCRIPT_PAUSE;
		return read_time(span_trim(arg), 1, s, e);
	}
	err_set(e, ERR_INVALID, "'%.*s' is no command", (int)word.n, (const char *)word.p);
	return err_want(e, "send TEXT, expect TEXT, key NAME, timeout SECONDS or pause MS");
}

bool cli_script_parse(struct cli_script *s, const char *name, struct span text, struct arena *a,
		      struct err *e)
{
	unsigned number = 0, cap = 0;

	*s = (struct cli_script){ .name = name, .timeout_ms = TIMEOUT_MS, .until_ms = -1 };
	buf_init(&s->said, SAID_MAX);
	for (size_t i = 0; i < text.n; i++)
		cap += text.p[i] == '\n';
	if (cap >= STEPS_MAX)
		return err_set(e, ERR_LIMIT, "%s has more than %d lines", name, STEPS_MAX);
	s->steps = arena_alloc(a, (cap + (size_t)1) * sizeof *s->steps);
	if (!s->steps)
		return err_set(e, ERR_LIMIT, "%s is too long", name);
	while (text.n > 0) {
		size_t n = span_find(text, '\n');
		struct span line = span_make(text.p, n);
		n += n < text.n;
		text = span_make(text.p + n, text.n - n);
		number++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (span_trim(line).n == 0 || line.p[0] == '#')
			continue;
		s->steps[s->count] = (struct cli_script_step){ .line = number };
		if (!read_line(line, a, &s->steps[s->count], e))
			return err_wrap(e, "%s:%u", name, number);
		s->count++;
	}
	return true;
}

void cli_script_deinit(struct cli_script *s)
{
	buf_deinit(&s->said);
}

void cli_script_hear(struct cli_script *s, struct span said)
{
	s->said_count += said.n;
	if (said.n > SAID_KEEP)
		said = span_make(said.p + said.n - SAID_KEEP, SAID_KEEP);
	if (s->said.n + said.n > SAID_MAX)
		buf_consume(&s->said, s->said.n > SAID_KEEP ? s->said.n - SAID_KEEP : s->said.n);
	(void)buf_add(&s->said, said);
}

static bool found(struct cli_script *s, struct span want)
{
	struct span in = buf_span(&s->said);
	const uint8_t *at = in.n ? memmem(in.p, in.n, want.p, want.n) : NULL;

	if (at)
		buf_consume(&s->said, (size_t)(at - in.p) + want.n);
	return at != NULL;
}

static void too_late(const struct cli_script *s, const struct cli_script_step *p, struct err *e)
{
	size_t n = s->said.n < TAIL ? s->said.n : TAIL;

	err_set(e, ERR_TIMEOUT, "%s:%u: '%.*s' was not said in %lld s", s->name, p->line,
		(int)p->text.n, (const char *)p->text.p, (long long)s->timeout_ms / 1000);
	err_seen(e, "%.*s", (int)n, (const char *)s->said.p + s->said.n - n);
}

enum cli_script_state cli_script_step(struct cli_script *s, int64_t now_ms, struct span *out_text,
				      int64_t *out_until_ms, struct err *e)
{
	while (s->at < s->count) {
		const struct cli_script_step *p = &s->steps[s->at];
		bool waits = p->what == CLI_SCRIPT_EXPECT || p->what == CLI_SCRIPT_PAUSE;
		if (waits && s->until_ms < 0)
			s->until_ms =
				now_ms + (p->what == CLI_SCRIPT_PAUSE ? p->ms : s->timeout_ms);
		if (p->what == CLI_SCRIPT_TIMEOUT)
			s->timeout_ms = p->ms;
		bool over = waits && now_ms >= s->until_ms;
		bool met = p->what == CLI_SCRIPT_EXPECT ? found(s, p->text) : !waits || over;
		if (!met && over) {
			too_late(s, p, e);
			return CLI_SCRIPT_FAILED;
		}
		if (!met) {
			*out_until_ms = s->until_ms;
			return CLI_SCRIPT_WAITS;
		}
		s->until_ms = -1;
		s->at++;
		if (p->what == CLI_SCRIPT_SEND) {
			*out_text = p->text;
			return CLI_SCRIPT_SAYS;
		}
	}
	return CLI_SCRIPT_DONE;
}
