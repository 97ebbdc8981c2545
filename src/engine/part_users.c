/* Part "users": digest users and directory entries beside the admin (setup-and-configuration 5.7). Called
 * by run_part.c. Looks at firmware's own accounts ("$$...") and at the admin, but never changes them. */
#include "base/str.h"
#include "engine/part.h"
#include "wire/digest.h"
#include "wire/sid.h"

#include <stdio.h>

#define CLS           "AMT_AuthorizationService"
#define DIGEST_MAX    7  /* beside the admin */
#define DIRECTORY_MAX 32 /* users and groups */
#define DOMAINS_MAX   4  /* that these come from */
#define ENTRIES_MAX   64 /* looked at in one device */
#define PAGES_MAX     16
#define SET           "AMT_AuthorizationService.AddUserAclEntryEx."

/* Realms by number (5.7), as the profile writes them. */
static const char *const realms[] = {
	[2] = "redirection",
	[3] = "administration",
	[4] = "hardware-asset",
	[5] = "remote-control",
	[6] = "storage",
	[7] = "event-manager",
	[8] = "storage-admin",
	[9] = "agent-presence-local",
	[10] = "agent-presence-remote",
	[11] = "system-defense",
	[12] = "network-time",
	[13] = "general-info",
	[14] = "firmware-update",
	[15] = "eit",
	[16] = "local-un",
	[17] = "endpoint-access-control",
	[18] = "endpoint-access-control-admin",
	[19] = "event-log-reader",
	[20] = "audit-log",
	[21] = "acl",
	[24] = "local-system",
};
#define REALM_COUNT (sizeof realms / sizeof *realms)
#define REALM_WORDS                                                                             \
	"redirection administration hardware-asset remote-control storage event-manager "       \
	"storage-admin agent-presence-local agent-presence-remote system-defense network-time " \
	"general-info firmware-update eit local-un endpoint-access-control "                    \
	"endpoint-access-control-admin event-log-reader audit-log acl local-system"
static const char *const accesses[] = { "local", "network", "any" };

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "", SRC_D, "Who may log in, beside the admin.", NULL },
	{ "own", KEY_SWITCH, NULL, 0, "AMT_AuthorizationService.RemoveUserAclEntry", "", SRC_D,
	  "Entries that are not in the profile are removed; otherwise they are only told.", "on" },
	{ "digest", KEY_LIST, NULL, 0, "", "", SRC_D, "Users with a password, at most 7.", NULL },
	{ "digest.name", KEY_TEXT, "1..16", KEY_ID, SET "DigestUsername", "", SRC_D,
	  "Name of the user: ASCII without blanks and : , < > & \", not beginning with $$.",
	  "helpdesk" },
	{ "digest.password", KEY_SECRET, NULL, 0, SET "DigestPassword", "", SRC_D,
	  "Password; firmware gets its MD5 with name and realm.", "{secret: helpdesk}" },
	{ "digest.realms", KEY_WORDS, REALM_WORDS, KEY_NEEDED, SET "Realms", "", SRC_D,
	  "What the user may do; audit-log and acl need 4.0.", "[remote-control, redirection]" },
	{ "digest.access", KEY_WORD, "local network any", 0, SET "AccessPermission", "", SRC_D,
	  "From where; a new user gets network.", "network" },
	{ "digest.enabled", KEY_SWITCH, NULL, 0, CLS ".SetAclEnabledState", "", SRC_D,
	  "Whether the entry acts; a new one does.", "on" },
	{ "directory", KEY_LIST, NULL, 0, "", "", SRC_D,
	  "Users and groups of a directory, at most 32 of 4 domains.", NULL },
	{ "directory.sid", KEY_TEXT, "7..80", KEY_ID, SET "KerberosUserSid", "", SRC_D,
	  "Security identifier of the user or group.",
	  "S-1-5-21-1004336348-1177238915-682003330-512" },
	{ "directory.realms", KEY_WORDS, REALM_WORDS, KEY_NEEDED, SET "Realms", "", SRC_D,
	  "What its members may do.", "[administration]" },
	{ "directory.access", KEY_WORD, "local network any", 0, SET "AccessPermission", "", SRC_D,
	  "From where; a new entry gets network.", "network" },
	{ "directory.enabled", KEY_SWITCH, NULL, 0, CLS ".SetAclEnabledState", "", SRC_D,
	  "Whether the entry acts; a new one does.", "on" },
	ENGINE_KEYS_END,
};

