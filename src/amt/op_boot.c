/* Operations "boot", "boot.can" and "boot.clear": clear, settings, role, source, power (wsman 3.3). All that
 * can refuse is asked before anything changes: capabilities, consent, power. What fails or is broken
 * off in the middle is taken back, so that no later start of the PC meets half of it. */
#include "amt/op_boot_priv.h"
#include "amt/op_consent_priv.h"
#include "base/str.h"

#define CONFIG      "Intel(r) AMT: Boot Configuration 0"
#define SINGLE_USE  1
#define WAIT_MAX_S  900
#define POLL_MS     1000
#define POWER_NONE  0
#define POWER_ON    2
#define POWER_CYCLE 5
#define POWER_RESET 10

struct boot {
	struct amt_consent consent; /* first */
	struct amt_boot_want want;
	struct wsman_obj *cleared; /* settings without any option, for taking back */
	const char *left;          /* an option that was set before us */
	uint32_t state, can_states, request, wait_s, polls;
	bool clear_only, touched, told; /* told: its start is the PC's own now */
	struct err why;                 /* what broke it */
};

/* ---- taking back ---- */

/* The record of it stays when it could not be taken back. */
static void left_half(struct amt_op *o)
{
	const struct boot *s = amt_op_state(o);

	amt_op_fail(o, &s->why);
}

static void undone(struct amt_op *o)
{
	amt_op_whole(o);
	left_half(o);
}

static bool not_undone(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct boot *s = amt_op_state(o);

	(void)r;
	(void)e;
	err_hint(&s->why,
		 "boot options may still be set in the PC: 'outband boot clear' takes them back");
	left_half(o);
	return true;
}

static void on_undo_put(struct amt_op *o, const struct amt_reply *r)
{
	(void)r;
	undone(o);
}

static void on_undo_order(struct amt_op *o, const struct amt_reply *r)
{
	const struct boot *s = amt_op_state(o);

	(void)r;
	amt_op_on_error(o, not_undone);
	amt_op_put(o, "AMT_BootSettingData", s->cleared, on_undo_put);
}

/* Ends the operation with that error, after the PC is as it was. */
static void undo(struct amt_op *o, const struct err *why)
{
	struct boot *s = amt_op_state(o);

	s->why = *why;
	if (!s->touched) {
		undone(o);
		return;
	}
	s->touched = false;
	amt_op_on_error(o, not_undone);
	amt_op_invoke(o, "CIM_BootConfigSetting", "ChangeBootOrder", NULL, on_undo_order);
}

static bool broken(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct err why = *e;

	(void)r;
	amt_consent_explain(&why);
	undo(o, &why);
	return true;
}

static void interrupt(struct amt_op *o)
{
	struct err why = { 0 };

	err_set(&why, ERR_CANCELLED, "broken off");
	if (((const struct boot *)amt_op_state(o))->told)
		err_hint(&why, "the PC was told to start before that");
	undo(o, &why);
}

/* ---- after the power request ---- */

static void finish(struct amt_op *o, const char *used)
{
	const struct boot *s = amt_op_state(o);

	amt_op_whole(o);
	amt_op_begin(o, "");
	amt_op_text(o, "target", s->clear_only ? NULL : s->want.target->name);
	amt_op_text(o, "power",
		    s->request == POWER_ON              ? "on"
			    : s->request == POWER_RESET ? "reset"
			    : s->request                ? "cycle"
							: "none");
	amt_op_text(o, "consent", amt_consent_word(&s->consent));
	amt_op_text(o, "left_before", s->left);
	amt_op_text(o, "used", used);
	amt_op_emit(o);
	amt_op_end(o);
}

static void poll(struct amt_op *o);

