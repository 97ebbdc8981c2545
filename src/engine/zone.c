/* Reads TZif files and tells offsets (engine/zone.h). The list of changes comes first; after its end
 * the rule in the file's last line goes on for ever. Called by engine/cron.c and the schedules. */
#include "engine/zone.h"
#include "base/str.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_MAX_BYTES 65536
#define HEAD_BYTES     44
#define TYPES_MAX      256
#define DAY_S          86400

/* ---- calendar ---- */

int64_t engine_civil_s(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400, doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return (era * 146097 + doe - 719468) * DAY_S;
}

void engine_civil_of(int64_t local_s, struct engine_civil *out_c)
{
	int64_t days = local_s >= 0 ? local_s / DAY_S : -((-local_s + DAY_S - 1) / DAY_S);
	int64_t s = local_s - days * DAY_S, z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	out_c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	out_c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	out_c->year = (int)(yoe + era * 400 + (out_c->month <= 2));
	out_c->hour = (int)(s / 3600);
	out_c->minute = (int)(s / 60 % 60);
	out_c->weekday = (int)(((days + 4) % 7 + 7) % 7);
}

/* ---- the rule behind the list: "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool take_int(struct span *s, int *out_v)
{
	size_t n = 0;

	*out_v = 0;
	while (n < s->n && n < 4 && s->p[n] >= '0' && s->p[n] <= '9')
		*out_v = *out_v * 10 + (s->p[n++] - '0');
	*s = span_make(s->p + n, s->n - n);
	return n > 0;
}

static bool take_char(struct span *s, char c)
{
	if (!s->n || s->p[0] != (uint8_t)c)
		return false;
	*s = span_make(s->p + 1, s->n - 1);
	return true;
}

/* [+-]h[h][:mm[:ss]] */
static bool take_time(struct span *s, int32_t *out_s)
{
	int sign = take_char(s, '-') ? -1 : 1, h, m = 0, sec = 0;

	(void)take_char(s, '+');
	if (!take_int(s, &h) || (take_char(s, ':') && !take_int(s, &m)) ||
	    (take_char(s, ':') && !take_int(s, &sec)) || h > 167 || m > 59 || sec > 59)
		return false;
	*out_s = sign * (h * 3600 + m * 60 + sec);
	return true;
}

static bool take_zone_name(struct span *s)
{
	size_t n = 0;

	if (take_char(s, '<')) {
		n = span_find(*s, '>');
		*s = span_make(s->p + n, s->n - n);
		return take_char(s, '>');
	}
	while (n < s->n && (s->p[n] | 0x20) >= 'a' && (s->p[n] | 0x20) <= 'z')
		n++;
	*s = span_make(s->p + n, s->n - n);
	return n >= 3;
}

static bool take_rule(struct span *s, struct engine_zone_rule *out_r)
{
	out_r->at_s = 7200;
	return take_char(s, ',') && take_char(s, 'M') && take_int(s, &out_r->m) &&
		take_char(s, '.') && take_int(s, &out_r->w) && take_char(s, '.') &&
		take_int(s, &out_r->d) && (!take_char(s, '/') || take_time(s, &out_r->at_s)) &&
		out_r->m >= 1 && out_r->m <= 12 && out_r->w >= 1 && out_r->w <= 5 && out_r->d <= 6;
}

static bool parse_rule(struct span s, struct engine_zone *z)
{
	if (!take_zone_name(&s) || !take_time(&s, &z->std_s))
		return false;
	z->std_s = -z->std_s;
	z->has_dst = s.n > 0;
	if (!z->has_dst)
		return true;
	z->dst_s = z->std_s + 3600;
	if (!take_zone_name(&s))
		return false;
	if (s.n && s.p[0] != ',') {
		if (!take_time(&s, &z->dst_s))
			return false;
		z->dst_s = -z->dst_s;
	}
	return take_rule(&s, &z->begin) && take_rule(&s, &z->end) && s.n == 0;
}

/* UTC of the change in that year; the time of the rule is local with the offset before it. */
static int64_t rule_at(const struct engine_zone_rule *r, int year, int32_t offset_before_s)
{
	int64_t first = engine_civil_s(year, r->m, 1);
	int64_t next = engine_civil_s(r->m == 12 ? year + 1 : year, r->m % 12 + 1, 1);
	struct engine_civil c;

	engine_civil_of(first, &c);
	int64_t at = first + (int64_t)((r->d - c.weekday + 7) % 7 + (r->w - 1) * 7) * DAY_S;
	if (at >= next)
		at -= (int64_t)7 * DAY_S;
	return at + r->at_s - offset_before_s;
}

static int32_t by_rule(const struct engine_zone *z, int64_t unix_s)
{
	struct engine_civil c;

	if (!z->has_dst)
		return z->std_s;
	engine_civil_of(unix_s + z->std_s, &c);
	int64_t begin = rule_at(&z->begin, c.year, z->std_s);
	int64_t end = rule_at(&z->end, c.year, z->dst_s);
	bool in = begin < end ? unix_s >= begin && unix_s < end : unix_s >= begin || unix_s < end;
	return in ? z->dst_s : z->std_s;
}

