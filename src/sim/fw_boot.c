/* Boot settings over WS-MAN: AMT_BootSettingData and AMT_BootCapabilities, the sources, the order and the
 * role (wsman 3.3, 3.6). Strict: what the capabilities do not list is refused, consent comes first.
 * What a start makes of it is in dev_boot.c. */
#include "base/str.h"
#include "sim/dev_boot_priv.h"
#include "sim/fw_priv.h"

#define CONFIG          "Intel(r) AMT: Boot Configuration 0"
#define BAD_OPTION      2050 /* UNSUPPORTED_BOOT_OPTION */
#define NOT_SUPPORTED   1
#define BAD_REFERENCE   4
#define BAD_PARAMETER   5
#define ROLE_SINGLE_USE 1
#define ROLE_UNSET      32768
#define OCR_FROM        150
#define RPE_FROM        160
#define VERBOSITY_TO    69
#define RSE_FROM        110
#define PARAMS_MAX      4096
#define VENDOR          0x8086

static bool no_consent(struct fw_ctx *x)
{
	if (sim_consent_ok(x->d, SIM_CONSENT_BOOT))
		return false;
	sim_fw_refuse(x, FW_FAULT_DENIED);
	return true;
}

static void set_bool(struct wsman_obj *o, const char *prop, bool v)
{
	sim_fw_set(o, prop, v ? "true" : "false");
}

/* ---- AMT_BootSettingData ---- */

static void fill_newer(struct fw_ctx *x, const struct sim_boot *b, struct wsman_obj *o)
{
	unsigned release = sim_gen_number(x->d->gen);

	if (release >= RSE_FROM)
		sim_fw_set(o, "RSEPassword", "");
	if (release < OCR_FROM)
		return;
	set_bool(o, "OptionsCleared", !b->left);
	sim_fw_set(o, "BootguardStatus", "127");
	set_bool(o, "SecureBootControlEnabled", true);
	set_bool(o, "UEFIHTTPSBootEnabled", !b->ocr_off);
	sim_fw_set(o, "UefiBootNumberOfParams", arena_fmt(x->a, "%u", b->param_count));
	if (release < RPE_FROM)
		return;
	set_bool(o, "UEFILocalPBABootEnabled", !b->ocr_off);
	set_bool(o, "WinREBootEnabled", !b->ocr_off);
	set_bool(o, "RPEEnabled", !b->rpe_off);
}

static void fill_settings(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_boot *b = sim_boot_of(x->d);

	(void)i;
	if (x->keys_only)
		return;
	for (unsigned f = 0; f < SIM_BOOT_FLAG_COUNT; f++) {
		if (sim_boot_has(x->d, &sim_boot_flags[f]))
			set_bool(o, sim_boot_flags[f].name, sim_boot_flag(b, f));
	}
	wsman_obj_add_str(o, "BIOSLastStatus", b->last.starts ? "2" : "0");
	wsman_obj_add_str(o, "BIOSLastStatus", "0");
	sim_fw_set(o, "BootMediaIndex", arena_fmt(x->a, "%u", b->media_index));
	sim_fw_set(o, "FirmwareVerbosity", arena_fmt(x->a, "%u", b->verbosity));
	sim_fw_set(o, "IDERBootDevice", arena_fmt(x->a, "%u", b->ider_device));
	fill_newer(x, b, o);
}

/* Each is vendor, type, length, value; all of them fill the bytes. */
static bool params_ok(struct span p, uint32_t count)
{
	while (p.n >= 8 && count) {
		size_t n =
			p.p[4] | (size_t)p.p[5] << 8 | (size_t)p.p[6] << 16 | (size_t)p.p[7] << 24;
		if ((p.p[0] | (unsigned)p.p[1] << 8) != VENDOR || n > p.n - 8)
			return false;
		p = span_make(p.p + 8 + n, p.n - 8 - n);
		count--;
	}
	return p.n == 0 && count == 0;
}

struct wanted {
	uint32_t flags, verbosity, ider, index, param_count;
	struct span params;
	const char *rse;
};

