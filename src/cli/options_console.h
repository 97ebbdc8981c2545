/* Options of the console command: rows of the table in options.h, which explains them. */
#pragma once

#define CLI_OPTIONS_CONSOLE(X)                                                                     \
	X("log", "console", "append what the PC says to this file (mode 0600), each line with its time") \
	X("read-only", "console", "only look: nothing is typed")                                    \
	X("send", "console", "type this first; \\r is Enter, \\e ESC, \\xNN any byte")           \
	X("expect", "console", "run this script instead: lines of send TEXT, expect TEXT, key NAME, timeout SECONDS, pause MS; exit status 4 when a text is not said in time") \
	X("clear-password", "console", "send the password in clear where firmware knows no better login") \
	X("force", "console", "through the service: type although somebody else does") \
	X("end", "console", "end the service's console of that PC for all who look; they are told who did")
