/* System Defense (setup-and-configuration 5.13, wsman 3.14): filters, policies, which policy acts on
 * which port, counters. What its filters match of the traffic of the system (fw_defense_packets.c) is counted
 * whenever somebody looks, and before anything changes that decides it. Called through the table of
 * classes. Numbers and names of instances are guesses: no capture has them. */
#include "base/iso.h"
#include "base/str.h"
#include "sim/fw_defense_priv.h"
#include "sim/fw_record_priv.h"

#define ETHERNET     "AMT_Hdr8021Filter"
#define IP           "AMT_IPHeadersFilter"
#define POLICY       "AMT_SystemDefensePolicy"
#define LINK         "AMT_NetworkPortSystemDefensePolicy"
#define DEFAULT      "AMT_NetworkPortDefaultSystemDefensePolicy"
#define PORT         "CIM_EthernetPort"
#define PORT_ID      "Intel(r) AMT Ethernet Port 0"
#define POLICIES_MAX 8 /* wsman 3.14 */
#define FILTERS_MAX  80
#define NAME_MAX_LEN 16

FW_RECORD_COUNT(AMT_Hdr8021Filter)
FW_RECORD_COUNT(AMT_IPHeadersFilter)
FW_RECORD_COUNT(AMT_SystemDefensePolicy)
FW_RECORD_COUNT(AMT_NetworkPortSystemDefensePolicy)
FW_RECORD_COUNT(AMT_NetworkPortDefaultSystemDefensePolicy)

static bool refuse(struct fw_ctx *x, uint32_t pt_status)
{
	return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, pt_status);
}

static void catch_up(struct fw_ctx *x);

/* ---- filters ---- */

static struct sim_record *filter_by(const struct sim_dev *d, const char *prop, const char *value)
{
	struct sim_record *r = sim_record_find(d, ETHERNET, prop, value);

	return r ? r : sim_record_find(d, IP, prop, value);
}

static struct sim_record *filter_of_handle(struct fw_ctx *x, const char *handle)
{
	const char *id = arena_fmt(x->a, "Intel(r) AMT:Filter %s", handle);

	return id ? filter_by(x->d, "InstanceID", id) : NULL;
}

static bool filter_ok(struct fw_ctx *x, const struct wsman_obj *in)
{
	uint32_t v;

	if (wsman_obj_u32(in, "FilterProfile", &v) && v > 4)
		return refuse(x, WSMAN_PT_INVALID_PARAMETER);
	if (wsman_obj_u32(in, "FilterDirection", &v) && v > 1)
		return refuse(x, WSMAN_PT_INVALID_PARAMETER);
	if (wsman_classes_prop(in->shape, "HdrIPVersion") >= 0 &&
	    wsman_obj_u32(in, "HdrIPVersion", &v) && v != 4 && v != 6)
		return refuse(x, WSMAN_PT_INVALID_PARAMETER);
	return true;
}

static bool create_filter(struct fw_ctx *x, const struct wsman_obj *in,
			  const struct wsman_epr **out_epr)
{
	const char *name = wsman_obj_str(in, "Name"), *cls = x->cls->name;
	unsigned handle = 1;

	name = name && *name ? name : wsman_obj_str(in, "ElementName");
	if (!sim_fw_record_name_ok(x, name, NAME_MAX_LEN) || !filter_ok(x, in))
		return false;
	if (filter_by(x->d, "Name", name))
		return sim_fw_refuse(x, FW_FAULT_EXISTS);
	if (sim_record_count(x->d, ETHERNET) + sim_record_count(x->d, IP) >= FILTERS_MAX)
		return refuse(x, WSMAN_PT_MAX_LIMIT_REACHED);
	while (filter_of_handle(x, arena_fmt(x->a, "%u", handle)))
		handle++;
	struct sim_record *r = sim_record_add(x->d, cls, FILTERS_MAX);
	if (!r)
		return refuse(x, WSMAN_PT_MAX_LIMIT_REACHED);
	sim_record_from(r, in);
	sim_record_set(r, "Name", name);
	sim_record_set(r, "ElementName", name);
	sim_record_set(r, "CreationClassName", cls);
	sim_record_set(r, "SystemCreationClassName", "CIM_ComputerSystem");
	sim_record_set(r, "SystemName", "Intel(r) AMT");
	sim_record_set(r, "InstanceID", arena_fmt(x->a, "Intel(r) AMT:Filter %u", handle));
	*out_epr = sim_fw_epr(x, cls, "InstanceID", sim_record_get(r, "InstanceID"));
	return true;
}

