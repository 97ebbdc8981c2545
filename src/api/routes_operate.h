/* Routes about operations on PCs: a part of the table in routes.h, which explains the columns. */
#pragma once

#define API_ROUTES_OPERATE(X)                                                                             \
	X("POST", "/v1/operations", API_ROLE_OPERATOR, "",                                                \
	  "application/json: op, args (object), targets (list), where, limit, stagger_ms, deadline_ms, busy_ms, preview", \
	  api_operation_post, "Begins an operation on the PCs that the targets name; preview=true only names them.") \
	X("GET", "/v1/operations", API_ROLE_VIEWER, "", "", api_operation_list,                           \
	  "Operations under way, and those that ended a while ago.")                                      \
	X("GET", "/v1/operations/{}", API_ROLE_OPERATOR, "after wait_ms limit", "", api_operation_get,    \
	  "Results behind the after-th one, in the order of their ends; waits for one up to wait_ms.")    \
	X("DELETE", "/v1/operations/{}", API_ROLE_OPERATOR, "", "", api_operation_delete,                 \
	  "Ends an operation where it has not ended, and forgets its results.")                           \
	X("GET", "/v1/groups", API_ROLE_VIEWER, "after limit", "", api_group_list, "Groups of PCs.")      \
	X("GET", "/v1/groups/{}", API_ROLE_VIEWER, "", "", api_group_get, "One group with its members as they were written.") \
	X("PUT", "/v1/groups/{}", API_ROLE_OPERATOR, "", "application/json: new, where, note, add (list), remove (list)", \
	  api_group_put, "Makes a group (new=true), or changes it; a circle of groups is refused.")       \
	X("DELETE", "/v1/groups/{}", API_ROLE_OPERATOR, "", "", api_group_delete,                         \
	  "Deletes a group that is in no other one.")
