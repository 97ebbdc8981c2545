/* The terminal of a console or of a command with keys: as it was afterwards, whatever ends the program. */
#pragma once
#include <stdbool.h>

bool cli_term_is(int fd);           /* a terminal */
bool cli_term_raw(int fd);          /* false: it stays as it is. Restored by cli_term_restore and at exit */
bool cli_term_keys(int fd);         /* the same, but only key by key and not shown: signals and output stay */
void cli_term_resume(void); /* behind SIGCONT: as cli_term_raw or _keys had set it */
void cli_term_restore(void);        /* any number of times */
bool cli_term_size(int fd, unsigned *out_rows, unsigned *out_cols);
