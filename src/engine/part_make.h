/* What the diffs of parts make their changes with: requests, lines for people, plain properties. Comes with
 * engine/part.h. */
#pragma once
#include "engine/part.h"

/* A new change at the end, in c->a. NULL when the arena is full (c->a->full tells it too). */
struct engine_change *engine_part_change(struct engine_changes *c, unsigned flags, const char *id_fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* One line of a change: field path, value now, value wanted. NULL as a value: "absent". */
void engine_part_line(struct engine_change *ch, const char *field, const char *from, const char *to);
/* The request of a change: Put of a clone of that instance (to be changed by the caller), Create,
 * method call with empty input (selectors: NULL none), or Delete. All objects are in c->a. */
struct wsman_obj *engine_part_put(struct engine_changes *c, struct engine_change *ch, const struct wsman_obj *instance,
				  const struct wsman_selector *sel);
struct wsman_obj *engine_part_create(struct engine_changes *c, struct engine_change *ch, const char *class_name);
struct wsman_obj *engine_part_call(struct engine_changes *c, struct engine_change *ch, const char *class_name,
				   const char *method, const struct wsman_selector *sel);
void engine_part_delete(struct engine_changes *c, struct engine_change *ch, const char *class_name,
			const struct wsman_selector *sel);

/* The Put of that instance that the diff has made so far, "set:CLASS" (or "set:CLASS:VALUE of sel"), or a new
 * one: several members of one instance go in one request. */
struct engine_change *engine_part_put_of(struct engine_changes *c, unsigned flags, const struct wsman_obj *instance,
					 const struct wsman_selector *sel);
/* A line of its own about what the device does not have: "kerberos.salt: not available -> x". */
void engine_part_lack(struct engine_changes *c, const char *field, const char *to);
/* A list of the profile (KEY_TEXTS, KEY_WORDS with words as below) as an array property, in any order. */
void engine_part_list(const struct engine_part_in *in, const struct wsman_obj *instance, const struct wsman_selector *sel,
		      const char *key, const char *prop, const char *words, unsigned flags, struct engine_changes *c);

/* Subscribe to that CIM_FilterCollection; Unsubscribe by selectors Filter and Handler. */
void engine_part_subscribe(struct engine_changes *c, struct engine_change *ch, const char *collection,
			   const struct wsman_subscription *sub);
void engine_part_unsubscribe(struct engine_change *ch, const struct wsman_selector *sel);

/* Plain properties of an instance that is read and put: for many parts this table is all. */
struct engine_part_prop {
	const char *key;         /* "timeouts.display": path within the part */
	const char *prop;
	const char *words;       /* "none=0 kvm=1 all=4294967295": word of the profile = value; NULL: as it is */
};
/* At most one change, a Put of that instance with every property that differs (engine_part_put_of).
 * rows ends with key NULL. Switches become true/false unless words says otherwise. A property that the
 * instance does not have is "not available": reported as a line of its own (CHANGE_REPORT). */
void engine_part_props(const struct engine_part_in *in, const struct wsman_obj *instance, const struct wsman_selector *sel,
		       const struct engine_part_prop *rows, unsigned flags, struct engine_changes *c);

/* The same for one group of the profile and one instance (NULL: there is none), without a change of its
 * own: a line per difference goes to ch, every value named goes to `to`; both may be NULL. path: of the
 * group, for people. How many differ. */
unsigned engine_part_fields(struct arena *a, const struct engine_node *group, const char *path,
			    const struct engine_part_prop *rows, const struct wsman_obj *have,
			    struct wsman_obj *to, struct engine_change *ch);
/* Word of the profile for a value of the device, or the other way round; text itself when no pair fits. */
const char *engine_part_word(struct arena *a, const char *words, const char *text, bool to_device);
/* Nothing is sent: "users.bob: not in the profile". */
void engine_part_report(struct engine_changes *c, const char *field, const char *what);
