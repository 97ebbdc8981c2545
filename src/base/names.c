/* See names.h. A pattern is its text, taken apart again whenever a member is asked for: members are
 * numbered like an odometer whose last bracket turns fastest. */
#include "base/names.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"

#define TEXT_MAX     1048576 /* of all patterns of a list */
#define NUMBER_WIDTH 9       /* digits of a number in brackets */

struct names_item {
	uint64_t start, count; /* number of its first member in the list; members */
	bool is_ip;
	uint32_t first_ip;     /* is_ip: members follow upon each other */
	uint32_t text, text_n; /* else: in names.text */
};

void names_init(struct names *n, uint64_t max_members)
{
	*n = (struct names){ .max = max_members };
	buf_init(&n->text, TEXT_MAX);
}

void names_deinit(struct names *n)
{
	mem_free(n->items);
	buf_deinit(&n->text);
	*n = (struct names){ .max = n->max };
	buf_init(&n->text, TEXT_MAX);
}

/* ---- addresses ---- */

bool names_ip_parse(struct span text, uint32_t *out_ip)
{
	uint32_t ip = 0, v;

	for (unsigned i = 0; i < 4; i++) {
		size_t end = i < 3 ? span_find(text, '.') : text.n;
		if (end == 0 || end > 3 || (i < 3 && end == text.n) ||
		    !str_to_u32(span_make(text.p, end), 0, 255, &v, NULL) ||
		    (end > 1 && text.p[0] == '0'))
			return false;
		ip = ip << 8 | v;
		if (i < 3)
			text = span_make(text.p + end + 1, text.n - end - 1);
	}
	*out_ip = ip;
	return true;
}

void names_ip_print(uint32_t ip, char out_text[NAMES_IP_SIZE])
{
	struct out o;

	out_init(&o, out_text, NAMES_IP_SIZE);
	out_fmt(&o, "%u.%u.%u.%u", (unsigned)(ip >> 24), (unsigned)(ip >> 16 & 255),
		(unsigned)(ip >> 8 & 255), (unsigned)(ip & 255));
}

static bool bad(struct err *e, struct span item, const char *why, const char *want)
{
	err_set(e, ERR_INVALID, "'%.*s' %s", item.n < 80 ? (int)item.n : 80, (const char *)item.p,
		why);
	return err_want(e, "%s", want);
}

static bool parse_network(struct span s, size_t slash, struct names_item *out_item, struct err *e)
{
	uint32_t ip, bits;

	if (!names_ip_parse(span_make(s.p, slash), &ip) ||
	    !str_to_u32(span_make(s.p + slash + 1, s.n - slash - 1), 0, 32, &bits, NULL))
		return bad(e, s, "is no network", "an IPv4 network such as 10.1.0.0/16");
	uint64_t size = UINT64_C(1) << (32 - bits);
	out_item->first_ip = ip & (uint32_t) ~(size - 1);
	out_item->count = size;
	if (size > 2) { /* neither the network itself nor its broadcast address */
		out_item->first_ip++;
		out_item->count -= 2;
	}
	return true;
}

static bool parse_range(struct span s, size_t dash, struct names_item *out_item, struct err *e)
{
	struct span end = span_make(s.p + dash + 1, s.n - dash - 1);
	uint32_t first, last;

	if (!names_ip_parse(span_make(s.p, dash), &first))
		return bad(e, s, "does not begin with an address", "10.1.0.5-10.1.0.90");
	if (!names_ip_parse(end, &last)) {
		if (!str_to_u32(end, 0, 255, &last, NULL))
			return bad(e, s, "does not end with an address",
				   "10.1.0.5-10.1.0.90 or 10.1.0.5-90");
		last |= first & ~UINT32_C(255);
	}
	if (last < first)
		return bad(e, s, "ends before it begins", "the lower address first");
	out_item->first_ip = first;
	out_item->count = (uint64_t)last - first + 1;
	return true;
}

/* Only digits, dots and one of - and /: an address, a range or a network, and nothing else. */
static bool looks_like_ip(struct span s)
{
	bool dot = false;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		dot |= c == '.';
		if (!(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '/')
			return false;
	}
	return dot && s.p[0] >= '0' && s.p[0] <= '9';
}

