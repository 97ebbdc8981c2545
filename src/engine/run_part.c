/* The parts of the profile in a running job (engine/part.h): reads them, asks for the difference,
 * sends one change after the other, and believes only what is read again. Called by run.c when the
 * basics are right, in operation. */
#include "engine/run_part_priv.h"

#include "amt/quirks.h"
#include "base/clk.h"
#include "base/fault.h"
#include "base/mem.h"
#include "engine/actions_priv.h"
#include "wsman/status.h"

#include <stdio.h>

static void read_again(struct run_part *p)
{
	arena_reset(&p->arena);
	memset(p->have, 0, sizeof p->have);
	p->more = p->more_last = NULL;
	p->next_read = 0;
	p->known = p->sent = false;
	p->round++;
}

void engine_run_parts_forget(struct engine_run *r)
{
	for (unsigned i = 0; r->parts && i < r->parts->count; i++) {
		read_again(&r->parts->rows[i]);
		engine_run_part_forget_tried(&r->parts->rows[i]);
	}
}

void engine_run_parts_committed(struct engine_run *r)
{
	for (unsigned i = 0; r->parts && i < r->parts->count; i++) {
		struct run_part *p = &r->parts->rows[i];
		for (struct tried *t = p->tried; t; t = t->next)
			t->staged = false;
		read_again(p);
	}
	if (r->parts)
		r->parts->staged = false;
}

const struct err *engine_run_parts_refused(const struct engine_run *r)
{
	return r->parts && r->parts->has_refused ? &r->parts->refused : NULL;
}

/* ---- the pure side ---- */

struct engine_part_in engine_run_part_in(struct engine_run *r, const struct run_part *p)
{
	struct engine_part_in in = {
		.want = p->want,
		.all = r->profile.parts,
		.have = p->have,
		.more = p->more,
		.facts = &r->facts,
		.uuid = r->uuid,
		.host = r->host,
		.domain = r->domain,
		.fqdn = r->fqdn,
		.address = r->address,
		.client_cn = ENGINE_CLIENT_CN,
		.leaves = r->parts->leaves,
		.leaf_count = r->parts->leaf_count,
		.secrets = r->parts->secrets,
		.secret_count = r->parts->secret_count,
		.certs = r->parts->certs,
		.cert_count = r->parts->cert_count,
		.suffixes = r->parts->suffixes,
		.links = r->parts->links,
		.now_unix_ms = clk_unix_ms(),
	};
	const struct pki_chain *client =
		r->in.mutual ? engine_vault_client(r->en, r->in.key_bits) : NULL;
	in.client_serial = client ? client->certs[0].serial : "";
	if (client)
		in.client_root = client->certs[client->count - 1].der;
	amt_quirks_parse_version(r->version, &in.major, &in.minor);
	return in;
}

static bool is_required(const struct engine_run *r, const struct run_part *p)
{
	return engine_node_has_word(r->profile.required, p->part->name);
}

/* The rest of the profile goes on; the job fails at its end, with the first of these. */
static void refuse_part(struct engine_run *r, struct run_part *p, const struct err *why)
{
	struct run_parts *ps = r->parts;
	p->failed = p->known = true;
	engine_run_event(r, NULL, LOG_EV_STEP_FAILED, p->part->name, NULL, why);
	if (ps->has_refused)
		return;
	ps->refused = *why;
	ps->has_refused = true;
}

static void call_unavailable(struct engine_run *r, struct run_part *p, const char *why)
{
	struct err e = { 0 };
	p->unavailable = p->known = true;
	snprintf(p->lacks, sizeof p->lacks, "%s: not available in AMT %s: %s", p->part->title,
		 r->version, why);
	if (!is_required(r, p)) {
		struct store_tx *tx = store_tx_new(r->en->conf.store);
		store_tx_job_require(tx, r->job, r->en->owner, clk_unix_ms());
		engine_run_event(r, tx, LOG_EV_STEP_NOTE, p->part->name, p->lacks, NULL);
		store_tx_commit(tx, NULL, NULL);
		return;
	}
	err_set(&e, ERR_VERIFY, "device %s lacks what the profile requires: %s", r->uuid, p->lacks);
	err_seen(&e, "%s", why);
	err_want(&e, "%s", p->part->title);
	err_hint(&e, "give this PC another profile, or take '%s' off its 'required'",
		 p->part->name);
	refuse_part(r, p, &e);
}

/* ---- reads ---- */

