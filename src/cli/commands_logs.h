/* Commands about what PCs write down: event log, audit log. Rows of CLI_COMMANDS (commands.h). */
#pragma once

#define CLI_COMMANDS_LOGS(X)                                                                        \
	X("eventlog", "",                                                                           \
	  "[TARGET]... [--limit N] [--raw] [--follow] [--interval SECONDS] [--clear] [--freeze] [--unfreeze] " \
	  CLI_PC_ARGS,                                                                              \
	  "show what PCs wrote into their event log, or empty it, or stop it from growing",        \
	  CMD_LOCAL, cli_cmd_eventlog)                                                              \
	X("auditlog", "",                                                                           \
	  "[TARGET]... [--limit N] [--raw] [--policy] [--export FILE] [--signing-key FILE] [--clear] " CLI_PC_ARGS, \
	  "show who did what with PCs, as their firmware recorded it, and what it records",        \
	  CMD_LOCAL, cli_cmd_auditlog)                                                              \
	X("auditlog", "verify", "FILE [--root FILE]",                                               \
	  "check the signature over an audit log that was exported", CMD_LOCAL, cli_cmd_auditlog_verify) \
	X("alert", "listen",                                                                        \
	  "[--traps [HOST:]PORT] [--events [HOST:]PORT] [--https [HOST:]PORT] [--cert FILE] [--user NAME] [--password-file FILE] [--count N] [--seconds N]", \
	  "hear SNMP traps (PET) and WS-Events of PCs and print them, without the service",         \
	  CMD_LOCAL | CMD_STREAMS, cli_cmd_alert_listen)                                            \
	X("alert", "show", "[TARGET]... " CLI_PC_ARGS, "show whom PCs tell of events, and of which", CMD_LOCAL, \
	  cli_cmd_alert_show)                                                                       \
	X("alert", "list", "", "show which PCs told the service of events, and when last", CMD_NEEDS_SERVER, \
	  cli_cmd_alert_list)                                                                       \
	X("alert", "subscriptions", "[--bad] [--hours N]",                                          \
	  "show whether PCs still tell of events as their profiles say", \
	  CMD_NEEDS_SERVER, cli_cmd_alert_subscriptions)                                           \
	X("presence", "", "[TARGET]... " CLI_PC_ARGS, "show the agents that PCs watch, and their states", \
	  CMD_LOCAL, cli_cmd_presence)                                                              \
	X("alarm", "list", "[TARGET]... " CLI_PC_ARGS, "show when PCs start by their alarm clocks", \
	  CMD_LOCAL, cli_cmd_alarm_list)                                                            \
	X("alarm", "add", "NAME START [TARGET]... [--every DURATION] " CLI_PC_ARGS,                 \
	  "let PCs start at START, such as 2031-05-02T06:00:00Z", CMD_LOCAL | CMD_CHANGES_DEVICE,   \
	  cli_cmd_alarm_add)                                                                        \
	X("alarm", "delete", "NAME [TARGET]... " CLI_PC_ARGS, "take an alarm off",                  \
	  CMD_LOCAL | CMD_CHANGES_DEVICE, cli_cmd_alarm_delete)                                     \
	X("defense", "show", "[TARGET]... " CLI_PC_ARGS,                                            \
	  "show System Defense: policies, which acts where, what filters counted", CMD_LOCAL,       \
	  cli_cmd_defense_show)                                                                     \
	X("defense", "on", "POLICY [TARGET]... [--interface INTERFACE] [--yes] " CLI_PC_ARGS,       \
	  "switch a policy of the PCs on", CMD_LOCAL | CMD_CHANGES_DEVICE, cli_cmd_defense_on)      \
	X("defense", "off", "POLICY [TARGET]... [--interface INTERFACE] " CLI_PC_ARGS,              \
	  "switch a policy of the PCs off", CMD_LOCAL | CMD_CHANGES_DEVICE, cli_cmd_defense_off)    \
	X("defense", "reset", "[TARGET]... " CLI_PC_ARGS, "let the counters of System Defense begin at 0", \
	  CMD_LOCAL | CMD_CHANGES_DEVICE, cli_cmd_defense_reset)                                   \
	X("webui", "", "[TARGET]... " CLI_PC_ARGS, "ask PCs whether they serve their own page, and where", \
	  CMD_LOCAL, cli_cmd_webui)                                                                 \
	X("storage", "", "[TARGET]... " CLI_PC_ARGS, "show what software keeps in the flash of PCs, and whose it is", \
	  CMD_LOCAL, cli_cmd_storage)