int32_t engine_zone_offset_s(const struct engine_zone *z, int64_t unix_s)
{
	unsigned low = 0, high = z->count;

	if (!z->count || unix_s < z->at_s[0])
		return z->count || !z->has_rule ? z->first_s : by_rule(z, unix_s);
	if (z->has_rule && unix_s >= z->at_s[z->count - 1])
		return by_rule(z, unix_s);
	while (high - low > 1) {
		unsigned mid = low + (high - low) / 2;
		if (z->at_s[mid] <= unix_s)
			low = mid;
		else
			high = mid;
	}
	return z->offset_s[low];
}

/* ---- the file ---- */

struct head {
	uint32_t isut, isstd, leap, times, types, chars;
};

static bool take_head(struct cur *c, struct head *out_h)
{
	struct span magic = cur_take(c, 4);

	(void)cur_take(c, 16);
	out_h->isut = cur_be32(c);
	out_h->isstd = cur_be32(c);
	out_h->leap = cur_be32(c);
	out_h->times = cur_be32(c);
	out_h->types = cur_be32(c);
	out_h->chars = cur_be32(c);
	return !c->bad && span_eq_str(magic, "TZif") && out_h->times <= 4096 && out_h->types >= 1 &&
		out_h->types <= TYPES_MAX && out_h->chars <= 4096 && out_h->leap <= 4096 &&
		out_h->isut <= TYPES_MAX && out_h->isstd <= TYPES_MAX;
}

static int64_t be64(struct cur *c)
{
	uint64_t high = cur_be32(c);

	return (int64_t)(high << 32 | cur_be32(c));
}

/* The second block, with times of 64 bits; the oldest changes go when there are too many. */
static bool take_block(struct cur *c, const struct head *h, struct engine_zone *z)
{
	struct cur times = cur_make(cur_take(c, (size_t)h->times * 8));
	struct span index = cur_take(c, h->times);
	struct cur types = cur_make(cur_take(c, (size_t)h->types * 6));
	int32_t offsets[TYPES_MAX] = { 0 };

	for (uint32_t i = 0; i < h->types; i++) {
		offsets[i] = (int32_t)cur_be32(&types);
		(void)cur_take(&types, 2);
		if (offsets[i] < -DAY_S || offsets[i] > DAY_S)
			return false;
	}
	z->first_s = offsets[0];
	for (uint32_t i = 0; i < h->times && i < index.n; i++) {
		int64_t at = be64(&times);
		if (index.p[i] >= h->types)
			return false;
		if (h->times - i > ENGINE_ZONE_CHANGES)
			continue;
		z->at_s[z->count] = at;
		z->offset_s[z->count++] = offsets[index.p[i]];
	}
	(void)cur_take(c, h->chars + (size_t)h->leap * 12 + h->isstd + h->isut);
	return !c->bad && !times.bad && !types.bad;
}

bool engine_zone_parse(struct span bytes, struct engine_zone *out_z, struct err *e)
{
	struct cur c = cur_make(bytes);
	struct head h;

	*out_z = (struct engine_zone){ .count = 0 };
	bool ok = take_head(&c, &h) && bytes.p[4] >= '2';
	if (ok)
		(void)cur_take(&c,
			       (size_t)h.times * 5 + (size_t)h.types * 6 + h.chars +
				       (size_t)h.leap * 8 + h.isstd + h.isut);
	ok = ok && take_head(&c, &h) && take_block(&c, &h, out_z);
	if (!ok)
		return err_set(e, ERR_MALFORMED, "this is no file of a time zone (TZif 2)");
	struct span rest = span_trim(cur_take(&c, cur_left(&c)));
	out_z->has_rule = rest.n && parse_rule(rest, out_z);
	return true;
}

static bool is_name(const char *name)
{
	for (const char *p = name; *p; p++) {
		bool plain = (*p >= '0' && *p <= '9') || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z');
		if (!plain && !strchr("_+-/", *p))
			return false;
	}
	return name[0] != '/' && strlen(name) < 64;
}

bool engine_zone_load(const char *name, struct engine_zone *out_z, struct err *e)
{
	static uint8_t bytes[FILE_MAX_BYTES];
	char path[128];

	*out_z = (struct engine_zone){ .count = 0 };
	if (!name[0] || str_eq(name, "UTC"))
		return true;
	if (!is_name(name)) {
		err_set(e, ERR_INVALID, "'%.40s' is no name of a time zone", name);
		return err_want(e, "a name such as Europe/Berlin");
	}
	(void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
	if (fd >= 0)
		(void)close(fd);
	if (n <= 0) {
		err_set(e, ERR_NOT_FOUND, "the time zone %s is not known here", name);
		return err_hint(e,
				"use a name of /usr/share/zoneinfo such as Europe/Berlin (package "
				"tzdata), or UTC");
	}
	return engine_zone_parse(span_make(bytes, (size_t)n), out_z, e) ||
		err_wrap(e, "time zone %s", name);
}
