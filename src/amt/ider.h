/* Virtual media of one PC (IDE-R, USB-R): a CD drive and a floppy drive that the PC sees, served from
 * images of ours over a redirection session that is logged in already. The session machine: opening,
 * features, commands of the host one after the other, resets, pings, the end. Its bytes go through a
 * line: the session itself, or a tunnel of the service. Called by cli/media.c. */
#pragma once
#include "base/err.h"
#include "base/sched.h"
#include "base/span.h"

struct net_image;
struct amt_ider;

enum amt_ider_drive { AMT_IDER_CD, AMT_IDER_FLOPPY, AMT_IDER_DRIVES };
/* When the drives appear. */
enum amt_ider_start { AMT_IDER_ON_REBOOT, AMT_IDER_GRACEFUL, AMT_IDER_NOW };

struct amt_ider_line {
	bool (*send)(void *arg, struct span bytes); /* copied; false: the line is going down */
	size_t (*queued)(void *arg);                /* bytes not taken yet */
	void *arg;
};
/* In on_end the session may be freed, in the others not. */
struct amt_ider_events {
	void (*on_ready)(void *arg);                               /* the PC has the drives, or will at its start */
	void (*on_reset)(void *arg, uint8_t mask);                 /* of the PC's bus: it starts again */
	void (*on_eject)(void *arg, enum amt_ider_drive d);        /* by the PC */
	void (*on_trouble)(void *arg, const struct err *e);        /* a read or write failed; the session goes on */
	/* Exactly once and last, never inside a call of the owner's; ERR_NONE: after amt_ider_close. */
	void (*on_end)(void *arg, const struct err *why);
	void *arg;
};
struct amt_ider_conf {
	struct sched *sched;
	struct net_image *images[AMT_IDER_DRIVES]; /* borrowed; NULL: an empty drive */
	enum amt_ider_start start;
	struct amt_ider_line line;
	struct amt_ider_events events;
};
/* Opens the session: the first message is sent at once. Frees with amt_ider_free, in on_end too. */
struct amt_ider *amt_ider_new(const struct amt_ider_conf *c);
void amt_ider_free(struct amt_ider *x); /* NULL is fine; sends nothing */
void amt_ider_feed(struct amt_ider *x, struct span bytes); /* from the PC */
void amt_ider_room(struct amt_ider *x);                    /* the line took what was queued */
/* Takes the medium out of a drive (image NULL), or puts another one in. */
void amt_ider_change(struct amt_ider *x, enum amt_ider_drive d, struct net_image *image);
/* Ends in order: the drives are switched off, the session is closed, then on_end. */
void amt_ider_close(struct amt_ider *x);

struct amt_ider_stats {
	uint64_t commands, read_bytes, written_bytes, errors, resets;
	uint64_t at[AMT_IDER_DRIVES]; /* behind the last byte that was read */
	unsigned chunk;               /* bytes of data in one message, as the PC wants it */
	bool ready;
	int64_t heard_mono_ms;
};
const struct amt_ider_stats *amt_ider_get_stats(const struct amt_ider *x);
const char *amt_ider_drive_name(enum amt_ider_drive d); /* "CD", "floppy" */
