/* inventory show, diff, list, software, vulnerable: what PCs told of their hardware and software, as the
 * service has it. Asks no PC; 'inventory read' does that. */
#include "base/clk.h"
#include "base/str.h"
#include "cli/commands.h"
#include "cli/rpc.h"
#include "engine/issues.h"
#include "engine/vulnerable.h"
#include <time.h>

#define COLS_MAX 40

static const char *member(const json_t *o, const char *key)
{
	const char *t = json_string_value(json_object_get(o, key));

	return t ? t : "";
}

/* ---- show ---- */

static bool has_col(const struct cli_col *cols, unsigned n, const char *key)
{
	while (n)
		if (str_eq(cols[--n].key, key))
			return true;
	return false;
}

/* The item in front, then every field that one of the parts has. */
static unsigned cols_of(const json_t *parts, const char *kind, struct cli_col cols[COLS_MAX])
{
	unsigned n = 0;
	const char *key;
	json_t *part, *v;
	size_t i;

	json_array_foreach(parts, i, part)
	{
		if (!str_eq(member(part, "kind"), kind))
			continue;
		if (!n && *member(part, "item"))
			cols[n++] = (struct cli_col){ "item", "item", CLI_FORM_TEXT };
		json_object_foreach(json_object_get(part, "fields"), key, v)
		{
			if (n < COLS_MAX && !has_col(cols, n, key))
				cols[n++] = (struct cli_col){ key, key,
							      json_is_number(v) ? CLI_FORM_NUMBER
										: CLI_FORM_TEXT };
		}
	}
	return n;
}

static void show_kind(struct cli *c, const json_t *parts, const char *kind)
{
	struct cli_col cols[COLS_MAX];
	unsigned n = cols_of(parts, kind, cols);
	json_t *part;
	size_t i;
	bool single = !has_col(cols, n, "item");

	cli_writer_say(c->writer, "\n%s:", kind);
	if (!single)
		cli_writer_list_begin(c->writer, cols, n);
	json_array_foreach(parts, i, part)
	{
		if (!str_eq(member(part, "kind"), kind))
			continue;
		json_t *row = json_copy(json_object_get(part, "fields"));
		(void)json_object_set(row, "item", json_object_get(part, "item"));
		if (single)
			cli_writer_record(c->writer, cols, n, row);
		else
			cli_writer_list_row(c->writer, row);
		json_decref(row);
	}
	if (!single)
		cli_writer_list_end(c->writer, NULL);
}

static void show_text(struct cli *c, const json_t *doc)
{
	static const char *const order[] = { "system", "board",   "bios",    "processor",
					     "memory", "media",   "network", "host_network",
					     "pci",    "battery", "fan",     "sensor",
					     "supply", "setup",   "software" };
	const json_t *parts = json_object_get(doc, "parts");
	json_t *v, *done = json_object();
	const char *name = member(doc, "fqdn");
	size_t i;

	cli_writer_say(c->writer, "%s, AMT %s, asked %s, last change %s",
		       *name ? name : member(doc, "uuid"), member(doc, "version"),
		       member(doc, "read"), member(doc, "changed"));
	if (*member(doc, "unread"))
		cli_writer_say(c->writer, "It refused to tell: %s", member(doc, "unread"));
	json_array_foreach(json_object_get(doc, "advisories"), i, v)
		cli_writer_say(c->writer, "Its firmware is vulnerable: %s", json_string_value(v));
	for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
		struct cli_col cols[COLS_MAX];
		if (cols_of(parts, order[k], cols))
			show_kind(c, parts, order[k]);
		(void)json_object_set_new(done, order[k], json_true());
	}
	json_array_foreach(parts, i, v)
	{
		const char *kind = member(v, "kind");
		if (!json_object_get(done, kind))
			show_kind(c, parts, kind);
		(void)json_object_set_new(done, kind, json_true());
	}
	json_decref(done);
}

