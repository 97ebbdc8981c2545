/* Rules that choose profiles, and profiles pinned by hand to one PC. Changes rows only; PCs hear of it
 * with their next job. */
#include "api/api_priv.h"
#include "engine/choose.h"
#include "engine/profile.h"

/* Key of the body, place in the row, most bytes. */
static const struct {
	const char *key;
	size_t at, max;
} members[] = {
	{ "profile", offsetof(struct store_rule, profile), 63 },
	{ "generation", offsetof(struct store_rule, generation), 80 },
	{ "suffix", offsetof(struct store_rule, suffix), 500 },
	{ "subnet", offsetof(struct store_rule, subnet), 500 },
	{ "fqdn", offsetof(struct store_rule, pattern), 500 },
	{ "group", offsetof(struct store_rule, grp), 200 },
	{ "import", offsetof(struct store_rule, imported), 300 },
};

static const char **member_of(struct store_rule *rule, unsigned i)
{
	return (const char **)(void *)((char *)rule + members[i].at);
}

static void write_rule(struct api_req *r, struct store_rule *rule)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "name", rule->name);
	api_json_int(&r->json, "place", rule->place);
	for (unsigned i = 0; i < sizeof members / sizeof *members; i++)
		api_json_str(&r->json, members[i].key, *member_of(rule, i));
	api_json_time(&r->json, "at", rule->at_unix_ms);
	api_json_end(&r->json, '}');
}

void api_rule_list(struct api_req *r)
{
	struct store_rule *rows = ARENA_ARRAY(&r->arena, struct store_rule, LIMIT_PROFILE_RULES);
	unsigned n = rows
		? store_rule_list(r->api->conf.store, &r->arena, LIMIT_PROFILE_RULES, rows)
		: 0;

	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n; i++)
		write_rule(r, &rows[i]);
	api_list_end(r, NULL);
}

/* ---- storing one ---- */

static bool has_profile(struct api_req *r, const char *name, struct err *e)
{
	struct store_profile p;
	struct engine_profile builtin;

	engine_profile_default(&builtin);
	if (str_eq(name, builtin.name) ||
	    store_profile_get(r->api->conf.store, &r->scratch, name, &p))
		return true;
	err_set(e, ERR_NOT_FOUND, "there is no profile '%.70s'", name);
	return err_hint(e, "see 'outband profile list'");
}

static bool read_members(struct api_req *r, const json_t *o, struct store_rule *rule, struct err *e)
{
	for (unsigned i = 0; i < sizeof members / sizeof *members; i++) {
		const char *text = NULL;

		if (!api_json_text(o, members[i].key, &text, e))
			return false;
		if (text && strlen(text) > members[i].max) {
			err_set(e, ERR_INVALID, "'%s' in the body is too long", members[i].key);
			return err_want(e, "at most %zu bytes", members[i].max);
		}
		*member_of(rule, i) = text ? arena_str(&r->arena, span_str(text)) : "";
	}
	const json_t *place = json_object_get(o, "place");
	if (place &&
	    (!json_is_integer(place) || json_integer_value(place) < 0 ||
	     json_integer_value(place) > 1000000)) {
		err_set(e, ERR_INVALID, "'place' in the body is no place");
		return err_want(e, "a number from 0 to 1000000");
	}
	rule->place = place ? json_integer_value(place) : 100;
	return true;
}

static bool is_room(struct api_req *r, const char *name, struct err *e)
{
	struct store_rule old;
	struct store_rule *rows = ARENA_ARRAY(&r->scratch, struct store_rule, LIMIT_PROFILE_RULES);

	if (store_rule_get(r->api->conf.store, &r->scratch, name, &old) ||
	    (rows &&
	     store_rule_list(r->api->conf.store, &r->scratch, LIMIT_PROFILE_RULES, rows) <
		     LIMIT_PROFILE_RULES))
		return true;
	err_set(e, ERR_LIMIT, "there are too many rules for profiles");
	err_want(e, "at most %d", LIMIT_PROFILE_RULES);
	return err_hint(e, "one rule takes several values, with commas between them");
}

