/* outband kvm: the KVM session of one PC on a port of this machine, for any VNC viewer (kvm_bridge.h). Login
 * and opening are done here (amt/redir_session.h) or by the service (line.h), so the viewer needs no
 * password of the PC. Listens beyond this machine only when told to. */
#include "base/str.h"
#include "cli/cmd_consent.h"
#include "cli/commands.h"
#include "cli/direct.h"
#include "cli/kvm_bridge.h"
#include "cli/line.h"
#include "cli/operate.h"
#include "cli/rpc.h"
#include "net/loop.h"
#include <arpa/inet.h>

#define LISTEN "127.0.0.1:5900"

struct kvm {
	struct cli *c;
	struct net_loop *loop;
	struct cli_direct d;            /* --direct */
	const struct cli_line_pc *line; /* else */
	const char *socket_path;
	struct cli_kvm_conf conf;
	struct cli_kvm *bridge;
	char address[64];
	uint16_t port;
	struct err *e;
};

/* ---- where it listens ---- */

static bool is_loopback(const char *address)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, address, &v4) == 1)
		return (ntohl(v4.s_addr) >> 24) == 127;
	return inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool read_listen(struct kvm *b, const char *text, struct err *e)
{
	struct span s = span_str(text ? text : LISTEN), host = span_str("127.0.0.1");
	size_t colon = s.n;

	while (colon > 0 && s.p[colon - 1] != ':')
		colon--;
	struct span port = span_make(s.p + colon, s.n - colon);
	if (colon > 0)
		host = span_make(s.p, colon - 1);
	if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = span_make(host.p + 1, host.n - 2);
	if (!str_copy(b->address, sizeof b->address, host) || !host.n ||
	    !str_to_u16(port, 0, UINT16_MAX, &b->port, NULL)) {
		err_set(e, ERR_USAGE, "--listen %s is no address to listen at", text);
		return err_want(e, "PORT, ADDRESS:PORT or [ADDRESS]:PORT");
	}
	if (is_loopback(b->address) || cli_args_has(&b->c->args, "expose"))
		return true;
	err_set(e, ERR_USAGE, "--listen %s lets others than this machine see the PC's screen",
		text);
	return err_hint(e, "there is no password on it; if that is wanted, say --expose too");
}

/* ---- before it: switched on, consent ---- */

struct ready {
	bool enabled;
};

static void look(struct cli *c, const char *device, const json_t *row, void *arg)
{
	const char *state = json_string_value(json_object_get(row, "state"));
	struct ready *r = arg;

	(void)c;
	(void)device;
	r->enabled = str_eq(state, "enabled") || str_eq(state, "in use");
	const char *advice = json_string_value(json_object_get(row, "advice"));
	if (advice)
		cli_note("%s", advice);
}

static bool ask_kvm(struct cli *c, const char *op, struct ready *r, struct err *e)
{
	const struct cli_operate o = { .op = op, .each = look, .arg = r };

	return cli_operate(c, &o, e);
}

static bool is_ready(struct cli *c, struct err *e)
{
	struct ready r = { false };

	if (!ask_kvm(c, cli_args_has(&c->args, "enable") ? "kvm.enable" : "kvm.state", &r, e))
		return false;
	if (r.enabled)
		return true;
	err_set(e, ERR_CONFLICT, "KVM is switched off in this PC");
	return err_hint(e, "'outband kvm enable', or --enable here");
}

static bool has_consent(struct cli *c, struct err *e)
{
	struct cli_consent k = { cli_args_value(&c->args, "code"), false };
	struct amt_op_arg arg = { "code", NULL };
	const struct cli_operate send = { .op = "consent.send",
					  .args = &arg,
					  .arg_count = 1,
					  .each = look,
					  .arg = &(struct ready){ 0 } };

	if (cli_args_has(&c->args, "ask-consent") && !k.code &&
	    !cli_consent_ask(c, 0, "kvm", &k, e))
		return false;
	if (!k.code)
		return cli_consent_check(c, 0, "kvm", e);
	arg.value = k.code;
	if (cli_operate(c, &send, e))
		return true;
	if (e->code == ERR_CANCELLED)
		cli_consent_take_back(c, 0, &k);
	return false;
}

/* ---- the bridge ---- */

/* False: nothing listens, and nothing will end. */
static bool start(struct kvm *k)
{
	k->conf.address = k->address;
	k->conf.port = k->port;
	k->conf.once = cli_args_has(&k->c->args, "once");
	k->conf.arg = k->conf.way.arg = k;
	k->bridge = cli_kvm_start(k->loop, &k->conf, k->e);
	if (!k->bridge)
		return false;
	cli_writer_say(k->c->writer, "VNC viewers reach %s at %s port %u; CTRL-C ends it",
		       k->conf.pc, k->address, cli_kvm_port(k->bridge));
	cli_writer_flush(k->c->writer);
	return true;
}

