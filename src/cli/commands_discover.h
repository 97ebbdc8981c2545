/* The commands that look at PCs from outside: a part of the table in commands.h, which is the one to
 * include. */
#pragma once

#define CLI_LOOK_ARGS "[--ca FILE]... [--port-base P] [--rmcp-port P]"

#define CLI_COMMANDS_DISCOVER(X)                                                                    \
	X("discover", "", "[RANGE]... [--rate N] [--ping] [--ports] [--resume FILE] [--skip N] [--store] " CLI_LOOK_ARGS, \
	  "find the PCs with AMT in ranges of addresses, and the state of each", \
	  CMD_LOCAL, cli_cmd_discover)                                                              \
	X("discover", "list", "[--since TIME] [--changed]", "list what discoveries have seen, when, and which PC that is", \
	  CMD_NEEDS_SERVER, cli_cmd_discover_list)                                                  \
	X("discover", "start", "RANGE... [--rate N] [--ping] [--port-base P] [--rmcp-port P] [--wait]", \
	  "let the service discover, and keep what it sees", CMD_NEEDS_SERVER, cli_cmd_discover_start) \
	X("discover", "jobs", "", "list the discoveries of the service, and how far each is",       \
	  CMD_NEEDS_SERVER, cli_cmd_discover_jobs)                                                  \
	X("discover", "show", "ID", "show one discovery of the service", CMD_NEEDS_SERVER, cli_cmd_discover_show) \
	X("discover", "stop", "ID", "stop a discovery of the service; it can go on later",          \
	  CMD_NEEDS_SERVER, cli_cmd_discover_move)                                                  \
	X("discover", "resume", "ID [--wait]", "go on with a discovery that was stopped, or failed",  \
	  CMD_NEEDS_SERVER, cli_cmd_discover_move)                                                  \
	X("probe", "", "ADDRESS... [--dash-port P] [--kvm-port P] " CLI_LOOK_ARGS,                                                 \
	  "look at PCs from outside, without a login, and say what is wrong", \
	  CMD_LOCAL, cli_cmd_probe)                                                                 \
	X("probe", "listen", "[--port PORT]... [--udp-port PORT]... [--seconds N]",                 \
	  "listen on this machine's own ports and say who comes",            \
	  CMD_LOCAL | CMD_STREAMS, cli_cmd_probe_listen)
