/* Inventory: PCs out as the view of the database shows them, and rows of other systems in, merged by
 * UUID, MAC address and name. What belongs to two PCs is refused row by row, never guessed. Changes
 * names, groups, marks and profiles of records; talks to no device. */
#include "api/import.h"
#include "engine/inventory.h"

#define HOLDERS_MAX 4

/* ---- out ---- */

static void write_row(struct api_req *r, const struct store_inventory *i)
{
	struct api_json *j = &r->json;

	api_json_begin(j, NULL, '{');
	api_json_str(j, "uuid", i->uuid);
	api_json_str(j, "fqdn", i->fqdn);
	api_json_str(j, "mac", i->mac);
	api_json_str(j, "serial", i->serial);
	api_json_str(j, "group", i->grp);
	api_json_str(j, "profile", i->profile);
	api_json_str(j, "ou", i->ou);
	api_json_str(j, "state", i->state);
	api_json_str(j, "firmware", i->firmware);
	api_json_str(j, "address", i->address);
	api_json_str(j, "name_source", i->name_source);
	api_json_str(j, "health_rule", i->health_rule);
	api_json_time(j, "first_seen", i->first_seen_unix_ms);
	api_json_time(j, "last_hello", i->last_hello_unix_ms);
	api_json_time(j, "configured", i->configured_unix_ms);
	api_json_end(j, '}');
}

void api_inventory_list(struct api_req *r)
{
	struct api_page page;
	struct err e = { 0 };

	if (!api_query_page(r, &page, &e)) {
		api_fail(r, &e);
		return;
	}
	struct store_inventory *rows =
		ARENA_ARRAY(&r->arena, struct store_inventory, page.limit + 1);
	unsigned n = !rows ? 0
			   : store_inventory_list(r->api->conf.store, &r->arena, page.after,
						  page.limit + 1, rows);
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < n && i < page.limit; i++)
		write_row(r, &rows[i]);
	api_list_end(r, n > page.limit ? rows[page.limit - 1].uuid : NULL);
}

/* ---- in: one row ---- */

static unsigned mac_holders(struct api_req *r, const char *mac, const char *out[HOLDERS_MAX])
{
	struct store_mark rows[HOLDERS_MAX];
	unsigned n = !mac[0] ? 0
			     : store_mark_holders(r->api->conf.store, &r->scratch, "mac", mac,
						  HOLDERS_MAX, rows);
	for (unsigned i = 0; i < n; i++)
		out[i] = rows[i].uuid;
	return n;
}

/* Whose row it is, from what is stored. */
static bool merge(struct api_req *r, const struct engine_inventory *i, const char **out_uuid,
		  struct err *e)
{
	struct store *s = r->api->conf.store;
	const char *by_mac[HOLDERS_MAX], *by_name[HOLDERS_MAX];
	struct engine_inventory_match m = { .by_mac = by_mac, .by_name = by_name };
	struct store_mark own;
	struct store_name hand;

	m.mac_count = mac_holders(r, i->mac, by_mac);
	m.name_count = store_name_holders(s, &r->scratch, i->fqdn, "", HOLDERS_MAX, by_name);
	const char *uuid = i->uuid[0] ? i->uuid
		: m.mac_count         ? by_mac[0]
		: m.name_count        ? by_name[0]
				      : "";
	if (store_mark_list(s, &r->scratch, uuid, "mac", 1, &own))
		m.own_mac = own.mark;
	if (store_name_get(s, &r->scratch, uuid, &hand) && str_eq(hand.source, "operator"))
		m.hand_name = hand.fqdn;
	return engine_inventory_merge(i, &m, out_uuid, e);
}

/* One file must not say two things of one PC. */
static bool is_first(struct api_req *r, struct api_set *seen, const char *kind, const char *value,
		     struct err *e)
{
	if (!value[0] || api_set_add(seen, arena_fmt(&r->scratch, "%s:%s", kind, value)))
		return true;
	err_set(e, ERR_CONFLICT, "the %s stands in an earlier line already", kind);
	return err_seen(e, "%s", value);
}

static bool knows_profile(struct api_req *r, const char *name, struct err *e)
{
	struct store_profile p;

	if (!name[0] || str_eq(name, "baseline") ||
	    store_profile_get(r->api->conf.store, &r->scratch, name, &p))
		return true;
	err_set(e, ERR_INVALID, "there is no profile '%s'", name);
	return err_rule(e, "D079");
}

static bool add_name(struct api_req *r, struct store_tx *tx, const char *uuid,
		     const struct engine_inventory *i)
{
	struct store_name old;
	bool known = store_name_get(r->api->conf.store, &r->scratch, uuid, &old);

	if (!i->fqdn[0] || (known && str_eq(old.source, "operator")) ||
	    (known && str_eq(old.fqdn, i->fqdn) && (!i->grp[0] || str_eq(old.grp, i->grp))))
		return false;
	if (tx)
		store_tx_name_set(tx,
				  &(struct store_name){ .uuid = uuid,
							.fqdn = i->fqdn,
							.grp = i->grp[0] ? i->grp
								: known  ? old.grp
									 : "",
							.source = "inventory",
							.at_unix_ms = r->now_unix_ms });
	return true;
}

static bool add_mark(struct api_req *r, struct store_tx *tx, const char *uuid, const char *kind,
		     const char *mark)
{
	struct store_mark own;

	if (!mark[0] ||
	    (store_mark_list(r->api->conf.store, &r->scratch, uuid, kind, 1, &own) &&
	     str_eq(own.mark, mark)))
		return false;
	if (tx)
		store_tx_mark_set(tx, uuid, kind, mark, r->now_unix_ms);
	return true;
}

