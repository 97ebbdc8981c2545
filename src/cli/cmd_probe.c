/* outband probe: one look at each PC from outside, without a login, compared with what a PC in its state
 * and of its release shows, and with what the service knows of it when one runs. */
#include "amt/discover.h"
#include "amt/probe.h"
#include "base/clk.h"
#include "base/str.h"
#include "cli/rpc.h"
#include "cli/seen_row.h"
#include "net/dns.h"
#include "net/loop.h"
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#define PCS_MAX  1024
#define DNS_MS   3000
#define DASH     623
#define DASH_TLS 664
#define KVM      5900

struct pc { /* an operand that the service knows, or says that it does not know */
	const char *operand, *address, *state, *version, *fqdn;
	bool unknown;
	struct probe *v;
	struct net_dns *dns; /* asks where the name leads; NULL: not, or not any more */
	char resolved[46];   /* "" nobody says */
};
struct probe {
	struct cli *c;
	struct net_loop *loop;
	struct amt_discover *d;
	struct names names;
	struct cli_seen_cas cas;
	struct rng rng;
	struct pc *pcs;
	unsigned pc_count, wrong, asking; /* asking: DNS */
	struct amt_discover_conf look;
	struct err start_e;
	bool stopped;
	uint64_t unresolved, no_hosts;
	char unresolved_name[NAMES_TEXT_SIZE];
};

/* ---- output ---- */

static void line(struct cli_writer *w, const char *key, const char *value)
{
	if (value[0])
		cli_writer_say(w, "  %-12s %s", key, value);
}

static void say_tls(struct cli_writer *w, const struct amt_seen *s)
{
	char text[512] = "";
	struct out o;

	out_init(&o, text, sizeof text);
	if (s->tls)
		out_fmt(&o, "%s, %s", pki_tls_version_name(s->tls_version), s->suite);
	else if (s->wants_psk)
		out_str(&o, "waits for its pre-shared key");
	else if (s->tls_error[0])
		out_fmt(&o, "no: %s", s->tls_error);
	for (unsigned i = 0; i < 4; i++) {
		if (s->versions & 1u << i)
			out_fmt(&o, "; takes %s", pki_tls_version_name(PKI_TLS_1_0 + i));
	}
	line(w, "TLS", text);
	text[0] = '\0';
	if (s->with_cert) {
		char end[CLK_TEXT_SIZE];
		clk_print_unix_ms(s->not_after_unix_ms, end);
		out_init(&o, text, sizeof text);
		out_fmt(&o, "%s, RSA or EC of %u bits, until %.10s, %s", s->cn, s->key_bits, end,
			amt_seen_maker(s));
	}
	line(w, "certificate", text);
}

static void say_ports(const struct probe *v, const struct amt_seen *s)
{
	struct cli_writer *w = v->c->writer;

	for (unsigned i = 0; i < AMT_SEEN_PORT_COUNT; i++) {
		enum amt_seen_port p = (enum amt_seen_port)i;
		cli_writer_say(w, "  port %-7u %-9s expected: %-7s %s", amt_seen_port_number(p),
			       amt_seen_says_name(s->ports[i]),
			       amt_seen_state(s) <= AMT_SEEN_UNCLEAR
				       ? "-"
				       : amt_probe_port_name(amt_probe_expects(s, p)),
			       amt_seen_port_text(p));
	}
}

static void say(const struct probe *v, const char *title, const struct amt_seen *s,
		const struct amt_probe_finding *f, unsigned count)
{
	struct cli_writer *w = v->c->writer;
	char text[256] = "";
	struct out o;

	cli_writer_say(w, "%s: %s", title, amt_seen_state_text(amt_seen_state(s)));
	out_init(&o, text, sizeof text);
	if (s->ponged)
		wire_rmcp_print(&o, &s->pong);
	line(w, "RMCP", s->ponged ? text : "no answer to presence pings");
	say_ports(v, s);
	line(w, "RFB", s->rfb);
	line(w, "Server", s->server);
	line(w, "Identify", s->identify);
	line(w, "realm", s->realm);
	say_tls(w, s);
	for (unsigned i = 0; i < count; i++) {
		cli_writer_say(w, "  %s %s%s%s",
			       f[i].weight == AMT_PROBE_WRONG ? "WRONG:" : "note:", f[i].what,
			       f[i].rule[0] ? ", rule " : "", f[i].rule);
		line(w, "   seen", f[i].seen);
		line(w, "   expected", f[i].want);
		line(w, "   to do", f[i].todo);
	}
	if (!count)
		cli_writer_say(w, "  nothing is wrong");
}

