/* Away from home: environment detection, gateways (management presence servers) and the rules that open a
 * tunnel to them, the user's part in it. Servers and rules are records. Outside of its home
 * domains the device does not answer on its network port but through a tunnel (dev_reach.c). */
#include "base/str.h"
#include "sim/alerts.h"
#include "sim/dev_reach_priv.h"
#include "sim/fw_priv.h"

#define SERVICE      "AMT_RemoteAccessService"
#define SERVER       "AMT_ManagementPresenceRemoteSAP"
#define RULE         "AMT_RemoteAccessPolicyRule"
#define SERVER_NAME  "Intel(r) AMT:Management Presence Server"
#define LOGIN_NAME   "Intel(r) AMT:MPS Username Password"
#define HOME         "Intel(r) AMT Environment Detection Settings"
#define HOME_SLOTS   5  /* G */
#define SUFFIX_MAX   63 /* G */
#define IPV6_FROM    60
#define REMOTE_FROM  40
#define TYPE_FROM    116
#define SERVERS_OLD  4 /* G: before 11.6 */
#define SERVERS_NEW  6
#define RULES_MAX    3
#define PER_RULE     2
#define ALERT_REMOTE 53 /* discovery 7.3: 53 contracts updated */
#define CONTRACTS    53
#define USER_MAX     16
#define DMTF_OK      0
#define DMTF_INVALID 5

/* ---- environment detection ---- */

/* DNS names compare without case. */
static bool is_home(const struct sim_dev *d, const char *suffix)
{
	struct span left = span_str(sim_var_active(d, SIM_VAR_HOME));
	bool sub = sim_switches_is(&d->sw, SIM_SW_HOME_MATCH, "suffix");
	size_t len = strlen(suffix);

	while (left.n > 0) {
		size_t n = span_find(left, '\n');
		struct span one = span_make(left.p, n);
		if (span_eq_nocase(one, span_str(suffix)))
			return true;
		if (sub && len > n && suffix[len - n - 1] == '.' &&
		    span_eq_nocase(one, span_str(suffix + len - n)))
			return true;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return false;
}

bool sim_dev_is_outside(const struct sim_dev *d)
{
	return d->state == SIM_CONFIGURED && *sim_var_active(d, SIM_VAR_HOME) &&
		!is_home(d, sim_dev_suffix(d));
}

static bool suffix_ok(const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || n > SUFFIX_MAX || text[0] == '.' || text[n - 1] == '.')
		return false;
	for (; *text; text++) {
		char c = *text;
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '.')
			return false;
	}
	return true;
}

/* The members as they are kept; NULL: too many, or one that is none. */
static const char *join(struct fw_ctx *x, const struct wsman_obj *in, const char *prop,
			bool (*ok)(const char *))
{
	const char *text = "";
	unsigned n = 0;

	for (const struct wsman_val *v = wsman_obj_vals(in, prop); v; v = v->next) {
		if (++n > HOME_SLOTS || !v->text || !ok(v->text))
			return NULL;
		text = *text ? arena_fmt(x->a, "%s\n%s", text, v->text) : v->text;
	}
	return text;
}

static bool prefix_ok(const char *text)
{
	return strchr(text, ':') && strlen(text) <= 50;
}

static void ends_tunnel(struct fw_ctx *x)
{
	if (sim_dev_is_away(x->d))
		x->effects |= SIM_EFFECT_DARK;
}

static bool put_home(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	uint32_t algorithm = 0;
	const char *names = join(x, in, "DetectionStrings", suffix_ok),
		   *prefixes = join(x, in, "DetectionIPv6LocalPrefixes", prefix_ok);

	(void)i;
	if (sim_gen_number(x->d->gen) < IPV6_FROM &&
	    wsman_obj_has(in, "DetectionIPv6LocalPrefixes"))
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	if (!names || !prefixes || !wsman_obj_u32(in, "DetectionAlgorithm", &algorithm) ||
	    algorithm != 0)
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	/* what is not in the instance is none: the list is replaced */
	sim_var_set(x->d, SIM_VAR_HOME, names);
	sim_var_set(x->d, SIM_VAR_HOME_V6, prefixes);
	ends_tunnel(x);
	return true;
}

