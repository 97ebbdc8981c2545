/* Table of service settings: key, type, range, default, meaning. Changed at run time with
 * `setting set`; help, validation and documentation come from this table. */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include "base/span.h"

enum engine_setting_type { ENGINE_SET_BOOL, ENGINE_SET_INT, ENGINE_SET_TEXT, ENGINE_SET_CHOICE, ENGINE_SET_WORDS, ENGINE_SET_PATH, ENGINE_SET_PLACE };
/* constant, key, type, min, max, default, choices, restart needed, sentence */
#define ENGINE_SETTINGS(X)                                                                             \
	X(SETTING_WORKERS, "workers", INT, 1, 10000, "10", "", false, "devices configured at the same time") \
	X(SETTING_PKI, "pki.enabled", BOOL, 0, 1, "true", "", false, "remote configuration by certificate is allowed") \
	X(SETTING_OTP, "pki.otp", CHOICE, 0, 0, "off", "off optional required", false, "whether a PC set up by certificate shows the one-time password of the secret otp.UUID") \
	X(SETTING_APPROVAL, "approval", CHOICE, 0, 0, "auto", "auto manual", false, "whether an unknown device waits for 'device approve'") \
	X(SETTING_PROFILE, "profile.default", TEXT, 0, 63, "baseline", "", false, "profile for devices without one of their own") \
	X(SETTING_PORT_BASE, "device.port_base", INT, 1, 65531, "16992", "", false, "first of the four device ports (16992 on real devices)") \
	X(SETTING_LEASE_S, "job.lease_s", INT, 5, 3600, "60", "s", false, "a job whose service died is taken over after this time") \
	X(SETTING_RETRY_S, "job.retry_s", INT, 1, 86400, "30", "s", false, "first delay after a failed try; doubles each time") \
	X(SETTING_RETRY_MAX_S, "job.retry_max_s", INT, 1, 604800, "21600", "s", false, "longest delay between tries") \
	X(SETTING_LOGIN_TRIES, "login.tries", INT, 0, 100, "2", "", false, "wrong logins spent per device and window; 0: no limit") \
	X(SETTING_LOGIN_WINDOW_S, "login.window_s", INT, 1, 86400, "600", "s", false, "window of login.tries") \
	X(SETTING_AUTH_INT, "login.auth_int", BOOL, 0, 1, "false", "", false, "where a device offers qop auth and auth-int, its logins use auth-int") \
	X(SETTING_HELLO_RATE, "hello.rate_per_s", INT, 1, 1000000, "100", "/s", false, "hellos taken per source address and second") \
	X(SETTING_REPAIR, "drift.repair", CHOICE, 0, 0, "ask", "auto ask off", false, "what follows when a PC is not as its profile says: auto configures it again, ask shows it, off looks no more") \
	X(SETTING_CHECK_H, "drift.check_h", INT, 0, 8760, "24", "h", false, "how often each configured PC is looked at; 0: only when asked") \
	X(SETTING_CA_URL, "ca.url", TEXT, 0, 200, "", "", false, "where the published folder is served, such as http://pki.example.com/outband; new certificates of PCs then name list and CA there") \
	X(SETTING_FORWARD, "hello.forward", PLACE, 0, 79, "", "", false, "server ADDRESS:PORT that hellos are handed over to, such as 10.0.0.9:9971; empty: none. It takes the address of the PC from the connection, unless hello.forward_proxy tells it") \
	X(SETTING_FORWARD_WHICH, "hello.forward_which", CHOICE, 0, 0, "unknown", "unknown all", false, "which hellos: of PCs that have neither a row nor a name here, or all; they are not taken here") \
	X(SETTING_FORWARD_PROXY, "hello.forward_proxy", BOOL, 0, 1, "false", "", false, "put a PROXY line with the address of the PC before what is handed over: for another outband") \
	X(SETTING_PROXIES, "hello.proxies", TEXT, 0, 255, "", "", false, "addresses whose PROXY lines are believed, separated by commas: forwarders to this service") \
	X(SETTING_INVENTORY_PATH, "inventory.path", PATH, 0, 255, "", "", false, "file with an inventory of PCs (CSV or JSON lines) that is imported again and again") \
	X(SETTING_INVENTORY_S, "inventory.interval_s", INT, 0, 604800, "0", "s", false, "how often; 0: never") \
	X(SETTING_NAME_SOURCES, "name.sources", WORDS, 0, 0, "map,import,hook,report", "map import hook dns report", false, "where names of PCs come from, first to last; dns gives a PC the name of another when its records are stale: forward and reverse must agree") \
	X(SETTING_NAME_NOT_YET, "name.not_yet", TEXT, 0, 255, "", "", false, "names that a PC has only while it is installed, such as minint-*,localhost: it waits for another") \
	X(SETTING_NAME_TAKEN, "name.taken", CHOICE, 0, 0, "refuse", "refuse replace", false, "when another PC is configured under the name: refuse the new one, or take the name from the other") \
	X(SETTING_HOOK_PROGRAM, "hook.program", PATH, 0, 255, "", "", false, "program that is asked for name, profile and OU of a PC that says hello; empty: none") \
	X(SETTING_HOOK_TIMEOUT_S, "hook.timeout_s", INT, 1, 3600, "180", "s", false, "longest run of the hook program") \
	X(SETTING_HOOK_PARALLEL, "hook.parallel", INT, 1, 256, "4", "", false, "hook programs that run at the same time") \
	X(SETTING_DNS_SERVERS, "dns.servers", TEXT, 0, 255, "", "", false, "DNS servers for names, such as 10.0.0.53,10.0.1.53:5353; empty: those of the system") \
	X(SETTING_LOGS_H, "logs.read_h", INT, 0, 8760, "0", "h", false, "how often event log and audit log of each configured PC are read into its timeline; 0: only when asked") \
	X(SETTING_ALERTS_TRAPS, "alerts.traps", TEXT, 0, 79, "", "", true, "where SNMP traps of PCs are heard, such as 162 or 10.0.0.5:162; empty: not at all") \
	X(SETTING_ALERTS_EVENTS, "alerts.events", TEXT, 0, 79, "", "", true, "where PCs post WS-Events to, such as 16998; empty: not at all") \
	X(SETTING_ALERTS_HTTPS, "alerts.https", TEXT, 0, 79, "", "", true, "where PCs (AMT 11 and later) post WS-Events to over TLS, such as 16999; PCs need tls_auth.roots with ca; empty: not at all") \
	X(SETTING_ALERTS_NAME, "alerts.name", TEXT, 0, 190, "", "", true, "host name or address in the urls that PCs post to over TLS: it goes into the certificate; empty: localhost") \
	X(SETTING_ALERTS_USER, "alerts.user", TEXT, 0, 32, "", "", true, "digest login that posted events need; empty: none is asked for") \
	X(SETTING_ALERTS_PASSWORD, "alerts.password", TEXT, 0, 63, "", "", true, "name of the stored secret that is its password") \
	X(SETTING_ALERTS_RATE, "alerts.per_minute", INT, 1, 1000000, "60", "", true, "alerts taken of one source in a minute") \
	X(SETTING_ALERTS_HOOK, "alerts.hook", PATH, 0, 255, "", "", false, "program that is run for each alert: arguments kind, UUID and severity, the alert as JSON on its standard input; empty: none") \
	X(SETTING_ALERTS_WEBHOOK, "alerts.webhook", TEXT, 0, 255, "", "", false, "http or https address that each alert is posted to as JSON; empty: none") \
	X(SETTING_ALERTS_CONFIRM_H, "alerts.confirm_h", INT, 0, 8760, "6", "h", false, "how often PCs whose profile has alerts are asked whether they still tell of events; 0: only by checks (drift.check_h)") \
	X(SETTING_RENEW_DAYS, "certificate.renew_days", INT, 0, 3650, "30", "days", false, "PCs get a new TLS certificate so long before theirs ends, but not in the first half of its life; 0: only when asked") \
	X(SETTING_ROTATE_DAYS, "password.rotate_days", INT, 0, 3650, "0", "days", false, "PCs get a new admin password when theirs is so old; 0: only when asked") \
	X(SETTING_TRACE_KEYS, "trace.keys", BOOL, 0, 1, "false", "", false, "whether 'device trace --keys' may keep the TLS keys of a PC: who has them reads captures of the network, passwords too") \
	X(SETTING_REKEY, "psk.rekey", BOOL, 0, 1, "false", "", false, "a PC that was set up with its PID/PPS gets a new pair afterwards, for its next setup") \
	X(SETTING_OTP_CLOSE, "pki.otp_close", BOOL, 0, 1, "false", "", false, "a PC that shows another one-time password than was reported gets its network closed: somebody has to start its setup again") \
	X(SETTING_PERIOD_H, "setup.period_h", INT, 0, 24, "0", "h", false, "how long a PC in setup keeps its network open, told at the start of its setup; 0: as its firmware says") \
	X(SETTING_LOG_LEVEL, "log.level", CHOICE, 0, 0, "info", "error warn info debug", false, "what the log shows")
enum engine_setting {
#define X(constant, key, type, min, max, def, choices, restart, text) constant,
	ENGINE_SETTINGS(X)
#undef X
	ENGINE_SETTING_COUNT
};
struct engine_setting_row {
	const char *key;
	enum engine_setting_type type;
	int64_t min, max;
	const char *def, *choices, *text; /* choices: blank separated; a unit for numbers; WORDS: comma separated, of these */
	bool restart;
};
const struct engine_setting_row *engine_setting_row(enum engine_setting s);
bool engine_setting_find(const char *key, enum engine_setting *out_s, struct err *e);
/* What to think of before that value; NULL: nothing. */
const char *engine_setting_warning(enum engine_setting s, const char *value);
/* Checks value against the row; the error says what is allowed. */
bool engine_setting_check(enum engine_setting s, const char *value, struct err *e);
