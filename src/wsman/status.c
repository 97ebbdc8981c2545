/* Numbers that firmware answers with, as names, and faults and return values as errors. Called
 * by amt/, engine/ and the printers. Never decides whether to try again: the error code does. */
#include "wsman/status.h"
#include "base/str.h"

#define VENDOR 32768 /* some methods answer 32768 + PT_STATUS */

/* clang-format off */
static const struct wsman_name pt_names[] = {
	{ 0, "SUCCESS" }, { 1, "INTERNAL_ERROR" }, { 2, "NOT_READY" }, { 3, "INVALID_PT_MODE" },
	{ 4, "INVALID_MESSAGE_LENGTH" }, { 5, "TABLE_FINGERPRINT_NOT_AVAILABLE" },
	{ 6, "INTEGRITY_CHECK_FAILED" }, { 7, "UNSUPPORTED_ISVS_VERSION" },
	{ 8, "APPLICATION_NOT_REGISTERED" }, { 9, "INVALID_REGISTRATION_DATA" },
	{ 10, "APPLICATION_DOES_NOT_EXIST" }, { 11, "NOT_ENOUGH_STORAGE" }, { 12, "INVALID_NAME" },
	{ 13, "BLOCK_DOES_NOT_EXIST" }, { 14, "INVALID_BYTE_OFFSET" }, { 15, "INVALID_BYTE_COUNT" },
	{ 16, "NOT_PERMITTED" }, { 17, "NOT_OWNER" }, { 18, "BLOCK_LOCKED_BY_OTHER" },
	{ 19, "BLOCK_NOT_LOCKED" }, { 20, "INVALID_GROUP_PERMISSIONS" },
	{ 21, "GROUP_DOES_NOT_EXIST" }, { 22, "INVALID_MEMBER_COUNT" }, { 23, "MAX_LIMIT_REACHED" },
	{ 24, "INVALID_AUTH_TYPE" }, { 25, "AUTHENTICATION_FAILED" }, { 26, "INVALID_DHCP_MODE" },
	{ 27, "INVALID_IP_ADDRESS" }, { 28, "INVALID_DOMAIN_NAME" }, { 29, "UNSUPPORTED_VERSION" },
	{ 30, "REQUEST_UNEXPECTED" }, { 31, "INVALID_TABLE_TYPE" },
	{ 32, "INVALID_PROVISIONING_STATE" }, { 33, "UNSUPPORTED_OBJECT" }, { 34, "INVALID_TIME" },
	{ 35, "INVALID_INDEX" }, { 36, "INVALID_PARAMETER" }, { 37, "INVALID_NETMASK" },
	{ 38, "FLASH_WRITE_LIMIT_EXCEEDED" }, { 39, "INVALID_IMAGE_LENGTH" },
	{ 40, "INVALID_IMAGE_SIGNATURE" }, { 41, "PROPOSE_ANOTHER_VERSION" },
	{ 42, "INVALID_PID_FORMAT" }, { 43, "INVALID_PPS_FORMAT" }, { 44, "BIST_COMMAND_BLOCKED" },
	{ 45, "CONNECTION_FAILED" }, { 46, "CONNECTION_TOO_MANY" },
	{ 47, "RNG_GENERATION_IN_PROGRESS" }, { 48, "RNG_NOT_READY" },
	{ 49, "CERTIFICATE_NOT_READY" }, { 512, "REMOTE_ACCESS_NOT_GRANTED" },
	{ 513, "REMOTE_ACCESS_HOST_VPN_IS_DISABLED" }, { 514, "REMOTE_ACCESS_GRANTED_WITHOUT_DDNS" },
	{ 515, "REMOTE_ACCESS_GRANTED_WITH_DDNS" }, { 1024, "DISABLED_BY_POLICY" },
	{ 2048, "NETWORK_IF_ERROR_BASE" }, { 2049, "UNSUPPORTED_OEM_NUMBER" },
	{ 2050, "UNSUPPORTED_BOOT_OPTION" }, { 2051, "INVALID_COMMAND" },
	{ 2052, "INVALID_SPECIAL_COMMAND" }, { 2053, "INVALID_HANDLE" },
	{ 2054, "INVALID_PASSWORD" }, { 2055, "INVALID_REALM" },
	{ 2056, "STORAGE_ACL_ENTRY_IN_USE" }, { 2057, "DATA_MISSING" }, { 2058, "DUPLICATE" },
	{ 2059, "EVENTLOG_FROZEN" }, { 2060, "PKI_MISSING_KEYS" }, { 2061, "PKI_GENERATING_KEYS" },
	{ 2062, "INVALID_KEY" }, { 2063, "INVALID_CERT" }, { 2064, "CERT_KEY_NOT_MATCH" },
	{ 2065, "MAX_KERB_DOMAIN_REACHED" }, { 2066, "UNSUPPORTED" }, { 2067, "INVALID_PRIORITY" },
	{ 2068, "NOT_FOUND" }, { 2069, "INVALID_CREDENTIALS" }, { 2070, "INVALID_PASSPHRASE" },
	{ 2072, "NO_ASSOCIATION" }, { 2075, "AUDIT_FAIL" }, { 2076, "BLOCKING_COMPONENT" },
	{ 2081, "USER_CONSENT_REQUIRED" }, { 2082, "OPERATION_IN_PROGRESS" },
	{ 2500, "IPV6_INTERFACE_DISABLED" }, { 2501, "INTERFACE_DOES_NOT_EXIST" },
	{ 4096, "APP_INTERNAL_ERROR" }, { 4097, "NOT_INITIALIZED" },
	{ 4098, "LIB_VERSION_UNSUPPORTED" }, { 4099, "INVALID_PARAM" }, { 4100, "RESOURCES" },
	{ 4101, "HARDWARE_ACCESS_ERROR" }, { 4102, "REQUESTOR_NOT_REGISTERED" },
	{ 4103, "NETWORK_ERROR" }, { 4104, "PARAM_BUFFER_TOO_SHORT" },
	{ 4105, "COM_NOT_INITIALIZED_IN_THREAD" }, { 4106, "URL_REQUIRED" }, { 0, NULL },
};
/* clang-format on */

