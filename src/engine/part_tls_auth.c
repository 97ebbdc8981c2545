/* Part "tls_auth": which clients a PC lets in over TLS (setup-and-configuration 5.5): trusted roots, common
 * names, mutual TLS. Called by run_part.c. The service itself has to get in afterwards: mutual TLS is
 * refused here where it would not. */
#include "base/str.h"
#include "engine/part_cert.h"
#include "engine/profile.h"

#include <stdio.h>

#define CLS         "AMT_TLSSettingData"
#define REMOTE      "Intel(r) AMT 802.3 TLS Settings"
#define SKEW_MAX_MS 300000

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "", SRC_D, "Which clients may come over TLS.", NULL },
	{ "roots", KEY_LIST, NULL, 0, "", "", SRC_D,
	  "Trusted roots of clients' certificates; the PC has few slots (4 in older ones).", NULL },
	{ "roots.cert", KEY_CERT, NULL, KEY_ID,
	  "AMT_PublicKeyManagementService.AddTrustedRootCertificate", "", SRC_D,
	  "A stored certificate; ca is the service's own, which mutual TLS needs.", "ca" },
	{ "own", KEY_SWITCH, NULL, 0, "AMT_PublicKeyCertificate.Delete", "", SRC_D,
	  "Trusted roots and lists of serial numbers that the profile does not name are removed.",
	  "off" },
	{ "common_names", KEY_TEXTS, "1..63", 0, CLS ".TrustedCN", "", SRC_D,
	  "Names of clients, or their ends behind a dot, at most 4; none: any client of the roots. "
	  "The service's own is outband-console.",
	  "[outband-console, admin.example.com]" },
	{ "crls", KEY_LIST, NULL, 0, "", "", SRC_D,
	  "Clients that are refused, one list for each place of a CRL; there is room for about 1400 "
	  "characters.",
	  NULL },
	{ "crls.url", KEY_TEXT, "1..255", KEY_ID, "AMT_PublicKeyManagementService.AddCRL.Url", "",
	  SRC_D, "Where the list comes from; the PC only keeps it.",
	  "http://ca.example.com/clients.crl" },
	{ "crls.serials", KEY_TEXTS, "1..40", KEY_NEEDED,
	  "AMT_PublicKeyManagementService.AddCRL.SerialNumbers", "", SRC_D,
	  "Serial numbers of the certificates in hex digits.", "['01ab', '7c33']" },
	{ "mutual", KEY_SWITCH, NULL, KEY_STAGED | KEY_CUTS_OFF, CLS ".MutualAuthentication", "",
	  SRC_D, "Only clients with such a certificate get in; needs clock: sync.", "on" },
	ENGINE_KEYS_END,
};
enum { READ_CERTS, READ_TLS, READ_CRLS };
static const struct engine_part_read reads[] = {
	{ PART_ENUMERATE, "AMT_PublicKeyCertificate", NULL, NULL, false },
	{ PART_GET, CLS, NULL, REMOTE, false },
	{ PART_ENUMERATE, "AMT_CRL", NULL, NULL, true },
};

static bool skip_read(const struct engine_node *want, unsigned read)
{
	return read == READ_CRLS && !engine_node_get(want, "crls") && !engine_node_get(want, "own");
}

bool engine_part_wants_mutual(const struct engine_profile *p)
{
	bool on = false;
	for (const struct engine_node *n = p->parts; n; n = n->next)
		if (str_eq(n->key, "tls_auth"))
			engine_node_switch(n, "mutual", &on);
	return on;
}

static const struct engine_node *check(const struct engine_node *part, char *out_what, size_t cap)
{
	const struct engine_node *names = engine_node_get(part, "common_names"),
				 *crls = engine_node_get(part, "crls");
	if (engine_node_count(names) > 4) {
		snprintf(out_what, cap, "a PC keeps at most 4 common names");
		return names;
	}
	for (const struct engine_node *l = crls ? crls->children : NULL; l; l = l->next) {
		const struct engine_node *n = engine_node_get(l, "serials")->children;
		for (; n; n = n->next) {
			if (n->text[strspn(n->text, "0123456789abcdefABCDEF")] == 0)
				continue;
			snprintf(out_what, cap, "'%s' is no serial number in hex digits", n->text);
			return n;
		}
	}
	return NULL;
}

/* ---- roots ---- */

static bool is_other_root(const struct engine_part_in *in, const struct wsman_obj *o)
{
	bool root = false;
	struct span der;
	if (!wsman_obj_bool(o, "TrustedRootCertficate", &root))
		wsman_obj_bool(o, "TrustedRootCertificate", &root);
	if (!root || !wsman_obj_b64(o, "X509Certificate", &der))
		return false;
	/* those of other parts too: networks have their own */
	for (unsigned i = 0; i < in->cert_count; i++)
		if (span_eq(in->certs[i].der, der))
			return false;
	return !span_eq(in->client_root, der);
}

