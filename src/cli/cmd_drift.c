/* device plan, device drift: what differs from the profile. The service looks at the PC; this shows
 * what it saw. */
#include "base/str.h"
#include "cli/cmd_job.h"

static void print_lines(struct cli *c, const json_t *list, const char *lead)
{
	const json_t *line;
	size_t i;

	json_array_foreach(list, i, line)
		cli_writer_say(c->writer, "%s%s", lead, json_string_value(line));
}

static const struct cli_col cols[] = {
	{ "fqdn", "name", CLI_FORM_TEXT },       { "differences", "differs in", CLI_FORM_NUMBER },
	{ "profile", "profile", CLI_FORM_TEXT }, { "at", "seen", CLI_FORM_TIME },
	{ "uuid", NULL, CLI_FORM_TEXT },         { "profile_version", NULL, CLI_FORM_TEXT },
	{ "lines", NULL, CLI_FORM_TEXT },        { "notes", NULL, CLI_FORM_TEXT },
};
#define COLS (sizeof cols / sizeof *cols)

static bool show(struct cli *c, const char *name, struct err *e)
{
	json_t *doc = NULL;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%/drift", name), &doc, e))
		return false;
	json_int_t n = json_integer_value(json_object_get(doc, "differences"));
	const char *fqdn = json_string_value(json_object_get(doc, "fqdn")),
		   *profile = json_string_value(json_object_get(doc, "profile")),
		   *at = json_string_value(json_object_get(doc, "at"));
	cli_writer_say(c->writer, "%s, profile %s version %lld, looked at %s:", fqdn ? fqdn : name,
		       profile ? profile : "?",
		       (long long)json_integer_value(json_object_get(doc, "profile_version")),
		       at ? at : "never");
	print_lines(c, json_object_get(doc, "lines"), "  ");
	print_lines(c, json_object_get(doc, "notes"), "  note: ");
	if (!n)
		cli_writer_say(c->writer, "  nothing to do: it is as the profile says");
	cli_writer_row(c->writer, cols, COLS, doc);
	json_decref(doc);
	return true;
}

/* Of a PC that was never configured: what is stored of it is all there is. */
static bool stored_plan(struct cli *c, const char *name, struct err *e)
{
	json_t *doc = NULL;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%/plan", name), &doc, e))
		return false;
	const json_t *text = json_object_get(doc, "text");
	if (json_string_length(text))
		cli_writer_text(c->writer,
				span_make(json_string_value(text), json_string_length(text)));
	else
		cli_writer_say(c->writer, "Nothing would change.");
	cli_writer_json(c->writer, doc);
	json_decref(doc);
	return true;
}

bool cli_cmd_device_plan(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0);
	json_t *doc = NULL;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%", name), &doc, e))
		return false;
	const char *state = json_string_value(json_object_get(doc, "state"));
	bool look = state && (str_eq(state, "configured") || str_eq(state, "adopted")) &&
		!cli_args_has(&c->args, "stored");
	json_decref(doc);
	if (!look)
		return stored_plan(c, name, e);
	return cli_job_run(c, cli_rpc_target(&c->arena, "/v1/devices/%/check", name), NULL, e) &&
		show(c, name, e);
}

bool cli_cmd_device_drift(struct cli *c, struct err *e)
{
	if (!c->args.count) {
		bool all = cli_args_has(&c->args, "all");
		return cli_rpc_list(c, all ? "/v1/drift?all=true" : "/v1/drift", cols, COLS,
				    "Every PC that was looked at is as its profile says.", e);
	}
	const char **jobs = ARENA_ARRAY(&c->arena, const char *, c->args.count);
	bool check = cli_args_has(&c->args, "check");
	/* all looks are started before the first is waited for */
	for (unsigned i = 0; check && jobs && i < c->args.count; i++)
		if (!cli_job_start(
			    c, cli_rpc_target(&c->arena, "/v1/devices/%/check", cli_operand(c, i)),
			    &jobs[i], e))
			return err_wrap(e, "%s", cli_operand(c, i));
	for (unsigned i = 0; i < c->args.count; i++) {
		const char *name = cli_operand(c, i);
		if (check && jobs && !cli_job_end(c, jobs[i], e))
			return err_wrap(e, "%s", name);
		if (!show(c, name, e))
			return false;
	}
	return true;
}
