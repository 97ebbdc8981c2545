/* See tries.h. The file is tries in $XDG_STATE_HOME/outband or ~/.local/state/outband: a line for each
 * PC, "PC COUNT TIME-OF-THE-LAST", no password. Commands that run at the same time take turns by a lock on it.
 * Called by direct.c; talks to no PC. */
#include "cli/tries.h"
#include "base/buf.h"
#include "base/clk.h"
#include "base/out.h"
#include "base/str.h"
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROWS      256 /* then the oldest goes */
#define PC_SIZE   128
#define ROW_BYTES 192
#define WINDOW_MS ((int64_t)CLI_TRIES_MINUTES * 60000)
#define PATH_SIZE 512

struct row {
	char pc[PC_SIZE];
	uint32_t count;
	int64_t last_unix_ms;
};
struct tries {
	int fd;
	unsigned count;
	struct row rows[ROWS];
	int64_t now_unix_ms;
};

/* ---- the file ---- */

static bool path_of(char out_path[PATH_SIZE])
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	bool own = xdg && xdg[0] == '/';
	int n;

	if (!own && (!home || home[0] != '/'))
		return false;
	n = own ? snprintf(out_path, PATH_SIZE, "%s/outband/tries", xdg)
		: snprintf(out_path, PATH_SIZE, "%s/.local/state/outband/tries", home);
	return n > 0 && n < PATH_SIZE;
}

static void make_dirs(char *path)
{
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		(void)mkdir(path, 0700);
		*at = '/';
	}
}

static bool open_file(struct tries *t, bool create)
{
	char path[PATH_SIZE];

	if (!path_of(path))
		return false;
	if (create)
		make_dirs(path);
	t->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT : 0), 0600);
	if (t->fd < 0)
		return false;
	if (flock(t->fd, LOCK_EX) == 0)
		return true;
	(void)close(t->fd);
	return false;
}

/* What is too old, from the future (the clock was set), or no row is left out. */
static void read_line(struct tries *t, struct span line)
{
	size_t a = span_find(line, ' ');
	struct span rest = span_make(line.p + a, line.n - a);
	uint64_t last = 0;
	struct row r;

	rest = span_trim(rest);
	size_t b = span_find(rest, ' ');
	if (b == rest.n || t->count == ROWS || !str_copy(r.pc, sizeof r.pc, span_make(line.p, a)) ||
	    !str_to_u32(span_make(rest.p, b), 1, 1000, &r.count, NULL) ||
	    !str_to_u64(span_make(rest.p + b + 1, rest.n - b - 1), 0, INT64_MAX, &last, NULL))
		return;
	r.last_unix_ms = (int64_t)last;
	if (r.last_unix_ms <= t->now_unix_ms && t->now_unix_ms - r.last_unix_ms < WINDOW_MS)
		t->rows[t->count++] = r;
}

static bool load(struct tries *t, bool create)
{
	uint8_t mem[ROWS * ROW_BYTES];

	*t = (struct tries){ .fd = -1, .now_unix_ms = clk_unix_ms() };
	if (!open_file(t, create))
		return false;
	ssize_t n = pread(t->fd, mem, sizeof mem, 0);
	struct span left = span_make(mem, n > 0 ? (size_t)n : 0);
	while (left.n) {
		size_t end = span_find(left, '\n');
		read_line(t, span_make(left.p, end));
		end += end < left.n;
		left = span_make(left.p + end, left.n - end);
	}
	return true;
}

static void save(const struct tries *t)
{
	char mem[ROWS * ROW_BYTES];
	struct out o;

	out_init(&o, mem, sizeof mem);
	for (unsigned i = 0; i < t->count; i++)
		if (t->rows[i].count)
			out_fmt(&o, "%s %" PRIu32 " %" PRId64 "\n", t->rows[i].pc, t->rows[i].count,
				t->rows[i].last_unix_ms);
	struct span text = out_span(&o);
	if (ftruncate(t->fd, 0) == 0)
		(void)!pwrite(t->fd, text.p, text.n, 0);
}

static struct row *find(struct tries *t, const char *pc)
{
	for (unsigned i = 0; i < t->count; i++)
		if (str_eq(t->rows[i].pc, pc))
			return &t->rows[i];
	return NULL;
}

static struct row *find_or_add(struct tries *t, const char *pc)
{
	struct row *r = find(t, pc), *oldest = &t->rows[0];

	if (r)
		return r;
	for (unsigned i = 1; i < t->count; i++)
		if (t->rows[i].last_unix_ms < oldest->last_unix_ms)
			oldest = &t->rows[i];
	r = t->count < ROWS ? &t->rows[t->count++] : oldest;
	*r = (struct row){ 0 };
	(void)str_copy(r->pc, sizeof r->pc, span_str(pc));
	return r;
}

/* ---- what callers ask ---- */

bool cli_tries_check(const char *pc, struct err *e)
{
	char path[PATH_SIZE];
	struct tries t;
	bool ok = true;

	if (!load(&t, false))
		return true;
	const struct row *r = find(&t, pc);
	if (r && r->count >= CLI_TRIES_SAFE) {
		int64_t wait = r->last_unix_ms + WINDOW_MS - t.now_unix_ms;
		err_set(e, ERR_LOCKOUT, "%s refused %u logins: no more is sent, it may lock", pc,
			(unsigned)r->count);
		err_seen(e, "%u wrong ones, the next is safe in %lld s", (unsigned)r->count,
			 (long long)(wait / 1000));
		err_want(e, "at most %d in %d minutes, over all ports of the PC", CLI_TRIES_SAFE,
			 CLI_TRIES_MINUTES);
		if (path_of(path) && strlen(path) < 100)
			err_hint(e, "wait; who knows better removes %s", path);
		ok = err_rule(e, "M19");
	}
	(void)close(t.fd);
	return ok;
}

unsigned cli_tries_refused(const char *pc)
{
	struct tries t;
	unsigned count = 1;

	if (load(&t, true)) {
		struct row *r = find_or_add(&t, pc);
		count = ++r->count;
		r->last_unix_ms = t.now_unix_ms;
		save(&t);
		(void)close(t.fd);
	}
	return count < CLI_TRIES_SAFE ? CLI_TRIES_SAFE - count : 0;
}

void cli_tries_taken(const char *pc)
{
	struct tries t;

	if (!load(&t, false))
		return;
	struct row *r = find(&t, pc);
	if (r) {
		r->count = 0;
		save(&t);
	}
	(void)close(t.fd);
}
