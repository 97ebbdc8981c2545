/* Images of virtual media (net/image.h) from real files, directories and web servers: what is read,
 * what is refused and how it is said, files that shrink, sparse ones over 4 GB, many readers on one
 * cache, writes, copies. The web server is WEBrick, run here on port 22250; the images are ours. */
#include "net_rig.h"
#include "base/hash.h"
#include "net/image.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT     "22250"
#define TLS_PORT "22254"

static char dir[] = "/tmp/outband-image-XXXXXX";

struct opened {
	bool done;
	struct net_image *im;
	struct err e;
};

static void on_opened(void *arg, struct net_image *im, const struct err *e)
{
	struct opened *o = arg;

	assert_false(o->done);
	o->done = true;
	o->im = im;
	o->e = *e;
}

static bool is_opened(void *arg)
{
	return ((struct opened *)arg)->done;
}

static void path_of(char out[256], const char *name)
{
	(void)snprintf(out, 256, "%s/%s", dir, name);
}

static void open_conf(struct net_loop *l, const struct net_image_conf *c, struct opened *o)
{
	*o = (struct opened){ 0 };
	(void)net_image_open(l, c, on_opened, o);
	assert_false(o->done);
	assert_true(rig_until(l, is_opened, o, RIG_WAIT_MS));
}

static void open_name(struct net_loop *l, const char *name, bool floppy, struct opened *o)
{
	char path[256];

	path_of(path, name);
	open_conf(
		l,
		&(struct net_image_conf){ .from = strstr(name, "//") || *name == '\\' ? name : path,
					  .floppy = floppy,
					  .scratch = dir },
		o);
}

/* Bytes that say where they are. */
static uint8_t byte_at(uint64_t at)
{
	return (uint8_t)(at ^ at >> 11 ^ at >> 19);
}