static bool parse_ip(struct span s, struct names_item *out_item, struct err *e)
{
	size_t slash = span_find(s, '/'), dash = span_find(s, '-');

	out_item->is_ip = true;
	if (slash < s.n)
		return parse_network(s, slash, out_item, e);
	if (dash < s.n)
		return parse_range(s, dash, out_item, e);
	out_item->count = 1;
	return names_ip_parse(s, &out_item->first_ip) ||
		bad(e, s, "is no IPv4 address", "four numbers up to 255, such as 10.1.0.5");
}

/* ---- patterns ---- */

struct part { /* one of a bracket: "01-40", "7" */
	uint32_t first, last;
	unsigned width; /* at least so many digits */
};

/* The next part of the inside of a bracket; false at its end, or *out_bad. */
static bool next_part(struct span *inside, struct part *out_p, bool *out_bad)
{
	if (!inside->p || !inside->n)
		return false;
	size_t n = span_find(*inside, ',');
	struct span s = span_make(inside->p, n);
	size_t dash = span_find(s, '-');
	struct span low = span_make(s.p, dash);
	struct span high = dash < s.n ? span_make(s.p + dash + 1, s.n - dash - 1) : low;

	*out_bad = low.n > NUMBER_WIDTH || high.n > NUMBER_WIDTH || n + 1 == inside->n ||
		!str_to_u32(low, 0, UINT32_MAX, &out_p->first, NULL) ||
		!str_to_u32(high, out_p->first, UINT32_MAX, &out_p->last, NULL);
	out_p->width = (unsigned)low.n;
	*inside = n < inside->n ? span_make(inside->p + n + 1, inside->n - n - 1)
				: span_make(inside->p + n, 0);
	return !*out_bad;
}

static uint64_t part_size(const struct part *p)
{
	return (uint64_t)p->last - p->first + 1;
}

static bool group_size(struct span inside, uint64_t *out_count)
{
	struct part p;
	bool is_bad = false;

	*out_count = 0;
	while (next_part(&inside, &p, &is_bad))
		*out_count += part_size(&p);
	return !is_bad && *out_count > 0;
}

/* The next bracket at or behind *at: what stands before it and what is in it. */
static bool next_group(struct span s, size_t *at, struct span *out_before, struct span *out_inside)
{
	struct span rest = span_make(s.p + *at, s.n - *at);
	size_t open = span_find(rest, '['), close = span_find(rest, ']');

	*out_before = rest;
	if (open == rest.n || close == rest.n || close < open)
		return false;
	*out_before = span_make(rest.p, open);
	*out_inside = span_make(rest.p + open + 1, close - open - 1);
	*at += close + 1;
	return true;
}

static bool is_name_byte(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		strchr(".-_:@%", c) != NULL;
}

static bool check_plain(struct span item, struct span s, struct err *e)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!s.p[i] || !is_name_byte(s.p[i]))
			return bad(e, item, "is no name",
				   "letters, digits, dots and dashes, and ranges such as [01-40]");
	}
	return true;
}

static bool parse_pattern(struct names *n, struct span s, struct names_item *out_item,
			  struct err *e)
{
	struct span before, inside;
	size_t at = 0, groups = 0, longest = 0;
	uint64_t size;

	out_item->count = 1;
	while (next_group(s, &at, &before, &inside)) {
		if (!check_plain(s, before, e))
			return false;
		longest += before.n + NUMBER_WIDTH;
		if (++groups > NAMES_MAX_GROUPS)
			return bad(e, s, "has too many ranges", "at most 4 in one name");
		if (!group_size(inside, &size))
			return bad(e, s, "has a bad range",
				   "numbers with the lower one first, "
				   "such as [01-40] or [1-4,7]");
		if (__builtin_mul_overflow(out_item->count, size, &out_item->count))
			return err_set(e, ERR_LIMIT, "'%.*s' names too many",
				       s.n < 80 ? (int)s.n : 80, (const char *)s.p);
	}
	if (!check_plain(s, before, e))
		return false;
	if (longest + before.n > LIMIT_FQDN)
		return bad(e, s, "is too long for a name", "at most 253 characters");
	out_item->text = (uint32_t)n->text.n;
	out_item->text_n = (uint32_t)s.n;
	if (buf_add(&n->text, s))
		return true;
	buf_clear(&n->text);
	return err_set(e, ERR_LIMIT, "the list of names is longer than %d bytes", TEXT_MAX);
}

/* ---- the list ---- */

