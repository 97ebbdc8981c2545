/* A profile with the parts that can change while the PC stays reachable, on an old, a middle and the
 * newest release: random single values are changed by a client that is not the engine; each change is
 * seen as exactly its line, and repaired. A sample here; OUTBAND_PARTS_ALL=1 makes 170 changes on each
 * release. A new key that acts at once: a row in members, or a function in others. */
#include "parts.h"

#include "base/clk.h"
#include "base/iso.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FILTER(n)  "InstanceID=Intel(r) AMT:Filter " n
#define POLICY(n)  "InstanceID=Intel(r) AMT:SystemDefensePolicy " n
#define AGENT      "00112233-4455-6677-8899-aabbccddeeff"
#define AGENT_ID   "DeviceID=MyIRAFVEd2aImaq7zN3u/w=="
#define WATCHDOG   "AMT_AgentPresenceWatchdog"
#define URL        "http://192.0.2.30:16998/"
#define LINE_MAX_N 256

static const char profile[] =
	"power: {idle_wake_minutes: 10}\n"
	"general: {rmcp_ping: on, ddns: on, ddns_by_dhcp: off, ddns_interval: 60, ddns_ttl: 300,"
	" address_family: ipv6, presence_interval: 10}\n"
	"consent: {required: kvm, code_timeout: 120, display_timeout: 300}\n"
	"kvm_settings: {session_timeout: 5, default_screen: 1, consent_timeout: 120}\n"
	"audit: {storage: restricted-rollover, min_days: 30}\n"
	"users:\n  directory:\n"
	"  - {sid: S-1-5-21-1-2-3-512, realms: [administration], access: any, enabled: on}\n"
	"defense:\n  filters:\n"
	"  - {name: arp, direction: receive, action: rate-limit, rate: 50, ethertype: arp}\n"
	"  - {name: telnet, direction: receive, action: drop-count, version: 4, protocol: 6, source: 192.0.2.0,"
	" destination_port: 23}\n"
	"  policies:\n"
	"  - {name: office, precedence: 9, filters: [telnet, arp], rx_count: on, tx_drop: off, timeout: 60}\n"
	"  active: {wired: office}\n"
	"presence:\n  watchdogs:\n  - name: av\n    agent: " AGENT
	"\n    timeout: 60\n    startup: 3600\n    actions: []\n"
	"alerts:\n  filters:\n"
	"  - {name: case, sensor: 5, policy: 1, enabled: on, log: on, send: off}\n"
	"  subscriptions:\n  - {name: boot, url: '" URL "', events: platform}\n"
	"home_domains: {suffixes: [example.com, branch.example.com]}\n"
	"remote_access: {user_interface: both}\n"
	"ethernet: {link_policy: [s0-ac, sx-ac]}\n"
	"wired_8021x: {enabled: on, active_in_s0: on, pxe_timeout_s: 60, login: {protocol: peap-mschapv2,"
	" username: pc, password: {secret: net}, server_name: a.example, server_name_match: full, ca: ca}}\n"
	"wifi:\n  port: s0-sx-ac\n  local_sync: user\n  networks:\n"
	"  - {name: office, ssid: Office, security: wpa2-psk, passphrase: {secret: net}}\n"
	"  - {name: depot, ssid: Depot, security: wpa2-psk, passphrase: {secret: net}}\n";

