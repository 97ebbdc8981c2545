/* docs/profile.md and man/outband-profile.5, made from the rows of the keys of a profile; a test holds
 * the files against these functions. Called by `profile schema --markdown` and `--man`. */
#include "cli/profile_doc.h"

#include "base/str.h"
#include "engine/part.h"

static const char intro[] =
	"A profile says what a configured PC shall look like. Only what it names is touched: a key that is "
	"left out, or has the value leave, stays on the PC as it is. What a PC cannot have is reported, and is "
	"an error only when its part stands under required. Passwords are never written into a profile: "
	"random makes another one for each PC, {secret: NAME} takes a stored one.";

static const char letters[] =
	"The last letter says where a row comes from: C captured from a PC, D documented, P read in other "
	"programs, G guessed. \"6.0\" is the first release that has it, \"3.2-17\" the first and the last; the "
	"PC itself is asked in any case.";

void cli_profile_values(const struct engine_key *row, struct out *o)
{
	static const char *const texts[KEY_KIND_COUNT] = {
		[KEY_GROUP] = "group",
		[KEY_LIST] = "list of groups",
		[KEY_TEXTS] = "list of texts",
		[KEY_WORDS] = "list of: ",
		[KEY_SWITCH] = "on, off",
		[KEY_WORD] = "",
		[KEY_NUMBER] = "number ",
		[KEY_TEXT] = "text of ",
		[KEY_IPV4] = "IPv4 address",
		[KEY_SECRET] = "random, {secret: NAME}",
		[KEY_CERT] = "name of a stored certificate, ca",
	};
	if (row->kind == KEY_SECRET && row->flags & KEY_NO_RANDOM) {
		out_str(o, "{secret: NAME}");
		return;
	}
	out_str(o, texts[row->kind]);
	if (row->kind == KEY_WORD || row->kind == KEY_WORDS) {
		for (const char *p = row->allowed; *p; p++)
			out_str(o, *p == ' ' ? ", " : (char[]){ *p, '\0' });
	} else if (row->kind == KEY_NUMBER || row->kind == KEY_TEXT) {
		out_str(o, row->allowed && *row->allowed ? row->allowed : "1..255");
	}
	if (row->kind == KEY_TEXT)
		out_str(o, " characters");
}

static char letter(enum source s)
{
	return s == SRC_C ? 'C' : s == SRC_D ? 'D' : s == SRC_P ? 'P' : 'G';
}

/* What is special about a key, behind its help. */
static void remarks(const struct engine_key *k, struct out *o)
{
	if (k->flags & KEY_ID)
		out_str(o, " Names the entry.");
	else if (k->flags & KEY_NEEDED)
		out_str(o, " Must be given.");
	if (k->flags & KEY_STAGED)
		out_str(o, " Acts at the commit.");
	if (k->flags & KEY_CUTS_OFF)
		out_str(o, " A wrong value can make the PC unreachable.");
}

/* ---- examples: a part with every key ---- */

static void example_of(struct out *o, const struct engine_key *rows, const struct engine_key *of,
		       int indent, bool in_item)
{
	const struct engine_key *k;
	for (unsigned i = 0; (k = engine_key_child_at(rows, of, i)); i++) {
		if (!in_item || i)
			out_fmt(o, "%*s", indent, "");
		out_fmt(o, "%s:", engine_key_name(k));
		if (k->kind == KEY_GROUP) {
			out_str(o, "\n");
			example_of(o, rows, k, indent + 2, false);
		} else if (k->kind == KEY_LIST) {
			out_fmt(o, "\n%*s- ", indent + 2, "");
			example_of(o, rows, k, indent + 4, true);
		} else {
			out_fmt(o, " %s\n", k->example);
		}
	}
}

static void example(struct out *o, const struct engine_part *part)
{
	const struct engine_key *top = part->keys;
	if (part->example) {
		out_str(o, part->example);
		return;
	}
	out_fmt(o, "%s:", part->name);
	if (top->kind == KEY_GROUP) {
		out_str(o, "\n");
		example_of(o, top, top, 2, false);
	} else if (top->kind == KEY_LIST) {
		out_str(o, "\n  - ");
		example_of(o, top, top, 4, true);
	} else {
		out_fmt(o, " %s\n", top->example);
	}
}

/* ---- the page ---- */

static void cell(struct out *o, const char *text)
{
	for (const char *p = text ? text : ""; *p; p++)
		out_str(o, *p == '|' ? "\\|" : *p == '<' ? "&lt;" : (char[]){ *p, '\0' });
}

