/* Wireless: CIM_WiFiPort, AMT_WiFiPortConfigurationService, and the profiles (CIM_WiFiEndpointSettings),
 * which are records: those of the administrator have priorities from 1 on, each its own; those that the
 * host's software gave have 0. 802.1X of a profile is in fw_8021x.c. Nothing is sent by radio. */
#include "base/str.h"
#include "sim/alerts.h"
#include "sim/dev_reach_priv.h"
#include "sim/fw_priv.h"

#define SETTINGS     "CIM_WiFiEndpointSettings"
#define LOGINS       "CIM_IEEE8021xSettings"
#define SLOTS        8   /* G: of the administrator, and again of the user */
#define WPA3_FROM    150 /* G */
#define UEFI_FROM    161 /* G */
#define PROTOCOL_MAX 10
#define DMTF_OK      0
#define DMTF_INVALID 5
enum wifi_return { WIFI_OK, WIFI_UNSUPPORTED, WIFI_FAILED, WIFI_PARAMETER, WIFI_REFERENCE };
enum wifi_auth {
	AUTH_WPA_PSK = 4,
	AUTH_WPA_8021X,
	AUTH_WPA2_PSK,
	AUTH_WPA2_8021X,
	AUTH_SAE = 32768,
	AUTH_OWE
};
enum wifi_cipher { CIPHER_TKIP = 3, CIPHER_CCMP = 4 };

/* 5.x are desktops only. */
static unsigned has_wlan(const struct sim_dev *d)
{
	return d->gen->major >= 4 && d->gen->major != 5 &&
		sim_switches_is(&d->sw, SIM_SW_WLAN, "card");
}

bool sim_dev_has_networks(const struct sim_dev *d)
{
	return has_wlan(d) && !str_eq(sim_var_active(d, SIM_VAR_WIFI_PORT), "3") &&
		sim_record_at(d, SETTINGS, 0);
}

/* ---- port ---- */

#define ALERT_WLAN 66 /* discovery 7.3 */

static uint32_t port_change(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t s;

	(void)out;
	if (!wsman_obj_u32(in, "RequestedState", &s) || (s != 3 && s != 32768 && s != 32769))
		return DMTF_INVALID;
	sim_var_set(x->d, SIM_VAR_WIFI_PORT, wsman_obj_str(in, "RequestedState"));
	sim_alerts_message(x->d, ALERT_WLAN, -1, 2);
	if (sim_dev_is_away(x->d))
		x->effects |= SIM_EFFECT_DARK;
	return DMTF_OK;
}

static const struct fw_member port_members[] = {
	FW_FIX("CreationClassName", "CIM_WiFiPort"),
	FW_FIX("DeviceID", "WiFi Port 0"),
	FW_FIX("ElementName", "WiFi Port 0"),
	FW_VAR("EnabledState", SIM_VAR_WIFI_PORT),
	FW_FIX("HealthState", "5"),
	FW_FIX("LinkTechnology", "11"),
	FW_FIX("PermanentAddress", "000000000000"),
	FW_FIX("PortType", "0"),
	FW_VAR("RequestedState", SIM_VAR_WIFI_PORT),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_method port_methods[] = {
	{ "RequestStateChange", port_change },
	{ NULL, NULL },
};
static const struct fw_member endpoint_members[] = {
	FW_FIX("CreationClassName", "CIM_WiFiEndpoint"),
	FW_FIX("ElementName", "CIM_WiFiEndpoint"),
	FW_FIX("Name", "WiFi Endpoint 0"),
	FW_SYSTEM,
	FW_END,
};

/* ---- what the radio can ---- */

static bool can(const struct sim_dev *d, uint32_t auth)
{
	if (auth == AUTH_SAE || auth == AUTH_OWE)
		return sim_gen_number(d->gen) >= WPA3_FROM;
	return auth >= AUTH_WPA_PSK && auth <= AUTH_WPA2_8021X;
}

static void fill_able(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	static const uint32_t all[] = { AUTH_WPA_PSK,    AUTH_WPA_8021X, AUTH_WPA2_PSK,
					AUTH_WPA2_8021X, AUTH_SAE,       AUTH_OWE };

	(void)i;
	if (x->keys_only)
		return;
	for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
		if (can(x->d, all[n]))
			wsman_obj_add_str(o, "SupportedAuthenticationMethods",
					  arena_fmt(x->a, "%u", (unsigned)all[n]));
	}
	wsman_obj_add_str(o, "SupportedEncryptionMethods", "3");
	wsman_obj_add_str(o, "SupportedEncryptionMethods", "4");
}