/* Members that a Put changes at once. values: "word=value ..." as in part_*.c, or LOW..HIGH. */
static const struct put {
	unsigned since, until;
	const char *cls, *sel, *prop, *values, *field, *want;
} members[] = {
#define GENERAL "AMT_GeneralSettings", NULL
	{ 0, 0, GENERAL, "IdleWakeTimeout", "1..65535", "power.idle_wake_minutes", "10" },
	{ 0, 0, GENERAL, "RmcpPingResponseEnabled", "on=true off=false", "general.rmcp_ping",
	  "on" },
	{ 0, 0, GENERAL, "DDNSUpdateEnabled", "on=true off=false", "general.ddns", "on" },
	{ 0, 0, GENERAL, "DDNSPeriodicUpdateInterval", "20..65535", "general.ddns_interval", "60" },
	{ 0, 0, GENERAL, "DDNSTTL", "1..4000000", "general.ddns_ttl", "300" },
	{ 0, 0, GENERAL, "PreferredAddressFamily", "ipv4=0 ipv6=1", "general.address_family",
	  "ipv6" },
	{ 0, 0, GENERAL, "PresenceNotificationInterval", "0..65535", "general.presence_interval",
	  "10" },
#define OPT_IN "IPS_OptInService", NULL
	{ 62, 0, OPT_IN, "OptInRequired", "none=0 kvm=1 all=4294967295", "consent.required",
	  "kvm" },
	{ 62, 0, OPT_IN, "OptInCodeTimeout", "60..65535", "consent.code_timeout", "120" },
	{ 62, 0, OPT_IN, "OptInDisplayTimeout", "60..65535", "consent.display_timeout", "300" },
#define KVM "IPS_KVMRedirectionSettingData", NULL
	{ 60, 0, KVM, "SessionTimeout", "1..255", "kvm_settings.session_timeout", "5" },
	{ 60, 0, KVM, "DefaultScreen", "0..2", "kvm_settings.default_screen", "1" },
	{ 60, 0, KVM, "OptInPolicyTimeout", "1..65535", "kvm_settings.consent_timeout", "120" },
	{ 40, 0, "AMT_AuditLog", NULL, "MinDaysToKeep", "0..255", "audit.min_days", "30" },
#define ARP "AMT_Hdr8021Filter", FILTER("1")
	{ 0, 0, ARP, "FilterProfileData", "1..65535", "defense.filters.arp.rate", "50" },
	{ 0, 0, ARP, "FilterDirection", "transmit=0 receive=1", "defense.filters.arp.direction",
	  "receive" },
	{ 0, 0, ARP, "FilterProfile", "pass-count=0 drop-count=1 rate-limit=2 pass=3 drop=4",
	  "defense.filters.arp.action", "rate-limit" },
#define TELNET "AMT_IPHeadersFilter", FILTER("2")
	{ 0, 0, TELNET, "HdrDestPortStart", "0..65535", "defense.filters.telnet.destination_port",
	  "23" },
	{ 0, 0, TELNET, "HdrProtocolID", "0..255", "defense.filters.telnet.protocol", "6" },
	{ 0, 0, TELNET, "HdrIPVersion", "4=4 6=6", "defense.filters.telnet.version", "4" },
	{ 0, 0, TELNET, "HdrSrcAddress", "192.0.2.0=c0000200 10.1.2.3=0a010203 172.16.0.9=AC100009",
	  "defense.filters.telnet.source", "192.0.2.0" },
#define OFFICE "AMT_SystemDefensePolicy", POLICY("1")
	{ 0, 0, OFFICE, "PolicyPrecedence", "0..255", "defense.policies.office.precedence", "9" },
	{ 0, 0, OFFICE, "RxDefaultCount", "on=true off=false", "defense.policies.office.rx_count",
	  "on" },
	{ 0, 0, OFFICE, "TxDefaultDrop", "on=true off=false", "defense.policies.office.tx_drop",
	  "off" },
#define CASE "AMT_PETFilterSetting", "InstanceID=Intel(r) AMT:PETFilterSetting 1"
	{ 0, 179, CASE, "PolicyID", "0..255", "alerts.filters.case.policy", "1" },
	{ 0, 179, CASE, "EnableFilter", "on=true off=false", "alerts.filters.case.enabled", "on" },
	{ 0, 179, CASE, "LogOnEvent", "on=true off=false", "alerts.filters.case.log", "on" },
	{ 0, 179, CASE, "SendAlert", "on=true off=false", "alerts.filters.case.send", "off" },
#define PROTOCOLS "ttls-mschapv2=1 peap-mschapv2=2 eap-gtc=3 fast-mschapv2=4 fast-gtc=5"
#define OLD_8021X "AMT_8021XProfile", NULL
	{ 0, 139, OLD_8021X, "PxeTimeout", "0..86400", "wired_8021x.pxe_timeout_s", "60" },
	{ 0, 139, OLD_8021X, "ActiveInS0", "on=true off=false", "wired_8021x.active_in_s0", "on" },
	{ 0, 139, OLD_8021X, "AuthenticationProtocol", PROTOCOLS, "wired_8021x.login.protocol",
	  "peap-mschapv2" },
	{ 0, 139, OLD_8021X, "ServerCertificateNameComparison", "full=0 suffix=1",
	  "wired_8021x.login.server_name_match", "full" },
#define NEW_8021X "IPS_IEEE8021xSettings", NULL
	{ 140, 0, NEW_8021X, "PxeTimeout", "0..86400", "wired_8021x.pxe_timeout_s", "60" },
	{ 140, 0, NEW_8021X, "AvailableInS0", "on=true off=false", "wired_8021x.active_in_s0",
	  "on" },
	{ 140, 0, NEW_8021X, "AuthenticationProtocol", PROTOCOLS, "wired_8021x.login.protocol",
	  "peap-mschapv2" },
	{ 140, 0, NEW_8021X, "ServerCertificateNameComparison", "full=0 suffix=1",
	  "wired_8021x.login.server_name_match", "full" },
	{ 60, 0, "AMT_WiFiPortConfigurationService", NULL, "localProfileSynchronizationEnabled",
	  "off=0 user=1 any=3", "wifi.local_sync", "user" },
};

