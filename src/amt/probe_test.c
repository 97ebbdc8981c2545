/* Tests of what a probe finds: ports by state and release, TLS, certificate, pages, what the service
 * knows; and that nothing is found at a PC that is well. */
#include "amt/probe.h"
#include "base/rules.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW      INT64_C(1935478447120)
#define DAY      INT64_C(86400000)
#define AMT_TEXT "Intel(R) Active Management Technology "

struct given {
	const char *name;
	const char *
		ports; /* o open, r refused, s silent, n no route; the last three may be left out: refused */
	int pong; /* state; -1 none */
	unsigned pong_port;
	const char *version;
	bool tls, cert, old;
	enum amt_seen_owner owner;
	int days; /* of the certificate; 0: a year */
	unsigned page;
	const char *state, *fqdn; /* known */
	const char *rfb, *address, *resolved;
	bool unknown;
	const char *want; /* rules or first words, with ; between; capital W: wrong */
};

static void make(const struct given *g, struct amt_seen *s)
{
	*s = (struct amt_seen){ .ponged = g->pong >= 0 };
	s->pong.maker = WIRE_RMCP_INTEL;
	s->pong.state = g->pong >= 0 ? (enum wire_rmcp_state)g->pong : WIRE_RMCP_PRE;
	s->pong.port = (uint16_t)g->pong_port;
	for (unsigned p = 0; p < AMT_SEEN_PORT_COUNT; p++) {
		char c = p < strlen(g->ports) ? g->ports[p] : 'r';
		s->ports[p] = c == 'o' ? AMT_SEEN_OPEN
			: c == 'r'     ? AMT_SEEN_REFUSED
			: c == 's'     ? AMT_SEEN_SILENT
				       : AMT_SEEN_NO_ROUTE;
	}
	if (g->version) {
		struct out o;
		out_init(&o, s->server, sizeof s->server);
		out_fmt(&o, AMT_TEXT "%s", g->version);
		s->http = true;
	}
	s->tls = g->tls;
	s->with_cert = g->cert;
	s->old_tls = g->old;
	s->owner = g->owner;
	s->page_status = g->page;
	(void)str_copy(s->rfb, sizeof s->rfb, span_str(g->rfb ? g->rfb : ""));
	(void)str_copy(s->cn, sizeof s->cn, span_str("pc1.example.com"));
	s->not_after_unix_ms = NOW + (g->days ? g->days : 365) * DAY;
}

static void list(const struct amt_probe_finding *f, unsigned count, struct out *o)
{
	for (unsigned i = 0; i < count; i++) {
		out_fmt(o, "%s%s", i ? ";" : "", f[i].weight == AMT_PROBE_WRONG ? "W " : "");
		if (f[i].rule[0])
			out_fmt(o, "%s %s", f[i].rule, f[i].seen);
		else
			out_bytes(o,
				  span_make(f[i].what,
					    strlen(f[i].what) < 20 ? strlen(f[i].what) : 20));
		if (!f[i].todo[0] || (f[i].rule[0] && !rules_find(f[i].rule)))
			fail_msg("nothing to do for %s %s", f[i].rule, f[i].what);
	}
}