static void stored(struct api_req *r)
{
	engine_kick(r->api->conf.engine);
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "name", r->name);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_rule_put(struct api_req *r)
{
	struct store_rule rule = { .name = r->name, .at_unix_ms = r->now_unix_ms };
	struct err e = { 0 };
	json_t *o = api_json_read(buf_span(&r->body),
				  "place profile generation suffix subnet fqdn group import", &e);
	bool ok = o && api_name_check("rule", r->name, &e) && read_members(r, o, &rule, &e) &&
		engine_choose_check(&rule, &e) && has_profile(r, rule.profile, &e) &&
		is_room(r, r->name, &e);

	if (o)
		api_json_drop(o);
	if (!ok) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx =
		api_tx(r, "profile.rule", arena_fmt(&r->arena, "%s %s", r->name, rule.profile));
	store_tx_rule_set(tx, &rule);
	api_commit(r, tx, stored);
}

void api_rule_delete(struct api_req *r)
{
	struct store_rule old;
	struct err e = { 0 };

	if (!store_rule_get(r->api->conf.store, &r->arena, r->name, &old)) {
		err_set(&e, ERR_NOT_FOUND, "there is no rule '%.70s'", r->name);
		err_hint(&e, "see 'outband profile rule list'");
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx = api_tx(r, "profile.rule_delete", r->name);
	store_tx_rule_delete(tx, r->name);
	api_commit(r, tx, stored);
}

/* ---- the profile of one PC ---- */

static const char *fit_text(const struct engine_choose_step *s)
{
	return s->fit == CHOOSE_NOT_YET     ? "not known yet"
		: s->fit == CHOOSE_YES      ? "fits"
		: str_eq(s->source, "rule") ? "does not fit"
					    : "nothing";
}

static void write_step(struct api_req *r, unsigned place, const struct engine_choose_step *s)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_int(&r->json, "step", place);
	api_json_str(&r->json, "source", s->source);
	api_json_str(&r->json, "rule", s->rule);
	api_json_str(&r->json, "verdict", fit_text(s));
	api_json_str(&r->json, "profile", s->profile);
	api_json_bool(&r->json, "won", s->won);
	api_json_str(&r->json, "detail", s->why);
	api_json_end(&r->json, '}');
}

void api_device_profile_why(struct api_req *r)
{
	struct engine_choose *c = ARENA_NEW(&r->arena, struct engine_choose);
	struct store_device d;
	struct engine_choose_ask q;
	struct err e = { 0 };

	if (!api_device_find(r, &d, &e) ||
	    !engine_choose_ask_of(r->api->conf.engine, &r->arena, &d, &q)) {
		api_fail(r, &e);
		return;
	}
	engine_choose_walk(r->api->conf.engine, &q, c);
	const struct engine_choose_step *won = engine_choose_winner(c);
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", d.uuid);
	api_json_str(&r->json, "fqdn", q.fqdn);
	api_json_str(&r->json, "version", d.version);
	api_json_str(&r->json, "applied", d.profile_version[0] ? d.profile : NULL);
	api_json_str(&r->json, "profile", won->profile);
	api_json_str(&r->json, "source", won->source);
	api_json_str(&r->json, "rule", won->rule);
	api_json_bool(&r->json, "not_yet", c->not_yet);
	api_json_begin(&r->json, "steps", '[');
	for (unsigned i = 0; i < c->count; i++)
		write_step(r, i + 1, &c->steps[i]);
	api_json_end(&r->json, ']');
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void pinned(struct api_req *r)
{
	engine_kick(r->api->conf.engine);
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", r->state);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_device_profile_put(struct api_req *r)
{
	const char *uuid = NULL, *text = NULL, *profile = NULL;
	struct err e = { 0 };
	json_t *o = api_json_read(buf_span(&r->body), "profile", &e);
	bool ok =
		o && api_uuid_find(r, r->name, &uuid, &e) && api_json_text(o, "profile", &text, &e);

	if (ok && !text) {
		ok = err_set(&e, ERR_INVALID, "'profile' in the body is missing");
		err_want(&e, "{\"profile\":\"NAME\"}, or an empty one to take the pin away");
	}
	ok = ok && text && (!text[0] || has_profile(r, text, &e));
	profile = ok ? arena_str(&r->arena, span_str(text)) : NULL;
	if (o)
		api_json_drop(o);
	if (!profile) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx =
		api_tx(r, "device.profile", arena_fmt(&r->arena, "%s %s", uuid, profile));
	if (profile[0])
		store_tx_pin_set(tx,
				 &(struct store_pin){ .uuid = uuid,
						      .profile = profile,
						      .at_unix_ms = r->now_unix_ms });
	else
		store_tx_pin_delete(tx, uuid);
	r->state = (void *)(uintptr_t)uuid;
	api_commit(r, tx, pinned);
}