static void make_image(const char *name, uint64_t size)
{
	static uint8_t mem[65536];
	char path[256];
	int fd;

	path_of(path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	for (uint64_t at = 0; at < size; at += sizeof mem) {
		size_t n = size - at < sizeof mem ? (size_t)(size - at) : sizeof mem;
		for (size_t i = 0; i < n; i++)
			mem[i] = byte_at(at + i);
		if (at == 0 && n > 32774)
			memcpy(mem + 32768, "\1CD001", 6);
		assert_int_equal(write(fd, mem, n), n);
	}
	assert_int_equal(close(fd), 0);
}

/* ---- one reader ---- */

struct reader {
	struct net_image *im;
	struct net_image_wait w;
	uint64_t at, end, wrong;
	unsigned waits;
	bool done;
	struct err e;
};

static void read_on(struct reader *r);

static void on_bytes(void *arg, const struct err *e)
{
	struct reader *r = arg;

	if (e->code != ERR_NONE) {
		r->e = *e;
		r->done = true;
		return;
	}
	assert_true(net_image_peek(r->im, r->at, 1).n == 1);
	read_on(r);
}

static void read_on(struct reader *r)
{
	while (r->at < r->end) {
		struct span s = net_image_peek(r->im, r->at, (size_t)(r->end - r->at));
		if (!s.n) {
			r->waits++;
			net_image_wait(r->im, &r->w, r->at);
			return;
		}
		for (size_t i = 0; i < s.n; i++) {
			uint64_t at = r->at + i;
			if ((at < 32768 || at > 32773) && s.p[i] != byte_at(at))
				r->wrong++;
		}
		r->at += s.n;
	}
	r->done = true;
}

static bool is_read(void *arg)
{
	return ((struct reader *)arg)->done;
}

static void start_reader(struct reader *r, struct net_image *im, uint64_t from, uint64_t end)
{
	*r = (struct reader){ .im = im, .at = from, .end = end };
	r->w.fn = on_bytes;
	r->w.arg = r;
	read_on(r);
}

static void reads(struct net_loop *l, struct net_image *im, uint64_t from, uint64_t end)
{
	struct reader r;

	start_reader(&r, im, from, end);
	assert_true(rig_until(l, is_read, &r, RIG_WAIT_MS));
	if (r.e.code != ERR_NONE || r.wrong)
		fail_msg("%s %s, %llu wrong", r.e.msg, r.e.seen, (unsigned long long)r.wrong);
}

static void reads_a_file(void **state)
{
	struct net_loop *l = rig_loop();
	struct opened o;

	(void)state;
	make_image("some.iso", 3000001);
	open_name(l, "some.iso", false, &o);
	assert_non_null(o.im);
	assert_int_equal(net_image_bytes(o.im), 3000320); /* whole blocks */
	reads(l, o.im, 0, 3000001);
	reads(l, o.im, 2999999, 3000001);
	/* The second time nothing is fetched, and behind the end there are zeros. */
	uint64_t fetched = net_image_get_stats(o.im)->fetched;
	reads(l, o.im, 0, 3000001);
	assert_int_equal(net_image_get_stats(o.im)->fetched, fetched);
	assert_int_equal(net_image_peek(o.im, 3000001, 400).n, 319);
	assert_int_equal(net_image_peek(o.im, 3000319, 400).p[0], 0);
	net_image_free(o.im);
	rig_end_loop(l);
}

static void shares_one_cache(void **state)
{
	struct net_loop *l = rig_loop();
	struct reader r[20];
	struct opened o;
	char path[256];

	(void)state;
	make_image("shared.iso", 8000000);
	path_of(path, "shared.iso");
	open_conf(l, &(struct net_image_conf){ .from = path }, &o);
	for (unsigned i = 0; i < 20; i++)
		start_reader(&r[i], o.im, 0, 8000000);
	for (unsigned i = 0; i < 20; i++) {
		assert_true(rig_until(l, is_read, &r[i], RIG_WAIT_MS));
		assert_int_equal(r[i].e.code, ERR_NONE);
		assert_int_equal(r[i].wrong, 0);
	}
	assert_int_equal(net_image_get_stats(o.im)->fetched, net_image_bytes(o.im));
	net_image_free(o.im);

	/* A cache of four chunks, and readers that stand everywhere: slower, and right. */
	open_conf(l, &(struct net_image_conf){ .from = path, .cache_bytes = 1 }, &o);
	for (unsigned i = 0; i < 20; i++)
		start_reader(&r[i], o.im, i * 400000, i * 400000 + 300000);
	for (unsigned i = 0; i < 20; i++) {
		assert_true(rig_until(l, is_read, &r[i], RIG_WAIT_MS));
		assert_int_equal(r[i].e.code, ERR_NONE);
		assert_int_equal(r[i].wrong, 0);
	}
	net_image_free(o.im);
	rig_end_loop(l);
}

static void reads_beyond_4_gb(void **state)
{
	static const uint64_t size = 6ull << 30;
	static const char mark[] = "beyond";
	struct net_loop *l = rig_loop();
	struct reader r;
	struct opened o;
	char path[256];
	int fd;

	(void)state;
	path_of(path, "large.iso");
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(pwrite(fd, "\1CD001", 6, 32768), 6);
	assert_int_equal(pwrite(fd, mark, 6, (off_t)(size - 6)), 6);
	close(fd);
	open_name(l, "large.iso", false, &o);
	assert_int_equal(net_image_bytes(o.im), size);
	start_reader(&r, o.im, size - 6, size);
	assert_true(rig_until(l, is_read, &r, RIG_WAIT_MS));
	assert_memory_equal(net_image_peek(o.im, size - 6, 6).p, mark, 6);
	net_image_free(o.im);
	unlink(path);
	rig_end_loop(l);
}

static void tells_that_a_file_shrank(void **state)
{
	struct net_loop *l = rig_loop();
	struct reader r;
	struct opened o;
	char path[256];

	(void)state;
	make_image("shrinks.iso", 2000000);
	path_of(path, "shrinks.iso");
	open_name(l, "shrinks.iso", false, &o);
	reads(l, o.im, 0, 100);
	assert_int_equal(truncate(path, 1000000), 0);
	start_reader(&r, o.im, 1900000, 1900001);
	assert_true(rig_until(l, is_read, &r, RIG_WAIT_MS));
	assert_int_equal(r.e.code, ERR_CONFLICT);
	assert_non_null(strstr(r.e.msg, "shrinks.iso became shorter"));
	/* It is no error for ever. */
	make_image("shrinks.iso", 2000000);
	reads(l, o.im, 1900000, 1900100);
	net_image_free(o.im);
	rig_end_loop(l);
}

static void refuses(void **state)
{
	static const struct {
		const char *name;
		bool floppy;
		enum err_code code;
		const char *says;
	} cases[] = {
		{ "missing.iso", false, ERR_NOT_FOUND, "missing.iso" },
		{ "text.txt", false, ERR_INVALID, "is no image of a CD" },
		{ "empty.iso", false, ERR_INVALID, "is no image of a CD" },
		{ "odd.img", true, ERR_INVALID, "is no image of a floppy" },
		{ "empty.iso", true, ERR_INVALID, "is no image of a floppy" },
		{ "tree", true, ERR_UNSUPPORTED, "only CDs are made" },
		{ "pipe", false, ERR_INVALID, "is no file" },
		{ "ftp://127.0.0.1/x.iso", false, ERR_NOT_FOUND, "ftp" },
		{ "http://127.0.0.1:1/x.iso", false, ERR_UNREACHABLE, "fetching http" },
		{ "http://127.0.0.1:" PORT "/nowhere.iso", false, ERR_NOT_FOUND, "is not there" },
		{ "http://127.0.0.1:" PORT "/whole", false, ERR_UNSUPPORTED, "no parts of files" },
		{ "http://127.0.0.1:" PORT "/text.txt", false, ERR_INVALID, "is no image of a CD" },
		{ "HTTP://127.0.0.1:" PORT "/nowhere.iso", false, ERR_NOT_FOUND, "is not there" },
		{ "http://127.0.0.1:" PORT "/more", false, ERR_UNSUPPORTED, "no parts of files" },
		{ "http://127.0.0.1:" PORT "/round", false, ERR_IO, "fetching http" },
		{ "http://127.0.0.1:" PORT "/toafile", false, ERR_INVALID, "fetching http" },
		{ "http://127.0.0.1:" PORT "/secret", false, ERR_DENIED, "does not give" },
		{ "smb://server/share/x.iso", false, ERR_NOT_FOUND, "x.iso" },
		{ "//server/share/x.iso", false, ERR_NOT_FOUND, "x.iso" },
		{ "\\\\server\\share\\x.iso", false, ERR_NOT_FOUND, "x.iso" },
	};
	struct net_loop *l = rig_loop();
	char path[256];

	(void)state;
	make_image("text.txt", 20000);
	make_image("empty.iso", 0);
	make_image("odd.img", 1000);
	path_of(path, "tree");
	(void)mkdir(path, 0700);
	path_of(path, "pipe");
	(void)mkfifo(path, 0600);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct opened o;
		open_name(l, cases[i].name, cases[i].floppy, &o);
		if (o.im || o.e.code != cases[i].code || !strstr(o.e.msg, cases[i].says))
			fail_msg("%s: %s: %s (%s)", cases[i].name, err_name(o.e.code), o.e.msg,
				 o.e.seen);
		/* What is no path here is told where to find a way. */
		if (strstr(cases[i].name, "share") || strstr(cases[i].name, "ftp"))
			assert_non_null(strstr(o.e.hint, "mount"));
	}
	rig_end_loop(l);
}

