/* CSV rows and both records made of them: the reading ends, and lines are counted forward. */
#include "engine/import.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct engine_csv_row row;
	struct engine_import_key k;
	struct engine_import_name n;
	struct engine_csv c;
	struct err e = { 0 };
	bool head;
	engine_csv_init(&c, span_make(data, size));
	for (unsigned last = 0; engine_csv_next(&c, &row, &e) || e.code != ERR_NONE;
	     last = c.line) {
		if (c.line <= last && c.at < size)
			abort();
		engine_import_key(&row, &head, &k, &e);
		engine_import_name(&row, &head, &n, &e);
	}
	return 0;
}
