/* Part "wifi": the wireless port, synchronisation with the host's profiles, and networks by name in their
 * order (setup-and-configuration 5.11). Priorities are the places in the profile's list, past those of
 * networks that are left alone. Profiles of the user (priority 0) are told and never touched. */
#include "base/str.h"
#include "engine/part_dot1x.h"
#include "engine/part_links.h"

#include <stdio.h>

#define SETTINGS   "CIM_WiFiEndpointSettings"
#define SERVICE    "AMT_WiFiPortConfigurationService"
#define ID_PREFIX  "Intel(r) AMT:WiFi Endpoint Settings "
#define ID_8021X   "Intel(r) AMT:IEEE 802.1x Settings "
#define SLOTS      8 /* profiles of the administrator */
#define PRIORITIES 256
#define PORT_OFF   "3"
#define SECURITY   "wpa-psk wpa2-psk wpa3-sae wpa3-owe wpa-802.1x wpa2-802.1x"

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, KEY_CUTS_OFF, "", "4.0", SRC_P, "Wireless port and networks.",
	  NULL },
	{ "port", KEY_WORD, "off s0 s0-sx-ac", KEY_CUTS_OFF, "CIM_WiFiPort.RequestStateChange",
	  "4.0", SRC_P,
	  "When the management engine uses the wireless port: never, while the host is on, or also "
	  "while it sleeps on mains.",
	  "s0-sx-ac" },
	{ "local_sync", KEY_WORD, "off user admin any", 0,
	  SERVICE ".localProfileSynchronizationEnabled", "4.0", SRC_P,
	  "Whose profiles of the host's software are taken over.", "any" },
	{ "uefi_share", KEY_SWITCH, NULL, 0, SERVICE ".UEFIWiFiProfileShareEnabled", "16.1", SRC_G,
	  "The BIOS may use these networks.", "on" },
	{ "own", KEY_SWITCH, NULL, 0, "", "4.0", SRC_P,
	  "Networks of the administrator that are not in the list are removed.", "off" },
	{ "networks", KEY_LIST, NULL, KEY_CUTS_OFF, "", "4.0", SRC_P,
	  "Networks, the preferred one first; up to 8 with those that are left alone.", NULL },
	{ "networks.name", KEY_TEXT, "1..32", KEY_ID, SETTINGS ".ElementName", "4.0", SRC_P,
	  "Name of the entry in the PC.", "office" },
	{ "networks.ssid", KEY_TEXT, "1..32", KEY_NEEDED, SETTINGS ".SSID", "4.0", SRC_P,
	  "Name of the network.", "Example" },
	{ "networks.security", KEY_WORD, SECURITY, KEY_NEEDED, SETTINGS ".AuthenticationMethod",
	  "4.0", SRC_P, "How the PC joins.", "wpa2-psk" },
	{ "networks.encryption", KEY_WORD, "tkip ccmp", 0, SETTINGS ".EncryptionMethod", "4.0",
	  SRC_P, "Cipher; ccmp when it is not named.", "ccmp" },
	{ "networks.passphrase", KEY_SECRET, NULL, KEY_NO_RANDOM, SETTINGS ".PSKPassPhrase", "4.0",
	  SRC_P, "Passphrase of wpa-psk, wpa2-psk and wpa3-sae; cannot be read back.",
	  "{secret: wifi}" },
	{ "networks.dot1x", KEY_GROUP, NULL, 0, "", "4.0", SRC_P,
	  "Login of wpa-802.1x and wpa2-802.1x.", NULL },
	DOT1X_KEYS("networks.dot1x.", "CIM_IEEE8021xSettings", "4.0"),
	ENGINE_KEYS_END,
};
enum {
	READ_SERVICE,
	READ_PORT,
	READ_NETWORKS,
	READ_ABLE,
	READ_8021X,
	READ_CERTS,
	READ_CONTEXTS,
	READ_CABLE,
	READ_RADIO
};
static const struct engine_part_read reads[] = {
	{ PART_GET, SERVICE, NULL, NULL, false },
	{ PART_ENUMERATE, "CIM_WiFiPort", NULL, NULL, false },
	{ PART_ENUMERATE, SETTINGS, NULL, NULL, false },
	{ PART_ENUMERATE, "CIM_WiFiEndpointCapabilities", NULL, NULL, true },
	{ PART_ENUMERATE, "CIM_IEEE8021xSettings", NULL, NULL, true },
	{ PART_ENUMERATE, "AMT_PublicKeyCertificate", NULL, NULL, true },
	{ PART_ENUMERATE, "CIM_CredentialContext", NULL, NULL, true },
	{ PART_GET, ENGINE_LINKS_CLASS, NULL, ENGINE_LINKS_CABLE, true },
	{ PART_GET, ENGINE_LINKS_CLASS, NULL, ENGINE_LINKS_RADIO, true },
};
static const struct engine_part_prop network_props[] = {
	{ "ssid", "SSID", NULL },
	{ "security", "AuthenticationMethod",
	  "wpa-psk=4 wpa-802.1x=5 wpa2-psk=6 wpa2-802.1x=7 wpa3-sae=32768 wpa3-owe=32769" },
	{ "encryption", "EncryptionMethod", "tkip=3 ccmp=4" },
	{ NULL, NULL, NULL },
};
static const struct engine_part_prop protocol_props[] = {
	{ "protocol", "AuthenticationProtocol",
	  "tls=0 ttls-mschapv2=1 peap-mschapv2=2 eap-gtc=3 fast-mschapv2=4 fast-gtc=5 fast-tls=10" },
	{ NULL, NULL, NULL },
};