/* Neither a login in a URL nor what stands behind '?' is in what people read. */
static void shows_no_secret_of_a_url(void **state)
{
	static const struct {
		const char *url, *shown;
	} cases[] = {
		{ "http://u:pw@127.0.0.1:1/a@b/x.iso?key=pw", "http://127.0.0.1:1/a@b/x.iso" },
		{ "http://u:p@w@127.0.0.1:1/x.iso", "http://127.0.0.1:1/x.iso" },
		{ "http://127.0.0.1:1?key=pw", "http://127.0.0.1:1" },
		{ "http://u:pw@127.0.0.1:1", "http://127.0.0.1:1" },
		{ "http://u:pw/b@127.0.0.1:1/x.iso", "http://... " },
		{ "http://u:pw?b@127.0.0.1:1/x.iso", "http://... " },
		{ "http://[::1]:1/x.iso", "http://[::1]:1/x.iso" },
	};
	struct net_loop *l = rig_loop();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct opened o;
		open_conf(l, &(struct net_image_conf){ .from = cases[i].url }, &o);
		assert_null(o.im);
		if (!strstr(o.e.msg, cases[i].shown) || strstr(o.e.msg, "pw") ||
		    strstr(o.e.seen, "pw"))
			fail_msg("%s: %s (%s)", cases[i].url, o.e.msg, o.e.seen);
	}
	rig_end_loop(l);
}

