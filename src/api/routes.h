/* Table of routes: method, path ("{}" stands for one name), role, query keys, body, handler, one
 * sentence. The dispatcher and docs/api.md come from it. Roles are for the console; whoever may
 * use the Unix socket is administrator. */
#pragma once
#include "api/routes_cert.h"
#include "api/routes_asset.h"
#include "api/routes_console.h"
#include "api/routes_line.h"
#include "api/routes_operate.h"
#include "api/routes_sighting.h"

#define API_ROLES(X) \
	X(API_ROLE_VIEWER, "viewer")     X(API_ROLE_OPERATOR, "operator") \
	X(API_ROLE_SECURITY, "security") X(API_ROLE_ADMIN, "administrator")
enum api_role {
#define X(name, text) name,
	API_ROLES(X)
#undef X
	API_ROLE_COUNT
};

#define API_ROUTES(X)                                                                                     \
	X("GET", "/v1/status", API_ROLE_VIEWER, "", "", api_status_get,                                   \
	  "The service in figures: devices, jobs, hellos, keys, workers, alerts on their way, costs, what the database did not take.")                         \
	X("GET", "/v1/devices", API_ROLE_VIEWER, "state search after limit", "", api_device_list,         \
	  "Devices by UUID; search is a prefix of UUID, FQDN or address.")                                \
	X("GET", "/v1/devices/{}", API_ROLE_VIEWER, "", "", api_device_get,                               \
	  "One device by UUID, FQDN or address: facts, hello, job, journal, next step.")                  \
	X("DELETE", "/v1/devices/{}", API_ROLE_ADMIN, "", "", api_device_forget,                          \
	  "Forgets a device; its credentials are archived, its events kept.")                             \
	X("GET", "/v1/devices/{}/plan", API_ROLE_VIEWER, "", "", api_device_plan,                         \
	  "What a configuration would change, one line per field.")                                       \
	X("GET", "/v1/devices/{}/issues", API_ROLE_VIEWER, "", "", api_device_issues,                     \
	  "What is known of the firmware of a device: issue, whom it concerns, what to do.")              \
	X("POST", "/v1/devices/{}/apply", API_ROLE_OPERATOR, "accept_loss period", "", api_device_apply,  \
	  "Queues the configuration of a device now; accept_loss=true: although it may go out of reach; period: hours that its setup may take, 0: none after a wrong one-time password.")                                                    \
	X("POST", "/v1/devices/{}/check", API_ROLE_OPERATOR, "", "", api_device_check,                    \
	  "Queues a look at a configured device: what differs from its profile; changes nothing.")        \
	X("POST", "/v1/devices/{}/renew", API_ROLE_OPERATOR, "", "", api_device_renew,                    \
	  "Queues a new TLS certificate for a PC; the former one is taken out of it.")                    \
	X("POST", "/v1/devices/{}/rotate", API_ROLE_SECURITY, "", "", api_device_rotate,                  \
	  "Queues a new admin password for a PC; the former ones are kept.")                              \
	X("POST", "/v1/devices/{}/rekey", API_ROLE_SECURITY, "", "", api_device_rekey,                     \
	  "Queues a new PID/PPS pair for the next setup of a PC; the former ones are kept.")              \
	X("POST", "/v1/devices/{}/unconfigure", API_ROLE_ADMIN, "mode", "", api_device_unconfigure,       \
	  "Takes the configuration off a PC; mode is full, partial, or look, which only tells what is lost.") \
	X("GET", "/v1/devices/{}/drift", API_ROLE_VIEWER, "", "", api_device_drift,                       \
	  "What differed when the device was last looked at.")                                            \
	X("GET", "/v1/drift", API_ROLE_VIEWER, "all after limit", "", api_drift_list,                     \
	  "Devices that differ from their profiles; all=true: the others too.")                           \
	X("POST", "/v1/devices/{}/approve", API_ROLE_OPERATOR, "period", "application/json: fqdn",        \
	  api_device_approve, "Approves an unknown device, gives it a name when fqdn is set, and queues it; period as above.") \
	X("GET", "/v1/devices/{}/name", API_ROLE_VIEWER, "", "", api_device_name_why,                     \
	  "Each source of the device's name, what it said, and which one wins.")                          \
	X("PUT", "/v1/devices/{}/name", API_ROLE_OPERATOR, "", "application/json: fqdn", api_device_name_put, \
	  "Gives a device (or the UUID of one to come) a name by hand; an empty one takes the mapping away.") \
	X("POST", "/v1/reports", API_ROLE_OPERATOR, "", "application/json: uuid, fqdn, mac, serial", api_report_post, \
	  "The name that a program on the PC tells.")                                                     \
	X("POST", "/v1/adopt", API_ROLE_SECURITY, "preview", "application/json: data (CSV with a heading, or an export as JSON), passwords (more to try, one a line)", \
	  api_adopt, "Takes over PCs that others configured: keeps their passwords and queues a look that changes nothing.") \
	X("GET", "/v1/devices/{}/owner", API_ROLE_VIEWER, "", "", api_device_owner, "Who owns a device, as it was when it was taken over, and what this service keeps of it.") \
	X("POST", "/v1/devices/{}/export", API_ROLE_SECURITY, "", "", api_device_export, "Hands a device over: its credentials and certificates with their secrets; audited before.") \
	X("GET", "/v1/alerts", API_ROLE_VIEWER, "after limit", "", api_alert_list,                        \
	  "Which PCs told of events by themselves: by what, how often, what last and when.")              \
	X("GET", "/v1/alerts/watch", API_ROLE_VIEWER, "hours bad after limit", "", api_alert_watch,       \
	  "Whether each configured or adopted PC still tells as its profile wants: when that was confirmed, what is missing; bad leaves out those that do, and those that need not.") \
	X("GET", "/v1/limbo", API_ROLE_VIEWER, "after limit", "", api_limbo_list,                         \
	  "PCs that were never configured, or lost it, and say hello no more; a page may have less than its limit.") \
	X("GET", "/v1/denied", API_ROLE_VIEWER, "after limit", "", api_denied_list,                       \
	  "UUIDs of which no hello is taken, beside the built-in placeholders.")                          \
	X("PUT", "/v1/denied/{}", API_ROLE_OPERATOR, "", "application/json: note", api_denied_put,        \
	  "Refuses the hellos of a UUID that several PCs share.")                                         \
	X("DELETE", "/v1/denied/{}", API_ROLE_OPERATOR, "", "", api_denied_delete,                        \
	  "Takes hellos of that UUID again.")                                                             \
	X("GET", "/v1/duplicates", API_ROLE_VIEWER, "after limit", "", api_duplicate_list,                \
	  "MAC addresses, serial numbers and certificates that more than one PC has.")                    \
	X("GET", "/v1/inventory", API_ROLE_VIEWER, "after limit", "", api_inventory_list,                 \
	  "PCs as other systems want them: the rows of the database's view inventory.")                   \
	X("POST", "/v1/inventory", API_ROLE_OPERATOR, "preview", "text/csv with a heading, or JSON lines: uuid, mac, serial, fqdn, group, profile, ou, suffix", \
	  api_inventory_import, "Merges rows by UUID, then MAC address, then name; what belongs to two PCs is refused.") \
	X("GET", "/v1/names", API_ROLE_VIEWER, "after limit", "", api_name_list,                          \
	  "The mapping of UUIDs to names.")                                                               \
	X("POST", "/v1/names", API_ROLE_OPERATOR, "preview", "text/csv: uuid,fqdn[,group]",               \
	  api_name_import, "Imports names; good rows are taken although others are bad.")                 \
	X("GET", "/v1/keys", API_ROLE_VIEWER, "state after limit", "", api_key_list,                      \
	  "Setup keys by PID, without their secrets.")                                                    \
	X("POST", "/v1/keys/generate", API_ROLE_SECURITY, "", "application/json: count, mebx_password, group, for", \
	  api_key_generate, "Makes new random key pairs; group=true: for many PCs each; for=usb: for a stick.")                                                \
	X("POST", "/v1/keys/import", API_ROLE_SECURITY, "preview", "text/csv: pid,pps,mebx_password or as its heading says; or application/json: csv, mebx_password", \
	  api_key_import, "Imports key pairs; good rows are taken although others are bad.")              \
	X("GET", "/v1/keys/export", API_ROLE_SECURITY, "reveal state", "", api_key_export,                \
	  "Key pairs as CSV; the secrets only with reveal=true.")                                         \
	X("POST", "/v1/keys/reveal", API_ROLE_SECURITY, "", "application/json: pids, for (usb or sheet)",         \
	  api_key_reveal, "Shows key pairs with their secrets; audited before.")                          \
	X("POST", "/v1/keys/{}/release", API_ROLE_SECURITY, "", "", api_key_release,                      \
	  "Makes a used key free for another PC, and a group's one for one PC.")                                                        \
	API_ROUTES_ASSET(X)                                                                               \
	API_ROUTES_CONSOLE(X)                                                                             \
	API_ROUTES_LINE(X)                                                                                \
	API_ROUTES_OPERATE(X)                                                                             \
	API_ROUTES_SIGHTING(X)                                                                            \
	API_ROUTES_CERT(X)                                                                                \
	X("GET", "/v1/profiles", API_ROLE_VIEWER, "after limit", "", api_profile_list,                    \
	  "Profiles with their newest versions; version 0 is built in.")                                  \
	X("GET", "/v1/profiles/{}", API_ROLE_VIEWER, "", "", api_profile_get, "The newest text of a profile.") \
	X("PUT", "/v1/profiles/{}", API_ROLE_ADMIN, "check", "application/yaml: the profile",             \
	  api_profile_put, "Stores a new version of a profile; check=true only reads it.")                \
	X("GET", "/v1/profile-rules", API_ROLE_VIEWER, "after limit", "", api_rule_list,                  \
	  "Rules that choose the profile of a PC, in their order.")                                       \
	X("PUT", "/v1/profile-rules/{}", API_ROLE_ADMIN, "", "application/json: place, profile, generation, suffix, subnet, fqdn, group, import", \
	  api_rule_put, "Stores a rule; a criterion that is left out fits every PC.")                     \
	X("DELETE", "/v1/profile-rules/{}", API_ROLE_ADMIN, "", "", api_rule_delete, "Removes a rule.")   \
	X("GET", "/v1/devices/{}/profile", API_ROLE_VIEWER, "", "", api_device_profile_why,               \
	  "The profile of the device's next job: pin, hook, import and each rule, and which one wins.")   \
	X("PUT", "/v1/devices/{}/profile", API_ROLE_ADMIN, "", "application/json: profile", api_device_profile_put, \
	  "Pins a profile to a device (or the UUID of one to come) by hand; an empty one takes the pin away.") \
	X("GET", "/v1/devices/{}/trace", API_ROLE_SECURITY, "format", "", api_trace_get,                  \
	  "The message trace of a device: its state, or with format=text, pcap or keys what was seen.")   \
	X("PUT", "/v1/devices/{}/trace", API_ROLE_SECURITY, "", "application/json: on, keys", api_trace_put, \
	  "Begins or ends the message trace of a device; keys=true needs the setting trace.keys.")        \
	X("PUT", "/v1/secrets/{}", API_ROLE_SECURITY, "", "application/octet-stream: the secret",         \
	  api_secret_put, "Stores a secret that profiles name.")                                          \
	X("GET", "/v1/jobs", API_ROLE_VIEWER, "state uuid after limit", "", api_job_list,                 \
	  "Jobs with their last error; before them, with kind boot_clear, starts that were told half and are being taken back.")                                                          \
	X("GET", "/v1/jobs/{}", API_ROLE_VIEWER, "", "", api_job_get, "One job.")                         \
	X("POST", "/v1/jobs/{}/retry", API_ROLE_OPERATOR, "", "", api_job_retry,                          \
	  "Queues a delayed or paused job now.")                                                          \
	X("POST", "/v1/jobs/{}/cancel", API_ROLE_OPERATOR, "", "", api_job_cancel,                        \
	  "Ends a job; a running one at its next safe point.")                                            \
	X("POST", "/v1/jobs/{}/pause", API_ROLE_OPERATOR, "", "", api_job_pause,                          \
	  "Keeps a queued or delayed job from being run.")                                                \
	X("GET", "/v1/settings", API_ROLE_VIEWER, "after limit", "", api_setting_list,                    \
	  "All settings with values, defaults and meaning.")                                              \
	X("PUT", "/v1/settings/{}", API_ROLE_ADMIN, "", "application/json: value", api_setting_put,       \
	  "Changes a setting at once.")                                                                   \
	X("POST", "/v1/credentials/{}/reveal", API_ROLE_SECURITY, "", "application/json: kind (admin or mebx)", \
	  api_credential_reveal, "Shows the stored credentials of a device; audited before.")             \
	X("GET", "/v1/events", API_ROLE_VIEWER, "uuid level after newest limit", "", api_event_list,      \
	  "The timeline; newest=true gives the last ones.")                                               \
	X("GET", "/v1/audit", API_ROLE_SECURITY, "after limit", "", api_audit_list,                       \
	  "Who changed or revealed what, as a chain of hashes.")

struct api_req;
#define X(method, path, role, query, body, handler, text) void handler(struct api_req *r);
API_ROUTES(X)
#undef X

struct api_route {
	const char *method, *path;
	enum api_role role;
	const char *query; /* blank separated */
	const char *body;  /* "" none */
	void (*handler)(struct api_req *r);
	const char *text;
};
extern const struct api_route api_routes[];
extern const unsigned api_route_count;
const char *api_role_name(enum api_role role);
