/* What keeps a job from beginning, in the order in which the queue looks (store/sql_job.h): its time, a
 * session that it would cut, another job or an operation on the same PC, a free worker. See job_waits.h.
 * Reads only. */
#include "engine/job_waits.h"

#include "base/clk.h"
#include "engine/engine_priv.h"
#include "engine/session.h"
#include "store/store_operate.h"

static struct engine_job_waits says(const char *kind, const char *text)
{
	return (struct engine_job_waits){ text ? kind : "", text ? text : "" };
}

static struct engine_job_waits until(const struct store_job *j, struct arena *a)
{
	enum err_code code = ERR_NONE;
	char at[CLK_TEXT_SIZE];

	clk_print_unix_ms(j->not_before_unix_ms, at);
	if (err_from_name(j->err_code, &code) && code == ERR_LOCKOUT)
		return says(
			"lockout",
			arena_fmt(a,
				  "the end of the pause that keeps the PC from locking (M19), %s",
				  at));
	return says("retry", arena_fmt(a, "its next try at %s", at));
}

static struct engine_job_waits busy(struct engine *en, const struct store_job *j, int64_t now,
				    struct arena *a)
{
	struct store_job other;
	struct store_hold h;

	if (!en) /* nobody runs jobs here: an API alone */
		return says("", "");
	const char *who = engine_session_who(en, j->uuid, j->kind, a);
	if (*who)
		return says("session", arena_fmt(a, "the end of the %s", who));
	if (store_job_list(en->conf.store, a, "running", j->uuid, "", 1, &other) &&
	    !str_eq(other.id, j->id))
		return says("job",
			    arena_fmt(a, "the end of job %s (%s) with the same PC", other.id,
				      other.kind));
	if (store_hold_get(en->conf.store, a, j->uuid, now, &h))
		return says("operation", arena_fmt(a, "the end of the operation '%s'", h.what));
	struct engine_status s = engine_get_status(en);
	if (s.running >= s.workers)
		return says("worker", arena_fmt(a, "a free worker: all %u are at work", s.workers));
	return says("", "");
}

struct engine_job_waits engine_job_waits(struct engine *en, const struct store_job *j,
					 int64_t now_unix_ms, struct arena *a)
{
	bool delayed = str_eq(j->state, "delayed");

	if (str_eq(j->state, "paused"))
		return says("person", "somebody who lets it go on ('outband job retry')");
	if (delayed && j->not_before_unix_ms > now_unix_ms)
		return until(j, a);
	if (delayed || str_eq(j->state, "queued"))
		return busy(en, j, now_unix_ms, a);
	return says("", "");
}