const char *wsman_status_name(uint32_t pt_status)
{
	const char *name = wsman_classes_name(pt_names, pt_status);
	return name ? name : "UNKNOWN";
}

void wsman_status_print(struct out *o, uint32_t value, const struct wsman_name *returns)
{
	if (value >= VENDOR && value < 2 * VENDOR) {
		out_fmt(o, "%u = %u + %u %s", (unsigned)value, VENDOR, (unsigned)value - VENDOR,
			wsman_status_name(value - VENDOR));
		return;
	}
	const char *name = wsman_classes_name(returns, value);
	out_fmt(o, "%u %s", (unsigned)value, name ? name : wsman_status_name(value));
}

bool wsman_status_check(const struct wsman_msg *m, uint32_t return_value, struct err *e)
{
	if (return_value == 0)
		return true;
	const struct wsman_method *method = wsman_classes_method(m->cls, m->method);
	const struct wsman_name *returns = method ? method->returns : NULL;
	bool busy = return_value == WSMAN_PT_PKI_GENERATING_KEYS ||
		return_value == VENDOR + WSMAN_PT_PKI_GENERATING_KEYS ||
		str_eq(wsman_classes_name(returns, return_value), "Busy");
	char text[80];
	struct out o;
	out_init(&o, text, sizeof text);
	wsman_status_print(&o, return_value, returns);
	err_set(e, busy ? ERR_BUSY : ERR_PT_STATUS, "%.60s.%.60s returned %s", m->class_name,
		m->method, text);
	err_seen(e, "%s", text);
	return err_want(e, "0");
}

static bool fault_error(const struct wsman_msg *m, enum wsman_op op, const char *what,
			unsigned http_status, struct err *e)
{
	const struct wsman_fault *f = &m->fault;
	const char *name = *f->subcode ? f->subcode : *f->code ? f->code : "without code";
	bool busy = f->has_pt_status &&
		(f->pt_status == WSMAN_PT_PKI_GENERATING_KEYS ||
		 f->pt_status == WSMAN_PT_NOT_READY);
	char status[80] = "", http[24] = "";
	struct out o;
	if (f->has_pt_status) {
		out_init(&o, status, sizeof status);
		out_str(&o, ", status ");
		wsman_status_print(&o, f->pt_status, NULL);
	}
	if (http_status && http_status != 400) {
		out_init(&o, http, sizeof http);
		out_fmt(&o, " (HTTP %u)", http_status);
	}
	err_set(e, busy ? ERR_BUSY : ERR_FAULT, "fault %.40s for %s%s%.60s%s%s%s%.100s", name,
		wsman_envelope_op_name(op), *what ? " " : "", what, http, status,
		*f->reason ? ": " : "", f->reason);
	return err_seen(e, "%s", *f->subcode ? f->subcode : f->code);
}

bool wsman_status_reply_for(const struct wsman_msg *m, enum wsman_op op, const char *resource,
			    unsigned http_status, struct err *e)
{
	const char *slash = resource ? strrchr(resource, '/') : NULL;
	const char *what = slash ? slash + 1 : resource ? resource : "";
	if (m->op == WSMAN_OP_FAULT)
		return fault_error(m, op, what, http_status, e);
	if (m->op == op && m->is_reply)
		return true;
	err_set(e, ERR_MALFORMED, "answer to %s%s%.80s is a %s %s", wsman_envelope_op_name(op),
		*what ? " " : "", what, wsman_envelope_op_name(m->op),
		m->is_reply ? "reply" : "request");
	err_seen(e, "%s", wsman_envelope_op_name(m->op));
	return err_want(e, "%s", wsman_envelope_op_name(op));
}

bool wsman_status_reply(const struct wsman_msg *m, enum wsman_op op, unsigned http_status,
			struct err *e)
{
	return wsman_status_reply_for(m, op, m->class_name, http_status, e);
}
