/* Two PCs with one UUID (M09), seen from their hellos alone. Called by the intake with what the
 * store knows. Pure: the rows and the time come in. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct engine_twins_hello {
	const char *address, *pid; /* pid "" for PKI */
	int64_t retry_count, at_unix_ms;
};
/* rows: former hellos of the UUID, newest first. One PC may move to another address, and may be given
 * another key; but it does not come back to the former PID, and its RetryCount only goes up until it
 * begins anew. Two PCs take turns. Hellos of more than a day ago say nothing: the hello window of a
 * PC is over by then. *out_other is the newest row of the other PC. */
bool engine_twins_seen(const struct engine_twins_hello *now, const struct engine_twins_hello *rows,
		       unsigned count, unsigned *out_other);
