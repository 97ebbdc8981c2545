/* Between part_remote_access.c, which changes gateways and rules, part_remote_dark.c, which says who would be out
 * of reach then, and part_remote_keys.c, which knows what a profile may say. */
#pragma once
#include "engine/part.h"

enum {
	READ_SERVICE,
	READ_SERVERS,
	READ_RULES,
	READ_LINKS,
	READ_LOGINS,
	READ_INTERFACE,
	READ_CERTS,
	READ_CONTEXTS
};

/* part_remote_access.c */
/* The policy of the profile that this rule of the PC is for; NULL: none. */
const struct engine_node *engine_part_remote_want(const struct engine_part_in *in, struct arena *a,
						  const struct wsman_obj *rule);
const struct wsman_obj *engine_part_remote_rule(const struct engine_part_in *in, const struct engine_node *policy);
/* The rule is deleted, to be made again with other values or servers. */
bool engine_part_remote_anew(const struct engine_part_in *in, struct arena *a, const struct wsman_obj *rule,
			     const struct engine_node *want, bool own);
/* This AMT_RemoteAccessPolicyAppliesToMPS is about that rule. */
bool engine_part_remote_links(const struct wsman_obj *link, const struct wsman_obj *rule);

/* part_remote_dark.c: members of struct engine_part */
const char *engine_part_remote_more(const struct engine_part_in *in, struct arena *a, struct wsman_req *req);
void engine_part_remote_seen(const struct engine_part_in *in, struct engine_part_seen *out_s);
const char *engine_part_remote_dark(const struct engine_part_in *in, struct arena *a);

/* part_remote_keys.c: members of struct engine_part */
extern const struct engine_key engine_part_remote_keys[];
const struct engine_node *engine_part_remote_check(const struct engine_node *want, char *out_what, size_t cap);
/* "23:30", which a policy has in `at`. */
bool engine_part_remote_time(const char *text, unsigned *out_hour, unsigned *out_minute);
