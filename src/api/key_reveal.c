/* Shows chosen key pairs with their secrets, for a stick or a printed sheet. Before one leaves, it
 * is written down who took which. Used by `key usb` and `key sheet`. Never shows a pair that a PC
 * uses for a stick: another PC with it would be refused. */
#include "api/key.h"
#include "wire/psk.h"

#define MAX_REVEAL 1000 /* the store is asked for each, on the loop */

struct reveal {
	unsigned count, done;
	bool for_usb;
	char (*pids)[WIRE_PSK_PID_LEN + 1];
};

static void reveal_free(void *state)
{
	struct reveal *v = state;

	mem_free(v->pids);
	mem_free(v);
}

static bool write_one(struct api_req *r, const char *pid, struct err *e)
{
	struct api_json *j = &r->json;
	struct secret pps, password;
	struct store_psk k;
	char text[40] = "";

	if (!store_psk_get(r->api->conf.store, &r->scratch, pid, &k))
		return err_set(e, ERR_NOT_FOUND, "the key with PID %s is gone", pid);
	if (!api_key_open(r, &k, &pps, &password, e))
		return false;
	if (secret_reveal(&pps).n == WIRE_PSK_PPS_LEN)
		wire_psk_print_pps((const char *)secret_reveal(&pps).p, text);
	api_json_begin(j, NULL, '{');
	api_json_pid(j, "pid", k.pid);
	api_json_str(j, "pps", text);
	api_json_bytes(j, "mebx_password", secret_reveal(&password));
	api_json_str(j, "state", k.state);
	api_json_str(j, "source", k.source);
	api_json_end(j, '}');
	mem_wipe(text, sizeof text);
	secret_deinit(&pps);
	secret_deinit(&password);
	return true;
}

static void reveal_chunk(struct api_req *r)
{
	struct reveal *v = r->state;
	unsigned first = v->done;
	struct err e = { 0 };

	arena_reset(&r->scratch);
	for (; v->done < v->count && v->done - first < API_CHUNK; v->done++) {
		if (!write_one(r, v->pids[v->done], &e)) {
			api_fail(r, &e);
			return;
		}
	}
	if (v->done < v->count) {
		api_later(r, reveal_chunk);
		return;
	}
	api_json_end(&r->json, ']');
	api_json_end(&r->json, '}');
	api_ok(r);
}

static void reveal_begin(struct api_req *r)
{
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	reveal_chunk(r);
}

static bool check_one(struct api_req *r, const struct reveal *v, const char *pid, struct err *e)
{
	struct store_psk k;

	arena_reset(&r->scratch);
	if (!store_psk_get(r->api->conf.store, &r->scratch, pid, &k)) {
		err_set(e, ERR_NOT_FOUND, "no key with PID %s is stored", pid);
		return err_hint(e, "see 'outband key list'");
	}
	if (!v->for_usb || !str_eq(k.state, "used"))
		return true;
	err_set(e, ERR_CONFLICT, "the key with PID %s cannot go onto a stick: a PC uses it", pid);
	err_seen(e, "used by %s", k.used_by);
	err_want(e, "an unused, released or group key");
	err_rule(e, "D044");
	return err_hint(e, "'outband key release %s' when that PC is set up anew", pid);
}

static bool take_pids(struct api_req *r, const json_t *o, struct reveal *v, struct err *e)
{
	const json_t *list = json_object_get(o, "pids");
	struct api_set seen;
	json_t *item;
	size_t i;
	bool ok = true;

	if (!json_array_size(list) || json_array_size(list) > MAX_REVEAL) {
		err_set(e, ERR_INVALID, "'pids' in the body is no list of PIDs");
		return err_want(e, "1 to %d PIDs", MAX_REVEAL);
	}
	v->pids = mem_new(json_array_size(list) * sizeof *v->pids);
	api_set_init(&seen, &r->api->rng);
	json_array_foreach(list, i, item)
	{
		const char *text = json_string_value(item);
		char *pid = v->pids[v->count++];
		if (!text || !wire_psk_parse_pid(span_str(text), pid, e))
			ok = text ? err_wrap(e, "'%.40s'", text)
				  : err_set(e, ERR_INVALID, "a PID in the body is no text");
		else if (!api_set_add(&seen, pid))
			ok = err_set(e, ERR_INVALID, "PID %s is named twice", pid);
		else
			ok = check_one(r, v, pid, e);
		if (!ok)
			break;
	}
	api_set_deinit(&seen);
	return ok;
}

static bool read_body(struct api_req *r, struct reveal *v, struct err *e)
{
	const char *use = NULL;
	json_t *o = api_json_read(buf_span(&r->body), "pids for", e);

	if (!o)
		return false;
	bool ok = api_json_text(o, "for", &use, e);
	if (ok && (!use || !api_word_in("usb sheet", use))) {
		ok = err_set(e, ERR_INVALID, "'for' in the body is %s",
			     use ? "another" : "missing");
		err_want(e, "usb or sheet");
	}
	v->for_usb = ok && str_eq(use, "usb");
	ok = ok && take_pids(r, o, v, e);
	api_json_drop(o);
	return ok;
}

void api_key_reveal(struct api_req *r)
{
	struct reveal *v = MEM_NEW(struct reveal);
	struct err e = { 0 };

	r->state = v;
	r->state_free = reveal_free;
	if (!read_body(r, v, &e)) {
		api_fail(r, &e);
		return;
	}
	const char *use = v->for_usb ? "usb" : "sheet";
	struct store_tx *tx = api_tx(r, "key.reveal",
				     arena_fmt(&r->arena, "%s, %u keys, %s to %s", use, v->count,
					       v->pids[0], v->pids[v->count - 1]));
	API_EVENT(r, tx, "", LOG_EV_REVEAL, LOG_S("kind", "psk"), LOG_S("actor", r->actor));
	api_commit(r, tx, reveal_begin);
}
