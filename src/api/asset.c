/* Hardware and software of PCs: lists, conditions, parts, changes, and what advisories say of the
 * firmware. Reads rows that operations have left; talks to no device. */
#include "api/api_priv.h"
#include "amt/hw.h"
#include "base/where.h"
#include "engine/vulnerable.h"
#include <inttypes.h>

#define LOOK_MAX  4000 /* PCs looked at for one page */
#define PARTS_MAX 2100
#define DAY_MS    86400000
#define GB        1000 /* MB of media */

/* ---- one PC in a line ---- */

/* X(column of conditions, type, value) */
#define COLS(X)                                                                        \
	X("name", WHERE_TEXT, p->fqdn)                                                 \
	X("uuid", WHERE_TEXT, p->uuid)                                                 \
	X("state", WHERE_TEXT, p->state)                                               \
	X("address", WHERE_TEXT, p->address)                                           \
	X("profile", WHERE_TEXT, p->profile)                                           \
	X("rule", WHERE_TEXT, p->health_rule)                                          \
	X("version", WHERE_VERSION, p->version)                                        \
	X("generation", WHERE_NUMBER, first_number(r, p->version))                     \
	X("build", WHERE_NUMBER, p->head.build)                                        \
	X("maker", WHERE_TEXT, p->head.maker)                                          \
	X("model", WHERE_TEXT, p->head.model)                                          \
	X("serial", WHERE_TEXT, p->head.serial)                                        \
	X("chassis", WHERE_TEXT, p->head.chassis)                                      \
	X("bios", WHERE_TEXT, p->head.bios)                                            \
	X("bios_date", WHERE_TEXT, p->head.bios_date)                                  \
	X("cpu", WHERE_TEXT, p->head.cpu)                                              \
	X("cpus", WHERE_NUMBER, number(r, p->head.cpu_count, true))                    \
	X("memory_gb", WHERE_NUMBER, number(r, p->head.memory_mb / 1024, was_read(p))) \
	X("memory_mb", WHERE_NUMBER, number(r, p->head.memory_mb, was_read(p)))        \
	X("modules", WHERE_NUMBER, number(r, p->head.memory_count, was_read(p)))       \
	X("disk_gb", WHERE_NUMBER, number(r, p->head.media_mb / GB, was_read(p)))      \
	X("mode", WHERE_TEXT, p->head.mode)                                            \
	X("dhcp_suffix", WHERE_TEXT, p->head.dhcp_suffix)                              \
	X("me_ip", WHERE_TEXT, p->head.me_ip)                                          \
	X("os_ip", WHERE_TEXT, p->head.os_ip)                                          \
	X("read_days", WHERE_NUMBER,                                                   \
	  number(r, (r->now_unix_ms - p->head.read_unix_ms) / DAY_MS, was_read(p)))    \
	X("vulnerable", WHERE_BOOL, is_vulnerable(p) ? "true" : "false")

struct line {
	const struct store_asset_pc *p;
	int64_t now_unix_ms;
	char text[32];
};

static const struct where_col cols[] = {
#define X(name, type, value) { name, type },
	COLS(X)
#undef X
};

static bool was_read(const struct store_asset_pc *p)
{
	return p->head.read_unix_ms > 0;
}

static const char *number(struct line *r, int64_t v, bool known)
{
	struct out o;

	memset(r->text, 0, sizeof r->text);
	out_init(&o, r->text, sizeof r->text - 1);
	if (known)
		out_fmt(&o, "%" PRId64, v);
	return r->text;
}

static const char *first_number(struct line *r, const char *version)
{
	size_t n = strspn(version, "0123456789");

	(void)str_copy(r->text, sizeof r->text, span_make(version, n < 9 ? n : 0));
	return r->text;
}

static bool is_vulnerable(const struct store_asset_pc *p)
{
	const struct engine_advisory *a;

	for (unsigned i = 0; (a = engine_vulnerable_at(i)); i++)
		if (engine_vulnerable_is(a, p->version, p->head.build) == ENGINE_VULNERABLE_YES)
			return true;
	return false;
}

static const char *get(void *ctx, unsigned col)
{
	struct line *r = ctx;
	const struct store_asset_pc *p = r->p;
	unsigned i = 0;

#define X(name, type, value) \
	if (i++ == col)      \
		return value;
	COLS(X)
#undef X
	return "";
}

static void put_text(struct api_json *j, const char *key, const char *v)
{
	api_json_str(j, key, *v ? v : NULL);
}

static void put_advisories(struct api_json *j, const char *version, const char *build)
{
	const struct engine_advisory *a;

	api_json_begin(j, "advisories", '[');
	for (unsigned i = 0; (a = engine_vulnerable_at(i)); i++)
		if (engine_vulnerable_is(a, version, build) == ENGINE_VULNERABLE_YES)
			api_json_str(j, NULL, a->id);
	api_json_end(j, ']');
}