static bool read_wanted(struct fw_ctx *x, const struct wsman_obj *in, struct wanted *w)
{
	bool newer = sim_gen_number(x->d->gen) >= OCR_FROM;

	*w = (struct wanted){ .rse = wsman_obj_str(in, "RSEPassword") };
	for (unsigned f = 0; f < SIM_BOOT_FLAG_COUNT; f++) {
		bool is = false;
		if (!wsman_obj_has(in, sim_boot_flags[f].name))
			continue;
		if (!sim_boot_has(x->d, &sim_boot_flags[f]))
			return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
		if (wsman_obj_bool(in, sim_boot_flags[f].name, &is) && is)
			w->flags |= 1u << f;
	}
	if (!newer &&
	    (wsman_obj_has(in, "UefiBootNumberOfParams") ||
	     wsman_obj_has(in, "UefiBootParametersArray")))
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	(void)wsman_obj_u32(in, "FirmwareVerbosity", &w->verbosity);
	(void)wsman_obj_u32(in, "IDERBootDevice", &w->ider);
	(void)wsman_obj_u32(in, "BootMediaIndex", &w->index);
	(void)wsman_obj_u32(in, "UefiBootNumberOfParams", &w->param_count);
	if (wsman_obj_has(in, "UefiBootParametersArray"))
		(void)wsman_obj_b64(in, "UefiBootParametersArray", &w->params);
	return true;
}

static bool values_ok(struct fw_ctx *x, const struct wanted *w)
{
	return w->verbosity <= 3 && w->ider <= 1 && w->index <= UINT8_MAX &&
		(!w->rse || strlen(w->rse) < sizeof x->d->boot->rse_password) &&
		w->params.n <= PARAMS_MAX && params_ok(w->params, w->param_count);
}

/* What ends in the BIOS goes with no boot source. */
static bool in_bios(uint32_t flags)
{
	return (flags & (1u << SIM_BOOT_SETUP | 1u << SIM_BOOT_PAUSE | 1u << SIM_BOOT_REFLASH)) !=
		0;
}

static bool put_settings(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	struct sim_boot *b = sim_boot_of(x->d);
	struct wanted w;

	(void)i;
	if (no_consent(x) || !read_wanted(x, in, &w))
		return false;
	if (!values_ok(x, &w))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	for (unsigned f = 0; f < SIM_BOOT_FLAG_COUNT; f++) {
		if ((w.flags >> f & 1) && !sim_boot_can(x->d, &sim_boot_flags[f]))
			return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, BAD_OPTION);
	}
	if ((w.verbosity && sim_gen_number(x->d->gen) > VERBOSITY_TO) ||
	    (in_bios(w.flags) && b->source))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, BAD_OPTION);
	b->flags = w.flags;
	b->verbosity = (uint8_t)w.verbosity;
	b->ider_device = (uint8_t)w.ider;
	b->media_index = (uint16_t)w.index;
	if (w.rse && *w.rse)
		(void)str_copy(b->rse_password, sizeof b->rse_password, span_str(w.rse));
	mem_free(b->params);
	b->params = w.params.n ? mem_new(w.params.n) : NULL;
	if (b->params)
		memcpy(b->params, w.params.p, w.params.n);
	b->param_bytes = w.params.n;
	b->param_count = w.param_count;
	b->left = w.flags || w.verbosity || w.index || w.params.n;
	return true;
}

#define OWN_FLAG(name, prop, cap, since, from, to) FW_OWN(prop),
static const struct fw_member setting_members[] = {
	SIM_BOOT_FLAGS(OWN_FLAG) FW_OWN("BIOSLastStatus"),
	FW_OWN("BootMediaIndex"),
	FW_OWN("BootguardStatus"),
	FW_FIX("ElementName", "Intel(r) AMT Boot Configuration Settings"),
	FW_OWN("FirmwareVerbosity"),
	FW_OWN("IDERBootDevice"),
	FW_FIX("InstanceID", "Intel(r) AMT:BootSettingData 0"),
	FW_OWN("OptionsCleared"),
	FW_FIX("OwningEntity", "Intel(r) AMT"),
	FW_OWN("RPEEnabled"),
	FW_OWN("RSEPassword"),
	FW_OWN("SecureBootControlEnabled"),
	FW_OWN("UEFIHTTPSBootEnabled"),
	FW_OWN("UEFILocalPBABootEnabled"),
	FW_OWN("UefiBootNumberOfParams"),
	FW_OWN("UefiBootParametersArray"),
	FW_OWN("WinREBootEnabled"),
	FW_END,
};
#undef OWN_FLAG

