/* Backoff and the lock-out budget (engine/retry.h). Called by the queue and the runner; takes the
 * time as a value, asks nobody. */
#include "engine/retry.h"

int64_t engine_retry_delay_ms(const struct engine_retry_conf *c, const struct err *why,
			      int64_t attempt, struct rng *rng)
{
	int64_t delay = c->first_ms;
	if (err_retry(why->code) == RETRY_HUMAN)
		delay *= 8;
	else if (err_retry(why->code) == RETRY_LATER)
		delay *= 2;
	for (int64_t i = 1; i < attempt && delay < c->max_ms; i++)
		delay *= 2;
	if (delay > c->max_ms)
		delay = c->max_ms;
	int64_t jitter = delay / 5;
	return jitter > 0 ? delay - jitter + rng_range(rng, 0, 2 * jitter) : delay;
}

bool engine_retry_login_ok(const struct engine_retry_conf *c, int64_t count, int64_t since_unix_ms,
			   int64_t now_unix_ms, int64_t *out_wait_ms)
{
	if (c->login_tries == 0 || count < c->login_tries)
		return true;
	int64_t left = since_unix_ms + c->login_window_ms - now_unix_ms;
	if (left <= 0)
		return true;
	*out_wait_ms = left;
	return false;
}

void engine_retry_login_spend(const struct engine_retry_conf *c, int64_t *count,
			      int64_t *since_unix_ms, int64_t now_unix_ms)
{
	if (now_unix_ms - *since_unix_ms >= c->login_window_ms)
		*count = 0;
	*since_unix_ms = now_unix_ms;
	++*count;
}
