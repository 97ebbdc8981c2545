/* Every platform event, audit event and alert of the reference (wsman 3.1 and 3.2, discovery 7.3) comes
 * from something that is done to a virtual device, or stands here with the reason why nothing does. The
 * actions are done, and what they are to leave in the logs and to tell must be there. A row that is
 * added to a table of the product without its action fails here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/alerts.h"
#include "sim/audit.h"
#include "sim/dev_boot_priv.h"
#include "sim/events.h"
#include "sim/fw_audit_priv.h"
#include "sim/hw.h"
#include "sim/kvm.h"
#include "sim/presence_priv.h"
#include "wire/audit_events.h"
#include "wire/redir.h"
#include "sim/test_peer.c"

#define ROWS(a) (sizeof(a) / sizeof *(a))

/* ---- what was told ---- */

static struct buf heard; /* "n:52-1 " of each alert */

static void on_alert(void *arg, struct sim_dev *d, const struct sim_alert *a)
{
	struct out o;
	uint32_t id = 0;

	(void)arg;
	(void)d;
	if (!a->notice)
		return;
	assert_true(str_to_u32(span_str(a->notice->id + 4), 1, 9999, &id, NULL));
	out_init_buf(&o, &heard);
	out_fmt(&o, "n:%u n:%u-%s ", id, id, a->notice->first_argument);
}

static void subscribe(void)
{
	struct sim_record *r = sim_record_add(dev, "CIM_ListenerDestinationWSManagement", 9);

	assert_non_null(r);
	sim_record_set(r, "Collection", "Intel(r) AMT:All");
	sim_record_set(r, "Destination", "http://192.0.2.1/");
}

static void record_all(void)
{
	char text[4096] = "";
	struct out o;
	const struct wire_audit_event *ev;

	out_init(&o, text, sizeof text - 1);
	for (unsigned i = 0; (ev = wire_audit_events_at(i)); i++)
		out_fmt(&o, "%u %u 0\n", ev->app, ev->event);
	assert_false(o.bad);
	sim_var_set(dev, SIM_VAR_AUDIT_EVENTS, text);
	sim_var_set(dev, SIM_VAR_AUDIT_ON, "2");
}

/* ---- actions ---- */

static void power(struct peer *p, const char *state)
{
	char params[1024];

	(void)snprintf(
		params, sizeof params,
		"<h:PowerState>%s</h:PowerState><h:ManagedElement>"
		"<Address xmlns=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">x</Address>"
		"<ReferenceParameters "
		"xmlns=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">"
		"<ResourceURI xmlns=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">" CIM
		"CIM_ComputerSystem</ResourceURI><SelectorSet "
		"xmlns=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">"
		"<Selector Name=\"Name\">ManagedSystem</Selector></SelectorSet>"
		"</ReferenceParameters></h:ManagedElement>",
		state);
	assert_int_equal(
		invoke(p, CIM "CIM_PowerManagementService", "RequestPowerStateChange", params),
		200);
	assert_int_equal(returned(p), 0);
}

static void hardware(const char *what)
{
	struct err e = { 0 };

	if (!sim_hw_change(dev, span_str(what), &e))
		fail_msg("%s: %s", what, e.msg);
}

static void take_all(const char *kind, enum sim_hw_kind k)
{
	char what[40];

	while (sim_hw_count(dev, k)) {
		(void)snprintf(what, sizeof what, "out %s:%u", kind, sim_hw_place(dev, k, 0));
		hardware(what);
	}
}

static void no_memory(struct peer *p)
{
	take_all("memory", SIM_HW_MEMORY);
	power(p, "10");
}

static void no_disk(struct peer *p)
{
	take_all("media", SIM_HW_MEDIA);
	power(p, "10");
}

static void reset(struct peer *p)
{
	power(p, "10");
}

