/* Power commands from the menu of a console that goes through the service: an operation of the service, whose
 * end is noted on the console. One at a time. For console_service.c. */
#pragma once
#include "cli/console.h"
#include "cli/rpc.h"

struct cli_console_ask;
/* On k's loop. path: of the service's socket; borrowed, as k. */
struct cli_console_ask *cli_console_ask_new(struct console *k, const char *path);
/* action: static text: status, on, off, cycle, reset. */
void cli_console_ask_power(struct cli_console_ask *a, const char *action);
void cli_console_ask_free(struct cli_console_ask *a); /* asks no more; NULL is fine */
