/* Runs a role on one PC (amt/pc.h): Identify, or GetCoreVersion where there is no WS-MAN; the reads
 * of the role; a power command when the role has one; the reads again. One request at a time over
 * amt/client. Never repeats a command. */
#include "amt/pc_priv.h"
#include "base/mem.h"
#include "base/str.h"
#include "wsman/classes.h"
#include "wsman/status.h"
#include <assert.h>

#define HTTP_NOT_FOUND 404

struct amt_pc {
	struct amt_client *client;
	enum amt_pc_role role;
	amt_pc_fn *fn;
	void *arg;
	struct amt_pc_facts facts;
	struct amt_pc_result result;
	unsigned step;
	bool running;
	bool identified;  /* over WS-MAN */
	char version[32]; /* known before */
};

struct amt_pc *amt_pc_new(struct amt_client *c)
{
	struct amt_pc *p = MEM_NEW(struct amt_pc);

	p->client = c;
	return p;
}

void amt_pc_free(struct amt_pc *p)
{
	if (!p)
		return;
	if (p->running)
		amt_client_cancel(p->client);
	mem_free(p);
}

static void finish(struct amt_pc *p, const struct err *e)
{
	static const struct err none;

	p->running = false;
	p->fn(p->arg, &p->result, e ? e : &none);
}

static void note(struct amt_pc *p, const struct amt_reply *r)
{
	if (!r->http_status)
		return;
	p->result.replied = true;
	p->result.peer = r->peer;
	if (!p->facts.version[0])
		(void)amt_client_version_of(r->peer->server, p->facts.version,
					    sizeof p->facts.version);
}

static void next(struct amt_pc *p);

/* ---- the command ---- */

/* An answer is no consent: 2 is what firmware says of a request that it refuses in this state. */
static bool refused(const struct amt_reply *r, struct err *e)
{
	struct wsman_obj *out;

	return r->msg && wsman_envelope_obj(r->msg, r->arena, &out, e) && out->return_value &&
		!wsman_status_check(r->msg, out->return_value, e);
}

static void on_command(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct amt_pc *p = arg;
	struct err fail = *e;

	note(p, r);
	if (fail.code != ERR_NONE || refused(r, &fail)) {
		if (r->sent && !r->http_status && !fail.hint[0])
			err_hint(&fail,
				 "whether the PC has acted is not known: look with 'outband pc "
				 "power status'");
		finish(p, &fail);
		return;
	}
	p->result.asked = true;
	p->step = 0;
	next(p);
}

static void command_soap(struct amt_pc *p)
{
	const struct wsman_eoi_param params[] = {
		{ "Command", amt_pc_power_command(p->role) },
		{ "IanaOemNumber", "343" },
	};

	amt_client_eoi(p->client, WSMAN_EOI_REMOTE_CONTROL, "RemoteControl", params, 2, false,
		       on_command, p);
}

static void command_wsman(struct amt_pc *p)
{
	struct arena a;
	struct err e = { 0 };

	arena_init(&a, 1 << 16);
	struct wsman_req req = {
		.op = WSMAN_OP_INVOKE,
		.resource_uri = wsman_classes_find("CIM_PowerManagementService")->uri,
		.method = "RequestPowerStateChange",
		.obj = amt_pc_power_input(p->role, &p->facts, &a),
	};
	if (req.obj) {
		amt_client_call(p->client, &req, false, 0, on_command, p);
	} else {
		err_set(&e, ERR_INTERNAL, "the power command cannot be written");
		finish(p, &e);
	}
	arena_deinit(&a);
}

/* All is read: is there something to do? */
static void decide(struct amt_pc *p)
{
	struct err e = { 0 };
	bool need;

	if (p->result.asked) {
		finish(p, NULL);
		return;
	}
	if (!amt_pc_judge(p->role, &p->facts, &need, &e)) {
		finish(p, &e);
		return;
	}
	if (!need)
		finish(p, NULL);
	else if (p->facts.speaks == AMT_PC_SOAP)
		command_soap(p);
	else
		command_wsman(p);
}

/* ---- reads ---- */

static bool take(struct amt_pc *p, const struct amt_pc_step *s, const struct amt_reply *r,
		 struct err *e)
{
	struct wsman_obj *o;
	bool ok = r->eoi ? s->take_eoi(&p->facts, r->eoi)
			 : wsman_envelope_obj(r->msg, r->arena, &o, e) && s->take_obj(&p->facts, o);

	if (!ok && e->code == ERR_NONE)
		err_set(e, ERR_MALFORMED, "the reply to %s lacks what it is asked for",
			r->eoi ? s->op : s->class_name);
	return ok;
}

