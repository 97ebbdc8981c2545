/* Where AMT was seen from outside: rows that `outband discover --store` brings, and the list of them.
 * What they say is a hint: anybody may answer a ping. Nothing of it changes a device. The rows of the
 * service's own discoveries are read here too (cli/serve_discover.c). */
#include "api/api_priv.h"
#include "api/sighting.h"
#include "amt/seen.h"
#include <inttypes.h>

#define ROWS_MAX    1000 /* of one request */
#define CONTENT_MAX 8192 /* bytes of one row */

static const char *text_of(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));

	return s ? s : "";
}

static bool is_state(const char *word)
{
	for (unsigned i = 0; i < AMT_SEEN_STATE_COUNT; i++) {
		if (str_eq(amt_seen_state_name((enum amt_seen_state)i), word))
			return true;
	}
	return false;
}

static bool bad_row(struct err *e, const char *what)
{
	err_set(e, ERR_INVALID, "%s", what);
	return err_want(e, "a row as 'outband discover --json' prints it");
}

/* The same address in one form, whoever writes it. */
static bool is_mac(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		bool digit = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f');
		if (i % 3 == 2 ? s[i] != ':' : !digit)
			return false;
	}
	return n == 0 || n == 17;
}

bool api_sighting_read(const json_t *row, int64_t at_unix_ms, struct arena *a,
		       struct store_sighting *out_s, struct err *e)
{
	const json_t *cert = json_object_get(row, "certificate");
	struct store_sighting *s = out_s;

	*s = (struct store_sighting){ .address = text_of(row, "address"),
				      .state = text_of(row, "state"),
				      .version = text_of(row, "version"),
				      .realm = text_of(row, "realm"),
				      .mac = text_of(row, "mac"),
				      .tls = text_of(json_object_get(row, "tls"), "version"),
				      .leaf = text_of(cert, "sha256"),
				      .owner = text_of(cert, "owner"),
				      .at_unix_ms = at_unix_ms };
	if (!json_is_object(row) || !s->address[0] || strlen(s->address) > 63)
		return bad_row(e, "no address");
	if (!is_state(s->state) || strlen(s->version) > 31)
		return bad_row(e, "no state of a PC");
	if (!is_mac(s->mac) || strlen(s->leaf) > 64 || strlen(s->tls) > 15 || strlen(s->owner) > 31)
		return bad_row(e, "no MAC address, or no certificate");
	char *content = json_dumps(row, JSON_COMPACT | JSON_ENSURE_ASCII);
	bool ok = content && strlen(content) <= CONTENT_MAX;
	s->content = ok ? arena_str(a, span_str(content)) : NULL;
	mem_free(content);
	s->mark = arena_fmt(a, "%s|%s|%s", s->state, s->version, s->leaf);
	return (s->content && s->mark) || bad_row(e, "too large");
}

/* A PC that was put out of reach on purpose is there again: a look at it tells whether it answers us. */
static void look_at_dark(struct api_req *r, struct store_tx *tx, const char *address)
{
	struct store *s = r->api->conf.store;
	struct store_device d;
	struct store_mark m;
	const char *job;

	if (store_device_find(s, &r->arena, address, &d) && str_eq(d.address, address) &&
	    store_mark_list(s, &r->arena, d.uuid, ENGINE_MARK_DARK, 1, &m))
		(void)api_job_queue(r, tx, d.uuid, "check", &job);
}

static bool take_row(struct api_req *r, struct store_tx *tx, const json_t *row, size_t n,
		     struct err *e)
{
	struct store_sighting s;

	if (!api_sighting_read(row, r->now_unix_ms, &r->arena, &s, e))
		return err_wrap(e, "item %zu", n + 1);
	store_tx_sighting_put(tx, &s);
	look_at_dark(r, tx, s.address);
	return true;
}

static void stored(struct api_req *r)
{
	engine_kick(r->api->conf.engine);
	api_json_begin(&r->json, NULL, '{');
	api_json_bool(&r->json, "ok", true);
	api_json_end(&r->json, '}');
	api_ok(r);
}

