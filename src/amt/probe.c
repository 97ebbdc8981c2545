/* See probe.h. The table says what ports do; the functions below it each look for one kind of trouble.
 * A finding is certain only as far as evidence goes: its text says what else it may be. */
#include "amt/probe.h"
#include "amt/pc.h"
#include "amt/quirks.h"
#include "base/clk.h"
#include "base/rules.h"
#include "base/str.h"

#define DAY_MS INT64_C(86400000)

enum tls { ANY_TLS, NO_TLS, WITH_TLS };

/* One letter a port, 16992 to 16995, 623, 664, 5900: o open, c closed, ? either. From that release on. */
static const struct {
	enum amt_seen_state state;
	enum tls tls;
	unsigned major, minor;
	const char *ports;
	enum source src;
} rows[] = {
	{ AMT_SEEN_NOT_SET_UP, ANY_TLS, 2, 0, "ccccccc", SRC_D },
	{ AMT_SEEN_SETUP, ANY_TLS, 2, 0, "?occ??c", SRC_G },
	{ AMT_SEEN_SETUP_PSK, ANY_TLS, 2, 0, "?occ??c", SRC_D },
	{ AMT_SEEN_SETUP_PKI, ANY_TLS, 2, 0, "?occ??c", SRC_D },
	{ AMT_SEEN_STOPPED, ANY_TLS, 2, 0, "ccccccc", SRC_D },
	/* Clear ports beside TLS are a setting up to 16.0, and gone from 16.1 on, 623 with them. Redirection
	 * has its own switch: closed ports of it are a finding of their own. DASH is a setting, and is
	 * served where WS-MAN is; KVM came with 6.0, and its own port is a setting. */
	{ AMT_SEEN_CONFIGURED, NO_TLS, 2, 0, "oc?c?cc", SRC_D },
	{ AMT_SEEN_CONFIGURED, NO_TLS, 6, 0, "oc?c?c?", SRC_D },
	{ AMT_SEEN_CONFIGURED, WITH_TLS, 2, 0, "?o????c", SRC_D },
	{ AMT_SEEN_CONFIGURED, WITH_TLS, 6, 0, "?o?????", SRC_D },
	{ AMT_SEEN_CONFIGURED, WITH_TLS, 16, 1, "coc?c??", SRC_D },
};

const char *amt_probe_port_name(enum amt_probe_port p)
{
	static const char *const names[] = { "either", "open", "closed" };

	return names[p];
}

static bool speaks_tls(const struct amt_seen *s)
{
	return s->ports[AMT_SEEN_16993] == AMT_SEEN_OPEN || s->with_cert ||
		(s->ponged && s->pong.port == amt_seen_port_number(AMT_SEEN_16993));
}

enum amt_probe_port amt_probe_expects(const struct amt_seen *s, enum amt_seen_port p)
{
	enum amt_seen_state state = amt_seen_state(s);
	enum tls tls = speaks_tls(s) ? WITH_TLS : NO_TLS;
	unsigned major = 6, minor = 0; /* of those that do not say: with all that may be */
	const char *ports = "???????";
	char version[32];

	amt_seen_version(s, version);
	(void)amt_quirks_parse_version(version, &major, &minor);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].state == state && (rows[i].tls == ANY_TLS || rows[i].tls == tls) &&
		    (major > rows[i].major || (major == rows[i].major && minor >= rows[i].minor)))
			ports = rows[i].ports;
	}
	return ports[p] == 'o'    ? AMT_PROBE_OPEN
		: ports[p] == 'c' ? AMT_PROBE_CLOSED
				  : AMT_PROBE_ANY;
}

/* ---- findings ---- */

struct judge {
	const struct amt_seen *s;
	const struct amt_probe_known *k;
	enum amt_seen_state state;
	char version[32];
	struct amt_probe_finding *f;
	unsigned count;
};

