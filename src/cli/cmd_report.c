/* report environment: asks the service for all PCs and certificates, page by page, counts them
 * (cli/report.h) and shows the counts, or writes them as one HTML file. Asks no PC. */
#include "base/clk.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/rpc.h"
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#define HTML_BYTES ((size_t)4 * 1024 * 1024)
#define YEARS_DAYS "36500" /* all of them */

typedef void take_fn(struct cli *c, struct cli_report *r, const json_t *row);

/* Every item of a list. pattern: its keys are limit, after and, where it has one more, extra. */
static bool each(struct cli *c, struct cli_report *r, const char *pattern, const char *extra,
		 take_fn *take, struct err *e)
{
	char after[256] = "";
	bool more = true;

	while (more) {
		struct arena a;
		json_t *doc = NULL, *row;
		size_t i;
		arena_init(&a, 65536);
		const char *from = *after ? after : NULL;
		bool ok = cli_rpc_get(c, cli_rpc_target(&a, pattern, "1000", from, extra), &doc, e);
		arena_deinit(&a);
		if (!ok)
			return false;
		json_array_foreach(json_object_get(doc, "items"), i, row) take(c, r, row);
		const char *next = json_string_value(json_object_get(doc, "next"));
		more = next && !str_eq(next, after);
		(void)str_copy(after, sizeof after, span_str(more ? next : ""));
		json_decref(doc);
	}
	return true;
}

static void take_name(struct cli *c, struct cli_report *r, const json_t *row)
{
	const char *subject = json_string_value(json_object_get(row, "subject"));

	(void)c;
	if (subject)
		cli_report_cert_name(r, subject);
}

static void take_cert(struct cli *c, struct cli_report *r, const json_t *row)
{
	(void)c;
	cli_report_cert(r, row);
}

static void take_pc(struct cli *c, struct cli_report *r, const json_t *row)
{
	(void)c;
	cli_report_pc(r, row);
}

static void take_seen(struct cli *c, struct cli_report *r, const json_t *row)
{
	(void)c;
	cli_report_seen(r, row);
}

static bool write_file(const char *path, struct span text, struct err *e)
{
	int fd = -1;

	if (!cli_input_create(path, &fd, e))
		return false;
	bool ok = true;
	while (ok && text.n) {
		ssize_t n = write(fd, text.p, text.n);
		ok = n > 0;
		if (ok)
			text = span_make(text.p + n, text.n - (size_t)n);
	}
	return (close(fd) == 0 && ok) ||
		err_set(e, ERR_IO, "%.80s could not be written whole", path);
}

static bool write_html(struct cli *c, const char *path, const json_t *report, struct err *e)
{
	char when[32] = "";
	time_t now = (time_t)(clk_unix_ms() / 1000);
	struct tm tm;
	struct buf b;
	struct out o;

	if (gmtime_r(&now, &tm))
		(void)strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", &tm);
	buf_init(&b, HTML_BYTES);
	out_init_buf(&o, &b);
	cli_report_html(&o, report, when);
	bool ok = !b.bad && !o.bad;
	if (!ok)
		err_set(e, ERR_LIMIT, "the report is too large");
	ok = ok && write_file(path, buf_span(&b), e);
	buf_deinit(&b);
	if (ok)
		cli_writer_done(c->writer, "report", path, "wrote %s", path);
	return ok;
}

/* A row for each count. */
static void show(struct cli *c, const json_t *report)
{
	static const struct cli_col cols[] = { { "section", "section", CLI_FORM_TEXT },
					       { "what", "what", CLI_FORM_TEXT },
					       { "count", "count", CLI_FORM_NUMBER },
					       { "unit", "of", CLI_FORM_TEXT },
					       { "note", NULL, CLI_FORM_TEXT } };
	const json_t *s, *row;
	size_t i, k;

	if (cli_writer_kind(c->writer) == CLI_WRITER_JSON) {
		cli_writer_json(c->writer, report);
		return;
	}
	cli_writer_list_begin(c->writer, cols, sizeof cols / sizeof *cols);
	json_array_foreach(json_object_get(report, "sections"), i, s)
	{
		json_array_foreach(json_object_get(s, "rows"), k, row)
		{
			json_t *line = json_copy((json_t *)row);
			(void)json_object_set(line, "section", json_object_get(s, "name"));
			(void)json_object_set(line, "unit", json_object_get(s, "unit"));
			cli_writer_list_row(c->writer, line);
			json_decref(line);
		}
	}
	cli_writer_list_end(c->writer, "No PCs yet: they show up when they say hello.");
}

bool cli_cmd_report_environment(struct cli *c, struct err *e)
{
	const char *path = cli_args_value(&c->args, "output");
	struct cli_report *r = cli_report_new(clk_unix_ms());
	bool ok = each(c, r, "/v1/certs?limit=%&after=%", NULL, take_name, e) &&
		each(c, r, "/v1/certs-expiry?limit=%&after=%&days=%", YEARS_DAYS, take_cert, e) &&
		each(c, r, "/v1/assets?limit=%&after=%", NULL, take_pc, e) &&
		each(c, r, "/v1/sightings?limit=%&after=%", NULL, take_seen, e);

	if (ok) {
		json_t *report = cli_report_json(r);
		if (path)
			ok = write_html(c, path, report, e);
		else
			show(c, report);
		json_decref(report);
	}
	cli_report_free(r);
	return ok;
}
