/* Commands about what PCs write down: event log, audit log. Rows of CLI_COMMANDS (commands.h). */
#pragma once

#define CLI_COMMANDS_LOGS(X)                                                                        \
	X("eventlog", "",                                                                           \
	  "[TARGET]... [--limit N] [--raw] [--follow] [--interval SECONDS] [--clear] [--freeze] [--unfreeze] " \
	  CLI_PC_ARGS,                                                                              \
	  "show what PCs wrote into their event log, or empty it, or stop it from growing",        \
	  CMD_LOCAL, cli_cmd_eventlog)                                                              \
	X("auditlog", "",                                                                           \
	  "[TARGET]... [--limit N] [--raw] [--policy] [--export FILE] [--clear] " CLI_PC_ARGS, \
	  "show who did what with PCs, as their firmware recorded it, and what it records",        \
	  CMD_LOCAL, cli_cmd_auditlog)                                                              \
	X("alert", "listen",                                                                        \
	  "[--traps [HOST:]PORT] [--events [HOST:]PORT] [--user NAME] [--password-file FILE] [--count N] [--seconds N]", \
	  "hear SNMP traps (PET) and WS-Events of PCs and print them, without the service",         \
	  CMD_LOCAL | CMD_STREAMS, cli_cmd_alert_listen)
