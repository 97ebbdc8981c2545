/* XML writing: escaping for messages, and the tree as text or JSON for people (`decode wsman`).
 * It never prints the text of an element whose name says that it is a secret. */
#include "base/str.h"
#include "wsman/xml.h"
#include <ctype.h>

#define MASK "********"

void wsman_xml_escape(struct out *o, struct span text)
{
	size_t from = 0;
	for (size_t i = 0; i < text.n; i++) {
		const char *as;
		switch (text.p[i]) {
		case '&':
			as = "&amp;";
			break;
		case '<':
			as = "&lt;";
			break;
		case '>':
			as = "&gt;";
			break;
		case '"':
			as = "&quot;";
			break;
		case '\r':
			as = "&#13;";
			break;
		default:
			if (text.p[i] >= 0x20 || text.p[i] == '\t' || text.p[i] == '\n')
				continue;
			as = ""; /* cannot be written in XML at all */
			break;
		}
		out_bytes(o, span_make(text.p + from, i - from));
		out_str(o, as);
		from = i + 1;
	}
	if (text.n > from)
		out_bytes(o, span_make(text.p + from, text.n - from));
}

static bool contains_nocase(const char *text, const char *word)
{
	size_t n = strlen(word);
	for (; *text; text++) {
		size_t i = 0;
		while (i < n && text[i] && tolower((unsigned char)text[i]) == word[i])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

bool wsman_xml_is_secret(const char *name)
{
	static const char *const open[] = { "PasswordModel", "UserPasswordBypass", "DERKey" };
	static const char *const words[] = { "password", "passphrase", "secret", "keyblob" };
	static const char *const ends[] = { "pps", "psk", "pskvalue", "otp", "key", "optincode" };
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		if (strcmp(name, open[i]) == 0)
			return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (contains_nocase(name, words[i]))
			return true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_ends_nocase(name, ends[i]))
			return true;
	return false;
}

static struct span shown_text(const struct wsman_xml *x)
{
	return span_str(*x->text && wsman_xml_is_secret(x->name) ? MASK : x->text);
}

static void print_at(struct out *o, const struct wsman_xml *x, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		out_str(o, "  ");
	out_safe(o, span_str(x->name));
	for (const struct wsman_xml_attr *at = x->attrs; at; at = at->next) {
		out_str(o, " [");
		out_safe(o, span_str(at->name));
		out_str(o, "=");
		out_safe(o, span_str(wsman_xml_is_secret(at->name) ? MASK : at->value));
		out_str(o, "]");
	}
	if (*x->text) {
		out_str(o, " = ");
		out_safe(o, shown_text(x));
	}
	out_str(o, "\n");
	for (const struct wsman_xml *c = x->first; c; c = c->next)
		print_at(o, c, depth + 1);
}

void wsman_xml_print(struct out *o, const struct wsman_xml *x)
{
	print_at(o, x, 0);
}

void wsman_xml_print_json(struct out *o, const struct wsman_xml *x)
{
	out_str(o, "{\"name\":");
	out_json_str(o, span_str(x->name));
	out_str(o, ",\"ns\":");
	out_json_str(o, span_str(x->ns));
	if (x->attrs) {
		out_str(o, ",\"attributes\":[");
		for (const struct wsman_xml_attr *at = x->attrs; at; at = at->next) {
			out_str(o, "{\"name\":");
			out_json_str(o, span_str(at->name));
			out_str(o, ",\"value\":");
			out_json_str(o, span_str(wsman_xml_is_secret(at->name) ? MASK : at->value));
			out_str(o, at->next ? "}," : "}");
		}
		out_str(o, "]");
	}
	if (*x->text || !x->first) {
		out_str(o, ",\"text\":");
		out_json_str(o, shown_text(x));
	}
	if (x->first) {
		out_str(o, ",\"children\":[");
		for (const struct wsman_xml *c = x->first; c; c = c->next) {
			wsman_xml_print_json(o, c);
			if (c->next)
				out_str(o, ",");
		}
		out_str(o, "]");
	}
	out_str(o, "}");
}
