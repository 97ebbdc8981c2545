/* See inventory.h. Called by the API for 'inventory import' and the scheduled one. */
#include "engine/inventory.h"
#include "engine/name.h"
#include "pki/preflight.h"

/* Blank separated; compared without case, blanks, dashes and underscores. */
static const char *const names[ENGINE_INVENTORY_COL_COUNT] = {
	[ENGINE_INVENTORY_uuid] = "uuid smbiosuuid smbiosguid systemuuid guid amtuuid",
	[ENGINE_INVENTORY_mac] = "mac macaddress macaddress0 mac1 ethernetaddress",
	[ENGINE_INVENTORY_serial] = "serial serialnumber servicetag chassisserial",
	[ENGINE_INVENTORY_fqdn] = "fqdn dnsname dnshostname hostfqdn",
	[ENGINE_INVENTORY_grp] = "group grp collection location",
	[ENGINE_INVENTORY_profile] = "profile",
	[ENGINE_INVENTORY_ou] = "ou organizationalunit adou",
	[ENGINE_INVENTORY_suffix] = "suffix dnssuffix connectionsuffix dhcpsuffix",
};

static bool name_fits(struct span text, const char *words)
{
	char squeezed[40];
	size_t n = 0;
	for (size_t i = 0; i < text.n && n < sizeof squeezed - 1; i++)
		if (text.p[i] != ' ' && text.p[i] != '-' && text.p[i] != '_')
			squeezed[n++] = (char)text.p[i];
	struct span rest = span_str(words), word = span_make(squeezed, n);
	while (n && rest.n) {
		size_t end = span_find(rest, ' ');
		if (span_eq_nocase(span_make(rest.p, end), word))
			return true;
		end += end < rest.n;
		rest = span_make(rest.p + end, rest.n - end);
	}
	return false;
}

static bool read_head(const struct engine_csv_row *row, struct engine_inventory_head *h,
		      struct err *e)
{
	h->known = true;
	for (unsigned c = 0; c < ENGINE_INVENTORY_COL_COUNT; c++) {
		h->at[c] = -1;
		for (unsigned i = 0; i < row->count && h->at[c] < 0; i++)
			if (name_fits(row->f[i], names[c]))
				h->at[c] = (int)i;
	}
	if (h->at[ENGINE_INVENTORY_uuid] >= 0 || h->at[ENGINE_INVENTORY_mac] >= 0 ||
	    h->at[ENGINE_INVENTORY_fqdn] >= 0)
		return true;
	err_set(e, ERR_INVALID, "the first line is no heading of an inventory");
	return err_want(e, "columns such as uuid, mac, serial, fqdn, group, profile, ou, suffix");
}

static bool bad(struct err *e, const char *column, struct span seen, const char *want)
{
	err_set(e, ERR_INVALID, "column %s cannot be read", column);
	err_seen(e, "%.*s", seen.n < 80 ? (int)seen.n : 80, seen.n ? (const char *)seen.p : "");
	return err_want(e, "%s", want);
}

static bool read_uuid(struct span text, char out_text[UUID_TEXT_SIZE], struct err *e)
{
	struct uuid u;
	if (!text.n)
		return true;
	if (!uuid_parse(text, &u))
		return bad(e, "uuid", text, "a UUID such as 4c4c4544-0031-3610-8052-b4c04f564231");
	if (uuid_is_placeholder(&u)) {
		bad(e, "uuid", text, "a UUID that only this PC has");
		return err_rule(e, "M09");
	}
	uuid_print(&u, out_text);
	return true;
}

static bool read_text(const char *column, struct span text, char *dst, size_t cap, struct err *e)
{
	bool ok = str_copy(dst, cap, text);
	for (size_t i = 0; ok && i < text.n; i++)
		ok = text.p[i] >= 0x20 && text.p[i] != 0x7f;
	return ok || bad(e, column, text, "one line of text that is not too long");
}