static bool is_login(const char *security)
{
	return strstr(security, "802.1x");
}

static bool is_phrase(const char *security)
{
	return strstr(security, "psk") || str_eq(security, "wpa3-sae");
}

static bool has_dot1x(const struct engine_node *want)
{
	const struct engine_node *list = engine_node_get(want, "networks");
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		if (engine_node_get(n, "dot1x"))
			return true;
	return false;
}

static bool skip(const struct engine_node *want, unsigned read)
{
	if (read == READ_NETWORKS || read == READ_ABLE)
		return !engine_node_get(want, "networks");
	return read >= READ_8021X && read < READ_CABLE && !has_dot1x(want);
}

/* ---- what the rows cannot say ---- */

static const struct engine_node *check_network(const struct engine_node *n, char *out_what,
					       size_t cap)
{
	const struct engine_node *security = engine_node_get(n, "security"),
				 *dot1x = engine_node_get(n, "dot1x");
	if (!security)
		return NULL;
	/* what the security does not use may stand there: it is left out */
	if (is_login(security->text) && !dot1x) {
		snprintf(out_what, cap, "this security needs 'dot1x'");
		return security;
	}
	if (is_phrase(security->text) && !engine_node_get(n, "passphrase")) {
		snprintf(out_what, cap, "this security needs 'passphrase'");
		return security;
	}
	return is_login(security->text) ? engine_part_dot1x_check(dot1x, out_what, cap) : NULL;
}

static const struct engine_node *check(const struct engine_node *want, char *out_what, size_t cap)
{
	const struct engine_node *list = engine_node_get(want, "networks"), *bad = NULL;
	unsigned count = 0;
	for (const struct engine_node *n = list ? list->children : NULL; n && !bad; n = n->next) {
		bad = check_network(n, out_what, cap);
		if (!bad && ++count > SLOTS) {
			snprintf(out_what, cap, "there is room for 8 networks");
			bad = n;
		}
	}
	return bad;
}

/* ---- networks ---- */

struct network {
	const struct engine_node *want;
	const char *name, *path;
	struct wsman_obj *have;          /* NULL: to be added */
	uint32_t is, priority;           /* 0: none yet */
	const struct engine_node *login; /* group dot1x; NULL */
	const struct wsman_obj *dot1x;   /* what the device has for it */
	const char *dot1x_id;
	struct engine_part_dot1x certs;
};
struct plan {
	const struct engine_part_in *in;
	struct engine_changes *c;
	struct network rows[SLOTS];
	unsigned count;
	bool taken[PRIORITIES]; /* by networks that stay as they are */
};

