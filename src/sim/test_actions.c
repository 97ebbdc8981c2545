/* What is done to a virtual device in fw_actions_test.c, which includes this file: each function is one
 * action of somebody at the PC, of its network or of an administrator. What it is to leave behind stands
 * in the table there. */
#pragma once
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
