/* Routes about tunnels to PCs: a part of the table in routes.h, which explains the columns. */
#pragma once

#define API_ROUTES_LINE(X)                                                                                \
	X("POST", "/v1/lines", API_ROLE_OPERATOR, "",                                                     \
	  "application/json: kind (ider or kvm), targets (list), where", api_line_post,                  \
	  "Tickets for tunnels to the PCs that the targets name, for the socket beside this one (.line).")