/* ---- directories, copies, writes ---- */

struct copied {
	bool done;
	uint8_t sha256[32];
	uint64_t bytes;
	struct err e;
};

static void on_copied(void *arg, const uint8_t sha256[32], uint64_t bytes, const struct err *e)
{
	struct copied *k = arg;

	k->done = true;
	k->bytes = bytes;
	k->e = *e;
	memcpy(k->sha256, sha256, 32);
}

static bool is_copied(void *arg)
{
	return ((struct copied *)arg)->done;
}

static void makes_an_image_of_a_directory(void **state)
{
	struct net_loop *l = rig_loop();
	struct copied k = { 0 };
	struct opened o;
	char path[256], copy[256];
	FILE *f;

	(void)state;
	path_of(path, "tree");
	(void)mkdir(path, 0700);
	path_of(path, "tree/hello.txt");
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs("hello from a directory\n", f);
	(void)fclose(f);
	open_name(l, "tree", false, &o);
	if (!o.im && o.e.code == ERR_UNSUPPORTED) {
		rig_end_loop(l);
		skip(); /* neither xorriso nor genisoimage */
	}
	assert_non_null(o.im);
	path_of(copy, "copy.iso");
	net_image_copy(o.im, copy, on_copied, &k);
	assert_true(rig_until(l, is_copied, &k, RIG_WAIT_MS));
	assert_int_equal(k.e.code, ERR_NONE);
	/* The same bytes again, as an image and by their digest. */
	struct opened again;
	struct copied k2 = { 0 };
	open_name(l, "copy.iso", false, &again);
	assert_int_equal(net_image_bytes(again.im), net_image_bytes(o.im));
	net_image_copy(again.im, NULL, on_copied, &k2);
	assert_true(rig_until(l, is_copied, &k2, RIG_WAIT_MS));
	assert_memory_equal(k.sha256, k2.sha256, 32);
	/* What is there is not overwritten. */
	k = (struct copied){ 0 };
	net_image_copy(o.im, copy, on_copied, &k);
	assert_true(rig_until(l, is_copied, &k, RIG_WAIT_MS));
	assert_int_equal(k.e.code, ERR_CONFLICT);
	net_image_free(o.im);
	net_image_free(again.im);
	rig_end_loop(l);
}

static void refuses_odd_labels(void **state)
{
	static const char *const labels[] = { "", "0123456789012345678901234567890123", "a\nb",
					      "\xc3\xa4" };
	struct net_loop *l = rig_loop();
	char path[256];

	(void)state;
	path_of(path, "tree");
	(void)mkdir(path, 0700);
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		struct opened o;
		open_conf(l,
			  &(struct net_image_conf){
				  .from = path, .label = labels[i], .scratch = dir },
			  &o);
		assert_null(o.im);
		assert_int_equal(o.e.code, ERR_INVALID);
		assert_non_null(strstr(o.e.msg, "volume name"));
	}
	rig_end_loop(l);
}

