/* wsman ... --direct: one call on one PC without the service. The way in (address, TLS, login) comes
 * from the options; with TLS the modern versions are tried first, then those of old firmware. A
 * wrong password is sent once and never again: PCs lock. */
#include "cli/cmd_wsman.h"
#include "amt/quirks.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/loop.h"
#include "net/stream.h"
#include <stdio.h>
#include <stdlib.h>

#define PORT_BASE  16992
#define TIMEOUT_S  30
#define CONNECT_MS 10000

struct run {
	struct cli_wsman_call call;
	struct net_loop *loop;
	struct net_dialer *dialer;
	struct amt_client *client;
	struct rng rng;
	struct amt_way way;
	struct pki_tls_policy ladder[2];
	unsigned ladder_count, rung;
	bool read_done; /* put: the instance was read */
	bool shown_peer, ok;
	struct err *e;
};

/* --- the way in --- */

/* "HOST", "HOST:BASE", "[IPV6]:BASE" */
static bool parse_host(const char *text, struct amt_way *w, bool tls, struct err *e)
{
	struct span host = span_str(text), base = { NULL, 0 };
	uint32_t port = PORT_BASE;
	bool bracket = span_starts(host, "[");
	size_t end = bracket ? span_find(host, ']') : span_find(host, ':');
	bool ipv6 = !bracket && end < host.n &&
		span_find(span_make(host.p + end + 1, host.n - end - 1), ':') < host.n - end - 1;

	if (bracket && end < host.n) {
		base = span_make(host.p + end + 1, host.n - end - 1);
		host = span_make(host.p + 1, end - 1);
	} else if (!ipv6 && end < host.n) {
		base = span_make(host.p + end, host.n - end);
		host.n = end;
	}
	bool bad_base = base.n &&
		(base.p[0] != ':' ||
		 !str_to_u32(span_make(base.p + 1, base.n - 1), 1, 65531, &port, NULL));
	if (!host.n || bad_base || !str_copy(w->address, sizeof w->address, host)) {
		err_set(e, ERR_USAGE, "--direct %s is no address", text);
		return err_want(e, "HOST or HOST:BASE with BASE from 1 to 65531");
	}
	w->port = (uint16_t)(tls ? port + 1 : port);
	w->clear = !tls;
	return true;
}

static bool parse_pin(const char *text, struct amt_way *w, struct err *e)
{
	char digits[65];
	size_t n = 0, got = 0;

	for (; *text && n < 64; text++)
		if (*text != ':')
			digits[n++] = *text;
	if (*text || !hex_decode(span_make(digits, n), w->tls.pin_sha256, 32, &got) || got != 32) {
		err_set(e, ERR_USAGE, "--pin is no SHA-256 fingerprint");
		return err_want(e, "64 hex digits, colons allowed");
	}
	w->tls.has_pin = true;
	return true;
}

static bool get_password(const struct cli *c, struct amt_way *w, struct err *e)
{
	const char *file = cli_args_value(&c->args, "password-file"),
		   *env = getenv("OUTBAND_PASSWORD");
	char prompt[160];

	if (file)
		return cli_input_password_file(file, &w->password, e);
	if (env) {
		secret_set(&w->password, span_str(env));
		return true;
	}
	(void)snprintf(prompt, sizeof prompt, "Password of %s on %s: ", w->user, w->address);
	return cli_input_prompt(prompt, false, &w->password, e) ||
		err_hint(
			e,
			"give it with --password-file FILE or in the environment as OUTBAND_PASSWORD");
}

static bool make_way(struct run *r, uint32_t *out_timeout_ms, struct err *e)
{
	const struct cli *c = r->call.c;
	const char *user = cli_args_value(&c->args, "user"), *pin = cli_args_value(&c->args, "pin");
	const char *timeout = cli_args_value(&c->args, "timeout");
	bool tls = cli_args_has(&c->args, "tls");
	uint32_t s = TIMEOUT_S;

	if (!parse_host(cli_args_value(&c->args, "direct"), &r->way, tls, e))
		return false;
	if (pin && !tls)
		return err_set(e, ERR_USAGE, "--pin is of no use without --tls");
	if (pin && !parse_pin(pin, &r->way, e))
		return false;
	if (timeout && !str_to_u32(span_str(timeout), 1, 3600, &s, NULL)) {
		err_set(e, ERR_USAGE, "--timeout %s is no number of seconds", timeout);
		return err_want(e, "1 to 3600");
	}
	if (!str_copy(r->way.user, sizeof r->way.user, span_str(user ? user : "admin")))
		return err_set(e, ERR_USAGE, "the user name has more than %zu characters",
			       sizeof r->way.user - 1);
	*out_timeout_ms = s * 1000;
	r->ladder_count = amt_quirks_ladder("", false, r->ladder);
	r->way.tls.policy = r->ladder[0];
	return get_password(c, &r->way, e);
}

/* --- the call --- */

static void finish(struct run *r, bool ok)
{
	r->ok = ok;
	amt_client_free(r->client);
	r->client = NULL;
	net_loop_stop(r->loop);
}

