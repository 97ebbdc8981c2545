/* Codec of event-log records and of PET octet strings, and the sentences that explain them. Called
 * by `decode event`. Judges nothing: a byte without a known meaning is shown as its number. */
#include "wire/event_record.h"
#include "base/str.h"
#include "wire/event_names.h"

static void take(struct cur *c, uint8_t *dst, size_t n)
{
	struct span s = cur_take(c, n);

	if (s.n)
		memcpy(dst, s.p, s.n);
}

enum wire_got wire_event_record_parse(struct span in, struct wire_event_record *out_ev,
				      size_t *out_used, struct err *e)
{
	struct cur c = cur_make(in);

	memset(out_ev, 0, sizeof *out_ev);
	*out_used = 0;
	if (in.n < WIRE_EVENT_RECORD_BYTES) {
		err_set(e, ERR_MALFORMED, "the event record is cut at offset %zu", in.n);
		err_want(e, "%d bytes", WIRE_EVENT_RECORD_BYTES);
		return WIRE_MORE;
	}
	out_ev->time = cur_le32(&c);
	out_ev->device_address = cur_u8(&c);
	out_ev->sensor_type = cur_u8(&c);
	out_ev->event_type = cur_u8(&c);
	out_ev->offset = cur_u8(&c);
	out_ev->source_type = cur_u8(&c);
	out_ev->severity = cur_u8(&c);
	out_ev->sensor_number = cur_u8(&c);
	out_ev->entity = cur_u8(&c);
	out_ev->entity_instance = cur_u8(&c);
	take(&c, out_ev->data, sizeof out_ev->data);
	*out_used = c.at;
	return WIRE_DONE;
}

bool wire_event_record_emit(struct out *o, const struct wire_event_record *ev)
{
	const uint8_t rest[] = { ev->device_address, ev->sensor_type, ev->event_type,
				 ev->offset,         ev->source_type, ev->severity,
				 ev->sensor_number,  ev->entity,      ev->entity_instance };

	out_le32(o, ev->time);
	out_bytes(o, span_make(rest, sizeof rest));
	out_bytes(o, span_make(ev->data, sizeof ev->data));
	return !o->bad;
}

static void named(struct out *o, const char *what, const struct wire_show_name *names,
		  unsigned code)
{
	const char *name = wire_show_name(names, code);

	if (name)
		out_fmt(o, "%s: %s", what, name);
	else
		out_fmt(o, "%s: code %u", what, code);
}

static bool marked(const struct wire_event_record *ev, uint8_t second)
{
	return ev->data[0] == 0xAA && ev->data[1] == second;
}

/* Sensor 15. Offsets 3 and 5 are the firmware's own recovery and erase functions. */
static void firmware(struct out *o, const struct wire_event_record *ev)
{
	static const struct {
		uint8_t offset, mark;
		const char *what;
		const struct wire_show_name *names;
	} own[] = {
		{ 3, 0x30, "one-click recovery failed", wire_event_recovery_errors },
		{ 3, 0x40, "platform erase failed", wire_event_erase_errors },
		{ 5, 0x30, "one-click recovery", wire_event_recovery_progress },
		{ 5, 0x40, "platform erase", wire_event_erase_progress },
	};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		if (ev->offset != own[i].offset || !marked(ev, own[i].mark))
			continue;
		named(o, own[i].what, own[i].names, ev->data[2]);
		if (ev->data[3])
			out_fmt(o, ", option %u", ev->data[3]);
		return;
	}
	if (ev->data[0] == 235)
		out_str(o, "invalid data");
	else if (ev->offset == 0)
		named(o, "firmware error", wire_event_fw_errors, ev->data[1]);
	else if (ev->offset == 3 || ev->offset == 5)
		out_fmt(o, "OEM firmware %s", ev->offset == 3 ? "error" : "progress");
	else
		named(o, "firmware progress", wire_event_fw_progress, ev->data[1]);
}

static void filter_match(struct out *o, const struct wire_event_record *ev)
{
	struct cur c = cur_make(span_make(ev->data + 1, 4));
	uint32_t handle = cur_be32(&c);
	const char *which = handle == 0xFFFFFFFD ? "all received packets"
		: handle == 0xFFFFFFFC           ? "all outbound packets"
		: handle == 0xFFFFFFFA           ? "anti-spoofing"
						 : NULL;

	out_str(o, "system defense filter matched: ");
	if (which)
		out_str(o, which);
	else
		out_fmt(o, "filter %u", handle);
	out_str(o, ev->data[0] == 0xAA ? ", wired" : ", not wired");
}

