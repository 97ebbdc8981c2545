/* Audit events by application: names and layouts of the extended data. Read by audit_record.c. The
 * layouts are those of two independent readers (P); where firmware adds to one, the rest is shown
 * as bytes. */
#include "wire/audit_events.h"

/* clang-format off */
const struct wire_show_name wire_audit_events_apps[] = {
	{ 16, "security admin" },  { 17, "remote control" },  { 18, "redirection" },
	{ 19, "firmware update" }, { 20, "audit log" },       { 21, "network time" },
	{ 22, "network admin" },   { 23, "storage admin" },   { 24, "event manager" },
	{ 25, "system defense" },  { 26, "agent presence" },  { 27, "wireless" },
	{ 28, "endpoint access control" }, { 29, "KVM" },     { 30, "user opt-in" },
	{ 32, "screen blanking" }, { 33, "watchdog" },        { 0, NULL },
};
const struct wire_show_name wire_audit_events_by[] = {
	{ 0, "HTTP digest" }, { 1, "Kerberos" }, { 2, "local" }, { 3, "KVM default port" }, { 0, NULL },
};
static const struct wire_show_name methods[] = {
	{ 2, "remote configuration" }, { 3, "MEBx" }, { 5, "host-based, admin mode" }, { 0, NULL },
};
static const struct wire_show_name tls_modes[] = { { 0, "none" }, { 1, "server" }, { 2, "mutual" }, { 0, NULL } };
static const struct wire_show_name on_off[] = { { 0, "off" }, { 1, "on" }, { 0, NULL } };
static const struct wire_show_name places[] = { { 0, "ME" }, { 1, "MEBx" }, { 0, NULL } };
static const struct wire_show_name auth_modes[] = { { 0, "none" }, { 1, "authenticated" }, { 2, "disabled" }, { 0, NULL } };
static const struct wire_show_name unprovisioned[] = {
	{ 0, "BIOS" }, { 1, "MEBx" }, { 2, "local MEI" }, { 3, "local WS-MAN" }, { 4, "remote WS-MAN" }, { 0, NULL },
};
static const struct wire_show_name boot_commands[] = {
	{ 0, "none" }, { 1, "PXE" }, { 2, "hard disk" }, { 3, "hard disk, safe mode" }, { 4, "diagnostics" },
	{ 5, "CD" }, { 193, "Intel" }, { 194, "HTTPS boot" }, { 195, "pre-boot application" }, { 0, NULL },
};
static const struct wire_show_name recovered[] = {
	{ 0, "unknown" }, { 1, "migration" }, { 2, "initialisation" }, { 0, NULL },
};
static const struct wire_show_name consents[] = { { 0, "none" }, { 1, "KVM" }, { 255, "all" }, { 0, NULL } };
static const struct wire_show_name codes_sent[] = { { 0, "ok" }, { 1, "failed three times" }, { 0, NULL } };

#define MASK      { "parameter_mask", WIRE_AUDIT_U8, NULL }
#define WHO       { "who", WIRE_AUDIT_WHO, NULL }
#define SERIAL    { "serial", WIRE_AUDIT_REST, NULL }
#define BOOT      { { "special_command", WIRE_AUDIT_U8, boot_commands }, { "parameter", WIRE_AUDIT_U16, NULL }, \
		    { "boot_options", WIRE_AUDIT_U16, NULL }, { "oem_parameters", WIRE_AUDIT_U16, NULL } }
#define INTERFACE { "interface", WIRE_AUDIT_U32, NULL }
#define HANDLE    { "handle", WIRE_AUDIT_U32, NULL }
#define ALERT     { { "policy", WIRE_AUDIT_U8, NULL }, { "alert_kind", WIRE_AUDIT_U8, NULL }, \
		    { "address", WIRE_AUDIT_ADDRESS, NULL } }
#define AGENT     { "agent", WIRE_AUDIT_GUID, NULL }
#define WIFI      { { "ssid", WIRE_AUDIT_SSID, NULL }, { "priority", WIRE_AUDIT_U8, NULL }, \
		    { "profile", WIRE_AUDIT_TEXT, NULL } }
#define NAME      { "name", WIRE_AUDIT_TEXT, NULL }
#define STATE     { "state", WIRE_AUDIT_U8, on_off }
#define NONE      { { NULL, WIRE_AUDIT_END, NULL } }

