/* Which request is which audit event (wsman 3.2), and what its record says beside who and when: one row
 * for each. Asked by fw_dispatch.c before a request is done, whether it may be, and after it was. The
 * layouts are those that wire/audit_events.h reads. */
#include "base/str.h"
#include "sim/fw_audit_priv.h"
#include "sim/fw_users_priv.h"

typedef bool data_fn(struct fw_ctx *x, const struct wsman_obj *in, struct out *o);

static const char *text_of(const struct wsman_obj *in, const char *prop)
{
	const char *v = in ? wsman_obj_str(in, prop) : NULL;

	return v ? v : "";
}

static void put_text(struct out *o, const char *text)
{
	size_t n = strlen(text) > 200 ? 200 : strlen(text);

	out_u8(o, (uint8_t)n);
	out_bytes(o, span_make(text, n));
}

/* ---- users ---- */

static void put_user(struct out *o, const char *name, const char *sid)
{
	uint8_t b[96];
	size_t n;

	if (sid && b64_decode(span_str(sid), b, sizeof b, &n)) {
		out_u8(o, WIRE_AUDIT_KERBEROS);
		out_be32(o, 0);
		out_u8(o, (uint8_t)n);
		out_bytes(o, span_make(b, n));
		return;
	}
	out_u8(o, WIRE_AUDIT_DIGEST);
	put_text(o, name);
}

static bool new_user(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	const char *sid = text_of(in, "KerberosUserSid");

	(void)x;
	put_user(o, text_of(in, "DigestUsername"), *sid ? sid : NULL);
	return true;
}

/* Of the entry that the request names by its handle; empty when it is gone. */
static void put_handle(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	uint32_t handle = 0;
	const struct sim_record *r;

	if (in)
		wsman_obj_u32(in, "Handle", &handle);
	r = sim_record_handle(x->d, "AMT_AuthorizationService", handle);
	const char *name = r ? sim_record_get(r, "DigestUsername") : NULL;
	put_user(o, name ? name : "", r ? sim_record_get(r, "KerberosUserSid") : NULL);
}

static bool old_user(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	put_handle(x, in, o);
	return true;
}

static bool changed_user(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	out_u8(o,
	       (uint8_t)(wsman_obj_has(in, "DigestPassword") | wsman_obj_has(in, "Realms") << 1 |
			 wsman_obj_has(in, "AccessPermission") << 2));
	put_handle(x, in, o);
	return true;
}

static bool changed_admin(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)in;
	out_u8(o, 1);
	put_user(o, x->d->admin_user, NULL);
	return true;
}

static bool enabled_user(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	out_u8(o, str_eq(text_of(in, "Enabled"), "true"));
	put_handle(x, in, o);
	return true;
}

/* ---- security administration ---- */

static uint8_t tls_mode(const struct sim_dev *d, enum sim_var on, enum sim_var mutual)
{
	if (!sim_var_staged_is_true(d, on))
		return 0;
	return sim_var_staged_is_true(d, mutual) ? 2 : 1;
}

static bool tls_state(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)in;
	out_u8(o, tls_mode(x->d, SIM_VAR_TLS_ON, SIM_VAR_TLS_MUTUAL));
	out_u8(o, tls_mode(x->d, SIM_VAR_LMS_ON, SIM_VAR_LMS_MUTUAL));
	return true;
}

/* In setup only: later commits complete nothing. By a remote server, hash and serials not told. */
static bool completed(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)in;
	if (!sim_dev_in_setup(x->d))
		return false;
	out_u8(o, 2);
	out_u8(o, 2);
	for (int i = 0; i < 32; i++)
		out_u8(o, 0);
	out_u8(o, 0);
	out_u8(o, 0);
	put_text(o, "");
	return true;
}

static bool unprovisioned(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	(void)in;
	out_u8(o, 4); /* remote WS-MAN */
	return true;
}

