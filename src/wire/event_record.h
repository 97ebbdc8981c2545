/* Records of the event log (AMT_MessageLog; wsman 3.1), and the same events as they travel in SNMP
 * traps (PET; discovery 6). Both carry the fields of a platform event: sensor, event type, offset,
 * source, severity, entity, eight bytes of data. Pure; used by `decode event`.
 * A record has 21 bytes, little-endian, and a log is records after each other. A trap's octet
 * string has 47 or more, big-endian; its sensor, type and offset stand in the trap's number. */
#pragma once
#include "base/err.h"
#include "wire/show.h"
#include "wire/hello.h" /* enum wire_got */

#define WIRE_EVENT_RECORD_BYTES 21
#define WIRE_EVENT_PET_BYTES    46 /* without the OEM fields */
struct wire_event_record {
	uint32_t time; /* seconds since 1970, clock of the ME; 0 and 0xffffffff: none */
	uint8_t device_address, sensor_type, event_type, offset, source_type, severity;
	uint8_t sensor_number, entity, entity_instance;
	uint8_t data[8];
};
struct wire_event_pet {
	struct wire_event_record ev; /* time, device_address, sensor_type, event_type, offset: 0 */
	uint8_t guid[16];
	uint16_t sequence, utc_offset_min;
	uint32_t since_1998; /* seconds of local time; 0: unspecified */
	uint8_t trap_source, sensor_device, language;
	uint32_t manufacturer;
	uint16_t system_id;
	struct span oem; /* with its end mark C1; valid while the input is */
};

/* WIRE_MORE while bytes are missing, else WIRE_DONE: every value of every byte has a meaning or is
 * a number that no table knows. *out_used: 21. */
enum wire_got wire_event_record_parse(struct span in, struct wire_event_record *out_ev,
				      size_t *out_used, struct err *e);
bool wire_event_record_emit(struct out *o, const struct wire_event_record *ev);
void wire_event_record_print(struct wire_show *s, const struct wire_event_record *ev);
/* What happened, as a sentence without its end; "unknown event" when no table says. */
void wire_event_record_message(struct out *o, const struct wire_event_record *ev);

/* The whole octet string of a trap; the OEM fields end at the first C1, behind it nothing may
 * follow. WIRE_BAD with the offset in e->seen. */
enum wire_got wire_event_pet_parse(struct span in, struct wire_event_pet *out_pet, size_t *out_used,
				   struct err *e);
bool wire_event_pet_emit(struct out *o, const struct wire_event_pet *pet);
void wire_event_pet_print(struct wire_show *s, const struct wire_event_pet *pet);
/* The same as the member key of an open object. */
void wire_event_pet_print_in(struct wire_show *s, const char *key, const struct wire_event_pet *pet);
