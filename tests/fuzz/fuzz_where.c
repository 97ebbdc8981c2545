/* Conditions on PCs: any text is parsed or refused with a place, and what was parsed can be asked. */
#include "base/where.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *get(void *ctx, unsigned col)
{
	const char *const *row = ctx;
	return row[col];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct where_col cols[] = { { "name", WHERE_TEXT },
						 { "generation", WHERE_NUMBER },
						 { "version", WHERE_VERSION },
						 { "on", WHERE_BOOL } };
	static const char *const rows[][4] = { { "lab01", "11", "11.8.50", "true" },
					       { "", NULL, "x", "" } };
	struct arena a;
	struct err e = { 0 };
	arena_init(&a, 1 << 20);
	const struct where *w = where_parse(span_make(data, size), cols, 4, &a, &e);
	if (!w && e.code == ERR_NONE)
		abort();
	for (unsigned i = 0; w && i < 2; i++)
		(void)(where_fits(w, get, (void *)rows[i]) && where_uses(w, i));
	arena_deinit(&a);
	return 0;
}
