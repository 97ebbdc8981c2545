/* See media_keys.h. A command that is moved to the background while it runs reads no more: it is not
 * stopped for trying. */
#include "cli/media_keys.h"
#include "base/mem.h"
#include "cli/term.h"
#include "net/fd.h"
#include <errno.h>
#include <signal.h>
#include <unistd.h>

struct cli_media_keys {
	struct net_fd *in;
	void (*on_key)(void *arg, uint8_t key);
	void *arg;
	bool *gone; /* set when it is closed by its own key */
};

static void on_readable(void *arg)
{
	struct cli_media_keys *k = arg;
	uint8_t keys[64];
	long n = net_fd_read(k->in, keys, sizeof keys);
	bool gone = false;

	if (n == 0 || (n < 0 && errno != EAGAIN)) {
		net_fd_want(k->in, false, false);
		return;
	}
	k->gone = &gone;
	for (long i = 0; i < n; i++) {
		k->on_key(k->arg, keys[i]);
		if (gone)
			return;
	}
	k->gone = NULL;
}

static void on_writable(void *arg)
{
	(void)arg; /* never asked for */
}

struct cli_media_keys *cli_media_keys_open(struct net_loop *loop,
					   void (*on_key)(void *arg, uint8_t key), void *arg)
{
	static const struct net_fd_events events = { on_readable, on_writable };
	struct cli_media_keys *k;
	struct err e = { 0 };
	pid_t foreground = tcgetpgrp(STDIN_FILENO); /* -1: a terminal without jobs */

	if (!cli_term_is(STDIN_FILENO) || (foreground != -1 && foreground != getpgrp()))
		return NULL;
	(void)signal(SIGTTIN, SIG_IGN);
	(void)signal(SIGTTOU, SIG_IGN);
	if (!cli_term_keys(STDIN_FILENO))
		return NULL;
	k = MEM_NEW(struct cli_media_keys);
	*k = (struct cli_media_keys){ .on_key = on_key, .arg = arg };
	k->in = net_fd_open(loop, STDIN_FILENO, &events, k, &e);
	if (!k->in) {
		cli_media_keys_close(k);
		return NULL;
	}
	net_fd_want(k->in, true, false);
	return k;
}

void cli_media_keys_close(struct cli_media_keys *k)
{
	if (!k)
		return;
	if (k->gone)
		*k->gone = true;
	net_fd_close(k->in);
	cli_term_restore();
	mem_free(k);
}
