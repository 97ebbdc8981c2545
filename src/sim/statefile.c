/* See statefile.h. Used by serve.c; ctl.c says what it touched. What a device's state is, is
 * decided in dev_save.c. Never syncs to disk: a crash of the process loses nothing that was
 * written, and a simulator need not survive the machine. */
#include "sim/statefile.h"
#include "base/fd.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER        "# outband sim state 1\n"
#define DOC_BEGIN     "--- # device "
#define DOC_END       "...\n"
#define WRITE_BYTES   ((size_t)256 * 1024)
#define DOC_MAX_BYTES ((size_t)1024 * 1024)
#define GROWTH_BYTES  ((size_t)64 * 1024 * 1024)

struct sim_statefile {
	char *path, *next_path;
	struct sim_fleet *fleet;
	uint32_t *seen;   /* requests of each device when it was written last */
	uint8_t *touched; /* TOUCHED_* */
	int fd;           /* for appending; -1: the last rewrite failed */
	size_t base_bytes, bytes;
};
#define TOUCHED_EVER 1 /* it stands in the file */
#define TOUCHED_NOW  2 /* it has to be written */

/* ---- reading ---- */

static struct span next_line(struct span text, size_t *at)
{
	struct span rest = span_make(text.p + *at, text.n - *at);
	size_t n = span_find(rest, '\n');

	*at += n + (n < rest.n);
	return span_make(rest.p, n + (n < rest.n)); /* with its end */
}

bool sim_statefile_next(struct span text, size_t *at, unsigned *line,
			struct sim_statefile_doc *out_doc)
{
	struct sim_statefile_doc doc = { 0 };
	size_t begin = 0;
	bool inside = false;

	while (*at < text.n) {
		size_t start = *at;
		struct span l = next_line(text, at);
		++*line;
		if (span_starts(l, DOC_BEGIN)) {
			struct span number = span_trim(span_make(l.p + sizeof DOC_BEGIN - 1,
								 l.n - (sizeof DOC_BEGIN - 1)));
			inside = str_to_u32(number, 0, UINT32_MAX, &doc.index, NULL);
			begin = *at;
			doc.line = *line + 1;
		} else if (inside && span_eq_str(l, DOC_END)) {
			doc.yaml = span_make(text.p + begin, start - begin);
			*out_doc = doc;
			return true;
		}
	}
	return false;
}

static bool load_one(struct sim_statefile *s, const struct sim_statefile_doc *doc, struct err *e)
{
	struct sim_dev *d = sim_fleet_at(s->fleet, doc->index);
	bool ok = d && sim_dev_load(d, doc->yaml, e);

	if (!d)
		err_set(e, ERR_INVALID, "it has a device %u, the fleet has 0 to %u", doc->index,
			sim_fleet_count(s->fleet) - 1);
	if (!ok) {
		err_wrap(e, "%s, document at line %u", s->path, doc->line);
		return err_hint(e,
				"a state file fits only the fleet (seed, devices, generations) "
				"that wrote it; remove it or name another one");
	}
	s->touched[doc->index] = TOUCHED_EVER;
	return true;
}

/* Only the last document of a device is read in, so first the places of all are found. */
static bool load_text(struct sim_statefile *s, struct span text, struct err *e)
{
	unsigned count = sim_fleet_count(s->fleet), line = 0;
	struct sim_statefile_doc doc, *last = mem_new(count * sizeof *last);
	size_t at = 0;
	bool ok = span_starts(text, HEADER);

	if (!ok)
		err_set(e, ERR_INVALID, "%s is no state file of 'outband sim'", s->path);
	while (ok && sim_statefile_next(text, &at, &line, &doc)) {
		if (doc.index < count)
			last[doc.index] = doc;
		else
			ok = load_one(s, &doc, e);
	}
	for (unsigned i = 0; ok && i < count; i++) {
		if (last[i].line)
			ok = load_one(s, &last[i], e);
	}
	mem_free(last);
	return ok;
}