void api_sighting_post(struct api_req *r)
{
	struct err e = { 0 };
	json_t *body = api_json_read(buf_span(&r->body), "items", &e), *row;
	const json_t *items = json_object_get(body, "items");
	size_t n = json_array_size(items), i;
	struct store_tx *tx = NULL;
	bool ok = body != NULL;

	if (ok && (!json_is_array(items) || n == 0 || n > ROWS_MAX)) {
		ok = err_set(&e, ERR_INVALID, "no list of sightings");
		err_want(&e, "items: a list of 1 to %d rows", ROWS_MAX);
	}
	if (ok)
		tx = api_tx(r, "sighting.store", arena_fmt(&r->arena, "%zu", n));
	json_array_foreach(items, i, row)
	{
		ok = ok && take_row(r, tx, row, i, &e);
	}
	api_json_drop(body);
	if (ok) {
		store_tx_sighting_prune(tx, LIMIT_SIGHTINGS);
		api_commit(r, tx, stored);
		return;
	}
	if (tx)
		store_tx_drop(tx);
	api_fail(r, &e);
}

static void put(struct api_json *j, const struct store_sighting *s)
{
	api_json_begin(j, NULL, '{');
	api_json_str(j, "address", s->address);
	api_json_str(j, "state", s->state);
	api_json_str(j, "version", s->version);
	api_json_str(j, "tls", s->tls);
	api_json_str(j, "realm", s->realm);
	api_json_str(j, "mac", s->mac);
	api_json_str(j, "certificate_owner", s->owner);
	api_json_str(j, "uuid", s->uuid);
	api_json_str(j, "fqdn", s->fqdn);
	api_json_str(j, "known_by", s->known_by);
	api_json_time(j, "first_seen", s->first_unix_ms);
	api_json_time(j, "last_seen", s->at_unix_ms);
	api_json_time(j, "changed", s->changed_unix_ms);
	api_json_key(j, "seen");
	out_str(&j->o, s->content);
	api_json_end(j, '}');
}

struct place { /* where a page begins */
	enum store_sighting_order order;
	int64_t from_unix_ms;
	const char *after; /* an address */
};

/* Lists by time go on at "MILLISECONDS-ADDRESS", that by address at an address. */
static bool read_place(struct api_req *r, const char *next, struct place *out_place, struct err *e)
{
	const char *since = api_query(r, "since");
	bool changed = false;

	*out_place = (struct place){ .after = next ? next : "" };
	if (!api_query_bool(r, "changed", &changed, e) ||
	    (since && !str_to_i64(span_str(since), 0, INT64_MAX, &out_place->from_unix_ms, e)))
		return false;
	if (!since && !changed)
		return true;
	out_place->order = changed ? STORE_SIGHTING_BY_CHANGE : STORE_SIGHTING_BY_SEEN;
	if (!next)
		return true;
	size_t n = strcspn(next, "-");
	if (!next[n] ||
	    !str_to_i64(span_make(next, n), 0, INT64_MAX, &out_place->from_unix_ms, NULL))
		return err_set(e, ERR_INVALID, "after=%s is no place in this list", next);
	out_place->after = next + n + 1;
	return true;
}

static const char *place_of(struct api_req *r, const struct place *p,
			    const struct store_sighting *s)
{
	int64_t ms = p->order == STORE_SIGHTING_BY_SEEN ? s->at_unix_ms : s->changed_unix_ms;

	return p->order == STORE_SIGHTING_BY_ADDRESS
		? s->address
		: arena_fmt(&r->arena, "%" PRId64 "-%s", ms, s->address);
}

void api_sighting_list(struct api_req *r)
{
	struct api_page page;
	struct err e = { 0 };
	struct place place;

	if (!api_query_page(r, &page, &e) || !read_place(r, page.after, &place, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_sighting *rows = ARENA_ARRAY(&r->arena, struct store_sighting, page.limit + 1);
	unsigned n = rows
		? store_sighting_list(r->api->conf.store, &r->arena, place.order,
				      place.from_unix_ms, place.after, page.limit + 1, rows)
		: 0;
	bool more = n > page.limit;

	n = more ? page.limit : n;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n; i++)
		put(&r->json, &rows[i]);
	api_list_end(r, more ? place_of(r, &place, &rows[n - 1]) : NULL);
}

void api_sighting_device(struct api_req *r, const char *uuid)
{
	struct api_json *j = &r->json;
	struct store_sighting s;

	if (!store_sighting_of(r->api->conf.store, &r->arena, uuid, &s))
		return;
	api_json_begin(j, "seen", '{');
	api_json_str(j, "address", s.address);
	api_json_str(j, "state", s.state);
	api_json_str(j, "version", s.version);
	api_json_str(j, "certificate_owner", s.owner);
	api_json_str(j, "known_by", s.known_by);
	api_json_time(j, "first_seen", s.first_unix_ms);
	api_json_time(j, "last_seen", s.at_unix_ms);
	api_json_end(j, '}');
}
