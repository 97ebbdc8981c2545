/* Tests of message traces: what is kept, what is struck out, how much, and the two forms. */
#include "engine/trace.h"

#include "base/clk.h"
#include "base/mem.h"
#include "engine/trace_priv.h"
#include "wire/http1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define U1 "11111111-2222-3333-4444-555555555501"
#define U2 "11111111-2222-3333-4444-555555555502"
#define REQUEST                                                                            \
	"POST /wsman HTTP/1.1\r\nHost: 10.0.0.1:16993\r\nAuthorization: Digest "           \
	"username=\"admin\",nonce=\"n\",response=\"0123456789abcdef0123456789abcdef\"\r\n" \
	"Content-Length: 39\r\n\r\n<a><PPS>S3cr3t-S3cr3t-S3cr3t</PPS></a>\n"

static char text[2 * 1024 * 1024];

static int begin(void **state)
{
	struct engine *en = MEM_NEW(struct engine);
	clk_fake_start(1795000000000);
	*state = en;
	return 0;
}

static int end(void **state)
{
	engine_trace_free(*state);
	mem_free(*state);
	clk_fake_stop();
	return 0;
}

static void request(struct engine *en, const char *uuid, const char *bytes)
{
	static const int client;
	engine_trace_seen(en, uuid,
			  &(struct amt_event){ .what = AMT_EVENT_REQUEST,
					       .client = &client,
					       .address = "10.0.0.1",
					       .port = 16993,
					       .connection = 1,
					       .tls = "TLS 1.2",
					       .suite = "X",
					       .request = span_str(bytes) });
}

static void reply(struct engine *en, const char *uuid, const char *bytes)
{
	static const int client;
	struct wire_http1 *p = wire_http1_new(false, 1 << 20);
	size_t used;
	assert_int_equal(wire_http1_feed(p, span_str(bytes), &used, NULL), WIRE_DONE);
	engine_trace_seen(en, uuid,
			  &(struct amt_event){ .what = AMT_EVENT_REPLY,
					       .client = &client,
					       .address = "10.0.0.1",
					       .port = 16993,
					       .connection = 1,
					       .reply = wire_http1_msg(p),
					       .body = wire_http1_body(p) });
	wire_http1_free(p);
}

static const char *shown(struct engine *en, const char *uuid, bool pcap, size_t *out_n)
{
	struct out o;
	memset(text, 0, sizeof text);
	out_init(&o, text, sizeof text - 1);
	assert_true(pcap ? engine_trace_pcap(en, uuid, &o) : engine_trace_text(en, uuid, &o));
	*out_n = out_len(&o);
	return text;
}

static void expect(struct engine *en, bool pcap, const char *part, bool is_there)
{
	size_t n;
	const char *at = shown(en, U1, pcap, &n);
	if ((memmem(at, n, part, strlen(part)) != NULL) != is_there)
		fail_msg("'%s' %s in:\n%s", part, is_there ? "is not" : "is", pcap ? "" : at);
}

static void only_who_is_traced(void **state)
{
	struct engine *en = *state;
	struct engine_trace_state s;
	struct err e = { 0 };
	request(en, U1, REQUEST);
	assert_false(engine_trace_get(en, U1, &s));
	assert_true(engine_trace_on(en, U1, "10.0.0.1", false, &e));
	request(en, U1, REQUEST);
	request(en, U2, REQUEST);
	assert_true(engine_trace_get(en, U1, &s));
	assert_int_equal(s.messages, 1);
	engine_trace_off(en, U1);
	request(en, U1, REQUEST);
	assert_true(engine_trace_get(en, U1, &s));
	assert_true(!s.is_on && s.messages == 1);
	assert_true(engine_trace_on(en, U1, "10.0.0.1", false, &e));
	assert_true(engine_trace_get(en, U1, &s));
	assert_int_equal(s.messages, 0);
}

