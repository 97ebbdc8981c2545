/* CSV form (RFC 4180, lines end in LF): a heading and one line per row, and documents of any shape
 * taken apart into such. Called by writer.c. A value
 * that a spreadsheet would take for a formula gets an apostrophe in front, since values come from
 * outside. */
#include "cli/writer_priv.h"
#include <stdio.h>

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

#define LINES_BYTES ((size_t)16 * 1024 * 1024)
/* Text of several lines stays so; nothing else in it could move a cursor. */
static void put_lines(struct cli_writer *w, struct span text)
{
	struct buf b;
	struct out o;

	buf_init(&b, LINES_BYTES);
	out_init_buf(&o, &b);
	while (text.n) {
		size_t n = span_find(text, '\n'), used = n + (n < text.n);
		out_safe(&o, span_make(text.p, n));
		out_str(&o, used > n ? "\n" : "");
		text = span_make(text.p + used, text.n - used);
	}
	out_u8(&o, 0);
	put_field(&w->out, o.bad ? "..." : (const char *)b.p);
	buf_wipe(&b);
}

/* One value; numbers and lists of plain values as in a table. */
static void put_cell(struct cli_writer *w, const json_t *v)
{
	static const struct cli_col col = { "v", NULL, CLI_FORM_TEXT };

	if (json_is_string(v)) {
		put_lines(w, span_make(json_string_value(v), json_string_length(v)));
		return;
	}
	json_t *row = json_object();

	(void)json_object_set(row, "v", (json_t *)v);
	put_field(&w->out, cli_writer_cell_priv(&w->arena, &col, row));
	json_decref(row);
	arena_reset(&w->arena);
}

static bool has_objects(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_is_object(json_array_get(list, i)) ||
		    json_is_array(json_array_get(list, i)))
			return true;
	return false;
}

#define MAX_DEPTH 16
/* All values of v into flat, by their names with dots. */
static void flatten(json_t *flat, const char *path, const json_t *v, unsigned depth)
{
	bool list = json_is_array(v) && has_objects(v);
	const char *key;
	json_t *item;
	size_t i;
	char name[256];
	const char *dot = *path ? "." : "";

	if (depth >= MAX_DEPTH || !(list || json_object_size(v))) {
		(void)json_object_set(flat, *path ? path : "value", (json_t *)v);
		return;
	}
	if (list) {
		json_array_foreach(v, i, item)
		{
			(void)snprintf(name, sizeof name, "%s%s%zu", path, dot, i);
			flatten(flat, name, item, depth + 1);
		}
		return;
	}
	json_object_foreach((json_t *)v, key, item)
	{
		(void)snprintf(name, sizeof name, "%s%s%s", path, dot, key);
		flatten(flat, name, item, depth + 1);
	}
}

static void put_table(struct cli_writer *w, const json_t *rows)
{
	json_t *heads = json_object(), *flat = json_array(), *row, *v;
	const char *key, *sep = "";
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_t *one = json_object();
		flatten(one, "", row, 0);
		(void)json_object_update_missing(heads, one);
		(void)json_array_append_new(flat, one);
	}
	json_object_foreach(heads, key, v)
	{
		out_str(&w->out, sep);
		put_field(&w->out, key);
		sep = ",";
	}
	out_str(&w->out, "\n");
	json_array_foreach(flat, i, row)
	{
		sep = "";
		json_object_foreach(heads, key, v)
		{
			out_str(&w->out, sep);
			put_cell(w, json_object_get(row, key));
			sep = ",";
		}
		out_str(&w->out, "\n");
	}
	json_decref(heads);
	json_decref(flat);
}

void cli_writer_csv_doc_priv(struct cli_writer *w, const json_t *doc)
{
	json_t *flat, *v;
	const char *key;

	if (json_is_array(doc) && json_is_object(json_array_get(doc, 0))) {
		put_table(w, doc);
		return;
	}
	flat = json_object();
	flatten(flat, "", doc, 0);
	out_str(&w->out, "field,value\n");
	json_object_foreach(flat, key, v)
	{
		put_field(&w->out, key);
		out_str(&w->out, ",");
		put_cell(w, v);
		out_str(&w->out, "\n");
	}
	json_decref(flat);
}