static json_t *to_json(const char *address, const char *name, const struct amt_seen *s,
		       const struct amt_probe_finding *f, unsigned count)
{
	json_t *row = cli_seen_row(address, name, s, clk_unix_ms());
	json_t *list = json_array(), *want = json_object();
	char number[8];

	for (unsigned i = 0; i < AMT_SEEN_PORT_COUNT; i++) {
		enum amt_seen_port p = (enum amt_seen_port)i;
		(void)snprintf(number, sizeof number, "%u", amt_seen_port_number(p));
		json_object_set_new(want, number,
				    json_string(amt_probe_port_name(amt_probe_expects(s, p))));
	}
	json_object_set_new(row, "expected", want);
	for (unsigned i = 0; i < count; i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "weight",
						f[i].weight == AMT_PROBE_WRONG ? "wrong" : "note",
						"rule", f[i].rule, "what", f[i].what, "seen",
						f[i].seen, "expected", f[i].want, "to_do",
						f[i].todo));
	json_object_set_new(row, "findings", list);
	json_object_set_new(row, "page_status", json_integer(s->page_status));
	return row;
}

static void on_found(void *arg, const char *address, const char *name, const struct amt_seen *s)
{
	struct probe *v = arg;
	struct amt_probe_finding f[AMT_PROBE_FINDINGS];
	struct amt_probe_known known = { .now_unix_ms = clk_unix_ms() };
	bool wrong = false;

	for (unsigned i = 0; i < v->pc_count; i++) {
		const struct pc *pc = &v->pcs[i];
		if (!str_eq(pc->address, address) && !(pc->unknown && str_eq(pc->operand, name)))
			continue;
		known.unknown = pc->unknown;
		if (pc->unknown)
			continue;
		known.state = pc->state;
		known.version = pc->version;
		known.fqdn = pc->fqdn;
		known.address = pc->address;
		known.resolved = pc->resolved;
		name = pc->fqdn[0] ? pc->fqdn : pc->operand;
	}
	unsigned count = amt_probe_judge(s, &known, f);
	for (unsigned i = 0; i < count; i++)
		wrong = wrong || f[i].weight == AMT_PROBE_WRONG;
	v->wrong += wrong;
	if (cli_writer_kind(v->c->writer) == CLI_WRITER_TEXT) {
		char title[NAMES_TEXT_SIZE + 64];
		(void)snprintf(title, sizeof title, name[0] ? "%s (%s)" : "%s%s", address, name);
		say(v, title, s, f, count);
		return;
	}
	json_t *row = to_json(address, name, s, f, count);
	cli_writer_row(v->c->writer, cli_seen_cols, cli_seen_col_count, row);
	json_decref(row);
}

/* ---- whom ---- */

static const char *keep(struct cli *c, const json_t *doc, const char *key)
{
	const char *text = json_string_value(json_object_get(doc, key));

	return arena_str(&c->arena, span_str(text ? text : ""));
}

/* An operand that the service knows is looked at where that PC was last. */
static const char *ask_service(struct probe *v, const char *operand)
{
	const char *socket = cli_rpc_socket_path(v->c, &v->c->arena);
	struct pc *pc = &v->pcs[v->pc_count];
	json_t *doc = NULL;
	struct stat st;
	struct err none = { 0 }; /* it is looked at as it was written */

	if (v->pc_count == PCS_MAX || !socket || stat(socket, &st) != 0 || strpbrk(operand, "[],/"))
		return operand;
	if (!cli_rpc_get(v->c, cli_rpc_target(&v->c->arena, "/v1/devices/%", operand), &doc,
			 &none)) {
		*pc = (struct pc){ .operand = operand,
				   .address = operand,
				   .state = "",
				   .version = "",
				   .fqdn = "",
				   .unknown = none.code == ERR_NOT_FOUND };
		v->pc_count += pc->unknown;
		return operand;
	}
	*pc = (struct pc){ .operand = operand,
			   .address = keep(v->c, doc, "address"),
			   .state = keep(v->c, doc, "state"),
			   .version = keep(v->c, doc, "version"),
			   .fqdn = keep(v->c, doc, "fqdn") };
	json_decref(doc);
	if (!pc->address || !pc->address[0])
		return operand;
	v->pc_count++;
	return pc->address;
}

static bool take_operands(struct probe *v, struct err *e)
{
	for (unsigned i = 0; i < v->c->args.count; i++) {
		const char *where = ask_service(v, v->c->args.operands[i]);
		if (!names_add(&v->names, span_str(where), e))
			return false;
	}
	return true;
}

/* ---- where their names lead ---- */

static void start_looks(struct probe *v)
{
	v->d = v->stopped ? NULL : amt_discover_start(&v->look, &v->start_e);
	if (!v->d)
		net_loop_stop(v->loop);
}

static void on_dns(void *arg, const struct net_dns_end *end)
{
	struct pc *pc = arg;
	struct probe *v = pc->v;
	struct err none = { 0 };

	pc->dns = NULL;
	if (end->why.code == ERR_NONE)
		(void)str_copy(pc->resolved, sizeof pc->resolved, span_str(end->address));
	if (pc->resolved[0] && !str_eq(pc->resolved, pc->address)) /* a look at both (D120) */
		(void)names_add(&v->names, span_str(pc->resolved), &none);
	if (--v->asking == 0)
		start_looks(v);
}

