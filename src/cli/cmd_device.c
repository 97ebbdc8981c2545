/* device ...: the PCs that the service knows. All over the service's socket. */
#include "base/limits.h"
#include "base/str.h"
#include "cli/cmd_import.h"
#include "cli/cmd_job.h"
#include "cli/cmd_rings.h"
#include "cli/rpc.h"

static bool list_limbo(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "uuid", "UUID", CLI_FORM_TEXT },
		{ "fqdn", "name", CLI_FORM_TEXT },
		{ "address", "address", CLI_FORM_TEXT },
		{ "last_hello", "last hello", CLI_FORM_TIME },
		{ "hello_end", "ends", CLI_FORM_TIME },
		{ "hellos_missed", "missed", CLI_FORM_NUMBER },
		{ "limbo_rule", "rule", CLI_FORM_TEXT },
		{ "limbo_reason", "why", CLI_FORM_TEXT },
		{ "health_rule", "refused by", CLI_FORM_TEXT },
		{ "health", NULL, CLI_FORM_TEXT },
		{ "state", NULL, CLI_FORM_TEXT },
		{ "next_hello", NULL, CLI_FORM_TEXT },
	};
	if (cli_args_has(&c->args, "state") || cli_args_has(&c->args, "search")) {
		err_set(e, ERR_USAGE, "--limbo goes with neither --state nor --search");
		return false;
	}
	return cli_rpc_list(c, "/v1/limbo", cols, sizeof cols / sizeof *cols,
			    "No PC is in limbo: all are configured or still say hello.", e);
}

bool cli_cmd_device_list(struct cli *c, struct err *e)
{
	if (cli_args_has(&c->args, "limbo"))
		return list_limbo(c, e);
	static const struct cli_col cols[] = {
		{ "uuid", "UUID", CLI_FORM_TEXT },
		{ "fqdn", "name", CLI_FORM_TEXT },
		{ "state", "state", CLI_FORM_TEXT },
		{ "address", "address", CLI_FORM_TEXT },
		{ "version", "firmware", CLI_FORM_TEXT },
		{ "profile", "profile", CLI_FORM_TEXT },
		{ "last_hello", "last hello", CLI_FORM_TIME },
		{ "health", "health", CLI_FORM_TEXT },
		{ "kind", NULL, CLI_FORM_TEXT },
		{ "pid", NULL, CLI_FORM_TEXT },
		{ "profile_version", NULL, CLI_FORM_TEXT },
		{ "serial", NULL, CLI_FORM_TEXT },
		{ "health_rule", NULL, CLI_FORM_TEXT },
		{ "approved", NULL, CLI_FORM_TEXT },
		{ "first_seen", NULL, CLI_FORM_TEXT },
		{ "configured", NULL, CLI_FORM_TEXT },
		{ "hello_count", NULL, CLI_FORM_TEXT },
		{ "name_source", NULL, CLI_FORM_TEXT },
	};
	const char *target = cli_rpc_target(&c->arena, "/v1/devices?state=%&search=%",
					    cli_args_value(&c->args, "state"),
					    cli_args_value(&c->args, "search"));
	bool all = !cli_args_has(&c->args, "state") && !cli_args_has(&c->args, "search");
	return cli_rpc_list(c, target, cols, sizeof cols / sizeof *cols,
			    all ? "No PCs yet: they show up when they say hello." : "No such PCs.",
			    e);
}

static json_t *get_device(struct cli *c, const char *name, struct err *e)
{
	json_t *doc = NULL;
	(void)cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%", name), &doc, e);
	return doc;
}

static void show_part(struct cli *c, const json_t *doc, const char *key, const char *head,
		      const struct cli_col *cols, unsigned count)
{
	const json_t *list = json_object_get(doc, key);
	json_t *row;
	size_t i;

	if (!json_array_size(list))
		return;
	cli_writer_say(c->writer, "\n%s", head);
	cli_writer_list_begin(c->writer, cols, count);
	json_array_foreach(list, i, row) cli_writer_list_row(c->writer, row);
	cli_writer_list_end(c->writer, NULL);
}

static void show_object(struct cli *c, const json_t *o, const char *head)
{
	const char *key;
	json_t *v;

	if (!json_object_size(o))
		return;
	cli_writer_say(c->writer, "\n%s", head);
	json_object_foreach((json_t *)o, key, v)
	{
		struct cli_col col = { key, arena_fmt(&c->arena, "  %-24s", key), CLI_FORM_TEXT };
		if (!json_is_object(v) && !json_is_array(v))
			cli_writer_record(c->writer, &col, 1, o);
	}
}

