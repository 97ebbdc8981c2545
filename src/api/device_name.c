/* The name of a device: why it has it, given by hand, told by a program on the PC. Changes rows
 * only; the device hears of it with its next configuration. */
#include "api/import.h"
#include "engine/name.h"
#include "pki/preflight.h"

/* Refusals for want of a good name: tried again when one came. */
#define NAME_RULES "D076 D046 D050 D075 D077 D078"

/* ---- why ---- */

static void write_step(struct api_req *r, unsigned place, const struct engine_name_step *s)
{
	struct api_json *j = &r->json;

	api_json_begin(j, NULL, '{');
	api_json_int(j, "step", place);
	api_json_str(j, "source", engine_name_source_text(s->source));
	api_json_str(j, "verdict", engine_name_verdict_text(s->verdict));
	api_json_bool(j, "won", s->won);
	api_json_str(j, "fqdn", s->fqdn);
	api_json_str(j, "profile", s->profile);
	api_json_str(j, "ou", s->ou);
	api_json_str(j, "detail", s->detail);
	api_json_str(j, "rule", s->rule);
	api_json_time(j, "at", s->at_unix_ms);
	api_json_end(j, '}');
}

void api_device_name_why(struct api_req *r)
{
	struct engine_name *n = ARENA_NEW(&r->arena, struct engine_name);
	struct api_json *j = &r->json;
	struct store_device d;
	struct err e = { 0 }, why = { 0 };

	if (!n || !api_device_find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	bool found = engine_name_walk(r->api->conf.engine, &d, 0, false, n, &why) == NAME_FOUND;
	api_json_begin(j, NULL, '{');
	api_json_str(j, "uuid", d.uuid);
	api_json_str(j, "address", d.address);
	api_json_time(j, "last_hello", d.last_hello_unix_ms);
	api_json_str(j, "fqdn", d.fqdn);
	api_json_str(j, "source", d.name_source);
	api_json_str(j, "next_fqdn", found ? n->fqdn : NULL);
	api_json_str(j, "next_source", found ? n->source : NULL);
	api_json_bool(j, "unverified", str_eq(found ? n->source : d.name_source, "dns"));
	api_json_begin(j, "steps", '[');
	for (unsigned i = 0; i < n->count; i++)
		write_step(r, i + 1, &n->steps[i]);
	api_json_end(j, ']');
	if (!found)
		api_json_err(j, "error", &why);
	api_json_end(j, '}');
	api_ok(r);
}

/* ---- given ---- */

struct given {
	const char *uuid, *fqdn;
	struct api_set set;
	struct api_requeue requeue;
};

static void given_free(void *state)
{
	struct given *g = state;

	api_set_deinit(&g->set);
	mem_free(g);
}

static void answer(struct api_req *r)
{
	struct given *g = r->state;

	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", g->uuid);
	api_json_str(&r->json, "fqdn", g->fqdn);
	api_json_int(&r->json, "requeued", g->requeue.count);
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void stored(struct api_req *r)
{
	struct given *g = r->state;

	api_set_init(&g->set, &r->api->rng);
	(void)api_set_add(&g->set, g->uuid);
	g->requeue = (struct api_requeue){
		.rules = NAME_RULES, .by = API_REQUEUE_UUID, .set = &g->set, .then = answer
	};
	api_requeue_start(r, &g->requeue);
}

static void commit(struct api_req *r, struct store_tx *tx, const char *uuid, const char *fqdn)
{
	struct given *g = MEM_NEW(struct given);

	g->uuid = uuid;
	g->fqdn = fqdn;
	r->state = g;
	r->state_free = given_free;
	api_commit(r, tx, stored);
}

bool api_uuid_find(struct api_req *r, const char *name, const char **out_uuid, struct err *e)
{
	char text[UUID_TEXT_SIZE];
	struct store_device d;
	struct uuid u;

	if (!uuid_parse(span_str(name), &u)) {
		if (!api_device_find(r, &d, e))
			return false;
		*out_uuid = d.uuid;
		return true;
	}
	uuid_print(&u, text);
	if (uuid_is_placeholder(&u)) {
		err_set(e, ERR_INVALID, "the UUID %s is a placeholder that several PCs share",
			text);
		return err_rule(e, "M09");
	}
	*out_uuid = arena_str(&r->arena, span_str(text));
	return true;
}

static bool read_fqdn(struct api_req *r, const json_t *o, const char **out_fqdn, struct err *e)
{
	const char *text = NULL;

	if (!api_json_text(o, "fqdn", &text, e))
		return false;
	if (!text) {
		err_set(e, ERR_INVALID, "'fqdn' in the body is missing");
		err_want(e, "{\"fqdn\":\"pc.example.com\"}");
		return false;
	}
	*out_fqdn = arena_str(&r->arena, span_str(text));
	if (!*out_fqdn) {
		err_set(e, ERR_LIMIT, "the name is too long");
		return false;
	}
	return true;
}

void api_device_name_put(struct api_req *r)
{
	const char *uuid = NULL, *fqdn = NULL;
	struct err e = { 0 };
	json_t *o = api_json_read(buf_span(&r->body), "fqdn", &e);
	bool ok = o && api_uuid_find(r, r->name, &uuid, &e) && read_fqdn(r, o, &fqdn, &e) &&
		(!fqdn[0] || pki_preflight_fqdn(span_str(fqdn), &e));

	if (o)
		api_json_drop(o);
	if (!ok) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx = api_tx(r, "device.name", arena_fmt(&r->arena, "%s %s", uuid, fqdn));
	if (fqdn[0])
		store_tx_name_set(tx,
				  &(struct store_name){ .uuid = uuid,
							.fqdn = fqdn,
							.grp = "",
							.source = "operator",
							.at_unix_ms = r->now_unix_ms });
	else
		store_tx_name_delete(tx, uuid);
	commit(r, tx, uuid, fqdn);
}

/* ---- told by the PC ---- */

static void note_mismatch(struct api_req *r, struct store_tx *tx, const char *uuid,
			  const char *fqdn)
{
	struct store_device d;
	struct err e = { 0 };

	if (!store_device_get(r->api->conf.store, &r->arena, uuid, &d) ||
	    !str_eq(d.state, "configured") || str_eq_nocase(d.fqdn, fqdn))
		return;
	err_set(&e, ERR_CONFLICT, "device %s is configured under another name than its system has",
		uuid);
	err_seen(&e, "%s", fqdn);
	err_want(&e, "%s", d.fqdn);
	err_rule(&e, "D049");
	engine_event(
		r->api->conf.engine, tx, uuid, LOG_EV_NAME_DIFFERS, &e,
		(const struct log_kv[]){ LOG_S("uuid", uuid), { LOG_KIND_END, NULL, NULL, 0 } });
	store_tx_device_text(tx, uuid, STORE_DEVICE_HEALTH, e.msg);
	store_tx_device_text(tx, uuid, STORE_DEVICE_HEALTH_RULE, e.rule);
}

/* "00-1A-..." or "00:1a:..." as it is stored. */
static bool read_mac(struct api_req *r, const json_t *o, const char **out_mac, struct err *e)
{
	const char *text = NULL;
	char mac[18];

	*out_mac = NULL;
	if (!api_json_text(o, "mac", &text, e))
		return false;
	if (!text || engine_mac_parse(span_str(text), mac)) {
		*out_mac = text ? arena_str(&r->arena, span_str(mac)) : NULL;
		return true;
	}
	err_set(e, ERR_INVALID, "'mac' in the body is no MAC address");
	err_seen(e, "%.60s", text);
	return err_want(e, "00:11:22:33:44:55");
}

static bool read_serial(struct api_req *r, const json_t *o, const char **out_serial, struct err *e)
{
	const char *text = NULL;

	*out_serial = NULL;
	if (!api_json_text(o, "serial", &text, e))
		return false;
	if (text && strlen(text) > 64) {
		err_set(e, ERR_INVALID, "'serial' in the body is too long");
		return err_want(e, "at most 64 bytes");
	}
	*out_serial = text && text[0] ? arena_str(&r->arena, span_str(text)) : NULL;
	return true;
}

void api_report_post(struct api_req *r)
{
	const char *mac = NULL, *serial = NULL;
	const char *uuid = NULL, *fqdn = NULL, *text = NULL;
	struct err e = { 0 };
	json_t *o = api_json_read(buf_span(&r->body), "uuid fqdn mac serial", &e);
	bool ok = o && api_json_text(o, "uuid", &text, &e) && read_fqdn(r, o, &fqdn, &e) &&
		api_uuid_find(r, text ? text : "", &uuid, &e) &&
		pki_preflight_fqdn(span_str(fqdn), &e) && read_mac(r, o, &mac, &e) &&
		read_serial(r, o, &serial, &e);

	if (o)
		api_json_drop(o);
	if (!ok) {
		api_fail(r, &e);
		return;
	}
	struct store_tx *tx = api_tx(r, "name.report", arena_fmt(&r->arena, "%s %s", uuid, fqdn));
	store_tx_said_set(tx,
			  &(struct store_said){ .uuid = uuid,
						.source = "report",
						.verdict = "said",
						.fqdn = fqdn,
						.profile = "",
						.ou = "",
						.detail = r->actor,
						.rule = "",
						.at_unix_ms = r->now_unix_ms });
	if (mac)
		store_tx_mark_set(tx, uuid, "mac", mac, r->now_unix_ms);
	if (serial)
		store_tx_mark_set(tx, uuid, "serial", serial, r->now_unix_ms);
	note_mismatch(r, tx, uuid, fqdn);
	commit(r, tx, uuid, fqdn);
}