static bool tolerance(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	uint32_t v = 0;

	(void)x;
	if (in)
		wsman_obj_u32(in, "MaximumClockTolerance", &v);
	out_u8(o, (uint8_t)v);
	return true;
}

static bool new_key(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	(void)o;
	return wsman_obj_has(in, "MasterKey") || wsman_obj_has(in, "Passphrase");
}

static bool power_package(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	uint8_t guid[16] = { 0 };
	int i = sim_fw_select(x, x->cls);
	struct wsman_obj *scheme = i < 0 ? NULL : sim_fw_instance(x, x->cls, (unsigned)i);
	struct span b = { NULL, 0 };

	(void)in;
	if (scheme && wsman_obj_b64(scheme, "SchemeGUID", &b) && b.n == sizeof guid)
		memcpy(guid, b.p, sizeof guid);
	out_bytes(o, span_make(guid, sizeof guid));
	return true;
}

/* ---- power ---- */

static void put_boot(struct out *o)
{
	for (int i = 0; i < 7; i++)
		out_u8(o, 0);
}

#define POWER(name, state, boots)                                                     \
	static bool name(struct fw_ctx *x, const struct wsman_obj *in, struct out *o) \
	{                                                                             \
		(void)x;                                                              \
		if (!str_eq(text_of(in, "PowerState"), state))                        \
			return false;                                                 \
		if (boots)                                                            \
			put_boot(o);                                                  \
		return true;                                                          \
	}
POWER(power_up, "2", true)
POWER(power_down, "8", false)
POWER(power_cycle, "5", true)
POWER(power_reset, "10", true)
POWER(graceful_down, "12", false)
POWER(graceful_reset, "14", true)
POWER(standby, "4", false)
POWER(hibernate, "7", false)
POWER(power_nmi, "11", false)

static bool boot_options(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	(void)in;
	put_boot(o);
	return true;
}

/* ---- redirection, user consent ---- */

static uint32_t number(const struct wsman_obj *in, const char *prop)
{
	uint32_t v = 0;

	if (in)
		wsman_obj_u32(in, prop, &v);
	return v;
}

/* 32768 + 1 for storage + 2 for serial */
#define REDIRECTION(name, bit, on)                                                    \
	static bool name(struct fw_ctx *x, const struct wsman_obj *in, struct out *o) \
	{                                                                             \
		uint32_t v = number(in, "RequestedState");                            \
		(void)x;                                                              \
		(void)o;                                                              \
		return v >= 32768 && ((v & (bit)) != 0) == (on);                      \
	}
REDIRECTION(storage_on, 1u, true)
REDIRECTION(storage_off, 1u, false)
REDIRECTION(serial_on, 2u, true)
REDIRECTION(serial_off, 2u, false)

#define STATE(name, prop, value)                                                      \
	static bool name(struct fw_ctx *x, const struct wsman_obj *in, struct out *o) \
	{                                                                             \
		(void)x;                                                              \
		(void)o;                                                              \
		return str_eq(text_of(in, prop), value);                              \
	}
STATE(state_on, "RequestedState", "2")
STATE(state_off, "RequestedState", "3")
STATE(asks_consent, "OptInPolicy", "true")
STATE(asks_no_consent, "OptInPolicy", "false")

static bool has_rfb(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	(void)o;
	return *text_of(in, "RFBPassword") != '\0';
}

static bool consent_policy(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	out_u8(o, 0);
	out_u8(o, (uint8_t)number(in, "OptInRequired"));
	(void)x;
	return true;
}

/* ---- the log, time, network ---- */

static bool new_time(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	out_be32(o, number(in, "Tm1"));
	return true;
}

static bool frozen(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	out_u8(o, str_eq(text_of(in, "Freeze"), "true"));
	return true;
}

static bool host_name(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	put_text(o, text_of(in, "HostName"));
	return *text_of(in, "HostName") != '\0';
}

static bool domain_name(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	put_text(o, text_of(in, "DomainName"));
	return *text_of(in, "DomainName") != '\0';
}

