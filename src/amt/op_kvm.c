/* Operations "kvm.state", "kvm.enable" and "kvm.disable": whether a PC has KVM, whether it is switched on
 * and in use, and what a session will want (wsman 3.9). The session itself goes over the redirection
 * ports (amt/redir_session.h). */
#include "amt/op_consent_priv.h"
#include "amt/op_kvm_priv.h"
#include "base/str.h"

#define STATE_ENABLED 2
#define STATE_OFF     3
#define STATE_OFFLINE 6 /* enabled, and nobody is connected */

#define SCREENS_TEXT 96
#define MB           (1024ull * 1024)
#define BUFFER_BYTES (8 * MB) /* of firmware for a picture (M16) */
#define PIXEL_BYTES  2        /* as firmware offers them first (G) */

struct kvm {
	struct amt_consent consent; /* first */
	uint32_t state;
	bool mebx, has_mebx, listener, port_5900, old_policy, has_policy;
	uint32_t timeout_min, screen;
	char screens[SCREENS_TEXT]; /* "" the firmware does not tell */
	uint64_t largest;           /* pixels of one that is active */
	enum { KVM_SHOW, KVM_ENABLE, KVM_DISABLE } want;
	bool changed;
};

/* Why viewers may see nothing, though the session opens. */
static void advise(struct amt_op *o, const struct kvm *s)
{
	if (str_eq(s->screens, "none"))
		amt_op_text(o, "advice",
			    "M16: no screen is active: viewers see black; the PC wants a monitor "
			    "or a dummy plug, and power");
	else if (s->largest * PIXEL_BYTES > BUFFER_BYTES)
		amt_op_fmt(o, "advice",
			   "M16: a picture of %llu MB is more than the 8 MB of firmware: the "
			   "session may end; take a smaller resolution, or 8 bit colours in "
			   "the viewer",
			   (unsigned long long)(s->largest * PIXEL_BYTES / MB));
}

static void show(struct amt_op *o)
{
	const struct kvm *s = amt_op_state(o);

	amt_op_begin(o, "");
	amt_op_text(o, "state",
		    s->state == STATE_OFFLINE           ? "enabled"
			    : s->state == STATE_ENABLED ? "in use"
							: "disabled");
	amt_op_flag(o, "changed", s->changed);
	if (s->has_mebx)
		amt_op_flag(o, "mebx", s->mebx);
	amt_op_flag(o, "listener", s->listener);
	amt_op_flag(o, "port_5900", s->port_5900);
	amt_op_number(o, "timeout_min", s->timeout_min);
	amt_op_number(o, "screen", s->screen);
	amt_op_text(o, "screens", s->screens);
	advise(o, s);
	amt_op_text(o, "consent", amt_consent_required_name(&s->consent));
	amt_op_text(o, "consent_state", amt_consent_state_name(&s->consent));
	if (s->consent.none && s->has_policy)
		amt_op_flag(o, "sprite_consent", s->old_policy);
	amt_op_emit(o);
	amt_op_end(o);
}

static void read_all(struct amt_op *o);

/* ---- changing it ---- */

static void on_changed(struct amt_op *o, const struct amt_reply *r)
{
	struct kvm *s = amt_op_state(o);

	(void)r;
	s->changed = true;
	s->want = KVM_SHOW;
	read_all(o);
}

static void change_sap(struct amt_op *o)
{
	const struct kvm *s = amt_op_state(o);
	struct wsman_obj *in = amt_op_input(o, "CIM_KVMRedirectionSAP", "RequestStateChange");

	wsman_obj_set_u32(in, "RequestedState", s->want == KVM_ENABLE ? STATE_ENABLED : STATE_OFF);
	amt_op_invoke(o, "CIM_KVMRedirectionSAP", "RequestStateChange", in, on_changed);
}

static void on_listener_put(struct amt_op *o, const struct amt_reply *r)
{
	(void)r;
	change_sap(o);
}

static void on_listener(struct amt_op *o, const struct amt_reply *r)
{
	struct wsman_obj *l;

	if (!amt_op_obj(o, r, &l))
		return;
	wsman_obj_set_bool(l, "ListenerEnabled", true);
	amt_op_put(o, "AMT_RedirectionService", l, on_listener_put);
}

static bool mebx_forbids(struct amt_op *o)
{
	const struct kvm *s = amt_op_state(o);
	struct err e = { 0 };

	if (s->want != KVM_ENABLE || !s->has_mebx || s->mebx)
		return false;
	err_set(&e, ERR_UNSUPPORTED, "KVM is switched off in the MEBx of this PC");
	err_seen(&e, "IPS_KVMRedirectionSettingData.EnabledByMEBx = false");
	err_hint(&e, "only somebody at the PC can switch it on: MEBx, or the BIOS");
	amt_op_fail(o, &e);
	return true;
}

