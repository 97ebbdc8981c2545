/* outband kvm: the KVM session of one PC on a port of this machine, for any VNC viewer. Login and opening
 * are done here (amt/redir_session.h), so the viewer needs no password of the PC; what then goes to and
 * fro is RFB, passed on as it is. One viewer at a time. Listens beyond this machine only when told to. */
#include "amt/redir_session.h"
#include "base/str.h"
#include "cli/cmd_consent.h"
#include "cli/commands.h"
#include "cli/direct.h"
#include "cli/operate.h"
#include "net/loop.h"
#include <arpa/inet.h>
#include <signal.h>

#define LISTEN    "127.0.0.1:5900"
#define QUEUE_MAX ((size_t)512 * 1024)
#define EARLY_MAX 65536 /* of the viewer, before the PC has opened */
#define TAIL      32    /* last bytes of the PC: its reason stands there */

struct bridge {
	struct cli *c;
	struct cli_direct d;
	struct net_listen *listen;
	char address[64];
	uint16_t port;
	struct net_stream *viewer; /* NULL: none */
	struct amt_redir *pc;
	struct buf early;
	bool open, ending, finished, once, old_pc;
	char tail[TAIL + 1];
	size_t tail_n;
	unsigned sessions;
	struct sched_timer *again;
	struct err *e;
};

/* ---- the end of a session, of all ---- */

static void finish(struct bridge *b, bool ok)
{
	if (b->finished)
		return;
	b->finished = true;
	sched_cancel(b->again);
	net_listen_close(b->listen);
	amt_redir_free(b->pc);
	b->pc = NULL;
	net_stream_close(b->viewer);
	b->viewer = NULL;
	buf_deinit(&b->early);
	cli_direct_finish(&b->d, ok);
}

static const char *reason_text(const char *code)
{
	static const struct {
		const char *code, *text;
	} reasons[] = {
		{ "0x80862300", "the user of the PC did not consent, or consent ended" },
		{ "0x80862700", "nobody used it for too long (SessionTimeout of the PC)" },
		{ "0x80862100", "it was ended from elsewhere" },
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		if (strncmp(reasons[i].code, code, strlen(reasons[i].code)) == 0)
			return reasons[i].text;
	}
	return "a reason that is not known here";
}

static void keep_tail(struct bridge *b, struct span s)
{
	if (s.n >= TAIL) {
		memcpy(b->tail, s.p + s.n - TAIL, TAIL);
		b->tail_n = TAIL;
		return;
	}
	size_t keep = b->tail_n + s.n > TAIL ? TAIL - s.n : b->tail_n;
	memmove(b->tail, b->tail + b->tail_n - keep, keep);
	memcpy(b->tail + keep, s.p, s.n);
	b->tail_n = keep + s.n;
}

static void note_end(struct bridge *b, const struct err *why)
{
	const char *at;

	for (size_t i = 0; i < b->tail_n; i++) {
		if (!b->tail[i])
			b->tail[i] = ' ';
	}
	b->tail[b->tail_n] = '\0';
	at = strstr(b->tail, "0x8086");
	if (at)
		cli_note("the PC ended the session: %.10s, %s", at, reason_text(at));
	else if (why->code != ERR_NONE)
		cli_note("the session ended: %s", why->msg);
	else
		cli_note("the PC ended the session");
}

static void session_over(struct bridge *b)
{
	amt_redir_free(b->pc);
	b->pc = NULL;
	net_stream_close(b->viewer);
	b->viewer = NULL;
	buf_clear(&b->early);
	b->open = b->ending = false;
	if (b->once)
		finish(b, true);
}

/* ---- the PC ---- */

static void dial(struct bridge *b);

static void pc_open(void *arg)
{
	struct bridge *b = arg;

	b->open = true;
	b->old_pc = true;
	b->sessions++;
	cli_note("a viewer is connected");
	if (b->early.n > 0)
		(void)amt_redir_send(b->pc, buf_span(&b->early));
	buf_clear(&b->early);
	net_stream_pause(b->viewer, false);
}

static void pc_data(void *arg, struct span bytes)
{
	struct bridge *b = arg;

	keep_tail(b, bytes);
	if (!b->viewer || b->ending)
		return;
	if (!net_stream_send(b->viewer, bytes) || net_stream_queued(b->viewer) > QUEUE_MAX)
		amt_redir_pause(b->pc, true);
}

static void pc_room(void *arg)
{
	struct bridge *b = arg;

	if (b->viewer && b->open)
		net_stream_pause(b->viewer, false);
}

static void redial(void *arg)
{
	struct bridge *b = arg;

	b->again = NULL;
	amt_redir_free(b->pc);
	b->pc = NULL;
	dial(b);
}

/* A login that was refused is never sent again; a session that somebody else has may be free later. */
static void pc_down(void *arg, const struct err *why)
{
	struct bridge *b = arg;

	if (b->open) {
		note_end(b, why);
		b->ending = true;
		if (b->viewer)
			net_stream_end(b->viewer); /* session_over with its on_down */
		else
			session_over(b);
		return;
	}
	if (!b->old_pc && cli_direct_next_rung(&b->d, why)) {
		b->again = sched_after(net_loop_sched(b->d.loop), 0, redial, b);
		return;
	}
	if (why->code == ERR_BUSY) {
		cli_note("%s", why->msg);
		b->ending = true;
		net_stream_end(b->viewer);
		return;
	}
	*b->e = *why;
	if (why->code == ERR_FAULT) {
		err_want(b->e, "user consent for KVM, where the PC wants it");
		err_rule(b->e, "M24");
	}
	if (!b->e->hint[0])
		err_hint(b->e, "%s", cli_direct_hint(&b->d, why));
	err_wrap(b->e, "KVM of %s", b->d.way.address);
	finish(b, false);
}