static void add_all(struct wsman_obj *o, const char *prop, const char *text)
{
	for (struct span left = span_str(text); left.n > 0;) {
		size_t n = span_find(left, '\n');
		wsman_obj_add_str(o, prop, arena_str(o->arena, span_make(left.p, n)));
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
}

static void fill_home(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	if (x->keys_only)
		return;
	add_all(o, "DetectionStrings", sim_var_active(x->d, SIM_VAR_HOME));
	add_all(o, "DetectionIPv6LocalPrefixes", sim_var_active(x->d, SIM_VAR_HOME_V6));
}

static const struct fw_member home_members[] = {
	FW_FIX("DetectionAlgorithm", "0"), FW_OWN("DetectionIPv6LocalPrefixes"),
	FW_OWN("DetectionStrings"),        FW_FIX("ElementName", HOME),
	FW_FIX("InstanceID", HOME),        FW_END,
};

/* ---- servers ---- */

static unsigned servers_max(const struct sim_dev *d)
{
	return sim_gen_number(d->gen) >= TYPE_FROM ? SERVERS_NEW : SERVERS_OLD;
}

static const char *name_of(struct fw_ctx *x, const char *base, const struct sim_record *r)
{
	return arena_fmt(x->a, "%s %u", base, (unsigned)r->handle - 1);
}

static const char *text_of(const struct wsman_obj *in, const char *prop)
{
	const char *text = wsman_obj_str(in, prop);

	return text ? text : "";
}

static bool is_same_server(const struct sim_dev *d, const struct wsman_obj *in)
{
	const struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(d, SERVER, i)); i++) {
		if (str_eq_nocase(sim_record_get(r, "AccessInfo"), text_of(in, "AccessInfo")) &&
		    str_eq(sim_record_get(r, "Port"), text_of(in, "Port")))
			return true;
	}
	return false;
}

static uint32_t judge_server(struct fw_ctx *x, const struct wsman_obj *in, uint32_t *out_cert)
{
	uint32_t format = 0, port = 0, auth = 0;
	const struct wsman_epr *cert = wsman_obj_epr(in, "Certificate");
	const char *user = text_of(in, "Username");

	wsman_obj_u32(in, "InfoFormat", &format);
	wsman_obj_u32(in, "Port", &port);
	wsman_obj_u32(in, "AuthMethod", &auth);
	if ((format != 3 && format != 4 && format != 201) || port == 0 ||
	    !*text_of(in, "AccessInfo") || (auth != 1 && auth != 2))
		return WSMAN_PT_INVALID_PARAMETER;
	if (auth == 2 && (!*user || strlen(user) > USER_MAX || !*text_of(in, "Password")))
		return WSMAN_PT_INVALID_PARAMETER;
	if (auth == 1 && !cert)
		return WSMAN_PT_INVALID_PARAMETER;
	if (auth == 1 && !sim_fw_8021x_cert(x, cert, false, out_cert))
		return WSMAN_PT_NOT_FOUND;
	if (is_same_server(x->d, in))
		return WSMAN_PT_DUPLICATE;
	return sim_fw_flash_ok(x) ? WSMAN_PT_SUCCESS : WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
}

static struct wsman_epr *instance_epr(struct fw_ctx *x, const char *cls, const char *key,
				      const char *value)
{
	struct wsman_epr *epr = sim_fw_epr(x, cls, "CreationClassName", cls);
	struct wsman_selector *s = epr ? epr->selectors : NULL;

	if (!s)
		return NULL;
	s->next = wsman_obj_selector(
		x->a, key, value,
		wsman_obj_selector(x->a, "SystemCreationClassName", "CIM_ComputerSystem",
				   wsman_obj_selector(x->a, "SystemName", "Intel(r) AMT", NULL)));
	return epr;
}

static struct wsman_epr *server_epr(struct fw_ctx *x, const struct sim_record *r)
{
	return instance_epr(x, SERVER, "Name", name_of(x, SERVER_NAME, r));
}

