/* Tests of the enumeration state machine against replies of the simulator's emitter. */
#include "wsman/enumerate.h"
#include "base/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define URI "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_TLSSettingData"

struct step {
	const char *context; /* in the reply */
	unsigned items;
	bool end;
};
struct talk {
	struct wsman_enumerate s;
	struct arena a;
	struct err e;
	enum wsman_enumerate_state state;
	char request[4096];
	unsigned sent;
};

static void begin(struct talk *t)
{
	*t = (struct talk){ .state = WSMAN_ENUMERATE_SEND };
	arena_init(&t->a, LIMIT_XML_ARENA_BYTES);
	wsman_enumerate_init(&t->s, URI, &t->a);
}

/* Sends one request and answers it as told. */
static void turn(struct talk *t, const struct step *step)
{
	static uint8_t reply[1024 * 1024];
	struct wsman_msg req, m;
	const struct wsman_class *c = wsman_classes_find_uri(URI);
	const struct wsman_obj *items[1100];
	struct out o;
	out_init(&o, t->request, sizeof t->request);
	wsman_enumerate_emit(&t->s, "7", &o);
	t->sent++;
	struct arena other;
	arena_init(&other, LIMIT_XML_ARENA_BYTES);
	assert_true(wsman_envelope_parse(out_span(&o), &other, &req, NULL));
	struct wsman_obj *obj = wsman_obj_new(&other, &c->shape, c->uri);
	wsman_obj_set_bool(obj, "Enabled", true);
	for (unsigned i = 0; i < step->items; i++)
		items[i] = obj;
	struct wsman_rep rep = { .to = &req,
				 .enum_context = step->context,
				 .end_of_sequence = step->end,
				 .items = items,
				 .item_count = step->items };
	out_init(&o, reply, sizeof reply);
	wsman_envelope_emit_reply(&o, &rep);
	assert_false(o.bad);
	arena_deinit(&other);
	assert_true(wsman_envelope_parse(out_span(&o), &t->a, &m, NULL));
	t->state = wsman_enumerate_feed(&t->s, &m, 200, &t->e);
}

static void loops_to_the_end(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct step steps[5];
		unsigned sent, items;
		enum wsman_enumerate_state end;
	} cases[] = {
		{ "one pull",
		  { { "C1", 0, false }, { NULL, 2, true } },
		  2,
		  2,
		  WSMAN_ENUMERATE_DONE },
		{ "nothing there",
		  { { "C1", 0, false }, { NULL, 0, true } },
		  2,
		  0,
		  WSMAN_ENUMERATE_DONE },
		{ "parts",
		  { { "C1", 0, false },
		    { "C2", 1, false },
		    { "C3", 3, false },
		    { NULL, 40, true } },
		  4,
		  44,
		  WSMAN_ENUMERATE_DONE },
		{ "an end decides over a context",
		  { { "C1", 0, false }, { "C2", 2, true } },
		  2,
		  2,
		  WSMAN_ENUMERATE_DONE },
		{ "no new context, progress",
		  { { "C1", 0, false }, { NULL, 1, false }, { NULL, 1, true } },
		  3,
		  2,
		  WSMAN_ENUMERATE_DONE },
		{ "no context, no end, no items",
		  { { "C1", 0, false }, { NULL, 0, false } },
		  2,
		  0,
		  WSMAN_ENUMERATE_FAILED },
		{ "no context at all", { { NULL, 0, false } }, 1, 0, WSMAN_ENUMERATE_FAILED },
		{ "too many",
		  { { "C1", 0, false }, { NULL, 1025, true } },
		  2,
		  1024,
		  WSMAN_ENUMERATE_FAILED },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct talk t;
		begin(&t);
		for (unsigned k = 0; k < 5 && t.state == WSMAN_ENUMERATE_SEND; k++)
			turn(&t, &cases[i].steps[k]);
		if (t.state != cases[i].end || t.sent != cases[i].sent ||
		    t.s.item_count != cases[i].items)
			fail_msg("%s: state %d, %u sent, %u items: %s", cases[i].name, t.state,
				 t.sent, t.s.item_count, t.e.msg);
		for (unsigned k = 0; k < t.s.item_count; k++)
			assert_string_equal(t.s.items[k]->name, "AMT_TLSSettingData");
		arena_deinit(&t.a);
	}
}

static void sends_the_context(void **state)
{
	(void)state;
	struct talk t;
	begin(&t);
	turn(&t, &(struct step){ "AC070000-0000-0000-0000-000000000000", 0, false });
	assert_non_null(strstr(t.request, "<Enumerate xmlns="));
	turn(&t, &(struct step){ "B4", 1, false });
	assert_non_null(strstr(
		t.request,
		"<EnumerationContext>AC070000-0000-0000-0000-000000000000</EnumerationContext>"
		"<MaxElements>999</MaxElements><MaxCharacters>99999</MaxCharacters>"));
	turn(&t, &(struct step){ NULL, 1, true });
	assert_non_null(strstr(t.request, "<EnumerationContext>B4</EnumerationContext>"));
	arena_deinit(&t.a);
}

static void never_loops_for_ever(void **state)
{
	(void)state;
	struct talk t;
	begin(&t);
	while (t.state == WSMAN_ENUMERATE_SEND && t.sent < 1000)
		turn(&t, &(struct step){ "SAME", 0, false });
	assert_int_equal(t.state, WSMAN_ENUMERATE_FAILED);
	assert_int_equal(t.e.code, ERR_LIMIT);
	assert_int_equal(t.s.pull_count, WSMAN_ENUMERATE_MAX_PULLS);
	arena_deinit(&t.a);
}

static void refuses_long_contexts_and_other_replies(void **state)
{
	(void)state;
	struct talk t;
	char context[200];
	memset(context, 'x', sizeof context);
	context[199] = '\0';
	begin(&t);
	turn(&t, &(struct step){ context, 0, false });
	assert_int_equal(t.e.code, ERR_LIMIT);
	arena_deinit(&t.a);

	struct wsman_msg m = { .op = WSMAN_OP_GET, .is_reply = true };
	begin(&t);
	assert_int_equal(wsman_enumerate_feed(&t.s, &m, 200, &t.e), WSMAN_ENUMERATE_FAILED);
	m = (struct wsman_msg){ .op = WSMAN_OP_FAULT,
				.is_reply = true,
				.fault = { "Sender", "InvalidEnumerationContext", "", false, 0 } };
	assert_int_equal(wsman_enumerate_feed(&t.s, &m, 400, &t.e), WSMAN_ENUMERATE_FAILED);
	assert_string_equal(t.e.msg,
			    "fault InvalidEnumerationContext for Enumerate AMT_TLSSettingData");
	arena_deinit(&t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loops_to_the_end),
		cmocka_unit_test(sends_the_context),
		cmocka_unit_test(never_loops_for_ever),
		cmocka_unit_test(refuses_long_contexts_and_other_replies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
