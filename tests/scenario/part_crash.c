/* The service dies at every crash point while it brings the parts of a profile to a PC (networks; policies
 * and alerts): nothing is made twice, nothing is lost, and in the end the PC is as the profile says. Every SAMPLE-th point in the
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
	"ethernet: {dhcp: off, address: 127.1.0.1, mask: 255.255.255.0}\n"                             \
	"remote_access:\n  user_interface: both\n  servers:\n"                                         \
	"  - {host: mps.example.com, port: 4433, ca: radius, auth: password, username: u, "            \
	"password: {secret: mps}}\n"                                                                   \
	"  policies: [{trigger: user}, {trigger: periodic, every_s: 60}]\n"                            \
	"home_domains: {suffixes: [example.com]}\n"

/* The same for what is created and deleted by name: all of it gets another value, or goes. */
#define RULES_BASE                                                                                        \
	"defense:\n  filters:\n"                                                                          \
	"  - {name: arp, direction: receive, action: drop, ethertype: arp}\n"                             \
	"  - {name: old, direction: transmit, action: pass, version: 4}\n"                                \
	"  policies: [{name: office, precedence: 1, filters: [arp, old]}, {name: gone, precedence: 2}]\n" \
	"  active: {wired: office}\n  default: {wired: gone}\n"                                           \
	"presence:\n  watchdogs:\n  - name: av\n    agent: 00112233-4455-6677-8899-aabbccddeeff\n"        \
	"    timeout: 60\n    startup: 60\n    actions: [{from: [running], to: [expired], event: on}]\n"  \
	"alerts:\n  traps: [{address: 192.0.2.7, policy: 1, community: {secret: login}}]\n"               \
	"  filters: [{name: case, sensor: 5, policy: 1}]\n"                                               \
	"  subscriptions: [{name: noc, url: 'http://192.0.2.8/', events: all}]\n"                         \
	"alarms: {list: [{name: patches, start: '2099-01-01T01:30Z', interval: P7D}]}\n"
#define RULES_WANT                                                                                       \
	"defense:\n  own: on\n  filters:\n"                                                              \
	"  - {name: arp, direction: receive, action: pass, ethertype: arp}\n"                            \
	"  - {name: telnet, direction: receive, action: drop, version: 4, destination_port: 23}\n"       \
	"  policies: [{name: office, precedence: 1, filters: [arp, telnet], timeout: 9}]\n"              \
	"  active: {wired: office}\n  default: {wired: office}\n"                                        \
	"presence:\n  watchdogs:\n  - name: av\n    agent: 00112233-4455-6677-8899-aabbccddeeff\n"       \
	"    timeout: 90\n    startup: 60\n    actions: [{from: [running], to: [stopped], event: on}]\n" \
	"alerts:\n  own: on\n  traps: [{address: 192.0.2.7, policy: 2, community: {secret: mps}}]\n"     \
	"  filters: [{name: case, sensor: 5, policy: 2, log: on}]\n"                                     \
	"  subscriptions: [{name: noc, url: 'http://192.0.2.8/', events: platform, user: u, "            \
	"password: {secret: login}}]\n"                                                                  \
	"alarms: {own: on, list: [{name: patches, start: '2099-01-01T01:30Z', interval: P1D}]}\n"

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

/* One of each, made anew or not: numbers are given again from the lowest. */
static void check_rules(struct world *w, unsigned i, const char *what, int n)
{
	static const struct {
		const char *cls, *first, *second;
	} rows[] = {
		{ "AMT_SystemDefensePolicy", "InstanceID=Intel(r) AMT:SystemDefensePolicy 1",
		  "InstanceID=Intel(r) AMT:SystemDefensePolicy 2" },
		{ "AMT_SNMPEventSubscriber", "Name=Intel(r) AMT:SNMP Subscriber 1",
		  "Name=Intel(r) AMT:SNMP Subscriber 2" },
		{ "AMT_PETFilterSetting", "InstanceID=Intel(r) AMT:PETFilterSetting 1",
		  "InstanceID=Intel(r) AMT:PETFilterSetting 2" },
		{ "CIM_ListenerDestinationWSManagement", "Name=name0", "Name=name1" },
	};
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
		if (!parts_get(w, i, rows[k].cls, rows[k].first) ||
		    parts_get(w, i, rows[k].cls, rows[k].second))
			fail_msg("%s %d: not one %s", what, n, rows[k].cls);
}

/* As the profile says, and no more than that. */
static void check_networks(struct world *w, unsigned i, const char *what, int n)
{
	static const char *servers[] = { "Name=Intel(r) AMT:Management Presence Server 0",
					 "Name=Intel(r) AMT:Management Presence Server 1" };
	char sel[64];
	unsigned roots = 0;
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

static const struct set {
	const char *name, *base, *want;
	void (*check)(struct world *w, unsigned i, const char *what, int n);
} networks = { "networks", BASE, WANT, check_networks },
  rules = { "rules", RULES_BASE, RULES_WANT, check_rules };

static void check(struct world *w, unsigned i, const struct set *set, const char *what, int n)
{
	char text[2048];
	parts_drift(w, i, text, sizeof text);
	if (text[0])
		fail_msg("%s %d: %s", what, n, text);
	parts_notes(w, i, text, sizeof text);
	if (text[0] && !strstr(text, "not available"))
		fail_msg("%s %d: %s", what, n, text);
	set->check(w, i, what, n);
}

static void survives_every_crash(const struct set *set, const char *point, const char *generation,
				 int first)
{
	int step = getenv("OUTBAND_CRASH_ALL") ? 1 : SAMPLE, runs = 0;
	for (int n = step > 1 ? first : 1;; n += step) {
		struct world w;
		char why[512];
		unsigned i = parts_start_with(&w, generation, set->base, NULL, fill);
		parts_profile(&w, set->want);
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
		check(&w, i, set, point, n);
		parts_stop(&w);
		if (!fired)
			break;
		runs++;
	}
	print_message("AMT %s, %s: %d crashes at %s\n", generation, set->name, runs, point);
	assert_true(runs >= (step > 1 ? 2 : 14));
}

static void all(const char *point)
{
	survives_every_crash(&networks, point, "4.0", 1);
	survives_every_crash(&networks, point, "22.0", 4);
	survives_every_crash(&rules, point, "5.0", 2);
	survives_every_crash(&rules, point, "16.1", 5);
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
