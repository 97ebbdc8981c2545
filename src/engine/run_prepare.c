/* What a job knows before it connects: device, name, profile, secrets and journal of former runs,
 * and the pre-flight that refuses early, with the rule, what was seen and what was expected. */
#include "engine/choose.h"
#include "engine/name.h"
#include "engine/run_otp.h"
#include "engine/run_priv.h"

#include "amt/quirks.h"
#include "base/clk.h"
#include "base/mem.h"
#include "wire/psk.h"

#include <stdio.h>

static void choose_profile(struct engine_run *r, const struct store_device *d, char name[64])
{
	struct engine_choose *c = MEM_NEW(struct engine_choose);
	struct engine_choose_ask q = {
		.d = d, .fqdn = r->fqdn, .version = r->version, .said = r->choice.said
	};
	engine_choose_walk(r->en, &q, c);
	const struct engine_choose_step *s = engine_choose_winner(c);
	r->choice.not_yet = c->not_yet;
	r->choice.source = s->source;
	str_copy(r->choice.rule, sizeof r->choice.rule, span_str(s->rule));
	str_copy(name, 64, span_str(s->profile));
	mem_free(c);
}

static bool load_profile(struct engine_run *r, const struct store_device *d, struct arena *a,
			 struct err *e)
{
	char name[64];
	struct store_profile p;
	choose_profile(r, d, name);
	if (store_profile_get(r->en->conf.store, a, name, &p))
		return engine_profile_parse_in(name, p.version, span_str(p.yaml), &r->keep,
					       &r->profile, e);
	engine_profile_default(&r->profile);
	if (str_eq(name, r->profile.name))
		return true;
	err_set(e, ERR_NOT_FOUND, "profile '%s' of device %s does not exist", name, r->uuid);
	err_hint(
		e,
		"store it with 'outband profile set %s FILE', or see 'outband device why-profile %s'",
		name, r->uuid);
	return err_rule(e, "D079");
}

void engine_run_profile_event(struct engine_run *r, struct store_tx *tx)
{
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_PROFILE_CHOSEN, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("job", r->job), LOG_S("profile", r->profile.name),
		     LOG_S("source", r->choice.source), LOG_S("name", r->choice.rule));
}

bool engine_run_choose_again(struct engine_run *r, struct err *e)
{
	struct arena a;
	struct store_device d;
	char before[64];
	str_copy(before, sizeof before, span_str(r->profile.name));
	r->choice.not_yet = false;
	arena_init(&a, 1 << 22);
	bool ok = store_device_get(r->en->conf.store, &a, r->uuid, &d) ||
		err_set(e, ERR_NOT_FOUND, "device %s is not in the list", r->uuid);
	ok = ok && load_profile(r, &d, &a, e);
	arena_deinit(&a);
	if (!ok)
		return false;
	r->choice.not_yet = false; /* it told no version: there is no better time */
	r->in.mutual = engine_part_wants_mutual(&r->profile);
	if (!str_eq(before, r->profile.name)) {
		struct store_tx *tx = engine_run_tx(r);
		engine_run_profile_event(r, tx);
		store_tx_commit(tx, NULL, NULL);
	}
	return true;
}

void engine_run_set_name(struct engine_run *r, const struct engine_name *n)
{
	const char *dot = strchr(n->fqdn, '.');
	size_t n_host = dot ? (size_t)(dot - n->fqdn) : strlen(n->fqdn);
	str_copy(r->fqdn, sizeof r->fqdn, span_str(n->fqdn));
	str_copy(r->host, sizeof r->host, span_make(n->fqdn, n_host));
	str_copy(r->domain, sizeof r->domain, span_str(dot ? dot + 1 : ""));
	str_copy(r->choice.said, sizeof r->choice.said, span_str(n->profile));
}

/* A job has its name by now; who only plans takes what is known without asking anybody. */
static bool load_name(struct engine_run *r, const struct store_device *d, struct err *e)
{
	if (r->fqdn[0])
		return true;
	struct engine_name *n = MEM_NEW(struct engine_name);
	bool ok = engine_name_walk(r->en, d, 0, false, n, e) == NAME_FOUND;
	if (ok)
		engine_run_set_name(r, n);
	mem_free(n);
	return ok;
}

