/* The description of a fleet: values, fleet files, places of devices. What the devices are made of
 * is read back from them; files and sockets are the system tests' (tests/system/01*-sim-*.t). */
#include "sim/fleet.h"
#include "base/mem.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct sim_fleet_conf *conf_new(void)
{
	struct sim_fleet_conf *c = MEM_NEW(struct sim_fleet_conf);

	sim_fleet_conf_init(c);
	return c;
}

static void conf_free(struct sim_fleet_conf *c)
{
	sim_fleet_conf_deinit(c);
	mem_free(c);
}

/* The fleet of a fleet file's text; NULL and e when it is refused anywhere. */
static struct sim_fleet *fleet_of(const char *yaml, struct sched *s, struct err *e)
{
	static const struct sim_fleet_events none;
	struct sim_fleet_conf *c = conf_new();
	struct sim_fleet *f = NULL;

	if (sim_fleet_yaml_parse(c, "f", span_str(yaml), e))
		f = sim_fleet_new(c, s, &none, e);
	conf_free(c);
	return f;
}

static void refuses_wrong_files(void **state)
{
	(void)state;
	static const struct {
		const char *name, *yaml, *want;
	} cases[] = {
		{ "empty", "", "f is empty" },
		{ "no mapping", "[1]", "line 1: a mapping" },
		{ "no groups", "seed: 1\n", "line 1: the fleet has no groups" },
		{ "not YAML", "groups:\n\t- x\n", "line 2:" },
		{ "unknown key", "sneed: 1\n", "line 1: there is no key 'sneed' here" },
		{ "key of a group at the top", "count: 1\n", "line 1: there is no key 'count'" },
		{ "key of the fleet in a group", "groups:\n- seed: 1\n",
		  "line 2: there is no key 'seed'" },
		{ "uuid of a whole group", "groups:\n- uuid: x\n",
		  "line 2: there is no key 'uuid'" },
		{ "twice", "groups:\n- count: 1\n  count: 2\n",
		  "line 3: this key stands here twice" },
		{ "wrong number", "groups:\n- count: 0\n", "line 2: count:" },
		{ "nested value", "groups:\n- suffix: { a: b }\n", "line 2: a text or a list" },
		{ "groups is a text", "groups: many\n", "line 1: a list of groups" },
		{ "device without index", "groups:\n- devices:\n  - fault: drop\n",
		  "line 3: which device?" },
		{ "device twice", "groups:\n- count: 3\n  devices: [{index: 1}, {index: 1}]\n",
		  "device 1 of this group is described twice" },
		{ "device behind the end", "groups:\n- count: 3\n  devices: [{index: 3}]\n",
		  "device 3 is described, the group has 3" },
		{ "count of a device", "groups:\n- devices: [{index: 0, count: 2}]\n",
		  "no key 'count'" },
		{ "not on loopback", "groups:\n- base: 10.0.0.1\n", "127.0.0.0/8" },
		{ "past loopback", "groups:\n- base: 127.255.255.254\n  count: 2\n",
		  "127.0.0.0/8" },
		{ "past all addresses", "expose: on\ngroups:\n- base: 255.255.255.255\n",
		  "addresses end" },
		{ "overlap", "groups:\n- count: 9\n- base: 127.1.0.9\n", "another group has one" },
		{ "too many", "groups:\n- count: 100000\n- count: 1\n",
		  "more than 100000 devices" },
		{ "psk of new firmware", "groups:\n- state: setup-psk\n  psk: x\n",
		  "knows no PSK" },
		{ "NUL in a value", "groups:\n- suffix: \"a\\0b\"\n",
		  "line 2: suffix: the value has a NUL" },
	};
	struct sched *s = sched_new(NULL, NULL);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		struct sim_fleet *f = fleet_of(cases[i].yaml, s, &e);
		if (f || !strstr(e.msg, cases[i].want))
			fail_msg("%s: %s, wanted: %s", cases[i].name, f ? "taken" : e.msg,
				 cases[i].want);
	}
	sched_free(s);
}

static void an_alias_loop_ends(void **state)
{
	(void)state;
	struct sched *s = sched_new(NULL, NULL);
	struct err e = { 0 };

	assert_null(fleet_of("groups: &a\n- devices: *a\n", s, &e));
	assert_null(fleet_of("groups: &a [ *a ]\n", s, &e));
	sched_free(s);
}

