/* outband media share: a page with the image as a download, for a user whose PC no line leads to
 * (F138), with how it gets onto a stick. Runs until interrupted. The page is media_page.c's, its
 * server media_share.c's. */
#include "base/str.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/media_share.h"
#include "net/image.h"
#include "net/loop.h"
#include <ctype.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MB     1e6
#define LISTEN "8080"

struct share {
	struct cli *c;
	struct net_loop *loop;
	struct net_image_op *opening;
	struct net_image *image;
	struct net_image_copy *digest;
	struct cli_share *server;
	char address[64], name[128];
	uint16_t port;
	bool ok, ending;
	struct err *e;
};

static bool read_listen(struct share *s, const char *text, struct err *e)
{
	struct span all = span_str(text ? text : LISTEN), host = span_str("0.0.0.0");
	size_t colon = all.n;

	while (colon > 0 && all.p[colon - 1] != ':')
		colon--;
	if (colon > 0)
		host = span_make(all.p, colon - 1);
	if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = span_make(host.p + 1, host.n - 2);
	if (host.n && str_copy(s->address, sizeof s->address, host) &&
	    str_to_u16(span_make(all.p + colon, all.n - colon), 0, UINT16_MAX, &s->port, NULL))
		return true;
	err_set(e, ERR_USAGE, "--listen %s is no address to listen at", text);
	return err_want(e, "PORT, ADDRESS:PORT or [ADDRESS]:PORT");
}

/* The last part of the path, with nothing in it that a URL or a shell would take for something else. */
static void make_name(struct share *s, const char *from)
{
	size_t end = strcspn(from, "?"), slash, n = 0;

	while (end && from[end - 1] == '/')
		end--;
	slash = end;
	while (slash > 0 && from[slash - 1] != '/')
		slash--;
	for (size_t i = slash; i < end && n + 5 < sizeof s->name; i++) {
		uint8_t b = (uint8_t)from[i];
		bool plain = b < 0x80 && (isalnum(b) || strchr("._-+", b));
		s->name[n] = plain && (n || isalnum(b)) ? (char)b : '_';
		n++;
	}
	if (!n)
		n = str_copy(s->name, sizeof s->name, span_str("rescue")) ? strlen(s->name) : 0;
	if (!str_ends_nocase(s->name, ".iso") && !str_ends_nocase(s->name, ".img"))
		memcpy(s->name + n, ".iso", 5);
}

static void end(struct share *s)
{
	s->ending = true;
	cli_share_close(s->server);
	s->server = NULL;
	if (s->digest)
		net_image_copy_stop(s->digest);
	net_image_free(s->image);
	s->image = NULL;
	net_loop_stop(s->loop);
}

static void on_fetched(void *arg, const char *peer, uint64_t sent, bool whole)
{
	(void)arg;
	if (whole)
		cli_note("%s downloaded it to its end, %.1f MB", peer, (double)sent / MB);
	else
		cli_note("%s took %.1f MB, and not to its end", peer, (double)sent / MB);
}

static void on_digest(void *arg, const uint8_t sha256[32], uint64_t bytes, const struct err *e)
{
	struct share *s = arg;
	char hex[65];
	struct out o;

	(void)bytes;
	s->digest = NULL;
	if (s->ending)
		return;
	if (e->code != ERR_NONE) {
		*s->e = *e;
		s->ok = false;
		end(s);
		return;
	}
	cli_share_set_sha256(s->server, sha256);
	out_init(&o, hex, sizeof hex);
	out_hex(&o, span_make(sha256, 32));
	cli_writer_say(s->c->writer, "SHA-256 %s", hex);
	cli_writer_flush(s->c->writer);
}

static void say_where(struct share *s)
{
	char host[256] = "";
	bool any = str_eq(s->address, "0.0.0.0") || str_eq(s->address, "::");
	bool six = strchr(s->address, ':') && !any;

	if (any && (gethostname(host, sizeof host - 1) != 0 || !host[0]))
		(void)str_copy(host, sizeof host, span_str("localhost"));
	cli_writer_say(s->c->writer,
		       "%s, %.1f MB: the page for who is to download it is\n  "
		       "http://%s%s%s:%u/\nCTRL-C ends it",
		       net_image_name(s->image), (double)net_image_real_bytes(s->image) / MB,
		       six ? "[" : "", any ? host : s->address, six ? "]" : "",
		       cli_share_port(s->server));
	cli_writer_flush(s->c->writer);
}

static void on_image(void *arg, struct net_image *im, const struct err *e)
{
	struct share *s = arg;

	s->opening = NULL;
	s->image = im;
	if (!im) {
		*s->e = *e;
		end(s);
		return;
	}
	const struct cli_share_conf conf = { .loop = s->loop,
					     .image = im,
					     .name = s->name,
					     .address = s->address,
					     .port = s->port,
					     .on_fetched = on_fetched,
					     .arg = s };
	s->server = cli_share_open(&conf, s->e);
	if (!s->server) {
		end(s);
		return;
	}
	s->ok = true;
	say_where(s);
	s->digest = net_image_copy(im, NULL, on_digest, s);
}

static void on_signal(void *arg, int signum)
{
	struct share *s = arg;

	(void)signum;
	if (s->ending)
		return;
	if (s->opening) {
		err_set(s->e, ERR_CANCELLED, "the image was not opened yet");
		net_image_open_cancel(s->opening);
		s->opening = NULL;
	}
	end(s);
}

bool cli_cmd_media_share(struct cli *c, struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct net_image_conf conf = {
		.from = cli_operand(c, 0),
		.label = cli_args_value(&c->args, "label"),
		.ca_file = cli_args_value(&c->args, "ca-file"),
	};
	struct share s = { .c = c, .e = e };

	if (!conf.from || !*conf.from)
		return err_set(e, ERR_USAGE, "\"\" is the name of no image");
	if (!read_listen(&s, cli_args_value(&c->args, "listen"), e))
		return false;
	make_name(&s, conf.from);
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