static bool put_filter(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	if (!sim_fw_record_may_put(x) || !filter_ok(x, in))
		return false;
	catch_up(x);
	return sim_fw_record_put(x, i, in);
}

static bool is_used(const struct sim_dev *d, const struct sim_record *filter)
{
	const char *id = sim_record_get(filter, "InstanceID"), *handle = strrchr(id, ' ') + 1;
	const struct sim_record *p;

	for (unsigned i = 0; (p = sim_record_at(d, POLICY, i)); i++) {
		for (const struct sim_record_text *t = p->texts; t; t = t->next)
			if (str_eq(t->name, "FilterCreationHandles") && str_eq(t->value, handle))
				return true;
	}
	return false;
}

static bool del_filter(struct fw_ctx *x, unsigned i)
{
	if (is_used(x->d, sim_fw_record(x, i)))
		return refuse(x, WSMAN_PT_NOT_PERMITTED);
	return sim_fw_record_del(x, i);
}

/* ---- policies ---- */

static bool policy_ok(struct fw_ctx *x, const struct wsman_obj *in)
{
	for (const struct wsman_val *v = wsman_obj_vals(in, "FilterCreationHandles"); v;
	     v = v->next)
		if (!filter_of_handle(x, v->text))
			return refuse(x, WSMAN_PT_INVALID_HANDLE);
	return true;
}

static bool create_policy(struct fw_ctx *x, const struct wsman_obj *in,
			  const struct wsman_epr **out_epr)
{
	const char *name = wsman_obj_str(in, "PolicyName");

	if (!sim_fw_record_name_ok(x, name, NAME_MAX_LEN) || !policy_ok(x, in))
		return false;
	if (sim_record_find(x->d, POLICY, "PolicyName", name))
		return sim_fw_refuse(x, FW_FAULT_EXISTS);
	struct sim_record *r = sim_record_add(x->d, POLICY, POLICIES_MAX);
	if (!r)
		return refuse(x, WSMAN_PT_MAX_LIMIT_REACHED);
	sim_record_from(r, in);
	sim_record_set(r, "InstanceID",
		       arena_fmt(x->a, "Intel(r) AMT:SystemDefensePolicy %u", (unsigned)r->handle));
	sim_record_set(r, "Timeout", "0");
	*out_epr = sim_fw_epr(x, POLICY, "InstanceID", sim_record_get(r, "InstanceID"));
	return true;
}

static bool put_policy(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	if (!sim_fw_record_may_put(x) || !policy_ok(x, in))
		return false;
	catch_up(x);
	/* an array of no elements is no member: it is emptied */
	sim_record_set(sim_fw_record(x, i), "FilterCreationHandles", NULL);
	return sim_fw_record_put(x, i, in);
}

static bool is_linked(struct fw_ctx *x, const char *cls, const struct sim_record *policy)
{
	const char *want =
		arena_fmt(x->a, POLICY "{InstanceID=%s}", sim_record_get(policy, "InstanceID"));

	return want && sim_record_find(x->d, cls, "Dependent", want);
}

static bool del_policy(struct fw_ctx *x, unsigned i)
{
	const struct sim_record *r = sim_fw_record(x, i);

	if (is_linked(x, LINK, r) || is_linked(x, DEFAULT, r))
		return refuse(x, WSMAN_PT_NOT_PERMITTED);
	return sim_fw_record_del(x, i);
}

