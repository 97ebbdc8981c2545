/* The console command: rows of the table in commands.h, which explains them. */
#pragma once

#define CLI_COMMANDS_CONSOLE(X)                                                                    \
	X("console", "", CLI_WSMAN_ARGS " [--log FILE] [--read-only] [--send TEXT] [--expect FILE] [--clear-password]", \
	  "serial over LAN: the console of a PC on this terminal; Ctrl-] opens a menu",             \
	  CMD_LOCAL | CMD_STREAMS | CMD_NO_CSV, cli_cmd_console)
