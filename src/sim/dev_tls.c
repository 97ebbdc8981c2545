/* TLS of a device: which certificate it shows, whom it lets in, and the certificates that it makes
 * itself at first contact. Fills in struct pki_tls_server; the handshake is net's work. The reason
 * of a refusal goes to the log and the counters, never to the peer. */
#include "base/clk.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/str.h"
#include "pki/cert.h"
#include "sim/fw_chain_priv.h"
#include "sim/testkeys.h"

#define POOL_2048      64 /* keys of the pool: these first, then those of 3072 bits */
#define POOL_3072      16
#define POOL_MAX       (POOL_2048 + POOL_3072)
#define ARENA_BYTES    65536
#define NOT_BEFORE_MS  1262304000000 /* 2010-01-01: wide, because clocks are wrong */
#define NOT_AFTER_MS   2493072000000 /* 2049-01-01 */
#define LOG_PER_SECOND 50

/* ---- the pool: keys are the same for all devices, so one loaded copy serves all ---- */

struct pki_key *sim_tls_pool_key(unsigned index)
{
	static struct pki_key *loaded[POOL_MAX];
	unsigned count = sim_testkey_count < POOL_MAX ? sim_testkey_count : POOL_MAX;

	if (count == 0)
		return NULL;
	index %= count;
	if (!loaded[index])
		loaded[index] = pki_key_from_pem(span_str(sim_testkeys[index].text), NULL);
	return loaded[index] ? pki_key_ref(loaded[index]) : NULL;
}

/* The n-th key of the pool among those of the size that this release makes. */
static int pool_index(const struct sim_dev *d, unsigned n)
{
	return (int)(d->gen->key_bits.n > 2048 ? POOL_2048 + n % POOL_3072 : n % POOL_2048);
}

static bool has_pool_key(const struct sim_dev *d, int pool)
{
	for (unsigned i = 0; i < d->key_count; i++)
		if (d->keys[i].pool == pool)
			return true;
	for (unsigned i = 0; i < d->cert_count; i++)
		if (d->certs[i].pool == pool)
			return true;
	return false;
}

struct sim_key *sim_tls_new_key(struct sim_dev *d)
{
	int pool;

	do /* slots are fewer than keys in the pool */
		pool = pool_index(d, d->pool_next++);
	while (has_pool_key(d, pool));
	return sim_store_add_key(d, pool, span_make(NULL, 0));
}

static unsigned own_pool_index(const struct sim_dev *d)
{
	uint64_t n = hash_mix64(span_make(d->uuid.b, sizeof d->uuid.b), 1) % POOL_2048;

	return (unsigned)pool_index(d, (unsigned)n);
}

/* Certificates that the device makes later than its setup. */
static enum pki_sig_hash own_sig(const struct sim_dev *d)
{
	return d->gen->key_bits.n > 2048 ? PKI_SIG_SHA384 : PKI_SIG_SHA256;
}

struct pki_key *sim_tls_key_of(const struct sim_dev *d, const struct sim_cert *s)
{
	struct pki_key *found = NULL;
	struct arena a;

	if (s->pool >= 0)
		return sim_tls_pool_key((unsigned)s->pool);
	arena_init(&a, ARENA_BYTES);
	struct pki_cert *c = ARENA_NEW(&a, struct pki_cert);
	bool ok = c && pki_cert_parse(span_make(s->der, s->der_n), &a, c, NULL);
	for (unsigned i = 0; ok && !found && i < d->key_count; i++) {
		struct pki_key *key = sim_store_load_key(&d->keys[i]);
		if (key && pki_key_matches(key, c))
			found = key;
		else
			pki_key_free(key);
	}
	arena_deinit(&a);
	return found;
}

/* ---- certificates that the device makes ---- */

struct made {
	struct arena *a;
	struct span der;
};

/* issuer_der empty: self-signed with key. */
static bool issue(struct made *m, const struct pki_issue *what, const struct pki_key *key,
		  struct span issuer_der, const struct pki_key *issuer_key, struct rng *rng)
{
	struct span spki;
	struct err e = { 0 };

