/* Times of schedules (engine/cron.h): a small parser of the five fields, and the next moment that fits,
 * found by going through days, hours and minutes of local time and looking at every change of the
 * offset on the way. Called by the schedules. */
#include "engine/cron.h"
#include "base/str.h"
#include <stdio.h>

#define MINUTE_S 60
#define HOUR_S   3600
#define DAY_S    86400
#define YEARS    8 /* a 29th of February comes within that */

/* ---- fields ---- */

struct field {
	const char *name, *words;
	int min, max;
};
static const struct field fields[] = {
	{ "minute", "", 0, 59 },
	{ "hour", "", 0, 23 },
	{ "day", "", 1, 31 },
	{ "month", "janfebmaraprmayjunjulaugsepoctnovdec", 1, 12 },
	{ "weekday", "sunmontuewedthufrisat", 0, 7 },
};

static bool field_value(const struct field *f, struct span s, int *out_v)
{
	uint32_t n;

	for (size_t i = 0; s.n == 3 && i + 3 <= strlen(f->words); i += 3) {
		if (!span_eq_nocase(s, span_make(f->words + i, 3)))
			continue;
		*out_v = (int)(i / 3) + f->min;
		return true;
	}
	if (!str_to_u32(s, (uint32_t)f->min, (uint32_t)f->max, &n, NULL))
		return false;
	*out_v = (int)n;
	return true;
}

/* a, a-b, *, each with /step */
static bool parse_part(const struct field *f, struct span s, uint64_t *inout_bits)
{
	size_t slash = span_find(s, '/'), dash;
	uint32_t step = 1;
	int low = f->min, high = f->max;
	struct span range = span_make(s.p, slash);

	if (slash < s.n &&
	    !str_to_u32(span_make(s.p + slash + 1, s.n - slash - 1), 1, 60, &step, NULL))
		return false;
	dash = span_find(range, '-');
	if (!span_eq_str(range, "*")) {
		if (!field_value(f, span_make(range.p, dash), &low))
			return false;
		high = slash < s.n && dash == range.n ? f->max : low;
		if (dash < range.n &&
		    !field_value(f, span_make(range.p + dash + 1, range.n - dash - 1), &high))
			return false;
	}
	if (low > high)
		return false;
	for (int v = low; v <= high; v += (int)step)
		*inout_bits |= (uint64_t)1 << v;
	return true;
}

