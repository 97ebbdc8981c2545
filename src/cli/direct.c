/* Talking to one PC without the service: the way in (address, TLS, login) out of the options, the loop,
 * the client, and what to try next. Called by the commands with --direct. With TLS the modern
 * versions are tried first, then those of old firmware. A wrong password is sent once and never
 * again: PCs lock. */
#include "cli/direct.h"
#include "amt/quirks.h"
#include "base/names.h"
#include "base/str.h"
#include "cli/tries.h"
#include "net/loop.h"
#include "net/stream.h"
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#define PORT_BASE  16992
#define TIMEOUT_S  30
#define CONNECT_MS 5000 /* so that a second try is within the 10 s that firmware takes to wake */
#define TLS_MS     10000

/* --- the way in --- */

/* A host name to an address. IPv4 before IPv6: AMT often has no IPv6 address while the system of the
 * PC, which has the same name, does. This may take seconds, and Ctrl-C ends it. */
static bool resolve(struct span name, char *out_address, size_t size, struct err *e)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM }, *all = NULL, *best;
	char text[256];

	if (!str_copy(text, sizeof text, name)) {
		err_set(e, ERR_USAGE, "the host name has %zu characters", name.n);
		return err_want(e, "at most %zu", sizeof text - 1);
	}
	int r = getaddrinfo(text, NULL, &want, &all);
	r = r == 0 && !all ? EAI_NONAME : r;
	if (r != 0) {
		err_set(e, r == EAI_NONAME ? ERR_NOT_FOUND : ERR_UNREACHABLE,
			"host %.60s has no address: %s", text, gai_strerror(r));
		return err_hint(
			e, "check how it is spelt; PCs of the service are named without --direct");
	}
	for (best = all; best && best->ai_family != AF_INET; best = best->ai_next)
		;
	best = best ? best : all;
	r = getnameinfo(best->ai_addr, best->ai_addrlen, out_address, (socklen_t)size, NULL, 0,
			NI_NUMERICHOST);
	freeaddrinfo(all);
	return r == 0 ||
		err_set(e, ERR_NOT_FOUND, "host %.60s has no address that can be used", text);
}

static bool is_address(struct span host)
{
	uint32_t ip;

	return names_ip_parse(host, &ip) || span_find(host, ':') < host.n;
}

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
	if (!host.n || bad_base) {
		err_set(e, ERR_USAGE, "--direct '%s' is no address", text);
		return err_want(e, "HOST or HOST:BASE with BASE from 1 to 65531");
	}
	if (!is_address(host)) {
		if (!resolve(host, w->address, sizeof w->address, e))
			return false;
	} else if (!str_copy(w->address, sizeof w->address, host)) {
		return err_set(e, ERR_USAGE, "--direct '%.80s' is no address", text);
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

static bool read_password(struct cli *c, const char *host, struct amt_way *w, struct err *e)
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
	(void)snprintf(prompt, sizeof prompt, "Password of %.30s on %.100s: ", w->user, host);
	if (!cli_input_prompt(prompt, false, &w->password, e))
		return e->code == ERR_CANCELLED
			? false
			: err_hint(
				  e,
				  "give it with --password-file FILE or in the environment as OUTBAND_PASSWORD");
	c->typed = arena_str(&c->arena, secret_reveal(&w->password));
	return true;
}

/* Where its wrong logins are counted: the same for all of its ports. */
static const char *pc_of(struct cli_direct *d)
{
	(void)snprintf(d->pc, sizeof d->pc, "%s:%u", d->way.address,
		       (unsigned)(d->way.clear ? d->way.port : d->way.port - 1));
	return d->pc;
}

/* An empty password opens no PC, and would count as a wrong one. */
static bool get_password(struct cli *c, const char *host, struct cli_direct *d, struct err *e)
{
	if (!cli_tries_check(pc_of(d), e) || !read_password(c, host, &d->way, e))
		return false;
	if (secret_reveal(&d->way.password).n)
		return true;
	c->typed = NULL;
	secret_deinit(&d->way.password);
	err_set(e, ERR_USAGE, "the password is empty: nothing is sent");
	return err_hint(e, "see --password-file, OUTBAND_PASSWORD, or what was typed");
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
	return get_password(c, host, d, e);
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

bool cli_direct_judge(struct cli_direct *d, bool ok, struct err *e)
{
	(void)amt_client_explain_denied(d->way.user, e);
	if (ok) {
		cli_tries_taken(d->pc);
	} else if (e->code == ERR_AUTH) {
		unsigned left = cli_tries_refused(d->pc);
		err_rule(e, "M19");
		err_seen(e, "one login, refused; a locked account says the same");
		if (left)
			err_hint(
				e,
				"check user, password, and for a console or drives the redirection "
				"realm; tries still safe within %d minutes, over all ports: %u",
				CLI_TRIES_MINUTES, left);
		else
			err_hint(e,
				 "no further try is safe for %d minutes: the account may lock, or "
				 "is locked already, which looks the same",
				 CLI_TRIES_MINUTES);
	}
	return ok;
}

bool cli_direct_run(struct cli_direct *d, void (*start)(void *arg), void *arg, struct err *e)
{
	d->loop = net_loop_new(e);
	if (!d->loop)
		return false;
	rng_os(&d->rng);
	d->dialer = net_stream_dialer_new(d->loop,
					  d->timeout_ms < CONNECT_MS ? d->timeout_ms : CONNECT_MS,
					  d->timeout_ms < TLS_MS ? d->timeout_ms : TLS_MS);
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
	return d->judged_later ? d->ok : cli_direct_judge(d, d->ok, e);
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