static uint32_t priority_of(const struct wsman_obj *o)
{
	uint32_t v = 0;
	return wsman_obj_u32(o, "Priority", &v) && v < PRIORITIES ? v : 0;
}

static const char *name_of(const struct wsman_obj *o)
{
	const char *name = wsman_obj_str(o, "ElementName");
	return name ? name : "";
}

static struct wsman_obj *admin_network(const struct engine_part_in *in, const char *name)
{
	for (unsigned i = 0; i < in->have[READ_NETWORKS].count; i++) {
		struct wsman_obj *o = in->have[READ_NETWORKS].items[i];
		if (priority_of(o) && str_eq(name_of(o), name))
			return o;
	}
	return NULL;
}

static bool is_named(const struct plan *p, const struct wsman_obj *o)
{
	for (unsigned i = 0; i < p->count; i++)
		if (p->rows[i].have == o)
			return true;
	return false;
}

static void remove_network(struct engine_changes *c, const struct wsman_obj *o, const char *field)
{
	struct engine_change *ch = engine_part_change(c, CHANGE_CUTS_OFF, "delete:%s", name_of(o));
	engine_part_delete(
		c, ch, SETTINGS,
		wsman_obj_selector(c->a, "InstanceID", wsman_obj_str(o, "InstanceID"), NULL));
	engine_part_line(ch, field, wsman_obj_str(o, "SSID"), NULL);
}

/* Networks that are not in the profile; false: they leave too few slots. */
static bool look_at_others(struct plan *p, struct err *e)
{
	const struct engine_part_in *in = p->in;
	unsigned kept = 0;
	bool own = false;
	engine_node_switch(in->want, "own", &own);
	for (unsigned i = 0; i < in->have[READ_NETWORKS].count; i++) {
		const struct wsman_obj *o = in->have[READ_NETWORKS].items[i];
		const char *field = arena_fmt(p->c->a, "wifi.networks.%s", name_of(o));
		uint32_t priority = priority_of(o);
		if (is_named(p, o))
			continue;
		if (!priority) {
			engine_part_report(p->c, field, "a profile of the user, left alone");
		} else if (own) {
			remove_network(p->c, o, field);
		} else {
			engine_part_report(p->c, field, "not in the profile");
			p->taken[priority] = true;
			kept++;
		}
	}
	if (kept + p->count <= SLOTS)
		return true;
	err_set(e, ERR_VERIFY, "wifi.networks: %u networks do not fit beside %u others of this PC",
		p->count, kept);
	err_want(e, "at most %d", SLOTS);
	return err_hint(e, "shorten the list, or let the profile own it: 'own: on'");
}

/* The device says what its radio can; no such list means that it is not known. */
static bool is_able(const struct engine_part_in *in, const char *method)
{
	const struct wsman_obj *o = in->have[READ_ABLE].count ? in->have[READ_ABLE].items[0] : NULL;
	const struct wsman_val *v = o ? wsman_obj_vals(o, "SupportedAuthenticationMethods") : NULL;
	bool any = v;
	for (; v; v = v->next)
		if (str_eq(v->text, method))
			return true;
	return !any;
}

static bool collect(struct plan *p, struct err *e)
{
	const struct engine_node *list = engine_node_get(p->in->want, "networks");
	for (const struct engine_node *n = list->children; n && p->count < SLOTS; n = n->next) {
		struct network *w = &p->rows[p->count++];
		const char *security = engine_node_text(n, "security");
		w->want = n;
		w->name = engine_node_id(n);
		w->path = arena_fmt(p->c->a, "wifi.networks.%s", w->name);
		w->have = admin_network(p->in, w->name);
		w->is = w->have ? priority_of(w->have) : 0;
		if (is_able(p->in,
			    engine_part_word(p->c->a, network_props[1].words, security, true)))
			continue;
		err_set(e, ERR_VERIFY, "%s.security: this PC's wireless card does not offer it",
			w->path);
		err_seen(e, "%s", security);
		return err_hint(e,
				"give the network another 'security', or PCs like this one "
				"another profile");
	}
	return true;
}

