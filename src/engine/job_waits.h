/* What a job waits for that could begin but does not, as people and programs read it. For the API. */
#pragma once
#include "engine/engine.h"
#include "store/store_job.h"

struct engine_job_waits {
	const char *kind; /* static: session, operation, job, worker, retry, lockout, person; "" it waits for nothing */
	const char *text; /* behind "waits for": "the end of the KVM session of uid:0 since TIME"; "" */
};
struct engine_job_waits engine_job_waits(struct engine *en, const struct store_job *j, int64_t now_unix_ms,
					 struct arena *a);
