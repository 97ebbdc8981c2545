/* Table of error kinds: the one place that decides text, retry, HTTP status and exit status.
 * A name never changes its meaning; scripts and stored rows use the stable text. */
#pragma once
#define ERR_CODES(X)                                                                     \
	/* name             stable text            retry         http exit */            \
	X(ERR_NONE,         "ok",                  RETRY_NEVER,  200, 0)                  \
	X(ERR_INTERNAL,     "internal",            RETRY_LATER,  500, 1)                  \
	X(ERR_USAGE,        "usage",               RETRY_NEVER,  400, 2)                  \
	X(ERR_INVALID,      "input.invalid",       RETRY_NEVER,  400, 3)                  \
	X(ERR_LIMIT,        "input.too_large",     RETRY_NEVER,  413, 3)                  \
	X(ERR_NOT_FOUND,    "not_found",           RETRY_NEVER,  404, 3)                  \
	X(ERR_CONFLICT,     "conflict",            RETRY_NEVER,  409, 3)                  \
	X(ERR_DENIED,       "denied",              RETRY_NEVER,  403, 3)                  \
	X(ERR_IO,           "io",                  RETRY_LATER,  500, 1)                  \
	X(ERR_STORE,        "store",               RETRY_LATER,  500, 1)                  \
	X(ERR_STORE_BUSY,   "store.busy",          RETRY_SOON,   503, 1)                  \
	X(ERR_CANCELLED,    "cancelled",           RETRY_NEVER,  409, 1)                  \
	X(ERR_TIMEOUT,      "net.timeout",         RETRY_SOON,   504, 4)                  \
	X(ERR_REFUSED,      "net.refused",         RETRY_SOON,   502, 4)                  \
	X(ERR_CLOSED,       "net.closed",          RETRY_SOON,   502, 4)                  \
	X(ERR_UNREACHABLE,  "net.unreachable",     RETRY_SOON,   502, 4)                  \
	X(ERR_SERVICE_DOWN, "service.not_running", RETRY_NEVER,  503, 4)                  \
	X(ERR_TLS,          "tls.failed",          RETRY_LATER,  502, 5)                  \
	X(ERR_TLS_PEER,     "tls.wrong_peer",      RETRY_LATER,  502, 5)                  \
	X(ERR_AUTH,         "device.auth",         RETRY_HUMAN,  502, 5)                  \
	X(ERR_REALM,        "device.realm_changed", RETRY_LATER, 502, 5)                  \
	X(ERR_LOCKOUT,      "device.lockout_budget", RETRY_LATER, 502, 5)                 \
	X(ERR_MALFORMED,    "wire.malformed",      RETRY_LATER,  502, 6)                  \
	X(ERR_HTTP,         "device.http",         RETRY_LATER,  502, 6)                  \
	X(ERR_FAULT,        "device.fault",        RETRY_LATER,  502, 6)                  \
	X(ERR_BUSY,         "device.busy",         RETRY_SOON,   503, 6)                  \
	X(ERR_PT_STATUS,    "device.status",       RETRY_LATER,  502, 6)                  \
	X(ERR_VERIFY,       "device.verify",       RETRY_LATER,  502, 6)                  \
	X(ERR_WRONG_DEVICE, "device.wrong_device", RETRY_LATER,  502, 6)                  \
	X(ERR_UNSUPPORTED,  "device.unsupported",  RETRY_HUMAN,  501, 6)                  \
	X(ERR_PREFLIGHT,    "preflight.refused",   RETRY_HUMAN,  409, 7)                  \
	X(ERR_HOOK,         "name.hook",           RETRY_LATER,  502, 6)                  \
	X(ERR_CERT,         "cert.unusable",       RETRY_HUMAN,  400, 7)
enum err_retry { RETRY_NEVER, RETRY_SOON, RETRY_LATER, RETRY_HUMAN };
enum err_code {
#define X(name, text, retry, http, exit_status) name,
	ERR_CODES(X)
#undef X
	ERR_CODE_COUNT
};