/* ---- the profile alone ---- */

static bool name_ok(const char *name)
{
	for (const char *p = name; *p; p++)
		if (*p < 33 || *p > 126 || strchr(":,<>&\"", *p))
			return false;
	return strncmp(name, "$$", 2) != 0 && !str_eq_nocase(name, "admin") &&
		!str_eq_nocase(name, "Administrator");
}

static const struct engine_node *check(const struct engine_node *part, char *out_what, size_t cap)
{
	const struct engine_node *list = engine_node_get(part, "digest");
	struct wire_sid sid;
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		if (name_ok(engine_node_id(n)))
			continue;
		snprintf(out_what, cap,
			 "'%s' cannot be a user: no blanks, no : , < > & \", not $$..., not admin",
			 engine_node_id(n));
		return n;
	}
	list = engine_node_get(part, "directory");
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		if (wire_sid_parse_text(span_str(engine_node_id(n)), &sid))
			continue;
		snprintf(out_what, cap, "'%.40s' is no SID with 1 to 5 numbers: S-1-5-...",
			 engine_node_id(n));
		return n;
	}
	return NULL;
}

/* ---- what the device has ---- */

struct entry {
	uint32_t handle;
	const struct wsman_obj *obj;
	const char *name; /* of a digest user, or SID as text */
	bool is_digest, asked_state, enabled;
	struct wire_sid sid;
	const struct engine_node *want; /* NULL: not in the profile */
};

static bool read_entry(struct arena *a, uint32_t handle, const struct wsman_obj *o,
		       struct entry *out_en)
{
	struct span bytes;
	*out_en = (struct entry){ .handle = handle, .obj = o, .enabled = true };
	if (!o || (o->has_return_value && o->return_value != 0))
		return false; /* gone meanwhile, or nothing for us to see */
	out_en->name = wsman_obj_str(o, "DigestUsername");
	out_en->is_digest = out_en->name && *out_en->name;
	if (out_en->is_digest)
		return strncmp(out_en->name, "$$", 2) != 0 && !str_eq_nocase(out_en->name, "admin");
	if (!wsman_obj_b64(o, "KerberosUserSid", &bytes))
		return false;
	char text[80];
	struct out t;
	out_init(&t, text, sizeof text);
	if (wire_sid_parse(bytes, &out_en->sid)) {
		wire_sid_print(&t, &out_en->sid);
	} else { /* longer than we know: only told */
		out_str(&t, "SID ");
		out_hex(&t, span_make(bytes.p, bytes.n < 36 ? bytes.n : 36));
	}
	out_en->name = arena_str(a, out_span(&t));
	return out_en->name != NULL;
}

static const struct engine_node *wanted_of(const struct engine_node *part, const struct entry *en)
{
	const struct engine_node *list =
		engine_node_get(part, en->is_digest ? "digest" : "directory");
	struct wire_sid sid;
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		const char *id = engine_node_id(n);
		if (en->is_digest ? str_eq(id, en->name)
				  : wire_sid_parse_text(span_str(id), &sid) && en->sid.count &&
				    wire_sid_eq(&sid, &en->sid))
			return n;
	}
	return NULL;
}

static const struct wsman_obj *asked(const struct engine_part_in *in, const char *kind,
				     uint32_t number, bool *out_asked)
{
	char tag[32];
	snprintf(tag, sizeof tag, "%s:%u", kind, number);
	return engine_part_more(in, tag, out_asked);
}