static const struct fw_member able_members[] = {
	FW_FIX("ElementName", "CIM_WiFiEndpointCapabilities"),
	FW_FIX("InstanceID", "Intel(r) AMT:WiFi Endpoint Capabilities"),
	FW_OWN("SupportedAuthenticationMethods"),
	FW_OWN("SupportedEncryptionMethods"),
	FW_END,
};

/* ---- profiles ---- */

static unsigned priority_of(const struct sim_record *r)
{
	uint32_t v = 0;
	const char *text = sim_record_get(r, "Priority");

	return text && str_to_u32(span_str(text), 0, 255, &v, NULL) ? v : 0;
}

static unsigned count_of(const struct sim_dev *d, bool user)
{
	const struct sim_record *r;
	unsigned n = 0;

	for (unsigned i = 0; (r = sim_record_at(d, SETTINGS, i)); i++)
		n += (priority_of(r) == 0) == user;
	return n;
}

static bool priority_taken(const struct sim_dev *d, uint32_t priority,
			   const struct sim_record *self)
{
	const struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(d, SETTINGS, i)); i++) {
		if (r != self && priority_of(r) == priority)
			return true;
	}
	return false;
}

static uint32_t status(const struct fw_ctx *x, uint32_t own, uint32_t pt)
{
	return sim_switches_is(&x->d->sw, SIM_SW_WIFI_CODES, "pt") ? pt : own;
}

static bool length_ok(const char *text, size_t max)
{
	return text && *text && strlen(text) <= max;
}

static bool key_ok(const struct wsman_obj *s, uint32_t auth)
{
	const char *phrase = wsman_obj_str(s, "PSKPassPhrase");
	struct span value;

	if (auth == AUTH_WPA_8021X || auth == AUTH_WPA2_8021X || auth == AUTH_OWE)
		return !phrase;
	if (phrase)
		return strlen(phrase) >= 8 && strlen(phrase) <= 63;
	return auth != AUTH_SAE && wsman_obj_b64(s, "PSKValue", &value) && value.n == 32;
}

static uint32_t judge_settings(struct fw_ctx *x, const struct wsman_obj *s,
			       const struct sim_record *self)
{
	uint32_t auth = 0, cipher = 0, priority = 0;
	const char *name = wsman_obj_str(s, "ElementName"), *id = wsman_obj_str(s, "InstanceID");

	wsman_obj_u32(s, "AuthenticationMethod", &auth);
	wsman_obj_u32(s, "EncryptionMethod", &cipher);
	wsman_obj_u32(s, "Priority", &priority);
	if (!length_ok(name, 32) || !length_ok(id, 80) || !length_ok(wsman_obj_str(s, "SSID"), 32))
		return WIFI_PARAMETER;
	if (!can(x->d, auth))
		return WIFI_UNSUPPORTED;
	if (cipher != CIPHER_CCMP && (cipher != CIPHER_TKIP || auth >= AUTH_SAE))
		return WIFI_PARAMETER;
	if (priority == 0 || !key_ok(s, auth))
		return WIFI_PARAMETER;
	const struct sim_record *same = sim_record_find(x->d, SETTINGS, "InstanceID", id);
	if ((same && same != self) || priority_taken(x->d, priority, self))
		return status(x, WIFI_PARAMETER, WSMAN_PT_DUPLICATE);
	return WIFI_OK;
}

struct login {                     /* of one profile */
	const struct wsman_obj *o; /* NULL: none */
	uint32_t client, ca;       /* SIM_NO_HANDLE */
};

static uint32_t judge_login(struct fw_ctx *x, const struct wsman_obj *in, struct login *out_l)
{
	const struct wsman_obj *s = wsman_obj_obj(in, "WiFiEndpointSettingsInput");
	const struct wsman_epr *client = wsman_obj_epr(in, "ClientCredential"),
			       *ca = wsman_obj_epr(in, "CACredential");
	uint32_t auth = 0;

	*out_l = (struct login){ wsman_obj_obj(in, "IEEE8021xSettingsInput"), SIM_NO_HANDLE,
				 SIM_NO_HANDLE };
	wsman_obj_u32(s, "AuthenticationMethod", &auth);
	if ((auth == AUTH_WPA_8021X || auth == AUTH_WPA2_8021X) != (out_l->o != NULL))
		return WIFI_PARAMETER;
	if (!out_l->o)
		return WIFI_OK;
	if ((client && !sim_fw_8021x_cert(x, client, false, &out_l->client)) ||
	    (ca && !sim_fw_8021x_cert(x, ca, true, &out_l->ca)))
		return WIFI_REFERENCE;
	bool ok = length_ok(wsman_obj_str(out_l->o, "InstanceID"), 80) &&
		sim_fw_8021x_ok(x, out_l->o, PROTOCOL_MAX, client != NULL, NULL);
	return ok ? WIFI_OK : WIFI_PARAMETER;
}

