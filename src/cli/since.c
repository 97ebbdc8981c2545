/* See since.h. */
#include "cli/since.h"
#include "base/iso.h"
#include "base/out.h"
#include "base/str.h"

static bool parse_ago(struct span s, int64_t now_unix_ms, int64_t *out_unix_ms)
{
	static const struct {
		uint8_t letter;
		int64_t ms;
	} units[] = { { 's', 1000 },
		      { 'm', 60000 },
		      { 'h', 3600000 },
		      { 'd', 86400000 },
		      { 'w', 604800000 } };
	uint32_t n;

	for (size_t i = 0; s.n > 1 && i < sizeof units / sizeof *units; i++) {
		if (s.p[s.n - 1] != units[i].letter ||
		    !str_to_u32(span_make(s.p, s.n - 1), 0, 1000000, &n, NULL))
			continue;
		*out_unix_ms = now_unix_ms - (int64_t)n * units[i].ms;
		*out_unix_ms = *out_unix_ms < 0 ? 0 : *out_unix_ms;
		return true;
	}
	return false;
}

bool cli_since_parse(const char *text, int64_t now_unix_ms, int64_t *out_unix_ms, struct err *e)
{
	struct span t = span_str(text);
	char day[ISO_TIME_SIZE];
	struct out o;
	int64_t s;

	if (parse_ago(t, now_unix_ms, out_unix_ms))
		return true;
	out_init(&o, day, sizeof day);
	out_bytes(&o, t);
	out_str(&o, "T00:00:00Z");
	if (iso_time_parse(t, &s) || (t.n == 10 && iso_time_parse(span_str(day), &s))) {
		*out_unix_ms = s * 1000;
		return true;
	}
	err_set(e, ERR_USAGE, "'%s' is no time", text);
	return err_want(e, "30m, 2h, 3d, 2031-05-02 or 2031-05-02T09:14:00Z");
}