static void numbers_and_places(void **state)
{
	(void)state;
	static const char yaml[] =
		"groups:\n"
		"- { count: 300, base: 127.1.0.1, generation: [5.0, 9.5], state: silent }\n"
		"- { count: 2, base: 127.3.0.1 }\n"
		"- { count: 2 }\n";
	static const struct {
		unsigned index;
		const char *address, *generation;
	} cases[] = {
		{ 0, "127.1.0.1", "5.0" },    { 1, "127.1.0.2", "9.5" },
		{ 255, "127.1.1.0", "9.5" },  { 299, "127.1.1.44", "9.5" },
		{ 300, "127.3.0.1", "16.1" }, { 303, "127.3.0.4", "16.1" },
	};
	struct sched *s = sched_new(NULL, NULL);
	struct err e = { 0 };
	struct sim_fleet *f = fleet_of(yaml, s, &e);
	char text[UUID_TEXT_SIZE];
	unsigned at = 9999;

	assert_non_null(f);
	assert_int_equal(sim_fleet_count(f), 304);
	assert_null(sim_fleet_at(f, 304));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_dev *d = sim_fleet_at(f, cases[i].index);
		sim_fleet_address(f, cases[i].index, text);
		assert_string_equal(text, cases[i].address);
		assert_string_equal(sim_dev_generation(d)->name, cases[i].generation);
		assert_int_equal(sim_dev_index(d), cases[i].index);
		assert_true(sim_fleet_by_address(f, span_str(cases[i].address), &at));
		assert_int_equal(at, cases[i].index);
		uuid_print(sim_dev_uuid(d), text);
		assert_true(sim_fleet_find(f, span_str(text), &at, &e));
		assert_int_equal(at, cases[i].index);
		sim_fleet_other_address(f, cases[i].index, text);
		assert_false(sim_fleet_by_address(f, span_str(text), &at));
	}
	assert_false(sim_fleet_by_address(f, span_str("127.1.1.45"), &at));
	assert_false(sim_fleet_by_address(f, span_str("127.1.0.0"), &at));
	assert_false(sim_fleet_find(f, span_str("304"), &at, &e));
	assert_false(sim_fleet_find(f, span_str(""), &at, &e));
	assert_false(sim_fleet_find(f, span_str("all"), &at, &e));
	sim_fleet_free(f);
	sched_free(s);
}

static void addresses_move(void **state)
{
	(void)state;
	static const char yaml[] = "groups:\n"
				   "- { count: 300, base: 127.1.0.1, state: silent }\n"
				   "- { count: 2, base: 127.3.0.1 }\n";
	static const struct {
		unsigned index;
		const char *to;
		bool ok;
		unsigned other;
		const char *others; /* address after it */
	} steps[] = {
		{ 0, "127.9.9.9", true, 0, "127.9.9.9" },
		{ 1, "127.3.0.2", true, 301, "127.1.0.2" },   /* the other one had it */
		{ 301, "127.1.0.1", true, 301, "127.1.0.1" }, /* free since the first step */
		{ 0, "127.3.0.2", true, 1, "127.9.9.9" },
		{ 0, "127.3.0.2", true, 0, "127.3.0.2" },
		{ 0, "10.0.0.1", false, 0, "127.3.0.2" },
		{ 0, "somewhere", false, 0, "127.3.0.2" },
	};
	struct sched *s = sched_new(NULL, NULL);
	struct err e = { 0 };
	struct sim_fleet *f = fleet_of(yaml, s, &e);
	char text[UUID_TEXT_SIZE];
	unsigned at;

	assert_non_null(f);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		unsigned other = 9999;
		if (sim_fleet_move(f, steps[i].index, span_str(steps[i].to), &other, &e) !=
			    steps[i].ok ||
		    other != steps[i].other)
			fail_msg("%zu: %u %s", i, other, e.msg);
		sim_fleet_address(f, other, text);
		assert_string_equal(text, steps[i].others);
		for (unsigned k = 0; k < sim_fleet_count(f); k++) { /* one device per address */
			sim_fleet_address(f, k, text);
			assert_true(sim_fleet_by_address(f, span_str(text), &at));
			assert_int_equal(at, k);
		}
	}
	assert_false(sim_fleet_by_address(f, span_str("127.9.9.8"), &at));
	sim_fleet_free(f);
	sched_free(s);
}

