/* Certificates that parts of a profile refer to, as the device has them: trusted roots by their bytes,
 * and the certificate that the device shows on TLS. Called by the parts. Sends nothing. */
#include "engine/part_cert.h"

#include "base/str.h"

static bool is_root(const struct wsman_obj *cert)
{
	bool yes = false;
	return (wsman_obj_bool(cert, "TrustedRootCertficate", &yes) ||
		wsman_obj_bool(cert, "TrustedRootCertificate", &yes)) &&
		yes;
}

const char *engine_part_root(const struct engine_part_in *in, unsigned certs, const char *name)
{
	struct span want = engine_part_cert(in, name), der;
	for (unsigned i = 0; want.n && i < in->have[certs].count; i++) {
		const struct wsman_obj *o = in->have[certs].items[i];
		if (is_root(o) && wsman_obj_b64(o, "X509Certificate", &der) && span_eq(der, want))
			return wsman_obj_str(o, "InstanceID");
	}
	return NULL;
}

const char *engine_part_need_root(const struct engine_part_in *in, unsigned certs, const char *name,
				  const char *field, struct engine_changes *c)
{
	char id[96];
	struct out o;
	const char *have = engine_part_root(in, certs, name);
	out_init(&o, id, sizeof id);
	out_fmt(&o, "root:%s", name);
	for (const struct engine_change *ch = c->first; ch; ch = ch->next)
		if (str_eq(ch->id, id))
			return have;
	if (have)
		return have;
	struct engine_change *ch = engine_part_change(c, CHANGE_CREATES | CHANGE_REREAD, "%s", id);
	struct wsman_obj *in_obj = engine_part_call(c, ch, "AMT_PublicKeyManagementService",
						    "AddTrustedRootCertificate", NULL);
	if (!in_obj)
		return NULL;
	wsman_obj_set_b64(in_obj, "CertificateBlob", engine_part_cert(in, name));
	engine_part_line(ch, field, "not in the PC", name);
	return NULL;
}

const char *engine_part_own_cert(const struct engine_part_in *in, unsigned contexts)
{
	for (unsigned i = 0; i < in->have[contexts].count; i++) {
		const struct wsman_obj *o = in->have[contexts].items[i];
		const struct wsman_epr *cert = wsman_obj_epr(o, "ElementInContext");
		if (str_eq(o->shape->name, "AMT_TLSCredentialContext") && cert)
			return wsman_obj_epr_selector(cert, "InstanceID");
	}
	return NULL;
}
