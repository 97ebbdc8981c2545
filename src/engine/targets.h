/* Which PCs are meant: names, addresses, UUIDs, ranges of them (base/names.h), groups (@lab3) and
 * conditions (base/where.h) become UUIDs of devices. Done in steps, since a range may have a million
 * members: the loop goes on between them. Groups of imports (the mapping of names) count as groups too.
 * Used by the API and the schedules; sends nothing. */
#pragma once
#include "base/where.h"
#include "engine/engine.h"

/* X(column, type, what it is) */
#define ENGINE_TARGET_COLS(X)                                                                       \
	X("name", WHERE_TEXT, "host name")                                                          \
	X("uuid", WHERE_TEXT, "UUID")                                                               \
	X("address", WHERE_TEXT, "address")                                                         \
	X("state", WHERE_TEXT, "state, as in 'device list'")                                        \
	X("generation", WHERE_NUMBER, "first number of the firmware's version")                     \
	X("version", WHERE_VERSION, "firmware's version")                                           \
	X("profile", WHERE_TEXT, "profile")                                                         \
	X("group", WHERE_TEXT, "group of the import of names")                                      \
	X("mac", WHERE_TEXT, "MAC address")                                                         \
	X("serial", WHERE_TEXT, "serial number of the PC")                                          \
	X("ou", WHERE_TEXT, "organizational unit that the hook told")                               \
	X("rule", WHERE_TEXT, "diagnosis rule of the last refusal")                                 \
	X("source", WHERE_TEXT, "where its name comes from")                                        \
	X("hello_days", WHERE_NUMBER, "days since its last hello")                                  \
	X("configured_days", WHERE_NUMBER, "days since it was configured")                          \
	X("seen", WHERE_TEXT, "state in which a discovery saw it last, as in 'discover list'")      \
	X("seen_at", WHERE_TEXT, "address where a discovery saw it last")                           \
	X("seen_days", WHERE_NUMBER, "days since a discovery saw it")
extern const struct where_col engine_target_cols[];
extern const unsigned engine_target_col_count;

struct engine_targets;
struct engine_targets *engine_targets_new(struct engine *en);
void engine_targets_free(struct engine_targets *t); /* NULL is fine */
/* A list with commas, or @group. */
bool engine_targets_add(struct engine_targets *t, const char *text, struct err *e);
/* Of what was added, or of all when nothing was: only those. */
bool engine_targets_where(struct engine_targets *t, const char *expr, struct err *e);
/* Goes on for about so many looks into the store. *out_done: that is all. */
bool engine_targets_step(struct engine_targets *t, unsigned looks, bool *out_done, struct err *e);
/* When it is done. Names that no PC has; addresses out of ranges are not among them. */
const char *const *engine_targets_uuids(const struct engine_targets *t, unsigned *out_count);
const char *const *engine_targets_unknown(const struct engine_targets *t, unsigned *out_count);
/* Always false: two PCs have that first label of their names (store_device_find_short). */
bool engine_targets_ambiguous(const char *name, const struct store_device two[2], struct err *e);
/* The expression of a group, or a condition: may it be stored? */
bool engine_targets_check(const char *expr, struct err *e);
/* Would the group reach itself through that member ("@other")? */
bool engine_targets_is_cycle(struct engine *en, const char *grp, const char *member);
