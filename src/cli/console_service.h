/* console through the service: the session lives there (engine/console.h), this one looks and types. */
#pragma once
#include "cli/console.h"

/* False with e: the console could not be opened, or it ended with that. */
bool cli_console_service(struct console *k, struct err *e);
