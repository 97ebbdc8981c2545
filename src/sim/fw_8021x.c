/* 802.1X: the wired port's settings (AMT_8021XProfile up to 13, IPS_IEEE8021xSettings from 14 on), those of
 * wireless profiles (records that fw_wifi.c makes), and which certificate each of them uses. The wired
 * settings are one record. Nobody is asked for a login: the switch in front of the PC is not played. */
#include "base/str.h"
#include "sim/fw_priv.h"

#define WIRED_OLD "AMT_8021XProfile"
#define WIRED_NEW "IPS_IEEE8021xSettings"
#define WIRELESS  "CIM_IEEE8021xSettings"
#define NEW_FROM  140
#define OLD_ID    "Intel(r) AMT 802.1x Profile 0"
#define NEW_ID    "Intel(r) AMT: 8021X Settings"
#define OLD_MAX   6 /* highest AuthenticationProtocol */
#define NEW_MAX   10
#define EAP_TLS   0
#define DAY_S     86400

static bool is_new(const struct sim_dev *d)
{
	return sim_gen_number(d->gen) >= NEW_FROM;
}

static const char *wired_class(const struct sim_dev *d)
{
	return is_new(d) ? WIRED_NEW : WIRED_OLD;
}

/* ---- what is right ---- */

bool sim_fw_8021x_cert(struct fw_ctx *x, const struct wsman_epr *epr, bool root,
		       uint32_t *out_handle)
{
	const char *id = wsman_obj_epr_selector(epr, "InstanceID");

	if (!id || !sim_fw_pki_handle(id, "Certificate", out_handle))
		return false;
	const struct sim_cert *c = sim_store_cert(x->d, *out_handle);
	if (!c || c->trusted_root != root)
		return false;
	if (root)
		return true;
	struct pki_key *key = sim_tls_key_of(x->d, c);
	pki_key_free(key);
	return key != NULL;
}

bool sim_fw_8021x_ok(const struct fw_ctx *x, const struct wsman_obj *o, uint32_t protocol_max,
		     bool has_client, const char *password)
{
	uint32_t protocol = UINT32_MAX;
	const char *given = wsman_obj_str(o, "Password"), *user = wsman_obj_str(o, "Username");
	bool tls = false;

	(void)x;
	if (!wsman_obj_u32(o, "AuthenticationProtocol", &protocol) || protocol > protocol_max)
		return false;
	tls = protocol == EAP_TLS || protocol == protocol_max;
	if (tls)
		return has_client;
	return user && *user && ((given && *given) || (password && *password));
}

/* ---- the wired port ---- */

static struct sim_record *wired(const struct sim_dev *d)
{
	return sim_record_at(d, wired_class(d), 0);
}

static void fill_cert(struct fw_ctx *x, const struct sim_record *r, const char *key,
		      const char *member, struct wsman_obj *o)
{
	const char *handle = r ? sim_record_get(r, key) : NULL;

	if (handle)
		wsman_obj_set_epr(o, member,
				  sim_fw_epr(x, "AMT_PublicKeyCertificate", "InstanceID",
					     arena_fmt(x->a, "Intel(r) AMT Certificate: Handle: %s",
						       handle)));
}

static void fill_old(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = wired(x->d);

	(void)i;
	if (x->keys_only)
		return;
	sim_fw_set(o, "ActiveInS0", "true");
	sim_fw_set(o, "Enabled", "false");
	sim_fw_set(o, "PxeTimeout", "0");
	if (r) {
		wsman_obj_unset(o, "ActiveInS0");
		wsman_obj_unset(o, "Enabled");
		wsman_obj_unset(o, "PxeTimeout");
		sim_record_to(r, o);
	}
	fill_cert(x, r, "client", "ClientCertificate", o);
	fill_cert(x, r, "ca", "ServerCertificateIssuer", o);
	wsman_obj_unset(o, "Password");
	wsman_obj_unset(o, "PACPassword");
	wsman_obj_unset(o, "ProtectedAccessCredential");
}