	return key && pki_key_public_spki(key, m->a, &spki) &&
		pki_cert_issue(what, spki, issuer_der, issuer_key ? issuer_key : key, rng, m->a,
			       &m->der, &e);
}

static void keep_setup(struct sim_dev *d, struct span der)
{
	unsigned i = d->setup_der_count++;

	d->setup_der[i] = mem_new(der.n);
	memcpy(d->setup_der[i], der.p, der.n);
	d->setup_der_n[i] = der.n;
}

static void make_self_signed(struct sim_dev *d, struct arena *a)
{
	char cn[UUID_TEXT_SIZE];
	struct made m = { .a = a };
	struct pki_issue what = {
		.cn = cn,
		.not_before_unix_ms = NOT_BEFORE_MS,
		.not_after_unix_ms = NOT_AFTER_MS,
		.eku_server_auth = true,
		.sig_hash = sim_gen_setup_sig(d),
		.odd_321 = sim_fault_has(d, SIM_FAULT_CERT_321),
	};
	struct pki_key *key = sim_tls_pool_key(own_pool_index(d));

	uuid_print(&d->uuid, cn);
	if (issue(&m, &what, key, span_make(NULL, 0), NULL, &d->rng))
		keep_setup(d, m.der);
	pki_key_free(key);
}

/* Looks like the chain of the On-Die CA: leaf, intermediate, root; all of it is ours and says so.
 * Fixed serials make root and intermediate the same bytes for every device. */
static void make_chain(struct sim_dev *d, struct arena *a)
{
	static const uint8_t serials[2][16] = { "simulator root", "simulator inner" };
	struct made root = { .a = a }, inner = { .a = a }, leaf = { .a = a };
	struct pki_issue ca = { .cn = "TEST On Die CSME Root CA (simulator)",
				.ou = "TEST ODCA",
				.not_before_unix_ms = NOT_BEFORE_MS,
				.not_after_unix_ms = NOT_AFTER_MS,
				.is_ca = true,
				.sig_hash = sim_gen_setup_sig(d),
				.serial = serials[0] };
	struct pki_issue end = { .cn = "iAMT CSME IDevID RCFG",
				 .not_before_unix_ms = NOT_BEFORE_MS,
				 .not_after_unix_ms = NOT_AFTER_MS,
				 .eku_server_auth = true,
				 .sig_hash = sim_gen_setup_sig(d),
				 .odd_321 = sim_fault_has(d, SIM_FAULT_CERT_321) };
	struct pki_key *root_key = sim_tls_pool_key((unsigned)pool_index(d, POOL_2048 - 1));
	struct pki_key *inner_key = sim_tls_pool_key((unsigned)pool_index(d, POOL_2048 - 2));
	struct pki_key *key = sim_tls_pool_key(own_pool_index(d));

	bool ok = issue(&root, &ca, root_key, span_make(NULL, 0), NULL, &d->rng);
	ca.cn = "TEST On Die CSME Kernel CA (simulator)";
	ca.serial = serials[1];
	ok = ok && issue(&inner, &ca, inner_key, root.der, root_key, &d->rng);
	ok = ok && issue(&leaf, &end, key, inner.der, inner_key, &d->rng);
	if (ok) {
		keep_setup(d, leaf.der);
		keep_setup(d, inner.der);
		keep_setup(d, root.der);
	}
	pki_key_free(root_key);
	pki_key_free(inner_key);
	pki_key_free(key);
}

static void make_setup(struct sim_dev *d)
{
	struct arena a;

	if (d->setup_der_count || d->state != SIM_SETUP_PKI)
		return;
	arena_init(&a, ARENA_BYTES);
	if (sim_gen_setup_is_chain(d))
		make_chain(d, &a);
	else
		make_self_signed(d, &a);
	arena_deinit(&a);
}

