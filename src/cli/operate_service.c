/* Operations through the service: who is meant, begin, results as they come, failures at the end
 * (cli/operate_priv.h). An interrupt ends the operation in the service too. Called by operate.c. */
#include "base/mem.h"
#include "base/names.h"
#include "base/str.h"
#include "cli/operate_failed.h"
#include "cli/operate_priv.h"
#include "cli/rpc.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#define WAIT_MS "1000" /* an interrupt is seen after that */

struct service {
	struct cli *c;
	const struct cli_operate *o;
	const struct amt_op_kind *kind;
	struct cli_operate_rows rows;
	struct cli_operate_failed failed;
	bool many;
	unsigned total, after; /* of PCs, unknown ones included; results seen */
	const char *id;
	struct err *e;
	struct err only; /* of the only PC */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* One PC, however it is called: its answer is an object, its error the command's. */
static bool is_one(const struct cli *c, const struct cli_operate *o)
{
	const char *text = cli_operand(c, o->first_target);
	struct names n;

	if (c->args.count != o->first_target + 1 || cli_args_has(&c->args, "where") ||
	    text[0] == '@')
		return false;
	names_init(&n, 2);
	bool one = names_add(&n, span_str(text), NULL) && n.count == 1;
	names_deinit(&n);
	return one;
}

static bool number(json_t *doc, const char *key, const char *text, const char *option, uint32_t max,
		   uint32_t times, struct err *e)
{
	uint32_t v;

	if (!text)
		return true;
	if (!str_to_u32(span_str(text), 0, max, &v, NULL)) {
		err_set(e, ERR_USAGE, "--%s %s is no number that it takes", option, text);
		return err_want(e, "0 to %u", max);
	}
	(void)json_object_set_new(doc, key, json_integer((json_int_t)v * times));
	return true;
}

static bool only_direct(const struct cli *c, struct err *e)
{
	static const char *const names[] = { "user", "password-file", "tls", "pin" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!cli_args_has(&c->args, names[i]))
			continue;
		err_set(e, ERR_USAGE, "--%s goes with --direct only", names[i]);
		return err_hint(e, "the service knows how to reach its PCs");
	}
	return true;
}

static json_t *request(const struct service *s, struct err *e)
{
	const struct cli_args *a = &s->c->args;
	json_t *args = json_object(), *targets = json_array();
	const char *where = cli_args_value(a, "where");

	for (unsigned i = 0; i < s->o->arg_count; i++)
		if (s->o->args[i].value)
			(void)json_object_set_new(args, s->o->args[i].key,
						  json_string(s->o->args[i].value));
	for (unsigned i = s->o->first_target; i < a->count; i++)
		(void)json_array_append_new(targets, json_string(a->operands[i]));
	json_t *doc =
		json_pack("{s:s, s:o, s:o}", "op", s->o->op, "args", args, "targets", targets);
	if (where)
		(void)json_object_set_new(doc, "where", json_string(where));
	if (s->o->deadline_ms)
		(void)json_object_set_new(doc, "deadline_ms", json_integer(s->o->deadline_ms));
	bool ok = number(doc, "limit", s->o->limit, "limit", 100000, 1, e) &&
		number(doc, "stagger_ms", cli_args_value(a, "stagger"), "stagger", 3600000, 1, e) &&
		(s->o->deadline_ms ||
		 number(doc, "deadline_ms", cli_args_value(a, "timeout"), "timeout", 3600, 1000,
			e));
	if (ok)
		return doc;
	json_decref(doc);
	return NULL;
}

/* Many PCs are shown before they are changed. */
static bool ask(struct service *s, struct err *e)
{
	struct cli_operate o = *s->o;
	const char *whom = cli_operand(s->c, o.first_target);

	if (cli_args_has(&s->c->args, "yes") ||
	    (!o.question && !(s->many && s->kind->flags & AMT_OP_CHANGES)))
		return true;
	if (!o.question)
		o.question = arena_fmt(&s->c->arena, "Do %s on %%s?", s->o->op);
	if (s->many) {
		json_t *doc = request(s, e), *reply = NULL;
		if (!doc)
			return false;
		(void)json_object_set_new(doc, "preview", json_true());
		if (!cli_rpc_send(s->c, "POST", "/v1/operations", doc, &reply, e))
			return false;
		whom = arena_fmt(&s->c->arena, "%s (%lld PCs)",
				 json_string_value(json_object_get(reply, "names")),
				 (long long)json_integer_value(json_object_get(reply, "total")));
		bool none = !json_integer_value(json_object_get(reply, "total"));
		json_decref(reply);
		if (none) /* its beginning says why */
			return true;
	}
	return cli_operate_ask(s->c, &o, whom ? whom : "it", e);
}

