/* Part "remote_access": the gateways (management presence servers) to which a PC that is away from home
 * opens its tunnel, and what makes it do so (setup-and-configuration 5.10, remote-access 5). Nothing of it
 * can be changed in place but a login: what differs is deleted, rules before the servers that they name,
 * and added again. */
#include "base/str.h"
#include "engine/part_cert.h"
#include "engine/part_remote.h"

#include <stdio.h>

#define SERVICE   "AMT_RemoteAccessService"
#define SERVER    "AMT_ManagementPresenceRemoteSAP"
#define RULE      "AMT_RemoteAccessPolicyRule"
#define LINK      "AMT_RemoteAccessPolicyAppliesToMPS"
#define LOGIN     "AMT_MPSUsernamePassword"
#define INTERFACE "AMT_UserInitiatedConnectionService"
#define PER_RULE  2 /* servers of one rule, in the order of the list */
#define EVERY     0
#define AT        1

static const struct engine_part_read reads[] = {
	{ PART_GET, SERVICE, NULL, NULL, false },
	{ PART_ENUMERATE, SERVER, NULL, NULL, false },
	{ PART_ENUMERATE, RULE, NULL, NULL, false },
	{ PART_ENUMERATE, LINK, NULL, NULL, true },
	{ PART_ENUMERATE, LOGIN, NULL, NULL, true },
	{ PART_GET, INTERFACE, NULL, NULL, true },
	{ PART_ENUMERATE, "AMT_PublicKeyCertificate", NULL, NULL, true },
	{ PART_ENUMERATE, "CIM_CredentialContext", NULL, NULL, true },
};
static const char triggers[] = "user=0 alert=1 periodic=2";
static const char types[] = "external=0 internal=1 both=2";
static const char interfaces[] = "off=32768 bios=32769 os=32770 both=32771";

static bool has_server_with(const struct engine_node *want, const char *key)
{
	const struct engine_node *list = engine_node_get(want, "servers");
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		if (engine_node_get(n, key))
			return true;
	return false;
}

static bool skip(const struct engine_node *want, unsigned read)
{
	bool servers = engine_node_get(want, "servers");
	if (read == READ_INTERFACE)
		return !engine_node_get(want, "user_interface");
	if (read == READ_CERTS)
		return !has_server_with(want, "ca");
	if (read == READ_LOGINS || read == READ_CONTEXTS)
		return !servers;
	return read != READ_SERVICE && !servers && !engine_node_get(want, "policies");
}

/* ---- what the device has ---- */

static const char *server_id(const struct wsman_obj *server)
{
	return wsman_obj_str(server, "Name");
}

static struct wsman_obj *server_of(const struct engine_part_in *in, const char *host)
{
	for (unsigned i = 0; i < in->have[READ_SERVERS].count; i++) {
		struct wsman_obj *o = in->have[READ_SERVERS].items[i];
		const char *at = wsman_obj_str(o, "AccessInfo");
		if (at && str_eq_nocase(at, host))
			return o;
	}
	return NULL;
}

static const char *named(const struct wsman_obj *link, const char *end, const char *key)
{
	const struct wsman_epr *epr = wsman_obj_epr(link, end);
	return epr ? wsman_obj_epr_selector(epr, key) : NULL;
}

static const char *last_word(const char *text)
{
	const char *blank = text ? strrchr(text, ' ') : NULL;
	return blank ? blank + 1 : "";
}

/* The login of a server: by the context that ties them, else by the number that both end with (G). NULL:
 * it has none, so it is mutual. */
