/* group ...: names for many PCs, used as @NAME wherever a PC can be named. All over the service's
 * socket. */
#include "base/str.h"
#include "cli/rpc.h"

static const char *path_of(struct cli *c, const char *name)
{
	return cli_rpc_target(&c->arena, "/v1/groups/%", *name == '@' ? name + 1 : name);
}

static bool put(struct cli *c, const char *key, bool is_new, struct err *e)
{
	const char *where = cli_args_value(&c->args, "where"),
		   *note = cli_args_value(&c->args, "note");
	json_t *list = json_array(), *doc = json_object();

	for (unsigned i = 1; i < c->args.count; i++)
		(void)json_array_append_new(list, json_string(cli_operand(c, i)));
	(void)json_object_set_new(doc, key, list);
	if (is_new)
		(void)json_object_set_new(doc, "new", json_true());
	if (where)
		(void)json_object_set_new(doc, "where", json_string(where));
	if (note)
		(void)json_object_set_new(doc, "note", json_string(note));
	return cli_rpc_send(c, "PUT", path_of(c, cli_operand(c, 0)), doc, NULL, e);
}

/* Who is meant now: asked as a look that an operation would begin with. */
static bool add_pcs(struct cli *c, const char *name, json_t *doc, struct err *e)
{
	json_t *reply = NULL;
	json_t *ask = json_pack("{s:s, s:[s], s:b}", "op", "info", "targets",
				arena_fmt(&c->arena, "@%s", *name == '@' ? name + 1 : name),
				"preview", 1);
	struct err none = { 0 };

	if (!cli_rpc_send(c, "POST", "/v1/operations", ask, &reply, &none)) {
		if (none.code == ERR_NOT_FOUND) { /* names that no PC has, only */
			(void)json_object_set_new(doc, "pcs_count", json_integer(0));
			return true;
		}
		*e = none;
		return false;
	}
	(void)json_object_set(doc, "pcs", json_object_get(reply, "names"));
	(void)json_object_set(doc, "pcs_count", json_object_get(reply, "total"));
	if (json_array_size(json_object_get(reply, "unknown")))
		(void)json_object_set(doc, "unknown", json_object_get(reply, "unknown"));
	json_decref(reply);
	return true;
}

/* Names that no PC has yet may be meant, or misspelt. */
static void note_unknown(struct cli *c, const char *name)
{
	struct err none = { 0 };
	json_t *doc = json_object();

	if (add_pcs(c, name, doc, &none))
		cli_rpc_note_unknown(json_object_get(doc, "unknown"));
	json_decref(doc);
}

bool cli_cmd_group_create(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0);

	if (!put(c, "add", true, e))
		return false;
	note_unknown(c, name);
	cli_writer_done(c->writer, "group", name, "Group %s is made; @%s stands for it.", name,
			name);
	return true;
}

bool cli_cmd_group_change(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0), *key = str_eq(c->cmd->sub, "add") ? "add" : "remove";

	if (!put(c, key, false, e))
		return false;
	if (str_eq(key, "add"))
		note_unknown(c, name);
	cli_writer_done(c->writer, "group", name, "Group %s is changed.", name);
	return true;
}

bool cli_cmd_group_list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "name", "group", CLI_FORM_TEXT },
		{ "members_count", "members", CLI_FORM_NUMBER },
		{ "where", "where", CLI_FORM_TEXT },
		{ "note", "note", CLI_FORM_TEXT },
		{ "changed", NULL, CLI_FORM_TIME },
	};

	return cli_rpc_list(c, "/v1/groups", cols, sizeof cols / sizeof *cols, "No groups.", e);
}

bool cli_cmd_group_show(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "name", "group", CLI_FORM_TEXT },
		{ "members", "members", CLI_FORM_TEXT },
		{ "where", "where", CLI_FORM_TEXT },
		{ "note", "note", CLI_FORM_TEXT },
		{ "pcs_count", "PCs now", CLI_FORM_NUMBER },
		{ "pcs", "they are", CLI_FORM_TEXT },
		{ "unknown", "unknown", CLI_FORM_TEXT },
	};
	json_t *doc = NULL;
	const char *name = cli_operand(c, 0);
	bool ok = cli_rpc_get(c, path_of(c, name), &doc, e) && add_pcs(c, name, doc, e);

	if (ok)
		cli_writer_record(c->writer, cols, sizeof cols / sizeof *cols, doc);
	json_decref(doc);
	return ok;
}

bool cli_cmd_group_delete(struct cli *c, struct err *e)
{
	for (unsigned i = 0; i < c->args.count; i++) {
		const char *name = cli_operand(c, i);
		struct cli_rpc_req req = { .method = "DELETE", .target = path_of(c, name) };
		if (!cli_rpc_call(c, &req, NULL, e))
			return false;
		cli_writer_done(c->writer, "group", name, "Group %s is deleted.", name);
	}
	return true;
}
