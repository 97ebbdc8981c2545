/* setup.bin, the file that a USB key carries to a PC of factory default (setup-and-configuration
 * 6): a file header of one 512-byte chunk, then data records of variables, little-endian. A record
 * may be scrambled (0x11 added to every byte behind its header), which hides nothing. There is no
 * checksum anywhere in it. Versions 1 to 4, told by the GUID at the start. Pure; used by
 * `decode setupbin`, `usb show`, `key usb` and the simulator. The values hold MEBx passwords and PPS: the printer hides these unless told. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "wire/show.h"

#define WIRE_SETUPBIN_CHUNK        512
#define WIRE_SETUPBIN_HEADER_MIN   42 /* with an empty list of modules */
#define WIRE_SETUPBIN_RECORD_HEAD  24
#define WIRE_SETUPBIN_VAR_HEAD     8
#define WIRE_SETUPBIN_MAX_MODULES  16
#define WIRE_SETUPBIN_MAX_VERSION  4
enum wire_setupbin_flags { WIRE_SETUPBIN_KEEP = 1 };                               /* of the file */
enum wire_setupbin_record_flags { WIRE_SETUPBIN_VALID = 1, WIRE_SETUPBIN_SCRAMBLED = 2 };

struct wire_setupbin_var {
	uint16_t module, id, reserved;
	struct span value; /* not scrambled */
	uint8_t pad[3];    /* up to the next multiple of 4; zero but for odd writers */
};
struct wire_setupbin_record {
	uint32_t type, flags; /* type 1: data */
	uint8_t reserved[8];
	uint16_t chunk_count;
	uint32_t number; /* from 1 */
	unsigned var_count;
	struct wire_setupbin_var *vars;
	struct span rest; /* behind the variables, when it is not zero; not scrambled */
	size_t offset;    /* in the file */
};
struct wire_setupbin {
	unsigned version; /* 1 to 4, by the GUID */
	uint16_t chunk_count, header_bytes;
	uint32_t record_number;
	uint8_t major, minor;
	uint16_t flags;
	uint32_t record_count, consumed_count;
	uint16_t record_chunk_count, reserved, module_count;
	uint16_t modules[WIRE_SETUPBIN_MAX_MODULES];
	struct wire_setupbin_record *records;
	struct span rest; /* of the header, behind the modules, when it is not zero */
	struct span behind; /* behind the last record */
};

/* Everything is copied into the arena or points into in. An error names the offset. */
bool wire_setupbin_parse(struct span in, struct arena *a, struct wire_setupbin *out_file,
			 struct err *e);
/* The same bytes again; false when a record does not fit into its chunks, or o is full. Only
 * version, counts, numbers, flags, modules, and the variables' module, id and value have to be
 * set to write a new file. */
bool wire_setupbin_emit(struct out *o, const struct wire_setupbin *file);
/* secrets: show passwords and PPS too. With remarks on what a PC would not take. */
void wire_setupbin_print(struct wire_show *s, const struct wire_setupbin *file, bool secrets);
/* Name of a variable, or NULL. */
const char *wire_setupbin_var_name(uint16_t module, uint16_t id);
bool wire_setupbin_var_is_secret(uint16_t module, uint16_t id);

/* ---- a new file (setupbin_new.c) ---- */
#define WIRE_SETUPBIN_HASHES_V2 3 /* own hashes in a file of version 2 at most */
/* Fills in the header. minor: 1 for version 2.1, else 0. keep: records are not used up. The list of
 * modules stays empty and the size says 46, as in the one file that was captured. */
void wire_setupbin_begin(struct wire_setupbin *out_f, unsigned version, unsigned minor, bool keep,
			 struct wire_setupbin_record *records, uint32_t record_count);
/* A valid, scrambled record of one chunk; brings the variables into order. */
void wire_setupbin_record(struct wire_setupbin_record *out_r, uint32_t number, struct wire_setupbin_var *vars,
			  unsigned var_count);
/* Whether PCs take it, as far as is known; the error names record and variable, never a secret. */
bool wire_setupbin_check(const struct wire_setupbin *file, struct err *e);
/* "4", "2.1" */
bool wire_setupbin_parse_version(struct span text, unsigned *out_version, unsigned *out_minor, struct err *e);
/* "2/10=7", "redirection=SOL and IDER", "power-package=Desktop: ON in S0": not for secrets and the
 * pair, which must not stand in arguments. Bytes of unknown layout are given in hex. */
bool wire_setupbin_parse_var(struct span text, struct arena *a, struct wire_setupbin_var *out_v, struct err *e);