/* Of files: a writer is alone, readers are many. */
static void locks_what_is_written_to(void **state)
{
	struct net_loop *l = rig_loop();
	struct opened a, b;
	char path[256];

	(void)state;
	make_image("locked.img", 1474560);
	path_of(path, "locked.img");
	const struct net_image_conf reads = { .from = path, .floppy = true };
	const struct net_image_conf writes = { .from = path, .floppy = true, .writable = true };
	for (unsigned i = 0; i < 4; i++) {
		open_conf(l, i & 1 ? &writes : &reads, &a);
		assert_non_null(a.im);
		open_conf(l, i & 2 ? &writes : &reads, &b);
		if (i == 0 ? !b.im : b.im || b.e.code != ERR_CONFLICT)
			fail_msg("case %u: %s", i, b.e.msg);
		net_image_free(a.im);
		net_image_free(b.im);
		rig_spin(l, 1);
	}
	rig_end_loop(l);
}

/* A copy that is stopped leaves nothing, and no half of one ever has the name. */
static void stops_a_copy(void **state)
{
	struct net_loop *l = rig_loop();
	struct copied k = { 0 };
	struct opened o;
	char path[256], copy[256];

	(void)state;
	make_image("some.iso", 3000001);
	path_of(path, "some.iso");
	path_of(copy, "stopped.iso");
	open_conf(l, &(struct net_image_conf){ .from = path }, &o);
	struct net_image_copy *c = net_image_copy(o.im, copy, on_copied, &k);
	net_image_copy_stop(c);
	assert_true(rig_until(l, is_copied, &k, RIG_WAIT_MS));
	assert_true(k.e.code == ERR_CANCELLED || k.e.code == ERR_NONE);
	assert_int_equal(access(copy, F_OK), k.e.code == ERR_NONE ? 0 : -1);
	(void)unlink(copy);
	net_image_free(o.im);
	/* One that fails, since the image became shorter. */
	make_image("shrinks.iso", 3000001);
	path_of(path, "shrinks.iso");
	open_conf(l, &(struct net_image_conf){ .from = path }, &o);
	assert_int_equal(truncate(path, 1000000), 0);
	k = (struct copied){ 0 };
	(void)net_image_copy(o.im, copy, on_copied, &k);
	assert_true(rig_until(l, is_copied, &k, RIG_WAIT_MS));
	assert_int_equal(k.e.code, ERR_CONFLICT);
	assert_int_equal(access(copy, F_OK), -1);
	net_image_free(o.im);
	rig_end_loop(l);
}

static void on_written(void *arg, const struct err *e)
{
	struct reader *r = arg;

	r->e = *e;
	r->done = true;
}

static void writes(void **state)
{
	struct net_loop *l = rig_loop();
	struct reader r = { 0 };
	struct opened o;
	char path[256], back[8] = "";
	int fd;

	(void)state;
	make_image("floppy.img", 1474560);
	path_of(path, "floppy.img");
	open_conf(l, &(struct net_image_conf){ .from = path, .floppy = true, .writable = true },
		  &o);
	assert_true(net_image_is_writable(o.im));
	reads(l, o.im, 0, 600);
	r.w = (struct net_image_wait){ .fn = on_written, .arg = &r };
	net_image_write(o.im, &r.w, 512, span_str("written"));
	assert_false(r.done);
	assert_true(rig_until(l, is_read, &r, RIG_WAIT_MS));
	assert_int_equal(r.e.code, ERR_NONE);
	/* In the file, and for who reads. */
	fd = open(path, O_RDONLY);
	assert_int_equal(pread(fd, back, 7, 512), 7);
	assert_string_equal(back, "written");
	close(fd);
	start_reader(&r, o.im, 512, 513);
	assert_true(rig_until(l, is_read, &r, RIG_WAIT_MS));
	assert_memory_equal(net_image_peek(o.im, 512, 7).p, "written", 7);
	net_image_free(o.im);
	rig_end_loop(l);
}

