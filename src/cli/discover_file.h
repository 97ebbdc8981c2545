/* Where a discovery stands, as a file that the next run goes on with. */
#pragma once
#include "base/buf.h"
#include "base/err.h"

struct cli_discover_file {
	uint64_t position, total;
	struct buf ranges; /* as they were written, with commas */
};
void cli_discover_file_init(struct cli_discover_file *f);
void cli_discover_file_deinit(struct cli_discover_file *f);
/* *out_found false: there is no such file. */
bool cli_discover_file_read(struct cli_discover_file *f, const char *path, bool *out_found, struct err *e);
/* In one piece: whoever reads it sees the former state or this one. */
bool cli_discover_file_write(const struct cli_discover_file *f, const char *path, struct err *e);
