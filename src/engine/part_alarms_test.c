/* Alarms: times that are over, alarms that come again, names in any case, what is no time. */
#include "engine/part_try_test.h"

#define NOW  1900000000 /* 2030-03-17T17:46:40Z */
#define ONCE "alarms: {list: [{name: once, start: '2030-03-20T01:30:00Z'}]}"
#define WEEKLY \
	"alarms: {list: [{name: weekly, start: '2030-03-01T01:30Z', interval: P7D, delete: off}]}"
#define INSTANCE "IPS_AlarmClockOccurrence"

static void begin(struct try *t, const char *yaml)
{
	try_init(t, yaml);
	t->in.now_unix_ms = NOW * 1000LL;
}

static void adds_as_peers_do(void **state)
{
	(void)state;
	struct try t;
	char text[4096];
	struct out o;
	begin(&t, ONCE);
	assert_string_equal(try_lines(&t, false),
			    "alarms.list.once: absent -> 2030-03-20T01:30:00Z once\n");
	out_init(&o, text, sizeof text);
	wsman_envelope_emit_request(&o, &try_change(&t, "add:once")->req);
	assert_false(o.bad);
	assert_non_null(strstr(text, ":AlarmTemplate><"));
	assert_non_null(strstr(text, ":InstanceID>once<"));
	assert_non_null(strstr(text, ":Datetime xmlns:"));
	assert_non_null(strstr(text, ">2030-03-20T01:30:00Z</"));
	assert_non_null(strstr(text, ":DeleteOnCompletion>true<"));
	assert_null(strstr(text, ":Interval>"));
	try_deinit(&t);
}

static void what_is_over_is_only_told(void **state)
{
	(void)state;
	struct try t;
	begin(&t, "alarms: {list: [{name: once, start: '2030-03-17T17:46:00Z'}]}");
	assert_string_equal(try_lines(&t, false), "");
	assert_string_equal(try_lines(&t, true), "alarms.list.once: its time is over\n");
	try_deinit(&t);
}

/* Added with the next of its times; later the device tells any of them. */
static void what_comes_again_is_the_same(void **state)
{
	(void)state;
	static const struct {
		const char *start, *lines;
	} rows[] = {
		{ "StartTime=2030-03-01T01:30:00Z", "" },
		{ "StartTime=2030-03-22T01:30:00Z", "" },
		{ "StartTime=2030-03-22T01:31:00Z",
		  "alarms.list.weekly.start: 2030-03-22T01:31:00Z -> 2030-03-01T01:30:00Z\n" },
		{ "StartTime=testdatetime",
		  "alarms.list.weekly.start: unknown -> 2030-03-01T01:30:00Z\n" },
	};
	struct try t;
	begin(&t, WEEKLY);
	assert_string_equal(try_lines(&t, false),
			    "alarms.list.weekly: absent -> 2030-03-22T01:30:00Z P7D\n");
	try_deinit(&t);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin(&t, WEEKLY);
		struct wsman_obj *o = try_has(&t, 0, INSTANCE, "InstanceID=Weekly", "Interval=P7D",
					      "DeleteOnCompletion=false", NULL);
		wsman_obj_set_str(o, "StartTime", rows[i].start + strlen("StartTime="));
		assert_string_equal(try_lines(&t, false), rows[i].lines);
		try_deinit(&t);
	}
}

static void another_kind_of_alarm_is_replaced(void **state)
{
	(void)state;
	struct try t;
	begin(&t, ONCE);
	try_has(&t, 0, INSTANCE, "InstanceID=once", "StartTime=2030-03-20T01:30:00Z",
		"Interval=PT1440M", "DeleteOnCompletion=false", NULL);
	assert_string_equal(try_lines(&t, false),
			    "alarms.list.once.interval: P1D -> once\n"
			    "alarms.list.once.delete: off -> on\n");
	assert_int_equal(t.c.count, 1);
	assert_int_equal(t.c.first->req.op, WSMAN_OP_DELETE);
	try_deinit(&t);
}

static void refuses_what_is_no_time(void **state)
{
	(void)state;
	static const struct try_refusal rows[] = {
		{ "alarms: {list: [{name: a, start: '2030-03-20T01:30:01Z'}]}",
		  "line 2, column 34: a time is written 2031-05-02T01:30:00Z" },
		{ "alarms: {list: [{name: a, start: '2030-02-30T01:30:00Z'}]}",
		  "a time is written 2031-05-02T01:30:00Z" },
		{ "alarms: {list: [{name: a, start: '2030-03-20T01:30Z', interval: P1M}]}",
		  "line 2, column 65: a duration is written P7D or PT1H30M" },
		{ "alarms: {list: [{name: a, start: '2030-03-20T01:30Z', interval: PT90S}]}",
		  "a duration is written" },
		{ "alarms: {list: [{name: a, start: '2030-03-20T01:30Z', interval: PT0S}]}",
		  "a duration is written" },
		{ "alarms: {list: [{name: a}]}", "'start' is missing here" },
	};
	try_refusals(rows, sizeof rows / sizeof *rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_as_peers_do),
		cmocka_unit_test(what_is_over_is_only_told),
		cmocka_unit_test(what_comes_again_is_the_same),
		cmocka_unit_test(another_kind_of_alarm_is_replaced),
		cmocka_unit_test(refuses_what_is_no_time),
	};
	return cmocka_run_group_tests_name("engine/part_alarms", tests, NULL, NULL);
}