static void reads_a_url(void **state)
{
	struct net_loop *l = rig_loop();
	struct opened o;
	struct reader r;

	(void)state;
	make_image("web.iso", 3000001);
	open_name(l, "http://127.0.0.1:" PORT "/web.iso", false, &o);
	if (!o.im)
		fail_msg("%s (%s)", o.e.msg, o.e.seen);
	reads(l, o.im, 0, 3000001);
	uint64_t fetches = net_image_get_stats(o.im)->fetches;
	reads(l, o.im, 0, 3000001);
	assert_int_equal(net_image_get_stats(o.im)->fetches, fetches);
	net_image_free(o.im);
	/* It becomes another one meanwhile. */
	open_name(l, "http://127.0.0.1:" PORT "/web.iso", false, &o);
	make_image("web.iso", 2900000);
	start_reader(&r, o.im, 0, 10);
	assert_true(rig_until(l, is_read, &r, RIG_WAIT_MS));
	assert_int_equal(r.e.code, ERR_CONFLICT);
	net_image_free(o.im);
	rig_end_loop(l);
}

/* The same size, the same name, other bytes: no more is mixed into what was read. */
static void another_file_of_that_size(void **state)
{
	static const char *const urls[] = { "/web.iso", "/etag/web.iso", "/dated/web.iso" };
	static const struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	struct net_loop *l = rig_loop();
	struct opened o;
	struct reader r;
	char path[256], url[100];

	(void)state;
	path_of(path, "web.iso");
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		make_image("web.iso", 3000000);
		(void)snprintf(url, sizeof url, "http://127.0.0.1:" PORT "%s", urls[i]);
		open_name(l, url, false, &o);
		reads(l, o.im, 0, 100000);
		assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
		start_reader(&r, o.im, 2900000, 2900001);
		assert_true(rig_until(l, is_read, &r, RIG_WAIT_MS));
		if (r.e.code != ERR_CONFLICT || str_eq(r.e.seen, r.e.want))
			fail_msg("%s: %s (%s, %s)", url, r.e.msg, r.e.seen, r.e.want);
		net_image_free(o.im);
	}
	rig_end_loop(l);
}

/* Over TLS: a certificate that nobody vouches for is refused, with what helps. */
static void reads_over_tls(void **state)
{
	struct net_loop *l = rig_loop();
	struct opened o;
	char ca[256];

	(void)state;
	make_image("web.iso", 1000001);
	open_name(l, "https://127.0.0.1:" TLS_PORT "/web.iso", false, &o);
	assert_null(o.im);
	assert_int_equal(o.e.code, ERR_TLS);
	assert_non_null(strstr(o.e.hint, "--ca-file"));
	path_of(ca, "ca.pem");
	static const char url[] = "https://127.0.0.1:" TLS_PORT "/web.iso";
	open_conf(l, &(struct net_image_conf){ .from = url, .ca_file = ca }, &o);
	if (!o.im)
		fail_msg("%s (%s)", o.e.msg, o.e.seen);
	reads(l, o.im, 0, 1000001);
	net_image_free(o.im);
	path_of(ca, "web.iso");
	open_conf(l, &(struct net_image_conf){ .from = url, .ca_file = ca }, &o);
	assert_int_equal(o.e.code, ERR_TLS);
	rig_end_loop(l);
}

/* A web server that fails now and then, or cuts its answers, is asked again; one that hangs is left when
 * nobody wants it any more. */