static void devices_differ_from_their_group(void **state)
{
	(void)state;
	static const char yaml[] =
		"groups:\n"
		"- count: 4\n  generation: 9.5\n  state: silent\n  fault: slow=3\n  switch: dates=ignored\n"
		"  devices:\n"
		"  - { index: 3, uuid: 00112233-4455-6677-8899-aabbccddeeff }\n"
		"  - { index: 1, state: disabled, generation: 11.8, fault: [drop, garbage=2] }\n";
	struct sched *s = sched_new(NULL, NULL);
	struct err e = { 0 };
	struct sim_fleet *f = fleet_of(yaml, s, &e);
	char text[128] = "";
	struct out o;

	assert_non_null(f);
	assert_int_equal(sim_dev_state(sim_fleet_at(f, 0)), SIM_SILENT);
	assert_int_equal(sim_dev_state(sim_fleet_at(f, 1)), SIM_DISABLED);
	assert_int_equal(sim_dev_state(sim_fleet_at(f, 2)), SIM_SILENT);
	assert_string_equal(sim_dev_generation(sim_fleet_at(f, 1))->name, "11.8");
	assert_string_equal(sim_dev_generation(sim_fleet_at(f, 3))->name, "9.5");
	out_init(&o, text, sizeof text);
	sim_dev_faults(sim_fleet_at(f, 1), &o);
	assert_string_equal(text, "drop=1,garbage=2");
	out_init(&o, text, sizeof text);
	sim_dev_faults(sim_fleet_at(f, 2), &o);
	assert_string_equal(text, "slow=3");
	out_init(&o, text, sizeof text);
	sim_dev_switches(sim_fleet_at(f, 1), &o);
	assert_string_equal(text, "dates=ignored");
	uuid_print(sim_dev_uuid(sim_fleet_at(f, 3)), text);
	assert_string_equal(text, "00112233-4455-6677-8899-aabbccddeeff");
	sim_fleet_free(f);
	sched_free(s);
}

static void reads_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		bool ok;
		uint32_t want;
	} cases[] = {
		{ "127.1.0.1", true, 0x7f010001 },
		{ "255.255.255.255", true, 0xffffffff },
		{ "", false, 0 },
		{ "127.1.0", false, 0 },
		{ "127.1.0.", false, 0 },
		{ "127.1.0.256", false, 0 },
		{ "127.1.0.1.1", false, 0 },
		{ "127.1.0.1 ", false, 0 },
		{ "127..0.1", false, 0 },
		{ "::1", false, 0 },
		{ "0127.1.0.1", false, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t got = 0;
		bool ok = sim_fleet_parse_ip(span_str(cases[i].in), &got);
		if (ok != cases[i].ok || got != cases[i].want)
			fail_msg("'%s': ok=%d got=%x", cases[i].in, ok, got);
	}
}

static void flags_and_keys_are_one_table(void **state)
{
	(void)state;
	for (unsigned i = 0; sim_fleet_key_at(i); i++) {
		const struct sim_fleet_key *k = sim_fleet_key_at(i);
		assert_true(k->scope != 0 && k->sentence[0]);
		for (unsigned j = 0; j < i; j++) {
			assert_string_not_equal(k->key, sim_fleet_key_at(j)->key);
			assert_string_not_equal(k->flag, sim_fleet_key_at(j)->flag);
		}
		if (k->scope != SIM_FLEET_KEY_EACH)
			assert_ptr_equal(sim_fleet_key_by_flag(span_str(k->flag)), k);
	}
	assert_null(sim_fleet_key_by_flag(span_str("uuid")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_wrong_files),
		cmocka_unit_test(an_alias_loop_ends),
		cmocka_unit_test(numbers_and_places),
		cmocka_unit_test(addresses_move),
		cmocka_unit_test(devices_differ_from_their_group),
		cmocka_unit_test(reads_addresses),
		cmocka_unit_test(flags_and_keys_are_one_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
