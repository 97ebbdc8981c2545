/* The table of reads and how each answer becomes facts (engine/reads.h). Called by the runner. */
#include "engine/reads.h"

#include "base/hash.h"
#include "base/str.h"
#include "engine/actions_priv.h"
#include "pki/cert.h"

#define WIRED_PORT "Intel(r) AMT Ethernet Port Settings 0"
#define REMOTE_TLS "Intel(r) AMT 802.3 TLS Settings"

static const struct engine_read rows[] = {
	{ FACTS_IDENTITY, ENGINE_READ_INVOKE, "AMT_SetupAndConfigurationService", "GetUuid", NULL,
	  false },
	{ FACTS_OTP, ENGINE_READ_GET, "AMT_SetupAndConfigurationService", NULL, NULL, true },
	{ FACTS_PORT, ENGINE_READ_GET, "AMT_EthernetPortSettings", NULL, WIRED_PORT, true },
	{ FACTS_GENERAL, ENGINE_READ_GET, "AMT_GeneralSettings", NULL, NULL, false },
	{ FACTS_TLS, ENGINE_READ_GET, "AMT_TLSSettingData", NULL, REMOTE_TLS, false },
	{ FACTS_CLOCK, ENGINE_READ_INVOKE, "AMT_TimeSynchronizationService",
	  "GetLowAccuracyTimeSynch", NULL, false },
	{ FACTS_REDIR, ENGINE_READ_GET, "AMT_RedirectionService", NULL, NULL, false },
	{ FACTS_KVM, ENGINE_READ_GET, "CIM_KVMRedirectionSAP", NULL, NULL, true },
	{ FACTS_CERTS, ENGINE_READ_ENUMERATE, "AMT_PublicKeyCertificate", NULL, NULL, false },
	{ FACTS_KEYS, ENGINE_READ_ENUMERATE, "AMT_PublicPrivateKeyPair", NULL, NULL, false },
	{ FACTS_CONTEXT, ENGINE_READ_ENUMERATE, "AMT_TLSCredentialContext", NULL, NULL, false },
	{ FACTS_MEBX, ENGINE_READ_INVOKE, "AMT_AuthorizationService", "GetAdminAclEntryStatus",
	  NULL, true },
	{ FACTS_WEBUI, ENGINE_READ_PATH, "/logon.htm", NULL, NULL, false },
};

static const struct engine_read one_key = {
	FACTS_KEYS, ENGINE_READ_GET, "AMT_PublicPrivateKeyPair", NULL, NULL, true,
};

const struct engine_read *engine_reads_for(unsigned groups, const struct engine_plan_in *in)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!(groups & rows[i].group))
			continue;
		if (rows[i].group == FACTS_KEYS && in->have->key_handle[0] && !in->keys_by_list)
			return &one_key;
		return &rows[i];
	}
	return NULL;
}

bool engine_reads_build(const struct engine_read *r, const struct engine_plan_in *in,
			struct arena *a, struct wsman_req *req)
{
	const struct wsman_class *c = wsman_classes_find(r->class_name);
	if (r->kind == ENGINE_READ_INVOKE)
		return engine_act_invoke(a, req, r->class_name, r->method) != NULL;
	req->op = WSMAN_OP_GET;
	req->resource_uri = c->uri;
	if (r->instance_id)
		req->selectors = wsman_obj_selector(a, "InstanceID", r->instance_id, NULL);
	if (r->group == FACTS_KEYS)
		req->selectors = wsman_obj_selector(a, "InstanceID", in->have->key_handle, NULL);
	return !a->full;
}

static void take(char *dst, size_t cap, const struct wsman_obj *o, const char *prop)
{
	const char *v = wsman_obj_str(o, prop);
	str_copy(dst, cap, span_str(v ? v : ""));
}

