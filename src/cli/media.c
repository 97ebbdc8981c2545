/* Serving virtual media for a command (see media.h). The images are opened once and shared; each PC
 * has its own session, which lives on by itself (amt/media.h). Progress goes to standard error: one
 * line that is rewritten on a terminal, else a line when something happens. The first signal ends all
 * sessions in order, the second one at once. */
#include "cli/media.h"
#include "base/clk.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/media_keys.h"
#include "cli/term.h"
#include "net/image.h"
#include "net/loop.h"
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define TICK_MS 1000
#define MB      1e6
#define KEYS    "keys: e CD out or in, f floppy out or in, q end"
#define SAME_MS 10000 /* the same trouble of one PC is not said again */

struct pc {
	struct cli_media *all;
	struct cli_media_pc *pc;
	struct amt_media *m;
	struct amt_ider_stats stats; /* at its end */
	unsigned sessions;
	bool told, booting, booted, ended, failed;
	bool left; /* asked to end twice while it is booting */
	struct err why;
	struct sched_timer *due; /* of its beginning */
	struct err trouble;      /* the last that was said */
	int64_t trouble_mono_ms;
	unsigned troubles; /* since then, the same ones */
};
struct cli_media {
	struct cli *c;
	struct net_loop *loop;
	struct cli_media_conf conf;
	struct pc *pcs;
	struct net_image *images[AMT_IDER_DRIVES];
	struct net_image_op *opening;
	enum amt_ider_drive next;
	struct sched_timer *tick;
	int64_t began_mono_ms, shown_mono_ms;
	uint64_t shown_bytes;
	bool closing, ended, terminal, line_open;
	bool out[AMT_IDER_DRIVES]; /* taken out by hand */
	struct cli_media_keys *keys;
	struct err why; /* of the images */
};

/* ---- what people see ---- */

static void end_line(struct cli_media *m)
{
	if (m->line_open)
		(void)fputs("\n", stderr);
	m->line_open = false;
}

static void __attribute__((format(printf, 3, 4)))
tell(struct cli_media *m, const struct pc *p, const char *fmt, ...)
{
	char text[512];
	struct out o;
	va_list ap;

	va_start(ap, fmt);
	out_init(&o, text, sizeof text);
	out_vfmt(&o, fmt, ap);
	va_end(ap);
	end_line(m);
	if (p)
		cli_note("%s: %s", p->pc->name, text);
	else
		cli_note("%s", text);
}

static struct amt_ider_stats sum(const struct cli_media *m, unsigned *out_ready)
{
	struct amt_ider_stats all = { 0 };

	*out_ready = 0;
	for (unsigned i = 0; i < m->conf.count; i++) {
		const struct pc *p = &m->pcs[i];
		struct amt_ider_stats s = p->m ? amt_media_get_stats(p->m) : p->stats;
		all.read_bytes += s.read_bytes;
		all.written_bytes += s.written_bytes;
		all.commands += s.commands;
		all.at[AMT_IDER_CD] = s.at[AMT_IDER_CD];
		all.at[AMT_IDER_FLOPPY] = s.at[AMT_IDER_FLOPPY];
		*out_ready += p->m && amt_media_get_state(p->m) == AMT_MEDIA_READY;
	}
	return all;
}

static void show(struct cli_media *m)
{
	unsigned ready;
	struct amt_ider_stats s = sum(m, &ready);
	int64_t now = clk_mono_ms(), ms = now - m->shown_mono_ms;
	double rate = ms > 0 ? (double)(s.read_bytes - m->shown_bytes) / MB * 1000 / (double)ms : 0;
	char text[160];
	struct out o;

	if (!m->terminal)
		return;
	m->shown_mono_ms = now;
	m->shown_bytes = s.read_bytes;
	out_init(&o, text, sizeof text);
	if (m->conf.count > 1)
		out_fmt(&o, "%u of %u PCs have the drives, ", ready, m->conf.count);
	out_fmt(&o, "read %.1f MB, %.1f MB/s", (double)s.read_bytes / MB, rate);
	for (unsigned d = 0; m->conf.count == 1 && d < AMT_IDER_DRIVES; d++)
		if (m->images[d] && s.at[d])
			out_fmt(&o, ", %s at %.1f of %.1f MB (%u %%)", amt_ider_drive_name(d),
				(double)s.at[d] / MB, (double)net_image_bytes(m->images[d]) / MB,
				(unsigned)(s.at[d] * 100 / net_image_bytes(m->images[d])));
	if (s.written_bytes)
		out_fmt(&o, ", written %.1f MB", (double)s.written_bytes / MB);
	unsigned rows, cols = 80;
	if (!cli_term_size(STDERR_FILENO, &rows, &cols) || cols > 80)
		cols = 80;
	int width = cols > 2 ? (int)cols - 2 : 1; /* a longer one would scroll */
	(void)fprintf(stderr, "\r%-*.*s", width, width, text);
	(void)fflush(stderr);
	m->line_open = true;
}

