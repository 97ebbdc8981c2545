/* Entries of lists of the profile (filters, policies, watchdogs, alarms) against instances of the
 * device: which members differ, the lines for people, the members of a Put or a Create. Pure. For the
 * parts that keep such lists. */
#pragma once
#include "engine/part.h"

struct engine_entry_col {
	const char *key, *prop;
	const char *words;    /* "drop=4 pass=3": word of the profile = value of the device; NULL: as it is */
	const char *fallback; /* value of the device at Create when the profile does not name it; NULL: left out */
};
/* Rows end with key NULL. One that the class of o does not have is passed over. */
bool engine_entry_differs(struct arena *a, const struct engine_node *item, const struct wsman_obj *have,
			  const struct engine_entry_col *cols);
/* Sets what differs in o, a clone of have, with a line for each: "FIELD.key: now -> wanted". */
void engine_entry_change(struct arena *a, const struct engine_node *item, const struct wsman_obj *have,
			 const struct engine_entry_col *cols, const char *field, struct engine_change *ch,
			 struct wsman_obj *o);
/* Sets all that the profile names, and the fallbacks. */
void engine_entry_fill(struct arena *a, const struct engine_node *item, const struct engine_entry_col *cols,
		       struct wsman_obj *o);
/* "receive drop": words and switches that are on, of an entry or of an instance; for lines. */
const char *engine_entry_text(struct arena *a, const struct engine_node *item, const char *const *keys);
/* The device's value for one of the profile, the profile's word for one of the device. */
const char *engine_entry_to_device(struct arena *a, const struct engine_entry_col *col, const struct engine_node *n,
				   enum wsman_type type);
/* "FIELD: not in the profile", a remark only. */
void engine_entry_stray(struct engine_changes *c, const char *field);
/* Whether the part's own: key says that lists are the profile's. */
bool engine_entry_own(const struct engine_part_in *in);
/* Item of a list with that name (KEY_ID), in any case; NULL. */
const struct engine_node *engine_entry_find(const struct engine_node *list, const char *id);
