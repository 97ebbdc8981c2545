/* See iso.h. Used for alarms and for the times that virtual firmware shows; knows no clock. */
#include "base/iso.h"

#include "base/out.h"
#include "base/str.h"

#define DAY_S 86400

/* Days since 1970-01-01 of a date of the Gregorian calendar; years begin in March here. */
static int64_t days_of(int64_t y, unsigned m, unsigned d)
{
	y -= m <= 2;
	int64_t era = y / 400;
	unsigned of_era = (unsigned)(y - era * 400);
	unsigned of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	unsigned days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
	return era * 146097 + (int64_t)days - 719468;
}

static void date_of(int64_t days, int64_t *out_y, unsigned *out_m, unsigned *out_d)
{
	days += 719468;
	int64_t era = days / 146097;
	unsigned of_era = (unsigned)(days - era * 146097);
	unsigned y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * y + y / 4 - y / 100);
	unsigned m = (5 * of_year + 2) / 153;
	*out_d = of_year - (153 * m + 2) / 5 + 1;
	*out_m = m < 10 ? m + 3 : m - 9;
	*out_y = (int64_t)y + era * 400 + (*out_m <= 2);
}

static bool number(struct span t, size_t at, size_t n, unsigned min, unsigned max, unsigned *out_v)
{
	uint64_t v;
	if (at + n > t.n || !str_to_u64(span_make(t.p + at, n), min, max, &v, NULL))
		return false;
	*out_v = (unsigned)v;
	return true;
}

bool iso_time_parse(struct span t, int64_t *out_unix_s)
{
	unsigned y, m, d, h, min, s = 0, last_m, last_d;
	int64_t last_y;
	if ((t.n != 20 && t.n != 17) || t.p[4] != '-' || t.p[7] != '-' || t.p[10] != 'T' ||
	    t.p[13] != ':' || t.p[t.n - 1] != 'Z')
		return false;
	if (!number(t, 0, 4, 1970, 9999, &y) || !number(t, 5, 2, 1, 12, &m) ||
	    !number(t, 8, 2, 1, 31, &d) || !number(t, 11, 2, 0, 23, &h) ||
	    !number(t, 14, 2, 0, 59, &min))
		return false;
	if (t.n == 20 && (t.p[16] != ':' || !number(t, 17, 2, 0, 59, &s)))
		return false;
	int64_t days = days_of(y, m, d);
	date_of(days, &last_y, &last_m, &last_d);
	if (last_m != m || last_d != d) /* the 30th of February */
		return false;
	*out_unix_s = days * DAY_S + (int64_t)h * 3600 + (int64_t)min * 60 + s;
	return true;
}

void iso_time_print(int64_t unix_s, char out_text[ISO_TIME_SIZE])
{
	int64_t y, days = unix_s / DAY_S, left;
	unsigned m, d;
	struct out o;
	if (unix_s < 0)
		days = 0;
	left = unix_s < 0 ? 0 : unix_s % DAY_S;
	date_of(days, &y, &m, &d);
	out_init(&o, out_text, ISO_TIME_SIZE);
	out_fmt(&o, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)(y > 9999 ? 9999 : y), m, d,
		(unsigned)(left / 3600), (unsigned)(left / 60 % 60), (unsigned)(left % 60));
}

bool iso_duration_parse(struct span t, int64_t *out_s)
{
	static const struct {
		char unit;
		bool of_time;
		int64_t seconds;
	} units[] = {
		{ 'D', false, DAY_S }, { 'H', true, 3600 }, { 'M', true, 60 }, { 'S', true, 1 }
	};
	size_t next = 0, at = 1;
	bool in_time = false, any = false;
	int64_t sum = 0;
	if (t.n < 3 || t.p[0] != 'P')
		return false;
	while (at < t.n) {
		uint64_t v;
		size_t from = at;
		if (t.p[at] == 'T' && !in_time) {
			in_time = true;
			any = false;
			at++;
			continue;
		}
		while (at < t.n && t.p[at] >= '0' && t.p[at] <= '9')
			at++;
		if (at == t.n ||
		    !str_to_u64(span_make(t.p + from, at - from), 0, 100000000, &v, NULL))
			return false;
		while (next < 4 &&
		       (units[next].unit != (char)t.p[at] || units[next].of_time != in_time))
			next++;
		if (next == 4)
			return false;
		sum += (int64_t)v * units[next++].seconds;
		any = true;
		at++;
	}
	*out_s = sum;
	return any;
}

void iso_duration_print(int64_t s, char out_text[ISO_DURATION_SIZE])
{
	struct out o;
	out_init(&o, out_text, ISO_DURATION_SIZE);
	out_str(&o, "P");
	if (s >= DAY_S)
		out_fmt(&o, "%lldD", (long long)(s / DAY_S));
	if (s % DAY_S || s <= 0)
		out_str(&o, "T");
	if (s % DAY_S / 3600)
		out_fmt(&o, "%lldH", (long long)(s % DAY_S / 3600));
	if (s % 3600 / 60)
		out_fmt(&o, "%lldM", (long long)(s % 3600 / 60));
	if (s % 60 || s <= 0)
		out_fmt(&o, "%lldS", (long long)(s > 0 ? s % 60 : 0));
}