static bool add_item(struct names *n, struct span s, struct err *e)
{
	struct names_item item = { .start = n->count };
	bool is_v6 = s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']' && span_find(s, ':') < s.n;

	if (s.n == 0)
		return err_set(e, ERR_INVALID, "a list of names has an empty place");
	if (is_v6)
		s = span_make(s.p + 1, s.n - 2);
	if (!(looks_like_ip(s) || span_find(s, '/') < s.n ? parse_ip(s, &item, e)
							  : parse_pattern(n, s, &item, e)))
		return false;
	if (item.count > n->max || n->count > n->max - item.count) {
		err_set(e, ERR_LIMIT, "with '%.*s' these are too many", s.n < 80 ? (int)s.n : 80,
			(const char *)s.p);
		unsigned long long all = n->count + item.count;
		err_seen(e, "%llu", all);
		return err_want(e, "at most %llu", (unsigned long long)n->max);
	}
	if (n->item_count == NAMES_MAX_ITEMS)
		return err_set(e, ERR_LIMIT, "a list of names has at most %d entries",
			       NAMES_MAX_ITEMS);
	if (n->item_count == n->item_cap) {
		n->item_cap = n->item_cap ? n->item_cap * 2 : 8;
		n->items = mem_grow(n->items, n->item_cap * sizeof item);
	}
	n->items[n->item_count++] = item;
	n->count += item.count;
	return true;
}

/* Up to the next comma outside of brackets. */
static size_t item_end(struct span s)
{
	bool inside = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '[')
			inside = true;
		else if (s.p[i] == ']')
			inside = false;
		else if (s.p[i] == ',' && !inside)
			return i;
	}
	return s.n;
}

bool names_add(struct names *n, struct span list, struct err *e)
{
	size_t items = n->item_count, text = n->text.n, at = 0;
	uint64_t count = n->count;

	if (list.n == 0)
		return err_set(e, ERR_INVALID, "the list of names is empty");
	do {
		struct span rest = span_make(list.p + at, list.n - at);
		size_t end = item_end(rest);
		if (!add_item(n, span_trim(span_make(rest.p, end)), e)) {
			n->item_count = items;
			n->count = count;
			n->text.n = text < n->text.n ? text : n->text.n;
			return false;
		}
		at += end + 1;
	} while (at <= list.n);
	return true;
}

static const struct names_item *find_item(const struct names *n, uint64_t i)
{
	size_t low = 0, high = n->item_count;

	if (i >= n->count)
		return NULL;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (n->items[mid].start <= i)
			low = mid;
		else
			high = mid;
	}
	return &n->items[low];
}

/* Which number of the bracket this is. */
static void print_nth(struct out *o, struct span inside, uint64_t nth)
{
	struct part p;
	bool is_bad;

	while (next_part(&inside, &p, &is_bad)) {
		if (nth < part_size(&p)) {
			out_fmt(o, "%0*u", (int)p.width, (unsigned)(p.first + (uint32_t)nth));
			return;
		}
		nth -= part_size(&p);
	}
}

static void print_member(struct out *o, struct span s, uint64_t i, uint64_t left)
{
	struct span before, inside;
	size_t at = 0;
	uint64_t size;

	while (next_group(s, &at, &before, &inside)) {
		out_bytes(o, before);
		if (!group_size(inside, &size))
			return;
		left /= size; /* members of the brackets behind this one */
		print_nth(o, inside, i / left);
		i %= left;
	}
	out_bytes(o, before);
}

bool names_at(const struct names *n, uint64_t i, char out_text[NAMES_TEXT_SIZE])
{
	const struct names_item *item = find_item(n, i);
	struct out o;

	if (!item)
		return false;
	if (item->is_ip) {
		names_ip_print(item->first_ip + (uint32_t)(i - item->start), out_text);
		return true;
	}
	out_init(&o, out_text, NAMES_TEXT_SIZE);
	print_member(&o, span_make(n->text.p + item->text, item->text_n), i - item->start,
		     item->count);
	return !o.bad;
}

bool names_ip_at(const struct names *n, uint64_t i, uint32_t *out_ip)
{
	const struct names_item *item = find_item(n, i);
	char text[NAMES_TEXT_SIZE];

	if (!item)
		return false;
	if (!item->is_ip)
		return names_at(n, i, text) && names_ip_parse(span_str(text), out_ip);
	*out_ip = item->first_ip + (uint32_t)(i - item->start);
	return true;
}
