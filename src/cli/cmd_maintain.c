/* device renew, rotate, unconfigure: jobs for configured PCs, and what they told. */
#include "base/str.h"
#include "cli/cmd_job.h"

/* The text of note= in a line of the log. In the command's arena; NULL: it has none. */
static const char *note_of(struct cli *c, const char *line)
{
	const char *at = strstr(line, " note=");

	if (!at)
		return NULL;
	at += 6;
	bool quoted = *at == '"';
	at += quoted;
	return arena_str(&c->arena, span_make(at, strcspn(at, quoted ? "\"" : " ")));
}

/* What the job told, from the timeline. */
static bool tell(struct cli *c, const char *name, const char *job, struct err *e)
{
	json_t *doc = NULL;
	const json_t *row;
	size_t i;
	const char *target =
		cli_rpc_target(&c->arena, "/v1/events?uuid=%&newest=%&limit=%", name, "true", "60");

	if (!cli_rpc_get(c, target, &doc, e))
		return false;
	json_array_foreach(json_object_get(doc, "items"), i, row)
	{
		const char *what = json_string_value(json_object_get(row, "name")),
			   *line = json_string_value(json_object_get(row, "line"));
		if (!what || !line || !strstr(line, job) || !note_of(c, line))
			continue;
		if (str_eq(what, "unconfigure.loses"))
			cli_writer_done(c->writer, "loses", name, "  loses: %s", note_of(c, line));
		else if (str_eq(what, "device.unconfigured"))
			cli_writer_done(c->writer, "unconfigured", name, "  proof: %s",
					note_of(c, line));
	}
	json_decref(doc);
	return true;
}

static bool run(struct cli *c, const char *name, const char *mode, struct err *e)
{
	const char *target =
		cli_rpc_target(&c->arena, "/v1/devices/%/unconfigure?mode=%", name, mode);
	const char *job;

	if (!cli_job_run(c, target, &job, e))
		return false;
	cli_writer_say(
		c->writer,
		str_eq(mode, "look") ? "%s would be unconfigured:" : "%s is unconfigured:", name);
	return tell(c, name, job, e);
}

/* Goes on after an error: the rest of the PCs shall not suffer from one. */
static bool each(struct cli *c, const char *mode,
		 bool (*fn)(struct cli *c, const char *name, const char *mode, struct err *e),
		 struct err *e)
{
	unsigned failed = 0;

	for (unsigned i = 0; i < c->args.count; i++) {
		struct err one = { 0 };
		if (fn(c, cli_operand(c, i), mode, &one))
			continue;
		if (c->args.count == 1 || one.code == ERR_SERVICE_DOWN) {
			*e = one;
			return false;
		}
		err_wrap(&one, "%s", cli_operand(c, i));
		cli_print_err(c, &one);
		failed++;
	}
	return !failed || err_set(e, ERR_VERIFY, "%u of %u failed", failed, c->args.count);
}

static const char *these(struct cli *c)
{
	return c->args.count == 1 ? cli_operand(c, 0)
				  : arena_fmt(&c->arena, "%u PCs", c->args.count);
}

static bool maintain(struct cli *c, const char *name, const char *verb, struct err *e)
{
	if (!cli_job_run(c, cli_rpc_target(&c->arena, "/v1/devices/%/%", name, verb), NULL, e))
		return false;
	cli_writer_done(c->writer, verb, name, "%s has a new %s, proven by a login.", name,
			str_eq(verb, "renew") ? "TLS certificate" : "admin password");
	return true;
}

bool cli_cmd_device_renew(struct cli *c, struct err *e)
{
	return cli_ask(c, arena_fmt(&c->arena, "New TLS certificates for %s?", these(c)), e) &&
		each(c, "renew", maintain, e);
}

bool cli_cmd_device_rotate(struct cli *c, struct err *e)
{
	return cli_ask(c, arena_fmt(&c->arena, "New admin passwords for %s?", these(c)), e) &&
		each(c, "rotate", maintain, e);
}

bool cli_cmd_device_unconfigure(struct cli *c, struct err *e)
{
	bool look = cli_args_has(&c->args, "preview");
	const char *mode = look ? "look" : cli_args_has(&c->args, "partial") ? "partial" : "full";
	if (!look &&
	    !cli_ask(c,
		     arena_fmt(&c->arena, "Unconfigure %s%s? '--preview' tells what is lost.",
			       these(c), str_eq(mode, "full") ? " fully" : ""),
		     e))
		return false;
	return each(c, mode, run, e);
}
