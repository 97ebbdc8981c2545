/* The report as one HTML file: charts are tables with bars in SVG, no scripts, nothing from outside. Everything that
 * PCs told is escaped. Called by cmd_report.c. */
#include "base/str.h"
#include "cli/report.h"

#define LABEL_MAX 160 /* characters */
#define BARS      15
#define ROWS_MAX  500 /* of the table behind a chart */

/* Turns the direction of what follows: U+202A to 202E, U+2066 to 2069. */
static bool is_turn(const char *p)
{
	return (strncmp(p, "\xe2\x80", 2) == 0 && (unsigned char)p[2] >= 0xaa &&
		(unsigned char)p[2] <= 0xae) ||
		(strncmp(p, "\xe2\x81", 2) == 0 && (unsigned char)p[2] >= 0xa6 &&
		 (unsigned char)p[2] <= 0xa9);
}

void cli_report_escape(struct out *o, const char *text)
{
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if (is_turn(p))
			p += 2;
		else if (c == '<')
			out_str(o, "&lt;");
		else if (c == '>')
			out_str(o, "&gt;");
		else if (c == '&')
			out_str(o, "&amp;");
		else if (c == '"')
			out_str(o, "&quot;");
		else if (c == '\'')
			out_str(o, "&#39;");
		else if (c < 0x20 || c == 0x7f)
			out_u8(o, ' ');
		else
			out_u8(o, c);
	}
}

static const char *text_of(const json_t *row, const char *key)
{
	const char *t = json_string_value(json_object_get(row, key));

	return t ? t : "";
}

static long long count_of(const json_t *row)
{
	return (long long)json_integer_value(json_object_get(row, "count"));
}

/* Ends at a whole character of UTF-8. */
static void put_label(struct out *o, const char *text)
{
	char cut[LABEL_MAX * 4 + 8];
	size_t n = 0, chars = 0;

	while (text[n] && n < sizeof cut - 8 && chars < LABEL_MAX) {
		n++;
		while (((unsigned char)text[n] & 0xc0) == 0x80)
			n++;
		chars++;
	}
	if (n > sizeof cut - 8)
		n = 0;
	memcpy(cut, text, n);
	(void)str_copy(cut + n, sizeof cut - n, span_str(text[n] ? "\xe2\x80\xa6" : ""));
	cli_report_escape(o, cut);
}

static void put_share(struct out *o, long long n, long long of)
{
	long long tenths = of > 0 ? n * 1000 / of : 0;

	if (of <= 0)
		return;
	if (n && tenths < 10)
		out_str(o, "&lt;&#8239;1&#8239;%");
	else
		out_fmt(o, "%lld&#8239;%%", (tenths + 5) / 10);
}

struct chart {
	long long most, of; /* a full bar; all that the rows are parts of */
	const char *unit;
};

/* kind: class of the bar. */
static void put_bar(struct out *o, const struct chart *c, const char *label, const char *note,
		    const char *kind, long long n)
{
	long long w = c->most ? (n > c->most ? c->most : n) * 1000 / c->most : 0;

	out_str(o, "<tr><th scope=\"row\"><bdi>");
	put_label(o, *label ? label : "not told");
	out_str(o, "</bdi>");
	if (*note) {
		out_str(o, "<small>");
		put_label(o, note);
		out_str(o, "</small>");
	}
	out_fmt(o,
		"</th><td class=\"t\"><svg viewBox=\"0 0 1000 16\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\"><rect class=\"b %s\" width=\"%lld\" height=\"16\"/></svg></td>"
		"<td class=\"n\">%lld</td><td class=\"n s\">",
		kind, w > 6 ? w : 6, n);
	put_share(o, n, c->of);
	out_str(o, "</td></tr>\n");
}

/* Without the joined rest the longest bar is the largest count: a long tail does not dwarf what has names. */
static void put_bars(struct out *o, const json_t *rows, struct chart *c)
{
	size_t total = json_array_size(rows), shown = total > BARS ? BARS - 1 : total, i;
	long long rest = 0;
	const json_t *row;
	char others[64];
	struct out t;

	json_array_foreach(rows, i, row)
	{
		rest += i >= shown ? count_of(row) : 0;
		c->most = i < shown && count_of(row) > c->most ? count_of(row) : c->most;
	}
	out_fmt(o,
		"<table class=\"c\"><thead><tr><th></th><td></td><td class=\"n\">%s</td>"
		"<td class=\"n s\">share</td></tr></thead><tbody>\n",
		c->unit);
	json_array_foreach(rows, i, row)
	{
		if (i < shown)
			put_bar(o, c, text_of(row, "what"), text_of(row, "note"),
				text_of(row, "weight"), count_of(row));
	}
	if (total > shown) {
		out_init(&t, others, sizeof others);
		out_fmt(&t, "%zu others together", total - shown);
		put_bar(o, c, others, "", "o", rest);
	}
	out_str(o, "</tbody></table>\n");
}