static void boot_from(struct peer *p, enum sim_boot_source source, uint32_t flags)
{
	struct sim_boot *b = sim_boot_of(dev);

	b->role = true;
	b->source = source;
	b->flags = flags;
	power(p, "10");
}

static void boot_https(struct peer *p)
{
	boot_from(p, SIM_BOOT_SOURCE_HTTPS, 0);
}
static void boot_winre(struct peer *p)
{
	boot_from(p, SIM_BOOT_SOURCE_WINRE, 0);
}
static void boot_cd(struct peer *p)
{
	boot_from(p, SIM_BOOT_SOURCE_CD, 0);
}
static void boot_erase(struct peer *p)
{
	boot_from(p, 0, 1u << SIM_BOOT_ERASE);
}

static void boot_erase_none(struct peer *p)
{
	take_all("media", SIM_HW_MEDIA);
	boot_erase(p);
}

static void wrong_logins(struct peer *p)
{
	set_login(p, "admin", "wrong");
	for (unsigned i = 0; i < 12; i++) {
		hang_up(p);
		if (!dial(p, again_port, again_port == 16993 ? &again_tls : NULL))
			break;
		(void)get(p, AMT "AMT_GeneralSettings", NULL);
	}
}

static void lose_power(struct peer *p)
{
	(void)p;
	sim_dev_power_loss(dev);
}

static void bad_stick(struct peer *p)
{
	struct sim_usb_took took;
	struct err e = { 0 };

	(void)p;
	assert_false(sim_dev_usb(dev, span_str("no setup.bin"), NULL, &took, &e));
}

/* A watchdog with an action for each state, and a policy to fall back to. */
static void watch(void)
{
	struct sim_record *w = sim_record_add(dev, "AMT_AgentPresenceWatchdog", 16);
	struct sim_record *a = sim_record_add(dev, "AMT_AgentPresenceWatchdogAction", 64);

	sim_record_set(w, "DeviceID", "00112233445566778899AABBCCDDEEFF");
	sim_record_set(w, "CurrentState", "1");
	sim_record_set(a, "Watchdog", "00112233445566778899AABBCCDDEEFF");
	sim_record_set(a, "OldState", "31");
	sim_record_set(a, "NewState", "31");
	sim_record_set(a, "EventOnTransition", "true");
	sim_record_set(a, "ActionSd", "0");
	(void)sim_record_add(dev, "AMT_SystemDefensePolicy", 16);
}

/* Through all states: running, expired, running, suspended, running, stopped, not started. */
static void agents(struct peer *p)
{
	watch();
	power(p, "10");
	power(p, "11");
	power(p, "10");
	power(p, "4");
	power(p, "2");
	power(p, "14");
	power(p, "8");
}

static void event(const char *text)
{
	struct err e = { 0 };

	if (!sim_event_named(dev, span_str(text), &e))
		fail_msg("%s: %s", text, e.msg);
}

/* What only the host or the network does: `sim ctl event`. */
static void by_hand(struct peer *p)
{
	(void)p;
	event("filter-match=1");
	event("eac-error");
	event("asset-error");
	event("remote-request");
	for (unsigned i = 1; i < 4; i++) {
		char text[32];
		(void)snprintf(text, sizeof text, "policy-invoked=%u", i);
		event(text);
	}
}

static void help_with_rule(struct peer *p)
{
	struct sim_record *r = sim_record_add(dev, "AMT_RemoteAccessPolicyRule", 4);

	(void)p;
	sim_record_set(r, "Trigger", "0");
	event("remote-request");
}

