/* The table of what is known of releases (engine/issues.h), and comparing releases. Called by the API
 * and by `outband issues`. Order of rows: by whom they concern, oldest firmware first. */
#include "engine/issues.h"
#include "base/str.h"

#define PARTS 4

/* clang-format off */
static const struct engine_issue rows[] = {
	/* ---- the PC ---- */
	{ "D015", ENGINE_ISSUE_FIRMWARE, "-3.2.0", "D015", SRC_D,
	  "speaks only the old SOAP interface; setup over it is not built",
	  "'outband pc' reads and switches it; update the firmware to 3.2.1 or later to configure it" },
	{ "no-pki-setup", ENGINE_ISSUE_FIRMWARE, "-2.1,2.5", "", SRC_D,
	  "no setup by certificate: keys (PID/PPS) only",
	  "update 2.1 to 2.2 and 2.5 to 2.6, which bring it" },
	{ "updated-pki", ENGINE_ISSUE_FIRMWARE, "2.2,2.6", "D103", SRC_D,
	  "setup by certificate came with this update; other products need SCS 3.2.1 for it", "" },
	{ "home-domains", ENGINE_ISSUE_FIRMWARE, "3.0-", "D122", SRC_D,
	  "has environment detection: outside of its home domains its wired address is 0.0.0.0",
	  "compare the home domains of the profile with the suffixes in use before applying it (D125)" },
	{ "D062", ENGINE_ISSUE_FIRMWARE, "3.2.1", "D062", SRC_D,
	  "updated from 3.0 or 3.1, it may show a self-signed certificate that strict TLS stacks refuse",
	  "update to 3.2.2, or set it up and unprovision it once: it makes another one" },
	{ "addresses", ENGINE_ISSUE_FIRMWARE, "4.0-", "D120", SRC_D,
	  "connections fail more often than with older firmware: the name leads to another address than AMT's",
	  "compare the addresses of PC and AMT in DNS" },
	{ "tls10", ENGINE_ISSUE_FIRMWARE, "-5", "M23", SRC_D,
	  "TLS 1.0 only; some offer RC4 alone, which no TLS library of today has",
	  "update the firmware when the handshake finds no cipher in common" },
	{ "no-own-key", ENGINE_ISSUE_FIRMWARE, "-6.1", "", SRC_D,
	  "does not make its TLS key: the service makes it and sends it", "" },
	{ "small-chain", ENGINE_ISSUE_FIRMWARE, "-6", "D060", SRC_P,
	  "takes certificate chains of at most 4100 bytes, and roots of 1500",
	  "order a chain with RSA 2048 and one intermediate" },
	{ "no-psk", ENGINE_ISSUE_FIRMWARE, "11.0-", "", SRC_D,
	  "no setup by keys (PID/PPS) any more, and no SHA-1 roots in its hash list",
	  "set it up by certificate" },
	{ "M01", ENGINE_ISSUE_FIRMWARE, "15.0-", "M01", SRC_D,
	  "refuses chains with SHA-1 or RSA below 2048",
	  "order the certificate again under a SHA-2 chain" },
	{ "tls-only", ENGINE_ISSUE_FIRMWARE, "16.1-", "", SRC_D,
	  "no ports without TLS: 16992 and 16994 are gone", "use profiles with TLS" },
	{ "late-hello", ENGINE_ISSUE_FIRMWARE, "19.0-", "", SRC_G,
	  "whether it says hello with nothing in its system is not known", "" },
	{ "M02", ENGINE_ISSUE_FIRMWARE, "22.0-", "M02", SRC_D,
	  "refuses RSA 2048, ECC 256, SHA-256 and AES-128 everywhere",
	  "order the chain again with RSA 3072 or ECC 384 and SHA-384" },
	/* ---- former managers: what a PC that is taken over can have met ---- */
	{ "SCS-1.2", ENGINE_ISSUE_MANAGER, "2.0-2.1", "", SRC_D,
	  "Out of Band Management 6.1 with SCS 1.2 or 1.3 manages it; 1.2 is unstable", "" },
	{ "SCS-3.0", ENGINE_ISSUE_MANAGER, "2.0-2.1,2.5,3.0", "", SRC_D,
	  "Out of Band Management 6.2 with SCS 3.0 manages it", "" },
	{ "SCS-3.2.1", ENGINE_ISSUE_MANAGER, "2.0-2.2,2.5-2.6,3.0", "", SRC_D,
	  "Out of Band Management 6.2 with SCS 3.2.1 manages it", "" },
	{ "SCS-5", ENGINE_ISSUE_MANAGER, "2.2,2.6,3.0-5", "", SRC_D,
	  "SCS 5 sets it up by certificate; it loads its certificate by itself", "" },
	/* ---- other servers ---- */
	{ "KB960804", ENGINE_ISSUE_SERVER, "", "D101", SRC_D,
	  "rollup of the Configuration Manager fixes for AMT: 954718 955114 955126 955355 956337 957183 957469 959040",
	  "for that server: install it; outband has none of these defects" },
	{ "KB954718", ENGINE_ISSUE_SERVER, "-3.2.0", "D096", SRC_D,
	  "the console cannot open sessions to AMT before 3.2.1", "for that server: install KB960804" },
	{ "KB955114", ENGINE_ISSUE_SERVER, "", "D101", SRC_D,
	  "the executive service crashes with files of child sites", "for that server: install KB960804" },
	{ "KB955126", ENGINE_ISSUE_SERVER, "", "D101", SRC_D,
	  "the executive service crashes with AMT software", "for that server: install KB960804" },
	{ "KB955355", ENGINE_ISSUE_SERVER, "", "D100", SRC_D,
	  "an import crashes with distinguished names above 100 characters",
	  "for that server: install KB960804" },
	{ "KB956337", ENGINE_ISSUE_SERVER, "2.0-2.6", "D102", SRC_D,
	  "users of a former setup stay in the access list after another one",
	  "on a PC from such a server: look at the users that its profile does not name" },
	{ "KB957183", ENGINE_ISSUE_SERVER, "", "D099", SRC_D,
	  "directory groups with names above 20 characters cannot be added",
	  "for that server: install KB960804; outband adds groups by SID" },
	{ "KB957469", ENGINE_ISSUE_SERVER, "", "D017", SRC_D,
	  "a fix of the rollup whose subject is not known here", "for that server: install KB960804" },
	{ "KB959040", ENGINE_ISSUE_SERVER, "2.1-2.2,2.5-2.6", "D103", SRC_D,
	  "2.2 and 2.6 cannot be set up by certificate, 2.1 and 2.5 not by keys",
	  "for that server: install KB960804" },
	/* ---- the operator's machine ---- */
	{ "KB899900", ENGINE_ISSUE_HOST, "", "D098", SRC_D,
	  "Kerberos of old Windows clients leaves the port out of the name of the service",
	  "install it there; outband asks with the port in the name" },
	{ "KB908209", ENGINE_ISSUE_HOST, "", "D098", SRC_D,
	  "the same in Internet Explorer: an update and a registry value",
	  "install it and set FEATURE_INCLUDE_PORT_IN_SPN_KB908209, or use another browser" },
	{ "KB942841", ENGINE_ISSUE_HOST, "", "D097", SRC_D,
	  "TLS to the PC fails from one version of Windows",
	  "install it there; outband brings its own TLS" },
	{ "KB932303", ENGINE_ISSUE_HOST, "", "D104", SRC_D,
	  "WMI, WinRM or MMC misbehave on the administrator's Windows", "install it there; outband uses none of them" },
	{ "KB936059", ENGINE_ISSUE_HOST, "", "D104", SRC_D,
	  "WMI, WinRM or MMC misbehave on the administrator's Windows", "install it there; outband uses none of them" },
	{ "KB940848", ENGINE_ISSUE_HOST, "", "D104", SRC_D,
	  "WMI, WinRM or MMC misbehave on the administrator's Windows", "install it there; outband uses none of them" },
	/* ---- programs on the PC ---- */
	{ "D018", ENGINE_ISSUE_AGENT, "", "D018", SRC_D,
	  "the Configuration Manager client before 4.0.6221.1000 ignores settings for AMT",
	  "update the client; outband needs none" },
};
/* clang-format on */

