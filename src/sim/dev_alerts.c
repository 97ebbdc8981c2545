/* See alerts.h. Filters and receivers are the records that fw_alerts.c keeps. */
#include "sim/alerts.h"
#include "base/clk.h"
#include "base/iso.h"
#include "base/str.h"
#include "sim/dev_priv.h"

#define PET_UNTIL  179 /* PET went with 18 */
#define TRAP_PORT  162
#define UNIX_1998  883612800
#define ANY        255
#define ALL_EVENTS "Intel(r) AMT:All"

/* ---- traps ---- */

static unsigned number(const struct sim_record *r, const char *name, unsigned otherwise)
{
	const char *text = sim_record_get(r, name);
	uint32_t v;

	return text && str_to_u32(span_str(text), 0, UINT32_MAX, &v, NULL) ? v : otherwise;
}

static bool is_true(const struct sim_record *r, const char *name)
{
	const char *text = sim_record_get(r, name);

	return text && str_eq(text, "true");
}

static bool matches(const struct sim_record *f, const struct wire_event_record *ev)
{
	const struct {
		const char *name;
		unsigned is;
	} rows[] = {
		{ "EventSensorType", ev->sensor_type },
		{ "EventType", ev->event_type },
		{ "EventOffset", ev->offset },
		{ "EventSourceType", ev->source_type },
		{ "EventSeverity", ev->severity },
		{ "SensorNumber", ev->sensor_number },
		{ "Entity", ev->entity },
		{ "EntityInstance", ev->entity_instance },
		{ "DeviceAddress", ev->device_address },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned want = number(f, rows[i].name, ANY);
		if (want != ANY && want != rows[i].is)
			return false;
	}
	return true;
}

/* Whether a filter that matches sends to receivers of that policy. */
static bool chosen(const struct sim_dev *d, const struct wire_event_record *ev, unsigned policy)
{
	const struct sim_record *f;

	for (unsigned i = 0; (f = sim_record_at(d, "AMT_PETFilterSetting", i)); i++)
		if (is_true(f, "EnableFilter") && is_true(f, "SendAlert") &&
		    number(f, "PolicyID", 0) == policy && matches(f, ev))
			return true;
	return false;
}

static void make_pet(struct sim_dev *d, const struct wire_event_record *ev, const char *community,
		     struct wire_pet *out_pet)
{
	static const uint8_t end = 0xC1;

	*out_pet = (struct wire_pet){
		.community = span_str(community),
		.ticks = (uint32_t)(clk_mono_ms() / 10),
		.event = { .ev = *ev,
			   .sequence = d->alert_count,
			   .utc_offset_min = UINT16_MAX,
			   .since_1998 = ev->time > UNIX_1998 ? ev->time - UNIX_1998 : 0,
			   .trap_source = 0x50,
			   .sensor_device = 0xFF,
			   .language = 0xFF,
			   .manufacturer = 0x157,
			   .system_id = 1,
			   .oem = { &end, 1 } },
	};
	memset(out_pet->event.guid, 0xFF, sizeof out_pet->event.guid); /* as captures have it */
}

void sim_alerts_event(struct sim_dev *d, const struct wire_event_record *ev)
{
	const struct sim_record *t;
	struct wire_pet pet;
	bool counted = false;

	if (!d->env->on_alert || sim_gen_number(d->gen) > PET_UNTIL || d->state != SIM_CONFIGURED)
		return;
	for (unsigned i = 0; (t = sim_record_at(d, "AMT_SNMPEventSubscriber", i)); i++) {
		const char *community = sim_record_get(t, "CommunityHidden");
		if (!chosen(d, ev, number(t, "PolicyID", 0)))
			continue;
		d->alert_count += !counted; /* one number for one event, whoever is told */
		counted = true;
		make_pet(d, ev, community ? community : "public", &pet);
		struct sim_alert a = { .to = sim_record_get(t, "AccessInfo"),
				       .port = (uint16_t)number(t, "PortInfo", TRAP_PORT),
				       .pet = &pet };
		d->env->on_alert(d->env->arg, d, &a);
	}
}

/* ---- WS-Events ---- */

static const char *text_of(const struct sim_record *r, const char *name)
{
	const char *v = sim_record_get(r, name);

	return v ? v : "";
}

static void send_to(struct sim_dev *d, const struct sim_record *r, const struct wsman_notice *n)
{
	struct wsman_notice own = *n;
	const char *user = sim_record_get(r, "User");

	own.to = text_of(r, "Destination");
	own.arg_ns = text_of(r, "ArgNs");
	own.arg_name = text_of(r, "ArgName");
	own.arg = text_of(r, "Arg");
	struct sim_alert a = { .to = own.to,
			       .notice = &own,
			       .user = user,
			       .password = user ? text_of(r, "PasswordHidden") : NULL,
			       .wants_ack = number(r, "DeliveryMode", 2) == 3 };
	d->env->on_alert(d->env->arg, d, &a);
}

void sim_alerts_message(struct sim_dev *d, unsigned message, int argument, unsigned severity)
{
	char id[16], first[16] = "0", at[ISO_TIME_SIZE], identifier[40], message_id[64];
	const struct sim_record *r;
	struct out o;

	if (!d->env->on_alert || d->state != SIM_CONFIGURED ||
	    !sim_record_count(d, "CIM_ListenerDestinationWSManagement"))
		return;
	d->message_count++;
	out_init(&o, id, sizeof id);
	out_fmt(&o, "iAMT%04u", message);
	out_init(&o, first, sizeof first);
	out_fmt(&o, "%d", argument < 0 ? 0 : argument);
	out_init(&o, identifier, sizeof identifier);
	out_fmt(&o, "Intel(r):%llu", (unsigned long long)d->message_count);
	out_init(&o, message_id, sizeof message_id);
	out_fmt(&o, "uuid:00000000-8086-8086-8086-%012llX", (unsigned long long)d->message_count);
	iso_time_print((clk_unix_ms() + d->clock_offset_ms) / 1000, at);
	const struct wsman_notice n = { .message_id = message_id,
					.filter = ALL_EVENTS,
					.identifier = identifier,
					.time = at,
					.id = id,
					.text = "",
					.first_argument = first,
					.severity = severity };
	for (unsigned i = 0; (r = sim_record_at(d, "CIM_ListenerDestinationWSManagement", i)); i++)
		if (str_eq(text_of(r, "Collection"), ALL_EVENTS))
			send_to(d, r, &n);
}
