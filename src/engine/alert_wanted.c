/* See alert_wanted.h. Called by alert_watch.c and the API. Asks no PC and changes nothing. */
#include "engine/alert_wanted.h"
#include "engine/choose.h"
#include "engine/engine_priv.h"
#include "engine/key.h"
#include "engine/profile.h"

#include "base/mem.h"

#define PROFILES 32 /* remembered; of more the last one is read again */

struct engine_alert_wanted {
	struct engine *en;
	struct arena a, names; /* of one PC; of all */
	unsigned count;
	struct {
		const char *name;
		bool wants;
	} profiles[PROFILES];
};

const struct engine_node *engine_alert_wanted_part(const struct engine_profile *p)
{
	for (const struct engine_node *n = p->parts; n; n = n->next)
		if (str_eq(n->key, "alerts"))
			return n;
	return NULL;
}

bool engine_alert_wanted_any(const struct engine_node *alerts)
{
	return engine_node_count(engine_node_get(alerts, "subscriptions")) ||
		engine_node_count(engine_node_get(alerts, "traps"));
}

/* A PC that others configured has been given none: what a job would choose. */
static const char *chosen(struct engine *en, struct arena *a, const struct store_device *d)
{
	struct engine_choose *c = ARENA_NEW(a, struct engine_choose);
	struct engine_choose_ask q;

	if (!c || !engine_choose_ask_of(en, a, d, &q))
		return "";
	engine_choose_walk(en, &q, c);
	return engine_choose_winner(c)->profile;
}

static const char *name_of(struct engine *en, struct arena *a, const struct store_device *d)
{
	struct store_drift drift;

	if (store_drift_get(en->conf.store, a, d->uuid, &drift) && *drift.profile)
		return drift.profile;
	if (*d->profile && !str_eq(d->state, store_device_state_name(STORE_DEV_ADOPTED)))
		return d->profile;
	return chosen(en, a, d);
}

static bool load(struct engine *en, struct arena *a, const char *name, struct engine_profile *out_p)
{
	struct store_profile p;

	return store_profile_get(en->conf.store, a, name, &p) &&
		engine_profile_parse_in(p.name, p.version, span_str(p.yaml), a, out_p, NULL);
}

bool engine_alert_wanted_profile(struct engine *en, struct arena *a, const char *uuid,
				 struct engine_profile *out_p)
{
	struct store_device d;

	return store_device_get(en->conf.store, a, uuid, &d) &&
		load(en, a, name_of(en, a, &d), out_p);
}

struct engine_alert_wanted *engine_alert_wanted_new(struct engine *en)
{
	struct engine_alert_wanted *w = MEM_NEW(struct engine_alert_wanted);

	w->en = en;
	arena_init(&w->a, 1 << 22);
	arena_init(&w->names, 1 << 18);
	return w;
}

void engine_alert_wanted_free(struct engine_alert_wanted *w)
{
	arena_deinit(&w->a);
	arena_deinit(&w->names);
	mem_free(w);
}

bool engine_alert_wanted_of(struct engine_alert_wanted *w, const struct store_device *d,
			    const char **out_profile)
{
	struct engine_profile p = { .parts = NULL };

	arena_reset(&w->a);
	const char *name = name_of(w->en, &w->a, d);
	for (unsigned i = 0; i < w->count; i++)
		if (str_eq(w->profiles[i].name, name)) {
			*out_profile = w->profiles[i].name;
			return w->profiles[i].wants;
		}
	const char *kept = arena_str(&w->names, span_str(name));
	bool wants = *name && load(w->en, &w->a, name, &p) &&
		engine_alert_wanted_any(engine_alert_wanted_part(&p));
	*out_profile = kept ? kept : "";
	if (kept && w->count < PROFILES) {
		w->profiles[w->count].name = kept;
		w->profiles[w->count++].wants = wants;
	}
	return wants;
}
