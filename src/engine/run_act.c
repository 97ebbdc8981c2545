/* Actions of a running job: journal first, then send, then believe what comes back. An
 * unanswered send is followed by observation, never by a blind repeat. */
#include "engine/run_otp.h"
#include "engine/run_priv.h"

#include "amt/quirks.h"
#include "base/clk.h"
#include "base/fault.h"
#include "base/mem.h"
#include "wire/psk.h"
#include "wsman/status.h"

#include <stdatomic.h>
#include <stdio.h>

#define COMMIT_WAIT_MS 1000

/* ---- commit ---- */

static void open_after_commit(struct engine_run *r)
{
	struct err e = { 0 };
	if (!engine_run_ways(r, &e))
		engine_run_fail(r, &e);
	else
		engine_run_open(r);
}

/* The network of the device goes away now. What was staged has to be read again, over the new
 * credentials; if the commit never arrived, the way through setup still stands. */
static void after_commit(struct engine_run *r)
{
	r->committed = true;
	r->commit_unix_ms = clk_unix_ms();
	r->wait_since_ms = clk_mono_ms();
	r->facts.known &= ~(unsigned)(FACTS_GENERAL | FACTS_TLS | FACTS_WEBUI | FACTS_CONTEXT);
	r->in.staged_dirty = false;
	r->in.done = 0;
	engine_run_parts_committed(r);
	err_clear(&r->why);
	amt_client_close(r->client);
	engine_run_wait(r, COMMIT_WAIT_MS, "commit: the device restarts its network",
			open_after_commit);
}

/* ---- actions ---- */

/* 16: the MEBx password policy does not permit it. No failure, unless the profile requires it. */
static bool mebx_not_permitted(struct engine_run *r, const struct amt_reply *reply, struct err *e)
{
	struct wsman_obj *o;
	if (r->act != ACT_MEBX || !reply->msg ||
	    engine_node_has_word(r->profile.required, "mebx_password") ||
	    !wsman_envelope_obj(reply->msg, reply->arena, &o, NULL) ||
	    o->return_value != WSMAN_PT_NOT_PERMITTED)
		return false;
	snprintf(
		r->note, sizeof r->note,
		"not permitted by the MEBx policy of the PC (16 NOT_PERMITTED): password unchanged");
	err_clear(e);
	return true;
}

/* Create answered AlreadyExists: a former run's context is staged, where firmware shows only what is
 * active. Whether it is ours the handshake after the commit tells. */
static bool context_exists(struct engine_run *r, const struct amt_reply *reply, struct err *e)
{
	if (r->act != ACT_CONTEXT || e->code != ERR_FAULT || !reply->msg ||
	    !str_eq(reply->msg->fault.subcode, "AlreadyExists"))
		return false;
	err_clear(e);
	return true;
}

/* Which selectors a Put of the TLS context takes, no reference says: those of the class first, then
 * none, since there is only one. */
static bool wants_no_selectors(struct engine_run *r, const struct amt_reply *reply,
			       const struct err *e)
{
	if (r->act != ACT_CONTEXT || r->in.context_alone || e->code != ERR_FAULT || !reply->msg ||
	    !str_eq(reply->msg->fault.subcode, "InvalidSelectors"))
		return false;
	r->in.context_alone = true;
	return true;
}

/* Switched without a look before: the read that follows tells whether there is KVM at all. */
static bool kvm_refused(struct engine_run *r, const struct amt_reply *reply, struct err *e)
{
	if (r->act != ACT_KVM || r->facts.known & FACTS_KVM || !reply->msg ||
	    (e->code != ERR_FAULT && e->code != ERR_PT_STATUS))
		return false;
	snprintf(r->note, sizeof r->note, "refused: read whether the PC has KVM");
	err_clear(e);
	return true;
}

/* 2057: firmware insists on what the profile leaves alone. What is left stays left: whoever wrote the
 * profile decides. Firmware before 6.0 may also want its random generator seeded, which was done by
 * methods that WS-MAN does not have. */
