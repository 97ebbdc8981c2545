/* Key pairs of the service with their secrets: making and showing them, for sticks and sheets. What
 * the service sent is wiped from the JSON as soon as it is copied. Never prints. */
#include "cli/key_pairs.h"
#include "api/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/rpc.h"
#include "wire/psk.h"

#define BATCH    1000 /* the service shows so many at once */
#define PIDS_MAX 100000

void cli_key_pairs_wipe(struct cli_key_pairs *k)
{
	if (k->pairs)
		mem_wipe(k->pairs, k->count * sizeof *k->pairs);
	mem_free(k->pairs);
	*k = (struct cli_key_pairs){ 0 };
}

static const char *text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}

static bool take_pair(const json_t *row, struct cli_key_pair *out_p, struct err *e)
{
	if (!wire_psk_parse_pid(span_str(text_of(row, "pid")), out_p->pid, e) ||
	    !wire_psk_parse_pps(span_str(text_of(row, "pps")), out_p->pps, e))
		return err_wrap(e, "a key of the service");
	out_p->group = str_eq(text_of(row, "state"), "group");
	out_p->was_on_stick = str_eq(text_of(row, "source"), "usb");
	return str_copy(out_p->password, sizeof out_p->password,
			span_str(text_of(row, "mebx_password"))) ||
		err_set(e, ERR_LIMIT, "the MEBx password of key %s is too long", out_p->pid);
}

static bool get_batch(struct cli *c, const char *use, const char *const *pids, unsigned count,
		      struct cli_key_pair *out_pairs, struct err *e)
{
	json_t *list = json_array(), *doc = NULL, *row;
	size_t i;

	for (unsigned n = 0; n < count; n++)
		json_array_append_new(list, json_string(pids[n]));
	if (!cli_rpc_send(c, "POST", "/v1/keys/reveal",
			  json_pack("{s:s, s:o}", "for", use, "pids", list), &doc, e))
		return false;
	const json_t *items = json_object_get(doc, "items");
	bool ok = json_array_size(items) == count ||
		err_set(e, ERR_MALFORMED, "the service showed other keys than it was asked for");
	json_array_foreach(items, i, row)
	{
		ok = ok && take_pair(row, &out_pairs[i], e);
	}
	api_json_drop(doc);
	return ok;
}

bool cli_key_pairs_get(struct cli *c, const char *use, const char *const *pids, unsigned count,
		       struct cli_key_pairs *out_k, struct err *e)
{
	bool ok = true;

	out_k->count = count;
	out_k->pairs = mem_new(count * sizeof *out_k->pairs);
	for (unsigned at = 0, n; ok && at < count; at += n) {
		n = count - at < BATCH ? count - at : BATCH;
		ok = get_batch(c, use, pids + at, n, out_k->pairs + at, e);
	}
	if (!ok)
		cli_key_pairs_wipe(out_k);
	return ok;
}

bool cli_key_pids(struct cli *c, const char *state, const char *const **out_pids,
		  unsigned *out_count, struct err *e)
{
	const char **pids = ARENA_ARRAY(&c->arena, const char *, PIDS_MAX), *after = NULL;
	unsigned count = 0;
	bool more = true;

	while (pids && more) {
		json_t *doc, *row;
		size_t i;
		if (!cli_rpc_get(c,
				 cli_rpc_target(&c->arena, "/v1/keys?state=%&limit=%&after=%",
						state, "1000", after),
				 &doc, e))
			return false;
		json_array_foreach(json_object_get(doc, "items"), i, row)
		{
			if (count < PIDS_MAX)
				pids[count++] = arena_str(&c->arena, span_str(text_of(row, "pid")));
		}
		const char *next = json_string_value(json_object_get(doc, "next"));
		after = next ? arena_str(&c->arena, span_str(next)) : NULL;
		more = after && count < PIDS_MAX;
		json_decref(doc);
	}
	*out_pids = pids;
	*out_count = count;
	return pids || err_set(e, ERR_LIMIT, "the list of keys is too long");
}

bool cli_key_make(struct cli *c, const struct cli_key_wish *w, const char *const **out_pids,
		  struct err *e)
{
	const char **pids = ARENA_ARRAY(&c->arena, const char *, w->count);
	struct secret password = SECRET_NONE;
	json_t *doc = NULL, *pid;
	size_t i;

	if (!pids)
		return err_set(e, ERR_LIMIT, "the list of keys is too long");
	if (w->password_file && !cli_input_password_file(w->password_file, &password, e))
		return false;
	struct span pw = secret_reveal(&password);
	json_t *body = json_pack("{s:i, s:b}", "count", (int)w->count, "group", w->group);
	(void)json_object_set_new(body, "mebx_password",
				  w->password_file ? json_stringn((const char *)pw.p, pw.n)
						   : json_string("random"));
	if (w->use)
		(void)json_object_set_new(body, "for", json_string(w->use));
	bool ok = cli_rpc_send(c, "POST", "/v1/keys/generate", body, &doc, e);
	secret_deinit(&password);
	if (!ok)
		return false;
	const json_t *list = json_object_get(doc, "pids");
	ok = json_array_size(list) == w->count ||
		err_set(e, ERR_MALFORMED,
			"the service made another number of keys than it was asked for");
	json_array_foreach(list, i, pid)
	{
		if (ok)
			pids[i] = arena_str(&c->arena, span_str(json_string_value(pid)));
	}
	json_decref(doc);
	*out_pids = pids;
	return ok;
}