static struct wsman_obj *login_of(const struct engine_part_in *in, const struct wsman_obj *server)
{
	const char *name = server_id(server);
	bool tied = false;
	for (unsigned i = 0; i < in->have[READ_CONTEXTS].count; i++) {
		const struct wsman_obj *o = in->have[READ_CONTEXTS].items[i];
		if (!str_eq(o->shape->name, "AMT_RemoteAccessCredentialContext") ||
		    !str_eq(named(o, "ElementProvidingContext", "Name"), name))
			continue;
		tied = true;
		const char *id = named(o, "ElementInContext", "InstanceID");
		struct wsman_obj *login =
			id ? engine_part_item(in, READ_LOGINS, "InstanceID", id) : NULL;
		if (login)
			return login;
	}
	for (unsigned i = 0; !tied && i < in->have[READ_LOGINS].count; i++) {
		struct wsman_obj *o = in->have[READ_LOGINS].items[i];
		if (str_eq(last_word(wsman_obj_str(o, "InstanceID")), last_word(name)))
			return o;
	}
	return NULL;
}

static struct wsman_obj *rule_of(const struct engine_part_in *in, const char *trigger)
{
	char number[2] = { 0 };
	for (unsigned i = 0; i < 3; i++) {
		static const char *const words[] = { "user", "alert", "periodic" };
		if (str_eq(trigger, words[i]))
			number[0] = (char)('0' + i);
	}
	return engine_part_item(in, READ_RULES, "Trigger", number);
}

static bool uses(const struct engine_part_in *in, const struct wsman_obj *rule,
		 const struct wsman_obj *server)
{
	for (unsigned i = 0; i < in->have[READ_LINKS].count; i++) {
		const struct wsman_obj *o = in->have[READ_LINKS].items[i];
		if (str_eq(named(o, "PolicySet", "PolicyRuleName"),
			   wsman_obj_str(rule, "PolicyRuleName")) &&
		    str_eq(named(o, "ManagedElement", "Name"), server_id(server)))
			return true;
	}
	return false;
}

/* Hosts of a rule in their order, as text. */
static const char *hosts_of(const struct engine_part_in *in, struct arena *a,
			    const struct wsman_obj *rule)
{
	const char *text = NULL;
	for (uint32_t order = 0; order < 8; order++)
		for (unsigned i = 0; i < in->have[READ_LINKS].count; i++) {
			const struct wsman_obj *o = in->have[READ_LINKS].items[i];
			uint32_t is = 0;
			wsman_obj_u32(o, "OrderOfAccess", &is);
			if (is != order ||
			    !str_eq(named(o, "PolicySet", "PolicyRuleName"),
				    wsman_obj_str(rule, "PolicyRuleName")))
				continue;
			const struct wsman_obj *s = engine_part_item(
				in, READ_SERVERS, "Name", named(o, "ManagedElement", "Name"));
			const char *host = s ? wsman_obj_str(s, "AccessInfo") : "?";
			text = text ? arena_fmt(a, "%s %s", text, host) : host;
		}
	return text ? text : "none";
}

static const char *wanted_hosts(const struct engine_part_in *in, struct arena *a)
{
	const struct engine_node *list = engine_node_get(in->want, "servers");
	const char *text = NULL;
	unsigned n = 0;
	for (const struct engine_node *s = list ? list->children : NULL; s && n < PER_RULE;
	     s = s->next, n++)
		text = text ? arena_fmt(a, "%s %s", text, engine_node_id(s)) : engine_node_id(s);
	return text ? text : "none";
}

/* ---- when a periodic rule acts: 0, seconds or 1, hour, minute; each 32 bits, high byte first ---- */

static size_t write_when(const struct engine_node *policy, uint8_t bytes[12])
{
	struct out o;
	uint32_t every = 0;
	unsigned hour, minute;
	out_init(&o, bytes, 12);
	if (!str_eq(engine_node_id(policy), "periodic"))
		return 0;
	if (engine_part_remote_time(engine_node_text(policy, "at"), &hour, &minute)) {
		out_be32(&o, AT);
		out_be32(&o, hour);
		out_be32(&o, minute);
	} else {
		engine_node_number(policy, "every_s", &every);
		out_be32(&o, EVERY);
		out_be32(&o, every);
	}
	return o.n;
}

