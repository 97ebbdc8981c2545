/* outband serve: puts the parts of the service together and takes them apart again. Store, seal,
 * engine, hello ports and API are made in this order and end in the reverse one. Decides nothing
 * about PCs. */
#include "api/api.h"
#include "base/clk.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/hello_listener.h"
#include "cli/serve_alerts.h"
#include "cli/rpc.h"
#include "cli/serve_inventory.h"
#include "cli/serve_outside.h"
#include "cli/serve_place.h"
#include "cli/serve_publish.h"
#include "engine/engine.h"
#include "engine/trace.h"
#include "net/loop.h"
#include "net/stream.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CONNECT_MS \
	7000 /* firmware that sleeps is up within 10 s: the second try comes before that */
#define HANDSHAKE_MS  30000
#define STOP_MS       8000 /* jobs get so long to reach a safe point */
#define DEFAULT_HELLO "9971"

struct serve {
	struct cli *c;
	struct cli_serve_places at;
	struct net_loop *loop;
	struct net_wake *wake;
	struct net_dialer *dialer;
	struct cli_outside outside;
	struct rng rng;
	struct store *store;
	struct pki_seal *seal;
	struct engine *engine;
	struct cli_hello *hello;
	struct cli_alerts *alerts;
	struct api *api;
	struct cli_inventory *inventory;
	struct sched_timer *patience;
	int64_t start_mono_ms;
	char owner[160], hello_text[1024], hello_ports[128];
	bool stopping;
	const char *reason;
};

/* --- callbacks --- */

static void count_hellos(void *arg, struct api_hello_counts *out_n)
{
	struct serve *s = arg;
	struct cli_hello_counts n = cli_hello_get_counts(s->hello);

	*out_n = (struct api_hello_counts){ n.open, n.dropped, n.held, n.held_ms };
}

static void wake_store(void *arg)
{
	struct serve *s = arg;
	net_loop_wake(s->wake);
}

static void on_store_wake(void *arg)
{
	struct serve *s = arg;
	if (s->store)
		store_poll(s->store);
}

static void work(void *ctx, void (*fn)(void *), void (*done)(void *), void *arg)
{
	net_loop_work(ctx, fn, done, arg);
}

static void on_engine_stopped(void *arg)
{
	struct serve *s = arg;

	sched_cancel(s->patience);
	s->patience = NULL;
	net_loop_stop(s->loop);
}

static void on_no_patience(void *arg)
{
	struct serve *s = arg;

	s->patience = NULL;
	s->reason = "signal; a job did not reach a safe point in time";
	net_loop_stop(s->loop);
}

static void on_signal(void *arg, int signum)
{
	struct serve *s = arg;

	if (s->stopping)
		_exit(128 + signum);
	s->stopping = true;
	s->reason = signum == SIGTERM ? "SIGTERM" : "SIGINT";
	cli_hello_stop(s->hello);
	cli_alerts_free(s->alerts);
	s->alerts = NULL;
	s->patience = sched_after(net_loop_sched(s->loop), STOP_MS, on_no_patience, s);
	api_stop(s->api);
	engine_stop(s->engine, on_engine_stopped, s);
}

/* The log was moved away: begin a new one. */
static void on_hangup(void *arg, int signum)
{
	struct serve *s = arg;
	struct err e = { 0 };

	(void)signum;
	if (!cli_serve_open_log(s->c, &e))
		log_err(LOG_EV_SERVE_FAILED, &e,
			(const struct log_kv[]){ LOG_S("step", "reopen log"), { 0 } });
}

/* --- start --- */

static void name_owner(struct serve *s)
{
	char host[96] = "";

	(void)gethostname(host, sizeof host - 1);
	(void)snprintf(s->owner, sizeof s->owner, "%s:%ld:%08lx", host, (long)getpid(),
		       (unsigned long)(rng_u64(&s->rng) & 0xffffffff));
}

static bool start_store(struct serve *s, struct err *e)
{
	struct store_conf conf = { .path = s->at.db, .wake = wake_store, .wake_arg = s };

	s->seal = pki_seal_open(s->at.key_file, true, e);
	if (!s->seal) {
		if (!e->hint[0])
			err_hint(e,
				 "name a folder that the service may write to with --data, or the "
				 "file with --key-file");
		return err_wrap(e, "key file (--key-file)");
	}
	s->store = store_open(&conf, e);
	return s->store || err_wrap(e, "database (--db)");
}

static void on_key(void *arg, const char *where, const char *line)
{
	const struct serve *s = arg;

	engine_trace_key(s->engine, where, line);
}

static void want_keys(void *arg, bool wanted)
{
	net_tls_on_keys(wanted ? on_key : NULL, arg);
}

