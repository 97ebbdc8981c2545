/* Switches: where nothing is known about real firmware, the simulator plays a guess and a switch
 * gives the other behaviour. One row per switch: name, its values (the first is the default), what
 * it decides. A setting is written "name=value[,name=value...]" (fleet file, sim ctl). */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include "base/source.h"
#include <stdint.h>

/* X(constant, name, values, source of the default, sentence) */
#define SIM_SWITCHES(X)                                                                              \
	X(SIM_SW_PKI_DIGEST, "pki_digest", "lenient|strict", SRC_P,                                  \
	  "whether a session with the provisioning certificate needs a right digest")                \
	X(SIM_SW_SETUP_CLEAR, "setup_clear", "closed|401", SRC_G,                                    \
	  "what port 16992 does while the device is in setup")                                       \
	X(SIM_SW_BUSY, "busy", "fault|return|late|503", SRC_G,                                       \
	  "how 'keys are being generated' looks: fault with AMT-STATUS 2061, ReturnValue 2061, a reply " \
	  "when the key is there, or HTTP 503")                                                      \
	X(SIM_SW_READBACK, "readback", "staged|active", SRC_G,                                       \
	  "what a Get between Put and CommitChanges shows")                                          \
	X(SIM_SW_HOST_AGENT, "host_agent", "absent|runs", SRC_G,                                     \
	  "whether the system of the PC has the agent that does sleep, hibernate, soft-off and soft-reset") \
	X(SIM_SW_LOCKOUT, "lockout", "on|off", SRC_G, "five wrong digests lock the account for 60 s") \
	X(SIM_SW_RNG, "rng", "ignored|required", SRC_G,                                              \
	  "whether firmware before 6.0 refuses CommitChanges until its random generator was seeded") \
	X(SIM_SW_DATES, "dates", "checked|ignored", SRC_G,                                           \
	  "whether an expired provisioning chain is refused")                                        \
	X(SIM_SW_TLS13, "tls13", "offered|off", SRC_G, "TLS 1.3 on firmware that may have it")       \
	X(SIM_SW_QOP, "qop", "both|auth-int", SRC_P, "digest qop taken when both are offered")       \
	X(SIM_SW_REALM, "realm", "new|kept", SRC_G, "realm after a full unprovision")                \
	X(SIM_SW_MEBX, "mebx", "default-only|setup|anytime", SRC_D,                                  \
	  "MEBx password policy: when SetMEBxPassword is allowed")                                   \
	X(SIM_SW_ADMIN_HEX, "admin_hex", "refused|taken", SRC_G,                                     \
	  "DigestPassword as 32 hex digits instead of base64")                                       \
	X(SIM_SW_CONTEXT_PUT, "context_put", "any|selectors|none", SRC_G,                            \
	  "selectors wanted in a Put of AMT_TLSCredentialContext")                                   \
	X(SIM_SW_UNPROVISION, "unprovision", "hello|silent", SRC_D,                                  \
	  "whether an unprovisioned device says hello again")                                        \
	X(SIM_SW_HOST_NAME, "host_name", "required|optional", SRC_D,                                 \
	  "whether CommitChanges needs a host name while DHCP is on")                                \
	X(SIM_SW_RETRY_COUNT, "retry_count", "saturate|wrap", SRC_G, "RetryCount above 14")          \
	X(SIM_SW_TLS_CACHE, "tls_cache", "on|off", SRC_D,                                            \
	  "a TLS connection stays unlocked after its first login (6.0 and later)")                   \
	X(SIM_SW_SELECTOR, "selector", "invalid|unreachable", SRC_G,                                 \
	  "fault for a selector that fits no instance")                                              \
	X(SIM_SW_BARE_METAL, "bare_metal", "on|off", SRC_G,                                          \
	  "hello and provisioning certificate on firmware 19 and later")                             \
	X(SIM_SW_DEFAULT_CERT, "default_cert", "shown|none", SRC_G,                                  \
	  "certificate and TLS context from the start on firmware 19 and later")                     \
	X(SIM_SW_HASHES, "hashes", "usual|all", SRC_G,                                               \
	  "root hashes in the hello: the release's usual ones, or SHA-1, SHA-256 and SHA-384")       \
	X(SIM_SW_SUITES, "suites", "usual|rsa|ecdhe", SRC_G,                                         \
	  "key exchange of TLS 1.2: both, or one of them")                                           \
	X(SIM_SW_TLS_STRENGTH, "tls_strength", "usual|any|384", SRC_G,                               \
	  "groups and signatures in TLS: the release's usual ones, all, or those of AMT 22")         \
	X(SIM_SW_SETUP_CERT, "setup_cert", "usual|sha1|sha256|chain", SRC_G,                         \
	  "certificate shown in setup: the usual one, self-signed with that hash, or a chain of three") \
	X(SIM_SW_KEY_FORM, "key_form", "usual|pkcs1|spki", SRC_G, "form of DERKey")                  \
	X(SIM_SW_KEY_LIMITS, "key_limits", "usual|any", SRC_G,                                       \
	  "sizes of keys in a provisioning chain: the release's limits, or none")                    \
	X(SIM_SW_CHAIN_HASH, "chain_hash", "any|sha1", SRC_G,                                        \
	  "whether firmware before 7.0 takes SHA-2 signatures in a provisioning chain")              \
	X(SIM_SW_REALM_FORM, "realm_form", "usual|id|short|long", SRC_G,                             \
	  "digest realm: \"Intel(R) AMT (ID:uuid)\", \"Digest:\" with 2 random bytes, or with 16")     \
	X(SIM_SW_QOP_OFFER, "qop_offer", "usual|auth|both", SRC_G, "digest qop offered")             \
	X(SIM_SW_FRAMING, "framing", "usual|chunked|length", SRC_G, "framing of WS-MAN replies")     \
	X(SIM_SW_CONTENT_TYPE, "content_type", "usual|octets|soap", SRC_G,                           \
	  "Content-Type of WS-MAN replies")                                                          \
	X(SIM_SW_FRAME, "frame_options", "usual|sent|left-out", SRC_G, "header X-Frame-Options")     \
	X(SIM_SW_CHIPS, "chips", "all|processors", SRC_G,                                            \
	  "whether an enumeration of CIM_Chip goes on with the memory, which is derived from it")    \
	X(SIM_SW_LOGO, "logo", "usual|top|middle", SRC_G, "place of the logo on pages")              \
	X(SIM_SW_USB, "usb", "older|exact", SRC_G,                                                   \
	  "versions of setup.bin that a release takes: older ones too, or its own only")             \
	X(SIM_SW_CRL_AGAIN, "crl_again", "replaced|refused", SRC_G,                                  \
	  "AddCRL with a Url that is there already")                                                 \
	X(SIM_SW_ADMIN_STATUS, "admin_status", "mebx|both", SRC_G,                                   \
	  "GetAdminAclEntryStatus tells of the MEBx password alone, or of that and the network's")   \
	X(SIM_SW_AUDIT_ID, "audit_id", "app-high|event-high", SRC_G,                                 \
	  "AuditApplicationEventID: application or event in the upper half")                         \
	X(SIM_SW_KVM_5900, "kvm_5900", "to-16|always|never", SRC_G,                                  \
	  "releases whose KVM can listen on port 5900; the others refuse it as unsupported")         \
	X(SIM_SW_ACL_UPDATE, "acl_update", "keep|whole", SRC_G,                                      \
	  "UpdateUserAclEntryEx without name or password: the former ones stay, or it is refused")   \
	X(SIM_SW_ACL_DIGEST, "acl_digest", "hidden|shown", SRC_G,                                    \
	  "whether GetUserAclEntryEx gives DigestPassword")                                          \
	X(SIM_SW_ACL_PAGE, "acl_page", "50|3", SRC_G,                                                \
	  "handles in one answer of EnumerateUserAclEntries")                                        \
	X(SIM_SW_ENTRY_PUT, "entry_put", "taken|refused", SRC_G,                                     \
	  "Put of System Defense filters and policies and of PET filters")                           \
	X(SIM_SW_ALARM_START, "alarm_start", "next|first", SRC_G,                                    \
	  "StartTime of an alarm that comes again, once it rang")                                    \
	X(SIM_SW_EVENT_TLS, "event_tls", "strict|chain|any", SRC_G,                                 \
	  "which receivers of events over https get them: of a trusted root and with the name of the url, of a trusted root, or any") \
	X(SIM_SW_EVENT_MODE, "event_mode", "told|untold", SRC_G,                                     \
	  "whether a subscription tells its delivery mode and login")                                \
	X(SIM_SW_LOG_EMPTY, "log_empty", "no-record|first", SRC_G,                                   \
	  "PositionToFirstRecord on an empty event log: return value 3, or 0 and position 1")        \
	X(SIM_SW_CONSENT, "consent", "usual|on", SRC_G, "IPS_OptInService on 6.2")                      \
	X(SIM_SW_CONSENT_WRONG, "consent_wrong", "2066|16|1", SRC_G,                                 \
	  "ReturnValue of SendOptInCode for a wrong code")                                           \
	X(SIM_SW_BOOT_ROLE, "boot_role", "required|optional", SRC_G,                                 \
	  "whether boot settings act without SetBootConfigRole")                                     \
	X(SIM_SW_OUTSIDE, "outside", "refused|silent", SRC_G,                                        \
	  "what a connection meets while the PC is outside of its home domains")                     \
	X(SIM_SW_HOME_MATCH, "home_match", "exact|suffix", SRC_G,                                    \
	  "whether a home domain covers the domains below it")                                       \
	X(SIM_SW_WLAN, "wlan", "card|none", SRC_G, "whether the PC has a wireless card")             \
	X(SIM_SW_WIFI_CODES, "wifi_codes", "own|pt", SRC_G,                                          \
	  "how a full list or a name or priority that is taken looks: 2 or 3 of the method's own "   \
	  "values, or PT_STATUS 23 and 2058")                                                        \
	X(SIM_SW_WIFI_UEFI, "wifi_uefi", "usual|all|none", SRC_G,                                    \
	  "UEFIWiFiProfileShareEnabled: from 16.1 on, always, never")        \
	X(SIM_SW_RMCP, "rmcp", "pong|ack|silent", SRC_G,                                             \
	  "what a presence ping with a sequence gets: a pong, an acknowledgement and a pong, nothing") \
	X(SIM_SW_REDIR_BASIC, "redir_basic", "to-11|always|never", SRC_G,                            \
	  "releases whose redirection ports take a password in clear")                               \
	X(SIM_SW_REDIR_FAIL, "redir_fail", "challenge|close", SRC_G,                                 \
	  "what follows a first wrong digest on a redirection port")                                 \
	X(SIM_SW_EOI, "eoi", "usual|served|gone", SRC_G,                                             \
	  "legacy SOAP interface: up to 8.x unless WsmanOnlyMode is set, always, or never")          \
	X(SIM_SW_EOI_STATUS, "eoi_status", "status|code", SRC_P,                                     \
	  "name of the first element in legacy SOAP replies: Status or StatusCode")                  \
	X(SIM_SW_EOI_ACTION, "eoi_action", "checked|ignored", SRC_G,                                 \
	  "whether a SOAPAction that does not fit a legacy SOAP request is refused")
enum sim_switch {
#define X(name, text, values, src, sentence) name,
	SIM_SWITCHES(X)
#undef X
	SIM_SWITCH_COUNT
};
struct sim_switches {
	uint8_t value[SIM_SWITCH_COUNT]; /* index into the row's values; all 0: the defaults */
};
struct sim_switch_row {
	const char *name, *values;
	enum source src;
	const char *sentence;
};
const struct sim_switch_row *sim_switches_at(unsigned i); /* NULL past the end */
/* Sets the ones named; "" changes nothing. Nothing is changed when e is set. */
bool sim_switches_parse(struct span spec, struct sim_switches *s, struct err *e);
/* The ones that are not default, in the form that sim_switches_parse reads. */
void sim_switches_print(const struct sim_switches *s, struct out *o);
bool sim_switches_is(const struct sim_switches *s, enum sim_switch w, const char *value);
