/* The key `mebx` of the profile: the password of the MEBx menu is set always, or only where the factory's is
 * still in; and what happens where firmware does not permit it. */
#include "world.h"

#include "base/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE_MS (60 * 1000LL)
#define PKI       .generation = "16.1", .state = SIM_SETUP_PKI
#define PSK       .generation = "5.0", .state = SIM_SETUP_PSK

static const struct {
	const char *name, *keys;
	struct world_want want;
	bool configured, sent, is_default_after;
	const char *told; /* in a remark or in the job's error; NULL: nothing */
} cases[] = {
	{ "factory's password, only then", "mebx: if-default", { PKI }, true, true, false, NULL },
	{ "factory's password, always", "mebx: set", { PKI }, true, true, false, NULL },
	{ "somebody's password",
	  "mebx: if-default",
	  { PKI, .mebx_password = "0ther!Pass" },
	  true,
	  false,
	  false,
	  NULL },
	{ "typed with the key pair", "mebx: if-default", { PSK }, true, false, false, NULL },
	{ "not permitted",
	  "mebx: set",
	  { PSK },
	  true,
	  true,
	  false,
	  "not permitted by the MEBx policy of the PC (16 NOT_PERMITTED)" },
	{ "not permitted, and required",
	  "mebx: set\nrequired: [mebx_password]",
	  { PSK },
	  false,
	  true,
	  false,
	  "16 NOT_PERMITTED" },
};

static void put_profile(struct world *w, const char *keys)
{
	char yaml[256];
	snprintf(yaml, sizeof yaml,
		 "version: 1\nadmin_password: random\ntls: server\nnames: fqdn\nclock: sync\n%s\n",
		 keys);
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_profile_put(tx, "baseline", yaml, clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
}

static void sets_it_as_the_profile_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		struct arena a;
		struct store_job j;
		struct store_credential row;
		char line[2048];
		world_init(&w, 671);
		put_profile(&w, cases[i].keys);
		world_start_service(&w);
		world_add_with(&w, &cases[i].want);
		if (world_run_until_done(&w, 15 * MINUTE_MS) != cases[i].configured) {
			world_print(&w);
			fail_msg("%s: configured or not", cases[i].name);
		}
		arena_init(&a, 1 << 20);
		bool sent = store_credential_list(w.store, &a, w.devs[0].uuid, "mebx", 1, &row) > 0;
		if (sent != cases[i].sent)
			fail_msg("%s: sent or not", cases[i].name);
		if (sim_dev_mebx_is(w.devs[0].dev, span_str("admin")) != cases[i].is_default_after)
			fail_msg("%s: MEBx password", cases[i].name);
		bool told = world_event(&w, w.devs[0].uuid, "engine.step_note", "MEBx", line,
					sizeof line);
		if (cases[i].configured &&
		    (cases[i].told ? !told || !strstr(line, cases[i].told) : told))
			fail_msg("%s: %s", cases[i].name, told ? line : "no remark");
		if (!cases[i].configured &&
		    (!world_job(&w, 0, &a, &j) || !strstr(j.err_msg, cases[i].told)))
			fail_msg("%s: %s", cases[i].name, j.err_msg);
		arena_deinit(&a);
		world_deinit(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_it_as_the_profile_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
