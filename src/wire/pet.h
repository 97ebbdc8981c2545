/* Platform event traps (PET; discovery 6): SNMPv1 traps by which a PC tells of an event, one datagram
 * each. In BER: version 0, community, and a trap of enterprise 1.3.6.1.4.1.3183.1.1 with the address of
 * the PC, a number (sensor << 16 | type << 8 | offset) and one variable, the octet string that
 * wire/event_record.h reads. Pure; used by the receiver, the simulator and `decode pet`. */
#pragma once
#include "wire/event_record.h"

#define WIRE_PET_MAX 1500 /* bytes of a datagram that is looked at */
struct wire_pet {
	struct span community; /* valid while the input is */
	uint8_t agent[4];      /* IPv4 address that the PC gives as its own */
	uint32_t ticks;        /* hundredths of a second since its ME started */
	bool deasserted;       /* bit 7 of the offset: the condition is over */
	/* event.ev.sensor_type, event_type and offset come from the trap's number. */
	struct wire_event_pet event;
};

/* A whole datagram: WIRE_DONE, or WIRE_BAD with what is wrong and where. */
enum wire_got wire_pet_parse(struct span in, struct wire_pet *out_pet, size_t *out_used, struct err *e);
bool wire_pet_emit(struct out *o, const struct wire_pet *pet);
void wire_pet_print(struct wire_show *s, const struct wire_pet *pet);
/* Seconds since 1970 UTC of the event; 0: the PC does not tell. Its zone counts only when it is told. */
int64_t wire_pet_unix_s(const struct wire_pet *pet);
