/* outband issues, outband device issues: what is known of firmware releases and of the products around
 * them. The first reads the table of the program itself, the second asks the service, which knows the
 * firmware of the PC. */
#include "base/str.h"
#include "cli/commands.h"
#include "cli/rpc.h"
#include "engine/issues.h"

static const struct cli_col cols[] = {
	{ "id", "id", CLI_FORM_TEXT },
	{ "concerns", "concerns", CLI_FORM_TEXT },
	{ "releases", "releases", CLI_FORM_TEXT },
	{ "rule", "rule", CLI_FORM_TEXT },
	{ "source", "source", CLI_FORM_TEXT },
	{ "text", "what", CLI_FORM_TEXT },
	{ "todo", "to do", CLI_FORM_TEXT },
};
#define COLS  (sizeof cols / sizeof *cols)
#define NOTES "C captured, D documented, P read in a peer's code, G guessed"

bool cli_cmd_issues(struct cli *c, struct err *e)
{
	const char *version = cli_args_value(&c->args, "firmware");
	const struct engine_issue *i;

	if (version && !engine_issues_is_version(version)) {
		err_set(e, ERR_USAGE, "--firmware %.40s is no version", version);
		return err_want(e, "numbers with dots, such as 2.6.20 or 11.8");
	}
	cli_writer_list_begin(c->writer, cols, COLS);
	for (unsigned n = 0; (i = engine_issues_at(n)); n++) {
		char source[2] = { "CDPG"[i->src], '\0' };
		if (version && (!i->releases[0] || !engine_issues_fits(i, version)))
			continue;
		json_t *row = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "id", i->id, "concerns",
					engine_issues_scope_name(i->scope), "releases",
					i->releases[0] ? i->releases : "all", "rule", i->rule,
					"source", source, "text", i->text, "todo", i->todo);
		cli_writer_list_row(c->writer, row);
		json_decref(row);
	}
	cli_writer_list_end(c->writer, "");
	cli_writer_say(c->writer, NOTES ".");
	return true;
}

bool cli_cmd_device_issues(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0), *version;
	json_t *doc = NULL, *row;
	size_t n;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%/issues", name), &doc, e))
		return false;
	version = json_string_value(json_object_get(doc, "version"));
	cli_writer_list_begin(c->writer, cols, COLS);
	json_array_foreach(json_object_get(doc, "issues"), n, row)
		cli_writer_list_row(c->writer, row);
	cli_writer_list_end(
		c->writer,
		version && *version
			? "Nothing is known of its firmware."
			: "Its firmware is not known yet: 'outband device apply' asks it.");
	if (version && *version)
		cli_writer_say(c->writer,
			       "AMT %s. " NOTES "; what is about all firmware: 'outband "
			       "issues'.",
			       version);
	json_decref(doc);
	return true;
}
