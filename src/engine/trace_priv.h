/* What trace.c keeps and trace_text.c writes. */
#pragma once
#include "base/buf.h"
#include "base/limits.h"
#include "engine/engine_priv.h"
#include "engine/trace.h"

#define ENGINE_TRACE_HELLO_PORT 9971

enum trace_what { TRACE_UP, TRACE_REQUEST, TRACE_REPLY, TRACE_DOWN, TRACE_HELLO, TRACE_SESSION };
struct trace_row {
	struct trace_row *next;
	int64_t at_unix_ms;
	enum trace_what what;
	const void *client;          /* never followed: whose connection it is */
	unsigned connection;
	uint16_t port;
	bool is_cut;
	char address[64];
	size_t n;
	uint8_t text[];              /* the message, or what there is to say */
};
struct engine_trace {
	struct engine_trace *next;
	char uuid[UUID_TEXT_SIZE], address[64];
	struct engine_trace_state state;
	struct trace_row *first, *last;
	struct buf keys;
};
const struct engine_trace *engine_trace_find(struct engine *en, const char *uuid);
