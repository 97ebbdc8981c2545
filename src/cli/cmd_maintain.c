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

/* One of the commands: where its job is started, and what is said at its end. */
struct verb {
	const char *path; /* with the name of the PC */
	const char *mode;
	bool (*say)(struct cli *c, const char *name, const char *job, const struct verb *v,
		    struct err *e);
};

static bool say_unconfigured(struct cli *c, const char *name, const char *job, const struct verb *v,
			     struct err *e)
{
	cli_writer_say(c->writer,
		       str_eq(v->mode, "look") ? "%s would be unconfigured:"
					       : "%s is unconfigured:",
		       name);
	return tell(c, name, job, e);
}

static bool say_new(struct cli *c, const char *name, const char *job, const struct verb *v,
		    struct err *e)
{
	(void)job, (void)e;
	cli_writer_done(c->writer, v->mode, name, "%s has a new %s, proven by a login.", name,
			str_eq(v->mode, "renew") ? "TLS certificate" : "admin password");
	return true;
}

static bool say_rekeyed(struct cli *c, const char *name, const char *job, const struct verb *v,
			struct err *e)
{
	(void)job, (void)e;
	cli_writer_done(c->writer, v->mode, name,
			"%s took a new key pair for its next setup; no login can prove it.", name);
	return true;
}

static const char *target_of(struct cli *c, const struct verb *v, const char *name)
{
	return strchr(v->path, '?') ? cli_rpc_target(&c->arena, v->path, name, v->mode)
				    : cli_rpc_target(&c->arena, v->path, name);
}

/* All jobs are started before the first is waited for. An error of one is no reason not to go on: the
 * rest of the PCs shall not suffer from it. */
static bool each(struct cli *c, const struct verb *v, struct err *e)
{
	unsigned failed = 0, count = c->args.count;
	const char **jobs = ARENA_ARRAY(&c->arena, const char *, count);

	if (!jobs)
		return err_set(e, ERR_LIMIT, "too many PCs at once");
	for (unsigned k = 0; k < 2 * count; k++) {
		unsigned i = k < count ? k : k - count;
		struct err one = { 0 };
		const char *name = cli_operand(c, i);
		if (k < count && cli_job_start(c, target_of(c, v, name), &jobs[i], &one))
			continue;
		if (k >= count &&
		    (!jobs[i] ||
		     (cli_job_end(c, jobs[i], &one) && v->say(c, name, jobs[i], v, &one))))
			continue;
		if (count == 1 || one.code == ERR_SERVICE_DOWN) {
			*e = one;
			return false;
		}
		err_wrap(&one, "%s", name);
		cli_print_err(c, &one);
		failed++;
	}
	return !failed || err_set(e, ERR_VERIFY, "%u of %u failed", failed, count);
}

static const char *these(struct cli *c)
{
	return c->args.count == 1 ? cli_operand(c, 0)
				  : arena_fmt(&c->arena, "%u PCs", c->args.count);
}

bool cli_cmd_device_renew(struct cli *c, struct err *e)
{
	const struct verb v = { "/v1/devices/%/renew", "renew", say_new };

	return cli_ask(c, arena_fmt(&c->arena, "New TLS certificates for %s?", these(c)), e) &&
		each(c, &v, e);
}

bool cli_cmd_device_rotate(struct cli *c, struct err *e)
{
	const struct verb v = { "/v1/devices/%/rotate", "rotate", say_new };

	return cli_ask(c, arena_fmt(&c->arena, "New admin passwords for %s?", these(c)), e) &&
		each(c, &v, e);
}

bool cli_cmd_device_rekey(struct cli *c, struct err *e)
{
	const struct verb v = { "/v1/devices/%/rekey", "rekey", say_rekeyed };

	return cli_ask(c, arena_fmt(&c->arena, "New PID/PPS pairs for %s?", these(c)), e) &&
		each(c, &v, e);
}

bool cli_cmd_device_unconfigure(struct cli *c, struct err *e)
{
	bool look = cli_args_has(&c->args, "preview");
	const struct verb v = { "/v1/devices/%/unconfigure?mode=%",
				look                                        ? "look"
					: cli_args_has(&c->args, "partial") ? "partial"
									    : "full",
				say_unconfigured };
	const char *ask = arena_fmt(&c->arena, "Unconfigure %s%s? '--preview' tells what is lost.",
				    these(c), str_eq(v.mode, "full") ? " fully" : "");

	return (look || cli_ask(c, ask, e)) && each(c, &v, e);
}