static void redirection(struct out *o, const struct wire_event_record *ev)
{
	static const struct wire_show_name sessions[] = { { 0, "serial over LAN started" },
							  { 1, "serial over LAN ended" },
							  { 2, "storage redirection started" },
							  { 3, "storage redirection ended" },
							  { 0, NULL } };
	static const struct wire_show_name policy[] = { { 0, "sending stopped" },
							{ 2, "receiving stopped" },
							{ 0, NULL } };

	if (ev->offset == 0 && marked(ev, 0x30))
		named(o, "redirection", sessions, ev->data[2]);
	else
		named(o, "security policy", policy, ev->data[2]);
}

static void agent(struct out *o, const struct wire_event_record *ev)
{
	const uint8_t *d = ev->data;

	if (d[0] != 0xAA) {
		out_str(o, "system event");
		return;
	}
	out_fmt(o, "agent watchdog %02x%02x%02x%02x-%02x%02x-...", d[4], d[3], d[2], d[1], d[6],
		d[5]);
	named(o, "", wire_event_agent_states, d[7]);
}

static void user(struct out *o, const struct wire_event_record *ev)
{
	static const struct {
		uint8_t d[4];
		const char *text;
	} known[] = {
		{ { 0xAA, 0x30, 0, 0 }, "the user asks for a remote connection" },
		{ { 0xAA, 0x20, 3, 1 }, "endpoint access control: error" },
		{ { 0xAA, 0x20, 4, 0 }, "hardware assets: general error" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (memcmp(known[i].d, ev->data, 4) != 0)
			continue;
		out_str(o, known[i].text);
		return;
	}
	out_str(o, "unknown user notification");
}

void wire_event_record_message(struct out *o, const struct wire_event_record *ev)
{
	switch (ev->sensor_type) {
	case 5:
		out_str(o, ev->offset == 0 ? "the case was opened" : "physical security");
		break;
	case 6:
		out_fmt(o, "authentication failed %u times", ev->data[1] | ev->data[2] << 8);
		break;
	case 15:
		firmware(o, ev);
		break;
	case 18:
		agent(o, ev);
		break;
	case 30:
		out_str(o, "no bootable media");
		break;
	case 32:
		out_str(o, "the OS hangs, or power was interrupted");
		break;
	case 35:
		out_str(o,
			ev->data[0] == 64 ? "BIOS watchdog ran out during POST"
					  : "system boot failure");
		break;
	case 36:
		filter_match(o, ev);
		break;
	case 37:
		out_str(o, "system firmware started");
		break;
	case 192:
		redirection(o, ev);
		break;
	case 193:
		user(o, ev);
		break;
	default:
		out_str(o, "unknown event");
	}
}

static void show_message(struct wire_show *s, const struct wire_event_record *ev)
{
	char text[160];
	struct out o;

	out_init(&o, text, sizeof text);
	wire_event_record_message(&o, ev);
	wire_show_text(s, "message", out_span(&o));
}

static void show_origin(struct wire_show *s, const struct wire_event_record *ev)
{
	wire_show_code(s, "source", ev->source_type,
		       wire_show_name(wire_event_sources, ev->source_type));
	wire_show_code(s, "severity", ev->severity,
		       wire_show_name(wire_event_severities, ev->severity));
	wire_show_num(s, "sensor_number", ev->sensor_number);
	wire_show_code(s, "entity", ev->entity, wire_show_name(wire_event_entities, ev->entity));
	wire_show_num(s, "entity_instance", ev->entity_instance);
	wire_show_hex(s, "data", span_make(ev->data, sizeof ev->data));
}

void wire_event_record_print(struct wire_show *s, const struct wire_event_record *ev)
{
	wire_show_open(s, NULL, "event record");
	if (ev->time == 0 || ev->time == UINT32_MAX)
		wire_show_code(s, "time_unix", ev->time, "none");
	else
		wire_show_time(s, "time", ev->time);
	show_message(s, ev);
	wire_show_num(s, "device_address", ev->device_address);
	wire_show_code(s, "sensor", ev->sensor_type,
		       wire_show_name(wire_event_sensors, ev->sensor_type));
	wire_show_code(s, "event_type", ev->event_type,
		       wire_show_name(wire_event_types, ev->event_type));
	wire_show_num(s, "offset", ev->offset);
	show_origin(s, ev);
	wire_show_close(s);
}

enum wire_got wire_event_pet_parse(struct span in, struct wire_event_pet *out_pet, size_t *out_used,
				   struct err *e)
{
	struct cur c = cur_make(in);

	memset(out_pet, 0, sizeof *out_pet);
	*out_used = 0;
	size_t mark = in.n > WIRE_EVENT_PET_BYTES
		? span_find(span_make(in.p + WIRE_EVENT_PET_BYTES, in.n - WIRE_EVENT_PET_BYTES),
			    0xC1)
		: 0;
	if (in.n <= WIRE_EVENT_PET_BYTES || mark == in.n - WIRE_EVENT_PET_BYTES) {
		err_set(e, ERR_MALFORMED, "the event of a trap ends at offset %zu without its C1",
			in.n);
		err_want(e, "at least %d bytes, the last one C1", WIRE_EVENT_PET_BYTES + 1);
		return WIRE_MORE;
	}
	take(&c, out_pet->guid, sizeof out_pet->guid);
	out_pet->sequence = cur_be16(&c);
	out_pet->since_1998 = cur_be32(&c);
	out_pet->utc_offset_min = cur_be16(&c);
	out_pet->trap_source = cur_u8(&c);
	out_pet->ev.source_type = cur_u8(&c);
	out_pet->ev.severity = cur_u8(&c);
	out_pet->sensor_device = cur_u8(&c);
	out_pet->ev.sensor_number = cur_u8(&c);
	out_pet->ev.entity = cur_u8(&c);
	out_pet->ev.entity_instance = cur_u8(&c);
	take(&c, out_pet->ev.data, sizeof out_pet->ev.data);
	out_pet->language = cur_u8(&c);
	out_pet->manufacturer = cur_be32(&c);
	out_pet->system_id = cur_be16(&c);
	out_pet->oem = cur_take(&c, mark + 1);
	*out_used = c.at;
	if (c.at == in.n)
		return WIRE_DONE;
	err_set(e, ERR_MALFORMED, "bytes follow the event of a trap");
	err_seen(e, "%zu bytes from offset %zu on", in.n - c.at, c.at);
	err_want(e, "nothing behind C1");
	return WIRE_BAD;
}

bool wire_event_pet_emit(struct out *o, const struct wire_event_pet *pet)
{
	const struct wire_event_record *ev = &pet->ev;
	const uint8_t some[] = { pet->trap_source,   ev->source_type,   ev->severity,
				 pet->sensor_device, ev->sensor_number, ev->entity,
				 ev->entity_instance };

	out_bytes(o, span_make(pet->guid, sizeof pet->guid));
	out_be16(o, pet->sequence);
	out_be32(o, pet->since_1998);
	out_be16(o, pet->utc_offset_min);
	out_bytes(o, span_make(some, sizeof some));
	out_bytes(o, span_make(ev->data, sizeof ev->data));
	out_u8(o, pet->language);
	out_be32(o, pet->manufacturer);
	out_be16(o, pet->system_id);
	out_bytes(o, pet->oem);
	return !o->bad;
}

#define UNIX_OF_1998 883612800u

void wire_event_pet_print_in(struct wire_show *s, const char *key, const struct wire_event_pet *pet)
{
	struct uuid guid;
	char text[UUID_TEXT_SIZE];

	memcpy(guid.b, pet->guid, sizeof guid.b);
	uuid_print(&guid, text);
	wire_show_open(s, key, "event of a trap");
	wire_show_text(s, "guid", span_str(text));
	wire_show_num(s, "sequence", pet->sequence);
	if (pet->since_1998 && pet->since_1998 <= UINT32_MAX - UNIX_OF_1998)
		wire_show_time(s, "local_time", pet->since_1998 + UNIX_OF_1998);
	wire_show_num(s, "seconds_since_1998", pet->since_1998);
	wire_show_code(s, "utc_offset_minutes", pet->utc_offset_min,
		       pet->utc_offset_min == UINT16_MAX ? "unspecified" : NULL);
	wire_show_code(s, "trap_source", pet->trap_source,
		       wire_show_name(wire_event_sources, pet->trap_source));
	wire_show_num(s, "sensor_device", pet->sensor_device);
	show_origin(s, &pet->ev);
	wire_show_num(s, "language", pet->language);
	wire_show_code(s, "manufacturer", pet->manufacturer,
		       pet->manufacturer == 0x157 ? "Intel" : NULL);
	wire_show_num(s, "system_id", pet->system_id);
	wire_show_hex(s, "oem", pet->oem);
	wire_show_close(s);
}

void wire_event_pet_print(struct wire_show *s, const struct wire_event_pet *pet)
{
	wire_event_pet_print_in(s, NULL, pet);
}
