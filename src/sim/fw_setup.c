/* AMT_SetupAndConfigurationService: identity, MEBx password, next PSK pair, CommitChanges with its
 * preconditions, and the ways back out of configuration. Changes only the device's data; the
 * restart of the network and the hello window are effects that dev.c carries out. */
#include "base/str.h"
#include "sim/alerts.h"
#include "sim/fw_priv.h"
#include "wire/psk.h"

#define INVALID_PROVISIONING_STATE 32
#define CLOCK_GOOD_MS              10000 /* a clock this near needs no setting (5.4) */

static uint32_t get_uuid(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint8_t wire[16];

	(void)in;
	uuid_to_smbios(&x->d->uuid, wire);
	wsman_obj_set_b64(out, "UUID", span_make(wire, sizeof wire));
	return WSMAN_PT_SUCCESS;
}

/* ---- CommitChanges ---- */

static bool has_key(const struct sim_dev *d, uint32_t handle)
{
	const struct sim_cert *c = sim_store_cert(d, handle);
	struct pki_key *key = c ? sim_tls_key_of(d, c) : NULL;

	pki_key_free(key);
	return key != NULL;
}

static bool has_trusted_root(const struct sim_dev *d)
{
	for (unsigned i = 0; i < d->cert_count; i++) {
		if (d->certs[i].trusted_root)
			return true;
	}
	return false;
}

static bool clock_good(const struct sim_dev *d)
{
	return d->clock_set ||
		(d->clock_offset_ms <= CLOCK_GOOD_MS && d->clock_offset_ms >= -CLOCK_GOOD_MS);
}

/* What is missing for a commit; NULL when nothing is. */
static const char *missing(const struct sim_dev *d, enum sim_session session)
{
	bool tls = sim_var_staged_is_true(d, SIM_VAR_TLS_ON) ||
		sim_var_staged_is_true(d, SIM_VAR_LMS_ON);
	bool mutual = sim_var_staged_is_true(d, SIM_VAR_TLS_MUTUAL) ||
		sim_var_staged_is_true(d, SIM_VAR_LMS_MUTUAL);
	bool names = sim_switches_is(&d->sw, SIM_SW_HOST_NAME, "required");

	if (tls && (d->context_staged == SIM_NO_HANDLE || !has_key(d, d->context_staged)))
		return "key and certificate";
	if (names && sim_var_staged_is_true(d, SIM_VAR_DHCP) &&
	    !*sim_var_staged(d, SIM_VAR_HOST_NAME))
		return "host name";
	if (mutual && !has_trusted_root(d))
		return "trusted root";
	if ((mutual || sim_dev_in_setup(d)) && !clock_good(d))
		return "clock";
	if (session == SIM_SESSION_PKI && d->mebx_default)
		return "MEBx password";
	if (sim_dev_in_setup(d) && d->gen->seed.is &&
	    sim_switches_is(&d->sw, SIM_SW_RNG, "required"))
		return "random generator";
	return NULL;
}

static uint32_t commit(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct sim_dev *d = x->d;

	(void)in;
	(void)out;
	if (missing(d, x->session))
		return WSMAN_PT_DATA_MISSING;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	sim_var_commit(d);
	d->context = d->context_staged;
	d->context_changed = false;
	d->stats.commits++;
	x->committed = true;
	x->effects |= SIM_EFFECT_OUTAGE;
	if (sim_dev_in_setup(d)) {
		d->stats.configured_count++;
		d->window_used = true;
		x->effects |= SIM_EFFECT_STATE;
		x->to_state = SIM_CONFIGURED;
	}
	return WSMAN_PT_SUCCESS;
}

/* ---- passwords and keys ---- */

static bool mebx_allowed(const struct fw_ctx *x)
{
	if (sim_switches_is(&x->d->sw, SIM_SW_MEBX, "anytime"))
		return true;
	if (sim_switches_is(&x->d->sw, SIM_SW_MEBX, "setup"))
		return sim_dev_in_setup(x->d);
	return x->d->mebx_default && x->session == SIM_SESSION_PKI;
}

