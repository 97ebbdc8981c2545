/* schedule ...: operations and checks by the clock. All over the service's socket. */
#include "base/str.h"
#include "cli/rpc.h"

static const char *path_of(struct cli *c, const char *pattern)
{
	return cli_rpc_target(&c->arena, pattern, cli_operand(c, 0));
}

static bool number(json_t *doc, const char *key, const char *option, const char *text, uint32_t max,
		   int64_t times, struct err *e)
{
	uint32_t v;

	if (!text)
		return true;
	if (!str_to_u32(span_str(text), 0, max, &v, NULL)) {
		err_set(e, ERR_USAGE, "--%s %s is no number that it takes", option, text);
		return err_want(e, "0 to %u", (unsigned)max);
	}
	(void)json_object_set_new(doc, key, json_integer(v * times));
	return true;
}

/* skip, run, or minutes: within these */
static bool missed(struct cli *c, json_t *doc, struct err *e)
{
	const char *text = cli_args_value(&c->args, "missed");

	if (!text)
		return true;
	if (str_eq(text, "skip") || str_eq(text, "run")) {
		(void)json_object_set_new(doc, "missed", json_string(text));
		return true;
	}
	(void)json_object_set_new(doc, "missed", json_string("within"));
	if (number(doc, "missed_ms", "missed", text, 527040, 60000, e))
		return true;
	return err_want(e, "skip, run, or minutes");
}

static json_t *request(struct cli *c, struct err *e)
{
	const char *tz = cli_args_value(&c->args, "tz"), *arg;
	json_t *args = json_array(), *targets = json_array();

	for (unsigned i = 0; (arg = cli_args_nth(&c->args, "arg", i)); i++)
		(void)json_array_append_new(args, json_string(arg));
	for (unsigned i = 3; i < c->args.count; i++)
		(void)json_array_append_new(targets, json_string(cli_operand(c, i)));
	json_t *doc = json_pack("{s:b, s:s, s:s, s:o, s:o}", "new", 1, "when", cli_operand(c, 1),
				"op", cli_operand(c, 2), "args", args, "targets", targets);
	if (tz)
		(void)json_object_set_new(doc, "tz", json_string(tz));
	if (missed(c, doc, e) &&
	    number(doc, "limit", "limit", cli_args_value(&c->args, "limit"), 100000, 1, e) &&
	    number(doc, "stagger_ms", "stagger", cli_args_value(&c->args, "stagger"), 3600000, 1,
		   e))
		return doc;
	json_decref(doc);
	return NULL;
}

static const struct cli_col cols[] = {
	{ "name", "schedule", CLI_FORM_TEXT },
	{ "when", "when", CLI_FORM_TEXT },
	{ "tz", "time zone", CLI_FORM_TEXT },
	{ "op", "does", CLI_FORM_TEXT },
	{ "args", "with", CLI_FORM_TEXT },
	{ "targets", "on", CLI_FORM_TEXT },
	{ "next", "next", CLI_FORM_TIME },
	{ "last", "last", CLI_FORM_TIME },
	{ "last_note", "what came of it", CLI_FORM_TEXT },
	{ "missed", NULL, CLI_FORM_TEXT },
	{ "missed_ms", NULL, CLI_FORM_MS },
	{ "limit", NULL, CLI_FORM_NUMBER },
	{ "stagger_ms", NULL, CLI_FORM_MS },
	{ "enabled", NULL, CLI_FORM_TEXT },
	{ "actor", NULL, CLI_FORM_TEXT },
	{ "changed", NULL, CLI_FORM_TIME },
};
static const struct cli_col all_cols[] = {
	{ "name", "schedule", CLI_FORM_TEXT },
	{ "when", "when", CLI_FORM_TEXT },
	{ "tz", "time zone", CLI_FORM_TEXT },
	{ "op", "does", CLI_FORM_TEXT },
	{ "args", "with", CLI_FORM_TEXT },
	{ "targets", "on", CLI_FORM_TEXT },
	{ "next", "next", CLI_FORM_TIME },
	{ "last", "last", CLI_FORM_TIME },
	{ "last_note", "what came of it", CLI_FORM_TEXT },
	{ "missed", "missed runs", CLI_FORM_TEXT },
	{ "missed_ms", "made up within", CLI_FORM_MS },
	{ "limit", "PCs at once", CLI_FORM_NUMBER },
	{ "stagger_ms", "stagger", CLI_FORM_MS },
	{ "enabled", "enabled", CLI_FORM_TEXT },
	{ "actor", "made by", CLI_FORM_TEXT },
	{ "changed", "changed", CLI_FORM_TIME },
};

