/* See serve.h. Puts sockets in front of the devices of a fleet: listeners, hellos, the state file,
 * the control socket. Decides nothing about AMT: what a connection meets is the device's word. */
#include "sim/serve.h"
#include "base/clk.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/loop.h"
#include "net/stream.h"
#include "net/udp.h"
#include "sim/alert_client.h"
#include "sim/ctl.h"
#include "sim/ctl_priv.h"
#include "sim/hello_client.h"
#include "sim/kvm.h"
#include "sim/statefile.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#define FIRST_PORT     16992
#define HELLO_PORT     "9971"
#define BACKLOG        4096
#define SAVE_EVERY_MS  3000
#define MUTE_MAX       4096
#define PRESENCE_BYTES 8388608 /* pings come in bursts */

struct port {
	struct serve *v;
	struct net_listen *listen;
	unsigned number; /* 16992 and so on, whatever the base */
};
struct mute { /* a connection that never gets a byte */
	struct serve *v;
	struct net_stream *s;
	struct mute *next, **back;
};
struct serve {
	const struct sim_fleet_conf *conf;
	struct net_loop *loop;
	struct sim_fleet *fleet;
	struct sim_hello_client *hello;
	struct sim_alert_client *alerts;
	struct sim_statefile *state;
	struct sim_ctl *ctl;
	struct net_udp *presence;
	struct sched_timer *save;
	struct port ports[SIM_FLEET_PORTS], dash[2];
	struct net_listen *kvm;
	struct mute *mutes;
	unsigned mute_count;
	unsigned long connections, unknown, refused, pings;
	int signum;
};

/* ---- connections ---- */

static void mute_free(struct mute *m)
{
	net_stream_close(m->s);
	*m->back = m->next;
	if (m->next)
		m->next->back = m->back;
	m->v->mute_count--;
	mem_free(m);
}

static void on_mute_up(void *arg, const struct net_tls_facts *facts)
{
	(void)arg;
	(void)facts;
}

static void on_mute_data(void *arg, struct span bytes)
{
	(void)arg;
	(void)bytes;
}

static void on_mute_down(void *arg, const struct err *why)
{
	(void)why;
	mute_free(arg);
}

static void keep_mute(struct serve *v, struct net_conn *c)
{
	static const struct net_stream_events events = { on_mute_up, on_mute_data, on_mute_down };

	if (v->mute_count >= MUTE_MAX) {
		net_conn_close(c, true);
		return;
	}
	struct mute *m = MEM_NEW(struct mute);
	*m = (struct mute){ .v = v, .next = v->mutes, .back = &v->mutes };
	if (m->next)
		m->next->back = &m->next;
	v->mutes = m;
	v->mute_count++;
	m->s = net_conn_clear(c);
	net_stream_start(m->s, &events, m);
}

static void on_accept(void *arg, struct net_conn *c)
{
	struct port *p = arg;
	struct serve *v = p->v;
	struct pki_tls_server tls;
	unsigned index;

	v->connections++;
	if (!sim_fleet_by_address(v->fleet, span_str(c->local), &index)) {
		v->unknown++;
		net_conn_close(c, true);
		return;
	}
	struct sim_dev *d = sim_fleet_at(v->fleet, index);
	switch (sim_dev_accept(d, p->number, &tls)) {
	case SIM_ACCEPT_CLEAR:
		sim_dev_serve(d, p->number, net_conn_clear(c));
		break;
	case SIM_ACCEPT_TLS:
		sim_dev_serve(d, p->number, net_conn_tls(c, &tls));
		break;
	case SIM_ACCEPT_SILENT:
		keep_mute(v, c);
		break;
	case SIM_ACCEPT_REFUSE:
		/* One listener serves all devices: a port that is closed resets. */
		v->refused++;
		net_conn_close(c, true);
		break;
	}
}

/* Port 5900: closed where it is not switched on, or somebody is there. */
static void on_kvm(void *arg, struct net_conn *c)
{
	struct serve *v = arg;
	struct sim_dev *d;
	unsigned index;

	v->connections++;
	d = sim_fleet_by_address(v->fleet, span_str(c->local), &index)
		? sim_fleet_at(v->fleet, index)
		: NULL;
	if (d && sim_dev_kvm_listens(d)) {
		sim_dev_kvm_serve(d, net_conn_clear(c));
		return;
	}
	v->refused++;
	net_conn_close(c, true);
}

