/* outband sim: hands its arguments over unread, since they come from the table of the fleet. */
#include "base/log.h"
#include "cli/cli.h"
#include "cli/cmd_sim.h"

bool cli_cmd_sim_raw(struct cli *c, struct err *e)
{
	(void)e;
	log_set_level(LOG_INFO);
	c->exit_status = cli_cmd_sim(c->raw_count, c->raw);
	return true;
}
