/* outband media: options, and PCs reached without the service (--direct). What is served, and how long,
 * is in media.c; PCs through the service are in media_service.c; the image for a PC that no line leads
 * to in cmd_media_save.c. */
#include "cli/commands.h"
#include "cli/direct.h"
#include "cli/media.h"
#include "cli/media_consent.h"
#include "cli/media_service.h"
#include "amt/op.h"
#include "base/str.h"
#include "net/loop.h"

struct direct {
	struct cli *c;
	struct cli_direct d;
	struct cli_media_conf conf;
	struct cli_media_pc pc;
	struct amt_redir_conf line;
	struct cli_media *media;
	struct amt_op *op;
	struct err *e;
};

/* ---- options ---- */

static bool read_start(const char *text, enum amt_ider_start *out_s, struct err *e)
{
	static const char *const names[] = { "reboot", "graceful", "now" };

	*out_s = AMT_IDER_NOW;
	if (!text)
		return true;
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq(text, names[i])) {
			*out_s = i;
			return true;
		}
	}
	err_set(e, ERR_USAGE, "--start %s is no time for drives to appear", text);
	return err_want(e, "now, reboot or graceful");
}

static bool read_conf(const struct cli *c, struct cli_media_conf *conf, struct err *e)
{
	const char *stagger = cli_args_value(&c->args, "stagger");
	uint64_t ms = 0;

	*conf = (struct cli_media_conf){
		.cd = cli_args_value(&c->args, "cd"),
		.floppy = cli_args_value(&c->args, "floppy"),
		.ca_file = cli_args_value(&c->args, "ca-file"),
		.label = cli_args_value(&c->args, "label"),
		.write_floppy = cli_args_has(&c->args, "write-floppy"),
		.boot = cli_args_has(&c->args, "boot"),
	};
	if (!conf->cd && !conf->floppy) {
		err_set(e, ERR_USAGE, "nothing to put into the drives");
		return err_want(e, "--cd IMAGE, --floppy IMAGE, or both");
	}
	if (str_eq(conf->cd, "") || str_eq(conf->floppy, ""))
		return err_set(e, ERR_USAGE, "--%s names no image",
			       str_eq(conf->cd, "") ? "cd" : "floppy");
	if (conf->write_floppy && !conf->floppy)
		return err_set(e, ERR_USAGE, "--write-floppy is of no use without --floppy");
	if (stagger && !str_to_u64(span_str(stagger), 0, 3600000, &ms, NULL)) {
		err_set(e, ERR_USAGE, "--stagger %s is no number of milliseconds", stagger);
		return err_want(e, "0 to 3600000");
	}
	conf->stagger_ms = (int64_t)ms;
	return read_start(cli_args_value(&c->args, "start"), &conf->start, e);
}

static bool ask(struct cli *c, const struct cli_media_conf *conf, const char *whom, struct err *e)
{
	return !conf->boot ||
		cli_ask(c,
			arena_fmt(
				&c->arena,
				"Start %s from the virtual %s now? What is not saved there is lost.",
				whom, conf->cd ? "CD" : "floppy"),
			e);
}

/* ---- one PC without the service ---- */

static bool again(struct cli_media_pc *pc, const struct err *e)
{
	struct direct *k = pc->arg;

	return cli_direct_next_rung(&k->d, e);
}

static void on_booted(void *arg, const struct amt_peer *peer, const struct err *end)
{
	struct direct *k = arg;
	struct err e = *end;

	(void)peer;
	amt_op_free(k->op);
	k->op = NULL;
	if (e.code != ERR_NONE)
		err_wrap(&e, "boot of %s", k->pc.name);
	cli_media_booted(k->media, &k->pc, &e);
}

static void on_boot_row(void *arg, const struct amt_op_row *row)
{
	(void)arg;
	(void)row;
}

static void boot_pc(struct cli_media_pc *pc, bool cd)
{
	struct direct *k = pc->arg;
	const struct amt_op_kind *kind = amt_op_find("boot");
	const struct amt_op_arg args[] = { { "target", cd ? "ider-cd" : "ider-floppy" } };
	struct amt_op_conf c = { .client = k->d.client,
				 .sched = net_loop_sched(k->d.loop),
				 .rng = &k->d.rng,
				 .args = args,
				 .arg_count = 1,
				 .on_row = on_boot_row,
				 .on_done = on_booted,
				 .arg = k };
	struct err e = { 0 };

	if (!kind)
		err_set(&e, ERR_UNSUPPORTED, "there is no operation that starts PCs");
	else if (amt_op_start(kind, &c, &k->op, &e))
		return;
	cli_media_booted(k->media, pc, &e);
}

static void stop_boot(struct cli_media_pc *pc)
{
	struct direct *k = pc->arg;

	if (k->op)
		amt_op_interrupt(k->op);
}

static void on_end(void *arg)
{
	struct direct *k = arg;

	amt_op_free(k->op);
	k->op = NULL;
	cli_direct_finish(&k->d, true);
}

static void start_direct(void *arg)
{
	struct direct *k = arg;

	k->line = (struct amt_redir_conf){ .dialer = k->d.dialer,
					   .sched = net_loop_sched(k->d.loop),
					   .rng = &k->d.rng,
					   .way = &k->d.way,
					   .answer_ms = k->d.timeout_ms };
	k->pc.way = amt_media_direct(&k->line);
	k->media = cli_media_start(k->c, k->d.loop, &k->conf);
}

static bool run_direct(struct cli *c, struct cli_media_conf *conf, struct err *e)
{
	struct direct k = { .c = c, .conf = *conf, .e = e };

	k.pc = (struct cli_media_pc){ .name = cli_args_value(&c->args, "direct"), .arg = &k };
	k.conf.pcs = &k.pc;
	k.conf.count = 1;
	k.conf.again = again;
	k.conf.boot_pc = boot_pc;
	k.conf.stop_boot = stop_boot;
	k.conf.on_end = on_end;
	k.conf.arg = &k;
	if (c->args.count > 0) {
		err_set(e, ERR_USAGE, "--direct %s is the only PC; '%s' beside it is one too many",
			k.pc.name, c->args.operands[0]);
		return err_hint(e, "without --direct the service reaches many PCs");
	}
	if (!ask(c, conf, k.pc.name, e))
		return false;
	if (!cli_media_consent_give(c, e))
		return false;
	bool ok = cli_direct_init(&k.d, c, e);
	k.d.judged_later = true;
	if (ok && cli_direct_run(&k.d, start_direct, &k, e)) {
		bool was_open = cli_media_was_open(k.media, 0);
		ok = cli_media_finish(k.media, e);
		/* Broken off before the PC answered: nothing is known of the password. */
		if (!ok || was_open)
			cli_direct_judge(&k.d, ok, e);
	} else {
		ok = false;
	}
	if (!ok && k.media && !e->hint[0])
		err_hint(e, "%s", cli_direct_hint(&k.d, e));
	cli_direct_deinit(&k.d);
	if (!ok)
		cli_media_consent_explain(c, e);
	return ok;
}

bool cli_cmd_media(struct cli *c, struct err *e)
{
	struct cli_media_conf conf;

	if (!read_conf(c, &conf, e))
		return false;
	if (cli_args_has(&c->args, "direct"))
		return run_direct(c, &conf, e);
	return cli_media_service(c, &conf, e);
}
