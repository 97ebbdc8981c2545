/* What comes in besides arguments: files, standard input, passwords from the terminal. Called by
 * the commands. Passwords are never taken from arguments, which other users can see. */
#include "base/mem.h"
#include "base/str.h"
#include "cli/cli.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_MAX 1024

static bool read_all(int fd, const char *path, struct buf *b, struct err *e)
{
	for (;;) {
		uint8_t part[65536];
		ssize_t n = read(fd, part, sizeof part);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, ERR_IO, errno, path);
		bool fits = buf_add(b, span_make(part, (size_t)n));
		mem_wipe(part, (size_t)n);
		if (!fits) {
			err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, b->max);
			return err_want(e, "at most %zu bytes", b->max);
		}
		if (n == 0)
			return true;
	}
}

bool cli_input_read(const char *path, size_t max, struct buf *out_b, struct err *e)
{
	bool is_stdin = strcmp(path, "-") == 0, ok;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	buf_init(out_b, max);
	if (fd < 0) {
		int why = errno;
		err_errno(e, why == ENOENT ? ERR_NOT_FOUND : ERR_IO, why, path);
		return err_hint(
			e, "give the path of a file that you may read, or - for standard input");
	}
	ok = read_all(fd, is_stdin ? "standard input" : path, out_b, e);
	if (!is_stdin)
		(void)close(fd);
	if (!ok)
		buf_wipe(out_b);
	return ok;
}

bool cli_input_password_file(const char *path, struct secret *out_s, struct err *e)
{
	struct buf b;

	if (!cli_input_read(path, PASSWORD_MAX, &b, e))
		return err_wrap(e, "password file");
	struct span line = { b.p ? b.p : (const uint8_t *)"", 0 };
	line.n = span_find(buf_span(&b), '\n');
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	secret_set(out_s, line);
	buf_wipe(&b);
	return true;
}

bool cli_input_can_prompt(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static bool read_line(int fd, char *line, size_t cap, size_t *out_n)
{
	size_t n = 0;
	char c;
	ssize_t got;

	while ((got = read(fd, &c, 1)) == 1 && c != '\n')
		if (n < cap)
			line[n++] = c;
	*out_n = n;
	return got == 1 && n < cap;
}

bool cli_signal_ignored(int signum)
{
	struct sigaction now;

	return sigaction(signum, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* Interrupted at the prompt: the terminal gets its echo back. Only async-signal-safe calls. */
static const int prompt_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define PROMPT_SIGNALS (sizeof prompt_signals / sizeof *prompt_signals)
static int quiet_fd = -1;
static struct termios loud;
static bool catching; /* whoever asks has something to take back first */
static volatile sig_atomic_t caught;

static void on_interrupt(int signum)
{
	(void)tcsetattr(quiet_fd, TCSANOW, &loud);
	(void)!write(quiet_fd, "\n", 1);
	_exit(128 + signum);
}

/* The read that waits ends, and one that would begin just now does not wait. */
static void on_caught(int signum)
{
	caught = signum;
	(void)fcntl(quiet_fd, F_SETFL, O_RDWR | O_NONBLOCK);
}

static void set_echo(int fd, bool on)
{
	static struct sigaction old[PROMPT_SIGNALS];
	struct sigaction restore = { .sa_handler = catching ? on_caught : on_interrupt };
	struct termios quiet = loud;

	if (on) {
		(void)tcsetattr(fd, TCSAFLUSH, &loud);
		for (size_t i = 0; i < PROMPT_SIGNALS; i++)
			(void)sigaction(prompt_signals[i], &old[i], NULL);
		return;
	}
	quiet_fd = fd;
	for (size_t i = 0; i < PROMPT_SIGNALS; i++)
		(void)sigaction(prompt_signals[i], &restore, &old[i]);
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	(void)tcsetattr(fd, TCSAFLUSH, &quiet);
}

static bool ask_once(int fd, const char *prompt, struct secret *out_s, struct err *e)
{
	char line[PASSWORD_MAX];
	size_t n = 0;

	if (tcgetattr(fd, &loud) != 0)
		return err_errno(e, ERR_IO, errno, "the terminal");
	set_echo(fd, false);
	(void)!write(fd, prompt, strlen(prompt));
	bool ok = read_line(fd, line, sizeof line, &n);
	set_echo(fd, true);
	(void)!write(fd, "\n", 1);
	if (ok)
		secret_set(out_s, span_make(line, n));
	mem_wipe(line, sizeof line);
	return ok || err_set(e, ERR_CANCELLED, "no password was entered");
}

bool cli_input_prompt(const char *prompt, bool twice, struct secret *out_s, struct err *e)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		err_set(e, ERR_USAGE,
			"a password is needed, and there is no terminal to ask for it");
		return err_hint(
			e,
			"put it into a file that only you can read, and give the file with the option");
	}
	struct secret again = SECRET_NONE;
	bool ok = ask_once(fd, prompt, out_s, e);
	if (ok && twice) {
		ok = ask_once(fd, "The same again: ", &again, e);
		if (ok && !secret_eq(out_s, &again))
			ok = err_set(e, ERR_INVALID, "the two are not the same");
		secret_deinit(&again);
	}
	(void)close(fd);
	return ok;
}

bool cli_input_prompt_caught(const char *prompt, struct secret *out_s, int *out_signum,
			     struct err *e)
{
	catching = true;
	caught = 0;
	bool ok = cli_input_prompt(prompt, false, out_s, e);
	catching = false;
	*out_signum = caught;
	return ok && !caught;
}

bool cli_ask(const struct cli *c, const char *question, struct err *e)
{
	char answer[8];
	size_t n = 0;

	if (cli_args_has(&c->args, "yes"))
		return true;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || !isatty(STDIN_FILENO)) {
		if (fd >= 0)
			(void)close(fd);
		err_set(e, ERR_USAGE, "%s Nobody is there to be asked", question);
		return err_hint(e, "add --yes when you are sure");
	}
	(void)!write(fd, question, strlen(question));
	(void)!write(fd, " [y/N] ", 7);
	bool ok = read_line(fd, answer, sizeof answer, &n) && n && (answer[0] | 0x20) == 'y';
	(void)close(fd);
	return ok || err_set(e, ERR_CANCELLED, "nothing was changed");
}

bool cli_input_create(const char *path, int *out_fd, struct err *e)
{
	*out_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*out_fd >= 0)
		return true;
	bool exists = errno == EEXIST;
	err_errno(e, exists ? ERR_CONFLICT : ERR_IO, errno, path);
	return exists ? err_hint(e, "name a file that does not exist yet") : false;
}