static struct amt_probe_finding *add(struct judge *j, enum amt_probe_weight weight,
				     const char *rule, const char *what, const char *todo)
{
	static struct amt_probe_finding dump;

	if (j->count == AMT_PROBE_FINDINGS)
		return &dump;
	struct amt_probe_finding *f = &j->f[j->count++];
	*f = (struct amt_probe_finding){ .weight = weight, .rule = rule, .todo = todo };
	(void)str_copy(f->what, sizeof f->what, span_str(what));
	const struct rules_row *r = rule[0] ? rules_find(rule) : NULL;
	if (!todo[0] && r)
		f->todo = r->fix;
	return f;
}

static void put(char *text, size_t cap, const char *a, const char *b)
{
	struct out o;

	text[0] = '\0';
	out_init(&o, text, cap);
	out_fmt(&o, "%s%s%s", a, b[0] ? " " : "", b);
}

static bool all_ports(const struct amt_seen *s, enum amt_seen_says says)
{
	for (unsigned p = 0; p < AMT_SEEN_USUAL; p++) {
		if (s->ports[p] != says)
			return false;
	}
	return true;
}

static void judge_nothing(struct judge *j)
{
	const struct amt_seen *s = j->s;

	if (j->state != AMT_SEEN_NOTHING)
		return;
	if (all_ports(s, AMT_SEEN_REFUSED)) {
		struct amt_probe_finding *f = add(
			j, AMT_PROBE_WRONG, "D020",
			"a host answers there, and AMT does not: off in its BIOS, not set up, or "
			"outside of its home domains",
			"");
		put(f->seen, sizeof f->seen, "all four ports refused, no pong", "");
	} else if (all_ports(s, AMT_SEEN_NO_ROUTE)) {
		add(j, AMT_PROBE_WRONG, "", "there is no way to this address",
		    "check the address and the routes of this machine");
	} else {
		struct amt_probe_finding *f =
			add(j, AMT_PROBE_WRONG, "D014",
			    "nothing answers: no power, no network, another address, or a firewall",
			    "");
		put(f->seen, sizeof f->seen, "silence at 16992-16995, no pong", "");
	}
}

static void judge_unclear(struct judge *j)
{
	const struct amt_seen *s = j->s;

	if (j->state != AMT_SEEN_UNCLEAR)
		return;
	struct amt_probe_finding *f =
		add(j, AMT_PROBE_WRONG, "",
		    "something takes connections there and does not speak as AMT does",
		    "see whether another program or a relay has this address; firmware that hangs "
		    "answers again when the PC was without power");
	put(f->seen, sizeof f->seen, s->server[0] ? s->server : s->tls_error, "");
}

static void judge_ports(struct judge *j)
{
	for (unsigned p = 0; p < AMT_SEEN_PORT_COUNT; p++) {
		enum amt_probe_port want = amt_probe_expects(j->s, (enum amt_seen_port)p);
		enum amt_seen_says says = j->s->ports[p];
		struct amt_probe_finding *f = NULL;
		char port[32];
		struct out o;
		out_init(&o, port, sizeof port);
		out_fmt(&o, "%u", amt_seen_port_number((enum amt_seen_port)p));
		if (j->state == AMT_SEEN_NOTHING || want == AMT_PROBE_ANY ||
		    says == AMT_SEEN_NOT_ASKED)
			continue;
		if (want == AMT_PROBE_OPEN && says == AMT_SEEN_REFUSED)
			f = add(j, AMT_PROBE_WRONG, "D121", "a port that should be open is closed",
				"");
		else if (want == AMT_PROBE_OPEN && says != AMT_SEEN_OPEN)
			f = add(j, AMT_PROBE_WRONG, "D014",
				"a port that should be open is silent: a firewall in between", "");
		else if (want == AMT_PROBE_CLOSED && says == AMT_SEEN_OPEN)
			f = add(j, AMT_PROBE_NOTE, "",
				"a port is open that this release and state "
				"should not have open",
				"see whether something else answers at this address");
		if (!f)
			continue;
		put(f->seen, sizeof f->seen, port, amt_seen_says_name(says));
		put(f->want, sizeof f->want, port, amt_probe_port_name(want));
	}
}

