/* Routes about serial consoles: a part of the table in routes.h, which explains the columns. */
#pragma once

#define API_ROUTES_CONSOLE(X)                                                                             \
	X("POST", "/v1/devices/{}/console", API_ROLE_OPERATOR, "", "", api_console_post,                  \
	  "Opens the serial console of a PC for as many as want to look, or joins it.")                   \
	X("GET", "/v1/devices/{}/console", API_ROLE_OPERATOR, "from wait_ms version", "", api_console_get,        \
	  "What the console said behind byte from (base64); waits for more up to wait_ms, while its version is that one. Not asked for half a minute it ends.") \
	X("POST", "/v1/devices/{}/console/input", API_ROLE_OPERATOR, "",                                  \
	  "application/json: writer, data (base64), force, break, leave", api_console_type,                             \
	  "Types, or sends a break; the first writer is the only one, until it leaves, another forces it or it was idle for a minute.") \
	X("DELETE", "/v1/devices/{}/console", API_ROLE_OPERATOR, "", "", api_console_delete,              \
	  "Ends the console for all; they are told who did.")
