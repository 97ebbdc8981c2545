/* What a release does where a switch can say otherwise: the cell of its row, or the other behaviour.
 * Called by dev*.c and fw_*.c instead of reading such a cell. Decides nothing else. */
#include "sim/dev_priv.h"
#include "pki/cert.h"
#include "wire/hello.h"

#define SIGS_384       "RSA-PSS+SHA384:RSA+SHA384:ECDSA+SHA384"
#define GROUPS_384     "P-384"
#define FROM_UNKNOWN   19 /* from here on much is not published */
#define ALL_ALGS       (1u << WIRE_HELLO_SHA1 | 1u << WIRE_HELLO_SHA256 | 1u << WIRE_HELLO_SHA384)
#define CHAIN_UNCLEAR  7 /* before this, SHA-2 signatures are not certain */
#define CONSENT_FROM_6 6

static bool on(const struct sim_dev *d, enum sim_switch w, const char *value)
{
	return sim_switches_is(&d->sw, w, value);
}

unsigned sim_gen_number(const struct sim_generation *g)
{
	unsigned major = 0, minor = 0;
	const char *p = g->version.text;

	for (; *p >= '0' && *p <= '9'; p++)
		major = major * 10 + (unsigned)(*p - '0');
	if (*p == '.' && p[1] >= '0' && p[1] <= '9')
		minor = (unsigned)(p[1] - '0');
	return major * 10 + minor;
}

bool sim_gen_pki(const struct sim_dev *d)
{
	return d->gen->pki.is &&
		!(d->gen->major >= FROM_UNKNOWN && on(d, SIM_SW_BARE_METAL, "off"));
}

bool sim_gen_default_cert(const struct sim_dev *d)
{
	return d->gen->default_cert.is &&
		!(d->gen->major >= FROM_UNKNOWN && on(d, SIM_SW_DEFAULT_CERT, "none"));
}

unsigned sim_gen_hash_algs(const struct sim_dev *d)
{
	return on(d, SIM_SW_HASHES, "all") ? ALL_ALGS : d->gen->hash_algs.n;
}

bool sim_gen_consent(const struct sim_dev *d)
{
	return d->gen->consent.is ||
		(d->gen->major == CONSENT_FROM_6 && d->gen->minor >= 2 &&
		 on(d, SIM_SW_CONSENT, "on"));
}

/* Only a device that has WS-MAN too can be told to do without it. */
bool sim_gen_eoi(const struct sim_dev *d)
{
	if (!on(d, SIM_SW_EOI, "usual"))
		return on(d, SIM_SW_EOI, "served");
	return d->gen->eoi.is && !(d->gen->wsman.is && sim_var_is_true(d, SIM_VAR_WSMAN_ONLY));
}

enum sim_realm sim_gen_realm(const struct sim_dev *d)
{
	if (on(d, SIM_SW_REALM_FORM, "id"))
		return SIM_REALM_ID;
	if (on(d, SIM_SW_REALM_FORM, "short"))
		return SIM_REALM_SHORT;
	if (on(d, SIM_SW_REALM_FORM, "long"))
		return SIM_REALM_LONG;
	return (enum sim_realm)d->gen->realm.n;
}

bool sim_gen_auth_int(const struct sim_dev *d)
{
	return on(d, SIM_SW_QOP_OFFER, "usual") ? d->gen->auth_int.is
						: on(d, SIM_SW_QOP_OFFER, "both");
}

bool sim_gen_redir_basic(const struct sim_dev *d)
{
	return on(d, SIM_SW_REDIR_BASIC, "to-11") ? d->gen->major <= 11
						  : on(d, SIM_SW_REDIR_BASIC, "always");
}

bool sim_gen_chunked(const struct sim_dev *d)
{
	return on(d, SIM_SW_FRAMING, "usual") ? d->gen->chunked.is
					      : on(d, SIM_SW_FRAMING, "chunked");
}

