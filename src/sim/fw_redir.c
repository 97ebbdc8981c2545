/* Redirection, KVM and the WebUI switch (user consent: fw_optin.c). All act at once; none guards
 * anything else yet but the pages of the WebUI. */
#include "base/str.h"
#include "sim/fw_priv.h"
#include "sim/kvm_priv.h"
#include "wire/psk.h"

#define DMTF_OK          0
#define DMTF_INVALID     5
#define RFB_PASSWORD_LEN 8
#define SCREEN_MAX       3
#define UNSUPPORTED      2066

/* ---- AMT_RedirectionService ---- */

static bool redir_state_ok(uint32_t s)
{
	return s >= 32768 && s <= 32771;
}

static bool put_redir(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	uint32_t s;

	(void)i;
	if (wsman_obj_has(in, "EnabledState") &&
	    (!wsman_obj_u32(in, "EnabledState", &s) || !redir_state_ok(s)))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	return true;
}

static uint32_t redir_change(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t s;

	(void)out;
	if (!wsman_obj_u32(in, "RequestedState", &s) || !redir_state_ok(s))
		return DMTF_INVALID;
	sim_var_set(x->d, SIM_VAR_REDIR_STATE, wsman_obj_str(in, "RequestedState"));
	return DMTF_OK;
}

static uint32_t redir_terminate(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t type;

	(void)out;
	if (!wsman_obj_u32(in, "SessionType", &type) || type > 1)
		return DMTF_INVALID;
	sim_redir_end_kind(x->d, type == 0 ? WIRE_REDIR_IDER : WIRE_REDIR_SOL);
	return DMTF_OK;
}

static const struct fw_member redir_members[] = {
	FW_SERVICE("AMT_RedirectionService", "Intel(r) AMT Redirection Service"),
	FW_VAR("EnabledState", SIM_VAR_REDIR_STATE),
	FW_VAR("ListenerEnabled", SIM_VAR_REDIR_LISTEN),
	FW_END,
};
static const struct fw_method redir_methods[] = {
	{ "RequestStateChange", redir_change },
	{ "TerminateSession", redir_terminate },
	{ NULL, NULL },
};

/* ---- KVM ---- */

#define SCREENS 4

static unsigned count_kvm(const struct sim_dev *d)
{
	return d->gen->kvm.is;
}

static void fill_kvm(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const char *on = sim_kvm_is_open(x->d) ? "2" : "6";

	(void)i;
	if (x->keys_only)
		return;
	/* Enabled without a session reads 6 (capture). */
	sim_fw_set(o, "EnabledState", sim_kvm_on(x->d) ? on : "3");
	sim_fw_set(o, "RequestedState", "5");
}

static uint32_t kvm_change(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t s;

	(void)out;
	if (!wsman_obj_u32(in, "RequestedState", &s) || (s != 2 && s != 3))
		return DMTF_INVALID;
	sim_var_set(x->d, SIM_VAR_KVM_STATE, s == 2 ? "2" : "3");
	if (s == 3)
		(void)sim_kvm_stop(x->d, SIM_KVM_ENDED);
	return DMTF_OK;
}

static const struct fw_member kvm_members[] = {
	FW_FIX("CreationClassName", "CIM_KVMRedirectionSAP"),
	FW_FIX("ElementName", "KVM Redirection Service Access Point"),
	FW_OWN("EnabledState"),
	FW_FIX("KVMProtocol", "4"),
	FW_FIX("Name", "KVM Redirection Service Access Point"),
	FW_OWN("RequestedState"),
	FW_FIX("SystemCreationClassName", "CIM_ComputerSystem"),
	FW_FIX("SystemName", "ManagedSystem"),
	FW_END,
};
static const struct fw_method kvm_methods[] = {
	{ "RequestStateChange", kvm_change },
	{ NULL, NULL },
};

/* Known: 16.1 still has the port, and later firmware calls it unsupported. */
static bool has_5900(const struct sim_dev *d)
{
	if (sim_switches_is(&d->sw, SIM_SW_KVM_5900, "to-16"))
		return d->gen->major <= 16;
	return sim_switches_is(&d->sw, SIM_SW_KVM_5900, "always");
}

/* Exactly 8 characters, else by the rule of strong passwords. */
static bool put_kvm_settings(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	const char *password = wsman_obj_str(in, "RFBPassword");
	uint32_t screen;
	bool on;

	(void)i;
	if (wsman_obj_bool(in, "Is5900PortEnabled", &on) && on && !has_5900(x->d))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, UNSUPPORTED);
	if (wsman_obj_u32(in, "DefaultScreen", &screen) && screen > SCREEN_MAX)
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	if (!password || !*password)
		return true;
	if (strlen(password) != RFB_PASSWORD_LEN ||
	    !wire_psk_check_password(span_str(password), NULL))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PASSWORD);
	return true;
}

static uint32_t kvm_terminate(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	(void)out;
	(void)sim_kvm_stop(x->d, SIM_KVM_ENDED);
	sim_redir_end_kind(x->d, WIRE_REDIR_KVM);
	return DMTF_OK;
}

static const struct fw_method kvm_setting_methods[] = {
	{ "TerminateSession", kvm_terminate },
	{ NULL, NULL },
};

