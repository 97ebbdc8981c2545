/* Opening an image: what is it (a file, a directory, a URL), is it fit for a drive, and for a
 * directory the program that makes an ISO 9660 image of it, in a scratch file that nobody else can
 * open and that is gone when the image is freed. Called through net_image_open; all that waits runs
 * on workers or as a child without a shell. */
#include "base/clk.h"
#include "base/mem.h"
#include "net/child.h"
#include "net/fetch.h"
#include "net/image_priv.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAKE_MS        (30ll * 60 * 1000) /* gigabytes of a slow disk */
#define DESCRIPTORS_AT ((uint64_t)16 * 2048)
#define SCRATCH        "/var/tmp"
#define SCRATCH_NAME   "outband-media-"
#define OLD_MS         60000
#define ISOLINUX       "isolinux/isolinux.bin"
#define LABEL_MAX      32

struct net_image_op {
	struct net_loop *loop;
	struct net_image_conf conf;
	char *from, *label, *scratch, *ca_file;
	char *shown;     /* from, for people */
	char *directory; /* the whole path of one */
	char *made;      /* the scratch file; NULL: none */
	int made_fd;     /* its lock: it is somebody's; -1: none */
	bool is_directory, boots, sticks, working, cancelled;
	struct net_child *child;
	const char *program;
	void *src;
	const struct net_image_source *source;
	uint64_t bytes;
	struct err err;
	net_image_open_fn *fn;
	void *arg;
};

static void op_free(struct net_image_op *op)
{
	if (op->src)
		op->source->close(op->src);
	if (op->made)
		(void)unlink(op->made);
	if (op->made_fd >= 0)
		(void)close(op->made_fd);
	mem_free(op->made);
	mem_free(op->from);
	mem_free(op->shown);
	mem_free(op->directory);
	mem_free(op->label);
	mem_free(op->scratch);
	mem_free(op->ca_file);
	mem_free(op);
}

static bool is_url(const char *s)
{
	return strncasecmp(s, "http://", 7) == 0 || strncasecmp(s, "https://", 8) == 0;
}

/* ---- fit for a drive ---- */

static bool check_floppy(const struct net_image_op *op, struct err *e)
{
	if (op->bytes > 0 && op->bytes % 512 == 0)
		return true;
	err_set(e, ERR_INVALID, "%s is no image of a floppy", op->shown);
	err_seen(e, "%llu bytes", (unsigned long long)op->bytes);
	return err_want(e, "blocks of 512 bytes");
}

/* Images for both discs and sticks begin with one; discs alone have zeros there. */
static bool look_for_boot_sector(struct net_image_op *op, struct err *e)
{
	uint8_t sector[512];

	if (!op->source->read(op->src, 0, 0, sector, sizeof sector, e))
		return false;
	op->sticks = sector[510] == 0x55 && sector[511] == 0xaa;
	return true;
}

/* ISO 9660 has CD001 in its first descriptor, UDF alone BEA01; both in block 16. */
static bool check_cd(struct net_image_op *op, struct err *e)
{
	uint8_t head[6] = { 0 };

	if (op->bytes >= DESCRIPTORS_AT + 2048) {
		if (!op->source->read(op->src, 0, DESCRIPTORS_AT, head, sizeof head, e))
			return false;
		if (memcmp(head + 1, "CD001", 5) == 0 || memcmp(head + 1, "BEA01", 5) == 0)
			return look_for_boot_sector(op, e);
	}
	err_set(e, ERR_INVALID, "%s is no image of a CD or DVD", op->shown);
	err_seen(e, "%llu bytes, no descriptor in block 16", (unsigned long long)op->bytes);
	err_want(e, "ISO 9660 or UDF");
	return err_hint(e, "a directory is made into an image; a floppy goes with --floppy");
}

static bool check(struct net_image_op *op, struct err *e)
{
	uint64_t block = op->conf.floppy ? 512 : 2048;

	if (op->bytes / block >= UINT32_MAX) {
		err_set(e, ERR_LIMIT, "%s is larger than any drive", op->shown);
		return err_seen(e, "%llu bytes", (unsigned long long)op->bytes);
	}
	return op->conf.floppy ? check_floppy(op, e) : check_cd(op, e);
}

/* ---- on a worker ---- */

/* The programs would cut it, or say less clearly what they mind. */
static bool check_label(const char *label, struct err *e)
{
	struct span s = span_str(label);
	bool ok = !label || (s.n > 0 && s.n <= LABEL_MAX);

	for (size_t i = 0; i < s.n; i++)
		ok = ok && s.p[i] >= ' ' && s.p[i] <= '~';
	if (ok)
		return true;
	err_set(e, ERR_INVALID, "the volume name is none for a disc");
	err_seen(e, "\"%s\", %zu bytes", label, s.n);
	return err_want(e, "1 to %d characters of ASCII", LABEL_MAX);
}