/* A session of a redirection port with the plain login of old releases, and its end. */
static void session(struct peer *p, const char *start)
{
	struct peer s = { 0 };
	uint8_t login[64] = { 0x13, 0, 0, 0, 1 };
	size_t user = strlen("admin"), pw = strlen(ADMIN_PW);

	(void)p;
	sim_var_set(dev, SIM_VAR_REDIR_STATE, "32771");
	sim_var_set(dev, SIM_VAR_REDIR_LISTEN, "true");
	sim_var_set(dev, SIM_VAR_KVM_STATE, "2");
	sim_var_set(dev, SIM_VAR_OPTIN, "0");
	login[5] = (uint8_t)(user + pw + 2);
	login[9] = (uint8_t)user;
	memcpy(login + 10, "admin", user);
	login[10 + user] = (uint8_t)pw;
	memcpy(login + 11 + user, ADMIN_PW, pw);
	assert_true(dial(&s, 16994, NULL));
	assert_true(net_stream_send(s.s, span_make(start, 8)));
	run_ms(1);
	assert_true(net_stream_send(s.s, span_make(login, 11 + user + pw)));
	run_ms(1);
	hang_up(&s);
	run_ms(10);
}

static void serial(struct peer *p)
{
	session(p, "\x10\0\0\0SOL ");
}
static void storage(struct peer *p)
{
	session(p, "\x10\0\0\0IDER");
}
static void viewer(struct peer *p)
{
	session(p, "\x10\1\0\0KVMR");
}

static void wrong_viewers(struct peer *p)
{
	(void)p;
	sim_var_set(dev, SIM_VAR_KVM_STATE, "2");
	sim_var_set(dev, SIM_VAR_KVM_RFB, "P@ssw0rd");
	sim_var_set(dev, SIM_VAR_OPTIN, "0");
	for (unsigned i = 0; i < 3; i++) {
		static const struct net_stream_events events = { peer_up, peer_data, peer_down };
		struct peer s = { 0 };
		struct net_stream *theirs;
		net_stream_mem_pair(sched, 0, &s.s, &theirs);
		buf_init(&s.got, 4096);
		sim_dev_kvm_serve(dev, theirs);
		net_stream_start(s.s, &events, &s);
		run_ms(1);
		assert_true(net_stream_send(s.s, span_str("RFB 003.008\n\2wrong answer of 1")));
		run_ms(1);
		hang_up(&s);
	}
}

static void consent_right(struct peer *p)
{
	char code[80];

	assert_int_equal(invoke(p, IPS "IPS_OptInService", "StartOptIn", ""), 200);
	assert_int_equal(returned(p), 0);
	(void)snprintf(code, sizeof code, "<h:OptInCode>%u</h:OptInCode>", dev->consent.code);
	(void)invoke(p, IPS "IPS_OptInService", "SendOptInCode", code);
	assert_int_equal(returned(p), 0);
	(void)invoke(p, IPS "IPS_OptInService", "StartOptIn", "");
	assert_int_not_equal(returned(p), 0);
	(void)invoke(p, IPS "IPS_OptInService", "CancelOptIn", "");
}

static void consent_wrong(struct peer *p)
{
	(void)invoke(p, IPS "IPS_OptInService", "StartOptIn", "");
	for (unsigned i = 0; i < 3; i++)
		(void)invoke(p, IPS "IPS_OptInService", "SendOptInCode",
			     "<h:OptInCode>1234567</h:OptInCode>");
}

static void consent_late(struct peer *p)
{
	(void)invoke(p, IPS "IPS_OptInService", "StartOptIn", "");
	run_ms(INT64_C(3600000));
	assert_int_equal(sim_consent_now(dev), SIM_CONSENT_IDLE);
}

static void consent_policy(struct peer *p)
{
	assert_int_equal(
		put(p, IPS "IPS_OptInService", NULL, "<h:OptInRequired>1</h:OptInRequired>"), 200);
}

static void graceful(struct peer *p)
{
	power(p, "14");
	power(p, "4");
	power(p, "2");
	power(p, "7");
	power(p, "2");
	power(p, "12");
}

static void kvm_switch(struct peer *p)
{
	(void)invoke(p, CIM "CIM_KVMRedirectionSAP", "RequestStateChange",
		     "<h:RequestedState>3</h:RequestedState>");
	assert_int_equal(returned(p), 0);
	(void)invoke(p, CIM "CIM_KVMRedirectionSAP", "RequestStateChange",
		     "<h:RequestedState>2</h:RequestedState>");
}