/* One of the values that is not the wanted one; as the profile says it, and as the device does. */
static void choose(struct rng *r, const struct put *p, char *word, char *value, size_t cap)
{
	unsigned long low, high;
	char *end;
	do {
		const char *dots = strstr(p->values, ".."), *at = p->values;
		if (dots && !strchr(p->values, '=')) {
			low = strtoul(p->values, &end, 10);
			high = strtoul(dots + 2, &end, 10);
			snprintf(word, cap, "%lld",
				 (long long)rng_range(r, (int64_t)low, (int64_t)high));
			snprintf(value, cap, "%s", word);
			continue;
		}
		unsigned count = 1;
		for (const char *c = p->values; *c; c++)
			count += *c == ' ';
		for (unsigned skip = rng_below(r, count); skip; skip--)
			at = strchr(at, ' ') + 1;
		size_t n = strcspn(at, "="), m = strcspn(at + n + 1, " ");
		snprintf(word, cap, "%.*s", (int)n, at);
		snprintf(value, cap, "%.*s", (int)m, at + n + 1);
	} while (strcmp(word, p->want) == 0);
}

static bool put(struct world *w, unsigned i, struct rng *r, const struct put *p, char *line)
{
	char word[64], value[64], set[128];
	choose(r, p, word, value, sizeof word);
	snprintf(set, sizeof set, "%s=%s", p->prop, value);
	snprintf(line, LINE_MAX_N, "%s: %s -> %s\n", p->field, word, p->want);
	return parts_put(w, i, p->cls, p->sel, set, NULL);
}

/* ---- what is no Put ---- */

static bool policy_timeout(struct world *w, unsigned i, struct rng *r, char *line)
{
	char set[64];
	unsigned minutes = 61 + rng_below(r, 60000);
	snprintf(set, sizeof set, "Timeout=%u", minutes);
	snprintf(line, LINE_MAX_N, "defense.policies.office.timeout: %u -> 60\n", minutes);
	return parts_invoke(w, i, OFFICE, "SetTimeout", set, NULL) == 0;
}

