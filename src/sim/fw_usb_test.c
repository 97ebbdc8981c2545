/* Keys on USB: what a PC takes, what becomes of it and of the stick, and each reason to ignore it.
 * The files are written with the codec only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/test_peer.c"
#include "wire/setupbin.h"

#define PPS  "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"
#define SHA1 "12345678901234567890"
#define VAR(m, i, s)                                                                      \
	{                                                                                 \
		.module = (m), .id = (i), .value = {(const uint8_t *)(s), sizeof(s) - 1 } \
	}
#define PASSWORDS VAR(1, 1, "admin"), VAR(1, 2, MEBX_PW)
#define PAIR      VAR(2, 1, "0000037M"), VAR(2, 2, PPS)
#define VARS_MAX  10

struct stick {
	unsigned version, minor;
	bool keep;
	uint32_t count, consumed;
	struct wire_setupbin_var vars[VARS_MAX]; /* of each record */
};

static uint8_t file[8192];
static size_t file_n;
static unsigned writes;

static bool write_back(void *arg, struct span bytes, struct err *e)
{
	if (arg)
		return err_set(e, ERR_IO, "the stick is full");
	assert_true(bytes.n <= sizeof file);
	memcpy(file, bytes.p, bytes.n);
	file_n = bytes.n;
	writes++;
	return true;
}

static void make_stick(const struct stick *s)
{
	struct wire_setupbin_record r[4] = { { 0 } };
	struct wire_setupbin_var vars[VARS_MAX];
	struct wire_setupbin f = { .version = s->version,
				   .major = (uint8_t)s->version,
				   .minor = (uint8_t)s->minor,
				   .flags = s->keep,
				   .chunk_count = 1,
				   .header_bytes = 46,
				   .record_count = s->count,
				   .consumed_count = s->consumed,
				   .record_chunk_count = 1,
				   .records = r };
	unsigned n = 0;
	struct out o;

	memcpy(vars, s->vars, sizeof vars);
	while (n < VARS_MAX && vars[n].module)
		n++;
	for (uint32_t i = 0; i < s->count; i++)
		r[i] = (struct wire_setupbin_record){ .type = 1,
						      .flags = i < s->consumed ? 2 : 3,
						      .chunk_count = 1,
						      .number = i + 1,
						      .vars = vars,
						      .var_count = n };
	out_init(&o, file, sizeof file);
	assert_true(wire_setupbin_emit(&o, &f));
	file_n = out_len(&o);
	writes = 0;
}

static struct sim_dev *make_dev(const char *generation, enum sim_state s, const char *mebx,
				const char *fault, const char *switches)
{
	struct sim_dev_conf c = { .generation = sim_generation_find(generation),
				  .state = s,
				  .mebx_password = mebx,
				  .fault = fault,
				  .switches = switches };
	struct err e = { 0 };
	struct sim_dev *d = sim_dev_new(&env, &c, &e);

	if (!d)
		fail_msg("%s", e.msg);
	return d;
}

static bool boot(struct sim_dev *d, struct sim_usb_took *took, struct err *e)
{
	struct sim_usb io = { write_back, NULL };

	return sim_dev_usb(d, span_make(file, file_n), &io, took, e);
}

static const struct stick key_stick = { 1, 0, false, 2, 0, { PASSWORDS, PAIR } };

static void takes_a_pair_each(void **state)
{
	struct sim_usb_took took;
	struct err e = { 0 };
	uint8_t hello[256];
	struct out o;
	(void)state;

	make_stick(&key_stick);
	for (unsigned i = 0; i < 2; i++) {
		struct sim_dev *d = make_dev("9.5", SIM_FACTORY, NULL, NULL, NULL);
		if (!boot(d, &took, &e))
			fail_msg("%s (%s)", e.msg, e.seen);
		assert_int_equal(took.record, i + 1);
		assert_int_equal(took.left, 1 - i);
		assert_int_equal(writes, i + 1);
		/* the header counts, the record is not valid any more, the rest stays */
		assert_int_equal(file[32], i + 1);
		assert_int_equal(file[512 + 512 * (size_t)i + 4], 2);
		assert_int_equal(sim_dev_state(d), SIM_SETUP_PSK);
		assert_true(sim_dev_mebx_is(d, span_str(MEBX_PW)));
		assert_true(sim_dev_admin_is(d, span_str(MEBX_PW)));
		out_init(&o, hello, sizeof hello);
		assert_true(sim_dev_hello(d, &o));
		assert_non_null(memmem(hello, out_len(&o), "0000037M", 8));
		/* the same PC a second time: not in factory default any more */
		assert_false(boot(d, &took, &e));
		assert_string_equal(e.rule, "D040");
		assert_true(sim_dev_to_state(d, SIM_FACTORY, &e));
		sim_dev_free(d);
	}
	struct sim_dev *d = make_dev("9.5", SIM_FACTORY, NULL, NULL, NULL);
	assert_false(boot(d, &took, &e));
	assert_non_null(strstr(e.msg, "no record is left"));
	assert_string_equal(e.seen, "2 of 2 records are used");
	sim_dev_free(d);
}