#define KVM_SETTINGS "Intel(r) KVM Redirection Settings"
static const struct fw_member kvm_setting_members[] = {
	FW_VAR("BackToBackFbMode", SIM_VAR_KVM_B2B),
	FW_VAR("DefaultScreen", SIM_VAR_KVM_SCREEN),
	FW_FIX("ElementName", KVM_SETTINGS),
	FW_FIX("EnabledByMEBx", "true"),
	FW_FIX("InstanceID", KVM_SETTINGS),
	FW_VAR("Is5900PortEnabled", SIM_VAR_KVM_5900),
	FW_VAR("OptInPolicy", SIM_VAR_KVM_OPTIN),
	FW_VAR("OptInPolicyTimeout", SIM_VAR_KVM_OPTIN_TIMEOUT),
	FW_VAR("RFBPassword", SIM_VAR_KVM_RFB),
	FW_VAR("SessionTimeout", SIM_VAR_KVM_TIMEOUT),
	FW_END,
};

/* ---- screens: four places, in use or not ---- */

static void fill_screens(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	bool on = !sim_fault_has(x->d, SIM_FAULT_NO_MONITOR) && !x->d->power_off;
	bool big = sim_fault_has(x->d, SIM_FAULT_BIG_SCREEN);

	(void)i;
	for (unsigned n = 0; n < SCREENS; n++) {
		bool active = on && n == 0;
		wsman_obj_add_str(o, "IsActive", active ? "true" : "false");
		wsman_obj_add_str(o, "ResolutionX", !active ? "0" : big ? "3840" : "640");
		wsman_obj_add_str(o, "ResolutionY", !active ? "0" : big ? "2160" : "480");
		wsman_obj_add_str(o, "UpperLeftX", active ? "0" : "-1");
		wsman_obj_add_str(o, "UpperLeftY", active ? "0" : "-1");
	}
}

static const struct fw_member screen_members[] = {
	FW_FIX("ElementName", "Intel(r) Screen Settings"),
	FW_FIX("InstanceID", "Intel(r) Screen Settings"),
	FW_OWN("IsActive"),
	FW_FIX("PrimaryIndex", "1"),
	FW_FIX("QuadraryIndex", "4"),
	FW_OWN("ResolutionX"),
	FW_OWN("ResolutionY"),
	FW_FIX("SecondaryIndex", "2"),
	FW_FIX("TertiaryIndex", "3"),
	FW_OWN("UpperLeftX"),
	FW_OWN("UpperLeftY"),
	FW_END,
};

/* ---- sessions that are open: an instance each, since 6.0 ---- */

static unsigned count_session(const struct sim_dev *d, enum wire_redir_session kind)
{
	return sim_gen_number(d->gen) >= 60 && sim_redir_is_open(d, kind);
}

static unsigned count_sol(const struct sim_dev *d)
{
	return count_session(d, WIRE_REDIR_SOL);
}

static unsigned count_ider(const struct sim_dev *d)
{
	return count_session(d, WIRE_REDIR_IDER);
}

static unsigned count_kvm_session(const struct sim_dev *d)
{
	return count_session(d, WIRE_REDIR_KVM) || sim_kvm_is_open(d);
}

static const struct fw_member session_members[] = {
	FW_OWN("Antecedent"),
	FW_OWN("Dependent"),
	FW_END,
};

/* What the two ends look like nobody shows (G). */
static void fill_session(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	wsman_obj_set_epr(o, "Antecedent",
			  sim_fw_epr(x, "AMT_RedirectionService", "Name",
				     "Intel(r) AMT Redirection Service"));
	wsman_obj_set_epr(o, "Dependent",
			  sim_fw_epr(x, "CIM_ComputerSystem", "Name", "ManagedSystem"));
}

/* ---- WebUI: no readable property is known ---- */

static uint32_t webui_change(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t s;

	(void)out;
	if (!wsman_obj_u32(in, "RequestedState", &s) || (s != 2 && s != 3))
		return DMTF_INVALID;
	sim_var_set(x->d, SIM_VAR_WEBUI, s == 2 ? "2" : "3");
	return DMTF_OK;
}

static const struct fw_member webui_members[] = {
	FW_FIX("CreationClassName", "AMT_WebUIService"),
	FW_FIX("Name", "Intel(r) AMT WebUI Service"),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_method webui_methods[] = {
	{ "RequestStateChange", webui_change },
	{ NULL, NULL },
};

const struct fw_class sim_fw_redir_classes[] = {
	{ .name = "AMT_RedirectionService",
	  .members = { redir_members },
	  .can_put = true,
	  .put = put_redir,
	  .methods = redir_methods },
	{ .name = "CIM_KVMRedirectionSAP",
	  .members = { kvm_members },
	  .count = count_kvm,
	  .fill = fill_kvm,
	  .methods = kvm_methods },
	{ .name = "IPS_KVMRedirectionSettingData",
	  .members = { kvm_setting_members },
	  .count = count_kvm,
	  .can_put = true,
	  .put = put_kvm_settings,
	  .methods = kvm_setting_methods },
	{ .name = "IPS_ScreenSettingData",
	  .members = { screen_members },
	  .count = count_kvm,
	  .fill = fill_screens },
	{ .name = "IPS_SolSessionUsingPort",
	  .members = { session_members },
	  .count = count_sol,
	  .fill = fill_session },
	{ .name = "IPS_IderSessionUsingPort",
	  .members = { session_members },
	  .count = count_ider,
	  .fill = fill_session },
	{ .name = "IPS_KvmSessionUsingPort",
	  .members = { session_members },
	  .count = count_kvm_session,
	  .fill = fill_session },
	{ .name = "AMT_WebUIService", .members = { webui_members }, .methods = webui_methods },
	{ .name = NULL },
};