static void put_ip4(struct out *o, const char *text)
{
	struct span left = span_str(text);

	for (int i = 0; i < 4; i++) {
		size_t n = span_find(left, '.');
		uint32_t v = 0;
		(void)str_to_u32(span_make(left.p, n), 0, 255, &v, NULL);
		out_u8(o, (uint8_t)v);
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
}

static bool tcp_ip(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	static const char *const parts[] = { "IPAddress", "SubnetMask", "DefaultGateway",
					     "PrimaryDNS", "SecondaryDNS" };

	(void)x;
	out_be32(o, 0);
	out_u8(o, str_eq(text_of(in, "DHCPEnabled"), "true"));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		put_ip4(o, text_of(in, parts[i]));
	return true;
}

static bool vlan(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	out_be32(o, 0);
	out_be16(o, (uint16_t)number(in, "VLANTag"));
	return wsman_obj_has(in, "VLANTag");
}

static bool link_policy(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	out_be32(o, 0);
	out_be32(o, number(in, "LinkPolicy"));
	return wsman_obj_has(in, "LinkPolicy");
}

/* ---- alerts, defense, agents, wireless ---- */

static bool receiver(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	out_u8(o, (uint8_t)number(in, "PolicyID"));
	out_u8(o, 0);
	out_u8(o, 0);
	put_ip4(o, text_of(in, "AccessInfo"));
	return true;
}

static bool zero_handle(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	(void)in;
	out_be32(o, 0);
	return true;
}

static bool default_policy(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	(void)in;
	out_be32(o, 0);
	out_be32(o, 0);
	return true;
}

static void put_guid(struct out *o, const char *id)
{
	uint8_t b[16] = { 0 };
	size_t n;

	if (!hex_decode(span_str(id), b, sizeof b, &n))
		(void)b64_decode(span_str(id), b, sizeof b, &n);
	out_bytes(o, span_make(b, sizeof b));
}

static bool agent(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	put_guid(o, text_of(in, "DeviceID"));
	out_be16(o, (uint16_t)number(in, "TimeoutInterval"));
	out_be16(o, (uint16_t)number(in, "StartupInterval"));
	return true;
}

static bool named_agent(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	const char *id = "";

	(void)in;
	for (const struct wsman_selector *s = x->m->selectors; s; s = s->next)
		if (str_eq(s->name, "DeviceID") && s->value)
			id = s->value;
	put_guid(o, id);
	return true;
}

static bool wireless(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	const struct wsman_obj *w = in ? wsman_obj_obj(in, "WiFiEndpointSettingsInput") : NULL;
	const char *ssid = text_of(w, "SSID");

	(void)x;
	for (size_t i = 0; i < 32; i++)
		out_u8(o, i < strlen(ssid) ? (uint8_t)ssid[i] : 0);
	out_u8(o, (uint8_t)number(w, "Priority"));
	put_text(o, text_of(w, "ElementName"));
	return true;
}

static bool wifi_sync(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	out_be32(o, number(in, "localProfileSynchronizationEnabled"));
	return wsman_obj_has(in, "localProfileSynchronizationEnabled");
}

static bool wifi_uefi(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	out_u8(o, str_eq(text_of(in, "UEFIWiFiProfileShareEnabled"), "true"));
	return wsman_obj_has(in, "UEFIWiFiProfileShareEnabled");
}

static bool link_preference(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	out_be32(o, number(in, "Timeout"));
	out_be32(o, number(in, "LinkPreference"));
	return true;
}

static bool no_name(struct fw_ctx *x, const struct wsman_obj *in, struct out *o)
{
	(void)x;
	(void)in;
	put_text(o, "");
	return true;
}

#define AUTH   "AMT_AuthorizationService"
#define SETUP  "AMT_SetupAndConfigurationService"
#define PKI    "AMT_PublicKeyManagementService"
#define POWERS "CIM_PowerManagementService"
#define WIFI   "AMT_WiFiPortConfigurationService"
#define CALL   WSMAN_OP_INVOKE
/* clang-format off */
static const struct row {
	const char *cls;
	enum wsman_op op;
	const char *method;
	uint16_t app, event;
	data_fn *data; /* NULL: none; false: it is not that event */
} rows[] = {
	{ SETUP, CALL, "CommitChanges", 16, 1, completed },
	{ AUTH, CALL, "AddUserAclEntryEx", 16, 2, new_user },
	{ AUTH, CALL, "UpdateUserAclEntryEx", 16, 3, changed_user },
	{ AUTH, CALL, "SetAdminAclEntryEx", 16, 3, changed_admin },
	{ AUTH, CALL, "RemoveUserAclEntry", 16, 4, old_user },
	{ AUTH, CALL, "SetAclEnabledState", 16, 6, enabled_user },
	{ "AMT_TLSSettingData", WSMAN_OP_PUT, NULL, 16, 7, tls_state },
	{ "AMT_TLSCredentialContext", WSMAN_OP_CREATE, NULL, 16, 8, NULL },
	{ "AMT_TLSCredentialContext", WSMAN_OP_PUT, NULL, 16, 8, NULL },
	{ "AMT_TLSCredentialContext", WSMAN_OP_DELETE, NULL, 16, 9, NULL },
	{ PKI, CALL, "AddTrustedRootCertificate", 16, 10, NULL },
	{ "AMT_PublicKeyCertificate", WSMAN_OP_DELETE, NULL, 16, 11, NULL },
	{ SETUP, CALL, "SetTLSPSK", 16, 12, NULL },
	{ "AMT_KerberosSettingData", WSMAN_OP_PUT, NULL, 16, 13, tolerance },
	{ "AMT_KerberosSettingData", WSMAN_OP_PUT, NULL, 16, 14, new_key },
	{ "AMT_SystemPowerScheme", CALL, "SetPowerScheme", 16, 16, power_package },
	{ SETUP, CALL, "Unprovision", 16, 19, unprovisioned },
	{ SETUP, CALL, "PartialUnprovision", 16, 19, unprovisioned },
	{ POWERS, CALL, "RequestPowerStateChange", 17, 0, power_up },
	{ POWERS, CALL, "RequestPowerStateChange", 17, 1, power_down },
	{ POWERS, CALL, "RequestPowerStateChange", 17, 2, power_cycle },
	{ POWERS, CALL, "RequestPowerStateChange", 17, 3, power_reset },
	{ "AMT_BootSettingData", WSMAN_OP_PUT, NULL, 17, 4, boot_options },
	{ POWERS, CALL, "RequestPowerStateChange", 17, 5, graceful_down },
	{ POWERS, CALL, "RequestPowerStateChange", 17, 6, graceful_reset },
	{ POWERS, CALL, "RequestPowerStateChange", 17, 7, standby },
	{ POWERS, CALL, "RequestPowerStateChange", 17, 8, hibernate },
	{ POWERS, CALL, "RequestPowerStateChange", 17, 9, power_nmi },
	{ "AMT_RedirectionService", CALL, "RequestStateChange", 18, 2, storage_on },
	{ "AMT_RedirectionService", CALL, "RequestStateChange", 18, 3, storage_off },
	{ "AMT_RedirectionService", CALL, "RequestStateChange", 18, 6, serial_on },
	{ "AMT_RedirectionService", CALL, "RequestStateChange", 18, 7, serial_off },
	{ "CIM_KVMRedirectionSAP", CALL, "RequestStateChange", 18, 10, state_on },
	{ "CIM_KVMRedirectionSAP", CALL, "RequestStateChange", 18, 11, state_off },
	{ "AMT_AuditLog", CALL, "ClearLog", 20, 0, NULL },
	{ "AMT_AuditPolicyRule", CALL, "SetAuditPolicy", 20, 1, NULL },
	{ "AMT_AuditPolicyRule", CALL, "SetAuditPolicyBulk", 20, 1, NULL },
	{ "AMT_AuditLog", CALL, "RequestStateChange", 20, 2, state_off },
	{ "AMT_AuditLog", CALL, "RequestStateChange", 20, 3, state_on },
	{ "AMT_AuditLog", CALL, "ExportAuditLogSignature", 20, 4, NULL },
	{ "AMT_TimeSynchronizationService", CALL, "SetHighAccuracyTimeSynch", 21, 0, new_time },
	{ "AMT_EthernetPortSettings", WSMAN_OP_PUT, NULL, 22, 0, tcp_ip },
	{ "AMT_GeneralSettings", WSMAN_OP_PUT, NULL, 22, 1, host_name },
	{ "AMT_GeneralSettings", WSMAN_OP_PUT, NULL, 22, 2, domain_name },
	{ "AMT_EthernetPortSettings", WSMAN_OP_PUT, NULL, 22, 3, vlan },
	{ "AMT_EthernetPortSettings", WSMAN_OP_PUT, NULL, 22, 4, link_policy },
	{ "AMT_SNMPEventSubscriber", WSMAN_OP_CREATE, NULL, 24, 0, receiver },
	{ "AMT_SNMPEventSubscriber", WSMAN_OP_DELETE, NULL, 24, 1, receiver },
	{ "CIM_FilterCollection", WSMAN_OP_SUBSCRIBE, NULL, 24, 0, receiver },
	{ "CIM_FilterCollectionSubscription", WSMAN_OP_UNSUBSCRIBE, NULL, 24, 1, receiver },
	{ "AMT_MessageLog", CALL, "ClearLog", 24, 2, NULL },
	{ "AMT_MessageLog", CALL, "FreezeLog", 24, 3, frozen },
	{ "AMT_Hdr8021Filter", WSMAN_OP_CREATE, NULL, 25, 0, zero_handle },
	{ "AMT_IPHeadersFilter", WSMAN_OP_CREATE, NULL, 25, 0, zero_handle },
	{ "AMT_Hdr8021Filter", WSMAN_OP_DELETE, NULL, 25, 1, zero_handle },
	{ "AMT_IPHeadersFilter", WSMAN_OP_DELETE, NULL, 25, 1, zero_handle },
	{ "AMT_SystemDefensePolicy", WSMAN_OP_CREATE, NULL, 25, 2, zero_handle },
	{ "AMT_SystemDefensePolicy", WSMAN_OP_DELETE, NULL, 25, 3, zero_handle },
	{ "AMT_NetworkPortDefaultSystemDefensePolicy", WSMAN_OP_CREATE, NULL, 25, 4, default_policy },
	{ "AMT_NetworkPortDefaultSystemDefensePolicy", WSMAN_OP_PUT, NULL, 25, 4, default_policy },
	{ "AMT_AgentPresenceWatchdog", WSMAN_OP_CREATE, NULL, 26, 0, agent },
	{ "AMT_AgentPresenceWatchdog", WSMAN_OP_DELETE, NULL, 26, 1, named_agent },
	{ "AMT_AgentPresenceWatchdog", CALL, "AddAction", 26, 2, named_agent },
	{ WIFI, CALL, "AddWiFiSettings", 27, 0, wireless },
	{ "CIM_WiFiEndpointSettings", WSMAN_OP_DELETE, NULL, 27, 1, no_name },
	{ WIFI, CALL, "UpdateWiFiSettings", 27, 2, wireless },
	{ WIFI, WSMAN_OP_PUT, NULL, 27, 3, wifi_sync },
	{ "AMT_EthernetPortSettings", CALL, "SetLinkPreference", 27, 4, link_preference },
	{ WIFI, WSMAN_OP_PUT, NULL, 27, 5, wifi_uefi },
	{ "IPS_KVMRedirectionSettingData", WSMAN_OP_PUT, NULL, 29, 0, asks_consent },
	{ "IPS_KVMRedirectionSettingData", WSMAN_OP_PUT, NULL, 29, 1, asks_no_consent },
	{ "IPS_KVMRedirectionSettingData", WSMAN_OP_PUT, NULL, 29, 2, has_rfb },
	{ "IPS_OptInService", WSMAN_OP_PUT, NULL, 30, 0, consent_policy },
};
/* clang-format on */

bool sim_fw_audit_request(unsigned i, const char **out_cls, enum wsman_op *out_op,
			  const char **out_method, uint16_t out_event[2])
{
	if (i >= sizeof rows / sizeof *rows)
		return false;
	*out_cls = rows[i].cls;
	*out_op = rows[i].op;
	*out_method = rows[i].method;
	out_event[0] = rows[i].app;
	out_event[1] = rows[i].event;
	return true;
}

static bool is_request(const struct fw_ctx *x, const struct row *r)
{
	return r->op == x->m->op && str_eq(r->cls, x->cls->name) &&
		(!r->method || str_eq(r->method, x->m->method));
}

static const struct wsman_obj *input(struct fw_ctx *x)
{
	struct wsman_obj *in = NULL;
	struct err e = { 0 };
	bool has = x->m->op == WSMAN_OP_PUT || x->m->op == WSMAN_OP_CREATE ||
		x->m->op == WSMAN_OP_INVOKE;

	return has && wsman_envelope_obj(x->m, x->a, &in, &e) ? in : NULL;
}

/* The data of r's record into o; false: the request is not that event. */
static bool fits(struct fw_ctx *x, const struct row *r, const struct wsman_obj *in, struct out *o)
{
	o->n = 0;
	return !r->data || (r->data(x, in, o) && !o->bad);
}

static unsigned each(struct fw_ctx *x,
		     bool (*fn)(struct fw_ctx *x, const struct row *r, struct span data))
{
	uint8_t bytes[255];
	struct out o;
	const struct wsman_obj *in = NULL;
	unsigned n = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!is_request(x, &rows[i]))
			continue;
		if (!in)
			in = input(x);
		if (!in && rows[i].data &&
		    (x->m->op == WSMAN_OP_PUT || x->m->op == WSMAN_OP_CREATE))
			continue;
		out_init(&o, bytes, sizeof bytes);
		if (fits(x, &rows[i], in, &o))
			n += fn(x, &rows[i], out_span(&o));
	}
	return n;
}

