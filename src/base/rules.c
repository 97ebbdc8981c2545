/* The table of diagnosis rules as data, for those who print a rule (errors, preflight, doctor).
 * The texts stand in rules.h alone. */
#include "base/rules.h"
#include "base/str.h"

static const struct rules_row rows[] = {
#define X(id, name, text, fix) { id, name, text, fix },
	RULES(X)
#undef X
};

const struct rules_row *rules_at(unsigned i)
{
	return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}

const struct rules_row *rules_find(const char *id)
{
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (str_eq(rows[i].id, id))
			return &rows[i];
	}
	return NULL;
}
