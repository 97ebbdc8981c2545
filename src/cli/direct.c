/* Talking to one PC without the service: the way in (address, TLS, login) out of the options, the loop,
 * the client, and what to try next. Called by the commands with --direct. With TLS the modern
 * versions are tried first, then those of old firmware. A wrong password is sent once and never
 * again: PCs lock. */
#include "cli/direct.h"
#include "amt/quirks.h"
#include "base/str.h"
#include "net/loop.h"
#include "net/stream.h"
#include <stdio.h>
#include <stdlib.h>

#define PORT_BASE  16992
#define TIMEOUT_S  30
#define CONNECT_MS 10000

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

static bool get_password(struct cli *c, struct amt_way *w, struct err *e)
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
	if (c->typed) { /* for a step of this command before */
		secret_set(&w->password, span_str(c->typed));
		return true;
	}
	(void)snprintf(prompt, sizeof prompt, "Password of %s on %s: ", w->user, w->address);
	if (!cli_input_prompt(prompt, false, &w->password, e))
		return err_hint(
			e,
			"give it with --password-file FILE or in the environment as OUTBAND_PASSWORD");
	c->typed = arena_str(&c->arena, secret_reveal(&w->password));
	return true;
}

bool cli_direct_init(struct cli_direct *d, struct cli *c, struct err *e)
{
	return cli_direct_init_host(d, c, cli_args_value(&c->args, "direct"), e);
}

bool cli_direct_init_host(struct cli_direct *d, struct cli *c, const char *host, struct err *e)
{
	const char *user = cli_args_value(&c->args, "user"), *pin = cli_args_value(&c->args, "pin");
	const char *timeout = cli_args_value(&c->args, "timeout");
	bool tls = cli_args_has(&c->args, "tls");
	uint32_t s = TIMEOUT_S;

	*d = (struct cli_direct){ .verbose = c->verbose };
	if (!parse_host(host, &d->way, tls, e))
		return false;
	if (pin && !tls)
		return err_set(e, ERR_USAGE, "--pin is of no use without --tls");
	if (pin && !parse_pin(pin, &d->way, e))
		return false;
	if (timeout && !str_to_u32(span_str(timeout), 1, 3600, &s, NULL)) {
		err_set(e, ERR_USAGE, "--timeout %s is no number of seconds", timeout);
		return err_want(e, "1 to 3600");
	}
	if (!str_copy(d->way.user, sizeof d->way.user, span_str(user ? user : "admin")))
		return err_set(e, ERR_USAGE, "the user name has more than %zu characters",
			       sizeof d->way.user - 1);
	d->timeout_ms = s * 1000;
	d->ladder_count = amt_quirks_ladder("", false, d->ladder);
	d->way.tls.policy = d->ladder[0];
	return get_password(c, &d->way, e);
}

void cli_direct_show_peer(struct cli_direct *d, const struct amt_peer *p)
{
	struct out o;
	char text[256];

	if (d->shown_peer || !d->verbose)
		return;
	d->shown_peer = true;
	if (p->server[0])
		cli_note("%s says it is %s", d->way.address, p->server);
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
	cli_note("%s%s", text, d->way.tls.has_pin ? " as pinned" : " (not checked: no --pin)");
}

bool cli_direct_next_rung(struct cli_direct *d, const struct err *e)
{
	if (d->way.clear || e->code != ERR_TLS || d->rung + 1 >= d->ladder_count)
		return false;
	d->way.tls.policy = d->ladder[++d->rung];
	if (d->verbose)
		cli_note("no modern TLS (%s); trying the versions of old firmware",
			 e->seen[0] ? e->seen : e->msg);
	amt_client_set_way(d->client, &d->way);
	return true;
}

const char *cli_direct_hint(const struct cli_direct *d, const struct err *e)
{
	bool tls = !d->way.clear;

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

/* --- the run --- */

bool cli_direct_run(struct cli_direct *d, void (*start)(void *arg), void *arg, struct err *e)
{
	d->loop = net_loop_new(e);
	if (!d->loop)
		return false;
	rng_os(&d->rng);
	d->dialer = net_stream_dialer_new(d->loop, CONNECT_MS, CONNECT_MS);
	struct amt_client_conf conf = { .dialer = d->dialer,
					.sched = net_loop_sched(d->loop),
					.rng = &d->rng,
					.first_byte_ms = d->timeout_ms };
	d->client = amt_client_new(&conf);
	amt_client_set_way(d->client, &d->way);
	start(arg);
	net_loop_run(d->loop);
	net_stream_dialer_free(d->dialer);
	net_loop_free(d->loop);
	return d->ok;
}

void cli_direct_finish(struct cli_direct *d, bool ok)
{
	d->ok = ok;
	amt_client_free(d->client);
	d->client = NULL;
	net_loop_stop(d->loop);
}

void cli_direct_deinit(struct cli_direct *d)
{
	amt_way_deinit(&d->way);
}
