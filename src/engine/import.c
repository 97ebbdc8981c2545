/* Reading the CSV files of operators row by row, and the records of name mappings (keys:
 * import_keys.c). A bad row is an error and costs that row only, so that one command can report all
 * of them. Pure: whoever calls (api, cli) reads the file and stores the records. */
#include "base/limits.h"
#include "base/str.h"
#include "engine/import_priv.h"
#include "pki/preflight.h"

/* ---- rows ---- */

static struct span rest_of(const struct engine_csv *c)
{
	return c->at < c->in.n ? span_make(c->in.p + c->at, c->in.n - c->at) : span_make(NULL, 0);
}

static bool at_end(const struct engine_csv *c)
{
	return c->at >= c->in.n;
}

/* The end of a line, whether LF or CRLF: how many bytes; 0: none here. */
static size_t newline_here(const struct engine_csv *c)
{
	struct span s = rest_of(c);

	if (s.n >= 2 && s.p[0] == '\r' && s.p[1] == '\n')
		return 2;
	return s.n >= 1 && s.p[0] == '\n';
}

static void skip_line(struct engine_csv *c)
{
	size_t n = span_find(rest_of(c), '\n');

	c->at += n + (c->at + n < c->in.n);
	c->next_line++;
}

/* What divides the fields: the first that could, since no first field has one inside. */
static uint8_t find_separator(struct span s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i];
		quoted ^= b == '"';
		if (!quoted && (b == ',' || b == ';' || b == '\t'))
			return b;
	}
	return ',';
}

void engine_csv_init(struct engine_csv *c, struct span in)
{
	*c = (struct engine_csv){ .in = in, .next_line = 1, .separator = ',' };
	if (span_starts(in, "\xef\xbb\xbf"))
		c->at = 3;
	struct span s = rest_of(c);
	if (in.n > LIMIT_CSV_BYTES) /* is refused with its first row */
		return;
	/* a line that spreadsheets write for each other */
	if (s.n >= 6 && span_eq_nocase(span_make(s.p, 4), span_str("sep=")) &&
	    strchr(",;|\t", s.p[4]) && s.p[4] && (s.p[5] == '\r' || s.p[5] == '\n')) {
		c->separator = s.p[4];
		skip_line(c);
		return;
	}
	s = span_trim(s);
	s.n = span_find(s, '\n');
	c->separator = find_separator(s);
}

static void skip_blank_lines(struct engine_csv *c)
{
	while (!at_end(c)) {
		struct span s = rest_of(c);
		if (span_trim(span_make(s.p, span_find(s, '\n'))).n > 0)
			break;
		skip_line(c);
	}
}

struct reader {
	struct engine_csv *c;
	struct engine_csv_row *row;
	size_t used; /* of row->text */
	struct err *e;
};

static bool bad(const struct reader *r, const char *what)
{
	return err_set(r->e, ERR_INVALID, "field %u: %s", r->row->count + 1, what);
}

static bool put(struct reader *r, uint8_t byte, size_t from)
{
	if (r->used - from >= LIMIT_CSV_FIELD_BYTES || r->used >= sizeof r->row->text) {
		err_set(r->e, ERR_LIMIT, "field %u: it is too long", r->row->count + 1);
		return err_want(r->e, "at most %d bytes in a field, %zu in a row",
				LIMIT_CSV_FIELD_BYTES, sizeof r->row->text);
	}
	r->row->text[r->used++] = (char)byte;
	return true;
}

/* From behind the opening quote to behind the closing one. */
static bool read_quoted(struct reader *r, size_t from)
{
	struct engine_csv *c = r->c;

	while (!at_end(c)) {
		uint8_t byte = c->in.p[c->at++];
		if (byte == '"') {
			if (at_end(c) || c->in.p[c->at] != '"')
				return true;
			c->at++;
		}
		c->next_line += byte == '\n';
		if (!put(r, byte, from))
			return false;
	}
	return bad(r, "the quote is never closed");
}

static bool field_ends(const struct engine_csv *c)
{
	return at_end(c) || c->in.p[c->at] == c->separator || newline_here(c) > 0;
}

static void skip_blanks(struct engine_csv *c)
{
	while (!at_end(c) && c->in.p[c->at] != c->separator &&
	       (c->in.p[c->at] == ' ' || c->in.p[c->at] == '\t'))
		c->at++;
}

static bool read_field(struct reader *r)
{
	struct engine_csv *c = r->c;
	size_t from = r->used;

	if (r->row->count == ENGINE_CSV_MAX_FIELDS)
		return bad(r, "the row has too many fields");
	skip_blanks(c);
	if (!at_end(c) && c->in.p[c->at] == '"') {
		c->at++;
		if (!read_quoted(r, from))
			return false;
		skip_blanks(c);
		if (!field_ends(c))
			return bad(r, "text follows the closing quote");
	}
	while (!field_ends(c)) {
		uint8_t byte = c->in.p[c->at];
		if (byte == '"')
			return bad(r, "a quote stands inside a field that does not begin with one");
		if (!put(r, byte, from))
			return false;
		c->at++;
	}
	r->row->f[r->row->count++] = span_trim(span_make(r->row->text + from, r->used - from));
	return true;
}