static uint32_t get_timeout(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	int i = sim_fw_select(x, x->cls);

	(void)in;
	if (i >= 0)
		sim_fw_set(out, "Timeout",
			   sim_record_get(sim_fw_record(x, (unsigned)i), "Timeout"));
	return WSMAN_PT_SUCCESS;
}

static uint32_t set_timeout(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	int i = sim_fw_select(x, x->cls);
	uint32_t v;

	(void)out;
	if (!wsman_obj_u32(in, "Timeout", &v) || v > 65535)
		return WSMAN_PT_INVALID_PARAMETER;
	if (i >= 0)
		sim_record_set(sim_fw_record(x, (unsigned)i), "Timeout",
			       wsman_obj_str(in, "Timeout"));
	return WSMAN_PT_SUCCESS;
}

static void set_now(struct fw_ctx *x, struct sim_record *r, const char *name)
{
	sim_record_set(r, name, arena_fmt(x->a, "%lld", (long long)x->now_unix_ms));
}

/* Counts stand in the link, under the handles of filters. */
static const char *count_name(struct fw_ctx *x, const struct sim_record *filter)
{
	return arena_fmt(x->a, "Count%s", strrchr(sim_record_get(filter, "InstanceID"), ' ') + 1);
}

static void begin_anew(struct fw_ctx *x, struct sim_record *link)
{
	const struct sim_record *f;

	set_now(x, link, "Reset");
	for (unsigned i = 0; (f = sim_record_at(x->d, ETHERNET, i)); i++)
		sim_record_set(link, count_name(x, f), NULL);
	for (unsigned i = 0; (f = sim_record_at(x->d, IP, i)); i++)
		sim_record_set(link, count_name(x, f), NULL);
}

static uint32_t update_statistics(struct fw_ctx *x, const struct wsman_obj *in,
				  struct wsman_obj *out)
{
	const char *id = sim_fw_record_key(wsman_obj_epr(in, "NetworkInterface"), PORT, "DeviceID");
	int i = sim_fw_select(x, x->cls);
	bool reset = false;
	struct sim_record *link;

	(void)out;
	if (!id || !str_eq(id, PORT_ID))
		return WSMAN_PT_INVALID_HANDLE;
	wsman_obj_bool(in, "ResetOnRead", &reset);
	catch_up(x);
	for (unsigned n = 0; i >= 0 && reset && (link = sim_record_at(x->d, LINK, n)); n++)
		begin_anew(x, link);
	return WSMAN_PT_SUCCESS;
}

/* ---- ports ---- */

static struct sim_record *policy_of(struct fw_ctx *x, const struct sim_record *link)
{
	const char *text = sim_record_get(link, "Dependent");
	struct span id = span_str(text + strlen(POLICY "{InstanceID="));

	id.n -= id.n ? 1 : 0; /* the brace */
	return sim_record_find(x->d, POLICY, "InstanceID", arena_str(x->a, id));
}

static bool create_link(struct fw_ctx *x, const struct wsman_obj *in,
			const struct wsman_epr **out_epr)
{
	const struct wsman_epr *at = wsman_obj_epr(in, "Antecedent"),
			       *to = wsman_obj_epr(in, "Dependent");
	const char *port = sim_fw_record_key(at, PORT, "DeviceID"),
		   *id = sim_fw_record_key(to, POLICY, "InstanceID");
	bool is_default = str_eq(x->cls->name, DEFAULT);
	const char *text;

	if (!port || !str_eq(port, PORT_ID) || !id ||
	    !sim_record_find(x->d, POLICY, "InstanceID", id))
		return refuse(x, WSMAN_PT_INVALID_HANDLE);
	text = arena_fmt(x->a, POLICY "{InstanceID=%s}", id);
	if (is_default ? sim_record_count(x->d, DEFAULT) > 0
		       : sim_record_find(x->d, LINK, "Dependent", text) != NULL)
		return sim_fw_refuse(x, FW_FAULT_EXISTS);
	catch_up(x);
	struct sim_record *r = sim_record_add(x->d, x->cls->name, POLICIES_MAX);
	if (!r)
		return refuse(x, WSMAN_PT_MAX_LIMIT_REACHED);
	sim_record_set(r, "Antecedent", PORT "{DeviceID=" PORT_ID "}");
	sim_record_set(r, "Dependent", text);
	set_now(x, r, "Since");
	set_now(x, r, "Seen");
	*out_epr = sim_fw_epr(x, POLICY, "InstanceID", id);
	return true;
}

