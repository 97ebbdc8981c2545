/* Setup keys (PID and PPS): list, make, release, export. PPS and passwords are sealed before they
 * are stored; only the export with reveal=true shows them, and says so in the audit first. */
#include "api/key.h"
#include "wire/psk.h"

#define MAX_GENERATE 10000

static const char states[] = "unused used released";

void api_key_list(struct api_req *r)
{
	struct api_page page;
	struct err e = { 0 };
	const char *state;

	if (!api_query_page(r, &page, &e) || !api_query_word(r, "state", states, &state, &e)) {
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
		   const char *source)
{
	struct engine *en = r->api->conf.engine;
	char label[32];
	struct out o;

	struct store_psk row = {
		.pid = k->pid,
		.state = "unused",
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

/* ---- generate ---- */

struct generate {
	uint32_t count, done;
	char (*pids)[WIRE_PSK_PID_LEN + 1];
	struct secret password; /* none: a random one for each key */
	struct api_set made;
};

static void generate_free(void *state)
{
	struct generate *g = state;

	secret_deinit(&g->password);
	api_set_deinit(&g->made);
	mem_free(g->pids);
	mem_free(g);
}

static void generated(struct api_req *r)
{
	struct generate *g = r->state;

	log_ev(LOG_EV_IMPORT, LOG_S("kind", "generated key"), LOG_I("added", g->count));
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "pids", '[');
	for (uint32_t i = 0; i < g->count; i++)
		api_json_pid(&r->json, NULL, g->pids[i]);
	api_json_end(&r->json, ']');
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void make_one(struct api_req *r, struct store_tx *tx)
{
	struct generate *g = r->state;
	struct engine_import_key k;
	struct store_psk old;

	do
		wire_psk_make_pid(&r->api->rng, k.pid);
	while (store_psk_get(r->api->conf.store, &r->scratch, k.pid, &old) ||
	       !api_set_add(&g->made, k.pid));
	wire_psk_make_pps(&r->api->rng, k.pps);
	if (secret_is_set(&g->password))
		(void)str_copy(k.password, sizeof k.password, secret_reveal(&g->password));
	else
		wire_psk_make_password(&r->api->rng, k.password);
	api_key_store(r, tx, &k, "generated");
	(void)str_copy(g->pids[g->done++], sizeof k.pid, span_str(k.pid));
	mem_wipe(&k, sizeof k);
}

static void generate_chunk(struct api_req *r)
{
	struct generate *g = r->state;
	uint32_t first = g->done;

	arena_reset(&r->scratch);
	struct store_tx *tx = store_tx_new(r->api->conf.store);
	while (g->done < g->count && g->done - first < API_CHUNK)
		make_one(r, tx);
	store_tx_audit(tx, r->actor, "key.generate",
		       arena_fmt(&r->scratch, "%u keys, %s to %s", g->done - first, g->pids[first],
				 g->pids[g->done - 1]),
		       r->now_unix_ms);
	api_commit(r, tx, g->done < g->count ? generate_chunk : generated);
}

static bool read_generate(const json_t *o, struct generate *g, struct err *e)
{
	const json_t *count = json_object_get(o, "count");
	const char *password;

	if (!json_is_integer(count) || json_integer_value(count) < 1 ||
	    json_integer_value(count) > MAX_GENERATE) {
		err_set(e, ERR_INVALID, "'count' in the body is %s",
			count ? "out of range or no whole number" : "missing");
		return err_want(e, "a number from 1 to %d", MAX_GENERATE);
	}
	g->count = (uint32_t)json_integer_value(count);
	if (!api_json_text(o, "mebx_password", &password, e))
		return false;
	if (!password || str_eq(password, "random"))
		return true;
	if (!wire_psk_check_password(span_str(password), e))
		return err_wrap(e, "'mebx_password' in the body");
	secret_set(&g->password, span_str(password));
	return true;
}

void api_key_generate(struct api_req *r)
{
	struct generate *g = MEM_NEW(struct generate);
	struct err e = { 0 };

	r->state = g;
	r->state_free = generate_free;
	api_set_init(&g->made, &r->api->rng);
	json_t *o = api_json_read(buf_span(&r->body), "count mebx_password", &e);
	bool ok = o && read_generate(o, g, &e);
	if (o)
		api_json_drop(o);
	if (!ok) {
		api_fail(r, &e);
		return;
	}
	g->pids = mem_new(g->count * sizeof *g->pids);
	generate_chunk(r);
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