static const char *when_text(struct arena *a, struct span b)
{
	uint32_t v[3] = { 0 };
	for (size_t i = 0; i < 3 && 4 * (i + 1) <= b.n; i++)
		v[i] = (uint32_t)b.p[4 * i] << 24 | (uint32_t)b.p[4 * i + 1] << 16 |
			(uint32_t)b.p[4 * i + 2] << 8 | b.p[4 * i + 3];
	if (b.n == 12 && v[0] == AT)
		return arena_fmt(a, "at %02u:%02u", (unsigned)v[1], (unsigned)v[2]);
	if (b.n == 8 && v[0] == EVERY)
		return arena_fmt(a, "every %u s", (unsigned)v[1]);
	return b.n ? "something else" : "none";
}

/* ---- rules ---- */

static const char *policy_path(struct arena *a, const char *trigger)
{
	return arena_fmt(a, "remote_access.policies.%s", trigger);
}

/* Lines of what can only be changed by making the rule anew; how many. */
static unsigned compare_rule(const struct engine_part_in *in, struct arena *a,
			     const struct engine_node *policy, const struct wsman_obj *rule,
			     struct engine_change *ch)
{
	const char *path = policy_path(a, engine_node_id(policy)), *hosts = hosts_of(in, a, rule),
		   *want_hosts = wanted_hosts(in, a);
	uint32_t life = 0, is_life = 0;
	uint8_t bytes[12];
	struct span when = span_make(bytes, write_when(policy, bytes)), is = { NULL, 0 };
	unsigned n = 0;
	engine_node_number(policy, "lifetime_s", &life);
	wsman_obj_u32(rule, "TunnelLifeTime", &is_life);
	if (wsman_obj_str(rule, "ExtendedData"))
		wsman_obj_b64(rule, "ExtendedData", &is);
	if (life != is_life) {
		n++;
		engine_part_line(ch, arena_fmt(a, "%s.lifetime_s", path),
				 arena_fmt(a, "%u", (unsigned)is_life),
				 arena_fmt(a, "%u", (unsigned)life));
	}
	if (when.n && !span_eq(when, is)) {
		n++;
		engine_part_line(ch, arena_fmt(a, "%s.when", path), when_text(a, is),
				 when_text(a, when));
	}
	if (!str_eq_nocase(hosts, want_hosts)) {
		n++;
		engine_part_line(ch, arena_fmt(a, "%s.servers", path), hosts, want_hosts);
	}
	return n;
}

static void drop_rule(struct engine_changes *c, const struct wsman_obj *rule, const char *field)
{
	const char *name = wsman_obj_str(rule, "PolicyRuleName");
	struct engine_change *ch =
		engine_part_change(c, CHANGE_CUTS_OFF, "drop:%s", name ? name : "");
	engine_part_delete(c, ch, RULE, wsman_obj_selector(c->a, "PolicyRuleName", name, NULL));
	if (field)
		engine_part_line(ch, field, "there", NULL);
}

static struct wsman_epr *server_epr(struct engine_changes *c, const struct wsman_obj *server)
{
	return wsman_obj_epr_of(c->a, SERVER, "Name", server_id(server));
}

static void add_rule(const struct engine_part_in *in, struct engine_changes *c,
		     const struct engine_node *policy, const struct wsman_obj *was)
{
	const struct engine_node *list = engine_node_get(in->want, "servers");
	const char *trigger = engine_node_id(policy);
	uint8_t bytes[12];
	size_t len = write_when(policy, bytes);
	uint32_t life = 0;
	unsigned n = 0;
	struct err e = { 0 };
	struct engine_change *ch = engine_part_change(c, CHANGE_CREATES, "add:%s", trigger);
	struct wsman_obj *o = engine_part_call(c, ch, SERVICE, "AddRemoteAccessPolicyRule", NULL);
	if (!o)
		return;
	engine_node_number(policy, "lifetime_s", &life);
	wsman_obj_set_text(o, span_str("Trigger"),
			   span_str(engine_part_word(c->a, triggers, trigger, true)), &e);
	wsman_obj_set_u32(o, "TunnelLifeTime", life);
	if (len)
		wsman_obj_set_b64(o, "ExtendedData", span_make(bytes, len));
	for (const struct engine_node *s = list ? list->children : NULL; s && n < PER_RULE;
	     s = s->next, n++) {
		const struct wsman_obj *server = server_of(in, engine_node_id(s));
		if (server) /* one that is to be added is read before this is sent */
			wsman_obj_add_epr(o, "MpServer", server_epr(c, server));
	}
	if (was)
		compare_rule(in, c->a, policy, was, ch);
	else
		engine_part_line(ch, policy_path(c->a, trigger), NULL,
				 len ? when_text(c->a, span_make(bytes, len)) : trigger);
}

