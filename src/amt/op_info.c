/* Operation "info": what a PC is, whatever its firmware speaks (amt/pc.h does the calls). The
 * shortest example of an operation. Changes nothing. */
#include "amt/op_priv.h"
#include "amt/pc.h"

struct info {
	struct amt_pc *pc;
};

static void on_done(void *arg, const struct amt_pc_result *r, const struct err *e)
{
	struct amt_op *o = arg;
	const struct amt_pc_facts *f = r->facts;

	if (r->replied)
		amt_op_peer(o, r->peer);
	if (e->code != ERR_NONE) {
		amt_op_fail(o, e);
		return;
	}
	amt_op_begin(o, "");
	amt_op_text(o, "version", f->version);
	amt_op_text(o, "interface", amt_pc_speaks_name(f->speaks));
	amt_op_text(o, "uuid", f->uuid);
	amt_op_text(o, "host", f->host);
	amt_op_text(o, "domain", f->domain);
	amt_op_text(o, "realm", f->realm);
	amt_op_text(o, "mac", f->mac);
	amt_op_text(o, "ip", f->address);
	amt_op_text(o, "power", amt_pc_power_name(f->power));
	amt_op_emit(o);
	amt_op_end(o);
}

static void start(struct amt_op *o)
{
	struct info *s = amt_op_state(o);

	s->pc = amt_pc_new(amt_op_client(o));
	amt_pc_know_version(s->pc, amt_op_version(o));
	amt_pc_start(s->pc, AMT_PC_INFO, on_done, o);
}

static void stop(struct amt_op *o)
{
	struct info *s = amt_op_state(o);

	amt_pc_free(s->pc);
}

const struct amt_op_fns amt_op_info = { sizeof(struct info), start, stop };
