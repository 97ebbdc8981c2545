/* A row of what was seen of a PC from outside, as discover prints it and as the store keeps it. For
 * api/sighting.c, api/device.c and the service's own discoveries. */
#pragma once
#include "store/store.h"
#include <jansson.h>

struct api_req;
/* The texts of out_s belong to row and a. */
bool api_sighting_read(const json_t *row, int64_t at_unix_ms, struct arena *a, struct store_sighting *out_s,
		       struct err *e);
/* Into the answer: the member "seen" of that device; none when it never was. */
void api_sighting_device(struct api_req *r, const char *uuid);
