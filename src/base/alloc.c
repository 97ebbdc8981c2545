/* Allocation that cannot fail, used by every folder for things whose size our own code decides.
 * It is the one place that calls malloc and free. When memory is gone the process ends with a
 * message: the database holds all that matters, so a restart is better than half a state.
 * Never called with a size from outside that was not checked against base/limits.h. */
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void __attribute__((noreturn)) out_of_memory(void)
{
	static const char text[] = "outband: out of memory\n";
	/* No log line here: writing one could need memory. */
	ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
	(void)ignored;
	abort();
}

void *mem_new(size_t n)
{
	void *p = calloc(1, n ? n : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *mem_grow(void *p, size_t n)
{
	void *grown = realloc(p, n ? n : 1);
	if (!grown)
		out_of_memory();
	return grown;
}

char *mem_str(const char *s)
{
	if (!s)
		return NULL;
	size_t size = strlen(s) + 1;
	return memcpy(mem_new(size), s, size);
}

void mem_free(void *p)
{
	free(p);
}

void mem_wipe(void *p, size_t n)
{
	if (p && n)
		explicit_bzero(p, n);
}
