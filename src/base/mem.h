/* Small allocation that cannot fail: it ends the process when memory is gone. For sizes that our
 * own code decides. Sizes taken from outside are checked against base/limits.h first. */
#pragma once
#include <stddef.h>

void *mem_new(size_t n); /* zeroed */
void *mem_grow(void *p, size_t n); /* realloc; new bytes are not zeroed */
char *mem_str(const char *s);      /* copy; NULL gives NULL */
void mem_free(void *p);            /* NULL is fine */
void mem_wipe(void *p, size_t n);  /* overwrite; never optimised away */
#define MEM_NEW(type) ((type *)mem_new(sizeof(type)))