static void to_state(enum sim_state to)
{
	struct err e = { 0 };

	if (!sim_dev_to_state(dev, to, &e))
		fail_msg("%s", e.msg);
}

static void clear_cmos(struct peer *p)
{
	(void)p;
	sim_audit(dev, NULL, 20, 1, span_make(NULL, 0)); /* there is something to recover */
	to_state(SIM_FACTORY);
}

static void switch_off_amt(struct peer *p)
{
	(void)p;
	to_state(SIM_DISABLED);
}

static void unprovision(struct peer *p)
{
	assert_int_equal(invoke(p, AMT "AMT_SetupAndConfigurationService", "Unprovision",
				"<h:ProvisioningMode>1</h:ProvisioningMode>"),
			 200);
	assert_int_equal(returned(p), 0);
}

static void become_configured(struct peer *p)
{
	(void)p;
	sim_dev_set_state(dev, SIM_CONFIGURED);
}

static void say_hello(struct peer *p)
{
	(void)p;
	sim_hello_start(dev, true);
}

static void update(const char *how)
{
	struct err e = { 0 };

	assert_true(sim_dev_update(dev, span_str(how), &e));
	assert_false(sim_dev_update(dev, span_str("maybe"), &e));
}

static void updates(struct peer *p)
{
	(void)p;
	update("partial");
	update("failed");
	update("done");
}

#define ETHERNET "AMT_EthernetPortSettings"
#define PORT     "InstanceID=Intel(r) AMT Ethernet Port Settings "

static void network(struct peer *p)
{
	assert_int_equal(put(p, AMT ETHERNET, PORT "0",
			     "<h:DHCPEnabled>true</h:DHCPEnabled><h:IpSyncEnabled>false"
			     "</h:IpSyncEnabled><h:VLANTag>12</h:VLANTag>"),
			 200);
	assert_int_equal(put(p, AMT ETHERNET, PORT "0",
			     "<h:DHCPEnabled>true</h:DHCPEnabled><h:IpSyncEnabled>true"
			     "</h:IpSyncEnabled>"),
			 200);
	assert_int_not_equal(put(p, AMT ETHERNET, PORT "0", "<h:VLANTag>4096</h:VLANTag>"), 200);
}

static void prefer(struct peer *p, const char *who)
{
	char text[8192], body[512];

	(void)snprintf(body, sizeof body,
		       "<h:SetLinkPreference_INPUT xmlns:h=\"" AMT ETHERNET
		       "\"><h:LinkPreference>%s</h:LinkPreference><h:Timeout>60</h:Timeout>"
		       "</h:SetLinkPreference_INPUT>",
		       who);
	envelope(text, sizeof text, AMT ETHERNET "/SetLinkPreference", AMT ETHERNET, PORT "1",
		 body);
	assert_int_equal(post(p, text), 200);
	assert_int_equal(returned(p), 0);
}

static void wireless(struct peer *p)
{
	prefer(p, "1");
	prefer(p, "2");
	assert_int_equal(invoke(p, CIM "CIM_WiFiPort", "RequestStateChange",
				"<h:RequestedState>32769</h:RequestedState>"),
			 200);
	assert_int_equal(put(p, AMT "AMT_WiFiPortConfigurationService", NULL,
			     "<h:localProfileSynchronizationEnabled>3"
			     "</h:localProfileSynchronizationEnabled>"
			     "<h:UEFIWiFiProfileShareEnabled>true"
			     "</h:UEFIWiFiProfileShareEnabled>"),
			 200);
}

static void defense(struct peer *p)
{
	(void)p;
	sim_audit(dev, NULL, 25, 2, span_make("\0\0\0\1", 4));
}