/* What a process that was killed left: ours, nobody's any more, and not of this minute, in which it may
 * be between its making and its lock. */
static void sweep(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *row;
	struct stat st;

	while (d && (row = readdir(d))) {
		if (strncmp(row->d_name, SCRATCH_NAME, strlen(SCRATCH_NAME)) != 0)
			continue;
		int fd = openat(dirfd(d), row->d_name,
				O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
		    (int64_t)st.st_mtime * 1000 + OLD_MS < clk_unix_ms() &&
		    flock(fd, LOCK_EX | LOCK_NB) == 0)
			(void)unlinkat(dirfd(d), row->d_name, 0);
		(void)close(fd);
	}
	if (d)
		(void)closedir(d);
}

static bool open_directory(struct net_image_op *op, struct err *e)
{
	char path[PATH_MAX];
	int fd;

	if (!check_label(op->label, e))
		return false;
	if (op->conf.floppy || op->conf.writable)
		return err_set(e, ERR_UNSUPPORTED, "%s is a directory: only CDs are made of one",
			       op->from);
	op->is_directory = true;
	/* The child has another working directory. */
	if (!realpath(op->from, path))
		return err_errno(e, ERR_IO, errno, "finding the directory");
	op->directory = mem_str(path);
	(void)snprintf(path, sizeof path, "%s/" ISOLINUX, op->from);
	op->boots = access(path, R_OK) == 0;
	const char *folder = op->scratch ? op->scratch : SCRATCH;
	sweep(folder);
	(void)snprintf(path, sizeof path, "%s/" SCRATCH_NAME "XXXXXX", folder);
	fd = mkstemp(path);
	if (fd < 0) {
		err_errno(e, ERR_IO, errno, "making a scratch file");
		return err_wrap(e, "%s", path);
	}
	(void)flock(fd, LOCK_SH | LOCK_NB);
	op->made_fd = fd;
	op->made = mem_str(path);
	return true;
}

static void work_open(void *arg)
{
	struct net_image_op *op = arg;
	struct err *e = &op->err;
	const char *path = op->made ? op->made : op->from;
	struct stat st;
	bool ok;

	if (op->source == &net_image_url_source) {
		ok = op->conf.writable ? err_set(e, ERR_UNSUPPORTED,
						 "%s: only a file can be written to", op->shown)
				       : net_image_url_size(op->src, &op->bytes, e);
	} else {
		op->source = &net_image_file_source;
		if (!op->made && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
			(void)open_directory(op, e);
			return;
		}
		ok = net_image_file_open(path, op->conf.writable, &op->src, &op->bytes, e);
	}
	if (ok)
		(void)check(op, e);
}

/* ---- directories ---- */

static void start_work(struct net_image_op *op);

static const char *const programs[] = { "/usr/bin/xorriso", "/usr/bin/genisoimage",
					"/usr/bin/mkisofs" };

static void on_open(void *arg);

/* The first line of text with one of the marks in it, from the mark on, or from its begin when whole;
 * after it, *text is what follows. Empty: there is none. */
static struct span next_marked(struct span *text, const char *const *marks, bool whole)
{
	while (text->n) {
		size_t end = span_find(*text, '\n');
		struct span line = span_trim(span_make(text->p, end));
		*text = end < text->n ? span_make(text->p + end + 1, text->n - end - 1)
				      : span_make(text->p, 0);
		for (unsigned i = 0; line.n && marks[i]; i++) {
			size_t n = strlen(marks[i]);
			const uint8_t *at = memmem(line.p, line.n, marks[i], n);
			if (at && whole)
				return line;
			if (at)
				return span_make(at + n, line.n - (size_t)(at - line.p) - n);
		}
	}
	return (struct span){ NULL, 0 };
}

/* Of all that such a program writes, the lines that say why and where; else the end. */
static void set_reason(struct err *e, const struct net_child_end *end)
{
	static const char *const marks[] = { "FAILURE : ", "FATAL : ", "rror: ", NULL };
	struct span text = end->err_text, rest = text, why = next_marked(&rest, marks, false),
		    where = next_marked(&rest, marks, false);

	text = span_trim(text);
	if (!why.n && text.n)
		why = span_make(text.p + (text.n > 80 ? text.n - 80 : 0),
				text.n > 80 ? 80 : text.n);
	err_seen(e, "%s %d%s%.*s%s%.*s", end->signal ? "signal" : "exit status",
		 end->signal ? end->signal : end->exit_code, why.n ? ": " : "", (int)why.n,
		 why.n ? (const char *)why.p : "", where.n ? "; " : "", (int)where.n,
		 where.n ? (const char *)where.p : "");
}