static void judge_redirection(struct judge *j)
{
	const struct amt_seen *s = j->s;
	enum amt_seen_port p = speaks_tls(s) ? AMT_SEEN_16995 : AMT_SEEN_16994;

	if (j->state != AMT_SEEN_CONFIGURED)
		return;
	if (s->ports[p] == AMT_SEEN_REFUSED)
		add(j, AMT_PROBE_NOTE, "D091",
		    "the redirection port is closed: no consoles, no media", "");
	else if (s->ports[p] == AMT_SEEN_SILENT)
		add(j, AMT_PROBE_WRONG, "D014",
		    "the redirection port is silent: a firewall in between", "");
	if (speaks_tls(s) && s->ports[AMT_SEEN_16992] == AMT_SEEN_OPEN)
		add(j, AMT_PROBE_NOTE, "", "the clear port is open beside the one with TLS",
		    "when nothing needs it: tls in the profile closes it");
	if (s->page_status >= 400)
		add(j, AMT_PROBE_NOTE, "D105", "no pages are served", "");
}

static void judge_viewers(struct judge *j)
{
	const struct amt_seen *s = j->s;
	struct amt_probe_finding *f;

	if (j->state != AMT_SEEN_CONFIGURED)
		return;
	if (s->ports[AMT_SEEN_5900] == AMT_SEEN_OPEN && !span_starts(span_str(s->rfb), "RFB ")) {
		f = add(j, AMT_PROBE_NOTE, "", "what answers at the port of KVM does not speak RFB",
			"see whether something else answers at this address");
		put(f->seen, sizeof f->seen, s->rfb[0] ? s->rfb : "no word within a second", "");
		put(f->want, sizeof f->want, "RFB 003.008", "");
	} else if (s->ports[AMT_SEEN_5900] == AMT_SEEN_OPEN) {
		add(j, AMT_PROBE_NOTE, "",
		    "the port of KVM is open: it never has TLS, and its password has 8 characters",
		    "when no viewer needs it: kvm_settings.port_5900 off in the profile; 'outband kvm' "
		    "does without it");
	}
	if (speaks_tls(s) && s->ports[AMT_SEEN_623] == AMT_SEEN_OPEN &&
	    s->ports[AMT_SEEN_16992] != AMT_SEEN_OPEN)
		add(j, AMT_PROBE_NOTE, "",
		    "the clear port of DASH is open beside the ones with TLS",
		    "see whether anything needs it; outband does not");
}

/* DNS sends everybody but the service, which knows better, to another address (D120). */
static void judge_name(struct judge *j)
{
	const char *found = j->k->resolved ? j->k->resolved : "",
		   *is = j->k->address ? j->k->address : "";
	struct amt_probe_finding *f;

	if (!found[0] || !is[0] || str_eq(found, is))
		return;
	f = add(j, AMT_PROBE_WRONG, "D120",
		j->state == AMT_SEEN_NOTHING
			? "its name leads to another address than the one where it was: it may be there"
			: "its name leads to another address than its own",
		"");
	put(f->seen, sizeof f->seen, j->k->fqdn ? j->k->fqdn : "", found);
	put(f->want, sizeof f->want, is, "");
}

static void judge_setup(struct judge *j)
{
	const char *known = j->k->state ? j->k->state : "";
	struct amt_probe_finding *f;

	if (j->state == AMT_SEEN_STOPPED)
		add(j, AMT_PROBE_WRONG, "D026", "it is in setup, and says hello no more", "");
	if (str_eq(known, "configured") && j->state != AMT_SEEN_CONFIGURED &&
	    j->state != AMT_SEEN_NOTHING && j->state != AMT_SEEN_PRESENT &&
	    j->state != AMT_SEEN_UNCLEAR) {
		f = add(j, AMT_PROBE_WRONG, "",
			"it was configured, and is so no more: somebody cleared it",
			"'outband device show' tells its history; when it says hello it is configured again");
		put(f->seen, sizeof f->seen, amt_seen_state_name(j->state), "");
		put(f->want, sizeof f->want, "configured", "");
	}
	if (j->k->unknown && j->state == AMT_SEEN_CONFIGURED && j->s->owner != AMT_SEEN_OTHERS)
		add(j, AMT_PROBE_NOTE, "D023",
		    "it is set up, by hand or by another product: the service does not know it",
		    "");
	if (amt_pc_is_soap_era(j->version))
		add(j, AMT_PROBE_NOTE, "D015", "its firmware speaks the old SOAP interface only",
		    "");
	if (!j->s->ponged && j->state != AMT_SEEN_NOTHING && j->state != AMT_SEEN_UNCLEAR)
		add(j, AMT_PROBE_NOTE, "", "it does not answer presence pings",
		    "firmware before 4.0 never does; later it is a setting (ping), or UDP 623 is "
		    "dropped in between");
}

