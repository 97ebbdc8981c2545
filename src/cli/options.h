/* The options of all commands, as one table: which exist for a command is in its synopsis in
 * commands.h, what they mean is here, for help and the man page. A test holds both together. */
#pragma once
#include "cli/options_boot.h"
#include "cli/options_console.h"
#include "cli/options_inventory.h"
#include "cli/options_logs.h"
#include "cli/options_media.h"
#include "cli/options_profile.h"

/* Name; first word of the commands it is for, "" all of them; text. */
#define CLI_OPTIONS(X)                                                                              \
	CLI_OPTIONS_CONSOLE(X)                                                                     \
	CLI_OPTIONS_INVENTORY(X)                                                                    \
	CLI_OPTIONS_LOGS(X)                                                                         \
	CLI_OPTIONS_MEDIA(X)                                                                        \
	X("json", "", "print JSON for programs")                                                    \
	X("csv", "", "print CSV for spreadsheets: a table, or lines of field and value")         \
	X("socket", "", "socket of the service (default $OUTBAND_SOCKET, $XDG_RUNTIME_DIR/outband.sock or /run/outband/outband.sock)") \
	X("verbose", "", "say more on standard error")                                              \
	X("help", "", "explain the command")                                                        \
	X("data", "serve", "folder of database and key file (default /var/lib/outband; for others than root $XDG_DATA_HOME/outband)") \
	X("db", "serve", "database file (default outband.db in the data folder)")                   \
	X("key-file", "serve", "key that seals the stored secrets (default seal.key in the data folder); made at the first start") \
	X("data", "backup", "folder of database and key file, as with 'outband serve'")             \
	X("db", "backup", "database file (default outband.db in the data folder)")                  \
	X("key-file", "backup", "key that seals the stored secrets (default seal.key in the data folder); it is not in the backup") \
	X("overwrite", "backup", "replace the file when it exists")                                 \
	X("data", "restore", "folder of database and key file, as with 'outband serve'")            \
	X("db", "restore", "database file to replace (default outband.db in the data folder)")      \
	X("key-file", "restore", "the key that belongs to the backup (default seal.key in the data folder)") \
	X("hello", "serve", "where PCs say hello, repeatable (default 0.0.0.0:9971; port 0: any free one)") \
	X("log-level", "serve", "error, warn, info or debug (default: the setting log.level)")      \
	X("log-file", "serve", "append the log to this file instead of standard error")             \
	X("watch", "status", "show it again every second until interrupted")                        \
	X("state", "device", "only PCs in this state: new, approval, configuring, refused, configured, adopted, unconfigured") \
	X("state", "key", "only key pairs in this state: unused, used, released, group")                   \
	X("state", "job", "only jobs in this state: queued, running, delayed, paused, done, cancelled") \
	X("search", "device", "only PCs whose UUID, name or address begins with this text")            \
	X("limbo", "device", "only PCs that are not configured and say hello no more, and why") \
	X("passwords-from", "device", "file with more admin passwords to try, one a line: each once, as login.tries allows") \
	X("reveal", "device", "with the secrets; the audit log records it")                         \
	X("note", "device", "why, for whoever looks at the list")                                   \
	X("to", "hello", "the server; its port is 9971 when left out")                              \
	X("uuid", "hello", "UUID of the PC (default: a random one)")                                \
	X("pid", "hello", "PID of its key pair: a PSK hello")                                       \
	X("root", "hello", "certificate file whose root the PC trusts, repeatable: a PKI hello")    \
	X("hash", "hello", "hash of a root certificate that the PC trusts, repeatable")             \
	X("retry", "hello", "RetryCount (default 0)")                                               \
	X("file", "hello", "a captured hello, as bytes, hex or base64, instead of all these")       \
	X("from", "hello", "own address to send it from")                                           \
	X("preview", "", "say what would change and what is wrong, and change nothing")             \
	X("wait", "device", "wait until each try ended; exit status 6 when one did not succeed") \
	X("pcap", "device", "with export: write a capture for Wireshark to this new file (mode 0600)") \
	X("keys", "device", "with on: keep the TLS keys too (setting trace.keys); with export: print them, or write FILE.keys") \
	X("partial", "device", "keep PID/PPS, admin password and host name in the PC")              \
	X("accept-loss", "device", "look at the PCs first; go on when at most N of them would go out of reach") \
	X("period", "device", "hours that a setup may take, instead of the setting setup.period_h; 0: its network is closed after a wrong one-time password") \
	X("ring", "device", "so many percent of the PCs at a time, waiting for each ring")           \
	X("stop-on", "device", "with --ring: stop when more than so many percent did not succeed (default 0)") \
	X("stored", "device", "do not ask the PC: from what was read of it before")                 \
	X("check", "device", "look at the PCs now, instead of showing what was seen last")          \
	X("all", "device", "also PCs that are as their profile says")                               \
	X("yes", "", "do not ask")                                                                  \
	X("fqdn", "device", "host name of the PC, when it is not imported yet")                     \
	X("fqdn", "cert", "host name of a PC that the certificate shall configure; with request: the name that goes into it") \
	X("count", "key", "how many key pairs (default 1)")                                         \
	X("mebx-password-file", "key", "file with the MEBx password for all of them (default: a random one each); on import: for rows that have none") \
	X("group", "key", "for many PCs each; whoever has such a key can pose as any of them")         \
	X("current-mebx-password-file", "key", "file with the MEBx password that the PCs have (default: the factory's)") \
	X("unlimited", "key", "a record that is not used up: any number of PCs take it, with a group key") \
	X("no-psk", "key", "no key pair: for remote configuration, with --suffix and --hash")          \
	X("suffix", "key", "PKI DNS suffix that the PCs shall trust")                               \
	X("hash", "key", "file with a root certificate that the PCs shall trust; repeatable")       \
	X("set", "key", "another variable of setup.bin, by name or number, such as redirection=7; repeatable") \
	X("version", "key", "1, 2, 2.1, 3 or 4 (default: the oldest that can hold what is asked for)")  \
	X("overwrite", "key", "replace the file when it exists")                                    \
	X("html", "key", "as a page to print, else text")                                           \
	X("used", "key", "only used ones")                                                          \
	X("unused", "key", "only unused ones")                                                      \
	X("output", "key", "write to this new file (mode 0600) instead of standard output")         \
	X("reveal", "key", "include PPS and password; the audit log records it")                    \
	X("password-file", "cert", "file with the password of the PKCS#12 file (default: ask)")     \
	X("password-file", "", "file with the password (default: $OUTBAND_PASSWORD, else ask)") \
	X("suffix", "cert", "DNS suffix that the PC knows (DHCP option 15 or MEBx)")                \
	X("firmware", "issues", "only what names this AMT version, such as 2.6.20 or 11.8")      \
	X("firmware", "cert", "AMT version of the PC, such as 11.8")                                \
	X("hello", "cert", "file with a hello of the PC, for the hashes that it trusts")            \
	X("force", "cert", "store it although it is not usable")                                    \
	X("key-bits", "cert", "size of the RSA key: 2048 (default), 3072 for AMT 22 and later, or 4096") \
	X("country", "cert", "country in two capital letters, as the CA wants it")                  \
	X("province", "cert", "state or province")                                                  \
	X("city", "cert", "city")                                                                   \
	X("organization", "cert", "company")                                                        \
	X("replace", "cert", "make a new key although a request of that name waits for its answer") \
	X("rate", "discover", "pings a second, or max: as fast as answers come (default 1000, of them 100 to one /24)") \
	X("ping", "discover", "only presence pings, no ports: faster, and finds fewer") \
	X("ports", "discover", "say also what each port did: 16992, 16993, 16994, 16995") \
	X("resume", "discover", "keep in this file how far it came, and go on from there when the file exists") \
	X("wait", "discover", "until it has ended") \
	X("store", "discover", "give the service what was found: 'discover list' shows it") \
	X("since", "discover", "only those seen since then: 2h, 3d, 2031-05-02 or 2031-05-02T09:14:00Z") \
	X("changed", "discover", "only those that came or changed since then: state, release, certificate") \
	X("skip", "discover", "go on behind so many addresses, as it said when it was stopped") \
	X("ca", "discover", "certificate of a CA whose certificates are ours, repeatable (those of the service are known when it runs)") \
	X("port-base", "discover", "the first of the four ports (default 16992)") \
	X("rmcp-port", "discover", "UDP port of presence pings (default 623)") \
	X("ca", "probe", "certificate of a CA whose certificates are ours, repeatable (those of the service are known when it runs)") \
	X("port-base", "probe", "the first of the four ports (default 16992)") \
	X("rmcp-port", "probe", "UDP port of presence pings (default 623)") \
	X("dash-port", "probe", "the first of the two TCP ports of DASH (default 623 and 664)") \
	X("kvm-port", "probe", "TCP port of KVM for any viewer (default 5900)") \
	X("port", "probe", "TCP port to listen on, repeatable (default 9971)") \
	X("udp-port", "probe", "UDP port to listen on, repeatable (default 623 and 162)") \
	X("seconds", "probe", "end after so long (default: when interrupted)") \
	X("days", "cert", "those that end within so many days (default 90)")                        \
	X("der", "cert", "as DER instead of PEM")                                                   \
	X("output", "cert", "write to this new file instead of standard output")                    \
	X("reason", "cert", "unspecified (default), key-compromise, superseded, cessation, affiliation-changed, privilege-withdrawn") \
	X("root", "cert", "a new root too")                                                         \
	X("publish", "serve", "folder for revocation lists and CA certificates (default published in the data folder)") \
	X("device", "job", "only jobs of this PC")                                                  \
	X("kind", "credential", "admin (default) or mebx")                                          \
	X("file", "secret", "file with the secret, - for standard input (default: ask)")            \
	X("follow", "log", "go on with new events until interrupted")                               \
	X("level", "log", "only events of this level and worse: error, warn, info, debug")          \
	X("wait", "power", "until the PC is as it shall be, for --timeout seconds (default 300)")   \
	X("close-sessions", "power", "end a serial console, virtual media or KVM that forbids off and cycle") \
	X("limit", "power", "PCs at once (default 256)")                                            \
	X("limit", "boot", "PCs at once (default 256)")                                             \
	X("limit", "", "at most so many, the newest (default 100)")                                 \
	X("where", "group", "a condition: PCs that it is true of are in it too")                     \
	X("arg", "schedule", "an argument of the operation, such as action=on for power; repeatable") \
	X("tz", "schedule", "time zone of its times, such as Europe/Berlin (default UTC)")          \
	X("missed", "schedule", "a run while the service was down: skip (default), run, or the minutes within which it is made up") \
	X("limit", "schedule", "PCs at once (default 256)")                                         \
	X("note", "group", "what it is for")                                                        \
	X("where", "", "of these PCs, or of all, those of which this is true: \"generation >= 11 and state = configured\"") \
	X("stagger", "", "milliseconds between the beginnings with two PCs (default 0)")            \
	X("direct", "", "the PC, and the first of its ports (default 16992); port BASE, or BASE+1 with --tls") \
	X("user", "", "user name (default admin)")                                             \
	X("tls", "", "speak TLS, modern versions first and then those of old firmware")        \
	X("pin", "", "with --tls: go on only when the PC shows the certificate with this SHA-256 fingerprint") \
	X("selector", "wsman", "which instance, repeatable")                                        \
	X("timeout", "", "longest wait for the answer (default 30)")                           \
	X("format", "decode", "hex, base64 or binary (default: recognised)")                        \
	X("format", "usb", "hex, base64 or binary (default: recognised)")                           \
	X("show-secrets", "usb", "show MEBx passwords, PPS and bytes of unknown meaning too")        \
	X("session", "decode", "sol, ider or kvm, when the capture does not begin with the start of a session") \
	X("show-secrets", "decode", "show MEBx passwords, PPS and bytes of unknown meaning too")     \
	CLI_OPTIONS_PROFILE(X)                                                                         \
	CLI_OPTIONS_BOOT(X)
