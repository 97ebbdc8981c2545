/* Tests of all codecs of this folder against real captures, read at run time from
 * $OUTBAND_SHARED/corpus. A test that finds none calls skip(), which is seen in its report. */
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/out.h"
#include "wire/digest.h"
#include "wire/hello.h"
#include "wire/http1.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MAX_FILE 65536
typedef void check_fn(const char *name, struct span bytes);

static bool read_file(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		return false;
	buf_reserve(b, MAX_FILE);
	b->n = fread(b->p, 1, MAX_FILE, f);
	fclose(f);
	return true;
}

/* Calls fn for each file of that folder and name ending; gives how many. */
static unsigned each_file(const char *folder, const char *ending, check_fn *fn)
{
	const char *shared = getenv("OUTBAND_SHARED");
	char path[1024];
	unsigned count = 0;
	DIR *d;

	snprintf(path, sizeof path, "%s/corpus/%s", shared ? shared : "", folder);
	d = shared ? opendir(path) : NULL;
	if (!d)
		return 0;
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		size_t n = strlen(e->d_name), m = strlen(ending);
		struct buf b;
		if (n < m || strcmp(e->d_name + n - m, ending) != 0)
			continue;
		buf_init(&b, MAX_FILE);
		snprintf(path, sizeof path, "%s/corpus/%s/%s", shared, folder, e->d_name);
		if (!read_file(path, &b))
			fail_msg("%s cannot be read", path);
		fn(e->d_name, buf_span(&b));
		buf_deinit(&b);
		count++;
	}
	closedir(d);
	return count;
}

static void check_hello(const char *name, struct span in)
{
	static struct wire_hello m;
	static uint8_t again[LIMIT_HELLO_BYTES];
	struct err e = { 0 };
	struct out o;
	size_t used;

	for (size_t n = 0; n < in.n; n++)
		assert_int_equal(wire_hello_parse(span_make(in.p, n), &m, &used, &e), WIRE_MORE);
	if (wire_hello_parse(in, &m, &used, &e) != WIRE_DONE)
		fail_msg("%s: %s (%s)", name, e.msg, e.seen);
	assert_int_equal(used, in.n);
	assert_int_equal(m.retry_count, 0);
	assert_int_equal(m.hash_count, strstr(name, "v3-1") ? 23 : 24);
	for (unsigned i = 0; i < m.hash_count; i++)
		assert_int_equal(m.hashes[i].alg, WIRE_HELLO_SHA256);
	out_init(&o, again, sizeof again);
	assert_true(wire_hello_emit(&o, &m));
	if (!span_eq(out_span(&o), in))
		fail_msg("%s: emit(parse(x)) is not x", name);
}

static void reads_hello(void **state)
{
	(void)state;
	if (each_file("hello", ".bin", check_hello) < 2)
		skip();
}

static enum wire_got feed_pieces(struct wire_http1 *p, struct span in, size_t piece, struct err *e)
{
	enum wire_got got = WIRE_MORE;

	for (size_t at = 0, used; at < in.n && got == WIRE_MORE; at += used) {
		size_t n = piece && in.n - at > piece ? piece : in.n - at;
		got = wire_http1_feed(p, span_make(in.p + at, n), &used, e);
	}
	return got;
}

/* Sizes of the first two chunks as the capture has them. */
static void chunk_sizes(struct span raw, size_t out_size[2])
{
	out_size[0] = out_size[1] = 0;
	for (int i = 0; i < 2; i++) {
		size_t lf = span_find(raw, '\n');
		char digits[8] = { 0 };
		assert_true(lf > 1 && lf < sizeof digits);
		memcpy(digits, raw.p, lf - 1);
		out_size[i] = strtoul(digits, NULL, 16);
		if (out_size[i] == 0)
			return;
		raw = span_make(raw.p + lf + 1 + out_size[i] + 2, raw.n - lf - 1 - out_size[i] - 2);
	}
}

static void check_chunks(const char *name, struct span in, struct span body)
{
	const uint8_t *end = memmem(in.p, in.n, "\r\n\r\n", 4);
	size_t head = (size_t)(end - in.p) + 4, size[2];
	struct span raw = { in.p + head, in.n - head };
	struct buf again;
	struct out o;

	chunk_sizes(raw, size);
	buf_init(&again, 1 << 20);
	out_init_buf(&o, &again);
	wire_http1_emit_chunked(&o, body, size[0], size[1]);
	if (!span_eq(buf_span(&again), raw))
		fail_msg("%s: the chunks were not written as they came", name);
	buf_deinit(&again);
}

static void check_http(const char *name, struct span in)
{
	bool head_only = strstr(name, "-headonly") != NULL;

	for (size_t piece = 0; piece < 40; piece = piece ? piece * 2 : 1) {
		struct wire_http1 *p = wire_http1_new(false, LIMIT_HTTP_BODY_BYTES);
		struct err e = { 0 };
		enum wire_got got = feed_pieces(p, in, piece, &e);
		if (head_only && !wire_http1_head_done(p)) /* one ends before its empty line */
			got = feed_pieces(p, span_str("\r\n"), piece, &e);
		if (got != (head_only ? WIRE_MORE : WIRE_DONE) || !wire_http1_head_done(p))
			fail_msg("%s, pieces of %zu: got %d %s", name, piece, got, e.msg);
		const struct wire_http1_msg *m = wire_http1_msg(p);
		assert_int_equal(m->status, strtoul(name, NULL, 10));
		assert_true(span_starts(wire_http1_header(m, "Server"),
					"Intel(R) Active Management Technology "));
		assert_int_equal(m->chunked, m->status == 200);
		assert_int_equal(m->close, m->status == 401);
		if (!head_only && m->chunked)
			check_chunks(name, in, wire_http1_body(p));
		wire_http1_free(p);
	}
}

static void reads_http(void **state)
{
	(void)state;
	if (each_file("http", ".http", check_http) < 8)
		skip();
}

static void check_challenge(const char *name, struct span in)
{
	struct wire_http1 *p = wire_http1_new(false, 65536);
	struct wire_digest_challenge c;
	struct err e = { 0 };
	size_t used;

	(void)wire_http1_feed(p, in, &used, &e);
	if (strncmp(name, "401", 3) == 0) {
		struct span v = wire_http1_header(wire_http1_msg(p), "WWW-Authenticate");
		if (!wire_digest_parse_challenge(v, &c, &e))
			fail_msg("%s: %s", name, e.msg);
		assert_int_equal(strlen(c.realm), 39);
		assert_int_equal(strlen(c.nonce), 32);
		assert_true(c.qop_auth);
		assert_int_equal(c.qop_auth_int, strstr(name, "authint") != NULL);
	}
	wire_http1_free(p);
}

static void reads_challenges(void **state)
{
	(void)state;
	if (each_file("http", ".http", check_challenge) < 8)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_hello),
		cmocka_unit_test(reads_http),
		cmocka_unit_test(reads_challenges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
