/* The service dies at every crash point while it brings the network parts of a profile to a PC: nothing is
 * made twice, nothing is lost, and in the end the PC is as the profile says. Every SAMPLE-th point in the
 * normal run; OUTBAND_CRASH_ALL=1 takes all. */
#include "parts.h"

#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SAMPLE 7
#define BASE                                                                                           \
	"wifi:\n  port: s0-sx-ac\n  networks:\n"                                                       \
	"  - {name: b, ssid: B, security: wpa2-psk, passphrase: {secret: wifi}}\n"                     \
	"  - {name: a, ssid: A, security: wpa2-psk, passphrase: {secret: wifi}}\n"                     \
	"remote_access:\n  servers:\n"                                                                 \
	"  - {host: mps.example.com, port: 1, auth: password, username: u, password: {secret: mps}}\n" \
	"  policies: [{trigger: user}]\n"
/* everything of BASE has to be made anew, moved or added to */
#define WANT                                                                                           \
	"wifi:\n  port: s0\n  networks:\n"                                                             \
	"  - {name: a, ssid: A, security: wpa2-psk, passphrase: {secret: wifi}}\n"                     \
	"  - {name: b, ssid: B, security: wpa2-psk, passphrase: {secret: wifi}}\n"                     \
	"  - {name: c, ssid: C, security: wpa2-802.1x, dot1x: {protocol: peap-mschapv2, username: u, " \
	"password: {secret: login}, ca: radius}}\n"                                                    \
	"wired_8021x: {enabled: on, login: {protocol: tls, client_certificate: own, ca: radius}}\n"    \
	"ethernet: {dhcp: off, address: 192.0.2.10, mask: 255.255.255.0}\n"                            \
	"remote_access:\n  user_interface: both\n  servers:\n"                                         \
	"  - {host: mps.example.com, port: 4433, ca: radius, auth: password, username: u, "            \
	"password: {secret: mps}}\n"                                                                   \
	"  policies: [{trigger: user}, {trigger: periodic, every_s: 60}]\n"                            \
	"home_domains: {suffixes: [example.com]}\n"

static void fill(struct world *w)
{
	parts_secret(w, "wifi", "Planted-Phrase-1");
	parts_secret(w, "login", "Planted-Login-1");
	parts_secret(w, "mps", "Planted-Mps-1");
	parts_trust(w, "radius");
}

static unsigned count(struct world *w, unsigned i, const char *cls, const char *keys[], unsigned n)
{
	unsigned found = 0;
	for (unsigned k = 0; k < n; k++)
		found += parts_get(w, i, cls, keys[k]) != NULL;
	return found;
}

/* As the profile says, and no more than that. */
static void check(struct world *w, unsigned i, const char *what, int n)
{
	static const char *servers[] = { "Name=Intel(r) AMT:Management Presence Server 0",
					 "Name=Intel(r) AMT:Management Presence Server 1" };
	char text[2048], sel[64];
	unsigned roots = 0;
	parts_drift(w, i, text, sizeof text);
	if (text[0])
		fail_msg("%s %d: %s", what, n, text);
	parts_notes(w, i, text, sizeof text);
	if (text[0])
		fail_msg("%s %d: %s", what, n, text);
	assert_int_equal(count(w, i, "AMT_ManagementPresenceRemoteSAP", servers, 2), 1);
	for (int h = 0; h < 10; h++) {
		snprintf(sel, sizeof sel, "InstanceID=Intel(r) AMT Certificate: Handle: %d", h);
		const struct wsman_obj *o = parts_get(w, i, "AMT_PublicKeyCertificate", sel);
		bool root = false;
		roots += o && wsman_obj_bool(o, "TrustedRootCertficate", &root) && root;
	}
	if (roots != 1)
		fail_msg("%s %d: %u trusted roots", what, n, roots);
}

static void survives_every_crash(const char *point, const char *generation, int first)
{
	int step = getenv("OUTBAND_CRASH_ALL") ? 1 : SAMPLE, runs = 0;
	for (int n = step > 1 ? first : 1;; n += step) {
		struct world w;
		char why[512];
		unsigned i = parts_start_with(&w, generation, BASE, NULL, fill);
		parts_profile(&w, WANT);
		fault_arm(point, n);
		bool done = parts_apply(&w, i, why, sizeof why), fired = w.dead;
		fault_disarm();
		/* who died behind a commit finds no network, and has it tried later */
		if (fired && !done) {
			world_run_ms(&w, 60000);
			done = parts_apply(&w, i, why, sizeof why);
		}
		if (!done)
			fail_msg("%s, %s %d: %s", generation, point, n, why);
		check(&w, i, point, n);
		parts_stop(&w);
		if (!fired)
			break;
		runs++;
	}
	print_message("AMT %s: %d crashes at %s\n", generation, runs, point);
	assert_true(runs >= (step > 1 ? 2 : 14));
}

static void all(const char *point)
{
	survives_every_crash(point, "4.0", 1);
	survives_every_crash(point, "22.0", 4);
}

static void survives_death_before_store(void **state)
{
	(void)state;
	all("engine.store");
}

static void survives_death_after_store(void **state)
{
	(void)state;
	all("engine.stored");
}

static void survives_death_before_send(void **state)
{
	(void)state;
	all("engine.send");
}

static void survives_death_before_reply(void **state)
{
	(void)state;
	all("engine.reply");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_death_before_store),
		cmocka_unit_test(survives_death_after_store),
		cmocka_unit_test(survives_death_before_send),
		cmocka_unit_test(survives_death_before_reply),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
