/* Consoles of the engine that api tests see: there is none, and none can be opened. */
#pragma once
#include "engine/console.h"

bool engine_console_open(struct engine *en, const char *uuid, const char *actor, struct err *e)
{
	(void)en;
	(void)actor;
	(void)uuid;
	return err_set(e, ERR_AUTH, "no way into the PC is known");
}

bool engine_console_get(struct engine *en, const char *uuid, struct engine_console_view *out_v)
{
	(void)en;
	(void)uuid;
	(void)out_v;
	return false;
}

struct span engine_console_said(struct engine *en, const char *uuid, uint64_t from, uint64_t *out_from)
{
	(void)en;
	(void)uuid;
	*out_from = from;
	return span_make(NULL, 0);
}

bool engine_console_type(struct engine *en, const char *uuid, const char *writer, bool force, struct span bytes,
			 size_t *out_took, struct err *e)
{
	(void)en;
	(void)uuid;
	(void)writer;
	(void)force;
	(void)bytes;
	*out_took = 0;
	return err_set(e, ERR_NOT_FOUND, "no console of this PC is open");
}

bool engine_console_break(struct engine *en, const char *uuid, const char *writer, bool force, bool *out_sent,
			  struct err *e)
{
	(void)en;
	(void)uuid;
	(void)writer;
	(void)force;
	*out_sent = false;
	return err_set(e, ERR_NOT_FOUND, "no console of this PC is open");
}

bool engine_console_end(struct engine *en, const char *uuid, const char *actor)
{
	(void)en;
	(void)actor;
	(void)uuid;
	return false;
}

struct engine_console_wait *engine_console_wait(struct engine *en, const char *uuid, uint64_t from,
						uint64_t version, void (*fn)(void *arg), void *arg)
{
	(void)en;
	(void)uuid;
	(void)from;
	(void)version;
	(void)fn;
	(void)arg;
	return NULL;
}

void engine_console_unwait(struct engine_console_wait *w)
{
	(void)w;
}

void engine_console_leave(struct engine *en, const char *uuid, const char *writer)
{
	(void)en;
	(void)uuid;
	(void)writer;
}
