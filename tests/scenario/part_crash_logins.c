/* Parts that make entries and carry secrets, with a service that dies at every crash point and a PC that goes
 * on: in the end all is as the profile says, nothing is there twice, and what was set opens the PC. */
#include "parts.h"

#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ACL "AMT_AuthorizationService"
#define PROFILE                                                                                      \
	"users:\n  own: on\n  digest:\n"                                                             \
	"  - {name: desk, password: {secret: hd}, realms: [network-time], enabled: on}\n"            \
	"  - {name: off, password: random, realms: [acl], enabled: off}\n"                           \
	"  directory:\n  - {sid: S-1-5-32-544, realms: [administration]}\n"                          \
	"kerberos: {enabled: on, realm: A.B, passphrase: {secret: hd}, master_key: {secret: key}}\n" \
	"audit: {critical: [16/2], enabled: on}\n"                                                   \
	"kvm_settings: {rfb_password: random}\n"                                                     \
	"tls_auth: {roots: [{cert: ca}], common_names: [outband-console], mutual: on}\n"
static const char *const releases[] = { "5.0", "16.1", "22.0" };

static void fill(struct world *w)
{
	parts_secret(w, "hd", "Help-Desk-1");
	parts_secret(w, "key", "000102030405060708090a0b0c0d0e0f");
}

static void check(struct world *w, unsigned i, const char *release, const char *where)
{
	char text[1024];
	parts_drift(w, i, text, sizeof text);
	if (*text)
		fail_msg("%s: %s", where, text);
	parts_show_certificate(w, strcmp(release, "22.0") == 0 ? "client-384" : "client");
	assert_int_equal(
		parts_invoke(w, i, ACL, NULL, "EnumerateUserAclEntries", "StartIndex=1", NULL), 0);
	assert_string_equal(wsman_obj_str(parts_reply(w), "TotalCount"), "3");
	assert_string_equal(
		parts_get_as(w, i, "desk", "Help-Desk-1", "AMT_TimeSynchronizationService"), "");
	parts_forget();
}

static void survives_every_death(void **state)
{
	static const char *const points[] = {
		"engine.store", "engine.stored",   "engine.send",
		"engine.reply", "death.half_sent", "death.half_reply"
	};
	int step = getenv("OUTBAND_CRASH_ALL") ? 1 : 5;
	unsigned deaths = 0;
	(void)state;
	for (size_t p = 0; p < sizeof points / sizeof *points; p++) {
		for (int n = 1 + (int)p % step; n < 400; n += step) {
			struct world w;
			char why[512] = "", where[64];
			const char *release = releases[((size_t)n / (size_t)step + p) % 3];
			unsigned i = parts_start_with(&w, release, "", NULL, fill);
			snprintf(where, sizeof where, "%s, %s %d", release, points[p], n);
			parts_profile(&w, PROFILE);
			fault_arm(points[p], n);
			bool ok = false;
			for (int k = 0; k < 5 && !ok; k++)
				ok = parts_apply(&w, i, why, sizeof why);
			bool fired = w.dead;
			fault_disarm();
			if (!ok) {
				world_print(&w);
				fail_msg("%s: not applied: %s", where, why);
			}
			check(&w, i, release, where);
			world_deinit(&w);
			deaths += fired;
			if (!fired)
				break;
		}
	}
	print_message("%u deaths\n", deaths);
	assert_true(deaths > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_every_death),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