/* What a chart joins, in full. */
static void put_rest(struct out *o, const json_t *rows, const char *unit)
{
	size_t total = json_array_size(rows), i;
	const json_t *row;

	if (total <= BARS)
		return;
	out_fmt(o, "<details><summary>All %zu%s</summary><table><tr><th></th><th>%s</th></tr>\n",
		total, total > ROWS_MAX ? ", the first 500" : "", unit);
	json_array_foreach(rows, i, row)
	{
		if (i >= ROWS_MAX)
			break;
		out_str(o, "<tr><td><bdi>");
		put_label(o, text_of(row, "what"));
		out_fmt(o, "</bdi></td><td class=\"n\">%lld</td></tr>\n", count_of(row));
	}
	out_str(o, "</table></details>\n");
}

static bool weighs(const json_t *rows, const char *weight)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (str_eq(text_of(row, "weight"), weight))
			return true;
	}
	return false;
}

/* What colours stand for, where there is more than one. */
static void put_legend(struct out *o, const json_t *rows)
{
	static const char *const kinds[][2] = { { "bad", "act on it" },
						{ "poor", "look at it" },
						{ "", "nothing to do" } };
	unsigned n = 0;

	if (!weighs(rows, "bad") && !weighs(rows, "poor"))
		return;
	for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!weighs(rows, kinds[i][0]))
			continue;
		out_str(o, n++ ? " " : "<p class=\"k\">");
		out_fmt(o, "<span><i class=\"%s\"></i>%s</span>", kinds[i][0], kinds[i][1]);
	}
	out_str(o, "</p>\n");
}

static void put_section(struct out *o, const json_t *s)
{
	const json_t *rows = json_object_get(s, "rows");
	struct chart c = { .of = (long long)json_integer_value(json_object_get(s, "of")),
			   .unit = text_of(s, "unit") };

	out_fmt(o, "<section id=\"%s\"><h2>", text_of(s, "name"));
	cli_report_escape(o, text_of(s, "title"));
	out_str(o, "</h2><p>");
	cli_report_escape(o, text_of(s, "text"));
	if (json_is_true(json_object_get(s, "asked")))
		out_fmt(o, " Of the %lld PCs that were asked for their hardware.", c.of);
	out_str(o, "</p>\n");
	put_legend(o, rows);
	put_bars(o, rows, &c);
	put_rest(o, rows, c.unit);
}

/* total: of them, of which the list has the first ones. */
static void put_list(struct out *o, const json_t *list, const json_t *total, const char *head)
{
	long long n = (long long)json_integer_value(total);
	const json_t *row;
	size_t i;

	if (!json_array_size(list))
		return;
	out_str(o, "<details><summary>");
	cli_report_escape(o, head);
	out_fmt(o, " (%lld)</summary>", n);
	if (n > (long long)json_array_size(list))
		out_fmt(o,
			"<p>The first %zu; 'outband inventory export --csv' has all of them.</p>",
			json_array_size(list));
	out_str(o, "<table><tr><th>PC</th><th>UUID</th><th>addresses</th></tr>\n");
	json_array_foreach(list, i, row)
	{
		out_str(o, "<tr><td><bdi>");
		cli_report_escape(o, text_of(row, "fqdn"));
		out_str(o, "</bdi></td><td>");
		cli_report_escape(o, text_of(row, "uuid"));
		out_str(o, "</td><td>");
		cli_report_escape(o, text_of(row, "what"));
		out_str(o, "</td></tr>\n");
	}
	out_str(o, "</table></details>\n");
}

static void put_figure(struct out *o, const json_t *report, const char *key, const char *text)
{
	out_fmt(o, "<div><b>%lld</b>%s</div>",
		(long long)json_integer_value(json_object_get(report, key)), text);
}

