/* `outband sim`: reads its own arguments, since they come from the table of fleet options. */
#pragma once
#include "cli/writer.h"

/* argv[0] is "sim"; returns the exit status. Blocks until the fleet ends. */
int cli_cmd_sim(int argc, char **argv);
/* Prints the table of generations to standard output. */
void cli_cmd_sim_generations(enum cli_writer_kind kind);
