/* What the operations about boot share: targets and options as tables, checked against what the PC says
 * it can, and the instance of AMT_BootSettingData that comes of them. Pure, for op_boot*.c. */
#pragma once
#include "amt/op_priv.h"

struct amt_boot_target {
	const char *name;
	const char *can;     /* property of AMT_BootCapabilities; NULL: none is needed */
	const char *flag;    /* property of AMT_BootSettingData that says it; NULL: a source does */
	const char *source;  /* InstanceID of the boot source behind "Intel(r) AMT: "; NULL: none */
	const char *enabled; /* property of AMT_BootSettingData that must be true; NULL */
	int ider;            /* IDERBootDevice; -1: no IDE-R */
	const char *text;
};
struct amt_boot_option {
	const char *name, *can, *flag, *text;
};
const struct amt_boot_target *amt_boot_target_at(unsigned i); /* NULL past the end */
const struct amt_boot_option *amt_boot_option_at(unsigned i); /* NULL past the end */

#define AMT_BOOT_OPTIONS_MAX 20
struct amt_boot_want {
	const struct amt_boot_target *target;
	const struct amt_boot_option *options[AMT_BOOT_OPTIONS_MAX];
	unsigned option_count;
	uint32_t verbosity, media;
	const char *uri;
};
/* Reads the arguments of the operation. */
bool amt_boot_want_read(const struct amt_op *o, struct amt_boot_want *out_w, struct err *e);
/* The PC lists all of it; else e names the property. */
bool amt_boot_want_can(const struct amt_boot_want *w, const struct wsman_obj *capabilities, struct err *e);
/* It is not switched off in the PC. */
bool amt_boot_want_enabled(const struct amt_boot_want *w, const struct wsman_obj *settings, struct err *e);
/* Changes what was read to what is to be put: no option at all for want NULL. Read-only members go. */
bool amt_boot_settings(struct wsman_obj *settings, const struct amt_boot_want *w, struct err *e);
/* Name of the first option that is set; NULL: none is. */
const char *amt_boot_settings_left(const struct wsman_obj *settings);
/* What was put shows in the PC's reply; else e names the property. */
bool amt_boot_settings_same(const struct wsman_obj *put, const struct wsman_obj *reply, struct err *e);
