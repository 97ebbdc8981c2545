/* What a command gets, and what commands share: reading files and passwords, notes to the person.
 * A handler returns false with the error set; main.c prints it and takes the exit status from it. */
#pragma once
#include "base/arena.h"
#include "base/out.h"
#include "base/secret.h"
#include "cli/args.h"
#include "cli/writer.h"

#define CLI_VERSION OUTBAND_VERSION /* of meson.build */
struct cli {
	const struct cli_cmd *cmd;
	struct cli_args args;
	struct cli_writer *writer;
	struct arena arena;     /* of the whole command */
	bool verbose, json;
	const char *typed;      /* password of --direct, in the arena; NULL: not asked for yet */
	int exit_status;        /* when the handler was successful; partial failures set it */
	int raw_count;          /* CMD_RAW: argv from the command's name on */
	char **raw;
};
int cli_main(int argc, char **argv);

static inline const char *cli_operand(const struct cli *c, unsigned i)
{
	return i < c->args.count ? c->args.operands[i] : NULL;
}
/* A line on standard error. */
void cli_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The error as people read it (or as JSON) on standard error. */
void cli_print_err(const struct cli *c, const struct err *e);
/* Asks unless --yes; ERR_CANCELLED when the answer is no, ERR_USAGE when nobody can be asked. */
bool cli_ask(const struct cli *c, const char *question, struct err *e);

/* ---- input.c ---- */
/* Whole file, "-" for standard input. The buffer is initialised here; the caller ends it. */
bool cli_input_read(const char *path, size_t max, struct buf *out_b, struct err *e);
/* First line of a file, without the line end. */
bool cli_input_password_file(const char *path, struct secret *out_s, struct err *e);
/* From the terminal, without echo. twice: typed again to be sure. */
bool cli_input_prompt(const char *prompt, bool twice, struct secret *out_s, struct err *e);
/* The same, once, for what must be taken back when it is broken off: a signal ends the prompt, and not the
 * command. *out_signum: which; 0: none. */
bool cli_input_prompt_caught(const char *prompt, struct secret *out_s, int *out_signum, struct err *e);
bool cli_input_can_prompt(void);
bool cli_signal_ignored(int signum); /* by who started us: nohup does so with SIGHUP */
/* A new file with mode 0600; an existing one is an error. */
bool cli_input_create(const char *path, int *out_fd, struct err *e);
enum cli_input_format { CLI_INPUT_AUTO, CLI_INPUT_HEX, CLI_INPUT_BASE64, CLI_INPUT_BINARY };
const char *cli_input_format_name(enum cli_input_format f);
bool cli_input_format_parse(const char *name, enum cli_input_format *out_f, struct err *e);
/* Bytes of a text in hex (with blanks, colons, 0x, or as a hex dump with offsets) or base64; binary
 * as it is. *f: CLI_INPUT_AUTO is replaced by what it was. The result is in the arena or in in. */
bool cli_input_decode(struct span in, enum cli_input_format *f, struct arena *a, struct span *out_bytes,
		      struct err *e);