static void keep_items(struct run_part *p, struct engine_part_reply *to,
		       const struct amt_reply *reply, bool list)
{
	unsigned n = list ? reply->item_count : 1;
	to->items = ARENA_ARRAY(&p->arena, struct wsman_obj *, n ? n : 1);
	for (unsigned i = 0; to->items && i < n; i++) {
		struct wsman_obj *o;
		bool ok = list ? wsman_envelope_item(reply->items[i], reply->arena, &o, NULL)
			       : wsman_envelope_obj(reply->msg, reply->arena, &o, NULL);
		struct wsman_obj *kept = ok ? wsman_obj_clone(&p->arena, o) : NULL;
		if (kept)
			to->items[to->count++] = kept;
	}
}

static void keep_more(struct run_part *p, const char *tag, const struct amt_reply *reply,
		      bool absent)
{
	struct engine_part_more *m = ARENA_NEW(&p->arena, struct engine_part_more);
	struct wsman_obj *o;
	if (!m)
		return;
	m->tag = tag;
	if (!absent && wsman_envelope_obj(reply->msg, reply->arena, &o, NULL))
		m->obj = wsman_obj_clone(&p->arena, o);
	if (p->more_last)
		p->more_last->next = m;
	else
		p->more = m;
	p->more_last = m;
}

/* True: the error was taken care of. */
static bool link_trouble(struct engine_run *r, const struct amt_reply *reply, const struct err *e,
			 const char *what)
{
	struct err w = *e;
	if (w.code == ERR_AUTH || w.code == ERR_DENIED || w.code == ERR_REALM) {
		engine_run_login_failed(r, &w);
		return true;
	}
	if (w.code == ERR_BUSY) {
		engine_run_busy(r, &w);
		return true;
	}
	if (w.code == ERR_NONE || reply->msg)
		return false;
	err_wrap(&w, "device %s, %s", r->uuid, what);
	engine_run_reopen(r, &w);
	return true;
}

static void on_part_read(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	struct run_part *p = r->parts->now;
	bool absent = err->code == ERR_FAULT;
	if (link_trouble(r, reply, err, p->part->title))
		return;
	if (err->code != ERR_NONE && !absent) {
		struct err e = *err;
		err_wrap(&e, "device %s, reading %s", r->uuid, p->part->title);
		refuse_part(r, p, &e);
	} else if (p->next_read < p->part->read_count) {
		const struct engine_part_read *rd = &p->part->reads[p->next_read];
		struct engine_part_reply *to = &p->have[p->next_read++];
		to->absent = absent;
		if (!absent)
			keep_items(p, to, reply, rd->kind == PART_ENUMERATE);
		/* an answer that does not fit the class is none */
		if (!to->count && rd->kind != PART_ENUMERATE)
			to->absent = true;
		if (to->absent && !rd->optional) {
			char why[200];
			snprintf(why, sizeof why, "%s: %s", rd->class_name,
				 err->seen[0] ? err->seen : "no answer of that class");
			call_unavailable(r, p, why);
		}
	} else {
		keep_more(p, r->parts->tag, reply, absent);
	}
	if (p->arena.full) {
		struct err e = { 0 };
		err_set(&e, ERR_LIMIT, "device %s: what it says about %s is too much", r->uuid,
			p->part->title);
		refuse_part(r, p, &e);
	}
	engine_run_plan(r);
}

static void call(struct engine_run *r, const struct wsman_req *req)
{
	r->state = RUN_PART_READ;
	amt_client_call(r->client, req, true, 0, on_part_read, r);
}

/* What the basics have read in this run, and nobody has changed since. NULL: it must be asked for. */
static const struct wsman_obj *read_before(const struct engine_run *r,
					   const struct engine_part_read *rd)
{
	bool same = r->facts.known & FACTS_GENERAL && !(r->in.done & ACT_BIT(ACT_GENERAL)) &&
		r->parts->change_count == 0;
	return same && rd->kind == PART_GET && !rd->instance_id &&
			str_eq(rd->class_name, "AMT_GeneralSettings")
		? r->in.general
		: NULL;
}

/* Reads that tell nothing new are left out, or answered from what is there. */
static void pass_reads(struct engine_run *r, struct run_part *p)
{
	struct engine_part_in in = engine_run_part_in(r, p);
	for (; p->next_read < p->part->read_count; p->next_read++) {
		const struct engine_part *part = p->part;
		const struct wsman_obj *o = read_before(r, &part->reads[p->next_read]);
		struct engine_part_reply *to = &p->have[p->next_read];
		if ((part->skip && part->skip(p->want, p->next_read)) ||
		    (part->needless && part->needless(&in, p->next_read)))
			continue;
		to->items = o ? ARENA_NEW(&p->arena, struct wsman_obj *) : NULL;
		if (!to->items)
			return;
		to->items[0] = wsman_obj_clone(&p->arena, o);
		to->count = to->items[0] != NULL;
	}
}