/* One line a field. */
static void show_csv(struct cli *c, const json_t *doc)
{
	static const struct cli_col cols[] = { { "kind", NULL, CLI_FORM_TEXT },
					       { "item", NULL, CLI_FORM_TEXT },
					       { "field", NULL, CLI_FORM_TEXT },
					       { "value", NULL, CLI_FORM_TEXT } };
	const char *key;
	json_t *part, *v;
	size_t i;

	cli_writer_list_begin(c->writer, cols, sizeof cols / sizeof *cols);
	json_array_foreach(json_object_get(doc, "parts"), i, part)
	{
		json_object_foreach(json_object_get(part, "fields"), key, v)
		{
			json_t *row =
				json_pack("{s:s,s:s,s:s,s:O}", "kind", member(part, "kind"), "item",
					  member(part, "item"), "field", key, "value", v);
			cli_writer_list_row(c->writer, row);
			json_decref(row);
		}
	}
	cli_writer_list_end(c->writer, NULL);
}

bool cli_cmd_inventory_show(struct cli *c, struct err *e)
{
	json_t *doc = NULL;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%/assets", cli_operand(c, 0)),
			 &doc, e))
		return false;
	switch (cli_writer_kind(c->writer)) {
	case CLI_WRITER_TEXT:
		show_text(c, doc);
		break;
	case CLI_WRITER_JSON:
		cli_writer_json(c->writer, doc);
		break;
	case CLI_WRITER_CSV:
		show_csv(c, doc);
		break;
	}
	json_decref(doc);
	return true;
}

/* ---- diff ---- */

/* "30d", "12h", "2026-05-01", "2026-05-01T12:00" (UTC) */
static bool read_since(const char *text, int64_t *out_unix_ms, struct err *e)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = { { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 } };
	size_t n = strlen(text);
	struct tm tm = { .tm_mday = 1 };
	uint32_t v;

	for (size_t i = 0; n && i < 3; i++) {
		if (text[n - 1] != units[i].unit ||
		    !str_to_u32(span_make(text, n - 1), 0, 100000, &v, NULL))
			continue;
		*out_unix_ms = clk_unix_ms() - v * units[i].ms;
		return true;
	}
	const char *end = strptime(text, "%Y-%m-%dT%H:%M", &tm);
	if (!end)
		end = strptime(text, "%Y-%m-%d", &tm);
	if (end && !*end) {
		*out_unix_ms = (int64_t)timegm(&tm) * 1000;
		return true;
	}
	err_set(e, ERR_USAGE, "--since %.40s is no time", text);
	return err_want(e, "12h, 30d, 2026-05-01 or 2026-05-01T12:00");
}

bool cli_cmd_inventory_diff(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "at", "when", CLI_FORM_TIME },     { "change", "change", CLI_FORM_TEXT },
		{ "kind", "kind", CLI_FORM_TEXT },   { "item", "part", CLI_FORM_TEXT },
		{ "field", "field", CLI_FORM_TEXT }, { "from", "from", CLI_FORM_TEXT },
		{ "to", "to", CLI_FORM_TEXT },
	};
	const char *since = cli_args_value(&c->args, "since"), *text = NULL;
	int64_t ms = 0;

	if (since) {
		if (!read_since(since, &ms, e))
			return false;
		text = arena_fmt(&c->arena, "%lld", (long long)(ms > 0 ? ms : 0));
	}
	return cli_rpc_list(c,
			    cli_rpc_target(&c->arena, "/v1/devices/%/asset-changes?since=%",
					   cli_operand(c, 0), text),
			    cols, sizeof cols / sizeof *cols, "Nothing has changed.", e);
}

/* ---- lists ---- */

