/* Commands about the next boot, user consent and KVM: rows of the table in commands.h, which explains them. */
#pragma once

#define CLI_COMMANDS_BOOT(X)                                                                        \
	X("boot", "",                                                                               \
	  "FROM [TARGET]... [--option OPTION]... [--verbosity LEVEL] [--media N] [--uri URI] [--power HOW] "  \
	  "[--code CODE] [--ask-consent] [--erase-disks] [--wait SECONDS] [--limit N] " CLI_PC_ARGS,    \
	  "start PCs from elsewhere: pxe, disk, cd, bios, ider-cd, https, others", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_boot)                                             \
	X("boot", "can", "[TARGET]... " CLI_PC_ARGS, "show what a PC can be started from, and with which options", \
	  CMD_NEEDS_SERVER, cli_cmd_boot_can)                                                              \
	X("boot", "clear", "[TARGET]... " CLI_PC_ARGS, "take back boot options that no start has used", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_boot_clear)                                       \
	X("consent", "state", "[TARGET]... " CLI_PC_ARGS, "show whether a PC wants its user's consent, and has it", \
	  CMD_NEEDS_SERVER, cli_cmd_consent)                                                               \
	X("consent", "request", "[TARGET]... " CLI_PC_ARGS, "show a code on the PC's screen, for its user to read out", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_consent)                                          \
	X("consent", "send", "CODE [TARGET]... " CLI_PC_ARGS, "give the PC that code", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_consent)                                          \
	X("consent", "cancel", "[TARGET]... " CLI_PC_ARGS, "take the consent back, or the code from the screen", \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_consent)                                          \
	X("kvm", "",                                                                                \
	  "[TARGET]... [--listen [ADDRESS:]PORT] [--expose] [--once] [--enable] [--code CODE] [--ask-consent] [--yes] " \
	  "[--direct HOST[:BASE]] [--user NAME] [--password-file FILE] [--tls] [--pin SHA256] [--timeout SECONDS]", \
	  "open the KVM session of a PC for VNC viewers on this machine",                           \
	  CMD_LOCAL | CMD_CHANGES_DEVICE | CMD_STREAMS | CMD_NO_CSV, cli_cmd_kvm)                   \
	X("kvm", "status", "[TARGET]... " CLI_PC_ARGS, "show whether KVM is switched on, in use, and needs consent", \
	  CMD_NEEDS_SERVER, cli_cmd_kvm_state)                                                             \
	X("kvm", "enable", "[TARGET]... " CLI_PC_ARGS, "switch KVM on", CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_kvm_state) \
	X("kvm", "disable", "[TARGET]... " CLI_PC_ARGS, "switch KVM off", CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_kvm_state)
