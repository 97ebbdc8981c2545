/* Commands about groups of PCs and schedules: rows of the table in commands.h, which explains them. */
#pragma once

#define CLI_COMMANDS_OPERATE(X)                                                                     \
	X("group", "create", "NAME [TARGET]... [--where TEXT] [--note TEXT]",                       \
	  "make a group of PCs: members, groups in it (@other), a condition", CMD_NEEDS_SERVER, cli_cmd_group_create) \
	X("group", "add", "NAME TARGET...", "put PCs, ranges of them, or other groups into a group", \
	  CMD_NEEDS_SERVER, cli_cmd_group_change)                                                   \
	X("group", "remove", "NAME TARGET...", "take members out of a group, as they were written", \
	  CMD_NEEDS_SERVER, cli_cmd_group_change)                                                   \
	X("group", "list", "", "list the groups", CMD_NEEDS_SERVER, cli_cmd_group_list)             \
	X("group", "show", "NAME", "show a group, and which PCs it stands for now", CMD_NEEDS_SERVER, cli_cmd_group_show) \
	X("group", "delete", "NAME...", "delete groups; their PCs stay", CMD_NEEDS_SERVER, cli_cmd_group_delete) \
	X("schedule", "add", "NAME WHEN OPERATION TARGET... [--arg KEY=VALUE]... [--tz ZONE] [--missed POLICY] [--limit N] [--stagger MS]", \
	  "run an operation, or 'check', by the clock: '0 7 * * mon-fri', @daily", CMD_NEEDS_SERVER, cli_cmd_schedule_add) \
	X("schedule", "list", "", "list what runs by the clock", CMD_NEEDS_SERVER, cli_cmd_schedule_list) \
	X("schedule", "show", "NAME", "show a schedule, its next run and what came of the last", CMD_NEEDS_SERVER, cli_cmd_schedule_show) \
	X("schedule", "remove", "NAME", "remove a schedule", CMD_NEEDS_SERVER, cli_cmd_schedule_remove) \
	X("schedule", "run", "NAME", "run a schedule now, beside its times", CMD_NEEDS_SERVER, cli_cmd_schedule_run)
