/* What the boot loader of the virtual PC does when it is to start from redirected storage: see
 * machine_priv.h. */
#include "sim/machine_priv.h"
#include "sim/redir_priv.h"

void sim_machine_storage(struct sim_dev *d)
{
	sim_machine_say(d, "no drive is redirected\r\n");
	sim_machine_storage_done(d, false);
}