static void add_unknown(struct service *s, const json_t *names)
{
	json_t *name;
	size_t i;

	json_array_foreach(names, i, name)
	{
		json_t *item = json_pack("{s:O}", "device", name);
		json_t *error = json_pack("{s:s, s:s, s:s}", "code", err_name(ERR_NOT_FOUND), "msg",
					  "no PC is known by this name", "hint",
					  "see 'outband device list'");
		cli_operate_failed_add(&s->failed, item, error);
		json_decref(item);
		json_decref(error);
		s->total++;
	}
}

static bool begin(struct service *s, struct err *e)
{
	json_t *doc = request(s, e), *reply = NULL;

	if (!doc || !cli_rpc_send(s->c, "POST", "/v1/operations", doc, &reply, e))
		return false;
	const char *id = json_string_value(json_object_get(reply, "id"));
	s->id = id ? arena_str(&s->c->arena, span_str(id)) : "";
	s->total = (unsigned)json_integer_value(json_object_get(reply, "total"));
	add_unknown(s, json_object_get(reply, "unknown"));
	json_decref(reply);
	if (!s->total)
		cli_note("no PC fits");
	return true;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *v = json_string_value(json_object_get(o, key));

	return v ? v : "";
}

static void take_item(struct service *s, const json_t *item)
{
	const json_t *error = json_object_get(item, "error");
	const char *device = text_of(item, "device");
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(item, "rows"), i, row)
		cli_operate_rows_add(&s->rows, device, json_incref(row));
	if (!error)
		return;
	if (!s->many)
		cli_rpc_error(error, &s->only);
	cli_operate_failed_add(&s->failed, item, error);
	if (s->many && !s->o->each && cli_writer_kind(s->c->writer) == CLI_WRITER_JSON)
		cli_operate_rows_add(&s->rows, device, json_pack("{s:O}", "error", error));
}

static bool collect(struct service *s, struct err *e)
{
	bool ended = false;
	json_t *doc, *item;
	size_t i;
	char after[16];

	while (!ended && !interrupted) {
		struct out o;
		memset(after, 0, sizeof after);
		out_init(&o, after, sizeof after - 1);
		out_fmt(&o, "%u", s->after);
		const char *target = cli_rpc_target(
			&s->c->arena, "/v1/operations/%?after=%&wait_ms=%", s->id, after, WAIT_MS);
		if (!cli_rpc_get(s->c, target, &doc, e))
			return false;
		json_array_foreach(json_object_get(doc, "items"), i, item) take_item(s, item);
		s->after = (unsigned)json_integer_value(json_object_get(doc, "next"));
		ended = json_is_true(json_object_get(doc, "ended")) &&
			(json_int_t)s->after >= json_integer_value(json_object_get(doc, "done"));
		json_decref(doc);
	}
	return true;
}

static bool drop(struct service *s, struct err *e)
{
	struct cli_rpc_req req = { .method = "DELETE",
				   .target = cli_rpc_target(&s->c->arena, "/v1/operations/%",
							    s->id) };
	return cli_rpc_call(s->c, &req, NULL, e);
}

static bool finish(struct service *s, struct err *e)
{
	struct err ignored = { 0 };

	cli_operate_rows_end(&s->rows, !interrupted && !s->failed.count);
	(void)drop(s, &ignored);
	if (interrupted) {
		err_set(e, ERR_CANCELLED, "interrupted after %u of %u PCs; the rest is not asked",
			s->after, s->total);
		return err_hint(e, "PCs that were at work may have done it");
	}
	if (!s->many && s->failed.count) {
		*e = s->only;
		if (e->code == ERR_NONE)
			err_set(e, ERR_NOT_FOUND, "no PC is known by this name");
		return false;
	}
	cli_operate_failed_print(&s->failed, s->c, s->total);
	if (s->failed.count)
		s->c->exit_status = s->failed.count < s->total ? EXIT_SOME : EXIT_ALL;
	return true;
}

bool cli_operate_service(struct cli *c, const struct cli_operate *o, struct err *e)
{
	struct service s = { .c = c, .o = o, .kind = amt_op_find(o->op), .many = !is_one(c, o) };
	/* once: a service that stands still answers nobody, and a second Ctrl-C ends the command */
	struct sigaction act = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND };

	if (c->args.count <= o->first_target && !cli_args_has(&c->args, "where")) {
		err_set(e, ERR_USAGE, "no PC is named");
		return err_hint(e,
				"name PCs, a group such as @lab3 or --where; or one with "
				"--direct HOST, without the service");
	}
	if (!s.kind)
		return err_set(e, ERR_INTERNAL, "there is no operation %s", o->op);
	if (!only_direct(c, e) || !ask(&s, e))
		return false;
	if (o->takes_back)
		interrupted = 0;
	/* before it begins: else one moment ends this command alone, and the operation goes on */
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
	if (!cli_signal_ignored(SIGHUP)) /* nohup */
		(void)sigaction(SIGHUP, &act, NULL);
	if (!begin(&s, e))
		return false;
	cli_operate_rows_init(&s.rows, c, o, s.many);
	bool ok = collect(&s, e) && finish(&s, e);
	cli_operate_failed_deinit(&s.failed);
	return ok;
}