/* ---- AMT_BootCapabilities ---- */

static void fill_capabilities(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	unsigned release = sim_gen_number(x->d->gen);

	(void)i;
	if (x->keys_only)
		return;
	for (unsigned f = 0; f < SIM_BOOT_FLAG_COUNT; f++) {
		const struct sim_boot_row *r = &sim_boot_flags[f];
		if (f != SIM_BOOT_PLATFORM_ERASE && sim_boot_has(x->d, r))
			set_bool(o, r->cap, sim_boot_can(x->d, r));
	}
	for (unsigned s = 1; s < SIM_BOOT_SOURCE_COUNT; s++) {
		const struct sim_boot_row *r = &sim_boot_sources[s];
		if (s < SIM_BOOT_SOURCE_HTTPS || release >= r->from)
			set_bool(o, r->cap, sim_boot_can(x->d, r));
	}
	set_bool(o, "VerbosityQuiet", release <= VERBOSITY_TO);
	set_bool(o, "VerbosityScreenBlank", release <= VERBOSITY_TO);
	set_bool(o, "VerbosityVerbose", release <= VERBOSITY_TO);
	if (release >= OCR_FROM)
		set_bool(o, "AMTSecureBootControl", true);
	if (release >= RPE_FROM)
		sim_fw_set(o, "PlatformErase", "67108869"); /* RPE, SSD, BIOS NVM */
}

#define OWN_CAP(name, prop, cap, since, from, to) FW_OWN(cap),
#define OWN_SRC(name, id, text, cap, from, to)    FW_OWN(cap),
static const struct fw_member capability_members[] = {
	SIM_BOOT_FLAGS(OWN_CAP) SIM_BOOT_SOURCES(OWN_SRC) FW_OWN("AMTSecureBootControl"),
	FW_FIX("ElementName", "Intel(r) AMT: Boot Capabilities"),
	FW_FIX("InstanceID", "Intel(r) AMT:BootCapabilities 0"),
	FW_OWN("VerbosityQuiet"),
	FW_OWN("VerbosityScreenBlank"),
	FW_OWN("VerbosityVerbose"),
	FW_END,
};
#undef OWN_CAP
#undef OWN_SRC

/* ---- sources, order ---- */

static enum sim_boot_source source_at(const struct sim_dev *d, unsigned i)
{
	for (unsigned s = 1; s < SIM_BOOT_SOURCE_COUNT; s++) {
		if (sim_boot_can(d, &sim_boot_sources[s]) && i-- == 0)
			return (enum sim_boot_source)s;
	}
	return SIM_BOOT_SOURCE_NONE;
}

static unsigned count_sources(const struct sim_dev *d)
{
	unsigned n = 0;

	while (source_at(d, n))
		n++;
	return n;
}

static void fill_source(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_boot_row *r = &sim_boot_sources[source_at(x->d, i)];

	sim_fw_set(o, "InstanceID", r->name);
	if (x->keys_only)
		return;
	sim_fw_set(o, "ElementName", "Intel(r) AMT: Boot Source");
	sim_fw_set(o, "FailThroughSupported", "2");
	if (*r->text)
		sim_fw_set(o, "StructuredBootString", r->text);
}

static const struct fw_member source_members[] = {
	FW_OWN("ElementName"),
	FW_OWN("FailThroughSupported"),
	FW_OWN("InstanceID"),
	FW_OWN("StructuredBootString"),
	FW_END,
};

static const char *reference(const struct wsman_epr *e, const char *cls)
{
	const struct wsman_class *c = wsman_classes_find(cls);

	return e && c && str_eq(e->resource_uri, c->uri) ? wsman_obj_epr_selector(e, "InstanceID")
							 : NULL;
}