static bool policy_filters(struct world *w, unsigned i, struct rng *r, char *line)
{
	unsigned one = 1 + rng_below(r, 2);
	char set[64];
	snprintf(set, sizeof set, "FilterCreationHandles=%u", one);
	snprintf(line, LINE_MAX_N, "defense.policies.office.filters: %s -> telnet arp\n",
		 one == 1 ? "arp" : "telnet");
	return parts_put(w, i, OFFICE, set, NULL);
}

static bool policy_off(struct world *w, unsigned i, struct rng *r, char *line)
{
	(void)r;
	snprintf(line, LINE_MAX_N, "defense.active.wired: absent -> office\n");
	return parts_delete(w, i, "AMT_NetworkPortSystemDefensePolicy",
			    "Dependent=AMT_SystemDefensePolicy{" POLICY("1") "}");
}

static bool watchdog_action(struct world *w, unsigned i, struct rng *r, char *line)
{
	static const char *const words[] = { "not-started", "stopped", "running", "expired",
					     "suspended" };
	unsigned from = rng_below(r, 5), to = rng_below(r, 5), event = rng_below(r, 2);
	char a[32], b[32], c[48];
	snprintf(a, sizeof a, "OldState=%u", 1u << from);
	snprintf(b, sizeof b, "NewState=%u", 1u << to);
	snprintf(c, sizeof c, "EventOnTransition=%s", event ? "true" : "false");
	snprintf(line, LINE_MAX_N, "presence.watchdogs.av.actions: %s to %s%s -> absent\n",
		 words[from], words[to], event ? ", event" : "");
	return parts_invoke(w, i, WATCHDOG, AGENT_ID, "AddAction", a, b, c, NULL) == 0;
}

static bool watchdog_time(struct world *w, unsigned i, struct rng *r, char *line)
{
	char set[48];
	unsigned s = 61 + rng_below(r, 60000);
	snprintf(set, sizeof set, "TimeoutInterval=%u", s);
	snprintf(line, LINE_MAX_N, "presence.watchdogs.av.timeout: %u -> 60\n", s);
	return parts_delete(w, i, WATCHDOG, AGENT_ID) &&
		parts_create(w, i, WATCHDOG, AGENT_ID, "MonitoredEntityDescription=av",
			     "StartupInterval=3600", set, NULL);
}

static bool subscription_gone(struct world *w, unsigned i, struct rng *r, char *line)
{
	(void)r;
	snprintf(line, LINE_MAX_N, "alerts.subscriptions.boot: absent -> platform\n");
	return parts_unsubscribe(w, i, "Intel(r) AMT:Platform", "name0");
}

static bool subscription_other(struct world *w, unsigned i, struct rng *r, char *line)
{
	bool all = rng_below(r, 2);
	snprintf(line, LINE_MAX_N, "alerts.subscriptions.boot.events: %s -> platform\n",
		 all ? "all" : "firmware-progress");
	return parts_unsubscribe(w, i, "Intel(r) AMT:Platform", "name0") &&
		parts_subscribe(w, i, all ? "Intel(r) AMT:All" : "Intel(r) AMT:FW Progress", URL);
}

static bool user_off(struct world *w, unsigned i, struct rng *r, char *line)
{
	(void)r;
	snprintf(line, LINE_MAX_N, "users.S-1-5-21-1-2-3-512.enabled: off -> on\n");
	return parts_invoke(w, i, "AMT_AuthorizationService", NULL, "SetAclEnabledState",
			    "Handle=1", "Enabled=false", NULL) == 0;
}

static bool home_domain(struct world *w, unsigned i, struct rng *r, char *line)
{
	char set[64], name[32];
	snprintf(name, sizeof name, "r%u.example.net", rng_below(r, 1000));
	snprintf(set, sizeof set, "DetectionStrings=%s", name);
	snprintf(line, LINE_MAX_N,
		 "home_domains.suffixes: example.com %s -> example.com branch.example.com\n", name);
	return parts_put(w, i, "AMT_EnvironmentDetectionSettingData", NULL,
			 "DetectionStrings=example.com", set, NULL);
}

