/* Named fault points for tests: arm one, run, look which one fired. Points sit in normal code, so
 * a disarmed one costs a single load. Hits may come from worker threads, arming is done by the
 * test alone. Never armed by the shipped program. */
#include "base/fault.h"
#include "base/str.h"
#include <stdatomic.h>

static atomic_bool armed;
static atomic_int hit_count, fire_at;
static _Atomic(const char *) fired_name;
static char wanted_prefix[64];

void fault_arm(const char *prefix, int nth)
{
	fault_disarm();
	(void)str_copy(wanted_prefix, sizeof wanted_prefix, span_str(prefix));
	atomic_store(&hit_count, 0);
	atomic_store(&fired_name, NULL);
	atomic_store(&fire_at, nth);
	atomic_store(&armed, true);
}

void fault_disarm(void)
{
	atomic_store(&armed, false);
}

bool fault_hit(const char *name)
{
	if (!atomic_load_explicit(&armed, memory_order_acquire))
		return false;
	if (!span_starts(span_str(name), wanted_prefix))
		return false;
	if (atomic_fetch_add(&hit_count, 1) + 1 != atomic_load(&fire_at))
		return false;
	atomic_store(&fired_name, name);
	return true;
}

int fault_hits(void)
{
	return atomic_load(&hit_count);
}

const char *fault_fired(void)
{
	return atomic_load(&fired_name);
}
