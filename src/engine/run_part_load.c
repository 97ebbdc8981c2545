/* What the parts of a profile refer to: stored secrets, random ones and those sent before, trusted
 * certificates. Once a job, before the first part is looked at. Sends nothing. */
#include "engine/run_part_priv.h"

#include "base/mem.h"
#include "wire/psk.h"

#include <stdio.h>

#define HAVE_MAX (1u << 20) /* of what one part reads */
#define WORK_MAX (1u << 20) /* of the changes of one part */

void engine_run_part_label(const struct engine_run *r, const char *kind, char *out, size_t cap)
{
	snprintf(out, cap, "credential:%s:%s", r->uuid, kind);
}

/* What was sent to the device before, newest first: the newest that was answered well is what it has;
 * one that was about to be sent is sent again where the profile asks for any. */
static void look_at_former(struct engine_run *r, struct engine_part_secret *s)
{
	struct arena a;
	struct store_credential rows[8];
	char label[128];
	bool newest_set = true;
	arena_init(&a, 65536);
	engine_run_part_label(r, s->kind, label, sizeof label);
	unsigned n = store_credential_list(r->en->conf.store, &a, r->uuid, s->kind, 8, rows);
	for (unsigned i = 0; i < n && !s->id[0]; i++) {
		struct secret was = { 0 };
		bool set = str_eq(rows[i].state, "unverifiable");
		if ((!set && !str_eq(rows[i].state, "candidate")) ||
		    !engine_unseal(r->en, label, rows[i].sealed, &was, NULL))
			continue;
		if (s->node->is_random && !secret_is_set(&s->value)) {
			s->value = was;
			was = (struct secret){ 0 };
		} else if (!span_eq(secret_reveal(&was), secret_reveal(&s->value))) {
			newest_set &= !set;
			secret_deinit(&was);
			continue;
		}
		secret_deinit(&was);
		str_copy(s->id, sizeof s->id, span_str(rows[i].id));
		s->was_set = set && newest_set;
	}
	arena_deinit(&a);
}

static bool load_secret(struct engine_run *r, struct engine_part_secret *s, struct err *e)
{
	struct arena a;
	struct span sealed;
	char label[96];
	bool ok = true;
	arena_init(&a, 65536);
	if (s->node->text) {
		snprintf(label, sizeof label, "secret:%s", s->node->text);
		ok = store_secret_get(r->en->conf.store, &a, s->node->text, &sealed);
		if (!ok) {
			err_set(e, ERR_NOT_FOUND, "secret '%s' of profile '%s' does not exist",
				s->node->text, r->profile.name);
			err_hint(e, "store it with 'outband secret set %s --file FILE'",
				 s->node->text);
		}
		ok = ok && engine_unseal(r->en, label, sealed, &s->value, e);
	}
	arena_deinit(&a);
	if (ok)
		look_at_former(r, s);
	if (ok && !secret_is_set(&s->value)) {
		char pw[WIRE_PSK_PASSWORD_LEN + 1];
		wire_psk_make_password(r->en->conf.rng, pw);
		/* each half may lack a kind of character */
		while (s->node->row->flags & KEY_EIGHT) {
			pw[8] = '\0';
			if (wire_psk_check_password(span_str(pw), NULL))
				break;
			wire_psk_make_password(r->en->conf.rng, pw);
		}
		s->value = secret_make(span_str(pw));
		explicit_bzero(pw, sizeof pw);
	}
	return ok;
}

static bool load_cert(struct engine_run *r, const char *name, struct err *e)
{
	struct run_parts *ps = r->parts;
	struct arena a;
	struct store_cert row;
	char id[96];
	struct span der = { NULL, 0 };
	if (ps->cert_count == CERTS_MAX)
		return err_set(e, ERR_LIMIT, "profile '%s' names more than %d certificates",
			       r->profile.name, CERTS_MAX);
	arena_init(&a, 1 << 20);
	snprintf(id, sizeof id, "trusted:%s", name);
	const struct pki_chain *ca = r->en->ca[engine_vault_which(r->in.key_bits)];
	if (str_eq(name, "ca") && ca) {
		der = ca->certs[ca->count - 1].der; /* its root */
	} else if (store_cert_get(r->en->conf.store, &a, id, &row)) {
		struct pki_chain *c = pki_chain_load(row.pem, NULL, NULL);
		void *p = c ? arena_copy(&r->keep, c->certs[0].der) : NULL;
		der = p ? span_make(p, c->certs[0].der.n) : der;
		pki_chain_free(c);
	}
	arena_deinit(&a);
	ps->certs[ps->cert_count++] = (struct engine_part_cert){ name, der };
	if (der.n)
		return true;
	err_set(e, ERR_NOT_FOUND, "certificate '%s' of profile '%s' is not stored", name,
		r->profile.name);
	return err_hint(e, "store it with 'outband cert trust %s FILE'", name);
}

