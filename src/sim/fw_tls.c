/* TLS settings and the credential context: all staged until CommitChanges, but TrustedCN. From the
 * release without clear ports on, remote TLS cannot be switched off. */
#include "base/str.h"
#include "sim/fw_priv.h"

#define COLLECTION     "TLSProtocolEndpoint Instances Collection"
#define COLLECTION_ALT "TLSProtocolEndpointInstances Collection" /* two clients write it so */
#define UNSUPPORTED    2066
#define TRUSTED_CN_MAX 4
#define TRUSTED_CN_LEN 63

/* ---- AMT_TLSSettingData ---- */

static bool trusted_cn_ok(const struct wsman_obj *in)
{
	unsigned count = 0;

	for (const struct wsman_val *v = wsman_obj_vals(in, "TrustedCN"); v; v = v->next) {
		if (++count > TRUSTED_CN_MAX || strlen(v->text) > TRUSTED_CN_LEN ||
		    strchr(v->text, '\n'))
			return false;
	}
	return true;
}

static bool put_setting(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	bool on = false, accept = false;

	if (!x->d->gen->non_secure.is && wsman_obj_has(in, "NonSecureConnectionsSupported"))
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	if (!trusted_cn_ok(in))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	if (i == 0 ? x->d->gen->clear.is : x->d->gen->local_clear.is)
		return true;
	if (i == 0 && wsman_obj_bool(in, "Enabled", &on) && !on)
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_NOT_PERMITTED);
	if (wsman_obj_bool(in, "AcceptNonSecureConnections", &accept) && accept)
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, UNSUPPORTED);
	return true;
}

/* The property came with the release that has no clear ports. */
static void fill_setting(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_generation *g = x->d->gen;

	if (g->non_secure.is && !x->keys_only)
		sim_fw_set(o, "NonSecureConnectionsSupported",
			   (i == 0 ? g->clear.is : g->local_clear.is) ? "true" : "false");
}

static const struct fw_member remote_members[] = {
	FW_VAR("AcceptNonSecureConnections", SIM_VAR_TLS_CLEAR),
	FW_FIX("ElementName", SIM_TLS_REMOTE),
	FW_VAR("Enabled", SIM_VAR_TLS_ON),
	FW_FIX("InstanceID", SIM_TLS_REMOTE),
	FW_VAR("MutualAuthentication", SIM_VAR_TLS_MUTUAL),
	FW_OWN("NonSecureConnectionsSupported"),
	FW_VAR("TrustedCN", SIM_VAR_TLS_CN),
	FW_END,
};
static const struct fw_member local_members[] = {
	FW_VAR("AcceptNonSecureConnections", SIM_VAR_LMS_CLEAR),
	FW_FIX("ElementName", SIM_TLS_LOCAL),
	FW_VAR("Enabled", SIM_VAR_LMS_ON),
	FW_FIX("InstanceID", SIM_TLS_LOCAL),
	FW_VAR("MutualAuthentication", SIM_VAR_LMS_MUTUAL),
	FW_OWN("NonSecureConnectionsSupported"),
	FW_VAR("TrustedCN", SIM_VAR_LMS_CN),
	FW_END,
};

/* ---- AMT_TLSCredentialContext ---- */

static uint32_t shown_context(const struct sim_dev *d, bool active)
{
	if (active || !sim_gen_staged(d))
		return d->context;
	return d->context_staged;
}

static unsigned count_context(const struct sim_dev *d)
{
	return shown_context(d, false) != SIM_NO_HANDLE;
}

static void fill_context(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const char *id = arena_fmt(x->a, "Intel(r) AMT Certificate: Handle: %u",
				   shown_context(x->d, x->active));

	(void)i;
	wsman_obj_set_epr(o, "ElementInContext",
			  sim_fw_epr(x, "AMT_PublicKeyCertificate", "InstanceID", id));
	wsman_obj_set_epr(
		o, "ElementProvidingContext",
		sim_fw_epr(x, "AMT_TLSProtocolEndpointCollection", "ElementName", COLLECTION));
}

static bool refers_to(const struct wsman_epr *epr, const char *class_name)
{
	char uri[160];

	return epr && wsman_classes_uri_of(class_name, uri, sizeof uri) &&
		str_eq(epr->resource_uri, uri);
}

