/* What a person types: everything goes to the PC but the escape key and what follows it, the menu. Also
 * files that are sent as if typed. */
#include "base/str.h"
#include "cli/console.h"
#include "cli/term.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FILE_PIECE 16384
#define FILE_AHEAD ((size_t)32 * 1024) /* typed and not taken yet: wait with the next part */

static void menu(struct console *k)
{
	cli_console_note(
		k,
		"menu: . end, p power, b break, f send a file, l log, s scrollback, z tell the "
		"size, ? help, Ctrl-] sends that key");
}

/* ---- files ---- */

void cli_console_more_file(struct console *k)
{
	uint8_t mem[FILE_PIECE];

	while (k->file_fd >= 0 && k->typing.n < FILE_AHEAD) {
		ssize_t n = read(k->file_fd, mem, sizeof mem);
		if (n > 0) {
			(void)buf_add(&k->typing, span_make(mem, (size_t)n));
			size_t took = k->line->send(k->line_arg, buf_span(&k->typing));
			buf_consume(&k->typing, took);
			continue;
		}
		if (n < 0)
			cli_console_note(k, "reading the file failed");
		else
			cli_console_note(k, "the file is sent");
		(void)close(k->file_fd);
		k->file_fd = -1;
	}
}

static void send_file(struct console *k)
{
	struct err e = { 0 };

	if (k->file_fd >= 0) {
		cli_console_note(k, "a file is being sent already");
		return;
	}
	k->file_fd = open(k->text, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (k->file_fd < 0) {
		err_errno(&e, ERR_IO, errno, k->text);
		cli_console_note(k, "%s", e.msg);
		return;
	}
	cli_console_note(k, "sending %s; Ctrl-] f stops it", k->text);
	cli_console_more_file(k);
}

static void stop_file(struct console *k)
{
	(void)close(k->file_fd);
	k->file_fd = -1;
	buf_clear(&k->typing);
	cli_console_note(k, "stopped");
}

/* The name is typed on a line of its own. */
static void type_name(struct console *k, uint8_t b)
{
	if (b == '\r' || b == '\n') {
		k->text[k->text_n] = '\0';
		k->mode = CONSOLE_LINE;
		if (k->text_n)
			send_file(k);
		else
			cli_console_note(k, "no file");
	} else if (b == 3 || b == CONSOLE_ESCAPE) {
		k->mode = CONSOLE_LINE;
		cli_console_note(k, "no file");
	} else if ((b == 8 || b == 0x7f) && k->text_n > 0) {
		k->text_n--;
		(void)!write(STDOUT_FILENO, "\b \b", 3);
	} else if (b >= ' ' && b != 0x7f && k->text_n < sizeof k->text - 1) {
		k->text[k->text_n++] = (char)b;
		(void)!write(STDOUT_FILENO, &b, 1);
	}
}

/* ---- menu ---- */

static void choose_power(struct console *k, uint8_t b)
{
	static const struct {
		uint8_t key;
		const char *action;
	} actions[] = {
		{ 's', "status" }, { 'o', "on" }, { 'f', "off" }, { 'c', "cycle" }, { 'r', "reset" }
	};

	k->mode = CONSOLE_LINE;
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		if (actions[i].key == b) {
			cli_console_note(k, "power %s ...", actions[i].action);
			k->line->power(k->line_arg, actions[i].action);
			return;
		}
	}
	cli_console_note(k, "nothing done");
}

static void switch_log(struct console *k)
{
	struct err e = { 0 };

	if (k->log_fd >= 0) {
		cli_console_close_log(k);
		cli_console_note(k, "the log is closed");
	} else if (!k->log_path) {
		cli_console_note(k, "no file for it: --log FILE names one");
	} else if (cli_console_open_log(k, k->log_path, &e)) {
		cli_console_note(k, "logging to %s", k->log_path);
	} else {
		cli_console_note(k, "%s", e.msg);
	}
}

/* The PC's system learns the size as a person would tell it. */
static void tell_size(struct console *k)
{
	unsigned rows, cols;
	char text[64];
	struct out o;

	if (!cli_term_size(STDIN_FILENO, &rows, &cols)) {
		cli_console_note(k, "this terminal has no size");
		return;
	}
	out_init(&o, text, sizeof text);
	out_fmt(&o, "stty rows %u cols %u\r", rows, cols);
	cli_console_type(k, out_span(&o));
}

static void choose(struct console *k, uint8_t b)
{
	static const uint8_t escape = CONSOLE_ESCAPE;
	const struct err none = { 0 };

	k->mode = CONSOLE_LINE;
	if (k->read_only && strchr("pbfz", b) && b) {
		cli_console_note(k, "this console only reads");
		return;
	}
	switch (b) {
	case CONSOLE_ESCAPE:
		cli_console_type(k, span_make(&escape, 1));
		break;
	case '.':
	case 'q':
		cli_console_stop(k, &none);
		break;
	case 'p':
		cli_console_note(k, "power: s status, o on, f off, c cycle, r reset");
		k->mode = CONSOLE_POWER;
		break;
	case 'b':
		k->line->brk(k->line_arg);
		break;
	case 'f':
		if (k->file_fd >= 0) {
			stop_file(k);
			break;
		}
		cli_console_note(k, "name of the file, Enter");
		k->mode = CONSOLE_FILE;
		k->text_n = 0;
		break;
	case 'l':
		switch_log(k);
		break;
	case 's':
		cli_console_show_past(k);
		break;
	case 'z':
		tell_size(k);
		break;
	default:
		menu(k);
	}
}

static void one(struct console *k, uint8_t b)
{
	switch (k->mode) {
	case CONSOLE_MENU:
		choose(k, b);
		break;
	case CONSOLE_POWER:
		choose_power(k, b);
		break;
	case CONSOLE_FILE:
		type_name(k, b);
		break;
	case CONSOLE_LINE:
		k->mode = CONSOLE_MENU;
		menu(k);
		break;
	}
}

void cli_console_keys(struct console *k, struct span bytes)
{
	while (bytes.n > 0 && !k->ended) {
		size_t n = k->mode == CONSOLE_LINE ? span_find(bytes, CONSOLE_ESCAPE) : 0;
		if (n > 0)
			cli_console_type(k, span_make(bytes.p, n));
		if (n < bytes.n)
			one(k, bytes.p[n++]);
		bytes = span_make(bytes.p + n, bytes.n - n);
	}
}
