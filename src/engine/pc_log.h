/* Logs of PCs in the timeline: whoever reads the event log or the audit log of a PC through the service has
 * its new records written there too (operate_pc.c); with logs.read_h it is read by the clock. New is what
 * stands behind the end of the last reading: a log that was emptied since then, or that has turned over,
 * is new as a whole. */
#pragma once
#include "base/span.h"

struct engine;
struct store_tx;
struct amt_op_kind;

/* What that operation gave of a PC: JSON objects with commas between. Nothing for other operations, and
 * for readings of a part of a log. text: the operation with its arguments. */
void engine_pc_log_keep(struct engine *en, struct store_tx *tx, const char *uuid, const char *text, struct span rows);
/* It could not be read: not asked again before the hours are over. */
void engine_pc_log_failed(struct engine *en, struct store_tx *tx, const char *uuid, const char *text);
void engine_pc_log_tick(struct engine *en); /* schedule.c, once a minute */
/* Index of the first of count records that was not there before, given the end of what was (oldest
 * first). was_count: how many the log had. Pure. */
unsigned engine_pc_log_first_new(const char *const *records, unsigned count, const char *const *end, unsigned end_count,
				 unsigned was_count);
