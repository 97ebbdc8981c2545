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
	X("POST", "/v1/operations/{}/cancel", API_ROLE_OPERATOR, "", "", api_operation_cancel,            \
	  "Ends an operation where it has not ended; what it has set half is taken back. Its results stay.") \
	X("DELETE", "/v1/operations/{}", API_ROLE_OPERATOR, "", "", api_operation_delete,                 \
	  "Ends an operation where it has not ended, and forgets its results.")                           \
	X("GET", "/v1/groups", API_ROLE_VIEWER, "after limit", "", api_group_list, "Groups of PCs.")      \
	X("GET", "/v1/groups/{}", API_ROLE_VIEWER, "", "", api_group_get, "One group with its members as they were written.") \
	X("PUT", "/v1/groups/{}", API_ROLE_OPERATOR, "", "application/json: new, where, note, add (list), remove (list)", \
	  api_group_put, "Makes a group (new=true), or changes it; a circle of groups is refused.")       \
	X("DELETE", "/v1/groups/{}", API_ROLE_OPERATOR, "", "", api_group_delete,                         \
	  "Deletes a group that is in no other one.")                                                     \
	X("GET", "/v1/schedules", API_ROLE_VIEWER, "after limit", "", api_schedule_list, "What runs by the clock.") \
	X("GET", "/v1/schedules/{}", API_ROLE_VIEWER, "", "", api_schedule_get, "One schedule, its next run and what came of the last.") \
	X("PUT", "/v1/schedules/{}", API_ROLE_OPERATOR, "",                                               \
	  "application/json: new, when, tz, op, args (list), targets (list), missed (skip, run, within), missed_ms, limit, stagger_ms, enabled", \
	  api_schedule_put, "Stores a schedule: cron-like or once, of an operation or of check.")         \
	X("DELETE", "/v1/schedules/{}", API_ROLE_OPERATOR, "", "", api_schedule_delete, "Removes a schedule; a run that has begun goes on.") \
	X("POST", "/v1/schedules/{}/run", API_ROLE_OPERATOR, "", "", api_schedule_run, "Runs it now, beside its times.")