/* Certificate that the instance names; false with x->fault set when it cannot be used. */
static bool read_context(struct fw_ctx *x, const struct wsman_obj *in, uint32_t *out_handle)
{
	const struct wsman_epr *cert = wsman_obj_epr(in, "ElementInContext");
	const struct wsman_epr *ends = wsman_obj_epr(in, "ElementProvidingContext");
	const char *id, *name;

	if (!refers_to(cert, "AMT_PublicKeyCertificate") ||
	    !refers_to(ends, "AMT_TLSProtocolEndpointCollection"))
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	id = wsman_obj_epr_selector(cert, "InstanceID");
	name = wsman_obj_epr_selector(ends, "ElementName");
	if (!str_eq(name, COLLECTION) && !str_eq(name, COLLECTION_ALT))
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	if (!id || !sim_fw_pki_handle(id, "Certificate", out_handle))
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	const struct sim_cert *c = sim_store_cert(x->d, *out_handle);
	if (!c)
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	struct pki_key *key = sim_tls_key_of(x->d, c);
	pki_key_free(key);
	if (!key || c->trusted_root)
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_PKI_MISSING_KEYS);
	return true;
}

static void stage(struct sim_dev *d, uint32_t handle)
{
	d->context_staged = handle;
	d->context_changed = true;
}

static bool create_context(struct fw_ctx *x, const struct wsman_obj *in,
			   const struct wsman_epr **out_epr)
{
	uint32_t handle = SIM_NO_HANDLE;

	if (x->d->context_staged != SIM_NO_HANDLE)
		return sim_fw_refuse(x, FW_FAULT_EXISTS);
	if (!read_context(x, in, &handle))
		return false;
	stage(x->d, handle);
	struct wsman_obj *o = sim_fw_instance(x, x->cls, 0);
	struct wsman_epr *epr = ARENA_NEW(x->a, struct wsman_epr);
	struct wsman_selector *cert = ARENA_NEW(x->a, struct wsman_selector);
	struct wsman_selector *ends = ARENA_NEW(x->a, struct wsman_selector);
	if (!o || !epr || !cert || !ends)
		return sim_fw_refuse(x, FW_FAULT_INTERNAL);
	*ends = (struct wsman_selector){ .name = "ElementProvidingContext",
					 .epr = wsman_obj_epr(o, "ElementProvidingContext") };
	*cert = (struct wsman_selector){ .name = "ElementInContext",
					 .epr = wsman_obj_epr(o, "ElementInContext"),
					 .next = ends };
	*epr = (struct wsman_epr){ .resource_uri = x->m->cls->uri, .selectors = cert };
	*out_epr = epr;
	return true;
}

static bool put_context(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	uint32_t handle = SIM_NO_HANDLE;

	(void)i;
	if (sim_switches_is(&x->d->sw, SIM_SW_CONTEXT_PUT, "selectors") && !x->m->selectors)
		return sim_fw_refuse(x, FW_FAULT_SELECTORS);
	if (sim_switches_is(&x->d->sw, SIM_SW_CONTEXT_PUT, "none") && x->m->selectors)
		return sim_fw_refuse(x, FW_FAULT_SELECTORS);
	if (!read_context(x, in, &handle))
		return false;
	stage(x->d, handle);
	return true;
}

/* Not while TLS stands on it, now or after the next commit. */
static bool delete_context(struct fw_ctx *x, unsigned i)
{
	struct sim_dev *d = x->d;

	(void)i;
	if (sim_var_is_true(d, SIM_VAR_TLS_ON) || sim_var_staged_is_true(d, SIM_VAR_TLS_ON) ||
	    sim_var_is_true(d, SIM_VAR_LMS_ON) || sim_var_staged_is_true(d, SIM_VAR_LMS_ON))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_NOT_PERMITTED);
	stage(d, SIM_NO_HANDLE);
	d->context = SIM_NO_HANDLE;
	return true;
}

static const struct fw_member context_members[] = {
	FW_OWN("ElementInContext"),
	FW_OWN("ElementProvidingContext"),
	FW_END,
};
static const struct fw_member collection_members[] = {
	FW_FIX("ElementName", COLLECTION),
	FW_END,
};

const struct fw_class sim_fw_tls_classes[] = {
	{ .name = "AMT_TLSSettingData",
	  .members = { remote_members, local_members },
	  .fill = fill_setting,
	  .can_put = true,
	  .put = put_setting },
	{ .name = "AMT_TLSCredentialContext",
	  .members = { context_members },
	  .count = count_context,
	  .fill = fill_context,
	  .can_put = true,
	  .put = put_context,
	  .create = create_context,
	  .del = delete_context },
	{ .name = "AMT_TLSProtocolEndpointCollection", .members = { collection_members } },
	{ .name = NULL },
};
