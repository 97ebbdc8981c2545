/* PT_STATUS / AMT_STATUS numbers with names (wsman 2.6), DMTF return values, and faults and
 * return values turned into errors. */
#pragma once
#include "base/err.h"
#include "wsman/envelope.h"

enum wsman_pt_status {
	WSMAN_PT_SUCCESS = 0, WSMAN_PT_INTERNAL_ERROR = 1, WSMAN_PT_NOT_READY = 2,
	WSMAN_PT_NOT_PERMITTED = 16, WSMAN_PT_MAX_LIMIT_REACHED = 23, WSMAN_PT_INVALID_TIME = 34,
	WSMAN_PT_INVALID_PARAMETER = 36, WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED = 38,
	WSMAN_PT_INVALID_PID_FORMAT = 42, WSMAN_PT_INVALID_PPS_FORMAT = 43,
	WSMAN_PT_INVALID_HANDLE = 2053, WSMAN_PT_INVALID_PASSWORD = 2054, WSMAN_PT_DATA_MISSING = 2057,
	WSMAN_PT_DUPLICATE = 2058, WSMAN_PT_PKI_MISSING_KEYS = 2060,
	WSMAN_PT_PKI_GENERATING_KEYS = 2061, WSMAN_PT_INVALID_KEY = 2062,
	WSMAN_PT_INVALID_CERT = 2063, WSMAN_PT_CERT_KEY_NOT_MATCH = 2064, WSMAN_PT_NOT_FOUND = 2068,
};
const char *wsman_status_name(uint32_t pt_status); /* "DATA_MISSING"; "UNKNOWN" */
/* Text such as "2057 DATA_MISSING", also for 32768+n. returns: the method's own meanings or NULL. */
void wsman_status_print(struct out *o, uint32_t value, const struct wsman_name *returns);
/* Nonzero ReturnValue of class.method as error (ERR_PT_STATUS; 2061 gives ERR_BUSY). */
bool wsman_status_check(const struct wsman_msg *m, uint32_t return_value, struct err *e);
/* The message is the reply we asked for? A fault becomes ERR_FAULT (ERR_BUSY for AMT-STATUS 2061
 * and 2), e->seen its subcode. http_status only for the text. */
bool wsman_status_reply(const struct wsman_msg *m, enum wsman_op op, unsigned http_status,
			struct err *e);
/* The same, for callers that know what they asked: a fault does not name it. resource is a class
 * name or resource URI, NULL for none. */
bool wsman_status_reply_for(const struct wsman_msg *m, enum wsman_op op, const char *resource,
			    unsigned http_status, struct err *e);