static void explain_commit(const struct engine_run *r, const struct amt_reply *reply, struct err *e)
{
	const struct engine_profile *w = &r->profile;
	struct wsman_obj *obj;
	unsigned major = 99, minor;
	struct out want, hint;
	if (r->act != ACT_COMMIT || e->code != ERR_PT_STATUS || !reply->msg ||
	    !wsman_envelope_obj(reply->msg, reply->arena, &obj, NULL) ||
	    obj->return_value != WSMAN_PT_DATA_MISSING)
		return;
	const struct {
		bool left;
		const char *what, *set;
	} rows[] = {
		{ r->in.setup && !w->clock, "clock", "clock: sync" },
		{ !w->names && !r->facts.host_name[0], "host name", "names: fqdn" },
		{ r->in.setup && !r->psk && w->mebx_pw == ENGINE_PW_LEAVE,
		  "MEBx password that is not the factory's", "mebx_password: random" },
	};
	out_init(&want, e->want, sizeof e->want - 1);
	out_init(&hint, e->hint, sizeof e->hint - 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!rows[i].left)
			continue;
		out_fmt(&want, "%s%s",
			out_len(&want) ? ", " : "what the profile leaves: ", rows[i].what);
		out_fmt(&hint, "%s'%s'", out_len(&hint) ? ", " : "let the profile say ",
			rows[i].set);
	}
	if (out_len(&want))
		return;
	amt_quirks_parse_version(r->version, &major, &minor);
	if (major < 6) {
		out_str(&want, "a random generator that was seeded (likely; the PC does not say)");
		out_str(&hint, "update the PC's firmware: no request is known that seeds it");
	} else {
		out_str(&want, "MEBx password, clock, host name and certificate");
		out_str(&hint, "see the steps of this job: one of them was not taken by the PC");
	}
}

static void act_done(struct engine_run *r)
{
	engine_run_plan(r);
}

/* That it was done goes with the next transaction; only a remark and the state of a password are
 * worth a disk write of their own. */
static void record(struct engine_run *r, bool refused_mebx)
{
	if (!r->note[0] && r->act != ACT_MEBX) {
		engine_run_plan(r);
		return;
	}
	struct store_tx *tx = engine_run_tx(r);
	if (r->note[0])
		engine_run_event(r, tx, LOG_EV_STEP_NOTE, engine_plan_action(r->act)->name, r->note,
				 NULL);
	r->note[0] = '\0';
	if (r->act == ACT_MEBX && r->mebx_stored) {
		/* no login can prove it: set as far as the return code says, every value kept. After a
		 * send without answer a refusal says nothing: it may have been set by then */
		bool maybe = !refused_mebx || r->intent[ACT_MEBX];
		store_tx_credential_state(tx, r->mebx_id, maybe ? "unverifiable" : "archived",
					  clk_unix_ms());
	}
	engine_run_commit(r, tx, act_done);
}

static void act_failed(struct engine_run *r, const struct amt_reply *reply, struct err *e)
{
	const struct engine_action *row = engine_plan_action(r->act);

	explain_commit(r, reply, e);
	err_wrap(e, "device %s, action %s", r->uuid, row->name);
	engine_run_event(r, NULL, LOG_EV_STEP_FAILED, row->name, NULL, e);
	if (e->code == ERR_AUTH || e->code == ERR_DENIED || e->code == ERR_REALM) {
		engine_run_login_failed(r, e);
	} else if (reply->msg) { /* a clear no: the same again would be a no as well */
		engine_run_fail(r, e);
	} else {
		if (row->flags & ACTION_CREATES)
			r->in.search |= ACT_BIT(r->act);
		engine_run_reopen(r, e);
	}
}

