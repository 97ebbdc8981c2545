/* outband discover: who of many addresses has AMT. Prints a line as each is found, keeps where it stands
 * in the file of --resume, and says on CTRL-C how to go on. */
#include "amt/discover.h"
#include "base/clk.h"
#include "base/str.h"
#include "cli/discover_file.h"
#include "cli/rpc.h"
#include "cli/seen_row.h"
#include "cli/since.h"
#include "cli/term.h"
#include "net/loop.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define ADDRESSES_MAX 16777216
#define RATE_MAX      1000000
#define PROGRESS_MS   1000
#define SAVE_MS       5000
#define STORE_ROWS    200 /* of one request */
#define SAID_ROWS     100 /* before they are shown: fewer than the writer shows by itself */
#define LINE_MAX      120

struct discover {
	struct cli *c;
	struct net_loop *loop;
	struct amt_discover *d;
	struct names names;
	struct cli_discover_file file;
	struct cli_seen_cas cas;
	struct rng rng;
	const char *path; /* of the state; NULL: none */
	struct sched_timer *progress;
	int64_t started_ms, saved_ms;
	uint64_t begun_done; /* by earlier runs */
	unsigned said;
	bool lost; /* nobody takes the output any more: the end of it, and no error */
	bool stopped, ports, show_progress, progress_shown, failed;
	json_t *rows; /* --store: those that the service does not have yet; NULL: it does not keep them */
	struct err store_e; /* why it did not take some */
	struct err end_e;   /* found out at the end */
};

/* ---- output ---- */

static void say_row(const struct discover *v, const char *address, const char *name,
		    const struct amt_seen *s)
{
	char version[32], ports[64] = "";
	struct out o;

	amt_seen_version(s, version);
	out_init(&o, ports, sizeof ports);
	for (unsigned i = 0; v->ports && i < AMT_SEEN_USUAL; i++)
		out_fmt(&o, " %s", amt_seen_says_name(s->ports[i]));
	cli_writer_say(v->c->writer, "%-15s  %-10s  %-14s  %-7s  %-12s%s  %s", address,
		       amt_seen_state_name(amt_seen_state(s)), version[0] ? version : "-",
		       s->tls                 ? pki_tls_version_name(s->tls_version)
			       : s->wants_psk ? "key"
					      : "-",
		       amt_seen_maker(s), ports, s->cn[0] ? s->cn : name);
}

/* For people; programs take --json or --csv. */
static void say_head(const struct discover *v)
{
	if (cli_writer_kind(v->c->writer) == CLI_WRITER_TEXT)
		cli_writer_say(v->c->writer, "%-15s  %-10s  %-14s  %-7s  %-12s%s  %s", "address",
			       "state", "release", "TLS", "cert of",
			       v->ports ? "  16992 16993 16994 16995" : "", "name");
}

/* The service gets them in batches; when it fails, the rest of the output goes on. */
static void store_rows(struct discover *v)
{
	size_t n = json_array_size(v->rows);
	json_t *body;

	if (n == 0 || v->store_e.code != ERR_NONE)
		return;
	body = json_pack("{s:o}", "items", v->rows);
	v->rows = json_array();
	if (!cli_rpc_send(v->c, "POST", "/v1/sightings", body, NULL, &v->store_e))
		err_wrap(&v->store_e, "the service did not take %zu rows", n);
}

/* Left of a minute, hours and days: whole ones. */
static void put_left(struct out *o, int64_t s)
{
	if (s < 120)
		out_fmt(o, ", %lld s left", (long long)s);
	else if (s < 7200)
		out_fmt(o, ", %lld min left", (long long)(s / 60));
	else
		out_fmt(o, ", %lld h left", (long long)(s / 3600));
}

