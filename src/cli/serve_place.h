/* Where the service keeps its things, and how its process is set up; for cmd_serve.c. */
#pragma once
#include "cli/cli.h"

struct cli_serve_places { /* in the command's arena */
	const char *data, *db, *key_file, *socket;
};
/* Only names them: --data, --db, --key-file, or what stands for them. */
void cli_serve_find(struct cli *c, struct cli_serve_places *out_at);
/* Reads the options, makes folders (0700), sets umask and limits, opens the log. */
bool cli_serve_prepare(struct cli *c, struct cli_serve_places *out_at, struct err *e);
bool cli_serve_open_log(struct cli *c, struct err *e);  /* --log-file, again after a rotation */
bool cli_serve_log_level(struct cli *c, struct err *e); /* --log-level */
