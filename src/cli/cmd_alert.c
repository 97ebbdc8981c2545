/* outband alert listen: hears what PCs tell and prints it, without the service. Runs until it is
 * interrupted, or until --count or --seconds are reached. */
#include "base/clk.h"
#include "base/rng.h"
#include "base/limits.h"
#include "base/str.h"
#include "cli/alert_listener.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "net/loop.h"
#include "pki/chain.h"
#include <signal.h>
#include <stdlib.h>

#define TRAPS_AT "0.0.0.0:162"

struct listening {
	struct cli *c;
	struct net_loop *loop;
	struct cli_alerts *alerts;
	uint32_t left; /* alerts until the end; 0: no end */
};

static void stop(struct listening *l)
{
	cli_alerts_free(l->alerts);
	l->alerts = NULL;
	net_loop_stop(l->loop);
}

static void on_end(void *arg)
{
	stop(arg);
}

static void on_signal(void *arg, int signum)
{
	(void)signum;
	stop(arg);
}

static void show(struct cli *c, const struct amt_alert *a)
{
	static const struct cli_col cols[] = {
		{ "received", "received", CLI_FORM_TIME },
		{ "kind", "kind", CLI_FORM_TEXT },
		{ "from", "from", CLI_FORM_TEXT },
		{ "severity", "severity", CLI_FORM_TEXT },
		{ "id", "id", CLI_FORM_TEXT },
		{ "text", "what", CLI_FORM_TEXT },
		{ "at", "at", CLI_FORM_TIME },
		{ "token", "token", CLI_FORM_TEXT },
	};
	char received[CLK_TEXT_SIZE];
	struct buf b;
	struct out o;

	buf_init(&b, 8192);
	out_init_buf(&o, &b);
	if (cli_writer_kind(c->writer) == CLI_WRITER_TEXT) {
		clk_print_unix_ms(clk_unix_ms(), received);
		out_fmt(&o, "%s %s %s %s %s: %s%s%s\n", received, amt_alert_kind_name(a->kind),
			a->from, a->severity, a->id, a->text, *a->token ? " token=" : "", a->token);
		cli_writer_text(c->writer, buf_span(&b));
	} else {
		amt_alert_json(a, clk_unix_ms(), &o);
		json_t *row = json_loadb((const char *)b.p, b.n, 0, NULL);
		if (row)
			cli_writer_row(c->writer, cols, sizeof cols / sizeof *cols, row);
		json_decref(row);
	}
	buf_deinit(&b);
	cli_writer_flush(c->writer);
}

static enum cli_alert_taken on_alert(void *arg, const struct amt_alert *a,
				     struct cli_alert_ticket *t)
{
	struct listening *l = arg;

	(void)t;
	show(l->c, a);
	if (l->left && --l->left == 0) /* not inside of the listener that called */
		(void)sched_after(net_loop_sched(l->loop), 0, on_end, l);
	return CLI_ALERT_NOW;
}

static void on_refused(void *arg, const char *from, const char *why)
{
	(void)arg;
	cli_note("not taken from %s: %s", from, why);
}

static bool number(const struct cli *c, const char *name, uint32_t *out_n, struct err *e)
{
	const char *text = cli_args_value(&c->args, name);

	*out_n = 0;
	if (!text || str_to_u32(span_str(text), 1, 1000000, out_n, NULL))
		return true;
	err_set(e, ERR_USAGE, "--%s %s is no number", name, text);
	return err_want(e, "1 to 1000000");
}

static bool password_of(const struct cli *c, struct secret *out_s, struct err *e)
{
	const char *file = cli_args_value(&c->args, "password-file"),
		   *env = getenv("OUTBAND_PASSWORD");

	if (!cli_args_has(&c->args, "user"))
		return true;
	if (file)
		return cli_input_password_file(file, out_s, e);
	if (env) {
		*out_s = secret_make(span_str(env));
		return true;
	}
	return cli_input_prompt("Password of the PCs: ", false, out_s, e);
}

static bool chain_of(const struct cli *c, struct pki_chain **out_chain, struct err *e)
{
	const char *path = cli_args_value(&c->args, "cert");
	struct buf file;

	if (!path) {
		err_set(e, ERR_USAGE, "--https needs a certificate");
		return err_want(e, "--cert FILE: PEM or PKCS#12 with its key and the CAs above it");
	}
	if (!cli_input_read(path, LIMIT_PFX_BYTES, &file, e))
		return false;
	*out_chain = pki_chain_load(buf_span(&file), NULL, e);
	buf_wipe(&file);
	return *out_chain || err_wrap(e, "%s", path);
}

static bool run(struct listening *l, const struct secret *password, uint32_t seconds, struct err *e)
{
	struct cli *c = l->c;
	const char *traps = cli_args_value(&c->args, "traps"),
		   *events = cli_args_value(&c->args, "events"),
		   *https = cli_args_value(&c->args, "https");
	struct cli_alerts_conf conf = { .loop = l->loop,
					.traps = traps || events || https ? traps : TRAPS_AT,
					.events = events,
					.https = https,
					.user = cli_args_value(&c->args, "user"),
					.password = password,
					.on_alert = on_alert,
					.on_refused = on_refused,
					.arg = l };
	char places[240] = "";
	struct rng rng;
	struct out o;

	if (https && !chain_of(c, &conf.chain, e))
		return false;
	rng_os(&rng);
	conf.seed = rng_u64(&rng);
	l->alerts = cli_alerts_new(&conf, e);
	if (!l->alerts)
		return false;
	out_init(&o, places, sizeof places);
	cli_alerts_places(l->alerts, &o);
	cli_note("listening %s", places);
	net_loop_on_signal(l->loop, SIGINT, on_signal, l);
	net_loop_on_signal(l->loop, SIGTERM, on_signal, l);
	struct sched_timer *end = seconds
		? sched_after(net_loop_sched(l->loop), (int64_t)seconds * 1000, on_end, l)
		: NULL;
	(void)end;
	net_loop_run(l->loop);
	return true;
}

bool cli_cmd_alert_listen(struct cli *c, struct err *e)
{
	struct listening l = { .c = c };
	struct secret password = { 0 };
	uint32_t seconds;

	if (!number(c, "count", &l.left, e) || !number(c, "seconds", &seconds, e) ||
	    !password_of(c, &password, e))
		return false;
	l.loop = net_loop_new(e);
	bool ok = l.loop && run(&l, &password, seconds, e);
	if (!ok && l.loop)
		stop(&l);
	net_loop_free(l.loop);
	secret_deinit(&password);
	return ok;
}
