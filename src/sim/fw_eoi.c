/* One legacy SOAP request to one reply: form, namespace, operation, parameters in the order of the
 * schema. Called by fw_http.c once the peer is logged in. Knows no operation itself. That a fault is
 * HTTP 500, and how it reads, is a guess: no reply of firmware was at hand. */
#include "sim/fw_eoi_priv.h"
#include "base/str.h"
#include "sim/fw_users_priv.h"

#define INNER_BYTES 16384

static const struct fw_eoi_method none[] = { { .name = NULL } };
static const struct fw_eoi_method *const tables[WSMAN_EOI_SERVICE_COUNT] = {
	[WSMAN_EOI_REMOTE_CONTROL] = sim_fw_eoi_power,
	[WSMAN_EOI_SECURITY] = sim_fw_eoi_security,
	[WSMAN_EOI_NETWORK] = sim_fw_eoi_network,
	[WSMAN_EOI_TIME] = sim_fw_eoi_time,
	[WSMAN_EOI_REDIRECTION] = sim_fw_eoi_redirection,
	[WSMAN_EOI_GENERAL_INFO] = sim_fw_eoi_general,
	[WSMAN_EOI_EVENTS] = none,
	[WSMAN_EOI_ASSETS] = none,
};

/* Realm that opens a service (setup-and-configuration 5.7); which one opens what is known of their
 * names only. */
static const uint8_t realms[WSMAN_EOI_SERVICE_COUNT] = {
	[WSMAN_EOI_REMOTE_CONTROL] = 5, [WSMAN_EOI_SECURITY] = 3,    [WSMAN_EOI_NETWORK] = 3,
	[WSMAN_EOI_TIME] = 12,          [WSMAN_EOI_REDIRECTION] = 2, [WSMAN_EOI_GENERAL_INFO] = 13,
	[WSMAN_EOI_EVENTS] = 7,         [WSMAN_EOI_ASSETS] = 4,
};

bool sim_fw_eoi_param(const struct fw_eoi_ctx *x, const char *name, uint32_t *out_v)
{
	return wsman_eoi_u32(x->m, name, out_v);
}

void sim_fw_eoi_put(struct fw_eoi_ctx *x, const char *name, const char *text)
{
	wsman_eoi_element(x->inner, x->service, name, text);
}

void sim_fw_eoi_put_u32(struct fw_eoi_ctx *x, const char *name, uint32_t v)
{
	const char *text = arena_fmt(x->a, "%u", v);

	sim_fw_eoi_put(x, name, text ? text : "");
}

void sim_fw_eoi_open(struct fw_eoi_ctx *x, const char *name)
{
	out_fmt(x->inner, "<%s:%s>", wsman_eoi_service_at(x->service)->prefix, name);
}

void sim_fw_eoi_close(struct fw_eoi_ctx *x, const char *name)
{
	out_fmt(x->inner, "</%s:%s>", wsman_eoi_service_at(x->service)->prefix, name);
}

/* ---- form ---- */

static bool action_ok(const struct fw_eoi_ctx *x, struct span action)
{
	char want[256];
	struct out o;

	if (!action.n || sim_switches_is(&x->d->sw, SIM_SW_EOI_ACTION, "ignored"))
		return true;
	out_init(&o, want, sizeof want);
	wsman_eoi_action(&o, x->service, x->m->op);
	struct span full = out_span(&o), bare = span_make(full.p + 1, full.n - 2);
	return span_eq(action, full) || span_eq(action, bare);
}

static const struct fw_eoi_method *find(const struct fw_eoi_ctx *x)
{
	unsigned release = sim_gen_number(x->d->gen);

	for (const struct fw_eoi_method *m = tables[x->service]; m->name; m++) {
		if (str_eq(m->name, x->m->op) && release >= m->since)
			return m;
	}
	return NULL;
}

/* Each element is one of the parameters, behind those before it; its text is a number. */
static bool params_ok(const struct fw_eoi_ctx *x, const struct fw_eoi_method *m)
{
	static const struct fw_eoi_param no_params[] = { { NULL, 0, false } };
	const struct fw_eoi_param *p = m->params ? m->params : no_params;
	const char *ns = wsman_eoi_service_at(x->service)->ns;
	uint32_t v;

	for (const struct wsman_xml *c = x->m->body->first; c; c = c->next) {
		while (p->name && !str_eq(p->name, c->name) && !p->required)
			p++;
		if (!p->name || !str_eq(p->name, c->name) || (*c->ns && !str_eq(c->ns, ns)) ||
		    !str_to_u32(span_str(c->text), 0, p->max, &v, NULL))
			return false;
		p++;
	}
	for (; p->name; p++) {
		if (p->required)
			return false;
	}
	return true;
}

static unsigned refuse(struct out *body, const char *code, const char *text)
{
	wsman_eoi_emit_fault(body, code, text);
	return 500;
}

unsigned sim_fw_eoi(struct fw_eoi_ctx *x, struct span action, struct out *body)
{
	const struct wsman_eoi_msg *m = x->m;
	struct buf mem;
	struct out inner;

	if (m->must_understand)
		return refuse(body, "MustUnderstand", "Header not understood");
	if (m->is_reply || !str_eq(m->ns, wsman_eoi_service_at(x->service)->ns))
		return refuse(body, "Client", "Wrong namespace");
	const struct fw_eoi_method *f = find(x);
	if (!f)
		return refuse(body, "Client", "Unknown method");
	if (!sim_fw_users_has(x->d, x->user, realms[x->service]))
		return refuse(body, "Client", "Access denied");
	if (!action_ok(x, action))
		return refuse(body, "Client", "Wrong SOAPAction");
	if (!params_ok(x, f))
		return refuse(body, "Client", "Validation constraint violation");
	buf_init(&mem, INNER_BYTES);
	out_init_buf(&inner, &mem);
	x->inner = &inner;
	uint32_t status = f->call(x);
	if (status != WSMAN_PT_SUCCESS)
		buf_clear(&mem);
	wsman_eoi_emit_reply(body, x->service, f->name,
			     sim_switches_is(&x->d->sw, SIM_SW_EOI_STATUS, "code") ? "StatusCode"
										   : "Status",
			     status, buf_span(&mem));
	buf_deinit(&mem);
	return 200;
}
