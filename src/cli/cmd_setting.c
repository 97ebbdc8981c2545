/* setting, secret and credential: small commands over the service. */
#include "base/str.h"
#include "cli/rpc.h"

static const struct cli_col setting_cols[] = {
	{ "key", "key", CLI_FORM_TEXT },         { "value", "value", CLI_FORM_TEXT },
	{ "default", "default", CLI_FORM_TEXT }, { "choices", "choices", CLI_FORM_TEXT },
	{ "text", "meaning", CLI_FORM_TEXT },    { "type", NULL, CLI_FORM_TEXT },
};
#define SETTING_COLS 6

bool cli_cmd_setting_list(struct cli *c, struct err *e)
{
	return cli_rpc_list(c, "/v1/settings", setting_cols, SETTING_COLS, "No settings.", e);
}

static const char *text_of(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));
	return s ? s : "";
}

bool cli_cmd_setting_get(struct cli *c, struct err *e)
{
	const char *key = cli_operand(c, 0);
	char near[64] = "";
	unsigned best = 99;
	json_t *doc, *row;
	size_t i;

	if (!cli_rpc_get(c, "/v1/settings?limit=1000", &doc, e))
		return false;
	json_array_foreach(json_object_get(doc, "items"), i, row)
	{
		unsigned d = cli_commands_distance(key, text_of(row, "key"));
		if (d < best) {
			best = d;
			(void)str_copy(near, sizeof near, span_str(text_of(row, "key")));
		}
		if (d == 0) {
			cli_writer_record(c->writer, setting_cols, SETTING_COLS, row);
			json_decref(doc);
			return true;
		}
	}
	json_decref(doc);
	err_set(e, ERR_NOT_FOUND, "there is no setting %s", key);
	if (best <= 4)
		return err_hint(e, "did you mean %s? 'outband setting list' shows all", near);
	return err_hint(e, "'outband setting list' shows all");
}

static bool put_setting(struct cli *c, const char *key, const char *value, struct err *e)
{
	const char *target = cli_rpc_target(&c->arena, "/v1/settings/%", key);

	json_t *doc = NULL;

	if (!cli_rpc_send(c, "PUT", target, json_pack("{s:s}", "value", value), &doc, e))
		return false;
	if (text_of(doc, "warning")[0])
		cli_note("warning: %s", text_of(doc, "warning"));
	json_decref(doc);
	cli_writer_done(c->writer, "setting", key, "%s is now %s.", key, value);
	return true;
}

bool cli_cmd_setting_set(struct cli *c, struct err *e)
{
	return put_setting(c, cli_operand(c, 0), cli_operand(c, 1), e);
}

bool cli_cmd_log_level(struct cli *c, struct err *e)
{
	return put_setting(c, "log.level", cli_operand(c, 0), e);
}

bool cli_cmd_secret_set(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0), *file = cli_args_value(&c->args, "file");
	struct secret s = SECRET_NONE;
	bool ok = file ? cli_input_password_file(file, &s, e)
		       : cli_input_prompt("Secret: ", true, &s, e);

	if (ok) {
		struct cli_rpc_req req = { .method = "PUT",
					   .target =
						   cli_rpc_target(&c->arena, "/v1/secrets/%", name),
					   .type = "application/octet-stream",
					   .body = secret_reveal(&s) };
		ok = cli_rpc_call(c, &req, NULL, e);
	} else if (!file && e->code == ERR_USAGE) {
		err_hint(e, "give it with --file FILE, - for standard input");
	}
	if (ok)
		cli_writer_done(c->writer, "secret", name,
				"Stored. Profiles refer to it as {secret: %s}.", name);
	secret_deinit(&s);
	return ok;
}

bool cli_cmd_credential_reveal(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "kind", "kind", CLI_FORM_TEXT }, { "state", "state", CLI_FORM_TEXT },
		{ "user", "user", CLI_FORM_TEXT }, { "secret", "password", CLI_FORM_TEXT },
		{ "at", "since", CLI_FORM_TIME },  { "realm", "realm", CLI_FORM_TEXT },
	};
	const char *kind = cli_args_value(&c->args, "kind");
	json_t *doc, *row;
	size_t i;

	if (kind && !str_eq(kind, "admin") && !str_eq(kind, "mebx")) {
		err_set(e, ERR_USAGE, "there is no kind '%s'", kind);
		return err_want(e, "admin or mebx");
	}
	const char *target =
		cli_rpc_target(&c->arena, "/v1/credentials/%/reveal", cli_operand(c, 0));
	if (!cli_rpc_send(c, "POST", target, json_pack("{s:s}", "kind", kind ? kind : "admin"),
			  &doc, e))
		return false;
	cli_writer_list_begin(c->writer, cols, 6);
	json_array_foreach(json_object_get(doc, "items"), i, row)
		cli_writer_list_row(c->writer, row);
	cli_writer_list_end(c->writer, "No such password is stored.");
	json_decref(doc);
	return true;
}
