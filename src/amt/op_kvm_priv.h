/* What "kvm.state" tells of the screens of a PC: for op_kvm.c and its test. */
#pragma once
#include "wsman/obj.h"

/* Of IPS_ScreenSettingData: "1920x1080, 1024x768", those that are active and have a size; "none". The lists of
 * the class need not be of one length. *out_largest: in pixels. */
void amt_kvm_screens_priv(const struct wsman_obj *screens, char *out_text, size_t size, uint64_t *out_largest);
