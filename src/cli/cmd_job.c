/* job list, show, retry, cancel, pause: over the service. */
#include "cli/cmd_job.h"

#include "base/str.h"

#include <unistd.h>

#define ERROR_COLS                                  \
	{ "error.msg", "error", CLI_FORM_TEXT },    \
	{                                           \
		"error.rule", "rule", CLI_FORM_TEXT \
	}

bool cli_cmd_job_list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "id", "job", CLI_FORM_TEXT },
		{ "fqdn", "name", CLI_FORM_TEXT },
		{ "kind", "kind", CLI_FORM_TEXT },
		{ "state", "state", CLI_FORM_TEXT },
		{ "stage", "stage", CLI_FORM_TEXT },
		{ "attempt", "attempt", CLI_FORM_NUMBER },
		{ "waits_for", "waits for", CLI_FORM_TEXT },
		{ "changed", "changed", CLI_FORM_TIME },
		ERROR_COLS,
		{ "uuid", NULL, CLI_FORM_TEXT },
		{ "waits_kind", NULL, CLI_FORM_TEXT },
		{ "not_before", NULL, CLI_FORM_TEXT },
		{ "priority", NULL, CLI_FORM_TEXT },
		{ "created", NULL, CLI_FORM_TEXT },
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
		{ "waits_for", "waits for", CLI_FORM_TEXT },
		{ "attempt", "attempt", CLI_FORM_TEXT },
		{ "priority", "priority", CLI_FORM_TEXT },
		{ "period_h", "setup may take, hours", CLI_FORM_TEXT },
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

/* ---- waiting ---- */

/* Delayed: the try failed, and the next one is for the service to make. */
static bool ended(const char *state)
{
	return str_eq(state, "done") || str_eq(state, "delayed") || str_eq(state, "cancelled") ||
		str_eq(state, "paused");
}

bool cli_job_wait(struct cli *c, const char *id, json_t **out_job, struct err *e)
{
	char shown[256] = "";

	for (;;) {
		if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/jobs/%", id), out_job, e))
			return false;
		const char *state = json_string_value(json_object_get(*out_job, "state"));
		const char *stage = json_string_value(json_object_get(*out_job, "stage"));
		const char *who = json_string_value(json_object_get(*out_job, "waits_for"));
		char now[256];
		struct out o;
		out_init(&o, now, sizeof now);
		out_fmt(&o, "%.24s%s%.60s", state ? state : "?", stage && *stage ? ": " : "",
			stage ? stage : "");
		if (who && *who)
			out_fmt(&o, " waits for %.150s", who);
		if (strcmp(now, shown) != 0)
			cli_note("%s: %s", id, now);
		(void)str_copy(shown, sizeof shown, span_str(now));
		if (!state || ended(state))
			return true;
		json_decref(*out_job);
		*out_job = NULL;
		(void)usleep(300 * 1000);
	}
}

/* What the service said of a job, as an error. */
static bool fail_job(const json_t *job, const char *state, struct err *e)
{
	const json_t *why = json_object_get(job, "error");
	const char *msg = json_string_value(json_object_get(why, "msg")),
		   *hint = json_string_value(json_object_get(why, "hint")),
		   *seen = json_string_value(json_object_get(why, "seen")),
		   *want = json_string_value(json_object_get(why, "want"));

	err_set(e, ERR_VERIFY, "%s", msg ? msg : state);
	if (seen)
		err_seen(e, "%s", seen);
	if (want)
		err_want(e, "%s", want);
	return hint ? err_hint(e, "%s", hint) : false;
}

bool cli_job_start(struct cli *c, const char *target, const char **out_id, struct err *e)
{
	json_t *doc = NULL;

	if (!cli_rpc_send(c, "POST", target, json_object(), &doc, e))
		return false;
	const char *id = json_string_value(json_object_get(doc, "job"));
	*out_id = arena_str(&c->arena, span_str(id ? id : "?"));
	json_decref(doc);
	return true;
}

bool cli_job_end(struct cli *c, const char *id, struct err *e)
{
	json_t *job = NULL;

	if (!cli_job_wait(c, id, &job, e))
		return false;
	const char *state = json_string_value(json_object_get(job, "state"));
	bool ok = state && str_eq(state, "done");
	if (!ok)
		fail_job(job, state ? state : "the job is gone", e);
	json_decref(job);
	return ok;
}

bool cli_job_run(struct cli *c, const char *target, const char **out_id, struct err *e)
{
	const char *id;

	if (!cli_job_start(c, target, &id, e))
		return false;
	if (out_id)
		*out_id = id;
	return cli_job_end(c, id, e);
}
