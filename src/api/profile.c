/* Profiles: list, text, new version. A profile is read by the engine's own parser before it is
 * stored, so that nothing unreadable ever gets there. */
#include "api/api_priv.h"
#include "engine/profile.h"

static const char builtin[] = "baseline";

static void write_head(struct api_req *r, const struct store_profile *p)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "name", p->name);
	api_json_int(&r->json, "version", p->version);
	api_json_bool(&r->json, "builtin", p->version == 0);
	api_json_time(&r->json, "at", p->at_unix_ms);
}

void api_profile_list(struct api_req *r)
{
	struct store_profile *rows = ARENA_ARRAY(&r->arena, struct store_profile, API_PAGE_MAX);
	bool has_builtin = false;
	unsigned n =
		rows ? store_profile_list(r->api->conf.store, &r->arena, API_PAGE_MAX, rows) : 0;

	for (unsigned i = 0; i < n; i++)
		has_builtin = has_builtin || str_eq(rows[i].name, builtin);
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	if (!has_builtin) {
		write_head(r, &(struct store_profile){ .name = builtin });
		api_json_end(&r->json, '}');
	}
	for (unsigned i = 0; i < n; i++) {
		write_head(r, &rows[i]);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, NULL);
}

static bool find(struct api_req *r, struct store_profile *out_p)
{
	if (store_profile_get(r->api->conf.store, &r->arena, r->name, out_p))
		return true;
	if (!str_eq(r->name, builtin))
		return false;
	*out_p = (struct store_profile){ .name = builtin, .yaml = engine_profile_default_yaml };
	return true;
}

void api_profile_get(struct api_req *r)
{
	struct store_profile p;
	struct err e = { 0 };

	if (!find(r, &p)) {
		err_set(&e, ERR_NOT_FOUND, "there is no profile '%.70s'", r->name);
		err_hint(&e, "see 'outband profile list'");
		api_fail(r, &e);
		return;
	}
	write_head(r, &p);
	api_json_str(&r->json, "yaml", p.yaml);
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void note_secret(struct api_req *r, enum engine_pw pw, const char *name)
{
	struct span sealed;

	if (pw != ENGINE_PW_SECRET ||
	    store_secret_get(r->api->conf.store, &r->arena, name, &sealed))
		return;
	api_json_str(&r->json, NULL,
		     arena_fmt(&r->arena,
			       "secret '%s' is not stored yet: jobs with this profile fail until "
			       "'outband secret set %s'",
			       name, name));
}

struct put {
	struct engine_profile profile;
	const char *yaml;
};

static void answer(struct api_req *r, int64_t version)
{
	struct put *p = r->state;

	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "name", r->name);
	api_json_int(&r->json, "version", version);
	api_json_begin(&r->json, "notes", '[');
	note_secret(r, p->profile.admin_pw, p->profile.admin_secret);
	note_secret(r, p->profile.mebx_pw, p->profile.mebx_secret);
	api_json_end(&r->json, ']');
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void stored(struct api_req *r)
{
	struct store_profile now;

	engine_reload(r->api->conf.engine);
	engine_kick(r->api->conf.engine);
	answer(r, find(r, &now) ? now.version : 0);
}

static bool read_profile(struct api_req *r, struct put *p, struct err *e)
{
	struct span yaml = buf_span(&r->body);

	if (!api_name_check("profile", r->name, e))
		return false;
	if (span_trim(yaml).n == 0) {
		err_set(e, ERR_INVALID, "the body is empty");
		return err_want(e, "a profile as YAML");
	}
	if (memchr(yaml.p, 0, yaml.n))
		return err_set(e, ERR_INVALID, "the profile has a NUL byte");
	p->yaml = arena_str(&r->arena, yaml);
	return engine_profile_parse(r->name, 0, yaml, &p->profile, e);
}

void api_profile_put(struct api_req *r)
{
	struct put *p = ARENA_NEW(&r->arena, struct put);
	struct store_profile old = { 0 };
	struct err e = { 0 };
	bool check;

	r->state = p;
	if (!api_query_bool(r, "check", &check, &e) || !read_profile(r, p, &e)) {
		api_fail(r, &e);
		return;
	}
	(void)find(r, &old);
	if (check || (old.version && str_eq(old.yaml, p->yaml))) {
		answer(r, old.version); /* the same text again is no new version */
		return;
	}
	struct store_tx *tx = api_tx(
		r, "profile.put",
		arena_fmt(&r->arena, "%s version %lld", r->name, (long long)old.version + 1));
	store_tx_profile_put(tx, r->name, p->yaml, r->now_unix_ms);
	API_EVENT(r, tx, "", LOG_EV_PROFILE, LOG_S("name", r->name),
		  LOG_I("version", old.version + 1), LOG_S("actor", r->actor));
	api_commit(r, tx, stored);
}
