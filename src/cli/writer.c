/* The writer's common part: picks the form and gets bytes out. Called by every command. Never
 * writes to standard error. */
#include "cli/writer.h"
#include "base/clk.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/writer_priv.h"
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define FLUSH_BYTES 65536
#define BUF_BYTES   ((size_t)256 * 1024 * 1024)
#define TABLE_BYTES ((size_t)1024 * 1024 * 1024)

struct cli_writer *cli_writer_new(enum cli_writer_kind kind, int fd, unsigned width)
{
	struct cli_writer *w = MEM_NEW(struct cli_writer);
	w->kind = kind;
	w->fd = fd;
	w->width = width;
	buf_init(&w->buf, BUF_BYTES);
	out_init_buf(&w->out, &w->buf);
	arena_init(&w->arena, TABLE_BYTES);
	return w;
}

enum cli_writer_kind cli_writer_kind(const struct cli_writer *w)
{
	return w->kind;
}

void cli_writer_flush(struct cli_writer *w)
{
	size_t at = 0;
	while (at < w->buf.n && !w->failed) {
		ssize_t n = write(w->fd, w->buf.p + at, w->buf.n - at);
		if (n > 0)
			at += (size_t)n;
		else if (n < 0 && errno != EINTR)
			w->failed = errno;
	}
	if (w->out.bad && !w->failed)
		w->failed = EFBIG;
	if (w->buf.p)
		mem_wipe(w->buf.p, w->buf.n); /* it may have shown a secret */
	buf_clear(&w->buf);
	w->out.bad = false;
}

bool cli_writer_is_lost(const struct cli_writer *w)
{
	return w->failed;
}

bool cli_writer_wait(struct cli_writer *w, int64_t ms)
{
	struct pollfd p = {
		.fd = w->fd
	}; /* a pipe without a reader is an error without being asked for */
	int64_t until = clk_mono_ms() + ms, left = ms;

	cli_writer_flush(w);
	do {
		if (!w->failed && poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left) > 0)
			w->failed = p.revents & POLLNVAL ? EBADF : EPIPE;
		left = until - clk_mono_ms();
	} while (!w->failed && left > 0);
	return !w->failed;
}

static void flush_often(struct cli_writer *w)
{
	if (w->buf.n >= FLUSH_BYTES)
		cli_writer_flush(w);
}

bool cli_writer_end(struct cli_writer *w, struct err *e)
{
	cli_writer_flush(w);
	int failed = w->failed;
	json_decref(w->done);
	buf_wipe(&w->buf);
	arena_deinit(&w->arena);
	mem_free(w);
	if (!failed || failed == EPIPE)
		return true;
	return err_errno(e, ERR_IO, failed, "writing the result");
}

static void set_cols(struct cli_writer *w, const struct cli_col *cols, unsigned count)
{
	assert(count <= CLI_WRITER_MAX_COLS);
	w->cols = cols;
	w->col_count = count;
	w->row_count = 0;
	w->first = w->last = NULL;
}

void cli_writer_list_begin(struct cli_writer *w, const struct cli_col *cols, unsigned count)
{
	set_cols(w, cols, count);
	arena_reset(&w->arena);
	if (w->kind == CLI_WRITER_JSON)
		out_str(&w->out, "[");
	else if (w->kind == CLI_WRITER_CSV)
		cli_writer_csv_head_priv(w);
}

void cli_writer_list_row(struct cli_writer *w, const json_t *row)
{
	if (w->kind == CLI_WRITER_JSON) {
		out_str(&w->out, w->row_count ? ",\n " : "\n ");
		cli_writer_json_value_priv(w, row);
	} else if (w->kind == CLI_WRITER_CSV) {
		cli_writer_csv_row_priv(w, row);
	} else {
		cli_writer_text_row_priv(w, row);
	}
	w->row_count++;
	flush_often(w);
}

void cli_writer_list_end(struct cli_writer *w, const char *none)
{
	if (w->kind == CLI_WRITER_JSON)
		out_str(&w->out, w->row_count ? "\n]\n" : "]\n");
	else if (w->kind == CLI_WRITER_TEXT)
		cli_writer_text_end_priv(w, none);
	flush_often(w);
}