static void fill_new(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = wired(x->d);

	(void)i;
	if (x->keys_only)
		return;
	sim_fw_set(o, "AvailableInS0", "false");
	sim_fw_set(o, "Enabled", "3");
	sim_fw_set(o, "PxeTimeout", "120");
	if (r) {
		wsman_obj_unset(o, "AvailableInS0");
		wsman_obj_unset(o, "Enabled");
		wsman_obj_unset(o, "PxeTimeout");
		sim_record_to(r, o);
	}
	wsman_obj_unset(o, "Password");
	wsman_obj_unset(o, "PACPassword");
	wsman_obj_unset(o, "PSK");
	wsman_obj_unset(o, "ProtectedAccessCredential");
}

static const char *kept(const struct sim_record *r, const char *name)
{
	return r ? sim_record_get(r, name) : NULL;
}

/* The instance replaces what was there, but for secrets and certificates that it does not carry. */
static void keep_wired(struct fw_ctx *x, const struct wsman_obj *in, const char *client,
		       const char *ca)
{
	struct sim_record *r = wired(x->d);
	const char *was = kept(r, "Password"),
		   *password = was ? arena_str(x->a, span_str(was)) : NULL;

	if (r)
		sim_record_drop(x->d, r);
	r = sim_record_add(x->d, x->cls->name, 1);
	if (!r) {
		sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_MAX_LIMIT_REACHED);
		return;
	}
	sim_record_from(r, in);
	sim_record_set(r, "ClientCertificate", NULL);
	sim_record_set(r, "ServerCertificateIssuer", NULL);
	if (password && !wsman_obj_has(in, "Password"))
		sim_record_set(r, "Password", password);
	sim_record_set(r, "client", client);
	sim_record_set(r, "ca", ca);
}

static bool pxe_ok(const struct wsman_obj *in)
{
	uint32_t v = 0;

	return !wsman_obj_has(in, "PxeTimeout") ||
		(wsman_obj_u32(in, "PxeTimeout", &v) && v <= DAY_S);
}

static bool refuse(struct fw_ctx *x)
{
	return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
}

static bool put_old(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	const struct wsman_epr *client = wsman_obj_epr(in, "ClientCertificate"),
			       *ca = wsman_obj_epr(in, "ServerCertificateIssuer");
	uint32_t handle, root;
	bool on = false;

	(void)i;
	wsman_obj_bool(in, "Enabled", &on);
	if ((client && !sim_fw_8021x_cert(x, client, false, &handle)) ||
	    (ca && !sim_fw_8021x_cert(x, ca, true, &root)))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_NOT_FOUND);
	if (!pxe_ok(in) ||
	    (on && !sim_fw_8021x_ok(x, in, OLD_MAX, client, kept(wired(x->d), "Password"))))
		return refuse(x);
	keep_wired(x, in, client ? arena_fmt(x->a, "%u", (unsigned)handle) : NULL,
		   ca ? arena_fmt(x->a, "%u", (unsigned)root) : NULL);
	return x->fault == FW_FAULT_NONE;
}

static bool put_new(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	const struct sim_record *r = wired(x->d);
	const char *client = kept(r, "client"), *ca = kept(r, "ca");
	uint32_t enabled = 0;

	(void)i;
	/* The certificates come by SetCertificates, before or after: which is not known. */
	if (!wsman_obj_u32(in, "Enabled", &enabled) ||
	    (enabled != 2 && enabled != 3 && enabled != 6) || !pxe_ok(in))
		return refuse(x);
	if (enabled != 3 && !sim_fw_8021x_ok(x, in, NEW_MAX, enabled == 2, kept(r, "Password")))
		return refuse(x);
	keep_wired(x, in, client ? arena_str(x->a, span_str(client)) : NULL,
		   ca ? arena_str(x->a, span_str(ca)) : NULL);
	return x->fault == FW_FAULT_NONE;
}