static void show_peer(struct run *r, const struct amt_peer *p)
{
	struct out o;
	char text[256];

	if (r->shown_peer || !r->call.c->verbose)
		return;
	r->shown_peer = true;
	if (p->server[0])
		cli_note("%s says it is %s", r->way.address, p->server);
	if (!p->tls) {
		cli_note("the connection is not encrypted");
		return;
	}
	out_init(&o, text, sizeof text);
	out_fmt(&o, "%s, %s, certificate ", pki_tls_version_name(p->tls_version), p->suite);
	if (p->has_leaf)
		out_hex(&o, span_make(p->leaf_sha256, 32));
	else
		out_str(&o, "none");
	cli_note("%s%s", text, r->way.tls.has_pin ? " as pinned" : " (not checked: no --pin)");
}

static void start_call(struct run *r);

static bool next_rung(struct run *r, const struct err *e)
{
	if (r->way.clear || e->code != ERR_TLS || r->rung + 1 >= r->ladder_count)
		return false;
	r->way.tls.policy = r->ladder[++r->rung];
	if (r->call.c->verbose)
		cli_note("no modern TLS (%s); trying the versions of old firmware",
			 e->seen[0] ? e->seen : e->msg);
	amt_client_set_way(r->client, &r->way);
	return true;
}

static const char *hint_of(const struct run *r, const struct err *e)
{
	bool tls = !r->way.clear;

	switch (e->code) {
	case ERR_REFUSED:
	case ERR_CLOSED:
		return tls
			? "nothing speaks TLS there: is AMT set up on this PC? older ones may do without --tls"
			: "is AMT set up on this PC? firmware from 16.1 on, and PCs set to it, speak TLS only: "
			  "--tls";
	case ERR_TLS:
		return "check that this port is that of AMT; older PCs may do without --tls";
	case ERR_AUTH:
		return "check user and password; several wrong ones lock the account for minutes";
	case ERR_UNREACHABLE:
	case ERR_TIMEOUT:
		return "check the address, the network, and that AMT is enabled on this PC";
	case ERR_FAULT:
		return strstr(e->seen, "DestinationUnreachable")
			? "this firmware has no such class, or --selector names no instance of it"
			: "";
	default:
		return "";
	}
}

static void complain(struct run *r, const struct err *e)
{
	*r->e = *e;
	if (!e->hint[0])
		err_hint(r->e, "%s", hint_of(r, e));
	if (e->code == ERR_FAULT || e->code == ERR_MALFORMED || e->code == ERR_HTTP)
		err_wrap(r->e, "%s%s%s on %s", r->call.c->cmd->sub, r->call.class_name ? " " : "",
			 r->call.class_name ? r->call.class_name : "", r->way.address);
}

static void on_reply(void *arg, const struct amt_reply *reply, const struct err *e)
{
	struct run *r = arg;

	if (reply->http_status)
		show_peer(r, reply->peer);
	if (e->code != ERR_NONE) {
		if (!reply->sent && next_rung(r, e)) {
			start_call(r);
			return;
		}
		/* Output of a method that failed still says what it said. */
		if (reply->msg && e->code == ERR_PT_STATUS)
			cli_wsman_show(&r->call, reply);
		complain(r, e);
		finish(r, false);
		return;
	}
	if (r->call.op == WSMAN_OP_PUT && !r->read_done) {
		struct wsman_req put = { .op = WSMAN_OP_PUT,
					 .resource_uri = r->call.uri,
					 .selectors = r->call.selectors };
		put.obj = cli_wsman_change(&r->call, reply->msg, r->e);
		r->read_done = true;
		if (put.obj)
			amt_client_call(r->client, &put, false, 0, on_reply, r);
		else
			finish(r, false);
		return;
	}
	cli_wsman_show(&r->call, reply);
	finish(r, true);
}

static void start_call(struct run *r)
{
	const struct cli_wsman_call *k = &r->call;
	struct wsman_req req = {
		.op = k->op, .resource_uri = k->uri, .method = k->method, .selectors = k->selectors
	};

	if (k->op == WSMAN_OP_ENUMERATE) {
		amt_client_enumerate(r->client, k->uri, on_reply, r);
		return;
	}
	if (k->op == WSMAN_OP_PUT)
		req.op = WSMAN_OP_GET;
	if (k->op == WSMAN_OP_INVOKE)
		req.obj = cli_wsman_input(k, r->e);
	amt_client_call(r->client, &req, req.op != WSMAN_OP_INVOKE, 0, on_reply, r);
}

static bool run(struct run *r, uint32_t timeout_ms, struct err *e)
{
	r->e = e;
	r->loop = net_loop_new(e);
	if (!r->loop)
		return false;
	rng_os(&r->rng);
	r->dialer = net_stream_dialer_new(r->loop, CONNECT_MS, CONNECT_MS);
	struct amt_client_conf conf = { .dialer = r->dialer,
					.sched = net_loop_sched(r->loop),
					.rng = &r->rng,
					.first_byte_ms = timeout_ms };
	r->client = amt_client_new(&conf);
	amt_client_set_way(r->client, &r->way);
	start_call(r);
	net_loop_run(r->loop);
	net_stream_dialer_free(r->dialer);
	net_loop_free(r->loop);
	return r->ok;
}

bool cli_cmd_wsman(struct cli *c, struct err *e)
{
	struct run r = { 0 };
	uint32_t timeout_ms = 0;
	bool ok = cli_wsman_prepare(c, &r.call, e) && make_way(&r, &timeout_ms, e) &&
		run(&r, timeout_ms, e);

	amt_way_deinit(&r.way);
	return ok;
}
