/* inventory read: what PCs tell of themselves. inventory import, inventory export: exchange with other
 * systems, over the service's socket. */
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd_import.h"
#include "cli/operate.h"
#include "cli/rpc.h"
#include <stdlib.h>

bool cli_cmd_inventory_read(struct cli *c, struct err *e)
{
	const struct cli_operate o = { .op = "inventory.read" };

	return cli_operate(c, &o, e);
}

bool cli_cmd_inventory_import(struct cli *c, struct err *e)
{
	return cli_import(c, "/v1/inventory?preview=%", "inventory row", e);
}

/* One object a line, page by page: for programs that read as they go. */
static bool print_lines(struct cli *c, struct err *e)
{
	const char *after = NULL;

	do {
		json_t *doc = NULL, *row;
		size_t i;
		if (!cli_rpc_get(
			    c, cli_rpc_target(&c->arena, "/v1/inventory?limit=1000&after=%", after),
			    &doc, e))
			return false;
		json_array_foreach(json_object_get(doc, "items"), i, row)
		{
			char *text = json_dumps(row, JSON_COMPACT | JSON_ENSURE_ASCII);
			cli_writer_text(c->writer, span_str(text));
			mem_free(text);
		}
		const char *next = json_string_value(json_object_get(doc, "next"));
		after = next ? arena_str(&c->arena, span_str(next)) : NULL;
		json_decref(doc);
	} while (after);
	return true;
}

bool cli_cmd_inventory_export(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "uuid", "UUID", CLI_FORM_TEXT },
		{ "fqdn", "name", CLI_FORM_TEXT },
		{ "mac", "MAC address", CLI_FORM_TEXT },
		{ "serial", "serial", CLI_FORM_TEXT },
		{ "group", "group", CLI_FORM_TEXT },
		{ "profile", "profile", CLI_FORM_TEXT },
		{ "ou", NULL, CLI_FORM_TEXT },
		{ "state", "state", CLI_FORM_TEXT },
		{ "firmware", "firmware", CLI_FORM_TEXT },
		{ "address", "address", CLI_FORM_TEXT },
		{ "name_source", NULL, CLI_FORM_TEXT },
		{ "health_rule", NULL, CLI_FORM_TEXT },
		{ "first_seen", NULL, CLI_FORM_TEXT },
		{ "last_hello", NULL, CLI_FORM_TEXT },
		{ "configured", NULL, CLI_FORM_TEXT },
	};
	if (cli_args_has(&c->args, "lines")) {
		if (cli_writer_kind(c->writer) == CLI_WRITER_TEXT)
			return print_lines(c, e);
		return err_set(e, ERR_USAGE, "--lines goes with neither --json nor --csv");
	}
	return cli_rpc_list(c, "/v1/inventory", cols, sizeof cols / sizeof *cols,
			    "No PCs yet: they show up when they say hello.", e);
}