static void fill_audit(struct peer *p)
{
	struct err e = { 0 };

	(void)p;
	while (sim_audit_bytes(dev) < (size_t)SIM_AUDIT_BYTES * 993 / 1000)
		assert_true(sim_audit_named(dev, span_str("16/16:00112233445566778899aabbccddeeff"),
					    &e));
}

static void remote_rule(struct peer *p)
{
	struct sim_record *r = sim_record_add(dev, "AMT_RemoteAccessPolicyRule", 4);

	sim_record_set(r, "Trigger", "0");
	assert_int_equal(transfer(p, "Delete", AMT "AMT_RemoteAccessPolicyRule",
				  "PolicyRuleName=User Initiated", NULL),
			 200);
}

static void store(struct peer *p)
{
	assert_int_equal(send_once(p, "PUT", "/amt-storage/Acme/Asset/tag", "abc", 1), 200);
	assert_int_equal(send_once(p, "PUT", "/amt-storage/Acme/Asset/tag?append=", "def", 1), 200);
	assert_int_equal(send_once(p, "GET", "/amt-storage/Acme/Asset/tag", "", 1), 200);
	assert_true(says(p, "\r\n\r\nabcdef"));
	assert_int_equal(send_once(p, "GET", "/amt-storage/", "", 1), 200);
	assert_true(says(p, "{\"vendor\":\"Acme\",\"app\":\"Asset\",\"name\":\"tag\",\"size\":6,"));
	assert_int_equal(send_once(p, "GET", "/amt-storage/Acme/Asset/other", "", 1), 404);
	assert_int_equal(send_once(p, "PUT", "/amt-storage/Acme/Asset", "abc", 1), 400);
	assert_int_equal(send_once(p, "DELETE", "/amt-storage/Acme", "", 1), 200);
	assert_int_equal(send_once(p, "DELETE", "/amt-storage/Acme", "", 1), 404);
}

/* Chains of a receiver over TLS: of a root that nobody gave to the PC, of one that it has, for another name, late, and
 * of a certificate that is no server's. */
static void receivers(struct peer *p)
{
	struct span ders[2] = { prov->certs[0].der, prov->certs[1].der };
	struct pki_key *key = rsa_key(12);
	struct pki_issue client = { .cn = "console",
				    .eku_client_auth = true,
				    .not_before_unix_ms = TEST_START - 86400000,
				    .not_after_unix_ms = TEST_START + 86400000 };
	struct arena a;

	(void)p;
	arena_init(&a, 1 << 18);
	assert_false(sim_alerts_trusts(dev, prov->certs[0].cn, ders, 2, true));
	assert_non_null(sim_store_add_cert(dev, ders[1], true));
	assert_true(sim_alerts_trusts(dev, prov->certs[0].cn, ders, 2, true));
	assert_true(
		sim_alerts_trusts(dev, prov->certs[0].cn, ders, 1, true)); /* without its root */
	assert_false(sim_alerts_trusts(dev, prov->certs[0].cn, ders, 0, true));
	assert_false(sim_alerts_trusts(dev, "other.example.com", ders, 2, true));
	assert_false(sim_alerts_trusts(dev, "192.0.2.1", ders, 2, true));
	dev->clock_offset_ms = INT64_C(864000000000) * 2;
	assert_false(sim_alerts_trusts(dev, prov->certs[0].cn, ders, 2, true));
	dev->clock_offset_ms = 0;
	issue_one(&client, key, span_make(NULL, 0), key, &a, &ders[0]);
	assert_false(sim_alerts_trusts(dev, prov->certs[0].cn, ders, 1, true));
	pki_key_free(key);
	arena_deinit(&a);
}

