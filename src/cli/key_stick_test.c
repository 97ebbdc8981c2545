/* Tests of what goes onto a stick: which version it takes, which variables it has, and what is
 * refused. The bytes are those of the codec, which has tests of its own. */
#include "cli/key_pairs.h"
#include "base/str.h"
#include "wire/setupbin.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PPS "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"
enum { PAIR = 1, SUFFIX = 2, HASH = 4, KEEP = 8, PASSWORD = 16 };

struct stick {
	const char *name, *set;
	unsigned with, version, minor; /* version that is asked for */
	unsigned want;                 /* version that comes, 21: 2.1; 0: refused */
	const char *vars;              /* "1/1 1/2 ..." or the error */
};

static const struct stick sticks[] = {
	{ "pair", NULL, PAIR, 0, 0, 10, "1/1 1/2 2/1 2/2" },
	{ "pair in version 4", NULL, PAIR, 4, 0, 40, "1/1 1/2 2/1 2/2" },
	{ "pair for all", NULL, PAIR | KEEP, 0, 0, 20, "1/1 1/2 2/1 2/2" },
	{ "suffix", NULL, PAIR | SUFFIX, 0, 0, 20, "1/1 1/2 1/3 2/1 2/2 2/3 2/5" },
	{ "remote configuration", NULL, SUFFIX | HASH | KEEP | PASSWORD, 0, 0, 20,
	  "1/1 1/2 1/3 2/3 2/5 2/7 2/8:1" },
	{ "SHA-256", NULL, HASH | PASSWORD, 3, 0, 30, "1/1 1/2 1/3 2/5 2/7 2/8:2" },
	{ "port", "setup-server-port=9971", PAIR, 0, 0, 20, "1/1 1/2 2/1 2/2 2/18" },
	{ "DHCP", "DHCP=enabled", PAIR, 0, 0, 21, "1/1 1/2 2/1 2/2 2/13" },
	{ "KVM", "KVM=on", PAIR, 0, 0, 30, "1/1 1/2 2/1 2/2 2/25" },
	{ "own say on remote configuration", "remote-configuration=off", PAIR | SUFFIX, 0, 0, 20,
	  "1/1 1/2 1/3 2/1 2/2 2/3 2/5" },
	{ "kept in version 1", NULL, PAIR | KEEP, 1, 0, 0, "always used up" },
	{ "suffix in version 1", NULL, PAIR | SUFFIX, 1, 0, 0, "too old" },
	{ "KVM in version 2.1", "KVM=on", PAIR, 2, 1, 0, "too old" },
	{ "no password", NULL, SUFFIX, 0, 0, 0, "1/2 (new MEBx password): it is missing" },
};

static void list_vars(const struct wire_setupbin_record *r, struct out *o)
{
	for (unsigned i = 0; i < r->var_count; i++) {
		const struct wire_setupbin_var *v = &r->vars[i];
		out_fmt(o, "%s%u/%u", i ? " " : "", v->module, v->id);
		if (v->module == 2 && v->id == 8)
			out_fmt(o, ":%u", v->value.p[0]);
	}
}

static void check(const struct stick *c)
{
	struct cli_key_pair pairs[2] = {
		{ .pid = "0000037M", .pps = PPS, .password = "Plain!77" },
		{ .pid = "0000000C", .pps = PPS, .password = "Plain!77" }
	};
	struct cli_key_pairs keys = { c->with & KEEP ? 1 : 2, pairs };
	struct wire_setupbin_var set;
	struct cli_stick s = { .suffix = c->with & SUFFIX ? "corp.example" : NULL,
			       .hash_count = c->with & HASH ? 1 : 0,
			       .hashes = { { .name = "Root" } },
			       .keep = c->with & KEEP,
			       .version = c->version,
			       .minor = c->minor,
			       .sets = &set,
			       .set_count = c->set ? 1 : 0 };
	static uint8_t bytes[8192];
	struct wire_setupbin f;
	char vars[256] = "";
	struct err e = { 0 };
	struct arena a;
	struct out o, t;

	arena_init(&a, 1 << 20);
	secret_set(&s.current, span_str("admin"));
	if (c->with & PASSWORD)
		secret_set(&s.password, span_str("Plain!77"));
	if (c->set)
		assert_true(wire_setupbin_parse_var(span_str(c->set), &a, &set, &e));
	out_init(&o, bytes, sizeof bytes);
	bool ok = cli_stick_make(&s, c->with & PAIR ? &keys : NULL, &a, &o, &e);
	secret_deinit(&s.current);
	secret_deinit(&s.password);
	if (ok != !!c->want ||
	    s.version * 10 + s.minor != (c->want ? c->want : c->version * 10 + c->minor))
		fail_msg("%s: %d, version %u.%u, %s", c->name, ok, s.version, s.minor, e.msg);
	if (!ok && !strstr(e.msg, c->vars))
		fail_msg("%s: %s", c->name, e.msg);
	if (ok) {
		assert_true(wire_setupbin_parse(out_span(&o), &a, &f, &e));
		assert_int_equal(f.record_count, c->with & PAIR ? keys.count : 1);
		out_init(&t, vars, sizeof vars);
		list_vars(&f.records[f.record_count - 1], &t);
		if (!str_eq(vars, c->vars))
			fail_msg("%s: %s", c->name, vars);
	}
	arena_wipe(&a);
}

static void holds_what_is_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sticks / sizeof *sticks; i++)
		check(&sticks[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_what_is_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
