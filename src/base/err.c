/* Fills and reads the error value that every function which can fail hands back. Text that may
 * carry bytes of a peer is made printable here, once, so that no later printer has to think of
 * it. Never allocates, never logs. */
#include "base/err.h"
#include "base/out.h"
#include "base/rules.h"
#include "base/str.h"
#include <stdio.h>

/* Longer than any field, so that a cut shows. */
enum { RAW_SIZE = 1024 };

static const struct {
	const char *name;
	enum err_retry retry;
	int http, exit_status;
} rows[] = {
#define X(name, text, retry, http, exit_status) { text, retry, http, exit_status },
	ERR_CODES(X)
#undef X
};
_Static_assert(sizeof rows / sizeof *rows == ERR_CODE_COUNT, "a row per code");

/* An unknown code is a bug of ours, reported as one. */
static unsigned row_of(enum err_code c)
{
	return (unsigned)c < ERR_CODE_COUNT ? (unsigned)c : ERR_INTERNAL;
}

const char *err_name(enum err_code c)
{
	return rows[row_of(c)].name;
}

enum err_retry err_retry(enum err_code c)
{
	return rows[row_of(c)].retry;
}

int err_http(enum err_code c)
{
	return rows[row_of(c)].http;
}

int err_exit(enum err_code c)
{
	return rows[row_of(c)].exit_status;
}

bool err_from_name(const char *name, enum err_code *out_code)
{
	for (unsigned i = 0; i < ERR_CODE_COUNT; i++) {
		if (str_eq(rows[i].name, name)) {
			*out_code = (enum err_code)i;
			return true;
		}
	}
	return false;
}

/* Copies text printably and whole escapes only; what does not fit is replaced by "...". */
static void put_safe(char *dst, size_t size, const char *text)
{
	struct out o;
	size_t fits_with_dots = 0;
	out_init(&o, dst, size - 1);
	for (const char *c = text; *c; c++) {
		out_safe(&o, span_make(c, 1));
		if (o.bad)
			break;
		if (o.n + 3 <= size - 1)
			fits_with_dots = o.n;
	}
	if (o.bad) {
		memcpy(dst + fits_with_dots, "...", 3);
		o.n = fits_with_dots + 3;
	}
	dst[o.n] = 0;
}

static void __attribute__((format(printf, 3, 0)))
put_vfmt(char *dst, size_t size, const char *fmt, va_list ap)
{
	char raw[RAW_SIZE];
	if (vsnprintf(raw, sizeof raw, fmt, ap) < 0)
		raw[0] = 0;
	put_safe(dst, size, raw);
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	if (!e)
		return false;
	struct err fresh = { .code = code };
	va_list ap;
	va_start(ap, fmt);
	put_vfmt(fresh.msg, sizeof fresh.msg, fmt, ap);
	va_end(ap);
	*e = fresh; /* only now: an argument may be a field of *e */
	return false;
}

bool err_hint(struct err *e, const char *fmt, ...)
{
	if (!e)
		return false;
	va_list ap;
	va_start(ap, fmt);
	put_vfmt(e->hint, sizeof e->hint, fmt, ap);
	va_end(ap);
	return false;
}

bool err_seen(struct err *e, const char *fmt, ...)
{
	if (!e)
		return false;
	va_list ap;
	va_start(ap, fmt);
	put_vfmt(e->seen, sizeof e->seen, fmt, ap);
	va_end(ap);
	return false;
}

bool err_want(struct err *e, const char *fmt, ...)
{
	if (!e)
		return false;
	va_list ap;
	va_start(ap, fmt);
	put_vfmt(e->want, sizeof e->want, fmt, ap);
	va_end(ap);
	return false;
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
	if (!e)
		return false;
	char context[RAW_SIZE], both[RAW_SIZE + sizeof e->msg + 2];
	va_list ap;
	va_start(ap, fmt);
	if (vsnprintf(context, sizeof context, fmt, ap) < 0)
		context[0] = 0;
	va_end(ap);
	(void)snprintf(both, sizeof both, "%s%s%s", context, e->msg[0] ? ": " : "", e->msg);
	put_safe(e->msg, sizeof e->msg, both);
	return false;
}

bool err_rule(struct err *e, const char *rule_id)
{
	if (!e)
		return false;
	const struct rules_row *row = rules_find(rule_id);
	e->rule = row ? row->id : rule_id;
	if (row && !e->hint[0])
		put_safe(e->hint, sizeof e->hint, row->fix);
	return false;
}

bool err_errno(struct err *e, enum err_code code, int errnum, const char *what)
{
	const char *text = strerrordesc_np(errnum), *name = strerrorname_np(errnum);
	if (!text || !name)
		return err_set(e, code, "%s: system error %d", what, errnum);
	return err_set(e, code, "%s: %s (%s)", what, text, name);
}

void err_clear(struct err *e)
{
	if (e)
		*e = (struct err){ .code = ERR_NONE };
}
