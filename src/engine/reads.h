/* Reads: one row per group of facts, how to ask and how to understand the answer. Pure. */
#pragma once
#include "engine/plan.h"

enum engine_read_kind { ENGINE_READ_GET, ENGINE_READ_INVOKE, ENGINE_READ_ENUMERATE, ENGINE_READ_PATH };
struct engine_read {
	unsigned group;            /* one bit of enum engine_fact_group */
	enum engine_read_kind kind;
	const char *class_name;    /* or the path */
	const char *method;
	const char *instance_id;   /* selector InstanceID; NULL none */
	bool fault_means_absent;   /* a fault is an answer: apply gets m NULL */
};
struct engine_read_reply {
	const struct wsman_msg *m;          /* NULL: absent, or a path */
	const struct wsman_xml *const *items;
	unsigned item_count;
	unsigned http_status;
	int64_t now_unix_ms;
};
/* The row for the first of groups that is to be read. A key pair with a known handle is asked for by
 * its name unless in->keys_by_list. */
const struct engine_read *engine_reads_for(unsigned groups, const struct engine_plan_in *in);
bool engine_reads_build(const struct engine_read *r, const struct engine_plan_in *in, struct arena *a,
			struct wsman_req *req);
/* in gives what to look for (our key, our leaf). *out_obj: the instance to keep for a later Put, in
 * the reply's arena; NULL when there is none. */
bool engine_reads_apply(const struct engine_read *r, const struct engine_plan_in *in, struct engine_facts *f,
			const struct engine_read_reply *reply, struct arena *a, struct wsman_obj **out_obj,
			struct err *e);