/* makes: e:WORD of the event log, a:APPLICATION/EVENT of the audit log, n:MESSAGE or n:MESSAGE-ARGUMENT */
static const struct action {
	const char *name, *gen, *switches;
	void (*run)(struct peer *p);
	const char *makes;
} actions[] = {
	{ "reset", "16.1", "", reset, "e:firmware-started e:firmware-progress" },
	{ "parts taken out", "16.1", "", no_memory,
	  "e:intrusion e:firmware-error e:post-watchdog" },
	{ "start without a disk", "16.1", "", no_disk, "e:no-boot-media" },
	{ "start from a CD that is not there", "16.1", "", boot_cd, "e:firmware-error" },
	{ "HTTPS boot that nobody answers", "16.1", "", boot_https,
	  "e:recovery e:recovery-error e:boot-failure" },
	{ "WinRE boot", "16.1", "", boot_winre, "e:recovery" },
	{ "secure erase", "16.1", "", boot_erase, "e:erase" },
	{ "secure erase of nothing", "16.1", "", boot_erase_none, "e:erase-error" },
	{ "wrong logins", "9.0", "lockout=off", wrong_logins, "e:login-failures a:16/5" },
	{ "power cut", "16.1", "", lose_power, "e:os-hang n:61" },
	{ "stick that cannot be read", "16.1", "", bad_stick, "e:bad-data" },
	{ "agents over starts, sleep and hang", "16.1", "host_agent=runs", agents,
	  "e:agent e:policy-invoked n:2 n:3 n:4 n:5 n:6 n:50-16" },
	{ "what host and network do", "16.1", "", by_hand,
	  "e:filter-match e:eac-error e:asset-error e:remote-request n:1 n:26 n:36 n:53-52 "
	  "n:50-17 n:50-18 n:50-19" },
	{ "call for help with a rule for it", "16.1", "", help_with_rule, "n:53-50" },
	{ "serial over LAN", "7.1", "", serial, "e:redirection a:18/4 a:18/5 n:50-48 n:50-49" },
	{ "storage redirection", "7.1", "", storage, "a:18/0 a:18/1 n:50-50 n:50-51" },
	{ "KVM", "7.1", "", viewer, "a:18/8 a:18/9 n:52-0 n:52-1 n:52-2" },
	{ "VNC password wrong three times", "7.1", "", wrong_viewers, "a:18/12" },
	{ "consent", "16.1", "", consent_right,
	  "a:29/3 a:30/1 a:30/2 n:64-1 n:64-2 n:64-3 n:51-0 n:51-1" },
	{ "consent refused", "16.1", "", consent_wrong, "a:29/4 a:30/1 n:64-2" },
	{ "consent not given in time", "16.1", "", consent_late, "n:51-2 n:64-2" },
	{ "consent policy", "16.1", "", consent_policy, "a:30/0 n:64-4" },
	{ "graceful power", "16.1", "host_agent=runs", graceful,
	  "a:17/5 a:17/6 a:17/7 a:17/8 n:67-0 n:67-1 n:67-2 n:67-3" },
	{ "KVM switched", "16.1", "", kvm_switch, "a:18/10 a:18/11 n:59-0 n:59-1" },
	{ "CMOS cleared", "16.1", "", clear_cmos, "a:20/5 n:55-3 n:38-0" },
	{ "AMT switched off", "16.1", "", switch_off_amt, "n:71" },
	{ "unprovisioned", "16.1", "", unprovision, "a:16/19 n:55-3 n:38-3" },
	{ "provisioned", "16.1", "", become_configured, "n:55-2" },
	{ "hello", "16.1", "", say_hello, "a:16/0" },
	{ "firmware update", "16.1", "", updates, "a:19/0 a:19/1 n:34 n:35 n:61" },
	{ "network settings", "16.1", "", network, "a:22/0 a:22/3 n:57 n:62-0 n:62-1" },
	{ "wireless settings", "16.1", "wlan=card,wifi_uefi=all", wireless,
	  "a:27/3 a:27/4 a:27/5 n:50-67 n:50-69 n:54 n:66" },
	{ "System Defense", "16.1", "", defense, "a:25/2 n:56" },
	{ "audit log that fills", "16.1", "", fill_audit, "n:29 n:30 n:31 n:32 n:33" },
	{ "receivers over TLS", "16.1", "", receivers, "n:15 n:16 n:17" },
	{ "data stored", "16.1", "", store, "a:23/3" },
	{ "remote access rule", "16.1", "", remote_rule, "n:53-53" },
};