/* Which gateway it is, per rule and server; the only thing that a Put changes. */
static void diff_types(const struct engine_part_in *in, struct engine_changes *c,
		       const struct engine_node *policy, const struct wsman_obj *rule)
{
	const char *want = engine_node_text(policy, "mps_type");
	for (unsigned i = 0; want && i < in->have[READ_LINKS].count; i++) {
		const struct wsman_obj *o = in->have[READ_LINKS].items[i];
		const char *is = wsman_obj_str(o, "MpsType"),
			   *value = engine_part_word(c->a, types, want, true),
			   *field = arena_fmt(c->a, "%s.mps_type",
					      policy_path(c->a, engine_node_id(policy)));
		struct err e = { 0 };
		if (!str_eq(named(o, "PolicySet", "PolicyRuleName"),
			    wsman_obj_str(rule, "PolicyRuleName")) ||
		    str_eq(is, value))
			continue;
		if (!is) {
			engine_part_report(c, field, "not available in this release");
			return;
		}
		struct wsman_selector *sel = ARENA_ARRAY(c->a, struct wsman_selector, 2);
		struct engine_change *ch =
			engine_part_change(c, CHANGE_CUTS_OFF, "type:%s:%s", engine_node_id(policy),
					   last_word(named(o, "ManagedElement", "Name")));
		if (!sel || !ch)
			return;
		sel[0] = (struct wsman_selector){ "ManagedElement", NULL,
						  wsman_obj_epr(o, "ManagedElement"), &sel[1] };
		sel[1] = (struct wsman_selector){ "PolicySet", NULL, wsman_obj_epr(o, "PolicySet"),
						  NULL };
		wsman_obj_set_text(engine_part_put(c, ch, o, sel), span_str("MpsType"),
				   span_str(value), &e);
		engine_part_line(ch, field, engine_part_word(c->a, types, is, false), want);
	}
}

/* ---- servers ---- */

static const char *server_path(struct arena *a, const char *host)
{
	return arena_fmt(a, "remote_access.servers.%s", host);
}

/* A mutual login uses the PC's own certificate; after that was renewed, the former one is still bound. */
static const char *bound_cert(const struct engine_part_in *in, const struct wsman_obj *server)
{
	for (unsigned i = 0; i < in->have[READ_CONTEXTS].count; i++) {
		const struct wsman_obj *o = in->have[READ_CONTEXTS].items[i];
		const struct wsman_epr *cert = wsman_obj_epr(o, "ElementInContext");
		if (str_eq(o->shape->name, "AMT_RemoteAccessCredentialContext") && cert &&
		    str_eq(named(o, "ElementProvidingContext", "Name"), server_id(server)) &&
		    strstr(cert->resource_uri, "AMT_PublicKeyCertificate"))
			return wsman_obj_epr_selector(cert, "InstanceID");
	}
	return NULL;
}

static unsigned compare_server(const struct engine_part_in *in, struct arena *a,
			       const struct engine_node *want, const struct wsman_obj *have,
			       struct engine_change *ch)
{
	static const struct engine_part_prop props[] = {
		{ "port", "Port", NULL },
		{ "common_name", "CN", NULL },
		{ NULL, NULL, NULL },
	};
	const char *path = server_path(a, engine_node_id(want)),
		   *is = login_of(in, have) ? "password" : "mutual",
		   *auth = engine_node_text(want, "auth");
	const char *bound = bound_cert(in, have), *own = engine_part_own_cert(in, READ_CONTEXTS);
	unsigned n = engine_part_fields(a, want, path, props, have, NULL, ch);
	if (str_eq(auth, "mutual") && bound && own && !str_eq(bound, own)) {
		engine_part_line(ch, arena_fmt(a, "%s.certificate", path), bound, own);
		n++;
	}
	if (str_eq(is, auth))
		return n;
	engine_part_line(ch, arena_fmt(a, "%s.auth", path), is, auth);
	return n + 1;
}