static void put_pc(struct api_req *r, const struct store_asset_pc *p)
{
	struct api_json *j = &r->json;
	const struct store_asset_head *h = &p->head;

	api_json_begin(j, NULL, '{');
	api_json_str(j, "uuid", p->uuid);
	api_json_str(j, "fqdn", p->fqdn);
	api_json_str(j, "state", p->state);
	api_json_str(j, "address", p->address);
	api_json_str(j, "version", p->version);
	api_json_str(j, "profile", p->profile);
	api_json_str(j, "health_rule", p->health_rule);
	api_json_time(j, "configured", p->configured_unix_ms);
	api_json_time(j, "read", h->read_unix_ms);
	api_json_time(j, "changed", h->changed_unix_ms);
	if (was_read(p)) {
		put_text(j, "build", h->build);
		put_text(j, "maker", h->maker);
		put_text(j, "model", h->model);
		put_text(j, "serial", h->serial);
		put_text(j, "chassis", h->chassis);
		put_text(j, "bios", h->bios);
		put_text(j, "bios_date", h->bios_date);
		put_text(j, "cpu", h->cpu);
		api_json_int(j, "cpus", h->cpu_count);
		api_json_int(j, "memory_mb", h->memory_mb);
		api_json_int(j, "modules", h->memory_count);
		api_json_int(j, "disk_gb", h->media_mb / GB);
		put_text(j, "mode", h->mode);
		put_text(j, "dhcp_suffix", h->dhcp_suffix);
		put_text(j, "me_ip", h->me_ip);
		put_text(j, "os_ip", h->os_ip);
		put_text(j, "unread", h->unread);
	}
	put_advisories(j, p->version, h->build);
	api_json_end(j, '}');
}

/* ---- lists over all PCs ---- */

/* One PC of a page; how many rows it gave. */
typedef unsigned row_fn(struct api_req *r, const struct store_asset_pc *p, const void *arg);

/* Pages by the UUID: until the page is full, or enough was looked at. */
static void list(struct api_req *r, row_fn *row, const void *arg)
{
	struct api_page page;
	struct err e = { 0 };
	unsigned written = 0, looked = 0, n;
	const char *last = NULL;
	bool more = true;

	if (!api_query_page(r, &page, &e)) {
		api_fail(r, &e);
		return;
	}
	char *after = arena_alloc(&r->arena, UUID_TEXT_SIZE);
	(void)str_copy(after, UUID_TEXT_SIZE, span_str(page.after ? page.after : ""));
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	while (more && written < page.limit && looked < LOOK_MAX) {
		struct store_asset_pc *rows =
			ARENA_ARRAY(&r->scratch, struct store_asset_pc, API_CHUNK);
		n = rows ? store_asset_pcs(r->api->conf.store, &r->scratch, after, API_CHUNK, rows)
			 : 0;
		more = n == API_CHUNK;
		for (unsigned i = 0; i < n; i++) {
			written += row(r, &rows[i], arg);
			(void)str_copy(after, UUID_TEXT_SIZE, span_str(rows[i].uuid));
			if (written >= page.limit) {
				more |= i + 1 < n;
				break;
			}
		}
		looked += n;
		last = after;
		arena_reset(&r->scratch);
	}
	api_list_end(r, more ? last : NULL);
}

static unsigned fitting(struct api_req *r, const struct store_asset_pc *p, const void *arg)
{
	struct line l = { .p = p, .now_unix_ms = r->now_unix_ms };

	if (!where_fits(arg, get, &l))
		return 0;
	put_pc(r, p);
	return 1;
}

void api_asset_list(struct api_req *r)
{
	const char *text = api_query(r, "where");
	struct err e = { 0 };
	const struct where *w = where_parse(span_str(text ? text : ""), cols,
					    sizeof cols / sizeof *cols, &r->arena, &e);

	if (w)
		list(r, fitting, w);
	else
		api_fail(r, &e);
}

static unsigned vulnerable(struct api_req *r, const struct store_asset_pc *p, const void *arg)
{
	static const char *const sure[] = { "no", "yes", "build not known" };
	const struct engine_advisory *a;
	struct api_json *j = &r->json;
	unsigned n = 0;

	(void)arg;
	for (unsigned i = 0; (a = engine_vulnerable_at(i)); i++) {
		enum engine_vulnerable is = engine_vulnerable_is(a, p->version, p->head.build);
		if (is == ENGINE_VULNERABLE_NO)
			continue;
		api_json_begin(j, NULL, '{');
		api_json_str(j, "uuid", p->uuid);
		api_json_str(j, "fqdn", p->fqdn);
		api_json_str(j, "version", p->version);
		put_text(j, "build", p->head.build);
		api_json_str(j, "vulnerable", sure[is]);
		api_json_str(j, "advisory", a->id);
		api_json_str(j, "severity", a->severity);
		api_json_str(j, "cves", a->cves);
		api_json_str(j, "text", a->text);
		api_json_end(j, '}');
		n++;
	}
	return n;
}