static void act(struct amt_op *o)
{
	struct kvm *s = amt_op_state(o);
	bool on = s->state == STATE_OFFLINE || s->state == STATE_ENABLED;

	if (s->want == KVM_SHOW || (s->want == KVM_DISABLE && !on) ||
	    (s->want == KVM_ENABLE && on && s->listener)) {
		show(o);
		return;
	}
	if (mebx_forbids(o))
		return;
	if (s->want == KVM_ENABLE && !s->listener)
		amt_op_get(o, "AMT_RedirectionService", on_listener);
	else
		change_sap(o);
}

/* ---- reading it ---- */

static void on_redir(struct amt_op *o, const struct amt_reply *r)
{
	struct kvm *s = amt_op_state(o);
	struct wsman_obj *l;

	if (!amt_op_obj(o, r, &l))
		return;
	s->listener = false;
	(void)wsman_obj_bool(l, "ListenerEnabled", &s->listener);
	amt_consent_read(o, act);
}

static uint64_t number(const struct wsman_val *v)
{
	uint32_t n = 0;

	return v && v->text && str_to_u32(span_str(v->text), 0, UINT16_MAX, &n, NULL) ? n : 0;
}

void amt_kvm_screens_priv(const struct wsman_obj *k, char *out_text, size_t size,
			  uint64_t *out_largest)
{
	struct out text;

	memset(out_text, 0, size); /* read twice, and the second may be shorter */
	out_init(&text, out_text, size - 1);
	*out_largest = 0;
	const struct wsman_val *x = wsman_obj_vals(k, "ResolutionX"),
			       *y = wsman_obj_vals(k, "ResolutionY"),
			       *is = wsman_obj_vals(k, "IsActive");
	for (; is; is = is->next) {
		uint64_t pixels = number(x) * number(y);
		if (is->text && str_eq(is->text, "true") && pixels) {
			out_fmt(&text, "%s%llux%llu", out_len(&text) ? ", " : "",
				(unsigned long long)number(x), (unsigned long long)number(y));
			*out_largest = pixels > *out_largest ? pixels : *out_largest;
		}
		x = x ? x->next : NULL;
		y = y ? y->next : NULL;
	}
	if (!out_len(&text))
		out_str(&text, "none");
}

static void on_screens(struct amt_op *o, const struct amt_reply *r)
{
	struct kvm *s = amt_op_state(o);
	struct wsman_obj *k;

	if (!amt_op_obj(o, r, &k))
		return;
	amt_kvm_screens_priv(k, s->screens, sizeof s->screens, &s->largest);
	amt_op_get(o, "AMT_RedirectionService", on_redir);
}

/* Not every firmware tells. */
static bool no_screens(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	(void)r;
	if (!amt_consent_absent(e) && e->code != ERR_DENIED && e->code != ERR_FAULT)
		return false;
	amt_op_get(o, "AMT_RedirectionService", on_redir);
	return true;
}

static void on_settings(struct amt_op *o, const struct amt_reply *r)
{
	struct kvm *s = amt_op_state(o);
	struct wsman_obj *k;

	if (!amt_op_obj(o, r, &k))
		return;
	s->has_mebx = wsman_obj_bool(k, "EnabledByMEBx", &s->mebx);
	s->has_policy = wsman_obj_bool(k, "OptInPolicy", &s->old_policy);
	(void)wsman_obj_bool(k, "Is5900PortEnabled", &s->port_5900);
	(void)wsman_obj_u32(k, "SessionTimeout", &s->timeout_min);
	(void)wsman_obj_u32(k, "DefaultScreen", &s->screen);
	amt_op_on_error(o, no_screens);
	amt_op_get(o, "IPS_ScreenSettingData", on_screens);
}

static void on_sap(struct amt_op *o, const struct amt_reply *r)
{
	struct kvm *s = amt_op_state(o);
	struct wsman_obj *k;

	if (!amt_op_obj(o, r, &k))
		return;
	(void)wsman_obj_u32(k, "EnabledState", &s->state);
	amt_op_get(o, "IPS_KVMRedirectionSettingData", on_settings);
}

static bool no_kvm(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct err why = { 0 };

	(void)r;
	if (!amt_consent_absent(e))
		return false;
	err_set(&why, ERR_UNSUPPORTED, "this PC has no KVM");
	err_seen(&why, "no class CIM_KVMRedirectionSAP");
	err_want(&why, "AMT 6.0 or later, and graphics of its processor");
	amt_op_fail(o, &why);
	return true;
}

static void read_all(struct amt_op *o)
{
	amt_op_on_error(o, no_kvm);
	amt_op_get(o, "CIM_KVMRedirectionSAP", on_sap);
}

static void start_enable(struct amt_op *o)
{
	struct kvm *s = amt_op_state(o);

	s->want = KVM_ENABLE;
	read_all(o);
}

static void start_disable(struct amt_op *o)
{
	struct kvm *s = amt_op_state(o);

	s->want = KVM_DISABLE;
	read_all(o);
}

const struct amt_op_fns amt_op_kvm_state = { sizeof(struct kvm), read_all, NULL };
const struct amt_op_fns amt_op_kvm_enable = { sizeof(struct kvm), start_enable, NULL };
const struct amt_op_fns amt_op_kvm_disable = { sizeof(struct kvm), start_disable, NULL };