static uint32_t precedence(struct fw_ctx *x, const struct sim_record *link)
{
	const struct sim_record *p = policy_of(x, link);
	const char *text = p ? sim_record_get(p, "PolicyPrecedence") : NULL;
	uint32_t v = 0;

	str_to_u32(span_str(text ? text : ""), 0, UINT32_MAX, &v, NULL);
	return v;
}

/* Of those that are enabled the highest acts; the default one when there is none. */
static bool is_active(struct fw_ctx *x, const struct sim_record *link)
{
	const struct sim_record *r;

	if (str_eq(link->cls, DEFAULT))
		return sim_record_count(x->d, LINK) == 0;
	for (unsigned i = 0; (r = sim_record_at(x->d, LINK, i)); i++)
		if (precedence(x, r) > precedence(x, link))
			return false;
	return true;
}

/* Another one may act from now on. */
static bool del_link(struct fw_ctx *x, unsigned i)
{
	catch_up(x);
	return sim_fw_record_del(x, i);
}

static void fill_link(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, o->shape->name, i);

	sim_fw_record_fill(x, i, o);
	if (x->keys_only || !r)
		return;
	sim_fw_set(o, "Active", is_active(x, r) ? "true" : "false");
	sim_fw_set(o, "Enabled", "true");
}

/* ---- counters: one for each filter that counts in a policy that acts ---- */

struct counter {
	const struct sim_record *link, *filter;
};

static bool counts(const struct sim_record *filter)
{
	const char *profile = sim_record_get(filter, "FilterProfile");

	return profile && (str_eq(profile, "0") || str_eq(profile, "1"));
}

static int64_t number_of(const struct sim_record *r, const char *name, int64_t none)
{
	const char *text = name ? sim_record_get(r, name) : NULL;
	int64_t v = none;

	(void)str_to_i64(span_str(text ? text : ""), 0, INT64_MAX, &v, NULL);
	return v;
}

static void count_link(struct fw_ctx *x, struct sim_record *link, bool sees)
{
	int64_t from = number_of(link, "Seen", number_of(link, "Since", 0));
	const struct sim_record *p = policy_of(x, link);

	for (const struct sim_record_text *t = p ? p->texts : NULL; t; t = t->next) {
		const struct sim_record *f = str_eq(t->name, "FilterCreationHandles")
			? filter_of_handle(x, t->value)
			: NULL;
		uint64_t n = sees && f && counts(f)
			? sim_defense_packets(x->d, f, from, x->now_unix_ms)
			: 0;
		const char *name = n ? count_name(x, f) : NULL;
		if (name)
			sim_record_set(
				link, name,
				arena_fmt(x->a, "%lld",
					  (long long)number_of(link, name, 0) + (long long)n));
	}
	set_now(x, link, "Seen");
}

/* The traffic since the last time, by what decided then: the policy that acts, and a system that runs. */
static void catch_up(struct fw_ctx *x)
{
	struct sim_record *link;

	for (unsigned i = 0; (link = sim_record_at(x->d, LINK, i)); i++)
		count_link(x, link, !x->d->power_off && is_active(x, link));
}

