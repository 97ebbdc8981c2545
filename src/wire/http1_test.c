/* Tests of the HTTP/1.1 parser and writer: framing tables, every split. Real replies are in
 * corpus_test.c. */
#include "wire/http1.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define MAX_BODY 4096

struct want {
	enum wire_got got;
	enum err_code code; /* BAD */
	unsigned status;
	const char *body; /* DONE, or what came so far */
	size_t left;      /* bytes behind the message */
};

/* Feeds in pieces of that size (0: all); with eof when the text of the case asks for it. */
static enum wire_got feed_all(struct wire_http1 *p, struct span in, size_t piece, bool eof,
			      size_t *out_used, struct err *e)
{
	enum wire_got got = WIRE_MORE;

	*out_used = 0;
	while (*out_used < in.n && got == WIRE_MORE) {
		size_t n = in.n - *out_used, used;
		if (piece && n > piece)
			n = piece;
		uint8_t *exact = mem_new(n);
		memcpy(exact, in.p + *out_used, n);
		got = wire_http1_feed(p, span_make(exact, n), &used, e);
		mem_free(exact);
		*out_used += used;
		if (got == WIRE_MORE && used != n)
			fail_msg("waits for more but left %zu bytes", n - used);
	}
	return got == WIRE_MORE && eof ? wire_http1_eof(p, e) : got;
}

static void check(const char *name, bool is_request, struct span in, bool eof,
		  const struct want *want)
{
	struct wire_http1 *p = wire_http1_new(is_request, MAX_BODY);

	for (size_t piece = 0; piece < 8; piece++) {
		struct err e = { 0 };
		size_t used;
		enum wire_got got = feed_all(p, in, piece, eof, &used, &e);
		struct span body = wire_http1_body(p);
		if (got != want->got || e.code != want->code)
			fail_msg("%s, pieces of %zu: got %d %s: %s (%s)", name, piece, got,
				 err_name(e.code), e.msg, e.seen);
		if (got == WIRE_BAD && wire_http1_feed(p, in, &used, &e) != WIRE_BAD)
			fail_msg("%s: BAD did not stay", name);
		if (got == WIRE_DONE &&
		    (!span_eq_str(body, want->body) || in.n - used != want->left ||
		     wire_http1_msg(p)->status != want->status))
			fail_msg("%s, pieces of %zu: status %u, %zu left, body %.*s", name, piece,
				 wire_http1_msg(p)->status, in.n - used, (int)body.n,
				 body.n ? (const char *)body.p : "");
		wire_http1_reset(p);
		assert_false(wire_http1_started(p));
	}
	wire_http1_free(p);
}

#define DONE(status, body, left)                 \
	{                                        \
		WIRE_DONE, 0, status, body, left \
	}
#define MORE                           \
	{                              \
		WIRE_MORE, 0, 0, "", 0 \
	}
#define MALFORMED                                 \
	{                                         \
		WIRE_BAD, ERR_MALFORMED, 0, "", 0 \
	}
#define TOO_LARGE                             \
	{                                     \
		WIRE_BAD, ERR_LIMIT, 0, "", 0 \
	}
#define CUT                                    \
	{                                      \
		WIRE_BAD, ERR_CLOSED, 0, "", 0 \
	}

#define OK         "HTTP/1.1 200 OK\r\n"
#define LENGTH     OK "Content-Length: "
#define CHUNKED    "Transfer-Encoding: chunked\r\n\r\n"
#define OK_CHUNKED OK CHUNKED

