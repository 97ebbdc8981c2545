/* outband probe listen: opens the ports on which PCs come to this machine and says who comes, without
 * answering. For firewalls and routes: whether a hello, an alert or a ping gets here at all. */
#include "base/clk.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cli.h"
#include "net/loop.h"
#include "net/stream.h"
#include "net/udp.h"
#include "wire/hello.h"
#include "wire/rmcp.h"
#include <signal.h>
#include <stdio.h>

#define PORTS_MAX   16
#define CONNS_MAX   256
#define SHOWN_BYTES 32
#define LOOK_MS     500 /* whether anybody still takes the output */

struct listen;
struct port {
	struct listen *l;
	unsigned number;
	struct net_listen *tcp;
	struct net_udp *udp;
};
struct guest { /* a connection that is listened to */
	struct port *port;
	struct net_stream *s;
	struct buf bytes;
	char peer[64];
	bool used;
};
struct listen {
	struct cli *c;
	struct net_loop *loop;
	struct port ports[2 * PORTS_MAX];
	unsigned port_count, failed;
	struct guest guests[CONNS_MAX];
	struct sched_timer *end, *look;
};

static const struct cli_col cols[] = {
	{ "at", "at", CLI_FORM_TIME },         { "protocol", "protocol", CLI_FORM_TEXT },
	{ "port", "port", CLI_FORM_NUMBER },   { "from", "from", CLI_FORM_TEXT },
	{ "bytes", "bytes", CLI_FORM_NUMBER }, { "what", "what", CLI_FORM_TEXT },
};

/* ---- what came ---- */

static void tell_hello(struct out *o, struct span in)
{
	struct wire_hello *h = mem_new(sizeof *h);
	char uuid[UUID_TEXT_SIZE];
	size_t used;

	if (wire_hello_parse(in, h, &used, NULL) == WIRE_DONE) {
		uuid_print(&h->uuid, uuid);
		out_fmt(o, "hello of %s, ", uuid);
		if (h->kind == WIRE_HELLO_PSK)
			out_fmt(o, "PID %.8s", h->pid);
		else
			out_fmt(o, "%u root hashes", h->hash_count);
	}
	mem_free(h);
}

static void tell_bytes(struct out *o, struct span in)
{
	if (in.n == 0) {
		out_str(o, "a connection without a byte");
		return;
	}
	out_str(o, in.p[0] == 0x16 ? "TLS" : in.p[0] == 0x30 ? "BER, such as SNMP" : "bytes");
	out_str(o, ": ");
	out_hex(o, span_make(in.p, in.n < SHOWN_BYTES ? in.n : SHOWN_BYTES));
	out_str(o, in.n > SHOWN_BYTES ? "..." : "");
}

static void tell(const struct port *p, const char *from, struct span in)
{
	char what[256] = "", at[CLK_TEXT_SIZE];
	struct wire_rmcp m;
	struct out o;

	out_init(&o, what, sizeof what);
	if (p->tcp)
		tell_hello(&o, in);
	else if (wire_rmcp_parse(in, &m, NULL))
		wire_rmcp_print(&o, &m);
	if (!what[0])
		tell_bytes(&o, in);
	clk_print_unix_ms(clk_unix_ms(), at);
	if (cli_writer_kind(p->l->c->writer) == CLI_WRITER_TEXT) {
		cli_writer_say(p->l->c->writer, "%.19s  %s %-5u  %-15s  %s", at,
			       p->tcp ? "TCP" : "UDP", p->number, from, what);
	} else {
		json_t *row = json_pack("{s:s, s:s, s:i, s:s, s:i, s:s}", "at", at, "protocol",
					p->tcp ? "tcp" : "udp", "port", (int)p->number, "from",
					from, "bytes", (int)in.n, "what", what);
		cli_writer_row(p->l->c->writer, cols, sizeof cols / sizeof *cols, row);
		json_decref(row);
	}
	cli_writer_flush(p->l->c->writer);
}

/* ---- connections ---- */

static void guest_end(struct guest *g)
{
	tell(g->port, g->peer, buf_span(&g->bytes));
	net_stream_close(g->s);
	buf_deinit(&g->bytes);
	g->used = false;
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	(void)arg;
	(void)facts;
}

/* A hello is one message; what is longer than one is not read to its end. */
static void on_data(void *arg, struct span bytes)
{
	struct guest *g = arg;

	if (!buf_add(&g->bytes, bytes) || g->bytes.n >= LIMIT_HELLO_BYTES)
		guest_end(g);
}

static void on_down(void *arg, const struct err *why)
{
	(void)why;
	guest_end(arg);
}

static void on_accept(void *arg, struct net_conn *c)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct port *p = arg;

	for (unsigned i = 0; i < CONNS_MAX; i++) {
		struct guest *g = &p->l->guests[i];
		if (g->used)
			continue;
		*g = (struct guest){ .port = p, .used = true };
		(void)str_copy(g->peer, sizeof g->peer, span_str(c->peer));
		buf_init(&g->bytes, (size_t)LIMIT_HELLO_BYTES + 65536);
		g->s = net_conn_clear(c);
		net_stream_start(g->s, &events, g);
		return;
	}
	net_conn_close(c, true);
}

