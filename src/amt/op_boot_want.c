/* Boot targets and options as tables: which capability allows each, and which member says it
 * (wsman 3.6). Pure: op_boot.c does the calls. */
#include "amt/op_boot_priv.h"
#include "base/str.h"
#include <assert.h>

#define URI_MAX   300
#define PARAM_URI 1
#define VENDOR    0x8086
#define SOURCE(s) NULL, s, NULL, -1
#define MEDIA_MAX 255

/* clang-format off */
static const struct amt_boot_target targets[] = {
	{ "usual", NULL, NULL, NULL, NULL, -1, "as the BIOS is set, with options" },
	{ "disk", "ForceHardDriveBoot", SOURCE("Force Hard-drive Boot"), "the hard disk" },
	{ "pxe", "ForcePXEBoot", SOURCE("Force PXE Boot"), "the network" },
	{ "cd", "ForceCDorDVDBoot", SOURCE("Force CD/DVD Boot"), "CD or DVD of the PC" },
	{ "diagnostics", "ForceDiagnosticBoot", SOURCE("Force Diagnostic Boot"), "its diagnostics" },
	{ "bios", "BIOSSetup", "BIOSSetup", NULL, NULL, -1, "the setup of its BIOS" },
	{ "pause", "BIOSPause", "BIOSPause", NULL, NULL, -1, "a pause of its BIOS" },
	{ "ider-cd", "IDER", "UseIDER", NULL, NULL, 1, "a CD image of 'outband media'" },
	{ "ider-floppy", "IDER", "UseIDER", NULL, NULL, 0, "a floppy image of 'outband media'" },
	{ "https", "ForceUEFIHTTPSBoot", NULL, "Force OCR UEFI HTTPS Boot", "UEFIHTTPSBootEnabled", -1, "an image at --uri" },
	{ "pba", "ForceUEFILocalPBABoot", NULL, "Force OCR UEFI Boot Option 1", "UEFILocalPBABootEnabled", -1, "its recovery application" },
	{ "winre", "ForceWinREBoot", NULL, "Force OCR UEFI Boot Option 2", "WinREBootEnabled", -1, "its Windows recovery" },
	{ NULL, NULL, NULL, NULL, NULL, -1, NULL },
};
static const struct amt_boot_option options[] = {
	{ "sol", "SOL", "UseSOL", "show the console of the BIOS on serial over LAN" },
	{ "lock-keyboard", "KeyboardLock", "LockKeyboard", "nobody at the PC can type" },
	{ "lock-power", "PowerButtonLock", "LockPowerButton", "its power button does nothing" },
	{ "lock-reset", "ResetButtonLock", "LockResetButton", "its reset button does nothing" },
	{ "lock-sleep", "SleepButtonLock", "LockSleepButton", "its sleep button does nothing" },
	{ "bypass-password", "UserPasswordBypass", "UserPasswordBypass", "the BIOS asks for no user password" },
	{ "progress", "ForcedProgressEvents", "ForcedProgressEvents", "the BIOS logs every step" },
	{ "safe-mode", "ForceHardDriveSafeModeBoot", "UseSafeMode", "the system starts in safe mode" },
	{ "secure-boot", "BIOSSecureBoot", "EnforceSecureBoot", "secure boot, whatever the BIOS says" },
	{ "reflash", "BIOSReflash", "ReflashBIOS", "the BIOS is written anew" },
	{ "reset-config", "ConfigurationDataReset", "ConfigurationDataReset", "the BIOS forgets its configuration data" },
	{ "erase", "SecureErase", "SecureErase", "the disks are erased" },
	{ NULL, NULL, NULL, NULL },
};
static const struct { const char *name, *can; } verbosities[] = {
	{ "", NULL }, { "quiet", "VerbosityQuiet" }, { "verbose", "VerbosityVerbose" }, { "blank", "VerbosityScreenBlank" },
};
/* clang-format on */
/* What a Get shows and nobody sets. */
static const char *const read_only[] = {
	"BIOSLastStatus",
	"BootguardStatus",
	"OptionsCleared",
	"RPEEnabled",
	"RSEPassword",
	"SecureBootControlEnabled",
	"UEFIHTTPSBootEnabled",
	"UEFILocalPBABootEnabled",
	"WinREBootEnabled",
	"UEFIBootNumberOfParams",
	"UEFIBootParametersArray",
};

const struct amt_boot_target *amt_boot_target_at(unsigned i)
{
	return i < sizeof targets / sizeof *targets - 1 ? &targets[i] : NULL;
}

const struct amt_boot_option *amt_boot_option_at(unsigned i)
{
	return i < sizeof options / sizeof *options - 1 ? &options[i] : NULL;
}

/* ---- arguments ---- */

static bool no_such(struct err *e, const char *what, struct span given, struct out *names)
{
	err_set(e, ERR_USAGE, "there is no boot %s '%.*s'", what,
		(int)(given.n < 40 ? given.n : 40), (const char *)given.p);
	return err_want(e, "%.*s", (int)out_len(names), (const char *)names->p);
}