static bool apply_identity(struct engine_facts *f, const struct wsman_obj *o, struct err *e)
{
	struct span raw;
	if (!wsman_obj_b64(o, "UUID", &raw) || raw.n != 16)
		return err_set(e, ERR_MALFORMED, "GetUuid gave no UUID of 16 bytes");
	struct uuid u;
	uuid_from_smbios(raw.p, &u);
	uuid_print(&u, f->uuid);
	return true;
}

static bool apply_clock(struct engine_facts *f, const struct wsman_obj *o, int64_t now_unix_ms,
			struct err *e)
{
	if (!wsman_obj_u32(o, "Ta0", &f->clock_ta0))
		return err_set(e, ERR_MALFORMED, "GetLowAccuracyTimeSynch gave no Ta0");
	f->clock_read_unix_ms = now_unix_ms;
	f->clock_skew_ms = (int64_t)f->clock_ta0 * 1000 - now_unix_ms;
	return true;
}

static void apply_tls(struct engine_facts *f, const struct wsman_obj *o)
{
	f->tls_enabled = f->tls_mutual = f->tls_accept_clear = f->tls_clear_supported = false;
	wsman_obj_bool(o, "Enabled", &f->tls_enabled);
	wsman_obj_bool(o, "MutualAuthentication", &f->tls_mutual);
	wsman_obj_bool(o, "AcceptNonSecureConnections", &f->tls_accept_clear);
	f->tls_clear_known =
		wsman_obj_bool(o, "NonSecureConnectionsSupported", &f->tls_clear_supported);
}

/* "02-1A-..." as it is everywhere else: lower case, colons. */
static void apply_port(struct engine_facts *f, const struct wsman_obj *o)
{
	take(f->mac, sizeof f->mac, o, "MACAddress");
	str_lower(f->mac);
	for (char *p = f->mac; *p; p++)
		if (*p == '-')
			*p = ':';
}

static bool apply_get(const struct engine_read *r, struct engine_facts *f,
		      const struct wsman_obj *o, int64_t now_unix_ms, struct err *e)
{
	switch (r->group) {
	case FACTS_IDENTITY:
		return apply_identity(f, o, e);
	case FACTS_GENERAL:
		take(f->realm, sizeof f->realm, o, "DigestRealm");
		take(f->host_name, sizeof f->host_name, o, "HostName");
		take(f->domain, sizeof f->domain, o, "DomainName");
		f->ping = false;
		wsman_obj_bool(o, "PingResponseEnabled", &f->ping);
		return true;
	case FACTS_TLS:
		apply_tls(f, o);
		return true;
	case FACTS_CLOCK:
		return apply_clock(f, o, now_unix_ms, e);
	case FACTS_PORT:
		apply_port(f, o);
		return true;
	case FACTS_REDIR:
		f->redir_state = 0;
		f->redir_listener = false;
		wsman_obj_u32(o, "EnabledState", &f->redir_state);
		wsman_obj_bool(o, "ListenerEnabled", &f->redir_listener);
		return true;
	case FACTS_MEBX:
		f->mebx_default = false;
		wsman_obj_bool(o, "IsDefault", &f->mebx_default);
		return true;
	case FACTS_KVM:
		f->kvm_exists = true;
		wsman_obj_u32(o, "EnabledState", &f->kvm_state);
		return true;
	}
	return err_set(e, ERR_INTERNAL, "no reader for group %u", r->group);
}

#define KEY_ID_TEXT 16

static void key_id(struct span spki, char out_text[KEY_ID_TEXT + 1])
{
	uint8_t sha[32];
	struct out o;
	hash_of(HASH_SHA256, spki, sha);
	out_init(&o, out_text, KEY_ID_TEXT + 1);
	out_hex(&o, span_make(sha, KEY_ID_TEXT / 2));
}

