/* Commands about one PC, or one message, without the service: rows of the table in commands.h, which
 * explains them. */
#pragma once

#define CLI_WSMAN_ARGS                                                                              \
	"--direct HOST[:BASE] [--user NAME] [--password-file FILE] [--tls] [--pin SHA256] [--timeout SECONDS]"

#define CLI_COMMANDS_WSMAN(X)                                                                       \
	X("wsman", "identify", CLI_WSMAN_ARGS, "ask a PC who it is, without the service", CMD_LOCAL, cli_cmd_wsman) \
	X("wsman", "get", "CLASS [--selector KEY=VALUE]... " CLI_WSMAN_ARGS, "read one instance of a class from a PC", \
	  CMD_LOCAL, cli_cmd_wsman)                                                                 \
	X("wsman", "enumerate", "CLASS " CLI_WSMAN_ARGS, "read all instances of a class from a PC", CMD_LOCAL, cli_cmd_wsman) \
	X("wsman", "put", "CLASS PROP=VALUE... [--selector KEY=VALUE]... " CLI_WSMAN_ARGS,          \
	  "change properties of an instance: read it, change it, write it", CMD_LOCAL | CMD_CHANGES_DEVICE, cli_cmd_wsman) \
	X("wsman", "create", "CLASS PROP=VALUE... " CLI_WSMAN_ARGS, "make a new instance of a class",  \
	  CMD_LOCAL | CMD_CHANGES_DEVICE, cli_cmd_wsman)                                            \
	X("wsman", "delete", "CLASS [--selector KEY=VALUE]... " CLI_WSMAN_ARGS, "delete the instance that the selectors name", \
	  CMD_LOCAL | CMD_CHANGES_DEVICE, cli_cmd_wsman)                                            \
	X("wsman", "invoke", "CLASS METHOD [PROP=VALUE]... [--selector KEY=VALUE]... " CLI_WSMAN_ARGS, \
	  "call a method; a reference is CLASS{KEY=VALUE,...}, a member within PROP.MEMBER", CMD_LOCAL | CMD_CHANGES_DEVICE, cli_cmd_wsman)        \
	X("wsman", "classes", "[CLASS]", "list the classes known by name, or what one has", \
	  CMD_LOCAL, cli_cmd_wsman_classes)

#define CLI_COMMANDS_DECODE(X)                                                                      \
	X("decode", "hello", "FILE [--format FORMAT]", "explain the bytes of a hello message", CMD_LOCAL, cli_cmd_decode_hello) \
	X("decode", "http", "FILE [--format FORMAT]", "explain captured HTTP messages of a PC, or to one", CMD_LOCAL, cli_cmd_decode_http) \
	X("decode", "event", "FILE [--format FORMAT]", "explain records of the event log, or the event of an SNMP trap", \
	  CMD_LOCAL, cli_cmd_decode_event)                                                          \
	X("decode", "audit", "FILE [--format FORMAT]", "explain records of the audit log of a PC", CMD_LOCAL, cli_cmd_decode_audit) \
	X("decode", "pet", "FILE [--format FORMAT]", "explain a platform event trap: the SNMP datagram that a PC sends", \
	  CMD_LOCAL, cli_cmd_decode_pet)                                                            \
	X("decode", "redir", "FILE [--format FORMAT] [--session SESSION] [--show-secrets]",         \
	  "explain captured messages of serial over LAN, storage redirection or KVM", CMD_LOCAL, cli_cmd_decode_redir) \
	X("decode", "setupbin", "FILE [--format FORMAT] [--show-secrets]", "explain setup.bin, the file of a USB key", \
	  CMD_LOCAL, cli_cmd_decode_setupbin)                                                       \
	X("decode", "wsman", "FILE [--format FORMAT]", "explain a WS-MAN message, or one of legacy SOAP", CMD_LOCAL, cli_cmd_decode_wsman)
