/* Ways into a device, tried in order inside the lock-out budget (design 2): the new leaf with the
 * new password; the provisioning certificate or PSK; the old password. A way whose TLS peer is not
 * the expected one costs no login. */
#include "engine/run_priv.h"

#include "amt/quirks.h"
#include "base/clk.h"
#include "base/mem.h"

#include <stdio.h>

#define COMMIT_POLL_MS  1000
#define COMMIT_LIMIT_MS 90000
#define REOPEN_LIMIT    4  /* without an answer between them */
#define REOPEN_TOTAL    24 /* a PC that answers a little and hangs up, again and again */

const char *engine_run_way_name(const struct engine_run *r)
{
	static const char *const names[] = { "operational", "pki", "pki with login", "psk" };
	return r->way < r->way_count ? names[r->ways[r->way].kind] : "none";
}

void engine_run_add_way(struct engine_run *r, struct run_way w, struct span password)
{
	if (r->way_count == ENGINE_MAX_WAYS)
		return;
	r->ways = mem_grow(r->ways, (r->way_count + 1) * sizeof(struct run_way));
	w.password = secret_make(password);
	r->ways[r->way_count++] = w;
}

static void clear_ways(struct engine_run *r)
{
	for (unsigned i = 0; i < r->way_count; i++)
		secret_deinit(&r->ways[i].password);
	r->way_count = r->way = 0;
}

/* The password of that row, behind its own leaf or, mixed, behind that of another row. */
static void add_operational(struct engine_run *r, const struct store_credential *c,
			    const char *pin_hex, const struct secret *pw, bool client)
{
	bool clear = str_eq(c->tls_mode, "clear");
	struct pki_tls_policy p[2];
	unsigned n = amt_quirks_ladder(r->version, false, p);
	for (unsigned i = 0; i < (clear ? 1 : n); i++) {
		struct run_way w = { .kind = WAY_OPERATIONAL,
				     .policy = p[i],
				     .clear = clear,
				     .client = client,
				     .candidate = str_eq(c->state, "candidate"),
				     .mixed = !str_eq(pin_hex, c->leaf_sha256) };
		str_copy(w.credential, sizeof w.credential, span_str(c->id));
		str_copy(w.pin_hex, sizeof w.pin_hex, span_str(pin_hex));
		str_copy(w.user, sizeof w.user, span_str(c->user));
		engine_run_add_way(r, w, secret_reveal(pw));
	}
}

/* A candidate opens after the commit of a setup; in operation it was sent to a PC that is open for it. */
static bool may_be_in(const struct engine_run *r)
{
	return r->intent[ACT_COMMIT] || (r->was_configured && !r->said_hello);
}

static bool is_same_password(struct engine_run *r, const struct store_credential *c,
			     const struct secret *pw)
{
	struct secret s = SECRET_NONE;
	char label[96];
	snprintf(label, sizeof label, "credential:%s:admin", r->uuid);
	bool same = engine_unseal(r->en, label, c->sealed, &s, NULL) && secret_eq(&s, pw);
	secret_deinit(&s);
	return same;
}

/* A renewal that was broken off, and a new password since: behind the leaf of one row is then the password of
 * another. No login is sent where another leaf shows up. */
static void add_mixed(struct engine_run *r, const struct store_credential *rows, unsigned n,
		      unsigned of, const struct secret *pw, bool client)
{
	for (unsigned i = 0; i < n; i++) {
		bool known = !str_eq(rows[i].state, "candidate") || !rows[i].leaf_sha256[0] ||
			!rows[of].leaf_sha256[0];
		for (unsigned k = 0; k < n && !known; k++)
			known = str_eq(rows[k].leaf_sha256, rows[i].leaf_sha256) &&
				is_same_password(r, &rows[k], pw);
		if (!known)
			add_operational(r, &rows[of], rows[i].leaf_sha256, pw, client);
	}
}

static void add_stored_operational(struct engine_run *r, bool former, bool client)
{
	struct arena a;
	struct store_credential rows[16];
	char label[96];
	arena_init(&a, 1 << 18);
	unsigned n = store_credential_list(r->en->conf.store, &a, r->uuid, "admin", 16, rows);
	snprintf(label, sizeof label, "credential:%s:admin", r->uuid);
	for (unsigned i = 0; i < n; i++) {
		bool is_former =
			str_eq(rows[i].state, "previous") || str_eq(rows[i].state, "archived");
		struct secret pw = SECRET_NONE;
		if (is_former != former || (str_eq(rows[i].state, "candidate") && !may_be_in(r)))
			continue;
		if (engine_unseal(r->en, label, rows[i].sealed, &pw, NULL)) {
			add_operational(r, &rows[i], rows[i].leaf_sha256, &pw, client);
			if (!former && r->was_configured)
				add_mixed(r, rows, n, i, &pw, client);
		}
		secret_deinit(&pw);
	}
	arena_deinit(&a);
}