static uint32_t add_server(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	static const char *const members[] = { "AccessInfo", "InfoFormat", "Port", "CN" };
	uint32_t cert = 0, auth = 0, v = judge_server(x, in, &cert);
	struct sim_record *r;

	if (v != WSMAN_PT_SUCCESS)
		return v;
	r = sim_record_add(x->d, SERVER, servers_max(x->d));
	if (!r)
		return WSMAN_PT_MAX_LIMIT_REACHED;
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		sim_record_set(r, members[i], wsman_obj_str(in, members[i]));
	wsman_obj_u32(in, "AuthMethod", &auth);
	if (auth == 1) {
		sim_record_set(r, "client", arena_fmt(x->a, "%u", (unsigned)cert));
	} else {
		sim_record_set(r, "user", text_of(in, "Username"));
		sim_record_set(r, "secret", text_of(in, "Password"));
	}
	wsman_obj_set_epr(out, "MpServer", server_epr(x, r));
	return WSMAN_PT_SUCCESS;
}

static unsigned count_servers(const struct sim_dev *d)
{
	return sim_record_count(d, SERVER);
}

static void fill_server(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, SERVER, i);

	sim_fw_set(o, "Name", name_of(x, SERVER_NAME, r));
	if (!x->keys_only)
		sim_record_to(r, o);
}

/* Rules name the handles of their servers. */
static bool rule_uses(const struct sim_record *rule, const struct sim_record *server,
		      unsigned *out_at)
{
	unsigned at = 0;
	uint32_t handle;

	for (const struct sim_record_text *t = rule->texts; t; t = t->next) {
		if (!str_eq(t->name, "server"))
			continue;
		if (str_to_u32(span_str(t->value), 0, UINT32_MAX, &handle, NULL) &&
		    handle == server->handle) {
			*out_at = at;
			return true;
		}
		at++;
	}
	return false;
}

static bool delete_server(struct fw_ctx *x, unsigned i)
{
	struct sim_record *server = sim_record_at(x->d, SERVER, i);
	const struct sim_record *rule;
	unsigned at;

	for (unsigned n = 0; (rule = sim_record_at(x->d, RULE, n)); n++) {
		if (rule_uses(rule, server, &at))
			return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_NOT_PERMITTED);
	}
	sim_record_drop(x->d, server);
	return true;
}

/* ---- logins of servers ---- */

static struct sim_record *login_at(const struct sim_dev *d, unsigned i)
{
	struct sim_record *r;

	for (unsigned n = 0; (r = sim_record_at(d, SERVER, n)); n++) {
		if (sim_record_get(r, "user") && i-- == 0)
			return r;
	}
	return NULL;
}

static unsigned count_logins(const struct sim_dev *d)
{
	unsigned n = 0;

	while (login_at(d, n))
		n++;
	return n;
}

static void fill_login(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = login_at(x->d, i);

	sim_fw_set(o, "InstanceID", name_of(x, LOGIN_NAME, r));
	if (!x->keys_only)
		sim_fw_set(o, "RemoteID", sim_record_get(r, "user"));
}

static bool put_login(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	struct sim_record *r = login_at(x->d, i);
	const char *user = wsman_obj_str(in, "RemoteID"), *secret = wsman_obj_str(in, "Secret");

	if ((user && (!*user || strlen(user) > USER_MAX)) || (secret && !*secret))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	if (user)
		sim_record_set(r, "user", user);
	if (secret)
		sim_record_set(r, "secret", secret);
	return true;
}

/* ---- rules ---- */

static const char *const rule_names[] = { "User Initiated", "Alert", "Periodic",
					  "Home Provisioning" };

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool when_ok(const struct wsman_obj *in)
{
	struct span b;

	if (!wsman_obj_b64(in, "ExtendedData", &b))
		return false;
	if (b.n == 8)
		return be32(b.p) == 0 && be32(b.p + 4) > 0;
	return b.n == 12 && be32(b.p) == 1 && be32(b.p + 4) < 24 && be32(b.p + 8) < 60;
}

static struct sim_record *named_server(struct fw_ctx *x, const struct wsman_epr *epr)
{
	const char *name = epr ? wsman_obj_epr_selector(epr, "Name") : NULL;
	struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(x->d, SERVER, i)); i++) {
		if (str_eq(name, name_of(x, SERVER_NAME, r)))
			return r;
	}
	return NULL;
}