bool cli_cmd_inventory_list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "fqdn", "name", CLI_FORM_TEXT },
		{ "maker", "maker", CLI_FORM_TEXT },
		{ "model", "model", CLI_FORM_TEXT },
		{ "serial", "serial", CLI_FORM_TEXT },
		{ "cpu", "processor", CLI_FORM_TEXT },
		{ "memory_mb", "memory MB", CLI_FORM_NUMBER },
		{ "disk_gb", "disks GB", CLI_FORM_NUMBER },
		{ "bios", "BIOS", CLI_FORM_TEXT },
		{ "version", "AMT", CLI_FORM_TEXT },
		{ "read", "asked", CLI_FORM_TIME },
		{ "uuid", NULL, CLI_FORM_TEXT },
		{ "state", NULL, CLI_FORM_TEXT },
		{ "address", NULL, CLI_FORM_TEXT },
		{ "profile", NULL, CLI_FORM_TEXT },
		{ "health_rule", NULL, CLI_FORM_TEXT },
		{ "build", NULL, CLI_FORM_TEXT },
		{ "chassis", NULL, CLI_FORM_TEXT },
		{ "bios_date", NULL, CLI_FORM_TEXT },
		{ "cpus", NULL, CLI_FORM_NUMBER },
		{ "modules", NULL, CLI_FORM_NUMBER },
		{ "mode", NULL, CLI_FORM_TEXT },
		{ "dhcp_suffix", NULL, CLI_FORM_TEXT },
		{ "me_ip", NULL, CLI_FORM_TEXT },
		{ "os_ip", NULL, CLI_FORM_TEXT },
		{ "changed", NULL, CLI_FORM_TEXT },
		{ "unread", NULL, CLI_FORM_TEXT },
	};
	const char *where = cli_args_value(&c->args, "where");

	return cli_rpc_list(c, cli_rpc_target(&c->arena, "/v1/assets?where=%", where), cols,
			    sizeof cols / sizeof *cols,
			    where ? "No PC is like that; those that were never asked have no "
				    "hardware: 'outband inventory read'."
				  : "No PCs yet: they show up when they say hello.",
			    e);
}

static const struct cli_col software_cols[] = {
	{ "fqdn", "name", CLI_FORM_TEXT },
	{ "item", "item", CLI_FORM_TEXT },
	{ "fields.version", "version", CLI_FORM_TEXT },
	{ "since", "since", CLI_FORM_TIME },
	{ "uuid", NULL, CLI_FORM_TEXT },
};
static const struct cli_col part_cols[] = {
	{ "fqdn", "name", CLI_FORM_TEXT },
	{ "item", "item", CLI_FORM_TEXT },
	{ "fields.manufacturer", "manufacturer", CLI_FORM_TEXT },
	{ "fields.model", "model", CLI_FORM_TEXT },
	{ "fields.part", "part", CLI_FORM_TEXT },
	{ "fields.serial", "serial", CLI_FORM_TEXT },
	{ "fields.size_mb", "MB", CLI_FORM_NUMBER },
	{ "fields.version", "version", CLI_FORM_TEXT },
	{ "since", "since", CLI_FORM_TIME },
	{ "uuid", NULL, CLI_FORM_TEXT },
};

/* What the parts are told apart by when they are counted. */
static const char *count_key(struct cli *c, const json_t *row)
{
	static const char *const keys[] = { "version", "model", "part", "size_mb", "type" };
	const json_t *fields = json_object_get(row, "fields");
	const char *item = member(row, "item");

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const json_t *v = json_object_get(fields, keys[i]);
		if (json_is_integer(v))
			return arena_fmt(&c->arena, "%lld MB", (long long)json_integer_value(v));
		if (json_is_string(v))
			return i ? json_string_value(v)
				 : arena_fmt(&c->arena, "%s %s", item, json_string_value(v));
	}
	return item;
}

