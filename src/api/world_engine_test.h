/* For the tests of api: the struct of their world, and an engine that only notes what it was told.
 * Used through world_ask_test.h. */
#pragma once
#include "api/api_priv.h"
#include "wire/hello.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define T0 1935998047000 /* 2031-05-08 */
#define U1 "11111111-2222-3333-4444-555555555501"
#define U2 "11111111-2222-3333-4444-555555555502"
#define U3 "11111111-2222-3333-4444-555555555503"

struct world {
	struct sched *sched;
	struct store *store;
	struct pki_seal *seal;
	struct api *api;
	struct arena a;
	char *log; /* every line of the log, for the hunt after secrets */
	size_t log_n, log_cap;
	/* the last answer */
	unsigned calls;
	bool starting;
	int status;
	char type[64];
	char *body;
	json_t *json;
	/* what the engine was told */
	unsigned kicks, reloads;
	char cancelled[64];
	bool runs_here;
};
static struct world *the_world;

/* ---- the engine ---- */
void engine_kick(struct engine *en)
{
	(void)en;
	the_world->kicks++;
}

void engine_reload(struct engine *en)
{
	(void)en;
	the_world->reloads++;
}

bool engine_job_cancel(struct engine *en, const char *job_id)
{
	(void)en;
	(void)str_copy(the_world->cancelled, sizeof the_world->cancelled, span_str(job_id));
	return the_world->runs_here;
}

struct engine_status engine_get_status(const struct engine *en)
{
	(void)en;
	return (struct engine_status){ .workers = 10, .running = 2, .waiting = 3, .hellos = 40,
				       .hellos_bad = 4, .hellos_refused = 5, .jobs_done = 6,
				       .jobs_failed = 7, .round_trips = 8, .challenges = 9,
				       .handshakes = 11, .polls = 5, .imposed_wait_ms = 12 };
}

bool engine_plan_text(struct engine *en, const char *uuid, struct out *o, struct err *e)
{
	(void)en;
	(void)e;
	out_fmt(o, "tls: off -> on (%s)\n", uuid);
	return true;
}

struct span engine_seal(struct engine *en, const char *label, struct span plain, struct arena *a)
{
	(void)en;
	return pki_seal_close(the_world->seal, label, plain, a);
}

bool engine_unseal(struct engine *en, const char *label, struct span sealed, struct secret *out_s, struct err *e)
{
	(void)en;
	return pki_seal_reveal(the_world->seal, label, sealed, out_s, e);
}

#include "api/world_ca_test.h"
#include "api/world_console_test.h"
#include "api/world_operate_test.h"
