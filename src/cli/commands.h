/* The commands of the program, as one table: dispatch, argument checking, help, the man page and
 * the messages about wrong use all come from it. Adding a command = adding a row, its handler and,
 * for a new option, a row in options.h.
 * The synopsis is read by args.c: CAPITALS are operands, [..] is optional, ... repeats, --name
 * VALUE takes a value, [--name] is a switch. Operands stand before options. */
#pragma once
#include "base/err.h"
#include "cli/commands_boot.h"
#include "cli/commands_cert.h"
#include "cli/commands_console.h"
#include "cli/commands_device.h"
#include "cli/commands_operate.h"
#include "cli/commands_inventory.h"
#include "cli/commands_logs.h"
#include "cli/commands_discover.h"
#include "cli/commands_media.h"
#include "cli/commands_message.h"

enum cli_cmd_flags {
	CMD_LOCAL = 1,          /* works without the service */
	CMD_NEEDS_SERVER = 2,   /* asks the service over its socket */
	CMD_CHANGES_DEVICE = 4, /* sends something to a PC that changes it */
	CMD_STREAMS = 8,        /* runs until it is told to end */
	CMD_RAW = 16,           /* reads its own arguments */
	CMD_NO_CSV = 32,        /* the result is nothing that --csv could write */
};

/* Of commands that run an operation: one PC without the service, or those that TARGET names. */
#define CLI_PC_ARGS                                                                                 \
	"[--where TEXT] [--stagger MS] [--yes] [--direct HOST[:BASE]] [--user NAME] [--password-file FILE] [--tls]" \
	" [--pin SHA256] [--timeout SECONDS]"