static bool read_row(struct reader *r)
{
	struct engine_csv *c = r->c;

	for (;;) {
		if (!read_field(r))
			return false;
		if (at_end(c) || c->in.p[c->at] != c->separator)
			break;
		c->at++;
	}
	c->at += newline_here(c);
	c->next_line++;
	return true;
}

/* What no row of the file can repair. */
static bool file_ok(struct engine_csv *c, struct err *e)
{
	if (c->in.n > LIMIT_CSV_BYTES) {
		err_set(e, ERR_LIMIT, "the file has %zu bytes", c->in.n);
		return err_want(e, "at most %u bytes", LIMIT_CSV_BYTES);
	}
	if (c->line == 0 && (span_starts(c->in, "\xff\xfe") || span_starts(c->in, "\xfe\xff"))) {
		err_set(e, ERR_INVALID, "the file is UTF-16 text");
		return err_hint(e, "save it as CSV in UTF-8");
	}
	return true;
}

bool engine_csv_next(struct engine_csv *c, struct engine_csv_row *row, struct err *e)
{
	struct reader r = { .c = c, .row = row, .e = e };

	err_clear(e);
	row->count = 0;
	row->csv = c;
	if (!at_end(c) && !file_ok(c, e)) {
		c->at = c->in.n;
		return false;
	}
	skip_blank_lines(c);
	if (at_end(c))
		return false;
	size_t start = c->at;
	c->line = c->next_line;
	if (read_row(&r))
		return true;
	/* A quote that is never closed must not swallow the rest of the file: go on after the line
	 * on which the row began. */
	row->count = 0;
	c->at = start;
	c->next_line = c->line;
	skip_line(c);
	return false;
}

/* ---- records ---- */

static const char *const name_columns[] = { "uuid", "fqdn", "group", NULL };

/* True: the row is a heading. An error when it names other columns than these, in this order. */
static bool judge_head(const struct engine_csv_row *row, const char *const *columns,
		       bool *out_is_head, struct err *e)
{
	*out_is_head = row->count > 0 && span_eq_nocase(row->f[0], span_str(columns[0]));
	for (unsigned i = 1; *out_is_head && i < row->count && columns[i]; i++) {
		if (span_eq_nocase(row->f[i], span_str(columns[i])))
			continue;
		err_set(e, ERR_INVALID, "column %u of the heading has another name", i + 1);
		err_seen(e, "%.*s", row->f[i].n < 60 ? (int)row->f[i].n : 60,
			 (const char *)row->f[i].p);
		return err_want(e, "%s", columns[i]);
	}
	return true;
}

bool engine_import_count_ok_priv(const struct engine_csv_row *row, unsigned min, unsigned max,
				 const char *columns, struct err *e)
{
	if (row->count >= min && row->count <= max)
		return true;
	err_set(e, ERR_INVALID, "the row has %u field%s", row->count, row->count == 1 ? "" : "s");
	err_want(e, "%s", columns);
	if (row->count == 1 &&
	    span_find(row->f[0], row->csv->separator == ',' ? ';' : ',') < row->f[0].n)
		err_hint(e, "separate the fields as in the first line");
	return false;
}

static bool parse_uuid(struct span text, char out_text[UUID_TEXT_SIZE], struct err *e)
{
	struct uuid u;
	bool known = uuid_parse(text, &u);

	if (known && !uuid_is_placeholder(&u)) {
		uuid_print(&u, out_text);
		return true;
	}
	err_set(e, ERR_INVALID, "column uuid: %s",
		known ? "this is a placeholder that several PCs share" : "this is no UUID");
	err_seen(e, "%.*s", text.n < 60 ? (int)text.n : 60, text.n ? (const char *)text.p : "");
	err_want(e, "a UUID such as 4c4c4544-0031-3610-8052-b4c04f564231");
	return known ? err_rule(e, "M09") : false;
}

static bool parse_group(struct span text, char *dst, size_t cap, struct err *e)
{
	bool ok = str_copy(dst, cap, text);

	for (size_t i = 0; ok && i < text.n; i++)
		ok = text.p[i] >= 0x20 && text.p[i] < 0x7f;
	if (ok)
		return true;
	dst[0] = '\0';
	err_set(e, ERR_INVALID, "column group: it cannot be the name of a group");
	err_seen(e, "%.*s", text.n < 60 ? (int)text.n : 60, text.n ? (const char *)text.p : "");
	return err_want(e, "at most %zu printable ASCII characters", cap - 1);
}

static bool name_of(const struct engine_csv_row *row, struct engine_import_name *n, struct err *e)
{
	if (!engine_import_count_ok_priv(row, 2, 3, "uuid,fqdn or uuid,fqdn,group", e) ||
	    !parse_uuid(row->f[0], n->uuid, e))
		return false;
	if (!pki_preflight_fqdn(row->f[1], e))
		return err_wrap(e, "column fqdn, UUID %s", n->uuid);
	str_copy(n->fqdn, sizeof n->fqdn, row->f[1]);
	return row->count < 3 || parse_group(row->f[2], n->grp, sizeof n->grp, e);
}

bool engine_import_name(const struct engine_csv_row *row, bool *out_is_head,
			struct engine_import_name *out_n, struct err *e)
{
	*out_n = (struct engine_import_name){ 0 };
	if (!judge_head(row, name_columns, out_is_head, e))
		return false;
	if (*out_is_head || name_of(row, out_n, e))
		return true;
	*out_n = (struct engine_import_name){ 0 };
	return false;
}
