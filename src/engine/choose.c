/* The walk over what may say the profile of a PC (engine/choose.h). Reads the store; asks nobody. */
#include "engine/choose.h"

#include "base/mem.h"
#include "base/str.h"
#include "engine/engine_priv.h"
#include "engine/name.h"

#include <stdio.h>

struct walk {
	struct engine *en;
	const struct engine_choose_ask *q;
	struct engine_choose *c;
	struct arena a;
	bool won;
};

static void step(struct walk *w, const char *source, const char *rule, const char *profile,
		 enum engine_choose_fit fit, const char *why)
{
	struct engine_choose *c = w->c;
	if (c->count == ENGINE_CHOOSE_STEPS)
		return;
	struct engine_choose_step *s = &c->steps[c->count++];
	*s = (struct engine_choose_step){ .source = source };
	s->fit = profile[0] ? fit : CHOOSE_NO;
	str_copy(s->rule, sizeof s->rule, span_str(rule));
	str_copy(s->profile, sizeof s->profile, span_str(profile));
	str_copy(s->why, sizeof s->why, span_str(why));
	if (w->won)
		return;
	c->not_yet = c->not_yet || s->fit == CHOOSE_NOT_YET;
	if (s->fit != CHOOSE_YES)
		return;
	w->won = s->won = true;
	c->won = c->count - 1;
}

static void add_pin(struct walk *w)
{
	struct store_pin p;
	if (store_pin_get(w->en->conf.store, &w->a, w->q->d->uuid, &p))
		step(w, "pin", "", p.profile, CHOOSE_YES, "pinned by hand");
	else
		step(w, "pin", "", "", CHOOSE_NO, "nothing was pinned by hand");
}

/* What the PC's row of the import says, whichever source its name comes from. */
static void load_import(struct walk *w, struct engine_choose_pc *pc)
{
	struct store *s = w->en->conf.store;
	struct store_said said;
	struct store_mark mark;
	struct store_name n;
	const char *uuid = w->q->d->uuid;
	pc->ou = pc->mac = pc->serial = pc->profile = pc->grp = "";
	if (store_name_get(s, &w->a, uuid, &n))
		pc->grp = n.grp;
	if (store_said_get(s, &w->a, uuid, "inventory", &said)) {
		pc->ou = said.ou;
		pc->profile = said.profile;
	}
	if (store_said_get(s, &w->a, uuid, "hook", &said) && said.ou[0])
		pc->ou = said.ou;
	if (store_mark_list(s, &w->a, uuid, "mac", 1, &mark))
		pc->mac = mark.mark;
	if (store_mark_list(s, &w->a, uuid, "serial", 1, &mark))
		pc->serial = mark.mark;
}

static void add_rules(struct walk *w, const struct engine_choose_pc *pc)
{
	struct store_rule *rows = ARENA_ARRAY(&w->a, struct store_rule, LIMIT_PROFILE_RULES);
	char why[240];
	if (!rows)
		return;
	unsigned n = store_rule_list(w->en->conf.store, &w->a, LIMIT_PROFILE_RULES, rows);
	for (unsigned i = 0; i < n; i++) {
		enum engine_choose_fit fit = engine_choose_fits(&rows[i], pc, why, sizeof why);
		step(w, "rule", rows[i].name, rows[i].profile, fit, why);
	}
}

void engine_choose_walk(struct engine *en, const struct engine_choose_ask *q,
			struct engine_choose *out_c)
{
	struct walk w = { .en = en, .q = q, .c = out_c };
	struct engine_choose_pc pc = { .version = q->version[0] ? q->version : q->d->version,
				       .fqdn = q->fqdn[0] ? q->fqdn : q->d->fqdn,
				       .address = q->d->address };
	out_c->count = out_c->won = 0;
	out_c->not_yet = false;
	arena_init(&w.a, 1 << 20);
	add_pin(&w);
	load_import(&w, &pc);
	step(&w, "hook", "", q->said, CHOOSE_YES,
	     q->said[0] ? "came with the name" : "hook and import named none with the name");
	step(&w, "import", "", pc.profile, CHOOSE_YES,
	     pc.profile[0] ? "column profile of the inventory" : "no inventory names one");
	add_rules(&w, &pc);
	step(&w, "kept", "", q->d->profile, CHOOSE_YES,
	     q->d->profile[0] ? "that of the last time" : "it was never configured");
	step(&w, "default", "", en->set.profile, CHOOSE_YES, "setting profile.default");
	arena_deinit(&w.a);
}

bool engine_choose_ask_of(struct engine *en, struct arena *a, const struct store_device *d,
			  struct engine_choose_ask *out_q)
{
	struct engine_name *n = ARENA_NEW(a, struct engine_name);
	if (!n)
		return false;
	bool found = engine_name_walk(en, d, 0, false, n, NULL) == NAME_FOUND;
	*out_q = (struct engine_choose_ask){
		.d = d, .fqdn = found ? n->fqdn : d->fqdn, .version = d->version, .said = n->profile
	};
	return true;
}

const struct engine_choose_step *engine_choose_winner(const struct engine_choose *c)
{
	return &c->steps[c->won];
}
