/* log, audit and status: what the service did and does. Following asks again in short intervals. */
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/rpc.h"
#include <stdio.h>
#include <unistd.h>

#define FOLLOW_MS 500
#define WATCH_MS  1000
#define PAGE      1000

static bool get_limit(const struct cli *c, uint32_t *out_n, struct err *e)
{
	const char *text = cli_args_value(&c->args, "limit");

	*out_n = 100;
	if (!text || str_to_u32(span_str(text), 1, PAGE, out_n, NULL))
		return true;
	err_set(e, ERR_USAGE, "--limit %s is no number of rows", text);
	return err_want(e, "1 to %d", PAGE);
}

/* --- log --- */

struct follow {
	const char *uuid, *level;
	json_int_t last;
};

static const char *text_of(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));
	return s ? s : "";
}

static void show_event(struct cli *c, const struct follow *f, const json_t *row)
{
	static const struct cli_col cols[] = {
		{ "id", NULL, CLI_FORM_TEXT },   { "at", NULL, CLI_FORM_TEXT },
		{ "uuid", NULL, CLI_FORM_TEXT }, { "level", NULL, CLI_FORM_TEXT },
		{ "name", NULL, CLI_FORM_TEXT }, { "line", NULL, CLI_FORM_TEXT },
	};

	if (cli_writer_kind(c->writer) != CLI_WRITER_TEXT) {
		cli_writer_row(c->writer, cols, 6, row); /* it may never end */
		return;
	}
	const char *uuid = f->uuid ? "" : text_of(row, "uuid"), *line = text_of(row, "line");
	const char *text = arena_fmt(&c->arena, "%s level=%s ev=%s%s%s%s%s\n", text_of(row, "at"),
				     text_of(row, "level"), text_of(row, "name"),
				     *uuid ? " uuid=" : "", uuid, *line ? " " : "", line);
	cli_writer_text(c->writer, span_str(text));
}

static bool fetch_events(struct cli *c, struct follow *f, bool newest, uint32_t limit,
			 unsigned *out_n, struct err *e)
{
	char after[24], count[12];
	json_t *doc, *row;
	size_t i;

	(void)snprintf(after, sizeof after, "%lld", (long long)f->last);
	(void)snprintf(count, sizeof count, "%u", (unsigned)limit);
	const char *target = cli_rpc_target(
		&c->arena, "/v1/events?uuid=%&level=%&after=%&newest=%&limit=%", f->uuid, f->level,
		newest ? NULL : after, newest ? "true" : NULL, count);
	if (!cli_rpc_get(c, target, &doc, e))
		return false;
	const json_t *items = json_object_get(doc, "items");
	*out_n = (unsigned)json_array_size(items);
	json_array_foreach(items, i, row)
	{
		json_int_t id = json_integer_value(json_object_get(row, "id"));
		if (id > f->last)
			f->last = id;
		show_event(c, f, row);
	}
	json_decref(doc);
	cli_writer_flush(c->writer);
	arena_reset(&c->arena);
	return true;
}

bool cli_cmd_log(struct cli *c, struct err *e)
{
	struct follow f = { .level = cli_args_value(&c->args, "level") };
	const char *device = cli_operand(c, 0);
	enum log_level level;
	char uuid[UUID_TEXT_SIZE];
	uint32_t limit;
	unsigned n;
	json_t *doc;

	if (!get_limit(c, &limit, e))
		return false;
	if (f.level && !log_level_parse(f.level, &level)) {
		err_set(e, ERR_USAGE, "there is no level '%s'", f.level);
		return err_want(e, "error, warn, info or debug");
	}
	if (device) {
		if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%", device), &doc, e))
			return false;
		const char *text = json_string_value(json_object_get(doc, "uuid"));
		(void)str_copy(uuid, sizeof uuid, span_str(text ? text : device));
		json_decref(doc);
		f.uuid = uuid;
	}
	if (!fetch_events(c, &f, true, limit, &n, e))
		return false;
	if (!n && !cli_args_has(&c->args, "follow"))
		cli_writer_say(c->writer, "No events.");
	while (cli_args_has(&c->args, "follow") &&
	       cli_writer_wait(c->writer, n < PAGE ? FOLLOW_MS : 0)) {
		if (!fetch_events(c, &f, false, PAGE, &n, e))
			return false;
	}
	return true;
}

