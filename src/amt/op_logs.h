/* Rows of AMT_OPS (amt/op.h) about logs and alerts. */
#pragma once

#define AMT_OPS_LOGS(X)                                                                             \
	X(AMT_OP_EVENTLOG_READ, "eventlog.read", "limit", 0, amt_op_eventlog_read,                  \
	  "records of the event log, oldest first")                                                 \
	X(AMT_OP_EVENTLOG_CLEAR, "eventlog.clear", "", AMT_OP_CHANGES, amt_op_eventlog_clear,       \
	  "empty the event log")                                                                    \
	X(AMT_OP_EVENTLOG_FREEZE, "eventlog.freeze", "on", AMT_OP_CHANGES, amt_op_eventlog_freeze,  \
	  "on or off: no event is written into the log any more")