static void on_step(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct amt_pc *p = arg;
	const struct amt_pc_step *s = amt_pc_step_at(p->role, &p->facts, p->step);
	struct err fail = *e;

	note(p, r);
	/* refused by the firmware, not lost on the way */
	bool refused = e->code == ERR_FAULT || e->code == ERR_PT_STATUS;
	if (e->code != ERR_NONE && !(refused && s->optional)) {
		finish(p, &fail);
		return;
	}
	if (e->code == ERR_NONE && !take(p, s, r, &fail) && !s->optional) {
		finish(p, &fail);
		return;
	}
	p->step++;
	next(p);
}

static void next(struct amt_pc *p)
{
	const struct amt_pc_step *s = amt_pc_step_at(p->role, &p->facts, p->step);
	struct arena a;

	if (!s) {
		decide(p);
		return;
	}
	if (s->op) {
		amt_client_eoi(p->client, s->service, s->op, &s->param, s->param.name ? 1 : 0, true,
			       on_step, p);
		return;
	}
	arena_init(&a, 1 << 16);
	const struct wsman_class *c = wsman_classes_find(s->class_name);
	const struct wsman_method *m = s->method ? wsman_classes_method(c, s->method) : NULL;
	struct wsman_req req = {
		.op = m ? WSMAN_OP_INVOKE : WSMAN_OP_GET,
		.resource_uri = c->uri,
		.method = s->method,
		.obj = m ? wsman_obj_new(&a, &m->in, c->uri) : NULL,
		.selectors = s->instance_id
			? wsman_obj_selector(&a, "InstanceID", s->instance_id, NULL)
			: NULL,
	};
	amt_client_call(p->client, &req, true, 0, on_step, p);
	arena_deinit(&a);
}

/* ---- which interface ---- */

static void on_core_version(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct amt_pc *p = arg;
	struct err fail = *e;

	note(p, r);
	const char *version = r->eoi ? wsman_eoi_text(r->eoi, "Version") : NULL;
	if (e->code == ERR_NONE) {
		p->facts.speaks = AMT_PC_SOAP;
		if (version)
			(void)str_copy(p->facts.version, sizeof p->facts.version,
				       span_str(version));
		next(p);
		return;
	}
	if (r->http_status == HTTP_NOT_FOUND && p->identified) {
		p->facts.speaks = AMT_PC_WSMAN;
		next(p);
		return;
	}
	if (r->http_status == HTTP_NOT_FOUND) {
		err_set(&fail, ERR_UNSUPPORTED, "neither WS-MAN nor legacy SOAP is served there");
		err_seen(&fail, "HTTP 404 for both, server '%.60s'", r->peer->server);
		err_hint(&fail, "check that this is the address of a PC with AMT");
	}
	finish(p, &fail);
}

static void on_identify(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct amt_pc *p = arg;

	note(p, r);
	bool early = amt_pc_is_soap_era(p->facts.version);
	p->identified = e->code == ERR_NONE;
	if (r->http_status == HTTP_NOT_FOUND || (r->http_status && early)) {
		amt_client_eoi(p->client, WSMAN_EOI_SECURITY, "GetCoreVersion", NULL, 0, true,
			       on_core_version, p);
		return;
	}
	if (e->code != ERR_NONE) {
		finish(p, e);
		return;
	}
	p->facts.speaks = AMT_PC_WSMAN;
	next(p);
}

void amt_pc_know_version(struct amt_pc *p, const char *version)
{
	if (!str_copy(p->version, sizeof p->version, span_str(version)))
		p->version[0] = '\0';
}

void amt_pc_start(struct amt_pc *p, enum amt_pc_role role, amt_pc_fn *fn, void *arg)
{
	struct wsman_req req = { .op = WSMAN_OP_IDENTIFY };

	assert(!p->running);
	p->running = true;
	p->role = role;
	p->fn = fn;
	p->arg = arg;
	p->step = 0;
	p->facts = (struct amt_pc_facts){ .speaks = AMT_PC_UNKNOWN };
	p->result = (struct amt_pc_result){ .facts = &p->facts };
	if (!p->version[0]) {
		amt_client_call(p->client, &req, true, 0, on_identify, p);
		return;
	}
	(void)str_copy(p->facts.version, sizeof p->facts.version, span_str(p->version));
	p->facts.speaks = amt_pc_is_soap_era(p->version) ? AMT_PC_SOAP : AMT_PC_WSMAN;
	next(p);
}