/* By application and event, ascending. */
static const struct wire_audit_event events[] = {
	{ 16, 0, "provisioning started", NONE },
	{ 16, 1, "provisioning completed",
	  { { "method", WIRE_AUDIT_U8, methods }, { "root_hash", WIRE_AUDIT_HASH, NULL },
	    { "serials", WIRE_AUDIT_SERIALS, NULL }, { "more_serials", WIRE_AUDIT_U8, NULL },
	    { "server", WIRE_AUDIT_TEXT, NULL } } },
	{ 16, 2, "ACL entry added", { WHO } },
	{ 16, 3, "ACL entry modified", { MASK, WHO } },
	{ 16, 4, "ACL entry removed", { WHO } },
	{ 16, 5, "access with invalid credentials", { { "place", WIRE_AUDIT_U8, places } } },
	{ 16, 6, "ACL entry enabled or disabled", { STATE, WHO } },
	{ 16, 7, "TLS state changed", { { "remote", WIRE_AUDIT_U8, tls_modes }, { "local", WIRE_AUDIT_U8, tls_modes } } },
	{ 16, 8, "TLS certificate set", { SERIAL } },
	{ 16, 9, "TLS certificate removed", { SERIAL } },
	{ 16, 10, "root certificate added", { SERIAL } },
	{ 16, 11, "root certificate removed", { SERIAL } },
	{ 16, 12, "pre-shared key set", NONE },
	{ 16, 13, "Kerberos settings changed", { { "time_tolerance", WIRE_AUDIT_U8, NULL } } },
	{ 16, 14, "Kerberos master key changed", NONE },
	{ 16, 15, "flash wear-out counters reset", NONE },
	{ 16, 16, "power package changed", { { "package", WIRE_AUDIT_GUID, NULL } } },
	{ 16, 17, "authentication mode of a realm changed",
	  { { "realm", WIRE_AUDIT_U32, NULL }, { "mode", WIRE_AUDIT_U8, auth_modes } } },
	{ 16, 18, "upgraded from client to admin control mode", NONE },
	{ 16, 19, "unprovisioning started", { { "by_way_of", WIRE_AUDIT_U8, unprovisioned } } },
	{ 17, 0, "power up", BOOT },
	{ 17, 1, "power down", NONE },
	{ 17, 2, "power cycle", BOOT },
	{ 17, 3, "reset", BOOT },
	{ 17, 4, "boot options set", BOOT },
	{ 17, 5, "graceful power down", NONE },
	{ 17, 6, "graceful reset", BOOT },
	{ 17, 7, "standby", NONE },
	{ 17, 8, "hibernate", NONE },
	{ 17, 9, "NMI", NONE },
	{ 18, 0, "storage redirection opened", NONE },
	{ 18, 1, "storage redirection closed", NONE },
	{ 18, 2, "storage redirection enabled", NONE },
	{ 18, 3, "storage redirection disabled", NONE },
	{ 18, 4, "serial over LAN opened", NONE },
	{ 18, 5, "serial over LAN closed", NONE },
	{ 18, 6, "serial over LAN enabled", NONE },
	{ 18, 7, "serial over LAN disabled", NONE },
	{ 18, 8, "KVM session started", NONE },
	{ 18, 9, "KVM session ended", NONE },
	{ 18, 10, "KVM enabled", NONE },
	{ 18, 11, "KVM disabled", NONE },
	{ 18, 12, "VNC password wrong three times", NONE },
	{ 19, 0, "firmware updated",
	  { { "first_version", WIRE_AUDIT_VERSION, NULL }, { "second_version", WIRE_AUDIT_VERSION, NULL } } },
	{ 19, 1, "firmware update failed",
	  { { "update_kind", WIRE_AUDIT_U32, NULL }, { "reason", WIRE_AUDIT_U32, NULL } } },
	{ 20, 0, "audit log cleared", NONE },
	{ 20, 1, "audit policy modified", NONE },
	{ 20, 2, "audit log disabled", NONE },
	{ 20, 3, "audit log enabled", NONE },
	{ 20, 4, "audit log exported", NONE },
	{ 20, 5, "audit log recovered", { { "reason", WIRE_AUDIT_U8, recovered } } },
	{ 21, 0, "time set", { { "new_time", WIRE_AUDIT_TIME, NULL } } },
	{ 22, 0, "TCP/IP parameters set",
	  { INTERFACE, { "dhcp", WIRE_AUDIT_U8, on_off }, { "address", WIRE_AUDIT_IP4, NULL },
	    { "mask", WIRE_AUDIT_IP4, NULL }, { "gateway", WIRE_AUDIT_IP4, NULL },
	    { "dns_1", WIRE_AUDIT_IP4, NULL }, { "dns_2", WIRE_AUDIT_IP4, NULL } } },
	{ 22, 1, "host name set", { NAME } },
	{ 22, 2, "domain name set", { NAME } },
	{ 22, 3, "VLAN set", { INTERFACE, { "tag", WIRE_AUDIT_U16, NULL } } },
	{ 22, 4, "link policy set", { INTERFACE, { "policy", WIRE_AUDIT_U32, NULL } } },
	{ 22, 5, "IPv6 parameters set",
	  { INTERFACE, { "enabled", WIRE_AUDIT_U8, on_off }, { "id_kind", WIRE_AUDIT_U8, NULL },
	    { "id", WIRE_AUDIT_BYTES8, NULL }, { "address", WIRE_AUDIT_IP6, NULL },
	    { "gateway", WIRE_AUDIT_IP6, NULL }, { "dns_1", WIRE_AUDIT_IP6, NULL },
	    { "dns_2", WIRE_AUDIT_IP6, NULL } } },
	{ 23, 0, "global storage attributes set",
	  { { "first", WIRE_AUDIT_U32, NULL }, { "second", WIRE_AUDIT_U32, NULL } } },
	{ 23, 1, "storage access list modified", NONE },
	{ 23, 2, "storage partners modified", NONE },
	{ 23, 3, "storage written", NONE },
	{ 24, 0, "alert subscribed", ALERT },
	{ 24, 1, "alert unsubscribed", ALERT },
	{ 24, 2, "event log cleared", NONE },
	{ 24, 3, "event log frozen", { STATE } },
	{ 25, 0, "filter added", { HANDLE } },
	{ 25, 1, "filter removed", { HANDLE } },
	{ 25, 2, "policy added", { HANDLE } },
	{ 25, 3, "policy removed", { HANDLE } },
	{ 25, 4, "default policy set", { INTERFACE, HANDLE } },
	{ 25, 5, "heuristics option set",
	  { INTERFACE, { "transmit", WIRE_AUDIT_U8, on_off }, { "receive", WIRE_AUDIT_U8, on_off }, HANDLE } },
	{ 25, 6, "heuristics state cleared", { INTERFACE } },
	{ 26, 0, "agent watchdog added",
	  { AGENT, { "heartbeat_s", WIRE_AUDIT_U16, NULL }, { "startup_s", WIRE_AUDIT_U16, NULL } } },
	{ 26, 1, "agent watchdog removed", { AGENT } },
	{ 26, 2, "agent watchdog action set", { AGENT } },
	{ 27, 0, "wireless profile added", WIFI },
	{ 27, 1, "wireless profile removed", { NAME } },
	{ 27, 2, "wireless profile updated", WIFI },
	{ 27, 3, "wireless profile synchronisation", { { "state", WIRE_AUDIT_U32, NULL } } },
	{ 27, 4, "wireless link preference",
	  { { "timeout_s", WIRE_AUDIT_U32, NULL }, { "preference", WIRE_AUDIT_U32, NULL } } },
	{ 27, 5, "wireless profiles shared with UEFI", { STATE } },
	{ 28, 0, "posture signer set", NONE },
	{ 28, 1, "access control enabled", NONE },
	{ 28, 2, "access control disabled", NONE },
	{ 28, 3, "posture state updated", NONE },
	{ 28, 4, "access control options set", { { "vendors", WIRE_AUDIT_U32, NULL } } },
	{ 29, 0, "KVM opt-in enabled", NONE },
	{ 29, 1, "KVM opt-in disabled", NONE },
	{ 29, 2, "KVM password changed", NONE },
	{ 29, 3, "KVM consent given", NONE },
	{ 29, 4, "KVM consent failed", NONE },
	{ 30, 0, "opt-in policy changed", { { "before", WIRE_AUDIT_U8, consents }, { "after", WIRE_AUDIT_U8, consents } } },
	{ 30, 1, "consent code sent", { { "result", WIRE_AUDIT_U8, codes_sent } } },
	{ 30, 2, "start of opt-in blocked", NONE },
	{ 33, 1, "reset trigger options changed", NONE },
	{ 33, 2, "action pairing changed", NONE },
};
/* clang-format on */

const struct wire_audit_event *wire_audit_events_at(unsigned i)
{
	return i < sizeof events / sizeof *events ? &events[i] : NULL;
}

const struct wire_audit_event *wire_audit_events_find(uint16_t app, uint16_t event)
{
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (events[i].app == app && events[i].event == event)
			return &events[i];
	return NULL;
}