static void keeps_a_record_for_all(void **state)
{
	static const struct stick s = { 2, 0, true, 1, 0, { PASSWORDS, PAIR } };
	struct sim_usb_took took;
	struct err e = { 0 };
	(void)state;

	make_stick(&s);
	for (unsigned i = 0; i < 3; i++) {
		struct sim_dev *d = make_dev("4.0", SIM_FACTORY, NULL, NULL, NULL);
		if (!boot(d, &took, &e))
			fail_msg("%s (%s)", e.msg, e.seen);
		assert_true(took.keep);
		assert_int_equal(writes, 0);
		sim_dev_free(d);
	}
}

/* Suffix and own root for remote configuration; they outlive a restart, not a cleared CMOS. */
static void takes_a_root(void **state)
{
	static const struct stick s = { 3,
					0,
					true,
					1,
					0,
					{ PASSWORDS, VAR(1, 3, "\1"), VAR(2, 3, "corp.example.com"),
					  VAR(2, 5, "\1"), VAR(2, 7, "\1"),
					  VAR(2, 8, "\2" SHA1 "012345678901\7Our own") } };
	struct sim_usb_took took;
	struct err e = { 0 };
	uint8_t hello[4096];
	char text[8192];
	struct out o;
	(void)state;

	make_stick(&s);
	struct sim_dev *d = make_dev("11.8", SIM_FACTORY, NULL, NULL, NULL);
	if (!boot(d, &took, &e))
		fail_msg("%s (%s)", e.msg, e.seen);
	assert_int_equal(sim_dev_state(d), SIM_SETUP_PKI);
	out_init(&o, text, sizeof text);
	sim_dev_save(d, &o);
	struct sim_dev *again = make_dev("11.8", SIM_FACTORY, NULL, NULL, NULL);
	if (!sim_dev_load(again, out_span(&o), &e))
		fail_msg("%s", e.msg);
	out_init(&o, hello, sizeof hello);
	assert_true(sim_dev_hello(again, &o));
	assert_non_null(memmem(hello, out_len(&o), SHA1 "012345678901", 32));
	assert_non_null(strstr(text, "suffix: \"corp.example.com\""));
	assert_true(sim_dev_to_state(again, SIM_FACTORY, &e));
	assert_true(sim_dev_to_state(again, SIM_SETUP_PKI, &e));
	out_init(&o, hello, sizeof hello);
	assert_true(sim_dev_hello(again, &o));
	assert_null(memmem(hello, out_len(&o), SHA1 "012345678901", 32));
	sim_dev_free(d);
	sim_dev_free(again);
}

struct outcome {
	const char *name, *generation;
	struct wire_setupbin_var var, second;
	enum sim_state want;
};

static void goes_where_it_is_told(void **state)
{
	static const struct outcome cases[] = {
		{ "AMT off", "9.5", VAR(1, 3, "\0"), { 0 }, SIM_DISABLED },
		{ "manual", "9.5", VAR(1, 3, "\1"), VAR(2, 29, "\1"), SIM_CONFIGURED },
		{ "halted", "9.5", VAR(2, 5, "\1"), VAR(2, 28, "\0"), SIM_CHANGED },
		{ "remote", "9.5", VAR(2, 5, "\1"), { 0 }, SIM_SETUP_PKI },
		{ "nothing but a password", "9.5", { 0 }, { 0 }, SIM_CHANGED },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stick s = {
			3, 0, false, 1, 0, { PASSWORDS, cases[i].var, cases[i].second }
		};
		struct sim_dev *d = make_dev(cases[i].generation, SIM_FACTORY, NULL, NULL, NULL);
		struct sim_usb_took took;
		struct err e = { 0 };
		make_stick(&s);
		if (!boot(d, &took, &e) || sim_dev_state(d) != cases[i].want)
			fail_msg("%s: %s, %s", cases[i].name, e.msg,
				 sim_dev_state_name(sim_dev_state(d)));
		sim_dev_free(d);
	}
}