static void number(struct plan *p)
{
	uint32_t next = 1;
	for (unsigned i = 0; i < p->count; i++) {
		while (next < PRIORITIES - 1 && p->taken[next])
			next++;
		p->rows[i].priority = next++;
	}
}

/* ---- one network ---- */

static struct wsman_obj *new_of(struct arena *a, const char *class_name)
{
	const struct wsman_class *cls = wsman_classes_find(class_name);
	return cls ? wsman_obj_new(a, &cls->shape, cls->uri) : NULL;
}

static const char *id_of(struct arena *a, const struct network *w)
{
	const char *id = w->have ? wsman_obj_str(w->have, "InstanceID") : NULL;
	return id ? id : arena_fmt(a, ID_PREFIX "%s", w->name);
}

static const struct engine_part_secret *secret_of(const struct plan *p, const struct network *w)
{
	if (w->login)
		return engine_part_secret(p->in, w->login, "password");
	return is_phrase(engine_node_text(w->want, "security"))
		? engine_part_secret(p->in, w->want, "passphrase")
		: NULL;
}

static struct wsman_obj *settings_of(const struct plan *p, const struct network *w,
				     uint32_t priority)
{
	struct arena *a = p->c->a;
	struct wsman_obj *o = new_of(a, SETTINGS);
	const struct engine_part_secret *s = w->login ? NULL : secret_of(p, w);
	struct err e = { 0 };
	if (!o)
		return NULL;
	wsman_obj_set_str(o, "ElementName", w->name);
	wsman_obj_set_str(o, "InstanceID", id_of(a, w));
	wsman_obj_set_u32(o, "EncryptionMethod", 4);
	wsman_obj_set_u32(o, "Priority", priority);
	engine_part_fields(a, w->want, w->path, network_props, NULL, o, NULL);
	if (s)
		wsman_obj_set_text(o, span_str("PSKPassPhrase"), secret_reveal(&s->value), &e);
	return o;
}

static struct wsman_obj *dot1x_of(const struct plan *p, const struct network *w)
{
	struct arena *a = p->c->a;
	const struct engine_node *g = w->login;
	const struct engine_part_secret *s = engine_part_secret(p->in, g, "password");
	struct wsman_obj *o = new_of(a, "CIM_IEEE8021xSettings");
	struct err e = { 0 };
	if (!o)
		return NULL;
	wsman_obj_set_str(o, "ElementName", w->name);
	wsman_obj_set_str(o, "InstanceID", w->dot1x_id);
	engine_part_fields(a, g, w->path, protocol_props, NULL, o, NULL);
	engine_part_dot1x_fields(p->in, a, g, w->path, NULL, o, NULL);
	if (s)
		wsman_obj_set_text(o, span_str("Password"), secret_reveal(&s->value), &e);
	return o;
}

static void set_cert(struct wsman_obj *in, const char *member, const char *id)
{
	if (id)
		wsman_obj_set_epr(
			in, member,
			wsman_obj_epr_of(in->arena, "AMT_PublicKeyCertificate", "InstanceID", id));
}

static void fill_call(const struct plan *p, const struct network *w, struct engine_change *ch,
		      uint32_t priority)
{
	struct arena *a = p->c->a;
	struct wsman_obj *in = engine_part_call(
		p->c, ch, SERVICE, w->have ? "UpdateWiFiSettings" : "AddWiFiSettings", NULL);
	struct wsman_obj *settings = settings_of(p, w, priority);
	if (!in || !settings)
		return;
	if (w->have)
		wsman_obj_set_epr(in, "WiFiEndpointSettings",
				  wsman_obj_epr_of(a, SETTINGS, "InstanceID", id_of(a, w)));
	else
		wsman_obj_set_epr(
			in, "WiFiEndpoint",
			wsman_obj_epr_of(a, "CIM_WiFiEndpoint", "Name", "WiFi Endpoint 0"));
	wsman_obj_set_obj(in, "WiFiEndpointSettingsInput", settings);
	ch->secret = (struct engine_part_secret *)secret_of(p, w);
	if (!w->login)
		return;
	wsman_obj_set_obj(in, "IEEE8021xSettingsInput", dot1x_of(p, w));
	set_cert(in, "ClientCredential", w->certs.client);
	set_cert(in, "CACredential", w->certs.root);
}

