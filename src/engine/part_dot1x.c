/* 802.1X settings that Wi-Fi networks and the wired port share (part_dot1x.h): which members compare
 * with which keys, and which certificates are bound to them. Called by part_wifi.c and
 * part_wired_8021x.c. Sends nothing. */
#include "engine/part_dot1x.h"

#include "base/str.h"

#include <stdio.h>

static const struct engine_part_prop props[] = {
	{ "domain", "Domain", NULL },
	{ "roaming_identity", "RoamingIdentity", NULL },
	{ "server_name", "ServerCertificateName", NULL },
	{ "server_name_match", "ServerCertificateNameComparison", "full=0 suffix=1" },
	{ NULL, NULL, NULL },
};

/* Names of the PC for the words in braces; others stay as they are. */
static const char *expand(const struct engine_part_in *in, struct arena *a, const char *text)
{
	const struct {
		const char *word, *value;
	} names[] = { { "{host}", in->host },
		      { "{domain}", in->domain },
		      { "{fqdn}", in->fqdn },
		      { "{uuid}", in->uuid } };
	char buf[1024];
	struct out o;
	out_init(&o, buf, sizeof buf);
	while (*text) {
		size_t i = 0, n = sizeof names / sizeof names[0];
		while (i < n && !(names[i].value && span_starts(span_str(text), names[i].word)))
			i++;
		out_bytes(&o, i < n ? span_str(names[i].value) : span_make(text, 1));
		text += i < n ? strlen(names[i].word) : 1;
	}
	return arena_str(a, out_span(&o));
}

unsigned engine_part_dot1x_fields(const struct engine_part_in *in, struct arena *a,
				  const struct engine_node *group, const char *path,
				  const struct wsman_obj *have, struct wsman_obj *to,
				  struct engine_change *ch)
{
	const char *text = engine_node_text(group, "username"),
		   *want = text ? expand(in, a, text) : NULL,
		   *is = have ? wsman_obj_str(have, "Username") : NULL;
	bool differs = want && !str_eq(want, is);
	if (want && to)
		wsman_obj_set_str(to, "Username", want);
	if (differs)
		engine_part_line(ch, arena_fmt(a, "%s.username", path), is, want);
	return differs + engine_part_fields(a, group, path, props, have, to, ch);
}

static bool is_tls(const char *protocol)
{
	return str_eq(protocol, "tls") || str_eq(protocol, "fast-tls");
}

const struct engine_node *engine_part_dot1x_check(const struct engine_node *group, char *out_what,
						  size_t cap)
{
	const struct engine_node *protocol = engine_node_get(group, "protocol");
	bool tls = protocol && is_tls(protocol->text);
	if (!protocol)
		return NULL;
	if (tls && !str_eq(engine_node_text(group, "client_certificate"), "own")) {
		snprintf(out_what, cap, "this protocol needs 'client_certificate: own'");
		return protocol;
	}
	if (!tls && (!engine_node_get(group, "username") || !engine_node_get(group, "password"))) {
		snprintf(out_what, cap, "this protocol needs 'username' and 'password'");
		return protocol;
	}
	if (engine_node_get(group, "server_name") && !engine_node_get(group, "ca")) {
		snprintf(out_what, cap, "'server_name' says nothing without 'ca'");
		return engine_node_get(group, "server_name");
	}
	return NULL;
}

/* The certificate that is bound to the instance as its trusted root, or as its own. */
static const char *bound(const struct engine_part_in *in, unsigned certs, unsigned contexts,
			 const char *id, bool root, bool *out_any)
{
	const char *found = NULL;
	for (unsigned i = 0; i < in->have[contexts].count; i++) {
		const struct wsman_obj *o = in->have[contexts].items[i];
		const struct wsman_epr *to = wsman_obj_epr(o, "ElementProvidingContext"),
				       *cert = wsman_obj_epr(o, "ElementInContext");
		const char *whose = to ? wsman_obj_epr_selector(to, "InstanceID") : NULL,
			   *handle = cert ? wsman_obj_epr_selector(cert, "InstanceID") : NULL;
		bool yes = false;
		if (!handle || !str_eq(whose, id))
			continue;
		*out_any = true;
		const struct wsman_obj *item = engine_part_item(in, certs, "InstanceID", handle);
		if (item && !wsman_obj_bool(item, "TrustedRootCertficate", &yes))
			wsman_obj_bool(item, "TrustedRootCertificate", &yes);
		if (item && yes == root)
			found = handle;
	}
	return found;
}

bool engine_part_dot1x_certs(const struct engine_part_in *in, const struct engine_node *group,
			     const char *path, unsigned certs, unsigned contexts, const char *id,
			     struct engine_changes *c, struct engine_part_dot1x *out_d,
			     struct err *e)
{
	const char *ca = engine_node_text(group, "ca"),
		   *client = engine_node_text(group, "client_certificate");
	*out_d = (struct engine_part_dot1x){
		.wants_root = ca,
		.wants_client = str_eq(client, "own"),
	};
	bool any = false;
	out_d->bound_root = bound(in, certs, contexts, id, true, &any);
	out_d->bound_client = bound(in, certs, contexts, id, false, &any);
	out_d->is_bound_known = any;
	if (ca)
		out_d->root =
			engine_part_need_root(in, certs, ca, arena_fmt(c->a, "%s.ca", path), c);
	if (out_d->wants_client)
		out_d->client = engine_part_own_cert(in, contexts);
	if (!out_d->wants_client || out_d->client)
		return true;
	err_set(e, ERR_VERIFY, "%s.client_certificate: this PC has no certificate of its own",
		path);
	return err_hint(e, "let the profile say 'tls: server': the service then gives it one");
}

static unsigned bound_line(bool wanted, const char *want, const char *have, const char *path,
			   const char *key, struct arena *a, struct engine_change *ch)
{
	if (!wanted || !want || str_eq(want, have))
		return 0;
	engine_part_line(ch, arena_fmt(a, "%s.%s", path, key), have, want);
	return 1;
}

unsigned engine_part_dot1x_bound_lines(const struct engine_part_dot1x *d, const char *path,
				       struct arena *a, struct engine_change *ch)
{
	/* Which releases list bindings of which classes is not known: none at all proves nothing. */
	if (!d->is_bound_known)
		return 0;
	return bound_line(d->wants_root, d->root, d->bound_root, path, "ca", a, ch) +
		bound_line(d->wants_client, d->client, d->bound_client, path, "client_certificate",
			   a, ch);
}
