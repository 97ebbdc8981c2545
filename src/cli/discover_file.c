/* See discover_file.h. Four lines of text: a heading, "position N", "of N", "ranges TEXT". */
#include "cli/discover_file.h"
#include "base/fd.h"
#include "base/names.h"
#include "base/out.h"
#include "base/str.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define HEADING   "outband discover 1\n"
#define BYTES_MAX 1200000

void cli_discover_file_init(struct cli_discover_file *f)
{
	*f = (struct cli_discover_file){ 0 };
	buf_init(&f->ranges, BYTES_MAX);
}

void cli_discover_file_deinit(struct cli_discover_file *f)
{
	buf_deinit(&f->ranges);
}

static bool read_all(int fd, struct buf *b, const char *path, struct err *e)
{
	uint8_t piece[65536];
	ssize_t n;

	while ((n = read(fd, piece, sizeof piece)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, ERR_IO, errno, path);
		if (!buf_add(b, span_make(piece, (size_t)n)))
			return err_set(e, ERR_LIMIT, "%s is no state of a discovery: too large",
				       path);
	}
	return true;
}

/* The rest of the next line when it begins with that word. */
static bool next_line(struct span *rest, const char *word, struct span *out_value)
{
	size_t n = span_find(*rest, '\n'), head = strlen(word);

	if (n == rest->n || !span_starts(*rest, word) || n < head)
		return false;
	*out_value = span_make(rest->p + head, n - head);
	*rest = span_make(rest->p + n + 1, rest->n - n - 1);
	return true;
}

static bool parse(struct cli_discover_file *f, struct span s)
{
	struct span head, position, total, ranges;

	return next_line(&s, "outband discover 1", &head) && head.n == 0 &&
		next_line(&s, "position ", &position) && next_line(&s, "of ", &total) &&
		next_line(&s, "ranges ", &ranges) && s.n == 0 &&
		str_to_u64(total, 1, UINT64_C(1) << 32, &f->total, NULL) &&
		str_to_u64(position, 0, f->total, &f->position, NULL) &&
		buf_add(&f->ranges, ranges);
}

bool cli_discover_file_read(struct cli_discover_file *f, const char *path, bool *out_found,
			    struct err *e)
{
	struct buf b;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*out_found = fd >= 0;
	if (fd < 0)
		return errno == ENOENT || err_errno(e, ERR_IO, errno, path);
	buf_init(&b, BYTES_MAX);
	bool ok = read_all(fd, &b, path, e);
	close(fd);
	if (ok && !parse(f, buf_span(&b))) {
		ok = err_set(e, ERR_INVALID, "%s is no state of a discovery", path);
		err_hint(e, "name the file of an earlier --resume, or one that does not exist yet");
	}
	buf_deinit(&b);
	return ok;
}

bool cli_discover_file_write(const struct cli_discover_file *f, const char *path, struct err *e)
{
	char part[PATH_MAX];
	struct buf b;
	struct out o;

	out_init(&o, part, sizeof part);
	out_fmt(&o, "%s.part", path);
	if (o.bad)
		return err_set(e, ERR_INVALID, "the path of the state file is too long");
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, ERR_IO, errno, part);
	buf_init(&b, BYTES_MAX + 256);
	out_init_buf(&o, &b);
	out_fmt(&o, HEADING "position %llu\nof %llu\nranges ", (unsigned long long)f->position,
		(unsigned long long)f->total);
	out_bytes(&o, buf_span(&f->ranges));
	out_str(&o, "\n");
	bool ok = !o.bad && fd_write_all(fd, buf_span(&b)) && fsync(fd) == 0;
	int errnum = errno;
	ok = close(fd) == 0 && ok && rename(part, path) == 0;
	buf_deinit(&b);
	return ok || err_errno(e, ERR_IO, errnum ? errnum : errno, path);
}
