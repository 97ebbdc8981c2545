/* Does a rule fit a PC? Pure. Called by choose.c and, for the form of a rule, by the API. */
#include "engine/choose.h"

#include "amt/quirks.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- generations: "11", "11.8", ">=11", "<6.2", "7-9.5", separated by commas ---- */

#define MINOR_ANY 65535

/* "11.8" or "11", where minor is what it may be at most or at least. */
static bool read_release(struct span s, unsigned minor, uint64_t *out_v)
{
	uint32_t major, m = minor;
	size_t dot = span_find(s, '.');
	if (!str_to_u32(span_make(s.p, dot), 1, 99, &major, NULL))
		return false;
	if (dot < s.n &&
	    !str_to_u32(span_make(s.p + dot + 1, s.n - dot - 1), 0, MINOR_ANY - 1, &m, NULL))
		return false;
	*out_v = (uint64_t)major << 16 | m;
	return true;
}

static struct span without(struct span s, size_t n)
{
	return span_trim(span_make(s.p + n, s.n - n));
}

static bool starts(struct span s, const char *with)
{
	size_t n = strlen(with);
	return s.n >= n && memcmp(s.p, with, n) == 0;
}

/* From and to, both within. */
static bool read_range(struct span s, uint64_t *out_from, uint64_t *out_to)
{
	size_t dash = span_find(s, '-');
	*out_from = 0;
	*out_to = UINT64_MAX;
	if (starts(s, ">="))
		return read_release(without(s, 2), 0, out_from);
	if (starts(s, "<="))
		return read_release(without(s, 2), MINOR_ANY, out_to);
	if (starts(s, ">")) {
		bool ok = read_release(without(s, 1), MINOR_ANY, out_from);
		++*out_from;
		return ok;
	}
	if (starts(s, "<")) {
		bool ok = read_release(without(s, 1), 0, out_to);
		--*out_to;
		return ok;
	}
	if (dash < s.n)
		return read_release(span_trim(span_make(s.p, dash)), 0, out_from) &&
			read_release(without(s, dash + 1), MINOR_ANY, out_to) &&
			*out_from <= *out_to;
	return read_release(s, 0, out_from) && read_release(s, MINOR_ANY, out_to);
}

/* False: no list of ranges. */
static bool in_ranges(const char *ranges, uint64_t v, bool *out_in)
{
	struct span rest = span_str(ranges), item;
	*out_in = false;
	while (str_next_item(&rest, &item)) {
		uint64_t from, to;
		if (!read_range(item, &from, &to))
			return false;
		*out_in = *out_in || (v >= from && v <= to);
	}
	return true;
}

/* ---- subnets: "10.1.0.0/16,2001:db8::/32" ---- */

struct net_bits {
	uint8_t b[16];
	unsigned bits; /* of an address: 32 or 128 */
};

static bool read_address(struct span s, struct net_bits *out_a)
{
	char text[64];
	*out_a = (struct net_bits){ .bits = 32 };
	if (!str_copy(text, sizeof text, s))
		return false;
	text[strcspn(text, "%")] = '\0'; /* the zone of a link-local one */
	if (inet_pton(AF_INET, text, out_a->b) == 1)
		return true;
	out_a->bits = 128;
	return inet_pton(AF_INET6, text, out_a->b) == 1;
}

static bool read_subnet(struct span s, struct net_bits *out_a, unsigned *out_prefix)
{
	size_t slash = span_find(s, '/');
	uint32_t prefix;
	if (!read_address(span_make(s.p, slash), out_a))
		return false;
	*out_prefix = out_a->bits;
	if (slash == s.n)
		return true;
	if (!str_to_u32(span_make(s.p + slash + 1, s.n - slash - 1), 0, out_a->bits, &prefix, NULL))
		return false;
	*out_prefix = prefix;
	return true;
}

