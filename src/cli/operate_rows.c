/* Rows of an operation in the form that was asked for (cli/operate_priv.h): one object, a list with the
 * PC in front, or, when the command names no columns, a list for each table with the keys that came.
 * Asks nobody. */
#include "base/mem.h"
#include "base/str.h"
#include "cli/operate_priv.h"
#include <stdlib.h>

static const struct cli_col device_col = { "device", "PC", CLI_FORM_TEXT };

void cli_operate_rows_init(struct cli_operate_rows *s, struct cli *c, const struct cli_operate *o,
			   bool many)
{
	*s = (struct cli_operate_rows){ .c = c, .o = o, .many = many };
	if (!o->cols)
		return;
	bool own = str_eq(o->cols[0].key, "device");
	if (!own && (many || cli_writer_kind(c->writer) == CLI_WRITER_CSV))
		s->cols[s->col_count++] = device_col;
	for (unsigned i = 0; i < o->col_count && s->col_count < CLI_OPERATE_COLS; i++)
		s->cols[s->col_count++] = o->cols[i];
}

static void begin(struct cli_operate_rows *s)
{
	if (!s->begun)
		cli_writer_list_begin(s->c->writer, s->cols, s->col_count);
	s->begun = true;
}

void cli_operate_rows_add(struct cli_operate_rows *s, const char *device, json_t *row)
{
	struct cli_writer *w = s->c->writer;
	enum cli_writer_kind kind = cli_writer_kind(w);
	json_t *whole = json_object();

	(void)json_object_set_new(whole, "device", json_string(device));
	(void)json_object_update(whole, row);
	json_decref(row);
	if (s->o->each) {
		s->o->each(s->c, device, whole, s->o->arg);
	} else if (s->o->say && kind == CLI_WRITER_TEXT) {
		s->o->say(s->c, device, whole, s->o->arg);
	} else if (s->o->cols && s->o->record && !s->many) {
		cli_writer_record(w, s->cols, s->col_count, whole);
	} else if (s->o->cols && s->many && kind == CLI_WRITER_TEXT) {
		if (!s->table)
			s->table = json_array();
		(void)json_array_append(s->table, whole);
	} else if (s->o->cols || kind == CLI_WRITER_JSON) {
		begin(s);
		cli_writer_list_row(w, whole);
		if (kind != CLI_WRITER_TEXT)
			cli_writer_flush(w);
	} else {
		if (!s->held)
			s->held = json_array();
		(void)json_array_append(s->held, whole);
	}
	json_decref(whole);
}

static const char *table_of(const json_t *row)
{
	const char *t = json_string_value(json_object_get(row, "table"));

	return t ? t : "";
}

static bool has_col(const struct cli_col *cols, unsigned n, const char *key)
{
	while (n)
		if (str_eq(cols[--n].key, key))
			return true;
	return false;
}

/* One table of those that are held, with the keys that its rows have. */
static void put_table(struct cli_operate_rows *s, const char *table)
{
	struct cli_col cols[CLI_OPERATE_COLS];
	unsigned n = 0;
	const char *key;
	json_t *row, *v;
	size_t i;

	json_array_foreach(s->held, i, row)
	{
		if (!str_eq(table_of(row), table))
			continue;
		json_object_foreach(row, key, v)
		{
			bool skip = str_eq(key, "table") || (str_eq(key, "device") && !s->many);
			if (!skip && n < CLI_OPERATE_COLS && !has_col(cols, n, key))
				cols[n++] = (struct cli_col){ key, key,
							      json_is_number(v) ? CLI_FORM_NUMBER
										: CLI_FORM_TEXT };
		}
	}
	cli_writer_list_begin(s->c->writer, cols, n);
	json_array_foreach(s->held, i, row) if (str_eq(table_of(row), table))
		cli_writer_list_row(s->c->writer, row);
	cli_writer_list_end(s->c->writer, NULL);
}

static void put_held(struct cli_operate_rows *s)
{
	json_t *done = json_object(), *row;
	size_t i;

	if (cli_writer_kind(s->c->writer) != CLI_WRITER_TEXT) {
		cli_writer_json(s->c->writer, s->held);
	} else {
		json_array_foreach(s->held, i, row)
		{
			const char *t = table_of(row);
			if (json_object_get(done, t))
				continue;
			if (*t)
				cli_writer_say(s->c->writer, "%s%s:", i ? "\n" : "", t);
			put_table(s, t);
			(void)json_object_set_new(done, t, json_true());
		}
	}
	json_decref(done);
	json_decref(s->held);
	s->held = NULL;
}

struct sorted {
	const char *device;
	size_t at;
	json_t *row;
};

static int by_device(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int order = strverscmp(x->device, y->device);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Answers come as they come; people look for names. Rows of one PC stay in their order. */
static void put_sorted(struct cli_operate_rows *s)
{
	size_t n = json_array_size(s->table);
	struct sorted *rows = mem_new((n + 1) * sizeof(struct sorted));

	for (size_t i = 0; i < n; i++) {
		json_t *row = json_array_get(s->table, i);
		rows[i] = (struct sorted){ json_string_value(json_object_get(row, "device")), i,
					   row };
	}
	qsort(rows, n, sizeof *rows, by_device);
	begin(s);
	for (size_t i = 0; i < n; i++)
		cli_writer_list_row(s->c->writer, rows[i].row);
	mem_free(rows);
	json_decref(s->table);
	s->table = NULL;
}

void cli_operate_rows_end(struct cli_operate_rows *s, bool all)
{
	bool text = cli_writer_kind(s->c->writer) == CLI_WRITER_TEXT;
	bool own = s->o->each || (s->o->say && text);
	bool is_list =
		!s->o->record || (s->many && !text); /* programs get one, though it is empty */

	if (s->table)
		put_sorted(s);
	if (s->held) {
		put_held(s);
	} else if (s->begun || (!own && is_list && (s->o->cols || s->o->none))) {
		/* what only changes something gives no rows: the command says what was done */
		begin(s);
		cli_writer_list_end(s->c->writer, all ? s->o->none : NULL);
	}
}
