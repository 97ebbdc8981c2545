/* Actions on redirection, KVM and WebUI (setup-and-configuration 5.6, 5.12). Rows of plan.c. */
#include "engine/actions_priv.h"

#define REDIR_NONE 32768u
#define REDIR_IDER 1u
#define REDIR_SOL  2u

/* ---- which of SOL and IDE-R, and the listener on 16994/16995 ----
 * One Put sets both and its echo shows both. Firmware that keeps EnabledState for its method gets
 * RequestStateChange after it. */

static uint32_t wanted_state(const struct engine_plan_in *in)
{
	uint32_t s = in->have->redir_state >= REDIR_NONE ? in->have->redir_state - REDIR_NONE : 0;
	if (in->want->ider != ENGINE_LEAVE)
		s = in->want->ider == ENGINE_ON ? s | REDIR_IDER : s & ~REDIR_IDER;
	if (in->want->sol != ENGINE_LEAVE)
		s = in->want->sol == ENGINE_ON ? s | REDIR_SOL : s & ~REDIR_SOL;
	return REDIR_NONE + s;
}

static bool redir_named(const struct engine_plan_in *in)
{
	return in->want->sol != ENGINE_LEAVE || in->want->ider != ENGINE_LEAVE;
}

static bool state_differs(const struct engine_plan_in *in)
{
	return redir_named(in) && in->have->redir_state != wanted_state(in);
}

static bool redir_wanted(const struct engine_plan_in *in)
{
	return state_differs(in) && in->done & ACT_BIT(ACT_LISTENER);
}

static bool redir_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			struct err *e)
{
	struct wsman_obj *o =
		engine_act_invoke(a, req, "AMT_RedirectionService", "RequestStateChange");
	if (!o)
		return engine_act_full(e);
	wsman_obj_set_u32(o, "RequestedState", wanted_state(in));
	return true;
}

static bool redir_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
			struct err *e)
{
	if (!engine_act_return(have, m, a, e))
		return false;
	have->known &= ~(unsigned)FACTS_REDIR;
	return true;
}

static void redir_print(const struct engine_plan_in *in, struct out *o)
{
	uint32_t was = in->have->redir_state >= REDIR_NONE ? in->have->redir_state - REDIR_NONE : 0,
		 will = wanted_state(in) - REDIR_NONE;
	out_fmt(o, "redirection: SOL %s, IDE-R %s -> SOL %s, IDE-R %s\n",
		engine_act_on(was & REDIR_SOL), engine_act_on(was & REDIR_IDER),
		engine_act_on(will & REDIR_SOL), engine_act_on(will & REDIR_IDER));
}

const struct engine_action engine_act_redir = {
	"redirection", "second: redirection", 0,           redir_wanted,
	redir_build,   redir_apply,           redir_print,
};

static bool listener_should(const struct engine_plan_in *in)
{
	return wanted_state(in) != REDIR_NONE;
}

static bool listener_differs(const struct engine_plan_in *in)
{
	return redir_named(in) && in->have->redir_listener != listener_should(in);
}

static bool listener_wanted(const struct engine_plan_in *in)
{
	return listener_differs(in) || (state_differs(in) && !(in->done & ACT_BIT(ACT_LISTENER)));
}

static bool listener_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			   struct err *e)
{
	if (!engine_act_put(a, req, WSMAN_OP_PUT, "AMT_RedirectionService") || !in->redir)
		return engine_act_full(e);
	struct wsman_obj *o = wsman_obj_clone(a, in->redir);
	if (!o)
		return engine_act_full(e);
	req->obj = o;
	wsman_obj_set_bool(o, "ListenerEnabled", listener_should(in));
	wsman_obj_set_u32(o, "EnabledState", wanted_state(in));
	return true;
}

