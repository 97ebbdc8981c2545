/* Conditions as operators write them: "generation >= 11 and (state = configured or name ~ lab*)".
 * Parsed once against a table of columns, then asked row by row. Operators are = != < <= > >= and ~
 * (a pattern with * and ?); "in (a, b)" is any of them; and, or, not, brackets. Values with blanks stand
 * in quotes. Text compares without case. Used for targets, groups and inventory queries. Pure. */
#pragma once
#include "base/arena.h"
#include "base/err.h"

enum where_type {
	WHERE_TEXT,
	WHERE_NUMBER,  /* integer; "" in a row fits nothing but != */
	WHERE_VERSION, /* numbers with dots: 11.8 < 11.10; 11 = 11.0 */
	WHERE_BOOL,    /* true or false, yes or no */
};
struct where_col { const char *name; enum where_type type; };

struct where;
/* The parsed condition lives in the arena. An error has the column of the text that it is about, from 1,
 * in e->seen. An empty text is true. */
const struct where *where_parse(struct span text, const struct where_col *cols, unsigned col_count, struct arena *a,
				struct err *e);
/* get gives the text of column i of the row in ctx; NULL counts as "". */
bool where_fits(const struct where *w, const char *(*get)(void *ctx, unsigned col), void *ctx);
bool where_uses(const struct where *w, unsigned col);
