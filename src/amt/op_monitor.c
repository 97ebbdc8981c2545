/* Operations that look at what a PC watches and offers: "presence" (agent watchdogs), "alarms.list",
 * "alarms.add" and "alarms.delete" (the alarm clock), "webui" (whether its page is served; rule D105). */
#include "amt/op_priv.h"
#include "base/iso.h"
#include "base/str.h"
#include "wire/event_names.h"
#include "wsman/classes.h"

#define WATCHDOG     "AMT_AgentPresenceWatchdog"
#define ALARM        "IPS_AlarmClockOccurrence"
#define CLOCK        "AMT_AlarmClockService"
#define WEBUI        "AMT_WebUIService"
#define NAME_MAX_LEN 64 /* of an alarm */

/* ---- agents ---- */

/* The GUID as people write it: its first three fields stand in the device with their bytes turned. */
static void put_agent(struct amt_op *o, const char *id)
{
	struct uuid guid;
	char text[UUID_TEXT_SIZE];
	uint8_t b[24];
	size_t n;

	if ((!hex_decode(span_str(id), b, sizeof b, &n) || n != 16) &&
	    (!b64_decode(span_str(id), b, sizeof b, &n) || n != 16)) {
		amt_op_text(o, "agent", id);
		return;
	}
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	for (int i = 0; i < 16; i++)
		guid.b[i] = b[order[i]];
	uuid_print(&guid, text);
	amt_op_text(o, "agent", text);
}

static void on_agents(struct amt_op *o, const struct amt_reply *r)
{
	uint32_t v;

	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *w = amt_op_item(r, i);
		if (!w)
			continue;
		amt_op_begin(o, "");
		amt_op_text(o, "name", amt_op_text_of(w, "MonitoredEntityDescription"));
		put_agent(o, amt_op_text_of(w, "DeviceID"));
		if (wsman_obj_u32(w, "CurrentState", &v)) {
			const char *state = wire_show_name(wire_event_agent_states, v);
			amt_op_text(o, "state", state ? state : amt_op_text_of(w, "CurrentState"));
		}
		if (wsman_obj_u32(w, "TimeoutInterval", &v))
			amt_op_number(o, "heartbeat_s", v);
		if (wsman_obj_u32(w, "StartupInterval", &v))
			amt_op_number(o, "startup_s", v);
		amt_op_emit(o);
	}
	amt_op_end(o);
}

static void start_presence(struct amt_op *o)
{
	amt_op_enumerate(o, WATCHDOG, on_agents);
}

const struct amt_op_fns amt_op_presence = { 0, start_presence, NULL };

/* ---- the alarm clock ---- */

static void on_alarms(struct amt_op *o, const struct amt_reply *r)
{
	for (unsigned i = 0; i < r->item_count; i++) {
		struct wsman_obj *w = amt_op_item(r, i);
		bool del = false;
		if (!w)
			continue;
		wsman_obj_bool(w, "DeleteOnCompletion", &del);
		amt_op_begin(o, "");
		amt_op_text(o, "name", amt_op_text_of(w, "InstanceID"));
		amt_op_text(o, "start", amt_op_text_of(w, "StartTime"));
		amt_op_text(o, "every", amt_op_text_of(w, "Interval"));
		amt_op_flag(o, "once", del);
		amt_op_emit(o);
	}
	amt_op_end(o);
}

/* The fault alone would say "no route" or "busy". */
static bool say_why(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct err own = { 0 };
	bool fault = e->code == ERR_FAULT;

	(void)r;
	if (e->code == ERR_PT_STATUS && span_starts(span_str(e->seen), "36 ")) {
		own = *e;
		err_hint(&own, "START must be yet to come by the clock of the PC");
	} else if (fault && str_eq(e->seen, "DestinationUnreachable")) {
		err_set(&own, ERR_UNSUPPORTED, "this firmware has no alarm clock (%s)", CLOCK);
		err_want(&own,
			 "AMT 8.0 or later; older ones: 'outband schedule add' with power on");
	} else if (fault && str_eq(e->seen, "AlreadyExists")) {
		err_set(&own, ERR_CONFLICT, "the PC has an alarm '%.40s' already",
			amt_op_arg(o, "name"));
		err_hint(&own,
			 "take it off with 'outband alarm delete', or give this one another name");
	} else if (fault && str_eq(e->seen, "QuotaLimit")) {
		err_set(&own, ERR_LIMIT, "the PC has as many alarms as it can keep");
		err_hint(&own,
			 "'outband alarm list' shows them; 'outband alarm delete' makes room");
	} else {
		return false;
	}
	amt_op_fail(o, &own);
	return true;
}

static void start_alarms(struct amt_op *o)
{
	amt_op_on_error(o, say_why);
	amt_op_enumerate(o, ALARM, on_alarms);
}

const struct amt_op_fns amt_op_alarms_list = { 0, start_alarms, NULL };

static void on_done(struct amt_op *o, const struct amt_reply *r)
{
	(void)r;
	amt_op_end(o);
}

