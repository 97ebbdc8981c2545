/* AMT_AuditLog: the key that somebody gives the PC to sign its audit log with, and the signature (wsman
 * 3.13). What is signed, wire/audit_signed.c knows. Whether firmware looks at the certificates at all, and
 * how it answers without a key, is a guess. Called through the table of classes (fw_audit.c). */
#include "base/iso.h"
#include "base/str.h"
#include "pki/sign.h"
#include "sim/fw_audit_priv.h"
#include "wire/audit_record.h"
#include "wire/audit_signed.h"

#define LOG        "AMT_AuditLog"
#define NO_KEY     WSMAN_PT_DATA_MISSING
#define CERTS_MAX  4
#define RECORD_MAX 1024

static const enum hash_kind hashes[WIRE_AUDIT_MECHANISM_COUNT] = { HASH_SHA1, HASH_SHA256,
								   HASH_SHA384 };

bool sim_fw_audit_has_key(const struct sim_dev *d)
{
	return sim_record_count(d, LOG) > 0;
}

/* The lengths fill the bytes, and the first certificate is that of the key. */
static bool certs_ok(struct fw_ctx *x, const struct wsman_obj *in, struct span certs,
		     const struct pki_key *key)
{
	const struct wsman_val *v = wsman_obj_vals(in, "LengthOfCertificates");
	struct pki_cert first;
	struct span spki;
	struct err e = { 0 };
	size_t at = 0;

	for (unsigned n = 0; v; v = v->next, n++) {
		uint32_t size;
		if (n == CERTS_MAX || !str_to_u32(span_str(v->text), 1, UINT16_MAX, &size, NULL) ||
		    size > certs.n - at)
			return false;
		if (n == 0 &&
		    (!pki_cert_parse(span_make(certs.p, size), x->a, &first, &e) ||
		     !pki_key_public_spki(key, x->a, &spki) || !span_eq(spki, first.spki_der)))
			return false;
		at += size;
	}
	return at > 0 && at == certs.n;
}

static uint32_t set_key(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct span der, certs;
	struct sim_record *r;
	struct pki_key *key;
	uint32_t mechanism;
	struct err e = { 0 };

	(void)out;
	if (!wsman_obj_u32(in, "SigningMechanismType", &mechanism) ||
	    mechanism >= WIRE_AUDIT_MECHANISM_COUNT || !wsman_obj_b64(in, "SigningKey", &der) ||
	    !wsman_obj_b64(in, "Certificates", &certs))
		return WSMAN_PT_INVALID_PARAMETER;
	key = pki_key_from_der(der, &e);
	bool ok = key && certs_ok(x, in, certs, key);
	pki_key_free(key);
	if (!ok)
		return WSMAN_PT_INVALID_PARAMETER;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	while ((r = sim_record_at(x->d, LOG, 0)))
		sim_record_drop(x->d, r);
	r = sim_record_add(x->d, LOG, 1);
	if (!r)
		return WSMAN_PT_INTERNAL_ERROR;
	sim_record_set(r, "SigningKey", wsman_obj_str(in, "SigningKey"));
	sim_record_set(r, "Certificates", wsman_obj_str(in, "Certificates"));
	for (const struct wsman_val *v = wsman_obj_vals(in, "LengthOfCertificates"); v; v = v->next)
		sim_record_append(r, "LengthOfCertificates", v->text);
	return WSMAN_PT_SUCCESS;
}

static void set_time(struct wsman_obj *out, const char *prop, int64_t s)
{
	char text[ISO_TIME_SIZE];

	iso_time_print(s, text);
	wsman_obj_set_str(out, prop, text);
}

/* All records as bytes, and the times of the first and the last. */
static struct span records(struct fw_ctx *x, struct wire_audit_signed *s)
{
	uint8_t *all = arena_alloc(x->a, SIM_AUDIT_BYTES + RECORD_MAX);
	struct wire_audit_record r;
	size_t at = 0, n, used;

