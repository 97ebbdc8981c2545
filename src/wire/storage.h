/* The list of third-party data storage (3PDS, wsman 3.4): JSON that firmware gives for GET /amt-storage/, in
 * one of two forms, an array of items or a tree of vendor, application and name. Control characters
 * may stand in its strings. Pure; for amt/op_storage.c. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

#define WIRE_STORAGE_PATH "/amt-storage/"
#define WIRE_STORAGE_MAX  1024 /* items of one PC */
struct wire_storage_item {
	const char *vendor, *app, *name, *link; /* in the arena; "" when it is not told */
	uint32_t size;                          /* bytes */
	bool has_size;
	struct wire_storage_item *next;
};
bool wire_storage_parse(struct span body, struct arena *a, struct wire_storage_item **out_items, struct err *e);
