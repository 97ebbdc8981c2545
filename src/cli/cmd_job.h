/* Jobs of the service, for commands that start one and wait for its end. */
#pragma once
#include "cli/rpc.h"

/* Until the job has ended (done, delayed, cancelled, paused); its last state in *out_job, which the
 * caller gives back. Says on stderr how far it is. */
bool cli_job_wait(struct cli *c, const char *id, json_t **out_job, struct err *e);
/* Starts the job: POST without a body. Its id in the command's arena. */
bool cli_job_start(struct cli *c, const char *target, const char **out_id, struct err *e);
bool cli_job_end(struct cli *c, const char *id, struct err *e); /* waits: done, or e has why not */
/* Both: POST target without a body, which starts a job, and its end: done, or e has why not. */
bool cli_job_run(struct cli *c, const char *target, const char **out_id, struct err *e); /* out_id may be NULL */