/* A further question about a number: "list:1", "user:7", "state:7". */
static const char *ask(struct arena *a, struct wsman_req *req, const char *kind, uint32_t number,
		       const char *method, const char *prop)
{
	struct engine_change ch = { 0 };
	struct engine_changes c = { .a = a };
	struct wsman_obj *o = engine_part_call(&c, &ch, CLS, method, NULL);
	if (!o)
		return NULL;
	wsman_obj_set_u32(o, prop, number);
	*req = ch.req;
	return arena_fmt(a, "%s:%u", kind, number);
}

/* Pages of handles, the entry of each, and its state where the profile names it. */
static const char *more(const struct engine_part_in *in, struct arena *a, struct wsman_req *req)
{
	uint32_t start = 1, seen = 0;
	bool was_asked;
	for (unsigned page = 0; page < PAGES_MAX && seen < ENTRIES_MAX; page++) {
		const struct wsman_obj *o = asked(in, "list", start, &was_asked);
		uint32_t total = 0, here = 0, handle;
		struct entry en;
		if (!was_asked)
			return ask(a, req, "list", start, "EnumerateUserAclEntries", "StartIndex");
		const struct wsman_val *v = o ? wsman_obj_vals(o, "Handles") : NULL;
		for (; v && seen < ENTRIES_MAX; v = v->next, here++, seen++) {
			if (!str_to_u32(span_str(v->text), 0, UINT32_MAX, &handle, NULL))
				continue;
			const struct wsman_obj *u = asked(in, "user", handle, &was_asked);
			if (!was_asked)
				return ask(a, req, "user", handle, "GetUserAclEntryEx", "Handle");
			if (!read_entry(a, handle, u, &en) ||
			    !engine_node_get(wanted_of(in->want, &en), "enabled"))
				continue;
			asked(in, "state", handle, &was_asked);
			if (!was_asked)
				return ask(a, req, "state", handle, "GetAclEnabledState", "Handle");
		}
		if (!here || !wsman_obj_u32(o, "TotalCount", &total) || seen >= total)
			return NULL;
		start += here;
	}
	return NULL;
}

static unsigned read_entries(const struct engine_part_in *in, struct arena *a, struct entry *out_e)
{
	unsigned n = 0;
	for (const struct engine_part_more *m = in->more; m && n < ENTRIES_MAX; m = m->next) {
		uint32_t handle;
		struct entry *en = &out_e[n];
		if (strncmp(m->tag, "user:", 5) != 0 ||
		    !str_to_u32(span_str(m->tag + 5), 0, UINT32_MAX, &handle, NULL) ||
		    !read_entry(a, handle, m->obj, en))
			continue;
		const struct wsman_obj *state = asked(in, "state", handle, NULL);
		if (state)
			en->asked_state = wsman_obj_bool(state, "Enabled", &en->enabled);
		en->want = wanted_of(in->want, en);
		n++;
	}
	return n;
}

/* ---- rights as text ---- */

static int realm_number(const char *word)
{
	for (size_t i = 0; i < REALM_COUNT; i++)
		if (realms[i] && str_eq_nocase(realms[i], word))
			return (int)i;
	return -1;
}

static uint32_t realms_of_node(const struct engine_node *item)
{
	const struct engine_node *list = engine_node_get(item, "realms");
	uint32_t bits = 0;
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		bits |= 1u << realm_number(n->text);
	return bits;
}

static uint32_t realms_of_obj(const struct wsman_obj *o)
{
	uint32_t bits = 0, v;
	for (const struct wsman_val *r = wsman_obj_vals(o, "Realms"); r; r = r->next)
		if (str_to_u32(span_str(r->text), 0, 31, &v, NULL))
			bits |= 1u << v;
	return bits;
}

