/* The terminal of a console: raw while it runs, as it was afterwards, whatever ends the program. */
#pragma once
#include <stdbool.h>

bool cli_term_is(int fd);           /* a terminal */
bool cli_term_raw(int fd);          /* false: it stays as it is. Restored by cli_term_restore and at exit */
void cli_term_restore(void);        /* any number of times */
bool cli_term_size(int fd, unsigned *out_rows, unsigned *out_cols);