static void drop_login(struct sim_dev *d, const char *name)
{
	struct sim_record *r = name ? sim_record_find(d, LOGINS, "of", name) : NULL;

	if (r)
		sim_record_drop(d, r);
}

static void drop_profile(struct sim_dev *d, struct sim_record *r)
{
	drop_login(d, sim_record_get(r, "ElementName"));
	sim_record_drop(d, r);
}

static bool keep_login(struct fw_ctx *x, const char *name, const struct login *l)
{
	drop_login(x->d, name);
	if (!l->o)
		return true;
	struct sim_record *r = sim_record_add(x->d, LOGINS, SLOTS);
	if (!r)
		return false;
	sim_record_from(r, l->o);
	sim_record_set(r, "of", name);
	if (l->client != SIM_NO_HANDLE)
		sim_record_set(r, "client", arena_fmt(x->a, "%u", (unsigned)l->client));
	if (l->ca != SIM_NO_HANDLE)
		sim_record_set(r, "ca", arena_fmt(x->a, "%u", (unsigned)l->ca));
	return true;
}

static uint32_t store(struct fw_ctx *x, const struct wsman_obj *in, struct sim_record *self)
{
	const struct wsman_obj *s = wsman_obj_obj(in, "WiFiEndpointSettingsInput");
	struct login l;
	uint32_t v = s ? judge_settings(x, s, self) : WIFI_PARAMETER;

	if (v == WIFI_OK)
		v = judge_login(x, in, &l);
	if (v != WIFI_OK)
		return v;
	if (!sim_fw_flash_ok(x))
		return status(x, WIFI_FAILED, WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED);
	if (!self && count_of(x->d, false) < SLOTS)
		self = sim_record_add(x->d, SETTINGS, SIM_RECORDS_MAX);
	else if (self)
		drop_login(x->d, sim_record_get(self, "ElementName"));
	if (!self || !keep_login(x, wsman_obj_str(s, "ElementName"), &l))
		return status(x, WIFI_FAILED, WSMAN_PT_MAX_LIMIT_REACHED);
	sim_record_from(self, s);
	sim_record_set(self, "BSSType", "3");
	return WIFI_OK;
}

static uint32_t add(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const struct wsman_epr *at = wsman_obj_epr(in, "WiFiEndpoint");

	(void)out;
	if (!at || !str_eq(wsman_obj_epr_selector(at, "Name"), "WiFi Endpoint 0"))
		return WIFI_REFERENCE;
	return store(x, in, NULL);
}

static uint32_t update(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const struct wsman_epr *at = wsman_obj_epr(in, "WiFiEndpointSettings");
	const char *id = at ? wsman_obj_epr_selector(at, "InstanceID") : NULL;
	struct sim_record *r = id ? sim_record_find(x->d, SETTINGS, "InstanceID", id) : NULL;

	(void)out;
	if (!r || priority_of(r) == 0)
		return WIFI_REFERENCE;
	return store(x, in, r);
}

static uint32_t drop_all(struct fw_ctx *x, bool user)
{
	struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(x->d, SETTINGS, i));) {
		if ((priority_of(r) == 0) == user)
			drop_profile(x->d, r);
		else
			i++;
	}
	if (sim_dev_is_away(x->d))
		x->effects |= SIM_EFFECT_DARK;
	return WSMAN_PT_SUCCESS;
}

static uint32_t drop_it(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	(void)out;
	return drop_all(x, false);
}

static uint32_t drop_user(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	(void)out;
	return drop_all(x, true);
}