/* ---- without the service ---- */

static struct cli_line *direct_open(void *arg, const struct amt_redir_events *ev, void *ev_arg)
{
	struct kvm *k = arg;
	const struct amt_redir_conf conf = { .dialer = k->d.dialer,
					     .sched = net_loop_sched(k->d.loop),
					     .rng = &k->d.rng,
					     .way = &k->d.way,
					     .kind = WIRE_REDIR_KVM };

	return cli_line_direct(&conf, ev, ev_arg);
}

static bool direct_again(void *arg, const struct err *e)
{
	struct kvm *k = arg;

	return cli_direct_next_rung(&k->d, e);
}

static void direct_end(void *arg, const struct err *why)
{
	struct kvm *k = arg;

	if (why->code != ERR_NONE) {
		*k->e = *why;
		if (!why->hint[0])
			err_hint(k->e, "%s", cli_direct_hint(&k->d, why));
	}
	cli_direct_finish(&k->d, why->code == ERR_NONE);
}

static void direct_start(void *arg)
{
	struct kvm *k = arg;

	k->loop = k->d.loop;
	k->conf.pc = k->d.way.address;
	k->conf.way = (struct cli_kvm_way){ direct_open, direct_again, k };
	k->conf.on_end = direct_end;
	if (!start(k))
		cli_direct_finish(&k->d, false);
}

static bool run_direct(struct kvm *k, struct err *e)
{
	if (k->c->args.count > 0)
		return err_set(e, ERR_USAGE,
			       "--direct %s is the PC; '%s' beside it is one too many",
			       cli_args_value(&k->c->args, "direct"), cli_operand(k->c, 0));
	bool ok = is_ready(k->c, e) && has_consent(k->c, e) && cli_direct_init(&k->d, k->c, e) &&
		cli_direct_run(&k->d, direct_start, k, e);
	cli_direct_deinit(&k->d);
	return ok;
}

/* ---- through the service ---- */

static struct cli_line *line_open(void *arg, const struct amt_redir_events *ev, void *ev_arg)
{
	struct kvm *k = arg;

	return cli_line_open(k->loop, k->socket_path, k->line->ticket, ev, ev_arg);
}

static void line_end(void *arg, const struct err *why)
{
	struct kvm *k = arg;

	*k->e = *why;
	net_loop_stop(k->loop);
}

static bool run_service(struct kvm *k, struct err *e)
{
	struct cli_line_pc *pcs;
	unsigned n;

	if (!cli_line_check(k->c, e))
		return false;
	if (k->c->args.count > 1) {
		err_set(e, ERR_USAGE, "a KVM session goes to one PC; %u are named",
			k->c->args.count);
		err_seen(e, "%s, %s", cli_operand(k->c, 0), cli_operand(k->c, 1));
		return err_hint(e, "the sub-commands of kvm are status, enable and disable");
	}
	if (!cli_line_tickets(k->c, "kvm", &pcs, &n, e))
		return false;
	if (n > 1)
		return err_set(e, ERR_USAGE, "a KVM session goes to one PC; '%s' names %u",
			       cli_operand(k->c, 0), n);
	k->line = &pcs[0];
	k->c->args.operands[0] =
		(char *)(uintptr_t)k->line->uuid; /* one PC, whatever its name was */
	if (!is_ready(k->c, e) || !has_consent(k->c, e))
		return false;
	k->socket_path = cli_rpc_socket_path(k->c, &k->c->arena);
	k->loop = net_loop_new(e);
	if (!k->loop)
		return false;
	k->conf.pc = k->line->name;
	k->conf.way = (struct cli_kvm_way){ line_open, NULL, k };
	k->conf.on_end = line_end;
	if (start(k))
		net_loop_run(k->loop);
	return true;
}

bool cli_cmd_kvm(struct cli *c, struct err *e)
{
	struct kvm k = { .c = c, .e = e };
	bool direct = cli_args_has(&c->args, "direct");

	if (!read_listen(&k, cli_args_value(&c->args, "listen"), e))
		return false;
	bool ok = direct ? run_direct(&k, e) : run_service(&k, e);
	unsigned sessions = cli_kvm_free(k.bridge);
	if (!direct && k.loop)
		net_loop_free(k.loop);
	ok = ok && e->code == ERR_NONE;
	if (ok && sessions)
		cli_note("%u session%s", sessions, sessions == 1 ? "" : "s");
	return ok;
}
