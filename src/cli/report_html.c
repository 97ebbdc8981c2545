/* The report as one HTML file: bars as SVG, tables, no scripts, nothing from outside. Everything that
 * PCs told is escaped. Called by cmd_report.c. */
#include "base/str.h"
#include "cli/report.h"

#define WIDTH     760
#define LABEL     300
#define ROW       24
#define BAR_MAX   (WIDTH - LABEL - 70)
#define LABEL_MAX 42
#define BARS      15

void cli_report_escape(struct out *o, const char *text)
{
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if (c == '<')
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

static void put_bar(struct out *o, unsigned i, const char *label, long long n, long long most)
{
	unsigned y = i * ROW;
	long long w = most ? n * BAR_MAX / most : 0;

	out_fmt(o, "<text class=\"l\" x=\"%d\" y=\"%u\">", LABEL - 10, y + 17);
	put_label(o, label);
	out_fmt(o,
		"</text><rect class=\"b\" x=\"%d\" y=\"%u\" width=\"%lld\" height=\"%d\" rx=\"2\"/>"
		"<text class=\"n\" x=\"%lld\" y=\"%u\">%lld</text>",
		LABEL, y + 4, w > 2 ? w : 2, ROW - 8, LABEL + (w > 2 ? w : 2) + 8, y + 17, n);
	out_str(o, "\n");
}

void cli_report_bars(struct out *o, const json_t *rows, const char *label, unsigned max)
{
	size_t total = json_array_size(rows), shown = total > max ? max - 1 : total, i;
	long long most = 0, rest = 0;
	const json_t *row;
	char others[64];
	struct out t;

	json_array_foreach(rows, i, row)
	{
		rest += i >= shown ? count_of(row) : 0;
		most = count_of(row) > most ? count_of(row) : most;
	}
	most = rest > most ? rest : most;
	out_fmt(o,
		"<svg role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %zu\" width=\"%d\" aria-label=\"",
		WIDTH, (shown + (total > shown)) * ROW, WIDTH);
	cli_report_escape(o, label);
	out_str(o, "\">\n");
	json_array_foreach(rows, i, row)
	{
		if (i < shown)
			put_bar(o, (unsigned)i, text_of(row, "what"), count_of(row), most);
	}
	if (total > shown) {
		out_init(&t, others, sizeof others);
		out_fmt(&t, "%zu others", total - shown);
		put_bar(o, (unsigned)shown, others, rest, most);
	}
	out_str(o, "</svg>\n");
}

static void put_section(struct out *o, const json_t *s)
{
	const json_t *rows = json_object_get(s, "rows");

	out_fmt(o, "<section id=\"%s\"><h2>", text_of(s, "name"));
	cli_report_escape(o, text_of(s, "title"));
	out_str(o, "</h2><p>");
	cli_report_escape(o, text_of(s, "text"));
	out_str(o, "</p>\n");
	if (json_array_size(rows))
		cli_report_bars(o, rows, text_of(s, "title"), BARS);
	else
		out_str(o, "<p class=\"none\">None.</p>\n");
}

static void put_list(struct out *o, const json_t *list, const char *head)
{
	const json_t *row;
	size_t i;

	if (!json_array_size(list))
		return;
	out_str(o, "<details><summary>");
	cli_report_escape(o, head);
	out_fmt(o, " (%zu%s)", json_array_size(list),
		json_array_size(list) >= CLI_REPORT_LISTED ? ", the first ones" : "");
	out_str(o, "</summary><table><tr><th>PC</th><th>UUID</th><th>addresses</th></tr>\n");
	json_array_foreach(list, i, row)
	{
		out_str(o, "<tr><td>");
		cli_report_escape(o, text_of(row, "fqdn"));
		out_str(o, "</td><td>");
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
	"body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:820px;padding:0 1rem;"
	"color:#1d2733;background:#fff}h1{margin:0}h2{margin:0 0 .2rem;font-size:1.15rem}"
	"summary{margin:.6rem 0;cursor:pointer}"
	"section{border-top:1px solid #d5dce4;padding:1rem 0;break-inside:avoid}"
	"p{margin:.1rem 0 .6rem;color:#55626f}.top{display:flex;gap:2rem;margin:1rem 0}"
	".top b{display:block;font-size:1.7rem}svg{max-width:100%;height:auto}"
	"svg text{font:13px system-ui,sans-serif;fill:#1d2733}.l{text-anchor:end}.b{fill:#2f6fab}"
	"#advisory .b,#rule .b{fill:#b8552f}table{border-collapse:collapse;font-size:13px}"
	"td,th{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #e6ebf0}"
	"@media(prefers-color-scheme:dark){body{color:#dbe3ea;background:#14191f}p{color:#9fb0bf}"
	"svg text{fill:#dbe3ea}.b{fill:#5b9bd5}section{border-color:#2b3640}td,th{border-color:#2b3640}}";

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
	out_str(o, "</div>\n");
	json_array_foreach(json_object_get(report, "sections"), i, s)
	{
		put_section(o, s);
		if (str_eq(text_of(s, "name"), "address")) {
			put_list(o, json_object_get(report, "differ"),
				 "AMT and system have different addresses");
			put_list(o, json_object_get(report, "shared"),
				 "An address that two PCs have");
		}
		out_str(o, "</section>\n");
	}
	out_str(o, "</body></html>\n");
}