struct ignored {
	const char *name, *generation, *mebx, *fault, *switches;
	enum sim_state state;
	struct stick s;
	const char *msg, *rule;
};

static const struct ignored ignored[] = {
	{ "MEBx password changed",
	  "9.5",
	  "Other-88",
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { VAR(1, 1, "Other-88"), VAR(1, 2, MEBX_PW), PAIR } },
	  "not in factory default",
	  "D040" },
	{ "state changed",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_CHANGED,
	  { 1, 0, false, 1, 0, { PASSWORDS, PAIR } },
	  "not in factory default",
	  "D040" },
	{ "remote setup under way",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_SETUP_PKI,
	  { 1, 0, false, 1, 0, { PASSWORDS, PAIR } },
	  "not in factory default",
	  "D040" },
	{ "AMT off in the BIOS",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_DISABLED,
	  { 1, 0, false, 1, 0, { PASSWORDS, PAIR } },
	  "not in factory default",
	  "D040" },
	{ "fault",
	  "9.5",
	  NULL,
	  "otc_pw_changed",
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { PASSWORDS, PAIR } },
	  "not in factory default",
	  "D040" },
	{ "other current password",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { VAR(1, 1, "Admin"), VAR(1, 2, MEBX_PW), PAIR } },
	  "current MEBx password in the record is wrong",
	  NULL },
	{ "no current password",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { VAR(1, 2, MEBX_PW), PAIR } },
	  "current MEBx password",
	  NULL },
	{ "no new password",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { VAR(1, 1, "admin"), PAIR } },
	  "factory password would stay",
	  NULL },
	{ "weak password",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { VAR(1, 1, "admin"), VAR(1, 2, "weakling"), PAIR } },
	  "no upper-case",
	  NULL },
	{ "version 4 on 6.2",
	  "6.2",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 4, 0, false, 1, 0, { PASSWORDS, PAIR } },
	  "does not know this version",
	  NULL },
	{ "version 2.1 on 3.2.1",
	  "3.2.1",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 2, 1, false, 1, 0, { PASSWORDS, PAIR } },
	  "does not know this version",
	  NULL },
	{ "version 1 where only the own one is taken",
	  "9.5",
	  NULL,
	  NULL,
	  "usb=exact",
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { PASSWORDS, PAIR } },
	  "does not know this version",
	  NULL },
	{ "PSK on 11.8",
	  "11.8",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { PASSWORDS, PAIR } },
	  "knows no PSK",
	  NULL },
	{ "all used",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 2, 2, { PASSWORDS, PAIR } },
	  "no record is left",
	  NULL },
	{ "no record",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 0, 0, { { 0 } } },
	  "no record is left",
	  NULL },
	{ "version 1 that stays",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, true, 1, 0, { PASSWORDS, PAIR } },
	  "version 1 has no records that stay",
	  NULL },
	{ "suffix in version 1",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { PASSWORDS, PAIR, VAR(2, 3, "example.com") } },
	  "does not know a variable",
	  NULL },
	{ "variable that nobody knows",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 4, 0, false, 1, 0, { PASSWORDS, VAR(2, 9, "\1") } },
	  "does not know a variable",
	  NULL },
	{ "module that nobody knows",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 4, 0, false, 1, 0, { PASSWORDS, VAR(3, 1, "\1") } },
	  "does not know a variable",
	  NULL },
	{ "out of order",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { PAIR, PASSWORDS } },
	  "out of order",
	  NULL },
	{ "twice",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { VAR(1, 1, "admin"), PASSWORDS } },
	  "out of order or there twice",
	  NULL },
	{ "PID alone",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { PASSWORDS, VAR(2, 1, "0000037M") } },
	  "without its PPS",
	  NULL },
	{ "dashes",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { PASSWORDS, VAR(2, 1, "0000-037M"), VAR(2, 2, PPS) } },
	  "wrong form",
	  NULL },
	{ "check character",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 1, 0, false, 1, 0, { PASSWORDS, VAR(2, 1, "0000037N"), VAR(2, 2, PPS) } },
	  "wrong form",
	  NULL },
	{ "root not switched on",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 3, 0, false, 1, 0, { PASSWORDS, VAR(2, 8, "\1" SHA1 "\0") } },
	  "not switched on before",
	  NULL },
	{ "SHA-256 in version 2",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 2,
	    0,
	    false,
	    1,
	    0,
	    { PASSWORDS, VAR(2, 7, "\1"), VAR(2, 8, "\2" SHA1 "012345678901\0") } },
	  "algorithm of a root hash",
	  NULL },
	{ "four roots in version 2",
	  "4.0",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 2,
	    0,
	    false,
	    1,
	    0,
	    { PASSWORDS, VAR(2, 7, "\1"), VAR(2, 8, "\1" SHA1 "\0"), VAR(2, 8, "\1" SHA1 "\0"),
	      VAR(2, 8, "\1" SHA1 "\0"), VAR(2, 8, "\1" SHA1 "\0") } },
	  "too many own root hashes",
	  NULL },
	{ "cut root",
	  "9.5",
	  NULL,
	  NULL,
	  NULL,
	  SIM_FACTORY,
	  { 3, 0, false, 1, 0, { PASSWORDS, VAR(2, 7, "\1"), VAR(2, 8, "\1" SHA1 "\4ab") } },
	  "malformed",
	  NULL },
};