static void web_servers_that_fail(void **state)
{
	struct net_loop *l = rig_loop();
	struct opened o;
	struct reader r;

	(void)state;
	make_image("web.iso", 1000001);
	static const char *const names[] = { "/cut/web.iso", "/503/web.iso", "/redirect/web.iso" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char url[100];
		(void)snprintf(url, sizeof url, "http://127.0.0.1:" PORT "%s", names[i]);
		open_name(l, url, false, &o);
		if (!o.im)
			fail_msg("%s: %s (%s)", url, o.e.msg, o.e.seen);
		reads(l, o.im, 0, 1000001);
		net_image_free(o.im);
	}
	/* It says that there is more than there is. */
	open_name(l, "http://127.0.0.1:" PORT "/longer/web.iso", false, &o);
	assert_non_null(o.im);
	start_reader(&r, o.im, 1500000, 1500001);
	assert_true(rig_until(l, is_read, &r, RIG_WAIT_MS));
	assert_true(r.e.code != ERR_NONE);
	net_image_free(o.im);
	/* It hangs in the middle: the wait for its end is not the 30 s of a line that stalls. */
	open_name(l, "http://127.0.0.1:" PORT "/hang/web.iso", false, &o);
	assert_non_null(o.im);
	start_reader(&r, o.im, 500000, 500001);
	rig_spin(l, 100);
	assert_false(r.done);
	net_image_stop(o.im);
	assert_true(rig_until(l, is_read, &r, RIG_WAIT_MS));
	assert_int_equal(r.e.code, ERR_CANCELLED);
	net_image_free(o.im);
	struct opened never = { 0 };
	struct net_image_op *op = net_image_open(
		l, &(struct net_image_conf){ .from = "http://127.0.0.1:" PORT "/hang/all" },
		on_opened, &never);
	rig_spin(l, 100);
	net_image_open_cancel(op);
	rig_end_loop(l);
	assert_false(never.done);
}

static void freed_while_it_reads(void **state)
{
	struct net_loop *l = rig_loop();
	struct reader r;
	struct opened o;
	char path[256];

	(void)state;
	make_image("some.iso", 3000001);
	open_name(l, "some.iso", false, &o);
	start_reader(&r, o.im, 0, 3000001);
	net_image_forget(o.im, &r.w);
	net_image_free(o.im);
	path_of(path, "tree");
	struct opened never = { 0 };
	struct net_image_op *op = net_image_open(
		l, &(struct net_image_conf){ .from = path, .scratch = dir }, on_opened, &never);
	net_image_open_cancel(op);
	rig_end_loop(l);
	assert_false(r.done);
	assert_false(never.done);
}

/* ---- the web server ---- */

static pid_t server;