static const char *format_of(const char *host)
{
	unsigned dots = 0;
	bool digits = true;
	for (const char *p = host; *p; p++) {
		if (*p == ':')
			return "4";
		dots += *p == '.';
		digits &= *p == '.' || (*p >= '0' && *p <= '9');
	}
	return digits && dots == 3 ? "3" : "201";
}

static bool add_server(const struct engine_part_in *in, struct engine_changes *c,
		       const struct engine_node *want, const struct wsman_obj *was, struct err *e)
{
	const char *host = engine_node_id(want), *cn = engine_node_text(want, "common_name");
	const struct engine_part_secret *s = engine_part_secret(in, want, "password");
	bool mutual = str_eq(engine_node_text(want, "auth"), "mutual");
	const char *cert = mutual ? engine_part_own_cert(in, READ_CONTEXTS) : NULL;
	struct err ignored = { 0 };
	if (mutual && !cert) {
		err_set(e, ERR_VERIFY, "%s.auth: this PC has no certificate of its own",
			server_path(c->a, host));
		return err_hint(e,
				"let the profile say 'tls: server': the service then gives it one");
	}
	struct engine_change *ch =
		engine_part_change(c, CHANGE_CREATES | CHANGE_REREAD, "add:%s", host);
	struct wsman_obj *o = engine_part_call(c, ch, SERVICE, "AddMpServer", NULL);
	if (!o)
		return true;
	wsman_obj_set_str(o, "AccessInfo", host);
	wsman_obj_set_text(o, span_str("InfoFormat"), span_str(format_of(host)), &ignored);
	wsman_obj_set_text(o, span_str("Port"), span_str(engine_node_text(want, "port")), &ignored);
	wsman_obj_set_u32(o, "AuthMethod", mutual ? 1 : 2);
	if (mutual) {
		wsman_obj_set_epr(
			o, "Certificate",
			wsman_obj_epr_of(c->a, "AMT_PublicKeyCertificate", "InstanceID", cert));
	} else if (s) {
		wsman_obj_set_str(o, "Username", engine_node_text(want, "username"));
		wsman_obj_set_text(o, span_str("Password"), secret_reveal(&s->value), &ignored);
		ch->secret = (struct engine_part_secret *)s;
	}
	if (cn)
		wsman_obj_set_str(o, "CN", cn);
	if (was)
		compare_server(in, c->a, want, was, ch);
	else
		engine_part_line(ch, server_path(c->a, host), NULL,
				 arena_fmt(c->a, "port %s, %s", engine_node_text(want, "port"),
					   engine_node_text(want, "auth")));
	return true;
}

static void diff_login(const struct engine_part_in *in, struct engine_changes *c,
		       const struct engine_node *want, const struct wsman_obj *server)
{
	const struct wsman_obj *login = login_of(in, server);
	const struct engine_part_secret *s = engine_part_secret(in, want, "password");
	const char *path = server_path(c->a, engine_node_id(want)),
		   *user = engine_node_text(want, "username"),
		   *is = login ? wsman_obj_str(login, "RemoteID") : NULL;
	struct err e = { 0 };
	if (!login || !s || (s->was_set && str_eq(is, user)))
		return;
	struct engine_change *ch = engine_part_change(c, 0, "login:%s", engine_node_id(want));
	struct wsman_obj *o = engine_part_put(
		c, ch, login,
		wsman_obj_selector(c->a, "InstanceID", wsman_obj_str(login, "InstanceID"), NULL));
	if (!o)
		return;
	wsman_obj_set_str(o, "RemoteID", user);
	wsman_obj_unset(o, "Secret");
	wsman_obj_set_text(o, span_str("Secret"), secret_reveal(&s->value), &e);
	ch->secret = (struct engine_part_secret *)s;
	if (!str_eq(is, user))
		engine_part_line(ch, arena_fmt(c->a, "%s.username", path), is, user);
	if (!s->was_set)
		engine_part_line(ch, arena_fmt(c->a, "%s.password", path), "unknown",
				 "as in the profile");
}