/* With its list of hashes it is large, and only the pre-flight wants that. */
static const struct wire_hello *hello_of(const struct store_device *d, struct arena *a)
{
	struct wire_hello *h = d->hello_raw.n ? ARENA_NEW(a, struct wire_hello) : NULL;
	size_t used;
	return h && wire_hello_parse(d->hello_raw, h, &used, NULL) == WIRE_DONE ? h : NULL;
}

bool engine_run_check_psk(struct engine_run *r, struct arena *a, struct err *e)
{
	struct store_psk k;
	char pid[10];
	wire_psk_print_pid(r->pid, pid);
	if (!store_psk_get(r->en->conf.store, a, r->pid, &k)) {
		err_set(e, ERR_PREFLIGHT, "PID %s of device %s is not in the key store", pid,
			r->uuid);
		err_seen(e, "PID %s", pid);
		err_want(e, "a key pair with this PID");
		return err_rule(e, "D043");
	}
	r->group_key = str_eq(k.state, "group");
	if (r->group_key)
		return true;
	if (str_eq(k.state, "used") && !str_eq(k.used_by, r->uuid)) {
		err_set(e, ERR_PREFLIGHT, "key %s of device %s is already used", pid, r->uuid);
		err_seen(e, "used by %s", k.used_by);
		err_want(e, "an unused key, or one used by %s", r->uuid);
		return err_rule(e, "D044");
	}
	const char *holder;
	if (store_psk_holder(r->en->conf.store, a, r->pid, r->uuid, clk_unix_ms(), &holder))
		return engine_run_key_in_use(r, holder, e);
	return true;
}

bool engine_run_key_in_use(struct engine_run *r, const char *holder, struct err *e)
{
	char pid[10];
	wire_psk_print_pid(r->pid, pid);
	err_set(e, ERR_PREFLIGHT, "key %s of device %s is in use by device %s", pid, r->uuid,
		holder);
	err_seen(e, "%s is being configured with it", holder);
	err_want(e, "a key that only %s has", r->uuid);
	return err_rule(e, "D044");
}

static bool check_pki(struct engine_run *r, const struct wire_hello *hello, struct err *e)
{
	struct pki_preflight p;
	struct pki_preflight_want want = { .hello = hello, .fqdn = r->fqdn };
	amt_quirks_parse_version(r->version, &want.amt_major, &want.amt_minor);
	if (!r->en->set.pki) {
		err_set(e, ERR_PREFLIGHT,
			"remote configuration is switched off, device %s asks for it", r->uuid);
		err_seen(e, "pki.enabled = false");
		err_want(e, "pki.enabled = true");
		return err_rule(e, "D070");
	}
	if (r->en->chain_count == 0) {
		err_set(e, ERR_PREFLIGHT,
			"there is no provisioning certificate, device %s asks for one", r->uuid);
		err_seen(e, "no certificate stored");
		err_want(e, "one whose root is among the %u hashes of the hello",
			 hello ? hello->hash_count : 0);
		return err_rule(e, "D056");
	}
	int i = pki_preflight_choose(r->en->chains, r->en->chain_count, &want, clk_unix_ms(), &p,
				     e);
	if (i < 0) {
		e->code = ERR_PREFLIGHT;
		return err_wrap(e, "device %s", r->uuid);
	}
	r->chain = r->en->chains[i];
	str_copy(r->chain_name, sizeof r->chain_name, span_str(r->en->chain_names[i]));
	return true;
}

static void load_steps(struct engine_run *r, int64_t configured_unix_ms, struct arena *a)
{
	struct store_step st[ACT_COUNT * 2];
	unsigned n = store_step_list(r->en->conf.store, a, r->uuid, ACT_COUNT * 2, st);
	for (unsigned i = 0; i < n; i++) {
		if (engine_run_login_step(r, &st[i]))
			continue;
		if (engine_run_unconfigure_step(r, st[i].action)) {
			r->unconf.sent = true;
			r->unconf.overtaken = configured_unix_ms > st[i].at_unix_ms;
		}
		r->renewed |=
			str_eq(st[i].action, ENGINE_STEP_RENEWED) && str_eq(st[i].job, r->job);
		enum engine_act act = engine_plan_find(st[i].action);
		if (act == ACT_COUNT)
			continue;
		r->intent[act] = true;
		r->in.mebx_sent |= act == ACT_MEBX;
		/* whatever was answered may have been undone since (power loss): products are
		 * searched for in both cases */
		if (engine_plan_action(act)->flags & ACTION_CREATES)
			r->in.search |= ACT_BIT(act);
	}
}