void sim_defense_catch_up(struct sim_dev *d, int64_t now_unix_ms)
{
	struct arena a;
	struct fw_ctx x = { .d = d, .a = &a, .now_unix_ms = now_unix_ms };

	if (!sim_record_count(d, LINK))
		return;
	arena_init(&a, 1 << 18);
	catch_up(&x);
	arena_deinit(&a);
}

/* The i-th; false past the end. x->a holds what is needed for it. */
static bool counter_at(struct fw_ctx *x, unsigned i, struct counter *out_c)
{
	const struct sim_record *link;

	for (unsigned n = 0; (link = sim_record_at(x->d, LINK, n)); n++) {
		const struct sim_record *p = policy_of(x, link);
		for (const struct sim_record_text *t = p ? p->texts : NULL; t; t = t->next) {
			const struct sim_record *f = str_eq(t->name, "FilterCreationHandles")
				? filter_of_handle(x, t->value)
				: NULL;
			if (!f || !counts(f) || i--)
				continue;
			*out_c = (struct counter){ link, f };
			return true;
		}
	}
	return false;
}

static unsigned count_counters(const struct sim_dev *d)
{
	struct arena a;
	struct fw_ctx x = { .d = (struct sim_dev *)d, .a = &a };
	struct counter c;
	unsigned n = 0;

	arena_init(&a, 65536);
	while (counter_at(&x, n, &c))
		n++;
	arena_deinit(&a);
	return n;
}

static const char *time_text(struct fw_ctx *x, int64_t unix_ms)
{
	char text[ISO_TIME_SIZE];

	iso_time_print(unix_ms / 1000, text);
	return arena_str(x->a, span_str(text));
}

static void fill_counter(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	struct counter c;

	if (i == 0 && !x->keys_only)
		catch_up(x);
	if (!counter_at(x, i, &c))
		return;
	wsman_obj_set_epr(
		o, "Antecedent",
		sim_fw_epr(x, c.filter->cls, "InstanceID", sim_record_get(c.filter, "InstanceID")));
	wsman_obj_set_epr(o, "Dependent", sim_fw_epr(x, PORT, "DeviceID", PORT_ID));
	if (x->keys_only)
		return;
	int64_t since = number_of(c.link, "Since", 0), reset = number_of(c.link, "Reset", since);
	uint32_t packets = (uint32_t)number_of(c.link, count_name(x, c.filter), 0);
	sim_fw_set(o, "ActivationTime", time_text(x, since));
	sim_fw_set(o, "LastResetTime", time_text(x, reset));
	sim_fw_set(o, "ReadCount", arena_fmt(x->a, "%u", packets));
	sim_fw_set(o, "FilterMatched", packets ? "true" : "false");
}

/* ---- tables ---- */

#define FILTER_MEMBERS                                                                           \
	FW_OWN("ActionEventOnMatch"), FW_OWN("CreationClassName"), FW_OWN("ElementName"),        \
		FW_OWN("FilterDirection"), FW_OWN("FilterProfile"), FW_OWN("FilterProfileData"), \
		FW_OWN("InstanceID"), FW_OWN("Name"), FW_OWN("SystemCreationClassName"),         \
		FW_OWN("SystemName")