void cli_writer_record(struct cli_writer *w, const struct cli_col *cols, unsigned count,
		       const json_t *record)
{
	bool again = w->cols == cols;

	set_cols(w, cols, count);
	if (w->kind == CLI_WRITER_JSON) {
		cli_writer_json(w, record);
	} else if (w->kind == CLI_WRITER_CSV) {
		if (!again)
			cli_writer_csv_head_priv(w);
		cli_writer_csv_row_priv(w, record);
	} else {
		cli_writer_text_record_priv(w, record);
	}
	flush_often(w);
}

void cli_writer_say(struct cli_writer *w, const char *fmt, ...)
{
	if (w->kind != CLI_WRITER_TEXT)
		return;
	va_list ap;
	va_start(ap, fmt);
	out_vfmt(&w->out, fmt, ap);
	va_end(ap);
	out_str(&w->out, "\n");
}

void cli_writer_text(struct cli_writer *w, struct span text)
{
	if (w->kind != CLI_WRITER_TEXT)
		return;
	/* Line breaks are ours; whatever else could move a cursor is shown as \xNN. */
	while (text.n) {
		struct span line = { text.p, span_find(text, '\n') };
		size_t used = line.n + (line.n < text.n);
		while (line.n) {
			struct span part = { line.p, span_find(line, '\t') };
			size_t step = part.n + (part.n < line.n);
			out_safe(&w->out, part);
			if (step > part.n)
				out_str(&w->out, "\t");
			line.p += step;
			line.n -= step;
		}
		if (used)
			out_str(&w->out, "\n");
		text.p += used;
		text.n -= used;
	}
	flush_often(w);
}

void cli_writer_json(struct cli_writer *w, const json_t *doc)
{
	if (w->kind == CLI_WRITER_TEXT)
		return;
	if (w->kind == CLI_WRITER_CSV) {
		cli_writer_csv_doc_priv(w, doc);
		return;
	}
	cli_writer_json_value_priv(w, doc);
	out_str(&w->out, "\n");
}

void cli_writer_json_text(struct cli_writer *w, struct span doc)
{
	if (w->kind == CLI_WRITER_CSV) {
		json_t *v = json_loadb((const char *)doc.p, doc.n, JSON_ALLOW_NUL, NULL);
		cli_writer_json(w, v);
		json_decref(v);
	}
	if (w->kind != CLI_WRITER_JSON)
		return;
	out_bytes(&w->out, span_trim(doc));
	out_str(&w->out, "\n");
}

void cli_writer_row(struct cli_writer *w, const struct cli_col *cols, unsigned count,
		    const json_t *row)
{
	if (w->kind != CLI_WRITER_TEXT)
		cli_writer_record(w, cols, count, row);
}

void cli_writer_done(struct cli_writer *w, const char *kind, const char *name, const char *fmt, ...)
{
	static const struct cli_col cols[] = {
		{ "kind", NULL, CLI_FORM_TEXT },
		{ "name", NULL, CLI_FORM_TEXT },
		{ "message", NULL, CLI_FORM_TEXT },
	};
	char message[512];
	struct out o;
	va_list ap;

	out_init(&o, message, sizeof message);
	va_start(ap, fmt);
	out_vfmt(&o, fmt, ap);
	va_end(ap);
	if (w->kind == CLI_WRITER_TEXT) {
		cli_writer_say(w, "%s", message);
		return;
	}
	json_t *row = json_pack("{s:s, s:s, s:s}", "kind", kind, "name", name, "message", message);
	if (w->kind == CLI_WRITER_CSV) {
		cli_writer_row(w, cols, 3, row);
		json_decref(row);
		return;
	}
	if (!w->done)
		w->done = json_array();
	(void)json_array_append_new(w->done, row ? row : json_null());
}

void cli_writer_finish(struct cli_writer *w, bool ok)
{
	if (!w->done)
		return;
	json_t *doc = json_pack("{s:b, s:O}", "ok", ok, "done", w->done);
	cli_writer_json(w, doc);
	json_decref(doc);
}
