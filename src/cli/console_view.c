/* What a console shows and keeps: screen, log with times, scrollback, script. A screen that takes nothing
 * stops the line, so that nothing is lost and nothing grows; the session lives on meanwhile. */
#include "base/clk.h"
#include "base/mem.h"
#include "cli/console.h"
#include "cli/term.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define SHOWING_MAX  ((size_t)4 * 1024 * 1024)
#define SHOWING_HIGH ((size_t)256 * 1024)
#define SHOWING_LOW  ((size_t)64 * 1024)
#define TYPING_MAX   ((size_t)1024 * 1024)
#define TYPING_HIGH  ((size_t)64 * 1024)
#define PAST_MAX     ((size_t)512 * 1024)
#define PIECE        4096 /* a pipe takes so much without waiting when it takes anything */
#define READ_BYTES   16384
#define QUIET_MS     1000 /* after the end of standard input the PC has so long to answer */
#define FLUSH_MS     3000
#define SLOW_MS      1500 /* an opening that takes so long is told */
#define CTRL_C       3
#define END_CTRL_C   130
#define ROWS         24
#define COLS         80

static void pump(struct console *k);
static void run_script(struct console *k);

/* ---- the end ---- */

static void finish(struct console *k)
{
	if (k->done)
		return;
	k->done = true;
	sched_cancel(k->timer);
	sched_cancel(k->slow);
	k->timer = k->slow = NULL;
	cli_term_restore();
	k->on_done(k->arg);
}

static void on_flush_late(void *arg)
{
	struct console *k = arg;

	k->timer = NULL;
	finish(k);
}

void cli_console_ended(struct console *k, const struct err *why)
{
	if (k->ended)
		return;
	k->ended = true;
	k->open = false;
	if (k->why.code == ERR_NONE && why->code != ERR_NONE)
		k->why = *why;
	sched_cancel(k->timer);
	k->timer = NULL;
	if (k->in)
		net_fd_want(k->in, false, false);
	if (k->showing.n == 0)
		finish(k);
	else
		k->timer = sched_after(net_loop_sched(k->loop), FLUSH_MS, on_flush_late, k);
}

void cli_console_stop(struct console *k, const struct err *why)
{
	if (k->why.code == ERR_NONE)
		k->why = *why;
	if (!k->ended)
		k->line->end(k->line_arg);
}

/* ---- screen ---- */

static void set_pause(struct console *k)
{
	bool want = k->paused ? k->showing.n > SHOWING_LOW : k->showing.n > SHOWING_HIGH;

	if (want == k->paused || k->ended)
		return;
	k->paused = want;
	k->line->pause(k->line_arg, want);
}

static void on_screen(void *arg)
{
	struct console *k = arg;
	struct err e = { 0 };
	size_t n = k->showing.n < PIECE ? k->showing.n : PIECE;
	long r = n ? net_fd_write(k->out, k->showing.p, n) : 0;

	if (r < 0 && errno != EAGAIN) {
		err_errno(&e, ERR_IO, errno, "standard output");
		buf_clear(&k->showing);
		cli_console_stop(k, &e);
	} else if (r > 0) {
		buf_consume(&k->showing, (size_t)r);
	}
	net_fd_want(k->out, false, k->showing.n > 0);
	set_pause(k);
	if (k->ended && k->showing.n == 0)
		finish(k);
}

static void show(struct console *k, struct span bytes)
{
	if (!buf_add(&k->showing, bytes))
		return; /* the line was told to stop long ago */
	net_fd_want(k->out, false, true);
	set_pause(k);
}

void cli_console_note(struct console *k, const char *fmt, ...)
{
	char text[512];
	struct out o;
	va_list ap;

	out_init(&o, text, sizeof text - 1);
	out_str(&o, k->in_is_term ? "\r\n[outband: " : "outband console: ");
	va_start(ap, fmt);
	out_vfmt(&o, fmt, ap);
	va_end(ap);
	out_str(&o, k->in_is_term ? "]\r\n" : "\n");
	if (k->in_is_term && k->out_is_term && k->out && !k->done)
		show(k, out_span(&o));
	else
		(void)!write(STDERR_FILENO, text, o.n);
}

/* ---- scrollback ---- */

static void remember(struct console *k, struct span bytes)
{
	if (bytes.n > PAST_MAX / 2)
		bytes = span_make(bytes.p + bytes.n - PAST_MAX / 2, PAST_MAX / 2);
	if (k->past.n + bytes.n > PAST_MAX)
		buf_consume(&k->past,
			    k->past.n + bytes.n - PAST_MAX / 2 < k->past.n
				    ? k->past.n + bytes.n - PAST_MAX / 2
				    : k->past.n);
	(void)buf_add(&k->past, bytes);
}

