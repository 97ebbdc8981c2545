/* discover start, jobs, show, stop, resume: discoveries that the service runs (engine/discovery.h). All over
 * its socket; what they see is shown by 'discover list' (cmd_discover.c). */
#include "base/str.h"
#include "cli/rpc.h"
#include "cli/term.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define RATE_MAX 1000000
#define LOOK_NS  200000000 /* between two looks with --wait */

static const struct cli_col cols[] = {
	{ "id", "discovery", CLI_FORM_TEXT },    { "state", "state", CLI_FORM_TEXT },
	{ "done", "done", CLI_FORM_NUMBER },     { "total", "of", CLI_FORM_NUMBER },
	{ "found", "found", CLI_FORM_NUMBER },   { "begun", "begun", CLI_FORM_TIME },
	{ "changed", "changed", CLI_FORM_TIME }, { "ranges", "ranges", CLI_FORM_TEXT },
	{ "actor", "by", CLI_FORM_TEXT },        { "note", "note", CLI_FORM_TEXT },
	{ "rate", NULL, CLI_FORM_NUMBER },       { "ping", NULL, CLI_FORM_TEXT },
	{ "port_base", NULL, CLI_FORM_NUMBER },  { "rmcp_port", NULL, CLI_FORM_NUMBER },
};
#define COLS (sizeof cols / sizeof *cols)

/* ---- a request ---- */

static bool put_number(json_t *doc, const char *key, const char *option, const char *text,
		       uint32_t max, struct err *e)
{
	uint32_t v;

	if (!text)
		return true;
	if (str_to_u32(span_str(text), 1, max, &v, NULL)) {
		(void)json_object_set_new(doc, key, json_integer(v));
		return true;
	}
	err_set(e, ERR_USAGE, "--%s %s is not possible", option, text);
	return err_want(e, "1 to %u", (unsigned)max);
}

static json_t *request(struct cli *c, struct err *e)
{
	const char *rate = cli_args_value(&c->args, "rate");
	json_t *ranges = json_array();

	for (unsigned i = 0; i < c->args.count; i++)
		(void)json_array_append_new(ranges, json_string(cli_operand(c, i)));
	json_t *doc =
		json_pack("{s:o, s:b}", "ranges", ranges, "ping", cli_args_has(&c->args, "ping"));
	bool max = rate && str_eq(rate, "max");
	if (max)
		(void)json_object_set_new(doc, "rate", json_integer(0));
	if (put_number(doc, "rate", "rate", max ? NULL : rate, RATE_MAX, e) &&
	    put_number(doc, "port_base", "port-base", cli_args_value(&c->args, "port-base"), 65532,
		       e) &&
	    put_number(doc, "rmcp_port", "rmcp-port", cli_args_value(&c->args, "rmcp-port"), 65535,
		       e))
		return doc;
	json_decref(doc);
	return NULL;
}

static const char *text_of(const json_t *doc, const char *key)
{
	const char *s = json_string_value(json_object_get(doc, key));

	return s ? s : "";
}

static long long number_of(const json_t *doc, const char *key)
{
	return (long long)json_integer_value(json_object_get(doc, key));
}

/* On a terminal: one line that is written over, however narrow it is. */
static void show_wait(const json_t *doc)
{
	unsigned high, wide;
	char line[96] = "";
	struct out o;

	out_init(&o, line, sizeof line - 1);
	out_fmt(&o, "%lld of %lld, %lld found, %s", number_of(doc, "done"), number_of(doc, "total"),
		number_of(doc, "found"), text_of(doc, "state"));
	if (!cli_term_size(STDERR_FILENO, &high, &wide) || wide < 2)
		wide = 80;
	(void)fprintf(stderr, "\r\033[K%.*s", (int)(wide - 1), line);
}

/* Until it neither runs nor waits. *doc: as it was, then as it is. */
static bool wait_end(struct cli *c, json_t **doc, struct err *e)
{
	const char *path = cli_rpc_target(&c->arena, "/v1/discoveries/%", text_of(*doc, "id"));
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	bool term = isatty(STDERR_FILENO), ok = true;

	if (term)
		cli_note("CTRL-C ends the waiting; 'outband discover stop %s' ends the discovery.",
			 text_of(*doc, "id"));
	while (ok &&
	       (str_eq(text_of(*doc, "state"), "queued") ||
		str_eq(text_of(*doc, "state"), "running"))) {
		if (term)
			show_wait(*doc);
		json_decref(*doc);
		*doc = NULL;
		(void)nanosleep(&pause, NULL);
		ok = cli_rpc_get(c, path, doc, e);
	}
	if (term)
		(void)fprintf(stderr, "\r\033[K");
	return ok;
}

/* Says what became of it, and gives it back. */
static bool tell(struct cli *c, json_t *doc, struct err *e)
{
	bool ok = !cli_args_has(&c->args, "wait") || wait_end(c, &doc, e);
	const char *id = text_of(doc, "id"), *state = text_of(doc, "state"),
		   *note = text_of(doc, "note");
	bool stops = str_eq(c->cmd->sub, "stop") && str_eq(state, "running");

	if (ok && str_eq(state, "failed"))
		ok = err_set(e, ERR_CONFLICT, "discovery %s: %s", id, note);
	if (ok)
		cli_writer_done(c->writer, "discovery", id,
				"Discovery %s is %s: %lld of %lld addresses, %lld found%s%s.", id,
				stops ? "told to stop" : state, number_of(doc, "done"),
				number_of(doc, "total"), number_of(doc, "found"), *note ? "; " : "",
				note);
	json_decref(doc);
	return ok;
}

/* ---- commands ---- */

bool cli_cmd_discover_start(struct cli *c, struct err *e)
{
	json_t *reply = NULL, *doc = request(c, e);

	return doc && cli_rpc_send(c, "POST", "/v1/discoveries", doc, &reply, e) &&
		tell(c, reply, e);
}

bool cli_cmd_discover_jobs(struct cli *c, struct err *e)
{
	return cli_rpc_list(c, "/v1/discoveries", cols, COLS,
			    "No discoveries: 'outband discover start RANGE' begins one.", e);
}

bool cli_cmd_discover_show(struct cli *c, struct err *e)
{
	const char *path = cli_rpc_target(&c->arena, "/v1/discoveries/%", cli_operand(c, 0));
	json_t *doc;

	if (!cli_rpc_get(c, path, &doc, e))
		return false;
	cli_writer_record(c->writer, cols, COLS, doc);
	json_decref(doc);
	return true;
}

bool cli_cmd_discover_move(struct cli *c, struct err *e)
{
	const char *target =
		cli_rpc_target(&c->arena, "/v1/discoveries/%/%", cli_operand(c, 0), c->cmd->sub);
	struct cli_rpc_req req = { .method = "POST", .target = target };
	json_t *doc;

	return cli_rpc_call(c, &req, &doc, e) && tell(c, doc, e);
}