static void diff_others(const struct engine_part_in *in, struct engine_changes *c)
{
	bool own = false;
	engine_node_switch(in->want, "own", &own);
	for (unsigned i = 0; i < in->have[READ_CERTS].count; i++) {
		const struct wsman_obj *o = in->have[READ_CERTS].items[i];
		const char *id = wsman_obj_str(o, "InstanceID"),
			   *subject = wsman_obj_str(o, "Subject");
		if (!id || !is_other_root(in, o))
			continue;
		const char *name = arena_fmt(c->a, "tls_auth.roots (%s)", subject ? subject : id);
		if (!name)
			return;
		if (!own) {
			engine_part_report(c, name, "not in the profile");
			continue;
		}
		struct engine_change *ch = engine_part_change(c, 0, "remove:%s", id);
		engine_part_delete(c, ch, "AMT_PublicKeyCertificate",
				   wsman_obj_selector(c->a, "InstanceID", id, NULL));
		engine_part_line(ch, name, "trusted", NULL);
	}
}

/* ---- serial numbers ---- */

static const char *serials_text(struct arena *a, const struct wsman_val *v,
				const struct engine_node *n)
{
	const char *text = "";
	for (; v && text; v = v->next)
		text = arena_fmt(a, "%s%s%s", text, *text ? " " : "", v->text);
	for (; n && text; n = n->next)
		text = arena_fmt(a, "%s%s%s", text, *text ? " " : "", n->text);
	return text;
}

static bool same_serials(const struct engine_node *want, const struct wsman_val *have)
{
	unsigned n = 0;
	for (const struct wsman_val *v = have; v; v = v->next, n++)
		if (!engine_node_has_word(want, v->text))
			return false;
	return n == engine_node_count(want);
}

static const struct engine_node *list_of(const struct engine_part_in *in, const char *url)
{
	const struct engine_node *list = engine_node_get(in->want, "crls");
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		if (url && str_eq(engine_node_id(n), url))
			return n;
	return NULL;
}

/* There is one way to remove a list: all go, and ours come back after the next look. */
static void drop_others(const struct engine_part_in *in, struct engine_changes *c)
{
	struct engine_change *ch = NULL;
	bool own = false;
	engine_node_switch(in->want, "own", &own);
	for (unsigned i = 0; i < in->have[READ_CRLS].count; i++) {
		const struct wsman_obj *o = in->have[READ_CRLS].items[i];
		const char *url = wsman_obj_str(o, "Url");
		const char *field = arena_fmt(c->a, "tls_auth.crls (%s)", url ? url : "no URL");
		if (list_of(in, url) || !field)
			continue;
		if (!own) {
			engine_part_report(c, field, "not in the profile");
			continue;
		}
		if (!ch) {
			ch = engine_part_change(c, CHANGE_REREAD, "crls");
			engine_part_call(c, ch, "AMT_PublicKeyManagementService", "ResetCRLList",
					 NULL);
		}
		engine_part_line(ch, field,
				 serials_text(c->a, wsman_obj_vals(o, "SerialNumbers"), NULL),
				 NULL);
	}
}

static void diff_crl(const struct engine_part_in *in, unsigned i, const struct engine_node *want,
		     struct engine_changes *c)
{
	const struct engine_node *serials = engine_node_get(want, "serials");
	const char *url = engine_node_id(want);
	const struct wsman_obj *o = engine_part_item(in, READ_CRLS, "Url", url);
	const struct wsman_val *have = o ? wsman_obj_vals(o, "SerialNumbers") : NULL;
	if (o && same_serials(serials, have))
		return;
	struct engine_change *ch = engine_part_change(c, CHANGE_CREATES, "crl:%u", i);
	struct wsman_obj *call =
		engine_part_call(c, ch, "AMT_PublicKeyManagementService", "AddCRL", NULL);
	const char *field = arena_fmt(c->a, "tls_auth.crls (%s)", url);
	if (!call || !field)
		return;
	wsman_obj_set_str(call, "Url", url);
	for (const struct engine_node *s = serials->children; s; s = s->next)
		wsman_obj_add_str(call, "SerialNumbers", s->text);
	engine_part_line(ch, field, o ? serials_text(c->a, have, NULL) : NULL,
			 serials_text(c->a, NULL, serials->children));
}