static void on_tick(void *arg)
{
	struct cli_media *m = arg;

	m->tick = sched_after(net_loop_sched(m->loop), TICK_MS, on_tick, m);
	show(m);
}

/* ---- the end ---- */

static void check_end(struct cli_media *m)
{
	if (m->ended || m->opening)
		return;
	for (unsigned i = 0; i < m->conf.count; i++)
		if (m->pcs[i].m || m->pcs[i].booting || m->pcs[i].due)
			return;
	m->ended = true;
	for (unsigned d = 0; d < AMT_IDER_DRIVES; d++)
		net_image_stop(m->images[d]);
	sched_cancel(m->tick);
	m->tick = NULL;
	cli_media_keys_close(m->keys);
	m->keys = NULL;
	end_line(m);
	m->conf.on_end(m->conf.arg);
}

static void cut_pc(struct pc *p)
{
	p->stats = amt_media_get_stats(p->m);
	p->sessions = amt_media_sessions(p->m);
	amt_media_free(p->m);
	p->m = NULL;
}

static void on_pc_end(void *arg, const struct err *why)
{
	struct pc *p = arg;
	struct cli_media *m = p->all;
	struct err e = *why;

	cut_pc(p);
	p->ended = true;
	if (e.code != ERR_NONE && !p->failed) {
		p->failed = true;
		p->why = e;
	}
	if (e.code != ERR_NONE && m->conf.count > 1)
		tell(m, p, "%s", e.msg);
	check_end(m);
}

static void close_pc(struct pc *p)
{
	sched_cancel(p->due);
	p->due = NULL;
	/* A start that is being told is told to its end, or taken back: no half-set boot option stays. */
	if (p->booting && p->all->conf.stop_boot)
		p->all->conf.stop_boot(p->pc);
	else if (p->m && !p->booting)
		amt_media_close(p->m);
}

static void close_all(struct cli_media *m)
{
	m->closing = true;
	net_image_open_cancel(m->opening);
	m->opening = NULL;
	for (unsigned i = 0; i < m->conf.count; i++)
		close_pc(&m->pcs[i]);
	check_end(m);
}

/* Out, or in again. */
static void change(struct cli_media *m, enum amt_ider_drive d)
{
	static const char *const names[] = { "CD", "floppy" };

	if (!m->images[d]) {
		tell(m, NULL, "there is no %s", names[d]);
		return;
	}
	m->out[d] = !m->out[d];
	for (unsigned i = 0; i < m->conf.count; i++)
		if (m->pcs[i].m)
			amt_media_change(m->pcs[i].m, d, m->out[d] ? NULL : m->images[d]);
	tell(m, NULL, "the %s is %s", names[d], m->out[d] ? "out" : "in");
}

/* Patience for what is taken back, but not for ever. */
static void leave_boot(struct cli_media *m, struct pc *p)
{
	if (!p->left) {
		p->left = true;
		tell(m, p, "its start is still being told or taken back; once more leaves it so");
		return;
	}
	p->booting = false;
	p->failed = true;
	err_set(&p->why, ERR_CANCELLED, "the start of %s was broken off", p->pc->name);
	err_hint(&p->why,
		 "boot options may still be set in the PC: 'outband boot clear' takes them "
		 "back");
}

static void on_signal(void *arg, int signum)
{
	struct cli_media *m = arg;

	if (m->ended)
		return;
	if (signum == SIGUSR1) {
		change(m, AMT_IDER_CD);
		return;
	}
	if (!m->closing) {
		close_all(m);
		return;
	}
	for (unsigned i = 0; i < m->conf.count; i++) { /* asked twice */
		if (m->pcs[i].m)
			cut_pc(&m->pcs[i]);
		if (m->pcs[i].booting)
			leave_boot(m, &m->pcs[i]);
	}
	check_end(m);
}

static void on_key(void *arg, uint8_t key)
{
	struct cli_media *m = arg;

	if (m->ended)
		return;
	if (key == 'e')
		change(m, AMT_IDER_CD);
	else if (key == 'f')
		change(m, AMT_IDER_FLOPPY);
	else if (key == 'q')
		on_signal(m, SIGINT);
	else
		tell(m, NULL, KEYS);
}

/* ---- sessions ---- */

static void start_boot(struct pc *p)
{
	struct cli_media *m = p->all;

	if (!m->conf.boot || p->booted || p->booting || m->closing)
		return;
	p->booting = p->booted = true;
	m->conf.boot_pc(p->pc, m->images[AMT_IDER_CD] != NULL);
}