static void dial(struct bridge *b)
{
	static const struct amt_redir_events events = { pc_open, pc_data, pc_room, pc_down };
	const struct amt_redir_conf conf = { .dialer = b->d.dialer,
					     .sched = net_loop_sched(b->d.loop),
					     .rng = &b->d.rng,
					     .way = &b->d.way,
					     .kind = WIRE_REDIR_KVM };

	b->tail_n = 0;
	b->pc = amt_redir_start(&conf, &events, b);
}

/* ---- the viewer ---- */

static void viewer_up(void *arg, const struct net_tls_facts *facts)
{
	(void)arg;
	(void)facts;
}

static void viewer_data(void *arg, struct span bytes)
{
	struct bridge *b = arg;

	if (b->ending)
		return;
	if (!b->open) {
		if (!buf_add(&b->early, bytes) || b->early.n > EARLY_MAX / 2)
			net_stream_pause(b->viewer, true);
		return;
	}
	if (!amt_redir_send(b->pc, bytes))
		net_stream_end(b->viewer);
	else if (amt_redir_queued(b->pc) > QUEUE_MAX)
		net_stream_pause(b->viewer, true);
}

static void viewer_down(void *arg, const struct err *why)
{
	struct bridge *b = arg;

	(void)why;
	if (!b->ending && b->open)
		cli_note("the viewer has gone");
	session_over(b);
}

static void viewer_room(void *arg)
{
	struct bridge *b = arg;

	if (b->pc && b->open && !b->ending)
		amt_redir_pause(b->pc, false);
}

static void on_accept(void *arg, struct net_conn *nc)
{
	static const struct net_stream_events events = { viewer_up, viewer_data, viewer_down };
	struct bridge *b = arg;

	if (b->viewer || b->finished) {
		cli_note("a second viewer from %s was sent away", nc->peer);
		net_conn_close(nc, true);
		return;
	}
	b->viewer = net_conn_clear(nc);
	net_stream_start(b->viewer, &events, b);
	net_stream_on_room(b->viewer, viewer_room);
	dial(b);
}

/* ---- where it listens ---- */

static bool is_loopback(const char *address)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, address, &v4) == 1)
		return (ntohl(v4.s_addr) >> 24) == 127;
	return inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool read_listen(struct bridge *b, const char *text, struct err *e)
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

static void on_signal(void *arg, int signum)
{
	(void)signum;
	finish(arg, true);
}

static void start(void *arg)
{
	struct bridge *b = arg;
	const struct net_listen_conf conf = { .address = b->address, .port = b->port };

	b->listen = net_listen_open(b->d.loop, &conf, on_accept, b, b->e);
	if (!b->listen) {
		if (b->e->code == ERR_CONFLICT)
			err_hint(b->e, "another program listens there; choose another --listen");
		b->finished = true;
		cli_direct_finish(&b->d, false);
		return;
	}
	net_loop_on_signal(b->d.loop, SIGINT, on_signal, b);
	net_loop_on_signal(b->d.loop, SIGTERM, on_signal, b);
	cli_writer_say(b->c->writer, "VNC viewers reach %s at %s port %u; CTRL-C ends it",
		       b->d.way.address, b->address, net_listen_port(b->listen));
	cli_writer_flush(b->c->writer);
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
	const char *code = cli_args_value(&c->args, "code");
	struct amt_op_arg arg = { "code", NULL };
	const struct cli_operate send = { .op = "consent.send",
					  .args = &arg,
					  .arg_count = 1,
					  .each = look,
					  .arg = &(struct ready){ 0 } };

	if (cli_args_has(&c->args, "ask-consent") && !code &&
	    !cli_consent_ask(c, 0, "kvm", &code, e))
		return false;
	if (!code)
		return cli_consent_check(c, 0, "kvm", e);
	arg.value = code;
	return cli_operate(c, &send, e);
}

bool cli_cmd_kvm(struct cli *c, struct err *e)
{
	struct bridge b = { .c = c, .once = cli_args_has(&c->args, "once"), .e = e };

	if (!cli_args_has(&c->args, "direct")) {
		err_set(e, ERR_USAGE, "a KVM session goes to one PC");
		return err_hint(e, "give --direct HOST");
	}
	if (!read_listen(&b, cli_args_value(&c->args, "listen"), e) || !is_ready(c, e) ||
	    !has_consent(c, e))
		return false;
	buf_init(&b.early, EARLY_MAX);
	bool ok = cli_direct_init(&b.d, c, e) && cli_direct_run(&b.d, start, &b, e);
	cli_direct_deinit(&b.d);
	if (ok && b.sessions)
		cli_note("%u session%s", b.sessions, b.sessions == 1 ? "" : "s");
	return ok;
}
