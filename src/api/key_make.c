/* New random key pairs. Each is sealed and durable before its PID is told. A group pair is one that
 * many PCs share; that is audited and warned of, since it proves the group and not the PC. */
#include "api/key.h"
#include "wire/psk.h"

#define MAX_GENERATE 10000

struct generate {
	uint32_t count, done;
	char (*pids)[WIRE_PSK_PID_LEN + 1];
	struct secret password; /* none: a random one for each key */
	bool group;
	const char *source;
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
	api_key_store(r, tx, &k, g->group ? "group" : "unused", g->source);
	if (g->group)
		api_key_warn_group(r, tx, k.pid);
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
		       arena_fmt(&r->scratch, "%u %skeys, %s to %s", g->done - first,
				 g->group ? "group " : "", g->pids[first], g->pids[g->done - 1]),
		       r->now_unix_ms);
	api_commit(r, tx, g->done < g->count ? generate_chunk : generated);
}

static bool read_generate(const json_t *o, struct generate *g, struct err *e)
{
	const json_t *count = json_object_get(o, "count");
	const char *password, *use;

	if (!json_is_integer(count) || json_integer_value(count) < 1 ||
	    json_integer_value(count) > MAX_GENERATE) {
		err_set(e, ERR_INVALID, "'count' in the body is %s",
			count ? "out of range or no whole number" : "missing");
		return err_want(e, "a number from 1 to %d", MAX_GENERATE);
	}
	g->count = (uint32_t)json_integer_value(count);
	if (!api_json_text(o, "mebx_password", &password, e) || !api_json_text(o, "for", &use, e))
		return false;
	if (use && !str_eq(use, "usb")) {
		err_set(e, ERR_INVALID, "'for' in the body is '%.40s'", use);
		return err_want(e, "usb");
	}
	g->source = use ? "usb" : "generated";
	const json_t *group = json_object_get(o, "group");
	if (group && !json_is_boolean(group))
		return err_set(e, ERR_INVALID, "'group' in the body is neither true nor false");
	g->group = json_is_true(group);
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
	json_t *o = api_json_read(buf_span(&r->body), "count mebx_password group for", &e);
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