const struct engine_issue *engine_issues_at(unsigned i)
{
	return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}

const char *engine_issues_scope_name(enum engine_issue_scope s)
{
	static const char *const names[] = { "this PC", "former manager", "other server",
					     "operator's machine", "agent on the PC" };

	return (unsigned)s < sizeof names / sizeof *names ? names[s] : "unknown";
}

struct release {
	uint32_t part[PARTS];
	unsigned count; /* 0: no release */
};

static struct release read_release(struct span text)
{
	struct release r = { .count = 0 };

	while (text.n && r.count < PARTS) {
		size_t n = span_find(text, '.');
		bool more = n < text.n;
		if (!str_to_u32(span_make(text.p, n), 0, 99999, &r.part[r.count], NULL) ||
		    (more && n + 1 == text.n))
			return (struct release){ .count = 0 };
		r.count++;
		n += more;
		text = span_make(text.p + n, text.n - n);
	}
	return text.n ? (struct release){ .count = 0 } : r;
}

bool engine_issues_is_version(const char *text)
{
	return read_release(span_str(text)).count > 0;
}

/* As far as the bound is written; what a version does not say is 0. */
static int compare(const struct release *v, const struct release *bound)
{
	for (unsigned i = 0; i < bound->count; i++) {
		if (v->part[i] != bound->part[i])
			return v->part[i] < bound->part[i] ? -1 : 1;
	}
	return 0;
}

/* "2.5", "2.0-2.1", "-3.2.0", "16.1-" */
static bool in_range(const struct release *v, struct span range)
{
	size_t dash = span_find(range, '-');
	struct release low = read_release(span_make(range.p, dash)), high = low;

	if (dash < range.n)
		high = read_release(span_make(range.p + dash + 1, range.n - dash - 1));
	return (!low.count || compare(v, &low) >= 0) && (!high.count || compare(v, &high) <= 0);
}

bool engine_issues_fits(const struct engine_issue *i, const char *version)
{
	struct release v = read_release(span_str(version));

	if (!i->releases[0])
		return true;
	for (struct span left = span_str(i->releases); left.n && v.count;) {
		size_t n = span_find(left, ',');
		if (in_range(&v, span_make(left.p, n)))
			return true;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return false;
}
