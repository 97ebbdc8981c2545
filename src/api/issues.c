/* What is known of the firmware of a device: the rows of engine/issues.h that fit its version. Reads
 * only. */
#include "api/api_priv.h"
#include "engine/issues.h"
#include "engine/vulnerable.h"

/* Security advisories, as further issues of the PC. */
static void put_advisories(struct api_req *r, const struct store_device *d)
{
	struct api_json *j = &r->json;
	const struct engine_advisory *a;
	struct store_asset_head h;
	bool read = store_asset_head_get(r->api->conf.store, &r->arena, d->uuid, &h);

	for (unsigned n = 0; (a = engine_vulnerable_at(n)); n++) {
		enum engine_vulnerable is =
			engine_vulnerable_is(a, d->version, read ? h.build : "");
		char source[2] = { "CDPG"[a->src], '\0' };
		if (is == ENGINE_VULNERABLE_NO)
			continue;
		api_json_begin(j, NULL, '{');
		api_json_str(j, "id", a->id);
		api_json_str(j, "concerns", engine_issues_scope_name(ENGINE_ISSUE_FIRMWARE));
		api_json_str(j, "releases", a->lines);
		api_json_str(j, "rule", "");
		api_json_str(j, "source", source);
		api_json_str(j, "text",
			     arena_fmt(&r->arena, "%s (%s): %s", a->severity, a->cves, a->text));
		api_json_str(
			j, "todo",
			is == ENGINE_VULNERABLE_YES
				? "update the firmware"
				: "the build number decides: 'outband inventory read' asks for it");
		api_json_end(j, '}');
	}
}

void api_device_issues(struct api_req *r)
{
	const struct engine_issue *i;
	struct api_json *j = &r->json;
	struct store_device d;
	struct err e = { 0 };

	if (!api_device_find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	api_json_begin(j, NULL, '{');
	api_json_str(j, "uuid", d.uuid);
	api_json_str(j, "fqdn", d.fqdn);
	api_json_str(j, "version", d.version);
	api_json_begin(j, "issues", '[');
	for (unsigned n = 0; (i = engine_issues_at(n)); n++) {
		char source[2] = { "CDPG"[i->src], '\0' };
		if (!i->releases[0] || !engine_issues_fits(i, d.version))
			continue;
		api_json_begin(j, NULL, '{');
		api_json_str(j, "id", i->id);
		api_json_str(j, "concerns", engine_issues_scope_name(i->scope));
		api_json_str(j, "releases", i->releases);
		api_json_str(j, "rule", i->rule);
		api_json_str(j, "source", source);
		api_json_str(j, "text", i->text);
		api_json_str(j, "todo", i->todo);
		api_json_end(j, '}');
	}
	put_advisories(r, &d);
	api_json_end(j, ']');
	api_json_end(j, '}');
	api_ok(r);
}
