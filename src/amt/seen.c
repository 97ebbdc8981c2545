/* See seen.h. Combines evidence: a pong says how far setup is, ports and TLS say by which way. */
#include "amt/seen.h"
#include "base/arena.h"
#include "base/str.h"

static const struct {
	unsigned number;
	const char *text;
} ports[] = {
#define X(name, port, text) { port, text },
	AMT_SEEN_PORTS(X)
#undef X
};
static const struct {
	const char *word, *text;
} states[] = {
#define X(name, word, sentence) { word, sentence },
	AMT_SEEN_STATES(X)
#undef X
};
/* How products announce themselves (discovery 2.2). */
static const struct {
	const char *head, *name;
	enum source src;
} products[] = {
	{ "Intel(R) Active Management Technology", "AMT", SRC_C },
	{ "Intel(R) Standard Manageability", "Standard Manageability", SRC_P },
	{ "Intel(R) Con. Management Engine", "consumer Management Engine", SRC_P },
	{ "AMT", "AMT", SRC_G },
};
/* Issuers of certificates that other products give to PCs. */
static const struct {
	const char *head, *name;
	enum source src;
} makers[] = {
	{ "MeshCentralRoot-", "MeshCentral", SRC_P },
	{ "outband", "another outband", SRC_P },
};

unsigned amt_seen_port_number(enum amt_seen_port p)
{
	return ports[p].number;
}

const char *amt_seen_port_text(enum amt_seen_port p)
{
	return ports[p].text;
}

const char *amt_seen_says_name(enum amt_seen_says s)
{
	static const char *const names[] = { "not asked", "open", "refused", "silent", "no route" };

	return names[s];
}

const char *amt_seen_state_name(enum amt_seen_state s)
{
	return states[s].word;
}

const char *amt_seen_state_text(enum amt_seen_state s)
{
	return states[s].text;
}

const char *amt_seen_owner_name(enum amt_seen_owner o)
{
	static const char *const names[] = { "none", "ours", "self-signed", "firmware", "others" };

	return names[o];
}

/* ---- the certificate ---- */

/* The value of CN in a one-line name; "" when there is none. */
static void take_cn(const char *name, char *out, size_t cap)
{
	const char *at = strstr(name, "CN=");

	out[0] = '\0';
	if (at)
		(void)str_copy(out, cap, span_make(at + 3, strcspn(at + 3, ",+")));
}

/* In setup, firmware shows a certificate of its own that names its UUID, or from 15 on one below the
 * On-Die CA (setup 3.2, 5.5). */
static bool is_setup_cert(const struct pki_cert *c)
{
	struct uuid u;

	return (c->self_issued && uuid_parse(span_str(c->cn), &u)) ||
		str_eq(c->cn, "iAMT CSME IDevID RCFG") || str_eq(c->cn, "AMT RCFG");
}

static bool is_ours(const struct pki_cert *leaf, const struct span *ours, unsigned our_count)
{
	bool found = false;

	for (unsigned i = 0; i < our_count && !found; i++) {
		struct arena a;
		struct pki_cert ca;
		arena_init(&a, 65536);
		found = pki_cert_parse(ours[i], &a, &ca, NULL) &&
			span_eq(leaf->issuer_der, ca.subject_der) && pki_cert_signed_by(leaf, &ca);
		arena_deinit(&a);
	}
	return found;
}

bool amt_seen_take_cert(struct amt_seen *s, struct span leaf_der, const struct span *ours,
			unsigned our_count)
{
	struct arena a;
	struct pki_cert c;

	arena_init(&a, 65536);
	bool ok = pki_cert_parse(leaf_der, &a, &c, NULL);
	if (ok) {
		s->with_cert = true;
		(void)str_copy(s->cn, sizeof s->cn, span_str(c.cn));
		(void)str_copy(s->issuer, sizeof s->issuer, span_str(c.issuer));
		take_cn(c.issuer, s->issuer_cn, sizeof s->issuer_cn);
		s->self_issued = c.self_issued;
		s->setup_cert = is_setup_cert(&c);
		s->key_bits = c.key_bits;
		s->not_after_unix_ms = c.not_after_unix_ms;
		memcpy(s->leaf_sha256, c.sha256, sizeof s->leaf_sha256);
		s->owner = s->setup_cert               ? AMT_SEEN_FIRMWARE
			: c.self_issued                ? AMT_SEEN_SELF_SIGNED
			: is_ours(&c, ours, our_count) ? AMT_SEEN_OURS
						       : AMT_SEEN_OTHERS;
	}
	arena_deinit(&a);
	return ok;
}

