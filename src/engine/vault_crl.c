/* What the built-in CA took back: the rows, the lists that are signed over them, and their
 * publication. Called by jobs and the API. A list is signed on a worker, with the key of the CA that
 * issued what it takes back, be it the present one or a former one. */
#include "engine/vault_priv.h"

#include "base/clk.h"
#include "base/mem.h"
#include "pki/crl.h"

#include <assert.h>
#include <stdio.h>

#define DAY_MS     INT64_C(86400000)
#define LIST_DAYS  7 /* a list that is not replaced may be used so long */
#define AGAIN_MS   (6LL * 3600 * 1000)
#define SOON_MS    1000  /* after a change: more may follow */
#define SURE_MS    15000 /* and again: its transaction may not have been durable then */
#define PAGE       1000
#define LEAVES_MAX 16 /* of one PC; older ones have ended */
#define LIST_BYTES (256UL << 20)

static void key_id(const struct span ski, char out_hex_text[65])
{
	struct out o;
	out_init(&o, out_hex_text, 65);
	out_hex(&o, span_make(ski.p, ski.n < 32 ? ski.n : 32));
}

/* ---- taking back ---- */

static bool revoke_row(struct engine *en, struct store_tx *tx, const struct store_cert *row,
		       const char *reason, struct err *e)
{
	char issuer[65];
	int code;
	int64_t now = clk_unix_ms();
	bool known = pki_crl_reason(reason, &code);
	assert(known); /* a word of ours: the callers check what users say */
	(void)known;
	struct pki_chain *c = pki_chain_from_pem(row->pem, e);
	if (!c)
		return err_wrap(e, "certificate %s of device %s", row->id, row->uuid);
	key_id(c->certs[0].akid, issuer);
	store_tx_revoke(tx,
			&(struct store_revocation){
				.issuer = issuer,
				.serial = c->certs[0].serial,
				.reason = reason,
				.uuid = row->uuid,
				.at_unix_ms = now,
				.not_after_unix_ms = c->certs[0].not_after_unix_ms,
			});
	store_tx_cert_state(tx, row->id, "revoked");
	ENGINE_EVENT(en, tx, row->uuid, LOG_EV_CERT_REVOKED, NULL, LOG_S("uuid", row->uuid),
		     LOG_S("serial", row->serial), LOG_S("reason", reason));
	pki_chain_free(c);
	engine_vault_publish_soon(en, SOON_MS);
	return true;
}

bool engine_vault_revoke(struct engine *en, struct store_tx *tx, const char *uuid,
			 const char *reason, unsigned *out_count, struct err *e)
{
	struct arena a;
	struct store_cert rows[LEAVES_MAX];
	bool ok = true;
	*out_count = 0;
	arena_init(&a, 1 << 20);
	unsigned n = store_cert_list(en->conf.store, &a, "device", uuid, LEAVES_MAX, rows);
	for (unsigned i = 0; ok && i < n; i++) {
		if (str_eq(rows[i].state, "revoked"))
			continue;
		ok = revoke_row(en, tx, &rows[i], reason, e);
		*out_count += ok;
	}
	arena_deinit(&a);
	return ok;
}

bool engine_vault_revoke_serial(struct engine *en, struct store_tx *tx, const char *serial,
				const char *reason, const char **out_uuid, struct arena *a,
				struct err *e)
{
	struct store_cert row;
	if (!store_cert_get(en->conf.store, a, serial, &row) || !str_eq(row.kind, "device")) {
		err_set(e, ERR_NOT_FOUND, "no certificate of a PC has the serial number %.64s",
			serial);
		return err_hint(e, "see 'serial' in 'outband device show', or name the PC instead");
	}
	*out_uuid = row.uuid;
	if (str_eq(row.state, "revoked")) {
		err_set(e, ERR_CONFLICT, "certificate %.64s is revoked already", serial);
		return false;
	}
	return revoke_row(en, tx, &row, reason, e);
}

/* ---- one list ---- */

struct engine_vault_list {
	struct arena a;
	struct pki_chain *ca;
	struct pki_crl what;
	struct span der;
	char file[24], cert_file[24];
};

/* Ended by itself, and since then in one list at least, which has run out too. */
static bool is_over(const struct store_revocation *r, int64_t now)
{
	int64_t end = r->not_after_unix_ms > r->at_unix_ms ? r->not_after_unix_ms : r->at_unix_ms;
	return r->not_after_unix_ms && end + LIST_DAYS * DAY_MS * 2 < now;
}