static uint32_t set_mebx(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct sim_dev *d = x->d;
	const char *password = wsman_obj_str(in, "Password");

	(void)out;
	if (!mebx_allowed(x))
		return WSMAN_PT_NOT_PERMITTED;
	if (!password || !wire_psk_check_password(span_str(password), NULL))
		return WSMAN_PT_INVALID_PASSWORD;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	mem_wipe(d->mebx, strlen(d->mebx));
	mem_free(d->mebx);
	d->mebx = mem_str(password);
	d->mebx_default = false;
	d->stats.mebx_sets++;
	/* One password until the network admin got its own (PasswordModel 0). */
	if (!d->admin_set)
		sim_dev_couple_admin(d);
	return WSMAN_PT_SUCCESS;
}

static uint32_t set_psk(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	char pid[WIRE_PSK_PID_LEN + 1], pps[WIRE_PSK_PPS_LEN + 1];
	const char *pid_text = wsman_obj_str(in, "PID"), *pps_text = wsman_obj_str(in, "PPS");

	(void)out;
	if (!x->d->gen->psk.is) {
		sim_fw_refuse(x, FW_FAULT_ACTION);
		return 0;
	}
	if (!pid_text || !wire_psk_parse_pid(span_str(pid_text), pid, NULL))
		return WSMAN_PT_INVALID_PID_FORMAT;
	if (!pps_text || !wire_psk_parse_pps(span_str(pps_text), pps, NULL))
		return WSMAN_PT_INVALID_PPS_FORMAT;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	memcpy(x->d->pid, pid, sizeof pid);
	memcpy(x->d->pps, pps, sizeof pps);
	mem_wipe(pps, sizeof pps);
	return WSMAN_PT_SUCCESS;
}

/* ---- the ways back ---- */

#define BLOCKING_COMPONENT 2076

static uint32_t extend(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t hours = 0;

	(void)out;
	if (!sim_dev_in_setup(x->d))
		return INVALID_PROVISIONING_STATE;
	if (!wsman_obj_u32(in, "Duration", &hours) || hours > 24)
		return WSMAN_PT_INVALID_PARAMETER;
	x->d->provision_hours = hours;
	x->effects |= hours ? SIM_EFFECT_EXTEND : SIM_EFFECT_CLOSED;
	return WSMAN_PT_SUCCESS;
}

static void back_to_setup(struct fw_ctx *x)
{
	struct sim_dev *d = x->d;
	bool hello = sim_switches_is(&d->sw, SIM_SW_UNPROVISION, "hello");

	x->effects |= SIM_EFFECT_OUTAGE | SIM_EFFECT_STATE;
	x->to_state = SIM_CHANGED;
	if (hello && d->pid[0] && d->gen->psk.is)
		x->to_state = SIM_SETUP_PSK;
	else if (hello && sim_gen_pki(d))
		x->to_state = SIM_SETUP_PKI;
	if (x->to_state != SIM_CHANGED)
		x->effects |= SIM_EFFECT_HELLO;
}

/* 0: nothing stands in the way. */
static uint32_t refused(struct fw_ctx *x)
{
	const struct sim_fault *f;

	return sim_fault_hit(x->d, SIM_FAULT_UNPROVISION, &f) ? (uint32_t)f->n : 0;
}

/* While it still knows whom to tell. */
static void tell_unprovision(struct sim_dev *d)
{
	sim_alerts_message(d, 55, 3, 3);
	sim_alerts_message(d, 38, 3, 3); /* by remote WS-MAN */
}

