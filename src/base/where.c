/* Conditions over rows (base/where.h): a recursive parser over a small grammar, and its evaluation.
 *   or = and {"or" and}; and = not {"and" not}; not = ["not"] ( "(" or ")" | column op value )
 * Depth and size are limited, so that no text can take the stack or the memory. Called by the engine for
 * targets, and wherever rows are queried. */
#include "base/where.h"
#include "base/out.h"
#include "base/str.h"

#define MAX_DEPTH 32
#define MAX_NODES 512
#define MAX_TEXT  16384

enum op { OP_AND, OP_OR, OP_NOT, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_LIKE, OP_IN };

struct where {
	enum op op;
	unsigned col;
	enum where_type type;
	const char *value;
	const struct where *left, *right; /* right: NOT has none; IN: the next value */
};

struct parser {
	struct span in;
	size_t at, word_at;
	struct span word; /* the token under the cursor; empty: the end */
	bool quoted, bad;
	const struct where_col *cols;
	unsigned col_count, depth, nodes;
	struct arena *a;
	struct err *e;
};

static const struct where always = { .op = OP_AND };

static bool fail(struct parser *p, size_t at, const char *what, const char *want)
{
	struct span rest = span_make(p->in.p + at, p->in.n - at);
	char part[24];

	if (p->bad)
		return false;
	p->bad = true;
	(void)str_copy(part, sizeof part, rest);
	err_set(p->e, ERR_INVALID, "the condition cannot be read: %s", what);
	if (rest.n)
		err_seen(p->e, "column %zu: %s", at + 1, part);
	else
		err_seen(p->e, "column %zu: the end", at + 1);
	return err_want(p->e, "%s", want);
}

/* ---- tokens ---- */

static bool is_plain(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c >= 0x80 ||
		(c && strchr("._:/-*?@+%", c));
}

static void next_quoted(struct parser *p)
{
	uint8_t mark = p->in.p[p->at];
	struct span rest = span_make(p->in.p + p->at + 1, p->in.n - p->at - 1);
	size_t n = span_find(rest, mark);

	p->quoted = true;
	if (n == rest.n) {
		fail(p, p->at, "a quote has no end", "a second quote");
		p->word = span_make(rest.p, 0);
		p->at = p->in.n;
		return;
	}
	p->word = span_make(rest.p, n);
	p->at += n + 2;
}

static void next(struct parser *p)
{
	while (p->at < p->in.n && strchr(" \t\r\n", p->in.p[p->at]) && p->in.p[p->at])
		p->at++;
	p->word_at = p->at;
	p->quoted = false;
	p->word = span_make(p->in.p + p->at, 0);
	if (p->at == p->in.n)
		return;
	uint8_t c = p->in.p[p->at];
	if (c == '"' || c == '\'') {
		next_quoted(p);
		return;
	}
	size_t n = 0;
	while (p->at + n < p->in.n && is_plain(p->in.p[p->at + n]))
		n++;
	if (!n) /* <= >= != and single signs */
		n = c && strchr("<>!", c) && p->at + 1 < p->in.n && p->in.p[p->at + 1] == '=' ? 2
											      : 1;
	p->word.n = n;
	p->at += n;
}

static bool is_end(const struct parser *p)
{
	return !p->quoted && !p->word.n;
}

static bool is_word(const struct parser *p, const char *text)
{
	return !p->quoted && p->word.n && span_eq_nocase(p->word, span_str(text));
}

static bool take(struct parser *p, const char *text)
{
	if (!is_word(p, text))
		return false;
	next(p);
	return true;
}

/* ---- grammar ---- */

static struct where *node(struct parser *p, enum op op)
{
	struct where *w = ++p->nodes <= MAX_NODES ? ARENA_NEW(p->a, struct where) : NULL;

	if (w)
		w->op = op;
	else
		fail(p, p->word_at, "it is too long", "fewer comparisons");
	return w;
}

static const struct where *parse_or(struct parser *p);

static bool find_col(struct parser *p, unsigned *out_col)
{
	char names[96] = "", more[160] = "";
	struct out o, rest;

	for (unsigned i = 0; i < p->col_count && !p->quoted; i++) {
		if (!span_eq_nocase(p->word, span_str(p->cols[i].name)))
			continue;
		*out_col = i;
		return true;
	}
	out_init(&o, names, sizeof names - 1);
	out_init(&rest, more, sizeof more - 1);
	for (unsigned i = 0; i < p->col_count; i++) { /* whole names: the end of them in the hint */
		bool fits = !rest.n && o.n + strlen(p->cols[i].name) + 1 < sizeof names - 1;
		if (fits)
			out_fmt(&o, "%s%s", i ? " " : "", p->cols[i].name);
		else
			out_fmt(&rest, "%s%s", rest.n ? " " : "or one of: ", p->cols[i].name);
	}
	bool bad = p->bad;
	(void)fail(p, p->word_at, is_end(p) ? "a column is missing" : "there is no such column",
		   names);
	return !bad && more[0] ? err_hint(p->e, "%s", more) : false;
}

