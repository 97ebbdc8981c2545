/* Events of WS-Eventing: what is written reads back, texts of subscribers cannot break the envelope, other
 * messages are refused, and messages have their meaning by number and first argument. */
#include "wsman/notice.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct wsman_notice sample = {
	.to = "http://noc.example.com:16998/amt?a=1&b=2",
	.message_id = "uuid:00000000-8086-8086-8086-00000000002A",
	.arg_ns = "http://x.com",
	.arg_name = "arg",
	.arg = "pc<one>&\"two\"",
	.filter = "Intel(r) AMT:All",
	.identifier = "Intel(r):2950234687",
	.time = "2031-05-02T09:14:00Z",
	.id = "iAMT0005",
	.text = "",
	.first_argument = "0",
	.severity = 2,
};

static void reads_what_was_written(void **state)
{
	static char text[8192];
	struct arena a;
	struct wsman_msg m;
	struct wsman_notice n;
	struct err e = { 0 };
	struct out o;

	(void)state;
	arena_init(&a, 1 << 20);
	out_init(&o, text, sizeof text);
	wsman_notice_emit(&o, &sample);
	assert_false(o.bad);
	/* the form that a peer looks for */
	assert_non_null(strstr(text, "<m:arg xmlns:m=\"http://x.com\">"));
	if (!wsman_envelope_parse(out_span(&o), &a, &m, &e) || !wsman_notice_read(&m, &a, &n, &e))
		fail_msg("%s (%s)", e.msg, e.seen);
	assert_string_equal(n.to, sample.to);
	assert_string_equal(n.message_id, sample.message_id);
	assert_string_equal(n.arg_name, "arg");
	assert_string_equal(n.arg, sample.arg);
	assert_string_equal(n.identifier, sample.identifier);
	assert_string_equal(n.time, sample.time);
	assert_string_equal(n.id, "iAMT0005");
	assert_string_equal(n.first_argument, "0");
	assert_int_equal(n.severity, 2);
	for (size_t cap = 0; cap < 400; cap += 7) {
		out_init(&o, text, cap);
		wsman_notice_emit(&o, &sample);
		assert_true(o.bad);
	}
	arena_deinit(&a);
}

static void other_messages_are_no_events(void **state)
{
	static char text[4096];
	struct arena a;
	struct wsman_msg m;
	struct wsman_notice n;
	struct err e = { 0 };
	struct out o;

	(void)state;
	arena_init(&a, 1 << 20);
	out_init(&o, text, sizeof text);
	wsman_notice_emit_ack(&o, "uuid:1", "uuid:2");
	assert_true(wsman_envelope_parse(out_span(&o), &a, &m, &e));
	assert_false(wsman_notice_read(&m, &a, &n, &e));
	assert_non_null(strstr(e.msg, "no event"));
	arena_deinit(&a);
}

static void messages_have_meanings(void **state)
{
	static const struct {
		const char *id, *argument, *text;
	} rows[] = {
		{ "iAMT0005", "0", "agent watchdog: expired" },
		{ "iAMT0050", "48", "serial over LAN started" },
		{ "iAMT0050", "51", "storage redirection ended" },
		{ "iAMT0052", "1", "KVM started" },
		{ "iAMT0050", "47", NULL },
		{ "iAMT0050", "", NULL },
		{ "iAMT9999", "0", NULL },
		{ "iAMT", "0", NULL },
		{ "PLAT0005", "0", NULL },
		{ "", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *got = wsman_notice_meaning(rows[i].id, rows[i].argument);
		if (!got != !rows[i].text || (got && strcmp(got, rows[i].text) != 0))
			fail_msg("%s %s: %s", rows[i].id, rows[i].argument, got ? got : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_written),
		cmocka_unit_test(other_messages_are_no_events),
		cmocka_unit_test(messages_have_meanings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
