/* outband presence, alarm, defense, webui, alert show and list: what PCs watch and offer, by operations
 * (amt/op_monitor.c, op_defense.c, op_alerts.c). Profiles make these things; here they are looked at and switched. */
#include "base/str.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/operate.h"
#include "cli/rpc.h"

#define HOURS_MAX 87600 /* ten years */

#define COLS(list) .cols = (list), .col_count = sizeof(list) / sizeof *(list)

static bool change(struct cli *c, struct cli_operate *o, const char *done, struct err *e)
{
	const char *direct = cli_args_value(&c->args, "direct");

	if (!cli_operate(c, o, e))
		return false;
	if (c->exit_status == 0)
		cli_writer_done(c->writer, o->op, direct ? direct : "", "%s", done);
	return true;
}

bool cli_cmd_presence(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "name", "agent", CLI_FORM_TEXT },
		{ "state", "state", CLI_FORM_TEXT },
		{ "heartbeat_s", "heartbeat s", CLI_FORM_NUMBER },
		{ "startup_s", "startup s", CLI_FORM_NUMBER },
		{ "agent", "GUID", CLI_FORM_TEXT },
	};
	const struct cli_operate o = { .op = "presence",
				       COLS(cols),
				       .none = "No agents are watched." };

	return cli_operate(c, &o, e);
}

bool cli_cmd_alarm_list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "name", "alarm", CLI_FORM_TEXT },
		{ "start", "starts the PC at", CLI_FORM_TIME },
		{ "every", "and every", CLI_FORM_TEXT },
		{ "once", "gone afterwards", CLI_FORM_TEXT },
	};
	const struct cli_operate o = { .op = "alarms.list",
				       COLS(cols),
				       .none = "There are no alarms." };

	return cli_operate(c, &o, e);
}

bool cli_cmd_alarm_add(struct cli *c, struct err *e)
{
	const char *every = cli_args_value(&c->args, "every");
	const struct amt_op_arg args[] = { { "name", cli_operand(c, 0) },
					   { "start", cli_operand(c, 1) },
					   { "every", every },
					   { "once", every ? "false" : "true" } };
	struct cli_operate o = {
		.op = "alarms.add", .args = args, .arg_count = 4, .first_target = 2
	};

	return change(c, &o, "The alarm is set.", e);
}

bool cli_cmd_alarm_delete(struct cli *c, struct err *e)
{
	const struct amt_op_arg args[] = { { "name", cli_operand(c, 0) } };
	struct cli_operate o = {
		.op = "alarms.delete", .args = args, .arg_count = 1, .first_target = 1
	};

	return change(c, &o, "The alarm is off.", e);
}

bool cli_cmd_defense_show(struct cli *c, struct err *e)
{
	const struct cli_operate o = { .op = "defense.show",
				       .none = "There is no System Defense policy." };

	return cli_operate(c, &o, e);
}

bool cli_cmd_defense_reset(struct cli *c, struct err *e)
{
	struct cli_operate o = { .op = "defense.reset" };

	return change(c, &o, "The counters begin at 0.", e);
}

static bool defense(struct cli *c, const char *op, const char *question, const char *done,
		    struct err *e)
{
	const struct amt_op_arg args[] = { { "policy", cli_operand(c, 0) },
					   { "interface", cli_args_value(&c->args, "interface") } };
	struct cli_operate o = {
		.op = op, .args = args, .arg_count = 2, .first_target = 1, .question = question
	};

	return change(c, &o, done, e);
}

bool cli_cmd_defense_on(struct cli *c, struct err *e)
{
	return defense(c, "defense.on",
		       "Switch the policy on for %s? It may cut the network of its system off.",
		       "The policy is on.", e);
}

bool cli_cmd_defense_off(struct cli *c, struct err *e)
{
	return defense(c, "defense.off", NULL, "The policy is off.", e);
}

/* --direct may have named the first of the ports behind the host; IPv6 has more colons than one. */
static int host_length(const char *device)
{
	const char *colon = strchr(device, ':');

	return (int)(colon && colon == strrchr(device, ':') ? (size_t)(colon - device)
							    : strlen(device));
}