static bool blocks(struct fw_ctx *x, const struct row *r, struct span data)
{
	(void)data;
	return sim_audit_blocks(x->d, r->app, r->event);
}

bool sim_fw_audit_may(struct fw_ctx *x)
{
	enum fw_fault fault = x->fault;
	uint32_t status = x->pt_status;
	unsigned n = each(x, blocks);

	x->fault = fault; /* a row may have looked at an instance that is not there */
	x->pt_status = status;
	return n == 0;
}

void sim_fw_audit_this(struct fw_ctx *x, uint16_t app, uint16_t event, struct span data)
{
	const struct sim_record *u =
		x->user ? sim_record_handle(x->d, "AMT_AuthorizationService", x->user) : NULL;
	struct sim_audit_who who = { .user = x->d->admin_user, .address = x->peer };

	if (u) {
		const char *name = sim_record_get(u, "DigestUsername");
		who.user = name ? name : "";
		who.sid_b64 = sim_record_get(u, "KerberosUserSid");
	}
	sim_audit(x->d, &who, app, event, data);
}

static bool note(struct fw_ctx *x, const struct row *r, struct span data)
{
	sim_fw_audit_this(x, r->app, r->event, data);
	return true;
}

void sim_fw_audit_note(struct fw_ctx *x)
{
	enum fw_fault fault = x->fault;
	uint32_t status = x->pt_status;

	(void)each(x, note);
	x->fault = fault;
	x->pt_status = status;
}
