/* Rows of AMT_OPS (amt/op.h) about logs and alerts. */
#pragma once

#define AMT_OPS_LOGS(X)                                                                             \
	X(AMT_OP_EVENTLOG_READ, "eventlog.read", "limit", 0, amt_op_eventlog_read,                  \
	  "records of the event log, oldest first")                                                 \
	X(AMT_OP_EVENTLOG_CLEAR, "eventlog.clear", "", AMT_OP_CHANGES, amt_op_eventlog_clear,       \
	  "empty the event log")                                                                    \
	X(AMT_OP_EVENTLOG_FREEZE, "eventlog.freeze", "on", AMT_OP_CHANGES, amt_op_eventlog_freeze,  \
	  "on or off: no event is written into the log any more")                                   \
	X(AMT_OP_AUDITLOG_READ, "auditlog.read", "from limit", 0, amt_op_auditlog_read,             \
	  "records of the audit log, oldest first, from that number on")                            \
	X(AMT_OP_AUDITLOG_CLEAR, "auditlog.clear", "", AMT_OP_CHANGES, amt_op_auditlog_clear,       \
	  "empty the audit log")                                                                    \
	X(AMT_OP_AUDITLOG_EXPORT, "auditlog.export", "mechanism", AMT_OP_CHANGES,                   \
	  amt_op_auditlog_export, "the firmware's signature over its audit log")                    \
	X(AMT_OP_AUDITLOG_POLICY, "auditlog.policy", "", 0, amt_op_auditlog_policy,                 \
	  "what is audited, and how full the log is")
