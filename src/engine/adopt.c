/* See adopt.h. Called by the API's import. */
#include "engine/adopt.h"

#include "base/hash.h"
#include "base/mem.h"
#include "pki/preflight.h"

#include <stddef.h>
#include <stdio.h>

#define HOST ENGINE_ADOPT_COL_COUNT /* an address or a name: as it looks */

/* ---- columns ---- */

/* Letters and digits, in lower case. */
static const struct {
	const char *name;
	int col;
} names[] = {
	{ "address", HOST },
	{ "ip", HOST },
	{ "ipaddress", HOST },
	{ "host", HOST },
	{ "hostname", HOST },
	{ "fqdn", HOST },
	{ "name", HOST },
	{ "dnsname", HOST },
	{ "uuid", ENGINE_ADOPT_uuid },
	{ "guid", ENGINE_ADOPT_uuid },
	{ "amtuuid", ENGINE_ADOPT_uuid },
	{ "user", ENGINE_ADOPT_user },
	{ "username", ENGINE_ADOPT_user },
	{ "amtuser", ENGINE_ADOPT_user },
	{ "password", ENGINE_ADOPT_password },
	{ "pass", ENGINE_ADOPT_password },
	{ "amtpassword", ENGINE_ADOPT_password },
	{ "adminpassword", ENGINE_ADOPT_password },
	{ "mebx", ENGINE_ADOPT_mebx_password },
	{ "mebxpassword", ENGINE_ADOPT_mebx_password },
	{ "tls", ENGINE_ADOPT_tls },
	{ "usetls", ENGINE_ADOPT_tls },
	{ "source", ENGINE_ADOPT_source },
};
static const struct {
	const char *name;
	size_t at, size;
} fields[] = {
#define X(name, size) { #name, offsetof(struct engine_adopt, name), size },
	ENGINE_ADOPT_COLS(X)
#undef X
};
/* The two columns of a host: an address may stand beside a name. */
#define COL_ADDRESS ENGINE_ADOPT_address
#define COL_NAME    ENGINE_ADOPT_fqdn

static int column_of(struct span field)
{
	char plain[32];
	size_t n = 0;
	for (size_t i = 0; i < field.n && n < sizeof plain - 1; i++) {
		uint8_t c = field.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			plain[n++] = (char)c;
	}
	plain[n] = '\0';
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(plain, names[i].name))
			return names[i].col;
	return -1;
}

/* A host goes to the first of its two places that is free: what stands there is judged by each row. */
static int place_of(const struct engine_adopt_head *h, int col)
{
	if (col != HOST)
		return col;
	return h->at[COL_ADDRESS] < 0 ? COL_ADDRESS : COL_NAME;
}

static bool read_head(const struct engine_csv_row *row, struct engine_adopt_head *h, struct err *e)
{
	for (int c = 0; c < ENGINE_ADOPT_COL_COUNT; c++)
		h->at[c] = -1;
	h->known = true;
	for (unsigned i = 0; i < row->count; i++) {
		int col = column_of(row->f[i]);
		if (col < 0)
			continue;
		col = place_of(h, col);
		if (h->at[col] >= 0) {
			h->known = false;
			err_set(e, ERR_INVALID, "the heading has two columns for %s",
				fields[col].name);
			return err_want(e, "each column once; address and fqdn, or one of them");
		}
		h->at[col] = (int)i;
	}
	if (h->at[COL_ADDRESS] >= 0)
		return true;
	h->known = false;
	err_set(e, ERR_INVALID, "the first line is no heading with an address or fqdn");
	return err_want(e,
			"address or fqdn; also uuid, user, password, mebx_password, tls, source");
}

/* ---- one row ---- */

static bool is_address(const char *s)
{
	unsigned dots = 0, n = 0, digits = 0;
	const char *colon = strchr(s, ':');
	if (colon) /* no name has one; two at least in an address of IPv6 */
		return strchr(colon + 1, ':') && !s[strspn(s, "0123456789.:abcdefABCDEF")];
	for (const char *p = s; *p; p++) {
		bool dot = *p == '.';
		if ((!dot && (*p < '0' || *p > '9')) || (dot && !digits))
			return false;
		dots += dot;
		digits = dot ? 0 : digits + 1;
		n = dot ? 0 : n * 10 + (unsigned)(*p - '0');
		if (n > 255)
			return false;
	}
	return dots == 3 && digits;
}

static char *field(struct engine_adopt *r, int col)
{
	return (char *)r + fields[col].at;
}

static bool take_fields(const struct engine_csv_row *row, const struct engine_adopt_head *h,
			struct engine_adopt *r, struct err *e)
{
	for (int c = 0; c < ENGINE_ADOPT_COL_COUNT; c++) {
		if (h->at[c] < 0 || (unsigned)h->at[c] >= row->count)
			continue;
		struct span v = row->f[h->at[c]];
		bool ok = str_copy(field(r, c), fields[c].size, v);
		for (size_t i = 0; ok && i < v.n; i++)
			ok = v.p[i] >= 0x20 && v.p[i] != 0x7f;
		if (ok)
			continue;
		err_set(e, ERR_INVALID, "column %s: too long, or with control characters",
			fields[c].name);
		return err_want(e, "at most %zu characters", fields[c].size - 1);
	}
	return true;
}