static void add_setup_login(struct engine_run *r, struct run_way *way, const char *id,
			    const struct secret *pw)
{
	str_copy(way->login, sizeof way->login, span_str(id));
	engine_run_add_way(r, *way, secret_reveal(pw));
}

/* After PartialUnprovision the PC has its admin password still: then none is current and the newest
 * is a former one. */
static void add_kept_admin(struct engine_run *r, struct run_way *way)
{
	struct arena a;
	struct store_credential rows[16];
	struct secret pw = SECRET_NONE;
	char label[96];
	arena_init(&a, 1 << 18);
	unsigned n = store_credential_list(r->en->conf.store, &a, r->uuid, "admin", 16, rows);
	bool kept = n > 0;
	for (unsigned i = 0; i < n; i++)
		kept &= !str_eq(rows[i].state, "current");
	snprintf(label, sizeof label, "credential:%s:admin", r->uuid);
	for (unsigned i = 0; kept && i < n; i++) {
		if (!str_eq(rows[i].state, "previous"))
			continue;
		if (engine_unseal(r->en, label, rows[i].sealed, &pw, NULL))
			add_setup_login(r, way, rows[i].id, &pw);
		secret_deinit(&pw);
		break;
	}
	arena_deinit(&a);
}

static bool add_psk(struct engine_run *r, struct err *e)
{
	struct arena a;
	struct store_psk k;
	struct secret pw = SECRET_NONE;
	struct run_way w = { .kind = WAY_PSK };
	struct pki_tls_policy ladder[2];
	unsigned first = r->way_count;
	char label[32];
	arena_init(&a, 65536);
	amt_quirks_ladder("", true, ladder);
	w.policy = ladder[0];
	/* the journal says that the new password may be in: it is the likelier one */
	if (r->intent[ACT_ADMIN] && r->admin_stored)
		add_setup_login(r, &w, r->admin_id, &r->admin_pw);
	add_kept_admin(r, &w);
	snprintf(label, sizeof label, "mebx:%s", r->pid);
	bool ok = store_psk_get(r->en->conf.store, &a, r->pid, &k) &&
		engine_unseal(r->en, label, k.sealed_password, &pw, e);
	snprintf(label, sizeof label, "psk:%s", r->pid);
	if (ok)
		add_setup_login(r, &w, label, &pw);
	engine_run_login_order(r, first);
	secret_deinit(&pw);
	arena_deinit(&a);
	return ok;
}

static void add_pki(struct engine_run *r)
{
	struct pki_tls_policy p[2];
	unsigned n = amt_quirks_ladder(r->version, false, p);
	for (unsigned i = 0; i < n; i++)
		engine_run_add_way(r, (struct run_way){ .kind = WAY_PKI, .policy = p[i] },
				   (struct span){ NULL, 0 });
}

/* For firmware that wants a digest although the certificate is the authority (3.1). */
void engine_run_add_pki_logins(struct engine_run *r, struct pki_tls_policy policy)
{
	struct run_way login = { .kind = WAY_PKI_LOGIN, .policy = policy };
	if (r->admin_stored && r->intent[ACT_ADMIN])
		engine_run_add_way(r, login, secret_reveal(&r->admin_pw));
	engine_run_add_way(r, login, span_str("admin"));
	engine_run_add_way(r, login, span_str(""));
}

bool engine_run_ways(struct engine_run *r, struct err *e)
{
	clear_ways(r);
	if (r->kind == RUN_ADOPT)
		return engine_run_adopt_ways(r, e);
	/* a PC that does not ask for it does not see it */
	add_stored_operational(r, false, r->in.mutual);
	/* a commit that was answered has closed the way through setup */
	if (r->said_hello && !r->commit_ok) {
		if (r->psk && !add_psk(r, e))
			return err_wrap(e, "opening key %s", r->pid);
		if (!r->psk)
			add_pki(r);
	}
	add_stored_operational(r, true, r->in.mutual);
	/* a former profile may have asked for mutual TLS */
	if (!r->in.mutual && engine_vault_client(r->en, r->in.key_bits))
		add_stored_operational(r, false, true);
	if (r->way_count)
		return true;
	err_set(e, ERR_AUTH,
		"no way into device %s is known: it said no hello and no credential is stored",
		r->uuid);
	return err_rule(e, "D051");
}

