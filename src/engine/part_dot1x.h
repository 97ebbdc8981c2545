/* 802.1X in a profile: the same keys for Wi-Fi networks and for the wired port, and the same members in
 * the classes behind them. For the files part_*.c only. */
#pragma once
#include "engine/part_cert.h"

#define DOT1X_PROTOCOLS "tls ttls-mschapv2 peap-mschapv2 eap-gtc fast-mschapv2 fast-gtc fast-tls"
/* Rows of a keys table; at: "networks.dot1x.", cls: the class of the members. */
#define DOT1X_KEYS(at, cls, since)                                                                     \
	{ at "protocol", KEY_WORD, DOT1X_PROTOCOLS, KEY_NEEDED, cls ".AuthenticationProtocol", since,  \
	  SRC_P, "How the PC logs in to the network.", "peap-mschapv2" },                              \
	{ at "username", KEY_TEXT, "1..128", 0, cls ".Username", since, SRC_P,                         \
	  "Name in the login; {fqdn}, {host}, {domain} and {uuid} are those of the PC.",               \
	  "'host/{fqdn}'" },                                                                           \
	{ at "password", KEY_SECRET, NULL, KEY_NO_RANDOM, cls ".Password", since, SRC_P,               \
	  "Password of the login; cannot be read back.", "{secret: radius}" },                         \
	{ at "domain", KEY_TEXT, "1..128", 0, cls ".Domain", since, SRC_P, "Domain of the user name.", \
	  "EXAMPLE" },                                                                                 \
	{ at "roaming_identity", KEY_TEXT, "1..80", 0, cls ".RoamingIdentity", since, SRC_P,           \
	  "Outer identity, sent in clear; not for tls.", "anonymous" },                                \
	{ at "server_name", KEY_TEXT, "1..80", 0, cls ".ServerCertificateName", since, SRC_P,          \
	  "Name, or end of the name, in the certificate of the RADIUS server.", "radius.example.com" }, \
	{ at "server_name_match", KEY_WORD, "full suffix", 0, cls ".ServerCertificateNameComparison",  \
	  since, SRC_P, "Whether server_name is all of the name.", "suffix" },                         \
	{ at "ca", KEY_CERT, NULL, 0, "AMT_PublicKeyManagementService.AddTrustedRootCertificate",      \
	  since, SRC_P, "Trusted root of the RADIUS server's certificate.", "ca" },                    \
	{ at "client_certificate", KEY_WORD, "own none", 0, "AMT_PublicKeyCertificate.InstanceID",     \
	  since, SRC_G, "own: the certificate that the service gave to the PC for TLS.", "own" }

/* Compares and sets the members that all classes have, as engine_part_fields. {host}, {domain}, {fqdn} and
 * {uuid} in the user name become those of the PC. */
unsigned engine_part_dot1x_fields(const struct engine_part_in *in, struct arena *a, const struct engine_node *group,
				  const char *path, const struct wsman_obj *have, struct wsman_obj *to,
				  struct engine_change *ch);
/* NULL: fine; else the node at fault with what. */
const struct engine_node *engine_part_dot1x_check(const struct engine_node *group, char *out_what, size_t cap);

struct engine_part_dot1x { /* certificates that the group wants, and those that are bound now */
	bool wants_root, wants_client;
	const char *root, *client;           /* InstanceID; NULL: not in the device yet */
	const char *bound_root, *bound_client;
	bool is_bound_known;                 /* the device lists such bindings for this instance */
};
/* certs, contexts: indexes of reads; id: InstanceID of the settings. Adds a missing root first. False with
 * e: the PC has no certificate of its own. */
bool engine_part_dot1x_certs(const struct engine_part_in *in, const struct engine_node *group,
			     const char *path, unsigned certs, unsigned contexts, const char *id,
			     struct engine_changes *c, struct engine_part_dot1x *out_d, struct err *e);
/* Lines for what is bound otherwise; how many. ch may be NULL. */
unsigned engine_part_dot1x_bound_lines(const struct engine_part_dot1x *d, const char *path,
				       struct arena *a, struct engine_change *ch);
