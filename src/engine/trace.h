/* Message trace of single PCs, switched on at run time: every HTTP message of the jobs and operations
 * with that PC, its hellos, connections and their ends, start, login and end of its redirection sessions
 * (not what goes through them), without secrets. Kept in memory, the oldest go
 * when it is too much; gone with the service. Called by run.c, operate.c, intake.c,
 * line.c, console.c and the API. */
#pragma once
#include "amt/client.h"
#include "engine/engine.h"

struct engine_trace;
struct engine_trace_state {
	bool is_on, keys;            /* keys: of TLS, for captures of the network */
	int64_t since_unix_ms;
	unsigned messages, dropped;  /* kept; gone since */
	size_t bytes;
};
/* Begins anew. False: too many at once. */
bool engine_trace_on(struct engine *en, const char *uuid, const char *address, bool keys, struct err *e);
void engine_trace_off(struct engine *en, const char *uuid); /* what was seen stays until it is begun anew */
bool engine_trace_get(struct engine *en, const char *uuid, struct engine_trace_state *out_s); /* false: never on */
/* What was seen: for people, for Wireshark, the key log. False: never on. */
bool engine_trace_text(struct engine *en, const char *uuid, struct out *o);
bool engine_trace_pcap(struct engine *en, const char *uuid, struct out *o);
bool engine_trace_keys(struct engine *en, const char *uuid, struct out *o);
void engine_trace_free(struct engine *en);

/* ---- what passes; nothing when that PC is not traced ---- */
void engine_trace_seen(struct engine *en, const char *uuid, const struct amt_event *ev);
void engine_trace_hello(struct engine *en, const char *uuid, const char *address, struct span hello);
struct amt_redir_event;
void engine_trace_redir(struct engine *en, const char *uuid, const struct amt_redir_event *ev);
/* A line of an SSLKEYLOGFILE, of the handshake with "ADDRESS:PORT"; taken when that PC's keys are wanted. */
void engine_trace_key(struct engine *en, const char *where, const char *line);
