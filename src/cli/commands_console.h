/* The console command: rows of the table in commands.h, which explains them. */
#pragma once

#define CLI_COMMANDS_CONSOLE(X)                                                                    \
	X("console", "",                                                                           \
	  "[DEVICE] [--direct HOST[:BASE]] [--user NAME] [--password-file FILE] [--tls] [--pin SHA256] [--timeout SECONDS] " \
	  "[--log FILE] [--read-only] [--send TEXT] [--expect FILE] [--clear-password] [--force] [--end]", \
	  "serial over LAN: the console of a PC on this terminal; Ctrl-] opens a menu",             \
	  CMD_LOCAL | CMD_STREAMS | CMD_NO_CSV, cli_cmd_console)
