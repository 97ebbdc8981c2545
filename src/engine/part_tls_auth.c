/* Part "tls_auth": which clients a PC lets in over TLS (setup-and-configuration 5.5): trusted roots, common
 * names, mutual TLS. Called by run_part.c. The service itself has to get in afterwards: mutual TLS is
 * refused here where it would not. */
#include "base/str.h"
#include "engine/part_cert.h"
#include "engine/profile.h"

#include <stdio.h>

#define CLS         "AMT_TLSSettingData"
#define REMOTE      "Intel(r) AMT 802.3 TLS Settings"
#define SKEW_MAX_MS (5 * 60 * 1000LL)

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "", SRC_D, "Which clients may come over TLS.", NULL },
	{ "roots", KEY_LIST, NULL, 0, "", "", SRC_D,
	  "Trusted roots of clients' certificates; the PC has few slots (4 in older ones).", NULL },
	{ "roots.cert", KEY_CERT, NULL, KEY_ID,
	  "AMT_PublicKeyManagementService.AddTrustedRootCertificate", "", SRC_D,
	  "A stored certificate; ca is the service's own, which mutual TLS needs.", "ca" },
	{ "own", KEY_SWITCH, NULL, 0, "AMT_PublicKeyCertificate.Delete", "", SRC_D,
	  "Trusted roots that the profile does not name are removed.", "off" },
	{ "common_names", KEY_TEXTS, "1..63", 0, CLS ".TrustedCN", "", SRC_D,
	  "Names of clients, or their ends behind a dot, at most 4; none: any client of the roots. "
	  "The service's own is outband-console.",
	  "[outband-console, admin.example.com]" },
	{ "mutual", KEY_SWITCH, NULL, KEY_STAGED | KEY_CUTS_OFF, CLS ".MutualAuthentication", "",
	  SRC_D, "Only clients with such a certificate get in; needs clock: sync.", "on" },
	ENGINE_KEYS_END,
};
enum { READ_CERTS, READ_TLS };
static const struct engine_part_read reads[] = {
	{ PART_ENUMERATE, "AMT_PublicKeyCertificate", NULL, NULL, false },
	{ PART_GET, CLS, NULL, REMOTE, false },
};

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
	const struct engine_node *names = engine_node_get(part, "common_names");
	if (engine_node_count(names) <= 4)
		return NULL;
	snprintf(out_what, cap, "a PC keeps at most 4 common names");
	return names;
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
	if (!diff_mutual(in, tls, sel, c, e))
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
	.diff = diff,
};
