/* Which provisioning certificate fits which PC: each stored one against a page of devices, by what
 * their hellos said. The engine's own choice is made by the same function and is marked. Chains are
 * read and judged on a worker. */
#include "api/cert.h"

#define MATCH_BYTES (512UL << 20) /* 1,000 devices and 64 certificates: 64,000 judgements of 5 KB */

struct matched {
	const char *uuid, *fqdn, *address, *version, *kind;
	struct wire_hello hello;
	bool has_hello;
	unsigned major, minor;
};

struct match {
	struct arena arena; /* what the worker writes */
	struct store_cert *rows;
	struct pki_key *keys[LIMIT_STORED_CHAINS];
	struct pki_chain *chains[LIMIT_STORED_CHAINS];
	unsigned chain_count;
	struct matched *devices;
	unsigned device_count;
	struct pki_preflight *cells; /* device by device */
	int *chosen;                 /* of each device; -1: none */
	const char *next;
	int64_t now_unix_ms;
	struct err err;
};

static void match_free(void *state)
{
	struct match *m = state;

	for (unsigned i = 0; i < m->chain_count; i++) {
		pki_chain_free(m->chains[i]);
		pki_key_free(m->keys[i]);
	}
	arena_deinit(&m->arena);
	mem_free(m);
}

/* ---- on the loop: what is asked ---- */

static void read_version(struct matched *d)
{
	struct span v = span_str(d->version);
	size_t n = span_find(v, '.');
	uint32_t major = 0, minor = 0;
	struct span rest = n < v.n ? span_make(v.p + n + 1, v.n - n - 1) : span_make("", 0);

	if (str_to_u32(span_make(v.p, n), 1, 99, &major, NULL) && rest.n)
		(void)str_to_u32(span_make(rest.p, span_find(rest, '.')), 0, 99, &minor, NULL);
	d->major = major;
	d->minor = minor;
}

static void add_device(struct match *m, const struct store_device *row)
{
	struct matched *d = &m->devices[m->device_count++];
	size_t used;

	*d = (struct matched){ .uuid = row->uuid,
			       .fqdn = row->fqdn,
			       .address = row->address,
			       .version = row->version,
			       .kind = row->kind };
	d->has_hello = wire_hello_parse(row->hello_raw, &d->hello, &used, NULL) == WIRE_DONE &&
		d->hello.kind == WIRE_HELLO_PKI;
	read_version(d);
}

static bool load_devices(struct api_req *r, struct match *m, struct err *e)
{
	const char *name = api_query(r, "device");
	struct api_page page;

	if (!api_query_page(r, &page, e))
		return false;
	unsigned limit = name ? 1 : page.limit;
	struct store_device *rows = ARENA_ARRAY(&r->arena, struct store_device, limit + 1);
	m->devices = ARENA_ARRAY(&r->arena, struct matched, limit);
	if (!rows || !m->devices)
		return err_set(e, ERR_LIMIT, "no room for %u devices", limit);
	if (name) {
		r->name = name;
		if (!api_device_find(r, rows, e))
			return false;
		add_device(m, rows);
		return true;
	}
	unsigned n = store_device_list(
		r->api->conf.store, &r->arena,
		&(struct store_device_query){ .after_uuid = page.after, .limit = limit + 1 }, rows);
	for (unsigned i = 0; i < n && i < limit; i++)
		if (str_eq(rows[i].kind, "pki")) /* the others never look at a certificate */
			add_device(m, &rows[i]);
	m->next = n > limit ? rows[limit - 1].uuid : NULL;
	return true;
}

static bool load_certs(struct api_req *r, struct match *m, struct err *e)
{
	m->rows = ARENA_ARRAY(&r->arena, struct store_cert, LIMIT_STORED_CHAINS);
	unsigned n = !m->rows ? 0
			      : store_cert_list(r->api->conf.store, &r->arena, "provisioning", NULL,
						LIMIT_STORED_CHAINS, m->rows);
	for (unsigned i = 0; i < n; i++) {
		if (!str_eq(m->rows[i].state, "active"))
			continue;
		m->rows[m->chain_count] = m->rows[i];
		if (!api_cert_key(r, &m->rows[i], &m->keys[m->chain_count], e))
			return false;
		m->chain_count++;
	}
	return true;
}

/* ---- on the worker ---- */

static bool load_chains(struct match *m)
{
	for (unsigned i = 0; i < m->chain_count; i++) {
		m->chains[i] = pki_chain_from_pem(m->rows[i].pem, &m->err);
		if (!m->chains[i])
			return err_wrap(&m->err, "certificate '%.63s'", m->rows[i].id);
		m->chains[i]->key = pki_key_ref(m->keys[i]);
	}
	return true;
}

