/* key ...: PID/PPS pairs, over the service. PPS and passwords come out only on --reveal. Holds the
 * import of CSV files too, which device import shares. */
#include "api/json.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/str.h"
#include "cli/cmd_import.h"
#include "cli/key_pairs.h"
#include "cli/rpc.h"
#include <errno.h>
#include <unistd.h>

static long long number(const json_t *doc, const char *key)
{
	return (long long)json_integer_value(json_object_get(doc, key));
}

static size_t say_errors(const json_t *doc, const char *path)
{
	const json_t *errors = json_object_get(doc, "errors");
	json_t *row;
	size_t i;

	json_array_foreach(errors, i, row)
	{
		const char *msg = json_string_value(json_object_get(row, "msg"));
		const char *rule = json_string_value(json_object_get(row, "rule"));
		const char *hint = json_string_value(json_object_get(row, "hint"));
		cli_note("%s:%lld: %s%s%s%s%s%s", path, number(row, "line"), msg ? msg : "wrong",
			 rule ? " (" : "", rule ? rule : "", rule ? ")" : "",
			 hint ? "; to do: " : "", hint ? hint : "");
	}
	return json_array_size(errors);
}

static int add(const char *text, size_t n, void *arg)
{
	return buf_add(arg, span_make(text, n)) ? 0 : -1;
}

/* Keys whose rows have no password: the file goes into an object beside the one for all of them. */
static bool with_password(struct cli *c, struct buf *b, struct cli_rpc_req *req, struct err *e)
{
	const char *file = cli_args_value(&c->args, "mebx-password-file");
	struct secret password = SECRET_NONE;

	if (!file)
		return true;
	if (!cli_input_password_file(file, &password, e))
		return false;
	struct span pw = secret_reveal(&password);
	json_t *o = json_pack("{s:o?, s:o?}", "csv", json_stringn((const char *)b->p, b->n),
			      "mebx_password", json_stringn((const char *)pw.p, pw.n));
	secret_deinit(&password);
	if (!json_is_string(json_object_get(o, "csv"))) {
		json_decref(o);
		return err_set(e, ERR_INVALID, "the file is no text in UTF-8");
	}
	struct buf doc;
	buf_init(&doc, (size_t)LIMIT_API_BODY_BYTES);
	bool ok = json_dump_callback(o, add, &doc, JSON_COMPACT) == 0 ||
		err_set(e, ERR_LIMIT, "the file is too large; split it into several");
	api_json_drop(o);
	buf_wipe(b);
	*b = doc;
	req->type = NULL;
	return ok;
}

bool cli_import_body(struct cli *c, const struct cli_rpc_req *req, const char *what, struct err *e)
{
	const char *path = cli_operand(c, 0);
	bool preview = cli_args_has(&c->args, "preview");
	json_t *doc;

	if (!cli_rpc_call(c, req, &doc, e))
		return err_wrap(e, "%s", path);
	size_t bad = say_errors(doc, path);
	cli_writer_say(c->writer, "%s%ss: %lld added, %lld changed, %lld unchanged, %zu refused",
		       preview ? "preview of " : "", what, number(doc, "added"),
		       number(doc, "changed"), number(doc, "unchanged"), bad);
	cli_writer_json(c->writer, doc);
	json_decref(doc);
	if (bad)
		c->exit_status = err_exit(ERR_INVALID);
	return true;
}

bool cli_import(struct cli *c, const char *target, const char *what, struct err *e)
{
	const char *path = cli_operand(c, 0);
	bool preview = cli_args_has(&c->args, "preview");
	struct buf b;

	if (!cli_input_read(path, (size_t)LIMIT_API_BODY_BYTES, &b, e)) {
		if (e->code == ERR_LIMIT)
			err_hint(e, "split the file into several");
		return false;
	}
	struct cli_rpc_req req = { .method = "POST",
				   .target = cli_rpc_target(&c->arena, target,
							    preview ? "true" : NULL),
				   .type = "text/csv" };
	if (!with_password(c, &b, &req, e)) {
		buf_wipe(&b);
		return err_wrap(e, "%s", path);
	}
	req.body = buf_span(&b);
	bool ok = cli_import_body(c, &req, what, e);
	buf_wipe(&b);
	return ok;
}