static bool count_parts(struct cli *c, const char *kind, struct err *e)
{
	static const struct cli_col cols[] = { { "what", "what", CLI_FORM_TEXT },
					       { "count", "count", CLI_FORM_NUMBER } };
	json_t *sums = json_object(), *row;
	const char *after = NULL;
	bool ok = true;
	size_t i;

	do {
		json_t *doc = NULL;
		ok = cli_rpc_get(c,
				 cli_rpc_target(&c->arena, "/v1/asset-parts?kind=%&limit=%&after=%",
						kind, "1000", after),
				 &doc, e);
		json_array_foreach(json_object_get(doc, "items"), i, row)
		{
			const char *key = count_key(c, row);
			json_int_t n = json_integer_value(json_object_get(sums, key));
			(void)json_object_set_new(sums, key, json_integer(n + 1));
		}
		const char *next = json_string_value(json_object_get(doc, "next"));
		after = next ? arena_str(&c->arena, span_str(next)) : NULL;
		json_decref(doc);
	} while (ok && after);
	const char *key;
	if (ok)
		cli_writer_list_begin(c->writer, cols, 2);
	json_object_foreach(sums, key, row)
	{
		json_t *line = json_pack("{s:s,s:O}", "what", key, "count", row);
		if (ok)
			cli_writer_list_row(c->writer, line);
		json_decref(line);
	}
	if (ok)
		cli_writer_list_end(c->writer, "No PC was asked yet: 'outband inventory read'.");
	json_decref(sums);
	return ok;
}

bool cli_cmd_inventory_software(struct cli *c, struct err *e)
{
	const char *kind = cli_args_value(&c->args, "kind");
	bool software = !kind || str_eq(kind, "software");
	const char *target =
		cli_rpc_target(&c->arena, "/v1/asset-parts?kind=%", kind ? kind : "software");

	if (cli_args_has(&c->args, "count"))
		return count_parts(c, kind, e);
	return cli_rpc_list(c, target, software ? software_cols : part_cols,
			    software ? sizeof software_cols / sizeof *software_cols
				     : sizeof part_cols / sizeof *part_cols,
			    "No PC was asked yet: 'outband inventory read'.", e);
}

/* ---- advisories ---- */

/* Of a version, without the service. */
static bool judge(struct cli *c, const char *version, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "advisory", "advisory", CLI_FORM_TEXT },
		{ "severity", "severity", CLI_FORM_TEXT },
		{ "vulnerable", "vulnerable", CLI_FORM_TEXT },
		{ "cves", "CVE", CLI_FORM_TEXT },
		{ "source", "source", CLI_FORM_TEXT },
		{ "text", "what", CLI_FORM_TEXT },
	};
	static const char *const is_text[] = { "no", "yes", "build not known" };
	const struct engine_advisory *a;

	if (!engine_issues_is_version(version)) {
		err_set(e, ERR_USAGE, "--firmware %.40s is no version", version);
		return err_want(e, "numbers with dots, such as 11.8.50.3425");
	}
	cli_writer_list_begin(c->writer, cols, sizeof cols / sizeof *cols);
	for (unsigned i = 0; (a = engine_vulnerable_at(i)); i++) {
		enum engine_vulnerable is = engine_vulnerable_is(a, version, "");
		char source[2] = { "CDPG"[a->src], '\0' };
		if (is == ENGINE_VULNERABLE_NO)
			continue;
		json_t *row = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "advisory", a->id, "severity",
					a->severity, "vulnerable", is_text[is], "cves", a->cves,
					"source", source, "text", a->text);
		cli_writer_list_row(c->writer, row);
		json_decref(row);
	}
	cli_writer_list_end(c->writer, "No advisory of the table is about this version.");
	return true;
}

bool cli_cmd_inventory_vulnerable(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "fqdn", "name", CLI_FORM_TEXT },
		{ "version", "AMT", CLI_FORM_TEXT },
		{ "build", "build", CLI_FORM_TEXT },
		{ "vulnerable", "vulnerable", CLI_FORM_TEXT },
		{ "advisory", "advisory", CLI_FORM_TEXT },
		{ "severity", "severity", CLI_FORM_TEXT },
		{ "cves", "CVE", CLI_FORM_TEXT },
		{ "text", "what", CLI_FORM_TEXT },
		{ "uuid", NULL, CLI_FORM_TEXT },
	};
	const char *version = cli_args_value(&c->args, "firmware");

	if (version)
		return judge(c, version, e);
	return cli_rpc_list(c, "/v1/vulnerable", cols, sizeof cols / sizeof *cols,
			    "No PC has firmware that an advisory of the table is about.", e);
}