static bool listen_kvm(struct serve *v, struct err *e)
{
	const struct net_listen_conf conf = { .address = "0.0.0.0",
					      .port = v->conf->kvm_port,
					      .loopback_only = !v->conf->expose,
					      .backlog = BACKLOG };

	if (!conf.port)
		return true;
	v->kvm = net_listen_open(v->loop, &conf, on_kvm, v, e);
	return v->kvm || err_wrap(e, "--kvm-port");
}

/* 623 and 664: the same service as at 16992 and 16993. Whether firmware has it on nobody says: who wants them names
 * the port. */
static bool listen_dash(struct serve *v, struct err *e)
{
	for (unsigned i = 0; v->conf->dash_port && i < 2; i++) {
		const struct net_listen_conf conf = {
			.address = "0.0.0.0",
			.port = (uint16_t)(v->conf->dash_port + i),
			.loopback_only = !v->conf->expose,
			.backlog = BACKLOG,
		};
		v->dash[i].v = v;
		v->dash[i].number = FIRST_PORT + i;
		v->dash[i].listen = net_listen_open(v->loop, &conf, on_accept, &v->dash[i], e);
		if (!v->dash[i].listen)
			return err_wrap(e, "--dash-port");
	}
	return true;
}

static bool listen_all(struct serve *v, struct err *e)
{
	const struct sim_fleet_conf *c = v->conf;

	for (unsigned i = 0; i < SIM_FLEET_PORTS; i++) {
		struct net_listen_conf conf = {
			.address = "0.0.0.0",
			.port = (uint16_t)(c->port_base + i),
			.loopback_only = !c->expose,
			.backlog = BACKLOG,
		};
		v->ports[i].v = v;
		v->ports[i].number = FIRST_PORT + i;
		v->ports[i].listen = net_listen_open(v->loop, &conf, on_accept, &v->ports[i], e);
		if (v->ports[i].listen)
			continue;
		if (e->code == ERR_CONFLICT)
			err_hint(e,
				 "another program (or fleet) uses port %u; choose other ports "
				 "with --port-base P, which takes P to P+3",
				 conf.port);
		return false;
	}
	return true;
}

/* ---- presence ---- */

#define PONG_MAX 64

static void on_datagram(void *arg, const struct net_udp_from *from, struct span bytes)
{
	struct serve *v = arg;
	uint8_t mem[2][PONG_MAX];
	char address[SIM_FLEET_ADDRESS_SIZE];
	struct out out[2];
	unsigned index;

	sim_fleet_print_ip(from->local_ip, address);
	if (!sim_fleet_by_address(v->fleet, span_str(address), &index))
		return;
	out_init(&out[0], mem[0], PONG_MAX);
	out_init(&out[1], mem[1], PONG_MAX);
	unsigned n = sim_dev_ping(sim_fleet_at(v->fleet, index), clk_mono_ms(), bytes, out);
	v->pings++;
	for (unsigned i = 0; i < n; i++)
		(void)net_udp_send(v->presence, from->ip, from->port, from->local_ip,
				   out_span(&out[i]));
}

static bool open_presence(struct serve *v, struct err *e)
{
	const struct sim_fleet_conf *c = v->conf;
	const struct net_udp_conf conf = { .port = sim_fleet_presence_port(c),
					   .loopback_only = !c->expose,
					   .buffer_bytes = PRESENCE_BYTES };

	if (conf.port == 0)
		return true;
	v->presence = net_udp_open(v->loop, &conf, on_datagram, v, e);
	return v->presence || err_wrap(e, "--rmcp-port");
}

/* ---- hellos ---- */

static bool resolve(const char *host, char out_ip[INET_ADDRSTRLEN], struct err *e)
{
	struct addrinfo want = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *all = NULL;
	int r = getaddrinfo(host, NULL, &want, &all);

	if (r != 0) {
		err_set(e, ERR_NOT_FOUND, "--hello: no IPv4 address for '%s'", host);
		return err_seen(e, "%s", gai_strerror(r));
	}
	const struct sockaddr_in *sa = (const void *)all->ai_addr;
	(void)inet_ntop(AF_INET, &sa->sin_addr, out_ip, INET_ADDRSTRLEN);
	freeaddrinfo(all);
	return true;
}