/* Who that would be now: a group that is not there is refused, since nobody looks when the time has come.
 * PCs may come later. */
static bool look(struct cli *c, json_t *doc, struct err *e)
{
	json_t *ask = json_pack("{s:s, s:O, s:b}", "op", "power-status", "targets",
				json_object_get(doc, "targets"), "preview", 1);
	json_t *reply = NULL;

	if (!cli_rpc_send(c, "POST", "/v1/operations", ask, &reply, e))
		return false;
	const json_t *unknown = json_object_get(reply, "unknown");
	cli_rpc_note_unknown(unknown);
	if (!json_integer_value(json_object_get(reply, "total")) && !json_array_size(unknown))
		cli_note("it stands for no PC until now");
	json_decref(reply);
	return true;
}

bool cli_cmd_schedule_add(struct cli *c, struct err *e)
{
	json_t *reply = NULL, *doc = request(c, e);

	if (!doc || (!str_eq(cli_operand(c, 2), "discover") && !look(c, doc, e))) {
		json_decref(doc);
		return false;
	}
	if (!cli_rpc_send(c, "PUT", path_of(c, "/v1/schedules/%"), doc, &reply, e)) {
		if (e->code == ERR_USAGE && !e->hint[0])
			(void)err_hint(
				e,
				"what an operation needs comes with --arg KEY=VALUE, such as --arg action=on");
		return false;
	}
	const char *next = json_string_value(json_object_get(reply, "next"));
	cli_writer_done(c->writer, "schedule", cli_operand(c, 0), "Schedule %s runs first at %s.",
			cli_operand(c, 0), next ? next : "no time");
	json_decref(reply);
	return true;
}

bool cli_cmd_schedule_list(struct cli *c, struct err *e)
{
	return cli_rpc_list(c, "/v1/schedules", cols, sizeof cols / sizeof *cols, "No schedules.",
			    e);
}

bool cli_cmd_schedule_show(struct cli *c, struct err *e)
{
	json_t *doc;

	if (!cli_rpc_get(c, path_of(c, "/v1/schedules/%"), &doc, e))
		return false;
	cli_writer_record(c->writer, all_cols, sizeof all_cols / sizeof *all_cols, doc);
	json_decref(doc);
	return true;
}

bool cli_cmd_schedule_remove(struct cli *c, struct err *e)
{
	struct cli_rpc_req req = { .method = "DELETE", .target = path_of(c, "/v1/schedules/%") };

	if (!cli_rpc_call(c, &req, NULL, e))
		return false;
	cli_writer_done(c->writer, "schedule", cli_operand(c, 0), "Schedule %s is removed.",
			cli_operand(c, 0));
	return true;
}

bool cli_cmd_schedule_run(struct cli *c, struct err *e)
{
	struct cli_rpc_req req = { .method = "POST", .target = path_of(c, "/v1/schedules/%/run") };

	if (!cli_rpc_call(c, &req, NULL, e))
		return false;
	cli_writer_done(c->writer, "schedule", cli_operand(c, 0),
			"Schedule %s has begun; 'outband schedule show %s' tells what came of it.",
			cli_operand(c, 0), cli_operand(c, 0));
	return true;
}