/* ---- one way ---- */

static void set_way(struct engine_run *r)
{
	const struct run_way *w = &r->ways[r->way];
	struct amt_way way = { .clear = w->clear };
	size_t n;
	str_copy(way.address, sizeof way.address, span_str(r->address));
	way.port = (uint16_t)(r->en->set.port_base + (w->clear ? 0 : 1));
	way.tls.policy = w->policy;
	if (w->kind == WAY_PKI || w->kind == WAY_PKI_LOGIN)
		way.tls.chain = r->chain;
	if (w->client)
		way.tls.chain = engine_vault_client(r->en, r->in.key_bits);
	if (w->kind == WAY_PSK) {
		struct arena a;
		struct store_psk k;
		char label[32];
		arena_init(&a, 65536);
		snprintf(label, sizeof label, "psk:%s", r->pid);
		str_copy(way.tls.psk_identity, sizeof way.tls.psk_identity, span_str(r->pid));
		if (store_psk_get(r->en->conf.store, &a, r->pid, &k))
			engine_unseal(r->en, label, k.sealed_pps, &way.tls.psk, NULL);
		arena_deinit(&a);
	}
	way.tls.has_pin =
		w->pin_hex[0] && hex_decode(span_str(w->pin_hex), way.tls.pin_sha256, 32, &n);
	if (w->kind != WAY_PKI) {
		str_copy(way.user, sizeof way.user, span_str(w->user[0] ? w->user : "admin"));
		way.password = secret_copy(&w->password);
	}
	amt_client_set_way(r->client, &way);
	amt_way_deinit(&way);
}

void engine_run_switch_password(struct engine_run *r)
{
	struct run_way *w = &r->ways[r->way];
	if (w->kind == WAY_PKI)
		return;
	secret_set(&w->password, secret_reveal(&r->admin_pw));
	w->user[0] = '\0'; /* it is the admin's, whoever set it */
	set_way(r);        /* another credential: the stream is closed and opened again */
}

/* How much an error tells: a wrong peer little, a missing common version more, a refused certificate
 * or password most. */
static int weight(const struct err *e)
{
	if (e->code == ERR_NONE || e->code == ERR_TLS_PEER)
		return 0;
	return str_eq(e->rule, "M23") ? 1 : 2;
}

void engine_run_next_way(struct engine_run *r, const struct err *e)
{
	enum run_way_kind kind = r->ways[r->way].kind;
	engine_run_login_unsent(r);
	bool judged = e->code == ERR_TLS && (str_eq(e->rule, "D057") || str_eq(e->rule, "D056")) &&
		!strstr(e->seen, "closed") && !strstr(e->seen, "reset");
	if (weight(e) >= weight(&r->why))
		r->why = *e;
	do /* a PC that has judged our certificate is not asked again with older TLS */
		r->way++;
	while (r->way < r->way_count &&
	       ((judged && r->ways[r->way].kind == kind) || engine_run_adopt_skips(r)));
	engine_run_open(r);
}

static void retry_after_commit(struct engine_run *r)
{
	r->way = 0;
	err_clear(&r->why);
	engine_run_open(r);
}

/* Keys or hashes of the chain that some firmware refuses, while the PC has not told its version yet
 * (no hello does). Several releases are asked, on either side of each change of the limits. */
static bool limit_of_some(const struct engine_run *r, struct err *e)
{
	static const unsigned majors[] = { 5, 9, 16 };
	static const enum pki_condition conds[] = { PKI_COND_KEY_SIZE, PKI_COND_SIG_HASH };
	struct pki_preflight_want want = { .fqdn = r->fqdn }; /* its hashes were judged before */
	struct pki_preflight p;
	if (amt_quirks_parse_version(r->version, &want.amt_major, &want.amt_minor))
		return false; /* so was this */
	for (size_t i = 0; i < sizeof majors / sizeof *majors; i++) {
		want.amt_major = majors[i];
		pki_preflight(r->chain, &want, clk_unix_ms(), &p);
		for (size_t k = 0; k < sizeof conds / sizeof *conds; k++) {
			const struct pki_preflight_row *row = &p.rows[conds[k]];
			if (row->verdict != PKI_FAIL)
				continue;
			err_want(e, "likely %.80s", row->want);
			err_hint(e,
				 "if this is AMT %u: %s; else its DNS suffix does not fit the "
				 "certificate (D057)",
				 majors[i], row->seen);
			return err_rule(e, pki_preflight_cond_rule(conds[k])), true;
		}
	}
	return false;
}

