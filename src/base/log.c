/* Writes one line per event, key=value, to a file descriptor and a sink. Everybody logs through
 * here; what may be logged stands in log_events.h. A line leaves in one write(2), so lines of
 * several threads do not mix. Never allocates, and there is no way to hand it a struct secret. */
#include "base/log.h"
#include "base/clk.h"
#include "base/out.h"
#include "base/str.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <unistd.h>

enum {
	LINE_BYTES = 4096, /* PIPE_BUF: up to here a pipe takes a write whole */
	VALUE_BYTES = 1024,
};
static const char cut_mark[] = " cut=1";

static const struct log_event_row rows[] = {
#define X(name, level, text, keys, sentence) { text, level, keys, sentence },
	LOG_EVENTS(X)
#undef X
};
_Static_assert(sizeof rows / sizeof *rows == LOG_EVENT_COUNT, "a row per event");

/* One level per event: what a folder's level means is worked out when it is set, not per line. */
static atomic_int event_levels[] = {
#define X(name, level, text, keys, sentence) LOG_INFO,
	LOG_EVENTS(X)
#undef X
};
static atomic_int general_level = LOG_INFO;
static atomic_int line_fd = STDERR_FILENO;
static log_sink_fn *sink_fn;
static void *sink_arg;

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};
_Static_assert(sizeof level_names / sizeof *level_names == LOG_LEVEL_COUNT, "a name per level");

const struct log_event_row *log_event_row(enum log_event ev)
{
	return (unsigned)ev < LOG_EVENT_COUNT ? &rows[ev] : NULL;
}

const char *log_level_name(enum log_level l)
{
	return (unsigned)l < LOG_LEVEL_COUNT ? level_names[l] : "unknown";
}

bool log_level_parse(const char *name, enum log_level *out_l)
{
	for (unsigned i = 0; i < LOG_LEVEL_COUNT; i++) {
		if (str_eq(level_names[i], name)) {
			*out_l = (enum log_level)i;
			return true;
		}
	}
	return false;
}

void log_set_level(enum log_level l)
{
	atomic_store(&general_level, (int)l);
	for (unsigned i = 0; i < LOG_EVENT_COUNT; i++)
		atomic_store(&event_levels[i], (int)l);
}

bool log_set_folder_level(const char *folder, enum log_level l)
{
	struct span want = span_str(folder);
	bool found = false;
	for (unsigned i = 0; i < LOG_EVENT_COUNT; i++) {
		struct span name = span_str(rows[i].name);
		name.n = span_find(name, '.');
		if (!span_eq(name, want))
			continue;
		atomic_store(&event_levels[i], (int)l);
		found = true;
	}
	return found;
}

enum log_level log_get_level(void)
{
	return (enum log_level)atomic_load(&general_level);
}

void log_set_fd(int fd)
{
	atomic_store(&line_fd, fd);
}

void log_set_sink(log_sink_fn *fn, void *arg)
{
	sink_fn = fn;
	sink_arg = arg;
}

/* Whether key is one of the blank separated words. */
static bool has_word(const char *words, const char *key)
{
	struct span left = span_str(words), want = span_str(key);
	while (left.n) {
		size_t n = span_find(left, ' ');
		if (span_eq(span_make(left.p, n), want))
			return true;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return false;
}

static bool __attribute__((unused)) key_allowed(const struct log_event_row *row, const char *key)
{
	return has_word(row->keys, key) || has_word("err msg rule seen want hint", key);
}

static bool needs_quotes(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '=')
			return true;
	}
	return s.n == 0;
}

static void put_quoted(struct out *o, struct span s)
{
	static const char special[] = "\"\\\n\r\t", letter[] = "\"\\nrt";
	out_u8(o, '"');
	for (size_t i = 0; i < s.n; i++) {
		const char *found = s.p[i] ? strchr(special, s.p[i]) : NULL;
		if (found) {
			out_u8(o, '\\');
			out_u8(o, (uint8_t)letter[found - special]);
		} else {
			out_safe(o, span_make(s.p + i, 1));
		}
	}
	out_u8(o, '"');
}