static void ignores_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
		const struct ignored *c = &ignored[i];
		struct sim_dev *d =
			make_dev(c->generation, c->state, c->mebx, c->fault, c->switches);
		struct sim_usb_took took;
		struct err e = { 0 };
		make_stick(&c->s);
		if (boot(d, &took, &e) || !strstr(e.msg, c->msg) || !str_eq(e.rule, c->rule))
			fail_msg("%s: '%s' (%s), %s", c->name, e.msg, e.seen,
				 e.rule ? e.rule : "no rule");
		if (writes || sim_dev_state(d) != c->state ||
		    !sim_dev_mebx_is(d, span_str(c->mebx ? c->mebx : "admin")))
			fail_msg("%s: something changed", c->name);
		sim_dev_free(d);
	}
}

static void needs_a_stick_that_can_be_written(void **state)
{
	struct sim_dev *d = make_dev("9.5", SIM_FACTORY, NULL, NULL, NULL);
	bool full = true;
	struct sim_usb io = { write_back, &full };
	struct sim_usb_took took;
	struct err e = { 0 };
	(void)state;

	make_stick(&key_stick);
	assert_false(sim_dev_usb(d, span_make(file, file_n), &io, &took, &e));
	assert_string_equal(e.msg, "the stick is full");
	assert_int_equal(sim_dev_state(d), SIM_FACTORY);
	for (size_t n = 0; n < file_n; n += 97)
		assert_false(sim_dev_usb(d, span_make(file, n), &io, &took, &e));
	sim_dev_free(d);
}

/* Whatever stands on a stick: it is taken or ignored, and the PC can still be saved and freed. */
static void survives_any_byte(void **state)
{
	static const struct stick s = { 3,
					0,
					false,
					2,
					0,
					{ PASSWORDS, PAIR, VAR(2, 3, "corp.example.com"),
					  VAR(2, 7, "\1"),
					  VAR(2, 8, "\2" SHA1 "012345678901\7Our own") } };
	static char text[16384];
	struct sim_usb_took took;
	struct rng rng;
	struct out o;
	unsigned taken = 0;
	(void)state;

	rng_seed(&rng, 11);
	for (unsigned i = 0; i < 500; i++) {
		struct sim_dev *d = make_dev("9.5", SIM_FACTORY, NULL, NULL, NULL);
		struct err e = { 0 };
		make_stick(&s);
		for (unsigned n = 1 + rng_below(&rng, 3); n-- > 0;)
			file[rng_below(&rng, 3) ? 512 + rng_below(&rng, 200)
						: rng_below(&rng, 48)] =
				(uint8_t)rng_below(&rng, 256);
		taken += boot(d, &took, &e);
		out_init(&o, text, sizeof text);
		sim_dev_save(d, &o);
		assert_false(o.bad);
		sim_dev_free(d);
	}
	assert_in_range(taken, 20, 480);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(takes_a_pair_each, world_up, world_down),
		cmocka_unit_test_setup_teardown(keeps_a_record_for_all, world_up, world_down),
		cmocka_unit_test_setup_teardown(takes_a_root, world_up, world_down),
		cmocka_unit_test_setup_teardown(goes_where_it_is_told, world_up, world_down),
		cmocka_unit_test_setup_teardown(ignores_the_rest, world_up, world_down),
		cmocka_unit_test_setup_teardown(survives_any_byte, world_up, world_down),
		cmocka_unit_test_setup_teardown(needs_a_stick_that_can_be_written, world_up,
						world_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
