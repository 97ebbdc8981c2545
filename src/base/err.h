/* Error value: what failed, the value seen and expected, what to do next, and the diagnosis rule
 * when there is one. Functions that can fail return bool (true = done) and take a struct err *
 * last. Report once, where it is finally handled. Secrets never enter any of these fields. */
#pragma once
#include "base/err_codes.h"
#include "base/span.h"

struct err {
	enum err_code code;
	const char *rule; /* rule id such as "D057", static text; NULL when none */
	char msg[256];    /* one sentence: what failed, on what, with which value */
	char seen[128];   /* value found, empty when there is none */
	char want[128];   /* value expected */
	char hint[192];   /* what the operator can do next; empty when we do not know */
};

/* All return false, so that `return err_set(...)` reads well. e may be NULL. Values that come
 * from outside are made printable (control and non-ASCII bytes as \xNN) and cut to fit ("..." at
 * the end). err_set and err_errno start a new error: seen, want, hint and rule are set after. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_seen(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_want(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Prefixes context: "context: msg". */
bool err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Sets rule; takes hint from rules.h when hint is empty. */
bool err_rule(struct err *e, const char *rule_id);
bool err_errno(struct err *e, enum err_code code, int errnum, const char *what);
void err_clear(struct err *e);

const char *err_name(enum err_code c); /* stable text */
enum err_retry err_retry(enum err_code c);
int err_http(enum err_code c);
int err_exit(enum err_code c);
bool err_from_name(const char *name, enum err_code *out_code);
