/* Digest authentication, the text half: WWW-Authenticate and Authorization values, parsed with
 * quotes in mind (qop="auth-int, auth" holds a comma) and written so that no value can leave its
 * quotes. Every client spells Authorization differently; wsman 1.4 lists the spellings. */
#include "wire/digest_priv.h"

enum param_got { PARAM_OK, PARAM_END, PARAM_BAD };

struct param {
	struct span name, value; /* value without its quotes, escapes still in */
	bool quoted;
};

struct field {
	const char *name;
	char *dst;
	size_t cap;
	bool needed, found;
};

static bool is_name_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '_';
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct cur *c)
{
	while (cur_left(c) && is_blank(c->in.p[c->at]))
		c->at++;
}

static bool next_is(const struct cur *c, uint8_t want)
{
	return cur_left(c) && c->in.p[c->at] == want;
}

/* The cursor stands behind the opening quote. */
static enum param_got take_quoted(struct cur *c, struct param *out_p)
{
	size_t from = c->at;

	while (cur_left(c) && !next_is(c, '"'))
		c->at += next_is(c, '\\') && cur_left(c) > 1 ? 2 : 1;
	if (!cur_left(c))
		return PARAM_BAD;
	out_p->value = span_make(c->in.p + from, c->at - from);
	out_p->quoted = true;
	c->at++;
	skip_blanks(c);
	return !cur_left(c) || next_is(c, ',') ? PARAM_OK : PARAM_BAD;
}

/* PARAM_END also at the start of a next challenge (", Negotiate"), left to the caller's check of
 * what is missing. */
static enum param_got next_param(struct cur *c, struct param *out_p)
{
	while (cur_left(c) && (is_blank(c->in.p[c->at]) || next_is(c, ',')))
		c->at++;
	if (!cur_left(c))
		return PARAM_END;

	size_t from = c->at;
	while (cur_left(c) && is_name_char(c->in.p[c->at]))
		c->at++;
	out_p->name = span_make(c->in.p + from, c->at - from);
	out_p->quoted = false;
	if (out_p->name.n == 0)
		return PARAM_BAD;
	skip_blanks(c);
	if (!next_is(c, '='))
		return PARAM_END;
	c->at++;
	skip_blanks(c);
	if (next_is(c, '"')) {
		c->at++;
		return take_quoted(c, out_p);
	}
	from = c->at;
	while (cur_left(c) && !next_is(c, ',') && !next_is(c, '"') && !is_blank(c->in.p[c->at]))
		c->at++;
	out_p->value = span_make(c->in.p + from, c->at - from);
	return next_is(c, '"') ? PARAM_BAD : PARAM_OK;
}

static bool bad_value(struct err *e, enum err_code code, const char *what, const char *name,
		      const char *want)
{
	err_set(e, code, "digest %s cannot be used: %s", what, name);
	err_want(e, "%s", want);
	return false;
}

/* Copies a value without its escapes. */
static bool copy_value(const struct param *p, struct field *f, const char *what, struct err *e)
{
	size_t n = 0;

	if (f->found)
		return bad_value(e, ERR_MALFORMED, what, f->name, "the parameter once");
	for (size_t i = 0; i < p->value.n; i++) {
		if (p->quoted && p->value.p[i] == '\\' && i + 1 < p->value.n)
			i++;
		uint8_t c = p->value.p[i];
		if (c < 0x20 || c == 0x7F)
			return bad_value(e, ERR_MALFORMED, what, f->name, "no control characters");
		if (n + 1 >= f->cap)
			return bad_value(e, ERR_LIMIT, what, f->name, "a shorter value");
		f->dst[n++] = (char)c;
	}
	f->dst[n] = '\0';
	f->found = true;
	return true;
}

/* "Digest name=value, ..." into the fields of those names; others are read over. */
static bool parse_fields(struct span value, const char *what, struct field *fields, size_t count,
			 struct err *e)
{
	static const char scheme[] = "Digest";
	struct span s = span_trim(value);
	struct cur c = cur_make(s);
	struct span word = span_make(s.p, span_find(s, ' '));
	struct param p;
	enum param_got got;

