/* Port 5900 of a virtual device: RFB as any viewer speaks it, with the RFB password (redirection 7.2). One
 * viewer at a time. Takes its stream from sim_dev_kvm_serve. */
#include "base/str.h"
#include "sim/kvm_priv.h"

#define IN_MAX ((size_t)128 * 1024)

struct sim_kvm_port {
	struct sim_dev *d;
	struct net_stream *s;
	struct buf in;
	struct sched_timer *end;
	bool opened;
};

bool sim_dev_kvm_listens(const struct sim_dev *d)
{
	return d->state == SIM_CONFIGURED && sim_kvm_on(d) &&
		sim_var_is_true(d, SIM_VAR_KVM_5900) &&
		strlen(sim_var_active(d, SIM_VAR_KVM_RFB)) == SIM_RFB_PASSWORD &&
		!sim_kvm_is_open(d) && !(d->kvm && *sim_kvm_port_of((struct sim_dev *)d));
}

static void port_free(struct sim_kvm_port *p)
{
	*sim_kvm_port_of(p->d) = NULL;
	if (p->opened)
		sim_kvm_closed(p->d);
	sched_cancel(p->end);
	net_stream_close(p->s);
	buf_deinit(&p->in);
	mem_free(p);
}

void sim_kvm_port_reset(struct sim_dev *d)
{
	struct sim_kvm_port *p = d->kvm ? *sim_kvm_port_of(d) : NULL;

	if (!p)
		return;
	net_stream_reset(p->s);
	port_free(p);
}

static bool line_send(void *arg, struct span bytes)
{
	return net_stream_send(((struct sim_kvm_port *)arg)->s, bytes);
}

static size_t line_queued(void *arg)
{
	return net_stream_queued(((struct sim_kvm_port *)arg)->s);
}

static void on_end(void *arg)
{
	struct sim_kvm_port *p = arg;

	p->end = NULL;
	net_stream_end(p->s);
}

static void line_end(void *arg)
{
	struct sim_kvm_port *p = arg;

	if (!p->end)
		p->end = sched_after(p->d->env->sched, 0, on_end, p);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	struct sim_kvm_port *p = arg;
	const struct sim_kvm_line line = { line_send, line_queued, line_end, p };
	bool ok = sim_consent_ok(p->d, SIM_CONSENT_KVM);

	(void)facts;
	p->opened = true;
	sim_kvm_open(p->d, &line, sim_var_active(p->d, SIM_VAR_KVM_RFB),
		     ok ? NULL : SIM_KVM_NO_CONSENT);
}

static void on_data(void *arg, struct span bytes)
{
	struct sim_kvm_port *p = arg;

	if (!buf_add(&p->in, bytes)) {
		net_stream_reset(p->s);
		port_free(p);
		return;
	}
	buf_consume(&p->in, sim_kvm_take(p->d, buf_span(&p->in)));
}

static void on_down(void *arg, const struct err *why)
{
	(void)why;
	port_free(arg);
}

static void on_room(void *arg)
{
	struct sim_kvm_port *p = arg;

	if (p->opened)
		sim_kvm_room(p->d);
}

void sim_dev_kvm_serve(struct sim_dev *d, struct net_stream *s)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct sim_kvm_port **slot = sim_kvm_port_of(d);

	struct sim_kvm_port *p = *slot = MEM_NEW(struct sim_kvm_port);
	p->d = d;
	p->s = s;
	buf_init(&p->in, IN_MAX);
	net_stream_start(s, &events, p);
	net_stream_on_room(s, on_room);
}
