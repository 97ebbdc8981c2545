/* Commands about the hardware and software of PCs: a part of the table in commands.h, which explains the
 * columns and has the flags. */
#pragma once

/* clang-format off */
#define CLI_COMMANDS_INVENTORY(X) \
	X("inventory", "read", "[TARGET]... " CLI_PC_ARGS,                                          \
	  "ask PCs for their hardware and software", CMD_LOCAL | CMD_NO_CSV, cli_cmd_inventory_read) \
	X("inventory", "show", "DEVICE", "show all that a PC told when it was last asked", CMD_NEEDS_SERVER, cli_cmd_inventory_show) \
	X("inventory", "diff", "DEVICE [--since TIME]", "show which parts of a PC came, went or changed",  \
	  CMD_NEEDS_SERVER, cli_cmd_inventory_diff)                                                 \
	X("inventory", "list", "[--where TEXT]", "list PCs with what they told, or those of which --where is true", \
	  CMD_NEEDS_SERVER, cli_cmd_inventory_list)                                                 \
	X("inventory", "software", "[--kind KIND] [--count]", "list software of all PCs, or other parts of them", \
	  CMD_NEEDS_SERVER, cli_cmd_inventory_software)                                             \
	X("inventory", "vulnerable", "[--firmware VERSION]", "list PCs whose firmware a security advisory is about", \
	  CMD_LOCAL, cli_cmd_inventory_vulnerable)                                                  \
	X("inventory", "import", "FILE [--preview]", "merge rows of another inventory (CSV or JSON lines) by UUID, MAC address, name", \
	  CMD_NEEDS_SERVER, cli_cmd_inventory_import)                                               \
	X("inventory", "export", "[--lines]", "list all PCs for another inventory; --csv for spreadsheets", \
	  CMD_NEEDS_SERVER, cli_cmd_inventory_export) \
	X("report", "environment", "[--output FILE]", "count what PCs have in common: firmware, BIOS, addresses; as HTML with charts", \
	  CMD_NEEDS_SERVER, cli_cmd_report_environment)
/* clang-format on */
