/* A list of names as one short text: the way back from names.c. The number that may vary is the last
 * one of a name's first label, or a whole IPv4 address. */
#include "base/mem.h"
#include "base/names.h"
#include "base/str.h"
#include <stdlib.h>

#define MAX_DIGITS 9

struct piece { /* a name, cut at its number */
	struct span before, behind;
	bool has_number, is_ip;
	uint32_t number;
	unsigned width;
};

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static struct piece cut(const char *text)
{
	struct span s = span_make(text, strlen(text)); /* never NULL, as span_str may be */
	struct piece p = { .before = s, .behind = span_make(s.p + s.n, 0) };
	size_t end = span_find(s, '.'), from;

	if (names_ip_parse(s, &p.number)) {
		p.before = span_make(s.p, 0);
		p.is_ip = p.has_number = true;
		return p;
	}
	/* A UUID or an IPv6 address has no number that means anything. */
	struct uuid u;
	if (span_find(s, ':') < s.n || uuid_parse(s, &u))
		return p;
	while (end > 0 && !is_digit(s.p[end - 1]))
		end--;
	for (from = end; from > 0 && is_digit(s.p[from - 1]); from--)
		;
	if (from == end || end - from > MAX_DIGITS ||
	    !str_to_u32(span_make(s.p + from, end - from), 0, UINT32_MAX, &p.number, NULL))
		return p;
	p.has_number = true;
	p.width = (unsigned)(end - from);
	p.before = span_make(s.p, from);
	p.behind = span_make(s.p + end, s.n - end);
	return p;
}

static int compare_spans(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static int compare(const void *a, const void *b)
{
	struct piece x = cut(*(const char *const *)a), y = cut(*(const char *const *)b);
	int c;

	if (x.is_ip != y.is_ip)
		return x.is_ip ? 1 : -1;
	if ((c = compare_spans(x.before, y.before)) || (c = compare_spans(x.behind, y.behind)))
		return c;
	if (x.has_number != y.has_number)
		return x.has_number ? 1 : -1;
	if (x.number != y.number)
		return x.number < y.number ? -1 : 1;
	return (x.width > y.width) - (x.width < y.width);
}

static unsigned digits(uint32_t v)
{
	unsigned n = 1;

	for (; v >= 10; v /= 10)
		n++;
	return n;
}

static bool same_place(const struct piece *a, const struct piece *b)
{
	return a->is_ip == b->is_ip && a->has_number && b->has_number &&
		span_eq(a->before, b->before) && span_eq(a->behind, b->behind);
}

/* Whether b, written with the digits that the range began with, is the name that follows a. */
static bool follows(const struct piece *first, const struct piece *a, const struct piece *b)
{
	if (!same_place(a, b) || b->number != a->number + 1 || b->number == 0)
		return false;
	unsigned need = digits(b->number);
	return b->is_ip || b->width == (need > first->width ? need : first->width);
}

/* The end of the run that begins at i. */
static size_t run_end(const char **texts, size_t count, size_t i)
{
	struct piece first = cut(texts[i]), last = first;

	for (i++; i < count; i++) {
		struct piece p = cut(texts[i]);
		if (!follows(&first, &last, &p))
			break;
		last = p;
	}
	return i;
}

static void print_ip_run(struct out *o, uint32_t first, uint32_t last)
{
	char text[NAMES_IP_SIZE];

	names_ip_print(first, text);
	out_str(o, text);
	if (last == first)
		return;
	names_ip_print(last, text);
	if (first >> 8 == last >> 8)
		out_fmt(o, "-%u", (unsigned)(last & 255));
	else
		out_fmt(o, "-%s", text);
}

static void print_run(struct out *o, const struct piece *first, const struct piece *last)
{
	out_fmt(o, "%0*u", (int)first->width, (unsigned)first->number);
	if (last->number != first->number)
		out_fmt(o, "-%0*u", (int)first->width, (unsigned)last->number);
}

/* All runs with the same text around their number; gives the index behind them. */
static size_t print_place(struct out *o, const char **texts, size_t count, size_t i)
{
	struct piece first = cut(texts[i]);
	size_t end = run_end(texts, count, i);

	if (first.is_ip) {
		struct piece last = cut(texts[end - 1]);
		print_ip_run(o, first.number, last.number);
		return end;
	}
	struct piece next = end < count ? cut(texts[end]) : first;
	if (!first.has_number || (end == i + 1 && (end == count || !same_place(&first, &next)))) {
		out_str(o, texts[i]);
		return i + 1;
	}
	out_bytes(o, first.before);
	out_str(o, "[");
	for (;;) {
		struct piece from = cut(texts[i]), last = cut(texts[end - 1]);
		print_run(o, &from, &last);
		i = end;
		if (i == count)
			break;
		next = cut(texts[i]);
		if (!same_place(&first, &next))
			break;
		out_str(o, ",");
		end = run_end(texts, count, i);
	}
	out_str(o, "]");
	out_bytes(o, first.behind);
	return i;
}

void names_print(struct out *o, const char **texts, size_t count)
{
	size_t kept = 0;

	if (count == 0)
		return;
	qsort(texts, count, sizeof *texts, compare);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || !str_eq(texts[i], texts[kept - 1]))
			texts[kept++] = texts[i];
	}
	for (size_t i = 0; i < kept;) {
		out_str(o, i ? "," : "");
		i = print_place(o, texts, kept, i);
	}
}