static void drop_server(struct engine_changes *c, const struct wsman_obj *server, const char *field)
{
	struct engine_change *ch =
		engine_part_change(c, 0, "remove:%s", last_word(server_id(server)));
	engine_part_delete(c, ch, SERVER,
			   wsman_obj_selector(c->a, "Name", server_id(server), NULL));
	if (field)
		engine_part_line(ch, field,
				 arena_fmt(c->a, "port %s", wsman_obj_str(server, "Port")), NULL);
}

static const struct engine_node *in_list(const struct engine_node *list, const char *id)
{
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		if (str_eq_nocase(engine_node_id(n), id))
			return n;
	return NULL;
}

/* The device's server goes: it is another one now, or nobody wants it. */
static bool must_go(const struct engine_part_in *in, struct arena *a,
		    const struct wsman_obj *server, bool own)
{
	const struct engine_node *list = engine_node_get(in->want, "servers");
	const char *host = wsman_obj_str(server, "AccessInfo");
	const struct engine_node *want = in_list(list, host ? host : "");
	if (!want)
		return own && list;
	return server == server_of(in, host) ? compare_server(in, a, want, server, NULL) > 0 : own;
}

static bool stands_on_change(const struct engine_part_in *in, struct arena *a,
			     const struct wsman_obj *rule, bool own)
{
	for (unsigned s = 0; s < in->have[READ_SERVERS].count; s++) {
		const struct wsman_obj *server = in->have[READ_SERVERS].items[s];
		if (uses(in, rule, server) && must_go(in, a, server, own))
			return true;
	}
	return false;
}

static void diff_policies(const struct engine_part_in *in, struct engine_changes *c, bool own)
{
	const struct engine_node *list = engine_node_get(in->want, "policies");
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		const struct wsman_obj *rule = rule_of(in, engine_node_id(n));
		if (!rule || compare_rule(in, c->a, n, rule, NULL) ||
		    stands_on_change(in, c->a, rule, own))
			add_rule(in, c, n, rule);
		else
			diff_types(in, c, n, rule);
	}
}

static const char *trigger_word(struct arena *a, const struct wsman_obj *rule)
{
	const char *number = wsman_obj_str(rule, "Trigger");
	return number ? engine_part_word(a, triggers, number, false) : "?";
}

/* First of all: rules that go, or are made anew, or stand on a server that goes. */
static bool drop_rules(const struct engine_part_in *in, struct engine_changes *c, bool own,
		       struct err *e)
{
	const struct engine_node *list = engine_node_get(in->want, "policies");
	for (unsigned i = 0; i < in->have[READ_RULES].count; i++) {
		const struct wsman_obj *rule = in->have[READ_RULES].items[i];
		const char *trigger = trigger_word(c->a, rule);
		const struct engine_node *want = in_list(list, trigger);
		bool stands = stands_on_change(in, c->a, rule, own);
		if (want && (stands || compare_rule(in, c->a, want, rule, NULL))) {
			drop_rule(c, rule, NULL);
		} else if (!want && own && list) {
			drop_rule(c, rule, policy_path(c->a, trigger));
		} else if (!want && stands) {
			err_set(e, ERR_VERIFY,
				"%s is not in the profile, and uses a server that has to change",
				policy_path(c->a, trigger));
			return err_hint(e,
					"name it in the profile, or let that own the lists: "
					"'own: on'");
		} else if (!want && list) {
			engine_part_report(c, policy_path(c->a, trigger), "not in the profile");
		}
	}
	return true;
}