static bool add_rows(struct engine *en, struct engine_vault_list *l, const char *issuer)
{
	struct store_revocation *page = ARENA_ARRAY(&l->a, struct store_revocation, PAGE);
	struct pki_crl_row *rows = NULL;
	unsigned count = 0, cap = 0, n;
	const char *after = "";
	if (!page)
		return false;
	do {
		n = store_revocation_list(en->conf.store, &l->a, issuer, after, PAGE, page);
		if (count + n > cap) {
			unsigned bigger = 2 * cap + PAGE;
			struct pki_crl_row *more = ARENA_ARRAY(&l->a, struct pki_crl_row, bigger);
			if (!more)
				return false;
			if (count)
				memcpy(more, rows, count * sizeof *rows);
			rows = more;
			cap = bigger;
		}
		for (unsigned i = 0; i < n; i++)
			if (!is_over(&page[i], l->what.this_unix_ms))
				rows[count++] =
					(struct pki_crl_row){ page[i].serial, page[i].reason,
							      page[i].at_unix_ms };
		after = n ? page[n - 1].serial : "";
	} while (n == PAGE && !l->a.full);
	l->what.rows = rows;
	l->what.row_count = count;
	return !l->a.full;
}

static struct engine_vault_list *list_of(struct engine *en, const struct store_cert *row,
					 struct err *e)
{
	struct engine_vault_list *l = MEM_NEW(struct engine_vault_list);
	char issuer[65];
	int64_t now = clk_unix_ms();
	arena_init(&l->a, LIST_BYTES);
	l->ca = engine_vault_row(en, row, e);
	bool ok = l->ca && (l->ca->key || err_set(e, ERR_CERT, "CA %s has no key", row->id));
	if (ok) {
		const struct pki_cert *cert = &l->ca->certs[0];
		l->what = (struct pki_crl){ .number = now,
					    .this_unix_ms = now,
					    .next_unix_ms = now + LIST_DAYS * DAY_MS,
					    .sig_hash = cert->key_bits > 2048 ? PKI_SIG_SHA384
									      : PKI_SIG_SHA256 };
		key_id(cert->ski, issuer);
		engine_vault_list_file(cert, ".crl", l->file);
		engine_vault_list_file(cert, ".crt", l->cert_file);
		ok = add_rows(en, l, issuer) ||
			err_set(e, ERR_LIMIT, "the list of CA %s is too large", row->id);
	}
	if (ok)
		return l;
	engine_vault_list_free(l);
	return NULL;
}

struct engine_vault_list *engine_vault_list_new(struct engine *en, const char *ca_id, struct err *e)
{
	struct arena a;
	struct store_cert row;
	struct engine_vault_list *l = NULL;
	arena_init(&a, 1 << 20);
	if (store_cert_get(en->conf.store, &a, ca_id, &row) &&
	    (str_eq(row.kind, "ca") || str_eq(row.kind, "root"))) {
		l = list_of(en, &row, e);
	} else {
		err_set(e, ERR_NOT_FOUND, "there is no CA '%.64s'", ca_id);
		err_hint(e, "see 'outband cert ca'");
	}
	arena_deinit(&a);
	return l;
}

bool engine_vault_list_make(struct engine_vault_list *l, struct err *e)
{
	return pki_crl_make(&l->what, l->ca->certs[0].der, l->ca->key, &l->a, &l->der, e);
}

struct span engine_vault_list_der(const struct engine_vault_list *l)
{
	return l->der;
}

void engine_vault_list_free(struct engine_vault_list *l)
{
	if (!l)
		return;
	pki_chain_free(l->ca);
	arena_deinit(&l->a);
	mem_free(l);
}

/* ---- all CAs ---- */

static unsigned ca_rows(struct engine *en, struct arena *a, struct store_cert *rows, unsigned limit)
{
	unsigned n = store_cert_list(en->conf.store, a, "ca", NULL, limit, rows);
	return n + store_cert_list(en->conf.store, a, "root", NULL, limit - n, rows + n);
}