bool sim_dev_sync_wifi(struct sim_dev *d, const char *name, const char *ssid)
{
	const char *sync = sim_var_active(d, SIM_VAR_WIFI_SYNC);

	if (!has_wlan(d) || str_eq(sync, "0") || str_eq(sync, "2") || count_of(d, true) >= SLOTS)
		return false;
	struct sim_record *r = sim_record_add(d, SETTINGS, SIM_RECORDS_MAX);
	if (!r)
		return false;
	sim_record_set(r, "ElementName", name);
	sim_record_set(r, "InstanceID", name);
	sim_record_set(r, "SSID", ssid);
	sim_record_set(r, "Priority", "0");
	sim_record_set(r, "AuthenticationMethod", "6");
	sim_record_set(r, "EncryptionMethod", "4");
	sim_record_set(r, "BSSType", "3");
	return true;
}

static unsigned count_profiles(const struct sim_dev *d)
{
	return has_wlan(d) ? sim_record_count(d, SETTINGS) : 0;
}

static void fill_profile(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, SETTINGS, i);

	if (x->keys_only) {
		sim_fw_set(o, "InstanceID", sim_record_get(r, "InstanceID"));
		return;
	}
	sim_record_to(r, o);
	wsman_obj_unset(o, "PSKPassPhrase"); /* written, never read */
	wsman_obj_unset(o, "PSKValue");
	wsman_obj_unset(o, "Keys");
}

static bool delete_profile(struct fw_ctx *x, unsigned i)
{
	drop_profile(x->d, sim_record_at(x->d, SETTINGS, i));
	if (sim_dev_is_away(x->d))
		x->effects |= SIM_EFFECT_DARK;
	return true;
}

/* ---- service ---- */

static bool has_uefi(const struct sim_dev *d)
{
	if (!sim_switches_is(&d->sw, SIM_SW_WIFI_UEFI, "usual"))
		return sim_switches_is(&d->sw, SIM_SW_WIFI_UEFI, "all");
	return sim_gen_number(d->gen) >= UEFI_FROM;
}

static void fill_service(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	if (!has_uefi(x->d))
		wsman_obj_unset(o, "UEFIWiFiProfileShareEnabled");
}

static bool put_service(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	uint32_t v;

	(void)i;
	if (wsman_obj_has(in, "UEFIWiFiProfileShareEnabled") && !has_uefi(x->d))
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	if (wsman_obj_has(in, "localProfileSynchronizationEnabled") &&
	    (!wsman_obj_u32(in, "localProfileSynchronizationEnabled", &v) || v > 3))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	return true;
}

static const struct fw_member service_members[] = {
	FW_FIX("CreationClassName", "AMT_WiFiPortConfigurationService"),
	FW_FIX("ElementName", "Intel(r) AMT WiFiPort Configuration Service"),
	FW_FIX("EnabledState", "5"),
	FW_FIX("HealthState", "5"),
	FW_FIX("LastConnectedSsidUnderMeControl", ""),
	FW_FIX("Name", "Intel(r) AMT WiFi Port Configuration Service"),
	FW_FIX("NoHostCsmeSoftwarePolicy", "0"),
	FW_FIX("RequestedState", "12"),
	FW_SYSTEM,
	FW_VAR("UEFIWiFiProfileShareEnabled", SIM_VAR_WIFI_UEFI),
	FW_VAR("localProfileSynchronizationEnabled", SIM_VAR_WIFI_SYNC),
	FW_END,
};
static const struct fw_method service_methods[] = {
	{ "AddWiFiSettings", add },
	{ "UpdateWiFiSettings", update },
	{ "DeleteAllITProfiles", drop_it },
	{ "DeleteAllUserProfiles", drop_user },
	{ NULL, NULL },
};
static const struct fw_member profile_members[] = {
	FW_OWN("InstanceID"),
	FW_END,
};

const struct fw_class sim_fw_wifi_classes[] = {
	{ .name = "CIM_WiFiPort",
	  .members = { port_members },
	  .count = has_wlan,
	  .methods = port_methods },
	{ .name = "CIM_WiFiEndpoint", .members = { endpoint_members }, .count = has_wlan },
	{ .name = "CIM_WiFiEndpointCapabilities",
	  .members = { able_members },
	  .count = has_wlan,
	  .fill = fill_able },
	{ .name = "CIM_WiFiEndpointSettings",
	  .members = { profile_members },
	  .count = count_profiles,
	  .fill = fill_profile,
	  .del = delete_profile },
	{ .name = "AMT_WiFiPortConfigurationService",
	  .members = { service_members },
	  .count = has_wlan,
	  .fill = fill_service,
	  .can_put = true,
	  .put = put_service,
	  .methods = service_methods },
	{ .name = NULL },
};