static void say_page(struct cli *c, const char *device, const json_t *row, void *arg)
{
	const char *note = json_string_value(json_object_get(row, "note"));
	const char *tls = json_is_true(json_object_get(row, "tls")) ? "https" : "http";

	(void)arg;
	if (json_is_true(json_object_get(row, "served")))
		cli_writer_say(c->writer, "%s serves its page: %s://%.*s:%lld", device, tls,
			       host_length(device), device,
			       (long long)json_integer_value(json_object_get(row, "port")));
	else
		cli_writer_say(c->writer, "%s answers %lld: %s (D105)", device,
			       (long long)json_integer_value(json_object_get(row, "status")),
			       note ? note : "no page");
}

bool cli_cmd_webui(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "device", "PC", CLI_FORM_TEXT },       { "served", "served", CLI_FORM_TEXT },
		{ "enabled", "enabled", CLI_FORM_TEXT }, { "status", "HTTP", CLI_FORM_NUMBER },
		{ "rule", "rule", CLI_FORM_TEXT },
	};
	const struct cli_operate o = { .op = "webui", COLS(cols), .say = say_page };

	return cli_operate(c, &o, e);
}

bool cli_cmd_storage(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "device", "PC", CLI_FORM_TEXT },     { "vendor", "vendor", CLI_FORM_TEXT },
		{ "app", "program", CLI_FORM_TEXT },   { "name", "name", CLI_FORM_TEXT },
		{ "bytes", "bytes", CLI_FORM_NUMBER },
	};
	const struct cli_operate o = { .op = "storage", COLS(cols), .none = "Nothing is stored." };

	return cli_operate(c, &o, e);
}

bool cli_cmd_alert_show(struct cli *c, struct err *e)
{
	const struct cli_operate o = { .op = "alerts.show", .none = "Nobody is told of events." };

	return cli_operate(c, &o, e);
}

bool cli_cmd_alert_list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "uuid", NULL, CLI_FORM_TEXT },
		{ "fqdn", "PC", CLI_FORM_TEXT },
		{ "address", "address", CLI_FORM_TEXT },
		{ "kind", "kind", CLI_FORM_TEXT },
		{ "count", "alerts", CLI_FORM_NUMBER },
		{ "last_at", "the last at", CLI_FORM_TIME },
		{ "last", "what", CLI_FORM_TEXT },
	};

	return cli_rpc_list(c, "/v1/alerts", cols, sizeof cols / sizeof *cols,
			    "No PC has told the service of an event.", e);
}

bool cli_cmd_alert_subscriptions(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "uuid", NULL, CLI_FORM_TEXT },
		{ "fqdn", "PC", CLI_FORM_TEXT },
		{ "address", "address", CLI_FORM_TEXT },
		{ "state", "subscription", CLI_FORM_TEXT },
		{ "confirmed_at", "confirmed at", CLI_FORM_TIME },
		{ "last_alert_at", "last alert at", CLI_FORM_TIME },
		{ "detail", "what", CLI_FORM_TEXT },
		{ "advice", "what to do", CLI_FORM_TEXT },
		{ "looked_at", NULL, CLI_FORM_TIME },
	};
	const char *hours = cli_args_value(&c->args, "hours");
	bool bad = cli_args_has(&c->args, "bad");
	uint32_t n;

	if (hours && !str_to_u32(span_str(hours), 1, HOURS_MAX, &n, NULL)) {
		err_set(e, ERR_USAGE, "--hours %s is no number of hours", hours);
		return err_want(e, "1 to %d", HOURS_MAX);
	}
	const char *target = cli_rpc_target(&c->arena, "/v1/alerts/watch?hours=%&bad=%", hours,
					    bad ? "true" : NULL);

	return cli_rpc_list(c, target, cols, sizeof cols / sizeof *cols,
			    bad ? "All PCs whose profile has alerts tell of events."
				: "No PC is configured.",
			    e);
}