/* The key of a certificate that is not ours: of the default one, or of a former configuration. */
static void keep_cert_key(struct engine_facts *f, struct span der, struct arena *a)
{
	struct pki_cert c;
	char id[KEY_ID_TEXT + 1];
	size_t n = strlen(f->cert_keys);
	if (!pki_cert_parse(der, a, &c, NULL))
		return;
	key_id(c.spki_der, id);
	if (n + KEY_ID_TEXT < sizeof f->cert_keys)
		str_copy(f->cert_keys + n, sizeof f->cert_keys - n, span_str(id));
}

static bool has_certificate(const struct engine_facts *f, struct span spki)
{
	char id[KEY_ID_TEXT + 1];
	key_id(spki, id);
	for (const char *p = f->cert_keys; strlen(p) >= KEY_ID_TEXT; p += KEY_ID_TEXT)
		if (memcmp(p, id, KEY_ID_TEXT) == 0)
			return true;
	return false;
}

/* Our leaf among the certificates of the device. */
static bool apply_certs(const struct engine_plan_in *in, struct engine_facts *f,
			const struct engine_read_reply *reply, struct arena *a, struct err *e)
{
	f->cert_handle[0] = f->cert_keys[0] = '\0';
	for (unsigned i = 0; i < reply->item_count; i++) {
		struct wsman_obj *o;
		struct span der;
		if (!wsman_envelope_item(reply->items[i], a, &o, e))
			return false;
		if (!wsman_obj_b64(o, "X509Certificate", &der))
			continue;
		if (in->leaf_der.n && span_eq(der, in->leaf_der))
			take(f->cert_handle, sizeof f->cert_handle, o, "InstanceID");
		else
			keep_cert_key(f, der, a);
	}
	return true;
}

static bool public_of(const struct wsman_obj *o, struct arena *a, struct span *out_spki,
		      struct err *e)
{
	struct span der;
	return wsman_obj_b64(o, "DERKey", &der) && pki_key_public_normalise(der, a, out_spki, e);
}

static bool keep_public(struct engine_facts *f, struct span spki, struct err *e)
{
	struct out text;
	out_init(&text, f->key_public, sizeof f->key_public);
	out_b64(&text, spki);
	return !text.bad ||
		err_set(e, ERR_LIMIT, "the public key of %s is too large", f->key_handle);
}

static bool apply_one_key(struct engine_facts *f, const struct wsman_msg *m, struct arena *a,
			  struct err *e)
{
	struct wsman_obj *o;
	struct span spki;
	if (!wsman_envelope_obj(m, a, &o, e))
		return false;
	const char *id = wsman_obj_str(o, "InstanceID");
	if (!id || !str_eq(id, f->key_handle) || !public_of(o, a, &spki, e))
		return err_set(e, ERR_MALFORMED, "the device gave no public key of %s",
			       f->key_handle);
	return keep_public(f, spki, e);
}

/* The key pair that we asked for: by its handle; or the one whose public half is in our stored leaf;
 * or, after a crash that lost the reply, the last one (firmware lists them in the order of making;
 * guess, SRC_G) that no certificate uses yet. */
static bool apply_keys(const struct engine_plan_in *in, struct engine_facts *f,
		       const struct engine_read_reply *reply, struct arena *a, struct err *e)
{
	struct pki_cert leaf;
	bool has_leaf = in->leaf_der.n && pki_cert_parse(in->leaf_der, a, &leaf, NULL);
	bool by_handle = f->key_handle[0] != '\0', found = false;
	for (unsigned i = 0; i < reply->item_count; i++) {
		struct wsman_obj *o;
		struct span spki;
		if (!wsman_envelope_item(reply->items[i], a, &o, e))
			return false;
		const char *id = wsman_obj_str(o, "InstanceID");
		if (!id || !public_of(o, a, &spki, e))
			continue;
		bool ours = by_handle ? str_eq(id, f->key_handle)
			: has_leaf    ? span_eq(spki, leaf.spki_der)
				      : in->search && !has_certificate(f, spki);
		if (!ours)
			continue;
		str_copy(f->key_handle, sizeof f->key_handle, span_str(id));
		if (!keep_public(f, spki, e))
			return false;
		found = true;
	}
	if (by_handle && !found) {
		f->key_handle[0] = '\0'; /* it is gone (power loss, reset): make another */
		f->key_public[0] = '\0';
	}
	err_clear(e);
	return true;
}

