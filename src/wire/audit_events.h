/* The table of audit events: name and layout of the extended data of each. Used by audit_record.c.
 * Adding an event = adding a row in audit_events.c. */
#pragma once
#include "wire/show.h"

enum wire_audit_kind {
	WIRE_AUDIT_END, WIRE_AUDIT_U8, WIRE_AUDIT_U16, WIRE_AUDIT_U32, WIRE_AUDIT_TIME, WIRE_AUDIT_GUID,
	WIRE_AUDIT_IP4, WIRE_AUDIT_BYTES8, /* 8 bytes */
	WIRE_AUDIT_IP6, WIRE_AUDIT_TEXT,   /* u8 n and n bytes */
	WIRE_AUDIT_SSID,                   /* 32 bytes, zero at the end */
	WIRE_AUDIT_HASH,                   /* u8 algorithm and the digest */
	WIRE_AUDIT_SERIALS,                /* u8 n, n times 16 bytes */
	WIRE_AUDIT_WHO,                    /* u8 initiator kind, u8 n, n bytes; Kerberos: u32 */
	WIRE_AUDIT_ADDRESS,                /* u8 kind (0 IPv4, 1 IPv6), 4 or 16 bytes */
	WIRE_AUDIT_VERSION,                /* 4 times u16 */
	WIRE_AUDIT_REST,                   /* all that is left */
};
struct wire_audit_field {
	const char *key;
	enum wire_audit_kind kind;
	const struct wire_show_name *names; /* of a number, or NULL */
};
#define WIRE_AUDIT_FIELDS 10
struct wire_audit_event {
	uint16_t app, event;
	const char *name;
	struct wire_audit_field fields[WIRE_AUDIT_FIELDS];
};
const struct wire_audit_event *wire_audit_events_at(unsigned i); /* NULL past the end */
/* NULL for an event that the table does not have. */
const struct wire_audit_event *wire_audit_events_find(uint16_t app, uint16_t event);
extern const struct wire_show_name wire_audit_events_apps[], wire_audit_events_by[];
