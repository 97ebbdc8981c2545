/* One WS-MAN request to one WS-MAN reply: header rules, class and instance, operation. Called by
 * fw_http.c once the peer is logged in. Refuses what firmware refuses; knows no class itself. */
#include "base/str.h"
#include "sim/fw_alarms_priv.h"
#include "sim/fw_audit_priv.h"
#include "sim/fw_users_priv.h"

#define MIN_ENVELOPE_SIZE 50000
#define AUDIT_FAIL        2075

struct fault_row {
	const char *subcode;
	bool addressing;
	unsigned http;
	const char *reason;
};
static const struct fault_row fault_rows[] = {
#define X(name, subcode, addressing, http, reason) { subcode, addressing, http, reason },
	FW_FAULTS(X)
#undef X
};

static bool must_be_understood(const struct wsman_xml *x)
{
	const char *v = wsman_xml_attr(x, "mustUnderstand");

	return v && (str_eq(v, "true") || str_eq(v, "1"));
}

/* Headers that firmware knows; anything else that must be understood is a fault (OptionSet is). */
static bool headers_ok(struct fw_ctx *x)
{
	static const char *const known[] = { "Action",         "To",           "MessageID",
					     "ReplyTo",        "From",         "FaultTo",
					     "RelatesTo",      "ResourceURI",  "SelectorSet",
					     "Locale",         "IssuedTokens", "OperationTimeout",
					     "MaxEnvelopeSize" };
	uint32_t size;

	for (const struct wsman_xml *h = x->m->header ? x->m->header->first : NULL; h;
	     h = h->next) {
		bool is_known = false;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			is_known |= str_eq(h->name, known[i]);
		if (!is_known && must_be_understood(h))
			return sim_fw_refuse(x, FW_FAULT_MUST_UNDERSTAND);
		if (str_eq(h->name, "MaxEnvelopeSize") &&
		    (!str_to_u32(span_str(h->text), 0, UINT32_MAX, &size, NULL) ||
		     size < MIN_ENVELOPE_SIZE))
			return sim_fw_refuse(x, FW_FAULT_ENCODING);
	}
	if (!x->m->message_id[0])
		return sim_fw_refuse(x, FW_FAULT_HEADER);
	return true;
}

static bool read_input(struct fw_ctx *x, const struct wsman_shape *shape, struct wsman_obj **out_in,
		       enum fw_fault fault)
{
	struct err e = { 0 };

	if (!wsman_envelope_obj(x->m, x->a, out_in, &e))
		return sim_fw_refuse(x, fault);
	if ((*out_in)->shape != shape || !str_eq((*out_in)->ns, x->m->cls->uri))
		return sim_fw_refuse(x, fault);
	return true;
}

static bool get(struct fw_ctx *x, struct wsman_rep *rep)
{
	int i = sim_fw_select(x, x->cls);

	if (i < 0)
		return false;
	rep->obj = sim_fw_instance(x, x->cls, (unsigned)i);
	return rep->obj || sim_fw_refuse(x, FW_FAULT_INTERNAL);
}

static bool put(struct fw_ctx *x, struct wsman_rep *rep)
{
	struct wsman_obj *in;
	int i = sim_fw_select(x, x->cls);

	if (i < 0)
		return false;
	if (!x->cls->can_put)
		return sim_fw_refuse(x, FW_FAULT_ACTION);
	if (!read_input(x, &x->m->cls->shape, &in, FW_FAULT_SCHEMA))
		return false;
	if (!sim_fw_put(x, x->cls, (unsigned)i, in))
		return false;
	rep->obj = sim_fw_instance(x, x->cls, (unsigned)i);
	return true;
}

static bool create(struct fw_ctx *x, struct wsman_rep *rep)
{
	struct wsman_obj *in;

	if (!x->cls->create)
		return sim_fw_refuse(x, FW_FAULT_ACTION);
	if (!read_input(x, &x->m->cls->shape, &in, FW_FAULT_SCHEMA))
		return false;
	if (in->unknown_count || wsman_obj_missing(in))
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	if (!sim_fw_flash_ok(x))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL,
					    WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED);
	return x->cls->create(x, in, &rep->created);
}

static bool del(struct fw_ctx *x)
{
	int i = sim_fw_select(x, x->cls);

	if (i < 0)
		return false;
	if (!x->cls->del)
		return sim_fw_refuse(x, FW_FAULT_ACTION);
	return x->cls->del(x, (unsigned)i);
}

static const struct fw_method *method_find(const struct fw_class *c, const char *name)
{
	for (const struct fw_method *m = c->methods; m && m->name; m++) {
		if (str_eq(m->name, name))
			return m;
	}
	for (const struct fw_method *m = c->more_methods; m && m->name; m++) {
		if (str_eq(m->name, name))
			return m;
	}
	return NULL;
}