static bool diff_crls(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const struct engine_node *list = engine_node_get(in->want, "crls");
	unsigned i = 0;
	if (list && in->have[READ_CRLS].absent) {
		engine_part_lack(c, "tls_auth.crls", "a list");
		return true;
	}
	drop_others(in, c);
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next, i++) {
		if (engine_node_has_word(engine_node_get(n, "serials"), in->client_serial)) {
			err_set(e, ERR_INVALID,
				"tls_auth.crls: %s is the service's own client certificate",
				in->client_serial);
			return err_hint(e, "take this serial number off the list");
		}
		diff_crl(in, i, n, c);
	}
	return true;
}

/* ---- mutual TLS ---- */

static bool names_fit(const struct engine_part_in *in, const struct wsman_obj *tls)
{
	const struct engine_node *list = engine_node_get(in->want, "common_names");
	const struct wsman_val *v = wsman_obj_vals(tls, "TrustedCN");
	bool any = list ? !list->children : !v;
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		any |= str_eq_nocase(n->text, in->client_cn);
	for (; !list && v; v = v->next)
		any |= str_eq_nocase(v->text, in->client_cn);
	return any;
}

static bool root_fits(const struct engine_part_in *in)
{
	const struct engine_node *list = engine_node_get(in->want, "roots");
	struct span der;
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next)
		if (span_eq(engine_part_cert(in, engine_node_id(n)), in->client_root))
			return true;
	for (unsigned i = 0; i < in->have[READ_CERTS].count; i++) {
		const struct wsman_obj *o = in->have[READ_CERTS].items[i];
		bool root = false;
		if (wsman_obj_bool(o, "TrustedRootCertficate", &root) && root &&
		    wsman_obj_b64(o, "X509Certificate", &der) && span_eq(der, in->client_root))
			return true;
	}
	return false;
}

/* False with e: after the commit, the service would stand outside. */
static bool may_be_mutual(const struct engine_part_in *in, const struct wsman_obj *tls,
			  struct err *e)
{
	const struct engine_facts *f = in->facts;
	bool clock_known = f->known & FACTS_CLOCK;
	int64_t skew = f->clock_skew_ms < 0 ? -f->clock_skew_ms : f->clock_skew_ms;
	if (!in->client_root.n || !root_fits(in)) {
		err_set(e, ERR_INVALID,
			"tls_auth.mutual: the PC would not trust the service's own certificate");
		return err_hint(e, "add '{cert: ca}' to tls_auth.roots");
	}
	if (!names_fit(in, tls)) {
		err_set(e, ERR_INVALID,
			"tls_auth.mutual: no common name lets the service itself in");
		return err_hint(e, "add '%s' to tls_auth.common_names", in->client_cn);
	}
	if (clock_known && skew <= SKEW_MAX_MS)
		return true;
	err_set(e, ERR_INVALID, "tls_auth.mutual: the PC's clock is %s",
		clock_known ? "wrong" : "not looked at");
	return err_hint(e, "let the profile say 'clock: sync'");
}

static bool diff_mutual(const struct engine_part_in *in, const struct wsman_obj *tls,
			const struct wsman_selector *sel, struct engine_changes *c, struct err *e)
{
	bool want, have = false;
	wsman_obj_bool(tls, "MutualAuthentication", &have);
	if (!engine_node_switch(in->want, "mutual", &want))
		return true;
	if (want && !may_be_mutual(in, tls, e))
		return false;
	if (want == have)
		return true;
	struct engine_change *ch = engine_part_put_of(c, CHANGE_STAGED | CHANGE_CUTS_OFF, tls, sel);
	if (!ch)
		return true;
	wsman_obj_set_bool(ch->obj, "MutualAuthentication", want);
	engine_part_line(ch, "tls_auth.mutual", have ? "on" : "off", want ? "on" : "off");
	return true;
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	const struct engine_node *list = engine_node_get(in->want, "roots");
	const struct wsman_obj *tls = in->have[READ_TLS].items[0];
	const struct wsman_selector *sel = wsman_obj_selector(c->a, "InstanceID", REMOTE, NULL);
	for (const struct engine_node *n = list ? list->children : NULL; n; n = n->next) {
		const char *field = arena_fmt(c->a, "tls_auth.roots.%s", engine_node_id(n));
		if (field)
			engine_part_need_root(in, READ_CERTS, engine_node_id(n), field, c);
	}
	engine_part_list(in, tls, sel, "common_names", "TrustedCN", NULL, 0, c);
	if (!diff_crls(in, c, e) || !diff_mutual(in, tls, sel, c, e))
		return false;
	diff_others(in, c);
	return true;
}

const struct engine_part engine_part_tls_auth = {
	.name = "tls_auth",
	.title = "TLS clients",
	.keys = keys,
	.reads = reads,
	.read_count = sizeof reads / sizeof *reads,
	.check = check,
	.skip = skip_read,
	.diff = diff,
};
