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
	X(AMT_OP_AUDITLOG_SIGN, "auditlog.sign", "key* certificates lengths", AMT_OP_CHANGES,       \
	  amt_op_auditlog_sign, "give the PC a key (base64) to sign its audit log with, and its certificates") \
	X(AMT_OP_AUDITLOG_POLICY, "auditlog.policy", "", 0, amt_op_auditlog_policy,                 \
	  "what is audited, and how full the log is")                                               \
	X(AMT_OP_ALERTS_SHOW, "alerts.show", "", 0, amt_op_alerts_show,                             \
	  "whom the PC tells of events, and of which")                                              \
	X(AMT_OP_DEFENSE_SHOW, "defense.show", "", 0, amt_op_defense_show,                          \
	  "System Defense: policies, which acts where, what filters counted")                       \
	X(AMT_OP_DEFENSE_ON, "defense.on", "policy interface", AMT_OP_CHANGES, amt_op_defense_on,   \
	  "switch a policy of System Defense on")                                                   \
	X(AMT_OP_DEFENSE_OFF, "defense.off", "policy interface", AMT_OP_CHANGES,                    \
	  amt_op_defense_off, "switch a policy of System Defense off")                              \
	X(AMT_OP_DEFENSE_RESET, "defense.reset", "", AMT_OP_CHANGES, amt_op_defense_reset,           \
	  "let the counters of System Defense begin at 0")                                         \
	X(AMT_OP_PRESENCE, "presence", "", 0, amt_op_presence, "agent watchdogs and their states")  \
	X(AMT_OP_ALARMS_LIST, "alarms.list", "", 0, amt_op_alarms_list, "alarms that start the PC") \
	X(AMT_OP_ALARMS_ADD, "alarms.add", "name start every once", AMT_OP_CHANGES,                 \
	  amt_op_alarms_add, "add an alarm that starts the PC")                                     \
	X(AMT_OP_ALARMS_DELETE, "alarms.delete", "name", AMT_OP_CHANGES, amt_op_alarms_delete,      \
	  "take an alarm off")                                                                      \
	X(AMT_OP_WEBUI, "webui", "", 0, amt_op_webui, "whether the PC serves its own pages") \
	X(AMT_OP_STORAGE, "storage", "", 0, amt_op_storage, "what software keeps in the flash of the PC, and whose it is")