static bool parse_op(struct parser *p, enum op *out_op)
{
	static const struct {
		const char *text;
		enum op op;
	} ops[] = {
		{ "=", OP_EQ }, { "!=", OP_NE }, { "<=", OP_LE },  { ">=", OP_GE },
		{ "<", OP_LT }, { ">", OP_GT },  { "~", OP_LIKE }, { "in", OP_IN },
	};

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		*out_op = ops[i].op;
		if (take(p, ops[i].text))
			return true;
	}
	return fail(p, p->word_at, "a comparison is missing", "= != < <= > >= ~ or in (...)");
}

static bool is_version(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '.' && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return s.n > 0 && s.n < 64;
}

static bool is_bool(struct span s, bool *out_v)
{
	*out_v = span_eq_nocase(s, span_str("true")) || span_eq_nocase(s, span_str("yes"));
	return *out_v || span_eq_nocase(s, span_str("false")) || span_eq_nocase(s, span_str("no"));
}

static bool check_value(struct parser *p, const struct where *w)
{
	int64_t n;
	bool v;

	if (w->op == OP_LIKE || w->type == WHERE_TEXT)
		return true;
	if (w->type == WHERE_NUMBER && !str_to_i64(p->word, INT64_MIN, INT64_MAX, &n, NULL))
		return fail(p, p->word_at, "this is no number", "a whole number");
	if (w->type == WHERE_VERSION && !is_version(p->word))
		return fail(p, p->word_at, "this is no version", "a version such as 11.8.50");
	if (w->type == WHERE_BOOL && !is_bool(p->word, &v))
		return fail(p, p->word_at, "this is neither true nor false", "true or false");
	return true;
}

static bool parse_value(struct parser *p, struct where *w)
{
	bool sign = !p->quoted && p->word.n && !is_plain(p->word.p[0]);

	if (is_end(p) || sign)
		return fail(p, p->word_at, "a value is missing", "a word, or a text in quotes");
	if (!check_value(p, w))
		return false;
	w->value = arena_str(p->a, p->word);
	next(p);
	return w->value || fail(p, p->word_at, "it is too long", "a shorter one");
}

static bool parse_list(struct parser *p, struct where *w)
{
	struct where *at = w;

	if (!take(p, "("))
		return fail(p, p->word_at, "the list of 'in' is missing", "( value, value ... )");
	if (!parse_value(p, at))
		return false;
	while (take(p, ",")) {
		struct where *more = node(p, OP_IN);
		if (!more)
			return false;
		more->col = w->col;
		more->type = w->type;
		at->right = more;
		at = more;
		if (!parse_value(p, at))
			return false;
	}
	return take(p, ")") || fail(p, p->word_at, "the list has no end", ", or )");
}

static const struct where *parse_cmp(struct parser *p)
{
	unsigned col = 0;
	enum op op;

	if (!find_col(p, &col))
		return NULL;
	next(p);
	if (!parse_op(p, &op))
		return NULL;
	struct where *w = node(p, op);
	if (!w)
		return NULL;
	w->col = col;
	w->type = p->cols[col].type;
	return (op == OP_IN ? parse_list(p, w) : parse_value(p, w)) ? w : NULL;
}

static const struct where *parse_not(struct parser *p)
{
	const struct where *inner;

	if (++p->depth > MAX_DEPTH) {
		fail(p, p->word_at, "it is nested too deep", "fewer brackets");
		return NULL;
	}
	if (take(p, "not")) {
		struct where *w = node(p, OP_NOT);
		inner = w ? parse_not(p) : NULL;
		if (inner)
			w->left = inner;
		inner = inner ? w : NULL;
	} else if (take(p, "(")) {
		inner = parse_or(p);
		if (inner && !take(p, ")")) {
			fail(p, p->word_at, "a bracket has no end", "and, or, or )");
			inner = NULL;
		}
	} else {
		inner = parse_cmp(p);
	}
	p->depth--;
	return inner;
}

static const struct where *join(struct parser *p, enum op op, const struct where *left,
				const struct where *right)
{
	struct where *w = left && right ? node(p, op) : NULL;

	if (!w)
		return NULL;
	w->left = left;
	w->right = right;
	return w;
}