const char *amt_seen_maker(const struct amt_seen *s)
{
	if (s->owner != AMT_SEEN_OTHERS)
		return amt_seen_owner_name(s->owner);
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
		if (span_starts(span_str(s->issuer_cn), makers[i].head))
			return makers[i].name;
	}
	return s->issuer_cn[0] ? s->issuer_cn : s->issuer;
}

/* ---- what it is ---- */

const char *amt_seen_product(const struct amt_seen *s)
{
	for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
		if (span_starts(span_str(s->server), products[i].head))
			return products[i].name;
	}
	if (span_starts(span_str(s->identify), "AMT"))
		return "AMT";
	return s->ponged && s->pong.maker == WIRE_RMCP_INTEL ? "AMT" : "";
}

/* Three or four numbers with dots at the end of the text. */
static bool version_in(const char *text, char out_text[32])
{
	const char *at = strrchr(text, ' ');

	if (!at || at[1] < '0' || at[1] > '9' || !strchr(at, '.'))
		return false;
	return strspn(at + 1, "0123456789.") == strlen(at + 1) &&
		str_copy(out_text, 32, span_str(at + 1));
}

void amt_seen_version(const struct amt_seen *s, char out_text[32])
{
	struct out o;

	out_text[0] = '\0';
	if (amt_seen_product(s)[0] &&
	    (version_in(s->server, out_text) || version_in(s->identify, out_text)))
		return;
	out_text[0] = '\0';
	if (!s->ponged || (!s->pong.major && !s->pong.minor))
		return;
	out_init(&o, out_text, 32);
	out_fmt(&o, "%u.%u", s->pong.major, s->pong.minor);
}

/* What answers says that it is AMT: by its name, or by a realm as AMT makes them (discovery 2.2). */
static bool is_amt(const struct amt_seen *s)
{
	return amt_seen_product(s)[0] || span_starts(span_str(s->realm), "Digest:") ||
		span_starts(span_str(s->realm), "Intel(R) AMT");
}

/* By what TLS shows on 16993. A certificate alone is taken for that of AMT: with mutual TLS nothing
 * else shows. */
static enum amt_seen_state by_tls(const struct amt_seen *s, bool in_setup)
{
	if (s->wants_psk)
		return AMT_SEEN_SETUP_PSK;
	if (s->setup_cert || (in_setup && s->with_cert))
		return AMT_SEEN_SETUP_PKI;
	if (in_setup)
		return AMT_SEEN_SETUP;
	return s->with_cert && (!s->http || is_amt(s)) ? AMT_SEEN_CONFIGURED : AMT_SEEN_UNCLEAR;
}

static enum amt_seen_state in_setup(const struct amt_seen *s)
{
	switch (s->ports[AMT_SEEN_16993]) {
	case AMT_SEEN_OPEN:
		return by_tls(s, true);
	case AMT_SEEN_REFUSED:
		return AMT_SEEN_STOPPED;
	default:
		return AMT_SEEN_SETUP;
	}
}

enum amt_seen_state amt_seen_state(const struct amt_seen *s)
{
	bool intel = s->ponged && s->pong.maker == WIRE_RMCP_INTEL;

	if (intel && s->pong.state == WIRE_RMCP_POST)
		return AMT_SEEN_CONFIGURED;
	if (intel && s->pong.state == WIRE_RMCP_IN)
		return in_setup(s);
	if (s->ports[AMT_SEEN_16992] == AMT_SEEN_OPEN && s->http && is_amt(s))
		return AMT_SEEN_CONFIGURED;
	if (s->ports[AMT_SEEN_16993] == AMT_SEEN_OPEN) {
		enum amt_seen_state state = by_tls(s, false);
		return intel && state == AMT_SEEN_UNCLEAR ? AMT_SEEN_PRESENT : state;
	}
	if (intel && s->pong.state == WIRE_RMCP_PRE)
		return AMT_SEEN_NOT_SET_UP;
	for (unsigned p = 0; p < AMT_SEEN_USUAL; p++) {
		if (s->ports[p] == AMT_SEEN_OPEN && !intel)
			return AMT_SEEN_UNCLEAR;
	}
	return intel ? AMT_SEEN_PRESENT : AMT_SEEN_NOTHING;
}