void sim_tls_forget_setup(struct sim_dev *d)
{
	for (unsigned i = 0; i < d->setup_der_count; i++)
		sim_dev_bury(d, d->setup_der[i], NULL);
	d->setup_der_count = 0;
}

/* A self-signed certificate for the store; its handle, or SIM_NO_HANDLE. */
static struct sim_cert *make_stored(struct sim_dev *d, const char *cn, unsigned pool)
{
	struct arena a;
	struct pki_issue what = { .cn = cn,
				  .not_before_unix_ms = NOT_BEFORE_MS,
				  .not_after_unix_ms = NOT_AFTER_MS,
				  .eku_server_auth = true,
				  .sig_hash = own_sig(d) };
	struct pki_key *key = sim_tls_pool_key(pool);
	struct sim_cert *c = NULL;

	arena_init(&a, ARENA_BYTES);
	struct made m = { .a = &a };
	if (issue(&m, &what, key, span_make(NULL, 0), NULL, &d->rng))
		c = sim_store_add_cert(d, m.der, false);
	arena_deinit(&a);
	pki_key_free(key);
	return c;
}

static void use_context(struct sim_dev *d, const struct sim_cert *c)
{
	d->context = c->handle;
	if (!d->context_changed)
		d->context_staged = c->handle;
}

void sim_tls_first_contact(struct sim_dev *d)
{
	char name[512], uuid[UUID_TEXT_SIZE];
	struct out o;

	uuid_print(&d->uuid, uuid);
	if (d->lazy_default) {
		d->lazy_default = false;
		struct sim_cert *c = make_stored(d, uuid, own_pool_index(d));
		if (c) {
			c->read_only = true;
			c->pool = (int)own_pool_index(d);
			if (d->context == SIM_NO_HANDLE)
				use_context(d, c);
		}
	}
	if (d->lazy_installed) {
		d->lazy_installed = false;
		out_init(&o, name, sizeof name);
		out_fmt(&o, "%s.%s", sim_var_active(d, SIM_VAR_HOST_NAME),
			sim_var_active(d, SIM_VAR_DOMAIN));
		bool named =
			*sim_var_active(d, SIM_VAR_HOST_NAME) && *sim_var_active(d, SIM_VAR_DOMAIN);
		const struct sim_key *k = sim_tls_new_key(d);
		struct sim_cert *c =
			k ? make_stored(d, named ? name : uuid, (unsigned)k->pool) : NULL;
		if (c)
			use_context(d, c);
	}
	make_setup(d);
}

/* ---- judging the peer ---- */

static void note(struct sim_dev *d, const char *verdict, const struct err *e)
{
	static struct log_rate rate;
	char device[UUID_TEXT_SIZE];

	if (!log_rate_ok(&rate, LOG_PER_SECOND))
		return;
	uuid_print(&d->uuid, device);
	log_ev(LOG_EV_SIM_TLS, LOG_S("device", device), LOG_S("verdict", verdict),
	       LOG_S("reason", e && e->msg[0] ? e->msg : NULL), LOG_S("rule", e ? e->rule : NULL),
	       LOG_S("seen", e && e->seen[0] ? e->seen : NULL),
	       LOG_S("want", e && e->want[0] ? e->want : NULL));
}

static bool check_client(void *arg, const struct span *ders, unsigned count)
{
	struct sim_dev *d = arg;
	struct err e = { 0 };
	bool others = sim_fault_has(d, SIM_FAULT_ROOT_NOT_IN_LIST);
	unsigned root_count = 0;
	const struct sim_root *roots = sim_dev_roots(d, &root_count);
	struct fw_chain_want want = {
		.gen = d->gen,
		.roots = roots,
		.root_count = others ? 0 : root_count,
		.algs = sim_gen_hash_algs(d),
		.suffix = sim_dev_suffix(d),
		.any_key = sim_switches_is(&d->sw, SIM_SW_KEY_LIMITS, "any"),
		.sha1_only = sim_gen_sha1_only(d),
		.check_dates = sim_switches_is(&d->sw, SIM_SW_DATES, "checked"),
		.now_unix_ms = clk_unix_ms(),
	};
	bool ok = d->state == SIM_SETUP_PKI ? sim_fw_chain_check(&want, ders, count, &e)
					    : sim_fw_chain_client(d, ders, count, &e);

	if (!ok)
		d->stats.refused_chains++;
	note(d, ok ? "accepted" : "refused", &e);
	return ok;
}