static bool listener_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
			   struct err *e)
{
	struct wsman_obj *o;
	if (!wsman_envelope_obj(m, a, &o, e))
		return false;
	wsman_obj_bool(o, "ListenerEnabled", &have->redir_listener);
	wsman_obj_u32(o, "EnabledState", &have->redir_state);
	return true;
}

static void listener_print(const struct engine_plan_in *in, struct out *o)
{
	if (state_differs(in))
		redir_print(in, o);
	if (listener_differs(in))
		out_fmt(o, "redirection listener: %s -> %s\n",
			engine_act_on(in->have->redir_listener),
			engine_act_on(listener_should(in)));
}

const struct engine_action engine_act_listener = {
	"redirection_listener", "second: redirection", 0, listener_wanted, listener_build,
	listener_apply,         listener_print,
};

/* ---- KVM ---- */

bool engine_act_kvm_unasked(const struct engine_plan_in *in)
{
	return in->setup && in->want->kvm != ENGINE_LEAVE && !in->no_kvm &&
		!(in->have->known & FACTS_KVM) && !(in->done & ACT_BIT(ACT_KVM));
}

static bool kvm_on(const struct engine_plan_in *in)
{
	return in->have->kvm_state == 2 || in->have->kvm_state == 6; /* 6: on, no session */
}

static bool kvm_wanted(const struct engine_plan_in *in)
{
	if (engine_act_kvm_unasked(in))
		return true;
	/* no KVM in this PC: reported with the plan, nothing to send */
	return in->want->kvm != ENGINE_LEAVE && in->have->kvm_exists &&
		kvm_on(in) != (in->want->kvm == ENGINE_ON);
}

static bool kvm_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
		      struct err *e)
{
	struct wsman_obj *o =
		engine_act_invoke(a, req, "CIM_KVMRedirectionSAP", "RequestStateChange");
	if (!o)
		return engine_act_full(e);
	wsman_obj_set_u32(o, "RequestedState", in->want->kvm == ENGINE_ON ? 2 : 3);
	return true;
}

static bool kvm_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
		      struct err *e)
{
	if (!engine_act_return(have, m, a, e))
		return false;
	have->known &= ~(unsigned)FACTS_KVM;
	return true;
}

static void kvm_print(const struct engine_plan_in *in, struct out *o)
{
	out_fmt(o, "KVM: %s -> %s\n",
		engine_act_kvm_unasked(in) ? "(not read)" : engine_act_on(kvm_on(in)),
		engine_act_on(in->want->kvm == ENGINE_ON));
}

const struct engine_action engine_act_kvm = {
	"kvm", "second: KVM", 0, kvm_wanted, kvm_build, kvm_apply, kvm_print,
};

/* ---- WebUI: no readable property is known; seen from outside after the commit ---- */

static bool webui_wanted(const struct engine_plan_in *in)
{
	if (in->want->webui == ENGINE_LEAVE)
		return false;
	if (in->setup)
		return !(in->done & ACT_BIT(ACT_WEBUI));
	return in->have->webui_on != (in->want->webui == ENGINE_ON);
}

static bool webui_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			struct err *e)
{
	struct wsman_obj *o = engine_act_invoke(a, req, "AMT_WebUIService", "RequestStateChange");
	if (!o)
		return engine_act_full(e);
	wsman_obj_set_u32(o, "RequestedState", in->want->webui == ENGINE_ON ? 2 : 3);
	return true;
}

static bool webui_apply(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
			struct err *e)
{
	if (!engine_act_return(have, m, a, e))
		return false;
	have->known &= ~(unsigned)FACTS_WEBUI;
	return true;
}

static void webui_print(const struct engine_plan_in *in, struct out *o)
{
	out_fmt(o, "WebUI: %s -> %s\n",
		in->setup ? "(cannot be read in setup)" : engine_act_on(in->have->webui_on),
		engine_act_on(in->want->webui == ENGINE_ON));
}

const struct engine_action engine_act_webui = {
	"webui", "second: WebUI", 0, webui_wanted, webui_build, webui_apply, webui_print,
};
