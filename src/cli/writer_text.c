/* Text form: tables whose columns line up and fit into the terminal, and records. Called by
 * writer.c. Cuts and wraps only when it writes to a terminal. */
#include "cli/writer_priv.h"

#define GAP       2
#define NARROWEST 10 /* a column is not cut below this */

void cli_writer_text_row_priv(struct cli_writer *w, const json_t *row)
{
	struct cli_writer_row *r = ARENA_NEW(&w->arena, struct cli_writer_row);
	if (!r)
		return;
	for (unsigned i = 0; i < w->col_count; i++)
		if (w->cols[i].head)
			r->cells[i] = cli_writer_cell_priv(&w->arena, &w->cols[i], row);
	if (w->last)
		w->last->next = r;
	else
		w->first = r;
	w->last = r;
}

static size_t measure(const struct cli_writer *w, size_t widths[CLI_WRITER_MAX_COLS])
{
	size_t whole = 0;
	for (unsigned i = 0; i < w->col_count; i++) {
		widths[i] = 0;
		if (!w->cols[i].head)
			continue;
		widths[i] = strlen(w->cols[i].head);
		for (const struct cli_writer_row *r = w->first; r; r = r->next) {
			size_t n = strlen(r->cells[i]);
			if (n > widths[i])
				widths[i] = n;
		}
		whole += widths[i] + GAP;
	}
	return whole ? whole - GAP : 0;
}

/* Takes from the widest column, the later one when several are. */
static void fit(const struct cli_writer *w, size_t widths[CLI_WRITER_MAX_COLS], size_t whole)
{
	while (w->width && whole > w->width) {
		unsigned widest = 0;
		for (unsigned i = 0; i < w->col_count; i++)
			if (widths[i] >= widths[widest])
				widest = i;
		if (widths[widest] <= NARROWEST)
			return;
		widths[widest]--;
		whole--;
	}
}

static void put_cell(struct out *o, const char *text, size_t width, bool right, bool last)
{
	size_t n = strlen(text);

	if (n > width) {
		out_bytes(o, span_make(text, width - 3));
		out_str(o, "...");
	} else if (right) {
		out_fmt(o, "%*s", (int)width, text);
	} else {
		out_str(o, text);
		if (!last)
			out_fmt(o, "%*s", (int)(width - n), "");
	}
	out_str(o, last ? "\n" : "  ");
}

static unsigned last_col(const struct cli_writer *w)
{
	unsigned last = 0;
	for (unsigned i = 0; i < w->col_count; i++)
		if (w->cols[i].head)
			last = i;
	return last;
}

void cli_writer_text_end_priv(struct cli_writer *w, const char *none)
{
	size_t widths[CLI_WRITER_MAX_COLS] = { 0 };
	unsigned last = last_col(w);

	if (!w->first) {
		if (none)
			out_fmt(&w->out, "%s\n", none);
		return;
	}
	fit(w, widths, measure(w, widths));
	for (unsigned i = 0; i < w->col_count; i++)
		if (w->cols[i].head)
			put_cell(&w->out, w->cols[i].head, widths[i],
				 w->cols[i].form == CLI_FORM_NUMBER, i == last);
	for (const struct cli_writer_row *r = w->first; r; r = r->next)
		for (unsigned i = 0; i < w->col_count; i++)
			if (w->cols[i].head)
				put_cell(&w->out, *r->cells[i] ? r->cells[i] : "-", widths[i],
					 w->cols[i].form == CLI_FORM_NUMBER, i == last);
	if (w->arena.full)
		out_str(&w->out,
			"(more rows than fit into memory: ask for fewer, or use --json)\n");
	arena_reset(&w->arena);
	w->first = w->last = NULL;
}

/* A value on a terminal goes on below its beginning; for programs it is one line. */
static void put_value(struct cli_writer *w, const char *text, size_t indent)
{
	size_t room = w->width > indent + NARROWEST ? w->width - indent : 0;

	while (room && strlen(text) > room) {
		size_t n = room;
		while (n > 0 && text[n] != ' ')
			n--;
		if (n == 0)
			break; /* one long word: the terminal cuts it */
		out_bytes(&w->out, span_make(text, n));
		out_fmt(&w->out, "\n%*s", (int)indent, "");
		text += n + 1;
	}
	out_fmt(&w->out, "%s\n", text);
}

void cli_writer_text_record_priv(struct cli_writer *w, const json_t *record)
{
	size_t width = 0;

	arena_reset(&w->arena);
	for (unsigned i = 0; i < w->col_count; i++)
		if (w->cols[i].head && strlen(w->cols[i].head) > width)
			width = strlen(w->cols[i].head);
	for (unsigned i = 0; i < w->col_count; i++) {
		if (!w->cols[i].head)
			continue;
		const char *text = cli_writer_cell_priv(&w->arena, &w->cols[i], record);
		if (!*text)
			continue;
		out_fmt(&w->out, "%-*s  ", (int)width, w->cols[i].head);
		put_value(w, text, width + GAP);
	}
	arena_reset(&w->arena);
}
