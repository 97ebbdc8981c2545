/* Lists of stored data (3PDS) in both forms: what parses has names that end. */
#include "wire/storage.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_storage_item *items;
	struct arena a;

	arena_init(&a, 1 << 20);
	if (wire_storage_parse(span_make(data, size), &a, &items, NULL))
		for (const struct wire_storage_item *i = items; i; i = i->next)
			if (strlen(i->vendor) + strlen(i->app) + strlen(i->name) + strlen(i->link) >
			    size)
				abort();
	arena_deinit(&a);
	return 0;
}