static void drop_servers(const struct engine_part_in *in, struct engine_changes *c, bool own)
{
	const struct engine_node *list = engine_node_get(in->want, "servers");
	for (unsigned i = 0; list && i < in->have[READ_SERVERS].count; i++) {
		const struct wsman_obj *server = in->have[READ_SERVERS].items[i];
		const char *host = wsman_obj_str(server, "AccessInfo"),
			   *path = server_path(c->a, host ? host : "?");
		bool ours = host && in_list(list, host) && server == server_of(in, host);
		if (must_go(in, c->a, server, own))
			drop_server(c, server, ours ? NULL : path);
		else if (!ours)
			engine_part_report(c, path, "not in the profile");
	}
}

static bool diff_servers(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const struct engine_node *list = engine_node_get(in->want, "servers");
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		const char *host = engine_node_id(n), *ca = engine_node_text(n, "ca");
		const struct wsman_obj *have = server_of(in, host);
		if (ca)
			engine_part_need_root(in, READ_CERTS, ca,
					      arena_fmt(c->a, "%s.ca", server_path(c->a, host)), c);
		if (have && !compare_server(in, c->a, n, have, NULL))
			diff_login(in, c, n, have);
		else if (!add_server(in, c, n, have, e))
			return false;
	}
	return true;
}

static void diff_interface(const struct engine_part_in *in, struct engine_changes *c)
{
	const char *want = engine_node_text(in->want, "user_interface");
	const struct wsman_obj *have =
		in->have[READ_INTERFACE].count ? in->have[READ_INTERFACE].items[0] : NULL;
	const char *is = have ? wsman_obj_str(have, "EnabledState") : NULL,
		   *value = want ? engine_part_word(c->a, interfaces, want, true) : NULL;
	struct err e = { 0 };
	if (!want || str_eq(is, value))
		return;
	if (!have) {
		engine_part_report(c, "remote_access.user_interface", "not available");
		return;
	}
	struct engine_change *ch = engine_part_change(c, 0, "user_interface");
	struct wsman_obj *o = engine_part_call(c, ch, INTERFACE, "RequestStateChange", NULL);
	if (o)
		wsman_obj_set_text(o, span_str("RequestedState"), span_str(value), &e);
	engine_part_line(ch, "remote_access.user_interface",
			 is ? engine_part_word(c->a, interfaces, is, false) : NULL, want);
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	bool own = false;
	engine_node_switch(in->want, "own", &own);
	if (!drop_rules(in, c, own, e))
		return false;
	drop_servers(in, c, own);
	if (!diff_servers(in, c, e))
		return false;
	diff_policies(in, c, own);
	diff_interface(in, c);
	return true;
}

/* ---- for part_remote_dark.c ---- */

const struct engine_node *engine_part_remote_want(const struct engine_part_in *in, struct arena *a,
						  const struct wsman_obj *rule)
{
	return in_list(engine_node_get(in->want, "policies"), trigger_word(a, rule));
}

const struct wsman_obj *engine_part_remote_rule(const struct engine_part_in *in,
						const struct engine_node *policy)
{
	return rule_of(in, engine_node_id(policy));
}

bool engine_part_remote_anew(const struct engine_part_in *in, struct arena *a,
			     const struct wsman_obj *rule, const struct engine_node *want, bool own)
{
	return stands_on_change(in, a, rule, own) ||
		(want && compare_rule(in, a, want, rule, NULL));
}

bool engine_part_remote_links(const struct wsman_obj *link, const struct wsman_obj *rule)
{
	return str_eq(named(link, "PolicySet", "PolicyRuleName"),
		      wsman_obj_str(rule, "PolicyRuleName"));
}

const struct engine_part engine_part_remote_access = {
	.name = "remote_access",
	.title = "remote access",
	.keys = engine_part_remote_keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.skip = skip,
	.check = engine_part_remote_check,
	.more = engine_part_remote_more,
	.dark = engine_part_remote_dark,
	.seen = engine_part_remote_seen,
	.diff = diff,
	.uses_own_cert = true,
};
