/* Virtual media for commands: opens the images, serves them to one PC or many from one cache, shows
 * how it goes, and ends in order on a signal. How a PC is reached (directly or through the service)
 * and how it is told to start from the CD is the caller's. For cmd_media.c. */
#pragma once
#include "amt/media.h"
#include "cli/cli.h"

struct net_loop;
struct cli_media_pc {
	const char *name;
	struct amt_media_way way;
	void *arg;                /* the caller's */
};
struct cli_media_conf {
	const char *cd, *floppy;  /* image, directory, URL; NULL: an empty drive */
	const char *ca_file, *label;
	bool write_floppy, boot;
	int64_t stagger_ms;       /* between the beginnings with two PCs */
	enum amt_ider_start start;
	struct cli_media_pc *pcs;
	unsigned count;
	/* A first line failed: true when another try makes sense. NULL: never. */
	bool (*again)(struct cli_media_pc *pc, const struct err *e);
	/* Tells the PC to start from its virtual drive (cd: from the CD), then cli_media_booted, once, not inside of the call. */
	void (*boot_pc)(struct cli_media_pc *pc, bool cd);
	/* Takes it back, when somebody ends the command meanwhile: cli_media_booted follows, with ERR_CANCELLED.
	 * NULL: it is told to its end. */
	void (*stop_boot)(struct cli_media_pc *pc);
	/* All has ended; before the loop is stopped. */
	void (*on_end)(void *arg);
	void *arg;
};
struct cli_media;
/* On the loop; ends by itself when no PC is left or on SIGINT, SIGTERM, SIGHUP. SIGUSR1 takes the
 * CD out or puts it in again. */
struct cli_media *cli_media_start(struct cli *c, struct net_loop *l, const struct cli_media_conf *conf);
void cli_media_booted(struct cli_media *m, struct cli_media_pc *pc, const struct err *e);
/* Did that PC take a login? Once all has ended. */
bool cli_media_was_open(const struct cli_media *m, unsigned pc);
/* Prints what was served; false when the only PC failed, or the image: e says why. Frees. */
bool cli_media_finish(struct cli_media *m, struct err *e);