bool cli_cmd_key_import(struct cli *c, struct err *e)
{
	return cli_import(c, "/v1/keys/import?preview=%", "key", e);
}

bool cli_cmd_key_generate(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = { { "pid", NULL, CLI_FORM_TEXT } };
	const char *count = cli_args_value(&c->args, "count");
	struct cli_key_wish wish = {
		.group = cli_args_has(&c->args, "group"),
		.password_file = cli_args_value(&c->args, "mebx-password-file"),
	};
	const char *const *pids;
	uint32_t n = 1;

	if (count && !str_to_u32(span_str(count), 1, 100000, &n, NULL)) {
		err_set(e, ERR_USAGE, "--count %s is no number of keys", count);
		return err_want(e, "1 to 100000");
	}
	wish.count = n;
	if (!cli_key_make(c, &wish, &pids, e))
		return false;
	json_t *list = json_array();
	for (uint32_t i = 0; i < n; i++) {
		json_t *row = json_pack("{s:s}", "pid", pids[i]);
		json_array_append_new(list, json_string(pids[i]));
		cli_writer_say(c->writer, "%s", pids[i]);
		if (cli_writer_kind(c->writer) == CLI_WRITER_CSV)
			cli_writer_row(c->writer, cols, 1, row);
		json_decref(row);
	}
	json_t *doc = json_pack("{s:o}", "pids", list);
	if (c->json)
		cli_writer_json(c->writer, doc);
	json_decref(doc);
	cli_writer_flush(c->writer);
	if (wish.group && !c->json)
		cli_note(
			"one key for many PCs: it proves the group, not the PC, and whoever has it "
			"can pose as any of them");
	if (!c->json)
		cli_note(
			"'outband key sheet --reveal' prints them for MEBx, 'outband key usb' writes a stick");
	return true;
}

bool cli_cmd_key_list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "pid", "PID", CLI_FORM_TEXT },         { "state", "state", CLI_FORM_TEXT },
		{ "used_by", "used by", CLI_FORM_TEXT }, { "source", "source", CLI_FORM_TEXT },
		{ "at", "since", CLI_FORM_TIME },
	};
	const char *state = cli_args_value(&c->args, "state");

	if (cli_args_has(&c->args, "used"))
		state = "used";
	if (cli_args_has(&c->args, "unused"))
		state = "unused";
	return cli_rpc_list(c, cli_rpc_target(&c->arena, "/v1/keys?state=%", state), cols, 5,
			    state ? "No such keys."
				  : "No keys: 'outband key generate' or 'outband key import'.",
			    e);
}

bool cli_cmd_key_export(struct cli *c, struct err *e)
{
	const char *path = cli_args_value(&c->args, "output");
	bool reveal = cli_args_has(&c->args, "reveal"), ok;
	struct buf b;
	int fd = STDOUT_FILENO;

	if (c->json)
		return err_set(e, ERR_USAGE,
			       "key export writes CSV; 'outband key list --json' gives JSON");
	/* The file first: secrets must not be revealed for nothing. */
	if (path && !cli_input_create(path, &fd, e))
		return false;
	struct cli_rpc_req req = { .method = "GET",
				   .target = reveal ? "/v1/keys/export?reveal=true"
						    : "/v1/keys/export" };
	ok = cli_rpc_raw(c, &req, &b, e);
	if (ok) {
		ok = fd_write_all(fd, buf_span(&b)) ||
			err_errno(e, ERR_IO, errno, path ? path : "standard output");
		buf_wipe(&b);
	}
	if (path && close(fd) != 0 && ok)
		ok = err_errno(e, ERR_IO, errno, path);
	if (path && !ok)
		(void)unlink(path);
	return ok;
}

bool cli_cmd_key_release(struct cli *c, struct err *e)
{
	for (unsigned i = 0; i < c->args.count; i++) {
		const char *pid = cli_operand(c, i);
		if (!cli_rpc_send(c, "POST", cli_rpc_target(&c->arena, "/v1/keys/%/release", pid),
				  json_object(), NULL, e))
			return false;
		cli_writer_done(c->writer, "key", pid, "%s may be used again.", pid);
	}
	return true;
}
