/* The event log of a virtual device: what writes into it, and how a foreign client reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/events.h"
#include "sim/test_peer.c"

#define LOG AMT "AMT_MessageLog"

static void event(const char *text)
{
	struct err e = { 0 };
	if (!sim_event_named(dev, span_str(text), &e))
		fail_msg("%s: %s", text, e.msg);
}

/* What the decoder of records says of the i-th record, 0 the newest. */
static const char *message(unsigned i)
{
	static char text[200];
	uint8_t b[WIRE_EVENT_RECORD_BYTES];
	struct wire_event_record ev;
	struct err e = { 0 };
	struct out o;
	size_t used;

	memset(text, 0, sizeof text);
	if (!sim_event_at(dev, i, b) ||
	    wire_event_record_parse(span_make(b, sizeof b), &ev, &used, &e) != WIRE_DONE)
		return "none";
	out_init(&o, text, sizeof text - 1);
	wire_event_record_message(&o, &ev);
	return text;
}

/* Every row of wsman 3.1: an action causes it, and our decoder knows what it is. */
static void every_event_has_a_cause(void **state)
{
	static const struct {
		const char *cause, *text;
	} rows[] = {
		{ "intrusion", "the case was opened" },
		{ "login-failures=513", "authentication failed 513 times" },
		{ "bad-data", "invalid data" },
		{ "firmware-error=3", "firmware error: disk failure" },
		{ "firmware-progress=19", "firmware progress: starting the OS" },
		{ "recovery-error=5", "one-click recovery failed: TLS authentication failed" },
		{ "recovery=3", "one-click recovery: connected" },
		{ "erase-error=1", "platform erase failed" },
		{ "erase=3", "platform erase" },
		{ "agent=112233445566778899aabbccddeeff00:8", "expired" },
		{ "no-boot-media", "no bootable media" },
		{ "os-hang", "the OS hangs, or power was interrupted" },
		{ "post-watchdog", "BIOS watchdog ran out during POST" },
		{ "boot-failure", "system boot failure" },
		{ "filter-match=7", "filter 7, wired" },
		{ "firmware-started", "system firmware started" },
		{ "redirection=2", "storage redirection started" },
		{ "policy-invoked=2", "receiving stopped" },
		{ "remote-request", "the user asks for a remote connection" },
		{ "eac-error", "endpoint access control: error" },
		{ "asset-error", "hardware assets: general error" },
	};

	(void)state;
	new_dev("16.1", SIM_CONFIGURED, "");
	assert_int_equal(sizeof rows / sizeof *rows, SIM_EVENT_COUNT);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		event(rows[i].cause);
		if (!strstr(message(0), rows[i].text))
			fail_msg("%s: %s", rows[i].cause, message(0));
		assert_int_equal(sim_event_count(dev), i + 1);
	}
}

static void wrong_events_are_refused(void **state)
{
	static const char *const rows[] = { "",
					    "nothing",
					    "intrusion=1",
					    "firmware-error=x",
					    "agent=11:1",
					    "agent",
					    "agent=112233445566778899aabbccddeeff00:32",
					    "recovery=99999" };
	struct err e = { 0 };

	(void)state;
	new_dev("16.1", SIM_CONFIGURED, "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (sim_event_named(dev, span_str(rows[i]), &e))
			fail_msg("'%s' was taken", rows[i]);
	}
	assert_int_equal(sim_event_count(dev), 0);
}

static void the_log_wraps_at_390(void **state)
{
	struct peer p;

	(void)state;
	log_in(&p, "16.1", "");
	for (unsigned i = 0; i < 400; i++)
		event(i == 399 ? "intrusion" : i == 10 ? "no-boot-media" : "firmware-progress=1");
	assert_int_equal(sim_event_count(dev), SIM_EVENT_LOG_MAX);
	assert_string_equal(message(0), "the case was opened");
	assert_string_equal(message(389), "no bootable media");
	assert_int_equal(get(&p, LOG, NULL), 200);
	assert_true(says(&p, "CurrentNumberOfRecords>390<") && says(&p, "PercentageNearFull>100<"));
	hang_up(&p);
}