/* The chain passed our own pre-flight: what the PC alone knows is its release and DNS suffix. */
static void explain_pki(struct engine_run *r, struct err *e)
{
	const char *cn = r->chain->certs[0].cn, *rule = "D057";
	e->hint[0] = '\0'; /* the rule's own */
	if (strstr(e->seen, "protocol version") || strstr(e->seen, "handshake failure")) {
		rule = "M23";
	} else if (strstr(e->seen, "unknown CA")) {
		/* the root is in the hash list of the hello, and yet the PC does not know it */
		err_want(e, "a PC that trusts the root of %s", cn);
		rule = "D056";
	} else if (strstr(e->seen, "reset")) { /* firmware, or something before it */
		err_want(e, "a PC whose DNS suffix fits %.40s (likely), no firewall between", cn);
		err_hint(
			e,
			"let the way to the PC's port be checked for firewalls (D014); then fix DHCP option 15 or the PKI DNS suffix in MEBx");
	} else if (limit_of_some(r, e)) {
		return;
	} else {
		err_want(e, "a PC whose DNS suffix fits %s (likely; the PC does not say)", cn);
	}
	err_rule(e, rule);
}

static void explain_tls(struct engine_run *r, struct err *e)
{
	const struct run_way *w = &r->ways[r->way];
	if (e->code != ERR_TLS || e->rule)
		return;
	if (w->kind == WAY_PSK) {
		err_want(e, "a handshake with the PPS of PID %s", r->pid);
		err_hint(
			e,
			"likely the PPS in the PC differs from the stored one, or the PC is not in PSK setup: check the key");
		err_rule(e, "D016");
	} else if (w->kind == WAY_PKI) {
		explain_pki(r, e);
	}
}

/* The port is closed: with TLS on its way, or gone, the other one may be open. The way before the next
 * one of that kind becomes the current one. */
static bool skip_to_other_port(struct engine_run *r)
{
	for (unsigned i = r->way + 1; i < r->way_count; i++) {
		if (r->ways[i].clear == r->ways[r->way].clear)
			continue;
		r->way = i - 1;
		return true;
	}
	return false;
}

void engine_run_way_failed(struct engine_run *r, const struct err *why)
{
	struct err e = *why;
	if (e.code == ERR_TLS)
		err_wrap(&e, "device %s", r->uuid);
	explain_tls(r, &e);
	engine_run_way_event(r, LOG_EV_CONNECT_FAILED, &e);
	amt_client_close(r->client);
	if (engine_run_is_network(e.code) && !engine_run_adopt_goes_on(r, &e) &&
	    !(e.code == ERR_REFUSED && skip_to_other_port(r)))
		engine_run_fail(r, &e); /* every way leads to the same address */
	else
		engine_run_next_way(r, &e);
}

/* AMT 3.2.1 may show a certificate that ends before it begins (D062). It is no obstacle here, but is one
 * for browsers and other programs. Newer firmware is not looked at: taking a certificate apart is dear.
 * Its version is told later, but up to 3.2 it speaks TLS 1.0 only. */
static void note_odd_cert(struct engine_run *r, const struct amt_peer *p)
{
	unsigned major = 3, minor;
	struct arena a;
	struct pki_cert c;
	struct err e = { 0 };
	(void)amt_quirks_parse_version(r->version, &major, &minor);
	if (r->odd_cert_told || !p->has_leaf || major > 3 || p->tls_version > PKI_TLS_1_0)
		return;
	arena_init(&a, 65536);
	bool odd = pki_cert_parse(p->leaf_der, &a, &c, NULL) && c.bad_dates;
	arena_deinit(&a);
	if (!odd)
		return;
	r->odd_cert_told = true;
	err_set(&e, ERR_CERT, "device %s shows a certificate that ends before it begins", r->uuid);
	err_rule(&e, "D062");
	engine_run_way_event(r, LOG_EV_ODD_CERT, &e);
}