static const struct where *parse_and(struct parser *p)
{
	const struct where *w = parse_not(p);

	while (w && take(p, "and"))
		w = join(p, OP_AND, w, parse_not(p));
	return w;
}

static const struct where *parse_or(struct parser *p)
{
	const struct where *w = parse_and(p);

	while (w && take(p, "or"))
		w = join(p, OP_OR, w, parse_and(p));
	return w;
}

const struct where *where_parse(struct span text, const struct where_col *cols, unsigned col_count,
				struct arena *a, struct err *e)
{
	struct parser p = { .in = text, .cols = cols, .col_count = col_count, .a = a, .e = e };

	if (text.n > MAX_TEXT) {
		err_set(e, ERR_LIMIT, "the condition has %zu bytes", text.n);
		err_want(e, "at most %d", MAX_TEXT);
		return NULL;
	}
	next(&p);
	if (is_end(&p) && !p.bad)
		return &always;
	const struct where *w = parse_or(&p);
	if (w && !is_end(&p))
		fail(&p, p.word_at, "something stands behind its end", "and, or, or the end");
	return p.bad ? NULL : w;
}

/* ---- evaluation ---- */

static uint8_t low(char c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* * any text, ? any one character. */
static bool like(const char *text, const char *pattern)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			from = text;
		} else if (*pattern && (*pattern == '?' || low(*pattern) == low(*text))) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static int compare_text(const char *a, const char *b)
{
	for (; *a && low(*a) == low(*b); a++, b++)
		continue;
	return low(*a) - low(*b);
}

/* The next number of a version; past its end 0. */
static uint64_t part(const char **at)
{
	uint64_t n = 0;

	for (; **at >= '0' && **at <= '9'; ++*at)
		n = n > UINT64_MAX / 20 ? n : n * 10 + (uint64_t)(**at - '0');
	*at += **at == '.';
	return n;
}

static int compare_version(const char *a, const char *b)
{
	while ((*a >= '0' && *a <= '9') || (*b >= '0' && *b <= '9')) {
		uint64_t x = part(&a), y = part(&b);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* False: the row has nothing that could be compared. */
static bool compare(const struct where *w, const char *have, int *out_order)
{
	int64_t x = 0, y = 0;
	bool bx = false, by = false;

	switch (w->type) {
	case WHERE_NUMBER:
		if (!str_to_i64(span_str(have), INT64_MIN, INT64_MAX, &x, NULL))
			return false;
		(void)str_to_i64(span_str(w->value), INT64_MIN, INT64_MAX, &y, NULL);
		*out_order = (x > y) - (x < y);
		return true;
	case WHERE_VERSION:
		*out_order = compare_version(have, w->value);
		return is_version(span_str(have));
	case WHERE_BOOL:
		(void)is_bool(span_str(w->value), &by);
		*out_order = is_bool(span_str(have), &bx) ? bx - by : -1;
		return true;
	default:
		*out_order = compare_text(have, w->value);
		return true;
	}
}

static bool fits_one(const struct where *w, const char *have)
{
	int order = 0;

	if (w->op == OP_LIKE)
		return like(have, w->value);
	if (!compare(w, have, &order))
		return w->op == OP_NE;
	switch (w->op) {
	case OP_NE:
		return order != 0;
	case OP_LT:
		return order < 0;
	case OP_LE:
		return order <= 0;
	case OP_GT:
		return order > 0;
	case OP_GE:
		return order >= 0;
	default:
		return order == 0;
	}
}

bool where_fits(const struct where *w, const char *(*get)(void *ctx, unsigned col), void *ctx)
{
	if (w == &always)
		return true;
	if (w->op == OP_AND)
		return where_fits(w->left, get, ctx) && where_fits(w->right, get, ctx);
	if (w->op == OP_OR)
		return where_fits(w->left, get, ctx) || where_fits(w->right, get, ctx);
	if (w->op == OP_NOT)
		return !where_fits(w->left, get, ctx);
	const char *have = get(ctx, w->col);
	bool fits = fits_one(w, have ? have : "");
	for (w = w->op == OP_IN ? w->right : NULL; w && !fits; w = w->right)
		fits = fits_one(w, have ? have : "");
	return fits;
}

bool where_uses(const struct where *w, unsigned col)
{
	if (w == &always)
		return false;
	if (w->op > OP_NOT)
		return w->col == col;
	return where_uses(w->left, col) || (w->right && where_uses(w->right, col));
}