static const char *realms_text(struct arena *a, uint32_t bits)
{
	char text[512];
	struct out o;
	out_init(&o, text, sizeof text);
	for (unsigned i = 0; i < 32; i++) {
		if (!(bits & 1u << i))
			continue;
		if (out_len(&o))
			out_str(&o, " ");
		if (i < REALM_COUNT && realms[i])
			out_str(&o, realms[i]);
		else
			out_fmt(&o, "realm-%u", i);
	}
	return out_len(&o) ? arena_str(a, out_span(&o)) : "none";
}

static unsigned access_of_node(const struct engine_node *item, unsigned otherwise)
{
	const char *word = engine_node_text(item, "access");
	for (unsigned i = 0; word && i < 3; i++)
		if (str_eq(accesses[i], word))
			return i;
	return otherwise;
}

static unsigned access_of_obj(const struct wsman_obj *o)
{
	uint32_t v;
	return wsman_obj_u32(o, "AccessPermission", &v) && v < 3 ? v : 0;
}

static const char *rights_text(struct arena *a, unsigned access, uint32_t bits)
{
	return arena_fmt(a, "%s: %s", accesses[access], realms_text(a, bits));
}

/* ---- changes ---- */

static const char *field(struct arena *a, const char *name, const char *member)
{
	return arena_fmt(a, *member ? "users.%s.%s" : "users.%s%s", name, member);
}

static void set_rights(struct wsman_obj *o, unsigned access, uint32_t bits)
{
	char number[12];
	wsman_obj_set_u32(o, "AccessPermission", access);
	for (unsigned i = 0; i < 32; i++) {
		if (!(bits & 1u << i))
			continue;
		snprintf(number, sizeof number, "%u", i);
		wsman_obj_add_str(o, "Realms", number);
	}
}

static void set_digest(const struct engine_part_in *in, struct wsman_obj *o,
		       struct engine_change *ch, const char *name, struct engine_part_secret *s)
{
	uint8_t ha1[16];
	wsman_obj_set_str(o, "DigestUsername", name);
	if (!s)
		return;
	wire_digest_ha1(name, in->facts->realm, secret_reveal(&s->value), ha1);
	wsman_obj_set_b64(o, "DigestPassword", span_make(ha1, sizeof ha1));
	explicit_bzero(ha1, sizeof ha1);
	/* the runner keeps it and marks it as set */
	ch->secret = s;
}

static void set_sid(struct wsman_obj *o, const struct wire_sid *sid)
{
	uint8_t bytes[WIRE_SID_MAX];
	struct out b;
	out_init(&b, bytes, sizeof bytes);
	wire_sid_emit(&b, sid);
	wsman_obj_set_b64(o, "KerberosUserSid", out_span(&b));
}

static const char *secret_text(struct arena *a, const struct engine_part_secret *s)
{
	return s->node->is_random ? "random"
				  : arena_fmt(a, "the stored secret '%s'", s->node->text);
}

/* Whether the password is to be sent: never answered well before, or the device shows another. */
static bool password_differs(const struct engine_part_in *in, const struct entry *en,
			     const struct engine_part_secret *s)
{
	struct span shown;
	uint8_t ha1[16];
	if (!s)
		return false;
	if (!wsman_obj_b64(en->obj, "DigestPassword", &shown) || shown.n != sizeof ha1)
		return !s->was_set;
	wire_digest_ha1(en->name, in->facts->realm, secret_reveal(&s->value), ha1);
	bool differs = memcmp(ha1, shown.p, sizeof ha1) != 0;
	explicit_bzero(ha1, sizeof ha1);
	return differs;
}

