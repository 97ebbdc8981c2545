/* Wrong passwords that this user sent to PCs without the service (--direct), over all commands: PCs lock
 * after some (M19). A file remembers them for ten minutes; when it cannot be kept, each command
 * starts anew. For direct.c. */
#pragma once
#include "base/err.h"

#define CLI_TRIES_SAFE    3 /* nobody publishes when firmware locks: a guess below the 5 of virtual PCs */
#define CLI_TRIES_MINUTES 10

/* May one more login be sent to that PC? False: too many were wrong. */
bool cli_tries_check(const char *pc, struct err *e);
/* The PC refused one. How many more are safe. */
unsigned cli_tries_refused(const char *pc);
void cli_tries_taken(const char *pc); /* it took one: it begins anew */
