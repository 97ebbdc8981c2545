/* A redirection session with a device of the store (amt/redir_session.h), over its stored credential:
 * for tunnels to consoles of ours, and for what the service itself does with such a session. While it
 * logs in the PC is held, as by an operation; afterwards jobs that would cut it wait (session.h). A refused password is
 * not sent a second time. */
#pragma once
#include "amt/redir_session.h"
#include "engine/engine.h"

struct engine_line;
/* The events as of amt_redir_start; on_down also for what went wrong before the first byte. Never calls
 * back before this returns. actor is copied. */
struct engine_line *engine_line_open(struct engine *en, const char *uuid, enum wire_redir_session kind,
				     const char *actor, const struct amt_redir_events *ev, void *arg);
bool engine_line_send(struct engine_line *l, struct span bytes);
size_t engine_line_queued(const struct engine_line *l);
void engine_line_pause(struct engine_line *l, bool paused);
void engine_line_end(struct engine_line *l, const struct err *why); /* free; the timeline says why */
void engine_line_free(struct engine_line *l); /* cuts; nothing is told any more; in on_down too; NULL is fine */