static void on_poll(struct amt_op *o, const struct amt_reply *r)
{
	struct boot *s = amt_op_state(o);
	struct wsman_obj *now;
	bool cleared = false;

	if (!amt_op_obj(o, r, &now))
		return;
	bool told = wsman_obj_bool(now, "OptionsCleared", &cleared);
	if (told ? cleared : !amt_boot_settings_left(now)) {
		finish(o, "yes");
		return;
	}
	if (s->polls++ >= s->wait_s) {
		finish(o, "not yet");
		return;
	}
	amt_op_wait(o, POLL_MS, poll);
}

static void poll(struct amt_op *o)
{
	amt_op_get(o, "AMT_BootSettingData", on_poll);
}

static void on_power_done(struct amt_op *o, const struct amt_reply *r)
{
	struct boot *s = amt_op_state(o);

	(void)r;
	s->touched = false; /* it is the PC's now */
	s->told = true;
	amt_op_whole(o);
	if (s->wait_s)
		poll(o);
	else
		finish(o, NULL);
}

/* ---- setting it ---- */

static void request_power(struct amt_op *o)
{
	struct boot *s = amt_op_state(o);
	struct wsman_obj *in =
		amt_op_input(o, "CIM_PowerManagementService", "RequestPowerStateChange");
	struct wsman_epr *host = wsman_obj_epr_of(amt_op_arena(o), "CIM_ComputerSystem",
						  "CreationClassName", "CIM_ComputerSystem");

	if (s->request == POWER_NONE) {
		s->touched = false;
		finish(o, NULL);
		return;
	}
	host->selectors->next = wsman_obj_selector(amt_op_arena(o), "Name", "ManagedSystem", NULL);
	wsman_obj_set_u32(in, "PowerState", s->request);
	wsman_obj_set_epr(in, "ManagedElement", host);
	amt_op_on_error(o, broken);
	amt_op_invoke(o, "CIM_PowerManagementService", "RequestPowerStateChange", in,
		      on_power_done);
}

static void on_source(struct amt_op *o, const struct amt_reply *r)
{
	(void)r;
	request_power(o);
}

static void on_role(struct amt_op *o, const struct amt_reply *r)
{
	const struct boot *s = amt_op_state(o);
	struct wsman_obj *in;

	(void)r;
	if (!s->want.target->source) {
		request_power(o);
		return;
	}
	in = amt_op_input(o, "CIM_BootConfigSetting", "ChangeBootOrder");
	wsman_obj_add_epr(in, "Source",
			  wsman_obj_epr_of(amt_op_arena(o), "CIM_BootSourceSetting", "InstanceID",
					   arena_fmt(amt_op_arena(o), "Intel(r) AMT: %s",
						     s->want.target->source)));
	amt_op_on_error(o, broken);
	amt_op_invoke(o, "CIM_BootConfigSetting", "ChangeBootOrder", in, on_source);
}

static void set_role(struct amt_op *o)
{
	struct wsman_obj *in = amt_op_input(o, "CIM_BootService", "SetBootConfigRole");

	wsman_obj_set_epr(
		in, "BootConfigSetting",
		wsman_obj_epr_of(amt_op_arena(o), "CIM_BootConfigSetting", "InstanceID", CONFIG));
	wsman_obj_set_u32(in, "Role", SINGLE_USE);
	amt_op_on_error(o, broken);
	amt_op_invoke(o, "CIM_BootService", "SetBootConfigRole", in, on_role);
}

static struct wsman_obj *wanted_settings(struct amt_op *o, struct err *e)
{
	const struct boot *s = amt_op_state(o);
	struct wsman_obj *put = wsman_obj_clone(amt_op_arena(o), s->cleared);

	if (!put)
		err_set(e, ERR_LIMIT, "the boot settings of the PC are too large");
	return put && amt_boot_settings(put, s->clear_only ? NULL : &s->want, e) ? put : NULL;
}