static void judge_tls(struct judge *j)
{
	const struct amt_seen *s = j->s;
	struct amt_probe_finding *f;
	unsigned major = 0, minor = 0;

	if (s->ports[AMT_SEEN_16993] != AMT_SEEN_OPEN || s->wants_psk ||
	    j->state == AMT_SEEN_UNCLEAR)
		return;
	(void)amt_quirks_parse_version(j->version, &major, &minor);
	if (!s->tls && !s->with_cert) {
		bool ancient = major > 0 && major <= 5;
		f = add(j, AMT_PROBE_WRONG, ancient ? "M23" : "",
			"TLS fails with versions of today and of old firmware",
			ancient ? "" : "see whether it is AMT that answers at 16993");
		put(f->seen, sizeof f->seen, s->tls_error, "");
		return;
	}
	if (!s->tls && j->state == AMT_SEEN_CONFIGURED) {
		f = add(j, AMT_PROBE_NOTE, "", "it wants a certificate of its clients (mutual TLS)",
			"without one nobody gets in; the service has its own when it configured the PC");
		put(f->seen, sizeof f->seen, s->tls_error, "");
	}
	if (s->tls && s->old_tls) {
		f = add(j, AMT_PROBE_NOTE, "M17", "only old TLS versions are spoken", "");
		put(f->seen, sizeof f->seen, pki_tls_version_name(s->tls_version), s->suite);
	}
}

static void judge_certificate(struct judge *j)
{
	const struct amt_seen *s = j->s;
	int64_t left = s->not_after_unix_ms - j->k->now_unix_ms;
	const char *fqdn = j->k->fqdn ? j->k->fqdn : "";
	struct amt_probe_finding *f;
	char end[CLK_TEXT_SIZE];

	if (!s->with_cert || j->state != AMT_SEEN_CONFIGURED)
		return;
	clk_print_unix_ms(s->not_after_unix_ms, end);
	if (left < 30 * DAY_MS) {
		f = add(j, left < 0 ? AMT_PROBE_WRONG : AMT_PROBE_NOTE, "",
			left < 0 ? "its certificate has ended" : "its certificate ends soon",
			"renew it: 'outband device renew-certificate' when the service configured it");
		put(f->seen, sizeof f->seen, end, "");
	}
	if (fqdn[0] && s->cn[0] && !span_eq_nocase(span_str(fqdn), span_str(s->cn))) {
		f = add(j, AMT_PROBE_WRONG, "D049", "its certificate has another name than the PC",
			"");
		put(f->seen, sizeof f->seen, s->cn, "");
		put(f->want, sizeof f->want, fqdn, "");
	}
	if (s->owner == AMT_SEEN_OTHERS) {
		f = add(j, AMT_PROBE_NOTE, "D023", "its certificate is another product's", "");
		put(f->seen, sizeof f->seen, amt_seen_maker(s), "");
	}
}

unsigned amt_probe_judge(const struct amt_seen *s, const struct amt_probe_known *k,
			 struct amt_probe_finding out_f[AMT_PROBE_FINDINGS])
{
	struct judge j = { .s = s, .k = k, .state = amt_seen_state(s), .f = out_f };

	amt_seen_version(s, j.version);
	judge_nothing(&j);
	judge_unclear(&j);
	judge_ports(&j);
	judge_redirection(&j);
	judge_viewers(&j);
	judge_name(&j);
	judge_setup(&j);
	judge_tls(&j);
	judge_certificate(&j);
	return j.count;
}
