/* Settings of the service: list and change. Values are checked by the engine's table before they
 * are stored; the engine takes them at once. */
#include "api/import.h"
#include "engine/settings.h"

static const char *value_of(struct api_req *r, const struct engine_setting_row *row)
{
	const char *v;

	return store_setting_get(r->api->conf.store, &r->arena, row->key, &v) ? v : row->def;
}

static void write_one(struct api_req *r, const char *key, const struct engine_setting_row *row,
		      const char *warning)
{
	static const char *const types[] = {
		[ENGINE_SET_BOOL] = "bool",   [ENGINE_SET_INT] = "int",
		[ENGINE_SET_TEXT] = "text",   [ENGINE_SET_CHOICE] = "choice",
		[ENGINE_SET_WORDS] = "words", [ENGINE_SET_PATH] = "path",
		[ENGINE_SET_PLACE] = "place",
	};
	struct api_json *j = &r->json;

	api_json_begin(j, key, '{');
	api_json_str(j, "key", row->key);
	api_json_str(j, "value", value_of(r, row));
	api_json_str(j, "default", row->def);
	api_json_str(j, "type", types[row->type]);
	api_json_str(j, "text", row->text);
	api_json_str(j, "choices", row->choices);
	if (row->type == ENGINE_SET_INT || row->type == ENGINE_SET_TEXT ||
	    row->type == ENGINE_SET_PATH || row->type == ENGINE_SET_PLACE) {
		api_json_int(j, "min", row->min);
		api_json_int(j, "max", row->max);
	}
	api_json_bool(j, "restart", row->restart);
	if (warning)
		api_json_str(j, "warning", warning);
	api_json_end(j, '}');
}

void api_setting_list(struct api_req *r)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < ENGINE_SETTING_COUNT; i++)
		write_one(r, NULL, engine_setting_row((enum engine_setting)i), NULL);
	api_list_end(r, NULL);
}

/* Numbers and truth values may stand without quotes. */
static bool read_value(struct api_req *r, const char **out_v, struct err *e)
{
	json_t *o = api_json_read(buf_span(&r->body), "value", e);
	const char *text = NULL;
	bool ok;

	if (!o)
		return false;
	const json_t *v = json_object_get(o, "value");
	*out_v = NULL;
	if (json_is_integer(v)) {
		ok = true;
		*out_v = arena_fmt(&r->arena, "%lld", (long long)json_integer_value(v));
	} else if (json_is_boolean(v)) {
		ok = true;
		*out_v = json_is_true(v) ? "true" : "false";
	} else {
		ok = api_json_text(o, "value", &text, e);
		*out_v = text ? arena_str(&r->arena, span_str(text)) : NULL;
	}
	if (ok && !*out_v) {
		ok = err_set(e, ERR_INVALID, "'value' in the body is missing");
		err_want(e, "{\"value\":\"...\"}");
	}
	api_json_drop(o);
	return ok;
}

struct put {
	enum engine_setting s;
	const char *value;
	struct api_requeue requeue;
};

/* Taken all the same: profile and setting may come in any order. */
static const char *warning_of(struct api_req *r, const struct put *p)
{
	struct store_profile found;
	int64_t wait =
		store_device_count(r->api->conf.store, store_device_state_name(STORE_DEV_WAITING));

	if (p->s == SETTING_APPROVAL && str_eq(p->value, "auto") && wait > 0)
		return arena_fmt(
			&r->arena,
			"%lld that wait already go on waiting, one that was unconfigured may be "
			"among them: 'outband device list --state approval', then 'outband device "
			"approve' for each",
			(long long)wait);
	if (p->s != SETTING_PROFILE || str_eq(p->value, engine_setting_row(p->s)->def) ||
	    store_profile_get(r->api->conf.store, &r->arena, p->value, &found))
		return engine_setting_warning(p->s, p->value);
	return arena_fmt(
		&r->arena,
		"no profile is stored as '%.70s': PCs that no rule gives one are refused until "
		"'outband profile set' stores it (D079)",
		p->value);
}

static void answer(struct api_req *r)
{
	struct put *p = r->state;

	write_one(r, NULL, engine_setting_row(p->s), warning_of(r, p));
	api_ok(r);
}

static void stored(struct api_req *r)
{
	struct put *p = r->state;
	enum log_level level;

	if (p->s == SETTING_LOG_LEVEL && log_level_parse(p->value, &level))
		log_set_level(level);
	engine_reload(r->api->conf.engine);
	p->requeue = (struct api_requeue){
		.rules = p->s == SETTING_PKI && str_eq(p->value, "true") ? "D070" : "",
		.then = answer,
	};
	if (p->requeue.rules[0]) {
		api_requeue_start(r, &p->requeue);
		return;
	}
	engine_kick(r->api->conf.engine);
	answer(r);
}

void api_setting_put(struct api_req *r)
{
	struct put *p = ARENA_NEW(&r->arena, struct put);
	struct err e = { 0 };

	r->state = p;
	if (!engine_setting_find(r->name, &p->s, &e) || !read_value(r, &p->value, &e) ||
	    !engine_setting_check(p->s, p->value, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx =
		api_tx(r, "setting.set", arena_fmt(&r->arena, "%s=%s", r->name, p->value));
	store_tx_setting_set(tx, r->name, p->value);
	API_EVENT(r, tx, "", LOG_EV_SETTING, LOG_S("key", r->name), LOG_S("value", p->value),
		  LOG_S("actor", r->actor));
	api_commit(r, tx, stored);
}