static bool user_interface(struct world *w, unsigned i, struct rng *r, char *line)
{
	static const char *const words[] = { "off", "bios", "os" };
	unsigned k = rng_below(r, 3);
	char set[48];
	snprintf(set, sizeof set, "RequestedState=%u", 32768 + k);
	snprintf(line, LINE_MAX_N, "remote_access.user_interface: %s -> both\n", words[k]);
	return parts_invoke(w, i, "AMT_UserInitiatedConnectionService", NULL, "RequestStateChange",
			    set, NULL) == 0;
}

static bool alarm_interval(struct world *w, unsigned i, struct rng *r, char *line)
{
	static const char ALARM[] = "IPS_AlarmClockOccurrence";
	char start[80], every[80], text[ISO_DURATION_SIZE];
	const struct wsman_obj *o = parts_get(w, i, ALARM, "InstanceID=patches");
	if (!o)
		return false;
	snprintf(start, sizeof start, "AlarmTemplate.StartTime=%s", wsman_obj_str(o, "StartTime"));
	iso_duration_print(60 * (1 + (int64_t)rng_below(r, 9000)), text);
	snprintf(every, sizeof every, "AlarmTemplate.Interval=%s", text);
	snprintf(line, LINE_MAX_N, "alarms.list.patches.interval: %s -> P7D\n", text);
	return parts_delete(w, i, ALARM, "InstanceID=patches") &&
		parts_invoke(w, i, "AMT_AlarmClockService", NULL, "AddAlarm",
			     "AlarmTemplate.InstanceID=patches",
			     "AlarmTemplate.DeleteOnCompletion=true", start, every, NULL) == 0;
}

static bool wifi_port(struct world *w, unsigned i, struct rng *r, char *line)
{
	bool off = rng_below(r, 2);
	snprintf(line, LINE_MAX_N, "wifi.port: %s -> s0-sx-ac\n", off ? "off" : "s0");
	return parts_invoke(w, i, "CIM_WiFiPort", NULL, "RequestStateChange",
			    off ? "RequestedState=3" : "RequestedState=32768", NULL) == 0;
}

#define WIFI_ID "InstanceID=Intel(r) AMT:WiFi Endpoint Settings office"
static bool wifi_network(struct world *w, unsigned i, struct rng *r, char *line)
{
	char ssid[64], set[96];
	snprintf(ssid, sizeof ssid, "net-%u", (unsigned)rng_below(r, 9999));
	snprintf(set, sizeof set, "WiFiEndpointSettingsInput.SSID=%s", ssid);
	snprintf(line, LINE_MAX_N, "wifi.networks.office.ssid: %s -> Office\n", ssid);
	return parts_invoke(w, i, "AMT_WiFiPortConfigurationService", NULL, "UpdateWiFiSettings",
			    "WiFiEndpointSettings=CIM_WiFiEndpointSettings{" WIFI_ID "}",
			    "WiFiEndpointSettingsInput." WIFI_ID,
			    "WiFiEndpointSettingsInput.ElementName=office", set,
			    "WiFiEndpointSettingsInput.Priority=1",
			    "WiFiEndpointSettingsInput.AuthenticationMethod=6",
			    "WiFiEndpointSettingsInput.EncryptionMethod=4",
			    "WiFiEndpointSettingsInput.PSKPassPhrase=another-phrase", NULL) == 0;
}

static bool wifi_gone(struct world *w, unsigned i, struct rng *r, char *line)
{
	(void)r;
	snprintf(line, LINE_MAX_N,
		 "wifi.networks.office: absent -> Office, wpa2-psk, priority 1\n");
	return parts_delete(w, i, "CIM_WiFiEndpointSettings", WIFI_ID);
}