static bool same_prefix(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	if (memcmp(a, b, bits / 8) != 0)
		return false;
	unsigned rest = bits % 8;
	return !rest || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

/* False: no list of subnets. address NULL: only their form. */
static bool in_subnets(const char *subnets, const struct net_bits *address, bool *out_in)
{
	struct span rest = span_str(subnets), item;
	*out_in = false;
	while (str_next_item(&rest, &item)) {
		struct net_bits net;
		unsigned prefix;
		if (!read_subnet(item, &net, &prefix))
			return false;
		*out_in = *out_in ||
			(address && address->bits == net.bits &&
			 same_prefix(address->b, net.b, prefix));
	}
	return true;
}

/* ---- texts ---- */

static bool fits_any(const char *patterns, const char *text)
{
	struct span rest = span_str(patterns), item;
	while (str_next_item(&rest, &item))
		if (item.n && str_fits(item, span_str(text)))
			return true;
	return false;
}

static bool name_fits(const char *patterns, const char *fqdn)
{
	char host[64];
	str_copy(host, sizeof host, span_make(fqdn, strcspn(fqdn, ".")));
	return fits_any(patterns, fqdn) || fits_any(patterns, host);
}

/* "example.com": the PC's domain is it, or lies below. */
static bool suffix_fits(const char *suffixes, const char *fqdn)
{
	struct span rest = span_str(suffixes), item;
	while (str_next_item(&rest, &item)) {
		size_t n = strlen(fqdn);
		if (item.n && item.p[0] == '.')
			item = without(item, 1);
		if (item.n && n > item.n && fqdn[n - item.n - 1] == '.' &&
		    span_eq_nocase(item, span_make(fqdn + n - item.n, item.n)))
			return true;
	}
	return false;
}

/* ---- columns of an import: "ou=*Kiosk*" ---- */

static const char *column(const struct engine_choose_pc *pc, struct span name)
{
	return span_eq_str(name, "ou")         ? pc->ou
		: span_eq_str(name, "mac")     ? pc->mac
		: span_eq_str(name, "serial")  ? pc->serial
		: span_eq_str(name, "profile") ? pc->profile
					       : NULL;
}

static bool split_column(const char *text, struct span *out_name, const char **out_pattern)
{
	size_t eq = strcspn(text, "=");
	*out_name = span_make(text, eq);
	*out_pattern = text + eq + (text[eq] != '\0');
	return text[eq] && **out_pattern;
}

static bool imported_fits(const char *text, const struct engine_choose_pc *pc)
{
	struct span name;
	const char *pattern, *seen;
	if (!split_column(text, &name, &pattern))
		return false;
	seen = column(pc, name);
	/* a comma belongs to the value: OUs have them */
	return seen && seen[0] && str_fits(span_str(pattern), span_str(seen));
}

/* ---- a rule ---- */

static enum engine_choose_fit differs(char *why, size_t cap, const char *what, const char *seen,
				      const char *want)
{
	snprintf(why, cap, "%s %s, not %s", what, seen[0] ? seen : "is not known", want);
	return CHOOSE_NO;
}

static void fits_by(char *why, size_t cap, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void fits_by(char *why, size_t cap, const char *fmt, ...)
{
	size_t n = strlen(why);
	va_list ap;
	if (n && n + 2 < cap)
		n += (size_t)snprintf(why + n, cap - n, ", ");
	va_start(ap, fmt);
	vsnprintf(why + n, cap - n, fmt, ap);
	va_end(ap);
}

static bool address_fits(const char *subnets, const char *address)
{
	struct net_bits a;
	bool in = false;
	return read_address(span_str(address), &a) && in_subnets(subnets, &a, &in) && in;
}

enum engine_choose_fit engine_choose_fits(const struct store_rule *r,
					  const struct engine_choose_pc *pc, char *why, size_t cap)
{
	unsigned major = 0, minor = 0;
	bool known = amt_quirks_parse_version(pc->version, &major, &minor), in = false;
	why[0] = '\0';
	if (r->suffix[0] && !suffix_fits(r->suffix, pc->fqdn))
		return differs(why, cap, "name", pc->fqdn, r->suffix);
	if (r->subnet[0] && !address_fits(r->subnet, pc->address))
		return differs(why, cap, "address", pc->address, r->subnet);
	if (r->pattern[0] && !name_fits(r->pattern, pc->fqdn))
		return differs(why, cap, "name", pc->fqdn, r->pattern);
	if (r->grp[0] && !fits_any(r->grp, pc->grp))
		return differs(why, cap, "group", pc->grp, r->grp);
	if (r->imported[0] && !imported_fits(r->imported, pc)) {
		struct span name;
		const char *pattern;
		split_column(r->imported, &name, &pattern);
		const char *seen = column(pc, name);
		return differs(why, cap, "column", seen ? seen : "", r->imported);
	}
	if (r->generation[0] && known &&
	    (!in_ranges(r->generation, (uint64_t)major << 16 | minor, &in) || !in))
		return differs(why, cap, "AMT", pc->version, r->generation);
	if (r->generation[0])
		fits_by(why, cap, "AMT %s: %s", r->generation,
			known ? pc->version : "not read yet");
	if (r->suffix[0])
		fits_by(why, cap, "suffix %s", r->suffix);
	if (r->subnet[0])
		fits_by(why, cap, "%s in %s", pc->address, r->subnet);
	if (r->pattern[0])
		fits_by(why, cap, "name %s", r->pattern);
	if (r->grp[0])
		fits_by(why, cap, "group %s", pc->grp);
	if (r->imported[0])
		fits_by(why, cap, "column %s", r->imported);
	if (!why[0])
		fits_by(why, cap, "every PC");
	return r->generation[0] && !known ? CHOOSE_NOT_YET : CHOOSE_YES;
}

bool engine_choose_check(const struct store_rule *r, struct err *e)
{
	static const struct engine_choose_pc none = {
		.ou = "", .mac = "", .serial = "", .profile = ""
	};
	struct span name;
	const char *pattern;
	bool in;
	if (!in_ranges(r->generation, 0, &in)) {
		err_set(e, ERR_INVALID, "rule '%s': generation is no range of AMT releases",
			r->name);
		err_seen(e, "%.80s", r->generation);
		return err_want(e, "such as 11, 11.8, >=12, <6, 7-9.5, or several with commas");
	}
	if (!in_subnets(r->subnet, NULL, &in)) {
		err_set(e, ERR_INVALID, "rule '%s': subnet is no network", r->name);
		err_seen(e, "%.80s", r->subnet);
		return err_want(e, "such as 10.1.0.0/16 or 2001:db8::/32");
	}
	if (r->imported[0] &&
	    (!split_column(r->imported, &name, &pattern) || !column(&none, name))) {
		err_set(e, ERR_INVALID, "rule '%s': no column of an import", r->name);
		err_seen(e, "%.80s", r->imported);
		return err_want(e, "ou, mac, serial or profile, such as ou=*Kiosk*");
	}
	return true;
}
