/* For the tests of api: an engine that runs no operations. What routes of operations do is in the
 * system tests, against virtual PCs. Used through world_engine_test.h. */
#pragma once
#include "engine/agenda.h"
#include "engine/operate.h"

bool engine_agenda_check(struct engine *en, struct store_schedule *s, struct err *e)
{
	(void)en, (void)s;
	return err_set(e, ERR_BUSY, "no schedules here");
}

bool engine_agenda_run(struct engine *en, const char *name, struct err *e)
{
	(void)en, (void)name;
	return err_set(e, ERR_BUSY, "no schedules here");
}

bool engine_operate_start(struct engine *en, const struct engine_operate_want *w, char out_id[ENGINE_OPERATE_ID],
			  struct err *e)
{
	(void)en, (void)w, (void)out_id;
	return err_set(e, ERR_BUSY, "no operations here");
}

void engine_operate_by_clock(struct engine *en, const char *op, const char *const *uuids,
			     unsigned count)
{
	(void)en, (void)op, (void)uuids, (void)count;
}

bool engine_operate_get(const struct engine *en, const char *id, struct engine_operate_view *out_v)
{
	(void)en, (void)id, (void)out_v;
	return false;
}

const char *engine_operate_at(const struct engine *en, unsigned i)
{
	(void)en, (void)i;
	return NULL;
}

bool engine_operate_result(const struct engine *en, const char *id, unsigned n, struct engine_operate_result *out_r)
{
	(void)en, (void)id, (void)n, (void)out_r;
	return false;
}

bool engine_operate_cancel(struct engine *en, const char *id)
{
	(void)en, (void)id;
	return false;
}

bool engine_operate_drop(struct engine *en, const char *id)
{
	(void)en, (void)id;
	return false;
}

struct engine_operate_wait *engine_operate_wait(struct engine *en, const char *id, unsigned n, void (*fn)(void *arg),
						void *arg)
{
	(void)en, (void)id, (void)n, (void)fn, (void)arg;
	return NULL;
}

void engine_operate_unwait(struct engine_operate_wait *w)
{
	(void)w;
}

#include "engine/discovery.h"
bool engine_discovery_arg(struct engine_discovery_want *w, const char *key, const char *value, struct err *e)
{
	if (str_eq(key, "rate"))
		w->rate = str_eq(value, "max") ? 0 : (uint32_t)strtoul(value, NULL, 10);
	if (str_eq(key, "ping"))
		w->only_ping = str_eq(value, "true");
	return str_eq(value, "99999999") ? err_set(e, ERR_INVALID, "no such %s", key) : true;
}

/* Ids are d1, d2, ...; a range with '!' is none. */
bool engine_discovery_add(struct engine *en, struct store_tx *tx, const struct engine_discovery_want *w,
			  char out_id[ENGINE_DISCOVERY_ID], struct err *e)
{
	static unsigned count;

	(void)en;
	if (strchr(w->ranges, '!'))
		return err_set(e, ERR_INVALID, "no range: %s", w->ranges);
	(void)snprintf(out_id, ENGINE_DISCOVERY_ID, "d%u", ++count % 1000);
	store_tx_discovery_add(tx, &(struct store_discovery){ .id = out_id, .ranges = w->ranges, .rate = w->rate,
							      .only_ping = w->only_ping, .state = "queued",
							      .note = "", .actor = w->actor, .total = 9 });
	return true;
}

void engine_discovery_kick(struct engine *en)
{
	engine_kick(en);
}

bool engine_discovery_stop(struct engine *en, const char *id)
{
	return engine_job_cancel(en, id);
}

bool engine_discovery_done(const struct engine *en, const char *id, uint64_t *out_done, uint64_t *out_found)
{
	(void)en, (void)id, (void)out_done, (void)out_found;
	return false;
}

#include "engine/session.h"
const char *engine_session_who(struct engine *en, const char *uuid, const char *kind, struct arena *a)
{
	(void)en, (void)uuid, (void)kind, (void)a;
	return "";
}

#include "engine/line.h"
struct engine_line *engine_line_open(struct engine *en, const char *uuid, enum wire_redir_session kind,
				     const char *actor, const struct amt_redir_events *ev, void *arg)
{
	(void)en, (void)uuid, (void)kind, (void)actor, (void)ev, (void)arg;
	return NULL;
}
bool engine_line_send(struct engine_line *l, struct span bytes)
{
	(void)l, (void)bytes;
	return false;
}
size_t engine_line_queued(const struct engine_line *l)
{
	(void)l;
	return 0;
}
void engine_line_pause(struct engine_line *l, bool paused)
{
	(void)l, (void)paused;
}
void engine_line_end(struct engine_line *l, const struct err *why)
{
	(void)l;
	(void)why;
}

void engine_line_free(struct engine_line *l)
{
	(void)l;
}