/* One line of a terminal, however narrow; rows must not be written behind it. */
static void show_progress(struct discover *v)
{
	struct amt_discover_counts n = amt_discover_get_counts(v->d);
	int64_t ms = clk_mono_ms() - v->started_ms;
	uint64_t done = n.done > v->begun_done ? n.done - v->begun_done : 0;
	unsigned rows = 0, cols = LINE_MAX;
	char line[LINE_MAX];
	struct out o;

	out_init(&o, line, sizeof line);
	out_fmt(&o, "%llu of %llu, %llu found", (unsigned long long)n.done,
		(unsigned long long)n.total, (unsigned long long)n.found);
	if (done > 0 && ms > 2000)
		put_left(&o,
			 (int64_t)((double)(n.total - n.done) * (double)ms / (double)done / 1000));
	if (!cli_term_size(STDERR_FILENO, &rows, &cols) || cols < 2)
		cols = 80;
	(void)fprintf(stderr, "\r\033[K%.*s", (int)(cols - 1), line);
	v->progress_shown = true;
}

static void show_rows(struct discover *v)
{
	if (v->progress_shown)
		(void)fprintf(stderr, "\r\033[K");
	v->progress_shown = false;
	v->said = 0;
	(void)cli_writer_wait(v->c->writer, 0);
}

static void on_found(void *arg, const char *address, const char *name, const struct amt_seen *s)
{
	struct discover *v = arg;
	bool text = cli_writer_kind(v->c->writer) == CLI_WRITER_TEXT;
	json_t *row = text && !v->rows ? NULL : cli_seen_row(address, name, s, clk_unix_ms());

	if (text)
		say_row(v, address, name, s);
	else
		cli_writer_row(v->c->writer, cli_seen_cols, cli_seen_col_count, row);
	if (v->show_progress && ++v->said >= SAID_ROWS)
		show_rows(v);
	if (v->rows) {
		(void)json_array_append(v->rows, row);
		if (json_array_size(v->rows) >= STORE_ROWS)
			store_rows(v);
	}
	json_decref(row);
}

static void save(struct discover *v)
{
	struct err e = { 0 };

	v->file.position = amt_discover_position(v->d);
	v->saved_ms = clk_mono_ms();
	if (v->path && !v->failed && !cli_discover_file_write(&v->file, v->path, &e)) {
		v->failed = true; /* reported once; what was found goes on */
		cli_note("the state is not kept: %s", e.msg);
	}
}

static void on_progress(void *arg)
{
	struct discover *v = arg;

	v->progress = sched_after(net_loop_sched(v->loop), PROGRESS_MS, on_progress, v);
	show_rows(v);
	store_rows(v);
	if (!v->rows && !v->lost && cli_writer_is_lost(v->c->writer)) {
		v->lost = v->stopped = true;
		amt_discover_stop(v->d);
		return;
	}
	if (v->show_progress)
		show_progress(v);
	if (clk_mono_ms() - v->saved_ms >= SAVE_MS)
		save(v);
}

/* ---- the end ---- */

static void on_signal(void *arg, int signum)
{
	struct discover *v = arg;

	(void)signum;
	v->stopped = true;
	amt_discover_stop(v->d);
}

static void report(struct discover *v)
{
	struct amt_discover_counts n = amt_discover_get_counts(v->d);
	int64_t ms = clk_mono_ms() - v->started_ms;

	show_rows(v);
	cli_note("%llu of %llu addresses in %lld.%03lld s: %llu pings, %llu answers, %llu looks, "
		 "%llu found",
		 (unsigned long long)n.done, (unsigned long long)n.total, (long long)(ms / 1000),
		 (long long)(ms % 1000), (unsigned long long)n.pings, (unsigned long long)n.pongs,
		 (unsigned long long)n.looks, (unsigned long long)n.found);
	if (n.unclear)
		cli_note("%llu more take connections and do not speak as AMT does: see "
			 "'outband probe ADDRESS'",
			 (unsigned long long)n.unclear);
	const char *kind = cli_args_has(&v->c->args, "ping") ? "IPv4 address" : "address";
	if (n.unresolved == 1)
		cli_note("%s has no %s", n.unresolved_name, kind);
	else if (n.unresolved)
		cli_note("%s and %llu more names have no %s", n.unresolved_name,
			 (unsigned long long)n.unresolved - 1, kind);
	if (n.no_hosts)
		cli_note("%llu addresses were left out: no host has 0.x, multicast and broadcast "
			 "addresses",
			 (unsigned long long)n.no_hosts);
	if (n.done > 0 && n.unresolved == n.total && !v->stopped) {
		err_set(&v->end_e, ERR_NOT_FOUND, "there is no address to look at");
		err_hint(&v->end_e, "check the names, and what DNS says of them");
	}
}

