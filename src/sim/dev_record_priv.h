/* Instances that clients make or change one by one: users, Wi-Fi profiles, filters, subscriptions. One
 * kind of record for all classes: its members as text. They survive a loss of power, stand in the state
 * file, and are gone after Unprovision. */
#pragma once
#include "wsman/obj.h"
#include <stdint.h>

#define SIM_RECORDS_MAX 256 /* of one device, all classes; each class has its own smaller limit */

struct sim_record_text {
	struct sim_record_text *next;
	char *value; /* references as CLASS{KEY=VALUE,...}; elements of arrays are rows of their own */
	char name[];
};
struct sim_record {
	struct sim_record *next;
	const char *cls;  /* name as in the table of classes */
	uint32_t handle;  /* lowest free number from 1 among the records of that class */
	struct sim_record_text *texts;
};
struct sim_dev;
/* NULL when limit records of the class are there already. */
struct sim_record *sim_record_add(struct sim_dev *d, const char *cls, unsigned limit);
void sim_record_drop(struct sim_dev *d, struct sim_record *r);
void sim_record_drop_all(struct sim_dev *d, const char *cls); /* NULL: every class */
unsigned sim_record_count(const struct sim_dev *d, const char *cls);
struct sim_record *sim_record_at(const struct sim_dev *d, const char *cls, unsigned i); /* by age; NULL */
struct sim_record *sim_record_find(const struct sim_dev *d, const char *cls, const char *name, const char *value);
struct sim_record *sim_record_handle(const struct sim_dev *d, const char *cls, uint32_t handle);

const char *sim_record_get(const struct sim_record *r, const char *name); /* first value; NULL */
void sim_record_set(struct sim_record *r, const char *name, const char *value); /* replaces; NULL: removes */
void sim_record_append(struct sim_record *r, const char *name, const char *value); /* one more element */
/* Every member that the object has replaces that of the record; others stay. */
void sim_record_from(struct sim_record *r, const struct wsman_obj *o);
/* Sets the members of o that the record has and its class knows. */
void sim_record_to(const struct sim_record *r, struct wsman_obj *o);
