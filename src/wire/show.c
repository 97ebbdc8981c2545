/* The two forms of a decoded message. Called by the printers of this folder with one call per
 * field. Never fails: a writer that is full turns bad, which its owner sees. */
#include "wire/show.h"
#include <inttypes.h>

struct wire_show wire_show_make(struct out *o, bool json)
{
	return (struct wire_show){ o, json, true, 0 };
}

const char *wire_show_name(const struct wire_show_name *names, uint32_t code)
{
	for (; names && names->name; names++)
		if (names->code == code)
			return names->name;
	return NULL;
}

/* What stands before every value: comma and key, or indent and words. */
static void put_key(struct wire_show *s, const char *key, const char *suffix)
{
	if (s->json) {
		out_str(s->o, s->first ? "" : ",");
		if (key)
			out_fmt(s->o, "\"%s%s\":", key, suffix);
		s->first = false;
		return;
	}
	out_fmt(s->o, "%*s", (int)(2 * s->depth), "");
	for (; *key; key++)
		out_u8(s->o, *key == '_' ? ' ' : (uint8_t)*key);
	out_str(s->o, " ");
}

void wire_show_open(struct wire_show *s, const char *key, const char *heading)
{
	if (s->json) {
		put_key(s, key, "");
		out_str(s->o, "{");
		s->first = true;
	} else if (heading) {
		out_fmt(s->o, "%*s%s\n", (int)(2 * s->depth), "", heading);
	}
	s->depth++;
}

void wire_show_close(struct wire_show *s)
{
	if (s->json)
		out_str(s->o, "}");
	s->first = false;
	s->depth--;
}

void wire_show_list_open(struct wire_show *s, const char *key)
{
	if (!s->json)
		return;
	put_key(s, key, "");
	out_str(s->o, "[");
	s->first = true;
}

void wire_show_list_close(struct wire_show *s)
{
	if (!s->json)
		return;
	out_str(s->o, "]");
	s->first = false;
}

void wire_show_key(struct wire_show *s, const char *key)
{
	put_key(s, key, "");
}

void wire_show_num(struct wire_show *s, const char *key, uint64_t v)
{
	put_key(s, key, "");
	out_fmt(s->o, "%" PRIu64 "%s", v, s->json ? "" : "\n");
}

void wire_show_bool(struct wire_show *s, const char *key, bool v)
{
	put_key(s, key, "");
	if (s->json)
		out_str(s->o, v ? "true" : "false");
	else
		out_str(s->o, v ? "yes\n" : "no\n");
}

void wire_show_code(struct wire_show *s, const char *key, uint64_t v, const char *name)
{
	put_key(s, key, "");
	out_fmt(s->o, "%" PRIu64, v);
	if (!s->json) {
		if (name)
			out_fmt(s->o, " (%s)", name);
		out_str(s->o, "\n");
		return;
	}
	put_key(s, key, "_name");
	if (name)
		out_json_str(s->o, span_str(name));
	else
		out_str(s->o, "null");
}

static bool is_plain(struct span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < 0x20 || v.p[i] > 0x7E)
			return false;
	return true;
}

void wire_show_text(struct wire_show *s, const char *key, struct span v)
{
	put_key(s, key, "");
	if (!s->json) {
		out_safe(s->o, v);
		out_str(s->o, "\n");
		return;
	}
	out_json_str(s->o, v);
	if (is_plain(v))
		return;
	put_key(s, key, "_hex");
	out_str(s->o, "\"");
	out_hex(s->o, v);
	out_str(s->o, "\"");
}

void wire_show_hex(struct wire_show *s, const char *key, struct span v)
{
	put_key(s, key, "");
	out_str(s->o, s->json ? "\"" : "");
	out_hex(s->o, v);
	out_str(s->o, s->json ? "\"" : "\n");
}

/* Days since 1970 as a date of the Gregorian calendar. Years run from March, so that the day that
 * comes and goes is the last one; 400 of them have 146097 days. */
static void date_of(uint32_t days, unsigned *out_year, unsigned *out_month, unsigned *out_day)
{
	uint32_t since = days + 719468; /* from 1 March of year 0 */
	uint32_t era = since / 146097, in_era = since % 146097;
	uint32_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	uint32_t in_year = in_era - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * in_year + 2) / 153; /* 0 is March */

	*out_day = in_year - (153 * month + 2) / 5 + 1;
	*out_month = month < 10 ? month + 3 : month - 9;
	*out_year = era * 400 + year + (month >= 10);
}

void wire_show_time_text(uint32_t unix_s, char out_text[WIRE_SHOW_TIME_SIZE])
{
	uint32_t in_day = unix_s % 86400;
	unsigned year, month, day;
	struct out o;

	date_of(unix_s / 86400, &year, &month, &day);
	out_init(&o, out_text, WIRE_SHOW_TIME_SIZE);
	out_fmt(&o, "%04u-%02u-%02uT%02u:%02u:%02uZ", year, month, day, in_day / 3600,
		in_day / 60 % 60, in_day % 60);
}

void wire_show_time(struct wire_show *s, const char *key, uint32_t unix_s)
{
	char text[WIRE_SHOW_TIME_SIZE];

	wire_show_time_text(unix_s, text);
	wire_show_text(s, key, span_str(text));
	if (!s->json)
		return;
	put_key(s, key, "_unix");
	out_fmt(s->o, "%" PRIu32, unix_s);
}