static void on_end(void *arg)
{
	struct discover *v = arg;

	store_rows(v);
	save(v);
	report(v);
	sched_cancel(v->progress);
	amt_discover_free(v->d);
	v->d = NULL;
	net_loop_stop(v->loop);
}

static bool finish(struct discover *v, struct err *e)
{
	if (v->store_e.code != ERR_NONE) {
		*e = v->store_e;
		return false;
	}
	if (v->end_e.code != ERR_NONE) {
		*e = v->end_e;
		return false;
	}
	if (!v->stopped)
		return !v->path || unlink(v->path) == 0 || errno == ENOENT ||
			err_errno(e, ERR_IO, errno, v->path);
	if (v->lost)
		return true;
	err_set(e, ERR_CANCELLED, "stopped at %llu of %llu addresses",
		(unsigned long long)v->file.position, (unsigned long long)v->file.total);
	if (v->path)
		return err_hint(e, "go on with: outband discover --resume %s", v->path);
	return err_hint(e, "go on with the same ranges and --skip %llu",
			(unsigned long long)v->file.position);
}

/* ---- arguments ---- */

static bool take_ranges(struct discover *v, struct err *e)
{
	struct cli_discover_file *f = &v->file;
	bool found = false;
	struct buf given;

	if (v->path && !cli_discover_file_read(f, v->path, &found, e))
		return false;
	buf_init(&given, f->ranges.max);
	for (unsigned i = 0; i < v->c->args.count; i++) {
		if (!(i == 0 || buf_add(&given, span_str(","))) ||
		    !buf_add(&given, span_str(v->c->args.operands[i])))
			return err_set(e, ERR_LIMIT, "so many ranges are too long");
	}
	bool same = span_eq(buf_span(&given), buf_span(&f->ranges));
	if (found && given.n && !same) {
		err_set(e, ERR_USAGE, "%s is about other ranges", v->path);
		err_hint(e, "leave the ranges out to go on with it, or name another file");
	} else if (!found && !given.n) {
		err_set(e, ERR_USAGE, "no ranges to discover");
		err_want(e, "such as 10.1.0.0/16, 10.1.0.5-90 or lab[01-40].example.com");
	}
	if (!found)
		(void)buf_add(&f->ranges, buf_span(&given));
	buf_deinit(&given);
	if (e->code != ERR_NONE || !names_add(&v->names, buf_span(&f->ranges), e))
		return false;
	f->total = v->names.count;
	return true;
}

static bool take_rate(const struct discover *v, uint32_t *out_rate, struct err *e)
{
	const char *rate = cli_args_value(&v->c->args, "rate");

	*out_rate = 1000;
	if (!rate)
		return true;
	if (str_eq(rate, "max")) {
		*out_rate = 0;
		return true;
	}
	if (str_to_u32(span_str(rate), 1, RATE_MAX, out_rate, NULL))
		return true;
	err_set(e, ERR_USAGE, "--rate %s is no rate", rate);
	return err_want(e, "pings a second, 1 to %d, or max", RATE_MAX);
}

static bool take_skip(struct discover *v, struct err *e)
{
	const char *skip = cli_args_value(&v->c->args, "skip");

	if (!skip)
		return true;
	if (v->path)
		return err_set(e, ERR_USAGE, "--skip and --resume do not go together");
	return str_to_u64(span_str(skip), 0, v->file.total, &v->file.position, e) ||
		err_wrap(e, "--skip");
}