static void both_forms_have_no_secret(void **state)
{
	struct engine *en = *state;
	struct err e = { 0 };
	assert_true(engine_trace_on(en, U1, "10.0.0.1", false, &e));
	request(en, U1, REQUEST);
	reply(en, U1,
	      "HTTP/1.1 200 OK\r\nServer: X\r\nAuthentication-Info: qop=auth,rspauth=\"00ff\"\r\n"
	      "Transfer-Encoding: chunked\r\n\r\n"
	      "001C\r\n<a><RFBPassword>S3cr3t</RFBP\r\n0012\r\nassword><b/></a>\n\n\r\n0\r\n\r\n");
	for (unsigned pcap = 0; pcap < 2; pcap++) {
		expect(en, pcap, "S3cr3t", false);
		expect(en, pcap, "0123456789abcdef", false);
		expect(en, pcap, "00ff", false);
		expect(en, pcap, "<PPS>***</PPS>", true);
		expect(en, pcap, "<RFBPassword>***</RFBPassword>", true);
		expect(en, pcap, "username=\"admin\"", true);
		expect(en, pcap, "Content-Length: 22", true);
		expect(en, pcap, "chunked", false);
	}
	expect(en, false, "to 10.0.0.1:16993, connection 1\n    POST /wsman HTTP/1.1\n", true);
}

static void is_bounded(void **state)
{
	struct engine *en = *state;
	struct engine_trace_state s;
	struct err e = { 0 };
	size_t big = 700000;
	char *body = mem_new(big), head[200];
	memset(body, 'x', big - 1);
	memcpy(body, "<a>", 3);
	assert_true(engine_trace_on(en, U1, "10.0.0.1", false, &e));
	snprintf(head, sizeof head, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
		 big - 1);
	struct buf b;
	buf_init(&b, 1 << 20);
	buf_add(&b, span_str(head));
	buf_add(&b, span_str(body));
	for (unsigned i = 0; i < 40; i++) {
		request(en, U1, (const char *)b.p);
		assert_true(engine_trace_get(en, U1, &s));
		assert_true(s.bytes <= LIMIT_TRACE_BYTES);
	}
	assert_true(s.dropped > 20 && s.messages + s.dropped == 40);
	buf_deinit(&b);
	mem_free(body);
	/* so many PCs at once; one that is off makes room */
	for (unsigned i = 0; i < LIMIT_TRACES + 2; i++) {
		char uuid[UUID_TEXT_SIZE];
		snprintf(uuid, sizeof uuid, "11111111-2222-3333-4444-5555555555%02u", i + 10);
		bool ok = engine_trace_on(en, uuid, "10.0.0.1", false, &e);
		assert_int_equal(ok, i < LIMIT_TRACES - 1);
	}
	assert_int_equal(e.code, ERR_LIMIT);
	engine_trace_off(en, U1);
	assert_true(engine_trace_on(en, U2, "10.0.0.1", false, &e));
	assert_false(engine_trace_get(en, U1, &s));
}

static bool wanted;
static void want_keys(void *ctx, bool on)
{
	(void)ctx;
	wanted = on;
}

static void keys_only_when_allowed(void **state)
{
	struct engine *en = *state;
	struct err e = { 0 };
	struct out o;
	en->conf.want_keys = want_keys;
	assert_false(engine_trace_on(en, U1, "10.0.0.1", true, &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_non_null(strstr(e.seen, "trace.keys"));
	en->set.trace_keys = true;
	assert_true(engine_trace_on(en, U1, "10.0.0.1", true, &e));
	assert_true(wanted);
	engine_trace_key(en, "10.0.0.1:16993", "CLIENT_RANDOM 1 2");
	engine_trace_key(en, "10.0.0.11:16993", "CLIENT_RANDOM 3 4");
	en->set.trace_keys = false; /* taken back meanwhile */
	engine_trace_key(en, "10.0.0.1:16993", "CLIENT_RANDOM 5 6");
	out_init(&o, text, sizeof text);
	assert_true(engine_trace_keys(en, U1, &o));
	assert_true(span_eq_str(out_span(&o), "CLIENT_RANDOM 1 2\n"));
	en->set.trace_keys = true;
	for (unsigned i = 0; i < 100000; i++)
		engine_trace_key(en, "10.0.0.1:16993", "CLIENT_RANDOM 1 2");
	out_init(&o, text, sizeof text);
	assert_true(engine_trace_keys(en, U1, &o));
	assert_true(out_len(&o) <= LIMIT_TRACE_KEYS_BYTES);
	engine_trace_off(en, U1);
	assert_false(wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_who_is_traced, begin, end),
		cmocka_unit_test_setup_teardown(both_forms_have_no_secret, begin, end),
		cmocka_unit_test_setup_teardown(is_bounded, begin, end),
		cmocka_unit_test_setup_teardown(keys_only_when_allowed, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