bool engine_inventory_row(const struct engine_csv_row *row, struct engine_inventory_head *h,
			  bool *out_is_head, struct engine_inventory *out_i, struct err *e)
{
	struct span f[ENGINE_INVENTORY_COL_COUNT];
	*out_i = (struct engine_inventory){ 0 };
	*out_is_head = !h->known;
	if (!h->known)
		return read_head(row, h, e);
	for (unsigned c = 0; c < ENGINE_INVENTORY_COL_COUNT; c++)
		f[c] = h->at[c] >= 0 && (unsigned)h->at[c] < row->count ? row->f[h->at[c]]
									: span_make(NULL, 0);
	struct span mac = f[ENGINE_INVENTORY_mac], fqdn = f[ENGINE_INVENTORY_fqdn];
	if (!read_uuid(f[ENGINE_INVENTORY_uuid], out_i->uuid, e))
		return false;
	if (mac.n && !engine_mac_parse(mac, out_i->mac))
		return bad(e, "mac", mac, "a MAC address such as 00:11:22:33:44:55");
	if (fqdn.n && !pki_preflight_fqdn(fqdn, e))
		return err_wrap(e, "column fqdn");
	str_copy(out_i->fqdn, sizeof out_i->fqdn, fqdn);
	if (!read_text("serial", f[ENGINE_INVENTORY_serial], out_i->serial, sizeof out_i->serial,
		       e) ||
	    !read_text("group", f[ENGINE_INVENTORY_grp], out_i->grp, sizeof out_i->grp, e) ||
	    !read_text("profile", f[ENGINE_INVENTORY_profile], out_i->profile,
		       sizeof out_i->profile, e) ||
	    !read_text("ou", f[ENGINE_INVENTORY_ou], out_i->ou, sizeof out_i->ou, e))
		return false;
	struct span suffix = f[ENGINE_INVENTORY_suffix];
	if (suffix.n && !pki_preflight_fqdn(suffix, e))
		return err_wrap(e, "column suffix");
	str_copy(out_i->suffix, sizeof out_i->suffix, suffix);
	str_lower(out_i->suffix);
	if (out_i->uuid[0] || out_i->mac[0] || out_i->fqdn[0])
		return true;
	err_set(e, ERR_INVALID, "the row says neither UUID, MAC address nor name");
	return err_want(e, "one of them");
}

/* ---- whose row is it ---- */

static bool conflict(struct err *e, const char *what, const char *value, const char *theirs,
		     const char *ours)
{
	err_set(e, ERR_CONFLICT, "%s belongs to another PC", what);
	err_seen(e, "%s of %s", value, theirs);
	err_want(e, "%s", ours);
	return err_hint(e, "correct the inventory, or see 'outband device show %s'", theirs);
}

static bool one_of(const char *what, const char *value, const char *const *uuids, unsigned count,
		   const char **out_uuid, struct err *e)
{
	if (count == 1) {
		*out_uuid = uuids[0];
		return true;
	}
	err_set(e, ERR_CONFLICT, "several PCs have this %s", what);
	err_seen(e, "%s of %s and %s", value, uuids[0], uuids[1]);
	err_want(e, "a row with the UUID");
	return err_hint(e, "see 'outband device duplicates'");
}

/* The UUID decides; MAC address and name must not speak for another PC. */
static bool agree(const char *uuid, const struct engine_inventory *i,
		  const struct engine_inventory_match *m, struct err *e)
{
	bool mine = m->mac_count == 0;
	for (unsigned k = 0; k < m->mac_count; k++)
		mine = mine || str_eq(m->by_mac[k], uuid);
	if (!mine)
		return conflict(e, "the MAC address", i->mac, m->by_mac[0], uuid);
	if (i->mac[0] && m->own_mac && m->mac_count == 0) {
		err_set(e, ERR_CONFLICT, "the PC told another MAC address");
		err_seen(e, "%s", i->mac);
		err_want(e, "%s, as %s says", m->own_mac, uuid);
		return err_hint(e, "give the address of the wired port that AMT uses");
	}
	for (unsigned k = 0; k < m->name_count; k++)
		if (!str_eq(m->by_name[k], uuid))
			return conflict(e, "the name", i->fqdn, m->by_name[k], uuid);
	if (i->fqdn[0] && m->hand_name && !str_eq_nocase(m->hand_name, i->fqdn)) {
		err_set(e, ERR_CONFLICT, "an operator gave the PC another name");
		err_seen(e, "%s", i->fqdn);
		err_want(e, "%s", m->hand_name);
		return err_hint(e, "'outband device name %s -' takes that name away", uuid);
	}
	return true;
}

bool engine_inventory_merge(const struct engine_inventory *i,
			    const struct engine_inventory_match *m, const char **out_uuid,
			    struct err *e)
{
	*out_uuid = NULL;
	bool ok = true;
	if (i->uuid[0])
		*out_uuid = i->uuid;
	else if (m->mac_count)
		ok = one_of("MAC address", i->mac, m->by_mac, m->mac_count, out_uuid, e);
	else if (m->name_count)
		ok = one_of("name", i->fqdn, m->by_name, m->name_count, out_uuid, e);
	if (!ok)
		return false;
	if (*out_uuid)
		return agree(*out_uuid, i, m, e);
	err_set(e, ERR_NOT_FOUND, "no PC that said hello has this %s",
		i->mac[0] ? "MAC address" : "name");
	err_seen(e, "%s", i->mac[0] ? i->mac : i->fqdn);
	err_want(e, "a UUID, for PCs that are still to come");
	return false;
}