	if (!span_eq_nocase(word, span_str(scheme))) {
		err_set(e, ERR_UNSUPPORTED, "HTTP authentication %s is not Digest", what);
		err_seen(e, "%.*s", word.n > 32 ? 32 : (int)word.n,
			 word.n ? (const char *)word.p : "");
		err_want(e, "%s", scheme);
		return false;
	}
	c.at = sizeof scheme - 1;
	while ((got = next_param(&c, &p)) == PARAM_OK)
		for (size_t i = 0; i < count; i++)
			if (span_eq_nocase(p.name, span_str(fields[i].name)) &&
			    !copy_value(&p, &fields[i], what, e))
				return false;
	if (got == PARAM_BAD) {
		err_set(e, ERR_MALFORMED, "digest %s cannot be read", what);
		err_seen(e, "offset %zu", c.at);
		err_want(e, "name=value or name=\"value\", comma between");
		return false;
	}
	for (size_t i = 0; i < count; i++)
		if (fields[i].needed && !fields[i].found)
			return bad_value(e, ERR_MALFORMED, what, fields[i].name,
					 "this parameter is missing");
	return true;
}

static bool check_algorithm(const char *algorithm, const char *what, struct err *e)
{
	if (!*algorithm || span_eq_nocase(span_str(algorithm), span_str("MD5")))
		return true;
	err_set(e, ERR_UNSUPPORTED, "digest %s names an algorithm that is not MD5", what);
	err_seen(e, "%s", algorithm);
	err_want(e, "MD5 or none");
	return false;
}

bool wire_digest_parse_challenge(struct span value, struct wire_digest_challenge *out_c,
				 struct err *e)
{
	char qop[64] = "", algorithm[32] = "";
	struct field fields[] = {
		{ "realm", out_c->realm, sizeof out_c->realm, true, false },
		{ "nonce", out_c->nonce, sizeof out_c->nonce, true, false },
		{ "qop", qop, sizeof qop, false, false },
		{ "algorithm", algorithm, sizeof algorithm, false, false },
	};

	memset(out_c, 0, sizeof *out_c);
	if (!parse_fields(value, "challenge", fields, sizeof fields / sizeof *fields, e) ||
	    !check_algorithm(algorithm, "challenge", e))
		return false;
	for (struct span list = span_str(qop); list.n;) {
		size_t comma = span_find(list, ',');
		struct span item = span_trim(span_make(list.p, comma));
		out_c->qop_auth |= span_eq_nocase(item, span_str("auth"));
		out_c->qop_auth_int |= span_eq_nocase(item, span_str("auth-int"));
		comma += comma < list.n;
		list = span_make(list.p + comma, list.n - comma);
	}
	if (*qop && !out_c->qop_auth && !out_c->qop_auth_int) {
		err_set(e, ERR_UNSUPPORTED, "digest challenge offers no qop that is known");
		err_seen(e, "%s", qop);
		err_want(e, "auth or auth-int");
		return false;
	}
	return true;
}

static bool is_hex(const char *s)
{
	return s[strspn(s, "0123456789abcdefABCDEF")] == '\0';
}

static bool parse_qop(struct wire_digest_response *r, const char *qop, struct err *e)
{
	if (!*qop) {
		r->qop = WIRE_DIGEST_NONE;
		return true;
	}
	if (span_eq_nocase(span_str(qop), span_str("auth"))) {
		r->qop = WIRE_DIGEST_AUTH;
	} else if (span_eq_nocase(span_str(qop), span_str("auth-int"))) {
		r->qop = WIRE_DIGEST_AUTH_INT;
	} else {
		err_set(e, ERR_UNSUPPORTED, "digest response has an unknown qop");
		err_seen(e, "%s", qop);
		err_want(e, "auth or auth-int");
		return false;
	}
	if (!*r->nc_text || !is_hex(r->nc_text))
		return bad_value(e, ERR_MALFORMED, "response", "nc", "up to 8 hex digits");
	for (const char *p = r->nc_text; *p; p++)
		r->nc = r->nc << 4 | (uint32_t)(*p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10);
	return true;
}