static void change_state(struct engine_changes *c, const struct entry *en)
{
	bool on;
	if (!en->asked_state || !engine_node_switch(en->want, "enabled", &on) || on == en->enabled)
		return;
	struct engine_change *ch = engine_part_change(c, 0, "state:%s", en->name);
	struct wsman_obj *o = engine_part_call(c, ch, CLS, "SetAclEnabledState", NULL);
	if (!o)
		return;
	wsman_obj_set_u32(o, "Handle", en->handle);
	wsman_obj_set_bool(o, "Enabled", on);
	engine_part_line(ch, field(c->a, en->name, "enabled"), on ? "off" : "on",
			 on ? "on" : "off");
}

static void change_entry(const struct engine_part_in *in, struct engine_changes *c,
			 const struct entry *en)
{
	struct engine_part_secret *s = engine_part_secret(in, en->want, "password");
	uint32_t have = realms_of_obj(en->obj), want = realms_of_node(en->want);
	unsigned from = access_of_obj(en->obj), to = access_of_node(en->want, from);
	bool password = password_differs(in, en, s);
	if (have == want && from == to && !password)
		return;
	struct engine_change *ch = engine_part_change(c, 0, "set:%s", en->name);
	struct wsman_obj *o = engine_part_call(c, ch, CLS, "UpdateUserAclEntryEx", NULL);
	if (!o)
		return;
	wsman_obj_set_u32(o, "Handle", en->handle);
	if (en->is_digest) /* the whole entry: whether firmware keeps what is left out, nobody says */
		set_digest(in, o, ch, en->name, s);
	else
		set_sid(o, &en->sid);
	set_rights(o, to, want);
	if (have != want)
		engine_part_line(ch, field(c->a, en->name, "realms"), realms_text(c->a, have),
				 realms_text(c->a, want));
	if (from != to)
		engine_part_line(ch, field(c->a, en->name, "access"), accesses[from], accesses[to]);
	if (password)
		engine_part_line(ch, field(c->a, en->name, "password"), "another or unknown",
				 secret_text(c->a, s));
}

static void remove_entry(struct engine_changes *c, const struct entry *en)
{
	struct engine_change *ch = engine_part_change(c, 0, "remove:%s", en->name);
	struct wsman_obj *o = engine_part_call(c, ch, CLS, "RemoveUserAclEntry", NULL);
	if (!o)
		return;
	wsman_obj_set_u32(o, "Handle", en->handle);
	engine_part_line(ch, field(c->a, en->name, ""),
			 rights_text(c->a, access_of_obj(en->obj), realms_of_obj(en->obj)), NULL);
}

static void report_entry(struct engine_changes *c, const struct entry *en)
{
	struct engine_change *ch = engine_part_change(c, CHANGE_REPORT, "other:%s", en->name);
	if (!ch)
		return;
	out_str(&ch->text, "users.");
	out_safe(&ch->text, span_str(en->name));
	out_str(&ch->text, ": not in the profile\n");
}

static bool add_entry(const struct engine_part_in *in, struct engine_changes *c,
		      const struct engine_node *item, bool is_digest, struct err *e)
{
	struct engine_part_secret *s = engine_part_secret(in, item, "password");
	const char *name = engine_node_id(item);
	unsigned access = access_of_node(item, 1);
	bool on;
	struct wire_sid sid;
	if (is_digest && !s) {
		err_set(e, ERR_INVALID,
			"users.%s is not in the device, and has no password in the profile", name);
		return err_hint(e, "add 'password: random' or 'password: {secret: NAME}'");
	}
	/* its state can be set by handle only, which the answer brings */
	unsigned reread = engine_node_switch(item, "enabled", &on) && !on ? CHANGE_REREAD : 0;
	struct engine_change *ch = engine_part_change(c, CHANGE_CREATES | reread, "add:%s", name);
	struct wsman_obj *o = engine_part_call(c, ch, CLS, "AddUserAclEntryEx", NULL);
	if (!o)
		return true;
	if (is_digest)
		set_digest(in, o, ch, name, s);
	else if (wire_sid_parse_text(span_str(name), &sid))
		set_sid(o, &sid);
	set_rights(o, access, realms_of_node(item));
	engine_part_line(ch, field(c->a, name, ""), NULL,
			 rights_text(c->a, access, realms_of_node(item)));
	return true;
}

