/* JSON form, and reading values out of JSON rows for the other forms. Called by writer.c. */
#include "base/clk.h"
#include "base/str.h"
#include "cli/writer_priv.h"
#include <stdio.h>

static int add(const char *bytes, size_t n, void *arg)
{
	out_bytes(arg, span_make(bytes, n));
	return 0;
}

void cli_writer_json_value_priv(struct cli_writer *w, const json_t *v)
{
	(void)json_dump_callback(v, add, &w->out, JSON_ENCODE_ANY | JSON_PRESERVE_ORDER);
}

const json_t *cli_writer_get_priv(const json_t *row, const char *key)
{
	const json_t *v = json_object_get(row, key);
	const char *dot = strchr(key, '.');
	char head[48];

	if (v || !dot || !str_copy(head, sizeof head, span_make(key, (size_t)(dot - key))))
		return v;
	return cli_writer_get_priv(json_object_get(row, head), dot + 1);
}

static void put_ms(struct out *o, json_int_t ms)
{
	if (ms < 1000)
		out_fmt(o, "%lld ms", (long long)ms);
	else if (ms < 120000)
		out_fmt(o, "%lld.%lld s", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
	else if (ms < 7200000)
		out_fmt(o, "%lld min %lld s", (long long)(ms / 60000), (long long)(ms / 1000 % 60));
	else if (ms < (json_int_t)48 * 3600 * 1000)
		out_fmt(o, "%lld h %lld min", (long long)(ms / 3600000),
			(long long)(ms / 60000 % 60));
	else
		out_fmt(o, "%lld d %lld h", (long long)(ms / 86400000),
			(long long)(ms / 3600000 % 24));
}

/* "2031-05-02T09:14:07.120Z" -> "2031-05-02 09:14:07Z" */
static void put_time(struct out *o, struct span s)
{
	if (s.n != CLK_TEXT_SIZE - 1 || s.p[10] != 'T' || s.p[19] != '.') {
		out_safe(o, s);
		return;
	}
	out_safe(o, span_make(s.p, 10));
	out_str(o, " ");
	out_safe(o, span_make(s.p + 11, 8));
	out_str(o, "Z");
}

/* "imposed_wait_ms" is a duration and "in_7_days" three words. */
static void put_counts(struct out *o, const json_t *v)
{
	const char *sep = "", *key;
	json_t *item;

	json_object_foreach((json_t *)v, key, item)
	{
		size_t n = strlen(key);
		bool ms = n > 3 && strcmp(key + n - 3, "_ms") == 0;
		if (json_is_integer(item) && json_integer_value(item) == 0)
			continue;
		out_str(o, sep);
		sep = ", ";
		if (ms)
			put_ms(o, json_integer_value(item));
		else
			out_fmt(o, "%lld", (long long)json_integer_value(item));
		out_str(o, " ");
		for (size_t i = 0; i < n - (ms ? 3 : 0); i++)
			out_u8(o, key[i] == '_' ? ' ' : (uint8_t)key[i]);
	}
	if (!*sep)
		out_str(o, "none");
}

static void put(struct out *o, const struct cli_col *col, const json_t *v);

static void put_inside(struct out *o, const struct cli_col *col, const json_t *v)
{
	const char *sep = "", *key;
	json_t *item;
	size_t i;

	if (json_is_array(v)) {
		json_array_foreach(v, i, item)
		{
			out_str(o, sep);
			put(o, col, item);
			sep = ", ";
		}
		return;
	}
	json_object_foreach((json_t *)v, key, item)
	{
		out_fmt(o, "%s%s=", sep, key);
		put(o, col, item);
		sep = " ";
	}
}

static void put(struct out *o, const struct cli_col *col, const json_t *v)
{
	struct span s = { (const uint8_t *)json_string_value(v), json_string_length(v) };

	if (json_is_string(v) && col->form == CLI_FORM_TIME)
		put_time(o, s);
	else if (json_is_string(v))
		out_safe(o, s);
	else if (json_is_integer(v) && col->form == CLI_FORM_MS)
		put_ms(o, json_integer_value(v));
	else if (json_is_integer(v))
		out_fmt(o, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		out_fmt(o, "%g", json_real_value(v));
	else if (json_is_boolean(v))
		out_str(o, json_is_true(v) ? "yes" : "no");
	else if (json_is_object(v) && col->form == CLI_FORM_COUNTS)
		put_counts(o, v);
	else if (v && !json_is_null(v))
		put_inside(o, col, v);
}

#define CELL_BYTES 65536
const char *cli_writer_cell_priv(struct arena *a, const struct cli_col *col, const json_t *row)
{
	struct buf b;
	struct out o;

	buf_init(&b, CELL_BYTES);
	out_init_buf(&o, &b);
	put(&o, col, cli_writer_get_priv(row, col->key));
	const char *text = b.n ? arena_str(a, buf_span(&b)) : "";
	buf_wipe(&b);
	return text ? text : "...";
}
