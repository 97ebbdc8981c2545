/* See term.h. One terminal at a time. A signal that nobody handles puts it back too: only calls that are
 * allowed there. Knows nothing of what is shown. */
#include "cli/term.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static volatile int raw_fd = -1;
static struct termios before, wanted;

static const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGQUIT };

void cli_term_restore(void)
{
	int fd = raw_fd;

	raw_fd = -1;
	if (fd >= 0)
		(void)tcsetattr(fd, TCSANOW, &before);
}

void cli_term_resume(void)
{
	if (raw_fd >= 0)
		(void)tcsetattr(raw_fd, TCSANOW, &wanted);
}

static void on_death(int signum)
{
	cli_term_restore();
	(void)signal(signum, SIG_DFL);
	(void)raise(signum);
}

bool cli_term_is(int fd)
{
	return isatty(fd) == 1;
}

static bool set(int fd, const struct termios *as)
{
	static bool registered;

	if (tcsetattr(fd, TCSADRAIN, as) != 0)
		return false;
	raw_fd = fd;
	wanted = *as;
	if (!registered) {
		registered = true;
		(void)atexit(cli_term_restore);
		for (unsigned i = 0; i < sizeof deadly / sizeof *deadly; i++)
			(void)signal(deadly[i], on_death);
	}
	return true;
}

bool cli_term_raw(int fd)
{
	struct termios raw;

	if (tcgetattr(fd, &before) != 0)
		return false;
	raw = before;
	cfmakeraw(&raw);
	return set(fd, &raw);
}

bool cli_term_keys(int fd)
{
	struct termios keys;

	if (tcgetattr(fd, &before) != 0)
		return false;
	keys = before;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.c_cc[VMIN] = 1;
	keys.c_cc[VTIME] = 0;
	return set(fd, &keys);
}

bool cli_term_size(int fd, unsigned *out_rows, unsigned *out_cols)
{
	struct winsize w;

	if (ioctl(fd, TIOCGWINSZ, &w) != 0 || w.ws_row == 0 || w.ws_col == 0)
		return false;
	*out_rows = w.ws_row;
	*out_cols = w.ws_col;
	return true;
}
