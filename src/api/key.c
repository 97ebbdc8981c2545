/* Setup keys (PID and PPS): list, release, and how they are sealed and opened. PPS and passwords are
 * sealed before they are stored; nothing here shows them (key_csv.c, key_reveal.c). */
#include "api/key.h"
#include "wire/psk.h"

void api_key_list(struct api_req *r)
{
	struct api_page page;
	struct err e = { 0 };
	const char *state;

	if (!api_query_page(r, &page, &e) ||
	    !api_query_word(r, "state", API_KEY_STATES, &state, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_psk *rows = ARENA_ARRAY(&r->arena, struct store_psk, page.limit + 1);
	unsigned n = !rows ? 0
			   : store_psk_list(r->api->conf.store, &r->arena, state, page.after,
					    page.limit + 1, rows);
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++) {
		api_json_begin(&r->json, NULL, '{');
		api_json_pid(&r->json, "pid", rows[i].pid);
		api_json_str(&r->json, "state", rows[i].state);
		api_json_str(&r->json, "used_by", rows[i].used_by);
		api_json_str(&r->json, "source", rows[i].source);
		api_json_time(&r->json, "at", rows[i].at_unix_ms);
		api_json_end(&r->json, '}');
	}
	api_list_end(r, n > page.limit ? rows[page.limit - 1].pid : NULL);
}

void api_key_store(struct api_req *r, struct store_tx *tx, const struct engine_import_key *k,
		   const char *state, const char *source)
{
	struct engine *en = r->api->conf.engine;
	char label[32];
	struct out o;

	struct store_psk row = {
		.pid = k->pid,
		.state = state,
		.used_by = "",
		.source = source,
		.at_unix_ms = r->now_unix_ms,
	};
	out_init(&o, label, sizeof label);
	out_fmt(&o, "psk:%s", k->pid);
	row.sealed_pps = engine_seal(en, label, span_str(k->pps), &r->scratch);
	out_init(&o, label, sizeof label);
	out_fmt(&o, "mebx:%s", k->pid);
	row.sealed_password = engine_seal(en, label, span_str(k->password), &r->scratch);
	store_tx_psk_add(tx, &row);
}

void api_key_warn_group(struct api_req *r, struct store_tx *tx, const char *pid)
{
	API_EVENT(r, tx, "", LOG_EV_KEY_GROUP, LOG_S("pid", pid), LOG_S("kind", "stored"),
		  LOG_S("actor", r->actor));
}

static bool open_one(struct api_req *r, const char *kind, const char *pid, struct span sealed,
		     struct secret *out_s, struct err *e)
{
	char label[32];
	struct out o;

	*out_s = SECRET_NONE;
	if (sealed.n == 0)
		return true;
	out_init(&o, label, sizeof label);
	out_fmt(&o, "%s:%s", kind, pid);
	if (engine_unseal(r->api->conf.engine, label, sealed, out_s, e))
		return true;
	return err_wrap(e, "key %s", pid);
}

bool api_key_open(struct api_req *r, const struct store_psk *row, struct secret *out_pps,
		  struct secret *out_password, struct err *e)
{
	*out_password = SECRET_NONE;
	if (!open_one(r, "psk", row->pid, row->sealed_pps, out_pps, e))
		return false;
	if (open_one(r, "mebx", row->pid, row->sealed_password, out_password, e))
		return true;
	secret_deinit(out_pps);
	return false;
}

/* ---- release ---- */

static void released(struct api_req *r)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_pid(&r->json, "pid", r->name);
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void release_requeue(struct api_req *r)
{
	struct api_requeue *rq = ARENA_NEW(&r->arena, struct api_requeue);
	struct api_set *set = r->state;

	*rq = (struct api_requeue){
		.rules = "D044", .by = API_REQUEUE_PID, .set = set, .then = released
	};
	api_requeue_start(r, rq);
}

static void set_free(void *state)
{
	struct api_set *set = state;

	api_set_deinit(set);
	mem_free(set);
}

void api_key_release(struct api_req *r)
{
	char pid[WIRE_PSK_PID_LEN + 1];
	struct store_psk k;
	struct err e = { 0 };

	if (!wire_psk_parse_pid(span_str(r->name), pid, &e)) {
		err_wrap(&e, "'%.40s'", r->name);
		api_fail(r, &e);
		return;
	}
	if (!store_psk_get(r->api->conf.store, &r->arena, pid, &k)) {
		err_set(&e, ERR_NOT_FOUND, "no key with PID %s is stored", pid);
		err_hint(&e, "see 'outband key list'");
		api_fail(r, &e);
		return;
	}
	r->name = k.pid;
	struct api_set *set = MEM_NEW(struct api_set);
	r->state = set;
	r->state_free = set_free;
	api_set_init(set, &r->api->rng);
	(void)api_set_add(set, pid);
	struct store_tx *tx = api_tx(
		r, "key.release",
		arena_fmt(&r->arena, "%s%s%s", pid, k.used_by[0] ? " used by " : "", k.used_by));
	store_tx_psk_release(tx, pid);
	api_commit(r, tx, release_requeue);
}