static uint32_t judge_rule(struct fw_ctx *x, const struct wsman_obj *in)
{
	uint32_t trigger = UINT32_MAX;
	unsigned n = 0;

	if (!wsman_obj_u32(in, "Trigger", &trigger) || trigger > 3 ||
	    (trigger == 2 && !when_ok(in)))
		return WSMAN_PT_INVALID_PARAMETER;
	for (const struct wsman_val *v = wsman_obj_vals(in, "MpServer"); v; v = v->next, n++) {
		if (!named_server(x, v->epr))
			return WSMAN_PT_NOT_FOUND;
	}
	if (n == 0 || n > PER_RULE)
		return WSMAN_PT_INVALID_PARAMETER;
	if (sim_record_find(x->d, RULE, "Trigger", wsman_obj_str(in, "Trigger")))
		return WSMAN_PT_DUPLICATE;
	return sim_fw_flash_ok(x) ? WSMAN_PT_SUCCESS : WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
}

static const char *rule_name(const struct sim_record *r)
{
	const char *trigger = sim_record_get(r, "Trigger");

	return rule_names[trigger && trigger[0] >= '0' && trigger[0] <= '3' ? trigger[0] - '0' : 0];
}

static struct wsman_epr *rule_epr(struct fw_ctx *x, const struct sim_record *r)
{
	return instance_epr(x, RULE, "PolicyRuleName", rule_name(r));
}

static uint32_t add_rule(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t v = judge_rule(x, in);
	struct sim_record *r;

	if (v != WSMAN_PT_SUCCESS)
		return v;
	r = sim_record_add(x->d, RULE, RULES_MAX);
	if (!r)
		return WSMAN_PT_MAX_LIMIT_REACHED;
	sim_record_set(r, "Trigger", wsman_obj_str(in, "Trigger"));
	sim_record_set(r, "TunnelLifeTime", wsman_obj_str(in, "TunnelLifeTime"));
	sim_record_set(r, "ExtendedData", wsman_obj_str(in, "ExtendedData"));
	for (const struct wsman_val *s = wsman_obj_vals(in, "MpServer"); s; s = s->next) {
		const struct sim_record *server = named_server(x, s->epr);
		sim_record_append(r, "server", arena_fmt(x->a, "%u", (unsigned)server->handle));
		sim_record_append(r, "type", "0");
	}
	wsman_obj_set_epr(out, "PolicyRule", rule_epr(x, r));
	sim_alerts_message(x->d, ALERT_REMOTE, CONTRACTS, 2);
	return WSMAN_PT_SUCCESS;
}

static unsigned count_rules(const struct sim_dev *d)
{
	return sim_record_count(d, RULE);
}

static void fill_rule(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, RULE, i);

	sim_fw_set(o, "PolicyRuleName", rule_name(r));
	if (!x->keys_only)
		sim_record_to(r, o);
}

static bool delete_rule(struct fw_ctx *x, unsigned i)
{
	sim_record_drop(x->d, sim_record_at(x->d, RULE, i));
	sim_alerts_message(x->d, ALERT_REMOTE, CONTRACTS, 2);
	ends_tunnel(x); /* G: the tunnel ends with the last rule that would open it */
	return true;
}

/* ---- which rule uses which server ---- */

struct link {
	struct sim_record *rule, *server;
	unsigned at; /* place of the server in the rule */
};

static bool link_at(const struct sim_dev *d, unsigned i, struct link *out_l)
{
	for (unsigned n = 0; (out_l->rule = sim_record_at(d, RULE, n)); n++) {
		for (unsigned s = 0; (out_l->server = sim_record_at(d, SERVER, s)); s++) {
			if (rule_uses(out_l->rule, out_l->server, &out_l->at) && i-- == 0)
				return true;
		}
	}
	return false;
}

static unsigned count_links(const struct sim_dev *d)
{
	struct link l;
	unsigned n = 0;

	while (link_at(d, n, &l))
		n++;
	return n;
}

/* The n-th text of that name. */
static struct sim_record_text *nth(const struct sim_record *r, const char *name, unsigned n)
{
	struct sim_record_text *t = r->texts;

