/* Inside of the setup.bin codec: the table of variables. Used by its printer. */
#pragma once
#include "wire/setupbin.h"

enum wire_setupbin_kind {
	WIRE_SETUPBIN_TEXT, WIRE_SETUPBIN_NUMBER, WIRE_SETUPBIN_GUID, WIRE_SETUPBIN_HASH,
	WIRE_SETUPBIN_BYTES, /* layout not known */
};
struct wire_setupbin_def {
	uint16_t module, id;
	const char *name;
	enum wire_setupbin_kind kind;
	uint16_t min, max; /* bytes */
	bool secret;
	const struct wire_show_name *names; /* of a number, or NULL */
};
/* Name of a power package by its 16 bytes as they stand in files and messages, or NULL. */
const char *wire_setupbin_package_priv(struct span guid);
const struct wire_setupbin_def *wire_setupbin_def_priv(uint16_t module, uint16_t id);