/* genisoimage leaves out what it may not read, says so, and calls it a success. */
static bool is_whole(const struct net_image_op *op, struct span text, struct err *e)
{
	static const char *const marks[] = { "is not readable", "Unable to open directory",
					     "too large", NULL };
	struct span line = next_marked(&text, marks, true);

	if (!line.n)
		return true;
	err_set(e, ERR_IO, "%s left out a part of %s", op->program, op->from);
	err_seen(e, "%.*s", (int)line.n, (const char *)line.p);
	return err_hint(e, "make it readable, or take it out of the directory");
}

static void on_made(void *arg, const struct net_child_end *end)
{
	struct net_image_op *op = arg;

	op->child = NULL;
	if (end->why.code != ERR_NONE) {
		op->err = end->why;
		err_wrap(&op->err, "making an image of %s", op->from);
	} else if (end->exit_code != 0 || end->signal != 0) {
		err_set(&op->err, ERR_IO, "%s made no image of %s", op->program, op->from);
		set_reason(&op->err, end);
	} else if (is_whole(op, end->err_text, &op->err)) {
		start_work(op);
		return;
	}
	on_open(op);
}

static void make_image(struct net_image_op *op)
{
	const char *args[16];
	unsigned n = 0;

	for (unsigned i = 0; !op->program && i < sizeof programs / sizeof *programs; i++)
		op->program = access(programs[i], X_OK) == 0 ? programs[i] : NULL;
	if (!op->program) {
		err_set(&op->err, ERR_UNSUPPORTED,
			"no program that makes an image of the directory %s", op->from);
		err_hint(&op->err, "install the Debian package xorriso or genisoimage");
		on_open(op);
		return;
	}
	if (op->program == programs[0]) {
		args[n++] = "-as";
		args[n++] = "mkisofs";
	}
	args[n++] = "-quiet"; /* what it says are troubles then */
	args[n++] = "-R";
	args[n++] = "-J";
	args[n++] = "-V";
	args[n++] = op->label ? op->label : "OUTBAND";
	/* Only xorriso writes the boot information into the image and not into the directory. */
	if (op->boots && op->program == programs[0]) {
		args[n++] = "-b";
		args[n++] = ISOLINUX;
		args[n++] = "-no-emul-boot";
		args[n++] = "-boot-info-table";
	}
	args[n++] = "-o";
	args[n++] = op->made;
	args[n++] = op->directory;
	args[n] = NULL;
	const struct net_child_conf c = {
		.program = op->program, .args = args, .out_max = 65536, .timeout_ms = MAKE_MS
	};
	op->child = net_child_start(op->loop, &c, on_made, op);
}

/* ---- the whole ---- */

static void on_open(void *arg)
{
	struct net_image_op *op = arg;
	struct net_image *im = NULL;

	op->working = false;
	if (op->cancelled) {
		op_free(op);
		return;
	}
	if (op->err.code == ERR_NONE && op->is_directory && !op->src) {
		make_image(op);
		return;
	}
	if (op->err.code == ERR_NONE) {
		struct net_image_conf c = op->conf;
		c.from = op->shown;
		im = net_image_cached(op->loop, op->source, op->src, op->bytes, &c);
		im->sticks = op->sticks;
		op->src = NULL;
	}
	op->fn(op->arg, im, &op->err);
	op_free(op);
}

static void start_work(struct net_image_op *op)
{
	op->working = true;
	if (!op->source && is_url(op->from)) {
		op->source = &net_image_url_source;
		op->src = net_image_url_new(op->from, op->ca_file);
	}
	net_loop_work(op->loop, work_open, on_open, op);
}

struct net_image_op *net_image_open(struct net_loop *l, const struct net_image_conf *c,
				    net_image_open_fn *fn, void *arg)
{
	struct net_image_op *op = MEM_NEW(struct net_image_op);

	*op = (struct net_image_op){ .loop = l, .conf = *c, .made_fd = -1, .fn = fn, .arg = arg };
	op->conf.from = op->from = mem_str(c->from);
	op->shown = is_url(c->from) ? net_fetch_show_url(c->from) : mem_str(c->from);
	op->label = mem_str(c->label);
	op->scratch = mem_str(c->scratch);
	op->ca_file = mem_str(c->ca_file);
	start_work(op);
	return op;
}

void net_image_open_cancel(struct net_image_op *op)
{
	if (!op)
		return;
	op->cancelled = true;
	if (op->child) {
		net_child_cancel(op->child);
		op->child = NULL;
	}
	if (!op->working)
		op_free(op);
	else if (is_url(op->from)) /* else source and src are the worker's now */
		op->source->stop(op->src);
}
