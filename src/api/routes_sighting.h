/* Routes about what was seen of PCs from outside: a part of the table in routes.h, which explains the
 * columns. */
#pragma once

#define API_ROUTES_SIGHTING(X)                                                                            \
	X("POST", "/v1/sightings", API_ROLE_OPERATOR, "", "application/json: items (rows of 'outband discover --json')", \
	  api_sighting_post, "Keeps what was seen of PCs from outside; nothing of it changes a device.")  \
	X("GET", "/v1/sightings", API_ROLE_VIEWER, "since changed after limit", "", api_sighting_list,    \
	  "Addresses where AMT was seen, since a time in milliseconds; changed=true: only what changed or came since.")
