/* Reads of a running job: asks for the facts that the plan needs, sees to it that it is the PC that was meant, and
 * keeps what it told. Called by run.c and, for what an action shows too, by run_act.c. Changes nothing in the PC. */
#include "engine/run_otp.h"
#include "engine/run_priv.h"

#include "amt/pc.h"
#include "base/clk.h"

#define BUSY_WAIT_MS   3000
#define BUSY_MAX       60
#define HTTP_NOT_FOUND 404

static void keep_obj(struct engine_run *r, unsigned group, const struct wsman_obj *o)
{
	const struct wsman_obj **slot = group == FACTS_GENERAL ? &r->in.general
		: group == FACTS_TLS                           ? &r->in.tls
		: group == FACTS_REDIR                         ? &r->in.redir
		: group == FACTS_CONTEXT                       ? &r->in.context
							       : NULL;
	if (slot)
		*slot = o ? wsman_obj_clone(&r->keep, o) : NULL;
}

static void note_version(struct engine_run *r, const struct amt_reply *reply)
{
	char v[32];
	if (amt_client_version_of(reply->peer->server, v, sizeof v)) {
		str_copy(r->version, sizeof r->version, span_str(v));
		str_copy(r->facts.version, sizeof r->facts.version, span_str(v));
	}
}

/* A stored leaf is of use only for the key that the device has now. */
static void check_leaf(struct engine_run *r)
{
	struct arena a;
	struct pki_cert leaf;
	uint8_t spki[1024];
	size_t n;
	if (!r->in.leaf_der.n || !r->facts.key_public[0])
		return;
	arena_init(&a, 65536);
	if (!b64_decode(span_str(r->facts.key_public), spki, sizeof spki, &n) ||
	    !pki_cert_parse(r->in.leaf_der, &a, &leaf, NULL) ||
	    !span_eq(leaf.spki_der, span_make(spki, n))) {
		r->in.leaf_der = (struct span){ NULL, 0 };
		r->leaf_hex[0] = r->leaf_serial[0] = '\0';
	}
	arena_deinit(&a);
}

static bool check_identity(struct engine_run *r, struct err *e)
{
	if (str_eq(r->facts.uuid, r->uuid) || r->adopt.made_up) {
		r->in.verified_identity = true;
		return true;
	}
	err_set(e, ERR_WRONG_DEVICE,
		"at %s answers another device than %s; nothing secret was sent", r->address,
		r->uuid);
	err_seen(e, "UUID %s", r->facts.uuid);
	err_want(e, "UUID %s", r->uuid);
	return err_rule(e, "D045");
}

void engine_run_busy(struct engine_run *r, const struct err *e)
{
	if (++r->busy_count > BUSY_MAX) {
		engine_run_fail(r, e);
		return;
	}
	r->polls++; /* this one told nothing and is asked again */
	r->imposed_wait_ms += BUSY_WAIT_MS;
	if (r->busy_count >
	    1) /* it was busy all the time of this poll, the first of all began it */
		r->imposed_wait_ms += clk_mono_ms() - r->asked_mono_ms;
	engine_run_wait(r, BUSY_WAIT_MS, "firmware is busy or makes its key", engine_run_plan);
}

static void leaf_of(const struct amt_reply *reply, char out_hex_text[65])
{
	struct out o;
	out_init(&o, out_hex_text, 65);
	if (reply->peer->has_leaf)
		out_hex(&o, span_make(reply->peer->leaf_sha256, 32));
}

void engine_run_note_peer(struct engine_run *r, const struct amt_reply *reply, bool uuid,
			  bool realm)
{
	unsigned n = amt_client_connection(r->client);
	if (uuid) {
		r->told.uuid = n;
		leaf_of(reply, r->told.uuid_leaf);
	}
	if (realm)
		r->told.realm = n;
}

/* A read was answered over a connection that was made again, by a PC with another leaf than the one
 * that told its UUID: it may be another PC, so nothing of it is believed. */
static bool was_another(struct engine_run *r, const struct amt_reply *reply)
{
	char leaf[65];
	struct err e = { 0 };
	leaf_of(reply, leaf);
	if (r->reading->group == FACTS_IDENTITY || !r->told.uuid ||
	    amt_client_connection(r->client) == r->told.uuid || str_eq(leaf, r->told.uuid_leaf))
		return false;
	err_set(&e, ERR_CLOSED, "device %s: after a broken connection another PC may answer",
		r->uuid);
	err_seen(&e, "leaf %.16s", leaf[0] ? leaf : "none");
	err_want(&e, "leaf %.16s", r->told.uuid_leaf[0] ? r->told.uuid_leaf : "none");
	engine_run_reopen(r, &e);
	return true;
}