static void on_open(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	struct err e = *err;
	if (!engine_run_may_go_on(r))
		return;
	if (e.code == ERR_NONE) {
		struct out o;
		out_init(&o, r->facts.leaf_seen, sizeof r->facts.leaf_seen);
		if (reply->peer->has_leaf)
			out_hex(&o, span_make(reply->peer->leaf_sha256, 32));
		if (r->committed && r->wait_since_ms) {
			r->imposed_wait_ms += clk_mono_ms() - r->wait_since_ms;
			r->wait_since_ms = 0;
		}
		const struct run_way *w = &r->ways[r->way];
		r->told.uuid = r->told.realm = 0; /* each way tells for itself */
		r->told.uuid_leaf[0] = '\0';
		r->in.setup = w->kind != WAY_OPERATIONAL;
		if (r->in.setup &&
		    r->committed) { /* its address may have gone to another PC meanwhile */
			r->facts.known &= ~(unsigned)FACTS_IDENTITY;
			r->in.verified_identity = false;
		}
		r->way_proven = false;
		r->authenticated = false;
		ENGINE_EVENT(r->en, NULL, r->uuid, LOG_EV_CONNECT, NULL, LOG_S("uuid", r->uuid),
			     LOG_S("job", r->job), LOG_S("way", engine_run_way_name(r)),
			     LOG_S("tls_version", pki_tls_version_name(reply->peer->tls_version)),
			     LOG_S("peer_sha256", r->facts.leaf_seen));
		note_odd_cert(r, reply->peer);
		/* What never got so far (a PC that restarts, a foreign peer) costs nothing. */
		if (!engine_run_login_charge(r))
			engine_run_plan(r);
		return;
	}
	bool commit_window = r->committed && clk_unix_ms() - r->commit_unix_ms < COMMIT_LIMIT_MS;
	if (commit_window && (engine_run_is_network(e.code) || r->way + 1 == r->way_count)) {
		engine_run_wait(r, COMMIT_POLL_MS, NULL, retry_after_commit);
		return;
	}
	engine_run_way_failed(r, &e);
}

static void connect_way(struct engine_run *r)
{
	r->state = RUN_OPEN;
	set_way(r);
	amt_client_connect(r->client, on_open, r);
}

static void step_aside(struct engine_run *r)
{
	r->resume = engine_run_open;
	r->state = RUN_READY;
	engine_run_drop_worker(r);
}

void engine_run_open(struct engine_run *r)
{
	if (!engine_run_may_go_on(r))
		return;
	if (engine_run_is_one_too_many(r)) {
		step_aside(r);
		return;
	}
	if (r->way >= r->way_count && engine_run_adopt_has_more(r)) {
		engine_run_open_again(r);
		return;
	}
	if (r->way >= r->way_count) {
		struct err e = r->why;
		if (e.code == ERR_NONE)
			err_set(&e, ERR_AUTH, "no way into device %s", r->uuid);
		engine_run_fail(r, &e);
		return;
	}
	struct err e = { 0 };
	if (engine_run_login_may(r, &e))
		connect_way(r);
	else
		engine_run_fail(r, r->why.code != ERR_NONE ? &r->why : &e);
}

/* Nothing read before is believed; the journal says what to look for. False: it has failed. */
static bool begin_again(struct engine_run *r)
{
	engine_run_login_unsent(r);
	amt_client_close(r->client);
	r->facts.known = 0;
	r->in.verified_identity = false; /* nor that it is still the same PC */
	engine_run_parts_forget(r);
	r->facts.key_handle[0] = r->facts.key_public[0] = r->facts.cert_handle[0] = '\0';
	r->in.search |= r->created; /* their products are there, their handles are forgotten */
	r->in.done &= ACT_BIT(ACT_MEBX) | ACT_BIT(ACT_CLOCK) | ACT_BIT(ACT_WEBUI);
	struct err e = { 0 };
	if (!engine_run_ways(r, &e)) {
		engine_run_fail(r, &e);
		return false;
	}
	err_clear(&r->why);
	return true;
}

void engine_run_reopen(struct engine_run *r, const struct err *why)
{
	/* silence has cost a whole deadline with a worker: the next one is for a later try */
	if (why->code == ERR_TIMEOUT || ++r->reopen_count > REOPEN_LIMIT ||
	    ++r->reopen_total > REOPEN_TOTAL) {
		engine_run_fail(r, why);
		return;
	}
	if (begin_again(r))
		engine_run_wait(r, 500, NULL, engine_run_open);
}

void engine_run_open_again(struct engine_run *r)
{
	if (begin_again(r))
		engine_run_open(r);
}

bool engine_run_yield(struct engine_run *r)
{
	/* an answer that is under way is waited for: the PC works on it still, and the next connection
	 * would be a second request at the same time */
	bool idle = r->state == RUN_OPEN;
	if (!r->holds_worker || !(idle || r->state == RUN_PLAN))
		return false;
	if (idle)
		amt_client_cancel(r->client);
	if (begin_again(r))
		step_aside(r);
	return true;
}