/* Secrets and certificates below n; path names the place: "users:alice". */
static bool load_below(struct engine_run *r, const struct engine_node *n, const char *path,
		       struct err *e)
{
	struct run_parts *ps = r->parts;
	char below[64];
	for (const struct engine_node *c = n->children; c; c = c->next) {
		if (c->row->kind == KEY_LIST && !*c->key)
			snprintf(below, sizeof below, "%.31s:%.31s", path, engine_node_id(c));
		else if (c->row->kind == KEY_GROUP)
			snprintf(below, sizeof below, "%.31s:%.31s", path, c->key);
		else
			str_copy(below, sizeof below, span_str(path));
		if (c->row->kind == KEY_CERT && !load_cert(r, c->text, e))
			return false;
		if (c->row->kind == KEY_SECRET) {
			struct engine_part_secret *s = &ps->secrets[ps->secret_count];
			if (ps->secret_count == SECRETS_MAX)
				return err_set(e, ERR_LIMIT,
					       "profile '%s' names more than %d secrets",
					       r->profile.name, SECRETS_MAX);
			s->node = c;
			snprintf(s->kind, sizeof s->kind, "%.40s:%.20s", path, c->key);
			ps->secret_count++;
			if (!load_secret(r, s, e))
				return false;
		}
		if (!load_below(r, c, below, e))
			return false;
	}
	return true;
}

static void load_leaves(struct engine_run *r)
{
	struct run_parts *ps = r->parts;
	struct store_cert rows[LEAVES_MAX];
	struct arena a;
	arena_init(&a, 1 << 20);
	unsigned n = store_cert_list(r->en->conf.store, &a, "device", r->uuid, LEAVES_MAX, rows);
	for (unsigned i = 0; i < n; i++) {
		struct pki_chain *c = pki_chain_load(rows[i].pem, NULL, NULL);
		void *p = c ? arena_copy(&r->keep, c->certs[0].der) : NULL;
		if (p)
			ps->leaves[ps->leaf_count++] = span_make(p, c->certs[0].der.n);
		pki_chain_free(c);
	}
	arena_deinit(&a);
}

bool engine_run_parts_any(const struct engine_run *r)
{
	return (r->profile.parts && r->in.scope == PLAN_ALL) ||
		(r->profile.tls && (r->kind == RUN_RENEW || r->kind == RUN_CHECK));
}

/* A hidden part is looked at by the jobs that are about it. */
static const struct engine_node *wanted(const struct engine_run *r, const struct engine_part *part)
{
	static const struct engine_node nothing = { .key = "" };
	const struct engine_node *want = r->profile.parts;
	if (part->hidden)
		return r->profile.tls && (r->kind == RUN_RENEW || r->kind == RUN_CHECK) ? &nothing
											: NULL;
	if (r->in.scope != PLAN_ALL && !part->uses_own_cert)
		return NULL;
	while (want && !str_eq(want->key, part->name))
		want = want->next;
	return want;
}

static void load_suffixes(struct engine_run *r)
{
	struct store_suffix rows[SUFFIXES_MAX];
	struct arena a;
	arena_init(&a, 1 << 18);
	unsigned n = store_suffix_list(r->en->conf.store, &a, r->uuid, SUFFIXES_MAX, rows);
	for (unsigned i = 0; i < n; i++)
		r->parts->suffixes[i] = arena_str(&r->keep, span_str(rows[i].suffix));
	arena_deinit(&a);
}

static void load_links(struct engine_run *r)
{
	struct store_mark rows[LINKS_MAX];
	struct arena a;
	arena_init(&a, 65536);
	unsigned n = store_mark_list(r->en->conf.store, &a, r->uuid, MARK_LINK, LINKS_MAX, rows);
	for (unsigned i = 0; i < n; i++)
		r->parts->links[i] = arena_str(&r->keep, span_str(rows[i].mark));
	arena_deinit(&a);
}

bool engine_run_parts_load(struct engine_run *r, struct err *e)
{
	struct run_parts *ps = MEM_NEW(struct run_parts);
	unsigned n = 0;
	r->parts = ps;
	arena_init(&ps->work, WORK_MAX);
	load_suffixes(r);
	load_links(r);
	if (r->in.mutual && !engine_vault_need_client(r->en, r->in.key_bits, e))
		return false;
	while (engine_parts_all_at(n))
		n++;
	ps->rows = mem_new(n * sizeof *ps->rows);
	for (unsigned i = 0; i < n; i++) {
		const struct engine_node *want = wanted(r, engine_parts_all_at(i));
		if (want && engine_parts_all_at(i)->hidden)
			load_leaves(r);
		if (!want)
			continue;
		struct run_part *p = &ps->rows[ps->count++];
		p->part = engine_parts_all_at(i);
		p->want = want;
		arena_init(&p->arena, HAVE_MAX);
		if (!load_below(r, want, p->part->name, e))
			return false;
	}
	return true;
}

void engine_run_part_forget_tried(struct run_part *p)
{
	while (p->tried) {
		struct tried *t = p->tried;
		p->tried = t->next;
		mem_free(t);
	}
}

void engine_run_parts_free(struct engine_run *r)
{
	struct run_parts *ps = r->parts;
	if (!ps)
		return;
	for (unsigned i = 0; i < ps->count; i++) {
		arena_wipe(&ps->rows[i].arena);
		engine_run_part_forget_tried(&ps->rows[i]);
	}
	for (unsigned i = 0; i < ps->secret_count; i++)
		secret_deinit(&ps->secrets[i].value);
	arena_wipe(&ps->work);
	mem_free(ps->rows);
	mem_free(ps);
	r->parts = NULL;
}
