/* Part "wired_8021x": how the wired port logs in to the switch before it (setup-and-configuration 5.11).
 * Two classes say the same: AMT_8021XProfile up to 13 carries its certificates itself,
 * IPS_IEEE8021xSettings from 14 on gets them by a method. The device tells which one it has. */
#include "base/str.h"
#include "engine/part_dot1x.h"

#include <stdio.h>

#define OLD "AMT_8021XProfile"
#define NEW "IPS_IEEE8021xSettings"

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, KEY_CUTS_OFF, "", "3.2", SRC_P, "802.1X on the wired port.", NULL },
	{ "enabled", KEY_SWITCH, NULL, KEY_CUTS_OFF | KEY_NEEDED, OLD ".Enabled", "3.2", SRC_P,
	  "The PC logs in; off: it does not, and the rest is left as it is.", "on" },
	{ "active_in_s0", KEY_SWITCH, NULL, 0, OLD ".ActiveInS0", "3.2", SRC_P,
	  "Also while the host is on, and has not logged in itself.", "on" },
	{ "pxe_timeout_s", KEY_NUMBER, "0..86400", 0, OLD ".PxeTimeout", "3.2", SRC_P,
	  "Seconds for which it stays logged in so that the host can boot from the network.",
	  "120" },
	{ "login", KEY_GROUP, NULL, KEY_CUTS_OFF, "", "3.2", SRC_P, "The login.", NULL },
	DOT1X_KEYS("login.", OLD, "3.2"),
	ENGINE_KEYS_END,
};
enum { READ_OLD, READ_NEW, READ_CERTS, READ_CONTEXTS };
static const struct engine_part_read reads[] = {
	{ PART_GET, OLD, NULL, NULL, true },
	{ PART_GET, NEW, NULL, NULL, true },
	{ PART_ENUMERATE, "AMT_PublicKeyCertificate", NULL, NULL, true },
	{ PART_ENUMERATE, "CIM_CredentialContext", NULL, NULL, true },
};
static const struct engine_part_prop old_switch[] = {
	{ "enabled", "Enabled", NULL },
	{ NULL, NULL, NULL },
};
static const struct engine_part_prop old_props[] = {
	{ "active_in_s0", "ActiveInS0", NULL },
	{ "pxe_timeout_s", "PxeTimeout", NULL },
	{ "login.protocol", "AuthenticationProtocol",
	  "tls=0 ttls-mschapv2=1 peap-mschapv2=2 eap-gtc=3 fast-mschapv2=4 fast-gtc=5 fast-tls=6" },
	{ NULL, NULL, NULL },
};
static const struct engine_part_prop new_props[] = {
	{ "active_in_s0", "AvailableInS0", NULL },
	{ "pxe_timeout_s", "PxeTimeout", NULL },
	{ "login.protocol", "AuthenticationProtocol",
	  "tls=0 ttls-mschapv2=1 peap-mschapv2=2 eap-gtc=3 fast-mschapv2=4 fast-gtc=5 fast-tls=10" },
	{ NULL, NULL, NULL },
};

static bool skip(const struct engine_node *want, unsigned read)
{
	return read >= READ_CERTS && !engine_node_get(want, "login");
}

static const struct engine_node *check(const struct engine_node *want, char *out_what, size_t cap)
{
	const struct engine_node *login = engine_node_get(want, "login"),
				 *enabled = engine_node_get(want, "enabled");
	if (enabled && str_eq(enabled->text, "on") && !login) {
		snprintf(out_what, cap, "'enabled: on' needs 'login'");
		return enabled;
	}
	return login ? engine_part_dot1x_check(login, out_what, cap) : NULL;
}

struct port { /* what is compared and put */
	const struct engine_part_in *in;
	struct arena *a;
	const struct wsman_obj *have;
	const struct engine_node *login; /* NULL while it is to be off */
	struct engine_part_dot1x certs;
	bool is_new, on;
};

/* The new class tells by one number whether it is on, and with certificates. */
static const char *new_state(const struct port *p)
{
	if (!p->on)
		return "3";
	return p->certs.wants_root || p->certs.wants_client ? "2" : "6";
}

static unsigned diff_switch(const struct port *p, struct wsman_obj *o, struct engine_change *ch)
{
	static const char words[] = "off=3 on=2 on=6";
	if (!p->is_new)
		return engine_part_fields(p->a, p->in->want, "wired_8021x", old_switch, p->have, o,
					  ch);
	const char *is = wsman_obj_str(p->have, "Enabled"), *want = new_state(p);
	struct err e = { 0 };
	if (o) {
		wsman_obj_unset(o, "Enabled");
		wsman_obj_set_text(o, span_str("Enabled"), span_str(want), &e);
	}
	if (str_eq(is, want))
		return 0;
	if (str_eq(is, "3") || str_eq(want, "3"))
		engine_part_line(ch, "wired_8021x.enabled",
				 is ? engine_part_word(p->a, words, is, false) : NULL,
				 engine_part_word(p->a, words, want, false));
	else
		engine_part_line(ch, "wired_8021x.login",
				 str_eq(is, "2") ? "with certificates" : "without certificates",
				 str_eq(want, "2") ? "with certificates" : "without certificates");
	return 1;
}