/* --- audit --- */

bool cli_cmd_audit_list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "id", "id", CLI_FORM_NUMBER },   { "at", "at", CLI_FORM_TIME },
		{ "actor", "who", CLI_FORM_TEXT }, { "action", "what", CLI_FORM_TEXT },
		{ "object", "on", CLI_FORM_TEXT }, { "hash", NULL, CLI_FORM_TEXT },
	};
	uint32_t limit;

	if (!get_limit(c, &limit, e))
		return false;
	if (!cli_args_has(&c->args, "limit"))
		return cli_rpc_list(c, "/v1/audit", cols, 6, "Nothing yet.", e);
	/* The newest: go through the pages and keep the end. */
	json_t *kept = json_array(), *doc, *row;
	char after[24] = "0";
	bool ok = true;
	for (size_t n = PAGE, i; n == PAGE;) {
		ok = cli_rpc_get(
			c, cli_rpc_target(&c->arena, "/v1/audit?after=%&limit=%", after, "1000"),
			&doc, e);
		if (!ok)
			break;
		n = json_array_size(json_object_get(doc, "items"));
		json_array_foreach(json_object_get(doc, "items"), i, row)
		{
			(void)json_array_append(kept, row);
			(void)snprintf(after, sizeof after, "%lld",
				       (long long)json_integer_value(json_object_get(row, "id")));
		}
		while (json_array_size(kept) > limit)
			(void)json_array_remove(kept, 0);
		json_decref(doc);
	}
	if (ok) {
		size_t i;
		cli_writer_list_begin(c->writer, cols, 6);
		json_array_foreach(kept, i, row) cli_writer_list_row(c->writer, row);
		cli_writer_list_end(c->writer, "Nothing yet.");
	}
	json_decref(kept);
	return ok;
}

/* --- status --- */

static const struct cli_col status_cols[] = {
	{ "version", "version", CLI_FORM_TEXT },
	{ "uptime_ms", "up for", CLI_FORM_MS },
	{ "pid", "process", CLI_FORM_TEXT },
	{ "hello_ports", "hello ports", CLI_FORM_TEXT },
	{ "db", "database", CLI_FORM_TEXT },
	{ "devices", "PCs", CLI_FORM_COUNTS },
	{ "jobs", "jobs", CLI_FORM_COUNTS },
	{ "workers", "workers", CLI_FORM_TEXT },
	{ "hellos", "hellos", CLI_FORM_COUNTS },
	{ "keys", "keys", CLI_FORM_COUNTS },
	{ "certificates_end", "certs that end", CLI_FORM_COUNTS },
	{ "alerts", "alerts handed on", CLI_FORM_COUNTS },
	{ "figures", "figures", CLI_FORM_COUNTS },
};

bool cli_cmd_status(struct cli *c, struct err *e)
{
	bool watch = cli_args_has(&c->args, "watch");

	do {
		json_t *doc;
		if (!cli_rpc_get(c, "/v1/status", &doc, e))
			return false;
		if (watch && cli_writer_kind(c->writer) == CLI_WRITER_TEXT && isatty(STDOUT_FILENO))
			(void)!write(STDOUT_FILENO, "\033[H\033[J", 6);
		cli_writer_record(c->writer, status_cols, sizeof status_cols / sizeof *status_cols,
				  doc);
		if (watch && cli_writer_kind(c->writer) == CLI_WRITER_TEXT &&
		    !isatty(STDOUT_FILENO))
			cli_writer_say(c->writer, "%s", "");
		json_decref(doc);
		arena_reset(&c->arena);
	} while (watch && cli_writer_wait(c->writer, WATCH_MS));
	return true;
}
