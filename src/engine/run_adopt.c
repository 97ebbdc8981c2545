/* The job "adopt": takes over a PC that others configured (F035, F053, D023). Candidate passwords are
 * tried once each inside the lock-out budget, the PC tells who it is and who owns it, and the way in is
 * kept. Sends nothing that changes the PC. Called by run.c and run_open.c. */
#include "engine/run_priv.h"

#include "amt/quirks.h"
#include "base/clk.h"
#include "base/mem.h"
#include "engine/actions_priv.h"
#include "engine/adopt.h"
#include "pki/preflight.h"

#include <stdarg.h>
#include <stdio.h>

#define ROWS_MAX 256
/* Some firmware is said to lock the account for a minute after some wrong logins, and then refuses a
 * right one too (M19; guess, SRC_G): each is sent when such a lock is over. */
#define PAUSE_MS 65000
#define AT_ONCE  5 /* candidates of one list of ways: each may have three modes */

_Static_assert(AT_ONCE * 3 <= ENGINE_MAX_WAYS, "ways");

void engine_run_adopt_begin(struct engine_run *r)
{
	struct store_mark name;
	struct arena a;
	arena_init(&a, 65536);
	if (store_mark_list(r->en->conf.store, &a, r->uuid, ENGINE_MARK_RESOLVE, 1, &name))
		engine_run_name_address(r, name.mark);
	else
		engine_run_named(r, NULL, NULL);
	arena_deinit(&a);
}

/* ---- ways in ---- */

/* Those that nobody refused yet, the first one of the file first. */
static unsigned candidates(struct engine_run *r, struct arena *a, unsigned limit,
			   struct store_credential *out)
{
	struct store_credential *rows = ARENA_ARRAY(a, struct store_credential, ROWS_MAX);
	unsigned found = 0,
		 n = !rows ? 0
			   : store_credential_list(r->en->conf.store, a, r->uuid, ENGINE_ADOPT_KIND,
						   ROWS_MAX, rows);
	while (n-- > 0 && found < limit)
		if (str_eq(rows[n].state, "candidate"))
			out[found++] = rows[n];
	return found;
}

static void add_modes(struct engine_run *r, const struct store_credential *c, struct span pw)
{
	struct pki_tls_policy p[2];
	struct run_way w = { .kind = WAY_OPERATIONAL };
	unsigned n = amt_quirks_ladder(r->version, false, p);
	bool clear = str_eq(c->tls_mode, "clear"), tls = str_eq(c->tls_mode, "server");
	str_copy(w.credential, sizeof w.credential, span_str(c->id));
	str_copy(w.user, sizeof w.user, span_str(c->user));
	w.clear = true;
	w.mode = RUN_MODE_CLEAR;
	w.policy = p[0];
	if (clear)
		engine_run_add_way(r, w, pw);
	for (unsigned i = 0; i < n; i++) {
		struct run_way t = w;
		t.clear = false;
		t.mode = i;
		t.policy = p[i];
		engine_run_add_way(r, t, pw);
	}
	if (!clear && !tls)
		engine_run_add_way(r, w, pw);
}

bool engine_run_adopt_ways(struct engine_run *r, struct err *e)
{
	struct arena a;
	struct store_credential rows[AT_ONCE];
	char label[96];
	r->adopt.next = r->adopt.count = 0;
	arena_init(&a, 1 << 20);
	unsigned n = candidates(r, &a, AT_ONCE, rows);
	snprintf(label, sizeof label, "credential:%s:" ENGINE_ADOPT_KIND, r->uuid);
	for (unsigned i = 0; i < n; i++) {
		struct secret pw = SECRET_NONE;
		if (engine_unseal(r->en, label, rows[i].sealed, &pw, e))
			add_modes(r, &rows[i], secret_reveal(&pw));
		secret_deinit(&pw);
	}
	arena_deinit(&a);
	if (r->way_count)
		return true;
	if (n)
		return err_wrap(e, "opening a candidate of device %s", r->uuid);
	err_set(e, ERR_AUTH, "no candidate password opens device %s", r->uuid);
	err_seen(e, "each of them was refused once");
	err_want(e, "the admin password that is in the PC");
	err_hint(e, "import it: 'outband device adopt FILE', with --passwords-from for several");
	return err_rule(e, "D051");
}

