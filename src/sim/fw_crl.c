/* AMT_CRL and the methods that fill it (setup-and-configuration 5.5): serial numbers of clients that mutual TLS
 * refuses. Called through the table of classes, and by fw_chain.c at the handshake. Fetches nothing. */
#include "sim/fw_crl_priv.h"

#include "base/str.h"

#define CLS         "AMT_CRL"
#define STORE_BYTES 1424 /* of older firmware; of newer not known */
#define LISTS_MAX   16

/* Hex digits, of which leading zeros do not count. */
static const char *serial_of(const char *text)
{
	while (*text == '0' && text[1])
		text++;
	return text;
}

static bool serial_ok(const char *text)
{
	for (const char *p = text; *p; p++) {
		if (!strchr("0123456789abcdefABCDEF", *p))
			return false;
	}
	return *text != 0;
}

static size_t bytes_of(const struct sim_dev *d, const struct sim_record *but)
{
	size_t n = 0;
	struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(d, CLS, i)); i++) {
		for (const struct sim_record_text *t = r->texts; r != but && t; t = t->next)
			n += strlen(t->value);
	}
	return n;
}

static uint32_t add(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const char *url = wsman_obj_str(in, "Url");
	struct sim_record *r = sim_record_find(x->d, CLS, "Url", url ? url : "");
	size_t n = bytes_of(x->d, r) + strlen(url ? url : "");

	for (const struct wsman_val *v = wsman_obj_vals(in, "SerialNumbers"); v; v = v->next) {
		if (!serial_ok(v->text))
			return WSMAN_PT_INVALID_PARAMETER;
		n += strlen(v->text);
	}
	if (r && sim_switches_is(&x->d->sw, SIM_SW_CRL_AGAIN, "refused"))
		return WSMAN_PT_DUPLICATE;
	if (n > STORE_BYTES)
		return WSMAN_PT_MAX_LIMIT_REACHED;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	r = r ? r : sim_record_add(x->d, CLS, LISTS_MAX);
	if (!r)
		return WSMAN_PT_MAX_LIMIT_REACHED;
	sim_record_set(r, "Url", url ? url : "");
	sim_record_set(r, "SerialNumbers", NULL);
	for (const struct wsman_val *v = wsman_obj_vals(in, "SerialNumbers"); v; v = v->next)
		sim_record_append(r, "SerialNumbers", v->text);
	wsman_obj_set_epr(out, "CRL",
			  sim_fw_epr(x, CLS, "InstanceID",
				     arena_fmt(x->a, "Intel(r) AMT:CRL %u", r->handle)));
	return WSMAN_PT_SUCCESS;
}

static uint32_t reset(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	(void)out;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	sim_record_drop_all(x->d, CLS);
	return WSMAN_PT_SUCCESS;
}

const struct fw_method sim_fw_crl_methods[] = {
	{ "AddCRL", add },
	{ "ResetCRLList", reset },
	{ NULL, NULL },
};

bool sim_fw_crl_has(const struct sim_dev *d, const char *serial)
{
	struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(d, CLS, i)); i++) {
		for (const struct sim_record_text *t = r->texts; t; t = t->next) {
			if (str_eq(t->name, "SerialNumbers") &&
			    str_eq_nocase(serial_of(t->value), serial_of(serial)))
				return true;
		}
	}
	return false;
}

/* ---- the class ---- */

static unsigned count(const struct sim_dev *d)
{
	return sim_record_count(d, CLS);
}

static void fill(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, CLS, i);

	sim_fw_set(o, "InstanceID", arena_fmt(x->a, "Intel(r) AMT:CRL %u", r->handle));
	if (!x->keys_only)
		sim_record_to(r, o);
}

static const struct fw_member members[] = {
	FW_OWN("InstanceID"),
	FW_OWN("SerialNumbers"),
	FW_OWN("Url"),
	FW_END,
};

const struct fw_class sim_fw_crl_classes[] = {
	{ .name = CLS, .members = { members }, .count = count, .fill = fill },
	{ .name = NULL },
};
