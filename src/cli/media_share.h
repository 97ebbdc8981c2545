/* A web page from which somebody downloads an image: for the PC that no line leads to. One image, plain
 * HTTP, parts of it too, so that a download that broke goes on. For cmd_media_share.c. */
#pragma once
#include "base/err.h"
#include "base/out.h"

struct net_image;
struct net_loop;
struct cli_share_conf {
	struct net_loop *loop;
	struct net_image *image; /* borrowed */
	const char *name;        /* of the file; fit for a URL */
	const char *address;
	uint16_t port;
	/* Somebody has it to its end, or stopped; sent: bytes of this try. peer is an address. */
	void (*on_fetched)(void *arg, const char *peer, uint64_t sent, bool whole);
	void *arg;
	int64_t tick_ms;       /* of the look who takes something; 0: LIMIT_SHARE_TICK_MS */
};
struct cli_share;
struct cli_share *cli_share_open(const struct cli_share_conf *c, struct err *e);
uint16_t cli_share_port(const struct cli_share *h);
void cli_share_set_sha256(struct cli_share *h, const uint8_t sha256[32]); /* unknown before */
void cli_share_close(struct cli_share *h);                                /* cuts; NULL is fine */

/* media_page.c. sha256: as text, "" while it is not known. */
struct cli_share_page {
	const char *name, *sha256;
	uint64_t bytes;
	bool sticks; /* the image starts PCs from a stick, too */
};
void cli_share_print_page(struct out *o, const struct cli_share_page *p);