static uint32_t change_order(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const struct wsman_val *v = wsman_obj_vals(in, "Source");
	struct sim_boot *b = sim_boot_of(x->d);

	(void)out;
	if (no_consent(x))
		return 0;
	if (!v) {
		b->source = SIM_BOOT_SOURCE_NONE;
		b->role = false;
		return 0;
	}
	const char *name = reference(v->epr, "CIM_BootSourceSetting");
	if (v->next || in_bios(b->flags))
		return BAD_PARAMETER; /* one source, and none for what ends in the BIOS */
	for (unsigned i = 0; name && i < count_sources(x->d); i++) {
		enum sim_boot_source s = source_at(x->d, i);
		if (!str_eq(sim_boot_sources[s].name, name))
			continue;
		if (s >= SIM_BOOT_SOURCE_HTTPS && b->ocr_off)
			return NOT_SUPPORTED;
		b->source = s;
		return 0;
	}
	return BAD_REFERENCE;
}

static const struct fw_member config_members[] = {
	FW_FIX("ElementName", "Intel(r) AMT: Boot Configuration"),
	FW_FIX("InstanceID", CONFIG),
	FW_END,
};
static const struct fw_method config_methods[] = {
	{ "ChangeBootOrder", change_order },
	{ NULL, NULL },
};

/* ---- CIM_BootService ---- */

static void fill_service(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_boot *b = sim_boot_of(x->d);
	unsigned release = sim_gen_number(x->d->gen);
	unsigned state = 32768 + !b->ocr_off + 2 * (!b->rpe_off && release >= RPE_FROM);

	(void)i;
	if (x->keys_only)
		return;
	sim_fw_set(o, "EnabledState", release < OCR_FROM ? "2" : arena_fmt(x->a, "%u", state));
	wsman_obj_add_str(o, "OperationalStatus", "0");
	sim_fw_set(o, "RequestedState", "12");
}

static uint32_t set_role(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	const char *name =
		reference(wsman_obj_epr(in, "BootConfigSetting"), "CIM_BootConfigSetting");
	uint32_t role;

	(void)out;
	if (no_consent(x))
		return 0;
	if (!wsman_obj_u32(in, "Role", &role) || !str_eq(name, CONFIG))
		return BAD_PARAMETER;
	if (role != ROLE_SINGLE_USE && role != ROLE_UNSET)
		return NOT_SUPPORTED;
	sim_boot_of(x->d)->role = role == ROLE_SINGLE_USE;
	return 0;
}

static uint32_t service_change(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct sim_boot *b = sim_boot_of(x->d);
	uint32_t s;

	(void)out;
	if (sim_gen_number(x->d->gen) < OCR_FROM)
		return NOT_SUPPORTED;
	if (!wsman_obj_u32(in, "RequestedState", &s) || s < 32768 || s > 32771)
		return BAD_PARAMETER;
	b->ocr_off = !(s & 1);
	b->rpe_off = !(s & 2);
	return 0;
}

static const struct fw_member service_members[] = {
	FW_SERVICE("CIM_BootService", "Intel(r) AMT Boot Service"),
	FW_OWN("EnabledState"),
	FW_OWN("OperationalStatus"),
	FW_OWN("RequestedState"),
	FW_END,
};
static const struct fw_method service_methods[] = {
	{ "SetBootConfigRole", set_role },
	{ "RequestStateChange", service_change },
	{ NULL, NULL },
};

const struct fw_class sim_fw_boot_classes[] = {
	{ .name = "AMT_BootSettingData",
	  .members = { setting_members },
	  .fill = fill_settings,
	  .can_put = true,
	  .put = put_settings },
	{ .name = "AMT_BootCapabilities",
	  .members = { capability_members },
	  .fill = fill_capabilities },
	{ .name = "CIM_BootSourceSetting",
	  .members = { source_members },
	  .count = count_sources,
	  .fill = fill_source },
	{ .name = "CIM_BootConfigSetting",
	  .members = { config_members },
	  .methods = config_methods },
	{ .name = "CIM_BootService",
	  .members = { service_members },
	  .fill = fill_service,
	  .methods = service_methods },
	{ .name = NULL },
};