static uint32_t set_certs(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const struct wsman_epr *client = wsman_obj_epr(in, "ClientCertificate"),
			       *ca = wsman_obj_epr(in, "ServerCertificateIssuer");
	uint32_t handle = 0, root = 0;
	struct sim_record *r = wired(x->d);

	(void)out;
	if ((client && !sim_fw_8021x_cert(x, client, false, &handle)) ||
	    (ca && !sim_fw_8021x_cert(x, ca, true, &root)))
		return WSMAN_PT_NOT_FOUND;
	if (!r)
		r = sim_record_add(x->d, WIRED_NEW, 1);
	if (!r)
		return WSMAN_PT_MAX_LIMIT_REACHED;
	if (!sim_record_get(r, "Enabled")) {
		sim_record_set(r, "Enabled", "3");
		sim_record_set(r, "AvailableInS0", "false");
		sim_record_set(r, "PxeTimeout", "120");
	}
	sim_record_set(r, "client", client ? arena_fmt(x->a, "%u", (unsigned)handle) : NULL);
	sim_record_set(r, "ca", ca ? arena_fmt(x->a, "%u", (unsigned)root) : NULL);
	return WSMAN_PT_SUCCESS;
}

/* ---- wireless profiles ---- */

static unsigned count_wireless(const struct sim_dev *d)
{
	return sim_record_count(d, WIRELESS);
}

static void fill_wireless(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, WIRELESS, i);

	if (x->keys_only) {
		sim_fw_set(o, "InstanceID", sim_record_get(r, "InstanceID"));
		return;
	}
	sim_record_to(r, o);
	wsman_obj_unset(o, "Password");
	wsman_obj_unset(o, "PACPassword");
	wsman_obj_unset(o, "PSK");
	wsman_obj_unset(o, "ProtectedAccessCredential");
}

/* ---- which certificate is used by which ---- */

struct binding {
	const char *cls, *id; /* of the settings */
	const char *handle;
};

static bool take(const struct sim_record *r, const char *cls, const char *id, unsigned *i,
		 struct binding *out_b)
{
	static const char *const names[] = { "client", "ca" };

	for (int n = 0; n < 2; n++) {
		const char *handle = sim_record_get(r, names[n]);
		if (!handle || (*i)-- > 0)
			continue;
		*out_b = (struct binding){ cls, id, handle };
		return true;
	}
	return false;
}

static bool binding_at(const struct sim_dev *d, unsigned i, struct binding *out_b)
{
	const struct sim_record *r;

	for (unsigned n = 0; (r = sim_record_at(d, WIRELESS, n)); n++) {
		if (take(r, WIRELESS, sim_record_get(r, "InstanceID"), &i, out_b))
			return true;
	}
	r = wired(d);
	return r && take(r, wired_class(d), is_new(d) ? NEW_ID : OLD_ID, &i, out_b);
}

static unsigned count_bindings(const struct sim_dev *d)
{
	struct binding b;
	unsigned n = 0;

	while (binding_at(d, n, &b))
		n++;
	return n;
}

bool sim_fw_8021x_uses(const struct sim_dev *d, uint32_t cert_handle)
{
	struct binding b;
	uint32_t handle;

	for (unsigned i = 0; binding_at(d, i, &b); i++) {
		if (str_to_u32(span_str(b.handle), 0, UINT32_MAX, &handle, NULL) &&
		    handle == cert_handle)
			return true;
	}
	return false;
}

static void fill_binding(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	struct binding b;

	if (!binding_at(x->d, i, &b))
		return;
	wsman_obj_set_epr(
		o, "ElementInContext",
		sim_fw_epr(x, "AMT_PublicKeyCertificate", "InstanceID",
			   arena_fmt(x->a, "Intel(r) AMT Certificate: Handle: %s", b.handle)));
	wsman_obj_set_epr(o, "ElementProvidingContext", sim_fw_epr(x, b.cls, "InstanceID", b.id));
}