static void on_act(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	const struct engine_action *row = engine_plan_action(r->act);
	struct err e = *err;
	bool refused_mebx = false;
	if (fault_hit("engine.reply"))
		return; /* the process died here: the device has acted */
	char realm[sizeof r->facts.realm];
	memcpy(realm, r->facts.realm, sizeof realm);
	context_exists(r, reply, &e);
	if (e.code == ERR_NONE && !row->apply(&r->facts, reply->msg, reply->arena, &e))
		refused_mebx = mebx_not_permitted(r, reply, &e);
	kvm_refused(r, reply, &e);
	if (wants_no_selectors(r, reply, &e)) {
		engine_run_plan(r);
		return;
	}
	if (e.code == ERR_BUSY) {
		engine_run_busy(r, &e);
		return;
	}
	if (r->act == ACT_COMMIT &&
	    (e.code == ERR_NONE || (reply->sent && !reply->msg && e.code != ERR_AUTH))) {
		if (e.code == ERR_NONE)
			r->replied[r->act] = r->commit_ok = true;
		after_commit(r);
		return;
	}
	if (e.code != ERR_NONE) {
		act_failed(r, reply, &e);
		return;
	}
	r->busy_count = 0;
	if (engine_run_was_cleared(r, realm))
		return;
	engine_run_note_peer(r, reply, false, r->act == ACT_GENERAL); /* its echo has the realm */
	r->replied[r->act] = true;
	r->in.done |= ACT_BIT(r->act);
	if (row->flags & ACTION_CREATES)
		r->created |= ACT_BIT(r->act);
	r->in.staged_dirty |= (row->flags & ACTION_STAGED) != 0;
	if (r->act == ACT_ADMIN && !r->in.setup) { /* proven by a login of its own */
		engine_run_open_again(r);
		return;
	}
	if (r->act == ACT_ADMIN)
		engine_run_switch_password(r);
	record(r, refused_mebx);
}

static void send_action(struct engine_run *r)
{
	struct arena a;
	struct wsman_req req = { 0 };
	struct err e = { 0 };
	if (!engine_run_may_go_on(r))
		return;
	arena_init(&a, 1 << 18);
	r->state = RUN_ACT;
	r->asked_mono_ms = clk_mono_ms();
	r->in.now_unix_ms = clk_unix_ms();
	if (engine_plan_action(r->act)->build(&r->in, &a, &req, &e)) {
		uint32_t ms = r->act == ACT_GENERATE_KEY ? 60000 : 0;
		if (!fault_hit("engine.send"))
			amt_client_call(r->client, &req, false, ms, on_act, r);
	} else {
		engine_run_fail(r, &e);
	}
	arena_wipe(&a); /* MEBx password, digest, private key */
}

/* ---- secrets: stored, sealed, durable before the byte leaves ---- */

static bool choose_secret(struct engine_run *r, enum engine_pw mode, const char *name,
			  struct secret *out, struct err *e)
{
	char label[80], pw[WIRE_PSK_PASSWORD_LEN + 1];
	if (mode == ENGINE_PW_RANDOM) {
		wire_psk_make_password(r->en->conf.rng, pw);
		*out = secret_make(span_str(pw));
		explicit_bzero(pw, sizeof pw);
		return true;
	}
	struct arena a;
	struct span sealed;
	arena_init(&a, 65536);
	snprintf(label, sizeof label, "secret:%s", name);
	bool ok = store_secret_get(r->en->conf.store, &a, name, &sealed);
	if (!ok) {
		err_set(e, ERR_NOT_FOUND, "secret '%s' of profile '%s' does not exist", name,
			r->profile.name);
		err_hint(e, "store it with 'outband secret set %s --file FILE'", name);
	} else {
		ok = engine_unseal(r->en, label, sealed, out, e) &&
			wire_psk_check_password(secret_reveal(out), e);
	}
	arena_deinit(&a);
	return ok;
}

void engine_run_add_credential(struct engine_run *r, struct store_tx *tx, const char *kind,
			       const char *id, const struct secret *s, const char *leaf_hex)
{
	struct arena a;
	char label[96];
	int64_t now = clk_unix_ms();
	bool admin = str_eq(kind, "admin");
	const char *mode = !admin                         ? ""
		: r->profile.tls || r->in.default_context ? "server"
							  : "clear";
	arena_init(&a, 65536);
	snprintf(label, sizeof label, "credential:%s:%s", r->uuid, kind);
	store_tx_credential_add(
		tx,
		&(struct store_credential){
			.id = id,
			.uuid = r->uuid,
			.kind = kind,
			.state = "candidate",
			.sealed = engine_seal(r->en, label, secret_reveal(s), &a),
			.user = "admin",
			.realm = admin ? r->facts.realm : "",
			.leaf_sha256 = leaf_hex,
			.tls_mode = mode,
			.port = r->en->set.port_base + (str_eq(mode, "clear") ? 0 : 1),
			.at_unix_ms = now,
			.changed_unix_ms = now,
		});
	ENGINE_EVENT(r->en, tx, r->uuid, LOG_EV_CREDENTIAL, NULL, LOG_S("uuid", r->uuid),
		     LOG_S("kind", kind), LOG_S("state", "candidate"));
	arena_deinit(&a);
}