static bool sort_host(struct engine_adopt *r, struct err *e)
{
	char first[64];
	if (!is_address(
		    r->address)) { /* a name where the address may stand, or the other way round */
		memcpy(first, r->address, sizeof first);
		r->address[0] = '\0';
		if (is_address(r->fqdn))
			str_copy(r->address, sizeof r->address, span_str(r->fqdn));
		if (first[0] || r->address[0])
			str_copy(r->fqdn, sizeof r->fqdn, span_str(first));
	}
	if (r->fqdn[0] && !strchr(r->fqdn, '.'))
		r->fqdn[0] = '\0'; /* a label for people: no name to reach or to set */
	if (!r->address[0] && !r->fqdn[0] && !r->uuid[0]) {
		err_set(e, ERR_INVALID, "the row has neither address, full name nor UUID");
		return err_want(e, "an address such as 10.1.2.3");
	}
	if (r->fqdn[0] && !r->fqdn[strspn(r->fqdn, "0123456789.")]) {
		err_set(e, ERR_INVALID, "column address: this is no IP address");
		err_seen(e, "%.60s", r->fqdn);
		return err_want(e, "an address such as 10.1.2.3");
	}
	return !r->fqdn[0] || pki_preflight_fqdn(span_str(r->fqdn), e) ||
		err_wrap(e, "column fqdn");
}

static bool judge_uuid(struct engine_adopt *r, struct err *e)
{
	struct uuid u;
	if (!r->uuid[0])
		return true;
	bool known = uuid_parse(span_str(r->uuid), &u);
	if (known && !uuid_is_placeholder(&u)) {
		uuid_print(&u, r->uuid);
		return true;
	}
	err_set(e, ERR_INVALID, "column uuid: %s",
		known ? "this is a placeholder that several PCs share" : "this is no UUID");
	err_seen(e, "%s", r->uuid);
	err_want(e, "a UUID such as 4c4c4544-0031-3610-8052-b4c04f564231, or nothing");
	return known ? err_rule(e, "M09") : false;
}

static bool judge_rest(struct engine_adopt *r, struct err *e)
{
	static const char *const yes[] = { "1", "true", "yes", "on", "server" };
	static const char *const no[] = { "0", "false", "no", "off", "clear" };
	const char *mode = r->tls[0] ? NULL : "";
	for (size_t i = 0; i < sizeof yes / sizeof *yes && !mode; i++)
		mode = str_eq_nocase(r->tls, yes[i])   ? "server"
			: str_eq_nocase(r->tls, no[i]) ? "clear"
						       : NULL;
	if (!mode) {
		err_set(e, ERR_INVALID, "column tls: it is neither yes nor no");
		err_seen(e, "%s", r->tls);
		return err_want(e, "true, false, or nothing when it is not known");
	}
	str_copy(r->tls, sizeof r->tls, span_str(mode));
	if (!r->user[0])
		str_copy(r->user, sizeof r->user, span_str("admin"));
	if (!strpbrk(r->user, ":\"\\") && strncmp(r->user, "$$", 2) != 0)
		return true;
	err_set(e, ERR_INVALID, "column user: this is no digest user of a PC");
	err_seen(e, "%s", r->user);
	return err_want(
		e,
		"a name such as admin, without : \" and backslash; a Kerberos name cannot log in");
}

bool engine_adopt_row(const struct engine_csv_row *row, struct engine_adopt_head *h,
		      bool *out_is_head, struct engine_adopt *out_r, struct err *e)
{
	mem_wipe(out_r, sizeof *out_r);
	*out_is_head = !h->known;
	if (!h->known)
		return read_head(row, h, e);
	if (take_fields(row, h, out_r, e) && sort_host(out_r, e) && judge_uuid(out_r, e) &&
	    judge_rest(out_r, e))
		return true;
	mem_wipe(out_r, sizeof *out_r);
	return false;
}

void engine_adopt_made_up(const char *address, char out_uuid[UUID_TEXT_SIZE])
{
	uint8_t sha[32];
	char text[320]; /* for the longest name and more */
	struct uuid u;
	(void)snprintf(text, sizeof text, "outband adopt %s", address);
	str_lower(text);
	hash_of(HASH_SHA256, span_str(text), sha);
	sha[6] = (uint8_t)((sha[6] & 0x0f) | 0x80); /* version 8: made by its own rule */
	sha[8] = (uint8_t)((sha[8] & 0x3f) | 0x80);
	memcpy(u.b, sha, sizeof u.b);
	uuid_print(&u, out_uuid);
}
