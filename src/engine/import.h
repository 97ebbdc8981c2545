/* Reading the CSV files of operators: keys `pid,pps,mebx_password` (or as a heading says) and
 * mappings `uuid,fqdn[,group]`, row by row. Whoever shows an error puts the line number (line, below)
 * before it. Commas, semicolons or tabs as in the first line, quotes as in RFC 4180, an optional
 * heading line, CRLF or LF, UTF-8 BOM skipped. Pure. */
#pragma once
#include "base/err.h"
#include "base/secret.h"
#include "base/span.h"

/* Columns of a key file, from 0; -1: none. */
struct engine_key_columns { bool by_heading; int pid, pps, password; };
struct engine_csv {
	struct span in;
	size_t at;
	unsigned line;            /* where the row that was read last began, good or bad, from 1 */
	unsigned next_line;
	uint8_t separator;
	struct engine_key_columns keys; /* as the last heading of keys said */
	const struct secret *password;  /* of MEBx, for rows of keys that have none; NULL: refused */
};
#define ENGINE_CSV_MAX_FIELDS 16
struct engine_csv_row {
	unsigned count;
	struct engine_csv *csv; /* where it is from */
	struct span f[ENGINE_CSV_MAX_FIELDS]; /* trimmed; valid until the next row */
	char text[8192];
};
void engine_csv_init(struct engine_csv *c, struct span in);
/* False at the end (e->code ERR_NONE) or on a malformed row (e set; the next call goes on after it). */
bool engine_csv_next(struct engine_csv *c, struct engine_csv_row *row, struct err *e);
struct engine_import_key { char pid[9], pps[33]; char password[33]; };
struct engine_import_name { char uuid[37], fqdn[254], grp[64]; };
/* One row to one record; errors name column and value (never PPS or password). is_head: the
 * row is a heading; that of a key file may have any order, more columns, and the names that other
 * products give them. Wipe what held PPS or passwords: the row, the record, the file. */
bool engine_import_key(const struct engine_csv_row *row, bool *out_is_head, struct engine_import_key *out_k,
		       struct err *e);
bool engine_import_name(const struct engine_csv_row *row, bool *out_is_head, struct engine_import_name *out_n,
			struct err *e);