static void on_put(struct amt_op *o, const struct amt_reply *r)
{
	const struct boot *s = amt_op_state(o);
	struct err e = { 0 };
	struct wsman_obj *reply;
	const struct wsman_obj *put = wanted_settings(o, &e);

	if (put && wsman_envelope_obj(r->msg, r->arena, &reply, &e) &&
	    amt_boot_settings_same(put, reply, &e)) {
		if (s->clear_only)
			finish(o, NULL);
		else
			set_role(o);
		return;
	}
	(void)broken(o, r, &e);
}

static void on_cleared(struct amt_op *o, const struct amt_reply *r)
{
	struct err e = { 0 };
	const struct wsman_obj *put = wanted_settings(o, &e);

	if (!put) {
		(void)broken(o, r, &e);
		return;
	}
	amt_op_on_error(o, broken);
	amt_op_put(o, "AMT_BootSettingData", put, on_put);
}

static void clear_order(struct amt_op *o)
{
	struct boot *s = amt_op_state(o);

	s->touched = true;
	amt_op_on_error(o, broken);
	amt_op_invoke(o, "CIM_BootConfigSetting", "ChangeBootOrder", NULL, on_cleared);
}

static void on_settings(struct amt_op *o, const struct amt_reply *r)
{
	struct boot *s = amt_op_state(o);
	struct wsman_obj *now;
	struct err e = { 0 };

	if (!amt_op_obj(o, r, &now))
		return;
	s->left = amt_boot_settings_left(now);
	/* All that can be refused is, before the first change. */
	struct wsman_obj *try = wsman_obj_clone(r->arena, now);
	s->cleared = wsman_obj_clone(amt_op_arena(o), now);
	if (!try || !s->cleared)
		err_set(&e, ERR_LIMIT, "the boot settings of the PC are too large");
	bool enabled = s->clear_only || amt_boot_want_enabled(&s->want, now, &e);
	if (!enabled || e.code != ERR_NONE ||
	    !amt_boot_settings(try, s->clear_only ? NULL : &s->want, &e) ||
	    !amt_boot_settings(s->cleared, NULL, &e)) {
		amt_op_fail(o, &e);
		return;
	}
	amt_op_half(o, clear_order);
}

/* ---- what it depends on ---- */

static bool choose_power(struct amt_op *o, struct err *e)
{
	struct boot *s = amt_op_state(o);
	const char *word = amt_op_arg(o, "power");
	bool on = s->state == POWER_ON;

	if (str_eq(word, "none"))
		return true;
	if (str_eq(word, "cycle"))
		s->request = POWER_CYCLE;
	else if (str_eq(word, "reset"))
		s->request = POWER_RESET;
	else
		s->request = on ? POWER_RESET : POWER_ON;
	if (!on && s->request != POWER_ON)
		return err_set(e, ERR_CONFLICT, "the PC is off: nothing to %s", word);
	if (!s->can_states || s->can_states >> s->request & 1)
		return true;
	err_set(e, ERR_UNSUPPORTED, "the PC takes no power %s now",
		s->request == POWER_CYCLE        ? "cycle"
			: s->request == POWER_ON ? "on"
						 : "reset");
	return err_seen(e, "AvailableRequestedPowerStates without %u", (unsigned)s->request);
}

static void on_power(struct amt_op *o, const struct amt_reply *r)
{
	struct boot *s = amt_op_state(o);
	struct wsman_obj *p;
	struct err e = { 0 };
	uint32_t n;

	if (!amt_op_obj(o, r, &p))
		return;
	(void)wsman_obj_u32(p, "PowerState", &s->state);
	for (const struct wsman_val *v = wsman_obj_vals(p, "AvailableRequestedPowerStates"); v;
	     v = v->next) {
		if (v->text && str_to_u32(span_str(v->text), 0, 31, &n, NULL))
			s->can_states |= 1u << n;
	}
	if (!choose_power(o, &e)) {
		amt_op_fail(o, &e);
		return;
	}
	amt_op_get(o, "AMT_BootSettingData", on_settings);
}