bool wire_digest_parse_response(struct span value, struct wire_digest_response *out_r,
				struct err *e)
{
	struct wire_digest_response *r = out_r;
	char qop[16] = "", algorithm[32] = "";
	struct field fields[] = {
		{ "username", r->user, sizeof r->user, true, false },
		{ "realm", r->realm, sizeof r->realm, true, false },
		{ "nonce", r->nonce, sizeof r->nonce, true, false },
		{ "uri", r->target, sizeof r->target, true, false },
		{ "response", r->response, sizeof r->response, true, false },
		{ "cnonce", r->cnonce, sizeof r->cnonce, false, false },
		{ "nc", r->nc_text, sizeof r->nc_text, false, false },
		{ "qop", qop, sizeof qop, false, false },
		{ "algorithm", algorithm, sizeof algorithm, false, false },
	};

	memset(r, 0, sizeof *r);
	if (!parse_fields(value, "response", fields, sizeof fields / sizeof *fields, e) ||
	    !check_algorithm(algorithm, "response", e) || !parse_qop(r, qop, e))
		return false;
	if (strlen(r->response) != sizeof r->response - 1 || !is_hex(r->response))
		return bad_value(e, ERR_MALFORMED, "response", "response", "32 hex digits");
	for (char *p = r->response; *p; p++)
		if (*p >= 'A' && *p <= 'F')
			*p = (char)(*p | 0x20);
	return true;
}

static bool is_printable(const char *s)
{
	for (; *s; s++)
		if ((uint8_t)*s < 0x20 || *s == 0x7F)
			return false;
	return true;
}

static void emit_quoted(struct out *o, const char *name, const char *value)
{
	out_str(o, name);
	out_str(o, "=\"");
	while (*value) {
		size_t n = strcspn(value, "\"\\");
		out_bytes(o, span_make(value, n));
		value += n;
		if (*value) {
			out_str(o, "\\");
			out_u8(o, (uint8_t)*value++);
		}
	}
	out_str(o, "\"");
}

void wire_digest_emit(struct out *o, const char *user, const uint8_t ha1[16],
		      const struct wire_digest_challenge *c, const struct wire_digest_use *use)
{
	char nc[9], response[33];
	struct out nc_out;
	struct wire_digest_input in = {
		.qop = use->qop,
		.method = use->method,
		.target = use->target,
		.nonce = c->nonce,
		.nc = nc,
		.cnonce = use->cnonce,
		.body = use->body,
	};

	if (!is_printable(user) || !is_printable(c->realm) || !is_printable(c->nonce) ||
	    !is_printable(use->cnonce) || !is_printable(use->target) || strchr(use->target, ' ')) {
		o->bad = true;
		return;
	}
	out_init(&nc_out, nc, sizeof nc);
	out_fmt(&nc_out, "%08x", (unsigned)use->nc);
	wire_digest_compute(ha1, &in, response);
	out_str(o, "Digest ");
	emit_quoted(o, "username", user);
	out_str(o, ",");
	emit_quoted(o, "realm", c->realm);
	out_str(o, ",");
	emit_quoted(o, "nonce", c->nonce);
	out_str(o, ",");
	emit_quoted(o, "uri", use->target);
	if (use->qop != WIRE_DIGEST_NONE) {
		out_str(o, ",qop=");
		out_str(o, wire_digest_qop_name(use->qop));
		out_str(o, ",nc=");
		out_str(o, nc);
		out_str(o, ",");
		emit_quoted(o, "cnonce", use->cnonce);
	}
	out_str(o, ",response=\"");
	out_str(o, response);
	out_str(o, "\"");
}