static unsigned diff_fields(const struct port *p, struct wsman_obj *o, struct engine_change *ch)
{
	const struct engine_part_secret *s = engine_part_secret(p->in, p->login, "password");
	unsigned n = diff_switch(p, o, ch);
	if (!p->on)
		return n;
	n += engine_part_fields(p->a, p->in->want, "wired_8021x", p->is_new ? new_props : old_props,
				p->have, o, ch);
	n += engine_part_dot1x_fields(p->in, p->a, p->login, "wired_8021x.login", p->have, o, ch);
	if (s && !s->was_set) {
		n++;
		engine_part_line(ch, "wired_8021x.login.password", "unknown", "as in the profile");
	}
	if (o && s) {
		struct err e = { 0 };
		wsman_obj_set_text(o, span_str("Password"), secret_reveal(&s->value), &e);
		ch->secret = (struct engine_part_secret *)s;
	}
	return n;
}

static const struct wsman_epr *cert_epr(struct arena *a, const char *id)
{
	return id ? wsman_obj_epr_of(a, "AMT_PublicKeyCertificate", "InstanceID", id) : NULL;
}

static void set_certs(const struct port *p, struct wsman_obj *o, const char *client_member)
{
	const struct wsman_epr *root = cert_epr(p->a, p->certs.wants_root ? p->certs.root : NULL),
			       *client = cert_epr(p->a,
						  p->certs.wants_client ? p->certs.client : NULL);
	wsman_obj_unset(o, "ServerCertificateIssuer");
	wsman_obj_unset(o, client_member);
	if (root)
		wsman_obj_set_epr(o, "ServerCertificateIssuer", root);
	if (client)
		wsman_obj_set_epr(o, client_member, client);
}

static const char *epr_id(const struct wsman_obj *o, const char *member)
{
	const struct wsman_epr *epr = wsman_obj_epr(o, member);
	return epr ? wsman_obj_epr_selector(epr, "InstanceID") : NULL;
}

static struct wsman_selector *selector(const struct port *p)
{
	return wsman_obj_selector(p->a, "InstanceID", wsman_obj_str(p->have, "InstanceID"), NULL);
}

static void change(const struct port *p, struct engine_changes *c)
{
	unsigned fields = diff_fields(p, NULL, NULL),
		 certs = p->on
		? engine_part_dot1x_bound_lines(&p->certs, "wired_8021x.login", p->a, NULL)
		: 0;
	if (fields || (certs && !p->is_new)) {
		struct engine_change *ch = engine_part_change(c, CHANGE_CUTS_OFF, "set");
		struct wsman_obj *o = engine_part_put(c, ch, p->have, selector(p));
		if (!o)
			return;
		diff_fields(p, o, ch);
		if (!p->is_new && p->on) {
			set_certs(p, o, "ClientCertificate");
			engine_part_dot1x_bound_lines(&p->certs, "wired_8021x.login", p->a, ch);
		}
	}
	if (certs && p->is_new) {
		struct engine_change *ch = engine_part_change(c, CHANGE_CUTS_OFF, "certificates");
		struct wsman_obj *o = engine_part_call(c, ch, NEW, "SetCertificates", selector(p));
		if (!o)
			return;
		set_certs(p, o, "ClientCertificate");
		engine_part_dot1x_bound_lines(&p->certs, "wired_8021x.login", p->a, ch);
	}
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	bool is_new = in->have[READ_NEW].count, is_old = in->have[READ_OLD].count;
	struct port p = { .in = in, .a = c->a, .is_new = is_new };
	if (!is_new && !is_old) {
		c->unavailable = "neither " OLD " nor " NEW;
		return true;
	}
	p.have = in->have[is_new ? READ_NEW : READ_OLD].items[0];
	engine_node_switch(in->want, "enabled", &p.on);
	p.login = p.on ? engine_node_get(in->want, "login") : NULL;
	if (p.login &&
	    !engine_part_dot1x_certs(in, p.login, "wired_8021x.login", READ_CERTS, READ_CONTEXTS,
				     wsman_obj_str(p.have, "InstanceID"), c, &p.certs, e))
		return false;
	/* Here the device surely says what is bound: the instance itself, or its contexts. */
	p.certs.is_bound_known = true;
	if (!is_new) {
		p.certs.bound_root = epr_id(p.have, "ServerCertificateIssuer");
		p.certs.bound_client = epr_id(p.have, "ClientCertificate");
	}
	change(&p, c);
	return true;
}

const struct engine_part engine_part_wired_8021x = {
	.name = "wired_8021x",
	.title = "802.1X on the wired port",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.skip = skip,
	.check = check,
	.diff = diff,
	.uses_own_cert = true,
};
