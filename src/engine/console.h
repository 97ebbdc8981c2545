/* Serial consoles in the service: one serial over LAN session per PC, over its stored credential, for as
 * many as want to look. What was said last is kept, for those who come late; who is slow loses the
 * oldest of it and never holds up the session. The first who types is the writer. Ends when nobody has
 * asked for it for a while. Used by api/console.c. */
#pragma once
#include "engine/engine.h"

#define ENGINE_CONSOLE_PAST ((size_t)512 * 1024)

struct engine_console_view {
	const char *uuid, *name, *state; /* opening, open, lost, ended */
	const char *writer;              /* "" nobody has typed */
	uint64_t version;                /* changes with all that is told here; never 0 once open */
	uint64_t next;                   /* bytes said since the beginning */
	bool power;                      /* as the PC told last */
	uint64_t drops;                  /* times that the PC told of lost bytes */
	const struct err *e;             /* of lost and ended */
};
/* Begins one, or keeps the one that is there. False: no way into the PC. */
bool engine_console_open(struct engine *en, const char *uuid, const char *actor, struct err *e);
bool engine_console_get(struct engine *en, const char *uuid, struct engine_console_view *out_v); /* and keeps it */
/* What was said from `from` on; *out_from is later when that is gone. Valid until the loop goes on. */
struct span engine_console_said(struct engine *en, const char *uuid, uint64_t from, uint64_t *out_from);
/* *out_took of the bytes are on their way. False: another one is the writer, and not force; or it is not open. */
bool engine_console_type(struct engine *en, const char *uuid, const char *writer, bool force, struct span bytes,
			 size_t *out_took, struct err *e);
/* The same for a break; *out_sent: it left. */
bool engine_console_break(struct engine *en, const char *uuid, const char *writer, bool force, bool *out_sent,
			  struct err *e);
void engine_console_leave(struct engine *en, const char *uuid, const char *writer); /* types no more */
/* Who looks is told that it was this one. */
bool engine_console_end(struct engine *en, const char *uuid, const char *actor);
void engine_console_stop_all(struct engine *en);
void engine_console_free_all(struct engine *en);

/* fn once, when more than `from` bytes were said or something else changed. NULL: that is so already, or the
 * version is another than this one (0: any). */
struct engine_console_wait;
struct engine_console_wait *engine_console_wait(struct engine *en, const char *uuid, uint64_t from,
						uint64_t version, void (*fn)(void *arg), void *arg);
void engine_console_unwait(struct engine_console_wait *w); /* before fn; NULL is fine */
