/* Tests of all codecs of this folder against real captures, read at run time from
 * $OUTBAND_SHARED/corpus. A test that finds none calls skip(), which is seen in its report. */
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/out.h"
#include "base/str.h"
#include "wire/audit_record.h"
#include "wire/digest.h"
#include "wire/event_record.h"
#include "wire/hello.h"
#include "wire/http1.h"
#include "wire/setupbin.h"
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

typedef void record_fn(struct span bytes, struct out *again, struct wire_show *s);

static void read_event(struct span in, struct out *again, struct wire_show *s)
{
	struct wire_event_record ev;
	size_t used;

	for (size_t n = 0; n < in.n; n++)
		assert_int_equal(wire_event_record_parse(span_make(in.p, n), &ev, &used, NULL),
				 WIRE_MORE);
	assert_int_equal(wire_event_record_parse(in, &ev, &used, NULL), WIRE_DONE);
	assert_int_equal(used, in.n);
	assert_true(wire_event_record_emit(again, &ev));
	wire_event_record_print(s, &ev);
}

static void read_audit(struct span in, struct out *again, struct wire_show *s)
{
	struct wire_audit_record r;
	size_t used;

	for (size_t n = 0; n < in.n; n++)
		assert_int_equal(wire_audit_record_parse(span_make(in.p, n), &r, &used, NULL),
				 WIRE_MORE);
	assert_int_equal(wire_audit_record_parse(in, &r, &used, NULL), WIRE_DONE);
	assert_int_equal(used, in.n);
	assert_true(wire_audit_record_emit(again, &r));
	wire_audit_record_print(s, &r);
}

/* Each line of base64 is a record; together they print as text. */
static unsigned each_record(struct span lines, record_fn *fn, char *text, size_t cap)
{
	struct out t;
	unsigned count = 0;

	out_init(&t, text, cap);
	struct wire_show s = wire_show_make(&t, false);
	while (lines.n) {
		uint8_t mem[512], again[512];
		struct out o;
		size_t n, line = span_find(lines, '\n');
		assert_true(b64_decode(span_make(lines.p, line), mem, sizeof mem, &n));
		line += line < lines.n;
		lines = span_make(lines.p + line, lines.n - line);
		if (!n)
			continue;
		out_init(&o, again, sizeof again);
		fn(span_make(mem, n), &o, &s);
		if (!span_eq(out_span(&o), span_make(mem, n)))
			fail_msg("record %u: emit(parse(x)) is not x", count + 1);
		count++;
	}
	assert_false(t.bad);
	return count;
}

static void check_records(const char *name, struct span in)
{
	static char text[65536];
	static const char *const want[] = {
		/* of the audit log, with what its README and the firmware versions say */
		"event 18 (upgraded from client to admin control mode)\n  initiator 0 (HTTP digest)\n"
		"  user admin\n  location 0 (IPv4)\n  address 127.0.0.1\n",
		"first version 12.0.40.1433\n    second version 12.0.36.1428\n",
		"user $$OsAdmin\n",
		"address 0000:0000:0000:0000:0000:0000:0000:0001\n",
		"by way of 2 (local MEI)\n",
		"event 10 (KVM enabled)\n",
		/* of the event log */
		"message firmware progress: OS wake vector\n",
		"message authentication failed 10 times\n",
		"severity 16 (critical)\n",
		"entity 38 (Intel ME)\n",
	};
	bool audit = strstr(name, "audit") != NULL;
	unsigned count = each_record(in, audit ? read_audit : read_event, text, sizeof text);

	assert_int_equal(count, audit ? 15 : 17);
	for (size_t i = audit ? 0 : 6; i < (audit ? 6 : sizeof want / sizeof *want); i++)
		if (!strstr(text, want[i]))
			fail_msg("%s: no '%s' in\n%s", name, want[i], text);
	if (strstr(text, "more "))
		fail_msg("%s: data without a meaning in\n%s", name, text);
}

