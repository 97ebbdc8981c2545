/* Key pairs and certificates: AMT_PublicKeyManagementService, AMT_PublicKeyCertificate,
 * AMT_PublicPrivateKeyPair. Making a key takes firmware's own time; while waits are on, one call in
 * five to these methods answers "busy" (no other service does). Keys come from the pool. */
#include "base/limits.h"
#include "base/str.h"
#include "pki/cert.h"
#include "sim/fw_crl_priv.h"

#define KEY_MIN_MS  3000
#define KEY_MAX_MS  30000
#define BUSY_MIN_MS 1000 /* only where busy means a late reply */
#define BUSY_MAX_MS 3000
#define CERT_MAX    4100

bool sim_fw_pki_handle(const char *text, const char *kind, uint32_t *out_handle)
{
	char prefix[48];
	struct out o;

	out_init(&o, prefix, sizeof prefix);
	out_fmt(&o, "Intel(r) AMT %s: Handle: ", kind);
	if (!span_starts(span_str(text), prefix))
		return false;
	return str_to_u32(span_str(text + o.n), 0, UINT16_MAX, out_handle, NULL);
}

static const char *handle_text(struct fw_ctx *x, const char *kind, uint32_t handle)
{
	return arena_fmt(x->a, "Intel(r) AMT %s: Handle: %u", kind, handle);
}

/* ---- busy ---- */

/* Says "busy" in the way the switch asks for; the caller returns what this gives. */
static uint32_t busy(struct fw_ctx *x)
{
	if (sim_switches_is(&x->d->sw, SIM_SW_BUSY, "return"))
		return WSMAN_PT_PKI_GENERATING_KEYS;
	if (sim_switches_is(&x->d->sw, SIM_SW_BUSY, "503")) {
		x->unavailable = true;
		return 0;
	}
	sim_fw_refuse_status(x, FW_FAULT_BUSY, WSMAN_PT_PKI_GENERATING_KEYS);
	return 0;
}

static bool is_busy(struct fw_ctx *x)
{
	bool now = sim_fault_hit(x->d, SIM_FAULT_BUSY, NULL);

	if (!now && (!x->d->env->waits || rng_below(&x->d->rng, 5) != 0))
		return false;
	if (!sim_switches_is(&x->d->sw, SIM_SW_BUSY, "late"))
		return true;
	x->delay_ms += sim_dev_wait_ms(x->d, BUSY_MIN_MS, BUSY_MAX_MS);
	return false;
}

/* ---- key pairs ---- */

static struct sim_key *make_key(struct sim_dev *d)
{
	struct sim_key *k = sim_tls_new_key(d);

	if (k)
		d->stats.keys_made++;
	return k;
}

void sim_fw_pki_tick(struct fw_ctx *x)
{
	struct sim_dev *d = x->d;

	if (d->key_ready_mono_ms < 0 || x->now_mono_ms < d->key_ready_mono_ms)
		return;
	d->key_ready_mono_ms = -1;
	const struct sim_key *k = make_key(d);
	d->key_made = k ? k->handle : SIM_NO_HANDLE;
}

static int64_t key_time(struct sim_dev *d)
{
	int64_t slow = sim_fault_n(d, SIM_FAULT_SLOW_KEY, -1);

	if (slow >= 0)
		return sim_dev_wait_ms(d, slow, slow);
	return d->env->waits ? sim_dev_wait_ms(d, KEY_MIN_MS, KEY_MAX_MS) : 0;
}

static void give_key(struct fw_ctx *x, struct wsman_obj *out, const struct sim_key *k)
{
	wsman_obj_set_epr(out, "KeyPair",
			  sim_fw_epr(x, "AMT_PublicPrivateKeyPair", "InstanceID",
				     handle_text(x, "Key", k->handle)));
	x->d->key_made = SIM_NO_HANDLE;
}

