/* Records of the audit log (AMT_AuditLog; wsman 3.2), big-endian:
 *   u16 application, u16 event, u8 initiator kind
 *   kind 0 (HTTP digest): u8 n, n bytes name   1 (Kerberos): u32 user in domain, u8 n, n bytes SID
 *   kind 2 (local), 3 (KVM port), others: nothing
 *   u32 seconds since 1970, u8 location (0 IPv4, 1 IPv6, 2 none), u8 n, n bytes address as text
 *   u8 n, n bytes of extended data, whose layout depends on application and event
 * Records end by their own counts, so a log is records after each other. Pure; used by
 * `decode audit`. */
#pragma once
#include "base/err.h"
#include "wire/show.h"
#include "wire/hello.h" /* enum wire_got */

enum wire_audit_by { WIRE_AUDIT_DIGEST, WIRE_AUDIT_KERBEROS, WIRE_AUDIT_LOCAL, WIRE_AUDIT_KVM };
#define WIRE_AUDIT_RECORD_MIN 12
struct wire_audit_record {
	uint16_t app, event;
	uint8_t by, location; /* enum wire_audit_by, or a number that nobody has documented */
	uint32_t domain_user; /* Kerberos */
	uint32_t time;
	struct span user;     /* name or SID; AMT 4.0 counted a NUL at its end. Valid while the input is */
	struct span address, data;
};

/* WIRE_MORE while bytes are missing (where, in e), else WIRE_DONE and *out_used = its size. */
enum wire_got wire_audit_record_parse(struct span in, struct wire_audit_record *out_rec,
				      size_t *out_used, struct err *e);
/* False when a name, address or data are longer than 255 bytes, or o is full. */
bool wire_audit_record_emit(struct out *o, const struct wire_audit_record *rec);
/* The extended data come field by field as far as the layout of that event fits them; what does
 * not fit is shown as bytes. */
void wire_audit_record_print(struct wire_show *s, const struct wire_audit_record *rec);
/* The extended data as one line: "method remote configuration, server pc.example.com"; nothing when there
 * are none. */
void wire_audit_record_details(struct out *o, const struct wire_audit_record *rec);
/* Names, or NULL. */
const char *wire_audit_record_app_name(uint16_t app);
const char *wire_audit_record_event_name(uint16_t app, uint16_t event);
