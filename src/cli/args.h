/* Command line against the synopsis of a command. Borrows argv. */
#pragma once
#include "cli/commands.h"

#define CLI_ARGS_MAX_OPTS 64
struct cli_opt {
	const char *name, *value; /* value NULL: a switch */
};
struct cli_args {
	unsigned opt_count, count; /* count: operands */
	struct cli_opt opts[CLI_ARGS_MAX_OPTS];
	const char **operands;
};
/* One --name of a synopsis. */
struct cli_arg_spec {
	struct span name, value; /* value empty: a switch; else its capitals */
	bool repeats, needed; /* needed: it stands outside of brackets */
};
/* Goes through a synopsis: the next option, or false. *at starts at 0. */
bool cli_args_next_option(const char *synopsis, size_t *at, struct cli_arg_spec *out_spec);
/* How many operands it takes; max UINT_MAX when they repeat. */
void cli_args_operands(const char *synopsis, unsigned *out_min, unsigned *out_max);
/* Errors are ERR_USAGE and name the nearest option. "--" ends the options; "-" is an operand. */
bool cli_args_parse(const struct cli_cmd *cmd, int count, const char *const *words, struct cli_args *out_a,
		    struct err *e);
void cli_args_deinit(struct cli_args *a);
bool cli_args_has(const struct cli_args *a, const char *name);
const char *cli_args_value(const struct cli_args *a, const char *name); /* last one given; NULL */
/* The n-th value of an option that repeats, NULL when there are fewer. */
const char *cli_args_nth(const struct cli_args *a, const char *name, unsigned n);