static void reads_records(void **state)
{
	(void)state;
	if (each_file("records", ".b64", check_records) < 2)
		skip();
}

/* From the inputs that the file shows, by way of their names: the same bytes. Only the throw-away
 * password is taken out of it. */
static void rebuild_setupbin(const char *name, struct span in, struct span password)
{
	static const char *const settings[] = {
		"manual-setup=manual",
		"shared-host-name=shared with the host",
		"KVM=on",
		"user-consent=none",
		"remote-change-of-user-consent=on",
		"DHCP=enabled",
		"redirection=SOL and IDER, password login",
		"power-package=Desktop: ON in S0, ME wake in S3, S4-5",
		"manageability-feature=AMT",
	};
	struct wire_setupbin_var vars[11] = {
		{ .module = 1, .id = 2, .value = password },
		{ .module = 1, .id = 1, .value = span_str("admin") }
	};
	struct wire_setupbin_record r;
	struct wire_setupbin f;
	struct err e = { 0 };
	uint8_t mem[2048];
	struct arena a;
	struct out o;

	arena_init(&a, 1 << 16);
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (!wire_setupbin_parse_var(span_str(settings[i]), &a, &vars[2 + i], &e))
			fail_msg("%s: %s", settings[i], e.msg);
	wire_setupbin_record(&r, 1, vars, sizeof vars / sizeof *vars);
	wire_setupbin_begin(&f, 4, 0, true, &r, 1);
	if (!wire_setupbin_check(&f, &e))
		fail_msg("%s: %s", name, e.msg);
	out_init(&o, mem, sizeof mem);
	assert_true(wire_setupbin_emit(&o, &f));
	if (!span_eq(out_span(&o), in))
		fail_msg("%s: other bytes from the same inputs", name);
	arena_deinit(&a);
}

static void check_setupbin(const char *name, struct span in)
{
	static const char *const want[] = { "version 4",
					    "package Desktop: ON in S0, ME wake in S3, S4-5\n",
					    "modules \n",
					    "header bytes 46\n",
					    "manual setup, 1 bytes\n      value 1 (manual)\n",
					    "KVM, 1 bytes\n      value 1 (on)\n" };
	static uint8_t again[MAX_FILE];
	static char text[65536];
	struct wire_setupbin f;
	struct err e = { 0 };
	struct arena a;
	struct out o;

	arena_init(&a, 1 << 20);
	for (size_t n = 0; n < in.n; n++)
		assert_false(wire_setupbin_parse(span_make(in.p, n), &a, &f, NULL));
	arena_reset(&a);
	if (!wire_setupbin_parse(in, &a, &f, &e))
		fail_msg("%s: %s (%s)", name, e.msg, e.seen);
	out_init(&o, again, sizeof again);
	assert_true(wire_setupbin_emit(&o, &f));
	if (!span_eq(out_span(&o), in))
		fail_msg("%s: emit(parse(x)) is not x", name);
	out_init(&o, text, sizeof text);
	struct wire_show s = wire_show_make(&o, false);
	wire_setupbin_print(&s, &f, false);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		if (!strstr(text, want[i]))
			fail_msg("%s: no '%s' in\n%s", name, want[i], text);
	/* everything that it holds has a name, and nothing is left over */
	assert_null(strstr(text, "unknown"));
	assert_null(strstr(text, "other bytes"));
	assert_int_equal(f.records[0].vars[1].value.n, 14);
	assert_null(memmem(text, strlen(text), f.records[0].vars[1].value.p, 14));
	rebuild_setupbin(name, in, f.records[0].vars[1].value);
	arena_deinit(&a);
}

static void reads_setupbin(void **state)
{
	(void)state;
	if (each_file("setupbin", ".bin", check_setupbin) < 1)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_hello),      cmocka_unit_test(reads_http),
		cmocka_unit_test(reads_challenges), cmocka_unit_test(reads_records),
		cmocka_unit_test(reads_setupbin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
