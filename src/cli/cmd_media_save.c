/* outband media save: what `media` would serve as a file, for a PC that no line leads to, with how it
 * gets onto a stick or a disc. A signal ends it, and leaves no file. */
#include "base/str.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "net/image.h"
#include "net/loop.h"
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define TICK_MS 500
#define MB      1e6

struct save {
	struct cli *c;
	struct net_loop *loop;
	struct net_image_op *opening;
	struct net_image *image;
	struct net_image_copy *copy;
	struct sched_timer *tick;
	const char *to;
	bool ok, shown, sticks;
	struct err *e;
};

static void end(struct save *s)
{
	sched_cancel(s->tick);
	if (s->shown)
		(void)fputs("\n", stderr);
	net_image_free(s->image);
	net_loop_stop(s->loop);
}

static void print(struct save *s, const uint8_t sha256[32], uint64_t bytes)
{
	static const struct cli_col cols[] = {
		{ "file", "file", CLI_FORM_TEXT },
		{ "bytes", "bytes", CLI_FORM_NUMBER },
		{ "sha256", "SHA-256", CLI_FORM_TEXT },
	};
	char hex[65];
	struct out o;

	out_init(&o, hex, sizeof hex);
	out_hex(&o, span_make(sha256, 32));
	json_t *row = json_pack("{s:s, s:I, s:s}", "file", s->to, "bytes", (json_int_t)bytes,
				"sha256", hex);
	cli_writer_record(s->c->writer, cols, sizeof cols / sizeof *cols, row);
	json_decref(row);
	if (s->sticks)
		cli_writer_say(
			s->c->writer,
			"For a stick that starts a PC (all on it is lost), see its name with "
			"'lsblk' and write\n  dd if=%s of=/dev/STICK bs=4M conv=fsync",
			s->to);
	else
		cli_writer_say(
			s->c->writer,
			"It has no boot sector, so it starts PCs from discs only: burn it, or "
			"have a program such as Rufus put it on a stick (not dd).");
}

static void on_saved(void *arg, const uint8_t sha256[32], uint64_t bytes, const struct err *e)
{
	struct save *s = arg;

	s->ok = e->code == ERR_NONE;
	*s->e = *e;
	s->copy = NULL;
	end(s);
	if (s->ok)
		print(s, sha256, bytes);
}

static void on_tick(void *arg)
{
	struct save *s = arg;
	double all = (double)net_image_bytes(s->image), done = (double)net_image_copied(s->copy);

	s->tick = sched_after(net_loop_sched(s->loop), TICK_MS, on_tick, s);
	(void)fprintf(stderr, "\r%.1f of %.1f MB ", done / MB, all / MB);
	(void)fflush(stderr);
	s->shown = true;
}

static void on_image(void *arg, struct net_image *im, const struct err *e)
{
	struct save *s = arg;

	s->opening = NULL;
	s->image = im;
	if (!im) {
		*s->e = *e;
		end(s);
		return;
	}
	s->sticks = net_image_starts_sticks(im);
	s->copy = net_image_copy(im, s->to, on_saved, s);
	if (cli_term_is(STDERR_FILENO) && !s->c->json)
		s->tick = sched_after(net_loop_sched(s->loop), TICK_MS, on_tick, s);
}

static void on_signal(void *arg, int signum)
{
	struct save *s = arg;

	(void)signum;
	if (s->copy) {
		net_image_copy_stop(s->copy);
	} else if (s->opening) {
		err_set(s->e, ERR_CANCELLED, "the image was not opened yet");
		net_image_open_cancel(s->opening);
		s->opening = NULL;
		end(s);
	}
}

bool cli_cmd_media_save(struct cli *c, struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct net_image_conf conf = {
		.from = cli_operand(c, 0),
		.label = cli_args_value(&c->args, "label"),
		.ca_file = cli_args_value(&c->args, "ca-file"),
	};
	struct save s = { .c = c, .to = cli_operand(c, 1), .e = e };

	if (str_eq(s.to, "-") || str_eq(s.to, "") || str_eq(conf.from, "")) {
		err_set(e, ERR_USAGE, "\"%s\" is the name of no file",
			str_eq(conf.from, "") ? "" : s.to);
		return err_want(e, "IMAGE and FILE");
	}
	s.loop = net_loop_new(e);
	if (!s.loop)
		return false;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (signals[i] != SIGHUP || !cli_signal_ignored(SIGHUP)) /* nohup */
			net_loop_on_signal(s.loop, signals[i], on_signal, &s);
	s.opening = net_image_open(s.loop, &conf, on_image, &s);
	net_loop_run(s.loop);
	net_loop_free(s.loop);
	return s.ok;
}