/* Profile and OU, also of a PC that is still to come: its first job takes them (engine/name.c). */
static bool add_said(struct api_req *r, struct store_tx *tx, const char *uuid,
		     const struct engine_inventory *i)
{
	struct store_said old;
	bool known = store_said_get(r->api->conf.store, &r->scratch, uuid, "inventory", &old);

	if ((!i->profile[0] && !i->ou[0]) ||
	    (known && str_eq(old.profile, i->profile) && str_eq(old.ou, i->ou)))
		return false;
	if (!tx)
		return true;
	store_tx_said_set(tx,
			  &(struct store_said){ .uuid = uuid,
						.source = "inventory",
						.verdict = "said",
						.fqdn = i->fqdn,
						.profile = i->profile,
						.ou = i->ou,
						.detail = "",
						.rule = "",
						.at_unix_ms = r->now_unix_ms });
	if (i->profile[0])
		store_tx_device_text(tx, uuid, STORE_DEVICE_PROFILE, i->profile);
	return true;
}

/* Where the PC was: home domains are checked against it (D122). */
static bool add_suffix(struct api_req *r, struct store_tx *tx, const char *uuid, const char *suffix)
{
	struct store_suffix rows[32];

	if (!suffix[0])
		return false;
	unsigned n = store_suffix_list(r->api->conf.store, &r->scratch, uuid, 32, rows);
	for (unsigned k = 0; k < n; k++)
		if (str_eq_nocase(rows[k].suffix, suffix))
			return false;
	if (tx)
		store_tx_suffix_set(tx, uuid, suffix, "import", r->now_unix_ms);
	return true;
}

static enum api_import_result take(struct api_req *r, const struct engine_csv_row *row,
				   struct store_tx *tx, struct api_set *seen, char id[64],
				   struct err *e)
{
	struct engine_inventory_head *head = r->import_ctx;
	struct engine_inventory i;
	struct store_device d;
	const char *uuid;
	bool is_head;

	if (!engine_inventory_row(row, head, &is_head, &i, e))
		return API_IMPORT_BAD;
	if (is_head)
		return API_IMPORT_HEAD;
	if (!merge(r, &i, &uuid, e) || !is_first(r, seen, "UUID", uuid, e) ||
	    !is_first(r, seen, "MAC address", i.mac, e) || !is_first(r, seen, "name", i.fqdn, e) ||
	    !knows_profile(r, i.profile, e))
		return API_IMPORT_BAD;
	(void)str_copy(id, 64, span_str(uuid));
	bool known = store_device_get(r->api->conf.store, &r->scratch, uuid, &d);
	bool changed = add_name(r, tx, uuid, &i);
	changed |= add_mark(r, tx, uuid, "mac", i.mac);
	changed |= add_mark(r, tx, uuid, "serial", i.serial);
	changed |= add_said(r, tx, uuid, &i);
	changed |= add_suffix(r, tx, uuid, i.suffix);
	return !changed ? API_IMPORT_UNCHANGED : known ? API_IMPORT_CHANGED : API_IMPORT_ADDED;
}

/* ---- in: JSON lines become the CSV that the import reads, line by line ---- */

static void add_field(struct out *o, const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));

	out_str(o, "\"");
	for (; s && *s; s++) {
		if ((unsigned char)*s < 0x20) /* refused as a control byte, in its own line */
			out_u8(o, 0x7f);
		else if (*s == '"')
			out_str(o, "\"\"");
		else
			out_u8(o, (uint8_t)*s);
	}
	out_str(o, "\"");
}

static void add_line(struct out *o, struct span line)
{
	static const char *const keys[] = { "uuid",  "mac",     "serial", "fqdn",
					    "group", "profile", "ou",     "suffix" };
	json_error_t why;
	json_t *row = json_loadb((const char *)line.p, line.n, JSON_REJECT_DUPLICATES, &why);

	if (!json_is_object(row)) {
		out_str(o, "\"no JSON object\"\n");
	} else {
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
			out_str(o, i ? "," : "");
			add_field(o, row, keys[i]);
		}
		out_str(o, "\n");
	}
	json_decref(row);
}

static bool to_csv(struct api_req *r, struct engine_inventory_head *head, struct err *e)
{
	struct span rest = buf_span(&r->body);
	struct buf csv;
	struct out o;

	buf_init(&csv, (size_t)LIMIT_API_BODY_BYTES * 2);
	out_init_buf(&o, &csv);
	head->known = true; /* the columns stand in that order */
	for (int c = 0; c < ENGINE_INVENTORY_COL_COUNT; c++)
		head->at[c] = c;
	while (rest.n) {
		size_t n = span_find(rest, '\n');
		struct span line = span_trim(span_make(rest.p, n));
		if (line.n)
			add_line(&o, line);
		else
			out_str(&o, "\n");
		n += n < rest.n;
		rest = span_make(rest.p + n, rest.n - n);
	}
	if (csv.bad) {
		buf_deinit(&csv);
		return err_set(e, ERR_LIMIT, "the inventory is too large");
	}
	buf_wipe(&r->body);
	r->body = csv;
	return true;
}

void api_inventory_import(struct api_req *r)
{
	static const struct api_import_kind kind = { "inventory", take,
						     "D076 D046 D050 D075 D078 D079",
						     API_REQUEUE_UUID, NULL };
	struct engine_inventory_head *head = ARENA_NEW(&r->arena, struct engine_inventory_head);
	struct err e = { 0 };
	bool preview;

	r->import_ctx = head;
	bool ok = head && api_query_bool(r, "preview", &preview, &e);
	if (ok && span_starts(span_trim(buf_span(&r->body)), "{"))
		ok = to_csv(r, head, &e);
	if (ok)
		api_import_start(r, &kind, preview);
	else
		api_fail(r, &e);
}
