/* Part "old_certificates", in no profile: TLS certificates of ours that the PC keeps although it shows a
 * newer one, and their keys. They take its few slots; a service that died between the commit and their
 * removal left them, too. Removed by the job that renews, told by a check (setup-and-configuration 5.5). */
#include "base/hash.h"
#include "base/str.h"
#include "engine/part.h"
#include "pki/cert.h"

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "", SRC_D,
	  "Certificates of the service that are no more in use.", NULL },
	ENGINE_KEYS_END,
};
enum { READ_CERTS, READ_KEYS, READ_CONTEXT };
static const struct engine_part_read reads[] = {
	{ PART_ENUMERATE, "AMT_PublicKeyCertificate", NULL, NULL, false },
	{ PART_ENUMERATE, "AMT_PublicPrivateKeyPair", NULL, NULL, true },
	{ PART_ENUMERATE, "AMT_TLSCredentialContext", NULL, NULL, false },
};

static bool in_use(const struct engine_part_in *in, const char *id)
{
	for (unsigned i = 0; i < in->have[READ_CONTEXT].count; i++) {
		const struct wsman_epr *epr =
			wsman_obj_epr(in->have[READ_CONTEXT].items[i], "ElementInContext");
		const char *used = epr ? wsman_obj_epr_selector(epr, "InstanceID") : NULL;
		if (!used || str_eq(used, id))
			return true; /* what cannot be read is not touched */
	}
	return in->have[READ_CONTEXT].count == 0;
}

static bool is_ours(const struct engine_part_in *in, struct span der)
{
	for (unsigned i = 0; i < in->leaf_count; i++)
		if (span_eq(in->leaves[i], der))
			return true;
	return false;
}

/* The one that the handshake showed. */
static bool is_shown(const struct engine_part_in *in, struct span der)
{
	uint8_t sha[32];
	char hex[65];
	struct out o;
	hash_of(HASH_SHA256, der, sha);
	out_init(&o, hex, sizeof hex);
	out_hex(&o, span_make(sha, sizeof sha));
	return str_eq(hex, in->facts->leaf_seen);
}

/* Most PCs have one certificate of ours, and show it: then keys and contexts need no look. */
static bool needless(const struct engine_part_in *in, unsigned read)
{
	const struct engine_part_reply *certs = &in->have[READ_CERTS];
	struct span der;
	for (unsigned i = 0; i < certs->count; i++)
		if (!wsman_obj_b64(certs->items[i], "X509Certificate", &der) ||
		    (is_ours(in, der) && !is_shown(in, der)))
			return false;
	return read != READ_CERTS;
}

/* Firmware gives the key as SubjectPublicKeyInfo or only the RSA key, which is its end. */
static bool has_key(struct span spki, struct span key)
{
	return key.n > 64 && spki.n >= key.n &&
		span_eq(span_make(spki.p + spki.n - key.n, key.n), key);
}

static void drop_key(const struct engine_part_in *in, struct engine_changes *c, struct span spki,
		     const char *serial)
{
	for (unsigned i = 0; i < in->have[READ_KEYS].count; i++) {
		const struct wsman_obj *o = in->have[READ_KEYS].items[i];
		const char *id = wsman_obj_str(o, "InstanceID");
		struct span key;
		if (!id || !wsman_obj_b64(o, "DERKey", &key) || !has_key(spki, key))
			continue;
		struct engine_change *ch = engine_part_change(c, 0, "drop_key:%s", serial);
		engine_part_line(ch, "old_certificates.key", id, NULL);
		engine_part_delete(c, ch, "AMT_PublicPrivateKeyPair",
				   wsman_obj_selector(c->a, "InstanceID", id, NULL));
	}
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	(void)e;
	for (unsigned i = 0; i < in->have[READ_CERTS].count; i++) {
		const struct wsman_obj *o = in->have[READ_CERTS].items[i];
		const char *id = wsman_obj_str(o, "InstanceID");
		struct pki_cert cert;
		struct span der;
		if (!id || in_use(in, id) || !wsman_obj_b64(o, "X509Certificate", &der) ||
		    !is_ours(in, der) || !pki_cert_parse(der, c->a, &cert, NULL))
			continue;
		struct engine_change *ch = engine_part_change(c, 0, "drop:%s", cert.serial);
		engine_part_line(ch, "old_certificates", cert.serial, NULL);
		engine_part_delete(c, ch, "AMT_PublicKeyCertificate",
				   wsman_obj_selector(c->a, "InstanceID", id, NULL));
		drop_key(in, c, cert.spki_der, cert.serial);
	}
	return true;
}

const struct engine_part engine_part_old_certs = {
	.name = "old_certificates",
	.title = "old certificates",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.needless = needless,
	.diff = diff,
	.hidden = true,
};