void engine_run_new_id(struct engine_run *r, char out_id[64])
{
	uint8_t b[12];
	struct out o;
	rng_fill(r->en->conf.rng, b, sizeof b);
	out_init(&o, out_id, 64);
	out_hex(&o, span_make(b, sizeof b));
}

/* Candidates into the transaction of the intent. */
static bool prepare_secret(struct engine_run *r, struct store_tx *tx, enum engine_act act,
			   struct err *e)
{
	if (act == ACT_MEBX && !r->mebx_stored) {
		if (!choose_secret(r, r->profile.mebx_pw, r->profile.mebx_secret, &r->mebx_pw, e))
			return false;
		engine_run_new_id(r, r->mebx_id);
		engine_run_add_credential(r, tx, "mebx", r->mebx_id, &r->mebx_pw, "");
		r->mebx_stored = true;
	}
	if (act == ACT_CONTEXT && engine_run_renews(r)) {
		/* the way back in after the commit: the same password behind the new certificate */
		secret_set(&r->admin_pw, secret_reveal(&r->ways[r->way].password));
	} else if (act != ACT_ADMIN) {
		return true;
	}
	if (!secret_is_set(&r->admin_pw) &&
	    !choose_secret(r, r->profile.admin_pw, r->profile.admin_secret, &r->admin_pw, e))
		return false;
	/* the same password with another leaf or realm (somebody cleared the PC) is another way in: a row
	 * of its own */
	if (!r->admin_stored || !str_eq(r->admin_leaf, r->leaf_hex) ||
	    !str_eq(r->admin_realm, r->facts.realm)) {
		engine_run_new_id(r, r->admin_id);
		engine_run_add_credential(r, tx, "admin", r->admin_id, &r->admin_pw, r->leaf_hex);
		str_copy(r->admin_leaf, sizeof r->admin_leaf, span_str(r->leaf_hex));
		str_copy(r->admin_realm, sizeof r->admin_realm, span_str(r->facts.realm));
		r->admin_stored = true;
	}
	return true;
}

/* ---- work of our own ---- */

struct run_key_job {
	struct engine_run *r;       /* NULL: gone, free only */
	struct pki_key *key, *root; /* root: for a CA */
	struct err e;
	unsigned bits;
	bool for_ca;
	atomic_bool gone; /* told to the worker: not worth the time any more */
	struct pki_key *(*make)(unsigned bits, struct err *e);
};

static void make_key(void *arg)
{
	struct run_key_job *j = arg;
	if (!atomic_load(&j->gone))
		j->key = j->make(j->bits, &j->e);
	if (j->key && j->for_ca && !atomic_load(&j->gone))
		j->root = j->make(j->bits, &j->e);
}

static void on_key(void *arg)
{
	struct run_key_job *j = arg;
	struct engine_run *r = j->r;
	if (!r) { /* orphan */
		pki_key_free(j->key);
		mem_free(j);
		return;
	}
	r->work = NULL;
	if (!j->key) {
		engine_run_fail(r, &j->e);
		mem_free(j);
		return;
	}
	struct arena a;
	char id[64], label[80];
	r->own_key = j->key;
	mem_free(j);
	pki_key_private_pkcs1(r->own_key, &r->own_key_der);
	arena_init(&a, 65536);
	snprintf(id, sizeof id, "key:%s", r->uuid);
	snprintf(label, sizeof label, "cert:%s", id);
	struct store_tx *tx = engine_run_tx(r);
	store_tx_cert_put(
		tx,
		&(struct store_cert){
			.id = id,
			.kind = "key",
			.uuid = r->uuid,
			.state = "candidate",
			.subject = "",
			.serial = "",
			.pem = { NULL, 0 },
			.sealed_key = engine_seal(r->en, label, secret_reveal(&r->own_key_der), &a),
			.at_unix_ms = clk_unix_ms(),
		});
	arena_deinit(&a);
	engine_run_commit(r, tx, act_done);
}

void engine_run_orphan(struct run_key_job *j)
{
	if (!j)
		return;
	j->r = NULL;
	atomic_store(&j->gone, true);
}