bool engine_run_adopt_skips(const struct engine_run *r)
{
	const struct run_way *w = &r->ways[r->way];
	if (r->kind != RUN_ADOPT)
		return false;
	return (r->adopt.closed >> w->mode & 1) || (r->adopt.used && w->mode != r->adopt.mode) ||
		(r->adopt.refused[0] && str_eq(w->credential, r->adopt.refused));
}

/* One port closed says nothing of the other; silence does, and costs a whole deadline. */
bool engine_run_adopt_goes_on(struct engine_run *r, const struct err *e)
{
	if (r->kind != RUN_ADOPT || r->adopt.used || r->way >= r->way_count)
		return false;
	if (e->code == ERR_TIMEOUT || e->code == ERR_UNREACHABLE)
		return false;
	const struct run_way *w = &r->ways[r->way];
	r->adopt.closed |= 1U << w->mode;
	if (e->code == ERR_REFUSED) /* that of TLS is one port for all versions */
		r->adopt.closed |= w->clear ? 0 : (1U << RUN_MODE_CLEAR) - 1;
	return true;
}

bool engine_run_adopt_has_more(struct engine_run *r)
{
	struct arena a;
	struct store_credential one;
	if (r->kind != RUN_ADOPT || !r->adopt.used)
		return false;
	arena_init(&a, 1 << 20);
	bool more = candidates(r, &a, 1, &one) > 0;
	arena_deinit(&a);
	return more;
}

static void go_on(struct engine_run *r)
{
	if (engine_run_adopt_has_more(r))
		engine_run_wait(r, PAUSE_MS, "a refused login may have locked the account",
				r->adopt.then);
	else
		r->adopt.then(r);
}

void engine_run_adopt_refused(struct engine_run *r, const struct err *why,
			      void (*next)(struct engine_run *r))
{
	const struct run_way *w = &r->ways[r->way];
	struct store_tx *tx = engine_run_tx(r);
	r->adopt.used = true;
	r->adopt.mode = w->mode;
	r->adopt.why = *why;
	err_hint(&r->adopt.why,
		 "import the password that is in the PC, or several with --passwords-from: "
		 "'outband device adopt FILE'");
	str_copy(r->adopt.refused, sizeof r->adopt.refused, span_str(w->credential));
	store_tx_credential_state(tx, w->credential, "refused", clk_unix_ms());
	r->adopt.then = next;
	engine_run_commit(r, tx, go_on);
}

/* ---- who owns it ---- */

