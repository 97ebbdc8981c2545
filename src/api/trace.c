/* Message traces of single PCs (engine/trace.h): switched, told of, given out. Giving keys out is
 * audited before. */
#include "api/api_priv.h"
#include "engine/trace.h"

static void answer(struct api_req *r)
{
	struct engine_trace_state s;
	const struct store_device *d = r->state;

	(void)engine_trace_get(r->api->conf.engine, d->uuid, &s);
	api_json_begin(&r->json, NULL, '{');
	api_json_str(&r->json, "uuid", d->uuid);
	api_json_bool(&r->json, "on", s.is_on);
	api_json_bool(&r->json, "keys", s.keys);
	api_json_time(&r->json, "since", s.since_unix_ms);
	api_json_int(&r->json, "messages", s.messages);
	api_json_int(&r->json, "dropped", s.dropped);
	api_json_int(&r->json, "bytes", (int64_t)s.bytes);
	api_json_end(&r->json, '}');
	api_ok(r);
}

/* Once it is in the audit. */
static void give_keys(struct api_req *r)
{
	const struct store_device *d = r->state;
	struct out o;

	out_init_buf(&o, &r->reply);
	engine_trace_keys(r->api->conf.engine, d->uuid, &o);
	api_send(r, "text/plain");
}

static bool find(struct api_req *r, struct err *e)
{
	struct store_device *d = ARENA_NEW(&r->arena, struct store_device);

	r->state = d;
	return d && api_device_find(r, d, e);
}

void api_trace_get(struct api_req *r)
{
	const char *format = NULL;
	struct engine_trace_state s;
	struct err e = { 0 };
	struct out o;
	bool ok = api_query_word(r, "format", "text pcap keys", &format, &e) && find(r, &e);
	const struct store_device *d = r->state;

	if (ok && format && !engine_trace_get(r->api->conf.engine, d->uuid, &s)) {
		ok = err_set(&e, ERR_NOT_FOUND, "device %s is not traced", d->uuid);
		err_hint(&e, "'outband device trace %s on' begins it", d->uuid);
	}
	if (!ok) {
		api_fail(r, &e);
	} else if (!format) {
		answer(r);
	} else if (str_eq(format, "keys")) {
		api_commit(r, api_tx(r, "device.trace_keys", d->uuid), give_keys);
	} else {
		out_init_buf(&o, &r->reply);
		if (str_eq(format, "pcap"))
			engine_trace_pcap(r->api->conf.engine, d->uuid, &o);
		else
			engine_trace_text(r->api->conf.engine, d->uuid, &o);
		api_send(r, str_eq(format, "pcap") ? "application/vnd.tcpdump.pcap" : "text/plain");
	}
}

static bool read_flag(const json_t *o, const char *key, bool *out_v, struct err *e)
{
	const json_t *v = json_object_get(o, key);

	*out_v = json_is_true(v);
	if (!v || json_is_boolean(v))
		return true;
	err_set(e, ERR_INVALID, "'%s' in the body is no boolean", key);
	return err_want(e, "true or false");
}

void api_trace_put(struct api_req *r)
{
	struct engine *en = r->api->conf.engine;
	struct err e = { 0 };
	bool on = false, keys = false;
	json_t *o = api_json_read(buf_span(&r->body), "on keys", &e);
	bool ok =
		o && read_flag(o, "on", &on, &e) && read_flag(o, "keys", &keys, &e) && find(r, &e);
	const struct store_device *d = r->state;

	if (o)
		api_json_drop(o);
	if (ok && on)
		ok = engine_trace_on(en, d->uuid, d->address, keys, &e);
	if (!ok) {
		api_fail(r, &e);
		return;
	}
	if (!on)
		engine_trace_off(en, d->uuid);
	struct store_tx *tx = api_tx(r, "device.trace",
				     arena_fmt(&r->arena, "%s %s", d->uuid,
					       !on            ? "off"
						       : keys ? "on with keys"
							      : "on"));
	API_EVENT(r, tx, d->uuid, LOG_EV_TRACE, LOG_S("uuid", d->uuid),
		  LOG_S("value",
			!on            ? "off"
				: keys ? "on with keys"
				       : "on"),
		  LOG_S("actor", r->actor));
	api_commit(r, tx, answer);
}
