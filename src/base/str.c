/* Text helpers: numbers with a range, compare, hex and base64 to bytes. For input that people and
 * peers wrote, so every function says no to what it does not fully understand. ASCII only, no
 * locale. Outputs are written on success only. */
#include "base/str.h"
#include "base/out.h"
#include <inttypes.h>

static bool not_a_number(struct span s, const char *range, struct err *e)
{
	int shown = s.n < 100 ? (int)s.n : 100;
	if (s.n)
		err_set(e, ERR_INVALID, "'%.*s' is not a whole number in the range %s", shown,
			(const char *)s.p, range);
	else
		err_set(e, ERR_INVALID, "a whole number in the range %s is missing", range);
	err_seen(e, "%.*s", shown, s.n ? (const char *)s.p : "");
	return err_want(e, "%s", range);
}

/* Decimal digits and nothing else. */
static bool digits_to_u64(struct span s, uint64_t *out_v)
{
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*out_v = v;
	return s.n > 0;
}

bool str_to_u64(struct span s, uint64_t min, uint64_t max, uint64_t *out_v, struct err *e)
{
	uint64_t v = 0;
	if (!digits_to_u64(s, &v) || v < min || v > max) {
		char range[64];
		struct out o;
		out_init(&o, range, sizeof range);
		out_fmt(&o, "%" PRIu64 " to %" PRIu64, min, max);
		return not_a_number(s, range, e);
	}
	*out_v = v;
	return true;
}

bool str_to_u32(struct span s, uint32_t min, uint32_t max, uint32_t *out_v, struct err *e)
{
	uint64_t v = 0;
	if (!str_to_u64(s, min, max, &v, e))
		return false;
	*out_v = (uint32_t)v;
	return true;
}

bool str_to_u16(struct span s, uint16_t min, uint16_t max, uint16_t *out_v, struct err *e)
{
	uint64_t v = 0;
	if (!str_to_u64(s, min, max, &v, e))
		return false;
	*out_v = (uint16_t)v;
	return true;
}

bool str_to_i64(struct span s, int64_t min, int64_t max, int64_t *out_v, struct err *e)
{
	bool negative = s.n && s.p[0] == '-';
	uint64_t size = 0, largest = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	bool ok =
		digits_to_u64(negative ? span_make(s.p + 1, s.n - 1) : s, &size) && size <= largest;
	int64_t v = (int64_t)(negative ? 0 - size : size);
	if (!ok || v < min || v > max) {
		char range[64];
		struct out o;
		out_init(&o, range, sizeof range);
		out_fmt(&o, "%" PRId64 " to %" PRId64, min, max);
		return not_a_number(s, range, e);
	}
	*out_v = v;
	return true;
}

bool str_copy(char *dst, size_t cap, struct span s)
{
	if (!cap)
		return false;
	size_t n = s.n < cap ? s.n : cap - 1;
	if (n)
		memmove(dst, s.p, n);
	dst[n] = 0;
	return n == s.n;
}

bool str_eq(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool str_eq_nocase(const char *a, const char *b)
{
	return a && b ? span_eq_nocase(span_str(a), span_str(b)) : a == b;
}

bool str_ends_nocase(const char *s, const char *suffix)
{
	struct span text = span_str(s), want = span_str(suffix);
	if (!s || !suffix || want.n > text.n)
		return false;
	return span_eq_nocase(span_make(text.p + text.n - want.n, want.n), want);
}

void str_lower(char *s)
{
	for (; *s; s++) {
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + ('a' - 'A'));
	}
}

static bool byte_eq_nocase(uint8_t a, uint8_t b)
{
	return span_eq_nocase(span_make(&a, 1), span_make(&b, 1));
}

bool str_fits(struct span pattern, struct span text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;
	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < pattern.n && byte_eq_nocase(pattern.p[p], text.p[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool str_next_item(struct span *rest, struct span *out_item)
{
	if (!rest->n)
		return false;
	size_t n = span_find(*rest, ',');
	*out_item = span_trim(span_make(rest->p, n));
	n += n < rest->n;
	*rest = span_make(rest->p + n, rest->n - n);
	return true;
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(struct span text, uint8_t *dst, size_t cap, size_t *out_n)
{
	if (text.n % 2 || text.n / 2 > cap)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (hex_value(text.p[i]) < 0)
			return false;
	}
	for (size_t i = 0; i < text.n / 2; i++)
		dst[i] = (uint8_t)(hex_value(text.p[2 * i]) * 16 + hex_value(text.p[2 * i + 1]));
	*out_n = text.n / 2;
	return true;
}

static int b64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Whether text is base64, and how many bytes it stands for. */
static bool b64_check(struct span text, size_t *out_n)
{
	size_t digits = 0, pads = 0;
	int last = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (is_blank(text.p[i]))
			continue;
		if (text.p[i] == '=') {
			pads++;
			continue;
		}
		last = b64_value(text.p[i]);
		if (last < 0 || pads)
			return false;
		digits++;
	}
	size_t rest = digits % 4;
	/* Padding is all or nothing; bits behind the last byte must be 0, one text per value. */
	if (rest == 1 || (pads && (rest == 0 || rest + pads != 4)))
		return false;
	if ((rest == 2 && last & 15) || (rest == 3 && last & 3))
		return false;
	*out_n = digits / 4 * 3 + (rest ? rest - 1 : 0);
	return true;
}

bool b64_decode(struct span text, uint8_t *dst, size_t cap, size_t *out_n)
{
	size_t want, n = 0;
	uint32_t bits = 0;
	unsigned have = 0;
	if (!b64_check(text, &want) || want > cap)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int v = b64_value(text.p[i]);
		if (v < 0)
			continue;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			dst[n++] = (uint8_t)(bits >> have);
		}
	}
	*out_n = n;
	return true;
}