static void judge(void *arg)
{
	struct api_req *r = arg;
	struct match *m = r->state;
	struct pki_preflight best;
	struct err none;
	const unsigned n = m->chain_count;

	if (!load_chains(m))
		return;
	m->cells = ARENA_ARRAY(&m->arena, struct pki_preflight, (size_t)m->device_count * n + 1);
	m->chosen = ARENA_ARRAY(&m->arena, int, m->device_count + 1);
	if (!m->cells || !m->chosen) {
		err_set(&m->err, ERR_LIMIT, "%u devices and %u certificates are too many at once",
			m->device_count, n);
		err_hint(&m->err, "ask for less with limit=");
		return;
	}
	for (unsigned i = 0; i < m->device_count; i++) {
		const struct matched *d = &m->devices[i];
		struct pki_preflight_want want = { .hello = d->has_hello ? &d->hello : NULL,
						   .fqdn = d->fqdn,
						   .amt_major = d->major,
						   .amt_minor = d->minor };
		for (unsigned k = 0; k < n; k++)
			pki_preflight(m->chains[k], &want, m->now_unix_ms, &m->cells[i * n + k]);
		m->chosen[i] = pki_preflight_choose((const struct pki_chain *const *)m->chains, n,
						    &want, m->now_unix_ms, &best, &none);
	}
}

/* ---- the answer ---- */

/* The condition that decides: the first that fails; else the first in doubt. */
static int deciding(const struct pki_preflight *p)
{
	static const enum pki_verdict order[] = { PKI_FAIL, PKI_WARN, PKI_UNKNOWN };

	for (size_t v = 0; v < sizeof order / sizeof *order; v++)
		for (int i = 0; i < PKI_CONDITION_COUNT; i++)
			if (p->rows[i].verdict == order[v])
				return i;
	return -1;
}

/* Sizes and hashes that AMT 22 refuses are a rule of their own. */
static const char *rule_of(const struct matched *d, int cond)
{
	bool size = cond == PKI_COND_KEY_SIZE || cond == PKI_COND_SIG_HASH;

	return d->major >= 22 && size ? "M02" : pki_preflight_cond_rule((enum pki_condition)cond);
}

static void write_cell(struct api_req *r, const struct matched *d, const struct store_cert *row,
		       const struct pki_preflight *p, bool chosen)
{
	struct api_json *j = &r->json;
	int at = deciding(p);

	api_json_begin(j, NULL, '{');
	api_json_str(j, "uuid", d->uuid);
	api_json_str(j, "fqdn", d->fqdn);
	api_json_str(j, "address", d->address);
	api_json_str(j, "version", d->version);
	api_json_str(j, "cert", row->id);
	api_json_str(j, "subject", row->subject);
	api_json_str(j, "verdict",
		     !p->usable                                                ? "refused"
			     : p->rows[PKI_COND_ROOT_ACTIVE].verdict == PKI_OK ? "accepted"
									       : "unknown");
	api_json_bool(j, "chosen", chosen);
	api_json_str(j, "rule", at < 0 ? NULL : rule_of(d, at));
	api_json_str(j, "condition",
		     at < 0 ? NULL : pki_preflight_cond_text((enum pki_condition)at));
	api_json_bool(j, "failed", !p->usable);
	api_json_str(j, "seen", at < 0 ? NULL : p->rows[at].seen);
	api_json_str(j, "want", at < 0 ? NULL : p->rows[at].want);
	api_json_end(j, '}');
}

static void judged(struct api_req *r)
{
	struct match *m = r->state;

	if (m->err.code) {
		api_fail(r, &m->err);
		return;
	}
	api_json_begin(&r->json, NULL, '{');
	api_json_begin(&r->json, "items", '[');
	for (unsigned i = 0; i < m->device_count; i++)
		for (unsigned k = 0; k < m->chain_count; k++) {
			const struct pki_preflight *p = &m->cells[i * m->chain_count + k];
			write_cell(r, &m->devices[i], &m->rows[k], p,
				   m->chosen[i] == (int)k && p->usable);
		}
	api_list_end(r, m->next);
}

void api_cert_match(struct api_req *r)
{
	struct match *m = MEM_NEW(struct match);
	struct err e = { 0 };

	r->state = m;
	r->state_free = match_free;
	arena_init(&m->arena, MATCH_BYTES);
	m->now_unix_ms = r->now_unix_ms;
	if (load_devices(r, m, &e) && load_certs(r, m, &e))
		api_work(r, judge, judged);
	else
		api_fail(r, &e);
}
