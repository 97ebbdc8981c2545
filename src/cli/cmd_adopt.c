/* device adopt, owner, export: PCs that others configured, and those that are handed over. Over the
 * service's socket; passwords go from files to the socket and nowhere else. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd_import.h"

#include <unistd.h>

static int add(const char *text, size_t n, void *arg)
{
	return buf_add(arg, span_make(text, n)) ? 0 : -1;
}

static void wipe(json_t *o)
{
	const char *key;
	json_t *v;

	json_object_foreach(o, key, v) if (json_is_string(v))
		mem_wipe((void *)(uintptr_t)json_string_value(v), json_string_length(v));
	json_decref(o);
}

/* One a line, whatever ends the lines. */
static bool read_list(const char *path, struct buf *out_list, struct err *e)
{
	struct buf raw;

	buf_init(out_list, (size_t)LIMIT_API_BODY_BYTES);
	if (!path)
		return true;
	if (!cli_input_read(path, (size_t)LIMIT_API_BODY_BYTES, &raw, e))
		return false;
	for (struct span rest = buf_span(&raw); rest.n;) {
		size_t n = span_find(rest, '\n'), k = n;
		while (k && rest.p[k - 1] == '\r')
			k--;
		if (k && buf_add(out_list, span_make(rest.p, k)))
			(void)buf_add(out_list, span_str("\n"));
		n += n < rest.n;
		rest = span_make(rest.p + n, rest.n - n);
	}
	buf_wipe(&raw);
	return true;
}

static bool pack(struct span data, struct span list, struct buf *out_doc, struct err *e)
{
	json_t *o =
		json_pack("{s:o?, s:o?}", "data", json_stringn((const char *)data.p, data.n),
			  "passwords", json_stringn(list.n ? (const char *)list.p : "", list.n));
	bool ok = o && json_object_size(o) == 2;

	buf_init(out_doc, (size_t)LIMIT_API_BODY_BYTES);
	if (!ok)
		err_set(e, ERR_INVALID, "the file is no text in UTF-8");
	else if (json_dump_callback(o, add, out_doc, JSON_COMPACT) != 0)
		ok = err_set(e, ERR_LIMIT, "the file is too large; split it into several");
	wipe(o);
	return ok;
}

bool cli_cmd_device_adopt(struct cli *c, struct err *e)
{
	const char *path = cli_operand(c, 0);
	const char *from = cli_args_value(&c->args, "passwords-from");
	struct buf data, list, doc;

	if (!cli_input_read(path, (size_t)LIMIT_API_BODY_BYTES, &data, e))
		return false;
	if (!read_list(from, &list, e)) {
		buf_wipe(&data);
		return false;
	}
	bool ok = pack(buf_span(&data), buf_span(&list), &doc, e);
	buf_wipe(&data);
	buf_wipe(&list);
	struct cli_rpc_req req = {
		.method = "POST",
		.target = cli_rpc_target(&c->arena, "/v1/adopt?preview=%",
					 cli_args_has(&c->args, "preview") ? "true" : NULL),
		.body = buf_span(&doc),
	};
	ok = ok ? cli_import_body(c, &req, "PC", e) : err_wrap(e, "%s", path);
	buf_wipe(&doc);
	return ok;
}

bool cli_cmd_device_owner(struct cli *c, struct err *e)
{
	static const struct cli_col head[] = {
		{ "uuid", "UUID", CLI_FORM_TEXT },   { "fqdn", "name", CLI_FORM_TEXT },
		{ "state", "state", CLI_FORM_TEXT }, { "owner", "owner", CLI_FORM_TEXT },
		{ "at", "as seen", CLI_FORM_TIME },
	};
	static const struct cli_col cols[] = { { "what", "what", CLI_FORM_TEXT },
					       { "note", "seen", CLI_FORM_TEXT } };
	const char *target = cli_rpc_target(&c->arena, "/v1/devices/%/owner", cli_operand(c, 0));
	json_t *doc = NULL, *row;
	size_t i;

	if (!cli_rpc_get(c, target, &doc, e))
		return false;
	cli_writer_record(c->writer, head, sizeof head / sizeof *head, doc);
	const json_t *items = json_object_get(doc, "items");
	if (cli_writer_kind(c->writer) == CLI_WRITER_TEXT && json_array_size(items)) {
		cli_writer_say(c->writer, " ");
		cli_writer_list_begin(c->writer, cols, 2);
		json_array_foreach(items, i, row) cli_writer_list_row(c->writer, row);
		cli_writer_list_end(c->writer, NULL);
	}
	json_decref(doc);
	return true;
}

/* As text it is CSV too: a certificate has many lines. */
bool cli_cmd_device_export(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "uuid", "uuid", CLI_FORM_TEXT },       { "fqdn", "fqdn", CLI_FORM_TEXT },
		{ "address", "address", CLI_FORM_TEXT }, { "kind", "kind", CLI_FORM_TEXT },
		{ "state", "state", CLI_FORM_TEXT },     { "user", "user", CLI_FORM_TEXT },
		{ "tls", "tls", CLI_FORM_TEXT },         { "value", "value", CLI_FORM_TEXT },
	};
	struct cli_writer *w = c->writer;
	json_t *doc = NULL, *row;
	size_t k;
	bool ok = true;

	if (!cli_args_has(&c->args, "reveal")) {
		err_set(e, ERR_USAGE, "device export shows passwords");
		return err_hint(e, "say --reveal when that is what you want; it is audited");
	}
	if (cli_writer_kind(w) == CLI_WRITER_TEXT)
		w = cli_writer_new(CLI_WRITER_CSV, STDOUT_FILENO, 0);
	cli_writer_list_begin(w, cols, sizeof cols / sizeof *cols);
	for (unsigned i = 0; ok && i < c->args.count; i++) {
		const char *name = cli_operand(c, i);
		ok = cli_rpc_send(c, "POST",
				  cli_rpc_target(&c->arena, "/v1/devices/%/export", name),
				  json_object(), &doc, e);
		if (!ok)
			break;
		json_array_foreach(json_object_get(doc, "items"), k, row)
		{
			cli_writer_list_row(w, row);
			json_t *v = json_object_get(row, "value");
			mem_wipe((void *)(uintptr_t)json_string_value(v), json_string_length(v));
		}
		json_decref(doc);
	}
	cli_writer_list_end(w, NULL);
	if (w != c->writer)
		ok = cli_writer_end(w, ok ? e : &(struct err){ 0 }) && ok;
	return ok;
}
