/* Operation "power": the state of a PC, or one change of it, whatever its firmware speaks (amt/pc.h makes
 * the calls). The change is sent once; what the PC says afterwards is the result. */
#include "amt/op_priv.h"
#include "amt/pc.h"

struct power {
	struct amt_pc *pc;
	enum amt_pc_role role;
};

static void on_done(void *arg, const struct amt_pc_result *r, const struct err *e)
{
	struct amt_op *o = arg;
	const struct power *s = amt_op_state(o);
	const struct amt_pc_facts *f = r->facts;

	if (r->replied)
		amt_op_peer(o, r->peer);
	if (e->code != ERR_NONE) {
		amt_op_fail(o, e);
		return;
	}
	amt_op_begin(o, "");
	if (s->role != AMT_PC_STATUS) {
		amt_op_text(o, "action", amt_op_arg(o, "action"));
		amt_op_flag(o, "asked", r->asked);
	}
	amt_op_text(o, "version", f->version);
	amt_op_text(o, "interface", amt_pc_speaks_name(f->speaks));
	amt_op_text(o, "power", amt_pc_power_name(f->power));
	amt_op_emit(o);
	amt_op_end(o);
}

static void begin(struct amt_op *o)
{
	struct power *s = amt_op_state(o);

	s->pc = amt_pc_new(amt_op_client(o));
	amt_pc_know_version(s->pc, amt_op_version(o));
	amt_pc_start(s->pc, s->role, on_done, o);
}

static void start(struct amt_op *o)
{
	struct power *s = amt_op_state(o);
	const char *action = amt_op_arg(o, "action");
	struct err e = { 0 };

	if (!amt_pc_role_parse(action, &s->role) || s->role == AMT_PC_INFO ||
	    s->role == AMT_PC_STATUS) {
		err_set(&e, ERR_USAGE, "'%.40s' is no power action", action);
		err_want(&e, "on, off, cycle or reset");
		amt_op_fail(o, &e);
		return;
	}
	begin(o);
}

static void start_status(struct amt_op *o)
{
	struct power *s = amt_op_state(o);

	s->role = AMT_PC_STATUS;
	begin(o);
}

static void stop(struct amt_op *o)
{
	struct power *s = amt_op_state(o);

	amt_pc_free(s->pc);
}

const struct amt_op_fns amt_op_power = { sizeof(struct power), start, stop };
const struct amt_op_fns amt_op_power_status = { sizeof(struct power), start_status, stop };
