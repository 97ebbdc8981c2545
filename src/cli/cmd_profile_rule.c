/* profile rule, device profile, device why-profile: what chooses the profile of a PC. Over the
 * service's socket. */
#include "base/str.h"
#include "cli/rpc.h"

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

/* ---- rules ---- */

static bool list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "place", "place", CLI_FORM_NUMBER },   { "name", "rule", CLI_FORM_TEXT },
		{ "profile", "profile", CLI_FORM_TEXT }, { "generation", "AMT", CLI_FORM_TEXT },
		{ "suffix", "suffix", CLI_FORM_TEXT },   { "subnet", "subnet", CLI_FORM_TEXT },
		{ "fqdn", "name", CLI_FORM_TEXT },       { "group", "group", CLI_FORM_TEXT },
		{ "import", "import", CLI_FORM_TEXT },   { "at", NULL, CLI_FORM_TIME },
	};
	return cli_rpc_list(c, "/v1/profile-rules", cols, sizeof cols / sizeof *cols,
			    "No rules: PCs get the setting profile.default.", e);
}

static bool add(struct cli *c, const char *name, struct err *e)
{
	static const char *const keys[] = { "profile", "generation", "suffix", "subnet",
					    "fqdn",    "group",      "import" };
	const char *place = cli_args_value(&c->args, "place");
	json_t *o = json_object();
	uint32_t n = 0;

	if (!cli_args_value(&c->args, "profile")) {
		err_set(e, ERR_USAGE, "--profile NAME is missing");
		json_decref(o);
		return err_hint(e, "outband profile rule add %s --profile NAME ...", name);
	}
	if (place && !str_to_u32(span_str(place), 0, 1000000, &n, e)) {
		json_decref(o);
		return err_wrap(e, "--place");
	}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *v = cli_args_value(&c->args, keys[i]);
		if (v)
			json_object_set_new(o, keys[i], json_string(v));
	}
	if (place)
		json_object_set_new(o, "place", json_integer(n));
	if (!cli_rpc_send(c, "PUT", cli_rpc_target(&c->arena, "/v1/profile-rules/%", name), o, NULL,
			  e))
		return false;
	cli_writer_done(c->writer, "rule", name,
			"Stored rule %s. PCs get %s with their next job when they fit.", name,
			cli_args_value(&c->args, "profile"));
	return true;
}

static bool drop(struct cli *c, const char *name, struct err *e)
{
	struct cli_rpc_req req = { .method = "DELETE",
				   .target =
					   cli_rpc_target(&c->arena, "/v1/profile-rules/%", name) };

	if (!cli_rpc_call(c, &req, NULL, e))
		return false;
	cli_writer_done(c->writer, "rule", name, "Removed rule %s.", name);
	return true;
}

/* ---- one PC ---- */

static void say_end(struct cli *c, const json_t *doc)
{
	const char *source = text_of(doc, "source"), *rule = text_of(doc, "rule"),
		   *now = text_of(doc, "applied"), *next = text_of(doc, "profile");

	if (json_is_true(json_object_get(doc, "not_yet")))
		cli_writer_say(c->writer,
			       "\nA rule asks for the AMT version, which is read first: until then "
			       "it is %s.",
			       next);
	else if (now[0] && !str_eq(now, next))
		cli_writer_say(c->writer, "\nIt has %s, and gets %s with its next job (%s%s%s).",
			       now, next, source, rule[0] ? " " : "", rule);
	else
		cli_writer_say(c->writer, "\nIts profile is %s (%s%s%s).", next, source,
			       rule[0] ? " " : "", rule);
}

static bool why(struct cli *c, const char *device, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "step", "step", CLI_FORM_NUMBER },     { "source", "source", CLI_FORM_TEXT },
		{ "rule", "rule", CLI_FORM_TEXT },       { "profile", "profile", CLI_FORM_TEXT },
		{ "verdict", "verdict", CLI_FORM_TEXT }, { "won", "wins", CLI_FORM_TEXT },
		{ "detail", "detail", CLI_FORM_TEXT },
	};
	json_t *doc = NULL, *row;
	size_t i;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%/profile", device), &doc, e))
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

bool cli_cmd_device_why_profile(struct cli *c, struct err *e)
{
	return why(c, cli_operand(c, 0), e);
}

bool cli_cmd_device_profile(struct cli *c, struct err *e)
{
	const char *device = cli_operand(c, 0), *name = cli_operand(c, 1);
	bool away = str_eq(name, "-");

	if (!cli_rpc_send(c, "PUT", cli_rpc_target(&c->arena, "/v1/devices/%/profile", device),
			  json_pack("{s:s}", "profile", away ? "" : name), NULL, e))
		return false;
	if (away)
		cli_writer_done(c->writer, "device", device,
				"%s has no profile by hand any more; 'outband device why-profile' "
				"shows the next one.",
				device);
	else
		cli_writer_done(c->writer, "device", device,
				"%s gets %s with its next job; 'outband device apply' begins one.",
				device, name);
	return true;
}

bool cli_cmd_profile_rule(struct cli *c, struct err *e)
{
	static const struct {
		const char *word;
		bool (*run)(struct cli *c, const char *name, struct err *e);
	} actions[] = { { "add", add }, { "remove", drop }, { "test", why } };
	const char *word = cli_operand(c, 0), *name = cli_operand(c, 1);

	if (str_eq(word, "list") && !name)
		return list(c, e);
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		if (!str_eq(word, actions[i].word))
			continue;
		if (name)
			return actions[i].run(c, name, e);
		err_set(e, ERR_USAGE, "%s is missing", i == 2 ? "DEVICE" : "NAME");
		return err_hint(e, "outband profile rule %s %s", word, i == 2 ? "DEVICE" : "NAME");
	}
	err_set(e, ERR_USAGE, "'outband profile rule' cannot do that");
	err_seen(e, "%.60s", word);
	return err_want(e, "add NAME, list, remove NAME or test DEVICE");
}
