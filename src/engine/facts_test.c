/* Facts: every field survives the way to text and back; what is no fact of this version, or half a
 * group, does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/str.h"
#include "engine/facts.h"

#define ALL_GROUPS ((unsigned)FACTS_OTP * 2 - 1)

static char text[65536];

static struct span emit(const struct engine_facts *f)
{
	struct out o;
	out_init(&o, text, sizeof text);
	engine_facts_emit(f, &o);
	assert_false(o.bad);
	return out_span(&o);
}

static void fill_text(char *dst, size_t size, unsigned seed)
{
	for (size_t i = 0; i + 1 < size; i++)
		dst[i] = (char)(1 + (seed + i * 7) % 255); /* all bytes but NUL, = \ and LF too */
	dst[size - 1] = '\0';
}

/* Every field as full and as odd as it can be. */
static struct engine_facts full(void)
{
	struct engine_facts f = { 0 };
	unsigned n = 0;
#define FILL_S(name, size)         fill_text(f.name, size, ++n);
#define FILL_B(name, size)         f.name = ++n % 2;
#define FILL_U(name, size)         f.name = UINT32_MAX - ++n;
#define FILL_L(name, size)         f.name = ++n % 2 ? INT64_MIN + n : INT64_MAX - n;
#define X(kind, name, size, group) FILL_##kind(name, size)
	ENGINE_FACTS(X)
#undef X
	f.known = ALL_GROUPS;
	return f;
}

#define SAME_S(name) assert_string_equal(f.name, got.name)
#define SAME_B(name) assert_int_equal(f.name, got.name)
#define SAME_U(name) assert_int_equal(f.name, got.name)
#define SAME_L(name) assert_true(f.name == got.name)

static void every_field_comes_back(void **state)
{
	(void)state;
	struct engine_facts f = full(), got;
	struct err e = { 0 };
	if (!engine_facts_parse(emit(&f), &got, &e))
		fail_msg("%s (%s)", e.msg, e.seen);
	assert_int_equal(got.known, ALL_GROUPS);
#define X(kind, name, size, group) SAME_##kind(name);
	ENGINE_FACTS(X)
#undef X
}

static void truths_come_back_both_ways(void **state)
{
	(void)state;
	for (int v = 0; v < 2; v++) {
		struct engine_facts f = { .known = FACTS_TLS }, got;
		f.tls_enabled = v;
		f.tls_mutual = !v;
		assert_true(engine_facts_parse(emit(&f), &got, NULL));
		assert_int_equal(got.tls_enabled, v);
		assert_int_equal(got.tls_mutual, !v);
	}
}

static void each_group_alone(void **state)
{
	(void)state;
	for (unsigned bit = 1; bit <= ALL_GROUPS; bit <<= 1) {
		struct engine_facts f = full(), got;
		f.known = bit;
		assert_true(engine_facts_parse(emit(&f), &got, NULL));
		assert_int_equal(got.known, bit);
		assert_string_equal(got.leaf_seen, f.leaf_seen); /* belongs to no group */
		assert_int_equal(got.version[0] != 0, bit == FACTS_IDENTITY);
		assert_int_equal(got.kvm_state != 0, bit == FACTS_KVM);
	}
}

static void text_is_lines_of_ascii(void **state)
{
	(void)state;
	struct engine_facts f = { .known = FACTS_GENERAL | FACTS_WEBUI };
	str_copy(f.host_name, sizeof f.host_name, span_str("pc\\1\n=\xc3\xa4"));
	str_copy(f.leaf_seen, sizeof f.leaf_seen, span_str("00ff"));
	emit(&f);
	assert_string_equal(text,
			    "known=general webui\n"
			    "realm=\n"
			    "host_name=pc\\x5c1\\x0a=\\xc3\\xa4\n"
			    "domain=\n"
			    "ping=false\n"
			    "webui_on=false\n"
			    "leaf_seen=00ff\n");
}

static void reads_what_other_versions_wrote(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		unsigned known;
	} cases[] = {
		{ "nothing", "", 0 },
		{ "empty lines", "\n\n", 0 },
		{ "unknown field", "known=webui\nwebui_on=true\nwebui_skin=blue\n", FACTS_WEBUI },
		{ "unknown group", "known=lights webui\nwebui_on=true\n", FACTS_WEBUI },
		{ "no newline at the end", "known=webui\nwebui_on=true", FACTS_WEBUI },
		{ "a field of the group is missing",
		  "known=kvm webui\nkvm_exists=true\nwebui_on=true\n", FACTS_WEBUI },
		{ "fields, no group", "webui_on=true\n", 0 },
		{ "group without fields", "known=listener\n", FACTS_LISTENER },
		{ "group, no fields of it", "known=webui\n", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_facts got;
		struct err e = { 0 };
		if (!engine_facts_parse(span_str(cases[i].in), &got, &e))
			fail_msg("%s: %s", cases[i].name, e.msg);
		if (got.known != cases[i].known)
			fail_msg("%s: known %u", cases[i].name, got.known);
	}
}

static void refuses_bad_values(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *seen;
	} cases[] = {
		{ "no =", "known\n", "known" },
		{ "truth", "webui_on=1\n", "1" },
		{ "empty truth", "webui_on=\n", "" },
		{ "number", "kvm_state=-1\n", "-1" },
		{ "large number", "kvm_state=4294967296\n", "4294967296" },
		{ "long number", "clock_skew_ms=9223372036854775808\n", "9223372036854775808" },
		{ "control byte", "realm=a\tb\n", "a\\x09b" },
		{ "other byte", "realm=\xff\n", "\\xff" },
		{ "broken escape", "realm=\\x5\n", "\\x5" },
		{ "other escape", "realm=\\n00\n", "\\n00" },
		{ "no hex", "realm=\\xzz\n", "\\xzz" },
		{ "NUL inside", "realm=\\x00\n", "\\x00" },
		{ "too long", "uuid=1234567890123456789012345678901234567\n",
		  "1234567890123456789012345678901234567" },
		{ "twice", "webui_on=true\nwebui_on=true\n", "true" },
		{ "known twice", "known=kvm\nknown=webui\n", "webui" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_facts got = full();
		static const struct engine_facts none;
		struct err e = { 0 };
		if (engine_facts_parse(span_str(cases[i].in), &got, &e))
			fail_msg("%s: taken", cases[i].name);
		if (e.code != ERR_INVALID || !str_eq(e.seen, cases[i].seen) || !e.want[0])
			fail_msg("%s: %s; seen %s", cases[i].name, e.msg, e.seen);
		assert_memory_equal(&got, &none, sizeof none); /* nothing half-read */
	}
	struct engine_facts got;
	struct err e = { 0 };
	memset(text, '\n', sizeof text);
	assert_true(engine_facts_parse(span_make(text, sizeof text), &got, &e));
	static char larger[sizeof text + 1];
	memset(larger, '\n', sizeof larger);
	assert_false(engine_facts_parse(span_make(larger, sizeof larger), &got, &e));
	assert_int_equal(e.code, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_comes_back),
		cmocka_unit_test(truths_come_back_both_ways),
		cmocka_unit_test(each_group_alone),
		cmocka_unit_test(text_is_lines_of_ascii),
		cmocka_unit_test(reads_what_other_versions_wrote),
		cmocka_unit_test(refuses_bad_values),
	};
	return cmocka_run_group_tests_name("engine/facts", tests, NULL, NULL);
}