	while (t && (!str_eq(t->name, name) || n-- > 0))
		t = t->next;
	return t;
}

static void fill_link(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	struct link l;

	if (!link_at(x->d, i, &l))
		return;
	wsman_obj_set_epr(o, "ManagedElement", server_epr(x, l.server));
	wsman_obj_set_epr(o, "PolicySet", rule_epr(x, l.rule));
	if (x->keys_only)
		return;
	const struct sim_record_text *type = nth(l.rule, "type", l.at);
	wsman_obj_set_u32(o, "OrderOfAccess", l.at);
	if (sim_gen_number(x->d->gen) >= TYPE_FROM)
		sim_fw_set(o, "MpsType", type ? type->value : "0");
}

static bool put_link(struct fw_ctx *x, unsigned i, const struct wsman_obj *in)
{
	struct link l;
	uint32_t type = 0;

	if (!wsman_obj_has(in, "MpsType"))
		return true;
	if (sim_gen_number(x->d->gen) < TYPE_FROM)
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	if (!wsman_obj_u32(in, "MpsType", &type) || type > 2 || !link_at(x->d, i, &l))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INVALID_PARAMETER);
	struct sim_record_text *t = nth(l.rule, "type", l.at);
	if (t)
		t->value[0] = (char)('0' + type); /* one digit replaces another */
	ends_tunnel(x);
	return true;
}

/* A gateway of type internal is for PCs at home. */
bool sim_dev_opens_tunnel(const struct sim_dev *d)
{
	struct link l;

	for (unsigned i = 0; link_at(d, i, &l); i++) {
		const struct sim_record_text *type = nth(l.rule, "type", l.at);
		if (!type || !str_eq(type->value, "1"))
			return true;
	}
	return false;
}

/* ---- what ties a login or a certificate to its server ---- */

static unsigned count_contexts(const struct sim_dev *d)
{
	return sim_record_count(d, SERVER);
}

static void fill_context(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	const struct sim_record *r = sim_record_at(x->d, SERVER, i);
	const char *cert = sim_record_get(r, "client");

	wsman_obj_set_epr(
		o, "ElementInContext",
		cert ? sim_fw_epr(x, "AMT_PublicKeyCertificate", "InstanceID",
				  arena_fmt(x->a, "Intel(r) AMT Certificate: Handle: %s", cert))
		     : sim_fw_epr(x, "AMT_MPSUsernamePassword", "InstanceID",
				  name_of(x, LOGIN_NAME, r)));
	wsman_obj_set_epr(o, "ElementProvidingContext", server_epr(x, r));
}

bool sim_fw_remote_uses(const struct sim_dev *d, uint32_t cert_handle)
{
	const struct sim_record *r;
	uint32_t handle;

	for (unsigned i = 0; (r = sim_record_at(d, SERVER, i)); i++) {
		const char *cert = sim_record_get(r, "client");
		if (cert && str_to_u32(span_str(cert), 0, UINT32_MAX, &handle, NULL) &&
		    handle == cert_handle)
			return true;
	}
	return false;
}

/* ---- the rest ---- */

static uint32_t interface_change(struct fw_ctx *x, const struct wsman_obj *in,
				 struct wsman_obj *out)
{
	uint32_t s;

	(void)out;
	if (!wsman_obj_u32(in, "RequestedState", &s) || s < 32768 || s > 32771)
		return DMTF_INVALID;
	sim_var_set(x->d, SIM_VAR_USER_CONNECT, wsman_obj_str(in, "RequestedState"));
	return DMTF_OK;
}

static void fill_service(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	if (!x->keys_only)
		wsman_obj_set_bool(o, "IsRemoteTunnelConnected", sim_dev_is_tunnelled(x->d));
}

static void fill_able(struct fw_ctx *x, unsigned i, struct wsman_obj *o)
{
	(void)i;
	if (!x->keys_only)
		wsman_obj_set_u32(o, "MaxTotalMpServers", servers_max(x->d));
}

