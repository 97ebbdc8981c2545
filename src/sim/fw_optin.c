/* IPS_OptInService: user consent over WS-MAN. What it guards and how long a code is worth is in
 * dev_consent.c. In client control mode it is for everything, and nobody can change that. */
#include "base/str.h"
#include "sim/fw_audit_priv.h"

/* of the audit log (wsman 3.2) */
#define AUDIT_KVM      29
#define AUDIT_OPTIN    30
#define CONSENT_GIVEN  3
#define CONSENT_FAILED 4
#define CODE_SENT      1
#define START_BLOCKED  2

#define NOT_NOW 2 /* capture: a code when none was asked for, and a cancel */

static unsigned count_optin(const struct sim_dev *d)
{
	return sim_gen_consent(d);
}

static void fill_optin(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	if (x->keys_only)
		return;
	sim_fw_set(o, "CanModifyOptInPolicy", x->d->client_control ? "0" : "1");
	sim_fw_set(o, "OptInState", arena_fmt(x->a, "%u", (unsigned)sim_consent_now(x->d)));
	if (x->d->client_control)
		sim_fw_set(o, "OptInRequired", "4294967295");
}

static bool put_optin(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	uint32_t v;

	(void)i;
	if (!wsman_obj_has(in, "OptInRequired"))
		return true;
	if (!wsman_obj_u32(in, "OptInRequired", &v) || (v > 1 && v != SIM_CONSENT_ALL))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	if (x->d->client_control && v != SIM_CONSENT_ALL)
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_NOT_PERMITTED);
	return true;
}

static uint32_t start(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	(void)out;
	if (sim_consent_start(x->d))
		return WSMAN_PT_SUCCESS;
	sim_fw_audit_this(x, AUDIT_OPTIN, START_BLOCKED, span_make(NULL, 0));
	return NOT_NOW;
}

static uint32_t cancel(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	(void)out;
	return sim_consent_cancel(x->d) ? WSMAN_PT_SUCCESS : NOT_NOW;
}

static uint32_t wrong_code(const struct sim_dev *d)
{
	if (sim_switches_is(&d->sw, SIM_SW_CONSENT_WRONG, "16"))
		return WSMAN_PT_NOT_PERMITTED;
	return sim_switches_is(&d->sw, SIM_SW_CONSENT_WRONG, "1") ? WSMAN_PT_INTERNAL_ERROR : 2066;
}

/* What the code did: whether it was right, or wrong for the last time. */
static void note_code(struct fw_ctx *x, bool right)
{
	uint8_t failed = right ? 0 : 1;

	sim_fw_audit_this(x, AUDIT_OPTIN, CODE_SENT, span_make(&failed, 1));
	if (x->d->gen->kvm.is)
		sim_fw_audit_this(x, AUDIT_KVM, right ? CONSENT_GIVEN : CONSENT_FAILED,
				  span_make(NULL, 0));
}

static uint32_t send_code(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t code;

	(void)out;
	if (!wsman_obj_u32(in, "OptInCode", &code))
		return WSMAN_PT_INVALID_PARAMETER;
	switch (sim_consent_send(x->d, code)) {
	case SIM_CONSENT_RIGHT:
		note_code(x, true);
		return WSMAN_PT_SUCCESS;
	case SIM_CONSENT_WRONG:
		if (sim_consent_now(x->d) == SIM_CONSENT_IDLE)
			note_code(x, false);
		return wrong_code(x->d);
	default:
		return NOT_NOW;
	}
}

static const struct fw_member optin_members[] = {
	FW_OWN("CanModifyOptInPolicy"),
	FW_SERVICE("IPS_OptInService", "Intel(r) AMT OptIn Service"),
	FW_VAR("OptInCodeTimeout", SIM_VAR_OPTIN_CODE_TIMEOUT),
	FW_VAR("OptInDisplayTimeout", SIM_VAR_OPTIN_SHOW_TIMEOUT),
	FW_VAR("OptInRequired", SIM_VAR_OPTIN),
	FW_OWN("OptInState"),
	FW_END,
};
static const struct fw_method optin_methods[] = {
	{ "StartOptIn", start },
	{ "CancelOptIn", cancel },
	{ "SendOptInCode", send_code },
	{ NULL, NULL },
};

const struct fw_class sim_fw_optin_classes[] = {
	{ .name = "IPS_OptInService",
	  .members = { optin_members },
	  .count = count_optin,
	  .fill = fill_optin,
	  .can_put = true,
	  .put = put_optin,
	  .methods = optin_methods },
	{ .name = NULL },
};
