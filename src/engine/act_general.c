/* Actions on clock and names (setup-and-configuration 5.3, 5.4). Rows of the table in plan.c. */
#include "base/str.h"
#include "engine/actions_priv.h"

#include <stdlib.h>

/* ---- clock ---- */

static bool clock_wanted(const struct engine_plan_in *in)
{
	if (!in->want->clock)
		return false;
	/* CommitChanges in enterprise mode wants the clock set, however right it is (5.0) */
	if (in->setup && !(in->done & ACT_BIT(ACT_CLOCK)))
		return true;
	return llabs(in->have->clock_skew_ms) > ENGINE_CLOCK_SKEW_MS;
}

static bool clock_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			struct err *e)
{
	struct wsman_obj *o = engine_act_invoke(a, req, "AMT_TimeSynchronizationService",
						"SetHighAccuracyTimeSynch");
	if (!o)
		return engine_act_full(e);
	wsman_obj_set_u32(o, "Ta0", in->have->clock_ta0);
	wsman_obj_set_u32(o, "Tm1", (uint32_t)(in->have->clock_read_unix_ms / 1000));
	wsman_obj_set_u32(o, "Tm2", (uint32_t)(in->now_unix_ms / 1000));
	return true;
}

static bool clock_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
			struct err *e)
{
	if (!engine_act_return(have, m, a, e))
		return false;
	have->known &= ~(unsigned)FACTS_CLOCK; /* read back: success is what a Get shows */
	return true;
}

static void clock_print(const struct engine_plan_in *in, struct out *o)
{
	out_fmt(o, "clock: off by %lld s -> set\n", (long long)(in->have->clock_skew_ms / 1000));
}

const struct engine_action engine_act_clock = {
	"clock", "second: clock", 0, clock_wanted, clock_build, clock_apply, clock_print,
};

/* ---- names and ping: one Put of AMT_GeneralSettings ---- */

static bool names_differ(const struct engine_plan_in *in)
{
	return in->want->names &&
		(!str_eq_nocase(in->have->host_name, in->host) ||
		 !str_eq_nocase(in->have->domain, in->domain));
}

static bool ping_differs(const struct engine_plan_in *in)
{
	return in->want->ping != ENGINE_LEAVE && in->have->ping != (in->want->ping == ENGINE_ON);
}

static bool general_wanted(const struct engine_plan_in *in)
{
	/* a device may show the active values until the commit: what it took once is believed until
	 * the read-back after the commit */
	return !(in->done & ACT_BIT(ACT_GENERAL)) && (names_differ(in) || ping_differs(in));
}

static bool general_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			  struct err *e)
{
	if (!engine_act_put(a, req, WSMAN_OP_PUT, "AMT_GeneralSettings") || !in->general)
		return engine_act_full(e);
	struct wsman_obj *o = wsman_obj_clone(a, in->general);
	if (!o)
		return engine_act_full(e);
	req->obj = o;
	if (in->want->names) {
		wsman_obj_set_str(o, "HostName", in->host);
		wsman_obj_set_str(o, "DomainName", in->domain);
	}
	if (in->want->ping != ENGINE_LEAVE)
		wsman_obj_set_bool(o, "PingResponseEnabled", in->want->ping == ENGINE_ON);
	return true;
}

static bool general_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
			  struct err *e)
{
	struct wsman_obj *o;
	if (!wsman_envelope_obj(m, a, &o, e))
		return false;
	const char *host = wsman_obj_str(o, "HostName"), *domain = wsman_obj_str(o, "DomainName");
	const char *realm = wsman_obj_str(o, "DigestRealm");
	if (realm)
		str_copy(have->realm, sizeof have->realm, span_str(realm));
	if (host)
		str_copy(have->host_name, sizeof have->host_name, span_str(host));
	if (domain)
		str_copy(have->domain, sizeof have->domain, span_str(domain));
	wsman_obj_bool(o, "PingResponseEnabled", &have->ping);
	return true;
}

static void general_print(const struct engine_plan_in *in, struct out *o)
{
	const struct engine_facts *f = in->have;
	if (names_differ(in))
		out_fmt(o, "name: %s%s%s -> %s.%s\n", f->host_name[0] ? f->host_name : "(none)",
			f->domain[0] ? "." : "", f->domain, in->host, in->domain);
	if (ping_differs(in))
		out_fmt(o, "ping: %s -> %s\n", engine_act_on(in->have->ping),
			engine_act_on(in->want->ping == ENGINE_ON));
}

const struct engine_action engine_act_general = {
	"general",     "second: names", ACTION_STAGED, general_wanted,
	general_build, general_apply,   general_print,
};
