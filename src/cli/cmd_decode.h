/* What the decode commands share: reading their file, complaining about it, showing the result. */
#pragma once
#include "cli/cli.h"
#include "wire/show.h"

struct cli_decode {
	struct buf file;
	enum cli_input_format format;
	struct span bytes; /* in file, or in the command's arena */
	const char *path;
};
/* The operand FILE, decoded as --format says or as it is recognised. Ends with cli_decode_close. */
bool cli_decode_open(struct cli *c, struct cli_decode *d, struct err *e);
void cli_decode_close(struct cli_decode *d);
/* How it was read belongs to every complaint about the bytes. Returns false. */
bool cli_decode_explain(const struct cli_decode *d, struct err *e);
/* Calls print with the form that was asked for; CSV is made from JSON. */
bool cli_decode_show(struct cli *c, void (*print)(struct wire_show *s, const void *msg), const void *msg,
		     struct err *e);
/* The body of *bytes when that is an HTTP message, in the command's arena; else nothing changes. */
bool cli_decode_strip_http(struct cli *c, struct span *bytes, struct err *e);