static void on_ca_key(void *arg);

static void start_key(struct engine_run *r, void (*done)(void *))
{
	struct run_key_job *j = MEM_NEW(struct run_key_job);
	j->r = r;
	j->bits = r->in.key_bits;
	j->make = r->en->conf.make_key;
	j->for_ca = done == on_ca_key;
	r->work = j;
	r->state = RUN_WORK;
	r->en->conf.work(r->en->conf.work_ctx, make_key, done, j);
}

static bool public_key(struct engine_run *r, struct arena *a, struct span *out_spki, struct err *e)
{
	if (r->own_key && !r->facts.key_public[0])
		return pki_key_public_spki(r->own_key, a, out_spki);
	size_t n, cap = sizeof r->facts.key_public;
	uint8_t *der = arena_alloc(a, cap);
	if (!der || !b64_decode(span_str(r->facts.key_public), der, cap, &n))
		return err_set(e, ERR_MALFORMED, "device %s: the public key is unreadable",
			       r->uuid);
	*out_spki = span_make(der, n);
	return true;
}

static void issue_leaf(struct engine_run *r)
{
	struct arena a;
	struct span spki = { NULL, 0 };
	struct engine_leaf leaf = { 0 };
	struct err e = { 0 };
	struct buf pem;
	struct out o;
	arena_init(&a, 1 << 18);
	buf_init(&pem, 65536);
	out_init_buf(&o, &pem);
	bool ok = public_key(r, &a, &spki, &e) &&
		engine_vault_issue(r->en, r->in.key_bits, spki, r->fqdn, &a, &leaf, &e) &&
		pki_cert_to_pem(leaf.der, &o);
	void *kept = ok ? arena_copy(&r->keep, leaf.der) : NULL;
	if (!kept) {
		engine_run_fail(r, &e);
	} else {
		uint8_t sha[32];
		struct out hex;
		r->in.leaf_der = span_make(kept, leaf.der.n);
		memcpy(r->leaf_serial, leaf.serial, sizeof r->leaf_serial);
		hash_of(HASH_SHA256, leaf.der, sha);
		out_init(&hex, r->leaf_hex, sizeof r->leaf_hex);
		out_hex(&hex, span_make(sha, sizeof sha));
		struct store_tx *tx = engine_run_tx(r);
		store_tx_cert_put(tx,
				  &(struct store_cert){
					  .id = r->leaf_serial,
					  .kind = "device",
					  .uuid = r->uuid,
					  .state = "candidate",
					  .subject = r->fqdn,
					  .serial = r->leaf_serial,
					  .pem = buf_span(&pem),
					  .not_after_unix_ms = leaf.not_after_unix_ms,
					  .at_unix_ms = clk_unix_ms(),
				  });
		engine_run_commit(r, tx, act_done);
	}
	buf_deinit(&pem);
	arena_deinit(&a);
}

static void on_ca_key(void *arg)
{
	struct run_key_job *j = arg;
	struct engine_run *r = j->r;
	struct err e = j->e;
	if (r) {
		struct engine_ca_keys keys = { j->root, j->key };
		r->work = NULL;
		if (j->root && engine_vault_keep_ca(r->en, j->bits, &keys, &e))
			issue_leaf(r);
		else
			engine_run_fail(r, &e);
	}
	pki_key_free(j->key);
	pki_key_free(j->root);
	mem_free(j);
}

void engine_run_act(struct engine_run *r, enum engine_act act)
{
	struct err e = { 0 };
	r->act = act;
	if (act == ACT_MAKE_KEY) {
		start_key(r, on_key);
		return;
	}
	if (act == ACT_ISSUE) {
		if (engine_vault_has_ca(r->en, r->in.key_bits))
			issue_leaf(r);
		else
			start_key(r, on_ca_key);
		return;
	}
	struct store_tx *tx = engine_run_tx(r);
	if (!prepare_secret(r, tx, act, &e)) {
		store_tx_drop(tx);
		engine_run_fail(r, &e);
		return;
	}
	engine_run_intent(r, tx, act);
	r->in.mebx_sent |= act == ACT_MEBX;
	if (act == ACT_COMMIT || act == ACT_ADMIN)
		r->intent[act] = true;
	engine_run_commit(r, tx, send_action);
}
