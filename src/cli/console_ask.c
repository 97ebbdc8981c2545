/* See console_ask.h. Asks for the result until it is there; the operation itself is the service's. */
#include "cli/console_ask.h"
#include "base/mem.h"
#include "base/str.h"

#define WAIT_MS "8000"
#define TRIES   15

struct cli_console_ask {
	struct console *k;
	const char *path, *action;
	struct cli_rpc_op *op;
	char id[80];
	unsigned tries;
};

static void ask_result(struct cli_console_ask *a);

static void failed(const struct cli_console_ask *a, const struct err *e)
{
	cli_console_note(a->k, "power %s: %s%s%s%s", a->action, e->msg, e->seen[0] ? " (" : "",
			 e->seen, e->seen[0] ? ")" : "");
	if (e->hint[0])
		cli_console_note(a->k, "%s", e->hint);
}

static void on_result(void *arg, const json_t *reply, const struct err *e)
{
	struct cli_console_ask *a = arg;
	const json_t *item = json_array_get(json_object_get(reply, "items"), 0),
		     *row = json_array_get(json_object_get(item, "rows"), 0);
	const char *state = json_string_value(json_object_get(row, "power"));
	struct err said = { 0 };

	a->op = NULL;
	if (e->code != ERR_NONE) {
		failed(a, e);
	} else if (!item && a->tries < TRIES) {
		ask_result(a);
	} else if (!item) {
		cli_console_note(a->k, "power %s: still under way; 'outband power status' tells",
				 a->action);
	} else if (json_object_get(item, "error")) {
		cli_rpc_error(json_object_get(item, "error"), &said);
		failed(a, &said);
	} else {
		cli_console_note(a->k, "power %s: done%s%s", a->action, state ? "; the PC is " : "",
				 state ? state : "");
	}
}

static void ask_result(struct cli_console_ask *a)
{
	struct arena mem;

	arena_init(&mem, 65536);
	const struct cli_rpc_req req = { .method = "GET",
					 .target = cli_rpc_target(
						 &mem, "/v1/operations/%?after=%&wait_ms=%", a->id,
						 "0", WAIT_MS) };
	a->tries++;
	a->op = cli_rpc_start(a->k->loop, a->path, &req, on_result, a);
	arena_deinit(&mem);
}

static void on_begun(void *arg, const json_t *reply, const struct err *e)
{
	struct cli_console_ask *a = arg;
	const char *id = json_string_value(json_object_get(reply, "id"));

	a->op = NULL;
	if (e->code != ERR_NONE)
		failed(a, e);
	else if (!id || !str_copy(a->id, sizeof a->id, span_str(id)))
		cli_console_note(a->k, "power %s: the service's answer is not understood",
				 a->action);
	else
		ask_result(a);
}

void cli_console_ask_power(struct cli_console_ask *a, const char *action)
{
	if (a->op) {
		cli_console_note(a->k, CONSOLE_POWER_BUSY);
		return;
	}
	json_t *body = str_eq(action, "status")
		? json_pack("{s:s, s:[s]}", "op", "power-status", "targets", a->k->pc)
		: json_pack("{s:s, s:{s:s}, s:[s]}", "op", "power", "args", "action", action,
			    "targets", a->k->pc);
	a->action = action;
	a->tries = 0;
	a->op = cli_rpc_start_json(a->k->loop, a->path, "/v1/operations", body, on_begun, a);
}

struct cli_console_ask *cli_console_ask_new(struct console *k, const char *path)
{
	struct cli_console_ask *a = MEM_NEW(struct cli_console_ask);

	*a = (struct cli_console_ask){ .k = k, .path = path };
	return a;
}

void cli_console_ask_free(struct cli_console_ask *a)
{
	if (!a)
		return;
	cli_rpc_cancel(a->op);
	mem_free(a);
}
