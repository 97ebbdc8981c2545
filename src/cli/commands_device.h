/* Commands about PCs: rows of the table in commands.h, which explains them. */
#pragma once

#define CLI_COMMANDS_DEVICE(X)                                                                      \
	X("device", "list", "[--state STATE] [--search TEXT] [--limbo]", "list the PCs that the service knows", \
	  CMD_NEEDS_SERVER, cli_cmd_device_list)                                                    \
	X("device", "show", "DEVICE", "show one PC, its facts, its job and what comes next",        \
	  CMD_NEEDS_SERVER, cli_cmd_device_show)                                                    \
	X("device", "import", "FILE [--preview]", "import host names for UUIDs from CSV: uuid,fqdn[,group]", \
	  CMD_NEEDS_SERVER, cli_cmd_device_import)                                                  \
	X("device", "names", "", "list the imported host names", CMD_NEEDS_SERVER, cli_cmd_device_names) \
	X("device", "adopt", "FILE [--preview] [--passwords-from FILE]", "take over PCs that others configured, without changing them", \
	  CMD_NEEDS_SERVER, cli_cmd_device_adopt)                                                   \
	X("device", "owner", "DEVICE", "show who configured a PC", CMD_NEEDS_SERVER, cli_cmd_device_owner) \
	X("device", "export", "DEVICE... --reveal", "hand PCs over: their credentials and certificates as CSV", \
	  CMD_NEEDS_SERVER, cli_cmd_device_export)                                                  \
	X("device", "deny", "UUID [--note TEXT]", "take no hellos of a UUID that several PCs share", CMD_NEEDS_SERVER, cli_cmd_device_deny) \
	X("device", "allow", "UUID", "take hellos of that UUID again", CMD_NEEDS_SERVER, cli_cmd_device_allow) \
	X("device", "denied", "", "list the UUIDs that are refused", CMD_NEEDS_SERVER, cli_cmd_device_denied) \
	X("device", "duplicates", "", "list MAC addresses, serial numbers and certificates that several PCs have", \
	  CMD_NEEDS_SERVER, cli_cmd_device_duplicates)                                              \
	X("device", "name", "DEVICE FQDN", "give a PC its host name by hand; - takes the name away", CMD_NEEDS_SERVER, cli_cmd_device_name) \
	X("device", "why-name", "DEVICE", "show what each source says of the name of a PC, and which one wins", \
	  CMD_NEEDS_SERVER, cli_cmd_device_why_name)                                                \
	X("device", "profile", "DEVICE NAME", "pin a profile to a PC by hand, before all rules; - takes the pin away", \
	  CMD_NEEDS_SERVER, cli_cmd_device_profile)                                                 \
	X("device", "why-profile", "DEVICE", "show what chooses the profile of a PC, and which one it gets", \
	  CMD_NEEDS_SERVER, cli_cmd_device_why_profile)                                             \
	X("device", "trace", "DEVICE [ACTION] [--pcap FILE] [--keys]", "on, off, show, export: all messages with one PC, without secrets", \
	  CMD_NEEDS_SERVER, cli_cmd_device_trace)                                                   \
	X("device", "plan", "DEVICE [--stored]", "look at a PC and show what 'device apply' would change, without changing it", \
	  CMD_NEEDS_SERVER, cli_cmd_device_plan)                                                    \
	X("device", "drift", "[DEVICE]... [--check] [--all]", "show where PCs differ from their profiles, as last seen", \
	  CMD_NEEDS_SERVER, cli_cmd_device_drift)                                                   \
	X("device", "issues", "DEVICE", "show what is known of the firmware of a PC",               \
	  CMD_NEEDS_SERVER, cli_cmd_device_issues)                                                  \
	X("device", "apply", "DEVICE... [--wait] [--accept-loss N] [--period HOURS] [--ring PERCENT] [--stop-on PERCENT] [--yes]", \
	  "configure PCs now, as their profile says", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_device_apply)                              \
	X("device", "renew", "DEVICE... [--yes]", "give PCs new TLS certificates, and take the former ones out", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_device_renew)                               \
	X("device", "rotate", "DEVICE... [--yes]", "give PCs new admin passwords; the former ones are kept", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_device_rotate)                              \
	X("device", "rekey", "DEVICE... [--yes]", "give PCs of AMT 2 to 10 a new PID/PPS pair for their next setup", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_device_rekey)                               \
	X("device", "unconfigure", "DEVICE... [--partial] [--preview] [--yes]",                    \
	  "unconfigure PCs, prove it, and hold them; --preview tells what they lose", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_device_unconfigure)                         \
	X("device", "approve", "DEVICE [--fqdn NAME] [--period HOURS]", "let a PC that waits for approval be configured", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_device_approve)                            \
	X("device", "forget", "DEVICE... [--yes]", "remove PCs from the list; their credentials are kept in the archive", \
	  CMD_NEEDS_SERVER, cli_cmd_device_forget)