/* " key=value"; a value of any length, cut before it is escaped. */
static void put_pair(struct out *o, const struct log_kv *kv)
{
	out_u8(o, ' ');
	out_str(o, kv->key);
	out_u8(o, '=');
	if (kv->kind == LOG_KIND_INT) {
		out_fmt(o, "%" PRId64, kv->i);
		return;
	}
	char cut[VALUE_BYTES];
	struct span s = span_make(kv->s, strnlen(kv->s, sizeof cut + 1));
	if (s.n > sizeof cut) {
		memcpy(cut, s.p, sizeof cut - 3);
		memcpy(cut + sizeof cut - 3, "...", 3);
		s = span_make(cut, sizeof cut);
	}
	if (needs_quotes(s))
		put_quoted(o, s);
	else
		out_bytes(o, s);
}

/* Adds all pairs that fit whole. Returns whether some did not. */
static bool put_pairs(struct out *o, const struct log_event_row *row, const struct log_kv *kv)
{
	bool missing = false;
	(void)row; /* used by the assert only */
	for (; kv && kv->kind != LOG_KIND_END; kv++) {
		if (kv->kind == LOG_KIND_STR && !kv->s)
			continue;
		assert(key_allowed(row, kv->key));
		size_t before = o->n;
		put_pair(o, kv);
		if (o->bad) {
			o->n = before;
			o->bad = false;
			missing = true;
		}
	}
	return missing;
}

static void put_line(const struct out *o)
{
	int fd = atomic_load(&line_fd);
	o->p[o->n] = '\n';
	ssize_t done = -1;
	do {
		done = fd < 0 ? 0 : write(fd, o->p, o->n + 1);
	} while (done < 0 && errno == EINTR);
	/* Nobody is left to tell when even the log cannot be written. */
}

static void write_event(enum log_event ev, const struct log_kv *first, const struct log_kv *second)
{
	assert((unsigned)ev < LOG_EVENT_COUNT);
	const struct log_event_row *row = &rows[ev];
	if ((int)row->level > atomic_load(&event_levels[ev]))
		return;
	int kept_errno = errno;
	char line[LINE_BYTES], when[CLK_TEXT_SIZE];
	struct out o;
	/* Room for the mark and the newline is kept back. */
	out_init(&o, line, sizeof line - sizeof cut_mark);
	clk_print_unix_ms(clk_unix_ms(), when);
	out_fmt(&o, "%s level=%s ev=%s", when, level_names[row->level], row->name);
	bool missing = put_pairs(&o, row, first);
	missing |= put_pairs(&o, row, second);
	if (missing) {
		o.cap = sizeof line - 1;
		out_str(&o, cut_mark);
	}
	put_line(&o);
	if (sink_fn)
		sink_fn(sink_arg, ev, span_make(o.p, o.n));
	errno = kept_errno;
}

void log_write(enum log_event ev, const struct log_kv *kv)
{
	write_event(ev, kv, NULL);
}

/* An empty field is no field. */
static const char *filled(const char *s)
{
	return s && s[0] ? s : NULL;
}

void log_err(enum log_event ev, const struct err *e, const struct log_kv *kv)
{
	const struct log_kv fields[] = {
		LOG_S("err", err_name(e->code)), LOG_S("msg", filled(e->msg)),
		LOG_S("rule", filled(e->rule)),  LOG_S("seen", filled(e->seen)),
		LOG_S("want", filled(e->want)),  LOG_S("hint", filled(e->hint)),
		{ LOG_KIND_END, NULL, NULL, 0 },
	};
	write_event(ev, fields, kv);
}

bool log_rate_ok(struct log_rate *r, unsigned per_second)
{
	int64_t now = clk_mono_ms();
	/* A clock that went back can only be a fake one that was started again. */
	if (now - r->window_mono_ms >= 1000 || now < r->window_mono_ms) {
		r->window_mono_ms = now;
		r->count = 0;
	} else if (r->count < per_second) {
		r->dropped = 0; /* the first line of this window has told it */
	}
	r->count++;
	if (r->count <= per_second)
		return true;
	r->dropped = r->count == per_second + 1 ? 1 : r->dropped + 1;
	return false;
}
