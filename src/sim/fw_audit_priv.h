/* What requests have to do with the audit log, for fw_dispatch.c. */
#pragma once
#include "sim/audit.h"
#include "sim/fw_priv.h"

bool sim_fw_audit_may(struct fw_ctx *x);   /* false: a critical event could not be written */
void sim_fw_audit_note(struct fw_ctx *x);  /* it was done */