static bool open_hello(struct serve *v, struct err *e)
{
	struct span text = span_str(v->conf->hello);
	size_t colon = span_find(text, ':');
	struct span port = colon < text.n ? span_make(text.p + colon + 1, text.n - colon - 1)
					  : span_str(HELLO_PORT);
	char host[256], ip[INET_ADDRSTRLEN];
	uint16_t number;

	if (!str_to_u16(port, 1, 65535, &number, e))
		return err_wrap(e, "--hello %s", v->conf->hello);
	if (!str_copy(host, sizeof host, span_make(text.p, colon)) || colon == 0) {
		err_set(e, ERR_INVALID, "--hello %s: no host", v->conf->hello);
		return err_want(e, "HOST or HOST:PORT");
	}
	if (!resolve(host, ip, e))
		return false;
	v->hello = sim_hello_client_new(v->loop, v->fleet, ip, number);
	return true;
}

static void on_hello(void *arg, struct sim_dev *d)
{
	struct serve *v = arg;

	if (v->hello)
		sim_hello_client_push(v->hello, sim_dev_index(d));
}

static void on_state(void *arg, struct sim_dev *d, enum sim_state from)
{
	struct serve *v = arg;

	(void)from;
	if (v->state)
		sim_statefile_touch(v->state, sim_dev_index(d));
}

static void on_alert(void *arg, struct sim_dev *d, const struct sim_alert *a)
{
	struct serve *v = arg;

	if (!v->alerts)
		v->alerts = sim_alert_client_new(v->loop, v->fleet, v->conf->speed);
	sim_alert_client_send(v->alerts, d, a);
}

/* ---- state file ---- */

static void on_save(void *arg)
{
	struct serve *v = arg;
	struct err e = { 0 };

	v->save = sched_after(net_loop_sched(v->loop), SAVE_EVERY_MS, on_save, v);
	if (!sim_statefile_save(v->state, &e)) {
		static struct log_rate rate;
		if (log_rate_ok(&rate, 1))
			log_err(LOG_EV_STORE, &e, NULL);
	}
}

/* ---- the whole ---- */

static void print_fleet(void *arg, struct out *o)
{
	const struct serve *v = arg;
	static const struct sim_hello_client_counts none;
	const struct sim_hello_client_counts *h =
		v->hello ? sim_hello_client_get_counts(v->hello) : &none;

	out_fmt(o, "devices=%u connections=%lu refused=%lu unknown_address=%lu pings=%lu",
		sim_fleet_count(v->fleet), v->connections, v->refused, v->unknown, v->pings);
	out_fmt(o, " hellos_sent=%u hellos_failed=%u hellos_waiting=%u hellos_open=%u", h->sent,
		h->failed, h->waiting, h->open);
	static const struct sim_alert_counts no_alerts;
	const struct sim_alert_counts *a =
		v->alerts ? sim_alert_client_get_counts(v->alerts) : &no_alerts;
	out_fmt(o,
		" traps=%u trap_sends=%u events=%u events_answered=%u events_given_up=%u alerts_dropped=%u",
		a->traps, a->trap_sends, a->events, a->answered, a->given_up, a->dropped);
	out_str(o, " hello_error=");
	out_json_str(o, span_str(h->last.msg));
	out_str(o, "\n");
}

static void on_signal(void *arg, int signum)
{
	struct serve *v = arg;

	v->signum = signum;
	sched_cancel(v->save);
	v->save = NULL;
	sim_ctl_close(v->ctl);
	v->ctl = NULL;
	sim_hello_client_free(v->hello);
	v->hello = NULL;
	sim_alert_client_free(v->alerts);
	v->alerts = NULL;
	net_loop_stop(v->loop);
}

