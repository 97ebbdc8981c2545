/* See machine_priv.h. */
#include "sim/machine_priv.h"

void sim_machine_kick(struct sim_dev *d)
{
	sim_sol_run(d);
}

void sim_machine_power(struct sim_dev *d, enum sim_power_act act)
{
	(void)act;
	sim_machine_kick(d);
}

void sim_machine_free(struct sim_dev *d)
{
	(void)d;
}

void sim_machine_output(struct sim_dev *d, struct buf *b, size_t max)
{
	(void)d;
	(void)b;
	(void)max;
}

void sim_machine_drain(struct sim_dev *d)
{
	(void)d;
}

size_t sim_machine_input(struct sim_dev *d, struct span bytes)
{
	(void)d;
	return bytes.n;
}

void sim_machine_lines(const struct sim_dev *d, struct wire_redir_sol_control_msg *out_c)
{
	*out_c = (struct wire_redir_sol_control_msg){ 0, d->power_off ? 0 : WIRE_REDIR_POWER_ON };
}