static void on_datagram(void *arg, const struct net_udp_from *from, struct span bytes)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%u.%u.%u.%u", from->ip >> 24, from->ip >> 16 & 255,
		       from->ip >> 8 & 255, from->ip & 255);
	tell(arg, text, bytes);
}

/* ---- ports ---- */

static void open_port(struct listen *l, unsigned number, bool udp)
{
	struct port *p = &l->ports[l->port_count];
	struct err e = { 0 };

	*p = (struct port){ .l = l, .number = number };
	if (udp) {
		const struct net_udp_conf conf = { .port = (uint16_t)number };
		p->udp = net_udp_open(l->loop, &conf, on_datagram, p, &e);
	} else {
		const struct net_listen_conf conf = { .address = "0.0.0.0",
						      .port = (uint16_t)number };
		p->tcp = net_listen_open(l->loop, &conf, on_accept, p, &e);
	}
	if (p->tcp || p->udp) {
		l->port_count++;
		cli_note("listening at %s port %u", udp ? "UDP" : "TCP", number);
		return;
	}
	l->failed++;
	cli_print_err(l->c, &e);
}

static bool open_ports(struct listen *l, const char *option, bool udp, const unsigned usual[2],
		       struct err *e)
{
	const char *text;
	uint16_t port;
	unsigned i;

	for (i = 0; (text = cli_args_nth(&l->c->args, option, i)); i++) {
		if (i == PORTS_MAX)
			return err_set(e, ERR_USAGE, "more than %d ports", PORTS_MAX);
		if (!str_to_u16(span_str(text), 1, UINT16_MAX, &port, e))
			return err_wrap(e, "--%s", option);
		open_port(l, port, udp);
	}
	bool named = cli_args_has(&l->c->args, "port") || cli_args_has(&l->c->args, "udp-port");
	for (i = 0; !named && i < 2 && usual[i]; i++)
		open_port(l, usual[i], udp);
	return true;
}

static void stop(struct listen *l)
{
	sched_cancel(l->end);
	sched_cancel(l->look);
	l->end = l->look = NULL;
	net_loop_stop(l->loop);
}

static void on_signal(void *arg, int signum)
{
	(void)signum;
	stop(arg);
}

static void on_time(void *arg)
{
	struct listen *l = arg;

	l->end = NULL;
	stop(l);
}

static void on_look(void *arg)
{
	struct listen *l = arg;

	l->look = NULL;
	if (cli_writer_wait(l->c->writer, 0))
		l->look = sched_after(net_loop_sched(l->loop), LOOK_MS, on_look, l);
	else
		stop(l);
}

static bool run(struct listen *l, struct err *e)
{
	static const unsigned tcp[2] = { 9971, 0 }, udp[2] = { WIRE_RMCP_PORT, 162 };
	const char *seconds = cli_args_value(&l->c->args, "seconds");
	uint32_t s = 0;

	if (seconds && !str_to_u32(span_str(seconds), 1, 86400, &s, e))
		return err_wrap(e, "--seconds");
	if (!open_ports(l, "port", false, tcp, e) || !open_ports(l, "udp-port", true, udp, e))
		return false;
	if (l->port_count == 0) {
		err_set(e, ERR_IO, "none of the ports could be opened");
		return err_hint(e, "name others with --port and --udp-port, or run as root");
	}
	net_loop_on_signal(l->loop, SIGINT, on_signal, l);
	net_loop_on_signal(l->loop, SIGTERM, on_signal, l);
	if (s)
		l->end = sched_after(net_loop_sched(l->loop), (int64_t)s * 1000, on_time, l);
	l->look = sched_after(net_loop_sched(l->loop), LOOK_MS, on_look, l);
	net_loop_run(l->loop);
	l->c->exit_status = l->failed ? err_exit(ERR_IO) : 0;
	return true;
}

bool cli_cmd_probe_listen(struct cli *c, struct err *e)
{
	struct listen *l = MEM_NEW(struct listen);

	l->c = c;
	l->loop = net_loop_new(e);
	bool ok = l->loop && run(l, e);
	if (l->loop) {
		net_loop_stop(l->loop);
		net_loop_run(l->loop);
	}
	for (unsigned i = 0; i < l->port_count; i++) {
		net_listen_close(l->ports[i].tcp);
		net_udp_close(l->ports[i].udp);
	}
	for (unsigned i = 0; i < CONNS_MAX; i++) {
		if (l->guests[i].used) {
			net_stream_close(l->guests[i].s);
			buf_deinit(&l->guests[i].bytes);
		}
	}
	if (l->loop)
		net_loop_free(l->loop);
	mem_free(l);
	return ok;
}