static void finds(void **state)
{
	(void)state;
	static const struct given cases[] = {
		{ .name = "well, clear",
		  .ports = "oror",
		  .pong = 2,
		  .pong_port = 16992,
		  .version = "9.0.31",
		  .page = 303,
		  .want = "" },
		{ .name = "well, TLS",
		  .ports = "roro",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "16.1.25",
		  .tls = true,
		  .cert = true,
		  .owner = AMT_SEEN_OURS,
		  .page = 303,
		  .fqdn = "PC1.example.com",
		  .state = "configured",
		  .want = "" },
		{ .name = "set up by somebody else",
		  .ports = "oror",
		  .pong = 2,
		  .pong_port = 16992,
		  .version = "9.0.31",
		  .unknown = true,
		  .want = "D023 " },
		{ .name = "factory", .ports = "rrrr", .pong = 0, .unknown = true, .want = "" },
		{ .name = "in setup", .ports = "rorr", .pong = 1, .cert = true, .want = "" },
		{ .name = "stopped", .ports = "rrrr", .pong = 1, .want = "W D026 " },
		{ .name = "all silent",
		  .ports = "ssss",
		  .pong = -1,
		  .want = "W D014 silence at 16992-16995, no pong" },
		{ .name = "a host",
		  .ports = "rrrr",
		  .pong = -1,
		  .want = "W D020 all four ports refused, no pong" },
		{ .name = "something else",
		  .ports = "oooo",
		  .pong = -1,
		  .state = "configured",
		  .want = "W something takes conn" },
		{ .name = "no route",
		  .ports = "nnnn",
		  .pong = -1,
		  .want = "W there is no way to t" },
		{ .name = "firewall before TLS",
		  .ports = "ssss",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = NULL,
		  .want = "W D014 16993 silent;W D014 " },
		{ .name = "TLS port closed",
		  .ports = "rrro",
		  .pong = 2,
		  .pong_port = 16993,
		  .want = "W D121 16993 refused" },
		{ .name = "redirection off",
		  .ports = "orrr",
		  .pong = 2,
		  .pong_port = 16992,
		  .version = "9.0.31",
		  .want = "D091 " },
		{ .name = "clear beside TLS",
		  .ports = "oooo",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "11.8.50",
		  .tls = true,
		  .cert = true,
		  .owner = AMT_SEEN_OURS,
		  .want = "the clear port is op" },
		{ .name = "clear beside TLS, 16.1",
		  .ports = "oooo",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "16.1.25",
		  .tls = true,
		  .cert = true,
		  .owner = AMT_SEEN_OURS,
		  .want = "a port is open that ;a port is open that ;the clear port is op" },
		{ .name = "no pages",
		  .ports = "oror",
		  .pong = 2,
		  .pong_port = 16992,
		  .version = "9.0.31",
		  .page = 404,
		  .want = "D105 " },
		{ .name = "no pong",
		  .ports = "oror",
		  .pong = -1,
		  .version = "9.0.31",
		  .want = "it does not answer p" },
		{ .name = "SOAP",
		  .ports = "oror",
		  .pong = -1,
		  .version = "2.6.20",
		  .want = "D015 ;it does not answer p" },
		{ .name = "RC4 only",
		  .ports = "roro",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "4.0.1",
		  .want = "W M23 " },
		{ .name = "old TLS",
		  .ports = "roro",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "7.1.91",
		  .tls = true,
		  .cert = true,
		  .old = true,
		  .owner = AMT_SEEN_OURS,
		  .want = "M17 any TLS version" },
		{ .name = "mutual TLS",
		  .ports = "roro",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = NULL,
		  .cert = true,
		  .owner = AMT_SEEN_OURS,
		  .want = "it wants a certifica" },
		{ .name = "ended",
		  .ports = "roro",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "12.0.1",
		  .tls = true,
		  .cert = true,
		  .owner = AMT_SEEN_OURS,
		  .days = -1,
		  .want = "W its certificate has " },
		{ .name = "ends soon",
		  .ports = "roro",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "12.0.1",
		  .tls = true,
		  .cert = true,
		  .owner = AMT_SEEN_OURS,
		  .days = 29,
		  .want = "its certificate ends" },
		{ .name = "another's",
		  .ports = "roro",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "12.0.1",
		  .tls = true,
		  .cert = true,
		  .owner = AMT_SEEN_OTHERS,
		  .want = "D023 MeshCentral" },
		{ .name = "another name",
		  .ports = "roro",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "12.0.1",
		  .tls = true,
		  .cert = true,
		  .owner = AMT_SEEN_OURS,
		  .fqdn = "pc2.example.com",
		  .want = "W D049 pc1.example.com" },
		{ .name = "for viewers",
		  .ports = "orrrrro",
		  .pong = 2,
		  .pong_port = 16992,
		  .version = "11.8.50",
		  .rfb = "RFB 003.008",
		  .want = "D091 ;the port of KVM is o" },
		{ .name = "for viewers, before there was KVM",
		  .ports = "ororrro",
		  .pong = 2,
		  .pong_port = 16992,
		  .version = "5.2.0",
		  .rfb = "SSH-2.0-x",
		  .want = "a port is open that ;what answers at the " },
		{ .name = "for viewers, in factory default",
		  .ports = "rrrrrro",
		  .pong = 0,
		  .want = "a port is open that " },
		{ .name = "DASH in the clear, 16.0",
		  .ports = "roroorr",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "16.0.15",
		  .tls = true,
		  .cert = true,
		  .owner = AMT_SEEN_OURS,
		  .want = "the clear port of DA" },
		{ .name = "DASH in the clear, 16.1",
		  .ports = "roroorr",
		  .pong = 2,
		  .pong_port = 16993,
		  .version = "16.1.25",
		  .tls = true,
		  .cert = true,
		  .owner = AMT_SEEN_OURS,
		  .want = "a port is open that ;the clear port of DA" },
		{ .name = "its name leads elsewhere",
		  .ports = "oror",
		  .pong = 2,
		  .pong_port = 16992,
		  .version = "9.0.31",
		  .fqdn = "pc1.example.com",
		  .address = "10.1.2.3",
		  .resolved = "10.1.2.9",
		  .want = "W D120 pc1.example.com 10.1.2.9" },
		{ .name = "its name leads to it",
		  .ports = "oror",
		  .pong = 2,
		  .pong_port = 16992,
		  .version = "9.0.31",
		  .fqdn = "pc1.example.com",
		  .address = "10.1.2.3",
		  .resolved = "10.1.2.3",
		  .want = "" },
		{ .name = "cleared",
		  .ports = "rrrr",
		  .pong = 0,
		  .state = "configured",
		  .want = "W it was configured, a" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct amt_probe_finding f[AMT_PROBE_FINDINGS];
		struct amt_probe_known k = { .state = cases[i].state,
					     .fqdn = cases[i].fqdn,
					     .address = cases[i].address,
					     .resolved = cases[i].resolved,
					     .unknown = cases[i].unknown,
					     .now_unix_ms = NOW };
		struct amt_seen s;
		char got[1024] = "";
		struct out o;
		make(&cases[i], &s);
		if (cases[i].owner == AMT_SEEN_OTHERS)
			(void)str_copy(s.issuer_cn, sizeof s.issuer_cn,
				       span_str("MeshCentralRoot-1a2b"));
		out_init(&o, got, sizeof got);
		list(f, amt_probe_judge(&s, &k, f), &o);
		if (!str_eq(got, cases[i].want))
			fail_msg("%s: %s", cases[i].name, got);
	}
}

static void expects(void **state)
{
	(void)state;
	static const struct {
		const char *version;
		int pong;
		unsigned port;
		const char *want[AMT_SEEN_PORT_COUNT];
	} cases[] = {
		{ "5.2",
		  2,
		  16992,
		  { "open", "closed", "either", "closed", "either", "closed", "closed" } },
		{ "9.0",
		  2,
		  16992,
		  { "open", "closed", "either", "closed", "either", "closed", "either" } },
		{ "9.0",
		  2,
		  16993,
		  { "either", "open", "either", "either", "either", "either", "either" } },
		{ "16.0.15",
		  2,
		  16993,
		  { "either", "open", "either", "either", "either", "either", "either" } },
		{ "16.1.25",
		  2,
		  16993,
		  { "closed", "open", "closed", "either", "closed", "either", "either" } },
		{ "18.0.1",
		  2,
		  16993,
		  { "closed", "open", "closed", "either", "closed", "either", "either" } },
		{ NULL,
		  0,
		  0,
		  { "closed", "closed", "closed", "closed", "closed", "closed", "closed" } },
		{ NULL,
		  3,
		  0,
		  { "either", "either", "either", "either", "either", "either", "either" } },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct given g = { .ports = "ssss",
				   .pong = cases[i].pong,
				   .pong_port = cases[i].port,
				   .version = cases[i].version };
		struct amt_seen s;
		make(&g, &s);
		for (unsigned p = 0; p < AMT_SEEN_PORT_COUNT; p++)
			if (!str_eq(amt_probe_port_name(
					    amt_probe_expects(&s, (enum amt_seen_port)p)),
				    cases[i].want[p]))
				fail_msg("%s, %u: port %u", cases[i].version, cases[i].port, p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(finds), cmocka_unit_test(expects) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
