/* Actions for the TLS server certificate (setup-and-configuration 5.5): key, leaf, AddCertificate,
 * credential context, TLS settings. Rows of plan.c. */
#include "base/str.h"
#include "engine/actions_priv.h"

#define COLLECTION "TLSProtocolEndpoint Instances Collection"
#define REMOTE_TLS "Intel(r) AMT 802.3 TLS Settings"

/* Our leaf is what the device shows, or is staged to show. */
static bool leaf_in_place(const struct engine_plan_in *in)
{
	return in->have->cert_handle[0] && (in->have->known & FACTS_CONTEXT) &&
		str_eq(in->have->context_cert, in->have->cert_handle);
}

bool engine_act_leaf_staged(const struct engine_plan_in *in)
{
	return in->renew && in->want->tls && leaf_in_place(in) && !in->shows_leaf;
}

static bool leaf_to_do(const struct engine_plan_in *in)
{
	return (in->setup || in->renew) && in->want->tls && !leaf_in_place(in);
}

static bool key_to_do(const struct engine_plan_in *in)
{
	return leaf_to_do(in) && !in->have->key_handle[0] && !in->have->cert_handle[0];
}

static void key_print(const struct engine_plan_in *in, struct out *o)
{
	out_fmt(o, "TLS key: none of ours -> RSA-%u, %s\n", in->key_bits,
		in->firmware_keys ? "made by the firmware" : "made here and added");
}

static bool read_handle(const struct wsman_msg *m, const char *member, char *out_id, size_t cap,
			struct arena *a, struct err *e)
{
	struct wsman_obj *o;
	if (!engine_act_output(m, a, &o, e))
		return false;
	const struct wsman_epr *epr = wsman_obj_epr(o, member);
	const char *id = epr ? wsman_obj_epr_selector(epr, "InstanceID") : NULL;
	if (!id)
		return err_set(e, ERR_MALFORMED, "the reply names no %s", member);
	str_copy(out_id, cap, span_str(id));
	return true;
}

/* ---- key: made by us for firmware without GenerateKeyPair ---- */

static bool make_key_wanted(const struct engine_plan_in *in)
{
	return key_to_do(in) && !in->firmware_keys && !in->has_key;
}

const struct engine_action engine_act_make_key = {
	"make_key", "second: key", ACTION_LOCAL, make_key_wanted, NULL, NULL, key_print,
};

static bool add_key_wanted(const struct engine_plan_in *in)
{
	return key_to_do(in) && !in->firmware_keys && in->has_key;
}

static bool add_key_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			  struct err *e)
{
	struct wsman_obj *o = engine_act_invoke(a, req, "AMT_PublicKeyManagementService", "AddKey");
	if (!o)
		return engine_act_full(e);
	wsman_obj_set_b64(o, "KeyBlob", in->own_key_pkcs1);
	return true;
}

static bool add_key_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
			  struct err *e)
{
	return read_handle(m, "CreatedKey", have->key_handle, sizeof have->key_handle, a, e);
}

const struct engine_action engine_act_add_key = {
	"add_key",     "second: key", ACTION_CREATES, add_key_wanted,
	add_key_build, add_key_apply, key_print,
};

/* ---- key: made by the firmware ---- */

static bool generate_wanted(const struct engine_plan_in *in)
{
	return key_to_do(in) && in->firmware_keys;
}

static bool generate_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			   struct err *e)
{
	struct wsman_obj *o =
		engine_act_invoke(a, req, "AMT_PublicKeyManagementService", "GenerateKeyPair");
	if (!o)
		return engine_act_full(e);
	wsman_obj_set_u32(o, "KeyAlgorithm", 0);
	wsman_obj_set_u32(o, "KeyLength", in->key_bits);
	return true;
}

static bool generate_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
			   struct err *e)
{
	if (!read_handle(m, "KeyPair", have->key_handle, sizeof have->key_handle, a, e))
		return false;
	have->known &= ~(unsigned)FACTS_KEYS; /* its public half has to be read */
	have->key_public[0] = '\0';
	return true;
}

const struct engine_action engine_act_generate_key = {
	"generate_key", "second: key in firmware",
	ACTION_CREATES, generate_wanted,
	generate_build, generate_apply,
	key_print,
};

/* ---- leaf ---- */

static bool issue_wanted(const struct engine_plan_in *in)
{
	return leaf_to_do(in) && in->have->key_handle[0] && !in->have->cert_handle[0] &&
		in->leaf_der.n == 0;
}

static void issue_print(const struct engine_plan_in *in, struct out *o)
{
	out_fmt(o, "TLS certificate: -> %s.%s, issued by the built-in CA\n", in->host, in->domain);
}

const struct engine_action engine_act_issue = {
	"issue_leaf", "second: certificate", ACTION_LOCAL, issue_wanted, NULL, NULL, issue_print,
};

static bool add_cert_wanted(const struct engine_plan_in *in)
{
	return leaf_to_do(in) && in->leaf_der.n > 0 && !in->have->cert_handle[0];
}