static bool read_target(struct amt_boot_want *w, const char *name, struct err *e)
{
	char names[256];
	struct out o;

	out_init(&o, names, sizeof names);
	for (const struct amt_boot_target *t = targets; t->name; t++) {
		out_fmt(&o, "%s%s", t == targets ? "" : ", ", t->name);
		if (str_eq(t->name, name))
			w->target = t;
	}
	return w->target || no_such(e, "target", span_str(name), &o);
}

static bool read_option(struct amt_boot_want *w, struct span word, struct err *e)
{
	char names[256];
	struct out o;

	out_init(&o, names, sizeof names);
	for (const struct amt_boot_option *p = options; p->name; p++) {
		out_fmt(&o, "%s%s", p == options ? "" : ", ", p->name);
		if (!span_eq_str(word, p->name))
			continue;
		for (unsigned i = 0; i < w->option_count; i++) {
			if (w->options[i] == p)
				return true;
		}
		w->options[w->option_count++] = p;
		return true;
	}
	return no_such(e, "option", word, &o);
}

static bool read_options(struct amt_boot_want *w, const char *text, struct err *e)
{
	struct span left = span_str(text);

	while (left.n) {
		size_t n = span_find(left, ',');
		if (!read_option(w, span_trim(span_make(left.p, n)), e))
			return false;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return true;
}

static bool read_verbosity(struct amt_boot_want *w, const char *name, struct err *e)
{
	for (uint32_t i = 0; i < sizeof verbosities / sizeof *verbosities; i++) {
		if (!str_eq(verbosities[i].name, name))
			continue;
		w->verbosity = i;
		return true;
	}
	err_set(e, ERR_USAGE, "there is no verbosity '%.40s'", name);
	return err_want(e, "quiet, verbose or blank");
}

static bool is_https(const struct amt_boot_want *w)
{
	return str_eq(w->target->name, "https");
}

/* What takes data away is never one word among others. */
static bool agrees(const struct amt_op *o, const struct amt_boot_want *w, struct err *e)
{
	bool erase = false;

	for (unsigned i = 0; i < w->option_count; i++)
		erase = erase || str_eq(w->options[i]->name, "erase");
	if (erase && !amt_op_arg_bool(o, "erase")) {
		err_set(e, ERR_USAGE, "the option erase destroys what is on the PC's disks");
		return err_hint(e, "say so a second time: --erase-disks");
	}
	if (!erase && amt_op_arg_bool(o, "erase"))
		return err_set(e, ERR_USAGE, "--erase-disks goes with the boot option erase only");
	if (is_https(w) != (*w->uri != '\0'))
		return err_set(e, ERR_USAGE,
			       is_https(w)
				       ? "boot target https needs the address of the image"
				       : "only boot target https takes the address of an image");
	if (is_https(w) && (strncmp(w->uri, "https://", 8) != 0 || strlen(w->uri) > URI_MAX)) {
		err_set(e, ERR_USAGE, "'%.60s' is no address for HTTPS boot", w->uri);
		return err_want(e, "https://..., at most %d characters", URI_MAX);
	}
	return true;
}

bool amt_boot_want_read(const struct amt_op *o, struct amt_boot_want *out_w, struct err *e)
{
	*out_w = (struct amt_boot_want){ .uri = amt_op_arg(o, "uri") };
	return read_target(out_w, amt_op_arg(o, "target"), e) &&
		read_options(out_w, amt_op_arg(o, "options"), e) &&
		read_verbosity(out_w, amt_op_arg(o, "verbosity"), e) &&
		amt_op_arg_u32(o, "media", 0, MEDIA_MAX, &out_w->media, e) && agrees(o, out_w, e);
}

/* ---- what the PC can ---- */

static bool can(const struct wsman_obj *c, const char *prop)
{
	bool is = false;

	if (wsman_obj_bool(c, prop, &is) && is)
		return true;
	/* One property goes by two names. */
	return str_eq(prop, "ForceUEFILocalPBABoot") &&
		wsman_obj_bool(c, "ForceUEFIPBABoot", &is) && is;
}

static bool cannot(const struct wsman_obj *c, const char *what, const char *prop, struct err *e)
{
	err_set(e, ERR_UNSUPPORTED, "this PC cannot do boot %s", what);
	err_seen(e, "AMT_BootCapabilities.%s = %s", prop,
		 wsman_obj_has(c, prop) ? wsman_obj_str(c, prop) : "absent");
	err_want(e, "true");
	return err_hint(e, "'outband boot can' shows what its board and BIOS list");
}

bool amt_boot_want_can(const struct amt_boot_want *w, const struct wsman_obj *c, struct err *e)
{
	if (w->target->can && !can(c, w->target->can))
		return cannot(c, w->target->name, w->target->can, e);
	for (unsigned i = 0; i < w->option_count; i++) {
		if (!can(c, w->options[i]->can))
			return cannot(c, w->options[i]->name, w->options[i]->can, e);
	}
	if (w->verbosity && !can(c, verbosities[w->verbosity].can))
		return cannot(c, verbosities[w->verbosity].name, verbosities[w->verbosity].can, e);
	return true;
}

/* ---- settings ---- */

static void each_flag(struct wsman_obj *s, void (*fn)(struct wsman_obj *s, const char *prop))
{
	for (const struct amt_boot_option *p = options; p->name; p++)
		fn(s, p->flag);
	fn(s, "BIOSSetup");
	fn(s, "BIOSPause");
	fn(s, "UseIDER");
	fn(s, "PlatformErase");
}

static void clear_flag(struct wsman_obj *s, const char *prop)
{
	if (wsman_obj_has(s, prop))
		wsman_obj_set_bool(s, prop, false);
}

static void set_params(struct wsman_obj *s, const char *uri)
{
	uint8_t bytes[8 + URI_MAX];
	struct out o;

	out_init(&o, bytes, sizeof bytes);
	out_le16(&o, VENDOR);
	out_le16(&o, PARAM_URI);
	out_le32(&o, (uint32_t)strlen(uri));
	out_str(&o, uri);
	wsman_obj_set_b64(s, "UefiBootParametersArray", out_span(&o));
	wsman_obj_set_u32(s, "UefiBootNumberOfParams", 1);
}

static bool set_flag(struct wsman_obj *s, const char *prop, struct err *e)
{
	if (!wsman_obj_has(s, prop)) {
		err_set(e, ERR_UNSUPPORTED, "this firmware has no boot setting %s", prop);
		return err_seen(e, "AMT_BootSettingData without it");
	}
	wsman_obj_set_bool(s, prop, true);
	return true;
}

bool amt_boot_want_enabled(const struct amt_boot_want *w, const struct wsman_obj *s, struct err *e)
{
	const char *prop = w->target->enabled;
	bool on = false;

	if (!prop || (wsman_obj_bool(s, prop, &on) && on))
		return true;
	err_set(e, ERR_UNSUPPORTED, "this way to boot is switched off in the PC");
	err_seen(e, "AMT_BootSettingData.%s = %s", prop,
		 wsman_obj_has(s, prop) ? "false" : "absent");
	return err_hint(e,
			"switch it on in the BIOS, or with RequestStateChange of CIM_BootService");
}

bool amt_boot_settings(struct wsman_obj *s, const struct amt_boot_want *w, struct err *e)
{
	for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++)
		wsman_obj_unset(s, read_only[i]);
	each_flag(s, clear_flag);
	wsman_obj_set_u32(s, "FirmwareVerbosity", w ? w->verbosity : 0);
	wsman_obj_set_u32(s, "BootMediaIndex", w ? w->media : 0);
	wsman_obj_set_u32(s, "IDERBootDevice", w && w->target->ider > 0);
	wsman_obj_unset(s, "UefiBootParametersArray");
	if (wsman_obj_has(s, "UefiBootNumberOfParams"))
		wsman_obj_set_u32(s, "UefiBootNumberOfParams", 0);
	if (!w)
		return true;
	if (*w->uri)
		set_params(s, w->uri);
	if (w->target->flag && !set_flag(s, w->target->flag, e))
		return false;
	for (unsigned i = 0; i < w->option_count; i++) {
		if (!set_flag(s, w->options[i]->flag, e))
			return false;
	}
	return true;
}