static const struct cli_col device_cols[] = {
	{ "uuid", "UUID", CLI_FORM_TEXT },
	{ "fqdn", "name", CLI_FORM_TEXT },
	{ "name_source", "name from", CLI_FORM_TEXT },
	{ "state", "state", CLI_FORM_TEXT },
	{ "next_step", "next step", CLI_FORM_TEXT },
	{ "health", "health", CLI_FORM_TEXT },
	{ "health_rule", "rule", CLI_FORM_TEXT },
	{ "address", "address", CLI_FORM_TEXT },
	{ "version", "firmware", CLI_FORM_TEXT },
	{ "kind", "setup by", CLI_FORM_TEXT },
	{ "pid", "PID", CLI_FORM_TEXT },
	{ "profile", "profile", CLI_FORM_TEXT },
	{ "profile_version", "its version", CLI_FORM_TEXT },
	{ "approved", "approved", CLI_FORM_TEXT },
	{ "first_seen", "first seen", CLI_FORM_TIME },
	{ "last_hello", "last hello", CLI_FORM_TIME },
	{ "hello_count", "hellos", CLI_FORM_TEXT },
	{ "seen.last_seen", "seen", CLI_FORM_TIME },
	{ "seen.address", "seen at", CLI_FORM_TEXT },
	{ "seen.state", "seen in state", CLI_FORM_TEXT },
	{ "seen.known_by", "known there by", CLI_FORM_TEXT },
	{ "next_hello", "next expected", CLI_FORM_TIME },
	{ "hello_end", "hellos end", CLI_FORM_TIME },
	{ "limbo_reason", "in limbo", CLI_FORM_TEXT },
	{ "configured", "configured", CLI_FORM_TIME },
	{ "serial", "certificate", CLI_FORM_TEXT },
	{ "boot_half.what", "left half set by", CLI_FORM_TEXT },
	{ "boot_half.since", "left half since", CLI_FORM_TIME },
	{ "boot_half.note", "not taken back", CLI_FORM_TEXT },
	{ "boot_half.next", "taken back at", CLI_FORM_TIME },
	{ "job.id", "job", CLI_FORM_TEXT },
	{ "job.state", "job state", CLI_FORM_TEXT },
	{ "job.stage", "job stage", CLI_FORM_TEXT },
	{ "job.error.msg", "job error", CLI_FORM_TEXT },
	{ "job.error.hint", "what to do", CLI_FORM_TEXT },
	{ "job.last_try", "last try", CLI_FORM_TEXT },
};

/* While a job tries again, why it failed before is no news of the PC's state, and asks nothing of anybody. */
static void part_from_last_try(json_t *doc)
{
	json_t *job = json_object_get(doc, "job"), *error = json_object_get(job, "error");
	const char *state = json_string_value(json_object_get(job, "state"));
	const char *msg = json_string_value(json_object_get(error, "msg"));
	const char *health = json_string_value(json_object_get(doc, "health"));

	if (!state || !str_eq(state, "running") || !msg)
		return;
	if (health && str_eq(health, msg)) {
		(void)json_object_del(doc, "health");
		(void)json_object_del(doc, "health_rule");
	}
	(void)json_object_set_new(job, "last_try", json_string(msg));
	(void)json_object_del(job, "error");
}

bool cli_cmd_device_show(struct cli *c, struct err *e)
{
	static const struct cli_col credential_cols[] = {
		{ "kind", "kind", CLI_FORM_TEXT }, { "state", "state", CLI_FORM_TEXT },
		{ "user", "user", CLI_FORM_TEXT }, { "tls_mode", "TLS", CLI_FORM_TEXT },
		{ "at", "since", CLI_FORM_TIME },
	};
	static const struct cli_col step_cols[] = {
		{ "action", "action", CLI_FORM_TEXT },
		{ "phase", "phase", CLI_FORM_TEXT },
		{ "attempt", "attempt", CLI_FORM_NUMBER },
		{ "at", "at", CLI_FORM_TIME },
	};
	json_t *doc = get_device(c, cli_operand(c, 0), e);

	if (!doc)
		return false;
	if (cli_writer_kind(c->writer) == CLI_WRITER_TEXT)
		part_from_last_try(doc);
	cli_writer_record(c->writer, device_cols, sizeof device_cols / sizeof *device_cols, doc);
	if (cli_writer_kind(c->writer) == CLI_WRITER_TEXT) {
		show_object(c, json_object_get(doc, "facts"), "Facts read from the PC:");
		show_part(c, doc, "credentials",
			  "Credentials ('outband credential reveal' shows them):", credential_cols,
			  5);
		show_part(c, doc, "steps", "Steps of the configuration under way:", step_cols, 4);
		if (c->verbose)
			show_object(c, json_object_get(doc, "hello"), "Last hello:");
	}
	json_decref(doc);
	return true;
}

bool cli_cmd_device_import(struct cli *c, struct err *e)
{
	return cli_import(c, "/v1/names?preview=%", "name", e);
}

bool cli_cmd_device_names(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "uuid", "UUID", CLI_FORM_TEXT },
		{ "fqdn", "name", CLI_FORM_TEXT },
		{ "group", "group", CLI_FORM_TEXT },
		{ "source", "source", CLI_FORM_TEXT },
	};
	return cli_rpc_list(c, "/v1/names", cols, 4,
			    "No names: 'outband device import FILE' reads them.", e);
}

/* --- apply --- */

/* The job that a device has already; NULL when there is none. In the command's arena. */
static const char *job_of(struct cli *c, const char *name)
{
	struct err ignored = { 0 };
	json_t *doc = get_device(c, name, &ignored);
	const char *id = json_string_value(json_object_get(json_object_get(doc, "job"), "id"));

	if (id)
		id = arena_str(&c->arena, span_str(id));
	json_decref(doc);
	return id;
}