static void on_consent(struct amt_op *o)
{
	const struct boot *s = amt_op_state(o);

	if (s->clear_only)
		amt_op_get(o, "AMT_BootSettingData", on_settings);
	else
		amt_op_get(o, "CIM_AssociatedPowerManagementService", on_power);
}

static void on_capabilities(struct amt_op *o, const struct amt_reply *r)
{
	struct boot *s = amt_op_state(o);
	struct wsman_obj *can;
	struct err e = { 0 };

	if (!amt_op_obj(o, r, &can))
		return;
	if (!amt_boot_want_can(&s->want, can, &e)) {
		amt_op_fail(o, &e);
		return;
	}
	amt_consent_need(o, AMT_CONSENT_BOOT, amt_op_arg(o, "code"), on_consent);
}

static bool power_word_ok(const char *word, struct err *e)
{
	static const char *const words[] = { "", "reset", "cycle", "none" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq(words[i], word))
			return true;
	}
	err_set(e, ERR_USAGE, "'%.40s' does not start the PC", word);
	return err_want(e, "reset, cycle or none");
}

static bool read_args(const struct amt_op *o, struct amt_boot_want *out_w, uint32_t *out_wait_s,
		      struct err *e)
{
	return amt_boot_want_read(o, out_w, e) && power_word_ok(amt_op_arg(o, "power"), e) &&
		amt_op_arg_u32(o, "wait", 0, WAIT_MAX_S, out_wait_s, e);
}

bool amt_op_boot_check(const struct amt_op *o, struct err *e)
{
	struct amt_boot_want w;
	uint32_t wait_s;

	return read_args(o, &w, &wait_s, e);
}

static void start(struct amt_op *o)
{
	struct boot *s = amt_op_state(o);
	struct err e = { 0 };

	amt_op_on_interrupt(o, interrupt);
	if (!read_args(o, &s->want, &s->wait_s, &e)) {
		amt_op_fail(o, &e);
		return;
	}
	amt_op_get(o, "AMT_BootCapabilities", on_capabilities);
}

static void start_clear(struct amt_op *o)
{
	struct boot *s = amt_op_state(o);

	s->clear_only = true;
	amt_op_on_interrupt(o, interrupt);
	amt_consent_need(o, AMT_CONSENT_BOOT, "", on_consent);
}

/* ---- boot.can ---- */

static void show_can(struct amt_op *o, const char *kind, const char *name, const char *text,
		     bool can)
{
	amt_op_begin(o, "");
	amt_op_text(o, "kind", kind);
	amt_op_text(o, "name", name);
	amt_op_flag(o, "can", can);
	amt_op_text(o, "text", text);
	amt_op_emit(o);
}

static void on_can(struct amt_op *o, const struct amt_reply *r)
{
	struct wsman_obj *can;

	if (!amt_op_obj(o, r, &can))
		return;
	for (unsigned i = 0; amt_boot_target_at(i); i++) {
		struct amt_boot_want w = { .target = amt_boot_target_at(i) };
		show_can(o, "target", w.target->name, w.target->text,
			 amt_boot_want_can(&w, can, NULL));
	}
	for (unsigned i = 0; amt_boot_option_at(i); i++) {
		struct amt_boot_want w = { .target = amt_boot_target_at(0),
					   .options = { amt_boot_option_at(i) },
					   .option_count = 1 };
		show_can(o, "option", w.options[0]->name, w.options[0]->text,
			 amt_boot_want_can(&w, can, NULL));
	}
	amt_op_end(o);
}

static void start_can(struct amt_op *o)
{
	amt_op_get(o, "AMT_BootCapabilities", on_can);
}

const struct amt_op_fns amt_op_boot = { sizeof(struct boot), start, NULL };
const struct amt_op_fns amt_op_boot_clear = { sizeof(struct boot), start_clear, NULL };
const struct amt_op_fns amt_op_boot_can = { 0, start_can, NULL };
