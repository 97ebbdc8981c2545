/* Gives the virtual PC its time and joins it with the device: power, boot options, the serial line. It
 * is made when somebody first looks or switches, so that an idle device costs nothing for it. */
#include "base/clk.h"
#include "base/str.h"
#include "sim/dev_boot_priv.h"
#include "sim/events.h"
#include "sim/fw_defense_priv.h"
#include "sim/machine_priv.h"
#include "sim/machine_state_priv.h"
#include "sim/redir_priv.h"

#define CYCLE_MS 2000 /* off in a power cycle */

static void set_name(struct sim_dev *d, struct sim_machine *m)
{
	const char *name = sim_var_active(d, SIM_VAR_HOST_NAME);

	(void)str_copy(m->name, sizeof m->name, span_str(name && *name ? name : "pc"));
}

static struct sim_machine *machine_of(struct sim_dev *d)
{
	struct sim_machine *m = d->machine;

	if (m)
		return m;
	m = d->machine = MEM_NEW(struct sim_machine);
	buf_init(&m->out, MACHINE_OUT_MAX);
	m->speed = d->env->speed;
	m->now_ms = m->started_ms = clk_mono_ms();
	m->next_ms = -1;
	(void)str_copy(m->firmware, sizeof m->firmware, span_str(d->gen->name));
	set_name(d, m);
	m->stage = d->power_off ? MACHINE_OFF : MACHINE_OS;
	return m;
}

void sim_machine_free(struct sim_dev *d)
{
	struct sim_machine *m = d->machine;

	if (!m)
		return;
	sched_cancel(m->timer);
	sim_pc_off(m, 0);
	buf_deinit(&m->out);
	mem_free(m);
	d->machine = NULL;
}

static void restart(struct sim_dev *d, struct sim_machine *m)
{
	set_name(d, m);
	sim_pc_start(m, sim_dev_boot_choice(d));
}

static void on_time(void *arg)
{
	struct sim_dev *d = arg;

	d->machine->timer = NULL;
	sim_machine_kick(d);
}

static void set_timer(struct sim_dev *d, struct sim_machine *m)
{
	int64_t next = m->next_ms;

	if (m->esc_n > 0 && (next < 0 || m->esc_ms + 300 < next))
		next = m->esc_ms + 300;
	sched_cancel(m->timer);
	m->timer = NULL;
	if (next >= 0 && m->out.n < MACHINE_OUT_WAITS)
		m->timer = sched_after(d->env->sched, next > m->now_ms ? next - m->now_ms : 0,
				       on_time, d);
}

/* What its system does, not its firmware: no session stands in the way of it. */
static void grant(struct sim_dev *d, struct sim_machine *m)
{
	enum machine_wish wish = m->wish;

	m->wish = MACHINE_NONE;
	switch (wish) {
	case MACHINE_REBOOT:
		sim_boot_start(d);
		restart(d, m);
		break;
	case MACHINE_POWER_OFF:
		sim_defense_catch_up(d, clk_unix_ms());
		d->power_off = true;
		sim_pc_off(m, 0);
		break;
	case MACHINE_STORAGE:
		sim_machine_storage(d);
		break;
	case MACHINE_NONE:
		break;
	}
}

void sim_machine_kick(struct sim_dev *d)
{
	struct sim_machine *m = machine_of(d);
	bool fed;

	if (m->kicking)
		return;
	m->kicking = true;
	do {
		sim_pc_step(m, clk_mono_ms());
		fed = sim_sol_feed(d);
		grant(d, m);
	} while (fed);
	if (!sim_redir_is_open(d, WIRE_REDIR_SOL))
		buf_clear(&m->out); /* nobody listens at the line */
	sim_sol_run(d);
	set_timer(d, m);
	m->kicking = false;
}

void sim_machine_power(struct sim_dev *d, enum sim_power_act act)
{
	struct sim_machine *m = machine_of(d);

	m->now_ms = clk_mono_ms();
	switch (act) {
	case SIM_POWER_ON:
	case SIM_POWER_RESET:
		restart(d, m);
		break;
	case SIM_POWER_CYCLE:
		m->choice = *sim_dev_boot_choice(d);
		sim_pc_off(m, CYCLE_MS);
		break;
	case SIM_POWER_DOWN:
		sim_pc_off(m, 0);
		break;
	default: /* an interrupt; what its system does comes as one of these */
		break;
	}
	sim_machine_kick(d);
}

void sim_machine_output(struct sim_dev *d, struct buf *b, size_t max)
{
	struct sim_machine *m = machine_of(d);

	if (m->stage == MACHINE_OS)
		sim_pc_os_more(m);
	size_t n = b->n < max ? max - b->n : 0;
	if (n > m->out.n)
		n = m->out.n;
	if (n > 0 && buf_add(b, span_make(m->out.p, n)))
		buf_consume(&m->out, n);
}

void sim_machine_drain(struct sim_dev *d)
{
	buf_clear(&machine_of(d)->out);
}

size_t sim_machine_input(struct sim_dev *d, struct span bytes)
{
	struct sim_machine *m = machine_of(d);

	return bytes.n ? sim_pc_input(m, bytes, clk_mono_ms()) : 0;
}

void sim_machine_break(struct sim_dev *d)
{
	struct sim_machine *m = machine_of(d);

	if (m->stage == MACHINE_OS)
		sim_pc_say(m, "[break]");
	sim_machine_kick(d);
}

void sim_machine_lines(const struct sim_dev *d, struct wire_redir_sol_control_msg *out_c)
{
	bool on = d->machine ? d->machine->stage != MACHINE_OFF && d->machine->stage != MACHINE_GAP
			     : !d->power_off;

	*out_c = (struct wire_redir_sol_control_msg){ on ? WIRE_REDIR_RTS | WIRE_REDIR_DTR : 0,
						      on ? WIRE_REDIR_POWER_ON : 0 };
}

void sim_machine_say(struct sim_dev *d, const char *text)
{
	sim_pc_say(machine_of(d), text);
	sim_machine_kick(d);
}

void sim_machine_storage_done(struct sim_dev *d, bool ok)
{
	if (!ok && machine_of(d)->stage == MACHINE_LOADER)
		sim_event(d, SIM_EV_BOOT_FAILURE, 0);
	sim_pc_storage_done(machine_of(d), ok);
	sim_machine_kick(d);
}