static void frames_replies(void **state)
{
	static const struct {
		const char *name, *in;
		bool eof;
		struct want want;
	} cases[] = {
		{ "length", LENGTH "3\r\n\r\nabcX", false, DONE(200, "abc", 1) },
		{ "length 0", LENGTH "0\r\n\r\n", false, DONE(200, "", 0) },
		{ "length, more to come", LENGTH "4\r\n\r\nabc", false, MORE },
		{ "length, cut", LENGTH "4\r\n\r\nabc", true, CUT },
		{ "same length twice", LENGTH "1\r\nContent-Length: 01\r\n\r\na", false,
		  DONE(200, "a", 0) },
		{ "lengths differ", LENGTH "1\r\nContent-Length: 2\r\n\r\nab", false, MALFORMED },
		{ "length list", LENGTH "1, 1\r\n\r\na", false, MALFORMED },
		{ "length negative", LENGTH "-1\r\n\r\n", false, MALFORMED },
		{ "length signed", LENGTH "+1\r\n\r\na", false, MALFORMED },
		{ "length hex", LENGTH "0x1\r\n\r\na", false, MALFORMED },
		{ "length empty", OK "Content-Length:\r\n\r\n", false, MALFORMED },
		{ "length overflows", LENGTH "18446744073709551617\r\n\r\n", false, MALFORMED },
		{ "length over the limit", LENGTH "4097\r\n\r\n", false, TOO_LARGE },
		{ "chunks", OK_CHUNKED "0003\r\nabc\r\n2\r\nde\r\n0\r\n\r\nX", false,
		  DONE(200, "abcde", 1) },
		{ "chunks, lower case, zeros", OK_CHUNKED "0000a\r\n0123456789\r\n000\r\n\r\n",
		  false, DONE(200, "0123456789", 0) },
		{ "chunk extension", OK_CHUNKED "1 ;a=\"b\"\r\nx\r\n0;z\r\n\r\n", false,
		  DONE(200, "x", 0) },
		{ "chunk trailer", OK_CHUNKED "1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n", false,
		  DONE(200, "x", 0) },
		{ "chunks win", LENGTH "9\r\n" CHUNKED "1\r\nx\r\n0\r\n\r\n", false,
		  DONE(200, "x", 0) },
		{ "chunks cut", OK_CHUNKED "1\r\nx\r\n", true, CUT },
		{ "chunks end without the empty line", OK_CHUNKED "1\r\nx\r\n0\r\n", true, CUT },
		{ "chunk size empty", OK_CHUNKED "\r\n", false, MALFORMED },
		{ "chunk size negative", OK_CHUNKED "-1\r\n", false, MALFORMED },
		{ "chunk size with 0x", OK_CHUNKED "0x1\r\nx\r\n", false, MALFORMED },
		{ "chunk size after a blank", OK_CHUNKED " 1\r\nx\r\n", false, MALFORMED },
		{ "chunk size with a blank inside", OK_CHUNKED "1 1\r\nx\r\n", false, MALFORMED },
		{ "chunk size overflows to 1", OK_CHUNKED "10000000000000001\r\nx\r\n", false,
		  TOO_LARGE },
		{ "chunk size largest", OK_CHUNKED "ffffffffffffffff\r\nx\r\n", false, TOO_LARGE },
		{ "chunk over the limit", OK_CHUNKED "1001\r\n", false, TOO_LARGE },
		{ "chunks together over it", OK_CHUNKED "1\r\nx\r\n1000\r\n", false, TOO_LARGE },
		{ "chunk longer than its size", OK_CHUNKED "1\r\nxy\r\n0\r\n\r\n", false,
		  MALFORMED },
		{ "chunk end CR CR", OK_CHUNKED "1\r\nx\r\r\n0\r\n\r\n", false, MALFORMED },
		{ "other coding", OK "Transfer-Encoding: gzip, chunked\r\n\r\n", false, MALFORMED },
		{ "chunked twice", OK "Transfer-Encoding: chunked\r\n" CHUNKED, false, MALFORMED },
		{ "to close", OK "\r\nabc", true, DONE(200, "abc", 0) },
		{ "to close, empty", OK "\r\n", true, DONE(200, "", 0) },
		{ "to close, open", OK "\r\nabc", false, MORE },
		{ "204", "HTTP/1.1 204 No Content\r\n\r\nX", false, DONE(204, "", 1) },
		{ "304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
		  false, DONE(304, "", 0) },
		{ "303 empty",
		  "HTTP/1.1 303 See Other\r\nLocation: /logon.htm\r\nContent-Length: 0\r\n\r\n",
		  false, DONE(303, "", 0) },
		{ "100 before",
		  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 x\r\nContent-Length: 1\r\nConnection: close\r\n\r\nz",
		  false, DONE(401, "z", 0) },
		{ "101", "HTTP/1.1 101 Switching Protocols\r\n\r\n", false, MALFORMED },
		{ "no reason", "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", false,
		  DONE(200, "a", 0) },
		{ "empty reason", "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na", false,
		  DONE(200, "a", 0) },
		{ "LF only", "HTTP/1.1 200 OK\nContent-Length: 1\n\na", false, DONE(200, "a", 0) },
		{ "LF only chunks", "HTTP/1.1 200 OK\nTransfer-Encoding: CHUNKED\n\n1\na\n0\n\n",
		  false, DONE(200, "a", 0) },
		{ "empty line before", "\r\n" LENGTH "1\r\n\r\na", false, DONE(200, "a", 0) },
		{ "five empty lines", "\r\n\r\n\n\n\n", false, MALFORMED },
		{ "nothing", "", true, MORE },
		{ "cut head", "HTTP/1.1 200 OK\r\nConte", true, CUT },
		{ "TLS alert", "\x15\x03\x01", false, MALFORMED },
		{ "other protocol", "SSH-2.0", false, MALFORMED },
		{ "HTTP/2", "HTTP/2 200\r\n", false, MALFORMED },
		{ "status of 2 digits", "HTTP/1.1 20 OK\r\n\r\n", false, MALFORMED },
		{ "status of 4 digits", "HTTP/1.1 2000\r\n\r\n", false, MALFORMED },
		{ "folded header", OK "A: b\r\n c\r\n\r\n", false, MALFORMED },
		{ "blank before colon", OK "Content-Length : 1\r\n\r\na", false, MALFORMED },
		{ "no colon", OK "Content-Length\r\n\r\n", false, MALFORMED },
		{ "no name", OK ": a\r\n\r\n", false, MALFORMED },
		{ "CR inside", OK "A: b\rContent-Length: 1\r\n\r\n", false, MALFORMED },
		{ "two CR at the end", OK "A: b\r\r\n\r\n", false, MALFORMED },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check(cases[i].name, false, span_str(cases[i].in), cases[i].eof, &cases[i].want);
}

#define POST         "POST /wsman HTTP/1.1\r\nHost: h\r\n"
#define POST_LENGTH  POST "Content-Length: "
#define POST_CHUNKED POST CHUNKED

static void frames_requests(void **state)
{
	static const struct {
		const char *name, *in;
		struct want want;
	} cases[] = {
		{ "length", POST_LENGTH "3\r\n\r\nabcX", DONE(0, "abc", 1) },
		{ "no body", "GET / HTTP/1.1\r\nhost: X\r\n\r\nGET", DONE(0, "", 3) },
		{ "chunks", POST_CHUNKED "1\r\nx\r\n0\r\n\r\n", DONE(0, "x", 0) },
		{ "both", POST_LENGTH "1\r\n" CHUNKED, MALFORMED },
		{ "LF only", "GET / HTTP/1.1\n\n", MALFORMED },
		{ "LF only chunk", POST_CHUNKED "1\nx\n0\n\n", MALFORMED },
		{ "LF only after the last chunk", POST_CHUNKED "0\r\n\n", MORE },
		{ "no version", "GET /\r\n\r\n", MALFORMED },
		{ "blank in target", "GET /a b HTTP/1.1\r\n\r\n", MALFORMED },
		{ "two blanks", "GET  / HTTP/1.1\r\n\r\n", MALFORMED },
		{ "method", "G(T / HTTP/1.1\r\n\r\n", MALFORMED },
		{ "too large", POST_LENGTH "4097\r\n\r\n", TOO_LARGE },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check(cases[i].name, true, span_str(cases[i].in), false, &cases[i].want);
}

static void tells_head(void **state)
{
	static const struct {
		const char *name, *in;
		bool is_request, close;
	} cases[] = {
		{ "1.1 keeps", LENGTH "0\r\n\r\n", false, false },
		{ "close", OK "Connection: Close\r\nContent-Length: 0\r\n\r\n", false, true },
		{ "close in a list", OK "Connection: x , close\r\nContent-Length: 0\r\n\r\n", false,
		  true },
		{ "1.0 closes", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false, true },
		{ "1.0 keeps",
		  "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", false,
		  false },
		{ "to close", OK "\r\n", false, true },
		{ "request", "GET / HTTP/1.1\r\n\r\n", true, false },
	};
	size_t used;
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_http1 *p = wire_http1_new(cases[i].is_request, MAX_BODY);
		(void)feed_all(p, span_str(cases[i].in), 1, false, &used, NULL);
		if (!wire_http1_head_done(p) || wire_http1_msg(p)->close != cases[i].close)
			fail_msg("%s", cases[i].name);
		wire_http1_free(p);
	}
}

static void chunked_hides_the_length(void **state)
{
	struct wire_http1 *p = wire_http1_new(false, MAX_BODY);
	size_t used;
	(void)state;

	(void)feed_all(p, span_str(LENGTH "9\r\n" CHUNKED), 0, false, &used, NULL);
	assert_true(wire_http1_msg(p)->chunked);
	assert_false(wire_http1_msg(p)->has_length);
	assert_int_equal(wire_http1_msg(p)->length, 0);
	wire_http1_free(p);
}

static void finds_headers(void **state)
{
	struct wire_http1 *p = wire_http1_new(false, MAX_BODY);
	const struct wire_http1_msg *m = wire_http1_msg(p);
	struct span v;
	size_t used;
	(void)state;

	(void)feed_all(
		p,
		span_str("HTTP/1.1 401 Not you\r\nWWW-Authenticate:Negotiate\r\nX-a: \t b c \r\n"
			 "www-authenticate: Digest realm=\"r\"\r\nContent-Length: 0\r\n\r\n"),
		0, false, &used, NULL);
	assert_true(span_eq_str(m->reason, "Not you"));
	assert_int_equal(m->header_count, 4);
	assert_true(span_eq_str(wire_http1_header(m, "x-A"), "b c"));
	assert_int_equal(wire_http1_header(m, "x").n, 0);
	assert_true(wire_http1_header_nth(m, "WWW-Authenticate", 0, &v));
	assert_true(span_eq_str(v, "Negotiate"));
	assert_true(wire_http1_header_nth(m, "WWW-Authenticate", 1, &v));
	assert_true(span_eq_str(v, "Digest realm=\"r\""));
	assert_false(wire_http1_header_nth(m, "WWW-Authenticate", 2, &v));
	wire_http1_free(p);
	wire_http1_free(NULL);
}

/* A head of that many extra header lines, each with that many value bytes. */
static void check_head_size(unsigned lines, size_t value, bool ends, const struct want *want)
{
	char name[64];
	struct buf b;
	struct out o;

	buf_init(&b, 1 << 20);
	out_init_buf(&o, &b);
	out_str(&o, "HTTP/1.1 204 No Content\r\n");
	for (unsigned i = 0; i < lines; i++) {
		out_fmt(&o, "X%u: ", i);
		for (size_t n = 0; n < value; n++)
			out_u8(&o, 'v');
		out_str(&o, "\r\n");
	}
	out_str(&o, ends ? "\r\n" : "");
	snprintf(name, sizeof name, "%u lines of %zu", lines, value);
	check(name, false, buf_span(&b), false, want);
	buf_deinit(&b);
}

static void keeps_limits(void **state)
{
	static const struct want done = DONE(204, "", 0);
	static const struct want more = MORE;
	static const struct want limit = TOO_LARGE;
	struct wire_http1 *p = wire_http1_new(false, 10);
	struct err e = { 0 };
	size_t used;
	(void)state;

	check_head_size(64, 10, true, &done);
	check_head_size(65, 10, true, &limit);
	check_head_size(1, 16000, true, &done);
	check_head_size(1, 16000, false, &more);
	check_head_size(1, 16384, false, &limit);
	check_head_size(1, 100000, false, &limit);

	/* read to close, exactly full and one more */
	assert_int_equal(feed_all(p, span_str(OK "\r\n0123456789"), 3, true, &used, &e), WIRE_DONE);
	wire_http1_reset(p);
	assert_int_equal(feed_all(p, span_str(OK "\r\n0123456789x"), 3, true, &used, &e), WIRE_BAD);
	assert_int_equal(e.code, ERR_LIMIT);

	/* interim replies and trailers without end */
	wire_http1_reset(p);
	enum wire_got got = WIRE_MORE;
	for (int i = 0; i < 100 && got == WIRE_MORE; i++)
		got = feed_all(p, span_str("HTTP/1.1 100 Continue\r\n\r\n"), 0, false, &used, &e);
	assert_int_equal(got, WIRE_BAD);
	wire_http1_reset(p);
	got = feed_all(p, span_str(OK_CHUNKED "0\r\n"), 0, false, &used, &e);
	for (int i = 0; i < 10000 && got == WIRE_MORE; i++)
		got = feed_all(p, span_str("A: b\r\n"), 0, false, &used, &e);
	assert_int_equal(got, WIRE_BAD);
	assert_int_equal(e.code, ERR_LIMIT);
	wire_http1_free(p);
}

static void hides_header_values_in_errors(void **state)
{
	struct wire_http1 *p = wire_http1_new(true, MAX_BODY);
	struct err e = { 0 };
	size_t used;
	(void)state;

	assert_int_equal(
		feed_all(p, span_str("GET / HTTP/1.1\r\nAuthorization: Basic c2Vj\x01\r\n\r\n"), 0,
			 false, &used, &e),
		WIRE_BAD);
	assert_string_equal(e.seen, "Authorization");
	assert_null(strstr(e.msg, "c2Vj"));
	wire_http1_free(p);
}

static void emits_requests(void **state)
{
	static const struct {
		const char *name, *method, *target, *host, *extra, *type, *body;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ "post", "POST", "/wsman", "10.1.2.3:16992", NULL, "application/soap+xml", "<a/>",
		  "POST /wsman HTTP/1.1\r\nHost: 10.1.2.3:16992\r\nContent-Type: application/soap+xml"
		  "\r\nContent-Length: 4\r\n\r\n<a/>" },
		{ "empty post", "POST", "/wsman", "h", "A: b\r\nC: d e\r\n", NULL, "",
		  "POST /wsman HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d e\r\nContent-Length: 0\r\n\r\n" },
		{ "get", "GET", "/", "h", NULL, NULL, "", "GET / HTTP/1.1\r\nHost: h\r\n\r\n" },
		{ "header in target", "GET", "/\r\nX: y", "h", NULL, NULL, "", NULL },
		{ "header in host", "GET", "/", "h\r\nX: y", NULL, NULL, "", NULL },
		{ "header in type", "PUT", "/", "h", NULL, "a\nX: y", "", NULL },
		{ "blank in target", "GET", "/ HTTP/1.1", "h", NULL, NULL, "", NULL },
		{ "no method", "", "/", "h", NULL, NULL, "", NULL },
		{ "extra without CRLF", "GET", "/", "h", "A: b", NULL, "", NULL },
		{ "extra with LF alone", "GET", "/", "h", "A: b\n", NULL, "", NULL },
		{ "extra ends the head", "GET", "/", "h", "A: b\r\n\r\n", NULL, "", NULL },
		{ "CR in extra", "GET", "/", "h", "A: b\rc\r\n", NULL, "", NULL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[512];
		struct out o;
		out_init(&o, text, sizeof text);
		wire_http1_emit_request(&o, cases[i].method, cases[i].target, cases[i].host,
					cases[i].extra, cases[i].type, span_str(cases[i].body));
		if (o.bad != (cases[i].want == NULL) ||
		    strcmp(text, cases[i].want ? cases[i].want : "") != 0)
			fail_msg("%s: bad=%d %s", cases[i].name, o.bad, text);
	}
}

static void emits_chunks(void **state)
{
	static const struct {
		const char *name, *body;
		size_t first, next;
		const char *want;
	} cases[] = {
		{ "one", "abcdefghijk", 0, 0, "000B\r\nabcdefghijk\r\n0\r\n\r\n" },
		{ "first and rest", "abcde", 2, 0, "0002\r\nab\r\n0003\r\ncde\r\n0\r\n\r\n" },
		{ "habit", "abcdef", 1, 2,
		  "0001\r\na\r\n0002\r\nbc\r\n0002\r\nde\r\n0001\r\nf\r\n0\r\n\r\n" },
		{ "shorter", "ab", 9, 9, "0002\r\nab\r\n0\r\n\r\n" },
		{ "empty", "", 1, 1, "0\r\n\r\n" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[512];
		struct out o;
		out_init(&o, text, sizeof text);
		wire_http1_emit_chunked(&o, span_str(cases[i].body), cases[i].first, cases[i].next);
		if (strcmp(text, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].name, text);
	}
}

static void prints(void **state)
{
	struct wire_http1 *p = wire_http1_new(true, MAX_BODY);
	static char text[1 << 20];
	static uint8_t large[200000];
	struct out o;
	size_t used;
	(void)state;

	(void)feed_all(
		p,
		span_str("POST /wsman HTTP/1.1\r\nA: \xff\r\nAuthorization: Digest username=\"u\","
			 "response=\"0123\",qop=auth\r\nAuthorization: Basic c2Vj\r\n"
			 "Content-Length: 6\r\n\r\na\r\nb\x1b\x01"),
		0, false, &used, NULL);
	out_init(&o, text, sizeof text);
	wire_http1_print(&o, wire_http1_msg(p), wire_http1_body(p));
	assert_string_equal(text,
			    "POST /wsman HTTP/1.1\nA: \\xff\n"
			    "Authorization: Digest username=\"u\",response=(hidden),qop=auth\n"
			    "Authorization: Basic (hidden)\nContent-Length: 6\n\n"
			    "(6 body bytes)\na\nb\\x1b\\x01\n");
	for (size_t cap = 0; cap < 200; cap++) {
		out_init(&o, text, cap);
		wire_http1_print(&o, wire_http1_msg(p), wire_http1_body(p));
	}
	out_init(&o, text, sizeof text);
	wire_http1_print(&o, wire_http1_msg(p), span_make(large, sizeof large));
	assert_false(o.bad);
	assert_true(o.n < 300000);
	assert_non_null(strstr(text, "(134464 more bytes)"));
	wire_http1_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_replies),
		cmocka_unit_test(frames_requests),
		cmocka_unit_test(tells_head),
		cmocka_unit_test(finds_headers),
		cmocka_unit_test(chunked_hides_the_length),
		cmocka_unit_test(keeps_limits),
		cmocka_unit_test(hides_header_values_in_errors),
		cmocka_unit_test(emits_requests),
		cmocka_unit_test(emits_chunks),
		cmocka_unit_test(prints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
