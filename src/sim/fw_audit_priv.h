/* What requests have to do with the audit log, for fw_dispatch.c. */
#pragma once
#include "sim/audit.h"
#include "sim/fw_priv.h"

/* The i-th request that is an audit event; method NULL: op says it. False past the end. */
bool sim_fw_audit_request(unsigned i, const char **out_cls, enum wsman_op *out_op, const char **out_method,
			  uint16_t out_event[2]);
/* fw_audit_sign.c */
extern const struct fw_method sim_fw_audit_sign_methods[];
bool sim_fw_audit_has_key(const struct sim_dev *d);
bool sim_fw_audit_may(struct fw_ctx *x);   /* false: a critical event could not be written */
void sim_fw_audit_note(struct fw_ctx *x);  /* it was done */
void sim_fw_audit_this(struct fw_ctx *x, uint16_t app, uint16_t event, struct span data); /* that was, by x's user */
