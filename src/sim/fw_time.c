/* AMT_TimeSynchronizationService: the device's clock. It runs beside the real one with an offset
 * that SetHighAccuracyTimeSynch corrects. */
#include "base/str.h"
#include "sim/fw_priv.h"

#define NAME       "Intel(r) AMT Time Synchronization Service"
#define BASELINE_S 1072915200 /* 2004-01-01: no firmware is older (G) */
#define ANSWER_S   300        /* Ta0 may be this old (G) */

static int64_t device_now_s(const struct fw_ctx *x)
{
	return (x->now_unix_ms + x->d->clock_offset_ms) / 1000;
}

static uint32_t get(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	(void)in;
	wsman_obj_set_u32(out, "Ta0", (uint32_t)device_now_s(x));
	return WSMAN_PT_SUCCESS;
}

static uint32_t set(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t ta0, tm1, tm2;
	int64_t now_s = device_now_s(x);

	(void)out;
	if (!wsman_obj_u32(in, "Ta0", &ta0) || !wsman_obj_u32(in, "Tm1", &tm1) ||
	    !wsman_obj_u32(in, "Tm2", &tm2))
		return WSMAN_PT_INVALID_PARAMETER;
	if (tm1 < BASELINE_S || tm2 < BASELINE_S)
		return WSMAN_PT_INVALID_TIME;
	if (tm2 < tm1 || ta0 > now_s + 1 || ta0 < now_s - ANSWER_S)
		return WSMAN_PT_INVALID_PARAMETER;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	x->d->clock_offset_ms += ((int64_t)tm1 - ta0) * 1000;
	x->d->clock_set = true;
	return WSMAN_PT_SUCCESS;
}

static void fill(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	if (!x->keys_only)
		sim_fw_set(o, "TimeSource", x->d->clock_set ? "1" : "0");
}

static const struct fw_member members[] = {
	FW_SERVICE("AMT_TimeSynchronizationService", NAME),
	FW_FIX("EnabledState", "5"),
	FW_VAR("LocalTimeSyncEnabled", SIM_VAR_TIME_LOCAL),
	FW_FIX("RequestedState", "12"),
	FW_OWN("TimeSource"),
	FW_END,
};
static const struct fw_method methods[] = {
	{ "GetLowAccuracyTimeSynch", get },
	{ "SetHighAccuracyTimeSynch", set },
	{ NULL, NULL },
};

const struct fw_class sim_fw_time_classes[] = {
	{ .name = "AMT_TimeSynchronizationService",
	  .members = { members },
	  .fill = fill,
	  .methods = methods },
	{ .name = NULL },
};
