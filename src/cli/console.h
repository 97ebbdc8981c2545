/* `outband console`: one person (or script) at the serial line of one PC. The view (console_view.c) knows
 * terminal, log and scrollback; console_keys.c the escape key and its menu; cmd_console.c how the line
 * is reached: directly, or through the service. */
#pragma once
#include "base/buf.h"
#include "cli/cli.h"
#include "cli/console_script.h"
#include "net/fd.h"

#define CONSOLE_ESCAPE 0x1d /* Ctrl-] */

/* The serial line, however it is reached. */
struct console_line {
	size_t (*send)(void *line, struct span bytes); /* how many it took */
	void (*brk)(void *line);                       /* ends with cli_console_note */
	void (*pause)(void *line, bool paused);
	void (*power)(void *line, const char *action); /* ends with cli_console_note */
	void (*end)(void *line);                       /* cli_console_ended follows */
	bool (*busy)(void *line);                      /* it still has what it took; NULL: never */
};
#define CONSOLE_BREAK_SENT "break (what firmware makes of it is not known)"
#define CONSOLE_LOST_BYTES "the PC said more than came through: something is missing here"
#define CONSOLE_POWER_BUSY "a power command is under way"
enum console_mode { CONSOLE_LINE, CONSOLE_MENU, CONSOLE_POWER, CONSOLE_FILE };
struct console {
	struct cli *c;
	struct net_loop *loop;
	const struct console_line *line;
	void *line_arg;
	const char *pc;         /* for texts */
	bool in_is_term, out_is_term, read_only;
	bool open, was_open, ended, done, eof;
	struct net_fd *in, *out;
	struct buf typing;      /* on its way to the PC */
	struct buf showing;     /* on its way to the screen */
	struct buf past;        /* scrollback */
	bool paused, reading, told_reads;
	int log_fd, file_fd;    /* -1: none */
	const char *log_path;
	bool log_line_open;     /* the last line of the log has not ended */
	struct sched_timer *timer; /* script, or the quiet end of standard input */
	struct sched_timer *slow;  /* the opening takes long */
	struct cli_script script;
	bool has_script;
	struct span first;      /* --send */
	enum console_mode mode;
	char text[512];         /* a file name being typed */
	size_t text_n;
	uint64_t heard, heard_before; /* bytes from the PC; when it was last asked whether it is quiet */
	struct err why;         /* ERR_NONE: it ended well */
	void (*on_done)(void *arg); /* everything is shown; the loop may stop */
	void *arg;
};

/* ---- console_view.c ---- */
bool cli_console_begin(struct console *k, struct err *e); /* terminal, log; k's fields above are set */
void cli_console_deinit(struct console *k);
void cli_console_opened(struct console *k, bool again);
void cli_console_heard(struct console *k, struct span bytes);
void cli_console_room(struct console *k);
void cli_console_ended(struct console *k, const struct err *why); /* the line is gone for good */
void cli_console_stop(struct console *k, const struct err *why);  /* asks the line to end; why ERR_NONE: all is well */
void cli_console_note(struct console *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cli_console_type(struct console *k, struct span bytes);      /* to the PC, when it can */
void cli_console_resized(struct console *k);                      /* the terminal has another size */
void cli_console_show_past(struct console *k);
bool cli_console_open_log(struct console *k, const char *path, struct err *e);
void cli_console_close_log(struct console *k);

/* ---- console_keys.c ---- */
void cli_console_keys(struct console *k, struct span bytes);      /* typed by the person */
void cli_console_more_file(struct console *k);                    /* the next part of a file that is sent */