static void iterations_end(void **state)
{
	struct peer p;

	(void)state;
	log_in(&p, "11.8", "");
	assert_int_equal(invoke(&p, LOG, "PositionToFirstRecord", ""), 200);
	assert_int_equal(returned(&p), 3); /* it is empty */
	for (unsigned i = 0; i < 5; i++)
		event(i < 4 ? "os-hang" : "intrusion");
	assert_int_equal(invoke(&p, LOG, "PositionToFirstRecord", ""), 200);
	assert_true(returned(&p) == 0 && says(&p, "IterationIdentifier>1<"));
	assert_int_equal(invoke(&p, LOG, "GetRecords",
				"<h:IterationIdentifier>1</h:IterationIdentifier>"
				"<h:MaxReadRecords>3</h:MaxReadRecords>"),
			 200);
	assert_true(says(&p, "NoMoreRecords>false<") && says(&p, "IterationIdentifier>4<"));
	assert_int_equal(invoke(&p, LOG, "GetRecords",
				"<h:IterationIdentifier>4</h:IterationIdentifier>"
				"<h:MaxReadRecords>390</h:MaxReadRecords>"),
			 200);
	assert_true(says(&p, "NoMoreRecords>true<") && says(&p, "IterationIdentifier>6<"));
	assert_int_equal(invoke(&p, LOG, "GetRecords",
				"<h:IterationIdentifier>6</h:IterationIdentifier>"
				"<h:MaxReadRecords>391</h:MaxReadRecords>"),
			 200);
	assert_int_equal(returned(&p), 2);
	assert_int_equal(invoke(&p, LOG, "GetRecord",
				"<h:IterationIdentifier>1</h:IterationIdentifier>"
				"<h:PositionToNext>true</h:PositionToNext>"),
			 200);
	/* sensor 5, the fifth byte behind four of time and the address */
	assert_true(says(&p, "RecordNumber>1<") &&
		    says(&p, "<g:RecordData>255</g:RecordData><g:RecordData>5</g:RecordData>"));
	hang_up(&p);
}

static void a_frozen_log_stays(void **state)
{
	struct peer p;

	(void)state;
	log_in(&p, "16.1", "");
	event("intrusion");
	assert_int_equal(invoke(&p, LOG, "FreezeLog", "<h:Freeze>true</h:Freeze>"), 200);
	assert_int_equal(returned(&p), 0);
	event("os-hang");
	assert_int_equal(sim_event_count(dev), 1);
	invoke(&p, LOG, "ClearLog", "");
	assert_int_equal(returned(&p), 16);
	invoke(&p, LOG, "FreezeLog", "<h:Freeze>false</h:Freeze>");
	invoke(&p, LOG, "ClearLog", "");
	assert_int_equal(returned(&p), 0);
	assert_int_equal(sim_event_count(dev), 0);
	hang_up(&p);
}

static void what_is_done_is_logged(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", "");
	set_login(&p, "admin", "wrong");
	for (unsigned i = 0; i < 9 && sim_dev_get_stats(dev)->failed_logins < 5; i++) {
		hang_up(&p);
		assert_true(dial(&p, again_port, NULL));
		(void)get(&p, AMT "AMT_GeneralSettings", NULL);
	}
	assert_int_equal(sim_dev_get_stats(dev)->failed_logins, 5);
	assert_string_equal(message(0), "authentication failed 5 times");
	hang_up(&p);
	sim_dev_power_loss(dev);
	assert_string_equal(message(0), "the OS hangs, or power was interrupted");
}

static void the_log_is_kept(void **state)
{
	struct buf b;
	struct out o;
	struct err e = { 0 };

	(void)state;
	new_dev("16.1", SIM_CONFIGURED, "");
	event("intrusion");
	event("os-hang");
	buf_init(&b, 1 << 20);
	out_init_buf(&o, &b);
	sim_dev_save(dev, &o);
	sim_event_clear(dev);
	if (!sim_dev_load(dev, buf_span(&b), &e))
		fail_msg("%s", e.msg);
	assert_int_equal(sim_event_count(dev), 2);
	assert_string_equal(message(1), "the case was opened");
	assert_true(sim_dev_to_state(dev, SIM_FACTORY, &e));
	assert_int_equal(sim_event_count(dev), 0);
	buf_deinit(&b);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, world_up, world_down)
	const struct CMUnitTest tests[] = {
		T(every_event_has_a_cause), T(wrong_events_are_refused), T(the_log_wraps_at_390),
		T(iterations_end),          T(a_frozen_log_stays),       T(what_is_done_is_logged),
		T(the_log_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