static int start_server(void **state)
{
	static const char script[] =
		"require 'webrick'\nrequire 'webrick/https'\n"
		"s = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: ARGV[1].to_i, DocumentRoot: ARGV[0],"
		" AccessLog: [], Logger: WEBrick::Log.new('/dev/null'))\n"
		"s.mount_proc('/whole') { |q, r| r.body = 'x' * 100 }\n"
		"s.mount_proc('/round') { |q, r| r.set_redirect(WEBrick::HTTPStatus::Found, '/round') }\n"
		"s.mount_proc('/toafile') { |q, r| r.status = 302; r['Location'] = 'file:///etc/passwd' }\n"
		"s.mount_proc('/redirect') { |q, r| r.set_redirect(WEBrick::HTTPStatus::Found, '/web.iso') }\n"
		"s.mount_proc('/secret') { |q, r| r.status = 401 }\n"
		"s.mount_proc('/more') { |q, r| r.status = 206; r['Content-Range'] = 'bytes 0-0/9'; r.body = 'xxx' }\n"
		"times = Hash.new(0)\n"
		"part = ->(q, r, more, cut) {\n"
		"  all = File.binread(ARGV[0] + '/web.iso')\n"
		"  a, b = q['Range'][6..].split('-').map(&:to_i)\n"
		"  body = all[a..b] || ''\n"
		"  r.status = 206\n"
		"  r['Content-Range'] = \"bytes #{a}-#{b}/#{all.size + more}\"\n"
		"  r.body = cut ? body[0, body.size / 2] : body\n"
		"}\n"
		"time = -> { File.mtime(ARGV[0] + '/web.iso') }\n"
		"s.mount_proc('/etag') { |q, r| r['ETag'] = '\"' + time.().to_i.to_s + '\"'; part.(q, r, 0, false) }\n"
		"s.mount_proc('/dated') { |q, r| r['Last-Modified'] = time.().httpdate; part.(q, r, 0, false) }\n"
		"again = ->(q) { (times[q.path + q['Range']] += 1) % 2 == 1 && q['Range'] != 'bytes=0-0' }\n"
		"s.mount_proc('/cut') { |q, r| part.(q, r, 0, again.(q)) }\n"
		"s.mount_proc('/503') { |q, r| q['Range'] =~ /\\d{6}/ && again.(q) ? r.status = 503 : part.(q, r, 0, false) }\n"
		"s.mount_proc('/longer') { |q, r| part.(q, r, 900_000, false) }\n"
		"s.mount_proc('/hang') { |q, r|\n"
		"  sleep if q.path == '/hang/all' || q['Range'] =~ /\\d{6}/\n"
		"  part.(q, r, 0, false)\n"
		"}\n"
		"key = OpenSSL::PKey::EC.generate('prime256v1')\n"
		"cert = OpenSSL::X509::Certificate.new\n"
		"cert.version, cert.serial, cert.public_key = 2, 1, key\n"
		"cert.subject = cert.issuer = OpenSSL::X509::Name.parse('/CN=images')\n"
		"cert.not_before, cert.not_after = Time.now - 3600, Time.now + 3600\n"
		"cert.add_extension(OpenSSL::X509::ExtensionFactory.new.create_extension("
		"'subjectAltName', 'IP:127.0.0.1'))\n"
		"cert.sign(key, 'SHA256')\n"
		"File.write(ARGV[0] + '/ca.pem', cert.to_pem)\n"
		"t = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: ARGV[2].to_i, DocumentRoot: ARGV[0],"
		" AccessLog: [], Logger: WEBrick::Log.new('/dev/null'), SSLEnable: true, SSLCertificate: cert,"
		" SSLPrivateKey: key)\n"
		"Thread.new { t.start }\n"
		"s.start\n";

	(void)state;
	assert_non_null(mkdtemp(dir));
	server = fork();
	if (server == 0) {
		execlp("ruby", "ruby", "-e", script, dir, PORT, TLS_PORT, (char *)NULL);
		_exit(127);
	}
	/* It is there when it answers, whatever it says. */
	struct net_loop *l = rig_loop();
	struct opened o = { 0 };
	for (unsigned i = 0; i < RIG_WAIT_MS / 50; i++) {
		open_name(l, "http://127.0.0.1:" PORT "/nowhere.iso", false, &o);
		if (o.e.code != ERR_UNREACHABLE)
			break;
		rig_spin(l, 50);
	}
	rig_end_loop(l);
	return o.e.code == ERR_NOT_FOUND ? 0 : -1;
}

static int stop_server(void **state)
{
	char command[300];

	(void)state;
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_file),
		cmocka_unit_test(shares_one_cache),
		cmocka_unit_test(reads_beyond_4_gb),
		cmocka_unit_test(tells_that_a_file_shrank),
		cmocka_unit_test(refuses),
		cmocka_unit_test(shows_no_secret_of_a_url),
		cmocka_unit_test(makes_an_image_of_a_directory),
		cmocka_unit_test(refuses_odd_labels),
		cmocka_unit_test(locks_what_is_written_to),
		cmocka_unit_test(stops_a_copy),
		cmocka_unit_test(writes),
		cmocka_unit_test(reads_a_url),
		cmocka_unit_test(another_file_of_that_size),
		cmocka_unit_test(reads_over_tls),
		cmocka_unit_test(web_servers_that_fail),
		cmocka_unit_test(freed_while_it_reads),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
