/* Names: does a certificate's common name fit a device's DNS suffix, and is a text a host name.
 * Called by pre-flight and by whoever takes a name from outside. Pure text; asks no DNS. */
#include "base/limits.h"
#include "base/source.h"
#include "base/str.h"
#include "pki/preflight.h"
#include <stdio.h>

/* Labels of the common name that count, by top-level domain. Early firmware relaxes the rule for
 * com and net only; the rest is how a published server reads newer firmware. */
static const struct tld {
	const char *name;
	unsigned labels;
	unsigned major_from;
	enum source src;
} tlds[] = {
#define TLD2(name)                \
	{                         \
		name, 2, 6, SRC_P \
	}
#define TLD3(name)                \
	{                         \
		name, 3, 6, SRC_P \
	}
	/* clang-format off */
	{ "com", 2, 2, SRC_D }, { "net", 2, 2, SRC_D },
	TLD2("org"), TLD2("gov"), TLD2("edu"), TLD2("de"), TLD2("ch"), TLD2("dk"), TLD2("cz"),
	TLD2("cl"), TLD2("ua"),
	TLD3("arpa"), TLD3("fr"), TLD3("cn"), TLD3("nl"), TLD3("br"), TLD3("mx"), TLD3("uk"),
	TLD3("pl"), TLD3("tw"), TLD3("ca"), TLD3("fi"), TLD3("be"), TLD3("ru"), TLD3("se"),
	TLD3("ar"), TLD3("es"), TLD3("no"), TLD3("at"), TLD3("in"), TLD3("tr"), TLD3("ro"),
	TLD3("hu"), TLD3("nz"), TLD3("pt"), TLD3("il"), TLD3("gr"), TLD3("co"), TLD3("ie"),
	TLD3("za"), TLD3("th"), TLD3("sg"), TLD3("hk"), TLD3("lt"), TLD3("id"), TLD3("hr"),
	TLD3("ee"), TLD3("bg"),
	/* clang-format on */
};

/* The last labels of name; all of it when it has no more. */
static const char *last_labels(const char *name, unsigned labels)
{
	for (const char *p = name + strlen(name); p > name; p--) {
		if (p[-1] == '.' && --labels == 0)
			return p;
	}
	return name;
}

/* The part of cn that counts for that firmware, or NULL when only the strict rule is known. */
static const char *reduced(const char *cn, unsigned amt_major)
{
	const char *tld = last_labels(cn, 1);
	for (size_t i = 0; i < sizeof tlds / sizeof *tlds; i++) {
		if (str_eq(tlds[i].name, tld) &&
		    (amt_major == 0 || amt_major >= tlds[i].major_from))
			return last_labels(cn, tlds[i].labels);
	}
	return amt_major == 0 || amt_major >= 6 ? cn : NULL;
}

static bool plain_name(char *dst, size_t cap, const char *name)
{
	size_t n = strlen(name);
	if (n > 0 && name[n - 1] == '.') /* "example.com." is fully qualified, not different */
		n--;
	if (n == 0 || n >= cap)
		return false;
	str_copy(dst, cap, span_make(name, n));
	str_lower(dst);
	return true;
}

bool pki_preflight_suffix_fits(const char *cn, const char *suffix, unsigned amt_major,
			       bool *out_strict)
{
	char c[LIMIT_FQDN + 3], s[LIMIT_FQDN + 1];
	bool strict = false;
	if (out_strict)
		*out_strict = false;
	if (!plain_name(c, sizeof c, cn) || !plain_name(s, sizeof s, suffix))
		return false;
	bool wildcard = c[0] == '*' && c[1] == '.';
	const char *name = wildcard ? c + 2 : c;
	const char *dot = strchr(name, '.');
	if (!dot)
		return false; /* one label would fit half the world */
	strict = str_eq(s, wildcard ? name : dot + 1);
	if (out_strict)
		*out_strict = strict;
	const char *part = reduced(name, amt_major);
	if (strict || !part)
		return strict;
	size_t s_len = strlen(s), part_len = strlen(part);
	return str_eq(s, part) ||
		(s_len > part_len && s[s_len - part_len - 1] == '.' &&
		 str_eq(s + s_len - part_len, part));
}

static bool refuse(struct span fqdn, const char *why, struct err *e)
{
	int shown = fqdn.n < 80 ? (int)fqdn.n : 80;
	err_set(e, ERR_INVALID, "'%.*s' is no host name: %s", shown,
		fqdn.n ? (const char *)fqdn.p : "", why);
	err_want(e, "letters, digits, minus and period; labels of 1 to 63, at most %d in all",
		 LIMIT_FQDN);
	return err_rule(e, "D050");
}

bool pki_preflight_fqdn(struct span fqdn, struct err *e)
{
	size_t label = 0;
	if (fqdn.n == 0)
		return refuse(fqdn, "it is empty", e);
	if (fqdn.n > LIMIT_FQDN)
		return refuse(fqdn, "it is too long", e);
	for (size_t i = 0; i < fqdn.n; i++) {
		uint8_t c = fqdn.p[i];
		if (c == '.') {
			if (label == 0)
				return refuse(fqdn, "a label is empty", e);
			label = 0;
			continue;
		}
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-')
			return refuse(fqdn, "it has other characters", e);
		if (++label > 63)
			return refuse(fqdn, "a label has more than 63 characters", e);
	}
	return label > 0 || refuse(fqdn, "it ends with a period", e);
}
