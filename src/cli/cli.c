/* From argv to a handler and its exit status: finds the command, checks the arguments, makes the
 * writer, prints the error. Called by main.c. Decides nothing that a command decides. */
#include "cli/cli.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/help.h"
#include "cli/rpc.h"
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COMMAND_BYTES ((size_t)512 * 1024 * 1024)

static void put_stderr(struct span text)
{
	(void)!write(STDERR_FILENO, text.p, text.n);
}

void cli_note(const char *fmt, ...)
{
	struct buf b;
	struct out o;
	va_list ap;

	buf_init(&b, 65536);
	out_init_buf(&o, &b);
	va_start(ap, fmt);
	out_vfmt(&o, fmt, ap);
	va_end(ap);
	out_str(&o, "\n");
	put_stderr(buf_span(&b));
	buf_deinit(&b);
}

static void json_member(struct out *o, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	out_fmt(o, ",\"%s\":", key);
	out_json_str(o, span_str(value));
}

static void text_member(struct out *o, const char *key, const char *value)
{
	if (value && *value)
		out_fmt(o, "  %-9s %s\n", key, value);
}

void cli_print_err(const struct cli *c, const struct err *e)
{
	struct buf b;
	struct out o;

	buf_init(&b, 65536);
	out_init_buf(&o, &b);
	if (c->json) {
		out_str(&o, "{\"error\":{\"code\":");
		out_json_str(&o, span_str(err_name(e->code)));
		json_member(&o, "msg", e->msg);
		json_member(&o, "rule", e->rule);
		json_member(&o, "seen", e->seen);
		json_member(&o, "want", e->want);
		json_member(&o, "hint", e->hint);
		out_str(&o, "}}\n");
	} else {
		out_fmt(&o, "outband: %s\n", e->msg);
		text_member(&o, "seen:", e->seen);
		text_member(&o, "expected:", e->want);
		text_member(&o, "to do:", e->hint);
		text_member(&o, "rule:", e->rule);
		if (e->code == ERR_USAGE && c->cmd)
			cli_help_usage(&o, c->cmd);
		if (e->code == ERR_USAGE && c->cmd)
			out_fmt(&o, "'outband help %s%s%s' explains it\n", c->cmd->name,
				*c->cmd->sub ? " " : "", c->cmd->sub);
	}
	put_stderr(buf_span(&b));
	buf_deinit(&b);
}

static unsigned terminal_width(int fd)
{
	struct winsize ws;

	if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &ws) != 0)
		return 0;
	return ws.ws_col;
}

/* The error of a command line that names no command cannot know --json by parsing. */
static bool wants_json(int count, const char *const *words)
{
	for (int i = 0; i < count; i++)
		if (str_eq(words[i], "--json") || str_eq(words[i], "-j"))
			return true;
	return false;
}

static bool print_command_help(struct cli *c, struct err *e)
{
	struct buf b;
	struct out o;

	buf_init(&b, 262144);
	out_init_buf(&o, &b);
	cli_help_command(&o, c->cmd);
	struct cli_writer *w = cli_writer_new(CLI_WRITER_TEXT, STDOUT_FILENO, 0);
	cli_writer_text(w, buf_span(&b));
	buf_deinit(&b);
	return cli_writer_end(w, e);
}

static bool run_parsed(struct cli *c, struct err *e)
{
	if (cli_args_has(&c->args, "help") && c->cmd->fn != cli_cmd_help)
		return print_command_help(c, e);
	if (cli_args_has(&c->args, "json") && cli_args_has(&c->args, "csv"))
		return err_set(e, ERR_USAGE, "--json and --csv do not go together");
	if (cli_args_has(&c->args, "csv") && (c->cmd->flags & CMD_NO_CSV))
		return err_set(e, ERR_USAGE, "'outband %s%s%s' has no result that CSV could hold",
			       c->cmd->name, *c->cmd->sub ? " " : "", c->cmd->sub);
	enum cli_writer_kind kind = cli_args_has(&c->args, "json") ? CLI_WRITER_JSON
		: cli_args_has(&c->args, "csv")                    ? CLI_WRITER_CSV
								   : CLI_WRITER_TEXT;
	struct err e_end = { 0 };
	c->writer = cli_writer_new(kind, STDOUT_FILENO, terminal_width(STDOUT_FILENO));
	bool ok = c->cmd->fn(c, e);
	cli_writer_finish(c->writer, ok && !c->exit_status);
	/* What a command found before it failed is shown too. */
	if (!cli_writer_end(c->writer, &e_end) && ok) {
		*e = e_end;
		ok = false;
	}
	return ok;
}

static bool run(struct cli *c, int argc, char **argv, struct err *e)
{
	static char help_word[] = "help", version_word[] = "version";
	static const char *const only_help[] = { "help" };
	const char *const *words = (const char *const *)argv;
	int used = 0;

	if (argc > 1 && (str_eq(argv[1], "--help") || str_eq(argv[1], "-h")))
		argv[1] = help_word;
	if (argc > 1 && (str_eq(argv[1], "--version") || str_eq(argv[1], "-V")))
		argv[1] = version_word;
	/* "outband device --help" is a question about all of device. */
	if (argc == 3 && str_eq(argv[2], "--help") && cli_commands_is_group(argv[1])) {
		argv[2] = argv[1];
		argv[1] = help_word;
	}
	c->cmd = argc > 1 ? cli_commands_find(argc - 1, words + 1, &used, e)
			  : cli_commands_find(1, only_help, &used, e);
	if (!c->cmd)
		return false;
	if (c->cmd->flags & CMD_RAW) {
		c->raw_count = argc - 1;
		c->raw = argv + 1;
		return c->cmd->fn(c, e);
	}
	int skip = argc > 1 ? 1 + used : argc;
	if (!cli_args_parse(c->cmd, argc - skip, words + skip, &c->args, e))
		return false;
	c->verbose = cli_args_has(&c->args, "verbose");
	c->json = cli_args_has(&c->args, "json");
	return run_parsed(c, e);
}

int cli_main(int argc, char **argv)
{
	struct cli c = { .json = wants_json(argc, (const char *const *)argv) };
	struct err e = { 0 };

	(void)setlocale(LC_ALL, "C");
	(void)signal(SIGPIPE, SIG_IGN);
	/* Only the service and the fleet log; for the other commands errors are the report. */
	log_set_level(LOG_ERROR);
	arena_init(&c.arena, COMMAND_BYTES);
	bool ok = run(&c, argc, argv, &e);
	if (!ok)
		cli_print_err(&c, &e);
	cli_args_deinit(&c.args);
	arena_wipe(&c.arena); /* it may hold what a file says in secret */
	return ok ? c.exit_status : err_exit(e.code);
}
