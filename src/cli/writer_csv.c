/* CSV form (RFC 4180, lines end in LF): a heading and one line per row. Called by writer.c. A value
 * that a spreadsheet would take for a formula gets an apostrophe in front, since values come from
 * outside. */
#include "cli/writer_priv.h"

static void put_field(struct out *o, const char *text)
{
	bool formula = *text && strchr("=+@\t", *text);

	if (!formula && !strpbrk(text, ",\"\n\r")) {
		out_str(o, text);
		return;
	}
	out_str(o, formula ? "\"'" : "\"");
	for (size_t n; *text; text += n) {
		n = strcspn(text, "\"");
		out_bytes(o, span_make(text, n));
		if (text[n] == '"') {
			out_str(o, "\"\"");
			n++;
		}
	}
	out_str(o, "\"");
}

void cli_writer_csv_head_priv(struct cli_writer *w)
{
	for (unsigned i = 0; i < w->col_count; i++) {
		out_str(&w->out, i ? "," : "");
		put_field(&w->out, w->cols[i].key);
	}
	out_str(&w->out, "\n");
}

void cli_writer_csv_row_priv(struct cli_writer *w, const json_t *row)
{
	for (unsigned i = 0; i < w->col_count; i++) {
		/* Times and durations as in JSON: programs read this. */
		struct cli_col plain = { w->cols[i].key, NULL, CLI_FORM_TEXT };
		out_str(&w->out, i ? "," : "");
		put_field(&w->out, cli_writer_cell_priv(&w->arena, &plain, row));
	}
	out_str(&w->out, "\n");
	arena_reset(&w->arena);
}
