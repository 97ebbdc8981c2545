/* job list, show, retry, cancel, pause: over the service. */
#include "cli/rpc.h"

#define ERROR_COLS                                  \
	{ "error.msg", "error", CLI_FORM_TEXT },    \
	{                                           \
		"error.rule", "rule", CLI_FORM_TEXT \
	}

bool cli_cmd_job_list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "id", "job", CLI_FORM_TEXT },          { "fqdn", "name", CLI_FORM_TEXT },
		{ "kind", "kind", CLI_FORM_TEXT },       { "state", "state", CLI_FORM_TEXT },
		{ "stage", "stage", CLI_FORM_TEXT },     { "attempt", "attempt", CLI_FORM_NUMBER },
		{ "changed", "changed", CLI_FORM_TIME }, ERROR_COLS,
		{ "uuid", NULL, CLI_FORM_TEXT },         { "not_before", NULL, CLI_FORM_TEXT },
		{ "priority", NULL, CLI_FORM_TEXT },     { "created", NULL, CLI_FORM_TEXT },
	};
	const char *device = cli_args_value(&c->args, "device"), *uuid = NULL;
	json_t *doc = NULL;

	/* The service wants the UUID; people have names. */
	if (device && !cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%", device), &doc, e))
		return false;
	if (doc)
		uuid = json_string_value(json_object_get(doc, "uuid"));
	const char *target = cli_rpc_target(&c->arena, "/v1/jobs?state=%&uuid=%",
					    cli_args_value(&c->args, "state"), uuid);
	json_decref(doc);
	return cli_rpc_list(c, target, cols, sizeof cols / sizeof *cols, "No jobs.", e);
}

bool cli_cmd_job_show(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "id", "job", CLI_FORM_TEXT },
		{ "fqdn", "name", CLI_FORM_TEXT },
		{ "uuid", "UUID", CLI_FORM_TEXT },
		{ "kind", "kind", CLI_FORM_TEXT },
		{ "state", "state", CLI_FORM_TEXT },
		{ "stage", "stage", CLI_FORM_TEXT },
		{ "attempt", "attempt", CLI_FORM_TEXT },
		{ "priority", "priority", CLI_FORM_TEXT },
		{ "created", "created", CLI_FORM_TIME },
		{ "changed", "changed", CLI_FORM_TIME },
		{ "not_before", "not before", CLI_FORM_TIME },
		{ "stats", "figures", CLI_FORM_TEXT },
		{ "error.msg", "error", CLI_FORM_TEXT },
		{ "error.code", "error code", CLI_FORM_TEXT },
		{ "error.seen", "seen", CLI_FORM_TEXT },
		{ "error.want", "expected", CLI_FORM_TEXT },
		{ "error.hint", "to do", CLI_FORM_TEXT },
		{ "error.rule", "rule", CLI_FORM_TEXT },
	};
	json_t *doc;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/jobs/%", cli_operand(c, 0)), &doc, e))
		return false;
	cli_writer_record(c->writer, cols, sizeof cols / sizeof *cols, doc);
	json_decref(doc);
	return true;
}

bool cli_cmd_job_move(struct cli *c, struct err *e)
{
	const char *verb = c->cmd->sub;
	const char *done = *verb == 'r' ? "is queued again"
		: *verb == 'c'          ? "is cancelled"
					: "is paused";

	for (unsigned i = 0; i < c->args.count; i++) {
		const char *id = cli_operand(c, i);
		const char *target = cli_rpc_target(&c->arena, "/v1/jobs/%/%", id, verb);
		if (!cli_rpc_send(c, "POST", target, json_object(), NULL, e))
			return false;
		cli_writer_done(c->writer, "job", id, "Job %s %s.", id, done);
	}
	return true;
}