static bool invoke(struct fw_ctx *x, struct wsman_rep *rep)
{
	const struct wsman_method *row = wsman_classes_method(x->m->cls, x->m->method);
	const struct fw_method *m = row ? method_find(x->cls, row->name) : NULL;
	struct wsman_obj *in, *out;

	if (!m)
		return sim_fw_refuse(x, FW_FAULT_ACTION);
	if (sim_fw_select(x, x->cls) < 0)
		return false;
	if (!read_input(x, &row->in, &in, FW_FAULT_PARAMETER))
		return false;
	if (in->unknown_count || wsman_obj_missing(in))
		return sim_fw_refuse(x, FW_FAULT_PARAMETER);
	out = wsman_obj_new(x->a, &row->out, x->m->cls->uri);
	if (!out)
		return sim_fw_refuse(x, FW_FAULT_INTERNAL);
	rep->return_value = m->call(x, in, out);
	rep->obj = out;
	return x->fault == FW_FAULT_NONE;
}

static bool subscribe(struct fw_ctx *x, struct wsman_rep *rep)
{
	int i = sim_fw_select(x, x->cls);

	if (i < 0)
		return false;
	if (!x->cls->subscribe || !x->m->subscription)
		return sim_fw_refuse(x, FW_FAULT_ACTION);
	return x->cls->subscribe(x, (unsigned)i, &rep->created);
}

static bool unsubscribe(struct fw_ctx *x)
{
	int i = sim_fw_select(x, x->cls);

	if (i < 0)
		return false;
	if (!x->cls->unsubscribe)
		return sim_fw_refuse(x, FW_FAULT_ACTION);
	return x->cls->unsubscribe(x, (unsigned)i);
}

static bool answer(struct fw_ctx *x, struct wsman_rep *rep)
{
	const struct wsman_msg *m = x->m;

	if (m->op == WSMAN_OP_IDENTIFY) {
		rep->product_version =
			arena_fmt(x->a, "AMT %u.%u", x->d->gen->major, x->d->gen->minor);
		return true;
	}
	if (!headers_ok(x))
		return false;
	x->cls = m->cls ? sim_fw_class_find(m->cls->name) : NULL;
	if (!x->cls || !sim_fw_has(x->d, x->cls))
		return sim_fw_refuse(x, FW_FAULT_UNREACHABLE);
	if (!sim_fw_users_may(x))
		return sim_fw_refuse(x, FW_FAULT_DENIED);
	if (!sim_fw_audit_may(x))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL, AUDIT_FAIL);
	switch (m->is_reply ? WSMAN_OP_UNKNOWN : m->op) {
	case WSMAN_OP_GET:
		return get(x, rep);
	case WSMAN_OP_PUT:
		return put(x, rep);
	case WSMAN_OP_CREATE:
		return create(x, rep);
	case WSMAN_OP_DELETE:
		return del(x);
	case WSMAN_OP_ENUMERATE:
		return sim_fw_enumerate(x, rep);
	case WSMAN_OP_PULL:
		return sim_fw_pull(x, rep);
	case WSMAN_OP_RELEASE:
		return sim_fw_release(x);
	case WSMAN_OP_INVOKE:
		return invoke(x, rep);
	case WSMAN_OP_SUBSCRIBE:
		return subscribe(x, rep);
	case WSMAN_OP_UNSUBSCRIBE:
		return unsubscribe(x);
	default:
		return sim_fw_refuse(x, FW_FAULT_ACTION);
	}
}

static unsigned emit_fault(struct fw_ctx *x, struct out *body)
{
	const struct fault_row *row = &fault_rows[x->fault];
	struct wsman_fault_rep f = {
		.relates_to = x->m->message_id,
		.message_counter = x->d->message_count,
		.receiver = x->fault == FW_FAULT_INTERNAL || x->fault == FW_FAULT_BUSY,
		.addressing = row->addressing,
		.subcode = row->subcode,
		.reason = row->reason,
		.has_pt_status = x->pt_status != 0,
		.pt_status = x->pt_status,
	};

	wsman_envelope_emit_fault(body, &f);
	return row->http;
}

unsigned sim_fw_dispatch(struct fw_ctx *x, struct out *body)
{
	struct wsman_rep rep = { .to = x->m };

	sim_fw_pki_tick(x);
	sim_fw_alarms_tick(x);
	x->d->message_count++;
	rep.message_counter = x->d->message_count;
	if (!answer(x, &rep)) {
		/* An arena that is full left something out: never answer with half an instance. */
		if (x->fault == FW_FAULT_NONE)
			x->fault = FW_FAULT_INTERNAL;
		return emit_fault(x, body);
	}
	if (x->a->full) {
		sim_fw_refuse_status(x, FW_FAULT_INTERNAL, WSMAN_PT_INTERNAL_ERROR);
		return emit_fault(x, body);
	}
	if (x->unavailable)
		return 503;
	if (rep.return_value == 0)
		sim_fw_audit_note(x);
	wsman_envelope_emit_reply(body, &rep);
	return 200;
}