/* Firmware takes printable ASCII; anything else breaks the message, or the eyes of who lists it. */
static bool name_ok(const char *name)
{
	for (const char *c = name; *c; c++)
		if (*c < ' ' || *c > '~')
			return false;
	return *name && strlen(name) <= NAME_MAX_LEN;
}

static bool times_ok(struct amt_op *o)
{
	const char *every = amt_op_arg(o, "every");
	struct err e = { 0 };
	int64_t s = 0, n = 60;

	if (name_ok(amt_op_arg(o, "name")) &&
	    iso_time_parse(span_str(amt_op_arg(o, "start")), &s) && s % 60 == 0 &&
	    (!*every || (iso_duration_parse(span_str(every), &n) && n >= 60)))
		return true;
	struct out t;
	char name[48] = "";
	out_init(&t, name, sizeof name - 1);
	out_safe(&t, span_str(amt_op_arg(o, "name")));
	err_set(&e, ERR_USAGE, "an alarm needs a name and the time at which it begins");
	err_seen(&e, "name '%.20s', start '%.30s', every '%.20s'", name, amt_op_arg(o, "start"),
		 every);
	err_want(
		&e,
		"a name of ASCII letters; start 2031-05-02T06:00:00Z, a whole minute; every P1DT0H or nothing");
	amt_op_fail(o, &e);
	return false;
}

static void start_add(struct amt_op *o)
{
	const struct wsman_class *cls = wsman_classes_find(ALARM);
	struct wsman_obj *in = amt_op_input(o, CLOCK, "AddAlarm");
	struct wsman_obj *alarm = wsman_obj_new(amt_op_arena(o), &cls->shape, cls->uri);

	if (!times_ok(o))
		return;
	wsman_obj_set_str(alarm, "InstanceID", amt_op_arg(o, "name"));
	wsman_obj_set_str(alarm, "ElementName", amt_op_arg(o, "name"));
	wsman_obj_set_str(alarm, "StartTime", amt_op_arg(o, "start"));
	if (*amt_op_arg(o, "every"))
		wsman_obj_set_str(alarm, "Interval", amt_op_arg(o, "every"));
	wsman_obj_set_bool(alarm, "DeleteOnCompletion", amt_op_arg_bool(o, "once"));
	wsman_obj_set_obj(in, "AlarmTemplate", alarm);
	amt_op_on_error(o, say_why);
	amt_op_invoke(o, CLOCK, "AddAlarm", in, on_done);
}

const struct amt_op_fns amt_op_alarms_add = { 0, start_add, NULL };

static bool no_alarm(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct err own = { 0 };

	(void)r;
	if (e->code != ERR_FAULT ||
	    (!str_eq(e->seen, "DestinationUnreachable") && !str_eq(e->seen, "InvalidSelectors")))
		return false;
	err_set(&own, ERR_NOT_FOUND, "the PC has no alarm '%.40s'", amt_op_arg(o, "name"));
	amt_op_fail(o, &own);
	return true;
}

static void start_delete(struct amt_op *o)
{
	struct wsman_selector which = { .name = "InstanceID", .value = amt_op_arg(o, "name") };
	const struct wsman_req req = { .op = WSMAN_OP_DELETE,
				       .resource_uri = wsman_classes_find(ALARM)->uri,
				       .selectors = &which };

	amt_op_on_error(o, no_alarm);
	amt_op_call(o, &req, false, on_done);
}

const struct amt_op_fns amt_op_alarms_delete = { 0, start_delete, NULL };

/* ---- the page ---- */

struct page {
	bool told, enabled;
};

static void on_page(struct amt_op *o, const struct amt_reply *r)
{
	const struct page *s = amt_op_state(o);
	bool served = r->http_status >= 200 && r->http_status < 400;

	amt_op_begin(o, "");
	if (s->told)
		amt_op_flag(o, "enabled", s->enabled);
	amt_op_number(o, "status", r->http_status);
	amt_op_flag(o, "served", served);
	amt_op_flag(o, "tls", r->peer->tls);
	amt_op_number(o, "port", amt_client_port(amt_op_client(o)));
	if (!served) {
		amt_op_text(o, "rule", "D105");
		amt_op_text(o, "note",
			    "the port is open, and the page is not served: enable the "
			    "web interface in the profile");
	}
	amt_op_emit(o);
	amt_op_end(o);
}

static void on_webui(struct amt_op *o, const struct amt_reply *r)
{
	struct page *s = amt_op_state(o);
	struct wsman_obj *w;
	uint32_t v;

	if (!amt_op_obj(o, r, &w))
		return;
	s->told = wsman_obj_u32(w, "EnabledState", &v);
	s->enabled = s->told && v == 2;
	amt_op_path(o, "/", on_page);
}

/* Older firmware has no such class, but may have the page. */
static bool no_class(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	(void)r;
	if (e->code != ERR_FAULT)
		return false;
	amt_op_path(o, "/", on_page);
	return true;
}

static void start_webui(struct amt_op *o)
{
	amt_op_on_error(o, no_class);
	amt_op_get(o, WEBUI, on_webui);
}

const struct amt_op_fns amt_op_webui = { sizeof(struct page), start_webui, NULL };
