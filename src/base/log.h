/* Structured log: one line per event, key=value, events and their allowed keys from
 * log_events.h. Goes to stderr or a file descriptor; a sink can be put behind it (tests, the
 * service's own buffer).
 *   log_ev(LOG_EV_HELLO, LOG_S("uuid", text), LOG_I("retry_count", n));
 *   2031-05-02T09:14:07.120Z level=info ev=hello.received uuid=... retry_count=0
 * Values are quoted only when needed; in quotes stand \" \\ \n \r \t and \xNN. A pair with a NULL
 * text is left out. A line has at most 4096 bytes (what a pipe takes in one piece): a longer value
 * ends in "...", and cut=1 at the end tells that pairs are missing. Any thread may log. */
#pragma once
#include "base/err.h"
#include "base/log_events.h"
#include "base/span.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_LEVEL_COUNT };
enum log_event {
#define X(name, level, text, keys, sentence) name,
	LOG_EVENTS(X)
#undef X
	LOG_EVENT_COUNT
};
enum log_kind { LOG_KIND_END, LOG_KIND_STR, LOG_KIND_INT };
struct log_kv {
	enum log_kind kind;
	const char *key;
	const char *s;
	int64_t i;
};
#define LOG_S(k, v) ((struct log_kv){ LOG_KIND_STR, (k), (v), 0 })
#define LOG_I(k, v) ((struct log_kv){ LOG_KIND_INT, (k), NULL, (int64_t)(v) })
#define log_ev(ev, ...)                                                                  \
	log_write((ev), (const struct log_kv[]){                                                 \
				__VA_ARGS__ __VA_OPT__(, ){ LOG_KIND_END, NULL, NULL, 0 } })

void log_write(enum log_event ev, const struct log_kv *kv);
/* The fields of an error as keys err, msg, rule, seen, want, hint; then the given ones. */
void log_err(enum log_event ev, const struct err *e, const struct log_kv *kv);

struct log_event_row {
	const char *name; /* "hello.received" */
	enum log_level level;
	const char *keys; /* blank separated */
	const char *sentence;
};
const struct log_event_row *log_event_row(enum log_event ev);
const char *log_level_name(enum log_level l);
bool log_level_parse(const char *name, enum log_level *out_l);
void log_set_level(enum log_level l); /* all folders */
/* Folder is the part of the event name before its first dot; false when no event has it. */
bool log_set_folder_level(const char *folder, enum log_level l);
enum log_level log_get_level(void);
void log_set_fd(int fd); /* 2 at the start; negative: only the sink */
typedef void log_sink_fn(void *arg, enum log_event ev, struct span line); /* without newline */
/* NULL: none. Set while no other thread logs; fn is called on the thread that logs. */
void log_set_sink(log_sink_fn *fn, void *arg);
/* For lines that a peer can cause at will: true when this one may be written. State is static and
 * belongs to one thread. After true, dropped tells how many were refused since the last true. */
struct log_rate {
	int64_t window_mono_ms;
	unsigned count, dropped;
};
bool log_rate_ok(struct log_rate *r, unsigned per_second);
