/* Alerts (wsman 3.13, setup-and-configuration 5.14): receivers of SNMP traps with their filters, up to
 * release 17; subscriptions to WS-Events. Who is told is kept here; dev_alerts.c tells. A receiver that
 * subscribes twice is told twice, until the table is full. Called through the table of classes. */
#include "base/str.h"
#include "sim/fw_record_priv.h"

#define SNMP       "AMT_SNMPEventSubscriber"
#define PET        "AMT_PETFilterSetting"
#define DEST       "CIM_ListenerDestinationWSManagement"
#define COLLECTION "CIM_FilterCollection"
#define PET_UNTIL  179 /* PET and its receivers went with 18 */
#define HTTPS_FROM 110 /* discovery 7.1 */
#define TRAPS_MAX  16
#define PET_MAX    30
#define DIGEST     "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/digest"

FW_RECORD_COUNT(AMT_SNMPEventSubscriber)
FW_RECORD_COUNT(AMT_PETFilterSetting)
FW_RECORD_COUNT(CIM_ListenerDestinationWSManagement)

static bool refuse(struct fw_ctx *x, uint32_t pt_status)
{
	return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, pt_status);
}

/* ---- traps ---- */

static bool is_ipv4(const char *text)
{
	struct span left = span_str(text ? text : "");

	for (int part = 0; part < 4; part++) {
		size_t n = span_find(left, '.');
		uint32_t v;
		if ((part < 3) != (n < left.n) ||
		    !str_to_u32(span_make(left.p, n), 0, 255, &v, NULL))
			return false;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return true;
}

static bool create_trap(struct fw_ctx *x, const struct wsman_obj *in,
			const struct wsman_epr **out_epr)
{
	const char *community = wsman_obj_str(in, "CommunityString"), *name;
	uint32_t format = 0;

	if (!wsman_obj_u32(in, "InfoFormat", &format) || format != 3 ||
	    !is_ipv4(wsman_obj_str(in, "AccessInfo")) || (community && strlen(community) > 16))
		return refuse(x, WSMAN_PT_INVALID_PARAMETER);
	if (sim_record_find(x->d, SNMP, "AccessInfo", wsman_obj_str(in, "AccessInfo")))
		return refuse(x, WSMAN_PT_DUPLICATE);
	struct sim_record *r = sim_record_add(x->d, SNMP, TRAPS_MAX);
	if (!r)
		return refuse(x, WSMAN_PT_MAX_LIMIT_REACHED);
	sim_record_from(r, in);
	sim_record_set(r, "CommunityString", NULL); /* nobody reads it back */
	sim_record_set(r, "CommunityHidden", community ? community : "public");
	name = arena_fmt(x->a, "Intel(r) AMT:SNMP Subscriber %u", (unsigned)r->handle);
	sim_record_set(r, "Name", name);
	sim_record_set(r, "CreationClassName", SNMP);
	sim_record_set(r, "SystemCreationClassName", "CIM_ComputerSystem");
	sim_record_set(r, "SystemName", "Intel(r) AMT");
	*out_epr = sim_fw_epr(x, SNMP, "Name", name);
	return true;
}

static bool create_filter(struct fw_ctx *x, const struct wsman_obj *in,
			  const struct wsman_epr **out_epr)
{
	struct sim_record *r = sim_record_add(x->d, PET, PET_MAX);

	if (!r)
		return refuse(x, WSMAN_PT_MAX_LIMIT_REACHED);
	sim_record_from(r, in);
	sim_record_set(r, "InstanceID",
		       arena_fmt(x->a, "Intel(r) AMT:PETFilterSetting %u", (unsigned)r->handle));
	*out_epr = sim_fw_epr(x, PET, "InstanceID", sim_record_get(r, "InstanceID"));
	return true;
}

static bool put_filter(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	return sim_fw_record_may_put(x) && sim_fw_record_put(x, i, in);
}

/* ---- WS-Events ---- */

static const char *const collections[] = { "Intel(r) AMT:All", "Intel(r) AMT:FW Progress",
					   "Intel(r) AMT:Platform" };

static unsigned count_collections(const struct sim_dev *d)
{
	(void)d;
	return sizeof collections / sizeof *collections;
}

static void fill_collection(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	sim_fw_set(o, "InstanceID", collections[i]);
	if (x->keys_only)
		return;
	sim_fw_set(o, "CollectionName", collections[i]);
	sim_fw_set(o, "ElementName", "Filter Collection");
}

static struct wsman_epr *handler_of(struct fw_ctx *x, const struct sim_record *dest)
{
	struct wsman_epr *epr = sim_fw_epr(x, DEST, "SystemName", "Intel(r) AMT");

	if (!epr)
		return NULL;
	epr->selectors = wsman_obj_selector(x->a, "SystemCreationClassName", "CIM_ComputerSystem",
					    epr->selectors);
	epr->selectors =
		wsman_obj_selector(x->a, "Name", sim_record_get(dest, "Name"), epr->selectors);
	epr->selectors = wsman_obj_selector(x->a, "CreationClassName",
					    "CIM_ListenerDestinationWSMAN", epr->selectors);
	return epr;
}

static bool subscription_ok(struct fw_ctx *x, const struct wsman_subscription *s)
{
	struct span to = span_str(s->notify_to);

	bool https = span_starts(to, "https://") && sim_gen_number(x->d->gen) >= HTTPS_FROM;

	if (s->delivery == WSMAN_DELIVERY_OTHER || (!span_starts(to, "http://") && !https))
		return sim_fw_refuse(x, FW_FAULT_PARAMETER);
	return true;
}

/* wsman 3.13: six receivers up to 5.x, nine from 6.0. */
static unsigned receivers_max(const struct sim_dev *d)
{
	return sim_gen_number(d->gen) < 60 ? 6 : 9;
}

static bool subscribe(struct fw_ctx *x, unsigned i, const struct wsman_epr **out_epr)
{
	const struct wsman_subscription *s = x->m->subscription;
	struct wsman_epr *manager;

	if (!subscription_ok(x, s))
		return false;
	struct sim_record *r = sim_record_add(x->d, DEST, receivers_max(x->d));
	if (!r)
		return refuse(x, WSMAN_PT_MAX_LIMIT_REACHED);
	sim_record_set(r, "Name", arena_fmt(x->a, "name%u", (unsigned)r->handle - 1));
	sim_record_set(r, "Destination", s->notify_to);
	sim_record_set(r, "DeliveryMode", s->delivery == WSMAN_DELIVERY_PUSH ? "2" : "3");
	sim_record_set(r, "Collection", collections[i]);
	if (*s->user) {
		sim_record_set(r, "DeliveryAuth", DIGEST);
		sim_record_set(r, "User", s->user);
		sim_record_set(r, "PasswordHidden", s->password);
	}
	if (*s->arg_name) { /* comes back with each event */
		sim_record_set(r, "ArgNs", s->arg_ns);
		sim_record_set(r, "ArgName", s->arg_name);
		sim_record_set(r, "Arg", s->arg);
	}
	manager = sim_fw_epr(x, "CIM_FilterCollectionSubscription", "Name",
			     sim_record_get(r, "Name"));
	*out_epr = manager;
	return true;
}

static void fill_dest(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	sim_fw_record_fill(x, i, o);
	if (!sim_switches_is(&x->d->sw, SIM_SW_EVENT_MODE, "untold"))
		return;
	wsman_obj_unset(o, "DeliveryMode");
	wsman_obj_unset(o, "DeliveryAuth");
}

static void fill_subscription(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, DEST, i);

	if (!r)
		return;
	wsman_obj_set_epr(o, "Filter",
			  sim_fw_epr(x, COLLECTION, "InstanceID", sim_record_get(r, "Collection")));
	wsman_obj_set_epr(o, "Handler", handler_of(x, r));
	if (x->keys_only)
		return;
	sim_fw_set(o, "OnFatalErrorPolicy", "2");
	sim_fw_set(o, "RepeatNotificationPolicy", "2");
	sim_fw_set(o, "SubscriptionState", "2");
}