static bool start_engine(struct serve *s, struct err *e)
{
	const char *named = cli_args_value(&s->c->args, "publish");
	const char *folder = named ? named : arena_fmt(&s->c->arena, "%s/published", s->at.data);
	struct engine_conf conf = {
		.store = s->store,
		.sched = net_loop_sched(s->loop),
		.dialer = s->dialer,
		.rng = &s->rng,
		.seal = s->seal,
		.owner = s->owner,
		.work = work,
		.work_ctx = s->loop,
		.outside = &s->outside.way,
		.publish = cli_serve_publish,
		.publish_ctx = (char *)folder,
		.want_keys = want_keys,
		.want_keys_ctx = s,
	};
	cli_outside_init(&s->outside, s->loop, s->dialer);
	s->engine = engine_new(&conf, e);
	if (!s->engine)
		return false;
	/* The option stands above the stored setting, for this run. */
	return cli_serve_log_level(s->c, e);
}

static bool start_hello(struct serve *s, struct err *e)
{
	const char *place = cli_args_nth(&s->c->args, "hello", 0);
	struct out o;

	s->hello = cli_hello_new(s->loop, s->store, s->engine, rng_u64(&s->rng));
	if (!place && !cli_hello_listen(s->hello, DEFAULT_HELLO, e))
		return false;
	for (unsigned i = 0; (place = cli_args_nth(&s->c->args, "hello", i)); i++)
		if (!cli_hello_listen(s->hello, place, e))
			return false;
	out_init(&o, s->hello_text, sizeof s->hello_text);
	cli_hello_places(s->hello, &o);
	out_init(&o, s->hello_ports, sizeof s->hello_ports);
	cli_hello_ports(s->hello, &o);
	return true;
}

static bool start_api(struct serve *s, struct err *e)
{
	struct api_conf conf = {
		.loop = s->loop,
		.store = s->store,
		.engine = s->engine,
		.seal = s->seal,
		.socket_path = s->at.socket,
		.version = CLI_VERSION,
		.hello_ports = s->hello_ports,
		.db_path = s->at.db,
		.start_mono_ms = s->start_mono_ms,
		.count_hellos = count_hellos,
		.count_arg = s,
	};
	s->api = api_new(&conf, e);
	if (s->api) {
		s->inventory = cli_inventory_new(s->loop, s->store, s->api);
		return true;
	}
	if (!e->hint[0])
		err_hint(e, "stop the other service, or name another socket with --socket");
	return err_wrap(e, "socket (--socket)");
}

static bool start(struct serve *s, struct err *e)
{
	s->loop = net_loop_new(e);
	if (!s->loop)
		return false;
	(void)net_loop_raise_fds();
	rng_os(&s->rng);
	name_owner(s);
	s->wake = net_loop_wake_new(s->loop, on_store_wake, s);
	s->dialer = net_stream_dialer_new(s->loop, CONNECT_MS, HANDSHAKE_MS);
	if (!start_store(s, e) || !start_engine(s, e) || !start_hello(s, e) ||
	    !cli_serve_alerts(s->loop, s->engine, rng_u64(&s->rng), &s->alerts, e) ||
	    !start_api(s, e))
		return false;
	net_loop_on_signal(s->loop, SIGTERM, on_signal, s);
	net_loop_on_signal(s->loop, SIGINT, on_signal, s);
	net_loop_on_signal(s->loop, SIGHUP, on_hangup, s);
	return true;
}

/* --- end --- */

static void end(struct serve *s)
{
	if (!s->loop)
		return;
	sched_cancel(s->patience);
	s->patience = NULL;
	if (s->hello)
		cli_hello_stop(s->hello);
	cli_alerts_free(s->alerts);
	s->alerts = NULL;
	net_loop_stop(s->loop);
	net_loop_run(s->loop); /* comes back at once when it has run; else closes what was opened */
	api_free(s->api);
	cli_inventory_free(s->inventory);
	cli_hello_free(s->hello);
	engine_free(s->engine);
	if (s->store)
		store_close(s->store);
	pki_seal_free(s->seal);
	net_stream_dialer_free(s->dialer);
	net_loop_wake_free(s->wake);
	net_loop_free(s->loop);
}

bool cli_cmd_serve(struct cli *c, struct err *e)
{
	struct serve s = { .c = c, .start_mono_ms = clk_mono_ms(), .reason = "stopped" };
	bool ok = cli_serve_prepare(c, &s.at, e) && start(&s, e);

	if (ok) {
		log_ev(LOG_EV_SERVE_START, LOG_S("version", CLI_VERSION),
		       LOG_S("hello_port", s.hello_text), LOG_S("socket", s.at.socket),
		       LOG_S("db", s.at.db));
		cli_writer_say(c->writer, "ready hello=%s socket=%s", s.hello_text, s.at.socket);
		json_t *doc = json_pack("{s:b, s:s, s:s}", "ready", 1, "hello", s.hello_text,
					"socket", s.at.socket);
		cli_writer_json(c->writer, doc);
		json_decref(doc);
		cli_writer_flush(c->writer);
		net_loop_run(s.loop);
	}
	end(&s);
	if (ok)
		log_ev(LOG_EV_SERVE_STOP, LOG_S("reason", s.reason));
	return ok;
}
