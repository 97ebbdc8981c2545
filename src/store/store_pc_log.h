/* How far the logs of PCs were read, and what came from them last. Part of store/store.h. */
#pragma once
#include "base/arena.h"

struct store;
struct store_tx;
#define STORE_PC_LOG_EVENT "event"
#define STORE_PC_LOG_AUDIT "audit"
#define STORE_PC_LOG_TRAP  "trap"  /* alerts that came by themselves */
#define STORE_PC_LOG_ALERT "alert"
#define STORE_PC_LOG_WATCH "watch" /* engine/alert_watch.h: amount is when it was confirmed */
struct store_pc_log { const char *uuid, *log, *content; int64_t amount, at_unix_ms; };
void store_tx_pc_log_set(struct store_tx *tx, const struct store_pc_log *l);
/* One more, this one the last. */
void store_tx_pc_log_count(struct store_tx *tx, const char *uuid, const char *log, const char *content,
			   int64_t at_unix_ms);
void store_tx_pc_log_drop(struct store_tx *tx, const char *uuid, const char *log);
bool store_pc_log_get(struct store *s, struct arena *a, const char *uuid, const char *log, struct store_pc_log *out_l);
/* Of alerts, by UUID and log, behind these ("": from the start). */
unsigned store_pc_log_alerts(struct store *s, struct arena *a, const char *after_uuid, const char *after_log,
			     unsigned limit, struct store_pc_log *out_rows);
/* A page of configured and adopted devices, by UUID, behind this one: whether that log was ever read. */
struct store_pc_log_has { const char *uuid; int64_t has; };
unsigned store_pc_log_never(struct store *s, struct arena *a, const char *log, const char *after_uuid, unsigned limit,
			    struct store_pc_log_has *out_rows);
/* Those that were read, not since then: the oldest first. */
unsigned store_pc_log_old(struct store *s, struct arena *a, const char *log, int64_t before_unix_ms, unsigned limit,
			  const char **out_uuids);
/* That log of each configured or adopted device, by UUID, behind this one; content "": there is none. */
unsigned store_pc_log_list(struct store *s, struct arena *a, const char *log, const char *after_uuid, unsigned limit,
			   struct store_pc_log *out_rows);