/* What nothing that a virtual device does can cause. */
static const struct {
	const char *what, *why;
} without[] = {
	{ "a:16/15", "no class has a method that resets flash wear-out counters" },
	{ "a:16/17", "no class has a method that sets the authentication mode of a realm" },
	{ "a:16/18", "host-based setup is not served" },
	{ "a:22/5", "IPS_IPv6PortSettings is not served" },
	{ "a:23/0 a:23/1 a:23/2",
	  "administration of storage has no class that a reference describes" },
	{ "a:25/5 a:25/6 n:10 n:11 n:12 n:13", "heuristics have no class in the reference" },
	{ "a:28/0 a:28/1 a:28/2 a:28/3 a:28/4 n:27 n:28 n:50-32",
	  "AMT_EndpointAccessControlService is not served" },
	{ "a:33/1 a:33/2", "IPS_WatchDogAction is not served" },
	{ "n:7 n:8", "the link is the host's; no host is played" },
	{ "n:9", "goes with a:16/15" },
	{ "n:14", "a receiver's certificate has no general error" },
	{ "n:18", "no list of revoked receivers is known" },
	{ "n:19 n:20", "any key of a receiver is taken" },
	{ "n:21", "any digest of a receiver is taken" },
	{ "n:22", "a name of any length is taken" },
	{ "n:23", "key usage of a receiver is not looked at" },
	{ "n:24", "a handshake that fails: alert_client.c, over real sockets" },
	{ "n:25", "no switch with 802.1X is played" },
	{ "n:37 n:80", "nobody says when it is sent" },
	{ "n:38-1 n:38-2", "no software of the host unprovisions; it is not played" },
	{ "n:50-66 n:50-68", "the wireless profiles of the host are not played" },
	{ "n:52-3", "data channels of KVM are not played" },
	{ "n:55-0 n:55-1", "a device in setup has no subscriptions" },
	{ "n:58-0 n:58-1", "tunnels to a server are not played" },
	{ "n:60", "IPS_ScreenConfigurationService is not served" },
	{ "n:63-0 n:63-1", "SyncEnabled of IPS_HTTPProxyService cannot be changed" },
	{ "n:68", "nobody says in what it differs from 66" },
	{ "n:69", "no software of the host sets the clock; it is not played" },
};