static const char style[] =
	":root{color-scheme:light dark;--t:#1d2733;--p:#55626f;--l:#d5dce4;--g:#fff;--b:#2f6fab;--o:#9aa7b4;"
	"--bad:#b23b2e;--poor:#d09a1e;--e:#eef2f6}"
	"@media(prefers-color-scheme:dark){:root{--t:#dbe3ea;--p:#9fb0bf;--l:#2b3640;--g:#14191f;--b:#5b9bd5;"
	"--o:#65727e;--bad:#e0705f;--poor:#e0b04a;--e:#202932}}"
	"body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:860px;padding:0 1rem;"
	"color:var(--t);background:var(--g)}h1{margin:0}h2{margin:0 0 .2rem;font-size:1.15rem}"
	"summary{margin:.6rem 0;cursor:pointer}"
	"section{border-top:1px solid var(--l);padding:1rem 0;break-inside:avoid}"
	"p{margin:.1rem 0 .6rem;color:var(--p)}.top{display:flex;flex-wrap:wrap;gap:1rem 2rem;margin:1rem 0}"
	".top b{display:block;font-size:1.7rem;line-height:1.2}"
	"table{border-collapse:collapse;font-size:13px}td,th{text-align:left;font-weight:400;"
	"padding:.2rem .8rem .2rem 0;border-bottom:1px solid var(--l)}tr:first-child>th{font-weight:600}"
	"details{overflow-x:auto}.c{width:100%}.c td,.c th{border:0;padding:.15rem 0;vertical-align:middle}"
	".c th,.c tr:first-child>th{width:38%;padding-right:.8rem;overflow-wrap:anywhere;font-weight:400}"
	".c thead td{color:var(--p)}small{display:block;color:var(--p);line-height:1.25}"
	".t svg{display:block;width:100%;height:1rem;background:var(--e);border-radius:2px}"
	".b{fill:var(--b)}.b.o{fill:var(--o)}.b.bad{fill:var(--bad)}.b.poor{fill:var(--poor)}"
	".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.c .n{width:6rem}"
	".c .n.s{width:3.6rem;color:var(--p)}.k i{display:inline-block;width:.8em;height:.8em;"
	"margin:0 .35em 0 0;background:var(--b)}.k span{margin-right:1em}"
	".k i.bad{background:var(--bad)}.k i.poor{background:var(--poor)}"
	"svg,.k i{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
	"@media(max-width:640px){.c thead{display:none}.c tr{display:grid;grid-template-columns:1fr 4.5rem 3.2rem;"
	"align-items:center;margin-bottom:.35rem}.c th,.c tr:first-child>th{grid-column:1/4;width:auto;padding:0}"
	".c .n,.c .n.s{width:auto}}";

/* Sections that have nothing to show are named at the end. */
static void put_empty(struct out *o, const json_t *report)
{
	const json_t *s;
	size_t i;
	unsigned n = 0;

	json_array_foreach(json_object_get(report, "sections"), i, s)
	{
		if (json_array_size(json_object_get(s, "rows")))
			continue;
		out_str(o, n++ ? ", " : "<section><h2>Nothing to show</h2><p>");
		cli_report_escape(o, text_of(s, "title"));
	}
	if (n)
		out_str(o, ".</p></section>\n");
}

static void put_hints(struct out *o, const json_t *report)
{
	long long pcs = (long long)json_integer_value(json_object_get(report, "pcs")),
		  asked = (long long)json_integer_value(json_object_get(report, "asked"));

	if (!pcs)
		out_str(o,
			"<p>The service knows no PC yet: they show up when they say hello, or by "
			"'outband device adopt'; 'outband discover start RANGE' looks for them.</p>\n");
	else if (asked < pcs)
		out_fmt(o,
			"<p>%lld of them were never asked for hardware, addresses and DNS suffix: "
			"'outband inventory read' does that.</p>\n",
			pcs - asked);
}

void cli_report_html(struct out *o, const json_t *report, const char *made_at)
{
	const json_t *s;
	size_t i;

	out_str(o,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width\">"
		"<title>Environment report</title><style>");
	out_str(o, style);
	out_str(o, "</style></head><body>\n<h1>Environment report</h1><p>Made by outband, ");
	cli_report_escape(o, made_at);
	out_str(o, "</p>\n<div class=\"top\">");
	put_figure(o, report, "pcs", "PCs known");
	put_figure(o, report, "asked", "asked for their hardware");
	put_figure(o, report, "vulnerable", "with vulnerable firmware");
	put_figure(o, report, "differ_count", "with two addresses");
	out_str(o, "</div>\n");
	put_hints(o, report);
	json_array_foreach(json_object_get(report, "sections"), i, s)
	{
		if (!json_array_size(json_object_get(s, "rows")))
			continue;
		put_section(o, s);
		if (str_eq(text_of(s, "name"), "address")) {
			put_list(o, json_object_get(report, "differ"),
				 json_object_get(report, "differ_count"),
				 "AMT and system have different addresses");
			put_list(o, json_object_get(report, "shared"),
				 json_object_get(report, "shared_count"),
				 "An address that two PCs have");
		}
		out_str(o, "</section>\n");
	}
	put_empty(o, report);
	out_str(o, "</body></html>\n");
}