/* Lines of what differs; how many. */
static unsigned compare(const struct plan *p, const struct network *w, struct engine_change *ch)
{
	struct arena *a = p->c->a;
	const struct engine_node *g = w->login;
	const struct engine_part_secret *s = secret_of(p, w);
	const char *path = arena_fmt(a, "%s.dot1x", w->path);
	unsigned n = engine_part_fields(a, w->want, w->path, network_props, w->have, NULL, ch);
	if (w->is != w->priority) {
		n++;
		engine_part_line(ch, arena_fmt(a, "%s.priority", w->path),
				 arena_fmt(a, "%u", (unsigned)priority_of(w->have)),
				 arena_fmt(a, "%u", (unsigned)w->priority));
	}
	if (g) {
		n += engine_part_fields(a, g, path, protocol_props, w->dot1x, NULL, ch);
		n += engine_part_dot1x_fields(p->in, a, g, path, w->dot1x, NULL, ch);
		n += engine_part_dot1x_bound_lines(&w->certs, path, a, ch);
	}
	if (s && !s->was_set) {
		n++;
		engine_part_line(
			ch,
			arena_fmt(a, "%s.%s", g ? path : w->path, engine_key_name(s->node->row)),
			"unknown", "as in the profile");
	}
	return n;
}

/* The highest that nobody has; there are far more than networks. */
static uint32_t free_priority(const struct plan *p)
{
	uint32_t v = PRIORITIES - 1;
	for (unsigned k = 0; k < p->count;) {
		bool held = p->taken[v] || p->rows[k].is == v || p->rows[k].priority == v;
		v -= held;
		k = held ? 0 : k + 1;
	}
	return v;
}

/* Its priority is held by one of ours that gets its own later: that one goes out of the way. */
static void make_room(struct plan *p, const struct network *w)
{
	for (unsigned i = 0; i < p->count; i++) {
		struct network *o = &p->rows[i];
		if (o == w || !o->have || o->is != w->priority)
			continue;
		o->is = free_priority(p);
		fill_call(p, o, engine_part_change(p->c, 0, "move:%s", o->name), o->is);
	}
}

static bool prepare_login(struct plan *p, struct network *w, struct err *e)
{
	struct arena *a = p->c->a;
	if (!is_login(engine_node_text(w->want, "security")))
		return true;
	w->login = engine_node_get(w->want, "dot1x");
	w->dot1x = engine_part_item(p->in, READ_8021X, "ElementName", w->name);
	w->dot1x_id = w->dot1x ? wsman_obj_str(w->dot1x, "InstanceID") : NULL;
	if (!w->dot1x_id)
		w->dot1x_id = arena_fmt(a, ID_8021X "%s", w->name);
	return engine_part_dot1x_certs(p->in, w->login, arena_fmt(a, "%s.dot1x", w->path),
				       READ_CERTS, READ_CONTEXTS, w->dot1x_id, p->c, &w->certs, e);
}

static void diff_network(struct plan *p, struct network *w)
{
	struct engine_changes *c = p->c;
	if (w->have && !compare(p, w, NULL))
		return;
	if (w->is != w->priority)
		make_room(p, w);
	struct engine_change *ch = engine_part_change(c, w->have ? 0 : CHANGE_CREATES, "%s:%s",
						      w->have ? "set" : "add", w->name);
	if (w->have)
		compare(p, w, ch);
	else
		engine_part_line(
			ch, w->path, NULL,
			arena_fmt(c->a, "%s, %s, priority %u", engine_node_text(w->want, "ssid"),
				  engine_node_text(w->want, "security"), (unsigned)w->priority));
	fill_call(p, w, ch, w->priority);
	w->is = w->priority;
}