static uint32_t unprovision(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct sim_dev *d = x->d;
	uint32_t mode = 0;

	(void)out;
	if (d->state != SIM_CONFIGURED)
		return WSMAN_PT_NOT_PERMITTED;
	if (wsman_obj_has(in, "ProvisioningMode") &&
	    (!wsman_obj_u32(in, "ProvisioningMode", &mode) || mode > 1))
		return WSMAN_PT_INVALID_PARAMETER;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_INTERNAL_ERROR;
	if (refused(x))
		return refused(x);
	tell_unprovision(d);
	mem_wipe(d->pps, sizeof d->pps);
	d->pid[0] = '\0';
	sim_dev_erase(d);
	back_to_setup(x);
	return WSMAN_PT_SUCCESS;
}

static uint32_t partial_unprovision(struct fw_ctx *x, const struct wsman_obj *in,
				    struct wsman_obj *out)
{
	struct sim_dev *d = x->d;

	(void)in;
	(void)out;
	if (d->state != SIM_CONFIGURED)
		return WSMAN_PT_NOT_PERMITTED;
	if (refused(x))
		return refused(x);
	tell_unprovision(d);
	/* Kept: admin, PSK pair, host and domain name. */
	char *host = mem_str(sim_var_active(d, SIM_VAR_HOST_NAME));
	char *domain = mem_str(sim_var_active(d, SIM_VAR_DOMAIN));
	sim_dev_erase_settings(d);
	sim_var_set(d, SIM_VAR_HOST_NAME, host);
	sim_var_set(d, SIM_VAR_DOMAIN, domain);
	mem_free(host);
	mem_free(domain);
	back_to_setup(x);
	return WSMAN_PT_SUCCESS;
}

static uint32_t blocking(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	if (refused(x) == BLOCKING_COMPONENT)
		wsman_obj_add_str(out, "Component", "1");
	return WSMAN_PT_SUCCESS;
}

/* ---- instance ---- */

static void fill(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_dev *d = x->d;
	uint8_t otp[32] = { 0 };

	(void)i;
	if (x->keys_only)
		return;
	sim_fw_set(o, "PasswordModel", d->admin_set ? "1" : "0");
	sim_fw_set(o, "ProvisioningMode", "1");
	if (d->otp)
		memcpy(otp, d->otp, strnlen(d->otp, sizeof otp));
	wsman_obj_set_b64(o, "ProvisioningServerOTP", span_make(otp, sizeof otp));
	sim_fw_set(o, "ProvisioningState", d->state == SIM_CONFIGURED ? "2" : "1");
	sim_fw_set(o, "ZeroTouchConfigurationEnabled", sim_gen_pki(d) ? "true" : "false");
	if (*sim_dev_suffix(d))
		sim_fw_set(o, "DhcpDNSSuffix", sim_dev_suffix(d));
}

static const struct fw_member members[] = {
	FW_SERVICE("AMT_SetupAndConfigurationService",
		   "Intel(r) AMT Setup and Configuration Service"),
	FW_FIX("EnabledState", "5"),
	FW_FIX("RequestedState", "12"),
	FW_OWN("DhcpDNSSuffix"),
	FW_OWN("PasswordModel"),
	FW_OWN("ProvisioningMode"),
	FW_OWN("ProvisioningServerOTP"),
	FW_OWN("ProvisioningState"),
	FW_OWN("ZeroTouchConfigurationEnabled"),
	FW_END,
};
static const struct fw_method methods[] = {
	{ "CommitChanges", commit },
	{ "ExtendProvisioningPeriod", extend },
	{ "GetUnprovisionBlockingComponents", blocking },
	{ "GetUuid", get_uuid },
	{ "PartialUnprovision", partial_unprovision },
	{ "SetMEBxPassword", set_mebx },
	{ "SetTLSPSK", set_psk },
	{ "Unprovision", unprovision },
	{ NULL, NULL },
};

const struct fw_class sim_fw_setup_classes[] = {
	{ .name = "AMT_SetupAndConfigurationService",
	  .members = { members },
	  .fill = fill,
	  .methods = methods },
	{ .name = NULL },
};