void api_vulnerable_list(struct api_req *r)
{
	list(r, vulnerable, NULL);
}

/* ---- parts ---- */

/* The members of a JSON object in the database go on as they are. */
static void put_fields(struct api_json *j, const char *key, const char *content)
{
	api_json_key(j, key);
	out_str(&j->o, *content ? content : "null");
	j->comma = true;
}

static void put_part(struct api_json *j, const struct store_asset *a)
{
	api_json_str(j, "kind", a->kind);
	api_json_str(j, "item", a->item);
	api_json_time(j, "since", a->since_unix_ms);
	put_fields(j, "fields", a->content);
}

/* The tables of amt/hw.h, and processors of which only the chip told. */
static bool check_kind(const char *kind, struct err *e)
{
	const struct amt_hw_class *c, *d;
	char names[160] = "";
	struct out o;

	out_init(&o, names, sizeof names - 1);
	for (unsigned i = 0, k; (c = amt_hw_class_at(i)); i++) {
		if (str_eq(c->table, kind))
			return true;
		for (k = 0; k < i && (d = amt_hw_class_at(k)) && !str_eq(d->table, c->table); k++)
			;
		if (k == i)
			out_fmt(&o, "%s%s", o.n ? " " : "", c->table);
	}
	err_set(e, ERR_INVALID, "there is no kind of parts '%.32s'", kind);
	return err_hint(e, "one of: %s", names);
}

void api_asset_parts(struct api_req *r)
{
	const char *kind = api_query(r, "kind"), *item = "";
	struct api_page page;
	struct err e = { 0 };
	char uuid[UUID_TEXT_SIZE] = "";

	if (!api_query_page(r, &page, &e) || (kind && !check_kind(kind, &e))) {
		api_fail(r, &e);
		return;
	}
	if (page.after) { /* "UUID ITEM" */
		size_t n = strcspn(page.after, " ");
		(void)str_copy(uuid, sizeof uuid, span_make(page.after, n));
		item = page.after + n + (page.after[n] == ' ');
	}
	struct store_asset *rows = ARENA_ARRAY(&r->arena, struct store_asset, page.limit + 1);
	unsigned n = !rows
		? 0
		: store_asset_of_kind(r->api->conf.store, &r->arena, kind ? kind : "software", uuid,
				      item, page.limit + 1, rows);
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++) {
		struct store_device d;
		bool known = store_device_get(r->api->conf.store, &r->scratch, rows[i].uuid, &d);
		api_json_begin(&r->json, NULL, '{');
		api_json_str(&r->json, "uuid", rows[i].uuid);
		api_json_str(&r->json, "fqdn", known ? d.fqdn : "");
		put_part(&r->json, &rows[i]);
		api_json_end(&r->json, '}');
		arena_reset(&r->scratch);
	}
	const struct store_asset *l = n > page.limit ? &rows[page.limit - 1] : NULL;
	api_list_end(r, l ? arena_fmt(&r->arena, "%s %s", l->uuid, l->item) : NULL);
}

void api_device_assets(struct api_req *r)
{
	struct api_json *j = &r->json;
	struct store_asset_head h = { .unread = "" };
	struct store_device d;
	struct err e = { 0 };

	if (!api_device_find(r, &d, &e)) {
		api_fail(r, &e);
		return;
	}
	if (!store_asset_head_get(r->api->conf.store, &r->arena, d.uuid, &h)) {
		err_set(&e, ERR_NOT_FOUND, "%s was never asked for its hardware",
			d.fqdn[0] ? d.fqdn : d.uuid);
		err_hint(&e, "'outband inventory read %s' asks it", d.fqdn[0] ? d.fqdn : d.uuid);
		api_fail(r, &e);
		return;
	}
	struct store_asset *rows = ARENA_ARRAY(&r->arena, struct store_asset, PARTS_MAX);
	unsigned n =
		rows ? store_asset_list(r->api->conf.store, &r->arena, d.uuid, PARTS_MAX, rows) : 0;
	api_json_begin(j, NULL, '{');
	api_json_str(j, "uuid", d.uuid);
	api_json_str(j, "fqdn", d.fqdn);
	api_json_str(j, "version", d.version);
	api_json_time(j, "read", h.read_unix_ms);
	api_json_time(j, "changed", h.changed_unix_ms);
	put_text(j, "unread", h.unread);
	put_advisories(j, d.version, h.build);
	api_json_begin(j, "parts", '[');
	for (unsigned i = 0; i < n; i++) {
		api_json_begin(j, NULL, '{');
		put_part(j, &rows[i]);
		api_json_end(j, '}');
	}
	api_json_end(j, ']');
	api_json_end(j, '}');
	api_ok(r);
}