	s->count = sim_audit_count(x->d);
	for (unsigned i = 0; all && i < s->count; i++) {
		if (!b64_decode(sim_audit_at(x->d, i), all + at, SIM_AUDIT_BYTES + RECORD_MAX - at,
				&n) ||
		    wire_audit_record_parse(span_make(all + at, n), &r, &used, NULL) != WIRE_DONE)
			break;
		s->last_s = r.time;
		s->first_s = i ? s->first_s : r.time;
		at += n;
	}
	return span_make(all, all ? at : 0);
}

static bool sign(struct fw_ctx *x, const struct sim_record *key, uint32_t mechanism,
		 struct span bytes, const struct wire_audit_signed *s, struct wsman_obj *out)
{
	uint8_t der[4096], sig[PKI_SIGN_MAX];
	size_t cap = bytes.n + WIRE_AUDIT_SIGNED_MORE, n;
	struct err e = { 0 };
	struct out o;

	out_init(&o, arena_alloc(x->a, cap), cap);
	wire_audit_signed_emit(&o, bytes, s);
	if (o.bad || !b64_decode(span_str(sim_record_get(key, "SigningKey")), der, sizeof der, &n))
		return false;
	struct pki_key *k = pki_key_from_der(span_make(der, n), &e);
	mem_wipe(der, sizeof der);
	bool ok = k && pki_sign(k, hashes[mechanism], out_span(&o), sig, &n, &e);
	pki_key_free(k);
	if (ok)
		wsman_obj_set_b64(out, "Signature", span_make(sig, n));
	return ok;
}

static uint32_t export(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const struct sim_record *key = sim_record_at(x->d, LOG, 0);
	const char *host = sim_var_active(x->d, SIM_VAR_HOST_NAME),
		   *domain = sim_var_active(x->d, SIM_VAR_DOMAIN);
	const char *fqdn = arena_fmt(x->a, "%s%s%s", host, *host && *domain ? "." : "", domain);
	struct wire_audit_signed s = { .made_s = (x->now_unix_ms + x->d->clock_offset_ms) / 1000 };
	char uuid[33] = "";
	uint32_t mechanism;
	struct out o;

	if (!wsman_obj_u32(in, "SigningMechanism", &mechanism) ||
	    mechanism >= WIRE_AUDIT_MECHANISM_COUNT)
		return WSMAN_PT_INVALID_PARAMETER;
	if (!key)
		return NO_KEY;
	uuid_to_smbios(&x->d->uuid, s.uuid);
	s.fqdn = span_str(fqdn ? fqdn : "");
	struct span all = records(x, &s);
	if (!sign(x, key, mechanism, all, &s, out))
		return WSMAN_PT_INTERNAL_ERROR;
	out_init(&o, uuid, sizeof uuid);
	out_hex(&o, span_make(s.uuid, sizeof s.uuid));
	wsman_obj_set_u32(out, "TotalRecordCount", s.count);
	set_time(out, "StartLogTime", s.first_s);
	set_time(out, "EndLogTime", s.last_s);
	set_time(out, "GenerationTime", s.made_s);
	wsman_obj_set_str(out, "UUID", uuid);
	wsman_obj_set_str(out, "FQDN", fqdn);
	wsman_obj_set_u32(out, "SignatureMechanism", mechanism);
	wsman_obj_set_str(out, "Certificates", sim_record_get(key, "Certificates"));
	for (const struct sim_record_text *t = key->texts; t; t = t->next)
		if (str_eq(t->name, "LengthOfCertificates"))
			wsman_obj_add_str(out, t->name, arena_str(x->a, span_str(t->value)));
	return WSMAN_PT_SUCCESS;
}

const struct fw_method sim_fw_audit_sign_methods[] = {
	{ "ExportAuditLogSignature", export },
	{ "SetSigningKeyMaterial", set_key },
	{ NULL, NULL },
};
