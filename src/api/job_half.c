/* Starts of PCs that were told half and are being taken back (engine/half.h), as rows among the jobs: kind
 * boot_clear, "b-" and the UUID. They are no jobs: nobody cancels or retries them here. For job.c. */
#include "api/api_priv.h"
#include "engine/half.h"
#include "store/store_operate.h"

#define HEAD "b-" /* before all jobs, whose ids begin with j */

bool api_job_half_is(const char *id)
{
	return id && strncmp(id, HEAD, sizeof HEAD - 1) == 0;
}

static void write_row(struct api_req *r, const struct store_boot_half *h)
{
	struct engine_job_waits w = engine_half_waits(h, &r->arena);
	struct api_json *o = &r->json;
	struct store_device d;
	bool known = store_device_get(r->api->conf.store, &r->arena, h->uuid, &d);

	api_json_begin(o, NULL, '{');
	api_json_str(o, "id", arena_fmt(&r->arena, HEAD "%s", h->uuid));
	api_json_str(o, "uuid", h->uuid);
	api_json_str(o, "fqdn", known ? d.fqdn : "");
	api_json_str(o, "kind", "boot_clear");
	api_json_str(o, "state", "delayed");
	api_json_str(o, "stage", arena_fmt(&r->arena, "%s of %s", h->what, h->actor));
	api_json_int(o, "attempt", h->tries);
	api_json_str(o, "waits_for", w.text);
	api_json_str(o, "waits_kind", w.kind);
	api_json_time(o, "not_before", h->next_unix_ms);
	api_json_int(o, "priority", 0);
	api_json_begin(o, "error", '{');
	api_json_str(o, "msg", h->note);
	api_json_end(o, '}');
	api_json_time(o, "created", h->since_unix_ms);
	api_json_time(o, "changed", h->since_unix_ms);
	api_json_end(o, '}');
}

unsigned api_job_half_list(struct api_req *r, const char *state, const char *uuid,
			   const char *after, unsigned limit, const char **out_last)
{
	bool wanted = !state || !state[0] || str_eq(state, "delayed");
	const char *from = after ? after : "";

	if (!wanted || (from[0] && !api_job_half_is(from)))
		return 0;
	struct store_boot_half *rows = ARENA_ARRAY(&r->arena, struct store_boot_half, limit);
	unsigned n = !rows ? 0
			   : store_boot_half_left(r->api->conf.store, &r->arena,
						  from[0] ? from + sizeof HEAD - 1 : "",
						  uuid ? uuid : "", limit, rows);
	for (unsigned i = 0; i < n; i++)
		write_row(r, &rows[i]);
	if (n)
		*out_last = arena_fmt(&r->arena, HEAD "%s", rows[n - 1].uuid);
	return n;
}

bool api_job_half_get(struct api_req *r)
{
	struct store_boot_half h;

	if (!store_boot_half_get(r->api->conf.store, &r->arena, r->name + sizeof HEAD - 1, &h) ||
	    !h.note[0])
		return false;
	write_row(r, &h);
	return true;
}