/* The servers that the service asks; "" those of the system. */
static const char *dns_servers(struct probe *v)
{
	const char *servers = "";
	json_t *doc = NULL, *row;
	struct err none = { 0 };
	size_t i;

	if (!cli_rpc_get(v->c, "/v1/settings?limit=1000", &doc, &none))
		return servers;
	json_array_foreach(json_object_get(doc, "items"), i, row)
	{
		const char *key = json_string_value(json_object_get(row, "key"));
		if (key && str_eq(key, "dns.servers"))
			servers = keep(v->c, row, "value");
	}
	json_decref(doc);
	return servers;
}

static void ask_names(struct probe *v)
{
	const char *servers = NULL;

	for (unsigned i = 0; i < v->pc_count; i++) {
		struct pc *pc = &v->pcs[i];
		if (pc->unknown || !pc->fqdn[0])
			continue;
		servers = servers ? servers : dns_servers(v);
		pc->v = v;
		v->asking++;
		pc->dns = net_dns_start_name(v->loop, pc->fqdn, servers, DNS_MS, on_dns, pc);
	}
	if (v->asking == 0)
		start_looks(v);
}

/* ---- the run ---- */

static void on_signal(void *arg, int signum)
{
	struct probe *v = arg;

	(void)signum;
	v->stopped = true;
	if (v->d)
		amt_discover_stop(v->d);
	else
		net_loop_stop(v->loop);
}

static bool take_port(const struct probe *v, const char *option, uint16_t max, uint16_t *inout_port,
		      struct err *e)
{
	const char *text = cli_args_value(&v->c->args, option);

	return !text || str_to_u16(span_str(text), 1, max, inout_port, e) ||
		err_wrap(e, "--%s", option);
}

static void on_end(void *arg)
{
	struct probe *v = arg;

	struct amt_discover_counts n = amt_discover_get_counts(v->d);

	v->unresolved = n.unresolved;
	v->no_hosts = n.no_hosts;
	(void)str_copy(v->unresolved_name, sizeof v->unresolved_name, span_str(n.unresolved_name));
	amt_discover_free(v->d);
	v->d = NULL;
	net_loop_stop(v->loop);
}

static bool run(struct probe *v, struct err *e)
{
	v->look = (struct amt_discover_conf){ .loop = v->loop,
					      .rng = &v->rng,
					      .names = &v->names,
					      .rate = 1000,
					      .thorough = true,
					      .dash_port = DASH,
					      .dash_tls_port = DASH_TLS,
					      .kvm_port = KVM,
					      .ours = v->cas.ders,
					      .our_count = v->cas.count,
					      .on_found = on_found,
					      .on_end = on_end,
					      .arg = v };

	if (!cli_seen_ports(v->c, &v->look.port_base, &v->look.rmcp_port, e) ||
	    !take_port(v, "dash-port", UINT16_MAX - 1, &v->look.dash_port, e) ||
	    !take_port(v, "kvm-port", UINT16_MAX, &v->look.kvm_port, e) || !take_operands(v, e))
		return false;
	if (v->look.dash_port != DASH)
		v->look.dash_tls_port = v->look.dash_port + 1;
	net_loop_on_signal(v->loop, SIGINT, on_signal, v);
	net_loop_on_signal(v->loop, SIGTERM, on_signal, v);
	ask_names(v);
	if (v->start_e.code == ERR_NONE)
		net_loop_run(v->loop);
	for (unsigned i = 0; i < v->pc_count; i++)
		net_dns_cancel(v->pcs[i].dns);
	if (v->start_e.code != ERR_NONE) {
		*e = v->start_e;
		return false;
	}
	if (v->unresolved) {
		err_set(e, ERR_NOT_FOUND, "%s has no address", v->unresolved_name);
		if (v->unresolved > 1)
			err_set(e, ERR_NOT_FOUND, "%s and %llu more names have no address",
				v->unresolved_name, (unsigned long long)v->unresolved - 1);
		return err_hint(e, "check the names, and what DNS says of them");
	}
	if (v->no_hosts)
		return err_set(e, ERR_INVALID,
			       "no host has 0.x, multicast and broadcast addresses");
	if (v->wrong)
		v->c->exit_status = err_exit(ERR_VERIFY);
	return true;
}

bool cli_cmd_probe(struct cli *c, struct err *e)
{
	struct probe v = { .c = c };

	if (!cli_seen_cas_init(&v.cas, c, e))
		return false;
	v.pcs = ARENA_ARRAY(&c->arena, struct pc, PCS_MAX + 1);
	names_init(&v.names, PCS_MAX);
	rng_os(&v.rng);
	v.loop = net_loop_new(e);
	bool ok = v.loop && run(&v, e);
	if (v.loop)
		net_loop_free(v.loop);
	names_deinit(&v.names);
	cli_seen_cas_deinit(&v.cas);
	return ok;
}