static bool open_all(struct serve *v, struct err *e)
{
	const struct sim_fleet_conf *c = v->conf;
	const struct sim_fleet_events ev = { on_hello, on_state, on_alert, v };

	(void)net_loop_raise_fds();
	v->fleet = sim_fleet_new(c, net_loop_sched(v->loop), &ev, e);
	if (!v->fleet)
		return false;
	if (c->state_file) {
		v->state = sim_statefile_open(c->state_file, v->fleet, e);
		if (!v->state)
			return false;
		v->save = sched_after(net_loop_sched(v->loop), SAVE_EVERY_MS, on_save, v);
	}
	if ((c->hello && !open_hello(v, e)) || !listen_all(v, e) || !open_presence(v, e) ||
	    !listen_kvm(v, e) || !listen_dash(v, e))
		return false;
	if (c->ctl) {
		struct sim_ctl_ways w = { v->fleet, v->hello, v->state, print_fleet, v };
		v->ctl = sim_ctl_open(v->loop, c->ctl, &w, e);
		if (!v->ctl)
			return err_wrap(e, "--ctl");
	}
	return true;
}

/* PCs that are still in factory default: those that took theirs before have it in the state file. */
static bool put_sticks(struct serve *v, struct err *e)
{
	for (unsigned i = 0; i < sim_fleet_count(v->fleet); i++) {
		const char *path = sim_fleet_stick(v->fleet, v->conf, i);
		struct sim_dev *d = sim_fleet_at(v->fleet, i);
		char text[128];
		struct out o;
		out_init(&o, text, sizeof text);
		if (!path || sim_dev_state(d) != SIM_FACTORY)
			continue;
		if (!sim_ctl_usb(d, path, &o, e))
			return err_wrap(e, "usb %s", path);
		if (v->state)
			sim_statefile_touch(v->state, i);
	}
	return true;
}

static void say_ready(struct serve *v, void (*on_ready)(void *arg, const char *line), void *arg)
{
	char line[128], base[SIM_FLEET_ADDRESS_SIZE], ports[24];
	unsigned first = v->conf->port_base;
	struct out o;

	sim_fleet_address(v->fleet, 0, base);
	out_init(&o, ports, sizeof ports);
	out_fmt(&o, "%u-%u", first, first + SIM_FLEET_PORTS - 1);
	out_init(&o, line, sizeof line);
	out_fmt(&o, "ready devices=%u base=%s ports=%s", sim_fleet_count(v->fleet), base, ports);
	log_ev(LOG_EV_SIM_READY, LOG_I("devices", sim_fleet_count(v->fleet)), LOG_S("base", base),
	       LOG_S("ports", ports));
	on_ready(arg, line);
}

static void close_all(struct serve *v)
{
	sched_cancel(v->save);
	sim_ctl_close(v->ctl);
	sim_hello_client_free(v->hello);
	sim_alert_client_free(v->alerts);
	v->alerts = NULL;
	net_loop_stop(v->loop);
	net_loop_run(v->loop); /* streams and listeners go down */
	while (v->mutes)
		mute_free(v->mutes);
	net_udp_close(v->presence);
	for (unsigned i = 0; i < SIM_FLEET_PORTS; i++)
		net_listen_close(v->ports[i].listen);
	net_listen_close(v->kvm);
	net_listen_close(v->dash[0].listen);
	net_listen_close(v->dash[1].listen);
	sim_statefile_free(v->state);
	sim_fleet_free(v->fleet);
	net_loop_free(v->loop);
}

bool sim_serve_run(const struct sim_fleet_conf *c, void (*on_ready)(void *arg, const char *line),
		   void *arg, struct err *e)
{
	struct serve v = { .conf = c, .loop = net_loop_new(e) };
	bool ok;

	if (!v.loop)
		return false;
	ok = open_all(&v, e);
	if (ok) {
		net_loop_on_signal(v.loop, SIGTERM, on_signal, &v);
		net_loop_on_signal(v.loop, SIGINT, on_signal, &v);
		for (unsigned i = 0; i < sim_fleet_count(v.fleet); i++)
			sim_dev_start(sim_fleet_at(v.fleet, i));
		ok = put_sticks(&v, e);
	}
	if (ok) {
		say_ready(&v, on_ready, arg);
		net_loop_run(v.loop);
		ok = !v.state || sim_statefile_rewrite(v.state, e);
	}
	close_all(&v);
	return ok;
}