static const struct fw_member ethernet_members[] = {
	FILTER_MEMBERS,
	FW_OWN("HdrDestMACAddr8021"),
	FW_OWN("HdrDestMACMask8021"),
	FW_OWN("HdrPriorityValue8021"),
	FW_OWN("HdrProtocolID8021"),
	FW_OWN("HdrSrcMACAddr8021"),
	FW_OWN("HdrSrcMACMask8021"),
	FW_OWN("HdrVLANID8021"),
	FW_END,
};
static const struct fw_member ip_members[] = {
	FILTER_MEMBERS,
	FW_OWN("HdrDestAddress"),
	FW_OWN("HdrDestAddressEndOfRange"),
	FW_OWN("HdrDestMask"),
	FW_OWN("HdrDestPortEnd"),
	FW_OWN("HdrDestPortStart"),
	FW_OWN("HdrDSCP"),
	FW_OWN("HdrFlowLabel"),
	FW_OWN("HdrIPVersion"),
	FW_OWN("HdrProtocolID"),
	FW_OWN("HdrSrcAddress"),
	FW_OWN("HdrSrcAddressEndOfRange"),
	FW_OWN("HdrSrcMask"),
	FW_OWN("HdrSrcPortEnd"),
	FW_OWN("HdrSrcPortStart"),
	FW_OWN("IsNegated"),
	FW_OWN("TCPFlagsOff"),
	FW_OWN("TCPFlagsOn"),
	FW_END,
};
static const struct fw_member policy_members[] = {
	FW_OWN("AntiSpoofingSupport"), FW_OWN("FilterCreationHandles"), FW_OWN("InstanceID"),
	FW_OWN("PolicyName"),          FW_OWN("PolicyPrecedence"),      FW_OWN("RxDefaultCount"),
	FW_OWN("RxDefaultDrop"),       FW_OWN("RxDefaultMatchEvent"),   FW_OWN("TxDefaultCount"),
	FW_OWN("TxDefaultDrop"),       FW_OWN("TxDefaultMatchEvent"),   FW_END,
};
static const struct fw_method policy_methods[] = {
	{ "GetTimeout", get_timeout },
	{ "SetTimeout", set_timeout },
	{ "UpdateStatistics", update_statistics },
	{ NULL, NULL },
};
static const struct fw_member link_members[] = {
	FW_OWN("Active"), FW_OWN("Antecedent"), FW_OWN("Dependent"), FW_OWN("Enabled"), FW_END,
};
static const struct fw_member counter_members[] = {
	FW_OWN("ActivationTime"),
	FW_OWN("Antecedent"),
	FW_OWN("Dependent"),
	FW_OWN("FilterMatched"),
	FW_OWN("LastResetTime"),
	FW_OWN("ReadCount"),
	FW_END,
};
static const struct fw_member general_members[] = {
	FW_FIX("ElementName", "Intel(r) AMT System Defense Capabilities"),
	FW_FIX("GlobalMaxSupportedFilters", "80"),
	FW_FIX("GlobalMaxSupportedPolicies", "8"),
	FW_FIX("InstanceID", "Intel(r) AMT System Defense Capabilities"),
	FW_END,
};

const struct fw_class sim_fw_defense_classes[] = {
	{ .name = ETHERNET,
	  .members = { ethernet_members },
	  .count = count_AMT_Hdr8021Filter,
	  .fill = sim_fw_record_fill,
	  .can_put = true,
	  .put = put_filter,
	  .create = create_filter,
	  .del = del_filter },
	{ .name = IP,
	  .members = { ip_members },
	  .count = count_AMT_IPHeadersFilter,
	  .fill = sim_fw_record_fill,
	  .can_put = true,
	  .put = put_filter,
	  .create = create_filter,
	  .del = del_filter },
	{ .name = POLICY,
	  .members = { policy_members },
	  .count = count_AMT_SystemDefensePolicy,
	  .fill = sim_fw_record_fill,
	  .can_put = true,
	  .put = put_policy,
	  .create = create_policy,
	  .del = del_policy,
	  .methods = policy_methods },
	{ .name = LINK,
	  .members = { link_members },
	  .count = count_AMT_NetworkPortSystemDefensePolicy,
	  .fill = fill_link,
	  .create = create_link,
	  .del = del_link },
	{ .name = DEFAULT,
	  .members = { link_members },
	  .count = count_AMT_NetworkPortDefaultSystemDefensePolicy,
	  .fill = fill_link,
	  .create = create_link,
	  .del = sim_fw_record_del },
	{ .name = "AMT_ActiveFilterStatistics",
	  .members = { counter_members },
	  .count = count_counters,
	  .fill = fill_counter },
	{ .name = "AMT_GeneralSystemDefenseCapabilities", .members = { general_members } },
	{ .name = NULL },
};