static bool apply_context(struct engine_facts *f, const struct engine_read_reply *reply,
			  struct arena *a, struct wsman_obj **out_obj, struct err *e)
{
	f->context_exists = reply->item_count > 0;
	f->context_cert[0] = '\0';
	if (!f->context_exists)
		return true;
	struct wsman_obj *o;
	if (!wsman_envelope_item(reply->items[0], a, &o, e))
		return false;
	const struct wsman_epr *epr = wsman_obj_epr(o, "ElementInContext");
	const char *id = epr ? wsman_obj_epr_selector(epr, "InstanceID") : NULL;
	str_copy(f->context_cert, sizeof f->context_cert, span_str(id ? id : ""));
	*out_obj = o;
	return true;
}

/* Base64 of the text, with zeros behind it; all zero: there is none. */
static uint32_t otp_of(const struct engine_plan_in *in, const struct wsman_obj *o)
{
	struct span raw = { NULL, 0 };
	if (!o || !wsman_obj_b64(o, "ProvisioningServerOTP", &raw))
		return ENGINE_OTP_NONE;
	while (raw.n && raw.p[raw.n - 1] == 0)
		raw.n--;
	if (!raw.n)
		return ENGINE_OTP_NONE;
	struct secret shown = secret_make(raw);
	bool fits = in->otp && secret_eq(&shown, in->otp);
	secret_deinit(&shown);
	return fits ? ENGINE_OTP_FITS : ENGINE_OTP_OTHER;
}

static bool apply_otp(const struct engine_plan_in *in, struct engine_facts *f,
		      const struct engine_read_reply *reply, struct arena *a, struct err *e)
{
	struct wsman_obj *o = NULL;
	if (reply->m && !wsman_envelope_obj(reply->m, a, &o, e))
		return false;
	f->otp = otp_of(in, o);
	return true;
}

bool engine_reads_apply(const struct engine_read *r, const struct engine_plan_in *in,
			struct engine_facts *f, const struct engine_read_reply *reply,
			struct arena *a, struct wsman_obj **out_obj, struct err *e)
{
	bool ok = true;
	*out_obj = NULL;
	if (r->kind == ENGINE_READ_PATH) {
		/* 200: the page; 303: to the page; 404 or anything else: switched off (decision of section 10) */
		f->webui_on = reply->http_status == 200 || reply->http_status == 303 ||
			reply->http_status == 401;
	} else if (r->group == FACTS_CERTS) {
		ok = apply_certs(in, f, reply, a, e);
	} else if (r->group == FACTS_KEYS && r->kind == ENGINE_READ_GET) {
		ok = apply_one_key(f, reply->m, a, e);
	} else if (r->group == FACTS_KEYS) {
		ok = apply_keys(in, f, reply, a, e);
	} else if (r->group == FACTS_CONTEXT) {
		ok = apply_context(f, reply, a, out_obj, e);
	} else if (r->group == FACTS_OTP) {
		ok = apply_otp(in, f, reply, a, e);
	} else if (!reply->m && r->group == FACTS_MEBX) {
		f->mebx_default = false; /* it does not say: then it is left */
	} else if (!reply->m) {
		f->kvm_exists = false;
	} else {
		struct wsman_obj *o;
		ok = r->kind == ENGINE_READ_INVOKE ? engine_act_output(reply->m, a, &o, e)
						   : wsman_envelope_obj(reply->m, a, &o, e);
		ok = ok && apply_get(r, f, o, reply->now_unix_ms, e);
		if (ok)
			*out_obj = o;
	}
	if (ok)
		f->known |= r->group;
	return ok;
}
