/* UDP 623 of a virtual device: presence pings. Firmware before 4.0 never answers; up to 6.0 only once
 * it is set up; later also before, with port 0 (discovery 1.3). Called by serve.c through dev.h. */
#include "sim/dev_reach_priv.h"
#include "sim/fw_priv.h"
#include "wire/rmcp.h"

#define TLS_PORT   16993
#define CLEAR_PORT 16992

enum bad_pong { OTHER_MAKER = 1, SHORT, OTHER_TAG };

static bool answers(const struct sim_dev *d, int64_t now_mono_ms)
{
	bool talks_early = d->gen->major > 6 || (d->gen->major == 6 && d->gen->minor > 0);

	if (sim_switches_is(&d->sw, SIM_SW_RMCP, "silent") ||
	    now_mono_ms < d->outage_until_mono_ms || sim_dev_is_away(d))
		return false;
	if (d->state == SIM_CONFIGURED)
		return d->gen->major >= 4 && sim_var_is_true(d, SIM_VAR_RMCP_PING) &&
			str_eq(sim_var_active(d, SIM_VAR_NETWORK), "1");
	return d->state != SIM_DISABLED && talks_early;
}

static void make_pong(const struct sim_dev *d, const struct wire_rmcp *ping, struct wire_rmcp *p)
{
	bool done = d->state == SIM_CONFIGURED, tls = sim_var_is_true(d, SIM_VAR_TLS_ON);
	bool clear = d->gen->clear.is && (!tls || sim_var_is_true(d, SIM_VAR_TLS_CLEAR));
	bool fresh = d->state == SIM_FACTORY || d->state == SIM_CHANGED;

	*p = (struct wire_rmcp){
		.kind = WIRE_RMCP_PONG,
		.sequence = WIRE_RMCP_NO_ACK,
		.tag = ping->tag,
		.maker = WIRE_RMCP_INTEL,
		.port = !done ? 0
			: tls ? TLS_PORT
			      : CLEAR_PORT,
		.state = fresh ? WIRE_RMCP_PRE
			: done ? WIRE_RMCP_POST
			       : WIRE_RMCP_IN,
		.both_ports = done && tls && clear,
		.entities = 0x01,
		.interactions = WIRE_RMCP_DASH,
	};
	if (d->gen->major < 5 || (d->gen->major == 5 && d->gen->minor == 0)) {
		p->entities |= WIRE_RMCP_DASH_ENTITY;
		p->interactions = 0;
	}
	if (d->gen->major >= 6) { /* older ones do not say */
		p->major = d->gen->major;
		p->minor = d->gen->minor;
	}
}

unsigned sim_dev_ping(struct sim_dev *d, int64_t now_mono_ms, struct span in, struct out out[2])
{
	struct wire_rmcp ping, pong;
	const struct sim_fault *f;
	unsigned n = 0;

	if (!answers(d, now_mono_ms) || !wire_rmcp_parse(in, &ping, NULL) ||
	    ping.kind != WIRE_RMCP_PING)
		return 0;
	if (ping.sequence != WIRE_RMCP_NO_ACK && sim_switches_is(&d->sw, SIM_SW_RMCP, "ack")) {
		const struct wire_rmcp ack = { .kind = WIRE_RMCP_ACK, .sequence = ping.sequence };
		(void)wire_rmcp_emit(&out[n++], &ack);
	}
	make_pong(d, &ping, &pong);
	int64_t wrong = sim_fault_hit(d, SIM_FAULT_RMCP, &f) ? f->n : 0;
	if (wrong == OTHER_MAKER)
		pong.maker = 4542;
	if (wrong == OTHER_TAG)
		pong.tag ^= 1;
	(void)wire_rmcp_emit(&out[n], &pong);
	if (wrong == SHORT)
		out[n].n -= 8;
	return n + 1;
}