bool engine_run_was_cleared(struct engine_run *r, const char *former_realm)
{
	struct err e = { 0 };
	if (!r->in.setup || r->committed || !former_realm[0] ||
	    str_eq(former_realm, r->facts.realm))
		return false;
	err_set(&e, ERR_CLOSED, "device %s was cleared in the middle: its realm is another one",
		r->uuid);
	err_seen(&e, "%s", r->facts.realm);
	err_want(&e, "%s", former_realm);
	engine_run_reopen(r, &e);
	return true;
}

/* No WS-MAN there, and the firmware is of the time before it. Said at the first read, before any secret
 * leaves. */
static bool is_legacy(struct engine_run *r, const struct amt_reply *reply, struct err *e)
{
	note_version(r, reply);
	if (!amt_pc_is_soap_era(r->version))
		return false;
	err_set(e, ERR_UNSUPPORTED,
		"device %s speaks only the old SOAP interface: its configuration is unproven and "
		"not built",
		r->uuid);
	err_seen(e, "AMT %s, HTTP 404 for WS-MAN", r->version);
	err_want(e, "AMT 3.2.1 or later");
	e->hint[0] = '\0'; /* the rule's own */
	return err_rule(e, "D015"), true;
}

/* True: it was an error, and what comes of it is under way. */
static bool read_failed(struct engine_run *r, const struct amt_reply *reply, bool absent,
			struct err *e)
{
	if (e->code == ERR_AUTH || e->code == ERR_DENIED || e->code == ERR_REALM)
		engine_run_login_failed(r, e);
	else if (!r->way_proven && (e->code == ERR_TLS || e->code == ERR_TLS_PEER))
		engine_run_way_failed(r, e);
	else if (e->code == ERR_BUSY)
		engine_run_busy(r, e);
	else if (e->code == ERR_HTTP && reply->http_status == HTTP_NOT_FOUND &&
		 is_legacy(r, reply, e))
		engine_run_fail(r, e);
	else if (engine_run_adopt_denied(r, r->reading, e))
		return true;
	else if (e->code != ERR_NONE && !absent) {
		err_wrap(e, "device %s, reading %s", r->uuid, r->reading->class_name);
		engine_run_reopen(r, e);
	} else
		return false;
	return true;
}

static void on_read(void *arg, const struct amt_reply *reply, const struct err *err)
{
	struct engine_run *r = arg;
	struct err e = *err;
	const struct engine_read *rd = r->reading;
	bool absent = e.code == ERR_FAULT && rd->fault_means_absent;

	if (read_failed(r, reply, absent, &e))
		return;
	if (was_another(r, reply))
		return;
	note_version(r, reply);
	if (!r->way_proven)
		engine_run_proven(r);
	r->authenticated |= reply->authenticated;
	if (absent && rd->group == FACTS_KEYS) {
		r->in.keys_by_list = true;
		engine_run_plan(r);
		return;
	}
	struct engine_read_reply rr = {
		.m = absent ? NULL : reply->msg,
		.items = reply->items,
		.item_count = reply->item_count,
		.http_status = reply->http_status,
		.now_unix_ms = clk_unix_ms(),
	};
	struct wsman_obj *o;
	char realm[sizeof r->facts.realm];
	memcpy(realm, r->facts.realm, sizeof realm);
	if (!engine_reads_apply(rd, &r->in, &r->facts, &rr, reply->arena, &o, &e) ||
	    (rd->group == FACTS_IDENTITY && !check_identity(r, &e)) ||
	    (rd->group == FACTS_PORT && !engine_run_identity(r, &e))) {
		engine_run_fail(r, &e);
		return;
	}
	if (rd->group == FACTS_OTP && !engine_run_otp_check(r, &e)) {
		engine_run_otp_refused(r, &e);
		return;
	}
	if (engine_run_was_cleared(r, realm))
		return;
	engine_run_note_peer(r, reply, rd->group == FACTS_IDENTITY, rd->group == FACTS_GENERAL);
	keep_obj(r, rd->group, o);
	if (rd->group == FACTS_KEYS)
		check_leaf(r);
	engine_run_plan(r);
}

void engine_run_read(struct engine_run *r, unsigned groups)
{
	struct arena a;
	struct wsman_req req = { 0 };
	r->state = RUN_READ;
	r->asked_mono_ms = clk_mono_ms();
	r->reading = engine_reads_for(groups, &r->in);
	if (r->reading->kind == ENGINE_READ_PATH) {
		amt_client_get_path(r->client, r->reading->class_name, on_read, r);
		return;
	}
	if (r->reading->kind == ENGINE_READ_ENUMERATE) {
		amt_client_enumerate(r->client, wsman_classes_find(r->reading->class_name)->uri,
				     on_read, r);
		return;
	}
	arena_init(&a, 65536);
	engine_reads_build(r->reading, &r->in, &a, &req);
	amt_client_call(r->client, &req, true, 0, on_read, r);
	arena_deinit(&a);
}
