/* What firmware signs over an audit log (AMT_AuditLog.ExportAuditLogSignature, wsman 3.13): one place for
 * client and simulator. No reference tells the bytes; the order here is a guess (G): records, oldest
 * first and as ReadRecords gives them, then the fields of the reply in their order. Pure. */
#pragma once
#include "base/out.h"

enum wire_audit_mechanism { /* SigningMechanism */
	WIRE_AUDIT_RSA_SHA1, WIRE_AUDIT_RSA_SHA256, WIRE_AUDIT_RSA_SHA384, WIRE_AUDIT_MECHANISM_COUNT
};
struct wire_audit_signed {
	uint32_t count;                /* TotalRecordCount */
	int64_t first_s, last_s, made_s; /* seconds since 1970 */
	uint8_t uuid[16];              /* as the reply has it */
	struct span fqdn;
};
/* All that is signed; o->bad when it has no room. */
void wire_audit_signed_emit(struct out *o, struct span records, const struct wire_audit_signed *s);
#define WIRE_AUDIT_SIGNED_MORE 512 /* bytes behind the records, at most */