static bool add_cert_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			   struct err *e)
{
	struct wsman_obj *o =
		engine_act_invoke(a, req, "AMT_PublicKeyManagementService", "AddCertificate");
	if (!o)
		return engine_act_full(e);
	wsman_obj_set_b64(o, "CertificateBlob", in->leaf_der);
	return true;
}

static bool add_cert_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
			   struct err *e)
{
	return read_handle(m, "CreatedCertificate", have->cert_handle, sizeof have->cert_handle, a,
			   e);
}

static void add_cert_print(const struct engine_plan_in *in, struct out *o)
{
	(void)in;
	out_str(o, "TLS certificate in the device: -> added\n");
}

const struct engine_action engine_act_add_cert = {
	"add_certificate", "second: certificate", ACTION_CREATES, add_cert_wanted,
	add_cert_build,    add_cert_apply,        add_cert_print,
};

/* ---- credential context ---- */

static bool context_wanted(const struct engine_plan_in *in)
{
	return leaf_to_do(in) && in->have->cert_handle[0] && !(in->done & ACT_BIT(ACT_CONTEXT));
}

static bool context_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			  struct err *e)
{
	bool exists = in->have->context_exists;
	struct wsman_obj *o = engine_act_put(a, req, exists ? WSMAN_OP_PUT : WSMAN_OP_CREATE,
					     "AMT_TLSCredentialContext");
	if (!o)
		return engine_act_full(e);
	wsman_obj_set_epr(o, "ElementInContext",
			  wsman_obj_epr_of(a, "AMT_PublicKeyCertificate", "InstanceID",
					   in->have->cert_handle));
	wsman_obj_set_epr(o, "ElementProvidingContext",
			  wsman_obj_epr_of(a, "AMT_TLSProtocolEndpointCollection", "ElementName",
					   COLLECTION));
	if (!exists)
		return true;
	/* selectors of the instance as it is, body of a Create (decision of section 10) */
	struct wsman_selector *s = ARENA_ARRAY(a, struct wsman_selector, 2);
	const struct wsman_obj *was = in->context;
	if (!s || !was)
		return engine_act_full(e);
	s[0] = (struct wsman_selector){ "ElementInContext", NULL,
					wsman_obj_epr(was, "ElementInContext"), &s[1] };
	s[1] = (struct wsman_selector){ "ElementProvidingContext", NULL,
					wsman_obj_epr(was, "ElementProvidingContext"), NULL };
	req->selectors = in->context_alone ? NULL : s;
	return true;
}

static bool context_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
			  struct err *e)
{
	(void)m, (void)a, (void)e;
	have->context_exists = true;
	str_copy(have->context_cert, sizeof have->context_cert, span_str(have->cert_handle));
	return true;
}

static void context_print(const struct engine_plan_in *in, struct out *o)
{
	out_fmt(o, "TLS credential context: %s -> our certificate (at the commit)\n",
		in->have->context_exists ? in->have->context_cert : "(none)");
}

const struct engine_action engine_act_context = {
	"tls_context", "second: certificate", ACTION_STAGED, context_wanted,
	context_build, context_apply,         context_print,
};

/* ---- TLS settings, the remote instance only ---- */

/* Clear ports can be closed only where firmware has them. */
static bool clear_to_close(const struct engine_plan_in *in)
{
	const struct engine_facts *f = in->have;
	return f->tls_accept_clear && !(f->tls_clear_known && !f->tls_clear_supported);
}

static bool tls_wanted(const struct engine_plan_in *in)
{
	const struct engine_facts *f = in->have;
	return in->want->tls && !(in->done & ACT_BIT(ACT_TLS)) &&
		(!f->tls_enabled || (f->tls_mutual && !in->mutual) || clear_to_close(in));
}

static bool tls_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
		      struct err *e)
{
	if (!engine_act_put(a, req, WSMAN_OP_PUT, "AMT_TLSSettingData") || !in->tls)
		return engine_act_full(e);
	struct wsman_obj *o = wsman_obj_clone(a, in->tls);
	if (!o)
		return engine_act_full(e);
	req->obj = o;
	req->selectors = wsman_obj_selector(a, "InstanceID", REMOTE_TLS, NULL);
	wsman_obj_set_bool(o, "Enabled", true);
	wsman_obj_set_bool(o, "MutualAuthentication", in->mutual && in->have->tls_mutual);
	if (clear_to_close(in))
		wsman_obj_set_bool(o, "AcceptNonSecureConnections", false);
	return true;
}

static bool tls_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
		      struct err *e)
{
	struct wsman_obj *o;
	if (!wsman_envelope_obj(m, a, &o, e))
		return false;
	wsman_obj_bool(o, "Enabled", &have->tls_enabled);
	wsman_obj_bool(o, "MutualAuthentication", &have->tls_mutual);
	wsman_obj_bool(o, "AcceptNonSecureConnections", &have->tls_accept_clear);
	return true;
}

static void tls_print(const struct engine_plan_in *in, struct out *o)
{
	out_fmt(o, "TLS: %s -> server authentication, clear ports closed (at the commit)\n",
		in->have->tls_enabled ? "on" : "off");
}

const struct engine_action engine_act_tls = {
	"tls_server", "second: TLS", ACTION_STAGED, tls_wanted, tls_build, tls_apply, tls_print,
};
