/* What is known of firmware releases and of the products around them, as data: each row says whom it
 * concerns, which releases, and what to do. Shown by `outband issues` and `device issues`; decides
 * nothing. Rows carry their source letter (base/source.h). */
#pragma once
#include "base/source.h"
#include <stdbool.h>

enum engine_issue_scope {
	ENGINE_ISSUE_FIRMWARE, /* the PC: also with outband */
	ENGINE_ISSUE_MANAGER,  /* which former management products fit, for PCs that are taken over */
	ENGINE_ISSUE_SERVER,   /* a defect of another management server: not with outband */
	ENGINE_ISSUE_HOST,     /* the operator's own machine: browsers, consoles */
	ENGINE_ISSUE_AGENT,    /* a program on the PC */
};
struct engine_issue {
	const char *id;       /* "D015", "KB954718", "SCS-3.0"; never changes its meaning */
	enum engine_issue_scope scope;
	const char *releases; /* "2.0-2.1,2.5", "-3.2.0", "16.1-"; "" all, also when none is known */
	const char *rule;     /* of the diagnosis catalogue; "" */
	enum source src;
	const char *text, *todo;
};
const struct engine_issue *engine_issues_at(unsigned i); /* NULL past the end */
const char *engine_issues_scope_name(enum engine_issue_scope s);
/* Whether a row is about firmware "2.6.20". A bound counts as far as it is written: up to "3.2" is up to
 * 3.2.99. False for text that is no version, unless the row is about all. */
bool engine_issues_fits(const struct engine_issue *i, const char *version);
/* "2.6.20": up to four numbers with dots between. */
bool engine_issues_is_version(const char *text);
