/* Which profile PCs get: rules of every kind on PCs that were never asked before, where the version is
 * known only after the first answer; the pin before all; and what is told of the choice is what then
 * happens. */
#include "parts.h"

#include "base/clk.h"
#include "engine/choose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS (3600 * 1000LL)

static void profile(struct world *w, const char *name, const char *ping)
{
	char yaml[256];
	struct store_tx *tx = store_tx_new(w->store);
	snprintf(yaml, sizeof yaml,
		 "version: 1\nadmin_password: random\nmebx_password: random\nnames: fqdn\n"
		 "clock: sync\ntls: server\nping: %s\n",
		 ping);
	store_tx_profile_put(tx, name, yaml, clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
}

static void rule(struct world *w, struct store_rule r)
{
	struct store_tx *tx = store_tx_new(w->store);
	const char **texts[] = { &r.generation, &r.suffix, &r.subnet,
				 &r.pattern,    &r.grp,    &r.imported };
	struct err e = { 0 };
	for (unsigned i = 0; i < 6; i++)
		if (!*texts[i])
			*texts[i] = "";
	if (!engine_choose_check(&r, &e))
		fail_msg("%s", e.msg);
	store_tx_rule_set(tx, &r);
	store_tx_commit(tx, NULL, NULL);
}

static void pin(struct world *w, unsigned i, const char *name)
{
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_pin_set(tx, &(struct store_pin){ w->devs[i].uuid, name, clk_unix_ms() });
	store_tx_commit(tx, NULL, NULL);
}

static void expect(struct world *w, unsigned i, const char *name)
{
	struct arena a;
	struct store_device d;
	arena_init(&a, 1 << 20);
	assert_true(store_device_get(w->store, &a, w->devs[i].uuid, &d));
	if (strcmp(d.profile, name) != 0 || strcmp(d.state, "configured") != 0) {
		world_print(w);
		fail_msg("PC %u: %s with '%s', not '%s'", i, d.state, d.profile, name);
	}
	arena_deinit(&a);
}

/* What 'device why-profile' tells. */
static void expect_told(struct world *w, unsigned i, const char *source, const char *name,
			bool not_yet)
{
	static struct engine_choose c;
	struct engine_choose_ask q;
	struct arena a;
	struct store_device d;
	arena_init(&a, 1 << 20);
	assert_true(store_device_get(w->store, &a, w->devs[i].uuid, &d));
	assert_true(engine_choose_ask_of(w->engine, &a, &d, &q));
	engine_choose_walk(w->engine, &q, &c);
	const struct engine_choose_step *s = engine_choose_winner(&c);
	if (strcmp(s->source, source) != 0 || strcmp(s->profile, name) != 0 || c.not_yet != not_yet)
		fail_msg("PC %u: told %s '%s' (%s), not %s '%s'", i, s->source, s->profile, s->why,
			 source, name);
	for (unsigned k = 0; k < c.count; k++)
		assert_true(c.steps[k].why[0] && c.steps[k].won == (k == c.won));
	arena_deinit(&a);
}

static void begin(struct world *w)
{
	world_init(w, 7);
	profile(w, "old", "off");
	profile(w, "new", "on");
	profile(w, "site", "on");
	profile(w, "mine", "off");
	world_start_service(w);
}

/* The version stands in the first answer; nothing was changed before it. */
static void by_generation(void **state)
{
	struct world w;
	(void)state;
	begin(&w);
	rule(&w,
	     (struct store_rule){ .name = "o", .place = 1, .profile = "old", .generation = "<9" });
	rule(&w,
	     (struct store_rule){
		     .name = "n", .place = 2, .profile = "new", .generation = "11-22" });
	world_add(&w, "5.0", SIM_SETUP_PSK, NULL, NULL);
	world_add(&w, "9.5", SIM_SETUP_PSK, NULL, NULL);
	world_add(&w, "11.8", SIM_SETUP_PKI, NULL, NULL);
	world_add(&w, "16.1", SIM_SETUP_PKI, NULL, NULL);
	assert_true(world_run_until_done(&w, HOUR_MS));
	expect(&w, 0, "old");
	expect(&w, 1, "baseline");
	expect(&w, 2, "new");
	expect(&w, 3, "new");
	assert_true(world_event(&w, w.devs[2].uuid, "engine.profile", "profile=new", NULL, 0));
	assert_true(world_event(&w, w.devs[2].uuid, "engine.profile", "name=n", NULL, 0));
	assert_false(world_event(&w, w.devs[1].uuid, "engine.profile", "", NULL, 0));
	expect_told(&w, 0, "rule", "old", false);
	expect_told(&w, 1, "kept", "baseline", false);
	/* each has what its profile says, and nothing of another */
	for (unsigned i = 0; i < 4; i++) {
		char lines[1024];
		parts_drift(&w, i, lines, sizeof lines);
		assert_string_equal(lines, "");
	}
	parts_stop(&w);
}

static void by_what_is_known_before(void **state)
{
	struct world w;
	char subnet[80];
	(void)state;
	begin(&w);
	for (unsigned i = 0; i < 5; i++)
		world_add_with(
			&w,
			&(struct world_want){ .generation = "9.5",
					      .state = SIM_SETUP_PSK,
					      .fqdn = i == 1 ? "pc1.lab.example.com" : NULL });
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_said_set(tx,
			  &(struct store_said){ w.devs[3].uuid, "inventory", "said", "", "",
						"OU=Kiosks,DC=example", "", "", 1 });
	store_tx_name_set(
		tx,
		&(struct store_name){ w.devs[4].uuid, "host4.example.com", "lab3", "import", 1 });
	store_tx_commit(tx, NULL, NULL);
	snprintf(subnet, sizeof subnet, "%s/32", w.devs[2].address);
	rule(&w,
	     (struct store_rule){
		     .name = "a", .place = 5, .profile = "site", .suffix = "lab.example.com" });
	rule(&w,
	     (struct store_rule){ .name = "b", .place = 6, .profile = "new", .subnet = subnet });
	rule(&w,
	     (struct store_rule){
		     .name = "c", .place = 7, .profile = "old", .imported = "ou=OU=Kiosks,*" });
	rule(&w, (struct store_rule){ .name = "d", .place = 8, .profile = "mine", .grp = "lab*" });
	assert_true(world_run_until_done(&w, HOUR_MS));
	expect_told(&w, 1, "rule", "site", false);
	expect(&w, 0, "baseline");
	expect(&w, 1, "site");
	expect(&w, 2, "new");
	expect(&w, 3, "old");
	expect(&w, 4, "mine");
	parts_stop(&w);
}

/* A pin wins over rules, is kept when jobs end, and once it is away the rules hold again. */
static void pins_before_rules(void **state)
{
	struct world w;
	(void)state;
	begin(&w);
	unsigned i = world_add(&w, "11.8", SIM_SETUP_PKI, NULL, NULL);
	rule(&w, (struct store_rule){ .name = "all", .profile = "site" });
	pin(&w, i, "mine");
	assert_true(world_run_until_done(&w, HOUR_MS));
	expect(&w, i, "mine");
	expect_told(&w, i, "pin", "mine", false);
	struct store_tx *tx = store_tx_new(w.store);
	store_tx_pin_delete(tx, w.devs[i].uuid);
	store_tx_commit(tx, NULL, NULL);
	expect_told(&w, i, "rule", "site", false);
	assert_true(parts_apply(&w, i, NULL, 0));
	expect(&w, i, "site");
	/* the rule goes: what it has stays */
	tx = store_tx_new(w.store);
	store_tx_rule_delete(tx, "all");
	store_tx_commit(tx, NULL, NULL);
	expect_told(&w, i, "kept", "site", false);
	parts_stop(&w);
}

/* A rule whose profile is gone refuses before a byte is sent; by generation, before one is changed. */
static void a_profile_that_is_not_there(void **state)
{
	static const char *const generations[] = { NULL, ">=11" };
	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		struct world w;
		begin(&w);
		unsigned i = world_add(&w, "11.8", SIM_SETUP_PKI, NULL, NULL);
		rule(&w,
		     (struct store_rule){
			     .name = "x", .profile = "gone", .generation = generations[k] });
		assert_false(world_run_until_done(&w, HOUR_MS / 60));
		assert_true(world_event(&w, w.devs[i].uuid, NULL, "rule=D079", NULL, 0));
		assert_int_equal(parts_changes(&w, i), 0);
		rule(&w, (struct store_rule){ .name = "x", .profile = "new" });
		world_retry(&w, i);
		assert_true(world_run_until_done(&w, HOUR_MS));
		expect(&w, i, "new");
		parts_stop(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_generation),
		cmocka_unit_test(by_what_is_known_before),
		cmocka_unit_test(pins_before_rules),
		cmocka_unit_test(a_profile_that_is_not_there),
	};
	return cmocka_run_group_tests_name("profile_rules", tests, NULL, NULL);
}