static bool unsubscribe(struct fw_ctx *x, unsigned i)
{
	sim_record_drop(x->d, sim_record_at(x->d, DEST, i));
	return true;
}

/* ---- tables ---- */

static const struct fw_member trap_members[] = {
	FW_OWN("AccessInfo"),
	FW_OWN("CommunityString"),
	FW_OWN("CreationClassName"),
	FW_OWN("InfoFormat"),
	FW_OWN("Name"),
	FW_OWN("PolicyID"),
	FW_OWN("PortInfo"),
	FW_OWN("SystemCreationClassName"),
	FW_OWN("SystemName"),
	FW_END,
};
static const struct fw_member pet_members[] = {
	FW_OWN("DeviceAddress"), FW_OWN("EnableFilter"),
	FW_OWN("Entity"),        FW_OWN("EntityInstance"),
	FW_OWN("EventOffset"),   FW_OWN("EventSensorType"),
	FW_OWN("EventSeverity"), FW_OWN("EventSourceType"),
	FW_OWN("EventType"),     FW_OWN("InstanceID"),
	FW_OWN("LogOnEvent"),    FW_OWN("OEMFilter"),
	FW_OWN("PolicyID"),      FW_OWN("SendAlert"),
	FW_OWN("SensorNumber"),  FW_END,
};
static const struct fw_member collection_members[] = {
	FW_OWN("CollectionName"),
	FW_OWN("ElementName"),
	FW_OWN("InstanceID"),
	FW_END,
};
static const struct fw_member dest_members[] = {
	FW_FIX("CreationClassName", "CIM_ListenerDestinationWSMAN"),
	FW_OWN("DeliveryAuth"),
	FW_OWN("DeliveryMode"),
	FW_OWN("Destination"),
	FW_OWN("Name"),
	FW_FIX("PersistenceType", "2"),
	FW_FIX("Protocol", "4"),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_member subscription_members[] = {
	FW_OWN("Filter"),
	FW_OWN("Handler"),
	FW_OWN("OnFatalErrorPolicy"),
	FW_OWN("RepeatNotificationPolicy"),
	FW_OWN("SubscriptionState"),
	FW_END,
};
const struct fw_class sim_fw_alerts_classes[] = {
	{ .name = SNMP,
	  .until = PET_UNTIL,
	  .members = { trap_members },
	  .count = count_AMT_SNMPEventSubscriber,
	  .fill = sim_fw_record_fill,
	  .create = create_trap,
	  .del = sim_fw_record_del },
	{ .name = PET,
	  .until = PET_UNTIL,
	  .members = { pet_members },
	  .count = count_AMT_PETFilterSetting,
	  .fill = sim_fw_record_fill,
	  .can_put = true,
	  .put = put_filter,
	  .create = create_filter,
	  .del = sim_fw_record_del },
	{ .name = COLLECTION,
	  .members = { collection_members },
	  .count = count_collections,
	  .fill = fill_collection,
	  .subscribe = subscribe },
	{ .name = DEST,
	  .members = { dest_members },
	  .count = count_CIM_ListenerDestinationWSManagement,
	  .fill = fill_dest },
	{ .name = "CIM_FilterCollectionSubscription",
	  .members = { subscription_members },
	  .count = count_CIM_ListenerDestinationWSManagement,
	  .fill = fill_subscription,
	  .unsubscribe = unsubscribe },
	{ .name = NULL },
};
