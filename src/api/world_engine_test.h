/* For the tests of api: the struct of their world, and an engine that only notes what it was told.
 * Used through world_ask_test.h. */
#pragma once
#include "api/api_priv.h"
#include "engine/vault.h"
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

/* ---- the built-in CA, which these tests have not ---- */
bool engine_vault_revoke(struct engine *en, struct store_tx *tx, const char *uuid, const char *reason,
			 unsigned *out_count, struct err *e)
{
	(void)en, (void)tx, (void)uuid, (void)reason, (void)e;
	*out_count = 1;
	return true;
}

bool engine_vault_revoke_serial(struct engine *en, struct store_tx *tx, const char *serial, const char *reason,
				const char **out_uuid, struct arena *a, struct err *e)
{
	(void)en, (void)tx, (void)serial, (void)reason, (void)a, (void)e;
	*out_uuid = U1;
	return true;
}

unsigned engine_vault_cas(struct engine *en, struct arena *a, unsigned limit, struct engine_vault_ca *out_rows)
{
	(void)en, (void)a, (void)limit, (void)out_rows;
	return 0;
}

struct engine_vault_list *engine_vault_list_new(struct engine *en, const char *ca_id, struct err *e)
{
	(void)en, (void)ca_id;
	err_set(e, ERR_NOT_FOUND, "there is no CA");
	return NULL;
}

bool engine_vault_list_make(struct engine_vault_list *l, struct err *e)
{
	(void)l, (void)e;
	return false;
}

struct span engine_vault_list_der(const struct engine_vault_list *l)
{
	(void)l;
	return span_make("", 0);
}

void engine_vault_list_free(struct engine_vault_list *l)
{
	(void)l;
}

struct engine_vault_renewal *engine_vault_renewal_new(struct engine *en, bool root)
{
	(void)en, (void)root;
	return NULL;
}

bool engine_vault_renewal_make(struct engine_vault_renewal *n, struct err *e)
{
	(void)n, (void)e;
	return true;
}

bool engine_vault_renewal_add(struct engine *en, struct engine_vault_renewal *n, struct store_tx *tx, struct err *e)
{
	(void)en, (void)n, (void)tx, (void)e;
	return true;
}

bool engine_vault_renewal_done(struct engine *en, struct err *e)
{
	(void)en, (void)e;
	return true;
}

void engine_vault_renewal_free(struct engine_vault_renewal *n)
{
	(void)n;
}