static void on_state(void *arg, enum amt_media_state s, const struct err *why)
{
	struct pc *p = arg;
	struct cli_media *m = p->all;

	if (s == AMT_MEDIA_READY) {
		tell(m, p, p->told ? "has its drives again" : "has its virtual drives");
		p->told = true;
		start_boot(p);
	} else if (s == AMT_MEDIA_WAITING) {
		tell(m, p, "lost (%s); trying again", why->msg);
	}
}

static void on_reset(void *arg)
{
	struct pc *p = arg;

	tell(p->all, p, "starts");
}

static void on_eject(void *arg, enum amt_ider_drive d)
{
	struct pc *p = arg;

	tell(p->all, p, "ejected the %s", amt_ider_drive_name(d));
}

static void on_trouble(void *arg, const struct err *e)
{
	struct pc *p = arg;
	int64_t now = clk_mono_ms();
	char more[32] = "";
	struct out o;

	/* A PC asks again and again for a block that cannot be read. */
	if (str_eq(p->trouble.msg, e->msg) && now - p->trouble_mono_ms < SAME_MS) {
		p->troubles++;
		return;
	}
	out_init(&o, more, sizeof more);
	if (p->troubles)
		out_fmt(&o, " (and %u more before)", p->troubles);
	p->trouble = *e;
	p->trouble_mono_ms = now;
	p->troubles = 0;
	tell(p->all, p, "%s%s%s%s", e->msg, e->seen[0] ? ": " : "", e->seen, more);
}

static void start_pc(struct pc *p);

static void on_first_end(void *arg, const struct err *why)
{
	struct pc *p = arg;
	struct cli_media *m = p->all;
	struct err e = *why;

	if (e.code != ERR_NONE && !amt_media_sessions(p->m) && !m->closing && m->conf.again &&
	    m->conf.again(p->pc, &e)) {
		amt_media_free(p->m);
		start_pc(p);
		return;
	}
	on_pc_end(p, &e);
}

static void start_pc(struct pc *p)
{
	struct cli_media *m = p->all;
	struct amt_media_conf c = {
		.sched = net_loop_sched(m->loop),
		.way = p->pc->way,
		.start = m->conf.start,
		.events = { on_state, on_reset, on_eject, on_trouble, on_first_end, p },
	};

	for (unsigned d = 0; d < AMT_IDER_DRIVES; d++)
		c.images[d] = m->out[d] ? NULL : m->images[d];
	p->m = amt_media_new(&c);
}

static void on_due(void *arg)
{
	struct pc *p = arg;

	p->due = NULL;
	start_pc(p);
}

void cli_media_booted(struct cli_media *m, struct cli_media_pc *pc, const struct err *e)
{
	struct pc *p = &m->pcs[pc - m->conf.pcs];

	p->booting = false;
	if (e->code == ERR_NONE) {
		tell(m, p, "was told to start from it");
	} else if (e->code == ERR_CANCELLED && m->closing && !e->hint[0]) {
		tell(m, p, "its start was broken off: no boot option is left in it");
	} else {
		p->failed = true;
		p->why = *e;
		if (m->conf.count > 1)
			tell(m, p, "%s", e->msg);
	}
	if (e->code != ERR_NONE || m->closing)
		close_pc(p);
	check_end(m);
}

/* ---- images ---- */

static void open_next(struct cli_media *m);

static void on_opened(void *arg, struct net_image *im, const struct err *e)
{
	struct cli_media *m = arg;

	m->opening = NULL;
	if (!im) {
		m->why = *e;
		check_end(m);
		return;
	}
	m->images[m->next] = im;
	tell(m, NULL, "%s: %s, %.1f MB", amt_ider_drive_name(m->next), net_image_name(im),
	     (double)net_image_bytes(im) / MB);
	m->next++;
	open_next(m);
}

static void open_next(struct cli_media *m)
{
	const char *const names[] = { m->conf.cd, m->conf.floppy };

	while (m->next < AMT_IDER_DRIVES && !names[m->next])
		m->next++;
	if (m->next < AMT_IDER_DRIVES) {
		const struct net_image_conf c = {
			.from = names[m->next],
			.label = m->conf.label,
			.ca_file = m->conf.ca_file,
			.floppy = m->next == AMT_IDER_FLOPPY,
			.writable = m->next == AMT_IDER_FLOPPY && m->conf.write_floppy,
		};
		m->opening = net_image_open(m->loop, &c, on_opened, m);
		return;
	}
	m->tick = sched_after(net_loop_sched(m->loop), TICK_MS, on_tick, m);
	m->keys = cli_media_keys_open(m->loop, on_key, m);
	if (m->keys)
		tell(m, NULL, KEYS);
	for (unsigned i = 0; i < m->conf.count; i++) {
		struct pc *p = &m->pcs[i];
		p->due = sched_after(net_loop_sched(m->loop), i * m->conf.stagger_ms, on_due, p);
	}
}

