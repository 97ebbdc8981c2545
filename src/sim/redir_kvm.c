/* KVM on the redirection ports: eight bytes each way, then RFB without framing and without a login of its
 * own (redirection 7.1). The session itself is kvm.c. */
#include "base/str.h"
#include "sim/kvm_priv.h"

struct kvm_redir {
	struct sim_redir *r;
	bool opened;
};

static uint8_t may(const struct sim_dev *d)
{
	if (!sim_kvm_on(d))
		return WIRE_REDIR_DISABLED;
	/* How firmware refuses a session without consent is not known (G). */
	if (!sim_consent_ok((struct sim_dev *)d, SIM_CONSENT_KVM))
		return WIRE_REDIR_ERROR;
	return sim_kvm_is_open(d) ? WIRE_REDIR_BUSY : WIRE_REDIR_OK;
}

static void *open_session(struct sim_redir *r)
{
	struct kvm_redir *k = MEM_NEW(struct kvm_redir);

	k->r = r;
	return k;
}

static bool line_send(void *arg, struct span bytes)
{
	return sim_redir_send(((struct kvm_redir *)arg)->r, bytes);
}

static size_t line_queued(void *arg)
{
	return sim_redir_queued(((struct kvm_redir *)arg)->r);
}

static void line_end(void *arg)
{
	sim_redir_end(((struct kvm_redir *)arg)->r);
}

static size_t take(void *state, struct span in)
{
	struct kvm_redir *k = state;
	struct sim_dev *d = sim_redir_dev(k->r);
	const struct sim_kvm_line line = { line_send, line_queued, line_end, k };
	const struct wire_redir_msg reply = { .type = WIRE_REDIR_KVM_OPENED };
	struct wire_redir_msg m;
	size_t used;

	if (k->opened)
		return sim_kvm_take(d, in);
	enum wire_got got = wire_redir_parse(in, WIRE_REDIR_KVM, &m, &used, NULL);
	if (got == WIRE_MORE)
		return 0;
	if (got == WIRE_BAD || m.type != WIRE_REDIR_KVM_OPEN || sim_kvm_is_open(d)) {
		sim_redir_cut(k->r);
		return in.n;
	}
	k->opened = true;
	(void)sim_redir_emit(k->r, &reply);
	sim_kvm_open(d, &line, NULL, NULL);
	return used;
}

static void room(void *state)
{
	struct kvm_redir *k = state;

	if (k->opened)
		sim_kvm_room(sim_redir_dev(k->r));
}

static void close_session(void *state)
{
	struct kvm_redir *k = state;

	if (k->opened)
		sim_kvm_closed(sim_redir_dev(k->r));
	mem_free(k);
}

const struct sim_redir_hooks sim_redir_kvm = { may, open_session, take, room, close_session };