/* The base class lists what all its children have. */
static const char *const children[] = { "AMT_TLSCredentialContext", "AMT_8021xCredentialContext",
					"IPS_8021xCredentialContext",
					"AMT_RemoteAccessCredentialContext" };

static unsigned count_contexts(const struct sim_dev *d)
{
	unsigned n = 0;

	for (size_t k = 0; k < sizeof children / sizeof *children; k++)
		n += sim_fw_count(d, sim_fw_class_find(children[k]));
	return n;
}

static const struct fw_class *context_at(const struct sim_dev *d, unsigned *i)
{
	const struct fw_class *c = NULL;

	for (size_t k = 0; k < sizeof children / sizeof *children; k++) {
		c = sim_fw_class_find(children[k]);
		unsigned n = sim_fw_count(d, c);
		if (*i < n)
			break;
		*i -= n;
	}
	return c;
}

static const struct fw_member old_members[] = {
	FW_OWN("ActiveInS0"),
	FW_OWN("AuthenticationProtocol"),
	FW_OWN("ClientCertificate"),
	FW_OWN("Domain"),
	FW_FIX("ElementName", "Intel(r) AMT 802.1x Profile"),
	FW_OWN("Enabled"),
	FW_FIX("InstanceID", OLD_ID),
	FW_OWN("PACPassword"),
	FW_OWN("Password"),
	FW_OWN("ProtectedAccessCredential"),
	FW_OWN("PxeTimeout"),
	FW_OWN("RoamingIdentity"),
	FW_OWN("ServerCertificateIssuer"),
	FW_OWN("ServerCertificateName"),
	FW_OWN("ServerCertificateNameComparison"),
	FW_OWN("Username"),
	FW_END,
};
static const struct fw_member new_members[] = {
	FW_OWN("AuthenticationProtocol"),
	FW_OWN("AvailableInS0"),
	FW_OWN("Domain"),
	FW_FIX("ElementName", NEW_ID),
	FW_OWN("Enabled"),
	FW_FIX("InstanceID", NEW_ID),
	FW_OWN("PACPassword"),
	FW_OWN("PSK"),
	FW_OWN("Password"),
	FW_OWN("ProtectedAccessCredential"),
	FW_OWN("PxeTimeout"),
	FW_OWN("RoamingIdentity"),
	FW_OWN("ServerCertificateName"),
	FW_OWN("ServerCertificateNameComparison"),
	FW_OWN("Username"),
	FW_END,
};
static const struct fw_method new_methods[] = {
	{ "SetCertificates", set_certs },
	{ NULL, NULL },
};
static const struct fw_member id_members[] = {
	FW_OWN("InstanceID"),
	FW_END,
};
static const struct fw_member context_members[] = {
	FW_OWN("ElementInContext"),
	FW_OWN("ElementProvidingContext"),
	FW_END,
};

const struct fw_class sim_fw_8021x_classes[] = {
	{ .name = WIRED_OLD,
	  .until = NEW_FROM - 1,
	  .members = { old_members },
	  .fill = fill_old,
	  .can_put = true,
	  .put = put_old },
	{ .name = WIRED_NEW,
	  .since = NEW_FROM,
	  .members = { new_members },
	  .fill = fill_new,
	  .can_put = true,
	  .put = put_new,
	  .methods = new_methods },
	{ .name = WIRELESS,
	  .members = { id_members },
	  .count = count_wireless,
	  .fill = fill_wireless },
	{ .name = "AMT_8021xCredentialContext",
	  .until = NEW_FROM - 1,
	  .members = { context_members },
	  .count = count_bindings,
	  .fill = fill_binding },
	{ .name = "IPS_8021xCredentialContext",
	  .since = NEW_FROM,
	  .members = { context_members },
	  .count = count_bindings,
	  .fill = fill_binding },
	{ .name = "CIM_CredentialContext",
	  .members = { context_members },
	  .count = count_contexts,
	  .derived = context_at },
	{ .name = NULL },
};