struct cli_media *cli_media_start(struct cli *c, struct net_loop *l,
				  const struct cli_media_conf *conf)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1 };
	struct cli_media *m = MEM_NEW(struct cli_media);

	*m = (struct cli_media){ .c = c, .loop = l, .conf = *conf };
	m->pcs = mem_new(conf->count * sizeof(struct pc));
	for (unsigned i = 0; i < conf->count; i++)
		m->pcs[i] = (struct pc){ .all = m, .pc = &conf->pcs[i] };
	m->terminal = isatty(STDERR_FILENO) && !c->json;
	m->began_mono_ms = m->shown_mono_ms = clk_mono_ms();
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (signals[i] != SIGHUP || !cli_signal_ignored(SIGHUP)) /* nohup */
			net_loop_on_signal(l, signals[i], on_signal, m);
	open_next(m);
	return m;
}

/* ---- the result ---- */

static json_t *row_of(const struct cli_media *m, const struct pc *p)
{
	json_t *row = json_object();
	double s = (double)(clk_mono_ms() - m->began_mono_ms) / 1000;

	json_object_set_new(row, "device", json_string(p->pc->name));
	json_object_set_new(row, "read_bytes", json_integer((json_int_t)p->stats.read_bytes));
	json_object_set_new(row, "written_bytes", json_integer((json_int_t)p->stats.written_bytes));
	json_object_set_new(row, "commands", json_integer((json_int_t)p->stats.commands));
	json_object_set_new(row, "starts", json_integer((json_int_t)p->stats.resets));
	json_object_set_new(row, "sessions", json_integer(p->sessions));
	json_object_set_new(row, "seconds", json_real(s));
	json_object_set_new(row, "error", p->failed ? json_string(p->why.msg) : json_null());
	return row;
}

static void print(struct cli_media *m)
{
	static const struct cli_col cols[] = {
		{ "device", "PC", CLI_FORM_TEXT },
		{ "read_bytes", "bytes read", CLI_FORM_NUMBER },
		{ "written_bytes", "bytes written", CLI_FORM_NUMBER },
		{ "commands", "commands", CLI_FORM_NUMBER },
		{ "starts", "starts", CLI_FORM_NUMBER },
		{ "sessions", "sessions", CLI_FORM_NUMBER },
		{ "error", "error", CLI_FORM_TEXT },
	};
	const unsigned n = sizeof cols / sizeof *cols;

	if (m->conf.count != 1)
		cli_writer_list_begin(m->c->writer, cols, n);
	for (unsigned i = 0; i < m->conf.count; i++) {
		json_t *row = row_of(m, &m->pcs[i]);
		if (m->conf.count == 1)
			cli_writer_record(m->c->writer, cols, n, row);
		else
			cli_writer_list_row(m->c->writer, row);
		json_decref(row);
	}
	if (m->conf.count != 1)
		cli_writer_list_end(m->c->writer, "no PC");
}

/* What the PCs together read, and what of it came from the image and not from the cache. */
static void print_reads(struct cli_media *m)
{
	for (unsigned d = 0; d < AMT_IDER_DRIVES; d++) {
		const struct net_image *im = m->images[d];
		const struct net_image_stats *st = im ? net_image_get_stats(im) : NULL;
		if (st && st->fetches)
			tell(m, NULL, "%s: %s itself was read %llu times, %.1f MB",
			     amt_ider_drive_name(d), net_image_name(im),
			     (unsigned long long)st->fetches, (double)st->fetched / MB);
	}
}

bool cli_media_was_open(const struct cli_media *m, unsigned pc)
{
	return m->pcs[pc].sessions > 0;
}

bool cli_media_finish(struct cli_media *m, struct err *e)
{
	unsigned failed = 0;
	bool ok = m->why.code == ERR_NONE;

	for (unsigned i = 0; i < m->conf.count; i++)
		failed += m->pcs[i].failed;
	if (!ok) {
		*e = m->why;
	} else if (m->conf.count == 1 && failed) {
		*e = m->pcs[0].why;
		ok = false;
	} else {
		print(m);
		print_reads(m);
		if (failed)
			m->c->exit_status = failed < m->conf.count ? 8 : 9;
	}
	for (unsigned d = 0; d < AMT_IDER_DRIVES; d++)
		net_image_free(m->images[d]);
	mem_free(m->pcs);
	mem_free(m);
	return ok;
}
