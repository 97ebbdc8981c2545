/* The audit log of a virtual PC (wsman 3.2): what is written into it, by its policy, and what happens
 * when it is full. Records are kept as the bytes that ReadRecords gives. AMT_AuditLog itself is
 * fw_audit.c; which request is which event, fw_audit_note.c. */
#pragma once
#include "base/err.h"
#include "base/span.h"
#include "wire/audit_record.h"

#define SIM_AUDIT_BYTES 57344 /* of all records (G: 161 of them filled 8 % in a capture) */
struct sim_dev;
struct sim_audit_who {
	const char *user;    /* NULL: local, nobody logged in */
	const char *sid_b64; /* a directory user's, instead of user */
	const char *address; /* NULL or "": none */
	bool kvm_port;       /* a viewer on port 5900: neither a user nor an address */
};
/* Writes it now, if its policy wants that event and there is room for it; alerts are told in any case. */
void sim_audit(struct sim_dev *d, const struct sim_audit_who *who, uint16_t app, uint16_t event, struct span data);
/* "16/5" or "16/5:00": an event with extended data as hex, from local software. */
bool sim_audit_named(struct sim_dev *d, struct span text, struct err *e);
/* The event is critical and cannot be written: what it is about must not be done. */
bool sim_audit_blocks(const struct sim_dev *d, uint16_t app, uint16_t event);

unsigned sim_audit_count(const struct sim_dev *d);
size_t sim_audit_bytes(const struct sim_dev *d); /* of all records */
/* Record i as base64, 0 the oldest; empty past the end. */
struct span sim_audit_at(const struct sim_dev *d, unsigned i);
void sim_audit_clear(struct sim_dev *d);
void sim_audit_recover(struct sim_dev *d); /* it is emptied as by a clear of the CMOS, and notes that */
bool sim_audit_enabled(const struct sim_dev *d);
bool sim_audit_locked(const struct sim_dev *d);
/* The policy: "APP EVENT TYPE" a line. False at the end of left. */
bool sim_audit_next_event(struct span *left, uint32_t v[3]);
bool sim_audit_is_on(const struct sim_dev *d, uint16_t app, uint16_t event, bool *out_critical);