static bool load(struct sim_statefile *s, struct err *e)
{
	int fd = open(s->path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool ok;

	if (fd < 0)
		return errno == ENOENT || err_errno(e, ERR_IO, errno, s->path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return err_set(e, ERR_INVALID, "%s is no file", s->path);
	}
	size_t n = (size_t)st.st_size;
	void *p = n ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	(void)close(fd);
	if (n == 0)
		return true;
	if (p == MAP_FAILED)
		return err_errno(e, ERR_IO, errno, s->path);
	ok = load_text(s, span_make(p, n), e);
	(void)munmap(p, n);
	return ok;
}

/* ---- writing ---- */

static void put_doc(struct sim_statefile *s, unsigned i, struct out *o)
{
	out_fmt(o, DOC_BEGIN "%u\n", i);
	sim_dev_save(sim_fleet_at(s->fleet, i), o);
	out_str(o, DOC_END);
}

/* Writes the documents of the devices that have one of the flags. */
static bool write_docs(struct sim_statefile *s, int fd, unsigned flags, const char *path,
		       struct err *e)
{
	struct buf b;
	struct out o;
	bool ok = true;
	unsigned count = sim_fleet_count(s->fleet);

	buf_init(&b, WRITE_BYTES + DOC_MAX_BYTES);
	out_init_buf(&o, &b);
	for (unsigned i = 0; ok && i <= count; i++) {
		if (i < count && (s->touched[i] & flags))
			put_doc(s, i, &o);
		if (b.n < WRITE_BYTES && i < count)
			continue;
		ok = !b.bad || err_set(e, ERR_LIMIT, "the state of device %u is too large", i);
		ok = ok && (fd_write_all(fd, buf_span(&b)) || err_errno(e, ERR_IO, errno, path));
		s->bytes += b.n;
		buf_clear(&b);
	}
	buf_wipe(&b);
	return ok;
}

/* What a request may have changed is found by the number of requests. */
static bool find_changes(struct sim_statefile *s)
{
	bool any = false;

	for (unsigned i = 0; i < sim_fleet_count(s->fleet); i++) {
		uint32_t now = sim_dev_get_stats(sim_fleet_at(s->fleet, i))->requests;
		if (now != s->seen[i])
			s->touched[i] |= TOUCHED_NOW;
		s->seen[i] = now;
		any = any || (s->touched[i] & TOUCHED_NOW);
	}
	return any;
}

static void settle(struct sim_statefile *s)
{
	for (unsigned i = 0; i < sim_fleet_count(s->fleet); i++) {
		if (s->touched[i])
			s->touched[i] = TOUCHED_EVER;
	}
}

bool sim_statefile_rewrite(struct sim_statefile *s, struct err *e)
{
	int fd = open(s->next_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok;

	if (fd < 0)
		return err_errno(e, ERR_IO, errno, s->next_path);
	(void)find_changes(s);
	s->bytes = sizeof HEADER - 1;
	ok = (fd_write_all(fd, span_str(HEADER)) || err_errno(e, ERR_IO, errno, s->next_path)) &&
		write_docs(s, fd, TOUCHED_EVER | TOUCHED_NOW, s->next_path, e);
	if (ok && rename(s->next_path, s->path) != 0)
		ok = err_errno(e, ERR_IO, errno, s->path);
	if (!ok) {
		(void)close(fd);
		(void)unlink(s->next_path);
		return false;
	}
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = fd; /* goes on behind what was written */
	s->base_bytes = s->bytes;
	settle(s);
	return true;
}

bool sim_statefile_save(struct sim_statefile *s, struct err *e)
{
	if (!find_changes(s))
		return true;
	if (s->fd < 0 || s->bytes > GROWTH_BYTES + 4 * s->base_bytes)
		return sim_statefile_rewrite(s, e);
	if (!write_docs(s, s->fd, TOUCHED_NOW, s->path, e)) {
		(void)close(s->fd); /* its tail may be cut: the next one writes all */
		s->fd = -1;
		return false;
	}
	settle(s);
	return true;
}

void sim_statefile_touch(struct sim_statefile *s, unsigned index)
{
	s->touched[index] |= TOUCHED_NOW;
}

struct sim_statefile *sim_statefile_open(const char *path, struct sim_fleet *f, struct err *e)
{
	struct sim_statefile *s = MEM_NEW(struct sim_statefile);
	size_t n = strlen(path) + sizeof ".new";

	s->fleet = f;
	s->fd = -1;
	s->path = mem_str(path);
	s->next_path = mem_new(n);
	(void)snprintf(s->next_path, n, "%s.new", path);
	s->seen = mem_new(sim_fleet_count(f) * sizeof *s->seen);
	s->touched = mem_new(sim_fleet_count(f));
	if (!load(s, e) || !sim_statefile_rewrite(s, e)) {
		sim_statefile_free(s);
		return NULL;
	}
	return s;
}

void sim_statefile_free(struct sim_statefile *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		(void)close(s->fd);
	mem_free(s->path);
	mem_free(s->next_path);
	mem_free(s->seen);
	mem_free(s->touched);
	mem_free(s);
}
