/* What one address shows from outside without any login (discovery 1, 2), and what that says of the PC
 * behind it. Pure: look.c fills it, discover, probe and their tests judge it. From outside factory
 * default and a changed MEBx password look the same, and a PC that is off shows nothing. */
#pragma once
#include "base/out.h"
#include "base/source.h"
#include "pki/tlsconf.h"
#include "wire/rmcp.h"

/* X(constant, port, what is there) */
#define AMT_SEEN_PORTS(X)                                                                           \
	X(AMT_SEEN_16992, 16992, "WS-MAN and pages") X(AMT_SEEN_16993, 16993, "the same over TLS")  \
	X(AMT_SEEN_16994, 16994, "redirection") X(AMT_SEEN_16995, 16995, "redirection over TLS")    \
	X(AMT_SEEN_623, 623, "WS-MAN of DASH") X(AMT_SEEN_664, 664, "the same over TLS")            \
	X(AMT_SEEN_5900, 5900, "KVM for any viewer (RFB)")
enum amt_seen_port {
#define X(name, port, text) name,
	AMT_SEEN_PORTS(X)
#undef X
	AMT_SEEN_PORT_COUNT
};
#define AMT_SEEN_USUAL 4 /* the first ones: what every look asks for, and what says the state */
unsigned amt_seen_port_number(enum amt_seen_port p);
const char *amt_seen_port_text(enum amt_seen_port p);

enum amt_seen_says { AMT_SEEN_NOT_ASKED, AMT_SEEN_OPEN, AMT_SEEN_REFUSED, AMT_SEEN_SILENT, AMT_SEEN_NO_ROUTE };
const char *amt_seen_says_name(enum amt_seen_says s);

/* X(constant, word, sentence) */
#define AMT_SEEN_STATES(X)                                                                          \
	X(AMT_SEEN_NOTHING, "nothing", "nothing of AMT answers: off, disabled, outside of its home "   \
	  "domains, behind a firewall, or no AMT at all")                                           \
	X(AMT_SEEN_UNCLEAR, "unclear", "something takes connections there and does not speak as AMT "  \
	  "does: another program, a relay, or firmware that hangs")                                 \
	X(AMT_SEEN_PRESENT, "present", "AMT is there; what it shows does not say in which state")     \
	X(AMT_SEEN_NOT_SET_UP, "not-set-up", "factory default, or only its MEBx password was changed") \
	X(AMT_SEEN_SETUP, "setup", "in setup, by key or by certificate")                              \
	X(AMT_SEEN_SETUP_PSK, "setup-psk", "in setup by a pre-shared key")                            \
	X(AMT_SEEN_SETUP_PKI, "setup-pki", "in setup by a provisioning certificate")                  \
	X(AMT_SEEN_STOPPED, "stopped", "in setup, but its time is over: it says hello no more")      \
	X(AMT_SEEN_CONFIGURED, "configured", "configured")
enum amt_seen_state {
#define X(name, word, sentence) name,
	AMT_SEEN_STATES(X)
#undef X
	AMT_SEEN_STATE_COUNT
};
const char *amt_seen_state_name(enum amt_seen_state s);
const char *amt_seen_state_text(enum amt_seen_state s);

enum amt_seen_owner { AMT_SEEN_NO_CERT, AMT_SEEN_OURS, AMT_SEEN_SELF_SIGNED, AMT_SEEN_FIRMWARE,
		      AMT_SEEN_OTHERS }; /* firmware: the one of setup */
const char *amt_seen_owner_name(enum amt_seen_owner o);

struct amt_seen {
	bool ponged;
	struct wire_rmcp pong;
	enum amt_seen_says ports[AMT_SEEN_PORT_COUNT];
	/* HTTP, on whichever port it was. Texts are "" when it did not say. */
	bool http;
	char server[96], realm[128], identify[64];
	unsigned page_status; /* of a GET of /; 0: not asked */
	char rfb[16]; /* what 5900 says by itself: "RFB 003.008" */
	/* TLS on 16993. */
	bool tls, wants_psk, old_tls, with_cert; /* old_tls: only with the settings for old firmware */
	unsigned tls_version, versions; /* versions: bits 0 to 3, TLS 1.0 to 1.3, when they were tried */
	char suite[64], tls_error[96];
	char cn[256], issuer[512], issuer_cn[256];
	bool self_issued, setup_cert; /* setup_cert: one that firmware shows in setup */
	unsigned key_bits;
	int64_t not_after_unix_ms;
	uint8_t leaf_sha256[32];
	enum amt_seen_owner owner;
};
/* Judges the certificate and keeps its facts. ours: certificates of our own CAs. False: unreadable. */
bool amt_seen_take_cert(struct amt_seen *s, struct span leaf_der, const struct span *ours, unsigned our_count);

enum amt_seen_state amt_seen_state(const struct amt_seen *s);
/* Release: from the Server header, else Identify, else the pong; "" unknown. */
void amt_seen_version(const struct amt_seen *s, char out_text[32]);
/* "AMT", "Standard Manageability", ... by the Server header or the pong; "" when it is none of Intel's. */
const char *amt_seen_product(const struct amt_seen *s);
/* Who issued the certificate, by what is known of other products; else the issuer's name. */
const char *amt_seen_maker(const struct amt_seen *s);