const char *amt_boot_settings_left(const struct wsman_obj *s)
{
	static const char *const more[] = { "BIOSSetup", "BIOSPause", "UseIDER", "PlatformErase" };
	static const char *const numbers[] = { "FirmwareVerbosity", "BootMediaIndex",
					       "UefiBootNumberOfParams" };
	bool is = false;
	uint32_t n = 0;

	for (const struct amt_boot_option *p = options; p->name; p++) {
		if (wsman_obj_bool(s, p->flag, &is) && is)
			return p->flag;
	}
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		if (wsman_obj_bool(s, more[i], &is) && is)
			return more[i];
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		if (wsman_obj_u32(s, numbers[i], &n) && n)
			return numbers[i];
	}
	return NULL;
}

bool amt_boot_settings_same(const struct wsman_obj *put, const struct wsman_obj *reply,
			    struct err *e)
{
	assert(put->shape == reply->shape);
	for (unsigned i = 0; i < put->shape->prop_count; i++) {
		const struct wsman_prop *p = &put->shape->props[i];
		const char *want = wsman_obj_str(put, p->name),
			   *got = wsman_obj_str(reply, p->name);
		/* secrets read back empty */
		if (!want || (p->flags & (WSMAN_SECRET | WSMAN_KEY)) || str_eq(want, got))
			continue;
		err_set(e, ERR_VERIFY, "the PC did not keep the boot setting %s", p->name);
		err_seen(e, "%s", got ? got : "absent");
		return err_want(e, "%s", want);
	}
	return true;
}