static bool read_static(struct engine_run *r, struct run_part *p)
{
	const struct engine_part_read *rd = &p->part->reads[p->next_read];
	const struct wsman_class *cls = wsman_classes_find(rd->class_name);
	struct wsman_req req = { .op = WSMAN_OP_GET, .resource_uri = cls->uri };
	if (rd->kind == PART_ENUMERATE) {
		r->state = RUN_PART_READ;
		amt_client_enumerate(r->client, cls->uri, on_part_read, r);
		return true;
	}
	if (rd->kind == PART_INVOKE)
		engine_act_invoke(&r->parts->work, &req, rd->class_name, rd->method);
	if (rd->instance_id)
		req.selectors =
			wsman_obj_selector(&r->parts->work, "InstanceID", rd->instance_id, NULL);
	call(r, &req);
	return true;
}

/* False: all is known. */
bool engine_run_part_read(struct engine_run *r, struct run_part *p)
{
	struct wsman_req req = { 0 };
	arena_reset(&r->parts->work);
	pass_reads(r, p);
	if (p->next_read < p->part->read_count)
		return read_static(r, p);
	struct engine_part_in in = engine_run_part_in(r, p);
	const char *tag = p->part->more ? p->part->more(&in, &r->parts->work, &req) : NULL;
	if (!tag) {
		p->known = true;
		return false;
	}
	r->parts->tag = arena_str(&p->arena, span_str(tag));
	if (!r->parts->tag)
		r->parts->tag = "";
	call(r, &req);
	return true;
}

/* ---- changes ---- */

/* Where the PC is now, for all later looks at what may cut it off (D122). */
static void tell_seen(struct engine_run *r, struct store_tx *tx)
{
	struct run_parts *ps = r->parts;
	for (unsigned i = 0; i < ps->count; i++) {
		struct run_part *p = &ps->rows[i];
		struct engine_part_seen s = { 0 };
		if (!p->part->seen || p->told || !p->known || p->unavailable)
			continue;
		struct engine_part_in in = engine_run_part_in(r, p);
		p->part->seen(&in, &s);
		if (s.suffix && s.suffix[0])
			store_tx_suffix_set(tx, r->uuid, s.suffix, "pc", clk_unix_ms());
		if (s.link)
			store_tx_mark_set(tx, r->uuid, MARK_LINK, s.link, clk_unix_ms());
		p->told = (s.suffix && s.suffix[0]) || s.link;
	}
}

void engine_run_parts_tx(struct engine_run *r, struct store_tx *tx)
{
	struct run_parts *ps = r->parts;
	if (ps)
		tell_seen(r, tx);
	if (!ps || !ps->replied[0])
		return;
	engine_run_event(r, tx, LOG_EV_STEP, ps->replied, NULL, NULL);
	store_tx_step(tx,
		      &(struct store_step){
			      .uuid = r->uuid,
			      .job = r->job,
			      .action = ps->replied,
			      .plan_version = ENGINE_PLAN_VERSION,
			      .attempt = r->attempt,
			      .phase = "replied",
			      .detail = "",
			      .at_unix_ms = clk_unix_ms(),
		      });
	ps->replied[0] = '\0';
	if (ps->secret_set && ps->change && ps->change->secret)
		store_tx_credential_state(tx, ps->change->secret->id, "unverifiable",
					  clk_unix_ms());
	ps->secret_set = false;
}

static void step_name(const struct run_parts *ps, char *out, size_t cap)
{
	snprintf(out, cap, "%.40s/%.110s", ps->now->part->name, ps->change->id);
}

static void plan_again(struct engine_run *r)
{
	engine_run_plan(r);
}

static void note_done(struct engine_run *r)
{
	struct run_parts *ps = r->parts;
	struct run_part *p = ps->now;
	size_t n = strlen(ps->change->id) + 1;
	struct tried *t = mem_new(sizeof *t + n);
	memcpy(t->id, ps->change->id, n);
	t->round = p->round;
	t->staged = ps->change->flags & CHANGE_STAGED;
	t->next = p->tried;
	p->tried = t;
	p->sent = true;
	ps->staged |= t->staged;
	step_name(ps, ps->replied, sizeof ps->replied);
	if (ps->change->flags & CHANGE_REREAD)
		read_again(p); /* ps->change stays: it lies in ps->work */
	if (ps->change->secret) {
		ps->change->secret->was_set = ps->secret_set = true;
		engine_run_commit(r, engine_run_tx(r), plan_again);
		return;
	}
	engine_run_plan(r);
}

