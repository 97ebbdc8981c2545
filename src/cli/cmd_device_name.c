/* device name, device why-name: names by hand, and where a name comes from. Over the service's
 * socket. */
#include "base/str.h"
#include "cli/rpc.h"

bool cli_cmd_device_name(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0), *fqdn = cli_operand(c, 1);
	bool away = str_eq(fqdn, "-");
	json_t *doc = NULL;

	if (!cli_rpc_send(c, "PUT", cli_rpc_target(&c->arena, "/v1/devices/%/name", name),
			  json_pack("{s:s}", "fqdn", away ? "" : fqdn), &doc, e))
		return false;
	json_decref(doc);
	if (away)
		cli_writer_done(c->writer, "device", name, "%s has no name by hand any more.",
				name);
	else
		cli_writer_done(c->writer, "device", name, "%s is %s from now on.", name, fqdn);
	return true;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

static void say_end(struct cli *c, const json_t *doc)
{
	const json_t *error = json_object_get(doc, "error");
	const char *now = text_of(doc, "fqdn"), *next = text_of(doc, "next_fqdn");

	cli_writer_say(c->writer, "\nUUID %s, last hello %s from %s.", text_of(doc, "uuid"),
		       text_of(doc, "last_hello"), text_of(doc, "address"));
	if (error) {
		cli_writer_say(c->writer, "It gets no name: %s (%s).", text_of(error, "msg"),
			       text_of(error, "rule"));
		if (text_of(error, "hint")[0])
			cli_writer_say(c->writer, "To do: %s.", text_of(error, "hint"));
	} else if (str_eq(text_of(doc, "next_source"), "kept")) {
		cli_writer_say(c->writer, "No source says a name now: it keeps %s.", next);
	} else if (str_eq_nocase(now, next)) {
		cli_writer_say(c->writer, "It is %s: %s says so.", now,
			       text_of(doc, "next_source"));
	} else {
		cli_writer_say(
			c->writer,
			"%s%s%s gets the name %s: %s says so. 'outband device apply' gives it.",
			now[0] ? "It is " : "It", now, now[0] ? " and" : "", next,
			text_of(doc, "next_source"));
	}
	if (json_is_true(json_object_get(doc, "unverified")))
		cli_writer_say(c->writer,
			       "Names by DNS may be those of another PC when its "
			       "records are stale (D078).");
}

bool cli_cmd_device_why_name(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "step", "step", CLI_FORM_NUMBER },  { "source", "source", CLI_FORM_TEXT },
		{ "verdict", "says", CLI_FORM_TEXT }, { "fqdn", "name", CLI_FORM_TEXT },
		{ "won", "wins", CLI_FORM_TEXT },     { "rule", "rule", CLI_FORM_TEXT },
		{ "at", "when", CLI_FORM_TIME },      { "detail", "detail", CLI_FORM_TEXT },
		{ "profile", NULL, CLI_FORM_TEXT },   { "ou", NULL, CLI_FORM_TEXT },
	};
	json_t *doc = NULL, *row;
	size_t i;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%/name", cli_operand(c, 0)),
			 &doc, e))
		return false;
	if (cli_writer_kind(c->writer) == CLI_WRITER_JSON) {
		cli_writer_json(c->writer, doc);
	} else {
		cli_writer_list_begin(c->writer, cols, sizeof cols / sizeof *cols);
		json_array_foreach(json_object_get(doc, "steps"), i, row)
			cli_writer_list_row(c->writer, row);
		cli_writer_list_end(c->writer, NULL);
		say_end(c, doc);
	}
	json_decref(doc);
	return true;
}

/* --- UUIDs that several PCs share, and other marks of identity --- */

bool cli_cmd_device_deny(struct cli *c, struct err *e)
{
	const char *uuid = cli_operand(c, 0), *note = cli_args_value(&c->args, "note");

	if (!cli_rpc_send(c, "PUT", cli_rpc_target(&c->arena, "/v1/denied/%", uuid),
			  json_pack("{s:s}", "note", note ? note : ""), NULL, e))
		return false;
	cli_writer_done(c->writer, "uuid", uuid, "Hellos of %s are refused from now on.", uuid);
	return true;
}

bool cli_cmd_device_allow(struct cli *c, struct err *e)
{
	const char *uuid = cli_operand(c, 0);
	struct cli_rpc_req req = { .method = "DELETE",
				   .target = cli_rpc_target(&c->arena, "/v1/denied/%", uuid) };

	if (!cli_rpc_call(c, &req, NULL, e))
		return false;
	cli_writer_done(c->writer, "uuid", uuid, "Hellos of %s are taken again.", uuid);
	return true;
}

bool cli_cmd_device_denied(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "uuid", "UUID", CLI_FORM_TEXT },
		{ "at", "since", CLI_FORM_TIME },
		{ "note", "note", CLI_FORM_TEXT },
	};
	return cli_rpc_list(c, "/v1/denied", cols, sizeof cols / sizeof *cols,
			    "No UUID is refused but the placeholders that vendors are known for.",
			    e);
}

bool cli_cmd_device_duplicates(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "kind", "kind", CLI_FORM_TEXT },
		{ "mark", "value", CLI_FORM_TEXT },
		{ "uuid", "UUID", CLI_FORM_TEXT },
		{ "fqdn", "name", CLI_FORM_TEXT },
		{ "address", "address", CLI_FORM_TEXT },
		{ "last_seen", "last seen", CLI_FORM_TIME },
		{ "state", NULL, CLI_FORM_TEXT },
		{ "first_seen", NULL, CLI_FORM_TEXT },
		{ "rule", NULL, CLI_FORM_TEXT },
	};
	return cli_rpc_list(
		c, "/v1/duplicates", cols, sizeof cols / sizeof *cols,
		"No two PCs have a MAC address, serial number or certificate in common.", e);
}
