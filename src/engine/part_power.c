/* Part "power": when firmware is awake (setup-and-configuration 5.9). The profile says what is meant;
 * which package that is, the device's own list tells. */
#include "base/str.h"
#include "engine/part.h"

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "", SRC_D, "When the management engine is awake.", NULL },
	{ "package", KEY_WORD, "host-on-only always", 0, "AMT_SystemPowerScheme.SetPowerScheme", "",
	  SRC_D, "Awake only while the host is on, or in every sleep state.", "always" },
	{ "idle_wake_minutes", KEY_NUMBER, "1..65535", 0, "AMT_GeneralSettings.IdleWakeTimeout", "",
	  SRC_D, "Minutes without traffic after which it sleeps; 65535 is never.", "10" },
	ENGINE_KEYS_END,
};
enum { READ_SCHEMES, READ_CURRENT, READ_GENERAL };
static const struct engine_part_read reads[] = {
	{ PART_ENUMERATE, "AMT_SystemPowerScheme", NULL, NULL, false },
	{ PART_ENUMERATE, "CIM_ElementSettingData", NULL, NULL, true },
	{ PART_GET, "AMT_GeneralSettings", NULL, NULL, false },
};

/* Packages by the 16 bytes of their SchemeGUID: how much of the time firmware is awake. Of those that
 * a device lists, the least is "host-on-only" and the most is "always". */
static const struct {
	const char *guid;
	unsigned awake;
} packages[] = {
	{ "djmXEQtWUEOIcJgS85G1YA==", 0 }, { "JtMcdocIx0u7Xzh0QxWl/w==", 1 },
	{ "Uw4I22wP2Uiy0olY0/EVbg==", 3 }, { "BV3Vtkykh02lqLR8FN7aXw==", 1 },
	{ "MIAN7gnAeEOvKHhootu+Og==", 3 }, { "lE+DEvsQT9yWjh4jKwyQZQ==", 0 },
	{ "oYYAq5p/TEKm5rskOildng==", 1 }, { "coarrJa0SOKbnpt9+Rx/1A==", 3 },
	{ "ezLNTWu+Q4mmKk172NvQJg==", 1 }, { "cyJzRiPcQy+pihPTeYLYVQ==", 3 },
	{ "xRmkum5vjU2yJ1F/fkWV2w==", 2 }, { "1gvj7QTFLEa3ctGAGO4vxA==", 2 },
};

static int awake_of(const struct wsman_obj *scheme)
{
	const char *guid = wsman_obj_str(scheme, "SchemeGUID");
	for (size_t i = 0; guid && i < sizeof packages / sizeof *packages; i++)
		if (str_eq(guid, packages[i].guid))
			return (int)packages[i].awake;
	return -1;
}

static const struct wsman_obj *wanted_scheme(const struct engine_part_in *in, bool always)
{
	const struct wsman_obj *best = NULL;
	int best_awake = 0;
	for (unsigned i = 0; i < in->have[READ_SCHEMES].count; i++) {
		const struct wsman_obj *o = in->have[READ_SCHEMES].items[i];
		int awake = awake_of(o);
		if (awake < 0 || (always && awake == 0) || (!always && awake != 0))
			continue;
		if (!best || awake > best_awake) {
			best = o;
			best_awake = awake;
		}
	}
	return best;
}

/* The one that CIM_ElementSettingData calls current; NULL: the device does not say. */
static const struct wsman_obj *current_scheme(const struct engine_part_in *in)
{
	for (unsigned i = 0; i < in->have[READ_CURRENT].count; i++) {
		const struct wsman_obj *o = in->have[READ_CURRENT].items[i];
		const struct wsman_epr *epr = wsman_obj_epr(o, "SettingData");
		const char *id = epr ? wsman_obj_epr_selector(epr, "InstanceID") : NULL,
			   *is = wsman_obj_str(o, "IsCurrent");
		if (!id || !is || !str_eq(is, "1"))
			continue;
		struct wsman_obj *s = engine_part_item(in, READ_SCHEMES, "InstanceID", id);
		if (s)
			return s;
	}
	return NULL;
}

static bool diff_package(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const char *word = engine_node_text(in->want, "package");
	if (!word)
		return true;
	const struct wsman_obj *want = wanted_scheme(in, str_eq(word, "always")),
			       *have = current_scheme(in);
	if (!want) {
		err_set(e, ERR_VERIFY, "power.package: the device lists no package that means '%s'",
			word);
		return err_hint(e, "see 'outband wsman enumerate AMT_SystemPowerScheme'");
	}
	if (have == want)
		return true;
	struct engine_change *ch = engine_part_change(c, 0, "package");
	struct wsman_selector *sel =
		wsman_obj_selector(c->a, "InstanceID", wsman_obj_str(want, "InstanceID"), NULL);
	if (!engine_part_call(c, ch, "AMT_SystemPowerScheme", "SetPowerScheme", sel))
		return true;
	engine_part_line(ch, "power.package", have ? wsman_obj_str(have, "Description") : "unknown",
			 wsman_obj_str(want, "Description"));
	return true;
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	static const struct engine_part_prop props[] = {
		{ "idle_wake_minutes", "IdleWakeTimeout", NULL },
		{ NULL, NULL, NULL },
	};
	if (!diff_package(in, c, e))
		return false;
	if (in->have[READ_GENERAL].count)
		engine_part_props(in, in->have[READ_GENERAL].items[0], NULL, props, 0, c);
	return true;
}

const struct engine_part engine_part_power = {
	.name = "power",
	.title = "power package",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.diff = diff,
};