static uint32_t start_key(struct fw_ctx *x, struct wsman_obj *out)
{
	struct sim_dev *d = x->d;

	if (d->key_count >= SIM_KEY_SLOTS)
		return WSMAN_PT_MAX_LIMIT_REACHED;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	int64_t wait = key_time(d);
	bool late = sim_switches_is(&d->sw, SIM_SW_BUSY, "late");
	if (wait > 0 && !late) {
		d->key_ready_mono_ms = x->now_mono_ms + wait;
		return busy(x);
	}
	x->delay_ms += wait;
	give_key(x, out, make_key(d));
	return WSMAN_PT_SUCCESS;
}

static uint32_t generate(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t alg = UINT32_MAX, bits = 0;

	if (!x->d->gen->makes_keys.is) {
		sim_fw_refuse(x, FW_FAULT_ACTION);
		return 0;
	}
	if (!wsman_obj_u32(in, "KeyAlgorithm", &alg) || !wsman_obj_u32(in, "KeyLength", &bits) ||
	    alg != 0 || bits != x->d->gen->key_bits.n)
		return WSMAN_PT_INVALID_PARAMETER;
	const struct sim_key *made = sim_store_key(x->d, x->d->key_made);
	if (made) {
		give_key(x, out, made);
		return WSMAN_PT_SUCCESS;
	}
	if (x->d->key_ready_mono_ms >= 0 || is_busy(x))
		return busy(x);
	return start_key(x, out);
}

/* DER from a base64 member; false when it is not base64 or too long. */
static bool blob(const struct wsman_obj *in, const char *prop, size_t max, struct span *out_der)
{
	return wsman_obj_b64(in, prop, out_der) && out_der->n > 0 && out_der->n <= max;
}

static bool same_public(struct fw_ctx *x, const struct pki_key *a, const struct pki_key *b)
{
	struct span sa, sb;

	return a && b && pki_key_public_spki(a, x->a, &sa) && pki_key_public_spki(b, x->a, &sb) &&
		span_eq(sa, sb);
}

static uint32_t judge_key(struct fw_ctx *x, const struct pki_key *key)
{
	const struct sim_dev *d = x->d;
	unsigned bits = pki_key_bits(key);

	if (bits < d->gen->rsa_min.n || bits > d->gen->key_max.n || bits % 512 != 0)
		return WSMAN_PT_INVALID_KEY;
	for (unsigned i = 0; i < d->key_count; i++) {
		struct pki_key *have = sim_store_load_key(&d->keys[i]);
		bool same = same_public(x, have, key);
		pki_key_free(have);
		if (same)
			return WSMAN_PT_DUPLICATE;
	}
	return d->key_count < SIM_KEY_SLOTS ? WSMAN_PT_SUCCESS : WSMAN_PT_MAX_LIMIT_REACHED;
}

static uint32_t add_key(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct span der;

	if (is_busy(x))
		return busy(x);
	if (!blob(in, "KeyBlob", CERT_MAX, &der))
		return WSMAN_PT_INVALID_PARAMETER;
	struct pki_key *key = pki_key_from_der(der, NULL);
	uint32_t status = key ? judge_key(x, key) : WSMAN_PT_INVALID_KEY;
	pki_key_free(key);
	if (status == WSMAN_PT_SUCCESS && !sim_fw_flash_ok(x))
		status = WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	if (status != WSMAN_PT_SUCCESS)
		return status;
	const struct sim_key *k = sim_store_add_key(x->d, -1, der);
	/* The class in this reference is the certificate's: so captured. */
	wsman_obj_set_epr(out, "CreatedKey",
			  sim_fw_epr(x, "AMT_PublicKeyCertificate", "InstanceID",
				     handle_text(x, "Key", k->handle)));
	return WSMAN_PT_SUCCESS;
}

/* ---- certificates ---- */

/* Handle of the key pair that belongs to the certificate; SIM_NO_HANDLE. */
static uint32_t key_of(const struct sim_dev *d, const struct pki_cert *c)
{
	for (unsigned i = 0; i < d->key_count; i++) {
		struct pki_key *key = sim_store_load_key(&d->keys[i]);
		bool same = key && pki_key_matches(key, c);
		pki_key_free(key);
		if (same)
			return d->keys[i].handle;
	}
	return SIM_NO_HANDLE;
}

