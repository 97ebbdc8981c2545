/* Finds the handler of a request and reads its query. Called by api.c for each request and by
 * handlers for their query. Never lets an unknown query key pass: a mistyped filter would show
 * everything. */
#include "api/api_priv.h"

const struct api_route api_routes[] = {
#define X(method, path, role, query, body, handler, text) \
	{ method, path, role, query, body, handler, text },
	API_ROUTES(X)
#undef X
};
const unsigned api_route_count = sizeof api_routes / sizeof *api_routes;

const char *api_role_name(enum api_role role)
{
	static const char *const names[] = {
#define X(name, text) text,
		API_ROLES(X)
#undef X
	};
	return (unsigned)role < API_ROLE_COUNT ? names[role] : "";
}

bool api_word_in(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; *p;) {
		size_t len = strcspn(p, " ");
		if (n > 0 && len == n && memcmp(p, word, n) == 0)
			return true;
		p += len;
		p += strspn(p, " ");
	}
	return false;
}

/* Does path fit pattern? *out_name is what stands for {}; never empty. */
static bool fits(const char *pattern, const char *path, struct span *out_name)
{
	while (*pattern) {
		if (pattern[0] == '{') {
			size_t n = strcspn(path, "/");
			if (n == 0)
				return false;
			*out_name = span_make(path, n);
			path += n;
			pattern += 2;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

/* "/v1/keys/generate" is no key with that name: a pattern without {} goes before. */
const struct api_route *api_route_find(const char *method, const char *path, struct arena *a,
				       const char **out_name, struct err *e)
{
	char allowed[96] = "";
	struct out o;

	out_init(&o, allowed, sizeof allowed);
	*out_name = "";
	for (unsigned i = 0; i < 2 * api_route_count; i++) {
		const struct api_route *t = &api_routes[i % api_route_count];
		struct span name = { NULL, 0 };
		bool is_exact = !strchr(t->path, '{');
		if (is_exact != (i < api_route_count) || !fits(t->path, path, &name))
			continue;
		if (str_eq(t->method, method)) {
			if (name.n)
				*out_name = arena_str(a, name);
			return t;
		}
		out_fmt(&o, "%s%s", allowed[0] ? ", " : "", t->method);
	}
	if (allowed[0]) {
		err_set(e, ERR_USAGE, "%s is not possible on %s", method, path);
		err_want(e, "%s", allowed);
	} else {
		err_set(e, ERR_NOT_FOUND, "there is no %s", path);
		err_hint(e, "the routes are in docs/api.md; they begin with /v1/");
	}
	return NULL;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL for a bad percent sign or a NUL. */
static char *decode(struct arena *a, struct span s)
{
	char *text = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; text && i < s.n; i++) {
		char c = (char)s.p[i];
		if (c == '%') {
			int hi = i + 2 < s.n ? hex_value((char)s.p[i + 1]) : -1;
			int lo = i + 2 < s.n ? hex_value((char)s.p[i + 2]) : -1;
			if (hi < 0 || lo < 0)
				return NULL;
			c = (char)(hi << 4 | lo);
			i += 2;
		}
		if (!c)
			return NULL;
		text[n++] = c;
	}
	return text;
}

/* The next key=value of *rest; false at the end. */
static bool next_pair(struct span *rest, struct span *out_key, struct span *out_value)
{
	while (rest->n) {
		size_t n = span_find(*rest, '&');
		struct span pair = { rest->p, n };
		size_t at = span_find(pair, '=');
		rest->p += n < rest->n ? n + 1 : n;
		rest->n -= n < rest->n ? n + 1 : n;
		if (pair.n == 0)
			continue;
		*out_key = (struct span){ pair.p, at };
		*out_value = at < pair.n ? (struct span){ pair.p + at + 1, pair.n - at - 1 }
					 : (struct span){ pair.p + at, 0 };
		return true;
	}
	return false;
}

bool api_query_check(struct api_req *r, struct err *e)
{
	struct span rest = span_str(r->query), key, value;

	while (next_pair(&rest, &key, &value)) {
		const char *name = decode(&r->arena, key);
		if (!name || !api_word_in(r->route->query, name)) {
			err_set(e, ERR_INVALID, "%s %s does not know the query key '%.60s'",
				r->method, r->path, name ? name : "?");
			return err_want(e, "%s", r->route->query[0] ? r->route->query : "no query");
		}
		if (!decode(&r->arena, value))
			return err_set(e, ERR_INVALID,
				       "the query value of '%.60s' is badly encoded", name);
	}
	return true;
}

const char *api_query(struct api_req *r, const char *key)
{
	struct span rest = span_str(r->query), k, v;

	while (next_pair(&rest, &k, &v))
		if (span_eq_str(k, key))
			return v.n ? decode(&r->arena, v) : NULL;
	return NULL;
}

bool api_query_word(struct api_req *r, const char *key, const char *words, const char **out_v,
		    struct err *e)
{
	*out_v = api_query(r, key);
	if (!*out_v || api_word_in(words, *out_v))
		return true;
	err_set(e, ERR_INVALID, "the query has %s=%.60s", key, *out_v);
	return err_want(e, "one of: %s", words);
}

bool api_query_bool(struct api_req *r, const char *key, bool *out_v, struct err *e)
{
	const char *v;

	if (!api_query_word(r, key, "true false", &v, e))
		return false;
	*out_v = str_eq(v, "true");
	return true;
}

bool api_query_page(struct api_req *r, struct api_page *out_p, struct err *e)
{
	const char *limit = api_query(r, "limit");
	uint32_t n = API_PAGE_DEFAULT;

	out_p->after = api_query(r, "after");
	if (limit && !str_to_u32(span_str(limit), 1, API_PAGE_MAX, &n, NULL)) {
		err_set(e, ERR_INVALID, "the query has limit=%.60s", limit);
		return err_want(e, "a number from 1 to %d", API_PAGE_MAX);
	}
	out_p->limit = n;
	return true;
}