/* The job's id in the command's arena. With --wait a device that is being configured is fine. */
static const char *queue_job(struct cli *c, const char *name, struct err *e)
{
	json_t *doc = NULL;
	const char *id = NULL;

	if (cli_rpc_send(c, "POST", cli_rings_target(c, name, "apply", false), json_object(), &doc,
			 e)) {
		id = json_string_value(json_object_get(doc, "job"));
		id = arena_str(&c->arena, span_str(id ? id : "?"));
	} else if (e->code == ERR_CONFLICT && cli_args_has(&c->args, "wait")) {
		id = job_of(c, name);
		if (id)
			cli_note("%s is being configured already", name);
	}
	json_decref(doc);
	return id;
}

/* Only the first without --wait. */
static const struct cli_col apply_cols[] = {
	{ "job", NULL, CLI_FORM_TEXT },       { "id", NULL, CLI_FORM_TEXT },
	{ "uuid", NULL, CLI_FORM_TEXT },      { "fqdn", NULL, CLI_FORM_TEXT },
	{ "state", NULL, CLI_FORM_TEXT },     { "stage", NULL, CLI_FORM_TEXT },
	{ "error.msg", NULL, CLI_FORM_TEXT }, { "error.rule", NULL, CLI_FORM_TEXT },
};

static bool apply_one(struct cli *c, const char *name, struct err *e)
{
	const char *id = queue_job(c, name, e);
	json_t *job = NULL;

	if (!id)
		return false;
	if (!cli_args_has(&c->args, "wait")) {
		job = json_pack("{s:s}", "job", id);
		cli_writer_say(c->writer, "%s: job %s", name, id);
		cli_writer_row(c->writer, apply_cols, 1, job);
		json_decref(job);
		return true;
	}
	if (!cli_job_wait(c, id, &job, e))
		return false;
	const char *state = json_string_value(json_object_get(job, "state"));
	const char *msg = json_string_value(json_object_get(json_object_get(job, "error"), "msg"));
	if (!str_eq(state, "done"))
		c->exit_status = err_exit(ERR_VERIFY);
	else
		msg = NULL;
	cli_writer_say(c->writer, "%s: %s%s%s", name, state ? state : "?", msg ? ": " : "",
		       msg ? msg : "");
	cli_writer_row(c->writer, apply_cols, sizeof apply_cols / sizeof *apply_cols, job);
	json_decref(job);
	return true;
}

/* Goes on after an error: the rest of the PCs shall not suffer from one. */
static bool each(struct cli *c, bool (*fn)(struct cli *c, const char *name, struct err *e),
		 struct err *e)
{
	unsigned failed = 0;
	struct err one = { 0 };

	for (unsigned i = 0; i < c->args.count; i++) {
		if (fn(c, cli_operand(c, i), &one))
			continue;
		*e = one;
		if (one.code == ERR_SERVICE_DOWN || c->args.count == 1)
			return false;
		failed++;
		cli_print_err(c, &one);
	}
	if (!failed)
		return true;
	enum err_code code = one.code;
	return err_set(e, code, "%u of %u failed", failed, c->args.count);
}

bool cli_cmd_device_apply(struct cli *c, struct err *e)
{
	if (c->args.count > 1 &&
	    !cli_ask(c, arena_fmt(&c->arena, "Configure %u PCs now?", c->args.count), e))
		return false;
	if (cli_args_has(&c->args, "ring") || cli_args_has(&c->args, "accept-loss") ||
	    cli_args_has(&c->args, "stop-on"))
		return cli_apply_rings(c, e);
	return each(c, apply_one, e);
}

bool cli_cmd_device_approve(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0), *fqdn = cli_args_value(&c->args, "fqdn");
	json_t *body = json_object(), *doc = NULL;

	if (fqdn)
		(void)json_object_set_new(body, "fqdn", json_string(fqdn));
	if (!cli_rpc_send(c, "POST", cli_rings_target(c, name, "approve", false), body, &doc, e))
		return false;
	cli_writer_say(c->writer, "%s is approved.", name);
	cli_writer_json(c->writer, doc);
	json_decref(doc);
	return true;
}

static bool forget_one(struct cli *c, const char *name, struct err *e)
{
	struct cli_rpc_req req = { .method = "DELETE",
				   .target = cli_rpc_target(&c->arena, "/v1/devices/%", name) };

	if (!cli_rpc_call(c, &req, NULL, e))
		return false;
	cli_writer_done(c->writer, "device", name,
			"%s is forgotten. Its credentials are in the archive.", name);
	return true;
}

bool cli_cmd_device_forget(struct cli *c, struct err *e)
{
	const char *what = c->args.count == 1 ? cli_operand(c, 0)
					      : arena_fmt(&c->arena, "%u PCs", c->args.count);

	if (!cli_ask(c, arena_fmt(&c->arena, "Forget %s? The PC itself is not changed.", what), e))
		return false;
	return each(c, forget_one, e);
}