static void say(struct engine_run *r, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void say(struct engine_run *r, const char *what, const char *fmt, ...)
{
	va_list ap;
	if (!r->adopt.line)
		r->adopt.line = ARENA_ARRAY(&r->keep, struct run_owner_line, RUN_OWNER_LINES);
	if (!r->adopt.line || r->adopt.count == RUN_OWNER_LINES)
		return;
	unsigned i = r->adopt.count++;
	str_copy(r->adopt.line[i].what, sizeof r->adopt.line[i].what, span_str(what));
	va_start(ap, fmt);
	vsnprintf(r->adopt.line[i].note, sizeof r->adopt.line[i].note, fmt, ap);
	va_end(ap);
}

static const char *user_of(const struct engine_run *r)
{
	const struct run_way *w = &r->ways[r->way];
	return w->user[0] ? w->user : "admin";
}

/* A user without the realm of a class gets this fault, which says nothing of what is in the PC. */
static bool is_denied(const struct engine_run *r, const struct err *why)
{
	struct err e = *why;
	return amt_client_explain_denied(user_of(r), &e);
}

void engine_run_explain_denied(const struct engine_run *r, struct err *e)
{
	if (e->code == ERR_FAULT && r->way < r->way_count && !str_eq(user_of(r), "admin") &&
	    amt_client_explain_denied("", e))
		err_hint(e,
			 "the login of '%s' was taken over, who may not do this: 'outband device "
			 "adopt FILE' with the administrator's, or give that user the realm",
			 user_of(r));
}

bool engine_run_adopt_denied(struct engine_run *r, const struct engine_read *rd,
			     const struct err *why)
{
	struct err e = *why;
	if (r->kind != RUN_ADOPT || !is_denied(r, why))
		return false;
	if (rd->group == FACTS_IDENTITY) {
		err_set(&e, ERR_VERIFY, "device %s: user '%s' may not ask who the PC is", r->uuid,
			user_of(r));
		err_seen(&e, "AccessDenied for %s", rd->class_name);
		err_want(&e, "a user with the realm general-info");
		err_hint(&e, "import another login of this PC: 'outband device adopt FILE'");
		engine_run_fail(r, &e);
		return true;
	}
	r->facts.known |= rd->group;
	say(r, "not told", "%s: user '%s' may not read it", rd->class_name, user_of(r));
	engine_run_plan(r);
	return true;
}

static const char *text_of(const struct wsman_obj *o, const char *prop)
{
	const char *v = wsman_obj_str(o, prop);
	return v ? v : "";
}

static void take_server(struct engine_run *r, const struct wsman_obj *o)
{
	say(r, "remote access", "%s:%s%s%s", text_of(o, "AccessInfo"), text_of(o, "Port"),
	    text_of(o, "CN")[0] ? " as " : "", text_of(o, "CN"));
}

static void take_domains(struct engine_run *r, const struct wsman_obj *o)
{
	for (const struct wsman_val *v = wsman_obj_vals(o, "DetectionStrings"); v; v = v->next)
		say(r, "home domain", "%s", v->text);
}

static void take_mode(struct engine_run *r, const struct wsman_obj *o)
{
	uint32_t mode = 0;
	if (wsman_obj_u32(o, "CurrentControlMode", &mode))
		say(r, "control mode", "%s",
		    mode == 1           ? "client (set up by software of the host)"
			    : mode == 2 ? "admin"
					: "none");
}

static void take_certificate(struct engine_run *r, const struct wsman_obj *o)
{
	struct arena a;
	struct pki_cert c;
	struct span der;
	bool root = false;
	arena_init(&a, 1 << 18);
	wsman_obj_bool(o, "TrustedRootCertficate", &root);
	if (wsman_obj_b64(o, "X509Certificate", &der) && pki_cert_parse(der, &a, &c, NULL))
		say(r, root ? "trusted root" : "certificate", "%.90s issued by %.90s", c.subject,
		    c.issuer);
	arena_deinit(&a);
}

static void take_users(struct engine_run *r, const struct wsman_obj *o)
{
	uint32_t n = 0;
	if (wsman_obj_u32(o, "TotalCount", &n))
		say(r, "users", "%u beside the administrator", n);
}

static const struct thing {
	const char *class_name, *method; /* method NULL: all instances */
	void (*take)(struct engine_run *r, const struct wsman_obj *o);
} things[] = {
	{ "AMT_ManagementPresenceRemoteSAP", NULL, take_server },
	{ "AMT_EnvironmentDetectionSettingData", NULL, take_domains },
	{ "IPS_HostBasedSetupService", NULL, take_mode },
	{ "AMT_PublicKeyCertificate", NULL, take_certificate },
	{ "AMT_AuthorizationService", "EnumerateUserAclEntries", take_users },
};
#define THINGS (sizeof things / sizeof *things)

static void keep_leaf(struct engine_run *r, const struct amt_peer *peer)
{
	struct arena a;
	struct pki_cert c;
	arena_init(&a, 1 << 18);
	if (peer->has_leaf && !r->adopt.leaf_subject[0] &&
	    pki_cert_parse(peer->leaf_der, &a, &c, NULL)) {
		str_copy(r->adopt.leaf_subject, sizeof r->adopt.leaf_subject, span_str(c.subject));
		str_copy(r->adopt.leaf_issuer, sizeof r->adopt.leaf_issuer, span_str(c.issuer));
	}
	arena_deinit(&a);
}

static void on_thing(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	const struct thing *t = &things[r->adopt.next];
	struct wsman_obj *o;
	if (err->code == ERR_BUSY) {
		engine_run_busy(r, err);
		return;
	}
	/* a clear no is an answer: that release has no such class, or nobody may see it */
	if (err->code != ERR_NONE && !reply->msg && err->code != ERR_AUTH &&
	    err->code != ERR_DENIED) {
		engine_run_reopen(r, err);
		return;
	}
	keep_leaf(r, reply->peer);
	if (is_denied(r, err))
		say(r, "not told", "%s: user '%s' may not read it", t->class_name, user_of(r));
	if (err->code == ERR_NONE && t->method) {
		if (engine_act_output(reply->msg, reply->arena, &o, NULL))
			t->take(r, o);
	} else if (err->code == ERR_NONE) {
		for (unsigned i = 0; i < reply->item_count; i++)
			if (wsman_envelope_item(reply->items[i], reply->arena, &o, NULL))
				t->take(r, o);
	}
	r->adopt.next++;
	engine_run_plan(r);
}

static void ask(struct engine_run *r)
{
	const struct thing *t = &things[r->adopt.next];
	struct arena a;
	struct wsman_req req = { 0 };
	r->state = RUN_READ;
	r->asked_mono_ms = clk_mono_ms();
	if (!t->method) {
		amt_client_enumerate(r->client, wsman_classes_find(t->class_name)->uri, on_thing,
				     r);
		return;
	}
	arena_init(&a, 65536);
	struct wsman_obj *o = engine_act_invoke(&a, &req, t->class_name, t->method);
	wsman_obj_set_u32(o, "StartIndex", 1);
	amt_client_call(r->client, &req, true, 0, on_thing, r);
	arena_deinit(&a);
}

/* ---- the end ---- */

static void describe(struct engine_run *r)
{
	const struct engine_facts *f = &r->facts;
	const struct run_way *w = &r->ways[r->way];
	if (w->user[0] && !str_eq(w->user, "admin"))
		say(r, "login", "%s, who is not the administrator", w->user);
	say(r, "realm", "%s", f->realm);
	say(r, "name in the PC", "%s%s%s", f->host_name, f->domain[0] ? "." : "", f->domain);
	say(r, "TLS", "%s%s",
	    w->clear ? "none: the PC is open without it"
		     : (f->tls_mutual ? "mutual" : "the PC shows a certificate"),
	    !w->clear && f->tls_accept_clear ? ", and it is open without TLS too" : "");
	if (r->adopt.leaf_subject[0])
		say(r, "TLS certificate", "%.100s issued by %.100s", r->adopt.leaf_subject,
		    r->adopt.leaf_issuer);
}

/* The same password under the UUID that the PC told, as the way in from now on. */
static void keep_way(struct engine_run *r, struct store_tx *tx, const char *uuid)
{
	struct arena a;
	const struct run_way *w = &r->ways[r->way];
	char label[96], id[64];
	int64_t now = clk_unix_ms();
	arena_init(&a, 65536);
	snprintf(label, sizeof label, "credential:%s:admin", uuid);
	engine_run_new_id(r, id);
	store_tx_credential_add(
		tx,
		&(struct store_credential){
			.id = id,
			.uuid = uuid,
			.kind = "admin",
			.state = "candidate",
			.sealed = engine_seal(r->en, label, secret_reveal(&w->password), &a),
			.user = w->user[0] ? w->user : "admin",
			.realm = r->facts.realm,
			.leaf_sha256 = w->clear ? "" : r->told.uuid_leaf,
			.tls_mode = w->clear ? "clear" : "server",
			.port = r->en->set.port_base + (w->clear ? 0 : 1),
			.at_unix_ms = now,
			.changed_unix_ms = now,
		});
	store_tx_credential_current(tx, id, now); /* it has just opened the PC */
	arena_deinit(&a);
}

/* Candidates are done with; what was told of the MEBx goes with the PC, whatever UUID it had here. */
static void close_candidates(struct engine_run *r, struct store_tx *tx, const char *uuid)
{
	struct arena a;
	char from[96], to[96], id[64];
	arena_init(&a, 1 << 20);
	struct store_credential *rows = ARENA_ARRAY(&a, struct store_credential, ROWS_MAX);
	unsigned n = rows
		? store_credential_list(r->en->conf.store, &a, r->uuid, NULL, ROWS_MAX, rows)
		: 0;
	snprintf(from, sizeof from, "credential:%s:mebx", r->uuid);
	snprintf(to, sizeof to, "credential:%s:mebx", uuid);
	for (unsigned i = 0; i < n; i++) {
		struct secret pw = SECRET_NONE;
		if (str_eq(rows[i].kind, ENGINE_ADOPT_KIND))
			store_tx_credential_state(tx, rows[i].id, "archived", clk_unix_ms());
		if (!r->adopt.made_up || !str_eq(rows[i].kind, "mebx") ||
		    !engine_unseal(r->en, from, rows[i].sealed, &pw, NULL))
			continue;
		struct store_credential c = rows[i];
		engine_run_new_id(r, id);
		c.id = id;
		c.uuid = uuid;
		c.sealed = engine_seal(r->en, to, secret_reveal(&pw), &a);
		store_tx_credential_add(tx, &c);
		secret_deinit(&pw);
	}
	arena_deinit(&a);
}

/* The name that was imported, or else the one that is in the PC: a plan towards a profile then keeps
 * it. */
static void keep_name(struct engine_run *r, struct store_tx *tx, const char *uuid)
{
	struct arena a;
	struct store_device d;
	struct store_name n;
	char own[LIMIT_FQDN + 1];
	struct err e = { 0 };
	arena_init(&a, 1 << 18);
	bool known = store_device_get(r->en->conf.store, &a, r->uuid, &d) && d.fqdn[0];
	snprintf(own, sizeof own, "%.120s.%.120s", r->facts.host_name, r->facts.domain);
	const char *fqdn = known ? d.fqdn : own;
	if (pki_preflight_fqdn(span_str(fqdn), &e)) {
		store_tx_device_text(tx, uuid, STORE_DEVICE_FQDN, fqdn);
		if (!store_name_get(r->en->conf.store, &a, uuid, &n))
			store_tx_name_set(
				tx, &(struct store_name){ uuid, fqdn, "", "adopt", clk_unix_ms() });
	}
	arena_deinit(&a);
}

/* It is where it was found; what was only a stand-in is forgotten with its marks. */
static void drop_resolve(struct engine_run *r, struct store_tx *tx)
{
	struct store_mark name;
	struct arena a;
	arena_init(&a, 65536);
	if (store_mark_list(r->en->conf.store, &a, r->uuid, ENGINE_MARK_RESOLVE, 1, &name))
		store_tx_mark_drop(tx, r->uuid, ENGINE_MARK_RESOLVE, name.mark);
	arena_deinit(&a);
}

static void keep_device(struct engine_run *r, struct store_tx *tx, const char *uuid)
{
	char text[4096];
	struct out o;
	out_init(&o, text, sizeof text);
	engine_facts_emit(&r->facts, &o);
	if (r->adopt.made_up)
		store_tx_device_adopt(tx, uuid, r->address, "adopt", clk_unix_ms());
	if (!o.bad)
		store_tx_device_text(tx, uuid, STORE_DEVICE_FACTS, text);
	store_tx_device_text(tx, uuid, STORE_DEVICE_VERSION, r->version);
	store_tx_device_text(tx, uuid, STORE_DEVICE_HEALTH, "");
	store_tx_device_text(tx, uuid, STORE_DEVICE_HEALTH_RULE, "");
	store_tx_device_text(tx, uuid, STORE_DEVICE_PROFILE_VERSION, "");
	store_tx_device_text(tx, uuid, STORE_DEVICE_STATE,
			     store_device_state_name(STORE_DEV_ADOPTED));
	store_tx_device_int(tx, uuid, STORE_DEVICE_CONFIGURED_AT, clk_unix_ms());
	store_tx_drift_drop(tx, uuid); /* nobody looks by the clock */
	drop_resolve(r, tx);
	keep_name(r, tx, uuid);
}

/* By its address alone a PC was found that has a row of its own here, with a way in that works. */
static bool is_ours(struct engine_run *r, struct err *e)
{
	struct arena a;
	struct store_device d;
	arena_init(&a, 1 << 18);
	bool ours = r->adopt.made_up &&
		store_device_get(r->en->conf.store, &a, r->facts.uuid, &d) &&
		(str_eq(d.state, store_device_state_name(STORE_DEV_CONFIGURED)) ||
		 str_eq(d.state, store_device_state_name(STORE_DEV_CONFIGURING)));
	arena_deinit(&a);
	if (!ours)
		return false;
	err_set(e, ERR_CONFLICT, "the PC at %s is device %s, which this service configures",
		r->address, r->facts.uuid);
	err_want(e, "a PC that others configured");
	err_hint(e, "'outband device forget %s' takes this row away", r->uuid);
	return true;
}

static void on_adopted(struct engine_run *r)
{
	ENGINE_EVENT(r->en, NULL, r->facts.uuid, LOG_EV_ADOPTED, NULL, LOG_S("uuid", r->facts.uuid),
		     LOG_S("job", r->job), LOG_S("address", r->address),
		     LOG_S("version", r->version));
	r->en->st.jobs_done++;
	engine_run_ended(r);
}

static void finish(struct engine_run *r)
{
	char stats[200];
	const char *uuid = r->facts.uuid;
	int64_t now = clk_unix_ms();
	describe(r);
	engine_run_print_stats(r, stats, sizeof stats);
	struct store_tx *tx = engine_run_tx(r);
	keep_device(r, tx, uuid);
	keep_way(r, tx, uuid);
	close_candidates(r, tx, uuid);
	if (r->told.uuid_leaf[0])
		store_tx_mark_set(tx, uuid, "cert", r->told.uuid_leaf, now);
	for (unsigned i = 0; i < r->adopt.count; i++)
		ENGINE_EVENT(r->en, tx, uuid, LOG_EV_OWNER, NULL, LOG_S("uuid", uuid),
			     LOG_S("job", r->job), LOG_S("what", r->adopt.line[i].what),
			     LOG_S("note", r->adopt.line[i].note));
	engine_event_row(tx, uuid, LOG_EV_ADOPTED, NULL,
			 (const struct log_kv[]){ LOG_S("uuid", uuid),
						  LOG_S("job", r->job),
						  LOG_S("address", r->address),
						  LOG_S("version", r->version),
						  { LOG_KIND_END, NULL, NULL, 0 } });
	store_tx_job_end(tx, r->job, STORE_JOB_DONE, 0, NULL, stats, now);
	if (r->adopt.made_up)
		store_tx_device_forget(tx, r->uuid);
	engine_run_commit(r, tx, on_adopted);
}

void engine_run_adopt(struct engine_run *r)
{
	struct err e = { 0 };
	if (is_ours(r, &e)) {
		engine_run_fail(r, &e);
		return;
	}
	if (r->adopt.next < THINGS)
		ask(r);
	else
		finish(r);
}