static void describe(struct engine *en, const struct store_cert *row, const struct pki_chain *c,
		     struct arena *a, struct engine_vault_ca *out)
{
	const struct pki_cert *cert = &c->certs[0];
	char id[65], file[24];
	key_id(cert->ski, id);
	engine_vault_list_file(cert, ".crl", file);
	*out = (struct engine_vault_ca){
		.id = row->id,
		.tier = str_eq(row->kind, "root") ? "root"
			: c->count > 1            ? "issuing"
						  : "single",
		.state = row->state,
		.subject = arena_str(a, span_str(cert->subject)),
		.serial = arena_str(a, span_str(cert->serial)),
		.key_id = arena_str(a, span_str(id)),
		.list_file = arena_str(a, span_str(file)),
		.key_bits = cert->key_bits,
		.sha384 = cert->sig_hash == PKI_SIG_SHA384,
		.not_before_unix_ms = cert->not_before_unix_ms,
		.not_after_unix_ms = cert->not_after_unix_ms,
		.pem = row->pem,
		.revoked = store_revocation_count(en->conf.store, id),
	};
}

unsigned engine_vault_cas(struct engine *en, struct arena *a, unsigned limit,
			  struct engine_vault_ca *out_rows)
{
	struct store_cert *rows = ARENA_ARRAY(a, struct store_cert, ENGINE_VAULT_MAX_CAS);
	unsigned n = rows ? ca_rows(en, a, rows, ENGINE_VAULT_MAX_CAS) : 0, count = 0;
	for (unsigned i = 0; i < n && count < limit; i++) {
		struct pki_chain *c = pki_chain_from_pem(rows[i].pem, NULL);
		if (c)
			describe(en, &rows[i], c, a, &out_rows[count++]);
		pki_chain_free(c);
	}
	return count;
}

/* ---- publication ---- */

struct publishing {
	struct engine *en; /* NULL: it is gone */
	void (*publish)(void *ctx, const char *name, struct span bytes);
	void *ctx;
	struct engine_vault_list *lists[ENGINE_VAULT_MAX_CAS];
	unsigned count;
	struct err e;
	bool again;
};

static void publish_all(void *arg)
{
	struct publishing *p = arg;
	for (unsigned i = 0; i < p->count; i++) {
		struct engine_vault_list *l = p->lists[i];
		if (!engine_vault_list_make(l, &p->e))
			continue;
		p->publish(p->ctx, l->file, l->der);
		p->publish(p->ctx, l->cert_file, l->ca->certs[0].der);
	}
}

static void start_publishing(void *arg);

static void arm(struct engine *en, int64_t delay_ms)
{
	sched_cancel(en->publish_timer);
	en->publish_timer = sched_after(en->conf.sched, delay_ms, start_publishing, en);
}

static void on_published(void *arg)
{
	struct publishing *p = arg;
	struct engine *en = p->en;
	if (p->e.code != ERR_NONE)
		log_err(LOG_EV_SERVE_FAILED, &p->e,
			(const struct log_kv[]){ LOG_S("step", "revocation list"),
						 { LOG_KIND_END, NULL, NULL, 0 } });
	if (en) {
		bool soon = p->again || !p->count; /* 0: the first CA is not durable yet */
		int64_t later = en->publish_again ? SURE_MS : AGAIN_MS;
		en->publishing = NULL;
		en->publish_again = soon;
		arm(en, soon ? SOON_MS : later);
	}
	for (unsigned i = 0; i < p->count; i++)
		engine_vault_list_free(p->lists[i]);
	mem_free(p);
}

static void start_publishing(void *arg)
{
	struct engine *en = arg;
	struct arena a;
	struct publishing *p = MEM_NEW(struct publishing);
	en->publish_timer = NULL;
	en->publishing = p;
	p->en = en;
	p->publish = en->conf.publish;
	p->ctx = en->conf.publish_ctx;
	arena_init(&a, 1 << 22);
	struct store_cert *rows = ARENA_ARRAY(&a, struct store_cert, ENGINE_VAULT_MAX_CAS);
	unsigned n = rows ? ca_rows(en, &a, rows, ENGINE_VAULT_MAX_CAS) : 0;
	for (unsigned i = 0; i < n; i++) {
		p->lists[p->count] = list_of(en, &rows[i], &p->e);
		p->count += p->lists[p->count] != NULL;
	}
	arena_deinit(&a);
	en->conf.work(en->conf.work_ctx, publish_all, on_published, p);
}

void engine_vault_publish_soon(struct engine *en, int64_t delay_ms)
{
	if (!en->conf.publish)
		return;
	en->publish_again = true;
	if (en->publishing)
		en->publishing->again = true;
	else
		arm(en, delay_ms);
}

void engine_vault_publish_end(struct engine *en)
{
	sched_cancel(en->publish_timer);
	en->publish_timer = NULL;
	if (en->publishing)
		en->publishing->en = NULL;
}