/* A renewal that was broken off left the present password as a candidate, behind the next certificate:
 * to a rotation that is no new one. */
static bool is_of_renewal(struct engine_run *r, const struct store_credential *rows, unsigned n,
			  const struct store_credential *c, const struct secret *word)
{
	char label[96];
	bool found = false;

	snprintf(label, sizeof label, "credential:%s:admin", r->uuid);
	for (unsigned i = 0; i < n && !found; i++) {
		struct secret s = SECRET_NONE;
		found = str_eq(rows[i].kind, "admin") && str_eq(rows[i].state, "current") &&
			!str_eq(rows[i].leaf_sha256, c->leaf_sha256) &&
			engine_unseal(r->en, label, rows[i].sealed, &s, NULL) &&
			secret_eq(&s, word);
		secret_deinit(&s);
	}
	return found;
}

/* Secrets that a former run has sent, or was about to: they are used again, never replaced. */
void engine_run_candidates(struct engine_run *r, struct arena *a)
{
	struct store_credential rows[32];
	char label[96];
	unsigned n = store_credential_list(r->en->conf.store, a, r->uuid, NULL, 32, rows);
	for (unsigned i = 0; i < n; i++) {
		bool admin = str_eq(rows[i].kind, "admin");
		/* an MEBx password answered well in this setup is the one to send again: no login could
		 * tell which of two is in */
		bool sent = !admin && r->intent[ACT_MEBX] && str_eq(rows[i].state, "unverifiable");
		if (!str_eq(rows[i].state, "candidate") && !sent)
			continue;
		struct secret *s = admin ? &r->admin_pw : &r->mebx_pw;
		if (secret_is_set(s) || (!admin && !str_eq(rows[i].kind, "mebx")))
			continue;
		snprintf(label, sizeof label, "credential:%s:%s", r->uuid, rows[i].kind);
		if (!engine_unseal(r->en, label, rows[i].sealed, s, NULL))
			continue;
		if (admin && r->kind == RUN_ROTATE && is_of_renewal(r, rows, n, &rows[i], s)) {
			secret_deinit(s);
			continue;
		}
		if (admin) {
			str_copy(r->admin_id, sizeof r->admin_id, span_str(rows[i].id));
			str_copy(r->admin_leaf, sizeof r->admin_leaf,
				 span_str(rows[i].leaf_sha256));
			str_copy(r->admin_realm, sizeof r->admin_realm, span_str(rows[i].realm));
			r->admin_stored = true;
		} else {
			str_copy(r->mebx_id, sizeof r->mebx_id, span_str(rows[i].id));
			r->mebx_stored = true;
		}
	}
}

static void drop_own_key(struct engine_run *r)
{
	pki_key_free(r->own_key);
	r->own_key = NULL;
	secret_deinit(&r->own_key_der);
}

static bool is_of_own_key(const struct engine_run *r, const struct pki_cert *leaf, struct arena *a)
{
	struct span spki;

	return r->own_key && pki_key_public_spki(r->own_key, a, &spki) &&
		span_eq(spki, leaf->spki_der);
}

/* The key that was made here for the next certificate, and not for one that the PC has already. */
static void load_own_key(struct engine_run *r, const struct store_cert *rows, unsigned n,
			 struct arena *a)
{
	struct store_cert key;
	char id[64], label[80];

	snprintf(id, sizeof id, "key:%s", r->uuid);
	snprintf(label, sizeof label, "cert:%s", id);
	if (store_cert_get(r->en->conf.store, a, id, &key) && str_eq(key.state, "candidate") &&
	    engine_unseal(r->en, label, key.sealed_key, &r->own_key_der, NULL))
		r->own_key = pki_key_from_der(secret_reveal(&r->own_key_der), NULL);
	if (r->kind != RUN_RENEW)
		return;
	if (!r->intent[ACT_ADD_KEY])
		drop_own_key(r);
	for (unsigned i = 0; i < n && r->own_key; i++) {
		struct pki_chain *c = str_eq(rows[i].state, "current")
			? pki_chain_load(rows[i].pem, NULL, NULL)
			: NULL;
		if (c && is_of_own_key(r, &c->certs[0], a))
			drop_own_key(r);
		pki_chain_free(c);
	}
}

/* Of a setup or renewal that was broken off. Jobs of other kinds come between, and leave it alone: what
 * they prove is another thing, and only the renewal knows that it is done. */
