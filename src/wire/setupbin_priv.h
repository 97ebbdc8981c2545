/* Inside of the setup.bin codec: the table of variables. Used by its printer and its
 * writer. */
#pragma once
#include "base/source.h"
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
	uint8_t since; /* version of the file that brought it, 21: 2.1 */
	enum source since_src;
};
/* Name of a power package by its 16 bytes as they stand in files and messages, or NULL. */
const char *wire_setupbin_package_priv(struct span guid);
/* The 16 bytes of a power package by its name; NULL. */
const char *wire_setupbin_package_hex_priv(struct span name);
const struct wire_setupbin_def *wire_setupbin_def_priv(uint16_t module, uint16_t id);
/* By the name of a variable, in which - stands for a blank too. */
const struct wire_setupbin_def *wire_setupbin_def_named_priv(struct span name);
