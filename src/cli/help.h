/* Help from the table of commands: overview, one command, and the generated part of the man page. */
#pragma once
#include "base/out.h"
#include "cli/commands.h"

void cli_help_overview(struct out *o); /* by what they are for */
void cli_help_all(struct out *o);      /* every command in a line */
/* "usage: outband device show DEVICE"; cut to lines of 100 columns. */
void cli_help_usage(struct out *o, const struct cli_cmd *cmd);
void cli_help_command(struct out *o, const struct cli_cmd *cmd);
void cli_help_group(struct out *o, const char *name); /* all sub-commands of a name */
void cli_help_man(struct out *o);
/* A script for bash that completes commands, sub-commands and options; file names else. */
void cli_help_complete(struct out *o);