static bool is_fine(const struct engine_change *ch, uint32_t value)
{
	for (const uint32_t *ok = ch->also_ok; ok && *ok; ok++)
		if (*ok == value)
			return true;
	return value == 0;
}

static void on_change(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	struct run_parts *ps = r->parts;
	struct err e = *err;
	struct wsman_obj *o;
	char name[STEP_MAX];
	if (fault_hit("engine.reply"))
		return; /* the process died here: the device has acted */
	step_name(ps, name, sizeof name);
	if (link_trouble(r, reply, &e, name))
		return;
	if (e.code == ERR_NONE && ps->change->req.op == WSMAN_OP_INVOKE &&
	    wsman_envelope_obj(reply->msg, reply->arena, &o, &e) &&
	    !is_fine(ps->change, o->return_value))
		wsman_status_check(reply->msg, o->return_value, &e);
	if (e.code == ERR_BUSY) {
		engine_run_busy(r, &e);
		return;
	}
	if (e.code == ERR_NONE) {
		note_done(r);
		return;
	}
	err_wrap(&e, "device %s, %s", r->uuid, name);
	refuse_part(r, ps->now, &e);
	engine_run_plan(r);
}

static void send_change(struct engine_run *r)
{
	if (!engine_run_may_go_on(r))
		return;
	r->state = RUN_PART_ACT;
	r->act = ACT_COUNT;
	if (!fault_hit("engine.send"))
		amt_client_call(r->client, &r->parts->change->req, false, 0, on_change, r);
}

static void add_candidate(struct engine_run *r, struct store_tx *tx, struct engine_part_secret *s)
{
	struct arena a;
	char label[128];
	uint8_t b[12];
	struct out o;
	int64_t now = clk_unix_ms();
	if (s->id[0])
		return;
	rng_fill(r->en->conf.rng, b, sizeof b);
	out_init(&o, s->id, sizeof s->id);
	out_hex(&o, span_make(b, sizeof b));
	arena_init(&a, 65536);
	engine_run_part_label(r, s->kind, label, sizeof label);
	store_tx_credential_add(
		tx,
		&(struct store_credential){
			.id = s->id,
			.uuid = r->uuid,
			.kind = s->kind,
			.state = "candidate",
			.sealed = engine_seal(r->en, label, secret_reveal(&s->value), &a),
			.user = "",
			.realm = "",
			.leaf_sha256 = "",
			.tls_mode = "",
			.at_unix_ms = now,
			.changed_unix_ms = now,
		});
	arena_deinit(&a);
}

static void act(struct engine_run *r, struct run_part *p, const struct engine_change *ch)
{
	struct run_parts *ps = r->parts;
	char name[STEP_MAX], stage[96];
	r->act = ACT_COUNT;
	ps->now = p;
	struct store_tx *tx = engine_run_tx(r); /* before ps->change: it looks at the former one */
	ps->change = ch;
	step_name(ps, name, sizeof name);
	store_tx_step(tx,
		      &(struct store_step){
			      .uuid = r->uuid,
			      .job = r->job,
			      .action = name,
			      .plan_version = ENGINE_PLAN_VERSION,
			      .attempt = r->attempt,
			      .phase = "intent",
			      .detail = ch->secret ? ch->secret->id : "",
			      .at_unix_ms = clk_unix_ms(),
		      });
	if (ch->secret)
		add_candidate(r, tx, ch->secret);
	struct engine_part_in in = engine_run_part_in(r, p);
	if (ch->flags & CHANGE_CUTS_OFF && p->part->dark && p->part->dark(&in, &ps->work))
		engine_run_dark_sent(r, tx);
	snprintf(stage, sizeof stage, "third: %s", p->part->title);
	engine_run_stage(r, tx, stage);
	engine_run_commit(r, tx, send_change);
}

static const struct tried *tried_of(const struct run_part *p, const char *id)
{
	for (const struct tried *t = p->tried; t; t = t->next)
		if (str_eq(t->id, id))
			return t;
	return NULL;
}