const char *sim_gen_content_type(const struct sim_dev *d)
{
	if (on(d, SIM_SW_CONTENT_TYPE, "octets"))
		return "application/octet-stream";
	if (on(d, SIM_SW_CONTENT_TYPE, "soap"))
		return "application/soap+xml; charset=UTF-8";
	return d->gen->content_type.text;
}

bool sim_gen_frame_deny(const struct sim_dev *d)
{
	return on(d, SIM_SW_FRAME, "usual") ? d->gen->frame_deny.is : on(d, SIM_SW_FRAME, "sent");
}

const char *sim_gen_logo(const struct sim_dev *d)
{
	if (on(d, SIM_SW_LOGO, "usual"))
		return d->gen->logo.text;
	return on(d, SIM_SW_LOGO, "top") ? "top" : "middle";
}

bool sim_gen_staged(const struct sim_dev *d)
{
	return d->gen->staged.is && on(d, SIM_SW_READBACK, "staged");
}

bool sim_gen_key_spki(const struct sim_dev *d)
{
	return on(d, SIM_SW_KEY_FORM, "usual") ? d->gen->key_spki.is
					       : on(d, SIM_SW_KEY_FORM, "spki");
}

bool sim_gen_sha1_only(const struct sim_dev *d)
{
	return d->gen->major < CHAIN_UNCLEAR && on(d, SIM_SW_CHAIN_HASH, "sha1");
}

bool sim_gen_setup_is_chain(const struct sim_dev *d)
{
	if (on(d, SIM_SW_SETUP_CERT, "usual"))
		return d->gen->setup_chain.n == 3;
	return on(d, SIM_SW_SETUP_CERT, "chain");
}

enum pki_sig_hash sim_gen_setup_sig(const struct sim_dev *d)
{
	if (on(d, SIM_SW_SETUP_CERT, "sha1"))
		return PKI_SIG_SHA1;
	if (on(d, SIM_SW_SETUP_CERT, "sha256"))
		return PKI_SIG_SHA256;
	return (enum pki_sig_hash)d->gen->setup_sig.n;
}

const char *sim_gen_tls_groups(const struct sim_dev *d)
{
	if (on(d, SIM_SW_TLS_STRENGTH, "usual"))
		return d->gen->groups.text;
	return on(d, SIM_SW_TLS_STRENGTH, "384") ? GROUPS_384 : "";
}

const char *sim_gen_tls_sigs(const struct sim_dev *d)
{
	if (on(d, SIM_SW_TLS_STRENGTH, "usual"))
		return d->gen->sigs.text;
	return on(d, SIM_SW_TLS_STRENGTH, "384") ? SIGS_384 : "";
}

/* Key transport only, or none of it; from TLS 1.2 on, where both are possible. */
const char *sim_gen_suites(const struct sim_dev *d)
{
	bool strong = d->gen->rsa_min.n > 2048;

	if (d->gen->tls_max.n < PKI_TLS_1_2 || on(d, SIM_SW_SUITES, "usual"))
		return d->gen->suites.text;
	if (on(d, SIM_SW_SUITES, "rsa"))
		return strong ? "AES256-GCM-SHA384" : "AES256-GCM-SHA384:AES128-GCM-SHA256";
	return strong ? "ECDHE-RSA-AES256-GCM-SHA384"
		      : "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256";
}

static unsigned rank(enum pki_sig_hash h)
{
	switch (h) {
	case PKI_SIG_SHA1:
		return 1;
	case PKI_SIG_SHA256:
		return 2;
	case PKI_SIG_SHA384:
		return 3;
	case PKI_SIG_SHA512:
		return 4;
	default:
		return 0;
	}
}

bool sim_gen_sig_ok(const struct sim_generation *g, enum pki_sig_hash h)
{
	unsigned r = rank(h);

	return r > 0 && r >= rank((enum pki_sig_hash)g->chain_sig.n);
}