static const struct fw_member service_members[] = {
	FW_FIX("CreationClassName", SERVICE),
	FW_FIX("ElementName", "Intel(r) AMT Remote Access Service"),
	FW_OWN("IsRemoteTunnelConnected"),
	FW_FIX("Name", "Intel(r) AMT Remote Access Service"),
	FW_FIX("RemoteTunnelKeepAliveTimeout", "4294967295"),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_method service_methods[] = {
	{ "AddMpServer", add_server },
	{ "AddRemoteAccessPolicyRule", add_rule },
	{ NULL, NULL },
};
static const struct fw_member able_members[] = {
	FW_FIX("ElementName", "Intel(r) AMT:Remote Access Capabilities"),
	FW_FIX("InstanceID", "Intel(r) AMT:Remote Access Capabilities"),
	FW_FIX("MaxMpsPerPolicy", "2"),
	FW_OWN("MaxTotalMpServers"),
	FW_FIX("MaxTotalPolicies", "3"),
	FW_FIX("MaxTotalProxyEntryPoints", "15"),
	FW_END,
};
static const struct fw_member server_members[] = {
	FW_FIX("CreationClassName", SERVER),
	FW_FIX("ElementName", SERVER_NAME),
	FW_OWN("Name"),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_member login_members[] = {
	FW_OWN("InstanceID"),
	FW_OWN("RemoteID"),
	FW_OWN("Secret"),
	FW_END,
};
static const struct fw_member rule_members[] = {
	FW_FIX("CreationClassName", RULE),
	FW_FIX("ElementName", "Inte(r) AMT:Remote Access Policy"), /* so captured */
	FW_OWN("PolicyRuleName"),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_member link_members[] = {
	FW_OWN("ManagedElement"),
	FW_OWN("MpsType"),
	FW_OWN("OrderOfAccess"),
	FW_OWN("PolicySet"),
	FW_END,
};
static const struct fw_member context_members[] = {
	FW_OWN("ElementInContext"),
	FW_OWN("ElementProvidingContext"),
	FW_END,
};
#define INTERFACE "Intel(r) AMT User Initiated Connection Service"
static const struct fw_member interface_members[] = {
	FW_FIX("CreationClassName", "AMT_UserInitiatedConnectionService"),
	FW_FIX("ElementName", INTERFACE),
	FW_VAR("EnabledState", SIM_VAR_USER_CONNECT),
	FW_FIX("Name", INTERFACE),
	FW_SYSTEM,
	FW_END,
};
static const struct fw_method interface_methods[] = {
	{ "RequestStateChange", interface_change },
	{ NULL, NULL },
};

const struct fw_class sim_fw_remote_classes[] = {
	{ .name = "AMT_EnvironmentDetectionSettingData",
	  .members = { home_members },
	  .fill = fill_home,
	  .can_put = true,
	  .put = put_home },
	{ .name = SERVICE,
	  .since = REMOTE_FROM,
	  .members = { service_members },
	  .fill = fill_service,
	  .methods = service_methods },
	{ .name = "AMT_RemoteAccessCapabilities",
	  .since = REMOTE_FROM,
	  .members = { able_members },
	  .fill = fill_able },
	{ .name = SERVER,
	  .since = REMOTE_FROM,
	  .members = { server_members },
	  .count = count_servers,
	  .fill = fill_server,
	  .del = delete_server },
	{ .name = "AMT_MPSUsernamePassword",
	  .since = REMOTE_FROM,
	  .members = { login_members },
	  .count = count_logins,
	  .fill = fill_login,
	  .can_put = true,
	  .put = put_login },
	{ .name = RULE,
	  .since = REMOTE_FROM,
	  .members = { rule_members },
	  .count = count_rules,
	  .fill = fill_rule,
	  .del = delete_rule },
	{ .name = "AMT_RemoteAccessPolicyAppliesToMPS",
	  .since = REMOTE_FROM,
	  .members = { link_members },
	  .count = count_links,
	  .fill = fill_link,
	  .can_put = true,
	  .put = put_link },
	{ .name = "AMT_RemoteAccessCredentialContext",
	  .since = REMOTE_FROM,
	  .members = { context_members },
	  .count = count_contexts,
	  .fill = fill_context },
	{ .name = "AMT_UserInitiatedConnectionService",
	  .since = REMOTE_FROM,
	  .members = { interface_members },
	  .methods = interface_methods },
	{ .name = NULL },
};
