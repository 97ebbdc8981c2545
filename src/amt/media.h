/* Virtual media of one PC for as long as somebody wants it: the line, the session on it (amt/ider.h),
 * and a new line when one dies, since the host goes on reading as soon as its drives are back. What
 * cannot become better by itself (a wrong password, another console, drives switched off) ends it.
 * Called by cli/media.c. */
#pragma once
#include "amt/ider.h"
#include "amt/redir_session.h"

/* Where lines come from: amt_media_direct, or the service. */
struct amt_media_way {
	/* As amt_redir_start: events behind it, on_down at most once and last. */
	void *(*open)(void *arg, const struct amt_redir_events *ev, void *ev_arg);
	bool (*send)(void *line, struct span bytes);
	size_t (*queued)(void *line);
	void (*free)(void *line);
	void *arg;
};
enum amt_media_state { AMT_MEDIA_CONNECTING, AMT_MEDIA_OPENING, AMT_MEDIA_READY, AMT_MEDIA_WAITING, AMT_MEDIA_ENDED };
struct amt_media_events {
	void (*on_state)(void *arg, enum amt_media_state s, const struct err *why); /* why: of waiting; NULL */
	void (*on_reset)(void *arg);
	void (*on_eject)(void *arg, enum amt_ider_drive d);
	void (*on_trouble)(void *arg, const struct err *e);
	void (*on_end)(void *arg, const struct err *why); /* once and last; ERR_NONE after amt_media_close */
	void *arg;
};
struct amt_media_conf {
	struct sched *sched;
	struct amt_media_way way;
	struct net_image *images[AMT_IDER_DRIVES];
	enum amt_ider_start start;
	int64_t give_up_ms;       /* without a session after one was ready; 0: 10 minutes */
	struct amt_media_events events;
};
struct amt_media;
struct amt_media *amt_media_new(const struct amt_media_conf *c); /* goes at once */
void amt_media_free(struct amt_media *m);                        /* cuts; in on_end too; NULL is fine */
void amt_media_close(struct amt_media *m);                       /* in order; on_end follows */
void amt_media_change(struct amt_media *m, enum amt_ider_drive d, struct net_image *image);
/* Sums over all sessions; `at` and `ready` of the last one. */
struct amt_ider_stats amt_media_get_stats(const struct amt_media *m);
unsigned amt_media_sessions(const struct amt_media *m);          /* that were ready */
enum amt_media_state amt_media_get_state(const struct amt_media *m);
const char *amt_media_state_name(enum amt_media_state s);

/* Lines of our own to the PC; conf is borrowed, kind is set. */
struct amt_media_way amt_media_direct(const struct amt_redir_conf *conf);