static bool link_policy(struct world *w, unsigned i, struct rng *r, char *line)
{
	/* without 1 it would be in no network while it is on */
	const char *more = rng_below(r, 2) ? "LinkPolicy=16" : NULL;
	snprintf(line, LINE_MAX_N, "ethernet.link_policy: s0-ac%s -> s0-ac sx-ac\n",
		 more ? " s0-dc" : "");
	return parts_put(w, i, "AMT_EthernetPortSettings",
			 "InstanceID=Intel(r) AMT Ethernet Port Settings 0", "LinkPolicy=1", more,
			 NULL);
}

static const struct other {
	unsigned since, until;
	bool (*change)(struct world *w, unsigned i, struct rng *r, char *line);
	const char *name;
} others[] = {
	{ 0, 0, policy_timeout, "policy_timeout" },
	{ 0, 0, policy_filters, "policy_filters" },
	{ 0, 0, policy_off, "policy_off" },
	{ 0, 0, watchdog_action, "watchdog_action" },
	{ 0, 0, watchdog_time, "watchdog_time" },
	{ 0, 0, subscription_gone, "subscription_gone" },
	{ 0, 0, subscription_other, "subscription_other" },
	{ 0, 0, user_off, "user_off" },
	{ 50, 0, home_domain, "home_domain" },
	{ 50, 0, user_interface, "user_interface" },
	{ 80, 0, alarm_interval, "alarm_interval" },
	{ 60, 0, wifi_port, "wifi_port" },
	{ 60, 0, wifi_network, "wifi_network" },
	{ 60, 0, wifi_gone, "wifi_gone" },
	{ 0, 0, link_policy, "link_policy" },
};

/* ---- */

static bool has(unsigned since, unsigned until, unsigned release)
{
	return release >= since && (!until || release <= until);
}

/* Makes change k; false: this release does not have it. */
static bool change(struct world *w, unsigned i, struct rng *r, unsigned release, unsigned k,
		   char *line)
{
	size_t put_count = sizeof members / sizeof *members;
	if (k < put_count) {
		if (!has(members[k].since, members[k].until, release))
			return false;
		if (!put(w, i, r, &members[k], line))
			fail_msg("%s: refused: %s", members[k].field, line);
		return true;
	}
	k -= (unsigned)put_count;
	if (!has(others[k].since, others[k].until, release))
		return false;
	if (!others[k].change(w, i, r, line))
		fail_msg("%s: refused: %s", others[k].name, line);
	return true;
}

static void every_change_is_its_line_and_is_repaired(void **state)
{
	static const struct {
		const char *name;
		unsigned release;
	} rows[] = { { "3.2.1", 32 }, { "9.5", 95 }, { "22.0", 220 } };
	unsigned count = getenv("OUTBAND_PARTS_ALL") ? 170 : 8;
	unsigned kinds = sizeof members / sizeof *members + sizeof others / sizeof *others;
	char line[LINE_MAX_N], text[4096], yaml[4096], start[ISO_TIME_SIZE];
	(void)state;
	for (size_t g = 0; g < sizeof rows / sizeof *rows; g++) {
		struct world w;
		struct rng r;
		rng_seed(&r, 4001 + g);
		unsigned i = parts_start(&w, rows[g].name, "");
		iso_time_print((clk_unix_ms() / 86400000 + 3) * 86400, start);
		snprintf(yaml, sizeof yaml,
			 "%salarms: {list: [{name: patches, start: '%s', interval: P7D}]}\n",
			 profile, start);
		parts_secret(&w, "net", "Planted-Net-1");
		parts_profile(&w, yaml);
		if (!parts_apply(&w, i, text, sizeof text))
			fail_msg("AMT %s: %s", rows[g].name, text);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		for (unsigned done = 0; done < count;) {
			if (!change(&w, i, &r, rows[g].release, rng_below(&r, kinds), line))
				continue;
			parts_expect_drift(&w, i, line);
			done++;
		}
		printf("AMT %s: %u changes of %u kinds seen and repaired\n", rows[g].name, count,
		       kinds);
		parts_stop(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_change_is_its_line_and_is_repaired),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