#define CLI_COMMANDS(X)                                                                             \
	/* name, sub-name, synopsis, help, flags, handler */                                        \
	X("serve", "",                                                                              \
	  "[--data DIR] [--db FILE] [--key-file FILE] [--publish DIR] [--hello [HOST:]PORT]... [--log-level LEVEL] [--log-file FILE]", \
	  "run the service: listen for hellos and configure PCs", CMD_LOCAL | CMD_STREAMS | CMD_NO_CSV, cli_cmd_serve) \
	X("backup", "", "FILE [--data DIR] [--db FILE] [--key-file FILE] [--overwrite]",            \
	  "write all that the service knows into one file, while it runs or not", CMD_LOCAL, cli_cmd_backup) \
	X("restore", "", "FILE [--data DIR] [--db FILE] [--key-file FILE] [--yes]",                 \
	  "put a backup in the place of the database; no service may use it", CMD_LOCAL, cli_cmd_restore) \
	X("sim", "", "[OPTION]...", "run a virtual fleet of AMT PCs, 2.0 to 22 (see 'outband sim --help')", \
	  CMD_LOCAL | CMD_STREAMS | CMD_RAW | CMD_NO_CSV, cli_cmd_sim_raw)                                       \
	X("status", "", "[--watch]", "show what the service does and how many PCs are in which state", \
	  CMD_NEEDS_SERVER, cli_cmd_status)                                                         \
	CLI_COMMANDS_DEVICE(X)                                                                      \
	X("key", "generate", "[--count N] [--mebx-password-file FILE] [--group]", "make PID/PPS key pairs for PCs of AMT 2 to 10", \
	  CMD_NEEDS_SERVER, cli_cmd_key_generate)                                                   \
	X("key", "import", "FILE [--preview] [--mebx-password-file FILE]", "import key pairs from CSV: pid,pps,mebx_password, or as its heading says",  \
	  CMD_NEEDS_SERVER, cli_cmd_key_import)                                                     \
	X("key", "list", "[--state STATE] [--used] [--unused]", "list key pairs, without their secrets", \
	  CMD_NEEDS_SERVER, cli_cmd_key_list)                                                       \
	X("key", "export", "[--output FILE] [--reveal]", "write key pairs as CSV, with PPS and password only on --reveal", \
	  CMD_NEEDS_SERVER, cli_cmd_key_export)                                                     \
	X("key", "sheet", "[PID]... [--state STATE] [--html] [--output FILE] [--reveal]",              \
	  "print key pairs for typing into MEBx, the unused ones or those named", CMD_NEEDS_SERVER | CMD_NO_CSV, cli_cmd_key_sheet) \
	X("key", "usb",                                                                             \
	  "FILE [PID]... [--count N] [--mebx-password-file FILE] [--current-mebx-password-file FILE] [--unlimited] [--no-psk] "  \
	  "[--suffix SUFFIX] [--hash FILE]... [--set NAME=VALUE]... [--version VERSION] [--overwrite]", \
	  "write setup.bin for a stick: PCs in factory default take their key from it", CMD_NEEDS_SERVER, cli_cmd_key_usb) \
	X("key", "release", "PID...", "let used key pairs be used by another PC", CMD_NEEDS_SERVER, cli_cmd_key_release) \
	X("usb", "show", "FILE [--format FORMAT] [--show-secrets]", "explain setup.bin on a stick: its records, and what PCs would not take", \
	  CMD_LOCAL, cli_cmd_decode_setupbin)                                                       \
	CLI_COMMANDS_CERT(X)                                                                        \
	CLI_COMMANDS_DISCOVER(X)                                                                    \
	X("profile", "check", "FILE", "check a profile, without the service", CMD_LOCAL, cli_cmd_profile_check) \
	X("profile", "list", "", "list the profiles", CMD_NEEDS_SERVER, cli_cmd_profile_list)       \
	X("profile", "show", "NAME [--effective]", "print a profile as YAML", CMD_NEEDS_SERVER, cli_cmd_profile_show) \
	X("profile", "schema", "[--markdown] [--man]", "print a JSON Schema of profiles, for editors", CMD_LOCAL, cli_cmd_profile_schema) \
	X("profile", "set", "NAME FILE", "store a profile; it gets the next version", CMD_NEEDS_SERVER, cli_cmd_profile_set) \
	X("profile", "rule",                                                                         \
	  "ACTION [NAME] [--profile NAME] [--place N] [--generation RANGE] [--suffix LIST] [--subnet LIST] [--fqdn PATTERN] [--group PATTERN] [--import COLUMN=PATTERN]", \
	  "add, list, remove, test: rules that choose profiles", \
	  CMD_NEEDS_SERVER, cli_cmd_profile_rule)                                                   \
	X("job", "list", "[--state STATE] [--device DEVICE]", "list the jobs of the service", CMD_NEEDS_SERVER, cli_cmd_job_list) \
	X("job", "show", "ID", "show one job and why it failed", CMD_NEEDS_SERVER, cli_cmd_job_show) \
	X("job", "retry", "ID...", "try failed or delayed jobs again now", CMD_NEEDS_SERVER, cli_cmd_job_move) \
	X("job", "cancel", "ID...", "end jobs at their next safe point", CMD_NEEDS_SERVER, cli_cmd_job_move) \
	X("job", "pause", "ID...", "hold jobs until 'job retry'", CMD_NEEDS_SERVER, cli_cmd_job_move) \
	X("credential", "reveal", "DEVICE [--kind KIND]", "show passwords of a PC; the audit log records it", \
	  CMD_NEEDS_SERVER, cli_cmd_credential_reveal)                                              \
	X("secret", "set", "NAME [--file FILE]", "store a secret that profiles refer to by name",   \
	  CMD_NEEDS_SERVER, cli_cmd_secret_set)                                                     \
	X("setting", "list", "", "list the settings of the service", CMD_NEEDS_SERVER, cli_cmd_setting_list) \
	X("setting", "get", "KEY", "show one setting", CMD_NEEDS_SERVER, cli_cmd_setting_get)       \
	X("setting", "set", "KEY VALUE", "change a setting of the running service", CMD_NEEDS_SERVER, cli_cmd_setting_set) \
	X("log", "", "[DEVICE] [--follow] [--level LEVEL] [--limit N]", "show events of the service or of one PC", \
	  CMD_NEEDS_SERVER, cli_cmd_log)                                                            \
	X("log", "level", "LEVEL", "change what the service writes to its log", CMD_NEEDS_SERVER, cli_cmd_log_level) \
	X("audit", "list", "[--limit N]", "show who did what", CMD_NEEDS_SERVER, cli_cmd_audit_list) \
	CLI_COMMANDS_LOGS(X)                                                                        \
	CLI_COMMANDS_MEDIA(X)                                                                       \
	X("issues", "", "[--firmware VERSION]", "show what is known of firmware releases and products around them", \
	  CMD_LOCAL, cli_cmd_issues)                                                                \
	X("info", "", "[TARGET]... " CLI_PC_ARGS, "show what PCs are: firmware, name, addresses, power",  \
	  CMD_NEEDS_SERVER, cli_cmd_info)                                                           \
	X("power", "", "ACTION [TARGET]... [--wait] [--limit N] [--close-sessions] " CLI_PC_ARGS,   \
	  "show or change power: status, on, off, cycle, reset, sleep and more",                    \
	  CMD_NEEDS_SERVER | CMD_CHANGES_DEVICE, cli_cmd_power)                                     \
	CLI_COMMANDS_OPERATE(X)                                                                     \
	CLI_COMMANDS_CONSOLE(X)                                                                    \
	X("pc", "info", CLI_WSMAN_ARGS, "ask a PC of any firmware what it is, without the service", \
	  CMD_LOCAL, cli_cmd_pc_info)                                                               \
	X("pc", "power", "ACTION " CLI_WSMAN_ARGS " [--yes]", "status, on, off, cycle or reset: power of one PC of any firmware", \
	  CMD_LOCAL | CMD_CHANGES_DEVICE, cli_cmd_pc_power)                                         \
	CLI_COMMANDS_BOOT(X)                                                                        \
	CLI_COMMANDS_WSMAN(X)                                                                      \
	CLI_COMMANDS_INVENTORY(X)                                                                   \
	X("hello", "send",                                                                          \
	  "--to HOST[:PORT] [--uuid UUID] [--pid PID] [--root FILE]... [--hash HEX]... [--retry N] [--file FILE] [--from ADDRESS]", \
	  "send a hello as a PC in setup would, to try a server", CMD_LOCAL, cli_cmd_hello_send)    \
	CLI_COMMANDS_DECODE(X)                                                                     \
	X("help", "", "[COMMAND] [SUBCOMMAND] [--all] [--bash] [--man]", "explain commands and their options", CMD_LOCAL | CMD_NO_CSV, cli_cmd_help) \
	X("version", "", "", "print the version", CMD_LOCAL, cli_cmd_version)

struct cli;
struct cli_cmd {
	const char *name, *sub, *args, *help;
	unsigned flags;
	bool (*fn)(struct cli *c, struct err *e);
};
#define CLI_GLOBAL_ARGS "[--json] [--csv] [--socket PATH] [--verbose] [--help]"
const struct cli_cmd *cli_commands_at(unsigned i); /* NULL past the end */
/* The row for these words; out_used: how many of them name the command. An error names the nearest
 * command. NULL without error: no words at all. */
const struct cli_cmd *cli_commands_find(int count, const char *const *words, int *out_used, struct err *e);
bool cli_commands_is_group(const char *name); /* only with a sub-name it is a command */
/* Text of an option for a command: its own, else that of all commands; NULL when the table has none. */
const char *cli_commands_option(const struct cli_cmd *cmd, struct span name);
struct cli_option_row { const char *name, *where, *text; };
const struct cli_option_row *cli_commands_option_at(unsigned i);

/* How many letters have to change to make b of a (at most 99). */
unsigned cli_commands_distance(const char *a, const char *b);

#define X(name, sub, args, help, flags, fn) bool fn(struct cli *c, struct err *e);
CLI_COMMANDS(X)
#undef X