static void does_not_hold(struct engine_run *r, struct run_part *p, const struct engine_change *ch)
{
	struct err e = { 0 };
	struct span line = out_span(&ch->text);
	line.n = span_find(line, '\n');
	err_set(&e, ERR_VERIFY, "device %s, %s/%s: answered well, and yet it is not so", r->uuid,
		p->part->name, ch->id);
	err_seen(&e, "%.*s", (int)line.n, (const char *)line.p);
	err_want(&e, "the value of the profile when it is read again");
	err_hint(&e, "the PC takes the request and keeps its value: see 'outband device issues'");
	refuse_part(r, p, &e);
}

/* Before the first byte of it leaves. */
static bool goes_dark(struct engine_run *r, struct run_part *p, const struct engine_part_in *in,
		      const struct engine_change *ch)
{
	struct err e = { 0 };
	const char *why = ch->flags & CHANGE_CUTS_OFF && p->part->dark
		? p->part->dark(in, &r->parts->work)
		: NULL;
	if (!why || engine_run_dark_accepted(r))
		return false;
	err_set(&e, ERR_PREFLIGHT, "device %s would be out of reach, %s is left as it is: %s",
		r->uuid, p->part->title, why);
	err_hint(&e, "mend the profile; or 'outband device apply %s --accept-loss 1'", r->fqdn);
	err_rule(&e, "D125");
	refuse_part(r, p, &e);
	return true;
}

/* The first change of p that is still to be sent; NULL: none, or p was refused. */
static const struct engine_change *next_change(struct engine_run *r, struct run_part *p)
{
	struct err e = { 0 };
	struct engine_part_in in = engine_run_part_in(r, p);
	arena_reset(&r->parts->work);
	struct engine_changes c = { .a = &r->parts->work };
	if (!p->part->diff(&in, &c, &e) || c.a->full) {
		if (e.code == ERR_NONE)
			err_set(&e, ERR_LIMIT, "the changes do not fit into their memory");
		err_wrap(&e, "device %s, %s", r->uuid, p->part->title);
		refuse_part(r, p, &e);
		return NULL;
	}
	if (c.unavailable) {
		call_unavailable(r, p, c.unavailable);
		return NULL;
	}
	for (const struct engine_change *ch = c.first; ch; ch = ch->next) {
		if (ch->flags & CHANGE_REPORT)
			continue;
		const struct tried *t = tried_of(p, ch->id);
		if (!t && goes_dark(r, p, &in, ch))
			return NULL;
		if (!t)
			return ch;
		if (t->round != p->round && !t->staged) {
			does_not_hold(r, p, ch);
			return NULL;
		}
	}
	return NULL;
}

/* True: something is under way. */
static bool go_on_with(struct engine_run *r, struct run_part *p)
{
	r->parts->now = p;
	while (!p->failed && !p->unavailable) {
		if (!p->known && engine_run_part_read(r, p))
			return true;
		const struct engine_change *ch = next_change(r, p);
		if (ch) {
			struct err e = { 0 };
			if (engine_run_looks_again(r, ACT_COUNT))
				return true;
			if (++r->parts->change_count <= CHANGES_MAX) {
				act(r, p, ch);
				return true;
			}
			err_set(&e, ERR_VERIFY, "device %s: more than %d changes in one job",
				r->uuid, CHANGES_MAX);
			refuse_part(r, p, &e);
		}
		bool verify = p->sent && !p->failed;
		for (const struct tried *t = p->tried; t; t = t->next)
			verify &= !t->staged; /* what is staged is looked at after the commit */
		if (!verify)
			return false;
		read_again(p);
	}
	return false;
}

static void on_proved(struct engine_run *r)
{
	r->parts->proved = true;
	r->was_configured = true;
	r->admin_stored = false;
	engine_run_plan(r);
}

bool engine_run_parts(struct engine_run *r)
{
	struct err e = { 0 };
	if (!engine_run_parts_any(r))
		return false;
	if (!r->parts && !engine_run_parts_load(r, &e)) {
		engine_run_fail(r, &e);
		return true;
	}
	if (!r->parts->proved) {
		/* what opened the device is on record before anything else is done with it */
		struct store_tx *tx = engine_run_tx(r);
		engine_run_proof(r, tx);
		engine_run_commit(r, tx, on_proved);
		return true;
	}
	for (unsigned i = 0; i < r->parts->count; i++)
		if (go_on_with(r, &r->parts->rows[i]))
			return true;
	if (!r->parts->staged)
		return false;
	engine_run_act(r, ACT_COMMIT);
	return true;
}
