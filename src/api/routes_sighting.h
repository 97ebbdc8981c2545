/* Routes about what was seen of PCs from outside, and looking for it: a part of the table in routes.h, which explains the
 * columns. */
#pragma once

#define API_ROUTES_SIGHTING(X)                                                                            \
	X("POST", "/v1/sightings", API_ROLE_OPERATOR, "", "application/json: items (rows of 'outband discover --json')", \
	  api_sighting_post, "Keeps what was seen of PCs from outside; nothing of it changes a device.")  \
	X("GET", "/v1/sightings", API_ROLE_VIEWER, "since changed after limit", "", api_sighting_list,    \
	  "Addresses where AMT was seen. With since (a time in milliseconds) those seen since then, by that time; changed=true: those that changed or came since, by that time.") \
	X("POST", "/v1/discoveries", API_ROLE_OPERATOR, "", "application/json: ranges (list), rate (0: as fast as answers come), ping, port_base, rmcp_port", \
	  api_discovery_post, "Queues a discovery that the service runs; what it sees is in the sightings.") \
	X("GET", "/v1/discoveries", API_ROLE_VIEWER, "after limit", "", api_discovery_list,                          \
	  "Discoveries of the service, the newest first: how far each is.")                               \
	X("GET", "/v1/discoveries/{}", API_ROLE_VIEWER, "", "", api_discovery_get, "One discovery.")      \
	X("POST", "/v1/discoveries/{}/stop", API_ROLE_OPERATOR, "", "", api_discovery_stop,               \
	  "Stops a discovery; it can go on later.")                                                       \
	X("POST", "/v1/discoveries/{}/resume", API_ROLE_OPERATOR, "", "", api_discovery_resume,           \
	  "Goes on with a discovery that was stopped, or failed, from where it was.")