/* ---- checks ---- */

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += n)
		if ((at == text || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

/* What the device has in its logs, and has told, as words. */
static void list_done(struct buf *b)
{
	uint8_t bytes[1024];
	struct out o;
	size_t n, used;

	out_init_buf(&o, b);
	for (unsigned i = 0; i < sim_event_count(dev); i++) {
		struct wire_event_record ev;
		assert_true(sim_event_at(dev, i, bytes));
		assert_int_equal(wire_event_record_parse(span_make(bytes, WIRE_EVENT_RECORD_BYTES),
							 &ev, &used, NULL),
				 WIRE_DONE);
		out_fmt(&o, "e:%s ", sim_event_like(&ev));
	}
	for (unsigned i = 0; i < sim_audit_count(dev); i++) {
		struct wire_audit_record r;
		assert_true(b64_decode(sim_audit_at(dev, i), bytes, sizeof bytes, &n));
		assert_int_equal(wire_audit_record_parse(span_make(bytes, n), &r, &used, NULL),
				 WIRE_DONE);
		out_fmt(&o, "a:%u/%u ", r.app, r.event);
	}
	out_bytes(&o, buf_span(&heard));
	out_u8(&o, '\0');
}

static void each_action_leaves_its_traces(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(actions); i++) {
		const struct action *a = &actions[i];
		struct peer p;
		struct buf done;
		char word[40];

		buf_init(&heard, 1 << 20);
		buf_init(&done, 1 << 20);
		env.on_alert = on_alert;
		log_in(&p, a->gen, a->switches);
		subscribe();
		record_all();
		if (a->run ==
		    become_configured) /* it comes from setup, and was told whom to tell */
			sim_dev_set_state(dev, SIM_SETUP_PKI);
		a->run(&p);
		list_done(&done);
		for (const char *at = a->makes; *at; at += *at == ' ') {
			size_t n = strcspn(at, " ");
			assert_true(str_copy(word, sizeof word, span_make(at, n)));
			if (!has_word((const char *)done.p, word))
				fail_msg("%s: no %s in: %s", a->name, word, (const char *)done.p);
			at += n;
		}
		hang_up(&p);
		buf_deinit(&done);
		buf_deinit(&heard);
		env.on_alert = NULL;
	}
}

static const char *reason(const char *what)
{
	for (size_t i = 0; i < ROWS(without); i++)
		if (has_word(without[i].what, what))
			return without[i].why;
	return NULL;
}

static bool is_made(const char *what)
{
	for (size_t i = 0; i < ROWS(actions); i++)
		if (has_word(actions[i].makes, what))
			return true;
	return false;
}

static bool can(const struct fw_class *c, enum wsman_op op, const char *method)
{
	const struct fw_method *lists[] = { c->methods, c->more_methods };

	for (size_t i = 0; method && i < 2; i++)
		for (const struct fw_method *m = lists[i]; m && m->name; m++)
			if (str_eq(m->name, method))
				return true;
	switch (op) {
	case WSMAN_OP_PUT:
		return c->can_put;
	case WSMAN_OP_CREATE:
		return c->create;
	case WSMAN_OP_DELETE:
		return c->del;
	case WSMAN_OP_SUBSCRIBE:
		return c->subscribe;
	case WSMAN_OP_UNSUBSCRIBE:
		return c->unsubscribe;
	default:
		return false;
	}
}

/* A request that a class takes is that event (fw_audit_note.c). */
static bool is_requested(const struct wire_audit_event *ev)
{
	const char *cls, *method;
	enum wsman_op op;
	uint16_t is[2];
	bool found = false;

	for (unsigned i = 0; sim_fw_audit_request(i, &cls, &op, &method, is); i++) {
		if (is[0] != ev->app || is[1] != ev->event)
			continue;
		const struct fw_class *c = sim_fw_class_find(cls);
		found |= c && can(c, op, method);
	}
	return found;
}

static void every_row_has_an_action(void **state)
{
	const struct wire_audit_event *ev;
	unsigned id, missing = 0;
	char what[40];
	int argument;

	(void)state;
	for (int i = 0; i < SIM_EVENT_COUNT; i++) {
		(void)snprintf(what, sizeof what, "e:%s", sim_event_word((enum sim_event)i));
		if (is_made(what) == (reason(what) != NULL))
			missing += printf("%s\n", what) > 0;
	}
	for (unsigned i = 0; (ev = wire_audit_events_at(i)); i++) {
		(void)snprintf(what, sizeof what, "a:%u/%u", ev->app, ev->event);
		if ((is_made(what) || is_requested(ev)) == (reason(what) != NULL))
			missing += printf("%s, %s\n", what, ev->name) > 0;
	}
	for (unsigned i = 0; wsman_notice_at(i, &id, &argument); i++) {
		(void)snprintf(what, sizeof what, argument < 0 ? "n:%u" : "n:%u-%d", id, argument);
		if (is_made(what) == (reason(what) != NULL))
			missing += printf("%s\n", what) > 0;
	}
	if (missing)
		fail_msg("%u rows have no action and no reason, or both", missing);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, world_up, world_down)
	const struct CMUnitTest tests[] = {
		T(each_action_leaves_its_traces),
		T(every_row_has_an_action),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
