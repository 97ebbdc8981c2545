/* Rows of the service settings and the check of a value against its row. Used by the engine when it
 * loads them, by the API and the command line before anything is stored, and by help texts. Keeps
 * no values: the store does. */
#include "base/str.h"
#include "engine/settings.h"

static const struct engine_setting_row rows[] = {
#define X(constant, key, type, min, max, def, choices, restart, text) \
	{ key, ENGINE_SET_##type, min, max, def, choices, text, restart },
	ENGINE_SETTINGS(X)
#undef X
};
_Static_assert(sizeof rows / sizeof *rows == ENGINE_SETTING_COUNT, "one row for each setting");

const struct engine_setting_row *engine_setting_row(enum engine_setting s)
{
	return &rows[s];
}

bool engine_setting_find(const char *key, enum engine_setting *out_s, struct err *e)
{
	for (unsigned i = 0; i < ENGINE_SETTING_COUNT; i++) {
		if (str_eq(rows[i].key, key)) {
			*out_s = (enum engine_setting)i;
			return true;
		}
	}
	err_set(e, ERR_NOT_FOUND, "there is no setting '%s'", key ? key : "");
	return err_hint(e, "see 'outband setting list'");
}

static bool in_words(const char *words, struct span word)
{
	struct span left = span_str(words);

	while (left.n > 0) {
		size_t n = span_find(left, ' ');
		if (span_eq(span_make(left.p, n), word))
			return true;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return false;
}

static bool refuse(const struct engine_setting_row *r, struct span value, struct err *e)
{
	int shown = value.n < 100 ? (int)value.n : 100;

	err_set(e, ERR_INVALID, "setting %s cannot be '%.*s'", r->key, shown,
		value.n ? (const char *)value.p : "");
	return err_seen(e, "%.*s", shown, value.n ? (const char *)value.p : "");
}

/* "10.0.0.9:9971", "[fe80::1]:9971", or nothing: no host name, which would have to be looked up. */
static bool check_place(const struct engine_setting_row *r, struct span value, struct err *e)
{
	size_t colon = value.n;
	uint16_t port;

	if (value.n == 0)
		return true;
	while (colon > 0 && value.p[colon - 1] != ':')
		colon--;
	bool ok = colon > 1 &&
		str_to_u16(span_make(value.p + colon, value.n - colon), 1, UINT16_MAX, &port, NULL);
	bool v6 = ok && value.p[0] == '[' && colon > 3 && value.p[colon - 2] == ']';
	struct span host =
		v6 ? span_make(value.p + 1, colon - 3) : span_make(value.p, ok ? colon - 1 : 0);
	for (size_t i = 0; ok && i < host.n; i++) {
		uint8_t c = host.p[i];
		bool hex = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':';
		ok = (c >= '0' && c <= '9') || c == '.' || (v6 && hex);
	}
	if (ok)
		return true;
	refuse(r, value, e);
	return err_want(e, "ADDRESS:PORT with a numeric address, or nothing");
}

/* Comma separated words of the choices, none twice. */
static bool check_words(const struct engine_setting_row *r, struct span value, struct err *e)
{
	struct span rest = value;
	bool ok = value.n > 0;

	while (ok && rest.n > 0) {
		size_t n = span_find(rest, ',');
		struct span word = span_make(rest.p, n), tail;
		tail = n < rest.n ? span_make(rest.p + n + 1, rest.n - n - 1) : span_make(NULL, 0);
		ok = n > 0 && in_words(r->choices, word) && (n == rest.n || tail.n > 0);
		for (struct span t = tail; ok && t.n > 0;) {
			size_t k = span_find(t, ',');
			ok = !span_eq(span_make(t.p, k), word);
			k += k < t.n;
			t = span_make(t.p + k, t.n - k);
		}
		rest = tail;
	}
	if (ok)
		return true;
	refuse(r, value, e);
	return err_want(e, "some of these, separated by commas: %s", r->choices);
}

static bool check_text(const struct engine_setting_row *r, struct span value, struct err *e)
{
	bool ok = value.n >= (uint64_t)r->min && value.n <= (uint64_t)r->max;

	for (size_t i = 0; ok && i < value.n; i++)
		ok = value.p[i] >= 0x20 && value.p[i] < 0x7f;
	if (ok)
		return true;
	refuse(r, value, e);
	return err_want(e, "%lld to %lld printable ASCII characters", (long long)r->min,
			(long long)r->max);
}

/* Clients fetch lists in the clear: what they check is signed, and TLS would need the list first. */
static bool check_url(const struct engine_setting_row *r, struct span value, struct err *e)
{
	static const char scheme[] = "http://";
	size_t n = sizeof scheme - 1;
	bool ok = !value.n ||
		(value.n > n && memcmp(value.p, scheme, n) == 0 && value.p[value.n - 1] != '/');

	for (size_t i = 0; ok && i < value.n; i++)
		ok = value.p[i] > ' ' && value.p[i] != '"' && value.p[i] != '<';
	if (ok)
		return true;
	refuse(r, value, e);
	return err_want(e, "empty, or a URL with http:// and without a slash at its end");
}

/* Where the service itself listens: refused now, not at its next start. */
static bool check_own_place(const struct engine_setting_row *r, struct span value, struct err *e)
{
	size_t colon = value.n;
	uint16_t port;

	while (colon > 0 && value.p[colon - 1] != ':')
		colon--;
	struct span host = span_make(value.p, colon ? colon - 1 : 0);
	bool ok = (!colon || host.n) &&
		str_to_u16(span_make(value.p + colon, value.n - colon), 1, 65535, &port, NULL);
	for (size_t i = 0; ok && i < host.n; i++)
		ok = host.p[i] > ' ' && host.p[i] != '/' && host.p[i] != ',';
	if (ok || !value.n)
		return true;
	refuse(r, value, e);
	return err_want(e, "PORT or ADDRESS:PORT, or nothing");
}

static bool check_host(const struct engine_setting_row *r, struct span value, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < value.n; i++) {
		uint8_t c = value.p[i];
		ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '-' || c == '.' || c == ':';
	}
	if (ok)
		return true;
	refuse(r, value, e);
	return err_want(e, "a host name or an address, as it stands in the urls of the PCs");
}

static bool check_web(const struct engine_setting_row *r, struct span value, struct err *e)
{
	if (!value.n || span_starts(value, "http://") || span_starts(value, "https://"))
		return true;
	refuse(r, value, e);
	return err_want(e, "http:// or https:// and the rest of the address, or nothing");
}

static bool check_meaning(enum engine_setting s, struct span v, struct err *e)
{
	switch (s) {
	case SETTING_CA_URL:
		return check_url(&rows[s], v, e);
	case SETTING_ALERTS_TRAPS:
	case SETTING_ALERTS_EVENTS:
	case SETTING_ALERTS_HTTPS:
		return check_own_place(&rows[s], v, e);
	case SETTING_ALERTS_NAME:
		return check_host(&rows[s], v, e);
	case SETTING_ALERTS_WEBHOOK:
		return check_web(&rows[s], v, e);
	default:
		return true;
	}
}

bool engine_setting_check(enum engine_setting s, const char *value, struct err *e)
{
	const struct engine_setting_row *r = &rows[s];
	struct span v = span_str(value ? value : "");
	int64_t number;

	switch (r->type) {
	case ENGINE_SET_BOOL:
		if (in_words("true false", v))
			return true;
		refuse(r, v, e);
		return err_want(e, "true or false");
	case ENGINE_SET_INT:
		if (str_to_i64(v, r->min, r->max, &number, NULL))
			return true;
		refuse(r, v, e);
		if (s == SETTING_HOOK_TIMEOUT_S && span_eq_str(v, "0"))
			err_rule(e, "D077");
		return err_want(e, "a whole number from %lld to %lld%s%s", (long long)r->min,
				(long long)r->max, *r->choices ? ", in " : "", r->choices);
	case ENGINE_SET_CHOICE:
		if (v.n > 0 && in_words(r->choices, v))
			return true;
		refuse(r, v, e);
		return err_want(e, "one of: %s", r->choices);
	case ENGINE_SET_TEXT:
		return check_text(r, v, e) && check_meaning(s, v, e);
	case ENGINE_SET_PLACE:
		return check_text(r, v, e) && check_place(r, v, e);
	case ENGINE_SET_WORDS:
		return check_words(r, v, e);
	case ENGINE_SET_PATH:
		if (!check_text(r, v, e))
			return false;
		if (v.n == 0 || v.p[0] == '/')
			return true;
		refuse(r, v, e);
		return err_want(e, "a path from the root on, or nothing");
	}
	return false;
}

const char *engine_setting_warning(enum engine_setting s, const char *value)
{
	struct span rest = span_str(value);

	while (s == SETTING_NAME_SOURCES && rest.n > 0) {
		size_t n = span_find(rest, ',');
		if (span_eq_str(span_make(rest.p, n), "dns"))
			return "DNS may give a PC the name of another: a record older than a DHCP "
			       "lease is enough (D078). Such PCs are marked name_source dns";
		n += n < rest.n;
		rest = span_make(rest.p + n, rest.n - n);
	}
	return NULL;
}