void cli_console_show_past(struct console *k)
{
	cli_console_note(k, "what was said before, %zu bytes", k->past.n);
	show(k, buf_span(&k->past));
	cli_console_note(k, "now");
}

/* ---- log ---- */

bool cli_console_open_log(struct console *k, const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(e, ERR_IO, errno, path);
	cli_console_close_log(k);
	k->log_fd = fd;
	k->log_path = path;
	k->log_line_open = false;
	return true;
}

void cli_console_close_log(struct console *k)
{
	if (k->log_fd < 0)
		return;
	if (k->log_line_open)
		(void)!write(k->log_fd, "\n", 1);
	(void)close(k->log_fd);
	k->log_fd = -1;
}

static bool log_write(struct console *k, struct span s)
{
	if (write(k->log_fd, s.p, s.n) == (ssize_t)s.n)
		return true;
	cli_console_note(k, "the log %s cannot be written any more: it ends here", k->log_path);
	(void)close(k->log_fd);
	k->log_fd = -1;
	return false;
}

/* Each line with the time at which it began; carriage returns before line ends are left out. */
static void log_bytes(struct console *k, struct span bytes)
{
	char at[CLK_TEXT_SIZE];

	while (bytes.n > 0 && k->log_fd >= 0) {
		size_t n = span_find(bytes, '\n'), text = n;
		if (!k->log_line_open) {
			clk_print_unix_ms(clk_unix_ms(), at);
			if (!log_write(k, span_str(at)) || !log_write(k, span_str(" ")))
				return;
		}
		while (text > 0 && bytes.p[text - 1] == '\r')
			text--;
		if (text > 0 && !log_write(k, span_make(bytes.p, text)))
			return;
		k->log_line_open = n == bytes.n;
		if (n < bytes.n && !log_write(k, span_str("\n")))
			return;
		n += n < bytes.n;
		bytes = span_make(bytes.p + n, bytes.n - n);
	}
}

/* ---- the line ---- */

void cli_console_heard(struct console *k, struct span bytes)
{
	k->heard += bytes.n;
	remember(k, bytes);
	show(k, bytes);
	if (k->log_fd >= 0)
		log_bytes(k, bytes);
	if (k->has_script) {
		cli_script_hear(&k->script, bytes);
		run_script(k);
	}
}

void cli_console_opened(struct console *k, bool again)
{
	k->open = k->was_open = true;
	sched_cancel(k->slow);
	k->slow = NULL;
	if (again)
		cli_console_note(k, "connected again");
	else if (k->in_is_term && !k->has_script)
		cli_console_note(k, "connected to %s; Ctrl-] opens the menu", k->pc);
	if (!again && k->first.n)
		cli_console_type(k, k->first);
	if (!again && k->has_script)
		run_script(k);
	pump(k);
}

void cli_console_room(struct console *k)
{
	pump(k);
}

void cli_console_type(struct console *k, struct span bytes)
{
	if (k->read_only && k->in_is_term && !k->told_reads) {
		k->told_reads = true;
		cli_console_note(k, "this console only reads: nothing is typed");
	}
	if (k->read_only || !buf_add(&k->typing, bytes))
		return;
	pump(k);
}

static void on_quiet(void *arg);

static bool is_busy(const struct console *k)
{
	return k->line->busy && k->line->busy(k->line_arg);
}

static void wait_quiet(struct console *k)
{
	if (k->eof && !k->timer && k->typing.n == 0 && k->file_fd < 0 && !k->ended && !is_busy(k))
		k->timer = sched_after(net_loop_sched(k->loop), QUIET_MS, on_quiet, k);
}

/* Standard input has ended: wait until the PC has said all. */
static void on_quiet(void *arg)
{
	struct console *k = arg;
	const struct err none = { 0 };

	k->timer = NULL;
	if (k->heard != k->heard_before || k->showing.n || is_busy(k)) {
		k->heard_before = k->heard;
		wait_quiet(k);
		return;
	}
	cli_console_stop(k, &none);
}

/* What was typed goes on; more is read when there is room for it. */
static void pump(struct console *k)
{
	if (k->ended)
		return;
	if (k->open && k->typing.n)
		buf_consume(&k->typing, k->line->send(k->line_arg, buf_span(&k->typing)));
	if (k->file_fd >= 0 && k->open)
		cli_console_more_file(k);
	if (k->in && k->reading)
		net_fd_want(k->in, k->typing.n < TYPING_HIGH, false);
	wait_quiet(k);
}

/* ---- standard input ---- */