static bool run(struct discover *v, struct err *e)
{
	struct amt_discover_conf conf = { .loop = v->loop,
					  .rng = &v->rng,
					  .names = &v->names,
					  .ping_only = cli_args_has(&v->c->args, "ping"),
					  .ours = v->cas.ders,
					  .our_count = v->cas.count,
					  .on_found = on_found,
					  .on_end = on_end,
					  .arg = v };

	if (!take_ranges(v, e) || !take_rate(v, &conf.rate, e) || !take_skip(v, e) ||
	    !cli_seen_ports(v->c, &conf.port_base, &conf.rmcp_port, e))
		return false;
	if (cli_args_has(&v->c->args, "store")) {
		if (!cli_rpc_get(v->c, "/v1/status", NULL, e))
			return false;
		v->rows = json_array();
	}
	conf.position = v->begun_done = v->file.position;
	if (v->path && !cli_discover_file_write(&v->file, v->path, e)) {
		err_hint(e, "name a file for --resume in a folder that you may write to");
		return false;
	}
	v->started_ms = v->saved_ms = clk_mono_ms();
	v->d = amt_discover_start(&conf, e);
	if (!v->d)
		return false;
	net_loop_on_signal(v->loop, SIGINT, on_signal, v);
	net_loop_on_signal(v->loop, SIGTERM, on_signal, v);
	if (isatty(STDOUT_FILENO))
		say_head(v);
	v->progress = sched_after(net_loop_sched(v->loop), PROGRESS_MS, on_progress, v);
	net_loop_run(v->loop);
	return finish(v, e);
}

bool cli_cmd_discover(struct cli *c, struct err *e)
{
	struct discover v = { .c = c,
			      .path = cli_args_value(&c->args, "resume"),
			      .ports = cli_args_has(&c->args, "ports"),
			      .show_progress = isatty(STDERR_FILENO) };

	if (!cli_seen_cas_init(&v.cas, c, e))
		return false;
	names_init(&v.names, ADDRESSES_MAX);
	cli_discover_file_init(&v.file);
	rng_os(&v.rng);
	v.loop = net_loop_new(e);
	bool ok = v.loop && run(&v, e);
	json_decref(v.rows);
	if (v.loop)
		net_loop_free(v.loop);
	cli_discover_file_deinit(&v.file);
	names_deinit(&v.names);
	cli_seen_cas_deinit(&v.cas);
	return ok;
}

/* ---- what the service keeps ---- */

static const struct cli_col list_cols[] = {
	{ "address", "address", CLI_FORM_TEXT },
	{ "fqdn", "PC", CLI_FORM_TEXT },
	{ "state", "state", CLI_FORM_TEXT },
	{ "version", "version", CLI_FORM_TEXT },
	{ "seen.certificate.maker", "certificate of", CLI_FORM_TEXT },
	{ "known_by", "known by", CLI_FORM_TEXT },
	{ "first_seen", "first seen", CLI_FORM_TIME },
	{ "last_seen", "last seen", CLI_FORM_TIME },
	{ "changed", "changed", CLI_FORM_TIME },
	{ "uuid", NULL, CLI_FORM_TEXT },
	{ "mac", NULL, CLI_FORM_TEXT },
	{ "realm", NULL, CLI_FORM_TEXT },
	{ "tls", NULL, CLI_FORM_TEXT },
	{ "certificate_owner", NULL, CLI_FORM_TEXT },
};

bool cli_cmd_discover_list(struct cli *c, struct err *e)
{
	const char *since = cli_args_value(&c->args, "since"), *number = NULL;
	bool changed = cli_args_has(&c->args, "changed");
	int64_t ms;

	if (since) {
		if (!cli_since_parse(since, clk_unix_ms(), &ms, e))
			return err_wrap(e, "--since");
		number = arena_fmt(&c->arena, "%lld", (long long)ms);
	}
	return cli_rpc_list(c,
			    cli_rpc_target(&c->arena, "/v1/sightings?since=%&changed=%", number,
					   changed ? "true" : NULL),
			    list_cols, sizeof list_cols / sizeof *list_cols,
			    "Nothing: 'outband discover start RANGE' fills this list.", e);
}