static unsigned count_roots(const struct sim_dev *d)
{
	unsigned n = 0;

	for (unsigned i = 0; i < d->cert_count; i++)
		n += d->certs[i].trusted_root;
	return n;
}

static bool stored(const struct sim_dev *d, struct span der, bool root)
{
	for (unsigned i = 0; i < d->cert_count; i++) {
		if (d->certs[i].trusted_root == root &&
		    span_eq(span_make(d->certs[i].der, d->certs[i].der_n), der))
			return true;
	}
	return false;
}

static uint32_t judge_cert(struct fw_ctx *x, struct span der, bool root)
{
	struct sim_dev *d = x->d;
	struct pki_cert *c = ARENA_NEW(x->a, struct pki_cert);
	size_t max = root ? d->gen->root_bytes.n : CERT_MAX;

	if (!c || der.n > max || !pki_cert_parse(der, x->a, c, NULL))
		return WSMAN_PT_INVALID_CERT;
	if (c->key_kind != PKI_KEY_RSA || c->bad_dates || (root && !c->is_ca && !c->self_issued))
		return WSMAN_PT_INVALID_CERT;
	if (!sim_gen_sig_ok(d->gen, c->sig_hash) || c->key_bits < d->gen->rsa_min.n)
		return WSMAN_PT_INVALID_CERT;
	if (stored(d, der, root))
		return WSMAN_PT_DUPLICATE;
	if (!root && !c->is_ca) {
		uint32_t key = key_of(d, c);
		if (key == SIM_NO_HANDLE)
			return WSMAN_PT_CERT_KEY_NOT_MATCH;
		if (key == d->key_made)
			d->key_made = SIM_NO_HANDLE; /* found without asking again */
	}
	unsigned roots = count_roots(d);
	bool full = root ? roots >= SIM_ROOT_SLOTS : d->cert_count - roots >= SIM_CERT_SLOTS;
	return full ? WSMAN_PT_MAX_LIMIT_REACHED : WSMAN_PT_SUCCESS;
}

static uint32_t add(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out, bool root)
{
	struct span der;

	if (is_busy(x))
		return busy(x);
	if (!blob(in, "CertificateBlob", LIMIT_CERT_DER_BYTES, &der))
		return WSMAN_PT_INVALID_PARAMETER;
	uint32_t status = judge_cert(x, der, root);
	if (status == WSMAN_PT_SUCCESS && !sim_fw_flash_ok(x))
		status = WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	if (status != WSMAN_PT_SUCCESS)
		return status;
	const struct sim_cert *c = sim_store_add_cert(x->d, der, root);
	x->d->stats.certs_added++;
	wsman_obj_set_epr(out, "CreatedCertificate",
			  sim_fw_epr(x, "AMT_PublicKeyCertificate", "InstanceID",
				     handle_text(x, "Certificate", c->handle)));
	return WSMAN_PT_SUCCESS;
}

static uint32_t add_cert(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	return add(x, in, out, false);
}

static uint32_t add_root(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	return add(x, in, out, true);
}

/* ---- instances ---- */

static unsigned count_certs(const struct sim_dev *d)
{
	return d->cert_count;
}

static void fill_cert(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_cert *s = &x->d->certs[i];
	struct span der = span_make(s->der, s->der_n);

	sim_fw_set(o, "InstanceID", handle_text(x, "Certificate", s->handle));
	if (x->keys_only)
		return;
	struct pki_cert *c = ARENA_NEW(x->a, struct pki_cert);
	wsman_obj_set_b64(o, "X509Certificate", der);
	sim_fw_set(o, "TrustedRootCertficate", s->trusted_root ? "true" : "false");
	if (x->d->gen->default_cert.is)
		sim_fw_set(o, "ReadOnlyCertificate", s->read_only ? "true" : "false");
	if (c && pki_cert_parse(der, x->a, c, NULL)) {
		sim_fw_set(o, "Issuer", c->issuer);
		sim_fw_set(o, "Subject", c->subject);
	}
}

