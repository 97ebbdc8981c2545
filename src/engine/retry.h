/* When to try again, and how many wrong logins may still be spent. Pure. */
#pragma once
#include "base/err.h"
#include "base/rng.h"

struct engine_retry_conf {
	int64_t first_ms, max_ms;        /* settings job.retry_s, job.retry_max_s */
	int64_t login_tries, login_window_ms;
};
/* Delay before the next try of a job that failed with why for the attempt-th time (1 = first):
 * doubling from first_ms up to max_ms, with a fifth of jitter; what a human has to mend starts
 * eight times later. */
int64_t engine_retry_delay_ms(const struct engine_retry_conf *c, const struct err *why, int64_t attempt,
			      struct rng *rng);
/* May one more unproven login be sent? count and since are the device's; out_wait_ms: when not. */
bool engine_retry_login_ok(const struct engine_retry_conf *c, int64_t count, int64_t since_unix_ms,
			   int64_t now_unix_ms, int64_t *out_wait_ms);
/* Adds one to count; begins at one again after a whole window without a try. since becomes the time
 * of this try, so that no stretch of the length of the window ever sees more than login_tries. */
void engine_retry_login_spend(const struct engine_retry_conf *c, int64_t *count, int64_t *since_unix_ms,
			      int64_t now_unix_ms);
