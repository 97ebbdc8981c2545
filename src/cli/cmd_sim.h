/* `outband sim`: reads its own arguments, since they come from the table of fleet options. */
#pragma once

/* argv[0] is "sim"; returns the exit status. Blocks until the fleet ends. */
int cli_cmd_sim(int argc, char **argv);