static bool delete_cert(struct fw_ctx *x, unsigned i)
{
	struct sim_dev *d = x->d;
	const struct sim_cert *c = &d->certs[i];

	if (c->read_only)
		return sim_fw_refuse(x, FW_FAULT_DENIED);
	if (c->handle == d->context || c->handle == d->context_staged ||
	    sim_fw_8021x_uses(d, c->handle) || sim_fw_remote_uses(d, c->handle))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_NOT_PERMITTED);
	sim_store_drop_cert(d, c->handle);
	return true;
}

static unsigned count_keys(const struct sim_dev *d)
{
	return d->key_count;
}

static void fill_key(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_key *k = &x->d->keys[i];
	struct span der;

	sim_fw_set(o, "InstanceID", handle_text(x, "Key", k->handle));
	if (x->keys_only)
		return;
	struct pki_key *key = sim_store_load_key(k);
	bool ok = key &&
		(sim_gen_key_spki(x->d) ? pki_key_public_spki(key, x->a, &der)
					: pki_key_public_pkcs1(key, x->a, &der));
	if (ok)
		wsman_obj_set_b64(o, "DERKey", der);
	pki_key_free(key);
}

static bool key_in_use(struct fw_ctx *x, const struct sim_key *k)
{
	const struct sim_dev *d = x->d;
	bool used = false;
	struct pki_key *key = sim_store_load_key(k);
	struct pki_cert *c = ARENA_NEW(x->a, struct pki_cert);

	for (unsigned i = 0; key && c && i < d->cert_count; i++) {
		if (pki_cert_parse(span_make(d->certs[i].der, d->certs[i].der_n), x->a, c, NULL))
			used |= pki_key_matches(key, c);
	}
	pki_key_free(key);
	return used;
}

static bool delete_key(struct fw_ctx *x, unsigned i)
{
	struct sim_dev *d = x->d;

	if (key_in_use(x, &d->keys[i]))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_NOT_PERMITTED);
	if (d->key_made == d->keys[i].handle)
		d->key_made = SIM_NO_HANDLE;
	sim_store_drop_key(d, d->keys[i].handle);
	return true;
}

static const struct fw_member service_members[] = {
	FW_FIX("CreationClassName", "AMT_PublicKeyManagementService"),
	FW_FIX("ElementName", "Intel(r) AMT Certificate Store Service"),
	FW_FIX("EnabledDefault", "5"),
	FW_FIX("EnabledState", "5"),
	FW_FIX("Name", "Intel(r) AMT Public Key Management Service"),
	FW_FIX("RequestedState", "12"),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_method service_methods[] = {
	{ "AddCertificate", add_cert },
	{ "AddKey", add_key },
	{ "AddTrustedRootCertificate", add_root },
	{ "GenerateKeyPair", generate },
	{ NULL, NULL },
};
static const struct fw_member cert_members[] = {
	FW_FIX("ElementName", "Intel(r) AMT Certificate"),
	FW_OWN("InstanceID"),
	FW_END,
};
static const struct fw_member key_members[] = {
	FW_FIX("ElementName", "Intel(r) AMT Key"),
	FW_OWN("InstanceID"),
	FW_END,
};

const struct fw_class sim_fw_pki_classes[] = {
	{ .name = "AMT_PublicKeyManagementService",
	  .members = { service_members },
	  .methods = service_methods,
	  .more_methods = sim_fw_crl_methods },
	{ .name = "AMT_PublicKeyCertificate",
	  .members = { cert_members },
	  .count = count_certs,
	  .fill = fill_cert,
	  .del = delete_cert },
	{ .name = "AMT_PublicPrivateKeyPair",
	  .members = { key_members },
	  .count = count_keys,
	  .fill = fill_key,
	  .del = delete_key },
	{ .name = NULL },
};