static bool find_psk(void *arg, const char *identity, struct secret *out_psk)
{
	struct sim_dev *d = arg;
	struct err e = { 0 };

	if (d->state == SIM_SETUP_PSK && d->pid[0] && str_eq(identity, d->pid)) {
		*out_psk = secret_make(span_str(d->pps));
		return true;
	}
	err_set(&e, ERR_TLS, "the PSK identity is not the device's PID");
	err_seen(&e, "%s", identity);
	err_want(&e, "%s", d->pid);
	note(d, "refused", &e);
	return false;
}

/* ---- settings of the server side ---- */

static bool show_context(struct sim_dev *d, struct pki_tls_server *c)
{
	const struct sim_cert *s = sim_store_cert(d, d->context);
	struct pki_key *key = s ? sim_tls_key_of(d, s) : NULL;

	if (!key)
		return false;
	c->cert_count = 1;
	c->cert_der[0] = span_make(s->der, s->der_n);
	c->key = key;
	pki_key_free(key); /* the pool or the store holds it */
	return true;
}

static bool show_setup(struct sim_dev *d, struct pki_tls_server *c)
{
	struct pki_key *key = sim_tls_pool_key(own_pool_index(d));

	if (!key || !d->setup_der_count)
		return false;
	c->cert_count = d->setup_der_count;
	for (unsigned i = 0; i < d->setup_der_count; i++)
		c->cert_der[i] = span_make(d->setup_der[i], d->setup_der_n[i]);
	c->key = key;
	pki_key_free(key);
	c->want_client_cert = c->need_client_cert = true;
	c->check_client = check_client;
	return true;
}

bool sim_tls_conf(struct sim_dev *d, struct pki_tls_server *out_conf)
{
	const struct sim_generation *g = d->gen;
	struct pki_tls_server c = { .arg = d };
	bool ok = true;

	sim_tls_first_contact(d);
	/* OpenSSL has no version before 1.2 above level 0. */
	c.policy = (struct pki_tls_policy){ .min = g->tls_min.n,
					    .max = g->tls_max.n,
					    .level = g->tls_min.n >= PKI_TLS_1_2,
					    .suites = sim_gen_suites(d) };
	c.suites13 = g->suites13.text;
	c.groups = sim_gen_tls_groups(d);
	c.sigs = sim_gen_tls_sigs(d);
	if (c.policy.max == PKI_TLS_1_3 && sim_switches_is(&d->sw, SIM_SW_TLS13, "off"))
		c.policy.max = PKI_TLS_1_2;
	if (d->state == SIM_SETUP_PSK) {
		c.psk = find_psk;
	} else if (d->state == SIM_SETUP_PKI) {
		ok = show_setup(d, &c);
	} else {
		ok = show_context(d, &c);
		if (sim_var_is_true(d, SIM_VAR_TLS_MUTUAL)) {
			c.want_client_cert = c.need_client_cert = true;
			c.check_client = check_client;
		}
	}
	if (ok)
		*out_conf = c;
	return ok;
}

bool sim_dev_leaf(const struct sim_dev *cd, struct span *out_der)
{
	struct sim_dev *d = (struct sim_dev *)cd; /* what is made at first contact is no change */
	struct pki_tls_server c;

	if (d->state != SIM_SETUP_PKI &&
	    !(d->state == SIM_CONFIGURED && sim_var_is_true(d, SIM_VAR_TLS_ON)))
		return false;
	if (!sim_tls_conf(d, &c) || !c.cert_count)
		return false;
	*out_der = c.cert_der[0];
	return true;
}