static void md_row(struct out *o, const char *prefix, const struct engine_key *k)
{
	out_fmt(o, "| `%s%s%s` | ", prefix, *prefix && *k->path ? "." : "", k->path);
	cli_profile_values(k, o);
	if (k->example)
		out_fmt(o, " | `%s` | ", k->example);
	else
		out_str(o, " | | ");
	cell(o, k->help);
	remarks(k, o);
	out_str(o, " | ");
	if (k->sets && *k->sets)
		out_fmt(o, "%s | ", k->sets);
	else
		out_str(o, "| ");
	if (k->since && *k->since)
		out_fmt(o, "%s | %c |\n", k->since, letter(k->source));
	else
		out_fmt(o, "all | %c |\n", letter(k->source));
}

static void md_rows(struct out *o, const char *prefix, const struct engine_key *rows)
{
	out_str(o,
		"| key | value | example | what it does | what it sets | releases | source |\n"
		"|---|---|---|---|---|---|---|\n");
	for (const struct engine_key *k = rows; k->path; k++)
		if (*k->path || (k->kind != KEY_GROUP && k->kind != KEY_LIST))
			md_row(o, prefix, k);
}

void cli_profile_markdown(struct out *o)
{
	const struct engine_part *part;
	out_str(o, "<!-- generated: outband profile schema --markdown -->\n# The profile\n\n");
	out_fmt(o, "%s\n\n%s\n\n", intro, letters);
	out_str(o,
		"`outband profile check FILE` checks a file, `outband profile show NAME --effective` shows "
		"every key of a stored\none, `outband profile schema` is a JSON Schema for editors. A whole "
		"profile is in [docs/examples](examples/profile.yaml).\n\n## Basics\n\n");
	md_rows(o, "", engine_profile_keys);
	for (unsigned i = 0; (part = engine_parts_at(i)); i++) {
		out_fmt(o, "\n## %s: %s\n\n", part->name, part->title);
		cell(o, part->keys->help);
		out_str(o, "\n\n```yaml\n");
		example(o, part);
		out_str(o, "```\n\n");
		md_rows(o, part->name, part->keys);
	}
}

/* ---- the man page ---- */

static void man_text(struct out *o, const char *text)
{
	for (const char *p = text ? text : ""; *p; p++)
		out_str(o,
			*p == '-'            ? "\\-"
				: *p == '\\' ? "\\e"
				: *p == '\'' ? "\\(aq"
					     : (char[]){ *p, '\0' });
}

static void man_rows(struct out *o, const char *prefix, const struct engine_key *rows)
{
	for (const struct engine_key *k = rows; k->path; k++) {
		if (!*k->path && (k->kind == KEY_GROUP || k->kind == KEY_LIST))
			continue;
		char values[512];
		struct out v;
		out_init(&v, values, sizeof values);
		cli_profile_values(k, &v);
		out_fmt(o, ".TP\n\\fB%s%s%s\\fR (", prefix, *prefix && *k->path ? "." : "",
			k->path);
		man_text(o, values);
		out_str(o, ")\n");
		man_text(o, k->help);
		remarks(k, o);
		if (k->example) {
			out_str(o, " Example: ");
			man_text(o, k->example);
			out_str(o, ".");
		}
		if (k->sets && *k->sets) {
			out_str(o, " Sets ");
			man_text(o, k->sets);
			out_str(o, ".");
		}
		out_str(o, " Releases: ");
		man_text(o, k->since && *k->since ? k->since : "all");
		out_fmt(o, ". [%c]\n", letter(k->source));
	}
}

void cli_profile_man(struct out *o)
{
	const struct engine_part *part;
	out_str(o,
		".\\\" generated: outband profile schema --man\n"
		".TH OUTBAND\\-PROFILE 5 \"\" \"outband\" \"File formats\"\n"
		".SH NAME\noutband\\-profile \\- what a configured PC shall look like\n"
		".SH DESCRIPTION\nA profile is a YAML file.\n");
	man_text(o, intro);
	out_str(o, "\n.PP\n");
	man_text(o, letters);
	out_str(o, "\n.SH BASICS\n");
	man_rows(o, "", engine_profile_keys);
	out_str(o, ".SH PARTS\n");
	for (unsigned i = 0; (part = engine_parts_at(i)); i++) {
		out_fmt(o, ".SS %s\n", part->name);
		man_text(o, part->keys->help);
		out_str(o, "\n.PP\n.nf\n");
		char text[8192];
		struct out ex;
		out_init(&ex, text, sizeof text);
		example(&ex, part);
		man_text(o, text);
		out_str(o, ".fi\n");
		man_rows(o, part->name, part->keys);
	}
	out_str(o, ".SH SEE ALSO\n.BR outband (1)\n");
}