static bool parse_field(const struct field *f, struct span s, uint64_t *out_bits, struct err *e)
{
	struct span left = s;
	bool ok = s.n > 0;

	*out_bits = 0;
	while (ok && left.n) {
		size_t n = span_find(left, ',');
		ok = parse_part(f, span_make(left.p, n), out_bits) && n + 1 != left.n;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	if (ok)
		return true;
	char text[32];
	(void)str_copy(text, sizeof text, s);
	err_set(e, ERR_INVALID, "the %s of the schedule cannot be read", f->name);
	err_seen(e, "'%s'", text);
	return err_want(e, "%d to %d, lists (1,2), ranges (1-5), steps (*/15)%s", f->min, f->max,
			f->words[0] ? " or names such as mon" : "");
}

static struct span next_word(struct span *left)
{
	*left = span_trim(*left);
	size_t n = span_find(*left, ' ');
	struct span word = span_make(left->p, n);

	*left = span_make(left->p + n, left->n - n);
	return word;
}

/* ---- once ---- */

static bool digits(struct span s, size_t at, size_t n, int *out_v)
{
	uint32_t v;

	if (at + n > s.n || !str_to_u32(span_make(s.p + at, n), 0, 9999, &v, NULL))
		return false;
	*out_v = (int)v;
	return true;
}

static bool parse_once(struct span s, struct engine_cron *c, struct err *e)
{
	int y, mo, d, h, mi;
	struct engine_civil back;
	bool ok = s.n == 16 && digits(s, 0, 4, &y) && s.p[4] == '-' && digits(s, 5, 2, &mo) &&
		s.p[7] == '-' && digits(s, 8, 2, &d) && (s.p[10] == ' ' || s.p[10] == 'T') &&
		digits(s, 11, 2, &h) && s.p[13] == ':' && digits(s, 14, 2, &mi) && y >= 1970 &&
		mo >= 1 && mo <= 12 && h < 24 && mi < 60;

	if (ok) {
		c->once_local_s =
			engine_civil_s(y, mo, d) + (int64_t)h * HOUR_S + (int64_t)mi * MINUTE_S;
		engine_civil_of(c->once_local_s, &back);
		ok = back.day == d && back.month == mo;
	}
	if (ok)
		return true;
	err_set(e, ERR_INVALID, "the time of the schedule cannot be read");
	return err_want(e, "once YYYY-MM-DD HH:MM");
}

/* ---- whole ---- */

static const char *expand(struct span s)
{
	static const char *const words[][2] = {
		{ "@hourly", "0 * * * *" },  { "@daily", "0 0 * * *" },  { "@weekly", "0 0 * * 0" },
		{ "@monthly", "0 0 1 * *" }, { "@yearly", "0 0 1 1 *" },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_eq_str(s, words[i][0]))
			return words[i][1];
	return NULL;
}

bool engine_cron_parse(struct span text, struct engine_cron *out_c, struct err *e)
{
	struct span left = span_trim(text), words[5];
	const char *whole = expand(left);
	uint64_t bits[5];

	*out_c = (struct engine_cron){ .once = span_starts(left, "once ") };
	if (out_c->once)
		return parse_once(span_trim(span_make(left.p + 5, left.n - 5)), out_c, e);
	if (whole)
		left = span_str(whole);
	for (unsigned i = 0; i < 5; i++)
		words[i] = next_word(&left);
	if (!words[4].n || span_trim(left).n) {
		err_set(e, ERR_INVALID,
			"a schedule has five fields: minute hour day month weekday");
		err_want(e, "such as '0 7 * * mon-fri', @daily, or 'once 2031-05-02 07:00'");
		return false;
	}
	for (unsigned i = 0; i < 5; i++)
		if (!parse_field(&fields[i], words[i], &bits[i], e))
			return false;
	out_c->minutes = bits[0];
	out_c->hours = (uint32_t)bits[1];
	out_c->days = (uint32_t)bits[2];
	out_c->months = (uint32_t)bits[3];
	out_c->weekdays = (uint32_t)((bits[4] | bits[4] >> 7) & 0x7f);
	out_c->any_hour = span_starts(words[1], "*");
	out_c->any_day = words[2].p[0] == '*';
	out_c->any_weekday = words[4].p[0] == '*';
	return true;
}

/* ---- the next time ---- */

static bool day_fits(const struct engine_cron *c, const struct engine_civil *t)
{
	bool day = c->days >> t->day & 1, weekday = c->weekdays >> t->weekday & 1;

	if (!(c->months >> t->month & 1))
		return false;
	if (c->any_day || c->any_weekday)
		return day && weekday;
	return day || weekday; /* as cron has it */
}

static bool fits(const struct engine_cron *c, int64_t local_s)
{
	struct engine_civil t;

	engine_civil_of(local_s, &t);
	return day_fits(c, &t) && c->hours >> t.hour & 1 && c->minutes >> t.minute & 1;
}

/* Seconds to where it may fit next; 0: it does. Never past the end of the hour or day. */
static int64_t skip(const struct engine_cron *c, int64_t local_s)
{
	struct engine_civil t;

	engine_civil_of(local_s, &t);
	if (!day_fits(c, &t))
		return DAY_S - t.hour * HOUR_S - t.minute * MINUTE_S;
	if (!(c->hours >> t.hour & 1))
		return HOUR_S - t.minute * MINUTE_S;
	return c->minutes >> t.minute & 1 ? 0 : MINUTE_S;
}

/* The same local time was there before, under the offset before clocks were set back. */
static bool is_second(const struct engine_zone *z, int64_t t)
{
	int32_t now = engine_zone_offset_s(z, t);

	for (int32_t d = 900; d <= 2 * HOUR_S; d += 900)
		if (engine_zone_offset_s(z, t - d) - now == d)
			return true;
	return false;
}

/* The first moment in (from, to] with the offset of to. */
static int64_t change_in(const struct engine_zone *z, int64_t from, int64_t to)
{
	int32_t after = engine_zone_offset_s(z, to);

	while (to - from > 1) {
		int64_t mid = from + (to - from) / 2;
		if (engine_zone_offset_s(z, mid) == after)
			to = mid;
		else
			from = mid;
	}
	return to;
}

/* Local time jumps from low to high: would something have run in between? */
static bool fits_in(const struct engine_cron *c, int64_t low, int64_t high)
{
	for (int64_t t = low; t < high; t += MINUTE_S)
		if (fits(c, t))
			return true;
	return false;
}

static int64_t once_at(const struct engine_cron *c, const struct engine_zone *z)
{
	int64_t t = c->once_local_s - engine_zone_offset_s(z, c->once_local_s - DAY_S);
	int32_t now = engine_zone_offset_s(z, t);

	if (t + now == c->once_local_s)
		return t;
	int64_t other = c->once_local_s - now;
	if (other + engine_zone_offset_s(z, other) == c->once_local_s)
		return other;
	return change_in(z, t - DAY_S, t); /* left out: when it is over */
}

int64_t engine_cron_next(const struct engine_cron *c, const struct engine_zone *z,
			 int64_t after_unix_s)
{
	int64_t t = after_unix_s - after_unix_s % MINUTE_S + MINUTE_S;
	int64_t end = t + (int64_t)YEARS * 366 * DAY_S;

	if (c->once) {
		t = once_at(c, z);
		return t > after_unix_s ? t : 0;
	}
	while (t < end) {
		int32_t offset = engine_zone_offset_s(z, t), before;
		before = engine_zone_offset_s(z, t - MINUTE_S);
		if (before < offset && !c->any_hour && fits_in(c, t + before, t + offset))
			return t;
		int64_t step = skip(c, t + offset);
		if (!step && (c->any_hour || !is_second(z, t)))
			return t;
		int64_t to = t + (step ? step : MINUTE_S);
		bool changes = engine_zone_offset_s(z, to) != offset;
		t = changes ? change_in(z, t, to) : to;
	}
	return 0;
}

enum engine_missed engine_cron_missed(const char *policy, int64_t within_ms, int64_t late_ms)
{
	if (late_ms <= ENGINE_MISSED_GRACE_MS || str_eq(policy, "run"))
		return ENGINE_MISSED_RUN;
	if (str_eq(policy, "within") && late_ms <= within_ms)
		return ENGINE_MISSED_RUN;
	return ENGINE_MISSED_SKIP;
}
