/* Certificates of ours that a PC keeps: when its keys and contexts have to be read for them. */
#include "engine/test_part.h"

#include "base/hash.h"

/* Certificates are compared as bytes here; "s" is shown in the handshake, "o" is a former one of ours, "x"
 * belongs to somebody else. */
static void start(struct test_part *t, struct span leaves[2])
{
	static const char *const ours[] = { "s", "o" };
	uint8_t sha[32];
	struct out hex;
	test_part_start(t, &engine_part_old_certs, "");
	for (int i = 0; i < 2; i++)
		leaves[i] = span_str(ours[i]);
	t->in.leaves = leaves;
	t->in.leaf_count = 2;
	hash_of(HASH_SHA256, leaves[0], sha);
	out_init(&hex, t->facts.leaf_seen, sizeof t->facts.leaf_seen);
	out_hex(&hex, span_make(sha, sizeof sha));
}

static void add(struct test_part *t, char which)
{
	char text[128], b64[8];
	struct out o;
	out_init(&o, b64, sizeof b64);
	out_b64(&o, span_make(&which, 1));
	snprintf(text, sizeof text, "X509Certificate=%s", b64);
	test_part_have(t, 0, "AMT_PublicKeyCertificate", text);
}

static void looks_on_where_a_former_one_is(void **state)
{
	static const struct {
		const char *certs;
		bool needless;
	} cases[] = {
		{ "", true },    { "s", true },   { "sx", true },
		{ "so", false }, { "os", false }, { "o", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_part t;
		struct span leaves[2];
		start(&t, leaves);
		for (const char *c = cases[i].certs; *c; c++)
			add(&t, *c);
		assert_false(t.part->needless(&t.in, 0));
		for (unsigned read = 1; read < t.part->read_count; read++)
			if (t.part->needless(&t.in, read) != cases[i].needless)
				fail_msg("'%s': read %u", cases[i].certs, read);
		assert_true(test_part_diff(&t));
		assert_string_equal(t.lines, ""); /* without contexts nothing is taken out */
		test_part_stop(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_on_where_a_former_one_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