static void load_leaf(struct engine_run *r, struct arena *a)
{
	struct store_cert rows[4];
	unsigned n = store_cert_list(r->en->conf.store, a, "device", r->uuid, 4, rows);
	for (unsigned i = 0; i < n && r->in.leaf_der.n == 0; i++) {
		if (!str_eq(rows[i].state, "candidate"))
			continue;
		struct pki_chain *c = pki_chain_load(rows[i].pem, NULL, NULL);
		if (!c)
			continue;
		void *der = arena_copy(&r->keep, c->certs[0].der);
		if (der)
			r->in.leaf_der = span_make(der, c->certs[0].der.n);
		str_copy(r->leaf_serial, sizeof r->leaf_serial, span_str(c->certs[0].serial));
		struct out o;
		out_init(&o, r->leaf_hex, sizeof r->leaf_hex);
		out_hex(&o, span_make(c->certs[0].sha256, 32));
		pki_chain_free(c);
	}
	load_own_key(r, rows, n, a);
}

static void window_begins_now(struct engine_run *r)
{
	r->login.since_unix_ms = clk_unix_ms();
	struct store_tx *tx = store_tx_new(r->en->conf.store);
	store_tx_job_require(tx, r->job, r->en->owner, clk_unix_ms());
	store_tx_device_int(tx, r->uuid, STORE_DEVICE_LOGIN_FAIL_SINCE, r->login.since_unix_ms);
	store_tx_commit(tx, NULL, NULL);
}

bool engine_run_prepare(struct engine_run *r, struct err *e)
{
	struct arena a;
	struct store_device d;
	const struct wire_hello *hello = NULL;
	arena_init(&a, 1 << 22);
	bool ok = store_device_get(r->en->conf.store, &a, r->uuid, &d) ||
		err_set(e, ERR_NOT_FOUND, "device %s is not in the list", r->uuid);
	if (ok) {
		str_copy(r->address, sizeof r->address, span_str(d.address));
		str_copy(r->version, sizeof r->version, span_str(d.version));
		const struct amt_quirks *q = amt_quirks_find(r->version);
		r->in.key_bits = q ? q->key_bits.key_bits : 2048;
		str_copy(r->pid, sizeof r->pid, span_str(d.pid));
		r->psk = str_eq(d.kind, "psk");
		r->login.count = d.login_fail_count;
		r->login.since_unix_ms = d.login_fail_since_unix_ms;
		if (r->login.since_unix_ms > clk_unix_ms()) /* set back while no service ran */
			window_begins_now(r);
		r->was_configured = d.configured_unix_ms > 0;
		r->adopt.is_adopted = str_eq(d.state, store_device_state_name(STORE_DEV_ADOPTED));
		r->adopt.made_up = str_eq(d.kind, "address");
		str_copy(r->leaf_serial, sizeof r->leaf_serial, span_str(d.serial));
		r->no_leaf = r->was_configured && !d.serial[0];
		hello = hello_of(&d, &a);
		r->has_mac = store_mark_list(r->en->conf.store, &a, r->uuid, "mac", 1,
					     &(struct store_mark){ 0 }) > 0;
		engine_run_dark_load(r, &a);
		load_steps(r, d.configured_unix_ms, &a);
		engine_run_candidates(r, &a);
	}
	if (r->kind == RUN_ADOPT)
		engine_profile_default(&r->profile);
	else
		ok = ok && load_name(r, &d, e) && load_profile(r, &d, &a, e);
	r->in.mutual = ok && engine_part_wants_mutual(&r->profile);
	if (ok && r->kind != RUN_CONFIGURE && r->kind != RUN_ADOPT && !r->was_configured) {
		ok = err_set(e, ERR_CONFLICT, "device %s is not configured: there is no way in yet",
			     r->uuid);
		err_hint(e, "'outband device plan %s' shows what configuration would set", r->uuid);
	}
	if (r->kind != RUN_CONFIGURE)
		hello = NULL;
	/* a configured device that said no hello since needs neither key nor certificate */
	bool in_setup =
		ok && hello && (!r->was_configured || d.last_hello_unix_ms > d.configured_unix_ms);
	if (in_setup)
		ok = r->psk ? engine_run_check_psk(r, &a, e)
			    : check_pki(r, hello, e) && engine_run_otp_load(r, e);
	r->said_hello = ok ? in_setup : hello != NULL;
	if (ok && (r->said_hello || engine_run_renews(r)))
		load_leaf(r, &a);
	arena_deinit(&a);
	return ok;
}