/* From a pipe, line ends become what the Enter key sends. */
static void from_pipe(struct console *k, struct span bytes)
{
	uint8_t mem[READ_BYTES];

	memcpy(mem, bytes.p, bytes.n);
	for (size_t i = 0; i < bytes.n; i++)
		mem[i] = mem[i] == '\n' ? '\r' : mem[i];
	cli_console_type(k, span_make(mem, bytes.n));
}

/* Ctrl-C is the PC's, but only once there is one. */
static void give_up(struct console *k)
{
	struct err e = { 0 };

	err_set(&e, ERR_CANCELLED, "given up before %s was connected", k->pc);
	k->c->exit_status = END_CTRL_C;
	cli_console_stop(k, &e);
}

static void on_slow(void *arg)
{
	struct console *k = arg;

	k->slow = NULL;
	cli_console_note(k, "connecting to %s; Ctrl-C gives up", k->pc);
}

static void on_typed(void *arg)
{
	struct console *k = arg;
	uint8_t mem[READ_BYTES];
	long n = net_fd_read(k->in, mem, sizeof mem);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) { /* the terminal is gone, or the pipe has ended */
		k->eof = true;
		k->reading = false;
		net_fd_want(k->in, false, false);
		pump(k);
		return;
	}
	if (k->in_is_term && !k->was_open && memchr(mem, CTRL_C, (size_t)n))
		give_up(k);
	else if (k->in_is_term)
		cli_console_keys(k, span_make(mem, (size_t)n));
	else
		from_pipe(k, span_make(mem, (size_t)n));
	pump(k);
}

/* ---- script ---- */

static void on_script_time(void *arg)
{
	struct console *k = arg;

	k->timer = NULL;
	run_script(k);
}

static void run_script(struct console *k)
{
	const struct err none = { 0 };
	enum cli_script_state state;
	struct span text;
	struct err e = { 0 };
	int64_t until, now = clk_mono_ms();

	if (k->ended || !k->was_open)
		return;
	sched_cancel(k->timer);
	k->timer = NULL;
	while ((state = cli_script_step(&k->script, now, &text, &until, &e)) == CLI_SCRIPT_SAYS)
		cli_console_type(k, text);
	if (state == CLI_SCRIPT_WAITS)
		k->timer = sched_after(net_loop_sched(k->loop), until - now, on_script_time, k);
	else
		cli_console_stop(k, state == CLI_SCRIPT_DONE ? &none : &e);
}

/* ---- begin ---- */

static void hint_size(struct console *k)
{
	unsigned rows, cols;

	if (cli_term_size(STDOUT_FILENO, &rows, &cols) && (rows < ROWS || cols < COLS))
		cli_console_note(k,
				 "the screens of a BIOS need %d x %d characters, this has %u x %u",
				 COLS, ROWS, cols, rows);
}

void cli_console_resized(struct console *k)
{
	unsigned rows, cols;

	if (k->in_is_term && cli_term_size(STDOUT_FILENO, &rows, &cols))
		cli_console_note(k, "now %u x %u%s", cols, rows,
				 k->read_only ? "" : "; Ctrl-] z tells the PC's system");
}

bool cli_console_begin(struct console *k, struct err *e)
{
	static const struct net_fd_events typed = { on_typed, NULL }, screen = { NULL, on_screen };

	buf_init(&k->typing, TYPING_MAX);
	buf_init(&k->showing, SHOWING_MAX);
	buf_init(&k->past, PAST_MAX);
	k->out_is_term = cli_term_is(STDOUT_FILENO);
	k->in_is_term = cli_term_is(STDIN_FILENO);
	k->out = net_fd_open(k->loop, STDOUT_FILENO, &screen, k, e);
	if (!k->out)
		return false;
	k->reading = !k->has_script && (k->in_is_term || !k->read_only);
	if (k->reading) {
		k->in = net_fd_open(k->loop, STDIN_FILENO, &typed, k, e);
		if (!k->in)
			return false;
		net_fd_want(k->in, true, false);
	}
	if (k->in_is_term && k->reading && cli_term_raw(STDIN_FILENO)) {
		hint_size(k);
		k->slow = sched_after(net_loop_sched(k->loop), SLOW_MS, on_slow, k);
	}
	return true;
}

void cli_console_deinit(struct console *k)
{
	cli_term_restore();
	cli_console_close_log(k);
	if (k->file_fd >= 0)
		(void)close(k->file_fd);
	sched_cancel(k->timer);
	sched_cancel(k->slow);
	net_fd_close(k->in);
	net_fd_close(k->out);
	buf_wipe(&k->typing);
	buf_wipe(&k->showing);
	buf_wipe(&k->past);
}
