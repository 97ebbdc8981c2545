/* Compares what a PC told with what is stored of it, see asset.h. Called when an operation ends, with its
 * transaction. Sends nothing and decides nothing about the PC. */
#include "engine/asset.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/out.h"
#include "base/str.h"
#include "store/store.h"
#include <jansson.h>

#define PARTS_MAX   2100
#define ARENA_BYTES ((size_t)16 * 1024 * 1024)

struct part {
	const char *kind, *item;
	const json_t *row; /* borrowed */
	const char *text;  /* of its fields alone */
	bool same;         /* is stored with this text */
};
struct take {
	struct store *s;
	struct store_tx *tx;
	struct arena a;
	const char *uuid;
	int64_t now_unix_ms;
	json_t *rows;
	struct part *parts;
	unsigned count;
	struct store_asset *old;
	unsigned old_count;
	struct store_asset_head head;
	bool first, changed;
};

bool engine_asset_is_volatile(const char *kind, const char *field)
{
	static const char *const rows[][2] = {
		{ "battery", "status" },     { "battery", "full_capacity" },
		{ "sensor", "state" },       { "network", "link_up" },
		{ "network", "speed_mbps" }, { "processor", "clock_mhz" },
		{ "setup", "power_source" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_eq(kind, rows[i][0]) && str_eq(field, rows[i][1]))
			return true;
	return false;
}

static const char *text_of(const json_t *row, const char *key)
{
	const char *t = json_string_value(json_object_get(row, key));

	return t ? t : "";
}

/* Its fields as one text, in the order in which the PC was asked. */
static const char *content_of(struct take *t, const json_t *row)
{
	json_t *own = json_copy((json_t *)row);

	json_object_del(own, "table");
	json_object_del(own, "item");
	char *text = json_dumps(own, JSON_COMPACT);
	const char *kept = text ? arena_str(&t->a, span_str(text)) : NULL;
	mem_free(text);
	json_decref(own);
	return kept;
}

/* The same but for what moves by itself. */
static bool same_hardware(const char *kind, const char *was, const char *now)
{
	json_t *both[2] = { json_loads(was, 0, NULL), json_loads(now, 0, NULL) };
	const char *key;
	json_t *v;
	void *next;

	for (int i = 0; i < 2; i++) {
		json_object_foreach_safe(both[i], next, key, v)
		{
			if (engine_asset_is_volatile(kind, key))
				json_object_del(both[i], key);
		}
	}
	bool same = json_equal(both[0], both[1]);
	json_decref(both[0]);
	json_decref(both[1]);
	return same;
}

/* ---- what was told ---- */

static bool read_rows(struct take *t, struct span rows, struct err *e)
{
	struct buf b;
	json_error_t why;
	const json_t *row;
	size_t i;

	buf_init(&b, LIMIT_OP_BYTES + 2);
	(void)(buf_add(&b, span_str("[")) && buf_add(&b, rows) && buf_add(&b, span_str("]")));
	t->rows = b.bad ? NULL : json_loadb((const char *)b.p, b.n, 0, &why);
	buf_deinit(&b);
	if (!json_is_array(t->rows))
		return err_set(e, ERR_INTERNAL, "the rows of an inventory cannot be read");
	if (json_array_size(t->rows) > PARTS_MAX)
		return err_set(e, ERR_LIMIT, "an inventory has more than %d parts", PARTS_MAX);
	t->parts = ARENA_ARRAY(&t->a, struct part, json_array_size(t->rows) + 1);
	t->old = ARENA_ARRAY(&t->a, struct store_asset, PARTS_MAX);
	if (!t->parts || !t->old)
		return err_set(e, ERR_LIMIT, "the inventory is too large");
	json_array_foreach(t->rows, i, row)
	{
		struct part *p = &t->parts[t->count++];
		*p = (struct part){ .kind = text_of(row, "table"),
				    .item = text_of(row, "item"),
				    .row = row };
		p->text = content_of(t, row);
		if (!p->text)
			return err_set(e, ERR_LIMIT, "the inventory is too large");
	}
	return true;
}

/* Of kind "unread", the item is the kind that is not complete. */
static bool is_unread(const struct take *t, const char *kind)
{
	for (unsigned i = 0; i < t->count; i++)
		if (str_eq(t->parts[i].kind, "unread") && str_eq(t->parts[i].item, kind))
			return true;
	return false;
}

static struct part *part_of(struct take *t, const char *kind, const char *item)
{
	for (unsigned i = 0; i < t->count; i++)
		if (str_eq(t->parts[i].kind, kind) && str_eq(t->parts[i].item, item))
			return &t->parts[i];
	return NULL;
}

/* ---- differences ---- */

static void note(struct take *t, const char *kind, const char *item, const char *was,
		 const char *now)
{
	const struct store_asset_change c = { .uuid = t->uuid,
					      .at_unix_ms = t->now_unix_ms,
					      .kind = kind,
					      .item = item,
					      .was = was,
					      .content = now };

	if (!t->first)
		store_tx_asset_change(t->tx, &c);
	t->changed = true;
}

static void compare_old(struct take *t)
{
	for (unsigned i = 0; i < t->old_count; i++) {
		const struct store_asset *o = &t->old[i];
		struct part *p = part_of(t, o->kind, o->item);
		if (p && str_eq(p->text, o->content)) {
			p->same = true;
		} else if (p && !is_unread(t, o->kind) &&
			   !same_hardware(o->kind, o->content, p->text)) {
			note(t, o->kind, o->item, o->content, p->text);
		} else if (!p && !is_unread(t, o->kind)) {
			note(t, o->kind, o->item, o->content, "");
			store_tx_asset_drop(t->tx, t->uuid, o->kind, o->item);
		}
	}
}

static bool was_there(const struct take *t, const struct part *p)
{
	for (unsigned i = 0; i < t->old_count; i++)
		if (str_eq(t->old[i].kind, p->kind) && str_eq(t->old[i].item, p->item))
			return true;
	return false;
}

static void put_new(struct take *t)
{
	for (unsigned i = 0; i < t->count; i++) {
		const struct part *p = &t->parts[i];
		if (p->same || str_eq(p->kind, "unread") || is_unread(t, p->kind))
			continue;
		store_tx_asset_put(t->tx,
				   &(struct store_asset){ .uuid = t->uuid,
							  .kind = p->kind,
							  .item = p->item,
							  .content = p->text,
							  .since_unix_ms = t->now_unix_ms });
		if (!was_there(t, p))
			note(t, p->kind, p->item, "", p->text);
	}
}

/* ---- the line of the PC ---- */

static int64_t number_of(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

static const char *kept(struct take *t, const json_t *row, const char *key)
{
	return arena_str(&t->a, span_str(text_of(row, key)));
}

static void add_to_head(struct take *t, const char *kind, const char *item, const json_t *row)
{
	struct store_asset_head *h = &t->head;

	if (str_eq(kind, "system")) {
		h->maker = kept(t, row, "manufacturer");
		h->model = kept(t, row, "model");
		h->serial = kept(t, row, "serial");
		h->chassis = kept(t, row, "chassis");
	} else if (str_eq(kind, "bios")) {
		h->bios = kept(t, row, "version");
		h->bios_date = kept(t, row, "released");
	} else if (str_eq(kind, "processor")) {
		h->cpu = h->cpu_count++ ? h->cpu : kept(t, row, "model");
	} else if (str_eq(kind, "memory")) {
		h->memory_mb += number_of(row, "size_mb");
		h->memory_count++;
	} else if (str_eq(kind, "media")) {
		h->media_mb += number_of(row, "size_mb");
	} else if (str_eq(kind, "software") && str_eq(item, "Build Number")) {
		h->build = kept(t, row, "version");
	} else if (str_eq(kind, "setup")) {
		h->mode = kept(t, row, "mode");
		h->dhcp_suffix = kept(t, row, "dhcp_suffix");
	} else if (str_eq(kind, "network") && str_eq(item, "0")) {
		h->me_ip = kept(t, row, "ip");
	} else if (str_eq(kind, "host_network")) {
		h->os_ip = kept(t, row, "ip");
	}
}

static const char *unread_kinds(struct take *t)
{
	const char *all = "";

	for (unsigned i = 0; i < t->count; i++)
		if (str_eq(t->parts[i].kind, "unread"))
			all = arena_fmt(&t->a, "%s%s%s", all, *all ? " " : "", t->parts[i].item);
	return all;
}

static void make_head(struct take *t)
{
	struct store_asset_head *h = &t->head;
	const char **texts[] = { &h->maker, &h->model,       &h->serial, &h->chassis,
				 &h->bios,  &h->bios_date,   &h->cpu,    &h->build,
				 &h->mode,  &h->dhcp_suffix, &h->me_ip,  &h->os_ip };
	int64_t changed = h->changed_unix_ms;

	*h = (struct store_asset_head){ .uuid = t->uuid, .read_unix_ms = t->now_unix_ms };
	h->changed_unix_ms = t->changed || !changed ? t->now_unix_ms : changed;
	h->unread = unread_kinds(t);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = "";
	for (unsigned i = 0; i < t->count; i++)
		if (!is_unread(t, t->parts[i].kind))
			add_to_head(t, t->parts[i].kind, t->parts[i].item, t->parts[i].row);
	for (unsigned i = 0; i < t->old_count; i++) {
		json_t *row = is_unread(t, t->old[i].kind) ? json_loads(t->old[i].content, 0, NULL)
							   : NULL;
		if (row)
			add_to_head(t, t->old[i].kind, t->old[i].item, row);
		json_decref(row);
	}
	store_tx_asset_head(t->tx, h);
}

bool engine_asset_take(struct store *s, struct store_tx *tx, const char *uuid, struct span rows,
		       int64_t now_unix_ms, struct err *e)
{
	struct take t = { .s = s, .tx = tx, .uuid = uuid, .now_unix_ms = now_unix_ms };

	arena_init(&t.a, ARENA_BYTES);
	bool ok = read_rows(&t, rows, e);
	if (ok) {
		t.first = !store_asset_head_get(s, &t.a, uuid, &t.head);
		t.old_count = store_asset_list(s, &t.a, uuid, PARTS_MAX, t.old);
		compare_old(&t);
		put_new(&t);
		make_head(&t);
	}
	json_decref(t.rows);
	arena_deinit(&t.a);
	return ok;
}
