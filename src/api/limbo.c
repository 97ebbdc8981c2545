/* What is to be expected of a PC's hellos, and the list of PCs that can be heard no more although
 * they were never configured. Reads rows; talks to nobody. */
#include "api/api_priv.h"
#include "engine/hello_life.h"

#define HEARD_MAX 9    /* that the store keeps */
#define LOOK_MAX  1000 /* PCs looked at for one page */

static bool in_setup(const struct store_device *d)
{
	if (d->last_hello_unix_ms == 0) /* it was imported as somebody else's */
		return false;
	return (!str_eq(d->state, "configured") && !str_eq(d->state, "adopted")) ||
		d->last_hello_unix_ms > d->configured_unix_ms;
}

static void life_of(struct api_req *r, struct arena *a, const struct store_device *d,
		    struct engine_hello_life *out_l)
{
	struct store_hello_past past[HEARD_MAX];
	struct engine_hello_heard heard[HEARD_MAX];
	unsigned n = store_hello_list(r->api->conf.store, a, d->uuid, HEARD_MAX, past);

	for (unsigned i = 0; i < n; i++)
		heard[i] = (struct engine_hello_heard){ past[i].at_unix_ms, past[i].retry_count,
							past[i].address };
	struct engine_hello_known k = {
		.rows = heard,
		.count = n,
		.first_seen_unix_ms = d->first_seen_unix_ms,
		.configured_unix_ms = d->configured_unix_ms,
		.in_setup = in_setup(d),
	};
	engine_hello_life(&k, r->now_unix_ms, out_l);
}

static const char *reason_of(const struct engine_hello_life *l, int64_t now)
{
	if (l->moved)
		return "its address changed, and it was not heard from the new one as it should";
	if (now > l->end_unix_ms)
		return l->is_first ? "its day of hellos is over" : "its 6 hours of hellos are over";
	return "hellos that were due did not come";
}

static void write_life(struct api_json *j, const struct engine_hello_life *l, int64_t now)
{
	api_json_time(j, "hello_began", l->began_unix_ms);
	api_json_time(j, "next_hello", l->next_unix_ms);
	api_json_time(j, "hello_end", l->end_unix_ms);
	api_json_int(j, "hellos_missed", l->missed);
	api_json_bool(j, "limbo", l->in_limbo);
	api_json_str(j, "limbo_rule", l->rule);
	api_json_str(j, "limbo_reason", l->in_limbo ? reason_of(l, now) : NULL);
}

void api_hello_life_json(struct api_req *r, const struct store_device *d)
{
	struct engine_hello_life l;

	if (!in_setup(d))
		return;
	life_of(r, &r->arena, d, &l);
	write_life(&r->json, &l, r->now_unix_ms);
}

static void write_pc(struct api_req *r, const struct store_device *d,
		     const struct engine_hello_life *l)
{
	struct api_json *j = &r->json;

	api_json_begin(j, NULL, '{');
	api_json_str(j, "uuid", d->uuid);
	api_json_str(j, "fqdn", d->fqdn);
	api_json_str(j, "state", d->state);
	api_json_str(j, "address", d->address);
	api_json_time(j, "last_hello", d->last_hello_unix_ms);
	write_life(j, l, r->now_unix_ms);
	api_json_str(j, "health", d->health);
	api_json_str(j, "health_rule", d->health_rule);
	api_json_end(j, '}');
}

void api_limbo_list(struct api_req *r)
{
	struct store_device_query q = { .limit = LOOK_MAX };
	struct api_page page;
	struct err e = { 0 };

	if (!api_query_page(r, &page, &e)) {
		api_fail(r, &e);
		return;
	}
	q.after_uuid = page.after;
	struct store_device *rows = ARENA_ARRAY(&r->arena, struct store_device, q.limit);
	unsigned n = rows ? store_device_list(r->api->conf.store, &r->arena, &q, rows) : 0;
	unsigned i = 0, found = 0;
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (; i < n && found < page.limit; i++) {
		struct engine_hello_life l;
		if (!in_setup(&rows[i]))
			continue;
		arena_reset(&r->scratch);
		life_of(r, &r->scratch, &rows[i], &l);
		if (!l.in_limbo)
			continue;
		write_pc(r, &rows[i], &l);
		found++;
	}
	bool more = i < n || n == q.limit;
	api_list_end(r, more && i ? rows[i - 1].uuid : NULL);
}