static bool diff_networks(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	struct plan *p = ARENA_NEW(c->a, struct plan);
	if (!p)
		return true;
	p->in = in;
	p->c = c;
	if (!collect(p, e) || !look_at_others(p, e))
		return false;
	number(p);
	for (unsigned i = 0; i < p->count; i++)
		if (!prepare_login(p, &p->rows[i], e))
			return false;
	for (unsigned i = 0; i < p->count; i++)
		diff_network(p, &p->rows[i]);
	return true;
}

/* ---- port and service ---- */

static void diff_port(const struct engine_part_in *in, struct engine_changes *c)
{
	static const char words[] = "off=" PORT_OFF " s0=32768 s0-sx-ac=32769";
	const char *want = engine_node_text(in->want, "port");
	const struct wsman_obj *port = in->have[READ_PORT].items[0];
	const char *is = wsman_obj_str(port, "EnabledState"),
		   *value = want ? engine_part_word(c->a, words, want, true) : NULL;
	if (!want || str_eq(is, value))
		return;
	struct engine_change *ch =
		engine_part_change(c, str_eq(want, "off") ? CHANGE_CUTS_OFF : 0, "port");
	struct wsman_obj *o = engine_part_call(
		c, ch, "CIM_WiFiPort", "RequestStateChange",
		wsman_obj_selector(c->a, "DeviceID", wsman_obj_str(port, "DeviceID"), NULL));
	struct err e = { 0 };
	if (o)
		wsman_obj_set_text(o, span_str("RequestedState"), span_str(value), &e);
	engine_part_line(ch, "wifi.port", is ? engine_part_word(c->a, words, is, false) : NULL,
			 want);
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	static const struct engine_part_prop props[] = {
		{ "local_sync", "localProfileSynchronizationEnabled",
		  "off=0 user=1 admin=2 any=3" },
		{ "uefi_share", "UEFIWiFiProfileShareEnabled", NULL },
		{ NULL, NULL, NULL },
	};
	if (!in->have[READ_PORT].count) {
		c->unavailable = "it lists no CIM_WiFiPort";
		return true;
	}
	diff_port(in, c);
	engine_part_props(in, in->have[READ_SERVICE].items[0], NULL, props, 0, c);
	return !engine_node_get(in->want, "networks") || diff_networks(in, c, e);
}

/* Radio is lost with the port, and with the last network that it can join. */
static bool loses_radio(const struct engine_part_in *in)
{
	const struct wsman_obj *port =
		in->have[READ_PORT].count ? in->have[READ_PORT].items[0] : NULL;
	const char *want = engine_node_text(in->want, "port");
	if (!port || str_eq(wsman_obj_str(port, "EnabledState"), PORT_OFF) ||
	    !engine_part_links_no_radio(in->want))
		return false;
	if (want && str_eq(want, "off"))
		return true;
	for (unsigned i = 0; i < in->have[READ_NETWORKS].count; i++)
		if (!priority_of(in->have[READ_NETWORKS].items[i]))
			return false; /* the user's stay */
	return in->have[READ_NETWORKS].count;
}

static const char *dark(const struct engine_part_in *in, struct arena *a)
{
	return loses_radio(in)
		? engine_part_links_dark(in, a, &in->have[READ_CABLE], &in->have[READ_RADIO], true)
		: NULL;
}

static void seen(const struct engine_part_in *in, struct engine_part_seen *s)
{
	s->link = engine_part_links_word(&in->have[READ_CABLE], &in->have[READ_RADIO]);
}

const struct engine_part engine_part_wifi = {
	.name = "wifi",
	.title = "wireless network",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.skip = skip,
	.check = check,
	.dark = dark,
	.seen = seen,
	.diff = diff,
	.uses_own_cert = true,
};
