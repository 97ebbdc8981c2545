/* What a state file holds of a device: one table for writing (dev_save.c) and reading
 * (dev_load.c). Names in it never change their meaning. */
#pragma once
#include "sim/dev_priv.h"

enum sim_field_kind {
	SIM_FIELD_BOOL,
	SIM_FIELD_U8,
	SIM_FIELD_U32,
	SIM_FIELD_I64,
	SIM_FIELD_TEXT,  /* array of size bytes */
	SIM_FIELD_HEAP,  /* char *; absent when NULL */
	SIM_FIELD_HEX,   /* size bytes */
	SIM_FIELD_STATE,
};
struct sim_field {
	const char *name;
	enum sim_field_kind kind;
	size_t offset, size;
};
extern const struct sim_field sim_fields[];
extern const unsigned sim_field_count;
