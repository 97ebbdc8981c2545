/* Look-up in the class table, whose rows are in classes_amt.c, classes_cim.c and classes_ips.c.
 * Used by envelope and obj, by the client (amt/) and by the simulator. No state. */
#include "wsman/classes.h"
#include "base/str.h"
#include "wsman/classes_rows.h"
#include <string.h>

const struct wsman_name wsman_names_enabled_state[] = {
	{ 0, "Unknown" },
	{ 1, "Other" },
	{ 2, "Enabled" },
	{ 3, "Disabled" },
	{ 4, "Shutting down" },
	{ 5, "Not applicable" },
	{ 6, "Enabled but offline" },
	{ 7, "In test" },
	{ 8, "Deferred" },
	{ 9, "Quiesce" },
	{ 10, "Starting" },
	{ 0, NULL },
};
const struct wsman_name wsman_names_requested_state[] = {
	{ 0, "Unknown" },   { 2, "Enabled" }, { 3, "Disabled" }, { 4, "Shut down" },
	{ 5, "No change" }, { 6, "Offline" }, { 7, "Test" },     { 8, "Deferred" },
	{ 9, "Quiesce" },   { 10, "Reboot" }, { 11, "Reset" },   { 12, "Not applicable" },
	{ 0, NULL },
};
const struct wsman_name wsman_names_state_change[] = {
	{ 2, "Enabled" }, { 3, "Disabled" }, { 4, "Shut down" }, { 6, "Offline" }, { 7, "Test" },
	{ 8, "Defer" },   { 9, "Quiesce" },  { 10, "Reboot" },   { 11, "Reset" },  { 0, NULL },
};
const struct wsman_name wsman_names_enabled_default[] = {
	{ 2, "Enabled" },
	{ 3, "Disabled" },
	{ 5, "Not applicable" },
	{ 6, "Enabled but offline" },
	{ 7, "No default" },
	{ 9, "Quiesce" },
	{ 0, NULL },
};
const struct wsman_name wsman_names_operational_status[] = {
	{ 0, "Unknown" },
	{ 1, "Other" },
	{ 2, "OK" },
	{ 3, "Degraded" },
	{ 4, "Stressed" },
	{ 5, "Predictive failure" },
	{ 6, "Error" },
	{ 7, "Non-recoverable" },
	{ 8, "Starting" },
	{ 9, "Stopping" },
	{ 10, "Stopped" },
	{ 11, "In service" },
	{ 12, "No contact" },
	{ 13, "Lost communication" },
	{ 14, "Aborted" },
	{ 15, "Dormant" },
	{ 16, "Supporting entity in error" },
	{ 17, "Completed" },
	{ 18, "Power mode" },
	{ 19, "Relocating" },
	{ 0, NULL },
};
const struct wsman_name wsman_names_health_state[] = {
	{ 0, "Unknown" }, { 5, "OK" },        { 10, "Degraded/warning" }, { 15, "Minor" },
	{ 20, "Major" },  { 25, "Critical" }, { 30, "Non-recoverable" },  { 0, NULL },
};

struct rows {
	const struct wsman_class *row;
	unsigned count;
};

static struct rows rows_of(enum wsman_base base)
{
	switch (base) {
	case WSMAN_AMT:
		return (struct rows){ wsman_classes_amt, wsman_classes_amt_count };
	case WSMAN_CIM:
		return (struct rows){ wsman_classes_cim, wsman_classes_cim_count };
	case WSMAN_IPS:
		return (struct rows){ wsman_classes_ips, wsman_classes_ips_count };
	}
	return (struct rows){ NULL, 0 };
}

static bool base_of(const char *class_name, enum wsman_base *out_base)
{
	static const struct {
		const char *prefix;
		enum wsman_base base;
	} prefixes[] = { { "AMT_", WSMAN_AMT }, { "CIM_", WSMAN_CIM }, { "IPS_", WSMAN_IPS } };
	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (strncmp(class_name, prefixes[i].prefix, 4) == 0) {
			*out_base = prefixes[i].base;
			return true;
		}
	return false;
}

const struct wsman_class *wsman_classes_find(const char *name)
{
	enum wsman_base base;
	if (!name || !base_of(name, &base))
		return NULL;
	struct rows r = rows_of(base);
	for (unsigned i = 0; i < r.count; i++)
		if (strcmp(r.row[i].name, name) == 0)
			return &r.row[i];
	return NULL;
}

const struct wsman_class *wsman_classes_find_uri(const char *uri)
{
	const char *slash = uri ? strrchr(uri, '/') : NULL;
	const struct wsman_class *c = slash ? wsman_classes_find(slash + 1) : NULL;
	return c && strcmp(c->uri, uri) == 0 ? c : NULL;
}

const struct wsman_class *wsman_classes_at(unsigned i)
{
	static const enum wsman_base order[] = { WSMAN_AMT, WSMAN_CIM, WSMAN_IPS };
	for (size_t k = 0; k < COUNT(order); k++) {
		struct rows r = rows_of(order[k]);
		if (i < r.count)
			return &r.row[i];
		i -= r.count;
	}
	return NULL;
}

const struct wsman_method *wsman_classes_method(const struct wsman_class *c, const char *name)
{
	for (unsigned i = 0; c && name && i < c->method_count; i++)
		if (str_eq_nocase(c->methods[i].name, name))
			return &c->methods[i];
	return NULL;
}

int wsman_classes_prop(const struct wsman_shape *s, const char *name)
{
	for (unsigned i = 0; i < s->prop_count; i++)
		if (strcmp(s->props[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool wsman_classes_uri_of(const char *class_name, char *buf, size_t cap)
{
	enum wsman_base base;
	if (!class_name || !base_of(class_name, &base))
		return false;
	const char *prefix = base == WSMAN_AMT ? URI_AMT : base == WSMAN_CIM ? URI_CIM : URI_IPS;
	size_t n = strlen(prefix);
	return n < cap && str_copy(buf, cap, span_str(prefix)) &&
		str_copy(buf + n, cap - n, span_str(class_name));
}