/* ---- slots ---- */

struct slots {
	unsigned digest, directory, domains;
	struct wire_sid domain[ENTRIES_MAX];
};

static void take_slot(struct slots *s, bool is_digest, const struct wire_sid *sid)
{
	if (is_digest) {
		s->digest++;
		return;
	}
	s->directory++;
	for (unsigned i = 0; i < s->domains; i++)
		if (wire_sid_same_domain(&s->domain[i], sid))
			return;
	if (s->domains < ENTRIES_MAX)
		s->domain[s->domains++] = *sid;
}

static bool check_slots(const struct slots *s, bool own, struct err *e)
{
	if (s->digest > DIGEST_MAX)
		err_set(e, ERR_INVALID, "users: %u digest users do not fit: %d beside the admin",
			s->digest, DIGEST_MAX);
	else if (s->directory > DIRECTORY_MAX)
		err_set(e, ERR_INVALID, "users: %u directory entries do not fit: the device has %d",
			s->directory, DIRECTORY_MAX);
	else if (s->domains > DOMAINS_MAX)
		err_set(e, ERR_INVALID, "users: the directory entries come from %u domains, not %d",
			s->domains, DOMAINS_MAX);
	else
		return true;
	err_hint(e,
		 own ? "take entries off the profile"
		     : "take entries off, or let the profile own the list: 'own: on'");
	return false;
}

static bool is_there(const struct entry *entries, unsigned n, const struct engine_node *item)
{
	for (unsigned i = 0; i < n; i++)
		if (entries[i].want == item)
			return true;
	return false;
}

static bool for_items(const struct engine_part_in *in, const char *list_key,
		      const struct entry *entries, unsigned n, struct slots *slots,
		      struct engine_changes *c, struct err *e)
{
	const struct engine_node *list = engine_node_get(in->want, list_key);
	bool is_digest = str_eq(list_key, "digest");
	struct wire_sid sid = { 0 };
	for (const struct engine_node *it = list ? list->children : NULL; it; it = it->next) {
		if (is_there(entries, n, it))
			continue;
		if (!is_digest)
			wire_sid_parse_text(span_str(engine_node_id(it)), &sid);
		take_slot(slots, is_digest, &sid);
		if (!add_entry(in, c, it, is_digest, e))
			return false;
	}
	return true;
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	bool own = false, was_asked;
	struct slots slots = { 0 };
	const struct wsman_obj *first = asked(in, "list", 1, &was_asked);
	engine_node_switch(in->want, "own", &own);
	if (!first || (first->has_return_value && first->return_value != 0)) {
		c->unavailable = "it does not list its users";
		return true;
	}
	struct entry *entries = ARENA_ARRAY(c->a, struct entry, ENTRIES_MAX);
	unsigned n = entries ? read_entries(in, c->a, entries) : 0;
	for (unsigned i = 0; i < n; i++) { /* frees slots before others are taken */
		if (entries[i].want || !own)
			take_slot(&slots, entries[i].is_digest, &entries[i].sid);
		if (!entries[i].want && own)
			remove_entry(c, &entries[i]);
	}
	for (unsigned i = 0; i < n; i++) {
		if (entries[i].want) {
			change_entry(in, c, &entries[i]);
			change_state(c, &entries[i]);
		}
	}
	if (!for_items(in, "digest", entries, n, &slots, c, e) ||
	    !for_items(in, "directory", entries, n, &slots, c, e) || !check_slots(&slots, own, e))
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!entries[i].want && !own)
			report_entry(c, &entries[i]);
	return true;
}

const struct engine_part engine_part_users = {
	.name = "users",
	.title = "users",
	.keys = keys,
	.more = more,
	.check = check,
	.diff = diff,
};
