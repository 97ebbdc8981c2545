/* That somebody has a PC's serial line, drives or screen through this service: a row that jobs respect
 * which would cut it (configure, rotate, unconfigure: store/sql_job.h), renewed as long as the session is
 * open, so that a dead service's runs out. Operations go on beside it. For line.c and console.c. */
#pragma once
#include "base/sched.h"
#include "base/str.h"
#include "engine/engine.h"

struct engine_session {
	struct engine *en;
	char uuid[UUID_TEXT_SIZE], owner[192];
	const char *kind;       /* static: as of wire_redir_session_name */
	char *actor;
	int64_t since_unix_ms;
	bool open;
	struct sched_timer *timer;
};
void engine_session_init(struct engine_session *s, struct engine *en, const char *uuid, const char *kind,
			 const char *actor);
void engine_session_deinit(struct engine_session *s);
/* Into the transaction in which the login gives its hold back. */
void engine_session_open(struct engine_session *s, struct store_tx *tx);
/* Over; jobs that waited for it go on when that is durable. Commits, with what is in tx already (NULL: nothing). */
void engine_session_close(struct engine_session *s, struct store_tx *tx);

/* Behind ERR_BUSY of the PC: who has the session of that kind, where it goes through this service. */
void engine_session_blame(const struct engine_session *s, struct err *e);
/* Whom a job of that kind would cut, as people read it: "KVM session of uid:0 since TIME"; "" nobody.
 * kind NULL: any that would. */
const char *engine_session_who(struct engine *en, const char *uuid, const char *kind, struct arena *a);
